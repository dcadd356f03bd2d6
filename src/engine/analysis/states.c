#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/played.h"
#include "engine/result-rows.h"
#include "engine/rollout.h"
#include "engine/task.h"

/* What a network that plays would do: states that are made up, one active input cell for each observed number, are shown to it one
 * after the other, each for the time of an action after a few actions without input, and the votes for each action are counted.
 * No environment answers. Then the same with each input cell alone. */

#define MOST_OBSERVED 4
#define MOST_STATES 10000000
#define ACTION_SECONDS 0.00003 /* that take so long, roughly */

typedef struct
{
  int grain, silent, part, n_parts;
  double rate;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, grain, "grain", .label = N_ ("Grain"), .unit = N_ ("cells"), .def = 1, .min = 1,
              .max = RHEO_MAX_BINS, .soft_min = 1, .soft_max = 10,
              .help = N_ ("Of the input cells for a number every so many-th is used; 1: all of them, which are "
                          "160,000 states of four numbers with 20 cells each.")),
  RHEO_P_INT (Config, silent, "silent", .label = N_ ("Before a state"), .unit = N_ ("actions"), .def = 2, .max = 1000,
              .soft_max = 10, .help = N_ ("So many actions without input, whose votes do not count.")),
  RHEO_P_REAL (Config, rate, "rate", .label = N_ ("Rate"), .unit = N_ ("Hz"), .def = 50, .max = 10000, .soft_max = 200,
               .help = N_ ("Of an active input cell.")),
  RHEO_P_INT (Config, part, "part", .label = N_ ("Part"), .def = 1, .min = 1, .max = 1000000, .soft_min = 1,
              .soft_max = 20, .help = N_ ("Which of the parts, counted from 1."), .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, n_parts, "parts", .label = N_ ("Parts"), .def = 1, .min = 1, .max = 1000000, .soft_min = 1,
              .soft_max = 20,
              .help = N_ ("All states in their order, the first number changing fastest, are split into so many equal "
                          "parts, of which one is shown."),
              .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

enum
{
  COUNT,
  DECIDED,
  LAST,
  STATE,
  BIN,
  VOTES,
  MOVE,
  SHARE,
  CELL,
  CELL_VOTES,
};

static const RheoSeries series[] = {
  [COUNT] = { "states", N_ ("States"), N_ ("That were shown."), "", "row" },
  [DECIDED] = { "decided", N_ ("Decided states"), N_ ("Share with unequal votes."), "", "row", 0, 1 },
  [LAST] = { "last", N_ ("Preference, first to last action"),
             N_ ("Share of the decided states in which the last action has most votes; the pole on a cart is pushed to "
                 "the "
                 "right then."),
             "", "row", 0, 1, RHEO_SERIES_SIGNED },
  [STATE] = { "state", N_ ("State"), N_ ("Its number in the order of all states, counted from 0."), "", "state" },
  [BIN] = { "bin", N_ ("Active cell"), N_ ("Of those for a number, counted from 0."), "", "state" },
  [VOTES] = { "votes", N_ ("Votes"), N_ ("For an action, while the state was shown."), "", "state" },
  [MOVE] = { "move", N_ ("Preferred action"), N_ ("That with most votes, counted from 0; -1: votes were equal."), "",
             "state" },
  [SHARE] = { "share", N_ ("Preference, first to last action"),
              N_ ("By one or two of the numbers: share of the decided states, whatever the other numbers are, in which "
                  "the last action has most votes."),
              "", "cell cell", 0, 1, RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  [CELL] = { "cell", N_ ("Input cell"), N_ ("Counted from 0, over all numbers."), "", "cell" },
  [CELL_VOTES] = { "cell-votes", N_ ("Votes"), N_ ("For an action, while this cell alone was active."), "", "cell" },
  { NULL },
};

/* The states of an experiment, and a network that sees them. */
typedef struct
{
  const Config *config;
  const RheoTask *task;
  const RheoEncoder *encoder; /* [observed] */
  int n_observed;
  int n_cells[MOST_OBSERVED], first_cell[MOST_OBSERVED + 1]; /* input cells of a number */
  int n_bins[MOST_OBSERVED];                                 /* of these, so many are used */
  int64_t first, n;                                          /* states */
  RheoTrainer *trainer;
  RheoNet *net;
  const RheoShape *shape;
  gboolean began;
  RheoReal *input; /* [in] */
} Work;

/* The cell of a number that its bin i stands for: in the middle of `grain` of them. */
static int
cell_of (const Config *c, int i)
{
  return (c->grain - 1) / 2 + i * c->grain;
}

static gboolean
has_fields (const RheoEncoder *e)
{
  return e->code == RHEO_CODE_NORMAL || e->code == RHEO_CODE_EVEN || e->code == RHEO_CODE_INTERVALS;
}

/* FALSE: not all numbers have one active cell of some. */
static gboolean
find_encoders (Work *w, const RheoExperiment *experiment)
{
  const void *values = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK);

  w->task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  w->encoder = w->task->encoders != NULL ? w->task->encoders (values) : NULL;
  if (w->encoder == NULL)
    return FALSE;
  for (; w->task->observed[w->n_observed].key != NULL; w->n_observed++)
    if (w->n_observed == MOST_OBSERVED || !has_fields (&w->encoder[w->n_observed]))
      return FALSE;
  return TRUE;
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  Work w = { NULL };

  return rheo_played_fits (experiment, error)
         && (find_encoders (&w, experiment)
             || rheo_fail (error, RHEO_ERROR_INVALID,
                           _ ("States are made of input cells with receptive fields, one of which is active for each "
                              "observed number; with these values of the task there are none.")));
}

/* The states that are shown. */
static gboolean
count_states (Work *w, GError **error)
{
  const Config *c = w->config;
  int64_t all = 1;

  for (int k = 0; k < w->n_observed; k++)
    {
      w->n_cells[k] = rheo_encoder_count (&w->encoder[k]);
      w->first_cell[k + 1] = w->first_cell[k] + w->n_cells[k];
      w->n_bins[k] = (w->n_cells[k] - (c->grain - 1) / 2 + c->grain - 1) / c->grain;
      if (w->n_bins[k] < 1)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("grain is %d, but %s has %d cells."), c->grain,
                          _ (w->task->observed[k].label), w->n_cells[k]);
      all *= w->n_bins[k];
    }
  if (c->part > c->n_parts)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("part is %d; allowed is 1 to %d, the number of parts."), c->part,
                      c->n_parts);
  w->first = all * (c->part - 1) / c->n_parts;
  w->n = all * c->part / c->n_parts - w->first;
  if (w->n < 1 || w->n > MOST_STATES)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("This part has %" PRId64 " of %" PRId64 " states; allowed are 1 to %d."), w->n, all,
                      MOST_STATES);
  return TRUE;
}

/* The bin of each number in a state. */
static void
find_bins (const Work *w, int64_t state, int *bin)
{
  for (int k = 0; k < w->n_observed; k++)
    {
      bin[k] = (int) (state % w->n_bins[k]);
      state /= w->n_bins[k];
    }
}

/* Its active input cells. */
static void
find_cells (const Work *w, int64_t state, int *cell)
{
  find_bins (w, state, cell);
  for (int k = 0; k < w->n_observed; k++)
    cell[k] = w->first_cell[k] + cell_of (w->config, cell[k]);
}

/* --- showing ------------------------------------------------------------------------------------------------------ */
static gboolean
work_open (Work *w, const Config *c, const RheoExperiment *experiment, GError **error)
{
  w->config = c;
  if (!fits (experiment, error) || !find_encoders (w, experiment) || !count_states (w, error))
    return FALSE;
  w->trainer = rheo_trainer_new (experiment, error);
  if (w->trainer == NULL)
    return FALSE;
  w->net = rheo_trainer_get_net (w->trainer);
  w->shape = rheo_net_get_shape (w->net);
  w->input = g_new0 (RheoReal, MAX (w->shape->n_in, 1));
  return TRUE;
}

static void
work_close (Work *w)
{
  g_clear_pointer (&w->trainer, rheo_trainer_free);
  g_free (w->input);
}

/* The network runs for the time of an action. */
static const RheoReal *
run_action (Work *w)
{
  const int hold = MAX (w->shape->hold, 1);
  const RheoBatch batch = { .n_rows = 1,
                            .n_steps = hold,
                            .hold = hold,
                            .n_in = w->shape->n_in,
                            .n_out = w->shape->n_out,
                            .length = &hold,
                            .input = w->input,
                            .set = RHEO_SET_PROBE };
  const RheoRollout r = { .batch = &batch,
                          .t1 = hold,
                          .n_lanes = rheo_net_get_wave (w->net),
                          .flags = RHEO_ROLL_TAPE | (w->began ? 0 : RHEO_ROLL_RESET) };

  rheo_rollout (w->net, &r);
  w->began = TRUE;
  return rheo_tape_get_output (w->net, 0, hold - 1);
}

/* Silence, then these cells; votes [out]. */
static void
show (Work *w, int n, const int *cell, double *votes)
{
  const RheoReal *out;

  memset (w->input, 0, sizeof *w->input * (gsize) w->shape->n_in);
  for (int i = 0; i < w->config->silent; i++)
    run_action (w);
  for (int i = 0; i < n; i++)
    w->input[cell[i]] = (RheoReal) w->config->rate;
  out = run_action (w);
  for (int k = 0; k < w->shape->n_out; k++)
    votes[k] = (double) out[k];
}

/* -1: others have as many votes. */
static int
prefer (int n, const double *votes)
{
  int best = 0, n_best = 1;

  for (int k = 1; k < n; k++)
    {
      n_best = votes[k] > votes[best] ? 1 : n_best + (votes[k] == votes[best]);
      best = votes[k] > votes[best] ? k : best;
    }
  return n_best == 1 ? best : -1;
}

/* What was seen of one record. */
typedef struct
{
  double *votes;      /* [state][out] */
  double *cell_votes; /* [cell][out] */
} Seen;

typedef struct
{
  void (*call) (void *data, double fraction);
  void *data;
  double base, share;
  const atomic_bool *cancelled;
} Progress;

/* A state after the other, then a cell after the other, each in a run of its own. */
static gboolean
look_at (Work *w, const RheoRecord *record, const Progress *progress, Seen *seen, GError **error)
{
  const int n_out = w->shape->n_out;
  const int64_t n_all = w->n + w->first_cell[w->n_observed];

  if (!rheo_net_load (w->net, record->weights, TRUE, error))
    return FALSE;
  for (int64_t i = 0; i < n_all; i++)
    {
      const gboolean alone = i >= w->n;
      int cell[MOST_OBSERVED] = { (int) (i - w->n) };

      if (progress->cancelled != NULL && atomic_load (progress->cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      w->began = i != 0 && i != w->n;
      if (!alone)
        find_cells (w, w->first + i, cell);
      show (w, alone ? 1 : w->n_observed, cell,
            alone ? seen->cell_votes + (i - w->n) * n_out : seen->votes + i * n_out);
      if (progress->call != NULL)
        progress->call (progress->data, progress->base + progress->share * (double) (i + 1) / (double) n_all);
    }
  return TRUE;
}

/* --- what it came to ---------------------------------------------------------------------------------------------- */
/* "angle" and "share": "angle.share". */
static void *
add (RheoTable *out, const char *part, int which, const char *axes, RheoType type, const int64_t *dims)
{
  const RheoSeries *row = &series[which];
  g_autofree char *key = part != NULL ? g_strconcat (part, ".", row->key, NULL) : g_strdup (row->key);
  RheoColumn *column = rheo_table_add (out, key, row->label, row->unit, axes != NULL ? axes : row->axes, type, dims);

  column->lo = row->lo;
  column->hi = row->hi;
  column->flags = row->flags;
  return column->data;
}

static void
add_votes (const Work *w, int which, int64_t n, const double *votes, RheoTable *out)
{
  const int n_out = w->shape->n_out;

  for (int k = 0; k < n_out; k++)
    {
      g_autofree char *number = g_strdup_printf ("%d", k);
      double *to = add (out, w->shape->labels != NULL ? w->shape->labels[k] : number, which, NULL, RHEO_F64, &n);

      for (int64_t i = 0; i < n; i++)
        to[i] = votes[i * n_out + k];
    }
}

static void
add_states (const Work *w, const Seen *seen, RheoTable *out)
{
  int64_t *state = add (out, NULL, STATE, NULL, RHEO_I64, &w->n);
  int32_t *bin[MOST_OBSERVED], *move;

  for (int k = 0; k < w->n_observed; k++)
    bin[k] = add (out, w->task->observed[k].key, BIN, NULL, RHEO_I32, &w->n);
  add_votes (w, VOTES, w->n, seen->votes, out);
  move = add (out, NULL, MOVE, NULL, RHEO_I32, &w->n);
  for (int64_t i = 0; i < w->n; i++)
    {
      int at[MOST_OBSERVED];

      state[i] = w->first + i;
      find_bins (w, w->first + i, at);
      for (int k = 0; k < w->n_observed; k++)
        bin[k][i] = cell_of (w->config, at[k]);
      move[i] = prefer (w->shape->n_out, seen->votes + i * w->shape->n_out);
    }
}

/* By numbers a and b, or by a alone: b -1. */
static void
add_map (const Work *w, const Seen *seen, int a, int b, RheoTable *out)
{
  const RheoSeries *observed = w->task->observed;
  const int64_t dims[] = { w->n_bins[a], b >= 0 ? w->n_bins[b] : 1 };
  const char *second = b >= 0 ? observed[b].key : NULL;
  g_autofree char *part = g_strjoin ("-", observed[a].key, second, NULL);
  g_autofree char *axes = g_strjoin (" ", observed[a].key, second, NULL);
  double *share = add (out, part, SHARE, axes, RHEO_F64, dims);
  g_autofree int64_t *n = g_new0 (int64_t, dims[0] * dims[1]);

  for (int64_t i = 0; i < w->n; i++)
    {
      const int move = prefer (w->shape->n_out, seen->votes + i * w->shape->n_out);
      int bin[MOST_OBSERVED];
      int64_t at;

      find_bins (w, w->first + i, bin);
      at = bin[a] * dims[1] + (b >= 0 ? bin[b] : 0);
      n[at] += move >= 0;
      share[at] += move == w->shape->n_out - 1;
    }
  for (int64_t i = 0; i < dims[0] * dims[1]; i++)
    share[i] = n[i] > 0 ? share[i] / (double) n[i] : NAN;
}

static void
add_maps (const Work *w, const Seen *seen, RheoTable *out)
{
  for (int k = 0; k < w->n_observed; k++)
    {
      const RheoSeries *row = &w->task->observed[k];
      const int64_t n = w->n_bins[k];
      double *value = rheo_table_add (out, row->key, row->label, row->unit, row->key, RHEO_F64, &n)->data;

      for (int i = 0; i < n; i++)
        value[i] = rheo_encoder_get_middle (&w->encoder[k], cell_of (w->config, i));
    }
  for (int a = 0; a < w->n_observed; a++)
    add_map (w, seen, a, -1, out);
  for (int a = 0; a < w->n_observed; a++)
    for (int b = a + 1; b < w->n_observed; b++)
      add_map (w, seen, a, b, out);
}

static void
add_cells (const Work *w, const Seen *seen, RheoTable *out)
{
  const int64_t n = w->first_cell[w->n_observed];
  int32_t *cell = add (out, NULL, CELL, NULL, RHEO_I32, &n);

  for (int i = 0; i < n; i++)
    cell[i] = i;
  add_votes (w, CELL_VOTES, n, seen->cell_votes, out);
}

static void
measure (const Work *w, const Seen *seen, double *value)
{
  double n_decided = 0, n_last = 0;

  for (int64_t i = 0; i < w->n; i++)
    {
      const int move = prefer (w->shape->n_out, seen->votes + i * w->shape->n_out);

      n_decided += move >= 0;
      n_last += move == w->shape->n_out - 1;
    }
  value[COUNT] = (double) w->n;
  value[DECIDED] = n_decided / (double) w->n;
  value[LAST] = n_decided > 0 ? n_last / n_decided : NAN;
}

static gboolean
look_at_all (Work *w, const RheoRecord *records, int n_records, Progress *progress, RheoTable *out, GError **error)
{
  const gsize n_out = (gsize) w->shape->n_out;
  g_autofree double *votes = g_try_new (double, (gsize) w->n *n_out);
  g_autofree double *cell_votes = g_new (double, (gsize) w->first_cell[w->n_observed] * n_out);
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  Seen seen = { votes, cell_votes };

  if (votes == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for %" PRId64 " states."), w->n);
  for (int i = 0; i < n_records; i++)
    {
      progress->base = (double) i / n_records;
      if (!look_at (w, &records[i], progress, &seen, error))
        return FALSE;
      measure (w, &seen, rheo_result_rows_add (rows, &records[i], "all"));
    }
  rheo_result_rows_write (rows, "part", N_ ("Part"), out);
  add_maps (w, &seen, out);
  add_states (w, &seen, out);
  add_cells (w, &seen, out);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  Progress p = { progress, progress_data, 0, 1.0 / n_records, cancelled };
  Work w = { NULL };
  const gboolean done = work_open (&w, config, records[n_records - 1].experiment, error)
                        && look_at_all (&w, records, n_records, &p, out, error);

  work_close (&w);
  return done;
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;
  Work w = { .config = c };

  if (!find_encoders (&w, experiment) || !count_states (&w, NULL))
    return 0;
  return (double) (w.n + w.first_cell[w.n_observed]) * (c->silent + 1) * ACTION_SECONDS;
}

const RheoAnalysis rheo_analysis_states = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "states",
            .title = N_ ("Preferred actions"),
            .summary = N_ ("Which action gets most votes in states that are made up and shown one after the other, and "
                           "votes for each input cell alone."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
