/* Reward-modulated STDP of a network that plays, whole runs. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "../engine/trainer-of.h"
#include "engine/evaluate.h"
#include "engine/series.h"

static const char small[] =
    "{\"format\": 1,"
    " \"task\": {\"id\": \"cartpole\", \"limit\": \"v1\", \"code\": \"fields\", \"reward\": \"critic\", \"undecided\": "
    "\"random\", \"dt\": 0.6, \"steps-per-action\": 83, \"episodes\": 10},"
    " \"model\": {\"id\": \"intf7\", \"seed\": 1394398},"
    " \"rule\": {\"id\": \"stdp-rl\", \"gain-steps\": 50},"
    " \"run\": {\"seed\": 1, \"budget\": 1000, \"batch\": 1, \"threads\": 1, \"validate\": 0, \"record\": [], "
    "\"record-every\": 0, \"checkpoint\": 0}}";

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* 500 s of the published network: from about 22 steps to about 90, in 120 to 220 episodes. */
static void
test_learns (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "rule.gain-steps=500");
  const double before = mean_length (trainer, 100);
  RheoStop stop = RHEO_STOP_NONE;
  double after;

  while (stop == RHEO_STOP_NONE)
    stop = step (trainer);
  after = mean_length (trainer, 100);
  g_test_message ("%g, then %g", before, after);
  g_assert_cmpint (stop, ==, RHEO_STOP_BUDGET);
  g_assert_cmpfloat (metric (trainer, "time"), >=, 500);
  g_assert_cmpfloat (metric (trainer, "time"), <, 525);
  g_assert_cmpint ((int) rheo_trainer_get_place (trainer).iteration, >=, 90);
  g_assert_cmpint ((int) rheo_trainer_get_place (trainer).iteration, <=, 260);
  g_assert_cmpint (rheo_trainer_get_budget (trainer), ==, (int) rheo_trainer_get_place (trainer).iteration);
  g_assert_cmpfloat (before, >, 14);
  g_assert_cmpfloat (before, <, 30);
  g_assert_cmpfloat (after, >, 2 * before);
}

/* Rates of the untrained network lie where those of the published one do. */
static void
test_rates (void)
{
  static const struct
  {
    const char *key;
    double rate;
  } rates[] = { { "rate.ES", 2.84 }, { "rate.EA", 4.83 }, { "rate.IA", 2.51 }, { "rate.IAL", 6.80 },
                { "rate.EM", 4.43 }, { "rate.IM", 5.65 }, { "rate.IML", 3.29 } };
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "rule.learn=false");
  double sum[G_N_ELEMENTS (rates)] = { 0 }, time = 0;

  while (time < 60)
    {
      double length;

      step (trainer);
      length = metric (trainer, "time") - time;
      time += length;
      for (gsize k = 0; k < G_N_ELEMENTS (rates); k++)
        sum[k] += metric (trainer, rates[k].key) * length;
    }
  for (gsize k = 0; k < G_N_ELEMENTS (rates); k++)
    {
      g_test_message ("%s %g (%g)", rates[k].key, sum[k] / time, rates[k].rate);
      g_assert_cmpfloat_with_epsilon (sum[k] / time, rates[k].rate, 0.2 * rates[k].rate);
    }
}

/* What gain control brings motor and other cells to: the rows, also once they were changed. */
static void
test_targets (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "rule.rate-other=7");
  g_autoptr (GError) error = NULL;

  step (trainer);
  g_assert_cmpfloat (metric (trainer, "target-rate.EA"), ==, 7);
  g_assert_cmpfloat (metric (trainer, "target-rate.EM"), ==, 6);
  g_assert_cmpint (rheo_metrics_find (rheo_trainer_get_metrics (trainer), "train.target-rate.ES"), ==, -1);
  g_assert_true (rheo_trainer_set (trainer, "rule.rate-motor", "4", &error));
  g_assert_no_error (error);
  step (trainer);
  g_assert_cmpfloat (metric (trainer, "target-rate.EM"), ==, 4);
  g_assert_true (rheo_trainer_set (trainer, "rule.gain-control", "false", &error));
  step (trainer);
  g_assert_true (isnan (metric (trainer, "target-rate.EM")));
}

static void
test_learning_off (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "rule.learn=false");
  g_autoptr (GError) error = NULL;
  const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (trainer), 0);
  g_autofree RheoReal *before = g_memdup2 (t->value, sizeof *before * (gsize) t->width);

  for (int i = 0; i < 10; i++)
    step (trainer);
  mean_length (trainer, 5);
  g_assert_cmpfloat_with_epsilon (rheo_trainer_get_lived (trainer), metric (trainer, "episode-length") * 0.0498, 1e-9);
  g_assert_cmpmem (before, sizeof *before * (gsize) t->width, t->value, sizeof *before * (gsize) t->width);
  g_assert_true (rheo_trainer_set (trainer, "rule.learn", "true", &error));
  for (int i = 0; i < 10; i++)
    step (trainer);
  g_assert_cmpint (memcmp (before, t->value, sizeof *before * (gsize) t->width), !=, 0);
}

/* Saved part ways and gone on with, with validations and records between: as in one go without any. */
static void
test_resume (void)
{
  assert_resumes (small, "", 9, 20);
  assert_resumes (small, "task.critic.modulated=true", 5, 12);
}

/* Without motor cells nothing is decided, and without any cell nothing fires. */
static void
test_silence (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, NULL);
  g_autoptr (GError) error = NULL;
  RheoNet *net = rheo_trainer_get_net (trainer);
  const int32_t some[] = { 0, 1, 2 };
  RheoIntervention act = {
    .kind = RHEO_ACT_SILENCE, .pop = rheo_net_find_pop (net, "EM"), .proj = -1, .t1 = G_MAXINT64
  };

  step (trainer);
  g_assert_cmpfloat (metric (trainer, "rate.EM"), >, 0);
  g_assert_true (rheo_trainer_intervene (trainer, &act, 1, &error));
  step (trainer);
  g_assert_cmpfloat (metric (trainer, "rate.EM"), ==, 0);
  g_assert_cmpfloat (metric (trainer, "undecided"), ==, 1);
  g_assert_cmpfloat (metric (trainer, "rate.EA"), >, 1);
  act.units = some;
  act.n_units = G_N_ELEMENTS (some);
  g_assert_true (rheo_trainer_intervene (trainer, &act, 1, &error));
  step (trainer);
  g_assert_cmpfloat (metric (trainer, "rate.EM"), >, 0);
  act.kind = RHEO_ACT_ADD;
  g_assert_false (rheo_trainer_intervene (trainer, &act, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* Episode by episode a test is the same run as in one go; and what it tells of lengths. */
static void
test_evaluation (void)
{
  enum
  {
    N = 9,
  };
  const RheoEvaluationHow how = { .at = -1, .set = RHEO_SET_TEST, .n_trials = N };
  g_autofree char *folder = g_dir_make_tmp ("rheobase-stdp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "run.checkpoint=2");
  g_autoptr (RheoEvaluation) evaluation = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const RheoColumn *length, *name, *mean;
  RheoRun *run;
  double sorted[N], all;

  g_assert_true (rheo_trainer_create_run (trainer, path, &error));
  for (int i = 0; i < 4; i++)
    step (trainer);
  g_assert_true (rheo_trainer_close_run (trainer, RHEO_STOP_USER, &error));
  all = mean_length (trainer, N);
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  evaluation = rheo_evaluation_new (run, rheo_run_get_experiment (run), &how, &error);
  g_assert_no_error (error);
  while (rheo_evaluation_get_progress (evaluation) < 1)
    g_assert_true (rheo_evaluation_step (evaluation, &error));
  table = rheo_evaluation_dup_table (evaluation);
  length = rheo_table_find (table, "test.episode-length");
  for (int i = 0; i < N; i++)
    sorted[i] = rheo_column_get_number (length, i);
  qsort (sorted, N, sizeof *sorted, compare);
  name = rheo_table_find (table, "metric");
  mean = rheo_table_find (table, "mean");
  for (int64_t i = 0; i < rheo_column_get_length (name); i++)
    {
      const double value = rheo_column_get_number (mean, i);

      if (g_str_equal (rheo_column_get_string (name, i), "mean-episode"))
        g_assert_cmpfloat_with_epsilon (value, all, 1e-12);
      if (g_str_equal (rheo_column_get_string (name, i), "lower-quartile-episode"))
        g_assert_cmpfloat (value, ==, sorted[2]);
      if (g_str_equal (rheo_column_get_string (name, i), "median-episode"))
        g_assert_cmpfloat (value, ==, sorted[4]);
    }
  g_assert_cmpint ((int) rheo_column_get_length (name), ==, 6);
  rheo_run_free (run);
  g_unlink (path);
  g_rmdir (folder);
}

#define BEST_OF 100

/* Networks counted from the end: 112, 108 ... 4, 1, 0, and the checkpoint at 100, which is also a snapshot. */
static void
check_from_end (const RheoRun *run)
{
  static const int index[] = { -1, -2, -28, -29 }, expected[] = { 112, 108, 4, 0 };
  g_autoptr (GError) error = NULL;
  int64_t at;

  for (gsize i = 0; i < G_N_ELEMENTS (index); i++)
    {
      g_assert_true (rheo_evaluation_find_from_end (run, index[i], &at, &error));
      g_assert_cmpint ((int) at, ==, expected[i]);
    }
  g_assert_false (rheo_evaluation_find_from_end (run, -30, &at, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "29 networks"));
  g_assert_nonnull (strstr (error->message, "0, 4, 8,"));
}

/* Lists of synapses can be had as matrices, here after a run without learning. */
static void
check_matrix (RheoRun *run, RheoNet *net)
{
  g_autoptr (RheoSeriesReader) reader = rheo_series_reader_new (run);
  const RheoTrainable *t = rheo_net_get_trainable (net, 0);
  const RheoProj *p = t->proj;
  g_autofree char *name = g_strconcat (p->name, ".matrix", NULL);
  g_autofree char *change = g_strconcat (p->name, ".matrix-change", NULL);
  g_autoptr (GError) error = NULL;
  const char *key;

  for (int k = 0; k < 2; k++)
    {
      g_autoptr (RheoTable) table = rheo_series_read (reader, k == 0 ? name : change, -1, &key, &error);
      const RheoColumn *column;

      g_assert_no_error (error);
      column = rheo_table_find (table, key);
      g_assert_cmpstr (column->axes, ==, "pre post");
      g_assert_cmpint ((int) column->dims[0], ==, p->n_pre);
      g_assert_cmpint ((int) column->dims[1], ==, p->n_post);
      for (int j = 0; j < p->n_pre; j++)
        {
          double sum = 0;

          for (int i = 0; i < p->n_post; i++)
            sum += rheo_column_get_number (column, (int64_t) j * p->n_post + i);
          for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1] && k == 0; s++)
            {
              g_assert_cmpfloat (rheo_column_get_number (column, (int64_t) j * p->n_post + p->syn_post[s]), ==,
                                 (double) p->weight[s]);
              sum -= (double) p->weight[s];
            }
          g_assert_cmpfloat_with_epsilon (sum, 0, 1e-9);
        }
    }
}

/* The end of the first 100 episodes in a row with the highest median; n_left: windows at the end that do not count. */
static int
find_best_end (const double *length, int n, int n_left)
{
  double best = 0;
  int end = 0;

  for (int i = 0; i + BEST_OF <= n - n_left; i++)
    {
      double sorted[BEST_OF], median;

      memcpy (sorted, length + i, sizeof sorted);
      qsort (sorted, BEST_OF, sizeof *sorted, compare);
      median = (sorted[BEST_OF / 2 - 1] + sorted[BEST_OF / 2]) / 2;
      if (median > best)
        {
          best = median;
          end = i + BEST_OF;
        }
    }
  return end;
}

/* The snapshot before the end of the best 100 episodes, where the last 100 do not count: of a run that gets better and better
 * another one than that at its end. Actions count as 50 ms there, though they take 49.8 ms. */
static void
test_best (void)
{
  enum
  {
    N = 112,
    EVERY = 4,
  };
  g_autofree char *folder = g_dir_make_tmp ("rheobase-stdp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "run.record-every=4 rule.gain-steps=500");
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;
  double length[N], n_actions = 0, n_done = 0;
  int64_t at = -1, expected = 0;
  int end;

  g_assert_true (rheo_trainer_create_run (trainer, path, &error));
  for (int i = 0; i < N; i++)
    {
      step (trainer);
      length[i] = metric (trainer, "episode-length");
      if (i == BEST_OF - 1)
        {
          rheo_trainer_write_checkpoint (trainer, FALSE, &error);
          run = rheo_run_open (path, &error);
          g_assert_no_error (error);
          g_assert_false (rheo_evaluation_find_best (run, &at, &error));
          g_clear_error (&error);
          g_clear_pointer (&run, rheo_run_free);
        }
    }
  g_assert_true (rheo_trainer_close_run (trainer, RHEO_STOP_USER, &error));
  g_assert_cmpint (find_best_end (length, N, 0), ==, N);
  end = find_best_end (length, N, 1);
  g_assert_cmpint (end, <, N);
  for (int i = 0; i < end; i++)
    n_actions += length[i];
  for (int i = 0; i < N; i++)
    {
      n_done += length[i];
      if ((i + 1) % EVERY == 0 && n_done * 49.8 <= n_actions * 50)
        expected = i + 1;
    }
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_evaluation_find_best (run, &at, &error));
  g_assert_cmpint ((int) at, ==, (int) expected);
  g_assert_cmpint ((int) at, <, N);
  check_from_end (run);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_matrix (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheobase-stdp-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "run.record-every=4 rule.learn=false");
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_trainer_create_run (trainer, path, &error));
  do_steps (trainer, 8);
  g_assert_true (rheo_trainer_close_run (trainer, RHEO_STOP_USER, &error));
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  check_matrix (run, rheo_trainer_get_net (trainer));
  g_unlink (path);
  g_rmdir (folder);
}

/* Episodes that begin like the third one of the set. */
static void
test_rerun (void)
{
  const RheoTask *task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "cartpole", NULL);
  g_autofree void *config = g_malloc0 (task->base.config_size), *state = g_malloc0 (task->state_size);
  RheoDraw draw = { .set = RHEO_SET_TEST, .rng = { .seed = 1, .stream = RHEO_STREAM_TASK, .item = 2 } };
  RheoReal third[4], first[4], again[4];
  g_autoptr (GError) error = NULL;
  void *data, *at;
  const RheoParam *row;

  rheo_params_reset (task->base.params, config);
  row = rheo_params_find (task->base.params, config, "code", "task", &at, &error);
  rheo_param_set_text (row, at, "raw", "code", &error);
  g_assert_true (task->open (config, 1, &data, &error));
  task->reset (config, data, state, &draw, third);
  draw.rng.item = 0;
  task->reset (config, data, state, &draw, first);
  row = rheo_params_find (task->base.params, config, "rerun-episode", "task", &at, &error);
  rheo_param_set_text (row, at, "3", "rerun-episode", &error);
  g_assert_no_error (error);
  task->reset (config, data, state, &draw, again);
  g_assert_cmpmem (third, sizeof third, again, sizeof again);
  g_assert_cmpint (memcmp (third, first, sizeof third), !=, 0);
  /* In training too, whatever the iteration. */
  draw.set = RHEO_SET_TRAIN;
  draw.rng.iteration = 1;
  task->reset (config, data, state, &draw, first);
  draw.rng.iteration = 2;
  task->reset (config, data, state, &draw, again);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  task->close (data);
}

/* The last 2 s are what records hold: 3333 steps of 0.6 ms, with a spike a step at most. */
static void
test_record (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) record = NULL;
  const RheoColumn *spikes, *input;
  double n = 0;

  for (int i = 0; i < 10; i++)
    step (trainer);
  record = rheo_trainer_dup_record (trainer, &error);
  g_assert_no_error (error);
  spikes = rheo_table_find (record, "EA.spikes");
  input = rheo_table_find (record, "task.input");
  g_assert_cmpint ((int) spikes->dims[1], ==, 3333);
  g_assert_cmpint ((int) spikes->dims[2], ==, 40);
  for (int64_t i = 0; i < rheo_column_get_length (spikes); i++)
    n += ((const uint8_t *) spikes->data)[i];
  g_assert_cmpfloat (n / 40 / 2, >, 2);
  g_assert_cmpfloat (n / 40 / 2, <, 10);
  /* Four cells are on at any time. */
  for (int64_t t = 0; t < input->dims[1]; t++)
    {
      double sum = 0;

      for (int64_t i = 0; i < 80; i++)
        sum += rheo_column_get_number (input, t * 80 + i);
      g_assert_cmpfloat (sum, ==, 200);
    }
}

/* What is learned in a life is not passed on: with a learning rate of 0 evolution leaves all weights. */
static void
test_beside_evolution (void)
{
  static const char rule[] = "rule.id=evolution rule.population=2 rule.learning-episodes=3 rule.after-episodes=1 "
                             "rule.episodes=1 rule.lr=0 plasticity.id=stdp-rl plasticity.quiet=0";
  g_autoptr (RheoTrainer) trainer = trainer_of (small, rule);
  const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (trainer), 0);
  g_autofree RheoReal *before = g_memdup2 (t->value, sizeof *before * (gsize) t->width);

  step (trainer);
  g_assert_cmpmem (before, sizeof *before * (gsize) t->width, t->value, sizeof *before * (gsize) t->width);
  g_assert_cmpfloat (metric (trainer, "learning"), >, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stdp-rl/learns", test_learns);
  g_test_add_func ("/stdp-rl/rates", test_rates);
  g_test_add_func ("/stdp-rl/targets", test_targets);
  g_test_add_func ("/stdp-rl/learning-off", test_learning_off);
  g_test_add_func ("/stdp-rl/resume", test_resume);
  g_test_add_func ("/stdp-rl/silence", test_silence);
  g_test_add_func ("/stdp-rl/evaluation", test_evaluation);
  g_test_add_func ("/stdp-rl/best", test_best);
  g_test_add_func ("/stdp-rl/matrix", test_matrix);
  g_test_add_func ("/stdp-rl/rerun", test_rerun);
  g_test_add_func ("/stdp-rl/record", test_record);
  g_test_add_func ("/stdp-rl/beside-evolution", test_beside_evolution);
  return g_test_run ();
}
