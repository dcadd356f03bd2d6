#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/trial.h"

/* N-bit flip-flop (Sussillo & Barak 2013, with the times of the Engel laboratory): short pulses of +1 or -1 come at random
 * on each channel, and each output must hold the sign of the latest pulse of its channel. The target switches with the
 * pulse, so that no network with a time constant reaches it wholly. */

#define MAX_BITS 16

typedef struct
{
  int bits, n_steps, hold;
  double events;
  const char *mask;
} FlipFlop;

static const RheoParam params[] = {
  RHEO_P_INT (FlipFlop, bits, "bits", .label = N_ ("Bits"), .help = N_ ("Channels, each with a memory of its own."),
              .def = 3, .min = 1, .max = MAX_BITS, .soft_min = 1, .soft_max = 6),
  RHEO_P_INT (FlipFlop, n_steps, "n-steps", .label = N_ ("Length of a trial"), .unit = N_ ("steps"), .def = 200,
              .min = 2, .max = 100000, .soft_min = 50, .soft_max = 1000, .help = N_ ("Time steps of a trial.")),
  RHEO_P_INT (FlipFlop, hold, "pulse", .label = N_ ("Length of a pulse"), .unit = N_ ("steps"), .def = 10, .min = 1,
              .max = 10000, .soft_min = 1, .soft_max = 50,
              .help = N_ ("How long an input stays at +1 or -1; also the least time between two pulses.")),
  RHEO_P_REAL (FlipFlop, events, "events", .label = N_ ("Pulses per trial"), .def = 6, .min = 0.01, .max = 10000,
               .soft_min = 1, .soft_max = 20,
               .help = N_ ("The mean wait after a pulse is the length of the trial divided by this number.")),
  RHEO_P_MASK (FlipFlop, mask, .def_text = "all", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "classic", N_ ("Classic, three bits"),
    "{\"bits\": 3, \"n-steps\": 200, \"pulse\": 10, \"events\": 6, \"mask\": \"all\"}" },
  { "newest", N_ ("Newest, 100 steps"),
    "{\"bits\": 3, \"n-steps\": 100, \"pulse\": 10, \"events\": 6, \"mask\": \"all\"}" },
  { NULL },
};

static const RheoSeries conditions[] = {
  { .key = "pulses", .label = N_ ("Pulses"), .help = N_ ("Number of pulses on all channels."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const FlipFlop *c = config;

  return rheo_mask_check (c->mask, c->n_steps, error);
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const FlipFlop *c = config;

  *out = (RheoShape){ .n_in = c->bits, .n_out = c->bits, .n_steps = c->n_steps };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const FlipFlop *c = config;
  int n_pulses = 0;

  trial->n_steps = c->n_steps;
  for (int k = 0; k < c->bits; k++)
    {
      uint32_t i = 0;

      for (int t = rheo_trial_next (draw->rng, (uint32_t) k, i++, 0, c->hold, c->n_steps / c->events); t < c->n_steps;
           t = rheo_trial_next (draw->rng, (uint32_t) k, i++, t, c->hold, c->n_steps / c->events))
        {
          const double sign = rheo_rng_uniform (draw->rng, (uint32_t) k, i++) < 0.5 ? 1 : -1;

          rheo_trial_set (trial->input, c->bits, c->n_steps, k, t, t + c->hold, sign);
          rheo_trial_set (trial->target, c->bits, c->n_steps, k, t, c->n_steps, sign);
          n_pulses++;
        }
    }
  rheo_mask_apply (c->mask, c->n_steps, trial->weight);
  trial->condition[0] = n_pulses;
  return TRUE;
}

/* Of the usual numbers of bits. */
static const char *const *
labels (const void *config, gboolean target)
{
  static const char *const one[] = { N_ ("bit 1"), NULL };
  static const char *const two[] = { N_ ("bit 1"), N_ ("bit 2"), NULL };
  static const char *const three[] = { N_ ("bit 1"), N_ ("bit 2"), N_ ("bit 3"), NULL };
  static const char *const four[] = { N_ ("bit 1"), N_ ("bit 2"), N_ ("bit 3"), N_ ("bit 4"), NULL };
  static const char *const *const names[] = { one, two, three, four };
  const FlipFlop *c = config;

  return c->bits <= (int) G_N_ELEMENTS (names) ? names[c->bits - 1] : NULL;
}

const RheoTask rheo_task_flip_flop = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "flip-flop",
            .title = N_ ("Flip-flop"),
            .summary = N_ ("Hold the sign of the latest pulse on each of several channels."),
            .cite = "Sussillo & Barak 2013; Engel laboratory, trainRNNbrain",
            .config_size = sizeof (FlipFlop),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .conditions = conditions,
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
