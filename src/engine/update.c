#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "update-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "denormals.h"

/* Numbers in one piece of work: a fixed division, so that threads never change a result. */
#define ITEM_SIZE 16384

static const char *const optimiser_kinds[] = { "sgd", "momentum", "adam", "adamw", "rmsprop", NULL };
static const char *const schedule_kinds[] = { "none", "step", "cosine", "plateau", NULL };

const RheoParam rheo_schedule_rows[] = {
  RHEO_P_CHOICE (RheoSchedule, kind, "kind", schedule_kinds, .label = N_ ("Schedule"),
                 .help = N_ ("How the learning rate changes: in steps, along half a cosine, or whenever the loss stops "
                             "falling."),
                 .words = N_ ("scheduler, annealing")),
  RHEO_P_INT (RheoSchedule, every, "every", .label = N_ ("Every"),
              .help = N_ ("Iterations from one step to the next, or length of the half cosine."), .def = 10, .min = 1,
              .max = 1e9, .soft_min = 1, .soft_max = 200, .when = "kind=step|cosine", .flags = RHEO_LIVE),
  RHEO_P_BOOL (RheoSchedule, updates, "count-updates", .label = N_ ("Count updates"),
               .help = N_ ("Counts updates instead of iterations."), .when = "kind=step|cosine",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoSchedule, factor, "factor", .label = N_ ("Factor"),
               .help = N_ ("What the learning rate is multiplied by."), .def = 0.5, .min = 0, .max = 1, .soft_min = 0.1,
               .soft_max = 1, .when = "kind=step|plateau", .flags = RHEO_LIVE),
  RHEO_P_INT (RheoSchedule, patience, "patience", .label = N_ ("Patience"), .unit = N_ ("iterations"),
              .help = N_ ("Iterations without a better loss that are put up with."), .def = 10, .min = 0, .max = 1e6,
              .soft_min = 1, .soft_max = 50, .when = "kind=plateau", .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoSchedule, threshold, "threshold", .label = N_ ("Threshold"),
               .help = N_ ("Fraction by which the loss must fall to count as better."), .def = 1e-4, .min = 0, .max = 1,
               .soft_min = 0, .soft_max = 0.1, .when = "kind=plateau", .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoSchedule, min, "min", .label = N_ ("Least"),
               .help = N_ ("Fraction of the learning rate that is never gone below."), .def = 0, .min = 0, .max = 1,
               .when = "kind=step|cosine|plateau", .flags = RHEO_LIVE),
  RHEO_P_END,
};

const RheoParam rheo_optimiser_rows[] = {
  RHEO_P_CHOICE (RheoOptimiser, kind, "kind", optimiser_kinds, .label = N_ ("Optimiser"), .def = RHEO_OPTIMISER_ADAM,
                 .help = N_ ("What turns gradients into changes of weights."),
                 .words = N_ ("optimizer, gradient descent")),
  RHEO_P_REAL (RheoOptimiser, lr, "lr", .label = N_ ("Learning rate"),
               .help = N_ ("Size of each update of the weights."), .words = N_ ("learning speed, step size"),
               .def = 0.005, .min = 0, .max = 1000, .soft_min = 1e-5, .soft_max = 1, .flags = RHEO_LIVE | RHEO_LOG),
  RHEO_P_REAL (RheoOptimiser, beta1, "beta1", .label = N_ ("Decay of the mean"),
               .help = N_ ("Decay of the running mean of gradients, per update."), .def = 0.9, .min = 0,
               .max = 0.999999, .soft_min = 0, .soft_max = 0.999, .when = "kind=adam|adamw",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoOptimiser, beta2, "beta2", .label = N_ ("Decay of the squares"),
               .help = N_ ("Decay of the running mean of squared gradients, per update."), .def = 0.999, .min = 0,
               .max = 0.9999999, .soft_min = 0.9, .soft_max = 0.9999, .when = "kind=adam|adamw",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoOptimiser, alpha, "alpha", .label = N_ ("Decay of the squares"),
               .help = N_ ("Decay of the running mean of squared gradients, per update."), .def = 0.99, .min = 0,
               .max = 0.9999999, .soft_min = 0.9, .soft_max = 0.9999, .when = "kind=rmsprop",
               .flags = RHEO_LIVE | RHEO_ADVANCED),
  RHEO_P_REAL (RheoOptimiser, eps, "eps", .label = N_ ("Epsilon"),
               .help = N_ ("Added to the root of the squares, against division by zero."), .def = 1e-8, .min = 1e-16,
               .max = 1, .soft_min = 1e-10, .soft_max = 1e-3, .when = "kind=adam|adamw|rmsprop",
               .flags = RHEO_LIVE | RHEO_LOG | RHEO_ADVANCED),
  RHEO_P_REAL (RheoOptimiser, momentum, "momentum", .label = N_ ("Momentum"),
               .help = N_ ("Share of each update that is carried over to the next one."), .def = 0.9, .min = 0,
               .max = 0.999999, .soft_min = 0, .soft_max = 0.99, .when = "kind=momentum", .flags = RHEO_LIVE),
  RHEO_P_BOOL (RheoOptimiser, nesterov, "nesterov", .label = N_ ("Nesterov’s form"),
               .help = N_ ("Takes the gradient where the momentum is about to lead."), .when = "kind=momentum",
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoOptimiser, weight_decay, "weight-decay", .label = N_ ("Weight decay"),
               .help =
                   N_ ("Added to the gradient, times the weight; with adamw weights shrink by it times the learning "
                       "rate instead."),
               .words = N_ ("L2 penalty, shrinkage"), .def = 0, .min = 0, .max = 1000, .soft_min = 0, .soft_max = 0.1,
               .flags = RHEO_LIVE),
  RHEO_P_REAL (RheoOptimiser, clip, "clip", .label = N_ ("Clip gradient"),
               .help = N_ ("Largest norm of the whole gradient; 0 leaves it as it is."),
               .words = N_ ("gradient clipping, exploding gradients"), .def = 0, .min = 0, .max = 1e9, .soft_min = 0,
               .soft_max = 10, .flags = RHEO_LIVE),
  RHEO_P_BLOCK (RheoOptimiser, schedule, RheoSchedule, "schedule", rheo_schedule_rows,
                .label = N_ ("Learning-rate schedule")),
  RHEO_P_END,
};

/* --- setting up ------------------------------------------------------------------------------------------------ */

static RheoNetArray *
ask_array (RheoNet *net, char *name, const char *label, const char *axes, RheoType type, const int64_t *dims)
{
  RheoNetArray *array = rheo_net_find_array (net, name);

  if (array == NULL)
    {
      rheo_net_array (net, name, label, "", axes, type, RHEO_USE_KEEP, dims);
      array = rheo_net_find_array (net, name);
    }
  g_free (name);
  return array;
}

static RheoMoment
ask_moment (RheoNet *net, const char *name, const char *what, const char *label, const RheoTrainable *t)
{
  const RheoType type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;
  const int64_t dims[2] = { t->n_rows, t->width };
  RheoNetArray *array =
      t->n_rows > 1 ? ask_array (net, g_strdup_printf ("%s.%s.%s", name, what, t->name), label, "pre post", type, dims)
                    : ask_array (net, g_strdup_printf ("%s.%s.%s", name, what, t->name), label, "unit", type, dims + 1);

  return (RheoMoment){ array->data, array->stride };
}

static void
add_items (GArray *items, int i_trainable, const RheoTrainable *t)
{
  const int n_rows = MAX (1, ITEM_SIZE / MAX (t->width, 1)), n_columns = MIN (t->width, 2 * ITEM_SIZE);

  for (int64_t row = 0; row < t->n_rows; row += n_rows)
    for (int column = 0; column < t->width; column += n_columns)
      {
        RheoUpdateItem item = { .trainable = i_trainable,
                                .row = row,
                                .n_rows = (int) MIN (n_rows, t->n_rows - row),
                                .column = column,
                                .n_columns = MIN (n_columns, t->width - column) };

        g_array_append_val (items, item);
      }
}

static bool
has_mean (const RheoOptimiser *config)
{
  return config->kind == RHEO_OPTIMISER_ADAM || config->kind == RHEO_OPTIMISER_ADAMW
         || config->kind == RHEO_OPTIMISER_MOMENTUM;
}

static bool
has_square (const RheoOptimiser *config)
{
  return config->kind == RHEO_OPTIMISER_ADAM || config->kind == RHEO_OPTIMISER_ADAMW
         || config->kind == RHEO_OPTIMISER_RMSPROP;
}

int
rheo_optimiser_count_moments (const RheoOptimiser *config)
{
  return has_mean (config) + has_square (config);
}

RheoUpdater *
rheo_updater_new (RheoNet *net, const RheoOptimiser *config, const char *name, uint64_t seed, GError **error)
{
  g_autoptr (RheoUpdater) u = g_new0 (RheoUpdater, 1);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (RheoUpdateItem));
  const int64_t n_schedule = N_SCHEDULE;

  u->net = net;
  u->team = rheo_net_get_device (net)->team;
  u->kind = config->kind;
  u->seed = seed;
  u->n_trainables = rheo_net_get_n_trainables (net);
  u->n_projs = rheo_net_get_plan (net)->n_projs;
  u->i_proj = g_new (int, u->n_trainables);
  u->mean = g_new0 (RheoMoment, u->n_trainables);
  u->square = g_new0 (RheoMoment, u->n_trainables);
  u->norms = g_new0 (double, u->n_trainables);
  u->adam = g_new0 (RheoAdam, u->n_trainables);
  u->momentum = g_new0 (RheoMomentum, u->n_trainables);
  u->rmsprop = g_new0 (RheoRmsprop, u->n_trainables);
  u->kept = g_new0 (RheoKept, u->n_projs);
  u->wiring = g_new0 (RheoWiring, u->n_projs);
  u->n_updates = ask_array (net, g_strdup_printf ("%s.updates", name), N_ ("Updates done"), "", RHEO_I64, NULL)->data;
  u->schedule = ask_array (net, g_strdup_printf ("%s.schedule", name), N_ ("State of the learning-rate schedule"),
                           "number", RHEO_F64, &n_schedule)
                    ->data;
  for (int i = 0; i < u->n_trainables; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      if (has_mean (config))
        u->mean[i] = ask_moment (net, name, "mean", N_ ("Running mean of gradients"), t);
      if (has_square (config))
        u->square[i] = ask_moment (net, name, "square", N_ ("Running mean of squared gradients"), t);
      if ((has_mean (config) && u->mean[i].value == NULL) || (has_square (config) && u->square[i].value == NULL))
        {
          rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the optimiser."));
          return NULL;
        }
      u->i_proj[i] = t->proj != NULL && t->value == t->proj->weight ? (int) (t->proj - rheo_net_get_proj (net, 0)) : -1;
      add_items (items, i, t);
    }
  for (int i = 0; i < u->n_projs; i++)
    rheo_wiring_init (&u->wiring[i], rheo_net_get_proj (net, i));
  u->n_items = (int) items->len;
  u->item = (RheoUpdateItem *) (void *) g_array_free (g_steal_pointer (&items), FALSE);
  return g_steal_pointer (&u);
}

void
rheo_updater_free (RheoUpdater *u)
{
  if (u == NULL)
    return;
  for (int i = 0; i < u->n_projs; i++)
    rheo_wiring_release (&u->wiring[i]);
  g_free (u->i_proj);
  g_free (u->mean);
  g_free (u->square);
  g_free (u->norms);
  g_free (u->adam);
  g_free (u->momentum);
  g_free (u->rmsprop);
  g_free (u->kept);
  g_free (u->wiring);
  g_free (u->item);
  g_free (u);
}

/* --- learning rate --------------------------------------------------------------------------------------------- */

static double
scheduled (const RheoUpdater *u, const RheoSchedule *s, int64_t iteration)
{
  const double done = (double) (s->updates ? *u->n_updates : iteration) / s->every;
  double factor = 1;

  switch (s->kind)
    {
    case RHEO_SCHEDULE_STEP:
      factor = pow (s->factor, floor (done));
      break;
    case RHEO_SCHEDULE_COSINE:
      return s->min + (1 - s->min) * (1 + cos (G_PI * MIN (done, 1))) / 2;
    case RHEO_SCHEDULE_PLATEAU:
      factor = pow (s->factor, u->schedule[N_REDUCED]);
      break;
    default:
      return 1;
    }
  return MAX (factor, s->min);
}

void
rheo_updater_note_loss (RheoUpdater *u, const RheoOptimiser *config, double loss)
{
  double *s = u->schedule;

  if (s[N_LOSSES]++ == 0 || loss < s[BEST] * (1 - config->schedule.threshold))
    {
      s[BEST] = loss;
      s[N_BAD] = 0;
    }
  else if (++s[N_BAD] > config->schedule.patience)
    {
      s[N_REDUCED]++;
      s[N_BAD] = 0;
    }
}

/* --- one update ------------------------------------------------------------------------------------------------ */

static void
add_squares (void *data, int i_item, int thread)
{
  RheoUpdater *u = data;
  RheoUpdateItem *item = &u->item[i_item];
  const RheoTrainable *t = rheo_net_get_trainable (u->net, item->trainable);
  const RheoReal *g = u->grad->value[item->trainable] + item->row * t->stride + item->column;

  item->squares = rheo_kernels_fast.sum_squares (item->n_rows, t->stride, item->n_columns, g);
}

static void
optimise (RheoUpdater *u, const RheoUpdateItem *item, const RheoTrainable *t, int64_t row)
{
  const RheoKernels *k = &rheo_kernels_fast;
  const int i = item->trainable, n = item->n_columns, column = item->column;
  RheoReal *w = t->value + row * t->stride + column;
  const RheoReal *g = u->grad->value[i] + row * t->stride + column;
  RheoReal *mean = u->mean[i].value != NULL ? u->mean[i].value + row * u->mean[i].stride + column : NULL;
  RheoReal *square = u->square[i].value != NULL ? u->square[i].value + row * u->square[i].stride + column : NULL;

  switch (u->kind)
    {
    case RHEO_OPTIMISER_ADAM:
    case RHEO_OPTIMISER_ADAMW:
      k->adam (n, w, g, mean, square, &u->adam[i]);
      break;
    case RHEO_OPTIMISER_RMSPROP:
      k->rmsprop (n, w, g, square, &u->rmsprop[i]);
      break;
    default:
      k->momentum (n, w, g, mean, &u->momentum[i]);
    }
}

/* Mask and signs of weights that share a source. */
static void
keep_span (RheoUpdateItem *item, int n, RheoReal *w, const uint8_t *mask, int sign)
{
  int64_t n_wrong = 0;

  rheo_kernels_fast.keep (n, w, mask, sign, &item->kept.n_zero, &n_wrong);
  item->kept.n_weights += n;
  if (sign > 0)
    item->kept.false_neg += n_wrong;
  else
    item->kept.false_pos += n_wrong;
}

static void
note_lost (RheoUpdateItem *item, int64_t *lost, int64_t row, const RheoReal *w, const uint8_t *mask, int sign,
           int width)
{
  const int64_t first = item->row * width + item->column, here = row * width + item->column;

  for (int i = 0; i < item->n_columns; i++)
    if (mask[i] != 0 && (sign > 0 ? w[i] < 0 : sign < 0 && w[i] > 0))
      lost[first + item->n_lost++] = here + i;
}

/* Weights that would change their sign, and moments of what a mask holds, as RheoBoundary says: what is left to the
 * constraints afterwards is within them already. */
static void
bound (RheoUpdater *u, RheoUpdateItem *item, const RheoTrainable *t, int64_t row)
{
  const RheoConstraint *keep = &t->proj->keep;
  const int sign = keep->sign != NULL ? keep->sign[row] : keep->non_negative ? 1 : 0, i = item->trainable;
  const bool reflective = keep->boundary == RHEO_BOUNDARY_REFLECTIVE;
  RheoReal *mean = u->mean[i].value != NULL ? u->mean[i].value + row * u->mean[i].stride : NULL;
  RheoReal *square = u->square[i].value != NULL ? u->square[i].value + row * u->square[i].stride : NULL;
  RheoReal *w = t->value + row * t->stride;

  for (int k = item->column; k < item->column + item->n_columns; k++)
    {
      const bool held = (keep->mask != NULL && keep->mask[row * t->proj->stride + k] == 0)
                        || (keep->no_self && t->proj->from == t->proj->to && k == row);

      if (held && !reflective)
        {
          if (mean != NULL)
            mean[k] = 0;
          if (square != NULL)
            square[k] = 0;
        }
      if (held || sign * w[k] >= 0)
        continue;
      item->kept.false_neg += sign > 0;
      item->kept.false_pos += sign < 0;
      w[k] = reflective ? -w[k] : (RheoReal) (sign * 1e-12);
      if (reflective && mean != NULL)
        mean[k] = -mean[k];
    }
}

/* The constraints of one row of a dense matrix, or of a stretch of another projection's weights. */
static void
hold (RheoUpdater *u, RheoUpdateItem *item, const RheoTrainable *t, int64_t row)
{
  const RheoProj *p = t->proj;
  const RheoConstraint *keep = &p->keep;
  const int column = item->column, n = item->n_columns, end = column + n;
  RheoReal *w = t->value + row * t->stride;
  double lo = keep->lo != 0 || keep->hi != 0 ? keep->lo : -G_MAXDOUBLE;
  double hi = keep->lo != 0 || keep->hi != 0 ? keep->hi : G_MAXDOUBLE;

  if (p->form == RHEO_DENSE && keep->boundary != RHEO_BOUNDARY_CLAMP)
    bound (u, item, t, row);
  if (p->form == RHEO_DENSE)
    {
      const uint8_t *mask = keep->mask != NULL ? keep->mask + row * p->stride + column : NULL;
      const int sign = keep->sign != NULL ? keep->sign[row] : 0;
      int64_t *lost = u->wiring[u->i_proj[item->trainable]].lost;

      if (keep->no_self && p->from == p->to && row >= column && row < end)
        w[row] = 0;
      if (lost != NULL)
        note_lost (item, lost, row, w + column, mask, sign, t->width);
      keep_span (item, n, w + column, mask, sign);
    }
  else if (p->form == RHEO_SPARSE && keep->sign != NULL)
    {
      for (int j = 0; j < p->n_pre && p->syn_first[j] < end; j++)
        {
          const int64_t from = MAX (p->syn_first[j], column), to = MIN (p->syn_first[j + 1], end);

          if (from < to)
            keep_span (item, (int) (to - from), w + from, NULL, keep->sign[j]);
        }
    }
  else if (keep->sign != NULL)
    {
      for (int i = column; i < end; i++)
        keep_span (item, 1, w + i, NULL, keep->sign[i]);
    }
  if (keep->non_negative)
    lo = MAX (lo, 0);
  if (lo > -G_MAXDOUBLE || hi < G_MAXDOUBLE)
    rheo_kernels_fast.clamp (n, (RheoReal) lo, (RheoReal) hi, w + column);
}

static void
update_item (void *data, int i_item, int thread)
{
  RheoUpdater *u = data;
  RheoUpdateItem *item = &u->item[i_item];
  const RheoTrainable *t = rheo_net_get_trainable (u->net, item->trainable);

  unsigned before;

  item->kept = (RheoKept){ 0 };
  item->n_lost = 0;
  if (t->lr_scale == 0)
    return;
  before = rheo_denormals_off (); /* moments of gradients that have gone */
  /* Row by row, so that constraints find the row in the first cache. */
  for (int64_t row = item->row; row < item->row + item->n_rows; row++)
    {
      optimise (u, item, t, row);
      if (u->i_proj[item->trainable] >= 0)
        hold (u, item, t, row);
      else if (t->lo != 0 || t->hi != 0)
        rheo_kernels_fast.clamp (item->n_columns, (RheoReal) t->lo, (RheoReal) t->hi,
                                 t->value + row * t->stride + item->column);
    }
  rheo_denormals_back (before);
}

/* --- everything in order --------------------------------------------------------------------------------------- */

static void
add_kept (RheoKept *sum, const RheoKept *kept)
{
  sum->n_weights += kept->n_weights;
  sum->n_zero += kept->n_zero;
  sum->false_neg += kept->false_neg;
  sum->false_pos += kept->false_pos;
  sum->n_new += kept->n_new;
}

/* Norms of all trainables, and of the whole gradient that is applied. */
static double
measure (RheoUpdater *u, bool away)
{
  double sum = 0;

  for (int i = 0; i < u->n_trainables; i++)
    u->norms[i] = 0;
  if (away)
    rheo_update_measure_away (u);
  else
    rheo_team_map (u->team, u->n_items, add_squares, u);
  for (int i = 0; i < u->n_items && !away; i++)
    u->norms[u->item[i].trainable] += u->item[i].squares;
  for (int i = 0; i < u->n_trainables; i++)
    {
      sum += rheo_net_get_trainable (u->net, i)->lr_scale != 0 ? u->norms[i] : 0;
      u->norms[i] = sqrt (u->norms[i]);
    }
  return sqrt (sum);
}

static void
set_constants (RheoUpdater *u, const RheoOptimiser *c, double lr, double scale)
{
  const double t = (double) *u->n_updates;

  for (int i = 0; i < u->n_trainables; i++)
    {
      const double rate = lr * rheo_net_get_trainable (u->net, i)->lr_scale;
      const RheoReal l2 = (RheoReal) (u->kind == RHEO_OPTIMISER_ADAMW ? 0 : c->weight_decay);

      u->adam[i] = (RheoAdam){ .grad_scale = (RheoReal) scale,
                               .l2 = l2,
                               .b1 = (RheoReal) c->beta1,
                               .b2 = (RheoReal) c->beta2,
                               .step_size = (RheoReal) (rate / (1 - pow (c->beta1, t))),
                               .root_scale = (RheoReal) (1 / sqrt (1 - pow (c->beta2, t))),
                               .eps = (RheoReal) c->eps,
                               .lr_wd = (RheoReal) (u->kind == RHEO_OPTIMISER_ADAMW ? rate * c->weight_decay : 0) };
      u->momentum[i] = (RheoMomentum){ .grad_scale = (RheoReal) scale,
                                       .l2 = l2,
                                       .lr = (RheoReal) rate,
                                       .momentum = (RheoReal) c->momentum,
                                       .nesterov = c->nesterov };
      u->rmsprop[i] = (RheoRmsprop){ .grad_scale = (RheoReal) scale,
                                     .l2 = l2,
                                     .lr = (RheoReal) rate,
                                     .alpha = (RheoReal) c->alpha,
                                     .eps = (RheoReal) c->eps };
    }
}

static void
update_here (RheoUpdater *u)
{
  rheo_net_take_moments (u->net);
  rheo_team_map (u->team, u->n_items, update_item, u);
  for (int i = 0; i < u->n_items; i++)
    if (u->i_proj[u->item[i].trainable] >= 0)
      add_kept (&u->kept[u->i_proj[u->item[i].trainable]], &u->item[i].kept);
}

void
rheo_updater_step (RheoUpdater *u, const RheoOptimiser *config, RheoGrad *grad, int64_t iteration, RheoUpdate *facts)
{
  const bool away = rheo_update_stays_away (u, grad);
  gboolean masks_changed = FALSE;

  u->grad = grad;
  *facts = (RheoUpdate){ .norm = measure (u, away), .norms = u->norms, .kept = u->kept };
  facts->finite = isfinite (facts->norm);
  facts->lr = config->lr * scheduled (u, &config->schedule, iteration);
  /* As PyTorch has it, with the same small number against division by zero. */
  facts->scale = config->clip > 0 ? MIN (config->clip / (facts->norm + 1e-6), 1) : 1;
  for (int i = 0; i < u->n_projs; i++)
    u->kept[i] = (RheoKept){ 0 };
  if (!facts->finite)
    return;

  ++*u->n_updates;
  set_constants (u, config, facts->lr, facts->scale);
  if (away)
    rheo_update_away (u);
  else
    update_here (u);
  for (int i = 0; i < u->n_trainables; i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (u->net, i);

      if (u->i_proj[i] < 0 || t->lr_scale == 0)
        continue;
      masks_changed |= rheo_update_rewire (u, i);
      if (t->proj->keep.sign != NULL || t->proj->keep.mask != NULL)
        add_kept (&facts->kept_signed, &u->kept[u->i_proj[i]]);
    }
  if (masks_changed)
    rheo_net_masks_changed (u->net);
  else if (!away)
    rheo_net_weights_changed (u->net);
}

void
rheo_proj_hold (RheoProj *proj)
{
  const RheoConstraint *keep = &proj->keep;
  const gboolean ranged = keep->lo != 0 || keep->hi != 0, no_self = keep->no_self && proj->from == proj->to;
  const RheoReal lo = (RheoReal) (ranged ? MAX (keep->lo, keep->non_negative ? 0 : keep->lo) : 0);
  const RheoReal hi = (RheoReal) (ranged ? keep->hi : G_MAXFLOAT);
  const int64_t n_rows = proj->form == RHEO_ONE_TO_ONE ? 1 : proj->n_pre;
  int64_t n_zero = 0, n_wrong = 0;

  if (keep->mask == NULL && keep->sign == NULL && !keep->non_negative && !no_self && !ranged)
    return;
  for (int64_t row = 0; row < n_rows; row++)
    {
      const gboolean sparse = proj->form == RHEO_SPARSE;
      RheoReal *w = proj->weight + (sparse ? proj->syn_first[row] : row * proj->stride);
      const int n = sparse ? (int) (proj->syn_first[row + 1] - proj->syn_first[row]) : proj->n_post;
      const uint8_t *mask = keep->mask != NULL ? keep->mask + row * proj->stride : NULL;

      if (no_self && proj->form == RHEO_DENSE)
        w[row] = 0;
      if (proj->form == RHEO_ONE_TO_ONE && keep->sign != NULL)
        for (int i = 0; i < n; i++)
          rheo_kernels_fast.keep (1, w + i, NULL, keep->sign[i], &n_zero, &n_wrong);
      else if (mask != NULL || keep->sign != NULL)
        rheo_kernels_fast.keep (n, w, mask, keep->sign != NULL ? keep->sign[row] : 0, &n_zero, &n_wrong);
      if (ranged || keep->non_negative)
        rheo_kernels_fast.clamp (n, lo, hi, w);
    }
}
