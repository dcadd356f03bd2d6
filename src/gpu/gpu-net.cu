/* Networks on a card: what they take, what is copied, and what they cannot do. */

#include "gpu-module.cuh"

#include <stdlib.h>
#include <string.h>

static int
cell_of (const RheoCell *cell)
{
#define GPU_ID(C, name, id, ...) id,
  static const char *const ids[GPU_N_CELLS] = { GPU_CELLS (GPU_ID, ) };
#undef GPU_ID
  int i = 0;

  if (strcmp (cell->id, "lif-synaptic") == 0)
    return GPU_LIF;
  while (i < GPU_N_CELLS && strcmp (ids[i], cell->id) != 0)
    i++;
  return i;
}

bool
gpu_can (const RheoPlan *plan, const char **why_not)
{
  for (int i = 0; i < plan->n_pops; i++)
    if (cell_of (plan->pop[i].cell) == GPU_N_CELLS)
      {
        *why_not = N_ ("units of this kind run on the processor.");
        return false;
      }
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].flags & RHEO_PROJ_PLASTIC)
      {
        *why_not = N_ ("synapses that come and go run on the processor.");
        return false;
      }
    else if (plan->proj[i].most_lag > 0)
      {
        *why_not = N_ ("delays that are learnt run on the processor.");
        return false;
      }
  return true;
}

/* --- memory ------------------------------------------------------------------------------------------------------------ */

/* Counts what is asked for, and makes it where there is a net. */
typedef struct
{
  RheoCardNet *net; /* NULL: counts only */
  double bytes;
} Maker;

static void *
make (Maker *m, double bytes)
{
  void *block = NULL;

  m->bytes += bytes;
  if (m->net == NULL || m->net->starved)
    return NULL;
  block = gpu_alloc (m->net->card, (size_t) bytes);
  if (block == NULL)
    m->net->starved = true;
  else
    m->net->block[m->net->n_blocks++] = block;
  return block;
}

static RheoReal *
reals (Maker *m, double n)
{
  return (RheoReal *) make (m, n * sizeof (RheoReal));
}

static void
make_pop (Maker *m, const RheoCardSpec *spec, int i, GpuPop *to)
{
  const RheoPop *pop = &spec->plan->pop[i];
  const double row = pop->stride, step = row * spec->n_rows, window = step * spec->n_steps;
  RheoReal *log;

  to->cell = cell_of (pop->cell);
  to->n_units = pop->n_units;
  to->stride = pop->stride;
  to->n_words = (pop->n_units + 63) / 64;
  to->depth = spec->depth[i];
  to->n_states = spec->n_states[i];
  to->n_params = spec->n_params[i];
  to->n_tape = spec->n_tape[i];
  to->n_ports = pop->cell->n_ports;
  to->spikes = pop->cell->spikes;
  to->adjoint_before = pop->cell->adjoint_before;
  to->noise_first = spec->noise_first[i];
  to->derived = make (m, (double) spec->derived_size[i]);
  for (int k = 0; k < to->n_params; k++)
    to->param[k] = reals (m, row);
  for (int k = 0; k < to->n_states; k++)
    {
      to->state[k] = reals (m, step);
      to->d_state[k] = reals (m, step);
    }
  for (int k = 0; k < to->n_tape; k++)
    to->tape[k] = reals (m, window + step);
  for (int k = 0; k < to->n_ports; k++)
    to->current[k] = reals (m, window);
  log = reals (m, window + step * to->depth);
  if (log != NULL)
    to->out = log + (size_t) step * (size_t) to->depth;
  to->d_out = reals (m, window);
  to->d_before = reals (m, step);
  if (to->spikes)
    to->bits = (uint64_t *) make (m, 8.0 * to->n_words * spec->n_rows * spec->n_steps);
  for (int k = 0; k < to->n_params; k++)
    if (pop->train_params >> k & 1)
      to->d_param[k] = reals (m, step);
}

static void
make_proj (Maker *m, const RheoCardSpec *spec, int i, GpuProj *to)
{
  const RheoProj *p = &spec->plan->proj[i];
  const double n = p->form == RHEO_ONE_TO_ONE ? RHEO_PADDED (p->n_post) : (double) p->n_pre * p->stride;

  to->from = p->from;
  to->to = p->to;
  to->port = p->port;
  to->delay = p->delay;
  to->n_pre = p->n_pre;
  to->n_post = p->n_post;
  to->stride = p->stride;
  to->ld_pre = RHEO_PADDED (p->n_pre);
  to->one_to_one = p->form == RHEO_ONE_TO_ONE;
  to->weight = to->back = reals (m, n);
  if (p->from >= 0 && !to->one_to_one && spec->plan->pop[p->from].stride == to->ld_pre)
    to->turned = reals (m, (double) p->n_post * to->ld_pre);
}

static void
make_trained (Maker *m, const RheoCardSpec *spec, int k, RheoCardNet *net)
{
  const RheoCardTrained *t = &spec->trained[k];
  const double n = (double) t->n_rows * t->stride;
  auto &to = net->trained[k];

  if (t->proj >= 0 && !t->bias && spec->plan->proj[t->proj].form == RHEO_SPARSE)
    return;
  to.sum = reals (m, n);
  to.mean = reals (m, n);
  to.square = reals (m, n);
  if (t->proj < 0)
    to.value = net->pop[t->pop].param[t->param];
  else if (t->bias)
    to.value = reals (m, n);
  else
    {
      to.value = net->proj[t->proj].weight;
      to.mask = (uint8_t *) make (m, n);
      to.sign = (int8_t *) make (m, (double) (t->n_rows > t->width ? t->n_rows : t->width));
    }
}

static void
make_all (Maker *m, RheoCardNet *net, const RheoCardSpec *spec)
{
  const RheoPlan *plan = spec->plan;
  double widest_pop = 0, widest;

  for (int i = 0; i < plan->n_pops; i++)
    {
      make_pop (m, spec, i, &net->pop[i]);
      for (int k = 0; k < plan->pop[i].cell->n_ports; k++)
        net->bias[i][k] = reals (m, plan->pop[i].stride);
      widest_pop = plan->pop[i].stride > widest_pop ? plan->pop[i].stride : widest_pop;
    }
  widest = widest_pop;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];

      make_proj (m, spec, i, &net->proj[i]);
      if (p->from == RHEO_INPUT && p->delay > net->depth_in)
        net->depth_in = p->delay;
      if (p->form != RHEO_ONE_TO_ONE && (double) p->n_pre * p->stride > widest)
        widest = (double) p->n_pre * p->stride;
    }
  for (int k = 0; k < spec->n_trained; k++)
    make_trained (m, spec, k, net);
  net->count = (int64_t *) make (m, 3 * sizeof *net->count);
  net->ld_in = RHEO_PADDED (plan->n_in);
  net->input = reals (m, (double) (net->depth_in + spec->n_steps) * spec->n_rows * net->ld_in);
  net->left = (int *) make (m, sizeof (int) * (double) spec->n_rows);
  net->sum = reals (m, widest);
  net->part = (double *) make (m, 8.0 * GPU_CHUNKS * widest_pop);
}

double
gpu_bytes (const RheoCardSpec *spec)
{
  RheoCardNet *net = (RheoCardNet *) calloc (1, sizeof *net);
  Maker m = { NULL, 0 };

  if (net != NULL)
    make_all (&m, net, spec);
  free (net);
  return m.bytes;
}

void
gpu_forget (RheoCardNet *net)
{
  for (int i = 0; i < net->n_blocks; i++)
    gpu_free (net->card, net->block[i]);
  gpu_free (net->card, net->given);
  gpu_free (net->card, net->first);
  gpu_free (net->card, net->unit);
  free (net->host);
  free (net->host_left);
  free (net);
}

RheoCardNet *
gpu_make (RheoCard *card, const RheoCardSpec *spec)
{
  RheoCardNet *net = (RheoCardNet *) calloc (1, sizeof *net);
  size_t largest = 1;
  Maker m = { net, 0 };

  if (net == NULL)
    return NULL;
  net->card = card;
  net->spec = *spec;
  make_all (&m, net, spec);
  for (int i = 0; i < spec->plan->n_stages; i++)
    for (int k = spec->plan->stage_first[i]; k < spec->plan->stage_first[i + 1]; k++)
      net->stage_of[spec->plan->stage_pop[k]] = i;
  for (int i = 0; i < spec->plan->n_pops; i++)
    if ((size_t) net->pop[i].stride > largest)
      largest = (size_t) net->pop[i].stride;
  for (int i = 0; i < spec->plan->n_projs; i++)
    if (spec->plan->proj[i].form != RHEO_ONE_TO_ONE
        && (size_t) net->proj[i].n_pre * (size_t) net->proj[i].stride > largest)
      largest = (size_t) net->proj[i].n_pre * (size_t) net->proj[i].stride;
  for (int k = 0; k < spec->n_trained; k++)
    if ((size_t) spec->trained[k].n_rows * (size_t) spec->trained[k].width > largest)
      largest = (size_t) spec->trained[k].n_rows * (size_t) spec->trained[k].width;
  net->host = (RheoReal *) malloc (sizeof (RheoReal) * largest);
  net->host_left = (int *) malloc (sizeof (int) * (size_t) spec->n_rows);
  if (net->starved || net->host == NULL || net->host_left == NULL)
    {
      gpu_forget (net);
      return NULL;
    }
  return net;
}

bool
gpu_room (RheoCardNet *net, void **block, size_t *size, size_t bytes)
{
  if (bytes <= *size)
    return true;
  gpu_free (net->card, *block);
  *block = gpu_alloc (net->card, bytes + bytes / 4);
  *size = *block != NULL ? bytes + bytes / 4 : 0;
  if (*block == NULL)
    gpu_no_room (net->card);
  return *block != NULL;
}

/* --- copies ------------------------------------------------------------------------------------------------------------ */

static void
put_reals (RheoCardNet *net, RheoReal *to, const RheoReal *from, size_t n)
{
  gpu_put (net->card, to, sizeof (RheoReal) * n, from, sizeof (RheoReal) * n, 1);
}

GPU_KERNEL
turn (const RheoReal *from, int n_pre, int stride, RheoReal *to, int ld)
{
  const size_t k = blockIdx.x;

  GPU_OF_TILE (j, n_pre)
  to[k * (size_t) ld + (size_t) j] = from[(size_t) j * (size_t) stride + k];
}

/* The sum of the biases of a current. */
static void
put_bias (RheoCardNet *net, int pop, int port)
{
  const RheoPlan *plan = net->spec.plan;
  const int n = plan->pop[pop].n_units;

  memset (net->host, 0, sizeof (RheoReal) * (size_t) n);
  for (int q = 0; q < plan->n_projs; q++)
    if (plan->proj[q].bias != NULL && plan->proj[q].to == pop && plan->proj[q].port == port)
      for (int j = 0; j < n; j++)
        net->host[j] += plan->proj[q].bias[j];
  put_reals (net, net->bias[pop][port], net->host, (size_t) n);
}

void
gpu_put_biases (RheoCardNet *net)
{
  for (int i = 0; i < net->spec.plan->n_pops; i++)
    for (int k = 0; k < net->pop[i].n_ports; k++)
      put_bias (net, i, k);
}

/* Lists of synapses become a matrix. */
static const RheoReal *
spread_out (RheoCardNet *net, const RheoProj *p, const RheoReal *w)
{
  memset (net->host, 0, sizeof (RheoReal) * (size_t) p->n_pre * (size_t) p->stride);
  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
      net->host[(size_t) j * (size_t) p->stride + (size_t) p->syn_post[s]] = w[s];
  return net->host;
}

static void
put_matrix (RheoCardNet *net, const RheoProj *p, const RheoReal *w, RheoReal *to)
{
  const size_t n = p->form == RHEO_ONE_TO_ONE ? (size_t) p->n_post : (size_t) p->n_pre * (size_t) p->stride;

  put_reals (net, to, p->form == RHEO_SPARSE ? spread_out (net, p, w) : w, n);
}

/* A rule may bring feedback when the net is there already. False: there is no room, which the card has noted. */
static bool
put_feedback (RheoCardNet *net, const RheoProj *p, GpuProj *q)
{
  const size_t n = q->one_to_one ? (size_t) RHEO_PADDED (p->n_post) : (size_t) p->n_pre * (size_t) p->stride;

  if (q->back == q->weight)
    {
      RheoReal *block = (RheoReal *) gpu_alloc (net->card, sizeof (RheoReal) * n);

      if (block == NULL)
        {
          gpu_no_room (net->card);
          return false;
        }
      net->block[net->n_blocks++] = block;
      q->back = block;
    }
  return true;
}

void
gpu_turn (RheoCardNet *net, const GpuProj &q)
{
  if (q.turned != NULL)
    GPU_LAUNCH (net->card, turn, (unsigned) q.n_post, GPU_TILES (q.n_pre), GPU_BLOCK, 0, q.back, q.n_pre, q.stride,
                q.turned, q.ld_pre);
}

void
gpu_put_weights (RheoCardNet *net)
{
  const RheoPlan *plan = net->spec.plan;

  net->masks_are_old = true;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];
      GpuProj &q = net->proj[i];

      put_matrix (net, p, p->weight, q.weight);
      if (p->feedback != NULL && put_feedback (net, p, &q))
        put_matrix (net, p, p->feedback, q.back);
      gpu_turn (net, q);
    }
  gpu_put_biases (net);
}

void
gpu_put_constants (RheoCardNet *net)
{
  for (int i = 0; i < net->spec.plan->n_pops; i++)
    {
      const RheoPop *pop = &net->spec.plan->pop[i];

      net->pop[i].noisy = pop->cell->noisy != NULL && pop->cell->noisy (pop->derived);
      gpu_put (net->card, net->pop[i].derived, 0, pop->derived, net->spec.derived_size[i], 1);
      for (int k = 0; k < net->pop[i].n_params; k++)
        put_reals (net, net->pop[i].param[k], pop->param[k], (size_t) pop->n_units);
    }
}

/* Where a block begins; bytes of a row, and of all rows of a step. */
static char *
place (const RheoCardNet *net, const RheoCardBlock *b, size_t *of_row, size_t *of_step)
{
  const GpuPop *pop = &net->pop[b->pop];
  char *base = NULL;

  *of_row = sizeof (RheoReal) * (size_t) pop->stride;
  switch (b->array)
    {
    case RHEO_CARD_STATE:
      base = (char *) pop->state[b->k];
      break;
    case RHEO_CARD_OUT:
      base = (char *) pop->out;
      break;
    case RHEO_CARD_BITS:
      base = (char *) pop->bits;
      *of_row = sizeof (uint64_t) * (size_t) pop->n_words;
      break;
    case RHEO_CARD_TAPE:
      base = (char *) pop->tape[b->k];
      break;
    case RHEO_CARD_D_OUT:
      base = (char *) pop->d_out;
      break;
    case RHEO_CARD_DELTA:
      base = (char *) pop->current[b->k];
      break;
    }
  *of_step = *of_row * (size_t) net->n_rows;
  return base + b->step * (int64_t) *of_step + (int64_t) *of_row * b->row;
}

void
gpu_put_block (RheoCardNet *net, const RheoCardBlock *block, const void *from)
{
  size_t of_row, of_step;
  char *to = place (net, block, &of_row, &of_step);

  gpu_put (net->card, to, of_step, from, of_row * (size_t) block->n_rows, (size_t) block->n_steps);
}

void
gpu_get_block (RheoCardNet *net, const RheoCardBlock *block, void *to)
{
  size_t of_row, of_step;
  const char *from = place (net, block, &of_row, &of_step);

  gpu_get (net->card, to, from, of_step, of_row * (size_t) block->n_rows, (size_t) block->n_steps);
}

/* --- windows ------------------------------------------------------------------------------------------------------------ */

GpuWindow
gpu_window (const RheoCardNet *net, const RheoCardWindow *w)
{
  GpuWindow window;

  memset (&window, 0, sizeof window);
  window.n_rows = w->n_rows;
  window.n_steps = (int) (w->w->t1 - w->w->t0);
  window.left = net->left;
  window.noise = w->w->noise;
  window.noise.item += (uint32_t) w->row0;
  window.step = (uint32_t) w->w->t0;
  window.noisy = (w->w->flags & RHEO_ROLL_NOISE) != 0;
  window.noise_scale = (RheoReal) w->w->noise_scale;
  window.surrogate = *w->surrogate;
  return window;
}

void
gpu_begin (RheoCardNet *net, const RheoCardWindow *w)
{
  const RheoBatch *batch = w->w->batch;
  int *left = net->host_left;

  net->n_rows = w->n_rows;
  for (int i = 0; i < net->spec.plan->n_projs; i++)
    net->proj[i].cut = (net->spec.plan->proj[i].flags & RHEO_PROJ_CUT) != 0;
  for (int row = 0; row < w->n_rows; row++)
    {
      const int of_batch = w->row0 + row;
      const int64_t length = of_batch >= batch->n_rows ? 0
                             : batch->length != NULL   ? batch->length[of_batch]
                                                       : batch->n_steps;

      left[row] = length > w->w->t0 ? (int) (length - w->w->t0) : 0;
    }
  gpu_put (net->card, net->left, 0, left, sizeof (int) * (size_t) w->n_rows, 1);
}

bool
gpu_loop_of (const RheoCardNet *net, int pop, int *proj)
{
  const RheoPlan *plan = net->spec.plan;
  const int stage = net->stage_of[pop];
  int n = 0;

  *proj = -1;
  if (plan->stage_first[stage + 1] - plan->stage_first[stage] > 1)
    return false;
  for (int i = 0; i < plan->n_projs; i++)
    if (net->proj[i].from == pop && net->proj[i].to == pop)
      {
        *proj = i;
        n += net->proj[i].one_to_one ? 2 : 1;
      }
  return n == 0 || (n == 1 && net->pop[pop].cell < GPU_N_RECURRENT);
}

size_t
gpu_loop_room (int n)
{
  return sizeof (RheoReal) * (size_t) (RHEO_PADDED (n) + RHEO_PADDED ((n + 31) / 32));
}

unsigned
gpu_loop_threads (int n_units)
{
  const unsigned n = 32 * (((unsigned) n_units + 31) / 32);

  return n < GPU_WIDEST ? n : GPU_WIDEST;
}
