#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "experiment-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"

const char *const rheo_slot_names[] = { "task", "model", "rule", "plasticity", "compare", NULL };

static const char *const keeps[] = { "last", "best", NULL };

const RheoParam rheo_run_params[] = {
  RHEO_P_INT (RheoRunRows, seed, "seed", .label = N_ ("Seed"),
              .help = N_ ("Start of all random numbers: the same seed gives the same run."),
              .words = N_ ("random state, reproducible"), .def = 1, .min = 0, .max = G_MAXINT, .soft_max = 100),
  RHEO_P_TEXT (RheoRunRows, device, "device", .label = N_ ("Device"),
               .help = N_ ("What computes: auto, cpu, cuda, or cuda:1 for the second card. Auto takes a card where "
                           "there is one that can run the network."),
               .words = N_ ("graphics card, GPU"), .def_text = "auto"),
  RHEO_P_INT (RheoRunRows, threads, "threads", .label = N_ ("Threads"),
              .help = N_ ("Worker threads on the CPU; 0 takes one per core. Results do not depend on it."),
              .words = N_ ("cores, processors, parallel"), .def = 0, .min = 0, .max = 1024, .soft_max = 16),
  RHEO_P_INT (RheoRunRows, budget, "budget", .label = N_ ("Iterations"),
              .help = N_ ("The run ends after so many iterations. The rule says what one is: an epoch of a fixed data "
                          "set, a batch, an episode, a generation."),
              .words = N_ ("epochs, batches, episodes, generations, training time, length of the training"), .def = 20,
              .min = 1, .max = G_MAXINT, .soft_min = 1, .soft_max = 1000, .flags = RHEO_LOG | RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, batch, "batch", .label = N_ ("Batch size"), .help = N_ ("Trials per update of the weights."),
              .words = N_ ("minibatch, mini-batch, samples per update"), .unit = N_ ("trials"), .def = 50, .min = 1,
              .max = 1e6, .soft_min = 1, .soft_max = 512, .flags = RHEO_LOG),
  RHEO_P_INT (RheoRunRows, memory, "memory", .label = N_ ("Memory"),
              .help = N_ ("What the activity of a batch may take. A batch that needs more is run in parts; results do "
                          "not depend on it."),
              .unit = N_ ("MB"), .def = 1000, .min = 1, .max = 1e7, .soft_min = 100, .soft_max = 1e5,
              .flags = RHEO_LOG | RHEO_ADVANCED),
  RHEO_P_INT (RheoRunRows, lane_rows, "lane-rows", .label = N_ ("Trials per lane"),
              .help = N_ ("A thread runs so many trials at once; 0 chooses from the size of the network. It decides "
                          "the order of sums, so results differ in the last digits."),
              .unit = N_ ("trials"), .def = 0, .min = 0, .max = 1024, .soft_max = 64, .flags = RHEO_ADVANCED),
  RHEO_P_REALS (RheoRunRows, record, n_record, "record", .label = N_ ("Recorded iterations"),
                .help = N_ ("After these iterations weights, gradients and the activity of the probe trials are kept."),
                .def_text = "1 2 5 10", .min = 0, .max = G_MAXINT, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, record_every, "record-every", .label = N_ ("Record every"),
              .help = N_ ("Keep the same also after every so many iterations; 0 only after those listed."),
              .unit = N_ ("iterations"), .def = 10, .min = 0, .max = G_MAXINT, .soft_max = 100, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, checkpoint, "checkpoint", .label = N_ ("Checkpoint every"),
              .help =
                  N_ ("After so many iterations everything is written that a run needs to go on; 0 only at the end."),
              .unit = N_ ("iterations"), .def = 5, .min = 0, .max = G_MAXINT, .soft_max = 100, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, validate, "validate", .label = N_ ("Validate every"),
              .help = N_ ("After so many iterations trials are scored that are never learned from; 0 never."),
              .words = N_ ("validation, testing, evaluation"), .unit = N_ ("iterations"), .def = 1, .min = 0,
              .max = G_MAXINT, .soft_max = 20, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, compare, "compare", .label = N_ ("Compare every"),
              .help =
                  N_ ("After so many iterations the update of the rule is held against the gradient of the compared "
                      "rule on the same trials; 0 never."),
              .words = N_ ("cosine, gradient comparison, alignment"), .unit = N_ ("iterations"), .def = 1, .min = 0,
              .max = G_MAXINT, .soft_max = 20, .needs = RHEO_COMPARED, .flags = RHEO_LIVE),
  RHEO_P_INT (RheoRunRows, n_probe, "probe", .label = N_ ("Probe trials"),
              .help = N_ ("Fixed trials, never learned from, whose activity is recorded and shown."),
              .unit = N_ ("trials"), .def = 8, .min = 1, .max = 1000, .soft_min = 1, .soft_max = 32),
  RHEO_P_CHOICE (RheoRunRows, keep, "keep", keeps, .label = N_ ("Network to keep"),
                 .help = N_ ("Which network a finished run ends with: that of the last iteration, or the one that "
                             "scored best in validation."),
                 .def = RHEO_KEEP_LAST),
  RHEO_P_END,
};

/* --- a value with one owner ------------------------------------------------------------------------------------ */

RheoKind
rheo_slot_get_kind (RheoSlot slot)
{
  return slot == RHEO_SLOT_TASK ? RHEO_KIND_TASK : slot == RHEO_SLOT_MODEL ? RHEO_KIND_MODEL : RHEO_KIND_RULE;
}

RheoExperiment *
rheo_experiment_new (void)
{
  RheoExperiment *experiment = g_new0 (RheoExperiment, 1);

  experiment->title = g_strdup ("");
  rheo_params_reset (rheo_run_params, &experiment->run);
  return experiment;
}

RheoExperiment *
rheo_experiment_dup (const RheoExperiment *experiment)
{
  RheoExperiment *copy = g_memdup2 (experiment, sizeof *experiment);

  copy->title = g_strdup (experiment->title);
  copy->view = g_strdup (experiment->view);
  copy->reference = g_strdup (experiment->reference);
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    if (copy->slot[s].component != NULL)
      copy->slot[s].values = g_memdup2 (experiment->slot[s].values, MAX (copy->slot[s].component->config_size, 1));
  return copy;
}

void
rheo_experiment_free (RheoExperiment *experiment)
{
  if (experiment == NULL)
    return;
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    g_free (experiment->slot[s].values);
  g_free (experiment->title);
  g_free (experiment->view);
  g_free (experiment->reference);
  g_free (experiment);
}

const char *
rheo_experiment_get_title (const RheoExperiment *experiment)
{
  return experiment->title;
}

void
rheo_experiment_set_title (RheoExperiment *experiment, const char *title)
{
  char *copy = g_strdup (title != NULL ? title : ""); /* title may be the present one */

  g_free (experiment->title);
  experiment->title = copy;
}

void
rheo_experiment_set_component (RheoExperiment *experiment, RheoSlot slot, const RheoComponent *component)
{
  g_return_if_fail (component == NULL || component->kind == rheo_slot_get_kind (slot));
  g_clear_pointer (&experiment->slot[slot].values, g_free);
  experiment->slot[slot].component = component;
  if (component == NULL)
    return;
  experiment->slot[slot].values = g_malloc0 (MAX (component->config_size, 1));
  rheo_params_reset (component->params, experiment->slot[slot].values);
}

const RheoComponent *
rheo_experiment_get_component (const RheoExperiment *experiment, RheoSlot slot)
{
  return experiment->slot[slot].component;
}

void *
rheo_experiment_get_values (const RheoExperiment *experiment, RheoSlot slot)
{
  return experiment->slot[slot].values;
}

RheoRunRows *
rheo_experiment_get_run (const RheoExperiment *experiment)
{
  return (RheoRunRows *) &experiment->run;
}

const char *
rheo_experiment_get_view (const RheoExperiment *experiment)
{
  return experiment->view;
}

/* --- key paths ------------------------------------------------------------------------------------------------- */

/* The table, its values, and the rest of a path behind "model." or "run.". */
typedef struct
{
  const char *object; /* "model" */
  int slot;           /* -1: run */
  const RheoParam *rows;
  void *values;
  size_t size;
  const char *rest; /* "tau-mem"; NULL: the object itself */
} Place;

static gboolean
find_place (const RheoExperiment *experiment, const char *path, Place *place, GError **error)
{
  static const char *const words[] = { "task", "model", "rule", "plasticity", "compare", "run", "title", NULL };
  const char *dot = strchr (path, '.');
  g_autofree char *object = dot != NULL ? g_strndup (path, (gsize) (dot - path)) : g_strdup (path);
  const char *near;

  place->rest = dot != NULL ? dot + 1 : NULL;
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    if (g_str_equal (object, rheo_slot_names[s]))
      {
        const RheoComponent *component = experiment->slot[s].component;

        place->object = rheo_slot_names[s];
        place->slot = s;
        place->rows = component != NULL ? component->params : NULL;
        place->values = experiment->slot[s].values;
        place->size = component != NULL ? component->config_size : 0;
        return TRUE;
      }
  if (g_str_equal (object, "run"))
    {
      place->object = "run";
      place->slot = -1;
      place->rows = rheo_run_params;
      place->values = rheo_experiment_get_run (experiment);
      place->size = sizeof (RheoRunRows);
      return TRUE;
    }
  near = rheo_nearest (object, words);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no key \"%s\"; the nearest to \"%s\" is \"%s\"."), path,
                      object, near);
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("There is no key \"%s\"; keys start with task, model, rule, plasticity, compare or run."), path);
}

/* The same for a path that must lead to a row. */
static gboolean
find_row_place (const RheoExperiment *experiment, const char *path, Place *place, GError **error)
{
  if (!find_place (experiment, path, place, error))
    return FALSE;
  if (place->slot >= 0 && experiment->slot[place->slot].component == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s cannot be used: the experiment has no %s. Set %s.id first."),
                      path, place->object, place->object);
  if (place->rest == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is a whole object; add one of its keys, as in %s.%s."), path,
                      path, place->slot >= 0 ? "id" : "seed");
  return TRUE;
}

const RheoParam *
rheo_experiment_find (const RheoExperiment *experiment, const char *path, void **at, GError **error)
{
  Place place;

  if (!find_row_place (experiment, path, &place, error))
    return NULL;
  return rheo_params_find (place.rows, place.values, place.rest, place.object, at, error);
}

gboolean
rheo_experiment_apply_preset (RheoExperiment *experiment, RheoSlot slot, const char *id, GError **error)
{
  const RheoComponent *component = experiment->slot[slot].component;
  const char *name = rheo_slot_names[slot];
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (const RheoPreset *preset = component->presets; preset != NULL && preset->id != NULL; preset++)
    {
      if (g_str_equal (preset->id, id))
        {
          g_autoptr (JsonNode) node = rheo_json_parse (preset->json, -1, preset->id, error);

          return node != NULL
                 && rheo_params_set_json (component->params, experiment->slot[slot].values, json_node_get_object (node),
                                          name, error);
        }
      g_ptr_array_add (ids, (gpointer) preset->id);
    }
  if (ids->len == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.preset is \"%s\"; %s has no presets."), name, id,
                      component->title);
  g_ptr_array_add (ids, NULL);
  joined = g_strjoinv (", ", (char **) ids->pdata);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s.preset is \"%s\"; allowed is one of %s."), name, id, joined);
}

static gboolean
set_id (RheoExperiment *experiment, RheoSlot slot, const char *id, GError **error)
{
  gboolean optional = slot == RHEO_SLOT_PLASTICITY || slot == RHEO_SLOT_COMPARE;
  const RheoComponent *component = NULL;

  if (!optional || (*id != '\0' && !g_str_equal (id, "none")))
    {
      component = rheo_component_find (rheo_slot_get_kind (slot), id, error);
      if (component == NULL)
        {
          g_prefix_error (error, "%s.id: ", rheo_slot_names[slot]);
          return FALSE;
        }
    }
  rheo_experiment_set_component (experiment, slot, component);
  return TRUE;
}

gboolean
rheo_experiment_set (RheoExperiment *experiment, const char *path, const char *text, GError **error)
{
  const RheoParam *row;
  g_autofree void *before = NULL;
  gboolean done;
  Place place;
  void *at;

  if (g_str_equal (path, "title"))
    {
      if (!g_utf8_validate (text, -1, NULL))
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is not UTF-8 text."), path);
      rheo_experiment_set_title (experiment, text);
      return TRUE;
    }
  if (!find_place (experiment, path, &place, error))
    return FALSE;
  if (place.slot >= 0 && g_strcmp0 (place.rest, "id") == 0)
    return set_id (experiment, (RheoSlot) place.slot, text, error);
  if (!find_row_place (experiment, path, &place, error))
    return FALSE;

  /* A refused block or preset may have set some of its keys already. */
  before = g_memdup2 (place.values, place.size);
  if (place.slot >= 0 && g_str_equal (place.rest, "preset"))
    done = rheo_experiment_apply_preset (experiment, (RheoSlot) place.slot, text, error);
  else
    {
      row = rheo_params_find (place.rows, place.values, place.rest, place.object, &at, error);
      done = row != NULL && rheo_param_set_text (row, at, text, path, error);
    }
  if (!done && place.size > 0)
    memcpy (place.values, before, place.size);
  return done;
}

char *
rheo_experiment_dup_value (const RheoExperiment *experiment, const char *path, GError **error)
{
  const RheoParam *row;
  Place place;
  void *at;

  if (g_str_equal (path, "title"))
    return g_strdup (experiment->title);
  if (!find_place (experiment, path, &place, error))
    return NULL;
  if (place.slot >= 0 && g_strcmp0 (place.rest, "id") == 0)
    return g_strdup (experiment->slot[place.slot].component != NULL ? experiment->slot[place.slot].component->id
                                                                    : "none");
  row = rheo_experiment_find (experiment, path, &at, error);
  return row != NULL ? rheo_param_dup_text (row, at) : NULL;
}

uint64_t
rheo_experiment_get_given (const RheoExperiment *experiment, RheoSlot slot)
{
  const uint64_t kept_back = slot == RHEO_SLOT_COMPARE ? RHEO_LEARNS : 0;
  RheoSlots slots;

  rheo_experiment_get_slots (experiment, &slots);
  return rheo_components_give (&slots) & ~kept_back;
}

gboolean
rheo_experiment_acts (const RheoExperiment *experiment, const char *path)
{
  Place place;

  if (!find_row_place (experiment, path, &place, NULL))
    return TRUE;
  return (rheo_params_get_needs (place.rows, place.rest)
          & ~rheo_experiment_get_given (experiment, place.slot >= 0 ? (RheoSlot) place.slot : RHEO_N_SLOTS))
         == 0;
}

/* Components first, then presets, which need them, then single values, which overrule both. */
static int
get_turn (const char *path)
{
  const char *dot = strchr (path, '.');

  if (dot != NULL && strchr (dot + 1, '.') == NULL && !g_str_has_prefix (path, "run."))
    return g_str_equal (dot, ".id") ? 0 : g_str_equal (dot, ".preset") ? 1 : 2;
  return 2;
}

gboolean
rheo_experiment_set_all (RheoExperiment *experiment, const char *const *assignments, GError **error)
{
  g_autoptr (RheoExperiment) copy = rheo_experiment_dup (experiment);
  RheoExperiment swap;

  for (int i = 0; assignments[i] != NULL; i++)
    if (strchr (assignments[i], '=') == NULL)
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("\"%s\" is no assignment; write KEY=VALUE, as in run.seed=2."),
                        assignments[i]);
  for (int turn = 0; turn < 4; turn++)
    for (int i = 0; assignments[i] != NULL; i++)
      {
        const char *value = strchr (assignments[i], '=') + 1;
        g_autofree char *path = g_strndup (assignments[i], (gsize) (value - 1 - assignments[i]));
        Place place;

        if (turn < 3 && get_turn (path) == turn && !rheo_experiment_set (copy, path, value, error))
          return FALSE;
        /* At last, because a later assignment may switch a key on that an earlier one set. */
        if (turn == 3 && get_turn (path) == 2 && !g_str_equal (path, "title")
            && (!find_row_place (copy, path, &place, error)
                || !rheo_params_check_used (place.rows, place.values, place.rest, place.object, error)))
          return FALSE;
      }
  swap = *experiment;
  *experiment = *copy;
  *copy = swap;
  return TRUE;
}

/* --- checks ---------------------------------------------------------------------------------------------------- */

static gboolean
check_run (const RheoRunRows *run, GError **error)
{
  const char *device = run->device;

  if (!rheo_params_check (rheo_run_params, run, "run", error))
    return FALSE;
  for (int i = 0; i < run->n_record; i++)
    if (run->record[i] != floor (run->record[i]))
      {
        char text[RHEO_NUMBER_SIZE];

        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("run.record has %s; allowed are whole numbers of iterations."),
                          rheo_number_text (run->record[i], text));
      }
  if (g_str_has_prefix (device, "cuda:") && g_ascii_string_to_unsigned (device + 5, 10, 0, 255, NULL, NULL))
    return TRUE;
  if (!g_str_equal (device, "auto") && !g_str_equal (device, "cpu") && !g_str_equal (device, "cuda"))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("run.device is \"%s\"; allowed is auto, cpu, cuda, or cuda: and a number."), device);
  return TRUE;
}

void
rheo_experiment_get_slots (const RheoExperiment *experiment, RheoSlots *slots)
{
  const RheoComponent **component[] = { &slots->task, &slots->model, &slots->rule, &slots->plasticity,
                                        &slots->compare };
  const void **config[] = { &slots->task_config, &slots->model_config, &slots->rule_config, &slots->plasticity_config,
                            &slots->compare_config };

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      *component[s] = experiment->slot[s].component;
      *config[s] = experiment->slot[s].values;
    }
}

gboolean
rheo_experiment_check (const RheoExperiment *experiment, GError **error)
{
  RheoSlots slots;

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = experiment->slot[s].component;
      const void *values = experiment->slot[s].values;

      if (component == NULL && s <= RHEO_SLOT_RULE)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("The experiment has no %s; set %s.id (\"rheobase-cli list %s\" names them)."),
                          rheo_slot_names[s], rheo_slot_names[s], rheo_kind_plural (rheo_slot_get_kind ((RheoSlot) s)));
      if (component == NULL)
        continue;
      if (!rheo_params_check (component->params, values, rheo_slot_names[s], error))
        return FALSE;
      if (component->check != NULL && !component->check (values, error))
        return FALSE;
    }
  rheo_experiment_get_slots (experiment, &slots);
  return check_run (&experiment->run, error) && rheo_components_fit (&slots, error);
}

/* --- differences ----------------------------------------------------------------------------------------------- */

gboolean
rheo_experiment_equal (const RheoExperiment *a, const RheoExperiment *b)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    if (a->slot[s].component != b->slot[s].component
        || (a->slot[s].component != NULL
            && !rheo_params_equal (a->slot[s].component->params, a->slot[s].values, b->slot[s].values)))
      return FALSE;
  return rheo_params_equal (rheo_run_params, &a->run, &b->run);
}

/* Key path -> value as text, and the paths in order. */
typedef struct
{
  GHashTable *values;
  GPtrArray *paths; /* owned by values of the experiment that has them first */
} Listing;

static gboolean
list_value (const char *path, const RheoParam *row, void *at, gpointer data)
{
  Listing *listing = data;
  char *mine = g_strdup (path);

  g_hash_table_insert (listing->values, mine, rheo_param_dup_text (row, at));
  g_ptr_array_add (listing->paths, mine);
  return TRUE;
}

static void
list_values (const RheoExperiment *experiment, Listing *listing)
{
  listing->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  listing->paths = g_ptr_array_new ();
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = experiment->slot[s].component;
      char *id = g_strconcat (rheo_slot_names[s], ".id", NULL);

      g_hash_table_insert (listing->values, id, g_strdup (component != NULL ? component->id : ""));
      g_ptr_array_add (listing->paths, id);
      if (component != NULL)
        rheo_params_visit (component->params, experiment->slot[s].values, rheo_slot_names[s], list_value, listing);
    }
  rheo_params_visit (rheo_run_params, rheo_experiment_get_run (experiment), "run", list_value, listing);
}

static void
add_difference (GPtrArray *lines, const char *path, const char *a, const char *b)
{
  if (g_strcmp0 (a, b) != 0)
    g_ptr_array_add (lines, g_strdup_printf ("%s\t%s\t%s", path, a != NULL ? a : "", b != NULL ? b : ""));
}

char **
rheo_experiment_diff (const RheoExperiment *a, const RheoExperiment *b)
{
  GPtrArray *lines = g_ptr_array_new ();
  Listing of_a, of_b;

  list_values (a, &of_a);
  list_values (b, &of_b);
  for (guint i = 0; i < of_a.paths->len; i++)
    {
      const char *path = g_ptr_array_index (of_a.paths, i);

      add_difference (lines, path, g_hash_table_lookup (of_a.values, path), g_hash_table_lookup (of_b.values, path));
    }
  for (guint i = 0; i < of_b.paths->len; i++)
    {
      const char *path = g_ptr_array_index (of_b.paths, i);

      if (!g_hash_table_contains (of_a.values, path))
        add_difference (lines, path, NULL, g_hash_table_lookup (of_b.values, path));
    }
  g_hash_table_destroy (of_a.values);
  g_hash_table_destroy (of_b.values);
  g_ptr_array_unref (of_a.paths);
  g_ptr_array_unref (of_b.paths);
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (lines, FALSE);
}
