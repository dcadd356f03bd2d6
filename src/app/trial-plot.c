#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/trial-plot.h"

#include <glib/gi18n-lib.h>

static RheoPlotSpec *
new_spec (void)
{
  RheoPlotSpec *spec = rheo_plot_spec_new (rheo_plot_kind_find ("trial", NULL));

  spec->title = g_intern_string (_ ("One trial"));
  return spec;
}

RheoPlotSpec *
rheo_trial_plot_new_empty (const char *line)
{
  RheoPlotSpec *spec = new_spec ();
  g_autoptr (RheoTable) table = rheo_table_new (spec->title);
  const int64_t none[] = { 0, 0 };

  rheo_table_add (table, "input", "", "", "time in", RHEO_F32, none);
  rheo_plot_bind (spec, "input", table, "input", NULL, NULL);
  spec->empty = g_intern_string (line);
  return spec;
}

static gboolean
has_shade (const RheoTable *signals)
{
  const RheoColumn *weight = rheo_table_find (signals, "weight");

  for (int64_t i = 1; weight != NULL && i < weight->dims[0]; i++)
    if (rheo_column_get_number (weight, i) != rheo_column_get_number (weight, 0))
      return TRUE;
  return FALSE;
}

static gboolean
has_signal (const RheoTable *signals)
{
  const RheoColumn *input = rheo_table_find (signals, "input");

  for (int64_t i = 0; i < rheo_column_get_length (input); i++)
    if (rheo_column_get_number (input, i) != 0)
      return TRUE;
  return rheo_table_find (signals, "target") != NULL;
}

RheoPlotSpec *
rheo_trial_plot_new (RheoTable *signals, const char *label, const char *inputs, const char *targets, double dt_ms)
{
  RheoPlotSpec *spec;
  const char *shaded = has_shade (signals) ? _ ("shaded steps do not count") : NULL;
  char step[G_ASCII_DTOSTR_BUF_SIZE];

  if (label == NULL && !has_signal (signals))
    return rheo_trial_plot_new_empty (_ ("No input: the network is left to itself."));
  spec = new_spec ();
  if (label != NULL && shaded != NULL)
    {
      g_autofree char *both = g_strdup_printf ("%s \302\267 %s", label, shaded);

      spec->subtitle = g_intern_string (both);
    }
  else
    spec->subtitle = g_intern_string (label != NULL ? label : shaded);
  rheo_plot_bind (spec, "input", signals, "input", NULL, NULL);
  if (rheo_table_find (signals, "target") != NULL)
    rheo_plot_bind (spec, "target", signals, "target", NULL, NULL);
  if (shaded != NULL)
    rheo_plot_bind (spec, "weight", signals, "weight", NULL, NULL);
  rheo_plot_set (spec, "inputs", inputs, NULL);
  rheo_plot_set (spec, "targets", targets, NULL);
  rheo_plot_set (spec, "step", g_ascii_dtostr (step, sizeof step, dt_ms), NULL);
  return spec;
}
