/* Thread: main. */
/* What the commands of rheobase-cli share. A command is one file cmd-NAME.c that defines a RheoCommand, one line here
 * and in main.c, and one word in meson.build. */
#pragma once

#include "engine/experiment.h"
#include "engine/store.h"
#include "engine/table.h"

/* Exit codes: scripts rely on them. */
typedef enum
{
  RHEO_EXIT_DONE = 0,
  RHEO_EXIT_FAILED = 1,
  RHEO_EXIT_USAGE = 2, /* a wrong command, option, word, key or value on the command line */
  RHEO_EXIT_DIVERGED = 3,
  RHEO_EXIT_INTERRUPTED = 130,
} RheoExit;

typedef struct RheoCommand RheoCommand;
struct RheoCommand
{
  const char *name;                                               /* "show" */
  const char *usage;                                              /* "EXPERIMENT [--set KEY=VALUE ...]" */
  const char *summary;                                            /* one line, N_() */
  int (*run) (const RheoCommand *command, int argc, char **argv); /* argv[0] is the name; gives an exit code */
};

extern const RheoCommand rheo_cmd_analyse, rheo_cmd_bench, rheo_cmd_evaluate, rheo_cmd_export, rheo_cmd_import,
    rheo_cmd_info, rheo_cmd_list, rheo_cmd_make_data, rheo_cmd_plot, rheo_cmd_results, rheo_cmd_show, rheo_cmd_sweep,
    rheo_cmd_train, rheo_cmd_trials;

/* Takes the options out of argv (entries may be NULL; --help is there anyhow) and counts the words that are left in
 * argv[1] .. argv[argc - 1]: least to most, most -1 any number. FALSE: the mistake was told or the help printed, and
 * the command returns *code. Use G_OPTION_ARG_FILENAME(_ARRAY) for text, which does not depend on the locale. */
gboolean rheo_cli_parse (const RheoCommand *command, const GOptionEntry *entries, int least, int most, int *argc,
                         char ***argv, int *code);

/* Say what went wrong on stderr, as one line behind "rheobase-cli: ". Return the exit code. Under mpirun the first process
 * alone speaks. */
int rheo_cli_fail (const GError *error);
const char *rheo_cli_get_failure (void); /* what was last told, or would have been; NULL: nothing */
int rheo_cli_fail_usage (const RheoCommand *command, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* SIGINT and SIGTERM call handler from now on. */
void rheo_cli_catch_signals (void (*handler) (int number));

/* "31 s", "4 min", "2 h 10 min"; yours. */
char *rheo_cli_dup_duration (double seconds);

/* "CPU, 2 threads, no card: local rules run on the processor." name: as RheoDevice.name; reason: a sentence, or NULL. Yours. */
char *rheo_cli_dup_device (const char *name, const char *reason);

/* An experiment with its settings (KEY=VALUE, NULL-ended, or NULL), checked as a whole. RHEO_EXIT_DONE, or the exit
 * code after the mistake was told. */
int rheo_cli_load (const char *name_or_path, char **settings, RheoExperiment **experiment);

/* The settings alone, on an experiment that is there already (that of a run). */
int rheo_cli_configure (RheoExperiment *experiment, char **settings);

/* {name: last value of each column}, text and numbers; what is not finite becomes null. */
JsonObject *rheo_cli_dup_last_values (const RheoTable *table);
/* One line of JSON on stdout. Takes the object. */
void rheo_cli_print_json (JsonObject *object);

/* --- cmd-make-data.c --- */
/* Data that can be made: id, title and summary of each. */
JsonArray *rheo_cli_list_data (RheoKind unused);

/* --- cli-table.c --- */
/* A table as JSON: title, notes and columns with their data, as in .json files. */
JsonNode *rheo_cli_dup_table_json (const RheoTable *table);
/* text in a column of so many characters (bytes would not do), at its end where right is set. */
void rheo_cli_print_padded (const char *text, glong width, gboolean right);
/* For people: the columns that lie side by side with the first one, then names and sizes of the others. */
void rheo_cli_print_table (const RheoTable *table);
/* By the ending of path. column NULL: everything; of what does not fit into .csv the columns that lie side by side with
 * the first one. Beside a matrix stands in .csv what its lines and columns are. */
gboolean rheo_cli_write_table (const RheoTable *table, const char *column, const char *path, GError **error);
/* The columns over this axis, side by side. */
gboolean rheo_cli_write_axis (const RheoTable *table, const char *axis, const char *path, GError **error);
/* Puts a result into the run file; where that cannot be done (the run goes on, no permission) stderr says so. */
void rheo_cli_keep_result (const RheoRun *run, const char *id, int64_t iteration, const char *config, RheoTable *table);
