#include "config.h"

#include "scene-numbers.h"

#include <math.h>
#include <string.h>

/* --- training ---------------------------------------------------------------------------------------------------- */
static RheoTable *
loss (void)
{
  RheoTable *t = rheo_table_new ("Metrics");
  int64_t n = 12;
  guint64 s = 5;
  int64_t *iteration = rheo_table_add (t, "iteration", "Epoch", "", "iteration", RHEO_I64, &n)->data;
  double *train = reals (t, "train.loss", "Loss (MSE of x + MSE of y)", "", "iteration", n);
  double *valid = reals (t, "valid.loss", "Loss (MSE of x + MSE of y)", "", "iteration", n);

  ((RheoColumn *) rheo_table_find (t, "train.loss"))->flags = RHEO_SERIES_LOWER_IS_BETTER;
  for (int i = 0; i < n; i++)
    {
      iteration[i] = i + 1;
      train[i] = 3.61 + 6.1 * exp (-i * 1.15) + 0.25 * exp (-i * 0.3) + 0.02 * normal (&s);
      valid[i] = 3.74 + 5.4 * exp (-i * 1.1) + 0.25 * exp (-i * 0.3) + 0.04 * normal (&s);
    }
  return t;
}

static RheoTable *
journal (void)
{
  RheoTable *t = rheo_table_new ("Journal");
  static const int64_t at[] = { 4, 9 };

  rheo_table_add_copy (t, "iteration", "Epoch", "", "change", RHEO_I64, (int64_t[]){ 2 }, at);
  rheo_table_add_copy (t, "key", "Key", "", "change", RHEO_STRING, (int64_t[]){ 2 },
                       (const char *const[]){ "rule.optimiser.lr", "rule.clip" });
  rheo_table_add_copy (t, "new", "New", "", "change", RHEO_STRING, (int64_t[]){ 2 },
                       (const char *const[]){ "0.002", "1" });
  return t;
}

static RheoTable *
batches (void)
{
  RheoTable *t = rheo_table_new ("Log of batches");
  int64_t n = 4000;
  guint64 s = 9;
  int64_t *batch = rheo_table_add (t, "batch", "Batch", "", "batch", RHEO_I64, &n)->data;
  double *y = reals (t, "train.loss", "Loss", "", "batch", n),
         *g = reals (t, "train.grad-norm", "Gradient norm", "", "batch", n);

  for (int i = 0; i < n; i++)
    {
      batch[i] = i;
      y[i] = (3.4 + 12 * exp (-i / 300.0)) * exp (0.12 * normal (&s));
      g[i] = exp (-1 - i / 1600.0 + 0.7 * normal (&s)) * (i % 711 == 400 ? 60 : 1);
    }
  return t;
}

static RheoTable *
rates (void)
{
  static const char *const classes[] = { "E", "PV", "SST", "Htr" };
  static const double first[] = { 19, 13.5, 44, 5.5 }, rise[] = { 4.8, 7, 11, 4.5 };
  RheoTable *t = rheo_table_new ("Metrics");
  int64_t n = 13;
  guint64 s = 3;
  int64_t *iteration = rheo_table_add (t, "iteration", "Epoch", "", "iteration", RHEO_I64, &n)->data;

  for (int i = 0; i < n; i++)
    iteration[i] = i;
  for (int k = 0; k < 4; k++)
    {
      g_autofree char *key = g_strdup_printf ("hidden.rate.%s", classes[k]);
      double *y = reals (t, key, "Mean rate", "spikes / 1,000 steps", "iteration", n);

      for (int i = 0; i < n; i++)
        y[i] = first[k] + rise[k] * (1 - exp (-i / 3.5)) + 0.5 * normal (&s);
    }
  return t;
}

static RheoTable *
agreement (void)
{
  static const char *const name[] = { "out", "in", "rec" };
  static const double last[] = { 0.97, 0.5, 0.37 }, start[] = { 0.98, 0.9, 0.8 };
  RheoTable *t = rheo_table_new ("Metrics");
  int64_t n = 20;
  guint64 s = 8;
  int64_t *iteration = rheo_table_add (t, "iteration", "Epoch", "", "iteration", RHEO_I64, &n)->data;

  for (int i = 0; i < n; i++)
    iteration[i] = i + 1;
  for (int k = 0; k < 3; k++)
    {
      g_autofree char *key = g_strdup_printf ("rule.cosine.%s", name[k]);
      double *y = reals (t, key, "Cosine of gradients", "", "iteration", n);

      for (int i = 0; i < n; i++)
        y[i] = last[k] + (start[k] - last[k]) * exp (-i / 7.0) + (k == 0 ? 0.004 : 0.022) * normal (&s);
    }
  return t;
}

/* Median and quartiles over seeds, and eight single runs. */
static RheoTable *
seeds (void)
{
  RheoTable *t = rheo_table_new ("Sweep");
  int64_t n = 200;
  guint64 s = 21;
  int64_t *iteration = rheo_table_add (t, "iteration", "Iteration", "", "iteration", RHEO_I64, &n)->data;
  double *median = reals (t, "median", "Accuracy", "%", "iteration", n),
         *lo = reals (t, "q25", "Accuracy", "%", "iteration", n),
         *hi = reals (t, "q75", "Accuracy", "%", "iteration", n);

  for (int i = 0; i < n; i++)
    {
      double m = 5 + 82 * (1 - exp (-i / 40.0));

      iteration[i] = i + 1;
      median[i] = m + 0.6 * normal (&s);
      lo[i] = median[i] - 6 * exp (-i / 80.0) - 3;
      hi[i] = median[i] + 5 * exp (-i / 60.0) + 2;
    }
  for (int k = 0; k < 9; k++)
    {
      g_autofree char *key = g_strdup_printf ("seed%d", k), *label = g_strdup_printf ("Seed %d", k);
      double *y = reals (t, key, label, "%", "iteration", n), walk = 0;

      for (int i = 0; i < n; i++)
        {
          walk += 0.4 * normal (&s) - 0.02 * walk;
          y[i] = 5 + (70 + 2.2 * k) * (1 - exp (-i / (30.0 + 4 * k))) + walk;
        }
    }
  return t;
}

/* --- robot ------------------------------------------------------------------------------------------------------- */
#define ROBOT_STEPS 300

static void
robot_target (guint64 *s, double *x, double *y)
{
  double a0 = 0, a1 = 0, f[4], ph[4], am[4], lo[2] = { INFINITY, INFINITY }, hi[2] = { -INFINITY, -INFINITY };

  for (int k = 0; k < 4; k++)
    {
      f[k] = 1 + 1.7 * uniform (s);
      ph[k] = 2 * PI * uniform (s);
      am[k] = 0.3 + uniform (s);
    }
  for (int t = 0; t < ROBOT_STEPS; t++)
    {
      double u = 2 * PI * t / ROBOT_STEPS;

      a0 += 0.008 * (am[0] * sin (f[0] * u + ph[0]) + am[1] * sin (f[1] * u + ph[1]));
      a1 += 0.013 * (am[2] * sin (f[2] * u + ph[2]) + am[3] * sin (f[3] * u + ph[3]));
      x[t] = cos (a0) + cos (a0 + a1 + PI / 2);
      y[t] = sin (a0) + sin (a0 + a1 + PI / 2);
      lo[0] = MIN (lo[0], x[t]);
      hi[0] = MAX (hi[0], x[t]);
      lo[1] = MIN (lo[1], y[t]);
      hi[1] = MAX (hi[1], y[t]);
    }
  for (int t = 0; t < ROBOT_STEPS; t++)
    {
      x[t] = 1 + 9 * (x[t] - lo[0]) / (hi[0] - lo[0]);
      y[t] = 1 + 9 * (y[t] - lo[1]) / (hi[1] - lo[1]);
    }
}

/* Probe trials as recorded at one epoch: outputs go from a cloud around the mean to a noisy trace of the target. */
static RheoTable *
robot (int epoch, double skill)
{
  RheoTable *t = rheo_table_new ("Probe trials");
  int64_t dims[] = { 4, ROBOT_STEPS, 2 };
  g_autofree char *note = g_strdup_printf ("%d", epoch);
  guint64 s = 12, noise = 1000 + epoch;
  float *target, *output;

  rheo_table_add (t, "task.target", "Position", "a.u.", "trial time out", RHEO_F32, dims);
  rheo_table_add (t, "out.value", "Position", "a.u.", "trial time out", RHEO_F32, dims);
  target = rheo_table_find (t, "task.target")->data;
  output = rheo_table_find (t, "out.value")->data;
  for (int i = 0; i < dims[0]; i++)
    {
      double x[2][ROBOT_STEPS], lag[2] = { 5.5, 5.5 }, shake[2] = { 0, 0 };

      robot_target (&s, x[0], x[1]);
      for (int k = 0; k < ROBOT_STEPS; k++)
        for (int c = 0; c < 2; c++)
          {
            lag[c] += 0.35 * (x[c][k] - lag[c]);
            shake[c] += -0.12 * shake[c] + (0.2 + 0.85 * (1 - skill)) * normal (&noise);
            target[(i * ROBOT_STEPS + k) * 2 + c] = (float) x[c][k];
            output[(i * ROBOT_STEPS + k) * 2 + c] =
                (float) (5.5 + (lag[c] - 5.5) * (0.1 + 0.9 * skill) + shake[c] * (0.6 - 0.25 * skill)
                         + (k < 12 ? (1 - skill) * 2 : 0));
          }
    }
  rheo_table_set_note (t, "epoch", note);
  return t;
}

/* One trial: few inputs are lines, many are rows of events. */
static RheoTable *
trial (int n_in)
{
  RheoTable *t = rheo_table_new ("One trial");
  const int64_t in[] = { 300, n_in }, out[] = { 300, 2 };
  guint64 s = 11;
  float *x = rheo_table_add (t, "input", "Input", n_in > 6 ? "" : "rad/s", "time in", RHEO_F32, in)->data;
  float *y = rheo_table_add (t, "target", "Target", "", "time out", RHEO_F32, out)->data;
  float *weight = rheo_table_add (t, "weight", "Weight in the loss", "", "time", RHEO_F32, in)->data;

  for (int i = 0; i < 300; i++)
    {
      for (int k = 0; k < n_in; k++)
        x[i * n_in + k] = (float) (n_in > 6 ? uniform (&s) < 0.04 * sin (PI * i / 300) * (1 + k % 5)
                                            : 40 * sin (i * 0.03 + 2 * k) * cos (i * 0.011));
      for (int k = 0; k < 2; k++)
        y[i * 2 + k] = (float) (5 + 4.5 * sin (i * 0.02 + 1.9 * k));
      weight[i] = i < 60 ? 0 : i < 150 ? 0.5F : i < 240 ? 1 : 0;
    }
  return t;
}

typedef struct
{
  const char *name, *part;
  int32_t group, kind;
  int64_t units;
} Box;

typedef struct
{
  const char *name;
  int32_t from, to, sign, single;
  double share;
} Link;

static const Box cortex_boxes[] = {
  { "ω0, ω1", "ω0, ω1", -1, 0, 2 }, { "E", "hidden", 0, 1, 850 },  { "PV", "hidden", 0, 1, 60 },
  { "SST", "hidden", 0, 1, 45 },    { "Htr", "hidden", 0, 1, 45 }, { "x, y", "x, y", 1, 2, 2 },
};
static const Link cortex_links[] = {
  { "in", 0, 1, 0, 0, 0.16 },    { "in", 0, 2, 0, 0, 0.16 },     { "in", 0, 3, 0, 0, 0.16 },
  { "in", 0, 4, 0, 0, 0.16 },    { "rec", 1, 1, 1, 0, 0.16 },    { "rec", 1, 2, 1, 0, 0.395 },
  { "rec", 1, 3, 1, 0, 0.182 },  { "rec", 1, 4, 1, 0, 0.105 },   { "rec", 2, 1, -1, 0, 0.411 },
  { "rec", 3, 1, -1, 0, 0.424 }, { "rec", 4, 1, -1, 0, 0.087 },  { "rec", 2, 2, -1, 0, 0.451 },
  { "rec", 3, 4, -1, 0, 0.77 },  { "rec", 4, 3, -1, 0, 0.0625 }, { "out", 1, 5, 0, 0, 0.16 },
  { "out", 2, 5, 0, 0, 0.16 },   { "out", 3, 5, 0, 0, 0.16 },    { "out", 4, 5, 0, 0, 0.16 },
};
static const Box stack_boxes[] = {
  { "Input", "Input", -1, 0, 700 },      { "hidden1", "hidden1", 0, 1, 1024 }, { "hidden2", "hidden2", 1, 1, 256 },
  { "hidden3", "hidden3", 2, 1, 16384 }, { "Output", "Output", 3, 2, 20 },
};
static const Link stack_links[] = {
  { "in", 0, 1, 0, 0, 1 },      { "ff2", 1, 2, 0, 0, 0.5 }, { "ff3", 2, 3, 0, 0, 0.1 },  { "out", 3, 4, 0, 0, 1 },
  { "rec1", 1, 1, 0, 0, 0.02 }, { "rec2", 2, 2, 0, 1, 1 },  { "fb", 3, 1, -1, 0, 0.04 }, { "skip", 1, 4, 0, 0, 0.3 },
};

static RheoTable *
network (gboolean cortex)
{
  const Box *box = cortex ? cortex_boxes : stack_boxes;
  const Link *link = cortex ? cortex_links : stack_links;
  const int64_t n = cortex ? G_N_ELEMENTS (cortex_boxes) : G_N_ELEMENTS (stack_boxes);
  const int64_t m = cortex ? G_N_ELEMENTS (cortex_links) : G_N_ELEMENTS (stack_links);
  RheoTable *t = rheo_table_new ("Network");
  const char **name = rheo_table_add (t, "node.name", "Name", "", "node", RHEO_STRING, &n)->data;
  const char **part = rheo_table_add (t, "node.part", "Population", "", "node", RHEO_STRING, &n)->data;
  int32_t *group = rheo_table_add (t, "node.group", "Number", "", "node", RHEO_I32, &n)->data;
  int32_t *kind = rheo_table_add (t, "node.kind", "Kind", "", "node", RHEO_I32, &n)->data;
  int64_t *units = rheo_table_add (t, "node.units", "Units", "", "node", RHEO_I64, &n)->data;
  const char **proj = rheo_table_add (t, "link.name", "Projection", "", "link", RHEO_STRING, &m)->data;
  int32_t *from = rheo_table_add (t, "link.from", "From", "", "link", RHEO_I32, &m)->data;
  int32_t *to = rheo_table_add (t, "link.to", "To", "", "link", RHEO_I32, &m)->data;
  int32_t *sign = rheo_table_add (t, "link.sign", "Sign", "", "link", RHEO_I32, &m)->data;
  int32_t *single = rheo_table_add (t, "link.single", "One to one", "", "link", RHEO_I32, &m)->data;
  double *share = reals (t, "link.share", "Share", "", "link", m),
         *pairs = reals (t, "link.pairs", "Pairs", "", "link", m);

  for (int64_t i = 0; i < n; i++)
    {
      name[i] = box[i].name;
      part[i] = box[i].part;
      group[i] = box[i].group;
      kind[i] = box[i].kind;
      units[i] = box[i].units;
    }
  for (int64_t k = 0; k < m; k++)
    {
      proj[k] = link[k].name;
      from[k] = link[k].from;
      to[k] = link[k].to;
      sign[k] = link[k].sign;
      single[k] = link[k].single;
      share[k] = link[k].share;
      pairs[k] = (double) box[from[k]].units * (double) box[to[k]].units;
    }
  return t;
}

static RheoTable *
flip_flop (void)
{
  RheoTable *t = rheo_table_new ("Probe trials");
  int64_t dims[] = { 200, 3 };
  guint64 s = 4;
  float *target = rheo_table_add (t, "task.target", "Output", "", "time out", RHEO_F32, dims)->data;
  float *value = rheo_table_add (t, "out.value", "Output", "", "time out", RHEO_F32, dims)->data;
  double y[3] = { 0 }, state[3] = { 0 };

  for (int i = 0; i < 200; i++)
    for (int c = 0; c < 3; c++)
      {
        if (uniform (&s) < 0.025)
          state[c] = uniform (&s) < 0.5 ? -1 : 1;
        y[c] += 0.15 * (0.95 * state[c] - y[c]);
        target[i * 3 + c] = (float) state[c];
        value[i * 3 + c] = (float) (y[c] + 0.02 * normal (&s));
      }
  return t;
}

/* --- network ----------------------------------------------------------------------------------------------------- */
static int
class_of (int unit, int n)
{
  double u = (double) unit / n;

  return u < 0.85 ? 0 : u < 0.91 ? 1 : u < 0.955 ? 2 : 3;
}

static void
add_classes (RheoTable *t, int64_t n)
{
  guint8 *class = rheo_table_add (t, "hidden.class", "Class", "", "unit", RHEO_U8, &n)->data;

  for (int i = 0; i < n; i++)
    class[i] = (guint8) class_of (i, (int) n);
  rheo_table_set_note (t, "hidden.classes", "E PV SST Htr");
  rheo_table_set_note (t, "epoch", "12");
}

static RheoTable *
spikes (int n_trials, int n_steps, int n_units)
{
  static const double rate[] = { 0.022, 0.021, 0.055, 0.009 };
  RheoTable *t = rheo_table_new ("Probe trials");
  guint64 s = 17;
  guint8 *bit = rheo_table_add (t, "hidden.spikes", "Spikes", "", "trial time unit", RHEO_U8,
                                (int64_t[]){ n_trials, n_steps, n_units })
                    ->data;

  for (int64_t i = 0; i < (int64_t) n_trials * n_steps; i++)
    {
      double gain = 0.8 + 0.5 * sin ((double) i * 0.13) * sin ((double) i * 0.037) + (i % 97 < 3 ? 1.4 : 0);

      for (int u = 0; u < n_units; u++)
        bit[i * n_units + u] =
            uniform (&s) < rate[class_of (u, n_units)] * gain * (0.3 + 1.4 * fmod (u * 0.6180339887, 1));
    }
  add_classes (t, n_units);
  return t;
}

static RheoTable *
events (int64_t n, int n_units, double end)
{
  RheoTable *t = rheo_table_new ("Events");
  guint64 s = 2;
  float *time = rheo_table_add (t, "t", "Time", "ms", "event", RHEO_F32, &n)->data;
  int32_t *unit = rheo_table_add (t, "unit", "Unit", "", "event", RHEO_I32, &n)->data;

  for (int64_t i = 0; i < n; i++)
    {
      time[i] = (float) (end * (double) i / (double) n);
      unit[i] = (int32_t) (uniform (&s) * n_units);
    }
  add_classes (t, n_units);
  return t;
}

static double
magnitude (guint64 *s)
{
  return exp (-0.64 + 0.51 * normal (s));
}

/* Four classes with the connection probabilities of the robot network (specs of Zhu-Spike-Lab/Robot-SHD). */
static RheoTable *
weights (int epoch, int n)
{
  static const double p[4][4] = { { 0.16, 0.395, 0.182, 0.105 },
                                  { 0.411, 0.451, 0.03, 0.22 },
                                  { 0.424, 0.857, 0.082, 0.77 },
                                  { 0.087, 0.02, 0.0625, 0.028 } };
  RheoTable *t = rheo_table_new ("Record");
  guint64 s = 31, change = 77 + epoch;
  g_autofree char *note = g_strdup_printf ("%d", epoch);
  int64_t rec[] = { n, n }, in[] = { 2, n }, out[] = { n, 2 };
  float *w, *g;
  struct
  {
    const char *key, *gradient;
    const int64_t *dims;
    double drift, size;
  } one[] = { { "in.weight", "in.gradient", in, 0.085, -3.2 },
              { "rec.weight", "rec.gradient", rec, 0.03, -4.9 },
              { "out.weight", "out.gradient", out, 0.11, -2.6 } };

  for (int k = 0; k < 3; k++)
    {
      int64_t n_pre = one[k].dims[0], n_post = one[k].dims[1];

      w = rheo_table_add (t, one[k].key, "Weight", "", "pre post", RHEO_F32, one[k].dims)->data;
      g = rheo_table_add (t, one[k].gradient, "Gradient", "", "pre post", RHEO_F32, one[k].dims)->data;
      ((RheoColumn *) rheo_table_find (t, one[k].key))->flags = RHEO_SERIES_SIGNED;
      ((RheoColumn *) rheo_table_find (t, one[k].gradient))->flags = RHEO_SERIES_SIGNED;
      for (int64_t i = 0; i < n_pre * n_post; i++)
        {
          int pre = class_of ((int) (i / n_post), n), post = class_of ((int) (i % n_post), n);
          gboolean there = uniform (&s) < (k == 1 ? p[pre][post] : 0.16);
          double m = there ? magnitude (&s) * (k == 1 && pre > 0 ? -10 : 1) : 0;

          if (!there && k == 1)
            continue;
          w[i] =
              (float) (m
                       + (epoch > 1 ? one[k].drift * exp (0.8 * normal (&change)) * (uniform (&change) < 0.5 ? -1 : 1)
                                    : 0));
          if (k == 1 && w[i] * m < 0)
            w[i] = 0;
          g[i] = (float) (pow (10, one[k].size + 0.5 * normal (&change)) * (uniform (&change) < 0.5 ? -1 : 1));
        }
    }
  rheo_table_set_note (t, "epoch", note);
  return t;
}

/* Mean loss of a sweep, with runs that have not finished. */
static RheoTable *
sweep (void)
{
  RheoTable *t = rheo_table_new ("Sweep");
  int64_t dims[] = { 8, 11 };
  guint64 s = 3;
  double *v = rheo_table_add (t, "loss", "Mean loss", "MSE", "rank tau", RHEO_F64, dims)->data;

  ((RheoColumn *) rheo_table_find (t, "loss"))->flags = RHEO_SERIES_LOWER_IS_BETTER;
  for (int i = 0; i < 8; i++)
    for (int k = 0; k < 11; k++)
      v[i * 11 + k] = (i == 6 && k > 6) || i == 7 || (i == 2 && k == 9)
                          ? NAN
                          : 0.015 + 0.02 * pow (k - 3, 2) / 20 + 0.06 / (i + 1) + 0.002 * normal (&s);
  return t;
}

/* A sweep that goes on, with cells that have a name. */
static RheoTable *
cells (void)
{
  RheoTable *t = rheo_table_new ("Cells");
  int64_t dims[] = { 5, 6 };
  double *v = rheo_table_add (t, "value", "Mean squared error", "a.u.", "row column", RHEO_F64, dims)->data;
  int32_t *state = rheo_table_add (t, "state", "", "", "row column", RHEO_I32, dims)->data;
  double *share = rheo_table_add (t, "share", "", "", "row column", RHEO_F64, dims)->data;
  const char **mark = rheo_table_add (t, "mark", "", "", "row column", RHEO_STRING, dims)->data;
  double *across =
      rheo_table_add (t, "column", "Time constant of the read-out", "", "column", RHEO_F64, dims + 1)->data;
  const char **up = rheo_table_add (t, "row", "Rank", "", "row", RHEO_STRING, dims)->data;

  ((RheoColumn *) rheo_table_find (t, "value"))->flags = RHEO_SERIES_LOWER_IS_BETTER;
  for (int i = 0; i < 30; i++)
    {
      v[i] = i == 8 ? INFINITY : 0.005 + 0.02 * pow (i % 6 - 2, 2) + 0.01 * (4 - i / 6);
      mark[i] = "";
    }
  state[3] = 1;
  state[10] = 2;
  share[10] = 0.4;
  state[13] = 3;
  state[22] = 4;
  mark[5] = "e-prop";
  mark[23] = "full-FORCE";
  mark[24] = "LTTS";
  for (int k = 0; k < 6; k++)
    across[k] = 1 << k;
  for (int r = 0; r < 4; r++)
    up[r] = rheo_table_keep (t, (const char *[]){ "3", "19", "84", "150" }[r]);
  up[4] = "diagonal";
  return t;
}

/* A sweep of three values, a point of which diverged, one could not run and one waits. */
static RheoTable *
points (void)
{
  RheoTable *t = rheo_table_new ("Points");
  const int64_t n = 45;
  double *v = rheo_table_add (t, "value", "Mean squared error", "a.u.", "point", RHEO_F64, &n)->data;
  int32_t *state = rheo_table_add (t, "state", "", "", "point", RHEO_I32, &n)->data;
  double *rate = rheo_table_add (t, "rule.optimiser.lr", "Learning rate", "", "point", RHEO_F64, &n)->data;
  double *time = rheo_table_add (t, "model.tau-out", "Time constant", "ms", "point", RHEO_F64, &n)->data;
  const char **rank = rheo_table_add (t, "rule.rank", "Rank", "", "point", RHEO_STRING, &n)->data;

  ((RheoColumn *) rheo_table_find (t, "value"))->flags = RHEO_SERIES_LOWER_IS_BETTER;
  for (int i = 0; i < n; i++)
    {
      rate[i] = 0.001 * pow (10, i / 15 % 3);
      time[i] = 5 + 10 * (i / 3 % 5);
      rank[i] = (const char *[]){ "3", "84", "diagonal" }[i % 3];
      v[i] = 0.004 * (1 + 2 * (i / 15)) * (1 + pow (i / 3 % 5 - 1, 2)) * (3.2 - i % 3);
    }
  state[44] = 3;
  state[43] = 4;
  state[20] = 1;
  v[44] = v[43] = v[20] = NAN;
  rheo_table_set_note (t, "parallel.log", "rule.optimiser.lr");
  return t;
}

static RheoTable *
empty (void)
{
  RheoTable *t = rheo_table_new ("Metrics");

  rheo_table_add (t, "iteration", "Epoch", "", "iteration", RHEO_I64, (int64_t[]){ 0 });
  rheo_table_add (t, "train.loss", "Loss", "", "iteration", RHEO_F64, (int64_t[]){ 0 });
  return t;
}

/* --- choices ----------------------------------------------------------------------------------------------------- */
static double
logistic (double x)
{
  return 1 / (1 + exp (-x));
}

/* Curves are motion and colour where motion counts, then where colour does. */
static RheoTable *
choices (void)
{
  enum
  {
    N_CURVES = 4,
    N_LEVELS = 7,
    N_PLACES = 81,
  };
  static const double level[N_LEVELS] = { -0.8, -0.4, -0.2, 0, 0.2, 0.4, 0.8 };
  static const double slope[N_CURVES] = { 6.2, 0.5, -0.3, 40 }, half[N_CURVES] = { 0.9, 0.2, 0.2, NAN };
  static const int64_t n = N_CURVES, n_levels = N_LEVELS;
  static const int64_t dims[] = { N_CURVES, N_LEVELS }, places[] = { N_CURVES, N_PLACES };
  static const int64_t map[] = { 2, N_LEVELS, N_LEVELS };
  RheoTable *t = rheo_table_new ("Psychometric functions");
  RheoColumn *right = rheo_table_add (t, "right", "Right choices", "", "context colour motion", RHEO_F64, map);
  double *share = rheo_table_add (t, "share", "Right choices", "", "curve level", RHEO_F64, dims)->data;
  double *at = rheo_table_add (t, "level", "Coherence", "", "curve level", RHEO_F64, dims)->data;
  double *lo = rheo_table_add (t, "share-lo", "Lower end", "", "curve level", RHEO_F64, dims)->data;
  double *hi = rheo_table_add (t, "share-hi", "Upper end", "", "curve level", RHEO_F64, dims)->data;
  double *fit_at = rheo_table_add (t, "fit-level", "Coherence", "", "curve place", RHEO_F64, places)->data;
  double *fit = rheo_table_add (t, "fit", "Fitted", "", "curve place", RHEO_F64, places)->data;
  double slope_lo[N_CURVES], slope_hi[N_CURVES];
  guint64 s = 4;

  rheo_table_add_copy (t, "motion", "Motion coherence", "", "motion", RHEO_F64, &n_levels, level);
  rheo_table_add_copy (t, "colour", "Colour coherence", "", "colour", RHEO_F64, &n_levels, level);
  right->hi = 1;
  right->flags = RHEO_SERIES_SIGNED;
  for (int i = 0; i < 2 * N_LEVELS * N_LEVELS; i++)
    ((double *) right->data)[i] =
        logistic (6 * level[i < N_LEVELS * N_LEVELS ? i % N_LEVELS : i / N_LEVELS % N_LEVELS] + 0.4 * normal (&s));
  for (int k = 0; k < N_CURVES; k++)
    {
      slope_lo[k] = isnan (half[k]) ? 27 : slope[k] - half[k];
      slope_hi[k] = slope[k] + half[k];
      for (int i = 0; i < N_PLACES; i++)
        {
          fit_at[k * N_PLACES + i] = -0.8 + 1.6 * i / (N_PLACES - 1);
          fit[k * N_PLACES + i] = logistic (slope[k] * fit_at[k * N_PLACES + i]);
        }
      for (int i = 0; i < N_LEVELS; i++)
        {
          const double p = logistic (slope[k] * level[i]), wide = 1.96 * sqrt (p * (1 - p) / 217);

          at[k * N_LEVELS + i] = level[i];
          share[k * N_LEVELS + i] = p + wide / 2 * normal (&s);
          lo[k * N_LEVELS + i] = share[k * N_LEVELS + i] - wide;
          hi[k * N_LEVELS + i] = share[k * N_LEVELS + i] + wide;
        }
    }
  rheo_table_add_copy (t, "curve", "Evidence", "", "curve", RHEO_STRING, &n,
                       (const char *const[]){ "Motion", "Colour", "Motion", "Colour" });
  rheo_table_add_copy (t, "panel", "Context", "", "curve", RHEO_STRING, &n,
                       (const char *const[]){ "Motion counts", "Motion counts", "Colour counts", "Colour counts" });
  rheo_table_add_copy (t, "slope", "Slope", "", "curve", RHEO_F64, &n, slope);
  rheo_table_add_copy (t, "slope-lo", "Lower end", "", "curve", RHEO_F64, &n, slope_lo);
  rheo_table_add_copy (t, "slope-hi", "Upper end", "", "curve", RHEO_F64, &n, slope_hi);
  return t;
}

/* Random trials with names, targets where they count, and inputs. */
static RheoTable *
decisions (void)
{
  enum
  {
    N_TRIALS = 3,
    N_STEPS = 120,
    N_IN = 6,
  };
  static const int64_t n = N_TRIALS, n_in = N_IN, n_out = 2;
  static const int64_t out[] = { N_TRIALS, N_STEPS, 2 }, in[] = { N_TRIALS, N_STEPS, N_IN };
  static const int32_t number[] = { 84, 15, 37 };
  RheoTable *t = rheo_table_new ("Random trials");
  double *output = rheo_table_add (t, "output", "Output", "", "trial time out", RHEO_F64, out)->data;
  double *target = rheo_table_add (t, "target", "Target", "", "trial time out", RHEO_F64, out)->data;
  double *input = rheo_table_add (t, "input", "Input", "", "trial time in", RHEO_F64, in)->data;
  guint64 s = 3;

  rheo_table_add_copy (t, "trial", "Trial", "", "trial", RHEO_I32, &n, number);
  rheo_table_add_copy (t, "out", "Outputs", "", "out", RHEO_STRING, &n_out, (const char *const[]){ "right", "left" });
  rheo_table_add_copy (t, "in", "Inputs", "", "in", RHEO_STRING, &n_in,
                       (const char *const[]){ "motion cue", "colour cue", "motion right", "motion left", "colour right",
                                              "colour left" });
  for (int trial = 0; trial < N_TRIALS; trial++)
    for (int step = 0; step < N_STEPS; step++)
      for (int k = 0; k < N_IN; k++)
        {
          const int64_t at = ((int64_t) trial * N_STEPS + step) * 2 + k;

          input[((int64_t) trial * N_STEPS + step) * N_IN + k] = k < 2 ? k == trial % 2
                                                                 : step < 40
                                                                     ? 0
                                                                     : 0.5 + 0.1 * ((k + trial) % 5) * (k % 2 ? -1 : 1);
          if (k >= 2)
            continue;
          target[at] = step < 80 && step >= 40 ? NAN : step >= 80 && k == trial % 2;
          output[at] = (k == trial % 2 ? logistic ((step - 60) / 6.0) : 0) + 0.04 * normal (&s);
        }
  return t;
}

static GPtrArray *
make (const char *name)
{
  GPtrArray *a = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_table_unref);

  if (strcmp (name, "loss") == 0)
    {
      g_ptr_array_add (a, loss ());
      g_ptr_array_add (a, journal ());
    }
  else if (strcmp (name, "batches") == 0)
    g_ptr_array_add (a, batches ());
  else if (strcmp (name, "rates") == 0)
    g_ptr_array_add (a, rates ());
  else if (strcmp (name, "agreement") == 0)
    g_ptr_array_add (a, agreement ());
  else if (strcmp (name, "seeds") == 0)
    g_ptr_array_add (a, seeds ());
  else if (strcmp (name, "robot") == 0)
    {
      g_ptr_array_add (a, robot (1, 0));
      g_ptr_array_add (a, robot (6, 0.65));
      g_ptr_array_add (a, robot (12, 0.97));
    }
  else if (strcmp (name, "trial") == 0)
    g_ptr_array_add (a, trial (2));
  else if (strcmp (name, "channels") == 0)
    g_ptr_array_add (a, trial (40));
  else if (strcmp (name, "cortex") == 0)
    g_ptr_array_add (a, network (TRUE));
  else if (strcmp (name, "stack") == 0)
    g_ptr_array_add (a, network (FALSE));
  else if (strcmp (name, "flip-flop") == 0)
    g_ptr_array_add (a, flip_flop ());
  else if (strcmp (name, "spikes") == 0)
    g_ptr_array_add (a, spikes (2, 300, 1000));
  else if (strcmp (name, "few-spikes") == 0)
    g_ptr_array_add (a, spikes (1, 60, 40));
  else if (strcmp (name, "events") == 0)
    g_ptr_array_add (a, events (1000000, 10000, 1000));
  else if (strcmp (name, "weights") == 0)
    {
      g_ptr_array_add (a, weights (1, 1000));
      g_ptr_array_add (a, weights (12, 1000));
    }
  else if (strcmp (name, "choices") == 0)
    g_ptr_array_add (a, choices ());
  else if (strcmp (name, "degrees") == 0)
    g_ptr_array_add (a, scene_degrees ());
  else if (strcmp (name, "strengths") == 0)
    g_ptr_array_add (a, scene_strengths ());
  else if (strcmp (name, "intervals") == 0)
    g_ptr_array_add (a, scene_intervals ());
  else if (strcmp (name, "avalanches") == 0)
    g_ptr_array_add (a, scene_avalanches ());
  else if (strcmp (name, "correlations") == 0)
    g_ptr_array_add (a, scene_correlations ());
  else if (strcmp (name, "pairs") == 0)
    g_ptr_array_add (a, scene_pairs ());
  else if (strcmp (name, "decisions") == 0)
    g_ptr_array_add (a, decisions ());
  else if (strcmp (name, "sweep") == 0)
    g_ptr_array_add (a, sweep ());
  else if (strcmp (name, "cells") == 0)
    g_ptr_array_add (a, cells ());
  else if (strcmp (name, "points") == 0)
    g_ptr_array_add (a, points ());
  else if (strcmp (name, "empty") == 0)
    g_ptr_array_add (a, empty ());
  else if (!scene_add_play (name, a) && !scene_add_course (name, a))
    scene_add_dynamics (name, a);
  return a;
}

GPtrArray *
scene_tables (const char *name)
{
  static GHashTable *made;
  GPtrArray *a;

  if (made == NULL)
    made = g_hash_table_new (g_str_hash, g_str_equal);
  a = g_hash_table_lookup (made, name);
  if (a == NULL)
    {
      a = make (name);
      g_hash_table_insert (made, g_strdup (name), a);
    }
  return g_ptr_array_ref (a);
}
