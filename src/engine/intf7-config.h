/* Thread: any. */
/* The values of the sensorimotor network of event-driven cells (models/intf7.c) and how its populations are joined. */
#pragma once

#include "param.h"

enum
{
  RHEO_INTF7_ES,
  RHEO_INTF7_EA,
  RHEO_INTF7_IA,
  RHEO_INTF7_IAL,
  RHEO_INTF7_EM,
  RHEO_INTF7_IM,
  RHEO_INTF7_IML,
  RHEO_INTF7_POPS,
};

enum
{
  RHEO_INTF7_E,
  RHEO_INTF7_I,
  RHEO_INTF7_IL,
  RHEO_INTF7_CLASSES,
};

#define RHEO_INTF7_LINKS 21

enum
{
  RHEO_INTF7_AT_ONCE,
  RHEO_INTF7_AFTER_INTERVAL,
};

enum
{
  RHEO_INTF7_EXP_TABLE,
  RHEO_INTF7_EXP_EXACT,
};

/* One population's synapses at another: from excitatory cells degree, ampa, nmda, from inhibitory ones share, gaba. */
typedef struct
{
  int degree;
  double share, ampa, nmda, gaba;
} RheoIntf7Link;

typedef struct
{
  double tau_am, tau_nm, tau_ga, tau_am2, tau_nm2, tau_ga2, tau_ahp;
  double rest, threshold, block, ahp, refractory, tau_threshold, threshold_jump;
} RheoIntf7Values;

typedef struct
{
  int units[RHEO_INTF7_POPS], seed, generator, exponential;
  double scale, spread, input_weight, noise_rate, noise_e, noise_i;
  double gain_ee, gain_ei, gain_ie, gain_ii;
  double fast_min, fast_max, slow_min, slow_max, input_min, input_max;
  gboolean nmda;
  RheoIntf7Values cell[RHEO_INTF7_CLASSES];
  RheoIntf7Link link[RHEO_INTF7_LINKS];
} RheoIntf7Config;

extern const RheoParam rheo_intf7_params[];
gboolean rheo_intf7_check (const void *config, GError **error);

typedef struct
{
  const char *name; /* "ES" */
  int cls;
  uint32_t hash; /* what NetPyNE 1.0 makes of the numbers of its cells, at the default sizes */
} RheoIntf7Pop;

extern const RheoIntf7Pop rheo_intf7_pops[RHEO_INTF7_POPS];

typedef struct
{
  int from, to;
} RheoIntf7Pair;

extern const RheoIntf7Pair rheo_intf7_links[RHEO_INTF7_LINKS];

/* The receptors of a link. */
typedef struct
{
  const char *suffix; /* of the projection: "ampa" */
  int receptor;
  double weight;   /* with the gain */
  gboolean learns; /* from excitatory to excitatory cells, AMPA */
} RheoIntf7Synapses;

/* out [2]; how many there are. */
int rheo_intf7_get_synapses (const RheoIntf7Config *c, int link, RheoIntf7Synapses *out);

/* All cells stand in the order of the populations. */
typedef struct
{
  int units[RHEO_INTF7_POPS], first[RHEO_INTF7_POPS + 1];
  int sources[RHEO_INTF7_LINKS]; /* of each target */
} RheoIntf7Sizes;

/* For a task: at least one sensory cell for each input and one motor cell for each output. */
RheoIntf7Sizes rheo_intf7_size (const RheoIntf7Config *c, int n_in, int n_out);
