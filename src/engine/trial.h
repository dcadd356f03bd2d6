/* Thread: any. */
/* Block: what trials of behavioural tasks are made of: windows, masks, codes, random times (ctrnn spec 2). */
#pragma once

#include "param.h"
#include "task.h"

/* A mask says which steps count in the loss: "all", or half-open ranges such as "0:250 500:750". */
#define RHEO_P_MASK(S, f, ...)                                                                                          \
  RHEO_P_TEXT (S, f, "mask", .label = N_ ("Steps that count"), .unit = N_ ("steps"),                                    \
               .help = N_ ("Which steps the loss is taken over: all, or ranges such as \"0:250 500:750\"."), __VA_ARGS__)

/* FALSE with a sentence about task.mask: words that are no range, none of the steps of a trial left. */
gboolean rheo_mask_check (const char *mask, int n_steps, GError **error);
/* weight [n_steps]: 0 where the mask does not reach, else left as it is. The mask has been checked. */
void rheo_mask_apply (const char *mask, int n_steps, RheoReal *weight);

/* signal [n_steps][width]: channel = value at the steps t0 .. t1 - 1 that exist. */
void rheo_trial_set (RheoReal *signal, int width, int n_steps, int channel, int t0, int t1, double value);
/* code [n]: triangular population code of an angle, in radians, of any size (n at least 2). */
void rheo_trial_code (double angle, int n, double *code);
/* The same at the steps t0 .. t1 - 1 on channels first .. first + n - 1 (n at most 64). */
void rheo_trial_set_code (RheoReal *signal, int width, int n_steps, int first, int n, int t0, int t1, double angle);

/* Uniformly one of -w .. w - 1; 0 where w = 0. */
int rheo_trial_offset (RheoRng rng, uint32_t step, uint32_t index, int w);
/* Time of the event that follows `last`: last + least + floor (-mean ln r), r uniform. At most INT_MAX / 2. */
int rheo_trial_next (RheoRng rng, uint32_t step, uint32_t index, int last, int least, double mean);
