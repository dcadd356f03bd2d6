/* Networks as objects: layout, arrays, lanes, memory, copies; and the model of leaky integrate-and-fire layers. */
#include "../device.h"
#include "some-nets.h"

#include "engine/component.h"
#include "engine/error.h"
#include "engine/plan-labels.h"

static RheoDevice *device;
static const RheoSurrogate arctan = { .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 };

/* --- the lif model ------------------------------------------------------------------------------------------------ */

typedef struct
{
  const RheoModel *model;
  void *config;
} Lif;

/* Assignments as on the command line, "layers.0.units=9", NULL-ended; preset NULL: the defaults. */
static Lif
lif_of (const char *preset, const char *const *assignments)
{
  const RheoComponent *component = rheo_component_find (RHEO_KIND_MODEL, "lif", NULL);
  Lif lif = { (const RheoModel *) component, g_malloc0 (component->config_size) };
  g_autoptr (GError) error = NULL;

  rheo_params_reset (component->params, lif.config);
  for (const RheoPreset *p = component->presets; preset != NULL && p->id != NULL; p++)
    if (g_str_equal (p->id, preset))
      {
        g_autoptr (JsonNode) node = json_from_string (p->json, NULL);

        rheo_params_set_json (component->params, lif.config, json_node_get_object (node), "model", &error);
        g_assert_no_error (error);
        preset = NULL;
      }
  g_assert_null (preset);
  for (; assignments != NULL && *assignments != NULL; assignments++)
    {
      g_auto (GStrv) sides = g_strsplit (*assignments, "=", 2);
      void *holder;
      const RheoParam *row = rheo_params_find (component->params, lif.config, sides[0], "model", &holder, &error);

      g_assert_no_error (error);
      rheo_param_set_text (row, holder, sides[1], sides[0], &error);
      g_assert_no_error (error);
    }
  return lif;
}

static RheoNet *
lif_net (const Lif *lif, int n_in, int n_out, int n_rows, int n_steps)
{
  const RheoShape shape = { .n_in = n_in, .n_out = n_out, .n_steps = n_steps };
  const RheoNetSize size = { .n_rows = n_rows, .memory = 100 };
  g_autoptr (GError) error = NULL;
  RheoNet *net;

  g_assert_true (lif->model->base.check (lif->config, &error));
  net = rheo_net_new (lif->model, lif->config, &shape, device, &size, 1, &error);
  g_assert_no_error (error);
  return net;
}

static void
check_classes (const RheoNet *net, const int *sizes, const char *const *names, int n)
{
  const RheoPop *pop = &rheo_net_get_plan (net)->pop[0];

  g_assert_cmpint (pop->n_classes, ==, n);
  for (int i = 0; i < n; i++)
    {
      g_assert_cmpint (pop->class_first[i + 1] - pop->class_first[i], ==, sizes[i]);
      g_assert_cmpstr (pop->class_names[i], ==, names[i]);
    }
  g_assert_cmpint (pop->class_first[n], ==, pop->n_units);
}

/* The numbers of rsnn spec 2.2. */
static void
check_robot (void)
{
  const char *const names[] = { "E", "PV", "SST", "Htr" };
  const int large[] = { 850, 60, 45, 45 }, small[] = { 218, 15, 11, 12 };
  const double beta[] = { 0.85, 0.7, 0.3, 0.6 };
  Lif lif = lif_of ("robot-upstream", NULL);
  g_autoptr (RheoNet) net = lif_net (&lif, 2, 2, 50, 30);
  const RheoPlan *plan = rheo_net_get_plan (net);
  const RheoProj *in = rheo_net_get_proj (net, rheo_net_find_proj (net, "in"));
  const RheoProj *rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  const RheoProj *out = rheo_net_get_proj (net, rheo_net_find_proj (net, "out"));
  const RheoNetFacts facts = rheo_net_get_facts (net);
  int n_in = 0, n_rec = 0;
  double sum = 0;

  check_classes (net, large, names, 4);
  g_assert_cmpint (plan->n_pops, ==, 2);
  g_assert_cmpint (plan->n_projs, ==, 3);
  g_assert_cmpint (rheo_net_find_pop (net, "hidden"), ==, 0);
  g_assert_cmpint (rheo_net_find_pop (net, "out"), ==, plan->out_pop);
  g_assert_cmpint (rheo_net_find_pop (net, "hidden1"), ==, -1);
  for (int k = 0; k < 4; k++)
    for (int i = plan->pop[0].class_first[k]; i < plan->pop[0].class_first[k + 1]; i++)
      {
        g_assert_cmpfloat ((double) plan->pop[0].param[0][i], ==, (double) (RheoReal) beta[k]);
        g_assert_cmpfloat ((double) plan->pop[0].param[1][i], ==, -55);
        g_assert_cmpint (rec->keep.sign[i], ==, k == 0 ? 1 : -1);
      }
  g_assert_true (in->bias != NULL && rec->bias != NULL && out->bias != NULL);
  g_assert_true (in->keep.mask == NULL && out->keep.mask == NULL && rec->keep.mask != NULL);
  g_assert_cmpint (rec->keep.rewire, ==, RHEO_REWIRE_UPSTREAM);
  for (int j = 0; j < 2; j++)
    for (int k = 0; k < 1000; k++)
      n_in += in->weight[j * in->stride + k] != 0;
  g_assert_cmpint (n_in, ==, 320);
  for (int j = 0; j < 1000; j++)
    for (int k = 0; k < 1000; k++)
      {
        const RheoReal w = rec->weight[j * rec->stride + k];

        g_assert_true ((w != 0) == rec->keep.mask[j * rec->stride + k]);
        g_assert_true (w == 0 || (w > 0) == (j < 850));
        n_rec += w != 0;
        sum += j < 850 ? (double) w : 0;
      }
  /* Zero fraction 0.806; mean of the log-normal exp (-0.64 + 0.51² / 2). */
  g_assert_cmpfloat (fabs (n_rec / 1e6 - 0.194), <, 0.004);
  g_assert_cmpint (facts.n_connected, ==, n_rec + 2 * 1000 + 1000 * 2);
  g_assert_cmpint (facts.n_trained, ==, 1000 * 1000 + 2 * 1000 + 1000 * 2 + 1000 + 1000 + 2);
  g_assert_cmpint (facts.weights, >=, 1000 * 1000 * sizeof (RheoReal));
  g_assert_cmpint (facts.state, >=, 50 * 1000 * 2 * sizeof (RheoReal));
  g_assert_cmpint (facts.tape, >=, 50 * 30 * 1000 * 2 * sizeof (RheoReal));
  g_free (lif.config);
  g_clear_pointer (&net, rheo_net_free);

  lif = lif_of ("robot-upstream", (const char *const[]){ "layers.0.units=256", NULL });
  net = lif_net (&lif, 2, 2, 50, 30);
  check_classes (net, small, names, 4);
  g_free (lif.config);
}

static void
check_shd (void)
{
  const char *const names[] = { "E", "I" };
  const int sizes[] = { 80, 20 };
  Lif lif = lif_of ("shd-upstream", (const char *const[]){ "layers.0.units=100", NULL });
  g_autoptr (RheoNet) net = lif_net (&lif, 70, 20, 4, 5);
  const RheoProj *rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  int n = 0;

  check_classes (net, sizes, names, 2);
  g_assert_true (rec->keep.sign == NULL && rec->keep.mask == NULL && rec->keep.rewire == RHEO_REWIRE_NONE);
  for (int j = 0; j < 100; j++)
    for (int k = 0; k < 100; k++)
      {
        const RheoReal w = rec->weight[j * rec->stride + k];

        n += w != 0;
        g_assert_true (w == 0 || (w > 0) == (j < 80));
      }
  g_assert_cmpfloat (fabs (n / 1e4 - 0.185), <, 0.02);
  g_free (lif.config);
}

/* Every preset, one step of a small net of it, against the reference. */
static void
check_presets (void)
{
  const RheoComponent *component = rheo_component_find (RHEO_KIND_MODEL, "lif", NULL);
  int n = 0;

  for (const RheoPreset *p = component->presets; p->id != NULL; p++, n++)
    {
      Lif lif = lif_of (p->id, (const char *const[]){ "layers.0.units=20", NULL });
      g_autoptr (Trials) trials = trials_new (3, 8, 3, 2, 0, false);
      const RheoRollout r = { .batch = &trials->batch, .t1 = 8, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
      g_autoptr (RheoNet) net = NULL;

      for (int i = 0; i < 3 * 8 * 3; i++)
        trials->input[i] *= g_str_has_prefix (p->id, "robot") ? 6 : 3;
      net = lif_net (&lif, 3, 2, 3, 8);
      g_assert_cmpfloat (
          check_against_reference (net, &arctan, &r, sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4), >, 0.01);
      g_free (lif.config);
    }
  g_assert_cmpint (n, >=, 6);
}

/* m <- 0.9 m + W_in x + b + W_rec s - s, u <- 0.9 u + W_out s + b_out, u0 = 5.5 (rsnn spec 7.2), written out here. */
static void
check_clean (void)
{
  enum
  {
    H = 30,
    T = 12
  };
  Lif lif = lif_of ("clean", (const char *const[]){ "layers.0.units=30", NULL });
  g_autoptr (Trials) trials = trials_new (1, T, 2, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = T, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = lif_net (&lif, 2, 2, 1, T);
  const RheoProj *in = rheo_net_get_proj (net, 0), *rec = rheo_net_get_proj (net, 1), *out = rheo_net_get_proj (net, 2);
  double m[H] = { 0 }, s[H] = { 0 }, u[2] = { 5.5, 5.5 };

  g_assert_true (in->bias != NULL && rec->bias == NULL && out->bias != NULL);
  g_assert_true (rheo_rollout (net, &r));
  for (int t = 0; t < T; t++)
    {
      double next[H];

      for (int i = 0; i < H; i++)
        {
          next[i] = 0.9 * m[i] + (double) in->bias[i] - s[i];
          for (int j = 0; j < 2; j++)
            next[i] += (double) (in->weight[j * in->stride + i] * trials->input[2 * t + j]);
          for (int j = 0; j < H; j++)
            next[i] += (double) rec->weight[j * rec->stride + i] * s[j];
        }
      for (int i = 0; i < H; i++)
        {
          m[i] = next[i];
          s[i] = m[i] > 1;
          g_assert_cmpint (rheo_tape_get_spike (net, 0, 0, t, i), ==, s[i]);
        }
      for (int o = 0; o < 2; o++)
        {
          u[o] = 0.9 * u[o] + (double) (RheoReal) 0.55;
          for (int i = 0; i < H; i++)
            u[o] += (double) out->weight[i * out->stride + o] * s[i];
          check_close ("u", o, (double) rheo_tape_get_output (net, 0, t)[o], u[o], 1e-5);
        }
    }
  g_free (lif.config);
}

/* Three layers of different kinds in a row. */
/* A network with one projection of a sort calls its weights after the sort, one with several after the projection. */
static void
check_labels (void)
{
  Lif one = lif_of ("robot-upstream", NULL);
  Lif two = lif_of (NULL, (const char *const[]){ "layers=[{\"units\": 4}, {\"units\": 5}]", NULL });
  g_autoptr (RheoNet) single = lif_net (&one, 2, 2, 50, 30), stack = lif_net (&two, 2, 2, 50, 30);
  const char *const alone[] = { "Input weights", "Recurrent weights", "Output weights" };
  const char *const of_stack[] = { "Input weights", "Weights of rec1", "Weights of ff2", "Weights of rec2",
                                   "Output weights" };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *key = g_strconcat (rheo_net_get_proj (single, i)->name, ".weight", NULL);

      g_assert_cmpstr (rheo_net_find_array (single, key)->label, ==, alone[i]);
    }
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *label = rheo_plan_dup_weight_label (rheo_net_get_plan (stack), i);

      g_assert_cmpstr (label, ==, of_stack[i]);
    }
  for (int k = 0; k < 2; k++)
    {
      const RheoPlan *plan = rheo_net_get_plan (k == 0 ? single : stack);
      g_autofree char *spikes = rheo_plan_dup_pop_label (plan, 0, RHEO_LABEL_SPIKES);
      g_autofree char *rate = rheo_plan_dup_pop_label (plan, 0, RHEO_LABEL_RATE);
      g_autofree char *output = rheo_plan_dup_pop_label (plan, plan->out_pop, RHEO_LABEL_OUTPUT);
      g_autofree char *inner = rheo_plan_dup_pop_label (plan, 0, RHEO_LABEL_OUTPUT);

      g_assert_cmpstr (spikes, ==, k == 0 ? "Spikes" : "Spikes of hidden1");
      g_assert_cmpstr (rate, ==, k == 0 ? "Firing rate" : "Firing rate of hidden1");
      g_assert_cmpstr (output, ==, "Output");
      g_assert_cmpstr (inner, ==, k == 0 ? "Output of hidden" : "Output of hidden1");
    }
  g_free (one.config);
  g_free (two.config);
}

static void
check_layers (void)
{
  Lif lif = lif_of (
      NULL,
      (const char *const[]){ "layers=[{\"units\": 12, \"learn-beta\": true, \"learn-threshold\": true}, {\"units\": 9, "
                             "\"recurrent\": \"one-to-one\", \"synaptic\": true, \"reset-by\": \"at-once\", "
                             "\"in\": {\"sd\": 3}},"
                             " {\"units\": 7, \"recurrent\": \"none\", \"refractory\": \"hold\", \"in\": {\"sd\": 3}}]",
                             NULL });
  g_autoptr (Trials) trials = trials_new (3, 8, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 8, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = NULL;
  const char *const pops[] = { "hidden1", "hidden2", "hidden3", "out" };
  const char *const projs[] = { "in", "rec1", "ff2", "rec2", "ff3", "out" };

  for (int i = 0; i < 3 * 8 * 3; i++)
    trials->input[i] *= 3;
  net = lif_net (&lif, 3, 2, 3, 8);
  g_assert_cmpint (rheo_net_get_plan (net)->n_stages, ==, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpstr (rheo_net_get_plan (net)->pop[i].name, ==, pops[i]);
  for (int i = 0; i < 6; i++)
    g_assert_cmpstr (rheo_net_get_proj (net, i)->name, ==, projs[i]);
  g_assert_cmpint (rheo_net_get_proj (net, 3)->form, ==, RHEO_ONE_TO_ONE);
  g_assert_nonnull (rheo_net_find_array (net, "hidden2.alpha"));
  g_assert_null (rheo_net_find_array (net, "hidden1.alpha"));
  for (int i = 0; i < rheo_net_get_n_trainables (net); i++)
    {
      const RheoTrainable *t = rheo_net_get_trainable (net, i);

      if (g_str_equal (t->name, "hidden1.beta"))
        g_assert_true (t->lo == 0 && t->hi == 1 && t->pop == 0 && t->proj == NULL);
    }
  check_against_reference (net, &arctan, &r, sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4);
  g_free (lif.config);
}

static void
check_constraints (void)
{
  const char *const set[] = { "layers.0.units=40", "constraints.everywhere=true", "constraints.rewiring=replace",
                              "layers.0.rec.no-self=true", NULL };
  Lif lif = lif_of ("robot-upstream", set);
  g_autoptr (RheoNet) net = lif_net (&lif, 10, 3, 2, 2);
  const RheoProj *in = rheo_net_get_proj (net, 0), *rec = rheo_net_get_proj (net, 1), *out = rheo_net_get_proj (net, 2);
  int n = 0;

  g_assert_true (in->keep.mask != NULL && out->keep.mask != NULL && in->keep.non_negative && in->keep.sign == NULL);
  g_assert_true (rec->keep.no_self && rec->keep.rewire == RHEO_REWIRE_REPLACE && rec->keep.negative_scale == 10);
  for (int j = 0; j < 40; j++)
    {
      g_assert_true (rec->weight[j * rec->stride + j] == 0);
      g_assert_cmpint (out->keep.sign[j], ==, j < 34 ? 1 : -1);
      for (int k = 0; k < 3; k++)
        {
          n += out->keep.mask[j * out->stride + k];
          g_assert_true (out->weight[j * out->stride + k] * (RheoReal) out->keep.sign[j] >= 0);
        }
    }
  g_assert_cmpint (n, ==, 40 * 3 * 16 / 100);
  g_free (lif.config);
}

static void
check_refusals (void)
{
  const struct
  {
    const char *set[4], *word;
  } cases[] = {
    { { "layers.0.beta=0.9 0.8" }, "model.layers.0.beta has 2 numbers" },
    { { "layers.0.rec.connect=classes" }, "model.layers.0.rec.class-chance has 16 numbers" },
    { { "layers.0.in.kind=orthogonal", "layers.0.in.connect=count" }, "model.layers.0.in" },
    { { "layers.0.recurrent=one-to-one", "layers.0.rec.kind=orthogonal" }, "one-to-one" },
    { { "out.kind=orthogonal", "out.connect=chance" }, "model.out" },
    { { "constraints.signs=true", "constraints.rewiring=replace" }, "constraints.mask" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Lif lif = lif_of (NULL, cases[i].set);
      g_autoptr (GError) error = NULL;

      g_assert_false (lif.model->base.check (lif.config, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      if (strstr (error->message, cases[i].word) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error->message, cases[i].word);
      g_free (lif.config);
    }
}

/* A LIVE value takes effect at the next window. */
static void
check_live (void)
{
  Lif lif = lif_of (NULL, (const char *const[]){ "layers.0.units=20", NULL });
  Lif noisy = lif_of (NULL, (const char *const[]){ "layers.0.units=20", "layers.0.noise=0.5", NULL });
  g_autoptr (Trials) trials = trials_new (3, 8, 3, 2, 0, false);
  const RheoRollout r = {
    .batch = &trials->batch, .t1 = 8, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE | RHEO_ROLL_NOISE, .noise_scale = 1
  };
  g_autoptr (RheoNet) net = lif_net (&lif, 3, 2, 3, 8);
  g_autoptr (RheoNet) other = lif_net (&noisy, 3, 2, 3, 8);
  RheoReal quiet;

  g_assert_true (rheo_rollout (net, &r) && rheo_rollout (other, &r));
  quiet = *(RheoReal *) rheo_net_find_array (net, "hidden.membrane")->data;
  rheo_net_derive (net, noisy.config);
  g_assert_true (rheo_rollout (net, &r));
  g_assert_true (*(RheoReal *) rheo_net_find_array (net, "hidden.membrane")->data != quiet);
  g_assert_true (*(RheoReal *) rheo_net_find_array (net, "hidden.membrane")->data
                 == *(RheoReal *) rheo_net_find_array (other, "hidden.membrane")->data);
  g_free (lif.config);
  g_free (noisy.config);
}

/* --- nets as objects ---------------------------------------------------------------------------------------------- */

static NetConfig
some_net (void)
{
  const RheoLif lif = { .reset = RHEO_LIF_SUBTRACT, .driver = RHEO_LIF_SPIKE, .counts = true, .counter = 2 };

  return (NetConfig){
    .pop = { { .name = "one",
               .cell = &rheo_cell_lif,
               .lif = lif,
               .n_units = 21,
               .param = { 0.8, 0.8 },
               .spread = 0.1,
               .train = true },
             { .name = "out", .cell = &rheo_cell_leaky_readout, .initial = 1, .n_units = 2, .param = { 0.8 } } },
    .proj = { { .proj = { .name = "in", .from = RHEO_INPUT, .to = 0 }, .scale = 0.7, .bias = true },
              { .proj = { .name = "rec", .from = 0, .to = 0, .delay = 1 }, .scale = 0.4, .density = 0.2, .mask = true },
              { .proj = { .name = "slow", .from = 0, .to = 0, .delay = 3, .form = RHEO_SPARSE },
                .scale = 0.3,
                .density = 0.2 },
              { .proj = { .name = "out", .from = 0, .to = 1 }, .scale = 0.5, .bias = true } },
  };
}

static double
change (RheoNet *net, const char *name, double by)
{
  const RheoNetArray *array = rheo_net_find_array (net, name);
  double sum = 0;

  for (int64_t row = 0; row < (array->n_dims > 1 ? array->dims[0] : 1); row++)
    for (int64_t k = 0; k < array->dims[array->n_dims - 1]; k++)
      {
        RheoReal *x = (RheoReal *) array->data + row * array->stride + k;

        if (*x != 0)
          *x += (RheoReal) by;
        sum += (double) *x;
      }
  rheo_net_weights_changed (net);
  return sum;
}

static double
sum_of_outputs (RheoNet *net, const RheoRollout *r)
{
  double sum = 0;

  g_assert_true (rheo_rollout (net, r));
  for (int row = 0; row < r->batch->n_rows; row++)
    for (int64_t t = 0; t < r->t1 - r->t0; t++)
      sum +=
          (double) rheo_tape_get_output (net, row, t)[0] * (1 + row) + (double) rheo_tape_get_output (net, row, t)[1];
  return sum;
}

static RheoTable *
saved (RheoNet *net, gboolean weights_only)
{
  RheoTable *table = rheo_table_new ("net");

  rheo_net_save (net, weights_only, table);
  return table;
}

/* In the middle of a trial as well: state, history of spikes and synapses all come back. */
static void
check_save (void)
{
  const NetConfig config = some_net ();
  g_autoptr (Trials) trials = trials_new (5, 12, 3, 2, 0, false);
  const RheoRollout first = { .batch = &trials->batch, .t1 = 6, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  const RheoRollout rest = { .batch = &trials->batch, .t0 = 6, .t1 = 12, .flags = RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  g_autoptr (RheoNet) other = net_of (device, &config, trials, 3);
  g_autoptr (RheoTable) table = NULL;
  g_autoptr (GError) error = NULL;
  const RheoColumn *column;
  double wanted;

  change (net, "rec.weight", 0.05);
  change (net, "slow.weight", 0.05);
  change (net, "one.beta", -0.1);
  g_assert_true (rheo_rollout (net, &first));
  table = saved (net, FALSE);
  wanted = sum_of_outputs (net, &rest);

  g_assert_true (rheo_net_load (other, table, FALSE, &error));
  g_assert_no_error (error);
  check_close ("output", 0, sum_of_outputs (other, &rest), wanted, sizeof (RheoReal) == sizeof (double) ? 1e-13 : 1e-5);

  column = rheo_table_find (table, "rec.weight");
  g_assert_cmpint (column->n_dims, ==, 2);
  g_assert_cmpint (column->dims[0], ==, 21);
  g_assert_cmpint (column->dims[1], ==, 21);
  g_assert_cmpstr (column->axes, ==, "pre post");
  g_assert_nonnull (rheo_table_find (table, "one.membrane"));
  g_assert_nonnull (rheo_table_find (table, "slow.target"));
  g_clear_pointer (&table, rheo_table_unref);
  table = saved (net, TRUE);
  g_assert_null (rheo_table_find (table, "one.membrane"));
  g_assert_nonnull (rheo_table_find (table, "one.threshold"));
  g_assert_nonnull (rheo_table_find (table, "rec.mask"));
}

static void
check_load_refuses (void)
{
  NetConfig config = some_net (), larger = some_net ();
  g_autoptr (Trials) trials = trials_new (5, 12, 3, 2, 0, false);
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  g_autoptr (RheoNet) other = NULL;
  g_autoptr (RheoTable) table = saved (net, FALSE);
  g_autoptr (RheoTable) empty = rheo_table_new ("empty");
  g_autoptr (RheoTable) wrong = rheo_table_new ("wrong");
  g_autoptr (GError) error = NULL;
  const int64_t dims[] = { 3, 21 };
  double before;

  larger.pop[0].n_units = 22;
  other = net_of (device, &larger, trials, 2);
  before = change (other, "in.weight", 0);
  g_assert_false (rheo_net_load (other, table, FALSE, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "in.weight"));
  g_assert_nonnull (strstr (error->message, "3 x 21"));
  g_assert_cmpfloat (change (other, "in.weight", 0), ==, before);
  g_clear_error (&error);
  g_assert_false (rheo_net_load (net, empty, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "in.weight"));
  g_clear_error (&error);
  rheo_table_add (wrong, "in.weight", "", "", "pre post", RHEO_I32, dims);
  g_assert_false (rheo_net_load (net, wrong, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "in.weight"));
}

static void
check_dup (void)
{
  const NetConfig config = some_net ();
  g_autoptr (Trials) trials = trials_new (5, 12, 3, 2, 0, false);
  g_autoptr (Trials) few = trials_new (2, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &few->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  g_autoptr (RheoNet) copy = NULL;
  const int64_t n = 4;
  double wanted;

  rheo_net_set_surrogate (net, &arctan);
  change (net, "rec.weight", 0.05);
  change (net, "slow.weight", -0.05);
  rheo_net_array (net, "rule.trace", "Trace", "", "unit", RHEO_F64, RHEO_USE_KEEP, &n);
  ((double *) rheo_net_find_array (net, "rule.trace")->data)[3] = 7;
  copy = rheo_net_dup (net, 2, NULL);
  wanted = sum_of_outputs (net, &r);
  g_assert_cmpint (rheo_net_get_lane (copy, 0)->n_rows, ==, 2);
  check_close ("output", 0, sum_of_outputs (copy, &r), wanted, 1e-5);
  g_assert_cmpfloat (((double *) rheo_net_find_array (copy, "rule.trace")->data)[3], ==, 7);
  check_against_reference (copy, &arctan, &r, sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4);
  /* From here on they are apart. */
  change (copy, "in.weight", 0.5);
  check_close ("output", 0, sum_of_outputs (net, &r), wanted, 1e-12);
  g_assert_true (fabs (sum_of_outputs (copy, &r) - wanted) > 1e-3);
}

/* Weights and masks that were written from outside, or loaded, reach the adjoint too. */
static void
check_changed (void)
{
  const NetConfig config = some_net ();
  g_autoptr (Trials) trials = trials_new (5, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, trials, 2);
  const double tolerance = sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4;
  RheoProj *rec = rheo_net_get_proj (net, rheo_net_find_proj (net, "rec"));
  g_autoptr (RheoTable) table = saved (net, TRUE);

  check_against_reference (net, &arctan, &r, tolerance);
  change (net, "rec.weight", 0.2);
  change (net, "out.weight", 0.2);
  check_against_reference (net, &arctan, &r, tolerance);
  for (int j = 0; j < 21; j++)
    for (int k = 0; k < 21; k++)
      {
        rec->keep.mask[j * rec->stride + k] = (j + 2 * k) % 5 == 0;
        rec->weight[j * rec->stride + k] = (j + 2 * k) % 5 == 0 ? (RheoReal) (0.3 * sin (j * 3 + k)) : 0;
      }
  rheo_net_masks_changed (net);
  check_against_reference (net, &arctan, &r, tolerance);
  g_assert_true (rheo_net_load (net, table, TRUE, NULL));
  check_against_reference (net, &arctan, &r, tolerance);
}

static void
check_lane_sizes (void)
{
  const struct
  {
    int n_units, n_rows, lane_rows, n_lanes, largest;
  } cases[] = {
    { 100, 50, 0, 7, 8 },   { 256, 50, 0, 4, 13 }, { 1000, 50, 0, 2, 25 }, { 1000, 100, 0, 4, 25 },
    { 1000, 30, 0, 2, 15 }, { 1000, 8, 0, 1, 8 },  { 1000, 50, 8, 7, 8 },  { 20, 1, 0, 1, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NetConfig config = some_net ();
      g_autoptr (Trials) trials = trials_new (cases[i].n_rows, 2, 3, 2, 0, false);
      g_autoptr (RheoNet) net = NULL;
      int row = 0;

      config.pop[0].n_units = cases[i].n_units;
      net = net_of (device, &config, trials, cases[i].lane_rows);
      g_assert_cmpint (rheo_net_get_n_lanes (net), ==, cases[i].n_lanes);
      for (int k = 0; k < cases[i].n_lanes; k++)
        {
          const RheoLane *lane = rheo_net_get_lane (net, k);

          g_assert_cmpint (lane->row0, ==, row);
          g_assert_cmpint (lane->n_rows, <=, cases[i].largest);
          g_assert_cmpint (lane->n_rows, >=, cases[i].largest - 1);
          row += lane->n_rows;
        }
      g_assert_cmpint (row, ==, cases[i].n_rows);
    }
}

/* Tapes stay within what run.memory allows, in waves; a single lane always runs. */
static void
check_memory (void)
{
  NetConfig config = some_net ();
  const RheoShape shape = { .n_in = 3, .n_out = 2, .n_steps = 200 };
  RheoNetSize size = { .n_rows = 64, .lane_rows = 8, .memory = 1000 };
  size_t all;

  config.pop[0].n_units = 100;
  for (int way = 0; way < 3; way++)
    {
      g_autoptr (RheoNet) net = NULL;

      size.memory = way == 0 ? 1000 : way == 1 ? (int) (all / 2 >> 20) : 0;
      net = rheo_net_new (&config_model, &config, &shape, device, &size, 1, NULL);
      g_assert_cmpint (rheo_net_get_n_lanes (net), ==, 8);
      if (way == 0)
        {
          all = rheo_net_get_facts (net).tape;
          g_assert_cmpint (rheo_net_get_wave (net), ==, 8);
        }
      else if (way == 1)
        {
          g_assert_cmpint (rheo_net_get_wave (net), >=, 2);
          g_assert_cmpint (rheo_net_get_wave (net), <=, 4);
          g_assert_cmpint (rheo_net_get_facts (net).tape, <=, all / 2);
        }
      else
        g_assert_cmpint (rheo_net_get_wave (net), ==, 1);
    }
}

/* A net that no machine has room for is an error, not an end. */
static void
check_too_large (void)
{
  NetConfig config = some_net ();
  const RheoShape shape = { .n_in = 3, .n_out = 2, .n_steps = 1 << 30 };
  const RheoNetSize size = { .n_rows = 1 << 30, .lane_rows = 1 << 30, .memory = 100 };
  g_autoptr (GError) error = NULL;

  config.pop[0].n_units = 1 << 10;
  config.proj[2].proj.name = NULL;
  g_assert_null (rheo_net_new (&config_model, &config, &shape, device, &size, 1, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_MEMORY);
}

/* A longer window than the net was made for gets a longer tape. */
static void
check_longer_window (void)
{
  const NetConfig config = some_net ();
  g_autoptr (Trials) brief = trials_new (3, 2, 3, 2, 0, false);
  g_autoptr (Trials) trials = trials_new (3, 12, 3, 2, 0, false);
  const RheoRollout r = { .batch = &trials->batch, .t1 = 12, .flags = RHEO_ROLL_RESET | RHEO_ROLL_TAPE };
  g_autoptr (RheoNet) net = net_of (device, &config, brief, 2);

  check_against_reference (net, &arctan, &r, sizeof (RheoReal) == sizeof (double) ? 1e-10 : 2e-4);
}

static void
check_device (void)
{
  const char *why = NULL;

  if (is_left_out ("it is the processor that is named"))
    return;
  g_assert_null (rheo_device_new ("abacus", 1, &why));
  g_assert_nonnull (why);
  g_assert_nonnull (strstr (device->name, "2 threads"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  device = device_of_test (2);
  g_test_add_func ("/net/lif/robot", check_robot);
  g_test_add_func ("/net/lif/shd", check_shd);
  g_test_add_func ("/net/lif/presets", check_presets);
  g_test_add_func ("/net/lif/clean", check_clean);
  g_test_add_func ("/net/lif/layers", check_layers);
  g_test_add_func ("/net/lif/labels", check_labels);
  g_test_add_func ("/net/lif/constraints", check_constraints);
  g_test_add_func ("/net/lif/refusals", check_refusals);
  g_test_add_func ("/net/lif/live", check_live);
  g_test_add_func ("/net/save", check_save);
  g_test_add_func ("/net/load-refuses", check_load_refuses);
  g_test_add_func ("/net/dup", check_dup);
  g_test_add_func ("/net/changed", check_changed);
  g_test_add_func ("/net/lanes", check_lane_sizes);
  g_test_add_func ("/net/memory", check_memory);
  g_test_add_func ("/net/too-large", check_too_large);
  g_test_add_func ("/net/longer-window", check_longer_window);
  g_test_add_func ("/net/device", check_device);
  status = g_test_run ();
  rheo_device_free (device);
  return status;
}
