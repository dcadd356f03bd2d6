#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-picture.h"

#include <string.h>

void
rheo_plot_picture_free (RheoPlotPicture *picture)
{
  if (picture == NULL)
    return;
  g_clear_pointer (&picture->node, gsk_render_node_unref);
  cairo_surface_destroy (picture->surface);
  g_free (picture->panels);
  g_free (picture->entries);
  g_array_unref (picture->hits);
  rheo_cloud_unref (picture->cloud);
  g_free (picture->look);
  g_free (picture);
}

static void
widen (RheoPlotAxis *wanted, const RheoPlotAxis *natural, const RheoPlotLimits *grown)
{
  double lo = MIN (natural->lo, grown->lo), hi = MAX (natural->hi, grown->hi);

  if (wanted->lo != wanted->hi || grown->lo == grown->hi || (lo == natural->lo && hi == natural->hi)
      || (natural->log && lo <= 0))
    return;
  wanted->lo = lo;
  wanted->hi = hi;
}

static void
grow (RheoPlotSpec *spec, const RheoPlotLimits *grown, RheoPlotPanel *panels, int width, int height)
{
  gboolean any = FALSE;
  int n;

  for (int i = 0; i < RHEO_N_LIMITS; i++)
    any = any || grown[i].lo != grown[i].hi;
  n = any ? rheo_plot_panels (spec, width, height, panels) : 0;
  for (int i = 0; i < n; i++)
    {
      if (!panels[i].groups)
        widen (&spec->x, &panels[i].x, &grown[RHEO_LIMITS_X]);
      if (panels[i].second)
        widen (&spec->second, &panels[i].y, &grown[RHEO_LIMITS_SECOND]);
      else
        widen (&spec->y, &panels[i].y, &grown[RHEO_LIMITS_Y]);
    }
}

RheoPlotPicture *
rheo_plot_picture_draw (RheoPlotSpec *spec, const RheoPlotLimits grown[RHEO_N_LIMITS], int width, int height, int scale)
{
  RheoPlotPicture *picture = g_new0 (RheoPlotPicture, 1);
  gint64 start = g_get_monotonic_time ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  g_autofree RheoPlotPanel *panels = g_new0 (RheoPlotPanel, RHEO_PLOT_MAX_PANELS);
  g_autofree RheoPlotEntry *entries = g_new0 (RheoPlotEntry, RHEO_PLOT_MAX_ENTRIES);
  cairo_t *cr;

  picture->surface = surface;
  picture->width = width;
  picture->height = height;
  picture->scale = scale;
  picture->hits = g_array_new (FALSE, FALSE, sizeof (RheoPlotHit));
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  grow (spec, grown, panels, width, height);
  rheo_plot_draw_hits (spec, cr, width, height, picture->hits);
  cairo_destroy (cr);
  picture->n_panels = rheo_plot_panels (spec, width, height, panels);
  picture->panels = g_memdup2 (panels, sizeof *panels * MAX (picture->n_panels, 1));
  picture->has_data = rheo_plot_has_data (spec);
  picture->n_entries = rheo_plot_entries (spec, entries);
  picture->entries = g_memdup2 (entries, sizeof *entries * MAX (picture->n_entries, 1));
  cairo_surface_flush (surface);
  if (spec->cloud_from > 0)
    {
      picture->look = g_new (RheoCloudLook, 1);
      picture->cloud = rheo_plot_dup_cloud (spec, width, height, picture->look);
    }
  picture->cost = g_get_monotonic_time () - start;
  return picture;
}

/* --- for the window ---------------------------------------------------------------------------------------------- */

/* A graphics card keeps a texture. The software renderer would convert every texture of the window in every frame, whole
 * and by way of floating point, even when nothing but a label has changed; a surface it just copies, and of it only what
 * is redrawn. */
static GskRenderNode *
make_node (RheoPlotPicture *picture, gboolean software)
{
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, picture->width, picture->height);
  GskRenderNode *node;

  if (software)
    {
      cairo_t *cr;

      node = gsk_cairo_node_new (&bounds);
      cr = gsk_cairo_node_get_draw_context (node);
      cairo_set_source_surface (cr, picture->surface, 0, 0);
      cairo_paint (cr);
      cairo_destroy (cr);
    }
  else
    {
      const int stride = cairo_image_surface_get_stride (picture->surface), pixels = picture->height * picture->scale;
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (
          cairo_image_surface_get_data (picture->surface), (gsize) stride * pixels,
          (GDestroyNotify) cairo_surface_destroy, cairo_surface_reference (picture->surface));
      g_autoptr (GdkTexture) texture =
          gdk_memory_texture_new (picture->width * picture->scale, pixels, GDK_MEMORY_DEFAULT, bytes, stride);

      node = gsk_texture_node_new (texture, &bounds);
    }
  return node;
}

void
rheo_plot_picture_snapshot (RheoPlotPicture *picture, GtkWidget *widget, GtkSnapshot *snapshot)
{
  const gboolean software = GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (gtk_widget_get_native (widget)));
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (picture->node == NULL || software != (gsk_render_node_get_node_type (picture->node) == GSK_CAIRO_NODE))
    {
      g_clear_pointer (&picture->node, gsk_render_node_unref);
      picture->node = make_node (picture, software);
    }
  gtk_snapshot_save (snapshot);
  /* Until it is drawn anew for another size. */
  if (picture->width != width || picture->height != height)
    gtk_snapshot_scale (snapshot, (float) width / (float) picture->width, (float) height / (float) picture->height);
  gtk_snapshot_append_node (snapshot, picture->node);
  gtk_snapshot_restore (snapshot);
}

/* --- beside the main thread ------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPlotSpec *spec;
  RheoPlotLimits grown[RHEO_N_LIMITS];
  int width, height, scale;
  RheoPlotPicture *picture;
  RheoPlotPictureFunc func;
  gpointer data;
} Job;

static gboolean
hand_back (gpointer data)
{
  Job *job = data;

  job->func (job->spec, job->picture, job->data);
  g_free (job);
  return G_SOURCE_REMOVE;
}

static void
work (gpointer data, gpointer unused)
{
  Job *job = data;

  job->picture = rheo_plot_picture_draw (job->spec, job->grown, job->width, job->height, job->scale);
  g_idle_add_full (G_PRIORITY_DEFAULT, hand_back, job, NULL);
}

void
rheo_plot_picture_draw_async (RheoPlotSpec *spec, const RheoPlotLimits grown[RHEO_N_LIMITS], int width, int height,
                              int scale, RheoPlotPictureFunc func, gpointer data)
{
  static GThreadPool *pool;
  Job *job = g_new0 (Job, 1);

  /* Few threads, the others are the network's; kept, for each has fonts of its own. */
  if (pool == NULL)
    pool = g_thread_pool_new (work, NULL, g_get_num_processors () > 1 ? 2 : 1, TRUE, NULL);
  *job = (Job){ .spec = spec, .width = width, .height = height, .scale = scale, .func = func, .data = data };
  memcpy (job->grown, grown, sizeof job->grown);
  g_thread_pool_push (pool, job, NULL);
}
