#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "events.h"

RHEO_MULTI static bool
are_right (int64_t n, const int32_t *step, const int32_t *unit, int n_steps, int n_units)
{
  uint32_t wrong = 0;

  RHEO_IVDEP
  for (int64_t i = 0; i < n; i++)
    wrong |= ((uint32_t) unit[i] >= (uint32_t) n_units) | ((uint32_t) step[i] >= (uint32_t) n_steps);
  RHEO_IVDEP
  for (int64_t i = 1; i < n; i++)
    wrong |= step[i] < step[i - 1];
  return wrong == 0;
}

int64_t
rheo_events_find_wrong (int64_t n, const int32_t *step, const int32_t *unit, int n_steps, int n_units)
{
  int64_t i = 0;

  if (are_right (n, step, unit, n_steps, n_units))
    return n;
  while (are_right (1, step + i, unit + i, n_steps, n_units) && (i == 0 || step[i] >= step[i - 1]))
    i++;
  return i;
}

/* Step by step: a sum in memory would wait for itself. */
void
rheo_events_count (int64_t n, const int32_t *step, int64_t apart, int64_t *n_of)
{
  for (int64_t i = 0, begin = 0; i < n; begin = i)
    {
      const int32_t now = step[i];

      while (i < n && step[i] == now)
        i++;
      n_of[now * apart] += i - begin;
    }
}

RHEO_MULTI void
rheo_events_widen (int64_t n, const uint16_t *from, int32_t *to)
{
  RHEO_IVDEP
  for (int64_t i = 0; i < n; i++)
    to[i] = from[i];
}
