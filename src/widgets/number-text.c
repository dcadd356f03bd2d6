#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/number-text.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "widgets/choice-text.h"

#define MINUS "\342\210\222"

static const char *
get_decimal (void)
{
  return localeconv ()->decimal_point;
}

static const char *
get_group (void)
{
  const struct lconv *lc = localeconv ();

  return *lc->thousands_sep != '\0' ? lc->thousands_sep : strcmp (lc->decimal_point, ",") == 0 ? "." : ",";
}

char *
rheo_number_dup_shown (const char *plain)
{
  const char *digits = *plain == '-' ? plain + 1 : plain;
  gsize whole = strspn (digits, "0123456789");
  GString *out;

  if (whole == 0)
    return g_strdup (plain);
  out = g_string_new (*plain == '-' ? MINUS : "");
  for (gsize i = 0; i < whole; i++)
    {
      if (i > 0 && (whole - i) % 3 == 0)
        g_string_append (out, get_group ());
      g_string_append_c (out, digits[i]);
    }
  for (const char *c = digits + whole; *c != '\0'; c++)
    if (*c == '.')
      g_string_append (out, get_decimal ());
    else if (*c == '-')
      g_string_append (out, MINUS);
    else
      g_string_append_c (out, *c);
  return g_string_free (out, FALSE);
}

/* A sign between thousands stands behind 1 to 3 digits, the first of them no zero, and before whole groups of three.
 * Where that sign is a point, one in another place is a decimal point: 0.001 is not 1, whatever the locale. */
static gboolean
take_digits (const char **at, GString *out)
{
  const char *group = get_group ();
  gboolean none = TRUE, zero = **at == '0';
  gsize n = strspn (*at, "0123456789");

  g_string_append_len (out, *at, (gssize) n);
  *at += n;
  if (n < 1 || n > 3 || zero)
    return TRUE;
  while (g_str_has_prefix (*at, group))
    {
      const char *three = *at + strlen (group);

      if (strspn (three, "0123456789") != 3)
        return none && strcmp (group, ".") == 0;
      none = FALSE;
      g_string_append_len (out, three, 3);
      *at = three + 3;
    }
  return TRUE;
}

char *
rheo_number_dup_plain (const char *shown)
{
  g_autofree char *text = g_strstrip (g_strdup (shown));
  g_autoptr (GString) out = g_string_new (NULL);
  const char *at = text;
  double v;
  char *end;

  if (g_str_has_prefix (at, MINUS))
    {
      g_string_append_c (out, '-');
      at += strlen (MINUS);
    }
  else if (*at == '-' || *at == '+')
    g_string_append_c (out, *at++);
  if (!take_digits (&at, out))
    return NULL;
  if (g_str_has_prefix (at, get_decimal ()))
    {
      g_string_append_c (out, '.');
      at += strlen (get_decimal ());
    }
  while (*at != '\0')
    if (g_str_has_prefix (at, MINUS))
      {
        g_string_append_c (out, '-');
        at += strlen (MINUS);
      }
    else
      g_string_append_c (out, *at++);
  v = g_ascii_strtod (out->str, &end);
  return out->len > 0 && *end == '\0' && end != out->str && isfinite (v) ? g_strdup (out->str) : NULL;
}

static const char *
number_text (double v, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  return g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, fabs (v) < 1e9 && v == floor (v) ? "%.0f" : "%.6g", v);
}

char *
rheo_number_dup_label (double v)
{
  static const char *const raised[] = {
    "\342\201\260", "\302\271",     "\302\262",     "\302\263",     "\342\201\264",
    "\342\201\265", "\342\201\266", "\342\201\267", "\342\201\270", "\342\201\271"
  };
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char *e = strchr (number_text (v, text), 'e');
  g_autofree char *mantissa = NULL;
  GString *out;

  if (e == NULL && v != 0 && fabs (v) >= 1e6 && fabs (v / pow (10, floor (log10 (fabs (v))))) == 1)
    {
      g_snprintf (text, sizeof text, "%se%d", v < 0 ? "-1" : "1", (int) floor (log10 (fabs (v))));
      e = strchr (text, 'e');
    }
  if (e == NULL)
    return rheo_number_dup_shown (text);
  *e++ = '\0';
  mantissa = rheo_number_dup_shown (text);
  out = g_string_new (NULL);
  if (strcmp (text, "1") != 0)
    g_string_append_printf (out, "%s \303\227 ", mantissa);
  g_string_append (out, "10");
  if (*e == '-')
    g_string_append (out, "\342\201\273");
  for (e += strspn (e, "+-0"); *e != '\0'; e++)
    g_string_append (out, raised[*e - '0']);
  return g_string_free (out, FALSE);
}

char *
rheo_number_dup_count (int64_t n)
{
  g_autofree char *plain = g_strdup_printf ("%" G_GINT64_FORMAT, n);

  return rheo_number_dup_shown (plain);
}

char *
rheo_number_dup_fixed (double v, int digits)
{
  char format[16], plain[G_ASCII_DTOSTR_BUF_SIZE + 330];

  g_snprintf (format, sizeof format, "%%.%df", digits);
  return rheo_number_dup_shown (g_ascii_formatd (plain, sizeof plain, format, v));
}

/* --- ranges ---------------------------------------------------------------------------------------------------- */

static gboolean
is_open (const RheoParam *param)
{
  return param->min == 0 && param->max == 0;
}

gboolean
rheo_param_get_least (const RheoParam *param, double *least)
{
  *least = param->min;
  return !is_open (param) && param->min > (param->type == RHEO_INT ? G_MININT : -1e300);
}

gboolean
rheo_param_get_most (const RheoParam *param, double *most)
{
  *most = param->max;
  return !is_open (param) && param->max != G_MAXINT && param->max < 1e300;
}

static double
nice_below (double v)
{
  double power = pow (10, floor (log10 (v))), share = v / power;

  return power * (share >= 5 ? 5 : share >= 2 ? 2 : 1);
}

/* Seven steps to a decade, as people would round them. */
static double
step_log (double v, int direction)
{
  static const double marks[] = { 1, 1.5, 2, 3, 4, 5, 7, 10 };
  double power, found;

  if (v <= 0)
    return v;
  power = pow (10, floor (log10 (v) + 1e-9));
  found = direction > 0 ? 10 * power : 0.7 * power;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      if (direction > 0 && marks[i] * power > v * (1 + 1e-9))
        return marks[i] * power;
      if (direction < 0 && marks[i] * power < v * (1 - 1e-9))
        found = marks[i] * power;
    }
  return found;
}

double
rheo_param_step (const RheoParam *param, double v, int direction, gboolean large)
{
  double span = param->soft_max - param->soft_min, least, most, step, next;

  if ((param->flags & RHEO_LOG) && v > 0)
    {
      next = step_log (v, direction);
      for (int i = 0; large && i < 6; i++)
        next = step_log (next, direction);
    }
  else
    {
      if (span > 0)
        step = nice_below (span / 50);
      else if (rheo_param_get_least (param, &least) && rheo_param_get_most (param, &most) && most - least <= 1000)
        step = nice_below ((most - least) / 50);
      else
        step = v != 0 ? nice_below (fabs (v) / 9) : param->type == RHEO_INT ? 1 : 0.1;
      if (param->type == RHEO_INT)
        step = MAX (1, step);
      step *= large ? 10 : 1;
      next = direction > 0 ? floor (v / step + 1 + 1e-9) * step : ceil (v / step - 1 - 1e-9) * step;
    }
  if (param->type == RHEO_INT)
    {
      next = round (next);
      if (next == v)
        next = v + direction;
    }
  if (rheo_param_get_least (param, &least))
    next = MAX (next, least);
  if (rheo_param_get_most (param, &most))
    next = MIN (next, most);
  return next;
}

static const char *
get_unit (const RheoParam *param)
{
  return param->unit != NULL && *param->unit != '\0' ? _ (param->unit) : NULL;
}

char *
rheo_param_dup_span (const RheoParam *param)
{
  double least, most;
  gboolean has_least = rheo_param_get_least (param, &least), has_most = rheo_param_get_most (param, &most);
  const char *unit = get_unit (param), *space = unit != NULL ? " " : "";
  g_autofree char *lo = rheo_number_dup_label (least), *hi = rheo_number_dup_label (most);

  if (param->type != RHEO_INT && param->type != RHEO_REAL && param->type != RHEO_REALS)
    return NULL;
  unit = unit != NULL ? unit : "";
  if (has_least && has_most)
    return g_strdup_printf (_ ("%s \342\200\223 %s%s%s"), lo, hi, space, unit);
  if (has_least)
    return g_strdup_printf (_ ("%s%s%s or more"), lo, space, unit);
  if (has_most)
    return g_strdup_printf (_ ("%s%s%s or less"), hi, space, unit);
  return NULL;
}

char *
rheo_param_dup_refusal (const RheoParam *param, const char *plain_now)
{
  double least, most;
  gboolean has_least = rheo_param_get_least (param, &least), has_most = rheo_param_get_most (param, &most);
  gboolean whole = param->type == RHEO_INT;
  const char *unit = get_unit (param), *space = unit != NULL ? " " : "";
  g_autofree char *lo = rheo_number_dup_label (least), *hi = rheo_number_dup_label (most);
  g_autofree char *now = rheo_number_dup_shown (plain_now);

  unit = unit != NULL ? unit : "";
  if (has_least && has_most)
    return g_strdup_printf (whole ? _ ("Whole, between %s and %s%s%s. Still %s.")
                                  : _ ("Between %s and %s%s%s. Still %s."),
                            lo, hi, space, unit, now);
  if (has_least)
    return g_strdup_printf (whole ? _ ("Whole, %s%s%s or more. Still %s.") : _ ("%s%s%s or more. Still %s."), lo, space,
                            unit, now);
  if (has_most)
    return g_strdup_printf (_ ("%s%s%s or less. Still %s."), hi, space, unit, now);
  return g_strdup_printf (whole ? _ ("A whole number. Still %s.") : _ ("A number. Still %s."), now);
}

/* --- words ----------------------------------------------------------------------------------------------------- */

static char *
dup_numbers (const char *plain)
{
  g_auto (GStrv) numbers = g_strsplit (plain, " ", -1);

  for (char **number = numbers; *number != NULL; number++)
    {
      char *shown = rheo_number_dup_shown (*number);

      g_free (*number);
      *number = shown;
    }
  return g_strjoinv (" ", numbers);
}

char *
rheo_param_dup_words (const RheoParam *param, const char *plain)
{
  switch (param->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      return rheo_number_dup_shown (plain);
    case RHEO_BOOL:
      return g_strdup (g_str_equal (plain, "true") ? _ ("on") : _ ("off"));
    case RHEO_CHOICE:
      return rheo_choice_dup_label (plain);
    case RHEO_REALS:
      return dup_numbers (plain);
    default:
      return g_strdup (plain);
    }
}

char *
rheo_label_dup_inner (const char *label)
{
  gunichar first = g_utf8_get_char (label);
  const char *rest = *label != '\0' ? g_utf8_next_char (label) : label;
  char small[7] = { 0 };

  /* Translators: yes where a noun inside a title begins with a small letter, else no. */
  if (strcmp (C_ ("small nouns in titles", "yes"), "yes") != 0)
    return g_strdup (label);
  if (*label == '\0' || g_unichar_isupper (g_utf8_get_char (rest)))
    return g_strdup (label);
  g_unichar_to_utf8 (g_unichar_tolower (first), small);
  return g_strconcat (small, rest, NULL);
}
