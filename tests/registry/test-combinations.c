#define _GNU_SOURCE /* dladdr */

#include "config.h"

#include "engine/store.h"
#include "engine/trainer.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Every task, model and rule that go together are run, small. */

#define MAX_COMBINATIONS 1000

typedef struct
{
  const RheoComponent *task, *model, *rule;
} Combination;

static Combination combinations[MAX_COMBINATIONS];
static int n_combinations;

/* Sizes under these keys are cut, so that a run takes milliseconds; other components run at their defaults. */
static const struct
{
  const char *key, *value;
} small[] = {
  { "model.units", "20" },        { "task.source", "synthetic" },
  { "task.n-train", "16" },       { "task.n-test", "8" },
  { "task.n-trials", "16" },      { "task.n-valid", "8" },
  { "task.n-steps", "12" },       { "model.layers.0.units", "20" },
  { "run.batch", "5" },           { "run.lane-rows", "3" },
  { "run.probe", "2" },           { "run.threads", "1" },
  { "run.budget", "3" },          { "run.record", "1" },
  { "run.record-every", "0" },    { "task.episodes", "7" },
  { "task.episode-steps", "30" },
};

/* Where a task has windows that a shorter trial would not hold, it keeps its length. */
static void
make_small (RheoExperiment *experiment)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoComponent *model = rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const char *units = task->gives & RHEO_LABELS ? "720" : "100";

  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    if (rheo_experiment_find (experiment, small[i].key, NULL, NULL) != NULL)
      {
        g_autofree char *before = rheo_experiment_dup_value (experiment, small[i].key, NULL);
        const gboolean was_fine = rheo_experiment_check (experiment, NULL);

        g_assert_true (rheo_experiment_set (experiment, small[i].key, small[i].value, NULL));
        if (was_fine && !rheo_experiment_check (experiment, NULL))
          {
            /* Far back in a long trial of an untrained network a gradient may be too large for its numbers. */
            g_assert_true (rheo_experiment_set (experiment, small[i].key, before, NULL));
            if (rheo_experiment_find (experiment, "rule.window", NULL, NULL) != NULL)
              g_assert_true (rheo_experiment_set (experiment, "rule.window", "12", NULL));
          }
      }
  /* Each input has a unit of its own. */
  if (model->gives & RHEO_PLASTIC)
    g_assert_true (rheo_experiment_set (experiment, "model.units", units, NULL));
}

static RheoExperiment *
make_experiment (const Combination *c)
{
  RheoExperiment *experiment = rheo_experiment_new ();

  rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, c->task);
  rheo_experiment_set_component (experiment, RHEO_SLOT_MODEL, c->model);
  rheo_experiment_set_component (experiment, RHEO_SLOT_RULE, c->rule);
  make_small (experiment);
  return experiment;
}

static RheoTrainer *
make_trainer (const RheoExperiment *experiment)
{
  g_autoptr (GError) error = NULL;
  RheoTrainer *trainer = rheo_trainer_new (experiment, &error);

  g_assert_no_error (error);
  return trainer;
}

/* Up to n batches; why the run ended. */
static RheoStop
step (RheoTrainer *trainer, int n)
{
  RheoStop stop = RHEO_STOP_NONE;

  for (int i = 0; i < n && stop == RHEO_STOP_NONE; i++)
    {
      g_autoptr (GError) error = NULL;

      rheo_trainer_step (trainer, NULL, NULL, &stop, &error);
      g_assert_no_error (error);
    }
  return stop;
}

/* What of a checkpoint belongs to the network: the rest holds wall times. */
static gboolean
is_of_net (const RheoColumn *column)
{
  return !g_str_has_prefix (column->key, "trainer.");
}

static void
assert_finite (RheoTrainer *trainer, const char *what)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_checkpoint (trainer);

  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *column = rheo_table_get_column (table, i);

      if (!is_of_net (column) || (column->type != RHEO_F32 && column->type != RHEO_F64))
        continue;
      for (int64_t k = 0; k < rheo_column_get_length (column); k++)
        if (!isfinite (rheo_column_get_number (column, k)))
          g_error ("%s: %s is not finite", what, column->key);
    }
}

static void
assert_same (RheoTrainer *a, RheoTrainer *b)
{
  g_autoptr (RheoTable) of_a = rheo_trainer_dup_checkpoint (a), of_b = rheo_trainer_dup_checkpoint (b);
  g_autoptr (RheoTable) last_a = rheo_trainer_dup_last_metrics (a), last_b = rheo_trainer_dup_last_metrics (b);

  g_assert_cmpint (rheo_table_get_n_columns (of_a), ==, rheo_table_get_n_columns (of_b));
  for (int i = 0; i < rheo_table_get_n_columns (of_a); i++)
    {
      const RheoColumn *column = rheo_table_get_column (of_a, i), *other = rheo_table_get_column (of_b, i);
      size_t bytes = (size_t) rheo_column_get_length (column) * rheo_type_size (column->type);

      g_assert_cmpstr (column->key, ==, other->key);
      g_assert_cmpint (rheo_column_get_length (column), ==, rheo_column_get_length (other));
      if (is_of_net (column) && column->type != RHEO_STRING && memcmp (column->data, other->data, bytes) != 0)
        g_error ("%s differs", column->key);
    }
  for (int i = 0; i < rheo_table_get_n_columns (last_a); i++)
    {
      const RheoColumn *column = rheo_table_get_column (last_a, i), *other = rheo_table_find (last_b, column->key);

      g_assert_nonnull (other);
      if (strstr (column->key, "trials-per-second") == NULL && memcmp (column->data, other->data, sizeof (double)) != 0)
        g_error ("%s is %.17g and %.17g", column->key, rheo_column_get_number (column, 0),
                 rheo_column_get_number (other, 0));
    }
}

/* --- three iterations ---------------------------------------------------------------------------------------------- */

/* Few spikes have no followers to count; what has not converged has no time of it. */
static gboolean
may_lack (const RheoTable *metrics, const char *key)
{
  const RheoColumn *rate = rheo_table_find (metrics, "rate");

  return (g_str_has_suffix (key, "branching") && rate != NULL && rheo_column_get_number (rate, 0) < 0.01)
         || g_str_has_suffix (key, "convergence");
}

static void
test_runs (gconstpointer data)
{
  const Combination *c = data;
  g_autoptr (RheoExperiment) experiment = make_experiment (c);
  g_autoptr (RheoTrainer) trainer = make_trainer (experiment);
  g_autoptr (RheoTable) last = NULL;
  gboolean of_rule = c->rule->series == NULL;

  g_assert_cmpint (step (trainer, 3 * rheo_trainer_get_n_batches (trainer) + 1), ==, RHEO_STOP_BUDGET);
  g_assert_cmpint ((int) rheo_trainer_get_place (trainer).iteration, ==, 3);
  assert_finite (trainer, c->rule->id);

  last = rheo_trainer_dup_last_metrics (trainer);
  for (int i = 0; i < rheo_metrics_get_n (rheo_trainer_get_metrics (trainer)); i++)
    for (const RheoSeries *s = c->rule->series; s != NULL && s->key != NULL; s++)
      of_rule = of_rule || rheo_metrics_get_series (rheo_trainer_get_metrics (trainer), i) == s;
  g_assert_true (of_rule);
  g_assert_cmpint (rheo_table_get_n_columns (last), ==, rheo_metrics_get_n (rheo_trainer_get_metrics (trainer)));
  for (int i = 0; i < rheo_table_get_n_columns (last); i++)
    if (!isfinite (rheo_column_get_number (rheo_table_get_column (last, i), 0))
        && !may_lack (last, rheo_table_get_column (last, i)->key))
      g_error ("metric %s was declared and got no finite value", rheo_table_get_column (last, i)->key);
}

/* --- each choice runs ------------------------------------------------------------------------------------------------- */

typedef struct
{
  const Combination *combination;
  int n_run;
} Variants;

/* Not all values go with all others; then a sentence says so. */
static void
run_variant (Variants *variants, const char *path, const char *value)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (variants->combination);
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *what = g_strdup_printf ("%s=%s", path, value);

  rheo_experiment_set (experiment, path, value, &error);
  g_assert_no_error (error);
  make_small (experiment);
  trainer = rheo_trainer_new (experiment, &error);
  if (trainer == NULL)
    {
      g_assert_error (error, RHEO_ERROR, error->code);
      g_test_message ("%s: %s", what, error->message);
      return;
    }
  if (step (trainer, 2) == RHEO_STOP_DIVERGED)
    g_error ("%s diverged", what);
  assert_finite (trainer, what);
  variants->n_run++;
}

static gboolean
run_choices (const char *path, const RheoParam *row, void *at, gpointer data)
{
  for (int i = 0; row->type == RHEO_CHOICE && row->choices[i] != NULL; i++)
    run_variant (data, path, row->choices[i]);
  if (row->type == RHEO_BOOL)
    run_variant (data, path, row->def != 0 ? "false" : "true");
  return TRUE;
}

static void
test_variants (gconstpointer data)
{
  const Combination *c = data;
  g_autoptr (RheoExperiment) experiment = make_experiment (c);
  const RheoComponent *components[] = { c->task, c->model, c->rule };
  static const char *const names[] = { "task", "model", "rule" };
  Variants variants = { c, 0 };

  for (int s = 0; s < 3; s++)
    {
      g_autofree char *path = g_strconcat (names[s], ".preset", NULL);

      rheo_params_visit (components[s]->params, rheo_experiment_get_values (experiment, (RheoSlot) s), names[s],
                         run_choices, &variants);
      for (const RheoPreset *preset = components[s]->presets; preset != NULL && preset->id != NULL; preset++)
        run_variant (&variants, path, preset->id);
    }
  g_assert_cmpint (variants.n_run, >, 0);
}

/* --- reproducible ------------------------------------------------------------------------------------------------------- */

static void
test_threads (gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (data);
  g_autoptr (RheoTrainer) one = make_trainer (experiment), two = NULL;

  g_assert_true (rheo_experiment_set (experiment, "run.threads", "2", NULL));
  two = make_trainer (experiment);
  g_assert_cmpint (step (one, 5), ==, step (two, 5));
  assert_same (one, two);
}

static void
remove_run (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_run (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

/* 5 batches end within an iteration. */
static void
test_resume (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("rheobase-resume-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (data);
  g_autoptr (RheoTrainer) straight = NULL, first = NULL, second = NULL;
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_experiment_set (experiment, "run.budget", "100", NULL));
  straight = make_trainer (experiment);
  first = make_trainer (experiment);
  step (straight, 10);

  rheo_trainer_create_run (first, path, &error);
  g_assert_no_error (error);
  step (first, 5);
  rheo_trainer_close_run (first, RHEO_STOP_USER, &error);
  g_assert_no_error (error);

  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  second = make_trainer (rheo_run_get_experiment (run));
  rheo_trainer_resume_run (second, path, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_trainer_get_place (second).batch, ==, 5);
  step (second, 5);
  assert_same (straight, second);
  rheo_trainer_close_run (second, RHEO_STOP_USER, &error);
  g_assert_no_error (error);
  remove_run (folder);
}

/* --- LIVE values --------------------------------------------------------------------------------------------------------- */

static char *
dup_other_value (const RheoParam *row, const void *at)
{
  double hi = row->soft_max != 0 ? row->soft_max : row->max, lo = row->soft_max != 0 ? row->soft_min : row->min;
  double now = row->type == RHEO_INT ? *(const int *) ((const char *) at + row->offset)
                                     : *(const double *) ((const char *) at + row->offset);
  double other = now < hi ? now + (hi - now) / 2 : lo + (now - lo) / 2;

  if (row->type == RHEO_INT)
    return g_strdup_printf ("%d", now < hi ? (int) ceil (other) : (int) floor (other));
  return g_strdup_printf ("%.6g", other);
}

typedef struct
{
  RheoTrainer *trainer;
  GPtrArray *set; /* paths that were changed */
} Live;

static gboolean
change_live (const char *path, const RheoParam *row, void *at, gpointer data)
{
  Live *live = data;
  const RheoExperiment *experiment = rheo_trainer_get_experiment (live->trainer);
  g_autofree char *before = rheo_param_dup_text (row, at), *other = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;

  if (!(row->flags & RHEO_LIVE))
    {
      g_assert_false (rheo_trainer_set (live->trainer, path, before, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      return TRUE;
    }
  if (row->type != RHEO_INT && row->type != RHEO_REAL)
    return TRUE;
  other = dup_other_value (row, at);
  rheo_trainer_set (live->trainer, path, other, &error);
  g_assert_no_error (error);
  after = rheo_experiment_dup_value (experiment, path, NULL);
  g_assert_cmpstr (after, !=, before);
  if (g_str_has_prefix (path, "rule."))
    {
      /* The copy that the rule itself reads. */
      const RheoRule *rule = rheo_trainer_get_rule (live->trainer);
      g_autofree char *seen = NULL;
      void *there;

      g_assert_nonnull (rheo_params_find (rule->type->base.params, (void *) rule->config, path + 5, "", &there, NULL));
      seen = rheo_param_dup_text (row, there);
      g_assert_cmpstr (seen, ==, after);
    }
  g_ptr_array_add (live->set, g_strdup (path));
  return TRUE;
}

static void
test_live (gconstpointer data)
{
  const Combination *c = data;
  const RheoComponent *components[] = { c->task, c->model, c->rule };
  static const char *const names[] = { "task", "model", "rule" };
  g_autofree char *folder = g_dir_make_tmp ("rheobase-live-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoExperiment) experiment = make_experiment (c), values = NULL;
  g_autoptr (RheoTrainer) trainer = NULL;
  g_autoptr (GPtrArray) set = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) journal = NULL;
  g_autoptr (GError) error = NULL;
  Live live;

  g_assert_true (rheo_experiment_set (experiment, "run.budget", "100", NULL));
  trainer = make_trainer (experiment);
  live = (Live){ trainer, set };
  rheo_trainer_create_run (trainer, path, &error);
  g_assert_no_error (error);
  step (trainer, 1);
  /* A copy, because the values change while they are walked over. */
  values = rheo_experiment_dup (rheo_trainer_get_experiment (trainer));
  for (int s = 0; s < 3; s++)
    rheo_params_visit (components[s]->params, rheo_experiment_get_values (values, (RheoSlot) s), names[s], change_live,
                       &live);
  rheo_params_visit (rheo_run_params, rheo_experiment_get_run (values), "run", change_live, &live);
  step (trainer, 1);
  assert_finite (trainer, "after changes");
  rheo_trainer_close_run (trainer, RHEO_STOP_USER, &error);
  g_assert_no_error (error);

  g_assert_cmpint (set->len, >, 0);
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  journal = rheo_run_dup_journal (run, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((int) rheo_column_get_length (rheo_table_find (journal, "key")), ==, (int) set->len);
  for (guint i = 0; i < set->len; i++)
    {
      g_assert_cmpstr (rheo_column_get_string (rheo_table_find (journal, "key"), i), ==, set->pdata[i]);
      g_assert_cmpfloat (rheo_column_get_number (rheo_table_find (journal, "batch"), i), ==, 1);
    }
  remove_run (folder);
}

/* Runs with and without the change part ways. */
static void
test_live_effect (gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (data);
  g_autoptr (RheoTrainer) with = NULL, without = NULL;
  g_autoptr (RheoTable) of_with = NULL, of_without = NULL;
  g_autoptr (GError) error = NULL;
  int n_different = 0;

  if (rheo_experiment_find (experiment, "rule.optimiser.lr", NULL, NULL) == NULL)
    {
      g_test_skip ("the rule has no rule.optimiser.lr");
      return;
    }
  with = make_trainer (experiment);
  without = make_trainer (experiment);
  step (with, 1);
  step (without, 1);
  rheo_trainer_set (with, "rule.optimiser.lr", "0.0123", &error);
  g_assert_no_error (error);
  step (with, 1);
  step (without, 1);
  of_with = rheo_trainer_dup_checkpoint (with);
  of_without = rheo_trainer_dup_checkpoint (without);
  for (int i = 0; i < rheo_table_get_n_columns (of_with); i++)
    {
      const RheoColumn *column = rheo_table_get_column (of_with, i), *other = rheo_table_get_column (of_without, i);

      if (g_str_has_suffix (column->key, ".weight"))
        n_different +=
            memcmp (column->data, other->data, (size_t) rheo_column_get_length (column) * rheo_type_size (column->type))
            != 0;
    }
  g_assert_cmpint (n_different, >, 0);
}

/* --- no allocation in the loop -------------------------------------------------------------------------------------------- */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define COUNTS_ALLOCATIONS 0 /* the sanitizers bring their own malloc */
#else
#define COUNTS_ALLOCATIONS 1
#endif

static atomic_bool armed;
static atomic_int n_allocations, n_armed;
static _Thread_local bool watched;    /* this thread and the workers, not the feed's and the writer's */
static _Thread_local bool armed_here; /* in place of armed: other threads run networks of their own beside this one */

#if COUNTS_ALLOCATIONS
/* What BLAS allocates for itself is its own business. */
static void
count (const void *caller)
{
  Dl_info info;

  if ((atomic_load (&armed) || armed_here) && watched
      && (dladdr (caller, &info) == 0 || info.dli_fname == NULL || strstr (info.dli_fname, "blas") == NULL))
    atomic_fetch_add (&n_allocations, 1);
}

extern void *__libc_malloc (size_t n), *__libc_calloc (size_t n, size_t size), *__libc_realloc (void *old, size_t n),
    *__libc_memalign (size_t alignment, size_t n);
void *malloc (size_t n);
void *calloc (size_t n, size_t size);
void *realloc (void *old, size_t n);
void *aligned_alloc (size_t alignment, size_t n);
int posix_memalign (void **out, size_t alignment, size_t n);

void *
malloc (size_t n)
{
  count (__builtin_return_address (0));
  return __libc_malloc (n);
}

void *
calloc (size_t n, size_t size)
{
  count (__builtin_return_address (0));
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t n)
{
  count (__builtin_return_address (0));
  return __libc_realloc (old, n);
}

void *
aligned_alloc (size_t alignment, size_t n)
{
  count (__builtin_return_address (0));
  return __libc_memalign (alignment, n);
}

int
posix_memalign (void **out, size_t alignment, size_t n)
{
  count (__builtin_return_address (0));
  *out = __libc_memalign (alignment, n);
  return *out != NULL ? 0 : 12;
}
#endif

/* The linker sends calls of rheo_rollout, rheo_backprop and rheo_rollout_by_lane here (--wrap). */
gboolean __real_rheo_rollout (RheoNet *net, const RheoRollout *r);
gboolean __wrap_rheo_rollout (RheoNet *net, const RheoRollout *r);
gboolean __real_rheo_backprop (RheoNet *net, const RheoRollout *r, RheoGrad *out);
gboolean __wrap_rheo_backprop (RheoNet *net, const RheoRollout *r, RheoGrad *out);
gboolean __real_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out);
gboolean __wrap_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out);

static gboolean wants_count;

static void
arm (const RheoNet *net, bool arms)
{
  if (rheo_team_get_n_threads (rheo_net_get_device (net)->team) == 1)
    armed_here = arms;
  else
    atomic_store (&armed, arms);
  n_armed += arms;
}

gboolean
__wrap_rheo_rollout (RheoNet *net, const RheoRollout *r)
{
  gboolean done;

  arm (net, wants_count);
  done = __real_rheo_rollout (net, r);
  arm (net, false);
  return done;
}

gboolean
__wrap_rheo_backprop (RheoNet *net, const RheoRollout *r, RheoGrad *out)
{
  gboolean done;

  arm (net, wants_count);
  done = __real_rheo_backprop (net, r, out);
  arm (net, false);
  return done;
}

gboolean
__wrap_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out)
{
  gboolean done;

  arm (net, wants_count);
  done = __real_rheo_rollout_by_lane (net, r, out);
  arm (net, false);
  return done;
}

/* With as many items as threads that wait for each other, each thread gets one. */
static void
watch_thread (void *data, int item, int thread)
{
  watched = true;
  pthread_barrier_wait (data);
}

static void
test_allocations (gconstpointer data)
{
  g_autoptr (RheoExperiment) experiment = make_experiment (data);
  g_autoptr (RheoTrainer) trainer = NULL;
  pthread_barrier_t barrier;
  int n_threads;

  if (!COUNTS_ALLOCATIONS)
    {
      g_test_skip ("sanitizers bring their own malloc");
      return;
    }
  g_assert_true (rheo_experiment_set (experiment, "run.threads", "2", NULL));
  g_assert_true (rheo_experiment_set (experiment, "run.budget", "100", NULL));
  trainer = make_trainer (experiment);
  n_threads = rheo_team_get_n_threads (rheo_trainer_get_team (trainer));
  pthread_barrier_init (&barrier, NULL, (unsigned) n_threads);
  rheo_team_map (rheo_trainer_get_team (trainer), n_threads, watch_thread, &barrier);
  pthread_barrier_destroy (&barrier);

  step (trainer, 5); /* buffers grow to their size */
  atomic_store (&n_allocations, 0);
  atomic_store (&n_armed, 0);
  wants_count = TRUE;
  step (trainer, 4);
  wants_count = FALSE;
  watched = false;
  g_assert_cmpint (atomic_load (&n_armed), >, 0);
  g_assert_cmpint (atomic_load (&n_allocations), ==, 0);
}

static void
test_counter (void)
{
  void *p;

  if (!COUNTS_ALLOCATIONS)
    {
      g_test_skip ("sanitizers bring their own malloc");
      return;
    }
  watched = true;
  atomic_store (&n_allocations, 0);
  atomic_store (&armed, true);
  p = g_malloc (100);
  atomic_store (&armed, false);
  watched = false;
  g_free (p);
  g_assert_cmpint (atomic_load (&n_allocations), ==, 1);
}

/* --- all ------------------------------------------------------------------------------------------------------------------- */

static void
find_combinations (void)
{
  for (const RheoComponent *const *t = rheo_components (RHEO_KIND_TASK); *t != NULL; t++)
    for (const RheoComponent *const *m = rheo_components (RHEO_KIND_MODEL); *m != NULL; m++)
      for (const RheoComponent *const *r = rheo_components (RHEO_KIND_RULE); *r != NULL; r++)
        {
          Combination c = { *t, *m, *r };
          g_autoptr (RheoExperiment) experiment = make_experiment (&c);
          g_autoptr (GError) error = NULL;

          if (rheo_experiment_check (experiment, &error))
            {
              g_assert_cmpint (n_combinations, <, MAX_COMBINATIONS);
              combinations[n_combinations++] = c;
            }
        }
}

static const struct
{
  const char *name;
  void (*run) (gconstpointer combination);
} tests[] = {
  { "runs", test_runs },
  { "variants", test_variants },
  { "threads", test_threads },
  { "resume", test_resume },
  { "live", test_live },
  { "live-effect", test_live_effect },
  { "allocations", test_allocations },
};

/* Whether no earlier combination has the same model and rule: how they work together is tested with one task. */
static gboolean
is_first_of_pair (int i)
{
  for (int k = 0; k < i; k++)
    if (combinations[k].model == combinations[i].model && combinations[k].rule == combinations[i].rule)
      return FALSE;
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  find_combinations ();
  g_assert_cmpint (n_combinations, >, 0);
  g_test_add_func ("/combinations/counter", test_counter);
  for (int i = 0; i < n_combinations; i++)
    for (guint k = 0; k < (is_first_of_pair (i) ? G_N_ELEMENTS (tests) : 1); k++)
      {
        g_autofree char *path = g_strdup_printf ("/combinations/%s-%s-%s/%s", combinations[i].task->id,
                                                 combinations[i].model->id, combinations[i].rule->id, tests[k].name);

        g_test_add_data_func (path, &combinations[i], tests[k].run);
      }
  return g_test_run ();
}
