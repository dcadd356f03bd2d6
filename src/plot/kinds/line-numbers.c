#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/line-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The sample of a line that is nearest to x = at; -1: none. */
static int64_t
nearest (const RheoLineConfig *config, const RheoLine *s, double at)
{
  return rheo_vector_nearest (s->x.column != NULL ? &s->x : NULL, config->x_first, config->x_step, &s->y, at);
}

gboolean
rheo_line_read (const RheoPlotSpec *spec, const RheoPlotAxis *x, double at, RheoPlotPick *out)
{
  const RheoLineConfig *config = spec->values;
  const RheoLines *p = rheo_plot_get_prepared (spec);
  int64_t index[RHEO_MAX_LINES];
  double best = INFINITY, place = NAN;
  g_autoptr (GString) text = g_string_new (NULL);
  char a[40];

  for (int k = 0; k < p->n; k++)
    {
      index[k] = rheo_plot_entry_hidden (spec, k) ? -1 : nearest (config, &p->series[k], at);
      if (index[k] >= 0 && fabs (rheo_line_x (config, &p->series[k], index[k]) - at) < best)
        {
          place = rheo_line_x (config, &p->series[k], index[k]);
          best = fabs (place - at);
        }
    }
  if (!isfinite (place))
    return FALSE;
  out->x = place;
  g_string_printf (text, "%s %s", x->label != NULL ? x->label : "x", rheo_plot_number_short (place, 6, a, sizeof a));
  for (int k = 0; k < p->n; k++)
    {
      const RheoLine *s = &p->series[k];
      char b[40];

      /* Lines that have no number here say nothing. */
      if (index[k] < 0 || fabs (rheo_line_x (config, s, index[k]) - place) > 1e-9 * fabs (place))
        continue;
      if (out->binding < 0)
        {
          out->binding = s->binding;
          out->index = index[k];
          out->y = rheo_vector_get (&s->y, index[k]);
        }
      g_string_append_printf (text, "%s %s %s",
                              out->binding == s->binding && strchr (text->str, ':') == NULL ? ":" : ",", s->label,
                              rheo_plot_number_short (rheo_vector_get (&s->y, index[k]), 4, b, sizeof b));
    }
  g_strlcpy (out->text, text->str, sizeof out->text);
  return TRUE;
}

void
rheo_line_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoLineConfig *config = spec->values;
  const RheoLines *p = rheo_plot_get_prepared (spec);
  double at = rheo_plot_unmap (x, px, area->x, area->x + area->width), best = INFINITY;
  char a[40], b[40];

  if (px < area->x - 3 || px > area->x + area->width + 3 || py < area->y - 3 || py > area->y + area->height + 3)
    return;
  if (rheo_plot_marks_pick (spec, canvas, area, x, px, py, out))
    return;
  for (int k = 0; k < p->n; k++)
    {
      const RheoLine *s = &p->series[k];
      int64_t i = rheo_plot_entry_hidden (spec, k) ? -1 : nearest (config, s, at);
      double vx = i >= 0 ? rheo_line_x (config, s, i) : NAN, vy = i >= 0 ? rheo_vector_get (&s->y, i) : NAN;
      /* The nearest x counts first: the reading line stands on samples. */
      double far = fabs (rheo_plot_map (x, vx, area->x, area->x + area->width) - px) * 4
                   + fabs (rheo_plot_map (y, vy, area->y + area->height, area->y) - py);

      if (!(far < best))
        continue;
      best = far;
      out->binding = s->binding;
      out->entry = k;
      out->index = i;
      out->x = vx;
      out->y = vy;
      g_snprintf (out->text, sizeof out->text, "%s %s: %s %s", x->label != NULL ? x->label : "x",
                  rheo_plot_number_short (vx, 6, a, sizeof a), s->label, rheo_plot_number_short (vy, 4, b, sizeof b));
    }
}

static gboolean
same_x (const RheoLineConfig *config, const RheoLines *p)
{
  for (int k = 1; k < p->n + p->n_levels; k++)
    {
      const RheoLine *s = rheo_line_get (p, k);

      if (rheo_line_length (s) != rheo_line_length (&p->series[0]))
        return FALSE;
      for (int64_t i = 0; i < rheo_line_length (&p->series[0]); i++)
        if (rheo_line_x (config, s, i) != rheo_line_x (config, &p->series[0], i))
          return FALSE;
    }
  return TRUE;
}

static void
add_numbers (RheoTable *table, const char *key, const char *label, const RheoVector *v, int64_t n)
{
  RheoColumn *c = rheo_table_add (table, key, label, v->column->unit, "row", RHEO_F64, &n);

  for (int64_t i = 0; i < n; i++)
    ((double *) c->data)[i] = i < v->n ? rheo_vector_get (v, i) : NAN;
}

/* The head of the column says where its rows stand for more than themselves. */
static char *
dup_x_label (const RheoPlotSpec *spec, const RheoPlotAxis *x)
{
  const char *each = NULL;

  for (int i = 0; each == NULL && i < spec->n_bindings; i++)
    each = rheo_table_get_note (spec->binding[i].table, RHEO_NOTE_EXTREMES);
  /* Translators: head of a column: "Iteration, smallest and largest of each 8" */
  return each != NULL ? g_strdup_printf (_ ("%s, smallest and largest of each %s"), x->label, each)
                      : g_strdup (x->label);
}

RheoTable *
rheo_line_numbers (const RheoPlotSpec *spec)
{
  const RheoLineConfig *config = spec->values;
  const RheoLines *p = rheo_plot_get_prepared (spec);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "line");
  RheoPlotAxis x = { 0 }, y = { 0 }, colour = { 0 };
  g_autofree char *head = NULL;
  int64_t n = 0, k = 0;

  spec->kind->range (spec, &x, &y, &colour);
  head = dup_x_label (spec, &x);
  if (same_x (config, p))
    {
      RheoColumn *c;

      n = p->n > 0 ? rheo_line_length (&p->series[0]) : 0;
      c = rheo_table_add (table, "x", head, x.unit, "row", RHEO_F64, &n);
      for (int64_t i = 0; i < n; i++)
        ((double *) c->data)[i] = rheo_line_x (config, &p->series[0], i);
      for (int s = 0; s < p->n + p->n_levels; s++)
        {
          const RheoLine *one = rheo_line_get (p, s);
          g_autofree char *key = g_strdup (one->label), *lo = NULL, *hi = NULL;

          if (rheo_table_find (table, key) != NULL)
            {
              g_free (key);
              key = g_strdup_printf ("%s (%d)", one->label, s + 1);
            }
          add_numbers (table, key, one->label, &one->y, n);
          if (!one->band)
            continue;
          lo = g_strdup_printf (_ ("%s, lower edge"), key);
          hi = g_strdup_printf (_ ("%s, upper edge"), key);
          add_numbers (table, lo, lo, &one->lo, n);
          add_numbers (table, hi, hi, &one->hi, n);
        }
      return table;
    }
  for (int s = 0; s < p->n + p->n_levels; s++)
    n += rheo_line_length (rheo_line_get (p, s));
  rheo_table_add (table, "series", _ ("Line"), "", "row", RHEO_STRING, &n);
  rheo_table_add (table, "x", head, x.unit, "row", RHEO_F64, &n);
  rheo_table_add (table, "y", y.label, y.unit, "row", RHEO_F64, &n);
  for (int s = 0; s < p->n + p->n_levels; s++)
    {
      const RheoLine *one = rheo_line_get (p, s);
      const char *name = rheo_table_keep (table, one->label);

      for (int64_t i = 0; i < rheo_line_length (one); i++, k++)
        {
          ((const char **) rheo_table_get_column (table, 0)->data)[k] = name;
          ((double *) rheo_table_get_column (table, 1)->data)[k] = rheo_line_x (config, one, i);
          ((double *) rheo_table_get_column (table, 2)->data)[k] = rheo_vector_get (&one->y, i);
        }
    }
  return table;
}
