/* Losses against their definitions; gradients against finite differences (double precision). */
#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/loss.h"

enum
{
  N_ROWS = 3,
  N_STEPS = 9,
  N_OUT = 4,
  STRIDE = 8, /* numbers between steps, more than the outputs */
};

typedef struct
{
  RheoBatch batch;
  int length[N_ROWS];
  RheoReal target[N_ROWS * N_STEPS * N_OUT], weight[N_ROWS * N_STEPS];
  int32_t label[N_ROWS];
  RheoReal out[N_ROWS][N_STEPS * STRIDE], d_out[N_ROWS][N_STEPS * STRIDE];
  double scratch[64];
} Case;

static void
prepare (Case *c, gboolean weighted)
{
  memset (c, 0, sizeof *c);
  c->batch = (RheoBatch){ .n_rows = N_ROWS,
                          .n_steps = N_STEPS,
                          .n_out = N_OUT,
                          .length = c->length,
                          .target = c->target,
                          .label = c->label,
                          .weight = weighted ? c->weight : NULL };
  for (int r = 0; r < N_ROWS; r++)
    {
      c->length[r] = N_STEPS - 2 * r;
      c->label[r] = (r + 1) % N_OUT;
      for (int i = 0; i < N_STEPS * STRIDE; i++)
        c->out[r][i] = (RheoReal) (2 * sin (1 + 7.3 * i + 31 * r));
    }
  for (int i = 0; i < N_ROWS * N_STEPS * N_OUT; i++)
    c->target[i] = (RheoReal) sin (2 + 5.1 * i);
  for (int i = 0; i < N_ROWS * N_STEPS; i++)
    c->weight[i] = i % 4 == 3 ? 0 : (RheoReal) (0.5 + 0.5 * (i % 3));
  g_assert_cmpint (rheo_loss_scratch (&c->batch), <=, (int) G_N_ELEMENTS (c->scratch));
}

static double
total (Case *c, const RheoLoss *loss, gboolean gradient, int *predicted)
{
  double sum = 0, norm = rheo_loss_norm (loss, &c->batch);

  for (int r = 0; r < N_ROWS; r++)
    sum += rheo_loss_row (loss, &c->batch, r, norm, c->out[r], gradient ? c->d_out[r] : NULL, STRIDE, c->scratch,
                          predicted != NULL ? &predicted[r] : NULL);
  return sum;
}

static void
test_mse (void)
{
  RheoLoss loss = { .kind = RHEO_LOSS_MSE };
  Case c;

  for (int weighted = 0; weighted < 2; weighted++)
    {
      double sum = 0, norm = 0;
      prepare (&c, weighted);
      for (int r = 0; r < N_ROWS; r++)
        for (int t = 0; t < c.length[r]; t++)
          {
            double w = weighted ? c.weight[r * N_STEPS + t] : 1;
            norm += w;
            for (int k = 0; k < N_OUT; k++)
              sum += w * pow (c.out[r][t * STRIDE + k] - c.target[(r * N_STEPS + t) * N_OUT + k], 2);
          }
      g_assert_cmpfloat_with_epsilon (total (&c, &loss, FALSE, NULL), sum / norm, 1e-5);
    }
}

/* Scores as the definitions say, for row 0 without weights. */
static void
test_cross_entropy (void)
{
  Case c;

  prepare (&c, FALSE);
  for (int reduce = RHEO_REDUCE_MAX; reduce <= RHEO_REDUCE_SOFTMAX_MEAN; reduce++)
    {
      RheoLoss loss = { .kind = RHEO_LOSS_CROSS_ENTROPY, .reduce = reduce, .from = 2 };
      double expected = 0;
      int predicted[N_ROWS], n_best = 0;

      for (int r = 0; r < N_ROWS; r++)
        {
          double score[N_OUT] = { 0 }, sum = 0;
          int best = 0;
          for (int k = 0; k < N_OUT; k++)
            score[k] = reduce == RHEO_REDUCE_MAX ? -INFINITY : 0;
          for (int t = 0; t < c.length[r]; t++)
            for (int k = 0; k < N_OUT; k++)
              {
                double u = c.out[r][t * STRIDE + k], z = 0;
                for (int j = 0; j < N_OUT; j++)
                  z += exp (c.out[r][t * STRIDE + j]);
                if (reduce == RHEO_REDUCE_MAX)
                  score[k] = MAX (score[k], u);
                else if (reduce == RHEO_REDUCE_LAST)
                  score[k] = u;
                else if (reduce == RHEO_REDUCE_SUM_SOFTMAX)
                  score[k] += t > 2 ? exp (u) / z : 0;
                else
                  score[k] += u / c.length[r];
              }
          if (reduce == RHEO_REDUCE_SOFTMAX_MEAN)
            {
              for (int k = 0; k < N_OUT; k++)
                sum += exp (score[k]);
              for (int k = 0; k < N_OUT; k++)
                score[k] = exp (score[k]) / sum;
              sum = 0;
            }
          for (int k = 0; k < N_OUT; k++)
            {
              sum += exp (score[k]);
              best = score[k] > score[best] ? k : best;
            }
          expected += (log (sum) - score[c.label[r]]) / N_ROWS;
          n_best = n_best * N_OUT + best;
        }
      g_assert_cmpfloat_with_epsilon (total (&c, &loss, FALSE, predicted), expected, 1e-5);
      g_assert_cmpint ((predicted[0] * N_OUT + predicted[1]) * N_OUT + predicted[2], ==, n_best);
    }
}

static void
test_gradients (void)
{
  if (sizeof (RheoReal) < 8)
    {
      g_test_skip ("finite differences need double precision");
      return;
    }
  for (int weighted = 0; weighted < 2; weighted++)
    for (int kind = RHEO_LOSS_MSE; kind <= RHEO_LOSS_CROSS_ENTROPY; kind++)
      for (int reduce = RHEO_REDUCE_MAX; reduce <= RHEO_REDUCE_SOFTMAX_MEAN; reduce++)
        {
          RheoLoss loss = { .kind = kind, .reduce = reduce, .from = 1 };
          double largest = 0;
          Case c;

          prepare (&c, weighted);
          total (&c, &loss, TRUE, NULL);
          for (int r = 0; r < N_ROWS; r++)
            for (int i = 0; i < N_STEPS * STRIDE; i++)
              {
                RheoReal x = c.out[r][i], h = (RheoReal) 1e-5;
                double up, down;

                c.out[r][i] = x + h;
                up = total (&c, &loss, FALSE, NULL);
                c.out[r][i] = x - h;
                down = total (&c, &loss, FALSE, NULL);
                c.out[r][i] = x;
                g_assert_cmpfloat_with_epsilon (c.d_out[r][i], (up - down) / (2 * h), 1e-8);
                largest = MAX (largest, fabs (c.d_out[r][i]));
              }
          g_assert_cmpfloat (largest, >, 1e-3);
        }
}

/* The published notebook's loss cannot leave [ln (1 + (n - 1) / e), ln (1 + (n - 1) e)] (rsnn 2.7: 2.078 to 3.078 for 20
 * classes). */
static void
test_double_softmax (void)
{
  RheoLoss loss = { .kind = RHEO_LOSS_CROSS_ENTROPY, .reduce = RHEO_REDUCE_SOFTMAX_MEAN };
  RheoReal out[20] = { 100 }, d_out[20] = { 0 };
  int32_t label = 0;
  int length = 1;
  double scratch[80];
  RheoBatch batch = { .n_rows = 1, .n_steps = 1, .n_out = 20, .length = &length, .label = &label };

  g_assert_cmpfloat_with_epsilon (rheo_loss_row (&loss, &batch, 0, 1, out, d_out, 20, scratch, NULL), 2.078, 1e-3);
  label = 7;
  g_assert_cmpfloat_with_epsilon (rheo_loss_row (&loss, &batch, 0, 1, out, d_out, 20, scratch, NULL), 3.078, 1e-3);
  out[0] = 0;
  g_assert_cmpfloat_with_epsilon (rheo_loss_row (&loss, &batch, 0, 1, out, d_out, 20, scratch, NULL), log (20), 1e-6);
}

static void
test_resolve (void)
{
  RheoShape signals = { .n_out = 2 }, labels = { .n_out = 3, .n_classes = 3 };
  RheoLoss loss = { 0 };
  g_autoptr (GError) error = NULL;

  rheo_loss_resolve (&loss, &signals);
  g_assert_cmpint (loss.kind, ==, RHEO_LOSS_MSE);
  g_assert_true (rheo_loss_check (&loss, &signals, &error));
  g_assert_false (rheo_loss_check (&loss, &labels, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_clear_error (&error);
  loss.kind = RHEO_LOSS_AUTO;
  rheo_loss_resolve (&loss, &labels);
  g_assert_cmpint (loss.kind, ==, RHEO_LOSS_CROSS_ENTROPY);
  g_assert_true (rheo_loss_check (&loss, &labels, &error));
  g_assert_false (rheo_loss_check (&loss, &signals, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
}

/* The soft-max of one step at least counts. */
static void
test_none_left (void)
{
  const RheoShape shape = { .n_out = 3, .n_classes = 3, .n_steps = 12 };
  RheoLoss loss = { .kind = RHEO_LOSS_CROSS_ENTROPY, .reduce = RHEO_REDUCE_SUM_SOFTMAX, .from = 10 };
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_loss_check (&loss, &shape, &error));
  loss.from = 11;
  g_assert_false (rheo_loss_check (&loss, &shape, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "rule.loss.from is 11, which leaves out all of the 12 steps of a trial; allowed is -1 to 10.");
  loss.reduce = RHEO_REDUCE_MAX;
  g_assert_true (rheo_loss_check (&loss, &shape, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss/mse", test_mse);
  g_test_add_func ("/loss/cross-entropy", test_cross_entropy);
  g_test_add_func ("/loss/gradients", test_gradients);
  g_test_add_func ("/loss/double-softmax", test_double_softmax);
  g_test_add_func ("/loss/resolve", test_resolve);
  g_test_add_func ("/loss/none-left", test_none_left);
  return g_test_run ();
}
