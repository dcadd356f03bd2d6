#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/played.h"
#include "engine/result-rows.h"

/* Starts from which episodes are short, middling and long, and how networks fare when they begin there again and again: each goes
 * on with its activity, so that episodes with one start differ. */

#define N_CHOSEN 7 /* of each kind */

enum
{
  SHORTEST,
  AROUND_MEDIAN,
  LONGEST,
  ALL,
};

typedef struct
{
  int n, n_again, again, by;
} Config;

static const char *const again_choices[] = { "shortest", "median", "longest", "all", NULL };

static const RheoParam params[] = {
  RHEO_P_INT (Config, n, "episodes", .label = N_ ("Episodes"), .def = 100, .min = N_CHOSEN, .max = 100000,
              .soft_min = 10, .soft_max = 1000,
              .help = N_ ("Of each network, with the same starts; from these some are chosen.")),
  RHEO_P_CHOICE (Config, again, "again", again_choices, .label = N_ ("Played again"), .def = AROUND_MEDIAN,
                 .help = N_ ("Seven starts of each kind.")),
  RHEO_P_INT (Config, by, "by", .label = N_ ("Chosen by network"), .def = 1, .min = 1, .max = 1000, .soft_min = 1,
              .soft_max = 10, .help = N_ ("Whose lengths say which starts are played again, counted from 1.")),
  RHEO_P_INT (Config, n_again, "times", .label = N_ ("Times"), .def = 10, .min = 1, .max = 10000, .soft_min = 1,
              .soft_max = 100, .help = N_ ("That each network begins there again.")),
  RHEO_P_END,
};

enum
{
  EPISODE,
  LENGTH,
};

static const RheoSeries series[] = {
  [EPISODE] = { "episode", N_ ("Episode"), N_ ("With this start, counted from 1."), "", "row" },
  [LENGTH] = { "first-length", N_ ("Length at first"), N_ ("Of that episode."), N_ ("steps"), "row" },
  { "length", N_ ("Length of an episode"), N_ ("That was played again, one start after the other."), N_ ("steps"),
    "sample" },
  { "start", N_ ("Start"), N_ ("Number of the episode that began so."), "", "sample" },
  { "network", N_ ("Start and network"), N_ ("That played it."), "", "sample" },
  { "colour", N_ ("Network"), N_ ("Its number among those that are compared, counted from 1."), "", "sample" },
  { NULL },
};

/* What the analysis goes through, and how far it is. */
typedef struct
{
  const Config *config;
  const RheoRecord *records;
  int n_records, n_done, n_all; /* episodes */
  void (*progress) (void *data, double fraction);
  void *progress_data;
  const atomic_bool *cancelled;
} Work;

/* --- playing ------------------------------------------------------------------------------------------------------- */
/* Starts are those of the first network; start: counted from 1, 0: each episode has its own. Yours. */
static RheoExperiment *
dup_experiment (const Work *work, int i, int start, GError **error)
{
  g_autoptr (RheoExperiment) experiment = rheo_experiment_dup (work->records[i].experiment);
  g_autofree char *rerun = g_strdup_printf ("%d", start),
                  *seed = g_strdup_printf ("%d", rheo_experiment_get_run (work->records[0].experiment)->seed);

  if (!rheo_experiment_set (experiment, "run.seed", seed, error)
      || !rheo_experiment_set (experiment, "task.rerun-episode", rerun, error))
    return NULL;
  return g_steal_pointer (&experiment);
}

/* Lengths of n episodes of a network: [n], yours. */
static double *
dup_lengths (Work *work, int i, int start, int n, GError **error)
{
  const RheoPlayedHow how = { .set = RHEO_SET_TEST, .n = n };
  g_autoptr (RheoExperiment) experiment = dup_experiment (work, i, start, error);
  RheoRecord record = work->records[i];
  g_autoptr (RheoPlayed) played = NULL;
  const int *steps;
  double *length;
  int n_steps;

  record.experiment = experiment;
  played = experiment != NULL ? rheo_played_new_of_record (&record, &how, error) : NULL;
  if (played == NULL)
    return NULL;
  for (int k = 0; k < n; k++)
    {
      if (work->cancelled != NULL && atomic_load (work->cancelled))
        {
          rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
          return NULL;
        }
      rheo_played_next (played, NULL);
      work->n_done++;
      if (work->progress != NULL)
        work->progress (work->progress_data, MIN (1, (double) work->n_done / work->n_all));
    }
  steps = rheo_played_get_lengths (played, &n_steps);
  length = g_new0 (double, n);
  for (int k = 0; k < n_steps; k++)
    length[k] = steps[k];
  return length;
}

/* --- choosing ------------------------------------------------------------------------------------------------------ */
static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *length = data, x = length[*(const int *) a], y = length[*(const int *) b];

  return x != y ? (x > y) - (x < y) : *(const int *) a - *(const int *) b;
}

/* Places of the episodes, the shortest first, equal ones as they were played: [n], yours. */
static int *
dup_order (int n, double *length)
{
  int *order = g_new (int, n);

  for (int i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, n, sizeof *order, compare_lengths, length);
  return order;
}

/* Where those of a kind begin in the order. */
static int
first_of (int n, int kind)
{
  return kind == SHORTEST ? 0 : kind == LONGEST ? n - N_CHOSEN : (int) (n / 2.0 - N_CHOSEN / 2.0);
}

static void
choose (const Work *work, int i, const int *order, const double *length, RheoResultRows *rows, GArray *starts)
{
  static const char *const names[] = { N_ ("shortest"), N_ ("around the median"), N_ ("longest") };
  const Config *c = work->config;

  for (int kind = SHORTEST; kind < ALL; kind++)
    for (int k = 0; k < N_CHOSEN; k++)
      {
        const int at = order[first_of (c->n, kind) + k], start = at + 1;
        double *value = rheo_result_rows_add (rows, &work->records[i], _ (names[kind]));
        gboolean there = i != c->by - 1 || (c->again != ALL && c->again != kind);

        value[EPISODE] = start;
        value[LENGTH] = length[at];
        for (guint s = 0; s < starts->len && !there; s++)
          there = g_array_index (starts, int, s) == start;
        if (!there)
          g_array_append_val (starts, start);
      }
}

static gboolean
choose_all (Work *work, RheoResultRows *rows, GArray *starts, GError **error)
{
  for (int i = 0; i < work->n_records; i++)
    {
      g_autofree double *length = dup_lengths (work, i, 0, work->config->n, error);
      g_autofree int *order = length != NULL ? dup_order (work->config->n, length) : NULL;

      if (length == NULL)
        return FALSE;
      choose (work, i, order, length, rows, starts);
    }
  return TRUE;
}

/* --- playing again ------------------------------------------------------------------------------------------------- */
static gboolean
play_again (Work *work, const GArray *starts, RheoTable *out, GError **error)
{
  const int n_again = work->config->n_again;
  const int64_t n = (int64_t) starts->len * work->n_records * n_again;
  double *length = rheo_result_add (out, series, "length", RHEO_F64, &n)->data;
  int32_t *start = rheo_result_add (out, series, "start", RHEO_I32, &n)->data;
  RheoColumn *network = rheo_result_add (out, series, "network", RHEO_STRING, &n);
  int32_t *colour = rheo_result_add (out, series, "colour", RHEO_I32, &n)->data;
  const char **name = network->data;
  int64_t at = 0;

  for (guint s = 0; s < starts->len; s++)
    for (int i = 0; i < work->n_records; i++)
      {
        const int number = g_array_index (starts, int, s);
        g_autofree double *again = dup_lengths (work, i, number, n_again, error);
        g_autofree char *run = rheo_result_dup_name (work->records, work->n_records, i);
        g_autofree char *text =
            work->n_records > 1 ? g_strdup_printf ("S%d %s", number, run) : g_strdup_printf ("S%d", number);

        if (again == NULL)
          return FALSE;
        memcpy (length + at, again, sizeof *again * (gsize) n_again);
        for (int k = 0; k < n_again; k++, at++)
          {
            start[at] = number;
            name[at] = rheo_table_keep (out, text);
            colour[at] = i + 1;
          }
      }
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (int));
  Work work = { .config = c,
                .records = records,
                .n_records = n_records,
                .n_all = n_records * (c->n + (c->again == ALL ? 3 : 1) * N_CHOSEN * c->n_again),
                .progress = progress,
                .progress_data = progress_data,
                .cancelled = cancelled };

  if (c->by > n_records)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("by is %d, but there are %d networks."), c->by, n_records);
  if (!choose_all (&work, rows, starts, error))
    return FALSE;
  rheo_result_rows_write (rows, "part", N_ ("Kind of start"), out);
  return play_again (&work, starts, out, error);
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  return rheo_played_fits (experiment, error)
         && rheo_params_find (task->params, NULL, "rerun-episode", "task", NULL, error) != NULL;
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  return 0.01 * (c->n + (c->again == ALL ? 3 : 1) * N_CHOSEN * c->n_again);
}

const RheoAnalysis rheo_analysis_chosen_starts = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "chosen-starts",
            .title = N_ ("Chosen starts"),
            .summary = N_ ("Starts from which networks play the seven shortest, middling and longest episodes, and how "
                           "long episodes are when they begin there again and again."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
