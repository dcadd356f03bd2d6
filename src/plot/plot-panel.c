#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <string.h>

/* The name in one line, or in two where it is longer than the axis; a third is cut off with "…". */
static char *
wrap_name (RheoPlotCanvas *canvas, const RheoPlotAxis *axis, double length, double *height)
{
  g_autofree char *name = rheo_plot_axis_name (axis);
  double w, h;
  char *best = NULL;
  double best_width = INFINITY;

  *height = 0;
  if (*name == '\0')
    return NULL;
  rheo_plot_text_size (canvas, RHEO_TEXT_NAME, name, &w, &h);
  *height = h;
  if (w <= length)
    return g_steal_pointer (&name);
  for (char *c = name; *c != '\0'; c++)
    if (*c == ' ' && c > name)
      {
        g_autofree char *two = g_strdup (name);

        two[c - name] = '\n';
        rheo_plot_text_size (canvas, RHEO_TEXT_NAME, two, &w, &h);
        if (w < best_width)
          {
            best_width = w;
            g_free (best);
            best = g_steal_pointer (&two);
            *height = h;
          }
      }
  if (best != NULL && best_width <= length)
    return best;
  g_free (best);
  *height = rheo_plot_text_height (canvas, RHEO_TEXT_NAME);
  return rheo_plot_text_fit (canvas, RHEO_TEXT_NAME, name, length);
}

static double
label_width (RheoPlotCanvas *canvas, const char *label)
{
  double w = 0;

  if (*label != '\0')
    rheo_plot_text_size (canvas, RHEO_TEXT_TICK, label, &w, NULL);
  return w;
}

/* All lines of a text below y, each in the middle. */
static void
write_centred (RheoPlotCanvas *canvas, RheoPlotText text, RheoRgb colour, double x, double y, const char *string)
{
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_CENTER);
  rheo_plot_text (canvas, text, colour, x, y, 0.5, 0, string);
  pango_layout_set_alignment (canvas->layout, PANGO_ALIGN_LEFT);
}

static double
widest (RheoPlotCanvas *canvas, const RheoTicks *ticks)
{
  double most = 0;

  for (int i = 0; i < ticks->n; i++)
    most = MAX (most, label_width (canvas, ticks->label[i]));
  return most;
}

/* Labels along x keep at least one and a half digits between them. */
static gboolean
labels_fit (RheoPlotCanvas *canvas, const RheoPanel *panel, double width)
{
  double end = -INFINITY, gap = label_width (canvas, "0") * 1.5;
  gboolean down = panel->x.lo > panel->x.hi;

  for (int k = 0; k < panel->x_ticks.n; k++)
    {
      int i = down ? panel->x_ticks.n - 1 - k : k;
      double at = rheo_plot_map (&panel->x, panel->x_ticks.at[i], 0, width);
      double half = label_width (canvas, panel->x_ticks.label[i]) / 2;

      if (half == 0)
        continue;
      if (at - half < end + gap)
        return FALSE;
      end = at + half;
    }
  return TRUE;
}

/* Leaves out ticks until those that stay are `least` apart: every second one, then all but the first and last, then all
 * but the first. */
static void
keep_apart (RheoTicks *ticks, const RheoPlotAxis *axis, double length, double least)
{
  for (int pass = 0; pass < 8 && ticks->n > 1; pass++)
    {
      double gap = INFINITY;

      for (int i = 1; i < ticks->n; i++)
        gap = MIN (gap, fabs (rheo_plot_map (axis, ticks->at[i], 0, length)
                              - rheo_plot_map (axis, ticks->at[i - 1], 0, length)));
      if (gap >= least)
        return;
      if (ticks->n > 3)
        rheo_plot_ticks_thin (ticks);
      else if (ticks->n == 3)
        {
          ticks->at[1] = ticks->at[2];
          memmove (ticks->label[1], ticks->label[2], sizeof ticks->label[1]);
          ticks->n = 2;
        }
      else
        ticks->n = 1;
    }
}

static void
make_x_ticks (RheoPlotCanvas *canvas, RheoPanel *panel, double width)
{
  double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  /* One number alone says nothing of the scale. */
  int wanted = CLAMP ((int) (width / (3.6 * row)), 2, width > 45 * row ? 5 : 4);

  if (rheo_plot_axis_has_groups (&panel->x))
    wanted = RHEO_MAX_TICKS;
  /* Where both axes have one scale they have one step too, if its numbers have room. */
  if (panel->equal && panel->y_ticks.n > 1)
    {
      double step = fabs (panel->y_ticks.at[1] - panel->y_ticks.at[0]);

      rheo_plot_ticks_at (&panel->x, step, &panel->x_ticks);
      if (panel->x_ticks.n > 1 && labels_fit (canvas, panel, width))
        return;
    }
  for (; wanted > 0; wanted--)
    {
      rheo_plot_ticks (&panel->x, wanted, &panel->x_ticks);
      if (labels_fit (canvas, panel, width))
        break;
    }
  if (wanted == 0)
    keep_apart (&panel->x_ticks, &panel->x, width, widest (canvas, &panel->x_ticks) + label_width (canvas, "0") * 1.5);
  if (canvas->drop & RHEO_DROP_TICKS)
    rheo_plot_ticks_thin (&panel->x_ticks);
}

/* --- names of groups ------------------------------------------------------------------------------------------------- */
#define MOST_LINES 3

/* How many groups from i on have one name: it is written once, below their middle. */
static int
count_alike (const RheoPanel *panel, int i)
{
  int n = 1;

  while (panel->groups[i + n] != NULL && g_str_equal (panel->groups[i + n], panel->groups[i]))
    n++;
  return n;
}

/* The name in lines that end where words do; NULL: they are wider, or too many. */
static char *
wrap_group (RheoPlotCanvas *canvas, const char *name, double width)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int n_lines = 1;
  gsize from = 0; /* of the line */

  for (const char *word = name; *word != '\0';)
    {
      gsize length = strcspn (word, " -_,/"), end = text->len;

      length += word[length] != '\0';
      g_string_append_len (text, word, (gssize) length);
      if (from < end && label_width (canvas, text->str + from) > width)
        {
          while (end > from && text->str[end - 1] == ' ')
            g_string_erase (text, (gssize) --end, 1);
          g_string_insert_c (text, (gssize) end, '\n');
          from = end + 1;
          n_lines++;
        }
      if (label_width (canvas, text->str + from) > width)
        return NULL;
      word += length;
    }
  return n_lines <= MOST_LINES ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* Names stand on lines below their groups, or run upwards where a line would be too short for one of them. Gives their
 * height. */
static double
lay_out_groups (RheoPlotCanvas *canvas, RheoPanel *panel, double width)
{
  double slot = width / MAX ((int) g_strv_length ((char **) panel->groups), 1), longest = 0, most = 0;

  panel->groups_up = FALSE;
  for (int i = 0; panel->groups[i] != NULL; i += count_alike (panel, i))
    {
      g_autofree char *name = wrap_group (canvas, panel->groups[i], count_alike (panel, i) * slot - canvas->theme->gap);
      double height = 0;

      panel->groups_up = panel->groups_up || name == NULL;
      longest = MAX (longest, label_width (canvas, panel->groups[i]));
      if (name != NULL)
        rheo_plot_text_size (canvas, RHEO_TEXT_TICK, name, NULL, &height);
      most = MAX (most, height);
    }
  return panel->groups_up ? MIN (longest, 0.3 * panel->outer.height) : most;
}

static void
draw_groups (RheoPlotCanvas *canvas, const RheoPanel *panel, double y)
{
  const RheoRect *a = &panel->area;
  double slot = a->width / MAX ((int) g_strv_length ((char **) panel->groups), 1), end = -INFINITY;
  double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  RheoRgb colour = canvas->theme->dim;
  int n;

  for (int i = 0; panel->groups[i] != NULL; i += n)
    {
      const char *name = panel->groups[i];
      double x;

      n = count_alike (panel, i);
      x = rheo_plot_map (&panel->x, i + (n - 1) / 2.0, a->x, a->x + a->width);
      if (panel->groups_up)
        {
          g_autofree char *fit = rheo_plot_text_fit_middle (canvas, RHEO_TEXT_TICK, name, panel->groups_room);

          /* Of more than have room some are left out. */
          if (x - end < 0.9 * row)
            continue;
          end = x;
          rheo_plot_text_up (canvas, RHEO_TEXT_TICK, colour, x, y + label_width (canvas, fit) / 2, fit);
        }
      else
        {
          /* Drawn widths are rounded: what was found to fit still does. */
          g_autofree char *lines = wrap_group (canvas, name, n * slot - canvas->theme->gap + 2);

          write_centred (canvas, RHEO_TEXT_TICK, colour, x, y, lines != NULL ? lines : name);
        }
    }
}

static void
shrink_to_equal (RheoPanel *panel)
{
  RheoRect *a = &panel->area;
  double span_x = fabs (panel->x.hi - panel->x.lo), span_y = fabs (panel->y.hi - panel->y.lo);
  double scale = MIN (a->width / span_x, a->height / span_y);

  if (!(scale > 0) || !isfinite (scale))
    return;
  a->x += (a->width - span_x * scale) / 2;
  a->y += (a->height - span_y * scale) / 2;
  a->width = span_x * scale;
  a->height = span_y * scale;
}

/* Width of a frame with equal scales that is as high as there is room for. */
static double
equal_width (const RheoPanel *panel, double height)
{
  double share = fabs ((panel->x.hi - panel->x.lo) / (panel->y.hi - panel->y.lo));

  return isfinite (share) ? MAX (height * share, 1) : height;
}

void
rheo_panel_layout (RheoPlotCanvas *canvas, RheoPanel *panel)
{
  const RheoPlotTheme *theme = canvas->theme;
  double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  gboolean axes = !(canvas->drop & RHEO_DROP_AXES), names = !(canvas->drop & RHEO_DROP_NAMES);
  double top, bottom = 0, left = 0, right = axes ? panel->side : 0, name = 0;
  RheoRect o = panel->outer;

  panel->x_ticks.n = panel->y_ticks.n = 0;
  top = panel->title != NULL && axes ? rheo_plot_text_height (canvas, RHEO_TEXT_NAME) + theme->gap : axes ? row / 2 : 0;
  if (axes && !panel->no_x_labels)
    bottom = theme->tick + theme->gap / 2 + row;
  if (axes && names && !panel->no_x_name)
    {
      g_free (wrap_name (canvas, &panel->x, o.width, &name));
      bottom += name;
    }
  bottom = MAX (bottom, axes ? row / 2 : 0);
  /* The frame's height is known now, so are the ticks along y, and with them the room at the left. */
  if (axes)
    {
      /* One number alone says nothing of the scale. */
      int wanted = CLAMP ((int) ((o.height - top - bottom) / (1.7 * row)), 2, o.height > 30 * row ? 5 : 4);

      if (rheo_plot_axis_has_groups (&panel->y))
        wanted = MAX ((int) ((o.height - top - bottom) / (3.3 * row)), 1);
      rheo_plot_ticks (&panel->y, wanted, &panel->y_ticks);
      keep_apart (&panel->y_ticks, &panel->y, o.height - top - bottom, row);
      if (canvas->drop & RHEO_DROP_TICKS)
        rheo_plot_ticks_thin (&panel->y_ticks);
      left = theme->tick + (panel->no_y_labels ? 0 : widest (canvas, &panel->y_ticks) + theme->gap / 2);
      if (names && !panel->no_y_name)
        {
          g_free (wrap_name (canvas, &panel->y, o.height, &name));
          left += name > 0 ? name + theme->gap / 2 : 0;
        }
    }
  for (int pass = 0; pass < 2; pass++)
    {
      double width = MAX (o.width - left - right, 1);

      if (panel->groups != NULL)
        {
          if (pass == 0 && axes && !panel->no_x_labels)
            {
              panel->groups_room = MAX (lay_out_groups (canvas, panel, width), panel->groups_room);
              bottom += panel->groups_room - row;
            }
          continue;
        }
      if (!axes)
        break;
      make_x_ticks (canvas, panel, panel->equal ? MIN (width, equal_width (panel, o.height - top - bottom)) : width);
      /* Also where the numbers stand under another panel: the frames line up. */
      if (panel->x_ticks.n > 0)
        for (int i = 0; i < panel->x_ticks.n; i++)
          {
            double over = rheo_plot_map (&panel->x, panel->x_ticks.at[i], 0, width)
                          + label_width (canvas, panel->x_ticks.label[i]) / 2 - width;

            right = MAX (right, over);
          }
    }
  panel->area = (RheoRect){ o.x + left, o.y + top, MAX (o.width - left - right, 1), MAX (o.height - top - bottom, 1) };
  if (panel->equal)
    shrink_to_equal (panel);
  if (!canvas->vector)
    {
      double x1 = round (panel->area.x + panel->area.width), y1 = round (panel->area.y + panel->area.height);

      panel->area.x = round (panel->area.x);
      panel->area.y = round (panel->area.y);
      panel->area.width = MAX (x1 - panel->area.x, 1);
      panel->area.height = MAX (y1 - panel->area.y, 1);
    }
}

void
rheo_panel_draw_grid (RheoPlotCanvas *canvas, const RheoPanel *panel)
{
  const RheoRect *a = &panel->area;

  if (!canvas->theme->has_grid || panel->dense)
    return;
  rheo_plot_source (canvas, canvas->theme->grid, 1);
  for (int i = 0; i < panel->y_ticks.n; i++)
    {
      double y = rheo_plot_map (&panel->y, panel->y_ticks.at[i], a->y + a->height, a->y);

      rheo_plot_hairline (canvas, a->x, y, a->x + a->width, y, canvas->theme->hair);
    }
}

static void
draw_x (RheoPlotCanvas *canvas, const RheoPanel *panel)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRect *a = &panel->area;
  double bottom = a->y + a->height, row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  double below = bottom + theme->tick + theme->gap / 2, labels = panel->groups != NULL ? panel->groups_room : row;

  if (panel->groups != NULL && !panel->no_x_labels)
    draw_groups (canvas, panel, below);
  for (int i = 0; i < panel->x_ticks.n; i++)
    {
      double x = rheo_plot_map (&panel->x, panel->x_ticks.at[i], a->x, a->x + a->width);

      rheo_plot_source (canvas, theme->axis, 1);
      rheo_plot_hairline (canvas, x, bottom, x, bottom + theme->tick, theme->hair);
      if (!panel->no_x_labels)
        rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, x, below, 0.5, 0, panel->x_ticks.label[i]);
    }
  if (!panel->no_x_name && !(canvas->drop & RHEO_DROP_NAMES))
    {
      double h;
      g_autofree char *name = wrap_name (canvas, &panel->x, panel->outer.width, &h);

      if (name != NULL)
        {
          /* Stays inside the panel also where the frame is short and to one side. */
          double w, x = a->x + a->width / 2;

          rheo_plot_text_size (canvas, RHEO_TEXT_NAME, name, &w, NULL);
          x = CLAMP (x, panel->outer.x + w / 2,
                     MAX (panel->outer.x + panel->outer.width - w / 2, panel->outer.x + w / 2));
          write_centred (canvas, RHEO_TEXT_NAME, theme->text, x,
                         panel->no_x_labels ? bottom + theme->gap : below + labels, name);
        }
    }
}

static void
draw_y (RheoPlotCanvas *canvas, const RheoPanel *panel)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRect *a = &panel->area;

  for (int i = 0; i < panel->y_ticks.n; i++)
    {
      double y = rheo_plot_map (&panel->y, panel->y_ticks.at[i], a->y + a->height, a->y);

      rheo_plot_source (canvas, theme->axis, 1);
      rheo_plot_hairline (canvas, a->x - theme->tick, y, a->x, y, theme->hair);
      if (!panel->no_y_labels)
        rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, a->x - theme->tick - theme->gap / 2, y, 1, 0.5,
                        panel->y_ticks.label[i]);
    }
  if (!panel->no_y_name && !(canvas->drop & RHEO_DROP_NAMES))
    {
      double h;
      g_autofree char *name = wrap_name (canvas, &panel->y, panel->outer.height, &h);

      if (name != NULL)
        {
          double x = a->x - theme->tick - theme->gap - widest (canvas, &panel->y_ticks) - h / 2;
          double w, y = a->y + a->height / 2;

          rheo_plot_text_size (canvas, RHEO_TEXT_NAME, name, &w, NULL);
          y = CLAMP (y, panel->outer.y + w / 2,
                     MAX (panel->outer.y + panel->outer.height - w / 2, panel->outer.y + w / 2));
          rheo_plot_text_up (canvas, RHEO_TEXT_NAME, theme->text, x, y, name);
        }
    }
}

/* "Beginning" of "Beginning · epoch 0" where the whole has no room: a word says more than a cut one. */
static char *
title_that_fits (RheoPlotCanvas *canvas, RheoPlotText text, const char *title, double width)
{
  const char *more = strstr (title, " · ");
  g_autofree char *head = more != NULL ? g_strndup (title, (gsize) (more - title)) : NULL;
  double whole;

  rheo_plot_text_size (canvas, text, title, &whole, NULL);
  return rheo_plot_text_fit (canvas, text, whole > width && head != NULL ? head : title, width);
}

/* Between neighbours of one name and the next. */
static void
draw_borders (RheoPlotCanvas *canvas, const RheoPanel *panel, gboolean across)
{
  const RheoRect *a = &panel->area;
  const RheoPlotAxis *axis = across ? &panel->x : &panel->y;
  const double lo = MIN (axis->lo, axis->hi), hi = MAX (axis->lo, axis->hi);

  if (!rheo_plot_axis_has_groups (axis))
    return;
  for (int i = rheo_plot_axis_group (axis, 0); axis->names[i] != NULL; i += rheo_plot_axis_group (axis, i))
    {
      const double at = across ? rheo_plot_map (axis, i - 0.5, a->x, a->x + a->width)
                               : rheo_plot_map (axis, i - 0.5, a->y + a->height, a->y);

      if (i - 0.5 <= lo || i - 0.5 >= hi)
        continue;
      if (across)
        rheo_plot_hairline (canvas, at, a->y, at, a->y + a->height, canvas->theme->hair);
      else
        rheo_plot_hairline (canvas, a->x, at, a->x + a->width, at, canvas->theme->hair);
    }
}

void
rheo_panel_draw_frame (RheoPlotCanvas *canvas, const RheoPanel *panel)
{
  const RheoPlotTheme *theme = canvas->theme;
  const RheoRect *a = &panel->area;

  rheo_plot_source (canvas, theme->axis, 1);
  draw_borders (canvas, panel, TRUE);
  draw_borders (canvas, panel, FALSE);
  if (canvas->drop & RHEO_DROP_AXES)
    return;
  rheo_plot_source (canvas, theme->axis, 1);
  rheo_plot_hairline (canvas, a->x, a->y, a->x, a->y + a->height, theme->hair);
  rheo_plot_hairline (canvas, a->x, a->y + a->height, a->x + a->width, a->y + a->height, theme->hair);
  draw_x (canvas, panel);
  draw_y (canvas, panel);
  if (panel->title != NULL)
    {
      RheoPlotText text = panel->title_bold ? RHEO_TEXT_PANEL : RHEO_TEXT_NAME;
      /* Right of the numbers of y: a name of y may reach up to the title. */
      double from = MAX (panel->outer.x, a->x - theme->tick - theme->gap - widest (canvas, &panel->y_ticks));
      double to = panel->outer.x + panel->outer.width;
      g_autofree char *title = title_that_fits (canvas, text, panel->title, to - from);
      double w, x = a->x + a->width / 2;

      rheo_plot_text_size (canvas, text, title, &w, NULL);
      x = CLAMP (x, from + w / 2, MAX (to - w / 2, from + w / 2));
      rheo_plot_text (canvas, text, theme->text, x, a->y - theme->gap, 0.5, 1, title);
    }
}

void
rheo_plot_clip (RheoPlotCanvas *canvas, const RheoRect *area, double more)
{
  cairo_rectangle (canvas->cr, area->x - more, area->y - more, area->width + 2 * more, area->height + 2 * more);
  cairo_clip (canvas->cr);
}
