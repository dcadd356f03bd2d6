/* Thread: any; a field belongs to one thread at a time (readers may share it). */
/* The vector field of a rate network at one moment of its training, in double and without noise, for analyses of its
 * dynamics (ctrnn spec 4.2). x: state, u: input, a: summed current, f: activation, time in units of tau:
 *
 *   rate      F (x, u) = -x + f (W x + W_in u + b) - gamma x^3        J = -1 + diag f'(a) W - 3 gamma diag x^2
 *   current   F (x, u) = -x + W f (x) + W_in u + b - gamma x^3        J = -1 + W diag f'(x) - 3 gamma diag x^2
 *
 * Matrices are [to][from], as equations have them. */
#pragma once

#include <stdatomic.h>

#include "experiment.h"
#include "net.h"

/* What a model says about itself (RheoModel.law): names of its arrays and its activation. */
struct RheoFieldLaw
{
  gboolean is_current;
  double alpha, tau_ms, gamma, initial;
  const char *pop, *in, *rec, *out; /* names of the population and of the projections */
  /* y = f (a), slope = f'(a), n each; config: of the model. */
  void (*activate) (const void *config, int n, const double *a, double *y, double *slope);
  /* The same as fast as can be, for searches whose ends are polished. */
  void (*activate_real) (const void *config, int n, const RheoReal *a, RheoReal *y, RheoReal *slope);
};

typedef struct
{
  RheoFieldLaw law;
  void *config; /* the model's, a copy */
  int n, n_in, n_out;
  double *w, *w_in, *w_out, *bias; /* [n][n], [n][n_in], [n_out][n], [n] */
  gboolean is_odd;                 /* F (-x, 0) = -F (x, 0): fixed points without input come in pairs */
  gboolean is_bounded;             /* rates are bounded: the index of all fixed points is +1 */
} RheoField;

/* From the weights of a checkpoint or snapshot. NULL with a sentence where the model has no such field. */
RheoField *rheo_field_new (const RheoExperiment *experiment, const RheoTable *weights, GError **error);
void rheo_field_free (RheoField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoField, rheo_field_free)

/* F of n_points states x [point][n] under inputs u [point][n_in], or one u [n_in] for all (u_stride 0, else n_in). slope
 * [point][n]: f', or NULL. work: RHEO_FIELD_WORK numbers. */
#define RHEO_FIELD_WORK(field, n_points) (2 * (size_t) (field)->n * (size_t) (n_points))
void rheo_field_eval (const RheoField *field, int n_points, const double *x, const double *u, int u_stride, double *f,
                      double *slope, double *work);
/* out = J' v for each point: v, out [point][n]; slope as rheo_field_eval gave it. Same work. */
void rheo_field_adjoint (const RheoField *field, int n_points, const double *x, const double *slope, const double *v,
                         double *out, double *work);
/* J [n][n] at one state, and dF/du [n][n_in] (or NULL). */
void rheo_field_jacobian (const RheoField *field, const double *x, const double *u, double *jac, double *by_input);
/* The Jacobian of the other description of the same system, with the same eigenvalues: of currents for a rate network, of
 * rates for a network of currents. */
void rheo_field_other_jacobian (const RheoField *field, const double *x, const double *u, double *jac);
/* q = |F|^2. */
double rheo_field_speed (const RheoField *field, const double *x, const double *u);
/* What the read-out makes of a state: [n_out]. */
void rheo_field_output (const RheoField *field, const double *x, double *out);
/* n_steps steps of the network, noise-free, from x [n], which becomes the last state; u [n_in] for all steps. path
 * [n_steps + 1][n] from x on, or NULL. */
void rheo_field_run (const RheoField *field, int n_steps, const double *u, double *x, double *path);
/* The same for n_points states x [point][n] at once, each under its own input u [point][n_in], without paths. FALSE:
 * cancelled. */
gboolean rheo_field_run_all (const RheoField *field, int n_steps, int n_points, const double *u, double *x,
                             const atomic_bool *cancelled);
