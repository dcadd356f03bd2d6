/* Starts that are chosen by the lengths of episodes and played again, and rates of populations while networks play. */
#include "config.h"

#include <math.h>

#include "../engine/trainer-of.h"
#include "result-of.h"

#include "engine/played.h"

#define N 24
#define N_CHOSEN 7

static const char small[] =
    "{\"format\": 1, \"task\": {\"id\": \"cartpole\", \"code\": \"fields\", \"dt\": 0.6, \"steps-per-action\": 83,"
    " \"reward\": \"critic\", \"undecided\": \"random\"}, \"model\": {\"id\": \"intf7\"}, \"rule\": {\"id\": "
    "\"stdp-rl\"},"
    " \"run\": {\"budget\": 12, \"seed\": 1}}";

typedef struct
{
  RheoTrainer *trainer;
  RheoTable *end;
  RheoRecord record;
} Run;

static Run
train (const char *name, const char *words)
{
  Run now = { .trainer = trainer_of (small, words) };

  do_steps (now.trainer, 12);
  now.end = rheo_trainer_dup_checkpoint (now.trainer);
  now.record = (RheoRecord){
    .experiment = rheo_trainer_get_experiment (now.trainer), .name = name, .iteration = 12, .weights = now.end
  };
  return now;
}

static void
run_clear (Run *now)
{
  rheo_table_unref (now->end);
  rheo_trainer_free (now->trainer);
}

/* Of a network, with the starts of seed 1; start 0: each episode has its own. */
static RheoPlayed *
play (const RheoRecord *from, int start, int n)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (from->experiment);
  g_autofree char *text = g_strdup_printf ("%d", start);
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = n, .spikes = TRUE };
  RheoRecord record = *from;
  RheoPlayed *played;

  g_assert_true (rheo_experiment_set (experiment, "run.seed", "1", NULL));
  g_assert_true (rheo_experiment_set (experiment, "task.rerun-episode", text, NULL));
  record.experiment = experiment;
  played = rheo_played_new_of_record (&record, &how, NULL);
  g_assert_true (rheo_played_run (played, NULL, NULL, NULL, NULL));
  return played;
}

/* How many episodes come before this one in the order of lengths. */
static int
rank_of (const int *length, int episode)
{
  int rank = 0;

  for (int i = 0; i < N; i++)
    rank += length[i] < length[episode] || (length[i] == length[episode] && i < episode);
  return rank;
}

static void
assert_chosen (const RheoTable *out, const RheoRecord *record, int64_t first)
{
  /* The median lies between episodes 12 and 13 of 24: 12 - 3.5 is cut to 8. */
  static const int from[] = { 0, 8, N - N_CHOSEN };
  g_autoptr (RheoPlayed) played = play (record, 0, N);
  int n;
  const int *length = rheo_played_get_lengths (played, &n);

  g_assert_cmpint (n, ==, N);
  for (int k = 0; k < 3 * N_CHOSEN; k++)
    {
      const int episode = (int) get (out, "episode", first + k) - 1;

      g_assert_cmpint (rank_of (length, episode), ==, from[k / N_CHOSEN] + k % N_CHOSEN);
      g_assert_cmpfloat (get (out, "first-length", first + k), ==, length[episode]);
    }
}

static void
test_chosen (void)
{
  Run a = train ("good", ""), b = train ("fair", "run.seed=2");
  const RheoRecord records[] = { a.record, b.record };
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) out = run_with ("chosen-starts", records, 2, "episodes=24 times=3 by=2 again=longest", &error);
  const int64_t n = N_CHOSEN * 2 * 3;
  gboolean differ = FALSE;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "episode")), ==, 2 * 3 * N_CHOSEN);
  assert_chosen (out, &a.record, 0);
  assert_chosen (out, &b.record, 3 * N_CHOSEN);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "length")), ==, n);
  for (int s = 0; s < N_CHOSEN; s++)
    for (int i = 0; i < 2; i++)
      {
        const int start = (int) get (out, "episode", 3 * N_CHOSEN + 2 * N_CHOSEN + s);
        g_autofree char *name = g_strdup_printf ("S%d %s", start, records[i].name);
        g_autoptr (RheoPlayed) played = play (&records[i], start, 3);
        int n_again;
        const int *length = rheo_played_get_lengths (played, &n_again);

        for (int k = 0; k < 3; k++)
          {
            const int64_t at = (s * 2 + i) * 3 + k;

            g_assert_cmpfloat (get (out, "start", at), ==, start);
            g_assert_cmpfloat (get (out, "colour", at), ==, i + 1);
            g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "network"), at), ==, name);
            g_assert_cmpfloat (get (out, "length", at), ==, length[k]);
            differ = differ || length[k] != length[0];
          }
      }
  g_assert_true (differ);
  run_clear (&a);
  run_clear (&b);
}

/* Of one network all kinds, each start once. */
static void
test_all (void)
{
  Run a = train ("good", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) out = run_with ("chosen-starts", &a.record, 1, "episodes=9 times=1 again=all", &error);
  g_autoptr (RheoTable) none = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "length")), ==, 9);
  g_assert_true (g_str_has_prefix (rheo_column_get_string (rheo_table_find (out, "network"), 0), "S"));
  none = run_with ("chosen-starts", &a.record, 1, "episodes=9 by=2", &error);
  g_assert_null (none);
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  run_clear (&a);
}

static void
test_rates (void)
{
  static const struct
  {
    const char *name;
    int first, n;
  } part[] = { { "ES", 0, 80 },    { "EA", 80, 40 },       { "IA", 120, 10 },
               { "IAL", 130, 10 }, { "EM-left", 140, 20 }, { "EM-right", 160, 20 },
               { "IM", 180, 10 },  { "IML", 190, 10 },     { "all", 0, 200 } };
  Run a = train ("good", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) out = run_with ("play-rates", &a.record, 1, "episodes=3", &error);
  g_autoptr (RheoPlayed) played = play (&a.record, 0, 3);
  int64_t n;
  const RheoPlayedSpike *spike = rheo_played_get_spikes (played, &n);
  double seconds;

  g_assert_no_error (error);
  g_assert_cmpint (n, >, 1000);
  seconds = ceil (spike[n - 1].time) / 1000;
  g_assert_cmpint (rheo_column_get_length (rheo_table_find (out, "whole-rate")), ==, G_N_ELEMENTS (part));
  for (guint k = 0; k < G_N_ELEMENTS (part); k++)
    {
      double count = 0;

      for (int64_t i = 0; i < n; i++)
        count += spike[i].unit >= part[k].first && spike[i].unit < part[k].first + part[k].n;
      g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "part"), k), ==, part[k].name);
      g_assert_cmpfloat (get (out, "cells", k), ==, part[k].n);
      g_assert_cmpfloat (get (out, "spikes", k), ==, count);
      g_assert_cmpfloat_with_epsilon (get (out, "whole-rate", k), count / part[k].n / seconds, 1e-9);
    }
  run_clear (&a);
}

static void
test_refused (void)
{
  static const char *const ids[] = { "chosen-starts", "play-rates" };
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("flip-flop-3bit", NULL);
  const atomic_bool cancelled = true;
  Run a = train ("good", "");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const RheoAnalysis *analysis = find (ids[i]);
      g_autofree void *config = g_malloc0 (analysis->base.config_size);
      g_autoptr (RheoTable) out = rheo_table_new ("");
      g_autoptr (GError) error = NULL;

      g_assert_false (analysis->fits (experiment, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
      g_assert_true (analysis->fits (a.record.experiment, &error));
      rheo_params_reset (analysis->base.params, config);
      g_assert_false (analysis->run (config, &a.record, 1, NULL, out, NULL, NULL, &cancelled, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
    }
  run_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/playing/chosen-starts", test_chosen);
  g_test_add_func ("/playing/all-starts", test_all);
  g_test_add_func ("/playing/rates", test_rates);
  g_test_add_func ("/playing/refused", test_refused);
  return g_test_run ();
}
