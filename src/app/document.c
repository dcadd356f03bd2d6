#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/document.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/changes.h"
#include "app/run-facts.h"
#include "engine/reference.h"
#include "widgets/number-text.h"

#define ONE_STEP G_USEC_PER_SEC /* edits of one field that follow within this time are one step */
#define LONGEST_VALUE 24        /* letters of a value in the text of a step */

/* Where an experiment comes from; all steps since it was loaded share it. */
typedef struct
{
  RheoExperiment *reference, *saved;
  char *name, *path;
} Origin;

typedef struct
{
  RheoExperiment *experiment;
  Origin *origin;
  char *branch, *branch_unit;
  gint64 branch_at;
} State;

typedef struct
{
  State state;
  char *label;
} Step;

struct _RheoDocument
{
  GObject parent_instance;
  State state;
  GPtrArray *undo, *redo; /* Step */
  char *last_path;        /* of the newest step; NULL: the next edit is a step of its own */
  gint64 last_time;       /* monotonic */
  RheoChanges *changes;   /* against the reference */
  char *problem, *undo_label, *redo_label;
  gboolean modified;
};

enum
{
  PROP_UNDO_LABEL = 1,
  PROP_REDO_LABEL,
  PROP_PROBLEM,
  PROP_N_CHANGED,
  PROP_MODIFIED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (RheoDocument, rheo_document, G_TYPE_OBJECT)

/* --- states ---------------------------------------------------------------------------------------------------- */

static void
clear_origin (gpointer data)
{
  Origin *origin = data;

  rheo_experiment_free (origin->reference);
  rheo_experiment_free (origin->saved);
  g_free (origin->name);
  g_free (origin->path);
}

static Origin *
new_origin (const RheoExperiment *experiment, const char *name, const char *path)
{
  Origin *origin = g_rc_box_new0 (Origin);

  origin->reference = rheo_experiment_dup (experiment);
  origin->saved = rheo_experiment_dup (experiment);
  origin->name = g_strdup (name);
  origin->path = g_strdup (path);
  return origin;
}

static void
clear_state (State *state)
{
  g_clear_pointer (&state->experiment, rheo_experiment_free);
  if (state->origin != NULL)
    g_rc_box_release_full (g_steal_pointer (&state->origin), clear_origin);
  g_clear_pointer (&state->branch, g_free);
  g_clear_pointer (&state->branch_unit, g_free);
}

static void
free_step (gpointer data)
{
  Step *step = data;

  clear_state (&step->state);
  g_free (step->label);
  g_free (step);
}

static gboolean
same_values (const RheoExperiment *a, const RheoExperiment *b)
{
  return rheo_experiment_equal (a, b) && g_str_equal (rheo_experiment_get_title (a), rheo_experiment_get_title (b));
}

/* --- telling --------------------------------------------------------------------------------------------------- */

static const char *
top_label (GPtrArray *steps)
{
  return steps->len > 0 ? ((Step *) steps->pdata[steps->len - 1])->label : NULL;
}

static gboolean
renew_text (char **text, const char *now)
{
  if (g_strcmp0 (*text, now) == 0)
    return FALSE;
  g_free (*text);
  *text = g_strdup (now);
  return TRUE;
}

/* found: as of rheo_document_note_problem. */
static gboolean
renew_problem (RheoDocument *document, const char *found)
{
  g_autoptr (GError) error = NULL;

  rheo_experiment_check (document->state.experiment, &error);
  return renew_text (&document->problem, error != NULL ? error->message : found);
}

/* After every change of the state. */
static void
update (RheoDocument *document)
{
  int n_changed = rheo_changes_count (document->changes, NULL);
  gboolean modified = !same_values (document->state.experiment, document->state.origin->saved);
  gboolean told[N_PROPS] = { 0 };

  rheo_changes_free (document->changes);
  document->changes = rheo_changes_new (document->state.experiment, document->state.origin->reference);
  told[PROP_N_CHANGED] = n_changed != rheo_changes_count (document->changes, NULL);
  told[PROP_PROBLEM] = renew_problem (document, NULL);
  told[PROP_UNDO_LABEL] = renew_text (&document->undo_label, top_label (document->undo));
  told[PROP_REDO_LABEL] = renew_text (&document->redo_label, top_label (document->redo));
  told[PROP_MODIFIED] = document->modified != modified;
  document->modified = modified;

  g_object_ref (document);
  g_signal_emit (document, changed_signal, 0);
  for (int i = 1; i < N_PROPS; i++)
    if (told[i])
      g_object_notify_by_pspec (G_OBJECT (document), props[i]);
  g_object_unref (document);
}

/* --- steps ----------------------------------------------------------------------------------------------------- */

static void
take_step (RheoDocument *document, State next, const char *path, const char *label)
{
  gint64 now = g_get_monotonic_time ();
  gboolean same = path != NULL && g_strcmp0 (path, document->last_path) == 0 && now - document->last_time < ONE_STEP;
  Step *step = same ? document->undo->pdata[document->undo->len - 1] : g_new0 (Step, 1);

  if (same)
    clear_state (&document->state);
  else
    {
      step->state = document->state;
      g_ptr_array_add (document->undo, step);
    }
  g_free (step->label);
  step->label = g_strdup (label);
  document->state = next;
  g_ptr_array_set_size (document->redo, 0);
  g_free (document->last_path);
  document->last_path = g_strdup (path);
  document->last_time = now;
  update (document);
}

/* The same origin with other values. Takes the experiment. */
static void
take_values (RheoDocument *document, RheoExperiment *experiment, const char *path, const char *label)
{
  State next = { experiment, document->state.origin, g_strdup (document->state.branch),
                 g_strdup (document->state.branch_unit), document->state.branch_at };

  g_rc_box_acquire (next.origin);
  if (same_values (experiment, document->state.experiment))
    clear_state (&next);
  else
    take_step (document, next, path, label);
}

static void
take_loaded (RheoDocument *document, RheoExperiment *experiment, const char *name, const char *path, const char *shown)
{
  State next = { .experiment = experiment, .origin = new_origin (experiment, name, path), .branch_at = -1 };
  const char *title = rheo_experiment_get_shown_title (experiment);
  g_autofree char *label = g_strdup_printf (_ ("loading %s"), *title != '\0' ? title : shown);

  take_step (document, next, NULL, label);
}

static void
move_step (RheoDocument *document, GPtrArray *from, GPtrArray *to)
{
  Step *step;
  State before = document->state;

  if (from->len == 0)
    return;
  step = g_ptr_array_steal_index (from, from->len - 1);
  g_ptr_array_add (to, step);
  document->state = step->state;
  step->state = before;
  if (before.origin == document->state.origin)
    rheo_experiment_set_view (document->state.experiment, rheo_experiment_get_view (before.experiment), NULL);
  g_clear_pointer (&document->last_path, g_free);
  update (document);
}

void
rheo_document_undo (RheoDocument *document)
{
  move_step (document, document->undo, document->redo);
}

void
rheo_document_redo (RheoDocument *document)
{
  move_step (document, document->redo, document->undo);
}

/* --- edits ----------------------------------------------------------------------------------------------------- */

/* Of the component that "model.id" chose, or the preset that "model.preset" applied, which is text; NULL: path is neither. */
static const char *
get_title (const RheoExperiment *experiment, const char *path, const char *text)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);
      const char *rest = g_str_has_prefix (path, rheo_slot_names[s]) ? path + strlen (rheo_slot_names[s]) : "";

      if (component == NULL)
        continue;
      if (g_str_equal (rest, ".id"))
        return _ (component->title);
      if (g_str_equal (rest, ".preset"))
        for (const RheoPreset *preset = component->presets; preset != NULL && preset->id != NULL; preset++)
          if (g_str_equal (preset->id, text))
            return _ (preset->title);
    }
  return NULL;
}

/* "threshold 1.0", "rule e-prop"; a list or a long text without its value. text: as set; NULL for a list. */
static char *
dup_step_label (const RheoExperiment *experiment, const char *path, const char *text, const char *label)
{
  g_autofree char *shown = rheo_label_dup_inner (label != NULL ? label : path), *value = NULL;
  const char *title = get_title (experiment, path, text);
  const RheoParam *row = NULL;
  void *at;

  if (title != NULL)
    return g_strdup_printf ("%s %s", shown, title);
  if (!g_str_equal (path, "title"))
    row = rheo_experiment_find (experiment, path, &at, NULL);
  if (row != NULL && row->type != RHEO_BLOCK && row->type != RHEO_LIST)
    value = rheo_param_dup_text (row, at);
  if (row != NULL && row->type == RHEO_CHOICE)
    g_strdelimit (value, "-", ' ');
  if (value == NULL || *value == '\0' || g_utf8_strlen (value, -1) > LONGEST_VALUE)
    return g_steal_pointer (&shown);
  return g_strdup_printf ("%s %s", shown, value);
}

gboolean
rheo_document_set (RheoDocument *document, const char *path, const char *text, const char *label, GError **error)
{
  g_autoptr (RheoExperiment) next = rheo_experiment_dup (document->state.experiment);
  g_autofree char *step = NULL;

  if (!rheo_experiment_set (next, path, text, error))
    return FALSE;
  step = dup_step_label (next, path, text, label);
  take_values (document, g_steal_pointer (&next), path, step);
  return TRUE;
}

static gboolean
change_list (RheoDocument *document, const char *path, int i, const char *label,
             gboolean (*change) (const RheoParam *row, void *at, int i, const char *path, GError **error),
             GError **error)
{
  g_autoptr (RheoExperiment) next = rheo_experiment_dup (document->state.experiment);
  g_autofree char *step = NULL;
  void *at;
  const RheoParam *row = rheo_experiment_find (next, path, &at, error);

  if (row == NULL || !change (row, at, i, path, error))
    return FALSE;
  step = dup_step_label (next, path, NULL, label);
  take_values (document, g_steal_pointer (&next), NULL, step);
  return TRUE;
}

gboolean
rheo_document_insert (RheoDocument *document, const char *path, int i, const char *label, GError **error)
{
  return change_list (document, path, i, label, rheo_param_insert, error);
}

gboolean
rheo_document_remove (RheoDocument *document, const char *path, int i, const char *label, GError **error)
{
  return change_list (document, path, i, label, rheo_param_remove, error);
}

static void
reset_slot (RheoExperiment *experiment, const RheoExperiment *reference, RheoSlot slot)
{
  const RheoComponent *component = rheo_experiment_get_component (reference, slot);

  rheo_experiment_set_component (experiment, slot, component);
  if (component != NULL)
    memcpy (rheo_experiment_get_values (experiment, slot), rheo_experiment_get_values (reference, slot),
            component->config_size);
}

gboolean
rheo_document_reset (RheoDocument *document, const char *path, const char *label, GError **error)
{
  const RheoExperiment *reference = document->state.origin->reference;
  g_autoptr (RheoExperiment) next = NULL;
  g_autofree char *inner = NULL, *step = NULL, *text = NULL;

  if (path == NULL)
    {
      next = rheo_experiment_dup (reference);
      rheo_experiment_set_view (next, rheo_experiment_get_view (document->state.experiment), NULL);
      take_values (document, g_steal_pointer (&next), NULL, _ ("reset of all values"));
      return TRUE;
    }
  next = rheo_experiment_dup (document->state.experiment);
  if (rheo_slot_of_id (path) >= 0)
    reset_slot (next, reference, (RheoSlot) rheo_slot_of_id (path));
  else
    {
      text = rheo_document_dup_reference_text (document, path);
      if (!rheo_experiment_set (next, path, text != NULL ? text : "", error))
        return FALSE;
    }
  inner = rheo_label_dup_inner (label != NULL ? label : path);
  step = g_strdup_printf (_ ("reset of %s"), inner);
  take_values (document, g_steal_pointer (&next), NULL, step);
  return TRUE;
}

char *
rheo_document_dup_reference_text (RheoDocument *document, const char *path)
{
  return rheo_changes_dup_reference_text (document->changes, path);
}

char **
rheo_document_dup_changed (RheoDocument *document)
{
  return rheo_changes_dup_paths (document->changes);
}

gboolean
rheo_document_is_changed (RheoDocument *document, const char *path)
{
  return rheo_changes_contain (document->changes, path);
}

int
rheo_document_count_changed (RheoDocument *document, const char *path)
{
  return rheo_changes_count (document->changes, path);
}

/* --- loading and saving ---------------------------------------------------------------------------------------- */

gboolean
rheo_document_load (RheoDocument *document, const char *name_or_path, GError **error)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  gboolean ready = g_strv_contains ((const char *const *) names, name_or_path);
  g_autofree char *path = ready ? NULL : g_canonicalize_filename (name_or_path, NULL);
  g_autofree char *shown = ready ? g_strdup (name_or_path) : g_path_get_basename (name_or_path);
  RheoExperiment *experiment = rheo_experiment_load (name_or_path, error);

  if (experiment == NULL)
    return FALSE;
  /* Saving an experiment must not take the place of a configuration of another program. */
  if (path != NULL && rheo_reference_is_file (path))
    g_clear_pointer (&path, g_free);
  take_loaded (document, experiment, ready ? name_or_path : NULL, path, shown);
  return TRUE;
}

static RheoExperiment *
new_fitting (void)
{
  const RheoComponent *const *tasks = rheo_components (RHEO_KIND_TASK);
  const RheoComponent *const *models = rheo_components (RHEO_KIND_MODEL);
  const RheoComponent *const *rules = rheo_components (RHEO_KIND_RULE);
  RheoExperiment *experiment = rheo_experiment_new ();

  for (int r = 0; rules[r] != NULL; r++)
    for (int m = 0; models[m] != NULL; m++)
      for (int t = 0; tasks[t] != NULL; t++)
        {
          rheo_experiment_set_component (experiment, RHEO_SLOT_TASK, tasks[t]);
          rheo_experiment_set_component (experiment, RHEO_SLOT_MODEL, models[m]);
          rheo_experiment_set_component (experiment, RHEO_SLOT_RULE, rules[r]);
          if (rheo_experiment_check (experiment, NULL))
            return experiment;
        }
  return experiment;
}

void
rheo_document_load_new (RheoDocument *document)
{
  take_loaded (document, new_fitting (), NULL, NULL, _ ("a new experiment"));
}

void
rheo_document_take (RheoDocument *document, RheoExperiment *experiment)
{
  take_loaded (document, experiment, NULL, NULL, _ ("an experiment"));
}

typedef struct
{
  char *path, *unit;
  gint64 iteration;
} OfRun;

static void
free_of_run (gpointer data)
{
  OfRun *of_run = data;

  g_free (of_run->path);
  g_free (of_run->unit);
  g_free (of_run);
}

static void
read_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  OfRun *of_run = data;
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (of_run->path, &error);

  if (run == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  of_run->unit = rheo_run_dup_unit (run);
  g_task_return_pointer (task, rheo_experiment_dup (rheo_run_get_experiment (run)),
                         (GDestroyNotify) rheo_experiment_free);
}

void
rheo_document_load_run_async (RheoDocument *document, const char *run_path, int64_t iteration, GAsyncReadyCallback done,
                              gpointer data)
{
  g_autoptr (GTask) task = g_task_new (document, NULL, done, data);
  OfRun *of_run = g_new0 (OfRun, 1);

  of_run->path = g_canonicalize_filename (run_path, NULL);
  of_run->iteration = iteration;
  g_task_set_source_tag (task, rheo_document_load_run_async);
  g_task_set_task_data (task, of_run, free_of_run);
  g_task_run_in_thread (task, read_run);
}

gboolean
rheo_document_load_run_finish (RheoDocument *document, GAsyncResult *result, GError **error)
{
  const OfRun *of_run = g_task_get_task_data (G_TASK (result));
  RheoExperiment *experiment = g_task_propagate_pointer (G_TASK (result), error);
  State next = { .experiment = experiment, .branch_at = -1 };
  g_autofree char *name = g_path_get_basename (of_run->path), *label = NULL;

  if (experiment == NULL)
    return FALSE;
  next.origin = new_origin (experiment, NULL, NULL);
  if (of_run->iteration >= 0)
    {
      next.branch = g_strdup (of_run->path);
      next.branch_unit = g_strdup (of_run->unit);
      next.branch_at = of_run->iteration;
    }
  label = g_strdup_printf (next.branch != NULL ? _ ("branch of %s") : _ ("loading %s"), name);
  take_step (document, next, NULL, label);
  return TRUE;
}

void
rheo_document_start_fresh (RheoDocument *document)
{
  State next = { .experiment = rheo_experiment_dup (document->state.experiment),
                 .origin = document->state.origin,
                 .branch_at = -1 };

  g_rc_box_acquire (next.origin);
  if (document->state.branch == NULL)
    clear_state (&next);
  else
    take_step (document, next, NULL, _ ("fresh start"));
}

gboolean
rheo_document_save (RheoDocument *document, const char *path, GError **error)
{
  Origin *origin = document->state.origin;

  if (!rheo_experiment_save (document->state.experiment, path, error))
    return FALSE;
  rheo_experiment_free (origin->saved);
  origin->saved = rheo_experiment_dup (document->state.experiment);
  g_free (origin->path);
  origin->path = g_canonicalize_filename (path, NULL);
  g_clear_pointer (&document->last_path, g_free);
  update (document);
  return TRUE;
}

void
rheo_document_set_view (RheoDocument *document, const char *json)
{
  g_autoptr (GError) error = NULL;

  if (!rheo_experiment_set_view (document->state.experiment, json, &error))
    g_critical ("The dashboard is refused: %s", error->message);
}

/* --- what it holds --------------------------------------------------------------------------------------------- */

const RheoExperiment *
rheo_document_get_experiment (RheoDocument *document)
{
  return document->state.experiment;
}

const RheoExperiment *
rheo_document_get_reference (RheoDocument *document)
{
  return document->state.origin->reference;
}

const char *
rheo_document_get_name (RheoDocument *document)
{
  return document->state.origin->name;
}

const char *
rheo_document_get_path (RheoDocument *document)
{
  return document->state.origin->path;
}

gboolean
rheo_document_has_script (RheoDocument *document)
{
  const RheoComponent *task = rheo_experiment_get_component (document->state.experiment, RHEO_SLOT_TASK);

  return task != NULL && g_str_equal (task->id, "task-script");
}

const char *
rheo_document_get_problem (RheoDocument *document)
{
  return document->problem;
}

void
rheo_document_note_problem (RheoDocument *document, const char *problem)
{
  if (renew_problem (document, problem))
    g_object_notify_by_pspec (G_OBJECT (document), props[PROP_PROBLEM]);
}

const char *
rheo_document_get_branch (RheoDocument *document, int64_t *iteration)
{
  if (iteration != NULL)
    *iteration = document->state.branch_at;
  return document->state.branch;
}

const char *
rheo_document_get_branch_unit (RheoDocument *document)
{
  return document->state.branch_unit;
}

/* --- the object ------------------------------------------------------------------------------------------------ */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RheoDocument *document = RHEO_DOCUMENT (object);

  switch (id)
    {
    case PROP_UNDO_LABEL:
      g_value_set_string (value, document->undo_label);
      break;
    case PROP_REDO_LABEL:
      g_value_set_string (value, document->redo_label);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, document->problem);
      break;
    case PROP_N_CHANGED:
      g_value_set_int (value, rheo_changes_count (document->changes, NULL));
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, document->modified);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
finalize (GObject *object)
{
  RheoDocument *document = RHEO_DOCUMENT (object);

  clear_state (&document->state);
  g_ptr_array_unref (document->undo);
  g_ptr_array_unref (document->redo);
  rheo_changes_free (document->changes);
  g_free (document->last_path);
  g_free (document->problem);
  g_free (document->undo_label);
  g_free (document->redo_label);
  G_OBJECT_CLASS (rheo_document_parent_class)->finalize (object);
}

static void
rheo_document_class_init (RheoDocumentClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = get_property;
  object_class->finalize = finalize;
  props[PROP_UNDO_LABEL] = g_param_spec_string ("undo-label", NULL, NULL, NULL, flags);
  props[PROP_REDO_LABEL] = g_param_spec_string ("redo-label", NULL, NULL, NULL, flags);
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  props[PROP_N_CHANGED] = g_param_spec_int ("n-changed", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_document_init (RheoDocument *document)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  RheoExperiment *experiment = NULL;
  const char *name = NULL;

  document->undo = g_ptr_array_new_with_free_func (free_step);
  document->redo = g_ptr_array_new_with_free_func (free_step);
  for (char **n = names; *n != NULL && experiment == NULL; n++)
    {
      experiment = rheo_experiment_load (*n, NULL);
      name = *n;
    }
  if (experiment == NULL)
    {
      experiment = new_fitting ();
      name = NULL;
    }
  document->state = (State){ .experiment = experiment, .origin = new_origin (experiment, name, NULL), .branch_at = -1 };
  update (document);
}

RheoDocument *
rheo_document_new (void)
{
  return g_object_new (RHEO_TYPE_DOCUMENT, NULL);
}
