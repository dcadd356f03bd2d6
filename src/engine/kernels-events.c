#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "kernels-direct.h"

/* Vectors whose sums stay in registers. */
#define MOST 4

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

RHEO_ALWAYS_INLINE void
add_lists (const int n_vectors, int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *x, size_t ldx,
           RheoReal *c, size_t ldc)
{
  for (int j = 0; j < n_lists; j++, c += ldc)
    {
      const uint16_t *list = event + first[j], *end = event + first[j + 1];
      Vector sum[MOST];

      if (list == end)
        continue;
#pragma GCC unroll 4
      for (int v = 0; v < n_vectors; v++)
        sum[v] = ((const LooseVector *) c)[v];
      for (; list + 2 <= end; list += 2)
        {
          const LooseVector *a = (const LooseVector *) (x + list[0] * ldx);
          const LooseVector *b = (const LooseVector *) (x + list[1] * ldx);

#pragma GCC unroll 4
          for (int v = 0; v < n_vectors; v++)
            sum[v] += a[v] + b[v];
        }
      if (list < end)
#pragma GCC unroll 4
        for (int v = 0; v < n_vectors; v++)
          sum[v] += ((const LooseVector *) (x + list[0] * ldx))[v];
#pragma GCC unroll 4
      for (int v = 0; v < n_vectors; v++)
        ((LooseVector *) c)[v] = sum[v];
    }
}

RHEO_MULTI void
rheo_kernel_add_events (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *x, int ldx, int n,
                        RheoReal *c, int ldc)
{
  int i = 0;

  for (; i + MOST * RHEO_PAD <= n; i += MOST * RHEO_PAD)
    add_lists (MOST, n_lists, first, event, x + i, (size_t) ldx, c + i, (size_t) ldc);
  switch ((n - i) / RHEO_PAD)
    {
    case 1:
      add_lists (1, n_lists, first, event, x + i, (size_t) ldx, c + i, (size_t) ldc);
      break;
    case 2:
      add_lists (2, n_lists, first, event, x + i, (size_t) ldx, c + i, (size_t) ldc);
      break;
    case 3:
      add_lists (3, n_lists, first, event, x + i, (size_t) ldx, c + i, (size_t) ldc);
      break;
    }
}

/* now and next NULL: not asked for. */
RHEO_ALWAYS_INLINE void
add_lists_in_shares (const int n_vectors, int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now,
                     const RheoReal *next, const RheoReal *x, size_t ldx, RheoReal *c, size_t ldc, size_t after)
{
  for (int j = 0; j < n_lists; j++, c += ldc)
    {
      RheoReal *later = c + after * ldc;
      Vector sum[MOST], sum_later[MOST];

      if (first[j] == first[j + 1])
        continue;
#pragma GCC unroll 4
      for (int v = 0; v < n_vectors; v++)
        {
          if (now != NULL)
            sum[v] = ((const LooseVector *) c)[v];
          if (next != NULL)
            sum_later[v] = ((const LooseVector *) later)[v];
        }
      for (int k = first[j]; k < first[j + 1]; k++)
        {
          const LooseVector *a = (const LooseVector *) (x + event[k] * ldx);

#pragma GCC unroll 4
          for (int v = 0; v < n_vectors; v++)
            {
              if (now != NULL)
                sum[v] += now[k] * a[v];
              if (next != NULL)
                sum_later[v] += next[k] * a[v];
            }
        }
#pragma GCC unroll 4
      for (int v = 0; v < n_vectors; v++)
        {
          if (now != NULL)
            ((LooseVector *) c)[v] = sum[v];
          if (next != NULL)
            ((LooseVector *) later)[v] = sum_later[v];
        }
    }
}

RHEO_ALWAYS_INLINE void
add_in_shares (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now, const RheoReal *next,
               const RheoReal *x, size_t ldx, int n, RheoReal *c, size_t ldc, size_t after)
{
  int i = 0;

  for (; i + MOST * RHEO_PAD <= n; i += MOST * RHEO_PAD)
    add_lists_in_shares (MOST, n_lists, first, event, now, next, x + i, ldx, c + i, ldc, after);
  for (; i < n; i += RHEO_PAD)
    add_lists_in_shares (1, n_lists, first, event, now, next, x + i, ldx, c + i, ldc, after);
}

RHEO_MULTI void
rheo_kernel_add_shares (int n_lists, const int32_t *first, const uint16_t *event, const RheoReal *now,
                        const RheoReal *next, const RheoReal *x, int ldx, int n, RheoReal *c, int ldc, int after)
{
  if (now != NULL && next != NULL)
    add_in_shares (n_lists, first, event, now, next, x, (size_t) ldx, n, c, (size_t) ldc, (size_t) after);
  else if (now != NULL)
    add_in_shares (n_lists, first, event, now, NULL, x, (size_t) ldx, n, c, (size_t) ldc, (size_t) after);
  else if (next != NULL)
    add_in_shares (n_lists, first, event, NULL, next, x, (size_t) ldx, n, c, (size_t) ldc, (size_t) after);
}
