#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "members.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>
#include <string.h>

#include "ranks.h"
#include "trainer.h"

typedef struct
{
  RheoDevice *device; /* of one thread */
  RheoNet *net;
  RheoRule plasticity;
} Worker;

struct RheoMembers
{
  RheoTeam *team; /* the run's */
  int n_workers;
  Worker *worker; /* [thread] */
};

/* One call of live. */
typedef struct
{
  const RheoMembers *members;
  const RheoRule *rule;
  const RheoMembersLife *life;
  RheoMembersEpisode *episode;
  int n_episodes;    /* of a member */
  int rank, n_ranks; /* members rank, rank + n_ranks ... live here, one after the other in episode */
  atomic_bool stopped, failed;
} Work;

static gboolean
init_worker (Worker *worker, const RheoRule *rule, GError **error)
{
  const char *id = rheo_net_get_device (rule->net)->ops->id, *why = NULL;

  worker->device = rheo_device_new (id, 1, &why);
  if (worker->device == NULL)
    return rheo_fail (error, RHEO_ERROR_DEVICE, _ ("run.device = %s cannot be used: %s"), id, _ (why));
  worker->net = rheo_net_dup_on (rule->net, worker->device, 1, error);
  return worker->net != NULL && rheo_trainer_init_plasticity (rule->trainer, worker->net, &worker->plasticity, error);
}

RheoMembers *
rheo_members_new (const RheoRule *rule, GError **error)
{
  g_autoptr (RheoMembers) members = g_new0 (RheoMembers, 1);

  members->team = rheo_trainer_get_team (rule->trainer);
  members->n_workers = rheo_team_get_n_threads (members->team);
  members->worker = g_new0 (Worker, members->n_workers);
  for (int i = 0; i < members->n_workers; i++)
    if (!init_worker (&members->worker[i], rule, error))
      return NULL;
  return g_steal_pointer (&members);
}

void
rheo_members_free (RheoMembers *members)
{
  if (members == NULL)
    return;
  for (int i = 0; i < members->n_workers; i++)
    {
      rheo_trainer_release_plasticity (&members->worker[i].plasticity);
      g_clear_pointer (&members->worker[i].net, rheo_net_free);
      g_clear_pointer (&members->worker[i].device, rheo_device_free);
    }
  g_free (members->worker);
  g_free (members);
}

static void
count_step (void *data, int episode, int t, double reward, const void *state)
{
  ((RheoMembersEpisode *) data)->length = t + 1;
}

/* FALSE: stopped. */
static gboolean
play (Work *work, Worker *worker, gboolean learns, gboolean goes_on, uint32_t address, RheoMembersEpisode *episode)
{
  const RheoBatch batch = { .n_rows = 1, .iteration = address, .set = RHEO_SET_TRAIN };
  RheoPlay p = rheo_trainer_get_play (work->rule->trainer, &batch);
  RheoRule rule = *work->rule;
  double value[RHEO_MAX_MEASURES];

  rule.net = worker->net;
  rule.plasticity = worker->plasticity.type != NULL ? &worker->plasticity : NULL;
  p.net = worker->net;
  p.goes_on = goes_on;
  rheo_rule_learn_in (&rule, &p, &batch, learns ? RHEO_ROLL_LEARN : 0);
  p.reward = count_step;
  p.hook_data = episode;
  if (!rheo_play (&p, value))
    return FALSE;
  episode->value = value[0];
  return TRUE;
}

static void
live (void *data, int item, int thread)
{
  const unsigned uses = 1u << RHEO_USE_WEIGHT | 1u << RHEO_USE_CONST | 1u << RHEO_USE_KEEP;
  Work *work = data;
  const RheoMembersLife *life = work->life;
  Worker *worker = &work->members->worker[thread];
  const int member = work->rank + item * work->n_ranks;
  RheoMembersEpisode *episode = work->episode + (gsize) item * (gsize) work->n_episodes;
  uint32_t address = life->address (life->data, member);

  if (atomic_load (&work->stopped) || atomic_load (&work->failed))
    return;
  if (!rheo_net_take (worker->net, work->rule->net, uses, NULL))
    {
      atomic_store (&work->failed, true);
      return;
    }
  if (life->make != NULL)
    life->make (life->data, member, worker->net);
  for (const RheoMembersPhase *phase = life->phase; phase < life->phase + RHEO_MEMBERS_PHASES; phase++)
    for (int i = 0; i < phase->n_episodes; i++)
      if (!play (work, worker, phase->learns, i > 0 && !life->rest, address++, episode++))
        {
          atomic_store (&work->stopped, true);
          return;
        }
}

/* What all ranks have lived, in the order of the members. share: of a rank at most. */
static gboolean
exchange (const Work *work, int share, RheoMembersEpisode *episode, GError **error)
{
  const gsize n = (gsize) share * (gsize) work->n_episodes;
  g_autofree RheoMembersEpisode *all = g_new0 (RheoMembersEpisode, n * (gsize) work->n_ranks);

  if (!rheo_ranks_tell (work->episode, all, sizeof *all * n, error))
    return FALSE;
  for (int member = 0; member < work->life->n; member++)
    {
      const gsize rank = (gsize) (member % work->n_ranks), item = (gsize) (member / work->n_ranks);

      memcpy (episode + (gsize) member * (gsize) work->n_episodes, all + rank * n + item * (gsize) work->n_episodes,
              sizeof *all * (gsize) work->n_episodes);
    }
  return TRUE;
}

gboolean
rheo_members_live (RheoMembers *members, const RheoRule *rule, const RheoMembersLife *life, RheoMembersEpisode *episode,
                   GError **error)
{
  const RheoExperiment *experiment = rheo_trainer_get_experiment (rule->trainer);
  Work work = {
    .members = members, .rule = rule, .life = life, .rank = rheo_ranks_get_rank (), .n_ranks = rheo_ranks_get_n ()
  };
  const int share = (life->n + work.n_ranks - 1) / work.n_ranks;
  g_autofree RheoMembersEpisode *mine = NULL;

  for (int k = 0; k < RHEO_MEMBERS_PHASES; k++)
    work.n_episodes += life->phase[k].n_episodes;
  work.episode = mine = g_new0 (RheoMembersEpisode, share * work.n_episodes);
  for (int i = 0; i < members->n_workers; i++)
    rheo_net_derive (members->worker[i].net, rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL));
  rheo_net_flush (rule->net);
  rheo_team_map (members->team, (life->n - work.rank + work.n_ranks - 1) / work.n_ranks, live, &work);
  if (atomic_load (&work.failed))
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for a copy of the network."));
  return !atomic_load (&work.stopped) && exchange (&work, share, episode, error);
}
