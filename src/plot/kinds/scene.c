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
#define STYLE_FIELD 0
#define WORDS 0.2   /* of the height, more: room for words ... */
#define FIELDS 0.16 /* ... and for receptive fields */
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
  { "facts", N_ ("numbers that are told in words"), "episode time fact", FALSE, FALSE, .with = "scene.facts" },
  { "votes", N_ ("what the network gave for each action"), "episode time out", FALSE, FALSE, .with = "scene.votes" },
  { "fields", N_ ("which receptive field of each input is active"), "episode time field", FALSE, FALSE,
    .with = "scene.fields" },
  { "action", N_ ("the actions that were taken"), "episode time", FALSE, FALSE, .with = "scene.action" },
  { NULL },
};

/* --- what is shown ------------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoTable *table; /* notes say what things are called */
  const RheoColumn *items, *length, *score, *facts, *votes, *action, *fields;
  int n_episodes, n_moments, n_items, episode;
} Film;

/* NULL: not there. */
static const RheoColumn *
column_of (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL ? b->column : NULL;
}

static Film
film_of (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *scene = rheo_plot_find (spec, "items", 0);
  const RheoColumn *items = scene->column;

  return (Film){ .table = scene->table,
                 .items = items,
                 .length = column_of (spec, "length"),
                 .score = column_of (spec, "score"),
                 .facts = column_of (spec, "facts"),
                 .votes = column_of (spec, "votes"),
                 .action = column_of (spec, "action"),
                 .fields = column_of (spec, "fields"),
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

/* Number i of those that a column has of a moment, [episode][time] or [episode][time][i]; NaN: there are not so many. */
static double
number_at (const Film *film, const RheoColumn *column, int moment, int64_t i)
{
  const int64_t width = column->n_dims > 2 ? column->dims[2] : 1;

  if (film->episode >= column->dims[0] || moment >= column->dims[1] || i >= width)
    return NAN;
  return rheo_column_get_number (column, (film->episode * column->dims[1] + moment) * width + i);
}

/* Word i of a note, in the user's language; or NULL. */
static char *
dup_word (const Film *film, const char *note, int i)
{
  const char *text = rheo_table_get_note (film->table, note);
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", "\t", -1);

  if (i >= (int) g_strv_length (words))
    return NULL;
  return g_strdup (*words[i] != '\0' ? _ (words[i]) : "");
}

/* Length of a moment in ms, 0: the world has no time. */
static double
step_of (const RheoPlotSpec *spec, const Film *film)
{
  const char *note = rheo_table_get_note (film->table, "scene.step");

  return note != NULL ? g_ascii_strtod (note, NULL) : ((const Config *) spec->values)->step_ms;
}

static gboolean
has_words (const Film *film)
{
  return film->facts != NULL || film->votes != NULL;
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

  *ms = (step_of (spec, &film) > 0 ? step_of (spec, &film) : RHEO_SCENE_STEP) / config->pace;
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
  /* Which one a single episode is stands in the picture. */
  if (film.n_episodes == 1 && rheo_table_get_note (film.table, "scene.number") != NULL)
    return film.score == NULL ? NULL
                              : g_strdup_printf ("%s %s", film.score->label,
                                                 rheo_plot_number_short (rheo_column_get_number (film.score, 0), 3,
                                                                         score, sizeof score));
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
  const Film film = film_of (spec);
  const RheoTable *table = film.table;
  const char *bounds = rheo_table_get_note (table, "scene.bounds"), *unit = rheo_table_get_note (table, "scene.unit");
  const gboolean has_unit = unit != NULL && *unit != '\0';
  double limit[4] = { -1, -1, 1, 1 };
  g_auto (GStrv) word = g_strsplit (bounds != NULL ? bounds : "", " ", -1);

  for (guint i = 0; i < g_strv_length (word) && i < G_N_ELEMENTS (limit); i++)
    limit[i] = g_ascii_strtod (word[i], NULL);
  x->lo = limit[0];
  x->hi = limit[2];
  y->lo = limit[1];
  /* They stand at the top. */
  y->hi = limit[3] + ((has_words (&film) ? WORDS : 0) + (film.fields != NULL ? FIELDS : 0)) * (limit[3] - limit[1]);
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

/* Of an arrow to (x, y), as a part of the path. */
static void
add_tip (RheoPlotCanvas *canvas, double x, double y, double from_x, double from_y)
{
  const double way = atan2 (y - from_y, x - from_x), size = 4 * canvas->theme->marker;

  if (hypot (x - from_x, y - from_y) < 1)
    return;
  cairo_move_to (canvas->cr, x - size * cos (way - 0.5), y - size * sin (way - 0.5));
  cairo_line_to (canvas->cr, x, y);
  cairo_line_to (canvas->cr, x - size * cos (way + 0.5), y - size * sin (way + 0.5));
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
      if (item->role == RHEO_SCENE_FORCE)
        add_tip (canvas, across (view, item->a), up (view, item->b), x, y);
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
      if (item->role == RHEO_SCENE_PART)
        {
          rheo_plot_source (canvas, rheo_rgb_mix (theme, colour_of (theme, item->role), theme->fill), 1);
          cairo_fill_preserve (canvas->cr);
          rheo_plot_source (canvas, colour_of (theme, item->role), 1);
        }
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

/* --- words -------------------------------------------------------------------------------------------------------------- */
/* "Angle 5.1° · Turning 0.21 rad/s" */
static char *
dup_facts (const Film *film, int moment)
{
  GString *text = g_string_new (NULL);
  const int64_t n = film->facts != NULL ? film->facts->dims[2] : 0;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = dup_word (film, "scene.fact-names", i), *unit = dup_word (film, "scene.fact-units", i);
      const gboolean close = unit == NULL || *unit == '\0' || g_str_equal (unit, "°");
      char number[40];

      g_string_append_printf (
          text, "%s%s %s%s%s", i > 0 ? " · " : "", name != NULL ? name : "",
          rheo_plot_number (number_at (film, film->facts, moment, i), i == 0 ? 1 : 2, number, sizeof number),
          close ? "" : " ", unit != NULL ? unit : "");
    }
  return g_string_free (text, FALSE);
}

/* "left 9 : 14 right", or "left 3 · right 4 · up 2"; NULL: nothing was done yet. */
static char *
dup_votes (const Film *film, int moment)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const int64_t n = film->votes != NULL ? film->votes->dims[2] : 0;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = dup_word (film, "scene.outputs", i);
      const double v = number_at (film, film->votes, moment, i);
      char number[40];

      if (!isfinite (v))
        return NULL;
      rheo_plot_number_short (v, 3, number, sizeof number);
      if (n == 2 && i == 1)
        g_string_append_printf (text, " : %s %s", number, name != NULL ? name : "");
      else
        g_string_append_printf (text, "%s%s%s%s", i > 0 ? " · " : "", name != NULL ? name : "", name != NULL ? " " : "",
                                number);
    }
  return n > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* "Move: right"; NULL: none. */
static char *
dup_move (const Film *film, int moment, gboolean *undecided)
{
  const double action = film->action != NULL ? number_at (film, film->action, moment, 0) : NAN;
  g_autofree char *name = action >= 0 ? dup_word (film, "scene.outputs", (int) action) : NULL;

  *undecided = film->votes != NULL && film->votes->dims[2] > 1;
  for (int64_t i = 1; *undecided && i < film->votes->dims[2]; i++)
    *undecided = number_at (film, film->votes, moment, i) == number_at (film, film->votes, moment, 0);
  if (name == NULL)
    return NULL;
  return g_strdup_printf (*undecided ? _ ("Undecided: %s") : _ ("Move: %s"), name);
}

/* Where in the episode this is. */
static char *
dup_now (const RheoPlotSpec *spec, const Film *film, int moment)
{
  const char *number = rheo_table_get_note (film->table, "scene.number");
  char text[40];

  if (has_words (film))
    {
      rheo_plot_number (moment, 0, text, sizeof text);
      return number != NULL ? g_strdup_printf (_ ("Episode %s · step %s"), number, text)
                            : g_strdup_printf (_ ("Step %s"), text);
    }
  if (step_of (spec, film) > 0)
    return g_strdup_printf ("%s s", rheo_plot_number (moment * step_of (spec, film) / 1000, 2, text, sizeof text));
  return g_strdup_printf (_ ("Step %s"), rheo_plot_number (moment, 0, text, sizeof text));
}

/* Two lines at the left: where it is and how things stand; two at the right: what the network wanted and what was done. Where
 * both have no room beside each other, the left ones alone. */
static void
draw_words (const RheoPlotSpec *spec, const Film *film, RheoPlotCanvas *canvas, const RheoRect *area, int moment)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double row = rheo_plot_text_height (canvas, RHEO_TEXT_PANEL), right = area->x + area->width;
  g_autofree char *now = dup_now (spec, film, moment), *facts = dup_facts (film, moment),
                  *votes = dup_votes (film, moment);
  gboolean undecided;
  g_autofree char *move = dup_move (film, moment, &undecided);
  double w[4] = { 0 };

  if (!has_words (film))
    {
      /* A single moment is a picture of the world, not of a time. */
      if (film->n_moments > 1)
        rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, right, area->y, 1, 0, now);
      return;
    }
  rheo_plot_text_size (canvas, RHEO_TEXT_PANEL, now, &w[0], NULL);
  rheo_plot_text_size (canvas, RHEO_TEXT_TICK, facts, &w[1], NULL);
  if (votes != NULL)
    rheo_plot_text_size (canvas, RHEO_TEXT_TICK, votes, &w[2], NULL);
  if (move != NULL)
    rheo_plot_text_size (canvas, RHEO_TEXT_PANEL, move, &w[3], NULL);
  rheo_plot_text (canvas, RHEO_TEXT_PANEL, theme->text, area->x + theme->gap, area->y, 0, 0, now);
  if (w[1] + theme->gap < area->width)
    rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->text, area->x + theme->gap, area->y + row, 0, 0, facts);
  if (votes != NULL && w[0] + w[2] + 4 * theme->gap < area->width)
    rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->text, right - theme->gap, area->y, 1, 0, votes);
  if (move != NULL && w[1] + w[3] + 4 * theme->gap < area->width)
    rheo_plot_text (canvas, RHEO_TEXT_PANEL, undecided ? theme->dim : colour_of (theme, RHEO_SCENE_FORCE),
                    right - theme->gap, area->y + row, 1, 0, move);
}

/* Side by side below the words: a strip of cells for each number that the network is told, with the active one lit. */
static void
draw_fields (const Film *film, RheoPlotCanvas *canvas, const RheoRect *area, int moment)
{
  const RheoPlotTheme *theme = canvas->theme;
  const double row = rheo_plot_text_height (canvas, RHEO_TEXT_TICK), high = 0.5 * row, gap = 2 * theme->gap;
  const double top =
      area->y + (has_words (film) ? 2 * rheo_plot_text_height (canvas, RHEO_TEXT_PANEL) : 0) + theme->gap;
  const char *note = rheo_table_get_note (film->table, "scene.field-cells");
  g_auto (GStrv) cells = g_strsplit (note != NULL ? note : "", " ", -1);
  const int n = film->fields != NULL ? MIN ((int) film->fields->dims[2], (int) g_strv_length (cells)) : 0;
  const double width = (area->width - 2 * theme->gap - (n - 1) * gap) / MAX (n, 1);

  /* Under a third of the picture. */
  if (n == 0 || width < 20 || top + row + high > area->y + area->height / 3 + row)
    return;
  for (int k = 0; k < n; k++)
    {
      const int n_cells = MAX (atoi (cells[k]), 1);
      const double x = area->x + theme->gap + k * (width + gap), active = number_at (film, film->fields, moment, k);
      g_autofree char *name = dup_word (film, "scene.field-names", k);
      g_autofree char *shown = rheo_plot_text_fit (canvas, RHEO_TEXT_TICK, name != NULL ? name : "", width);

      rheo_plot_text (canvas, RHEO_TEXT_TICK, theme->dim, x, top, 0, 0, shown);
      rheo_plot_source (canvas, theme->grid, 1);
      cairo_rectangle (canvas->cr, x, top + row, width, high);
      cairo_fill (canvas->cr);
      if (!(active >= 0))
        continue;
      rheo_plot_source (canvas, theme->series[STYLE_FIELD], 1);
      cairo_rectangle (canvas->cr, x + width * active / n_cells, top + row, width / n_cells, high);
      cairo_fill (canvas->cr);
    }
}

/* Names of places beside them, and words at the top. */
static void
draw_over (const RheoPlotSpec *spec, RheoPlotCanvas *canvas, const RheoRect *area, const RheoPlotAxis *x,
           const RheoPlotAxis *y)
{
  const Film film = film_of (spec);
  const View view = { area, x, y };
  const int moment = moment_of (spec, &film);

  if (canvas->drop & RHEO_DROP_LEGEND)
    return;
  for (int k = 0; k < film.n_items; k++)
    {
      const RheoSceneItem item = item_at (&film, film.episode, moment, k);
      g_autofree char *text = dup_word (&film, "scene.names", k);
      const double beside = 2 * canvas->theme->gap;
      double width, at_x = across (&view, item.x) + beside, at_y = up (&view, item.y);

      if (text == NULL || (item.role != RHEO_SCENE_PLACE && item.role != RHEO_SCENE_GOAL))
        continue;
      rheo_plot_text_size (canvas, RHEO_TEXT_TICK, text, &width, NULL);
      if (at_x + width >= area->x + area->width)
        at_x -= 2 * beside + width;
      if (at_x > area->x && at_y > area->y && at_x + width < area->x + area->width && at_y < area->y + area->height)
        rheo_plot_text (canvas, RHEO_TEXT_TICK, canvas->theme->text, at_x, at_y, 0, 0.5, text);
    }
  draw_words (spec, &film, canvas, area, moment);
  draw_fields (&film, canvas, area, moment);
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
