#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/fits.h"
#include "engine/judged.h"
#include "engine/result-rows.h"

/* What any critic would say of the steps of a network that plays well, whatever it was trained with: a critic that fits praises
 * most of them. */

typedef struct
{
  int episodes, bins;
  RheoCritic critic;
} Config;

static const RheoParam params[] = {
  RHEO_P_INT (Config, episodes, "episodes", .label = N_ ("Episodes"), .def = 100, .min = 1, .max = 100000,
              .soft_min = 1, .soft_max = 200,
              .help = N_ ("Of the test set, with learning off; those count that last the whole time.")),
  RHEO_P_INT (Config, bins, "bins", .label = N_ ("Bins"), .def = 30, .min = 2, .max = 400, .soft_min = 10,
              .soft_max = 100, .help = N_ ("From the smallest to the largest value.")),
  RHEO_P_BLOCK (Config, critic, RheoCritic, "critic", rheo_critic_params, .label = N_ ("Critic"),
                .help = N_ ("That judges the steps; it need not be that of the training.")),
  RHEO_P_END,
};

enum
{
  MAGNITUDE,
  RATIO,
  STEPS,
  EPISODES,
};

static const RheoSeries series[] = {
  [MAGNITUDE] = { "magnitude", N_ ("Mean value"), N_ ("Over the steps that count."), "", "row", 0, 0,
                  RHEO_SERIES_SIGNED },
  [RATIO] = { "ratio", N_ ("Positive values"), N_ ("Share of those that are not 0."), "", "row", 0, 1 },
  [STEPS] = { "steps", N_ ("Steps"), N_ ("That count: neither the first nor the last of an episode, and decided."), "",
              "row" },
  [EPISODES] = { "whole-episodes", N_ ("Episodes of full length"), N_ ("Whose steps count."), "", "row" },
  { "from", N_ ("Critic value"), N_ ("Lower edges of bins."), "", "row bin" },
  { "to", N_ ("Critic value"), N_ ("Upper edges of bins."), "", "row bin" },
  { "height", N_ ("Steps"), N_ ("In a bin."), "", "row bin" },
  { "episode", N_ ("Episode"), N_ ("Counted from 1."), "", "episode" },
  { "episode-magnitude", N_ ("Mean value of an episode"), N_ ("Over its steps that count."), "", "episode", 0, 0,
    RHEO_SERIES_SIGNED },
  { "episode-ratio", N_ ("Positive values of an episode"), N_ ("Share of those that are not 0."), "", "episode", 0, 1 },
  { NULL },
};

static void
add_histogram (const Config *c, RheoResultRows *rows, int64_t n, const double *value)
{
  g_autofree double *edge = g_new (double, c->bins + 1), *height = g_new0 (double, c->bins);
  double lo = INFINITY, hi = -INFINITY;

  for (int64_t i = 0; i < n; i++)
    {
      lo = MIN (lo, value[i]);
      hi = MAX (hi, value[i]);
    }
  if (n == 0)
    return;
  if (!(hi > lo))
    {
      lo -= 0.5;
      hi += 0.5;
    }
  for (int i = 0; i <= c->bins; i++)
    edge[i] = lo + (hi - lo) * i / c->bins;
  edge[c->bins] = hi;
  rheo_bins_count (c->bins, edge, n, value, height);
  rheo_result_rows_append (rows, "from", c->bins, edge);
  rheo_result_rows_append (rows, "to", c->bins, edge + 1);
  rheo_result_rows_append (rows, "height", c->bins, height);
}

/* Values of an episode lie side by side. */
static int
add_episodes (int64_t n, const double *value, const int *episode, RheoTable *out)
{
  int64_t n_episodes = 0, first = 0, k = 0;
  double *number, *magnitude, *ratio;

  for (int64_t i = 0; i < n; i++)
    n_episodes += i == 0 || episode[i] != episode[i - 1];
  number = rheo_result_add (out, series, "episode", RHEO_F64, &n_episodes)->data;
  magnitude = rheo_result_add (out, series, "episode-magnitude", RHEO_F64, &n_episodes)->data;
  ratio = rheo_result_add (out, series, "episode-ratio", RHEO_F64, &n_episodes)->data;
  for (int64_t i = 1; i <= n; i++)
    if (i == n || episode[i] != episode[first])
      {
        const RheoJudged judged = rheo_judge_values (i - first, value + first);

        number[k] = episode[first] + 1;
        magnitude[k] = judged.mean;
        ratio[k++] = judged.ratio;
        first = i;
      }
  return (int) n_episodes;
}

static void
measure (const Config *c, const RheoRecord *record, const RheoPlayed *played, RheoResultRows *rows, RheoTable *out)
{
  g_autoptr (GArray) value = g_array_new (FALSE, FALSE, sizeof (double)),
                     episode = g_array_new (FALSE, FALSE, sizeof (int));
  const RheoJudged judged = rheo_judge_played (played, &c->critic, value, episode);
  const int n_episodes = add_episodes (judged.n, (const double *) value->data, (const int *) episode->data, out);
  double *number = rheo_result_rows_add (rows, record, "critic");

  number[MAGNITUDE] = judged.mean;
  number[RATIO] = judged.ratio;
  number[STEPS] = (double) judged.n;
  number[EPISODES] = n_episodes;
  add_histogram (c, rows, judged.n, (const double *) value->data);
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  g_autoptr (RheoResultRows) rows = rheo_result_rows_new (series);
  g_autoptr (RheoTable) episodes = NULL;

  for (int i = 0; i < n_records; i++)
    {
      g_autoptr (RheoPlayed) played =
          rheo_judged_play (&records[i], c->episodes, progress, progress_data, cancelled, error);

      if (played == NULL)
        return FALSE;
      g_clear_pointer (&episodes, rheo_table_unref);
      episodes = rheo_table_new ("");
      measure (c, &records[i], played, rows, episodes);
    }
  rheo_result_rows_write (rows, "part", N_ ("Part"), out);
  rheo_result_add_all (out, episodes);
  return TRUE;
}

const RheoAnalysis rheo_analysis_critic_values = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "critic-values",
            .title = N_ ("What a critic says"),
            .summary = N_ ("Values that any critic would give to the steps of episodes that last the whole time."),
            .cite = "Haşegan et al. 2022, Training spiking neuronal networks to perform motor control using "
                    "reinforcement and evolutionary learning",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .wants = RHEO_WANTS_WEIGHTS,
  .about = RHEO_ABOUT_TASK,
  .fits = rheo_judged_fits,
  .run = run,
};
