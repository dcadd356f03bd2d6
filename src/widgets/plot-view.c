#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/common.h"
#include "widgets/plot-view-private.h"

/* What takes longer is drawn beside the main thread, µs: of what comes often, of what the user waits for, and of all
 * plots in one frame. What is not known yet counts as dear when it has many numbers. */
#define DEAR 1000
#define DEAR_AGAIN 8000
#define DEAR_FRAME 2500
#define MANY 200000

G_DEFINE_FINAL_TYPE (RheoPlotView, rheo_plot_view, GTK_TYPE_WIDGET)

enum
{
  EXPORTED,
  EXPORT_FAILED,
  COPIED,
  PICKED,
  UNITS,
  SHOWN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- specs ------------------------------------------------------------------------------------------------------ */
/* What may change without anything being worked out anew. */
static void
dress (RheoPlotView *view, RheoPlotSpec *spec)
{
  int unit = -1;

  if (view->group != NULL)
    g_object_get (view->group, "unit", &unit, NULL);
  spec->theme = adw_style_manager_get_dark (adw_style_manager_get_default ()) ? RHEO_THEME_DARK : RHEO_THEME_LIGHT;
  spec->font_scale = rheo_text_scale ();
  spec->hidden = view->hidden;
  spec->picked = view->picked;
  spec->unit = unit;
  spec->point = view->point;
  spec->point_set = view->point_set;
  spec->moment = view->moment;
  spec->cloud_from = rheo_plot_view_cloud_from (view, spec);
  rheo_plot_view_apply_limits (view, spec);
  if (view->held && !spec->no_head)
    {
      g_autofree char *held = view->base->subtitle != NULL
                                  ? g_strdup_printf ("%s · %s", view->base->subtitle, _ ("held"))
                                  : g_strdup (_ ("held"));

      spec->subtitle = g_intern_string (held);
    }
  else
    spec->subtitle = view->base->subtitle;
}

static void
apply_options (RheoPlotView *view, RheoPlotSpec *spec)
{
  GHashTableIter iter;
  gpointer key, text;

  g_hash_table_iter_init (&iter, view->options);
  /* What another kind, or the data, do not allow is left as it was given. */
  while (g_hash_table_iter_next (&iter, &key, &text))
    rheo_plot_set (spec, key, text, NULL);
  if (view->marks != NULL && spec->kind != NULL && rheo_plot_count (spec, "mark") == 0)
    rheo_plot_bind (spec, "mark", view->marks, "at", NULL, NULL);
}

RheoPlotSpec *
rheo_plot_view_dup_figure (RheoPlotView *view, RheoPlotThemeId theme)
{
  RheoPlotSpec *spec;

  if (view->base == NULL)
    return NULL;
  spec = rheo_plot_spec_dup (view->base);
  apply_options (view, spec);
  rheo_plot_set_places (spec, view->places);
  spec->hidden = view->hidden;
  rheo_plot_view_apply_limits (view, spec);
  spec->theme = theme;
  spec->no_head = FALSE;
  spec->font_scale = 1;
  return spec;
}

static gboolean
same_shape (const RheoPlotSpec *a, const RheoPlotSpec *b)
{
  gboolean same = a->kind == b->kind && a->n_bindings == b->n_bindings;

  for (int i = 0; i < a->n_bindings && same; i++)
    same = strcmp (a->binding[i].role, b->binding[i].role) == 0
           && strcmp (a->binding[i].column->key, b->binding[i].column->key) == 0;
  return same;
}

/* --- drawing ---------------------------------------------------------------------------------------------------- */
static void schedule (RheoPlotView *view);

static void
remember (RheoPlotLimits *grown, const RheoPlotAxis *axis)
{
  *grown = (RheoPlotLimits){ axis->lo, axis->hi };
}

/* What the next spec's axes must hold. Indices of units and the like are as they are; places keep their limits themselves. */
static void
remember_axes (RheoPlotView *view, const RheoPlotSpec *spec, const RheoPlotPicture *p)
{
  if (!p->has_data || spec->kind->dense || spec->kind->places != NULL)
    memset (view->grown, 0, sizeof view->grown);
  else if (!rheo_plot_view_is_zoomed (view))
    for (int i = 0; i < p->n_panels; i++)
      {
        if (!p->panels[i].groups)
          remember (&view->grown[RHEO_LIMITS_X], &p->panels[i].x);
        remember (&view->grown[p->panels[i].second ? RHEO_LIMITS_SECOND : RHEO_LIMITS_Y], &p->panels[i].y);
      }
}

static void
queue_draw (RheoPlotView *view)
{
  if (view->cloud != NULL)
    gtk_widget_queue_draw (view->cloud);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
show_picture (RheoPlotView *view, RheoPlotSpec *spec, RheoPlotPicture *picture)
{
  remember_axes (view, spec, picture);
  rheo_plot_view_adopt_places (view, spec);
  if (view->spec != spec)
    rheo_plot_spec_free (view->spec);
  view->spec = spec;
  rheo_plot_picture_free (view->picture);
  view->picture = picture;
  rheo_plot_view_adopt_cloud (view);
  queue_draw (view);
}

static void
announce (RheoPlotView *view)
{
  rheo_plot_view_update_actions (view);
  rheo_plot_view_read_again (view);
  rheo_plot_view_describe (view);
  rheo_plot_view_play (view);
  g_signal_emit (view, signals[SHOWN], 0);
}

static void
drawn (RheoPlotSpec *spec, RheoPlotPicture *picture, gpointer data)
{
  g_autoptr (RheoPlotView) view = data;

  view->busy = FALSE;
  view->lent = NULL;
  if (view->disposed || view->base == NULL)
    {
      rheo_plot_spec_free (spec);
      rheo_plot_picture_free (picture);
      return;
    }
  *(view->again ? &view->cost_again : &view->cost_new) = picture->cost;
  show_picture (view, spec, picture);
  /* Moved meanwhile: the next picture is due, and what is done before it goes on from there. */
  if (view->stale)
    rheo_plot_view_follow (view);
  announce (view);
  rheo_plot_view_catch_up (view);
  if (view->rebuild || (view->incoming != NULL && !view->held && !rheo_plot_view_is_in_play (view)))
    schedule (view);
}

static void
draw_beside (RheoPlotView *view, RheoPlotSpec *spec)
{
  view->busy = TRUE;
  view->lent = spec;
  view->again = view->spec == spec;
  if (view->again)
    view->spec = NULL;
  rheo_plot_picture_draw_async (spec, view->grown, gtk_widget_get_width (GTK_WIDGET (view)),
                                gtk_widget_get_height (GTK_WIDGET (view)),
                                gtk_widget_get_scale_factor (GTK_WIDGET (view)), drawn, g_object_ref (view));
}

/* µs that all views together have drawn in this frame. */
static gint64 *
spent_in_frame (RheoPlotView *view)
{
  static gint64 frame, spent;
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (view));
  gint64 now = clock != NULL ? gdk_frame_clock_get_frame_counter (clock) : 0;

  if (now != frame)
    spent = 0;
  frame = now;
  return &spent;
}

static gboolean
is_dear (RheoPlotView *view, const RheoPlotSpec *spec)
{
  int64_t n = 0;

  if (view->cost_new > 0)
    return view->cost_new > DEAR || *spent_in_frame (view) + view->cost_new > DEAR_FRAME;
  for (int i = 0; i < spec->n_bindings; i++)
    n += rheo_column_get_length (spec->binding[i].column);
  /* What can be moved is laid out first, which takes long. */
  return n > MANY || (spec->kind != NULL && spec->kind->places != NULL);
}

/* A newer spec comes on screen. */
static void
bring_up (RheoPlotView *view)
{
  GtkWidget *widget = GTK_WIDGET (view);
  RheoPlotSpec *next;

  if (view->busy || gtk_widget_get_width (widget) < 1 || gtk_widget_get_height (widget) < 1)
    return;
  if (view->incoming != NULL && !view->held && !rheo_plot_view_is_in_play (view))
    {
      if (view->base != NULL && !same_shape (view->base, view->incoming))
        {
          memset (view->limits, 0, sizeof view->limits);
          memset (view->grown, 0, sizeof view->grown);
          g_clear_pointer (&view->natural, g_free);
          view->hidden = 0;
          view->picked = -1;
          view->marked.binding = -1;
          view->point = -1;
          view->azimuth = view->elevation = 0;
          view->closer = 1;
          view->cost_new = view->cost_again = 0;
          g_clear_pointer (&view->places, rheo_plot_places_unref);
        }
      else if (view->anew)
        {
          memset (view->grown, 0, sizeof view->grown);
          g_clear_pointer (&view->places, rheo_plot_places_unref);
        }
      view->anew = FALSE;
      rheo_plot_spec_free (view->base);
      view->base = g_steal_pointer (&view->incoming);
    }
  else if (!view->rebuild || view->base == NULL)
    return;
  view->rebuild = view->stale = FALSE;
  next = rheo_plot_spec_dup (view->base);
  apply_options (view, next);
  rheo_plot_set_places (next, view->places);
  dress (view, next);
  if (is_dear (view, next))
    {
      draw_beside (view, next);
      return;
    }
  show_picture (view, next,
                rheo_plot_picture_draw (next, view->grown, gtk_widget_get_width (widget),
                                        gtk_widget_get_height (widget), gtk_widget_get_scale_factor (widget)));
  view->cost_new = view->picture->cost;
  *spent_in_frame (view) += view->cost_new;
  announce (view);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (widget);

  view->tick = 0;
  if (gtk_widget_get_mapped (widget))
    bring_up (view);
  return G_SOURCE_REMOVE;
}

/* Before the next frame: labels around the view may change then. */
static void
schedule (RheoPlotView *view)
{
  if (view->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (view)))
    view->tick = gtk_widget_add_tick_callback (GTK_WIDGET (view), on_tick, NULL, NULL);
}

void
rheo_plot_view_redraw (RheoPlotView *view)
{
  view->stale = TRUE;
  queue_draw (view);
}

void
rheo_plot_view_rebuild (RheoPlotView *view)
{
  view->rebuild = TRUE;
  schedule (view);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snap)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  RheoPlotPicture *p = view->picture;

  if (width < 1 || height < 1)
    return;
  if (view->spec != NULL && !view->busy
      && (view->stale || p == NULL || p->width != width || p->height != height || p->scale != scale))
    {
      view->stale = FALSE;
      dress (view, view->spec);
      if (view->cost_again > DEAR_AGAIN || *spent_in_frame (view) > DEAR_FRAME)
        draw_beside (view, view->spec);
      else
        {
          rheo_plot_picture_free (p);
          view->picture = rheo_plot_picture_draw (view->spec, view->grown, width, height, scale);
          view->cost_again = view->picture->cost;
          *spent_in_frame (view) += view->cost_again;
          remember_axes (view, view->spec, view->picture);
        }
    }
  if (view->picture != NULL)
    rheo_plot_picture_snapshot (view->picture, widget, snap);
  rheo_plot_view_snapshot_cloud (view, snap);
  rheo_plot_view_snapshot_over (view, snap);
  gtk_widget_snapshot_child (widget, view->reading, snap);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 412 : 248;
}

/* The label of the reading stands above the data, as far as there is room. */
static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (widget);
  const RheoPlotPicture *p = view->picture;
  double left = width, top = height;
  GtkAllocation at;

  for (int i = 0; p != NULL && i < p->n_panels; i++)
    {
      left = MIN (left, p->panels[i].area.x);
      top = MIN (top, p->panels[i].area.y);
    }
  if (p == NULL || p->n_panels == 0)
    left = top = 0;
  gtk_widget_measure (view->reading, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &at.width, NULL, NULL);
  at.width = MIN (at.width, width);
  gtk_widget_measure (view->reading, GTK_ORIENTATION_VERTICAL, at.width, NULL, &at.height, NULL, NULL);
  at.x = (int) CLAMP (left - 5, 0, MAX (width - at.width, 0));
  at.y = (int) MAX (top - at.height + 3, 0);
  gtk_widget_size_allocate (view->reading, &at, -1);
  if (view->cloud != NULL)
    gtk_widget_size_allocate (view->cloud, &(GtkAllocation){ 0, 0, width, height }, -1);
  if (view->popover != NULL)
    gtk_popover_present (GTK_POPOVER (view->popover));
  if (view->spec == NULL)
    schedule (view);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_plot_view_parent_class)->map (widget);
  schedule (RHEO_PLOT_VIEW (widget));
  rheo_plot_view_play (RHEO_PLOT_VIEW (widget));
}

/* --- life ------------------------------------------------------------------------------------------------------- */
static void
close_window (GtkWidget **window)
{
  if (*window != NULL)
    {
      GtkWidget *w = *window;

      g_object_remove_weak_pointer (G_OBJECT (w), (gpointer *) window);
      *window = NULL;
      gtk_window_destroy (GTK_WINDOW (w));
    }
}

static void
dispose (GObject *object)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (object);

  view->disposed = TRUE;
  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), view);
  if (gtk_settings_get_default () != NULL)
    g_signal_handlers_disconnect_by_data (gtk_settings_get_default (), view);
  if (view->group != NULL)
    g_signal_handlers_disconnect_by_data (view->group, view);
  close_window (&view->full);
  close_window (&view->numbers);
  close_window (&view->options_window);
  close_window (&view->turn_window);
  g_clear_handle_id (&view->describe, g_source_remove);
  g_clear_pointer (&view->popover, gtk_widget_unparent);
  g_clear_pointer (&view->reading, gtk_widget_unparent);
  g_clear_pointer (&view->cloud, gtk_widget_unparent);
  g_clear_object (&view->group);
  g_clear_object (&view->menu);
  g_clear_object (&view->series);
  g_clear_pointer (&view->series_text, g_free);
  g_clear_object (&view->extra);
  g_clear_object (&view->actions);
  g_clear_pointer (&view->base, rheo_plot_spec_free);
  g_clear_pointer (&view->incoming, rheo_plot_spec_free);
  g_clear_pointer (&view->spec, rheo_plot_spec_free);
  g_clear_pointer (&view->picture, rheo_plot_picture_free);
  g_clear_pointer (&view->marks, rheo_table_unref);
  g_clear_pointer (&view->natural, g_free);
  g_clear_pointer (&view->places, rheo_plot_places_unref);
  G_OBJECT_CLASS (rheo_plot_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoPlotView *view = RHEO_PLOT_VIEW (object);

  g_hash_table_unref (view->options);
  g_free (view->chosen);
  g_array_unref (view->later_steps);
  g_free (view->name);
  g_free (view->stem);
  g_free (view->folder);
  g_free (view->label);
  G_OBJECT_CLASS (rheo_plot_view_parent_class)->finalize (object);
}

static void
rheo_plot_view_class_init (RheoPlotViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->map = map;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[EXPORTED] =
      g_signal_new ("exported", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[EXPORT_FAILED] =
      g_signal_new ("export-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[COPIED] = g_signal_new ("copied", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_INT,
                                  G_TYPE_INT64, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[UNITS] = g_signal_new ("units", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_INT,
                                 G_TYPE_INT, G_TYPE_BOOLEAN);
  signals[SHOWN] = g_signal_new ("shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_plot_view_init (RheoPlotView *view)
{
  view->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  view->picked = -1;
  view->marked.binding = -1;
  view->point = view->moving = -1;
  view->moment = -1;
  view->plays = TRUE;
  view->speed = 1;
  view->rest_ms = RHEO_PLOT_REST_MS;
  view->closer = 1;
  view->cursor = view->pointer_x = view->pointer_y = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (view), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (view), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (rheo_plot_view_redraw), view);
  rheo_text_scale_watch (view, G_CALLBACK (rheo_plot_view_redraw));
  rheo_plot_view_init_reading (view);
  rheo_plot_view_init_actions (view);
  rheo_plot_view_init_input (view);
}

GtkWidget *
rheo_plot_view_new (RheoPlotGroup *group)
{
  RheoPlotView *view = g_object_new (RHEO_TYPE_PLOT_VIEW, NULL);

  view->group = group != NULL ? g_object_ref (group) : rheo_plot_group_new ();
  rheo_plot_view_join_group (view);
  return GTK_WIDGET (view);
}

/* --- what is shown ---------------------------------------------------------------------------------------------- */
void
rheo_plot_view_take_spec (RheoPlotView *view, RheoPlotSpec *spec)
{
  if (view->mirror != NULL && spec != NULL)
    {
      RheoPlotSpec *copy = rheo_plot_spec_dup (spec);

      copy->no_head = FALSE;
      rheo_plot_view_take_spec (view->mirror, copy);
    }
  rheo_plot_spec_free (view->incoming);
  view->incoming = spec;
  if (spec != NULL)
    {
      /* What is drawn beside the main thread need not wait for the next frame. */
      if (view->cost_new > DEAR && gtk_widget_get_mapped (GTK_WIDGET (view)))
        bring_up (view);
      else
        schedule (view);
      return;
    }
  g_clear_pointer (&view->base, rheo_plot_spec_free);
  g_clear_pointer (&view->spec, rheo_plot_spec_free);
  g_clear_pointer (&view->picture, rheo_plot_picture_free);
  rheo_plot_view_stop_reading (view);
  gtk_widget_queue_draw (GTK_WIDGET (view));
  announce (view);
}

void
rheo_plot_view_begin (RheoPlotView *view)
{
  view->anew = TRUE;
}

const RheoPlotSpec *
rheo_plot_view_get_spec (RheoPlotView *view)
{
  return view->spec != NULL ? view->spec : view->base != NULL ? view->lent : NULL;
}

const RheoPlotEntry *
rheo_plot_view_get_entries (RheoPlotView *view, int *n)
{
  *n = view->picture != NULL ? view->picture->n_entries : 0;
  return *n > 0 ? view->picture->entries : NULL;
}

void
rheo_plot_view_set_name (RheoPlotView *view, const char *name, const char *stem, const char *folder)
{
  g_free (view->name);
  g_free (view->stem);
  g_free (view->folder);
  view->name = g_strdup (name);
  view->stem = g_strdup (stem);
  view->folder = g_strdup (folder);
  rheo_plot_view_describe (view);
}

static gboolean
same_marks (RheoPlotView *view, const double *iterations, const char *const *labels, int n)
{
  const RheoColumn *at = view->marks != NULL ? rheo_table_find (view->marks, "at") : NULL;
  const RheoColumn *what = view->marks != NULL ? rheo_table_find (view->marks, "what") : NULL;
  gboolean same = n == (at != NULL ? at->dims[0] : 0);

  for (int i = 0; i < n && same; i++)
    same =
        rheo_column_get_number (at, i) == iterations[i] && g_strcmp0 (rheo_column_get_string (what, i), labels[i]) == 0;
  return same;
}

void
rheo_plot_view_set_marks (RheoPlotView *view, const double *iterations, const char *const *labels, int n)
{
  int64_t rows = n;

  if (same_marks (view, iterations, labels, n))
    return;
  g_clear_pointer (&view->marks, rheo_table_unref);
  if (n > 0)
    {
      view->marks = rheo_table_new ("marks");
      rheo_table_add_copy (view->marks, "at", "", "", "mark", RHEO_F64, &rows, iterations);
      rheo_table_add_copy (view->marks, "what", "", "", "mark", RHEO_STRING, &rows, labels);
    }
  rheo_plot_view_rebuild (view);
}

void
rheo_plot_view_set_point (RheoPlotView *view, int64_t point)
{
  if (view->mirror != NULL)
    rheo_plot_view_set_point (view->mirror, point);
  if (point == view->point && (point < 0 || view->point_set == 0))
    return;
  view->point = point;
  view->point_set = 0;
  rheo_plot_view_redraw (view);
}

void
rheo_plot_view_set_cursor (RheoPlotView *view, double iteration)
{
  view->cursor = iteration;
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

/* --- options ---------------------------------------------------------------------------------------------------- */
gboolean
rheo_plot_view_get_held (RheoPlotView *view)
{
  return view->held;
}

char *
rheo_plot_view_dup_options (RheoPlotView *view)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (view->options), (GCompareFunc) strcmp);

  for (GList *l = keys; l != NULL; l = l->next)
    g_string_append_printf (text, "%s=%s\n", (const char *) l->data,
                            (const char *) g_hash_table_lookup (view->options, l->data));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
rheo_plot_view_set_options (RheoPlotView *view, const char *options)
{
  g_auto (GStrv) lines = g_strsplit (options != NULL ? options : "", "\n", -1);

  memset (view->grown, 0, sizeof view->grown);
  g_hash_table_remove_all (view->options);
  for (int i = 0; lines[i] != NULL; i++)
    {
      char *equals = strchr (lines[i], '=');

      if (equals != NULL)
        g_hash_table_insert (view->options, g_strndup (lines[i], (gsize) (equals - lines[i])), g_strdup (equals + 1));
    }
  rheo_plot_view_rebuild (view);
}

gboolean
rheo_plot_view_set_option (RheoPlotView *view, const char *key, const char *text, GError **error)
{
  g_autoptr (RheoPlotSpec) trial = NULL;
  g_autofree char *before = g_strdup (g_hash_table_lookup (view->options, key));

  if (view->base == NULL)
    return FALSE;
  trial = rheo_plot_spec_dup (view->base);
  if (text == NULL)
    g_hash_table_remove (view->options, key);
  else
    {
      if (!rheo_plot_set (trial, key, text, error))
        return FALSE;
      g_hash_table_insert (view->options, g_strdup (key), g_strdup (text));
    }
  /* The data may not have what is asked for: a trial, a slice. */
  apply_options (view, trial);
  if (text != NULL && !rheo_plot_check (trial, error))
    {
      if (before != NULL)
        g_hash_table_insert (view->options, g_strdup (key), g_steal_pointer (&before));
      else
        g_hash_table_remove (view->options, key);
      return FALSE;
    }
  memset (view->grown, 0, sizeof view->grown);
  rheo_plot_view_rebuild (view);
  return TRUE;
}

gboolean
rheo_plot_view_get_slide (RheoPlotView *view, RheoPlotSlide *slide)
{
  return view->spec != NULL && rheo_plot_get_slide (view->spec, slide);
}

void
rheo_plot_view_slide (RheoPlotView *view, const RheoPlotSlide *slide, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (slide->also != NULL)
    rheo_plot_view_set_option (view, slide->also, slide->means, NULL);
  rheo_plot_view_set_option (view, slide->key, g_ascii_dtostr (text, sizeof text, value), NULL);
}

void
rheo_plot_view_copy_state (RheoPlotView *from, RheoPlotView *to)
{
  g_autofree char *options = rheo_plot_view_dup_options (from);

  rheo_plot_view_set_options (to, options);
  rheo_plot_view_set_name (to, from->name, from->stem, from->folder);
  g_clear_pointer (&to->marks, rheo_table_unref);
  to->marks = from->marks != NULL ? rheo_table_ref (from->marks) : NULL;
  to->cursor = from->cursor;
  to->hidden = from->hidden;
  to->picked = from->picked;
  to->azimuth = from->azimuth;
  to->elevation = from->elevation;
  to->closer = from->closer;
  to->point = from->point;
  to->point_set = from->point_set;
  memcpy (to->limits, from->limits, sizeof to->limits);
  rheo_plot_places_unref (to->places);
  to->places = from->places != NULL ? rheo_plot_places_ref (from->places) : NULL;
}
