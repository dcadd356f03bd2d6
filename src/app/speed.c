#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/speed.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#define LONGEST_BATCH 2e10 /* operations of a batch that is run to measure: about a tenth of a second */
#define MOST_MEMORY 1e9    /* bytes */
#define NEAR 4             /* factor between two works that count as alike */

typedef struct
{
  const RheoComponent *model, *rule;
  int threads;
  double batch, speed;
  gint64 n_units;
} Speed;

static GArray *speeds;

static int
threads_of (const RheoExperiment *experiment)
{
  const int n = rheo_experiment_get_run (experiment)->threads;

  return n > 0 ? n : (int) g_get_num_processors ();
}

/* 0: of another kind; else the larger the nearer. Other numbers of threads only where there is nothing better. */
static double
likeness (const Speed *s, const RheoExperiment *experiment, double batch)
{
  if (s->model != rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL)
      || s->rule != rheo_experiment_get_component (experiment, RHEO_SLOT_RULE))
    return 0;
  return (s->threads == threads_of (experiment) ? 1 : 0.01) / (1 + fabs (log (batch / s->batch)));
}

static const Speed *
nearest (const RheoExperiment *experiment, double batch)
{
  const Speed *best = NULL;
  double most = 0;

  for (guint i = 0; speeds != NULL && i < speeds->len; i++)
    {
      const Speed *s = &g_array_index (speeds, Speed, i);
      const double like = likeness (s, experiment, batch);

      if (like > most)
        {
          most = like;
          best = s;
        }
    }
  return best;
}

double
rheo_speed_find (const RheoExperiment *experiment, const RheoSketchFacts *facts, char **source)
{
  const Speed *s = nearest (experiment, facts->batch_flop);
  double speed;

  if (s == NULL)
    return 0;
  speed = s->speed * threads_of (experiment) / s->threads;
  *source = g_strdup_printf (_ ("Counted work, %.3g GFLOP a batch if it were dense, at %.3g GFLOP/s: measured on this "
                                "machine with a few batches of %" PRId64 " units."),
                             1e-9 * facts->batch_flop, 1e-9 * speed, s->n_units);
  return speed;
}

gboolean
rheo_speed_is_wanted (const RheoExperiment *experiment, const RheoSketchFacts *facts)
{
  const Speed *s = nearest (experiment, facts->batch_flop);

  if (!(facts->batch_flop > 0) || facts->batch_flop > LONGEST_BATCH || facts->memory > MOST_MEMORY)
    return FALSE;
  return s == NULL || s->threads != threads_of (experiment) || s->batch > NEAR * facts->batch_flop
         || s->batch < facts->batch_flop / NEAR;
}

void
rheo_speed_add (const RheoExperiment *experiment, const RheoSketchFacts *facts, double speed)
{
  const Speed s = { .model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL),
                    .rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE),
                    .threads = threads_of (experiment),
                    .batch = facts->batch_flop,
                    .speed = speed,
                    .n_units = facts->n_units };

  if (speeds == NULL)
    speeds = g_array_new (FALSE, FALSE, sizeof (Speed));
  g_array_append_val (speeds, s);
}

char *
rheo_speed_dup_duration (double seconds)
{
  const int minutes = (int) round (seconds / 60);

  if (seconds < 0.095)
    return g_strdup_printf (_ ("%.2g s"), seconds);
  if (seconds < 9.5)
    return g_strdup_printf (_ ("%.1f s"), seconds);
  if (seconds < 90)
    return g_strdup_printf (_ ("%.0f s"), seconds);
  if (minutes < 90)
    return g_strdup_printf (_ ("%d min"), minutes);
  if (minutes < 60 * 48)
    return g_strdup_printf (_ ("%d h %02d min"), minutes / 60, minutes % 60);
  return g_strdup_printf (_ ("%d days"), (minutes + 12 * 60) / (24 * 60));
}
