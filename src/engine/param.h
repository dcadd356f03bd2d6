/* Thread: any. */
/* A parameter is one row of a table. Forms, JSON, command line, HDF5, manual and tests all read that row.
 * A config struct is plain bytes (text interned, lists fixed arrays with a count): a copy is memcpy. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdint.h>

#include "error.h"

typedef enum
{
  RHEO_INT,    /* int */
  RHEO_REAL,   /* double */
  RHEO_BOOL,   /* gboolean */
  RHEO_CHOICE, /* int: index into choices; text in files */
  RHEO_TEXT,   /* const char *, interned */
  RHEO_PATH,   /* const char *, interned */
  RHEO_REALS,  /* double[n_max] and an int count */
  RHEO_BLOCK,  /* an embedded struct with rows of its own */
  RHEO_LIST,   /* struct[n_max] and an int count */
} RheoParamType;

typedef enum
{
  RHEO_LIVE = 1 << 0,     /* may change between batches of a run that goes on */
  RHEO_LOG = 1 << 1,      /* a slider over it is logarithmic */
  RHEO_ADVANCED = 1 << 2, /* folded away in forms */
} RheoParamFlags;

typedef struct RheoParam RheoParam;
struct RheoParam
{
  const char *key, *label, *help, *unit; /* key "tau-mem" is the name in JSON, --set, HDF5; label and help in N_() */
  const char *words; /* what else people call it, for searching: "neurons, cells" in N_(); or NULL */
  RheoParamType type;
  size_t offset; /* into the config struct */
  /* Legal range, inclusive (both 0: any finite number; LIST: min is the smallest number of elements); slider range
   * (both 0: the legal one). */
  double def, min, max, soft_min, soft_max;
  const char *def_text;        /* TEXT, PATH; REALS: "0.85 0.7 0.3 0.6"; LIST: number of elements "1" */
  const char *const *choices;  /* CHOICE: keys, NULL-ended */
  const char *when;            /* "kind=adam|adamw": shown, written and used only then; a sibling's key */
  uint64_t needs;              /* RheoTrait that some component of the experiment gives: elsewhere it does nothing */
  const RheoParam *rows;       /* BLOCK: the block's rows. LIST: rows of one element */
  size_t count_offset, stride; /* LIST and REALS */
  int n_max;                   /* LIST and REALS: size of the fixed array */
  unsigned flags;              /* RheoParamFlags */
};

/* Offset of field f of struct S; does not compile when the field is not of type T. */
#define RHEO_FIELD(S, f, T) (offsetof (S, f) + 0 * sizeof (1 ? &((S *) 0)->f : (T *) 0))

#define RHEO_P_INT(S, f, k, ...)                                                                                       \
  {                                                                                                                    \
    .key = k, .type = RHEO_INT, .offset = RHEO_FIELD (S, f, int), __VA_ARGS__                                          \
  }
#define RHEO_P_REAL(S, f, k, ...)                                                                                      \
  {                                                                                                                    \
    .key = k, .type = RHEO_REAL, .offset = RHEO_FIELD (S, f, double), __VA_ARGS__                                      \
  }
#define RHEO_P_BOOL(S, f, k, ...)                                                                                      \
  {                                                                                                                    \
    .key = k, .type = RHEO_BOOL, .offset = RHEO_FIELD (S, f, gboolean), .max = 1, __VA_ARGS__                          \
  }
#define RHEO_P_CHOICE(S, f, k, c, ...)                                                                                 \
  {                                                                                                                    \
    .key = k, .type = RHEO_CHOICE, .offset = RHEO_FIELD (S, f, int), .choices = c, __VA_ARGS__                         \
  }
#define RHEO_P_TEXT(S, f, k, ...)                                                                                      \
  {                                                                                                                    \
    .key = k, .type = RHEO_TEXT, .offset = RHEO_FIELD (S, f, const char *), __VA_ARGS__                                \
  }
#define RHEO_P_PATH(S, f, k, ...)                                                                                      \
  {                                                                                                                    \
    .key = k, .type = RHEO_PATH, .offset = RHEO_FIELD (S, f, const char *), __VA_ARGS__                                \
  }
/* f: double f[n]; count: int. */
#define RHEO_P_REALS(S, f, count, k, ...)                                                                              \
  {                                                                                                                    \
    .key = k, .type = RHEO_REALS, .offset = RHEO_FIELD (S, f[0], double), .stride = sizeof (double),                   \
    .count_offset = RHEO_FIELD (S, count, int), .n_max = G_N_ELEMENTS (((S *) 0)->f), __VA_ARGS__                      \
  }
/* f: an embedded struct described by the table r. */
#define RHEO_P_BLOCK(S, f, T, k, r, ...)                                                                               \
  {                                                                                                                    \
    .key = k, .type = RHEO_BLOCK, .offset = RHEO_FIELD (S, f, T), .rows = r, __VA_ARGS__                               \
  }
/* f: T f[n]; count: int. */
#define RHEO_P_LIST(S, f, count, T, k, r, ...)                                                                         \
  {                                                                                                                    \
    .key = k, .type = RHEO_LIST, .offset = RHEO_FIELD (S, f[0], T), .rows = r, .stride = sizeof (T),                   \
    .count_offset = RHEO_FIELD (S, count, int), .n_max = G_N_ELEMENTS (((S *) 0)->f), __VA_ARGS__                      \
  }
#define RHEO_P_END                                                                                                     \
  {                                                                                                                    \
    .key = NULL                                                                                                        \
  }

/* Sets every field of config, nested ones included, to its default. */
void rheo_params_reset (const RheoParam *rows, void *config);

/* Finds the row of a key path such as "optimiser.lr" or "layers.1.tau-mem" (list elements count from 0).
 * *at is the struct that holds the value (NULL config: only the row is looked up, *at is NULL).
 * NULL with RHEO_ERROR_INVALID that names the nearest key. `prefix` is put before the path in messages. */
const RheoParam *rheo_params_find (const RheoParam *rows, void *config, const char *path, const char *prefix, void **at,
                                   GError **error);

/* TRUE when the row's `when` holds for the struct `at` that contains it, and that of the sibling it refers to; rows are
 * its siblings. */
gboolean rheo_param_active (const RheoParam *rows, const RheoParam *row, const void *at);

/* FALSE with an error that says which value switches it off when the row at path, or a block around it, is not active. */
gboolean rheo_params_check_used (const RheoParam *rows, const void *config, const char *path, const char *prefix,
                                 GError **error);

/* All `needs` of the row at path and of the blocks around it. */
uint64_t rheo_params_get_needs (const RheoParam *rows, const char *path);

/* Every active number is in its range. For structs that were written without rheo_param_set_text. */
gboolean rheo_params_check (const RheoParam *rows, const void *config, const char *prefix, GError **error);

/* Reads and writes one value as text: numbers in the C locale, choices by key, REALS separated by spaces or
 * commas, booleans true/false. BLOCK and LIST as JSON. Out of range, NaN or unknown: error with the range. */
gboolean rheo_param_set_text (const RheoParam *row, void *at, const char *text, const char *path, GError **error);
char *rheo_param_dup_text (const RheoParam *row, const void *at);

/* The same for a whole struct as JSON. Reading leaves keys that are not there as they are; an unknown key is
 * an error that names the nearest one. A list is one value: an array replaces it, and each element starts from its
 * defaults. After an error some keys may have been set, but each single value is whole. Writing gives all active rows. */
gboolean rheo_params_set_json (const RheoParam *rows, void *config, JsonObject *object, const char *prefix,
                               GError **error);
JsonObject *rheo_params_dup_json (const RheoParam *rows, const void *config);

/* Bit-exact equality of all active values. */
gboolean rheo_params_equal (const RheoParam *rows, const void *a, const void *b);
gboolean rheo_param_equal (const RheoParam *row, const void *a, const void *b);

/* For forms. The value of an INT, REAL, BOOL or CHOICE; how many elements a LIST or REALS has; where a BLOCK (i: 0), an
 * element of a LIST or a number of REALS lies. i may be beyond the count: there lies what a new element starts with. */
double rheo_param_get_number (const RheoParam *row, const void *at);
int rheo_param_get_count (const RheoParam *row, const void *at);
void *rheo_param_get_inside (const RheoParam *row, const void *at, int i);
/* LIST: a new element i, a copy of the one before it (the first: its defaults); element i is taken out. */
gboolean rheo_param_insert (const RheoParam *row, void *at, int i, const char *path, GError **error);
gboolean rheo_param_remove (const RheoParam *row, void *at, int i, const char *path, GError **error);

/* Calls fn for every active leaf row (not BLOCK or LIST) with its full key path. Stops when fn returns FALSE. */
typedef gboolean (*RheoParamVisit) (const char *path, const RheoParam *row, void *at, gpointer data);
gboolean rheo_params_visit (const RheoParam *rows, void *config, const char *prefix, RheoParamVisit fn, gpointer data);

/* "2 to 200 ms", "one of sgd, adam": the allowed values, for messages and forms. */
char *rheo_param_dup_range (const RheoParam *row);
