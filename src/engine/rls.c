#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "rls.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "team.h"
#include "update.h"

/* Above so many numbers in matrices of their own, targets share one. */
#define MOST_NUMBERS (INT64_C (1) << 26)

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

/* Targets with the same sources. */
typedef struct
{
  int n, n_padded;       /* sources */
  const int32_t *source; /* [n]; NULL: all of them in their order */
  int first, n_targets;  /* in RheoRls.target */
  int64_t p_at, at;      /* of P, and of the vectors below */
  RheoReal rate;         /* what waits: P += rate y y' */
} Group;

typedef struct
{
  int proj, post; /* proj: index in RheoRls.proj */
  int64_t places; /* sparse: where places of the weights start; -1: weight + source * stride + post */
} Target;

struct RheoRls
{
  RheoNet *net;
  RheoProj *proj[RHEO_MAX_PROJS];
  int n_projs, n_pre, n_groups, n_targets;
  gboolean whole;                   /* one group with all sources of all targets */
  gboolean bounded[RHEO_MAX_PROJS]; /* weights keep signs or a range, or share P in spite of a mask */
  Group *group;
  Target *target;
  int32_t *source;
  int64_t *place;
  RheoReal *p;                  /* KEEP: per group blocks of RHEO_PAD rows, each from its own diagonal on */
  RheoReal *x, *y, *gain, *old; /* per group: gathered sources, P x, k; [target]: error before the update */

  int64_t n_numbers;                /* of P */
  RheoReal *marked;                 /* P, then the weights of each projection */
  double *squares, *marked_squares; /* [pre]: alpha and the squares of each source; KEEP; NULL: nothing is bounded */
  RheoReal *step;                   /* [pre] */

  const RheoReal *sample; /* while an update runs */
  double counts;          /* its weight */
};

/* --- the matrix --------------------------------------------------------------------------------------------------- */

typedef RheoReal Vector __attribute__ ((vector_size (RHEO_ALIGN)));
typedef RheoReal LooseVector __attribute__ ((vector_size (RHEO_ALIGN), aligned (sizeof (RheoReal)), may_alias));

static int64_t
count_numbers (int n_padded)
{
  const int64_t n = n_padded / RHEO_PAD;

  return n * (n + 1) / 2 * RHEO_PAD * RHEO_PAD;
}

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
gather (const Group *g, const RheoReal *sample, RheoReal *x)
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
  Group *g = &rls->group[item];
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
  Group *g = &rls->group[item];

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

static gboolean
is_connected (const RheoProj *p, int pre, int post)
{
  return (p->keep.mask == NULL || p->keep.mask[(size_t) pre * (size_t) p->stride + (size_t) post] != 0)
         && !(p->keep.no_self && p->from == p->to && pre == post);
}

/* Weight of a target from source i of its group. */
static RheoReal *
weight_of (const RheoRls *rls, const Group *g, const Target *t, int i, int *pre)
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

  if (p->form == RHEO_DENSE && !is_connected (p, pre, post))
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
change_bounded (RheoRls *rls, const Group *g, const Target *t, RheoReal error, int n_samples, const RheoReal *x,
                int ld_x, RheoReal *of_target, int ld)
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
answer (const RheoRls *rls, const Group *g, const RheoReal *sample)
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
lacks_itself (const RheoProj *p, const Group *g, const Target *t)
{
  return g->source == NULL && p->form == RHEO_DENSE && p->from == p->to && !is_connected (p, t->post, t->post);
}

/* Targets of a group that keep nothing but their mask. Errors of all samples follow. */
static void
change_free (RheoRls *rls, const Group *g, int n_samples, const RheoReal *x, int ld_x, RheoReal *const *error,
             const int *ld_error)
{
  const RheoReal *gain = rls->gain + g->at;
  const double whole = answer (rls, g, rls->sample);

  for (int k = g->first; k < g->first + g->n_targets; k++)
    {
      const Target *t = &rls->target[k];
      const RheoProj *p = rls->proj[t->proj];

      if (!rls->bounded[t->proj] && lacks_itself (p, g, t))
        rls->old[k] *= (RheoReal) share_of (whole - (double) gain[t->post] * (double) rls->sample[t->post]);
    }
  for (int q = 0; q < n_samples; q++)
    {
      const RheoReal *sample = x + (size_t) q * (size_t) ld_x;
      const double of_all = answer (rls, g, sample);

      for (int k = g->first; k < g->first + g->n_targets; k++)
        {
          const Target *t = &rls->target[k];
          const double of_self =
              lacks_itself (rls->proj[t->proj], g, t) ? (double) gain[t->post] * (double) sample[t->post] : 0;

          if (!rls->bounded[t->proj])
            error[t->proj][(size_t) q * (size_t) ld_error[t->proj] + (size_t) t->post] -=
                (RheoReal) ((of_all - of_self) * (double) rls->old[k]);
        }
    }
}

static void
change_group (RheoRls *rls, const Group *g, int n_samples, const RheoReal *x, int ld_x, RheoReal *const *error,
              const int *ld_error)
{
  const RheoReal *gain = rls->gain + g->at;

  change_free (rls, g, n_samples, x, ld_x, error, ld_error);
  for (int k = g->first; k < g->first + g->n_targets; k++)
    {
      const Target *t = &rls->target[k];
      int pre;

      if (rls->bounded[t->proj])
        change_bounded (rls, g, t, rls->old[k], n_samples, x, ld_x, error[t->proj] + t->post, ld_error[t->proj]);
      else if (!rls->whole)
        for (int i = 0; i < g->n; i++)
          *weight_of (rls, g, t, i, &pre) -= gain[i] * rls->old[k];
    }
  for (int i = 0, first = 0; rls->whole && i < rls->n_projs; first += rls->proj[i++]->n_post)
    if (!rls->bounded[i])
      change_rows (rls->n_pre, rls->proj[i]->n_post, gain, rls->old + first, rls->proj[i]->weight,
                   rls->proj[i]->stride);
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
          const Target *t = &rls->target[i];

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
      const Group *g = &rls->group[i];
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

/* --- who shares --------------------------------------------------------------------------------------------------- */

typedef struct
{
  GArray *source, *place; /* int32_t, int64_t: of all groups and sparse targets */
  GArray *target, *group;
  GHashTable *seen; /* bytes of a list of sources -> 1 + group */
} Sorting;

/* Sources of a target in their order; place: of sparse weights. Where only the unit itself is missing it counts as one, so
 * that units do not ask for matrices of their own for that. */
static int
list_sources (const RheoProj *p, int post, int32_t *source, int64_t *place)
{
  int n = 0;

  for (int j = 0; j < p->n_pre; j++)
    if (p->form == RHEO_SPARSE)
      {
        for (int64_t s = p->syn_first[j]; s < p->syn_first[j + 1]; s++)
          if (p->syn_post[s] == post)
            {
              source[n] = j;
              place[n++] = s;
            }
      }
    else if (is_connected (p, j, post))
      source[n++] = j;
  if (p->form == RHEO_DENSE && n == p->n_pre - 1 && p->from == p->to && !is_connected (p, post, post))
    for (n = 0; n < p->n_pre; n++)
      source[n] = n;
  return n;
}

static int
find_group (Sorting *s, const int32_t *source, int n, int n_pre)
{
  g_autoptr (GBytes) key = g_bytes_new (source, sizeof *source * (gsize) n);
  int found = GPOINTER_TO_INT (g_hash_table_lookup (s->seen, key));

  if (found == 0)
    {
      Group group = { .n = n, .n_padded = RHEO_PADDED (MAX (n, 1)), .at = n == n_pre ? -1 : (int64_t) s->source->len };

      g_array_append_vals (s->source, source, n == n_pre ? 0 : (guint) n);
      g_array_append_val (s->group, group);
      found = (int) s->group->len;
      g_hash_table_insert (s->seen, g_steal_pointer (&key), GINT_TO_POINTER (found));
    }
  return found - 1;
}

/* The group of each target of the projections; `of` of Target.proj order. */
static int *
sort_targets (RheoRls *rls, Sorting *s, gboolean shared)
{
  g_autofree int32_t *source = g_new (int32_t, rls->n_pre);
  g_autofree int64_t *place = g_new (int64_t, rls->n_pre);
  GArray *of = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < rls->n_projs; i++)
    for (int post = 0; post < rls->proj[i]->n_post; post++)
      {
        Target target = { .proj = i, .post = post, .places = -1 };
        int n = list_sources (rls->proj[i], post, source, place), group;

        if (rls->proj[i]->form == RHEO_SPARSE)
          {
            target.places = (int64_t) s->place->len;
            g_array_append_vals (s->place, place, (guint) n);
          }
        for (int j = 0; shared && j < rls->n_pre; j++)
          source[j] = j;
        n = shared ? rls->n_pre : n;
        group = find_group (s, source, n, rls->n_pre);
        g_array_append_val (s->target, target);
        g_array_append_val (of, group);
      }
  return (int *) (void *) g_array_free (of, FALSE);
}

static int64_t
count_all (const GArray *groups)
{
  int64_t n = 0;

  for (guint i = 0; i < groups->len; i++)
    n += count_numbers (g_array_index (groups, Group, i).n_padded);
  return n;
}

static void
clear_sorting (Sorting *s)
{
  g_array_set_size (s->source, 0);
  g_array_set_size (s->place, 0);
  g_array_set_size (s->target, 0);
  g_array_set_size (s->group, 0);
  g_hash_table_remove_all (s->seen);
}

/* Targets in the order of their groups, and where each group keeps its numbers. Returns numbers of all vectors. */
static int64_t
lay_out (RheoRls *rls, const Target *target, const int *of)
{
  int64_t p_at = 0, at = 0;
  int first = 0;

  for (int i = 0; i < rls->n_groups; i++)
    {
      Group *g = &rls->group[i];

      g->source = g->at >= 0 ? rls->source + g->at : NULL;
      g->first = first;
      for (int k = 0; k < rls->n_targets; k++)
        if (of[k] == i)
          rls->target[first++] = target[k];
      g->n_targets = first - g->first;
      g->p_at = p_at;
      g->at = at;
      p_at += count_numbers (g->n_padded);
      at += g->n_padded;
    }
  return at;
}

static void
group_targets (RheoRls *rls, int sharing, int64_t *n_numbers, int64_t *n_vectors)
{
  Sorting s = { .source = g_array_new (FALSE, FALSE, sizeof (int32_t)),
                .place = g_array_new (FALSE, FALSE, sizeof (int64_t)),
                .target = g_array_new (FALSE, FALSE, sizeof (Target)),
                .group = g_array_new (FALSE, FALSE, sizeof (Group)),
                .seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL) };
  g_autofree int *of = NULL;
  gboolean dense = TRUE;

  for (int i = 0; i < rls->n_projs; i++)
    dense = dense && rls->proj[i]->form == RHEO_DENSE;
  of = sort_targets (rls, &s, dense && sharing == RHEO_RLS_SHARED);
  if (sharing == RHEO_RLS_AUTO && dense && count_all (s.group) > MOST_NUMBERS)
    {
      clear_sorting (&s);
      g_free (of);
      of = sort_targets (rls, &s, TRUE);
    }
  *n_numbers = count_all (s.group);
  rls->n_groups = (int) s.group->len;
  rls->n_targets = (int) s.target->len;
  rls->whole = dense && rls->n_groups == 1 && g_array_index (s.group, Group, 0).n == rls->n_pre;
  rls->source = (int32_t *) (void *) g_array_free (s.source, FALSE);
  rls->place = (int64_t *) (void *) g_array_free (s.place, FALSE);
  rls->group = (Group *) (void *) g_array_free (s.group, FALSE);
  rls->target = g_new (Target, MAX (rls->n_targets, 1));
  *n_vectors = lay_out (rls, &g_array_index (s.target, Target, 0), of);
  g_array_unref (s.target);
  g_hash_table_unref (s.seen);
}

/* Whether a mask keeps more apart than units from themselves. */
static gboolean
lacks_others (const RheoProj *p)
{
  for (int j = 0; j < p->n_pre; j++)
    for (int i = 0; i < p->n_post; i++)
      if (!is_connected (p, j, i) && !(j == i && p->from == p->to))
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
  group_targets (rls, config->sharing, &n, &n_vectors);
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
