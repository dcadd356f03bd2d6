#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/ridge-readout.h"
#include "engine/sorn-step.h"
#include "engine/trainer.h"

/* The plasticity of a self-organising recurrent network (sorn-step.h), each of its rules to be switched while it runs. One
 * iteration is one trial of the task, a block of an endless input; the network goes on from block to block. */

typedef struct
{
  gboolean on;
  double rate;
} Rate;

typedef struct
{
  gboolean on, clip;
  double rate, lo, hi;
} Ip;

typedef struct
{
  gboolean on, per_pair;
  double chance, weight;
} Sp;

typedef struct
{
  gboolean on;
  double rate, floor;
  int at_zero;
} Istdp;

typedef struct
{
  gboolean on, ei;
} Ss;

typedef struct
{
  gboolean learn, derive;
  double target;
  Rate stdp;
  Ip ip;
  Sp sp;
  Istdp istdp;
  Ss ss;
  int window, count;
  RheoRidgeReadoutConfig readout;
} Plasticity;

enum
{
  ZERO_FLOOR,
  ZERO_LOSE,
};

enum
{
  COUNT_AFTER,
  COUNT_BEFORE,
};

static const char *const zero_choices[] = { "floor", "lose", NULL };
static const char *const count_choices[] = { "after", "before", NULL };

#define ON(T, l, h) RHEO_P_BOOL (T, on, "on", .label = l, .help = h, .def = 1, .flags = RHEO_LIVE)
#define RATE(T, d, l, h)                                                                                               \
  RHEO_P_REAL (T, rate, "rate", .label = l, .help = h, .def = d, .max = 1, .soft_max = 0.05, .when = "on=true",        \
               .flags = RHEO_LIVE)

static const RheoParam stdp_rows[] = {
  ON (Rate, N_ ("STDP"),
      N_ ("Spike-timing-dependent plasticity of excitatory synapses: one step before strengthens, one step "
          "after weakens. A synapse that reaches 0 is lost.")),
  RATE (Rate, 0.004, N_ ("Rate of STDP"), N_ ("Change of a weight.")),
  RHEO_P_END,
};

static const RheoParam ip_rows[] = {
  ON (Ip, N_ ("Intrinsic plasticity"),
      N_ ("Intrinsic plasticity: a unit that fires gets a higher threshold, one that is silent a lower one.")),
  RATE (Ip, 0.01, N_ ("Rate of thresholds"), N_ ("Change of a threshold by a spike.")),
  RHEO_P_BOOL (Ip, clip, "clip", .label = N_ ("Keep thresholds in a range"),
               .help = N_ ("The published rule lets them go anywhere."), .when = "on=true", .flags = RHEO_LIVE),
  RHEO_P_REAL (Ip, lo, "lowest", .label = N_ ("Lowest threshold"), .help = N_ ("No threshold falls below it."),
               .def = 0, .min = -100, .max = 100, .soft_max = 1, .when = "clip=true", .flags = RHEO_LIVE),
  RHEO_P_REAL (Ip, hi, "highest", .label = N_ ("Highest threshold"), .help = N_ ("No threshold rises above it."),
               .def = 1, .min = -100, .max = 100, .soft_max = 2, .when = "clip=true", .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoParam sp_rows[] = {
  ON (Sp, N_ ("Structural plasticity"),
      N_ ("Structural plasticity: now and then a new synapse between two excitatory units.")),
  RHEO_P_REAL (Sp, chance, "chance", .label = N_ ("New synapses per step"),
               .help = N_ ("Mean number; below 1 it is the chance of one."), .def = 0.1, .max = 1000, .soft_max = 1,
               .when = "on=true", .flags = RHEO_LIVE),
  RHEO_P_BOOL (Sp, per_pair, "per-pair", .label = N_ ("By the number of pairs"),
               .help = N_ ("The number is that of a network of 200 units, and grows with the pairs of this one."),
               .def = 1, .when = "on=true", .flags = RHEO_LIVE),
  RHEO_P_REAL (Sp, weight, "weight", .label = N_ ("Weight of a new synapse"),
               .help = N_ ("STDP soon removes it again where it is not used."), .def = 0.001, .min = 1e-6, .max = 1,
               .soft_min = 1e-4, .soft_max = 0.1, .when = "on=true", .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_END,
};

static const RheoParam istdp_rows[] = {
  ON (Istdp, N_ ("Inhibitory STDP"),
      N_ ("Plasticity of inhibitory synapses: weaker where the target stays silent, stronger where it "
          "fires.")),
  RATE (Istdp, 0.001, N_ ("Rate of inhibitory STDP"),
        N_ ("Fall of a weight whose target stays silent; where it fires the weight rises by this over the "
            "target rate.")),
  RHEO_P_CHOICE (Istdp, at_zero, "at-zero", zero_choices, .label = N_ ("Weak synapses"),
                 .help =
                     N_ ("What becomes of a weight that falls: it stays at a lowest value, or the synapse is lost for "
                         "good."),
                 .when = "on=true", .flags = RHEO_LIVE),
  RHEO_P_REAL (Istdp, floor, "floor", .label = N_ ("Lowest weight"),
               .help = N_ ("An inhibitory synapse never gets weaker."), .def = 0.001, .min = 1e-9, .max = 1,
               .soft_min = 1e-4, .soft_max = 0.1, .when = "at-zero=floor", .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_END,
};

static const RheoParam ss_rows[] = {
  ON (Ss, N_ ("Synaptic scaling"),
      N_ ("Synaptic scaling: the excitatory weights that come in at a unit are divided by their sum after each "
          "step.")),
  RHEO_P_BOOL (Ss, ei, "inhibitory", .label = N_ ("Inhibitory weights too"),
               .help = N_ ("Those that come in at a unit are also divided by their sum."), .when = "on=true",
               .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoParam params[] = {
  RHEO_P_BOOL (Plasticity, learn, "learn", .label = N_ ("Plasticity"),
               .help = N_ ("Off: nothing changes, and the network runs as it is."),
               .words = N_ ("freeze, phase, training phase"), .def = 1, .flags = RHEO_LIVE),
  RHEO_P_BOOL (
      Plasticity, derive, "derive-target", .label = N_ ("Target rate from the inputs"),
      .help = N_ ("Thresholds aim at two spikes per step for each input, shared by all excitatory units; inhibitory "
                  "synapses still aim at the target rate."),
      .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Plasticity, target, "target-rate", .label = N_ ("Target rate"),
               .help = N_ ("Share of the excitatory units that are to fire in a step."), .unit = N_ ("spikes/step"),
               .def = 0.1, .min = 0.001, .max = 1, .soft_min = 0.01, .soft_max = 0.5, .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_BLOCK (Plasticity, stdp, Rate, "stdp", stdp_rows, .label = N_ ("STDP")),
  RHEO_P_BLOCK (Plasticity, ip, Ip, "ip", ip_rows, .label = N_ ("Intrinsic plasticity")),
  RHEO_P_BLOCK (Plasticity, sp, Sp, "sp", sp_rows, .label = N_ ("Structural plasticity")),
  RHEO_P_BLOCK (Plasticity, istdp, Istdp, "istdp", istdp_rows, .label = N_ ("Inhibitory STDP")),
  RHEO_P_BLOCK (Plasticity, ss, Ss, "ss", ss_rows, .label = N_ ("Synaptic scaling")),
  RHEO_P_BLOCK (Plasticity, readout, RheoRidgeReadoutConfig, "read-out", rheo_ridge_readout_rows,
                .label = N_ ("Read-out"), .words = N_ ("ridge regression, linear regression"), .needs = RHEO_SIGNALS),
  RHEO_P_INT (Plasticity, window, "window", .label = N_ ("Steps of the rates"),
              .help = N_ ("Rates are means over so many of the last steps."), .unit = N_ ("steps"), .def = 500,
              .min = 1, .max = 1000000, .soft_min = 10, .soft_max = 5000, .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_CHOICE (Plasticity, count, "count", count_choices, .label = N_ ("Connections are counted"),
                 .help = N_ ("After the changes of a step, or before them."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "zheng-2013", N_ ("Zheng 2013"),
    "{\"learn\": true, \"derive-target\": false, \"target-rate\": 0.1, \"stdp\": {\"on\": true, \"rate\": 0.004}, "
    "\"ip\": {\"on\": true, \"rate\": 0.01, \"clip\": false}, "
    "\"sp\": {\"on\": true, \"chance\": 0.1, \"per-pair\": true, \"weight\": 0.001}, "
    "\"istdp\": {\"on\": true, \"rate\": 0.001, \"at-zero\": \"floor\", \"floor\": 0.001}, "
    "\"ss\": {\"on\": true, \"inhibitory\": false}, \"count\": \"after\"}" },
  { "lazar-2009", N_ ("Lazar 2009"),
    "{\"learn\": true, \"derive-target\": true, \"target-rate\": 0.1, \"stdp\": {\"on\": true, \"rate\": 0.004}, "
    "\"ip\": {\"on\": true, \"rate\": 0.01, \"clip\": false}, \"sp\": {\"on\": false}, \"istdp\": {\"on\": false}, "
    "\"ss\": {\"on\": true, \"inhibitory\": false}, \"count\": \"after\"}" },
  { "package", N_ ("As in the Python package sorn"),
    "{\"learn\": true, \"derive-target\": true, \"target-rate\": 0.1, \"stdp\": {\"on\": true, \"rate\": 0.004}, "
    "\"ip\": {\"on\": true, \"rate\": 0.01, \"clip\": true, \"lowest\": 0, \"highest\": 1}, "
    "\"sp\": {\"on\": true, \"chance\": 0.1, \"per-pair\": false, \"weight\": 0.001}, "
    "\"istdp\": {\"on\": true, \"rate\": 0.001, \"at-zero\": \"lose\"}, "
    "\"ss\": {\"on\": true, \"inhibitory\": true}, \"count\": \"before\"}" },
  { NULL },
};

enum
{
  RATE_E,
  RATE_I,
  RATE_R,
  CONNECTIONS_EE,
  CONNECTIONS_EI,
  THRESHOLD,
  THRESHOLD_SD,
  MADE,
  LOST,
  N_SERIES,
};

static const RheoSeries series[] = {
  [RATE_E] = { "rate-e", N_ ("Excitatory rate"), N_ ("Share of the excitatory units that fire, over the last steps."),
               N_ ("spikes/step"), "", 0, 1, RHEO_SERIES_SHOW },
  [RATE_I] = { "rate-i", N_ ("Inhibitory rate"), N_ ("Share of the inhibitory units that fire, over the last steps."),
               N_ ("spikes/step"), "", 0, 1, RHEO_SERIES_SHOW },
  [RATE_R] = { "rate-r", N_ ("Recurrent rate"),
               N_ ("Share of the excitatory units that would have fired without the input, in this block."),
               N_ ("spikes/step"), "", 0, 1 },
  [CONNECTIONS_EE] = { "connections-ee", N_ ("Excitatory connections"),
                       N_ ("Synapses between excitatory units, at the last step."), "", "", 0, 0, RHEO_SERIES_SHOW },
  [CONNECTIONS_EI] = { "connections-ei", N_ ("Inhibitory connections"),
                       N_ ("Synapses from inhibitory to excitatory units, at the last step."), "", "", 0, 0,
                       RHEO_SERIES_SHOW },
  [THRESHOLD] = { "threshold-mean", N_ ("Mean threshold"), N_ ("Of the excitatory units."), "", "" },
  [THRESHOLD_SD] = { "threshold-sd", N_ ("Spread of thresholds"), N_ ("Standard deviation over the excitatory units."),
                     "", "" },
  [MADE] = { "made", N_ ("New synapses"), N_ ("In this block."), "", "" },
  [LOST] = { "lost", N_ ("Lost synapses"), N_ ("In this block."), "", "" },
  { NULL },
};

#define DUE "plasticity.due"       /* I32 [2] of the net: see RheoSorn */
#define RECENT "plasticity.recent" /* I32 [2][window] of the net: spikes of exc and inh in the last steps, a ring */
#define STEPS "plasticity.steps"   /* I64 [1] of the net: steps done */

enum
{
  EXC,
  INH,
};

typedef struct
{
  RheoSorn sorn;
  RheoSornHow how;
  RheoRng rng;
  int32_t *recent; /* the net's; NULL: beside another rule */
  int64_t *steps;
  int window;
  int32_t *n_ee, *n_ei; /* [step] of the block: connections */
  gboolean before;      /* counted before the changes */
  gboolean counted;     /* n_ee and n_ei are there */
  RheoRidgeReadout readout;
} Work;

static RheoSornHow
how_of (const Plasticity *c, int ne, int n_in)
{
  const double pairs = (double) ne * (ne - 1) / (200.0 * 199.0);

  return (RheoSornHow){ .stdp = c->stdp.on,
                        .ip = c->ip.on,
                        .sp = c->sp.on,
                        .istdp = c->istdp.on,
                        .scale_ee = c->ss.on,
                        .scale_ei = c->ss.on && c->ss.ei,
                        .eta_stdp = (RheoReal) c->stdp.rate,
                        .eta_ip = (RheoReal) c->ip.rate,
                        .eta_inhib = (RheoReal) c->istdp.rate,
                        .target_ip = (RheoReal) (c->derive ? 2.0 * n_in / ne : c->target),
                        .target_inhib = (RheoReal) c->target,
                        .te_lo = c->ip.clip ? (RheoReal) c->ip.lo : 0,
                        .te_hi = c->ip.clip ? (RheoReal) c->ip.hi : 0,
                        .new_per_step = c->sp.chance * (c->sp.per_pair ? pairs : 1),
                        .new_weight = (RheoReal) c->sp.weight,
                        .floor_ei = c->istdp.at_zero == ZERO_FLOOR ? (RheoReal) c->istdp.floor : 0 };
}

static gboolean
check (const void *config, GError **error)
{
  const Plasticity *c = config;

  if (c->ip.clip && c->ip.lo >= c->ip.hi)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("rule.ip.lowest (%g) is not below rule.ip.highest (%g)."), c->ip.lo,
                      c->ip.hi);
  return TRUE;
}

/* --- the run ------------------------------------------------------------------------------------------------------ */
static int32_t
count_spikes (int n, const RheoReal *x)
{
  int32_t count = 0;

  for (int i = 0; i < n; i++)
    count += x[i] != 0;
  return count;
}

/* Once for a block: values may have changed, the network may have been loaded. */
static void
prepare (RheoRule *rule)
{
  const Plasticity *c = rule->config;
  Work *work = rule->priv;

  work->how = how_of (c, work->sorn.ne, rule->shape.n_in);
  work->before = c->count == COUNT_BEFORE;
  work->rng = (RheoRng){ .seed = rule->seed,
                         .stream = RHEO_STREAM_REWIRE,
                         .iteration = rule->batch->iteration,
                         .item = (uint32_t) rule->batch->set };
  rheo_synapses_refresh (work->sorn.ee);
  rheo_synapses_refresh (work->sorn.ei);
}

static void
change (Work *work, const RheoLane *lane, int64_t t)
{
  const RheoLanePop *exc = &lane->pop[EXC], *inh = &lane->pop[INH];

  rheo_sorn_step (&work->sorn, &work->how, exc->out_before, exc->out, inh->out_before, work->rng, (uint32_t) t);
}

static void
count (Work *work, int64_t t)
{
  work->n_ee[t] = (int32_t) work->sorn.ee->n;
  work->n_ei[t] = (int32_t) work->sorn.ei->n;
}

/* Beside another rule. */
static void
on_step (RheoRule *rule, RheoLane *lane, int64_t t)
{
  if (t == 0)
    prepare (rule);
  if (((const Plasticity *) rule->config)->learn)
    change (rule->priv, lane, t);
}

static void
step (void *data, RheoLane *lane, int64_t t)
{
  RheoRule *rule = data;
  Work *work = rule->priv;
  const int at = (int) (*work->steps % work->window);

  if (work->before)
    count (work, t);
  if (((const Plasticity *) rule->config)->learn)
    change (work, lane, t);
  if (!work->before)
    count (work, t);
  work->recent[at] = count_spikes (work->sorn.ne, lane->pop[EXC].out);
  work->recent[work->window + at] = count_spikes (work->sorn.ni, lane->pop[INH].out);
  ++*work->steps;
}

static double
rate (const Work *work, const int32_t *recent, int n_units)
{
  const int64_t n = MIN (*work->steps, work->window);
  double sum = 0;

  for (int64_t k = 0; k < n; k++)
    sum += recent[k];
  return n > 0 ? sum / ((double) n * n_units) : NAN;
}

static const RheoReal *
drive_at (const RheoNet *net, int64_t t)
{
  const RheoPop *exc = &rheo_net_get_plan (net)->pop[EXC];

  /* Entry 0 is that before the window. */
  return rheo_net_get_tape (net)->lane[0].pop[EXC].tape[0] + (t + 1) * exc->stride;
}

static double
rate_without_input (const RheoRule *rule)
{
  const int ne = ((const Work *) rule->priv)->sorn.ne;
  double sum = 0;

  for (int t = 0; t < rule->batch->n_steps; t++)
    {
      const RheoReal *drive = drive_at (rule->net, t);

      for (int i = 0; i < ne; i++)
        sum += drive[i] > 0;
    }
  return sum / ((double) rule->batch->n_steps * ne);
}

static void
report (RheoRule *rule, int64_t made, int64_t lost, RheoMetrics *m)
{
  const Work *work = rule->priv;
  const RheoSorn *sorn = &work->sorn;
  const int last = rule->batch->n_steps - 1;
  double mean = 0, squares = 0;

  for (int i = 0; i < sorn->ne; i++)
    mean += (double) sorn->threshold[i] / sorn->ne;
  for (int i = 0; i < sorn->ne; i++)
    squares += ((double) sorn->threshold[i] - mean) * ((double) sorn->threshold[i] - mean) / sorn->ne;

  const double value[N_SERIES] = { [RATE_E] = rate (work, work->recent, sorn->ne),
                                   [RATE_I] = rate (work, work->recent + work->window, sorn->ni),
                                   [RATE_R] = rate_without_input (rule),
                                   [CONNECTIONS_EE] = work->n_ee[last],
                                   [CONNECTIONS_EI] = work->n_ei[last],
                                   [THRESHOLD] = mean,
                                   [THRESHOLD_SD] = sqrt (squares),
                                   [MADE] = (double) made,
                                   [LOST] = (double) lost };

  for (int k = 0; k < N_SERIES; k++)
    rheo_metrics_add_key (m, "train", series[k].key, value[k], 1);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  Work *work = rule->priv;
  RheoRollout r = rheo_rule_rollout (rule, rule->batch, RHEO_ROLL_TAPE | RHEO_ROLL_LEARN);
  const int64_t made = work->sorn.n_made, lost = work->sorn.n_lost;

  prepare (rule);
  if (rule->batch->iteration > 0)
    r.flags &= ~(unsigned) RHEO_ROLL_RESET;
  r.on_step = step;
  r.on_step_data = rule;
  r.n_seen = INH + 1;
  r.stop = NULL; /* a block that was left part ways could not be taken back */
  rheo_rollout (rule->net, &r);
  work->counted = TRUE;
  report (rule, work->sorn.n_made - made, work->sorn.n_lost - lost, m);
  rheo_ridge_readout_learn (&work->readout, &((const Plasticity *) rule->config)->readout, rule, m);
  return TRUE;
}

/* --- records ------------------------------------------------------------------------------------------------------ */
static void
record_counts (const Work *work, const RheoBatch *batch, RheoTable *table)
{
  const int64_t dims[] = { 1, batch->n_steps };

  rheo_table_add_copy (table, "ee.connections", N_ ("Excitatory connections"), "", "trial time", RHEO_I32, dims,
                       work->n_ee);
  rheo_table_add_copy (table, "ei.connections", N_ ("Inhibitory connections"), "", "trial time", RHEO_I32, dims,
                       work->n_ei);
}

/* What excitatory units would have done without the input, and the drive that says so. */
static void
record (RheoRule *rule, const RheoBatch *batch, RheoTable *table)
{
  const Work *work = rule->priv;
  const int ne = work->sorn.ne;
  const int64_t dims[] = { 1, batch->n_steps, ne };
  RheoColumn *recurrent =
      rheo_table_add (table, "exc.recurrent", N_ ("Spikes without the input"), "", "trial time unit", RHEO_U8, dims);
  float *to =
      rheo_table_add (table, "exc.drive", N_ ("Drive without the input"), "", "trial time unit", RHEO_F32, dims)->data;

  recurrent->hi = 1;
  recurrent->flags = RHEO_SERIES_BITS;
  for (int t = 0; t < batch->n_steps; t++)
    {
      const RheoReal *drive = drive_at (rule->net, t);

      for (int i = 0; i < ne; i++)
        {
          *to++ = (float) drive[i];
          ((uint8_t *) recurrent->data)[(gsize) t * (gsize) ne + (gsize) i] = drive[i] > 0;
        }
    }
  if (work->counted)
    record_counts (work, batch, table);
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */
static void
add_array (RheoRule *rule, const char *name, const char *label, const char *axes, RheoType type, const int64_t *dims)
{
  if (rheo_net_find_array (rule->net, name) == NULL)
    rheo_net_array (rule->net, name, label, "", axes, type, RHEO_USE_KEEP, dims);
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Plasticity *c = rule->config;
  const int64_t one = 1, two = 2, ring[] = { 2, c->window };
  Work *work;

  add_array (rule, DUE, N_ ("Columns that are to be scaled"), "projection", RHEO_I32, &two);
  add_array (rule, STEPS, N_ ("Steps done"), "number", RHEO_I64, &one);
  add_array (rule, RECENT, N_ ("Spikes of the last steps"), "population step", RHEO_I32, ring);
  if (rheo_net_find_array (rule->net, RECENT)->data == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for rule.window = %d."), c->window);
  work = rule->priv = g_new0 (Work, 1);
  rheo_sorn_init (&work->sorn, rule->net, rheo_net_find_array (rule->net, DUE)->data);
  work->steps = rheo_net_find_array (rule->net, STEPS)->data;
  work->recent = rheo_net_find_array (rule->net, RECENT)->data;
  work->window = c->window;
  work->n_ee = g_new0 (int32_t, rheo_net_get_shape (rule->net)->n_steps);
  work->n_ei = g_new0 (int32_t, rheo_net_get_shape (rule->net)->n_steps);
  for (int k = 0; !rule->beside && k < N_SERIES; k++)
    rheo_metrics_declare (rule->metrics, "train", &series[k], NULL);
  return rule->beside || rheo_ridge_readout_init (&work->readout, rule, error);
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_sorn_release (&work->sorn);
  rheo_ridge_readout_release (&work->readout);
  g_free (work->n_ee);
  g_free (work->n_ei);
  g_free (work);
}

static const RheoSeries changes[] = {
  { "exc.threshold", N_ ("Excitatory thresholds"), N_ ("Intrinsic plasticity changes them."), "", "unit" },
  { NULL },
};

const RheoRuleType rheo_rule_sorn_plasticity = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "sorn-plasticity",
            .title = N_ ("Self-organising plasticity"),
            .summary =
                N_ ("STDP, intrinsic and structural plasticity, inhibitory STDP and synaptic scaling of binary units; "
                    "each can be switched while the network runs."),
            .cite =
                "Lazar, Pipa & Triesch 2009, SORN: a self-organizing recurrent neural network; Zheng, Dimitrakakis & "
                "Triesch 2013, Network self-organization explains the statistics and dynamics of synaptic connection "
                "strengths in cortex",
            .config_size = sizeof (Plasticity),
            .params = params,
            .presets = presets,
            .series = series,
            .gives = RHEO_LOCAL,
            .needs = RHEO_PLASTIC,
            .check = check },
  .unit = N_ ("block"),
  .setup = setup,
  .on_step = on_step,
  .iterate = iterate,
  .goes_on = true,
  .changes = changes,
  .record = record,
  .release = release,
};
