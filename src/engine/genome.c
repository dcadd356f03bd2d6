#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "genome.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "update.h"

gboolean
rheo_genome_read (const RheoNet *net, const char *text, char ***named, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  g_auto (GStrv) words = g_strsplit_set (text, " ,", -1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GString) there = g_string_new (NULL);
  gboolean any = FALSE;

  for (int i = 0; i < plan->n_projs; i++)
    g_string_append_printf (there, i > 0 ? ", %s" : "%s", plan->proj[i].name);
  for (char **word = words; *word != NULL; word++)
    {
      if (**word == '\0')
        continue;
      if (rheo_net_find_proj (net, *word) < 0)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("rule.projections names “%s”, but the projections of this network are %s."), *word,
                          there->str);
      g_strv_builder_add (names, *word);
      any = TRUE;
    }
  *named = any ? g_strv_builder_end (names) : NULL;
  return TRUE;
}

static gboolean
evolves (char **named, const RheoProj *proj)
{
  if (named == NULL)
    return proj->flags & RHEO_PROJ_TRAIN;
  return g_strv_contains ((const char *const *) named, proj->name);
}

static void
add_pieces (GArray *pieces, RheoReal *value, uint32_t array, int64_t n_rows, int64_t width, int stride)
{
  for (int64_t row = 0; row < n_rows; row++)
    for (int64_t i = 0; i < width; i += RHEO_EVOLVE_PIECE)
      {
        const int64_t at = row * stride + i;
        const RheoEvolvePiece piece = { value + at, array, (uint32_t) at, (int) MIN (width - i, RHEO_EVOLVE_PIECE) };

        g_array_append_val (pieces, piece);
      }
}

static void
add_weights (GArray *pieces, const RheoProj *p, uint32_t array)
{
  if (p->form == RHEO_DENSE)
    add_pieces (pieces, p->weight, array, p->n_pre, p->n_post, p->stride);
  else
    add_pieces (pieces, p->weight, array, 1, p->form == RHEO_SPARSE ? p->syn_first[p->n_pre] : p->n_post, p->stride);
}

/* An array goes by the number of its projection; biases and values of cells come behind. */
GArray *
rheo_genome_list (char **named, RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (RheoEvolvePiece));

  for (int i = 0; i < plan->n_projs; i++)
    if (evolves (named, &plan->proj[i]))
      add_weights (pieces, &plan->proj[i], (uint32_t) i);
  for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);
      const gboolean is_bias = t->proj != NULL && t->value == t->proj->bias;

      if (is_bias ? named == NULL || evolves (named, t->proj) : t->proj == NULL && named == NULL)
        add_pieces (pieces, t->value, RHEO_MAX_PROJS + (uint32_t) k, t->n_rows, t->width, t->stride);
    }
  return pieces;
}

void
rheo_genome_hold (char **named, RheoNet *net)
{
  for (int i = 0; i < rheo_net_get_plan (net)->n_projs; i++)
    {
      RheoProj *p = rheo_net_get_proj (net, i);

      if (!evolves (named, p))
        continue;
      rheo_proj_hold (p);
      for (int j = 0; p->syn_count != NULL && j < p->n_pre; j++)
        memset (p->weight + p->syn_first[j] + p->syn_count[j], 0,
                sizeof *p->weight * (gsize) (p->syn_first[j + 1] - p->syn_first[j] - p->syn_count[j]));
    }
  for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);

      for (int i = 0; i < t->width && (t->lo != 0 || t->hi != 0); i++)
        t->value[i] = CLAMP (t->value[i], (RheoReal) t->lo, (RheoReal) t->hi);
    }
  rheo_net_weights_changed (net);
}

double
rheo_genome_mean (const GArray *pieces, gsize *n)
{
  double sum = 0;

  *n = 0;
  for (guint i = 0; i < pieces->len; i++)
    {
      const RheoEvolvePiece *piece = &g_array_index (pieces, RheoEvolvePiece, i);

      for (int k = 0; k < piece->n; k++)
        {
          sum += (double) piece->value[k];
          *n += piece->value[k] != 0;
        }
    }
  return *n > 0 ? sum / (double) *n : 0;
}

void
rheo_genome_copy (const GArray *pieces, GByteArray *copy, gboolean back)
{
  gsize at = 0;

  for (guint i = 0; i < pieces->len; i++)
    {
      const RheoEvolvePiece *piece = &g_array_index (pieces, RheoEvolvePiece, i);
      const gsize bytes = sizeof *piece->value * (gsize) piece->n;

      if (back)
        memcpy (piece->value, copy->data + at, bytes);
      else
        g_byte_array_append (copy, (const guint8 *) piece->value, (guint) bytes);
      at += bytes;
    }
}
