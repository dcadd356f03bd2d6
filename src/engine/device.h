/* Thread: engine. Plain C11 that is also C++, no GLib. */
/* A compute device: it sees a whole window at a time. The CPU is one (device-cpu.c), a CUDA module may be another.
 * A run is planned on one device: where `can` says no, the whole run goes to the CPU and says why. */
#pragma once

#include "optimise.h"
#include "plan.h"

/* A window of a rollout (rollout.h) as the device gets it. */
typedef struct RheoWindow
{
  RheoNet *net;
  const RheoBatch *batch;
  int64_t t0, t1;
  unsigned flags;                    /* RHEO_ROLL_* */
  double noise_scale, dt_ms;         /* dt_ms: length of a step, 1 where the task has no time */
  RheoRng noise;                     /* item = row of the batch is filled in per row */
  const RheoSignal *teacher, *clamp; /* or NULL */
  const RheoOrigin *start;           /* or NULL */
  const RheoIntervention *acts;
  int n_acts;
  int lane0, n_lanes;                                      /* the wave */
  void (*on_step) (void *data, RheoLane *lane, int64_t t); /* local rule, called on the lane's thread; or NULL */
  void *on_step_data;
  void (*on_spike) (void *data, RheoLane *lane, int unit, double time_ms); /* the same of a net with its own clock */
  void *on_spike_data;
  unsigned read_pops;                                 /* rollout.h */
  int n_seen;                                         /* rollout.h */
  void (*on_lane) (void *data, int lane, int thread); /* rollout.h */
  void *on_lane_data;
  int pull_pop; /* rollout.h */
  double pull;
  bool by_lane;              /* lanes have gone forward and back one by one */
  bool (*stop) (void *data); /* asked by every worker, at most 20 ms apart: true gives the window up; or NULL */
  void *stop_data;
} RheoWindow;

#define RHEO_MOST_TURN 512

/* A stretch of a window, for a network with its own clock (RheoModel.advance): steps t0 .. t0 + n - 1 of the batch, all rows
 * of a lane; at most RHEO_MOST_TURN, so that one may stop between them. bits, out: per population, one of them NULL: what they give, to be written, zeroed; see rheo_turn_spike. */
typedef struct RheoTurn
{
  const RheoWindow *w;
  RheoLane *lane;
  int n_rows; /* of the lane that are in the batch */
  int64_t t0;
  int n;
  bool reset; /* the first stretch of a window with RHEO_ROLL_RESET */
  uint64_t *bits[RHEO_MAX_POPS];
  RheoReal *out[RHEO_MAX_POPS];
  int n_words[RHEO_MAX_POPS], stride[RHEO_MAX_POPS];
} RheoTurn;

/* A unit fires at a step of the stretch. */
static inline void
rheo_turn_spike (const RheoTurn *turn, int pop, int row, int step, int unit)
{
  const int64_t at = (int64_t) step * turn->lane->n_rows + row;

  if (turn->bits[pop] != NULL)
    turn->bits[pop][at * turn->n_words[pop] + unit / 64] |= (uint64_t) 1 << unit % 64;
  else
    turn->out[pop][at * turn->stride[pop] + unit] = 1;
}

typedef struct
{
  const char *id;    /* "cpu", "cuda" */
  const char *build; /* must equal the program's: a module of another build is refused */
  bool (*can) (RheoDevice *dev, const RheoPlan *plan, const char **why_not); /* false: *why_not is set */
  bool (*prepare) (RheoDevice *dev, RheoNet *net); /* buffers for a net; false: out of memory */
  void (*forget) (RheoDevice *dev, RheoNet *net);
  const char *(*sync) (RheoDevice *dev); /* NULL or the device's first error; the only place it surfaces */
  bool (*forward) (RheoDevice *dev, const RheoWindow *w);  /* all lanes of the wave; false: stopped */
  bool (*backward) (RheoDevice *dev, const RheoWindow *w); /* deltas, from the tape's d_out */
  bool (*by_lane) (RheoDevice *dev, const RheoWindow *w);  /* forward, w->on_lane and backward, lane by lane */
  /* Products batched over time: added to g. False: w->stop said so. */
  bool (*weights) (RheoDevice *dev, const RheoWindow *w, RheoGrad *g);
  /* What cells have on the tape (RheoTapePop.tape) and the deltas of the last window come to where the program looks. NULL:
   * they are there. */
  void (*fetch) (RheoDevice *dev, RheoNet *net);
  /* Of a gradient that is away (RheoGrad.place); NULL: none ever is. `update` takes one change per trainable, and leaves moments
   * on the device until they are fetched; false: see sync. */
  void (*fetch_grad) (RheoDevice *dev, RheoNet *net, RheoGrad *g);
  bool (*measure) (RheoDevice *dev, RheoNet *net, double *squares);
  bool (*update) (RheoDevice *dev, RheoNet *net, RheoChange *change);
  void (*fetch_moments) (RheoDevice *dev, RheoNet *net);
} RheoDeviceOps;

struct RheoDevice
{
  const RheoDeviceOps *ops;
  char name[128];        /* "CPU, 2 threads", in English */
  struct RheoTeam *team; /* worker threads of the host, owned by the device */
  void *priv;
  void *card; /* of the device "cuda" (device-cuda.c), or NULL */
};

extern const RheoDeviceOps rheo_device_cpu_ops;

/* name: "cpu", "cuda", "cuda:1"; "auto": the first card where there is one, else the processor, and *why then says why.
 * n_threads 0: one per core. NULL with a sentence in *why (constant, to be translated). */
RheoDevice *rheo_device_new (const char *name, int n_threads, const char **why);
void rheo_device_free (RheoDevice *device);
/* A device's name in the language of the user. Yours (g_free). */
char *rheo_device_dup_shown (const char *name);
