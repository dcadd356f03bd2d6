#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sweep-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "json-text.h"
#include "rng.h"

/* What each run of a sweep draws for itself, as the seed of its network. The sweep's seed and the point decide, so that a run is
 * the same whenever and by whom it is started. */

void
rheo_sweep_draw_clear (gpointer draw)
{
  g_free (((RheoSweepDraw *) draw)->key);
}

static gboolean
read_ends (JsonNode *node, RheoSweepDraw *draw)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  double *end[] = { &draw->lo, &draw->hi };

  for (guint i = 0; array != NULL && i < 2; i++)
    {
      JsonNode *element = json_array_get_length (array) == 2 ? json_array_get_element (array, i) : NULL;
      g_autofree char *text = element != NULL ? rheo_sweep_dup_value_text (element) : NULL;

      if (text == NULL || !rheo_number_parse (text, end[i]))
        array = NULL;
    }
  return array != NULL && draw->lo < draw->hi;
}

static gboolean
read_draw (const char *key, JsonNode *node, const RheoSweep *sweep, const RheoExperiment *base, RheoSweepDraw *draw,
           GError **error)
{
  const RheoParam *row = rheo_experiment_find (base, key, NULL, error);

  if (row == NULL)
    {
      g_prefix_error (error, "draw: ");
      return FALSE;
    }
  if (row->type != RHEO_INT && row->type != RHEO_REAL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("draw: %s is no number."), key);
  for (int a = 0; a < rheo_sweep_get_n_axes (sweep); a++)
    if (g_strv_contains ((const char *const *) rheo_sweep_get_axis (sweep, a)->keys, key))
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("draw: %s is varied by an axis already."), key);
  draw->key = g_strdup (key);
  draw->whole = row->type == RHEO_INT;
  if (read_ends (node, draw) && (!draw->whole || (draw->lo == floor (draw->lo) && draw->hi == floor (draw->hi))))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    draw->whole ? _ ("draw: %s is no pair of whole numbers, the lower one first, as in [1, 100].")
                                : _ ("draw: %s is no pair of numbers, the lower one first, as in [0.1, 1]."),
                    key);
}

gboolean
rheo_sweep_draws_read (JsonNode *node, const RheoSweep *sweep, const RheoExperiment *base, GArray *draws,
                       GError **error)
{
  g_autoptr (GList) keys = NULL;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("draw is no object of key paths and ranges, as in {\"model.seed\": [1, 1000]}."));
  keys = json_object_get_members (json_node_get_object (node));
  for (GList *key = keys; key != NULL; key = key->next)
    {
      RheoSweepDraw draw = { NULL };
      gboolean ok = read_draw (key->data, json_object_get_member (json_node_get_object (node), key->data), sweep, base,
                               &draw, error);

      g_array_append_val (draws, draw);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

char *
rheo_sweep_draw_dup (const RheoSweepDraw *draw, int i, int seed, gint64 cell)
{
  const RheoRng rng = { .seed = (uint64_t) seed, .stream = RHEO_STREAM_TASK, .item = (uint32_t) (cell >> 32) };
  const double share = rheo_rng_uniform (rng, (uint32_t) i, (uint32_t) cell);
  char text[RHEO_NUMBER_SIZE];

  rheo_number_text (draw->whole ? draw->lo + floor (share * (draw->hi - draw->lo + 1))
                                : draw->lo + share * (draw->hi - draw->lo),
                    text);
  return g_strconcat (draw->key, "=", text, NULL);
}
