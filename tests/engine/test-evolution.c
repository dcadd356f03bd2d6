/* The evolution strategy: its arithmetic, and runs whose members play. */
#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "engine/evolve.h"
#include "trainer-of.h"

/* --- the arithmetic ----------------------------------------------------------------------------------------------- */
static void
test_share (void)
{
  static const double equal[] = { 21.2, 21.2, 21.2, 21.2, 21.2, 21.2, 21.2 }, fitness[] = { 3, 1, 4, 2 };
  static const double tied[] = { 5, 5, 1, 9 };
  double share[7];

  /* Not a bit, though 21.2 is no sum of powers of two. */
  for (int ranks = 0; ranks < 2; ranks++)
    {
      rheo_evolve_share (7, equal, ranks, share);
      for (int i = 0; i < 7; i++)
        g_assert_cmpfloat (share[i], ==, 0);
    }
  /* Mean 2.5, standard deviation of the population sqrt (5 / 4). */
  rheo_evolve_share (4, fitness, false, share);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (share[i], (fitness[i] - 2.5) / sqrt (1.25), 1e-7);
  /* Ranks 1.5, 1.5, 0 and 3: mean 1.5, standard deviation sqrt (4.5 / 4). */
  rheo_evolve_share (4, tied, true, share);
  g_assert_cmpfloat (share[0], ==, 0);
  g_assert_cmpfloat (share[1], ==, 0);
  g_assert_cmpfloat_with_epsilon (share[2], -1.5 / sqrt (1.125), 1e-7);
  g_assert_cmpfloat_with_epsilon (share[3], 1.5 / sqrt (1.125), 1e-7);
}

static void
test_describe (void)
{
  double odd[] = { 5, 1, 9 }, even[] = { 4, 1, 3, 10 };
  RheoEvolveFacts facts = rheo_evolve_describe (3, odd);

  g_assert_cmpfloat (facts.mean, ==, 5);
  g_assert_cmpfloat (facts.median, ==, 5);
  g_assert_cmpfloat (facts.min, ==, 1);
  g_assert_cmpfloat (facts.max, ==, 9);
  facts = rheo_evolve_describe (4, even);
  g_assert_cmpfloat (facts.mean, ==, 4.5);
  g_assert_cmpfloat (facts.median, ==, 3.5);
}

/* N (0, 1) cut at -0.8: the share of those that are cut is Phi (-0.8). */
static void
test_perturb (void)
{
  enum
  {
    N = 1000,
    N_MEMBERS = 200,
  };
  const RheoEvolve e = { .seed = 7, .generation = 3, .sigma = 1, .multiply = true, .lowest = -0.8, .antithetic = true };
  double n_cut = 0, above = 0;

  for (int member = 0; member < N_MEMBERS; member++)
    {
      RheoReal w[N], other[N], again[N];

      for (int i = 0; i < N; i++)
        w[i] = other[i] = again[i] = 2;
      rheo_evolve_perturb (&e, member, &(RheoEvolvePiece){ w, 1, 0, N });
      rheo_evolve_perturb (&e, member ^ 1, &(RheoEvolvePiece){ other, 1, 0, N });
      /* In pieces: addresses count, not calls. */
      rheo_evolve_perturb (&e, member, &(RheoEvolvePiece){ again, 1, 0, 36 });
      rheo_evolve_perturb (&e, member, &(RheoEvolvePiece){ again + 36, 1, 36, N - 36 });
      for (int i = 0; i < N; i++)
        {
          const double x = (double) w[i] / 2 - 1, y = (double) other[i] / 2 - 1;

          g_assert_cmpfloat ((double) w[i], ==, (double) again[i]);
          g_assert_cmpfloat (x, >=, -0.8 - 1e-6);
          if (x > -0.79 && x < 0.79)
            g_assert_cmpfloat_with_epsilon (x, -y, 1e-6);
          n_cut += x < -0.8 + 1e-6;
          above += x > 1;
        }
    }
  g_assert_cmpfloat_with_epsilon (n_cut / (N * N_MEMBERS), 0.2118554, 0.004);
  g_assert_cmpfloat_with_epsilon (above / (N * N_MEMBERS), 0.1586553, 0.004);
}

/* What is learned is what members had beyond the weights, times their share. */
static void
test_update (gconstpointer data)
{
  enum
  {
    N = 40,
    N_MEMBERS = 6,
  };
  const RheoEvolve e = { .seed = 2, .sigma = 0.3, .multiply = GPOINTER_TO_INT (data), .lowest = -0.8 };
  static const double share[N_MEMBERS] = { 1.5, -0.5, 0, -2, 0.75, 0.25 }, none[N_MEMBERS];
  RheoReal w[N], next[N];
  double expected[N];

  for (int i = 0; i < N; i++)
    {
      w[i] = next[i] = (RheoReal) (0.1 * i - 1);
      expected[i] = (double) w[i];
    }
  for (int member = 0; member < N_MEMBERS; member++)
    {
      RheoReal copy[N];

      memcpy (copy, w, sizeof copy);
      rheo_evolve_perturb (&e, member, &(RheoEvolvePiece){ copy, 5, 0, N });
      for (int i = 0; i < N; i++)
        expected[i] += 0.7 * share[member] * ((double) copy[i] - (double) w[i]) / N_MEMBERS;
    }
  rheo_evolve_update (&e, N_MEMBERS, none, 0.7, &(RheoEvolvePiece){ next, 5, 0, N });
  g_assert_cmpmem (next, sizeof next, w, sizeof w);
  rheo_evolve_update (&e, N_MEMBERS, share, 0.7, &(RheoEvolvePiece){ next, 5, 0, N });
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon ((double) next[i], expected[i], 1e-6);
}

/* Fitness is minus the squared distance from a target. */
static void
test_quadratic (gconstpointer data)
{
  enum
  {
    N = 12,
    N_MEMBERS = 30,
  };
  const gboolean ranks = GPOINTER_TO_INT (data);
  RheoReal w[N] = { 0 };
  RheoEvolve e = { .seed = 4, .sigma = 0.1, .antithetic = ranks };
  double distance = 0;

  for (int generation = 0; generation < 150; generation++)
    {
      double fitness[N_MEMBERS], share[N_MEMBERS];

      e.generation = (uint32_t) generation;
      e.sigma = 0.1 * pow (0.97, generation);
      for (int member = 0; member < N_MEMBERS; member++)
        {
          RheoReal copy[N];

          memcpy (copy, w, sizeof copy);
          rheo_evolve_perturb (&e, member, &(RheoEvolvePiece){ copy, 0, 0, N });
          fitness[member] = 0;
          for (int i = 0; i < N; i++)
            fitness[member] -= ((double) copy[i] - 0.05 * i) * ((double) copy[i] - 0.05 * i);
        }
      rheo_evolve_share (N_MEMBERS, fitness, ranks, share);
      rheo_evolve_update (&e, N_MEMBERS, share, 1, &(RheoEvolvePiece){ w, 0, 0, N });
    }
  for (int i = 0; i < N; i++)
    distance += ((double) w[i] - 0.05 * i) * ((double) w[i] - 0.05 * i);
  g_assert_cmpfloat (sqrt (distance), <, 0.02); /* 1.12 at first */
}

/* --- a run -------------------------------------------------------------------------------------------------------- */
static const char small[] =
    "{\"format\": 1, \"task\": {\"id\": \"cartpole\"}, \"model\": {\"id\": \"sorn\", \"units\": 50, \"start\": 0}, "
    "\"rule\": {\"id\": \"evolution\", \"population\": 7, \"episodes\": 2}, \"run\": {\"seed\": 3, \"batch\": 1, "
    "\"budget\": 100, \"threads\": 1, \"validate\": 0}}";

#define LEARNING                                                                                                       \
  "plasticity.id=sorn-plasticity rule.before-episodes=1 rule.learning-episodes=2 rule.after-episodes=2 "               \
  "model.noise=0.04"

/* Which thread a member lives on changes no bit. */
static void
test_threads (gconstpointer words)
{
  g_autofree char *on_two = g_strdup_printf ("%s run.threads=2", (const char *) words);
  g_autoptr (RheoTrainer) one = trainer_of (small, words), two = trainer_of (small, on_two);

  for (int i = 0; i < 6; i++)
    {
      step (one);
      step (two);
      g_assert_cmpfloat (metric (one, "fitness"), ==, metric (two, "fitness"));
    }
  assert_same_run (one, two);
}

static void
test_resume (gconstpointer words)
{
  assert_resumes (small, words, 4, 9);
}

/* Given up among the members, or in the evaluation, the run is as it was. */
static void
test_interrupt (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, "rule.evaluate-every=1"),
                          other = trainer_of (small, "rule.evaluate-every=1");
  int n_stopped = 0;

  step (trainer);
  step (other);
  for (int asked = 10;; asked += 60)
    {
      g_autoptr (GError) error = NULL;
      int left = asked;
      RheoStop stop;

      g_assert_true (rheo_trainer_step (trainer, ask, &left, &stop, &error));
      if (rheo_trainer_get_place (trainer).batch == 2)
        break;
      assert_same_run (trainer, other);
      n_stopped++;
    }
  g_assert_cmpint (n_stopped, >, 5);
  step (other);
  assert_same_run (trainer, other);
}

/* Members that are alike have fitnesses that differ by their episodes alone. */
static void
test_numbers (void)
{
  static const char *const choices[] = { "common-launch", "common-iteration", "independent" };

  for (int k = 0; k < 3; k++)
    {
      g_autofree char *words = g_strdup_printf ("rule.random-numbers=%s rule.sigma=1e-9 model.id=lif", choices[k]);
      g_autoptr (RheoTrainer) trainer = trainer_of (small, words);
      double before;

      step (trainer);
      before = metric (trainer, "fitness");
      g_assert_true ((metric (trainer, "fitness-min") == metric (trainer, "fitness-max")) == (k < 2));
      step (trainer);
      g_assert_true ((metric (trainer, "fitness") == before) == (k == 0));
    }
}

/* The run file knows every member of every generation, of which the metrics are the mean, lowest and highest. */
static void
test_members (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rheo-XXXXXX", NULL), *path = g_build_filename (folder, "run.h5", NULL);
  g_autoptr (RheoTrainer) trainer = trainer_of (small, NULL);
  g_autoptr (RheoRun) run = NULL;
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const RheoColumn *number, *fitness, *iteration;
  double mean[2];
  int n;

  g_assert_true (rheo_trainer_create_run (trainer, path, &error));
  for (int i = 0; i < 2; i++)
    {
      step (trainer);
      mean[i] = metric (trainer, "fitness");
    }
  g_assert_true (rheo_trainer_close_run (trainer, RHEO_STOP_BUDGET, &error));
  run = rheo_run_open (path, &error);
  g_assert_no_error (error);
  table = rheo_run_dup_metrics (run, "member", &error);
  g_assert_no_error (error);
  number = rheo_table_find (table, "number");
  fitness = rheo_table_find (table, "fitness");
  iteration = rheo_table_find (table, "iteration");
  n = (int) rheo_column_get_length (number) / 2;
  g_assert_cmpint (n, >, 1);
  for (int i = 0; i < 2 * n; i++)
    {
      g_assert_cmpfloat (rheo_column_get_number (number, i), ==, i % n);
      g_assert_cmpfloat (rheo_column_get_number (iteration, i), ==, rheo_column_get_number (iteration, 0) + i / n);
      mean[i / n] -= rheo_column_get_number (fitness, i) / n;
    }
  g_assert_cmpfloat_with_epsilon (mean[0], 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (mean[1], 0, 1e-9);
  g_remove (path);
  g_rmdir (folder);
}

/* Evaluations change nothing but what is known. */
static void
test_evaluation (void)
{
  g_autoptr (RheoTrainer) blind = trainer_of (small, NULL), watched = trainer_of (small, "rule.evaluate-every=2");
  const RheoNetArray *a = rheo_net_find_array (rheo_trainer_get_net (blind), "out.weight");
  const RheoNetArray *b = rheo_net_find_array (rheo_trainer_get_net (watched), "out.weight");

  for (int i = 0; i < 4; i++)
    {
      step (blind);
      step (watched);
      g_assert_true (isnan (metric (watched, "evaluation")) == (i % 2 == 1));
    }
  g_assert_cmpmem (a->data, sizeof (RheoReal) * (gsize) (a->dims[0] * a->stride), b->data,
                   sizeof (RheoReal) * (gsize) (b->dims[0] * b->stride));
}

static RheoTable *
dup_weights (RheoTrainer *trainer)
{
  RheoTable *table = rheo_table_new ("weights");

  rheo_net_save (rheo_trainer_get_net (trainer), TRUE, table);
  return table;
}

/* Arrays that two tables do not share, by name. */
static char *
dup_differences (const RheoTable *x, const RheoTable *y)
{
  GString *names = g_string_new (NULL);

  for (int i = 0; i < rheo_table_get_n_columns (x); i++)
    {
      const RheoColumn *p = rheo_table_get_column (x, i), *q = rheo_table_find (y, p->key);

      if (memcmp (p->data, q->data, (gsize) rheo_column_get_length (p) * rheo_type_size (p->type)) != 0)
        g_string_append_printf (names, names->len > 0 ? " %s" : "%s", p->key);
    }
  return g_string_free (names, FALSE);
}

/* What members learn counts for their fitness, and is not handed on. */
static void
test_learning (void)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, LEARNING),
                          other = trainer_of (small, LEARNING " plasticity.learn=false");
  g_autoptr (RheoTable) before = dup_weights (trainer), after = NULL;
  g_autofree char *changed = NULL;

  for (int i = 0; i < 3; i++)
    {
      step (trainer);
      step (other);
    }
  after = dup_weights (trainer);
  changed = dup_differences (before, after);
  g_assert_cmpstr (changed, ==, "out.weight");
  g_assert_cmpfloat (metric (trainer, "learning-min"), >=, 8);
  g_assert_cmpfloat (metric (trainer, "before-max"), >=, metric (trainer, "before-median"));
  g_assert_cmpfloat (metric (trainer, "fitness"), !=, metric (other, "fitness"));
}

/* Signs stay where perturbations multiply, and nothing else than what was named changes. */
static void
test_projections (void)
{
  static const char *const perturb[] = { "additive", "multiplicative" };

  for (int k = 0; k < 2; k++)
    {
      g_autofree char *words = g_strdup_printf ("model.id=ctrnn model.units=12 rule.projections=out,in "
                                                "rule.sigma=0.5 rule.perturb=%s",
                                                perturb[k]);
      g_autoptr (RheoTrainer) trainer = trainer_of (small, words);
      g_autoptr (RheoTable) before = dup_weights (trainer), after = NULL;
      g_autofree char *changed = NULL;
      const RheoColumn *a, *b;

      for (int i = 0; i < 3; i++)
        step (trainer);
      after = dup_weights (trainer);
      changed = dup_differences (before, after);
      g_assert_cmpstr (changed, ==, "in.weight out.weight");
      a = rheo_table_find (before, "in.weight");
      b = rheo_table_find (after, "in.weight");
      /* Inputs and read-outs of this model are not negative. */
      for (int64_t i = 0; i < rheo_column_get_length (a); i++)
        {
          g_assert_cmpfloat (rheo_column_get_number (b, i), >=, 0);
          if (k == 1 && rheo_column_get_number (a, i) > 0)
            g_assert_cmpfloat (rheo_column_get_number (b, i), >, 0);
        }
    }
}

static void
test_wrong (void)
{
  assert_refused (small, "rule.antithetic=true", "even");
  assert_refused (small, "rule.projections=out,nowhere", "nowhere");
  assert_refused (small, "rule.population=1", "rule.population");
  assert_refused (small, "plasticity.id=sorn-plasticity rule.after-episodes=0", "rule.after-episodes");
  assert_refused (small, "rule.perturb=multiplicative", "0");
  assert_refused (small, "task.id=input", "rewards");
}

/* A read-out of 0 pushes to one side, and the pole falls after 9 or 10 steps. */
static void
test_learns (gconstpointer words)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (small, words);
  double first;

  step (trainer);
  first = metric (trainer, "mean-last-100");
  for (int i = 0; i < 25; i++)
    step (trainer);
  g_test_message ("%.1f, then %.1f", first, metric (trainer, "mean-last-100"));
  g_assert_cmpfloat (metric (trainer, "mean-last-100"), >, 60);
  g_assert_cmpfloat (metric (trainer, "mean-last-100"), >, 2.5 * first);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evolve/share", test_share);
  g_test_add_func ("/evolve/describe", test_describe);
  g_test_add_func ("/evolve/perturb", test_perturb);
  g_test_add_data_func ("/evolve/update/additive", GINT_TO_POINTER (FALSE), test_update);
  g_test_add_data_func ("/evolve/update/multiplicative", GINT_TO_POINTER (TRUE), test_update);
  g_test_add_data_func ("/evolve/quadratic/fitness", GINT_TO_POINTER (FALSE), test_quadratic);
  g_test_add_data_func ("/evolve/quadratic/ranks", GINT_TO_POINTER (TRUE), test_quadratic);
  g_test_add_data_func ("/evolution/threads/plain", "rule.evaluate-every=2 rule.random-numbers=independent",
                        test_threads);
  g_test_add_data_func ("/evolution/threads/learning", LEARNING, test_threads);
  g_test_add_data_func ("/evolution/threads/lif", "model.id=lif rule.reset=false", test_threads);
  g_test_add_data_func ("/evolution/resume/plain", "rule.evaluate-every=3 rule.decay-sigma=0.9", test_resume);
  g_test_add_data_func ("/evolution/resume/learning", LEARNING, test_resume);
  g_test_add_func ("/evolution/interrupt", test_interrupt);
  g_test_add_func ("/evolution/random-numbers", test_numbers);
  g_test_add_func ("/evolution/members", test_members);
  g_test_add_func ("/evolution/evaluation", test_evaluation);
  g_test_add_func ("/evolution/learning", test_learning);
  g_test_add_func ("/evolution/projections", test_projections);
  g_test_add_func ("/evolution/wrong", test_wrong);
  g_test_add_data_func ("/evolution/learns/fitness", "rule.population=20", test_learns);
  g_test_add_data_func ("/evolution/learns/ranks", "rule.preset=ranks", test_learns);
  return g_test_run ();
}
