#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "net-private.h"

#include <string.h>

const RheoPlan *
rheo_net_get_plan (const RheoNet *net)
{
  return &net->plan;
}

const RheoShape *
rheo_net_get_shape (const RheoNet *net)
{
  return &net->shape;
}

RheoDevice *
rheo_net_get_device (const RheoNet *net)
{
  return net->device;
}

int
rheo_net_find_pop (const RheoNet *net, const char *name)
{
  for (int i = 0; i < net->plan.n_pops; i++)
    if (g_str_equal (net->pop[i].name, name))
      return i;
  return -1;
}

int
rheo_net_find_proj (const RheoNet *net, const char *name)
{
  for (int i = 0; i < net->plan.n_projs; i++)
    if (g_str_equal (net->proj[i].name, name))
      return i;
  return -1;
}

RheoProj *
rheo_net_get_proj (RheoNet *net, int i)
{
  return &net->proj[i];
}

RheoNetArray *
rheo_net_find_array (RheoNet *net, const char *name)
{
  for (guint i = 0; i < net->arrays->len; i++)
    if (g_str_equal (((RheoNetArray *) net->arrays->pdata[i])->name, name))
      return net->arrays->pdata[i];
  return NULL;
}

int
rheo_net_get_n_arrays (const RheoNet *net)
{
  int n = 0;

  for (guint i = 0; i < net->arrays->len; i++)
    n += ((RheoNetArray *) net->arrays->pdata[i])->use != RHEO_USE_SCRATCH;
  return n;
}

RheoNetArray *
rheo_net_get_array (RheoNet *net, int i)
{
  for (guint k = 0; k < net->arrays->len; k++)
    if (((RheoNetArray *) net->arrays->pdata[k])->use != RHEO_USE_SCRATCH && i-- == 0)
      return net->arrays->pdata[k];
  g_return_val_if_reached (NULL);
}

int
rheo_net_get_n_trainables (const RheoNet *net)
{
  return (int) net->trainables->len;
}

RheoTrainable *
rheo_net_get_trainable (RheoNet *net, int i)
{
  return net->trainables->pdata[i];
}

RheoGrad *
rheo_net_new_grad (const RheoNet *net)
{
  RheoGrad *grad = g_new0 (RheoGrad, 1);

  grad->n = (int) net->trainables->len;
  grad->value = g_new0 (RheoReal *, MAX (grad->n, 1));
  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = net->trainables->pdata[i];

      grad->value[i] = rheo_net_alloc (sizeof (RheoReal) * t->n_rows * t->stride);
      if (grad->value[i] == NULL)
        {
          rheo_grad_free (grad);
          return NULL;
        }
    }
  return grad;
}

void
rheo_grad_free (RheoGrad *grad)
{
  if (grad == NULL)
    return;
  for (int i = 0; i < grad->n; i++)
    rheo_net_release (grad->value[i]);
  g_free (grad->value);
  g_free (grad);
}

void
rheo_grad_clear (RheoGrad *grad, const RheoNet *net)
{
  for (int i = 0; i < grad->n; i++)
    {
      const RheoTrainable *t = net->trainables->pdata[i];

      memset (grad->value[i], 0, sizeof (RheoReal) * t->n_rows * t->stride);
    }
  grad->place = RHEO_GRAD_CLEAR;
}

void
rheo_net_fetch_grad (RheoNet *net, RheoGrad *grad)
{
  if (grad->place == RHEO_GRAD_AWAY)
    net->device->ops->fetch_grad (net->device, net, grad);
}

int
rheo_net_get_n_lanes (const RheoNet *net)
{
  return net->n_lanes;
}

int
rheo_net_get_wave (const RheoNet *net)
{
  return net->wave;
}

RheoLane *
rheo_net_get_lane (RheoNet *net, int i)
{
  return &net->lane[i];
}

void
rheo_net_set_surrogate (RheoNet *net, const RheoSurrogate *surrogate)
{
  net->surrogate = *surrogate;
}

const RheoTape *
rheo_net_get_tape (const RheoNet *net)
{
  return &net->tape;
}

void
rheo_net_derive (RheoNet *net, const void *config)
{
  memcpy (net->config, config, net->model->base.config_size);
  if (net->model->derive != NULL)
    net->model->derive (config, net);
  net->stale |= RHEO_STALE_WEIGHTS;
}

void *
rheo_net_get_derived (RheoNet *net, int pop)
{
  return (void *) net->pop[pop].derived;
}

void
rheo_net_weights_changed (RheoNet *net)
{
  net->stale |= RHEO_STALE_WEIGHTS;
}

void
rheo_net_take_moments (RheoNet *net)
{
  if (net->on_device != NULL && net->device->ops->fetch_moments != NULL)
    net->device->ops->fetch_moments (net->device, net);
  net->stale |= RHEO_STALE_MOMENTS;
}

void
rheo_net_masks_changed (RheoNet *net)
{
  net->stale |= RHEO_STALE_WEIGHTS | RHEO_STALE_MASKS;
}

static int64_t
count_connected (const RheoNet *net, int i)
{
  const RheoProj *p = &net->proj[i];
  int64_t n = 0;

  if (p->form == RHEO_SPARSE)
    return rheo_net_count_synapses (net, i);
  if (p->form == RHEO_ONE_TO_ONE)
    return p->n_post;
  if (net->sketched && net->with_mask[i])
    return (int64_t) rheo_net_expected (net, i);
  if (p->keep.mask == NULL)
    return (int64_t) p->n_pre * p->n_post;
  for (int j = 0; j < p->n_pre; j++)
    for (int k = 0; k < p->n_post; k++)
      n += p->keep.mask[(size_t) j * p->stride + k] != 0;
  return n;
}

RheoNetFacts
rheo_net_get_facts (const RheoNet *net)
{
  RheoNetFacts facts = { .weights = net->bytes[RHEO_USE_WEIGHT] + net->bytes[RHEO_USE_CONST],
                         .state = net->bytes[RHEO_USE_STATE],
                         .tape = net->tape_bytes };

  for (guint i = 0; i < net->trainables->len; i++)
    {
      const RheoTrainable *t = net->trainables->pdata[i];

      facts.n_trained += t->n_rows * t->width;
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    facts.n_connected += count_connected (net, i);
  return facts;
}

/* --- as announced ------------------------------------------------------------------------------------------------- */
static int
class_size (const RheoPop *pop, int k, int n_all)
{
  return pop != NULL && pop->n_classes > 0 ? pop->class_first[k + 1] - pop->class_first[k] : n_all;
}

static const RheoPop *
source_of (const RheoNet *net, int proj)
{
  return net->proj[proj].from >= 0 ? &net->pop[net->proj[proj].from] : NULL;
}

void
rheo_net_expect (RheoNet *net, int proj, const double *share, const int8_t *sign)
{
  const RheoPop *pre = source_of (net, proj), *post = &net->pop[net->proj[proj].to];
  const size_t n_pre = pre != NULL ? MAX (pre->n_classes, 1) : 1, n_post = MAX (post->n_classes, 1);

  net->share[proj] = rheo_net_keep (net, rheo_net_alloc (sizeof *share * n_pre * n_post));
  memcpy (net->share[proj], share, sizeof *share * n_pre * n_post);
  if (sign != NULL)
    net->sign[proj] = rheo_net_keep (net, memcpy (rheo_net_alloc (n_pre), sign, n_pre));
}

double
rheo_net_get_share (const RheoNet *net, int proj, int pre_class, int post_class)
{
  const int n_post = MAX (net->pop[net->proj[proj].to].n_classes, 1);

  return net->share[proj] != NULL ? net->share[proj][pre_class * n_post + post_class] : 1;
}

int
rheo_net_get_sign (const RheoNet *net, int proj, int pre_class)
{
  return net->sign[proj] != NULL ? net->sign[proj][pre_class] : 0;
}

double
rheo_net_expected (const RheoNet *net, int proj)
{
  const RheoProj *p = &net->proj[proj];
  const RheoPop *pre = source_of (net, proj), *post = &net->pop[p->to];
  double n = 0;

  for (int j = 0; j < (pre != NULL ? MAX (pre->n_classes, 1) : 1); j++)
    for (int i = 0; i < MAX (post->n_classes, 1); i++)
      n += rheo_net_get_share (net, proj, j, i) * class_size (pre, j, p->n_pre) * class_size (post, i, p->n_post);
  return n;
}
