/* Watching a real run: frames are what records hold, and neither watching nor pausing changes a number. */
#include "config.h"

#include <sched.h>
#include <string.h>

#include "engine/engine-frames.h"

static const char *const experiments[] = {
  "{\"format\": 1, \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 40, \"n-valid\": 10, \"n-steps\": 12, "
  "\"input-scale\": 0.02}, \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": 70, \"classes\": \"e-pv-sst-htr\"}]}, "
  "\"rule\": {\"id\": \"bptt\"}, \"run\": {\"budget\": 5, \"batch\": 10, \"threads\": 2, \"probe\": 5, \"lane-rows\": "
  "3}}",
  /* Samples as time: rows of a batch are steps of the trials. */
  "{\"format\": 1, \"task\": {\"id\": \"robot-trajectory\", \"n-trials\": 40, \"n-valid\": 10, \"n-steps\": 12, "
  "\"input-scale\": 0.02, \"time-axis\": \"samples\"}, \"model\": {\"id\": \"lif\", \"layers\": [{\"units\": 70}]}, "
  "\"rule\": {\"id\": \"bptt\"}, \"run\": {\"budget\": 5, \"batch\": 10, \"threads\": 2, \"probe\": 5, \"lane-rows\": "
  "5}}",
};

static RheoExperiment *
make_experiment (gconstpointer json)
{
  g_autoptr (GError) error = NULL;
  RheoExperiment *experiment = rheo_experiment_parse (json, "test", &error);

  g_assert_no_error (error);
  return experiment;
}

static double
clock_zero (void)
{
  return 0;
}

static void
keep_frame (void *data, const char *stream, RheoTable *table)
{
  RheoTable **kept = data;

  g_clear_pointer (kept, rheo_table_unref);
  *kept = table;
}

/* The part of a record's column "trial ..." that belongs to a trial equals the frame's; a frame ends with its trial. */
static void
assert_trial (const RheoTable *frame, const char *key, const RheoTable *record, int trial)
{
  const RheoColumn *a = rheo_table_find (frame, key), *b = rheo_table_find (record, key);

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpint (a->dims[0], <=, b->dims[1]);
  g_assert_cmpint (a->dims[1], ==, b->dims[2]);
  for (int64_t i = 0; i < a->dims[0] * a->dims[1]; i++)
    g_assert_cmpfloat (rheo_column_get_number (a, i), ==,
                       rheo_column_get_number (b, trial * b->dims[1] * b->dims[2] + i));
}

static void
assert_matrix (const RheoTable *frame, const char *key, const RheoTable *record)
{
  const RheoColumn *a = rheo_table_find (frame, key), *b = rheo_table_find (record, key);

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_cmpstr (a->axes, ==, b->axes);
  g_assert_cmpmem (a->data, (size_t) rheo_column_get_length (a) * rheo_type_size (a->type), b->data,
                   (size_t) rheo_column_get_length (b) * rheo_type_size (b->type));
}

static RheoTable *
get_frame (RheoFrames *frames, const char *stream, int trial)
{
  g_autoptr (GError) error = NULL;
  RheoTable *table = NULL;

  g_assert_true (rheo_frames_watch (frames, &(RheoWatch){ stream, trial, 0, 0, 30 }, &error));
  g_assert_true (rheo_frames_make (frames, 0, TRUE, keep_frame, &table, &error));
  g_assert_no_error (error);
  g_assert_nonnull (table);
  g_assert_true (rheo_frames_watch (frames, &(RheoWatch){ .stream = stream }, NULL));
  return table;
}

static void
test_frames (gconstpointer json)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (json);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, &error);
  g_autoptr (RheoTable) start = NULL, record = NULL, change = NULL;
  RheoFrames *frames;
  RheoStop stop;
  static const char *const matrices[] = { "in.weight", "rec.weight", "rec.gradient", "out.gradient" };

  g_assert_no_error (error);
  start = rheo_trainer_dup_record (trainer, &error);
  frames = rheo_frames_new (trainer, clock_zero);
  for (int i = 0; i < 6; i++)
    g_assert_true (rheo_trainer_step (trainer, NULL, NULL, &stop, &error));
  record = rheo_trainer_dup_record (trainer, &error);
  g_assert_no_error (error);
  for (int trial = 0; trial < 5; trial++)
    {
      g_autoptr (RheoTable) spikes = get_frame (frames, "hidden.spikes", trial);
      g_autoptr (RheoTable) value = get_frame (frames, "out.value", trial);

      assert_trial (spikes, "hidden.spikes", record, trial);
      assert_trial (value, "out.value", record, trial);
      assert_trial (value, "task.target", record, trial);
    }
  for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      g_autoptr (RheoTable) frame = get_frame (frames, matrices[i], 0);

      assert_matrix (frame, matrices[i], record);
    }
  change = get_frame (frames, "rec.change", 0);
  for (int64_t i = 0; i < 70 * 70; i++)
    g_assert_cmpfloat_with_epsilon (rheo_column_get_number (rheo_table_find (change, "rec.change"), i),
                                    rheo_column_get_number (rheo_table_find (record, "rec.weight"), i)
                                        - rheo_column_get_number (rheo_table_find (start, "rec.weight"), i),
                                    1e-6);
  {
    g_autoptr (RheoTable) rate = get_frame (frames, "hidden.rate", 0);
    const RheoColumn *mine = rheo_table_find (rate, "hidden.rate"), *theirs = rheo_table_find (record, "hidden.rate");

    for (int64_t u = 0; u < 70; u++)
      {
        double sum = 0;

        for (int trial = 0; trial < 5; trial++)
          sum += rheo_column_get_number (theirs, trial * 70 + u);
        g_assert_cmpfloat_with_epsilon (rheo_column_get_number (mine, u), sum / 5, 1e-6);
      }
  }
  rheo_frames_free (frames);
}

/* --- the whole engine ------------------------------------------------------------------------------------------- */
/* Runs an experiment; watched: all of its streams as often as can be, and a pause at each iteration and in between. The
 * metrics of all iterations but the speed, as text. */
static char *
run (gconstpointer json, gboolean watched)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (json);
  g_autoptr (RheoEngine) engine = rheo_engine_new (NULL, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (RheoTable) streams = NULL;
  GString *text = g_string_new (NULL);
  gboolean going = TRUE;

  g_assert_true (rheo_engine_start (engine, experiment, &(RheoStart){ .paused = watched }, NULL));
  while (going)
    {
      g_autoptr (RheoMessage) message = NULL;

      g_assert_true (rheo_engine_wait (engine, 60));
      message = rheo_engine_pop (engine);
      g_assert_no_error (message->error);
      if (message->type == RHEO_MSG_FRAME)
        g_hash_table_add (seen, g_strdup (message->key));
      else if (message->type == RHEO_MSG_METRICS)
        {
          for (int i = 0; i < rheo_table_get_n_columns (message->table); i++)
            {
              const RheoColumn *column = rheo_table_get_column (message->table, i);

              if (strstr (column->key, "per-second") == NULL)
                g_string_append_printf (text, "%s=%a ", column->key, rheo_column_get_number (column, 0));
            }
          if (watched)
            {
              rheo_engine_pause (engine);
              rheo_engine_resume (engine);
            }
        }
      else if (message->type == RHEO_MSG_STATE && message->table != NULL && message->state == RHEO_ENGINE_PAUSED)
        {
          const RheoColumn *names = rheo_table_find (message->table, "stream");

          streams = rheo_table_ref (message->table);
          for (int64_t i = 0; i < rheo_column_get_length (names); i++)
            rheo_engine_watch (engine, &(RheoWatch){ .stream = rheo_column_get_string (names, i), .per_second = 1e6 });
          rheo_engine_resume (engine);
        }
      going = message->type != RHEO_MSG_STATE || message->state != RHEO_ENGINE_STOPPED;
    }
  /* Frames come last. */
  for (RheoMessage *message; (message = rheo_engine_pop (engine)) != NULL;)
    {
      g_hash_table_add (seen, g_strdup (message->key));
      rheo_message_free (message);
    }
  if (watched)
    g_assert_cmpint (g_hash_table_size (seen), ==, rheo_column_get_length (rheo_table_find (streams, "stream")));
  return g_string_free (text, FALSE);
}

static void
test_unchanged (gconstpointer json)
{
  g_autofree char *plain = run (json, FALSE), *watched = run (json, TRUE);

  g_assert_cmpstr (plain, ==, watched);
  g_assert_nonnull (strstr (plain, "loss="));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/watch/frames", experiments[0], test_frames);
  g_test_add_data_func ("/watch/frames-turned", experiments[1], test_frames);
  g_test_add_data_func ("/watch/unchanged", experiments[0], test_unchanged);
  g_test_add_data_func ("/watch/unchanged-turned", experiments[1], test_unchanged);
  return g_test_run ();
}
