/* A rate network with given weights, for tests of analyses. */
#pragma once

#include <glib.h>

#include "engine/field.h"

/* A network of n units with given recurrent weights [to][from]; input and read-out are the identity on the first unit. */
static inline RheoField *
field_of (const char *model, int n, const double *w)
{
  g_autofree char *text = g_strdup_printf (
      "{\"format\": 1, \"task\": {\"id\": \"flip-flop\", \"bits\": 1}, \"model\": {\"id\": \"ctrnn\", \"units\": %d, "
      "\"dale\": false, \"io-non-negative\": false, %s}, \"rule\": {\"id\": \"bptt\"}}",
      n, model);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (text, "test", &error);
  g_autoptr (RheoTable) table = rheo_table_new ("weights");
  const int64_t in[] = { 1, n }, rec[] = { n, n }, out[] = { n, 1 };
  double *w_in, *w_rec, *w_out;
  RheoField *field;

  g_assert_no_error (error);
  w_in = rheo_table_add (table, "in.weight", "", "", "pre post", RHEO_F64, in)->data;
  w_rec = rheo_table_add (table, "rec.weight", "", "", "pre post", RHEO_F64, rec)->data;
  w_out = rheo_table_add (table, "out.weight", "", "", "pre post", RHEO_F64, out)->data;
  w_in[0] = w_out[0] = 1;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      w_rec[j * n + i] = w[i * n + j];
  field = rheo_field_new (experiment, table, &error);
  g_assert_no_error (error);
  return field;
}
