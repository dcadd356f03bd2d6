#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"
#include "label.h"
#include "plan-labels.h"
#include "trainer-private.h"

/* Probe trials on the tape of the net. Where samples are time a trial is a step of the net and a step of the trial is a
 * row; records have trials as trials. */
typedef struct
{
  const RheoNet *net;
  const RheoBatch *batch;
  int n_trials, n_time;
} Probe;

/* Where trial i (as the rows are sorted) at time t stands on the tape. */
static int
row_of (const Probe *probe, int i, int t)
{
  return probe->batch->swapped ? t : i;
}

static int
step_of (const Probe *probe, int i, int t)
{
  return probe->batch->swapped ? i : t;
}

static int
length_of (const Probe *probe, int i)
{
  return probe->batch->swapped ? probe->batch->n_rows : probe->batch->length[i];
}

void
rheo_trainer_let_go (RheoTrainer *trainer)
{
  if (trainer->rule.type == NULL || !trainer->rule.type->goes_on)
    return;
  if (trainer->held != NULL)
    rheo_feed_give (trainer->feed, trainer->held);
  trainer->held = NULL;
  g_clear_pointer (&trainer->probe, rheo_batch_free);
}

/* The batch that comes next, without learning, from the state of the network and back to it: where a rule that goes on has
 * not run one yet. */
static const RheoBatch *
look_ahead (RheoTrainer *trainer, GError **error)
{
  const uint32_t iteration = (uint32_t) trainer->place.batch;
  g_autoptr (GByteArray) state = g_byte_array_new ();
  RheoRollout r;

  trainer->probe = rheo_feed_new_batch (trainer->feed, RHEO_SET_TRAIN, iteration, 0, 1, error);
  if (trainer->probe == NULL)
    return NULL;
  rheo_net_copy_states (trainer->net, state, FALSE);
  r = rheo_rule_rollout (&trainer->rule, trainer->probe, RHEO_ROLL_TAPE);
  if (iteration > 0)
    r.flags &= ~(unsigned) RHEO_ROLL_RESET;
  r.stop = NULL;
  rheo_rollout (trainer->net, &r);
  rheo_net_copy_states (trainer->net, state, TRUE);
  return trainer->probe;
}

gboolean
rheo_trainer_shows_past (const RheoTrainer *trainer)
{
  return trainer->rule.type->goes_on && trainer->task->fill == NULL;
}

const RheoPast *
rheo_trainer_get_past (const RheoTrainer *trainer)
{
  return trainer->past != NULL && rheo_trainer_shows_past (trainer) && rheo_past_get_n (trainer->past) > 0
             ? trainer->past
             : NULL;
}

const RheoBatch *
rheo_trainer_run_probe (RheoTrainer *trainer, GError **error)
{
  RheoRollout r;

  if (trainer->task->fill == NULL)
    return rheo_trainer_live_probe (trainer);
  if (trainer->rule.type->goes_on)
    {
      const RheoBatch *shown = trainer->held != NULL ? trainer->held : trainer->probe;

      trainer->rule.acts = trainer->acts;
      trainer->rule.n_acts = trainer->n_acts;
      return shown != NULL ? shown : look_ahead (trainer, error);
    }
  if (trainer->probe == NULL)
    trainer->probe = rheo_feed_new_batch (trainer->feed, RHEO_SET_PROBE, 0, 0, trainer->run->n_probe, error);
  if (trainer->probe == NULL)
    return NULL;
  trainer->rule.acts = trainer->acts;
  trainer->rule.n_acts = trainer->n_acts;
  r = rheo_rule_rollout (&trainer->rule, trainer->probe, RHEO_ROLL_TAPE);
  r.stop = NULL;
  r.n_lanes = rheo_net_get_wave (trainer->net);
  rheo_rollout (trainer->net, &r);
  return trainer->probe;
}

/* --- columns -------------------------------------------------------------------------------------------------------- */
static RheoType
real_type (void)
{
  return sizeof (RheoReal) == 4 ? RHEO_F32 : RHEO_F64;
}

static void
add_gradients (const RheoTrainer *trainer, RheoTable *table)
{
  rheo_net_fetch_grad (trainer->net, trainer->grad);
  for (int k = 0; k < rheo_net_get_n_trainables (trainer->net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (trainer->net, k);
      g_autofree char *key = t->proj != NULL ? g_strconcat (t->proj->name, ".gradient", NULL) : NULL;
      g_autofree char *label = t->proj != NULL ? rheo_label_dup (RHEO_LABEL_GRADIENT, t->proj->name) : NULL;
      const RheoNetArray *weights = rheo_net_find_array (trainer->net, t->name);
      RheoColumn *column;

      if (t->proj == NULL || t->value != t->proj->weight || weights == NULL)
        continue;
      column = rheo_table_add (table, key, label, "", weights->axes, real_type (), weights->dims);
      column->flags = RHEO_SERIES_SIGNED;
      for (int64_t r = 0; r < t->n_rows; r++)
        memcpy ((RheoReal *) column->data + r * t->width, trainer->grad->value[k] + r * t->stride,
                sizeof (RheoReal) * t->width);
    }
}

/* Spikes and rates of a spiking population. */
static void
add_spikes (const Probe *probe, int i_pop, RheoTable *table)
{
  const RheoPop *pop = &rheo_net_get_plan (probe->net)->pop[i_pop];
  const int64_t dims[] = { probe->n_trials, probe->n_time, pop->n_units }, rate_dims[] = { dims[0], dims[2] };
  g_autofree char *spikes_key = g_strconcat (pop->name, ".spikes", NULL);
  g_autofree char *rate_key = g_strconcat (pop->name, ".rate", NULL);
  g_autofree char *spikes_label = rheo_plan_dup_pop_label (rheo_net_get_plan (probe->net), i_pop, RHEO_LABEL_SPIKES);
  g_autofree char *rate_label = rheo_plan_dup_pop_label (rheo_net_get_plan (probe->net), i_pop, RHEO_LABEL_RATE);
  RheoColumn *column = rheo_table_add (table, spikes_key, spikes_label, "", "trial time unit", RHEO_U8, dims);
  uint8_t *spikes = column->data;
  float *rates;

  column->hi = 1;
  column->flags = RHEO_SERIES_BITS;
  rates = rheo_table_add (table, rate_key, rate_label, N_ ("spikes/step"), "trial unit", RHEO_F32, rate_dims)->data;
  for (int i = 0; i < probe->n_trials; i++)
    {
      int trial = probe->batch->item[i], length = length_of (probe, i);
      float *rate = rates + (gsize) trial * pop->n_units;

      for (int t = 0; t < length; t++)
        for (int k = 0; k < pop->n_units; k++)
          {
            uint8_t fired =
                rheo_tape_get_spike (probe->net, i_pop, row_of (probe, i, t), step_of (probe, i, t), k) != 0;
            spikes[((gsize) trial * probe->n_time + t) * pop->n_units + k] = fired;
            rate[k] += fired;
          }
      for (int k = 0; k < pop->n_units; k++)
        rate[k] /= (float) length;
    }
}

/* Where the spikes of the first probe trial are not those of a target that a rule keeps for the one trial there is. */
static void
add_differences (const Probe *probe, RheoTable *table)
{
  RheoNetArray *target = rheo_net_find_array ((RheoNet *) probe->net, RHEO_TARGET_SPIKES);
  const int pop = rheo_net_find_pop (probe->net, "rec");
  RheoColumn *column;
  uint8_t *to;

  if (target == NULL || target->dims[0] != 1 || target->dims[1] != probe->n_time)
    return;
  column = rheo_table_add (table, RHEO_TARGET_DIFFERENCES, N_ ("Spikes missing or too many"), "", target->axes, RHEO_U8,
                           target->dims);
  column->hi = 1;
  column->flags = RHEO_SERIES_BITS;
  to = column->data;
  for (int t = 0; t < length_of (probe, 0); t++)
    for (int64_t i = 0; i < target->dims[2]; i++)
      to[t * target->dims[2] + i] =
          (rheo_tape_get_spike (probe->net, pop, row_of (probe, 0, t), step_of (probe, 0, t), (int) i) != 0)
          ^ (((const uint8_t *) target->data)[t * target->dims[2] + i] != 0);
}

/* What a graded population gives: [lane][step][row of the lane][unit] on the tape. */
static void
add_values (const Probe *probe, int i_pop, RheoTable *table)
{
  const RheoPop *pop = &rheo_net_get_plan (probe->net)->pop[i_pop];
  const RheoTape *tape = rheo_net_get_tape (probe->net);
  const int64_t dims[] = { probe->n_trials, probe->n_time, pop->n_units };
  g_autofree char *key = g_strconcat (pop->name, ".value", NULL);
  g_autofree char *label = rheo_plan_dup_pop_label (rheo_net_get_plan (probe->net), i_pop, RHEO_LABEL_OUTPUT);
  RheoReal *to = rheo_table_add (table, key, label, "", "trial time unit", real_type (), dims)->data;

  for (int i = 0; i < probe->n_trials; i++)
    for (int t = 0; t < length_of (probe, i); t++)
      {
        int row = row_of (probe, i, t), i_lane = 0;
        const RheoTapeLane *lane;

        while (row >= tape->lane[i_lane].row0 + tape->lane[i_lane].n_rows)
          i_lane++;
        lane = &tape->lane[i_lane];
        memcpy (to + ((gsize) probe->batch->item[i] * probe->n_time + t) * pop->n_units,
                lane->pop[i_pop].out + ((gsize) step_of (probe, i, t) * lane->n_rows + row - lane->row0) * pop->stride,
                sizeof (RheoReal) * pop->n_units);
      }
}

/* A signal of the batch, [row][step][width]. */
static void
add_signal (const Probe *probe, const char *key, const char *label, const char *axes, const RheoReal *from, int width,
            RheoTable *table)
{
  const int64_t dims[] = { probe->n_trials, probe->n_time, width };
  const gsize hold = (gsize) MAX (probe->batch->hold, 1), n_inputs = (gsize) probe->batch->n_steps / hold;
  RheoReal *to = rheo_table_add (table, key, label, "", axes, real_type (), dims)->data;

  for (int i = 0; i < probe->n_trials; i++)
    for (int t = 0; t < length_of (probe, i); t++)
      memcpy (to + ((gsize) probe->batch->item[i] * probe->n_time + t) * width,
              from + ((gsize) row_of (probe, i, t) * n_inputs + (gsize) step_of (probe, i, t) / hold) * width,
              sizeof (RheoReal) * width);
}

/* Events per step and channel. */
static void
add_events (const Probe *probe, RheoTable *table)
{
  const RheoBatch *batch = probe->batch;
  const int64_t dims[] = { probe->n_trials, probe->n_time, batch->n_in };
  uint8_t *to = rheo_table_add (table, "task.input", N_ ("Input"), "", "trial time in", RHEO_U8, dims)->data;

  for (int i = 0; i < probe->n_trials; i++)
    for (int t = 0; t < length_of (probe, i); t++)
      {
        int64_t cell = (int64_t) row_of (probe, i, t) * batch->n_steps + step_of (probe, i, t);
        uint8_t *row = to + ((gsize) batch->item[i] * probe->n_time + t) * batch->n_in;
        for (int64_t e = batch->event_first[cell]; e < batch->event_first[cell + 1]; e++)
          row[batch->event_unit[e]] = (uint8_t) MIN (row[batch->event_unit[e]] + 1, 255);
      }
}

void
rheo_trainer_add_labels (const RheoTrainer *trainer, const RheoBatch *batch, RheoTable *table)
{
  const RheoShape *shape = &trainer->shape;
  const int64_t n = batch->swapped ? batch->n_steps : batch->n_rows;
  int32_t *label;

  if (batch->label == NULL)
    return;
  label = rheo_table_add (table, "task.label", N_ ("Class"), "", "trial", RHEO_I32, &n)->data;
  for (int64_t i = 0; i < n; i++)
    label[batch->item[i]] = batch->label[i];
  if (shape->labels != NULL && (int) g_strv_length ((char **) shape->labels) == shape->n_classes)
    {
      g_autofree char *names = g_strjoinv ("\t", (char **) shape->labels);

      rheo_table_set_note (table, "task.classes", names);
    }
}

static void
add_trials (const RheoTrainer *trainer, const Probe *probe, RheoTable *table)
{
  const RheoBatch *batch = probe->batch;
  const int64_t n = probe->n_trials;
  int32_t *length;

  if (batch->input != NULL)
    add_signal (probe, "task.input", N_ ("Input"), "trial time in", batch->input, batch->n_in, table);
  else
    add_events (probe, table);
  if (batch->target != NULL)
    add_signal (probe, "task.target", N_ ("Target"), "trial time out", batch->target, batch->n_out, table);
  rheo_trainer_add_labels (trainer, batch, table);
  length = rheo_table_add (table, "task.length", N_ ("Steps"), "", "trial", RHEO_I32, &n)->data;
  for (int i = 0; i < n; i++)
    length[batch->item[i]] = length_of (probe, i);
}

RheoTable *
rheo_trainer_dup_record (RheoTrainer *trainer, GError **error)
{
  const RheoPlan *plan = rheo_net_get_plan (trainer->net);
  const RheoBatch *batch = rheo_trainer_get_past (trainer) != NULL && trainer->held != NULL
                               ? trainer->held
                               : rheo_trainer_run_probe (trainer, error);
  g_autofree char *iteration = g_strdup_printf ("%" G_GINT64_FORMAT, trainer->place.iteration);
  char dt[RHEO_NUMBER_SIZE];
  RheoTable *table;
  Probe probe;

  if (batch == NULL)
    return NULL;
  probe = (Probe){ trainer->net, batch, batch->swapped ? batch->n_steps : batch->n_rows,
                   batch->swapped ? batch->n_rows : batch->n_steps };
  table = rheo_table_new (N_ ("Record"));
  rheo_table_set_note (table, "iteration", iteration);
  rheo_table_set_note (table, "unit", rheo_trainer_get_unit (trainer));
  if (trainer->shape.dt_ms > 0)
    rheo_table_set_note (table, "dt", rheo_number_text (trainer->shape.dt_ms, dt));
  rheo_net_save (trainer->net, TRUE, table);
  rheo_net_describe (trainer->net, table);
  if (trainer->has_grad)
    add_gradients (trainer, table);
  if (trainer->past != NULL && rheo_past_get_n (trainer->past) > 0)
    rheo_past_add (trainer->past, table);
  else
    {
      for (int i = 0; i < plan->n_pops; i++)
        if (plan->pop[i].cell->spikes)
          add_spikes (&probe, i, table);
        else
          add_values (&probe, i, table);
      add_differences (&probe, table);
      add_trials (trainer, &probe, table);
    }
  if (trainer->rule.type->record != NULL)
    trainer->rule.type->record (&trainer->rule, batch, table);
  rheo_trainer_add_told (trainer, table);
  rheo_trainer_record_play (trainer, table);
  return table;
}
