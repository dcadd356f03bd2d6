#define G_LOG_DOMAIN "rheo-cli"

#include "config.h"

#include "cli.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdatomic.h>
#include <unistd.h>

#include "engine/digits.h"
#include "engine/speech.h"

static atomic_bool cancelled;

static void
on_signal (int number)
{
  atomic_store (&cancelled, true);
}

/* --- makers ------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *out;
  int n_train, n_test;
  gint64 seed;
  double difficulty; /* NaN: not told */
  gboolean replace;
} Options;

/* Looks whether the options make sense, which is asked first, or makes the data. */
typedef gboolean (*Make) (const Options *options, gboolean check, GError **error);

static void
show_progress (void *data, double fraction)
{
  static int shown = -1;
  const int percent = (int) (100 * fraction);

  if (percent == shown || !isatty (STDERR_FILENO))
    return;
  g_printerr (percent < 100 ? "\r%3d %%" : "\r\033[K", percent);
  shown = percent;
}

static gboolean
make_digits (const Options *options, gboolean check, GError **error)
{
  const RheoDigitsConfig config = { options->n_train, options->n_test, (uint64_t) options->seed,
                                    isnan (options->difficulty) ? 0.5 : options->difficulty };

  if (check)
    return rheo_digits_check (&config, error);
  return rheo_digits_write (&config, options->out, options->replace, show_progress, NULL, &cancelled, error);
}

static gboolean
make_speech (const Options *options, gboolean check, GError **error)
{
  const RheoSpeechConfig config = { options->n_train, options->n_test, (uint64_t) options->seed };

  if (check && !isnan (options->difficulty))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Digits that are spoken have no --difficulty."));
  if (check)
    return rheo_speech_check (&config, error);
  return rheo_speech_write (&config, options->out, options->replace, show_progress, NULL, &cancelled, error);
}

#define NOT_TOLD G_MININT

typedef struct
{
  const char *name, *title, *summary;
  Make make;
  int n_train, n_test; /* trials where nothing is told */
} Maker;

static const Maker makers[] = {
  { "shd-synthetic", N_ ("Spoken digits that are made up"),
    N_ ("Twenty words of twelve speakers in spikes of 700 channels, with nothing to download"), make_digits, 800, 300 },
  { "spoken-digits", N_ ("Spoken digits"),
    N_ ("Ten digits in English and German, spoken by espeak-ng and turned into spikes by a model of the ear"),
    make_speech, 8156, 2264 },
};

JsonArray *
rheo_cli_list_data (RheoKind unused)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "id", makers[i].name);
      json_object_set_string_member (object, "title", _ (makers[i].title));
      json_object_set_string_member (object, "summary", _ (makers[i].summary));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* --- the command -------------------------------------------------------------------------------------------------- */

static const Maker *
find_maker (const RheoCommand *command, const char *name, int *code)
{
  const char *names[G_N_ELEMENTS (makers) + 1] = { NULL };
  const char *near;

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      names[i] = makers[i].name;
      if (g_str_equal (name, names[i]))
        return &makers[i];
    }
  near = rheo_nearest (name, names);
  *code =
      near != NULL
          ? rheo_cli_fail_usage (command, _ ("There is no data \"%s\"; the nearest is \"%s\"."), name, near)
          : rheo_cli_fail_usage (command, _ ("There is no data \"%s\"; \"rheobase-cli list data\" names them."), name);
  return NULL;
}

static int
make_data (const RheoCommand *command, const char *name, Options *options)
{
  g_autoptr (GError) error = NULL;
  int code = RHEO_EXIT_DONE;
  const Maker *maker = find_maker (command, name, &code);

  if (maker == NULL)
    return code;
  if (options->out == NULL || *options->out == '\0')
    return rheo_cli_fail_usage (command, _ ("make-data needs --out with the name of a folder."));
  if (options->seed < 0)
    return rheo_cli_fail_usage (command, _ ("The seed cannot be negative."));
  if (options->n_train == NOT_TOLD)
    options->n_train = maker->n_train;
  if (options->n_test == NOT_TOLD)
    options->n_test = maker->n_test;
  if (!maker->make (options, TRUE, &error))
    {
      rheo_cli_fail (error);
      return RHEO_EXIT_USAGE;
    }
  rheo_cli_catch_signals (on_signal);
  if (maker->make (options, FALSE, &error))
    {
      g_print ("%s\n", options->out);
      return RHEO_EXIT_DONE;
    }
  if (isatty (STDERR_FILENO))
    g_printerr ("\r\033[K");
  rheo_cli_fail (error);
  return g_error_matches (error, RHEO_ERROR, RHEO_ERROR_CANCELLED) ? RHEO_EXIT_INTERRUPTED : RHEO_EXIT_FAILED;
}

static int
run (const RheoCommand *command, int argc, char **argv)
{
  g_autofree char *out = NULL;
  Options options = { .n_train = NOT_TOLD, .n_test = NOT_TOLD, .seed = RHEO_DIGITS_SEED, .difficulty = NAN };
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, N_ ("Folder of the files; it is made where there is none"),
      "FOLDER" },
    { "train", 0, 0, G_OPTION_ARG_INT, &options.n_train, N_ ("Training trials (default 800, or 8156 that are spoken)"),
      "N" },
    { "test", 0, 0, G_OPTION_ARG_INT, &options.n_test, N_ ("Test trials (default 300, or 2264 that are spoken)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, N_ ("Other data for each number (default 11)"), "N" },
    { "difficulty", 0, 0, G_OPTION_ARG_DOUBLE, &options.difficulty,
      N_ ("0 to 1: how alike the words are and how different the speakers, of shd-synthetic (default 0.5)"), "D" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_ ("Replace files that are in the folder"), NULL },
    { NULL },
  };
  char *list[] = { (char *) rheo_cmd_list.name, (char *) "data", NULL };
  int code;

  if (!rheo_cli_parse (command, entries, 0, 1, &argc, &argv, &code))
    return code;
  options.out = out;
  if (argc > 1)
    return make_data (command, argv[1], &options);
  if (out != NULL)
    return rheo_cli_fail_usage (command, _ ("Which data? \"rheobase-cli list data\" names them."));
  return rheo_cmd_list.run (&rheo_cmd_list, 2, list);
}

const RheoCommand rheo_cmd_make_data = {
  .name = "make-data",
  .usage = "[NAME --out FOLDER [--train N] [--test N] [--seed N] [--difficulty D] [--force]]",
  .summary = N_ ("Makes the files of a data set; without a name it lists those it can make"),
  .run = run,
};
