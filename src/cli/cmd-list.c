#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/device.h"
#include "engine/sweep.h"
#include "plot/plot.h"

/* --- rows as JSON ------------------------------------------------------------------------------------------------ */

static void
add_text (JsonObject *object, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (object, key, text);
}

static JsonArray *
list_choices (const RheoParam *row)
{
  JsonArray *choices = json_array_new ();

  for (int i = 0; row->choices[i] != NULL; i++)
    json_array_add_string_element (choices, row->choices[i]);
  return choices;
}

static JsonArray *
list_params (const RheoParam *rows)
{
  static const char *const types[] = { "int", "real", "bool", "choice", "text", "path", "reals", "block", "list" };
  JsonArray *array = json_array_new ();

  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    {
      JsonObject *object = json_object_new ();
      g_autofree char *allowed = rheo_param_dup_range (row);
      gboolean number = row->type == RHEO_INT || row->type == RHEO_REAL;

      json_object_set_string_member (object, "key", row->key);
      json_object_set_string_member (object, "type", types[row->type]);
      add_text (object, "label", row->label != NULL ? _ (row->label) : NULL);
      add_text (object, "help", row->help != NULL ? _ (row->help) : NULL);
      add_text (object, "unit", row->unit != NULL ? _ (row->unit) : NULL);
      add_text (object, "when", row->when);
      if (row->rows != NULL)
        json_object_set_array_member (object, "parameters", list_params (row->rows));
      else
        json_object_set_string_member (object, "allowed", allowed);
      if (number)
        json_object_set_double_member (object, "default", row->def);
      else if (row->type == RHEO_BOOL)
        json_object_set_boolean_member (object, "default", row->def != 0);
      else if (row->type == RHEO_CHOICE)
        json_object_set_string_member (object, "default", row->choices[(int) row->def]);
      else
        add_text (object, "default", row->def_text);
      if (row->type == RHEO_CHOICE)
        json_object_set_array_member (object, "choices", list_choices (row));
      if (row->type == RHEO_LIST || row->type == RHEO_REALS)
        json_object_set_int_member (object, "most", row->n_max);
      if (row->flags & RHEO_LIVE)
        json_object_set_boolean_member (object, "live", TRUE);
      if (row->flags & RHEO_ADVANCED)
        json_object_set_boolean_member (object, "advanced", TRUE);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
list_series (const RheoSeries *series)
{
  JsonArray *array = json_array_new ();

  for (; series != NULL && series->key != NULL; series++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "key", series->key);
      add_text (object, "label", series->label != NULL ? _ (series->label) : NULL);
      add_text (object, "help", series->help != NULL ? _ (series->help) : NULL);
      add_text (object, "unit", series->unit != NULL ? _ (series->unit) : NULL);
      add_text (object, "axes", series->axes);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
list_presets (const RheoPreset *preset)
{
  JsonArray *array = json_array_new ();

  for (; preset != NULL && preset->id != NULL; preset++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", preset->id);
      add_text (object, "title", preset->title != NULL ? _ (preset->title) : NULL);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
list_figures (const RheoFigure *figure)
{
  JsonArray *array = json_array_new ();

  for (; figure != NULL && figure->key != NULL; figure++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "key", figure->key);
      add_text (object, "title", _ (figure->title));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* --- what there is ----------------------------------------------------------------------------------------------- */

static JsonArray *
list_components (RheoKind kind)
{
  JsonArray *array = json_array_new ();

  const RheoComponent *const *c = kind == RHEO_KIND_PLOT ? rheo_plot_kinds () : rheo_components (kind);

  for (; *c != NULL; c++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", (*c)->id);
      json_object_set_string_member (object, "title", _ ((*c)->title));
      add_text (object, "summary", (*c)->summary != NULL ? _ ((*c)->summary) : NULL);
      add_text (object, "cite", (*c)->cite);
      json_object_set_int_member (object, "version", (*c)->version);
      json_object_set_array_member (object, "parameters", list_params ((*c)->params));
      json_object_set_array_member (object, "presets", list_presets ((*c)->presets));
      json_object_set_array_member (object, "series", list_series ((*c)->series));
      if (kind == RHEO_KIND_ANALYSIS)
        json_object_set_array_member (object, "figures", list_figures (((const RheoAnalysis *) *c)->figures));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* A file that cannot be read is listed with the reason: it must not hide the others. */
static JsonArray *
list_experiments (RheoKind unused)
{
  JsonArray *array = json_array_new ();
  g_auto (GStrv) names = rheo_experiment_names ();

  for (char **name = names; *name != NULL; name++)
    {
      JsonObject *object = json_object_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) experiment = rheo_experiment_load (*name, &error);

      json_object_set_string_member (object, "id", *name);
      json_object_set_string_member (
          object, "title", experiment != NULL ? rheo_experiment_get_shown_title (experiment) : _ ("(unreadable)"));
      add_text (object, "summary", error != NULL ? error->message : NULL);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
list_sweeps (RheoKind unused)
{
  JsonArray *array = json_array_new ();
  g_auto (GStrv) names = rheo_sweep_names ();

  for (char **name = names; *name != NULL; name++)
    {
      JsonObject *object = json_object_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoSweep) sweep = rheo_sweep_load (*name, &error);

      json_object_set_string_member (object, "id", *name);
      json_object_set_string_member (object, "title",
                                     sweep != NULL ? rheo_sweep_get_shown_title (sweep) : _ ("(unreadable)"));
      add_text (object, "summary", error != NULL ? error->message : NULL);
      json_array_add_object_element (array, object);
    }
  return array;
}

/* All cards, or why there is none. */
static JsonArray *
list_devices (RheoKind unused)
{
  JsonArray *array = json_array_new ();
  gboolean there = TRUE;

  for (int i = -1; there; i++)
    {
      g_autofree char *id = i < 0 ? g_strdup ("cpu") : i == 0 ? g_strdup ("cuda") : g_strdup_printf ("cuda:%d", i);
      g_autofree char *title = NULL;
      const char *why = NULL;
      RheoDevice *device = rheo_device_new (id, 0, &why);
      JsonObject *object;

      there = device != NULL;
      if (!there && i > 0)
        break; /* the cards before it are all */
      object = json_object_new ();
      json_object_set_string_member (object, "id", id);
      title = there ? rheo_device_dup_shown (device->name) : g_strdup (_ ("no CUDA device"));
      json_object_set_string_member (object, "title", title);
      json_object_set_boolean_member (object, "there", there);
      add_text (object, "summary", why != NULL ? _ (why) : NULL);
      json_array_add_object_element (array, object);
      rheo_device_free (device);
    }
  return array;
}

static const struct
{
  const char *word;
  JsonArray *(*list) (RheoKind kind);
  RheoKind kind;
} groups[] = {
  { "models", list_components, RHEO_KIND_MODEL }, { "rules", list_components, RHEO_KIND_RULE },
  { "tasks", list_components, RHEO_KIND_TASK },   { "analyses", list_components, RHEO_KIND_ANALYSIS },
  { "plots", list_components, RHEO_KIND_PLOT },   { "experiments", list_experiments, RHEO_N_KINDS },
  { "sweeps", list_sweeps, RHEO_N_KINDS },        { "devices", list_devices, RHEO_N_KINDS },
  { "data", rheo_cli_list_data, RHEO_N_KINDS },
};

/* "course/performance", as plot takes them. */
static void
print_figures (JsonObject *object, int width)
{
  JsonArray *figures =
      json_object_has_member (object, "figures") ? json_object_get_array_member (object, "figures") : NULL;

  for (guint i = 0; figures != NULL && i < json_array_get_length (figures); i++)
    {
      JsonObject *figure = json_array_get_object_element (figures, i);

      g_print ("  %-*s  %s/%s: %s\n", width, "", json_object_get_string_member (object, "id"),
               json_object_get_string_member (figure, "key"), json_object_get_string_member (figure, "title"));
    }
}

static void
print_group (const char *word, JsonArray *array)
{
  int width = 16;

  for (guint i = 0; i < json_array_get_length (array); i++)
    width = MAX (width, (int) strlen (json_object_get_string_member (json_array_get_object_element (array, i), "id")));
  g_print ("%s:\n", word);
  if (json_array_get_length (array) == 0)
    g_print (_ ("  (none)\n"));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      const char *summary = json_object_get_string_member_with_default (object, "summary", NULL);

      g_print ("  %-*s  %s%s%s\n", width, json_object_get_string_member (object, "id"),
               json_object_get_string_member (object, "title"), summary != NULL ? ": " : "",
               summary != NULL ? summary : "");
      print_figures (object, width);
    }
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print one JSON object, with all parameters"), NULL },
    { NULL },
  };
  g_autoptr (JsonObject) all = json_object_new ();
  const char *words[G_N_ELEMENTS (groups) + 1] = { NULL };
  gboolean known = FALSE;
  int code;

  if (!rheo_cli_parse (command, entries, 0, 1, &argc, &argv, &code))
    return code;
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      words[i] = groups[i].word;
      if (argc > 1 && !g_str_equal (argv[1], groups[i].word))
        continue;
      known = TRUE;
      json_object_set_array_member (all, groups[i].word, groups[i].list (groups[i].kind));
      if (!as_json)
        print_group (groups[i].word, json_object_get_array_member (all, groups[i].word));
    }
  if (!known)
    {
      const char *near = rheo_nearest (argv[1], words);
      g_autofree char *joined = g_strjoinv (", ", (char **) words);

      if (near != NULL)
        return rheo_cli_fail_usage (command, _ ("There is no list of \"%s\"; the nearest is \"%s\"."), argv[1], near);
      return rheo_cli_fail_usage (command, _ ("There is no list of \"%s\"; there are %s."), argv[1], joined);
    }
  if (as_json)
    rheo_cli_print_json (g_steal_pointer (&all));
  return RHEO_EXIT_DONE;
}

const RheoCommand rheo_cmd_list = {
  .name = "list",
  .usage = "[models|rules|tasks|analyses|plots|experiments|sweeps|devices|data] [--json]",
  .summary = N_ ("Lists what experiments are made of"),
  .run = run,
};
