/* Thread: engine. */
/* Block: recursive least squares. Weights of projections with the same sources are fitted while samples come in, one after
 * the other. x: what the sources give, e: what the weights make of it minus what they should, P: inverse of the correlations
 * of x seen so far (Haykin 2002, Adaptive Filter Theory, 9; Sussillo & Abbott 2009):
 *
 *   k = P x / (1 + x' P x)      w_i <- w_i - k e_i      P <- P - k (P x)',   P = I / alpha at first
 *
 * so that after any number of samples w is the solution of the ridge regression with the penalty alpha |w - w_0|^2. Targets
 * with the same sources share one P; where a mask gives each target sources of its own, each set of sources has its own P.
 * Units that are no sources of themselves alone share P, too: that of the others is P - P_i P_i' / P_ii.
 * Weights that keep signs or a range are fitted with the diagonal of the correlations alone, slower, and within their
 * constraints. */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_RLS_AUTO,   /* own, as long as their numbers are not too many */
  RHEO_RLS_SHARED, /* one P for all: what a mask keeps at zero is taken back after each update; of dense ones only */
  RHEO_RLS_OWN,    /* one P for each set of sources */
} RheoRlsSharing;

typedef struct
{
  double alpha;
  int every;   /* steps from one update to the next */
  int sharing; /* RheoRlsSharing */
} RheoRlsConfig;

extern const RheoParam rheo_rls_rows[];

typedef struct RheoRls RheoRls;

/* For the weights of n_projs projections from one population, dense or sparse. P is the KEEP array "<name>.p" of the net, so
 * that a resume goes on exactly; it must be asked for before a checkpoint is loaded. NULL: no memory. */
RheoRls *rheo_rls_new (RheoNet *net, const char *name, const int *projs, int n_projs, const RheoRlsConfig *config,
                       GError **error);
void rheo_rls_free (RheoRls *rls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoRls, rheo_rls_free)
/* Matrices P: one for each set of sources. */
int rheo_rls_get_n_groups (const RheoRls *rls);
/* Updates weights with n samples x [sample][ld_x]; error[p] [sample][ld_error[p]] of projection p comes in with the weights
 * as they are and is left with those after the update. weight [sample]: how much each counts, 0: not at all; NULL: all 1.
 * Masks, signs and ranges of the projections hold afterwards. Nothing is allocated. The caller tells the net
 * (rheo_net_weights_changed). */
void rheo_rls_fit (RheoRls *rls, int n_samples, const RheoReal *x, int ld_x, const RheoReal *weight,
                   RheoReal *const *error, const int *ld_error);
/* P is updated in the pass of the next product; this does it now. At the end of a batch, and before P is read or saved. */
void rheo_rls_finish (RheoRls *rls);
/* Remembers weights and P, at the beginning of a batch; and goes back to them, where the batch is given up. */
void rheo_rls_mark (RheoRls *rls);
void rheo_rls_go_back (RheoRls *rls);
