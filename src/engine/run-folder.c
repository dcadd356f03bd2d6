#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "run-folder.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "json-text.h"
#include "reference.h"
#include "trainer.h"
#include "weight-vector.h"

static const char *const names[] = { "backupcfg_sim.json",    "ActionsRewards.txt",    "MotorOutputs.txt",
                                     "ActionsPerEpisode.txt", "es_train.txt",          "STDP_es_train.csv",
                                     "synWeights.json",       "synWeights_final.json", NULL };

typedef struct
{
  RheoRun *run;
  const RheoExperiment *experiment;
  const char *folder;
  RheoTable *metrics;
} Work;

static gboolean
write_text (const Work *work, const char *name, const GString *text, GError **error)
{
  g_autofree char *path = g_build_filename (work->folder, name, NULL);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: %s"), path, local->message);
}

static void
append_fixed (GString *text, const char *before, const char *format, double v)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, before);
  g_string_append (text, g_ascii_formatd (number, sizeof number, format, v));
}

static void
append_number (GString *text, const char *before, double v)
{
  char number[RHEO_NUMBER_SIZE];

  g_string_append (text, before);
  g_string_append (text, rheo_number_text (v, number));
}

static double
get_value (const RheoTable *table, const char *key, int64_t i)
{
  const RheoColumn *column = rheo_table_find (table, key);

  return column != NULL && i < rheo_column_get_length (column) ? rheo_column_get_number (column, i) : NAN;
}

static int64_t
count_rows (const RheoTable *table, const char *key)
{
  const RheoColumn *column = table != NULL ? rheo_table_find (table, key) : NULL;

  return column != NULL ? rheo_column_get_length (column) : 0;
}

/* --- what was played ---------------------------------------------------------------------------------------------- */

static gboolean
write_actions (const Work *work, GError **error)
{
  g_autoptr (RheoTable) steps = rheo_run_dup_metrics (work->run, "step", NULL);
  g_autoptr (GString) actions = g_string_new (NULL), votes = g_string_new (NULL);
  const int64_t n = count_rows (steps, "time");

  for (int64_t i = 0; i < n; i++)
    {
      const double ms = 1000 * get_value (steps, "time", i);

      append_fixed (actions, "", "%.1f", ms);
      append_fixed (actions, "\t", "%.1f", get_value (steps, "action", i));
      append_fixed (actions, "\t", "%.5f", get_value (steps, "reward", i));
      g_string_append_c (actions, '\n');
      if (i == 0)
        continue;
      append_fixed (votes, "", "%.1f", ms);
      append_fixed (votes, "\t", "%.1f", get_value (steps, "votes.left", i));
      append_fixed (votes, "\t", "%.1f", get_value (steps, "votes.right", i));
      g_string_append_c (votes, '\n');
    }
  return n == 0
         || (write_text (work, "ActionsRewards.txt", actions, error)
             && write_text (work, "MotorOutputs.txt", votes, error));
}

static gboolean
write_episodes (const Work *work, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int64_t i = 0; i < count_rows (work->metrics, "train.episode-length"); i++)
    {
      append_fixed (text, "\t", "%.1f", get_value (work->metrics, "train.episode-length", i));
      g_string_append_c (text, '\n');
    }
  return write_text (work, "ActionsPerEpisode.txt", text, error);
}

/* median, mean, lowest, highest */
static void
append_fitness (GString *text, const Work *work, const char *key, const char *gap, int64_t i)
{
  static const char *const of[] = { "-median", "", "-min", "-max" };

  for (guint k = 0; k < G_N_ELEMENTS (of); k++)
    {
      g_autofree char *full = g_strconcat ("train.", key, of[k], NULL);
      const double v = get_value (work->metrics, full, i);

      append_number (text, k > 0 ? gap : "", isfinite (v) ? v : 0);
    }
}

static gboolean
write_generations (const Work *work, gboolean learns, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *episodes = rheo_experiment_dup_value (work->experiment, "rule.episodes", NULL);

  for (int64_t i = 0; i < count_rows (work->metrics, "train.fitness"); i++)
    {
      if (!learns)
        g_string_append_printf (text, "%s\t", episodes);
      append_fitness (text, work, "fitness", learns ? "," : "\t", i);
      if (learns)
        {
          g_string_append_c (text, ',');
          append_fitness (text, work, "before", ",", i);
        }
      append_number (text, learns ? "," : "\t", get_value (work->metrics, "train.mean-weight", i));
      if (learns)
        {
          const double mean = get_value (work->metrics, "train.learning", i);

          g_string_append_c (text, ',');
          append_fitness (text, work, "learning", ",", i);
          append_number (text, ",", isfinite (mean) ? mean : 0);
        }
      g_string_append_c (text, '\n');
    }
  return write_text (work, learns ? "STDP_es_train.csv" : "es_train.txt", text, error);
}

/* --- weights ------------------------------------------------------------------------------------------------------ */

/* ms since the start at which the iteration was over, or, of evolution, its number. */
static double
get_time (const Work *work, int64_t iteration)
{
  for (int64_t i = 0; i < count_rows (work->metrics, "train.time"); i++)
    if (get_value (work->metrics, "iteration", i) == (double) iteration)
      return rint (10000 * get_value (work->metrics, "train.time", i)) / 10;
  return (double) iteration;
}

static int
compare_sources (gconstpointer a, gconstpointer b, gpointer data)
{
  const RheoWeightPlace *place = data;
  const RheoWeightPlace *x = &place[*(const guint *) a], *y = &place[*(const guint *) b];

  if (x->pre != y->pre)
    return x->pre < y->pre ? -1 : 1;
  return x->post < y->post ? -1 : x->post > y->post;
}

/* Snapshots from first on. weight: [snapshot][place] */
static GString *
make_weights (const GArray *places, const double *time, const double *weight, int first, int n)
{
  GString *text = g_string_new ("{");
  g_autofree guint *order = g_new (guint, places->len + 1);
  const RheoWeightPlace *before = NULL;

  for (guint i = 0; i < places->len; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) places->len, sizeof *order, compare_sources, places->data);
  for (guint i = 0; i < places->len; i++)
    {
      const RheoWeightPlace *place = &g_array_index (places, RheoWeightPlace, order[i]);

      if (before == NULL || before->pre != place->pre)
        g_string_append_printf (text, "%s\n\"%d\": {", before != NULL ? "}," : "", place->pre);
      g_string_append_printf (text, "%s\"%d\": [", before != NULL && before->pre == place->pre ? ", " : "",
                              place->post);
      for (int k = first; k < n; k++)
        {
          append_number (text, k > first ? ", [" : "[", time[k]);
          append_number (text, ", ", weight[(gsize) k * places->len + order[i]]);
          g_string_append_c (text, ']');
        }
      g_string_append_c (text, ']');
      before = place;
    }
  g_string_append (text, before != NULL ? "}\n}\n" : "}\n");
  return text;
}

static gboolean
write_weights (const Work *work, GError **error)
{
  g_autoptr (RheoTrainer) trainer = rheo_trainer_new (work->experiment, error);
  RheoNet *net = trainer != NULL ? rheo_trainer_get_net (trainer) : NULL;
  g_autoptr (GArray) places = net != NULL ? rheo_weight_vector_list (net) : NULL;
  int n;
  const int64_t *epochs = rheo_run_get_epochs (work->run, &n);
  g_autofree double *time = g_new (double, n + 1), *weight = NULL;
  g_autoptr (GString) all = NULL, last = NULL;

  if (net == NULL)
    return FALSE;
  if (n == 0)
    return TRUE;
  weight = g_new (double, MAX ((gsize) n * places->len, 1));
  for (int k = 0; k < n; k++)
    {
      g_autoptr (RheoTable) table = rheo_run_read_epoch (work->run, epochs[k], NULL, error);

      if (table == NULL || !rheo_net_load (net, table, TRUE, error))
        return FALSE;
      time[k] = get_time (work, epochs[k]);
      rheo_weight_vector_get (net, places, weight + (gsize) k * places->len);
    }
  all = make_weights (places, time, weight, 0, n);
  last = make_weights (places, time, weight, n - 1, n);
  return write_text (work, "synWeights.json", all, error) && write_text (work, "synWeights_final.json", last, error);
}

/* --- the folder --------------------------------------------------------------------------------------------------- */

static gboolean
open_folder (const char *folder, gboolean replace, GError **error)
{
  if (g_mkdir_with_parents (folder, 0777) != 0)
    return rheo_fail (error, RHEO_ERROR_IO, _ ("The folder %s could not be made: %s."), folder, g_strerror (errno));
  for (const char *const *name = names; *name != NULL && !replace; name++)
    {
      g_autofree char *path = g_build_filename (folder, *name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return rheo_fail (error, RHEO_ERROR_IO, _ ("%s is there already."), path);
    }
  return TRUE;
}

gboolean
rheo_run_folder_write (RheoRun *run, const char *folder, gboolean replace, GError **error)
{
  const RheoExperiment *experiment = rheo_run_get_experiment (run);
  const RheoComponent *rule = rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
  g_autofree char *config = rheo_reference_dup_json (experiment, error);
  g_autoptr (RheoTable) metrics = config != NULL ? rheo_run_dup_metrics (run, NULL, error) : NULL;
  g_autoptr (GString) text = g_string_new (config);
  const Work work = { .run = run, .experiment = experiment, .folder = folder, .metrics = metrics };
  const gboolean evolves = rule != NULL && g_str_equal (rule->id, "evolution");

  if (metrics == NULL || !open_folder (folder, replace, error)
      || !write_text (&work, "backupcfg_sim.json", text, error))
    return FALSE;
  if (evolves)
    return write_generations (&work, rheo_experiment_get_component (experiment, RHEO_SLOT_PLASTICITY) != NULL, error)
           && write_weights (&work, error);
  return write_actions (&work, error) && write_episodes (&work, error) && write_weights (&work, error);
}
