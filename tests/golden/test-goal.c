/* The rule goal: the golden case of goal spec 7.1, in double, row by row. */
#include "engine/goal-step.h"
#include "../engine/trainer-of.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define N 20
#define I 4
#define O 2
#define T 41

typedef struct
{
  int epoch;
  double mse;
  int distance;
  double w01, w73, sum, squares;
} Row;

typedef struct
{
  const char *name;
  int tau, rank; /* 0: diagonal */
  gboolean outputs;
  Row row[3]; /* epoch 0: no more */
} Case;

static const Case cases[] = {
  { "none-5",
    5,
    0,
    FALSE,
    { { 1, 0.387198160, 52, 0.815107130, -0.798894012, 30.777129551, 798.572304992 },
      { 2, 0.425921793, 53, 0.803482079, -0.856102298, 38.447392737, 812.069659856 },
      { 5, 0.390104948, 51, 0.764944476, -0.968951923, 49.601118783, 851.918058872 } } },
  { "rank-2",
    5,
    2,
    FALSE,
    { { 1, 0.387198160, 52, 0.820242509, -1.002277761, 19.385503319, 797.496636624 },
      { 5, 0.387198160, 52, 0.804378387, -1.419205875, 12.349070314, 800.636879474 } } },
  { "rank-5",
    5,
    5,
    FALSE,
    { { 1, 0.387198160, 52, 0.833798044, -1.133102618, 20.563397024, 800.367177471 },
      { 2, 0.394511472, 53, 0.846597232, -1.365219136, 19.149361625, 804.183143517 },
      { 5, 0.393178610, 51, 0.893689750, -1.964791348, 15.585086835, 821.000200168 } } },
  { "rank-5-outputs",
    5,
    5,
    TRUE,
    { { 1, 0.387198160, 52, 0.782645966, -1.181343456, 22.201873945, 801.313417637 },
      { 5, 0.393178610, 51, 0.644290586, -2.133748115, 26.343022092, 836.890158131 } } },
  { "none-1",
    1,
    0,
    FALSE,
    { { 1, 0.482767797, 52, 0.746870000, -1.100542068, 4.013983214, 806.229667764 },
      { 2, 0.502732581, 51, 0.660511506, -1.315891699, -19.511708793, 827.072373428 },
      { 3, 0.461863544, 50, 0.569908867, -1.130497856, -38.252124141, 862.380653554 } } },
};

static char *folder;

/* The clock and the targets of the case as a file of the user's own. */
static char *
write_task (void)
{
  g_autoptr (GString) text = g_string_new ("trial");
  char *path = g_build_filename (folder, "golden.csv", NULL);

  for (int k = 0; k < I; k++)
    g_string_append_printf (text, ",input%d", k + 1);
  for (int o = 0; o < O; o++)
    g_string_append_printf (text, ",target%d", o + 1);
  g_string_append_c (text, '\n');
  for (int t = 0; t < T; t++)
    {
      g_string_append (text, "0");
      for (int k = 0; k < I; k++)
        g_string_append_printf (text, ",%d", t < T - 1 && t / 10 == k);
      for (int o = 0; o < O; o++)
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];

          g_ascii_formatd (number, sizeof number, "%.17g", t >= 3 ? sin (2 * G_PI * (o + 1) * t / (T - 1)) : 0);
          g_string_append_printf (text, ",%s", number);
        }
      g_string_append_c (text, '\n');
    }
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void
set (RheoExperiment *experiment, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  rheo_experiment_set (experiment, path, text, &error);
  g_assert_no_error (error);
}

static RheoTrainer *
trainer_new (const Case *c)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autofree char *path = write_task (), *tau = g_strdup_printf ("%d", c->tau), *rank = g_strdup_printf ("%d", c->rank);
  g_autoptr (GError) error = NULL;
  RheoTrainer *trainer;
  RheoNet *net;
  const RheoProj *in, *rec, *out;
  RheoReal *teacher, *random;

  rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, rheo_component_find (RHEO_KIND_TASK, "task-table", NULL));
  rheo_experiment_set_component (experiment, RHEO_SLOT_MODEL, rheo_component_find (RHEO_KIND_MODEL, "cuba-lif", NULL));
  rheo_experiment_set_component (experiment, RHEO_SLOT_RULE, rheo_component_find (RHEO_KIND_RULE, "goal", NULL));
  set (experiment, "task.file", path);
  set (experiment, "task.held-out", "0");
  set (experiment, "model.units", "20");
  set (experiment, "model.tau-out", tau);
  set (experiment, "rule.lr", "2");
  set (experiment, "rule.lr-per-size", "false");
  set (experiment, "rule.target.lr", "0.02");
  set (experiment, "rule.target.epochs", "100");
  if (c->rank > 0)
    {
      set (experiment, "rule.matrix", "low-rank");
      set (experiment, "rule.rank", rank);
      set (experiment, "rule.errors", c->outputs ? "outputs" : "spikes");
    }
  set (experiment, "run.batch", "1");
  set (experiment, "run.validate", "0");
  trainer = rheo_trainer_new (experiment, &error);
  g_assert_no_error (error);

  net = rheo_trainer_get_net (trainer);
  in = rheo_net_get_proj (net, rheo_net_find_proj (net, "in"));
  rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  out = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));
  teacher = rheo_net_find_array (net, "teacher.weight")->data;
  random = rheo_net_find_array (net, "goal.random")->data;
  for (int i = 0; i < N; i++)
    {
      for (int k = 0; k < I; k++)
        in->weight[k * in->stride + i] = (RheoReal) (30 * sin (1 + 3 * k + 2 * i));
      for (int j = 0; j < N; j++)
        rec->weight[j * rec->stride + i] = (RheoReal) (2 * sin (2 + 5 * j + 7 * i + j * i));
      for (int o = 0; o < O; o++)
        {
          out->weight[i * out->stride + o] = (RheoReal) (0.3 * sin (3 + 2 * i + 5 * o));
          teacher[o * N + i] = (RheoReal) (20 * sin (4 + 3 * o + 5 * i));
        }
      for (int r = O; r < (c->rank > 0 ? c->rank : N); r++)
        random[r * N + i] = (RheoReal) cos (1 + 3 * i + 4 * r);
    }
  rheo_net_weights_changed (net);
  g_unlink (path);
  return trainer;
}

static void
assert_near (const char *what, double value, double wanted)
{
  if (fabs (value - wanted) > 1e-7 * fabs (wanted))
    g_error ("%s is %.12g instead of %.12g", what, value, wanted);
}

static void
check_golden (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (RheoTrainer) trainer = NULL;
  RheoNet *net;
  const RheoProj *rec, *out;
  double sum_out = 0;

  if (sizeof (RheoReal) < sizeof (double))
    {
      g_test_skip ("the golden figures are of double precision");
      return;
    }
  trainer = trainer_new (c);
  net = rheo_trainer_get_net (trainer);
  rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  out = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));
  for (int k = 0, epoch = 1; k < 3 && c->row[k].epoch > 0; epoch++)
    {
      const Row *row = &c->row[k];
      double sum = 0, squares = 0;

      step (trainer);
      if (epoch < row->epoch)
        continue;
      for (int j = 0; j < N; j++)
        for (int i = 0; i < N; i++)
          {
            const double w = (double) rec->weight[j * rec->stride + i];

            sum += w;
            squares += w * w;
            g_assert_true (i != j || w == 0);
          }
      assert_near ("mse", metric (trainer, "mse"), row->mse);
      assert_near ("spike-error", metric (trainer, "spike-error"), row->distance);
      assert_near ("W[0,1]", (double) rec->weight[1], row->w01);
      assert_near ("W[7,3]", (double) rec->weight[7 * rec->stride + 3], row->w73);
      assert_near ("sum of W", sum, row->sum);
      assert_near ("squares of W", squares, row->squares);
      k++;
    }
  assert_near ("limit", metric (trainer, "read-out-limit"), c->tau == 5 ? 0.266256188 : 0.221935454);
  if (c->tau == 5)
    {
      for (int i = 0; i < N; i++)
        for (int o = 0; o < O; o++)
          sum_out += (double) out->weight[i * out->stride + o];
      assert_near ("Wout[0,0]", (double) out->weight[0], 0.568509167);
      assert_near ("Wout[7,1]", (double) out->weight[7 * out->stride + 1], -0.301995514);
      assert_near ("sum of Wout", sum_out, -1.424895784);
    }
}

/* --- the ready-made experiment ------------------------------------------------------------------------------------ */

/* words: "rule.rank=0 ..." on goal-3d. NULL with the sentence in *why. */
static RheoTrainer *
ready (const char *words, char **why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load ("goal-3d", &error);
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  RheoTrainer *trainer;

  g_assert_no_error (error);
  set (experiment, "run.validate", "0");
  for (int i = 0; word[i] != NULL && word[i][0] != 0; i++)
    {
      g_auto (GStrv) pair = g_strsplit (word[i], "=", 2);

      set (experiment, pair[0], pair[1]);
    }
  trainer = rheo_trainer_new (experiment, &error);
  if (why != NULL)
    *why = error != NULL ? g_strdup (error->message) : NULL;
  else
    g_assert_no_error (error);
  return trainer;
}

static void
check_refused (void)
{
  static const char *const words[] = { "rule.matrix=low-rank rule.rank=0", "rule.matrix=low-rank rule.rank=2",
                                       "rule.matrix=low-rank rule.rank=151" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *why = NULL;

      g_assert_null (ready (words[i], &why));
      g_assert_nonnull (strstr (why, i == 0 ? "rule.rank is 0" : "rule.rank is"));
      g_assert_nonnull (strstr (why, "150"));
    }
}

/* Each way of feeding errors back makes the outputs better. */
static void
check_variants (void)
{
  static const char *const words[] = { "",
                                       "rule.matrix=low-rank rule.rank=3",
                                       "rule.matrix=low-rank rule.rank=3 rule.errors=outputs",
                                       "rule.matrix=low-rank rule.rank=20 rule.resample=epoch",
                                       "rule.matrix=low-rank rule.rank=100 rule.resample=epoch",
                                       "rule.matrix=low-rank rule.rank=20 rule.resample=step",
                                       "rule.matrix=low-rank rule.rank=150",
                                       "rule.tied=false rule.tau-target=10",
                                       "rule.rate-term=0.1 rule.target.recurrent=false",
                                       "rule.update=adam rule.lr=0.05 rule.lr-per-size=false",
                                       "rule.target.fit=ridge rule.width=0.8" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (RheoTrainer) trainer = ready (words[i], NULL);
      double first = 0, distance = 0, mean = 0;

      for (int k = 0; k < 60; k++)
        {
          step (trainer);
          if (k == 0)
            {
              first = metric (trainer, "mse");
              distance = metric (trainer, "spike-error");
            }
          /* Single epochs differ by half, and with the rounding of the machine. */
          if (k >= 30)
            mean += metric (trainer, "mse") / 30;
        }
      g_test_message ("%s: mse %g, then %g of at best %g; spike error %g, then %g", words[i], first, mean,
                      metric (trainer, "read-out-limit"), distance, metric (trainer, "spike-error"));
      g_assert_cmpfloat (mean, <, 0.75 * first);
      if (i == 0)
        g_assert_cmpfloat (metric (trainer, "spike-error"), <, 0.9 * distance);
    }
}

/* The feedback matrix taken in one product and in two; units beyond the last one count for nothing. */
static void
check_products (void)
{
  enum
  {
    n = 21,
    stride = 32,
    rank = 5,
  };
#define ROWS(NAME, N) RheoReal NAME[(N) *stride] __attribute__ ((aligned (RHEO_ALIGN))) = { 0 }
  ROWS (feedback, rank);
  ROWS (whole, n);
  ROWS (first, 6);
  ROWS (second, 6);
  ROWS (z, 1);
  ROWS (v, 1);
  ROWS (g, 1);
  ROWS (spikes, 1);
  ROWS (threshold, 1);
  ROWS (first_current, 1);
  ROWS (second_current, 1);
  RheoReal *vectors[] = { first, second }, *current[] = { first_current, second_current };
  double distance[2];

  for (int i = 0; i < stride; i++)
    {
      z[i] = (RheoReal) (i % 3 == 0 || i >= n);
      v[i] = (RheoReal) (9 * cos (3 * i));
      g[i] = i < n ? (RheoReal) fabs (sin (i)) : 0;
      spikes[i] = (RheoReal) (i < n && i % 2 == 0);
    }
  for (int k = 0; k < rank; k++)
    for (int i = 0; i < n; i++)
      feedback[k * stride + i] = (RheoReal) cos (1 + 3 * i + 4 * k);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      for (int k = 0; k < rank; k++)
        whole[j * stride + i] += feedback[k * stride + j] * feedback[k * stride + i];
  for (int i = 0; i < 2; i++)
    {
      RheoGoalStep s = { .n = n,
                         .stride = stride,
                         .n_out = 2,
                         .keep_synapse = (RheoReal) 0.6,
                         .gain_synapse = (RheoReal) 0.4,
                         .keep_membrane = (RheoReal) 0.9,
                         .gain_membrane = (RheoReal) 0.1,
                         .keep_target = (RheoReal) 0.8,
                         .gain_target = (RheoReal) 0.2,
                         .slope = 1,
                         .threshold = threshold,
                         .rate = (RheoReal) 0.5,
                         .whole = i == 0 ? whole : NULL,
                         .rank = rank,
                         .feedback = feedback,
                         .s = vectors[i],
                         .p = vectors[i] + stride,
                         .r = vectors[i] + 2 * stride,
                         .error = vectors[i] + 3 * stride,
                         .signal = vectors[i] + 4 * stride,
                         .q = vectors[i] + 5 * stride };

      rheo_goal_begin (&s);
      rheo_goal_step (&s, z, z, v, g, spikes, NULL, current[i]);
      distance[i] = rheo_goal_step (&s, z, z, v, g, spikes, NULL, current[i]);
    }
  g_assert_cmpfloat (distance[0], ==, 10);
  g_assert_cmpfloat (distance[1], ==, 10);
  for (int i = 0; i < n; i++)
    {
      const double e = exp (-fabs ((double) v[i])), error = sizeof (RheoReal) == sizeof (float) ? 2e-6 : 1e-14;
      const double q = 0.5 * (double) vectors[0][4 * stride + i] * e / ((1 + e) * (1 + e));

      g_assert_cmpfloat (fabs (q), >, 0);
      g_assert_cmpfloat_with_epsilon ((double) vectors[0][5 * stride + i] / q, 1, error);
      g_assert_cmpfloat_with_epsilon ((double) vectors[0][5 * stride + i], (double) vectors[1][5 * stride + i], 1e-5);
      g_assert_cmpfloat_with_epsilon ((double) current[0][i], (double) current[1][i], 1e-5);
    }
}

/* The published read-out rate is too large for many units and steps. */
static void
check_diverges (void)
{
  g_autoptr (RheoTrainer) safe = ready ("model.units=500 task.n-steps=1000", NULL);
  g_autoptr (RheoTrainer) exact = ready ("model.units=500 task.n-steps=1000 rule.target.safe=false", NULL);
  g_autoptr (GError) error = NULL;
  RheoStop stop;

  step (safe);
  g_assert_cmpfloat (metric (safe, "read-out-limit"), <, 0.1);
  rheo_trainer_step (exact, NULL, NULL, &stop, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stop, ==, RHEO_STOP_DIVERGED);
}

/* Weights that stay give what training gives once nothing changes any more. */
static void
check_frozen (void)
{
  g_autoptr (RheoTrainer) trainer = ready ("rule.lr=0 run.validate=1", NULL);

  step (trainer);
  g_assert_cmpfloat_with_epsilon (metric (trainer, "mse"), metric (trainer, "valid.mse"), 1e-6);
  g_assert_cmpfloat (metric (trainer, "spike-error"), ==, metric (trainer, "valid.spike-error"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheobase-goal-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/goal/golden/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], check_golden);
    }
  g_test_add_func ("/goal/refused", check_refused);
  g_test_add_func ("/goal/variants", check_variants);
  g_test_add_func ("/goal/products", check_products);
  g_test_add_func ("/goal/frozen", check_frozen);
  g_test_add_func ("/goal/diverges", check_diverges);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
