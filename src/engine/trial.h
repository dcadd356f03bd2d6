/* Thread: any. */
/* Block: what trials of behavioural tasks are made of: windows, masks, codes, random times (ctrnn spec 2). */
#pragma once

#include "param.h"
#include "task.h"

/* A mask says which steps count in the loss: "all", or half-open ranges such as "0:250 500:750". */
#define RHEO_P_MASK(S, f, ...)                                                                                         \
  RHEO_P_TEXT (S, f, "mask", .label = N_ ("Steps that count"), .unit = N_ ("steps"),                                   \
               .help = N_ ("Which steps the loss is taken over: all, or ranges such as \"0:250 500:750\"."),           \
               __VA_ARGS__)

/* Rows that many tasks have. int n_steps; int n_trials. */
#define RHEO_P_STEPS(S, f, d)                                                                                          \
  RHEO_P_INT (S, f, "n-steps", .label = N_ ("Length of a trial"), .unit = N_ ("steps"),                                \
              .help = N_ ("Time steps of a trial."), .def = d, .min = 2, .max = 100000, .soft_min = 50,                \
              .soft_max = 1000)
#define RHEO_P_FIXED(S, f, d)                                                                                          \
  RHEO_P_INT (S, f, "n-trials", .label = N_ ("Fixed trials"),                                                          \
              .help = N_ ("Trials of a fixed training set; 0: new ones for each batch."), .def = d, .max = 1e6,        \
              .soft_max = 1000, .flags = RHEO_ADVANCED)
/* A window of steps, int f[2]: the first one, and the one after the last. */
#define RHEO_P_WINDOW(S, f, k, l0, l1, on, off)                                                                        \
  RHEO_P_INT (S, f[0], k "-on", .label = l0, .unit = N_ ("steps"), .help = N_ ("First step of the window."),           \
              .def = on, .max = 100000, .soft_max = 1000),                                                             \
      RHEO_P_INT (S, f[1], k "-off", .label = l1, .unit = N_ ("steps"), .help = N_ ("The step after the window."),     \
                  .def = off, .max = 100000, .soft_max = 1000)

/* FALSE with a sentence about task.mask: words that are no range, none of the steps of a trial left. */
gboolean rheo_mask_check (const char *mask, int n_steps, GError **error);
/* weight [n_steps]: 0 where the mask does not reach, else left as it is. The mask has been checked. */
void rheo_mask_apply (const char *mask, int n_steps, RheoReal *weight);

/* FALSE with a sentence where a window ends before it begins or beyond the trial. key: "stimulus". */
gboolean rheo_window_check (const int window[2], const char *key, int n_steps, GError **error);

/* signal [n_steps][width]: channel = value at the steps t0 .. t1 - 1 that exist. */
void rheo_trial_set (RheoReal *signal, int width, int n_steps, int channel, int t0, int t1, double value);
/* code [n]: triangular population code of an angle, in radians, of any size (n at least 2). */
void rheo_trial_code (double angle, int n, double *code);
/* The same at the steps t0 .. t1 - 1 on channels first .. first + n - 1 (n at most 64). */
void rheo_trial_set_code (RheoReal *signal, int width, int n_steps, int first, int n, int t0, int t1, double angle);

/* Which of n conditions a trial has: in order, again and again; the few probe trials are spread over all of them. */
int rheo_trial_which (const RheoDraw *draw, int n);

/* The draw of a group of `repeats` neighbouring trials that are alike; probe trials are alone. */
RheoDraw rheo_trial_group (const RheoDraw *draw, int repeats);

/* Inputs of the integration tasks, [step][3]: positive amplitudes on channel 0, negative ones on 1, channel 2 always 1.
 * blocks: uniform amplitudes for at least `least` steps, and longer with mean `mean`, then `rest` silent steps. pulse: of
 * height 1 from step 10 on, in half of the n_trials on each channel, from short to almost half of the trial. */
void rheo_trial_blocks (RheoRng rng, int n_steps, const double amplitude[2], int least, int rest, double mean,
                        RheoReal *input);
void rheo_trial_pulse (const RheoDraw *draw, int n_trials, int n_steps, RheoReal *input);
/* FALSE with a sentence where task.lowest is not below task.highest. */
gboolean rheo_amplitude_check (const double amplitude[2], GError **error);

/* Uniformly one of -w .. w - 1; 0 where w = 0. */
int rheo_trial_offset (RheoRng rng, uint32_t step, uint32_t index, int w);
/* Time of the event that follows `last`: last + least + floor (-mean ln r), r uniform. At most INT_MAX / 2. */
int rheo_trial_next (RheoRng rng, uint32_t step, uint32_t index, int last, int least, double mean);
