/* The feed: order, prefetching, turned axes, events, lengths, errors. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/events.h"
#include "engine/feed.h"

/* A task whose trials say who they are. */
typedef struct
{
  int n_trials, n_steps, n_classes;
  gboolean events, swapped, uneven, weighted;
  double offset;
  int bad_trial; /* -1: none */
  int bad_kind;  /* what is wrong with it */
} Config;

static const RheoSeries conditions[] = { { .key = "angle" }, { .key = "side" }, { NULL } };

static void
shape (const Config *c, RheoShape *s)
{
  *s = (RheoShape){ .n_in = 3,
                    .n_out = 2,
                    .n_steps = c->n_steps,
                    .n_trials = c->n_trials,
                    .n_valid = 10,
                    .n_classes = c->n_classes,
                    .events = c->events,
                    .swapped = c->swapped };
}

static RheoReal
value (const Config *c, int set, int index, int t, int k)
{
  return (RheoReal) (c->offset + 1000 * set + 10 * index + t + 0.25 * k);
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Config *c = config;
  gboolean bad = draw->index == c->bad_trial && draw->set == RHEO_SET_TRAIN;

  if (bad && c->bad_kind == 0)
    return rheo_fail (error, RHEO_ERROR_IO, "The wire broke at step 3.");
  trial->n_steps = c->uneven ? 2 + (draw->index * 5) % (c->n_steps - 1) : c->n_steps;
  if (bad && c->bad_kind == 1)
    trial->n_steps = c->n_steps + 1;
  trial->label = draw->index % MAX (c->n_classes, 1);
  if (bad && c->bad_kind == 2)
    trial->label = c->n_classes;
  trial->condition[1] = draw->index;
  for (int t = 0; t < MIN (trial->n_steps, c->n_steps); t++)
    {
      if (c->events)
        for (int k = 0; k < 3; k++)
          if ((draw->index + t + k) % 2 == 0)
            {
              int32_t step = t, unit = k;
              g_array_append_val (trial->event_step, step);
              g_array_append_val (trial->event_unit, unit);
            }
      for (int k = 0; k < 3 && !c->events; k++)
        trial->input[3 * t + k] = value (c, draw->set, draw->index, t, k);
      for (int k = 0; k < 2 && trial->target != NULL; k++)
        trial->target[2 * t + k] = -value (c, draw->set, draw->index, t, k);
      if (c->weighted)
        trial->weight[t] = t % 2;
    }
  if (bad && c->bad_kind == 3)
    trial->input[3 * 2 + 1] = NAN;
  if (bad && c->bad_kind == 4)
    {
      int32_t step = 0, unit = 3;
      g_array_prepend_val (trial->event_step, step);
      g_array_prepend_val (trial->event_unit, unit);
    }
  return TRUE;
}

/* A sum in which each number of the output has a weight of its own. */
static gboolean
score (const void *config, const void *data, const RheoDraw *draw, const RheoTrial *trial, const RheoReal *output,
       double *score, GError **error)
{
  *score = 0;
  g_assert_cmpint (draw->index, ==, (int) trial->condition[1]);
  for (int t = 0; t < trial->n_steps; t++)
    for (int k = 0; k < trial->n_out; k++)
      *score += (t + 1) * (k == 0 ? 1 : 100) * (double) output[trial->n_out * t + k];
  *score += 1e6 * draw->index;
  return TRUE;
}

static const RheoTask task = {
  .base = { .config_size = sizeof (Config) }, .conditions = conditions, .fill = fill, .score = score
};

static RheoFeed *
make (const Config *c, int batch, uint64_t seed)
{
  g_autoptr (GError) error = NULL;
  RheoShape s;
  RheoFeed *feed;

  shape (c, &s);
  feed = rheo_feed_new (&task, c, NULL, &s, batch, seed, &error);
  g_assert_no_error (error);
  return feed;
}

static const RheoBatch *
take (RheoFeed *feed, int64_t number)
{
  g_autoptr (GError) error = NULL;
  const RheoBatch *batch = rheo_feed_take (feed, number, &error);

  g_assert_no_error (error);
  g_assert_cmpint (batch->iteration, ==, number);
  return batch;
}

/* Each epoch shows each trial once but for the last incomplete batch, in another order, the same for the same seed. */
static void
test_order (void)
{
  Config c = { .n_trials = 23, .n_steps = 4, .bad_trial = -1 };
  int order[2][3][20];

  for (int run = 0; run < 2; run++)
    {
      RheoFeed *feed = make (&c, 5, 7);
      g_assert_cmpint (rheo_feed_get_n_batches (feed), ==, 4);
      g_assert_cmpint (rheo_feed_get_n_rows (feed), ==, 5);
      g_assert_cmpint (rheo_feed_get_n_steps (feed), ==, 4);
      for (int i = 0; i < 12; i++)
        {
          const RheoBatch *b = take (feed, i);
          g_assert_cmpint (b->n_rows, ==, 5);
          g_assert_null (b->weight);
          g_assert_null (b->label);
          for (int r = 0; r < 5; r++)
            {
              order[run][i / 4][i % 4 * 5 + r] = b->item[r];
              g_assert_cmpint (b->length[r], ==, 4);
              for (int t = 0; t < 4; t++)
                {
                  for (int k = 0; k < 3; k++)
                    g_assert_cmpfloat (b->input[(r * 4 + t) * 3 + k], ==, value (&c, 0, b->item[r], t, k));
                  for (int k = 0; k < 2; k++)
                    g_assert_cmpfloat (b->target[(r * 4 + t) * 2 + k], ==, -value (&c, 0, b->item[r], t, k));
                }
              g_assert_true (isnan (rheo_batch_get_condition (b, r, 0)));
              g_assert_cmpfloat (rheo_batch_get_condition (b, r, 1), ==, b->item[r]);
            }
          rheo_feed_give (feed, b);
        }
      rheo_feed_free (feed);
    }
  g_assert_cmpmem (order[0], sizeof order[0], order[1], sizeof order[1]);
  g_assert_cmpint (memcmp (order[0][0], order[0][1], sizeof order[0][0]), !=, 0);
  for (int e = 0; e < 3; e++)
    {
      int seen[23] = { 0 };
      for (int i = 0; i < 20; i++)
        g_assert_cmpint (++seen[order[0][e][i]], ==, 1);
    }

  /* Any batch can be asked for, as after a resume. */
  RheoFeed *feed = make (&c, 5, 7);
  static const int jumps[] = { 9, 10, 2, 3, 4, 11, 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (jumps); i++)
    {
      const RheoBatch *b = take (feed, jumps[i]);
      g_assert_cmpmem (b->item, 20, order[0][jumps[i] / 4] + jumps[i] % 4 * 5, 20);
      rheo_feed_give (feed, b);
    }
  rheo_feed_free (feed);
}

/* Where samples are time, the output of a trial is a column of the batch: it is judged as by itself. */
static void
test_swapped_scores (void)
{
  double scores[2][4];

  for (int swapped = 0; swapped < 2; swapped++)
    {
      const Config c = { .n_trials = 12, .n_steps = 3, .swapped = swapped, .bad_trial = -1 };
      RheoFeed *feed = make (&c, 4, 2);
      g_autoptr (GError) error = NULL;
      RheoBatch *batch = rheo_feed_new_batch (feed, RHEO_SET_VALID, 0, 5, 4, &error);
      RheoReal output[4 * 3 * 2];

      g_assert_no_error (error);
      g_assert_cmpint (batch->n_rows, ==, swapped ? 3 : 4);
      for (int i = 0; i < 4; i++)
        for (int t = 0; t < 3; t++)
          for (int k = 0; k < 2; k++)
            output[((swapped ? t * 4 + i : i * 3 + t)) * 2 + k] = (RheoReal) (100 * i + 10 * t + k);
      g_assert_true (rheo_feed_score (feed, batch, output, NULL, NULL, scores[swapped], &error));
      g_assert_no_error (error);
      rheo_batch_free (batch);
      rheo_feed_free (feed);
    }
  for (int i = 0; i < 4; i++)
    {
      double sum = 1e6 * (5 + i);

      for (int t = 0; t < 3; t++)
        sum += (t + 1) * (100 * i + 10 * t + 100.0 * (100 * i + 10 * t + 1));
      g_assert_cmpfloat (scores[0][i], ==, sum);
      g_assert_cmpfloat (scores[1][i], ==, sum);
    }
}

static void
test_swapped (void)
{
  for (int events = 0; events < 2; events++)
    {
      Config c = { .n_trials = 12, .n_steps = 4, .swapped = TRUE, .events = events, .weighted = TRUE, .bad_trial = -1 };
      RheoFeed *feed = make (&c, 6, 7);
      const RheoBatch *b = take (feed, 1);

      g_assert_cmpint (rheo_feed_get_n_rows (feed), ==, 4);
      g_assert_cmpint (rheo_feed_get_n_steps (feed), ==, 6);
      g_assert_true (b->swapped);
      g_assert_cmpint (b->n_rows, ==, 4);
      g_assert_cmpint (b->n_steps, ==, 6);
      for (int r = 0; r < 4; r++)
        {
          g_assert_cmpint (b->length[r], ==, 6);
          for (int s = 0; s < 6; s++)
            {
              g_assert_cmpfloat (b->target[(r * 6 + s) * 2 + 1], ==, -value (&c, 0, b->item[s], r, 1));
              g_assert_cmpfloat (b->weight[r * 6 + s], ==, r % 2);
              if (!events)
                g_assert_cmpfloat (b->input[(r * 6 + s) * 3 + 2], ==, value (&c, 0, b->item[s], r, 2));
              else
                for (int k = 0, i = (int) b->event_first[r * 6 + s]; k < 3; k++)
                  if ((b->item[s] + r + k) % 2 == 0)
                    g_assert_cmpint (b->event_unit[i++], ==, k);
            }
        }
      rheo_feed_give (feed, b);
      rheo_feed_free (feed);
    }
}

static void
test_lengths (void)
{
  for (int events = 0; events < 2; events++)
    {
      Config c = { .n_trials = 0, .n_steps = 9, .n_classes = 3, .events = events, .uneven = TRUE, .bad_trial = -1 };
      RheoFeed *feed = make (&c, 6, 7);
      const RheoBatch *b = take (feed, 3);
      int seen = 0;

      g_assert_cmpint (rheo_feed_get_n_batches (feed), ==, 1);
      g_assert_null (b->target);
      for (int r = 0; r < 6; r++)
        {
          int i = b->item[r];
          seen |= 1 << i;
          g_assert_cmpint (b->length[r], ==, 2 + (i * 5) % 8);
          g_assert_cmpint (b->length[r], <=, r > 0 ? b->length[r - 1] : b->n_steps);
          g_assert_cmpint (b->label[r], ==, i % 3);
          g_assert_cmpfloat (rheo_batch_get_condition (b, r, 1), ==, i);
          for (int t = 0; t < b->n_steps; t++)
            if (!events)
              g_assert_cmpfloat (b->input[(r * b->n_steps + t) * 3], ==, t < b->length[r] ? value (&c, 0, i, t, 0) : 0);
            else
              {
                int64_t at = b->event_first[r * b->n_steps + t], end = b->event_first[r * b->n_steps + t + 1];
                for (int k = 0; k < 3 && t < b->length[r]; k++)
                  if ((i + t + k) % 2 == 0)
                    g_assert_cmpint (b->event_unit[at++], ==, k);
                g_assert_cmpint (at, ==, end);
              }
        }
      g_assert_cmpint (b->length[0], ==, b->n_steps);
      g_assert_cmpint (seen, ==, 63);
      rheo_feed_give (feed, b);
      rheo_feed_free (feed);
    }
}

static void
test_other_sets (void)
{
  Config c = { .n_trials = 8, .n_steps = 4, .bad_trial = -1 };
  RheoFeed *feed = make (&c, 4, 7);
  g_autoptr (GError) error = NULL;
  RheoBatch *b;

  b = rheo_feed_new_batch (feed, RHEO_SET_VALID, 0, 3, 7, &error);
  g_assert_no_error (error);
  g_assert_cmpint (b->n_rows, ==, 7);
  g_assert_cmpint (b->set, ==, RHEO_SET_VALID);
  for (int r = 0; r < 7; r++)
    g_assert_cmpfloat (b->input[r * 12], ==, value (&c, RHEO_SET_VALID, 3 + r, 0, 0));
  rheo_batch_free (b);
  rheo_feed_free (feed);
}

static void
test_restart (void)
{
  Config c = { .n_trials = 8, .n_steps = 4, .bad_trial = -1 };
  RheoFeed *feed = make (&c, 4, 7);
  const RheoBatch *b = take (feed, 0);

  rheo_feed_give (feed, b);
  c.offset = 0.5;
  rheo_feed_restart (feed, &c);
  b = take (feed, 1);
  g_assert_cmpfloat (b->input[0], ==, value (&c, 0, b->item[0], 0, 0));
  rheo_feed_give (feed, b);
  rheo_feed_free (feed);
}

static int n_filled;

static gboolean
fill_and_count (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  g_atomic_int_inc (&n_filled);
  return fill (config, data, draw, trial, error);
}

/* What is the same in each epoch is made once, or as often as there is room for it, until something changes. */
static void
test_repeats (void)
{
  static const RheoTask same = { .base = { .config_size = sizeof (Config), .gives = RHEO_REPEATS },
                                 .conditions = conditions,
                                 .fill = fill_and_count };

  for (int n_trials = 0; n_trials < 2; n_trials++)
    {
      Config c = { .n_trials = n_trials, .n_steps = 4, .bad_trial = -1 };
      g_autoptr (GError) error = NULL;
      RheoShape s;
      RheoFeed *feed;

      shape (&c, &s);
      feed = rheo_feed_new (&same, &c, NULL, &s, 1, 7, &error);
      g_assert_no_error (error);
      g_atomic_int_set (&n_filled, 0);
      for (int i = 0; i < 50; i++)
        {
          const RheoBatch *b = take (feed, i);

          if (i == 20)
            {
              c.offset = 0.5;
              rheo_feed_restart (feed, &c);
            }
          else
            g_assert_cmpfloat (b->input[4], ==, value (&c, 0, 0, 1, 1));
          rheo_feed_give (feed, b);
        }
      rheo_feed_free (feed);
      g_assert_cmpint (g_atomic_int_get (&n_filled), <=, 8);
    }
}

/* Of 40 events each is made wrong in turn, in step or unit. */
static void
test_events (void)
{
  int32_t step[40], unit[40];
  int64_t n_of[3 * 8] = { 0 };

  for (int i = 0; i < 40; i++)
    {
      step[i] = i / 6;
      unit[i] = 5 * i % 7;
    }
  for (int n = 0; n <= 40; n++)
    g_assert_cmpint (rheo_events_find_wrong (n, step, unit, 7, 7), ==, n);
  for (int i = 0; i < 40; i++)
    for (int kind = 0; kind < 4; kind++)
      {
        const int32_t before = kind < 2 ? unit[i] : step[i];

        if (kind < 2)
          unit[i] = kind == 0 ? -1 : 7;
        else
          step[i] = kind == 2 ? -1 : 7;
        g_assert_cmpint (rheo_events_find_wrong (40, step, unit, 7, 7), ==, i);
        *(kind < 2 ? &unit[i] : &step[i]) = before;
      }
  step[20] = 2;
  g_assert_cmpint (rheo_events_find_wrong (40, step, unit, 7, 7), ==, 20);
  step[20] = 3;

  rheo_events_count (40, step, 3, n_of + 1);
  for (int k = 0; k < 8; k++)
    {
      g_assert_cmpint (n_of[3 * k], ==, 0);
      g_assert_cmpint (n_of[3 * k + 1], ==, k < 6 ? 6 : k == 6 ? 4 : 0);
      g_assert_cmpint (n_of[3 * k + 2], ==, 0);
    }
}

static void
test_errors (void)
{
  static const char *const says[] = { "step 3", "5 steps", "label 3", "step 2", "channel 3" };
  g_autoptr (GError) error = NULL;
  RheoShape s;

  for (int kind = 0; kind < 5; kind++)
    {
      Config c = { .n_trials = 6, .n_steps = 4, .bad_trial = 4, .bad_kind = kind };
      int failed = 0;
      c.n_classes = kind == 2 ? 3 : 0;
      c.events = kind == 4;
      RheoFeed *feed = make (&c, 2, 7);
      for (int i = 0; i < 6; i++) /* asked again and again, it says the same */
        {
          const RheoBatch *b = rheo_feed_take (feed, i % 3, &error);
          if (b != NULL)
            {
              rheo_feed_give (feed, b);
              continue;
            }
          const int code = kind == 0 ? (int) RHEO_ERROR_IO : (int) RHEO_ERROR_INVALID;
          failed++;
          g_assert_error (error, RHEO_ERROR, code);
          g_assert_nonnull (strstr (error->message, "rial 4 of the training set"));
          g_assert_nonnull (strstr (error->message, says[kind]));
          g_clear_error (&error);
        }
      g_assert_cmpint (failed, ==, 2);
      rheo_feed_free (feed);
    }

  Config c = { .n_trials = 6, .n_steps = 4, .bad_trial = -1 };
  shape (&c, &s);
  g_assert_null (rheo_feed_new (&task, &c, NULL, &s, 7, 1, &error));
  g_assert_nonnull (strstr (error->message, "run.batch is 7"));
  g_clear_error (&error);
  s.swapped = true;
  s.n_classes = 2;
  g_assert_null (rheo_feed_new (&task, &c, NULL, &s, 2, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed/order", test_order);
  g_test_add_func ("/feed/swapped", test_swapped);
  g_test_add_func ("/feed/swapped-scores", test_swapped_scores);
  g_test_add_func ("/feed/lengths", test_lengths);
  g_test_add_func ("/feed/other-sets", test_other_sets);
  g_test_add_func ("/feed/restart", test_restart);
  g_test_add_func ("/feed/repeats", test_repeats);
  g_test_add_func ("/feed/event-lists", test_events);
  g_test_add_func ("/feed/errors", test_errors);
  return g_test_run ();
}
