/* A trainer and a net of a few numbers for tests of the engine: batches end when the test says so. The program is linked
 * so that these come before those of the library. */
#pragma once

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "engine/engine.h"
#include "engine/rollout.h"

enum
{
  STUB_BATCHES = 2, /* per iteration */
  STUB_UNITS = 70,  /* more than one word of bits */
  STUB_OUT = 2,
  STUB_TRIALS = 3,
  STUB_STEPS = 4,
  STUB_STRIDE = 80,
};

struct RheoTrainer
{
  RheoExperiment *experiment;
  RheoPlace place;
  RheoMetrics *metrics;
  gboolean has_grad;
};

/* What the test sets. */
static atomic_bool stub_hold;                                   /* batches go on until they are interrupted */
static double stub_lived;                                       /* seconds of an episode; 0: none is played */
static atomic_bool stub_hold_new;                               /* rheo_trainer_new does not come back */
static atomic_int stub_n_created;                               /* run files */
static atomic_int stub_fail_new, stub_fail_at, stub_diverge_at; /* batch number, 0: never */
static atomic_bool stub_fail_close, stub_fail_probe, stub_swapped, stub_scene;

/* What the test reads. */
static atomic_int stub_n_dropped, stub_n_probes, stub_n_checkpoints, stub_n_acts, stub_closed, stub_n_started;
static atomic_int stub_n_dropped_runs, stub_close_nice;
static atomic_int stub_order; /* batches in the order in which they were finished: a hash */

static RheoReal stub_weight[3 * STUB_STRIDE], stub_gradient[3 * STUB_STRIDE];
static const char *const stub_class_names[] = { "E", "PV" };
static const int stub_class_first[] = { 0, 60, STUB_UNITS };
static const RheoCell stub_spiking = { .id = "spiking", .spikes = true }, stub_linear = { .id = "linear" };
static const RheoPop stub_pops[] = {
  { .name = "hidden",
    .cell = &stub_spiking,
    .n_units = STUB_UNITS,
    .stride = STUB_STRIDE,
    .n_classes = 2,
    .class_first = stub_class_first,
    .class_names = stub_class_names },
  { .name = "out", .cell = &stub_linear, .n_units = STUB_OUT, .stride = RHEO_PAD },
};
static RheoProj stub_projs[] = {
  { .name = "in",
    .from = RHEO_INPUT,
    .n_pre = 3,
    .n_post = STUB_UNITS,
    .stride = STUB_STRIDE,
    .weight = stub_weight,
    .flags = RHEO_PROJ_TRAIN },
};
static const RheoPlan stub_plan = { .n_pops = 2, .n_projs = 1, .pop = stub_pops, .proj = stub_projs, .out_pop = 1 };
static RheoNetArray stub_array = { .name = (char *) "in.weight",
                                   .label = (char *) "Weights of in",
                                   .unit = (char *) "",
                                   .axes = (char *) "pre post",
                                   .type = sizeof (RheoReal) == 8 ? RHEO_F64 : RHEO_F32,
                                   .n_dims = 2,
                                   .dims = { 3, STUB_UNITS },
                                   .stride = STUB_STRIDE,
                                   .data = stub_weight };
static RheoTrainable stub_trainable = { .name = "in.weight",
                                        .value = stub_weight,
                                        .n_rows = 3,
                                        .width = STUB_UNITS,
                                        .stride = STUB_STRIDE,
                                        .proj = stub_projs,
                                        .pop = -1 };
static RheoReal *stub_gradients[] = { stub_gradient };
static const RheoGrad stub_grad = { 1, stub_gradients };

/* Probe trials: unit u of trial k fires at step t when (u + k + t) % 7 == 0; output = 100 k + 10 t + i, target and
 * input minus that. Trial 1 is a step shorter. They lie in two lanes, in the order 2, 0, 1 of lengths. */
static const int stub_length[] = { STUB_STEPS, STUB_STEPS, STUB_STEPS - 1 };
static const int32_t stub_item[] = { 2, 0, 1, 0 };
static RheoReal stub_target[STUB_STEPS * STUB_STEPS * STUB_OUT];
static uint64_t stub_bits[2][STUB_STEPS * STUB_STEPS * 2];
static RheoReal stub_out[2][STUB_STEPS * STUB_STEPS * RHEO_PAD];
static RheoTapePop stub_tape_pops[2][2];
static RheoTapeLane stub_lanes[2];
static RheoTape stub_tape = { .n_lanes = 2, .n_pops = 2, .lane = stub_lanes };
static RheoBatch stub_batch;

static gboolean
stub_fires (int trial, int time, int unit)
{
  return (unit + trial + time) % 7 == 0;
}

static RheoReal
stub_value (int trial, int time, int i)
{
  return (RheoReal) (100 * trial + 10 * time + i);
}

static void
stub_reset (void)
{
  atomic_store (&stub_hold, false);
  stub_lived = 0;
  atomic_store (&stub_hold_new, false);
  atomic_store (&stub_n_created, 0);
  atomic_store (&stub_fail_new, 0);
  atomic_store (&stub_fail_at, 0);
  atomic_store (&stub_diverge_at, 0);
  atomic_store (&stub_fail_close, false);
  atomic_store (&stub_fail_probe, false);
  atomic_store (&stub_swapped, false);
  atomic_store (&stub_scene, false);
  atomic_store (&stub_n_dropped, 0);
  atomic_store (&stub_n_probes, 0);
  atomic_store (&stub_n_checkpoints, 0);
  atomic_store (&stub_n_acts, 0);
  atomic_store (&stub_closed, -1);
  atomic_store (&stub_n_started, 0);
  atomic_store (&stub_order, 0);
  atomic_store (&stub_n_dropped_runs, 0);
  atomic_store (&stub_close_nice, -100);
}

/* --- trainer --------------------------------------------------------------------------------------------------- */
RheoTrainer *
rheo_trainer_new (const RheoExperiment *experiment, GError **error)
{
  static const RheoSeries loss = { "loss", "Loss", NULL, "", "", 0, 0, RHEO_SERIES_LOWER_IS_BETTER };
  RheoTrainer *trainer;

  if (atomic_load (&stub_fail_new) != 0)
    {
      rheo_fail (error, RHEO_ERROR_IO, "The data file is not there.");
      return NULL;
    }
  while (atomic_load (&stub_hold_new))
    g_thread_yield ();
  trainer = g_new0 (RheoTrainer, 1);
  trainer->experiment = rheo_experiment_dup (experiment);
  trainer->metrics = rheo_metrics_new ();
  rheo_metrics_declare (trainer->metrics, "train", &loss, NULL);
  for (int i = 0; i < 3 * STUB_STRIDE; i++)
    stub_weight[i] = (RheoReal) i;
  return trainer;
}

void
rheo_trainer_free (RheoTrainer *trainer)
{
  rheo_experiment_free (trainer->experiment);
  rheo_metrics_free (trainer->metrics);
  g_free (trainer);
}

gboolean
rheo_trainer_create_run (RheoTrainer *trainer, const char *path, GError **error)
{
  atomic_fetch_add (&stub_n_created, 1);
  return g_str_has_prefix (path, "/") || rheo_fail (error, RHEO_ERROR_IO, "No folder for %s.", path);
}

gboolean
rheo_trainer_resume_run (RheoTrainer *trainer, const char *path, int64_t at, GError **error)
{
  trainer->place = (RheoPlace){ at, at * STUB_BATCHES };
  return TRUE;
}

gboolean
rheo_trainer_branch_run (RheoTrainer *trainer, const char *from, int64_t at, const char *path, GError **error)
{
  trainer->place = (RheoPlace){ at, 0 };
  return TRUE;
}

gboolean
rheo_trainer_drop_run (RheoTrainer *trainer)
{
  atomic_fetch_add (&stub_n_dropped_runs, 1);
  return trainer->place.batch == 0;
}

gboolean
rheo_trainer_close_run (RheoTrainer *trainer, RheoStop stop, GError **error)
{
  atomic_store (&stub_closed, (int) stop);
#ifdef __linux__
  atomic_store (&stub_close_nice, getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid)));
#endif
  return !atomic_load (&stub_fail_close) || rheo_fail (error, RHEO_ERROR_IO, "The disk is full.");
}

gboolean
rheo_trainer_step (RheoTrainer *trainer, bool (*interrupt) (void *data), void *data, RheoStop *stop, GError **error)
{
  *stop = RHEO_STOP_NONE;
  atomic_fetch_add (&stub_n_started, 1);
  do
    {
      if (interrupt (data))
        {
          atomic_fetch_add (&stub_n_dropped, 1);
          return TRUE;
        }
      sched_yield ();
    }
  while (atomic_load (&stub_hold));
  trainer->place.batch++;
  trainer->has_grad = TRUE;
  for (int i = 0; i < 3 * STUB_STRIDE; i++)
    {
      stub_gradient[i] = (RheoReal) (i + trainer->place.batch);
      stub_weight[i] += 2;
    }
  atomic_store (&stub_order, atomic_load (&stub_order) * 31 + (int) trainer->place.batch);
  if (trainer->place.batch == atomic_load (&stub_fail_at))
    return rheo_fail (error, RHEO_ERROR_IO, "The disk is full.");
  rheo_metrics_add (trainer->metrics, "train.loss", (double) trainer->place.batch, 1);
  if (trainer->place.batch == atomic_load (&stub_diverge_at))
    *stop = RHEO_STOP_DIVERGED;
  if (trainer->place.batch % STUB_BATCHES == 0)
    {
      trainer->place.iteration++;
      if (trainer->place.iteration == rheo_experiment_get_run (trainer->experiment)->budget)
        *stop = RHEO_STOP_BUDGET;
    }
  return TRUE;
}

RheoPlace
rheo_trainer_get_place (const RheoTrainer *trainer)
{
  return trainer->place;
}

int
rheo_trainer_get_n_batches (const RheoTrainer *trainer)
{
  return STUB_BATCHES;
}

const char *
rheo_trainer_get_device (const RheoTrainer *trainer, const char **reason)
{
  *reason = "there is none.";
  return "CPU, 1 thread";
}

const char *
rheo_trainer_get_unit (const RheoTrainer *trainer)
{
  return "epoch";
}

const RheoExperiment *
rheo_trainer_get_experiment (const RheoTrainer *trainer)
{
  return trainer->experiment;
}

RheoNet *
rheo_trainer_get_net (RheoTrainer *trainer)
{
  return (RheoNet *) trainer;
}

const RheoMetrics *
rheo_trainer_get_metrics (const RheoTrainer *trainer)
{
  return trainer->metrics;
}

double
rheo_trainer_get_seconds (const RheoTrainer *trainer)
{
  return 0.25 * (double) trainer->place.batch;
}

const char *
rheo_trainer_get_divergence (const RheoTrainer *trainer)
{
  return "The loss is no number.";
}

RheoTable *
rheo_trainer_dup_last_metrics (const RheoTrainer *trainer)
{
  RheoTable *table = rheo_table_new ("Metrics");
  double loss = (double) trainer->place.batch;

  rheo_table_add_copy (table, "loss", "Loss", "", "", RHEO_F64, NULL, &loss);
  return table;
}

gboolean
rheo_trainer_set (RheoTrainer *trainer, const char *path, const char *text, GError **error)
{
  return strcmp (path, "rule.optimiser.lr") == 0
         || rheo_fail (error, RHEO_ERROR_INVALID, "%s may not change while the run goes on.", path);
}

gboolean
rheo_trainer_intervene (RheoTrainer *trainer, const RheoIntervention *acts, int n, GError **error)
{
  for (int i = 0; i < n; i++)
    atomic_fetch_add (&stub_n_acts, acts[i].units[acts[i].n_units - 1]);
  return TRUE;
}

gboolean
rheo_trainer_write_checkpoint (RheoTrainer *trainer, gboolean marked, GError **error)
{
  atomic_fetch_add (&stub_n_checkpoints, 1);
  return TRUE;
}

const RheoGrad *
rheo_trainer_get_grad (const RheoTrainer *trainer)
{
  return trainer->has_grad ? &stub_grad : NULL;
}

RheoRule *
rheo_trainer_get_rule (RheoTrainer *trainer)
{
  static const RheoRuleType type = { .unit = "batch" };
  static RheoRule rule = { .type = &type };

  return &rule;
}

gboolean
rheo_trainer_has_actions (const RheoTrainer *trainer)
{
  return false;
}

gboolean
rheo_trainer_has_scene (const RheoTrainer *trainer)
{
  return atomic_load (&stub_scene);
}

void
rheo_trainer_record_play (RheoTrainer *trainer, RheoTable *table)
{
  const double batch = (double) trainer->place.batch;

  rheo_table_add_copy (table, "scene.items", "Scene", "", "", RHEO_F64, NULL, &batch);
}

int
rheo_trainer_get_budget (const RheoTrainer *trainer)
{
  return rheo_experiment_get_run (trainer->experiment)->budget;
}

double
rheo_trainer_get_lived (const RheoTrainer *trainer)
{
  return stub_lived;
}

gboolean
rheo_trainer_tells (const RheoTrainer *trainer)
{
  return FALSE;
}

void
rheo_trainer_add_told (const RheoTrainer *trainer, RheoTable *table)
{
}

void
rheo_trainer_add_labels (const RheoTrainer *trainer, const RheoBatch *batch, RheoTable *table)
{
}

const RheoPast *
rheo_trainer_get_past (const RheoTrainer *trainer)
{
  return NULL;
}

const RheoBatch *
rheo_trainer_run_probe (RheoTrainer *trainer, GError **error)
{
  gboolean swapped = atomic_load (&stub_swapped);
  int n_rows = swapped ? STUB_STEPS : STUB_TRIALS, n_steps = swapped ? STUB_TRIALS : STUB_STEPS;
  static const int even[] = { STUB_TRIALS, STUB_TRIALS, STUB_TRIALS, STUB_TRIALS };

  atomic_fetch_add (&stub_n_probes, 1);
  if (atomic_load (&stub_fail_probe))
    {
      rheo_fail (error, RHEO_ERROR_IO, "The task cannot make trial 1.");
      return NULL;
    }
  stub_batch = (RheoBatch){ .n_rows = n_rows,
                            .n_steps = n_steps,
                            .n_in = STUB_OUT,
                            .n_out = STUB_OUT,
                            .swapped = swapped,
                            .length = swapped ? even : stub_length,
                            .item = stub_item,
                            .input = stub_target,
                            .target = stub_target };
  memset (stub_bits, 0, sizeof stub_bits);
  for (int lane = 0; lane < 2; lane++)
    {
      stub_tape_pops[lane][0] = (RheoTapePop){ .bits = stub_bits[lane], .n_words = 2 };
      stub_tape_pops[lane][1] = (RheoTapePop){ .out = stub_out[lane] };
      stub_lanes[lane].pop = stub_tape_pops[lane];
      stub_lanes[lane].row0 = 2 * lane;
      stub_lanes[lane].n_rows = MIN (2, n_rows - 2 * lane);
    }
  for (int row = 0; row < n_rows; row++)
    for (int step = 0; step < n_steps; step++)
      {
        RheoTapeLane *lane = &stub_lanes[row / 2];
        int place = step * lane->n_rows + row % 2, trial = stub_item[swapped ? step : row], time = swapped ? row : step;

        for (int u = 0; u < STUB_UNITS; u++)
          if (stub_fires (trial, time, u))
            lane->pop[0].bits[place * 2 + u / 64] |= (uint64_t) 1 << u % 64;
        for (int i = 0; i < STUB_OUT; i++)
          {
            lane->pop[1].out[place * RHEO_PAD + i] = stub_value (trial, time, i);
            stub_target[(row * n_steps + step) * STUB_OUT + i] = -stub_value (trial, time, i);
          }
      }
  return &stub_batch;
}

/* --- net ------------------------------------------------------------------------------------------------------- */
const RheoShape *
rheo_net_get_shape (const RheoNet *net)
{
  static const RheoShape shape = { 0 };

  return &shape;
}

const RheoPlan *
rheo_net_get_plan (const RheoNet *net)
{
  return &stub_plan;
}

RheoNetArray *
rheo_net_find_array (RheoNet *net, const char *name)
{
  return strcmp (name, stub_array.name) == 0 ? &stub_array : NULL;
}

int
rheo_net_get_n_trainables (const RheoNet *net)
{
  return 1;
}

RheoTrainable *
rheo_net_get_trainable (RheoNet *net, int i)
{
  return &stub_trainable;
}

const RheoTape *
rheo_net_get_tape (const RheoNet *net)
{
  return &stub_tape;
}

gboolean
rheo_tape_get_spike (const RheoNet *net, int pop, int row, int64_t t, int unit)
{
  const RheoTapeLane *lane = &stub_lanes[row / 2];

  return lane->pop[pop].bits[(t * lane->n_rows + row % 2) * 2 + unit / 64] >> unit % 64 & 1;
}

/* --- store ----------------------------------------------------------------------------------------------------- */
RheoRun *
rheo_run_open (const char *path, GError **error)
{
  rheo_fail (error, RHEO_ERROR_IO, "%s is not there.", path);
  return NULL;
}

void
rheo_run_free (RheoRun *run)
{
}

const RheoExperiment *
rheo_run_get_experiment (const RheoRun *run)
{
  return NULL;
}
