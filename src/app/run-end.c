#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-end.h"

#include <math.h>

#define GROWN 10 /* times: less than that is not worth a word */
#define LONG_RUN (60 * G_USEC_PER_SEC)

void
rheo_run_end_find_growth (RheoRunEnd *end, const int64_t *iterations, const double *norms, int64_t n)
{
  int64_t low = -1, last = -1;

  for (int64_t i = 0; i < n; i++)
    if (isfinite (norms[i]) && norms[i] > 0)
      {
        last = i;
        if (low < 0 || norms[i] < norms[low])
          low = i;
      }
  end->growth = 0;
  if (low < 0 || low == last || norms[last] < GROWN * norms[low])
    return;
  /* What one can go back to is the better beginning, when the gradient was still small there. */
  for (int64_t i = 0; i < last; i++)
    if (iterations[i] == end->checkpoint && norms[last] >= GROWN * norms[i])
      low = i;
  end->growth = norms[last] / norms[low];
  end->since = iterations[low];
}

RheoRunEnd
rheo_run_end_read (const char *path)
{
  RheoRunEnd end = { .checkpoint = -1 };
  g_autoptr (RheoRun) run = path != NULL ? rheo_run_open (path, NULL) : NULL;
  g_autoptr (RheoTable) metrics = run != NULL ? rheo_run_dup_metrics (run, NULL, NULL) : NULL;
  const RheoColumn *iterations = metrics != NULL ? rheo_table_find (metrics, "iteration") : NULL;
  const RheoColumn *norms = metrics != NULL ? rheo_table_find (metrics, "rule.grad-norm") : NULL;
  int n = 0;
  const RheoPlace *places = run != NULL ? rheo_run_get_checkpoints (run, &n) : NULL;

  if (n > 0)
    end.checkpoint = places[n - 1].iteration;
  if (iterations != NULL && norms != NULL && norms->type == RHEO_F64)
    rheo_run_end_find_growth (&end, iterations->data, norms->data, norms->dims[0]);
  return end;
}

gboolean
rheo_run_end_is_news (gboolean focused, gint64 duration)
{
  return !focused && duration > LONG_RUN;
}
