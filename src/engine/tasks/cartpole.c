#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stddef.h>

#include "engine/cart-pole.h"
#include "engine/critic.h"
#include "engine/encoder.h"
#include "engine/task.h"

/* The pole on a cart as a task of reinforcement learning (Barto, Sutton & Anderson 1983; CartPole of gym): in each step the
 * cart is pushed to the left or to the right, whichever output is larger. A step is worth 1, the last one included, or what a
 * critic says of it. */

#define N_STATE 4
#define N_ACTIONS 2
#define MAX_LEVELS 16
#define FORCE 10.0
#define START 0.05 /* the first state is uniform on either side of 0 */

#define RANDOM_EPISODES 2000 /* of the reference, with random numbers of their own */
#define STREAM_RANDOM (RHEO_STREAM_TASK | 1u << 13)

enum
{
  V0,
  V1,
};

enum
{
  CODE_POPULATION,
  CODE_RAW,
  CODE_FIELDS,
};

enum
{
  REWARD_STEP,
  REWARD_CRITIC,
};

enum
{
  UNDECIDED_FIRST,
  UNDECIDED_RANDOM,
};

static const char *const limit_choices[] = { "v0", "v1", NULL };
static const char *const code_choices[] = { "population", "raw", "fields", NULL };
static const char *const reward_choices[] = { "step", "critic", NULL };
static const char *const undecided_choices[] = { "first", "random", NULL };
static const int longest[] = { [V0] = 200, [V1] = 500 };

typedef struct
{
  int limit, code, n_levels, n_episodes, reward, undecided, hold, rerun;
  double levels[MAX_LEVELS], scale[N_STATE], amplitude, factor, rate, dt;
  RheoEncoder encoder[N_STATE];
  RheoCritic critic;
} CartPole;

typedef struct
{
  double random; /* mean return of random actions */
  int n_bounds[N_STATE];
  double bound[N_STATE][RHEO_MAX_BINS]; /* of the receptive fields */
} Data;

typedef struct
{
  RheoCartPoleState pole;
  double force; /* the last one, in parts of the largest */
  int n_steps, action;
  bool undecided;
  RheoRng rng;            /* of actions that were not decided */
  RheoCriticState critic; /* the last rewards, also of episodes before this one */
} State;

static const RheoCartPole pole = { .cart_mass = 1,
                                   .pole_mass = 0.1,
                                   .half_length = 0.5,
                                   .gravity = 9.8,
                                   .dt = 0.02,
                                   .max_x = 2.4,
                                   .max_angle = 12 * 2 * G_PI / 360 };

/* Means and standard deviations of 200 episodes with random actions; that of the position is given as 1. */
RHEO_ENCODER_ROWS (position_rows, -0.00645789, 1.0, 4.8);
RHEO_ENCODER_ROWS (velocity_rows, -0.03634136, 0.53989509, 3.4e38);
RHEO_ENCODER_ROWS (angle_rows, 0.00529333, 0.09129902, 0.41887903);
RHEO_ENCODER_ROWS (turning_rows, 0.04752025, 0.82070579, 3.4e38);

static const char *const state_names[] = { N_ ("position"), N_ ("velocity"), N_ ("angle"), N_ ("turning"), NULL };
static const char *const encoder_keys[] = { "position", "velocity", "angle", "turning" };

#define ENCODER(i, k, l, rows_, h)                                                                                     \
  RHEO_P_BLOCK (CartPole, encoder[i], RheoEncoder, k, rows_, .label = l, .help = h, .when = "code=fields")
#define ENCODES N_ ("How this number reaches the input cells.")

#define SCALE(i, k, l, u, d)                                                                                           \
  RHEO_P_REAL (CartPole, scale[i], k, .label = l, .unit = u, .help = N_ ("Divides the number before it is coded."),    \
               .def = d, .min = 1e-6, .max = 1e6, .soft_min = 0.01, .soft_max = 10, .when = "code=population",         \
               .flags = RHEO_ADVANCED | RHEO_LOG)

static const RheoParam params[] = {
  RHEO_P_CHOICE (CartPole, limit, "limit", limit_choices, .label = N_ ("Longest episode"),
                 .help = N_ ("CartPole-v0 ends after 200 steps, CartPole-v1 after 500.")),
  RHEO_P_CHOICE (CartPole, code, "code", code_choices, .label = N_ ("What the network sees"),
                 .help =
                     N_ ("The four numbers of the state; or, for each of them, inputs that are on where it is beyond "
                         "a level on one side, or receptive fields: rates of input cells in Hz.")),
  RHEO_P_REALS (CartPole, levels, n_levels, "levels", .label = N_ ("Levels"), .def_text = "0 0.15 0.4", .min = 0,
                .max = 1e3, .help = N_ ("Each has an input for either side."), .when = "code=population"),
  RHEO_P_REAL (CartPole, amplitude, "amplitude", .label = N_ ("Strength of an input"),
               .help = N_ ("Of one that is on."), .def = 2, .min = 0, .max = 1e3, .soft_max = 5,
               .when = "code=population"),
  SCALE (0, "scale-position", N_ ("Scale of the position"), N_ ("m"), 2.4),
  SCALE (1, "scale-velocity", N_ ("Scale of the velocity"), N_ ("m/s"), 2),
  SCALE (2, "scale-angle", N_ ("Scale of the angle"), N_ ("rad"), 0.2095),
  SCALE (3, "scale-turning", N_ ("Scale of the turning"), N_ ("rad/s"), 2),
  RHEO_P_REAL (CartPole, factor, "factor", .label = N_ ("Factor"), .help = N_ ("On each of the four numbers."),
               .def = 1, .min = -1e6, .max = 1e6, .soft_min = 0, .soft_max = 20, .when = "code=raw"),
  RHEO_P_REAL (CartPole, rate, "max-rate", .label = N_ ("Highest rate"), .help = N_ ("Of an input cell."),
               .unit = N_ ("Hz"), .def = 50, .max = 10000, .soft_max = 200, .when = "code=fields"),
  ENCODER (
      0, "position", N_ ("Position"), position_rows,
      N_ ("How this number reaches the input cells. Its standard deviation is given as 1, though 0.07 was measured: "
          "play without training reaches four cells in the middle, and the outer ones matter only where the cart "
          "drifts far.")),
  ENCODER (1, "velocity", N_ ("Velocity"), velocity_rows, ENCODES),
  ENCODER (2, "angle", N_ ("Angle"), angle_rows, ENCODES),
  ENCODER (3, "turning", N_ ("Turning"), turning_rows, ENCODES),
  RHEO_P_CHOICE (CartPole, reward, "reward", reward_choices, .label = N_ ("Reward"),
                 .help = N_ ("1 for each step; or what a critic makes of how the pole moved.")),
  RHEO_P_BLOCK (CartPole, critic, RheoCritic, "critic", rheo_critic_params, .label = N_ ("Critic"),
                .help = N_ ("What a step was worth."), .when = "reward=critic"),
  RHEO_P_CHOICE (CartPole, undecided, "undecided", undecided_choices, .label = N_ ("Equal outputs"),
                 .help = N_ ("The cart is pushed to the left, or to either side by chance.")),
  RHEO_P_REAL (CartPole, dt, "dt", .label = N_ ("Time step of the network"),
               .help = N_ ("Spikes are seen at this grain."), .unit = N_ ("ms"), .def = 20, .min = 0.01, .max = 1000,
               .soft_min = 0.1, .soft_max = 50, .needs = RHEO_EVENTS, .flags = RHEO_LOG),
  RHEO_P_INT (
      CartPole, hold, "steps-per-action", .label = N_ ("Network steps per action"),
      .help = N_ ("So long the network sees one observation before it acts; 83 steps of 0.6 ms are the 49.8 ms of "
                  "the published program."),
      .unit = N_ ("steps"), .def = 1, .min = 1, .max = 10000, .soft_min = 1, .soft_max = 200, .needs = RHEO_EVENTS),
  RHEO_P_INT (CartPole, rerun, "rerun-episode", .label = N_ ("Always this start"),
              .help = N_ ("All episodes begin like this one of the set, counted from 1, and differ only by what is "
                          "drawn later; 0: each has a start of its own."),
              .max = 1e9, .soft_max = 100, .flags = RHEO_ADVANCED),
  RHEO_P_INT (CartPole, n_episodes, "episodes", .label = N_ ("Episodes of a test"),
              .help = N_ ("Starts that were not seen before, the same in each validation."), .def = 20, .min = 1,
              .max = 10000, .soft_min = 1, .soft_max = 100),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "threshold-units", N_ ("For networks that step"),
    "{\"code\": \"population\", \"reward\": \"step\", \"undecided\": \"first\"}" },
  { "spiking", N_ ("For spiking cells with receptive fields"),
    "{\"limit\": \"v1\", \"code\": \"fields\", \"max-rate\": 50, \"reward\": \"critic\", \"undecided\": \"random\", "
    "\"dt\": 0.6, "
    "\"steps-per-action\": 83}" },
  { NULL },
};

static const RheoSeries measures[] = {
  { .key = "return",
    .label = N_ ("Return"),
    .help = N_ ("One for each step of an episode."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_SHOW },
  { .key = "episode-length",
    .label = N_ ("Length of an episode"),
    .help = N_ ("Until the pole has fallen, the cart has left its track or the time is over."),
    .unit = N_ ("steps"),
    .axes = "" },
  { NULL },
};

static const RheoSeries observed[] = {
  { "position", N_ ("Position"), N_ ("Of the cart on its track."), N_ ("m"), "action", 0, 0, RHEO_SERIES_SIGNED },
  { "velocity", N_ ("Velocity"), N_ ("Of the cart."), N_ ("m/s"), "action", 0, 0, RHEO_SERIES_SIGNED },
  { "angle", N_ ("Angle"), N_ ("Of the pole from upright."), N_ ("rad"), "action", 0, 0, RHEO_SERIES_SIGNED },
  { "turning", N_ ("Turning"), N_ ("Angular velocity of the pole."), N_ ("rad/s"), "action", 0, 0, RHEO_SERIES_SIGNED },
  { NULL },
};

static const RheoSeries reference = { .key = "baseline",
                                      .label = N_ ("Random actions"),
                                      .help = N_ ("Mean return of a policy that pushes left or right by chance."),
                                      .unit = "",
                                      .axes = "" };

/* --- the world ---------------------------------------------------------------------------------------------------- */
static void
start (State *s, RheoRng rng)
{
  for (int k = 0; k < N_STATE; k++)
    s->pole.x[k] = START * (2 * rheo_rng_uniform (rng, 0, (uint32_t) k) - 1);
}

/* TRUE: it is over. */
static bool
push (const CartPole *c, State *s, int action)
{
  s->action = action;
  s->force = action == 1 ? 1 : -1;
  rheo_cart_pole_step (&pole, FORCE * s->force, &s->pole);
  s->n_steps++;
  return rheo_cart_pole_is_over (&pole, &s->pole) || s->n_steps >= longest[c->limit];
}

/* As gym hands it out, in single precision. */
static double
seen (double x)
{
  return (double) (float) x;
}

static void
look (const CartPole *c, const Data *data, const double *x, RheoReal *obs)
{
  for (int k = 0; k < N_STATE; k++)
    if (c->code == CODE_RAW)
      *obs++ = (RheoReal) (c->factor * x[k]);
    else if (c->code == CODE_FIELDS)
      {
        const int n = rheo_encoder_count (&c->encoder[k]);

        rheo_encoder_encode (&c->encoder[k], data->n_bounds[k], data->bound[k], seen (x[k]), obs);
        for (int i = 0; i < n; i++)
          *obs++ *= (RheoReal) c->rate;
      }
    else
      for (int i = 0; i < c->n_levels; i++)
        {
          *obs++ = (RheoReal) (x[k] / c->scale[k] > c->levels[i] ? c->amplitude : 0);
          *obs++ = (RheoReal) (-x[k] / c->scale[k] > c->levels[i] ? c->amplitude : 0);
        }
}

static void
reset (const void *config, const void *data, void *state, const RheoDraw *draw, RheoReal *obs)
{
  const CartPole *c = config;
  State *s = state;
  RheoRng rng = draw->rng;

  if (c->rerun > 0)
    {
      rng.item = (uint32_t) c->rerun - 1;
      rng.iteration = draw->set == RHEO_SET_TRAIN ? 0 : rng.iteration;
    }
  *s = (State){ .critic = s->critic };
  start (s, rng);
  s->rng = draw->rng;
  look (config, data, s->pole.x, obs);
}

static double
judge (const CartPole *c, State *s, const double *before, bool over)
{
  double last[N_STATE], now[N_STATE], mean[N_STATE], sd[N_STATE];

  for (int k = 0; k < N_STATE; k++)
    {
      last[k] = seen (before[k]);
      now[k] = seen (s->pole.x[k]);
      mean[k] = c->encoder[k].mean;
      sd[k] = c->encoder[k].sd;
    }
  return rheo_critic_judge (&c->critic, &s->critic,
                            &(RheoCriticStep){ .before = last,
                                               .now = now,
                                               .mean = mean,
                                               .sd = sd,
                                               .undecided = s->undecided,
                                               .over = over,
                                               .fell = rheo_cart_pole_is_over (&pole, &s->pole) });
}

static bool
act (const void *config, const void *data, void *state, const RheoReal *action, RheoReal *obs, double *reward)
{
  const CartPole *c = config;
  State *s = state;
  const RheoCartPoleState before = s->pole;
  int chosen = action[1] > action[0];
  bool over;

  s->undecided = action[0] == action[1];
  if (s->undecided && c->undecided == UNDECIDED_RANDOM)
    chosen = rheo_rng_uniform (s->rng, 2, (uint32_t) s->n_steps) < 0.5;
  over = push (c, s, chosen);
  *reward = c->reward == REWARD_CRITIC ? judge (c, s, before.x, over) : 1;
  look (c, data, s->pole.x, obs);
  return over;
}

static int
taken (const void *config, const void *state, bool *undecided)
{
  const State *s = state;

  *undecided = s->undecided;
  return s->action;
}

static void
observe (const void *config, const void *state, double *value)
{
  const State *s = state;

  for (int k = 0; k < N_STATE; k++)
    value[k] = seen (s->pole.x[k]);
}

static const RheoEncoder *
encoders (const void *config)
{
  const CartPole *c = config;

  return c->code == CODE_FIELDS ? c->encoder : NULL;
}

static void
measure (const void *config, const void *data, const void *state, double *value)
{
  const State *s = state;

  value[0] = s->n_steps;
  value[1] = s->n_steps;
}

/* Which receptive field each number falls into. */
static void
add_fields (const CartPole *c, const Data *data, const State *s, RheoScene *out)
{
  for (int k = 0; k < N_STATE; k++)
    {
      const int n = rheo_encoder_count (&c->encoder[k]);
      RheoReal rate[RHEO_MAX_BINS];
      RheoSceneField *field = &out->field[out->n_fields];

      if (n < 2)
        continue;
      *field = (RheoSceneField){ state_names[k], n, -1 };
      rheo_encoder_encode (&c->encoder[k], data->n_bounds[k], data->bound[k], seen (s->pole.x[k]), rate);
      for (int i = 0; i < n; i++)
        if (rate[i] > 0)
          field->active = i;
      out->n_fields++;
    }
}

static void
scene (const void *config, const void *data, const void *state, RheoScene *out)
{
  const CartPole *c = config;
  const State *s = state;

  rheo_cart_pole_scene (&pole, &s->pole, s->force, out);
  out->n_facts = 2;
  out->fact[0] = (RheoSceneFact){ N_ ("Angle"), N_ ("°"), s->pole.x[2] * 180 / G_PI };
  out->fact[1] = (RheoSceneFact){ N_ ("Turning"), N_ ("rad/s"), s->pole.x[3] };
  if (c->code == CODE_FIELDS)
    add_fields (c, data, s, out);
}

/* --- the task ----------------------------------------------------------------------------------------------------- */
static gboolean
check (const void *config, GError **error)
{
  const CartPole *c = config;

  if (c->code == CODE_POPULATION && c->n_levels == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.levels is empty; with task.code = population one is needed."));
  for (int k = 0; k < N_STATE && c->code == CODE_FIELDS; k++)
    {
      g_autofree char *path = g_strdup_printf ("task.%s", encoder_keys[k]);

      if (!rheo_encoder_check (&c->encoder[k], path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
open_task (const void *config, uint64_t seed, void **out, GError **error)
{
  const CartPole *c = config;
  Data *data = g_new0 (Data, 1);

  for (int k = 0; k < N_STATE; k++)
    data->n_bounds[k] = rheo_encoder_get_bounds (&c->encoder[k], data->bound[k]);

  for (int i = 0; i < RANDOM_EPISODES; i++)
    {
      const RheoRng rng = { .seed = seed, .stream = STREAM_RANDOM, .item = (uint32_t) i };
      State s = { 0 };

      start (&s, rng);
      while (!push (config, &s, rheo_rng_uniform (rng, 1, (uint32_t) s.n_steps) < 0.5))
        continue;
      data->random += (double) s.n_steps / RANDOM_EPISODES;
    }
  *out = data;
  return TRUE;
}

static double
baseline (const void *config, const void *data, const char **label)
{
  return ((const Data *) data)->random;
}

static int
count_inputs (const CartPole *c)
{
  int n = 0;

  if (c->code != CODE_FIELDS)
    return c->code == CODE_RAW ? N_STATE : N_STATE * 2 * c->n_levels;
  for (int k = 0; k < N_STATE; k++)
    n += rheo_encoder_count (&c->encoder[k]);
  return n;
}

static gboolean
is_modulated (const CartPole *c)
{
  return c->reward == REWARD_CRITIC && c->critic.kind == RHEO_CRITIC_CHANGE && c->critic.modulated;
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const CartPole *c = config;

  *out = (RheoShape){ .n_in = count_inputs (c),
                      .n_out = N_ACTIONS,
                      .n_steps = longest[c->limit],
                      .dt_ms = c->dt,
                      .hold = c->hold,
                      .carried = is_modulated (c) ? sizeof (State) - offsetof (State, critic) : 0,
                      .n_episodes = c->n_episodes,
                      .episode_steps = longest[c->limit] };
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const outputs[] = { N_ ("left"), N_ ("right"), NULL };

  return target ? outputs : ((const CartPole *) config)->code == CODE_RAW ? state_names : NULL;
}

const RheoTask rheo_task_cartpole = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "cartpole",
            .title = N_ ("Pole on a cart, by reward"),
            .summary =
                N_ ("A pole is to be kept upright by pushing the cart below it to the left or to the right; each step "
                    "that it stands is rewarded."),
            .cite = "Barto, Sutton & Anderson 1983, Neuronlike adaptive elements that can solve difficult learning "
                    "control problems",
            .config_size = sizeof (CartPole),
            .params = params,
            .presets = presets,
            .check = check,
            .gives = RHEO_EPISODES | RHEO_ACTIONS,
            .needs = RHEO_PLAYS },
  .state_size = sizeof (State),
  .labels = labels,
  .open = open_task,
  .close = g_free,
  .shape = shape,
  .reset = reset,
  .act = act,
  .taken = taken,
  .observed = observed,
  .observe = observe,
  .encoders = encoders,
  .measures = measures,
  .measure = measure,
  .scene = scene,
  .baseline = baseline,
  .reference = &reference,
};
