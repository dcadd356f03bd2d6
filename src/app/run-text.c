#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-search.h"
#include "widgets/number-text.h"

#define MINUS "\u2212"

char *
rheo_run_dup_stem (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_steal_pointer (&base);
}

char *
rheo_run_dup_figures (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_build_filename (folder, "figures", NULL);
}

char *
rheo_number_with_minus (char *text)
{
  g_autofree char *plain = text;
  g_auto (GStrv) pieces = g_strsplit (plain, "-", -1);

  return g_strjoinv (MINUS, pieces);
}

char *
rheo_run_dup_number (double value)
{
  double size = fabs (value);
  int digits;

  if (isnan (value))
    return g_strdup ("–");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : MINUS "∞");
  if (size != 0 && (size < 1e-4 || size >= 1e7))
    return rheo_number_with_minus (g_strdup_printf ("%.2e", value));
  digits = size > 0 ? (int) CLAMP (2 - floor (log10 (size)), 0, 5) : 0;
  return rheo_number_dup_fixed (value, digits);
}

const char *
rheo_run_get_best_label (const RheoRunFacts *facts)
{
  if (strcmp (facts->best_label, "r2") == 0)
    return "R²";
  return *facts->best_label != '\0' ? _ (facts->best_label) : "";
}

char *
rheo_run_dup_best (const RheoRunFacts *facts)
{
  g_autofree char *number = rheo_run_dup_number (facts->best);

  return g_strdup_printf ("%s %s", number, rheo_run_get_best_label (facts));
}

char *
rheo_run_dup_iterations (const RheoRunFacts *facts)
{
  gboolean more =
      rheo_item_is_going (facts->state) || facts->state == RHEO_ITEM_INTERRUPTED || facts->state == RHEO_ITEM_STOPPED;

  if (more && facts->iteration < facts->budget && facts->budget < 1000)
    return g_strdup_printf ("%" G_GINT64_FORMAT " / %d", facts->iteration, facts->budget);
  return rheo_number_dup_count (facts->iteration);
}

static gboolean
is_word (const char *unit, const char *word)
{
  return g_str_equal (unit, word) || g_str_equal (unit, _ (word));
}

char *
rheo_dup_iterations (int64_t n, const char *unit)
{
  g_autofree char *number = rheo_number_dup_count (n);
  const gulong count = (gulong) n;

  if (is_word (unit, "epoch"))
    return g_strdup_printf (ngettext ("%s epoch", "%s epochs", count), number);
  if (is_word (unit, "batch"))
    return g_strdup_printf (ngettext ("%s batch", "%s batches", count), number);
  if (is_word (unit, "episode"))
    return g_strdup_printf (ngettext ("%s episode", "%s episodes", count), number);
  if (is_word (unit, "generation"))
    return g_strdup_printf (ngettext ("%s generation", "%s generations", count), number);
  return g_strdup_printf (ngettext ("%s iteration", "%s iterations", count), number);
}

char *
rheo_dup_day (GDateTime *then, GDateTime *now)
{
  g_autoptr (GDateTime) here = g_date_time_to_local (then), today = g_date_time_to_local (now);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (today, -1);

  if (g_date_time_get_year (here) == g_date_time_get_year (today)
      && g_date_time_get_day_of_year (here) == g_date_time_get_day_of_year (today))
    return g_strdup (_ ("today"));
  if (g_date_time_get_year (here) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (here) == g_date_time_get_day_of_year (yesterday))
    return g_strdup (_ ("yesterday"));
  return g_date_time_format (here, g_date_time_get_year (here) == g_date_time_get_year (today) ? "%-e %b" : "%b %Y");
}

gboolean
rheo_run_is_starred (const RheoRunFacts *facts)
{
  return facts->tags != NULL && g_strv_contains (facts->tags, "star");
}

char *
rheo_run_dup_rows (GPtrArray *items)
{
  GString *rows = g_string_new ("name\ttask\tmodel\trule\tseed\tbest\tmeasure\titerations\tstate\ttags\n");

  for (guint i = 0; i < items->len; i++)
    {
      const RheoRunFacts *facts = rheo_run_item_get_facts (g_ptr_array_index (items, i));
      g_autofree char *tags = g_strjoinv (", ", (char **) facts->tags);
      char best[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (rows, "%s\t%s\t%s\t%s\t%d\t%s\t%s\t%" G_GINT64_FORMAT "\t%s\t%s\n", facts->name,
                              facts->task_id, facts->model_id, facts->rule_id, facts->seed,
                              g_ascii_dtostr (best, sizeof best, facts->best), facts->best_label, facts->iteration,
                              rheo_item_state_name (facts->state), tags);
    }
  return g_string_free (rows, FALSE);
}
