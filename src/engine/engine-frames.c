#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine-frames-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"
#include "label.h"
#include "plan-labels.h"
#include "rollout.h"

#define REAL_TYPE (sizeof (RheoReal) == sizeof (double) ? RHEO_F64 : RHEO_F32)

/* Credit is earned while the net trains and spent on frames, which are made once it covers what the last one cost. It is
 * not saved up for more than one frame or this many seconds, so that a stream does not burst after a quiet time. */
#define MAX_SAVING 2.0
#define COST_WINDOW 10.0

static gboolean
needs_probe (const Stream *stream)
{
  return stream->what == SPIKES || stream->what == RATE || stream->what == VALUE || stream->what == INPUT
         || stream->what == RECORD;
}

RheoFrames *
rheo_frames_new (RheoTrainer *trainer, RheoClock clock)
{
  RheoFrames *frames = g_new0 (RheoFrames, 1);

  frames->trainer = trainer;
  frames->clock = clock;
  frames->streams = g_array_new (FALSE, TRUE, sizeof (Stream));
  rheo_frames_add_streams (frames);
  return frames;
}

void
rheo_frames_free (RheoFrames *frames)
{
  if (frames == NULL)
    return;
  for (guint i = 0; i < frames->streams->len; i++)
    {
      Stream *stream = &g_array_index (frames->streams, Stream, i);

      g_free (stream->key);
      g_free (stream->label);
      g_free (stream->unit);
      g_free (stream->start);
    }
  g_array_unref (frames->streams);
  g_free (frames);
}

gboolean
rheo_frames_watch (RheoFrames *frames, const RheoWatch *watch, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *near;

  for (guint i = 0; i < frames->streams->len; i++)
    {
      Stream *stream = &g_array_index (frames->streams, Stream, i);

      if (g_strcmp0 (stream->key, watch->stream) != 0)
        {
          g_ptr_array_add (names, stream->key);
          continue;
        }
      stream->watched = watch->per_second > 0;
      stream->known = stream->known || stream->watched;
      if (stream->watched)
        {
          stream->watch = *watch;
          stream->watch.stream = NULL;
        }
      stream->due = 0;
      stream->made = -1;
      return TRUE;
    }
  g_ptr_array_add (names, NULL);
  near = rheo_nearest (watch->stream, (const char *const *) names->pdata);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no stream \"%s\" in this run. The nearest is \"%s\"."),
                      watch->stream, near);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no stream \"%s\" in this run."), watch->stream);
}

/* --- making frames --------------------------------------------------------------------------------------------- */
/* The part of the last dimension that is asked for. */
static void
clip_range (const RheoWatch *watch, int64_t n, int64_t *first, int64_t *count)
{
  *first = CLAMP (watch->first, 0, MAX (0, n - 1));
  *count = watch->n > 0 ? MIN (watch->n, n - *first) : n - *first;
}

static void
note_number (RheoTable *table, const char *key, int64_t value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  rheo_table_set_note (table, key, text);
}

static void
fill_matrix (const Stream *stream, const RheoNetArray *array, const RheoReal *value, int64_t stride, RheoTable *table)
{
  int64_t dims[RHEO_MAX_DIMS], width = array->dims[array->n_dims - 1], n_rows = 1, first, count;
  RheoColumn *column;
  RheoReal *to;

  clip_range (&stream->watch, width, &first, &count);
  memcpy (dims, array->dims, sizeof dims);
  dims[array->n_dims - 1] = count;
  for (int d = 0; d < array->n_dims - 1; d++)
    n_rows *= array->dims[d];
  column = rheo_table_add (table, stream->key, stream->label, stream->unit, stream->axes, REAL_TYPE, dims);
  column->flags = stream->flags;
  to = column->data;
  note_number (table, "first", first);
  if (stream->start != NULL)
    note_number (table, "since", stream->since);
  for (int64_t r = 0; r < n_rows; r++, to += count)
    {
      memcpy (to, value + r * stride + first, (size_t) count * sizeof *to);
      if (stream->start != NULL)
        for (int64_t i = 0; i < count; i++)
          to[i] -= stream->start[r * width + first + i];
    }
}

/* From where to where a list of synapses goes: columns as in records. */
static void
add_ends (RheoNet *net, const RheoNetArray *weights, RheoTable *table)
{
  static const char *const end[] = { "first", "target", "count" };
  const int length = (int) (strrchr (weights->name, '.') - weights->name);

  for (gsize k = 0; k < G_N_ELEMENTS (end) && strcmp (weights->axes, "synapse") == 0; k++)
    {
      g_autofree char *name = g_strdup_printf ("%.*s.%s", length, weights->name, end[k]);
      const RheoNetArray *array = rheo_net_find_array (net, name);

      if (array != NULL)
        rheo_table_add_copy (table, name, array->label, "", array->axes, array->type, array->dims, array->data);
    }
}

static void
fill_metrics (const RheoMetrics *metrics, RheoTable *table)
{
  for (int i = 0; i < rheo_metrics_get_n (metrics); i++)
    {
      const RheoSeries *series = rheo_metrics_get_series (metrics, i);
      double value = rheo_metrics_get (metrics, i);
      RheoColumn *column = rheo_table_add_copy (table, rheo_metrics_get_name (metrics, i), series->label, series->unit,
                                                "", RHEO_F64, NULL, &value);

      column->lo = series->lo;
      column->hi = series->hi;
      column->flags = series->flags;
    }
}

/* Place of one (trial, time) of the probe on the tape. */
typedef struct
{
  const RheoNet *net;
  const RheoBatch *batch;
  const RheoTape *tape;
  int trial, n_trials, n_time, index;
} Probe;

static void
probe_init (Probe *probe, const RheoNet *net, const RheoBatch *batch, int trial)
{
  probe->net = net;
  probe->batch = batch;
  probe->tape = rheo_net_get_tape (net);
  probe->n_trials = batch->swapped ? batch->n_steps : batch->n_rows;
  probe->trial = CLAMP (trial, 0, probe->n_trials - 1);
  probe->index = probe->trial;
  for (int i = 0; batch->item != NULL && i < probe->n_trials; i++)
    if (batch->item[i] == probe->trial)
      probe->index = i;
  probe->n_time = batch->swapped ? batch->n_rows : batch->length[probe->index];
}

static void
probe_place (const Probe *probe, int time, int *row, int *step)
{
  *row = probe->batch->swapped ? time : probe->index;
  *step = probe->batch->swapped ? probe->index : time;
}

static const RheoTapeLane *
find_lane (const RheoTape *tape, int row)
{
  for (int i = 0; i < tape->n_lanes; i++)
    if (row >= tape->lane[i].row0 && row < tape->lane[i].row0 + tape->lane[i].n_rows)
      return &tape->lane[i];
  return NULL;
}

static void
add_classes (const RheoPop *pop, int64_t first, int64_t count, RheoTable *table)
{
  g_autofree char *key = g_strconcat (pop->name, ".class", NULL), *note = g_strconcat (pop->name, ".classes", NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  uint8_t *class;

  if (pop->n_classes == 0)
    return;
  class = rheo_table_add (table, key, N_ ("Cell class"), "", "unit", RHEO_U8, &count)->data;
  for (int k = 0; k < pop->n_classes; k++)
    {
      for (int64_t i = pop->class_first[k]; i < pop->class_first[k + 1]; i++)
        if (i >= first && i < first + count)
          class[i - first] = (uint8_t) k;
      g_string_append_printf (names, k > 0 ? " %s" : "%s", pop->class_names[k]);
    }
  rheo_table_set_note (table, note, names->str);
}

static void
fill_spikes (const Stream *stream, const Probe *probe, RheoTable *table)
{
  const RheoPop *pop = &rheo_net_get_plan (probe->net)->pop[stream->pop];
  int64_t first, count, dims[2] = { probe->n_time, 0 };
  RheoColumn *column;
  uint8_t *to;

  clip_range (&stream->watch, pop->n_units, &first, &count);
  dims[1] = count;
  column = rheo_table_add (table, stream->key, stream->label, "", stream->axes, RHEO_U8, dims);
  column->flags = stream->flags;
  to = column->data;
  for (int time = 0; time < probe->n_time; time++, to += count)
    {
      int row, step;

      probe_place (probe, time, &row, &step);
      for (int64_t i = 0; i < count && (stream->from == NULL || stream->against); i++)
        to[i] = (uint8_t) rheo_tape_get_spike (probe->net, stream->pop, row, step, (int) (first + i));
      for (int64_t i = 0; i < count && stream->from != NULL; i++)
        to[i] ^= ((const uint8_t *) stream->from->data)[time * stream->from->dims[2] + first + i];
    }
  note_number (table, "first", first);
  note_number (table, "trial", probe->trial);
  add_classes (pop, first, count, table);
}

static void
fill_rate (const Stream *stream, const Probe *probe, RheoTable *table)
{
  const RheoBatch *batch = probe->batch;
  const RheoPop *pop = &rheo_net_get_plan (probe->net)->pop[stream->pop];
  int64_t first, count, n_steps = 0;
  g_autofree int32_t *fired = g_new0 (int32_t, pop->n_units);
  RheoReal *rate;

  clip_range (&stream->watch, pop->n_units, &first, &count);
  for (int row = 0; row < batch->n_rows; row++)
    {
      const RheoTapeLane *lane = find_lane (probe->tape, row);
      const RheoTapePop *on = lane != NULL ? &lane->pop[stream->pop] : NULL;

      for (int t = 0; on != NULL && t < batch->length[row]; t++, n_steps++)
        for (int w = 0; w < on->n_words; w++)
          for (uint64_t bits = on->bits[((int64_t) t * lane->n_rows + row - lane->row0) * on->n_words + w]; bits != 0;
               bits &= bits - 1)
            fired[64 * w + __builtin_ctzll (bits)]++;
    }
  rate = rheo_table_add (table, stream->key, stream->label, stream->unit, stream->axes, REAL_TYPE, &count)->data;
  for (int64_t i = 0; i < count; i++)
    rate[i] = (RheoReal) fired[first + i] / (RheoReal) MAX (1, n_steps);
  note_number (table, "first", first);
  add_classes (pop, first, count, table);
}

/* What the trial hears: numbers, or how many events there are. */
static void
add_input (const Probe *probe, RheoTable *table)
{
  const RheoBatch *batch = probe->batch;
  const int64_t dims[] = { probe->n_time, batch->n_in }, hold = MAX (batch->hold, 1);
  RheoReal *to = rheo_table_add (table, "task.input", N_ ("Input"), "", "time in", REAL_TYPE, dims)->data;

  for (int time = 0; time < probe->n_time; time++, to += batch->n_in)
    {
      int row, step;
      int64_t at;

      probe_place (probe, time, &row, &step);
      at = (int64_t) row * batch->n_steps + step;
      if (batch->input != NULL)
        memcpy (to, batch->input + (row * (batch->n_steps / hold) + step / hold) * batch->n_in,
                sizeof *to * (size_t) batch->n_in);
      for (int64_t e = batch->input == NULL ? batch->event_first[at] : 0;
           batch->input == NULL && e < batch->event_first[at + 1]; e++)
        to[batch->event_unit[e]]++;
    }
}

static void
fill_value (const Stream *stream, const Probe *probe, RheoTable *table)
{
  const RheoBatch *batch = probe->batch;
  const RheoPlan *plan = rheo_net_get_plan (probe->net);
  int64_t first, count, dims[2] = { probe->n_time, 0 };
  RheoReal *to, *target = NULL;

  clip_range (&stream->watch, plan->pop[stream->pop].n_units, &first, &count);
  dims[1] = count;
  if (batch->target != NULL && stream->pop == plan->out_pop)
    target = rheo_table_add (table, "task.target", N_ ("Target"), "", stream->axes, REAL_TYPE, dims)->data;
  if ((batch->input != NULL || batch->event_first != NULL) && stream->pop == plan->out_pop)
    add_input (probe, table);
  to = rheo_table_add (table, stream->key, stream->label, stream->unit, stream->axes, REAL_TYPE, dims)->data;
  for (int time = 0; time < probe->n_time; time++, to += count)
    {
      const RheoTapeLane *lane;
      int row, step;

      probe_place (probe, time, &row, &step);
      lane = find_lane (probe->tape, row);
      if (lane == NULL)
        continue;
      memcpy (to,
              lane->pop[stream->pop].out
                  + ((int64_t) step * lane->n_rows + row - lane->row0) * plan->pop[stream->pop].stride + first,
              (size_t) count * sizeof *to);
      if (target != NULL)
        memcpy (target + time * count, batch->target + ((int64_t) row * batch->n_steps + step) * batch->n_out + first,
                (size_t) count * sizeof *to);
    }
  note_number (table, "first", first);
  note_number (table, "trial", probe->trial);
}

/* The same from the last steps of a network that goes on. */
static void
fill_past (const Stream *stream, const RheoPast *past, RheoNet *net, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoPop *pop = &plan->pop[stream->pop];
  const int n = rheo_past_get_n (past);
  int64_t first, count, dims[2] = { n, 0 };
  const int64_t in_dims[] = { n, plan->n_in };
  RheoColumn *column;

  clip_range (&stream->watch, pop->n_units, &first, &count);
  dims[1] = count;
  if (stream->what == RATE)
    {
      g_autofree uint8_t *spikes = g_new (uint8_t, MAX (n * count, 1));
      RheoReal *rate =
          rheo_table_add (table, stream->key, stream->label, stream->unit, stream->axes, REAL_TYPE, &count)->data;

      rheo_past_copy (past, stream->pop, first, count, spikes);
      for (int64_t k = 0; k < n * count; k++)
        rate[k % count] += (RheoReal) spikes[k] / (RheoReal) n;
    }
  else
    {
      if (stream->what == VALUE && stream->pop == plan->out_pop)
        rheo_past_copy (past, -1, 0, plan->n_in,
                        rheo_table_add (table, "task.input", N_ ("Input"), "", "time in", REAL_TYPE, in_dims)->data);
      column = rheo_table_add (table, stream->key, stream->label, stream->unit, stream->axes,
                               stream->what == SPIKES ? RHEO_U8 : REAL_TYPE, dims);
      column->flags = stream->flags;
      rheo_past_copy (past, stream->pop, first, count, column->data);
    }
  note_number (table, "first", first);
  rheo_past_note_start (past, table);
  if (stream->what != VALUE)
    add_classes (pop, first, count, table);
}

static void
make (RheoFrames *frames, Stream *stream, const RheoBatch *batch, RheoPlace place, RheoFramePost post, void *data)
{
  RheoTable *table = rheo_table_new (stream->label);
  RheoNet *net = rheo_trainer_get_net (frames->trainer);
  const RheoGrad *grad;
  Probe probe = { NULL };

  /* As in stored snapshots: the unit, and the iteration once more under its name. */
  note_number (table, "iteration", place.iteration);
  note_number (table, rheo_trainer_get_unit (frames->trainer), place.iteration);
  note_number (table, "batch", place.batch);
  rheo_table_set_note (table, "unit", rheo_trainer_get_unit (frames->trainer));
  if (batch != NULL)
    probe_init (&probe, net, batch, stream->watch.trial);
  else if (needs_probe (stream))
    fill_past (stream, rheo_trainer_get_past (frames->trainer), net, table);
  switch (stream->what)
    {
    case SPIKES:
      if (batch != NULL)
        {
          fill_spikes (stream, &probe, table);
          rheo_trainer_add_labels (frames->trainer, batch, table);
        }
      break;
    case RATE:
      if (batch != NULL)
        fill_rate (stream, &probe, table);
      break;
    case VALUE:
      if (batch != NULL)
        fill_value (stream, &probe, table);
      break;
    case WEIGHT:
    case CHANGE:
      fill_matrix (stream, stream->from, stream->from->data, stream->from->stride, table);
      add_ends (net, stream->from, table);
      break;
    case GRADIENT:
      grad = rheo_trainer_get_grad (frames->trainer);
      if (grad != NULL)
        fill_matrix (stream, stream->from, grad->value[stream->trainable],
                     rheo_net_get_trainable (net, stream->trainable)->stride, table);
      break;
    case METRICS:
      fill_metrics (rheo_trainer_get_metrics (frames->trainer), table);
      break;
    case SCENE:
      rheo_trainer_record_play (frames->trainer, table);
      break;
    case INPUT:
      add_input (&probe, table);
      note_number (table, "trial", probe.trial);
      rheo_trainer_add_labels (frames->trainer, batch, table);
      break;
    case RECORD:
      rheo_trainer_get_rule (frames->trainer)->type->record (rheo_trainer_get_rule (frames->trainer), batch, table);
      break;
    case RIGHT:
      rheo_trainer_add_told (frames->trainer, table);
      break;
    }
  stream->made = place.batch;
  if (rheo_table_get_n_columns (table) > 0)
    post (data, stream->key, table);
  else
    rheo_table_unref (table); /* no gradient yet */
}

static gboolean
is_due (const Stream *stream, double now, gboolean all, RheoPlace place)
{
  return stream->watched && stream->made != place.batch && (all || now >= stream->due);
}

/* A frame that comes late does not make the next one come early. */
static void
schedule (Stream *stream, double now)
{
  double every = 1 / stream->watch.per_second;

  stream->due = MAX (stream->due + every, now + 0.5 * every);
}

static void
pay_in (Account *account, double share, double ran)
{
  account->credit = MIN (account->credit + share * ran, MAX (share * MAX_SAVING, account->cost));
}

static gboolean
can_pay (const Account *account)
{
  return account->credit >= account->cost;
}

static void
earn (RheoFrames *frames, double ran)
{
  int n_sources = 0, n_weights = 0;
  gboolean probe = FALSE;
  double share;

  for (guint i = 0; i < frames->streams->len; i++)
    {
      const Stream *stream = &g_array_index (frames->streams, Stream, i);

      if (stream->watched && !needs_probe (stream))
        n_sources++;
      n_weights += stream->watched && stream->what == WEIGHT;
      probe = probe || (stream->watched && needs_probe (stream));
    }
  /* The probe serves many streams and is dear: it gets as much as all others together. */
  share = RHEO_FRAMES_SHARE / (probe && n_sources > 0 ? 2 : 1);
  for (guint i = 0; i < frames->streams->len; i++)
    pay_in (&g_array_index (frames->streams, Stream, i).account, share / MAX (1, n_sources), ran);
  pay_in (&frames->weights, n_weights * share / MAX (1, n_sources), ran);
  pay_in (&frames->probe, share, ran);
  frames->trained = frames->trained * exp (-ran / COST_WINDOW) + ran;
  frames->spent *= exp (-ran / COST_WINDOW);
}

/* all: the run stands, so nothing is charged; but now it is known what a frame costs. */
static void
spend (RheoFrames *frames, Account *account, double seconds, gboolean all)
{
  account->cost = account->last > 0 ? MIN (account->last, seconds) : seconds;
  account->last = seconds;
  if (all)
    return;
  account->credit -= seconds;
  frames->spent += seconds;
}

/* All streams of the probe trials come from one run of them. */
static gboolean
make_from_probe (RheoFrames *frames, gboolean all, RheoPlace place, RheoFramePost post, void *data, GError **error)
{
  double began = frames->clock ();
  const RheoBatch *batch = NULL;
  const gboolean past = rheo_trainer_get_past (frames->trainer) != NULL;
  gboolean made = FALSE;

  if (!all && !can_pay (&frames->probe))
    return TRUE;
  for (guint i = 0; i < frames->streams->len; i++)
    {
      Stream *stream = &g_array_index (frames->streams, Stream, i);

      if (!needs_probe (stream) || !is_due (stream, began, all, place))
        continue;
      if (batch == NULL && !past)
        batch = rheo_trainer_run_probe (frames->trainer, error);
      if (batch == NULL && !past)
        {
          for (guint k = 0; k < frames->streams->len; k++)
            {
              Stream *other = &g_array_index (frames->streams, Stream, k);

              if (needs_probe (other))
                other->watched = other->known = FALSE;
            }
          return FALSE;
        }
      make (frames, stream, batch, place, post, data);
      schedule (stream, began);
      made = TRUE;
    }
  if (made)
    spend (frames, &frames->probe, frames->clock () - began, all);
  return TRUE;
}

gboolean
rheo_frames_make (RheoFrames *frames, double ran, gboolean all, RheoFramePost post, void *data, GError **error)
{
  RheoPlace place = rheo_trainer_get_place (frames->trainer);
  const double began = frames->clock ();
  const gboolean weights = can_pay (&frames->weights);

  earn (frames, ran);
  for (guint i = 0; i < frames->streams->len; i++)
    {
      Stream *stream = &g_array_index (frames->streams, Stream, i);
      Account *account = stream->what == WEIGHT ? &frames->weights : &stream->account;
      const double now = stream->watched ? frames->clock () : 0;

      if (needs_probe (stream) || !is_due (stream, began, all, place)
          || !(all || (stream->what == WEIGHT ? weights : can_pay (account))))
        continue;
      make (frames, stream, NULL, place, post, data);
      schedule (stream, began);
      spend (frames, account, frames->clock () - now, all);
    }
  return make_from_probe (frames, all, place, post, data, error);
}

void
rheo_frames_watch_known (RheoFrames *frames)
{
  for (guint i = 0; i < frames->streams->len; i++)
    {
      Stream *stream = &g_array_index (frames->streams, Stream, i);

      stream->watched = stream->known;
    }
}

double
rheo_frames_get_cost (const RheoFrames *frames)
{
  return frames->spent > 0 ? frames->spent / (frames->spent + frames->trained) : 0;
}
