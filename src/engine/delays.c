#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "delays.h"

#include <glib/gi18n-lib.h>

static const char *const kinds[] = { "none", "axonal", NULL };
static const char *const initials[] = { "zero", "uniform", NULL };

const RheoParam rheo_delays_rows[] = {
  RHEO_P_CHOICE (RheoDelays, kind, "kind", kinds, .label = N_ ("Delays"),
                 .help = N_ ("None; or each input, and each unit of a layer below another one, is heard after a delay "
                             "of its own, which is learnt."),
                 .words = N_ ("axonal delay, transmission delay, latency, learnable delays")),
  RHEO_P_INT (RheoDelays, most, "max", .label = N_ ("Longest delay"), .unit = N_ ("steps"), .def = 20, .min = 1,
              .max = 1000, .soft_min = 1, .soft_max = 100, .help = N_ ("Delays are kept between 0 and this."),
              .when = "kind=axonal"),
  RHEO_P_CHOICE (RheoDelays, initial, "initial", initials, .label = N_ ("Initial delays"), .def = 1,
                 .help = N_ ("All zero, or drawn uniformly up to the longest delay."), .when = "kind=axonal"),
  RHEO_P_REAL (RheoDelays, rate, "learning-rate", .label = N_ ("Learning rate of delays"), .def = 100, .max = 1e6,
               .soft_max = 1000,
               .help = N_ ("Times the learning rate of the weights, which are much smaller numbers. 0: delays stay as "
                           "they were drawn."),
               .when = "kind=axonal"),
  RHEO_P_BOOL (RheoDelays, rounds, "rounded", .label = N_ ("Whole steps when tested"),
               .help = N_ ("Rounds delays to whole steps outside of training, as hardware would."),
               .when = "kind=axonal"),
  RHEO_P_END,
};

void
rheo_delays_ask (const RheoDelays *config, RheoProj *proj)
{
  if (config->kind == RHEO_DELAYS_NONE)
    return;
  proj->most_lag = config->most;
  proj->lag_rate = config->rate;
  proj->rounds = config->rounds;
}

void
rheo_delays_init (const RheoDelays *config, RheoNet *net, RheoRng rng)
{
  const int n_projs = rheo_net_get_plan (net)->n_projs;

  rng.stream = RHEO_STREAM_INIT;
  rng.iteration = 0;
  for (int i = 0; i < n_projs; i++)
    {
      RheoProj *p = rheo_net_get_proj (net, i);

      rng.item = RHEO_ITEM_OF_DELAYS (i);
      for (int j = 0; p->lag != NULL && j < p->n_pre && config->initial != 0; j++)
        p->lag[j] = (RheoReal) (config->most * rheo_rng_uniform (rng, (uint32_t) j, 0));
    }
}
