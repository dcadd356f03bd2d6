#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/analysis.h"
#include "engine/encoder.h"
#include "engine/task.h"

/* For which values of what is observed each input cell is active: the intervals of encoders that have one cell for each. */

#define OUTER 1.75 /* of the width of the neighbour: as wide is a field drawn that has no end */

enum
{
  CELL,
  LOW,
  HIGH,
  FROM,
  TO,
  N_NUMBERS,
};

typedef struct
{
  double *number[N_NUMBERS]; /* [cell] */
  RheoColumn *part, *unit;
  RheoTable *table;
  int64_t n;
} Fields;

static const RheoSeries series[] = {
  [CELL] = { "cell", N_ ("Input cell"), N_ ("Counted from 0, over all that is observed."), "", "row" },
  [LOW] = { "low", N_ ("Low end"), N_ ("Active above it; none: the field has no end."), "", "row" },
  [HIGH] = { "high", N_ ("High end"), N_ ("Active up to it; none: the field has no end."), "", "row" },
  [FROM] = { "from", N_ ("Drawn from"), N_ ("What has no end is 1.75 times as wide as its neighbour."), "", "row" },
  [TO] = { "to", N_ ("Drawn to"), N_ ("What has no end is 1.75 times as wide as its neighbour."), "", "row" },
  { "part", N_ ("Observed"), N_ ("What the cell tells of."), "", "row" },
  { "unit", N_ ("Unit"), N_ ("Of what is observed."), "", "row" },
  { NULL },
};

static gboolean
has_fields (const RheoEncoder *e)
{
  return (e->code == RHEO_CODE_NORMAL || e->code == RHEO_CODE_EVEN || e->code == RHEO_CODE_INTERVALS)
         && rheo_encoder_count (e) > 1;
}

/* Ends of all fields, in what is observed: [cells + 1]; the outer ones, where there are none, as they are drawn. */
static void
find_edges (const RheoEncoder *e, double *edge)
{
  const gboolean standard = e->code == RHEO_CODE_NORMAL || (e->code == RHEO_CODE_INTERVALS && e->standardise);
  const double mean = standard ? e->mean : 0, sd = standard ? e->sd : 1;
  const int n = rheo_encoder_count (e);
  double bound[RHEO_MAX_BINS];

  if (e->code == RHEO_CODE_EVEN)
    {
      for (int i = 0; i <= n; i++)
        edge[i] = e->min + (e->max - e->min) * i / n;
      return;
    }
  rheo_encoder_get_bounds (e, bound);
  for (int i = 1; i < n; i++)
    edge[i] = mean + sd * bound[i - 1];
  if (e->code == RHEO_CODE_INTERVALS)
    {
      edge[0] = mean + sd * e->bound[0];
      edge[n] = mean + sd * e->bound[n];
      return;
    }
  edge[0] = edge[1] - OUTER * (n > 2 ? edge[2] - edge[1] : sd);
  edge[n] = edge[n - 1] + OUTER * (n > 2 ? edge[n - 1] - edge[n - 2] : sd);
}

/* first: its first cell */
static void
add_encoder (Fields *fields, const RheoEncoder *e, int first, const RheoSeries *observed)
{
  const int n = rheo_encoder_count (e);
  const gboolean ends = e->code == RHEO_CODE_EVEN; /* else what is beyond the others belongs to the outermost */
  double edge[RHEO_MAX_BINS + 1] = { 0 };

  find_edges (e, edge);
  for (int i = 0; i < n; i++, fields->n++)
    {
      fields->number[CELL][fields->n] = first + i;
      fields->number[LOW][fields->n] = i > 0 || ends ? edge[i] : NAN;
      fields->number[HIGH][fields->n] = i < n - 1 || ends ? edge[i + 1] : NAN;
      fields->number[FROM][fields->n] = edge[i];
      fields->number[TO][fields->n] = edge[i + 1];
      rheo_table_set_words (fields->table, fields->part, fields->n, observed->label);
      rheo_table_set_words (fields->table, fields->unit, fields->n, observed->unit);
    }
}

static const RheoEncoder *
find_encoders (const RheoExperiment *experiment, GError **error)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoEncoder *e =
      task->encoders != NULL ? task->encoders (rheo_experiment_get_values (experiment, RHEO_SLOT_TASK)) : NULL;

  for (int k = 0; e != NULL && task->observed[k].key != NULL; k++)
    if (has_fields (&e[k]))
      return e;
  rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no receptive fields: no number is told by several input cells."),
             _ (task->base.title));
  return NULL;
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  return find_encoders (experiment, error) != NULL;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const RheoExperiment *experiment = records[n_records - 1].experiment;
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const RheoEncoder *e = find_encoders (experiment, error);
  Fields fields = { .table = out };
  int64_t n = 0;
  int first = 0;

  if (e == NULL)
    return FALSE;
  for (int k = 0; task->observed[k].key != NULL; k++)
    n += has_fields (&e[k]) ? rheo_encoder_count (&e[k]) : 0;
  for (int k = 0; k < N_NUMBERS; k++)
    fields.number[k] = rheo_result_add (out, series, series[k].key, RHEO_F64, &n)->data;
  fields.part = rheo_result_add (out, series, "part", RHEO_STRING, &n);
  fields.unit = rheo_result_add (out, series, "unit", RHEO_STRING, &n);
  for (int k = 0; task->observed[k].key != NULL; first += rheo_encoder_count (&e[k++]))
    if (has_fields (&e[k]))
      add_encoder (&fields, &e[k], first, &task->observed[k]);
  progress (progress_data, 1);
  return TRUE;
}

const RheoAnalysis rheo_analysis_receptive_fields = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "receptive-fields",
            .title = N_ ("Receptive fields"),
            .summary = N_ ("For which values of what is observed each input cell is active."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .series = series },
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .run = run,
};
