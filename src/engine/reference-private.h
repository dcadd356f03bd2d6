/* Thread: any. */
/* Which key of a configuration file is which of ours; for reference.c. */
#pragma once

#include "reference.h"

typedef enum
{
  RHEO_KEY_VALUE, /* the same number, text or list */
  RHEO_KEY_FLAG,  /* 0 or 1, false or true */
  RHEO_KEY_NOT,   /* the same, reversed */
  RHEO_KEY_WORD,  /* other words for the same choices: "NSLOC_V2=at-once ..." */
  RHEO_KEY_SOME,  /* a number; 0 leaves ours as it is */
  RHEO_KEY_SEED,  /* a number from 1 on: 0 is something else here */
  RHEO_KEY_GIVEN, /* true where it is there */
  RHEO_KEY_FIXED, /* the only value that can be had, as JSON */
  RHEO_KEY_STEPS, /* ms of an action: whole steps of the network */
  RHEO_KEY_BINS,  /* cells of a receptive field; with intervals, one less than their bounds */
  RHEO_KEY_CONV,  /* number of sources where we have their share; only read */
  RHEO_KEY_P,     /* the reverse; only read */
  RHEO_KEY_LAST,  /* episodes of the running median: the reward at the end of a critic; only read */
  RHEO_KEY_START, /* weights from a file, which are not had so */
  RHEO_KEY_NOISE, /* background noise, which must be off */
  RHEO_KEY_KEPT,  /* has no effect, with all that is below it */
} RheoKeyForm;

#define RHEO_KEY_BY(kind) (1u << (kind))

typedef struct
{
  const char *theirs; /* "sim.seeds.conn", "net.delays.soma.0"; KEPT: also a pattern with "*" */
  const char *ours;   /* "model.seed"; "learn.window" is of the rule that learns by reward, wherever it is; or NULL */
  RheoKeyForm form;
  const char *words;  /* WORD, FIXED */
  const char *absent; /* JSON: where the key is not there; NULL: ours stays as it is */
  unsigned by;        /* RHEO_KEY_BY of the kinds of training that use it; 0: all */
} RheoKey;

extern const RheoKey rheo_reference_keys[]; /* ended by theirs NULL */

#define RHEO_REFERENCE_OWN "rheobase" /* the section with what only we have */
#define RHEO_REFERENCE_TRAINING "training"

/* rheo_reference_import of an object node. */
RheoExperiment *rheo_reference_read (JsonNode *root, RheoReferenceKind kind, GError **error);
/* Where `kind` has our value of a key; NULL: it does not. Yours. */
char *rheo_reference_dup_ours (const RheoKey *key, RheoReferenceKind kind);
/* NULL: it is not there, or null. Borrowed. */
JsonNode *rheo_reference_find (JsonNode *root, const char *path);
/* A number of an experiment; 0: it has none there. */
double rheo_reference_get_number (const RheoExperiment *experiment, const char *path);
/* Our word for theirs in RheoKey.words, or, back, theirs for ours; NULL: there is none. Yours. */
char *rheo_reference_dup_word (const char *words, const char *word, gboolean back);
/* TRUE: a value that has no place among their keys but changes nothing of what the network is and learns. */
gboolean rheo_reference_is_own (const char *path);
