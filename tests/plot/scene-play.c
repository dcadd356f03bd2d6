/* Tables of a spiking network that plays, with the names and notes that runs give them. */
#include "config.h"

#include "scene-numbers.h"

#include <math.h>
#include <string.h>

#include "engine/scene.h"

#define N_STEPS 1200
#define DT 0.6
#define ACTION 49.8 /* ms */

/* --- spikes of several populations ------------------------------------------------------------------------------- */
static RheoTable *
population (const char *name, int n_units, double rate, const char *classes, guint64 seed)
{
  RheoTable *t = rheo_table_new ("Record");
  g_autofree char *key = g_strconcat (name, ".spikes", NULL), *label = g_strconcat ("Spikes of ", name, NULL);
  g_autofree char *class_key = g_strconcat (name, ".class", NULL), *note = g_strconcat (name, ".classes", NULL);
  const int64_t dims[] = { N_STEPS, n_units };
  guint8 *bit = rheo_table_add (t, key, label, "", "time unit", RHEO_U8, dims)->data;
  guint64 s = seed;

  for (int i = 0; i < N_STEPS; i++)
    for (int u = 0; u < n_units; u++)
      bit[(int64_t) i * n_units + u] =
          uniform (&s) < rate * DT / 1000 * (1 + sin (i * 0.02 + 3.0 * (classes != NULL && u >= n_units / 2)));
  if (classes != NULL)
    {
      guint8 *class = rheo_table_add (t, class_key, "Cell class", "", "unit", RHEO_U8, &dims[1])->data;

      for (int u = 0; u < n_units; u++)
        class[u] = u >= n_units / 2;
      rheo_table_set_note (t, note, classes);
    }
  rheo_table_set_note (t, "start", "400020");
  rheo_table_set_note (t, "iteration", "147");
  rheo_table_set_note (t, "unit", "episode");
  return t;
}

static void
add_populations (GPtrArray *a)
{
  static const struct
  {
    const char *name;
    int n;
    double rate;
    const char *classes;
  } pops[] = {
    { "ES", 80, 3, NULL },          { "EA", 40, 12, NULL }, { "IA", 10, 10, NULL },  { "IAL", 10, 25, NULL },
    { "EM", 40, 14, "left right" }, { "IM", 10, 20, NULL }, { "IML", 10, 12, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pops); i++)
    g_ptr_array_add (a, population (pops[i].name, pops[i].n, pops[i].rate, pops[i].classes, 3 + i));
}

/* --- an episode --------------------------------------------------------------------------------------------------- */
#define N_MOMENTS 60

/* A cart that swings and a pole that leans; equal votes at each seventh action. */
static RheoTable *
episode (void)
{
  const int64_t items[] = { 1, N_MOMENTS, 3, RHEO_SCENE_NUMBERS }, two[] = { 1, N_MOMENTS, 2 }, one = 1, n_all = 1200;
  const int32_t length = N_MOMENTS;
  const double score = N_MOMENTS - 1;
  RheoTable *t = rheo_table_new ("Record");
  guint64 s = 8;
  float *item = rheo_table_add (t, "scene.items", "Scene", "", "episode time item number", RHEO_F32, items)->data;
  float *fact = rheo_table_add (t, "scene.facts", "Facts", "", "episode time fact", RHEO_F32, two)->data;
  float *votes = rheo_table_add (t, "scene.votes", "Votes", "", "episode time out", RHEO_F32, two)->data;
  float *reward = rheo_table_add (t, "scene.reward", "Reward", "", "episode time", RHEO_F32, items)->data;
  const int64_t four[] = { 1, N_MOMENTS, 4 };
  int32_t *field = rheo_table_add (t, "scene.fields", "Fields", "", "episode time field", RHEO_I32, four)->data;
  int32_t *action = rheo_table_add (t, "scene.action", "Action", "", "episode time", RHEO_I32, items)->data;
  float *all = rheo_table_add (t, "scene.rewards", "Rewards", "", "action", RHEO_F32, &n_all)->data;

  for (int i = 0; i < N_MOMENTS; i++)
    {
      const float x = (float) (0.8 * sin (i * 0.1)), lean = (float) (0.1 * sin (i * 0.31));
      const gboolean equal = i % 7 == 3, right = i % 5 < 3;
      const float one_item[3][RHEO_SCENE_NUMBERS] = {
        { RHEO_SCENE_BOX, RHEO_SCENE_PART, x, 0, 0.25f, 0.12f },
        { RHEO_SCENE_LINE, RHEO_SCENE_PART, x, 0.12f, x + sinf (lean), 0.12f + cosf (lean) },
        { RHEO_SCENE_LINE, RHEO_SCENE_FORCE, x, 0, right ? x + 1 : x - 1, 0 },
      };

      memcpy (item, one_item, sizeof one_item);
      item += 3 * RHEO_SCENE_NUMBERS;
      *fact++ = lean * 57.3f;
      *fact++ = (float) (0.6 * cos (i * 0.31));
      *votes++ = i == 0 ? NAN : (float) (equal ? 4 : right ? 9 : 14);
      *votes++ = i == 0 ? NAN : (float) (equal ? 4 : right ? 14 : 9);
      for (int k = 0; k < 4; k++)
        *field++ = k == 3 && i % 9 == 0 ? -1 : (i + 5 * k) % (k == 1 ? 8 : 20);
      action[i] = i == 0 ? -1 : right;
      reward[i] = i == 0 ? NAN : (float) (0.8 * sin (i * 0.2) * uniform (&s));
    }
  for (int i = 0; i < n_all; i++)
    {
      const double v = 0.35 * normal (&s);

      all[i] = (float) CLAMP (v, -0.667, 1);
    }
  rheo_table_add_copy (t, "scene.length", "Moments", "", "episode", RHEO_I32, &one, &length);
  rheo_table_add_copy (t, "scene.score", "Return", "", "episode", RHEO_F64, &one, &score);
  rheo_table_set_note (t, "scene.bounds", "-2.4 -0.4 2.4 1.4");
  rheo_table_set_note (t, "scene.unit", "m");
  rheo_table_set_note (t, "scene.names", "cart\tpole\tforce");
  rheo_table_set_note (t, "scene.fact-names", "Angle\tTurning");
  rheo_table_set_note (t, "scene.fact-units", "°\trad/s");
  rheo_table_set_note (t, "scene.field-names", "position\tvelocity\tangle\tturning");
  rheo_table_set_note (t, "scene.field-cells", "20 8 20 20");
  rheo_table_set_note (t, "scene.outputs", "left\tright");
  rheo_table_set_note (t, "scene.step", "49.8");
  rheo_table_set_note (t, "scene.number", "147");
  return t;
}

/* --- weights over training ---------------------------------------------------------------------------------------- */
static RheoTable *
weights_at (int iteration)
{
  static const char *const key[] = { "ES-EA-ampa.weight", "EA-EM-ampa.weight" };
  const int64_t n = 900;
  RheoTable *t = rheo_table_new ("Record");
  g_autofree char *text = g_strdup_printf ("%d", iteration);
  guint64 s = 4;

  for (int k = 0; k < 2; k++)
    {
      float *w = rheo_table_add (t, key[k], k == 0 ? "Weights of ES-EA-ampa" : "Weights of EA-EM-ampa", "", "synapse",
                                 RHEO_F32, &n)
                     ->data;

      for (int i = 0; i < n; i++)
        w[i] = (float) ((10 - 3 * k) * exp ((0.15 + 0.003 * iteration * (k + 1) / 2) * normal (&s)));
    }
  rheo_table_set_note (t, "iteration", text);
  rheo_table_set_note (t, "unit", "episode");
  return t;
}

/* --- a search ----------------------------------------------------------------------------------------------------- */
/* 48 runs of a search: how well they played, and what they varied. */
static RheoTable *
search (void)
{
  static const double traces[] = { 50, 100, 200, 250, 400 }, factors[] = { 1.5, 2.5, 2.8 };
  static const char *const targets[] = { "motor", "chosen", "both" }, *const weights[] = { "0.02", "0.005", "0.01" };
  const int64_t n = 48;
  RheoTable *t = rheo_table_new ("Runs of the sweep");
  double *best = rheo_table_add (t, "best", "Best mean of 100", "steps", "row", RHEO_F64, &n)->data;
  double *trace = rheo_table_add (t, "trace", "Eligibility", "ms", "row", RHEO_F64, &n)->data;
  const char **weight = rheo_table_add (t, "weight", "Reward weight", "", "row", RHEO_STRING, &n)->data;
  const char **target = rheo_table_add (t, "target", "Who is rewarded", "", "row", RHEO_STRING, &n)->data;
  double *factor = rheo_table_add (t, "factor", "Rewards count", "", "row", RHEO_F64, &n)->data;
  const char **elsewhere =
      rheo_table_add (t, "elsewhere", "Other synapses learn too", "", "row", RHEO_STRING, &n)->data;
  guint64 s = 9;

  for (int i = 0; i < n; i++)
    {
      trace[i] = traces[i * 7 % 5];
      weight[i] = rheo_table_keep (t, weights[i / 3 % 3]);
      target[i] = rheo_table_keep (t, targets[i % 3]);
      factor[i] = factors[i / 5 % 3];
      elsewhere[i] = rheo_table_keep (t, i / 2 % 2 ? "true" : "false");
      best[i] = 28 + 22 * (i % 3) + trace[i] / 40 + 7 * normal (&s);
    }
  return t;
}

/* What ten seeds came to. */
static RheoTable *
ten_seeds (void)
{
  static const char *const key[] = { "mean-100", "median-21", "median-51", "median-101" }, *const label[] = {
    "Best mean of 100", "Best median of 21", "Best median of 51", "Best median of 101"
  };
  static const double of[] = { 75.2, 90.8, 98.5, 102.2, 114.3, 114.8, 125.2, 132.6, 146.2, 157.1 };
  const int64_t n = 10;
  RheoTable *t = rheo_table_new ("Runs of the sweep");

  for (int k = 0; k < 4; k++)
    {
      double *v = rheo_table_add (t, key[k], label[k], "steps", "row", RHEO_F64, &n)->data;

      for (int i = 0; i < n; i++)
        v[i] = of[i] + (k > 0 ? 40 - 12 * k : 0) + (i * 5 % 7);
    }
  return t;
}

/* All projections of some populations by cell, a quarter of the pairs with a synapse. */
static RheoTable *
connections (void)
{
  static const struct
  {
    const char *name;
    int n;
    double weight;
  } pops[] = { { "ES", 40, 10 }, { "EA", 20, 6.5 }, { "IA", 5, 18 }, { "IAL", 5, 5 }, { "EM", 20, 3 } };
  const int64_t dims[] = { 90, 90 };
  RheoTable *t = rheo_table_new ("Connection matrix");
  float *w = rheo_table_add (t, "matrix", "Weight", "", "pre post", RHEO_F32, dims)->data;
  const char **pre = rheo_table_add (t, "pre", "From unit", "", "pre", RHEO_STRING, dims)->data;
  const char **post = rheo_table_add (t, "post", "To unit", "", "post", RHEO_STRING, dims)->data;
  int of[90], n = 0;
  guint64 s = 6;

  for (gsize k = 0; k < G_N_ELEMENTS (pops); k++)
    for (int i = 0; i < pops[k].n; i++, n++)
      {
        of[n] = (int) k;
        pre[n] = post[n] = pops[k].name;
      }
  for (int i = 0; i < 90 * 90; i++)
    {
      const int from = of[i / 90], to = of[i % 90];
      const gboolean joined = from == 0 ? to == 1 : from == 1 ? to > 1 : from < 4 && to > 0 && to < 4;

      w[i] = joined && uniform (&s) < 0.35 ? (float) (pops[from].weight * (0.5 + uniform (&s))) : NAN;
    }
  return t;
}

/* Of two classes of targets at six times: weights spread out, and some reach 0. */
static RheoTable *
weight_histograms (void)
{
  enum
  {
    TIMES = 6,
    BINS = 30,
    LOG_BINS = 50,
    MOST = 20,
  };
  const int64_t n = 2 * TIMES, dims[] = { n, BINS }, log_dims[] = { n, LOG_BINS };
  RheoTable *t = rheo_table_new ("Weights over training");
  const char **part = rheo_table_add (t, "part", "Projection", "", "row", RHEO_STRING, &n)->data;
  const char **side = rheo_table_add (t, "side", "Cells", "", "row", RHEO_STRING, &n)->data;
  int64_t *iteration = rheo_table_add (t, "iteration", "Iteration", "", "row", RHEO_I64, &n)->data;
  double *from = rheo_table_add (t, "from", "Weight", "", "row bin", RHEO_F64, dims)->data;
  double *to = rheo_table_add (t, "to", "Weight", "", "row bin", RHEO_F64, dims)->data;
  double *height = rheo_table_add (t, "height", "Synapses", "", "row bin", RHEO_F64, dims)->data;
  double *log_from = rheo_table_add (t, "log-from", "Weight", "", "row logbin", RHEO_F64, log_dims)->data;
  double *log_to = rheo_table_add (t, "log-to", "Weight", "", "row logbin", RHEO_F64, log_dims)->data;
  double *log_height = rheo_table_add (t, "log-height", "Synapses", "", "row logbin", RHEO_F64, log_dims)->data;
  guint64 s = 12;

  for (int r = 0; r < n; r++)
    {
      part[r] = "EA-EM-ampa";
      side[r] = r < TIMES ? "left" : "right";
      iteration[r] = r % TIMES * 30;
      for (int i = 0; i < BINS; i++)
        {
          from[r * BINS + i] = MOST * i / (double) BINS;
          to[r * BINS + i] = MOST * (i + 1) / (double) BINS;
        }
      for (int i = 0; i < LOG_BINS; i++)
        {
          log_from[r * LOG_BINS + i] = i == 0 ? 0 : 0.01 * pow (MOST / 0.01, (i - 1) / (LOG_BINS - 1.0));
          log_to[r * LOG_BINS + i] = 0.01 * pow (MOST / 0.01, i / (LOG_BINS - 1.0));
        }
      for (int k = 0; k < 400; k++)
        {
          const double w = 3.25 + 6.5 * uniform (&s) + (0.5 + 0.2 * (r >= TIMES)) * (r % TIMES) * normal (&s);
          const double v = CLAMP (w, 0, MOST - 1e-6);

          height[r * BINS + (int) (v / MOST * BINS)]++;
          for (int i = 0; i < LOG_BINS; i++)
            log_height[r * LOG_BINS + i] += v >= log_from[r * LOG_BINS + i] && v < log_to[r * LOG_BINS + i];
        }
    }
  return t;
}

/* Twenty fields of four numbers, narrow in the middle. */
static RheoTable *
receptive_fields (void)
{
  static const char *const parts[] = { "Position", "Velocity", "Angle", "Turning" }, *const units[] = { "m", "m/s",
                                                                                                        "rad",
                                                                                                        "rad/s" };
  static const double sd[] = { 1, 0.54, 0.0913, 0.82 };
  const int64_t n = 80;
  RheoTable *t = rheo_table_new ("Receptive fields");
  double *cell = rheo_table_add (t, "cell", "Input cell", "", "row", RHEO_F64, &n)->data;
  double *from = rheo_table_add (t, "from", "Drawn from", "", "row", RHEO_F64, &n)->data;
  double *to = rheo_table_add (t, "to", "Drawn to", "", "row", RHEO_F64, &n)->data;
  const char **part = rheo_table_add (t, "part", "Observed", "", "row", RHEO_STRING, &n)->data;
  const char **unit = rheo_table_add (t, "unit", "Unit", "", "row", RHEO_STRING, &n)->data;

  for (int i = 0; i < n; i++)
    {
      const int k = i % 20;

      cell[i] = i;
      from[i] = sd[i / 20] * (k == 0 ? -2.2 : log (k / (20.0 - k)) / 1.8);
      to[i] = sd[i / 20] * (k == 19 ? 2.2 : log ((k + 1) / (19.0 - k)) / 1.8);
      part[i] = parts[i / 20];
      unit[i] = units[i / 20];
    }
  return t;
}

/* Episodes of two networks from starts that are played ten times; those of one that always holds out are a line. */
static RheoTable *
chosen_starts (void)
{
  static const int number[] = { 48, 59, 62, 68, 77, 49, 98 };
  static const char *const network[] = { "good", "fair" };
  const int64_t n = 7 * 2 * 10;
  RheoTable *t = rheo_table_new ("Chosen starts");
  double *length = rheo_table_add (t, "length", "Length of an episode", "steps", "sample", RHEO_F64, &n)->data;
  const char **name = rheo_table_add (t, "network", "Start and network", "", "sample", RHEO_STRING, &n)->data;
  int32_t *colour = rheo_table_add (t, "colour", "Network", "", "sample", RHEO_I32, &n)->data;
  guint64 s = 5;

  for (int i = 0; i < n; i++)
    {
      const int start = i / 20, k = i / 10 % 2;
      const double drawn = floor (exp (5.4 - 0.9 * k + 0.5 * normal (&s)));
      g_autofree char *text = g_strdup_printf ("S%d %s", number[start], network[k]);

      name[i] = rheo_table_keep (t, text);
      colour[i] = k + 1;
      length[i] = start == 2 && k == 0 ? 500 : MIN (drawn, 500);
    }
  return t;
}

/* Rates of five populations in bins of 1 s. */
static RheoTable *
rates_groups (void)
{
  static const char *const names[] = { "ES (2.80 Hz)", "EA (4.58 Hz)", "IAL (6.46 Hz)", "EM-left (4.20 Hz)",
                                       "EM-right (3.84 Hz)" };
  static const double rate[] = { 2.8, 4.58, 6.46, 4.2, 3.84 };
  const int64_t dims[] = { 5, 60 };
  RheoTable *t = rheo_table_new ("Rates while it plays");
  double *v = rheo_table_add (t, "rate", "Firing rate", "Hz", "group time", RHEO_F64, dims)->data;
  double *time = rheo_table_add (t, "time", "Time", "s", "time", RHEO_F64, &dims[1])->data;
  const char **group = rheo_table_add (t, "group", "Population", "", "group", RHEO_STRING, dims)->data;
  guint64 s = 5;

  for (int i = 0; i < 60; i++)
    time[i] = i + 0.5;
  for (int g = 0; g < 5; g++)
    {
      group[g] = names[g];
      for (int i = 0; i < 60; i++)
        {
          const double drawn = rate[g] + (g == 0 ? 0.05 : 0.9) * normal (&s);

          v[g * 60 + i] = MAX (drawn, 0);
        }
    }
  return t;
}

/* Most steps are praised or punished much. */
static RheoTable *
critic_values (void)
{
  const int64_t one = 1, dims[] = { 1, 30 };
  const double n_whole = 7;
  RheoTable *t = rheo_table_new ("What a critic says");
  double *from = rheo_table_add (t, "from", "Critic value", "", "row bin", RHEO_F64, dims)->data;
  double *to = rheo_table_add (t, "to", "Critic value", "", "row bin", RHEO_F64, dims)->data;
  double *height = rheo_table_add (t, "height", "Steps", "", "row bin", RHEO_F64, dims)->data;

  for (int i = 0; i < 30; i++)
    {
      from[i] = -0.8 + 0.06 * i;
      to[i] = from[i] + 0.06;
      height[i] = i == 29 ? 1160 : round (500 * exp (-0.6 * i) + 80 * exp (-0.3 * (29 - i)) + (i == 13 ? 90 : 0));
    }
  rheo_table_add_copy (t, "whole-episodes", "Episodes of full length", "", "row", RHEO_F64, &one, &n_whole);
  return t;
}

gboolean
scene_add_play (const char *name, GPtrArray *a)
{
  if (strcmp (name, "populations") == 0)
    add_populations (a);
  else if (strcmp (name, "episode") == 0)
    g_ptr_array_add (a, episode ());
  else if (strcmp (name, "rates-groups") == 0)
    g_ptr_array_add (a, rates_groups ());
  else if (strcmp (name, "critic-values") == 0)
    g_ptr_array_add (a, critic_values ());
  else if (strcmp (name, "connections") == 0)
    g_ptr_array_add (a, connections ());
  else if (strcmp (name, "weight-histograms") == 0)
    g_ptr_array_add (a, weight_histograms ());
  else if (strcmp (name, "receptive-fields") == 0)
    g_ptr_array_add (a, receptive_fields ());
  else if (strcmp (name, "plastic-weights") == 0)
    for (int iteration = 1; iteration <= 149; iteration += 37)
      g_ptr_array_add (a, weights_at (iteration));
  else if (strcmp (name, "search") == 0)
    g_ptr_array_add (a, search ());
  else if (strcmp (name, "ten-seeds") == 0)
    g_ptr_array_add (a, ten_seeds ());
  else if (strcmp (name, "chosen-starts") == 0)
    g_ptr_array_add (a, chosen_starts ());
  else
    return FALSE;
  return TRUE;
}
