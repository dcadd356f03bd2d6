#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/speed.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "app/preview.h"

#define LONGEST_BATCH 2e10 /* operations of a batch that is run to measure: about a tenth of a second */
#define MOST_MEMORY 1e9    /* bytes */
#define NEAR 4             /* factor between two works that count as alike */
#define SAME 1.3           /* and that count as the same */
#define NEAR_SHARE 2       /* factor between two shares of connected pairs that count as alike */
#define MOST_SPEEDS 50
#define KEY "speeds"
#define ENTRY "(ssssidddx)"

typedef struct
{
  const char *model, *rule; /* interned */
  int threads;
  double batch, share, speed; /* share: of pairs of units that are connected; what is not there takes no time */
  gint64 n_units;
} Speed;

static GArray *speeds;      /* the newest last */
static GSettings *settings; /* or NULL */

static const char *
id_of (const RheoExperiment *experiment, RheoSlot slot)
{
  return g_intern_string (rheo_experiment_get_component (experiment, slot)->id);
}

static int
threads_of (const RheoExperiment *experiment)
{
  const int n = rheo_experiment_get_run (experiment)->threads;

  return n > 0 ? n : (int) g_get_num_processors ();
}

static double
share_of (const RheoSketchFacts *facts)
{
  return facts->n_pairs > 0 && facts->n_connected > 0 ? MIN (facts->n_connected / facts->n_pairs, 1) : 1;
}

/* 0: of another kind; else the larger the nearer. Other numbers of threads only where there is nothing better. */
static double
likeness (const Speed *s, const RheoExperiment *experiment, const RheoSketchFacts *facts)
{
  if (s->model != id_of (experiment, RHEO_SLOT_MODEL) || s->rule != id_of (experiment, RHEO_SLOT_RULE))
    return 0;
  return (s->threads == threads_of (experiment) ? 1 : 0.01)
         / (1 + fabs (log (facts->batch_flop / s->batch)) + fabs (log (share_of (facts) / s->share)));
}

static const Speed *
nearest (const RheoExperiment *experiment, const RheoSketchFacts *facts)
{
  const Speed *best = NULL;
  double most = 0;

  for (guint i = 0; speeds != NULL && i < speeds->len; i++)
    {
      const Speed *s = &g_array_index (speeds, Speed, i);
      const double like = likeness (s, experiment, facts);

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
  const Speed *s = nearest (experiment, facts);
  double speed;

  if (s == NULL)
    return 0;
  speed = s->speed * threads_of (experiment) / s->threads;
  *source = g_strdup_printf (_ ("Counted work, %.3g GFLOP a batch if it were dense, at %.3g GFLOP/s: measured on this "
                                "machine with a network of %" PRId64 " units."),
                             1e-9 * facts->batch_flop, 1e-9 * speed, s->n_units);
  return speed;
}

gboolean
rheo_speed_is_wanted (const RheoExperiment *experiment, const RheoSketchFacts *facts)
{
  const Speed *s = nearest (experiment, facts);

  if (!(facts->batch_flop > 0) || facts->batch_flop > LONGEST_BATCH || facts->memory > MOST_MEMORY)
    return FALSE;
  return s == NULL || s->threads != threads_of (experiment) || s->batch > NEAR * facts->batch_flop
         || s->batch < facts->batch_flop / NEAR || s->share > NEAR_SHARE * share_of (facts)
         || s->share < share_of (facts) / NEAR_SHARE;
}

/* --- what is remembered -------------------------------------------------------------------------------------- */

static void
write_speeds (void)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("a" ENTRY));
  for (guint i = 0; i < speeds->len; i++)
    {
      const Speed *s = &g_array_index (speeds, Speed, i);

      g_variant_builder_add (&list, ENTRY, RHEO_VERSION, g_get_host_name (), s->model, s->rule, s->threads, s->batch,
                             s->share, s->speed, s->n_units);
    }
  g_settings_set_value (settings, KEY, g_variant_builder_end (&list));
}

static void
add (const Speed *speed)
{
  if (speeds == NULL)
    speeds = g_array_new (FALSE, FALSE, sizeof (Speed));
  for (guint i = speeds->len; i-- > 0;)
    {
      const Speed *s = &g_array_index (speeds, Speed, i);

      if (s->model == speed->model && s->rule == speed->rule && s->threads == speed->threads
          && s->batch < SAME * speed->batch && speed->batch < SAME * s->batch && s->share < SAME * speed->share
          && speed->share < SAME * s->share)
        g_array_remove_index (speeds, i);
    }
  g_array_append_val (speeds, *speed);
  if (speeds->len > MOST_SPEEDS)
    g_array_remove_index (speeds, 0);
}

/* Of this version on this machine: a home may be that of several. */
void
rheo_speed_use_settings (GSettings *used)
{
  g_autoptr (GVariant) list = NULL;
  const char *version, *host, *model, *rule;
  GVariantIter iter;
  Speed s;

  g_set_object (&settings, used);
  g_clear_pointer (&speeds, g_array_unref);
  if (settings == NULL)
    return;
  list = g_settings_get_value (settings, KEY);
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(&s&s&s&sidddx)", &version, &host, &model, &rule, &s.threads, &s.batch, &s.share,
                              &s.speed, &s.n_units))
    {
      s.model = g_intern_string (model);
      s.rule = g_intern_string (rule);
      if (g_str_equal (version, RHEO_VERSION) && g_str_equal (host, g_get_host_name ()) && s.threads > 0 && s.batch > 0
          && s.share > 0 && s.speed > 0)
        add (&s);
    }
}

void
rheo_speed_add (const RheoExperiment *experiment, const RheoSketchFacts *facts, double speed)
{
  const Speed s = { .model = id_of (experiment, RHEO_SLOT_MODEL),
                    .rule = id_of (experiment, RHEO_SLOT_RULE),
                    .threads = threads_of (experiment),
                    .batch = facts->batch_flop,
                    .share = share_of (facts),
                    .speed = speed,
                    .n_units = facts->n_units };

  add (&s);
  if (settings != NULL)
    write_speeds ();
}

/* --- measuring ----------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoExperiment *experiment;
  RheoSketchFacts facts;
  double speed;
} Measure;

static GQueue waiting = G_QUEUE_INIT; /* GTask */
static gboolean measuring;

static void
free_measure (gpointer data)
{
  Measure *measure = data;

  rheo_experiment_free (measure->experiment);
  g_free (measure);
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Measure *measure = data;

  measure->speed = rheo_preview_measure (measure->experiment, cancellable);
  g_task_return_boolean (task, TRUE);
}

static void measure_next (void);

static void
measured (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) asked = data;
  const Measure *measure = g_task_get_task_data (G_TASK (result));

  measuring = FALSE;
  if (measure->speed > 0 && !g_cancellable_is_cancelled (g_task_get_cancellable (asked)))
    rheo_speed_add (measure->experiment, &measure->facts, measure->speed);
  g_task_return_boolean (asked, TRUE);
  measure_next ();
}

static void
measure_next (void)
{
  while (!measuring && !g_queue_is_empty (&waiting))
    {
      g_autoptr (GTask) asked = g_queue_pop_head (&waiting), task = NULL;
      const Measure *measure = g_task_get_task_data (asked);
      GCancellable *cancellable = g_task_get_cancellable (asked);
      Measure *own;

      if (g_cancellable_is_cancelled (cancellable) || !rheo_speed_is_wanted (measure->experiment, &measure->facts))
        {
          g_task_return_boolean (asked, FALSE);
          continue;
        }
      measuring = TRUE;
      own = g_new0 (Measure, 1);
      own->experiment = rheo_experiment_dup (measure->experiment);
      own->facts = measure->facts;
      task = g_task_new (NULL, cancellable, measured, g_object_ref (asked));
      g_task_set_check_cancellable (task, FALSE);
      g_task_set_task_data (task, own, free_measure);
      g_task_run_in_thread (task, measure_thread);
    }
  /* The last word, also where the last measurement was no longer wanted. */
  if (!measuring && settings != NULL)
    g_signal_emit_by_name (settings, "changed::" KEY, KEY);
}

gboolean
rheo_speed_is_busy (void)
{
  return measuring || !g_queue_is_empty (&waiting);
}

void
rheo_speed_measure_async (const RheoExperiment *experiment, const RheoSketchFacts *facts, gpointer source,
                          GCancellable *cancellable, GAsyncReadyCallback done)
{
  GTask *task = g_task_new (source, cancellable, done, NULL);
  Measure *measure = g_new0 (Measure, 1);

  measure->experiment = rheo_experiment_dup (experiment);
  measure->facts = *facts;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, measure, free_measure);
  g_queue_push_tail (&waiting, task);
  measure_next ();
}

/* --- words --------------------------------------------------------------------------------------------------- */

char *
rheo_speed_dup_duration (double seconds)
{
  const int minutes = (int) round (seconds / 60);

  if (seconds < 0.095)
    {
      g_autofree char *ms = g_strdup_printf ("%.2g", 1000 * seconds);

      return g_strdup_printf (_ ("%s ms"), ms);
    }
  /* A time that was rounded has no tenths. */
  if (seconds < 9.5 && (seconds < 1 || seconds != floor (seconds)))
    return g_strdup_printf (_ ("%.1f s"), seconds);
  if (seconds < 90)
    return g_strdup_printf (_ ("%.0f s"), seconds);
  if (minutes < 90)
    return g_strdup_printf (_ ("%d min"), minutes);
  if (minutes < 60 * 48)
    return g_strdup_printf (_ ("%d h %02d min"), minutes / 60, minutes % 60);
  return g_strdup_printf (_ ("%d days"), (minutes + 12 * 60) / (24 * 60));
}

/* To 1, 1.5, 2, 3, 4, 5, 6, 8, 10 ... */
static double
round_off (double value)
{
  static const double nice[] = { 1, 1.5, 2, 3, 4, 5, 6, 8, 10 };
  const double decade = pow (10, floor (log10 (value)));
  double best = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (nice); i++)
    if (fabs (log (nice[i] * decade / value)) < fabs (log (best / value)))
      best = nice[i] * decade;
  return best;
}

char *
rheo_speed_dup_estimate (double seconds)
{
  const double rounded = round_off (MAX (seconds, 0.1));

  if (rounded < 90)
    return g_strdup_printf (_ ("%g s"), rounded);
  return rheo_speed_dup_duration (seconds < 3600 ? 60 * round_off (seconds / 60) : seconds);
}
