/* Episodes that are played with learning off, and what is kept of them. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/cart-pole.h"
#include "engine/critic.h"
#include "engine/played.h"
#include "trainer-of.h"

static const char spiking[] =
    "{\"format\": 1,"
    " \"task\": {\"id\": \"cartpole\", \"limit\": \"v1\", \"code\": \"fields\", \"reward\": \"critic\", \"undecided\": "
    "\"random\", \"dt\": 0.6, \"steps-per-action\": 83, \"episodes\": 10},"
    " \"model\": {\"id\": \"intf7\", \"seed\": 1394398},"
    " \"rule\": {\"id\": \"stdp-rl\"},"
    " \"run\": {\"seed\": 1, \"budget\": 1000, \"batch\": 1, \"threads\": 1, \"validate\": 0, \"record\": [], "
    "\"record-every\": 0, \"checkpoint\": 0}}";

static const char stepping[] =
    "{\"format\": 1,"
    " \"task\": {\"id\": \"cartpole\", \"limit\": \"v0\", \"episodes\": 5},"
    " \"model\": {\"id\": \"sorn\", \"units\": 50, \"noise\": 0},"
    " \"rule\": {\"id\": \"policy-gradient\"},"
    " \"run\": {\"seed\": 1, \"budget\": 1000, \"batch\": 1, \"threads\": 1, \"validate\": 0, \"record\": [], "
    "\"record-every\": 0, \"checkpoint\": 0}}";

#define ACTION 49.8 /* ms */
#define FIRST_MOTOR 140
#define N_MOTOR 40

static RheoPlayed *
play (RheoTrainer *trainer, const RheoPlayedHow *how)
{
  g_autoptr (GError) error = NULL;
  RheoPlayed *played = rheo_played_new (trainer, how, &error);

  g_assert_no_error (error);
  g_assert_true (rheo_played_run (played, NULL, NULL, NULL, &error));
  return played;
}

/* Every action follows from its votes, and every state from the one before it. */
static void
check_actions (const RheoPlayed *played)
{
  const RheoCartPole pole = { .cart_mass = 1, .pole_mass = 0.1, .half_length = 0.5, .gravity = 9.8, .dt = 0.02 };
  int64_t n;
  const RheoPlayedAction *a = rheo_played_get_actions (played, &n);
  int n_undecided = 0, n_right = 0, n_rewarded = 0;

  g_assert_cmpint (rheo_played_get_n_observed (played), ==, 4);
  for (int64_t i = 0; i < n; i++)
    {
      const double *votes = rheo_played_get_votes (played, i);
      const double *before = rheo_played_get_before (played, i), *after = rheo_played_get_after (played, i);
      RheoCartPoleState state = { { before[0], before[1], before[2], before[3] } };

      g_assert_cmpfloat_with_epsilon (a[i].time, ACTION * (double) (i + 1), 1e-6);
      g_assert_cmpint (a[i].undecided, ==, votes[0] == votes[1]);
      if (!a[i].undecided)
        g_assert_cmpint (a[i].action, ==, votes[1] > votes[0]);
      g_assert_cmpint (a[i].step, ==, i > 0 && a[i - 1].episode == a[i].episode ? a[i - 1].step + 1 : 0);
      if (a[i].step == 0)
        g_assert_cmpfloat (MAX (fabs (before[0]), fabs (before[3])), <=, 0.05);
      else
        g_assert_cmpmem (before, sizeof (double[4]), rheo_played_get_after (played, i - 1), sizeof (double[4]));
      rheo_cart_pole_step (&pole, a[i].action == 1 ? 10 : -10, &state);
      for (int k = 0; k < 4; k++)
        g_assert_cmpfloat_with_epsilon (state.x[k], after[k], 2e-6);
      g_assert_cmpint (a[i].over, ==, fabs (after[2]) > 12 * 2 * G_PI / 360 || fabs (after[0]) > 2.4);
      n_undecided += a[i].undecided;
      n_right += a[i].action;
      n_rewarded += a[i].reward > 0;
    }
  g_assert_cmpint (n_undecided, >, 0);
  g_assert_cmpint (n_right, >, n_undecided / 4);
  g_assert_cmpint (n_rewarded, >, 0);
}

/* Votes are the spikes of the halves of the motor cells up to the action, after the one before it. */
static void
check_spikes (const RheoPlayed *played)
{
  int64_t n, n_spikes, s = 0;
  const RheoPlayedAction *a = rheo_played_get_actions (played, &n);
  const RheoPlayedSpike *spikes = rheo_played_get_spikes (played, &n_spikes);

  g_assert_cmpfloat_with_epsilon (spikes[0].time, 0.803227429, 0.1); /* and a delay */
  for (int64_t i = 0; i < n; i++)
    {
      double votes[2] = { 0 };

      for (; s < n_spikes && spikes[s].time <= a[i].time + 1e-9; s++)
        if (spikes[s].unit >= FIRST_MOTOR && spikes[s].unit < FIRST_MOTOR + N_MOTOR)
          votes[(spikes[s].unit - FIRST_MOTOR) / (N_MOTOR / 2)]++;
      g_assert_cmpfloat (votes[0], ==, rheo_played_get_votes (played, i)[0]);
      g_assert_cmpfloat (votes[1], ==, rheo_played_get_votes (played, i)[1]);
    }
  g_assert_cmpint (s, ==, n_spikes);
  for (int64_t i = 1; i < n_spikes; i++)
    g_assert_cmpfloat (spikes[i - 1].time, <=, spikes[i].time);
}

static void
assert_same (const RheoPlayed *a, const RheoPlayed *b)
{
  g_autoptr (RheoTable) x = rheo_table_new (""), y = rheo_table_new ("");

  rheo_played_add (a, x);
  rheo_played_add (b, y);
  for (int i = 0; i < rheo_table_get_n_columns (x); i++)
    {
      const RheoColumn *p = rheo_table_get_column (x, i), *q = rheo_table_find (y, p->key);

      g_assert_cmpmem (p->data, (gsize) rheo_column_get_length (p) * rheo_type_size (p->type), q->data,
                       (gsize) rheo_column_get_length (q) * rheo_type_size (q->type));
    }
}

/* Episodes of the test set: as long as those of an evaluation, the same again, and nothing of the network changes. */
static void
test_episodes (void)
{
  enum
  {
    N = 12,
  };
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = N, .spikes = TRUE };
  g_autoptr (RheoTrainer) trainer = trainer_of (spiking, NULL), untouched = trainer_of (spiking, NULL);
  g_autoptr (RheoPlayed) played = play (trainer, &how), again = play (trainer, &how);
  g_autoptr (RheoTable) table = rheo_table_new ("");
  int64_t n_actions;
  int n;
  const int *length = rheo_played_get_lengths (played, &n);
  double sum = 0;

  g_assert_cmpint (n, ==, N);
  for (int i = 0; i < n; i++)
    sum += length[i];
  g_assert_cmpfloat_with_epsilon (sum / N, mean_length (trainer, N), 1e-12);
  rheo_played_get_actions (played, &n_actions);
  g_assert_cmpfloat (sum, ==, (double) n_actions);
  check_actions (played);
  check_spikes (played);
  assert_same (played, again);
  assert_same_run (trainer, untouched);
  for (int i = 0; i < 3; i++)
    {
      step (trainer);
      step (untouched);
    }
  assert_same_run (trainer, untouched);

  rheo_played_add (played, table);
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (table, "next.turning")), ==, (int) n_actions);
  g_assert_cmpint (rheo_table_find (table, "angle")->type, ==, RHEO_F64);
  g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (table, "votes.right"), 7), ==,
                     rheo_played_get_votes (played, 7)[1]);
  g_assert_cmpstr (rheo_table_get_note (table, "populations"), ==, "ES:80 EA:40 IA:10 IAL:10 EM:40 IM:10 IML:10 out:2");
}

/* A time ends in the middle of an episode: the first actions and spikes of those that would follow. */
static void
test_time (void)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = 4, .spikes = TRUE };
  const RheoPlayedHow timed = { .set = RHEO_SET_TEST, .time = 1200, .spikes = TRUE };
  const RheoPlayedHow both = { .set = RHEO_SET_TEST, .n = 1, .time = 1e6 };
  g_autoptr (RheoTrainer) trainer = trainer_of (spiking, NULL);
  g_autoptr (RheoPlayed) whole = play (trainer, &how), some = play (trainer, &timed), one = play (trainer, &both);
  int64_t n_whole, n;
  const RheoPlayedAction *a = rheo_played_get_actions (whole, &n_whole), *b = rheo_played_get_actions (some, &n);
  const RheoPlayedSpike *s = rheo_played_get_spikes (whole, &n_whole), *t;
  int n_episodes, n_ended = 0;

  g_assert_cmpint ((int) n, ==, 24);
  g_assert_cmpfloat_with_epsilon (rheo_played_get_time (some), 24 * ACTION, 1e-6);
  for (int64_t i = 0; i < n; i++)
    {
      g_assert_cmpint (a[i].action, ==, b[i].action);
      g_assert_cmpint (a[i].episode, ==, b[i].episode);
      g_assert_cmpfloat (a[i].reward, ==, b[i].reward);
      n_ended += b[i].over;
    }
  g_assert_cmpint (b[n - 1].over, ==, false);
  rheo_played_get_lengths (some, &n_episodes);
  g_assert_cmpint (n_episodes, ==, n_ended);
  t = rheo_played_get_spikes (some, &n);
  g_assert_cmpfloat (t[n - 1].time, <=, 1200);
  g_assert_cmpfloat (s[n].time, >, 1200);
  for (int64_t i = 0; i < n; i++)
    g_assert_cmpfloat (s[i].time, ==, t[i].time);
  rheo_played_get_lengths (one, &n_episodes);
  g_assert_cmpint (n_episodes, ==, 1);
}

/* Of a record, whose weights may be others than those that a run begins with; and other rules leave the same player. */
static void
test_record (void)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = 3, .spikes = TRUE };
  g_autoptr (RheoTrainer) trainer = trainer_of (spiking, "plasticity.id= rule.id=evolution");
  g_autoptr (RheoTrainer) other = trainer_of (spiking, "model.seed=5397326");
  g_autoptr (RheoTable) weights = rheo_table_new ("");
  g_autoptr (GError) error = NULL;
  const RheoRecord record = { .experiment = rheo_trainer_get_experiment (trainer), .weights = weights };
  g_autoptr (RheoPlayed) played = NULL, expected = play (other, &how);

  rheo_net_save (rheo_trainer_get_net (other), TRUE, weights);
  played = rheo_played_new_of_record (&record, &how, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_played_run (played, NULL, NULL, NULL, &error));
  assert_same (played, expected);
}

/* Of a network that runs step by step spikes are read from its steps, which last 20 ms here. */
static void
test_steps (void)
{
  const RheoPlayedHow how = { .set = RHEO_SET_VALID, .first = 1, .n = 3, .spikes = TRUE };
  g_autoptr (RheoTrainer) trainer = trainer_of (stepping, NULL);
  g_autoptr (RheoPlayed) played = play (trainer, &how), again = play (trainer, &how);
  int64_t n, n_spikes;
  const RheoPlayedAction *a = rheo_played_get_actions (played, &n);
  const RheoPlayedSpike *spikes = rheo_played_get_spikes (played, &n_spikes);
  int n_episodes;

  rheo_played_get_lengths (played, &n_episodes);
  g_assert_cmpint (n_episodes, ==, 3);
  g_assert_cmpfloat (a[n - 1].time, ==, 20 * (double) n);
  g_assert_cmpint ((int) n_spikes, >, (int) n);
  for (int64_t i = 0; i < n_spikes; i++)
    {
      g_assert_cmpfloat (fmod (spikes[i].time, 20), ==, 0);
      g_assert_cmpfloat (spikes[i].time, >=, i > 0 ? spikes[i - 1].time : 20);
      g_assert_cmpint (spikes[i].unit, <, 60); /* 50 and a fifth of them */
    }
  g_assert_cmpfloat (spikes[n_spikes - 1].time, <=, a[n - 1].time);
  assert_same (played, again);
}

/* Rewards that count more the rarer they are look back over the beginning of an episode. */
static void
test_carried (void)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = 8 };
  g_autoptr (RheoTrainer) trainer =
      trainer_of (spiking, "task.critic.modulated=true task.critic.modulation-steps=60 task.undecided=random");
  g_autoptr (RheoPlayed) played = play (trainer, &how), again = play (trainer, &how);
  RheoCriticState state = { 0 };
  RheoCritic critic;
  int64_t n;
  const RheoPlayedAction *a = rheo_played_get_actions (played, &n);
  int n_less = 0;

  rheo_params_reset (rheo_critic_params, &critic);
  critic.modulated = TRUE;
  critic.modulation_steps = 60;
  for (int64_t i = 0; i < n; i++)
    {
      const RheoCriticStep step = { .before = rheo_played_get_before (played, i),
                                    .now = rheo_played_get_after (played, i),
                                    .undecided = a[i].undecided,
                                    .over = a[i].over };
      RheoCriticState fresh = { 0 };

      g_assert_cmpfloat_with_epsilon (rheo_critic_judge (&critic, &state, &step), a[i].reward, 1e-12);
      n_less += fabs (a[i].reward) < fabs (rheo_critic_judge (&critic, &fresh, &step));
    }
  g_assert_cmpint (n_less, >, (int) n / 4);
  assert_same (played, again);
}

/* A task whose actions are not told. */
static void
test_refused (void)
{
  const RheoPlayedHow how = { .set = RHEO_SET_VALID, .n = 1 };
  g_autoptr (RheoTrainer) trainer = trainer_of (stepping, "task.id=cartpole-cloning model.id=ctrnn rule.id=bptt");
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_played_new (trainer, &how, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/played/episodes", test_episodes);
  g_test_add_func ("/played/time", test_time);
  g_test_add_func ("/played/record", test_record);
  g_test_add_func ("/played/steps", test_steps);
  g_test_add_func ("/played/carried", test_carried);
  g_test_add_func ("/played/refused", test_refused);
  return g_test_run ();
}
