#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/evolve.h"
#include "engine/genome.h"
#include "engine/last.h"
#include "engine/members.h"
#include "engine/trainer.h"

/* An evolution strategy (evolve.h): a generation of networks plays, and the better ones say where the weights go. With a rule in
 * the slot plasticity members learn while they live, and what they learn is not handed on (Baldwin 1896). */

enum
{
  PERTURB_ADDITIVE,
  PERTURB_MULTIPLICATIVE,
};

enum
{
  SHAPING_FITNESS,
  SHAPING_RANK,
};

enum
{
  NUMBERS_LAUNCH,
  NUMBERS_ITERATION,
  NUMBERS_INDEPENDENT,
};

static const char *const perturb_choices[] = { "additive", "multiplicative", NULL };
static const char *const shaping_choices[] = { "fitness", "rank", NULL };
static const char *const numbers_choices[] = { "common-launch", "common-iteration", "independent", NULL };

typedef struct
{
  double sigma, lr, lowest, decay_sigma, decay_lr, solved;
  int population, perturb, shaping, numbers;
  int episodes, alpha, beta, gamma, every, samples;
  gboolean antithetic, reset;
  const char *projections;
} Evolution;

#define DECAY(f, k, l)                                                                                                 \
  RHEO_P_REAL (Evolution, f, k, .label = l, .help = N_ ("Factor after each generation."), .def = 1, .min = 0,          \
               .max = 2, .soft_min = 0.98, .soft_max = 1, .flags = RHEO_LIVE | RHEO_ADVANCED)
#define PHASE(f, k, d, m, l, h)                                                                                        \
  RHEO_P_INT (Evolution, f, k, .label = l, .help = h, .unit = N_ ("episodes"), .def = d, .min = m, .max = 10000,       \
              .soft_min = m, .soft_max = 20, .needs = RHEO_LOCAL)

static const RheoParam params[] = {
  RHEO_P_INT (Evolution, population, "population", .label = N_ ("Members"),
              .help = N_ ("Networks of a generation, each with weights that are perturbed at random."),
              .words = N_ ("population size"), .def = 20, .min = 2, .max = 10000, .soft_min = 2, .soft_max = 200,
              .flags = RHEO_LOG),
  RHEO_P_REAL (Evolution, sigma, "sigma", .label = N_ ("Size of perturbations"),
               .help = N_ ("Standard deviation; in parts of the weight where they multiply."),
               .words = N_ ("mutation, noise"), .def = 0.1, .min = 1e-9, .max = 1e6, .soft_min = 0.001, .soft_max = 1,
               .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_REAL (Evolution, lr, "lr", .label = N_ ("Learning rate"),
               .help = N_ ("How far the weights follow the perturbations of the fitter members."),
               .words = N_ ("learning speed, step size"), .def = 1, .max = 1e6, .soft_min = 0.01, .soft_max = 10,
               .flags = RHEO_LIVE | RHEO_LOG),
  DECAY (decay_sigma, "decay-sigma", N_ ("Decay of perturbations")),
  DECAY (decay_lr, "decay-lr", N_ ("Decay of the learning rate")),
  RHEO_P_CHOICE (Evolution, perturb, "perturb", perturb_choices, .label = N_ ("Perturbations"),
                 .help = N_ ("Are added to the weights; or multiply them by 1 and a bit, so that strong ones change "
                             "more and signs stay.")),
  RHEO_P_REAL (Evolution, lowest, "lowest", .label = N_ ("Lowest perturbation"),
               .help = N_ ("Smaller ones become this: no weight falls below a fifth of what it was, with -0.8."),
               .def = -0.8, .min = -1, .max = 0, .when = "perturb=multiplicative", .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Evolution, antithetic, "antithetic", .label = N_ ("Pairs with opposite perturbations"),
               .help = N_ ("Of two members one has what the other has, with the other sign."),
               .words = N_ ("antithetic, mirrored sampling")),
  RHEO_P_CHOICE (Evolution, shaping, "shaping", shaping_choices, .label = N_ ("Members count by"),
                 .help = N_ ("Their fitness itself, or its rank, which a few very good members do not rule.")),
  RHEO_P_CHOICE (Evolution, numbers, "random-numbers", numbers_choices, .label = N_ ("Random numbers"),
                 .def = NUMBERS_ITERATION,
                 .help = N_ ("First states of the episodes, and noise: the same in the whole run, which makes fitness "
                             "a function of the weights but teaches these episodes alone; the same for all members of "
                             "a generation; or others for each member.")),
  RHEO_P_INT (Evolution, episodes, "episodes", .label = N_ ("Episodes of a member"),
              .help = N_ ("Fitness is the mean over them. With a rule in the slot “Plasticity” those after learning "
                          "count instead."),
              .unit = N_ ("episodes"), .def = 5, .min = 1, .max = 10000, .soft_min = 1, .soft_max = 20),
  RHEO_P_BOOL (Evolution, reset, "reset", .label = N_ ("Each episode begins at rest"), .def = TRUE,
               .help = N_ ("Off: only the first one of a member, or of its time before, while and after learning.")),
  RHEO_P_TEXT (Evolution, projections, "projections", .label = N_ ("Projections that evolve"), .def_text = "",
               .help = N_ ("Names with blanks between, such as “in rec”; empty: all that the model trains."),
               .flags = RHEO_ADVANCED),
  PHASE (alpha, "before-episodes", 0, 0, N_ ("Episodes before learning"),
         N_ ("Played without plasticity first, to be compared with those after learning.")),
  PHASE (beta, "learning-episodes", 1, 0, N_ ("Episodes with learning"),
         N_ ("In which the rule of the slot “Plasticity” changes the network of a member.")),
  PHASE (gamma, "after-episodes", 1, 1, N_ ("Episodes after learning"),
         N_ ("Fitness is the mean over them. What was learned is then thrown away: the next generation begins with "
             "weights that evolved, not with what members learned.")),
  RHEO_P_INT (Evolution, every, "evaluate-every", .label = N_ ("Generations between evaluations"),
              .help = N_ ("Of weights that are not perturbed, after the update; 0: never."), .unit = N_ ("generations"),
              .def = 0, .max = 1e9, .soft_max = 50),
  RHEO_P_INT (Evolution, samples, "evaluation-samples", .label = N_ ("Samples of an evaluation"),
              .help = N_ ("Each plays as many episodes as a member."), .def = 5, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 50, .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Evolution, solved, "solved-at", .label = N_ ("Solved at"),
               .help = N_ ("Stops when the mean of an evaluation, or where there are none the mean fitness, is this "
                           "high; 0: never."),
               .words = N_ ("early stopping"), .max = 1e9, .soft_max = 500, .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "ranks", N_ ("Opposite pairs, by rank"),
    "{\"population\": 20, \"sigma\": 0.1, \"lr\": 1, \"perturb\": \"additive\", \"antithetic\": true, \"shaping\": "
    "\"rank\", \"random-numbers\": \"common-iteration\", \"episodes\": 5, \"reset\": true}" },
  { "paper", N_ ("Haşegan 2022"),
    "{\"population\": 10, \"sigma\": 0.1, \"lr\": 1, \"decay-sigma\": 1, \"decay-lr\": 1, \"perturb\": "
    "\"multiplicative\", \"lowest\": -0.8, \"antithetic\": false, \"shaping\": \"fitness\", \"random-numbers\": "
    "\"common-launch\", \"episodes\": 5, \"reset\": false, \"evaluate-every\": 0}" },
  { NULL },
};

enum
{
  SERIES_FITNESS,                     /* mean, median, lowest, highest */
  SERIES_BEFORE = SERIES_FITNESS + 4, /* likewise */
  SERIES_LEARNING = SERIES_BEFORE + 4,
  SERIES_LENGTH = SERIES_LEARNING + 4,
  SERIES_MEAN,
  SERIES_WEIGHT,
  SERIES_EVALUATION,
  N_SERIES,
};

#define OF_MEMBERS N_ ("Of the members of a generation; that of a member is the mean over its episodes.")
#define OF_BEFORE N_ ("Of the members, in the episodes before learning.")
#define OF_LEARNING N_ ("Of the members, in the episodes with learning.")

static const RheoSeries series[] = {
  [SERIES_FITNESS] = { "fitness", N_ ("Mean fitness"), OF_MEMBERS, "", "", 0, 0, RHEO_SERIES_SHOW },
  { "fitness-median", N_ ("Median fitness"), OF_MEMBERS, "", "" },
  { "fitness-min", N_ ("Lowest fitness"), OF_MEMBERS, "", "" },
  { "fitness-max", N_ ("Highest fitness"), OF_MEMBERS, "", "", 0, 0, RHEO_SERIES_SHOW },
  [SERIES_BEFORE] = { "before", N_ ("Before learning, mean"), OF_BEFORE, "", "", 0, 0, RHEO_SERIES_SHOW },
  { "before-median", N_ ("Before learning, median"), OF_BEFORE, "", "" },
  { "before-min", N_ ("Before learning, lowest"), OF_BEFORE, "", "" },
  { "before-max", N_ ("Before learning, highest"), OF_BEFORE, "", "" },
  [SERIES_LEARNING] = { "learning", N_ ("While learning, mean"), OF_LEARNING, "", "", 0, 0, RHEO_SERIES_SHOW },
  { "learning-median", N_ ("While learning, median"), OF_LEARNING, "", "" },
  { "learning-min", N_ ("While learning, lowest"), OF_LEARNING, "", "" },
  { "learning-max", N_ ("While learning, highest"), OF_LEARNING, "", "" },
  [SERIES_LENGTH] = { "episode-length", N_ ("Length of an episode"), N_ ("Steps until it was over."), N_ ("steps"),
                      "" },
  [SERIES_MEAN] = { "mean-last-100", N_ ("Mean of 100 episodes"),
                    N_ ("Mean return of the last 100 episodes, or of all as long as there are fewer."), "", "" },
  [SERIES_WEIGHT] = { "mean-weight", N_ ("Mean weight"),
                      N_ ("Of all that evolves, before the update; places without a synapse do not count."), "", "" },
  [SERIES_EVALUATION] = { "evaluation", N_ ("Evaluation"),
                          N_ ("Mean of the episodes that weights without perturbations play."), "", "", 0, 0,
                          RHEO_SERIES_SHOW },
  { NULL },
};

/* Every member of a generation, in the run file. */
static const RheoSeries members[] = {
  { "number", N_ ("Member"), N_ ("Of its generation, counted from 0."), "", "member" },
  { "fitness", N_ ("Fitness"), N_ ("Mean over the episodes of the member."), "", "member" },
  { "length", N_ ("Length of an episode"), N_ ("Mean over all episodes of the member."), N_ ("steps"), "member" },
  { NULL },
};

#define LAST "evolution.returns" /* of the net: returns of the last episodes, a ring */
#define STATE "evolution.state"  /* F64 [N_NUMBERS] of the net */

enum
{
  NUMBER_EPISODES, /* done */
  NUMBER_AIM,      /* what was said of the weights in this generation; NaN: nothing */
  N_NUMBERS,
};

enum
{
  PHASE_BEFORE,
  PHASE_LEARNING,
  PHASE_AFTER,
};

typedef struct
{
  RheoRule *rule;
  RheoMembers *members;
  char **named;                /* projections that evolve; NULL: all that is trained */
  RheoMembersEpisode *episode; /* [member][episode of all phases] */
  double *fitness, *share;     /* [member] */
  double *last, *number;
  RheoEvolve evolve;
  GArray *piece; /* RheoEvolvePiece of the network of the rule */
  double lr;     /* of this generation */
} Work;

/* --- a generation ------------------------------------------------------------------------------------------------- */
static RheoMembersLife
life_of (Work *work, int n)
{
  const Evolution *config = work->rule->config;
  RheoMembersLife life = { .n = n, .rest = config->reset, .data = work };

  if (work->rule->plasticity == NULL)
    life.phase[PHASE_AFTER].n_episodes = config->episodes;
  else
    {
      life.phase[PHASE_BEFORE].n_episodes = config->alpha;
      life.phase[PHASE_LEARNING] = (RheoMembersPhase){ config->beta, TRUE };
      life.phase[PHASE_AFTER].n_episodes = config->gamma;
    }
  return life;
}

static int
count_episodes (const RheoMembersLife *life)
{
  int n = 0;

  for (int k = 0; k < RHEO_MEMBERS_PHASES; k++)
    n += life->phase[k].n_episodes;
  return n;
}

static void
make_member (void *data, int member, RheoNet *net)
{
  const Work *work = data;
  g_autoptr (GArray) pieces = rheo_genome_list (work->named, net);

  for (guint i = 0; i < pieces->len; i++)
    rheo_evolve_perturb (&work->evolve, member, &g_array_index (pieces, RheoEvolvePiece, i));
  rheo_genome_hold (work->named, net);
}

/* Episodes are counted from the start of the run; after some thousand million the numbers begin again. */
static uint32_t
address_of_member (void *data, int member)
{
  const Work *work = data;
  const Evolution *config = work->rule->config;
  const RheoMembersLife life = life_of (data, config->population);
  uint32_t place = work->evolve.generation;

  if (config->numbers == NUMBERS_LAUNCH)
    place = 0;
  else if (config->numbers == NUMBERS_INDEPENDENT)
    place = place * (uint32_t) config->population + (uint32_t) member;
  return place * (uint32_t) count_episodes (&life);
}

/* Those of evaluations are counted down from the end. */
static uint32_t
address_of_sample (void *data, int sample)
{
  const Work *work = data;
  const Evolution *config = work->rule->config;
  const RheoMembersLife life = life_of (data, config->samples);
  const uint32_t place = work->evolve.generation * (uint32_t) config->samples + (uint32_t) sample + 1;

  return -(place * (uint32_t) count_episodes (&life));
}

/* Mean of the episodes of a phase, for each member. */
static void
sum_up (const RheoMembersEpisode *episode, const RheoMembersLife *life, int phase, double *value)
{
  const int n = life->phase[phase].n_episodes, n_all = count_episodes (life);
  int first = 0;

  for (int k = 0; k < phase; k++)
    first += life->phase[k].n_episodes;
  for (int member = 0; member < life->n; member++)
    {
      value[member] = 0;
      for (int e = 0; e < n; e++)
        value[member] += episode[(gsize) member * (gsize) n_all + (gsize) (first + e)].value / n;
    }
}

static void
report_phase (Work *work, const RheoMembersLife *life, int phase, int first_series, RheoMetrics *m)
{
  g_autofree double *value = g_new (double, life->n);
  RheoEvolveFacts facts;

  if (life->phase[phase].n_episodes == 0)
    return;
  sum_up (work->episode, life, phase, value);
  facts = rheo_evolve_describe (life->n, value);
  rheo_metrics_add_key (m, "train", series[first_series].key, facts.mean, 1);
  rheo_metrics_add_key (m, "train", series[first_series + 1].key, facts.median, 1);
  rheo_metrics_add_key (m, "train", series[first_series + 2].key, facts.min, 1);
  rheo_metrics_add_key (m, "train", series[first_series + 3].key, facts.max, 1);
}

static void
report (Work *work, const RheoMembersLife *life, RheoMetrics *m)
{
  const int n_all = count_episodes (life), n_episodes = life->n * n_all;
  const int first = n_all - life->phase[PHASE_AFTER].n_episodes;
  double length = 0;

  for (int i = 0; i < n_episodes; i++)
    {
      length += work->episode[i].length / n_episodes;
      if (i % n_all >= first)
        work->last[(int64_t) work->number[NUMBER_EPISODES]++ % RHEO_LAST] = work->episode[i].value;
    }
  report_phase (work, life, PHASE_AFTER, SERIES_FITNESS, m);
  report_phase (work, life, PHASE_BEFORE, SERIES_BEFORE, m);
  report_phase (work, life, PHASE_LEARNING, SERIES_LEARNING, m);
  rheo_metrics_add_key (m, "train", series[SERIES_LENGTH].key, length, 1);
  rheo_metrics_add_key (m, "train", series[SERIES_MEAN].key,
                        rheo_last_mean (work->last, (int64_t) work->number[NUMBER_EPISODES]), 1);
}

static void
note_members (const Work *work, const RheoMembersLife *life)
{
  const int n_all = count_episodes (life);

  for (int member = 0; member < life->n && work->rule->steps != NULL; member++)
    {
      double row[] = { member, work->fitness[member], 0 };

      for (int e = 0; e < n_all; e++)
        row[2] += work->episode[member * n_all + e].length / n_all;
      g_array_append_vals (work->rule->steps, row, G_N_ELEMENTS (row));
    }
}

static void
update_piece (void *data, int item, int thread)
{
  const Work *work = data;

  rheo_evolve_update (&work->evolve, ((const Evolution *) work->rule->config)->population, work->share, work->lr,
                      &g_array_index (work->piece, RheoEvolvePiece, item));
}

/* FALSE without an error: stopped. */
static gboolean
evaluate (Work *work, double *mean, GError **error)
{
  const Evolution *config = work->rule->config;
  RheoMembersLife life = life_of (work, config->samples);
  g_autofree RheoMembersEpisode *episode = g_new (RheoMembersEpisode, life.n * count_episodes (&life));
  g_autofree double *value = g_new (double, life.n);

  life.address = address_of_sample;
  if (!rheo_members_live (work->members, work->rule, &life, episode, error))
    return FALSE;
  sum_up (episode, &life, PHASE_AFTER, value);
  *mean = rheo_evolve_describe (life.n, value).mean;
  return TRUE;
}

/* The weights of the next generation, and what they are worth where that is due (NaN elsewhere). FALSE without an error:
 * stopped; in any case weights are then as they were. */
static gboolean
breed (Work *work, double *evaluation, GError **error)
{
  const Evolution *config = work->rule->config;
  g_autoptr (GByteArray) before = g_byte_array_new ();

  rheo_genome_copy (work->piece, before, FALSE);
  rheo_evolve_share (config->population, work->fitness, config->shaping == SHAPING_RANK, work->share);
  rheo_team_map (rheo_trainer_get_team (work->rule->trainer), (int) work->piece->len, update_piece, work);
  rheo_genome_hold (work->named, work->rule->net);
  *evaluation = NAN;
  if (config->every == 0 || work->evolve.generation % (uint32_t) config->every != 0
      || evaluate (work, evaluation, error))
    return TRUE;
  rheo_genome_copy (work->piece, before, TRUE);
  rheo_net_weights_changed (work->rule->net);
  return FALSE;
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  const Evolution *config = rule->config;
  const uint32_t generation = rule->batch->iteration;
  Work *work = rule->priv;
  RheoMembersLife life;
  double weight, evaluation;
  gsize n_weights;

  work->rule = rule;
  work->evolve = (RheoEvolve){ .seed = rule->seed,
                               .generation = generation,
                               .sigma = config->sigma * pow (config->decay_sigma, generation),
                               .multiply = config->perturb == PERTURB_MULTIPLICATIVE,
                               .lowest = config->lowest,
                               .antithetic = config->antithetic };
  work->lr = config->lr * pow (config->decay_lr, generation);
  g_clear_pointer (&work->piece, g_array_unref);
  work->piece = rheo_genome_list (work->named, rule->net);
  life = life_of (work, config->population);
  life.make = make_member;
  life.address = address_of_member;
  if (!rheo_members_live (work->members, rule, &life, work->episode, error))
    return FALSE;
  sum_up (work->episode, &life, PHASE_AFTER, work->fitness);
  weight = rheo_genome_mean (work->piece, &n_weights);
  if (!breed (work, &evaluation, error))
    return FALSE;
  report (work, &life, m);
  note_members (work, &life);
  rheo_metrics_add_key (m, "train", series[SERIES_WEIGHT].key, weight, 1);
  if (!isnan (evaluation))
    rheo_metrics_add_key (m, "train", series[SERIES_EVALUATION].key, evaluation, 1);
  work->number[NUMBER_AIM] =
      config->every > 0 ? evaluation : rheo_evolve_describe (config->population, work->fitness).mean;
  rule->n_lived = config->population * count_episodes (&life);
  return TRUE;
}

static double
aim (const RheoRule *rule, gboolean *solved)
{
  const double value = ((const Work *) rule->priv)->number[NUMBER_AIM];
  const double solved_at = ((const Evolution *) rule->config)->solved;

  *solved = solved_at > 0 && value >= solved_at;
  return -value;
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */
static gboolean
check (const void *config, GError **error)
{
  const Evolution *c = config;

  if (c->antithetic && c->population % 2 == 1)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("rule.population is %d, but members with opposite perturbations come in pairs "
                         "(rule.antithetic): an even number is needed."),
                      c->population);
  return TRUE;
}

static void
declare (RheoRule *rule, const RheoMembersLife *life)
{
  for (int k = 0; k < N_SERIES; k++)
    if (k >= SERIES_BEFORE && k < SERIES_LENGTH
            ? life->phase[k < SERIES_LEARNING ? PHASE_BEFORE : PHASE_LEARNING].n_episodes > 0
            : k != SERIES_EVALUATION || ((const Evolution *) rule->config)->every > 0)
      rheo_metrics_declare (rule->metrics, "train", &series[k], NULL);
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Evolution *config = rule->config;
  Work *work = rule->priv = g_new0 (Work, 1);
  RheoMembersLife life;
  gsize n_weights;

  work->rule = rule;
  if (!rheo_genome_read (rule->net, config->projections, &work->named, error))
    return FALSE;
  work->piece = rheo_genome_list (work->named, rule->net);
  if (work->piece->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("Nothing of this network is trained, so nothing can evolve; rule.projections can name what "
                         "shall."));
  rheo_genome_mean (work->piece, &n_weights);
  if (config->perturb == PERTURB_MULTIPLICATIVE && n_weights == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("All weights that evolve are 0 at first, and rule.perturb = multiplicative would leave them "
                         "so; additive is possible."));
  work->members = rheo_members_new (rule, error);
  if (work->members == NULL)
    return FALSE;
  life = life_of (work, config->population);
  work->episode = g_new0 (RheoMembersEpisode, life.n * count_episodes (&life));
  work->fitness = g_new0 (double, life.n);
  work->share = g_new0 (double, life.n);
  work->last = rheo_last_keep (rule->net, LAST, N_ ("Returns of the last episodes"));
  rheo_net_array (rule->net, STATE, N_ ("Episodes done, and worth of the weights"), "", "number", RHEO_F64,
                  RHEO_USE_KEEP, &(const int64_t){ N_NUMBERS });
  work->number = rheo_net_find_array (rule->net, STATE)->data;
  work->number[NUMBER_AIM] = NAN;
  declare (rule, &life);
  return TRUE;
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_members_free (work->members);
  g_clear_pointer (&work->piece, g_array_unref);
  g_strfreev (work->named);
  g_free (work->episode);
  g_free (work->fitness);
  g_free (work->share);
  g_free (work);
}

const RheoRuleType rheo_rule_evolution = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "evolution",
            .title = N_ ("Evolution"),
            .summary = N_ ("An evolution strategy: networks with perturbed weights play, and the weights move towards "
                           "those that do well. They may learn while they live."),
            .cite = "Salimans, Ho, Chen, Sidor & Sutskever 2017, Evolution strategies as a scalable alternative to "
                    "reinforcement learning; Haşegan et al. 2022, Training spiking neuronal networks to perform motor "
                    "control using reinforcement and evolutionary learning",
            .config_size = sizeof (Evolution),
            .params = params,
            .presets = presets,
            .series = series,
            .gives = RHEO_CARRIES | RHEO_PLAYS,
            .needs = RHEO_EPISODES,
            .check = check },
  .unit = N_ ("generation"),
  .shares = true,
  .setup = setup,
  .iterate = iterate,
  .aim = aim,
  .steps = members,
  .steps_log = "member",
  .release = release,
};
