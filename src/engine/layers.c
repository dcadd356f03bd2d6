#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "layers.h"

#include <glib/gi18n-lib.h>

#include "error.h"

void
rheo_layers_clear (RheoLayers *layers)
{
  for (int i = 0; i < layers->n; i++)
    g_clear_pointer (&layers->layer[i].sign, g_free);
}

char *
rheo_layers_dup_name (int n_layers, const char *word, int i)
{
  return n_layers == 1 ? g_strdup (word) : g_strdup_printf ("%s%d", word, i + 1);
}

gboolean
rheo_layers_check (const RheoLayers *layers, GError **error)
{
  int n_below = 1;

  for (int i = 0; i < layers->n; i++)
    {
      const RheoLayer *layer = &layers->layer[i];
      g_autofree char *in = g_strdup_printf ("model.layers.%d.in", i);
      g_autofree char *rec = g_strdup_printf ("model.layers.%d.rec", i);

      if (!rheo_init_check (layer->in, n_below, layer->n_classes, in, error))
        return FALSE;
      n_below = layer->n_classes;
      if (layer->rec != NULL && !layer->one_to_one && !rheo_init_check (layer->rec, n_below, n_below, rec, error))
        return FALSE;
      if (layer->rec != NULL && layer->one_to_one && layer->rec->kind == RHEO_INIT_ORTHOGONAL)
        return rheo_fail (
            error, RHEO_ERROR_INVALID,
            _ ("%s.kind is orthogonal, which needs a matrix: with one-to-one connections another law must "
               "be chosen."),
            rec);
    }
  return rheo_init_check (&layers->rows->out, n_below, 1, "model.out", error);
}

/* sign: of the sources, or NULL; drawn: as init uses it. */
static void
join (const RheoLayers *layers, RheoNet *net, RheoProj proj, const RheoInit *init, const int8_t *sign,
      const int8_t *drawn)
{
  gboolean masked;

  proj.delay = proj.from == proj.to ? 1 : 0;
  proj.keep.no_self = proj.from == proj.to && proj.form == RHEO_DENSE && init->no_self;
  proj.flags = RHEO_PROJ_TRAIN | RHEO_PROJ_TRAIN_BIAS;
  if (proj.from != proj.to && proj.to < layers->n)
    rheo_delays_ask (&layers->rows->delays, &proj);
  masked = layers->keep != NULL && layers->keep (layers, init, sign, &proj);
  rheo_init_expect (init, net, rheo_net_join (net, &proj, init->bias != RHEO_BIAS_NONE, masked), drawn);
}

static const int8_t *
sign_below (const RheoLayers *layers, int i)
{
  return i > 0 ? layers->layer[i - 1].sign : NULL;
}

static const int8_t *
drawn_out (const RheoLayers *layers)
{
  return layers->signed_out ? sign_below (layers, layers->n) : NULL;
}

void
rheo_layers_join (const RheoLayers *layers, RheoNet *net, int n_out)
{
  const int n = layers->n, out = rheo_readout_add (&layers->rows->readout, net, n_out);

  for (int i = 0; i < n; i++)
    {
      const RheoLayer *layer = &layers->layer[i];
      const int8_t *below = sign_below (layers, i);
      g_autofree char *in = i == 0 ? g_strdup ("in") : g_strdup_printf ("ff%d", i + 1);
      g_autofree char *rec = rheo_layers_dup_name (n, "rec", i);

      join (layers, net, (RheoProj){ .name = in, .from = i == 0 ? RHEO_INPUT : i - 1, .to = i }, layer->in, below,
            below);
      if (layer->rec != NULL)
        join (layers, net,
              (RheoProj){ .name = rec, .from = i, .to = i, .form = layer->one_to_one ? RHEO_ONE_TO_ONE : RHEO_DENSE },
              layer->rec, layer->sign, layer->sign);
    }
  join (layers, net, (RheoProj){ .name = "out", .from = n - 1, .to = out }, &layers->rows->out, sign_below (layers, n),
        drawn_out (layers));
  rheo_feedback_add (&layers->rows->feedback, net, out, n - 1);
}

void
rheo_layers_init (const RheoLayers *layers, RheoNet *net, RheoRng rng)
{
  int i_proj = 0;

  for (int i = 0; i < layers->n; i++)
    {
      const RheoLayer *layer = &layers->layer[i];

      rheo_init_proj (layer->in, net, i_proj++, sign_below (layers, i), rng);
      if (layer->rec != NULL)
        rheo_init_proj (layer->rec, net, i_proj++, layer->sign, rng);
    }
  rheo_init_proj (&layers->rows->out, net, i_proj, drawn_out (layers), rng);
  rheo_readout_init (&layers->rows->readout, net, rng);
  rheo_feedback_init (&layers->rows->feedback, net, rng);
  rheo_delays_init (&layers->rows->delays, net, rng);
}
