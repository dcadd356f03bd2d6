/* Thread: any. */
/* Block: how one number that is observed becomes the rates of some input cells (receptive fields), after Haşegan et al. 2022,
 * Front. Comput. Neurosci. 16:1017284. */
#pragma once

#include "param.h"
#include "types.h"

#define RHEO_MAX_BINS 64

typedef enum
{
  RHEO_CODE_NORMAL,    /* one cell of some: bins of a normal distribution that are hit equally often */
  RHEO_CODE_EVEN,      /* one cell of some: bins of equal width; outside: none */
  RHEO_CODE_INTERVALS, /* one cell of some: bins between given bounds; outside: the first or the last one */
  RHEO_CODE_LINEAR,    /* one cell, whose rate is (f (x) - f (min)) / (f (max) - f (min)); f: x ... */
  RHEO_CODE_LOG,       /* ... ln x ... */
  RHEO_CODE_SIGMOID,   /* ... the logistic function ... */
  RHEO_CODE_SCALED,    /* ... of x / scale */
} RheoCode;

typedef struct
{
  int code, bins, n_bounds;
  gboolean standardise;
  double mean, sd, min, max, scale, bound[RHEO_MAX_BINS + 1];
} RheoEncoder;

extern const char *const rheo_code_choices[];

/* The rows of an encoder, which differ by defaults: a table of the name. */
#define RHEO_ENCODER_ROWS(name, mean_, sd_, limit_)                                                                    \
  static const RheoParam name[] = {                                                                                    \
    RHEO_P_CHOICE (RheoEncoder, code, "code", rheo_code_choices, .label = N_ ("Code"),                                 \
                   .help = N_ ("One active cell of some, in bins of a normal distribution, of equal width or between " \
                               "given bounds; or one cell whose rate follows the number.")),                           \
    RHEO_P_INT (RheoEncoder, bins, "bins", .label = N_ ("Cells"), .help = N_ ("Each stands for a part of the range."), \
                .def = 20, .min = 1, .max = RHEO_MAX_BINS, .when = "code=normal|even"),                                \
    RHEO_P_BOOL (RheoEncoder, standardise, "standardise", .label = N_ ("Standardise first"),                           \
                 .help = N_ ("The mean is taken off and the rest divided by the standard deviation."),                 \
                 .when = "code=intervals"),                                                                            \
    RHEO_P_REAL (RheoEncoder, mean, "mean", .label = N_ ("Mean"), .help = N_ ("Of the number in play."), .def = mean_, \
                 .min = -1e6, .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "code=normal|intervals"),             \
    RHEO_P_REAL (RheoEncoder, sd, "sd", .label = N_ ("Standard deviation"), .help = N_ ("Of the number in play."),     \
                 .def = sd_, .min = 1e-6, .max = 1e6, .soft_min = 0.01, .soft_max = 2,                                 \
                 .when = "code=normal|intervals"),                                                                     \
    RHEO_P_REALS (RheoEncoder, bound, n_bounds, "bounds", .label = N_ ("Bounds"),                                      \
                  .help = N_ ("Ascending; one more than there are cells."), .def_text = "-1 0 1", .min = -1e9,         \
                  .max = 1e9, .when = "code=intervals"),                                                               \
    RHEO_P_REAL (RheoEncoder, min, "min", .label = N_ ("Lowest value"), .help = N_ ("The range begins here."),         \
                 .def = -limit_, .min = -3.5e38, .max = 3.5e38, .soft_min = -5, .soft_max = 5,                         \
                 .when = "code=even|linear|log|sigmoid|sigmoid-scaled"),                                               \
    RHEO_P_REAL (RheoEncoder, max, "max", .label = N_ ("Highest value"), .help = N_ ("The range ends here."),          \
                 .def = limit_, .min = -3.5e38, .max = 3.5e38, .soft_min = -5, .soft_max = 5,                          \
                 .when = "code=even|linear|log|sigmoid|sigmoid-scaled"),                                               \
    RHEO_P_REAL (RheoEncoder, scale, "scale", .label = N_ ("Scale"), .help = N_ ("Divides the number."), .def = 1,     \
                 .min = 1e-6, .max = 1e6, .soft_min = 0.01, .soft_max = 10, .when = "code=sigmoid-scaled"),            \
    RHEO_P_END,                                                                                                        \
  }

/* path: of the block, for messages. */
gboolean rheo_encoder_check (const RheoEncoder *e, const char *path, GError **error);
int rheo_encoder_count (const RheoEncoder *e); /* cells */
/* The inner bounds of its bins, [RHEO_MAX_BINS], ascending; how many. */
int rheo_encoder_get_bounds (const RheoEncoder *e, double *bound);
/* The value in the middle of the field of a cell, of those codes with one active cell of some: as often below as above where bins
 * are hit equally often. */
double rheo_encoder_get_middle (const RheoEncoder *e, int cell);
/* to: rates, in parts of the highest one; [cells]. bound: as rheo_encoder_get_bounds gave them. A value at a bound belongs to
 * the bin below. */
void rheo_encoder_encode (const RheoEncoder *e, int n_bounds, const double *bound, double value, RheoReal *to);
