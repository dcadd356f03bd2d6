#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/own-data.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-text.h"
#include "engine/numbers.h"
#include "engine/task.h"

/* What arrays are called in such files. */
static const char *const input_names[] = { "input", "inputs",   "in",      "x",           "xs",
                                           "u",     "stimulus", "stimuli", "observation", "observations",
                                           "obs",   "state",    "states",  "features",    NULL };
static const char *const target_names[] = { "target", "targets", "output",   "outputs", "out",     "y",   "ys",
                                            "label",  "labels",  "response", "action",  "actions", "act", NULL };
static const char *const mask_names[] = { "mask", "masks", "weight", "weights", NULL };
/* Columns that count, and say nothing of a network. */
static const char *const counter_names[] = {
  "trial", "time", "step", "t", "index", "episode", "demonstration", "", NULL
};
/* Arrays that tell trials apart: a number for each step, 1 at the last step, a number for each trial. */
static const char *const trial_names[] = { "trial", "trials", "episode", "episodes", "demonstration", NULL };
static const char *const end_names[] = {
  "terminals", "terminal", "timeouts", "truncated", "ends", "dones", "done", NULL
};
static const char *const length_names[] = { "lengths", "length", NULL };

void
rheo_own_data_free (RheoOwnData *data)
{
  if (data == NULL)
    return;
  g_free (data->path);
  g_free (data->input);
  g_free (data->target);
  g_free (data->mask);
  g_free (data->trial);
  g_free (data->ends);
  g_free (data->lengths);
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
is_mark (const char *name)
{
  return is_called (name, trial_names) || is_called (name, end_names) || is_called (name, length_names);
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

      if (!is_called (name, counter_names) && !is_mark (name) && !has_name (names, name))
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

/* The first one that has no role yet, or of columns all of them with commas between. */
static char *
dup_others (const GPtrArray *names, const char *taken, const char *mask, gboolean columns)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    if (g_strcmp0 (names->pdata[i], taken) != 0 && g_strcmp0 (names->pdata[i], mask) != 0)
      g_ptr_array_add (others, names->pdata[i]);
  if (!columns && others->len > 1)
    g_ptr_array_set_size (others, 1);
  g_ptr_array_add (others, NULL);
  return others->len > 1 ? g_strjoinv (", ", (GStrv) others->pdata) : NULL;
}

/* Of an NPY file that is called neither way: it is the inputs, and what lies beside it the targets. */
static void
give_roles (RheoOwnData *data, const GPtrArray *names, gboolean columns)
{
  const char *input = find_called (names, input_names), *target = find_called (names, target_names);

  data->mask = g_strdup (find_called (names, mask_names));
  if (columns && input == NULL && target == NULL)
    for (guint i = 0; i < names->len; i++)
      if (g_strcmp0 (names->pdata[i], data->mask) != 0)
        target = names->pdata[i];
  data->input = input != NULL ? g_strdup (input) : dup_others (names, target, data->mask, columns);
  data->target = target != NULL ? g_strdup (target) : dup_others (names, data->input, data->mask, columns);
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

/* Those with such names, with commas between. */
static char *
dup_called (const RheoTable *list, const char *const *called)
{
  const char *note = rheo_table_get_note (list, "names");
  g_auto (GStrv) all = g_strsplit (note != NULL ? note : "", ", ", -1);
  g_autoptr (GString) found = g_string_new (NULL);

  for (char **one = all; *one != NULL; one++)
    if (is_called (*one, called))
      g_string_append_printf (found, "%s%s", found->len > 0 ? ", " : "", *one);
  return found->len > 0 ? g_strdup (found->str) : NULL;
}

/* Two axes are trials and steps of one channel; or steps and channels, where both have as many steps and something says that
 * they are: marks, several channels, a lack of them. */
static gboolean
is_in_a_row (const RheoOwnData *data, const RheoTable *table, const RheoColumn *input, const RheoColumn *target)
{
  if (rheo_table_get_note (table, "axes") != NULL || input->n_dims > 2 || target->n_dims > 2
      || input->dims[0] != target->dims[0])
    return FALSE;
  return data->trial != NULL || data->ends != NULL || input->n_dims != 2 || target->n_dims != 2
         || input->dims[1] != target->dims[1];
}

/* As the task finds them. */
static gboolean
count_trials (RheoOwnData *data, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_own_data_new_experiment (data, NULL, error);
  const RheoTask *task;
  void *opened = NULL;
  RheoShape shape;

  if (experiment == NULL || !rheo_experiment_set (experiment, "task.held-out", "0", error))
    return FALSE;
  task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  if (!task->open (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), 0, &opened, error))
    return FALSE;
  task->shape (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), opened, &shape);
  task->close (opened);
  data->n_trials = shape.n_trials;
  data->n_steps = shape.n_steps;
  return TRUE;
}

static gboolean
find_axes (RheoOwnData *data, const RheoTable *list, const RheoTable *table, GError **error)
{
  const RheoColumn *input = rheo_table_find (table, data->input), *target = rheo_table_find (table, data->target);
  const gboolean found = input != NULL && target != NULL && input->n_dims > 0 && target->n_dims > 0;

  if (found && rheo_table_get_note (table, "axes") == NULL)
    {
      data->trial = dup_called (list, trial_names);
      data->ends = dup_called (list, end_names);
      data->lengths = dup_called (list, length_names);
    }
  data->in_a_row = found && is_in_a_row (data, table, input, target);
  if (data->in_a_row)
    {
      data->n_in = input->n_dims == 2 ? (int) input->dims[1] : 1;
      data->n_out = target->n_dims == 2 ? (int) target->dims[1] : 1;
      return count_trials (data, error);
    }
  if (!found || input->n_dims < 2 || input->n_dims > 3 || target->n_dims < 2 || target->n_dims > 3)
    return rheo_fail (
        error, RHEO_ERROR_FORMAT,
        _ ("“%2$s” and “%3$s” in %1$s are taken for inputs and targets, but they are no numbers with steps and "
           "trials."),
        data->path, data->input, data->target);
  data->trials_first = has_trials_first (table, input, target);
  data->n_in = get_size (input, data->trials_first, 2);
  data->n_out = get_size (target, data->trials_first, 2);
  data->n_steps = get_size (input, data->trials_first, 1);
  data->n_trials = get_size (input, data->trials_first, 0);
  return TRUE;
}

RheoOwnData *
rheo_own_data_read (const char *path, GError **error)
{
  g_autoptr (RheoOwnData) data = g_new0 (RheoOwnData, 1);
  g_autoptr (RheoTable) list = rheo_numbers_read (path, (const char *const[]){ NULL }, error);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GPtrArray) names = NULL;

  if (list == NULL)
    return NULL;
  names = list_arrays (list);
  give_roles (data, names, rheo_table_get_note (list, "axes") != NULL);
  data->path = g_canonicalize_filename (path, NULL);
  if (data->input == NULL || data->target == NULL)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds %s. Two arrays are needed, inputs and targets."), path,
                 rheo_table_get_note (list, "names"));
      return NULL;
    }
  table = rheo_numbers_read (path, (const char *const[]){ data->input, data->target, NULL }, error);
  return table != NULL && find_axes (data, list, table, error) ? g_steal_pointer (&data) : NULL;
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
                                 data->in_a_row       ? "step-channel"
                                 : data->trials_first ? "trial-step-channel"
                                                      : "channel-step-trial",
                                 error)
         && (!data->in_a_row || data->trial == NULL
             || rheo_experiment_set (experiment, "task.trial", data->trial, error))
         && (!data->in_a_row || data->ends == NULL || rheo_experiment_set (experiment, "task.ends", data->ends, error))
         && (data->in_a_row || data->lengths == NULL
             || rheo_experiment_set (experiment, "task.lengths", data->lengths, error));
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
