/* Thread: engine. */
/* Block: what units learn from while a target network (target.h) holds them, so that all that others and their own reset see
 * of them is what the target says. z*, z: spikes of target and unit, v: membrane above its threshold.
 *
 *   likelihood   L_i = z*_i - sigma (v_i / d)                       d: width
 *   filtered     e_i = g_i - r_i,   g <- k g + (1 - k) z*,   r <- k r + (1 - k) z,   k = exp (-1 / tau)
 *                L_i = e_i / n, of n units that are held;   or L = G'G e, G [rank][n] normal with variance 1 / rank
 *
 * Weights go up dW_ji = p_j L_i, p: spikes of the source through synapse and membrane; the sum over a batch is had by the
 * adjoint of the membrane alone, and step by step p is kept. */
#pragma once

#include "target.h"

typedef enum
{
  RHEO_ERRORS_LIKELIHOOD,
  RHEO_ERRORS_FILTERED,
} RheoErrors;

typedef struct
{
  int errors; /* RheoErrors */
  double width, tau;
  gboolean random; /* the errors of all come to each, by G'G */
  int rank;
} RheoImitateConfig;

typedef struct
{
  const RheoImitateConfig *config;
  int n;                    /* units that are held: the first ones */
  const RheoReal *zero;     /* [unit]: thresholds */
  double keep;              /* k */
  double *wanted, *own;     /* [n]: g, r */
  double *error, *signal;   /* [n]: e, L */
  double *random, *between; /* G; [rank] */
  int64_t n_wrong;          /* spikes that differed since it was set to 0 */
  RheoGrad *grad;           /* of a single step; NULL until there was one */
} RheoImitate;

/* FALSE: the units have no threshold. */
gboolean rheo_imitate_init (RheoImitate *imitate, const RheoImitateConfig *config, const RheoTarget *target, int n,
                            uint64_t seed, GError **error);
void rheo_imitate_release (RheoImitate *imitate);
/* A trial begins. */
void rheo_imitate_begin (RheoImitate *imitate);
/* L [n] at a step of a trial: membranes and spikes of the target. Steps must come in order. */
const double *rheo_imitate_step (RheoImitate *imitate, const RheoReal *membrane, const RheoReal *target);

/* Trials of the wave on the tape, which ran with currents and held units, one after the other: after each of their steps the
 * recurrent weights get an update (rheo_trainer_update). For cells/cuba.h. target: [row][step][unit], as in RheoTarget.
 * FALSE: stopped, or a gradient was not finite (*finite). */
gboolean rheo_imitate_learn (RheoImitate *imitate, RheoRule *rule, const RheoTarget *target, const RheoBatch *batch,
                             gboolean *finite);
