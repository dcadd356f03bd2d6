#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/trial.h"

/* Memory of an angle: it is shown for a short while at a random time; when asked to recall, the network must give the opposite
 * angle, or the angle itself. Angles are points on a circle or triangular population codes (Engel laboratory). */

typedef struct
{
  int n_steps, onset[2], pulse, recall[2], n_angles, repeats;
  int coding, n_in, n_out;
  double amplitude;
  gboolean same, constant;
  const char *mask;
} MemoryAngle;

enum
{
  CODING_COSINE,
  CODING_TRIANGULAR,
};

static const char *const coding_choices[] = { "cosine", "triangular", NULL };

static const RheoParam params[] = {
  RHEO_P_STEPS (MemoryAngle, n_steps, 320),
  RHEO_P_INT (MemoryAngle, onset[0], "stimulus-from", .label = N_ ("Earliest onset"), .unit = N_ ("steps"), .def = 0,
              .max = 100000, .soft_max = 500, .help = N_ ("The stimulus comes at a random step from here on.")),
  RHEO_P_INT (MemoryAngle, onset[1], "stimulus-before", .label = N_ ("Onset before"), .unit = N_ ("steps"), .def = 140,
              .min = 1, .max = 100000, .soft_min = 1, .soft_max = 500,
              .help = N_ ("The first step at which the stimulus comes no more.")),
  RHEO_P_INT (MemoryAngle, pulse, "pulse", .label = N_ ("Length of the stimulus"), .unit = N_ ("steps"), .def = 10,
              .min = 1, .max = 10000, .soft_min = 1, .soft_max = 50, .help = N_ ("How long it is shown.")),
  RHEO_P_WINDOW (MemoryAngle, recall, "recall", N_ ("Recall on"), N_ ("Recall off"), 160, 320),
  RHEO_P_INT (MemoryAngle, n_angles, "angles", .label = N_ ("Angles"), .def = 36, .min = 2, .max = 100000,
              .soft_min = 2, .soft_max = 180, .help = N_ ("How many there are, evenly spaced on the circle.")),
  RHEO_P_CHOICE (MemoryAngle, coding, "coding", coding_choices, .label = N_ ("Coding"),
                 .help = N_ ("An angle is its cosine and sine, or a bump on a ring of channels.")),
  RHEO_P_REAL (MemoryAngle, amplitude, "amplitude", .label = N_ ("Amplitude"), .def = 2, .min = 0.001, .max = 1000,
               .soft_min = 0.001, .soft_max = 5, .help = N_ ("Factor on cosine and sine."), .when = "coding=cosine"),
  RHEO_P_INT (MemoryAngle, n_in, "input-channels", .label = N_ ("Input channels"), .def = 3, .min = 2, .max = 64,
              .help = N_ ("Channels of the code of the angle that is shown."), .when = "coding=triangular"),
  RHEO_P_INT (MemoryAngle, n_out, "output-channels", .label = N_ ("Output channels"), .def = 3, .min = 2, .max = 64,
              .help = N_ ("Channels of the code of the answer."), .when = "coding=triangular"),
  RHEO_P_BOOL (MemoryAngle, same, "same-angle", .label = N_ ("Recall the angle itself"),
               .help = N_ ("Not the opposite one.")),
  RHEO_P_BOOL (MemoryAngle, constant, "constant", .label = N_ ("Constant input"),
               .help = N_ ("One more input is always 1."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (MemoryAngle, repeats, "repeats", .label = N_ ("Repeats"), .def = 11, .min = 1, .max = 10000,
              .soft_min = 1, .soft_max = 30,
              .help = N_ ("Neighbouring trials with the same stimulus at the same time."), .flags = RHEO_ADVANCED),
  RHEO_P_MASK (MemoryAngle, mask, .def_text = "0:160 180:320", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "classic", N_ ("Classic, 320 steps"),
    "{\"n-steps\": 320, \"stimulus-from\": 0, \"stimulus-before\": 140, \"pulse\": 10, \"recall-on\": 160, "
    "\"recall-off\": 320, \"angles\": 36, \"coding\": \"cosine\", \"amplitude\": 2, \"same-angle\": false, "
    "\"constant\": false, \"repeats\": 11, \"mask\": \"0:160 180:320\"}" },
  { "middle", N_ ("Middle, triangular code"),
    "{\"n-steps\": 120, \"stimulus-from\": 0, \"stimulus-before\": 20, \"pulse\": 10, \"recall-on\": 90, "
    "\"recall-off\": 120, \"angles\": 70, \"coding\": \"triangular\", \"input-channels\": 3, "
    "\"output-channels\": 3, \"same-angle\": false, \"constant\": true, \"repeats\": 1, "
    "\"mask\": \"0:90 100:120\"}" },
  { "newest", N_ ("Newest, triangular code"),
    "{\"n-steps\": 200, \"stimulus-from\": 10, \"stimulus-before\": 11, \"pulse\": 10, \"recall-on\": 120, "
    "\"recall-off\": 200, \"angles\": 71, \"coding\": \"triangular\", \"input-channels\": 3, "
    "\"output-channels\": 3, \"same-angle\": false, \"constant\": true, \"repeats\": 1, "
    "\"mask\": \"0:120 130:200\"}" },
  { "memory-angle", N_ ("The angle itself"), "{\"same-angle\": true}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "angle", .label = N_ ("Angle"), .help = N_ ("In radians."), .unit = "", .axes = "" },
  { .key = "onset", .label = N_ ("Onset"), .help = N_ ("Step at which the angle is shown."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const MemoryAngle *c = config;

  if (c->onset[0] >= c->onset[1])
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.stimulus-from is %d and must be less than task.stimulus-before, which is %d."),
                      c->onset[0], c->onset[1]);
  return rheo_window_check (c->recall, "recall", c->n_steps, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const MemoryAngle *c = config;

  const gboolean is_code = c->coding == CODING_TRIANGULAR;

  *out = (RheoShape){ .n_in = (is_code ? c->n_in : 2) + 1 + c->constant,
                      .n_out = is_code ? c->n_out : 2,
                      .n_steps = c->n_steps,
                      .n_valid = c->n_angles * c->repeats };
}

/* The code of an angle at the steps t0 .. t1 - 1, on the first channels. */
static void
show (const MemoryAngle *c, RheoReal *signal, int width, int n_channels, int t0, int t1, double angle)
{
  if (c->coding == CODING_TRIANGULAR)
    {
      rheo_trial_set_code (signal, width, c->n_steps, 0, n_channels, t0, t1, angle);
      return;
    }
  rheo_trial_set (signal, width, c->n_steps, 0, t0, t1, c->amplitude * cos (angle));
  rheo_trial_set (signal, width, c->n_steps, 1, t0, t1, c->amplitude * sin (angle));
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const MemoryAngle *c = config;
  const RheoDraw group = rheo_trial_group (draw, c->repeats);
  const int which = rheo_trial_which (&group, c->n_angles);
  const double angle = 2 * G_PI * which / c->n_angles, answer = c->same ? angle : angle + G_PI;
  int onset;

  onset = c->onset[0] + (int) rheo_rng_below (group.rng, 0, 0, (uint32_t) (c->onset[1] - c->onset[0]));
  trial->n_steps = c->n_steps;
  show (c, trial->input, trial->n_in, c->n_in, onset, onset + c->pulse, angle);
  if (c->constant)
    rheo_trial_set (trial->input, trial->n_in, c->n_steps, trial->n_in - 2, 0, c->n_steps, 1);
  rheo_trial_set (trial->input, trial->n_in, c->n_steps, trial->n_in - 1, c->recall[0], c->recall[1], 1);
  show (c, trial->target, trial->n_out, c->n_out, c->recall[0], c->recall[1], answer);
  trial->condition[0] = angle;
  trial->condition[1] = onset;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

/* The channels of a code have no names. */
static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("cosine"), N_ ("sine"), N_ ("recall"), NULL };
  static const char *const more[] = { N_ ("cosine"), N_ ("sine"), N_ ("constant"), N_ ("recall"), NULL };
  static const char *const outputs[] = { N_ ("cosine"), N_ ("sine"), NULL };
  const MemoryAngle *c = config;

  return c->coding == CODING_TRIANGULAR ? NULL : target ? outputs : c->constant ? more : inputs;
}

const RheoTask rheo_task_memory_anti_angle = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "memory-anti-angle",
            .title = N_ ("Memory of an angle"),
            .summary = N_ ("Remember an angle and give the opposite one when asked."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (MemoryAngle),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
