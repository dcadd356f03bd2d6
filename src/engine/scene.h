/* Thread: any. Plain C. */
/* What an environment looks like at one moment: a few shapes in units of its world, y upwards. */
#pragma once

#define RHEO_SCENE_ITEMS 8
#define RHEO_SCENE_FACTS 4
#define RHEO_SCENE_FIELDS 8
#define RHEO_SCENE_STEP 25   /* ms for which a moment is shown where the world has no time */
#define RHEO_SCENE_NUMBERS 6 /* of an item, as in a record: shape, role, x, y, a, b */

typedef enum
{
  RHEO_SCENE_NOTHING, /* not there at this moment */
  RHEO_SCENE_LINE,    /* from (x, y) to (a, b) */
  RHEO_SCENE_CIRCLE,  /* around (x, y), radius a; b not 0: filled */
  RHEO_SCENE_BOX,     /* around (x, y), half as wide as a says, half as high as b */
} RheoSceneShape;

/* What an item is, for its colour. */
typedef enum
{
  RHEO_SCENE_GROUND,
  RHEO_SCENE_AGENT, /* the first one leaves a trail */
  RHEO_SCENE_PART,  /* of the agent, without a trail */
  RHEO_SCENE_PLACE, /* that matters: closed, not yet reached */
  RHEO_SCENE_GOAL,  /* the same, open or reached */
  RHEO_SCENE_FORCE,
} RheoSceneRole;

typedef struct
{
  int shape, role;
  double x, y, a, b;
  const char *name; /* in N_(), or NULL */
} RheoSceneItem;

/* A number that is told in words beside the picture. */
typedef struct
{
  const char *name, *unit; /* in N_(); unit "": none */
  double value;
} RheoSceneFact;

/* A number that the network is told by input cells with receptive fields. */
typedef struct
{
  const char *name; /* in N_() */
  int n, active;    /* cells; which one is active, from 0; -1: none */
} RheoSceneField;

/* Items keep their places: number i is the same thing throughout an episode. */
typedef struct
{
  double x0, y0, x1, y1; /* the part of the world that is looked at: the same throughout */
  const char *unit;      /* of its axes, in N_(); "": none */
  int n;
  RheoSceneItem item[RHEO_SCENE_ITEMS];
  int n_facts; /* the same ones throughout */
  RheoSceneFact fact[RHEO_SCENE_FACTS];
  int n_fields; /* the same ones throughout */
  RheoSceneField field[RHEO_SCENE_FIELDS];
} RheoScene;
