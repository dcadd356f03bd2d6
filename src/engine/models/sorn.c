#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/cells/binary.h"
#include "engine/cells/readout.h"
#include "engine/net.h"
#include "engine/rng.h"

/* The self-organising recurrent network (Lazar, Pipa & Triesch 2009): excitatory units "exc" and inhibitory ones "inh",
 * both binary (cells/binary.h). x, y: what they gave in the step before, u: the input, to the first units of "exc":
 *
 *   x' = [W_ee x - W_ei y + sigma xi - T_E + u > 0],   y' = [W_ie x + sigma xi - T_I > 0]
 *
 * "ei" goes from inhibitory to excitatory units; its weights are positive and subtracted. All weights that come in at a unit
 * add up to 1 at first. The synapses of "ee" and "ei" come and go by the rule; those of "ie" stay. A read-out "out" is there
 * where the task has outputs. */

enum
{
  DEGREES_BINOMIAL,
  DEGREES_NORMAL,
};

enum
{
  PAIRS_SPARSE,
  PAIRS_ALL,
};

enum
{
  IE_AUTO,
  IE_ALL,
  IE_SPARSE,
};

static const char *const degrees_choices[] = { "binomial", "normal", NULL };
static const char *const pairs_choices[] = { "sparse", "all", NULL };
static const char *const ie_choices[] = { "auto", "all", "sparse", NULL };
static const char *const fires_choices[] = { "above", "at", NULL };

#define ALL_PAIRS_UP_TO 5000 /* excitatory units */

typedef struct
{
  int ne, degrees, ee, ei, ie, fires;
  double inhibitory, lambda_ee, lambda_ei, lambda_ie, te_min, te_max, ti_min, ti_max, noise, start;
} Sorn;

#define LAMBDA(field, k, d, l, h, ...)                                                                                 \
  RHEO_P_REAL (Sorn, field, k, .label = l, .help = h, .unit = N_ ("synapses"), .def = d, .min = 1, .max = 65536,       \
               .soft_min = 1, .soft_max = 200, .flags = RHEO_LOG, __VA_ARGS__)
#define THRESHOLD(field, k, d, l, h)                                                                                   \
  RHEO_P_REAL (Sorn, field, k, .label = l, .help = h, .def = d, .min = -100, .max = 100, .soft_min = 0, .soft_max = 1)

static const RheoParam params[] = {
  RHEO_P_INT (Sorn, ne, "units", .label = N_ ("Excitatory units"),
              .help = N_ ("How many excitatory units the network has; inhibitory ones come on top."),
              .words = N_ ("neurons, cells, size of the network"), .def = 200, .min = 2, .max = 200000, .soft_min = 50,
              .soft_max = 10000, .flags = RHEO_LOG),
  RHEO_P_REAL (Sorn, inhibitory, "inhibitory", .label = N_ ("Inhibitory units per excitatory one"),
               .help = N_ ("Rounded down to whole units, at least one."), .def = 0.2, .min = 0.001, .max = 10,
               .soft_min = 0.05, .soft_max = 1),
  RHEO_P_REAL (Sorn, noise, "noise", .label = N_ ("Noise"),
               .help =
                   N_ ("Standard deviation of the noise that every unit gets in every step. It decides how the network "
                       "behaves: with 0.04 it fires in bursts, with 0.22 units fire one by one."),
               .def = 0.2236, .min = 0, .max = 100, .soft_max = 0.5),
  RHEO_P_CHOICE (Sorn, ee, "ee", pairs_choices, .label = N_ ("Excitatory to excitatory"),
                 .help = N_ ("Which pairs are connected at first.")),
  LAMBDA (lambda_ee, "lambda-ee", 20, N_ ("Synapses of an excitatory unit"),
          N_ ("Mean number of excitatory units that an excitatory one listens to at first."), .when = "ee=sparse"),
  RHEO_P_CHOICE (Sorn, ei, "ei", pairs_choices, .label = N_ ("Inhibitory to excitatory"),
                 .help = N_ ("Which pairs are connected at first.")),
  LAMBDA (lambda_ei, "lambda-ei", 40, N_ ("Targets of an inhibitory unit"),
          N_ ("Mean number of excitatory units that an inhibitory one acts on in a network of this size at first."),
          .when = "ei=sparse"),
  RHEO_P_CHOICE (
      Sorn, ie, "ie", ie_choices, .label = N_ ("Excitatory to inhibitory"),
      .help = N_ ("Which pairs are connected. All pairs of a large network take much memory and time: auto has all "
                  "up to 5,000 excitatory units and few above.")),
  LAMBDA (lambda_ie, "lambda-ie", 100, N_ ("Synapses of an inhibitory unit"),
          N_ ("Mean number of excitatory units that an inhibitory one listens to, where not all pairs are connected."),
          .when = "ie=auto|sparse"),
  RHEO_P_CHOICE (
      Sorn, degrees, "degrees", degrees_choices, .label = N_ ("Numbers of synapses"),
      .help = N_ ("Binomial: each pair is connected by the same chance. Normal: drawn with standard deviation 1, "
                  "rounded down."),
      .flags = RHEO_ADVANCED),
  THRESHOLD (te_min, "te-min", 0, N_ ("Lowest excitatory threshold"), N_ ("Thresholds are drawn uniformly.")),
  THRESHOLD (te_max, "te-max", 1, N_ ("Highest excitatory threshold"), N_ ("Thresholds are drawn uniformly.")),
  THRESHOLD (ti_min, "ti-min", 0, N_ ("Lowest inhibitory threshold"), N_ ("Thresholds are drawn uniformly.")),
  THRESHOLD (ti_max, "ti-max", 0.5, N_ ("Highest inhibitory threshold"), N_ ("Thresholds are drawn uniformly.")),
  RHEO_P_REAL (Sorn, start, "start", .label = N_ ("Active at first"),
               .help = N_ ("Chance that an excitatory unit fires before the first step."), .def = 0.1, .min = 0,
               .max = 1, .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Sorn, fires, "fires", fires_choices, .label = N_ ("A unit fires"),
                 .help = N_ ("When its drive is above its threshold, or also when it is at it. It matters only without "
                             "noise."),
                 .def = 1, .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "published", N_ ("As published"),
    "{\"noise\": 0.2236, \"degrees\": \"binomial\", \"start\": 0.1, \"fires\": \"at\"}" },
  { "package", N_ ("As in the Python package sorn"),
    "{\"noise\": 0.04, \"degrees\": \"normal\", \"start\": 0, \"fires\": \"above\"}" },
  { NULL },
};

static int
count_inhibitory (const Sorn *c)
{
  return MAX (1, (int) floor (c->inhibitory * c->ne + 1e-9));
}

static gboolean
has_all_ie (const Sorn *c)
{
  return c->ie == IE_ALL || (c->ie == IE_AUTO && c->ne <= ALL_PAIRS_UP_TO);
}

static gboolean
check (const void *config, GError **error)
{
  const Sorn *c = config;

  if (c->te_min > c->te_max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("model.te-min (%g) is above model.te-max (%g)."), c->te_min,
                      c->te_max);
  if (c->ti_min > c->ti_max)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("model.ti-min (%g) is above model.ti-max (%g)."), c->ti_min,
                      c->ti_max);
  return TRUE;
}

enum
{
  EXC,
  INH,
};

enum
{
  PROJ_EE,
  PROJ_EI,
  PROJ_IE,
};

static RheoBinary
cell_of (const Sorn *c)
{
  return (RheoBinary){ .noise = (RheoReal) c->noise, .at_threshold = c->fires == 1 };
}

static void
expect (RheoNet *net, int proj, gboolean all, double per_unit, int n, int8_t sign)
{
  const double share = all ? 1 : MIN (per_unit / n, 1);

  rheo_net_expect (net, proj, &share, sign != 0 ? &sign : NULL);
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Sorn *c = config;
  const RheoBinary cell = cell_of (c);
  const int ni = count_inhibitory (c);
  const unsigned plastic = RHEO_PROJ_PLASTIC;
  const RheoForm ie = has_all_ie (c) ? RHEO_DENSE : RHEO_SPARSE;
  int exc, inh;

  if (shape->n_in > c->ne)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("The task has %d inputs, each for an excitatory unit, but model.units is %d."), shape->n_in,
                      c->ne);
  exc = rheo_net_pop (net, "exc", &rheo_cell_binary_driven, &cell, sizeof cell, c->ne, 0, NULL, NULL);
  rheo_net_title_pop (net, exc, N_ ("Excitatory"));
  inh = rheo_net_pop (net, "inh", &rheo_cell_binary, &cell, sizeof cell, ni, 0, NULL, NULL);
  rheo_net_title_pop (net, inh, N_ ("Inhibitory"));
  expect (net,
          rheo_net_join (net,
                         &(RheoProj){ .name = "ee",
                                      .from = exc,
                                      .to = exc,
                                      .delay = 1,
                                      .form = RHEO_SPARSE,
                                      .keep.no_self = true,
                                      .flags = plastic },
                         false, false),
          c->ee == PAIRS_ALL, c->lambda_ee, c->ne, 1);
  expect (net,
          rheo_net_join (
              net,
              &(RheoProj){
                  .name = "ei", .from = inh, .to = exc, .port = 1, .delay = 1, .form = RHEO_SPARSE, .flags = plastic },
              false, false),
          c->ei == PAIRS_ALL, c->lambda_ei, c->ne, -1);
  expect (
      net,
      rheo_net_join (net, &(RheoProj){ .name = "ie", .from = exc, .to = inh, .delay = 1, .form = ie }, false, false),
      has_all_ie (c), c->lambda_ie, c->ne, 1);
  if (shape->n_in > 0)
    expect (net,
            rheo_net_join (net,
                           &(RheoProj){ .name = "in", .from = RHEO_INPUT, .to = exc, .port = 2, .form = RHEO_SPARSE },
                           false, false),
            FALSE, 1, c->ne, 0);
  if (shape->n_out > 0)
    {
      const int out = rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, shape->n_out, 0, NULL, NULL);

      rheo_net_join (net, &(RheoProj){ .name = "out", .from = exc, .to = out, .flags = RHEO_PROJ_TRAIN }, true, false);
    }
  return TRUE;
}

/* --- initial synapses --------------------------------------------------------------------------------------------- */

/* Pairs, and what draws them. */
typedef struct
{
  RheoRng rng;
  uint32_t index;
  int64_t n, room;
  int32_t *pre, *post; /* [room] */
  gboolean failed;     /* there was no memory; nothing more is added */
} Pairs;

static double
draw (Pairs *pairs)
{
  return rheo_rng_uniform (pairs->rng, 0, pairs->index++);
}

static gboolean
grow (Pairs *pairs)
{
  const int64_t room = 2 * pairs->room + 1024;
  int32_t *pre = g_try_realloc_n (pairs->pre, (gsize) room, sizeof *pre), *post = NULL;

  if (pre != NULL)
    {
      pairs->pre = pre;
      post = g_try_realloc_n (pairs->post, (gsize) room, sizeof *post);
    }
  pairs->failed = post == NULL;
  if (pairs->failed)
    return FALSE;
  pairs->post = post;
  pairs->room = room;
  return TRUE;
}

static void
add_pair (Pairs *pairs, int pre, int post)
{
  if (pairs->n == pairs->room && !grow (pairs))
    return;
  pairs->pre[pairs->n] = pre;
  pairs->post[pairs->n++] = post;
}

/* Each pair by the same chance: the gap to the next one is geometric. */
static void
draw_by_chance (Pairs *pairs, int n_pre, int n_post, double chance, gboolean no_self)
{
  const int64_t n = (int64_t) n_pre * n_post;
  const double log_rest = log1p (-chance);

  for (int64_t k = -1; !pairs->failed;)
    {
      k += 1 + (chance < 1 ? (int64_t) MIN (log (draw (pairs)) / log_rest, (double) n) : 0);
      if (k >= n)
        return;
      if (!no_self || k / n_post != k % n_post)
        add_pair (pairs, (int) (k / n_post), (int) (k % n_post));
    }
}

/* A number of partners from N (mean, 1), rounded down, and so many of n that are not `except` (-1: none), each at most once
 * (Floyd's method); taken: [n], zeros. */
static void
draw_partners (Pairs *pairs, int unit, double mean, int n, int except, gboolean partners_are_pre, int32_t *taken)
{
  const int n_there = n - (except >= 0);
  const double wanted = trunc (mean + rheo_rng_normal (pairs->rng, 1, (uint32_t) unit));
  const int count = (int) CLAMP (wanted, MIN (1, n_there), n_there);

  for (int k = n_there - count; k < n_there; k++)
    {
      int partner = (int) rheo_rng_below (pairs->rng, 2, pairs->index++, (uint32_t) k + 1);

      if (taken[partner] == unit + 1)
        partner = k;
      taken[partner] = unit + 1;
      partner += except >= 0 && partner >= except;
      if (partners_are_pre)
        add_pair (pairs, partner, unit);
      else
        add_pair (pairs, unit, partner);
    }
}

/* Targets that nothing would reach get two sources. */
static void
reach_all (Pairs *pairs, int n_pre, int n_post, gboolean no_self)
{
  g_autofree int32_t *count = g_new0 (int32_t, n_post);

  for (int64_t s = 0; s < pairs->n; s++)
    count[pairs->post[s]]++;
  for (int i = 0; i < n_post; i++)
    {
      const int except = no_self ? i : -1, n_there = n_pre - no_self;

      if (count[i] > 0)
        continue;
      for (int k = 0, last = -1; k < MIN (2, n_there); k++)
        {
          int j = (int) rheo_rng_below (pairs->rng, 3, pairs->index++, (uint32_t) (n_there - k));

          j += last >= 0 && j >= last;
          last = j;
          add_pair (pairs, j + (except >= 0 && j >= except), i);
        }
    }
}

/* Weights U (0, 0.1), then all that come in at a unit divided by their sum. */
static void
draw_weights (RheoProj *p, RheoRng rng)
{
  g_autofree double *sum = g_new0 (double, p->n_post);
  uint32_t index = 0;

  for (int pass = 0; pass < 2; pass++)
    for (int j = 0; j < p->n_pre; j++)
      {
        const int64_t first = p->form == RHEO_SPARSE ? p->syn_first[j] : (int64_t) j * p->stride;
        const int64_t n = p->form != RHEO_SPARSE ? p->n_post
                          : p->syn_count != NULL ? p->syn_count[j]
                                                 : p->syn_first[j + 1] - first;

        for (int64_t k = 0; k < n; k++)
          {
            const int64_t post = p->form == RHEO_SPARSE ? p->syn_post[first + k] : k;
            RheoReal *w = &p->weight[first + k];

            if (pass == 0)
              sum[post] += (double) (*w = (RheoReal) (0.1 * rheo_rng_uniform (rng, 4, index++)));
            else
              *w = (RheoReal) ((double) *w / sum[post]);
          }
      }
}

/* Without memory the projection gets no synapses, and the network cannot be made. per_unit: of the partners of a unit, which
 * are sources where by_target is TRUE. */
static void
init_proj (const Sorn *c, RheoNet *net, int i_proj, gboolean all, gboolean by_target, double per_unit, RheoRng rng)
{
  RheoProj *p = rheo_net_get_proj (net, i_proj);
  const gboolean no_self = p->keep.no_self;
  const int n_partners = by_target ? p->n_pre : p->n_post;

  rng.item = (uint32_t) i_proj;
  if (p->form == RHEO_SPARSE)
    {
      Pairs pairs = { .rng = rng };

      if (all || c->degrees == DEGREES_BINOMIAL)
        draw_by_chance (&pairs, p->n_pre, p->n_post, all ? 1 : MIN (per_unit / n_partners, 1), no_self);
      else
        {
          g_autofree int32_t *taken = g_new0 (int32_t, n_partners);

          for (int i = 0; i < (by_target ? p->n_post : p->n_pre); i++)
            draw_partners (&pairs, i, per_unit, n_partners, no_self ? i : -1, by_target, taken);
        }
      reach_all (&pairs, p->n_pre, p->n_post, no_self);
      if (!pairs.failed && rheo_net_set_synapses (net, i_proj, pairs.n, pairs.pre, pairs.post))
        draw_weights (p, rng);
      g_free (pairs.pre);
      g_free (pairs.post);
    }
  else
    draw_weights (p, rng);
}

static void
init_pop (const RheoPop *pop, double lo, double hi, double start, RheoRng rng)
{
  for (int i = 0; i < pop->n_units; i++)
    {
      pop->param[0][i] = (RheoReal) (lo + (hi - lo) * rheo_rng_uniform (rng, 5, (uint32_t) i));
      pop->param[1][i] = rheo_rng_uniform (rng, 6, (uint32_t) i) < start;
    }
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Sorn *c = config;
  const RheoPlan *plan = rheo_net_get_plan (net);
  const int in = rheo_net_find_proj (net, "in");

  init_proj (c, net, PROJ_EE, c->ee == PAIRS_ALL, TRUE, c->lambda_ee, rng);
  init_proj (c, net, PROJ_EI, c->ei == PAIRS_ALL, FALSE, c->lambda_ei, rng);
  init_proj (c, net, PROJ_IE, has_all_ie (c), TRUE, c->lambda_ie, rng);
  rng.item = RHEO_MAX_PROJS;
  init_pop (&plan->pop[EXC], c->te_min, c->te_max, c->start, rng);
  rng.item++;
  init_pop (&plan->pop[INH], c->ti_min, c->ti_max, 0, rng);
  if (in >= 0)
    {
      RheoProj *p = rheo_net_get_proj (net, in);
      g_autofree int32_t *unit = g_new (int32_t, p->n_pre);

      for (int i = 0; i < p->n_pre; i++)
        unit[i] = i;
      if (rheo_net_set_synapses (net, in, p->n_pre, unit, unit))
        for (int i = 0; i < p->n_pre; i++)
          p->weight[i] = 1;
    }
}

static void
derive (const void *config, RheoNet *net)
{
  *(RheoBinary *) rheo_net_get_derived (net, EXC) = *(RheoBinary *) rheo_net_get_derived (net, INH) = cell_of (config);
}

const RheoModel rheo_model_sorn = {
  .base = { .kind = RHEO_KIND_MODEL,
            .version = 1,
            .id = "sorn",
            .title = N_ ("Self-organising recurrent network"),
            .summary =
                N_ ("Binary excitatory and inhibitory units with sparse synapses that come and go. Inputs drive the "
                    "first excitatory units."),
            .cite =
                "Lazar, Pipa & Triesch 2009, SORN: a self-organizing recurrent neural network; Zheng, Dimitrakakis & "
                "Triesch 2013, Network self-organization explains the statistics and dynamics of synaptic connection "
                "strengths in cortex",
            .config_size = sizeof (Sorn),
            .params = params,
            .presets = presets,
            .gives = RHEO_SPIKES | RHEO_PLASTIC,
            .check = check },
  .layout = layout,
  .init = init,
  .derive = derive,
};
