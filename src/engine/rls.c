#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rls-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "team.h"
#include "update.h"

static const char *const sharing_choices[] = { "auto", "shared", "own", NULL };

const RheoParam rheo_rls_rows[] = {
  RHEO_P_REAL (RheoRlsConfig, alpha, "alpha", .label = N_ ("Damping"),
               .help =
                   N_ ("Penalty on the change of weights: the correlations start as if so much had been seen. Large "
                       "values make first updates small."),
               .words = N_ ("ridge, regularisation, P matrix"), .def = 1, .min = 1e-6, .max = 1e9, .soft_min = 0.01,
               .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_INT (RheoRlsConfig, every, "every", .label = N_ ("Update every"), .unit = N_ ("steps"),
              .help = N_ ("Steps from one update of the weights to the next."), .def = 1, .min = 1, .max = 1e6,
              .soft_min = 1, .soft_max = 20, .flags = RHEO_LIVE),
  RHEO_P_CHOICE (RheoRlsConfig, sharing, "correlations", sharing_choices, .label = N_ ("Correlations"),
                 .help =
                     N_ ("Where units have different sources: one matrix for each set of sources, which is exact; or "
                         "one for all units; auto takes the first as long as it fits into 256 MB."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

/* --- the matrix --------------------------------------------------------------------------------------------------- */

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

/* P += rate y y', then out = P x, in one pass. Blocks on the diagonal are whole, and the same numbers on both sides of it;
 * those to the right of them stand for those below, too. */
RHEO_MULTI static void
update_product (int n_padded, RheoReal rate, const RheoReal *y, const RheoReal *x, RheoReal *p, RheoReal *out)
{
  memset (out, 0, sizeof *out * (size_t) n_padded);
  for (int block = 0; block < n_padded; block += RHEO_PAD)
    for (int j = block; j < block + RHEO_PAD; j++, p += n_padded - block)
      {
        const RheoReal y_j = y[j], x_j = x[j];
        LooseVector *row = (LooseVector *) p;
        Vector sum = { 0 };

        row[0] += rate * (y_j * *(const LooseVector *) (y + block));
        *(LooseVector *) (out + block) += x_j * row[0];
        for (int i = block + RHEO_PAD; i < n_padded; i += RHEO_PAD)
          {
            const Vector w = *++row + rate * (y_j * *(const LooseVector *) (y + i));

            *row = w;
            *(LooseVector *) (out + i) += x_j * w;
            sum += w * *(const LooseVector *) (x + i);
          }
        for (int i = 0; i < RHEO_PAD; i++)
          out[j] += sum[i];
      }
}

static double
dot (int n, const RheoReal *a, const RheoReal *b)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (double) a[i] * (double) b[i];
  return sum;
}

static void
gather (const RheoRlsGroup *g, const RheoReal *sample, RheoReal *x)
{
  if (g->source == NULL)
    memcpy (x, sample, sizeof *x * (size_t) g->n);
  else
    for (int i = 0; i < g->n; i++)
      x[i] = sample[g->source[i]];
}

/* The gain of a group for the sample; its own update of P waits for the next one. */
static void
find_gain (void *data, int item, int thread)
{
  RheoRls *rls = data;
  RheoRlsGroup *g = &rls->group[item];
  RheoReal *x = rls->x + g->at, *y = rls->y + g->at, *gain = rls->gain + g->at;
  double variance, scale;

  gather (g, rls->sample, x);
  /* y is that of the sample before until it is overwritten. */
  update_product (g->n_padded, g->rate, y, x, rls->p + g->p_at, gain);
  variance = dot (g->n, x, gain);
  /* Rounding may make P x slightly negative along directions that are known; nothing is learned of them then. */
  scale = variance > 0 ? rls->counts / (1 + rls->counts * variance) : 0;
  memcpy (y, gain, sizeof *y * (size_t) g->n_padded);
  for (int i = 0; i < g->n; i++)
    gain[i] = (RheoReal) (scale * (double) gain[i]);
  g->rate = (RheoReal) -scale;
}

static void
apply_waiting (void *data, int item, int thread)
{
  RheoRls *rls = data;
  RheoRlsGroup *g = &rls->group[item];

  if (g->rate == 0)
    return;
  memset (rls->x + g->at, 0, sizeof (RheoReal) * (size_t) g->n_padded);
  update_product (g->n_padded, g->rate, rls->y + g->at, rls->x + g->at, rls->p + g->p_at, rls->gain + g->at);
  g->rate = 0;
}

/* --- weights ------------------------------------------------------------------------------------------------------ */

/* All targets of a dense matrix: w[j][i] -= k_j e_i. */
RHEO_MULTI static void
change_rows (int n_pre, int n_post, const RheoReal *gain, const RheoReal *error, RheoReal *weight, int stride)
{
  for (int j = 0; j < n_pre; j++)
    {
      const RheoReal k = gain[j];
      RheoReal *row = weight + (size_t) j * (size_t) stride;

      RHEO_IVDEP
      for (int i = 0; i < n_post; i++)
        row[i] -= k * error[i];
    }
}

/* Weight of a target from source i of its group. */
static RheoReal *
weight_of (const RheoRls *rls, const RheoRlsGroup *g, const RheoRlsTarget *t, int i, int *pre)
{
  const RheoProj *p = rls->proj[t->proj];

  *pre = g->source != NULL ? g->source[i] : i;
  return p->weight
         + (t->places >= 0 ? rls->place[t->places + i] : (int64_t) *pre * (int64_t) p->stride + (int64_t) t->post);
}

static RheoReal
allowed (const RheoProj *p, int pre, int post, RheoReal w)
{
  const RheoConstraint *keep = &p->keep;
  const int sign = keep->sign != NULL ? keep->sign[pre] : 0;

  if (p->form == RHEO_DENSE && !rheo_rls_is_connected (p, pre, post))
    return 0;
  if ((sign > 0 || keep->non_negative) && w < 0)
    w = 0;
  if (sign < 0 && w > 0)
    w = 0;
  return keep->lo != 0 || keep->hi != 0 ? CLAMP (w, (RheoReal) keep->lo, (RheoReal) keep->hi) : w;
}

/* Share of a change that is made when it takes so much of the error of the sample away: none when the error would grow, and
 * at most what makes it vanish. Without constraints less than 1 is taken away. */
static double
share_of (double answer)
{
  return answer <= 0 ? 0 : answer > 1 ? 1 / answer : 1;
}

/* With signs or a range only the diagonal of the correlations is used: coordinates then do not mix, and the weight nearest
 * to what least squares ask for is found one by one. of_target [n_samples], ld apart: errors of the target, which follow. */
static void
change_bounded (RheoRls *rls, const RheoRlsGroup *g, const RheoRlsTarget *t, RheoReal error, int n_samples,
                const RheoReal *x, int ld_x, RheoReal *of_target, int ld)
{
  const RheoProj *p = rls->proj[t->proj];
  double answer = 0, share;
  int pre;

  if (error == 0)
    return;
  for (int i = 0; i < g->n; i++)
    {
      const RheoReal w = *weight_of (rls, g, t, i, &pre);

      answer += (double) (w - allowed (p, pre, t->post, w - rls->step[pre] * error)) / (double) error
                * (double) rls->sample[pre];
    }
  share = share_of (answer);
  for (int i = 0; i < g->n && share > 0; i++)
    {
      RheoReal *w = weight_of (rls, g, t, i, &pre);
      const RheoReal change = (RheoReal) share * (allowed (p, pre, t->post, *w - rls->step[pre] * error) - *w);

      *w += change;
      for (int q = 0; q < n_samples; q++)
        of_target[(size_t) q * (size_t) ld] += change * x[(size_t) q * (size_t) ld_x + (size_t) pre];
    }
}

/* Step of each source for the sample, from the squares of all so far. */
static void
find_steps (RheoRls *rls)
{
  double sum = 0;

  for (int j = 0; j < rls->n_pre; j++)
    {
      const double x = (double) rls->sample[j];

      rls->squares[j] += rls->counts * x * x;
      rls->step[j] = (RheoReal) (x / rls->squares[j]);
      sum += x * x / rls->squares[j];
    }
  for (int j = 0; j < rls->n_pre; j++)
    rls->step[j] *= (RheoReal) (rls->counts / (1 + rls->counts * sum));
}

/* k' x of a group with a sample. */
static double
answer (const RheoRls *rls, const RheoRlsGroup *g, const RheoReal *sample)
{
  const RheoReal *gain = rls->gain + g->at;
  double sum = 0;

  if (g->source == NULL)
    return dot (g->n, gain, sample);
  for (int i = 0; i < g->n; i++)
    sum += (double) gain[i] * (double) sample[g->source[i]];
  return sum;
}

/* Whether a unit that counts as a source of itself is none. */
static gboolean
lacks_itself (const RheoProj *p, const RheoRlsGroup *g, const RheoRlsTarget *t)
{
  return g->source == NULL && p->form == RHEO_DENSE && p->from == p->to && !rheo_rls_is_connected (p, t->post, t->post);
}

/* Where P[a][b] is. */
static int64_t
place_of (const RheoRlsGroup *g, int a, int b)
{
  const int64_t row = MIN (a, b), column = MAX (a, b), block = row / RHEO_PAD, n = g->n_padded;

  return g->p_at + RHEO_PAD * (block * n - RHEO_PAD * (block * (block - 1) / 2))
         + (row % RHEO_PAD) * (n - block * RHEO_PAD) + column - block * RHEO_PAD;
}

/* w[j][i] += P[j][i] c[i] for all pairs of n units. */
RHEO_MULTI static void
add_columns (int n, int n_padded, const RheoReal *p, const RheoReal *c, RheoReal *weight, int stride)
{
  for (int block = 0; block < n; p += (size_t) RHEO_PAD * (size_t) (n_padded - block), block += RHEO_PAD)
    {
      const int ld = n_padded - block, n_rows = MIN (RHEO_PAD, n - block);

      for (int j = 0; j < n_rows; j++)
        {
          const RheoReal *row = p + (size_t) j * (size_t) ld;
          RheoReal *to = weight + (size_t) (block + j) * (size_t) stride + block;

          RHEO_IVDEP
          for (int i = 0; i < n - block; i++)
            to[i] += row[i] * c[block + i];
        }
      for (int i = RHEO_PAD; i < n - block; i++)
        for (int j = 0; j < n_rows; j++)
          weight[(size_t) (block + i) * (size_t) stride + (size_t) (block + j)] +=
              p[(size_t) j * (size_t) ld + (size_t) i] * c[block + j];
    }
}

/* A target i that counts as a source of itself but is none: the inverse of the correlations of the others is P less its i-th
 * column times its i-th row over P_ii, so y becomes y - P_i y_i / P_ii. In `old` the error that goes with the gain of all, in
 * `column` the factor of P_i. */
static void
leave_itself_out (RheoRls *rls, const RheoRlsGroup *g, int k, double variance)
{
  const int i = rls->target[k].post;
  const double y = (double) rls->y[g->at + i], own = (double) rls->p[place_of (g, i, i)], scale = -(double) g->rate;
  const double rest = own > 0 ? MAX (variance - y * y / own, 0) : 0;
  const double change = own > 0 && scale > 0 ? rls->counts / (1 + rls->counts * rest) * (double) rls->old[k] : 0;

  rls->old[k] = (RheoReal) (scale > 0 ? change / scale : 0);
  rls->column[k] = (RheoReal) (own > 0 ? change * y / own : 0);
}

/* Targets of a group that keep nothing but their mask. Errors of all samples follow. */
static void
change_free (RheoRls *rls, const RheoRlsGroup *g, int n_samples, const RheoReal *x, int ld_x, RheoReal *const *error,
             const int *ld_error)
{
  const RheoReal *y = rls->y + g->at;
  const double variance = dot (g->n, rls->x + g->at, y);
  gboolean some = FALSE;

  for (int k = g->first; k < g->first + g->n_targets; k++)
    {
      const RheoRlsTarget *t = &rls->target[k];

      rls->column[k] = 0;
      if (rls->bounded[t->proj] || !lacks_itself (rls->proj[t->proj], g, t))
        continue;
      leave_itself_out (rls, g, k, variance);
      some = TRUE;
    }
  for (int q = 0; q < n_samples; q++)
    {
      const RheoReal *sample = x + (size_t) q * (size_t) ld_x, *product = y;
      const double of_all = answer (rls, g, sample);

      if (some && sample != rls->sample)
        {
          gather (g, sample, rls->other);
          update_product (g->n_padded, 0, y, rls->other, rls->p + g->p_at, rls->product);
          product = rls->product;
        }
      for (int k = g->first; k < g->first + g->n_targets; k++)
        {
          const RheoRlsTarget *t = &rls->target[k];
          const double of_self = rls->column[k] != 0 ? (double) product[t->post] * (double) rls->column[k] : 0;

          if (!rls->bounded[t->proj])
            error[t->proj][(size_t) q * (size_t) ld_error[t->proj] + (size_t) t->post] -=
                (RheoReal) (of_all * (double) rls->old[k] - of_self);
        }
    }
}

static void
change_group (RheoRls *rls, const RheoRlsGroup *g, int n_samples, const RheoReal *x, int ld_x, RheoReal *const *error,
              const int *ld_error)
{
  const RheoReal *gain = rls->gain + g->at;

  change_free (rls, g, n_samples, x, ld_x, error, ld_error);
  for (int k = g->first; k < g->first + g->n_targets; k++)
    {
      const RheoRlsTarget *t = &rls->target[k];
      int pre;

      if (rls->bounded[t->proj])
        change_bounded (rls, g, t, rls->old[k], n_samples, x, ld_x, error[t->proj] + t->post, ld_error[t->proj]);
      else if (!rls->whole)
        for (int i = 0; i < g->n; i++)
          *weight_of (rls, g, t, i, &pre) -=
              gain[i] * rls->old[k] - (rls->column[k] != 0 ? rls->p[place_of (g, i, t->post)] * rls->column[k] : 0);
    }
  for (int i = 0, first = 0; rls->whole && i < rls->n_projs; first += rls->proj[i++]->n_post)
    if (!rls->bounded[i])
      {
        change_rows (rls->n_pre, rls->proj[i]->n_post, gain, rls->old + first, rls->proj[i]->weight,
                     rls->proj[i]->stride);
        if (rls->proj[i]->from == rls->proj[i]->to)
          add_columns (g->n, g->n_padded, rls->p + g->p_at, rls->column + first, rls->proj[i]->weight,
                       rls->proj[i]->stride);
      }
}

void
rheo_rls_fit (RheoRls *rls, int n_samples, const RheoReal *x, int ld_x, const RheoReal *weight, RheoReal *const *error,
              const int *ld_error)
{
  RheoTeam *team = rheo_net_get_device (rls->net)->team;

  for (int s = 0; s < n_samples; s++)
    {
      rls->sample = x + (size_t) s * (size_t) ld_x;
      rls->counts = weight != NULL ? (double) weight[s] : 1;
      if (rls->counts <= 0)
        continue;
      if (rls->n_groups == 1)
        find_gain (rls, 0, 0);
      else
        rheo_team_map (team, rls->n_groups, find_gain, rls);
      for (int i = 0; i < rls->n_targets; i++)
        {
          const RheoRlsTarget *t = &rls->target[i];

          rls->old[i] = error[t->proj][(size_t) s * (size_t) ld_error[t->proj] + (size_t) t->post];
        }
      if (rls->squares != NULL)
        find_steps (rls);
      for (int i = 0; i < rls->n_groups; i++)
        change_group (rls, &rls->group[i], n_samples, x, ld_x, error, ld_error);
    }
  for (int i = 0; i < rls->n_projs; i++)
    rheo_proj_hold (rls->proj[i]);
}

void
rheo_rls_finish (RheoRls *rls)
{
  rheo_team_map (rheo_net_get_device (rls->net)->team, rls->n_groups, apply_waiting, rls);
}

static size_t
count_weights (const RheoRls *rls, int proj)
{
  const RheoProj *p = rls->proj[proj];

  return p->form == RHEO_SPARSE ? (size_t) p->syn_first[p->n_pre] : (size_t) p->n_pre * (size_t) p->stride;
}

/* As if nothing had been seen. */
static void
start (RheoRls *rls, double alpha)
{
  memset (rls->p, 0, sizeof *rls->p * (size_t) rls->n_numbers);
  for (int j = 0; rls->squares != NULL && j < rls->n_pre; j++)
    rls->squares[j] = alpha;
  for (int i = 0; i < rls->n_groups; i++)
    {
      const RheoRlsGroup *g = &rls->group[i];
      RheoReal *p = rls->p + g->p_at;

      for (int block = 0; block < g->n_padded; block += RHEO_PAD)
        for (int j = block; j < block + RHEO_PAD; j++, p += g->n_padded - block)
          if (j < g->n)
            p[j - block] = (RheoReal) (1 / alpha);
    }
}

void
rheo_rls_mark (RheoRls *rls)
{
  RheoReal *to = rls->marked;

  memcpy (to, rls->p, sizeof *to * (size_t) rls->n_numbers);
  to += rls->n_numbers;
  for (int i = 0; i < rls->n_projs; to += count_weights (rls, i++))
    memcpy (to, rls->proj[i]->weight, sizeof *to * count_weights (rls, i));
  if (rls->squares != NULL)
    memcpy (rls->marked_squares, rls->squares, sizeof *rls->squares * (size_t) rls->n_pre);
}

void
rheo_rls_go_back (RheoRls *rls)
{
  const RheoReal *from = rls->marked;

  memcpy (rls->p, from, sizeof *from * (size_t) rls->n_numbers);
  from += rls->n_numbers;
  for (int i = 0; i < rls->n_projs; from += count_weights (rls, i++))
    memcpy (rls->proj[i]->weight, from, sizeof *from * count_weights (rls, i));
  for (int i = 0; i < rls->n_groups; i++)
    rls->group[i].rate = 0;
  if (rls->squares != NULL)
    memcpy (rls->squares, rls->marked_squares, sizeof *rls->squares * (size_t) rls->n_pre);
}

/* --- making one --------------------------------------------------------------------------------------------------- */

/* Whether a mask keeps more apart than units from themselves. */
static gboolean
lacks_others (const RheoProj *p)
{
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      if (!rheo_rls_is_connected (p, j, i) && !(j == i && p->from == p->to))
        return TRUE;
  return FALSE;
}

static gboolean
find_bounded (RheoRls *rls)
{
  gboolean some = FALSE;

  for (int i = 0; i < rls->n_projs; i++)
    {
      const RheoConstraint *keep = &rls->proj[i]->keep;

      rls->bounded[i] = keep->sign != NULL || keep->non_negative || keep->lo != 0 || keep->hi != 0
                        || (keep->mask != NULL && rls->whole && lacks_others (rls->proj[i]));
      some |= rls->bounded[i];
    }
  return some;
}

static void
add_squares (RheoRls *rls, const char *name)
{
  g_autofree char *key = g_strconcat (name, ".squares", NULL);
  const int64_t n = rls->n_pre;

  rheo_net_array (rls->net, key, N_ ("Summed squares of the sources"), "", "pre", RHEO_F64, RHEO_USE_KEEP, &n);
  rls->squares = rheo_net_find_array (rls->net, key)->data;
  rls->marked_squares = g_new0 (double, n);
  rls->step = g_new0 (RheoReal, n);
}

static void
no_memory (int64_t n, GError **error)
{
  rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for recursive least squares: %.0f MB."),
             (double) n * sizeof (RheoReal) / 1e6);
}

RheoRls *
rheo_rls_new (RheoNet *net, const char *name, const int *projs, int n_projs, const RheoRlsConfig *config,
              GError **error)
{
  g_autoptr (RheoRls) rls = g_new0 (RheoRls, 1);
  g_autofree char *key = g_strconcat (name, ".p", NULL);
  const RheoType type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;
  RheoNetArray *array;
  int64_t n, n_vectors;

  rls->net = net;
  rls->n_projs = n_projs;
  for (int i = 0; i < n_projs; i++)
    rls->proj[i] = rheo_net_get_proj (net, projs[i]);
  rls->n_pre = rls->proj[0]->n_pre;
  rheo_rls_group_targets (rls, config->sharing, &n, &n_vectors);
  rheo_net_array (net, key, N_ ("Inverse correlations"), "", "number", type, RHEO_USE_KEEP, &n);
  array = rheo_net_find_array (net, key);
  if (array == NULL || array->data == NULL)
    {
      no_memory (n, error);
      return NULL;
    }
  rls->p = array->data;
  rls->n_numbers = n;
  for (int i = 0; i < n_projs; i++)
    n += (int64_t) count_weights (rls, i);
  rls->marked = g_try_new (RheoReal, n);
  if (rls->marked == NULL)
    {
      no_memory (n, error);
      return NULL;
    }
  rls->x = g_new0 (RheoReal, n_vectors);
  rls->y = g_new0 (RheoReal, n_vectors);
  rls->gain = g_new0 (RheoReal, n_vectors);
  rls->old = g_new0 (RheoReal, rls->n_targets);
  rls->column = g_new0 (RheoReal, rls->n_targets);
  rls->other = g_new0 (RheoReal, RHEO_PADDED (rls->n_pre));
  rls->product = g_new0 (RheoReal, RHEO_PADDED (rls->n_pre));
  if (find_bounded (rls))
    add_squares (rls, name);
  start (rls, config->alpha);
  return g_steal_pointer (&rls);
}

void
rheo_rls_free (RheoRls *rls)
{
  if (rls == NULL)
    return;
  g_free (rls->group);
  g_free (rls->target);
  g_free (rls->source);
  g_free (rls->place);
  g_free (rls->x);
  g_free (rls->y);
  g_free (rls->gain);
  g_free (rls->old);
  g_free (rls->column);
  g_free (rls->other);
  g_free (rls->product);
  g_free (rls->marked);
  g_free (rls->marked_squares);
  g_free (rls->step);
  g_free (rls);
}

int
rheo_rls_get_n_groups (const RheoRls *rls)
{
  return rls->n_groups;
}
