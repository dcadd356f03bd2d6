#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <math.h>

#include "regular-private.h"

void
rheo_regular_find_columns (RheoRegularWork *w)
{
  const RheoPlan *plan = rheo_net_get_plan (w->net);
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (RheoRegularColumn));

  for (int k = 0; k < rheo_net_get_n_trainables (w->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (w->net, k);
      const RheoProj *p = t->proj;
      const gboolean weights = p != NULL && t->value == p->weight && p->form == RHEO_DENSE;

      if (weights && p->from == RHEO_INPUT && p->to == w->pop)
        for (int j = 0; j < p->n_pre; j++)
          {
            const RheoRegularColumn column = { k, (int64_t) j * p->stride, 1, TRUE };
            g_array_append_val (columns, column);
          }
      if (weights && p->from == w->pop && p->to == plan->out_pop)
        for (int i = 0; i < p->n_post; i++)
          {
            const RheoRegularColumn column = { k, i, p->stride, FALSE };
            g_array_append_val (columns, column);
          }
    }
  w->n_columns = (int) columns->len;
  w->column = (RheoRegularColumn *) g_array_free (columns, FALSE);
}

/* --- columns at right angles ------------------------------------------------------------------------------------- */

/* Columns of length 1 and their cosines. Returns the Frobenius norm of what is beside the diagonal. Its share in the
 * penalty: 1, or what makes it the root of the mean square. */
static double
measure_columns (RheoRegularWork *w, double *share)
{
  double squares = 0;
  int n = 0;

  for (int a = 0; a < w->n_columns; a++)
    n += w->config->orth_of == 0 || w->column[a].is_input;
  *share = w->config->orth_as == 1 && n > 1 ? 1 / sqrt ((double) n * (n - 1)) : 1;
  for (int a = 0; a < w->n_columns; a++)
    {
      const RheoRegularColumn *c = &w->column[a];
      const RheoReal *value = rheo_net_get_trainable (w->net, c->trainable)->value + c->place;
      double *unit = w->unit + (gsize) a * (gsize) w->n_units, sum = 0;

      for (int i = 0; i < w->n_units; i++)
        sum += (double) value[i * c->by] * (double) value[i * c->by];
      w->length[a] = MAX (sqrt (sum), 1e-8);
      for (int i = 0; i < w->n_units; i++)
        unit[i] = (double) value[i * c->by] / w->length[a];
      for (int b = 0; b < a; b++)
        {
          const double *other = w->unit + (gsize) b * (gsize) w->n_units;
          const gboolean counts = w->config->orth_of == 0 || (c->is_input && w->column[b].is_input);
          double cosine = 0;

          for (int i = 0; counts && i < w->n_units; i++)
            cosine += unit[i] * other[i];
          w->cosine[a * w->n_columns + b] = w->cosine[b * w->n_columns + a] = cosine;
          squares += 2 * cosine * cosine;
        }
    }
  return sqrt (squares);
}

static void
keep_apart (RheoRegularWork *w, RheoGrad *grad)
{
  g_autofree double *slope = g_new (double, MAX (w->n_units, 1));
  double norm, share;

  if (w->config->orth <= 0 || w->n_columns == 0)
    return;
  norm = MAX (measure_columns (w, &share), 1e-12);
  for (int a = 0; a < w->n_columns; a++)
    {
      const RheoRegularColumn *c = &w->column[a];
      const double *unit = w->unit + (gsize) a * (gsize) w->n_units;
      RheoReal *out = grad->value[c->trainable] + c->place;
      double along = 0;

      for (int i = 0; i < w->n_units; i++)
        slope[i] = 0;
      for (int b = 0; b < w->n_columns; b++)
        for (int i = 0; b != a && i < w->n_units; i++)
          slope[i] += 2 * w->cosine[a * w->n_columns + b] / norm * w->unit[(gsize) b * (gsize) w->n_units + (gsize) i];
      for (int i = 0; i < w->n_units; i++)
        along += slope[i] * unit[i];
      for (int i = 0; i < w->n_units; i++)
        out[i * c->by] += (RheoReal) (w->config->orth * share * (slope[i] - along * unit[i]) / w->length[a]);
    }
}

/* --- few strong inputs per unit ----------------------------------------------------------------------------------- */

/* The dense weights of the population to itself. */
static gboolean
is_recurrent (const RheoRegularWork *w, const RheoTrainable *t)
{
  const RheoProj *p = t->proj;

  return p != NULL && t->value == p->weight && p->form == RHEO_DENSE && p->from == w->pop && p->to == w->pop;
}

/* Weights of each unit's inputs count as so many equal ones: (sum |w|)^2 / sum w^2. grad NULL: the penalty alone. */
static double
gather (const RheoRegularWork *w, const RheoTrainable *t, RheoReal *grad)
{
  const RheoProj *p = t->proj;
  const double wanted = w->config->support, scale = w->config->sparsity / (p->n_post * wanted * wanted);
  double penalty = 0;

  for (int i = 0; i < p->n_post; i++)
    {
      double sum = 0, squares = 0, excess;

      for (int j = 0; j < p->n_pre; j++)
        {
          const double weight = (double) p->weight[(int64_t) j * p->stride + i];

          sum += fabs (weight);
          squares += weight * weight;
        }
      excess = squares > 0 ? sum * sum / squares - wanted : 0;
      if (excess <= 0)
        continue;
      penalty += scale * excess * excess;
      for (int j = 0; j < p->n_pre && grad != NULL; j++)
        {
          const double weight = (double) p->weight[(int64_t) j * p->stride + i];
          const double slope = 2 * sum / squares * ((weight > 0) - (weight < 0) - sum / squares * weight);

          grad[(int64_t) j * p->stride + i] += (RheoReal) (2 * scale * excess * slope);
        }
    }
  return penalty;
}

/* --- no weight too large ------------------------------------------------------------------------------------------ */

/* Mean of (|weight| / cap)^5 - 1, 0 below the cap, over the weights of the sources of one sign (sign NULL: all). */
static double
cap_sources (const RheoProj *p, const int8_t *sign, int wanted, double cap, double lambda, RheoReal *grad)
{
  int64_t n = 0;
  double penalty = 0;

  for (int j = 0; j < p->n_pre; j++)
    n += sign == NULL || sign[j] == wanted ? p->n_post : 0;
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post && (sign == NULL || sign[j] == wanted); i++)
      {
        const int64_t place = (int64_t) j * p->stride + i;
        const double weight = (double) p->weight[place], x = fabs (weight) / cap;

        if (x <= 1)
          continue;
        penalty += lambda * (pow (x, 5) - 1) / (double) n;
        if (grad != NULL)
          grad[place] += (RheoReal) (lambda * 5 * pow (x, 4) / cap * (weight > 0 ? 1 : -1) / (double) n);
      }
  return penalty;
}

static double
cap_weights (const RheoRegularWork *w, const RheoTrainable *t, RheoReal *grad)
{
  const RheoProj *p = t->proj;
  const RheoRegular *config = w->config;
  const double scale = rheo_regular_scale (w->n_units);
  const int8_t *sign;
  int n_e = 0;
  double lambda;

  if (p == NULL || t->value != p->weight || p->form != RHEO_DENSE)
    return 0;
  if (p->from == RHEO_INPUT && p->to == w->pop)
    return cap_sources (p, NULL, 0, 0.5 * p->n_pre / w->n_units * log (w->n_units + 1) / log (p->n_pre + 1),
                        config->cap_in, grad);
  if (p->from == w->pop && p->to == rheo_net_get_plan (w->net)->out_pop)
    return cap_sources (p, NULL, 0, 0.03 * scale, config->cap_out, grad);
  if (!is_recurrent (w, t))
    return 0;
  sign = p->keep.sign;
  lambda = config->cap_rec * w->n_units / 2000;
  for (int j = 0; sign != NULL && j < p->n_pre; j++)
    n_e += sign[j] > 0;
  if (n_e == 0 || n_e == p->n_pre)
    return cap_sources (p, NULL, 0, 0.07 * scale, lambda, grad);
  return cap_sources (p, sign, 1, 0.07 * scale, lambda, grad)
         + cap_sources (p, sign, -1, 0.07 * scale * n_e / (p->n_pre - n_e), lambda, grad);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

/* Everything but the columns. grad NULL: the penalty alone. */
static double
single_weights (const RheoRegularWork *w, RheoGrad *grad)
{
  const RheoRegular *config = w->config;
  double penalty = 0;

  for (int k = 0; w->pop >= 0 && k < rheo_net_get_n_trainables (w->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (w->net, k);
      RheoReal *out = grad != NULL ? grad->value[k] : NULL;

      if (config->sparsity > 0 && is_recurrent (w, t))
        penalty += gather (w, t, out);
      if (config->cap_in > 0 || config->cap_rec > 0 || config->cap_out > 0)
        penalty += cap_weights (w, t, out);
    }
  return penalty;
}

double
rheo_regular_value_of_weights (RheoRegularWork *w)
{
  double share, columns = 0;

  if (w->config->orth > 0 && w->n_columns > 0)
    columns = measure_columns (w, &share) * share * w->config->orth;
  return columns + single_weights (w, NULL);
}

void
rheo_regular_weights (RheoRegularWork *w, RheoGrad *grad)
{
  const RheoRegular *c = w->config;

  if (w->pop < 0
      || (c->orth <= 0 && c->sparsity <= 0 && c->cap_in <= 0 && c->cap_rec <= 0 && c->cap_out <= 0
          && !rheo_regular_uses_moments (c)))
    return;
  rheo_net_fetch_grad (w->net, grad);
  keep_apart (w, grad);
  single_weights (w, grad);
  if (rheo_regular_uses_moments (c))
    rheo_regular_weights_of_moments (w, grad);
}

static double
product (RheoNet *net, const RheoGrad *a, const RheoGrad *b)
{
  double sum = 0;

  for (int k = 0; k < a->n; k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);

      for (int64_t row = 0; t->lr_scale != 0 && row < t->n_rows; row++)
        for (int i = 0; i < t->width; i++)
          sum += (double) a->value[k][row * t->stride + i] * (double) b->value[k][row * t->stride + i];
    }
  return sum;
}

void
rheo_regular_add_safely (RheoNet *net, RheoGrad *task, const RheoGrad *penalties)
{
  double along, size, keep;

  rheo_net_fetch_grad (net, task);
  along = product (net, task, penalties);
  size = product (net, task, task);
  keep = along < 0 && size > 0 ? 1 - along / size : 1;

  for (int k = 0; k < task->n; k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);

      for (int64_t row = 0; row < t->n_rows; row++)
        for (int i = 0; i < t->width; i++)
          {
            const int64_t place = row * t->stride + i;

            task->value[k][place] = (RheoReal) (keep * (double) task->value[k][place]) + penalties->value[k][place];
          }
    }
}
