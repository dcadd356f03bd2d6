/* Thread: any. Plain C, no GLib. */
/* Population code of one coordinate by Gaussian bumps (GOAL spec 4.2). */
#pragma once

#include "types.h"

/* code [n] = exp (-1/2 ((x - c_k) / width)^2), centres c_k evenly spaced from -range to range (n at least 2); x is first
 * brought to this range. */
void rheo_bumps (double x, double range, int n, double width, RheoReal *code);
