/* Results of the course of training. */
#include "config.h"

#include "scene-numbers.h"

#include <math.h>
#include <string.h>

#include "engine/analysis.h"

static void
ignore (void *data, double fraction)
{
}

/* What the analysis makes of episodes that grow longer, in two run files where the second begins at an episode. */
static RheoTable *
course (int64_t n, int64_t second, double best, guint64 seed)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "course", NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (RheoTable) metrics = rheo_table_new ("");
  const RheoRecord record = { .experiment = experiment, .name = "run", .metrics = metrics };
  double *length = rheo_table_add (metrics, "train.episode-length", "", "", "iteration", RHEO_F64, &n)->data;
  int32_t *file = rheo_table_add (metrics, RHEO_CHAIN_FILE, "", "", "iteration", RHEO_I32, &n)->data;
  RheoTable *out = rheo_table_new ("");
  static const atomic_bool cancelled;

  for (int64_t i = 0; i < n; i++)
    {
      const double usual = 20 + best * (1 - exp ((double) -i / 200)), v = usual * exp (0.6 * normal (&seed));

      length[i] = CLAMP (round (v), 8, 500);
      file[i] = i >= second;
    }
  rheo_params_reset (analysis->base.params, config);
  g_assert_true (rheo_experiment_set (experiment, "task.id", "cartpole", NULL));
  g_assert_true (rheo_experiment_set (experiment, "task.limit", "v1", NULL));
  g_assert_true (analysis->run (config, &record, 1, NULL, out, ignore, NULL, &cancelled, NULL));
  return out;
}

gboolean
scene_add_course (const char *name, GPtrArray *a)
{
  if (strcmp (name, "course") == 0)
    g_ptr_array_add (a, course (420, 260, 180, 5));
  else if (strcmp (name, "courses") == 0)
    {
      g_ptr_array_add (a, course (420, 420, 180, 5));
      g_ptr_array_add (a, course (300, 300, 90, 6));
    }
  else
    return FALSE;
  return TRUE;
}
