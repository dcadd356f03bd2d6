#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/kinds/trajectory-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define INPUT_SHARE 0.6 /* height of the row of inputs, against that of a signal */

/* The number of columns that gives equal panels the largest frames. */
static int
best_columns (int n, const RheoRect *area)
{
  int best = 1;
  double most = 0;

  for (int columns = 1; columns <= n; columns++)
    {
      int rows = (n + columns - 1) / columns;
      double side = MIN (area->width / columns, area->height / rows * 1.05);

      if (side > most + 1)
        {
          most = side;
          best = columns;
        }
    }
  return best;
}

static int
plane_equal (const RheoPlotSpec *spec, const RheoTrajectory *p, RheoPlotCanvas *canvas, const RheoRect *area, int first,
             int n, RheoTrajectoryCell *cells)
{
  int columns = best_columns (n, area), rows = (n + columns - 1) / columns;
  double gap = 2 * canvas->theme->gap, w, h = (area->height - (rows - 1) * gap) / rows;
  double lead = 0, name = 0, y = area->y;
  RheoPanel named = cells[0].panel, bare = named;

  /* The first column carries the numbers of y; what they take is found out on a trial panel. */
  if (columns > 1)
    {
      RheoPanel with = cells[0].panel, without = with;

      with.outer = without.outer = (RheoRect){ area->x, area->y, area->width / columns, h };
      with.equal = without.equal = FALSE;
      without.no_y_name = without.no_y_labels = TRUE;
      rheo_panel_layout (canvas, &with);
      rheo_panel_layout (canvas, &without);
      lead = with.area.x - without.area.x;
    }
  w = (area->width - lead - (columns - 1) * gap) / columns;
  /* All frames have one height, also where only the lowest of their column is named. */
  named.outer = bare.outer = (RheoRect){ area->x, area->y, w, h };
  named.equal = bare.equal = FALSE;
  bare.no_x_name = TRUE;
  rheo_panel_layout (canvas, &named);
  rheo_panel_layout (canvas, &bare);
  if (rows > 1)
    {
      name = bare.area.height - named.area.height;
      h = MAX (h - name * (n % columns != 0 ? 2 : 1) / rows, 1);
    }
  for (int i = 0; i < n; i++)
    {
      int column = i % columns;
      gboolean last = i + columns >= n;
      RheoTrajectoryCell *cell = &cells[i];

      cell->panel = cells[0].panel;
      cell->stage = first + i;
      if (i > 0 && column == 0)
        y += h + gap + (i + columns >= n && n % columns != 0 ? name : 0);
      cell->panel.outer = (RheoRect){ area->x + column * (w + gap) + (column > 0 ? lead : 0), y,
                                      w + (column == 0 ? lead : 0), h + (last ? name : 0) };
      cell->panel.no_y_name = cell->panel.no_y_labels = column > 0;
      cell->panel.no_x_name = !last;
      cell->panel.title = p->stage[first + i].title[0] != '\0' ? p->stage[first + i].title : NULL;
    }
  return n;
}

int
rheo_trajectory_make_panels (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area,
                             const RheoPlotAxis *x, const RheoPlotAxis *y, RheoTrajectoryCell *cells)
{
  const RheoTrajectoryConfig *config = spec->values;
  const RheoTrajectory *p = rheo_plot_get_prepared (spec);
  double gap = 3 * canvas->theme->gap, left = 0;
  int n = 0;

  memset (cells, 0, sizeof (RheoTrajectoryCell) * MAX_PANELS);
  cells[0].panel = (RheoPanel){ .x = *x, .y = *y, .equal = config->equal_scale };
  if (!p->over_time && (config->arrange == ARRANGE_EQUAL || p->n == 1))
    n = plane_equal (spec, p, canvas, area, 0, p->n, cells);
  else if (!p->over_time)
    {
      gboolean wide = area->width > 1.1 * area->height;
      RheoRect large = *area, rest = *area;
      RheoPanel model = cells[0].panel;

      if (wide)
        {
          large.width = floor (area->width * 0.64 - gap / 2);
          rest.x += large.width + gap;
          rest.width -= large.width + gap;
        }
      else
        {
          large.height = floor (area->height * 0.64 - gap / 2);
          rest.y += large.height + gap;
          rest.height -= large.height + gap;
        }
      /* Earlier stages that would be too small to be seen are left out. */
      if (MIN (rest.width, rest.height / (wide ? MAX (p->n - 1, 1) : 1))
          < 5 * rheo_plot_text_height (canvas, RHEO_TEXT_TICK))
        {
          large = *area;
          n = 1;
        }
      else
        {
          cells[1].panel = model;
          cells[1].panel.no_x_name = TRUE;
          n = 1 + plane_equal (spec, p, canvas, &rest, 0, p->n - 1, cells + 1);
        }
      for (int i = 1; i < n; i++)
        {
          cells[i].panel.no_x_name = cells[i].panel.no_y_name = TRUE;
          cells[i].small = TRUE;
        }
      cells[0].stage = p->n - 1;
      cells[0].panel.outer = large;
      cells[0].panel.title = p->stage[p->n - 1].title;
      cells[0].panel.title_bold = TRUE;
    }
  else
    {
      const double share = p->input != NULL ? INPUT_SHARE : 0;
      const int n_rows = p->n_channels + (p->input != NULL);
      double row_gap = canvas->theme->gap, w, h, lead = 0, foot, head;
      RheoPanel with = cells[0].panel, bare = with;
      gboolean titled = FALSE;

      for (int i = 0; i < p->n; i++)
        titled = titled || p->stage[i].title[0] != '\0';
      with.outer = bare.outer = *area;
      with.equal = bare.equal = FALSE;
      bare.no_y_name = bare.no_y_labels = bare.no_x_name = bare.no_x_labels = TRUE;
      rheo_panel_layout (canvas, &with);
      rheo_panel_layout (canvas, &bare);
      foot = bare.area.y + bare.area.height - with.area.y - with.area.height;
      head = titled && !(canvas->drop & RHEO_DROP_AXES) ? rheo_plot_text_height (canvas, RHEO_TEXT_NAME) : 0;
      h = (area->height - head - foot - (n_rows - 1) * row_gap) / (p->n_channels + share);
      /* Frames stand below each other, also where the name of one row takes two lines. */
      for (int k = 0; k < p->n_channels; k++)
        {
          with.outer.height = MAX (h, 1);
          with.no_x_name = with.no_x_labels = TRUE;
          with.y.label = p->name[k];
          rheo_panel_layout (canvas, &with);
          lead = MAX (lead, with.area.x - bare.area.x);
        }
      w = (area->width - lead - (p->n - 1) * gap) / p->n;
      for (int k = 0; k < n_rows; k++)
        for (int i = 0; i < p->n; i++)
          {
            RheoTrajectoryCell *cell = &cells[n++];
            const gboolean top = k == 0, bottom = k == n_rows - 1, input = k == p->n_channels;

            cell->panel = (RheoPanel){ .x = *x, .y = *y };
            cell->panel.y.label = input ? _ ("Inputs") : p->name[k];
            if (input)
              {
                cell->panel.y.lo = 0;
                cell->panel.y.hi = (double) p->input->dims[p->input->n_dims - 1];
                cell->panel.y.unit = "";
              }
            cell->panel.outer = (RheoRect){ area->x + i * (w + gap) + (i > 0 ? lead : 0),
                                            area->y + (top ? 0 : head) + k * (h + row_gap), w + (i == 0 ? lead : 0),
                                            (input ? share * h : h) + (top ? head : 0) + (bottom ? foot : 0) };
            cell->panel.no_y_name = i > 0;
            cell->panel.no_y_labels = i > 0 || input;
            cell->panel.no_x_name = cell->panel.no_x_labels = !bottom;
            cell->panel.title = top && titled ? p->stage[i].title : NULL;
            cell->stage = i;
            cell->channel = input ? INPUT_ROW : k;
          }
    }
  for (int i = 0; i < n; i++)
    {
      rheo_panel_layout (canvas, &cells[i].panel);
      left = MAX (left, cells[i].stage == 0 ? cells[i].panel.area.x : 0);
    }
  for (int i = 0; i < n && p->over_time; i++)
    if (cells[i].stage == 0)
      {
        RheoRect *a = &cells[i].panel.area;

        a->width = MAX (a->width - (left - a->x), 1);
        a->x = left;
      }
  return n;
}
