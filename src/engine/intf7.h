/* Thread: a lane's. Plain C, no GLib. */
/* A network of event-driven cells that are exact between events (INTF7 of Lytton & Stewart 2006, Neurocomputing 70:412, with
 * the seven synaptic and after-spike components of Haşegan et al. 2022, Front. Comput. Neurosci. 16:1017284). Of a cell,
 * X: one of six synaptic components and the after-hyperpolarisation, deviations from rest in mV; t0: its last event:
 *
 *   X <- X exp (-(t - t0) / tau_X),   v = sum of all X,   V = rest + v
 *   AM, AM2: X += w (1 - v/65)        NM, NM2, while X < 90: X += w g (V) (1 - v/90)        GA, GA2, while X > -15: X -= w (1 + v/15)
 *   g (V) = 1 / (1 + exp (-0.062 V) 1.6 / 3.57)
 *
 * V above the threshold, but not above block: a spike, AHP -= ahp, the threshold jumps and comes back with tau_threshold after
 * the refractory time. Components outlive the spike. Whatever is not an event costs nothing.
 *
 * Inputs are generators of regular spikes, one before each cell of the input population, that see a new rate at the next whole
 * millisecond. */
#pragma once

#include "types.h"

enum
{
  RHEO_INTF7_AM,
  RHEO_INTF7_NM,
  RHEO_INTF7_GA,
  RHEO_INTF7_AM2,
  RHEO_INTF7_NM2,
  RHEO_INTF7_GA2,
  RHEO_INTF7_AHP,
  RHEO_INTF7_PARTS,
};

/* Times in ms, voltages in mV. */
typedef struct
{
  double tau[RHEO_INTF7_PARTS]; /* of the components */
  double rest, threshold, block, ahp;
  double refractory;
  double tau_threshold, threshold_jump; /* to threshold + jump (block - threshold) */
} RheoIntf7Class;

/* From a source: a cell, or n_cells + a generator. */
typedef struct
{
  double delay;
  const RheoReal *weight; /* read when it arrives; at least 0 */
  int32_t target, receptor;
} RheoIntf7Synapse;

/* What all rows share. */
typedef struct
{
  int n_cells, n_generators, capacity; /* spikes on their way at a time */
  int n_classes;
  RheoIntf7Class *cls;          /* [n_classes] */
  const uint8_t *class_of;      /* [cell] */
  int32_t *first;               /* [cell, then generator, + 1] into synapse */
  RheoIntf7Synapse *synapse;    /* of each source by delay */
  bool exact;                   /* true exponentials; else a table, as in NEURON */
  bool at_once;                 /* a generator that is switched on fires at once; else after its interval */
  double noise_interval;        /* mean, between random spikes at each cell; 0: none */
  const RheoReal *noise_weight; /* [class], of receptor AM2 */
} RheoIntf7;

/* Fills in what follows from the rest: sorts synapses, which may come in any order within a source. */
void rheo_intf7_prepare (RheoIntf7 *net);
/* Bytes of the state of one row, which hold no pointers. */
size_t rheo_intf7_state_size (int n_cells, int n_generators, int capacity);
/* At rest, time 0; all generators fire. */
void rheo_intf7_reset (const RheoIntf7 *net, void *state);
/* Hz of generator i from now on. */
void rheo_intf7_set_rate (const RheoIntf7 *net, void *state, int i, double rate);
/* All events up to and with `until`; spike: each one in order, or NULL. rng: of random spikes. false: more spikes were on their
 * way than fit. */
bool rheo_intf7_advance (const RheoIntf7 *net, void *state, double until, RheoRng rng, const uint8_t *silent,
                         void (*spike) (void *data, int cell, double time), void *data);
double rheo_intf7_get_time (const void *state);
/* Events of synapses since the reset. */
uint64_t rheo_intf7_count_events (const void *state);
/* V of a cell at the time of the state. */
double rheo_intf7_get_voltage (const RheoIntf7 *net, const void *state, int cell);

/* One cell alone, for tests and pictures. */
typedef struct
{
  double part[RHEO_INTF7_PARTS];
  double at, threshold, restored; /* of its last event; now; when its last refractory time ended */
  double ready;                   /* end of its refractory time; HUGE_VAL: it is over */
} RheoIntf7Cell;

void rheo_intf7_cell_reset (const RheoIntf7Class *cls, RheoIntf7Cell *cell);
/* A synaptic event at `time`; true: it fires. */
bool rheo_intf7_cell_receive (const RheoIntf7Class *cls, bool exact, RheoIntf7Cell *cell, double time, int receptor,
                              double weight);
