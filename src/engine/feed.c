#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "feed.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "conditions.h"
#include "events.h"

#define N_SLOTS 3 /* one lent, two ahead */

/* Batch is the first member of this, so that its conditions are found. */
typedef struct
{
  RheoBatch batch;
  int n_conditions;
  double *condition; /* [row][condition] */
  int *length;
  RheoReal *input, *hint, *target, *weight;
  int32_t *label, *item, *event_unit;
  int64_t *event_first;
  int64_t event_room;
} Full;

/* Trials as the task writes them, before they are sorted and put together. */
typedef struct
{
  int n;
  RheoTrial *trial;
  RheoReal *input, *target, *weight;
  double *condition;
  int *order; /* longest first */
} Stage;

typedef enum
{
  SLOT_FREE,
  SLOT_READY,
  SLOT_LENT,
} SlotState;

typedef struct
{
  Full full;
  SlotState state;
  int64_t number;
  unsigned version; /* of the feed, when it was filled */
  GError *error;
} Slot;

struct RheoFeed
{
  const RheoTask *task;
  void *config;
  const void *data;
  RheoShape shape;
  int batch, n_batches, n_conditions;
  uint64_t seed;
  Stage stage, aside; /* the thread's and the caller's */
  int *items;         /* [batch] of the batch being filled */
  int *epoch_order;   /* [trial] */
  int64_t epoch;      /* whose order that is */

  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  Slot slot[N_SLOTS]; /* from here on under the lock; a batch in FREE slots belongs to the thread while filling */
  int64_t next;       /* batch that the thread fills next */
  unsigned version;   /* counts jumps and restarts: what was begun before is thrown away */
  bool filling, started, closing;
};

/* --- memory ------------------------------------------------------------------------------------------------------- */
static gboolean
has_targets (const RheoFeed *feed)
{
  return feed->shape.n_classes == 0 && feed->task->fill != NULL;
}

static void
stage_init (Stage *stage, const RheoFeed *feed, int n)
{
  const RheoShape *s = &feed->shape;

  stage->n = n;
  stage->trial = g_new0 (RheoTrial, n);
  /* A network without inputs has a place for them, so that they are not taken for events. */
  stage->input = s->events ? NULL : g_new0 (RheoReal, MAX ((gsize) n * s->n_steps * s->n_in, 1));
  stage->target = has_targets (feed) ? g_new0 (RheoReal, (gsize) n * s->n_steps * s->n_out) : NULL;
  stage->weight = g_new0 (RheoReal, (gsize) n * s->n_steps);
  stage->condition = g_new0 (double, (gsize) n * feed->n_conditions);
  stage->order = g_new0 (int, n);
  for (int i = 0; i < n; i++)
    {
      RheoTrial *trial = &stage->trial[i];
      if (s->events)
        {
          trial->event_step = g_array_new (FALSE, FALSE, sizeof (int32_t));
          trial->event_unit = g_array_new (FALSE, FALSE, sizeof (int32_t));
        }
    }
}

static void
stage_clear (Stage *stage)
{
  for (int i = 0; i < stage->n; i++)
    {
      g_clear_pointer (&stage->trial[i].event_step, g_array_unref);
      g_clear_pointer (&stage->trial[i].event_unit, g_array_unref);
    }
  g_free (stage->trial);
  g_free (stage->input);
  g_free (stage->target);
  g_free (stage->weight);
  g_free (stage->condition);
  g_free (stage->order);
  memset (stage, 0, sizeof *stage);
}

static void
full_init (Full *full, const RheoFeed *feed, int n)
{
  const RheoShape *s = &feed->shape;
  gsize cells = (gsize) n * s->n_steps;

  full->n_conditions = feed->n_conditions;
  full->condition = g_new0 (double, (gsize) n * feed->n_conditions);
  full->length = g_new0 (int, MAX (n, s->n_steps));
  full->weight = g_new0 (RheoReal, cells);
  full->item = g_new0 (int32_t, n);
  if (s->events)
    full->event_first = g_new0 (int64_t, cells + 1);
  else
    full->input = g_new0 (RheoReal, MAX (cells * s->n_in, 1));
  if (s->n_hints > 0)
    full->hint = g_new0 (RheoReal, cells * s->n_hints);
  if (s->n_classes > 0)
    full->label = g_new0 (int32_t, n);
  if (has_targets (feed))
    full->target = g_new0 (RheoReal, cells * s->n_out);
}

static void
full_clear (Full *full)
{
  g_free (full->condition);
  g_free (full->length);
  g_free (full->input);
  g_free (full->hint);
  g_free (full->target);
  g_free (full->weight);
  g_free (full->label);
  g_free (full->item);
  g_free (full->event_unit);
  g_free (full->event_first);
  memset (full, 0, sizeof *full);
}

/* --- filling ------------------------------------------------------------------------------------------------------ */
static const char *
set_name (RheoSet set)
{
  static const char *const names[] = { N_ ("training"), N_ ("validation"), N_ ("test"), N_ ("probe") };
  return _ (names[set]);
}

static gboolean
check_finite (const RheoReal *x, int n_steps, int width, const char *what, RheoSet set, int index, GError **error)
{
  for (int64_t i = 0; i < (int64_t) n_steps * width; i++)
    if (!isfinite (x[i]))
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("The %s of trial %d of the %s set is not a finite number at step %d."), what, index,
                        set_name (set), (int) (i / width));
  return TRUE;
}

static gboolean
check_trial (const RheoFeed *feed, const RheoTrial *trial, RheoSet set, int index, GError **error)
{
  const RheoShape *s = &feed->shape;

  if (trial->n_steps < 1 || trial->n_steps > s->n_steps)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %d of the %s set has %d steps; 1 to %d are allowed."), index,
                      set_name (set), trial->n_steps, s->n_steps);
  if (s->swapped && trial->n_steps != s->n_steps)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("Trial %d of the %s set has %d steps instead of %d: with samples as time all trials must be of one length."),
        index, set_name (set), trial->n_steps, s->n_steps);
  if (s->n_classes > 0 && (trial->label < 0 || trial->label >= s->n_classes))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Trial %d of the %s set has the label %d; 0 to %d are allowed."),
                      index, set_name (set), trial->label, s->n_classes - 1);
  if (s->events)
    {
      const int32_t *step = (const int32_t *) trial->event_step->data;
      const int32_t *unit = (const int32_t *) trial->event_unit->data;
      const guint n = trial->event_step->len, n_units = trial->event_unit->len;
      const guint i = n == n_units ? (guint) rheo_events_find_wrong (n, step, unit, trial->n_steps, s->n_in) : 0;
      if (n != n_units)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("Trial %d of the %s set has %u event times but %u event channels."), index, set_name (set),
                          n, n_units);
      if (i < n)
        return rheo_fail (
            error, RHEO_ERROR_INVALID,
            _ ("Event %u of trial %d of the %s set is at step %d, channel %d: steps must ascend from 0 to %d and "
               "channels go from 0 to %d."),
            i, index, set_name (set), step[i], unit[i], trial->n_steps - 1, s->n_in - 1);
    }
  else if (!check_finite (trial->input, trial->n_steps, s->n_in, _ ("input"), set, index, error))
    return FALSE;
  if (trial->target != NULL && !check_finite (trial->target, trial->n_steps, s->n_out, _ ("target"), set, index, error))
    return FALSE;
  return check_finite (trial->weight, trial->n_steps, 1, _ ("weight in the loss"), set, index, error);
}

static RheoDraw
draw_of (const RheoFeed *feed, RheoSet set, uint32_t iteration, int index)
{
  const RheoShape *shape = &feed->shape;
  const int n = set == RHEO_SET_TRAIN ? shape->n_trials : set == RHEO_SET_TEST ? shape->n_test : 0;
  const gboolean fixed = n > 0 || (set != RHEO_SET_TRAIN && (set == RHEO_SET_PROBE || shape->n_valid > 0));

  /* The set is part of the address, so that trial 3 of one set is not trial 3 of another. */
  return (RheoDraw){
    .set = set,
    .iteration = iteration,
    .index = index,
    .rng = { feed->seed, RHEO_STREAM_TASK | (uint32_t) set << 8, fixed ? 0 : iteration, (uint32_t) index },
  };
}

static gboolean
fill_trial (RheoFeed *feed, Stage *stage, int i, RheoSet set, uint32_t iteration, int index, GError **error)
{
  const RheoShape *s = &feed->shape;
  RheoTrial *trial = &stage->trial[i];
  const RheoDraw draw = draw_of (feed, set, iteration, index);
  g_autoptr (GError) local = NULL;

  trial->n_steps = s->n_steps;
  trial->n_in = s->n_in;
  trial->n_out = s->n_out;
  trial->label = 0;
  trial->weight = stage->weight + (gsize) i * s->n_steps;
  for (int t = 0; t < s->n_steps; t++)
    trial->weight[t] = 1;
  trial->condition = stage->condition + (gsize) i * feed->n_conditions;
  for (int k = 0; k < feed->n_conditions; k++)
    trial->condition[k] = NAN;
  if (s->events)
    {
      g_array_set_size (trial->event_step, 0);
      g_array_set_size (trial->event_unit, 0);
    }
  else
    {
      trial->input = stage->input + (gsize) i * s->n_steps * s->n_in;
      memset (trial->input, 0, sizeof (RheoReal) * s->n_steps * s->n_in);
    }
  if (stage->target != NULL)
    {
      trial->target = stage->target + (gsize) i * s->n_steps * s->n_out;
      memset (trial->target, 0, sizeof (RheoReal) * s->n_steps * s->n_out);
    }

  if (feed->task->fill == NULL)
    return TRUE; /* an environment: what happens is up to the network */
  if (!feed->task->fill (feed->config, feed->data, &draw, trial, &local))
    {
      const char *why = local != NULL ? local->message : _ ("The task gave no reason.");
      rheo_fail (error, local != NULL && local->domain == RHEO_ERROR ? local->code : RHEO_ERROR_INVALID,
                 _ ("Trial %d of the %s set could not be made: %s"), index, set_name (set), why);
      return FALSE;
    }
  return check_trial (feed, trial, set, index, error);
}

static void
sort_by_length (Stage *stage, int n)
{
  for (int i = 0; i < n; i++)
    {
      int j = i;
      for (; j > 0 && stage->trial[stage->order[j - 1]].n_steps < stage->trial[i].n_steps; j--)
        stage->order[j] = stage->order[j - 1];
      stage->order[j] = i;
    }
}

/* Each place is used as a cursor, which leaves it at the end of its cell: shifted back by one afterwards. */
static void
turn_events (Full *full, const Stage *stage, int n, int64_t cells)
{
  for (int i = 0; i < n; i++)
    {
      const RheoTrial *trial = &stage->trial[stage->order[i]];
      const int32_t *step = (const int32_t *) trial->event_step->data;
      const int32_t *unit = (const int32_t *) trial->event_unit->data;

      for (guint k = 0; k < trial->event_step->len; k++)
        full->event_unit[full->event_first[(int64_t) step[k] * n + i]++] = unit[k];
    }
  memmove (full->event_first + 1, full->event_first, sizeof (int64_t) * cells);
  full->event_first[0] = 0;
}

static void
put_events (Full *full, const Stage *stage, int n, bool swapped)
{
  RheoBatch *b = &full->batch;
  int64_t cells = (int64_t) b->n_rows * b->n_steps, total = 0;

  for (int i = 0; i < n; i++)
    total += stage->trial[i].event_step->len;
  if (total > full->event_room)
    {
      /* Room to spare: batches of a data set differ little, and a running feed should not allocate. */
      full->event_room = total + total / 4;
      full->event_unit = g_renew (int32_t, full->event_unit, full->event_room);
    }
  total = 0;
  memset (full->event_first, 0, sizeof (int64_t) * (cells + 1));
  for (int i = 0; i < n; i++)
    {
      const RheoTrial *trial = &stage->trial[stage->order[i]];
      const int32_t *step = (const int32_t *) trial->event_step->data;
      const guint len = trial->event_step->len;
      rheo_events_count (len, step, swapped ? n : 1, full->event_first + 1 + (swapped ? i : (int64_t) i * b->n_steps));
      /* Steps ascend, so that the events of a row lie in its order. */
      if (!swapped && len > 0)
        memcpy (full->event_unit + total, trial->event_unit->data, sizeof (int32_t) * len);
      total += len;
    }
  for (int64_t c = 0; c < cells; c++)
    full->event_first[c + 1] += full->event_first[c];
  if (swapped)
    turn_events (full, stage, n, cells);
  b->event_first = full->event_first;
  b->event_unit = full->event_unit;
}

/* Copies [step][width] of trial i to its place: a row, or with swapped axes a step of every row. */
static void
put_signal (RheoReal *to, const RheoReal *from, int i, int n, int n_steps, int length, int width, bool swapped)
{
  if (!swapped)
    {
      memcpy (to + (gsize) i * n_steps * width, from, sizeof (RheoReal) * length * width);
      memset (to + ((gsize) i * n_steps + length) * width, 0, sizeof (RheoReal) * (n_steps - length) * width);
      return;
    }
  for (int t = 0; t < length; t++)
    memcpy (to + ((gsize) t * n + i) * width, from + (gsize) t * width, sizeof (RheoReal) * width);
}

/* The last inputs of a row of the batch become its hints. */
static void
part_hints (Full *full, const RheoShape *s, int row, int n_steps)
{
  const int n = s->n_hints;

  for (int t = 0; t < n_steps; t++)
    {
      const gsize cell = (gsize) row * n_steps + t;
      RheoReal *from = full->input + (cell + 1) * s->n_in - n;

      memcpy (full->hint + cell * n, from, sizeof (RheoReal) * n);
      memset (from, 0, sizeof (RheoReal) * n);
    }
}

/* From the stage to a batch: sorted by length and cut to the longest trial, or turned. */
static void
put_together (const RheoFeed *feed, Stage *stage, int n, RheoSet set, uint32_t iteration, const int *index, Full *full)
{
  const RheoShape *s = &feed->shape;
  RheoBatch *b = &full->batch;
  gboolean weighted = FALSE;

  sort_by_length (stage, n);
  int longest = stage->trial[stage->order[0]].n_steps;
  *b = (RheoBatch){ .n_rows = s->swapped ? s->n_steps : n,
                    .n_steps = s->swapped ? n : longest,
                    .n_in = s->n_in,
                    .n_out = s->n_out,
                    .n_hints = s->n_hints,
                    .length = full->length,
                    .input = full->input,
                    .hint = full->hint,
                    .target = full->target,
                    .label = full->label,
                    .item = full->item,
                    .swapped = s->swapped,
                    .iteration = iteration,
                    .set = (int) set };
  for (int i = 0; i < n; i++)
    {
      int from = stage->order[i];
      const RheoTrial *trial = &stage->trial[from];

      full->item[i] = index[from];
      if (full->label != NULL)
        full->label[i] = trial->label;
      if (full->input != NULL)
        put_signal (full->input, trial->input, i, n, longest, trial->n_steps, s->n_in, s->swapped);
      if (full->hint != NULL)
        part_hints (full, s, i, longest);
      if (full->target != NULL)
        put_signal (full->target, trial->target, i, n, longest, trial->n_steps, s->n_out, s->swapped);
      put_signal (full->weight, trial->weight, i, n, longest, trial->n_steps, 1, s->swapped);
      for (int t = 0; t < trial->n_steps; t++)
        weighted |= trial->weight[t] != 1;
      for (int k = 0; k < feed->n_conditions; k++)
        full->condition[(gsize) i * feed->n_conditions + k] = trial->condition[k];
      if (!s->swapped)
        full->length[i] = trial->n_steps;
    }
  if (s->swapped)
    for (int r = 0; r < b->n_rows; r++)
      full->length[r] = n;
  b->weight = weighted ? full->weight : NULL;
  if (s->events)
    put_events (full, stage, n, s->swapped);
}

/* --- the thread --------------------------------------------------------------------------------------------------- */
static gboolean
fill_training (RheoFeed *feed, int64_t number, Full *full, GError **error)
{
  int *items = feed->items;

  for (int i = 0; i < feed->batch; i++)
    items[i] = i;
  if (feed->shape.n_trials > 0)
    {
      int64_t epoch = number / feed->n_batches;
      if (epoch != feed->epoch)
        {
          RheoRng rng = { feed->seed, RHEO_STREAM_ORDER, (uint32_t) epoch, 0 };
          rheo_rng_permute (rng, 0, feed->shape.n_trials, feed->epoch_order);
          feed->epoch = epoch;
        }
      memcpy (items, feed->epoch_order + (number % feed->n_batches) * feed->batch, sizeof (int) * feed->batch);
    }
  for (int i = 0; i < feed->batch; i++)
    if (!fill_trial (feed, &feed->stage, i, RHEO_SET_TRAIN, (uint32_t) number, items[i], error))
      return FALSE;
  put_together (feed, &feed->stage, feed->batch, RHEO_SET_TRAIN, (uint32_t) number, items, full);
  return TRUE;
}

static Slot *
find_slot (RheoFeed *feed, SlotState state, int64_t number)
{
  for (int i = 0; i < N_SLOTS; i++)
    if (feed->slot[i].state == state && (number < 0 || feed->slot[i].number == number))
      return &feed->slot[i];
  return NULL;
}

static void *
run (void *data)
{
  RheoFeed *feed = data;

  pthread_mutex_lock (&feed->lock);
  for (;;)
    {
      Slot *slot = NULL;
      while (!feed->closing && (!feed->started || (slot = find_slot (feed, SLOT_FREE, -1)) == NULL))
        pthread_cond_wait (&feed->changed, &feed->lock);
      if (feed->closing)
        break;

      int64_t number = feed->next;
      unsigned version = feed->version;
      g_autoptr (GError) error = NULL;
      feed->filling = true;
      pthread_mutex_unlock (&feed->lock);
      gboolean good = fill_training (feed, number, &slot->full, &error);
      pthread_mutex_lock (&feed->lock);
      feed->filling = false;
      if (version == feed->version)
        {
          slot->state = SLOT_READY;
          slot->number = number;
          slot->version = version;
          slot->error = g_steal_pointer (&error);
          feed->next = number + 1;
          feed->started = good; /* nothing is filled after a failure until somebody asks again */
        }
      pthread_cond_broadcast (&feed->changed);
    }
  pthread_mutex_unlock (&feed->lock);
  return NULL;
}

/* Under the lock. */
static void
drop_ready (RheoFeed *feed)
{
  for (int i = 0; i < N_SLOTS; i++)
    if (feed->slot[i].state == SLOT_READY)
      {
        feed->slot[i].state = SLOT_FREE;
        g_clear_error (&feed->slot[i].error);
      }
  feed->version++;
}

/* --- public ------------------------------------------------------------------------------------------------------- */
RheoFeed *
rheo_feed_new (const RheoTask *task, const void *config, const void *data, const RheoShape *shape, int batch,
               uint64_t seed, GError **error)
{
  RheoFeed *feed;

  g_return_val_if_fail (task != NULL && batch > 0, NULL);
  if (shape->n_trials > 0 && batch > shape->n_trials)
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("run.batch is %d, but the task has only %d training trials; 1 to %d are allowed."), batch,
                 shape->n_trials, shape->n_trials);
      return NULL;
    }
  if (shape->swapped && shape->n_classes > 0)
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("Samples cannot be taken as time when the targets are labels; signals are needed."));
      return NULL;
    }

  feed = g_new0 (RheoFeed, 1);
  feed->task = task;
  feed->config = g_memdup2 (config, task->base.config_size);
  feed->data = data;
  feed->shape = *shape;
  feed->batch = batch;
  feed->n_batches = shape->n_trials > 0 ? shape->n_trials / batch : 1;
  feed->seed = seed;
  feed->epoch = -1;
  feed->items = g_new0 (int, batch);
  feed->epoch_order = g_new0 (int, shape->n_trials);
  feed->n_conditions = rheo_conditions_count (rheo_conditions_get (task, data));
  stage_init (&feed->stage, feed, batch);
  for (int i = 0; i < N_SLOTS; i++)
    full_init (&feed->slot[i].full, feed, batch);
  pthread_mutex_init (&feed->lock, NULL);
  pthread_cond_init (&feed->changed, NULL);
  if (pthread_create (&feed->thread, NULL, run, feed) != 0)
    {
      feed->closing = true;
      rheo_feed_free (feed);
      rheo_fail (error, RHEO_ERROR_MEMORY, _ ("The system does not allow another thread."));
      return NULL;
    }
  return feed;
}

void
rheo_feed_free (RheoFeed *feed)
{
  if (feed == NULL)
    return;
  if (!feed->closing)
    {
      pthread_mutex_lock (&feed->lock);
      feed->closing = true;
      pthread_cond_broadcast (&feed->changed);
      pthread_mutex_unlock (&feed->lock);
      pthread_join (feed->thread, NULL);
    }
  for (int i = 0; i < N_SLOTS; i++)
    {
      full_clear (&feed->slot[i].full);
      g_clear_error (&feed->slot[i].error);
    }
  stage_clear (&feed->stage);
  stage_clear (&feed->aside);
  pthread_mutex_destroy (&feed->lock);
  pthread_cond_destroy (&feed->changed);
  g_free (feed->items);
  g_free (feed->epoch_order);
  g_free (feed->config);
  g_free (feed);
}

const RheoSeries *
rheo_feed_get_conditions (const RheoFeed *feed)
{
  return rheo_conditions_get (feed->task, feed->data);
}

int
rheo_feed_get_n_rows (const RheoFeed *feed)
{
  return feed->shape.swapped ? feed->shape.n_steps : feed->batch;
}

int
rheo_feed_get_n_steps (const RheoFeed *feed)
{
  return feed->shape.swapped ? feed->batch : feed->shape.n_steps;
}

int
rheo_feed_get_n_batches (const RheoFeed *feed)
{
  return feed->n_batches;
}

/* Each batch has the same trials in the same order. */
static gboolean
repeats (const RheoFeed *feed)
{
  return feed->task->base.gives & RHEO_REPEATS && feed->shape.n_trials <= 1;
}

/* Under the lock. What is ready, whatever its number was, becomes this batch, if all are the same. */
static void
renumber (RheoFeed *feed, int64_t batch)
{
  Slot *slot = find_slot (feed, SLOT_READY, -1);

  if (!repeats (feed) || slot == NULL || slot->error != NULL)
    return;
  slot->number = batch;
  slot->full.batch.iteration = (uint32_t) batch;
}

const RheoBatch *
rheo_feed_take (RheoFeed *feed, int64_t batch, GError **error)
{
  const RheoBatch *taken = NULL;
  Slot *slot;

  g_return_val_if_fail (batch >= 0, NULL);
  pthread_mutex_lock (&feed->lock);
  renumber (feed, batch);
  if (!find_slot (feed, SLOT_READY, batch))
    {
      /* Batches that were skipped must not keep the slot that this one needs. */
      gboolean skipped = find_slot (feed, SLOT_READY, -1) != NULL;
      if (!feed->started || feed->next != batch || skipped)
        {
          drop_ready (feed);
          feed->next = batch;
          feed->started = true;
          pthread_cond_broadcast (&feed->changed);
        }
    }
  while ((slot = find_slot (feed, SLOT_READY, batch)) == NULL)
    pthread_cond_wait (&feed->changed, &feed->lock);
  if (slot->error != NULL)
    {
      slot->state = SLOT_FREE;
      g_propagate_error (error, g_steal_pointer (&slot->error));
    }
  else
    {
      slot->state = SLOT_LENT;
      taken = &slot->full.batch;
    }
  pthread_mutex_unlock (&feed->lock);
  return taken;
}

void
rheo_feed_give (RheoFeed *feed, const RheoBatch *batch)
{
  Slot *slot = (Slot *) batch;

  pthread_mutex_lock (&feed->lock);
  g_assert (slot->state == SLOT_LENT);
  if (repeats (feed) && slot->version == feed->version)
    slot->state = SLOT_READY;
  else
    {
      slot->state = SLOT_FREE;
      pthread_cond_broadcast (&feed->changed);
    }
  pthread_mutex_unlock (&feed->lock);
}

RheoBatch *
rheo_feed_new_batch (RheoFeed *feed, RheoSet set, uint32_t iteration, int first, int n, GError **error)
{
  g_autofree int *index = g_new (int, n);
  Full *full;

  if (feed->aside.n < n)
    {
      stage_clear (&feed->aside);
      stage_init (&feed->aside, feed, n);
    }
  for (int i = 0; i < n; i++)
    {
      index[i] = first + i;
      if (!fill_trial (feed, &feed->aside, i, set, iteration, first + i, error))
        return NULL;
    }
  full = g_new0 (Full, 1);
  full_init (full, feed, n);
  put_together (feed, &feed->aside, n, set, iteration, index, full);
  return &full->batch;
}

/* Output of a trial by itself: [step][out]. */
static const RheoReal *
take_output (const RheoBatch *batch, const RheoReal *output, int i, RheoReal *room)
{
  const gsize width = (gsize) batch->n_out;

  if (!batch->swapped)
    return output + (gsize) i * batch->n_steps * width;
  for (int t = 0; t < batch->n_rows; t++)
    memcpy (room + t * width, output + ((gsize) t * batch->n_steps + i) * width, sizeof (RheoReal) * width);
  return room;
}

gboolean
rheo_feed_score (RheoFeed *feed, const RheoBatch *batch, const RheoReal *output, bool (*stop) (void *data),
                 void *stop_data, double *scores, GError **error)
{
  const Stage *stage = &feed->aside;
  const int n = batch->swapped ? batch->n_steps : batch->n_rows;
  g_autofree RheoReal *room = g_new (RheoReal, (gsize) feed->shape.n_steps * feed->shape.n_out);

  for (int i = 0; i < n; i++)
    {
      const RheoDraw draw = draw_of (feed, batch->set, batch->iteration, batch->item[i]);
      g_autoptr (GError) local = NULL;

      if (stop != NULL && stop (stop_data))
        return FALSE;
      if (!feed->task->score (feed->config, feed->data, &draw, &stage->trial[stage->order[i]],
                              take_output (batch, output, i, room), &scores[i], &local))
        {
          const char *why = local != NULL ? local->message : _ ("The task gave no reason.");
          return rheo_fail (error, local != NULL && local->domain == RHEO_ERROR ? local->code : RHEO_ERROR_INVALID,
                            _ ("Trial %d of the %s set could not be scored: %s"), draw.index, set_name (draw.set), why);
        }
      if (!isfinite (scores[i]))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The score of trial %d of the %s set is not a finite number."),
                          draw.index, set_name (draw.set));
    }
  return TRUE;
}

void
rheo_batch_free (RheoBatch *batch)
{
  if (batch == NULL)
    return;
  full_clear ((Full *) batch);
  g_free (batch);
}

void
rheo_feed_restart (RheoFeed *feed, const void *config)
{
  pthread_mutex_lock (&feed->lock);
  drop_ready (feed);
  feed->started = false; /* until the next take says where to go on */
  while (feed->filling)
    pthread_cond_wait (&feed->changed, &feed->lock);
  memcpy (feed->config, config, feed->task->base.config_size);
  pthread_mutex_unlock (&feed->lock);
}

RheoReal *
rheo_batch_dup_hinted (const RheoBatch *batch)
{
  const gsize n_in = (gsize) batch->n_in, n = (gsize) batch->n_hints;
  const gsize n_cells = (gsize) batch->n_rows * (gsize) batch->n_steps;
  RheoReal *input;

  if (batch->hint == NULL)
    return NULL;
  input = g_memdup2 (batch->input, sizeof (RheoReal) * n_cells * n_in);
  for (gsize cell = 0; cell < n_cells; cell++)
    memcpy (input + (cell + 1) * n_in - n, batch->hint + cell * n, sizeof (RheoReal) * n);
  return input;
}

double
rheo_batch_get_condition (const RheoBatch *batch, int row, int i_condition)
{
  const Full *full = (const Full *) batch;

  return full->condition[(gsize) row * full->n_conditions + i_condition];
}
