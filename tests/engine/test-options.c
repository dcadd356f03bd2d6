/* Options of the training of rate networks: how the noise grows, and what ends a run. */
#include "config.h"

#include <math.h>

#include "trainer-of.h"

static const char *const json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\", \"n-steps\": 30},"
    "\"model\": {\"id\": \"ctrnn\", \"units\": 8, \"dale\": false, \"io-non-negative\": false, \"activation\": "
    "\"tanh\","
    "\"noise-rec\": 0.3}, \"rule\": {\"id\": \"bptt\"},"
    "\"run\": {\"seed\": 3, \"threads\": 1, \"budget\": 12, \"batch\": 6}}";

static RheoTrainer *
make (const char *more)
{
  return trainer_of (json, more);
}

/* The linker sends calls of rheo_rollout and rheo_rollout_by_lane here (--wrap). */
gboolean __real_rheo_rollout (RheoNet *net, const RheoRollout *r);
gboolean __wrap_rheo_rollout (RheoNet *net, const RheoRollout *r);
gboolean __real_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out);
gboolean __wrap_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out);

static double train_scale; /* of the noise of the last batch of each kind; 0: without noise */
static double valid_scale;

static char out_of_batch[9]; /* of the last batch: '1' for each unit that was left out; "" without drop-out */
static int out_of;           /* what it was left out of: a population, or -1 - projection */
static int n_valid_acts;

static void
note_acts (const RheoRollout *r)
{
  if (r->batch->set != RHEO_SET_TRAIN)
    {
      n_valid_acts += r->n_acts;
      return;
    }
  memset (out_of_batch, 0, sizeof out_of_batch);
  for (int i = 0; i < r->n_acts; i++)
    {
      g_assert_cmpint (r->acts[i].kind, ==, RHEO_ACT_SILENCE);
      g_assert_cmpint (r->acts[i].t0, ==, 0);
      g_assert_cmpint (r->acts[i].t1, >=, r->t1);
      memset (out_of_batch, '0', 8);
      for (int k = 0; k < r->acts[i].n_units; k++)
        out_of_batch[r->acts[i].units[k]] = '1';
      out_of = r->acts[i].pop >= 0 ? r->acts[i].pop : -1 - r->acts[i].proj;
    }
}

static void
note (const RheoRollout *r)
{
  const double scale = r->flags & RHEO_ROLL_NOISE ? r->noise_scale : 0;

  if (r->batch->set == RHEO_SET_TRAIN)
    train_scale = scale;
  else
    valid_scale = scale;
  note_acts (r);
}

gboolean
__wrap_rheo_rollout (RheoNet *net, const RheoRollout *r)
{
  note (r);
  return __real_rheo_rollout (net, r);
}

gboolean
__wrap_rheo_rollout_by_lane (RheoNet *net, const RheoRollout *r, RheoGrad *out)
{
  note (r);
  return __real_rheo_rollout_by_lane (net, r, out);
}

static void
test_annealing (void)
{
  g_autoptr (RheoTrainer) off = make ("run.validate=1"),
                          on = make ("run.validate=1 rule.noise-annealing=true rule.noisy-validation=true");
  double r2;

  step (off);
  g_assert_cmpfloat (train_scale, ==, 1);
  g_assert_cmpfloat (valid_scale, ==, 0);
  for (int i = 0; i < 12; i++)
    {
      step (on);
      g_assert_cmpfloat_with_epsilon (train_scale, 1 / (1 + exp (-(i - 4.0))), 1e-12);
      g_assert_cmpfloat (valid_scale, ==, 1);
    }

  rheo_trainer_measure_r2 (on, RHEO_SET_TRAIN, 6, FALSE, &r2, NULL);
  g_assert_cmpfloat (train_scale, ==, 0);
  rheo_trainer_measure_r2 (on, RHEO_SET_TRAIN, 6, TRUE, &r2, NULL);
  g_assert_cmpfloat (train_scale, ==, 1);
}

static void
test_target_r2 (void)
{
  /* Any R² of an untrained network is below, and those of a trained one are above. */
  g_autoptr (RheoTrainer) trainer =
      make ("run.budget=400 rule.stop.target-r2=0.6 rule.optimiser.lr=0.02 model.noise-rec=0.01");
  RheoStop stop;

  while ((stop = step (trainer)) == RHEO_STOP_NONE)
    ;
  g_assert_cmpint (stop, ==, RHEO_STOP_SOLVED);
  g_assert_cmpint (rheo_trainer_get_place (trainer).iteration, >, 1);
}

/* A score that nothing gives is not waited for. */
static void
test_target_score (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);

  g_assert_no_error (error);
  rheo_experiment_set_all (e, (const char *const[]){ "rule.stop.target-score=0.5", NULL }, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_trainer_new (e, &error));
  g_assert_nonnull (strstr (error->message, "rule.stop.target-score"));
  g_assert_nonnull (strstr (error->message, "gives no scores"));
}

/* Squared size of the difference of two gradients by that of the first. */
static double
differ (RheoTrainer *one, RheoTrainer *other)
{
  const RheoGrad *a = rheo_trainer_get_grad (one), *b = rheo_trainer_get_grad (other);
  double difference = 0, size = 0;

  for (int i = 0; i < a->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (one), i);

      for (int64_t row = 0; row < t->n_rows; row++)
        for (int k = 0; k < t->width; k++)
          {
            const double x = (double) a->value[i][row * t->stride + k];

            difference += pow (x - (double) b->value[i][row * t->stride + k], 2);
            size += x * x;
          }
    }
  g_assert_cmpfloat (size, >, 0);
  return difference / size;
}

#define OVER_BATCH                                                                                                     \
  "rule.regularisation.rate-magnitude=1 rule.regularisation.output-variability=1 "                                     \
  "rule.regularisation.rate-inequality=1 rule.regularisation.input-inequality=1 "                                      \
  "rule.regularisation.steady-input=1 rule.regularisation.clustering=1 "                                               \
  "rule.regularisation.cluster-sharpness=3 rule.regularisation.tail-energy=1 rule.regularisation.tail-from=3"

/* Threads do not change a bit; lanes no more than the order of sums does. */
static void
test_lanes (void)
{
  g_autoptr (RheoTrainer) one = make ("run.lane-rows=2 " OVER_BATCH),
                          two = make ("run.lane-rows=2 run.threads=2 " OVER_BATCH),
                          wide = make ("run.lane-rows=6 " OVER_BATCH), plain = make ("run.lane-rows=2");

  step (one);
  step (two);
  step (wide);
  step (plain);
  g_assert_cmpfloat (differ (one, two), ==, 0);
  g_assert_cmpfloat (differ (one, wide), <, 1e-9);
  g_assert_cmpfloat (differ (one, plain), >, 1e-4);
}

/* Penalties that look at the whole batch do so even where the tape holds only a part of it at a time. */
static void
test_waves (void)
{
  static const char words[] = "run.batch=48 task.n-steps=200 model.units=60 run.lane-rows=4 " OVER_BATCH;
  g_autofree char *less = g_strconcat (words, " run.memory=1", NULL);
  g_autoptr (RheoTrainer) whole = make (words), waves = make (less);

  g_assert_cmpint (rheo_net_get_wave (rheo_trainer_get_net (waves)), <,
                   rheo_net_get_n_lanes (rheo_trainer_get_net (waves)));
  step (whole);
  step (waves);
  g_assert_cmpfloat (differ (whole, waves), <, 1e-8);
}

/* Gradients of the task and of the sum, taken apart and put together again by hand. */
static void
test_task_safe (void)
{
  static const char penalties[] = "rule.regularisation.rate=1 rule.regularisation.orthogonality=0.3";
  g_autofree char *held = g_strconcat (penalties, " rule.task-safe=true", NULL);
  int n_against = 0;

  /* A network that has learned without them has rates that they are against. */
  for (int n = 0; n <= 60; n += 60)
    {
      g_autoptr (RheoTrainer) task = make ("run.budget=100 rule.optimiser.lr=0.02"), sum = make (penalties),
                              safe = make (held);
      g_autoptr (RheoTable) table = NULL;
      RheoNet *net = rheo_trainer_get_net (task);
      const RheoGrad *a, *b, *got;
      double along = 0, size = 0, all = 0, wrong = 0;

      for (int i = 0; i < n; i++)
        step (task);
      table = rheo_trainer_dup_checkpoint (task);
      g_assert_true (rheo_trainer_load_checkpoint (sum, table, NULL)
                     && rheo_trainer_load_checkpoint (safe, table, NULL));
      step (task);
      step (sum);
      step (safe);
      a = rheo_trainer_get_grad (task);
      b = rheo_trainer_get_grad (sum);
      got = rheo_trainer_get_grad (safe);
      for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < a->n; i++)
          for (int64_t row = 0; row < rheo_net_get_trainable (net, i)->n_rows; row++)
            for (int k = 0; k < rheo_net_get_trainable (net, i)->width; k++)
              {
                const int64_t at = row * rheo_net_get_trainable (net, i)->stride + k;
                const double g = (double) a->value[i][at], penalty = (double) b->value[i][at] - g;

                if (pass == 0)
                  {
                    along += g * penalty;
                    size += g * g;
                    continue;
                  }
                wrong += pow ((double) got->value[i][at] - (g + penalty - MIN (along, 0) / size * g), 2);
                all += pow ((double) got->value[i][at], 2);
              }
      n_against += along < 0;
      g_assert_cmpfloat (wrong, <, 1e-8 * all);
    }
  g_assert_cmpint (n_against, >, 0);
}

/* Steps n batches; how often each unit was left out goes to count [8]. Returns how many different draws there were. */
static int
count_out (RheoTrainer *trainer, int n, int *count)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  memset (count, 0, 8 * sizeof *count);
  for (int i = 0; i < n; i++)
    {
      step (trainer);
      g_hash_table_add (seen, g_strdup (out_of_batch));
      for (int k = 0; k < 8; k++)
        count[k] += out_of_batch[k] == '1';
    }
  return (int) g_hash_table_size (seen);
}

static void
test_dropout (void)
{
  g_autoptr (RheoTrainer) none = make (""),
                          dead = make ("run.validate=1 run.budget=400 rule.dropout.kind=dead rule.dropout.rate=0.25"),
                          mute = make ("rule.dropout.kind=mute rule.dropout.rate=0.25"),
                          all = make ("rule.dropout.kind=mute rule.dropout.rate=1"),
                          safe = make ("rule.dropout.kind=dead rule.dropout.rate=0.25 rule.task-safe=true");
  const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (all), 2);
  char first[9];
  int count[8], sum = 0;

  step (none);
  g_assert_cmpstr (out_of_batch, ==, "");
  n_valid_acts = 0;
  g_assert_cmpint (count_out (dead, 200, count), >, 20);
  for (int k = 0; k < 8; k++)
    sum += count[k];
  /* 1600 draws: 400 expected, standard deviation 17. */
  g_assert_cmpint (ABS (sum - 400), <, 70);
  g_assert_cmpint (n_valid_acts, ==, 0);
  g_assert_cmpint (out_of, ==, 0);

  step (mute);
  g_assert_cmpint (out_of, ==, -1 - rheo_net_find_proj (rheo_trainer_get_net (mute), "out"));
  step (all);
  for (int64_t row = 0; row < t->n_rows; row++)
    for (int k = 0; k < t->width; k++)
      g_assert_true (rheo_trainer_get_grad (all)->value[2][row * t->stride + k] == 0);

  /* Both passes of a batch leave out the same units, and its number alone tells which. */
  step (safe);
  memcpy (first, out_of_batch, sizeof first);
  {
    g_autoptr (RheoTrainer) again =
        make ("rule.dropout.kind=dead rule.dropout.rate=0.25 run.lane-rows=2 run.threads=2");

    step (again);
    g_assert_cmpstr (out_of_batch, ==, first);
  }
}

/* What units do is measured, and those that do much are left out more often. */
static void
test_dropout_choice (void)
{
  static const char words[] = "run.budget=400 run.validate=0 rule.dropout.kind=mute rule.dropout.rate=0.2 "
                              "rule.dropout.by=participation rule.dropout.sharpness=1000 rule.optimiser.lr=0 "
                              "rule.task-safe=true"; /* so that the tape of the batch stays */
  g_autoptr (RheoTrainer) trainer = make (words),
                          read = make ("run.budget=400 rule.dropout.kind=dead rule.dropout.rate=0.2 "
                                       "rule.dropout.by=read-out rule.dropout.sharpness=10");
  RheoNet *net = rheo_trainer_get_net (trainer), *of_read = rheo_trainer_get_net (read);
  RheoProj *out = rheo_net_get_proj (of_read, 2);
  const double *did;

  step (trainer);
  did = rheo_net_find_array (net, "hidden.participation")->data;
  for (int i = 0; i < 8; i++)
    {
      double sum = 0, squares = 0, size[6 * 29];
      int n = 0;

      for (int row = 0; row < 6; row++)
        for (int64_t t = 0; t < 29; t++, n++)
          {
            const RheoTape *tape = rheo_net_get_tape (net);
            const RheoTapeLane *lane = tape->lane;
            double rate;

            while (row >= lane->row0 + lane->n_rows)
              lane++;
            rate = (double) lane->pop[0]
                       .out[(t * lane->n_rows + row - lane->row0) * rheo_net_get_plan (net)->pop[0].stride + i];
            sum += rate;
            squares += rate * rate;
            size[n] = fabs (rate);
          }
      for (int a = 1; a < n; a++)
        for (int b = a; b > 0 && size[b - 1] > size[b]; b--)
          {
            const double swap = size[b];

            size[b] = size[b - 1];
            size[b - 1] = swap;
          }
      /* 0.9 of the way from the first to the last of 174. */
      g_assert_cmpfloat_with_epsilon (did[i],
                                      sqrt (squares / n - sum * sum / n / n) + 0.3 * size[155] + 0.7 * size[156], 1e-5);
    }
  for (int n = 0; n < 20; n++)
    {
      int most = 0;

      for (int i = 1; i < 8; i++)
        most = did[i] > did[most] ? i : most;
      step (trainer);
      g_assert_true (out_of_batch[most] == '1');
    }

  for (int i = 0; i < 8; i++)
    for (int k = 0; k < out->n_post; k++)
      out->weight[i * out->stride + k] = (RheoReal) (i == 3 ? -0.3 : 0.01);
  rheo_net_weights_changed (of_read);
  step (read);
  /* Unit 3 has all but 8 in 10 000 of the soft-max; 0.2 times 8 units is more than 1. */
  g_assert_cmpstr (out_of_batch, ==, "00010000");
}

static void
test_dropout_refused (void)
{
  static const char lif[] = "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\"}, \"model\": "
                            "{\"id\": \"lif\"}, \"rule\": {\"id\": \"bptt\", \"dropout\": {\"kind\": \"dead\"}}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (lif, "test", &error);

  g_assert_no_error (error);
  g_assert_null (rheo_trainer_new (e, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "rule.dropout.kind"));
}

/* Strong decay outweighs the gradient of the task. */
static void
test_weight_decay (void)
{
  g_autoptr (RheoTrainer) off = make (""), on = make ("rule.optimiser.weight-decay=10");
  RheoProj *a, *b;
  double shrunk = 0, kept = 0;

  step (off);
  step (on);
  a = rheo_net_get_proj (rheo_trainer_get_net (off), 1);
  b = rheo_net_get_proj (rheo_trainer_get_net (on), 1);
  for (int j = 0; j < 8; j++)
    for (int i = 0; i < 8; i++)
      {
        kept += fabs ((double) a->weight[j * a->stride + i]);
        shrunk += fabs ((double) b->weight[j * b->stride + i]);
      }
  g_assert_cmpfloat (shrunk, <, kept);
}

static double
last (RheoTrainer *trainer, const char *name)
{
  g_autoptr (RheoTable) table = rheo_trainer_dup_last_metrics (trainer);
  const char *bare = strchr (name, '.') + 1;

  return rheo_column_get_number (rheo_table_find (table, g_str_has_prefix (name, "train.") ? bare : name), 0);
}

/* The network that is kept is that of the least loss of what the run is judged by; the run ends with its budget. */
static void
test_best (void)
{
  static const char *const judges[] = { "train", "valid" };

  for (guint j = 0; j < G_N_ELEMENTS (judges); j++)
    {
      g_autofree char *words = g_strconcat ("run.keep=best run.validate=1 run.budget=30 rule.optimiser.lr=0.1 "
                                            "rule.stop.watch=",
                                            judges[j], NULL);
      g_autofree char *name = g_strconcat (judges[j], ".loss", NULL);
      g_autoptr (RheoTrainer) trainer = make (words);
      RheoNet *net = rheo_trainer_get_net (trainer);
      const RheoProj *rec = rheo_net_get_proj (net, 1);
      double best = INFINITY;
      RheoReal kept[64];
      RheoStop stop = RHEO_STOP_NONE;
      int n = 0, at = 0;

      for (; stop == RHEO_STOP_NONE; n++)
        {
          stop = step (trainer);
          if (last (trainer, name) >= best)
            continue;
          best = last (trainer, name);
          at = n;
          for (int k = 0; k < 64; k++)
            kept[k] = rec->weight[k / 8 * rec->stride + k % 8];
        }
      g_assert_cmpint (n, ==, 30);
      g_assert_cmpint (stop, ==, RHEO_STOP_BUDGET);
      g_test_message ("best by %s after %d", judges[j], at + 1);
      for (int k = 0; k < 64; k++)
        {
          const RheoNetArray *array = rheo_net_find_array (net, "best.rec.weight");

          g_assert_true (((const RheoReal *) array->data)[k / 8 * array->stride + k % 8] == kept[k]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/annealing", test_annealing);
  g_test_add_func ("/options/target-r2", test_target_r2);
  g_test_add_func ("/options/target-score", test_target_score);
  g_test_add_func ("/options/lanes", test_lanes);
  g_test_add_func ("/options/waves", test_waves);
  g_test_add_func ("/options/dropout", test_dropout);
  g_test_add_func ("/options/dropout-choice", test_dropout_choice);
  g_test_add_func ("/options/dropout-refused", test_dropout_refused);
  g_test_add_func ("/options/weight-decay", test_weight_decay);
  g_test_add_func ("/options/best", test_best);
  g_test_add_func ("/options/task-safe", test_task_safe);
  return g_test_run ();
}
