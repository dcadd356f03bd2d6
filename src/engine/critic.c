#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "critic.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define STILL 0.01   /* rad, rad/s: upright and still */
#define UPRIGHT 0.03 /* rad: then the turning tells where to go */
#define NOTHING 1e-6 /* a reward that counts as none */

enum
{
  POSITION,
  VELOCITY,
  ANGLE,
  TURNING,
};

static const char *const kind_choices[] = { "change", "policy", "steps", NULL };

#define WEIGHT(i, k, l)                                                                                                \
  RHEO_P_REAL (RheoCritic, weight[i], k, .label = l, .help = N_ ("Of this number, in standard deviations."), .def = 1, \
               .max = 1000, .soft_max = 10, .when = "weighted=true", .flags = RHEO_LIVE | RHEO_ADVANCED)

const RheoParam rheo_critic_params[] = {
  RHEO_P_CHOICE (RheoCritic, kind, "kind", kind_choices, .label = N_ ("Critic"),
                 .help = N_ ("Rewards steps that bring the pole nearer to upright and still; or steps to the side to "
                             "which it leans; or all steps alike.")),
  RHEO_P_REAL (RheoCritic, gain, "gain", .label = N_ ("Critic gain"),
               .help = N_ ("Reward for one unit less of angle and turning."), .def = 3, .max = 1000, .soft_max = 10,
               .when = "kind=change", .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoCritic, turning_weight, "turning-weight", .label = N_ ("Weight of the turning"),
               .help = N_ ("Of its square beside that of the angle."), .def = 0.7, .max = 1000, .soft_max = 5,
               .when = "kind=change", .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoCritic, max_reward, "max-reward", .label = N_ ("Largest reward"),
               .help = N_ ("Rewards and punishments are cut here."), .def = 1, .min = 1e-6, .max = 1000,
               .soft_min = 0.1, .soft_max = 10, .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoCritic, reward_factor, "reward-factor", .label = N_ ("Factor of rewards"),
               .help = N_ ("Undecided actions are punished by the largest reward divided by it."), .def = 1.5,
               .max = 1000, .soft_max = 5, .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoCritic, punish_factor, "punish-factor", .label = N_ ("Factor of punishments"),
               .help = N_ ("Multiplies rewards below 0."), .def = 1, .min = -1000, .max = 1000, .soft_min = 0,
               .soft_max = 5, .flags = RHEO_LIVE),
  RHEO_P_BOOL (RheoCritic, clear_flips, "clear-flips", .label = N_ ("Nothing at a turn"),
               .help = N_ ("No reward where the pole begins to turn the other way."), .when = "kind=change",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_BOOL (RheoCritic, weighted, "weighted", .label = N_ ("Own weight for each number"),
               .help = N_ ("Position and velocity count too, each in standard deviations of its receptive fields."),
               .when = "kind=change", .flags = RHEO_LIVE | RHEO_ADVANCED),
  WEIGHT (POSITION, "weight-position", N_ ("Weight of the position")),
  WEIGHT (VELOCITY, "weight-velocity", N_ ("Weight of the velocity")),
  WEIGHT (ANGLE, "weight-angle", N_ ("Weight of the angle")),
  WEIGHT (TURNING, "weight-turning", N_ ("Weight of the turning")),
  RHEO_P_REAL (RheoCritic, last, "last-reward", .label = N_ ("Reward at the end"),
               .help = N_ ("Of the step in which an episode ends."), .def = -0.958, .min = -1000, .max = 1000,
               .soft_min = -1, .soft_max = 1, .when = "kind=steps", .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_BOOL (RheoCritic, punish_falls, "punish-falls", .label = N_ ("Punish falls"),
               .help =
                   N_ ("The step in which the pole falls or the cart leaves its track has the largest punishment; off: "
                       "it has no reward, as in the published program."),
               .when = "kind=change|policy", .flags = RHEO_LIVE),
  RHEO_P_BOOL (RheoCritic, modulated, "modulated", .label = N_ ("Rare rewards count more"),
               .help = N_ ("A reward counts less the more of the last ones had its sign."), .when = "kind=change",
               .flags = RHEO_ADVANCED),
  RHEO_P_INT (RheoCritic, modulation_steps, "modulation-steps", .label = N_ ("Among the last"),
              .help = N_ ("So many rewards are looked at."), .unit = N_ ("actions"), .def = 100, .min = 2,
              .max = RHEO_CRITIC_QUEUE, .soft_min = 10, .soft_max = 500, .when = "modulated=true",
              .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static double
distance (const RheoCritic *c, const RheoCriticStep *step, const double *o)
{
  double sum = 0;

  if (!c->weighted)
    return sqrt (o[ANGLE] * o[ANGLE] + c->turning_weight * o[TURNING] * o[TURNING]);
  for (int i = 0; i < RHEO_CRITIC_NUMBERS; i++)
    {
      const double z = c->weight[i] * (o[i] - step->mean[i]) / step->sd[i];

      sum += z * z;
    }
  return sqrt (sum);
}

static bool
is_still (const double *o)
{
  return fabs (o[ANGLE]) < STILL && fabs (o[TURNING]) < STILL;
}

/* As if the action had not been decided, in parts of the largest reward. */
static double
undecided (const RheoCritic *c)
{
  return -c->max_reward / (c->reward_factor > 0 ? c->reward_factor : 1);
}

static double
modulate (const RheoCritic *c, RheoCriticState *s, double r)
{
  const int n = MIN (s->n, c->modulation_steps);
  double factor = 1;
  int same = 0;

  for (int i = 0; i < n; i++)
    {
      const double past = (double) s->reward[(s->next - 1 - i + RHEO_CRITIC_QUEUE) % RHEO_CRITIC_QUEUE];

      same += r >= 0 ? past > NOTHING : past < -NOTHING;
    }
  if (n >= c->modulation_steps / 2.0)
    factor = (n - same + 1.0) / (n + 1.0);
  s->reward[s->next] = (float) r;
  s->next = (s->next + 1) % RHEO_CRITIC_QUEUE;
  s->n = MIN (s->n + 1, RHEO_CRITIC_QUEUE);
  return r * factor;
}

static double
judge_change (const RheoCritic *c, RheoCriticState *s, const RheoCriticStep *step)
{
  double r;

  if (is_still (step->before))
    return 0;
  if (step->undecided)
    r = undecided (c);
  else if (is_still (step->now))
    r = c->max_reward;
  else if (c->clear_flips && step->before[TURNING] * step->now[TURNING] < 0)
    return 0;
  else
    r = c->gain * (distance (c, step, step->before) - distance (c, step, step->now));
  r *= r > 0 ? c->reward_factor : c->punish_factor;
  if (c->modulated)
    r = modulate (c, s, r);
  return CLAMP (r, -c->max_reward, c->max_reward);
}

double
rheo_critic_judge (const RheoCritic *c, RheoCriticState *s, const RheoCriticStep *step)
{
  bool right;

  if (c->kind == RHEO_CRITIC_STEPS)
    return step->undecided ? c->punish_factor : step->over ? c->last : c->reward_factor;
  if (step->over)
    return c->punish_falls && step->fell ? -c->max_reward : 0;
  if (c->kind == RHEO_CRITIC_CHANGE)
    return judge_change (c, s, step);
  right = fabs (step->before[ANGLE]) < UPRIGHT ? step->before[TURNING] >= 0 : step->before[ANGLE] >= 0;
  return !step->undecided && right == (step->now[POSITION] > step->before[POSITION]) ? c->max_reward : undecided (c);
}
