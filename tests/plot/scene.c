#include "config.h"

#include "engine/analysis.h"
#include "plot/plot-figure.h"
#include "scene.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

static const char *
text_of (JsonObject *o, const char *key)
{
  return o != NULL && json_object_has_member (o, key) ? g_intern_string (json_object_get_string_member (o, key)) : NULL;
}

static void
read_axis (JsonObject *o, const char *key, RheoPlotAxis *axis)
{
  JsonObject *a = json_object_has_member (o, key) ? json_object_get_object_member (o, key) : NULL;

  if (a == NULL)
    return;
  axis->label = text_of (a, "label");
  axis->unit = text_of (a, "unit");
  axis->lo = json_object_get_double_member_with_default (a, "lo", 0);
  axis->hi = json_object_get_double_member_with_default (a, "hi", 0);
}

static unsigned
read_themes (JsonObject *o)
{
  JsonArray *list = json_object_has_member (o, "themes") ? json_object_get_array_member (o, "themes") : NULL;
  unsigned themes = 0;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    for (int k = 0; k <= RHEO_THEME_PRINT; k++)
      if (strcmp (json_array_get_string_element (list, i), scene_theme_name (k)) == 0)
        themes |= 1u << k;
  return themes != 0 ? themes : 1;
}

/* ["role", "column", "label", table]; label null: the column's, table 0 when left out. */
static gboolean
bind_all (RheoPlotSpec *spec, JsonArray *list, GPtrArray *tables, GError **error)
{
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonArray *one = json_array_get_array_element (list, i);
      guint n = json_array_get_length (one);
      const char *label =
          n > 2 && !json_array_get_null_element (one, 2) ? json_array_get_string_element (one, 2) : NULL;
      guint table = n > 3 ? (guint) json_array_get_int_element (one, 3) : 0;

      if (!rheo_plot_bind (spec, json_array_get_string_element (one, 0), tables->pdata[table],
                           json_array_get_string_element (one, 1), label, error))
        return FALSE;
    }
  return TRUE;
}

/* "course/performance", of results called a, b ... */
static RheoPlotSpec *
new_figure (const char *name, const GPtrArray *tables, GError **error)
{
  static const char *const names[] = { "run-a", "run-b" };
  g_auto (GStrv) words = g_strsplit (name, "/", 2);
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, words[0], error);
  const RheoFigure *figure =
      analysis != NULL ? rheo_plot_figure_find (analysis->base.id, analysis->figures, words[1], error) : NULL;

  g_assert_cmpint ((int) tables->len, <=, (int) G_N_ELEMENTS (names));
  return figure != NULL
             ? rheo_plot_figure (figure, (RheoTable *const *) tables->pdata, names, (int) tables->len, NULL, NULL)
             : NULL;
}

static PlotScene *
parse (const char *name, JsonObject *o, GError **error)
{
  const char *figure = text_of (o, "figure");
  const RheoPlotKind *kind = figure == NULL ? rheo_plot_kind_find (text_of (o, "kind"), error) : NULL;
  g_autoptr (GPtrArray) tables = scene_tables (text_of (o, "data"));
  g_autoptr (RheoPlotSpec) spec = NULL;
  JsonArray *size = json_object_get_array_member (o, "size");
  JsonObject *set = json_object_has_member (o, "set") ? json_object_get_object_member (o, "set") : NULL;
  g_autoptr (GList) keys = set != NULL ? json_object_get_members (set) : NULL;
  PlotScene *scene;

  if (kind == NULL && figure == NULL)
    return NULL;
  spec = figure != NULL ? new_figure (figure, tables, error) : rheo_plot_spec_new (kind);
  if (spec == NULL)
    return NULL;
  if (figure == NULL)
    {
      spec->title = text_of (o, "title");
      spec->subtitle = text_of (o, "subtitle");
    }
  spec->empty = text_of (o, "empty");
  spec->font_scale = json_object_get_double_member_with_default (o, "font-scale", 1);
  read_axis (o, "x", &spec->x);
  read_axis (o, "y", &spec->y);
  read_axis (o, "colour", &spec->colour);
  for (GList *l = keys; l != NULL; l = l->next)
    if (!rheo_plot_set (spec, l->data, json_object_get_string_member (set, l->data), error))
      return NULL;
  if (json_object_has_member (o, "bind") && !bind_all (spec, json_object_get_array_member (o, "bind"), tables, error))
    return NULL;
  scene = g_new0 (PlotScene, 1);
  scene->name = g_strdup (name);
  scene->width = json_array_get_double_element (size, 0);
  scene->height = json_array_get_double_element (size, 1);
  scene->themes = read_themes (o);
  scene->spec = g_steal_pointer (&spec);
  return scene;
}

PlotScene *
scene_load (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *base = g_path_get_basename (path);

  if (!json_parser_load_from_file (parser, path, error))
    return NULL;
  if (g_str_has_suffix (base, ".json"))
    base[strlen (base) - 5] = '\0';
  return parse (base, json_node_get_object (json_parser_get_root (parser)), error);
}

PlotScene *
scene_find (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_PLOT"), "scenes", file, NULL);
  g_autoptr (GError) error = NULL;
  PlotScene *scene = scene_load (path, &error);

  g_assert_no_error (error);
  return scene;
}

void
scene_free (PlotScene *scene)
{
  rheo_plot_spec_free (scene->spec);
  g_free (scene->name);
  g_free (scene);
}

const char *
scene_theme_name (RheoPlotThemeId theme)
{
  return theme == RHEO_THEME_LIGHT ? "light" : theme == RHEO_THEME_DARK ? "dark" : "print";
}

cairo_surface_t *
scene_draw (const PlotScene *scene, RheoPlotThemeId theme, double scale)
{
  /* A print length is a point: the same figure has as many pixels as on screen. */
  double unit = theme == RHEO_THEME_PRINT ? 96.0 / 72 : 1;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) lround (scene->width * scale),
                                                         (int) lround (scene->height * scale));
  cairo_t *cr = cairo_create (surface);
  double paper = theme == RHEO_THEME_DARK ? 0x36 / 255.0 : 1;
  RheoPlotThemeId before = scene->spec->theme;

  cairo_set_source_rgb (cr, paper, paper, paper);
  cairo_paint (cr);
  cairo_scale (cr, scale * unit, scale * unit);
  scene->spec->theme = theme;
  rheo_plot_draw (scene->spec, cr, scene->width / unit, scene->height / unit);
  scene->spec->theme = before;
  cairo_destroy (cr);
  return surface;
}
