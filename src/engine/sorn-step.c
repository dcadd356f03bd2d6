#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sorn-step.h"

void
rheo_sorn_init (RheoSorn *sorn, RheoNet *net, int32_t *due)
{
  const int exc = rheo_net_find_pop (net, "exc");
  const RheoPlan *plan = rheo_net_get_plan (net);

  *sorn = (RheoSorn){ .ee = rheo_synapses_new (net, rheo_net_find_proj (net, "ee")),
                      .ei = rheo_synapses_new (net, rheo_net_find_proj (net, "ei")),
                      .ne = plan->pop[exc].n_units,
                      .ni = plan->pop[rheo_net_find_pop (net, "inh")].n_units,
                      .threshold = plan->pop[exc].param[0],
                      .due = due };
  sorn->before = g_new (int32_t, sorn->ne);
  sorn->now = g_new (int32_t, sorn->ne);
  sorn->inh = g_new (int32_t, sorn->ni);
  sorn->touched = g_new (int32_t, sorn->ne + 1); /* one is written before it is counted */
  sorn->mark = g_new0 (uint8_t, sorn->ne);
}

void
rheo_sorn_release (RheoSorn *sorn)
{
  rheo_synapses_free (sorn->ee);
  rheo_synapses_free (sorn->ei);
  g_free (sorn->before);
  g_free (sorn->now);
  g_free (sorn->inh);
  g_free (sorn->touched);
  g_free (sorn->mark);
}

static int
list_active (int n, const RheoReal *x, int32_t *list)
{
  int n_list = 0;

  for (int i = 0; i < n; i++)
    {
      list[n_list] = i;
      n_list += x[i] != 0;
    }
  return n_list;
}

/* Synapses of source j, which gave x_before a step ago and x_now now. Backwards: what is lost is replaced by the last. */
static void
stdp_of (RheoSorn *sorn, RheoReal eta, int j, RheoReal before_j, RheoReal now_j, const RheoReal *x_before,
         const RheoReal *x)
{
  RheoProj *p = sorn->ee->proj;
  const RheoReal up = eta * before_j, down = eta * now_j;

  for (int64_t s = p->syn_first[j] + p->syn_count[j] - 1; s >= p->syn_first[j]; s--)
    {
      const int32_t i = p->syn_post[s];
      const RheoReal w = p->weight[s] + (up * x[i] - down * x_before[i]);

      if (w > 0)
        p->weight[s] = w > 1 ? 1 : w;
      else
        {
          rheo_synapses_remove (sorn->ee, j, s);
          sorn->n_lost++;
        }
    }
}

static void
make_synapses (RheoSorn *sorn, const RheoSornHow *how, RheoRng rng, uint32_t t)
{
  const double rest = how->new_per_step - (double) (int64_t) how->new_per_step;
  const int64_t n = (int64_t) how->new_per_step + (rheo_rng_uniform (rng, t, 0) < rest);

  for (int64_t k = 0; k < n; k++)
    {
      int pre, post;

      /* Numbers of one synapse: at most 129. */
      if (!rheo_synapses_draw_free (sorn->ee, rng, t, (uint32_t) (256 * (k + 1)), &pre, &post)
          || !rheo_synapses_add (sorn->ee, pre, post, how->new_weight))
        return;
      sorn->n_made++;
      sorn->mark[post] = 1;
    }
}

/* The synapses of inhibitory unit k, which fired. Returns how many targets are listed in `touched` then. */
static int
istdp_of (RheoSorn *sorn, const RheoSornHow *how, int k, const RheoReal *x, int n_touched)
{
  RheoProj *p = sorn->ei->proj;
  const RheoReal down = -how->eta_inhib, step = how->eta_inhib / how->target_inhib - down;

  for (int64_t s = p->syn_first[k] + p->syn_count[k] - 1; s >= p->syn_first[k]; s--)
    {
      const int32_t i = p->syn_post[s];
      RheoReal w = p->weight[s] + (down + step * x[i]);

      sorn->touched[n_touched] = i;
      n_touched += sorn->mark[i] == 0;
      sorn->mark[i] = 1;
      w = w > 1 ? 1 : w < how->floor_ei ? how->floor_ei : w;
      if (w > 0)
        p->weight[s] = w;
      else
        {
          rheo_synapses_remove (sorn->ei, k, s);
          sorn->n_lost++;
        }
    }
  return n_touched;
}

/* Units with a mark, which is taken off, go to `touched`. */
static int
list_marked (RheoSorn *sorn)
{
  int n = 0;

  for (int i = 0; i < sorn->ne; i++)
    {
      sorn->touched[n] = i;
      n += sorn->mark[i] != 0;
      sorn->mark[i] = 0;
    }
  return n;
}

static void
scale (RheoSorn *sorn, RheoSynapses *synapses, bool wanted, int32_t *due, const int32_t *columns, int n_columns)
{
  if (wanted && *due != 0)
    for (int i = 0; i < sorn->ne; i++)
      rheo_synapses_normalise (synapses, i);
  else if (wanted)
    for (int k = 0; k < n_columns; k++)
      rheo_synapses_normalise (synapses, columns[k]);
  *due = !wanted;
}

static void
adapt_thresholds (const RheoSorn *sorn, const RheoSornHow *how, const RheoReal *x)
{
  RheoReal *restrict threshold = sorn->threshold;
  const RheoReal fall = how->eta_ip * how->target_ip;

  for (int i = 0; i < sorn->ne; i++)
    threshold[i] += how->eta_ip * x[i] - fall;
  if (how->te_lo != 0 || how->te_hi != 0)
    for (int i = 0; i < sorn->ne; i++)
      threshold[i] = threshold[i] < how->te_lo ? how->te_lo : threshold[i] > how->te_hi ? how->te_hi : threshold[i];
}

void
rheo_sorn_step (RheoSorn *sorn, const RheoSornHow *how, const RheoReal *x_before, const RheoReal *x,
                const RheoReal *y_before, RheoRng rng, uint32_t t)
{
  int n_before = 0, n_now = 0, n_touched = 0;

  if (how->stdp)
    {
      n_before = list_active (sorn->ne, x_before, sorn->before);
      n_now = list_active (sorn->ne, x, sorn->now);
      for (int k = 0; k < n_before; k++)
        {
          stdp_of (sorn, how->eta_stdp, sorn->before[k], 1, x[sorn->before[k]], x_before, x);
          sorn->mark[sorn->before[k]] = 1;
        }
      for (int k = 0; k < n_now; k++)
        {
          if (x_before[sorn->now[k]] == 0)
            stdp_of (sorn, how->eta_stdp, sorn->now[k], 0, 1, x_before, x);
          sorn->mark[sorn->now[k]] = 1;
        }
    }
  if (how->ip)
    adapt_thresholds (sorn, how, x);
  if (how->sp)
    make_synapses (sorn, how, rng, t);
  n_touched = list_marked (sorn);
  scale (sorn, sorn->ee, how->scale_ee, &sorn->due[0], sorn->touched, n_touched);

  n_touched = 0;
  if (how->istdp)
    {
      const int n_inh = list_active (sorn->ni, y_before, sorn->inh);

      for (int k = 0; k < n_inh; k++)
        n_touched = istdp_of (sorn, how, sorn->inh[k], x, n_touched);
      for (int k = 0; k < n_touched; k++)
        sorn->mark[sorn->touched[k]] = 0;
    }
  scale (sorn, sorn->ei, how->scale_ei, &sorn->due[1], sorn->touched, n_touched);
}
