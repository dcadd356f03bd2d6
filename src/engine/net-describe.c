#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "net.h"

static void
add_classes (const RheoPop *pop, RheoTable *table)
{
  g_autofree char *key = g_strconcat (pop->name, ".class", NULL), *note = g_strconcat (pop->name, ".classes", NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  const int64_t n = pop->n_units;
  uint8_t *class;

  if (pop->n_classes == 0 || rheo_table_find (table, key) != NULL)
    return;
  class = rheo_table_add (table, key, N_ ("Cell class"), "", "unit", RHEO_U8, &n)->data;
  for (int k = 0; k < pop->n_classes; k++)
    {
      for (int i = pop->class_first[k]; i < pop->class_first[k + 1]; i++)
        class[i] = (uint8_t) k;
      g_string_append_printf (names, k > 0 ? " %s" : "%s", pop->class_names[k]);
    }
  rheo_table_set_note (table, note, names->str);
}

static void
add_signs (const RheoProj *proj, RheoTable *table)
{
  g_autofree char *key = g_strconcat (proj->name, ".sign", NULL);
  const int64_t n = proj->n_pre;
  int32_t *sign;

  if (proj->keep.sign == NULL || rheo_table_find (table, key) != NULL)
    return;
  sign = rheo_table_add (table, key, N_ ("Sign of the sources"), "", "pre", RHEO_I32, &n)->data;
  for (int64_t j = 0; j < n; j++)
    sign[j] = proj->keep.sign[j];
}

static void
add_end (const RheoPlan *plan, const RheoProj *proj, const char *end, int pop, RheoTable *table)
{
  g_autofree char *key = g_strconcat (proj->name, ".", end, NULL);

  rheo_table_set_note (table, key, pop == RHEO_INPUT ? "input" : pop == RHEO_TEACHER ? "teacher" : plan->pop[pop].name);
}

void
rheo_net_describe (const RheoNet *net, RheoTable *table)
{
  const RheoPlan *plan = rheo_net_get_plan (net);

  for (int i = 0; i < plan->n_pops; i++)
    add_classes (&plan->pop[i], table);
  for (int i = 0; i < plan->n_projs; i++)
    {
      add_signs (&plan->proj[i], table);
      add_end (plan, &plan->proj[i], "from", plan->proj[i].from, table);
      add_end (plan, &plan->proj[i], "to", plan->proj[i].to, table);
    }
}
