#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "device-cuda.h"

#include <glib/gi18n-lib.h>
#include <gmodule.h>
#include <string.h>

#include "card-build.h"
#include "device-cpu-private.h"

/* The processor's buffers stay: the tape that everyone reads lies in them, states and what comes before a window are made
 * there, and windows that a card cannot run go there as a whole. */

typedef struct
{
  const RheoCardOps *ops;
  RheoCard *card;
} Cuda;

/* A network on the card. */
typedef struct
{
  RheoCardNet *net;
  RheoCardTrained *trained;
  bool here;          /* the last window ran on the card */
  bool adds;          /* the card can keep a gradient: lists of synapses it has as matrices */
  RheoChange *change; /* [trained]: where the moments are of the last update there; NULL: there was none */
  bool moments_away;  /* what the program has of moments is old */
} CudaNet;

/* --- windows ------------------------------------------------------------------------------------------------------------ */

/* Interventions, signals from outside, local rules and inputs that are held are the processor's. */
static bool
runs_here (const RheoWindow *w)
{
  if (w->n_acts > 0 || w->clamp != NULL || w->teacher != NULL || w->on_step != NULL || w->on_spike != NULL
      || w->net->clock != NULL || w->batch->hold > 1 || w->flags & RHEO_ROLL_CURRENTS
      || w->t1 - w->t0 > w->net->shape.n_steps)
    return false;
  for (int i = 0; i < w->net->plan.n_projs; i++)
    if (rheo_acts_change_source (w, i))
      return false;
  return true;
}

static RheoCardWindow
card_window (const RheoWindow *w)
{
  const RheoLane *first = &w->net->lane[w->lane0], *last = &w->net->lane[w->lane0 + w->n_lanes - 1];

  return (RheoCardWindow){
    .w = w, .row0 = first->row0, .n_rows = last->row0 + last->n_rows - first->row0, .surrogate = &w->net->surrogate
  };
}

/* Where the tape has an array. NULL: it has none in this window. */
static void *
on_tape (const RheoTapePop *pop, int array, int k)
{
  switch (array)
    {
    case RHEO_CARD_BITS:
      return pop->bits;
    case RHEO_CARD_OUT:
      return pop->out;
    case RHEO_CARD_D_OUT:
      return pop->d_out;
    case RHEO_CARD_TAPE:
      return pop->tape[k];
    default:
      return pop->delta[k];
    }
}

/* n_steps of an array from `step` on, for each lane of the window, between the card and the tape. */
static void
copy_lanes (const Cuda *cuda, const CudaNet *on, const RheoWindow *w, int array, int pop, int k, int64_t step,
            int64_t n_steps, bool put)
{
  for (int i = 0; i < w->n_lanes; i++)
    {
      const RheoTapeLane *lane = &w->net->tape.lane[i];
      const RheoCardBlock block = {
        array, pop, k, step, n_steps, lane->row0 - w->net->tape.lane[0].row0, lane->n_rows
      };
      const size_t of_step = array == RHEO_CARD_BITS ? sizeof (uint64_t) * (size_t) lane->pop[pop].n_words
                                                     : sizeof (RheoReal) * (size_t) w->net->pop[pop].stride;
      char *there = on_tape (&lane->pop[pop], array, k);

      if (there == NULL)
        continue;
      there += step * (int64_t) of_step * lane->n_rows;
      if (put)
        cuda->ops->put (on->net, &block, there);
      else
        cuda->ops->get (on->net, &block, there);
    }
}

/* States and outputs before the window. */
static void
put_start (const Cuda *cuda, const CudaNet *on, const RheoWindow *w)
{
  const RheoNet *net = w->net;
  const RheoCardWindow window = card_window (w);

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const RheoNetPop *more = &net->more[i];
      const size_t row = (size_t) window.row0 * (size_t) net->pop[i].stride,
                   all = (size_t) net->size.n_rows * (size_t) net->pop[i].stride;
      RheoCardBlock block = { RHEO_CARD_STATE, i, 0, 0, 1, 0, window.n_rows };

      for (block.k = 0; block.k < more->n_states; block.k++)
        cuda->ops->put (on->net, &block, more->state_base[block.k] + row);
      block.array = RHEO_CARD_OUT;
      block.k = 0;
      for (int lag = 0; lag < more->depth; lag++)
        {
          block.step = -1 - lag;
          cuda->ops->put (on->net, &block, more->history + (size_t) lag * all + row);
        }
      for (int k = 0; k < more->n_tape; k++)
        copy_lanes (cuda, on, w, RHEO_CARD_TAPE, i, k, 0, 1, true);
    }
}

/* What is read of outputs, the last ones, which the next window begins with, and states behind the window. */
static void
get_end (const Cuda *cuda, const CudaNet *on, const RheoWindow *w)
{
  const RheoNet *net = w->net;
  const RheoCardWindow window = card_window (w);
  const int64_t n_steps = w->t1 - w->t0;

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      const bool read = w->read_pops == 0 || w->read_pops >> i & 1;
      const int64_t first = read ? 0 : MAX (n_steps - net->more[i].depth, 0);
      RheoCardBlock block = { RHEO_CARD_STATE, i, 0, 0, 1, 0, window.n_rows };

      for (block.k = 0; block.k < net->more[i].n_states; block.k++)
        cuda->ops->get (on->net, &block,
                        net->more[i].state_base[block.k] + (size_t) window.row0 * (size_t) net->pop[i].stride);
      copy_lanes (cuda, on, w, RHEO_CARD_BITS, i, 0, 0, n_steps, false);
      copy_lanes (cuda, on, w, RHEO_CARD_OUT, i, 0, first, n_steps - first, false);
    }
}

static void
count_spikes (const RheoWindow *w)
{
  const RheoNet *net = w->net;

  for (int i = 0; i < w->n_lanes; i++)
    for (int k = 0; k < net->plan.n_pops; k++)
      {
        RheoTapePop *pop = &net->tape.lane[i].pop[k];

        if (pop->bits != NULL)
          pop->n_spikes = rheo_bits_count ((w->t1 - w->t0) * net->tape.lane[i].n_rows * pop->n_words, pop->bits);
      }
}

/* False: the card has failed, which `sync` will tell; who knows what got there. */
static bool
is_well (RheoDevice *dev, RheoNet *net)
{
  const Cuda *cuda = dev->card;
  CudaNet *on = ((RheoCpu *) net->on_device)->beside;
  const char *error = cuda->ops->sync (cuda->card);

  if (error == NULL)
    return true;
  net->stale |= RHEO_STALE_CARD | RHEO_STALE_MOMENTS;
  on->moments_away = false; /* those of before are better than what would come */
  return rheo_cpu_fail (dev, error);
}

/* False: stopped too. */
static bool
went_well (RheoDevice *dev, const RheoWindow *w)
{
  return is_well (dev, w->net) && !rheo_cpu_is_stopped (w->net->on_device, w);
}

static bool
forward (RheoDevice *dev, const RheoWindow *given)
{
  const Cuda *cuda = dev->card;
  RheoCpu *cpu = given->net->on_device;
  CudaNet *on = cpu->beside;
  RheoWindow w = *given;
  const RheoCardWindow window = card_window (&w);

  on->here = runs_here (given);
  if (!on->here)
    return rheo_cpu_forward (dev, given);
  w.flags |= RHEO_ROLL_TAPE;
  w.by_lane = false; /* nothing takes the place of the tape */
  if (!rheo_cpu_begin (cpu, &w))
    return rheo_cpu_fail (dev, N_ ("There is not enough memory for this window."));
  if (given->net->stale & RHEO_STALE_CARD)
    cuda->ops->put_weights (on->net);
  given->net->stale &= ~(unsigned) RHEO_STALE_CARD;
  cuda->ops->put_constants (on->net);
  for (int i = 0; i < w.n_lanes; i++)
    {
      RheoLaneRun run = rheo_lane_run (cpu, &w, w.lane0 + i, 0);

      rheo_lane_begin (&run);
    }
  cuda->ops->begin (on->net, &window);
  put_start (cuda, on, &w);
  cuda->ops->forward (on->net, &window);
  get_end (cuda, on, &w);
  for (int i = 0; i < w.n_lanes; i++)
    {
      RheoLaneRun run = rheo_lane_run (cpu, &w, w.lane0 + i, 0);

      rheo_lane_end (&run);
    }
  count_spikes (&w);
  return went_well (dev, given);
}

static bool
backward (RheoDevice *dev, const RheoWindow *w)
{
  const Cuda *cuda = dev->card;
  RheoCpu *cpu = w->net->on_device;
  const CudaNet *on = cpu->beside;
  const RheoCardWindow window = card_window (w);

  if (!on->here)
    return rheo_cpu_backward (dev, w);
  cuda->ops->clear_d_out (on->net);
  for (int i = 0; i < w->net->plan.n_pops; i++)
    copy_lanes (cuda, on, w, RHEO_CARD_D_OUT, i, 0, 0, w->t1 - w->t0, true);
  cuda->ops->backward (on->net, &window);
  return went_well (dev, w);
}

static void
call_on_lane (void *data, int item, int thread)
{
  const RheoWindow *w = data;

  w->on_lane (w->on_lane_data, item, thread);
}

static bool
by_lane (RheoDevice *dev, const RheoWindow *w)
{
  CudaNet *on = ((RheoCpu *) w->net->on_device)->beside;

  on->here = runs_here (w);
  if (!on->here)
    return rheo_cpu_by_lane (dev, w);
  if (!forward (dev, w))
    return false;
  rheo_team_map (dev->team, w->n_lanes, call_on_lane, (void *) w);
  return backward (dev, w);
}

static bool
weights (RheoDevice *dev, const RheoWindow *w, RheoGrad *g)
{
  const Cuda *cuda = dev->card;
  RheoCpu *cpu = w->net->on_device;
  const CudaNet *on = cpu->beside;
  const RheoCardWindow window = card_window (w);

  if (!on->here)
    {
      rheo_net_fetch_grad (w->net, g);
      g->place = RHEO_GRAD_HERE;
      return rheo_cpu_weights (dev, w, g);
    }
  if (on->adds && g->may_stay && g->place == RHEO_GRAD_CLEAR)
    {
      cuda->ops->clear_sums (on->net);
      g->place = RHEO_GRAD_AWAY;
    }
  cuda->ops->weights (on->net, &window, g->place == RHEO_GRAD_AWAY ? NULL : g->value);
  return went_well (dev, w);
}

/* --- updates ------------------------------------------------------------------------------------------------------------ */

static void
fetch_grad (RheoDevice *dev, RheoNet *net, RheoGrad *g)
{
  const Cuda *cuda = dev->card;
  const CudaNet *on = ((RheoCpu *) net->on_device)->beside;

  cuda->ops->get_sums (on->net, g->value);
  g->place = RHEO_GRAD_HERE;
}

static bool
measure (RheoDevice *dev, RheoNet *net, double *squares)
{
  const Cuda *cuda = dev->card;
  const CudaNet *on = ((RheoCpu *) net->on_device)->beside;

  cuda->ops->square_sums (on->net, squares);
  return is_well (dev, net);
}

static bool
update (RheoDevice *dev, RheoNet *net, RheoChange *change)
{
  const Cuda *cuda = dev->card;
  CudaNet *on = ((RheoCpu *) net->on_device)->beside;

  if (net->stale & RHEO_STALE_MOMENTS)
    cuda->ops->put_moments (on->net, change);
  net->stale &= ~(unsigned) RHEO_STALE_MOMENTS;
  cuda->ops->update (on->net, change);
  net->stale |= RHEO_STALE_INDEX;
  if (on->change == NULL)
    on->change = g_new (RheoChange, net->trainables->len);
  memcpy (on->change, change, sizeof *change * net->trainables->len);
  on->moments_away = true;
  return is_well (dev, net);
}

static void
fetch_moments (RheoDevice *dev, RheoNet *net)
{
  const Cuda *cuda = dev->card;
  CudaNet *on = ((RheoCpu *) net->on_device)->beside;

  if (on == NULL || !on->moments_away)
    return;
  cuda->ops->get_moments (on->net, on->change);
  on->moments_away = false;
}

static void
fetch (RheoDevice *dev, RheoNet *net)
{
  const Cuda *cuda = dev->card;
  const CudaNet *on = ((RheoCpu *) net->on_device)->beside;
  const RheoWindow w = { .net = net, .lane0 = net->tape.lane0, .n_lanes = net->tape.n_lanes };

  if (!on->here)
    return;
  for (int i = 0; i < net->plan.n_pops; i++)
    {
      for (int k = 0; k < net->more[i].n_tape; k++)
        copy_lanes (cuda, on, &w, RHEO_CARD_TAPE, i, k, 0, net->tape.n_steps + 1, false);
      for (int k = 0; k < net->pop[i].cell->n_ports; k++)
        copy_lanes (cuda, on, &w, RHEO_CARD_DELTA, i, k, 0, net->tape.n_steps, false);
    }
}

/* --- networks ----------------------------------------------------------------------------------------------------------- */

static bool
can (RheoDevice *dev, const RheoPlan *plan, const char **why_not)
{
  const Cuda *cuda = dev->card;

  return cuda->ops->can (plan, why_not);
}

static void
describe_trained (const RheoNet *net, RheoCardTrained *to)
{
  for (guint k = 0; k < net->trainables->len; k++)
    {
      const RheoTrainable *t = net->trainables->pdata[k];

      to[k] =
          (RheoCardTrained){ .proj = -1, .pop = t->pop, .n_rows = t->n_rows, .width = t->width, .stride = t->stride };
      if (t->proj != NULL)
        {
          to[k].proj = (int) (t->proj - net->proj);
          to[k].bias = t->value == t->proj->bias;
        }
      else
        while (net->pop[t->pop].param[to[k].param] != t->value)
          to[k].param++;
    }
}

static RheoCardSpec
describe (const RheoNet *net, const RheoCardTrained *trained)
{
  RheoCardSpec spec = {
    .plan = &net->plan, .n_steps = net->shape.n_steps, .n_trained = (int) net->trainables->len, .trained = trained
  };

  for (int i = 0; i < net->plan.n_pops; i++)
    {
      spec.depth[i] = net->more[i].depth;
      spec.n_states[i] = net->more[i].n_states;
      spec.n_params[i] = net->more[i].n_params;
      spec.n_tape[i] = net->more[i].n_tape;
      spec.derived_size[i] = net->more[i].derived_size;
      spec.noise_first[i] = rheo_acts_first_normal (net, i);
    }
  return spec;
}

static void
forget (RheoDevice *dev, RheoNet *net)
{
  const Cuda *cuda = dev->card;
  RheoCpu *cpu = net->on_device;
  CudaNet *on = cpu != NULL ? cpu->beside : NULL;

  if (on != NULL)
    {
      if (on->net != NULL)
        cuda->ops->free (on->net);
      g_free (on->trained);
      g_free (on->change);
      g_free (on);
    }
  rheo_device_cpu_ops.forget (dev, net);
}

/* As many lanes at a time as the card has room for; what it has left is not all for us. */
static bool
prepare (RheoDevice *dev, RheoNet *net)
{
  const Cuda *cuda = dev->card;
  CudaNet *on;
  RheoCardSpec spec;

  if (!rheo_device_cpu_ops.prepare (dev, net))
    return false;
  on = g_new0 (CudaNet, 1);
  ((RheoCpu *) net->on_device)->beside = on;
  on->trained = g_new0 (RheoCardTrained, MAX (net->trainables->len, 1));
  describe_trained (net, on->trained);
  on->adds = true;
  for (guint k = 0; k < net->trainables->len; k++)
    on->adds &= on->trained[k].proj < 0 || on->trained[k].bias || net->proj[on->trained[k].proj].form != RHEO_SPARSE;
  spec = describe (net, on->trained);
  while (true)
    {
      spec.n_rows = net->wave * net->size.lane_rows;
      if (cuda->ops->bytes (&spec) <= 0.9 * (double) cuda->ops->get_free (cuda->card))
        on->net = cuda->ops->make (cuda->card, &spec);
      if (on->net != NULL || net->wave == 1)
        return on->net != NULL;
      net->wave /= 2;
    }
}

static const RheoDeviceOps ops = {
  .id = "cuda",
  .build = RHEO_CARD_BUILD,
  .can = can,
  .prepare = prepare,
  .forget = forget,
  .sync = rheo_cpu_sync,
  .forward = forward,
  .backward = backward,
  .by_lane = by_lane,
  .weights = weights,
  .fetch = fetch,
  .fetch_grad = fetch_grad,
  .measure = measure,
  .update = update,
  .fetch_moments = fetch_moments,
};

/* --- the module --------------------------------------------------------------------------------------------------------- */

bool
rheo_cuda_open (RheoDevice *device, const char *path, int i_card, const char **why)
{
  g_autofree Cuda *cuda = g_new0 (Cuda, 1);
  GModule *module;
  gpointer symbol = NULL;
  int n_cards;

  module = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (module == NULL)
    {
      *why = g_file_test (path, G_FILE_TEST_EXISTS)
                 ? N_ ("The CUDA module does not load: a library that it needs is missing (cuBLAS).")
                 : N_ ("This program was built without CUDA.");
      return false;
    }
  g_module_make_resident (module); /* its sentences outlive the device */
  if (!g_module_symbol (module, RHEO_CARD_SYMBOL, &symbol)
      || strcmp (((const RheoCardOps *) symbol)->build, RHEO_CARD_BUILD) != 0)
    {
      *why = N_ ("The CUDA module belongs to another build of this program.");
      return false;
    }
  cuda->ops = symbol;
  n_cards = cuda->ops->count (why);
  if (n_cards > 0 && i_card >= n_cards)
    *why = N_ ("There is no card of this number.");
  else if (n_cards > 0)
    cuda->card = cuda->ops->open (i_card, why);
  if (cuda->card == NULL)
    return false;
  g_strlcpy (device->name, cuda->ops->get_name (cuda->card), sizeof device->name);
  device->ops = &ops;
  device->card = g_steal_pointer (&cuda);
  return true;
}

void
rheo_cuda_close (RheoDevice *device)
{
  Cuda *cuda = device->card;

  cuda->ops->close (cuda->card);
  g_free (cuda);
}
