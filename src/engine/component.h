/* Thread: any; everything here is constant. */
/* A component is chosen by name and has its own equations: one file that ends in one const descriptor, and one
 * word in a list of src/engine/meson.build. */
#pragma once

#include "param.h"
#include "types.h"

typedef enum
{
  RHEO_KIND_TASK,
  RHEO_KIND_MODEL,
  RHEO_KIND_RULE,
  RHEO_KIND_ANALYSIS,
  RHEO_KIND_PLOT,
  RHEO_N_KINDS,
} RheoKind;

typedef enum
{
  RHEO_SERIES_LOG = 1 << 0,      /* log axis by default */
  RHEO_SERIES_SIGNED = 1 << 1,   /* diverging colours, zero in the middle */
  RHEO_SERIES_BITS = 1 << 2,     /* 0 or 1, stored as bits */
  RHEO_SERIES_BY_CLASS = 1 << 3, /* one value per cell class */
  RHEO_SERIES_LOWER_IS_BETTER = 1 << 4,
  RHEO_SERIES_SHOW = 1 << 5,          /* on the default dashboard */
  RHEO_SERIES_WORDS = 1 << 6,         /* of a text column in a file: words in English (rheo_table_set_words) */
  RHEO_SERIES_BY_PROJECTION = 1 << 7, /* one value per projection */
} RheoSeriesFlags;

/* One metric, log or stream. Its full name is "<population|train|valid|rule|task|run>.<key>". */
typedef struct
{
  const char *key, *label, *help, *unit;
  const char *axes; /* "": one number per iteration; "batch", "episode": a log, several per iteration;
                     * "unit", "time unit", "pre post": a stream, from the tape or the net */
  double lo, hi;    /* natural range; both 0: from the data */
  unsigned flags;
  const char *const *words; /* what values 0, 1 ... mean, NULL-ended; NULL: they are numbers */
} RheoSeries;

/* Named values: choosing a preset writes them; it is never a hidden mode. */
typedef struct
{
  const char *id, *title;
  const char *json; /* a fragment of the component's object */
} RheoPreset;

/* What a component offers and asks for. Combinations are judged by rheo_components_fit alone. */
typedef enum
{
  RHEO_SPIKES = 1 << 0,     /* model: its units emit spikes */
  RHEO_ADJOINT = 1 << 1,    /* model: has a gradient through time */
  RHEO_LOCAL = 1 << 2,      /* rule: can be called inside the rollouts of another (slot plasticity) */
  RHEO_GRADIENT = 1 << 3,   /* rule: computes a gradient (slot compare) */
  RHEO_TRIALS = 1 << 4,     /* task: gives trials with targets */
  RHEO_LABELS = 1 << 5,     /* task: its targets are class labels */
  RHEO_SIGNALS = 1 << 6,    /* task: its targets are signals over time */
  RHEO_EPISODES = 1 << 7,   /* task: is an environment with rewards */
  RHEO_INPUT_ONLY = 1 << 8, /* task: gives input without targets */
  RHEO_EVENTS = 1 << 9,     /* model: has its own clock and runs from event to event */
  RHEO_RATES = 1 << 10,     /* model: its units have smooth rates */
  RHEO_SCORES = 1 << 11,    /* task: may score outputs itself */
  RHEO_CURRENTS = 1 << 12,  /* model: populations "rec" and "trace" of cells/cuba.h, projections "in", "rec", "out" */
  RHEO_REPEATS = 1 << 13,   /* task: each epoch has the same trials; without a number of them all trials are alike */
  RHEO_COMPARED = 1 << 14,  /* experiment: the slot compare is filled; given by no component */
  RHEO_LEARNS = 1 << 15,    /* experiment: there is a rule; not given to the slot compare, which changes no weights */
  RHEO_BOUNDED =
      1 << 16, /* model: what its units give keeps within bounds, whatever the recurrent weights are, and those may be
                             * any numbers */
  RHEO_CARRIES = 1 << 18, /* rule: a local rule can change the network inside its rollouts (slot plasticity) */
  RHEO_PLASTIC = 1 << 17, /* model: binary units "exc" and "inh", whose projections "ee" and "ei" have synapses that
                             * come and go (synapses.h) */
  RHEO_ACTIONS = 1 << 19, /* task: an environment in which one of some actions is taken: that of the largest output */
  RHEO_PLAYS = 1 << 20,   /* rule: plays episodes of its own; needed by an environment without trials */
  RHEO_THRESHOLDS = 1 << 21, /* model: its units spike above thresholds that stay, their param "threshold" */
} RheoTrait;

typedef struct
{
  RheoKind kind;
  unsigned version; /* of the rows; see upgrade */
  const char *id, *title, *summary, *cite;
  size_t config_size, derived_size;
  const RheoParam *params;                                /* ends with RHEO_P_END; NULL: none */
  const RheoPreset *presets;                              /* ends with id NULL; NULL: none */
  const RheoSeries *series;                               /* ends with key NULL; NULL: none */
  uint64_t gives, needs;                                  /* RheoTrait */
  uint64_t (*gives_now) (const void *config);             /* where it depends on the values, or NULL */
  gboolean (*check) (const void *config, GError **error); /* beyond single ranges, or NULL */
  void (*derive) (const void *config, const RheoShape *shape,
                  void *derived); /* decay factors ...; again after a LIVE change */
  gboolean (*upgrade) (unsigned from, GHashTable *values,
                       GError **error); /* key path -> JsonNode of an older version */
} RheoComponent;

/* Typed descriptors start with RheoComponent: RheoTask, RheoModel, RheoRule, RheoAnalysis; plot kinds register in
 * src/plot. NULL-ended array of all components of a kind, in list order. */
const RheoComponent *const *rheo_components (RheoKind kind);

/* NULL with an error that names the nearest id. */
const RheoComponent *rheo_component_find (RheoKind kind, const char *id, GError **error);
/* The same in a list that another layer keeps (plot kinds). */
const RheoComponent *rheo_component_find_in (const RheoComponent *const *list, RheoKind kind, const char *id,
                                             GError **error);

/* "model", "models". */
const char *rheo_kind_name (RheoKind kind);
const char *rheo_kind_plural (RheoKind kind);

/* The nearest of NULL-ended words to `word` by edit distance, or NULL when none is near. Borrowed from words. */
const char *rheo_nearest (const char *word, const char *const *words);

/* The one judge of what goes together. Any slot may be NULL (not chosen). config pointers go with their components
 * (for gives_now). FALSE with one sentence that says which component needs what ("... needs a task that gives
 * rewards. Robot trajectory gives targets."). */
typedef struct
{
  const RheoComponent *task, *model, *rule, *plasticity, *compare;
  const void *task_config, *model_config, *rule_config, *plasticity_config, *compare_config;
} RheoSlots;
gboolean rheo_components_fit (const RheoSlots *slots, GError **error);
/* RheoTrait of all that are chosen, for RheoParam.needs. */
uint64_t rheo_components_give (const RheoSlots *slots);

/* The first thing that does not fit, for pictures and short words; the sentence is that of rheo_components_fit. */
typedef struct
{
  const RheoComponent *who, *whom; /* who needs what whom does not give */
  RheoTrait trait;
} RheoMisfit;
gboolean rheo_components_find_misfit (const RheoSlots *slots, RheoMisfit *misfit); /* FALSE: all fits */
const char *rheo_trait_title (RheoTrait trait);                                    /* "rewards" */
