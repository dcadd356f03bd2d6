#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "stdp-rl.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define NONE (-1.0)
#define SOONEST 1.0 /* ms: spikes nearer to each other are not paired */
#define NEAR 0.01   /* Hz: so near a target rate is at it */
#define PER_CELL 4  /* spikes of a cell that may wait for their notice */
#define SETTLE 1.0  /* ms from a pairing to the change that needs no reward */

/* Of a synapse: changes to come, and when; NONE: none. */
enum
{
  TO_COME_HEBB,
  TO_COME_HEBB_AT,
  TO_COME_ANTI,
  TO_COME_ANTI_AT,
  N_TO_COME,
};

enum
{
  NUMBER_BEGUN,
  NUMBER_WAITING, /* spikes */
  NUMBER_QUEUED,  /* steps whose spikes were counted */
  N_NUMBERS,
};

/* Cells whose rate is held together: those of a population, or those of it that vote for one action. */
typedef struct
{
  int n_cells;
  gboolean motor;
} Group;

struct RheoStdpRl
{
  RheoNet *net;
  int n_cells, n_synapses, n_groups, gain_steps, most_waiting;
  int motor;              /* population, or -1 */
  RheoReal **weight;      /* [synapse] */
  int32_t *pre, *post;    /* [synapse], cells */
  int32_t *out_first;     /* [cell + 1]: synapses of a source lie together */
  int32_t *in_first, *in; /* [cell + 1], [synapse]: those of a target */
  int32_t *action;        /* [cell]: that it votes for; -1: none */
  int32_t *group_of;      /* [cell]; -1: none */
  Group *group;
  double *sum;                /* [cell] scratch */
  double *hebb, *anti;        /* [synapse] */
  double *last;               /* [cell] */
  double *to_come;            /* [synapse][N_TO_COME] */
  double *in_mean, *out_mean; /* [cell]: what normalisation and balance refer to */
  double *waiting;            /* [spike][cell, time] */
  int32_t *count;             /* [step, then the running one][group] */
  int64_t *number;
};

/* --- set-up ------------------------------------------------------------------------------------------------------- */
static void *
keep (RheoNet *net, const char *name, const char *label, const char *axes, RheoType type, int64_t n, int64_t m)
{
  const int64_t dims[] = { MAX (n, 1), MAX (m, 1) };

  if (rheo_net_find_array (net, name) == NULL)
    rheo_net_array (net, name, label, "", axes, type, RHEO_USE_KEEP, dims);
  return rheo_net_find_array (net, name)->data;
}

static int
first_cell (const RheoPlan *plan, int pop)
{
  int first = 0;

  for (int i = 0; i < pop; i++)
    first += plan->pop[i].n_units;
  return first;
}

static void
add_synapses (RheoStdpRl *s, const RheoPlan *plan)
{
  int n = 0;

  for (int pass = 0; pass < 2; pass++, s->n_synapses = n, n = 0)
    {
      if (pass > 0)
        {
          s->weight = g_new (RheoReal *, MAX (s->n_synapses, 1));
          s->pre = g_new (int32_t, MAX (s->n_synapses, 1));
          s->post = g_new (int32_t, MAX (s->n_synapses, 1));
        }
      for (int pop = 0; pop < plan->n_pops; pop++)
        for (int j = 0; j < plan->pop[pop].n_units; j++)
          for (int i = 0; i < plan->n_projs; i++)
            {
              const RheoProj *p = &plan->proj[i];

              if (p->from != pop || (p->flags & RHEO_PROJ_TRAIN) == 0 || p->form != RHEO_SPARSE)
                continue;
              for (int64_t k = p->syn_first[j]; k < p->syn_first[j + 1]; k++, n++)
                if (pass > 0)
                  {
                    s->weight[n] = &p->weight[k];
                    s->pre[n] = first_cell (plan, pop) + j;
                    s->post[n] = first_cell (plan, p->to) + p->syn_post[k];
                  }
            }
    }
}

static void
index_synapses (RheoStdpRl *s)
{
  g_autofree int32_t *at = NULL;

  s->out_first = g_new0 (int32_t, s->n_cells + 1);
  s->in_first = g_new0 (int32_t, s->n_cells + 1);
  s->in = g_new (int32_t, MAX (s->n_synapses, 1));
  for (int k = 0; k < s->n_synapses; k++)
    {
      s->out_first[s->pre[k] + 1]++;
      s->in_first[s->post[k] + 1]++;
    }
  for (int i = 0; i < s->n_cells; i++)
    {
      s->out_first[i + 1] += s->out_first[i];
      s->in_first[i + 1] += s->in_first[i];
    }
  at = g_memdup2 (s->in_first, sizeof *at * (gsize) (s->n_cells + 1));
  for (int k = 0; k < s->n_synapses; k++)
    s->in[at[s->post[k]]++] = k;
}

static void
find_votes (RheoStdpRl *s, const RheoPlan *plan)
{
  s->motor = -1;
  for (int i = 0; i < s->n_cells; i++)
    s->action[i] = -1;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];

      if (p->to != plan->out_pop || p->from < 0 || p->form != RHEO_SPARSE)
        continue;
      s->motor = p->from;
      for (int j = 0; j < p->n_pre; j++)
        if (p->syn_first[j + 1] > p->syn_first[j])
          s->action[first_cell (plan, p->from) + j] = p->syn_post[p->syn_first[j]];
    }
}

/* Groups are the populations that have synapses that learn; the voting one has a group for each action. */
static void
find_groups (RheoStdpRl *s, const RheoPlan *plan)
{
  s->group = g_new0 (Group, plan->n_pops + plan->n_out);
  for (int i = 0; i < s->n_cells; i++)
    s->group_of[i] = -1;
  for (int pop = 0; pop < plan->n_pops; pop++)
    {
      const int first = first_cell (plan, pop), n = plan->pop[pop].n_units;
      const gboolean motor = pop == s->motor;
      gboolean learns = FALSE;

      for (int i = first; i < first + n && pop != plan->out_pop; i++)
        learns = learns || s->in_first[i + 1] > s->in_first[i];
      if (!learns)
        continue;
      for (int i = first; i < first + n; i++)
        if (!motor || s->action[i] >= 0)
          {
            Group *group;

            s->group_of[i] = s->n_groups + (motor ? s->action[i] : 0);
            group = &s->group[s->group_of[i]];
            group->n_cells++;
            group->motor = motor;
          }
      s->n_groups += motor ? plan->n_out : 1;
    }
}

RheoStdpRl *
rheo_stdp_rl_new (RheoNet *net, int gain_steps)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  RheoStdpRl *s = g_new0 (RheoStdpRl, 1);

  s->net = net;
  s->n_cells = first_cell (plan, plan->n_pops);
  s->gain_steps = gain_steps;
  s->most_waiting = PER_CELL * s->n_cells;
  s->action = g_new (int32_t, s->n_cells);
  s->group_of = g_new (int32_t, s->n_cells);
  s->sum = g_new (double, s->n_cells);
  add_synapses (s, plan);
  index_synapses (s);
  find_votes (s, plan);
  find_groups (s, plan);
  s->hebb = keep (net, "stdp-rl.hebb", N_ ("Last pairings, source first"), "synapse", RHEO_F64, s->n_synapses, 0);
  s->anti = keep (net, "stdp-rl.anti", N_ ("Last pairings, target first"), "synapse", RHEO_F64, s->n_synapses, 0);
  s->last = keep (net, "stdp-rl.last", N_ ("Last spikes"), "unit", RHEO_F64, s->n_cells, 0);
  s->to_come = keep (net, "stdp-rl.to-come", N_ ("Changes to come, and when"), "synapse number", RHEO_F64,
                     s->n_synapses, N_TO_COME);
  s->in_mean = keep (net, "stdp-rl.in-mean", N_ ("Mean weights kept, of targets"), "unit", RHEO_F64, s->n_cells, 0);
  s->out_mean = keep (net, "stdp-rl.out-mean", N_ ("Mean weights kept, of sources"), "unit", RHEO_F64, s->n_cells, 0);
  s->waiting =
      keep (net, "stdp-rl.waiting", N_ ("Spikes not yet heard of"), "spike number", RHEO_F64, s->most_waiting, 2);
  s->count =
      keep (net, "stdp-rl.count", N_ ("Spikes of the last steps"), "step group", RHEO_I32, gain_steps + 1, s->n_groups);
  s->number = keep (net, "stdp-rl.number", N_ ("State of the rule"), "number", RHEO_I64, N_NUMBERS, 0);
  if (s->hebb == NULL || s->anti == NULL || s->last == NULL || s->to_come == NULL || s->in_mean == NULL
      || s->out_mean == NULL || s->waiting == NULL || s->count == NULL || s->number == NULL)
    {
      rheo_stdp_rl_free (s);
      return NULL;
    }
  return s;
}

void
rheo_stdp_rl_free (RheoStdpRl *s)
{
  if (s == NULL)
    return;
  g_free (s->weight);
  g_free (s->pre);
  g_free (s->post);
  g_free (s->out_first);
  g_free (s->in_first);
  g_free (s->in);
  g_free (s->action);
  g_free (s->group_of);
  g_free (s->group);
  g_free (s->sum);
  g_free (s);
}

int
rheo_stdp_rl_count_synapses (const RheoStdpRl *s)
{
  return s->n_synapses;
}

/* --- mean weights ------------------------------------------------------------------------------------------------- */
/* [cell]: of the synapses that come in, or go out; 0 where there are none. */
static void
measure_means (const RheoStdpRl *s, gboolean out, double *mean)
{
  const int32_t *first = out ? s->out_first : s->in_first, *cell = out ? s->pre : s->post;

  memset (mean, 0, sizeof *mean * (gsize) s->n_cells);
  for (int k = 0; k < s->n_synapses; k++)
    mean[cell[k]] += (double) *s->weight[k];
  for (int i = 0; i < s->n_cells; i++)
    if (first[i + 1] > first[i])
      mean[i] /= first[i + 1] - first[i];
}

static double *
to_come (const RheoStdpRl *s, int k)
{
  return s->to_come + (gsize) k * N_TO_COME;
}

void
rheo_stdp_rl_begin (RheoStdpRl *s)
{
  rheo_stdp_rl_clear (s);
  for (int k = 0; k < s->n_synapses; k++)
    to_come (s, k)[TO_COME_HEBB_AT] = to_come (s, k)[TO_COME_ANTI_AT] = NONE;
  measure_means (s, FALSE, s->in_mean);
  measure_means (s, TRUE, s->out_mean);
  memset (s->count, 0, sizeof *s->count * (gsize) (s->gain_steps + 1) * (gsize) MAX (s->n_groups, 1));
  memset (s->number, 0, sizeof *s->number * N_NUMBERS);
}

void
rheo_stdp_rl_normalise (RheoStdpRl *s)
{
  measure_means (s, FALSE, s->sum);
  for (int k = 0; k < s->n_synapses; k++)
    if (s->sum[s->post[k]] > 0)
      *s->weight[k] = (RheoReal) ((double) *s->weight[k] * (s->in_mean[s->post[k]] / s->sum[s->post[k]]));
}

void
rheo_stdp_rl_control (RheoStdpRl *s, const RheoStdpRlHow *how, int64_t n_done)
{
  const gsize row = (gsize) MAX (s->n_groups, 1);
  int32_t *running = s->count + (gsize) s->gain_steps * row;

  memcpy (s->count + (gsize) (s->number[NUMBER_QUEUED]++ % s->gain_steps) * row, running, sizeof *running * row);
  memset (running, 0, sizeof *running * row);
  if (!how->gain_control || s->number[NUMBER_QUEUED] < s->gain_steps || n_done % how->gain_every != 0)
    return;
  for (int g = 0; g < s->n_groups; g++)
    {
      const double target = s->group[g].motor ? how->rate_motor : how->rate_other;
      double rate = 0, factor;

      for (int t = 0; t < s->gain_steps; t++)
        rate += s->count[(gsize) t * row + (gsize) g];
      rate /= s->gain_steps * how->step / 1000 * s->group[g].n_cells;
      factor = rate < target - NEAR ? 1 + how->gain_change : rate > target + NEAR ? 1 - how->gain_change : 1;
      for (int i = 0; i < s->n_cells; i++)
        if (s->group_of[i] == g)
          s->in_mean[i] *= factor;
    }
}

double
rheo_stdp_rl_get_target (const RheoStdpRl *s, const RheoStdpRlHow *how, int unit)
{
  const int g = s->group_of[unit];

  return !how->gain_control || g < 0 ? NAN : s->group[g].motor ? how->rate_motor : how->rate_other;
}

/* --- traces ------------------------------------------------------------------------------------------------------- */
void
rheo_stdp_rl_clear (RheoStdpRl *s)
{
  for (int k = 0; k < s->n_synapses; k++)
    s->hebb[k] = s->anti[k] = NONE;
  for (int i = 0; i < s->n_cells; i++)
    s->last[i] = NONE;
}

void
rheo_stdp_rl_spike (RheoStdpRl *s, const RheoStdpRlHow *how, int unit, double time)
{
  int64_t *n = &s->number[NUMBER_WAITING];

  if (s->group_of[unit] >= 0)
    s->count[(gsize) s->gain_steps * (gsize) s->n_groups + (gsize) s->group_of[unit]]++;
  if (*n == s->most_waiting)
    rheo_stdp_rl_hear (s, how, time);
  if (*n == s->most_waiting)
    return;
  s->waiting[2 * *n] = unit;
  s->waiting[2 * *n + 1] = time;
  ++*n;
}

static gboolean
pairs (double before, double now, double window)
{
  return before != NONE && now - before > SOONEST && now - before <= window;
}

static void
add (RheoStdpRl *s, const RheoStdpRlHow *how, int k, double change)
{
  const double w = (double) *s->weight[k] + change;

  *s->weight[k] = (RheoReal) (w < how->w_min ? how->w_min : w > how->w_max ? how->w_max : w);
}

/* What of a synapse is due by `now`; at: that of its change. The other side's notice at that very time takes it back. */
static void
settle (RheoStdpRl *s, const RheoStdpRlHow *how, int k, int change, double now)
{
  double *at = &to_come (s, k)[change + 1];

  if (*at == NONE || *at > now)
    return;
  if (s->last[change == TO_COME_HEBB ? s->pre[k] : s->post[k]] != *at)
    add (s, how, k, to_come (s, k)[change]);
  *at = NONE;
}

static void
settle_both (RheoStdpRl *s, const RheoStdpRlHow *how, int k, double now)
{
  settle (s, how, k, TO_COME_HEBB, now);
  settle (s, how, k, TO_COME_ANTI, now);
}

static void
plan_change (RheoStdpRl *s, const RheoStdpRlHow *how, int k, int change, double amount, double now)
{
  settle (s, how, k, change, HUGE_VAL);
  to_come (s, k)[change] = amount;
  to_come (s, k)[change + 1] = now + SETTLE;
}

static void
notice (RheoStdpRl *s, const RheoStdpRlHow *how, int cell, double now)
{
  for (int k = s->out_first[cell]; k < s->out_first[cell + 1]; k++)
    {
      const double before = s->last[s->post[k]];

      if (!pairs (before, now, how->window_anti))
        continue;
      s->anti[k] = now;
      if (how->stdp)
        plan_change (s, how, k, TO_COME_ANTI, how->stdp_anti * exp (-(now - before) / how->tau_anti), now);
    }
  for (int i = s->in_first[cell]; i < s->in_first[cell + 1]; i++)
    {
      const int k = s->in[i];
      const double before = s->last[s->pre[k]];

      if (!pairs (before, now, how->window_hebb))
        continue;
      s->hebb[k] = now;
      if (how->stdp)
        plan_change (s, how, k, TO_COME_HEBB, how->stdp_hebb * exp (-(now - before) / how->tau_hebb), now);
    }
  s->last[cell] = now;
}

/* All that is due before the cell hears of another spike: then its last one is still known. */
static void
settle_cell (RheoStdpRl *s, const RheoStdpRlHow *how, int cell, double now)
{
  for (int k = s->out_first[cell]; k < s->out_first[cell + 1]; k++)
    settle_both (s, how, k, nextafter (now, 0));
  for (int i = s->in_first[cell]; i < s->in_first[cell + 1]; i++)
    settle_both (s, how, s->in[i], nextafter (now, 0));
}

void
rheo_stdp_rl_hear (RheoStdpRl *s, const RheoStdpRlHow *how, double time)
{
  const int64_t n = s->number[NUMBER_WAITING];
  int64_t i = 0;

  for (; i < n && s->waiting[2 * i + 1] + how->late <= time; i++)
    {
      const double now = s->waiting[2 * i + 1] + how->late;
      const int cell = (int) s->waiting[2 * i];

      if (now < how->quiet)
        continue;
      if (how->stdp)
        settle_cell (s, how, cell, now);
      notice (s, how, cell, now);
    }
  memmove (s->waiting, s->waiting + 2 * i, sizeof *s->waiting * 2 * (gsize) (n - i));
  s->number[NUMBER_WAITING] = n - i;
  for (int k = 0; k < s->n_synapses && how->stdp; k++)
    settle_both (s, how, k, time);
}

/* --- reward ------------------------------------------------------------------------------------------------------- */
static double
trace (const RheoStdpRlHow *how, double since, double now, double length)
{
  if (since == NONE)
    return 0;
  return how->exponential ? exp (-(now - since) / length) : now - since <= length;
}

/* What of the reward reaches a synapse at a cell. */
static double
share (const RheoStdpRl *s, const RheoStdpRlHow *how, int post, int action)
{
  const int votes = s->action[post];

  if (how->target == RHEO_REWARD_ALL)
    return 1;
  if (votes < 0)
    return how->elsewhere ? how->discount : 0;
  if (how->target == RHEO_REWARD_MOTOR)
    return 1;
  if (votes == action)
    return how->chosen;
  return how->target == RHEO_REWARD_BOTH ? -how->opposite : 0;
}

/* What strong and weak senders make of it. */
static double
balance (const RheoStdpRl *s, const RheoStdpRlHow *how, int pre, double reward)
{
  const gboolean up = (reward > 0) == (how->balance == RHEO_BALANCE_SENDERS);
  const double now = s->sum[pre], kept = s->out_mean[pre];
  double factor;

  if (how->balance == RHEO_BALANCE_OFF || now <= 0 || kept <= 0)
    return 1;
  factor = up ? now / kept : kept / now;
  return CLAMP (factor, how->balance_min, how->balance_max);
}

void
rheo_stdp_rl_reward (RheoStdpRl *s, const RheoStdpRlHow *how, double reward, int action, double time)
{
  if (reward == 0)
    return;
  measure_means (s, TRUE, s->sum);
  for (int i = 0; i < s->n_cells; i++)
    {
      const double here = reward * balance (s, how, i, reward);

      for (int k = s->out_first[i]; k < s->out_first[i + 1]; k++)
        {
          const double r = here * share (s, how, s->post[k], action);
          double change = 0;

          if (r == 0)
            continue;
          if (how->w_hebb > 0)
            change += r * how->w_hebb * trace (how, s->hebb[k], time, how->length_hebb);
          if (how->w_anti < 0)
            change += r * how->w_anti * trace (how, s->anti[k], time, how->length_anti);
          if (how->soft)
            change *= change >= 0 ? 1 - (double) *s->weight[k] / how->w_max : (double) *s->weight[k] / how->w_max;
          if (change != 0)
            add (s, how, k, change);
        }
    }
}
