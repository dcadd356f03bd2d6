/* Thread: any; an experiment is a value with one owner. */
/* An experiment: up to five components with their values, the `run` rows and the dashboard. The same JSON object in
 * files, in a run file's /config and on the command line:
 * {"format": 1, "title": ..., "task": {"id": ..., "version": ..., ...}, "model": ..., "rule": ..., "plasticity": ...,
 *  "compare": ..., "run": {...}, "view": {"live": [...]}, "reference": {...}}
 * reference: the configuration of another program that it was made from (reference.h), for what has no effect here. */
#pragma once

#include "component.h"

#define RHEO_EXPERIMENT_FORMAT 1

typedef enum
{
  RHEO_SLOT_TASK,
  RHEO_SLOT_MODEL,
  RHEO_SLOT_RULE,
  RHEO_SLOT_PLASTICITY, /* a local rule called inside the rollouts of `rule`; optional */
  RHEO_SLOT_COMPARE,    /* a rule with a gradient, reported beside the running one; optional */
  RHEO_N_SLOTS,
} RheoSlot;
extern const char *const rheo_slot_names[]; /* "task", "model" ...; NULL-ended */

/* What a run keeps as the best network. */
typedef enum
{
  RHEO_KEEP_LAST,
  RHEO_KEEP_BEST,
} RheoKeep;

#define RHEO_MAX_MARKS 64

/* The `run` rows. Iteration: what the rule counts (an epoch of a fixed data set, a batch, an episode ...). */
typedef struct
{
  int seed;
  const char *device;            /* "auto", "cpu", "cuda", "cuda:N" */
  int threads;                   /* 0: as many as there are cores */
  int budget;                    /* iterations */
  int batch;                     /* trials per update */
  int memory;                    /* MB that tapes may take; above that, lanes go in waves */
  int lane_rows;                 /* trials per lane; 0: chosen from the network, and written out when the run starts */
  double record[RHEO_MAX_MARKS]; /* iterations whose probe trials, weights and gradients are kept */
  int n_record;
  int record_every; /* and every so many; 0: only those */
  int checkpoint;   /* iterations between checkpoints; 0: only the last */
  int validate;     /* iterations between validations; 0: never */
  int compare;      /* iterations between comparisons with the rule of the slot compare; 0: never */
  int n_probe;      /* probe trials that are recorded and shown */
  int keep;         /* RheoKeep */
} RheoRunRows;

typedef struct RheoExperiment RheoExperiment;

/* A new experiment has no components, default run rows and no view. */
RheoExperiment *rheo_experiment_new (void);
RheoExperiment *rheo_experiment_dup (const RheoExperiment *experiment);
void rheo_experiment_free (RheoExperiment *experiment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoExperiment, rheo_experiment_free)

/* From the name of a ready-made experiment (data/experiments; found beside an uninstalled program too) or a JSON
 * file, which may also be a configuration of the published program (reference.h). Every message names the file and the
 * key. Components of older versions are upgraded. */
RheoExperiment *rheo_experiment_load (const char *name_or_path, GError **error);
RheoExperiment *rheo_experiment_parse (const char *json, const char *origin, GError **error);
char *rheo_experiment_dup_json (const RheoExperiment *experiment); /* pretty-printed, defaults written out */
gboolean rheo_experiment_save (const RheoExperiment *experiment, const char *path, GError **error);
char **rheo_experiment_names (void); /* ready-made ones, sorted; yours (g_strfreev) */

const char *rheo_experiment_get_title (const RheoExperiment *experiment);
/* In the language of the user when the title is that of a ready-made experiment. Borrowed, like the title. */
const char *rheo_experiment_get_shown_title (const RheoExperiment *experiment);
void rheo_experiment_set_title (RheoExperiment *experiment, const char *title);

/* Choosing a component resets the slot to its defaults; NULL empties it. */
void rheo_experiment_set_component (RheoExperiment *experiment, RheoSlot slot, const RheoComponent *component);
const RheoComponent *rheo_experiment_get_component (const RheoExperiment *experiment, RheoSlot slot); /* or NULL */
void *rheo_experiment_get_values (const RheoExperiment *experiment, RheoSlot slot); /* config struct, borrowed */
RheoRunRows *rheo_experiment_get_run (const RheoExperiment *experiment);            /* borrowed */
extern const RheoParam rheo_run_params[];

/* Key paths: "model.tau-mem", "rule.optimiser.lr", "task.id", "task.preset", "run.seed", "title". Setting "SLOT.id"
 * changes the component, "SLOT.preset" applies a preset of it. */
gboolean rheo_experiment_set (RheoExperiment *experiment, const char *path, const char *text, GError **error);
char *rheo_experiment_dup_value (const RheoExperiment *experiment, const char *path, GError **error);
/* Row of a key path, with the struct that holds its value. */
const RheoParam *rheo_experiment_find (const RheoExperiment *experiment, const char *path, void **at, GError **error);
/* RheoTrait that the rows of a slot can count on (RHEO_N_SLOTS: those of `run`). */
uint64_t rheo_experiment_get_given (const RheoExperiment *experiment, RheoSlot slot);
/* TRUE when what the value at a key path, or a block around it, needs is given by the components: FALSE, it does nothing. */
gboolean rheo_experiment_acts (const RheoExperiment *experiment, const char *path);
/* A list of KEY=VALUE, NULL-ended; applied in order (id and preset first), then checked: a key that the other values
 * switch off (`when`) is an error that says so. */
gboolean rheo_experiment_set_all (RheoExperiment *experiment, const char *const *assignments, GError **error);

/* Components and values, borrowed, for rheo_components_fit and rheo_components_find_misfit. */
void rheo_experiment_get_slots (const RheoExperiment *experiment, RheoSlots *slots);
/* Each component's own check, rows of `run`, and rheo_components_fit. Task, model and rule must be there. */
gboolean rheo_experiment_check (const RheoExperiment *experiment, GError **error);

/* Equal but for `view`, `title` and `reference`. Differences: one line "key<TAB>a<TAB>b" each; yours (g_strfreev). */
gboolean rheo_experiment_equal (const RheoExperiment *a, const RheoExperiment *b);
char **rheo_experiment_diff (const RheoExperiment *a, const RheoExperiment *b);

/* The dashboard: panels {plot, from, map, set, at} as JSON text, checked for shape only. NULL: none given. */
const char *rheo_experiment_get_view (const RheoExperiment *experiment);
gboolean rheo_experiment_set_view (RheoExperiment *experiment, const char *json, GError **error);
