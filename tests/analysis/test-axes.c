/* Axes along which states are shown: words, directions, orthogonality, shares of the variance, names. */
#include "config.h"

#include <math.h>

#include "engine/axes.h"
#include "engine/label.h"
#include "field-of.h"
#include "flip-flop-net.h"

#define N_STATES 400

static RheoField *
flip_flop_field (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_parse (flip_flop_json, "test", &error);
  g_autoptr (RheoTable) net = flip_flop_net ();
  RheoField *field = rheo_field_new (experiment, net, &error);

  g_assert_no_error (error);
  return field;
}

/* Far out along the first unit, less along the second, hardly along the others. */
static double *
make_states (int n)
{
  double *states = g_new (double, (gsize) N_STATES *(gsize) n);

  for (int k = 0; k < N_STATES; k++)
    for (int i = 0; i < n; i++)
      states[k * n + i] = 1
                          + (i == 0   ? 5
                             : i == 1 ? 2
                                      : 0.1)
                                * rheo_rng_normal ((RheoRng){ .seed = 1 }, 0, (uint32_t) (k * n + i));
  return states;
}

static RheoAxes *
axes_of (const RheoField *field, const char *words, int orthogonal, const char *message)
{
  const RheoAxesChoice choice = { words, orthogonal };
  g_autofree double *states = make_states (field->n);
  g_autoptr (GError) error = NULL;
  RheoAxes *axes = rheo_axes_new (&choice, "pc1 pc2", TRUE, 1, 4, field, N_STATES, states, &error);

  if (message == NULL)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, message));
    }
  return axes;
}

static double
product (const RheoAxes *axes, int a, int b)
{
  double sum = 0;

  for (int i = 0; i < axes->n_units; i++)
    sum += axes->direction[a * axes->n_units + i] * axes->direction[b * axes->n_units + i];
  return sum;
}

static void
check_words (void)
{
  g_autoptr (RheoField) field = flip_flop_field ();
  g_autoptr (RheoAxes) plain = axes_of (field, " out1-out2,in3 unit2;  -pc1+out3", RHEO_AXES_AS_THEY_ARE, NULL);
  g_autoptr (RheoAxes) none = axes_of (field, "  ", RHEO_AXES_AUTO, NULL);
  const int n = field->n;

  g_assert_cmpint (plain->n, ==, 4);
  g_assert_cmpstr (plain->name[0], ==, "Output 1 − Output 2");
  g_assert_cmpstr (plain->name[1], ==, "Input 3");
  g_assert_cmpstr (plain->name[2], ==, "Unit 2");
  g_assert_cmpstr (plain->name[3], ==, "−PC 1 + Output 3");
  for (int i = 0; i < n; i++)
    {
      g_assert_cmpfloat (plain->direction[i], ==, field->w_out[i] - field->w_out[n + i]);
      g_assert_cmpfloat (plain->direction[n + i], ==, field->w_in[3 * i + 2]);
      g_assert_cmpfloat (plain->direction[2 * n + i], ==, i == 1);
    }
  /* The first unit varies most, the second after it. */
  g_assert_cmpint (none->n, ==, 2);
  g_assert_cmpfloat (none->direction[0], >, 0.99);
  g_assert_cmpfloat (none->direction[n + 1], >, 0.99);
  g_assert_cmpfloat (none->share[0], >, 0.8);
  g_assert_cmpfloat (none->share[1], >, 0.1);
  g_assert_cmpfloat (none->share[0] + none->share[1], <, 1);
}

static void
check_orthogonal (void)
{
  g_autoptr (RheoField) field = flip_flop_field ();
  g_autoptr (RheoAxes) plain = axes_of (field, "out1 in1 out1-out2 pc1", RHEO_AXES_AS_THEY_ARE, NULL);
  g_autoptr (RheoAxes) axes = axes_of (field, "out1 in1 out1-out2 pc1", RHEO_AXES_AUTO, NULL);
  g_autofree double *states = make_states (field->n);
  double place[2 * 4], sum = 0;

  for (int a = 0; a < 4; a++)
    {
      for (int b = 0; b < 4; b++)
        g_assert_cmpfloat_with_epsilon (product (axes, a, b), a == b, 1e-12);
      sum += axes->share[a];
    }
  g_assert_cmpfloat (sum, <, 1);
  /* The first axis keeps its direction. */
  for (int i = 0; i < field->n; i++)
    g_assert_cmpfloat_with_epsilon (axes->direction[i] * sqrt (product (plain, 0, 0)), plain->direction[i], 1e-12);
  rheo_axes_project (plain, 2, states, place);
  for (int k = 0; k < 2; k++)
    {
      double output[N_OUT];

      rheo_field_output (field, states + k * field->n, output);
      g_assert_cmpfloat_with_epsilon (place[4 * k], output[0], 1e-12);
    }
}

static void
check_refused (void)
{
  static const struct
  {
    const char *words, *message;
  } wrong[] = {
    { "pc", "\"pc\"" },           { "out0", "\"out0\"" },     { "out1out2", "\"out1out2\"" },
    { "out4", "out3" },           { "in1+in9", "in3" },       { "choice", "\"choice\"" },
    { "out1 out1", "axis out1" }, { "out1-out1", "lies in" }, { "pc1 pc2 pc3 pc4 pc5", "5 axes" },
  };
  g_autoptr (RheoField) field = flip_flop_field ();

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (axes_of (field, wrong[i].words, RHEO_AXES_ORTHOGONAL, wrong[i].message));
}

/* Names in English go word by word. */
static void
check_names (void)
{
  g_autofree char *one = rheo_label_dup_shown_group ("Output 1 − Output 2 + Unit 3");
  g_autofree char *two = rheo_label_dup_shown_group ("Coherence 0.5, Context 1");

  g_assert_cmpstr (one, ==, "Output 1 − Output 2 + Unit 3");
  g_assert_cmpstr (two, ==, "Coherence 0.5, Context 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axes/words", check_words);
  g_test_add_func ("/axes/orthogonal", check_orthogonal);
  g_test_add_func ("/axes/refused", check_refused);
  g_test_add_func ("/axes/names", check_names);
  return g_test_run ();
}
