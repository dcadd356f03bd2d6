/* Thread: any. */
/* What experiment.c and experiment-file.c share. */
#pragma once

#include "experiment.h"

struct RheoExperiment
{
  char *title; /* never NULL */
  struct
  {
    const RheoComponent *component; /* or NULL */
    void *values;
  } slot[RHEO_N_SLOTS];
  RheoRunRows run;
  char *view;      /* one line of JSON, or NULL */
  char *reference; /* the same */
};

RheoKind rheo_slot_get_kind (RheoSlot slot);
/* Applies a preset of the component in the slot. */
gboolean rheo_experiment_apply_preset (RheoExperiment *experiment, RheoSlot slot, const char *id, GError **error);
