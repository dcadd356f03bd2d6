#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/numbers.h"
#include "engine/task.h"

/* Trials of the user's own, from a file: inputs [n_in, T, B], targets [n_out, T, B] and a mask, T steps and B trials. Or
 * demonstrations of a behaviour, observations [steps, n_in] and actions [steps, n_out], one after another. */

enum
{
  CHANNELS_FIRST,
  TRIALS_FIRST,
  IN_A_ROW,
};

enum
{
  STANDARD_NONE,
  STANDARD_INPUTS,
  STANDARD_BOTH,
};

enum
{
  SPLIT_DRAWN,
  SPLIT_LAST,
};

#define SPLIT_STREAM (RHEO_STREAM_TASK | 0xffu << 8) /* none of a set of trials */

static const char *const axes_choices[] = { "channel-step-trial", "trial-step-channel", "step-channel", NULL };
static const char *const standard_choices[] = { "none", "inputs", "inputs-and-targets", NULL };
static const char *const split_choices[] = { "drawn", "last", NULL };

typedef struct
{
  const char *file, *input, *target, *mask, *lengths, *trial, *ends;
  int axes, standard, longest, lag, split, split_seed;
  double held_out, dt;
} TaskTable;

/* An array as fill reads it, whatever the order of its axes in the file. */
typedef struct
{
  const char *name;
  const double *data;
  int n_channels, n_steps, n_trials; /* n_trials 0: the same for all trials */
  int64_t channel, step, trial;      /* how far apart they lie */
  const int *first;                  /* [trial]: its first step, where one trial comes after another; else NULL */
} View;

/* What a channel becomes: (x - mean) / sd. */
typedef struct
{
  double *mean, *sd;
} Moments;

typedef struct
{
  RheoTable *table;
  View input, target, mask; /* mask.data NULL: all steps count */
  int *first, *length;      /* [trial]; first: where one comes after another, else NULL; length: as far as it is used */
  int *order;               /* [trial]: the training trials, then the held-out ones */
  int n_train, n_valid;
  Moments of_input, of_target;
} Data;

static const RheoParam params[] = {
  RHEO_P_PATH (
      TaskTable, file, "file", .label = N_ ("File"),
      .help =
          N_ ("HDF5, NPZ, NPY, CSV or TSV. Of NPY files, which hold one array, the others lie beside it as NAME.npy. A "
              "CSV file has a head, a line for each step, a column “trial”, and for each channel a column such "
              "as input1, input2, target1.")),
  RHEO_P_TEXT (
      TaskTable, input, "input", .label = N_ ("Array of the inputs"), .def_text = "input",
      .help = N_ ("Its name in the file: in HDF5 files a path of groups, such as data/input; in CSV files also the "
                  "names of columns with commas between.")),
  RHEO_P_TEXT (TaskTable, target, "target", .label = N_ ("Array of the targets"), .def_text = "target",
               .help = N_ ("Its name in the file, with as many steps and trials as the inputs.")),
  RHEO_P_TEXT (
      TaskTable, mask, "mask", .label = N_ ("Array of the mask"), .def_text = "mask",
      .help = N_ ("What each step counts in the loss, 0 or more: one number for each step and trial, or for each step. "
                  "Where the file has no such array all steps count.")),
  RHEO_P_CHOICE (
      TaskTable, axes, "axes", axes_choices, .label = N_ ("Order of the axes"),
      .help = N_ ("How the arrays of an HDF5, NPZ or NPY file are laid out. MATLAB turns the order round when it "
                  "writes HDF5. Step, channel: trials of any length one after another.")),
  RHEO_P_TEXT (TaskTable, trial, "trial", .label = N_ ("Array of the trials"), .def_text = "trial",
               .help = N_ ("A number for each step: where it changes the next trial begins."),
               .when = "axes=step-channel"),
  RHEO_P_TEXT (
      TaskTable, ends, "ends", .label = N_ ("Arrays of the ends"), .def_text = "terminals, timeouts",
      .help =
          N_ ("Not 0 at the last step of a trial; several with commas between. Where the file has none of all these "
              "arrays, all steps are one trial."),
      .when = "axes=step-channel"),
  RHEO_P_TEXT (TaskTable, lengths, "lengths", .label = N_ ("Array of the lengths"), .def_text = "lengths",
               .help =
                   N_ ("Steps of each trial where they differ; what stands behind them does not count. Where the file "
                       "has no such array all trials are as long as the others."),
               .when = "axes=channel-step-trial|trial-step-channel", .flags = RHEO_ADVANCED),
  RHEO_P_INT (TaskTable, longest, "longest", .label = N_ ("Steps at most"), .unit = N_ ("steps"), .max = 1000000,
              .soft_max = 1000, .help = N_ ("Longer trials end there; 0: none does.")),
  RHEO_P_CHOICE (TaskTable, standard, "standardise", standard_choices, .label = N_ ("Standardise"),
                 .help = N_ ("Each channel less its mean, over its standard deviation, of the training trials.")),
  RHEO_P_INT (TaskTable, lag, "lag", .label = N_ ("Lag of the targets"), .unit = N_ ("steps"), .max = 1000,
              .soft_max = 10, .flags = RHEO_ADVANCED,
              .help = N_ ("The target of a step is wanted so many steps later, and the first steps of a trial do not "
                          "count: for networks that need a step to answer.")),
  RHEO_P_REAL (TaskTable, dt, "dt", .label = N_ ("Length of a step"), .unit = N_ ("ms"), .max = 1e6, .soft_max = 100,
               .help = N_ ("For axes in physical time; 0: there is none.")),
  RHEO_P_REAL (TaskTable, held_out, "held-out", .label = N_ ("Held-out share"), .def = 0.2, .max = 0.9, .soft_max = 0.5,
               .help = N_ ("Share of the trials that is kept for validation; 0: the training trials are used for it.")),
  RHEO_P_CHOICE (TaskTable, split, "split", split_choices, .label = N_ ("Which are held out"),
                 .help = N_ ("Trials drawn at random, or the last ones of the file."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (TaskTable, split_seed, "split-seed", .label = N_ ("Seed of the draw"), .max = 2147483647,
              .help = N_ ("The same seed holds out the same trials, whatever the seed of the run."),
              .when = "split=drawn", .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries conditions[] = {
  { .key = "trial",
    .label = N_ ("Trial"),
    .help = N_ ("Number of the trial in the file, from 0."),
    .unit = "",
    .axes = "" },
  { NULL },
};

static const RheoSeries deviation = {
  .key = "deviation",
  .label = N_ ("Deviation"),
  .help =
      N_ ("Standard deviation of what outputs differ by from their targets, in units of the file: mean over trials."),
  .unit = N_ ("a.u."),
  .axes = "",
  .flags = RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW,
};

static gboolean
check (const void *config, GError **error)
{
  const TaskTable *c = config;

  if (*c->file == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.file is empty: choose an HDF5, NPZ, NPY or CSV file that holds the trials."));
  if (*c->input == '\0' || *c->target == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is empty: the name of an array is needed."),
                      *c->input == '\0' ? "task.input" : "task.target");
  return TRUE;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* Where three axes lie in an array that has fewer: without channels it has one, and a mask may be for all trials. */
static gboolean
view_array (const TaskTable *c, const RheoTable *table, const char *name, gboolean mask, View *view)
{
  const RheoColumn *column = rheo_table_find (table, name);
  const gboolean text = rheo_table_get_note (table, "axes") != NULL;
  const gboolean trials_first = text || c->axes == TRIALS_FIRST;
  const int64_t *d = column->dims;

  *view = (View){ .name = name, .data = column->data, .n_channels = 1, .channel = 1 };
  for (int i = 0; i < column->n_dims; i++)
    if (d[i] < 1 || d[i] > G_MAXINT)
      return FALSE;
  if (!text && c->axes == IN_A_ROW)
    {
      if (column->n_dims < 1 || column->n_dims > 2)
        return FALSE;
      view->n_channels = column->n_dims == 2 ? (int) d[1] : 1;
      view->n_steps = (int) d[0];
      view->n_trials = 1;
      view->step = view->n_channels;
    }
  else if (column->n_dims == 3)
    {
      view->n_channels = (int) d[trials_first ? 2 : 0];
      view->n_steps = (int) d[1];
      view->n_trials = (int) d[trials_first ? 0 : 2];
      view->channel = trials_first ? 1 : d[1] * d[2];
      view->step = d[2];
      view->trial = trials_first ? d[1] * d[2] : 1;
    }
  else if (column->n_dims == 2)
    {
      view->n_steps = (int) d[trials_first ? 1 : 0];
      view->n_trials = (int) d[trials_first ? 0 : 1];
      view->step = trials_first ? 1 : d[1];
      view->trial = trials_first ? d[1] : 1;
    }
  else if (column->n_dims == 1 && mask)
    {
      view->n_steps = (int) d[0];
      view->step = 1;
    }
  else
    return FALSE;
  return !mask || view->n_channels == 1;
}

static double
value_at (const View *view, int trial, int step, int channel)
{
  const int64_t begin = view->first != NULL ? view->first[trial] * view->step : trial * view->trial;

  return view->data[begin + step * view->step + channel * view->channel];
}

static gboolean
check_numbers (const char *file, const Data *d, const View *view, gboolean mask, GError **error)
{
  for (int i = 0; i < d->input.n_trials; i++)
    for (int t = 0; t < d->length[i]; t++)
      for (int k = 0; k < view->n_channels; k++)
        {
          const double v = value_at (view, i, t, k);

          if (!isfinite (v) || fabs (v) > 1e30)
            return rheo_fail (
                error, RHEO_ERROR_INVALID,
                _ ("“%2$s” in %1$s is not a finite number at trial %3$d, step %4$d, channel %5$d (all counted "
                   "from 0)."),
                file, view->name, i, t, k);
          if (mask && v < 0)
            return rheo_fail (error, RHEO_ERROR_INVALID,
                              _ ("“%2$s” in %1$s is %5$g at trial %3$d, step %4$d; a mask has numbers from 0."), file,
                              view->name, i, t, v);
        }
  return TRUE;
}

static gboolean
find_array (const TaskTable *c, const RheoTable *table, const char *key, const char *name, View *view, GError **error)
{
  const gboolean mask = g_str_equal (key, "task.mask");

  if (rheo_table_find (table, name) == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is “%s”, but %s holds no such array. It holds %s."), key, name,
                      c->file, rheo_table_get_note (table, "names"));
  if (view_array (c, table, name, mask, view))
    return TRUE;
  if (c->axes == IN_A_ROW)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("%s, “%s” in %s, must have two axes, steps and channels, or one where there is one channel, and "
           "none of them may be empty."),
        key, name, c->file);
  return rheo_fail (
      error, RHEO_ERROR_INVALID,
      mask ? _ ("%s, “%s” in %s, must have a number for each step and trial, or for each step.")
           : _ ("%s, “%s” in %s, must have three axes, or two where there is one channel, and none of them "
                "may be empty."),
      key, name, c->file);
}

/* key: of the array that must be as long as the inputs. */
static gboolean
check_size (const TaskTable *c, const View *input, const View *view, GError **error)
{
  if (view->n_steps == input->n_steps && (view->n_trials == input->n_trials || view->n_trials == 0))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("In %1$s “%2$s” has %3$d steps and %4$d trials, but “%5$s” has %6$d and %7$d; task.axes says in "
                       "which order they stand."),
                    c->file, view->name, view->n_steps, view->n_trials, input->name, input->n_steps, input->n_trials);
}

/* --- trials ------------------------------------------------------------------------------------------------------- */

/* An array with one number for each of n, or NULL where there is none. */
static gboolean
find_marks (const TaskTable *c, const RheoTable *table, const char *key, const char *name, int n, const double **marks,
            GError **error)
{
  const RheoColumn *column = *name != '\0' ? rheo_table_find (table, name) : NULL;

  *marks = column != NULL ? column->data : NULL;
  if (column == NULL || rheo_column_get_length (column) == n)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s, “%s” in %s, has %d numbers; %d are needed."), key, name, c->file,
                    (int) rheo_column_get_length (column), n);
}

/* Of names with commas between. Yours. */
static GStrv
split_names (const char *names)
{
  GStrv all = g_strsplit (names, ",", -1);

  for (char **name = all; *name != NULL; name++)
    g_strstrip (*name);
  return all;
}

/* Trials that stand one after another: d->first, and their lengths. */
static gboolean
part (const TaskTable *c, Data *d, GError **error)
{
  const int n = d->input.n_steps;
  g_auto (GStrv) ends = split_names (c->ends);
  g_autofree gboolean *begins = g_new0 (gboolean, n);
  const double *mark;
  int n_trials = 0;

  if (!find_marks (c, d->table, "task.trial", c->trial, n, &mark, error))
    return FALSE;
  for (int t = 1; t < n && mark != NULL; t++)
    begins[t] = mark[t] != mark[t - 1];
  for (int k = 0; ends[k] != NULL; k++)
    {
      if (!find_marks (c, d->table, "task.ends", ends[k], n, &mark, error))
        return FALSE;
      for (int t = 1; t < n && mark != NULL; t++)
        begins[t] |= mark[t - 1] != 0;
    }
  d->first = g_new (int, n + 1);
  d->length = g_new (int, n);
  for (int t = 0; t < n; t++)
    if (t == 0 || begins[t])
      d->first[n_trials++] = t;
  d->first[n_trials] = n;
  d->input.n_steps = 0;
  for (int i = 0; i < n_trials; i++)
    {
      d->length[i] = d->first[i + 1] - d->first[i];
      d->input.n_steps = MAX (d->input.n_steps, d->length[i]);
    }
  d->input.n_trials = n_trials;
  d->input.first = d->target.first = d->mask.first = d->first;
  return TRUE;
}

static gboolean
measure_lengths (const TaskTable *c, Data *d, GError **error)
{
  const RheoColumn *of_text = rheo_table_find (d->table, RHEO_NUMBERS_LENGTHS);
  const double *lengths = NULL;

  if (of_text == NULL && !find_marks (c, d->table, "task.lengths", c->lengths, d->input.n_trials, &lengths, error))
    return FALSE;
  d->length = g_new (int, d->input.n_trials);
  for (int i = 0; i < d->input.n_trials; i++)
    {
      if (lengths != NULL && !(lengths[i] >= 1 && lengths[i] <= d->input.n_steps && lengths[i] == floor (lengths[i])))
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("“%2$s” in %1$s says that trial %3$d has %4$g steps; 1 to %5$d are there."), c->file,
                          c->lengths, i, lengths[i], d->input.n_steps);
      d->length[i] = of_text != NULL   ? (int) rheo_column_get_number (of_text, i)
                     : lengths != NULL ? (int) lengths[i]
                                       : d->input.n_steps;
    }
  return TRUE;
}

/* Where trials begin, and how much of them is used. */
static gboolean
find_trials (const TaskTable *c, Data *d, GError **error)
{
  const gboolean row = c->axes == IN_A_ROW && rheo_table_get_note (d->table, "axes") == NULL;
  int longest = 0;

  if (!(row ? part : measure_lengths) (c, d, error))
    return FALSE;
  for (int i = 0; i < d->input.n_trials; i++)
    {
      if (c->longest > 0)
        d->length[i] = MIN (d->length[i], c->longest);
      longest = MAX (longest, d->length[i]);
      if (d->length[i] <= c->lag)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("Trial %2$d of %1$s (counted from 0) has %3$d steps, but targets come %4$d steps late "
                             "(task.lag)."),
                          c->file, i, d->length[i], c->lag);
    }
  d->input.n_steps = longest;
  return check_numbers (c->file, d, &d->input, FALSE, error) && check_numbers (c->file, d, &d->target, FALSE, error)
         && (d->mask.data == NULL || check_numbers (c->file, d, &d->mask, TRUE, error));
}

static void
split (const TaskTable *c, Data *d)
{
  const int n = d->input.n_trials;
  const RheoRng rng = { (uint64_t) c->split_seed, SPLIT_STREAM, 0, 0 };

  d->order = g_new (int, n);
  d->n_valid = MIN ((int) round (c->held_out * n), n - 1);
  d->n_train = n - d->n_valid;
  for (int i = 0; i < n; i++)
    d->order[i] = i;
  if (c->split == SPLIT_DRAWN)
    rheo_rng_permute (rng, 0, n, d->order);
}

/* Of the training trials; a channel that never changes keeps its size. */
static void
find_moments (const Data *d, const View *view, gboolean wanted, Moments *moments)
{
  moments->mean = g_new0 (double, view->n_channels);
  moments->sd = g_new (double, view->n_channels);
  for (int k = 0; k < view->n_channels; k++)
    {
      double sum = 0, squares = 0, n = 0;

      for (int i = 0; i < d->n_train && wanted; i++)
        for (int t = 0; t < d->length[d->order[i]]; t++, n++)
          sum += value_at (view, d->order[i], t, k);
      moments->mean[k] = n > 0 ? sum / n : 0;
      for (int i = 0; i < d->n_train && wanted; i++)
        for (int t = 0; t < d->length[d->order[i]]; t++)
          {
            const double x = value_at (view, d->order[i], t, k) - moments->mean[k];

            squares += x * x;
          }
      moments->sd[k] = squares > 0 ? sqrt (squares / n) : 1;
    }
}

static void
close_table (void *data)
{
  Data *d = data;

  g_clear_pointer (&d->table, rheo_table_unref);
  g_free (d->of_input.mean);
  g_free (d->of_input.sd);
  g_free (d->of_target.mean);
  g_free (d->of_target.sd);
  g_free (d->first);
  g_free (d->length);
  g_free (d->order);
  g_free (d);
}

static gboolean
read_views (const TaskTable *c, Data *d, GError **error)
{
  return find_array (c, d->table, "task.input", c->input, &d->input, error)
         && find_array (c, d->table, "task.target", c->target, &d->target, error)
         && check_size (c, &d->input, &d->target, error)
         && (*c->mask == '\0' || rheo_table_find (d->table, c->mask) == NULL
             || (find_array (c, d->table, "task.mask", c->mask, &d->mask, error)
                 && check_size (c, &d->input, &d->mask, error)))
         && find_trials (c, d, error);
}

static gboolean
open_table (const void *config, uint64_t seed, void **data, GError **error)
{
  const TaskTable *c = config;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) ends = split_names (c->ends), all = NULL;
  Data *d;

  if (!g_file_test (c->file, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, but there is no such file."), c->file);
  g_strv_builder_add_many (names, c->input, c->target, c->mask, c->lengths, c->trial, NULL);
  g_strv_builder_addv (names, (const char **) ends);
  all = g_strv_builder_end (names);
  d = g_new0 (Data, 1);
  d->table = rheo_numbers_read (c->file, (const char *const *) all, error);
  if (d->table == NULL || !read_views (c, d, error))
    {
      close_table (d);
      return FALSE;
    }
  split (c, d);
  find_moments (d, &d->input, c->standard != STANDARD_NONE, &d->of_input);
  find_moments (d, &d->target, c->standard == STANDARD_BOTH, &d->of_target);
  *data = d;
  return TRUE;
}

/* --- the task ------------------------------------------------------------------------------------------------------ */

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const TaskTable *c = config;
  const Data *d = data;

  *out = (RheoShape){ .n_in = d->input.n_channels,
                      .n_out = d->target.n_channels,
                      .n_steps = d->input.n_steps,
                      .n_trials = d->n_train,
                      .n_valid = d->n_valid > 0 ? d->n_valid : d->n_train,
                      .scored = true,
                      .dt_ms = c->dt };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const TaskTable *c = config;
  const Data *d = data;
  const gboolean held_out = draw->set != RHEO_SET_TRAIN && d->n_valid > 0;
  const int n = held_out ? d->n_valid : d->n_train;
  int which;

  if (draw->index < 0 || draw->index >= n)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      held_out ? _ ("There are only %d held-out trials (task.held-out).")
                               : _ ("There are only %d training trials in the file (task.file)."),
                      n);
  which = d->order[(held_out ? d->n_train : 0) + draw->index];
  trial->n_steps = d->length[which];
  for (int t = 0; t < trial->n_steps; t++)
    {
      const int from = t - c->lag;

      for (int k = 0; k < trial->n_in; k++)
        trial->input[(gsize) t * (gsize) trial->n_in + (gsize) k] =
            (RheoReal) ((value_at (&d->input, which, t, k) - d->of_input.mean[k]) / d->of_input.sd[k]);
      for (int k = 0; k < trial->n_out && from >= 0; k++)
        trial->target[(gsize) t * (gsize) trial->n_out + (gsize) k] =
            (RheoReal) ((value_at (&d->target, which, from, k) - d->of_target.mean[k]) / d->of_target.sd[k]);
      if (from < 0)
        trial->weight[t] = 0;
      else if (d->mask.data != NULL)
        trial->weight[t] = (RheoReal) value_at (&d->mask, which, from, 0);
    }
  trial->condition[0] = which;
  return TRUE;
}

static gboolean
judge (const void *config, const void *data, const RheoDraw *draw, const RheoTrial *trial, const RheoReal *output,
       double *score, GError **error)
{
  const Data *d = data;
  double sum = 0, squares = 0, n = 0;

  for (int t = 0; t < trial->n_steps; t++)
    for (int k = 0; k < trial->n_out && trial->weight[t] > 0; k++)
      {
        const gsize at = (gsize) t * (gsize) trial->n_out + (gsize) k;
        const double e = d->of_target.sd[k] * ((double) output[at] - (double) trial->target[at]);

        sum += e;
        squares += e * e;
        n++;
      }
  *score = n > 0 ? sqrt (MAX (squares / n - sum / n * (sum / n), 0)) : 0;
  return TRUE;
}

const RheoTask rheo_task_task_table = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "task-table",
            .title = N_ ("Trials from a file"),
            .summary = N_ ("Trials or demonstrations of your own: inputs, targets and a mask from an HDF5, NPZ, NPY, "
                           "CSV or TSV file."),
            .cite = "",
            .config_size = sizeof (TaskTable),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS | RHEO_REPEATS,
            .check = check },
  .conditions = conditions,
  .open = open_table,
  .close = close_table,
  .shape = shape,
  .fill = fill,
  .judged = &deviation,
  .score = judge,
};
