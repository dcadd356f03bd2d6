#include "config.h"

#include "engine/team.h"

#include <glib.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum
{
  N_ITEMS = 1000
};

typedef struct
{
  atomic_int calls[N_ITEMS];
  int plain[N_ITEMS];
  atomic_int in_use[16];
  int n_threads;
} Calls;

static void
count (void *data, int item, int thread)
{
  Calls *calls = data;

  g_assert_cmpint (thread, >=, 0);
  g_assert_cmpint (thread, <, calls->n_threads);
  /* Nobody else has this index at the same time. */
  g_assert_cmpint (atomic_fetch_add (&calls->in_use[thread], 1), ==, 0);
  atomic_fetch_add (&calls->calls[item], 1);
  calls->plain[item] += item;
  atomic_fetch_sub (&calls->in_use[thread], 1);
}

static void
test_each_once (void)
{
  for (int n_threads = 1; n_threads <= 5; n_threads++)
    {
      RheoTeam *team = rheo_team_new (n_threads);
      g_autofree Calls *calls = g_new0 (Calls, 1);
      const int sizes[] = { 0, 1, 2, n_threads, N_ITEMS };

      g_assert_nonnull (team);
      g_assert_cmpint (rheo_team_get_n_threads (team), ==, n_threads);
      calls->n_threads = n_threads;
      for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
        {
          for (int i = 0; i < N_ITEMS; i++)
            {
              atomic_store (&calls->calls[i], 0);
              calls->plain[i] = 0;
            }
          rheo_team_map (team, sizes[k], count, calls);
          /* Plain memory written by workers is seen here: a race would show under ThreadSanitizer. */
          for (int i = 0; i < N_ITEMS; i++)
            {
              g_assert_cmpint (atomic_load (&calls->calls[i]), ==, i < sizes[k]);
              g_assert_cmpint (calls->plain[i], ==, i < sizes[k] ? i : 0);
            }
        }
      rheo_team_free (team);
    }
}

static void
add (void *data, int item, int thread)
{
  int *sums = data;

  sums[item] += item + 1;
}

/* Many short maps in a row, with pauses in which workers fall asleep. */
static void
test_many (void)
{
  RheoTeam *team = rheo_team_new (3);
  int sums[7] = { 0 };
  const int n_maps = 20000;

  for (int k = 0; k < n_maps; k++)
    {
      rheo_team_map (team, 7, add, sums);
      if (k % 1000 == 0)
        g_usleep (1000);
    }
  for (int i = 0; i < 7; i++)
    g_assert_cmpint (sums[i], ==, n_maps * (i + 1));
  rheo_team_free (team);
}

typedef struct
{
  atomic_int n_met;
  int nice[2];
} Meeting;

/* Both items wait for each other, so two threads must run them. */
static void
meet (void *data, int item, int thread)
{
  Meeting *meeting = data;

  meeting->nice[thread] = getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid));
  atomic_fetch_add (&meeting->n_met, 1);
  while (atomic_load (&meeting->n_met) < 2)
    g_thread_yield ();
}

static void
test_side_by_side (void)
{
  RheoTeam *team = rheo_team_new (2);
  Meeting meeting = { 0 };

  rheo_team_map (team, 2, meet, &meeting);
  g_assert_cmpint (meeting.nice[1], ==, MIN (meeting.nice[0] + 5, 19));
  rheo_team_free (team);
}

static void
test_sizes (void)
{
  RheoTeam *team = rheo_team_new (0);

  g_assert_cmpint (rheo_team_get_n_threads (team), ==, (int) sysconf (_SC_NPROCESSORS_ONLN));
  rheo_team_free (team);
  rheo_team_free (NULL);
  /* Free at once, while workers are still starting. */
  for (int i = 0; i < 50; i++)
    rheo_team_free (rheo_team_new (4));
}

static void
nest (void *data, int item, int thread)
{
  rheo_team_map (data, 1, count, NULL);
}

static void
test_no_nesting (void)
{
  if (g_test_subprocess ())
    {
      RheoTeam *team = rheo_team_new (1);

      rheo_team_map (team, 1, nest, team);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*maps are not nested*");
}

typedef struct
{
  RheoTeam *own[4]; /* [thread] */
  int n[20];        /* [item] */
} Inner;

static void
count_inner (void *data, int item, int thread)
{
  ++*(int *) data;
}

static void
map_inner (void *data, int item, int thread)
{
  Inner *inner = data;

  rheo_team_map (inner->own[thread], 5, count_inner, &inner->n[item]);
  rheo_team_map (inner->own[thread], 5, count_inner, &inner->n[item]);
}

/* Each thread of a team may have one of its own. */
static void
test_inner (void)
{
  RheoTeam *team = rheo_team_new (4);
  Inner inner = { 0 };

  for (int i = 0; i < 4; i++)
    inner.own[i] = rheo_team_new (1);
  rheo_team_map (team, 20, map_inner, &inner);
  for (int i = 0; i < 20; i++)
    g_assert_cmpint (inner.n[i], ==, 10);
  for (int i = 0; i < 4; i++)
    rheo_team_free (inner.own[i]);
  rheo_team_free (team);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/team/each-once", test_each_once);
  g_test_add_func ("/team/many", test_many);
  g_test_add_func ("/team/side-by-side", test_side_by_side);
  g_test_add_func ("/team/sizes", test_sizes);
  g_test_add_func ("/team/inner", test_inner);
  g_test_add_func ("/team/no-nesting", test_no_nesting);
  return g_test_run ();
}
