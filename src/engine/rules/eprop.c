#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/eligible.h"
#include "engine/label.h"
#include "engine/lesson.h"
#include "engine/online.h"
#include "engine/trainer.h"

/* e-prop 1 (Bellec, Scherr, Subramoney, Hajek, Salaj, Legenstein & Maass 2020). i: source, j: target of a synapse,
 * h: the state of a unit, z: what it gives, E: loss, B: feedback.
 *
 *   eps_ji^t = dh_j^t/dh_j^(t-1) eps_ji^(t-1) + dh_j^t/dW_ji      eligibility vector, of the unit alone
 *   e_ji^t   = dz_j^t/dh_j^t eps_ji^t                              eligibility trace
 *   L_j^t    = sum over k, t' >= t of B_jk dE/dy_k^t' dy_k^t'/dy_k^t   learning signal, through the read-out's own filter
 *   dE/dW_ji = sum over t of L_j^t e_ji^t
 *
 * This is the gradient through time without its ways from unit to unit. So at the end of a trial it is had without any
 * eligibility: back through the tape with the projections on cycles cut, which leaves each unit its own past, and one
 * product over time. The derivatives are those of the cell's adjoint, whatever its state is. With an update after each step, or
 * each few, traces and their products with the errors go forward instead (eligible.h): the same sum while weights stay.
 *
 * The adaptive feedback (Kolen & Pollack 1994) gets each update of the read-out W, and both decay:
 *   W <- W + dW - lambda W,   B <- B + dW - lambda B */

enum
{
  FEEDBACK_SYMMETRIC,
  FEEDBACK_RANDOM,
  FEEDBACK_ADAPTIVE,
};

enum
{
  UPDATE_TRIAL,
  UPDATE_STEP,
};

static const char *const update_choices[] = { "trial", "step", NULL };
static const char *const feedback_kinds[] = { "symmetric", "random", "adaptive", NULL };

typedef struct
{
  int kind;
  double decay;
} Feedback;

typedef struct
{
  RheoLesson lesson;
  Feedback feedback;
  int update, every;
  RheoOptimiser optimiser;
  RheoStopRows stop;
} Eprop;

static const RheoParam feedback_rows[] = {
  RHEO_P_CHOICE (Feedback, kind, "kind", feedback_kinds, .label = N_ ("Feedback"),
                 .help =
                     N_ ("What carries the errors of the outputs back to the units: the read-out’s own weights; its "
                         "first weights in random order, which stay; or the same, which then get every update of "
                         "the read-out.")),
  RHEO_P_REAL (Feedback, decay, "decay", .label = N_ ("Decay of read-out and feedback"),
               .help = N_ ("Share of themselves that both lose at each update: so they become alike."), .def = 1e-3,
               .min = 0, .max = 1, .soft_max = 0.01, .when = "kind=adaptive", .needs = RHEO_LEARNS, .flags = RHEO_LIVE),
  RHEO_P_END,
};

static const RheoParam params[] = {
  RHEO_P_LESSON_LOSS (Eprop, lesson),
  RHEO_P_BLOCK (Eprop, feedback, Feedback, "feedback", feedback_rows, .label = N_ ("Feedback"),
                .words = N_ ("feedback alignment, weight transport, broadcast")),
  RHEO_P_CHOICE (Eprop, update, "update", update_choices, .label = N_ ("Update"), .needs = RHEO_LEARNS,
                 .help = N_ ("One at the end of the trials of a batch; or many while they run, from traces that each "
                             "synapse carries forward: for one layer of integrate-and-fire units.")),
  RHEO_P_INT (Eprop, every, "every", .label = N_ ("Steps between updates"), .unit = N_ ("steps"), .def = 1, .min = 1,
              .max = 100000, .soft_min = 1, .soft_max = 100,
              .help = N_ ("Time steps of the trials from one update to the next."), .when = "update=step",
              .needs = RHEO_LEARNS, .flags = RHEO_LIVE),
  RHEO_P_LESSON_OPTIMISER (Eprop, optimiser),
  RHEO_P_LESSON_SURROGATE (Eprop, lesson),
  RHEO_P_BLOCK (Eprop, lesson.penalty, RheoPenalty, "penalty", rheo_penalty_rows, .label = N_ ("Penalties on activity"),
                .needs = RHEO_SPIKES, .when = "update=trial"),
  RHEO_P_LESSON_NOISE (Eprop, lesson),
  RHEO_P_LESSON_FROZEN (Eprop, lesson),
  RHEO_P_LESSON_STOP (Eprop, stop),
  RHEO_P_LESSON_TARGET (Eprop, lesson),
  RHEO_P_LESSON_ACTIVITY (Eprop, lesson),
  RHEO_P_END,
};

/* The feedback of one projection into the read-out. */
typedef struct
{
  RheoProj *proj;
  RheoReal *kept;    /* KEEP: [pre][post] */
  RheoReal *padded;  /* the same as the adjoint wants it: [pre][stride] */
  RheoReal *weights; /* of the read-out before the update: [pre][stride] */
} Path;

typedef struct
{
  RheoLessonWork *lesson;
  GArray *paths; /* Path */
  /* With an update after steps: */
  RheoEligible *eligible; /* else NULL */
  RheoGrad *grad;         /* since the last update */
  RheoGrad *sum;          /* to where gradients are added now */
  RheoSurrogate surrogate;
  RheoReal *error; /* [out] */
  double norm;
  gboolean finite;
} Work;

/* --- feedback ----------------------------------------------------------------------------------------------------- */

/* Back from the array that checkpoints hold, which a load may have changed; the network may have run since with what was
 * there before, and made copies of it. */
static void
show_feedback (RheoNet *net, const Path *path)
{
  const gsize size = sizeof (RheoReal) * (gsize) path->proj->n_post;
  gboolean changed = FALSE;

  for (int j = 0; j < path->proj->n_pre; j++)
    {
      RheoReal *to = path->padded + (gsize) j * path->proj->stride;
      const RheoReal *from = path->kept + (gsize) j * path->proj->n_post;

      changed = changed || memcmp (to, from, size) != 0;
      memcpy (to, from, size);
    }
  if (changed)
    rheo_net_weights_changed (net);
}

/* The same law as that of the read-out, whatever it is: its own numbers in random order. FALSE: they are all 0. */
static gboolean
draw_feedback (const Path *path, int i_proj, uint64_t seed)
{
  const RheoProj *p = path->proj;
  const RheoRng rng = { .seed = seed, .stream = RHEO_STREAM_RULE, .item = (uint32_t) i_proj };
  const int n = p->n_pre * p->n_post;
  g_autofree int *order = g_new (int, n);
  gboolean any = FALSE;

  rheo_rng_permute (rng, 0, n, order);
  for (int k = 0; k < n; k++)
    {
      path->kept[k] = p->weight[(gsize) (order[k] / p->n_post) * p->stride + order[k] % p->n_post];
      any = any || path->kept[k] != 0;
    }
  return any;
}

static gboolean
add_path (RheoRule *rule, int i_proj, GError **error)
{
  Work *work = rule->priv;
  RheoProj *p = rheo_net_get_proj (rule->net, i_proj);
  const RheoType type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;
  const int64_t dims[2] = { p->n_pre, p->n_post };
  g_autofree char *name = g_strdup_printf ("%s.feedback", p->name);
  g_autofree char *label = rheo_label_dup_of (N_ ("feedback"), p->name);
  Path path = { .proj = p };

  rheo_net_array (rule->net, name, label, "", "pre post", type, RHEO_USE_KEEP, dims);
  path.kept = rheo_net_find_array (rule->net, name)->data;
  if (path.kept == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the feedback."));
  path.padded = g_new0 (RheoReal, (gsize) p->n_pre * p->stride);
  path.weights = g_new0 (RheoReal, (gsize) p->n_pre * p->stride);
  g_array_append_val (work->paths, path);
  if (!draw_feedback (&path, i_proj, rule->seed))
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("rule.feedback.kind is %s, which begins with the read-out’s weights in random order, but those "
           "of the projection \"%s\" are all 0."),
        feedback_kinds[((const Eprop *) rule->config)->feedback.kind], p->name);
  p->feedback = path.padded;
  return TRUE;
}

/* --- the rule ----------------------------------------------------------------------------------------------------- */

/* Projections between populations that are stepped together: they close the cycles of the network. */
static void
cut_cycles (RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  int stage_of[RHEO_MAX_POPS];

  for (int i = 0; i < plan->n_stages; i++)
    for (int k = plan->stage_first[i]; k < plan->stage_first[i + 1]; k++)
      stage_of[plan->stage_pop[k]] = i;
  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].from >= 0 && stage_of[plan->proj[i].from] == stage_of[plan->proj[i].to])
      rheo_net_get_proj (net, i)->flags |= RHEO_PROJ_CUT;
}

static void
clear_path (gpointer data)
{
  g_free (((Path *) data)->padded);
  g_free (((Path *) data)->weights);
}

static bool
on_card (const void *config)
{
  return ((const Eprop *) config)->update == UPDATE_TRIAL;
}

/* What updates while trials run need. */
static gboolean
setup_steps (RheoRule *rule, GError **error)
{
  const Eprop *config = rule->config;
  Work *work = rule->priv;

  if (config->lesson.loss.kind != RHEO_LOSS_MSE)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("rule.update = step needs the error of each step, which only rule.loss.kind = mse has; use "
                         "rule.update = trial."));
  work->eligible = rheo_eligible_new (rule, error);
  if (work->eligible == NULL)
    return FALSE;
  work->grad = rheo_net_new_grad (rule->net);
  work->error = g_new0 (RheoReal, rheo_net_get_plan (rule->net)->n_out);
  rule->drives = TRUE;
  return TRUE;
}

static gboolean
setup (RheoRule *rule, RheoTrainer *trainer, GError **error)
{
  const Eprop *config = rule->config;
  const RheoPlan *plan = rheo_net_get_plan (rule->net);
  Work *work = rule->priv = g_new0 (Work, 1);

  work->paths = g_array_new (FALSE, FALSE, sizeof (Path));
  g_array_set_clear_func (work->paths, clear_path);
  work->lesson = rheo_lesson_new (rule, &config->lesson, error);
  if (work->lesson == NULL)
    return FALSE;
  cut_cycles (rule->net);
  for (int i = 0; i < plan->n_projs && config->feedback.kind != FEEDBACK_SYMMETRIC; i++)
    if (plan->proj[i].to == plan->out_pop && plan->proj[i].from >= 0 && plan->proj[i].form == RHEO_DENSE
        && !add_path (rule, i, error))
      return FALSE;
  rheo_net_masks_changed (rule->net);
  return config->update == UPDATE_TRIAL || setup_steps (rule, error);
}

/* What the next gradient goes back through, and what the update after it starts from. */
static void
begin_paths (RheoRule *rule)
{
  const Work *work = rule->priv;

  for (guint i = 0; i < work->paths->len; i++)
    {
      const Path *path = &g_array_index (work->paths, Path, i);

      show_feedback (rule->net, path);
      memcpy (path->weights, path->proj->weight, sizeof (RheoReal) * path->proj->n_pre * path->proj->stride);
    }
}

static void
updated (RheoRule *rule, const RheoUpdate *update)
{
  const Eprop *config = rule->config;
  const RheoReal decay = (RheoReal) config->feedback.decay;
  const Work *work = rule->priv;

  for (guint i = 0; i < work->paths->len && config->feedback.kind == FEEDBACK_ADAPTIVE; i++)
    {
      const Path *path = &g_array_index (work->paths, Path, i);
      const RheoProj *p = path->proj;

      for (int j = 0; j < p->n_pre; j++)
        for (int k = 0; k < p->n_post; k++)
          {
            RheoReal *w = &p->weight[(gsize) j * p->stride + k], *b = &path->kept[(gsize) j * p->n_post + k];
            const RheoReal before = path->weights[(gsize) j * p->stride + k];

            *b += *w - before - decay * *b;
            *w -= decay * before;
          }
    }
  if (work->paths->len > 0)
    rheo_net_weights_changed (rule->net);
}

/* --- while trials run --------------------------------------------------------------------------------------------- */

typedef struct
{
  RheoRule *rule;
  const RheoBatch *batch;
} Running;

static void
see (void *data, int row, int64_t t, int64_t at)
{
  const Running *now = data;
  const RheoBatch *batch = now->batch;
  const Work *work = now->rule->priv;
  const gsize n = (gsize) batch->n_out;
  const RheoReal *target = batch->target + ((gsize) row * (gsize) batch->n_steps + (gsize) t) * n;
  const RheoReal *out = rheo_tape_get_output (now->rule->net, row, at);
  const double scale = 2 * rheo_online_counts (batch, row, t) / work->norm;

  for (gsize k = 0; k < n; k++)
    work->error[k] = (RheoReal) (scale * ((double) out[k] - (double) target[k]));
  rheo_eligible_see (work->eligible, row, t, at, work->error, work->sum);
}

static void
learn (void *data, int64_t t, int n_rows)
{
  RheoRule *rule = ((Running *) data)->rule;
  Work *work = rule->priv;

  if (work->sum != work->grad || !work->finite)
    return;
  rheo_eligible_mark (work->eligible);
  work->finite = rheo_trainer_update (rule->trainer, work->grad);
  if (!work->finite)
    return;
  updated (rule, NULL);
  begin_paths (rule);
  rheo_eligible_follow (work->eligible, n_rows);
  rheo_grad_clear (work->grad, rule->net);
}

/* Adds the gradient of all steps to sum; where that is the rule's own, weights change on the way. FALSE: stopped. */
static gboolean
run_steps (RheoRule *rule, const RheoBatch *batch, RheoGrad *sum)
{
  const Eprop *config = rule->config;
  Work *work = rule->priv;
  Running now = { .rule = rule, .batch = batch };
  const RheoOnline online = {
    .rule = rule, .batch = batch, .every = config->every, .see = see, .learn = learn, .data = &now
  };

  work->sum = sum;
  work->finite = TRUE;
  work->norm = rheo_loss_norm (&config->lesson.loss, batch);
  work->surrogate = rheo_surrogate_derive (&config->lesson.surrogate);
  begin_paths (rule);
  rheo_eligible_begin (work->eligible, batch, &work->surrogate);
  return rheo_online_run (&online);
}

static gboolean
iterate (RheoRule *rule, RheoMetrics *m, GError **error)
{
  Work *work = rule->priv;
  g_autoptr (GByteArray) before = g_byte_array_new ();

  rheo_online_copy (rule->net, before, FALSE);
  rheo_grad_clear (work->grad, rule->net);
  if (run_steps (rule, rule->batch, work->grad) && work->finite && rheo_lesson_evaluate (work->lesson, rule->batch, m))
    return TRUE;
  rheo_online_copy (rule->net, before, TRUE);
  if (!work->finite)
    rheo_metrics_add_key (m, "train", "loss", NAN, 1);
  return !work->finite;
}

/* --- at the end of trials ----------------------------------------------------------------------------------------- */
static gboolean
gradient (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m)
{
  Work *work = rule->priv;

  if (work->eligible != NULL)
    return run_steps (rule, batch, out) && rheo_lesson_evaluate (work->lesson, batch, m);
  begin_paths (rule);
  return rheo_lesson_gradient (work->lesson, batch, out, m);
}

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  return rheo_lesson_evaluate (((Work *) rule->priv)->lesson, batch, m);
}

static void
record (RheoRule *rule, const RheoBatch *batch, RheoTable *table)
{
  const Work *work = rule->priv;

  if (work->eligible == NULL)
    rheo_lesson_record (work->lesson, batch, table);
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_lesson_free (work->lesson);
  rheo_eligible_free (work->eligible);
  rheo_grad_free (work->grad);
  g_free (work->error);
  g_array_unref (work->paths);
  g_free (work);
}

static void
resolve (void *config, const RheoShape *shape)
{
  rheo_loss_resolve (&((Eprop *) config)->lesson.loss, shape);
}

static const RheoOptimiser *
optimiser (const void *config)
{
  return &((const Eprop *) config)->optimiser;
}

static const RheoStopRows *
early_stop (const void *config)
{
  return &((const Eprop *) config)->stop;
}

#define PAPER                                                                                                          \
  "\"surrogate\": {\"kind\": \"triangular\", \"height\": 0.3, \"half-base\": 1}, "                                     \
  "\"optimiser\": {\"kind\": \"adam\", \"lr\": 0.003}"

static const RheoPreset presets[] = {
  { "symmetric", N_ ("Symmetric, triangular surrogate 0.3"), "{\"feedback\": {\"kind\": \"symmetric\"}, " PAPER "}" },
  { "random", N_ ("Random, triangular surrogate 0.3"), "{\"feedback\": {\"kind\": \"random\"}, " PAPER "}" },
  { "adaptive", N_ ("Adaptive, triangular surrogate 0.3"),
    "{\"feedback\": {\"kind\": \"adaptive\", \"decay\": 0.001}, " PAPER "}" },
  { NULL },
};

const RheoRuleType rheo_rule_eprop = {
  .base = { .kind = RHEO_KIND_RULE,
            .version = 1,
            .id = "eprop",
            .title = N_ ("E-prop"),
            .summary = N_ ("Each synapse keeps a trace of what it did to its own unit; the errors of the outputs, sent "
                           "straight to all units, turn the traces into updates. Nothing goes back from unit to unit."),
            .cite = "Bellec et al. 2020",
            .config_size = sizeof (Eprop),
            .params = params,
            .presets = presets,
            .series = rheo_lesson_series,
            .gives = RHEO_GRADIENT,
            .needs = RHEO_TRIALS | RHEO_ADJOINT },
  .unit = N_ ("batch"),
  .resolve = resolve,
  .setup = setup,
  .gradient = gradient,
  .on_card = on_card,
  .iterate = iterate,
  .updated = updated,
  .evaluate = evaluate,
  .optimiser = optimiser,
  .early_stop = early_stop,
  .flows = true,
  .record = record,
  .release = release,
};
