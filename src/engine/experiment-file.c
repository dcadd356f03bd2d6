#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "experiment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "json-text.h"
#include "ready.h"
#include "reference.h"

#define FOLDER "experiments" /* of data, with the ready-made ones */
#define MAX_FILE (16 << 20)
#define GRID 6 /* columns of the dashboard */

/* --- values of older versions ---------------------------------------------------------------------------------- */

static gboolean
is_list_of_objects (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
      return FALSE;
  return array != NULL && json_array_get_length (array) > 0;
}

/* Key path -> node, down to what is neither an object nor a list of objects. */
static void
flatten (JsonNode *node, const char *path, GHashTable *values)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *key;
      JsonNode *member;

      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &key, &member))
        {
          g_autofree char *inner = *path != '\0' ? g_strconcat (path, ".", key, NULL) : g_strdup (key);

          flatten (member, inner, values);
        }
    }
  else if (is_list_of_objects (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      {
        g_autofree char *inner = g_strdup_printf ("%s.%u", path, i);

        flatten (json_array_get_element (json_node_get_array (node), i), inner, values);
      }
  else
    g_hash_table_insert (values, g_strdup (path), json_node_copy (node));
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Keys start with a letter, so an object with the key "0" is a list. */
static JsonNode *
lists_from_objects (JsonObject *object)
{
  JsonNode *node;
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  if (json_object_has_member (object, "0"))
    {
      JsonArray *array = json_array_new ();

      for (guint i = 0; i < json_object_get_size (object); i++)
        {
          g_autofree char *index = g_strdup_printf ("%u", i);
          JsonNode *element = json_object_get_member (object, index);

          if (element != NULL && JSON_NODE_HOLDS_OBJECT (element))
            json_array_add_element (array, lists_from_objects (json_node_get_object (element)));
        }
      node = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (node, array);
      return node;
    }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, json_object_new ());
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &member))
    json_object_set_member (json_node_get_object (node), key,
                            JSON_NODE_HOLDS_OBJECT (member) ? lists_from_objects (json_node_get_object (member))
                                                            : json_node_copy (member));
  return node;
}

static JsonNode *
unflatten (GHashTable *values)
{
  g_autoptr (JsonObject) root = json_object_new ();
  guint n;
  g_autofree const char **paths = (const char **) g_hash_table_get_keys_as_array (values, &n);

  qsort (paths, n, sizeof *paths, compare_paths);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) words = g_strsplit (paths[i], ".", -1);
      JsonObject *object = root;
      char **word = words;

      for (; word[0] != NULL && word[1] != NULL; word++)
        {
          JsonNode *inner = json_object_get_member (object, *word);

          if (inner == NULL || !JSON_NODE_HOLDS_OBJECT (inner))
            json_object_set_object_member (object, *word, json_object_new ());
          object = json_object_get_object_member (object, *word);
        }
      if (*word != NULL)
        json_object_set_member (object, *word, json_node_copy (g_hash_table_lookup (values, paths[i])));
    }
  return lists_from_objects (root);
}

static JsonNode *
upgrade (const RheoComponent *component, const char *slot, gint64 from, JsonNode *node, GError **error)
{
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_node_unref);

  if (component->upgrade == NULL)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s.version is %d; %s can only read version %u."), slot, (int) from,
                 component->title, component->version);
      return NULL;
    }
  flatten (node, "", values);
  if (!component->upgrade ((unsigned) from, values, error))
    return NULL;
  return unflatten (values);
}

/* --- reading --------------------------------------------------------------------------------------------------- */

static gboolean
fail_key (const char *object, const char *key, const char *const *keys, GError **error)
{
  const char *near = rheo_nearest (key, keys);
  g_autofree char *all = g_strjoinv (", ", (char **) keys);

  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has no key \"%s\"; the nearest is \"%s\"."), object, key, near);
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has no key \"%s\"; its keys are %s."), object, key, all);
}

static gboolean
fail_type (const char *path, JsonNode *node, const char *allowed, GError **error)
{
  g_autofree char *text = rheo_json_dup_text (node, FALSE);

  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is %.60s; allowed is %s."), path, text, allowed);
}

static gboolean
holds (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean
read_version (JsonNode *node, const char *path, const char *what, gint64 newest, gint64 *version, GError **error)
{
  if (!holds (node, G_TYPE_INT64) || json_node_get_int (node) < 1)
    return fail_type (path, node, _ ("a whole number from 1 on"), error);
  *version = json_node_get_int (node);
  if (*version > newest)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("%s is %d; this program knows %s up to %d. A newer Rheobase has written it."), path,
                      (int) MIN (*version, G_MAXINT), what, (int) newest);
  return TRUE;
}

static gboolean
read_slot (RheoExperiment *experiment, RheoSlot slot, JsonNode *node, GError **error)
{
  const char *name = rheo_slot_names[slot];
  g_autofree char *id_path = g_strconcat (name, ".id", NULL), *version_path = g_strconcat (name, ".version", NULL),
                  *preset_path = g_strconcat (name, ".preset", NULL);
  g_autoptr (JsonNode) rest = NULL;
  const RheoComponent *component;
  g_autofree char *preset = NULL;
  gint64 version;
  JsonNode *member;

  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail_type (name, node, _ ("an object with an id"), error);
  member = json_object_get_member (json_node_get_object (node), "id");
  if (member == NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s has no id, so it is not known which %s is meant."), name,
                      rheo_kind_name (rheo_slot_get_kind (slot)));
  if (!holds (member, G_TYPE_STRING))
    return fail_type (id_path, member, _ ("the name of a component"), error);
  component = rheo_component_find (rheo_slot_get_kind (slot), json_node_get_string (member), error);
  if (component == NULL)
    return FALSE;
  rheo_experiment_set_component (experiment, slot, component);

  version = component->version;
  member = json_object_get_member (json_node_get_object (node), "version");
  if (member != NULL && !read_version (member, version_path, component->title, component->version, &version, error))
    return FALSE;
  member = json_object_get_member (json_node_get_object (node), "preset");
  if (member != NULL && !holds (member, G_TYPE_STRING))
    return fail_type (preset_path, member, _ ("the name of a preset"), error);
  preset = member != NULL ? g_strdup (json_node_get_string (member)) : NULL;
  if (preset != NULL && !rheo_experiment_apply_preset (experiment, slot, preset, error))
    return FALSE;

  json_object_remove_member (json_node_get_object (node), "id");
  json_object_remove_member (json_node_get_object (node), "version");
  json_object_remove_member (json_node_get_object (node), "preset");
  rest = version < component->version ? upgrade (component, name, version, node, error) : json_node_ref (node);
  return rest != NULL
         && rheo_params_set_json (component->params, experiment->slot[slot].values, json_node_get_object (rest), name,
                                  error);
}

static gboolean
check_panel (JsonNode *panel, const char *path, GError **error)
{
  static const char *const keys[] = { "plot", "from", "map", "set", "at", NULL };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (panel) ? json_node_get_object (panel) : NULL;
  g_autofree char *at_path = g_strconcat (path, ".at", NULL), *from_path = g_strconcat (path, ".from", NULL);
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;
  gint64 at[4];
  JsonNode *from, *place;

  if (object == NULL || !holds (json_object_get_member (object, "plot"), G_TYPE_STRING))
    return fail_type (path, panel, _ ("an object with the name of a plot"), error);
  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *member = json_object_get_member (object, l->data);
      g_autofree char *member_path = g_strdup_printf ("%s.%s", path, (char *) l->data);

      if (!g_strv_contains (keys, l->data))
        return fail_key (path, l->data, keys, error);
      if ((g_str_equal (l->data, "map") || g_str_equal (l->data, "set")) && !JSON_NODE_HOLDS_OBJECT (member))
        return fail_type (member_path, member, _ ("an object"), error);
    }
  from = json_object_get_member (object, "from");
  if (from != NULL && JSON_NODE_HOLDS_ARRAY (from))
    {
      for (guint i = 0; i < json_array_get_length (json_node_get_array (from)); i++)
        if (!holds (json_array_get_element (json_node_get_array (from), i), G_TYPE_STRING))
          return fail_type (from_path, from, _ ("a name or an array of names"), error);
    }
  else if (from != NULL && !holds (from, G_TYPE_STRING))
    return fail_type (from_path, from, _ ("a name or an array of names"), error);

  place = json_object_get_member (object, "at");
  if (place == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (place) || json_array_get_length (json_node_get_array (place)) != 4)
    return fail_type (at_path, place, _ ("column, row, width and height"), error);
  for (guint i = 0; i < 4; i++)
    {
      JsonNode *number = json_array_get_element (json_node_get_array (place), i);

      at[i] = holds (number, G_TYPE_INT64) ? json_node_get_int (number) : -1;
      if (at[i] < (i < 2 ? 0 : 1) || at[i] > 1000)
        return fail_type (at_path, place, _ ("column, row, width and height"), error);
    }
  if (at[0] + at[2] > GRID)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s reaches beyond the last of the %d columns."), at_path, GRID);
  return TRUE;
}

static gboolean
read_view (RheoExperiment *experiment, JsonNode *node, GError **error)
{
  static const char *const keys[] = { "live", "values", NULL };
  JsonNode *live, *values;
  g_autoptr (GList) members = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail_type ("view", node, _ ("an object with the key live"), error);
  members = json_object_get_members (json_node_get_object (node));
  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (keys, l->data))
      return fail_key ("view", l->data, keys, error);
  live = json_object_get_member (json_node_get_object (node), "live");
  if (live != NULL && !JSON_NODE_HOLDS_ARRAY (live))
    return fail_type ("view.live", live, _ ("an array of panels"), error);
  for (guint i = 0; live != NULL && i < json_array_get_length (json_node_get_array (live)); i++)
    {
      g_autofree char *path = g_strdup_printf ("view.live.%u", i);

      if (!check_panel (json_array_get_element (json_node_get_array (live), i), path, error))
        return FALSE;
    }
  values = json_object_get_member (json_node_get_object (node), "values");
  if (values != NULL && !JSON_NODE_HOLDS_ARRAY (values))
    return fail_type ("view.values", values, _ ("an array of names of values"), error);
  for (guint i = 0; values != NULL && i < json_array_get_length (json_node_get_array (values)); i++)
    if (!holds (json_array_get_element (json_node_get_array (values), i), G_TYPE_STRING))
      return fail_type ("view.values", values, _ ("an array of names of values"), error);
  g_free (experiment->view);
  experiment->view = rheo_json_dup_text (node, FALSE);
  return TRUE;
}

gboolean
rheo_experiment_set_view (RheoExperiment *experiment, const char *json, GError **error)
{
  g_autoptr (JsonNode) node = NULL;

  if (json == NULL)
    {
      g_clear_pointer (&experiment->view, g_free);
      return TRUE;
    }
  node = rheo_json_parse (json, -1, "view", error);
  return node != NULL && read_view (experiment, node, error);
}

static gboolean
read_members (RheoExperiment *experiment, JsonObject *object, GError **error)
{
  static const char *const keys[] = { "format",  "title", "task", "model",     "rule", "plasticity",
                                      "compare", "run",   "view", "reference", NULL };
  g_autoptr (GList) members = json_object_get_members (object);
  gint64 format;

  if (!json_object_has_member (object, "format"))
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("There is no format, so this is no experiment; the newest is %d."),
                      RHEO_EXPERIMENT_FORMAT);
  if (!read_version (json_object_get_member (object, "format"), "format", _ ("formats"), RHEO_EXPERIMENT_FORMAT,
                     &format, error))
    return FALSE;
  for (GList *l = members; l != NULL; l = l->next)
    {
      const char *key = l->data;
      JsonNode *node = json_object_get_member (object, key);
      gboolean done = TRUE;

      if (!g_strv_contains (keys, key))
        return fail_key (_ ("The experiment"), key, keys, error);
      for (int s = 0; s < RHEO_N_SLOTS; s++)
        if (g_str_equal (key, rheo_slot_names[s]))
          done = read_slot (experiment, (RheoSlot) s, node, error);
      if (g_str_equal (key, "title"))
        {
          if (!holds (node, G_TYPE_STRING))
            return fail_type (key, node, _ ("any text"), error);
          rheo_experiment_set_title (experiment, json_node_get_string (node));
        }
      else if (g_str_equal (key, "run") && !JSON_NODE_HOLDS_OBJECT (node))
        done = fail_type (key, node, _ ("an object"), error);
      else if (g_str_equal (key, "run"))
        done = rheo_params_set_json (rheo_run_params, &experiment->run, json_node_get_object (node), key, error);
      else if (g_str_equal (key, "view"))
        done = read_view (experiment, node, error);
      else if (g_str_equal (key, "reference") && !JSON_NODE_HOLDS_OBJECT (node))
        done = fail_type (key, node, _ ("an object"), error);
      else if (g_str_equal (key, "reference"))
        experiment->reference = rheo_json_dup_text (node, FALSE);
      if (!done)
        return FALSE;
    }
  return TRUE;
}

static RheoExperiment *
parse (const char *json, gssize length, const char *origin, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_new ();
  g_autoptr (JsonNode) node = rheo_json_parse (json, length, origin, error);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s holds no JSON object, so this is no experiment."), origin);
      return NULL;
    }
  if (rheo_reference_is (json_node_get_object (node)))
    {
      g_clear_pointer (&experiment, rheo_experiment_free);
      experiment = rheo_reference_import (json_node_get_object (node), RHEO_REFERENCE_AS_WRITTEN, error);
    }
  else if (!read_members (experiment, json_node_get_object (node), error))
    g_clear_pointer (&experiment, rheo_experiment_free);
  if (experiment == NULL)
    {
      g_prefix_error (error, "%s: ", origin);
      return NULL;
    }
  return g_steal_pointer (&experiment);
}

RheoExperiment *
rheo_experiment_parse (const char *json, const char *origin, GError **error)
{
  return parse (json, -1, origin, error);
}

/* --- writing --------------------------------------------------------------------------------------------------- */

static void
copy_member (JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
  json_object_set_member (data, key, json_node_copy (node));
}

char *
rheo_experiment_dup_json (const RheoExperiment *experiment)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  json_object_set_int_member (object, "format", RHEO_EXPERIMENT_FORMAT);
  if (*experiment->title != '\0')
    json_object_set_string_member (object, "title", experiment->title);
  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      const RheoComponent *component = experiment->slot[s].component;
      g_autoptr (JsonObject) values = NULL;
      JsonObject *written;

      if (component == NULL)
        continue;
      written = json_object_new ();
      json_object_set_string_member (written, "id", component->id);
      json_object_set_int_member (written, "version", component->version);
      values = rheo_params_dup_json (component->params, experiment->slot[s].values);
      json_object_foreach_member (values, copy_member, written);
      json_object_set_object_member (object, rheo_slot_names[s], written);
    }
  json_object_set_object_member (object, "run", rheo_params_dup_json (rheo_run_params, &experiment->run));
  if (experiment->view != NULL)
    json_object_set_member (object, "view", rheo_json_parse (experiment->view, -1, "view", NULL));
  if (experiment->reference != NULL)
    json_object_set_member (object, "reference", rheo_json_parse (experiment->reference, -1, "reference", NULL));
  json_node_set_object (root, object);
  return rheo_json_dup_text (root, TRUE);
}

gboolean
rheo_experiment_save (const RheoExperiment *experiment, const char *path, GError **error)
{
  g_autofree char *json = rheo_experiment_dup_json (experiment);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, json, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: %s"), path, local->message);
}

/* --- titles ---------------------------------------------------------------------------------------------------- */

/* Those of data/experiments. Files keep the title as it is, so that they are the same in every language. */
static const char *const ready_titles[] = {
  NC_ ("experiment", "3-bit flip-flop"),
  NC_ ("experiment", "Context-dependent decision"),
  NC_ ("experiment", "Context-dependent decision, short"),
  NC_ ("experiment", "Delayed match to sample"),
  NC_ ("experiment", "Spoken digits, adaptation currents, made-up data"),
  NC_ ("experiment", "Spoken digits, adaptation currents"),
  NC_ ("experiment", "Spoken digits, adaptive units, made-up data"),
  NC_ ("experiment", "Spoken digits, adaptive units"),
  NC_ ("experiment", "Spoken digits, e-prop, made-up data"),
  NC_ ("experiment", "Spoken digits, e-prop"),
  NC_ ("experiment", "Spoken digits, integrate-and-fire units, made-up data"),
  NC_ ("experiment", "Spoken digits, integrate-and-fire units"),
  NC_ ("experiment", "Spoken digits, published notebook, corrected, made-up data"),
  NC_ ("experiment", "Spoken digits, published notebook, corrected"),
  NC_ ("experiment", "Spoken digits, published notebook, as it is, made-up data"),
  NC_ ("experiment", "Spoken digits, published notebook, as it is"),
  NC_ ("experiment", "Exclusive or"),
  NC_ ("experiment", "Go or no go"),
  NC_ ("experiment", "Memory of a number"),
  NC_ ("experiment", "Memory of an angle"),
  NC_ ("experiment", "Memory of an angle, newest"),
  NC_ ("experiment", "Robot arm over its whole range, spiking"),
  NC_ ("experiment", "Robot trajectory as published: samples as time"),
  NC_ ("experiment", "Robot trajectory, plain spiking network"),
  NC_ ("experiment", "Robot trajectory, spiking"),
  NC_ ("experiment", "Button and food"),
  NC_ ("experiment", "Button and food, target spikes"),
  NC_ ("experiment", "Pole on a cart, by example"),
  NC_ ("experiment", "Self-organising network"),
  NC_ ("experiment", "Self-organising network that counts"),
  NC_ ("experiment", "Self-organising network, as in the Python package"),
  NC_ ("experiment", "Self-organising network of 1,000 units"),
  NC_ ("experiment", "Pole on a cart by reward, self-organising network"),
  NC_ ("experiment", "Pole on a cart by reward, as in the Python package"),
  NC_ ("experiment", "Pole on a cart, reward-modulated STDP"),
  NC_ ("experiment", "Pole on a cart, untrained"),
  NC_ ("experiment", "Pole on a cart, evolution"),
  NC_ ("experiment", "Pole on a cart, evolution of what learns"),
  NC_ ("experiment", "Three-dimensional trajectory, backpropagation"),
  NC_ ("experiment", "Three-dimensional trajectory, e-prop"),
  NC_ ("experiment", "Three-dimensional trajectory, full-FORCE"),
  NC_ ("experiment", "Three-dimensional trajectory, target-based"),
  NC_ ("experiment", "Three-dimensional trajectory, target spikes"),
};

const char *
rheo_experiment_get_shown_title (const RheoExperiment *experiment)
{
  const char *title = rheo_experiment_get_title (experiment);

  for (gsize i = 0; title != NULL && i < G_N_ELEMENTS (ready_titles); i++)
    if (g_str_equal (title, ready_titles[i]))
      return g_dpgettext2 (GETTEXT_PACKAGE, "experiment", title);
  return title;
}

/* --- files ----------------------------------------------------------------------------------------------------- */

char **
rheo_experiment_names (void)
{
  return rheo_ready_dup_names (FOLDER);
}

static gboolean
fail_name (const char *name, GError **error)
{
  g_auto (GStrv) names = rheo_experiment_names ();
  const char *near = rheo_nearest (name, (const char *const *) names);
  g_autofree char *all = g_strjoinv (", ", names);

  if (strchr (name, '/') != NULL || g_str_has_suffix (name, ".json"))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be read: there is no such file."), name);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("There is no experiment \"%s\", ready-made or as a file; the nearest is \"%s\"."), name, near);
  if (*all == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no file \"%s\", and no ready-made experiment was found."),
                      name);
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("There is no experiment \"%s\", ready-made or as a file; ready-made ones are %s."), name, all);
}

/* Pipes are read as well, so the size is only known afterwards. */
static GString *
read_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_autoptr (GString) text = g_string_new (NULL);
  char block[1 << 16];
  ssize_t n = 0;

  if (fd < 0)
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be read: %s."), path, g_strerror (errno));
      return NULL;
    }
  while (text->len <= MAX_FILE && (n = read (fd, block, sizeof block)) > 0)
    g_string_append_len (text, block, n);
  if (n < 0)
    rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be read: %s."), path, g_strerror (errno));
  else if (text->len > MAX_FILE)
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is larger than %d MB, so this is no experiment."), path,
               MAX_FILE >> 20);
  close (fd);
  return n < 0 || text->len > MAX_FILE ? NULL : g_steal_pointer (&text);
}

RheoExperiment *
rheo_experiment_load (const char *name_or_path, GError **error)
{
  g_autofree char *path = rheo_ready_find (FOLDER, name_or_path);
  g_autoptr (GString) text = NULL;

  if (path == NULL && !g_file_test (name_or_path, G_FILE_TEST_EXISTS))
    {
      fail_name (name_or_path, error);
      return NULL;
    }
  if (path == NULL)
    path = g_strdup (name_or_path);
  text = read_file (path, error);
  return text != NULL ? parse (text->str, (gssize) text->len, path, error) : NULL;
}
