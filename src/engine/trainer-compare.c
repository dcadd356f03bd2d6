#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "trainer-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* The rule of the slot "compare": on some batches its gradient is worked out beside the running rule, from the weights that
 * the batch began with, on a network of its own, so that the run goes on as if nobody had looked. */

static const RheoSeries all_series = {
  .key = "cosine",
  .label = N_ ("Cosine with the compared rule"),
  .help = N_ ("Between the direction in which the running rule moves all that is trained and the way downhill of the "
              "compared rule, on the same trials: 1 where both go the same way."),
  .unit = "",
  .axes = "",
  .lo = -1,
  .hi = 1,
  .flags = RHEO_SERIES_SHOW,
};
static const RheoSeries proj_series = {
  .key = "cosine",
  .label = N_ ("Cosine with the compared rule"),
  .help = N_ ("The same for the weights of one projection."),
  .unit = "",
  .axes = "",
  .lo = -1,
  .hi = 1,
  .flags = RHEO_SERIES_BY_PROJECTION,
};

struct RheoTrainerCompare
{
  RheoNet *net;
  RheoRule rule;
  RheoMetrics *metrics; /* of the compared rule: nobody reads them */
  RheoGrad *grad;
  RheoGrad *moved; /* weights of the running network before the batch, then how far they went down */
  gboolean due;    /* on this batch */
};

gboolean
rheo_trainer_make_compare (RheoTrainer *trainer, GError **error)
{
  const RheoComponent *component = rheo_experiment_get_component (trainer->experiment, RHEO_SLOT_COMPARE);
  const RheoRuleType *type = (const RheoRuleType *) component;
  void *config = rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_COMPARE);
  RheoTrainerCompare *c;

  if (component == NULL)
    return TRUE;
  c = trainer->compare = g_new0 (RheoTrainerCompare, 1);
  c->net = rheo_net_dup (trainer->net, rheo_feed_get_n_rows (trainer->feed), error);
  if (c->net == NULL)
    return FALSE;
  if (type->resolve != NULL)
    type->resolve (config, &trainer->shape);
  c->metrics = rheo_metrics_new ();
  c->rule = (RheoRule){ .type = type,
                        .config = config,
                        .net = c->net,
                        .trainer = trainer,
                        .shape = trainer->shape,
                        .metrics = c->metrics,
                        .seed = (uint64_t) trainer->run->seed };
  if (type->setup != NULL && !type->setup (&c->rule, trainer, error))
    {
      g_prefix_error (error, "%s: ", rheo_slot_names[RHEO_SLOT_COMPARE]);
      return FALSE;
    }
  c->grad = rheo_net_new_grad (c->net);
  c->moved = rheo_net_new_grad (c->net);
  return TRUE;
}

void
rheo_trainer_free_compare (RheoTrainerCompare *c)
{
  if (c == NULL)
    return;
  if (c->rule.type != NULL && c->rule.type->release != NULL)
    c->rule.type->release (&c->rule);
  rheo_grad_free (c->grad);
  rheo_grad_free (c->moved);
  g_clear_pointer (&c->net, rheo_net_free);
  rheo_metrics_free (c->metrics);
  g_free (c);
}

static gboolean
is_trained_weight (const RheoTrainable *t)
{
  return t->lr_scale != 0 && t->proj != NULL && t->value == t->proj->weight;
}

void
rheo_trainer_declare_compare (RheoTrainer *trainer)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (trainer->compare == NULL)
    return;
  for (int k = 0; k < rheo_net_get_n_trainables (trainer->net); k++)
    if (is_trained_weight (rheo_net_get_trainable (trainer->net, k)))
      g_ptr_array_add (names, (gpointer) rheo_net_get_trainable (trainer->net, k)->proj->name);
  g_ptr_array_add (names, NULL);
  rheo_metrics_declare (trainer->metrics, "rule", &all_series, NULL);
  if (names->len > 1)
    rheo_metrics_declare (trainer->metrics, "rule", &proj_series, (const char *const *) names->pdata);
}

void
rheo_trainer_derive_compare (RheoTrainer *trainer)
{
  if (trainer->compare != NULL)
    rheo_net_derive (trainer->compare->net, rheo_experiment_get_values (trainer->experiment, RHEO_SLOT_MODEL));
}

/* --- a batch -------------------------------------------------------------------------------------------------------- */

gboolean
rheo_trainer_begin_compare (RheoTrainer *trainer, const RheoBatch *batch)
{
  const RheoRunRows *run = trainer->run;
  const int64_t iteration = trainer->place.iteration + 1;
  RheoTrainerCompare *c = trainer->compare;
  gboolean done;

  if (c == NULL)
    return TRUE;
  c->due = run->compare > 0 && (iteration % run->compare == 0 || iteration == run->budget)
           && trainer->place.batch == trainer->place.iteration * rheo_feed_get_n_batches (trainer->feed);
  if (!c->due)
    return TRUE;
  rheo_net_take (c->net, trainer->net, 1u << RHEO_USE_WEIGHT | 1u << RHEO_USE_CONST, NULL);
  c->rule.acts = trainer->rule.acts;
  c->rule.n_acts = trainer->rule.n_acts;
  c->rule.stop = trainer->rule.stop;
  c->rule.stop_data = trainer->rule.stop_data;
  rheo_grad_clear (c->grad, c->net);
  done = c->rule.type->gradient (&c->rule, batch, c->grad, c->metrics);
  rheo_metrics_clear (c->metrics);
  for (int k = 0; k < c->moved->n && trainer->grad == NULL; k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (trainer->net, k);

      memcpy (c->moved->value[k], t->value, sizeof (RheoReal) * (gsize) t->n_rows * (gsize) t->stride);
    }
  return done;
}

typedef struct
{
  double ab, aa, bb;
} Products;

static void
add_cosine (const RheoTrainer *trainer, const char *name, const Products *p, double weight)
{
  if (p->aa > 0 && p->bb > 0 && isfinite (p->ab))
    rheo_metrics_add (trainer->of_batch, name, p->ab / sqrt (p->aa * p->bb), weight);
}

static Products
multiply (const RheoTrainable *t, const RheoReal *a, const RheoReal *b)
{
  Products p = { 0 };

  for (int64_t row = 0; row < t->n_rows; row++)
    for (int64_t i = row * t->stride; i < row * t->stride + t->width; i++)
      {
        p.ab += (double) a[i] * (double) b[i];
        p.aa += (double) a[i] * (double) a[i];
        p.bb += (double) b[i] * (double) b[i];
      }
  return p;
}

void
rheo_trainer_end_compare (RheoTrainer *trainer, double weight)
{
  RheoTrainerCompare *c = trainer->compare;
  Products all = { 0 };

  if (c == NULL || !c->due)
    return;
  rheo_net_flush (trainer->net);
  if (trainer->grad != NULL)
    rheo_net_fetch_grad (trainer->net, trainer->grad);
  for (int k = 0; k < c->grad->n; k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (trainer->net, k);
      const RheoReal *down = trainer->grad != NULL ? trainer->grad->value[k] : c->moved->value[k];
      Products p;

      if (t->lr_scale == 0)
        continue;
      for (int64_t i = 0; i < t->n_rows * t->stride && trainer->grad == NULL; i++)
        c->moved->value[k][i] -= t->value[i];
      p = multiply (t, down, c->grad->value[k]);
      all.ab += p.ab;
      all.aa += p.aa;
      all.bb += p.bb;
      if (is_trained_weight (t))
        {
          g_autofree char *name = g_strconcat ("rule.cosine.", t->proj->name, NULL);

          add_cosine (trainer, name, &p, weight);
        }
    }
  add_cosine (trainer, "rule.cosine", &all, weight);
}
