#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "played.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct RheoPlayed
{
  RheoTrainer *trainer;
  gboolean owned; /* the trainer is */
  const RheoTask *task;
  const void *config; /* of the task */
  const RheoPlan *plan;
  RheoPlayedHow how;
  int n_out, n_observed, hold;
  double dt;      /* of a step of the network */
  int n_begun;    /* episodes */
  int64_t n_done; /* actions, with those that were thrown away */
  int first_unit[RHEO_MAX_POPS + 1];
  GArray *actions;        /* RheoPlayedAction */
  GArray *votes;          /* double[n_out] of each */
  GArray *before, *after; /* double[n_observed] of each */
  GArray *lengths;        /* int: of episodes that ended */
  GArray *spikes;         /* RheoPlayedSpike */
  double *now;            /* [n_observed]: what is shown */
};

gboolean
rheo_played_fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  return (task->gives & RHEO_ACTIONS) != 0
         || rheo_fail (error, RHEO_ERROR_UNSUPPORTED,
                       _ ("%s is not an environment in which one of some actions is taken."), _ (task->title));
}

static RheoPlayed *
played_new (RheoTrainer *trainer, gboolean owned, const RheoPlayedHow *how, GError **error)
{
  const RheoExperiment *experiment = rheo_trainer_get_experiment (trainer);
  RheoNet *net = rheo_trainer_get_net (trainer);
  const RheoShape *shape = rheo_net_get_shape (net);
  g_autoptr (RheoPlayed) played = g_new0 (RheoPlayed, 1);

  *played = (RheoPlayed){ .trainer = trainer,
                          .owned = owned,
                          .task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK),
                          .config = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK),
                          .plan = rheo_net_get_plan (net),
                          .how = *how,
                          .n_out = shape->n_out,
                          .hold = MAX (shape->hold, 1),
                          .dt = shape->dt_ms > 0 ? shape->dt_ms : 1,
                          .actions = g_array_new (FALSE, FALSE, sizeof (RheoPlayedAction)),
                          .votes = g_array_new (FALSE, FALSE, sizeof (double)),
                          .before = g_array_new (FALSE, FALSE, sizeof (double)),
                          .after = g_array_new (FALSE, FALSE, sizeof (double)),
                          .lengths = g_array_new (FALSE, FALSE, sizeof (int)),
                          .spikes = g_array_new (FALSE, FALSE, sizeof (RheoPlayedSpike)) };
  g_return_val_if_fail (how->n > 0 || how->time > 0, NULL);
  if (!rheo_played_fits (experiment, error))
    return NULL;
  while (played->task->observed != NULL && played->task->observed[played->n_observed].key != NULL)
    played->n_observed++;
  played->now = g_new0 (double, MAX (played->n_observed, 1));
  for (int i = 0; i < played->plan->n_pops; i++)
    played->first_unit[i + 1] = played->first_unit[i] + played->plan->pop[i].n_units;
  return g_steal_pointer (&played);
}

RheoPlayed *
rheo_played_new (RheoTrainer *trainer, const RheoPlayedHow *how, GError **error)
{
  return played_new (trainer, FALSE, how, error);
}

RheoPlayed *
rheo_played_new_of_record (const RheoRecord *record, const RheoPlayedHow *how, GError **error)
{
  RheoTrainer *trainer;

  if (!rheo_played_fits (record->experiment, error))
    return NULL;
  trainer = rheo_trainer_new (record->experiment, error);
  if (trainer == NULL)
    return NULL;
  if (!rheo_net_load (rheo_trainer_get_net (trainer), record->weights, TRUE, error))
    {
      rheo_trainer_free (trainer);
      return NULL;
    }
  return played_new (trainer, TRUE, how, error);
}

void
rheo_played_free (RheoPlayed *played)
{
  if (played == NULL)
    return;
  g_array_unref (played->actions);
  g_array_unref (played->votes);
  g_array_unref (played->before);
  g_array_unref (played->after);
  g_array_unref (played->lengths);
  g_array_unref (played->spikes);
  g_free (played->now);
  if (played->owned)
    rheo_trainer_free (played->trainer);
  g_free (played);
}

/* --- what happens ------------------------------------------------------------------------------------------------- */
static void
begin (void *data, int episode, const void *state)
{
  RheoPlayed *played = data;

  if (played->n_observed > 0)
    played->task->observe (played->config, state, played->now);
}

static void
hear_votes (void *data, int episode, int row, int t, RheoReal *action)
{
  RheoPlayed *played = data;

  for (int k = 0; k < played->n_out; k++)
    {
      const double votes = (double) action[k];

      g_array_append_val (played->votes, votes);
    }
}

static void
hear_reward (void *data, int episode, int t, double reward, const void *state)
{
  RheoPlayed *played = data;
  RheoPlayedAction action = { .time = (double) ++played->n_done * played->hold * played->dt,
                              .episode = played->n_begun,
                              .step = t,
                              .reward = reward };

  action.action = played->task->taken (played->config, state, &action.undecided);
  g_array_append_val (played->actions, action);
  g_array_append_vals (played->before, played->now, (guint) played->n_observed);
  if (played->n_observed > 0)
    played->task->observe (played->config, state, played->now);
  g_array_append_vals (played->after, played->now, (guint) played->n_observed);
}

static void
hear_spike (void *data, RheoLane *lane, int unit, double time)
{
  const RheoPlayedSpike spike = { time, unit };

  g_array_append_val (((RheoPlayed *) data)->spikes, spike);
}

/* Of a network that runs step by step: what fires in a step does so at its end. */
static void
read_spikes (void *data, const RheoBatch *batch, int64_t t0, int64_t t1)
{
  RheoPlayed *played = data;
  const RheoNet *net = rheo_trainer_get_net (played->trainer);
  const double start = (double) played->n_done * played->hold * played->dt;

  for (int64_t t = t0; t < t1; t++)
    for (int pop = 0; pop < played->plan->n_pops; pop++)
      for (int k = 0; k < played->plan->pop[pop].n_units && played->plan->pop[pop].cell->spikes; k++)
        if (rheo_tape_get_spike (net, pop, 0, t - t0, k))
          hear_spike (played, NULL, played->first_unit[pop] + k, start + (double) (t - t0 + 1) * played->dt);
}

/* --- episodes ----------------------------------------------------------------------------------------------------- */
/* What came after the time. TRUE: there was some. */
static gboolean
cut (RheoPlayed *played)
{
  const double end = played->how.time * (1 + 1e-12);
  guint n = played->actions->len, n_spikes = played->spikes->len;

  while (n_spikes > 0 && g_array_index (played->spikes, RheoPlayedSpike, n_spikes - 1).time > end)
    n_spikes--;
  g_array_set_size (played->spikes, n_spikes);
  while (n > 0 && g_array_index (played->actions, RheoPlayedAction, n - 1).time > end)
    n--;
  if (n == played->actions->len)
    return FALSE;
  g_array_set_size (played->actions, n);
  g_array_set_size (played->votes, n * (guint) played->n_out);
  g_array_set_size (played->before, n * (guint) played->n_observed);
  g_array_set_size (played->after, n * (guint) played->n_observed);
  return TRUE;
}

gboolean
rheo_played_next (RheoPlayed *played, RheoMetrics *m)
{
  const RheoPlay hooks = { .begin = begin,
                           .choose = hear_votes,
                           .reward = hear_reward,
                           .hook_data = played,
                           .ran = played->how.spikes && !rheo_net_has_clock (rheo_trainer_get_net (played->trainer))
                                      ? read_spikes
                                      : NULL,
                           .ran_data = played,
                           .how = { .on_spike = played->how.spikes ? hear_spike : NULL, .on_spike_data = played } };
  g_autoptr (RheoMetrics) none = m == NULL ? rheo_metrics_new () : NULL;
  int length;

  rheo_trainer_play (played->trainer, played->how.set, played->how.first + played->n_begun, 1, m != NULL ? m : none,
                     &hooks);
  g_array_index (played->actions, RheoPlayedAction, played->actions->len - 1).over = true;
  length = g_array_index (played->actions, RheoPlayedAction, played->actions->len - 1).step + 1;
  played->n_begun++;
  if (played->how.time > 0 && cut (played))
    return FALSE;
  g_array_append_val (played->lengths, length);
  return TRUE;
}

gboolean
rheo_played_is_done (const RheoPlayed *played)
{
  const double all = (double) played->n_done * played->hold * played->dt;

  return (played->how.n > 0 && played->n_begun >= played->how.n)
         || (played->how.time > 0 && all + played->hold * played->dt > played->how.time * (1 + 1e-12));
}

gboolean
rheo_played_run (RheoPlayed *played, void (*progress) (void *data, double fraction), void *progress_data,
                 const atomic_bool *cancelled, GError **error)
{
  while (!rheo_played_is_done (played))
    {
      double fraction = 0;

      if (cancelled != NULL && atomic_load (cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      rheo_played_next (played, NULL);
      if (played->how.n > 0)
        fraction = (double) played->n_begun / played->how.n;
      if (played->how.time > 0)
        fraction = MAX (fraction, rheo_played_get_time (played) / played->how.time);
      if (progress != NULL)
        progress (progress_data, MIN (fraction, 1));
    }
  return TRUE;
}

/* --- what happened ------------------------------------------------------------------------------------------------ */
RheoTrainer *
rheo_played_get_trainer (const RheoPlayed *played)
{
  return played->trainer;
}

const RheoPlayedAction *
rheo_played_get_actions (const RheoPlayed *played, int64_t *n)
{
  *n = played->actions->len;
  return (const void *) played->actions->data;
}

const double *
rheo_played_get_votes (const RheoPlayed *played, int64_t action)
{
  return &g_array_index (played->votes, double, action * played->n_out);
}

int
rheo_played_get_n_observed (const RheoPlayed *played)
{
  return played->n_observed;
}

const double *
rheo_played_get_before (const RheoPlayed *played, int64_t action)
{
  return &g_array_index (played->before, double, action * played->n_observed);
}

const double *
rheo_played_get_after (const RheoPlayed *played, int64_t action)
{
  return &g_array_index (played->after, double, action * played->n_observed);
}

const int *
rheo_played_get_lengths (const RheoPlayed *played, int *n)
{
  *n = (int) played->lengths->len;
  return (const void *) played->lengths->data;
}

double
rheo_played_get_time (const RheoPlayed *played)
{
  const guint n = played->actions->len;

  return n > 0 ? g_array_index (played->actions, RheoPlayedAction, n - 1).time : 0;
}

const RheoPlayedSpike *
rheo_played_get_spikes (const RheoPlayed *played, int64_t *n)
{
  *n = played->spikes->len;
  return (const void *) played->spikes->data;
}

/* --- as a table --------------------------------------------------------------------------------------------------- */
static void
add_actions (const RheoPlayed *played, RheoTable *table)
{
  const int64_t n = played->actions->len;
  double *time = rheo_table_add (table, "time", N_ ("Simulated time"), N_ ("ms"), "action", RHEO_F64, &n)->data;
  int32_t *episode = rheo_table_add (table, "episode", N_ ("Episode"), "", "action", RHEO_I32, &n)->data;
  int32_t *step = rheo_table_add (table, "step", N_ ("Step"), "", "action", RHEO_I32, &n)->data;
  int32_t *action = rheo_table_add (table, "action", N_ ("Action"), "", "action", RHEO_I32, &n)->data;
  uint8_t *undecided = rheo_table_add (table, "undecided", N_ ("Undecided"), "", "action", RHEO_U8, &n)->data;
  double *reward = rheo_table_add (table, "reward", N_ ("Reward"), "", "action", RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      const RheoPlayedAction *a = &g_array_index (played->actions, RheoPlayedAction, i);

      time[i] = a->time;
      episode[i] = a->episode + 1;
      step[i] = a->step + 1;
      action[i] = a->action;
      undecided[i] = a->undecided;
      reward[i] = a->reward;
    }
}

/* Number k of `width` for each action. */
static void
add_numbers (const RheoPlayed *played, const char *key, const char *label, const char *unit, const GArray *from,
             int width, int k, RheoTable *table)
{
  const int64_t n = played->actions->len;
  double *to = rheo_table_add (table, key, label, unit, "action", RHEO_F64, &n)->data;

  for (int64_t i = 0; i < n; i++)
    to[i] = g_array_index (from, double, i *width + k);
}

static void
add_spikes (const RheoPlayed *played, RheoTable *table)
{
  const int64_t n = played->spikes->len;
  double *time = rheo_table_add (table, "spike.time", N_ ("Time of a spike"), N_ ("ms"), "spike", RHEO_F64, &n)->data;
  int32_t *unit_of = rheo_table_add (table, "spike.unit", N_ ("Unit that fired"), "", "spike", RHEO_I32, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      time[i] = g_array_index (played->spikes, RheoPlayedSpike, i).time;
      unit_of[i] = g_array_index (played->spikes, RheoPlayedSpike, i).unit;
    }
}

static void
add_notes (const RheoPlayed *played, RheoTable *table)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; i < played->plan->n_pops; i++)
    g_string_append_printf (text, "%s%s:%d", i > 0 ? " " : "", played->plan->pop[i].name, played->plan->pop[i].n_units);
  rheo_table_set_note (table, "populations", text->str);
  rheo_table_set_note (table, "dt", g_ascii_dtostr (number, sizeof number, played->hold * played->dt));
}

void
rheo_played_add (const RheoPlayed *played, RheoTable *table)
{
  const RheoShape *shape = rheo_net_get_shape (rheo_trainer_get_net (played->trainer));
  const int64_t n_episodes = played->lengths->len;

  add_actions (played, table);
  for (int k = 0; k < played->n_out; k++)
    {
      g_autofree char *number = g_strdup_printf ("%d", k);
      const char *name = shape->labels != NULL ? shape->labels[k] : number;
      g_autofree char *key = g_strconcat ("votes.", name, NULL);

      add_numbers (played, key, N_ ("Votes"), "", played->votes, played->n_out, k, table);
    }
  for (int k = 0; k < played->n_observed; k++)
    {
      const RheoSeries *row = &played->task->observed[k];

      add_numbers (played, row->key, row->label, row->unit, played->before, played->n_observed, k, table);
    }
  for (int k = 0; k < played->n_observed; k++)
    {
      const RheoSeries *row = &played->task->observed[k];
      g_autofree char *key = g_strconcat ("next.", row->key, NULL);

      add_numbers (played, key, row->label, row->unit, played->after, played->n_observed, k, table);
    }
  rheo_table_add_copy (table, "length", N_ ("Length of an episode"), N_ ("steps"), "episode", RHEO_I32, &n_episodes,
                       played->lengths->data);
  if (played->how.spikes)
    add_spikes (played, table);
  add_notes (played, table);
}
