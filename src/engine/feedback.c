#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "feedback.h"

#include <glib/gi18n-lib.h>

static const char *const kinds[] = { "none", "uniform", NULL };

const RheoParam rheo_feedback_rows[] = {
  RHEO_P_CHOICE (RheoFeedback, kind, "kind", kinds, .label = N_ ("Feedback of the output"),
                 .help = N_ ("None; or the output of each step acts on all units in the next one, by weights that are "
                             "drawn once and not trained."),
                 .words = N_ ("echo state, reservoir")),
  RHEO_P_REAL (RheoFeedback, range, "range", .label = N_ ("Largest weight"),
               .help = N_ ("Weights are uniform between plus and minus this."), .def = 1, .min = 0, .max = 1000,
               .soft_max = 10, .when = "kind=uniform"),
  RHEO_P_END,
};

void
rheo_feedback_add (const RheoFeedback *config, RheoNet *net, int out, int to)
{
  const RheoProj proj = { .name = "feedback", .from = out, .to = to, .delay = 1 };

  if (config->kind != 0)
    rheo_net_join (net, &proj, false, false);
}

void
rheo_feedback_init (const RheoFeedback *config, RheoNet *net, RheoRng rng)
{
  const int i_proj = rheo_net_find_proj (net, "feedback");
  RheoProj *p = i_proj >= 0 ? rheo_net_get_proj (net, i_proj) : NULL;

  if (p == NULL)
    return;
  rng.stream = RHEO_STREAM_INIT;
  rng.iteration = 0;
  rng.item = (uint32_t) RHEO_MAX_PROJS; /* no other's */
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      p->weight[(size_t) j * (size_t) p->stride + (size_t) i] =
          (RheoReal) (config->range * (2 * rheo_rng_uniform (rng, (uint32_t) j, (uint32_t) i) - 1));
}
