/* A trained network that keeps three bits, for tests of analyses. */
#pragma once

#include <string.h>

#include "engine/field.h"

enum
{
  N_IN = 3,
  N = 24,
  N_OUT = 3,
};

static const char *const flip_flop_json =
    "{\"format\": 1, \"title\": \"test\", \"task\": {\"id\": \"flip-flop\", \"bits\": 3, \"n-steps\": 200}, "
    "\"model\": {\"id\": \"ctrnn\", \"units\": 24, \"activation\": \"tanh\", \"dale\": false, "
    "\"io-non-negative\": false}, \"rule\": {\"id\": \"bptt\"}}";

/* Numbers of a matrix that stands behind its name. */
static inline void
read_matrix (RheoTable *table, char **line, const char *name, int n_rows, int n_columns)
{
  const int64_t dims[] = { n_rows, n_columns };
  g_autofree char *key = g_strconcat (name, ".weight", NULL);
  double *to = rheo_table_add (table, key, "", "", "pre post", RHEO_F64, dims)->data;

  while (!g_str_equal (*line, name))
    line++;
  for (int i = 0; i < n_rows; i++)
    {
      g_auto (GStrv) number = g_strsplit (*++line, " ", -1);

      g_assert_cmpint ((int) g_strv_length (number), ==, n_columns);
      for (int j = 0; j < n_columns; j++)
        *to++ = g_ascii_strtod (number[j], NULL);
    }
}

static inline RheoTable *
flip_flop_net (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("RHEO_TEST_DATA"), "flip-flop-24.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  RheoTable *table = rheo_table_new ("net");
  g_auto (GStrv) line = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  line = g_strsplit (text, "\n", -1);
  read_matrix (table, line, "in", N_IN, N);
  read_matrix (table, line, "rec", N, N);
  read_matrix (table, line, "out", N, N_OUT);
  return table;
}
