#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine/stdp-rl.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/last.h"
#include "engine/play.h"
#include "engine/rule.h"
#include "engine/trainer.h"

/* Reward-modulated spike-timing-dependent plasticity (stdp-rl.h) of a network that plays one episode after the other in one
 * long run. Each action: the network runs, its votes are counted, the environment answers with a reward, and every few actions
 * weights are normalised. */

static const char *const target_choices[] = { "all", "motor", "chosen", "both", NULL };
static const char *const balance_choices[] = { "off", "senders", "reversed", NULL };

typedef struct
{
  gboolean learn, exponential, soft, stdp, elsewhere, normalise, gain_control, reset_traces;
  int target, balance, normalise_every, gain_steps, gain_every, n_last;
  double w_hebb, w_anti, gain, length_hebb, length_anti, window_hebb, window_anti, w_min, w_max, late, quiet;
  double stdp_hebb, stdp_anti, tau_hebb, tau_anti, chosen, opposite, discount, balance_min, balance_max;
  double gain_change, rate_motor, rate_other, step, duration, give_up;
} StdpRl;

#define MS N_ ("ms")
#define TIME(field, k, l, h, d, lo, hi, ...)                                                                           \
  RHEO_P_REAL (StdpRl, field, k, .label = l, .help = h, .unit = MS, .def = d, .min = lo, .max = 1e6, .soft_min = lo,   \
               .soft_max = hi, __VA_ARGS__)

static const RheoParam params[] = {
  RHEO_P_BOOL (StdpRl, learn, "learn", .label = N_ ("Learning"),
               .help = N_ ("Off: the network plays on, but its weights stay."), .def = TRUE, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, w_hebb, "reward-weight", .label = N_ ("Reward weight"),
               .help = N_ ("Change by a reward of 1 where the target fired soon after the source; times the gain."),
               .words = N_ ("learning rate"), .def = 0.02, .max = 100, .soft_max = 0.1, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, w_anti, "anti-weight", .label = N_ ("Reverse weight"),
               .help = N_ ("The same where the source fired soon after the target."), .def = -0.02, .min = -100,
               .max = 0, .soft_min = -0.1, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, gain, "gain", .label = N_ ("Gain"),
               .help = N_ ("Multiplies all weights of this rule, as the gain of the network multiplies its own."),
               .def = 2, .max = 1000, .soft_max = 10),
  TIME (length_hebb, "trace", N_ ("Eligibility"), N_ ("So long after a pairing a reward reaches the synapse."), 250, 0,
        1000, .flags = RHEO_LIVE),
  TIME (length_anti, "anti-trace", N_ ("Reverse eligibility"), N_ ("The same for pairings in reverse order."), 250, 0,
        1000, .flags = RHEO_LIVE),
  RHEO_P_BOOL (StdpRl, exponential, "exponential", .label = N_ ("Fading eligibility"),
               .help = N_ ("Traces fade exponentially; off: they stay and then end.")),
  TIME (window_hebb, "window", N_ ("Pairing window"),
        N_ ("The target fires more than 1 ms and at most so long after the source."), 3, 1, 50, .flags = RHEO_LIVE),
  TIME (window_anti, "anti-window", N_ ("Reverse pairing window"),
        N_ ("The source fires more than 1 ms and at most so long after the target."), 3, 1, 50, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, w_min, "min-weight", .label = N_ ("Lowest weight"), .help = N_ ("Times the gain."), .max = 1e6,
               .soft_max = 10, .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, w_max, "max-weight", .label = N_ ("Highest weight"), .help = N_ ("Times the gain."), .def = 200,
               .max = 1e6, .soft_max = 500, .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (StdpRl, soft, "soft-bounds", .label = N_ ("Soft bounds"),
               .help = N_ ("Changes get smaller near the lowest and the highest weight."), .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (StdpRl, target, "target", target_choices, .label = N_ ("Who is rewarded"),
                 .help = N_ ("All synapses; those at motor cells; those at the cells that voted for the action; or "
                             "these, while the others have the opposite."),
                 .words = N_ ("targeted learning"), .def = RHEO_REWARD_BOTH, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, chosen, "chosen-factor", .label = N_ ("For the chosen side"),
               .help = N_ ("Factor on the reward."), .def = 1, .max = 100, .soft_max = 2, .when = "target=chosen|both",
               .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, opposite, "opposite-factor", .label = N_ ("For the other side"),
               .help = N_ ("Factor on the reward, whose sign is turned."), .def = 0.8, .max = 100, .soft_max = 2,
               .when = "target=both", .flags = RHEO_LIVE),
  RHEO_P_BOOL (StdpRl, elsewhere, "elsewhere", .label = N_ ("Other synapses learn too"),
               .help = N_ ("Those that are not at motor cells have the reward whatever the action was."),
               .when = "target=motor|chosen|both", .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, discount, "elsewhere-factor", .label = N_ ("For other synapses"),
               .help = N_ ("Factor on the reward."), .def = 0.5, .max = 100, .soft_max = 2, .when = "elsewhere=true",
               .flags = RHEO_LIVE),
  RHEO_P_BOOL (StdpRl, reset_traces, "reset-traces", .label = N_ ("An episode begins without traces"),
               .help = N_ ("Off: what happened before it ended can still be rewarded."), .def = TRUE),
  RHEO_P_BOOL (StdpRl, normalise, "normalise", .label = N_ ("Normalise inputs"),
               .help = N_ ("The weights that come in at a cell keep their mean."), .words = N_ ("homeostasis"),
               .def = TRUE, .flags = RHEO_LIVE),
  RHEO_P_INT (StdpRl, normalise_every, "normalise-every", .label = N_ ("Normalise every"),
              .help = N_ ("Actions between two times."), .unit = N_ ("actions"), .def = 25, .min = 1, .max = 1000000,
              .soft_min = 1, .soft_max = 200, .when = "normalise=true"),
  RHEO_P_CHOICE (StdpRl, balance, "balance", balance_choices, .label = N_ ("Output balance"),
                 .help = N_ ("What a source whose weights have grown makes of rewards: senders: more of rewards, less "
                             "of punishments, as in the published runs; reversed: less of rewards, more of "
                             "punishments."),
                 .def = RHEO_BALANCE_SENDERS, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, balance_min, "balance-min", .label = N_ ("At least"), .help = N_ ("Limit of this factor."),
               .def = 0.1, .max = 1, .when = "balance=senders|reversed", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, balance_max, "balance-max", .label = N_ ("At most"), .help = N_ ("Limit of this factor."),
               .def = 2, .min = 1, .max = 1000, .soft_min = 1, .soft_max = 10, .when = "balance=senders|reversed",
               .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (StdpRl, gain_control, "gain-control", .label = N_ ("Gain control"),
               .help = N_ ("Mean weights move until the cells fire at their target rates."),
               .words = N_ ("homeostasis, synaptic scaling"), .def = TRUE, .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, rate_motor, "rate-motor", .label = N_ ("Target rate of motor cells"),
               .help = N_ ("Of the cells that vote for one action."), .unit = N_ ("Hz"), .def = 6, .max = 1000,
               .soft_max = 20, .when = "gain-control=true", .flags = RHEO_LIVE),
  RHEO_P_REAL (StdpRl, rate_other, "rate-other", .label = N_ ("Target rate of other cells"),
               .help = N_ ("Of populations whose synapses learn."), .unit = N_ ("Hz"), .def = 5.5, .max = 1000,
               .soft_max = 20, .when = "gain-control=true", .flags = RHEO_LIVE),
  RHEO_P_INT (StdpRl, gain_steps, "gain-steps", .label = N_ ("Rates over"),
              .help = N_ ("Actions over which rates are measured."), .unit = N_ ("actions"), .def = 500, .min = 1,
              .max = 100000, .soft_min = 10, .soft_max = 2000, .flags = RHEO_ADVANCED),
  RHEO_P_INT (StdpRl, gain_every, "gain-every", .label = N_ ("Control every"),
              .help = N_ ("Actions between two times."), .unit = N_ ("actions"), .def = 75, .min = 1, .max = 1000000,
              .soft_min = 1, .soft_max = 500, .when = "gain-control=true", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, gain_change, "gain-change", .label = N_ ("Change of the gain"),
               .help = N_ ("Share by which mean weights move each time."), .def = 0.0001, .max = 1, .soft_max = 0.01,
               .when = "gain-control=true", .flags = RHEO_LIVE | RHEO_ADVANCED),
  TIME (step, "gain-step-time", N_ ("Time of an action"),
        N_ ("For these rates; the published runs count 50 ms, though an action takes 49.8 ms."), 50, 0.1, 100,
        .flags = RHEO_ADVANCED),
  TIME (late, "late", N_ ("Spikes are noticed after"),
        N_ ("A synapse hears of a spike of its source or target so much later, whatever its delay."), 1, 0, 10,
        .flags = RHEO_ADVANCED),
  TIME (quiet, "quiet", N_ ("No learning before"), N_ ("Pairings in the first time of a run do not count."), 1000, 0,
        5000, .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (
      StdpRl, stdp, "stdp", .label = N_ ("STDP without reward"),
      .help = N_ ("Each pairing also changes the weight, 1 ms later, unless the other cell is heard of just then."),
      .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, stdp_hebb, "stdp-weight", .label = N_ ("STDP weight"),
               .help = N_ ("Largest change where the target fired after the source; times the gain."), .min = -100,
               .max = 100, .soft_min = -0.1, .soft_max = 0.1, .when = "stdp=true", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, stdp_anti, "stdp-anti-weight", .label = N_ ("Reverse STDP weight"),
               .help = N_ ("The same where the source fired after the target."), .min = -100, .max = 100,
               .soft_min = -0.1, .soft_max = 0.1, .when = "stdp=true", .flags = RHEO_ADVANCED),
  TIME (tau_hebb, "tau", N_ ("STDP time constant"), N_ ("Of how the change falls with the time between spikes."), 5,
        0.1, 50, .when = "stdp=true", .flags = RHEO_ADVANCED),
  TIME (tau_anti, "anti-tau", N_ ("Reverse STDP time constant"), N_ ("The same in reverse order."), 5, 0.1, 50,
        .when = "stdp=true", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, duration, "duration", .label = N_ ("Simulated time"),
               .help = N_ ("Training ends with the episode in which it is over; 0: only run.budget counts."),
               .unit = N_ ("s"), .def = 500, .max = 1e9, .soft_max = 5000, .flags = RHEO_LIVE),
  RHEO_P_INT (StdpRl, n_last, "last-episodes", .label = N_ ("Median over"),
              .help = N_ ("Episodes of the running median."), .unit = N_ ("episodes"), .def = 21, .min = 1, .max = 100,
              .soft_min = 1, .soft_max = 50, .flags = RHEO_ADVANCED),
  RHEO_P_REAL (StdpRl, give_up, "give-up-below", .label = N_ ("Give up below"),
               .help = N_ ("Training ends once this median is below so many steps; 0: never."), .unit = N_ ("steps"),
               .max = 1e6, .soft_max = 100, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "defaults", N_ ("As in the published program"),
    "{\"reward-weight\": 0.02, \"anti-weight\": -0.02, \"trace\": 250, \"anti-trace\": 250, \"window\": 3, "
    "\"anti-window\": 3, \"target\": \"both\", \"opposite-factor\": 0.8, \"elsewhere\": false, \"duration\": 500}" },
  { "first-phase", N_ ("First phase of the published training"),
    "{\"reward-weight\": 0.02, \"anti-weight\": -0.02, \"trace\": 400, \"anti-trace\": 400, \"window\": 3, "
    "\"anti-window\": 3, \"target\": \"both\", \"opposite-factor\": 1, \"elsewhere\": false, \"duration\": 500}" },
  { "second-phase", N_ ("Second phase of the published training"),
    "{\"reward-weight\": 0.001, \"anti-weight\": -0.001, \"trace\": 250, \"anti-trace\": 250, \"window\": 5, "
    "\"anti-window\": 5, \"target\": \"both\", \"opposite-factor\": 1, \"elsewhere\": false, \"duration\": 2000}" },
  { "later-phases", N_ ("Later phases of the published training"),
    "{\"reward-weight\": 0.005, \"anti-weight\": -0.005, \"trace\": 250, \"anti-trace\": 250, \"window\": 5, "
    "\"anti-window\": 5, \"target\": \"both\", \"opposite-factor\": 0.9, \"elsewhere\": false, \"duration\": 2000}" },
  { NULL },
};

enum
{
  SERIES_LENGTH,
  SERIES_MEDIAN,
  SERIES_MEAN,
  SERIES_REWARD,
  SERIES_UNDECIDED,
  SERIES_TIME,
  SERIES_RATE,
  SERIES_TARGET,
  SERIES_WEIGHT,
  N_SERIES,
};

static const RheoSeries series[] = {
  [SERIES_LENGTH] = { "episode-length", N_ ("Length of an episode"), N_ ("Actions until it was over."), N_ ("steps"),
                      "", 0, 0, RHEO_SERIES_SHOW },
  [SERIES_MEDIAN] = { "median-last", N_ ("Running median"), N_ ("Median length of the last episodes."), N_ ("steps"),
                      "", 0, 0, RHEO_SERIES_SHOW },
  [SERIES_MEAN] = { "mean-last-100", N_ ("Mean of 100 episodes"),
                    N_ ("Mean length of the last 100 episodes, or of all as long as there are fewer."), N_ ("steps"),
                    "" },
  [SERIES_REWARD] = { "reward", N_ ("Reward"), N_ ("Mean over the actions of an episode."), "", "", 0, 0,
                      RHEO_SERIES_SIGNED },
  [SERIES_UNDECIDED] = { "undecided", N_ ("Undecided actions"), N_ ("Share of actions with equal votes."), "", "", 0,
                         1 },
  [SERIES_TIME] = { "time", N_ ("Simulated time"), N_ ("Since the start of the run."), N_ ("s"), "" },
  [SERIES_RATE] = { "rate", N_ ("Rate"), N_ ("Mean rate of the cells of a population in an episode."), N_ ("Hz"), "", 0,
                    0, RHEO_SERIES_BY_CLASS },
  [SERIES_TARGET] = { "target-rate", N_ ("Target rate"), N_ ("That gain control brings the cells of a population to."),
                      N_ ("Hz"), "", 0, 0, RHEO_SERIES_BY_CLASS },
  [SERIES_WEIGHT] = { "weight", N_ ("Mean weight"), N_ ("Of a projection that learns."), "", "", 0, 0,
                      RHEO_SERIES_BY_PROJECTION },
  { NULL },
};

/* Every action, in the run file. */
static const RheoSeries steps[] = {
  { "time", N_ ("Simulated time"), N_ ("Since the start of the run."), N_ ("s"), "step" },
  { "action", N_ ("Action"), N_ ("That was taken, counted from 0."), "", "step" },
  { "undecided", N_ ("Undecided"), N_ ("1 where votes were equal and the action was drawn."), "", "step", 0, 1 },
  { "reward", N_ ("Reward"), N_ ("That the action got."), "", "step", 0, 0, RHEO_SERIES_SIGNED },
  { "votes", N_ ("Votes"), N_ ("Spikes of the cells that vote for an action."), N_ ("spikes"), "step", 0, 0,
    RHEO_SERIES_BY_CLASS },
  { NULL },
};

#define DONE "stdp-rl.done" /* I64 [N_NUMBERS] of the net */

enum
{
  NUMBER_EPISODES, /* done */
  NUMBER_ACTIONS,
  N_NUMBERS,
};

typedef struct
{
  RheoStdpRl *stdp;
  RheoStdpRlHow how;
  const RheoTask *task;
  const void *task_config;
  double action_ms; /* length of an action */
  int64_t *number;
  double *last; /* [RHEO_LAST]: lengths of the last episodes, a ring */
  int *first;   /* [population + 1]: cells */
  /* Of this episode: */
  int length, n_undecided;
  double reward;
  int64_t *n_spikes; /* [population] */
} Work;

static RheoStdpRlHow
how_of (const StdpRl *c)
{
  return (RheoStdpRlHow){ .w_hebb = c->gain * c->w_hebb,
                          .w_anti = c->gain * c->w_anti,
                          .length_hebb = c->length_hebb,
                          .length_anti = c->length_anti,
                          .window_hebb = c->window_hebb,
                          .window_anti = c->window_anti,
                          .w_min = c->gain * c->w_min,
                          .w_max = c->gain * c->w_max,
                          .late = c->late,
                          .quiet = c->quiet,
                          .stdp_hebb = c->gain * c->stdp_hebb,
                          .stdp_anti = c->gain * c->stdp_anti,
                          .tau_hebb = c->tau_hebb,
                          .tau_anti = c->tau_anti,
                          .exponential = c->exponential,
                          .soft = c->soft,
                          .stdp = c->stdp && c->learn,
                          .target = c->target,
                          .balance = c->balance,
                          .elsewhere = c->elsewhere,
                          .chosen = c->chosen,
                          .opposite = c->opposite,
                          .discount = c->discount,
                          .balance_min = c->balance_min,
                          .balance_max = c->balance_max,
                          .gain_control = c->gain_control && c->learn,
                          .gain_steps = c->gain_steps,
                          .gain_every = c->gain_every,
                          .gain_change = c->gain_change,
                          .rate_motor = c->rate_motor,
                          .rate_other = c->rate_other,
                          .step = c->step };
}

/* --- an episode --------------------------------------------------------------------------------------------------- */
static void
on_spike (RheoRule *rule, RheoLane *lane, int unit, double time)
{
  Work *work = rule->priv;
  int pop = 0;

  rheo_stdp_rl_spike (work->stdp, &work->how, unit, time);
  while (unit >= work->first[pop + 1])
    pop++;
  work->n_spikes[pop]++;
}

static void
hear_spike (void *data, RheoLane *lane, int unit, double time)
{
  on_spike (data, lane, unit, time);
}

static void
on_start (RheoRule *rule)
{
  Work *work = rule->priv;

  work->how = how_of (rule->config);
  work->number[NUMBER_ACTIONS] = 0;
  rheo_stdp_rl_begin (work->stdp);
}

static void
on_reward (RheoRule *rule, double value, int action, bool over)
{
  const StdpRl *c = rule->config;
  Work *work = rule->priv;
  const int64_t n_done = work->number[NUMBER_ACTIONS]++;
  const double now = (double) work->number[NUMBER_ACTIONS] * work->action_ms;

  if (n_done > 0)
    rheo_stdp_rl_control (work->stdp, &work->how, n_done);
  rheo_stdp_rl_hear (work->stdp, &work->how, now);
  if (c->learn)
    rheo_stdp_rl_reward (work->stdp, &work->how, value, action, now);
  if (c->learn && c->normalise && work->number[NUMBER_ACTIONS] % c->normalise_every == 0)
    rheo_stdp_rl_normalise (work->stdp);
  if (over && c->reset_traces)
    rheo_stdp_rl_clear (work->stdp);
}

static void
note_step (RheoRule *rule, int action, bool undecided, double value)
{
  const Work *work = rule->priv;
  const int hold = MAX (rule->shape.hold, 1), n_out = rule->shape.n_out;
  const RheoReal *votes = rheo_tape_get_output (rule->net, 0, hold - 1);
  const double row[] = { (double) work->number[NUMBER_ACTIONS] * work->action_ms / 1000, action, undecided, value };

  if (rule->steps == NULL)
    return;
  g_array_append_vals (rule->steps, row, G_N_ELEMENTS (row));
  for (int k = 0; k < n_out; k++)
    {
      const double vote = (double) votes[k];

      g_array_append_val (rule->steps, vote);
    }
}

static void
reward (void *data, int episode, int t, double value, const void *state)
{
  Work *work = ((RheoRule *) data)->priv;
  bool undecided = false;

  const int action = work->task->taken (work->task_config, state, &undecided);

  on_reward (data, value, action, FALSE);
  note_step (data, action, undecided, value);
  work->length = t + 1;
  work->reward += value;
  work->n_undecided += undecided;
}

static void
play (RheoRule *rule)
{
  const StdpRl *c = rule->config;
  Work *work = rule->priv;
  RheoPlay play = rheo_trainer_get_play (rule->trainer, rule->batch);

  work->how = how_of (c);
  work->task = play.task;
  work->task_config = play.config;
  work->length = work->n_undecided = 0;
  work->reward = 0;
  memset (work->n_spikes, 0, sizeof *work->n_spikes * RHEO_MAX_POPS);
  play.how = rheo_rule_rollout (rule, rule->batch, RHEO_ROLL_LEARN);
  play.how.on_spike = hear_spike;
  play.how.on_spike_data = rule;
  play.how.stop = NULL; /* what was learned cannot be taken back */
  play.goes_on = work->number[NUMBER_ACTIONS] > 0;
  play.reward = reward;
  play.hook_data = rule;
  if (!play.goes_on)
    on_start (rule);
  rheo_play (&play, NULL);
  if (c->reset_traces)
    rheo_stdp_rl_clear (work->stdp);
  rheo_net_weights_changed (rule->net);
}

/* --- what it came to ---------------------------------------------------------------------------------------------- */
static double
mean_weight (const RheoProj *p)
{
  const int64_t n = p->syn_first[p->n_pre];
  double sum = 0;

  for (int64_t s = 0; s < n; s++)
    sum += (double) p->weight[s];
  return n > 0 ? sum / (double) n : 0;
}

static void
report (RheoRule *rule, RheoMetrics *m)
{
  const StdpRl *c = rule->config;
  const Work *work = rule->priv;
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  const double seconds = work->length * work->action_ms / 1000;
  const double value[] = { [SERIES_LENGTH] = work->length,
                           [SERIES_MEDIAN] = rheo_last_median (work->last, work->number[NUMBER_EPISODES], c->n_last),
                           [SERIES_MEAN] = rheo_last_mean (work->last, work->number[NUMBER_EPISODES]),
                           [SERIES_REWARD] = work->reward / work->length,
                           [SERIES_UNDECIDED] = (double) work->n_undecided / work->length,
                           [SERIES_TIME] = (double) work->number[NUMBER_ACTIONS] * work->action_ms / 1000 };

  for (gsize k = 0; k < G_N_ELEMENTS (value); k++)
    rheo_metrics_add_key (m, "train", series[k].key, value[k], 1);
  for (int i = 0; i < plan->n_pops; i++)
    if (i != plan->out_pop)
      {
        const double target = rheo_stdp_rl_get_target (work->stdp, &work->how, work->first[i]);
        g_autofree char *key = g_strdup_printf ("rate.%s", plan->pop[i].name),
                        *target_key = g_strconcat ("target-", key, NULL);

        rheo_metrics_add_key (m, "train", key, (double) work->n_spikes[i] / (seconds * plan->pop[i].n_units), 1);
        if (isfinite (target))
          rheo_metrics_add_key (m, "train", target_key, target, 1);
      }
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].flags & RHEO_PROJ_TRAIN && plan->proj[i].form == RHEO_SPARSE)
      {
        g_autofree char *key = g_strdup_printf ("weight.%s", plan->proj[i].name);

        rheo_metrics_add_key (m, "train", key, mean_weight (&plan->proj[i]), 1);
      }
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  Work *work = rule->priv;

  play (rule);
  work->last[work->number[NUMBER_EPISODES]++ % RHEO_LAST] = work->length;
  report (rule, m);
  return TRUE;
}

static double
aim (const RheoRule *rule, gboolean *solved)
{
  const Work *work = rule->priv;

  return -rheo_last_mean (work->last, work->number[NUMBER_EPISODES]);
}

static double
spent (const RheoRule *rule)
{
  const StdpRl *c = rule->config;
  const Work *work = rule->priv;
  const double seconds = (double) work->number[NUMBER_ACTIONS] * work->action_ms / 1000;

  if (c->give_up > 0 && work->number[NUMBER_EPISODES] > c->n_last
      && rheo_last_median (work->last, work->number[NUMBER_EPISODES], c->n_last) < c->give_up)
    return 1;
  return c->duration > 0 ? MIN (seconds / c->duration, 1) : 0;
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */
static void
declare (RheoRule *rule)
{
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  const Work *work = rule->priv;
  const RheoStdpRlHow controls = { .gain_control = true };
  const char *pops[RHEO_MAX_POPS + 1] = { NULL }, *projs[RHEO_MAX_PROJS + 1] = { NULL };
  const char *aimed[RHEO_MAX_POPS + 1] = { NULL };
  int n_pops = 0, n_projs = 0, n_aimed = 0;

  for (int i = 0; i < plan->n_pops; i++)
    if (i != plan->out_pop)
      {
        pops[n_pops++] = plan->pop[i].name;
        if (isfinite (rheo_stdp_rl_get_target (work->stdp, &controls, work->first[i])))
          aimed[n_aimed++] = plan->pop[i].name;
      }
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].flags & RHEO_PROJ_TRAIN && plan->proj[i].form == RHEO_SPARSE)
      projs[n_projs++] = plan->proj[i].name;
  for (int k = 0; k < N_SERIES; k++)
    if (k != SERIES_TARGET || n_aimed > 0)
      rheo_metrics_declare (rule->metrics, "train", &series[k],
                            k == SERIES_RATE     ? pops
                            : k == SERIES_TARGET ? aimed
                            : k == SERIES_WEIGHT ? projs
                                                 : NULL);
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const StdpRl *c = rule->config;
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  Work *work = rule->priv = g_new0 (Work, 1);

  work->stdp = rheo_stdp_rl_new (rule->net, c->gain_steps);
  if (work->stdp == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for rule.gain-steps = %d."),
                      c->gain_steps);
  work->action_ms = rule->shape.dt_ms * MAX (rule->shape.hold, 1);
  if (rheo_net_find_array (rule->net, DONE) == NULL)
    rheo_net_array (rule->net, DONE, N_ ("Episodes and actions done"), "", "number", RHEO_I64, RHEO_USE_KEEP,
                    &(const int64_t){ N_NUMBERS });
  work->number = rheo_net_find_array (rule->net, DONE)->data;
  work->last = rheo_last_keep (rule->net, "stdp-rl.lengths", N_ ("Lengths of the last episodes"));
  work->first = g_new0 (int, plan->n_pops + 1);
  work->n_spikes = g_new0 (int64_t, RHEO_MAX_POPS);
  for (int i = 0; i < plan->n_pops; i++)
    work->first[i + 1] = work->first[i] + plan->pop[i].n_units;
  if (!rule->beside)
    declare (rule);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_stdp_rl_free (work->stdp);
  g_free (work->first);
  g_free (work->n_spikes);
  g_free (work);
}

static gboolean
check (const void *config, GError **error)
{
  const StdpRl *c = config;

  if (c->w_min >= c->w_max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("rule.min-weight (%g) must be below rule.max-weight (%g)."),
                      c->w_min, c->w_max);
  return TRUE;
}

const RheoRuleType rheo_rule_stdp_rl = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "stdp-rl",
            .title = N_ ("Reward-modulated STDP"),
            .summary = N_ ("Synapses remember who fired before whom; a reward or punishment soon after strengthens or "
                           "weakens those that voted for the action."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning; Neymotin et al. 2013, Reinforcement learning of "
                    "two-joint virtual arm reaching in a computer model of sensorimotor cortex",
            .config_size = sizeof (StdpRl),
            .params = params,
            .presets = presets,
            .series = series,
            .check = check,
            .gives = RHEO_PLAYS | RHEO_LOCAL,
            .needs = RHEO_EVENTS | RHEO_EPISODES | RHEO_ACTIONS },
  .unit = N_ ("episode"),
  .setup = setup,
  .on_spike = on_spike,
  .on_start = on_start,
  .on_reward = on_reward,
  .iterate = iterate,
  .goes_on = true,
  .aim = aim,
  .spent = spent,
  .steps = steps,
  .steps_log = "step",
  .release = release,
};
