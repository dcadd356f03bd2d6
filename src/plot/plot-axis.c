#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"

/* --- numbers as text -------------------------------------------------------------------------------------------- */
char *
rheo_plot_number (double v, int decimals, char *out, size_t size)
{
  const struct lconv *lc = localeconv ();
  const char *point = lc->decimal_point != NULL && *lc->decimal_point != '\0' ? lc->decimal_point : ".";
  const char *comma = lc->thousands_sep != NULL && *lc->thousands_sep != '\0' ? lc->thousands_sep : ",";
  char digits[384], plain[32];
  GString *s = g_string_sized_new (32);

  if (!isfinite (v))
    g_string_assign (s, isnan (v) ? "–" : v > 0 ? "∞" : MINUS "∞");
  else
    {
      char *dot;
      gsize n;

      g_snprintf (plain, sizeof plain, "%%.%df", CLAMP (decimals, 0, 17));
      g_ascii_formatd (digits, sizeof digits, plain, fabs (v));
      /* No minus before what was rounded to zero. */
      if (v < 0 && strspn (digits, "0.") != strlen (digits))
        g_string_append (s, MINUS);
      dot = strchr (digits, '.');
      n = dot != NULL ? (gsize) (dot - digits) : strlen (digits);
      for (gsize i = 0; i < n; i++)
        {
          g_string_append_c (s, digits[i]);
          if (i + 1 < n && (n - i - 1) % 3 == 0)
            g_string_append (s, comma);
        }
      if (dot != NULL)
        {
          g_string_append (s, point);
          g_string_append (s, dot + 1);
        }
    }
  g_strlcpy (out, s->str, size);
  g_string_free (s, TRUE);
  return out;
}

/* "2×10⁻⁷"; a mantissa of 1 without digits after the point is left out. */
static void
power_text (double mantissa, int digits, int exponent, char *out, size_t size)
{
  static const char *const high[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autoptr (GString) s = g_string_new (NULL);
  char number[32], plain[16];

  rheo_plot_number (mantissa, digits, number, sizeof number);
  if (strcmp (number, MINUS "1") == 0)
    g_string_append (s, MINUS);
  else if (strcmp (number, "1") != 0)
    g_string_append_printf (s, "%s×", number);
  g_string_append (s, "10");
  if (exponent < 0)
    g_string_append (s, "⁻");
  g_snprintf (plain, sizeof plain, "%d", ABS (exponent));
  for (const char *c = plain; *c != '\0'; c++)
    g_string_append (s, high[*c - '0']);
  g_strlcpy (out, s->str, size);
}

char *
rheo_plot_number_short (double v, int digits, char *out, size_t size)
{
  int exponent, decimals;
  double rounded;

  if (!isfinite (v) || v == 0)
    return rheo_plot_number (v, 0, out, size);
  exponent = (int) floor (log10 (fabs (v)));
  rounded = fabs (v) / pow (10, exponent);
  /* 9.999 with two digits is 10: one digit less after the point. */
  if (round (rounded * pow (10, digits - 1)) >= pow (10, digits))
    exponent++;
  if (exponent < -4 || exponent > 6)
    {
      char mantissa[40], form[16], *e;

      g_snprintf (form, sizeof form, "%%.%de", digits - 1);
      g_ascii_formatd (mantissa, sizeof mantissa, form, v);
      e = strchr (mantissa, 'e');
      *e-- = '\0';
      for (decimals = digits - 1; decimals > 0 && *e == '0'; e--)
        decimals--;
      power_text (g_ascii_strtod (mantissa, NULL), decimals, exponent, out, size);
      return out;
    }
  decimals = MAX (digits - 1 - exponent, 0);
  while (decimals > 0)
    {
      double unit = pow (10, decimals);

      if (fabs (round (v * unit) / unit - round (v * unit / 10) / (unit / 10)) > 0.01 / unit)
        break;
      decimals--;
    }
  return rheo_plot_number (v, decimals, out, size);
}

char *
rheo_plot_number_exact (double v, int digits, char *out, size_t size)
{
  char mantissa[40], form[16], plain[40], *e;
  int exponent;

  if (!isfinite (v) || v == 0 || digits == 0)
    return rheo_plot_number (v, 0, out, size);
  g_snprintf (form, sizeof form, "%%.%de", digits - 1);
  g_ascii_formatd (mantissa, sizeof mantissa, form, v);
  e = strchr (mantissa, 'e');
  exponent = (int) strtol (e + 1, NULL, 10);
  *e = '\0';
  power_text (g_ascii_strtod (mantissa, NULL), digits - 1, exponent, out, size);
  if (ABS (exponent) > 20)
    return out;
  rheo_plot_number (v, MAX (digits - 1 - exponent, 0), plain, sizeof plain);
  if (g_utf8_strlen (plain, -1) <= g_utf8_strlen (out, -1))
    g_strlcpy (out, plain, size);
  return out;
}

static gboolean
all_fit (RheoPlotCanvas *canvas, RheoPlotText text, const double *v, int64_t n, int digits, double width)
{
  for (int64_t i = 0; i < n; i++)
    {
      char s[40];
      double w;

      if (!isfinite (v[i]))
        continue;
      if (digits == 0 && v[i] != round (v[i]))
        return FALSE;
      rheo_plot_text_size (canvas, text, rheo_plot_number_exact (v[i], digits, s, sizeof s), &w, NULL);
      if (w > width)
        return FALSE;
    }
  return TRUE;
}

int
rheo_plot_digits_fitting (RheoPlotCanvas *canvas, RheoPlotText text, const double *v, int64_t n, double width)
{
  static const int tried[] = { 0, 3, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (tried); i++)
    if (all_fit (canvas, text, v, n, tried[i], width))
      return tried[i];
  return 1;
}

void
rheo_plot_numbers_alike (const double *v, int n, int digits, char (*out)[32])
{
  double most = 0;
  int exponent;

  for (int i = 0; i < n; i++)
    most = MAX (most, isfinite (v[i]) ? fabs (v[i]) : 0);
  exponent = most > 0 ? (int) floor (log10 (most) + 1e-9) : 0;
  for (int i = 0; i < n; i++)
    if (v[i] == 0 || (exponent >= -3 && exponent < 6))
      rheo_plot_number_short (v[i], digits, out[i], sizeof out[i]);
    else
      power_text (v[i] / pow (10, exponent), digits - 1, exponent, out[i], sizeof out[i]);
}

/* --- mapping ---------------------------------------------------------------------------------------------------- */
double
rheo_plot_map (const RheoPlotAxis *axis, double v, double p0, double p1)
{
  if (axis->log)
    {
      double lo = log10 (axis->lo), hi = log10 (axis->hi);

      return v > 0 ? p0 + (log10 (v) - lo) / (hi - lo) * (p1 - p0) : NAN;
    }
  return p0 + (v - axis->lo) / (axis->hi - axis->lo) * (p1 - p0);
}

double
rheo_plot_unmap (const RheoPlotAxis *axis, double p, double p0, double p1)
{
  double u = (p - p0) / (p1 - p0);

  if (axis->log)
    return pow (10, log10 (axis->lo) + u * (log10 (axis->hi) - log10 (axis->lo)));
  return axis->lo + u * (axis->hi - axis->lo);
}

/* --- ticks ------------------------------------------------------------------------------------------------------ */
double
rheo_plot_step (double lo, double hi, int wanted, gboolean whole)
{
  static const double nice[] = { 1, 2, 2.5, 5, 10, 20, 25, 50 };
  double span = fabs (hi - lo), unit, best = 0, best_miss = INFINITY;

  if (!(span > 0) || !isfinite (span) || wanted < 1)
    return 1;
  unit = pow (10, floor (log10 (span / wanted)) - 1);
  for (gsize i = 0; i < G_N_ELEMENTS (nice) * 2; i++)
    {
      double step = nice[i % G_N_ELEMENTS (nice)] * unit * (i < G_N_ELEMENTS (nice) ? 1 : 100);
      double n = span / step;
      double miss = n > wanted ? 1.2 * (n - wanted) : wanted - n;

      if (whole && (step < 1 || fabs (step - round (step)) > 1e-9 * step))
        continue;
      /* Less than four ticks say little; 2.5 asks for a digit more than its neighbours. */
      if (n < 2.99)
        miss += 1.5;
      if (i % 4 == 2)
        miss += step >= 10 ? 0.3 : 1.6;
      if (miss < best_miss - 1e-9)
        {
          best = step;
          best_miss = miss;
        }
    }
  return best > 0 ? best : 1;
}

static int
decimals_of (double step)
{
  int decimals = 0;

  while (decimals < 12 && fabs (step * pow (10, decimals) - round (step * pow (10, decimals))) > 1e-6)
    decimals++;
  return decimals;
}

static void
linear_ticks (double lo, double hi, double step, RheoTicks *ticks)
{
  double first = ceil (lo / step - 1e-9), last = floor (hi / step + 1e-9);
  double most = MAX (fabs (lo), fabs (hi));
  /* Far from zero digits repeat, and huge or tiny numbers become powers: 2×10⁻⁷. */
  gboolean power = most >= 1e7 || most < 5e-4;
  int exponent = power ? (int) floor (log10 (most) + 1e-9) : 0;
  double unit = pow (10, exponent);
  int decimals = decimals_of (step / unit);

  ticks->n = 0;
  for (double k = first; k <= last && ticks->n < RHEO_MAX_TICKS; k++)
    {
      double v = k * step;
      char *label = ticks->label[ticks->n];

      ticks->at[ticks->n++] = v;
      if (power && v != 0)
        power_text (v / unit, decimals, exponent, label, sizeof ticks->label[0]);
      else
        rheo_plot_number (v, power ? 0 : decimals, label, sizeof ticks->label[0]);
    }
}

static void
log_label (double mantissa, int exponent, gboolean plain, char *out, size_t size)
{
  if (plain)
    rheo_plot_number (mantissa * pow (10, exponent), MAX (-exponent, 0), out, size);
  else
    power_text (mantissa, 0, exponent, out, size);
}

static void
log_ticks (double lo, double hi, int wanted, RheoTicks *ticks)
{
  static const double few[] = { 1, 2, 5 };
  int first = (int) floor (log10 (lo) + 1e-9), last = (int) ceil (log10 (hi) - 1e-9);
  double decades = log10 (hi / lo);
  gboolean plain = lo >= 0.99e-3 && hi <= 1.01e5;
  int n_in = decades < 0.7 * wanted ? 3 : 1;
  int every = MAX (1, (int) ceil (decades / (wanted + 1)));

  ticks->n = 0;
  for (int e = first; e <= last; e++)
    for (int k = 0; k < n_in; k++)
      {
        double v = few[k] * pow (10, e);

        if (v < lo * (1 - 1e-9) || v > hi * (1 + 1e-9) || ticks->n == RHEO_MAX_TICKS)
          continue;
        if (n_in == 1 && ((e % every) + every) % every != 0)
          continue;
        ticks->at[ticks->n] = v;
        log_label (few[k], e, plain, ticks->label[ticks->n], sizeof ticks->label[0]);
        ticks->n++;
      }
  /* Less than a decade may hold no such tick: then even steps are clearer. */
  if (ticks->n < 2)
    linear_ticks (lo, hi, rheo_plot_step (lo, hi, wanted, FALSE), ticks);
}

int
rheo_plot_axis_group (const RheoPlotAxis *axis, int i)
{
  int n = 1;

  while (axis->names[i + n] != NULL && strcmp (axis->names[i + n], axis->names[i]) == 0)
    n++;
  return n;
}

gboolean
rheo_plot_axis_has_groups (const RheoPlotAxis *axis)
{
  for (int i = 0; axis->names != NULL && axis->names[i] != NULL; i++)
    if (rheo_plot_axis_group (axis, i) > 1)
      return TRUE;
  return FALSE;
}

/* Neighbours of one name share it, in the middle of what is seen of them. The larger ones first: those too near to them have
 * none. */
static void
group_ticks (const RheoPlotAxis *axis, int wanted, RheoTicks *ticks)
{
  const double lo = MIN (axis->lo, axis->hi), hi = MAX (axis->lo, axis->hi), least = (hi - lo) / (3 * wanted);

  for (double size = INFINITY; size > 0 && ticks->n < RHEO_MAX_TICKS;)
    {
      double next = 0;

      for (int i = 0, n; axis->names[i] != NULL && ticks->n < RHEO_MAX_TICKS; i += n)
        {
          const double a = MAX (lo, i - 0.5), b = MIN (hi, i - 0.5 + (n = rheo_plot_axis_group (axis, i)));
          int at = 0;

          if (b - a < size)
            next = MAX (next, b - a);
          if (b - a != size)
            continue;
          while (at < ticks->n && ticks->at[at] < (a + b) / 2)
            at++;
          if ((at > 0 && (a + b) / 2 - ticks->at[at - 1] < least)
              || (at < ticks->n && ticks->at[at] - (a + b) / 2 < least))
            continue;
          memmove (&ticks->at[at + 1], &ticks->at[at], sizeof *ticks->at * (gsize) (ticks->n - at));
          memmove (&ticks->label[at + 1], &ticks->label[at], sizeof *ticks->label * (gsize) (ticks->n - at));
          ticks->at[at] = (a + b) / 2;
          g_strlcpy (ticks->label[at], axis->names[i], sizeof ticks->label[0]);
          ticks->n++;
        }
      size = next;
    }
}

/* All names where there are not many more than numbers would be; else of few every second, third ... with the one in the
 * middle, of many every fifth, tenth ... */
static void
name_ticks (const RheoPlotAxis *axis, int wanted, RheoTicks *ticks)
{
  static const int nice[] = { 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000 };
  const double lo = MIN (axis->lo, axis->hi), hi = MAX (axis->lo, axis->hi);
  const int n = (int) g_strv_length ((char **) axis->names), room = MIN (3 * wanted, RHEO_MAX_TICKS);
  const int first = (int) CLAMP (ceil (lo), 0, n), last = (int) CLAMP (floor (hi), -1, n - 1);
  int every = MAX (1, (last - first + room) / room);

  for (gsize k = 0; n > RHEO_MAX_TICKS && k < G_N_ELEMENTS (nice); k++)
    if (nice[k] >= every || k + 1 == G_N_ELEMENTS (nice))
      {
        every = MAX (every, nice[k]);
        break;
      }
  for (int i = first; i <= last && ticks->n < RHEO_MAX_TICKS; i++)
    if ((n > RHEO_MAX_TICKS ? i : i - n / 2) % every == 0)
      {
        ticks->at[ticks->n] = i;
        g_strlcpy (ticks->label[ticks->n++], axis->names[i], sizeof ticks->label[0]);
      }
}

void
rheo_plot_ticks (const RheoPlotAxis *axis, int wanted, RheoTicks *ticks)
{
  double lo = MIN (axis->lo, axis->hi), hi = MAX (axis->lo, axis->hi);

  ticks->n = 0;
  if (!isfinite (lo) || !isfinite (hi) || !(hi > lo) || (axis->log && lo <= 0))
    return;
  if (rheo_plot_axis_has_groups (axis))
    group_ticks (axis, wanted, ticks);
  else if (axis->names != NULL)
    name_ticks (axis, wanted, ticks);
  else if (axis->log)
    log_ticks (lo, hi, wanted, ticks);
  else
    linear_ticks (lo, hi, rheo_plot_step (lo, hi, wanted, axis->whole), ticks);
}

void
rheo_plot_ticks_at (const RheoPlotAxis *axis, double step, RheoTicks *ticks)
{
  linear_ticks (MIN (axis->lo, axis->hi), MAX (axis->lo, axis->hi), step, ticks);
}

void
rheo_plot_ticks_thin (RheoTicks *ticks)
{
  int first = 0, n = 0;

  if (ticks->n <= 3)
    return;
  for (int i = 0; i < ticks->n; i++)
    if (ticks->at[i] == 0)
      first = i % 2;
  for (int i = first; i < ticks->n; i += 2, n++)
    {
      ticks->at[n] = ticks->at[i];
      memmove (ticks->label[n], ticks->label[i], sizeof ticks->label[0]);
    }
  ticks->n = n;
}

void
rheo_plot_axis_nice (RheoPlotAxis *axis)
{
  double lo = axis->lo, hi = axis->hi, step;

  if (!isfinite (lo) || !isfinite (hi))
    lo = axis->log ? 0.1 : 0, hi = 1;
  if (axis->log)
    {
      if (!(hi > 0))
        hi = 1;
      if (!(lo > 0))
        lo = hi / 1000;
      if (hi / lo < 1.5)
        {
          lo /= 1.5;
          hi *= 1.5;
        }
      /* Half decades: 1, 3, 10. */
      axis->lo = pow (10, floor (2 * log10 (lo) + 1e-6) / 2);
      axis->hi = pow (10, ceil (2 * log10 (hi) - 1e-6) / 2);
      return;
    }
  if (!(hi > lo))
    {
      double pad = lo != 0 ? fabs (lo) * 0.1 : 1;

      if (axis->whole)
        pad = MAX (pad, 1);
      lo -= pad;
      hi += pad;
    }
  step = rheo_plot_step (lo, hi, 4, axis->whole) / 2;
  axis->lo = floor (lo / step + 1e-9) * step;
  axis->hi = ceil (hi / step - 1e-9) * step;
}

void
rheo_plot_axis_pad (RheoPlotAxis *axis, double share)
{
  double pad = share * (axis->hi - axis->lo);

  if (isfinite (pad))
    {
      axis->lo -= pad;
      axis->hi += pad;
    }
}

RheoPlotAxis
rheo_plot_axis_limited (const RheoPlotAxis *natural, const RheoPlotAxis *wanted)
{
  RheoPlotAxis axis = *natural;

  if (isfinite (wanted->lo) && isfinite (wanted->hi) && wanted->lo != wanted->hi)
    {
      axis.lo = wanted->lo;
      axis.hi = wanted->hi;
    }
  return axis;
}

char *
rheo_plot_axis_name (const RheoPlotAxis *axis)
{
  const char *label = axis->label != NULL ? axis->label : "";

  if (axis->unit != NULL && *axis->unit != '\0' && *label != '\0')
    return g_strdup_printf ("%s (%s)", label, axis->unit);
  return g_strdup (*label != '\0' || axis->unit == NULL ? label : axis->unit);
}
