#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plot/kinds/distribution-private.h"

static const char *const draw_choices[] = { "auto", "bars", "dots", NULL };
static const char *const x_choices[] = { "auto", "linear", "log", "both", NULL };
static const char *const y_choices[] = { "auto", "linear", "log", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (RheoDistributionConfig, draw, "draw", draw_choices, .label = N_ ("Shown as"), .max = RHEO_DRAW_DOTS,
                 .help = N_ ("Auto: dots where a curve was fitted through single counts, else bars.")),
  RHEO_P_CHOICE (RheoDistributionConfig, x_axis, "x-axis", x_choices, .label = N_ ("X axis"), .max = RHEO_X_BOTH,
                 .help = N_ ("Auto: a linear and a logarithmic one side by side where there are bins for both, and a "
                             "logarithmic one for power laws.")),
  RHEO_P_CHOICE (RheoDistributionConfig, y_axis, "y-axis", y_choices, .label = N_ ("Y axis"), .max = RHEO_X_LOG,
                 .help = N_ ("A logarithmic one shows rare numbers too. Auto: for power laws.")),
  RHEO_P_BOOL (RheoDistributionConfig, fit, "fit", .label = N_ ("Fitted curve"), .def = TRUE,
               .help = N_ ("The curve that was fitted, over the data.")),
  RHEO_P_BOOL (RheoDistributionConfig, marks, "marks", .label = N_ ("Mode, median, mean"), .def = TRUE,
               .help = N_ ("Vertical lines as high as the curve is there.")),
  RHEO_P_BOOL (RheoDistributionConfig, constants, "constants", .label = N_ ("Constants"), .def = TRUE,
               .help = N_ ("Writes what was fitted into the panel.")),
  RHEO_P_REAL (RheoDistributionConfig, tail, "tail", .label = N_ ("Tail left out"), .unit = "%", .def = 0.1, .max = 25,
               .soft_max = 5, .help = N_ ("A linear x axis leaves out this share of the numbers at its end.")),
  RHEO_P_END,
};

static const RheoPlotRole roles[] = {
  { "height", N_ ("heights of bins"), "* *", TRUE, FALSE, .from = "*/height", .called = "table" },
  { "from", N_ ("lower edges of bins"), "* *", TRUE, FALSE, .with = "=from" },
  { "to", N_ ("upper edges of bins"), "* *", TRUE, FALSE, .with = "=to" },
  { "at", N_ ("places of dots"), "* *", FALSE, FALSE, .with = "=at" },
  { "place", N_ ("places along fitted curves"), "* *", FALSE, FALSE, .with = "=fit-place" },
  { "fit", N_ ("heights of fitted curves"), "* *", FALSE, FALSE, .with = "=fit" },
  { "log-height", N_ ("heights of bins on a logarithmic axis"), "* *", FALSE, FALSE, .with = "=log-height" },
  { "log-from", N_ ("lower edges of bins on a logarithmic axis"), "* *", FALSE, FALSE, .with = "=log-from" },
  { "log-to", N_ ("upper edges of bins on a logarithmic axis"), "* *", FALSE, FALSE, .with = "=log-to" },
  { "log-fit", N_ ("heights of fitted curves on a logarithmic axis"), "* *", FALSE, FALSE, .with = "=log-fit" },
  { "mode", N_ ("modes, as vertical lines"), "*", FALSE, FALSE, .with = "=mode" },
  { "median", N_ ("medians, as vertical lines"), "*", FALSE, FALSE, .with = "=median" },
  { "mean", N_ ("means, as vertical lines"), "*", FALSE, FALSE, .with = "=mean" },
  { "mu", N_ ("means of normal distributions"), "*", FALSE, FALSE, .with = "=mu" },
  { "sigma", N_ ("standard deviations of normal distributions"), "*", FALSE, FALSE, .with = "=sigma" },
  { "distance", N_ ("Kolmogorov-Smirnov distances"), "*", FALSE, FALSE, .with = "=distance" },
  { "cv", N_ ("coefficients of variation"), "*", FALSE, FALSE, .with = "=cv" },
  { "a", N_ ("factors of exponential functions"), "*", FALSE, FALSE, .with = "=a" },
  { "b", N_ ("rates of exponential functions"), "*", FALSE, FALSE, .with = "=b" },
  { "c", N_ ("what is taken off exponential functions"), "*", FALSE, FALSE, .with = "=c" },
  { "alpha", N_ ("exponents of power laws"), "*", FALSE, FALSE, .with = "=alpha" },
  { "alpha-error", N_ ("standard errors of exponents"), "*", FALSE, FALSE, .with = "=alpha-error" },
  { "x-min", N_ ("least values of power laws"), "*", FALSE, FALSE, .with = "=x-min" },
  { "note", N_ ("words in place of a fit"), "*", FALSE, FALSE, .with = "=note" },
  { "part", N_ ("parts of the network, each with a panel"), "*", FALSE, FALSE, .with = "=part" },
  { "side", N_ ("names of further panels"), "*", FALSE, FALSE, .with = "=side" },
  { "size", N_ ("how many of something a histogram is of, for its title"), "*", FALSE, FALSE,
    .with = "=whole-episodes" },
  { "class", N_ ("names within a panel"), "*", FALSE, FALSE, .with = "=class" },
  { "iteration", N_ ("iterations, where there are several"), "*", FALSE, FALSE, .with = "=iteration" },
  { "run", N_ ("names of runs, where there are several"), "*", FALSE, FALSE, .with = "=run" },
  { NULL },
};

const char *const rheo_distribution_marks[RHEO_DISTRIBUTION_MARKS] = { "mode", "median", "mean" };

/* --- what is shown ------------------------------------------------------------------------------------------------ */
const RheoColumn *
rheo_distribution_column (const RheoPlotSpec *spec, const char *role)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, role, 0);

  return b != NULL ? b->column : NULL;
}

static RheoVector
row_of (const RheoPlotSpec *spec, const char *role, const char *other, int64_t row)
{
  const RheoColumn *c = rheo_distribution_column (spec, role);

  if (c == NULL && other != NULL)
    c = rheo_distribution_column (spec, other);
  return c != NULL ? rheo_vector_along (c, 1, (int64_t[]){ row, 0 }) : (RheoVector){ NULL };
}

static double
number_of (const RheoPlotSpec *spec, const char *role, int64_t row)
{
  const RheoColumn *c = rheo_distribution_column (spec, role);

  return c != NULL ? rheo_column_get_number (c, row) : NAN;
}

/* Text of a column in a row; numbers as text. */
static const char *
text_of (const RheoColumn *column, int64_t row, char text[RHEO_ELEMENT_SIZE])
{
  return rheo_column_get_text (column, row, text);
}

/* What of some columns tells rows apart, joined: "rec, Incoming". */
static void
name_row (const RheoPlotSpec *spec, const char *const *keys, int64_t first, int64_t row, char *out, gsize size)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (; *keys != NULL; keys++)
    {
      const RheoColumn *c = rheo_distribution_column (spec, *keys);
      char a[RHEO_ELEMENT_SIZE], b[RHEO_ELEMENT_SIZE];
      gboolean varies = FALSE;

      for (int64_t i = first; c != NULL && i < c->dims[0] && !varies; i++)
        varies = g_strcmp0 (text_of (c, i, a), text_of (c, first, b)) != 0;
      if (!varies || text_of (c, row, a) == NULL || *text_of (c, row, a) == '\0')
        continue;
      g_string_append (name, name->len > 0 ? ", " : "");
      if (c->type != RHEO_STRING)
        g_string_append_printf (name, "%s ", c->label);
      g_string_append (name, text_of (c, row, a));
    }
  g_strlcpy (out, name->str, size);
}

/* "Episodes of full length: 12" */
static void
add_size (const RheoColumn *size, int64_t row, char *out, gsize room)
{
  char text[RHEO_ELEMENT_SIZE];
  const gsize at = strlen (out);

  rheo_plot_number (rheo_column_get_number (size, row), 0, text, sizeof text);
  g_snprintf (out + at, room - at, "%s%s: %s", at > 0 ? ", " : "", size->label, text);
}

/* The place of a word among those before it, or a new one at the end. */
static int
place_of (char (*words)[64], int *n, const char *word)
{
  for (int i = 0; i < *n; i++)
    if (strcmp (words[i], word) == 0)
      return i;
  g_strlcpy (words[*n], word, sizeof words[*n]);
  return (*n)++;
}

/* What was fitted, in words and numbers; lines of one row. */
static void
describe (const RheoPlotSpec *spec, int64_t row, RheoDistributionRow *to)
{
  const RheoColumn *note = rheo_distribution_column (spec, "note");
  const double mu = number_of (spec, "mu", row), sigma = number_of (spec, "sigma", row),
               distance = number_of (spec, "distance", row), cv = number_of (spec, "cv", row),
               a = number_of (spec, "a", row), b = number_of (spec, "b", row), c = number_of (spec, "c", row),
               alpha = number_of (spec, "alpha", row), error = number_of (spec, "alpha-error", row),
               x_min = number_of (spec, "x-min", row);
  char x[40], y[40], z[40];
  int n = 0;

  if (isfinite (mu) && isfinite (sigma))
    g_snprintf (to->line[n++], sizeof to->line[0], _ ("μ %s, σ %s"), rheo_plot_number (mu, 2, x, sizeof x),
                rheo_plot_number (sigma, 2, y, sizeof y));
  if (isfinite (alpha) && isfinite (x_min))
    {
      rheo_plot_number (alpha, 2, x, sizeof x);
      rheo_plot_number (error, 2, y, sizeof y);
      g_snprintf (to->line[n++], sizeof to->line[0], isfinite (error) ? "α %s ± %s" : "α %s", x, y);
      g_snprintf (to->line[n++], sizeof to->line[0], "x ≥ %s", rheo_plot_number_short (x_min, 6, z, sizeof z));
    }
  if (isfinite (distance))
    g_snprintf (to->line[n++], sizeof to->line[0], _ ("KS %s"), rheo_plot_number (distance, 3, x, sizeof x));
  if (isfinite (a) && isfinite (b) && isfinite (c))
    g_snprintf (to->line[n++], sizeof to->line[0], c < 0 ? "%s exp(−%s x) + %s" : "%s exp(−%s x) − %s",
                rheo_plot_number_short (a, 3, x, sizeof x), rheo_plot_number_short (b, 3, y, sizeof y),
                rheo_plot_number_short (fabs (c), 3, z, sizeof z));
  if (isfinite (cv))
    g_snprintf (to->line[n++], sizeof to->line[0], _ ("CV %s"), rheo_plot_number (cv, 2, x, sizeof x));
  if (note != NULL && note->type == RHEO_STRING && *rheo_column_get_string (note, row) != '\0')
    g_strlcpy (to->line[n++], rheo_column_get_string (note, row), sizeof to->line[0]);
}

static void *
prepare (const RheoPlotSpec *spec)
{
  static const char *const panel_keys[] = { "part", "side", NULL }, *const row_keys[] = { "class", "iteration", "run",
                                                                                          NULL };
  const int64_t n = rheo_distribution_column (spec, "height")->dims[0];
  RheoDistributions *p = g_new0 (RheoDistributions, 1);

  p->n_rows = (int) MIN (n, RHEO_DISTRIBUTION_ROWS);
  for (int i = 0; i < p->n_rows; i++)
    {
      /* Of too many the newest. */
      const int64_t first = n - p->n_rows, row = first + i;
      RheoDistributionRow *r = &p->row[i];
      char name[64];

      r->bins[0] = (RheoDistributionBins){ row_of (spec, "from", NULL, row), row_of (spec, "to", NULL, row),
                                           row_of (spec, "height", NULL, row), row_of (spec, "fit", NULL, row) };
      r->bins[1] =
          (RheoDistributionBins){ row_of (spec, "log-from", "from", row), row_of (spec, "log-to", "to", row),
                                  row_of (spec, "log-height", "height", row), row_of (spec, "log-fit", "fit", row) };
      r->at = row_of (spec, "at", NULL, row);
      r->place = row_of (spec, "place", NULL, row);
      for (int k = 0; k < RHEO_DISTRIBUTION_MARKS; k++)
        r->mark[k] = number_of (spec, rheo_distribution_marks[k], row);
      name_row (spec, panel_keys, first, row, name, sizeof name);
      if (rheo_distribution_column (spec, "size") != NULL)
        add_size (rheo_distribution_column (spec, "size"), row, name, sizeof name);
      r->panel = place_of (p->panel, &p->n_panels, name);
      name_row (spec, row_keys, first, row, name, sizeof name);
      r->entry = place_of (p->name, &p->n_names, name);
      describe (spec, row, r);
    }
  return p;
}

static gboolean
check (const RheoPlotSpec *spec, GError **error)
{
  const RheoColumn *height = rheo_distribution_column (spec, "height");
  static const char *const alike[][2] = { { "from", "height" },         { "to", "height" },         { "at", "height" },
                                          { "log-from", "log-height" }, { "log-to", "log-height" }, { "fit", "place" },
                                          { "log-fit", "place" } };

  for (int i = 0; i < spec->n_bindings; i++)
    if (spec->binding[i].column->dims[0] != height->dims[0])
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" has %d rows, but \"%s\" has %d."),
                        spec->binding[i].column->key, (int) spec->binding[i].column->dims[0], height->key,
                        (int) height->dims[0]);
  if (rheo_distribution_column (spec, "log-height") != NULL
      && (rheo_distribution_column (spec, "log-from") == NULL || rheo_distribution_column (spec, "log-to") == NULL))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The bins of a logarithmic axis have no edges."));
  for (gsize k = 0; k < G_N_ELEMENTS (alike); k++)
    {
      const RheoColumn *one = rheo_distribution_column (spec, alike[k][0]),
                       *other = rheo_distribution_column (spec, alike[k][1]);

      if (one != NULL && (other == NULL || one->dims[1] != other->dims[1]))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" and what it goes with differ in number."), one->key);
    }
  return TRUE;
}

/* --- axes and legend ---------------------------------------------------------------------------------------------- */
gboolean
rheo_distribution_is_shown (const RheoPlotSpec *spec, const RheoDistributions *p, int row)
{
  return p->n_names < 2 || !rheo_plot_entry_hidden (spec, p->row[row].entry);
}

/* The end of all but a share of what a histogram holds. */
static double
find_end (const RheoDistributionBins *bins, double tail)
{
  double all = 0, rest = 0;

  for (int pass = 0; pass < 2; pass++)
    for (int64_t i = bins->height.n - 1; i >= 0; i--)
      {
        const double from = rheo_vector_get (&bins->from, i), to = rheo_vector_get (&bins->to, i);
        const double share = rheo_vector_get (&bins->height, i) * (to - from);

        if (!isfinite (share))
          continue;
        if (pass == 0)
          all += share;
        else if ((rest += share) > tail / 100 * all)
          return to;
      }
  return -INFINITY;
}

#define LOW 0.005 /* of the top of a curve: what is below needs no room */

/* What the data need on one of the axes, of all panels. */
typedef struct
{
  double lo, hi, least, most; /* x, and heights: the least above zero */
  double widest;              /* bin */
  gboolean whole;             /* all edges lie between whole numbers */
} Room;

static void
take_bins (const RheoDistributionBins *bins, gboolean log_x, double tail, Room *room)
{
  const double end = find_end (bins, tail);

  for (int64_t i = 0; i < bins->height.n; i++)
    {
      const double h = rheo_vector_get (&bins->height, i), from = rheo_vector_get (&bins->from, i);

      if (!isfinite (from) || !isfinite (h))
        continue;
      if (h > 0)
        room->least = MIN (room->least, h);
      room->most = MAX (room->most, h);
      if (!log_x || from > 0)
        room->lo = MIN (room->lo, from);
      room->whole = room->whole && from - floor (from) == 0.5;
      room->widest = MAX (room->widest, rheo_vector_get (&bins->to, i) - from);
    }
  room->hi = MAX (room->hi, end);
}

static void
take_curve (const RheoVector *place, const RheoVector *fit, gboolean log_x, Room *room)
{
  double top = 0;

  if (place->column == NULL || fit->column == NULL)
    return;
  for (int64_t i = 0; i < fit->n; i++)
    if (rheo_vector_get (fit, i) > top)
      top = rheo_vector_get (fit, i);
  for (int64_t i = 0; i < fit->n; i++)
    if (rheo_vector_get (fit, i) > LOW * top && (!log_x || rheo_vector_get (place, i) > 0))
      {
        const double at = rheo_vector_get (place, i);

        room->lo = MIN (room->lo, at);
        room->hi = MAX (room->hi, at);
      }
  room->most = MAX (room->most, top);
}

static Room
find_room (const RheoPlotSpec *spec, gboolean log_x)
{
  const RheoDistributionConfig *config = spec->values;
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  Room room = { .lo = INFINITY, .hi = -INFINITY, .least = INFINITY, .whole = TRUE };

  for (int r = 0; r < p->n_rows; r++)
    {
      if (!rheo_distribution_is_shown (spec, p, r))
        continue;
      take_bins (&p->row[r].bins[log_x], log_x, log_x ? 0 : config->tail, &room);
      if (config->fit)
        take_curve (&p->row[r].place, &p->row[r].bins[log_x].fit, log_x, &room);
    }
  /* A bin alone has room at its sides; where zero is near it is a better beginning. */
  if (!log_x && room.hi - room.lo <= room.widest)
    {
      room.lo -= 3 * room.widest;
      room.hi += 3 * room.widest;
    }
  else if (!log_x && room.lo > 0 && room.lo < 0.1 * room.hi)
    room.lo = 0;
  if (!(room.hi > room.lo))
    {
      room.lo = log_x ? 0.1 : 0;
      room.hi = 1;
    }
  return room;
}

gboolean
rheo_distribution_has_axis (const RheoPlotSpec *spec, gboolean log_x)
{
  const RheoDistributionConfig *config = spec->values;

  if (config->x_axis == RHEO_X_AUTO && (rheo_distribution_column (spec, "from")->flags & RHEO_SERIES_LOG) != 0)
    return log_x;
  if (config->x_axis == RHEO_X_AUTO)
    return !log_x || rheo_distribution_column (spec, "log-height") != NULL;
  return config->x_axis == RHEO_X_BOTH || (config->x_axis == RHEO_X_LOG) == log_x;
}

void
rheo_distribution_log_range (const RheoPlotSpec *spec, RheoPlotAxis *x)
{
  const Room room = find_room (spec, TRUE);

  x->lo = room.lo;
  x->hi = room.hi;
  x->log = TRUE;
  x->whole = FALSE;
}

static void
range (const RheoPlotSpec *spec, RheoPlotAxis *x, RheoPlotAxis *y, RheoPlotAxis *colour)
{
  const RheoDistributionConfig *config = spec->values;
  const gboolean log_x = !rheo_distribution_has_axis (spec, FALSE);
  const Room room = find_room (spec, log_x), other = find_room (spec, TRUE);
  const gboolean both = !log_x && rheo_distribution_has_axis (spec, TRUE);
  const double least = both ? MIN (room.least, other.least) : room.least;

  x->lo = room.lo;
  x->hi = room.hi;
  x->log = log_x;
  x->whole = room.whole && !log_x;
  x->label = rheo_distribution_column (spec, "from")->label;
  x->unit = rheo_distribution_column (spec, "from")->unit;
  y->log =
      config->y_axis == RHEO_X_LOG
      || (config->y_axis == RHEO_X_AUTO && (rheo_distribution_column (spec, "height")->flags & RHEO_SERIES_LOG) != 0);
  y->hi = both ? MAX (room.most, other.most) : room.most;
  y->label = rheo_distribution_column (spec, "height")->label;
  y->unit = "";
  if (y->log && least <= y->hi)
    {
      y->lo = least / 2;
      y->hi *= 1.3;
      return;
    }
  y->lo = y->log ? 0.1 : 0;
  y->hi = y->hi > y->lo ? y->hi : 1;
  rheo_plot_axis_nice (y);
}

static gboolean
has_fit (const RheoDistributions *p)
{
  for (int r = 0; r < p->n_rows; r++)
    if (p->row[r].bins[0].fit.column != NULL && p->row[r].bins[0].fit.n > 0
        && isfinite (rheo_vector_get (&p->row[r].bins[0].fit, 0)))
      return TRUE;
  return FALSE;
}

static gboolean
has_mark (const RheoDistributions *p, int mark)
{
  for (int r = 0; r < p->n_rows; r++)
    if (isfinite (p->row[r].mark[mark]))
      return TRUE;
  return FALSE;
}

static gboolean
has (const RheoPlotSpec *spec, const RheoDistributions *p, int which)
{
  const RheoDistributionConfig *config = spec->values;

  return which == 0 ? config->fit && has_fit (p) : config->marks && has_mark (p, which - 1);
}

int
rheo_distribution_entry (const RheoPlotSpec *spec, const RheoDistributions *p, int which)
{
  int n = p->n_names > 1 ? p->n_names : 0;

  for (int k = 0; k < which; k++)
    n += has (spec, p, k);
  return has (spec, p, which) ? n : -1;
}

int
rheo_distribution_style (int which)
{
  return 1 + which;
}

static int
legend (const RheoPlotSpec *spec, RheoPlotEntry *entries)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  int n = 0;

  for (; n < p->n_names && p->n_names > 1; n++)
    {
      entries[n] = (RheoPlotEntry){ .style = rheo_plot_theme_style (p->name[n], n), .symbol = RHEO_SYMBOL_SOLID };
      g_strlcpy (entries[n].label, p->name[n], sizeof entries[0].label);
    }
  for (int which = 0; which <= RHEO_DISTRIBUTION_MARKS && n < RHEO_PLOT_MAX_ENTRIES; which++)
    {
      const char *role = which == 0 ? "fit" : rheo_distribution_marks[which - 1];
      char number[40] = "";

      if (!has (spec, p, which))
        continue;
      if (which > 0 && p->n_rows == 1)
        rheo_plot_number_short (p->row[0].mark[which - 1], 3, number, sizeof number);
      /* Where colours tell rows apart, lines are told by their dashes. */
      entries[n] = (RheoPlotEntry){ .style = rheo_distribution_style (which),
                                    .symbol = RHEO_SYMBOL_LINE,
                                    .plain = p->n_names > 1 };
      g_snprintf (entries[n++].label, sizeof entries[0].label, "%s%s%s", rheo_distribution_column (spec, role)->label,
                  *number != '\0' ? " " : "", number);
    }
  return n;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */
typedef struct
{
  const char *panel, *name, *what;
  double from, to, value;
} Number;

static void
add_number (GArray *all, const RheoDistributions *p, int row, const char *what, double from, double to, double value)
{
  const Number number = { p->panel[p->row[row].panel], p->name[p->row[row].entry], what, from, to, value };

  if (isfinite (value))
    g_array_append_val (all, number);
}

/* Bins, curve, vertical lines and constants of a row, one below the other. */
static void
add_numbers (const RheoPlotSpec *spec, GArray *all, int row)
{
  static const char *const words[] = { "bin", "logarithmic bin" };
  static const char *const constants[] = { "mu", "sigma", "distance", "cv", "a", "b", "c" };
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const RheoDistributionRow *r = &p->row[row];
  const int64_t first = rheo_distribution_column (spec, "height")->dims[0] - p->n_rows;
  const gboolean both = rheo_distribution_column (spec, "log-height") != NULL;

  for (int log_x = 0; log_x <= both; log_x++)
    for (int64_t i = 0; i < r->bins[log_x].height.n; i++)
      add_number (all, p, row, words[log_x], rheo_vector_get (&r->bins[log_x].from, i),
                  rheo_vector_get (&r->bins[log_x].to, i), rheo_vector_get (&r->bins[log_x].height, i));
  for (int64_t i = 0; has (spec, p, 0) && i < MIN (r->place.n, r->bins[0].fit.n); i++)
    {
      const double at = rheo_vector_get (&r->place, i);

      add_number (all, p, row, "curve", at, at, rheo_vector_get (&r->bins[0].fit, i));
    }
  for (int k = 0; k < RHEO_DISTRIBUTION_MARKS; k++)
    add_number (all, p, row, rheo_distribution_marks[k], r->mark[k], r->mark[k],
                rheo_distribution_mark_height (r, k, FALSE));
  for (gsize k = 0; k < G_N_ELEMENTS (constants); k++)
    add_number (all, p, row, constants[k], NAN, NAN, number_of (spec, constants[k], first + row));
}

static RheoTable *
numbers (const RheoPlotSpec *spec)
{
  const RheoDistributions *p = rheo_plot_get_prepared (spec);
  const RheoColumn *height = rheo_distribution_column (spec, "height"), *edge = rheo_distribution_column (spec, "from");
  RheoTable *table = rheo_table_new (spec->title != NULL ? spec->title : "distribution");
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Number));
  const char **panel, **name, **what;
  double *from, *to, *value;
  int64_t n;

  for (int r = 0; r < p->n_rows; r++)
    add_numbers (spec, all, r);
  n = all->len;
  panel = rheo_table_add (table, "panel", N_ ("Panel"), "", "number", RHEO_STRING, &n)->data;
  name = rheo_table_add (table, "name", N_ ("Name"), "", "number", RHEO_STRING, &n)->data;
  what = rheo_table_add (table, "what", N_ ("What"), "", "number", RHEO_STRING, &n)->data;
  from = rheo_table_add (table, "from", N_ ("From"), edge->plain_unit, "number", RHEO_F64, &n)->data;
  to = rheo_table_add (table, "to", N_ ("To"), edge->plain_unit, "number", RHEO_F64, &n)->data;
  value = rheo_table_add (table, "value", height->plain_label, "", "number", RHEO_F64, &n)->data;
  for (int64_t i = 0; i < n; i++)
    {
      const Number *one = &g_array_index (all, Number, i);

      panel[i] = rheo_table_keep (table, one->panel);
      name[i] = rheo_table_keep (table, one->name);
      what[i] = rheo_table_keep (table, one->what);
      from[i] = one->from;
      to[i] = one->to;
      value[i] = one->value;
    }
  return table;
}

const RheoPlotKind rheo_plot_distribution = {
  .base = {
    .kind = RHEO_KIND_PLOT,
    .version = 1,
    .id = "distribution",
    .title = N_ ("Distribution with fit"),
    .summary = N_ ("Histograms from an analysis, with the curves that were fitted to them."),
    .config_size = sizeof (RheoDistributionConfig),
    .params = params,
  },
  .roles = roles,
  .check = check,
  .prepare = prepare,
  .release = g_free,
  .range = range,
  .legend = legend,
  .own_axes = TRUE,
  .panels = rheo_distribution_panels,
  .draw = rheo_distribution_draw,
  .pick = rheo_distribution_pick,
  .numbers = numbers,
};
