#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "plot/plot-kind.h"
#include "widgets/plot-view-private.h"

/* --- the label -------------------------------------------------------------------------------------------------- */
void
rheo_plot_view_init_reading (RheoPlotView *view)
{
  view->later_steps = g_array_new (FALSE, FALSE, 2 * sizeof (int));
  view->reading = gtk_label_new (NULL);
  gtk_widget_add_css_class (view->reading, "plot-reading");
  gtk_label_set_wrap (GTK_LABEL (view->reading), TRUE);
  gtk_label_set_lines (GTK_LABEL (view->reading), 2);
  gtk_label_set_ellipsize (GTK_LABEL (view->reading), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (view->reading), 0);
  gtk_widget_set_visible (view->reading, FALSE);
  gtk_widget_set_can_target (view->reading, FALSE);
  gtk_widget_set_parent (view->reading, GTK_WIDGET (view));
}

static void
say (RheoPlotView *view, const char *text)
{
  if (g_strcmp0 (text, gtk_label_get_text (GTK_LABEL (view->reading))) != 0)
    gtk_label_set_text (GTK_LABEL (view->reading), text);
  rheo_plot_view_allow_across (view, !view->has_line);
  gtk_widget_set_visible (view->reading, *text != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
clear (RheoPlotView *view)
{
  view->has_line = view->has_point = FALSE;
  say (view, "");
}

/* --- reading ---------------------------------------------------------------------------------------------------- */
static gboolean
same_axis (const RheoPlotAxis *a, const RheoPlotAxis *b)
{
  return g_strcmp0 (a->label, b->label) == 0 && g_strcmp0 (a->unit, b->unit) == 0 && a->over == b->over;
}

/* A line at x through all frames with this axis, with the values there. FALSE: no value there. */
static gboolean
read_line (RheoPlotView *view, int panel, double x)
{
  const RheoPlotPanel *p = &view->picture->panels[panel];
  RheoPlotPick pick;

  if (!rheo_plot_read (view->spec, &p->x, x, &pick))
    return FALSE;
  view->read_panel = panel;
  view->read_x = pick.x;
  view->has_line = TRUE;
  view->has_point = FALSE;
  say (view, pick.text);
  return TRUE;
}

static void
tell_group (RheoPlotView *view)
{
  if (view->has_line)
    rheo_plot_group_read (view->group, view, &view->picture->panels[view->read_panel].x, view->read_x);
  else
    rheo_plot_group_read (view->group, view, NULL, NAN);
}

void
rheo_plot_view_read_at (RheoPlotView *view, double x, double y)
{
  int panel = rheo_plot_view_panel_at (view, x, y);
  RheoPlotPick pick;

  if (view->lent != NULL && view->spec == NULL)
    {
      view->later_read = TRUE;
      view->later_x = x;
      view->later_y = y;
      return;
    }
  /* A sketch has no frames; anything of it may be under the pointer. */
  if (view->spec == NULL || view->picture == NULL || (panel < 0 && view->picture->n_panels > 0))
    {
      rheo_plot_view_stop_reading (view);
      return;
    }
  view->is_reading = TRUE;
  view->point_x = x;
  view->point_y = y;
  if (panel < 0 || view->spec->kind->read == NULL
      || !read_line (view, panel,
                     rheo_plot_unmap (&view->picture->panels[panel].x, x, view->picture->panels[panel].area.x,
                                      view->picture->panels[panel].area.x + view->picture->panels[panel].area.width)))
    view->has_line = FALSE;
  /* Where a single thing is under the pointer it says more than the line: a spike, a mark, a point of the plane. */
  rheo_plot_pick (view->spec, view->picture->width, view->picture->height, x, y, &pick);
  if (pick.binding >= 0 && (!view->has_line || pick.unit >= 0 || pick.entry < 0))
    {
      const RheoPlotPanel *p = panel >= 0 ? &view->picture->panels[panel] : NULL;
      gboolean plane = p != NULL && p->plane && !view->spec->kind->dense;

      view->read_panel = MAX (panel, 0);
      view->has_point = !view->has_line && (view->by_keys || plane);
      view->marks_line = plane && pick.line;
      view->mark_x = x;
      view->mark_y = y;
      if (plane)
        {
          view->mark_x = rheo_plot_map (&p->x, pick.x, p->area.x, p->area.x + p->area.width);
          view->mark_y = rheo_plot_map (&p->y, pick.y, p->area.y + p->area.height, p->area.y);
          view->mark_end_x = rheo_plot_map (&p->x, pick.end_x, p->area.x, p->area.x + p->area.width);
          view->mark_end_y = rheo_plot_map (&p->y, pick.end_y, p->area.y + p->area.height, p->area.y);
        }
      say (view, pick.text);
    }
  else if (!view->has_line)
    clear (view);
  tell_group (view);
}

/* With the keys: to the next sample, or where there is no line, 8 px on. */
void
rheo_plot_view_read_step (RheoPlotView *view, int dx, int dy)
{
  const RheoPlotPanel *p;
  const RheoRect *a;
  int panel = view->is_reading ? view->read_panel : 0;

  if (view->lent != NULL && view->spec == NULL)
    {
      const int step[] = { dx, dy };

      g_array_append_val (view->later_steps, step);
      return;
    }
  if (view->spec == NULL || view->picture == NULL || view->picture->n_panels == 0)
    return;
  panel = MIN (panel, view->picture->n_panels - 1);
  p = &view->picture->panels[panel];
  a = &p->area;
  if (!view->is_reading)
    {
      /* From the side that one comes from; a line starts at the newest. */
      rheo_plot_view_read_at (view, p->x.over == RHEO_OVER_TRAINING || dx < 0 ? a->x + a->width : a->x,
                              a->y + a->height / 2);
      return;
    }
  if (view->has_line && dx != 0)
    {
      double from = view->read_x, at = rheo_plot_map (&p->x, from, a->x, a->x + a->width);

      for (double far = 1; far <= a->width + 1; far += 1)
        {
          double to = CLAMP (at + dx * far, a->x, a->x + a->width);

          if (!read_line (view, panel, rheo_plot_unmap (&p->x, to, a->x, a->x + a->width)) || view->read_x != from)
            break;
        }
      view->point_x = rheo_plot_map (&p->x, view->read_x, a->x, a->x + a->width);
      tell_group (view);
    }
  else
    rheo_plot_view_read_at (view, CLAMP (view->point_x + 8 * dx, a->x + 1, a->x + a->width - 1),
                            CLAMP (view->point_y + 8 * dy, a->y + 1, a->y + a->height - 1));
}

void
rheo_plot_view_read_again (RheoPlotView *view)
{
  if (!view->is_reading)
    return;
  if (view->spec == NULL || view->picture == NULL || (view->has_line && view->read_panel >= view->picture->n_panels))
    rheo_plot_view_stop_reading (view);
  else if (view->has_line)
    read_line (view, view->read_panel, view->read_x);
  else
    rheo_plot_view_read_at (view, view->point_x, view->point_y);
}

void
rheo_plot_view_catch_up (RheoPlotView *view)
{
  g_autoptr (GArray) steps = view->later_steps;
  const gboolean read = view->later_read, click = view->later_click;

  view->later_steps = g_array_new (FALSE, FALSE, 2 * sizeof (int));
  view->later_read = view->later_click = FALSE;
  if (click)
    rheo_plot_view_click (view, view->later_x, view->later_y);
  if (read && !view->by_keys)
    rheo_plot_view_read_at (view, view->later_x, view->later_y);
  for (guint i = 0; i < steps->len; i++)
    {
      const int *step = &g_array_index (steps, int, 2 * i);

      rheo_plot_view_read_step (view, step[0], step[1]);
    }
}

void
rheo_plot_view_stop_reading (RheoPlotView *view)
{
  view->later_read = FALSE;
  g_array_set_size (view->later_steps, 0);
  if (!view->is_reading)
    return;
  view->is_reading = FALSE;
  clear (view);
  rheo_plot_group_read (view->group, view, NULL, NAN);
}

/* Another plot of the group is read. */
static void
on_group_read (RheoPlotGroup *group, RheoPlotView *from, const RheoPlotAxis *axis, double x, RheoPlotView *view)
{
  if (from == view || view->spec == NULL || view->picture == NULL)
    return;
  view->is_reading = FALSE;
  for (int i = 0; axis != NULL && i < view->picture->n_panels; i++)
    if (same_axis (&view->picture->panels[i].x, axis) && read_line (view, i, x))
      {
        view->is_reading = TRUE;
        return;
      }
  if (view->has_line || view->has_point)
    clear (view);
}

/* --- selecting -------------------------------------------------------------------------------------------------- */
void
rheo_plot_view_toggle_entry (RheoPlotView *view, int entry)
{
  if (entry < 0 || entry >= RHEO_PLOT_MAX_ENTRIES)
    return;
  view->hidden ^= (uint64_t) 1 << entry;
  memset (view->grown, 0, sizeof view->grown);
  if (view->picked == entry)
    view->picked = -1;
  for (int i = 0; view->picture != NULL && i < view->picture->n_entries; i++)
    if (view->picture->entries[i].entry == entry)
      view->picture->entries[i].hidden = (view->hidden >> entry & 1) != 0;
  rheo_plot_view_redraw (view);
  rheo_plot_view_update_actions (view);
  g_signal_emit_by_name (view, "shown");
}

void
rheo_plot_view_unselect (RheoPlotView *view)
{
  const gboolean had_point = view->point >= 0;

  view->picked = -1;
  view->marked.binding = -1;
  view->point = -1;
  g_object_set (view->group, "unit", -1, "iteration", NAN, NULL);
  rheo_plot_view_redraw (view);
  if (had_point)
    g_signal_emit_by_name (view, "picked", -1, (gint64) -1, NAN, NAN);
}

void
rheo_plot_view_click (RheoPlotView *view, double x, double y)
{
  const RheoPlotPicture *p = view->picture;
  int panel = rheo_plot_view_panel_at (view, x, y);
  RheoPlotPick pick;
  int unit;

  if (view->lent != NULL && view->spec == NULL)
    {
      view->later_click = TRUE;
      view->later_x = x;
      view->later_y = y;
      return;
    }
  if (view->spec == NULL || p == NULL)
    return;
  for (guint i = 0; i < p->hits->len; i++)
    {
      const RheoPlotHit *hit = &g_array_index (p->hits, RheoPlotHit, i);
      const RheoRect *r = &hit->rect;

      if (x >= r->x - 2 && x <= r->x + r->width + 2 && y >= r->y - 2 && y <= r->y + r->height + 2)
        {
          rheo_plot_view_toggle_entry (view, hit->entry);
          return;
        }
    }
  rheo_plot_pick (view->spec, p->width, p->height, x, y, &pick);
  if (pick.binding < 0)
    {
      rheo_plot_view_unselect (view);
      return;
    }
  g_object_get (view->group, "unit", &unit, NULL);
  if (pick.unit >= 0)
    g_object_set (view->group, "unit", pick.unit == unit ? -1 : (int) pick.unit, NULL);
  else if (pick.point)
    {
      const gboolean same = pick.index == view->point && pick.set == view->point_set;

      view->point = same ? -1 : pick.index;
      view->point_set = pick.set;
      if (same)
        pick.binding = -1, pick.index = -1;
    }
  else if (pick.entry >= 0)
    view->picked = pick.entry == view->picked ? -1 : pick.entry;
  else if (panel >= 0 && !pick.line)
    {
      gboolean same = view->marked.binding == pick.binding && view->marked.index == pick.index;

      view->marked = pick;
      view->marked_panel = panel;
      if (same)
        view->marked.binding = -1;
    }
  if (panel >= 0 && p->panels[panel].x.over == RHEO_OVER_TRAINING && isfinite (pick.x))
    g_object_set (view->group, "iteration", pick.x, NULL);
  rheo_plot_view_redraw (view);
  g_signal_emit_by_name (view, "picked", pick.binding, pick.index, pick.x, pick.y);
}

void
rheo_plot_view_join_group (RheoPlotView *view)
{
  g_signal_connect_object (view->group, "read", G_CALLBACK (on_group_read), view, 0);
  g_signal_connect_object (view->group, "notify::unit", G_CALLBACK (rheo_plot_view_redraw), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (view->group, "notify::iteration", G_CALLBACK (gtk_widget_queue_draw), view,
                           G_CONNECT_SWAPPED);
}

/* --- over the picture ------------------------------------------------------------------------------------------- */
static void
bar (GtkSnapshot *snapshot, const GdkRGBA *colour, double x, double y, double width, double height)
{
  gtk_snapshot_append_color (snapshot, colour, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static GdkRGBA
with_alpha (const GdkRGBA *colour, double alpha)
{
  GdkRGBA c = *colour;

  c.alpha *= alpha;
  return c;
}

/* A line across a frame at x. */
static void
upright (GtkSnapshot *snapshot, const RheoPlotPanel *p, const GdkRGBA *colour, double x, double width)
{
  double at = rheo_plot_map (&p->x, x, p->area.x, p->area.x + p->area.width);

  if (at >= p->area.x - 0.5 && at <= p->area.x + p->area.width + 0.5)
    bar (snapshot, colour, floor (at - (width - 1) / 2), p->area.y, width, p->area.height);
}

static void
level (GtkSnapshot *snapshot, const RheoPlotPanel *p, const GdkRGBA *colour, double y, double width)
{
  double at = rheo_plot_map (&p->y, y, p->area.y + p->area.height, p->area.y);

  if (at >= p->area.y - 0.5 && at <= p->area.y + p->area.height + 0.5)
    bar (snapshot, colour, p->area.x, floor (at - (width - 1) / 2), p->area.width, width);
}

static void
ring (GtkSnapshot *snapshot, const GdkRGBA *colour, double x, double y, double radius)
{
  GskRoundedRect outline;
  float width[4] = { 2, 2, 2, 2 };
  GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x - radius, y - radius, 2 * radius, 2 * radius),
                                   (float) radius);
  gtk_snapshot_append_border (snapshot, &outline, width, colours);
}

/* From the mark to its end. */
static void
slope (GtkSnapshot *snapshot, const GdkRGBA *colour, const RheoPlotView *view)
{
  const double dx = view->mark_end_x - view->mark_x, dy = view->mark_end_y - view->mark_y;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) view->mark_x, (float) view->mark_y));
  gtk_snapshot_rotate (snapshot, (float) (atan2 (dy, dx) * 180 / G_PI));
  bar (snapshot, colour, 0, -1, hypot (dx, dy), 2);
  gtk_snapshot_restore (snapshot);
}

void
rheo_plot_view_snapshot_over (RheoPlotView *view, GtkSnapshot *snapshot)
{
  const RheoPlotPicture *p = view->picture;
  GdkRGBA accent, text, faint;
  double iteration = NAN;
  int unit = -1;

  if (p == NULL || view->group == NULL)
    return;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (view)), "accent_color", &accent))
    gdk_rgba_parse (&accent, "#3584e4");
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (view)), &text);
  faint = with_alpha (&accent, 0.55);
  g_object_get (view->group, "unit", &unit, "iteration", &iteration, NULL);
  for (int i = 0; i < p->n_panels; i++)
    {
      const RheoPlotPanel *one = &p->panels[i];

      if (one->x.over == RHEO_OVER_TRAINING)
        {
          upright (snapshot, one, &faint, iteration, 1);
          upright (snapshot, one, &accent, view->cursor, 2);
        }
      /* A raster marks its unit itself. */
      if (unit >= 0 && one->x.over == RHEO_OVER_UNITS)
        upright (snapshot, one, &faint, unit, 1);
      if (unit >= 0 && one->x.over == RHEO_OVER_UNITS && one->y.over == RHEO_OVER_UNITS)
        level (snapshot, one, &faint, unit, 1);
      if (view->has_line && same_axis (&one->x, &p->panels[MIN (view->read_panel, p->n_panels - 1)].x))
        {
          GdkRGBA line = with_alpha (&text, 0.5);

          upright (snapshot, one, &line, view->read_x, 1);
        }
    }
  if (view->marked.binding >= 0 && view->marked_panel < p->n_panels)
    {
      const RheoPlotPanel *one = &p->panels[view->marked_panel];
      double x = rheo_plot_map (&one->x, view->marked.x, one->area.x, one->area.x + one->area.width);
      double y = rheo_plot_map (&one->y, view->marked.y, one->area.y + one->area.height, one->area.y);

      if (isfinite (x) && isfinite (y) && rheo_plot_view_panel_at (view, x, y) == view->marked_panel)
        ring (snapshot, &accent, x, y, 5);
    }
  if (view->has_point && view->is_reading)
    {
      GdkRGBA line = with_alpha (&text, 0.7);

      if (view->marks_line)
        slope (snapshot, &accent, view);
      else
        ring (snapshot, &line, view->mark_x, view->mark_y, 4);
    }
  if (view->n_chosen > 0)
    {
      GdkRGBA chosen = with_alpha (&accent, 0.2);

      rheo_plot_view_snapshot_units (view, snapshot, &chosen);
    }
  if (view->boxing && view->box.width > 0 && view->box.height > 0)
    {
      GskRoundedRect outline;
      GdkRGBA colours[4] = { accent, accent, accent, accent }, fill = with_alpha (&accent, 0.15);
      float width[4] = { 1, 1, 1, 1 };
      graphene_rect_t r = GRAPHENE_RECT_INIT (view->box.x, view->box.y, view->box.width, view->box.height);

      gtk_snapshot_append_color (snapshot, &fill, &r);
      gsk_rounded_rect_init_from_rect (&outline, &r, 0);
      gtk_snapshot_append_border (snapshot, &outline, width, colours);
    }
}
