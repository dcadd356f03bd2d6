#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/digits.h"
#include "engine/half.h"
#include "engine/spike-augment.h"
#include "engine/spike-data.h"
#include "engine/spike-file.h"
#include "engine/spike-keep.h"
#include "engine/task.h"

/* Spoken digits or words in spikes of 700 channels of a cochlea, from the published files or made up; which one it was is to be
 * told. Spikes are put into steps: a spike at time t of channel u goes to step floor (t / dt), input u. */

#define MAX_HELD_OUT 32
#define CHANNELS RHEO_SPIKE_CHANNELS
#define MOST_KEPT                                                                                                      \
  (256 << 20) /* bytes of trials of a set, which take longer to make, or to put into steps, than to learn */

enum
{
  SOURCE_FILES,
  SOURCE_SYNTHETIC,
};

enum
{
  BINNING_CORRECTED,
  BINNING_UPSTREAM,
};

enum
{
  CELLS_BINARY,
  CELLS_COUNT,
};

enum
{
  LENGTH_WHOLE,
  LENGTH_TRIMMED,
};

enum
{
  CONDITION_CLASS,
  CONDITION_SPEAKER,
  N_CONDITIONS,
};

static const char *const source_choices[] = { "files", "synthetic", NULL };
static const char *const binning_choices[] = { "corrected", "upstream", NULL };
static const char *const cells_choices[] = { "binary", "count", NULL };
static const char *const length_choices[] = { "whole", "trimmed", NULL };

typedef struct
{
  const char *path;
  int source, n_train, n_test, data_seed, binning, n_steps, cells, length, tail, n_held_out;
  double difficulty, bin, held_out[MAX_HELD_OUT];
  RheoSpikeAugment augment;
} DataShd;

/* Where trials come from: a file, or a set of made-up ones. */
typedef struct
{
  RheoSpikeFile *file;
  const RheoDigits *digits;
  RheoSpikeKeep *keep;   /* of digits: trials that are to be changed */
  RheoSet set;           /* of digits */
  RheoSpikeKeep *events; /* trials in steps, without changes; NULL: there are too many steps */
  int n;                 /* trials */
} Part;

typedef struct
{
  RheoDigits *digits;
  Part train, valid, test; /* valid may be one of the others */
  int n_train, n_valid;
  int *order;                     /* trials of train: n_train that are learned, then those of held-out speakers */
  int *class_first, *class_trial; /* those that are learned, by class; [n_classes + 1] and [n_train] */
  const char *const *classes;
  int n_classes;
  float *edge; /* [n_steps]: last time of each step, as the published conversion has it; NULL: not that one */
  RheoSeries conditions[N_CONDITIONS + 1];
} Data;

static const RheoParam params[] = {
  RHEO_P_CHOICE (DataShd, source, "source", source_choices, .label = N_ ("Source"),
                 .help = N_ ("Files: the published recordings, or others of the same layout. Synthetic: words that are "
                             "made up, with nothing to download.")),
  RHEO_P_PATH (DataShd, path, "path", .label = N_ ("Folder"), .when = "source=files",
               .help = N_ ("Holds shd_train.h5 and shd_test.h5, or ssc_train.h5, ssc_valid.h5 and ssc_test.h5. "
                           "Nothing: where downloads go.")),
  RHEO_P_INT (DataShd, n_train, "n-train", .label = N_ ("Training trials"), .help = N_ ("How many are made."),
              .def = 800, .min = 1, .max = 1e6, .soft_min = 100, .soft_max = 8000, .when = "source=synthetic"),
  RHEO_P_INT (DataShd, n_test, "n-test", .label = N_ ("Test trials"), .help = N_ ("How many are made."), .def = 300,
              .min = 1, .max = 1e6, .soft_min = 100, .soft_max = 2000, .when = "source=synthetic"),
  RHEO_P_REAL (DataShd, difficulty, "difficulty", .label = N_ ("Difficulty"), .def = 0.5, .max = 1,
               .help = N_ ("The higher, the more alike words are, and the more speakers and trials differ."),
               .when = "source=synthetic"),
  RHEO_P_INT (DataShd, data_seed, "data-seed", .label = N_ ("Seed of the data"), .def = RHEO_DIGITS_SEED,
              .max = 2147483647, .help = N_ ("The same seed makes the same trials, whatever the seed of the run."),
              .when = "source=synthetic", .flags = RHEO_ADVANCED),
  RHEO_P_REAL (DataShd, bin, "bin", .label = N_ ("Length of a step"), .unit = N_ ("ms"), .def = 10, .min = 0.1,
               .max = 1000, .soft_min = 1, .soft_max = 20,
               .help = N_ ("Spikes within a step count as one moment. Times have half precision: 1 ms from 1 s on.")),
  RHEO_P_INT (DataShd, n_steps, "n-steps", .label = N_ ("Length of a trial"), .unit = N_ ("steps"), .def = 100,
              .min = 2, .max = 100000, .soft_min = 50, .soft_max = 1000,
              .help = N_ ("Spikes after so many steps are left out; recordings last up to 1.4 s.")),
  RHEO_P_CHOICE (
      DataShd, length, "length", length_choices, .label = N_ ("Trials end"),
      .help = N_ ("Whole: all after the same number of steps. Trimmed: each after its last spike, which is faster.")),
  RHEO_P_INT (DataShd, tail, "tail", .label = N_ ("Steps after the last spike"), .unit = N_ ("steps"), .max = 100000,
              .soft_max = 50, .help = N_ ("Silence in which the network may still answer."), .when = "length=trimmed"),
  RHEO_P_CHOICE (DataShd, cells, "cells", cells_choices, .label = N_ ("Several spikes"),
                 .help = N_ ("What several spikes of a channel in one step are: one event, or as many as there are.")),
  RHEO_P_CHOICE (
      DataShd, binning, "binning", binning_choices, .label = N_ ("Binning"),
      .help = N_ ("Corrected: channels as they are, step by rounding down. Upstream: as the published conversion did "
                  "it; channels in reverse, the first one lost, times rounded up and compared with half precision."),
      .flags = RHEO_ADVANCED),
  RHEO_P_REALS (
      DataShd, held_out, n_held_out, "held-out", .label = N_ ("Held-out speakers"), .def_text = "", .max = 1000000,
      .help = N_ ("Training trials of these speakers are kept for validation, for example 3 6; none: the test "
                  "trials are used for it.")),
  RHEO_P_BLOCK (DataShd, augment, RheoSpikeAugment, "augment", rheo_spike_augment_rows,
                .label = N_ ("Changes of training trials"), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoPreset presets[] = {
  { "steps-of-10-ms", N_ ("100 steps of 10 ms"), "{\"bin\": 10, \"n-steps\": 100, \"binning\": \"corrected\"}" },
  { "steps-of-4-ms", N_ ("250 steps of 4 ms"), "{\"bin\": 4, \"n-steps\": 250, \"binning\": \"corrected\"}" },
  { "steps-of-1-ms", N_ ("1000 steps of 1 ms"), "{\"bin\": 1, \"n-steps\": 1000, \"binning\": \"corrected\"}" },
  { "steps-of-14-ms", N_ ("100 steps of 14 ms, all of 1.4 s"),
    "{\"bin\": 14, \"n-steps\": 100, \"binning\": \"corrected\"}" },
  { "upstream", N_ ("As published: 250 steps of 4 ms"),
    "{\"bin\": 4, \"n-steps\": 250, \"binning\": \"upstream\", \"cells\": \"binary\", \"length\": \"whole\"}" },
  { NULL },
};

static const RheoSeries conditions[N_CONDITIONS + 1] = {
  { .key = "class", .label = N_ ("Class"), .help = N_ ("What was said."), .unit = "", .axes = "" },
  { .key = "speaker", .label = N_ ("Speaker"), .help = N_ ("Number of who said it."), .unit = "", .axes = "" },
  { NULL },
};

static gboolean
check (const void *config, GError **error)
{
  const DataShd *c = config;

  for (int i = 0; i < c->n_held_out; i++)
    if (c->held_out[i] != floor (c->held_out[i]))
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.held-out has %g; numbers of speakers are whole."),
                        c->held_out[i]);
  return TRUE;
}

/* --- parts ---------------------------------------------------------------------------------------------------------- */
static int
label_of (const Part *part, int i)
{
  return part->file != NULL ? rheo_spike_file_get_labels (part->file)[i]
                            : rheo_digits_get_label (part->digits, part->set, i);
}

/* -1: the file does not tell. */
static int
speaker_of (const Part *part, int i)
{
  if (part->file == NULL)
    return rheo_digits_get_speaker (part->digits, part->set, i);
  return rheo_spike_file_get_speakers (part->file) != NULL ? rheo_spike_file_get_speakers (part->file)[i] : -1;
}

/* again: the trial will be read again as it is here. */
static gboolean
read_trial (const Part *part, int i, gboolean again, GArray *times, GArray *units, GError **error)
{
  if (part->file != NULL)
    return rheo_spike_file_read (part->file, i, times, units, error);
  if (rheo_spike_keep_get (part->keep, i, times, units))
    return TRUE;
  rheo_digits_trial (part->digits, part->set, i, times, units, NULL, NULL);
  if (again)
    rheo_spike_keep_put (part->keep, i, times, units);
  return TRUE;
}

/* optional: no error where there is no such file, and the part stays empty. */
static gboolean
open_part (const char *folder, const char *name, gboolean optional, Part *part, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_access (path, F_OK) != 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be read: %s."), path, g_strerror (errno));
      return optional || rheo_spike_data_fail_missing (folder, name, error);
    }
  part->file = rheo_spike_file_open (path, error);
  part->n = part->file != NULL ? rheo_spike_file_get_n_trials (part->file) : 0;
  return part->file != NULL;
}

static gboolean
open_files (const DataShd *c, Data *d, GError **error)
{
  g_autofree char *folder = rheo_spike_data_dup_place (c->path);
  g_autofree char *digits = g_build_filename (folder, "shd_train.h5", NULL);
  g_autofree char *words = g_build_filename (folder, "ssc_train.h5", NULL);
  const gboolean of_words = !g_file_test (digits, G_FILE_TEST_EXISTS) && g_file_test (words, G_FILE_TEST_EXISTS);

  if (!open_part (folder, of_words ? "ssc_train.h5" : "shd_train.h5", FALSE, &d->train, error)
      || !open_part (folder, of_words ? "ssc_test.h5" : "shd_test.h5", FALSE, &d->test, error)
      || (of_words && !open_part (folder, "ssc_valid.h5", TRUE, &d->valid, error)))
    return FALSE;
  d->classes = rheo_spike_file_get_classes (d->train.file);
  d->n_classes = (int) g_strv_length ((char **) d->classes);
  for (int k = 0; k < 2; k++)
    {
      const Part *part = k == 0 ? &d->test : &d->valid;

      for (int i = 0; i < part->n; i++)
        if (label_of (part, i) >= d->n_classes)
          return rheo_fail (error, RHEO_ERROR_INVALID,
                            _ ("The files in %1$s do not go together: trial %2$d of those that are not learned has the "
                               "label %3$d, but the training trials have %4$d classes."),
                            folder, i, label_of (part, i), d->n_classes);
    }
  return TRUE;
}

static void
make_digits (const DataShd *c, Data *d)
{
  d->digits = rheo_digits_new (&(RheoDigitsConfig){
      .n_train = c->n_train, .n_test = c->n_test, .seed = (uint64_t) c->data_seed, .difficulty = c->difficulty });
  d->train = (Part){
    .digits = d->digits, .keep = rheo_spike_keep_new (c->n_train, MOST_KEPT), .set = RHEO_SET_TRAIN, .n = c->n_train
  };
  d->test = (Part){
    .digits = d->digits, .keep = rheo_spike_keep_new (c->n_test, MOST_KEPT), .set = RHEO_SET_TEST, .n = c->n_test
  };
  d->classes = rheo_digits_get_classes ();
  d->n_classes = RHEO_DIGITS_CLASSES;
}

/* --- sets ------------------------------------------------------------------------------------------------------------ */
static gboolean
is_held_out (const DataShd *c, const Data *d, int trial)
{
  const int speaker = speaker_of (&d->train, trial);

  for (int i = 0; i < c->n_held_out; i++)
    if (c->held_out[i] == speaker)
      return TRUE;
  return FALSE;
}

static int
ascend (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/* Speakers of the training trials, "0, 1, 2". Yours. */
static char *
dup_speakers (const Data *d)
{
  g_autofree int *speakers = g_new (int, d->train.n);
  GString *list = g_string_new (NULL);

  for (int i = 0; i < d->train.n; i++)
    speakers[i] = speaker_of (&d->train, i);
  qsort (speakers, (size_t) d->train.n, sizeof (int), ascend);
  for (int i = 0; i < d->train.n; i++)
    if (i == 0 || speakers[i] != speakers[i - 1])
      g_string_append_printf (list, i > 0 ? ", %d" : "%d", speakers[i]);
  return g_string_free (list, FALSE);
}

static gboolean
check_speakers (const DataShd *c, const Data *d, GError **error)
{
  if (c->n_held_out > 0 && speaker_of (&d->train, 0) < 0)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.held-out lists speakers, but the training file does not tell who speaks."));
  for (int k = 0; k < c->n_held_out; k++)
    {
      int i = 0;

      while (i < d->train.n && speaker_of (&d->train, i) != c->held_out[k])
        i++;
      if (i == d->train.n)
        {
          g_autofree char *speakers = dup_speakers (d);

          return rheo_fail (
              error, RHEO_ERROR_INVALID,
              _ ("task.held-out lists speaker %g, of whom there is no training trial. There are trials of %s."),
              c->held_out[k], speakers);
        }
    }
  return TRUE;
}

static gboolean
split (const DataShd *c, Data *d, GError **error)
{
  int at;

  if (!check_speakers (c, d, error))
    return FALSE;
  d->order = g_new (int, d->train.n);
  for (int i = 0; i < d->train.n; i++)
    if (!is_held_out (c, d, i))
      d->order[d->n_train++] = i;
  if (d->n_train == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.held-out lists all speakers; none is left to learn from."));
  at = d->n_train;
  for (int i = 0; i < d->train.n; i++)
    if (is_held_out (c, d, i))
      d->order[at++] = i;
  if (d->n_train == d->train.n && d->valid.n == 0)
    d->valid = d->test;
  d->n_valid = d->n_train < d->train.n ? d->train.n - d->n_train : d->valid.n;
  return TRUE;
}

/* Trials that are learned, class by class. */
static void
sort_by_class (Data *d)
{
  g_autofree int *next = g_new0 (int, d->n_classes);

  d->class_first = g_new0 (int, d->n_classes + 1);
  d->class_trial = g_new (int, d->n_train);
  for (int i = 0; i < d->n_train; i++)
    d->class_first[label_of (&d->train, d->order[i]) + 1]++;
  for (int k = 0; k < d->n_classes; k++)
    {
      d->class_first[k + 1] += d->class_first[k];
      next[k] = d->class_first[k];
    }
  for (int i = 0; i < d->n_train; i++)
    d->class_trial[next[label_of (&d->train, d->order[i])]++] = d->order[i];
}

static void
close_data (void *data)
{
  Data *d = data;

  if (d->valid.file != d->test.file)
    rheo_spike_file_close (d->valid.file);
  rheo_spike_file_close (d->train.file);
  rheo_spike_file_close (d->test.file);
  rheo_spike_keep_free (d->train.keep);
  rheo_spike_keep_free (d->test.keep);
  if (d->valid.events != d->test.events)
    rheo_spike_keep_free (d->valid.events);
  rheo_spike_keep_free (d->train.events);
  rheo_spike_keep_free (d->test.events);
  rheo_digits_free (d->digits);
  g_free (d->order);
  g_free (d->class_first);
  g_free (d->class_trial);
  g_free (d->edge);
  g_free (d);
}

static void
keep_events (const DataShd *c, Part *part)
{
  if (part->n > 0 && c->n_steps <= G_MAXUINT16 + 1)
    part->events = rheo_spike_keep_new (part->n, MOST_KEPT);
}

static gboolean
open_data (const void *config, uint64_t seed, void **data, GError **error)
{
  const DataShd *c = config;
  Data *d = g_new0 (Data, 1);

  if (c->source == SOURCE_SYNTHETIC)
    make_digits (c, d);
  if (c->source == SOURCE_FILES && !open_files (c, d, error))
    {
      close_data (d);
      return FALSE;
    }
  keep_events (c, &d->train);
  keep_events (c, &d->valid);
  keep_events (c, &d->test);
  if (!split (c, d, error))
    {
      close_data (d);
      return FALSE;
    }
  sort_by_class (d);
  if (c->binning == BINNING_UPSTREAM)
    {
      d->edge = g_new (float, c->n_steps);
      for (int i = 0; i < c->n_steps; i++)
        d->edge[i] = rheo_half_round ((float) (i * (c->bin / 1000)));
    }
  memcpy (d->conditions, conditions, sizeof conditions);
  d->conditions[CONDITION_CLASS].words = d->classes;
  *data = d;
  return TRUE;
}

/* --- steps ----------------------------------------------------------------------------------------------------------- */

/* -1: after the last one. */
static int
step_of (const DataShd *c, const Data *d, float time)
{
  const double at = (double) time * 1000 / c->bin;
  int i;

  if (!(at < (d->edge != NULL ? c->n_steps + 2 : c->n_steps)))
    return -1;
  if (d->edge == NULL)
    return (int) at;
  /* Step i takes what is not later than its edge and was not taken by the step before. */
  i = MIN ((int) at, c->n_steps - 1);
  while (i > 0 && time <= d->edge[i - 1])
    i--;
  while (i < c->n_steps && time > d->edge[i])
    i++;
  return i < c->n_steps ? i : -1;
}

/* -1: no column. */
static int
column_of (const DataShd *c, int unit)
{
  if (c->binning == BINNING_CORRECTED)
    return unit;
  return unit > 0 ? CHANNELS - unit : -1;
}

/* Turns spikes into the order of their steps, those of one step as they were; n_steps is beyond them all. */
static void
sort (int n_steps, guint n, int32_t *step, int32_t *column)
{
  g_autofree int32_t *steps = g_memdup2 (step, sizeof *step * n), *columns = g_memdup2 (column, sizeof *column * n);
  g_autofree guint *first = g_new0 (guint, n_steps + 1);

  for (guint k = 0; k < n; k++)
    first[steps[k] + 1]++;
  for (int i = 0; i < n_steps; i++)
    first[i + 1] += first[i];
  for (guint k = 0; k < n; k++)
    {
      const guint to = first[steps[k]]++;

      step[to] = steps[k];
      column[to] = columns[k];
    }
}

/* Several spikes of a column in one step become one; how many are left. */
static guint
merge (guint n, int32_t *step, int32_t *column)
{
  int32_t seen[CHANNELS];
  guint to = 0;

  memset (seen, 0xff, sizeof seen);
  for (guint k = 0; k < n; k++)
    {
      const int32_t at = step[k], of = column[k];
      const gboolean first = seen[of] != at;

      /* Written in any case: whether it counts cannot be foreseen. */
      seen[of] = step[to] = at;
      column[to] = of;
      to += first;
    }
  return to;
}

/* Spikes in any order become events in that of steps. */
static void
put_events (const DataShd *c, const Data *d, const GArray *times, const GArray *units, RheoTrial *trial)
{
  const float *time = (const float *) (const void *) times->data;
  const int32_t *unit = (const int32_t *) (const void *) units->data;
  gboolean ascend = TRUE;
  int32_t *step, *column;
  guint n = 0;

  g_array_set_size (trial->event_step, times->len);
  g_array_set_size (trial->event_unit, times->len);
  step = (int32_t *) (void *) trial->event_step->data;
  column = (int32_t *) (void *) trial->event_unit->data;
  for (guint k = 0; k < times->len; k++)
    {
      step[n] = step_of (c, d, time[k]);
      column[n] = column_of (c, unit[k]);
      ascend = ascend && (n == 0 || step[n] < 0 || step[n] >= step[n - 1]);
      n += step[n] >= 0 && column[n] >= 0;
    }
  if (!ascend)
    sort (c->n_steps, n, step, column);
  if (c->cells == CELLS_BINARY)
    n = merge (n, step, column);
  g_array_set_size (trial->event_step, n);
  g_array_set_size (trial->event_unit, n);
}

/* Events lie in the order of their steps. */
static void
trim (const DataShd *c, RheoTrial *trial)
{
  const guint n = trial->event_step->len;
  const int64_t used = n > 0 ? g_array_index (trial->event_step, int32_t, n - 1) + 1 : 1;

  if (c->length == LENGTH_TRIMMED)
    trial->n_steps = (int) MIN (used + c->tail, c->n_steps);
}

/* --- the task -------------------------------------------------------------------------------------------------------- */
static const RheoSeries *
get_conditions (const void *data)
{
  return data != NULL ? ((const Data *) data)->conditions : conditions;
}

static void
shape (const void *config, const void *data, RheoShape *shape)
{
  const DataShd *c = config;
  const Data *d = data;

  *shape = (RheoShape){ .n_in = CHANNELS,
                        .n_out = d->n_classes,
                        .n_steps = c->n_steps,
                        .n_trials = d->n_train,
                        .n_valid = d->n_valid,
                        .n_test = d->test.n,
                        .valid_is_test = d->n_train == d->train.n && d->valid.file == d->test.file,
                        .n_classes = d->n_classes,
                        .dt_ms = c->bin,
                        .events = true,
                        .labels = d->classes };
}

/* Which trial a draw means. */
static gboolean
find_trial (const Data *d, const RheoDraw *draw, const Part **part, int *trial, GError **error)
{
  const gboolean of_train = draw->set == RHEO_SET_TRAIN || (draw->set != RHEO_SET_TEST && d->n_train < d->train.n);
  const int n = draw->set == RHEO_SET_TRAIN ? d->n_train : draw->set == RHEO_SET_TEST ? d->test.n : d->n_valid;

  if (draw->index < 0 || draw->index >= n)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      draw->set == RHEO_SET_TRAIN  ? _ ("There are only %d training trials.")
                      : draw->set == RHEO_SET_TEST ? _ ("There are only %d test trials.")
                                                   : _ ("There are only %d validation trials."),
                      n);
  *part = of_train ? &d->train : draw->set == RHEO_SET_TEST ? &d->test : &d->valid;
  *trial = !of_train ? draw->index : d->order[(draw->set == RHEO_SET_TRAIN ? 0 : d->n_train) + draw->index];
  return TRUE;
}

static gboolean
augment (const DataShd *c, const Data *d, const RheoDraw *draw, int label, GArray *times, GArray *units, GError **error)
{
  const int n = d->class_first[label + 1] - d->class_first[label];
  const RheoRng rng = { draw->rng.seed, draw->rng.stream, draw->iteration, draw->rng.item };
  const int partner = rheo_spike_augment_draw_partner (&c->augment, rng, n);

  if (partner >= 0)
    {
      g_autoptr (GArray) other_times = g_array_new (FALSE, FALSE, sizeof (float));
      g_autoptr (GArray) other_units = g_array_new (FALSE, FALSE, sizeof (int32_t));

      if (!read_trial (&d->train, d->class_trial[d->class_first[label] + partner], TRUE, other_times, other_units,
                       error))
        return FALSE;
      rheo_spike_augment_blend (rng, CHANNELS, times, units, other_times, other_units);
    }
  rheo_spike_augment_change (&c->augment, rng, CHANNELS, times, units);
  return TRUE;
}

/* Reads a trial, changes it where it is one of the training that is to be changed, and puts it into steps. */
static gboolean
prepare (const DataShd *c, const Data *d, const RheoDraw *draw, const Part *part, int which, gboolean changes,
         RheoTrial *trial, GError **error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  if (!read_trial (part, which, changes || part->events == NULL, times, units, error)
      || (changes && !augment (c, d, draw, trial->label, times, units, error)))
    return FALSE;
  put_events (c, d, times, units, trial);
  if (!changes && part->events != NULL)
    rheo_spike_keep_put_events (part->events, which, trial->event_step, trial->event_unit);
  return TRUE;
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const DataShd *c = config;
  const Data *d = data;
  const gboolean changes = draw->set == RHEO_SET_TRAIN && rheo_spike_augment_does (&c->augment);
  const Part *part = NULL;
  int which = 0;

  if (!find_trial (d, draw, &part, &which, error))
    return FALSE;
  trial->label = label_of (part, which);
  trial->condition[CONDITION_CLASS] = trial->label;
  if (speaker_of (part, which) >= 0)
    trial->condition[CONDITION_SPEAKER] = speaker_of (part, which);
  if ((changes || part->events == NULL
       || !rheo_spike_keep_get_events (part->events, which, trial->event_step, trial->event_unit))
      && !prepare (c, d, draw, part, which, changes, trial, error))
    return FALSE;
  trim (c, trial);
  return TRUE;
}

/* Every class alike. */
static double
baseline (const void *config, const void *data, const char **label)
{
  if (label != NULL)
    *label = N_ ("Chance");
  return log (((const Data *) data)->n_classes);
}

const RheoTask rheo_task_data_shd = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "data-shd",
            .title = N_ ("Spoken digits in spikes"),
            .summary = N_ ("Which digit or word is said, from the spikes of 700 channels of a cochlea: the Spiking "
                           "Heidelberg Digits, the Spiking Speech Commands, or words that are made up."),
            .cite = "Cramer, Stradmann, Schemmel & Zenke 2022, IEEE Trans. Neural Netw. Learn. Syst. 33:2744",
            .config_size = sizeof (DataShd),
            .params = params,
            .presets = presets,
            .gives = RHEO_TRIALS | RHEO_LABELS,
            .check = check },
  .conditions = conditions,
  .get_conditions = get_conditions,
  .open = open_data,
  .close = close_data,
  .shape = shape,
  .fill = fill,
  .baseline = baseline,
};
