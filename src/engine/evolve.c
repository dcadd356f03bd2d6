#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "evolve.h"

#include <assert.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <string.h>

#define SMALL 1e-8 /* of the standard deviation */

static void
draw (const RheoEvolve *e, int member, const RheoEvolvePiece *piece, RheoReal *to)
{
  const int item = e->antithetic ? member / 2 : member;
  const double scale = e->antithetic && member % 2 == 1 ? -e->sigma : e->sigma;
  const RheoRng rng = { e->seed, RHEO_STREAM_RULE, e->generation, (uint32_t) item };

  assert (piece->n <= RHEO_EVOLVE_PIECE && piece->first % 4 == 0);
  rheo_rng_normals (rng, piece->array, piece->first, piece->n, to);
  for (int i = 0; i < piece->n; i++)
    {
      const double x = scale * (double) to[i];

      to[i] = (RheoReal) (e->multiply && x < e->lowest ? e->lowest : x);
    }
}

void
rheo_evolve_perturb (const RheoEvolve *e, int member, const RheoEvolvePiece *piece)
{
  RheoReal x[RHEO_EVOLVE_PIECE];

  draw (e, member, piece, x);
  for (int i = 0; i < piece->n; i++)
    piece->value[i] += e->multiply ? piece->value[i] * x[i] : x[i];
}

void
rheo_evolve_update (const RheoEvolve *e, int n_members, const double *share, double lr, const RheoEvolvePiece *piece)
{
  RheoReal x[RHEO_EVOLVE_PIECE];
  double sum[RHEO_EVOLVE_PIECE];

  memset (sum, 0, sizeof *sum * (size_t) piece->n);
  for (int member = 0; member < n_members; member++)
    {
      draw (e, member, piece, x);
      for (int i = 0; i < piece->n; i++)
        sum[i] += share[member] * (double) x[i];
    }
  for (int i = 0; i < piece->n; i++)
    {
      const double step = lr * sum[i] / n_members;

      piece->value[i] = (RheoReal) ((double) piece->value[i] + (e->multiply ? (double) piece->value[i] * step : step));
    }
}

static double
rank_of (int n, const double *fitness, int i)
{
  double rank = 0;

  for (int k = 0; k < n; k++)
    rank += fitness[k] < fitness[i] ? 1 : k != i && fitness[k] == fitness[i] ? 0.5 : 0;
  return rank;
}

void
rheo_evolve_share (int n, const double *fitness, bool ranks, double *share)
{
  double mean, sd;

  for (int i = 0; i < n; i++)
    share[i] = ranks ? rank_of (n, fitness, i) : fitness[i];
  mean = gsl_stats_mean (share, 1, (size_t) n);
  sd = gsl_stats_sd_with_fixed_mean (share, 1, (size_t) n, mean);
  for (int i = 0; i < n; i++)
    share[i] = (share[i] - mean) / (sd + SMALL);
}

RheoEvolveFacts
rheo_evolve_describe (int n, double *fitness)
{
  gsl_sort (fitness, 1, (size_t) n);
  return (RheoEvolveFacts){ .mean = gsl_stats_mean (fitness, 1, (size_t) n),
                            .median = gsl_stats_median_from_sorted_data (fitness, 1, (size_t) n),
                            .min = fitness[0],
                            .max = fitness[n - 1] };
}
