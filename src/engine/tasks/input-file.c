#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/numbers.h"
#include "engine/task.h"

/* Input without targets from a file of numbers, steps and channels: each trial is the next block of it. */

#define MAX_CHANNELS 100000

enum
{
  STEP_CHANNEL,
  CHANNEL_STEP,
};

enum
{
  END_REPEAT,
  END_ZEROS,
};

static const char *const axes_choices[] = { "step-channel", "channel-step", NULL };
static const char *const end_choices[] = { "repeat", "zeros", NULL };

typedef struct
{
  const char *file, *array, *channels;
  int axes, first, n_steps, at_end;
  double scale;
} InputFile;

typedef struct
{
  int64_t n_steps;
  int n_channels;
  double *x; /* [step][channel] */
} Data;

static const RheoParam params[] = {
  RHEO_P_PATH (InputFile, file, "file", .label = N_ ("File"),
               .help = N_ ("HDF5, NPZ, NPY, CSV or TSV. Text has a line for each step, with or without a head.")),
  RHEO_P_TEXT (InputFile, array, "array", .label = N_ ("Array"), .def_text = "",
               .help = N_ ("Its name in the file: in HDF5 files a path of groups, such as data/input; in text the "
                           "names of columns. Nothing: all columns, or the only array.")),
  RHEO_P_CHOICE (InputFile, axes, "axes", axes_choices, .label = N_ ("Order of the axes"),
                 .help = N_ ("How the array of an HDF5, NPZ or NPY file is laid out.")),
  RHEO_P_TEXT (InputFile, channels, "channels", .label = N_ ("Channels"), .def_text = "",
               .help = N_ ("Which of them, from 0, such as 0-3, 7; nothing: all.")),
  RHEO_P_REAL (InputFile, scale, "scale", .label = N_ ("Scale"), .help = N_ ("Numbers of the file times this."),
               .def = 1, .min = -1e6, .max = 1e6, .soft_min = 0, .soft_max = 10),
  RHEO_P_INT (InputFile, first, "first", .label = N_ ("First step"), .help = N_ ("Where the input begins, from 0."),
              .max = 2147483647, .soft_max = 1000, .flags = RHEO_ADVANCED),
  RHEO_P_INT (InputFile, n_steps, "n-steps", .label = N_ ("Length of a block"), .unit = N_ ("steps"),
              .help = N_ ("Steps that are run at once, and shown and recorded together."), .def = 100, .min = 1,
              .max = 1000000, .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_CHOICE (InputFile, at_end, "at-end", end_choices, .label = N_ ("At the end"),
                 .help = N_ ("The file begins again, or the input is 0 from there on.")),
  RHEO_P_END,
};

static gboolean
check (const void *config, GError **error)
{
  const InputFile *c = config;

  if (*c->file == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.file is empty: choose an HDF5, NPZ, NPY or text file that holds the input."));
  return TRUE;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */
static void
close_file (void *data)
{
  Data *d = data;

  g_free (d->x);
  g_free (d);
}

/* For messages. */
static int
small (int64_t n)
{
  return (int) MIN (n, G_MAXINT);
}

/* Which of n channels are wanted: [n_wanted]; yours. NULL: the text cannot be read. */
static int *
choose_channels (const InputFile *c, int n, int *n_wanted, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (c->channels, ",", -1);
  g_autofree gboolean *taken = g_new0 (gboolean, n);
  g_autofree int *wanted = g_new (int, n);

  *n_wanted = 0;
  for (int i = 0; parts[0] == NULL && i < n; i++)
    wanted[(*n_wanted)++] = i;
  for (int k = 0; parts[k] != NULL; k++)
    {
      char *end;
      const gint64 lo = g_ascii_strtoll (g_strstrip (parts[k]), &end, 10);
      const gint64 hi = *end == '-' && g_ascii_isdigit (end[1]) ? g_ascii_strtoll (end + 1, &end, 10) : lo;

      if (!g_ascii_isdigit (*parts[k]) || *end != '\0' || lo > hi || hi >= n)
        {
          rheo_fail (error, RHEO_ERROR_INVALID,
                     _ ("task.channels has “%s”; numbers from 0 to %d are allowed, or ranges of them such as 0-3."),
                     parts[k], n - 1);
          return NULL;
        }
      for (gint64 i = lo; i <= hi; i++)
        if (!taken[i])
          {
            taken[i] = TRUE;
            wanted[(*n_wanted)++] = (int) i;
          }
    }
  return g_steal_pointer (&wanted);
}

/* Copies what is wanted: number (step, channel) is from[step * step_size + channel * channel_size]. */
static gboolean
take (const InputFile *c, const char *name, const double *from, int64_t n_steps, int n_channels, int64_t step_size,
      int64_t channel_size, Data *d, GError **error)
{
  g_autofree int *channel = choose_channels (c, n_channels, &d->n_channels, error);

  if (channel == NULL)
    return FALSE;
  if (c->first >= n_steps)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.first is %d, but %s has %d steps."), c->first, c->file,
                      small (n_steps));
  d->n_steps = n_steps - c->first;
  d->x = g_try_new (double, (gsize) d->n_steps *(gsize) d->n_channels);
  if (d->x == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the numbers of %s."), c->file);
  for (int64_t t = 0; t < d->n_steps; t++)
    for (int k = 0; k < d->n_channels; k++)
      {
        const double v = from[(t + c->first) * step_size + channel[k] * channel_size] * c->scale;

        if (!isfinite (v) || fabs (v) > 1e30)
          return rheo_fail (error, RHEO_ERROR_INVALID,
                            _ ("“%2$s” in %1$s is not a finite number at step %3$d, channel %4$d (both counted "
                               "from 0)."),
                            c->file, name, small (t + c->first), channel[k]);
        d->x[t * d->n_channels + k] = v;
      }
  return TRUE;
}

/* Text has its trials one after another, padded to the longest: they are joined. */
static gboolean
take_text (const InputFile *c, const RheoTable *table, const RheoColumn *column, Data *d, GError **error)
{
  const RheoColumn *lengths = rheo_table_find (table, RHEO_NUMBERS_LENGTHS);
  const int64_t width = column->dims[2], size = column->dims[1] * width;
  g_autofree double *joined = g_try_new (double, MAX (rheo_column_get_length (column), 1));
  int64_t n = 0;

  if (joined == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for the numbers of %s."), c->file);
  for (int64_t i = 0; i < column->dims[0]; i++)
    {
      const int64_t length = (int64_t) rheo_column_get_number (lengths, i);

      memcpy (joined + n * width, (const double *) column->data + i * size, (gsize) (length * width) * sizeof (double));
      n += length;
    }
  return take (c, column->key, joined, n, (int) width, width, 1, d, error);
}

static gboolean
take_array (const InputFile *c, const RheoTable *table, const char *name, Data *d, GError **error)
{
  const RheoColumn *column = rheo_table_find (table, name);
  int64_t n_steps, n_channels;

  if (column == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.array is “%s”, but %s holds no such array. It holds %s."),
                      c->array, c->file, rheo_table_get_note (table, "names"));
  if (rheo_table_get_note (table, "axes") != NULL)
    return take_text (c, table, column, d, error);
  if (column->n_dims < 1 || column->n_dims > 2)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("“%2$s” in %1$s has %3$d axes; two are needed, steps and channels, or one where there is one "
                         "channel."),
                      c->file, name, column->n_dims);
  n_steps = column->dims[column->n_dims == 2 && c->axes == CHANNEL_STEP];
  n_channels = column->n_dims == 2 ? column->dims[c->axes == STEP_CHANNEL] : 1;
  if (n_steps < 1 || n_channels < 1 || n_channels > MAX_CHANNELS)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("“%2$s” in %1$s has %3$d steps and %4$d channels; at least one step and 1 to %5$d channels are allowed. "
           "task.axes says in which order they stand."),
        c->file, name, small (n_steps), small (n_channels), MAX_CHANNELS);
  if (c->axes == CHANNEL_STEP)
    return take (c, name, column->data, n_steps, (int) n_channels, 1, n_steps, d, error);
  return take (c, name, column->data, n_steps, (int) n_channels, n_channels, 1, d, error);
}

/* What is read where no name is given: an NPY file itself, the only array of another, all columns of text. Yours. */
static char *
dup_name (const InputFile *c, GError **error)
{
  g_autofree char *base = g_path_get_basename (c->file);
  g_autoptr (RheoTable) table = NULL;
  const char *const none[] = { NULL };
  const char *names;

  if (*c->array != '\0')
    return g_strdup (c->array);
  if (g_str_has_suffix (base, ".npy"))
    return g_strndup (base, strlen (base) - strlen (".npy"));
  table = rheo_numbers_read (c->file, none, error);
  if (table == NULL)
    return NULL;
  names = rheo_table_get_note (table, "names");
  return g_strdup (rheo_table_get_note (table, "axes") == NULL && strchr (names, ',') == NULL ? names
                                                                                              : RHEO_NUMBERS_ALL);
}

static gboolean
open_file (const void *config, uint64_t seed, void **data, GError **error)
{
  const InputFile *c = config;
  g_autofree char *name = NULL;
  g_autoptr (RheoTable) table = NULL;
  Data *d;

  if (!g_file_test (c->file, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, but there is no such file."), c->file);
  name = dup_name (c, error);
  if (name == NULL)
    return FALSE;
  table = rheo_numbers_read (c->file, (const char *const[]){ name, NULL }, error);
  if (table == NULL)
    return FALSE;
  d = g_new0 (Data, 1);
  if (!take_array (c, table, name, d, error))
    {
      close_file (d);
      return FALSE;
    }
  *data = d;
  return TRUE;
}

/* --- the task ----------------------------------------------------------------------------------------------------- */
static void
shape (const void *config, const void *data, RheoShape *shape)
{
  *shape = (RheoShape){ .n_in = ((const Data *) data)->n_channels, .n_steps = ((const InputFile *) config)->n_steps };
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const InputFile *c = config;
  const Data *d = data;
  const int64_t from = draw->set == RHEO_SET_PROBE ? 0 : (int64_t) draw->iteration * c->n_steps;

  for (int t = 0; t < trial->n_steps; t++)
    {
      const int64_t at = c->at_end == END_REPEAT ? (from + t) % d->n_steps : from + t;

      for (int k = 0; k < d->n_channels && at < d->n_steps; k++)
        trial->input[(gsize) t * (gsize) d->n_channels + (gsize) k] = (RheoReal) d->x[at * d->n_channels + k];
    }
  return TRUE;
}

const RheoTask rheo_task_input_file = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "input-file",
            .title = N_ ("Input from a file"),
            .summary = N_ ("Input without targets of your own, from an HDF5, NPZ, NPY, CSV or TSV file."),
            .config_size = sizeof (InputFile),
            .params = params,
            .gives = RHEO_INPUT_ONLY,
            .check = check },
  .open = open_file,
  .close = close_file,
  .shape = shape,
  .fill = fill,
};
