#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "engine/played.h"
#include "engine/result-rows.h"

/* Rates of the populations of a network that plays with learning off, over the time of all episodes, and how the spike counts of
 * a population vary from bin to bin. Cells that vote for different actions are populations of their own. */

#define LARGEST 1000000 /* bins */

typedef struct
{
  double rate_bin, count_bin, time;
  int episodes, counts;
  gboolean motor;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, episodes, "episodes", .label = N_ ("Episodes"), .def = 20, .min = 1, .max = 100000, .soft_min = 1,
              .soft_max = 200, .help = N_ ("Of the test set, with learning off.")),
  RHEO_P_REAL (Config, time, "time", .label = N_ ("Time"), .unit = N_ ("s"), .max = 1e6, .soft_max = 500,
               .help = N_ ("It ends earlier where so much was played; 0: with the last episode.")),
  RHEO_P_BOOL (Config, motor, "motor-only", .label = N_ ("Motor cells alone"),
               .help = N_ ("Leaves out populations that vote for no action.")),
  RHEO_P_REAL (Config, rate_bin, "rate-bin", .label = N_ ("Bin of rates"), .unit = N_ ("ms"), .def = 1000, .min = 1,
               .max = 1e6, .soft_min = 10, .soft_max = 5000, .help = N_ ("Spikes are counted over so long.")),
  RHEO_P_REAL (Config, count_bin, "count-bin", .label = N_ ("Bin of counts"), .unit = N_ ("ms"), .def = 100, .min = 1,
               .max = 1e6, .soft_min = 10, .soft_max = 1000, .help = N_ ("For the variance of spike counts.")),
  RHEO_P_INT (Config, counts, "counts", .label = N_ ("Variance over"), .unit = N_ ("bins"), .def = 100, .min = 2,
              .max = 100000, .soft_min = 10, .soft_max = 1000,
              .help = N_ ("So many bins, one after the other, give a variance.")),
  RHEO_P_END,
};

enum
{
  RATE,
  VARIANCE,
  SPIKES,
  CELLS,
  WHOLE_RATE,
};

static const RheoSeries series[] = {
  [RATE] = { "mean-rate", N_ ("Mean rate"), N_ ("Over whole bins."), N_ ("Hz"), "row" },
  [VARIANCE] = { "mean-variance", N_ ("Mean variance of counts"), N_ ("Over all stretches of bins."), "", "row" },
  [SPIKES] = { "spikes", N_ ("Spikes"), N_ ("Of all its cells, in the whole time."), "", "row" },
  [CELLS] = { "cells", N_ ("Cells"), N_ ("Of the population."), "", "row" },
  [WHOLE_RATE] = { "whole-rate", N_ ("Rate up to the last spike"),
                   N_ ("Over the whole time, which ends with the last spike of the network."), N_ ("Hz"), "row" },
  { "rate", N_ ("Firing rate"), N_ ("Of each population in each bin."), N_ ("Hz"), "group time",
    .flags = RHEO_SERIES_SHOW },
  { "time", N_ ("Time"), N_ ("Middle of a bin, since the first episode began."), N_ ("s"), "time" },
  { "variance", N_ ("Variance of spike counts"), N_ ("Of each population over some bins in a row."), "", "group block",
    .flags = RHEO_SERIES_SHOW },
  { "block", N_ ("Time"), N_ ("Middle of these bins, since the first episode began."), N_ ("s"), "block" },
  { "group", N_ ("Population"), N_ ("With its mean rate in Hz."), "", "group" },
  { NULL },
};

/* --- groups of cells ---------------------------------------------------------------------------------------------- */
typedef struct
{
  char *name;
  int first, n; /* units, over all populations in order */
  gboolean motor;
} Group;

static void
clear_group (void *data)
{
  g_free (((Group *) data)->name);
}

static void
add_group (GArray *groups, const char *name, int first, int n, gboolean motor)
{
  const Group group = { g_strdup (name), first, n, motor };

  g_array_append_val (groups, group);
}

/* Those that the output reads are parted by what they vote for. */
static gboolean
is_motor (const RheoPlan *plan, int pop)
{
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].to == plan->out_pop && plan->proj[i].from == pop && plan->pop[pop].n_classes > 0)
      return TRUE;
  return FALSE;
}

static GArray *
make_groups (const RheoPlan *plan, gboolean motor_only)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));
  int first = 0;

  g_array_set_clear_func (groups, clear_group);
  for (int i = 0; i < plan->n_pops; first += plan->pop[i++].n_units)
    {
      const RheoPop *pop = &plan->pop[i];
      const gboolean motor = is_motor (plan, i);

      for (int k = 0; motor && k < pop->n_classes; k++)
        {
          g_autofree char *name = g_strdup_printf ("%s-%s", pop->name, pop->class_names[k]);

          add_group (groups, name, first + pop->class_first[k], pop->class_first[k + 1] - pop->class_first[k], TRUE);
        }
      if (!motor && !motor_only && pop->cell->spikes)
        add_group (groups, pop->name, first, pop->n_units, FALSE);
    }
  return groups;
}

/* --- counts ------------------------------------------------------------------------------------------------------- */
/* Spikes of a group in each of n bins; later ones are left out. */
static double *
dup_counts (const RheoPlayed *played, const Group *group, double bin, int64_t n)
{
  double *count = g_new0 (double, MAX (n, 1));
  int64_t n_spikes;
  const RheoPlayedSpike *spike = rheo_played_get_spikes (played, &n_spikes);

  for (int64_t i = 0; i < n_spikes; i++)
    {
      const int64_t at = (int64_t) floor (spike[i].time / bin);

      if (spike[i].unit >= group->first && spike[i].unit < group->first + group->n && at >= 0 && at < n)
        count[at]++;
    }
  return count;
}

/* Over the whole time. */
static int64_t
count_spikes (const RheoPlayed *played, const Group *group)
{
  int64_t n_spikes, n = 0;
  const RheoPlayedSpike *spike = rheo_played_get_spikes (played, &n_spikes);

  for (int64_t i = 0; i < n_spikes; i++)
    n += spike[i].unit >= group->first && spike[i].unit < group->first + group->n;
  return n;
}

/* In s, up to a whole millisecond, as the published program counts. */
static double
find_last (const RheoPlayed *played)
{
  int64_t n;
  const RheoPlayedSpike *spike = rheo_played_get_spikes (played, &n);

  return n > 0 ? ceil (spike[n - 1].time) / 1000 : NAN;
}

/* The middles of n stretches. */
static void
add_times (RheoTable *out, const char *key, double length, int64_t n)
{
  double *at = rheo_result_add (out, series, key, RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    at[i] = ((double) i + 0.5) * length / 1000;
}

/* [group] */
static void
add_rates (const Config *c, const RheoPlayed *played, const GArray *groups, double time, double *mean, RheoTable *out)
{
  const int64_t dims[] = { groups->len, (int64_t) floor (time / c->rate_bin + 1e-9) };
  double *to = rheo_result_add (out, series, "rate", RHEO_F64, dims)->data;

  for (guint g = 0; g < groups->len; g++, to += dims[1])
    {
      const Group *group = &g_array_index (groups, Group, g);
      g_autofree double *count = dup_counts (played, group, c->rate_bin, dims[1]);

      for (int64_t i = 0; i < dims[1]; i++)
        to[i] = count[i] / (group->n * c->rate_bin / 1000);
      mean[g] = dims[1] > 0 ? gsl_stats_mean (to, 1, (size_t) dims[1]) : NAN;
    }
  add_times (out, "time", c->rate_bin, dims[1]);
}

static void
add_variances (const Config *c, const RheoPlayed *played, const GArray *groups, double time, double *mean,
               RheoTable *out)
{
  const int64_t dims[] = { groups->len, (int64_t) floor (time / (c->count_bin * c->counts) + 1e-9) };
  double *to = rheo_result_add (out, series, "variance", RHEO_F64, dims)->data;

  for (guint g = 0; g < groups->len; g++, to += dims[1])
    {
      g_autofree double *count =
          dup_counts (played, &g_array_index (groups, Group, g), c->count_bin, dims[1] * c->counts);

      for (int64_t i = 0; i < dims[1]; i++)
        {
          const double *v = count + i * c->counts;

          to[i] =
              gsl_stats_variance_with_fixed_mean (v, 1, (size_t) c->counts, gsl_stats_mean (v, 1, (size_t) c->counts));
        }
      mean[g] = dims[1] > 0 ? gsl_stats_mean (to, 1, (size_t) dims[1]) : NAN;
    }
  add_times (out, "block", c->count_bin * c->counts, dims[1]);
}

/* "EM-left (4.43 Hz)" */
static void
add_names (const GArray *groups, const double *rate, RheoTable *out)
{
  const int64_t n = groups->len;
  RheoColumn *column = rheo_result_add (out, series, "group", RHEO_STRING, &n);

  for (int64_t g = 0; g < n; g++)
    {
      g_autofree char *name = g_strdup_printf ("%s (%.2f Hz)", g_array_index (groups, Group, g).name, rate[g]);

      rheo_table_set_words (out, column, g, name);
    }
}

/* A row of the table: gives its numbers. */
static double *
add_counts (const RheoRecord *record, const RheoPlayed *played, const Group *group, RheoResultRows *rows)
{
  double *value = rheo_result_rows_add (rows, record, group->name);

  value[SPIKES] = (double) count_spikes (played, group);
  value[CELLS] = group->n;
  value[WHOLE_RATE] = value[SPIKES] / group->n / find_last (played);
  return value;
}

/* All cells of the groups, which lie one after the other, together: each counts once. */
static void
add_all (const RheoRecord *record, const RheoPlayed *played, const GArray *groups, const double *rate,
         RheoResultRows *rows)
{
  Group all = g_array_index (groups, Group, 0);
  double sum = 0, *value;

  all.name = _ ("all");
  all.n = 0;
  for (guint g = 0; g < groups->len; g++)
    {
      all.n += g_array_index (groups, Group, g).n;
      sum += rate[g] * g_array_index (groups, Group, g).n;
    }
  value = add_counts (record, played, &all, rows);
  value[RATE] = sum / all.n;
}

/* curves: of the last record */
static gboolean
measure (const Config *c, const RheoRecord *record, const RheoPlayed *played, RheoResultRows *rows, RheoTable *curves,
         GError **error)
{
  g_autoptr (GArray) groups =
      make_groups (rheo_net_get_plan (rheo_trainer_get_net (rheo_played_get_trainer (played))), c->motor);
  g_autofree double *rate = g_new (double, groups->len + 1), *variance = g_new (double, groups->len + 1);
  const double time = rheo_played_get_time (played);

  if (groups->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no cells of that sort that spike."), record->name);
  if (time / MIN (c->rate_bin, c->count_bin) > LARGEST)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The bins are too short for %g s of play."), time / 1000);
  add_rates (c, played, groups, time, rate, curves);
  add_variances (c, played, groups, time, variance, curves);
  add_names (groups, rate, curves);
  for (guint g = 0; g < groups->len; g++)
    {
      double *value = add_counts (record, played, &g_array_index (groups, Group, g), rows);

      value[RATE] = rate[g];
      value[VARIANCE] = variance[g];
    }
  add_all (record, played, groups, rate, rows);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = c->episodes, .time = c->time * 1000, .spikes = TRUE };
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (RheoTable) curves = NULL;

  for (int i = 0; i < n_records; i++)
    {
      g_autoptr (RheoPlayed) played = rheo_played_new_of_record (&records[i], &how, error);

      if (played == NULL || !rheo_played_run (played, progress, progress_data, cancelled, error))
        return FALSE;
      g_clear_pointer (&curves, rheo_table_unref);
      curves = rheo_table_new ("");
      if (!measure (c, &records[i], played, rows, curves, error))
        return FALSE;
    }
  rheo_result_rows_write (rows, "part", N_ ("Population"), out);
  rheo_result_add_all (out, curves);
  return TRUE;
}

const RheoAnalysis rheo_analysis_play_rates = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "play-rates",
            .title = N_ ("Rates while it plays"),
            .summary = N_ ("Rates of populations over time and the variance of spike counts, of episodes played with "
                           "learning off."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = rheo_played_fits,
  .run = run,
};
