/* A net that is nothing but its arrays, for tests of what works on trainables alone: the functions of net.h that updates
 * need, in place of the engine's. Included by one source per test program. */
#pragma once

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net.h"
#include "engine/rng.h"
#include "engine/team.h"
#include "engine/update.h"

enum
{
  MAX_TRAINABLES = 8
};

struct RheoNet
{
  RheoDevice device;
  RheoPlan plan;
  RheoProj proj[MAX_TRAINABLES];
  RheoPop pop[2];
  RheoTrainable trainable[MAX_TRAINABLES];
  int n_trainables;
  GPtrArray *arrays;
  RheoGrad grad;
  RheoReal *g[MAX_TRAINABLES];
  int n_weights_changed, n_masks_changed;
};

const RheoPlan *
rheo_net_get_plan (const RheoNet *net)
{
  return &net->plan;
}

RheoDevice *
rheo_net_get_device (const RheoNet *net)
{
  return (RheoDevice *) &net->device;
}

RheoProj *
rheo_net_get_proj (RheoNet *net, int i)
{
  return &net->proj[i];
}

int
rheo_net_get_n_trainables (const RheoNet *net)
{
  return net->n_trainables;
}

RheoTrainable *
rheo_net_get_trainable (RheoNet *net, int i)
{
  return &net->trainable[i];
}

RheoNetArray *
rheo_net_find_array (RheoNet *net, const char *name)
{
  for (guint i = 0; i < net->arrays->len; i++)
    {
      RheoNetArray *array = g_ptr_array_index (net->arrays, i);

      if (strcmp (array->name, name) == 0)
        return array;
    }
  return NULL;
}

static inline size_t
array_bytes (const RheoNetArray *array)
{
  size_t n = array->type == RHEO_F32 ? 4 : 8;

  for (int i = 0; i < array->n_dims; i++)
    n *= (size_t) array->dims[i];
  return n;
}

void
rheo_net_array (RheoNet *net, const char *name, const char *label, const char *unit, const char *axes, RheoType type,
                RheoUse use, const int64_t *dims)
{
  RheoNetArray *array = g_new0 (RheoNetArray, 1);

  g_assert_cmpint (use, ==, RHEO_USE_KEEP);
  array->name = g_strdup (name);
  array->type = type;
  array->n_dims = *axes == '\0' ? 0 : strchr (axes, ' ') == NULL ? 1 : 2;
  for (int i = 0; i < array->n_dims; i++)
    array->dims[i] = dims[i];
  array->stride = array->n_dims > 0 ? dims[array->n_dims - 1] : 1;
  array->data = g_malloc0 (array_bytes (array));
  g_ptr_array_add (net->arrays, array);
}

void
rheo_net_weights_changed (RheoNet *net)
{
  net->n_weights_changed++;
}

void
rheo_net_take_moments (RheoNet *net)
{
}

void
rheo_net_masks_changed (RheoNet *net)
{
  net->n_masks_changed++;
}

static inline void
free_array (gpointer data)
{
  RheoNetArray *array = data;

  g_free (array->name);
  g_free (array->data);
  g_free (array);
}

static inline RheoNet *
net_new (int n_threads)
{
  RheoNet *net = g_new0 (RheoNet, 1);

  net->device.team = rheo_team_new (n_threads);
  net->plan.proj = net->proj;
  net->plan.pop = net->pop;
  net->arrays = g_ptr_array_new_with_free_func (free_array);
  net->grad.value = net->g;
  return net;
}

void
rheo_net_free (RheoNet *net)
{
  for (int i = 0; i < net->n_trainables; i++)
    {
      free (net->trainable[i].value);
      free (net->g[i]);
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    g_free (net->proj[i].keep.mask);
  g_ptr_array_unref (net->arrays);
  rheo_team_free (net->device.team);
  g_free (net);
}

static inline RheoReal *
zeros (int64_t n)
{
  size_t size = ((size_t) n * sizeof (RheoReal) + RHEO_ALIGN - 1) / RHEO_ALIGN * RHEO_ALIGN + RHEO_ALIGN;

  return memset (aligned_alloc (RHEO_ALIGN, size), 0, size);
}

/* Adds a trainable of normals with a gradient beside it. proj: whether it is a projection's weight. */
static inline RheoTrainable *
add (RheoNet *net, const char *name, int n_rows, int width, gboolean proj)
{
  const int i = net->n_trainables++, stride = RHEO_PADDED (width);
  RheoTrainable *t = &net->trainable[i];

  *t = (RheoTrainable){ .name = name,
                        .value = zeros ((int64_t) n_rows * stride),
                        .n_rows = n_rows,
                        .width = width,
                        .stride = stride,
                        .pop = -1,
                        .lr_scale = 1 };
  net->g[i] = zeros ((int64_t) n_rows * stride);
  for (int row = 0; row < n_rows; row++)
    rheo_rng_normals ((RheoRng){ .seed = 1, .item = (uint32_t) i }, 0, (uint32_t) (row * RHEO_PADDED (width)), width,
                      t->value + (size_t) row * (size_t) stride);
  if (proj)
    {
      RheoProj *p = &net->proj[net->plan.n_projs++];

      *p = (RheoProj){
        .form = RHEO_DENSE, .from = 0, .to = 0, .n_pre = n_rows, .n_post = width, .stride = stride, .weight = t->value
      };
      t->proj = p;
    }
  net->grad.n = net->n_trainables;
  return t;
}

static inline void
draw_gradient (RheoNet *net, uint32_t step)
{
  for (int i = 0; i < net->n_trainables; i++)
    {
      const RheoTrainable *t = &net->trainable[i];

      for (int64_t row = 0; row < t->n_rows; row++)
        rheo_rng_normals ((RheoRng){ .seed = 2, .item = (uint32_t) i }, step, (uint32_t) (row * t->stride), t->width,
                          net->g[i] + row * t->stride);
    }
}

static inline RheoOptimiser
defaults (int kind, double lr)
{
  RheoOptimiser c;

  rheo_params_reset (rheo_optimiser_rows, &c);
  c.kind = kind;
  c.lr = lr;
  return c;
}

/* A recurrent matrix: mask by chance, first `n_exc` sources +1, the others -1, weights of the right sign. */
static inline RheoTrainable *
add_signed (RheoNet *net, int n, int n_exc, double density, int8_t *sign)
{
  RheoTrainable *t = add (net, "rec.weight", n, n, TRUE);
  RheoConstraint *keep = &t->proj->keep;

  keep->mask = g_new0 (uint8_t, n * t->stride);
  keep->sign = sign;
  for (int j = 0; j < n; j++)
    {
      sign[j] = j < n_exc ? 1 : -1;
      for (int i = 0; i < n; i++)
        {
          RheoReal *w = &t->value[j * t->stride + i];

          keep->mask[j * t->stride + i] =
              rheo_rng_uniform ((RheoRng){ .seed = 3 }, (uint32_t) j, (uint32_t) i) < density;
          *w = keep->mask[j * t->stride + i] ? (RheoReal) (sign[j] * (fabs ((double) *w) + 1e-3)) : 0;
        }
    }
  return t;
}
