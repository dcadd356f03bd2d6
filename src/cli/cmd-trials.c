#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>

#include "engine/evaluate.h"
#include "engine/trainer.h"

#define FRESH 100 /* trials of a task that never runs out of them */

/* What a file of trials has in its columns, step below step. */
typedef struct
{
  GArray *trial;            /* int32_t */
  GArray **input, **target; /* double; [channel], NULL-ended */
  GArray *mask;
} Sheet;

static GArray **
new_columns (int n)
{
  GArray **columns = g_new0 (GArray *, n + 1);

  for (int i = 0; i < n; i++)
    columns[i] = g_array_new (FALSE, FALSE, sizeof (double));
  return columns;
}

static void
free_columns (GArray **columns)
{
  for (GArray **one = columns; *one != NULL; one++)
    g_array_unref (*one);
  g_free (columns);
}

static void
add_values (GArray **columns, int n, const RheoReal *value)
{
  for (int i = 0; i < n; i++)
    {
      const double v = (double) value[i];

      g_array_append_val (columns[i], v);
    }
}

static void
add_trial (Sheet *sheet, const RheoBatch *batch, int32_t trial)
{
  for (int t = 0; t < batch->length[0]; t++)
    {
      const RheoReal one = 1;

      g_array_append_val (sheet->trial, trial);
      add_values (sheet->input, batch->n_in, batch->input + (gsize) t * (gsize) batch->n_in);
      add_values (sheet->target, batch->n_out, batch->target + (gsize) t * (gsize) batch->n_out);
      add_values (&sheet->mask, 1, batch->weight != NULL ? batch->weight + t : &one);
    }
}

static void
add_columns (RheoTable *table, const char *name, GArray **columns)
{
  for (int i = 0; columns[i] != NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%d", name, i + 1);
      const int64_t n = columns[i]->len;

      rheo_table_add_copy (table, key, key, "", "step", RHEO_F64, &n, columns[i]->data);
    }
}

static RheoTable *
dup_table (const Sheet *sheet)
{
  RheoTable *table = rheo_table_new (N_ ("Trials"));
  const int64_t n = sheet->trial->len;

  rheo_table_add_copy (table, "trial", "trial", "", "step", RHEO_I32, &n, sheet->trial->data);
  add_columns (table, "input", sheet->input);
  add_columns (table, "target", sheet->target);
  rheo_table_add_copy (table, "mask", "mask", "", "step", RHEO_F64, &n, sheet->mask->data);
  return table;
}

/* Why a batch cannot become a table. */
static gboolean
refuse (const RheoExperiment *experiment, const RheoBatch *batch, GError **error)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  if (task->fill == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("%s has no trials to write: what comes next depends on what the network does."),
                      _ (task->base.title));
  if (batch->target == NULL && batch->label == NULL)
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                      _ ("%s has no trials to write: it has input alone, and no targets."), _ (task->base.title));
  return rheo_fail (
      error, RHEO_ERROR_UNSUPPORTED,
      _ ("The trials of this task do not fit into a table: they have events, classes or samples as time."));
}

static gboolean
collect (RheoTrainer *trainer, RheoSet set, int n_trials, Sheet *sheet, GError **error)
{
  for (int i = 0; i < n_trials; i++)
    {
      RheoBatch *batch = rheo_feed_new_batch (rheo_trainer_get_feed (trainer), set, 0, i, 1, error);

      if (batch == NULL)
        return FALSE;
      if (batch->input == NULL || batch->target == NULL || batch->swapped)
        {
          refuse (rheo_trainer_get_experiment (trainer), batch, error);
          rheo_batch_free (batch);
          return FALSE;
        }
      add_trial (sheet, batch, i);
      rheo_batch_free (batch);
    }
  return TRUE;
}

static int
write_trials (const RheoExperiment *experiment, RheoSet set, int n_trials, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (experiment, &error);
  g_autoptr (RheoTable) table = NULL;
  const RheoShape *shape;
  gboolean done;
  Sheet sheet;
  int most;

  if (trainer == NULL)
    return rheo_cli_fail (error);
  shape = &rheo_trainer_get_rule (trainer)->shape;
  most = set == RHEO_SET_TRAIN ? shape->n_trials : shape->n_valid;
  if (n_trials == 0 || (most > 0 && n_trials > most))
    n_trials = most > 0 ? most : FRESH;
  sheet = (Sheet){ .trial = g_array_new (FALSE, FALSE, sizeof (int32_t)),
                   .input = new_columns (shape->n_in),
                   .target = new_columns (shape->n_out),
                   .mask = g_array_new (FALSE, FALSE, sizeof (double)) };
  done = collect (trainer, set, n_trials, &sheet, &error);
  if (done)
    {
      table = dup_table (&sheet);
      done = rheo_cli_write_table (table, NULL, path, &error);
    }
  g_array_unref (sheet.trial);
  free_columns (sheet.input);
  free_columns (sheet.target);
  g_array_unref (sheet.mask);
  if (!done)
    return rheo_cli_fail (error);
  g_print ("%s\n", path);
  return RHEO_EXIT_DONE;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_auto (GStrv) settings = NULL;
  g_autofree char *data = NULL, *out = NULL;
  int n_trials = 0, code, set = RHEO_SET_TRAIN;
  g_autoptr (RheoExperiment) experiment = NULL;
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings, N_ ("Change a value; may be given several times"),
      "KEY=VALUE" },
    { "trials", 'n', 0, G_OPTION_ARG_INT, &n_trials, N_ ("How many trials; 0: the whole set, or 100"), "N" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data, N_ ("train (the default), valid, test or probe"), "SET" },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("The file: .csv or .json"), "FILE" },
    { NULL },
  };

  if (!rheo_cli_parse (command, entries, 1, 1, &argc, &argv, &code))
    return code;
  if (out == NULL)
    return rheo_cli_fail_usage (command, _ ("trials needs --out with a file name that ends in .csv or .json."));
  if (n_trials < 0)
    return rheo_cli_fail_usage (command, _ ("--trials is %d; allowed is 0 or more."), n_trials);
  while (data != NULL && rheo_set_names[set] != NULL && !g_str_equal (rheo_set_names[set], data))
    set++;
  if (rheo_set_names[set] == NULL)
    return rheo_cli_fail_usage (command, _ ("--data is \"%s\"; allowed are train, valid, test and probe."), data);
  code = rheo_cli_load (argv[1], settings, &experiment);
  return code != RHEO_EXIT_DONE ? code : write_trials (experiment, (RheoSet) set, n_trials, out);
}

const RheoCommand rheo_cmd_trials = {
  .name = "trials",
  .usage = "EXPERIMENT [--set KEY=VALUE ...] [--trials N] [--data SET] --out FILE.csv|.json",
  .summary = N_ ("Writes the trials of a task into a file, as “Trials from a file” reads them"),
  .run = run,
};
