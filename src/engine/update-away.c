#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <math.h>

#include "device.h"
#include "update-private.h"

/* Weights that a card updates must keep to what it knows: a mask, signs, and a range of dense matrices or of single weights. */
static bool
is_simple (const RheoUpdater *u, int i_trainable)
{
  const RheoTrainable *t = rheo_net_get_trainable (u->net, i_trainable);

  if (t->lr_scale == 0 || u->i_proj[i_trainable] < 0)
    return true;
  return t->proj->form != RHEO_SPARSE && t->proj->keep.boundary == RHEO_BOUNDARY_CLAMP
         && t->proj->keep.rewire == RHEO_REWIRE_NONE;
}

bool
rheo_update_stays_away (RheoUpdater *u, RheoGrad *grad)
{
  bool simple = grad->place == RHEO_GRAD_AWAY;

  for (int i = 0; i < u->n_trainables && simple; i++)
    simple = is_simple (u, i);
  if (!simple)
    rheo_net_fetch_grad (u->net, grad);
  return simple;
}

void
rheo_update_measure_away (RheoUpdater *u)
{
  RheoDevice *device = rheo_net_get_device (u->net);
  const bool done = device->ops->measure (device, u->net, u->norms);

  for (int i = 0; i < u->n_trainables && !done; i++)
    u->norms[i] = INFINITY; /* nothing is changed then */
}

static void
add_constraint (const RheoUpdater *u, const RheoTrainable *t, RheoChange *change)
{
  const RheoConstraint *keep = &t->proj->keep;
  const bool ranged = keep->lo != 0 || keep->hi != 0, dense = t->proj->form == RHEO_DENSE;

  change->mask = dense ? keep->mask : NULL;
  change->sign = keep->sign;
  change->sign_of_row = dense;
  change->counts = dense || keep->sign != NULL;
  change->no_self = dense && keep->no_self && t->proj->from == t->proj->to;
  change->ranged = ranged || keep->non_negative;
  change->lo = ranged ? keep->lo : -G_MAXFLOAT;
  change->hi = ranged ? keep->hi : G_MAXFLOAT;
  if (keep->non_negative)
    change->lo = MAX (change->lo, 0);
}

static RheoChange
change_of (const RheoUpdater *u, int i)
{
  const RheoTrainable *t = rheo_net_get_trainable (u->net, i);
  RheoChange change = { .kind = u->kind == RHEO_OPTIMISER_ADAM || u->kind == RHEO_OPTIMISER_ADAMW ? RHEO_CHANGE_ADAM
                                : u->kind == RHEO_OPTIMISER_RMSPROP                               ? RHEO_CHANGE_RMSPROP
                                                                    : RHEO_CHANGE_MOMENTUM,
                        .adam = u->adam[i],
                        .momentum = u->momentum[i],
                        .rmsprop = u->rmsprop[i],
                        .value = t->value,
                        .mean = u->mean[i].value,
                        .square = u->square[i].value,
                        .moment_stride = MAX (u->mean[i].stride, u->square[i].stride),
                        .ranged = t->lo != 0 || t->hi != 0,
                        .lo = t->lo,
                        .hi = t->hi };

  if (t->lr_scale == 0)
    change.kind = RHEO_CHANGE_NONE;
  if (u->i_proj[i] >= 0)
    add_constraint (u, t, &change);
  return change;
}

void
rheo_update_away (RheoUpdater *u)
{
  RheoDevice *device = rheo_net_get_device (u->net);
  g_autofree RheoChange *change = g_new (RheoChange, MAX (u->n_trainables, 1));

  for (int i = 0; i < u->n_trainables; i++)
    change[i] = change_of (u, i);
  if (!device->ops->update (device, u->net, change))
    return; /* rheo_trainer_check_device says why */
  for (int i = 0; i < u->n_trainables; i++)
    if (u->i_proj[i] >= 0 && change[i].kind != RHEO_CHANGE_NONE && change[i].counts)
      {
        const RheoTrainable *t = rheo_net_get_trainable (u->net, i);
        RheoKept *kept = &u->kept[u->i_proj[i]];

        kept->n_weights += t->n_rows * t->width;
        kept->n_zero += change[i].n_zero;
        kept->false_neg += change[i].n_wrong[0];
        kept->false_pos += change[i].n_wrong[1];
      }
}
