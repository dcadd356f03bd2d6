/* Thread: engine. */
#pragma once

#include "net.h"

/* The one time loop: trials, teacher phases, windows, closed loop. */
typedef struct
{
  const RheoBatch *batch;
  int64_t t0, t1; /* a window; state is carried into the next (truncated BPTT, one environment step) */
  unsigned flags; /* RHEO_ROLL_* */
  double noise_scale;
  const RheoSignal *teacher, *clamp; /* added currents; outputs forced, as the projections see them; or NULL */
  const RheoOrigin *start;           /* with RESET; or NULL */
  const RheoIntervention *acts;
  int n_acts;
  int lane0, n_lanes; /* n_lanes 0: all of the net */
  uint64_t seed;      /* of the noise */
  void (*on_step) (void *data, RheoLane *lane, int64_t t);
  void *on_step_data;
  /* Where the net has its own clock: each spike, also without RHEO_ROLL_LEARN; unit: of all populations in order. */
  void (*on_spike) (void *data, RheoLane *lane, int unit, double time_ms);
  void *on_spike_data;
  /* Bits: populations whose out is read from the tape, besides spikes; of others it may stay on the device. 0: all. */
  unsigned read_pops;
  int n_seen; /* on_step looks at the first so many populations only, and what does not act on these may come later; 0: all */
  /* rheo_rollout_by_lane: from a lane's outputs on the tape to its d_out, on the lane's thread. lane: of the wave. */
  void (*on_lane) (void *data, int lane, int thread);
  void *on_lane_data;
  /* Back: the gradient of out of this population has pull times out besides what d_out says, but at the last step of
   * each trial (a penalty on squared rates). 0: none. */
  int pull_pop;
  double pull;
  bool (*stop) (void *data); /* asked by every worker, at most 20 ms apart */
  void *stop_data;
} RheoRollout;

/* Runs the window on all its lanes. FALSE: given up because `stop` said so. The tape (flag TAPE) is
 * rheo_net_get_tape; its d_out is zeroed. */
gboolean rheo_rollout (RheoNet *net, const RheoRollout *r);
/* From the tape's d_out to deltas and weight gradients, added to `out`. May run again for a second gradient (d_out is
 * left as it was). FALSE: given up. */
gboolean rheo_backprop (RheoNet *net, const RheoRollout *r, RheoGrad *out);

/* Forward, r->on_lane and backward, each lane on its own while its tape is in the cache: for losses whose gradient needs no
 * more than the lane. The same numbers as rheo_rollout and rheo_backprop. Afterwards the tape holds spikes at most: lanes of
 * small networks have gone over one tape per thread. FALSE: given up. */
gboolean rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out);

/* W[pre][post] += rate * pre * post, for local rules inside on_step; pre [n_pre], post [n_post] of one row. With one
 * row the update is queued and applied in the same pass as the next product; with more rows updates are summed per
 * lane and applied in lane order when the window ends (the first call of a lane allocates). Pairs that
 * a mask keeps apart do not change. */
void rheo_proj_rank1 (RheoNet *net, int proj, RheoLane *lane, const RheoReal *pre, const RheoReal *post, RheoReal rate);
/* Spikes of the sources, filtered twice: in each step x = keep[0] x + gain[0] z, p = keep[1] p + gain[1] x. */
typedef struct
{
  RheoReal keep[2], gain[2];
  const RheoReal *z, *x, *p; /* of this step: [n_pre]; z is 0 or 1 */
} RheoTraces;

/* As rheo_proj_rank1 with pre = traces->p and rate 1. From one call to the next traces go on by one step, unless all that is
 * queued was applied in between: updates then go into the weights spike by spike. */
void rheo_proj_rank1_traced (RheoNet *net, int proj, RheoLane *lane, const RheoTraces *traces, const RheoReal *post);
/* Applies what is queued; readers of weights call it first (rheo_net_save does). */
void rheo_net_flush (RheoNet *net);

/* What cells have on the tape of the last window, and its deltas, come to the program's memory where a device keeps them. */
void rheo_net_fetch_tape (RheoNet *net);

/* Output of the read-out of a batch row at a step, from the tape: [n_out]. */
const RheoReal *rheo_tape_get_output (const RheoNet *net, int row, int64_t t);
/* Adds the gradient of the read-out at (row, t). */
RheoReal *rheo_tape_get_d_output (const RheoNet *net, int row, int64_t t);
/* TRUE when the unit of a spiking population fired. */
gboolean rheo_tape_get_spike (const RheoNet *net, int pop, int row, int64_t t, int unit);
/* What the units of a population give to a row of the batch at a step of the tape: [n_units]. Steps before the window can be
 * asked for as far back as a projection from the population looks (-1 always). */
void rheo_tape_copy_out (const RheoNet *net, int pop, int row, int64_t t, RheoReal *to);
/* Summed current of a port, on a tape with RHEO_ROLL_CURRENTS: [n_units]. */
const RheoReal *rheo_tape_get_current (const RheoNet *net, int pop, int port, int row, int64_t t);
