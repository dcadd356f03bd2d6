#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "connections.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *
get_end (const RheoTable *record, const char *projection, const char *end)
{
  g_autofree char *key = g_strconcat (projection, end, NULL);

  return rheo_table_get_note (record, key);
}

const char *
rheo_connections_from (const RheoTable *record, const char *projection)
{
  return get_end (record, projection, ".from");
}

const char *
rheo_connections_to (const RheoTable *record, const char *projection)
{
  return get_end (record, projection, ".to");
}

char **
rheo_connections_dup_parts (const RheoTable *record, const char *only, GError **error)
{
  char **parts = rheo_result_parts (record, ".weight", only, "projection", error);
  g_autoptr (GStrvBuilder) recurrent = g_strv_builder_new ();
  gboolean any = FALSE;

  if (parts == NULL || (only != NULL && *only != '\0'))
    return parts;
  for (int i = 0; parts[i] != NULL; i++)
    {
      const char *from = rheo_connections_from (record, parts[i]);

      if (from == NULL || g_strcmp0 (from, rheo_connections_to (record, parts[i])) != 0)
        continue;
      g_strv_builder_add (recurrent, parts[i]);
      any = TRUE;
    }
  if (!any)
    return parts;
  g_strfreev (parts);
  return g_strv_builder_end (recurrent);
}

static gboolean
fits_name (const RheoTable *record, const char *names, const char *part)
{
  g_auto (GStrv) words = g_strsplit_set (names, " ,", -1);
  gboolean any = FALSE;

  for (int i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0' && g_pattern_match_simple (words[i], part))
        return TRUE;
      any = any || *words[i] != '\0';
    }
  return !any && g_strcmp0 (rheo_connections_to (record, part), "out") != 0;
}

char **
rheo_connections_dup_named (const RheoTable *record, const char *names, GError **error)
{
  g_auto (GStrv) all = rheo_result_parts (record, ".weight", NULL, "projections", error);
  g_autoptr (GStrvBuilder) wanted = g_strv_builder_new ();
  int n = 0;

  for (int i = 0; all != NULL && all[i] != NULL; i++)
    if (fits_name (record, names, all[i]))
      {
        g_strv_builder_add (wanted, all[i]);
        n++;
      }
  if (all != NULL && n == 0)
    {
      g_autofree char *list = g_strjoinv (", ", all);

      rheo_fail (error, RHEO_ERROR_INVALID, _ ("No projection is called \"%s\"; there are %s."), names, list);
    }
  return n > 0 ? g_strv_builder_end (wanted) : NULL;
}

static void
add (RheoConnections *c, int64_t pre, int64_t post, double weight)
{
  c->pre[c->n] = (int32_t) pre;
  c->post[c->n] = (int32_t) post;
  c->weight[c->n++] = weight;
}

/* Units of a population, as far as anything of the record tells; 0: nothing does. */
static int64_t
count_units (const RheoTable *record, const char *population)
{
  int64_t n = 0;

  for (int i = 0; population != NULL && i < rheo_table_get_n_columns (record); i++)
    {
      const RheoColumn *column = rheo_table_get_column (record, i);
      const char *dot = strrchr (column->key, '.');
      g_autofree char *stem = dot != NULL ? g_strndup (column->key, (gsize) (dot - column->key)) : NULL;
      const int last = column->n_dims - 1;

      if (stem == NULL || last < 0)
        continue;
      if (g_str_has_suffix (column->axes, "unit") && strcmp (stem, population) == 0)
        n = MAX (n, column->dims[last]);
      else if (strcmp (dot, ".first") == 0 && g_strcmp0 (rheo_connections_from (record, stem), population) == 0)
        n = MAX (n, column->dims[0] - 1);
      else if (strcmp (column->axes, "pre post") == 0
               && g_strcmp0 (rheo_connections_from (record, stem), population) == 0)
        n = MAX (n, column->dims[0]);
      else if (strcmp (column->axes, "pre post") == 0
               && g_strcmp0 (rheo_connections_to (record, stem), population) == 0)
        n = MAX (n, column->dims[1]);
    }
  return n;
}

/* Lists of synapses: those of source j lie from first[j] on, up to first[j + 1] or, where there are counts, so many. */
static gboolean
read_lists (const RheoTable *record, const char *projection, const RheoColumn *weight, gboolean silent,
            RheoConnections *c, GError **error)
{
  const RheoColumn *first = rheo_result_column (record, projection, ".first"),
                   *target = rheo_result_column (record, projection, ".target"),
                   *count = rheo_result_column (record, projection, ".count");
  const int64_t n = rheo_column_get_length (weight);

  if (first == NULL || target == NULL || rheo_column_get_length (target) != n || rheo_column_get_length (first) < 1)
    return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("\"%s\" has no list of the sources and targets of its synapses."),
                      weight->key);
  c->n_pre = rheo_column_get_length (first) - 1;
  c->n_post = count_units (record, rheo_connections_to (record, projection));
  if (count != NULL && rheo_column_get_length (count) != c->n_pre)
    count = NULL;
  for (int64_t j = 0; j < c->n_pre; j++)
    {
      const double from = rheo_column_get_number (first, j), to = rheo_column_get_number (first, j + 1);
      const double used = count != NULL ? from + rheo_column_get_number (count, j) : to;

      if (!(from >= 0 && from <= used && used <= to && to <= (double) n))
        return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("\"%s\" does not ascend from 0 to the number of synapses."),
                          first->key);
      for (int64_t i = (int64_t) from; i < (int64_t) used; i++)
        {
          const double post = rheo_column_get_number (target, i), w = rheo_column_get_number (weight, i);

          if (!(post >= 0 && post < G_MAXINT32))
            return rheo_fail (error, RHEO_ERROR_FORMAT, _ ("\"%s\" names a target that there is not."), target->key);
          if (w != 0 || (silent && count == NULL))
            add (c, j, (int64_t) post, w);
          c->n_post = MAX (c->n_post, (int64_t) post + 1);
        }
    }
  return TRUE;
}

static RheoConnections *
read_all (const RheoTable *record, const char *projection, gboolean silent, GError **error)
{
  const RheoColumn *weight = rheo_result_column (record, projection, ".weight");
  g_autoptr (RheoConnections) c = g_new0 (RheoConnections, 1);
  const int64_t n = weight != NULL ? rheo_column_get_length (weight) : 0;

  if (weight == NULL || weight->n_dims < 1 || weight->n_dims > 2 || weight->dims[0] >= G_MAXINT32
      || weight->dims[weight->n_dims - 1] >= G_MAXINT32)
    {
      rheo_fail (error, RHEO_ERROR_FORMAT, _ ("\"%s.weight\" holds no weights of synapses."), projection);
      return NULL;
    }
  c->pre = g_new (int32_t, MAX (1, n));
  c->post = g_new (int32_t, MAX (1, n));
  c->weight = g_new (double, MAX (1, n));
  if (strcmp (weight->axes, "synapse") == 0)
    return read_lists (record, projection, weight, silent, c, error) ? g_steal_pointer (&c) : NULL;
  c->n_pre = weight->dims[0];
  c->n_post = weight->dims[weight->n_dims - 1];
  for (int64_t i = 0; i < n; i++)
    {
      const double w = rheo_column_get_number (weight, i);

      if (w != 0)
        add (c, weight->n_dims == 2 ? i / c->n_post : i, i % c->n_post, w);
    }
  return g_steal_pointer (&c);
}

RheoConnections *
rheo_connections_new (const RheoTable *record, const char *projection, GError **error)
{
  return read_all (record, projection, FALSE, error);
}

RheoConnections *
rheo_connections_new_silent (const RheoTable *record, const char *projection, GError **error)
{
  return read_all (record, projection, TRUE, error);
}

void
rheo_connections_free (RheoConnections *connections)
{
  if (connections == NULL)
    return;
  g_free (connections->pre);
  g_free (connections->post);
  g_free (connections->weight);
  g_free (connections);
}

void
rheo_connections_count (const RheoConnections *connections, double *in, double *out)
{
  memset (in, 0, sizeof *in * (size_t) connections->n_post);
  memset (out, 0, sizeof *out * (size_t) connections->n_pre);
  for (int64_t i = 0; i < connections->n; i++)
    {
      in[connections->post[i]]++;
      out[connections->pre[i]]++;
    }
}

static gboolean
visit_record (const RheoConnectionsReport *report, int r, RheoResultRows *rows,
              void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled,
              GError **error)
{
  const RheoRecord *record = &report->records[r];
  g_auto (GStrv) parts = rheo_connections_dup_parts (record->weights, report->projection, error);

  if (parts == NULL)
    return FALSE;
  for (int p = 0; parts[p] != NULL; p++)
    {
      g_autoptr (RheoConnections) synapses = NULL;

      if (cancelled != NULL && atomic_load (cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      synapses = rheo_connections_new (record->weights, parts[p], error);
      if (synapses == NULL)
        return FALSE;
      report->visit (rows, report->config, record, parts[p], synapses);
      if (progress != NULL)
        progress (progress_data, (r + (p + 1.0) / g_strv_length (parts)) / report->n_records);
    }
  return TRUE;
}

gboolean
rheo_connections_report (const RheoConnectionsReport *report, RheoTable *out,
                         void (*progress) (void *data, double fraction), void *progress_data,
                         const atomic_bool *cancelled, GError **error)
{
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (report->series);

  for (int r = 0; r < report->n_records; r++)
    if (!visit_record (report, r, rows, progress, progress_data, cancelled, error))
      return FALSE;
  rheo_result_rows_write (rows, "part", N_ ("Projection"), out);
  return TRUE;
}
