#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Memory of a number: a pulse of random height comes at a random time; when asked to recall, the network must give its
 * negative, or the number itself (Engel laboratory). */

typedef struct
{
  int n_steps, onset[2], pulse, recall[2], n_values, repeats;
  double range[2];
  gboolean same_sign, constant;
  const char *mask;
} MemoryNumber;

static const RheoParam params[] = {
  RHEO_P_STEPS (MemoryNumber, n_steps, 320),
  RHEO_P_INT (MemoryNumber, onset[0], "stimulus-from", .label = N_ ("Earliest onset"), .unit = N_ ("steps"), .def = 0,
              .max = 100000, .soft_max = 500, .help = N_ ("The stimulus comes at a random step from here on.")),
  RHEO_P_INT (MemoryNumber, onset[1], "stimulus-before", .label = N_ ("Onset before"), .unit = N_ ("steps"), .def = 140,
              .min = 1, .max = 100000, .soft_min = 1, .soft_max = 500,
              .help = N_ ("The first step at which the stimulus comes no more.")),
  RHEO_P_INT (MemoryNumber, pulse, "pulse", .label = N_ ("Length of the stimulus"), .unit = N_ ("steps"), .def = 10,
              .min = 1, .max = 10000, .soft_min = 1, .soft_max = 50, .help = N_ ("How long it is shown.")),
  RHEO_P_WINDOW (MemoryNumber, recall, "recall", N_ ("Recall on"), N_ ("Recall off"), 160, 320),
  RHEO_P_INT (MemoryNumber, n_values, "values", .label = N_ ("Numbers"), .def = 32, .min = 2, .max = 100000,
              .soft_min = 2, .soft_max = 256, .help = N_ ("How many there are, evenly spaced.")),
  RHEO_P_REAL (MemoryNumber, range[0], "lowest", .label = N_ ("Lowest number"), .def = -2, .min = -1000, .max = 1000,
               .soft_min = -2, .soft_max = 2, .help = N_ ("The first of the numbers.")),
  RHEO_P_REAL (MemoryNumber, range[1], "highest", .label = N_ ("Highest number"), .def = 2, .min = -1000, .max = 1000,
               .soft_min = -2, .soft_max = 2, .help = N_ ("The last of the numbers.")),
  RHEO_P_BOOL (MemoryNumber, same_sign, "same-sign", .label = N_ ("Recall the number itself"),
               .help = N_ ("Not its negative.")),
  RHEO_P_BOOL (MemoryNumber, constant, "constant", .label = N_ ("Constant input"),
               .help = N_ ("One more input is always 1."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (MemoryNumber, repeats, "repeats", .label = N_ ("Repeats"), .def = 11, .min = 1, .max = 10000,
              .soft_min = 1, .soft_max = 30,
              .help = N_ ("Neighbouring trials with the same stimulus at the same time."), .flags = RHEO_ADVANCED),
  RHEO_P_MASK (MemoryNumber, mask, .def_text = "0:160 180:320", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "classic", N_ ("Classic, 320 steps"),
    "{\"n-steps\": 320, \"stimulus-from\": 0, \"stimulus-before\": 140, \"pulse\": 10, \"recall-on\": 160, "
    "\"recall-off\": 320, \"values\": 32, \"lowest\": -2, \"highest\": 2, \"same-sign\": false, "
    "\"constant\": false, \"repeats\": 11, \"mask\": \"0:160 180:320\"}" },
  { "newest", N_ ("Newest, the number itself"),
    "{\"n-steps\": 120, \"stimulus-from\": 0, \"stimulus-before\": 40, \"pulse\": 10, \"recall-on\": 60, "
    "\"recall-off\": 120, \"values\": 256, \"lowest\": 0, \"highest\": 1, \"same-sign\": true, "
    "\"constant\": true, \"repeats\": 1, \"mask\": \"0:60 80:120\"}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "number", .label = N_ ("Number"), .help = N_ ("Height of the pulse."), .unit = "", .axes = "" },
  { .key = "onset", .label = N_ ("Onset"), .help = N_ ("Step at which the pulse comes."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const MemoryNumber *c = config;

  if (c->onset[0] >= c->onset[1])
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.stimulus-from is %d and must be less than task.stimulus-before, which is %d."),
                      c->onset[0], c->onset[1]);
  return rheo_window_check (c->recall, "recall", c->n_steps, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const MemoryNumber *c = config;

  *out = (RheoShape){
    .n_in = c->constant ? 3 : 2, .n_out = 1, .n_steps = c->n_steps, .n_valid = c->n_values * c->repeats
  };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const MemoryNumber *c = config;
  const RheoDraw group = rheo_trial_group (draw, c->repeats);
  const int which = rheo_trial_which (&group, c->n_values);
  const double x = c->range[0] + (c->range[1] - c->range[0]) * which / (c->n_values - 1);
  int onset;

  onset = c->onset[0] + (int) rheo_rng_below (group.rng, 0, 0, (uint32_t) (c->onset[1] - c->onset[0]));
  trial->n_steps = c->n_steps;
  rheo_trial_set (trial->input, trial->n_in, c->n_steps, 0, onset, onset + c->pulse, x);
  rheo_trial_set (trial->input, trial->n_in, c->n_steps, 1, c->recall[0], c->recall[1], 1);
  if (c->constant)
    rheo_trial_set (trial->input, trial->n_in, c->n_steps, 2, 0, c->n_steps, 1);
  rheo_trial_set (trial->target, 1, c->n_steps, 0, c->recall[0], c->recall[1], c->same_sign ? x : -x);
  trial->condition[0] = x;
  trial->condition[1] = onset;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const inputs[] = { N_ ("number"), N_ ("recall"), N_ ("constant"), NULL };
  static const char *const two[] = { N_ ("number"), N_ ("recall"), NULL }, *const outputs[] = { N_ ("answer"), NULL };

  return target ? outputs : ((const MemoryNumber *) config)->constant ? inputs : two;
}

const RheoTask rheo_task_memory_anti_number = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "memory-anti-number",
            .title = N_ ("Memory of a number"),
            .summary = N_ ("Remember the height of a pulse and give its negative when asked."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (MemoryNumber),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
