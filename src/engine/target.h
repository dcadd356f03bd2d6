/* Thread: engine. */
/* Block: a target network. The network with its first recurrent weights, driven by a teacher (the targets of the outputs times
 * fixed random weights), shows what its units should do (DePasquale et al. 2018; Muratore, Capone & Paolucci 2021). It is
 * the rule's own network, with the first weights put in while it runs. */
#pragma once

#include "frozen.h"

typedef struct
{
  double sd; /* of the teacher's weights */
  gboolean recurrent;
} RheoTargetConfig;

extern const RheoParam rheo_target_rows[];

/* How a read-out is fitted: descent of the mean squared error from 0 by Adam (0.9, 0.999) with so many steps, or where these
 * are 0 least squares with a ridge. */
typedef struct
{
  double ridge; /* times the mean diagonal of the normal equations */
  int n_steps;
  double lr;
} RheoTargetFit;

typedef struct
{
  const RheoTargetConfig *config;
  RheoNet *net;
  int rec, pop, port, n_units; /* projection, its population and port, units */
  int readout;                 /* projection */
  RheoReal decay;              /* of the read-out */
  int teacher_port, delay;     /* steps, of the inputs: the teacher comes with them */
  RheoReal *teacher, *first;   /* KEEP: [out][unit]; the first weights of rec */
  RheoReal *weights;           /* those of the moment, while the target network runs */
  RheoReal *drive;             /* [row][step][unit] */
  RheoReal *current;           /* [row][step][unit]: of `port`, with the teacher; or NULL */
  RheoReal *out;               /* [row][step][unit]: what the units gave */
  double *a, *b;               /* normal equations of its read-out: [n][n], [out][n], n sources */
  double limit;                /* mean squared error of their solution */
  uint64_t seen;               /* of what it ran with; 0: not yet */
} RheoTarget;

/* Finds the recurrent matrix and the read-out, and asks for KEEP arrays "target.…". Currents are kept, and the teacher acts
 * on their port, when with_currents says so; else it acts on port 0. FALSE with an error where the network is not fit for it. */
gboolean rheo_target_init (RheoTarget *target, RheoRule *rule, const RheoTargetConfig *config, gboolean with_currents,
                           GError **error);
void rheo_target_release (RheoTarget *target);
/* Fills the arrays above for the trials of the batch, if they are not what the last call left. FALSE: stopped. */
gboolean rheo_target_run (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch);
/* Weights [out][n] of the read-out that fit what the network gives by itself in the trials of the batch, at this moment. FALSE:
 * stopped. */
gboolean rheo_target_fit_own (RheoTarget *target, const RheoRule *rule, const RheoBatch *batch,
                              const RheoTargetFit *fit, double *weights);
/* Weights [out][n] of the read-out that solve normal equations, with so many times their mean diagonal added to it; 0 where
 * nothing can be solved. */
void rheo_target_solve (int n, int n_out, const double *a, const double *b, double ridge, double *weights);
