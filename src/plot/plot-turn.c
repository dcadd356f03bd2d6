#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-turn.h"

#include <gif_lib.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "plot-kind.h"

#define N_COLOURS 256
#define MAX_SIDE 4096

gboolean
rheo_plot_is_turn (const char *path)
{
  g_autofree char *base = g_path_get_basename (path), *low = g_ascii_strdown (base, -1);

  return g_str_has_suffix (low, ".gif") || (g_str_has_suffix (low, ".png") && strchr (low, '#') != NULL);
}

int
rheo_plot_turn_frames (const RheoPlotTurn *turn)
{
  return (int) CLAMP (lround (turn->rate * turn->seconds), 1, RHEO_PLOT_MAX_FRAMES + 1);
}

/* --- frames ---------------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPlotSpec *spec; /* a copy that is turned */
  double azimuth, turn;
  int n_frames;
  double width, height, scale; /* lengths, and pixels in one */
} Film;

static int
pixels (const Film *film, double length)
{
  return MAX ((int) lround (length * film->scale), 1);
}

/* Of a whole turn the last frame is not the first one again. */
static cairo_surface_t *
draw_frame (Film *film, int i)
{
  film->spec->azimuth = film->azimuth + film->turn * i / film->n_frames;
  return rheo_plot_paint_image (film->spec, film->width, film->height, film->scale);
}

static uint32_t
pixel_at (cairo_surface_t *image, int x, int y)
{
  const unsigned char *row =
      cairo_image_surface_get_data (image) + (gsize) y * (gsize) cairo_image_surface_get_stride (image);
  uint32_t pixel;

  memcpy (&pixel, row + 4 * (gsize) x, sizeof pixel);
  return pixel & 0xffffff;
}

/* --- colours of a GIF ------------------------------------------------------------------------------------------------ */
/* A figure has few colours and their mixtures at edges. Colours that differ little share a bin; the fullest bins stand in
 * the palette with their most frequent colour, so that areas keep theirs exactly. */
#define BIN_BITS 5
#define N_BINS (1 << (3 * BIN_BITS))

static unsigned
bin_of (uint32_t colour)
{
  const unsigned drop = 8 - BIN_BITS;

  return (colour >> 16 & 255) >> drop << 2 * BIN_BITS | (colour >> 8 & 255) >> drop << BIN_BITS
         | (colour & 255) >> drop;
}

typedef struct
{
  int64_t n, n_best;
  uint32_t best;
} Bin;

static int
by_number (gconstpointer a, gconstpointer b)
{
  const Bin *p = a, *q = b;

  if (p->n != q->n)
    return p->n > q->n ? -1 : 1;
  return p->best < q->best ? -1 : p->best > q->best;
}

static void
make_palette (GHashTable *counts, uint32_t palette[N_COLOURS])
{
  g_autofree Bin *bins = g_new0 (Bin, N_BINS);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const uint32_t colour = GPOINTER_TO_UINT (key);
      const int64_t n = GPOINTER_TO_UINT (value);
      Bin *bin = &bins[bin_of (colour)];

      bin->n += n;
      if (n < bin->n_best || (n == bin->n_best && colour > bin->best))
        continue;
      bin->n_best = n;
      bin->best = colour;
    }
  qsort (bins, N_BINS, sizeof *bins, by_number);
  for (int i = 0; i < N_COLOURS; i++)
    palette[i] = bins[i].best;
}

static void
count_colours (cairo_surface_t *image, GHashTable *counts)
{
  const int width = cairo_image_surface_get_width (image), height = cairo_image_surface_get_height (image);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width;)
      {
        const uint32_t colour = pixel_at (image, x, y);
        const int from = x;

        while (x < width && pixel_at (image, x, y) == colour)
          x++;
        g_hash_table_insert (
            counts, GUINT_TO_POINTER (colour),
            GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (colour)))
                              + (guint) (x - from)));
      }
}

static int
nearest_colour (const uint32_t palette[N_COLOURS], uint32_t colour)
{
  int best = 0, least = G_MAXINT;

  for (int i = 0; i < N_COLOURS && least > 0; i++)
    {
      const int r = (int) (palette[i] >> 16 & 255) - (int) (colour >> 16 & 255);
      const int g = (int) (palette[i] >> 8 & 255) - (int) (colour >> 8 & 255);
      const int b = (int) (palette[i] & 255) - (int) (colour & 255);
      const int far = 3 * r * r + 6 * g * g + b * b;

      if (far >= least)
        continue;
      least = far;
      best = i;
    }
  return best;
}

/* --- GIF --------------------------------------------------------------------------------------------------------------- */
static int
collect (GifFileType *gif, const GifByteType *bytes, int n)
{
  g_byte_array_append (gif->UserData, bytes, (guint) n);
  return n;
}

/* Shown without end. */
static gboolean
put_loop (GifFileType *gif)
{
  static const GifByteType forever[] = { 1, 0, 0 };

  return EGifPutExtensionLeader (gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK
         && EGifPutExtensionBlock (gif, 11, "NETSCAPE2.0") == GIF_OK
         && EGifPutExtensionBlock (gif, sizeof forever, forever) == GIF_OK && EGifPutExtensionTrailer (gif) == GIF_OK;
}

static gboolean
put_frame (GifFileType *gif, cairo_surface_t *image, const uint32_t palette[N_COLOURS], GHashTable *indices, int delay)
{
  const GraphicsControlBlock control = { .DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = -1 };
  g_autofree GifPixelType *line = g_new (GifPixelType, gif->SWidth);
  GifByteType extension[4];

  EGifGCBToExtension (&control, extension);
  if (EGifPutExtension (gif, GRAPHICS_EXT_FUNC_CODE, sizeof extension, extension) != GIF_OK
      || EGifPutImageDesc (gif, 0, 0, gif->SWidth, gif->SHeight, false, NULL) != GIF_OK)
    return FALSE;
  for (int y = 0; y < gif->SHeight; y++)
    {
      for (int x = 0; x < gif->SWidth; x++)
        {
          const uint32_t colour = pixel_at (image, x, y);
          gpointer index;

          if (!g_hash_table_lookup_extended (indices, GUINT_TO_POINTER (colour), NULL, &index))
            {
              index = GINT_TO_POINTER (nearest_colour (palette, colour));
              g_hash_table_insert (indices, GUINT_TO_POINTER (colour), index);
            }
          line[x] = (GifPixelType) GPOINTER_TO_INT (index);
        }
      if (EGifPutLine (gif, line, gif->SWidth) != GIF_OK)
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  gboolean (*func) (void *data, double share);
  void *data;
} Progress;

static gboolean
go_on (const Progress *progress, double share, GError **error)
{
  return progress->func == NULL || progress->func (progress->data, share)
         || rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("The figure was not written: cancelled."));
}

/* One palette for all frames, from a few of them: nothing flickers. */
static void
sample_palette (Film *film, uint32_t palette[N_COLOURS])
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  const int n = MIN (film->n_frames, 6);

  for (int i = 0; i < n; i++)
    {
      cairo_surface_t *image = draw_frame (film, i * film->n_frames / n);

      count_colours (image, counts);
      cairo_surface_destroy (image);
    }
  make_palette (counts, palette);
}

static gboolean
write_gif (Film *film, const char *path, int delay, const Progress *progress, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GHashTable) indices = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) failed = NULL;
  int code = E_GIF_SUCCEEDED;
  GifFileType *gif = EGifOpen (bytes, collect, &code);
  ColorMapObject *map = GifMakeMapObject (N_COLOURS, NULL);
  uint32_t palette[N_COLOURS];
  gboolean done = gif != NULL && map != NULL;

  if (done)
    {
      sample_palette (film, palette);
      for (int i = 0; i < N_COLOURS; i++)
        map->Colors[i] = (GifColorType){ palette[i] >> 16 & 255, palette[i] >> 8 & 255, palette[i] & 255 };
      EGifSetGifVersion (gif, true);
      done = EGifPutScreenDesc (gif, pixels (film, film->width), pixels (film, film->height), 8, 0, map) == GIF_OK
             && put_loop (gif);
    }
  for (int i = 0; i < film->n_frames && done; i++)
    {
      cairo_surface_t *image = draw_frame (film, i);

      done = put_frame (gif, image, palette, indices, delay);
      cairo_surface_destroy (image);
      if (done && !go_on (progress, (i + 1.0) / film->n_frames, error))
        {
          EGifCloseFile (gif, NULL);
          GifFreeMapObject (map);
          return FALSE;
        }
    }
  if (gif != NULL)
    {
      code = done ? code : gif->Error;
      done = EGifCloseFile (gif, done ? &code : NULL) == GIF_OK && done;
    }
  GifFreeMapObject (map);
  if (!done)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("\"%s\" cannot be drawn: %s."), path,
                      GifErrorString (code) != NULL ? GifErrorString (code) : "GIF");
  if (!g_file_set_contents_full (path, (const char *) bytes->data, bytes->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                 &failed))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("\"%s\" cannot be written: %s."), path, failed->message);
  return TRUE;
}

/* --- PNG sequence ------------------------------------------------------------------------------------------------------ */
/* "turn/###.png" and 7: "turn/007.png". */
static char *
dup_frame_path (const char *path, int i)
{
  const char *slash = strrchr (path, '/'), *first = strchr (slash != NULL ? slash : path, '#');
  const int n = (int) strspn (first, "#");

  return g_strdup_printf ("%.*s%0*d%s", (int) (first - path), path, n, i, first + n);
}

/* Those that were written before it was cancelled, or could not go on. */
static void
remove_frames (const char *path, int n)
{
  for (int i = 0; i < n; i++)
    {
      g_autofree char *one = dup_frame_path (path, i);

      g_unlink (one);
    }
}

static gboolean
write_sequence (Film *film, const char *path, double width_mm, double height_mm, double dpi, const Progress *progress,
                GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("The folder \"%s\" cannot be made: %s."), folder, g_strerror (errno));
  for (int i = 0; i < film->n_frames; i++)
    {
      g_autofree char *one = dup_frame_path (path, i);

      film->spec->azimuth = film->azimuth + film->turn * i / film->n_frames;
      if (!rheo_plot_export (film->spec, one, width_mm, height_mm, dpi, error)
          || !go_on (progress, (i + 1.0) / film->n_frames, error))
        {
          remove_frames (path, i + 1);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
rheo_plot_can_turn (const RheoPlotSpec *spec)
{
  for (const RheoParam *row = spec->kind != NULL ? spec->kind->base.params : NULL; row != NULL && row->key != NULL;
       row++)
    if (strcmp (row->key, "azimuth") == 0)
      return rheo_param_active (spec->kind->base.params, row, spec->values);
  return FALSE;
}

gboolean
rheo_plot_export_turn (const RheoPlotSpec *spec, const RheoPlotTurn *turn, const char *path, double width_mm,
                       double height_mm, double dpi, gboolean (*progress) (void *data, double share),
                       void *progress_data, GError **error)
{
  const double per_inch = 72 * rheo_plot_theme_get (spec->theme)->point;
  const Progress report = { progress, progress_data };
  const double delay = 100 / turn->rate;
  g_autofree char *low = g_ascii_strdown (path, -1);
  g_autoptr (GBytes) still = NULL;
  g_autoptr (RheoPlotSpec) turned = NULL;
  Film film;

  if (!rheo_plot_can_turn (spec))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Only figures in space turn; this one has no camera."));
  if (!(turn->rate >= 1 && turn->rate <= 50) || !isfinite (turn->turn) || !(turn->seconds > 0)
      || rheo_plot_turn_frames (turn) > RHEO_PLOT_MAX_FRAMES)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("A turning figure has 1 to 50 frames a second and at most %d in all."), RHEO_PLOT_MAX_FRAMES);
  /* What a still figure refuses (size, font) is refused here too. */
  still = rheo_plot_export_bytes (spec, ".png", width_mm, height_mm, dpi, error);
  if (still == NULL)
    return FALSE;
  turned = rheo_plot_spec_dup (spec);
  film = (Film){ .spec = turned,
                 .azimuth = spec->azimuth,
                 .turn = turn->turn,
                 .n_frames = rheo_plot_turn_frames (turn),
                 .width = width_mm / 25.4 * per_inch,
                 .height = height_mm / 25.4 * per_inch,
                 .scale = dpi / per_inch };
  if (!g_str_has_suffix (low, ".gif"))
    return write_sequence (&film, path, width_mm, height_mm, dpi, &report, error);
  if (pixels (&film, MAX (film.width, film.height)) > MAX_SIDE)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("A GIF has at most %d pixels a side, not %d x %d."), MAX_SIDE,
                      pixels (&film, film.width), pixels (&film, film.height));
  return write_gif (&film, path, (int) lround (delay), &report, error);
}
