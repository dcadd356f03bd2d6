/* Thread: engine. */
/* Shared by rls.c and rls-groups.c alone. */
#pragma once

#include "rls.h"

/* Targets with the same sources. */
typedef struct
{
  int n, n_padded;       /* sources */
  const int32_t *source; /* [n]; NULL: all of them in their order */
  int first, n_targets;  /* in RheoRls.target */
  int64_t p_at, at;      /* of P, and of the vectors below */
  RheoReal rate;         /* what waits: P += rate y y' */
} RheoRlsGroup;

typedef struct
{
  int proj, post; /* proj: index in RheoRls.proj */
  int64_t places; /* sparse: where places of the weights start; -1: weight + source * stride + post */
} RheoRlsTarget;

struct RheoRls
{
  RheoNet *net;
  RheoProj *proj[RHEO_MAX_PROJS];
  int n_projs, n_pre, n_groups, n_targets;
  gboolean whole;                   /* one group with all sources of all targets */
  gboolean bounded[RHEO_MAX_PROJS]; /* weights keep signs or a range, or share P in spite of a mask */
  RheoRlsGroup *group;
  RheoRlsTarget *target;
  int32_t *source;
  int64_t *place;
  RheoReal *p;                  /* KEEP: per group blocks of RHEO_PAD rows, each from its own diagonal on */
  RheoReal *column;             /* [target]: factor of P's column where a unit is no source of itself */
  RheoReal *other, *product;    /* a sample, and P times it */
  RheoReal *x, *y, *gain, *old; /* per group: gathered sources, P x, k; [target]: error before the update */

  int64_t n_numbers;                /* of P */
  RheoReal *marked;                 /* P, then the weights of each projection */
  double *squares, *marked_squares; /* [pre]: alpha and the squares of each source; KEEP; NULL: nothing is bounded */
  RheoReal *step;                   /* [pre] */

  const RheoReal *sample; /* while an update runs */
  double counts;          /* its weight */
};

/* Sorts targets by their sources: fills groups, targets, sources, places and `whole`. */
void rheo_rls_group_targets (RheoRls *rls, int sharing, int64_t *n_numbers, int64_t *n_vectors);
/* Whether a weight may be other than 0 (dense projections). */
gboolean rheo_rls_is_connected (const RheoProj *p, int pre, int post);
