/* Thread: any. */
/* Words that stand in files and on the screen: labels, units and titles of tables. They are written in English, whatever
 * language the program speaks, and translated where a table is made or read (RheoColumn.label). So the engine names
 * things by N_() and by the forms below, never by _(). */
#pragma once

#include <glib.h>

/* Labels with the name of a part in them. */
typedef enum
{
  RHEO_LABEL_WEIGHTS,
  RHEO_LABEL_CHANGE,
  RHEO_LABEL_GRADIENT,
  RHEO_LABEL_BIAS,
  RHEO_LABEL_DELAYS,
  RHEO_LABEL_MASK,
  RHEO_LABEL_FIRST_SYNAPSE,
  RHEO_LABEL_TARGET,
  RHEO_LABEL_SYNAPSES,
  RHEO_LABEL_SPIKES_OF,
  RHEO_LABEL_RATE_OF,
  RHEO_LABEL_RATES_OF,
  RHEO_LABEL_OUTPUT_OF,
  RHEO_LABEL_GRADIENT_SIZE_OF,
  RHEO_LABEL_GRADIENT_SHARE_OF,
  RHEO_LABEL_SURROGATE_OF,
  RHEO_LABEL_CLASS_RATE_OF,
  RHEO_LABEL_BEST, /* of another label, not of a name */
  RHEO_N_LABEL_FORMS,
} RheoLabelForm;

/* In English. what: the name of a part, without spaces; for RHEO_LABEL_BEST a label in English. Yours. */
char *rheo_label_dup (RheoLabelForm form, const char *what);
/* "tau of hidden", for a number of a cell. Yours. */
char *rheo_label_dup_of (const char *number, const char *population);
/* What is shown for a text in English: translated, also where it was made by the functions above; as it is when nobody has
 * translated it. Yours. */
char *rheo_label_dup_shown (const char *english);
/* The same for the name of a group or an axis: "Coherence 0.5, Context 1" and "Output 1 − Output 2" are translated word by
 * word. Yours. */
char *rheo_label_dup_shown_group (const char *english);
