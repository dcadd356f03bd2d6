#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/dashboard.h"

#include <glib/gi18n-lib.h>

#include "app/dashboard-private.h"
#include "app/plot-chooser.h"
#include "app/window.h"
#include "widgets/common.h"

#define LEAST_HEIGHT 250
#define LEAST_WIDTH 264
#define GAP 10
#define MARGIN_X 12
#define MARGIN_Y 10
#define FRAME_US (G_USEC_PER_SEC / 30)
#define BUSY_US 3000 /* for plots in one frame of the window */

G_DEFINE_FINAL_TYPE (RheoDashboard, rheo_dashboard, GTK_TYPE_WIDGET)

static guint layout_signal;

/* --- places ---------------------------------------------------------------------------------------------------- */

/* A plot with larger letters needs more room before it must leave something out. */
static int
least_height (RheoDashboard *d)
{
  return (int) (LEAST_HEIGHT * rheo_text_scale ());
}

static int
count_columns (RheoDashboard *d, int width)
{
  const double wide = width / rheo_text_scale ();
  const int most = MAX (1, (width - 2 * MARGIN_X + GAP) / (LEAST_WIDTH + GAP));

  if (d->layout != NULL && d->layout->columns > 0)
    return MIN (d->layout->columns, most);
  return wide >= RHEO_FULL_HD ? 4 : wide >= 1160 ? 3 : wide >= 760 ? 2 : 1;
}

static RheoDashboardCell *
cell_at (RheoDashboard *d, guint i)
{
  return d->cells->pdata[i];
}

/* Row by row, in reading order. Gives the number of rows. */
static int
place_cells (RheoDashboard *d, int width, int height)
{
  const int n = count_columns (d, width), column_width = (width - 2 * MARGIN_X - GAP * (n - 1)) / n;
  const gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (d)) == GTK_TEXT_DIR_RTL;
  int column = 0, row = 0;
  double cell_height;

  for (guint i = 0; i < d->cells->len; i++)
    {
      RheoDashboardCell *cell = cell_at (d, i);
      const int span = cell->panel->wide ? MIN (2, n) : 1;

      if (column + span > n)
        {
          column = 0;
          row++;
        }
      cell->x = MARGIN_X + column * (column_width + GAP);
      cell->y = row;
      cell->width = span * column_width + (span - 1) * GAP;
      if (rtl)
        cell->x = width - cell->x - cell->width;
      column += span;
    }
  row++;
  cell_height = MAX (least_height (d), (height - 2.0 * MARGIN_Y - GAP * (row - 1)) / row);
  for (guint i = 0; i < d->cells->len; i++)
    {
      cell_at (d, i)->y = MARGIN_Y + cell_at (d, i)->y * (cell_height + GAP);
      cell_at (d, i)->height = cell_height;
    }
  return row;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  RheoDashboard *d = RHEO_DASHBOARD (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = LEAST_WIDTH + 2 * MARGIN_X;
      *natural = 3 * LEAST_WIDTH + 2 * GAP + 2 * MARGIN_X;
    }
  else
    {
      const int rows = place_cells (d, for_size > 0 ? for_size : 3 * LEAST_WIDTH, 0);

      *minimum = *natural = rows * least_height (d) + (rows - 1) * GAP + 2 * MARGIN_Y;
    }
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoDashboard *d = RHEO_DASHBOARD (widget);

  d->columns = count_columns (d, width);
  place_cells (d, width, height);
  for (guint i = 0; i < d->cells->len; i++)
    {
      const RheoDashboardCell *cell = cell_at (d, i);
      int least;

      /* A card that wants more than there is room for is cut by its own frame. */
      gtk_widget_measure (cell->card, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      gtk_widget_size_allocate (
          cell->card,
          &(GtkAllocation){ (int) cell->x, (int) cell->y, MAX (least, (int) cell->width), (int) cell->height }, -1);
    }
  rheo_dashboard_stir (d);
}

/* --- keeping up ------------------------------------------------------------------------------------------------ */

static gboolean
is_visible (RheoDashboard *d, const RheoDashboardCell *cell)
{
  GtkWidget *port = gtk_widget_get_ancestor (GTK_WIDGET (d), GTK_TYPE_VIEWPORT);
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (cell->card))
    return FALSE;
  if (port == NULL || !gtk_widget_compute_bounds (cell->card, port, &bounds))
    return TRUE;
  return bounds.origin.y < gtk_widget_get_height (port) && bounds.origin.y + bounds.size.height > 0;
}

/* As many plots as there is time for; the rest in the next frame. */
static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  RheoDashboard *d = RHEO_DASHBOARD (widget);
  const gint64 began = g_get_monotonic_time ();
  gboolean more = FALSE;

  /* All at once first: one run of the probe trials then serves all. */
  for (guint i = 0; i < d->cells->len; i++)
    rheo_dashboard_cell_watch (cell_at (d, i), is_visible (d, cell_at (d, i)));
  for (guint i = 0; i < d->cells->len; i++)
    {
      RheoDashboardCell *cell = cell_at (d, (d->next + i) % d->cells->len);

      if (!cell->dirty || !is_visible (d, cell))
        continue;
      if (began - cell->shown_at < FRAME_US || g_get_monotonic_time () - began > BUSY_US)
        {
          more = TRUE;
          continue;
        }
      rheo_dashboard_cell_refresh (cell);
      d->next = (d->next + i + 1) % d->cells->len;
    }
  if (more)
    return G_SOURCE_CONTINUE;
  d->tick = 0;
  return G_SOURCE_REMOVE;
}

void
rheo_dashboard_stir (RheoDashboard *d)
{
  if (d->tick == 0 && d->cells->len > 0 && gtk_widget_get_mapped (GTK_WIDGET (d)))
    d->tick = gtk_widget_add_tick_callback (GTK_WIDGET (d), tick, NULL, NULL);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_dashboard_parent_class)->map (widget);
  rheo_dashboard_stir (RHEO_DASHBOARD (widget));
}

static void
unmap (GtkWidget *widget)
{
  RheoDashboard *d = RHEO_DASHBOARD (widget);

  if (d->tick != 0)
    gtk_widget_remove_tick_callback (widget, d->tick);
  d->tick = 0;
  for (guint i = 0; i < d->cells->len; i++)
    rheo_dashboard_cell_watch (cell_at (d, i), FALSE);
  GTK_WIDGET_CLASS (rheo_dashboard_parent_class)->unmap (widget);
}

static void
on_frame (RheoDashboard *d, const char *stream)
{
  for (guint i = 0; i < d->cells->len; i++)
    if (rheo_dashboard_cell_shows (cell_at (d, i), stream))
      cell_at (d, i)->dirty = TRUE;
  rheo_dashboard_stir (d);
}

static void
on_metrics (RheoDashboard *d)
{
  RheoSession *session = d->context->session;

  if (d->layout != NULL && d->layout->open)
    {
      const RheoPlotSource *source = rheo_session_get_source (session);
      const char *key;
      g_autoptr (RheoTable) metrics = source->read (source->data, "iteration", -1, &key, NULL);

      d->layout->open = FALSE;
      if (metrics != NULL && rheo_dashboard_layout_add_metrics (d->layout, metrics))
        rheo_dashboard_rebuild (d);
    }
  for (guint i = 0; i < d->cells->len; i++)
    if (rheo_dashboard_cell_shows_metrics (cell_at (d, i)))
      cell_at (d, i)->dirty = TRUE;
  rheo_dashboard_stir (d);
}

static void
on_note (RheoDashboard *d)
{
  const GPtrArray *marks = rheo_session_get_marks (d->context->session);

  if (marks->len == d->n_marks)
    return;
  d->n_marks = marks->len;
  for (guint i = 0; i < d->cells->len; i++)
    rheo_dashboard_cell_set_marks (cell_at (d, i), marks);
}

static void
on_changed (RheoDashboard *d)
{
  RheoSession *session = d->context->session;
  const gboolean starting = rheo_session_get_state (session) == RHEO_ENGINE_STARTING;
  const gboolean listed = rheo_session_get_streams (session) != NULL, going = rheo_session_is_going (session);

  if (starting && !d->starting)
    rheo_dashboard_follow (d);
  d->starting = starting;
  if (listed != d->listed || going != d->going)
    {
      for (guint i = 0; i < d->cells->len; i++)
        {
          cell_at (d, i)->dirty = TRUE;
          /* A run that is over may have had fewer iterations than its axes were made for. */
          if (d->going && !going && rheo_dashboard_cell_shows_metrics (cell_at (d, i)))
            rheo_plot_view_begin (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell_at (d, i)->card)));
        }
      d->listed = listed;
      d->going = going;
      rheo_dashboard_stir (d);
    }
}

/* --- cards ----------------------------------------------------------------------------------------------------- */

int
rheo_dashboard_index_of (RheoDashboard *d, GtkWidget *card)
{
  guint panel;

  for (guint i = 0; i < d->cells->len; i++)
    if (cell_at (d, i)->card == card && g_ptr_array_find (d->layout->panels, cell_at (d, i)->panel, &panel))
      return (int) panel;
  return -1;
}

GActionGroup *
rheo_dashboard_get_card_actions (RheoDashboard *d, GtkWidget *card)
{
  for (guint i = 0; i < d->cells->len; i++)
    if (cell_at (d, i)->card == card)
      return G_ACTION_GROUP (cell_at (d, i)->actions);
  return NULL;
}

static RheoDashboardCell *
cell_of (RheoDashboard *d, int panel)
{
  for (guint i = 0; panel >= 0 && panel < (int) d->layout->panels->len && i < d->cells->len; i++)
    if (cell_at (d, i)->panel == d->layout->panels->pdata[panel])
      return cell_at (d, i);
  return NULL;
}

GtkWidget *
rheo_dashboard_get_card (RheoDashboard *dashboard, int panel)
{
  RheoDashboardCell *cell = cell_of (dashboard, panel);

  return cell != NULL ? cell->card : NULL;
}

static void
set_speed (RheoDashboard *d, RheoDashboardCell *cell)
{
  rheo_plot_view_set_speed (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)), d->speed, d->rest_ms);
}

/* Cards stay, in the order of the panels; what is new gets one, what has gone loses its own. */
void
rheo_dashboard_rebuild (RheoDashboard *d)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&d->cells);
  GtkWidget *before = NULL;

  d->cells = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_dashboard_cell_free);
  for (guint i = 0; d->layout != NULL && i < d->layout->panels->len; i++)
    {
      RheoDashboardPanel *panel = d->layout->panels->pdata[i];
      RheoDashboardCell *cell = NULL;

      if (!panel->shown)
        continue;
      for (guint k = 0; k < old->len && cell == NULL; k++)
        if (((RheoDashboardCell *) old->pdata[k])->panel == panel)
          cell = g_ptr_array_steal_index (old, k);
      if (cell == NULL)
        {
          cell = rheo_dashboard_cell_new (d->context, panel, d->group);
          rheo_dashboard_add_controls (d, cell);
          set_speed (d, cell);
          rheo_dashboard_cell_set_marks (cell, rheo_session_get_marks (d->context->session));
        }
      g_ptr_array_add (d->cells, cell);
      gtk_widget_insert_after (cell->card, GTK_WIDGET (d), before);
      before = cell->card;
    }
  d->next = 0;
  g_ptr_array_set_size (old, 0);
  rheo_dashboard_update_menu (d);
  gtk_widget_queue_resize (GTK_WIDGET (d));
  rheo_dashboard_stir (d);
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
keep_options (RheoDashboard *d)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < d->cells->len; i++)
    {
      RheoDashboardCell *cell = cell_at (d, i);
      g_autofree char *options = rheo_plot_view_dup_options (rheo_plot_card_get_view (RHEO_PLOT_CARD (cell->card)));

      if (g_strcmp0 (options != NULL ? options : "", cell->panel->options != NULL ? cell->panel->options : "") == 0)
        continue;
      g_free (cell->panel->options);
      cell->panel->options = g_steal_pointer (&options);
      changed = TRUE;
    }
  if (changed)
    rheo_dashboard_store (d);
}

static void
dispose (GObject *object)
{
  RheoDashboard *d = RHEO_DASHBOARD (object);

  if (d->cells->len > 0)
    keep_options (d);
  g_ptr_array_set_size (d->cells, 0);
  g_clear_weak_pointer (&d->toast);
  g_clear_object (&d->actions);
  g_clear_object (&d->menu);
  g_clear_object (&d->plots);
  g_clear_object (&d->group);
  G_OBJECT_CLASS (rheo_dashboard_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoDashboard *d = RHEO_DASHBOARD (object);

  g_ptr_array_unref (d->cells);
  rheo_dashboard_layout_free (d->layout);
  g_free (d->kind);
  g_free (d->before_drag);
  g_free (d->undo);
  g_free (d->undo_kind);
  G_OBJECT_CLASS (rheo_dashboard_parent_class)->finalize (object);
}

static void
rheo_dashboard_class_init (RheoDashboardClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->measure = measure;
  widget->get_request_mode = get_request_mode;
  widget->size_allocate = size_allocate;
  widget->map = map;
  widget->unmap = unmap;
  gtk_widget_class_set_css_name (widget, "dashboard");
  layout_signal =
      g_signal_new ("layout", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_dashboard_init (RheoDashboard *d)
{
  d->cells = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_dashboard_cell_free);
  d->group = rheo_plot_group_new ();
  d->speed = 1;
  d->rest_ms = RHEO_PLOT_REST_MS;
}

void
rheo_dashboard_set_speed (RheoDashboard *dashboard, double speed, double rest_ms)
{
  dashboard->speed = speed;
  dashboard->rest_ms = rest_ms;
  for (guint i = 0; i < dashboard->cells->len; i++)
    set_speed (dashboard, cell_at (dashboard, i));
}

GtkWidget *
rheo_dashboard_new (RheoContext *context)
{
  RheoDashboard *d = g_object_new (RHEO_TYPE_DASHBOARD, NULL);
  RheoSession *session = context->session;

  d->context = context;
  rheo_dashboard_init_actions (d);
  rheo_dashboard_init_moves (d);
  g_signal_connect_object (session, "frame", G_CALLBACK (on_frame), d, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "metrics", G_CALLBACK (on_metrics), d, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "note", G_CALLBACK (on_note), d, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_changed), d, G_CONNECT_SWAPPED);
  return GTK_WIDGET (d);
}

void
rheo_dashboard_follow (RheoDashboard *d)
{
  const RheoExperiment *experiment = rheo_session_get_experiment (d->context->session);
  g_autofree char *json = NULL;

  if (d->cells->len > 0)
    keep_options (d);
  g_free (d->kind);
  d->kind = rheo_experiment_dup_kind (experiment);
  json = rheo_dashboard_dup_stored (d);
  rheo_dashboard_set_layout (d, json != NULL ? rheo_dashboard_layout_parse (json) : NULL);
  d->n_marks = 0;
  d->listed = FALSE;
}

/* Takes the layout; NULL: that of the experiment. */
void
rheo_dashboard_set_layout (RheoDashboard *d, RheoDashboardLayout *layout)
{
  g_ptr_array_set_size (d->cells, 0);
  rheo_dashboard_layout_free (d->layout);
  d->layout = layout != NULL ? layout : rheo_dashboard_layout_new (rheo_session_get_experiment (d->context->session));
  rheo_dashboard_rebuild (d);
  g_signal_emit (d, layout_signal, 0);
}

const RheoDashboardLayout *
rheo_dashboard_get_layout (RheoDashboard *dashboard)
{
  return dashboard->layout;
}

int
rheo_dashboard_get_columns (RheoDashboard *dashboard)
{
  return dashboard->columns;
}
