/* The gradient of e-prop against its definition: eligibility vectors of each synapse, step by step, in plain loops. */
#include "config.h"

#include "eprop-net.h"

static const char *const threshold_json =
    EPROP ("\"id\": \"alif\", \"layers\": [{\"units\": 14, \"threshold\": 0.1, \"tau-m\": [4]", "0.4");

static const char *const current_json =
    EPROP ("\"id\": \"alif\", \"layers\": [{\"units\": 14, \"cell\": \"symplectic-euler\", \"spike-threshold\": 1,"
           " \"tau-u\": [2, 5], \"tau-w\": [8, 20], \"a\": [0, 1], \"b\": [0, 2], \"q\": 5",
           "2");

/* --- the definition ------------------------------------------------------------------------------------------------- */

/* What synapse from source s to unit j is eligible for: of the synaptic or the adaptation current, of the membrane, and filtered
 * as the read-out filters. */
typedef struct
{
  double i, v, trace;
} Eligible;

typedef struct
{
  double v[N_UNITS], i[N_UNITS], z[N_UNITS], y[N_OUT], z_trace[N_UNITS];
  Eligible in[N_IN][N_UNITS], rec[N_UNITS][N_UNITS], bias[N_UNITS];
} State;

typedef struct
{
  double in[N_IN][N_UNITS], rec[N_UNITS][N_UNITS], bias[N_UNITS], out[N_UNITS][N_OUT];
} Sum;

typedef struct
{
  gboolean zero, through, synaptic; /* reset, its derivative, current */
  gboolean adapts;                  /* a unit of cells/adlif.h instead */
} Variant;

/* One step of what a synapse is eligible for. carry: dv/dv of the step before; let: dv/dI; post: dz/dv. */
static void
follow (Eligible *e, const Variant *how, double source, double carry, double let, double post)
{
  const double drive = how->synaptic ? (e->i = 0.6 * e->i + source) : source;

  e->v = carry * e->v + let * drive;
  e->trace = 0.8 * e->trace + post * e->v;
}

/* alpha, beta, q a and q b of a unit that adapts, times what they go with. */
typedef struct
{
  double alpha, beta, of_u, of_s;
} Unit;

static Unit
unit_of (RheoNet *net, int j)
{
  const double beta = exp (-1 / weight (net, "hidden.tau-w", 0, j));

  return (Unit){ .alpha = exp (-1 / weight (net, "hidden.tau-u", 0, j)),
                 .beta = beta,
                 .of_u = (1 - beta) * 5 * weight (net, "hidden.a", 0, j),
                 .of_s = (1 - beta) * 5 * weight (net, "hidden.b", 0, j) };
}

/* The same of such a unit. */
static void
follow_adapting (Eligible *e, const Unit *unit, double source, gboolean fired, double post)
{
  const double v = unit->alpha * e->v + (1 - unit->alpha) * (source - e->i);

  e->v = fired ? 0 : v;
  e->i = unit->beta * e->i + unit->of_u * e->v + unit->of_s * post * v;
  e->trace = 0.8 * e->trace + post * v;
}

static void
go_on (Eligible *e, const Variant *how, const Unit *unit, double source, double carry, gboolean fired, double post)
{
  if (how->adapts)
    follow_adapting (e, unit, source, fired, post);
  else
    follow (e, how, source, carry, how->zero && fired ? 0 : 1, post);
}

/* Steps of one trial, with the errors of its outputs where errors is not NULL: outputs to y, gradient to sum. */
static int
trial (RheoNet *net, const Variant *how, const RheoBatch *batch, int row, const char *feedback, const RheoReal *errors,
       RheoReal *y, Sum *sum)
{
  g_autofree State *s = g_new0 (State, 1);
  int n_spikes = 0;

  for (int k = 0; k < N_OUT; k++)
    s->y[k] = 2;
  for (int t = 0; t < batch->length[row]; t++)
    {
      const RheoReal *x = batch->input + ((gsize) row * batch->n_steps + t) * N_IN;
      const RheoReal *e = errors != NULL ? errors + (gsize) t * N_OUT : NULL;
      double z[N_UNITS];

      for (int j = 0; j < N_UNITS; j++)
        {
          const double beta = how->adapts ? 0 : weight (net, "hidden.beta", 0, j), before = s->v[j];
          const Unit unit = how->adapts ? unit_of (net, j) : (Unit){ 0 };
          gboolean fired = before > 1;
          double current = weight (net, "in.bias", 0, j) + weight (net, "rec.bias", 0, j), b, carry, post, signal = 0;

          for (int k = 0; k < N_IN; k++)
            current += (double) x[k] * weight (net, "in.weight", k, j);
          for (int k = 0; k < N_UNITS; k++)
            current += s->z[k] * weight (net, "rec.weight", k, j);
          if (how->synaptic)
            current = s->i[j] = 0.6 * s->i[j] + current;
          b = how->adapts ? unit.alpha * before + (1 - unit.alpha) * (current - s->i[j]) : beta * before + current;
          s->v[j] = how->adapts ? b : how->zero ? (fired ? 0 : b) : b - (fired ? 1 : 0);
          post = psi (s->v[j] - 1);
          z[j] = s->v[j] > 1;
          if (how->adapts)
            {
              fired = z[j] > 0;
              s->v[j] = fired ? 0 : b;
              s->i[j] = unit.beta * s->i[j] + unit.of_u * s->v[j] + unit.of_s * z[j];
            }
          n_spikes += z[j] > 0;
          if (e == NULL)
            continue;
          carry = how->zero && fired ? 0 : beta;
          if (how->through)
            carry -= (how->zero ? b : 1) * psi (before - 1);
          for (int k = 0; k < N_OUT; k++)
            signal += (double) e[k] * weight (net, feedback, j, k);
          for (int k = 0; k < N_IN; k++)
            {
              go_on (&s->in[k][j], how, &unit, (double) x[k], carry, fired, post);
              sum->in[k][j] += signal * s->in[k][j].trace;
            }
          for (int k = 0; k < N_UNITS; k++)
            {
              go_on (&s->rec[k][j], how, &unit, s->z[k], carry, fired, post);
              sum->rec[k][j] += signal * s->rec[k][j].trace;
            }
          go_on (&s->bias[j], how, &unit, 1, carry, fired, post);
          sum->bias[j] += signal * s->bias[j].trace;
          s->z_trace[j] = 0.8 * s->z_trace[j] + z[j];
          for (int k = 0; k < N_OUT; k++)
            sum->out[j][k] += (double) e[k] * s->z_trace[j];
        }
      memcpy (s->z, z, sizeof z);
      for (int k = 0; k < N_OUT; k++)
        {
          s->y[k] = 0.8 * s->y[k] + weight (net, "out.bias", 0, k);
          for (int j = 0; j < N_UNITS; j++)
            s->y[k] += z[j] * weight (net, "out.weight", j, k);
          y[t * N_OUT + k] = (RheoReal) s->y[k];
        }
    }
  return n_spikes;
}

static void
check_definition (const char *more, Variant how, const char *feedback)
{
  g_autoptr (RheoTrainer) trainer = trainer_of (how.adapts ? current_json : json, more);
  RheoRule *rule = rheo_trainer_get_rule (trainer);
  RheoNet *net = rheo_trainer_get_net (trainer);
  g_autoptr (RheoMetrics) m = rheo_metrics_dup_declared (rule->metrics);
  const RheoLoss loss = { .kind = RHEO_LOSS_MSE };
  const RheoBatch *batch;
  RheoGrad *grad;
  g_autofree Sum *sum = g_new0 (Sum, 1);
  int n_spikes = 0;

  /* The feedback is to differ from the read-out, and the read-out from its first weights. */
  for (int i = 0; i < 3; i++)
    step (trainer);
  grad = rheo_net_new_grad (net);
  batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 3, NULL);
  g_assert_true (rule->type->gradient (rule, batch, grad, m));
  for (int row = 0; row < batch->n_rows; row++)
    {
      RheoReal y[N_STEPS * N_OUT], errors[N_STEPS * N_OUT] = { 0 };
      double scratch[64];

      n_spikes += trial (net, &how, batch, row, feedback, NULL, y, sum);
      rheo_loss_row (&loss, batch, row, rheo_loss_norm (&loss, batch), y, errors, N_OUT, scratch, NULL);
      trial (net, &how, batch, row, feedback, errors, y, sum);
    }
  g_assert_cmpfloat ((double) n_spikes / (batch->n_rows * N_STEPS * N_UNITS), >, 0.03);
  g_assert_cmpfloat ((double) n_spikes / (batch->n_rows * N_STEPS * N_UNITS), <, 0.7);
  assert_like (net, grad, "in.weight", &sum->in[0][0]);
  assert_like (net, grad, "rec.weight", &sum->rec[0][0]);
  assert_like (net, grad, "in.bias", sum->bias);
  assert_like (net, grad, "out.weight", &sum->out[0][0]);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  rheo_grad_free (grad);
}

static void
check_resets (void)
{
  check_definition ("run.seed=3", (Variant){ 0 }, "out.weight");
  check_definition ("model.layers.0.differentiate-reset=true", (Variant){ .through = TRUE }, "out.weight");
  check_definition ("model.layers.0.reset=zero", (Variant){ .zero = TRUE }, "out.weight");
  check_definition ("model.layers.0.reset=zero model.layers.0.differentiate-reset=true",
                    (Variant){ .zero = TRUE, .through = TRUE }, "out.weight");
}

static void
check_synaptic (void)
{
  check_definition ("model.layers.0.synaptic=true model.layers.0.alpha=0.6", (Variant){ .synaptic = TRUE },
                    "out.weight");
}

static void
check_adapting (void)
{
  check_definition ("model.layers.0.in.sd=4", (Variant){ .adapts = TRUE }, "out.weight");
  check_definition ("model.layers.0.in.sd=4 rule.feedback.kind=random", (Variant){ .adapts = TRUE }, "out.feedback");
}

static void
check_feedback (void)
{
  check_definition ("rule.feedback.kind=random", (Variant){ 0 }, "out.feedback");
  check_definition ("rule.feedback.kind=adaptive rule.feedback.decay=0.1", (Variant){ 0 }, "out.feedback");
}

static void
check_cuba (gconstpointer data)
{
  const gboolean own = data != NULL;
  g_autofree char *more = g_strdup_printf ("rule.feedback.kind=%s", own ? "random" : "symmetric");
  const char *feedback = own ? "out.feedback" : "out.weight";
  g_autoptr (RheoTrainer) trainer = trainer_of (cuba_json, more);
  RheoRule *rule = rheo_trainer_get_rule (trainer);
  RheoNet *net = rheo_trainer_get_net (trainer);
  g_autoptr (RheoMetrics) m = rheo_metrics_dup_declared (rule->metrics);
  const RheoLoss loss = { .kind = RHEO_LOSS_MSE };
  g_autofree CubaSum *sum = g_new0 (CubaSum, 1), *weights = g_new0 (CubaSum, 1);
  double back[N_UNITS][N_OUT];
  const RheoBatch *batch;
  RheoGrad *grad = rheo_net_new_grad (net);
  int n_spikes = 0;

  for (int i = 0; i < 2; i++)
    step (trainer);
  cuba_take (net, weights, back, feedback);
  batch = rheo_feed_take (rheo_trainer_get_feed (trainer), 2, NULL);
  g_assert_true (rule->type->gradient (rule, batch, grad, m));
  for (int row = 0; row < batch->n_rows; row++)
    {
      RheoReal y[CUBA_STEPS * N_OUT], errors[CUBA_STEPS * N_OUT] = { 0 };
      double scratch[64];

      n_spikes += cuba_trial (weights, back, batch, row, NULL, y, 0, sum);
      rheo_loss_row (&loss, batch, row, rheo_loss_norm (&loss, batch), y, errors, N_OUT, scratch, NULL);
      cuba_trial (weights, back, batch, row, errors, y, 0, sum);
    }
  g_assert_cmpint (n_spikes, >, 40);
  assert_like (net, grad, "rec.weight", &sum->rec[0][0]);
  assert_like (net, grad, "in.weight", &sum->in[0][0]);
  rheo_feed_give (rheo_trainer_get_feed (trainer), batch);
  rheo_grad_free (grad);
}

/* --- beside the gradient through time --------------------------------------------------------------------------------- */

static void
gradient_of (const char *of, const char *more, const char *trainable, double *cosine, double *ratio)
{
  g_autofree char *other =
      g_strconcat ("rule.id=bptt rule.surrogate.kind=fast-sigmoid rule.surrogate.slope=3 ", more, NULL);
  g_autoptr (RheoTrainer) a = trainer_of (of, more), b = trainer_of (of, other);
  double ab = 0, aa = 0, bb = 0;

  step (a);
  step (b);
  for (int i = 0; i < rheo_trainer_get_grad (a)->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (a), i);
      const RheoReal *x = rheo_trainer_get_grad (a)->value[i], *y = rheo_trainer_get_grad (b)->value[i];

      for (int k = 0; k < t->n_rows * t->stride && g_str_equal (t->name, trainable); k++)
        {
          ab += (double) x[k] * (double) y[k];
          aa += (double) x[k] * (double) x[k];
          bb += (double) y[k] * (double) y[k];
        }
    }
  *cosine = ab / sqrt (aa * bb);
  *ratio = sqrt (aa / bb);
}

/* Without ways from unit to unit both are the same; with them they are not; of the read-out always. */
static void
check_beside_bptt (void)
{
  static const char *const of_threshold[] = { "in.weight", "hidden.tau-m", "hidden.tau-adp", NULL };
  static const char *const of_current[] = { "in.weight", "hidden.tau-u", "hidden.tau-w", "hidden.a", "hidden.b", NULL };
  static const char *const of_lif[] = { "in.weight", NULL };
  const struct
  {
    const char *json, *alone;
    const char *const *trainables;
  } cases[] = { { json, "model.layers.0.recurrent=none", of_lif },
                { threshold_json, "model.layers.0.recurrent=false", of_threshold },
                { current_json, "model.layers.0.recurrent=false", of_current } };
  double cosine, ratio;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (const char *const *name = cases[i].trainables; *name != NULL; name++)
        {
          gradient_of (cases[i].json, cases[i].alone, *name, &cosine, &ratio);
          g_assert_cmpfloat_with_epsilon (cosine, 1, 1e-6);
          g_assert_cmpfloat_with_epsilon (ratio, 1, 1e-6);
        }
      gradient_of (cases[i].json, "model.layers.0.rec.sd=1", "in.weight", &cosine, &ratio);
      g_assert_cmpfloat (cosine, <, 0.999);
      g_assert_cmpfloat (cosine, >, 0);
      gradient_of (cases[i].json, "run.seed=3", "out.weight", &cosine, &ratio);
      g_assert_cmpfloat_with_epsilon (cosine, 1, 1e-6);
      g_assert_cmpfloat_with_epsilon (ratio, 1, 1e-6);
    }
}

/* --- feedback over time ------------------------------------------------------------------------------------------------- */

static double
distance (RheoNet *net)
{
  double sum = 0;

  for (int j = 0; j < N_UNITS; j++)
    for (int k = 0; k < N_OUT; k++)
      sum += pow (weight (net, "out.feedback", j, k) - weight (net, "out.weight", j, k), 2);
  return sqrt (sum);
}

/* What both get makes them alike: their distance shrinks by the decay and nothing else. */
static void
check_adaptive (void)
{
  g_autoptr (RheoTrainer) trainer = make ("rule.feedback.kind=adaptive rule.feedback.decay=0.1");
  RheoNet *net = rheo_trainer_get_net (trainer);
  double before = distance (net);

  g_assert_cmpfloat (before, >, 0.1);
  for (int i = 0; i < 20; i++)
    step (trainer);
  g_assert_cmpfloat_with_epsilon (distance (net) / before, pow (0.9, 20), 1e-5);
}

/* Its numbers are those of the first read-out, in another order, and stay what they are. */
static void
check_random (void)
{
  g_autoptr (RheoTrainer) trainer = make ("rule.feedback.kind=random");
  RheoNet *net = rheo_trainer_get_net (trainer);
  double was[N_UNITS][N_OUT], of_weights = 0, of_feedback = 0, squares = 0;

  for (int j = 0; j < N_UNITS; j++)
    for (int k = 0; k < N_OUT; k++)
      {
        was[j][k] = weight (net, "out.feedback", j, k);
        of_feedback += was[j][k];
        squares += was[j][k] * was[j][k];
        of_weights += weight (net, "out.weight", j, k);
        squares -= pow (weight (net, "out.weight", j, k), 2);
      }
  g_assert_cmpfloat_with_epsilon (of_feedback, of_weights, 1e-5);
  g_assert_cmpfloat_with_epsilon (squares, 0, 1e-5);
  g_assert_cmpfloat (distance (net), >, 0.1);
  for (int i = 0; i < 5; i++)
    step (trainer);
  for (int j = 0; j < N_UNITS; j++)
    for (int k = 0; k < N_OUT; k++)
      g_assert_cmpfloat (weight (net, "out.feedback", j, k), ==, was[j][k]);
}

/* What is looked at before the first update changes nothing, nor does it after a checkpoint was loaded. */
static void
check_watched (void)
{
  static const char *const more = "rule.feedback.kind=adaptive rule.feedback.decay=0.05";
  g_autoptr (RheoTrainer) plain = make (more), watched = make (more), resumed = make (more);
  g_autoptr (RheoTable) record = NULL, again = NULL, checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  record = rheo_trainer_dup_record (watched, &error);
  g_assert_no_error (error);
  step (plain);
  step (watched);
  checkpoint = rheo_trainer_dup_checkpoint (plain);
  rheo_trainer_load_checkpoint (resumed, checkpoint, &error);
  g_assert_no_error (error);
  again = rheo_trainer_dup_record (resumed, &error);
  g_assert_no_error (error);
  step (plain);
  step (watched);
  step (resumed);
  for (int i = 0; i < rheo_trainer_get_grad (plain)->n; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (rheo_trainer_get_net (plain), i);
      const gsize size = sizeof (RheoReal) * (gsize) (t->n_rows * t->stride);

      g_assert_cmpmem (t->value, size, rheo_net_get_trainable (rheo_trainer_get_net (watched), i)->value, size);
      g_assert_cmpmem (t->value, size, rheo_net_get_trainable (rheo_trainer_get_net (resumed), i)->value, size);
    }
}

static void
check_zero_readout (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) e = rheo_experiment_parse (json, "test", &error);

  g_assert_no_error (error);
  rheo_experiment_set_all (e, (const char *const[]){ "rule.feedback.kind=random", "model.out.sd=0", NULL }, &error);
  g_assert_no_error (error);
  g_assert_null (rheo_trainer_new (e, &error));
  g_assert_nonnull (strstr (error->message, "rule.feedback.kind is random"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eprop/definition/resets", check_resets);
  g_test_add_func ("/eprop/definition/synaptic", check_synaptic);
  g_test_add_func ("/eprop/definition/adapting", check_adapting);
  g_test_add_func ("/eprop/definition/feedback", check_feedback);
  g_test_add_data_func ("/eprop/definition/cuba", NULL, check_cuba);
  g_test_add_data_func ("/eprop/definition/cuba-random", "random", check_cuba);
  g_test_add_func ("/eprop/beside-bptt", check_beside_bptt);
  g_test_add_func ("/eprop/feedback/adaptive", check_adaptive);
  g_test_add_func ("/eprop/feedback/random", check_random);
  g_test_add_data_func ("/eprop/feedback/resume", "rule.feedback.kind=adaptive rule.feedback.decay=0.05", check_resume);
  g_test_add_func ("/eprop/feedback/watched", check_watched);
  g_test_add_func ("/eprop/feedback/zero-read-out", check_zero_readout);
  return g_test_run ();
}
