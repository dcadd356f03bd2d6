#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <glib/gi18n-lib.h>

/* --- setting up ------------------------------------------------------------------------------------------------- */
static const struct
{
  double points;
  PangoWeight weight;
} types[RHEO_N_TEXTS] = {
  [RHEO_TEXT_TITLE] = { 11, PANGO_WEIGHT_BOLD },
  [RHEO_TEXT_PANEL] = { 9, PANGO_WEIGHT_BOLD },
  [RHEO_TEXT_NAME] = { 9, PANGO_WEIGHT_NORMAL },
  [RHEO_TEXT_TICK] = { 8.6, PANGO_WEIGHT_NORMAL },
};

static unsigned
drops (double share)
{
  return (share < 1 ? RHEO_DROP_LEGEND : 0) | (share < 0.88 ? RHEO_DROP_SUBTITLE : 0)
         | (share < 0.76 ? RHEO_DROP_TICKS : 0) | (share < 0.6 ? RHEO_DROP_NAMES : 0)
         | (share < 0.4 ? RHEO_DROP_AXES : 0);
}

void
rheo_plot_canvas_init (RheoPlotCanvas *canvas, const RheoPlotSpec *spec, cairo_t *cr, double width, double height)
{
  cairo_font_options_t *options = cairo_font_options_create ();
  PangoAttrList *attributes = pango_attr_list_new ();
  double scale = spec != NULL && spec->font_scale > 0 ? spec->font_scale : 1;
  double full; /* lengths that stand for a pixel at this text size */
  /* A plot whose title row stands elsewhere is less high by that. */
  double need = spec != NULL && spec->no_head ? 156 : 180;

  *canvas = (RheoPlotCanvas){
    .cr = cr,
    .theme = rheo_plot_theme_get (spec != NULL ? spec->theme : RHEO_THEME_LIGHT),
    .font_scale = scale,
    .pixel = 1,
  };
  full = canvas->theme->point * 0.75 * scale;
  canvas->drop = spec != NULL && spec->bare ? drops (0) : drops (MIN (width / (260 * full), height / (need * full)));
  if (cr != NULL)
    {
      cairo_surface_t *surface = cairo_get_group_target (cr);
      cairo_surface_type_t type = cairo_surface_get_type (surface);

      canvas->vector =
          type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PS;
      if (canvas->vector)
        canvas->pixel = 300 / (72 * canvas->theme->point);
      else
        {
          double x = 1, y = 0, scale_x, scale_y;

          cairo_user_to_device_distance (cr, &x, &y);
          cairo_surface_get_device_scale (surface, &scale_x, &scale_y);
          canvas->pixel = MAX (hypot (x, y) * scale_x, 1e-3);
        }
    }

  /* The context knows no surface, so that text has one size on screen, in files and when only measured. */
  canvas->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (canvas->context, options);
  pango_context_set_round_glyph_positions (canvas->context, FALSE);
  cairo_font_options_destroy (options);
  canvas->layout = pango_layout_new (canvas->context);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (canvas->layout, attributes);
  pango_attr_list_unref (attributes);
  for (int i = 0; i < RHEO_N_TEXTS; i++)
    {
      canvas->font[i] = pango_font_description_new ();
      pango_font_description_set_family_static (canvas->font[i], "Cantarell,sans");
      pango_font_description_set_weight (canvas->font[i], types[i].weight);
      pango_font_description_set_absolute_size (canvas->font[i],
                                                types[i].points * canvas->theme->point * scale * PANGO_SCALE);
    }
  /* Boxes with numbers in place of letters would hide the data. */
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, "0", NULL, NULL);
  canvas->mute = pango_layout_get_unknown_glyphs_count (canvas->layout) > 0;
}

void
rheo_plot_canvas_release (RheoPlotCanvas *canvas)
{
  for (int i = 0; i < RHEO_N_TEXTS; i++)
    pango_font_description_free (canvas->font[i]);
  g_object_unref (canvas->layout);
  g_object_unref (canvas->context);
}

/* --- strokes ---------------------------------------------------------------------------------------------------- */
void
rheo_plot_source (RheoPlotCanvas *canvas, RheoRgb colour, double alpha)
{
  cairo_set_source_rgba (canvas->cr, colour.r, colour.g, colour.b, alpha);
}

double
rheo_plot_snap (const RheoPlotCanvas *canvas, double v)
{
  return canvas->vector ? v : round (v * canvas->pixel) / canvas->pixel;
}

void
rheo_plot_hairline (RheoPlotCanvas *canvas, double x0, double y0, double x1, double y1, double width)
{
  cairo_t *cr = canvas->cr;

  if (!canvas->vector)
    {
      /* A whole number of device pixels, with both edges between pixels. */
      double pixels = MAX (round (width * canvas->pixel), 1);
      double half = fmod (pixels, 2) / 2 / canvas->pixel;

      width = pixels / canvas->pixel;
      if (x0 == x1)
        x0 = x1 = floor (x0 * canvas->pixel + 1e-6) / canvas->pixel + half;
      if (y0 == y1)
        y0 = y1 = floor (y0 * canvas->pixel + 1e-6) / canvas->pixel + half;
    }
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
  cairo_stroke (cr);
}

void
rheo_plot_disc (RheoPlotCanvas *canvas, double x, double y, double radius)
{
  cairo_new_sub_path (canvas->cr);
  cairo_arc (canvas->cr, x, y, radius, 0, 2 * RHEO_PLOT_PI);
  cairo_close_path (canvas->cr);
}

static void
marker_outline (cairo_t *cr, RheoPlotSymbol symbol, double x, double y, double r)
{
  /* Areas like that of the circle. */
  static const double square[] = { -0.89, -0.89, 0.89, -0.89, 0.89, 0.89, -0.89, 0.89 };
  static const double triangle[] = { 0, -1.3, 1.18, 0.74, -1.18, 0.74 };
  static const double diamond[] = { 0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0 };
  const double *corner = symbol == RHEO_SYMBOL_SQUARE ? square : symbol == RHEO_SYMBOL_TRIANGLE ? triangle : diamond;
  const int n = symbol == RHEO_SYMBOL_TRIANGLE ? 3 : 4;

  for (int i = 0; i < n; i++)
    cairo_line_to (cr, x + corner[2 * i] * r, y + corner[2 * i + 1] * r);
  cairo_close_path (cr);
}

void
rheo_plot_marker (RheoPlotCanvas *canvas, RheoPlotSymbol symbol, gboolean open, RheoRgb colour, double alpha, double x,
                  double y, double radius)
{
  const RheoPlotTheme *theme = canvas->theme;
  cairo_t *cr = canvas->cr;
  const double rim = MIN (open ? theme->outline : theme->hair, radius / 2);

  cairo_new_path (cr);
  if (symbol == RHEO_SYMBOL_CIRCLE)
    rheo_plot_disc (canvas, x, y, radius);
  else
    marker_outline (cr, symbol, x, y, radius);
  rheo_plot_source (canvas, open ? theme->background : colour, alpha);
  cairo_fill_preserve (cr);
  if (canvas->no_rims && !open)
    return;
  rheo_plot_source (canvas, open ? colour : theme->background, alpha);
  cairo_set_line_width (cr, rim);
  cairo_stroke (cr);
}

RheoRgb
rheo_plot_accent (RheoPlotThemeId id)
{
  static const RheoRgb accent = { 0x35 / 255.0, 0x84 / 255.0, 0xe4 / 255.0 };
  static const RheoRgb accent_dark = { 0x78 / 255.0, 0xae / 255.0, 0xed / 255.0 };

  return id == RHEO_THEME_DARK ? accent_dark : accent;
}

void
rheo_plot_ring (RheoPlotCanvas *canvas, RheoPlotThemeId id, double x, double y, double radius)
{
  cairo_new_path (canvas->cr);
  cairo_arc (canvas->cr, x, y, radius, 0, 2 * RHEO_PLOT_PI);
  cairo_set_line_width (canvas->cr, 2 * canvas->theme->outline);
  rheo_plot_source (canvas, rheo_plot_accent (id), 1);
  cairo_stroke (canvas->cr);
}

/* --- text ------------------------------------------------------------------------------------------------------- */
static PangoLayout *
set_text (RheoPlotCanvas *canvas, RheoPlotText text, const char *string)
{
  pango_layout_set_font_description (canvas->layout, canvas->font[text]);
  pango_layout_set_text (canvas->layout, string, -1);
  return canvas->layout;
}

void
rheo_plot_text_size (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double *width, double *height)
{
  int w, h;

  if (canvas->mute)
    {
      if (width != NULL)
        *width = 0;
      if (height != NULL)
        *height = types[text].points * canvas->theme->point * canvas->font_scale;
      return;
    }
  pango_layout_get_size (set_text (canvas, text, string), &w, &h);
  if (width != NULL)
    *width = (double) w / PANGO_SCALE;
  if (height != NULL)
    *height = (double) h / PANGO_SCALE;
}

double
rheo_plot_text_height (RheoPlotCanvas *canvas, RheoPlotText text)
{
  double height;

  rheo_plot_text_size (canvas, text, "0", NULL, &height);
  return height;
}

void
rheo_plot_text (RheoPlotCanvas *canvas, RheoPlotText text, RheoRgb colour, double x, double y, double x_align,
                double y_align, const char *string)
{
  double w, h;

  if (string == NULL || *string == '\0' || canvas->mute)
    return;
  rheo_plot_text_size (canvas, text, string, &w, &h);
  rheo_plot_source (canvas, colour, 1);
  cairo_move_to (canvas->cr, rheo_plot_snap (canvas, x - x_align * w), rheo_plot_snap (canvas, y - y_align * h));
  pango_cairo_show_layout (canvas->cr, canvas->layout);
}

void
rheo_plot_text_up (RheoPlotCanvas *canvas, RheoPlotText text, RheoRgb colour, double x, double y, const char *string)
{
  if (canvas->mute)
    return;
  cairo_save (canvas->cr);
  cairo_translate (canvas->cr, rheo_plot_snap (canvas, x), rheo_plot_snap (canvas, y));
  cairo_rotate (canvas->cr, -RHEO_PLOT_PI / 2);
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_CENTER);
  {
    double w, h;

    rheo_plot_text_size (canvas, text, string, &w, &h);
    rheo_plot_source (canvas, colour, 1);
    cairo_move_to (canvas->cr, -w / 2, -h / 2);
    pango_cairo_show_layout (canvas->cr, canvas->layout);
  }
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_LEFT);
  cairo_restore (canvas->cr);
}

char *
rheo_plot_text_fit (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double width)
{
  double w;
  glong n = g_utf8_strlen (string, -1);

  rheo_plot_text_size (canvas, text, string, &w, NULL);
  if (w <= width)
    return g_strdup (string);
  for (glong keep = MIN (n - 1, (glong) (n * width / w) + 2); keep > 0; keep--)
    {
      g_autofree char *head = g_utf8_substring (string, 0, keep);
      g_autofree char *shorter = g_strconcat (g_strchomp (head), "…", NULL);

      rheo_plot_text_size (canvas, text, shorter, &w, NULL);
      if (w <= width)
        return g_steal_pointer (&shorter);
    }
  return g_strdup ("");
}

char *
rheo_plot_text_fit_middle (RheoPlotCanvas *canvas, RheoPlotText text, const char *string, double width)
{
  glong n = g_utf8_strlen (string, -1);
  double w;

  rheo_plot_text_size (canvas, text, string, &w, NULL);
  if (w <= width)
    return g_strdup (string);
  for (glong keep = n - 1; keep > 1; keep--)
    {
      g_autofree char *head = g_utf8_substring (string, 0, (keep + 1) / 2);
      g_autofree char *tail = g_utf8_substring (string, n - keep / 2, n);
      g_autofree char *shorter = g_strconcat (head, "…", tail, NULL);

      rheo_plot_text_size (canvas, text, shorter, &w, NULL);
      if (w <= width)
        return g_steal_pointer (&shorter);
    }
  return g_strdup ("");
}

/* --- entries ---------------------------------------------------------------------------------------------------- */
/* What is not meant stays to be seen, but does not draw the eye. */
#define FADED 0.35

gboolean
rheo_plot_entry_hidden (const RheoPlotSpec *spec, int entry)
{
  return entry < RHEO_PLOT_MAX_ENTRIES && (spec->hidden >> entry & 1) != 0;
}

double
rheo_plot_entry_share (const RheoPlotSpec *spec, int entry)
{
  return spec->picked < 0 || spec->picked == entry ? 1 : FADED;
}

void
rheo_plot_entry_show (const RheoPlotSpec *spec, RheoPlotEntry *entries, int i)
{
  entries[i].entry = i;
  entries[i].hidden = rheo_plot_entry_hidden (spec, i);
  entries[i].dull = rheo_plot_entry_share (spec, i) < 1;
}

void
rheo_plot_hit (RheoPlotCanvas *canvas, double x, double y, double width, double height, int entry)
{
  RheoPlotHit hit = { { x, y, width, height }, entry };

  if (canvas->hits != NULL)
    g_array_append_val (canvas->hits, hit);
}

/* --- legends ---------------------------------------------------------------------------------------------------- */
#define SAMPLE 18

static double
unit_of (const RheoPlotCanvas *canvas)
{
  return canvas->theme->point * 0.75 * canvas->font_scale;
}

void
rheo_plot_dash_of (RheoPlotCanvas *canvas, RheoPlotSymbol symbol, int style)
{
  if (symbol == RHEO_SYMBOL_LINE || symbol == RHEO_SYMBOL_DASHED)
    rheo_plot_theme_dash (canvas->theme, symbol == RHEO_SYMBOL_LINE ? style : 1, canvas->cr);
}

double
rheo_plot_sample (RheoPlotCanvas *canvas, const RheoPlotEntry *entry, double x, double y_middle)
{
  const RheoPlotTheme *theme = canvas->theme;
  cairo_t *cr = canvas->cr;
  double width = SAMPLE * unit_of (canvas);
  RheoRgb colour = entry->plain ? theme->dim : theme->series[entry->style % RHEO_N_STYLES];

  if (cr == NULL)
    return width + theme->gap;
  if (entry->symbol >= RHEO_SYMBOL_CIRCLE)
    {
      rheo_plot_marker (canvas, entry->symbol, entry->open, colour, entry->hidden || entry->dull ? FADED : 1,
                        x + width / 2, y_middle, theme->spot * canvas->font_scale);
      return width + theme->gap;
    }
  rheo_plot_source (canvas, entry->symbol == RHEO_SYMBOL_PATH ? theme->dim : colour,
                    entry->hidden || entry->dull ? FADED : 1);
  cairo_save (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  rheo_plot_dash_of (canvas, entry->symbol, entry->style);
  rheo_plot_hairline (canvas, x, y_middle, x + width, y_middle,
                      entry->symbol < RHEO_SYMBOL_THIN ? theme->line : theme->outline * 0.8);
  cairo_restore (cr);
  return width + theme->gap;
}

double
rheo_plot_legend_row (RheoPlotCanvas *canvas, const RheoPlotEntry *entry, double x, double y_middle)
{
  double step = rheo_plot_sample (canvas, entry, x, y_middle), w, h;
  const RheoPlotTheme *theme = canvas->theme;

  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, entry->label, &w, &h);
  rheo_plot_text (canvas, RHEO_TEXT_TICK, entry->hidden ? rheo_rgb_mix (theme, theme->text, 0.55) : theme->text,
                  x + step, y_middle, 0, 0.5, entry->label);
  /* Struck out: hidden is told by more than a shade. */
  if (entry->hidden)
    rheo_plot_hairline (canvas, x, y_middle, x + step + w, y_middle, theme->hair);
  rheo_plot_hit (canvas, x, y_middle - h / 2, step + w, h, entry->entry);
  return step + w;
}

void
rheo_plot_legend_size (RheoPlotCanvas *canvas, const RheoPlotEntry *entries, int n, double *width, double *height)
{
  double widest = 0, row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);

  for (int i = 0; i < n; i++)
    {
      double w;

      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, entries[i].label, &w, NULL);
      widest = MAX (widest, w);
    }
  *width = SAMPLE * unit_of (canvas) + canvas->theme->gap + widest;
  *height = n * row;
}

void
rheo_plot_legend (RheoPlotCanvas *canvas, const RheoPlotEntry *entries, int n, double x, double y)
{
  double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);

  for (int i = 0; i < n; i++)
    rheo_plot_legend_row (canvas, &entries[i], x, y + (i + 0.5) * row);
}

const char *
rheo_plot_word_name (const char *word)
{
  static const struct
  {
    const char *word, *name;
  } names[] = {
    { "time", N_ ("Time step") }, { "unit", N_ ("Unit") },           { "pre", N_ ("From unit") },
    { "post", N_ ("To unit") },   { "iteration", N_ ("Iteration") }, { "epoch", N_ ("Epoch") },
    { "batch", N_ ("Batch") },    { "episode", N_ ("Episode") },     { "trial", N_ ("Trial") },
    { "in", N_ ("Input") },       { "out", N_ ("Output") },          { "step", N_ ("Time step") },
    { "number", N_ ("Index") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (word, names[i].word) == 0)
      return g_dgettext (GETTEXT_PACKAGE, names[i].name);
  return word;
}
