#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/label.h"
#include "engine/lesson.h"

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
 * product over time. The derivatives are those of the cell's adjoint, whatever its state is.
 *
 * The adaptive feedback (Kolen & Pollack 1994) gets each update of the read-out W, and both decay:
 *   W <- W + dW - lambda W,   B <- B + dW - lambda B */

enum
{
  FEEDBACK_SYMMETRIC,
  FEEDBACK_RANDOM,
  FEEDBACK_ADAPTIVE,
};

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
  RHEO_P_LESSON_OPTIMISER (Eprop, optimiser),
  RHEO_P_LESSON_SURROGATE (Eprop, lesson),
  RHEO_P_LESSON_PENALTY (Eprop, lesson),
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
  return TRUE;
}

static gboolean
gradient (RheoRule *rule, const RheoBatch *batch, RheoGrad *out, RheoMetrics *m)
{
  Work *work = rule->priv;

  for (guint i = 0; i < work->paths->len; i++)
    {
      const Path *path = &g_array_index (work->paths, Path, i);

      show_feedback (rule->net, path);
      memcpy (path->weights, path->proj->weight, sizeof (RheoReal) * path->proj->n_pre * path->proj->stride);
    }
  return rheo_lesson_gradient (work->lesson, batch, out, m);
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

static gboolean
evaluate (RheoRule *rule, const RheoBatch *batch, RheoMetrics *m)
{
  return rheo_lesson_evaluate (((Work *) rule->priv)->lesson, batch, m);
}

static void
release (RheoRule *rule)
{
  Work *work = rule->priv;

  if (work == NULL)
    return;
  rheo_lesson_free (work->lesson);
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
  .updated = updated,
  .evaluate = evaluate,
  .optimiser = optimiser,
  .early_stop = early_stop,
  .release = release,
};
