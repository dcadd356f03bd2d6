#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "told.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "label.h"

RheoTold *
rheo_told_new (int n_classes, const RheoPlan *plan)
{
  RheoTold *told = g_new0 (RheoTold, 1);
  int n_pops = 0;

  for (int i = 0; i < plan->n_pops; i++)
    n_pops += plan->pop[i].cell->spikes && i != plan->out_pop;
  told->n_classes = n_classes;
  told->n_pops = n_pops;
  told->count = g_new0 (int32_t, (gsize) n_classes * (gsize) n_classes);
  told->spikes = g_new0 (double, (gsize) n_classes *(gsize) n_pops);
  told->n_unit_steps = g_new0 (double, (gsize) n_classes *(gsize) n_pops);
  return told;
}

void
rheo_told_free (RheoTold *told)
{
  if (told == NULL)
    return;
  g_free (told->count);
  g_free (told->spikes);
  g_free (told->n_unit_steps);
  g_free (told);
}

void
rheo_told_clear (RheoTold *told)
{
  const gsize n = (gsize) told->n_classes;

  memset (told->count, 0, sizeof *told->count * n * n);
  memset (told->spikes, 0, sizeof *told->spikes * n * (gsize) told->n_pops);
  memset (told->n_unit_steps, 0, sizeof *told->n_unit_steps * n * (gsize) told->n_pops);
  told->n = 0;
}

void
rheo_told_add (RheoTold *told, const RheoBatch *batch, const int *predicted, const RheoActivity *activity)
{
  for (int row = 0; row < batch->n_rows; row++)
    {
      const int label = batch->label[row];

      if (predicted[row] < told->n_classes)
        told->count[(gsize) label * (gsize) told->n_classes + (gsize) predicted[row]]++;
      for (int i = 0; i < told->n_pops; i++)
        {
          const RheoActivityPop *pop = &activity->pop[i];
          const gsize at = (gsize) i * (gsize) told->n_classes + (gsize) label;

          for (int k = 0; k < pop->n_classes; k++)
            told->spikes[at] += (double) pop->spikes[(gsize) row * (gsize) pop->n_classes + (gsize) k];
          told->n_unit_steps[at] += (double) pop->n_units * batch->length[row];
        }
      told->n++;
    }
}

static void
add_names (const char *key, const char *label, int64_t n, const char *const *names, RheoTable *table)
{
  RheoColumn *column = rheo_table_add (table, key, label, "", key, RHEO_STRING, &n);

  for (int64_t i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", (int) i);

      rheo_table_set_words (table, column, i, names != NULL ? names[i] : number);
    }
}

static void
add_rates (const RheoTold *told, int i, const RheoPop *pop, RheoTable *table)
{
  const int64_t n = told->n_classes;
  g_autofree char *key = g_strconcat (pop->name, ".class-rate", NULL);
  g_autofree char *label = rheo_label_dup (RHEO_LABEL_CLASS_RATE_OF, pop->name);
  double *rate = rheo_table_add (table, key, label, N_ ("spikes/step"), "class", RHEO_F64, &n)->data;

  for (int64_t k = 0; k < n; k++)
    rate[k] = told->n_unit_steps[i * n + k] > 0 ? told->spikes[i * n + k] / told->n_unit_steps[i * n + k] : NAN;
}

void
rheo_told_add_columns (const RheoTold *told, const char *const *names, const RheoPlan *plan, RheoTable *table)
{
  const int64_t n = told->n_classes, dims[] = { n, n };
  double *right;

  if (told->n == 0)
    return;
  add_names ("class", N_ ("Class"), n, names, table);
  add_names ("predicted", N_ ("Predicted class"), n, names, table);
  memcpy (rheo_table_add (table, "test.confusion", N_ ("Confusion matrix"), N_ ("trials"), "class predicted", RHEO_I32,
                          dims)
              ->data,
          told->count, sizeof *told->count * (gsize) (n * n));
  right = rheo_table_add (table, "test.class-accuracy", N_ ("Accuracy of each class"), "", "class", RHEO_F64, &n)->data;
  for (int64_t k = 0; k < n; k++)
    {
      int64_t of_class = 0;

      for (int64_t j = 0; j < n; j++)
        of_class += told->count[k * n + j];
      right[k] = of_class > 0 ? (double) told->count[k * n + k] / (double) of_class : NAN;
    }
  for (int i = 0, pop = 0; i < plan->n_pops; i++)
    if (plan->pop[i].cell->spikes && i != plan->out_pop)
      add_rates (told, pop++, &plan->pop[i], table);
}
