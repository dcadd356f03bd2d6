#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "engine/scene.h"
#include "plot/plot-kind.h"

/* An environment as it was at one moment of an episode, with the way of its agent until then (scene.h). */

#define STYLE_PLACE 0
#define STYLE_AGENT 1
#define STYLE_FORCE 3
#define OTHERS 0.35 /* opacity of the ways of other episodes */

typedef struct
{
  int episode;
  gboolean others;
  double step_ms, pace;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, episode, "episode", .label = N_ ("Episode"), .max = 1e6, .soft_max = 10,
              .help = N_ ("Which recorded episode is shown, counted from 0.")),
  RHEO_P_BOOL (Config, others, "others", .label = N_ ("Other episodes"), .def = TRUE,
               .help = N_ ("The ways of the agent in the other recorded episodes, pale.")),
  RHEO_P_REAL (Config, pace, "pace", .label = N_ ("Pace"), .def = 1, .min = 0.05, .max = 20, .soft_min = 0.1,
               .soft_max = 10, .flags = RHEO_LOG,
               .help = N_ ("Of the moving picture: 1 is as fast as the world itself, or 40 steps a second.")),
  RHEO_P_REAL (Config, step_ms, "step", .label = N_ ("Time step"), .unit = "ms", .max = 1e6, .soft_max = 100,
               .help = N_ ("0: the world has no physical time.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "items", N_ ("what there is to see: shape, role, place and size of each item"), "episode time item number", TRUE,
    FALSE, .from = "scene.items", .called = "kind" },
  { "length", N_ ("moments of each episode"), "episode", FALSE, FALSE, .with = "scene.length" },
  { "score", N_ ("what each episode came to"), "episode", FALSE, FALSE, .with = "scene.score" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoColumn *items, *length, *score;
  int n_episodes, n_moments, n_items, episode;
} Film;

static Film
film_of (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *length = rheo_plot_find (spec, "length", 0), *score = rheo_plot_find (spec, "score", 0);
  const RheoColumn *items = rheo_plot_find (spec, "items", 0)->column;

  return (Film){ .items = items,
                 .length = length != NULL ? length->column : NULL,
                 .score = score != NULL ? score->column : NULL,
                 .n_episodes = (int) items->dims[0],
                 .n_moments = (int) items->dims[1],
                 .n_items = (int) items->dims[2],
                 .episode = ((const Config *) spec->values)->episode };
}

static int
length_of (const Film *film, int episode)
{
  const int n = film->length != NULL && episode < rheo_column_get_length (film->length)
                    ? (int) rheo_column_get_number (film->length, episode)
                    : film->n_moments;

  return CLAMP (n, 1, film->n_moments);
}

static RheoSceneItem
item_at (const Film *film, int episode, int moment, int k)
{
  const int64_t at = (((int64_t) episode * film->n_moments + moment) * film->n_items + k) * RHEO_SCENE_NUMBERS;
  double number[RHEO_SCENE_NUMBERS];

  for (int i = 0; i < RHEO_SCENE_NUMBERS; i++)
    number[i] = rheo_column_get_number (film->items, at + i);
  return (RheoSceneItem){ (int) number[0], (int) number[1], number[2], number[3], number[4], number[5], NULL };
}

/* The item that leaves a trail; -1: none. */
static int
find_agent (const Film *film, int episode)
{
  for (int k = 0; k < film->n_items; k++)
    if (item_at (film, episode, 0, k).role == RHEO_SCENE_AGENT)
      return k;
  return -1;
}

static int
moment_of (const RheoPlotSpec *spec, const Film *film)
{
  const int last = length_of (film, film->episode) - 1;

  return spec->moment < 0 ? last : MIN (spec->moment, last);
}

static int
moments (const RheoPlotSpec *spec, double *ms)
{
  const Film film = film_of (spec);
  const Config *config = spec->values;

  *ms = (config->step_ms > 0 ? config->step_ms : 25) / config->pace;
  return length_of (&film, film.episode);
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const Film film = film_of (spec);

  if (film.items->n_dims != 4 || film.items->dims[3] != RHEO_SCENE_NUMBERS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The series holds no scenes."));
  return rheo_plot_has_index (film.episode, film.n_episodes, error);
}

static char *
part (const RheoPlotSpec *spec)
{
  Film film;
  char score[40];

  if (!rheo_plot_has_data (spec))
    return NULL;
  film = film_of (spec);
  if (film.score == NULL || film.episode >= rheo_column_get_length (film.score))
    return g_strdup_printf (_ ("episode %d of %d"), film.episode + 1, film.n_episodes);
  /* Translators: the last words are the name of a number and its value, such as "score 12.3". */
  return g_strdup_printf (
      _ ("episode %d of %d · %s %s"), film.episode + 1, film.n_episodes, film.score->label,
      rheo_plot_number_short (rheo_column_get_number (film.score, film.episode), 3, score, sizeof score));
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoTable *table = rheo_plot_find (spec, "items", 0)->table;
  const char *bounds = rheo_table_get_note (table, "scene.bounds"), *unit = rheo_table_get_note (table, "scene.unit");
  const gboolean has_unit = unit != NULL && *unit != '\0';
  double limit[4] = { -1, -1, 1, 1 };
  g_auto (GStrv) word = g_strsplit (bounds != NULL ? bounds : "", " ", -1);

  for (guint i = 0; i < g_strv_length (word) && i < G_N_ELEMENTS (limit); i++)
    limit[i] = g_ascii_strtod (word[i], NULL);
  x->lo = limit[0];
  x->hi = limit[2];
  y->lo = limit[1];
  y->hi = limit[3];
  x->label = has_unit ? _ ("Position") : "x";
  y->label = has_unit ? _ ("Height") : "y";
  x->unit = y->unit = has_unit ? g_intern_string (unit) : _ ("a.u.");
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoRect *area;
  const RheoPlotAxis *x, *y;
} View;

static double
across (const View *view, double v)
{
  return rheo_plot_map (view->x, v, view->area->x, view->area->x + view->area->width);
}

static double
up (const View *view, double v)
{
  return rheo_plot_map (view->y, v, view->area->y + view->area->height, view->area->y);
}

static RheoRgb
colour_of (const RheoPlotTheme *theme, int role)
{
  switch (role)
    {
    case RHEO_SCENE_AGENT:
      return theme->series[STYLE_AGENT];
    case RHEO_SCENE_PART:
      return theme->text;
    case RHEO_SCENE_PLACE:
    case RHEO_SCENE_GOAL:
      return theme->series[STYLE_PLACE];
    case RHEO_SCENE_FORCE:
      return theme->series[STYLE_FORCE];
    default:
      return theme->axis;
    }
}

static void
draw_way (RheoPlotCanvas *canvas, const View *view, const Film *film, int episode, int last, double alpha)
{
  const int agent = find_agent (film, episode);

  for (int t = 0; t <= last && agent >= 0; t++)
    {
      const RheoSceneItem item = item_at (film, episode, t, agent);

      cairo_line_to (canvas->cr, across (view, item.x), up (view, item.y));
    }
  rheo_plot_source (canvas, canvas->theme->series[STYLE_AGENT], alpha);
  cairo_set_line_width (canvas->cr, canvas->theme->line);
  cairo_stroke (canvas->cr);
}

static void
draw_item (RheoPlotCanvas *canvas, const View *view, const RheoSceneItem *item)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double x = across (view, item->x), y = up (view, item->y);

  rheo_plot_source (canvas, colour_of (theme, item->role), 1);
  cairo_set_line_width (canvas->cr, item->role == RHEO_SCENE_GROUND ? theme->hair : 1.5 * theme->line);
  switch (item->shape)
    {
    case RHEO_SCENE_LINE:
      cairo_move_to (canvas->cr, x, y);
      cairo_line_to (canvas->cr, across (view, item->a), up (view, item->b));
      cairo_stroke (canvas->cr);
      break;
    case RHEO_SCENE_CIRCLE:
      /* Small things stay visible in a small picture. */
      rheo_plot_disc (canvas, x, y, MAX (fabs (across (view, item->x + item->a) - x), theme->marker));
      if (item->b != 0)
        cairo_fill (canvas->cr);
      else
        cairo_stroke (canvas->cr);
      break;
    case RHEO_SCENE_BOX:
      cairo_rectangle (canvas->cr, across (view, item->x - item->a), up (view, item->y + item->b),
                       across (view, item->x + item->a) - across (view, item->x - item->a),
                       up (view, item->y - item->b) - up (view, item->y + item->b));
      cairo_set_line_width (canvas->cr, theme->line);
      cairo_stroke (canvas->cr);
      break;
    default:
      break;
    }
}

static void
draw (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y)
{
  const Film film = film_of (spec);
  const View view = { area, x, y };
  const int moment = moment_of (spec, &film);

  for (int episode = 0; episode < film.n_episodes && ((const Config *) spec->values)->others; episode++)
    if (episode != film.episode)
      draw_way (canvas, &view, &film, episode, length_of (&film, episode) - 1, OTHERS);
  draw_way (canvas, &view, &film, film.episode, moment, 1);
  for (int k = 0; k < film.n_items; k++)
    {
      const RheoSceneItem item = item_at (&film, film.episode, moment, k);

      draw_item (canvas, &view, &item);
    }
}

/* Names of places beside them, and where in the episode this is. */
static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Film film = film_of (spec);
  const View view = { area, x, y };
  const Config *config = spec->values;
  const char *names = rheo_table_get_note (rheo_plot_find (spec, "items", 0)->table, "scene.names");
  const int moment = moment_of (spec, &film);
  g_auto (GStrv) name = g_strsplit (names != NULL ? names : "", "\t", -1);
  char now[80], time[40];

  if (canvas->drop & RHEO_DROP_LEGEND)
    return;
  for (int k = 0; k < MIN (film.n_items, (int) g_strv_length (name)); k++)
    {
      const RheoSceneItem item = item_at (&film, film.episode, moment, k);
      const char *text = *name[k] != '\0' ? _ (name[k]) : "";
      const double beside = 2 * canvas->theme->gap;
      double width, at_x = across (&view, item.x) + beside, at_y = up (&view, item.y);

      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, text, &width, NULL);
      if (at_x + width >= area->x + area->width)
        at_x -= 2 * beside + width;
      if ((item.role == RHEO_SCENE_PLACE || item.role == RHEO_SCENE_GOAL) && at_x > area->x && at_y > area->y
          && at_x + width < area->x + area->width && at_y < area->y + area->height)
        rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->text, at_x, at_y, 0, 0.5, text);
    }
  if (config->step_ms > 0)
    g_snprintf (now, sizeof now, "%s s", rheo_plot_number (moment * config->step_ms / 1000, 2, time, sizeof time));
  else
    g_snprintf (now, sizeof now, _ ("Step %s"), rheo_plot_number (moment, 0, time, sizeof time));
  rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->dim, area->x + area->width, area->y, 1, 0, now);
}

/* --- hover and numbers ------------------------------------------------------------------------------------------------ */
static void
pick (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
      const RheoPlotAxis *y, double px, double py, RheoPlotPick *out)
{
  const Film film = film_of (spec);
  const View view = { area, x, y };
  const int agent = find_agent (&film, film.episode), last = moment_of (spec, &film);
  double nearest = 12;

  for (int t = 0; t <= last && agent >= 0; t++)
    {
      const RheoSceneItem item = item_at (&film, film.episode, t, agent);
      const double far = hypot (across (&view, item.x) - px, up (&view, item.y) - py);
      char step[40], a[40], b[40];

      if (far >= nearest)
        continue;
      nearest = far;
      out->binding = (int) (rheo_plot_find (spec, "items", 0) - spec->binding);
      out->index = t;
      out->x = item.x;
      out->y = item.y;
      g_snprintf (out->text, sizeof out->text, _ ("Step %s: %s, %s"), rheo_plot_number (t, 0, step, sizeof step),
                  rheo_plot_number_short (item.x, 3, a, sizeof a), rheo_plot_number_short (item.y, 3, b, sizeof b));
    }
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const Film film = film_of (spec);
  const int agent = find_agent (&film, film.episode);
  const int64_t n = length_of (&film, film.episode);
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "scene");
  int64_t *time = rheo_table_add (table, "time", _ ("Time step"), "", "time", RHEO_I64, &n)->data;
  double *x = rheo_table_add (table, "x", _ ("Position"), "", "time", RHEO_F64, &n)->data;
  double *y = rheo_table_add (table, "y", _ ("Height"), "", "time", RHEO_F64, &n)->data;

  for (int t = 0; t < n; t++)
    {
      const RheoSceneItem item = agent >= 0 ? item_at (&film, film.episode, t, agent) : (RheoSceneItem){ 0 };

      time[t] = t;
      x[t] = item.x;
      y[t] = item.y;
    }
  return table;
}

const RheoPlotKind rheo_plot_scene = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "scene",
    .title = N_ ("Scene"),
    .summary = N_ ("The world of an episode and the way of its agent, as a moving picture."),
    .config_size = sizeof (Config),
    .params = params,
  },
  .roles = roles,
  .part = part,
  .check = check,
  .range = range,
  .draw = draw,
  .draw_over = draw_over,
  .moments = moments,
  .equal_scale = TRUE,
  .plane = TRUE,
  .dense = TRUE,
  .pick = pick,
  .numbers = numbers,
};
