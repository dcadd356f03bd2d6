/* Gradients of weights, biases and parameters, from the deltas of a window. */

#include "gpu-module.cuh"

/* One column each, in GPU_CHUNKS parts: of x, or of x times s number by number. */
GPU_KERNEL
sum_part (int64_t n_rows, int n, const RheoReal *x, int ld, const RheoReal *s, int ld_s, double *part)
{
  const int64_t rows = (n_rows + GPU_CHUNKS - 1) / GPU_CHUNKS, first = rows * blockIdx.x;

  GPU_OF_TILE (i, n)
  {
    double sum = 0;

    for (int64_t row = first; row < n_rows && row < first + rows; row++)
      sum += (double) x[row * ld + i] * (s != NULL ? (double) s[row * ld_s + i] : 1.0);
    part[(size_t) blockIdx.x * (size_t) n + (size_t) i] = sum;
  }
}

GPU_KERNEL
sum_parts (int n, const double *part, RheoReal *to)
{
  GPU_OF_TILE (i, n)
  {
    double sum = 0;

    for (int k = 0; k < GPU_CHUNKS; k++)
      sum += part[(size_t) k * (size_t) n + (size_t) i];
    to[i] = (RheoReal) sum;
  }
}

void
gpu_sum_columns (RheoCardNet *net, int64_t n_rows, int n, const RheoReal *x, int ld, const RheoReal *s, int ld_s)
{
  GPU_LAUNCH (net->card, sum_part, GPU_CHUNKS, GPU_TILES (n), GPU_BLOCK, 0, n_rows, n, x, ld, s, ld_s, net->part);
  GPU_LAUNCH (net->card, sum_parts, 1, GPU_TILES (n), GPU_BLOCK, 0, n, net->part, net->sum);
}

/* To net->sum, rows `stride` apart. */
static void
weight_gradient (RheoCardNet *net, const RheoCardWindow *w, const RheoReal *input, const GpuProj &p)
{
  const int64_t n_steps = w->w->t1 - w->w->t0, n_rows = n_steps * w->n_rows;
  const GpuPop &to = net->pop[p.to];
  const int ld = p.from >= 0 ? net->pop[p.from].stride : net->ld_in;
  const RheoReal *source = p.from >= 0 ? net->pop[p.from].out : input, *delta = to.current[p.port];

  source -= (int64_t) p.delay * w->n_rows * ld;
  if (p.one_to_one)
    gpu_sum_columns (net, n_rows, p.n_post, delta, to.stride, source, ld);
  else
    gpu_gemm (net->card, true, false, p.n_pre, p.n_post, n_rows, source, ld, delta, to.stride, 0, net->sum, p.stride);
}

GPU_KERNEL
add_sums (int width, int stride, const RheoReal *from, RheoReal *to)
{
  const size_t row = (size_t) blockIdx.x * (size_t) stride;

  GPU_OF_TILE (i, width)
  to[row + (size_t) i] += from[row + (size_t) i];
}

/* Of a matrix what lists of synapses have. */
static void
take_synapses (RheoCardNet *net, const RheoProj *p, RheoReal *value)
{
  const size_t bytes = sizeof (RheoReal) * (size_t) p->n_pre * (size_t) p->stride;

  gpu_get (net->card, net->host, net->sum, bytes, bytes, 1);
  for (int j = 0; j < p->n_pre; j++)
    for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
      value[s] += net->host[(size_t) j * (size_t) p->stride + (size_t) p->syn_post[s]];
}

void
gpu_run_weights (RheoCardNet *net, const RheoCardWindow *w, RheoReal *const *value)
{
  const int64_t n_rows = (w->w->t1 - w->w->t0) * w->n_rows;
  const RheoReal *input = NULL;

  for (int k = 0; k < net->spec.n_trained; k++)
    {
      const RheoCardTrained *t = &net->spec.trained[k];
      const GpuProj *p = t->proj >= 0 ? &net->proj[t->proj] : NULL;

      if (p != NULL && p->from == RHEO_TEACHER && !t->bias)
        continue;
      if (p == NULL)
        gpu_sum_columns (net, w->n_rows, t->width, net->pop[t->pop].d_param[t->param], net->pop[t->pop].stride, NULL,
                         0);
      else if (t->bias)
        gpu_sum_columns (net, n_rows, t->width, net->pop[p->to].current[p->port], net->pop[p->to].stride, NULL, 0);
      else
        {
          if (p->from == RHEO_INPUT && input == NULL)
            input = gpu_input (net, w);
          weight_gradient (net, w, input, *p);
          if (net->spec.plan->proj[t->proj].form == RHEO_SPARSE)
            {
              take_synapses (net, &net->spec.plan->proj[t->proj], value[k]);
              continue;
            }
        }
      if (value != NULL)
        gpu_add_array (net, t, net->sum, value[k]);
      else
        GPU_LAUNCH (net->card, add_sums, (unsigned) t->n_rows, GPU_TILES (t->width), GPU_BLOCK, 0, t->width, t->stride,
                    net->sum, net->trained[k].sum);
    }
}
