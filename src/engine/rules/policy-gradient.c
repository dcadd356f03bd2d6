#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/last.h"
#include "engine/online.h"
#include "engine/policy.h"
#include "engine/rule.h"
#include "engine/trainer.h"

/* REINFORCE (Williams 1992) on the read-out of a network that is otherwise left alone, or changed by a local rule in the first
 * episodes. x: what the sources of the read-out give, filtered as it filters, z = W' x: its outputs, r: rewards:
 *
 *   pi = softmax (z),   a ~ pi,   G_i = sum over k >= i of gamma^(k - i) r_k,   A_i = (G_i - b) / s
 *   W += lr / episodes * sum over episodes and steps of x_i (A_i (onehot (a_i) - pi_i) + c dH (pi_i) / dz)'
 *
 * b: an exponential average of the mean return of batches, s: a number, or the standard deviation of G - b in the batch. */

enum
{
  RETURNS_DISCOUNTED,
  RETURNS_POWER,
};

enum
{
  BASELINE_AVERAGE,
  BASELINE_NONE,
};

enum
{
  SCALE_NUMBER,
  SCALE_SD,
  SCALE_NONE,
};

enum
{
  START_ZERO,
  START_UNIFORM,
  START_MODEL,
};

static const char *const returns_choices[] = { "discounted", "power", NULL };
static const char *const baseline_choices[] = { "average", "none", NULL };
static const char *const scale_choices[] = { "number", "deviation", "none", NULL };
static const char *const start_choices[] = { "zero", "uniform", "model", NULL };

typedef struct
{
  double lr, gamma, keep, divisor, entropy, solved;
  int returns, baseline, scale, start, plastic, warm_up;
  gboolean reset;
} Policy;

static const RheoParam params[] = {
  RHEO_P_REAL (Policy, lr, "lr", .label = N_ ("Learning rate"), .help = N_ ("Of the weights of the read-out."),
               .words = N_ ("learning speed, step size"), .def = 0.02, .min = 0, .max = 1000, .soft_min = 1e-5,
               .soft_max = 1, .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_CHOICE (Policy, returns, "returns", returns_choices, .label = N_ ("Return of a step"),
                 .help =
                     N_ ("Later rewards count less the later they come; or, as in the example of the Python package "
                         "sorn, each counts as r times gamma to the power of r, which is no discount.")),
  RHEO_P_REAL (Policy, gamma, "gamma", .label = N_ ("Discount"), .help = N_ ("Worth of a reward one step later."),
               .def = 0.99, .min = 0, .max = 1, .soft_min = 0.9, .soft_max = 1, .flags = RHEO_LIVE),
  RHEO_P_CHOICE (Policy, baseline, "baseline", baseline_choices, .label = N_ ("Baseline"),
                 .help = N_ ("What returns are compared with: a running average of their mean, or nothing."),
                 .words = N_ ("variance reduction")),
  RHEO_P_REAL (Policy, keep, "keep", .label = N_ ("Decay of the baseline"),
               .help = N_ ("Share of the average that an update keeps."), .def = 0.95, .min = 0, .max = 0.999999,
               .soft_max = 0.999, .when = "baseline=average", .flags = RHEO_LIVE),
  RHEO_P_CHOICE (Policy, scale, "scale", scale_choices, .label = N_ ("Scale of advantages"),
                 .help = N_ ("They are divided by a number, by their own standard deviation, or not at all.")),
  RHEO_P_REAL (Policy, divisor, "divisor", .label = N_ ("Divided by"), .help = N_ ("What advantages are divided by."),
               .def = 30, .min = 1e-6, .max = 1e9, .soft_min = 1, .soft_max = 200, .when = "scale=number",
               .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_REAL (Policy, entropy, "entropy", .label = N_ ("Entropy bonus"),
               .help = N_ ("Keeps actions undecided: so many times the entropy of the policy is added to what is "
                           "made large."),
               .max = 1000, .soft_max = 0.1, .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_CHOICE (Policy, start, "start", start_choices, .label = N_ ("First read-out"),
                 .help = N_ ("Weights of the read-out before the first episode: 0, uniform between 0 and 1, or as the "
                             "model draws them.")),
  RHEO_P_BOOL (Policy, reset, "reset", .label = N_ ("Each episode begins at rest"), .def = TRUE,
               .help = N_ ("Off: the activity goes on from the episode before.")),
  RHEO_P_INT (Policy, plastic, "plastic-episodes", .label = N_ ("Episodes with plasticity"),
              .help = N_ ("The rule of the slot “Plasticity” changes the network in so many episodes; then it is "
                          "left as it is."),
              .unit = N_ ("episodes"), .def = 20, .max = 1e9, .soft_max = 200),
  RHEO_P_INT (Policy, warm_up, "warm-up", .label = N_ ("Steps before the first episode"),
              .help = N_ ("The network, with its plasticity, first sees so many steps of input that is drawn from a "
                          "normal distribution around 0 with standard deviation 1."),
              .words = N_ ("initialisation"), .unit = N_ ("steps"), .def = 0, .max = 1000000, .soft_max = 1000,
              .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Policy, solved, "solved-at", .label = N_ ("Solved at"),
               .help = N_ ("Stops when the mean return of the last 100 episodes is this high; 0: never. CartPole-v0 "
                           "counts as solved at 195, v1 at 475."),
               .words = N_ ("early stopping"), .max = 1e9, .soft_max = 500, .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "reinforce", N_ ("REINFORCE with a baseline"),
    "{\"lr\": 0.02, \"returns\": \"discounted\", \"gamma\": 0.99, \"baseline\": \"average\", \"keep\": 0.95, "
    "\"scale\": "
    "\"number\", \"divisor\": 30, \"start\": \"zero\", \"reset\": true, \"warm-up\": 0}" },
  { "package", N_ ("As in the example of the Python package sorn"),
    "{\"lr\": 0.0001, \"returns\": \"power\", \"gamma\": 0.99, \"baseline\": \"none\", \"scale\": \"none\", \"start\": "
    "\"uniform\", \"reset\": false, \"plastic-episodes\": 20, \"warm-up\": 1}" },
  { NULL },
};

enum
{
  SERIES_LENGTH,
  SERIES_MEAN,
  SERIES_RETURN,
  SERIES_ENTROPY,
  N_SERIES,
};

static const RheoSeries series[] = {
  [SERIES_LENGTH] = { "episode-length", N_ ("Length of an episode"), N_ ("Steps until it was over."), N_ ("steps"),
                      "" },
  [SERIES_MEAN] = { "mean-last-100", N_ ("Mean of 100 episodes"),
                    N_ ("Mean return of the last 100 episodes, or of all as long as there are fewer."), "", "", 0, 0,
                    RHEO_SERIES_SHOW },
  [SERIES_RETURN] = { "return", N_ ("Return"), N_ ("Sum of the rewards of an episode."), "", "", 0, 0,
                      RHEO_SERIES_SHOW },
  [SERIES_ENTROPY] = { "entropy", N_ ("Entropy"),
                       N_ ("Of the policy, mean over the steps: 0 where the action is certain."), N_ ("nats"), "" },
  { NULL },
};

#define READOUT_ITEM (1u << 17) /* of the rule's random numbers: the first read-out */
#define LAST "policy.returns"   /* F64 [100] of the net: returns of the last episodes, a ring */
#define STATE "policy.state"    /* F64 [N_NUMBERS] of the net */

enum
{
  NUMBER_EPISODES, /* done */
  NUMBER_BASELINE,
  N_NUMBERS,
};

typedef struct
{
  RheoRule *rule;
  RheoSources sources;
  int proj, n_out, n_steps;
  RheoReal *x;     /* [episode][step][source] */
  double *pi;      /* [episode][step][out] */
  double *entropy; /* [episode][step] */
  double *reward;  /* likewise */
  double *value;   /* likewise: return, then advantage */
  int *action;     /* likewise */
  int *length;     /* [episode] */
  double *change;  /* [source][out] */
  double *last, *number;
} Work;

static gsize
cell (const Work *work, int episode, int t)
{
  return (gsize) episode * (gsize) work->n_steps + (gsize) t;
}

/* --- an episode --------------------------------------------------------------------------------------------------- */
static void
choose (void *data, int episode, int row, int t, RheoReal *action)
{
  Work *work = data;
  const RheoRule *rule = work->rule;
  const RheoRng rng = { rule->seed, RHEO_STREAM_RULE, rule->batch->iteration, (uint32_t) episode };
  const gsize at = cell (work, episode, t), n = (gsize) work->sources.n;
  double *pi = work->pi + at * (gsize) work->n_out;
  RheoReal *x = work->sources.x + (gsize) row * n;

  if (t == 0)
    memset (x, 0, sizeof *x * n);
  for (int k = 0; k < MAX (rule->shape.hold, 1); k++)
    rheo_sources_see (&work->sources, rule->net, row, k);
  memcpy (work->x + at * n, x, sizeof *x * n);
  work->entropy[at] = rheo_policy_softmax (work->n_out, action, pi);
  work->action[at] = rheo_policy_choose (work->n_out, pi, rheo_rng_uniform (rng, (uint32_t) t, 0));
  for (int k = 0; k < work->n_out; k++)
    action[k] = k == work->action[at];
}

static void
reward (void *data, int episode, int t, double value, const void *state)
{
  Work *work = data;

  work->reward[cell (work, episode, t)] = value;
  work->length[episode] = t + 1;
}

/* The steps before the first episode, in pieces as long as an episode at most; their random numbers are those of iterations
 * that there are not. FALSE: stopped. */
static gboolean
warm_up (RheoRule *rule, int n_left, unsigned flags, bool (*stop) (void *data))
{
  const int n_rows = rule->batch->n_rows, n_in = rule->shape.n_in, longest = MIN (n_left, rule->shape.n_steps);
  const gsize n_row = (gsize) longest * (gsize) n_in;
  g_autofree RheoReal *input = g_new (RheoReal, (gsize) n_rows * n_row + 1);
  g_autofree int *length = g_new (int, n_rows);
  RheoBatch batch = { .n_rows = n_rows,
                      .n_steps = longest,
                      .n_in = n_in,
                      .length = length,
                      .input = input,
                      .iteration = UINT32_MAX,
                      .set = RHEO_SET_TRAIN };
  RheoRollout r = rheo_rule_rollout (rule, &batch, flags);

  r.stop = stop;
  for (; n_left > 0; n_left -= longest, batch.iteration--, r.flags &= ~(unsigned) RHEO_ROLL_RESET)
    {
      r.t1 = MIN (n_left, longest);
      for (int row = 0; row < n_rows; row++)
        {
          const RheoRng rng = { rule->seed, RHEO_STREAM_RULE, batch.iteration, (uint32_t) row };

          length[row] = (int) r.t1;
          for (int64_t t = 0; t < r.t1; t++)
            for (int k = 0; k < n_in; k++)
              input[(gsize) row * n_row + (gsize) (t * n_in + k)] =
                  (RheoReal) rheo_rng_normal (rng, (uint32_t) t, (uint32_t) k);
        }
      if (!rheo_rollout (rule->net, &r))
        return FALSE;
    }
  return TRUE;
}

/* FALSE: stopped; nothing was changed. */
static gboolean
live (RheoRule *rule)
{
  const Policy *config = rule->config;
  Work *work = rule->priv;
  const gboolean plastic = rule->plasticity != NULL && work->number[NUMBER_EPISODES] < config->plastic;
  const gboolean first = rule->batch->iteration == 0;
  const unsigned flags = plastic ? RHEO_ROLL_LEARN : 0;
  bool (*stop) (void *data) = plastic ? NULL : rule->stop; /* what a local rule has changed cannot be taken back */
  RheoPlay play = rheo_trainer_get_play (rule->trainer, rule->batch);
  g_autoptr (GByteArray) states = g_byte_array_new ();
  gboolean done;

  rheo_net_copy_states (rule->net, states, FALSE);
  done = !first || warm_up (rule, config->warm_up, flags, stop);
  play.how = rheo_rule_rollout (rule, rule->batch, flags);
  play.how.stop = stop;
  play.goes_on = !config->reset && (!first || config->warm_up > 0);
  play.choose = choose;
  play.reward = reward;
  play.hook_data = work;
  done = done && rheo_play (&play, NULL);
  if (!done)
    rheo_net_copy_states (rule->net, states, TRUE);
  return done;
}

/* --- what it teaches ---------------------------------------------------------------------------------------------- */
/* Returns become advantages. */
static void
compare (Work *work, const Policy *config, int n_episodes)
{
  double *average = &work->number[NUMBER_BASELINE], base = 0, mean = 0, squares = 0, scale = 1, n = 0;

  for (int e = 0; e < n_episodes; e++)
    {
      const gsize at = cell (work, e, 0);

      rheo_policy_returns (work->length[e], work->reward + at, config->gamma, config->returns == RETURNS_POWER,
                           work->value + at);
      for (int t = 0; t < work->length[e]; t++)
        mean += work->value[at + (gsize) t];
      n += work->length[e];
    }
  mean /= n;
  if (config->baseline == BASELINE_AVERAGE)
    {
      base = work->number[NUMBER_EPISODES] > 0 ? *average : mean;
      *average = config->keep * base + (1 - config->keep) * mean;
    }
  for (int e = 0; e < n_episodes; e++)
    for (int t = 0; t < work->length[e]; t++)
      {
        double *value = &work->value[cell (work, e, t)];

        squares += (*value - mean) * (*value - mean);
        *value -= base;
      }
  if (config->scale == SCALE_NUMBER)
    scale = config->divisor;
  else if (config->scale == SCALE_SD && squares > 0)
    scale = sqrt (squares / n);
  for (int e = 0; e < n_episodes; e++)
    for (int t = 0; t < work->length[e]; t++)
      work->value[cell (work, e, t)] /= scale;
}

static void
sum_changes (Work *work, const Policy *config, int n_episodes)
{
  const int n = work->sources.n, n_out = work->n_out;
  g_autofree double *d = g_new (double, n_out);

  memset (work->change, 0, sizeof *work->change * (gsize) n * (gsize) n_out);
  for (int e = 0; e < n_episodes; e++)
    for (int t = 0; t < work->length[e]; t++)
      {
        const gsize at = cell (work, e, t);
        const RheoReal *x = work->x + at * (gsize) n;

        memset (d, 0, sizeof *d * (gsize) n_out);
        rheo_policy_derive (n_out, work->pi + at * (gsize) n_out, work->entropy[at], work->action[at], work->value[at],
                            config->entropy, d);
        for (int j = 0; j < n; j++)
          for (int k = 0; k < n_out && x[j] != 0; k++)
            work->change[j * n_out + k] += (double) x[j] * d[k];
      }
}

static void
change (Work *work, double rate)
{
  RheoProj *p = rheo_net_get_proj (work->rule->net, work->proj);

  for (int j = 0; j < p->n_pre; j++)
    {
      const gboolean sparse = p->form == RHEO_SPARSE;
      const int64_t first = sparse ? p->syn_first[j] : (int64_t) j * p->stride;
      const int64_t n = sparse ? p->syn_first[j + 1] - first : p->n_post;

      for (int64_t k = 0; k < n; k++)
        p->weight[first + k] +=
            (RheoReal) (rate * work->change[j * p->n_post + (sparse ? p->syn_post[first + k] : (int32_t) k)]);
    }
  rheo_proj_hold (p);
  rheo_net_weights_changed (work->rule->net);
}

static double
mean_of_last (const Work *work)
{
  return rheo_last_mean (work->last, (int64_t) work->number[NUMBER_EPISODES]);
}

static void
report (Work *work, int n_episodes, RheoMetrics *m)
{
  double value[N_SERIES] = { 0 };

  for (int e = 0; e < n_episodes; e++)
    {
      const int n = work->length[e];
      double sum = 0, entropy = 0;

      for (int t = 0; t < n; t++)
        {
          sum += work->reward[cell (work, e, t)];
          entropy += work->entropy[cell (work, e, t)];
        }
      value[SERIES_LENGTH] += (double) n / n_episodes;
      value[SERIES_RETURN] += sum / n_episodes;
      value[SERIES_ENTROPY] += entropy / n / n_episodes;
      work->last[(int64_t) work->number[NUMBER_EPISODES]++ % RHEO_LAST] = sum;
    }
  value[SERIES_MEAN] = mean_of_last (work);
  for (int k = 0; k < N_SERIES; k++)
    rheo_metrics_add_key (m, "train", series[k].key, value[k], n_episodes);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  const Policy *config = rule->config;
  Work *work = rule->priv;
  const int n_episodes = rule->batch->n_rows;

  work->rule = rule;
  if (!live (rule))
    return FALSE;
  compare (work, config, n_episodes);
  sum_changes (work, config, n_episodes);
  change (work, config->lr / n_episodes);
  report (work, n_episodes, m);
  return TRUE;
}

static double
aim (const RheoRule *rule, gboolean *solved)
{
  const Work *work = rule->priv;
  const double solved_at = ((const Policy *) rule->config)->solved, mean = mean_of_last (work);

  *solved = solved_at > 0 && work->number[NUMBER_EPISODES] >= RHEO_LAST && mean >= solved_at;
  return -mean;
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */
static void
draw_readout (Work *work, int start)
{
  const RheoRng rng = { .seed = work->rule->seed, .stream = RHEO_STREAM_RULE, .item = READOUT_ITEM };
  RheoProj *p = rheo_net_get_proj (work->rule->net, work->proj);
  const gboolean sparse = p->form == RHEO_SPARSE;
  const int64_t width = sparse ? p->syn_first[p->n_pre] : p->n_post;

  for (int j = 0; j < (sparse ? 1 : p->n_pre); j++)
    for (int64_t k = 0; k < width; k++)
      p->weight[j * (int64_t) p->stride + k] =
          start == START_ZERO ? 0 : (RheoReal) rheo_rng_uniform (rng, (uint32_t) j + 1, (uint32_t) k);
  rheo_proj_hold (p);
  rheo_net_weights_changed (work->rule->net);
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Policy *config = rule->config;
  const gsize n_episodes = (gsize) rheo_frozen_count_rows (rule->net),
              n_cells = n_episodes * (gsize) rule->shape.n_steps;
  Work *work = rule->priv = g_new0 (Work, 1);
  RheoReal decay;

  work->rule = rule;
  work->proj = rheo_frozen_find_readout (rule->net, &decay, error);
  if (work->proj < 0)
    return FALSE;
  work->n_out = rule->shape.n_out;
  work->n_steps = rule->shape.n_steps;
  rheo_sources_init (&work->sources, rule->net, work->proj, decay);
  work->x = g_try_malloc_n (n_cells, sizeof (RheoReal) * (gsize) work->sources.n);
  if (work->x == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY,
                      _ ("There is not enough memory for run.batch = %d episodes side by side."), (int) n_episodes);
  work->pi = g_new0 (double, n_cells *(gsize) work->n_out);
  work->entropy = g_new0 (double, n_cells);
  work->reward = g_new0 (double, n_cells);
  work->value = g_new0 (double, n_cells);
  work->action = g_new0 (int, n_cells);
  work->length = g_new0 (int, n_episodes);
  work->change = g_new0 (double, (gsize) work->sources.n *(gsize) work->n_out);
  work->last = rheo_last_keep (rule->net, LAST, N_ ("Returns of the last episodes"));
  rheo_net_array (rule->net, STATE, N_ ("Episodes done, and baseline"), "", "number", RHEO_F64, RHEO_USE_KEEP,
                  &(const int64_t){ N_NUMBERS });
  work->number = rheo_net_find_array (rule->net, STATE)->data;
  if (config->start != START_MODEL)
    draw_readout (work, config->start);
  for (int k = 0; k < N_SERIES; k++)
    rheo_metrics_declare (rule->metrics, "train", &series[k], NULL);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_sources_release (&work->sources);
  g_free (work->x);
  g_free (work->pi);
  g_free (work->entropy);
  g_free (work->reward);
  g_free (work->value);
  g_free (work->action);
  g_free (work->length);
  g_free (work->change);
  g_free (work);
}

const RheoRuleType rheo_rule_policy_gradient = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "policy-gradient",
            .title = N_ ("Policy gradient"),
            .summary = N_ (
                "REINFORCE: the read-out of a network that is left as it is learns to choose actions by the rewards "
                "of whole episodes."),
            .cite = "Williams 1992, Simple statistical gradient-following algorithms for connectionist reinforcement "
                    "learning; Sutton & Barto 2018, Reinforcement learning: an introduction",
            .config_size = sizeof (Policy),
            .params = params,
            .presets = presets,
            .series = series,
            .gives = RHEO_CARRIES | RHEO_PLAYS,
            .needs = RHEO_EPISODES | RHEO_ACTIONS },
  .unit = N_ ("episode"),
  .setup = setup,
  .iterate = iterate,
  .aim = aim,
  .release = release,
};
