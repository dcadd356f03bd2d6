#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "engine-frames-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-text.h"
#include "label.h"
#include "plan-labels.h"

#define REAL_TYPE (sizeof (RheoReal) == sizeof (double) ? RHEO_F64 : RHEO_F32)

/* --- what there is to watch ------------------------------------------------------------------------------------ */
static Stream *
add (RheoFrames *frames, What what, char *key, char *label, const char *unit, const char *axes, unsigned flags)
{
  Stream stream = { .what = what, .key = key, .label = label, .axes = axes, .flags = flags, .pop = -1 };

  stream.unit = g_strdup (unit);
  stream.made = -1;
  g_array_append_val (frames->streams, stream);
  return &g_array_index (frames->streams, Stream, frames->streams->len - 1);
}

static void
add_populations (RheoFrames *frames, const RheoPlan *plan)
{
  for (int i = 0; i < plan->n_pops; i++)
    {
      const RheoPop *pop = &plan->pop[i];

      if (pop->cell->spikes)
        {
          add (frames, SPIKES, g_strconcat (pop->name, ".spikes", NULL),
               rheo_plan_dup_pop_label (plan, i, RHEO_LABEL_SPIKES), "", "time unit", RHEO_SERIES_BITS)
              ->pop = i;
          add (frames, RATE, g_strconcat (pop->name, ".rate", NULL), rheo_plan_dup_pop_label (plan, i, RHEO_LABEL_RATE),
               N_ ("spikes/step"), "unit", 0)
              ->pop = i;
        }
      else
        add (frames, VALUE, g_strconcat (pop->name, ".value", NULL),
             rheo_plan_dup_pop_label (plan, i, RHEO_LABEL_OUTPUT), "", i == plan->out_pop ? "time out" : "time unit", 0)
            ->pop = i;
    }
}

/* What a population is to give, where a rule keeps that of the one trial that there is. */
static void
add_target (RheoFrames *frames, RheoNet *net)
{
  RheoNetArray *array = rheo_net_find_array (net, RHEO_TARGET_SPIKES);
  Stream *stream;

  if (array == NULL || array->data == NULL || array->dims[0] != 1)
    return;
  for (int against = 0; against < 2; against++)
    {
      stream = add (frames, SPIKES, g_strdup (against ? RHEO_TARGET_DIFFERENCES : RHEO_TARGET_SPIKES),
                    g_strdup (against ? N_ ("Spikes missing or too many") : array->label), "", "time unit",
                    RHEO_SERIES_BITS);
      stream->pop = rheo_net_find_pop (net, "rec");
      stream->from = array;
      stream->against = against;
    }
}

static RheoReal *
dup_array (const RheoNetArray *array)
{
  int64_t width = array->dims[array->n_dims - 1], n_rows = 1;
  RheoReal *copy;

  for (int d = 0; d < array->n_dims - 1; d++)
    n_rows *= array->dims[d];
  copy = g_new (RheoReal, MAX (1, n_rows * width));
  for (int64_t r = 0; r < n_rows; r++)
    memcpy (copy + r * width, (const RheoReal *) array->data + r * array->stride, (size_t) width * sizeof *copy);
  return copy;
}

static void
add_weights (RheoFrames *frames, RheoNet *net, const RheoPlan *plan)
{
  for (int i = 0; i < plan->n_projs; i++)
    {
      const char *name = plan->proj[i].name;
      g_autofree char *key = g_strconcat (name, ".weight", NULL);
      RheoNetArray *array = rheo_net_find_array (net, key);
      Stream *stream;

      if (array == NULL || array->type != REAL_TYPE || array->n_dims < 1)
        continue;
      stream =
          add (frames, WEIGHT, g_strdup (key), g_strdup (array->label), array->unit, array->axes, RHEO_SERIES_SIGNED);
      stream->from = array;
      if ((plan->proj[i].flags & RHEO_PROJ_TRAIN) == 0)
        continue;
      stream = add (frames, CHANGE, g_strconcat (name, ".change", NULL), rheo_label_dup (RHEO_LABEL_CHANGE, name),
                    array->unit, array->axes, RHEO_SERIES_SIGNED);
      stream->from = array;
      stream->start = dup_array (array);
      stream->since = rheo_trainer_get_place (frames->trainer).iteration;
      for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
        if (strcmp (rheo_net_get_trainable (net, k)->name, key) == 0)
          {
            stream = add (frames, GRADIENT, g_strconcat (name, ".gradient", NULL),
                          rheo_label_dup (RHEO_LABEL_GRADIENT, name), "", array->axes, RHEO_SERIES_SIGNED);
            stream->from = array;
            stream->trainable = k;
          }
    }
}

/* Numbers of units that the rule changes beside weights. */
static void
add_changing (RheoFrames *frames, RheoNet *net)
{
  const RheoSeries *row = rheo_trainer_get_rule (frames->trainer)->type->changes;

  for (; row != NULL && row->key != NULL; row++)
    add (frames, WEIGHT, g_strdup (row->key), g_strdup (row->label), row->unit, row->axes, row->flags)->from =
        rheo_net_find_array (net, row->key);
}

/* All that is known of the last episodes is in each of these frames; who watches one asks for what a plot is of. */
static void
add_scene (RheoFrames *frames)
{
  add (frames, SCENE, g_strdup ("scene.items"), g_strdup (N_ ("Scene")), "", "episode time item number", 0);
  if (rheo_trainer_has_actions (frames->trainer))
    {
      add (frames, SCENE, g_strdup ("scene.reward"), g_strdup (N_ ("Reward")), "", "episode time", RHEO_SERIES_SIGNED);
      add (frames, SCENE, g_strdup ("scene.votes"), g_strdup (N_ ("Votes")), "", "episode time out", 0);
    }
}

/* Time constants and other numbers of cells that are learned. */
static void
add_learned (RheoFrames *frames, RheoNet *net)
{
  for (int k = 0; k < rheo_net_get_n_trainables (net); k++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, k);
      RheoNetArray *array = t->proj == NULL ? rheo_net_find_array (net, t->name) : NULL;

      if (array != NULL)
        add (frames, WEIGHT, g_strdup (t->name), g_strdup (array->label), array->unit, array->axes, 0)->from = array;
    }
}

/* Events of a probe trial, and how its gradient runs back: what is in each record has a stream of its own. */
static void
add_of_probe (RheoFrames *frames, const RheoPlan *plan)
{
  const RheoRule *rule = rheo_trainer_get_rule (frames->trainer);

  if (rule->shape.events && rheo_trainer_get_past (frames->trainer) == NULL)
    add (frames, INPUT, g_strdup ("task.input"), g_strdup (N_ ("Input")), "", "time in", 0);
  for (int i = 0; i < plan->n_pops && rule->type->flows && !rule->shape.swapped; i++)
    {
      static const struct
      {
        RheoPopLabel label;
        const char *key;
      } flow[] = { { RHEO_LABEL_GRADIENT_SIZE, "gradient-size" },
                   { RHEO_LABEL_GRADIENT_SHARE, "gradient-share" },
                   { RHEO_LABEL_SURROGATE, "surrogate" } };
      const RheoPop *pop = &plan->pop[i];

      for (gsize k = 0; k < G_N_ELEMENTS (flow) && i != plan->out_pop; k++)
        if (flow[k].label != RHEO_LABEL_SURROGATE || (pop->cell->spikes && pop->cell->slope != NULL))
          add (frames, RECORD, g_strdup_printf ("%s.%s", pop->name, flow[k].key),
               rheo_plan_dup_pop_label (plan, i, flow[k].label), "", "time", 0);
    }
}

static void
add_right (RheoFrames *frames)
{
  if (!rheo_trainer_tells (frames->trainer))
    return;
  add (frames, RIGHT, g_strdup ("test.confusion"), g_strdup (N_ ("Confusion matrix")), N_ ("trials"), "class predicted",
       0);
  add (frames, RIGHT, g_strdup ("test.class-accuracy"), g_strdup (N_ ("Accuracy of each class")), "", "class", 0);
}

void
rheo_frames_add_streams (RheoFrames *frames)
{
  RheoNet *net = rheo_trainer_get_net (frames->trainer);
  const RheoPlan *plan = rheo_net_get_plan (net);

  add_populations (frames, plan);
  add_target (frames, net);
  add_weights (frames, net, plan);
  add_learned (frames, net);
  add_changing (frames, net);
  add_of_probe (frames, plan);
  add_right (frames);
  add (frames, METRICS, g_strdup ("run.metrics"), g_strdup (N_ ("Metrics of this iteration so far")), "", "", 0);
  if (rheo_trainer_has_scene (frames->trainer))
    add_scene (frames);
}

/* words: for people, so translated. */
static void
fill_text (RheoTable *table, const RheoFrames *frames, const char *key, const char *label, size_t field, gboolean words)
{
  int64_t n = frames->streams->len;
  const char **text = rheo_table_add (table, key, label, "", "stream", RHEO_STRING, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      const char *plain = *(const char *const *) ((const char *) &g_array_index (frames->streams, Stream, i) + field);
      g_autofree char *shown = words ? rheo_label_dup_shown (plain) : NULL;

      text[i] = rheo_table_keep (table, words ? shown : plain);
    }
}

RheoTable *
rheo_frames_dup_list (const RheoFrames *frames)
{
  RheoTable *table = rheo_table_new (N_ ("Streams"));
  int64_t n = frames->streams->len;
  const double dt_ms = rheo_net_get_shape (rheo_trainer_get_net (frames->trainer))->dt_ms;
  char dt[RHEO_NUMBER_SIZE];
  RheoColumn *flags;

  fill_text (table, frames, "stream", N_ ("Stream"), offsetof (Stream, key), FALSE);
  fill_text (table, frames, "label", N_ ("Label"), offsetof (Stream, label), TRUE);
  fill_text (table, frames, "unit", N_ ("Unit"), offsetof (Stream, unit), TRUE);
  fill_text (table, frames, "axes", N_ ("Axes"), offsetof (Stream, axes), FALSE);
  if (dt_ms > 0)
    rheo_table_set_note (table, "dt", rheo_number_text (dt_ms, dt));
  flags = rheo_table_add (table, "flags", N_ ("Flags"), "", "stream", RHEO_I32, &n);
  for (int64_t i = 0; i < n; i++)
    ((int32_t *) flags->data)[i] = (int32_t) g_array_index (frames->streams, Stream, i).flags;
  return table;
}
