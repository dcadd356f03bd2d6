#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/connections.h"

/* All projections of a network as one matrix, cell by cell, and how likely cells of two populations are connected. */

#define LARGEST ((int64_t) 1 << 24) /* pairs of cells */
#define NOTHING 1e-4                /* in place of a weight of 0, where a change is relative to it */

enum
{
  SHOW_WEIGHTS,
  SHOW_CHANGE,
  SHOW_RELATIVE,
  N_SHOWS,
};

typedef struct
{
  int show;
  const char *projections;
} Config;

static const char *const show_choices[] = { "weights", "change", "relative-change", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, show, "show", show_choices, .label = N_ ("What is shown"), .max = SHOW_RELATIVE,
                 .help = N_ ("Weights; or what they have changed since the first of several iterations, or since "
                             "training began; or this over what they were then (over 0.0001 where that was 0).")),
  RHEO_P_TEXT (Config, projections, "projections", .label = N_ ("Projections"), .def_text = "",
               .help = N_ ("Names with * (*-ampa), separated by spaces; empty: all but those to the output. Weights of "
                           "one pair are added.")),
  RHEO_P_END,
};

/* One of them is in a result. */
static const RheoSeries matrices[N_SHOWS][2] = {
  { { "matrix", N_ ("Weight"), N_ ("Of all synapses of a pair of cells."), "", "pre post",
      .flags = RHEO_SERIES_SHOW } },
  { { "matrix", N_ ("Change of weight"), N_ ("Of all synapses of a pair of cells."), "", "pre post",
      .flags = RHEO_SERIES_SHOW | RHEO_SERIES_SIGNED } },
  { { "matrix", N_ ("Relative change of weight"), N_ ("Of all synapses of a pair of cells."), "", "pre post",
      .flags = RHEO_SERIES_SHOW | RHEO_SERIES_SIGNED } },
};

static const RheoSeries series[] = {
  { "matrix", N_ ("Weight"), N_ ("Of all synapses of a pair of cells."), "", "pre post", .flags = RHEO_SERIES_SHOW },
  { "probability", N_ ("Connection probability"), N_ ("Pairs with a synapse over all pairs of two populations."), "",
    "source target", .flags = RHEO_SERIES_SHOW },
  { "pre", N_ ("From unit"), N_ ("Population of each cell that sends."), "", "pre" },
  { "post", N_ ("To unit"), N_ ("Population of each cell that receives."), "", "post" },
  { "source", N_ ("From population"), N_ ("Those that send."), "", "source" },
  { "target", N_ ("To population"), N_ ("Those that receive."), "", "target" },
  { NULL },
};

typedef struct
{
  const char *name;
  int64_t n, first; /* cells, and where they begin along the matrix; n 0: it has none on this side */
} Side;

typedef struct
{
  const char *name;
  Side side[2]; /* as source and as target */
} Population;

typedef struct
{
  const Config *config;
  char **part;
  GPtrArray *now, *before; /* RheoConnections of the parts; before NULL: not wanted */
  const RheoTable *record;
  GArray *population;
  int64_t n[2];
} Work;

/* --- populations -------------------------------------------------------------------------------------------------- */
static const char *
name_of (const Work *work, const char *part, int side)
{
  const char *name = side == 0 ? rheo_connections_from (work->record, part) : rheo_connections_to (work->record, part);

  return name != NULL ? name : part;
}

static Population *
find_population (const Work *work, const char *name)
{
  for (guint i = 0; i < work->population->len; i++)
    if (strcmp (g_array_index (work->population, Population, i).name, name) == 0)
      return &g_array_index (work->population, Population, i);
  return NULL;
}

/* In the order in which projections name them, the input first. */
static void
add_population (Work *work, const char *name, int side, int64_t n)
{
  Population *p = find_population (work, name);

  if (p == NULL)
    {
      const Population fresh = { .name = name };
      const guint at = strcmp (name, "input") == 0 ? 0 : work->population->len;

      g_array_insert_val (work->population, at, fresh);
      p = &g_array_index (work->population, Population, at);
    }
  p->side[side].n = MAX (p->side[side].n, n);
}

static gboolean
lay_out (Work *work, GError **error)
{
  for (int i = 0; work->part[i] != NULL; i++)
    {
      const RheoConnections *c = g_ptr_array_index (work->now, i);

      add_population (work, name_of (work, work->part[i], 0), 0, c->n_pre);
      add_population (work, name_of (work, work->part[i], 1), 1, c->n_post);
    }
  for (guint i = 0; i < work->population->len; i++)
    for (int side = 0; side < 2; side++)
      {
        Side *s = &g_array_index (work->population, Population, i).side[side];

        s->first = work->n[side];
        work->n[side] += s->n;
      }
  return work->n[0] * work->n[1] <= LARGEST
         || rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("The network is too large for one matrix."));
}

/* --- matrices ----------------------------------------------------------------------------------------------------- */
/* Adds weights; NaN: no synapse. */
static void
add_weights (const Work *work, const GPtrArray *lists, double *to)
{
  for (int i = 0; work->part[i] != NULL; i++)
    {
      const RheoConnections *c = g_ptr_array_index (lists, i);
      const Side *from = &find_population (work, name_of (work, work->part[i], 0))->side[0],
                 *target = &find_population (work, name_of (work, work->part[i], 1))->side[1];

      for (int64_t k = 0; k < c->n; k++)
        {
          double *at = to + (from->first + c->pre[k]) * work->n[1] + target->first + c->post[k];

          if (c->pre[k] < from->n && c->post[k] < target->n)
            *at = (isnan (*at) ? 0 : *at) + c->weight[k];
        }
    }
}

static double *
dup_matrix (const Work *work, const GPtrArray *lists)
{
  double *v = g_new (double, MAX (work->n[0] * work->n[1], 1));

  for (int64_t i = 0; i < work->n[0] * work->n[1]; i++)
    v[i] = NAN;
  add_weights (work, lists, v);
  return v;
}

static double
change (double now, double before, gboolean relative)
{
  const double was = isnan (before) ? 0 : before, is = isnan (now) ? 0 : now;

  if (isnan (now) && isnan (before))
    return NAN;
  return relative ? (is - was) / (was == 0 ? NOTHING : was) : is - was;
}

static void
write_names (const Work *work, int side, const char *cell_key, const char *key, RheoTable *out)
{
  int64_t n = 0, k = 0, j = 0;
  RheoColumn *cell = rheo_result_add (out, series, cell_key, RHEO_STRING, &work->n[side]), *column;

  for (guint i = 0; i < work->population->len; i++)
    n += g_array_index (work->population, Population, i).side[side].n > 0;
  column = rheo_result_add (out, series, key, RHEO_STRING, &n);
  for (guint i = 0; i < work->population->len; i++)
    {
      const Population *p = &g_array_index (work->population, Population, i);

      if (p->side[side].n > 0)
        rheo_table_set_words (out, column, k++, p->name);
      for (int64_t u = 0; u < p->side[side].n; u++)
        rheo_table_set_words (out, cell, j++, p->name);
    }
}

static void
write_probabilities (const Work *work, const double *now, RheoTable *out)
{
  int64_t dims[2] = { 0, 0 };
  double *to;

  for (guint i = 0; i < work->population->len; i++)
    for (int side = 0; side < 2; side++)
      dims[side] += g_array_index (work->population, Population, i).side[side].n > 0;
  to = rheo_result_add (out, series, "probability", RHEO_F64, dims)->data;
  for (guint i = 0; i < work->population->len; i++)
    for (guint k = 0; k < work->population->len; k++)
      {
        const Side *from = &g_array_index (work->population, Population, i).side[0],
                   *target = &g_array_index (work->population, Population, k).side[1];
        int64_t n = 0;

        if (from->n == 0 || target->n == 0)
          continue;
        for (int64_t a = from->first; a < from->first + from->n; a++)
          for (int64_t b = target->first; b < target->first + target->n; b++)
            n += !isnan (now[a * work->n[1] + b]);
        *to++ = (double) n / (double) (from->n * target->n);
      }
}

static void
write_result (const Work *work, RheoTable *out)
{
  const int show = work->config->show;
  g_autofree double *now = dup_matrix (work, work->now);
  g_autofree double *before = work->before != NULL ? dup_matrix (work, work->before) : NULL;
  float *to = rheo_result_add (out, matrices[show], "matrix", RHEO_F32, work->n)->data;

  for (int64_t i = 0; i < work->n[0] * work->n[1]; i++)
    to[i] = (float) (before != NULL ? change (now[i], before[i], show == SHOW_RELATIVE) : now[i]);
  write_probabilities (work, now, out);
  write_names (work, 0, "pre", "source", out);
  write_names (work, 1, "post", "target", out);
}

/* --- a run -------------------------------------------------------------------------------------------------------- */
static GPtrArray *
read_lists (const RheoTable *record, char **part, GError **error)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_connections_free);

  for (int i = 0; part[i] != NULL; i++)
    {
      RheoConnections *list = rheo_connections_new_silent (record, part[i], error);

      if (list == NULL)
        return NULL;
      g_ptr_array_add (lists, list);
    }
  return g_steal_pointer (&lists);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *last = &records[n_records - 1];
  const RheoTable *since = n_records > 1 ? records[0].weights : last->start;
  g_auto (GStrv) part = rheo_connections_dup_named (last->weights, c->projections, error);
  g_autoptr (GPtrArray) now = part != NULL ? read_lists (last->weights, part, error) : NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GArray) population = g_array_new (FALSE, TRUE, sizeof (Population));
  Work work = { .config = c, .part = part, .now = now, .record = last->weights, .population = population };

  if (now == NULL)
    return FALSE;
  if (c->show != SHOW_WEIGHTS && since == NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s does not hold the weights with which training began."),
                      last->name);
  if (c->show != SHOW_WEIGHTS)
    before = work.before = read_lists (since, part, error);
  if ((c->show != SHOW_WEIGHTS && before == NULL) || !lay_out (&work, error))
    return FALSE;
  progress (progress_data, 0.5);
  write_result (&work, out);
  progress (progress_data, 1);
  return TRUE;
}

const RheoAnalysis rheo_analysis_connection_matrix = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "connection-matrix",
            .title = N_ ("Connection matrix"),
            .summary = N_ ("All projections as one matrix by cell, or its change, and the connection probability of "
                           "populations."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .run = run,
};
