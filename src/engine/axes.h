/* Thread: any; axes belong to one thread at a time. */
/* Directions of state space along which points and trials are shown: principal components, what outputs read, what inputs
 * write, single units, and sums and differences of them (ctrnn spec 4.2). */
#pragma once

#include "analysis.h"
#include "field.h"

typedef enum
{
  RHEO_AXES_AUTO, /* as the analysis says */
  RHEO_AXES_ORTHOGONAL,
  RHEO_AXES_AS_THEY_ARE,
} RheoAxesOrthogonal;

/* What is asked for: a block of rows. */
typedef struct
{
  const char *words; /* "pc1 out1-out2 in3": see rheo_axes_rows; "": as the analysis says */
  int orthogonal;    /* RheoAxesOrthogonal: each is made so to those before it, and one long (Gram & Schmidt) */
} RheoAxesChoice;

extern const RheoParam rheo_axes_rows[];

typedef struct
{
  int n, n_units;
  double *direction; /* [n][n_units] */
  double *share;     /* [n] of the variance of the states along each; NaN: there are none */
  gboolean *is_pc;   /* [n] made of principal components alone: its sign is free */
  char **name;       /* "Output 1 − Output 2", in English; NULL-ended */
} RheoAxes;

/* otherwise: the words where none are given; orthogonal: what RHEO_AXES_AUTO means. least, most: so many axes are wanted.
 * n_states states [n_states][n_units] say
 * what varies. NULL with a sentence: a word that is none, or an axis that lies in those before it. */
RheoAxes *rheo_axes_new (const RheoAxesChoice *choice, const char *otherwise, gboolean orthogonal, int least, int most,
                         const RheoField *field, int n_states, const double *states, GError **error);
void rheo_axes_free (RheoAxes *axes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoAxes, rheo_axes_free)

/* Gives principal components the sign that they have in an earlier result (or NULL), so that figures of both can be
 * compared. */
void rheo_axes_turn_alike (RheoAxes *axes, const RheoTable *previous);
/* Calls axis k something else, in English. */
void rheo_axes_rename (RheoAxes *axes, int k, const char *name);

/* place [n_points][n] of states [n_points][n_units], from the origin. */
void rheo_axes_project (const RheoAxes *axes, int n_points, const double *states, double *place);
/* Rows of a list of series, and what they say: the columns "direction", "axis-name" and "variance". */
#define RHEO_AXES_SERIES                                                                                               \
  { .key = "direction",                                                                                                \
    .label = N_ ("Direction of an axis"),                                                                              \
    .help = N_ ("Along which places are."),                                                                            \
    .unit = "",                                                                                                        \
    .axes = "direction unit" },                                                                                        \
      { .key = "axis-name",                                                                                            \
        .label = N_ ("Axis"),                                                                                          \
        .help = N_ ("What it is called."),                                                                             \
        .unit = "",                                                                                                    \
        .axes = "direction" },                                                                                         \
  {                                                                                                                    \
    .key = "variance", .label = N_ ("Share of the variance"), .help = N_ ("Of the states of trials, along the axis."), \
    .unit = "", .axes = "direction"                                                                                    \
  }
void rheo_axes_add (const RheoAxes *axes, const RheoSeries *series, RheoTable *out);

/* No words are given. */
gboolean rheo_axes_choose_none (const RheoAxesChoice *choice);
/* Whether the words can be read at all, for RheoComponent.check. */
gboolean rheo_axes_check (const RheoAxesChoice *choice, GError **error);
