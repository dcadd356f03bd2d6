#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "intf7.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"

#define TINY 1e-11
#define SPAN_AM 65.0
#define SPAN_NM 90.0
#define SPAN_GA 15.0
#define LOWEST (-90.0) /* mV */
#define OFF 1e12       /* ms: interval of a generator without a rate */

/* --- exponentials ------------------------------------------------------------------------------------------------- */
#define TABLE_LO (-20.0)
#define TABLE_N 5000

static double table[TABLE_N + 2];

__attribute__ ((constructor)) static void
fill_table (void)
{
  for (int i = 0; i < TABLE_N + 2; i++)
    table[i] = exp (TABLE_LO * (1 - (double) i / TABLE_N));
}

/* Of x <= 0. */
RHEO_ALWAYS_INLINE double
decay (double x, bool exact)
{
  if (exact)
    return exp (x);
  if (x <= TABLE_LO)
    return table[0];
  const double at = (x - TABLE_LO) * (TABLE_N / -TABLE_LO);
  const int i = (int) at;

  return table[i] + (at - i) * (table[i + 1] - table[i]);
}

/* --- a cell ------------------------------------------------------------------------------------------------------- */
void
rheo_intf7_cell_reset (const RheoIntf7Class *cls, RheoIntf7Cell *cell)
{
  memset (cell, 0, sizeof *cell);
  cell->threshold = cls->threshold;
  cell->ready = HUGE_VAL;
}

RHEO_ALWAYS_INLINE void
fade (const RheoIntf7Class *cls, bool exact, RheoIntf7Cell *cell, double time)
{
  const double *tau = cls->tau, gone = time - cell->at;
  double *x = cell->part, f[RHEO_INTF7_PARTS];

  if (gone == 0)
    return;
  /* Equal time constants, as usual, share their exponential. */
  f[RHEO_INTF7_AM] = decay (-gone / tau[RHEO_INTF7_AM], exact);
  f[RHEO_INTF7_NM] = decay (-gone / tau[RHEO_INTF7_NM], exact);
  f[RHEO_INTF7_AM2] = decay (-gone / tau[RHEO_INTF7_AM2], exact);
  f[RHEO_INTF7_AHP] = decay (-gone / tau[RHEO_INTF7_AHP], exact);
  f[RHEO_INTF7_GA] =
      tau[RHEO_INTF7_GA] == tau[RHEO_INTF7_AM] ? f[RHEO_INTF7_AM] : decay (-gone / tau[RHEO_INTF7_GA], exact);
  f[RHEO_INTF7_NM2] =
      tau[RHEO_INTF7_NM2] == tau[RHEO_INTF7_NM] ? f[RHEO_INTF7_NM] : decay (-gone / tau[RHEO_INTF7_NM2], exact);
  f[RHEO_INTF7_GA2] =
      tau[RHEO_INTF7_GA2] == tau[RHEO_INTF7_AM2] ? f[RHEO_INTF7_AM2] : decay (-gone / tau[RHEO_INTF7_GA2], exact);
  for (int k = 0; k < RHEO_INTF7_PARTS; k++)
    x[k] = x[k] > TINY || x[k] < -TINY ? x[k] * f[k] : 0;
  cell->at = time;
}

RHEO_ALWAYS_INLINE double
sum_parts (const RheoIntf7Cell *cell)
{
  double sum = 0;

  for (int k = 0; k < RHEO_INTF7_PARTS; k++)
    sum += cell->part[k];
  return sum;
}

RHEO_ALWAYS_INLINE void
receive (double *x, int receptor, double rest, double v, double w)
{
  switch (receptor)
    {
    case RHEO_INTF7_AM:
    case RHEO_INTF7_AM2:
      *x += w * (1 - v / SPAN_AM);
      *x = *x > 0 ? *x : 0;
      break;
    case RHEO_INTF7_NM:
    case RHEO_INTF7_NM2:
      if (*x < SPAN_NM)
        {
          *x += w / (1 + exp (-0.062 * (rest + v)) * (1.6 / 3.57)) * (1 - v / SPAN_NM);
          *x = *x > 0 ? *x : 0;
        }
      break;
    default:
      if (*x > -SPAN_GA)
        {
          *x -= w * (1 + v / SPAN_GA);
          *x = *x < 0 ? *x : 0;
        }
    }
}

RHEO_ALWAYS_INLINE bool
cell_receive (const RheoIntf7Class *cls, bool exact, RheoIntf7Cell *cell, double time, int receptor, double weight)
{
  double v, volt;

  if (cell->ready <= time)
    {
      const double end = cell->ready;

      fade (cls, exact, cell, end);
      cell->ready = HUGE_VAL;
      cell->restored = end;
    }
  fade (cls, exact, cell, time);
  const double jumped = cls->threshold + cls->threshold_jump * (cls->block - cls->threshold);
  const bool ready = cell->ready == HUGE_VAL;

  if (ready && cell->threshold != cls->threshold)
    cell->threshold =
        cls->threshold + (jumped - cls->threshold) * decay (-(time - cell->restored) / cls->tau_threshold, exact);
  v = sum_parts (cell);
  v = v < cls->rest ? cls->rest : v > -cls->rest ? -cls->rest : v;
  receive (&cell->part[receptor], receptor, cls->rest, v, weight);
  volt = cls->rest + sum_parts (cell);
  volt = volt < LOWEST ? LOWEST : volt > 0 ? 0 : volt;
  if (!ready || volt <= cell->threshold || volt > cls->block)
    return false;
  cell->part[RHEO_INTF7_AHP] -= cls->ahp;
  cell->threshold = jumped;
  cell->ready = time + cls->refractory;
  return true;
}

bool
rheo_intf7_cell_receive (const RheoIntf7Class *cls, bool exact, RheoIntf7Cell *cell, double time, int receptor,
                         double weight)
{
  return cell_receive (cls, exact, cell, time, receptor, weight);
}

/* --- the state of a row ------------------------------------------------------------------------------------------- */

/* A spike on its way: it arrives at one target after the other. */
typedef struct
{
  double next, spike; /* arrival at the next target; when it was fired */
  uint32_t order;     /* of those that arrive at the same time the older one comes first */
  int32_t source,
      at;         /* cell, generator, or random input of a cell; place in its synapses, or number of spikes so far */
  int32_t unused; /* 0: the same run has the same bytes */
} Flight;

typedef struct
{
  double next, interval;
  double change_at, change_to; /* when another interval is seen; HUGE_VAL: never */
} Generator;

typedef struct
{
  double time;
  uint64_t n_events;
  uint32_t n_fired;
  int32_t n_flights, n_cells, n_generators;
} Head;

typedef struct
{
  Head *head;
  RheoIntf7Cell *cell;
  Generator *generator;
  Flight *flight; /* a heap: the next one to arrive comes first */
} State;

static State
state_at (void *bytes, int n_cells, int n_generators)
{
  Head *head = bytes;
  RheoIntf7Cell *cell = (RheoIntf7Cell *) (head + 1);
  Generator *generator = (Generator *) (cell + n_cells);

  return (State){ head, cell, generator, (Flight *) (generator + n_generators) };
}

size_t
rheo_intf7_state_size (int n_cells, int n_generators, int capacity)
{
  return sizeof (Head) + sizeof (RheoIntf7Cell) * (size_t) n_cells + sizeof (Generator) * (size_t) n_generators
         + sizeof (Flight) * (size_t) capacity;
}

double
rheo_intf7_get_time (const void *state)
{
  return ((const Head *) state)->time;
}

uint64_t
rheo_intf7_count_events (const void *state)
{
  return ((const Head *) state)->n_events;
}

double
rheo_intf7_get_voltage (const RheoIntf7 *net, const void *state, int cell)
{
  const State s = state_at ((void *) state, net->n_cells, net->n_generators);
  const RheoIntf7Class *cls = &net->cls[net->class_of[cell]];
  double v = cls->rest;

  for (int k = 0; k < RHEO_INTF7_PARTS; k++)
    v += s.cell[cell].part[k] * exp (-(s.head->time - s.cell[cell].at) / cls->tau[k]);
  return v < LOWEST ? LOWEST : v > 0 ? 0 : v;
}

/* --- spikes on their way ------------------------------------------------------------------------------------------ */
RHEO_ALWAYS_INLINE bool
comes_before (const Flight *a, const Flight *b)
{
  return a->next < b->next || (a->next == b->next && a->order < b->order);
}

static void
sink (Flight *heap, int n)
{
  const Flight moved = heap[0];
  int i = 0;

  for (;;)
    {
      int child = 2 * i + 1;

      if (child >= n)
        break;
      if (child + 1 < n && comes_before (&heap[child + 1], &heap[child]))
        child++;
      if (!comes_before (&heap[child], &moved))
        break;
      heap[i] = heap[child];
      i = child;
    }
  heap[i] = moved;
}

static bool
push (const RheoIntf7 *net, const State *s, Flight flight)
{
  int i = s->head->n_flights;

  if (i >= net->capacity)
    return false;
  flight.order = s->head->n_fired++;
  s->head->n_flights++;
  for (; i > 0 && comes_before (&flight, &s->flight[(i - 1) / 2]); i = (i - 1) / 2)
    s->flight[i] = s->flight[(i - 1) / 2];
  s->flight[i] = flight;
  return true;
}

/* Cell or generator `source` fires. */
static bool
fire (const RheoIntf7 *net, const State *s, int source, double time)
{
  const int at = net->first[source];

  return at == net->first[source + 1]
         || push (net, s, (Flight){ .next = time + net->synapse[at].delay, .spike = time, .source = source, .at = at });
}

static bool
fire_until (const RheoIntf7 *net, const State *s, int i, double until)
{
  Generator *g = &s->generator[i];

  for (; g->next <= until; g->next += g->interval)
    if (!fire (net, s, net->n_cells + i, g->next))
      return false;
  return true;
}

static bool
run_generator (const RheoIntf7 *net, const State *s, int i, double until)
{
  Generator *g = &s->generator[i];

  if (g->change_at <= until)
    {
      const double slower = g->change_to - g->interval;

      if (!fire_until (net, s, i, g->change_at))
        return false;
      if (slower < 0)
        g->next = g->change_at + (net->at_once ? 0 : g->change_to);
      else if (net->at_once)
        g->next += slower;
      g->interval = g->change_to;
      g->change_at = HUGE_VAL;
    }
  return fire_until (net, s, i, until);
}

/* Time from random spike `k` of a cell to the next one. */
static double
noise_gap (const RheoIntf7 *net, RheoRng rng, int cell, int k)
{
  return -net->noise_interval * log (rheo_rng_uniform (rng, (uint32_t) k, (uint32_t) cell));
}

static bool
begin_noise (const RheoIntf7 *net, const State *s, RheoRng rng)
{
  for (int i = 0; i < net->n_cells; i++)
    if (!push (net, s, (Flight){ .next = noise_gap (net, rng, i, 0), .source = net->n_cells + net->n_generators + i }))
      return false;
  return true;
}

/* --- the network -------------------------------------------------------------------------------------------------- */
static int
compare_delays (const void *a, const void *b)
{
  const RheoIntf7Synapse *x = a, *y = b;

  return x->delay != y->delay     ? (x->delay > y->delay) - (x->delay < y->delay)
         : x->target != y->target ? (x->target > y->target) - (x->target < y->target)
                                  : (x->receptor > y->receptor) - (x->receptor < y->receptor);
}

void
rheo_intf7_prepare (RheoIntf7 *net)
{
  for (int j = 0; j < net->n_cells + net->n_generators; j++)
    qsort (net->synapse + net->first[j], (size_t) (net->first[j + 1] - net->first[j]), sizeof *net->synapse,
           compare_delays);
}

void
rheo_intf7_reset (const RheoIntf7 *net, void *state)
{
  const State s = state_at (state, net->n_cells, net->n_generators);

  memset (state, 0, rheo_intf7_state_size (net->n_cells, net->n_generators, net->capacity));
  *s.head = (Head){ .n_cells = net->n_cells, .n_generators = net->n_generators };
  for (int i = 0; i < net->n_cells; i++)
    rheo_intf7_cell_reset (&net->cls[net->class_of[i]], &s.cell[i]);
  for (int i = 0; i < net->n_generators; i++)
    s.generator[i] = (Generator){ .interval = OFF, .change_at = HUGE_VAL };
}

void
rheo_intf7_set_rate (const RheoIntf7 *net, void *state, int i, double rate)
{
  const State s = state_at (state, net->n_cells, net->n_generators);
  const double interval = rate > 0 ? 1000 / rate : OFF, tick = floor (s.head->time) + 1;
  Generator *g = &s.generator[i];

  if (g->change_at == HUGE_VAL ? interval == g->interval : interval == g->change_to)
    return;
  g->change_at = tick > 2 ? tick : 2;
  g->change_to = interval;
}

/* The first spike on its way arrives. */
static bool
arrive (const RheoIntf7 *net, const State *s, RheoRng rng, const uint8_t *silent,
        void (*spike) (void *data, int cell, double time), void *data)
{
  Flight *flight = &s->flight[0];
  const double time = flight->next;
  const int noise = flight->source - net->n_cells - net->n_generators;
  int target, receptor;
  double weight;

  if (noise >= 0)
    {
      target = noise;
      receptor = RHEO_INTF7_AM2;
      weight = (double) net->noise_weight[net->class_of[target]];
      flight->next += noise_gap (net, rng, target, ++flight->at);
    }
  else
    {
      const RheoIntf7Synapse *synapse = &net->synapse[flight->at];

      target = synapse->target;
      receptor = synapse->receptor;
      weight = (double) *synapse->weight;
      if (++flight->at < net->first[flight->source + 1])
        flight->next = flight->spike + synapse[1].delay;
      else
        {
          *flight = s->flight[--s->head->n_flights];
          s->flight[s->head->n_flights] = (Flight){ 0 };
        }
    }
  sink (s->flight, s->head->n_flights);
  s->head->n_events++;
  if (weight <= 0
      || !cell_receive (&net->cls[net->class_of[target]], net->exact, &s->cell[target], time, receptor, weight)
      || (silent != NULL && silent[target]))
    return true;
  if (spike != NULL)
    spike (data, target, time);
  return fire (net, s, target, time);
}

bool
rheo_intf7_advance (const RheoIntf7 *net, void *state, double until, RheoRng rng, const uint8_t *silent,
                    void (*spike) (void *data, int cell, double time), void *data)
{
  const State s = state_at (state, net->n_cells, net->n_generators);

  if (s.head->time == 0 && s.head->n_fired == 0 && net->noise_interval > 0 && !begin_noise (net, &s, rng))
    return false;
  for (int i = 0; i < net->n_generators; i++)
    if (!run_generator (net, &s, i, until))
      return false;
  while (s.head->n_flights > 0 && s.flight[0].next <= until)
    if (!arrive (net, &s, rng, silent, spike, data))
      return false;
  s.head->time = until;
  return true;
}
