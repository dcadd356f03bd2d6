#include "config.h"

#include "engine/analysis.h"
#include "engine/experiment.h"
#include "engine/json-text.h"
#include "engine/net.h"
#include "engine/rule.h"
#include "engine/task.h"
#include "plot/plot.h"

#include <math.h>
#include <string.h>

/* Every component is held against what component.h and param.h ask of it, so that a new one is tested before anyone
 * writes a test for it. */

#define ROUNDS 20 /* of random values per component */

static const uint64_t model_traits = RHEO_SPIKES | RHEO_ADJOINT | RHEO_EVENTS | RHEO_RATES | RHEO_CURRENTS
                                     | RHEO_THRESHOLDS | RHEO_BOUNDED | RHEO_PLASTIC,
                      task_traits = RHEO_TRIALS | RHEO_LABELS | RHEO_SIGNALS | RHEO_EPISODES | RHEO_SCORES
                                    | RHEO_REPEATS | RHEO_INPUT_ONLY | RHEO_ACTIONS,
                      rule_traits = RHEO_LOCAL | RHEO_GRADIENT | RHEO_CARRIES | RHEO_PLAYS;

#define CHECK(condition, ...)                                                                                          \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    if (!(condition))                                                                                                  \
      {                                                                                                                \
        g_autofree char *message_ = g_strdup_printf (__VA_ARGS__);                                                     \
        g_error ("%s (%s)", message_, #condition);                                                                     \
      }                                                                                                                \
  }                                                                                                                    \
  G_STMT_END

static gboolean
is_key (const char *key)
{
  return key != NULL && g_regex_match_simple ("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", key, 0, 0);
}

static gboolean
is_text (const char *text)
{
  return text != NULL && *text != '\0' && g_utf8_validate (text, -1, NULL) && !g_str_has_suffix (text, " ");
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static size_t
field_size (const RheoParam *row)
{
  switch (row->type)
    {
    case RHEO_REAL:
      return sizeof (double);
    case RHEO_TEXT:
    case RHEO_PATH:
      return sizeof (const char *);
    case RHEO_REALS:
    case RHEO_LIST:
      return row->stride * (size_t) row->n_max;
    default:
      return sizeof (int);
    }
}

static void
take_bytes (GByteArray *used, size_t offset, size_t n, const char *path)
{
  CHECK (offset + n <= used->len, "%s lies outside its struct", path);
  for (size_t i = offset; i < offset + n; i++)
    CHECK (used->data[i]++ == 0, "%s shares its field with another row", path);
}

static void
check_when (const RheoParam *rows, const RheoParam *row, const char *path)
{
  g_auto (GStrv) sides = g_strsplit (row->when, "=", 2);
  g_auto (GStrv) values = g_strsplit (sides[1] != NULL ? sides[1] : "", "|", -1);
  const RheoParam *sibling = rows;

  /* Earlier ones only, so that no chain of rows can close. */
  while (sibling < row && !g_str_equal (sibling->key, sides[0]))
    sibling++;
  CHECK (sibling < row, "%s: when \"%s\" does not refer to an earlier row", path, row->when);
  CHECK (sibling->type == RHEO_CHOICE || sibling->type == RHEO_BOOL, "%s: when refers to neither choice nor bool",
         path);
  CHECK (values[0] != NULL, "%s: when \"%s\" names no value", path, row->when);
  for (char **value = values; *value != NULL; value++)
    if (sibling->type == RHEO_BOOL)
      CHECK (g_str_equal (*value, "true") || g_str_equal (*value, "false"), "%s: when has \"%s\"", path, *value);
    else
      CHECK (g_strv_contains (sibling->choices, *value), "%s: %s cannot be \"%s\"", path, sibling->key, *value);
}

static void
check_row (const RheoParam *row, const char *path)
{
  gboolean open = row->min == 0 && row->max == 0;

  CHECK (is_text (row->label), "%s has no label", path);
  CHECK (row->rows != NULL || is_text (row->help), "%s has no help", path);
  CHECK ((row->flags & ~(unsigned) (RHEO_LIVE | RHEO_LOG | RHEO_ADVANCED)) == 0, "%s has unknown flags", path);
  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      CHECK (isfinite (row->def) && !isnan (row->min) && row->min <= row->max, "%s has no sane range", path);
      CHECK (open || (row->def >= row->min && row->def <= row->max), "%s: the default is out of range", path);
      if (row->soft_min != 0 || row->soft_max != 0)
        CHECK (row->soft_min < row->soft_max && (open || (row->soft_min >= row->min && row->soft_max <= row->max)),
               "%s: the slider leaves the range", path);
      if (row->flags & RHEO_LOG)
        CHECK (row->soft_max != 0 ? row->soft_min > 0 : row->min > 0, "%s: a logarithmic slider from 0", path);
      break;
    case RHEO_BOOL:
      CHECK (row->def == 0 || row->def == 1, "%s: the default is neither 0 nor 1", path);
      break;
    case RHEO_CHOICE:
      CHECK (row->choices != NULL && row->choices[0] != NULL, "%s has no choices", path);
      for (int i = 0; row->choices[i] != NULL; i++)
        {
          CHECK (is_key (row->choices[i]), "%s: choice \"%s\" is no key", path, row->choices[i]);
          for (int j = 0; j < i; j++)
            CHECK (!g_str_equal (row->choices[i], row->choices[j]), "%s has a choice twice", path);
        }
      CHECK (row->def >= 0 && row->def < g_strv_length ((char **) row->choices) && row->def == floor (row->def),
             "%s: the default is no choice", path);
      break;
    case RHEO_REALS:
    case RHEO_LIST:
      CHECK (row->n_max > 0 && row->stride > 0, "%s holds nothing", path);
      CHECK (row->type == RHEO_REALS || (row->min >= 0 && row->min <= row->n_max), "%s: no sane least number", path);
      break;
    default:
      break;
    }
}

static void
check_rows (const RheoParam *rows, GByteArray *used, size_t base, const char *prefix)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    {
      g_autofree char *path = g_strconcat (prefix, ".", row->key, NULL);

      CHECK (is_key (row->key), "%s is no key", path);
      for (const RheoParam *other = rows; other < row; other++)
        CHECK (!g_str_equal (row->key, other->key), "%s stands there twice", path);
      check_row (row, path);
      if (row->when != NULL)
        check_when (rows, row, path);
      if (row->type == RHEO_BLOCK)
        {
          CHECK (row->rows != NULL && row->rows[0].key != NULL, "%s is an empty block", path);
          check_rows (row->rows, used, base + row->offset, path);
          continue;
        }
      take_bytes (used, base + row->offset, field_size (row), path);
      if (row->type == RHEO_REALS || row->type == RHEO_LIST)
        take_bytes (used, base + row->count_offset, sizeof (int), path);
      if (row->type == RHEO_LIST)
        {
          g_autoptr (GByteArray) element = g_byte_array_new ();

          CHECK (row->rows != NULL && row->rows[0].key != NULL, "%s has elements without rows", path);
          g_byte_array_set_size (element, (guint) row->stride);
          memset (element->data, 0, row->stride);
          check_rows (row->rows, element, 0, path);
        }
    }
}

static void
check_table (const RheoParam *rows, size_t size, const char *name)
{
  g_autoptr (GByteArray) used = g_byte_array_new ();
  g_autofree char *config = g_malloc0 (MAX (size, 1));
  g_autoptr (GError) error = NULL;

  g_byte_array_set_size (used, (guint) size);
  memset (used->data, 0, size);
  check_rows (rows, used, 0, name);
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    CHECK (!g_str_equal (row->key, "id") && !g_str_equal (row->key, "version") && !g_str_equal (row->key, "preset"),
           "%s.%s is a reserved key", name, row->key);

  /* reset cuts what does not fit, so the defaults are read back by the strict way as well. */
  rheo_params_reset (rows, config);
  CHECK (rheo_params_check (rows, config, name, &error), "%s", error->message);
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    if (row->type == RHEO_REALS || row->type == RHEO_TEXT || row->type == RHEO_PATH)
      CHECK (rheo_param_set_text (row, config, row->def_text != NULL ? row->def_text : "", row->key, &error), "%s: %s",
             name, error->message);
}

/* --- round trips --------------------------------------------------------------------------------------------------- */

static double
draw_number (const RheoParam *row)
{
  gboolean open = row->min == 0 && row->max == 0;
  double lo = open ? -1000 : MAX (row->min, -1e9), hi = open ? 1000 : MIN (row->max, 1e9);
  double v = g_test_rand_double_range (lo, nextafter (hi, INFINITY));

  if (g_test_rand_int_range (0, 4) == 0)
    v = g_test_rand_bit () ? lo : hi;
  return row->type == RHEO_INT ? floor (v) : v;
}

static void draw_values (const RheoParam *rows, char *config);

static void
draw_value (const RheoParam *row, char *config)
{
  static const char *const texts[] = { "", "plain", "two words", "\"quoted\" \\ \n \t", "\xc3\xa4\xe2\x82\xac" };
  void *field = config + row->offset;
  int *count = (int *) (void *) (config + row->count_offset);

  switch (row->type)
    {
    case RHEO_INT:
      *(int *) field = (int) draw_number (row);
      break;
    case RHEO_REAL:
      *(double *) field = draw_number (row) + 0.0;
      break;
    case RHEO_BOOL:
      *(gboolean *) field = g_test_rand_bit () != 0;
      break;
    case RHEO_CHOICE:
      *(int *) field = g_test_rand_int_range (0, (int) g_strv_length ((char **) row->choices));
      break;
    case RHEO_TEXT:
    case RHEO_PATH:
      *(const char **) field = g_intern_string (texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
      break;
    case RHEO_REALS:
      *count = g_test_rand_int_range (0, row->n_max + 1);
      for (int i = 0; i < *count; i++)
        ((double *) field)[i] = draw_number (row) + 0.0;
      break;
    case RHEO_BLOCK:
      draw_values (row->rows, field);
      break;
    case RHEO_LIST:
      *count = g_test_rand_int_range ((int) row->min, row->n_max + 1);
      for (int i = 0; i < *count; i++)
        draw_values (row->rows, (char *) field + (size_t) i * row->stride);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
draw_values (const RheoParam *rows, char *config)
{
  for (const RheoParam *row = rows; row->key != NULL; row++)
    draw_value (row, config);
}

/* Each value as text is taken back and stays the same. */
static gboolean
set_again (const char *path, const RheoParam *row, void *at, gpointer data)
{
  g_autofree char *text = rheo_param_dup_text (row, at), *again = NULL;
  g_autoptr (GError) error = NULL;

  CHECK (rheo_param_set_text (row, at, text, path, &error), "%s", error->message);
  again = rheo_param_dup_text (row, at);
  g_assert_cmpstr (text, ==, again);
  return TRUE;
}

static void
check_round_trip (const RheoParam *rows, size_t size, const char *name)
{
  g_autofree char *config = g_malloc0 (MAX (size, 1)), *back = g_malloc0 (MAX (size, 1)),
                  *before = g_malloc0 (MAX (size, 1));

  for (int round = 0; rows != NULL && round < ROUNDS; round++)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT), parsed = NULL;
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;

      rheo_params_reset (rows, config);
      rheo_params_reset (rows, back);
      if (round > 0)
        draw_values (rows, config);
      CHECK (rheo_params_check (rows, config, name, &error), "%s", error->message);
      json_node_take_object (node, rheo_params_dup_json (rows, config));
      text = rheo_json_dup_text (node, round % 2 == 0);
      parsed = rheo_json_parse (text, -1, name, &error);
      g_assert_no_error (error);
      CHECK (rheo_params_set_json (rows, back, json_node_get_object (parsed), name, &error), "%s", error->message);
      CHECK (rheo_params_equal (rows, config, back), "%s does not read back what it wrote: %s", name, text);

      memcpy (before, config, size);
      rheo_params_visit (rows, config, name, set_again, NULL);
      CHECK (rheo_params_equal (rows, config, before), "%s: a value as text reads back as another", name);
    }
}

static const RheoComponent *const *
list_components (RheoKind kind)
{
  return kind == RHEO_KIND_PLOT ? rheo_plot_kinds () : rheo_components (kind);
}

/* --- components ------------------------------------------------------------------------------------------------------ */

static void
check_series (const RheoSeries *series, const char *name)
{
  for (const RheoSeries *s = series; s != NULL && s->key != NULL; s++)
    {
      CHECK (is_key (s->key), "%s: series \"%s\" is no key", name, s->key);
      CHECK (is_text (s->label), "%s: series %s has no label", name, s->key);
      CHECK (s->help == NULL || is_text (s->help), "%s: series %s has an odd help", name, s->key);
      CHECK (s->axes != NULL && (*s->axes == '\0' || g_regex_match_simple ("^[a-z]+( [a-z]+)*$", s->axes, 0, 0)),
             "%s: series %s has no axes", name, s->key);
      CHECK (s->lo <= s->hi, "%s: series %s has no sane range", name, s->key);
      CHECK ((s->flags
              & ~(unsigned) (RHEO_SERIES_LOG | RHEO_SERIES_SIGNED | RHEO_SERIES_BITS | RHEO_SERIES_BY_CLASS
                             | RHEO_SERIES_BY_PROJECTION | RHEO_SERIES_LOWER_IS_BETTER | RHEO_SERIES_SHOW))
                 == 0,
             "%s: series %s has unknown flags", name, s->key);
      for (const RheoSeries *other = series; other < s; other++)
        CHECK (!g_str_equal (s->key, other->key), "%s: series %s stands there twice", name, s->key);
    }
}

static void
check_presets (const RheoComponent *c, const char *name)
{
  g_autofree char *config = g_malloc0 (MAX (c->config_size, 1)), *defaults = g_malloc0 (MAX (c->config_size, 1));

  rheo_params_reset (c->params, defaults);
  for (const RheoPreset *preset = c->presets; preset != NULL && preset->id != NULL; preset++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = rheo_json_parse (preset->json, -1, preset->id, &error);

      g_assert_no_error (error);
      CHECK (is_key (preset->id) && is_text (preset->title), "%s: preset \"%s\" has no name", name, preset->id);
      for (const RheoPreset *other = c->presets; other < preset; other++)
        CHECK (!g_str_equal (preset->id, other->id), "%s: preset %s stands there twice", name, preset->id);
      rheo_params_reset (c->params, config);
      CHECK (rheo_params_set_json (c->params, config, json_node_get_object (node), name, &error), "%s", error->message);
      CHECK (rheo_params_check (c->params, config, name, &error), "%s", error->message);
      CHECK (c->check == NULL || c->check (config, &error), "%s: preset %s: %s", name, preset->id, error->message);
    }
}

static void
check_functions (const RheoComponent *c, const char *name)
{
  const RheoTask *task = (const RheoTask *) c;
  const RheoModel *model = (const RheoModel *) c;
  const RheoRuleType *rule = (const RheoRuleType *) c;
  const RheoAnalysis *analysis = (const RheoAnalysis *) c;
  const RheoPlotKind *plot_kind = (const RheoPlotKind *) c;

  switch (c->kind)
    {
    case RHEO_KIND_TASK:
      CHECK ((c->gives & ~task_traits) == 0 && (c->gives & task_traits) != 0, "%s gives what no task gives", name);
      CHECK (task->shape != NULL, "%s has no shape", name);
      CHECK (!(c->gives & (RHEO_TRIALS | RHEO_INPUT_ONLY)) || task->fill != NULL, "%s cannot fill a trial", name);
      CHECK (task->fill != NULL || (c->needs & RHEO_PLAYS), "%s has neither trials nor a rule that plays", name);
      CHECK (!(c->gives & RHEO_EPISODES) || (task->reset != NULL && task->act != NULL), "%s cannot act", name);
      CHECK (!(c->gives & (RHEO_LABELS | RHEO_SIGNALS)) || (c->gives & RHEO_TRIALS), "%s has targets without trials",
             name);
      CHECK (task->open == NULL || task->close != NULL, "%s opens what it never closes", name);
      check_series (task->conditions, name);
      break;
    case RHEO_KIND_MODEL:
      CHECK ((c->gives & ~model_traits) == 0, "%s gives what no model gives", name);
      CHECK (model->layout != NULL && model->init != NULL, "%s describes no network", name);
      break;
    case RHEO_KIND_RULE:
      CHECK ((c->gives & ~rule_traits) == 0, "%s gives what no rule gives", name);
      CHECK (rule->gradient != NULL || rule->on_step != NULL || rule->on_spike != NULL || rule->iterate != NULL,
             "%s does nothing", name);
      CHECK (!(c->gives & RHEO_GRADIENT) || rule->gradient != NULL, "%s has no gradient", name);
      CHECK (is_text (rule->unit), "%s does not say what an iteration is", name);
      break;
    case RHEO_KIND_ANALYSIS:
      CHECK (analysis->run != NULL, "%s does nothing", name);
      CHECK ((analysis->wants
              & ~(unsigned) (RHEO_WANTS_WEIGHTS | RHEO_WANTS_PROBE | RHEO_WANTS_METRICS | RHEO_WANTS_STEPS
                             | RHEO_WANTS_CHAIN))
                 == 0,
             "%s wants the unknown", name);
      break;
    case RHEO_KIND_PLOT:
      CHECK (plot_kind->draw != NULL, "%s draws nothing", name);
      CHECK (plot_kind->roles != NULL && plot_kind->roles[0].key != NULL, "%s has no roles", name);
      for (const RheoPlotRole *role = plot_kind->roles; role->key != NULL; role++)
        CHECK (is_key (role->key) && is_text (role->label) && is_text (role->axes), "%s: a role has no name", name);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* What reads a file of the user's own has none to begin with, and says so by the key. */
static gboolean
wants_file (const RheoComponent *c, const char *message)
{
  for (const RheoParam *row = c->params; row->key != NULL; row++)
    {
      g_autofree char *key = g_strdup_printf ("%s.%s is empty", rheo_kind_name (c->kind), row->key);

      if (row->type == RHEO_PATH && g_str_has_prefix (message, key))
        return TRUE;
    }
  return FALSE;
}

static void
test_component (gconstpointer data)
{
  const RheoComponent *c = data;
  g_autofree char *name = g_strdup_printf ("%s %s", rheo_kind_name (c->kind), c->id);
  g_autofree char *config = g_malloc0 (MAX (c->config_size, 1));
  g_autoptr (GError) error = NULL;
  int n_same = 0;

  CHECK (is_key (c->id), "%s has no proper id", name);
  CHECK (is_text (c->title) && is_text (c->summary), "%s has no title or summary", name);
  CHECK (c->version >= 1, "%s has no version", name);
  for (const RheoComponent *const *other = list_components (c->kind); *other != NULL; other++)
    n_same += g_str_equal ((*other)->id, c->id);
  CHECK (n_same == 1, "%s is there twice", name);
  check_functions (c, name);
  check_series (c->series, name);

  CHECK ((c->params != NULL && c->params[0].key != NULL) == (c->config_size > 0), "%s: rows and size disagree", name);
  check_table (c->params, c->config_size, c->id);
  rheo_params_reset (c->params, config);
  CHECK (c->check == NULL || c->check (config, &error) || wants_file (c, error->message),
         "%s refuses its own defaults: %s", name, error->message);
  check_round_trip (c->params, c->config_size, c->id);
  check_presets (c, name);
}

static void
test_run_rows (void)
{
  check_table (rheo_run_params, sizeof (RheoRunRows), "run");
  check_round_trip (rheo_run_params, sizeof (RheoRunRows), "run");
}

/* --- ready-made experiments ------------------------------------------------------------------------------------------- */

static void
test_experiment (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (data, &error), again = NULL;
  g_autofree char *json = NULL, *json_again = NULL;

  g_assert_no_error (error);
  CHECK (is_text (rheo_experiment_get_title (experiment)), "%s has no title", (const char *) data);
  CHECK (rheo_experiment_check (experiment, &error), "%s: %s", (const char *) data, error->message);
  json = rheo_experiment_dup_json (experiment);
  again = rheo_experiment_parse (json, data, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_experiment_equal (experiment, again));
  json_again = rheo_experiment_dup_json (again);
  g_assert_cmpstr (json, ==, json_again);
}

int
main (int argc, char *argv[])
{
  g_auto (GStrv) names = rheo_experiment_names ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/run-rows", test_run_rows);
  for (int kind = 0; kind < RHEO_N_KINDS; kind++)
    for (const RheoComponent *const *c = list_components ((RheoKind) kind); *c != NULL; c++)
      {
        g_autofree char *path = g_strdup_printf ("/registry/%s/%s", rheo_kind_name ((RheoKind) kind), (*c)->id);

        g_test_add_data_func (path, *c, test_component);
      }
  for (char **name = names; *name != NULL; name++)
    {
      g_autofree char *path = g_strconcat ("/registry/experiment/", *name, NULL);

      g_test_add_data_func (path, *name, test_experiment);
    }
  return g_test_run ();
}
