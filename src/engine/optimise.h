/* Thread: any. Plain C11 that is also C++, no GLib. */
/* What optimisers do with one number: the same for the plain kernels and for cards. */
#pragma once

#include <math.h>

#include "types.h"

/* Kingma & Ba 2015; lr_wd: decoupled weight decay (Loshchilov & Hutter 2019).
 * w -= lr_wd w; m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2; w -= step_size m / (sqrt (v) root_scale + eps)
 * with step_size = lr / (1 - b1^t), root_scale = 1 / sqrt (1 - b2^t). g' = grad_scale g + l2 w, also below. */
typedef struct
{
  RheoReal grad_scale, l2, b1, b2, step_size, root_scale, eps, lr_wd;
} RheoAdam;

/* m = momentum m + g'; w -= lr m, or with Nesterov's momentum w -= lr (g' + momentum m). */
typedef struct
{
  RheoReal grad_scale, l2, lr, momentum;
  bool nesterov;
} RheoMomentum;

/* v = alpha v + (1 - alpha) g'^2; w -= lr g' / (sqrt (v) + eps). */
typedef struct
{
  RheoReal grad_scale, l2, lr, alpha, eps;
} RheoRmsprop;

typedef enum
{
  RHEO_CHANGE_NONE,
  RHEO_CHANGE_ADAM,
  RHEO_CHANGE_MOMENTUM,
  RHEO_CHANGE_RMSPROP,
} RheoChangeKind;

/* An array that changes at the end of a batch, where it is on a card: how, and what holds for it afterwards (RheoConstraint,
 * RheoTrainable). Pointers are the program's. */
typedef struct
{
  int kind; /* RheoChangeKind */
  RheoAdam adam;
  RheoMomentum momentum;
  RheoRmsprop rmsprop;
  RheoReal *value;         /* rows as RheoCardTrained says; becomes what the card has then */
  RheoReal *mean, *square; /* rows moment_stride apart, or NULL */
  int64_t moment_stride;
  const uint8_t *mask; /* [row][stride]; or NULL */
  const int8_t *sign;  /* of each row, or of each number of the only one; or NULL */
  bool sign_of_row;
  bool counts; /* n_zero, n_wrong are wanted */
  bool no_self, ranged;
  double lo, hi;              /* where ranged */
  int64_t n_zero, n_wrong[2]; /* RheoKept: zeros, and negative and positive weights of the wrong sign */
} RheoChange;

RHEO_CELL_FUNCTION void
rheo_adam_one (RheoReal *w, RheoReal g, RheoReal *m, RheoReal *v, const RheoAdam *a)
{
  const RheoReal gradient = a->grad_scale * g + a->l2 * *w;

  *w -= a->lr_wd * *w;
  *m = a->b1 * *m + (1 - a->b1) * gradient;
  *v = a->b2 * *v + (1 - a->b2) * gradient * gradient;
  *w -= a->step_size * *m / ((RheoReal) sqrt ((double) *v) * a->root_scale + a->eps);
}

/* m NULL: gradient descent without momentum. */
RHEO_CELL_FUNCTION void
rheo_momentum_one (RheoReal *w, RheoReal g, RheoReal *m, const RheoMomentum *a)
{
  const RheoReal gradient = a->grad_scale * g + a->l2 * *w;

  if (m == NULL)
    *w -= a->lr * gradient;
  else
    {
      *m = a->momentum * *m + gradient;
      *w -= a->lr * (a->nesterov ? gradient + a->momentum * *m : *m);
    }
}

RHEO_CELL_FUNCTION void
rheo_rmsprop_one (RheoReal *w, RheoReal g, RheoReal *v, const RheoRmsprop *a)
{
  const RheoReal gradient = a->grad_scale * g + a->l2 * *w;

  *v = a->alpha * *v + (1 - a->alpha) * gradient * gradient;
  *w -= a->lr * gradient / ((RheoReal) sqrt ((double) *v) + a->eps);
}
