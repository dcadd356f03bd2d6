#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/distribution-private.h"

#define MOST_PANELS 16

/* --- panels ------------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoPanel panel;
  int group; /* RheoDistributions.panel */
  gboolean log_x;
} Frame;

/* Side by side where there is width for it, a linear and a logarithmic axis of one panel first. All have the same y. */
static int
make_frames (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
             const RheoPlotAxis *y, Frame *frames)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const double gap = 4 * canvas->theme->gap;
  RheoPanel first = { .outer = *area, .x = *x, .y = *y }, bare = first;
  int n = 0, n_columns, n_lines;
  double w, h, name;

  for (int g = 0; g < p->n_panels; g++)
    for (int log_x = 0; log_x < 2 && n < MOST_PANELS; log_x++)
      if (rheo_distribution_has_axis (spec, log_x))
        frames[n++] = (Frame){ .group = g, .log_x = log_x };
  n_columns = n > 1 && area->width >= 0.9 * area->height ? 2 : 1;
  n_lines = (n + n_columns - 1) / n_columns;
  h = (area->height - (n_lines - 1) * gap) / n_lines;
  /* Frames are of one width, whatever stands at the left of the first. */
  first.outer.height = bare.outer.height = h;
  bare.no_y_labels = bare.no_y_name = TRUE;
  rheo_panel_layout (canvas, &first);
  rheo_panel_layout (canvas, &bare);
  name = first.area.x - bare.area.x;
  w = (area->width - name - (n_columns - 1) * gap) / n_columns;
  for (int i = 0; i < n; i++)
    {
      RheoPanel *panel = &frames[i].panel;
      const int column = i % n_columns;

      panel->x = *x;
      panel->y = *y;
      if (frames[i].log_x != x->log)
        rheo_distribution_log_range (spec, &panel->x);
      panel->outer = (RheoRect){ column == 0 ? area->x : area->x + name + column * (w + gap),
                                 area->y + i / n_columns * (h + gap), column == 0 ? name + w : w, h };
      panel->title = p->panel[frames[i].group][0] != '\0' ? p->panel[frames[i].group] : NULL;
      panel->no_y_labels = panel->no_y_name = column > 0;
      panel->no_x_name = i + n_columns < n;
      rheo_panel_layout (canvas, panel);
    }
  return n;
}

static double
map_x (const RheoPanel *panel, double v)
{
  /* The first bin of a logarithmic axis may begin at 0. */
  return panel->x.log && !(v > 0)
             ? panel->area.x - 1e4
             : CLAMP (rheo_plot_map (&panel->x, v, panel->area.x, panel->area.x + panel->area.width), -1e5, 1e5);
}

static double
map_y (const RheoPanel *panel, double v)
{
  const double foot = panel->area.y + panel->area.height;

  return panel->y.log && !(v > 0) ? foot + 1e4 : CLAMP (rheo_plot_map (&panel->y, v, foot, panel->area.y), -1e5, 1e5);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */
static RheoRgb
colour_of (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoDistributionRow *row)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const int style = p->n_names > 1 ? rheo_plot_theme_style (p->name[row->entry], row->entry) : 0;

  return canvas->theme->series[style % RHEO_N_STYLES];
}

static gboolean
draws_dots (const RheoPlotSpec *spec)
{
  const RheoDistributionConfig *config = spec->values;

  return config->draw == RHEO_DRAW_DOTS
         || (config->draw == RHEO_DRAW_AUTO && rheo_distribution_column (spec, "at") != NULL);
}

static double
place_of_dot (const RheoDistributionRow *row, gboolean log_x, int64_t i)
{
  const double from = rheo_vector_get (&row->bins[log_x].from, i), to = rheo_vector_get (&row->bins[log_x].to, i);
  const double at = row->at.column != NULL && i < row->at.n ? rheo_vector_get (&row->at, i) : NAN;

  return isfinite (at) ? at : log_x && from > 0 ? sqrt (from * to) : (from + to) / 2;
}

/* alone: bars; several: outlines over a light fill, so that none hides another. */
static void
draw_bars (RheoPlotCanvas *canvas, const Frame *frame, const RheoDistributionRow *row, RheoRgb colour, double share,
           gboolean alone)
{
  const RheoDistributionBins *bins = &row->bins[frame->log_x];
  const RheoPlotTheme *theme = canvas->theme;
  const double foot = frame->panel.area.y + frame->panel.area.height, gap = 0.6 * theme->point * 0.75;
  cairo_t *cr = canvas->cr;

  for (int pass = alone ? 1 : 0; pass < 2; pass++)
    {
      double end = NAN;

      for (int64_t i = 0; i < bins->height.n; i++)
        {
          const double from = rheo_vector_get (&bins->from, i), to = rheo_vector_get (&bins->to, i),
                       h = rheo_vector_get (&bins->height, i);
          const double x0 = map_x (&frame->panel, from), x1 = map_x (&frame->panel, to),
                       y = h > 0 ? MIN (map_y (&frame->panel, h), foot) : foot;

          if (!isfinite (from) || !isfinite (to) || !isfinite (h))
            continue;
          if (alone)
            {
              /* Narrow bars need no gaps. */
              const double room = x1 - x0 > 4 * gap ? gap : 0;

              if (h > 0)
                cairo_rectangle (cr, x0 + room / 2, y, MAX (x1 - x0 - room, 0.3), foot - y);
              continue;
            }
          if (isnan (end))
            cairo_move_to (cr, x0, foot);
          cairo_line_to (cr, x0, y);
          cairo_line_to (cr, x1, y);
          end = x1;
        }
      if (!alone && !isnan (end))
        cairo_line_to (cr, end, foot);
      rheo_plot_source (canvas, alone ? rheo_rgb_mix (theme, colour, 0.4) : colour,
                        alone ? share : share * (pass == 0 ? 0.2 : 0.7));
      if (alone || pass == 0)
        cairo_fill (cr);
      else
        {
          cairo_set_line_width (cr, theme->outline * 0.7);
          cairo_stroke (cr);
        }
    }
}

static void
draw_dots (RheoPlotCanvas *canvas, const Frame *frame, const RheoDistributionRow *row, RheoRgb colour, double share)
{
  static const RheoPlotSymbol symbols[] = { RHEO_SYMBOL_CIRCLE, RHEO_SYMBOL_SQUARE, RHEO_SYMBOL_TRIANGLE,
                                            RHEO_SYMBOL_DIAMOND };
  const RheoVector *height = &row->bins[frame->log_x].height;

  for (int64_t i = 0; i < height->n; i++)
    {
      const double x = map_x (&frame->panel, place_of_dot (row, frame->log_x, i)), h = rheo_vector_get (height, i);

      if (isfinite (x) && isfinite (h) && (h > 0 || !frame->panel.y.log))
        rheo_plot_marker (canvas, symbols[row->entry % 4], FALSE, colour, share, x, map_y (&frame->panel, h),
                          canvas->theme->marker);
    }
}

static void
draw_fit (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Frame *frame, const RheoDistributionRow *row,
          double share)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const RheoVector *fit = &row->bins[frame->log_x].fit;
  const int entry = rheo_distribution_entry (spec, p, 0);
  g_autoptr (GArray) points = NULL;

  if (entry < 0 || rheo_plot_entry_hidden (spec, entry) || fit->column == NULL || row->place.column == NULL)
    return;
  points = g_array_new (FALSE, FALSE, sizeof (RheoPoint));
  rheo_plot_decimate (&row->place, 0, 1, fit, &frame->panel.x, &frame->panel.y, &frame->panel.area, 0, points);
  cairo_save (canvas->cr);
  if (p->n_names > 1)
    rheo_plot_source (canvas, colour_of (spec, canvas, row), share);
  else
    rheo_plot_source (canvas, canvas->theme->series[rheo_distribution_style (0)], share);
  rheo_plot_theme_dash (canvas->theme, rheo_distribution_style (0), canvas->cr);
  rheo_plot_stroke (canvas, points, canvas->theme->line);
  cairo_restore (canvas->cr);
}

double
rheo_distribution_mark_height (const RheoDistributionRow *row, int mark, gboolean log_x)
{
  const RheoVector *place = &row->place, *fit = &row->bins[log_x].fit;
  const double at = row->mark[mark];

  for (int64_t i = 1; fit->column != NULL && place->column != NULL && i < MIN (place->n, fit->n); i++)
    {
      const double a = rheo_vector_get (place, i - 1), b = rheo_vector_get (place, i);

      if (at >= a && at <= b && b > a)
        return rheo_vector_get (fit, i - 1)
               + (at - a) / (b - a) * (rheo_vector_get (fit, i) - rheo_vector_get (fit, i - 1));
    }
  return NAN;
}

/* A line up to the curve; without one up to the top. */
static double
end_of_mark (const Frame *frame, const RheoDistributionRow *row, int mark)
{
  const double height = rheo_distribution_mark_height (row, mark, frame->log_x);

  return isfinite (height) ? map_y (&frame->panel, height) : frame->panel.area.y;
}

static gboolean
shows_mark (const RheoPlotSpec *spec, const RheoDistributionRow *row, int mark)
{
  const int entry = rheo_distribution_entry (spec, rheo_plot_get_prepared (spec), 1 + mark);

  return entry >= 0 && !rheo_plot_entry_hidden (spec, entry) && isfinite (row->mark[mark]);
}

static void
draw_marks (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Frame *frame, const RheoDistributionRow *row,
            double share)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const RheoPlotTheme *theme = canvas->theme;

  for (int k = 0; k < RHEO_DISTRIBUTION_MARKS; k++)
    {
      const int style = rheo_distribution_style (1 + k);
      const double x = map_x (&frame->panel, row->mark[k]);

      if (!shows_mark (spec, row, k) || (frame->log_x && !(row->mark[k] > 0)))
        continue;
      cairo_save (canvas->cr);
      rheo_plot_source (canvas, p->n_names > 1 ? colour_of (spec, canvas, row) : theme->series[style], share);
      rheo_plot_theme_dash (theme, style, canvas->cr);
      rheo_plot_hairline (canvas, x, frame->panel.area.y + frame->panel.area.height, x, end_of_mark (frame, row, k),
                          theme->line * 0.8);
      cairo_restore (canvas->cr);
    }
}

/* --- words in the panel ------------------------------------------------------------------------------------------- */
#define MOST_WORDS 12

typedef struct
{
  char text[200];
  const RheoDistributionRow *row;
} Words;

/* One line for each row where there are several, else all its lines. */
static int
collect_words (const RheoPlotSpec *spec, const Frame *frame, Words *words)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  int n = 0;

  for (int r = 0; r < p->n_rows; r++)
    {
      const RheoDistributionRow *row = &p->row[r];

      if (row->panel != frame->group || !rheo_distribution_is_shown (spec, p, r))
        continue;
      if (p->n_names < 2)
        for (int k = 0; k < RHEO_DISTRIBUTION_LINES && row->line[k][0] != '\0' && n < MOST_WORDS; k++, n++)
          {
            words[n].row = row;
            g_strlcpy (words[n].text, row->line[k], sizeof words[n].text);
          }
      else if (row->line[0][0] != '\0' && n < MOST_WORDS)
        {
          words[n].row = row;
          g_snprintf (words[n].text, sizeof words[n].text, "%s: %s%s%s", p->name[row->entry], row->line[0],
                      row->line[1][0] != '\0' ? ", " : "", row->line[1]);
          n++;
        }
    }
  return n;
}

static void
take_bin (RheoRoom *room, const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Frame *frame,
          const RheoDistributionRow *row, int64_t i)
{
  const RheoDistributionBins *bins = &row->bins[frame->log_x];
  const RheoPanel *panel = &frame->panel;
  const double h = rheo_vector_get (&bins->height, i), y = map_y (panel, h), foot = panel->area.y + panel->area.height;
  const double radius = canvas->theme->marker, x = map_x (panel, place_of_dot (row, frame->log_x, i));
  const double x0 = map_x (panel, rheo_vector_get (&bins->from, i)), x1 = map_x (panel, rheo_vector_get (&bins->to, i));

  if (!isfinite (h))
    return;
  if (draws_dots (spec))
    for (int k = -1; k <= 1; k++)
      rheo_room_take_line (room, x - radius, y + k * radius, x + radius, y + k * radius);
  else if (h > 0)
    for (double at = x0; at < x1; at += 3)
      rheo_room_take_line (room, at, y, at, foot);
}

static void
take_data (RheoRoom *room, const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Frame *frame)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const RheoPanel *panel = &frame->panel;
  const double foot = panel->area.y + panel->area.height;

  for (int r = 0; r < p->n_rows; r++)
    {
      const RheoDistributionRow *row = &p->row[r];
      const RheoDistributionBins *bins = &row->bins[frame->log_x];

      if (row->panel != frame->group || !rheo_distribution_is_shown (spec, p, r))
        continue;
      for (int64_t i = 0; i < bins->height.n; i++)
        take_bin (room, spec, canvas, frame, row, i);
      for (int64_t i = 1; bins->fit.column != NULL && i < MIN (bins->fit.n, row->place.n); i++)
        rheo_room_take_line (room, map_x (panel, rheo_vector_get (&row->place, i - 1)),
                             map_y (panel, rheo_vector_get (&bins->fit, i - 1)),
                             map_x (panel, rheo_vector_get (&row->place, i)),
                             map_y (panel, rheo_vector_get (&bins->fit, i)));
      for (int k = 0; k < RHEO_DISTRIBUTION_MARKS; k++)
        if (shows_mark (spec, row, k))
          rheo_room_take_line (room, map_x (panel, row->mark[k]), end_of_mark (frame, row, k),
                               map_x (panel, row->mark[k]), foot);
    }
}

static void
write_words (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const Frame *frame)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const double line = rheo_plot_text_height (canvas, RHEO_TEXT_TICK), pad = canvas->theme->gap / 2;
  const RheoRect *area = &frame->panel.area;
  double most = 0, x, y;
  Words words[MOST_WORDS];
  const int n = collect_words (spec, frame, words);
  RheoRoom room;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *text = rheo_plot_text_fit (canvas, RHEO_TEXT_TICK, words[i].text, area->width - 2 * pad);
      double w;

      g_strlcpy (words[i].text, text, sizeof words[i].text);
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, words[i].text, &w, NULL);
      most = MAX (most, w + 2 * pad);
    }
  /* In a low panel they would lie on the data. */
  if (n == 0 || n * line > 0.6 * area->height)
    return;
  rheo_room_init (&room, area);
  take_data (&room, spec, canvas, frame);
  if (!rheo_room_find (&room, most, n * line, &x, &y))
    {
      rheo_plot_source (canvas, canvas->theme->background, 0.8);
      cairo_rectangle (canvas->cr, x, y, most, n * line);
      cairo_fill (canvas->cr);
    }
  rheo_room_clear (&room);
  for (int i = 0; i < n; i++)
    {
      const RheoRgb colour = p->n_names > 1 ? colour_of (spec, canvas, words[i].row) : canvas->theme->text;

      rheo_plot_text (canvas, RHEO_TEXT_TICK, colour, x + pad, y + i * line, 0, 0, words[i].text);
    }
}

void
rheo_distribution_draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                        const RheoPlotAxis *y)
{
  const RheoDistributionConfig *config = spec->values;
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  Frame frames[MOST_PANELS];
  const int n = make_frames (spec, canvas, area, x, y, frames);

  for (int i = 0; i < n; i++)
    {
      rheo_panel_draw_grid (canvas, &frames[i].panel);
      cairo_save (canvas->cr);
      rheo_plot_clip (canvas, &frames[i].panel.area, draws_dots (spec) ? canvas->theme->marker : 0);
      /* Data lie under all curves. */
      for (int pass = 0; pass < 2; pass++)
        for (int r = 0; r < p->n_rows; r++)
          {
            const RheoDistributionRow *row = &p->row[r];
            const double share = p->n_names > 1 ? rheo_plot_entry_share (spec, row->entry) : 1;

            if (row->panel != frames[i].group || !rheo_distribution_is_shown (spec, p, r))
              continue;
            if (pass == 1)
              {
                draw_fit (spec, canvas, &frames[i], row, share);
                draw_marks (spec, canvas, &frames[i], row, share);
              }
            else if (draws_dots (spec))
              draw_dots (canvas, &frames[i], row, colour_of (spec, canvas, row), share);
            else
              draw_bars (canvas, &frames[i], row, colour_of (spec, canvas, row), share, p->n_names < 2);
          }
      cairo_restore (canvas->cr);
      rheo_panel_draw_frame (canvas, &frames[i].panel);
      /* The same constants stand once beside each other. */
      if (config->constants && !(canvas->drop & RHEO_DROP_NAMES) && (i == 0 || frames[i].group != frames[i - 1].group))
        write_words (spec, canvas, &frames[i]);
    }
}

int
rheo_distribution_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                          const RheoPlotAxis *y, RheoPlotPanel *out)
{
  Frame frames[MOST_PANELS];
  const int n = make_frames (spec, canvas, area, x, y, frames);

  for (int i = 0; i < n; i++)
    /* Limits that one zooms to are those of the first axis. */
    out[i] = (RheoPlotPanel){
      .area = frames[i].panel.area, .x = frames[i].panel.x, .y = frames[i].panel.y, .groups = frames[i].log_x != x->log
    };
  return n;
}

/* --- hover -------------------------------------------------------------------------------------------------------- */
#define NEAR 4 /* of a vertical line */

static const Frame *
find_frame (const Frame *frames, int n, double px, double py)
{
  for (int i = 0; i < n; i++)
    {
      const RheoRect *a = &frames[i].panel.area;

      if (px >= a->x && px <= a->x + a->width && py >= a->y && py <= a->y + a->height)
        return &frames[i];
    }
  return NULL;
}

static gboolean
pick_mark (const RheoPlotSpec *spec, const Frame *frame, double px, double py, RheoPlotPick *out)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  double best = NEAR;

  for (int r = 0; r < p->n_rows; r++)
    for (int k = 0; k < RHEO_DISTRIBUTION_MARKS; k++)
      {
        const RheoDistributionRow *row = &p->row[r];
        const double far = fabs (map_x (&frame->panel, row->mark[k]) - px);
        const double height = rheo_distribution_mark_height (row, k, frame->log_x);
        char a[40], b[40];

        if (row->panel != frame->group || !rheo_distribution_is_shown (spec, p, r) || !shows_mark (spec, row, k)
            || !(far < best) || py < end_of_mark (frame, row, k) - NEAR)
          continue;
        best = far;
        out->x = row->mark[k];
        out->y = height;
        out->index = r;
        rheo_plot_number_short (row->mark[k], 3, a, sizeof a);
        rheo_plot_number_short (height, 3, b, sizeof b);
        g_snprintf (out->text, sizeof out->text, isfinite (height) ? "%s%s%s %s: %s" : "%s%s%s %s", p->name[row->entry],
                    p->name[row->entry][0] != '\0' ? " " : "",
                    rheo_distribution_column (spec, rheo_distribution_marks[k])->label, a, b);
      }
  return best < NEAR;
}

void
rheo_distribution_pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
                        const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  Frame frames[MOST_PANELS];
  const Frame *frame = find_frame (frames, make_frames (spec, canvas, area, x, y, frames), px, py);
  int n = 0;

  if (frame == NULL)
    return;
  if (pick_mark (spec, frame, px, py, out))
    {
      out->binding = 0;
      return;
    }
  for (int r = 0; r < p->n_rows && n < (int) sizeof out->text - 1; r++)
    {
      const RheoDistributionBins *bins = &p->row[r].bins[frame->log_x];
      const double at =
          rheo_plot_unmap (&frame->panel.x, px, frame->panel.area.x, frame->panel.area.x + frame->panel.area.width);

      if (p->row[r].panel != frame->group || !rheo_distribution_is_shown (spec, p, r))
        continue;
      for (int64_t i = 0; i < bins->height.n; i++)
        {
          const double from = rheo_vector_get (&bins->from, i), to = rheo_vector_get (&bins->to, i);
          char a[40], b[40], c[40];

          if (!(at >= from && at < to) || n >= (int) sizeof out->text - 1)
            continue;
          out->binding = 0;
          out->index = r * bins->height.n + i;
          out->x = place_of_dot (&p->row[r], frame->log_x, i);
          out->y = rheo_vector_get (&bins->height, i);
          rheo_plot_number_short (from, 3, a, sizeof a);
          rheo_plot_number_short (to, 3, b, sizeof b);
          rheo_plot_number_short (out->y, 3, c, sizeof c);
          n += g_snprintf (out->text + n, sizeof out->text - (gsize) n, "%s%s%s", n > 0 ? ", " : "",
                           p->name[p->row[r].entry], p->name[p->row[r].entry][0] != '\0' ? " " : "");
          if (n < (int) sizeof out->text - 1)
            n += g_snprintf (out->text + n, sizeof out->text - (gsize) n, _ ("%s to %s: %s"), a, b, c);
        }
    }
}
