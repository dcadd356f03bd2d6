/* The trainer with small robot networks: same bits whatever happens on the way, run files, LIVE values, divergence. */
#include "config.h"

#include "robot-run.h"

/* Same bits in all columns but wall time, and states of units, which every batch resets. */
static void
assert_same (const RheoNet *net, const RheoTable *a, const RheoTable *b)
{
  g_assert_cmpint (rheo_table_get_n_columns (a), ==, rheo_table_get_n_columns (b));
  for (int i = 0; i < rheo_table_get_n_columns (a); i++)
    {
      const RheoColumn *x = rheo_table_get_column (a, i), *y = rheo_table_find (b, x->key);
      const RheoColumn *names = rheo_table_find (a, "trainer.metrics");
      const RheoNetArray *array = rheo_net_find_array ((RheoNet *) net, x->key);
      int64_t n = rheo_column_get_length (x);

      if (array != NULL && array->use == RHEO_USE_STATE)
        continue;
      g_assert_nonnull (y);
      g_assert_cmpint (n, ==, rheo_column_get_length (y));
      for (int64_t k = 0; k < n; k++)
        {
          double u = rheo_column_get_number (x, k), v = rheo_column_get_number (y, k);
          gboolean timed = strstr (x->key, "trials-per-second") != NULL
                           || (strcmp (x->key, "trainer.numbers") == 0 && k == 1)
                           || (strcmp (x->key, "trainer.last") == 0
                               && strcmp (rheo_column_get_string (names, k), "run.trials-per-second") == 0)
                           || (strcmp (x->key, "trainer.means") == 0
                               && strcmp (rheo_column_get_string (names, k / 2), "run.trials-per-second") == 0);
          if (!timed && u != v && !(isnan (u) && isnan (v)))
            g_error ("%s [%d]: %.17g is not %.17g", x->key, (int) k, u, v);
        }
    }
}

static void
assert_same_state (RheoTrainer *a, RheoTrainer *b)
{
  g_autoptr (RheoTable) x = rheo_trainer_dup_checkpoint (a), y = rheo_trainer_dup_checkpoint (b);

  assert_same (rheo_trainer_get_net (a), x, y);
}

/* --- bits ------------------------------------------------------------------------------------------------------- */
static void
test_threads (void)
{
  g_autoptr (RheoTrainer) one = make (NULL), two = make ("run.threads=2");

  g_assert_cmpint (rheo_trainer_get_n_batches (one), ==, N_BATCHES);
  g_assert_cmpstr (rheo_trainer_get_unit (one), ==, "epoch");
  g_assert_cmpint (finish (one), ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (finish (two), ==, RHEO_STOP_BUDGET);
  g_assert_cmpint (rheo_trainer_get_place (one).batch, ==, 4 * N_BATCHES);
  g_assert_cmpint (rheo_trainer_get_place (one).iteration, ==, 4);
  assert_same_state (one, two);
}

/* Waves and windows: the gradient of a batch does not depend on how it is cut, and penalties look at the whole batch. */
static void
test_cuts (void)
{
  static const char *const cases[][2] = {
    /* what does not fit into 1 MB goes in waves */
    { "model.layers.0.units=120 task.n-steps=150 run.memory=1000", "run.memory=1" },
    { "model.layers.0.units=120 task.n-steps=150 rule.penalty.rate=100 rule.penalty.lower=1 run.memory=1000",
      "run.memory=1" },
    { "rule.window=0", "rule.window=12" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *more = g_strconcat (cases[i][0], " ", cases[i][1], NULL);
      g_autoptr (RheoTrainer) a = make (cases[i][0]), b = make (more);

      if (i < 2)
        g_assert_cmpint (rheo_net_get_wave (rheo_trainer_get_net (b)), <,
                         rheo_net_get_n_lanes (rheo_trainer_get_net (b)));
      steps (a, 2);
      steps (b, 2);
      assert_same_state (a, b);
    }

  /* A short window sees the same loss and another gradient. */
  g_autoptr (RheoTrainer) a = make ("run.budget=1 task.n-trials=20"), b = make ("run.budget=1 task.n-trials=20 "
                                                                                "rule.window=5");
  step (a);
  step (b);
  for (const char *const *name = (const char *const[]){ "loss", "rate", "branching", "fano", "synchrony", NULL };
       *name != NULL; name++)
    g_assert_cmpfloat_with_epsilon (last (a, *name), last (b, *name), 1e-5 * last (a, *name)); /* products in pieces */
  g_assert_cmpfloat (last (a, "rec.grad-norm"), !=, last (b, "rec.grad-norm"));
}

static bool
interrupt (void *data)
{
  int *left = data;

  return --*left <= 0;
}

/* An interrupted batch, or validation, is done again and leaves no trace. */
static void
test_interrupt (void)
{
  g_autoptr (RheoTrainer) plain = make ("run.budget=2"), cut = make ("run.budget=2");
  RheoStop stop = RHEO_STOP_NONE;
  int n_dropped = 0;

  finish (plain);
  for (int patience = 1; stop == RHEO_STOP_NONE; patience++)
    {
      g_autoptr (GError) error = NULL;
      RheoPlace place = rheo_trainer_get_place (cut);
      int left = patience;
      rheo_trainer_step (cut, interrupt, &left, &stop, &error);
      g_assert_no_error (error);
      if (memcmp (&place, &(RheoPlace){ rheo_trainer_get_place (cut).iteration, rheo_trainer_get_place (cut).batch },
                  sizeof place)
          == 0)
        n_dropped++;
      else if (rheo_trainer_get_place (cut).batch == 4)
        patience = 0;
    }
  g_assert_cmpint (n_dropped, >, 1);
  assert_same_state (plain, cut);
}

/* --- run files ---------------------------------------------------------------------------------------------------- */
static void
resume (RheoTrainer *trainer, const char *path, int64_t at)
{
  g_autoptr (GError) error = NULL;

  rheo_trainer_resume_run (trainer, path, at, &error);
  g_assert_no_error (error);
}

static void
test_file (void)
{
  g_autofree char *path = temp ("file.h5");
  g_autoptr (RheoTrainer) trainer = make ("run.record=1 run.record-every=0 run.checkpoint=3");
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) metrics = NULL, log = NULL;
  g_autoptr (GError) error = NULL;
  const int64_t *epochs;
  const RheoPlace *places;
  int n;

  create (trainer, path);
  close_run (trainer, finish (trainer));
  run = open_run (path);
  g_assert_cmpstr (rheo_run_get_stop_reason (run), ==, "budget");
  metrics = rheo_run_dup_metrics (run, NULL, &error);
  log = rheo_run_dup_metrics (run, "batch", &error);
  g_assert_no_error (error);
  g_assert_cmpint (rheo_table_find (metrics, "train.loss")->dims[0], ==, 4);
  g_assert_cmpint (rheo_table_find (log, "train.loss")->dims[0], ==, 4 * N_BATCHES);
  /* An epoch is the mean of its batches. */
  for (int i = 0; i < 4; i++)
    {
      double sum = 0;
      for (int k = 0; k < N_BATCHES; k++)
        sum += rheo_column_get_number (rheo_table_find (log, "train.loss"), i * N_BATCHES + k);
      g_assert_cmpfloat_with_epsilon (rheo_column_get_number (rheo_table_find (metrics, "train.loss"), i),
                                      sum / N_BATCHES, 1e-9);
    }
  for (const char *const *name =
           (const char *const[]){ "valid.loss", "valid.rate", "task.baseline", "hidden.rate", "hidden.rate.SST",
                                  "rec.grad-norm", "rec.false-neg", "rec.false-pos", "rec.sparsity", "rule.lr",
                                  "train.rate-loss", "train.synchrony", "train.fano", "train.branching",
                                  "run.trials-per-second", NULL };
       *name != NULL; name++)
    {
      if (rheo_table_find (metrics, *name) == NULL)
        g_error ("there is no metric %s", *name);
      g_assert_true (isfinite (rheo_column_get_number (rheo_table_find (metrics, *name), 3)));
    }
  g_assert_nonnull (rheo_table_find (log, "rec.false-neg"));
  g_assert_null (rheo_table_find (log, "valid.loss"));
  epochs = rheo_run_get_epochs (run, &n);
  g_assert_cmpint (n, ==, 3);
  g_assert_cmpint (epochs[0], ==, 0);
  g_assert_cmpint (epochs[1], ==, 1);
  g_assert_cmpint (epochs[2], ==, 4);
  places = rheo_run_get_checkpoints (run, &n);
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpint (places[0].iteration, ==, 3);
  g_assert_cmpint (places[1].iteration, ==, 4);
}

/* Stopped after any number of batches and gone on with, a run ends in the same bits; so does a branch. */
static void
test_resume (void)
{
  g_autoptr (RheoTrainer) whole = make ("run.keep=best");
  g_autofree char *branch_path = temp ("branch.h5");

  finish (whole);
  for (int n = 1; n < 4 * N_BATCHES; n += 3)
    {
      g_autofree char *name = g_strdup_printf ("resume-%d.h5", n), *path = temp (name);
      g_autoptr (RheoTrainer) first = make ("run.keep=best"), second = make ("run.keep=best run.threads=2");

      create (first, path);
      steps (first, n);
      close_run (first, RHEO_STOP_USER);
      resume (second, path, -1);
      g_assert_cmpint (rheo_trainer_get_place (second).batch, ==, n);
      g_assert_cmpint (finish (second), ==, RHEO_STOP_BUDGET);
      assert_same_state (whole, second);
      close_run (second, RHEO_STOP_BUDGET);

      g_autoptr (RheoRun) run = open_run (path);
      g_autoptr (RheoTable) metrics = rheo_run_dup_metrics (run, NULL, NULL);
      g_assert_cmpint (rheo_table_find (metrics, "train.loss")->dims[0], ==, 4);
      g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (metrics, "train.loss"), 3), ==, last (whole, "loss"));
      if (n == 4)
        {
          /* The file ended with the best network; it was closed after iterations 1 (user) and 4. */
          g_autoptr (RheoTrainer) branch = make ("run.keep=best");
          g_autoptr (GError) error = NULL;
          int64_t iteration;

          rheo_trainer_branch_run (branch, path, 1, branch_path, &error);
          g_assert_no_error (error);
          g_assert_cmpint (rheo_trainer_get_place (branch).batch, ==, n);
          finish (branch);
          assert_same_state (whole, branch);
          close_run (branch, RHEO_STOP_BUDGET);
          g_autoptr (RheoRun) child = open_run (branch_path);
          g_assert_cmpstr (rheo_run_get_parent (child, &iteration), ==, rheo_run_get_id (run));
          g_assert_cmpint (iteration, ==, 1);
        }
    }
}

/* A run that was cut off without a word goes on from its newest checkpoint; that of the start is there at once. */
static void
test_cut_off (void)
{
  g_autofree char *path = temp ("cut.h5");
  g_autoptr (RheoTrainer) whole = make (NULL), first = make (NULL), second = make (NULL);
  g_autoptr (GError) error = NULL;

  finish (whole);
  create (first, path);
  steps (first, 5);
  g_clear_pointer (&first, rheo_trainer_free);
  g_autoptr (RheoRun) run = open_run (path);
  g_assert_cmpint (rheo_run_get_state (run), ==, RHEO_RUN_INTERRUPTED);
  resume (second, path, -1);
  g_assert_cmpint (rheo_trainer_get_place (second).batch, ==, 0);
  finish (second);
  assert_same_state (whole, second);
  close_run (second, RHEO_STOP_BUDGET);

  first = make (NULL);
  g_assert_false (rheo_trainer_resume_run (first, path, 2, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "no checkpoint of iteration 2"));
}

static void
set (RheoTrainer *trainer, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  rheo_trainer_set (trainer, path, text, &error);
  g_assert_no_error (error);
}

/* The best network ends the run, and a longer run goes on from the last one all the same. */
static void
test_best (void)
{
  g_autofree char *path = temp ("best.h5");
  const char *how = "run.keep=best";
  g_autoptr (RheoTrainer) trainer = make (how), longer = make ("run.keep=best run.budget=6"),
                          resumed = make ("run.keep=best run.budget=6"), scored = make (how);
  g_autoptr (GError) error = NULL;
  double best = INFINITY;

  create (trainer, path);
  for (RheoStop stop = RHEO_STOP_NONE; stop == RHEO_STOP_NONE;)
    {
      stop = steps (trainer, N_BATCHES);
      if (rheo_trainer_get_place (trainer).iteration == 2)
        set (trainer, "rule.optimiser.lr", "50"); /* from here on it gets worse */
      best = MIN (best, last (trainer, "valid.loss"));
    }
  g_assert_cmpfloat (best, <, last (trainer, "valid.loss"));
  close_run (trainer, RHEO_STOP_BUDGET);

  g_autoptr (RheoRun) run = open_run (path);
  g_autoptr (RheoTable) table = rheo_run_read_checkpoint (run, (RheoPlace){ 4, 4 * N_BATCHES }, &error);
  RheoMetrics *m = rheo_metrics_new ();
  rheo_trainer_load_checkpoint (scored, table, &error);
  g_assert_no_error (error);
  for (int first = 0; first < 24; first += 20)
    rheo_trainer_evaluate (scored, RHEO_SET_VALID, first, MIN (20, 24 - first), m, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (rheo_metrics_get (m, rheo_metrics_find (m, "valid.loss")), ==, best);
  rheo_metrics_free (m);

  steps (longer, 2 * N_BATCHES);
  set (longer, "rule.optimiser.lr", "50");
  finish (longer);
  resume (resumed, path, -1);
  finish (resumed);
  assert_same_state (longer, resumed);
}

/* --- LIVE values and interventions ---------------------------------------------------------------------------------- */
static void
test_live (void)
{
  g_autofree char *path = temp ("live.h5");
  g_autoptr (RheoTrainer) plain = make (NULL), live = make (NULL), again = make (NULL), resumed = make (NULL);
  g_autoptr (GError) error = NULL;
  const RheoColumn *key, *value, *at;

  finish (plain);
  create (live, path);
  steps (live, 4);
  set (live, "rule.optimiser.lr", "0.02");
  set (live, "rule.optimiser.lr", "0.02"); /* the same again is no change */
  steps (live, 1);
  set (live, "rule.penalty.rate", "50");
  steps (live, 2);
  g_assert_false (rheo_trainer_set (live, "model.layers.0.units", "50", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (rheo_trainer_set (live, "rule.optimiser.lr", "-1", &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  close_run (live, RHEO_STOP_USER);

  /* The journal says what was changed; applied to a fresh run it gives the same bits. */
  g_autoptr (RheoRun) run = open_run (path);
  g_autoptr (RheoTable) journal = rheo_run_dup_journal (run, &error);
  key = rheo_table_find (journal, "key");
  value = rheo_table_find (journal, "new");
  at = rheo_table_find (journal, "batch");
  g_assert_cmpint (key->dims[0], ==, 2);
  for (int64_t i = 0; i < 2; i++)
    {
      steps (again, (int) (rheo_column_get_number (at, i) - rheo_trainer_get_place (again).batch));
      set (again, rheo_column_get_string (key, i), rheo_column_get_string (value, i));
    }
  finish (again);

  /* So does the run itself when it goes on with the values it had. */
  resume (resumed, path, -1);
  finish (resumed);
  assert_same_state (again, resumed);
  g_assert_cmpfloat (last (again, "loss"), !=, last (plain, "loss"));
  g_autofree char *lr = rheo_experiment_dup_value (rheo_trainer_get_experiment (resumed), "rule.optimiser.lr", NULL);
  g_assert_cmpstr (lr, ==, "0.02");
}

static void
test_interventions (void)
{
  static const int32_t units[] = { 1, 5, 6 };
  g_autofree char *path = temp ("acts.h5");
  g_autoptr (RheoTrainer) trainer = make (NULL), resumed = make (NULL);
  g_autoptr (GError) error = NULL;
  RheoIntervention act = { .kind = RHEO_ACT_SILENCE,
                           .pop = rheo_net_find_pop (rheo_trainer_get_net (trainer), "hidden"),
                           .proj = -1,
                           .units = units,
                           .n_units = 3,
                           .t1 = 12 };
  const RheoColumn *spikes;
  int n_others = 0;

  create (trainer, path);
  steps (trainer, 2);
  rheo_trainer_intervene (trainer, &act, 1, &error);
  g_assert_no_error (error);
  steps (trainer, 2);
  g_autoptr (RheoTable) record = rheo_trainer_dup_record (trainer, &error);
  g_assert_no_error (error);
  spikes = rheo_table_find (record, "hidden.spikes");
  for (int64_t i = 0; i < rheo_column_get_length (spikes); i++)
    {
      int unit = (int) (i % 40);
      if (unit == 1 || unit == 5 || unit == 6)
        g_assert_cmpint (((const uint8_t *) spikes->data)[i], ==, 0);
      else
        n_others += ((const uint8_t *) spikes->data)[i];
    }
  g_assert_cmpint (n_others, >, 0);
  close_run (trainer, RHEO_STOP_USER);

  resume (resumed, path, -1);
  finish (trainer);
  finish (resumed);
  assert_same_state (trainer, resumed);

  act.n_units = 1;
  act.units = (const int32_t[]){ 40 };
  g_assert_false (rheo_trainer_intervene (trainer, &act, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* --- ends ------------------------------------------------------------------------------------------------------------ */
static void
test_divergence (void)
{
  g_autofree char *path = temp ("diverged.h5");
  g_autoptr (RheoTrainer) trainer = make ("run.checkpoint=1 run.budget=50 rule.penalty.rate-target=1");
  g_autoptr (GError) error = NULL;
  const RheoPlace *places;
  int n;

  create (trainer, path);
  steps (trainer, 2 * N_BATCHES);
  set (trainer, "rule.penalty.rate", "1e9"); /* the loss leaps to more than a million times that of the first batch */
  g_assert_cmpint (finish (trainer), ==, RHEO_STOP_DIVERGED);
  close_run (trainer, RHEO_STOP_DIVERGED);

  g_autoptr (RheoRun) run = open_run (path);
  g_autoptr (RheoTable) journal = rheo_run_dup_journal (run, &error);
  g_assert_cmpstr (rheo_run_get_stop_reason (run), ==, "diverged");
  g_assert_cmpstr (rheo_column_get_string (rheo_table_find (journal, "key"), 1), ==, "diverged");
  g_assert_nonnull (strstr (rheo_column_get_string (rheo_table_find (journal, "new"), 1), "Batch"));
  places = rheo_run_get_checkpoints (run, &n);
  g_assert_cmpint (n, >, 0);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (RheoTable) table = rheo_run_read_checkpoint (run, places[i], &error);
      const RheoColumn *weights = rheo_table_find (table, "rec.weight");
      for (int64_t k = 0; k < rheo_column_get_length (weights); k++)
        g_assert_true (isfinite (rheo_column_get_number (weights, k)));
    }
}

static void
test_stops (void)
{
  g_autoptr (RheoTrainer)
      solved = make ("rule.stop.target-loss=1000"),
      waiting = make ("run.budget=100 rule.stop.patience=2 rule.stop.min-change=1000 rule.stop.watch=train");

  g_assert_cmpint (finish (solved), ==, RHEO_STOP_SOLVED);
  g_assert_cmpint (rheo_trainer_get_place (solved).iteration, ==, 1);
  g_assert_cmpint (finish (waiting), ==, RHEO_STOP_PATIENCE);
  g_assert_cmpint (rheo_trainer_get_place (waiting).iteration, ==, 3);
}

static void
test_refused (void)
{
  static const char *const cases[][2] = {
    { "rule.frozen=input", "those of the network are in, rec, out" },
    { "run.batch=61", "run.batch is 61" },
    { "run.device=abacus", "run.device" },
    { "rule.loss.kind=cross-entropy", "needs class labels" },
    { "task.n-periods=3 task.tiling=published", "task.tiling" },
    { "task.time-axis=samples model.layers.0.units=3000 run.memory=1 run.lane-rows=1", "run.memory" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RheoExperiment) e = experiment (NULL);
      g_auto (GStrv) words = g_strsplit (cases[i][0], " ", -1);
      g_autoptr (GError) error = NULL;
      RheoTrainer *trainer;

      for (int k = 0; words[k] != NULL; k++)
        {
          char *equals = strchr (words[k], '=');
          *equals = '\0';
          rheo_experiment_set (e, words[k], equals + 1, &error);
          g_assert_no_error (error);
        }
      trainer = rheo_trainer_new (e, &error);
      g_assert_null (trainer);
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i][1]) == NULL)
        g_error ("%s", error->message);
    }
}

static void
test_frozen (void)
{
  g_autoptr (RheoTrainer) trainer = make ("rule.frozen=in,rec");
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoNetArray *rec = rheo_net_find_array (net, "rec.weight"), *out = rheo_net_find_array (net, "out.weight");
  gsize bytes = sizeof (RheoReal) * rec->dims[0] * rec->stride;
  g_autofree RheoReal *rec_before = g_memdup2 (rec->data, bytes);
  g_autofree RheoReal *out_before = g_memdup2 (out->data, sizeof (RheoReal) * out->dims[0] * out->stride);

  steps (trainer, 2);
  g_assert_cmpmem (rec->data, bytes, rec_before, bytes);
  g_assert_cmpint (memcmp (out->data, out_before, sizeof (RheoReal) * out->dims[0] * out->stride), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/threads", test_threads);
  g_test_add_func ("/trainer/cuts", test_cuts);
  g_test_add_func ("/trainer/interrupt", test_interrupt);
  g_test_add_func ("/trainer/file", test_file);
  g_test_add_func ("/trainer/resume", test_resume);
  g_test_add_func ("/trainer/cut-off", test_cut_off);
  g_test_add_func ("/trainer/best", test_best);
  g_test_add_func ("/trainer/live", test_live);
  g_test_add_func ("/trainer/interventions", test_interventions);
  g_test_add_func ("/trainer/divergence", test_divergence);
  g_test_add_func ("/trainer/stops", test_stops);
  g_test_add_func ("/trainer/refused", test_refused);
  g_test_add_func ("/trainer/frozen", test_frozen);
  return g_test_run ();
}
