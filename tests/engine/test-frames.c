/* What frames hold, and how they are spaced out, on a clock that the test moves. */
#include "config.h"

#include <math.h>

#include "engine/engine-frames.h"
#include "stub-trainer.h"

static double fake_now, cost_of_frame;

static double
fake_clock (void)
{
  return fake_now;
}

typedef struct
{
  RheoTrainer *trainer;
  RheoFrames *frames;
  RheoTable *last;
  GHashTable *counts; /* frames of each stream */
  int n;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();

  stub_reset ();
  fake_now = 100;
  cost_of_frame = 0;
  f->trainer = rheo_trainer_new (experiment, NULL);
  f->frames = rheo_frames_new (f->trainer, fake_clock);
  f->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  rheo_frames_free (f->frames);
  rheo_trainer_free (f->trainer);
  g_clear_pointer (&f->last, rheo_table_unref);
  g_hash_table_unref (f->counts);
}

static void
on_frame (void *data, const char *stream, RheoTable *table)
{
  Fixture *f = data;

  g_clear_pointer (&f->last, rheo_table_unref);
  f->last = table;
  f->n++;
  g_hash_table_insert (f->counts, g_strdup (stream),
                       GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (f->counts, stream)) + 1));
  fake_now += cost_of_frame;
}

static void
watch (Fixture *f, const char *stream, int trial, int first, int n, double per_second)
{
  g_autoptr (GError) error = NULL;
  const RheoWatch watch = { stream, trial, first, n, per_second };

  rheo_frames_watch (f->frames, &watch, &error);
  g_assert_no_error (error);
}

/* One batch that takes so long, then the frames. */
static void
train (Fixture *f, double seconds, gboolean all)
{
  f->trainer->place.batch++;
  fake_now += seconds;
  g_assert_true (rheo_frames_make (f->frames, seconds, all, on_frame, f, NULL));
}

static const RheoColumn *
get (Fixture *f, const char *key)
{
  const RheoColumn *column = rheo_table_find (f->last, key);

  g_assert_nonnull (column);
  return column;
}

static void
test_spikes (Fixture *f, gconstpointer data)
{
  const RheoColumn *spikes, *class;
  int length = 0;

  for (int swapped = 0; swapped < 2; swapped++)
    for (int trial = 0; trial < STUB_TRIALS; trial++)
      {
        atomic_store (&stub_swapped, swapped);
        watch (f, "hidden.spikes", trial, 0, 0, 30);
        train (f, 1, TRUE);
        spikes = get (f, "hidden.spikes");
        length = trial == 1 && !swapped ? STUB_STEPS - 1 : STUB_STEPS;
        g_assert_cmpint (spikes->type, ==, RHEO_U8);
        g_assert_cmpint (spikes->dims[0], ==, length);
        g_assert_cmpint (spikes->dims[1], ==, STUB_UNITS);
        for (int t = 0; t < length; t++)
          for (int u = 0; u < STUB_UNITS; u++)
            g_assert_cmpint (((uint8_t *) spikes->data)[t * STUB_UNITS + u], ==, stub_fires (trial, t, u));
      }
  watch (f, "hidden.spikes", 99, 58, 5, 30);
  train (f, 1, TRUE);
  spikes = get (f, "hidden.spikes");
  class = get (f, "hidden.class");
  g_assert_cmpint (spikes->dims[1], ==, 5);
  for (int t = 0; t < length; t++)
    for (int u = 0; u < 5; u++)
      g_assert_cmpint (((uint8_t *) spikes->data)[t * 5 + u], ==, stub_fires (STUB_TRIALS - 1, t, u + 58));
  g_assert_cmpint (((uint8_t *) class->data)[1], ==, 0);
  g_assert_cmpint (((uint8_t *) class->data)[2], ==, 1);
  g_assert_cmpstr (rheo_table_get_note (f->last, "hidden.classes"), ==, "E PV");
  g_assert_cmpstr (rheo_table_get_note (f->last, "trial"), ==, "2");
  g_assert_cmpstr (rheo_table_get_note (f->last, "first"), ==, "58");
  g_assert_cmpstr (rheo_table_get_note (f->last, "batch"), ==, "7");
}

static void
test_rate (Fixture *f, gconstpointer data)
{
  const RheoColumn *rate;

  watch (f, "hidden.rate", 0, 0, 0, 30);
  train (f, 1, TRUE);
  rate = get (f, "hidden.rate");
  g_assert_cmpint (rate->dims[0], ==, STUB_UNITS);
  for (int u = 0; u < STUB_UNITS; u++)
    {
      int fired = 0;

      for (int trial = 0; trial < STUB_TRIALS; trial++)
        for (int t = 0; t < STUB_STEPS - (trial == 1); t++)
          fired += stub_fires (trial, t, u);
      g_assert_cmpfloat_with_epsilon (rheo_column_get_number (rate, u), fired / 11.0, 1e-6);
    }
}

static void
test_value (Fixture *f, gconstpointer data)
{
  for (int swapped = 0; swapped < 2; swapped++)
    for (int trial = 0; trial < STUB_TRIALS; trial++)
      {
        const RheoColumn *value, *target, *input;

        atomic_store (&stub_swapped, swapped);
        watch (f, "out.value", trial, 0, 0, 30);
        train (f, 1, TRUE);
        value = get (f, "out.value");
        target = get (f, "task.target");
        input = get (f, "task.input");
        g_assert_cmpstr (input->axes, ==, "time in");
        g_assert_cmpstr (value->axes, ==, "time out");
        g_assert_cmpint (value->dims[0], ==, trial == 1 && !swapped ? STUB_STEPS - 1 : STUB_STEPS);
        for (int t = 0; t < value->dims[0]; t++)
          for (int i = 0; i < STUB_OUT; i++)
            {
              double wanted = (double) stub_value (trial, t, i);

              g_assert_cmpfloat (rheo_column_get_number (value, t * STUB_OUT + i), ==, wanted);
              g_assert_cmpfloat (rheo_column_get_number (target, t * STUB_OUT + i), ==, -wanted);
              g_assert_cmpfloat (rheo_column_get_number (input, t * STUB_OUT + i), ==, -wanted);
            }
      }
}

static void
test_weights (Fixture *f, gconstpointer data)
{
  watch (f, "in.gradient", 0, 0, 0, 30);
  train (f, 1, TRUE);
  g_assert_cmpint (f->n, ==, 0); /* there is none before the first batch */
  f->trainer->has_grad = TRUE;
  for (int i = 0; i < 3 * STUB_STRIDE; i++)
    {
      stub_gradient[i] = (RheoReal) (i + 1);
      stub_weight[i] += 2;
    }
  train (f, 1, TRUE);
  g_assert_cmpint (get (f, "in.gradient")->dims[1], ==, STUB_UNITS);
  g_assert_cmpfloat (rheo_column_get_number (get (f, "in.gradient"), STUB_UNITS), ==, STUB_STRIDE + 1);
  watch (f, "in.gradient", 0, 0, 0, 0);
  watch (f, "in.weight", 0, 10, 3, 30);
  train (f, 1, TRUE);
  g_assert_cmpint (get (f, "in.weight")->dims[0], ==, 3);
  g_assert_cmpint (get (f, "in.weight")->dims[1], ==, 3);
  g_assert_cmpfloat (rheo_column_get_number (get (f, "in.weight"), 4), ==, STUB_STRIDE + 11 + 2);
  watch (f, "in.weight", 0, 0, 0, 0);
  watch (f, "in.change", 0, 5, 0, 30);
  train (f, 1, TRUE);
  g_assert_cmpint (get (f, "in.change")->dims[1], ==, STUB_UNITS - 5);
  for (int i = 0; i < 3 * (STUB_UNITS - 5); i++)
    g_assert_cmpfloat (rheo_column_get_number (get (f, "in.change"), i), ==, 2);
  watch (f, "in.change", 0, 0, 0, 0);
  watch (f, "run.metrics", 0, 0, 0, 30);
  rheo_metrics_add (f->trainer->metrics, "train.loss", 3, 1);
  rheo_metrics_add (f->trainer->metrics, "train.loss", 5, 1);
  train (f, 1, TRUE);
  g_assert_cmpfloat (rheo_column_get_number (get (f, "train.loss"), 0), ==, 4);
}

/* Cheap frames come as often as was asked, whatever the batches take. */
/* Episodes are played anew for each frame; where there is no scene, there is no stream. */
static void
test_scene (Fixture *f, gconstpointer data)
{
  const RheoWatch it = { "scene.items", 0, 0, 0, 30 };

  g_assert_false (rheo_frames_watch (f->frames, &it, NULL));
  rheo_frames_free (f->frames);
  atomic_store (&stub_scene, true);
  f->frames = rheo_frames_new (f->trainer, fake_clock);
  watch (f, "scene.items", 0, 0, 0, 30);
  for (int i = 0; i < 2; i++)
    {
      train (f, 1, TRUE);
      g_assert_cmpfloat (rheo_column_get_number (get (f, "scene.items"), 0), ==, (double) f->trainer->place.batch);
    }
}

static void
test_rate_of_frames (Fixture *f, gconstpointer data)
{
  cost_of_frame = 0.0001;
  watch (f, "hidden.rate", 0, 0, 0, 10);
  for (int i = 0; i < 2000; i++)
    train (f, 0.01, FALSE);
  g_assert_cmpint (f->n, >=, 195);
  g_assert_cmpint (f->n, <=, 201);
  g_assert_cmpint (stub_n_probes, ==, f->n);
  /* Slower than the batches: one for each of them. */
  f->n = 0;
  for (int i = 0; i < 50; i++)
    train (f, 0.3, FALSE);
  g_assert_cmpint (f->n, ==, 50);
}

/* Dear frames take two in a hundred of the time, and none of the streams waits for ever. */
static void
test_share (Fixture *f, gconstpointer data)
{
  static const char *const streams[] = { "hidden.spikes", "out.value", "hidden.rate",
                                         "in.weight",     "in.change", "in.gradient" };
  double spent, trained = 0;

  cost_of_frame = 0.005;
  f->trainer->has_grad = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    watch (f, streams[i], 0, 0, 0, 30);
  for (int k = 0; k < 5000; k++)
    {
      train (f, 0.02, FALSE);
      trained += 0.02;
    }
  spent = f->n * cost_of_frame;
  g_assert_cmpfloat (spent / (spent + trained), <=, RHEO_FRAMES_SHARE);
  g_assert_cmpfloat (spent / (spent + trained), >=, 0.9 * RHEO_FRAMES_SHARE);
  g_assert_cmpfloat (rheo_frames_get_cost (f->frames), <=, 1.2 * RHEO_FRAMES_SHARE);
  g_assert_cmpfloat (rheo_frames_get_cost (f->frames), >=, 0.5 * RHEO_FRAMES_SHARE);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (f->counts, streams[i])), >, 20);
}

/* When the run stands, everything that is watched is brought up to date once, without counting as a cost. */
static void
test_all (Fixture *f, gconstpointer data)
{
  cost_of_frame = 1;
  watch (f, "in.weight", 0, 0, 0, 30);
  watch (f, "hidden.rate", 0, 0, 0, 30);
  train (f, 0.01, TRUE);
  g_assert_cmpint (f->n, ==, 2);
  g_assert_true (rheo_frames_make (f->frames, 0, TRUE, on_frame, f, NULL));
  g_assert_cmpint (f->n, ==, 2);
  g_assert_cmpfloat (rheo_frames_get_cost (f->frames), ==, 0);
  /* Another trial or range is a new question. */
  watch (f, "in.weight", 0, 3, 1, 30);
  g_assert_true (rheo_frames_make (f->frames, 0, TRUE, on_frame, f, NULL));
  g_assert_cmpint (f->n, ==, 3);
}

static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const RheoWatch wrong = { .stream = "in.weights", .per_second = 1 };

  g_assert_false (rheo_frames_watch (f->frames, &wrong, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "\"in.weight\""));
}

int
main (int argc, char **argv)
{
#define ADD(path, fn) g_test_add (path, Fixture, NULL, set_up, fn, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/frames/spikes", test_spikes);
  ADD ("/frames/rate", test_rate);
  ADD ("/frames/value", test_value);
  ADD ("/frames/weights", test_weights);
  ADD ("/frames/scene", test_scene);
  ADD ("/frames/rate-of-frames", test_rate_of_frames);
  ADD ("/frames/share", test_share);
  ADD ("/frames/all", test_all);
  ADD ("/frames/unknown", test_unknown);
  return g_test_run ();
}
