/* Thread: engine. */
/* What the two files of frames share: what there is to watch (engine-streams.c), and frames of it (engine-frames.c). */
#pragma once

#include "engine-frames.h"

typedef enum
{
  SPIKES,
  RATE,
  VALUE,
  WEIGHT,
  CHANGE,
  GRADIENT,
  METRICS,
  SCENE,
  INPUT,  /* of a probe trial */
  RECORD, /* what the rule records of the probe trials */
  RIGHT,  /* which classes of the last validation were told rightly */
} What;

typedef struct
{
  double credit, last, cost; /* seconds; cost: the less of the last two, so that one mishap does not tell */
} Account;

typedef struct
{
  What what;
  char *key, *label, *unit;
  const char *axes;
  unsigned flags;
  int pop;            /* SPIKES, RATE, VALUE */
  RheoNetArray *from; /* WEIGHT, CHANGE; SPIKES: of a target that is kept, or NULL */
  gboolean against;   /* SPIKES: where those of the population differ from the target's */
  int trainable;      /* GRADIENT */
  RheoReal *start;    /* CHANGE: the array as it was, without padding; owned */
  int64_t since;      /* CHANGE: iterations that were done then */

  gboolean watched, known; /* known: somebody has watched it in this run */
  RheoWatch watch;         /* without the name; as it was watched last */
  Account account;         /* streams from the probe trials share one of the frames, and weights another */
  double due;
  int64_t made; /* batch of the last frame; -1: none yet */
} Stream;

struct RheoFrames
{
  RheoTrainer *trainer;
  RheoClock clock;
  GArray *streams;        /* Stream */
  Account probe, weights; /* of several projections they are of one iteration, so that they can be compared */
  double spent, trained;  /* seconds, fading */
};

/* Appends all streams of the trainer's run. */
void rheo_frames_add_streams (RheoFrames *frames);
