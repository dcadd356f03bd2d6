#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "engine/judged.h"

/* Which critic praises a network that plays well the most: all of a grid, the best one first. */

#define MOST_VALUES 32
#define N_AXES 4
#define LARGEST 100000 /* critics */

enum
{
  BY_RATIO,
  BY_MAGNITUDE,
};

typedef struct
{
  int episodes, by, n[N_AXES];
  double value[N_AXES][MOST_VALUES];
} Config;

static const char *const by_choices[] = { "ratio", "magnitude", NULL };

#define AXIS(i, k, l, h, d, least)                                                                                     \
  RHEO_P_REALS (Config, value[i], n[i], k, .label = l, .help = h, .def_text = d, .min = least, .max = 1000)

static const RheoParam params[] = {
  RHEO_P_INT (Config, episodes, "episodes", .label = N_ ("Episodes"), .def = 100, .min = 1, .max = 100000,
              .soft_min = 1, .soft_max = 200,
              .help = N_ ("Of the test set, with learning off; those count that last the whole time.")),
  RHEO_P_CHOICE (Config, by, "compare", by_choices, .label = N_ ("Best by"), .max = BY_MAGNITUDE,
                 .help = N_ ("The share of positive values among those that are not 0, or the mean value.")),
  AXIS (0, "turning-weights", N_ ("Weights of the turning"), N_ ("Of its square beside that of the angle."),
        "0.01 0.05 0.1 0.2 0.4 1 2 3 5", 0),
  AXIS (1, "reward-factors", N_ ("Factors of rewards"), N_ ("Each is tried with all others."), "0.5 1 2 3", 0),
  AXIS (2, "gains", N_ ("Critic gains"), N_ ("Each is tried with all others."), "2", 0),
  AXIS (3, "max-rewards", N_ ("Largest rewards"), N_ ("Each is tried with all others."), "1 2 5 10", 1e-6),
  RHEO_P_END,
};

enum
{
  MAGNITUDE = N_AXES,
  RATIO,
  N_COLUMNS,
};

/* Headings are those of the published program, so that its tables and these can stand side by side. */
static const RheoSeries series[] = {
  { "angv-bias", "angv_bias", N_ ("Weight of the turning."), "", "row" },
  { "pos-reward-bias", "posRewardBias", N_ ("Factor of rewards."), "", "row" },
  { "total-gain", "total_gain", N_ ("Critic gain."), "", "row" },
  { "max-reward", "max_reward", N_ ("Largest reward."), "", "row" },
  [MAGNITUDE] = { "magnitude", "magnitude", N_ ("Mean value over the steps that count."), "", "row", 0, 0,
                  RHEO_SERIES_SIGNED },
  [RATIO] = { "ratio", "ratio", N_ ("Share of positive values among those that are not 0."), "", "row", 0, 1 },
  { NULL },
};

static int64_t
count (const Config *c)
{
  int64_t n = 1;

  for (int k = 0; k < N_AXES; k++)
    n *= c->n[k];
  return n;
}

static gboolean
check (const void *config, GError **error)
{
  const int64_t n = count (config);

  if (n == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Each list of values needs at least one number."));
  return n <= LARGEST
         || rheo_fail (error, RHEO_ERROR_INVALID, _ ("These are %d critics; at most %d can be tried."), (int) n,
                       LARGEST);
}

typedef struct
{
  double value[N_COLUMNS], score;
  int64_t place; /* in the grid: of equal ones the first */
} Found;

static int
compare (const void *a, const void *b)
{
  const Found *x = a, *y = b;

  /* What has no score is last. */
  if (isnan (x->score) != isnan (y->score))
    return isnan (x->score) ? 1 : -1;
  if (x->score != y->score && !isnan (x->score))
    return x->score < y->score ? 1 : -1;
  return x->place < y->place ? -1 : 1;
}

/* The last axis is the fastest. */
static void
try_critic (const Config *c, const RheoPlayed *played, int64_t place, Found *found)
{
  RheoCritic critic;
  g_autoptr (GArray) value = g_array_new (FALSE, FALSE, sizeof (double));
  RheoJudged judged;
  int64_t rest = place;

  for (int k = N_AXES - 1; k >= 0; rest /= c->n[k], k--)
    found->value[k] = c->value[k][rest % c->n[k]];
  rheo_params_reset (rheo_critic_params, &critic);
  critic.turning_weight = found->value[0];
  critic.reward_factor = found->value[1];
  critic.gain = found->value[2];
  critic.max_reward = found->value[3];
  judged = rheo_judge_played (played, &critic, value, NULL);
  found->value[MAGNITUDE] = judged.mean;
  found->value[RATIO] = judged.ratio;
  found->score = c->by == BY_RATIO ? judged.ratio : judged.mean;
  found->place = place;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const int64_t n = count (c);
  g_autoptr (RheoPlayed) played =
      rheo_judged_play (&records[n_records - 1], c->episodes, progress, progress_data, cancelled, error);
  g_autofree Found *found = g_new (Found, n);

  if (played == NULL)
    return FALSE;
  for (int64_t i = 0; i < n; i++)
    {
      if (cancelled != NULL && atomic_load (cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      try_critic (c, played, i, &found[i]);
    }
  qsort (found, (size_t) n, sizeof *found, compare);
  for (int k = 0; k < N_COLUMNS; k++)
    {
      double *to = rheo_result_add (out, series, series[k].key, RHEO_F64, &n)->data;

      for (int64_t i = 0; i < n; i++)
        to[i] = found[i].value[k];
    }
  return TRUE;
}

const RheoAnalysis rheo_analysis_critic_search = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "critic-search",
            .title = N_ ("Search for a critic"),
            .summary = N_ ("All critics of a grid, the best one first: that praises a network which plays well the "
                           "most."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series,
            .check = check },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = rheo_judged_fits,
  .run = run,
};
