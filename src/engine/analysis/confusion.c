#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/confusions.h"
#include "engine/logistic.h"
#include "engine/replay.h"

/* What a network takes trials of each class for: counts, and what follows from them (confusions.h).
 *
 *   recall = right / trials of the class,   precision = right / trials taken for the class
 *
 * Without noise; intervals are those of Wilson. */

typedef struct
{
  int set;
  int n_trials;
} Config;

static const char *const set_choices[] = { "train", "valid", "test", NULL };

static const RheoParam params[] = {
  RHEO_P_CHOICE (Config, set, "set", set_choices, .label = N_ ("Trials of"), .def = RHEO_SET_TEST, .max = RHEO_SET_TEST,
                 .help = N_ ("The set whose trials are judged; a task without test trials gives those of validation.")),
  RHEO_P_INT (Config, n_trials, "trials", .label = N_ ("Trials"), .min = 0, .max = 1e6, .soft_max = 2000,
              .help = N_ ("The first of the set; 0: all of it, or 1000 where it has no end.")),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "confusion",
    .label = N_ ("Confusion matrix"),
    .help = N_ ("By their class and what they are taken for."),
    .unit = N_ ("trials"),
    .axes = "class predicted",
    .flags = RHEO_SERIES_SHOW },
  { .key = "class", .label = N_ ("Class"), .help = N_ ("That a trial is of."), .unit = "", .axes = "class" },
  { .key = "predicted",
    .label = N_ ("Predicted class"),
    .help = N_ ("That a trial is taken for."),
    .unit = "",
    .axes = "predicted" },
  { .key = "accuracy",
    .label = N_ ("Accuracy"),
    .help = N_ ("Share of the trials that are right."),
    .unit = "",
    .axes = "" },
  { .key = "accuracy-lo",
    .label = N_ ("Accuracy, lower end"),
    .help = N_ ("Wilson’s interval of 95 of 100."),
    .unit = "",
    .axes = "" },
  { .key = "accuracy-hi",
    .label = N_ ("Accuracy, upper end"),
    .help = N_ ("Wilson’s interval of 95 of 100."),
    .unit = "",
    .axes = "" },
  { .key = "chance", .label = N_ ("Chance"), .help = N_ ("Accuracy of guesses."), .unit = "", .axes = "" },
  { .key = "class-trials", .label = N_ ("Trials"), .help = N_ ("Of a class."), .unit = "", .axes = "class" },
  { .key = "recall",
    .label = N_ ("Recall"),
    .help = N_ ("Accuracy of a class: share of its trials that are right."),
    .unit = "",
    .axes = "class" },
  { .key = "recall-lo",
    .label = N_ ("Recall, lower end"),
    .help = N_ ("Wilson’s interval of 95 of 100."),
    .unit = "",
    .axes = "class" },
  { .key = "recall-hi",
    .label = N_ ("Recall, upper end"),
    .help = N_ ("Wilson’s interval of 95 of 100."),
    .unit = "",
    .axes = "class" },
  { .key = "precision",
    .label = N_ ("Precision"),
    .help = N_ ("Share of the trials taken for a class that are of it."),
    .unit = "",
    .axes = "class" },
  { .key = "pair-class",
    .label = N_ ("True class"),
    .help = N_ ("Of two that are confused, most often first."),
    .unit = "",
    .axes = "pair" },
  { .key = "pair-taken",
    .label = N_ ("Taken for"),
    .help = N_ ("The class that its trials are taken for."),
    .unit = "",
    .axes = "pair" },
  { .key = "pair-trials",
    .label = N_ ("Confused trials"),
    .help = N_ ("So many trials of the true class."),
    .unit = "",
    .axes = "pair" },
  { .key = "pair-share",
    .label = N_ ("Share of the class"),
    .help = N_ ("Confused trials of all of the true class."),
    .unit = "",
    .axes = "pair" },
  { .key = "speaker", .label = N_ ("Speaker"), .help = N_ ("Number of who said it."), .unit = "", .axes = "speaker" },
  { .key = "speaker-accuracy",
    .label = N_ ("Accuracy by speaker"),
    .help = N_ ("Share of a speaker’s trials that are right."),
    .unit = "",
    .axes = "speaker" },
  { NULL },
};

typedef struct
{
  int label, predicted;
  double speaker;
} Answer;

typedef struct
{
  GArray *answers; /* Answer */
  int i_speaker;   /* among the conditions; -1: none */
} Collector;

static void
collect (void *data, const RheoReplayTrial *trial)
{
  Collector *to = data;
  const Answer answer = { trial->label, trial->predicted, to->i_speaker >= 0 ? trial->condition[to->i_speaker] : NAN };

  g_array_append_val (to->answers, answer);
}

static double *
add (RheoTable *out, const char *key, int64_t n)
{
  return rheo_result_add (out, series, key, RHEO_F64, &n)->data;
}

static void
set_name (RheoTable *out, RheoColumn *column, int64_t i, int class, const char *const *words)
{
  g_autofree char *number = g_strdup_printf ("%d", class);

  rheo_table_set_words (out, column, i, words != NULL ? words[class] : number);
}

static void
add_names (RheoTable *out, const char *key, int64_t n, const char *const *words)
{
  RheoColumn *column = rheo_result_add (out, series, key, RHEO_STRING, &n);

  for (int64_t i = 0; i < n; i++)
    set_name (out, column, i, (int) i, words);
}

static void
add_pairs (RheoTable *out, const double *count, int n_classes, const char *const *words)
{
  g_autoptr (GArray) pairs = rheo_confusions_find (count, n_classes);
  const int64_t n = pairs->len;
  RheoColumn *of, *as;
  int32_t *trials;
  double *share;

  if (n == 0)
    return;
  of = rheo_result_add (out, series, "pair-class", RHEO_STRING, &n);
  as = rheo_result_add (out, series, "pair-taken", RHEO_STRING, &n);
  trials = rheo_result_add (out, series, "pair-trials", RHEO_I32, &n)->data;
  share = add (out, "pair-share", n);
  for (guint i = 0; i < pairs->len; i++)
    {
      const RheoConfusion *pair = &g_array_index (pairs, RheoConfusion, i);

      set_name (out, of, i, pair->of, words);
      set_name (out, as, i, pair->as, words);
      trials[i] = (int32_t) pair->n;
      share[i] = pair->share;
    }
}

static void
add_classes (RheoTable *out, const GArray *answers, int n, const char *const *words)
{
  const int64_t n_rows = n;
  double *count = rheo_result_add (out, series, "confusion", RHEO_F64, (int64_t[]){ n, n })->data;
  int32_t *trials = rheo_result_add (out, series, "class-trials", RHEO_I32, &n_rows)->data;
  double *recall = add (out, "recall", n), *lo = add (out, "recall-lo", n), *hi = add (out, "recall-hi", n);
  double *precision = add (out, "precision", n), right = 0, ends[2];
  g_autofree double *of = g_new (double, n);

  for (guint i = 0; i < answers->len; i++)
    {
      const Answer *a = &g_array_index (answers, Answer, i);

      count[a->label * n + a->predicted]++;
      right += a->label == a->predicted;
    }
  rheo_confusions_judge (count, n, of, recall, precision);
  for (int k = 0; k < n; k++)
    {
      trials[k] = (int32_t) of[k];
      lo[k] = hi[k] = NAN;
      if (of[k] > 0)
        rheo_share_interval (of[k], count[k * n + k], &lo[k], &hi[k]);
    }
  rheo_share_interval (answers->len, right, &ends[0], &ends[1]);
  rheo_result_add_number (out, series, "accuracy", right / answers->len);
  rheo_result_add_number (out, series, "accuracy-lo", ends[0]);
  rheo_result_add_number (out, series, "accuracy-hi", ends[1]);
  rheo_result_add_number (out, series, "chance", 1.0 / n);
  add_pairs (out, count, n, words);
}

static int
by_speaker (gconstpointer a, gconstpointer b)
{
  const double x = ((const Answer *) a)->speaker, y = ((const Answer *) b)->speaker;

  return (x > y) - (x < y);
}

/* Sorts the answers. */
static void
add_speakers (RheoTable *out, GArray *answers)
{
  g_autoptr (GArray) name = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) share = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_sort (answers, by_speaker);
  for (guint i = 0; i < answers->len;)
    {
      const double speaker = g_array_index (answers, Answer, i).speaker;
      double n = 0, right = 0;

      for (; i < answers->len && g_array_index (answers, Answer, i).speaker <= speaker; i++, n++)
        right += g_array_index (answers, Answer, i).label == g_array_index (answers, Answer, i).predicted;
      right /= n;
      g_array_append_val (name, speaker);
      g_array_append_val (share, right);
    }
  memcpy (add (out, "speaker", name->len), name->data, sizeof (double) * name->len);
  memcpy (add (out, "speaker-accuracy", name->len), share->data, sizeof (double) * name->len);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (RheoReplay) replay = rheo_replay_new_classes (&records[n_records - 1], error);
  g_autoptr (GArray) answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  Collector collector = { .answers = answers };
  RheoReplayRun what = { .set = (RheoSet) c->set, .each = collect, .data = &collector, .cancelled = cancelled };
  const char *const *words = NULL;
  const RheoShape *shape;
  int i_class, there;

  if (replay == NULL)
    return FALSE;
  shape = rheo_replay_get_shape (replay);
  there = c->set == RHEO_SET_TRAIN                       ? shape->n_trials
          : c->set == RHEO_SET_TEST && shape->n_test > 0 ? shape->n_test
                                                         : shape->n_valid;
  what.n = c->n_trials > 0 && (there == 0 || c->n_trials < there) ? c->n_trials : there > 0 ? there : 1000;
  collector.i_speaker = rheo_replay_find_condition (replay, "speaker");
  i_class = rheo_replay_find_condition (replay, "class");
  if (i_class >= 0)
    words = rheo_replay_get_conditions (replay)[i_class].words;
  if (!rheo_replay_run (replay, &what, error))
    return FALSE;
  for (guint i = 0; i < answers->len; i++)
    if (g_array_index (answers, Answer, i).predicted < 0
        || g_array_index (answers, Answer, i).predicted >= shape->n_classes)
      return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("The loss of the rule does not tell classes."));
  add_names (out, "class", shape->n_classes, words);
  add_names (out, "predicted", shape->n_classes, words);
  add_classes (out, answers, shape->n_classes, words);
  if (collector.i_speaker >= 0 && !isnan (g_array_index (answers, Answer, 0).speaker))
    add_speakers (out, answers);
  return TRUE;
}

static gboolean
fits (const RheoExperiment *experiment, GError **error)
{
  const RheoComponent *task = rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  return (task->gives & RHEO_LABELS) != 0
         || rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("This needs a task with classes; %s has none."),
                       _ (task->title));
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  return rheo_analysis_estimate_trials (experiment, c->n_trials > 0 ? c->n_trials : 1000);
}

const RheoAnalysis rheo_analysis_confusion = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "confusion",
            .title = N_ ("Confusion of classes"),
            .summary =
                N_ ("What trials of each class are taken for, with recall, precision, the pairs most confused and the "
                    "accuracy of each speaker."),
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .about = RHEO_ABOUT_TASK,
  .wants = RHEO_WANTS_WEIGHTS,
  .fits = fits,
  .estimate = estimate,
  .run = run,
};
