/* Thread: any. Plain C11, no GLib. */
/* Inside of kernels.c: slots with files of their own. */
#pragma once

#include "types.h"

void rheo_kernel_direct_product (bool ta, int m, int n, int k, const RheoReal *a, int lda, const RheoReal *b, int ldb,
                                 const RheoReal *turned, int ld_turned, const RheoReal *start, RheoReal *c, int ldc);
void rheo_kernel_add_events (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *x, int ldx,
                             int n, RheoReal *c, int ldc);
void rheo_kernel_add_shares (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now,
                             const RheoReal *next, const RheoReal *x, int ldx, int n, RheoReal *c, int ldc, int after);
void rheo_kernel_dot_events (int n_lists, const int32_t *first, const uint16_t *row, const RheoReal *w, int ldw,
                             int n_rows, const RheoReal *d, int ldd, int k, RheoReal *c, int ldc);
