#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "engine/kernels.h"
#include "engine/trainer.h"

/* Measures training steps of ready-made experiments at settled rates. tests/bench/ holds the peers that do the same
 * work in PyTorch. */

#define WARM_UP 10 /* steps before the clock starts: caches are warm, buffers touched */
#define SGEMM 1024 /* size of the square products that stand for the machine's speed */
#define SGEMM_ROUNDS 8

typedef struct
{
  const char *id, *title, *experiment;
  const char *const *settings;
} Workload;

static const char *const robot_1000[] = { "model.layers.0.units=1000", NULL };
static const char *const robot_256[] = { "model.layers.0.units=256", NULL };

static const char *const as_it_is[] = { NULL };
static const char *const flip_flop_100[] = { "model.units=100", NULL };
static const char *const rate_1000[] = { "model.units=1000", "task.n-steps=300", "run.batch=128", NULL };

static const char *const sorn_5000[] = { "model.units=5000", NULL };
static const char *const sorn_10000[] = { "model.units=10000", NULL };
static const char *const sorn_50000[] = { "model.units=50000", "task.n-steps=10", NULL };

#define DIGITS(bin, n_steps) "task.n-train=256", "task.bin=" #bin, "task.n-steps=" #n_steps, "run.batch=64"
#define LIF(units) "model.layers.0.units=" #units, "model.layers.0.differentiate-reset=false" /* as snnTorch has it */
#define DELAYS "model.delays.kind=axonal"
static const char *const shd_lif_128[] = { DIGITS (10, 100), LIF (128), NULL };
static const char *const shd_lif_1000[] = { DIGITS (10, 100), LIF (1000), NULL };
static const char *const shd_lif_128_delays[] = { DIGITS (10, 100), LIF (128), DELAYS, NULL };
static const char *const shd_lif_1000_delays[] = { DIGITS (10, 100), LIF (1000), DELAYS, NULL };
static const char *const shd_lif_1000_250[] = { DIGITS (4, 250), LIF (1000), NULL };
static const char *const shd_alif[] = { DIGITS (10, 100), NULL };
static const char *const shd_alif_delays[] = { DIGITS (10, 100), DELAYS, NULL };
static const char *const shd_alif_250[] = { DIGITS (4, 250), NULL };

static const char *const goal_500[] = { "model.units=500", "task.n-steps=1000", NULL };

static const char *const unlearning[] = { "rule.learn=false", "rule.duration=0", NULL };
static const char *const learning[] = { "rule.duration=0", NULL };

static const Workload workloads[] = {
  { "robot-1000", N_ ("Robot trajectory, 1000 spiking units"), "robot-trajectory", robot_1000 },
  { "robot-256", N_ ("Robot trajectory, 256 spiking units"), "robot-trajectory", robot_256 },
  { "flip-flop-50", N_ ("3-bit flip-flop, 50 rate units"), "flip-flop-3bit", as_it_is },
  { "flip-flop-100", N_ ("3-bit flip-flop, 100 rate units"), "flip-flop-3bit", flip_flop_100 },
  { "cddm-100", N_ ("Context-dependent decision, 100 rate units"), "cddm", as_it_is },
  { "memory-50", N_ ("Memory of an angle, 50 rate units"), "memory-anti-angle", as_it_is },
  { "rate-1000", N_ ("3-bit flip-flop, 1000 rate units, 300 steps"), "flip-flop-3bit", rate_1000 },
  { "shd-lif-128", N_ ("Spoken digits, 128 spiking units, 100 steps"), "shd-lif-synthetic", shd_lif_128 },
  { "shd-lif-1000", N_ ("Spoken digits, 1000 spiking units, 100 steps"), "shd-lif-synthetic", shd_lif_1000 },
  { "shd-lif-128-delays", N_ ("Spoken digits, 128 spiking units and learnt delays, 100 steps"), "shd-lif-synthetic",
    shd_lif_128_delays },
  { "shd-lif-1000-delays", N_ ("Spoken digits, 1000 spiking units and learnt delays, 100 steps"), "shd-lif-synthetic",
    shd_lif_1000_delays },
  { "shd-lif-1000-250", N_ ("Spoken digits, 1000 spiking units, 250 steps"), "shd-lif-synthetic", shd_lif_1000_250 },
  { "shd-alif", N_ ("Spoken digits, 2 × 128 adaptive spiking units, 100 steps"), "shd-alif-synthetic", shd_alif },
  { "shd-alif-delays", N_ ("Spoken digits, 2 × 128 adaptive spiking units and learnt delays, 100 steps"),
    "shd-alif-synthetic", shd_alif_delays },
  { "shd-alif-250", N_ ("Spoken digits, 2 × 128 adaptive spiking units, 250 steps"), "shd-alif-synthetic",
    shd_alif_250 },
  { "goal-150", N_ ("Target-based learning, 150 spiking units, an epoch of 150 steps"), "goal-3d", as_it_is },
  { "goal-500", N_ ("Target-based learning, 500 spiking units, an epoch of 1000 steps"), "goal-3d", goal_500 },
  { "sorn-200", N_ ("Self-organising network of 200 units, as in the Python package, 100 steps"), "sorn-package",
    as_it_is },
  { "sorn-1000", N_ ("Self-organising network of 1000 units, 100 steps"), "sorn-1000", as_it_is },
  { "sorn-5000", N_ ("Self-organising network of 5000 units, 100 steps"), "sorn-1000", sorn_5000 },
  { "sorn-10000", N_ ("Self-organising network of 10,000 units, 100 steps"), "sorn-1000", sorn_10000 },
  { "sorn-50000", N_ ("Self-organising network of 50,000 units, 10 steps"), "sorn-1000", sorn_50000 },
  { "cartpole-spiking", N_ ("Pole on a cart, 200 event-driven cells, without learning, an episode"), "cartpole-stdp-rl",
    unlearning },
  { "cartpole-stdp-rl", N_ ("Pole on a cart, 200 event-driven cells, reward-modulated STDP, an episode"),
    "cartpole-stdp-rl", learning },
  { "cartpole-evolution", N_ ("Pole on a cart, 200 event-driven cells, evolution, a generation"), "cartpole-evolution",
    as_it_is },
};

/* Only the training steps count: nothing is validated, recorded or written. */
static const char *const always[] = { "run.validate=0", "run.record=", "run.record-every=0", "run.checkpoint=0", NULL };

/* How a workload is measured. */
typedef struct
{
  int n_steps, n_threads;
  const char *device;
  char **settings; /* changes to its experiment, or NULL */
} Wish;

typedef struct
{
  double *seconds;
  int n_steps;
  const char *device; /* id of the one that was used */
  double median, fastest;
  double dense_gflop, events_gflop; /* a step */
  double sgemm_gflops, memory;
  double total, processor,
      lived; /* seconds of all steps: on the clock, of all threads, of the world that was played; lived 0: none was */
  double began, ended; /* seconds of the monotonic clock, for a profiler */
  int n_threads;
} Result;

/* --- the machine ---------------------------------------------------------------------------------------------- */

static void
multiply (void *data, int item, int thread)
{
  RheoReal *a = (RheoReal *) data + (size_t) item * 3 * SGEMM * SGEMM;

  rheo_kernels_fast.gemm (false, false, SGEMM, SGEMM, SGEMM, a, SGEMM, a + SGEMM * SGEMM, SGEMM, 0,
                          a + 2 * SGEMM * SGEMM, SGEMM);
}

/* GFLOP/s of square products, one on each thread; the best of some rounds. */
static double
measure_sgemm (RheoTeam *team)
{
  int n = rheo_team_get_n_threads (team);
  g_autofree RheoReal *numbers = g_new (RheoReal, (size_t) n * 3 * SGEMM * SGEMM);
  double best = 0;

  for (size_t i = 0; i < (size_t) n * 3 * SGEMM * SGEMM; i++)
    numbers[i] = (RheoReal) 1 / (RheoReal) (1 + i % 7);
  for (int round = 0; round < SGEMM_ROUNDS; round++)
    {
      gint64 start = g_get_monotonic_time ();

      rheo_team_map (team, n, multiply, numbers);
      best = MAX (best, 2e-3 * n * SGEMM * SGEMM * SGEMM / (double) (g_get_monotonic_time () - start));
    }
  return best;
}

static double
peak_memory (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return 1024.0 * (double) usage.ru_maxrss;
}

/* Seconds that all threads together spent in the program itself. */
static double
processor_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_utime.tv_sec + 1e-6 * (double) usage.ru_utime.tv_usec;
}

/* --- work ----------------------------------------------------------------------------------------------------- */

static int64_t
count_synapses (const RheoProj *proj)
{
  int64_t n = 0;

  if (proj->form == RHEO_SPARSE)
    return proj->syn_first[proj->n_pre];
  if (proj->form == RHEO_ONE_TO_ONE)
    return proj->n_pre;
  if (proj->keep.mask == NULL)
    return (int64_t) proj->n_pre * proj->n_post;
  for (int pre = 0; pre < proj->n_pre; pre++)
    for (int post = 0; post < proj->n_post; post++)
      n += proj->keep.mask[(size_t) pre * proj->stride + post] != 0;
  return n;
}

/* Spikes of a population in one batch, from the tape that the last step left; -1 where it does not spike. */
static double
count_spikes (const RheoNet *net, int pop, double n_row_steps)
{
  const RheoTape *tape = rheo_net_get_tape (net);
  int64_t n_spikes = 0, n_rows = 0;

  for (int lane = 0; lane < tape->n_lanes; lane++)
    {
      if (tape->lane[lane].pop[pop].bits == NULL)
        return -1;
      n_spikes += tape->lane[lane].pop[pop].n_spikes;
      n_rows += tape->lane[lane].n_rows;
    }
  return n_rows > 0 ? (double) n_spikes / (double) (n_rows * tape->n_steps) * n_row_steps : -1;
}

/* Events in the input of one batch; -1 where it is numbers. */
static gboolean
count_events (RheoFeed *feed, double *n_events, GError **error)
{
  RheoBatch *batch = rheo_feed_new_batch (feed, RHEO_SET_TRAIN, 0, 0, rheo_feed_get_n_rows (feed), error);

  if (batch == NULL)
    return FALSE;
  *n_events = batch->input == NULL ? (double) batch->event_first[(int64_t) batch->n_rows * batch->n_steps] : -1;
  rheo_batch_free (batch);
  return TRUE;
}

/* Additions and multiplications of one training step: were every product dense, and with silent units and absent
 * synapses left out. A product goes forward, back to the source where the rule needs that, and into the weight's gradient. */
static gboolean
count_work (RheoTrainer *trainer, Result *result, GError **error)
{
  RheoNet *net = rheo_trainer_get_net (trainer);
  RheoFeed *feed = rheo_trainer_get_feed (trainer);
  const RheoPlan *plan = rheo_net_get_plan (net);
  const gboolean adjoint = (rheo_trainer_get_rule (trainer)->type->base.needs & RHEO_ADJOINT) != 0;
  double n_row_steps = (double) rheo_feed_get_n_rows (feed) * rheo_feed_get_n_steps (feed), n_events;

  if (!count_events (feed, &n_events, error))
    return FALSE;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *proj = &plan->proj[i];
      double all = 2 * n_row_steps * proj->n_pre * proj->n_post;
      double connected = 2 * n_row_steps * (double) count_synapses (proj);
      double spikes = proj->from >= 0            ? count_spikes (net, proj->from, n_row_steps)
                      : proj->from == RHEO_INPUT ? n_events
                                                 : -1;
      double by_source = spikes >= 0 ? spikes * proj->n_post : connected;
      gboolean back = adjoint && proj->from >= 0 && !(proj->flags & RHEO_PROJ_CUT),
               train = (proj->flags & RHEO_PROJ_TRAIN) != 0;

      result->dense_gflop += 1e-9 * all * (1 + back + train);
      result->events_gflop += 1e-9 * (by_source * (1 + train) + connected * back);
    }
  return TRUE;
}

/* Seconds of the world in the episodes of the last step. */
static double
count_lived (RheoTrainer *trainer)
{
  const int n_lived = rheo_trainer_get_rule (trainer)->n_lived;

  return rheo_trainer_get_lived (trainer)
         * (n_lived > 0 ? n_lived : rheo_feed_get_n_rows (rheo_trainer_get_feed (trainer)));
}

/* --- a workload ----------------------------------------------------------------------------------------------- */

static int
compare_seconds (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
measure (const Workload *workload, const Wish *wish, Result *result, GError **error)
{
  const int n_steps = wish->n_steps;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (workload->experiment, error);
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autofree char *budget = g_strdup_printf ("%d", WARM_UP + n_steps);
  g_autofree double *sorted = NULL;

  if (experiment == NULL || !rheo_experiment_set_all (experiment, workload->settings, error)
      || !rheo_experiment_set_all (experiment, always, error)
      || !rheo_experiment_set (experiment, "run.budget", budget, error)
      || !rheo_experiment_set (experiment, "run.device", wish->device, error)
      || (wish->settings != NULL && !rheo_experiment_set_all (experiment, (const char *const *) wish->settings, error)))
    return FALSE;
  rheo_experiment_get_run (experiment)->threads = wish->n_threads;
  trainer = rheo_trainer_new (experiment, error);
  if (trainer == NULL)
    return FALSE;

  result->n_steps = n_steps;
  result->seconds = g_new (double, n_steps);
  for (int step = -WARM_UP; step < n_steps; step++)
    {
      RheoStop stop;
      gint64 start = g_get_monotonic_time ();
      double used = processor_time ();

      if (!rheo_trainer_step (trainer, NULL, NULL, &stop, error))
        return FALSE;
      if (stop == RHEO_STOP_DIVERGED)
        return rheo_fail (error, RHEO_ERROR_DEVICE, _ ("%s diverged after %d steps; its times mean nothing."),
                          workload->id, step + WARM_UP);
      result->ended = 1e-6 * (double) g_get_monotonic_time ();
      if (step < 0)
        continue;
      if (step == 0)
        result->began = 1e-6 * (double) start;
      result->seconds[step] = result->ended - 1e-6 * (double) start;
      result->total += result->seconds[step];
      result->processor += processor_time () - used;
      result->lived += count_lived (trainer);
    }
  sorted = g_memdup2 (result->seconds, sizeof *sorted * (size_t) n_steps);
  qsort (sorted, (size_t) n_steps, sizeof *sorted, compare_seconds);
  result->fastest = sorted[0];
  result->median = (sorted[(n_steps - 1) / 2] + sorted[n_steps / 2]) / 2;
  result->memory = peak_memory ();
  result->device = rheo_net_get_device (rheo_trainer_get_net (trainer))->ops->id;
  result->n_threads = rheo_team_get_n_threads (rheo_trainer_get_team (trainer));
  if (result->lived == 0 && !count_work (trainer, result, error))
    return FALSE;
  result->sgemm_gflops = measure_sgemm (rheo_trainer_get_team (trainer));
  return TRUE;
}

static JsonObject *
result_to_json (const Workload *workload, const Result *r)
{
  const struct
  {
    const char *key;
    double value;
  } numbers[] = { { "median", r->median },
                  { "fastest", r->fastest },
                  { "dense-gflop", r->dense_gflop },
                  { "events-gflop", r->events_gflop },
                  { "sgemm-gflops", r->sgemm_gflops },
                  { "memory", r->memory },
                  { "total", r->total },
                  { "processor", r->processor },
                  { "lived", r->lived },
                  { "began", r->began },
                  { "ended", r->ended } };
  JsonObject *object = json_object_new ();
  JsonArray *seconds = json_array_new ();

  json_object_set_string_member (object, "workload", workload->id);
  json_object_set_string_member (object, "version", RHEO_VERSION);
  json_object_set_string_member (object, "device", r->device);
  json_object_set_int_member (object, "threads", r->n_threads);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    json_object_set_double_member (object, numbers[i].key, numbers[i].value);
  for (int i = 0; i < r->n_steps; i++)
    json_array_add_double_element (seconds, r->seconds[i]);
  json_object_set_array_member (object, "seconds", seconds);
  return object;
}

static void
print_result (const Workload *workload, const Result *r)
{
  g_print ("%s: %s\n", workload->id, _ (workload->title));
  g_print (_ ("  training step  %.2f ms median, %.2f ms fastest of %d; threads: %d\n"), 1e3 * r->median,
           1e3 * r->fastest, r->n_steps, r->n_threads);
  if (r->lived > 0)
    g_print (_ ("  time lived     %.2f ms a second, %.2f ms of processors; %.0f s in all\n"), 1e3 * r->total / r->lived,
             1e3 * r->processor / r->lived, r->lived);
  else
    {
      g_print (_ ("  as if dense    %.2f GFLOP a step, %.1f GFLOP/s, %.0f %% of the %.1f GFLOP/s of sgemm\n"),
               r->dense_gflop, r->dense_gflop / r->median, 100 * r->dense_gflop / r->median / r->sgemm_gflops,
               r->sgemm_gflops);
      g_print (_ ("  events only    %.2f GFLOP a step, %.1f GFLOP/s\n"), r->events_gflop, r->events_gflop / r->median);
    }
  g_print (_ ("  peak memory    %.0f MB\n"), r->memory / 1e6);
}

/* --- the command ---------------------------------------------------------------------------------------------- */

static const Workload *
find_workload (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (workloads); i++)
    if (g_str_equal (workloads[i].id, id))
      return &workloads[i];
  return NULL;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  Wish wish = { .n_steps = 30, .device = "cpu" };
  g_autofree char *device = NULL;
  g_auto (GStrv) settings = NULL;
  int n, code;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "steps", 'n', 0, G_OPTION_ARG_INT, &wish.n_steps, N_ ("Training steps to measure (30)"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &wish.n_threads, N_ ("Threads to use; 0: one per core"), "N" },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_ ("Device to train on (cpu)"), "DEVICE" },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print one JSON object"), NULL },
    { NULL },
  };
  g_autoptr (JsonArray) results = json_array_new ();

  if (!rheo_cli_parse (command, entries, 0, -1, &argc, &argv, &code))
    return code;
  if (wish.n_steps < 1 || wish.n_steps > 1000000)
    return rheo_cli_fail_usage (command, _ ("--steps is %d; 1 to 1000000 are allowed."), wish.n_steps);
  if (wish.n_threads < 0 || wish.n_threads > 1024)
    return rheo_cli_fail_usage (command, _ ("--threads is %d; 0 to 1024 are allowed."), wish.n_threads);
  wish.device = device != NULL ? device : wish.device;
  wish.settings = settings;
  for (int i = 1; i < argc; i++)
    if (find_workload (argv[i]) == NULL)
      {
        g_autoptr (GString) names = g_string_new (workloads[0].id);

        for (guint k = 1; k < G_N_ELEMENTS (workloads); k++)
          g_string_append_printf (names, ", %s", workloads[k].id);
        return rheo_cli_fail_usage (command, _ ("There is no workload \"%s\"; there are %s."), argv[i], names->str);
      }

  n = argc > 1 ? argc - 1 : (int) G_N_ELEMENTS (workloads);
  for (int i = 0; i < n; i++)
    {
      const Workload *workload = argc > 1 ? find_workload (argv[i + 1]) : &workloads[i];
      g_autoptr (GError) error = NULL;
      Result result = { 0 };
      gboolean good = measure (workload, &wish, &result, &error);

      if (good && as_json)
        json_array_add_object_element (results, result_to_json (workload, &result));
      else if (good)
        print_result (workload, &result);
      g_free (result.seconds);
      if (!good)
        return rheo_cli_fail (error);
    }
  if (as_json)
    {
      JsonObject *object = json_object_new ();

      json_object_set_array_member (object, "workloads", g_steal_pointer (&results));
      rheo_cli_print_json (object);
    }
  return RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_bench = {
  .name = "bench",
  .usage = "[WORKLOAD ...] [--steps N] [--threads N] [--device DEVICE] [--set KEY=VALUE] [--json]",
  .summary = N_ ("Measures how fast this machine trains"),
  .run = run,
};
