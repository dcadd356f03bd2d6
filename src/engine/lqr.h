/* Thread: any. */
/* The linear-quadratic regulator: the best linear feedback on a linear system. */
#pragma once

#include <glib.h>

/* For s_(t+1) = a s_t + b u_t: the gain [n] of u_t = -gain . s_t that makes sum of s' q s + r u^2 smallest, from the fixed point
 * of the discrete Riccati equation. a, q: [n][n], q symmetric; b: [n]; r above 0; n at most 8. FALSE: it was not reached in
 * 100,000 iterations, so there is no stabilising feedback. */
gboolean rheo_lqr (int n, const double *a, const double *b, const double *q, double r, double *gain);
