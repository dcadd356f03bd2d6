/* What watching costs: the same run with six streams at 30 frames a second and without, in turns. Prints JSON.
 * bench-watch EXPERIMENT PAIRS [KEY=VALUE ...] */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/engine.h"

static const char *const streams[] = { "hidden.spikes", "hidden.rate", "out.value",
                                       "rec.weight",    "rec.change",  "rec.gradient" };

typedef struct
{
  double wall, cpu, watch_cost;
  int n_frames;
} Cost;

static double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static Cost
measure (const RheoExperiment *experiment, gboolean watched)
{
  g_autoptr (RheoEngine) engine = rheo_engine_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  Cost cost = { 0 };
  gboolean going = TRUE;

  if (!rheo_engine_start (engine, experiment, &(RheoStart){ .paused = TRUE }, &error))
    g_error ("%s", error->message);
  while (going)
    {
      g_autoptr (RheoMessage) message = rheo_engine_wait (engine, 1) ? rheo_engine_pop (engine) : NULL;

      if (message == NULL)
        continue;
      if (message->error != NULL)
        g_error ("%s", message->error->message);
      if (message->type == RHEO_MSG_STATE && message->state == RHEO_ENGINE_PAUSED)
        {
          for (guint i = 0; watched && i < G_N_ELEMENTS (streams); i++)
            rheo_engine_watch (engine, &(RheoWatch){ .stream = streams[i], .per_second = 30 });
          cost.wall = -now (CLOCK_MONOTONIC);
          cost.cpu = -now (CLOCK_PROCESS_CPUTIME_ID);
          rheo_engine_resume (engine);
        }
      else if (message->type == RHEO_MSG_FRAME)
        cost.n_frames++;
      else if (message->type == RHEO_MSG_STATE && message->state == RHEO_ENGINE_STOPPED)
        {
          cost.wall += now (CLOCK_MONOTONIC);
          cost.cpu += now (CLOCK_PROCESS_CPUTIME_ID);
          cost.watch_cost = message->watch_cost;
          going = FALSE;
        }
    }
  return cost;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static double
median (double *value, int n)
{
  qsort (value, (size_t) n, sizeof *value, compare);
  return n % 2 == 1 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  int n = argc > 2 ? CLAMP (atoi (argv[2]), 1, 100) : 0;
  g_autofree double *wall = g_new (double, MAX (1, n)), *cpu = g_new (double, MAX (1, n));
  Cost watched = { 0 };

  if (n == 0)
    {
      fprintf (stderr, "usage: bench-watch EXPERIMENT PAIRS [KEY=VALUE ...]\n");
      return 2;
    }
  experiment = rheo_experiment_load (argv[1], &error);
  if (experiment == NULL || !rheo_experiment_set_all (experiment, (const char *const *) argv + 3, &error))
    g_error ("%s", error->message);
  for (int i = 0; i < n; i++)
    {
      Cost without;

      if (i % 2 == 0)
        watched = measure (experiment, TRUE);
      without = measure (experiment, FALSE);
      if (i % 2 != 0)
        watched = measure (experiment, TRUE);
      wall[i] = watched.wall / without.wall - 1;
      cpu[i] = watched.cpu / without.cpu - 1;
      fprintf (stderr, "pair %d: %.2f s and %.2f s, %d frames, reported %.2f %%\n", i + 1, watched.wall, without.wall,
               watched.n_frames, 100 * watched.watch_cost);
    }
  printf ("{\"pairs\": %d, \"wall\": %.4f, \"cpu\": %.4f, \"reported\": %.4f, \"frames\": %d}\n", n, median (wall, n),
          median (cpu, n), watched.watch_cost, watched.n_frames);
  return 0;
}
