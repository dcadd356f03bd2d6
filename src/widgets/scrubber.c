#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/scrubber.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "widgets/number-text.h"

#define PLAY 150        /* ms a snapshot */
#define PLAY_CALM 1000  /* where animations are off */
#define TICKS_HEIGHT 12 /* px */
#define KNOB 2          /* px */

struct _RheoScrubber
{
  GtkWidget parent_instance;
  GtkWidget *box, *place, *extra_box, *scale, *ticks, *previous, *play, *next;
  GArray *marks; /* Mark, ascending */
  double total, at;
  char *unit;
  guint playing;
};

typedef struct
{
  double at;
  gboolean checkpoint;
} Mark;

G_DEFINE_FINAL_TYPE (RheoScrubber, rheo_scrubber, GTK_TYPE_WIDGET)

enum
{
  MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const Mark *
mark (RheoScrubber *scrubber, int i)
{
  return &g_array_index (scrubber->marks, Mark, i);
}

/* Index; -1: there are none. */
static int
find_nearest (RheoScrubber *scrubber, double iteration, gboolean checkpoint)
{
  int best = -1;

  for (int i = 0; i < (int) scrubber->marks->len; i++)
    if ((!checkpoint || mark (scrubber, i)->checkpoint)
        && (best < 0 || fabs (mark (scrubber, i)->at - iteration) < fabs (mark (scrubber, best)->at - iteration)))
      best = i;
  return best;
}

static void
stop_playing (RheoScrubber *scrubber)
{
  g_clear_handle_id (&scrubber->playing, g_source_remove);
  gtk_button_set_icon_name (GTK_BUTTON (scrubber->play), "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (scrubber->play, _ ("Play all snapshots"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrubber->play), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Play all snapshots"), -1);
}

static void on_value (GtkRange *range, RheoScrubber *scrubber);

/* Where the line is too short "of 1500" stands below it: lines end there and nowhere else. */
static char *
dup_unbroken (const char *markup)
{
  GString *text = g_string_new (NULL);

  for (const char *c = markup; *c != '\0'; c++)
    if (*c != ' ' || (c > markup && c[-1] == '>'))
      g_string_append_c (text, *c);
    else
      g_string_append (text, "\u00a0");
  return g_string_free (text, FALSE);
}

/* Words and buttons follow the place. */
static void
update (RheoScrubber *scrubber)
{
  int i = find_nearest (scrubber, scrubber->at, FALSE), last = (int) scrubber->marks->len - 1;
  g_autofree char *text = NULL, *bold = NULL, *unbroken = NULL;
  g_autofree char *at = rheo_number_dup_count ((int64_t) scrubber->at);
  g_autofree char *total = rheo_number_dup_count ((int64_t) scrubber->total);

  gtk_widget_set_sensitive (scrubber->scale, last > 0);
  gtk_widget_set_sensitive (scrubber->previous, i > 0);
  gtk_widget_set_sensitive (scrubber->next, i < last);
  gtk_widget_set_sensitive (scrubber->play, last > 0);
  if (i < 0)
    {
      gtk_label_set_text (GTK_LABEL (scrubber->place), _ ("No snapshots yet"));
      return;
    }
  bold = g_markup_printf_escaped (_ ("<b>%s %s</b> of %s"), scrubber->unit, at, total);
  unbroken = dup_unbroken (bold);
  gtk_label_set_markup (GTK_LABEL (scrubber->place), unbroken);
  text = g_strdup_printf (_ ("%s %s of %s"), scrubber->unit, at, total);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrubber->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, scrubber->unit,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (scrubber->ticks);
}

static void
go_to (RheoScrubber *scrubber, int i)
{
  gboolean moved = i >= 0 && scrubber->at != mark (scrubber, i)->at;

  if (i < 0)
    return;
  scrubber->at = mark (scrubber, i)->at;
  g_signal_handlers_block_by_func (scrubber->scale, on_value, scrubber);
  gtk_range_set_value (GTK_RANGE (scrubber->scale), scrubber->at);
  g_signal_handlers_unblock_by_func (scrubber->scale, on_value, scrubber);
  update (scrubber);
  if (moved)
    g_signal_emit (scrubber, signals[MOVED], 0);
}

static void
on_value (GtkRange *range, RheoScrubber *scrubber)
{
  go_to (scrubber, find_nearest (scrubber, gtk_range_get_value (range), FALSE));
}

/* Arrows, Page Up and Page Down go from mark to mark, wherever these lie. */
static gboolean
on_change (GtkRange *range, GtkScrollType scroll, double value, RheoScrubber *scrubber)
{
  stop_playing (scrubber);
  switch (scroll)
    {
    case GTK_SCROLL_STEP_BACKWARD:
    case GTK_SCROLL_STEP_LEFT:
    case GTK_SCROLL_STEP_DOWN:
    case GTK_SCROLL_PAGE_BACKWARD:
    case GTK_SCROLL_PAGE_LEFT:
    case GTK_SCROLL_PAGE_DOWN:
      rheo_scrubber_step (scrubber, scroll == GTK_SCROLL_PAGE_DOWN ? 1 : -1);
      return TRUE;
    case GTK_SCROLL_STEP_FORWARD:
    case GTK_SCROLL_STEP_RIGHT:
    case GTK_SCROLL_STEP_UP:
    case GTK_SCROLL_PAGE_FORWARD:
    case GTK_SCROLL_PAGE_RIGHT:
    case GTK_SCROLL_PAGE_UP:
      rheo_scrubber_step (scrubber, scroll == GTK_SCROLL_PAGE_UP ? -1 : 1);
      return TRUE;
    default:
      go_to (scrubber, find_nearest (scrubber, value, FALSE));
      return TRUE;
    }
}

gboolean
rheo_scrubber_can_step (RheoScrubber *scrubber, int direction)
{
  const int i = find_nearest (scrubber, scrubber->at, FALSE) + direction;

  return i >= 0 && i < (int) scrubber->marks->len;
}

gboolean
rheo_scrubber_step (RheoScrubber *scrubber, int direction)
{
  int i = find_nearest (scrubber, scrubber->at, FALSE) + direction;

  if (i < 0 || i >= (int) scrubber->marks->len)
    return FALSE;
  go_to (scrubber, i);
  return TRUE;
}

static void
on_previous (RheoScrubber *scrubber)
{
  stop_playing (scrubber);
  rheo_scrubber_step (scrubber, -1);
}

static void
on_next (RheoScrubber *scrubber)
{
  stop_playing (scrubber);
  rheo_scrubber_step (scrubber, 1);
}

static gboolean
on_tick (gpointer data)
{
  RheoScrubber *scrubber = data;

  if (rheo_scrubber_step (scrubber, 1))
    return G_SOURCE_CONTINUE;
  scrubber->playing = 0;
  stop_playing (scrubber);
  return G_SOURCE_REMOVE;
}

static void
on_play (RheoScrubber *scrubber)
{
  gboolean animated;

  if (scrubber->playing != 0)
    {
      stop_playing (scrubber);
      return;
    }
  if (find_nearest (scrubber, scrubber->at, FALSE) == (int) scrubber->marks->len - 1)
    go_to (scrubber, 0);
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (scrubber)), "gtk-enable-animations", &animated, NULL);
  scrubber->playing = g_timeout_add (animated ? PLAY : PLAY_CALM, on_tick, scrubber);
  gtk_button_set_icon_name (GTK_BUTTON (scrubber->play), "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (scrubber->play, _ ("Pause"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrubber->play), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Pause"), -1);
}

/* --- marks ---------------------------------------------------------------------------------------------------------- */

/* Where a mark stands below the trough, in pixels of the ticks. */
static double
place_of (RheoScrubber *scrubber, double iteration)
{
  GdkRectangle trough;
  double left, x;

  gtk_range_get_range_rect (GTK_RANGE (scrubber->scale), &trough);
  gtk_widget_translate_coordinates (scrubber->scale, scrubber->ticks, trough.x, 0, &left, NULL);
  /* The middle of the knob keeps a little away from both ends of the trough. */
  x = KNOB + (trough.width - 2 * KNOB) * iteration / MAX (scrubber->total, 1);
  return gtk_widget_get_direction (scrubber->scale) == GTK_TEXT_DIR_RTL ? left + trough.width - x : left + x;
}

static void
draw_ticks (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  RheoScrubber *scrubber = data;
  gboolean dense = (int) scrubber->marks->len * 3 > width;
  double last = -10;
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &colour);
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 0.55 * colour.alpha);
  for (int i = 0; i < (int) scrubber->marks->len; i++)
    {
      double x = floor (place_of (scrubber, mark (scrubber, i)->at));

      if (fabs (x - last) < (dense ? 2 : 1))
        continue;
      last = x;
      cairo_rectangle (cr, x, 1, 1, 4);
    }
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0xCC / 255.0, 0x84 / 255.0, 0);
  for (int i = 0; i < (int) scrubber->marks->len; i++)
    if (mark (scrubber, i)->checkpoint)
      {
        cairo_new_sub_path (cr);
        cairo_arc (cr, place_of (scrubber, mark (scrubber, i)->at) + 0.5, 6, 3.5, 0, 2 * G_PI);
      }
  cairo_fill (cr);
}

static void
add_marks (RheoScrubber *scrubber, const double *snapshots, int n, const double *checkpoints, int m)
{
  g_array_set_size (scrubber->marks, 0);
  for (int i = 0, k = 0; i < n || k < m;)
    {
      double a = i < n ? snapshots[i] : INFINITY, b = k < m ? checkpoints[k] : INFINITY;
      Mark next = { MIN (a, b), b <= a };

      i += a <= b;
      k += b <= a;
      g_array_append_val (scrubber->marks, next);
    }
}

void
rheo_scrubber_set_marks (RheoScrubber *scrubber, const double *snapshots, int n_snapshots, const double *checkpoints,
                         int n_checkpoints, double total, const char *unit)
{
  g_autofree char *first = g_utf8_substring (unit, 0, 1), *upper = g_utf8_strup (first, -1);
  gboolean fresh = scrubber->marks->len == 0;

  add_marks (scrubber, snapshots, n_snapshots, checkpoints, n_checkpoints);
  g_free (scrubber->unit);
  scrubber->unit = g_strconcat (upper, g_utf8_next_char (unit), NULL);
  scrubber->total = total;
  if (scrubber->marks->len > 0)
    scrubber->total = MAX (total, mark (scrubber, (int) scrubber->marks->len - 1)->at);
  g_signal_handlers_block_by_func (scrubber->scale, on_value, scrubber);
  gtk_range_set_range (GTK_RANGE (scrubber->scale), 0, MAX (scrubber->total, 1));
  g_signal_handlers_unblock_by_func (scrubber->scale, on_value, scrubber);
  if (scrubber->marks->len == 0)
    scrubber->at = NAN;
  else if (fresh || !isfinite (scrubber->at))
    go_to (scrubber, (int) scrubber->marks->len - 1);
  else
    go_to (scrubber, find_nearest (scrubber, scrubber->at, FALSE));
  update (scrubber);
}

void
rheo_scrubber_set_iteration (RheoScrubber *scrubber, double iteration)
{
  go_to (scrubber, isinf (iteration) ? (int) scrubber->marks->len - 1 : find_nearest (scrubber, iteration, FALSE));
}

double
rheo_scrubber_get_iteration (RheoScrubber *scrubber)
{
  return scrubber->at;
}

gboolean
rheo_scrubber_is_checkpoint (RheoScrubber *scrubber)
{
  int i = find_nearest (scrubber, scrubber->at, FALSE);

  return i >= 0 && mark (scrubber, i)->checkpoint;
}

double
rheo_scrubber_get_nearest_checkpoint (RheoScrubber *scrubber)
{
  int i = find_nearest (scrubber, scrubber->at, TRUE);

  return i >= 0 ? mark (scrubber, i)->at : NAN;
}

void
rheo_scrubber_set_slim (RheoScrubber *scrubber)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (scrubber->box), GTK_ORIENTATION_HORIZONTAL);
  gtk_box_reorder_child_after (GTK_BOX (scrubber->box), gtk_widget_get_parent (scrubber->place),
                               gtk_widget_get_last_child (scrubber->box));
  gtk_widget_set_visible (scrubber->previous, FALSE);
  gtk_widget_set_visible (scrubber->play, FALSE);
  gtk_widget_set_visible (scrubber->next, FALSE);
  gtk_widget_set_hexpand (scrubber->place, FALSE);
  gtk_label_set_wrap (GTK_LABEL (scrubber->place), FALSE);
}

void
rheo_scrubber_take_extra (RheoScrubber *scrubber, GtkWidget *extra)
{
  gtk_box_append (GTK_BOX (scrubber->extra_box), extra);
}

/* --- the widget ----------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_button (const char *icon, const char *label, GCallback clicked, RheoScrubber *scrubber)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", clicked, scrubber, G_CONNECT_SWAPPED);
  return button;
}

static void
dispose (GObject *object)
{
  RheoScrubber *scrubber = RHEO_SCRUBBER (object);

  g_clear_handle_id (&scrubber->playing, g_source_remove);
  g_clear_pointer (&scrubber->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_scrubber_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_array_unref (RHEO_SCRUBBER (object)->marks);
  g_free (RHEO_SCRUBBER (object)->unit);
  G_OBJECT_CLASS (rheo_scrubber_parent_class)->finalize (object);
}

static void
unmap (GtkWidget *widget)
{
  stop_playing (RHEO_SCRUBBER (widget));
  GTK_WIDGET_CLASS (rheo_scrubber_parent_class)->unmap (widget);
}

static void
rheo_scrubber_class_init (RheoScrubberClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->unmap = unmap;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[MOVED] =
      g_signal_new ("moved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
make_track (RheoScrubber *scrubber)
{
  GtkWidget *track = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  scrubber->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1);
  gtk_scale_set_draw_value (GTK_SCALE (scrubber->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (scrubber->scale), 0);
  g_signal_connect (scrubber->scale, "change-value", G_CALLBACK (on_change), scrubber);
  g_signal_connect (scrubber->scale, "value-changed", G_CALLBACK (on_value), scrubber);
  scrubber->ticks = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (scrubber->ticks), TICKS_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (scrubber->ticks), draw_ticks, scrubber, NULL);
  gtk_widget_set_hexpand (track, TRUE);
  gtk_widget_set_valign (track, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (track), scrubber->scale);
  gtk_box_append (GTK_BOX (track), scrubber->ticks);
  return track;
}

static void
rheo_scrubber_init (RheoScrubber *scrubber)
{
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  scrubber->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  scrubber->at = NAN;
  scrubber->unit = g_strdup ("");
  scrubber->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  scrubber->place = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (scrubber->place), 0);
  gtk_label_set_wrap (GTK_LABEL (scrubber->place), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (scrubber->place), PANGO_ELLIPSIZE_END);
  gtk_label_set_lines (GTK_LABEL (scrubber->place), 2);
  gtk_widget_set_hexpand (scrubber->place, TRUE);
  gtk_widget_add_css_class (scrubber->place, "tabular");
  scrubber->extra_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (top), scrubber->place);
  gtk_box_append (GTK_BOX (top), scrubber->extra_box);
  scrubber->previous = new_button ("media-skip-backward-symbolic", _ ("Previous snapshot (Page Up)"),
                                   G_CALLBACK (on_previous), scrubber);
  scrubber->play =
      new_button ("media-playback-start-symbolic", _ ("Play all snapshots"), G_CALLBACK (on_play), scrubber);
  scrubber->next =
      new_button ("media-skip-forward-symbolic", _ ("Next snapshot (Page Down)"), G_CALLBACK (on_next), scrubber);
  gtk_box_append (GTK_BOX (row), scrubber->previous);
  gtk_box_append (GTK_BOX (row), scrubber->play);
  gtk_box_append (GTK_BOX (row), scrubber->next);
  gtk_box_append (GTK_BOX (row), make_track (scrubber));
  gtk_box_append (GTK_BOX (scrubber->box), top);
  gtk_box_append (GTK_BOX (scrubber->box), row);
  gtk_widget_set_parent (scrubber->box, GTK_WIDGET (scrubber));
  update (scrubber);
}

GtkWidget *
rheo_scrubber_new (void)
{
  return g_object_new (RHEO_TYPE_SCRUBBER, NULL);
}
