#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Files are the same for the same figure: no time of writing in them. */
#define FIXED_DATE "2000-01-01T00:00:00Z"

typedef enum
{
  FORMAT_NONE,
  FORMAT_PNG,
  FORMAT_SVG,
  FORMAT_PDF,
} Format;

static Format
format_of (const char *path)
{
  const char *dot = strrchr (path, '.');

  if (dot == NULL)
    return FORMAT_NONE;
  return g_ascii_strcasecmp (dot, ".png") == 0   ? FORMAT_PNG
         : g_ascii_strcasecmp (dot, ".svg") == 0 ? FORMAT_SVG
         : g_ascii_strcasecmp (dot, ".pdf") == 0 ? FORMAT_PDF
                                                 : FORMAT_NONE;
}

static void
paint (const RheoPlotSpec *spec, cairo_t *cr, double width, double height)
{
  RheoRgb b = rheo_plot_theme_get (spec->theme)->background;

  cairo_set_source_rgb (cr, b.r, b.g, b.b);
  cairo_paint (cr);
  rheo_plot_draw (spec, cr, width, height);
}

static cairo_status_t
collect (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

cairo_surface_t *
rheo_plot_paint_image (const RheoPlotSpec *spec, double width, double height, double scale)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX ((int) lround (width * scale), 1),
                                                         MAX ((int) lround (height * scale), 1));
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, scale, scale);
  paint (spec, cr, width, height);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static cairo_status_t
make_png (const RheoPlotSpec *spec, GByteArray *bytes, double width, double height, double scale)
{
  cairo_surface_t *surface = rheo_plot_paint_image (spec, width, height, scale);
  cairo_status_t status = cairo_surface_status (surface);

  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, collect, bytes);
  cairo_surface_destroy (surface);
  return status;
}

static cairo_status_t
make_vectors (const RheoPlotSpec *spec, Format format, GByteArray *bytes, double width, double height, double point)
{
  double w = width / point, h = height / point; /* page in points */
  cairo_surface_t *surface = format == FORMAT_SVG ? cairo_svg_surface_create_for_stream (collect, bytes, w, h)
                                                  : cairo_pdf_surface_create_for_stream (collect, bytes, w, h);
  cairo_status_t status;
  cairo_t *cr;

  if (format == FORMAT_SVG)
    cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PT);
  else
    {
      g_autofree char *subtitle = rheo_plot_dup_subtitle (spec);
      g_autofree char *title = spec->title == NULL ? g_strdup (spec->kind != NULL ? _ (spec->kind->base.title) : "")
                               : *subtitle == '\0' ? g_strdup (spec->title)
                                                   : g_strdup_printf ("%s, %s", spec->title, subtitle);

      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Rheobase " RHEO_VERSION);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, FIXED_DATE);
    }
  cr = cairo_create (surface);
  cairo_scale (cr, 1 / point, 1 / point);
  paint (spec, cr, width, height);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

static gboolean
renumber (const GMatchInfo *match, GString *out, gpointer data)
{
  GHashTable *numbers = data;
  g_autofree char *lead = g_match_info_fetch (match, 1), *name = g_match_info_fetch (match, 2);
  g_autofree char *number = g_match_info_fetch (match, 3);
  g_autofree char *id = g_strconcat (name, number, NULL);
  gpointer mine = g_hash_table_lookup (numbers, id);

  if (mine == NULL)
    {
      mine = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
      g_hash_table_insert (numbers, g_steal_pointer (&id), mine);
    }
  g_string_append_printf (out, "%s%s%u", lead, name, GPOINTER_TO_UINT (mine));
  return FALSE;
}

/* Cairo numbers the parts of an SVG from a counter of the process; here they count from one, in order. */
static GByteArray *
with_own_numbers (GByteArray *svg)
{
  g_autoptr (GRegex) regex = g_regex_new ("(id=\"|#)(surface|image|mask|pattern|linear|radial|clip)(\\d+)", 0, 0, NULL);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text =
      g_regex_replace_eval (regex, (const char *) svg->data, svg->len, 0, 0, renumber, numbers, NULL);
  gsize n;

  if (text == NULL)
    return svg;
  g_byte_array_unref (svg);
  n = strlen (text);
  return g_byte_array_new_take ((guint8 *) g_steal_pointer (&text), n);
}

static gboolean
has_font (const RheoPlotSpec *spec, GError **error)
{
  RheoPlotCanvas canvas;
  gboolean mute;

  rheo_plot_canvas_init (&canvas, spec, NULL, 300, 200);
  mute = canvas.mute;
  rheo_plot_canvas_release (&canvas);
  return !mute
         || rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                       _ ("There is no font on this system, so a figure would have no text. Cantarell or DejaVu Sans "
                          "will do."));
}

/* The bytes of a file with this name. */
static gboolean
make (const RheoPlotSpec *spec, const char *path, double width_mm, double height_mm, double dpi, GByteArray **made,
      GError **error)
{
  const RheoPlotTheme *theme = rheo_plot_theme_get (spec->theme);
  double per_inch = 72 * theme->point, width = width_mm / 25.4 * per_inch, height = height_mm / 25.4 * per_inch;
  Format format = format_of (path);
  g_autoptr (GByteArray) bytes = NULL;
  cairo_status_t status;

  if (format == FORMAT_NONE)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" ends in none of .png, .svg and .pdf."), path);
  if (!(width_mm >= 5 && width_mm <= 2000 && height_mm >= 5 && height_mm <= 2000))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A figure is 5 to 2,000 mm wide and high, not %g x %g mm."),
                      width_mm, height_mm);
  if (format == FORMAT_PNG && !(dpi >= 36 && dpi <= 1200 && MAX (width_mm, height_mm) / 25.4 * dpi <= 16384))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("A PNG has 36 to 1,200 dots per inch and at most 16,384 pixels a side. %g dpi on %g x %g mm "
                         "is outside that."),
                      dpi, width_mm, height_mm);
  if (!has_font (spec, error))
    return FALSE;
  bytes = g_byte_array_new ();
  status = format == FORMAT_PNG ? make_png (spec, bytes, width, height, dpi / per_inch)
                                : make_vectors (spec, format, bytes, width, height, theme->point);
  if (status != CAIRO_STATUS_SUCCESS)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("\"%s\" cannot be drawn: %s."), path,
                      cairo_status_to_string (status));
  if (format == FORMAT_SVG)
    bytes = with_own_numbers (g_steal_pointer (&bytes));
  *made = g_steal_pointer (&bytes);
  return TRUE;
}

gboolean
rheo_plot_export (const RheoPlotSpec *spec, const char *path, double width_mm, double height_mm, double dpi,
                  GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) failed = NULL;

  if (!make (spec, path, width_mm, height_mm, dpi, &bytes, error))
    return FALSE;
  if (!g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                 &failed))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("\"%s\" cannot be written: %s."), path, failed->message);
  return TRUE;
}

GBytes *
rheo_plot_export_bytes (const RheoPlotSpec *spec, const char *ending, double width_mm, double height_mm, double dpi,
                        GError **error)
{
  GByteArray *bytes;

  return make (spec, ending, width_mm, height_mm, dpi, &bytes, error) ? g_byte_array_free_to_bytes (bytes) : NULL;
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */
/* Columns of one length side by side as a matrix, for .npy. */
static RheoTable *
stack (const RheoTable *table)
{
  RheoTable *matrix = rheo_table_new (rheo_table_get_title (table));
  int n = rheo_table_get_n_columns (table), n_numbers = 0;
  int64_t rows = 0;
  RheoColumn *out;

  for (int k = 0; k < n; k++)
    {
      const RheoColumn *c = rheo_table_get_column (table, k);

      n_numbers += c->type != RHEO_STRING;
      rows = MAX (rows, rheo_column_get_length (c));
    }
  out = rheo_table_add (matrix, "numbers", rheo_table_get_title (table), "", "row column", RHEO_F64,
                        (int64_t[]){ rows, n_numbers });
  for (int k = 0, j = 0; k < n; k++)
    {
      const RheoColumn *c = rheo_table_get_column (table, k);

      if (c->type == RHEO_STRING)
        continue;
      for (int64_t i = 0; i < rows; i++)
        ((double *) out->data)[i * n_numbers + j] =
            i < rheo_column_get_length (c) ? rheo_column_get_number (c, i) : NAN;
      j++;
    }
  return matrix;
}

RheoTable *
rheo_plot_dup_numbers (const RheoPlotSpec *spec, GError **error)
{
  return rheo_plot_check (spec, error) ? spec->kind->numbers (spec) : NULL;
}

gboolean
rheo_plot_export_numbers (const RheoPlotSpec *spec, const char *path, GError **error)
{
  g_autoptr (RheoTable) table = rheo_plot_dup_numbers (spec, error);

  if (table == NULL)
    return FALSE;
  if (g_str_has_suffix (path, ".npy") && rheo_table_get_n_columns (table) > 1)
    {
      g_autoptr (RheoTable) matrix = stack (table);

      return rheo_table_write (matrix, NULL, path, error);
    }
  return rheo_table_write (table, NULL, path, error);
}
