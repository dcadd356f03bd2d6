/* Thread: engine. */
/* Inside of the trainer, for trainer*.c. */
#pragma once

#include "film.h"
#include "past.h"
#include "trainer.h"

typedef struct RheoTrainerCompare RheoTrainerCompare;

struct RheoTrainer
{
  RheoExperiment *experiment; /* with what auto resolved to and LIVE changes */
  RheoRunRows *run;           /* of the experiment */
  const RheoTask *task;
  void *task_data;
  RheoShape shape; /* of the task */
  RheoDevice *device;
  const char *device_reason; /* why it is not the other one, to be translated; or NULL */
  RheoNet *net;
  RheoFeed *feed;
  RheoRule rule;
  RheoRule plasticity;         /* of the slot; type NULL: it is empty */
  RheoTrainerCompare *compare; /* NULL: the slot is empty */
  RheoUpdater *updater;        /* NULL: the rule has no optimiser */
  RheoUpdate facts;            /* of the last update of the batch */
  RheoGrad *grad;              /* NULL: the rule drives */
  gboolean has_grad;           /* grad is that of the last batch */
  double baseline;             /* loss of the best constant answer; NaN: the task knows none */

  RheoMetrics *metrics, *of_batch; /* of the running iteration, of one batch: declared alike */
  double *last;                    /* [metric]: of the last finished iteration */
  double *row;                     /* [metric]: scratch */
  GArray *logged;                  /* int: metrics of the log "batch" */

  RheoPlace place;
  double seconds; /* spent in steps */
  double first_loss;
  RheoStopState stop;
  gboolean has_best; /* arrays "best.…" hold a network */
  int64_t new_at;    /* batch at which the run file was made; -1: it is an old one, or there is none */
  char *why_diverged, *why_diverged_plain; /* translated, and in English for the file */

  RheoIntervention *acts;
  int n_acts;
  char *acts_text; /* as in the journal */

  RheoBatch *probe;      /* made when first asked for; of a rule that goes on: until the next batch */
  RheoPast *past;        /* of a rule that goes on */
  RheoFilm *film;        /* of a rule that goes on and plays: its last episode; NULL: the task has no scene */
  const RheoBatch *held; /* of a rule that goes on: the last batch, lent, as the tape has it; or NULL */
  RheoBatch *lived;      /* instead of probe trials, for a task without: episodes as they were last */
  GByteArray *played; /* states of the network after the first n_played episodes of a set, where it runs on; or NULL */
  int n_played;
  int n_step_columns; /* of the log of steps */
  RheoTold *told;     /* of the last validation, where there are labels; or NULL */
  RheoStore *store;
};

/* --- trainer.c --- */
double rheo_trainer_now (void);
/* A value that may change while the run goes on, without the journal. *old (may be NULL): what it was. */
gboolean rheo_trainer_apply (RheoTrainer *trainer, const char *path, const char *text, char **old, GError **error);
/* FALSE: a weight is not a finite number. */
gboolean rheo_trainer_is_finite (const RheoTrainer *trainer);

/* --- trainer-best.c --- */
/* Copies of everything that makes the network, as arrays "best.<name>" of it. */
void rheo_trainer_add_best (RheoTrainer *trainer);
void rheo_trainer_keep_best (RheoTrainer *trainer); /* they become the network */
/* The network becomes the best one and the best one becomes the network. */
void rheo_trainer_swap_best (RheoTrainer *trainer);

/* --- trainer-record.c --- */
/* What a rule that goes on shows is over: another batch comes. */
void rheo_trainer_let_go (RheoTrainer *trainer);

/* TRUE: a rule that goes on and plays; what ran is in its past, not on the tape. */
gboolean rheo_trainer_shows_past (const RheoTrainer *trainer);

/* --- trainer-metrics.c --- */
void rheo_trainer_declare_metrics (RheoTrainer *trainer);
/* To the metrics of the batch. weight: its trials. */
void rheo_trainer_add_update (RheoTrainer *trainer, const RheoUpdate *update, double weight);
/* Declares "<set>.score" where the task judges outputs. */
/* Test trials are scored with each validation. */
gboolean rheo_trainer_tests (const RheoTrainer *trainer);
/* Whose trials are counted by class (rheo_trainer_tells). */
RheoSet rheo_trainer_get_told_set (const RheoTrainer *trainer);
/* Adds the accuracy of a set that `from` has to the metric of training or of testing. */
void rheo_trainer_add_accuracy (RheoTrainer *trainer, const RheoMetrics *from, RheoSet set);
void rheo_trainer_declare_score (const RheoTrainer *trainer, RheoSet set, RheoMetrics *m);
void rheo_trainer_add_batch (RheoTrainer *trainer, double weight, double seconds);

/* --- trainer-play.c --- */
gboolean rheo_trainer_is_played (const RheoTrainer *trainer); /* the task is an environment */
/* Declares the measures of episodes: "<set>.score" ... */
void rheo_trainer_declare_measures (const RheoTrainer *trainer, RheoSet set, RheoMetrics *m);
/* FALSE: interrupted. */
gboolean rheo_trainer_play_set (RheoTrainer *trainer, RheoSet set, int first, int n, RheoMetrics *m,
                                const RheoPlay *hooks);

/* Once there is a rule: what its episodes are filmed with. */
void rheo_trainer_make_film (RheoTrainer *trainer);

/* For a task without trials: the first run.probe episodes of rheo_trainer_record_play as trials on the tape. */
const RheoBatch *rheo_trainer_live_probe (RheoTrainer *trainer);

/* --- trainer-device.c --- */
/* What run.device names, when the task is there; auto: a card that can run all of it, else the processor. */
gboolean rheo_trainer_make_device (RheoTrainer *trainer, GError **error);
/* After a window was given up: FALSE, where that was for a fault of the device and not because it was stopped. */
gboolean rheo_trainer_check_device (RheoTrainer *trainer, GError **error);

/* --- trainer-compare.c: the rule of the slot "compare" --- */
/* After the network, before the running rule. The slot may be empty, here and below. */
gboolean rheo_trainer_make_compare (RheoTrainer *trainer, GError **error);
void rheo_trainer_free_compare (RheoTrainerCompare *compare);
void rheo_trainer_declare_compare (RheoTrainer *trainer);
/* Values of the model have changed. */
void rheo_trainer_derive_compare (RheoTrainer *trainer);
/* Before the running rule has the batch: its gradient, where it is due. FALSE: interrupted. */
gboolean rheo_trainer_begin_compare (RheoTrainer *trainer, const RheoBatch *batch);
/* After the update: cosines to the metrics of the batch. weight: its trials. */
void rheo_trainer_end_compare (RheoTrainer *trainer, double weight);

/* --- trainer-run.c --- */
/* rheo_trainer_get_budget once so many iterations are done. */
int64_t rheo_trainer_budget_at (const RheoTrainer *trainer, int64_t iteration);
/* The end of an iteration in the run file: metrics, record and checkpoint as due. */
gboolean rheo_trainer_write_iteration (RheoTrainer *trainer, gboolean last, GError **error);
gboolean rheo_trainer_write_batch (RheoTrainer *trainer, GError **error);
/* Interventions of a text of the journal. */
gboolean rheo_trainer_apply_acts (RheoTrainer *trainer, const char *text, GError **error);
