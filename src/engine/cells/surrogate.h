/* Thread: any. Plain C11 that is also C++ and CUDA, no GLib. */
/* Surrogate derivatives g (v) of the step function, v = membrane - threshold:
 *
 *   arctan               (a / 2) / (1 + (pi a v / 2)^2)                   a = slope       Fang et al. 2021
 *   fast sigmoid         1 / (1 + k |v|)^2                                k = slope       Zenke & Ganguli 2018
 *   sigmoid              k e^-kv / (1 + e^-kv)^2                          k = slope
 *   triangular           c max (0, 1 - |v| / w)                           c = scale, w = width   Bellec et al. 2018
 *   boxcar               1 / (2 w) where |v| < w, else 0                  w = width
 *   Gaussian             c N (v; 0, s)                                    c = scale, s = width
 *   multi-Gaussian       c ((1 + h) N (v; 0, s) - h N (v; s, p s) - h N (v; -s, p s))
 *                        c = scale, s = width, h = lobe, p = spread       Yin et al. 2021
 *   SLAYER               c e^(-k |v|)                                     c = scale, k = slope   Shrestha & Orchard 2018
 *   straight through     1
 *   sparse fast sigmoid  1 / (1 + k |v|)^2 where |v| < w, else 0          k = slope, w = width   Perez-Nieves & Goodman 2021
 *
 * N (v; mean, sd) is the normalised density. */
#pragma once

#include "functions.h"

/* 0 but for a neighbourhood of the threshold. */
RHEO_ALWAYS_INLINE bool
rheo_surrogate_is_compact (const RheoSurrogate *s)
{
  return s->kind == RHEO_SURROGATE_TRIANGULAR || s->kind == RHEO_SURROGATE_BOXCAR
         || s->kind == RHEO_SURROGATE_SPARSE_FAST_SIGMOID;
}

/* g[i] of m[i] - threshold[i] for n units. The kind is chosen outside the loops. */
RHEO_MULTI RHEO_CELL_FUNCTION void
rheo_surrogate_eval (const RheoSurrogate *s, int n, const RheoReal *m, const RheoReal *threshold, RheoReal *g)
{
  const RheoReal one = 1, k = (RheoReal) s->slope, c = (RheoReal) s->scale, w = (RheoReal) s->width;

  switch (s->kind)
    {
    case RHEO_SURROGATE_ARCTAN:
      {
        const RheoReal top = k / 2, f = (RheoReal) 3.14159265358979323846 * k / 2;

        RHEO_IVDEP
        for (int i = 0; i < n; i++)
          {
            const RheoReal x = f * (m[i] - threshold[i]);

            g[i] = top / (one + x * x);
          }
        break;
      }
    case RHEO_SURROGATE_FAST_SIGMOID:
      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        {
          const RheoReal x = one + k * rheo_cell_abs (m[i] - threshold[i]);

          g[i] = one / (x * x);
        }
      break;
    case RHEO_SURROGATE_SIGMOID:
      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        {
          const RheoReal e = rheo_cell_exp (-k * rheo_cell_abs (m[i] - threshold[i]));

          g[i] = k * e / ((one + e) * (one + e));
        }
      break;
    case RHEO_SURROGATE_TRIANGULAR:
      {
        const RheoReal f = one / w;

        RHEO_IVDEP
        for (int i = 0; i < n; i++)
          {
            const RheoReal x = one - f * rheo_cell_abs (m[i] - threshold[i]);

            g[i] = x > 0 ? c * x : 0;
          }
        break;
      }
    case RHEO_SURROGATE_BOXCAR:
      {
        const RheoReal height = one / (2 * w);

        RHEO_IVDEP
        for (int i = 0; i < n; i++)
          g[i] = rheo_cell_abs (m[i] - threshold[i]) < w ? height : 0;
        break;
      }
    case RHEO_SURROGATE_GAUSSIAN:
    case RHEO_SURROGATE_MULTI_GAUSSIAN:
      {
        const bool multi = s->kind == RHEO_SURROGATE_MULTI_GAUSSIAN;
        const RheoReal root = (RheoReal) 2.50662827463100050242, h = multi ? (RheoReal) s->lobe : 0;
        const RheoReal wide = multi ? (RheoReal) s->spread * w : w;
        const RheoReal top = c * (one + h) / (w * root), side = c * h / (wide * root);
        const RheoReal f = -1 / (2 * w * w), f_side = -1 / (2 * wide * wide);

        if (!multi)
          {
            RHEO_IVDEP
            for (int i = 0; i < n; i++)
              {
                const RheoReal v = m[i] - threshold[i];

                g[i] = top * rheo_cell_exp (f * v * v);
              }
            break;
          }
        RHEO_IVDEP
        for (int i = 0; i < n; i++)
          {
            const RheoReal v = m[i] - threshold[i];

            g[i] = top * rheo_cell_exp (f * v * v) - side * rheo_cell_exp (f_side * (v - w) * (v - w))
                   - side * rheo_cell_exp (f_side * (v + w) * (v + w));
          }
        break;
      }
    case RHEO_SURROGATE_SLAYER:
      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        g[i] = c * rheo_cell_exp (-k * rheo_cell_abs (m[i] - threshold[i]));
      break;
    case RHEO_SURROGATE_SPARSE_FAST_SIGMOID:
      RHEO_IVDEP
      for (int i = 0; i < n; i++)
        {
          const RheoReal v = rheo_cell_abs (m[i] - threshold[i]), x = one + k * v;

          g[i] = v < w ? one / (x * x) : 0;
        }
      break;
    default: /* straight through */
      for (int i = 0; i < n; i++)
        g[i] = 1;
    }
}
