#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine/intf7.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/cells/clocked.h"
#include "engine/cells/readout.h"
#include "engine/intf7-config.h"
#include "engine/net.h"
#include "engine/rng.h"

/* The sensorimotor network of Haşegan et al. 2022 (Front. Comput. Neurosci. 16:1017284): sensory cells ES drive association
 * cells EA, which drive motor cells EM; EA and EM have fast (IA, IM) and slow (IAL, IML) interneurons. Equations: intf7.h.
 * The input is the rate of a generator before each sensory cell, in Hz. The motor cells stand in equal blocks, one for each
 * output, which counts their spikes since the last action.
 *
 * All synapses follow from one number, as in NetPyNE 1.0 with NEURON's Random123: stream (a, b, c) is Philox4x32-10 with
 * counter {draw / 4, c, a, b} and key 0. Each target draws its sources from stream (hash of the source population, target,
 * seed); each pair its weight and delay from stream (source, target, seed). */

#define OUT RHEO_INTF7_POPS

/* The generators' delays are drawn in one go, from a stream of their own. */
#define INPUT_STREAM_A 1982994830u
#define INPUT_STREAM_B 931351090u

/* --- structure ---------------------------------------------------------------------------------------------------- */
static char *
dup_name (int link, const RheoIntf7Synapses *synapses)
{
  return g_strdup_printf ("%s-%s-%s", rheo_intf7_pops[rheo_intf7_links[link].from].name,
                          rheo_intf7_pops[rheo_intf7_links[link].to].name, synapses->suffix);
}

/* Spikes that may be on their way: each source's of the longest delay, and random ones. */
static int
count_capacity (const RheoIntf7Config *c, int n_cells, int n_generators)
{
  const double longest = MAX (MAX (c->fast_max, c->slow_max), c->input_max);
  const double shortest =
      MIN (MIN (c->cell[RHEO_INTF7_E].refractory, c->cell[RHEO_INTF7_I].refractory), c->cell[RHEO_INTF7_IL].refractory);

  return n_cells * ((int) ceil (longest / shortest) + 2) + n_generators * ((int) ceil (longest) + 60);
}

static size_t
core_size (const RheoIntf7Config *c, const RheoIntf7Sizes *s)
{
  const int n_cells = s->first[RHEO_INTF7_POPS], n_es = s->units[RHEO_INTF7_ES];

  return rheo_intf7_state_size (n_cells, n_es, count_capacity (c, n_cells, n_es));
}

/* The same share of pairs for all classes. */
static void
expect (RheoNet *net, int proj, double share, int8_t sign)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoProj *p = &plan->proj[proj];
  const int n_from = p->from >= 0 ? MAX (plan->pop[p->from].n_classes, 1) : 1;
  const int n = n_from * MAX (plan->pop[p->to].n_classes, 1);
  g_autofree double *shares = g_new (double, n);
  g_autofree int8_t *signs = g_new (int8_t, n_from);

  for (int k = 0; k < n; k++)
    shares[k] = share;
  memset (signs, sign, (gsize) n_from);
  rheo_net_expect (net, proj, shares, sign != 0 ? signs : NULL);
}

static void
lay_link (const RheoIntf7Config *c, const RheoIntf7Sizes *s, int link, RheoNet *net)
{
  RheoIntf7Synapses synapses[2];
  const int n = rheo_intf7_get_synapses (c, link, synapses), n_sources = s->sources[link];
  const double share = (double) n_sources / s->units[rheo_intf7_links[link].from];

  for (int k = 0; k < n && n_sources > 0; k++)
    {
      g_autofree char *name = dup_name (link, &synapses[k]);
      const int proj = rheo_net_join (net,
                                      &(RheoProj){ .name = name,
                                                   .from = rheo_intf7_links[link].from,
                                                   .to = rheo_intf7_links[link].to,
                                                   .delay = 1,
                                                   .form = RHEO_SPARSE,
                                                   .keep.non_negative = true,
                                                   .flags = synapses[k].learns ? RHEO_PROJ_TRAIN : 0 },
                                      false, false);

      expect (net, proj, share, rheo_intf7_pops[rheo_intf7_links[link].from].cls == RHEO_INTF7_E ? 1 : -1);
    }
}

/* One word: what the cells vote for. */
static char *
dup_class_name (const RheoShape *shape, int output)
{
  for (int k = 0; shape->labels != NULL && shape->labels[k] != NULL; k++)
    if (k == output)
      return g_strdelimit (g_strdup (shape->labels[k]), " .", '-');
  return g_strdup_printf ("%d", output + 1);
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const RheoIntf7Config *c = config;
  const RheoIntf7Sizes s = rheo_intf7_size (c, shape->n_in, shape->n_out);
  const int n_em = s.units[RHEO_INTF7_EM], n_out = shape->n_out;
  g_autofree int *first = g_new (int, n_out + 2);
  g_auto (GStrv) names = g_new0 (char *, n_out + 2);

  if (shape->events)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("The input of this model is the rate of each sensory cell; this task gives single events."));
  for (int k = 0; k <= n_out; k++)
    first[k] = n_out > 0 ? k * (n_em / n_out) : 0;
  for (int k = 0; k < n_out; k++)
    names[k] = dup_class_name (shape, k);
  if (n_out > 0 && first[n_out] < n_em)
    {
      names[n_out] = g_strdup ("rest");
      first[n_out + 1] = n_em;
    }
  for (int i = 0; i < RHEO_INTF7_POPS; i++)
    if (i == RHEO_INTF7_EM && n_out > 0)
      rheo_net_pop (net, rheo_intf7_pops[i].name, &rheo_cell_clocked, NULL, 0, n_em, n_out + (first[n_out] < n_em),
                    first, (const char *const *) names);
    else
      rheo_net_pop (net, rheo_intf7_pops[i].name, &rheo_cell_clocked, NULL, 0, s.units[i], 0, NULL, NULL);
  for (int link = 0; link < RHEO_INTF7_LINKS; link++)
    lay_link (c, &s, link, net);
  if (shape->n_in > 0)
    expect (net,
            rheo_net_join (net,
                           &(RheoProj){ .name = "in", .from = RHEO_INPUT, .to = RHEO_INTF7_ES, .form = RHEO_SPARSE },
                           false, false),
            1.0 / shape->n_in, 0);
  if (n_out > 0)
    {
      const int out = rheo_net_pop (net, "out", &rheo_cell_linear, NULL, 0, n_out, 0, NULL, NULL);

      expect (net,
              rheo_net_join (net, &(RheoProj){ .name = "out", .from = RHEO_INTF7_EM, .to = out, .form = RHEO_SPARSE },
                             false, false),
              1.0 / n_out, 0);
    }
  rheo_net_state_bytes (net, "clock.state", N_ ("Cells and spikes on their way"),
                        core_size (c, &s) + sizeof (int32_t) * (size_t) MAX (n_out, 1));
  return TRUE;
}

/* --- synapses ----------------------------------------------------------------------------------------------------- */

/* A stream of NEURON's Random123. */
typedef struct
{
  uint32_t a, b, c, n;
} Stream;

static double
draw (Stream *s)
{
  const RheoRng rng = { .iteration = s->b, .item = s->a };

  return (rheo_rng_bits (rng, s->c, s->n++) + 1.0) / 4294967297.0;
}

static double
draw_between (Stream *s, double lo, double hi)
{
  return lo + (hi - lo) * draw (s);
}

/* The sources of all targets of a link: [target][n]. */
static void
draw_sources (const RheoIntf7Sizes *s, int link, uint32_t seed, int32_t *source)
{
  const int from = rheo_intf7_links[link].from, to = rheo_intf7_links[link].to, n = s->sources[link];
  const int n_pre = s->units[from], n_post = s->units[to], first = s->first[to];
  g_autofree int32_t *chosen = g_new (int32_t, n + 1);
  g_autofree int32_t *seen = g_new0 (int32_t, n_pre);

  for (int post = 0; post < n_post; post++)
    {
      Stream stream = { rheo_intf7_pops[from].hash, (uint32_t) (first + post), seed, 1 };
      const int wanted = MIN (n + 1, n_pre);

      for (int k = 0; k < wanted;)
        {
          const double place = floor (n_pre * draw (&stream));
          const int pre = (int) MIN (place, n_pre - 1);

          if (seen[pre] == post + 1)
            continue;
          seen[pre] = post + 1;
          chosen[k++] = pre;
        }
      for (int k = 0; k < n; k++)
        source[post * n + k] = from == to && chosen[k] == post ? chosen[n] : chosen[k];
    }
}

static double *
add_delays (RheoNet *net, int proj, int64_t n)
{
  g_autofree char *name = g_strdup_printf ("%s.delay", rheo_net_get_proj (net, proj)->name);
  RheoNetArray *array;

  rheo_net_array (net, name, N_ ("Delays"), N_ ("ms"), "synapse", RHEO_F64, RHEO_USE_CONST, &n);
  array = rheo_net_find_array (net, name);
  return array->data;
}

static void
init_link (const RheoIntf7Config *c, const RheoIntf7Sizes *s, int link, RheoNet *net, uint32_t seed)
{
  RheoIntf7Synapses synapses[2];
  const int n_kinds = rheo_intf7_get_synapses (c, link, synapses), n = s->sources[link];
  const int n_post = s->units[rheo_intf7_links[link].to], first_pre = s->first[rheo_intf7_links[link].from],
            first_post = s->first[rheo_intf7_links[link].to];
  const gboolean slow = rheo_intf7_pops[rheo_intf7_links[link].from].cls == RHEO_INTF7_IL;
  const double lo = slow ? c->slow_min : c->fast_min, hi = slow ? c->slow_max : c->fast_max;
  g_autofree int32_t *pre = g_new (int32_t, MAX (n * n_post, 1));
  g_autofree int32_t *post = g_new (int32_t, MAX (n * n_post, 1));

  draw_sources (s, link, seed, pre);
  for (int i = 0; i < n * n_post; i++)
    post[i] = i / n;
  for (int k = 0; k < n_kinds && n > 0; k++)
    {
      g_autofree char *name = dup_name (link, &synapses[k]);
      const int proj = rheo_net_find_proj (net, name);
      RheoProj *p = rheo_net_get_proj (net, proj);
      double *delay;

      if (!rheo_net_set_synapses (net, proj, (int64_t) n * n_post, pre, post))
        return;
      delay = add_delays (net, proj, (int64_t) n * n_post);
      for (int j = 0; delay != NULL && j < p->n_pre; j++)
        for (int64_t at = p->syn_first[j]; at < p->syn_first[j + 1]; at++)
          {
            Stream stream = { (uint32_t) (first_pre + j), (uint32_t) (first_post + p->syn_post[at]), seed, 0 };
            const double w = synapses[k].weight;

            p->weight[at] =
                (RheoReal) (synapses[k].learns ? draw_between (&stream, (1 - c->spread) * w, (1 + c->spread) * w) : w);
            delay[at] = draw_between (&stream, lo, hi);
          }
    }
}

/* Generator i stands before sensory cell i and has the rate of input i, or, where there are fewer, again of the first. */
static void
init_input (const RheoIntf7Config *c, RheoNet *net, int proj, uint32_t seed)
{
  RheoProj *p = rheo_net_get_proj (net, proj);
  Stream stream = { INPUT_STREAM_A, INPUT_STREAM_B, seed, 0 };
  g_autofree int32_t *pre = g_new (int32_t, p->n_post);
  g_autofree int32_t *post = g_new (int32_t, p->n_post);
  g_autofree double *drawn = g_new (double, p->n_post);
  double *delay;

  for (int i = 0; i < p->n_post; i++)
    {
      pre[i] = i % p->n_pre;
      post[i] = i;
      drawn[i] = draw_between (&stream, c->input_min, c->input_max);
    }
  if (!rheo_net_set_synapses (net, proj, p->n_post, pre, post))
    return;
  delay = add_delays (net, proj, p->n_post);
  for (int64_t s = 0; delay != NULL && s < p->n_post; s++)
    {
      p->weight[s] = (RheoReal) c->input_weight;
      delay[s] = drawn[p->syn_post[s]];
    }
}

static void
init_out (RheoNet *net, int proj)
{
  RheoProj *p = rheo_net_get_proj (net, proj);
  const int per_out = p->n_pre / p->n_post;
  g_autofree int32_t *pre = g_new (int32_t, p->n_pre);
  g_autofree int32_t *post = g_new (int32_t, p->n_pre);

  for (int i = 0; i < per_out * p->n_post; i++)
    {
      pre[i] = i;
      post[i] = i / per_out;
    }
  if (rheo_net_set_synapses (net, proj, per_out * p->n_post, pre, post))
    for (int i = 0; i < per_out * p->n_post; i++)
      p->weight[i] = 1;
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const RheoIntf7Config *c = config;
  const uint32_t seed = c->seed > 0 ? (uint32_t) c->seed : (uint32_t) rng.seed;
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoIntf7Sizes s = rheo_intf7_size (c, plan->n_in, plan->n_out);
  const int in = rheo_net_find_proj (net, "in"), out = rheo_net_find_proj (net, "out");

  for (int link = 0; link < RHEO_INTF7_LINKS; link++)
    init_link (c, &s, link, net, seed);
  if (in >= 0)
    init_input (c, net, in, seed);
  if (out >= 0)
    init_out (net, out);
}

/* --- the clock ---------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoIntf7 core;
  RheoIntf7Class cls[RHEO_INTF7_CLASSES];
  RheoReal noise_weight[RHEO_INTF7_CLASSES];
  uint8_t *class_of;              /* [cell] */
  int first[RHEO_INTF7_POPS + 1]; /* cells of the populations */
  int n_out, per_out;             /* outputs, and motor cells of each */
  size_t core_size, row_size;
  uint8_t *state;  /* [row][row_size] */
  double *end;     /* [row][RHEO_MOST_TURN] scratch: when each step is over */
  uint8_t *silent; /* [row][cell] scratch */
} Clock;

static RheoIntf7Class
class_from (const RheoIntf7Values *cell)
{
  return (RheoIntf7Class){ .tau = { [RHEO_INTF7_AM] = cell->tau_am,
                                    [RHEO_INTF7_NM] = cell->tau_nm,
                                    [RHEO_INTF7_GA] = cell->tau_ga,
                                    [RHEO_INTF7_AM2] = cell->tau_am2,
                                    [RHEO_INTF7_NM2] = cell->tau_nm2,
                                    [RHEO_INTF7_GA2] = cell->tau_ga2,
                                    [RHEO_INTF7_AHP] = cell->tau_ahp },
                           .rest = cell->rest,
                           .threshold = cell->threshold,
                           .block = cell->block,
                           .ahp = cell->ahp,
                           .refractory = cell->refractory,
                           .tau_threshold = cell->tau_threshold,
                           .threshold_jump = cell->threshold_jump };
}

/* What fires across a projection: cells, or the generators of their targets. */
static int
source_of (const Clock *clock, const RheoProj *p, int j, int64_t s)
{
  return p->from == RHEO_INPUT ? clock->core.n_cells + p->syn_post[s] : clock->first[p->from] + j;
}

static int
receptor_of (const RheoIntf7Config *c, const RheoProj *p)
{
  RheoIntf7Synapses synapses[2];

  for (int link = 0; link < RHEO_INTF7_LINKS; link++)
    for (int k = rheo_intf7_get_synapses (c, link, synapses) - 1; k >= 0; k--)
      if (rheo_intf7_links[link].from == p->from && rheo_intf7_links[link].to == p->to
          && g_str_has_suffix (p->name, synapses[k].suffix))
        return synapses[k].receptor;
  return RHEO_INTF7_AM;
}

/* Counts the synapses of each source (to NULL), or puts them where first says, which moves on. */
static void
gather (Clock *clock, const RheoIntf7Config *c, RheoNet *net, RheoIntf7Synapse *to)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  int32_t *first = clock->core.first;

  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];
      g_autofree char *name = g_strdup_printf ("%s.delay", p->name);
      const RheoNetArray *delay = rheo_net_find_array (net, name);
      const int receptor = receptor_of (c, p);

      if (p->to == OUT)
        continue;
      for (int j = 0; j < p->n_pre; j++)
        for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
          {
            const int source = source_of (clock, p, j, s);

            if (to != NULL)
              to[first[source]] = (RheoIntf7Synapse){ .delay = ((const double *) delay->data)[s],
                                                      .weight = &p->weight[s],
                                                      .target = clock->first[p->to] + p->syn_post[s],
                                                      .receptor = receptor };
            first[source]++;
          }
    }
}

static void *
wind (const void *config, RheoNet *net)
{
  const RheoIntf7Config *c = config;
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoNetArray *state = rheo_net_find_array (net, "clock.state");
  const RheoIntf7Sizes s = rheo_intf7_size (c, plan->n_in, plan->n_out);
  Clock *clock = g_new0 (Clock, 1);
  RheoIntf7 *core = &clock->core;
  int n_sources, n = 0;

  for (int i = 0; i < RHEO_INTF7_POPS; i++)
    clock->first[i + 1] = clock->first[i] + plan->pop[i].n_units;
  for (int k = 0; k < RHEO_INTF7_CLASSES; k++)
    {
      clock->cls[k] = class_from (&c->cell[k]);
      clock->noise_weight[k] = (RheoReal) (k == RHEO_INTF7_E ? c->noise_e : c->noise_i);
    }
  clock->class_of = g_new (uint8_t, clock->first[RHEO_INTF7_POPS]);
  for (int i = 0; i < RHEO_INTF7_POPS; i++)
    memset (clock->class_of + clock->first[i], rheo_intf7_pops[i].cls, (gsize) plan->pop[i].n_units);
  clock->n_out = plan->n_out;
  clock->per_out = plan->n_out > 0 ? plan->pop[RHEO_INTF7_EM].n_units / plan->n_out : 0;
  clock->core_size = core_size (c, &s);
  clock->row_size = (size_t) state->stride;
  clock->state = state->data;
  *core = (RheoIntf7){ .n_cells = clock->first[RHEO_INTF7_POPS],
                       .n_generators = plan->pop[RHEO_INTF7_ES].n_units,
                       .n_classes = RHEO_INTF7_CLASSES,
                       .cls = clock->cls,
                       .class_of = clock->class_of,
                       .exact = c->exponential == RHEO_INTF7_EXP_EXACT,
                       .at_once = c->generator == RHEO_INTF7_AT_ONCE,
                       .noise_interval = c->noise_rate > 0 ? 1000 / c->noise_rate : 0,
                       .noise_weight = clock->noise_weight };
  clock->end = g_new (double, state->dims[0] * RHEO_MOST_TURN);
  clock->silent = g_new (uint8_t, state->dims[0] * core->n_cells);
  core->capacity = count_capacity (c, core->n_cells, core->n_generators);
  n_sources = core->n_cells + core->n_generators;
  core->first = g_new0 (int32_t, n_sources + 1);
  gather (clock, c, net, NULL);
  for (int j = 0; j <= n_sources; j++)
    {
      const int32_t of_source = core->first[j];

      core->first[j] = n;
      n += of_source;
    }
  core->synapse = g_new (RheoIntf7Synapse, MAX (n, 1));
  gather (clock, c, net, core->synapse);
  memmove (core->first + 1, core->first, sizeof *core->first * (gsize) n_sources);
  core->first[0] = 0;
  rheo_intf7_prepare (core);
  return clock;
}

static void
unwind (void *data)
{
  Clock *clock = data;

  g_free (clock->class_of);
  g_free (clock->end);
  g_free (clock->silent);
  g_free (clock->core.first);
  g_free (clock->core.synapse);
  g_free (clock);
}

/* A row while it runs. */
typedef struct
{
  const Clock *clock;
  const RheoTurn *turn;
  int row, step;     /* of the lane; of the stretch */
  int last;          /* the last step of these */
  const double *end; /* [step - first]: when a step is over */
  int first;
  int32_t *count; /* [out] */
} Running;

static void
note_counts (const Running *r)
{
  RheoReal *out = r->turn->out[OUT];

  for (int k = 0; k < r->clock->n_out; k++)
    out[((int64_t) r->step * r->turn->lane->n_rows + r->row) * r->turn->stride[OUT] + k] = (RheoReal) r->count[k];
}

static void
on_spike (void *data, int cell, double time)
{
  Running *r = data;
  const Clock *clock = r->clock;
  const RheoWindow *w = r->turn->w;
  int pop = 0;

  while (r->step < r->last && time > r->end[r->step - r->first])
    {
      note_counts (r);
      r->step++;
    }
  while (cell >= clock->first[pop + 1])
    pop++;
  rheo_turn_spike (r->turn, pop, r->row, r->step, cell - clock->first[pop]);
  if (pop == RHEO_INTF7_EM && clock->per_out > 0
      && (cell - clock->first[RHEO_INTF7_EM]) / clock->per_out < clock->n_out)
    r->count[(cell - clock->first[RHEO_INTF7_EM]) / clock->per_out]++;
  if (w->on_spike != NULL)
    w->on_spike (w->on_spike_data, r->turn->lane, cell, time);
}

/* Cells that are silenced at a step. FALSE: none. */
static gboolean
find_silent (const Clock *clock, const RheoWindow *w, int64_t step, uint8_t *silent)
{
  gboolean any = FALSE;

  memset (silent, 0, (gsize) clock->core.n_cells);
  for (int i = 0; i < w->n_acts; i++)
    {
      const RheoIntervention *act = &w->acts[i];

      if (act->kind != RHEO_ACT_SILENCE || act->pop < 0 || act->pop >= RHEO_INTF7_POPS || step < act->t0
          || step >= act->t1)
        continue;
      any = TRUE;
      if (act->units == NULL)
        memset (silent + clock->first[act->pop], 1, (gsize) (clock->first[act->pop + 1] - clock->first[act->pop]));
      for (int k = 0; act->units != NULL && k < act->n_units; k++)
        silent[clock->first[act->pop] + act->units[k]] = 1;
    }
  return any;
}

/* The input of a step that begins. */
static void
look (const Clock *clock, const RheoBatch *batch, int64_t row, int64_t step, int hold, void *state)
{
  const RheoReal *input = batch->input + (row * (batch->n_steps / hold) + step / hold) * batch->n_in;

  for (int i = 0; i < clock->core.n_generators && batch->n_in > 0; i++)
    rheo_intf7_set_rate (&clock->core, state, i, (double) input[i % batch->n_in]);
}

/* Steps of one action, or as many of them as are in the stretch. */
static bool
run_row (const Clock *clock, const RheoTurn *turn, int row)
{
  const RheoBatch *batch = turn->w->batch;
  const int hold = MAX (batch->hold, 1);
  const int64_t of_batch = turn->lane->row0 + row;
  const double half = turn->w->dt_ms / 2;
  uint8_t *state = clock->state + (size_t) of_batch * clock->row_size;
  double *end = clock->end + of_batch * RHEO_MOST_TURN;
  uint8_t *silent = clock->silent + of_batch * clock->core.n_cells;
  RheoRng rng = turn->w->noise;
  Running r = { .clock = clock, .turn = turn, .row = row, .end = end, .count = (void *) (state + clock->core_size) };

  rng.item += (uint32_t) of_batch;
  if (turn->reset)
    {
      rheo_intf7_reset (&clock->core, state);
      memset (r.count, 0, sizeof *r.count * (gsize) clock->n_out);
    }
  for (int t = 0, n; t < turn->n; t += n)
    {
      const int64_t step = turn->t0 + t;
      double time = rheo_intf7_get_time (state);
      gboolean any;

      if (batch->length != NULL && step >= batch->length[of_batch])
        return true;
      n = (int) MIN (hold - step % hold, turn->n - t);
      if (step % hold == 0)
        {
          memset (r.count, 0, sizeof *r.count * (gsize) clock->n_out);
          look (clock, batch, of_batch, step, hold, state);
        }
      /* As NEURON adds up its time. */
      for (int k = 0; k < n; k++)
        end[k] = time = time + half + half;
      any = find_silent (clock, turn->w, step, silent);
      r.first = r.step = t;
      r.last = t + n - 1;
      if (!rheo_intf7_advance (&clock->core, state, time, rng, any ? silent : NULL, on_spike, &r))
        return false;
      for (; r.step <= r.last; r.step++)
        note_counts (&r);
    }
  return true;
}

static bool
advance (void *data, const RheoTurn *turn)
{
  for (int row = 0; row < turn->n_rows; row++)
    if (!run_row (data, turn, row))
      return false;
  return true;
}

const RheoModel rheo_model_intf7 = {
  .base = { .kind = RHEO_KIND_MODEL,
            .version = 1,
            .id = "intf7",
            .title = N_ ("Event-driven sensorimotor network"),
            .summary = N_ ("Spiking cells that are exact between events, from sensory over association to motor cells, "
                           "with fast and slow interneurons. Motor cells vote for an action."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning; Lytton & Stewart 2006, Rule-based firing for network "
                    "simulations",
            .config_size = sizeof (RheoIntf7Config),
            .params = rheo_intf7_params,
            .gives = RHEO_SPIKES | RHEO_EVENTS,
            .check = rheo_intf7_check },
  .layout = layout,
  .init = init,
  .wind = wind,
  .advance = advance,
  .unwind = unwind,
};
