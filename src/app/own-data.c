#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/own-data.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-text.h"
#include "engine/numbers.h"

/* What arrays are called in such files. */
static const char *const input_names[] = { "input", "inputs",   "in",      "x",        "xs",
                                           "u",     "stimulus", "stimuli", "features", NULL };
static const char *const target_names[] = { "target", "targets", "output", "outputs",  "out", "y",
                                            "ys",     "label",   "labels", "response", NULL };
static const char *const mask_names[] = { "mask", "masks", "weight", "weights", NULL };
/* Columns that count, and say nothing of a network. */
static const char *const counter_names[] = { "trial", "time", "step", "t", "index", "", NULL };

void
rheo_own_data_free (RheoOwnData *data)
{
  if (data == NULL)
    return;
  g_free (data->path);
  g_free (data->input);
  g_free (data->target);
  g_free (data->mask);
  g_free (data);
}

gboolean
rheo_own_data_is_file (const char *path)
{
  static const char *const endings[] = { ".csv", ".tsv", ".npy", ".npz" };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

/* --- roles --------------------------------------------------------------------------------------------------------- */

static gboolean
is_called (const char *name, const char *const *names)
{
  const char *slash = strrchr (name, '/');
  g_autofree char *last = g_utf8_casefold (slash != NULL ? slash + 1 : name, -1);

  return g_strv_contains (names, last);
}

static gboolean
has_name (const GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func ((GPtrArray *) names, name, g_str_equal, NULL);
}

/* "input1", "input.2" and "input[3]" are one array "input". */
static char *
dup_array (const char *column)
{
  gsize n = strlen (column);
  gsize end = n > 0 && column[n - 1] == ']' ? n - 1 : n, digits = end;

  while (digits > 0 && g_ascii_isdigit (column[digits - 1]))
    digits--;
  if (digits == end)
    return g_strdup (column);
  while (digits > 0 && strchr ("._-[ ", column[digits - 1]) != NULL)
    digits--;
  return digits > 0 ? g_strndup (column, digits) : g_strdup (column);
}

static GPtrArray *
list_arrays (const RheoTable *table)
{
  const char *note = rheo_table_get_note (table, "names");
  const gboolean columns = rheo_table_get_note (table, "axes") != NULL;
  g_auto (GStrv) all = g_strsplit (note != NULL ? note : "", ", ", -1);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (char **one = all; *one != NULL; one++)
    {
      g_autofree char *name = columns ? dup_array (*one) : g_strdup (*one);

      if (!is_called (name, counter_names) && !has_name (names, name))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  return names;
}

static const char *
find_called (const GPtrArray *names, const char *const *called)
{
  for (int i = 0; called[i] != NULL; i++)
    for (guint k = 0; k < names->len; k++)
      if (is_called (names->pdata[k], (const char *const[]){ called[i], NULL }))
        return names->pdata[k];
  return NULL;
}

/* The first one that has no role yet. */
static const char *
find_other (const GPtrArray *names, const char *const *taken)
{
  for (guint i = 0; i < names->len; i++)
    if (!g_strv_contains (taken, names->pdata[i]))
      return names->pdata[i];
  return NULL;
}

/* Of an NPY file that is called neither way: it is the inputs, and what lies beside it the targets. */
static void
give_roles (RheoOwnData *data, const GPtrArray *names)
{
  const char *mask = find_called (names, mask_names), *input = find_called (names, input_names),
             *target = find_called (names, target_names);
  const char *const none = "";

  if (input == NULL)
    input =
        find_other (names, (const char *const[]){ target != NULL ? target : none, mask != NULL ? mask : none, NULL });
  if (target == NULL)
    target =
        find_other (names, (const char *const[]){ input != NULL ? input : none, mask != NULL ? mask : none, NULL });
  data->input = g_strdup (input);
  data->target = g_strdup (target);
  data->mask = g_strdup (mask);
}

/* --- axes ---------------------------------------------------------------------------------------------------------- */

/* Arrays of one file share steps and trials; where both ends are the same, trials first is what most programs write. */
static gboolean
has_trials_first (const RheoTable *table, const RheoColumn *input, const RheoColumn *target)
{
  if (rheo_table_get_note (table, "axes") != NULL)
    return TRUE;
  if (input->n_dims == 3 && target->n_dims == 3)
    return input->dims[0] == target->dims[0] && (input->dims[2] != target->dims[2] || input->dims[0] >= input->dims[2]);
  if (input->n_dims == 3)
    return input->dims[0] == target->dims[0];
  if (target->n_dims == 3)
    return target->dims[0] == input->dims[0];
  return TRUE;
}

static int
get_size (const RheoColumn *column, gboolean trials_first, int axis)
{
  const int last = column->n_dims - 1;

  if (axis == 1) /* steps: the middle one, and of two the one beside the trials */
    return (int) column->dims[column->n_dims == 2 && !trials_first ? 0 : 1];
  if (axis == 0)
    return (int) column->dims[trials_first ? 0 : last];
  return column->n_dims == 3 ? (int) column->dims[trials_first ? 2 : 0] : 1;
}

RheoOwnData *
rheo_own_data_read (const char *path, GError **error)
{
  g_autoptr (RheoOwnData) data = g_new0 (RheoOwnData, 1);
  g_autoptr (RheoTable) list = rheo_numbers_read (path, (const char *const[]){ NULL }, error);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GPtrArray) names = NULL;
  const RheoColumn *input, *target;

  if (list == NULL)
    return NULL;
  names = list_arrays (list);
  give_roles (data, names);
  data->path = g_canonicalize_filename (path, NULL);
  if (data->input == NULL || data->target == NULL)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds %s. Two arrays are needed, inputs and targets."), path,
                 rheo_table_get_note (list, "names"));
      return NULL;
    }
  table = rheo_numbers_read (path, (const char *const[]){ data->input, data->target, NULL }, error);
  if (table == NULL)
    return NULL;
  input = rheo_table_find (table, data->input);
  target = rheo_table_find (table, data->target);
  if (input == NULL || target == NULL || input->n_dims < 2 || input->n_dims > 3 || target->n_dims < 2
      || target->n_dims > 3)
    {
      rheo_fail (
          error, RHEO_ERROR_FORMAT,
          _ ("“%2$s” and “%3$s” in %1$s are taken for inputs and targets, but they are no numbers with steps and "
             "trials."),
          path, data->input, data->target);
      return NULL;
    }
  data->trials_first = has_trials_first (table, input, target);
  data->n_in = get_size (input, data->trials_first, 2);
  data->n_out = get_size (target, data->trials_first, 2);
  data->n_steps = get_size (input, data->trials_first, 1);
  data->n_trials = get_size (input, data->trials_first, 0);
  return g_steal_pointer (&data);
}

/* --- the experiment ------------------------------------------------------------------------------------------------ */

static const RheoComponent *
find_giving (RheoKind kind, uint64_t traits)
{
  const RheoComponent *const *all = rheo_components (kind);

  for (int i = 0; all[i] != NULL; i++)
    if ((all[i]->gives & traits) == traits)
      return all[i];
  return all[0];
}

static gboolean
set_task (RheoExperiment *experiment, const RheoOwnData *data, GError **error)
{
  return rheo_experiment_set (experiment, "task.id", "task-table", error)
         && rheo_experiment_set (experiment, "task.file", data->path, error)
         && rheo_experiment_set (experiment, "task.input", data->input, error)
         && rheo_experiment_set (experiment, "task.target", data->target, error)
         && (data->mask == NULL || rheo_experiment_set (experiment, "task.mask", data->mask, error))
         && rheo_experiment_set (experiment, "task.axes",
                                 data->trials_first ? "trial-step-channel" : "channel-step-trial", error);
}

/* Trials that are left when some are held out. */
static int
count_training (const RheoExperiment *experiment, const RheoOwnData *data)
{
  g_autofree char *held_out = rheo_experiment_dup_value (experiment, "task.held-out", NULL);

  return data->n_trials - (int) ceil (g_ascii_strtod (held_out, NULL) * data->n_trials);
}

RheoExperiment *
rheo_own_data_new_experiment (const RheoOwnData *data, const RheoExperiment *base, GError **error)
{
  g_autoptr (RheoExperiment) experiment = base != NULL ? rheo_experiment_dup (base) : rheo_experiment_new ();
  g_autofree char *title = rheo_run_dup_stem (data->path);
  RheoRunRows *run = rheo_experiment_get_run (experiment);
  char *dot = strrchr (title, '.');

  if (dot != NULL)
    *dot = '\0';
  rheo_experiment_set_title (experiment, title);
  rheo_experiment_set_view (experiment, NULL, NULL);
  if (base == NULL)
    {
      rheo_experiment_set_component (experiment, RHEO_SLOT_MODEL, find_giving (RHEO_KIND_MODEL, RHEO_RATES));
      rheo_experiment_set_component (experiment, RHEO_SLOT_RULE, find_giving (RHEO_KIND_RULE, 0));
    }
  if (!set_task (experiment, data, error))
    return NULL;
  run->batch = CLAMP (count_training (experiment, data), 1, run->batch);
  return g_steal_pointer (&experiment);
}
