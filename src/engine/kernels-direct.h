/* Thread: any. Plain C11, no GLib. */
/* Inside of kernels.c: the slot direct_product. */
#pragma once

#include "types.h"

void rheo_kernel_direct_product (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                                 const RheoReal *turned, int ld_turned, const RheoReal *start, RheoReal *c, int ldc);
