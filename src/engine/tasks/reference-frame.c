#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* Change of reference frame: angles of the retina and of the head are shown as triangular population codes, and the outputs are
 * the code of their sum. The published stimulus ends at step 20, before the steps that are learned from; here it lasts (Engel
 * laboratory). */

typedef struct
{
  int n_steps, stimulus[2], channels, angles;
  const char *mask;
} ReferenceFrame;

static const RheoParam params[] = {
  RHEO_P_STEPS (ReferenceFrame, n_steps, 120),
  RHEO_P_WINDOW (ReferenceFrame, stimulus, "stimulus", N_ ("Stimulus on"), N_ ("Stimulus off"), 0, 120),
  RHEO_P_INT (ReferenceFrame, channels, "channels", .label = N_ ("Output channels"), .def = 6, .min = 2, .max = 64,
              .soft_min = 2, .soft_max = 16, .help = N_ ("Channels of the code of the angle.")),
  RHEO_P_INT (ReferenceFrame, angles, "angles", .label = N_ ("Angles"), .def = 15, .min = 2, .max = 1000, .soft_min = 2,
              .soft_max = 36, .help = N_ ("Of the retina, and as many of the head, evenly spaced on the circle.")),
  RHEO_P_MASK (ReferenceFrame, mask, .def_text = "30:120", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "published", N_ ("As published: stimulus for 20 steps"), "{\"stimulus-on\": 0, \"stimulus-off\": 20}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "retina", .label = N_ ("Angle of the retina"), .help = N_ ("In radians."), .unit = "", .axes = "" },
  { .key = "head", .label = N_ ("Angle of the head"), .help = N_ ("In radians."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const ReferenceFrame *c = config;

  return rheo_window_check (c->stimulus, "stimulus", c->n_steps, error) && rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const ReferenceFrame *c = config;

  const int n = c->angles * c->angles;

  *out =
      (RheoShape){ .n_in = 2 * c->channels, .n_out = c->channels, .n_steps = c->n_steps, .n_trials = n, .n_valid = n };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const ReferenceFrame *c = config;
  const int which = rheo_trial_which (draw, c->angles * c->angles);
  const double retina = 2 * G_PI * (which / c->angles) / c->angles, head = 2 * G_PI * (which % c->angles) / c->angles;

  trial->n_steps = c->n_steps;
  rheo_trial_set_code (trial->input, trial->n_in, c->n_steps, 0, c->channels, c->stimulus[0], c->stimulus[1], retina);
  rheo_trial_set_code (trial->input, trial->n_in, c->n_steps, c->channels, c->channels, c->stimulus[0], c->stimulus[1],
                       head);
  rheo_trial_set_code (trial->target, c->channels, c->n_steps, 0, c->channels, c->stimulus[0], c->stimulus[1],
                       retina + head);
  trial->condition[0] = retina;
  trial->condition[1] = head;
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  return TRUE;
}

const RheoTask rheo_task_reference_frame = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "reference-frame",
            .title = N_ ("Change of reference frame"),
            .summary = N_ ("Add the angle of the head to that of the retina."),
            .cite = "Engel laboratory, trainRNNbrain",
            .config_size = sizeof (ReferenceFrame),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .shape = shape,
  .fill = fill,
};
