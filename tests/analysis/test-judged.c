/* Rates of networks that play, and what critics say of their steps. */
#include "config.h"

#include <math.h>

#include "engine/judged.h"
#include "../engine/trainer-of.h"

static const char spiking[] =
    "{\"format\": 1,"
    " \"task\": {\"id\": \"cartpole\", \"limit\": \"v0\", \"code\": \"fields\", \"reward\": \"critic\", \"undecided\": "
    "\"random\", \"dt\": 0.6, \"steps-per-action\": 83, \"episodes\": 10},"
    " \"model\": {\"id\": \"intf7\", \"seed\": 1394398},"
    " \"rule\": {\"id\": \"stdp-rl\"},"
    " \"run\": {\"seed\": 1, \"budget\": 1000, \"batch\": 1, \"threads\": 1, \"validate\": 0, \"record\": [], "
    "\"record-every\": 0, \"checkpoint\": 0}}";

#define N_ACTION 200 /* of an episode that lasts the whole time */

static void
ignore (void *data, double fraction)
{
}

static RheoTable *
analyse (const char *id, const char *words, const RheoRecord *record, GError **error)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);
  g_autofree void *config = g_malloc0 (analysis->base.config_size);
  g_auto (GStrv) settings = g_strsplit (words, " ", -1);
  g_autoptr (RheoTable) out = rheo_table_new ("");
  static const atomic_bool cancelled;

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; settings[i] != NULL && *settings[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, pair[0], "", &at, error);

      g_assert_true (rheo_param_set_text (row, at, pair[1], pair[0], error));
    }
  if (analysis->base.check != NULL && !analysis->base.check (config, error))
    return NULL;
  return analysis->run (config, record, 1, NULL, out, ignore, NULL, &cancelled, error) ? g_steal_pointer (&out) : NULL;
}

static double
number (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  g_assert_nonnull (column);
  g_assert_cmpint ((int) i, <, (int) rheo_column_get_length (column));
  return rheo_column_get_number (column, i);
}

/* The motor cells of a side hear the association cells of that side alone, and these the sensory cells of a pole that leans or
 * turns there: enough to keep the pole upright for some time. */
static void
teach (RheoNet *net)
{
  static const char *const name[] = { "ES-EA-ampa", "EA-EM-ampa" };

  for (int k = 0; k < 2; k++)
    {
      RheoProj *p = rheo_net_get_proj (net, rheo_net_find_proj (net, name[k]));

      for (int j = 0; j < p->n_pre; j++)
        for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
          {
            const gboolean told = k > 0 || j >= 40, right = k > 0 ? j >= 20 : j % 20 >= 10;

            p->weight[s] = told && right == (p->syn_post[s] >= 20) ? (k > 0 ? 30 : j >= 60 ? 60 : 40) : 0;
          }
    }
  rheo_net_weights_changed (net);
}

typedef struct
{
  RheoTrainer *trainer;
  RheoTable *weights;
  RheoRecord record;
} Player;

static Player
make_player (gboolean taught)
{
  Player p = { trainer_of (spiking, NULL), rheo_table_new (""), { 0 } };

  if (taught)
    teach (rheo_trainer_get_net (p.trainer));
  rheo_net_save (rheo_trainer_get_net (p.trainer), TRUE, p.weights);
  p.record = (RheoRecord){ .experiment = rheo_trainer_get_experiment (p.trainer), .name = "run", .weights = p.weights };
  return p;
}

static void
clear_player (Player *p)
{
  rheo_table_unref (p->weights);
  rheo_trainer_free (p->trainer);
}

static void
test_rates (void)
{
  static const char *const names[] = { "ES", "EA", "IA", "IAL", "EM-left", "EM-right", "IM", "IML" };
  static const int first[] = { 0, 80, 120, 130, 140, 160, 180, 190, 200 };
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = 4, .spikes = TRUE };
  Player player = make_player (FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoPlayed) played = rheo_played_new_of_record (&player.record, &how, &error);
  g_autoptr (RheoTable) out =
      analyse ("play-rates", "episodes=4 rate-bin=200 count-bin=20 counts=10", &player.record, &error);
  g_autoptr (RheoTable) motor = analyse ("play-rates", "episodes=50 motor-only=true time=2.5", &player.record, &error);
  int64_t n, n_bins;
  const RheoPlayedSpike *spike;

  g_assert_no_error (error);
  g_assert_true (rheo_played_run (played, NULL, NULL, NULL, &error));
  spike = rheo_played_get_spikes (played, &n);
  n_bins = (int64_t) (rheo_played_get_time (played) / 200);
  g_assert_cmpint ((int) rheo_table_find (out, "rate")->dims[0], ==, 8);
  g_assert_cmpint ((int) rheo_table_find (out, "rate")->dims[1], ==, (int) n_bins);
  for (int g = 0; g < 8; g++)
    {
      const int cells = first[g + 1] - first[g];
      double count = 0, square = 0, fine[10] = { 0 };
      g_autofree char *name = NULL;
      int64_t all = 0;

      for (int64_t i = 0; i < n; i++)
        if (spike[i].unit >= first[g] && spike[i].unit < first[g + 1])
          {
            all++;
            count += spike[i].time >= 400 && spike[i].time < 600;
            if (spike[i].time < 200)
              fine[(int) (spike[i].time / 20)]++;
          }
      for (int i = 0; i < 10; i++)
        square += fine[i] * fine[i] / 10;
      count /= cells * 0.2;
      g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "part"), g), ==, names[g]);
      g_assert_cmpfloat_with_epsilon (number (out, "rate", g * n_bins + 2), count, 1e-9);
      g_assert_cmpfloat (number (out, "spikes", g), ==, (double) all);
      g_assert_cmpfloat (number (out, "cells", g), ==, cells);
      count = 0;
      for (int i = 0; i < 10; i++)
        count += fine[i] / 10;
      g_assert_cmpfloat_with_epsilon (number (out, "variance", g * n_bins), square - count * count, 1e-9);
      name = g_strdup_printf ("%s (%.2f Hz)", names[g], number (out, "mean-rate", g));
      g_assert_cmpstr (rheo_column_get_string (rheo_table_find (out, "group"), g), ==, name);
    }
  g_assert_cmpfloat_with_epsilon (number (out, "time", 2), 0.5, 1e-12);
  /* Of 2.5 s two whole bins of 1 s, and no 100 bins of 100 ms. */
  g_assert_cmpint ((int) rheo_table_find (motor, "rate")->dims[0], ==, 2);
  g_assert_cmpint ((int) rheo_table_find (motor, "rate")->dims[1], ==, 2);
  g_assert_cmpint ((int) rheo_table_find (motor, "variance")->dims[1], ==, 0);
  clear_player (&player);
}

static double
judge (double turning, double reward_factor, double max, const double *o, const double *p)
{
  const double before = sqrt (o[2] * o[2] + turning * o[3] * o[3]), now = sqrt (p[2] * p[2] + turning * p[3] * p[3]);
  double r = 2 * (before - now);

  if (fabs (o[2]) < 0.01 && fabs (o[3]) < 0.01)
    return 0;
  r = fabs (p[2]) < 0.01 && fabs (p[3]) < 0.01 ? max : r;
  return CLAMP (r > 0 ? r * reward_factor : r, -max, max);
}

/* Against the same sums over the steps of the same episodes. */
static void
test_critic (void)
{
  enum
  {
    N = 12,
  };
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = N };
  Player player = make_player (TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoPlayed) played = rheo_played_new_of_record (&player.record, &how, &error);
  g_autoptr (RheoTable) out = NULL, search = NULL;
  int64_t n, n_kept = 0, n_positive = 0, n_other = 0;
  const RheoPlayedAction *a;
  int n_episodes, n_whole = 0;
  const int *length;
  double sum = 0, steps = 0, binned = 0;

  g_assert_true (rheo_played_run (played, NULL, NULL, NULL, &error));
  a = rheo_played_get_actions (played, &n);
  length = rheo_played_get_lengths (played, &n_episodes);
  for (int i = 0; i < n_episodes; i++)
    n_whole += length[i] == N_ACTION;
  g_test_message ("%d of %d episodes last the whole time", n_whole, n_episodes);
  g_assert_cmpint (n_whole, >, 1);
  g_assert_cmpint (n_whole, <, N);
  for (int64_t i = 0; i < n; i++)
    if (length[a[i].episode] == N_ACTION && !a[i].undecided && a[i].step > 0 && a[i].step < N_ACTION - 1)
      {
        const double v = judge (0.4, 2, 5, rheo_played_get_before (played, i), rheo_played_get_after (played, i));

        sum += v;
        n_kept++;
        n_positive += v > 0;
        n_other += v != 0;
      }
  out = analyse ("critic-values",
                 "episodes=12 critic.turning-weight=0.4 critic.reward-factor=2 critic.gain=2 critic.max-reward=5",
                 &player.record, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (out, "steps", 0), ==, (double) n_kept);
  g_assert_cmpfloat (number (out, "whole-episodes", 0), ==, n_whole);
  g_assert_cmpfloat_with_epsilon (number (out, "magnitude", 0), sum / (double) n_kept, 1e-12);
  g_assert_cmpfloat_with_epsilon (number (out, "ratio", 0), (double) n_positive / (double) n_other, 1e-12);
  g_assert_cmpint ((int) rheo_table_find (out, "episode")->dims[0], ==, n_whole);
  for (int i = 0; i < 30; i++)
    binned += number (out, "height", i);
  g_assert_cmpfloat (binned, ==, (double) n_kept);

  search = analyse ("critic-search", "episodes=12 compare=magnitude", &player.record, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_table_find (search, "angv-bias")->dims[0], ==, 144);
  for (int i = 0; i < 144; i++)
    {
      if (i > 0)
        g_assert_cmpfloat (number (search, "magnitude", i), <=, number (search, "magnitude", i - 1));
      if (number (search, "angv-bias", i) == 0.4 && number (search, "pos-reward-bias", i) == 2
          && number (search, "max-reward", i) == 5)
        {
          g_assert_cmpfloat_with_epsilon (number (search, "magnitude", i), sum / (double) n_kept, 1e-12);
          steps++;
        }
    }
  g_assert_cmpfloat (steps, ==, 1);
  g_assert_null (analyse ("critic-search", "gains=", &player.record, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  clear_player (&player);
}

/* A network that has learned nothing never plays to the end. */
static void
test_none (void)
{
  Player player = make_player (FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (analyse ("critic-values", "episodes=3", &player.record, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "None of the 3 episodes"));
  clear_player (&player);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judged/rates", test_rates);
  g_test_add_func ("/judged/critic", test_critic);
  g_test_add_func ("/judged/none", test_none);
  return g_test_run ();
}
