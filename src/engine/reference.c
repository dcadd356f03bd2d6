#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "reference-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "experiment-private.h"
#include "json-text.h"
#include "ready.h"

#define OWN RHEO_REFERENCE_OWN
#define TRAINING RHEO_REFERENCE_TRAINING
#define SHOWN_LENGTH 60
#define LONGEST_EPISODE 500.0
#define MOST_EPISODES_PER_S 3 /* a pole falls no sooner than after 8 actions of 49.8 ms */

const char *const rheo_reference_kinds[] = { "as-written", "stdp-rl", "evolution", "evolution-stdp", NULL };

/* The ready-made experiment that an import starts from: what a file does not say is as it is there. */
static const char *const bases[] = { [RHEO_REFERENCE_STDP_RL] = "cartpole-stdp-rl",
                                     [RHEO_REFERENCE_EVOLUTION] = "cartpole-evolution",
                                     [RHEO_REFERENCE_EVOLUTION_STDP] = "cartpole-evol-stdp" };

/* Values that have no place in such a file but change nothing of what the network is and learns. */
static const char *const own_keys[] = { "run.*", "task.episodes", "rule.random-numbers", "rule.evaluation-samples",
                                        "rule.solved-at" };

/* --- keys --------------------------------------------------------------------------------------------------------- */

static gboolean
fits_path (const RheoKey *key, const char *path)
{
  return strchr (key->theirs, '*') != NULL ? g_pattern_match_simple (key->theirs, path)
                                           : g_str_equal (key->theirs, path);
}

static gboolean
is_below (const char *path, const char *of)
{
  const gsize n = strlen (of);

  return n == 0 || (strncmp (path, of, n) == 0 && path[n] == '.');
}

char *
rheo_reference_dup_ours (const RheoKey *key, RheoReferenceKind kind)
{
  if (key->ours == NULL || (key->by != 0 && (key->by & RHEO_KEY_BY (kind)) == 0))
    return NULL;
  if (g_str_has_prefix (key->ours, "learn."))
    return g_strconcat (kind == RHEO_REFERENCE_STDP_RL ? "rule" : "plasticity", strchr (key->ours, '.'), NULL);
  return g_strdup (key->ours);
}

static JsonNode *
get_member (JsonNode *node, const char *key)
{
  guint64 i;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), key);
  if (!JSON_NODE_HOLDS_ARRAY (node) || !g_ascii_string_to_unsigned (key, 10, 0, G_MAXINT, &i, NULL)
      || i >= json_array_get_length (json_node_get_array (node)))
    return NULL;
  return json_array_get_element (json_node_get_array (node), (guint) i);
}

JsonNode *
rheo_reference_find (JsonNode *root, const char *path)
{
  g_auto (GStrv) words = g_strsplit (path, ".", -1);
  JsonNode *node = root;

  for (char **word = words; *word != NULL && node != NULL; word++)
    node = get_member (node, *word);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/* --- what is refused ---------------------------------------------------------------------------------------------- */

static gboolean
refuse (const char *path, JsonNode *node, const char *allowed, GError **error)
{
  g_autofree char *text = rheo_json_dup_text (node, FALSE), *start = NULL;

  if (g_utf8_strlen (text, -1) > SHOWN_LENGTH)
    start = g_utf8_substring (text, 0, SHOWN_LENGTH);
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is %s; allowed is %s."), path, start != NULL ? start : text,
                    allowed);
}

/* What may stand directly below path: names, and how many of them are places of a list. */
static GPtrArray *
list_below (const char *path, guint *n_places)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  *n_places = 0;
  for (const RheoKey *key = rheo_reference_keys; key->theirs != NULL; key++)
    {
      const char *rest = key->theirs + (*path != '\0' ? strlen (path) + 1 : 0);
      g_autofree char *name = NULL;

      if (!is_below (key->theirs, path) || strchr (rest, '*') != NULL)
        continue;
      name = g_strndup (rest, strcspn (rest, "."));
      if (g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        continue;
      *n_places += g_ascii_isdigit (*name) ? 1 : 0;
      g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_add (names, NULL);
  return names;
}

static gboolean check_node (JsonNode *node, const char *path, GError **error);

static gboolean
check_member (JsonNode *node, const char *path, const char *name, GPtrArray *names, GError **error)
{
  g_autofree char *inner = *path != '\0' ? g_strconcat (path, ".", name, NULL) : g_strdup (name);
  const char *near;

  for (const RheoKey *key = rheo_reference_keys; key->theirs != NULL; key++)
    if (key->form == RHEO_KEY_KEPT && fits_path (key, inner))
      return TRUE;
  if (g_strv_contains ((const char *const *) names->pdata, name))
    return TRUE;
  near = rheo_nearest (name, (const char *const *) names->pdata);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("There is no key \"%s\"; the nearest to \"%s\" is \"%s\"."), inner,
                      name, near);
  return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("There is no key \"%s\" in configurations of the published program."),
                    inner);
}

/* All below an object or a list is known. */
static gboolean
check_node (JsonNode *node, const char *path, GError **error)
{
  guint n_places;
  g_autoptr (GPtrArray) names = list_below (path, &n_places);
  g_autoptr (GList) members = NULL;

  if (names->len == 1 || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (n_places > 0)
    {
      if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != n_places)
        {
          g_autofree char *allowed = g_strdup_printf (_ ("a list of %u"), n_places);

          return refuse (path, node, allowed, error);
        }
    }
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (path, node, _ ("an object"), error);
  else
    {
      members = json_object_get_members (json_node_get_object (node));
      for (GList *l = members; l != NULL; l = l->next)
        if (!check_member (node, path, l->data, names, error))
          return FALSE;
    }
  for (guint i = 0; i + 1 < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *inner = *path != '\0' ? g_strconcat (path, ".", name, NULL) : g_strdup (name);
      JsonNode *member = get_member (node, name);

      if (member != NULL && n_places > 0 && JSON_NODE_HOLDS_NULL (member))
        return refuse (inner, member, _ ("a value"), error);
      if (member != NULL && !check_node (member, inner, error))
        return FALSE;
    }
  return TRUE;
}

/* --- their value as ours ------------------------------------------------------------------------------------------ */

typedef struct
{
  JsonNode *root;
  RheoReferenceKind kind;
  RheoExperiment *to;
} Import;

static gboolean
is_number (JsonNode *node, double *v)
{
  const GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *v = type == G_TYPE_INT64 ? (double) json_node_get_int (node) : json_node_get_double (node);
  return TRUE;
}

double
rheo_reference_get_number (const RheoExperiment *experiment, const char *path)
{
  g_autofree char *text = rheo_experiment_dup_value (experiment, path, NULL);
  double v;

  return text != NULL && rheo_number_parse (text, &v) ? v : 0;
}

/* Cells of the population that a link of ours begins at: "model.es-ea.in-degree". */
static double
count_sources (const RheoExperiment *experiment, const char *link)
{
  const char *first = strchr (link, '.') + 1;
  g_autofree char *name = g_strndup (first, strcspn (first, "-"));
  g_autofree char *units = g_strconcat ("model.units-", name, NULL);

  return MAX (
      1, floor (rheo_reference_get_number (experiment, units) * rheo_reference_get_number (experiment, "model.scale")
                + 1e-9));
}

static char *
dup_number (double v)
{
  char text[RHEO_NUMBER_SIZE];

  return g_strdup (rheo_number_text (v, text));
}

char *
rheo_reference_dup_word (const char *words, const char *word, gboolean back)
{
  g_auto (GStrv) pairs = g_strsplit (words, " ", -1);

  for (char **pair = pairs; *pair != NULL; pair++)
    {
      char *ours = strchr (*pair, '=') + 1;

      ours[-1] = '\0';
      if (g_str_equal (back ? ours : *pair, word))
        return g_strdup (back ? *pair : ours);
    }
  return NULL;
}

static char *
dup_words (const char *words)
{
  g_auto (GStrv) pairs = g_strsplit (words, " ", -1);

  for (char **pair = pairs; *pair != NULL; pair++)
    *strchr (*pair, '=') = '\0';
  return g_strjoinv (", ", pairs);
}

static gboolean
is_flag (JsonNode *node, gboolean *on)
{
  double v;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    *on = json_node_get_boolean (node);
  else if (is_number (node, &v) && (v == 0 || v == 1))
    *on = v == 1;
  else
    return FALSE;
  return TRUE;
}

/* Text for rheo_experiment_set; NULL without an error: nothing is set. */
static char *
convert_flag (const RheoKey *key, JsonNode *node, GError **error)
{
  gboolean on;

  if (is_flag (node, &on))
    return g_strdup (on == (key->form == RHEO_KEY_FLAG) ? "true" : "false");
  refuse (key->theirs, node, _ ("0 or 1"), error);
  return NULL;
}

static char *
convert_number (const RheoKey *key, const Import *in, JsonNode *node, double v, GError **error)
{
  JsonNode *list;

  switch (key->form)
    {
    case RHEO_KEY_SOME:
      return v != 0 ? dup_number (v) : NULL;
    case RHEO_KEY_SEED:
      if (v >= 1)
        return dup_number (v);
      refuse (key->theirs, node, _ ("a whole number from 1 on"), error);
      return NULL;
    case RHEO_KEY_LAST:
      return dup_number (v / LONGEST_EPISODE - 1);
    case RHEO_KEY_P:
      return dup_number (floor (0.5 + v * count_sources (in->to, key->ours)));
    case RHEO_KEY_CONV:
      return dup_number (v / count_sources (in->to, key->ours));
    case RHEO_KEY_STEPS:
      {
        const double dt = rheo_reference_get_number (in->to, "task.dt");

        if (v >= dt && v / dt < G_MAXINT)
          return dup_number (floor (v / dt + 1e-9));
        refuse (key->theirs, node, _ ("a time of at least sim.dt"), error);
        return NULL;
      }
    case RHEO_KEY_BINS:
      {
        g_autofree char *beside = g_strndup (key->theirs, strlen (key->theirs) - strlen (".bins"));
        g_autofree char *path = g_strconcat (beside, ".intervals", NULL);

        list = rheo_reference_find (in->root, path);
        if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
          return dup_number (v);
        if (json_array_get_length (json_node_get_array (list)) != v + 1)
          refuse (key->theirs, node, _ ("one less than the bounds in intervals"), error);
        return NULL;
      }
    default:
      return dup_number (v);
    }
}

static char *
convert (const RheoKey *key, const Import *in, JsonNode *node, GError **error)
{
  g_autofree char *text = NULL, *word = NULL, *allowed = NULL;
  const gboolean is_text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
  double v;

  switch (key->form)
    {
    case RHEO_KEY_FLAG:
    case RHEO_KEY_NOT:
      return convert_flag (key, node, error);
    case RHEO_KEY_WORD:
      text = is_text ? g_strdup (json_node_get_string (node)) : rheo_json_dup_text (node, FALSE);
      word = rheo_reference_dup_word (key->words, text, FALSE);
      allowed = dup_words (key->words);
      if (word == NULL)
        refuse (key->theirs, node, allowed, error);
      return g_steal_pointer (&word);
    case RHEO_KEY_VALUE:
      if (JSON_NODE_HOLDS_ARRAY (node))
        return rheo_json_dup_text (node, FALSE);
      G_GNUC_FALLTHROUGH;
    default:
      if (!is_number (node, &v))
        {
          refuse (key->theirs, node, _ ("a number"), error);
          return NULL;
        }
      return convert_number (key, in, node, v, error);
    }
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static gboolean
same_value (JsonNode *a, JsonNode *b)
{
  double x, y;
  gboolean on;

  if (is_number (b, &y))
    return is_number (a, &x) ? x == y : is_flag (a, &on) && (on ? 1 : 0) == y;
  return json_node_equal (a, b);
}

static gboolean
check_fixed (const RheoKey *key, JsonNode *node, GError **error)
{
  g_autoptr (JsonNode) allowed = rheo_json_parse (key->words, -1, key->theirs, NULL);

  return node == NULL || same_value (node, allowed) || refuse (key->theirs, node, key->words, error);
}

/* Noise of weight 0 is none. */
static gboolean
check_noise (const RheoKey *key, const Import *in, JsonNode *node, GError **error)
{
  JsonNode *e = rheo_reference_find (in->root, "net.noiseDamping.E"),
           *i = rheo_reference_find (in->root, "net.noiseDamping.I");
  double of_e, of_i;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (key->theirs, node, _ ("an object"), error);
  if (json_object_get_size (json_node_get_object (node)) == 0
      || (e != NULL && i != NULL && is_number (e, &of_e) && is_number (i, &of_i) && of_e == 0 && of_i == 0))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                    _ ("%s has input for single populations and receptors, which cannot be had here; allowed is {}, or "
                       "net.noiseDamping of 0. For background input at all cells set model.noise-rate."),
                    key->theirs);
}

/* Weights of an earlier run would be needed. */
static gboolean
check_start (const RheoKey *key, JsonNode *node, GError **error)
{
  gboolean on;

  if (node == NULL || (is_flag (node, &on) && !on))
    return TRUE;
  return rheo_fail (
      error, RHEO_ERROR_UNSUPPORTED,
      _ ("%s is on, but weights are not read with a configuration. Set it to 0, put the weights into a run "
         "with \"rheobase-cli import\", and train from that."),
      key->theirs);
}

static gboolean
set (const Import *in, const RheoKey *key, const char *path, const char *text, GError **error)
{
  if (rheo_experiment_set (in->to, path, text, error))
    return TRUE;
  g_prefix_error (error, "%s: ", key->theirs);
  return FALSE;
}

/* Of mean and standard deviation either counts. */
static gboolean
is_given (const Import *in, const RheoKey *key)
{
  g_autofree char *around = g_strndup (key->theirs, strlen (key->theirs) - strlen (".mean"));
  g_autofree char *beside = g_strconcat (around, ".std", NULL);

  return rheo_reference_find (in->root, key->theirs) != NULL
         || (g_str_has_suffix (key->theirs, ".mean") && rheo_reference_find (in->root, beside) != NULL);
}

static gboolean
take_key (const Import *in, const RheoKey *key, GError **error)
{
  g_autofree char *ours = rheo_reference_dup_ours (key, in->kind), *text = NULL;
  g_autoptr (JsonNode) absent = NULL;
  g_autoptr (GError) refused = NULL;
  JsonNode *node = rheo_reference_find (in->root, key->theirs);

  if (key->form == RHEO_KEY_FIXED)
    return check_fixed (key, node, error);
  if (key->form == RHEO_KEY_START)
    return check_start (key, node, error);
  if (key->form == RHEO_KEY_NOISE)
    return check_noise (key, in, node, error);
  if (key->form == RHEO_KEY_KEPT)
    return TRUE;
  if (key->form == RHEO_KEY_GIVEN)
    return ours == NULL || set (in, key, ours, is_given (in, key) ? "true" : "false", error);
  if (node == NULL && key->absent != NULL)
    node = absent = rheo_json_parse (key->absent, -1, key->theirs, NULL);
  if (node == NULL)
    return TRUE;
  text = convert (key, in, node, &refused);
  if (refused != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }
  return ours == NULL || text == NULL || set (in, key, ours, text, error);
}

gboolean
rheo_reference_is_own (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_keys); i++)
    if (g_pattern_match_simple (own_keys[i], path))
      return TRUE;
  return FALSE;
}

static gboolean
take_own (const Import *in, GError **error)
{
  JsonNode *section = rheo_reference_find (in->root, OWN);
  g_autoptr (GList) members = NULL;

  if (section == NULL)
    return TRUE;
  members = json_object_get_members (json_node_get_object (section));
  for (GList *l = members; l != NULL; l = l->next)
    {
      g_autofree char *path = g_strconcat (OWN, ".", l->data, NULL);
      JsonNode *node = json_object_get_member (json_node_get_object (section), l->data);

      if (g_str_equal (l->data, TRAINING))
        continue;
      if (!rheo_reference_is_own (l->data))
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s cannot stand there; that section has keys of run alone."),
                          path);
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return refuse (path, node, _ ("a text"), error);
      if (!rheo_experiment_set (in->to, l->data, json_node_get_string (node), error))
        return FALSE;
    }
  return TRUE;
}

/* How the section of ours says that it trains. */
static gboolean
read_kind (JsonNode *root, RheoReferenceKind *kind, GError **error)
{
  JsonNode *section = rheo_reference_find (root, OWN), *node;
  g_autofree char *allowed = g_strjoinv (", ", (char **) rheo_reference_kinds + 1);

  if (section != NULL && !JSON_NODE_HOLDS_OBJECT (section))
    return refuse (OWN, section, _ ("an object"), error);
  if (*kind != RHEO_REFERENCE_AS_WRITTEN)
    return TRUE;
  *kind = RHEO_REFERENCE_STDP_RL;
  node = section != NULL ? json_object_get_member (json_node_get_object (section), TRAINING) : NULL;
  if (node == NULL)
    return TRUE;
  for (int k = RHEO_REFERENCE_STDP_RL; JSON_NODE_HOLDS_VALUE (node) && rheo_reference_kinds[k] != NULL; k++)
    if (g_strcmp0 (json_node_get_string (node), rheo_reference_kinds[k]) == 0)
      {
        *kind = (RheoReferenceKind) k;
        return TRUE;
      }
  return refuse (OWN "." TRAINING, node, allowed, error);
}

/* All but our section. Read once more, for then it is what reading it again gives: 1.0 is written as 1. */
static char *
dup_kept (JsonNode *node)
{
  g_autofree char *text = rheo_json_dup_text (node, FALSE);
  g_autoptr (JsonNode) again = rheo_json_parse (text, -1, "", NULL);

  json_object_remove_member (json_node_get_object (again), OWN);
  return rheo_json_dup_text (again, FALSE);
}

RheoExperiment *
rheo_reference_read (JsonNode *root, RheoReferenceKind kind, GError **error)
{
  g_autoptr (RheoExperiment) to = NULL;
  Import in = { .root = root, .kind = kind };

  if (!read_kind (root, &in.kind, error) || !check_node (root, "", error))
    return NULL;
  in.to = to = rheo_experiment_load (bases[in.kind], error);
  if (to == NULL)
    return NULL;
  for (const RheoKey *key = rheo_reference_keys; key->theirs != NULL; key++)
    if (!take_key (&in, key, error))
      return NULL;
  /* Time ends it, not the number of episodes. */
  if (in.kind == RHEO_REFERENCE_STDP_RL)
    to->run.budget = (int) CLAMP (MOST_EPISODES_PER_S * rheo_reference_get_number (to, "rule.duration"), 1, 1e9);
  if (!take_own (&in, error))
    return NULL;
  g_free (to->reference);
  to->reference = dup_kept (root);
  return g_steal_pointer (&to);
}

gboolean
rheo_reference_is (JsonObject *object)
{
  return !json_object_has_member (object, "format") && json_object_has_member (object, "net")
         && json_object_has_member (object, "sim");
}

RheoExperiment *
rheo_reference_import (JsonObject *object, RheoReferenceKind kind, GError **error)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);

  return rheo_reference_read (root, kind, error);
}

gboolean
rheo_reference_is_file (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;
  gsize size;

  if (g_file_get_contents (path, &text, &size, NULL))
    root = rheo_json_parse (text, (gssize) size, path, NULL);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) && rheo_reference_is (json_node_get_object (root));
}
