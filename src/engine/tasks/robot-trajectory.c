#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/task.h"

/* Trajectories of a planar arm with two unit links, each joint driven by five sinusoids (Zhu et al., Robot-SHD). The
 * network sees the angular velocities of the joints and answers with the position of the hand. Random numbers come from
 * the generator that the published data set was made with, so that the data are the published ones, number by number. */

#define N_SINES 5

enum
{
  AXIS_STEPS,
  AXIS_SAMPLES,
};

enum
{
  SCALE_TRIAL,
  SCALE_WORKSPACE,
};

enum
{
  TILE_ALL,
  TILE_PUBLISHED,
};

static const char *const axis_choices[] = { "steps", "samples", NULL };
static const char *const scale_choices[] = { "per-trial", "workspace", NULL };
static const char *const tile_choices[] = { "all", "published", NULL };

typedef struct
{
  int n_trials, n_valid;
  int n_steps, n_periods;
  double dt_step;
  int data_seed, valid_seed;
  gboolean same; /* `static` is a word of C */
  int time_axis;
  double input_scale;
  int scaling, tiling;
} Robot;

/* --- MT19937 (Matsumoto & Nishimura 1998) with the 32-bit initialiser ---------------------------------------------- */
#define MT_N 624
#define MT_M 397

typedef struct
{
  uint32_t x[MT_N];
  int next;
} Mt;

static void
mt_seed (Mt *mt, uint32_t seed)
{
  mt->x[0] = seed;
  for (int i = 1; i < MT_N; i++)
    mt->x[i] = 1812433253u * (mt->x[i - 1] ^ (mt->x[i - 1] >> 30)) + (uint32_t) i;
  mt->next = MT_N;
}

static uint32_t
mt_bits (Mt *mt)
{
  if (mt->next == MT_N)
    {
      for (int i = 0; i < MT_N; i++)
        {
          uint32_t y = (mt->x[i] & 0x80000000u) | (mt->x[(i + 1) % MT_N] & 0x7fffffffu);
          mt->x[i] = mt->x[(i + MT_M) % MT_N] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfu : 0);
        }
      mt->next = 0;
    }
  uint32_t y = mt->x[mt->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

/* [0, 1) with 53 bits. */
static double
mt_uniform (Mt *mt)
{
  uint32_t a = mt_bits (mt) >> 5, b = mt_bits (mt) >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

/* --- trajectories ------------------------------------------------------------------------------------------------- */
typedef struct
{
  double *train, *valid; /* [trial][step][4]: velocities of joints 0 and 1, x, y of the hand */
  double baseline;
} Data;

typedef struct
{
  int n;
  double *angle[2], *velocity[2], *x[2]; /* [n] each */
} Arm;

/* Integrates a velocity; where the angle leaves +-90 degrees, both are scaled down. */
static void
limit (int n, double dt, double *velocity, double *angle)
{
  double sum = 0, lo = INFINITY, hi = -INFINITY;

  for (int i = 0; i < n; i++)
    {
      sum += velocity[i];
      angle[i] = dt * sum;
      lo = MIN (lo, angle[i]);
      hi = MAX (hi, angle[i]);
    }
  if (hi <= G_PI_2 && lo >= -G_PI_2)
    return;

  double c_hi = G_PI_2 / hi, c_lo = -G_PI_2 / lo;
  double c = MIN (c_hi < 0 ? 1 : c_hi, c_lo < 0 ? 1 : c_lo);
  for (int i = 0; i < n; i++)
    {
      angle[i] *= c;
      velocity[i] *= c;
    }
}

static void
scale_position (const Robot *robot, int n, double *x)
{
  double lo = -2, hi = 2;

  if (robot->scaling == SCALE_TRIAL)
    {
      lo = hi = x[0];
      for (int i = 1; i < n; i++)
        {
          lo = MIN (lo, x[i]);
          hi = MAX (hi, x[i]);
        }
    }
  double range = hi > lo ? hi - lo : 1;
  for (int i = 0; i < n; i++)
    x[i] = 1 + 9 * (x[i] - lo) / range;
}

static void
draw_motor (Mt *mt, double scale, double offset, double *out)
{
  for (int k = 0; k < N_SINES; k++)
    out[k] = mt_uniform (mt) * scale + offset;
}

/* One trajectory; consumes 30 uniforms. */
static void
draw_arm (const Robot *robot, Mt *mt, Arm *arm)
{
  double period[2][N_SINES], phase[2][N_SINES], amplitude[2][N_SINES];
  int n = arm->n;

  draw_motor (mt, 0.7, 0.3, period[0]);
  draw_motor (mt, 2 * G_PI, 0, phase[0]);
  draw_motor (mt, 75, 0, amplitude[0]);
  draw_motor (mt, 2 * G_PI, 0, phase[1]);
  draw_motor (mt, 75, 0, amplitude[1]);
  draw_motor (mt, 0.7, 0.3, period[1]);

  memset (arm->velocity[0], 0, sizeof (double) * n);
  memset (arm->velocity[1], 0, sizeof (double) * n);
  for (int m = 0; m < 2; m++)
    for (int k = 0; k < N_SINES; k++)
      {
        double lo = INFINITY, hi = -INFINITY;
        for (int i = 0; i < n; i++)
          {
            double t = i == n - 1 ? 2 * G_PI : i * (2 * G_PI / (n - 1));
            double w = amplitude[m][k] * sin (t / period[m][k] + phase[m][k]);
            lo = MIN (lo, w);
            hi = MAX (hi, w);
            arm->angle[m][i] = w;
          }
        /* The second joint's components all span 40, so its drawn amplitudes cancel. */
        double gain = m == 0 ? 1 : hi > lo ? 40 / (hi - lo) : 40;
        for (int i = 0; i < n; i++)
          arm->velocity[m][i] += arm->angle[m][i] * gain;
      }

  limit (n, robot->dt_step, arm->velocity[0], arm->angle[0]);
  limit (n, robot->dt_step, arm->velocity[1], arm->angle[1]);
  for (int i = 0; i < n; i++)
    {
      double a = arm->angle[0][i], b = a + arm->angle[1][i] + G_PI_2;
      arm->x[0][i] = cos (a) + cos (b);
      arm->x[1][i] = sin (a) + sin (b);
    }
  scale_position (robot, n, arm->x[0]);
  scale_position (robot, n, arm->x[1]);
}

static double *
make_trials (const Robot *robot, int n_trials, int seed)
{
  int n = robot->n_steps / robot->n_periods;
  g_autofree double *buffer = g_new (double, 6 * (gsize) n);
  Arm arm = { n, { buffer, buffer + n }, { buffer + 2 * n, buffer + 3 * n }, { buffer + 4 * n, buffer + 5 * n } };
  double *out = g_try_new (double, 4 * (gsize) n_trials * robot->n_steps), *o = out;
  Mt mt;

  if (out == NULL)
    return NULL;
  mt_seed (&mt, (uint32_t) seed);
  for (int i = 0; i < n_trials; i++)
    {
      if (robot->same)
        mt_seed (&mt, (uint32_t) seed);
      draw_arm (robot, &mt, &arm);
      for (int t = 0; t < robot->n_steps; t++)
        {
          *o++ = arm.velocity[0][t % n];
          *o++ = arm.velocity[1][t % n];
          *o++ = arm.x[0][t % n];
          *o++ = arm.x[1][t % n];
        }
    }
  return out;
}

/* Summed variance of the targets: the loss of the best constant answer. */
static double
constant_loss (const double *trials, int64_t n)
{
  double loss = 0;

  for (int k = 2; k < 4; k++)
    {
      double sum = 0, squares = 0;
      for (int64_t i = 0; i < n; i++)
        sum += trials[4 * i + k];
      for (int64_t i = 0; i < n; i++)
        squares += (trials[4 * i + k] - sum / n) * (trials[4 * i + k] - sum / n);
      loss += squares / n;
    }
  return loss;
}

/* --- the task ------------------------------------------------------------------------------------------------------ */
static gboolean
robot_open (const void *config, uint64_t seed, void **data, GError **error)
{
  const Robot *robot = config;
  Data *d = g_new0 (Data, 1);

  d->train = make_trials (robot, robot->n_trials, robot->data_seed);
  d->valid = make_trials (robot, robot->n_valid, robot->valid_seed);
  *data = d;
  if (d->train == NULL || d->valid == NULL)
    {
      g_free (d->train);
      g_free (d->valid);
      g_clear_pointer (data, g_free);
      return rheo_fail (error, RHEO_ERROR_MEMORY,
                        _ ("There is not enough memory for %d trajectories of %d steps (task.n-trials, task.n-steps)."),
                        robot->n_trials + robot->n_valid, robot->n_steps);
    }
  d->baseline = constant_loss (d->train, (int64_t) robot->n_trials * robot->n_steps);
  return TRUE;
}

static void
robot_close (void *data)
{
  Data *d = data;

  g_free (d->train);
  g_free (d->valid);
  g_free (d);
}

static void
robot_shape (const void *config, const void *data, RheoShape *shape)
{
  const Robot *robot = config;

  *shape = (RheoShape){ .n_in = 2,
                        .n_out = 2,
                        .n_steps = robot->n_steps,
                        .n_trials = robot->n_trials,
                        .n_valid = robot->n_valid,
                        .swapped = robot->time_axis == AXIS_SAMPLES };
}

/* The probe is the beginning of the validation set. */
static gboolean
robot_fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Robot *robot = config;
  const Data *d = data;
  gboolean train = draw->set == RHEO_SET_TRAIN;
  int n = train ? robot->n_trials : robot->n_valid;

  if (draw->index < 0 || draw->index >= n)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      train ? _ ("There are only %d training trajectories (task.n-trials).")
                            : _ ("There are only %d held-out trajectories (task.n-valid)."),
                      n);

  const double *from = (train ? d->train : d->valid) + 4 * (int64_t) draw->index * robot->n_steps;
  trial->n_steps = robot->n_steps;
  for (int t = 0; t < robot->n_steps; t++, from += 4)
    {
      trial->input[2 * t] = (RheoReal) (from[0] * robot->input_scale);
      trial->input[2 * t + 1] = (RheoReal) (from[1] * robot->input_scale);
      trial->target[2 * t] = (RheoReal) from[2];
      trial->target[2 * t + 1] = (RheoReal) from[3];
    }
  return TRUE;
}

static const char *const *
robot_labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { "ω0", "ω1", NULL }, *const outputs[] = { "x", "y", NULL };
  return target ? outputs : inputs;
}

/* Velocities as they are; scaled ones and positions brought to 1 to 10 have no unit. */
static const char *
robot_unit (const void *config, gboolean target)
{
  return !target && ((const Robot *) config)->input_scale == 1 ? N_ ("rad/s") : NULL;
}

static double
robot_baseline (const void *config, const void *data, const char **label)
{
  const Data *d = data;

  if (label != NULL)
    *label = N_ ("Constant prediction");
  return d->baseline;
}

static gboolean
robot_check (const void *config, GError **error)
{
  const Robot *robot = config;

  if (robot->n_steps / robot->n_periods < 2)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.n-periods is %d, but task.n-steps = %d leaves fewer than 2 steps for each period; at "
                         "most %d periods are allowed."),
                      robot->n_periods, robot->n_steps, robot->n_steps / 2);
  if (robot->tiling == TILE_PUBLISHED && robot->n_periods > 1)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.tiling = published repeats the positions but not the velocities, so inputs and targets "
                         "of %d periods differ in length and cannot be trained on; use task.tiling = all or "
                         "task.n-periods = 1."),
                      robot->n_periods);
  return TRUE;
}

static const RheoParam robot_params[] = {
  RHEO_P_INT (Robot, n_trials, "n-trials", .label = N_ ("Training trials"),
              .help = N_ ("Trajectories of the fixed training set."), .def = 1000, .min = 1, .max = 1e6,
              .soft_min = 100, .soft_max = 5000),
  RHEO_P_INT (Robot, n_valid, "n-valid", .label = N_ ("Held-out trials"),
              .help = N_ ("Trajectories of the validation set; the first ones are the probe trials."), .def = 200,
              .min = 1, .max = 1e6, .soft_min = 50, .soft_max = 1000),
  RHEO_P_INT (Robot, n_steps, "n-steps", .label = N_ ("Length of a trial"),
              .help = N_ ("Time steps of a trajectory, before it is repeated."), .unit = N_ ("steps"), .def = 30,
              .min = 2, .max = 100000, .soft_min = 10, .soft_max = 1000),
  RHEO_P_INT (Robot, n_periods, "n-periods", .label = N_ ("Periods"),
              .help = N_ ("How often the trajectory is repeated within a trial."), .def = 1, .min = 1, .max = 1000,
              .soft_min = 1, .soft_max = 5),
  RHEO_P_REAL (Robot, dt_step, "dt-step", .label = N_ ("Integration step"),
               .help =
                   N_ ("Factor from summed angular velocity to joint angle (Δ). With 1e-5 the angles stay below one "
                       "degree and the arm is linear; 1e-3 and 300 steps use the whole range of the joints."),
               .def = 1e-5, .min = 1e-9, .max = 1, .soft_min = 1e-5, .soft_max = 1e-2, .flags = RHEO_LOG),
  RHEO_P_CHOICE (Robot, time_axis, "time-axis", axis_choices, .label = N_ ("Time axis"),
                 .help = N_ ("What the network steps through: the steps of a trajectory, or, as in the published "
                             "notebook, the trials of the shuffled batch with the steps side by side.")),
  RHEO_P_REAL (Robot, input_scale, "input-scale", .label = N_ ("Input scale"),
               .help = N_ ("Factor on the angular velocities, whose standard deviations are 68 and 32."), .def = 1,
               .min = 1e-6, .max = 1e6, .soft_min = 0.01, .soft_max = 1, .flags = RHEO_LOG),
  RHEO_P_CHOICE (Robot, scaling, "scaling", scale_choices, .label = N_ ("Target scaling"),
                 .help =
                     N_ ("How positions are brought to 1 to 10: each trial by its own smallest and largest position, "
                         "which looks ahead in time, or the reach of the arm, from -2 to 2, for all trials.")),
  RHEO_P_CHOICE (Robot, tiling, "tiling", tile_choices, .label = N_ ("Repetition"),
                 .help = N_ ("What is repeated with more than one period: all signals, or, as published, the positions "
                             "alone."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_INT (Robot, data_seed, "data-seed", .label = N_ ("Seed of the training data"),
              .help = N_ ("The same seed gives the same trajectories, whatever the seed of the run."), .def = 3000,
              .min = 0, .max = 2147483647, .flags = RHEO_ADVANCED),
  RHEO_P_INT (Robot, valid_seed, "valid-seed", .label = N_ ("Seed of the held-out data"),
              .help =
                  N_ ("It differs from that of the training data, so that none of its trajectories is learned from."),
              .def = 4000, .min = 0, .max = 2147483647, .flags = RHEO_ADVANCED),
  RHEO_P_BOOL (Robot, same, "static", .label = N_ ("All trials alike"),
               .help = N_ ("Starts the random numbers anew for each trial."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset robot_presets[] = {
  { "corrected", N_ ("Steps as time, linear arm"),
    "{\"n-steps\": 30, \"n-periods\": 1, \"dt-step\": 1e-5, \"time-axis\": \"steps\", \"input-scale\": 1, "
    "\"scaling\": \"per-trial\", \"tiling\": \"all\"}" },
  { "upstream", N_ ("As published: samples as time"),
    "{\"n-trials\": 1000, \"n-steps\": 30, \"n-periods\": 1, \"dt-step\": 1e-5, \"time-axis\": \"samples\", "
    "\"input-scale\": 1, \"scaling\": \"per-trial\", \"tiling\": \"published\", \"data-seed\": 3000, "
    "\"static\": false}" },
  { "nonlinear", N_ ("Whole range of the joints, 300 steps"),
    "{\"n-steps\": 300, \"n-periods\": 1, \"dt-step\": 1e-3, \"time-axis\": \"steps\", \"input-scale\": 0.02, "
    "\"scaling\": \"workspace\", \"tiling\": \"all\"}" },
  { NULL },
};

const RheoTask rheo_task_robot_trajectory = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "robot-trajectory",
            .title = N_ ("Robot trajectory"),
            .summary = N_ ("Follow the hand of an arm with two joints from the angular velocities of its motors."),
            .cite = "Zhu et al., Robot-SHD",
            .config_size = sizeof (Robot),
            .params = robot_params,
            .presets = robot_presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = robot_check },
  .labels = robot_labels,
  .unit = robot_unit,
  .open = robot_open,
  .close = robot_close,
  .shape = robot_shape,
  .fill = robot_fill,
  .baseline = robot_baseline,
};
