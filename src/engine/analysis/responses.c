#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/analysis.h"
#include "engine/conditions.h"
#include "engine/field.h"
#include "engine/linalg.h"
#include "engine/population.h"
#include "engine/replay.h"

/* What the units of a rate network do in the trials of its task, and how they hang together (ctrnn spec 4.1): responses by
 * condition, correlations, clusters of units that act alike (k-means on principal components of their rates, excitatory and
 * inhibitory ones apart), and the weights with units in that order. */

enum
{
  N_KEPT = 200, /* steps of a trial, where `every` is 0 */
  MAX_BYTES = 1 << 30,
};

enum
{
  SORT_CLUSTER,
  SORT_WEIGHTS,
};

typedef struct
{
  int n_trials, every, n_clusters[2], n_components, sort, seed;
  double noise;
  const char *by;
} Config;

static const char *const sort_choices[] = { "cluster", "weights", NULL };

static const RheoParam params[] = {
  RHEO_P_TEXT (Config, by, "by", .label = N_ ("Conditions"), .def_text = "",
               .help = N_ ("Names of the task's conditions by which responses are averaged, with blanks between; none: "
                           "those with few values.")),
  RHEO_P_CHOICE (Config, sort, "sort", sort_choices, .label = N_ ("Order of units"), .max = SORT_WEIGHTS,
                 .help = N_ ("By class and cluster; or by class, preferred input and preferred output, as published.")),
  RHEO_P_INT (Config, n_clusters[0], "clusters", .label = N_ ("Clusters"), .def = 8, .min = 1, .max = 1000,
              .soft_min = 1, .soft_max = 20,
              .help = N_ ("Of excitatory units, or of all where units have no classes.")),
  RHEO_P_INT (Config, n_clusters[1], "clusters-inhibitory", .label = N_ ("Clusters of inhibitory units"), .def = 4,
              .min = 1, .max = 1000, .soft_min = 1, .soft_max = 20, .help = N_ ("Where units have classes.")),
  RHEO_P_INT (Config, n_components, "components", .label = N_ ("Components"), .def = 10, .min = 1, .max = 1000,
              .soft_min = 1, .soft_max = 30,
              .help = N_ ("Principal components of the units' rates that are clustered."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Config, noise, "noise", .label = N_ ("Noise"), .def = 0, .min = 0, .max = 1000, .soft_max = 4,
               .help = N_ ("Times that of the training.")),
  RHEO_P_INT (Config, n_trials, "trials", .label = N_ ("Trials"), .def = 0, .min = 0, .max = 1e6, .soft_max = 1000,
              .help = N_ ("Of the validation set; 0: all of it, or 200 where it has no end.")),
  RHEO_P_INT (Config, every, "every", .label = N_ ("Keep every"), .unit = N_ ("steps"), .def = 0, .min = 0,
              .max = 100000, .soft_max = 20,
              .help = N_ ("Steps between kept ones; 0: so that at most 200 of a trial are kept."),
              .flags = RHEO_ADVANCED),
  RHEO_P_INT (Config, seed, "seed", .label = N_ ("Seed"), .def = 1, .min = 0, .max = 2147483647,
              .help = N_ ("Of the noise and of the first centres of clusters."), .flags = RHEO_ADVANCED),
  RHEO_P_END,
};

static const RheoSeries series[] = {
  { .key = "participation-ratio",
    .label = N_ ("Dimension"),
    .help = N_ ("Participation ratio of the covariance of rates: in how many directions they vary."),
    .unit = "",
    .axes = "" },
  { .key = "silhouette",
    .label = N_ ("Separation of clusters"),
    .help = N_ ("Mean silhouette over units; 1: far apart, 0: none to be seen."),
    .unit = "",
    .axes = "" },
  { .key = "unit", .label = N_ ("Unit"), .help = N_ ("In the network, counted from 0."), .unit = "", .axes = "unit" },
  { .key = "class", .label = N_ ("Class"), .help = N_ ("0: excitatory, 1: inhibitory."), .unit = "", .axes = "unit" },
  { .key = "unit-cluster",
    .label = N_ ("Cluster"),
    .help = N_ ("Its place among the clusters, counted from 0."),
    .unit = "",
    .axes = "unit" },
  { .key = "participation",
    .label = N_ ("Participation"),
    .help = N_ ("Standard deviation plus 0.9 quantile of the absolute rate, over time and trials."),
    .unit = "",
    .axes = "unit" },
  { .key = "preferred-input",
    .label = N_ ("Preferred input"),
    .help = N_ ("That with the largest absolute weight."),
    .unit = "",
    .axes = "unit" },
  { .key = "preferred-output",
    .label = N_ ("Preferred output"),
    .help = N_ ("That with the largest absolute weight."),
    .unit = "",
    .axes = "unit" },
  { .key = "cluster", .label = N_ ("Cluster"), .help = N_ ("Its name."), .unit = "", .axes = "cluster" },
  { .key = "cluster-size", .label = N_ ("Units"), .help = N_ ("In the cluster."), .unit = "", .axes = "cluster" },
  { .key = "group", .label = N_ ("Condition"), .help = N_ ("Of the averaged trials."), .unit = "", .axes = "group" },
  { .key = "group-size", .label = N_ ("Trials"), .help = N_ ("With the condition."), .unit = "", .axes = "group" },
  { .key = "time", .label = N_ ("Time step"), .help = N_ ("Of the kept states."), .unit = "", .axes = "time" },
  { .key = "component", .label = N_ ("Component"), .help = N_ ("Counted from 1."), .unit = "", .axes = "component" },
  { .key = "explained",
    .label = N_ ("Explained variance"),
    .help = N_ ("Share of the variance of rates along each principal direction."),
    .unit = "",
    .axes = "component",
    .hi = 1 },
  { .key = "response",
    .label = N_ ("Response"),
    .help = N_ ("Mean rate of each unit over the trials of a condition."),
    .unit = "",
    .axes = "group unit time",
    .flags = RHEO_SERIES_SHOW },
  { .key = "cluster-response",
    .label = N_ ("Response of the cluster"),
    .help = N_ ("Mean over its units."),
    .unit = "",
    .axes = "cluster group time",
    .flags = RHEO_SERIES_SHOW },
  { .key = "correlation",
    .label = N_ ("Correlation"),
    .help = N_ ("Of the rates of two units, over time and trials."),
    .unit = "",
    .axes = "unit unit",
    .lo = -1,
    .hi = 1,
    .flags = RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  { .key = "weight-in",
    .label = N_ ("Input weights"),
    .help = N_ ("Units in the same order."),
    .unit = "",
    .axes = "unit in",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "weight-rec",
    .label = N_ ("Recurrent weights"),
    .help = N_ ("Units in the same order; to each row from each column."),
    .unit = "",
    .axes = "unit unit",
    .flags = RHEO_SERIES_SIGNED | RHEO_SERIES_SHOW },
  { .key = "weight-out",
    .label = N_ ("Output weights"),
    .help = N_ ("Units in the same order."),
    .unit = "",
    .axes = "out unit",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "cluster-weight",
    .label = N_ ("Mean weight between clusters"),
    .help = N_ ("To each row from each column."),
    .unit = "",
    .axes = "cluster cluster",
    .flags = RHEO_SERIES_SIGNED },
  { .key = "in", .label = N_ ("Inputs"), .help = N_ ("What the task calls them."), .unit = "", .axes = "in" },
  { .key = "out", .label = N_ ("Outputs"), .help = N_ ("What the task calls them."), .unit = "", .axes = "out" },
  { NULL },
};

static RheoColumn *
add (RheoTable *out, const char *key, RheoType type, const int64_t *dims)
{
  return rheo_result_add (out, series, key, type, dims);
}

/* --- rates of all trials ------------------------------------------------------------------------------------------ */
typedef struct
{
  int n_units, n_trials, n_times, every, n_conditions;
  float *rate; /* [trial][time][unit]; beyond the end of a trial NaN */
  double *condition;
  int *group; /* of each trial */
} Rates;

static void
clear_rates (Rates *r)
{
  g_free (r->rate);
  g_free (r->condition);
  g_free (r->group);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rates, clear_rates)

static float *
state_of (const Rates *r, int trial, int time)
{
  return r->rate + ((gsize) trial * (gsize) r->n_times + (gsize) time) * (gsize) r->n_units;
}

static void
keep (void *data, const RheoReplayTrial *trial)
{
  Rates *to = data;

  memcpy (to->condition + (gsize) trial->index * (gsize) to->n_conditions, trial->condition,
          sizeof (double) * (gsize) to->n_conditions);
  for (int k = 0; k < to->n_times; k++)
    for (int i = 0; i < to->n_units; i++)
      state_of (to, trial->index, k)[i] =
          k * to->every < trial->length ? (float) trial->rate.first[k * to->every * trial->rate.step + i] : NAN;
}

static gboolean
collect (RheoReplay *replay, const Config *c, Rates *r, const atomic_bool *cancelled, GError **error)
{
  const RheoShape *shape = rheo_replay_get_shape (replay);
  const int n_valid = rheo_replay_get_n_valid (replay, c->n_trials > 0 ? c->n_trials : 200);
  const RheoReplayRun what = { .set = RHEO_SET_VALID,
                               .n = c->n_trials > 0 ? MIN (c->n_trials, n_valid) : n_valid,
                               .draw = (uint32_t) c->seed,
                               .noise = c->noise,
                               .each = keep,
                               .data = r,
                               .cancelled = cancelled };
  gsize n_numbers;

  r->n_conditions = rheo_conditions_count (rheo_replay_get_conditions (replay));
  r->n_trials = what.n;
  r->every = c->every > 0 ? c->every : (shape->n_steps + N_KEPT - 1) / N_KEPT;
  r->n_times = (shape->n_steps + r->every - 1) / r->every;
  n_numbers = (gsize) r->n_trials * (gsize) r->n_times * (gsize) r->n_units;
  if (n_numbers > MAX_BYTES / sizeof (float))
    return rheo_fail (error, RHEO_ERROR_MEMORY,
                      _ ("The rates of %d units at %d steps of %d trials are too many to keep; fewer trials, or every "
                         "with a larger number, are needed."),
                      r->n_units, r->n_times, r->n_trials);
  r->rate = g_new (float, n_numbers);
  r->condition = g_new0 (double, (gsize) MAX (r->n_conditions, 1) * (gsize) r->n_trials);
  r->group = g_new0 (int, r->n_trials);
  return rheo_replay_run (replay, &what, error);
}

/* --- order of units ----------------------------------------------------------------------------------------------- */
typedef struct
{
  int unit, class, cluster, input, output;
  double participation;
} Unit;

static int
largest (const double *weight, int n, int64_t step)
{
  int at = 0;

  for (int i = 1; i < n; i++)
    if (fabs (weight[i * step]) > fabs (weight[at * step]))
      at = i;
  return at;
}

static int
compare_units (gconstpointer a, gconstpointer b, gpointer data)
{
  const Unit *x = a, *y = b;
  const int by_cluster = *(const int *) data == SORT_CLUSTER ? x->cluster - y->cluster : 0;
  const int keys[] = { x->class - y->class, by_cluster, x->input - y->input, x->output - y->output };

  for (gsize k = 0; k < G_N_ELEMENTS (keys); k++)
    if (keys[k] != 0)
      return keys[k];
  return x->participation != y->participation ? (x->participation < y->participation ? 1 : -1) : x->unit - y->unit;
}

static void
describe_units (const RheoField *field, const RheoRecord *record, const Rates *r, Unit *units)
{
  g_autofree char *key = g_strconcat (field->law.pop, ".class", NULL);
  const RheoColumn *class = rheo_table_find (record->weights, key);
  g_autofree float *value = g_new (float, (gsize) r->n_trials *(gsize) r->n_times);

  for (int i = 0; i < field->n; i++)
    {
      int64_t n = 0;

      for (int trial = 0; trial < r->n_trials; trial++)
        for (int t = 0; t < r->n_times; t++)
          if (!isnan (state_of (r, trial, t)[i]))
            value[n++] = state_of (r, trial, t)[i];
      units[i] = (Unit){ .unit = i,
                         .class = class != NULL ? (int) rheo_column_get_number (class, i) : 0,
                         .input = largest (field->w_in + (gsize) i * (gsize) field->n_in, field->n_in, 1),
                         .output = largest (field->w_out + i, field->n_out, field->n),
                         .participation = rheo_participation (n, value) };
    }
}

/* Sums of products of rates over all states, and of rates; gives their number. */
static int64_t
sum_products (const Rates *r, double *products, double *sum)
{
  const int n = r->n_units;
  g_autofree double *block = g_new (double, (gsize) r->n_times *(gsize) n);
  int64_t n_states = 0;

  for (int trial = 0; trial < r->n_trials; trial++)
    {
      int n_there = 0;

      for (int t = 0; t < r->n_times && !isnan (state_of (r, trial, t)[0]); t++, n_there++)
        for (int i = 0; i < n; i++)
          {
            block[(gsize) t * (gsize) n + (gsize) i] = (double) state_of (r, trial, t)[i];
            sum[i] += block[(gsize) t * (gsize) n + (gsize) i];
          }
      rheo_multiply (true, false, n, n, n_there, 1, block, block, 1, products);
      n_states += n_there;
    }
  return n_states;
}

/* The rates of a unit over all states are one point; its places along the first principal components of these points, which
 * are known from the products alone. Gives how many components there are. */
static int
find_places (int n, const double *products, int wanted, double *place)
{
  const int n_components = MIN (wanted, n);
  g_autofree double *centred = g_new (double, (gsize) n *(gsize) n), *mean = g_new0 (double, n);
  g_autofree double *direction = g_new (double, (gsize) n_components *(gsize) n);
  g_autofree double *variance = g_new (double, n_components);
  double all = 0;

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      {
        mean[i] += products[(gsize) i * (gsize) n + (gsize) j] / n;
        all += products[(gsize) i * (gsize) n + (gsize) j] / n / n;
      }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      centred[(gsize) i * (gsize) n + (gsize) j] =
          products[(gsize) i * (gsize) n + (gsize) j] - mean[i] - mean[j] + all;
  if (!rheo_directions (n, centred, n_components, direction, variance))
    return 0;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n_components; k++)
      place[(gsize) i * (gsize) n_components + (gsize) k] =
          direction[(gsize) k * (gsize) n + (gsize) i] * sqrt (MAX (variance[k], 0));
  return n_components;
}

/* Clusters of each class alone, numbered on from class to class. Gives how many there are. */
static int
cluster_units (const Config *c, int n, Unit *units, int n_components, const double *place)
{
  const RheoRng rng = { .seed = (uint64_t) c->seed, .stream = RHEO_STREAM_ANALYSIS };
  g_autofree double *point = g_new (double, (gsize) n *(gsize) n_components);
  g_autofree int *of = g_new (int, n), *cluster = g_new (int, n);
  int n_clusters = 0;

  for (int class = 0; class < 2; class ++)
    {
      int n_here = 0, n_found = 0;

      for (int i = 0; i < n; i++)
        if (units[i].class == class)
          {
            memcpy (point + (gsize) n_here * (gsize) n_components, place + (gsize) i * (gsize) n_components,
                    sizeof *point * (gsize) n_components);
            of[n_here++] = i;
          }
      if (n_here == 0)
        continue;
      rheo_cluster (n_here, n_components, point, MIN (c->n_clusters[class], n_here), 20, rng, cluster);
      for (int k = 0; k < n_here; k++)
        {
          units[of[k]].cluster = n_clusters + cluster[k];
          n_found = MAX (n_found, cluster[k] + 1);
        }
      n_clusters += n_found;
    }
  return n_clusters;
}

/* --- the result --------------------------------------------------------------------------------------------------- */
static void
add_units (RheoTable *out, int64_t n, const Unit *units)
{
  double *participation;
  int32_t *number = add (out, "unit", RHEO_I32, &n)->data, *class = add (out, "class", RHEO_I32, &n)->data;
  int32_t *cluster = add (out, "unit-cluster", RHEO_I32, &n)->data;
  int32_t *input = add (out, "preferred-input", RHEO_I32, &n)->data;
  int32_t *output = add (out, "preferred-output", RHEO_I32, &n)->data;

  participation = add (out, "participation", RHEO_F64, &n)->data;
  for (int64_t i = 0; i < n; i++)
    {
      number[i] = units[i].unit;
      class[i] = units[i].class;
      cluster[i] = units[i].cluster;
      input[i] = units[i].input;
      output[i] = units[i].output;
      participation[i] = units[i].participation;
    }
}

static void
add_clusters (RheoTable *out, int64_t n_clusters, int n, const Unit *units, gboolean classes)
{
  const char **name = add (out, "cluster", RHEO_STRING, &n_clusters)->data;
  int32_t *size = add (out, "cluster-size", RHEO_I32, &n_clusters)->data;

  for (int64_t k = 0, first = 0; k < n_clusters; k++)
    {
      int class = 0;
      g_autofree char *text = NULL;

      for (int i = 0; i < n; i++)
        if (units[i].cluster == k)
          {
            class = units[i].class;
            size[k]++;
          }
      if (class == 1 && first == 0)
        first = k;
      text = classes ? g_strdup_printf ("%s%d", class == 0 ? "E" : "I", (int) (k - (class == 1 ? first : 0)) + 1)
                     : g_strdup_printf ("%d", (int) k + 1);
      name[k] = rheo_table_keep (out, text);
    }
}

static void
add_responses (RheoTable *out, const Rates *r, int n_groups, int n_clusters, const Unit *units)
{
  const int64_t dims[] = { n_groups, r->n_units, r->n_times }, cluster_dims[] = { n_clusters, n_groups, r->n_times };
  float *response = add (out, "response", RHEO_F32, dims)->data;
  double *of_cluster = add (out, "cluster-response", RHEO_F64, cluster_dims)->data;
  const int32_t *size = rheo_table_find (out, "cluster-size")->data;
  g_autofree double *sum = g_new (double, r->n_units);

  for (int group = 0; group < n_groups; group++)
    for (int t = 0; t < r->n_times; t++)
      {
        int n = 0;

        memset (sum, 0, sizeof *sum * (gsize) r->n_units);
        for (int trial = 0; trial < r->n_trials; trial++)
          {
            if (r->group[trial] != group || isnan (state_of (r, trial, t)[0]))
              continue;
            for (int i = 0; i < r->n_units; i++)
              sum[i] += (double) state_of (r, trial, t)[i];
            n++;
          }
        for (int i = 0; i < r->n_units; i++)
          {
            const double mean = n > 0 ? sum[units[i].unit] / n : NAN;
            const int k = units[i].cluster;

            response[((gsize) group * (gsize) r->n_units + (gsize) i) * (gsize) r->n_times + (gsize) t] = (float) mean;
            of_cluster[((gsize) k * (gsize) n_groups + (gsize) group) * (gsize) r->n_times + (gsize) t] +=
                mean / size[k];
          }
      }
}

/* Dimension and correlations from sums over states; products becomes the covariance. */
static void
add_covariance (RheoTable *out, int n, const Unit *units, int64_t n_states, double *products, const double *sum,
                int n_components)
{
  const int64_t dims[] = { n, n }, n_shown = MIN (n_components, n);
  double *correlation = add (out, "correlation", RHEO_F64, dims)->data;
  double *explained = add (out, "explained", RHEO_F64, &n_shown)->data, total = 0;
  int32_t *component = add (out, "component", RHEO_I32, &n_shown)->data;
  g_autofree double *direction = g_new (double, (gsize) n_shown *(gsize) n);

  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      products[(gsize) i * (gsize) n + (gsize) j] = products[(gsize) i * (gsize) n + (gsize) j] / (double) n_states
                                                    - sum[i] / (double) n_states * (sum[j] / (double) n_states);
  rheo_result_add_number (out, series, "participation-ratio", rheo_participation_ratio (n, products));
  for (int i = 0; i < n; i++)
    {
      const gsize a = (gsize) units[i].unit;

      total += products[(gsize) i * (gsize) n + (gsize) i];
      for (int j = 0; j < n; j++)
        {
          const gsize b = (gsize) units[j].unit;
          const double scale = sqrt (products[a * (gsize) n + a] * products[b * (gsize) n + b]);

          /* A unit that does nothing has none. */
          correlation[(gsize) i * (gsize) n + (gsize) j] =
              scale > 1e-12 ? CLAMP (products[a * (gsize) n + b] / scale, -1, 1) : NAN;
        }
    }
  if (!rheo_directions (n, products, (int) n_shown, direction, explained))
    for (int64_t k = 0; k < n_shown; k++)
      explained[k] = NAN;
  for (int64_t k = 0; k < n_shown; k++)
    {
      explained[k] /= total;
      component[k] = (int32_t) k + 1;
    }
}

static void
add_weights (RheoTable *out, const RheoField *field, const Unit *units, int n_clusters)
{
  const int n = field->n;
  const int64_t in[] = { n, field->n_in }, rec[] = { n, n }, read[] = { field->n_out, n };
  const int64_t between[] = { n_clusters, n_clusters };
  double *w_in = add (out, "weight-in", RHEO_F64, in)->data, *w = add (out, "weight-rec", RHEO_F64, rec)->data;
  double *w_out = add (out, "weight-out", RHEO_F64, read)->data;
  double *mean = add (out, "cluster-weight", RHEO_F64, between)->data;
  const int32_t *size = rheo_table_find (out, "cluster-size")->data;

  for (int i = 0; i < n; i++)
    {
      const gsize to = (gsize) units[i].unit;

      memcpy (w_in + (gsize) i * (gsize) field->n_in, field->w_in + to * (gsize) field->n_in,
              sizeof *w_in * (gsize) field->n_in);
      for (int j = 0; j < n; j++)
        {
          const double weight = field->w[to * (gsize) n + (gsize) units[j].unit];

          w[(gsize) i * (gsize) n + (gsize) j] = weight;
          mean[units[i].cluster * n_clusters + units[j].cluster] +=
              weight / size[units[i].cluster] / size[units[j].cluster];
        }
      for (int k = 0; k < field->n_out; k++)
        w_out[(gsize) k * (gsize) n + (gsize) i] = field->w_out[(gsize) k * (gsize) n + to];
    }
}

static gboolean
analyse (const Config *c, const RheoRecord *record, const RheoReplay *replay, const RheoField *field, Rates *r,
         RheoTable *out, GError **error)
{
  const int n = field->n;
  const int64_t n_times = r->n_times;
  g_autofree Unit *units = g_new0 (Unit, n);
  g_autofree double *products = g_new0 (double, (gsize) n *(gsize) n), *sum = g_new0 (double, n);
  g_autofree double *place = g_new (double, (gsize) n *(gsize) c->n_components);
  g_autofree int *cluster = g_new (int, n);
  const int64_t n_states = sum_products (r, products, sum);
  const int n_components = find_places (n, products, c->n_components, place);
  gboolean classes = FALSE;
  int n_clusters, n_groups;
  int32_t *time;

  if (n_components == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The rates of the network are not finite."));
  describe_units (field, record, r, units);
  n_clusters = cluster_units (c, n, units, n_components, place);
  for (int i = 0; i < n; i++)
    {
      cluster[i] = units[i].cluster;
      classes = classes || units[i].class == 1;
    }
  g_qsort_with_data (units, n, sizeof *units, compare_units, (gpointer) &c->sort);
  add_units (out, n, units);
  rheo_result_add_number (out, series, "silhouette", rheo_silhouette (n, n_components, place, cluster));
  add_clusters (out, n_clusters, n, units, classes);
  n_groups = rheo_conditions_add_groups (rheo_replay_get_conditions (replay), r->n_trials, r->condition, c->by, out,
                                         r->group, error);
  if (n_groups < 0)
    return FALSE;
  time = add (out, "time", RHEO_I32, &n_times)->data;
  for (int64_t t = 0; t < n_times; t++)
    time[t] = (int32_t) t * r->every;
  add_responses (out, r, n_groups, n_clusters, units);
  add_covariance (out, n, units, n_states, products, sum, c->n_components);
  add_weights (out, field, units, n_clusters);
  rheo_replay_add_names (replay, FALSE, out);
  rheo_replay_add_names (replay, TRUE, out);
  return TRUE;
}

static gboolean
run (const void *config, const RheoRecord *records, int n_records, const RheoTable *previous, RheoTable *out,
     void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const Config *c = config;
  const RheoRecord *record = &records[n_records - 1];
  g_autoptr (RheoField) field = rheo_field_new (record->experiment, record->weights, error);
  g_autoptr (RheoReplay) replay = field != NULL ? rheo_replay_new (record, error) : NULL;
  g_auto (Rates) rates = { .n_units = field != NULL ? field->n : 0 };

  if (replay == NULL || !collect (replay, c, &rates, cancelled, error))
    return FALSE;
  if (progress != NULL)
    progress (progress_data, 0.5);
  return analyse (c, record, replay, field, &rates, out, error);
}

static double
estimate (const void *config, const RheoExperiment *experiment)
{
  const Config *c = config;

  return rheo_analysis_estimate_trials (experiment, c->n_trials > 0 ? c->n_trials : 200);
}

const RheoAnalysis rheo_analysis_responses = {
  .base = { .kind = RHEO_KIND_ANALYSIS,
            .version = 1,
            .id = "responses",
            .title = N_ ("Responses of units"),
            .summary = N_ ("What units do by condition, how they correlate, which act alike, and the weights in that "
                           "order."),
            .cite = "Langdon & Engel 2025; Yang et al. 2019",
            .config_size = sizeof (Config),
            .params = params,
            .series = series },
  .about = RHEO_ABOUT_ACTIVITY,
  .wants = RHEO_WANTS_WEIGHTS,
  .estimate = estimate,
  .run = run,
};
