#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-plots.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/compare-results.h"
#include "plot/plot-kind.h"

#define MOST_BESIDE 4 /* runs that have room beside each other */

/* --- names ---------------------------------------------------------------------------------------------------------- */

static gboolean
has_word (const char *name, const char *word)
{
  g_auto (GStrv) words = g_strsplit_set (name, "-_ ", -1);

  return g_strv_contains ((const char *const *) words, word);
}

/* Words that all names of the group have, but not all names. */
static char *
dup_own_words (const char *const *names, const int *group, int n, int wanted)
{
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  g_auto (GStrv) words = NULL, kept = NULL;

  for (int i = 0; i < n && words == NULL; i++)
    if (group[i] == wanted)
      words = g_strsplit_set (names[i], "-_ ", -1);
  for (int w = 0; words[w] != NULL; w++)
    {
      gboolean of_group = TRUE, of_all = TRUE;

      for (int i = 0; i < n; i++)
        {
          gboolean has = has_word (names[i], words[w]);

          of_all = of_all && has;
          of_group = of_group && (has || group[i] != wanted);
        }
      if (of_group && !of_all)
        g_strv_builder_add (rest, words[w]);
    }
  kept = g_strv_builder_end (rest);
  return g_strjoinv ("-", kept);
}

char **
rheo_compare_dup_names (const char *const *names, const int *group, int n, int n_groups)
{
  char **all = g_new0 (char *, n_groups + 1);
  gboolean clear = TRUE;

  for (int g = 0; g < n_groups; g++)
    {
      all[g] = dup_own_words (names, group, n, g);
      clear = clear && *all[g] != '\0';
      for (int k = 0; k < g; k++)
        clear = clear && !g_str_equal (all[g], all[k]);
    }
  /* The first of each group, whole. */
  for (int i = n - 1; i >= 0 && !clear; i--)
    {
      g_free (all[group[i]]);
      all[group[i]] = g_strdup (names[i]);
    }
  return all;
}

/* --- panels --------------------------------------------------------------------------------------------------------- */

static const char *
series_of (const char *from)
{
  const char *equals = strchr (from, '=');

  return equals != NULL ? equals + 1 : from;
}

/* "train.loss" where there is "valid.loss" too. */
static gboolean
is_second_best (const char *series, char **from)
{
  if (!g_str_has_prefix (series, "train."))
    return FALSE;
  for (int i = 0; from[i] != NULL; i++)
    if (g_str_has_prefix (series_of (from[i]), "valid.")
        && g_str_equal (series_of (from[i]) + strlen ("valid."), series + strlen ("train.")))
      return TRUE;
  return FALSE;
}

/* Which of the curves of a panel: "validation", or the last word of the series. */
static const char *
part_of (const char *series, int n_series)
{
  const char *dot = strrchr (series, '.');

  if (g_str_has_prefix (series, "valid."))
    return _ ("validation");
  if (g_str_has_prefix (series, "train.") || g_str_has_prefix (series, "train-"))
    return _ ("training");
  if (g_str_has_prefix (series, "test.") || g_str_has_prefix (series, "test-"))
    return _ ("test");
  return n_series > 1 && dot != NULL ? g_intern_string (dot + 1) : NULL;
}

/* --- specs ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const RheoPlotSource *sources, *firsts; /* firsts: of each group */
  const RheoTable *metrics;
  const int *group;
  int n, n_groups;
  GPtrArray *specs;
} Making;

static void
add_spec (Making *making, const RheoViewPanel *panel, const char *title, const char *subtitle, gboolean first)
{
  /* Curves of many runs can lie over each other; of what stands side by side one run is enough for each colour. */
  gboolean all = making->n <= MOST_BESIDE || rheo_panel_is_over_training (panel, making->metrics);
  int n = all ? making->n : making->n_groups;
  g_autoptr (GError) error = NULL;
  RheoPlotSpec *spec = rheo_panel_fill (panel, all ? making->sources : making->firsts, n, -1, making->metrics, &error);

  /* A kind that shows one thing cannot lay runs over each other. */
  if (spec == NULL || rheo_plot_count (spec, spec->kind->roles[0].key) < n)
    {
      g_clear_pointer (&spec, rheo_plot_spec_free);
      return;
    }
  for (int i = 0; i < spec->n_bindings; i++)
    if (spec->binding[i].style >= 0)
      {
        const char *comma = strstr (spec->binding[i].label, ", ");

        /* "rec, lif": with more than two runs there is only room for the part; the colour tells the run. Violins name
         * runs above and parts below. */
        if (n > (g_str_equal (spec->kind->base.id, "violin") ? RHEO_N_STYLES : 2) && comma != NULL)
          {
            g_autofree char *part = g_strndup (spec->binding[i].label, (gsize) (comma - spec->binding[i].label));

            spec->binding[i].label = g_intern_string (part);
          }
        spec->binding[i].style = (all ? making->group[spec->binding[i].style] : spec->binding[i].style) % RHEO_N_STYLES;
      }
  /* Of the kinds that have them. */
  rheo_plot_set (spec, "thin-target", "true", NULL);
  rheo_plot_set (spec, "arrange", "equal", NULL);
  /* So many names would hide the curves; the colours are named above them. */
  if (n > RHEO_N_STYLES)
    rheo_plot_set (spec, "labels", "none", NULL);
  if (title != NULL)
    spec->title = title;
  if (subtitle != NULL)
    spec->subtitle = subtitle;
  g_ptr_array_insert (making->specs, first ? 0 : -1, spec);
}

static void
add_panel (Making *making, const RheoViewPanel *panel)
{
  g_autoptr (RheoPlotSpec) whole = NULL;
  int n = 0;

  for (int i = 0; panel->from != NULL && panel->from[i] != NULL; i++)
    n += !is_second_best (series_of (panel->from[i]), panel->from);
  if (!rheo_panel_is_over_training (panel, making->metrics))
    {
      add_spec (making, panel, NULL, NULL, FALSE);
      return;
    }
  whole = rheo_panel_fill (panel, making->sources, 1, -1, making->metrics, NULL);
  for (int i = 0; panel->from[i] != NULL; i++)
    {
      const char *series = series_of (panel->from[i]);
      char *from[] = { panel->from[i], NULL };
      RheoViewPanel one = { panel->kind, from, panel->set };

      if (!is_second_best (series, panel->from))
        add_spec (making, &one, whole->title, part_of (series, n), g_str_has_suffix (series, ".loss"));
    }
}

GPtrArray *
rheo_compare_dup_plots (const GPtrArray *panels, const RheoPlotSource *sources, RheoExperiment *const *experiments,
                        int n, const RheoTable *metrics)
{
  g_autofree const char **whole = g_new0 (const char *, n + 1);
  g_autofree RheoPlotSource *mine = g_memdup2 (sources, sizeof *sources * (gsize) n);
  g_autofree int *group = g_new0 (int, n), *each = g_new0 (int, n);
  g_auto (GStrv) names = NULL;
  g_autofree RheoPlotSource *firsts = g_new0 (RheoPlotSource, (gsize) n);
  Making making = { .sources = mine, .firsts = firsts, .metrics = metrics, .group = group, .n = n };

  for (int i = 0; i < n; i++)
    {
      whole[i] = sources[i].name;
      each[i] = i;
    }
  names = rheo_compare_dup_names (whole, each, n, n);
  for (int i = 0; i < n; i++)
    mine[i].name = names[i];
  making.n_groups = rheo_compare_group (experiments, n, group);
  for (int i = n - 1; i >= 0; i--)
    firsts[group[i]] = mine[i];
  making.specs = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  for (guint i = 0; i < panels->len; i++)
    add_panel (&making, g_ptr_array_index (panels, i));
  return making.specs;
}

/* --- over training -------------------------------------------------------------------------------------------------- */

static const RheoColumn *
find_time (const RheoPlotBinding *binding)
{
  return g_str_equal (binding->role, "x") && g_str_equal (binding->column->key, "iteration")
             ? rheo_table_find (binding->table, "seconds")
             : NULL;
}

gboolean
rheo_compare_is_over_training (const RheoPlotSpec *spec)
{
  for (int i = 0; i < spec->n_bindings; i++)
    if (find_time (&spec->binding[i]) != NULL)
      return TRUE;
  return FALSE;
}

RheoPlotSpec *
rheo_compare_dup_aligned (const RheoPlotSpec *spec, gboolean by_time)
{
  RheoPlotSpec *copy = rheo_plot_spec_dup (spec);

  if (!by_time || !rheo_compare_is_over_training (spec))
    return copy;
  /* The budget is counted in iterations. */
  rheo_plot_set (copy, "budget", "0", NULL);
  for (int i = 0; i < copy->n_bindings; i++)
    if (find_time (&copy->binding[i]) != NULL)
      copy->binding[i].column = find_time (&copy->binding[i]);
  copy->x.label = g_intern_string (_ ("Time"));
  copy->x.unit = "s";
  return copy;
}

double
rheo_compare_find_best (const RheoPlotSpec *spec, const char *label)
{
  double best = NAN, at = NAN;

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoPlotBinding *b = &spec->binding[i];
      const RheoColumn *iteration = rheo_table_find (b->table, "iteration");
      gboolean low = (b->column->flags & RHEO_SERIES_LOWER_IS_BETTER) != 0;

      if (!g_str_equal (b->role, "y") || iteration == NULL || g_strcmp0 (b->label, label) != 0)
        continue;
      for (int64_t k = 0; k < rheo_column_get_length (b->column); k++)
        {
          double value = rheo_column_get_number (b->column, k);

          if (!isfinite (value) || (isfinite (best) && (low ? value >= best : value <= best)))
            continue;
          best = value;
          at = rheo_column_get_number (iteration, k);
        }
    }
  return at;
}
