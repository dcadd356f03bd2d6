#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/task.h"

/* Trajectories of Capone, Muratore & Paolucci 2022: each output is a sum of four waves,
 *
 *   y_o (t) = sum over f of 1, 2, 3, 5 of A_f sin (2 pi f t / (T - 1) + phi_f),   A ~ U (from, to),  phi ~ U (0, 2 pi),
 *
 * and the only input is a clock: channel after channel is 1 for floor (length of the clock / channels) steps. What is left
 * over at the end has no active channel. All trials are alike. */

#define N_WAVES 4

enum
{
  WAVE_SINE,
  WAVE_COSINE,
};

enum
{
  SCALING_SIGNED,
  SCALING_LARGEST,
  SCALING_EACH,
  SCALING_NONE,
};

enum
{
  CLOCK_SHORT,
  CLOCK_WHOLE,
};

static const char *const wave_choices[] = { "sine", "cosine", NULL };
static const char *const scaling_choices[] = { "largest-value", "largest-size", "each-output", "none", NULL };
static const char *const clock_choices[] = { "to-last-step", "whole", NULL };

typedef struct
{
  int n_out, n_in, n_steps, off, input_off, wave, scaling, clock;
  double lo, hi, dt;
} Trajectory;

static const RheoParam params[] = {
  RHEO_P_INT (Trajectory, n_out, "outputs", .label = N_ ("Outputs"), .help = N_ ("Dimensions of the trajectory."),
              .def = 3, .min = 1, .max = 1000, .soft_min = 1, .soft_max = 10),
  RHEO_P_INT (Trajectory, n_in, "inputs", .label = N_ ("Clock channels"),
              .help = N_ ("Inputs that are on one after the other."), .def = 5, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 20),
  RHEO_P_INT (Trajectory, n_steps, "n-steps", .label = N_ ("Length of a trial"), .unit = N_ ("steps"),
              .help = N_ ("Time steps of a trial."), .def = 150, .min = 3, .max = 1000000, .soft_min = 50,
              .soft_max = 1000),
  RHEO_P_INT (Trajectory, off, "silent", .label = N_ ("Silent start"), .unit = N_ ("steps"),
              .help = N_ ("Targets are zero for so many steps."), .def = 8, .max = 1000000, .soft_max = 50),
  RHEO_P_CHOICE (Trajectory, wave, "wave", wave_choices, .label = N_ ("Waves"), .help = N_ ("Sines or cosines."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Trajectory, lo, "lowest", .label = N_ ("Lowest amplitude"), .help = N_ ("Of the uniform draw."),
               .max = 1000, .soft_max = 2, .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Trajectory, hi, "highest", .label = N_ ("Highest amplitude"), .help = N_ ("Of the uniform draw."),
               .def = 1, .max = 1000, .soft_max = 2, .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Trajectory, scaling, "scaling", scaling_choices, .label = N_ ("Scaling"),
                 .help = N_ ("Targets are divided by their largest value, so that values below -1 may occur; by the "
                             "largest absolute value; each output by its own largest absolute value; or not at all."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Trajectory, clock, "clock", clock_choices, .label = N_ ("Length of the clock"),
                 .help = N_ ("All steps but the last, whose input would act on nothing; or all steps."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_INT (Trajectory, input_off, "late-clock", .label = N_ ("Late clock"), .unit = N_ ("steps"),
              .help = N_ ("The clock is silent for so many steps."), .max = 1000000, .soft_max = 50,
              .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Trajectory, dt, "dt", .label = N_ ("Length of a step"), .unit = N_ ("ms"), .def = 1, .min = 1e-6,
               .max = 1e6, .soft_min = 0.1, .soft_max = 20, .help = N_ ("For axes in physical time."),
               .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "cli", N_ ("As published, command line"),
    "{\"outputs\": 3, \"inputs\": 5, \"n-steps\": 150, \"silent\": 8, \"wave\": \"sine\", \"lowest\": 0, "
    "\"highest\": 1, \"scaling\": \"largest-value\", \"clock\": \"to-last-step\", \"late-clock\": 0}" },
  { "script", N_ ("As published, 100 steps"),
    "{\"outputs\": 3, \"inputs\": 5, \"n-steps\": 100, \"silent\": 8, \"wave\": \"sine\", \"lowest\": 0, "
    "\"highest\": 1, \"scaling\": \"largest-value\", \"clock\": \"to-last-step\", \"late-clock\": 0}" },
  { "cosine", N_ ("As published, library"),
    "{\"outputs\": 3, \"inputs\": 5, \"n-steps\": 150, \"silent\": 8, \"wave\": \"cosine\", \"lowest\": 0.5, "
    "\"highest\": 2, \"scaling\": \"each-output\", \"clock\": \"whole\", \"late-clock\": 0}" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const Trajectory *c = config;
  const int clock = c->n_steps - (c->clock == CLOCK_SHORT);

  if (c->lo > c->hi)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.lowest is %g and must not be above task.highest, which is %g."), c->lo, c->hi);
  if (c->off >= c->n_steps)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.silent is %d, but a trial has only %d steps (task.n-steps): nothing would be left."),
                      c->off, c->n_steps);
  if (c->n_in > clock)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.inputs is %d, but the clock has only %d steps: each channel needs at least one."),
                      c->n_in, clock);
  return TRUE;
}

/* Divides n_out outputs of all steps by the largest value, or absolute value, from output `first` on. */
static void
divide (const Trajectory *c, double *y, int first, int n_out, gboolean absolute)
{
  double most = -INFINITY;

  for (int t = 0; t < c->n_steps; t++)
    for (int o = first; o < first + n_out; o++)
      most = MAX (most, absolute ? fabs (y[t * c->n_out + o]) : y[t * c->n_out + o]);
  for (int t = 0; t < c->n_steps && most > 0; t++)
    for (int o = first; o < first + n_out; o++)
      y[t * c->n_out + o] /= most;
}

static gboolean
open_trajectory (const void *config, uint64_t seed, void **data, GError **error)
{
  static const int frequency[N_WAVES] = { 1, 2, 3, 5 };
  const Trajectory *c = config;
  const RheoRng rng = { .seed = seed, .stream = RHEO_STREAM_TASK };
  double *y = *data = g_new0 (double, (gsize) c->n_steps * c->n_out);

  for (int o = 0; o < c->n_out; o++)
    for (int f = 0; f < N_WAVES; f++)
      {
        const double u = rheo_rng_uniform (rng, (uint32_t) o, (uint32_t) f);
        const double a = c->lo + (c->hi - c->lo) * u;
        const double phase = 2 * G_PI * rheo_rng_uniform (rng, (uint32_t) o, (uint32_t) (N_WAVES + f));

        for (int t = 0; t < c->n_steps; t++)
          {
            const double angle = frequency[f] * 2 * G_PI * t / (c->n_steps - 1) + phase;

            y[t * c->n_out + o] += a * (c->wave == WAVE_SINE ? sin (angle) : cos (angle));
          }
      }
  /* Each for itself before the start is silenced, all together afterwards, as published. */
  for (int o = 0; o < c->n_out && c->scaling == SCALING_EACH; o++)
    divide (c, y, o, 1, TRUE);
  for (int i = 0; i < c->off * c->n_out; i++)
    y[i] = 0;
  if (c->scaling == SCALING_SIGNED || c->scaling == SCALING_LARGEST)
    divide (c, y, 0, c->n_out, c->scaling == SCALING_LARGEST);
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const Trajectory *c = config;

  *out = (RheoShape){ .n_in = c->n_in, .n_out = c->n_out, .n_steps = c->n_steps, .dt_ms = c->dt };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Trajectory *c = config;
  const double *y = data;
  const int span = (c->n_steps - (c->clock == CLOCK_SHORT)) / c->n_in;

  trial->n_steps = c->n_steps;
  for (int t = c->input_off; t < span * c->n_in; t++)
    trial->input[t * c->n_in + t / span] = 1;
  for (int i = 0; i < c->n_steps * c->n_out; i++)
    trial->target[i] = (RheoReal) y[i];
  return TRUE;
}

static double
baseline (const void *config, const void *data, const char **label)
{
  const Trajectory *c = config;
  const double *y = data;
  double squares = 0;

  for (int o = 0; o < c->n_out; o++)
    {
      double sum = 0, square = 0;

      for (int t = 0; t < c->n_steps; t++)
        {
          sum += y[t * c->n_out + o];
          square += y[t * c->n_out + o] * y[t * c->n_out + o];
        }
      squares += square - sum * sum / c->n_steps;
    }
  if (label != NULL)
    *label = N_ ("best constant output");
  return squares / (c->n_steps * c->n_out);
}

const RheoTask rheo_task_trajectory = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "trajectory",
            .title = N_ ("Trajectory on a clock"),
            .summary = N_ ("Give a random smooth trajectory in several dimensions while a clock runs through its "
                           "channels. All trials are alike."),
            .cite = "Capone, Muratore & Paolucci 2022, Error-based or target-based? A unified framework for learning "
                    "in recurrent spiking networks",
            .config_size = sizeof (Trajectory),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS | RHEO_REPEATS,
            .check = check },
  .open = open_trajectory,
  .close = g_free,
  .shape = shape,
  .fill = fill,
  .baseline = baseline,
};
