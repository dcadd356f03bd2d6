#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/rule.h"
#include "engine/spike-trains.h"
#include "engine/trainer.h"

/* A small perturbation: the network runs on, and again from the same moment with the same input and noise, but with some
 * units of one population turned over, from firing to silent or back. How far apart both are, step by step: the Hamming
 * distance, the number of units that fire in one of them alone. */

#define BEFORE 100 /* steps that a network without a stored state runs first */

typedef struct
{
  int n_steps, n_repeats, n_units, seed;
  gboolean learn;
  const char *population;
} Config;

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, population, "population", .label = N_ ("Population"), .def_text = "exc",
               .help = N_ ("Whose units are turned over and compared: exc or inh.")),
  RHEO_P_INT (Config, n_units, "units", .label = N_ ("Units turned over"), .def = 1, .min = 1, .max = 100000,
              .soft_min = 1, .soft_max = 20,
              .help = N_ ("So many units, drawn anew in each repeat, fire where they were silent and are "
                          "silent where they fired.")),
  RHEO_P_INT (Config, n_repeats, "repeats", .label = N_ ("Repeats"), .def = 20, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 100, .help = N_ ("Each from the same moment, with other units.")),
  RHEO_P_INT (Config, n_steps, "steps", .label = N_ ("Steps"), .unit = N_ ("steps"), .def = 200, .min = 1,
              .max = 100000, .soft_min = 20, .soft_max = 1000, .help = N_ ("How long both are followed.")),
  RHEO_P_BOOL (Config, learn, "learn", .label = N_ ("Plasticity"), .def = 1,
               .help = N_ ("Both networks go on changing as in the run.")),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .max = G_MAXINT, .soft_max = 100,
              .help = N_ ("Of the draw of units."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

enum
{
  DISTANCE,
  LOWEST,
  HIGHEST,
  SHARE,
  STEP,
  PEAK,
  LAST,
  DIED,
};

static const RheoSeries series[] = {
  [DISTANCE] = { "distance", N_ ("Hamming distance"), N_ ("Units that fire in one of both alone; mean over repeats."),
                 N_ ("units"), "step", 0, 0, RHEO_SERIES_SHOW },
  [LOWEST] = { "lowest", N_ ("Least of all repeats"), N_ ("In each step."), N_ ("units"), "step" },
  [HIGHEST] = { "highest", N_ ("Most of all repeats"), N_ ("In each step."), N_ ("units"), "step" },
  [SHARE] = { "share", N_ ("Share of repeats that differ"), N_ ("Repeats in which both still differ."), "", "step", 0,
              1 },
  [STEP] = { "step", N_ ("Time step"), N_ ("Step 0 is the perturbation."), "", "step" },
  [PEAK] = { "peak", N_ ("Largest mean distance"), N_ ("Over all steps."), N_ ("units"), "" },
  [LAST] = { "last", N_ ("Distance at the end"), N_ ("Mean over repeats, in the last step."), N_ ("units"), "" },
  [DIED] = { "healed", N_ ("Repeats that ended equal"), N_ ("In which both are the same in the last step."), "", "", 0,
             1 },
  { NULL },
};

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoRuleType *rule = (const RheoRuleType *) rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);

  if (rule != NULL && rule->goes_on)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("A perturbation is followed in a network that runs on from block to block; this one begins anew "
                       "with each trial."));
}

/* A network that goes on, and one population of it. */
typedef struct
{
  RheoTrainer *trainer;
  int pop, n_units;
} Runner;

/* One block; n rows of spikes [n][unit] of it go to `to`, where that is not NULL. */
static gboolean
run_block (const Runner *runner, int n, uint8_t *to, GError **error)
{
  RheoNet *net = rheo_trainer_get_net (runner->trainer);
  RheoStop stop;

  if (!rheo_trainer_step (runner->trainer, NULL, NULL, &stop, error))
    return FALSE;
  for (int t = 0; to != NULL && t < n; t++)
    for (int i = 0; i < runner->n_units; i++)
      *to++ = rheo_tape_get_spike (net, runner->pop, 0, t, i) != 0;
  return TRUE;
}

static gboolean
run_steps (const Runner *runner, int n_steps, uint8_t *to, GError **error)
{
  const int block = rheo_net_get_shape (rheo_trainer_get_net (runner->trainer))->n_steps;

  for (int t = 0; t < n_steps; t += block)
    if (!run_block (runner, MIN (block, n_steps - t), to != NULL ? to + (gsize) t * (gsize) runner->n_units : NULL,
                    error))
      return FALSE;
  return TRUE;
}

static RheoTrainer *
start (const Config *c, const RheoRecord *record, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (record->experiment);
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoRunRows *run = rheo_experiment_get_run (experiment);

  run->threads = 1;
  run->validate = 0;
  run->budget = G_MAXINT;
  if (!c->learn && !rheo_experiment_set (experiment, "rule.learn", "false", error))
    return NULL;
  trainer = rheo_trainer_new (experiment, error);
  if (trainer == NULL)
    return NULL;
  if (rheo_table_find (record->weights, "trainer.place") != NULL
          ? !rheo_trainer_load_checkpoint (trainer, record->weights, error)
          : !rheo_net_load (rheo_trainer_get_net (trainer), record->weights, TRUE, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

/* Turns over units that are drawn for this repeat. */
static void
turn_over (const Config *c, const Runner *runner, int repeat)
{
  RheoNet *net = rheo_trainer_get_net (runner->trainer);
  g_autofree char *name = g_strconcat (c->population, ".out", NULL);
  RheoReal *out = rheo_net_find_array (net, name)->data;
  const RheoRng rng = { .seed = (uint64_t) c->seed, .stream = RHEO_STREAM_ANALYSIS, .item = (uint32_t) repeat };
  g_autofree int *order = g_new (int, runner->n_units);

  rheo_rng_permute (rng, 0, runner->n_units, order);
  for (int k = 0; k < c->n_units; k++)
    out[order[k]] = 1 - out[order[k]];
}

/* Over repeats, [step + 1]; mean and share are sums before the report. */
typedef struct
{
  double *mean, *lowest, *highest, *share;
} Sums;

static void
compare (const Config *c, const Runner *runner, const uint8_t *a, const uint8_t *b, int32_t *distance, Sums *sums)
{
  const RheoSpikes one = { .spike = a, .n_trials = 1, .n_time = c->n_steps, .n_units = runner->n_units };
  const RheoSpikes other = { .spike = b, .n_trials = 1, .n_time = c->n_steps, .n_units = runner->n_units };

  distance[0] = c->n_units;
  rheo_spikes_distance (&one, 0, &other, 0, distance + 1);
  for (int t = 0; t <= c->n_steps; t++)
    {
      sums->mean[t] += distance[t];
      sums->lowest[t] = MIN (sums->lowest[t], distance[t]);
      sums->highest[t] = MAX (sums->highest[t], distance[t]);
      sums->share[t] += distance[t] > 0;
    }
}

static void
report (const Config *c, const Sums *sums, RheoTable *out)
{
  const int64_t n = c->n_steps + 1;
  const gsize size = sizeof (double) * (gsize) n;
  double *step, peak = 0;

  for (int64_t t = 0; t < n; t++)
    {
      sums->mean[t] /= c->n_repeats;
      sums->share[t] /= c->n_repeats;
    }
  memcpy (rheo_result_add (out, series, "distance", RHEO_F64, &n)->data, sums->mean, size);
  memcpy (rheo_result_add (out, series, "lowest", RHEO_F64, &n)->data, sums->lowest, size);
  memcpy (rheo_result_add (out, series, "highest", RHEO_F64, &n)->data, sums->highest, size);
  memcpy (rheo_result_add (out, series, "share", RHEO_F64, &n)->data, sums->share, size);
  step = rheo_result_add (out, series, "step", RHEO_F64, &n)->data;
  for (int64_t t = 0; t < n; t++)
    {
      step[t] = (double) t;
      peak = MAX (peak, sums->mean[t]);
    }
  rheo_result_add_number (out, series, "peak", peak);
  rheo_result_add_number (out, series, "last", sums->mean[c->n_steps]);
  rheo_result_add_number (out, series, "healed", 1 - sums->share[c->n_steps]);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (RheoTable) moment = NULL;
  g_autofree double *sum = g_new0 (double, 4 * ((gsize) c->n_steps + 1));
  Sums sums = { sum, sum + c->n_steps + 1, sum + 2 * (c->n_steps + 1), sum + 3 * (c->n_steps + 1) };
  g_autofree uint8_t *a = NULL, *b = NULL;
  g_autofree int32_t *distance = g_new (int32_t, c->n_steps + 1);
  Runner runner;

  if (!fits (record->experiment, error))
    return FALSE;
  trainer = start (c, record, error);
  if (trainer == NULL)
    return FALSE;
  runner = (Runner){ trainer, rheo_net_find_pop (rheo_trainer_get_net (trainer), c->population), 0 };
  if (runner.pop < 0 || !rheo_net_get_plan (rheo_trainer_get_net (trainer))->pop[runner.pop].cell->spikes)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("population is \"%s\"; allowed is exc or inh."), c->population);
  runner.n_units = rheo_net_get_plan (rheo_trainer_get_net (trainer))->pop[runner.pop].n_units;
  if (c->n_units > runner.n_units)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("units is %d, but %s has only %d."), c->n_units, c->population,
                      runner.n_units);
  a = g_try_new (uint8_t, (gsize) c->n_steps * (gsize) runner.n_units);
  b = g_try_new (uint8_t, (gsize) c->n_steps * (gsize) runner.n_units);
  if (a == NULL || b == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for steps = %d of %d units."),
                      c->n_steps, runner.n_units);
  if (rheo_table_find (record->weights, "trainer.place") == NULL && !run_steps (&runner, BEFORE, NULL, error))
    return FALSE;
  moment = rheo_trainer_dup_checkpoint (trainer);
  for (int t = 0; t <= c->n_steps; t++)
    sums.lowest[t] = INFINITY;
  if (!run_steps (&runner, c->n_steps, a, error))
    return FALSE;
  for (int k = 0; k < c->n_repeats; k++)
    {
      if (cancelled != NULL && atomic_load (cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      if (!rheo_trainer_load_checkpoint (trainer, moment, error))
        return FALSE;
      turn_over (c, &runner, k);
      if (!run_steps (&runner, c->n_steps, b, error))
        return FALSE;
      compare (c, &runner, a, b, distance, &sums);
      if (progress != NULL)
        progress (progress_data, (k + 1.0) / c->n_repeats);
    }
  report (c, &sums, out);
  return TRUE;
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  /* A step of a network of some hundred units takes some microseconds. */
  return 5e-6 * (double) c->n_steps * (c->n_repeats + 1);
}

const RheoAnalysis rheo_analysis_perturbation = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "perturbation",
            .title = N_ ("Perturbation"),
            .summary =
                N_ ("The network as it is and with one spike turned over, under the same noise: how far apart they "
                    "get."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_ACTIVITY,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
