/* Sums of gradients that stay on the card, and what optimisers make of them. */

#include "gpu-module.cuh"

void
gpu_add_array (RheoCardNet *net, const RheoCardTrained *t, const RheoReal *from, RheoReal *to)
{
  gpu_get (net->card, net->host, from, sizeof (RheoReal) * (size_t) t->stride, sizeof (RheoReal) * (size_t) t->width,
           (size_t) t->n_rows);
  for (int64_t j = 0; j < t->n_rows; j++)
    for (int i = 0; i < t->width; i++)
      to[j * t->stride + i] += net->host[j * t->width + i];
}

void
gpu_clear_sums (RheoCardNet *net)
{
  for (int k = 0; k < net->spec.n_trained; k++)
    gpu_zero (net->card, net->trained[k].sum,
              sizeof (RheoReal) * (size_t) net->spec.trained[k].n_rows * (size_t) net->spec.trained[k].stride);
}

void
gpu_get_sums (RheoCardNet *net, RheoReal *const *value)
{
  for (int k = 0; k < net->spec.n_trained; k++)
    gpu_add_array (net, &net->spec.trained[k], net->trained[k].sum, value[k]);
}

/* Squares of the rows from blockIdx.x on, GPU_CHUNKS apart: each thread has its columns, and the first one adds them up. */
GPU_KERNEL
square_part (int64_t n_rows, int width, int stride, const RheoReal *x, double *part)
{
  GPU_SHARED (room);
  double *sums = (double *) (void *) room, sum = 0;

  for (int64_t row = blockIdx.x; row < n_rows; row += GPU_CHUNKS)
    for (int i = (int) threadIdx.x; i < width; i += (int) blockDim.x)
      sum += (double) x[row * stride + i] * (double) x[row * stride + i];
  sums[threadIdx.x] = sum;
  GPU_BARRIER ();
  if (threadIdx.x > 0)
    return;
  for (unsigned i = 1; i < blockDim.x; i++)
    sum += sums[i];
  part[blockIdx.x] = sum;
}

void
gpu_square_sums (RheoCardNet *net, double *squares)
{
  double part[GPU_CHUNKS];

  for (int k = 0; k < net->spec.n_trained; k++)
    {
      const RheoCardTrained *t = &net->spec.trained[k];

      GPU_LAUNCH (net->card, square_part, GPU_CHUNKS, 1, GPU_BLOCK, sizeof (double) * GPU_BLOCK, t->n_rows, t->width,
                  t->stride, net->trained[k].sum, net->part);
      gpu_get (net->card, part, net->part, 0, sizeof part, 1);
      squares[k] = 0;
      for (int i = 0; i < GPU_CHUNKS; i++)
        squares[k] += part[i];
    }
}

/* --- moments ------------------------------------------------------------------------------------------------------------ */

static void
put_moment (RheoCardNet *net, const RheoCardTrained *t, RheoReal *to, const RheoReal *from, int64_t stride)
{
  for (int64_t j = 0; j < t->n_rows && from != NULL; j++)
    for (int i = 0; i < t->width; i++)
      net->host[j * t->width + i] = from[j * stride + i];
  if (from != NULL)
    gpu_put (net->card, to, sizeof (RheoReal) * (size_t) t->stride, net->host, sizeof (RheoReal) * (size_t) t->width,
             (size_t) t->n_rows);
}

static void
get_moment (RheoCardNet *net, const RheoCardTrained *t, const RheoReal *from, RheoReal *to, int64_t stride)
{
  if (to == NULL)
    return;
  gpu_get (net->card, net->host, from, sizeof (RheoReal) * (size_t) t->stride, sizeof (RheoReal) * (size_t) t->width,
           (size_t) t->n_rows);
  for (int64_t j = 0; j < t->n_rows; j++)
    for (int i = 0; i < t->width; i++)
      to[j * stride + i] = net->host[j * t->width + i];
}

void
gpu_put_moments (RheoCardNet *net, const RheoChange *change)
{
  for (int k = 0; k < net->spec.n_trained; k++)
    {
      put_moment (net, &net->spec.trained[k], net->trained[k].mean, change[k].mean, change[k].moment_stride);
      put_moment (net, &net->spec.trained[k], net->trained[k].square, change[k].square, change[k].moment_stride);
    }
}

void
gpu_get_moments (RheoCardNet *net, const RheoChange *change)
{
  for (int k = 0; k < net->spec.n_trained; k++)
    {
      get_moment (net, &net->spec.trained[k], net->trained[k].mean, change[k].mean, change[k].moment_stride);
      get_moment (net, &net->spec.trained[k], net->trained[k].square, change[k].square, change[k].moment_stride);
    }
}

/* --- updates ------------------------------------------------------------------------------------------------------------ */

/* A trained array as a kernel sees it: pointers of `how` are the card's. */
typedef struct
{
  RheoChange how;
  const RheoReal *sum;
  int width, stride;
  int64_t *count; /* zeros, negative and positive weights of the wrong sign */
} GpuChange;

GPU_DEVICE void
hold_one (const GpuChange *c, int64_t row, int i, RheoReal *w)
{
  const int sign = c->how.sign == NULL ? 0 : c->how.sign[c->how.sign_of_row ? row : i];

  if ((c->how.mask != NULL && c->how.mask[row * c->stride + i] == 0) || (c->how.no_self && row == i))
    *w = 0;
  if (c->how.counts && *w == 0)
    GPU_COUNT (&c->count[0]);
  if (sign * *w < 0)
    {
      GPU_COUNT (&c->count[sign > 0 ? 1 : 2]);
      *w = 0;
    }
  if (c->how.ranged)
    *w = *w < (RheoReal) c->how.lo ? (RheoReal) c->how.lo : *w > (RheoReal) c->how.hi ? (RheoReal) c->how.hi : *w;
}

GPU_KERNEL
change_weights (GpuChange c)
{
  const int64_t row = blockIdx.x;

  GPU_OF_TILE (i, c.width)
  {
    const int64_t at = row * c.stride + i;
    RheoReal w = c.how.value[at];

    if (c.how.kind == RHEO_CHANGE_ADAM)
      rheo_adam_one (&w, c.sum[at], &c.how.mean[at], &c.how.square[at], &c.how.adam);
    else if (c.how.kind == RHEO_CHANGE_RMSPROP)
      rheo_rmsprop_one (&w, c.sum[at], &c.how.square[at], &c.how.rmsprop);
    else
      rheo_momentum_one (&w, c.sum[at], c.how.mean != NULL ? &c.how.mean[at] : NULL, &c.how.momentum);
    hold_one (&c, row, i, &w);
    c.how.value[at] = w;
  }
}

static void
change_array (RheoCardNet *net, int k, RheoChange *how)
{
  const RheoCardTrained *t = &net->spec.trained[k];
  const auto &on = net->trained[k];
  const size_t n = (size_t) (t->n_rows - 1) * (size_t) t->stride + (size_t) t->width;
  GpuChange c = { *how, on.sum, t->width, t->stride, net->count };
  int64_t count[3];

  c.how.value = on.value;
  c.how.mean = how->mean != NULL ? on.mean : NULL;
  c.how.square = how->square != NULL ? on.square : NULL;
  c.how.mask = how->mask != NULL ? on.mask : NULL;
  c.how.sign = how->sign != NULL ? on.sign : NULL;
  if (how->mask != NULL && net->masks_are_old)
    gpu_put (net->card, on.mask, 0, how->mask, n, 1);
  if (how->sign != NULL && net->masks_are_old)
    gpu_put (net->card, on.sign, 0, how->sign, how->sign_of_row ? (size_t) t->n_rows : (size_t) t->width, 1);
  if (t->bias)
    gpu_put (net->card, on.value, 0, how->value, sizeof (RheoReal) * n, 1);
  gpu_zero (net->card, net->count, sizeof count);
  GPU_LAUNCH (net->card, change_weights, (unsigned) t->n_rows, GPU_TILES (t->width), GPU_BLOCK, 0, c);
  gpu_get (net->card, count, net->count, 0, sizeof count, 1);
  how->n_zero = count[0];
  how->n_wrong[0] = count[1];
  how->n_wrong[1] = count[2];
  gpu_get (net->card, how->value, on.value, 0, sizeof (RheoReal) * n, 1);
}

void
gpu_update (RheoCardNet *net, RheoChange *change)
{
  for (int k = 0; k < net->spec.n_trained; k++)
    if (change[k].kind != RHEO_CHANGE_NONE)
      {
        change_array (net, k, &change[k]);
        if (net->spec.trained[k].proj >= 0 && !net->spec.trained[k].bias)
          gpu_turn (net, net->proj[net->spec.trained[k].proj]);
      }
  net->masks_are_old = false;
  gpu_put_biases (net);
}
