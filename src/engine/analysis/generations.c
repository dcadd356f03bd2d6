#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/fits.h"
#include "engine/result-chain.h"
#include "engine/result-rows.h"
#include "engine/rolling.h"

/* How an evolution went: best, mean and lowest fitness of each generation and a running mean; where members learn while they
 * live the same before and while they learn. A window stands at its middle, as in the published figures. */

enum
{
  GENERATIONS,
  BEST_MEAN,
  BEST_MEMBER,
  LAST_MEAN,
  FIRST_ABOVE,
  FILES,
};

/* Fitness is that of the episodes after learning. */
enum
{
  AFTER,
  BEFORE,
  LEARNING,
  N_PHASES,
};

static const struct
{
  const char *metric, *mean, *min, *max, *rolling;
} phases[] = {
  [AFTER] = { "train.fitness", "mean", "min", "max", "rolling" },
  [BEFORE] = { "train.before", "before-mean", "before-min", "before-max", "before-rolling" },
  [LEARNING] = { "train.learning", "learning-mean", "learning-min", "learning-max", "learning-rolling" },
};

typedef struct
{
  double target;
  int window;
} Config;

static const RheoParam params[] = {
  RHEO_P_REAL (Config, target, "target", .label = N_ ("Target"), .def = 400, .min = -1e9, .max = 1e9, .soft_min = 0,
               .soft_max = 500, .help = N_ ("The first generation is told whose running mean is above it.")),
  RHEO_P_INT (Config, window, "window", .label = N_ ("Window"), .unit = N_ ("generations"), .def = 100, .min = 2,
              .max = 100000, .soft_min = 10, .soft_max = 500,
              .help = N_ ("Running means are those of so many generations.")),
  RHEO_P_END,
};

#define OF_PHASE(key, mean, lowest, best, running, of)                                                                 \
  { key "max", best, of, "", "generation" }, { key "mean", mean, of, "", "generation" },                               \
      { key "min", lowest, of, "", "generation" },                                                                     \
  {                                                                                                                    \
    key "rolling", running, N_ ("Of the generations around it."), "", "generation"                                     \
  }

static const RheoSeries series[] = {
  [GENERATIONS] = { "generations", N_ ("Generations"), N_ ("That lived."), "", "row" },
  [BEST_MEAN] = { "best-rolling", N_ ("Best running mean"),
                  N_ ("Of the mean fitness; 0: there are too few generations."), "", "row" },
  [BEST_MEMBER] = { "best-member", N_ ("Best member"), N_ ("Of all generations."), "", "row" },
  [LAST_MEAN] = { "last-mean", N_ ("Last mean fitness"), N_ ("Of the members of the last generation."), "", "row" },
  [FIRST_ABOVE] = { "first-above", N_ ("First above the target"),
                    N_ ("Generation, counted from 1, at which the running mean is above the target for the first time; "
                        "no number: never."),
                    "", "row" },
  [FILES] = { "files", N_ ("Run files"), N_ ("With those that the run was branched from."), "", "row" },
  { "note", N_ ("Note"), N_ ("Where the first run is not known."), "", "row" },
  { "generation", N_ ("Generation"), N_ ("Counted from 1."), "", "generation" },
  OF_PHASE ("", N_ ("Mean fitness"), N_ ("Lowest fitness"), N_ ("Highest fitness"), N_ ("Running mean of fitness"),
            N_ ("Of the members of a generation; that of a member is the mean over its episodes.")),
  OF_PHASE ("before-", N_ ("Before learning, mean"), N_ ("Before learning, lowest"), N_ ("Before learning, highest"),
            N_ ("Before learning, running mean"), N_ ("Of the members, in the episodes before learning.")),
  OF_PHASE ("learning-", N_ ("While learning, mean"), N_ ("While learning, lowest"), N_ ("While learning, highest"),
            N_ ("While learning, running mean"), N_ ("Of the members, in the episodes with learning.")),
  RHEO_CHAIN_BEGINS ("generation"),
  RHEO_CHAIN_SERIES,
  { NULL },
};

static const RheoFigure figures[] = {
  { "generations", N_ ("Fitness of generations"), "max mean min rolling", 3, "begins-generation", "rolling",
    .whole = TRUE },
  { "before", N_ ("Fitness before learning"), "before-max before-mean before-min before-rolling", 3,
    "begins-generation", .whole = TRUE },
  { "learning", N_ ("Fitness while learning"), "learning-max learning-mean learning-min learning-rolling", 3,
    "begins-generation", .whole = TRUE },
  { "phases", N_ ("Fitness before and after learning"), "before-rolling rolling", 0, "begins-generation",
    "before-rolling", .whole = TRUE },
  { NULL },
};

/* --- a run -------------------------------------------------------------------------------------------------------- */
/* Fitness is often a length; then that is what it can be. */
static double
find_most (const RheoRecord *record, int64_t n, const double *v)
{
  const double longest = rheo_record_get_longest (record);

  for (int64_t i = 0; i < n; i++)
    if (!(v[i] >= 0 && v[i] <= longest))
      return 0;
  return longest;
}

/* Columns of one phase. The mean of each generation, borrowed from out; NULL: the run has none of this phase. */
static const double *
add_phase (const Config *c, const RheoRecord *record, int phase, const char *part, RheoTable *out)
{
  const char *const keys[] = { phases[phase].max, phases[phase].min, phases[phase].mean };
  static const char *const endings[] = { "-max", "-min", "" };
  RheoColumn *to = NULL, *rolling;
  int64_t n = 0;

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      g_autofree char *metric = g_strconcat (phases[phase].metric, endings[k], NULL);
      const RheoColumn *from = rheo_table_find (record->metrics, metric);

      if (from == NULL)
        return NULL;
      n = rheo_column_get_length (from);
      to = rheo_result_add_part (out, series, part, keys[k], RHEO_F64, &n);
      for (int64_t i = 0; i < n; i++)
        ((double *) to->data)[i] = rheo_column_get_number (from, i);
      to->hi = find_most (record, n, to->data);
    }
  rolling = rheo_result_add_part (out, series, part, phases[phase].rolling, RHEO_F64, &n);
  rolling->hi = to->hi;
  rheo_rolling (n, to->data, c->window, FALSE, c->window / 2, rolling->data);
  return to->data;
}

static void
sum_up (const Config *c, const RheoRecord *record, int64_t n, const double *mean, double *value)
{
  const RheoColumn *best = rheo_table_find (record->metrics, "train.fitness-max");
  g_autofree double *rolling = g_new (double, n);

  value[GENERATIONS] = (double) n;
  value[BEST_MEAN] = rheo_find_best_window (n, mean, c->window, FALSE);
  value[BEST_MEMBER] = rheo_column_get_number (best, 0);
  for (int64_t i = 1; i < n; i++)
    value[BEST_MEMBER] = MAX (value[BEST_MEMBER], rheo_column_get_number (best, i));
  value[LAST_MEAN] = mean[n - 1];
  value[FILES] = rheo_record_count_files (record);
  rheo_rolling (n, mean, c->window, FALSE, c->window / 2, rolling);
  for (int64_t i = 0; i < n && isnan (value[FIRST_ABOVE]); i++)
    if (rolling[i] > c->target)
      value[FIRST_ABOVE] = (double) i + 1;
}

static gboolean
measure (const Config *c, const RheoRecord *record, const char *part, RheoResultRows *rows, RheoTable *out,
         GError **error)
{
  const RheoColumn *fitness = rheo_table_find (record->metrics, "train.fitness");
  const int64_t n = fitness != NULL ? rheo_column_get_length (fitness) : 0;
  const double *mean;

  if (n == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no generations: it is not a run that evolves."),
                      record->name);
  rheo_result_add_places (out, series, part, "generation", n);
  mean = add_phase (c, record, AFTER, part, out);
  add_phase (c, record, BEFORE, part, out);
  add_phase (c, record, LEARNING, part, out);
  rheo_result_add_begins (out, series, part, record->metrics, "generation", 1);
  rheo_result_add_trace (out, series, part, record);
  sum_up (c, record, n, mean, rheo_result_rows_add (rows, record, "train"));
  rheo_result_rows_set_text (rows, "note", rheo_record_tell_chain (record));
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (RheoTable) curves = rheo_table_new ("");

  for (int i = 0; i < n_records; i++)
    {
      g_autofree char *part = rheo_records_dup_part (records, n_records, i);

      if (!measure (config, &records[i], part, rows, curves, error))
        return FALSE;
      progress (progress_data, (i + 1.0) / n_records);
    }
  rheo_result_rows_write (rows, "part", N_ ("Part"), out);
  rheo_result_add_all (out, curves);
  return TRUE;
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  return g_str_equal (rule->id, "evolution")
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("Nothing evolves here: the rule is %s."), _ (rule->title));
}

const RheoAnalysis rheo_analysis_generations = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "generations",
            .title = N_ ("Generations"),
            .summary = N_ ("Fitness of the generations of an evolution with a running mean, and the first one above a "
                           "target; before, while and after members learn."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_METRICS | RHEO_WANTS_CHAIN,
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .run = run,
  .figures = figures,
};
