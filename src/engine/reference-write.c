#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "reference-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "experiment-private.h"
#include "json-text.h"
#include "ready.h"

/* A key whose value is still that of the object that was read stays as it is; the others are set. Then the object is read
 * again: what differs from the experiment has no place in it. */

#define FOLDER "reference" /* of data, with the configuration that is the default */
#define DEFAULTS "neurosim-cartpole"

/* --- an object ---------------------------------------------------------------------------------------------------- */

/* The object or list below, made where there is none: a list where `next` is a place in it. */
static JsonNode *
reach (JsonNode *node, const char *name, const char *next)
{
  const gboolean list = g_ascii_isdigit (*next);

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      const guint i = (guint) g_ascii_strtoull (name, NULL, 10);

      while (json_array_get_length (array) <= i)
        json_array_add_object_element (array, json_object_new ());
      return json_array_get_element (array, i);
    }
  if (!json_object_has_member (json_node_get_object (node), name)
      || json_object_get_null_member (json_node_get_object (node), name))
    {
      if (list)
        json_object_set_array_member (json_node_get_object (node), name, json_array_new ());
      else
        json_object_set_object_member (json_node_get_object (node), name, json_object_new ());
    }
  return json_object_get_member (json_node_get_object (node), name);
}

/* A list with another element i, which is taken. */
static JsonNode *
dup_with (JsonNode *list, guint i, JsonNode *element)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonArray *old = json_node_get_array (list);

  for (guint k = 0; k < MAX (json_array_get_length (old), i + 1); k++)
    if (k == i)
      json_array_add_element (array, element);
    else if (k < json_array_get_length (old))
      json_array_add_element (array, json_node_copy (json_array_get_element (old, k)));
    else
      json_array_add_int_element (array, 0);
  return json_node_init_array (json_node_alloc (), array);
}

/* Takes value. */
static void
put (JsonNode *root, const char *path, JsonNode *value)
{
  g_auto (GStrv) words = g_strsplit (path, ".", -1);
  JsonNode *node = root, *around = root;
  char **word = words;

  for (; word[1] != NULL; word++)
    {
      around = node;
      node = reach (node, word[0], word[1]);
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    json_object_set_member (json_node_get_object (around), word[-1],
                            dup_with (node, (guint) g_ascii_strtoull (*word, NULL, 10), value));
  else
    json_object_set_member (json_node_get_object (node), *word, value);
}

static void
drop (JsonNode *root, const char *path)
{
  const char *last = strrchr (path, '.');
  g_autofree char *around = last != NULL ? g_strndup (path, (gsize) (last - path)) : NULL;
  JsonNode *node = around != NULL ? rheo_reference_find (root, around) : root;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    json_object_remove_member (json_node_get_object (node), last != NULL ? last + 1 : path);
}

/* --- our values as theirs ----------------------------------------------------------------------------------------- */

/* NULL: it is not written. */
static JsonNode *
convert (const RheoKey *key, const RheoExperiment *from, const char *text)
{
  const gboolean on = g_str_equal (text, "true");
  g_autofree char *word = NULL;
  g_autoptr (JsonNode) number = NULL;

  switch (key->form)
    {
    case RHEO_KEY_FLAG:
    case RHEO_KEY_NOT:
      /* As it is where it is left out. */
      if (g_strcmp0 (key->absent, "false") == 0)
        return json_node_init_boolean (json_node_alloc (), on);
      return json_node_init_int (json_node_alloc (), on == (key->form == RHEO_KEY_FLAG));
    case RHEO_KEY_WORD:
      word = rheo_reference_dup_word (key->words, text, TRUE);
      if (word == NULL)
        return NULL;
      number = rheo_json_parse (word, -1, key->theirs, NULL);
      return number != NULL ? g_steal_pointer (&number) : json_node_init_string (json_node_alloc (), word);
    case RHEO_KEY_STEPS:
      {
        char ms[RHEO_NUMBER_SIZE];

        rheo_number_text (g_ascii_strtod (text, NULL) * rheo_reference_get_number (from, "task.dt"), ms);
        return rheo_json_parse (ms, -1, key->theirs, NULL);
      }
    default:
      return rheo_json_parse (text, -1, key->theirs, NULL);
    }
}

/* FALSE: another value switches it off, or the rule is another one. */
static gboolean
is_used (const RheoExperiment *experiment, const char *path)
{
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = rheo_experiment_get_component (experiment, (RheoSlot) s);
      const gsize n = strlen (rheo_slot_names[s]);

      if (strncmp (path, rheo_slot_names[s], n) == 0 && path[n] == '.')
        return component != NULL
               && rheo_params_check_used (component->params, rheo_experiment_get_values (experiment, (RheoSlot) s),
                                          path + n + 1, rheo_slot_names[s], NULL);
    }
  return TRUE;
}

static void
give_list (JsonNode *root, const RheoKey *key, const char *text)
{
  g_autofree char *list = g_strdelimit (g_strconcat ("[", text, "]", NULL), " ", ',');
  g_autofree char *beside = g_strndup (key->theirs, strlen (key->theirs) - strlen ("intervals"));
  g_autofree char *bins = g_strconcat (beside, "bins", NULL);
  JsonNode *node = rheo_json_parse (list, -1, key->theirs, NULL);

  put (root, bins, json_node_init_int (json_node_alloc (), json_array_get_length (json_node_get_array (node)) - 1));
  put (root, key->theirs, node);
}

/* What counts by being there: the object itself, or mean and standard deviation of a receptive field. */
static void
give_whole (const RheoExperiment *from, const RheoKey *key, const char *ours, gboolean on, JsonNode *root)
{
  static const struct
  {
    const char *theirs, *ours;
  } both[] = { { "mean", "mean" }, { "std", "sd" } };
  const gboolean field = g_str_has_suffix (key->theirs, ".mean");

  if (!field)
    {
      if (on && rheo_reference_find (root, key->theirs) == NULL)
        put (root, key->theirs, rheo_json_parse ("{}", -1, key->theirs, NULL));
      if (on && g_str_equal (key->theirs, "critic.modulation"))
        put (root, "critic.modulation.type", json_node_init_string (json_node_alloc (), "linear"));
      if (!on)
        drop (root, key->theirs);
    }
  for (guint i = 0; field && i < G_N_ELEMENTS (both); i++)
    {
      g_autofree char *theirs =
          g_strdup_printf ("%.*s.%s", (int) (strlen (key->theirs) - strlen (".mean")), key->theirs, both[i].theirs);
      g_autofree char *path =
          g_strdup_printf ("%.*s.%s", (int) (strlen (ours) - strlen (".standardise")), ours, both[i].ours);

      drop (root, theirs);
      if (on)
        put (root, theirs, json_node_init_double (json_node_alloc (), rheo_reference_get_number (from, path)));
    }
}

static void
give_key (const RheoExperiment *from, const RheoExperiment *before, RheoReferenceKind kind, const RheoKey *key,
          JsonNode *root)
{
  g_autofree char *ours = rheo_reference_dup_ours (key, kind), *text = NULL, *was = NULL;
  JsonNode *value;

  if (key->form == RHEO_KEY_FIXED && rheo_reference_find (root, key->theirs) != NULL)
    return;
  if (ours == NULL || key->form == RHEO_KEY_LAST || !is_used (from, ours))
    return;
  text = rheo_experiment_dup_value (from, ours, NULL);
  was = is_used (before, ours) ? rheo_experiment_dup_value (before, ours, NULL) : NULL;
  if (text == NULL || g_strcmp0 (text, was) == 0)
    return;
  if (key->form == RHEO_KEY_P || key->form == RHEO_KEY_CONV)
    drop (root, key->theirs);
  else if (key->form == RHEO_KEY_GIVEN)
    give_whole (from, key, ours, g_str_equal (text, "true"), root);
  else if (strchr (text, ' ') != NULL && g_str_has_suffix (key->theirs, ".intervals"))
    give_list (root, key, text);
  else
    {
      value = convert (key, from, text);
      if (value != NULL)
        put (root, key->theirs, value);
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static gboolean
has (const RheoExperiment *experiment, RheoSlot slot, const char *id)
{
  const RheoComponent *component = rheo_experiment_get_component (experiment, slot);

  return g_strcmp0 (component != NULL ? component->id : NULL, id) == 0;
}

RheoReferenceKind
rheo_reference_get_kind (const RheoExperiment *experiment)
{
  const gboolean alone = has (experiment, RHEO_SLOT_PLASTICITY, NULL);

  if (!has (experiment, RHEO_SLOT_TASK, "cartpole") || !has (experiment, RHEO_SLOT_MODEL, "intf7"))
    return RHEO_REFERENCE_AS_WRITTEN;
  if (has (experiment, RHEO_SLOT_RULE, "stdp-rl") && alone)
    return RHEO_REFERENCE_STDP_RL;
  if (!has (experiment, RHEO_SLOT_RULE, "evolution"))
    return RHEO_REFERENCE_AS_WRITTEN;
  return alone                                               ? RHEO_REFERENCE_EVOLUTION
         : has (experiment, RHEO_SLOT_PLASTICITY, "stdp-rl") ? RHEO_REFERENCE_EVOLUTION_STDP
                                                             : RHEO_REFERENCE_AS_WRITTEN;
}

/* The object that the experiment was made from, or the default one. */
static JsonNode *
read_start (const RheoExperiment *experiment, GError **error)
{
  g_autofree char *path = NULL, *text = NULL;

  if (experiment->reference != NULL)
    return rheo_json_parse (experiment->reference, -1, "reference", error);
  path = rheo_ready_find (FOLDER, DEFAULTS);
  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    {
      rheo_fail (error, RHEO_ERROR_IO,
                 _ ("The configuration with the defaults of the published program is not "
                    "installed."));
      return NULL;
    }
  return rheo_json_parse (text, -1, path, error);
}

/* What only we have, and how it trains; an error for what has no place at all. */
static gboolean
give_own (const RheoExperiment *experiment, RheoReferenceKind kind, JsonNode *root, GError **error)
{
  g_autoptr (RheoExperiment) again = rheo_reference_read (root, kind, error);
  g_autoptr (JsonObject) own = json_object_new ();
  g_auto (GStrv) lines = NULL;

  if (again == NULL)
    return FALSE;
  json_object_set_string_member (own, RHEO_REFERENCE_TRAINING, rheo_reference_kinds[kind]);
  lines = rheo_experiment_diff (experiment, again);
  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, "\t", 3);

      if (!rheo_reference_is_own (words[0]))
        return rheo_fail (
            error, RHEO_ERROR_UNSUPPORTED,
            _ ("%s is %s, for which configurations of the published program have no place; allowed is %s."), words[0],
            words[1], words[2]);
      json_object_set_string_member (own, words[0], words[1]);
    }
  json_object_set_object_member (json_node_get_object (root), RHEO_REFERENCE_OWN, json_object_ref (own));
  return TRUE;
}

char *
rheo_reference_dup_json (const RheoExperiment *experiment, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (RheoExperiment) before = NULL;
  const RheoReferenceKind kind = rheo_reference_get_kind (experiment);

  if (kind == RHEO_REFERENCE_AS_WRITTEN)
    {
      rheo_fail (
          error, RHEO_ERROR_UNSUPPORTED,
          _ ("The published program has the task cartpole, the model intf7 and the rules stdp-rl and evolution; this "
             "experiment has others."));
      return NULL;
    }
  root = read_start (experiment, error);
  before = root != NULL ? rheo_reference_read (root, kind, error) : NULL;
  if (before == NULL)
    return NULL;
  for (const RheoKey *key = rheo_reference_keys; key->theirs != NULL; key++)
    give_key (experiment, before, kind, key, root);
  /* There an environment without a seed is another one each time. */
  put (root, "env.seed", json_node_init_int (json_node_alloc (), experiment->run.seed));
  return give_own (experiment, kind, root, error) ? rheo_json_dup_text (root, TRUE) : NULL;
}

RheoExperiment *
rheo_reference_dup_as (const RheoExperiment *experiment, RheoReferenceKind kind, GError **error)
{
  g_autofree char *text = rheo_reference_dup_json (experiment, error);
  g_autoptr (JsonNode) root = text != NULL ? rheo_json_parse (text, -1, "reference", error) : NULL;

  if (root == NULL)
    return NULL;
  json_object_remove_member (json_node_get_object (root), RHEO_REFERENCE_OWN);
  return rheo_reference_read (root, kind, error);
}

gboolean
rheo_reference_save (const RheoExperiment *experiment, const char *path, GError **error)
{
  g_autofree char *json = rheo_reference_dup_json (experiment, error);
  g_autoptr (GError) local = NULL;

  if (json == NULL)
    return FALSE;
  if (g_file_set_contents_full (path, json, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: %s"), path, local->message);
}
