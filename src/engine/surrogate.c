#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "surrogate.h"

#include <glib/gi18n-lib.h>

static const char *const kinds[] = { "arctan",   "fast-sigmoid",   "sigmoid", "triangular",       "boxcar",
                                     "gaussian", "multi-gaussian", "slayer",  "straight-through", "sparse-fast-sigmoid",
                                     NULL };

#define REAL(field, key, ...)                                                                                          \
  RHEO_P_REAL (RheoSurrogateConfig, field, key, .max = 1000, .flags = RHEO_LIVE, __VA_ARGS__)

const RheoParam rheo_surrogate_rows[] = {
  RHEO_P_CHOICE (RheoSurrogateConfig, kind, "kind", kinds, .label = N_ ("Surrogate derivative"), .flags = RHEO_LIVE,
                 .help = N_ ("What stands in for the derivative of the spike, as a function of the distance of the "
                             "membrane from the threshold.")),
  REAL (alpha, "alpha", .label = N_ ("Surrogate slope"), .help = N_ ("Height at the threshold times 2."), .def = 2,
        .min = 1e-3, .soft_min = 0.5, .soft_max = 20, .when = "kind=arctan"),
  REAL (slope, "slope", .label = N_ ("Surrogate slope"), .help = N_ ("How fast it falls off: larger is narrower."),
        .def = 25, .min = 1e-3, .soft_min = 1, .soft_max = 100, .when = "kind=fast-sigmoid|sigmoid"),
  REAL (width_triangular, "half-base", .label = N_ ("Half of the base"), .help = N_ ("Distance at which it is zero."),
        .def = 1, .min = 1e-3, .soft_min = 0.1, .soft_max = 5, .when = "kind=triangular"),
  REAL (height, "height", .label = N_ ("Height"), .help = N_ ("Value at the threshold."), .def = 1, .min = 1e-3,
        .soft_min = 0.1, .soft_max = 2, .when = "kind=triangular"),
  REAL (width_boxcar, "half-width", .label = N_ ("Half width"),
        .help = N_ ("Distance up to which it is one over the whole width."), .def = 0.5, .min = 1e-3, .soft_min = 0.1,
        .soft_max = 5, .when = "kind=boxcar"),
  REAL (gamma, "gamma", .label = N_ ("Scale"), .help = N_ ("Factor on the whole curve."), .def = 0.5, .min = 1e-3,
        .soft_min = 0.1, .soft_max = 2, .when = "kind=gaussian|multi-gaussian|slayer"),
  REAL (sigma, "sigma", .label = N_ ("Standard deviation"), .help = N_ ("Width of the bell in the middle."), .def = 0.5,
        .min = 1e-3, .soft_min = 0.1, .soft_max = 5, .when = "kind=gaussian|multi-gaussian"),
  REAL (lobe, "lobe", .label = N_ ("Side lobes"), .help = N_ ("Depth of the negative bells at both sides."),
        .def = 0.15, .min = 0, .soft_min = 0, .soft_max = 1, .when = "kind=multi-gaussian"),
  REAL (spread, "spread", .label = N_ ("Width of the side lobes"), .help = N_ ("Times that of the bell in the middle."),
        .def = 6, .min = 1e-3, .soft_min = 1, .soft_max = 10, .when = "kind=multi-gaussian"),
  REAL (rate, "rate", .label = N_ ("Rate of decay"), .help = N_ ("How fast the exponential falls off."), .def = 5,
        .min = 1e-3, .soft_min = 0.5, .soft_max = 20, .when = "kind=slayer"),
  REAL (slope_sparse, "sparse-slope", .label = N_ ("Surrogate slope"),
        .help = N_ ("How fast it falls off: larger is narrower."), .def = 100, .min = 1e-3, .soft_min = 1,
        .soft_max = 200, .when = "kind=sparse-fast-sigmoid"),
  REAL (width_sparse, "cut-off", .label = N_ ("Cut-off"), .help = N_ ("Distance from which on it is zero."), .def = 0.5,
        .min = 1e-3, .soft_min = 0.05, .soft_max = 2, .when = "kind=sparse-fast-sigmoid"),
  RHEO_P_END,
};

RheoSurrogate
rheo_surrogate_derive (const RheoSurrogateConfig *config)
{
  RheoSurrogate s = { .kind = config->kind,
                      .slope = config->slope,
                      .scale = config->gamma,
                      .width = config->sigma,
                      .lobe = config->lobe,
                      .spread = config->spread };

  switch (config->kind)
    {
    case RHEO_SURROGATE_ARCTAN:
      s.slope = config->alpha;
      break;
    case RHEO_SURROGATE_TRIANGULAR:
      s.scale = config->height;
      s.width = config->width_triangular;
      break;
    case RHEO_SURROGATE_BOXCAR:
      s.width = config->width_boxcar;
      break;
    case RHEO_SURROGATE_SLAYER:
      s.slope = config->rate;
      break;
    case RHEO_SURROGATE_SPARSE_FAST_SIGMOID:
      s.slope = config->slope_sparse;
      s.width = config->width_sparse;
      break;
    default:
      break;
    }
  return s;
}
