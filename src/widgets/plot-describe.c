#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/plot-view-private.h"

/* "line plot": how people call a kind when they speak of one. */
static const char *
word_for (const RheoPlotKind *kind)
{
  static const struct
  {
    const char *id, *word;
  } words[] = {
    { "line", N_ ("line plot") },      { "raster", N_ ("raster plot") }, { "heat-map", N_ ("heat map") },
    { "violin", N_ ("violin plot") },  { "boxes", N_ ("box plot") },     { "trajectory", N_ ("trajectory plot") },
    { "histogram", N_ ("histogram") }, { "bars", N_ ("bar plot") },      { "ridges", N_ ("ridge plot") },
    { "trials", N_ ("time plot") },    { "trial", N_ ("time plot") },    { "network", N_ ("diagram") },
    { "graph", N_ ("graph") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (kind->base.id, words[i].id) == 0)
      return _ (words[i].word);
  return _ ("plot");
}

static void
append_axis (GString *text, const RheoPlotAxis *axis)
{
  g_autofree char *name = rheo_plot_axis_name (axis);
  char lo[40], hi[40];

  if (*name == '\0')
    return;
  g_string_append_printf (text, _ ("%s from %s to %s. "), name,
                          rheo_plot_number_short (MIN (axis->lo, axis->hi), 4, lo, sizeof lo),
                          rheo_plot_number_short (MAX (axis->lo, axis->hi), 4, hi, sizeof hi));
}

/* Axes with their ranges, then the last values. */
static char *
dup_description (RheoPlotView *view)
{
  GString *text = g_string_new (NULL);
  g_autofree char *subtitle = rheo_plot_dup_subtitle (view->spec);
  const RheoPlotPicture *p = view->picture;
  RheoPlotPick last;

  if (*subtitle != '\0')
    g_string_append_printf (text, "%s. ", subtitle);
  for (int i = 0; i < MIN (p->n_panels, 2); i++)
    {
      if (i == 0 && !p->panels[i].groups)
        append_axis (text, &p->panels[i].x);
      if (i == 0 || p->panels[i].second)
        append_axis (text, &p->panels[i].y);
    }
  if (p->n_panels > 0 && rheo_plot_read (view->spec, &p->panels[0].x, p->panels[0].x.hi, &last))
    g_string_append (text, last.text);
  g_strchomp (text->str);
  return g_string_free (text, FALSE);
}

static void
describe_now (RheoPlotView *view)
{
  g_autofree char *text = NULL;

  if (view->spec == NULL || view->picture == NULL || !gtk_widget_has_focus (GTK_WIDGET (view)))
    return;
  text = dup_description (view);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static gboolean
on_timer (gpointer data)
{
  RheoPlotView *view = data;

  view->describe = 0;
  describe_now (view);
  return G_SOURCE_REMOVE;
}

void
rheo_plot_view_describe (RheoPlotView *view)
{
  const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);
  const char *name = view->name != NULL ? view->name : spec != NULL && spec->title != NULL ? spec->title : _ ("Plot");
  g_autofree char *label =
      spec != NULL && spec->kind != NULL ? g_strdup_printf ("%s, %s", name, word_for (spec->kind)) : g_strdup (name);

  if (g_strcmp0 (label, view->label) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      g_free (view->label);
      view->label = g_steal_pointer (&label);
    }
  /* At most once a second, and only for who listens. */
  if (!gtk_widget_has_focus (GTK_WIDGET (view)) || view->describe != 0)
    return;
  describe_now (view);
  view->describe = g_timeout_add_seconds (1, on_timer, view);
}
