#include "config.h"

#include "engine/component.h"
#include "engine/json-text.h"
#include "engine/param.h"

#include <math.h>
#include <string.h>

typedef struct
{
  int kind;
  double lr, momentum, damp;
  gboolean nesterov;
} Optimiser;

typedef struct
{
  int units;
  double tau_mem;
} Layer;

typedef struct
{
  int seed;
  double gain;
  gboolean on;
  const char *name, *file;
  double marks[8];
  int n_marks;
  Optimiser optimiser;
  Layer layers[3];
  int n_layers;
  double free_number;
} Config;

static const char *const kinds[] = { "sgd", "adam", "adamw", NULL };

static const RheoParam optimiser_rows[] = {
  RHEO_P_CHOICE (Optimiser, kind, "kind", kinds, .def = 1),
  RHEO_P_REAL (Optimiser, lr, "lr", .def = 1e-3, .min = 1e-6, .max = 1),
  RHEO_P_REAL (Optimiser, momentum, "momentum", .def = 0.9, .max = 1, .when = "kind=sgd|adamw"),
  RHEO_P_BOOL (Optimiser, nesterov, "nesterov", .when = "kind=sgd"),
  RHEO_P_REAL (Optimiser, damp, "damp", .def = 0.5, .max = 1, .when = "nesterov=true"),
  RHEO_P_END,
};

static const RheoParam layer_rows[] = {
  RHEO_P_INT (Layer, units, "units", .def = 100, .min = 1, .max = 1000),
  RHEO_P_REAL (Layer, tau_mem, "tau-mem", .def = 20, .min = 2, .max = 200, .unit = "ms", .needs = RHEO_ADJOINT),
  RHEO_P_END,
};

static const RheoParam rows[] = {
  RHEO_P_INT (Config, seed, "seed", .def = 1, .min = 0, .max = G_MAXINT),
  RHEO_P_REAL (Config, gain, "gain", .def = 0.1, .min = -1e308, .max = 2),
  RHEO_P_BOOL (Config, on, "on", .def = 1),
  RHEO_P_TEXT (Config, name, "name", .def_text = "unnamed"),
  RHEO_P_PATH (Config, file, "file"),
  RHEO_P_REALS (Config, marks, n_marks, "marks", .def_text = "0.85 0.7, 0.3", .min = 0, .max = 1),
  RHEO_P_BLOCK (Config, optimiser, Optimiser, "optimiser", optimiser_rows),
  RHEO_P_LIST (Config, layers, n_layers, Layer, "layers", layer_rows, .def_text = "1", .min = 1, .needs = RHEO_SPIKES),
  RHEO_P_REAL (Config, free_number, "free-number"),
  RHEO_P_END,
};

static const RheoParam *
set (Config *config, const char *path, const char *text, char **message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full = g_strconcat ("model.", path, NULL);
  void *at = NULL;
  const RheoParam *row = rheo_params_find (rows, config, path, "model", &at, &error);

  if (row != NULL && !rheo_param_set_text (row, at, text, full, &error))
    row = NULL;
  g_assert_true ((row == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_error (error, RHEO_ERROR, error->code);
  if (message != NULL)
    *message = g_strdup (error != NULL ? error->message : NULL);
  return row;
}

#define ACCEPTS(path, text) g_assert_nonnull (set (&config, path, text, NULL))
#define REFUSES(path, text, expected)                                                                                  \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *message_ = NULL;                                                                                  \
    Config before_ = config;                                                                                           \
                                                                                                                       \
    g_assert_null (set (&config, path, text, &message_));                                                              \
    g_assert_cmpstr (message_, ==, expected);                                                                          \
    g_assert_cmpmem (&config, sizeof config, &before_, sizeof before_);                                                \
  }                                                                                                                    \
  G_STMT_END

static void
test_defaults (void)
{
  Config config = { 0 };

  rheo_params_reset (rows, &config);
  g_assert_cmpint (config.seed, ==, 1);
  g_assert_cmpfloat (config.gain, ==, 0.1);
  g_assert_true (config.on);
  g_assert_true (config.name == g_intern_string ("unnamed"));
  g_assert_cmpstr (config.file, ==, "");
  g_assert_cmpint (config.n_marks, ==, 3);
  g_assert_cmpfloat (config.marks[1], ==, 0.7);
  g_assert_cmpfloat (config.marks[2], ==, 0.3);
  g_assert_cmpint (config.optimiser.kind, ==, 1);
  g_assert_cmpint (config.n_layers, ==, 1);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (config.layers[i].tau_mem, ==, 20);
}

static void
test_text (void)
{
  Config config = { 0 };
  g_autofree char *text = NULL;
  const RheoParam *row;
  void *at;

  rheo_params_reset (rows, &config);
  ACCEPTS ("seed", "12");
  g_assert_cmpint (config.seed, ==, 12);
  ACCEPTS ("seed", " 1e6 ");
  g_assert_cmpint (config.seed, ==, 1000000);
  ACCEPTS ("gain", "-0");
  g_assert_false (signbit (config.gain));
  ACCEPTS ("on", "false");
  g_assert_false (config.on);
  ACCEPTS ("name", "two words");
  g_assert_true (config.name == g_intern_string ("two words"));
  ACCEPTS ("optimiser.kind", "adamw");
  g_assert_cmpint (config.optimiser.kind, ==, 2);

  ACCEPTS ("marks", "0.5");
  g_assert_cmpint (config.n_marks, ==, 1);
  ACCEPTS ("marks", "0.5, 0.25,1");
  g_assert_cmpint (config.n_marks, ==, 3);
  ACCEPTS ("marks", "[0.125, 1]");
  g_assert_cmpint (config.n_marks, ==, 2);
  g_assert_cmpfloat (config.marks[0], ==, 0.125);
  ACCEPTS ("marks", "");
  g_assert_cmpint (config.n_marks, ==, 0);

  ACCEPTS ("layers", "[{\"units\": 5}, {\"tau-mem\": 3}]");
  g_assert_cmpint (config.n_layers, ==, 2);
  g_assert_cmpint (config.layers[0].units, ==, 5);
  g_assert_cmpint (config.layers[1].units, ==, 100);
  ACCEPTS ("layers.1.units", "7");
  g_assert_cmpint (config.layers[1].units, ==, 7);
  ACCEPTS ("optimiser", "{\"kind\": \"sgd\", \"momentum\": 0.5}");
  g_assert_cmpfloat (config.optimiser.momentum, ==, 0.5);

  row = rheo_params_find (rows, &config, "layers", NULL, &at, NULL);
  text = rheo_param_dup_text (row, at);
  g_assert_cmpstr (text, ==, "[{\"units\": 5, \"tau-mem\": 20}, {\"units\": 7, \"tau-mem\": 3}]");
}

static void
test_refused (void)
{
  Config config = { 0 };

  rheo_params_reset (rows, &config);
  REFUSES ("optimiser.lr", "-1", "model.optimiser.lr is -1; allowed is 1e-6 to 1.");
  REFUSES ("optimiser.lr", "nan", "model.optimiser.lr is \"nan\"; allowed is 1e-6 to 1.");
  REFUSES ("optimiser.lr", "0x1p-3", "model.optimiser.lr is \"0x1p-3\"; allowed is 1e-6 to 1.");
  REFUSES ("optimiser.lr", "", "model.optimiser.lr is \"\"; allowed is 1e-6 to 1.");
  REFUSES ("layers.0.tau-mem", "1.5", "model.layers.0.tau-mem is 1.5; allowed is 2 to 200 ms.");
  REFUSES ("seed", "-1", "model.seed is -1; allowed is 0 or more.");
  REFUSES ("seed", "1e10", "model.seed is 10000000000; allowed is 0 or more.");
  REFUSES ("seed", "1.5", "model.seed is 1.5; allowed are whole numbers, 0 or more.");
  REFUSES ("gain", "3", "model.gain is 3; allowed is 2 or less.");
  REFUSES ("free-number", "x", "model.free-number is \"x\"; allowed is any number.");
  REFUSES ("free-number", "1e999", "model.free-number is \"1e999\"; allowed is any number.");
  REFUSES ("on", "yes", "model.on is \"yes\"; allowed is true or false.");
  REFUSES ("optimiser.kind", "adan", "model.optimiser.kind is \"adan\"; allowed is one of sgd, adam, adamw.");
  REFUSES ("marks", "0.5 2", "model.marks is 2; allowed is up to 8 numbers, each 0 to 1.");
  REFUSES ("marks", "0.5 x", "model.marks is \"0.5 x\"; allowed is up to 8 numbers, each 0 to 1.");
  REFUSES ("marks", "1 1 1 1 1 1 1 1 1", "model.marks has 9 elements; allowed are 0 to 8.");
  REFUSES ("name", "\xff", "model.name is not UTF-8 text.");
  REFUSES ("layers", "[]", "model.layers has 0 elements; allowed are 1 to 3.");
  REFUSES ("layers", "[{}, {}, {}, {}]", "model.layers has 4 elements; allowed are 1 to 3.");
  REFUSES ("layers", "[{\"units\": 9}, {\"units\": 0}]", "model.layers.1.units is 0; allowed is 1 to 1000.");
  REFUSES ("layers", "[{\"unit\": 9}]", "model.layers.0 has no key \"unit\"; the nearest is \"units\".");
  REFUSES ("layers", "7", "model.layers is 7; allowed is 1 to 3 objects with the keys units, tau-mem.");
}

static void
test_paths (void)
{
  Config config = { 0 };
  void *at = &config;

  rheo_params_reset (rows, &config);
  REFUSES ("optimizer.lr", "1", "model has no key \"optimizer\"; the nearest is \"optimiser\".");
  REFUSES ("optimiser.rate", "1",
           "model.optimiser has no key \"rate\"; its keys are kind, lr, momentum, nesterov, damp.");
  REFUSES ("layers.0.tua-mem", "1", "model.layers.0 has no key \"tua-mem\"; the nearest is \"tau-mem\".");
  REFUSES ("layers.1.units", "1", "model.layers has no element 1; it has 1, counted from 0.");
  REFUSES ("layers.x.units", "1", "model.layers is a list: a number follows it (model.layers.0), not \"x\".");
  REFUSES ("layers.0", "{}", "model.layers.0 is a whole element; add one of its keys: units, tau-mem.");
  REFUSES ("seed.x", "1", "model.seed is a single value; it has no key \"x\".");
  REFUSES ("", "1",
           "model has no key \"\"; its keys are seed, gain, on, name, file, marks, optimiser, layers, "
           "free-number.");

  g_assert_true (rheo_params_find (rows, NULL, "layers.2.units", NULL, &at, NULL) == &layer_rows[0]);
  g_assert_null (at);
  g_assert_true (rheo_params_find (rows, &config, "layers.0.units", NULL, &at, NULL) == &layer_rows[0]);
  g_assert_true (at == &config.layers[0]);
}

static void
test_when (void)
{
  Config config = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) json = NULL;

  rheo_params_reset (rows, &config);
  json = rheo_params_dup_json (optimiser_rows, &config.optimiser);
  g_assert_true (json_object_has_member (json, "lr"));
  g_assert_false (json_object_has_member (json, "momentum"));
  g_assert_false (rheo_params_check_used (rows, &config, "optimiser.momentum", "model", &error));
  g_assert_cmpstr (error->message, ==,
                   "model.optimiser.momentum is not used while model.optimiser.kind is adam; it needs "
                   "model.optimiser.kind to be sgd or adamw.");
  g_clear_error (&error);

  /* damp hangs on nesterov, which hangs on kind: the one that fails is told. */
  config.optimiser.nesterov = TRUE;
  g_assert_false (rheo_params_check_used (rows, &config, "optimiser.damp", "", &error));
  g_assert_cmpstr (error->message, ==,
                   "optimiser.damp is not used while optimiser.kind is adam; it needs optimiser.kind to be sgd.");
  config.optimiser.kind = 0;
  g_assert_true (rheo_params_check_used (rows, &config, "optimiser.damp", "", NULL));
  config.optimiser.nesterov = FALSE;
  g_assert_false (rheo_params_check_used (rows, &config, "optimiser.damp", "", NULL));
  g_assert_true (rheo_params_check_used (rows, &config, "layers.0.units", "", NULL));
}

static void
test_json (void)
{
  static const double numbers[] = { 0.1, 1.0 / 3, 1e-6, 1e300, -1e-300, 123456789.125, 5e-324, 2 };
  Config config = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (JsonObject) json = NULL;
      g_autoptr (JsonNode) node = json_node_alloc (), parsed = NULL;
      g_autofree char *text = NULL;

      rheo_params_reset (rows, &config);
      rheo_params_reset (rows, &back);
      config.free_number = numbers[i];
      config.n_layers = 3;
      config.layers[2].tau_mem = 7.7;
      ACCEPTS ("marks", "");
      config.optimiser.kind = 0;
      config.optimiser.momentum = 0.3;
      config.name = g_intern_string ("a \"quoted\"\n\\ name \xc3\xa4");
      g_assert_false (rheo_params_equal (rows, &config, &back));

      json = rheo_params_dup_json (rows, &config);
      json_node_init_object (node, json);
      text = rheo_json_dup_text (node, i % 2 == 0);
      parsed = rheo_json_parse (text, -1, "here", &error);
      g_assert_no_error (error);
      g_assert_true (rheo_params_set_json (rows, &back, json_node_get_object (parsed), "", &error));
      g_assert_no_error (error);
      g_assert_true (rheo_params_equal (rows, &config, &back));
      g_assert_cmpmem (&config, sizeof config, &back, sizeof back);
    }
}

static void
test_json_refused (void)
{
  static const struct
  {
    const char *json, *message;
  } cases[] = {
    { "{\"gian\": 1}", "rule has no key \"gian\"; the nearest is \"gain\"." },
    { "{\"optimiser\": {\"kinds\": 1}}", "rule.optimiser has no key \"kinds\"; the nearest is \"kind\"." },
    { "{\"gain\": \"1\"}", "rule.gain is \"1\"; allowed is 2 or less." },
    { "{\"gain\": null}", "rule.gain is null; allowed is 2 or less." },
    { "{\"on\": 1}", "rule.on is 1; allowed is true or false." },
    { "{\"name\": 1}", "rule.name is 1; allowed is any text." },
    { "{\"marks\": [0, \"x\"]}", "rule.marks is [0, \"x\"]; allowed is up to 8 numbers, each 0 to 1." },
    { "{\"optimiser\": 1}",
      "rule.optimiser is 1; allowed is an object with the keys kind, lr, momentum, nesterov, damp." },
    { "{\"seed\": 1.25}", "rule.seed is 1.25; allowed are whole numbers, 0 or more." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Config config = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = rheo_json_parse (cases[i].json, -1, "here", &error);

      g_assert_no_error (error);
      rheo_params_reset (rows, &config);
      g_assert_false (rheo_params_set_json (rows, &config, json_node_get_object (node), "rule", &error));
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static gboolean
collect (const char *path, const RheoParam *row, void *at, gpointer data)
{
  g_autofree char *text = rheo_param_dup_text (row, at);

  g_string_append_printf (data, "%s=%s\n", path, text);
  return !g_str_equal (path, "run.layers.0.units");
}

static void
test_visit (void)
{
  Config config = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);

  rheo_params_reset (rows, &config);
  g_assert_false (rheo_params_visit (rows, &config, "run", collect, out));
  g_assert_cmpstr (out->str, ==,
                   "run.seed=1\nrun.gain=0.1\nrun.on=true\nrun.name=unnamed\nrun.file=\nrun.marks=0.85 0.7 0.3\n"
                   "run.optimiser.kind=adam\nrun.optimiser.lr=0.001\nrun.layers.0.units=100\n");
}

static void
test_check (void)
{
  Config config = { 0 };
  g_autoptr (GError) error = NULL;

  rheo_params_reset (rows, &config);
  g_assert_true (rheo_params_check (rows, &config, "model", &error));
  config.optimiser.momentum = 5; /* switched off */
  g_assert_true (rheo_params_check (rows, &config, "model", &error));
  config.layers[0].tau_mem = NAN;
  g_assert_false (rheo_params_check (rows, &config, "model", &error));
  g_assert_cmpstr (error->message, ==, "model.layers.0.tau-mem is nan; allowed is 2 to 200 ms.");
}

static void
test_numbers (void)
{
  static const struct
  {
    double v;
    const char *text;
  } cases[] = { { 0.1, "0.1" },   { 1e-6, "1e-6" },
                { 1e20, "1e20" }, { -2.5e-10, "-2.5e-10" },
                { 100, "100" },   { 1.0 / 3, "0.3333333333333333" },
                { 0, "0" },       { INFINITY, "inf" },
                { NAN, "nan" },   { 0.1 + 0.2, "0.30000000000000004" } };
  char text[RHEO_NUMBER_SIZE];
  double v;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (rheo_number_text (cases[i].v, text), ==, cases[i].text);
  g_assert_cmpstr (rheo_float_text (0.1f, text), ==, "0.1");
  g_assert_cmpstr (rheo_float_text (1.0f / 3, text), ==, "0.33333334");
  for (int i = 0; i < 20000; i++)
    {
      union
      {
        guint64 bits;
        double v;
      } u = { .bits = ((guint64) g_test_rand_int () << 32) ^ (guint32) g_test_rand_int () };

      if (!isfinite (u.v))
        continue;
      g_assert_true (rheo_number_parse (rheo_number_text (u.v, text), &v));
      g_assert_cmpmem (&u.v, sizeof v, &v, sizeof v);
    }
  g_assert_false (rheo_number_parse ("", &v));
  g_assert_false (rheo_number_parse ("1 2", &v));
  g_assert_false (rheo_number_parse ("inf", &v));
  g_assert_false (rheo_number_parse ("e", &v));
  g_assert_false (rheo_number_parse ("1,5", &v));
}

static void
test_json_text (void)
{
  g_autofree char *deep = g_strnfill (100, '[');
  g_autofree char *hidden = g_strconcat ("/* \" */", deep, NULL);
  const struct
  {
    const char *text, *message;
  } cases[] = {
    { "{\"a\": 1,\n \"b\": }", "f.json, line 2: this is not JSON: a value was expected, not \"}\"." },
    { "{\"a\": 1,}", "f.json, line 1: this is not JSON: a text in double quotes was expected, not \"}\"." },
    { "{\"a\": 1 \"b\": 2}", "f.json, line 1: this is not JSON: \",\" or \"}\" was expected, not \"\"\"." },
    { "{\"a\" 1}", "f.json, line 1: this is not JSON: \":\" was expected, not \"1\"." },
    { "[1", "f.json, line 1: this is not JSON: it ends where \",\" or \"]\" was expected." },
    { "[1] 2", "f.json, line 1: this is not JSON: the end was expected, not \"2\"." },
    { "", "f.json is empty; JSON was expected." },
    { "\xff", "f.json is not UTF-8 text." },
    { deep, "f.json, line 1: this is not JSON: it is nested too deeply." },
    { hidden, "f.json, line 1: this is not JSON: a value was expected, not \"/\"." },
    { "{\"a\": 1, \"b\": 2, \"a\": 3}", "f.json, line 1: this is not JSON: the key \"a\" stands there twice." },
    { "[\"\\ud83d\"]", "f.json, line 1: this is not JSON: an escape stands for no character." },
    { "[\"\\u0000\"]", "f.json, line 1: this is not JSON: an escape stands for no character." },
    { "[\"\\x\"]", "f.json, line 1: this is not JSON: an escape such as \\n was expected, not \"x\"." },
    { "[\"a\nb\"]", "f.json, line 1: this is not JSON: a text has no closing quote on its line." },
    { "[\"a", "f.json, line 1: this is not JSON: it ends where \" was expected." },
    { "[01]", "f.json, line 1: this is not JSON: \",\" or \"]\" was expected, not \"1\"." },
    { "[1.]", "f.json, line 1: this is not JSON: a digit was expected, not \"]\"." },
    { "[1e999]", "f.json, line 1: this is not JSON: a number is too large." },
    { "[nul]", "f.json, line 1: this is not JSON: a value was expected, not \"n\"." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (rheo_json_parse (cases[i].text, -1, "f.json", &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_json_values (void)
{
  static const char text[] =
      " {\"whole\": -9223372036854775808, \"big\": 9223372036854775808, \"e\": 1E+2,\n"
      "\"text\": \"\\ud83d\\ude00\\u00e4\\/\\n\\\"\", \"list\": [[], {}, null, true, false, -0.5]} ";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = rheo_json_parse (text, -1, "f.json", &error);
  g_autofree char *out = NULL;
  JsonObject *object;

  g_assert_no_error (error);
  object = json_node_get_object (node);
  g_assert_true (json_object_get_int_member (object, "whole") == G_MININT64);
  g_assert_cmpfloat (json_object_get_double_member (object, "big"), ==, 9223372036854775808.0);
  g_assert_cmpfloat (json_object_get_double_member (object, "e"), ==, 100);
  g_assert_cmpstr (json_object_get_string_member (object, "text"), ==, "\xf0\x9f\x98\x80\xc3\xa4/\n\"");
  json_object_remove_member (object, "text");
  out = rheo_json_dup_text (node, FALSE);
  g_assert_cmpstr (out, ==,
                   "{\"whole\": -9223372036854775808, \"big\": 9.223372036854776e18, \"e\": 100, "
                   "\"list\": [[], {}, null, true, false, -0.5]}");
}

static void
test_json_pretty (void)
{
  g_autoptr (GString) text = g_string_new ("{\"a\":{\"b\":[1.5");
  g_autoptr (JsonNode) node = NULL, again = NULL;
  g_autofree char *out = NULL;
  g_auto (GStrv) lines = NULL;

  for (int i = 0; i < 50; i++)
    g_string_append (text, ",12345.5");
  g_string_append (text, "]},\"c\":{\"d\":[],\"e\":{}}}");
  node = rheo_json_parse (text->str, -1, "text", NULL);
  out = rheo_json_dup_text (node, TRUE);
  again = rheo_json_parse (out, -1, "out", NULL);
  g_assert_true (json_node_equal (node, again));
  lines = g_strsplit (out, "\n", -1);
  g_assert_cmpint (g_strv_length (lines), ==, 13);
  g_assert_true (g_str_has_prefix (lines[3], "      1.5, 12345.5, "));
  g_assert_cmpstr (lines[10], ==, "  \"c\": {\"d\": [], \"e\": {}}");
  g_assert_cmpstr (lines[11], ==, "}");
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpint (strlen (*line), <=, 100);
      g_assert_false (g_str_has_suffix (*line, " "));
    }
}

static void
test_needs (void)
{
  g_assert_cmpuint (rheo_params_get_needs (rows, "optimiser.lr"), ==, 0);
  g_assert_cmpuint (rheo_params_get_needs (rows, "layers.1.units"), ==, RHEO_SPIKES);
  g_assert_cmpuint (rheo_params_get_needs (rows, "layers.0.tau-mem"), ==, RHEO_SPIKES | RHEO_ADJOINT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/param/defaults", test_defaults);
  g_test_add_func ("/param/text", test_text);
  g_test_add_func ("/param/refused", test_refused);
  g_test_add_func ("/param/paths", test_paths);
  g_test_add_func ("/param/when", test_when);
  g_test_add_func ("/param/needs", test_needs);
  g_test_add_func ("/param/json", test_json);
  g_test_add_func ("/param/json-refused", test_json_refused);
  g_test_add_func ("/param/visit", test_visit);
  g_test_add_func ("/param/check", test_check);
  g_test_add_func ("/param/numbers", test_numbers);
  g_test_add_func ("/param/json-text", test_json_text);
  g_test_add_func ("/param/json-values", test_json_values);
  g_test_add_func ("/param/json-pretty", test_json_pretty);
  return g_test_run ();
}
