/* Thread: engine. */
/* Block: the gradient of e-prop forward in time, while trials run: what each synapse is eligible for, step by step, for a
 * network of one layer of units and its read-out. Equal to what rheo_backprop gives at the end of the trials where no gradient
 * flows from unit to unit. The derivatives are those of the cell's adjoint, whatever its state is. */
#pragma once

#include "rule.h"

typedef struct RheoEligible RheoEligible;

/* NULL with a sentence about rule.update: something else is trained than the weights of a layer and of its read-out, or no
 * memory. Projections are marked RHEO_PROJ_CUT before. */
RheoEligible *rheo_eligible_new (RheoRule *rule, GError **error);
void rheo_eligible_free (RheoEligible *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoEligible, rheo_eligible_free)

/* The trials of a batch begin. */
void rheo_eligible_begin (RheoEligible *e, const RheoBatch *batch, const RheoSurrogate *surrogate);
/* Adds the gradient of a step of a row on the tape. Steps of a row come in order. error [out]: gradient of the outputs. */
void rheo_eligible_see (RheoEligible *e, int row, int64_t t, int64_t at, const RheoReal *error, RheoGrad *grad);
/* Around a change of the weights while trials go on: currents of spikes that have already arrived, which units with synapses
 * filter, become those that the new weights make of them. n_rows: that still run. */
void rheo_eligible_mark (RheoEligible *e);
void rheo_eligible_follow (RheoEligible *e, int n_rows);
