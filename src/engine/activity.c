#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "activity.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "spike-measures.h"

static const char *const branchings[] = { "all-steps", "truncated", NULL };

const RheoParam rheo_activity_rows[] = {
  RHEO_P_INT (RheoActivityConfig, window, "window", .label = N_ ("Window of the Fano factor"),
              .help = N_ ("Spikes are counted in windows of so many steps."), .unit = N_ ("steps"), .def = 10, .min = 1,
              .max = 100000, .soft_min = 5, .soft_max = 100),
  RHEO_P_INT (RheoActivityConfig, lag, "lag", .label = N_ ("Lag of the branching parameter"),
              .help = N_ ("Steps from the units that fire to those that fire after them."), .unit = N_ ("steps"),
              .def = 1, .min = 1, .max = 100000, .soft_min = 1, .soft_max = 20),
  RHEO_P_CHOICE (RheoActivityConfig, branching, "branching", branchings, .label = N_ ("Branching parameter"),
                 .help = N_ ("Over all steps with spikes, or only up to the first silent step, as published.")),
  RHEO_P_END,
};

static const RheoSeries overall[] = {
  { .key = "rate",
    .label = N_ ("Firing rate"),
    .help = N_ ("Spikes per unit and step."),
    .unit = N_ ("spikes/step"),
    .axes = "" },
  { .key = "synchrony",
    .label = N_ ("Synchrony"),
    .help = N_ ("Units that change between firing and silence from one step to the next, summed over a trial."),
    .unit = "",
    .axes = "" },
  { .key = "fano",
    .label = N_ ("Fano factor"),
    .help = N_ ("Variance over mean of the spike counts of the units in windows of a few steps."),
    .unit = "",
    .axes = "" },
  { .key = "branching",
    .label = N_ ("Branching parameter"),
    .help = N_ ("Units that fire per unit that fired a lag before; 1: activity neither dies out nor grows."),
    .unit = "",
    .axes = "" },
};

static const RheoSeries pop_rate = { .key = "rate",
                                     .label = N_ ("Firing rate"),
                                     .help = N_ ("Spikes per unit and step of the population."),
                                     .unit = N_ ("spikes/step"),
                                     .axes = "" };
static const RheoSeries class_rate = { .key = "rate",
                                       .label = N_ ("Firing rate"),
                                       .help = N_ ("Spikes per unit and step of the cell class."),
                                       .unit = N_ ("spikes/step"),
                                       .axes = "",
                                       .flags = RHEO_SERIES_BY_CLASS | RHEO_SERIES_SHOW };

RheoActivity *
rheo_activity_new (const RheoNet *net, const RheoActivityConfig *config)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoActivity *a = g_new0 (RheoActivity, 1);

  a->config = *config;
  a->n_steps = rheo_net_get_shape (net)->n_steps;
  for (int i = 0; i < rheo_net_get_n_lanes (net); i++)
    a->n_rows += rheo_net_get_lane ((RheoNet *) net, i)->n_rows;
  a->pop = g_new0 (RheoActivityPop, plan->n_pops);
  for (int i = 0; i < plan->n_pops; i++)
    {
      const RheoPop *from = &plan->pop[i];
      RheoActivityPop *p = &a->pop[a->n_pops];
      gsize rows = a->n_rows;

      if (!from->cell->spikes || i == plan->out_pop)
        continue;
      a->n_pops++;
      a->n_units += from->n_units;
      p->pop = i;
      p->n_units = from->n_units;
      p->n_words = (from->n_units + 63) / 64;
      p->n_classes = MAX (from->n_classes, 1);
      p->class_of = g_new0 (uint8_t, p->n_units);
      for (int c = 0; c < from->n_classes; c++)
        memset (p->class_of + from->class_first[c], c, from->class_first[c + 1] - from->class_first[c]);
      p->spikes = g_new0 (int64_t, rows * p->n_classes);
      p->active = g_new0 (int32_t, rows * a->n_steps);
      p->count = g_new0 (int32_t, rows * p->n_units);
      p->recent = g_new0 (int32_t, rows * p->n_units);
      p->last = g_new0 (uint64_t, rows * p->n_words);
      p->synchrony = g_new0 (double, rows);
      p->fano = g_new0 (double, rows);
    }
  a->sample = g_new0 (int64_t, MAX (a->n_rows, a->n_steps));
  a->joint = g_new0 (int32_t, a->n_steps);
  return a;
}

void
rheo_activity_free (RheoActivity *a)
{
  if (a == NULL)
    return;
  for (int i = 0; i < a->n_pops; i++)
    {
      RheoActivityPop *p = &a->pop[i];
      g_free (p->class_of);
      g_free (p->spikes);
      g_free (p->active);
      g_free (p->count);
      g_free (p->recent);
      g_free (p->last);
      g_free (p->synchrony);
      g_free (p->fano);
    }
  g_free (a->pop);
  g_free (a->sample);
  g_free (a->joint);
  g_free (a);
}

void
rheo_activity_begin (RheoActivity *a, const RheoBatch *batch)
{
  gsize rows = batch->n_rows;

  g_assert (batch->n_rows <= a->n_rows && batch->n_steps <= a->n_steps);
  for (int i = 0; i < a->n_pops; i++)
    {
      RheoActivityPop *p = &a->pop[i];
      memset (p->spikes, 0, sizeof *p->spikes * rows * p->n_classes);
      memset (p->count, 0, sizeof *p->count * rows * p->n_units);
      memset (p->recent, 0, sizeof *p->recent * rows * p->n_units);
      memset (p->synchrony, 0, sizeof *p->synchrony * rows);
      memset (p->fano, 0, sizeof *p->fano * rows);
    }
}

/* Spikes as bits; graded outputs (clamped or scaled units) count as spikes from one half on. */
static const uint64_t *
spikes_at (const RheoTapePop *tape, const RheoActivityPop *p, int stride, int64_t at, uint64_t *buffer)
{
  if (tape->bits != NULL)
    return tape->bits + at * tape->n_words;
  memset (buffer, 0, sizeof (uint64_t) * p->n_words);
  for (int i = 0; i < p->n_units; i++)
    if (tape->out[at * stride + i] > (RheoReal) 0.5)
      buffer[i / 64] |= (uint64_t) 1 << (i % 64);
  return buffer;
}

RHEO_MULTI static void
add_step (const RheoActivity *a, RheoActivityPop *p, int row, int64_t t, int length, const uint64_t *bits)
{
  int64_t *spikes = p->spikes + (gsize) row * p->n_classes;
  int32_t *count = p->count + (gsize) row * p->n_units, *recent = p->recent + (gsize) row * p->n_units;
  uint64_t *last = p->last + (gsize) row * p->n_words;
  int window = a->config.window, n_windows = rheo_fano_windows (length, window);
  int32_t active = 0, changed = 0;

  for (int w = 0; w < p->n_words; w++)
    {
      uint64_t word = bits[w];

      changed += __builtin_popcountll (word ^ last[w]);
      active += __builtin_popcountll (word);
      last[w] = word;
      for (; word != 0; word &= word - 1)
        {
          int unit = 64 * w + __builtin_ctzll (word);
          spikes[p->class_of[unit]]++;
          count[unit]++;
          recent[unit]++;
        }
    }
  p->active[(gsize) row * a->n_steps + t] = active;
  if (t > 0)
    p->synchrony[row] += changed;
  if ((t + 1) % window == 0 || t == length - 1)
    {
      if (t / window < n_windows)
        p->fano[row] += rheo_fano (p->n_units, recent);
      memset (recent, 0, sizeof *recent * p->n_units);
    }
}

void
rheo_activity_add (RheoActivity *a, const RheoNet *net, const RheoBatch *batch, int i_lane, int64_t t0)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoTape *tape = rheo_net_get_tape (net);
  const RheoTapeLane *lane = &tape->lane[i_lane - tape->lane0];

  for (int i = 0; i < a->n_pops; i++)
    {
      RheoActivityPop *p = &a->pop[i];
      const RheoTapePop *from = &lane->pop[p->pop];
      g_autofree uint64_t *buffer = from->bits == NULL ? g_new (uint64_t, p->n_words) : NULL;

      for (int64_t t = 0; t < tape->n_steps; t++)
        for (int r = 0; r < lane->n_rows; r++)
          {
            int row = lane->row0 + r;
            if (row < batch->n_rows && t0 + t < batch->length[row])
              add_step (a, p, row, t0 + t, batch->length[row],
                        spikes_at (from, p, plan->pop[p->pop].stride, t * lane->n_rows + r, buffer));
          }
    }
}

int
rheo_activity_get_n_samples (const RheoBatch *batch)
{
  return batch->swapped ? batch->n_steps : batch->n_rows;
}

double
rheo_activity_get_sample_size (const RheoActivity *a, const RheoBatch *batch, int i_sample)
{
  return (double) (batch->swapped ? batch->n_rows : batch->length[i_sample]) * a->n_units;
}

void
rheo_activity_finish (RheoActivity *a, const RheoBatch *batch)
{
  memset (a->sample, 0, sizeof *a->sample * rheo_activity_get_n_samples (batch));
  for (int i = 0; i < a->n_pops; i++)
    for (int r = 0; r < batch->n_rows; r++)
      for (int t = 0; t < batch->length[r]; t++)
        a->sample[batch->swapped ? t : r] += a->pop[i].active[(gsize) r * a->n_steps + t];
}

void
rheo_activity_declare (const RheoActivity *a, const RheoNet *net, RheoMetrics *m, const char *prefix, gboolean by_pop)
{
  const RheoPlan *plan = rheo_net_get_plan (net);

  if (a->n_pops == 0)
    return;
  for (gsize k = 0; k < G_N_ELEMENTS (overall); k++)
    rheo_metrics_declare (m, prefix, &overall[k], NULL);
  for (int i = 0; i < a->n_pops && by_pop; i++)
    {
      const RheoPop *pop = &plan->pop[a->pop[i].pop];
      rheo_metrics_declare (m, pop->name, &pop_rate, NULL);
      if (pop->n_classes > 0)
        rheo_metrics_declare (m, pop->name, &class_rate, pop->class_names);
    }
}

static void
report (RheoMetrics *m, const char *prefix, const char *key, double value, double weight)
{
  if (isfinite (value))
    rheo_metrics_add_key (m, prefix, key, value, weight);
}

static void
report_pop (const RheoActivityPop *p, const RheoPop *pop, const RheoBatch *batch, double steps, RheoMetrics *m,
            double weight)
{
  double all = 0;

  for (int c = 0; c < p->n_classes; c++)
    {
      int64_t sum = 0;
      for (int r = 0; r < batch->n_rows; r++)
        sum += p->spikes[(gsize) r * p->n_classes + c];
      all += (double) sum;
      if (pop->n_classes > 0 && pop->class_first[c + 1] > pop->class_first[c])
        {
          char key[128];
          g_snprintf (key, sizeof key, "rate.%s", pop->class_names[c]);
          report (m, pop->name, key, (double) sum / (steps * (pop->class_first[c + 1] - pop->class_first[c])), weight);
        }
    }
  report (m, pop->name, "rate", all / (steps * pop->n_units), weight);
}

void
rheo_activity_report (const RheoActivity *a, const RheoNet *net, const RheoBatch *batch, RheoMetrics *m,
                      const char *prefix, gboolean by_pop)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  double steps = 0, spikes = 0, synchrony = 0, fano = 0, branching = 0, weight = rheo_activity_get_n_samples (batch);
  int n_branching = 0, n_fano = 0;

  if (a->n_pops == 0)
    return;
  for (int r = 0; r < batch->n_rows; r++)
    {
      int n_windows = rheo_fano_windows (batch->length[r], a->config.window);
      double sigma, row_fano = 0;

      steps += batch->length[r];
      memset (a->joint, 0, sizeof *a->joint * batch->length[r]);
      for (int i = 0; i < a->n_pops; i++)
        {
          const RheoActivityPop *p = &a->pop[i];
          for (int t = 0; t < batch->length[r]; t++)
            a->joint[t] += p->active[(gsize) r * a->n_steps + t];
          synchrony += p->synchrony[r];
          row_fano += p->fano[r] * p->n_units / a->n_units;
        }
      for (int t = 0; t < batch->length[r]; t++)
        spikes += a->joint[t];
      sigma = rheo_branching (batch->length[r], a->joint, a->config.lag, a->config.branching == 1);
      if (!isnan (sigma))
        {
          branching += sigma;
          n_branching++;
        }
      if (n_windows > 0)
        {
          fano += row_fano / n_windows;
          n_fano++;
        }
    }
  report (m, prefix, "rate", spikes / (steps * a->n_units), weight);
  report (m, prefix, "synchrony", synchrony / batch->n_rows, weight);
  if (n_fano > 0)
    report (m, prefix, "fano", fano / n_fano, weight);
  if (n_branching > 0)
    report (m, prefix, "branching", branching / n_branching, weight);
  for (int i = 0; i < a->n_pops && by_pop; i++)
    report_pop (&a->pop[i], &plan->pop[a->pop[i].pop], batch, steps, m, weight);
}
