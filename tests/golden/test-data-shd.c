/* Spoken digits in spikes: what goes into which step, which trials are in which set, and what augmentation does. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/digits.h"
#include "engine/experiment.h"
#include "engine/feed.h"
#include "engine/spike-data.h"
#include "engine/spike-file-write.h"
#include "engine/spike-file.h"
#include "engine/spike-keep.h"
#include "engine/task.h"

#define N_TRAIN 24
#define N_TEST 10

/* An open task with values of its own, "key=value" with blanks between. */
typedef struct
{
  const RheoTask *type;
  void *config, *data;
  RheoShape shape;
  RheoFeed *feed;
} Task;

static char *folder;

static gboolean
open_task (Task *task, const char *values, GError **error)
{
  g_auto (GStrv) all = g_strsplit (values, ";", -1);

  *task = (Task){ .type = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "data-shd", NULL) };
  task->config = g_malloc0 (task->type->base.config_size);
  rheo_params_reset (task->type->base.params, task->config);
  for (int i = 0; all[i] != NULL && *all[i] != '\0'; i++)
    {
      g_auto (GStrv) sides = g_strsplit (all[i], "=", 2);
      g_autoptr (GError) local = NULL;
      void *at;
      const RheoParam *row = rheo_params_find (task->type->base.params, task->config, sides[0], "task", &at, &local);

      g_assert_no_error (local);
      rheo_param_set_text (row, at, sides[1], sides[0], &local);
      g_assert_no_error (local);
    }
  if (!task->type->base.check (task->config, error) || !task->type->open (task->config, 1, &task->data, error))
    return FALSE;
  task->type->shape (task->config, task->data, &task->shape);
  task->feed = rheo_feed_new (task->type, task->config, task->data, &task->shape, 2, 1, error);
  return task->feed != NULL;
}

static void
close_task (Task *task)
{
  rheo_feed_free (task->feed);
  if (task->data != NULL)
    task->type->close (task->data);
  g_free (task->config);
}

static Task
make (const char *format, ...)
{
  va_list args;
  g_autofree char *values = NULL;
  g_autoptr (GError) error = NULL;
  Task task;

  va_start (args, format);
  values = g_strdup_vprintf (format, args);
  va_end (args);
  open_task (&task, values, &error);
  g_assert_no_error (error);
  return task;
}

static RheoBatch *
take (const Task *task, RheoSet set, int iteration, int first, int n)
{
  g_autoptr (GError) error = NULL;
  RheoBatch *batch = rheo_feed_new_batch (task->feed, set, (uint32_t) iteration, first, n, &error);

  g_assert_no_error (error);
  return batch;
}

static int64_t
count_events (const RheoBatch *batch)
{
  return batch->event_first[(gsize) batch->n_rows * (gsize) batch->n_steps];
}

/* --- steps: numbers of tests/data/make-shd.py ------------------------------------------------------------------------- */
static void
test_binning (void)
{
  static const struct
  {
    const char *preset;
    int bin, n_steps, n_train, n_upstream;
    int64_t checked; /* sum of (step + 1) column */
  } known[] = {
    { "steps-of-4-ms", 4, 250, 1676, 1673, 67505302 },
    { "steps-of-10-ms", 10, 100, 1676, 1672, 27490247 },
    { "steps-of-14-ms", 14, 100, 1761, 1759, 22635824 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    for (int upstream = 0; upstream < 2; upstream++)
      {
        Task task = make ("path=%s;bin=%d;n-steps=%d;binning=%s", folder, known[i].bin, known[i].n_steps,
                          upstream ? "upstream" : "corrected");
        RheoBatch *batch = take (&task, RHEO_SET_TRAIN, 0, 0, N_TRAIN);
        int64_t checked = 0;

        g_assert_cmpint (task.shape.n_steps, ==, known[i].n_steps);
        g_assert_cmpfloat (task.shape.dt_ms, ==, known[i].bin);
        g_assert_cmpint (task.shape.n_in, ==, 700);
        g_assert_cmpint (count_events (batch), ==, upstream ? known[i].n_upstream : known[i].n_train);
        for (int row = 0; row < batch->n_rows; row++)
          for (int t = 0; t < batch->n_steps; t++)
            {
              const int64_t at = (int64_t) row * batch->n_steps + t;

              for (int64_t e = batch->event_first[at]; e < batch->event_first[at + 1]; e++)
                checked += (int64_t) (t + 1) * batch->event_unit[e];
            }
        if (upstream)
          g_assert_cmpint (checked, ==, known[i].checked);
        rheo_batch_free (batch);
        close_task (&task);
      }
}

/* The presets are these values. */
static void
test_presets (void)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *bin = NULL, *binning = NULL;

  rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, rheo_component_find (RHEO_KIND_TASK, "data-shd", NULL));
  rheo_experiment_set (experiment, "task.preset", "upstream", &error);
  g_assert_no_error (error);
  bin = rheo_experiment_dup_value (experiment, "task.bin", NULL);
  binning = rheo_experiment_dup_value (experiment, "task.binning", NULL);
  g_assert_cmpstr (bin, ==, "4");
  g_assert_cmpstr (binning, ==, "upstream");
}

/* Each cell of the plain form against the file, and counts, lengths and labels. */
static void
test_cells (void)
{
  g_autofree char *path = g_build_filename (folder, "shd_train.h5", NULL);
  g_autoptr (RheoSpikeFile) file = rheo_spike_file_open (path, NULL);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  Task binary = make ("path=%s;bin=50;n-steps=20", folder);
  Task count = make ("path=%s;bin=50;n-steps=20;cells=count", folder);
  Task trimmed = make ("path=%s;bin=50;n-steps=20;length=trimmed;tail=1", folder);
  int n_several = 0, n_shorter = 0;

  for (int i = 0; i < N_TRAIN; i++)
    {
      RheoBatch *of_binary = take (&binary, RHEO_SET_TRAIN, 0, i, 1),
                *of_count = take (&count, RHEO_SET_TRAIN, 0, i, 1),
                *of_trimmed = take (&trimmed, RHEO_SET_TRAIN, 0, i, 1);
      int awaited[20][700] = { { 0 } }, last = 0;

      g_assert_true (rheo_spike_file_read (file, i, times, units, NULL));
      for (guint k = 0; k < times->len; k++)
        {
          const int step = (int) floor ((double) g_array_index (times, float, k) / 0.05);

          if (step < 20)
            awaited[last = step][g_array_index (units, int32_t, k)]++;
        }
      for (int k = 0; k < 2; k++)
        {
          const RheoBatch *batch = k == 0 ? of_binary : of_count;

          g_assert_cmpint (batch->label[0], ==, rheo_spike_file_get_labels (file)[i]);
          g_assert_cmpint (batch->length[0], ==, 20);
          for (int t = 0; t < 20; t++)
            {
              int found[700] = { 0 };

              for (int64_t e = batch->event_first[t]; e < batch->event_first[t + 1]; e++)
                found[batch->event_unit[e]]++;
              for (int u = 0; u < 700; u++)
                {
                  g_assert_cmpint (found[u], ==, k == 0 ? awaited[t][u] > 0 : awaited[t][u]);
                  n_several += awaited[t][u] > 1;
                }
            }
        }
      g_assert_cmpint (of_trimmed->length[0], ==, MIN (last + 2, 20));
      g_assert_cmpint (count_events (of_trimmed), ==, count_events (of_binary));
      n_shorter += of_trimmed->length[0] < 20;
      rheo_batch_free (of_binary);
      rheo_batch_free (of_count);
      rheo_batch_free (of_trimmed);
    }
  g_assert_cmpint (n_several, >, 0);
  g_assert_cmpint (n_shorter, >, 0);
  close_task (&binary);
  close_task (&count);
  close_task (&trimmed);
}

/* --- sets -------------------------------------------------------------------------------------------------------------- */
static void
test_sets (void)
{
  static const double speakers[] = { 4, 5, 4, 0 };
  Task task = make ("path=%s", folder), held_out = make ("path=%s;held-out=3 6", folder);
  const RheoSeries *conditions = rheo_feed_get_conditions (task.feed);
  RheoBatch *batch = take (&task, RHEO_SET_VALID, 0, 0, N_TEST);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (task.shape.n_trials, ==, N_TRAIN);
  g_assert_cmpint (task.shape.n_valid, ==, N_TEST);
  g_assert_cmpint (task.shape.n_classes, ==, 20);
  g_assert_cmpint (task.shape.n_out, ==, 20);
  g_assert_true (task.shape.events);
  g_assert_cmpstr (task.shape.labels[2], ==, "two");
  g_assert_cmpstr (conditions[0].words[19], ==, "neun");
  for (int i = 0; i < N_TEST; i++)
    {
      g_assert_cmpint (batch->label[i], ==, 7 * i % 20);
      g_assert_cmpfloat (rheo_batch_get_condition (batch, i, 0), ==, 7 * i % 20);
      g_assert_cmpfloat (rheo_batch_get_condition (batch, i, 1), ==, speakers[i % 4]);
    }
  rheo_batch_free (batch);

  g_assert_cmpint (held_out.shape.n_trials, ==, 16);
  g_assert_cmpint (held_out.shape.n_valid, ==, 8);
  for (int k = 0; k < 2; k++)
    {
      batch = take (&held_out, k == 0 ? RHEO_SET_TRAIN : RHEO_SET_VALID, 0, 0, k == 0 ? 16 : 8);
      for (int i = 0; i < batch->n_rows; i++)
        {
          const double speaker = rheo_batch_get_condition (batch, i, 1);

          g_assert_true ((speaker == 3 || speaker == 6) == (k == 1));
        }
      rheo_batch_free (batch);
    }
  batch = take (&held_out, RHEO_SET_TEST, 0, 0, N_TEST);
  g_assert_cmpfloat (rheo_batch_get_condition (batch, 0, 1), ==, 4);
  rheo_batch_free (batch);
  g_assert_null (rheo_feed_new_batch (held_out.feed, RHEO_SET_TEST, 0, N_TEST, 1, &error));
  g_assert_nonnull (strstr (error->message, "only 10 test trials"));
  close_task (&task);
  close_task (&held_out);
}

/* The words that are made up, as their generator gives them. */
static void
test_synthetic (void)
{
  g_autoptr (RheoDigits) digits =
      rheo_digits_new (&(RheoDigitsConfig){ .n_train = 12, .n_test = 5, .seed = 7, .difficulty = 0.25 });
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  Task task = make ("source=synthetic;n-train=12;n-test=5;difficulty=0.25;data-seed=7;bin=14;cells=count");

  g_assert_cmpint (task.shape.n_trials, ==, 12);
  g_assert_cmpint (task.shape.n_valid, ==, 5);
  g_assert_cmpstr (task.shape.labels[0], ==, rheo_digits_get_classes ()[0]);
  /* The second time they are not made but kept. */
  for (int pass = 0; pass < 4; pass++)
    for (int k = pass % 2, i = 0; i < (k == 0 ? 12 : 5); i++)
      {
        RheoBatch *batch = take (&task, k == 0 ? RHEO_SET_TRAIN : RHEO_SET_TEST, i, i, 1);
        int64_t sum = 0, of_events = 0;
        int label, speaker;

        rheo_digits_trial (digits, k == 0 ? RHEO_SET_TRAIN : RHEO_SET_TEST, i, times, units, &label, &speaker);
        g_assert_cmpint (batch->label[0], ==, label);
        g_assert_cmpfloat (rheo_batch_get_condition (batch, 0, 1), ==, speaker);
        g_assert_cmpint (count_events (batch), ==, times->len);
        for (guint s = 0; s < units->len; s++)
          {
            sum += g_array_index (units, int32_t, s);
            of_events += batch->event_unit[s];
          }
        g_assert_cmpint (of_events, ==, sum);
        rheo_batch_free (batch);
      }
  close_task (&task);
}

/* Trials come back as they were put there, as long as there is room. */
static void
test_keep (void)
{
  const float time[] = { 0, 0x1p-24f, 0x1.ff8p-15f, 0x1p-14f, 0.25f, 0x1.554p-2f, 1.3330078125f, 65504 };
  const int32_t unit[] = { 0, 699, 1, 65535, 7, 7, 8, 300 };
  const guint n = G_N_ELEMENTS (time);
  RheoSpikeKeep *keep = rheo_spike_keep_new (3, 100);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  g_array_append_vals (times, time, n);
  g_array_append_vals (units, unit, n);
  g_assert_false (rheo_spike_keep_get (keep, 1, times, units));
  rheo_spike_keep_put (keep, 1, times, units);
  rheo_spike_keep_put (keep, 1, times, units);
  rheo_spike_keep_put (keep, 2, times, units); /* 36 bytes each */
  rheo_spike_keep_put (keep, 0, times, units);
  for (int i = 1; i < 3; i++)
    {
      g_array_set_size (times, 0);
      g_array_set_size (units, 1);
      g_assert_true (rheo_spike_keep_get (keep, i, times, units));
      g_assert_cmpmem (times->data, times->len * sizeof (float), time, sizeof time);
      g_assert_cmpmem (units->data, units->len * sizeof (int32_t), unit, sizeof unit);
    }
  g_assert_false (rheo_spike_keep_get (keep, 0, times, units));
  rheo_spike_keep_free (keep);
}

/* A trial in steps has the steps that it was put in with; those that were kept are the ones that were put together. */
static void
test_keep_events (void)
{
  const int32_t step[] = { 0, 0, 3, 65535 }, unit[] = { 699, 0, 65535, 5 };
  RheoSpikeKeep *keep = rheo_spike_keep_new (2, 1000);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  g_array_append_vals (steps, step, 4);
  g_array_append_vals (units, unit, 4);
  g_assert_false (rheo_spike_keep_get_events (keep, 1, steps, units));
  rheo_spike_keep_put_events (keep, 1, steps, units);
  g_array_set_size (steps, 0);
  g_array_set_size (units, 0);
  g_assert_true (rheo_spike_keep_get_events (keep, 1, steps, units));
  g_assert_cmpmem (steps->data, steps->len * sizeof (int32_t), step, sizeof step);
  g_assert_cmpmem (units->data, units->len * sizeof (int32_t), unit, sizeof unit);
  g_assert_false (rheo_spike_keep_get_events (keep, 0, steps, units));
  rheo_spike_keep_free (keep);
}

/* --- what is wrong ------------------------------------------------------------------------------------------------------ */
static void
check_refused (const char *values, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  Task task;

  g_assert_false (open_task (&task, values, &error));
  g_assert_error (error, RHEO_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say: %s", error->message, words);
  close_task (&task);
}

static void
test_wrong (void)
{
  g_autofree char *here = g_strconcat ("path=", folder, NULL);
  g_autofree char *unknown = g_strconcat (here, ";held-out=3 9", NULL);
  g_autofree char *all = g_strconcat (here, ";held-out=0 1 2 3 6 7", NULL);
  g_autofree char *half = g_strconcat (here, ";held-out=0.5", NULL);
  g_autofree char *remembered = rheo_spike_data_dup_folder ();
  g_autofree char *missing =
      g_strdup_printf ("The data file is not there. shd_train.h5 was expected in %s.", remembered);

  check_refused ("path=/nowhere", RHEO_ERROR_NO_DATA,
                 "The data file is not there. shd_train.h5 was expected in /nowhere.");
  check_refused ("", RHEO_ERROR_NO_DATA, missing);
  check_refused (unknown, RHEO_ERROR_INVALID,
                 "speaker 9, of whom there is no training trial. There are trials of 0, 1, 2, 3, 6, 7.");
  check_refused (all, RHEO_ERROR_INVALID, "none is left to learn from");
  check_refused (half, RHEO_ERROR_INVALID, "task.held-out has 0.5");
}

static void
copy (const char *from, const char *folder_to, const char *to)
{
  g_autofree char *source = g_build_filename (folder, from, NULL), *target = g_build_filename (folder_to, to, NULL);
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (source, &bytes, &n, NULL));
  g_assert_true (g_file_set_contents (target, bytes, (gssize) n, NULL));
}

/* shd_train.h5 of two trials. */
static void
write_two_classes (const char *to)
{
  static const char *const classes[] = { "yes", "no", NULL };
  const RheoSpikeSpeaker speaker = { "f", 30, 170 };
  g_autofree char *path = g_build_filename (to, "shd_train.h5", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoSpikeWriter) writer = rheo_spike_writer_new (path, 700, classes, &speaker, 1, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 2; i++)
    rheo_spike_writer_add (writer, 1, &(float){ 0.5f }, &(int32_t){ 3 }, i, 0, &error);
  g_assert_no_error (error);
  rheo_spike_writer_finish (writer, &error);
  g_assert_no_error (error);
}

/* What lies there may be no file, or none that can be reached. */
static void
test_unreadable (void)
{
  g_autofree char *place = g_dir_make_tmp ("rheobase-shd-XXXXXX", NULL), *path = g_strconcat ("path=", place, NULL);
  g_autofree char *train = g_build_filename (place, "shd_train.h5", NULL);
  g_autofree char *test = g_build_filename (place, "shd_test.h5", NULL);

  copy ("shd_train.h5", place, "shd_train.h5");
  check_refused (path, RHEO_ERROR_NO_DATA, "shd_test.h5 was expected in");
  g_assert_cmpint (symlink ("shd_test.h5", test), ==, 0);
  check_refused (path, RHEO_ERROR_IO, "shd_test.h5 cannot be read: Too many levels of symbolic links.");
  g_assert_cmpint (g_unlink (test), ==, 0);
  g_assert_cmpint (g_mkdir (test, 0700), ==, 0);
  check_refused (path, RHEO_ERROR_FORMAT, "shd_test.h5 is a folder, not a file.");
  g_assert_cmpint (g_rmdir (test), ==, 0);
  g_assert_cmpint (g_unlink (train), ==, 0);
  g_assert_cmpint (g_rmdir (place), ==, 0);
}

/* Where nothing is named the remembered folder counts; words have a validation set of their own. */
static void
test_folders (void)
{
  g_autofree char *remembered = rheo_spike_data_dup_folder ();
  static const char *const names[] = { "ssc_train.h5", "ssc_test.h5", "ssc_valid.h5", "shd_train.h5", "shd_test.h5" };
  g_autoptr (GError) error = NULL;
  Task task;

  g_assert_cmpint (g_mkdir_with_parents (remembered, 0700), ==, 0);
  copy ("shd_train.h5", remembered, "ssc_train.h5");
  check_refused ("", RHEO_ERROR_NO_DATA, "ssc_test.h5 was expected in");
  copy ("shd_test.h5", remembered, "ssc_test.h5");
  task = make ("%s", "");
  g_assert_cmpint (task.shape.n_valid, ==, N_TEST);
  close_task (&task);
  copy ("shd_train.h5", remembered, "ssc_valid.h5");
  task = make ("%s", "");
  g_assert_cmpint (task.shape.n_valid, ==, N_TRAIN);
  close_task (&task);
  write_two_classes (remembered);
  copy ("shd_test.h5", remembered, "shd_test.h5");
  check_refused ("", RHEO_ERROR_INVALID, "do not go together: trial 1 of those that are not learned has the label 7");
  copy ("shd_test.h5", remembered, "shd_train.h5");
  task = make ("%s", "");
  g_assert_cmpint (task.shape.n_trials, ==, N_TEST);
  close_task (&task);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (remembered, names[i], NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* --- augmentation ------------------------------------------------------------------------------------------------------- */

/* Trial i as numbers: step and column of each event. */
static GArray *
dup_events (const Task *task, RheoSet set, int iteration, int i)
{
  RheoBatch *batch = take (task, set, iteration, i, 1);
  GArray *events = g_array_new (FALSE, FALSE, sizeof (int));

  for (int t = 0; t < batch->n_steps; t++)
    for (int64_t e = batch->event_first[t]; e < batch->event_first[t + 1]; e++)
      {
        g_array_append_val (events, t);
        g_array_append_val (events, batch->event_unit[e]);
      }
  rheo_batch_free (batch);
  return events;
}

static gboolean
are_same (const GArray *a, const GArray *b)
{
  return a->len == b->len && memcmp (a->data, b->data, sizeof (int) * a->len) == 0;
}

#define SYNTHETIC "source=synthetic;n-train=60;n-test=20;bin=1;n-steps=1400;cells=count"

static double
mean_of (const GArray *events, int which)
{
  double sum = 0;

  for (guint k = 0; k < events->len / 2; k++)
    sum += g_array_index (events, int, 2 * k + which);
  return sum / (events->len / 2);
}

/* A folder that was chosen counts for all that name none. */
static void
test_remember (void)
{
  g_autofree char *before = rheo_spike_data_dup_folder (), *now = NULL, *last = NULL;
  g_autofree char *note = g_build_filename (g_get_user_data_dir (), "rheobase", "data", "shd-folder", NULL);
  g_autofree char *file = g_build_filename (folder, "shd_test.h5", NULL), *of_file = rheo_spike_data_dup_place (file);
  Task task;

  g_assert_cmpstr (of_file, ==, folder); /* one of the files was chosen, and not the folder */
  g_assert_true (rheo_spike_data_remember (folder, NULL));
  now = rheo_spike_data_dup_folder ();
  g_assert_cmpstr (now, ==, folder);
  task = make ("%s", "");
  g_assert_cmpint (task.shape.n_valid, ==, N_TEST);
  close_task (&task);
  g_assert_cmpint (g_unlink (note), ==, 0);
  last = rheo_spike_data_dup_folder ();
  g_assert_cmpstr (last, ==, before);
}

static void
test_augment (void)
{
  static const char *const kinds[] = { "augment.shift=20",    "augment.shift=20;augment.spread=uniform",
                                       "augment.jitter=10",   "augment.drop=0.25",
                                       "augment.stretch=0.2", "augment.blend=1" };
  Task plain = make (SYNTHETIC);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      Task task = make (SYNTHETIC ";%s", kinds[k]);
      int n_same = 0;
      double moved = 0, count = 0;

      for (int i = 0; i < 10; i++)
        {
          g_autoptr (GArray) before = dup_events (&plain, RHEO_SET_TRAIN, 3, i);
          g_autoptr (GArray) now = dup_events (&task, RHEO_SET_TRAIN, 3, i);
          g_autoptr (GArray) again = dup_events (&task, RHEO_SET_TRAIN, 3, i);
          g_autoptr (GArray) later = dup_events (&task, RHEO_SET_TRAIN, 4, i);
          g_autoptr (GArray) held_before = dup_events (&plain, RHEO_SET_VALID, 3, i);
          g_autoptr (GArray) held_now = dup_events (&task, RHEO_SET_VALID, 3, i);
          const double along = mean_of (now, 1) - mean_of (before, 1);

          g_assert_true (are_same (now, again));
          g_assert_true (are_same (held_before, held_now));
          n_same += are_same (now, later) + are_same (now, before);
          moved = MAX (moved, fabs (along));
          count += (double) now->len / before->len / 10;
          if (k < 2) /* all steps stay, but for spikes that left the channels */
            g_assert_cmpfloat (fabs (mean_of (now, 0) - mean_of (before, 0)), <, 30);
          if (k == 1)
            g_assert_cmpfloat (fabs (along), <, 20.5 + 8);
          if (k == 2) /* the mean of 10 ms over thousands of spikes */
            g_assert_cmpfloat (fabs (mean_of (now, 0) - mean_of (before, 0)), <, 1.5);
          if (k == 4)
            g_assert_cmpfloat (fabs (mean_of (now, 0) / mean_of (before, 0) - 1), <, 0.21);
          if (k == 5)
            {
              g_assert_cmpfloat (fabs (mean_of (now, 0) - mean_of (before, 0)), <, 40);
              g_assert_cmpfloat (fabs (mean_of (now, 1) - mean_of (before, 1)), <, 12);
            }
        }
      g_assert_cmpint (n_same, <=, k < 2 ? 2 : 0); /* a shift may be 0, or the same twice */
      if (k < 2)
        g_assert_cmpfloat (moved, >, 5);
      if (k == 3)
        g_assert_cmpfloat_with_epsilon (count, 0.75, 0.01);
      if (k == 5)
        g_assert_cmpfloat_with_epsilon (count, 1, 0.2);
      close_task (&task);
    }
  close_task (&plain);
}

/* --- sums ---------------------------------------------------------------------------------------------------------------- */
static bool
stop_at_once (double done, void *data)
{
  g_assert_cmpfloat (done, ==, 1);
  ++*(int *) data;
  return false;
}

static void
test_verify (void)
{
  g_autofree char *known = g_build_filename (folder, "shd_train.h5", NULL);
  g_autofree char *unknown = g_build_filename (folder, "..", "run-format-1.h5", NULL);
  g_autoptr (GError) error = NULL;
  RheoSpikeSum sum;
  int n = 0, n_sources = 0;

  rheo_spike_data_verify (known, NULL, NULL, &sum, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sum, ==, RHEO_SPIKE_SUM_OTHER);
  rheo_spike_data_verify (unknown, NULL, NULL, &sum, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sum, ==, RHEO_SPIKE_SUM_UNKNOWN);
  g_assert_false (rheo_spike_data_verify (known, stop_at_once, &n, &sum, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_assert_cmpint (n, ==, 1);
  g_clear_error (&error);
  g_assert_false (rheo_spike_data_verify ("/nowhere/shd_train.h5", NULL, NULL, &sum, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  for (const RheoSpikeSource *s = rheo_spike_data_get_sources (); s->name != NULL; s++, n_sources++)
    g_assert_true (g_regex_match_simple ("^[0-9a-f]{32}$", s->md5, 0, 0));
  g_assert_cmpint (n_sources, ==, 6);
}

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("rheobase-shd-XXXXXX", NULL), *deepest = NULL;
  int result;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  folder = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "shd", NULL);
  g_test_add_func ("/data-shd/binning", test_binning);
  g_test_add_func ("/data-shd/presets", test_presets);
  g_test_add_func ("/data-shd/cells", test_cells);
  g_test_add_func ("/data-shd/sets", test_sets);
  g_test_add_func ("/data-shd/synthetic", test_synthetic);
  g_test_add_func ("/data-shd/keep", test_keep);
  g_test_add_func ("/data-shd/keep-events", test_keep_events);
  g_test_add_func ("/data-shd/wrong", test_wrong);
  g_test_add_func ("/data-shd/unreadable", test_unreadable);
  g_test_add_func ("/data-shd/folders", test_folders);
  g_test_add_func ("/data-shd/remember", test_remember);
  g_test_add_func ("/data-shd/augment", test_augment);
  g_test_add_func ("/data-shd/verify", test_verify);
  result = g_test_run ();
  deepest = rheo_spike_data_dup_folder ();
  while (strlen (deepest) >= strlen (home) && g_rmdir (deepest) == 0)
    {
      g_autofree char *parent = g_path_get_dirname (deepest);

      g_free (deepest);
      deepest = g_steal_pointer (&parent);
    }
  g_rmdir (home);
  g_free (folder);
  return result;
}
