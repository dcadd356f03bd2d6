/* Thread: any. Plain C11, no GLib. */
/* What the task "task-script" and its child process rheobase-script say to each other, on one machine and of one build. */
#pragma once

#include "types.h"

typedef enum
{
  RHEO_SCRIPT_LOAD,  /* the text follows; the answer is a RheoScriptShape */
  RHEO_SCRIPT_TRIAL, /* the answer is [step][in], [step][out], [step] of the mask and [condition], doubles */
  RHEO_SCRIPT_SCORE, /* the output, [step][out] doubles, follows; the answer is a double */
} RheoScriptWhat;

typedef struct
{
  uint32_t what;
  int32_t index;  /* of the trial */
  uint64_t bytes; /* of what follows */
  RheoRng rng;
} RheoScriptRequest;

typedef enum
{
  RHEO_SCRIPT_GOOD,
  RHEO_SCRIPT_ERROR,   /* words with the line follow; so with the next ones */
  RHEO_SCRIPT_ENDLESS, /* too many instructions; the child has ended */
  RHEO_SCRIPT_MEMORY,
  /* Not said by the child: */
  RHEO_SCRIPT_LATE,
  RHEO_SCRIPT_CANCELLED,
  RHEO_SCRIPT_GONE, /* it has ended, or could not be started */
} RheoScriptStatus;

typedef struct
{
  uint32_t status;
  uint64_t bytes; /* of what follows */
} RheoScriptAnswer;

#define RHEO_SCRIPT_MAX_CONDITIONS 16
#define RHEO_SCRIPT_MAX_NAME 32

typedef struct
{
  int32_t n_in, n_out, n_steps;
  int32_t scored; /* 1: there is a function score */
  int32_t n_conditions;
  char condition[RHEO_SCRIPT_MAX_CONDITIONS][RHEO_SCRIPT_MAX_NAME]; /* names: letters, digits, - and _ */
  double dt_ms;
} RheoScriptShape;
