/* Thread: any. A table is built by one thread, then shared and never changed. */
/* Named typed arrays: metrics, frames, snapshots, checkpoints, analysis results, plot data and exports. */
#pragma once

#include "error.h"

typedef enum
{
  RHEO_F32,
  RHEO_F64,
  RHEO_I32,
  RHEO_I64,
  RHEO_U8,
  RHEO_U16,
  RHEO_U64,
  RHEO_STRING, /* const char *[], owned by the table */
} RheoType;

#define RHEO_MAX_DIMS 4

typedef struct
{
  char *key;                      /* "train.loss", "hidden.spikes" */
  char *label;                    /* for people, translated */
  char *unit;                     /* the same; "" where it has none */
  char *plain_label, *plain_unit; /* in English: what files hold; the label is the HDF5 description */
  char *axes;                     /* words for the dims, separated by spaces: "epoch", "pre post", "time row unit" */
  RheoType type;
  int n_dims; /* 0: one number */
  int64_t dims[RHEO_MAX_DIMS];
  double lo, hi;      /* natural range; both 0: from the data */
  unsigned flags;     /* RheoSeriesFlags */
  void *data;         /* row major, owned by the table */
  const char **plain; /* the texts in English, where rheo_table_set_words was used; or NULL */
} RheoColumn;

typedef struct RheoTable RheoTable;

/* Titles, labels and units are given in English (label.h): they are translated here, for everybody who shows a table. */
RheoTable *rheo_table_new (const char *title);
RheoTable *rheo_table_ref (RheoTable *table);
void rheo_table_unref (RheoTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoTable, rheo_table_unref)

/* Adds a column and returns it for filling: data is allocated, aligned to 64 bytes and zeroed; the pointer is valid as
 * long as the table. axes gives n_dims by its words; key must be new. NULL: there is no
 * memory for so many numbers. Of a RHEO_STRING column the elements are NULL:
 * fill them with rheo_table_keep. */
RheoColumn *rheo_table_add (RheoTable *table, const char *key, const char *label, const char *unit, const char *axes,
                            RheoType type, const int64_t *dims);
/* The same with a copy of data, strings included. */
RheoColumn *rheo_table_add_copy (RheoTable *table, const char *key, const char *label, const char *unit,
                                 const char *axes, RheoType type, const int64_t *dims, const void *data);

/* A copy of text that lives as long as the table. */
const char *rheo_table_keep (RheoTable *table, const char *text);

/* Element i of a RHEO_STRING column, for people: translated, and in English in files, so that it reads in the language of
 * whoever opens it. english: a text or the name of a group (label.h). */
void rheo_table_set_words (RheoTable *table, RheoColumn *column, int64_t i, const char *english);

/* Small facts beside the columns ("epoch" = "12", "trial" = "3"). */
void rheo_table_set_note (RheoTable *table, const char *key, const char *value);
const char *rheo_table_get_note (const RheoTable *table, const char *key);
const char *const *rheo_table_get_note_keys (const RheoTable *table); /* NULL-ended, borrowed */

const char *rheo_table_get_title (const RheoTable *table);
const char *rheo_table_get_plain_title (const RheoTable *table); /* in English: what files hold */
int rheo_table_get_n_columns (const RheoTable *table);
const RheoColumn *rheo_table_get_column (const RheoTable *table, int i);
const RheoColumn *rheo_table_find (const RheoTable *table, const char *key); /* NULL: not there */

size_t rheo_type_size (RheoType type);
int64_t rheo_column_get_length (const RheoColumn *column);           /* numbers in all */
double rheo_column_get_number (const RheoColumn *column, int64_t i); /* NaN for strings */
const char *rheo_column_get_string (const RheoColumn *column, int64_t i);
#define RHEO_ELEMENT_SIZE 32
/* One element as text, numbers in the C locale as short as they read back as the same bits; in text, or a string of the
 * table. */
const char *rheo_column_get_text (const RheoColumn *column, int64_t i, char text[RHEO_ELEMENT_SIZE]);

/* Writes by the ending of path: .csv (columns of one length side by side, single numbers as length 1; a 2-D column as
 * a matrix with its axes in the header), .json and .h5 (everything), .npy (numbers of one column). key: only this column;
 * NULL: all of them, for .npy the only one, else an error that lists them. Numbers do not depend on the locale and
 * read back as the same bits. Written beside and renamed into place. */
gboolean rheo_table_write (const RheoTable *table, const char *key, const char *path, GError **error);
/* What .json holds, as text. */
char *rheo_table_dup_json (const RheoTable *table);
