#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "team.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#endif
#include <unistd.h>

/* Looks at a changing word about this often before sleeping, some 100 us: a training step of a small network has a dozen
 * maps with short pauses between them, and to be woken costs more than most of these. */
#define N_SPINS 2000
#define NICER 5

typedef struct
{
  RheoTeam *team;
  pthread_t thread;
  int index;
} Worker;

/* A map is published as one word: its number and how many of its items nobody has taken yet. A thread takes an item by
 * counting that word down, and only then reads the fields of the map, which stay until all its items are done. So a
 * worker that comes late finds nothing and is never waited for. */
struct RheoTeam
{
  int n_threads;
  Worker *worker; /* n_threads - 1 */
  int n_workers;  /* started */

  _Atomic uint64_t ticket; /* number of the map << 32 | items not taken */
  atomic_int n_left;       /* items not done */
  int n_items;
  void (*fn) (void *data, int item, int thread);
  void *data;

  pthread_mutex_t lock;
  pthread_cond_t work, done;
  atomic_int n_sleepers;
  atomic_bool caller_sleeps, stop;
};

static _Thread_local const RheoTeam *inside; /* the innermost map of this thread */

static void
relax (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause ();
#endif
}

/* Takes items until none is left. */
static void
work (RheoTeam *team, int thread)
{
  uint64_t ticket = atomic_load_explicit (&team->ticket, memory_order_acquire);

  while ((uint32_t) ticket > 0)
    {
      if (!atomic_compare_exchange_weak_explicit (&team->ticket, &ticket, ticket - 1, memory_order_acq_rel,
                                                  memory_order_acquire))
        continue;
      inside = team;
      team->fn (team->data, team->n_items - (int) (uint32_t) ticket, thread);
      inside = NULL;
      if (atomic_fetch_sub (&team->n_left, 1) == 1 && atomic_load (&team->caller_sleeps))
        {
          pthread_mutex_lock (&team->lock);
          pthread_cond_signal (&team->done);
          pthread_mutex_unlock (&team->lock);
        }
      ticket = atomic_load_explicit (&team->ticket, memory_order_acquire);
    }
}

static bool
idle (RheoTeam *team)
{
  return (uint32_t) atomic_load (&team->ticket) == 0 && !atomic_load (&team->stop);
}

void
rheo_team_give_way (void)
{
#ifdef __linux__
  const id_t thread = (id_t) syscall (SYS_gettid);

  setpriority (PRIO_PROCESS, thread, getpriority (PRIO_PROCESS, thread) + NICER);
#endif
}

static void *
run (void *data)
{
  Worker *self = data;
  RheoTeam *team = self->team;

  rheo_team_give_way ();
  while (!atomic_load (&team->stop))
    {
      work (team, self->index);
      for (int i = 0; i < N_SPINS && idle (team); i++)
        relax ();
      if (!idle (team))
        continue;
      pthread_mutex_lock (&team->lock);
      atomic_fetch_add (&team->n_sleepers, 1);
      while (idle (team))
        pthread_cond_wait (&team->work, &team->lock);
      atomic_fetch_sub (&team->n_sleepers, 1);
      pthread_mutex_unlock (&team->lock);
    }
  return NULL;
}

RheoTeam *
rheo_team_new (int n_threads)
{
  RheoTeam *team = calloc (1, sizeof *team);
  sigset_t all, before;

  if (team == NULL)
    return NULL;
  if (n_threads <= 0)
    n_threads = (int) sysconf (_SC_NPROCESSORS_ONLN);
  team->n_threads = n_threads > 1 ? n_threads : 1;
  team->worker = calloc ((size_t) team->n_threads, sizeof *team->worker);
  pthread_mutex_init (&team->lock, NULL);
  pthread_cond_init (&team->work, NULL);
  pthread_cond_init (&team->done, NULL);
  if (team->worker == NULL)
    {
      rheo_team_free (team);
      return NULL;
    }

  /* Signals belong to the program's own threads. */
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  for (; team->n_workers < team->n_threads - 1; team->n_workers++)
    {
      Worker *worker = &team->worker[team->n_workers];

      worker->team = team;
      worker->index = team->n_workers + 1;
      if (pthread_create (&worker->thread, NULL, run, worker) != 0)
        break;
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (team->n_workers < team->n_threads - 1)
    {
      rheo_team_free (team);
      return NULL;
    }
  return team;
}

void
rheo_team_free (RheoTeam *team)
{
  if (team == NULL)
    return;
  atomic_store (&team->stop, true);
  pthread_mutex_lock (&team->lock);
  pthread_cond_broadcast (&team->work);
  pthread_mutex_unlock (&team->lock);
  for (int i = 0; i < team->n_workers; i++)
    pthread_join (team->worker[i].thread, NULL);
  pthread_cond_destroy (&team->work);
  pthread_cond_destroy (&team->done);
  pthread_mutex_destroy (&team->lock);
  free (team->worker);
  free (team);
}

int
rheo_team_get_n_threads (const RheoTeam *team)
{
  return team->n_threads;
}

void
rheo_team_map (RheoTeam *team, int n, void (*fn) (void *data, int item, int thread), void *data)
{
  uint64_t number;

  assert ((inside == NULL || (team->n_threads == 1 && inside != team)) && "maps are not nested");
  assert (atomic_load (&team->n_left) == 0 && "one caller at a time");
  if (n <= 0)
    return;
  if (team->n_threads == 1 || n == 1)
    {
      const RheoTeam *before = inside;

      inside = team;
      for (int i = 0; i < n; i++)
        fn (data, i, 0);
      inside = before;
      return;
    }

  number = (atomic_load (&team->ticket) >> 32) + 1;
  team->fn = fn;
  team->data = data;
  team->n_items = n;
  atomic_store (&team->n_left, n);
  atomic_store (&team->ticket, number << 32 | (uint32_t) n);
  if (atomic_load (&team->n_sleepers) > 0)
    {
      pthread_mutex_lock (&team->lock);
      pthread_cond_broadcast (&team->work);
      pthread_mutex_unlock (&team->lock);
    }
  work (team, 0);
  for (int i = 0; i < N_SPINS && atomic_load (&team->n_left) > 0; i++)
    relax ();
  if (atomic_load (&team->n_left) == 0)
    return;
  pthread_mutex_lock (&team->lock);
  atomic_store (&team->caller_sleeps, true);
  while (atomic_load (&team->n_left) > 0)
    pthread_cond_wait (&team->done, &team->lock);
  atomic_store (&team->caller_sleeps, false);
  pthread_mutex_unlock (&team->lock);
}
