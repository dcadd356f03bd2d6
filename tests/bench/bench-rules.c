/* How long an iteration takes by two rules, in turns: bench-rules EXPERIMENT RULE RULE ROUNDS [KEY=VALUE ...] */
#include "config.h"

#include <stdlib.h>

#include "engine/trainer.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  RheoTrainer *trainer[2];
  const int n = argc > 4 ? atoi (argv[4]) : 0;
  double *seconds[2];

  if (n < 1)
    g_error ("usage: bench-rules EXPERIMENT RULE RULE ROUNDS [KEY=VALUE ...]");
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RheoExperiment) e = rheo_experiment_load (argv[1], &error);

      if (e == NULL || !rheo_experiment_set (e, "rule.id", argv[2 + k], &error)
          || !rheo_experiment_set_all (e, (const char *const *) argv + 5, &error)
          || (trainer[k] = rheo_trainer_new (e, &error)) == NULL)
        g_error ("%s", error->message);
      seconds[k] = g_new (double, n);
    }
  /* The first round makes what is made once. */
  for (int i = -1; i < n; i++)
    for (int k = 0; k < 2; k++)
      {
        g_autoptr (GError) error = NULL;
        const double began = rheo_trainer_get_seconds (trainer[k]);
        const int64_t iteration = rheo_trainer_get_place (trainer[k]).iteration;
        RheoStop stop;

        while (rheo_trainer_get_place (trainer[k]).iteration == iteration)
          if (!rheo_trainer_step (trainer[k], NULL, NULL, &stop, &error))
            g_error ("%s", error->message);
        if (i >= 0)
          seconds[k][i] = rheo_trainer_get_seconds (trainer[k]) - began;
      }
  for (int k = 0; k < 2; k++)
    {
      qsort (seconds[k], (size_t) n, sizeof (double), compare);
      g_print ("%s: %.3f ms an iteration, median of %d (least %.3f)\n", argv[2 + k], 1e3 * seconds[k][n / 2], n,
               1e3 * seconds[k][0]);
    }
  g_print ("ratio %.3f of the medians, %.3f of the least\n", seconds[1][n / 2] / seconds[0][n / 2],
           seconds[1][0] / seconds[0][0]);
  for (int k = 0; k < 2; k++)
    {
      rheo_trainer_free (trainer[k]);
      g_free (seconds[k]);
    }
  return 0;
}
