#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/bumps.h"
#include "engine/task.h"

/* Button & Food (Capone, Muratore, Paolucci 2022, GOAL spec 4.2): an agent in the plane [-1, 1]^2 starts at 0, goes to a
 * button, which unlocks the food, and then to the food, whose direction changes from trial to trial.
 *
 *   x_(t+1) = x_t + g a_t        x: place of the agent, a: action, g = dt / dx: config "gain"
 *
 * Inputs are bumps (bumps.h) over the relative places of food and button, then two hints, one for each segment of the
 * demonstration. The demonstration goes straight: of f frames the first stands still, and
 *
 *   a_t = v / g for frames 1 .. n,   v = (goal - start) / n,   n = f - 1
 *
 * while the places that are shown on the way are start + v q n / (n - 1), q = 0 .. n - 1 at frames 1 .. n. */

#define BUTTON_X 0
#define BUTTON_Y -0.2
#define MAX_ANGLES 32
#define N_HINTS 2

typedef struct
{
  int n_angles;
  double angles[MAX_ANGLES];
  int n_episodes, frames_button, frames_food, n_bumps;
  double lowest, highest, distance, gain, width, button_radius, food_radius;
} ButtonFood;

typedef struct
{
  double x, y, food_x, food_y, best;
  int n_steps;
  gboolean unlocked, reached;
} State;

static const RheoParam params[] = {
  RHEO_P_REALS (ButtonFood, angles, n_angles, "angles", .label = N_ ("Directions shown"),
                .help = N_ ("Directions of the food in the demonstrations, from the right, anticlockwise."),
                .unit = N_ ("°"), .def_text = "50 70 90 110 130", .min = 0, .max = 360),
  RHEO_P_INT (ButtonFood, n_episodes, "episodes", .label = N_ ("Episodes of a test"),
              .help = N_ ("Directions that are tried in a validation, evenly spaced."), .def = 120, .min = 1,
              .max = 10000, .soft_min = 10, .soft_max = 200),
  RHEO_P_REAL (ButtonFood, lowest, "lowest", .label = N_ ("First direction of a test"), .unit = N_ ("°"), .def = 30,
               .help = N_ ("Where the directions of a validation begin."), .max = 360),
  RHEO_P_REAL (ButtonFood, highest, "highest", .label = N_ ("Last direction of a test"), .unit = N_ ("°"), .def = 150,
               .help = N_ ("Where the directions of a validation end."), .max = 360),
  RHEO_P_INT (ButtonFood, frames_button, "steps-button", .label = N_ ("Steps to the button"), .unit = N_ ("steps"),
              .help = N_ ("Of the demonstration; it stands still in the first one."), .def = 30, .min = 3, .max = 10000,
              .soft_min = 10, .soft_max = 200),
  RHEO_P_INT (ButtonFood, frames_food, "steps-food", .label = N_ ("Steps to the food"), .unit = N_ ("steps"),
              .help = N_ ("Of the demonstration, after the button."), .def = 50, .min = 3, .max = 10000, .soft_min = 10,
              .soft_max = 200),
  RHEO_P_REAL (ButtonFood, distance, "distance", .label = N_ ("Distance of the food"), .def = 0.7, .min = 0.1, .max = 1,
               .help = N_ ("From the start, in units of the world, which reaches from −1 to 1.")),
  RHEO_P_REAL (ButtonFood, gain, "gain", .label = N_ ("Length of a move"), .def = 0.01, .min = 1e-6, .max = 1,
               .soft_min = 0.001, .soft_max = 0.1, .help = N_ ("Way that an action of 1 goes in a step."),
               .flags = RHEO_LOG),
  RHEO_P_REAL (ButtonFood, button_radius, "button-radius", .label = N_ ("Radius of the button"), .def = 0.05,
               .min = 0.001, .max = 0.5, .help = N_ ("The agent presses it when it is nearer than this."),
               .flags = RHEO_ADVANCED),
  RHEO_P_REAL (ButtonFood, food_radius, "food-radius", .label = N_ ("Radius of the food"), .def = 0.03, .min = 0.001,
               .max = 0.5, .help = N_ ("The agent has it when it is nearer than this; then the episode is over."),
               .flags = RHEO_ADVANCED),
  RHEO_P_INT (ButtonFood, n_bumps, "bumps", .label = N_ ("Inputs per coordinate"), .def = 20, .min = 2, .max = 200,
              .soft_min = 5, .soft_max = 50,
              .help = N_ ("Bumps that stand for one coordinate of the relative places.")),
  RHEO_P_REAL (ButtonFood, width, "bump-width", .label = N_ ("Width of a bump"), .def = 0.1, .min = 1e-3, .max = 10,
               .soft_min = 0.02, .soft_max = 0.5, .help = N_ ("Standard deviation, in units of the world.")),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "direction", .label = N_ ("Direction"), .help = N_ ("Of the food."), .unit = N_ ("°"), .axes = "" },
  { NULL },
};

static const RheoSeries measures[] = {
  { .key = "score",
    .label = N_ ("Score"),
    .help = N_ ("Highest reward of an episode: 0 while the food is locked, then 1 over the distance to it."),
    .unit = "",
    .axes = "",
    .flags = RHEO_SERIES_SHOW },
  { .key = "unlocked",
    .label = N_ ("Button pressed"),
    .help = N_ ("Fraction of the episodes."),
    .unit = "",
    .axes = "",
    .hi = 1,
    .flags = RHEO_SERIES_SHOW },
  { .key = "reached",
    .label = N_ ("Food reached"),
    .help = N_ ("Fraction of the episodes."),
    .unit = "",
    .axes = "",
    .hi = 1,
    .flags = RHEO_SERIES_SHOW },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const ButtonFood *c = config;

  if (c->n_angles == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.angles is empty; at least one direction is needed."));
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const ButtonFood *c = config;

  *out = (RheoShape){ .n_in = 4 * c->n_bumps + N_HINTS,
                      .n_out = 2,
                      .n_steps = c->frames_button + c->frames_food,
                      .n_trials = c->n_angles,
                      .n_valid = MAX (c->n_angles - 1, 1),
                      .n_hints = N_HINTS,
                      .n_episodes = c->n_episodes,
                      .episode_steps = c->frames_button + c->frames_food };
}

/* What the agent sees from (x, y). */
static void
look (const ButtonFood *c, double x, double y, double food_x, double food_y, RheoReal *obs)
{
  const double relative[] = { food_x - x, food_y - y, BUTTON_X - x, BUTTON_Y - y };

  for (gsize k = 0; k < G_N_ELEMENTS (relative); k++)
    rheo_bumps (relative[k], 1, c->n_bumps, c->width, obs + k * (gsize) c->n_bumps);
}

/* A straight segment of so many frames that begins at frame t0 and at (*x, *y), where it ends afterwards. */
static void
walk (const ButtonFood *c, int t0, int n_frames, double *x, double *y, double goal_x, double goal_y,
      const double food[2], RheoTrial *trial)
{
  const int n = n_frames - 1;
  const double vx = (goal_x - *x) / n, vy = (goal_y - *y) / n;

  for (int f = 0; f < n_frames; f++)
    {
      const double way = f == 0 ? 0 : (f - 1) * (double) n / (n - 1);
      RheoReal *in = trial->input + (t0 + f) * trial->n_in, *out = trial->target + (t0 + f) * trial->n_out;

      look (c, *x + vx * way, *y + vy * way, food[0], food[1], in);
      in[4 * c->n_bumps + (t0 > 0)] = 1;
      out[0] = (RheoReal) (f > 0 ? vx / c->gain : 0);
      out[1] = (RheoReal) (f > 0 ? vy / c->gain : 0);
    }
  *x = goal_x;
  *y = goal_y;
}

/* Held-out demonstrations go half way between those that are learned. */
static double
direction (const ButtonFood *c, RheoSet set, int index)
{
  const int i = index % c->n_angles, next = (i + 1) % c->n_angles;

  return set == RHEO_SET_TRAIN || c->n_angles == 1 ? c->angles[i] : (c->angles[i] + c->angles[next]) / 2;
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const ButtonFood *c = config;
  const double degrees = direction (c, draw->set, draw->index), angle = degrees * G_PI / 180;
  const double food[] = { c->distance * cos (angle), c->distance * sin (angle) };
  double x = 0, y = 0;

  walk (c, 0, c->frames_button, &x, &y, BUTTON_X, BUTTON_Y, food, trial);
  walk (c, c->frames_button, c->frames_food, &x, &y, food[0], food[1], food, trial);
  trial->n_steps = c->frames_button + c->frames_food;
  trial->condition[0] = degrees;
  return TRUE;
}

/* --- the world ---------------------------------------------------------------------------------------------------- */
static void
reset (const void *config, const void *data, void *state, const RheoDraw *draw, RheoReal *obs)
{
  const ButtonFood *c = config;
  const int n = MAX (c->n_episodes, 1), i = draw->index % n;
  const double angle = (n > 1 ? c->lowest + (c->highest - c->lowest) * i / (n - 1) : c->lowest) * G_PI / 180;
  State *s = state;

  *s = (State){ .food_x = c->distance * cos (angle), .food_y = c->distance * sin (angle) };
  look (c, s->x, s->y, s->food_x, s->food_y, obs);
}

static bool
act (const void *config, const void *data, void *state, const RheoReal *action, RheoReal *obs, double *reward)
{
  const ButtonFood *c = config;
  State *s = state;
  double away;

  s->n_steps++;
  s->x += c->gain * action[0];
  s->y += c->gain * action[1];
  s->unlocked = s->unlocked || hypot (s->x - BUTTON_X, s->y - BUTTON_Y) < c->button_radius;
  away = hypot (s->food_x - s->x, s->food_y - s->y);
  s->reached = s->unlocked && away < c->food_radius;
  *reward = s->unlocked ? 1 / MAX (away, 1e-6) : 0;
  s->best = MAX (s->best, *reward);
  look (c, s->x, s->y, s->food_x, s->food_y, obs);
  return s->reached || s->n_steps >= c->frames_button + c->frames_food;
}

static void
measure (const void *config, const void *data, const void *state, double *value)
{
  const State *s = state;

  value[0] = s->best;
  value[1] = s->unlocked;
  value[2] = s->reached;
}

static void
scene (const void *config, const void *data, const void *state, RheoScene *out)
{
  const ButtonFood *c = config;
  const State *s = state;

  *out = (RheoScene){
    .x0 = -1,
    .y0 = -1,
    .x1 = 1,
    .y1 = 1,
    .unit = "",
    .n = 3,
    .item = { { RHEO_SCENE_CIRCLE, s->unlocked ? RHEO_SCENE_GOAL : RHEO_SCENE_PLACE, BUTTON_X, BUTTON_Y,
                c->button_radius, s->unlocked, N_ ("button") },
              { RHEO_SCENE_CIRCLE, s->unlocked ? RHEO_SCENE_GOAL : RHEO_SCENE_PLACE, s->food_x, s->food_y,
                c->food_radius, s->reached, N_ ("food") },
              { RHEO_SCENE_CIRCLE, RHEO_SCENE_AGENT, s->x, s->y, 0.02, 1, N_ ("agent") } },
  };
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const outputs[] = { N_ ("right"), N_ ("up"), NULL };

  return target ? outputs : NULL;
}

const RheoTask rheo_task_button_food = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "button-food",
            .title = N_ ("Button and food"),
            .summary =
                N_ ("Press a button that unlocks the food, then go there; learned from demonstrations, tested in "
                    "a closed loop."),
            .cite = "Capone, Muratore & Paolucci, PLoS Comput Biol 2022",
            .config_size = sizeof (ButtonFood),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS | RHEO_EPISODES | RHEO_REPEATS,
            .check = check },
  .state_size = sizeof (State),
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
  .reset = reset,
  .act = act,
  .measures = measures,
  .measure = measure,
  .scene = scene,
};
