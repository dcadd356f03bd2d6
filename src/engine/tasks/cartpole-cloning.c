#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/bumps.h"
#include "engine/cart-pole.h"
#include "engine/lqr.h"
#include "engine/task.h"

/* Behavioural cloning of a controller (GOAL spec 4.3): the pole on a cart is held by a linear-quadratic regulator, whose
 * states and forces are the demonstrations; then the network holds it alone.
 *
 *   F = clip (-k . s + disturbance, +-F_max)    k: gain of the regulator, s: state, divided by its standard deviation in
 *                                               the demonstrations where the network sees it, as bumps (bumps.h)
 *   target = F / F_max, without the disturbance
 */

#define N_STATE 4
#define STREAM_DEMO 0 /* steps of the random numbers of a trial */
#define STREAM_PUSH 1

typedef struct
{
  int n_demos, n_valid, n_steps, n_episodes, episode_steps, n_bumps;
  double largest_angle, max_force, disturbance, range, state_cost, force_cost;
} Cloning;

typedef struct
{
  RheoCartPole pole;
  double gain[N_STATE], sd[N_STATE];
  double expert; /* mean steps that it survives */
} Data;

typedef struct
{
  RheoCartPoleState pole;
  double force; /* the last one, in parts of the largest */
  int n_steps;
} State;

static const RheoParam params[] = {
  RHEO_P_INT (Cloning, n_demos, "demonstrations", .label = N_ ("Demonstrations"),
              .help = N_ ("Trials of the training set."), .def = 20, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 100),
  RHEO_P_INT (Cloning, n_valid, "n-valid", .label = N_ ("Held-out demonstrations"),
              .help = N_ ("Trials of the validation set."), .def = 5, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 50),
  RHEO_P_INT (Cloning, n_steps, "n-steps", .label = N_ ("Length of a demonstration"), .unit = N_ ("steps"), .def = 200,
              .min = 2, .max = 100000, .soft_min = 50, .soft_max = 1000,
              .help = N_ ("Steps of 20 ms that the regulator is watched.")),
  RHEO_P_REAL (Cloning, largest_angle, "largest-angle", .label = N_ ("Largest first angle"), .unit = N_ ("rad"),
               .def = 0.2, .min = 0, .max = 0.21, .help = N_ ("The pole begins at up to this angle on either side.")),
  RHEO_P_REAL (Cloning, max_force, "max-force", .label = N_ ("Largest force"), .unit = N_ ("N"), .def = 10, .min = 0.1,
               .max = 1000, .soft_min = 1, .soft_max = 50, .help = N_ ("What an action of 1 means.")),
  RHEO_P_REAL (Cloning, disturbance, "disturbance", .label = N_ ("Disturbance"), .unit = N_ ("N"), .def = 2, .max = 100,
               .soft_max = 10,
               .help =
                   N_ ("Standard deviation of random pushes in the demonstrations, so that they show what to do away "
                       "from rest, too; 0: none.")),
  RHEO_P_INT (Cloning, n_episodes, "episodes", .label = N_ ("Episodes of a test"),
              .help = N_ ("Starts that were not seen before, the same in each validation."), .def = 20, .min = 1,
              .max = 10000, .soft_min = 1, .soft_max = 100),
  RHEO_P_INT (Cloning, episode_steps, "episode-steps", .label = N_ ("Longest episode"), .unit = N_ ("steps"),
              .def = 500, .min = 1, .max = 100000, .soft_min = 100, .soft_max = 2000,
              .help = N_ ("Then the episode is over.")),
  RHEO_P_INT (Cloning, n_bumps, "bumps", .label = N_ ("Inputs per number"), .def = 20, .min = 2, .max = 200,
              .soft_min = 5, .soft_max = 50, .help = N_ ("Bumps that stand for one of the four numbers of the state.")),
  RHEO_P_REAL (Cloning, range, "range", .label = N_ ("Range of the bumps"), .def = 2.5, .min = 0.1, .max = 100,
               .soft_min = 1, .soft_max = 5,
               .help = N_ ("On either side, in standard deviations of the demonstrations.")),
  RHEO_P_REAL (Cloning, state_cost, "state-cost", .label = N_ ("Cost of the state"), .def = 1, .min = 1e-6, .max = 1e6,
               .help = N_ ("What the regulator counts for its squared position and angle."),
               .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_REAL (Cloning, force_cost, "force-cost", .label = N_ ("Cost of the force"), .def = 0.01, .min = 1e-6,
               .max = 1e6, .help = N_ ("What the regulator counts for the squared force."),
               .flags = RHEO_ADVANCED | RHEO_LOG),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "first-angle", .label = N_ ("First angle"), .help = N_ ("Of the pole."), .unit = N_ ("rad"), .axes = "" },
  { NULL },
};

static const RheoSeries measures[] = {
  { .key = "survived",
    .label = N_ ("Steps survived"),
    .help = N_ ("Until the pole has fallen or the cart has left its track; mean of the episodes."),
    .unit = N_ ("steps"),
    .axes = "",
    .flags = RHEO_SERIES_SHOW },
  { .key = "relative-score",
    .label = N_ ("Relative to the expert"),
    .help = N_ ("Steps survived over those of the regulator."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_SHOW },
  { NULL },
};

/* --- the expert --------------------------------------------------------------------------------------------------- */
static double
expert (const Cloning *c, const Data *data, const double *x)
{
  double force = 0;

  for (int k = 0; k < N_STATE; k++)
    force -= data->gain[k] * x[k];
  return CLAMP (force, -c->max_force, c->max_force);
}

static RheoCartPoleState
start (const Cloning *c, RheoRng rng)
{
  return (RheoCartPoleState){ { 0, 0, c->largest_angle * (2 * rheo_rng_uniform (rng, STREAM_DEMO, 0) - 1), 0 } };
}

static RheoRng
rng_of (uint64_t seed, RheoSet set, int index)
{
  return (RheoRng){ .seed = seed, .stream = RHEO_STREAM_TASK, .iteration = (uint32_t) set, .item = (uint32_t) index };
}

/* x: state before the step; the force that the network is to learn is returned, the one with its push moves the cart. */
static double
demonstrate (const Cloning *c, const Data *data, RheoRng rng, int t, RheoCartPoleState *s)
{
  const double force = expert (c, data, s->x);
  const double push = c->disturbance > 0 ? c->disturbance * rheo_rng_normal (rng, STREAM_PUSH, (uint32_t) t) : 0;

  rheo_cart_pole_step (&data->pole, CLAMP (force + push, -c->max_force, c->max_force), s);
  return force;
}

/* Spread of the states in the demonstrations. */
static void
measure_spread (const Cloning *c, uint64_t seed, Data *data)
{
  double sum[N_STATE] = { 0 }, squares[N_STATE] = { 0 };
  const double n = (double) c->n_demos * c->n_steps;

  for (int i = 0; i < c->n_demos; i++)
    {
      const RheoRng rng = rng_of (seed, RHEO_SET_TRAIN, i);
      RheoCartPoleState s = start (c, rng);

      for (int t = 0; t < c->n_steps; t++)
        {
          for (int k = 0; k < N_STATE; k++)
            {
              sum[k] += s.x[k];
              squares[k] += s.x[k] * s.x[k];
            }
          demonstrate (c, data, rng, t, &s);
        }
    }
  for (int k = 0; k < N_STATE; k++)
    data->sd[k] = MAX (sqrt (MAX (squares[k] / n - (sum[k] / n) * (sum[k] / n), 0)), 1e-6);
}

static int
survive (const Cloning *c, const Data *data, RheoRng rng)
{
  RheoCartPoleState s = start (c, rng);

  for (int t = 0; t < c->episode_steps; t++)
    {
      rheo_cart_pole_step (&data->pole, expert (c, data, s.x), &s);
      if (rheo_cart_pole_is_over (&data->pole, &s))
        return t + 1;
    }
  return c->episode_steps;
}

static gboolean
open_task (const void *config, uint64_t seed, void **out, GError **error)
{
  const Cloning *c = config;
  g_autofree Data *data = g_new0 (Data, 1);
  double a[N_STATE * N_STATE], b[N_STATE], q[N_STATE * N_STATE] = { 0 };

  data->pole = (RheoCartPole){
    .cart_mass = 1, .pole_mass = 0.1, .half_length = 0.5, .gravity = 9.81, .dt = 0.02, .max_x = 2.4, .max_angle = 0.21
  };
  rheo_cart_pole_linear (&data->pole, a, b);
  q[0] = q[10] = c->state_cost;
  if (!rheo_lqr (N_STATE, a, b, q, c->force_cost, data->gain))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("With task.state-cost = %g and task.force-cost = %g no regulator was found."), c->state_cost,
                      c->force_cost);
  measure_spread (c, seed, data);
  for (int i = 0; i < c->n_episodes; i++)
    data->expert += survive (c, data, rng_of (seed, RHEO_SET_VALID, i)) / (double) c->n_episodes;
  *out = g_steal_pointer (&data);
  return TRUE;
}

/* --- trials ------------------------------------------------------------------------------------------------------- */
static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Cloning *c = config;

  *out = (RheoShape){ .n_in = N_STATE * c->n_bumps,
                      .n_out = 1,
                      .n_steps = c->n_steps,
                      .n_trials = c->n_demos,
                      .n_valid = c->n_valid,
                      .dt_ms = 20,
                      .n_episodes = c->n_episodes,
                      .episode_steps = c->episode_steps };
}

static void
look (const Cloning *c, const Data *data, const double *x, RheoReal *obs)
{
  const double width = 2 * c->range / c->n_bumps;

  for (int k = 0; k < N_STATE; k++)
    rheo_bumps (x[k] / data->sd[k], c->range, c->n_bumps, width, obs + k * c->n_bumps);
}

static gboolean
fill (const void *config, const void *open, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Cloning *c = config;
  const Data *data = open;
  const RheoRng rng = rng_of (draw->rng.seed, draw->set, draw->index);
  RheoCartPoleState s = start (c, rng);

  trial->n_steps = c->n_steps;
  trial->condition[0] = s.x[2];
  for (int t = 0; t < c->n_steps; t++)
    {
      look (c, data, s.x, trial->input + t * trial->n_in);
      trial->target[t] = (RheoReal) (demonstrate (c, data, rng, t, &s) / c->max_force);
    }
  return TRUE;
}

/* --- the world ---------------------------------------------------------------------------------------------------- */
static void
reset (const void *config, const void *open, void *state, const RheoDraw *draw, RheoReal *obs)
{
  const Cloning *c = config;
  State *s = state;

  *s = (State){ .pole = start (c, draw->rng) };
  look (c, open, s->pole.x, obs);
}

static bool
act (const void *config, const void *open, void *state, const RheoReal *action, RheoReal *obs, double *reward)
{
  const Cloning *c = config;
  const Data *data = open;
  State *s = state;
  bool over;

  s->force = CLAMP ((double) action[0], -1, 1);
  rheo_cart_pole_step (&data->pole, s->force * c->max_force, &s->pole);
  s->n_steps++;
  over = rheo_cart_pole_is_over (&data->pole, &s->pole);
  *reward = over ? 0 : 1;
  look (c, data, s->pole.x, obs);
  return over || s->n_steps >= c->episode_steps;
}

static void
measure (const void *config, const void *open, const void *state, double *value)
{
  const State *s = state;

  value[0] = s->n_steps;
  value[1] = s->n_steps / ((const Data *) open)->expert;
}

static void
scene (const void *config, const void *open, const void *state, RheoScene *out)
{
  const State *s = state;

  rheo_cart_pole_scene (&((const Data *) open)->pole, &s->pole, s->force, out);
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const outputs[] = { N_ ("force"), NULL };

  return target ? outputs : NULL;
}

const RheoTask rheo_task_cartpole_cloning = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "cartpole-cloning",
            .title = N_ ("Pole on a cart, by example"),
            .summary =
                N_ ("Hold a pole upright as a regulator shows it; learned from demonstrations, tested in a closed "
                    "loop."),
            .cite = "Barto, Sutton & Anderson, IEEE Trans Syst Man Cybern 1983",
            .config_size = sizeof (Cloning),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS | RHEO_EPISODES | RHEO_REPEATS },
  .state_size = sizeof (State),
  .conditions = conditions,
  .labels = labels,
  .open = open_task,
  .close = g_free,
  .shape = shape,
  .fill = fill,
  .reset = reset,
  .act = act,
  .measures = measures,
  .measure = measure,
  .scene = scene,
};
