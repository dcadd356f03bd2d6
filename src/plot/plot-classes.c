#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/plot-classes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/plot-kind.h"

guint8 *
rheo_plot_classes_init (RheoPlotClasses *k, const RheoPlotBinding *b, int64_t n_units)
{
  const int64_t n = MIN (rheo_column_get_length (b->column), n_units);
  g_autofree char *note = g_strdup_printf ("%ses", b->column->key);
  const char *names = rheo_table_get_note (b->table, note);
  g_auto (GStrv) words = names != NULL ? g_strsplit (names, " ", -1) : NULL;
  guint8 *class = g_malloc0 (MAX (n_units, 1));

  *k = (RheoPlotClasses){ 0 };
  for (int64_t u = 0; u < n; u++)
    {
      int c = -1;

      if (b->column->type == RHEO_STRING)
        {
          const char *name = rheo_column_get_string (b->column, u);

          for (int i = 0; i < k->n; i++)
            if (g_strcmp0 (k->name[i], name) == 0)
              c = i;
          if (c < 0 && k->n < RHEO_PLOT_CLASSES)
            {
              c = k->n++;
              g_strlcpy (k->name[c], name != NULL ? name : "", sizeof k->name[c]);
            }
        }
      else
        {
          c = (int) CLAMP (rheo_column_get_number (b->column, u), 0, RHEO_PLOT_CLASSES - 1);
          k->n = MAX (k->n, c + 1);
        }
      c = CLAMP (c, 0, RHEO_PLOT_CLASSES - 1);
      class[u] = (guint8) c;
      k->count[c]++;
    }
  for (int i = 0; i < k->n; i++)
    {
      if (words != NULL && i < (int) g_strv_length (words))
        g_strlcpy (k->name[i], words[i], sizeof k->name[i]);
      else if (k->name[i][0] == '\0')
        g_snprintf (k->name[i], sizeof k->name[i], _ ("Class %d"), i + 1);
      /* Many classes: groups are told by place, not by a key of colours that nobody can tell apart. */
      k->style[i] = k->n > RHEO_N_STYLES ? 0 : rheo_plot_theme_style (k->name[i], i);
    }
  return class;
}
