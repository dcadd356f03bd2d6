/* Tasks that are scripts: the examples run and can be repeated, and what goes wrong in a script is said and does no harm. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/feed.h"
#include "engine/script.h"
#include "engine/task.h"

static char *folder;

typedef struct
{
  const RheoTask *task;
  void *config, *data;
  RheoShape shape;
  RheoFeed *feed;
} Opened;

static void
shut (Opened *o)
{
  rheo_feed_free (o->feed);
  if (o->data != NULL)
    o->task->close (o->data);
  g_free (o->config);
  g_free (o);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opened, shut)

static Opened *
open_script (const char *path, double time_limit, GError **error)
{
  g_autoptr (Opened) o = g_new0 (Opened, 1);
  g_autofree char *limit = g_strdup_printf ("%g", time_limit);
  const char *const settings[][2] = { { "file", path }, { "time-limit", limit } };

  o->task = (const RheoTask *) rheo_component_find (RHEO_KIND_TASK, "task-script", NULL);
  g_assert_nonnull (o->task);
  o->config = g_malloc0 (o->task->base.config_size);
  rheo_params_reset (o->task->base.params, o->config);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      void *at;
      const RheoParam *row = rheo_params_find (o->task->base.params, o->config, settings[i][0], "task", &at, NULL);

      g_assert_true (rheo_param_set_text (row, at, settings[i][1], settings[i][0], NULL));
    }
  if (!o->task->base.check (o->config, error) || !o->task->open (o->config, 1, &o->data, error))
    return NULL;
  o->task->shape (o->config, o->data, &o->shape);
  o->feed = rheo_feed_new (o->task, o->config, o->data, &o->shape, 3, 7, error);
  g_assert_nonnull (o->feed);
  return g_steal_pointer (&o);
}

/* A script whose trial () has this body. */
static Opened *
open_body (const char *body, double time_limit)
{
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL);
  g_autofree char *text = g_strconcat ("function shape () return { inputs = 1, outputs = 1, steps = 10 } end\n"
                                       "function trial (index)\n"
                                       "local good = { input = zeros (10, 1), target = zeros (10, 1) }\n",
                                       body, "\nreturn good\nend\n", NULL);
  g_autoptr (GError) error = NULL;
  Opened *o;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  o = open_script (path, time_limit, &error);
  g_assert_no_error (error);
  return o;
}

static void
assert_says (const GError *error, const char *about)
{
  g_assert_nonnull (error);
  if (strstr (error->message, about) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, about);
}

/* Trial 1 goes wrong and says so; the one after it is made all the same. */
static void
check_wrong (const char *body, double time_limit, const char *about, const char *also)
{
  g_autofree char *only = g_strconcat ("if index == 1 then\n", body, "\nend", NULL);
  g_autoptr (Opened) o = open_body (only, time_limit);
  g_autoptr (GError) error = NULL, none = NULL;
  RheoBatch *batch = rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 0, 3, &error);

  g_assert_null (batch);
  assert_says (error, "rial 1 of the validation set");
  assert_says (error, about);
  assert_says (error, also);
  batch = rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 2, 3, &none);
  g_assert_no_error (none);
  g_assert_cmpint (batch->n_steps, ==, 10);
  rheo_batch_free (batch);
}

static void
test_endless (void)
{
  check_wrong ("while true do end", 60, "does not come to an end", "in line 5");
  /* An error could be caught. */
  check_wrong ("while true do pcall (function () while true do end end) end", 60, "does not come to an end",
               "in line 5");
  /* Inside a function of Lua's library no instruction is counted. */
  check_wrong ("local s = string.rep ('a', 40) .. 'b'\n(s):find (string.rep ('a*', 40) .. 'c')", 0.5,
               "was stopped after", "task.time-limit");
}

static void
test_memory (void)
{
  check_wrong ("local t = {} while true do t[#t + 1] = string.rep ('x', 1000000) .. #t end", 60, "256 MiB", "mine.lua");
  check_wrong ("local s = string.rep ('x', 1 << 40)", 60, "mine.lua", "");
}

static void
test_forbidden (void)
{
  check_wrong ("os.execute ('touch /tmp/never')", 60, "line 5: os is not there for scripts", "mine.lua");
  check_wrong ("io.open ('/etc/passwd')", 60, "line 5: io is not there for scripts", "");
  check_wrong ("load ('return 1')", 60, "line 5: load is not there for scripts", "");
  check_wrong ("debug.sethook ()", 60, "line 5: debug is not there for scripts", "");
  check_wrong ("require ('os')", 60, "line 5: require is not there for scripts", "");
  check_wrong ("package.loadlib ('x', 'y')", 60, "line 5: package is not there for scripts", "");
  check_wrong ("good.input[1][1] = math.random ()", 60, "line 5: ", "'random'");
  check_wrong ("getmetatable ('').__index.dump (print)", 60, "line 5: ", "'dump'");
}

static void
test_errors (void)
{
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL),
                  *none = g_build_filename (folder, "none.lua", NULL);
  g_autoptr (GError) syntax = NULL, missing = NULL, empty = NULL, size = NULL;

  check_wrong ("good.input[1][1] = nothing + 1", 60, "line 5: ", "nothing");
  check_wrong ("good.input[4] = nil", 60, "input has no table for step 4 of 10", "");
  check_wrong ("good.input[4][1] = 'x'", 60, "input of step 4", "");
  check_wrong ("good.target = nil", 60, "target", "");
  check_wrong ("good.input[4][1] = 0 / 0", 60, "input of trial 1", "at step 3");
  check_wrong ("good.target[10][1] = 1 / 0", 60, "target of trial 1", "at step 9");
  g_assert_true (g_file_set_contents (path, "function shape ()\nreturn {\nend\n", -1, NULL));
  g_assert_null (open_script (path, 5, &syntax));
  assert_says (syntax, "line 3: ");
  g_assert_true (
      g_file_set_contents (path, "function shape () return { inputs = 1, outputs = 1, steps = 1e9 } end", -1, NULL));
  g_assert_null (open_script (path, 5, &size));
  assert_says (size, "steps");
  g_assert_null (open_script (none, 5, &missing));
  assert_says (missing, "task.file is ");
  g_assert_null (open_script ("", 5, &empty));
  assert_says (empty, "task.file is empty");
}

/* --- scores ------------------------------------------------------------------------------------------------------- */

/* A script whose score (given, output) has this body. given.level is 1 to 3 and random; the answer has two channels. */
static Opened *
open_score (const char *body, double time_limit)
{
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL);
  g_autofree char *text = g_strconcat ("function shape () return { inputs = 1, outputs = 2, steps = 4 } end\n"
                                       "function trial (index)\n"
                                       "local level = 1 + random.below (3)\n"
                                       "local input = zeros (4, 1)\n"
                                       "input[1][1] = level\n"
                                       "return { input = input, target = zeros (4, 2), level = level, index = index }\n"
                                       "end\n"
                                       "function score (given, output)\n",
                                       body, "\nend\n", NULL);
  g_autoptr (GError) error = NULL;
  Opened *o;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  o = open_script (path, time_limit, &error);
  g_assert_no_error (error);
  g_assert_true (o->shape.scored);
  return o;
}

static gboolean
score_batch (Opened *o, double scores[3], GError **error)
{
  RheoBatch *batch = rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 9, 5, 3, error);
  RheoReal output[3 * 4 * 2];
  gboolean good;

  g_assert_nonnull (batch);
  for (int i = 0; i < 3 * 4 * 2; i++)
    output[i] = (RheoReal) i;
  good = rheo_feed_score (o->feed, batch, output, NULL, NULL, scores, error);
  for (int i = 0; i < 3 && good; i++)
    scores[i] -= 1e6 * (double) batch->input[i * 4];
  rheo_batch_free (batch);
  return good;
}

/* The function has the trial as it was made, with what else is in it, and the output by step and channel. */
static void
test_score (void)
{
  g_autoptr (Opened) o = open_score (
      "return 1e6 * given.level + 1000 * given.index + 10 * output[4][1] + output[1][2] / 10 + #output + #output[1]",
      60);
  g_autoptr (GError) error = NULL;
  double scores[3];

  g_assert_true (score_batch (o, scores, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (scores[i], 1000 * (5 + i) + 10 * (8 * i + 6) + (8 * i + 1) / 10.0 + 4 + 2, 1e-6);
}

static void
check_wrong_score (const char *body, double time_limit, const char *about, const char *also)
{
  g_autofree char *only = g_strconcat ("if given.index ~= 6 then return 1 end\n", body, NULL);
  g_autoptr (Opened) o = open_score (only, time_limit);
  g_autoptr (GError) error = NULL;
  double scores[3];

  for (int i = 0; i < 2; i++) /* the same from a process that was begun anew */
    {
      g_clear_error (&error);
      g_assert_false (score_batch (o, scores, &error));
      assert_says (error, "Trial 6 of the validation set could not be scored: mine.lua");
      assert_says (error, about);
      assert_says (error, also);
    }
}

static void
test_wrong_score (void)
{
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL);
  g_autoptr (GError) error = NULL;

  check_wrong_score ("return nothing + 1", 60, "line 10: ", "nothing");
  check_wrong_score ("error ('mine')", 60, "line 10: mine", "");
  check_wrong_score ("return 0 / 0", 60, "line 8: score () must give a finite number, not NaN", "");
  check_wrong_score ("return 1 / 0", 60, "line 8: ", "not infinity");
  check_wrong_score ("return '1'", 60, "line 8: ", "not string");
  check_wrong_score ("", 60, "line 8: ", "not nil");
  check_wrong_score ("while true do end", 60, "does not come to an end", "in line 10");
  check_wrong_score ("local t = {} while true do t[#t + 1] = string.rep ('x', 1000000) .. #t end", 60, "256 MiB", "");
  check_wrong_score ("(string.rep ('a', 40) .. 'b'):find (string.rep ('a*', 40) .. 'c')", 0.5, "was stopped after", "");
  g_assert_true (g_file_set_contents (
      path, "score = 1\nfunction shape () return { inputs = 1, outputs = 1, steps = 4 } end", -1, NULL));
  g_assert_null (open_script (path, 60, &error));
  assert_says (error, "score must be a function");
}

static void
test_no_score (void)
{
  g_autoptr (Opened) o = open_body ("", 60);

  g_assert_false (o->shape.scored);
}

/* Conditions have the names of the shape; what a trial does not say is not a number. */
static void
test_conditions (void)
{
  static const char text[] = "function shape () return { inputs = 1, outputs = 1, steps = 4,\n"
                             "  conditions = { \"context\", \"dot-count\" } } end\n"
                             "function trial (index)\n"
                             "  local conditions = { context = index % 2, other = 7 }\n"
                             "  if index > 0 then conditions[\"dot-count\"] = index / 4 end\n"
                             "  if index == 3 then conditions = nil end\n"
                             "  return { input = zeros (4, 1), target = zeros (4, 1), conditions = conditions }\n"
                             "end\n";
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Opened) o = NULL;
  const RheoSeries *conditions;
  RheoBatch *batch;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  o = open_script (path, 60, &error);
  g_assert_no_error (error);
  conditions = rheo_feed_get_conditions (o->feed);
  g_assert_cmpstr (conditions[0].key, ==, "context");
  g_assert_cmpstr (conditions[1].key, ==, "dot-count");
  g_assert_cmpstr (conditions[1].label, ==, "Dot count");
  g_assert_null (conditions[2].key);
  batch = rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 0, 4, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpfloat (rheo_batch_get_condition (batch, i, 0), ==, i % 2);
      if (i > 0)
        g_assert_cmpfloat (rheo_batch_get_condition (batch, i, 1), ==, i / 4.0);
    }
  g_assert_true (isnan (rheo_batch_get_condition (batch, 0, 1)));
  g_assert_true (isnan (rheo_batch_get_condition (batch, 3, 0)));
  rheo_batch_free (batch);
}

static void
check_wrong_conditions (const char *names, const char *values, const char *about)
{
  g_autofree char *path = g_build_filename (folder, "mine.lua", NULL);
  g_autofree char *text =
      g_strdup_printf ("function shape () return { inputs = 1, outputs = 1, steps = 4, conditions = %s } end\n"
                       "function trial (index)\n"
                       "  return { input = zeros (4, 1), target = zeros (4, 1), conditions = %s }\n"
                       "end\n",
                       names, values);
  g_autoptr (GError) error = NULL;
  g_autoptr (Opened) o = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  o = open_script (path, 60, &error);
  if (o != NULL)
    g_assert_null (rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 0, 1, &error));
  assert_says (error, about);
}

static void
test_wrong_conditions (void)
{
  check_wrong_conditions ("7", "nil", "must be a table of names");
  check_wrong_conditions ("{ 7 }", "nil", "condition 1 of shape () is no name");
  check_wrong_conditions ("{ 'a b' }", "nil", "needs a name of up to 31 letters");
  check_wrong_conditions ("{ string.rep ('a', 32) }", "nil", "needs a name of up to 31 letters");
  check_wrong_conditions ("{ 'a', 'b', 'a' }", "nil", "the condition a twice");
  check_wrong_conditions ("{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 }", "nil", "16 are the most");
  check_wrong_conditions ("{ 'a' }", "{ a = 'x' }", "condition a of trial () is no number");
  check_wrong_conditions ("{ 'a' }", "3", "must be a table of numbers by name");
}

/* A shape from chance is another one in the process that follows one that was stopped. */
static void
test_other_shape (void)
{
  static const char text[] = "local n = 2 + tonumber (tostring ({}):match ('0x(%x+)'), 16) // 16 % 1000\n"
                             "function shape () return { inputs = 1, outputs = 1, steps = n } end\n"
                             "function trial (index)\n"
                             "if index == 0 then error ('stop') end\n"
                             "return { input = zeros (n, 1), target = zeros (n, 1) } end";
  g_autofree char *path = g_build_filename (folder, "chance.lua", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Opened) o = NULL;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  g_test_skip ("Under a sanitizer addresses are the same each time.");
  return;
#endif
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  o = open_script (path, 60, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 100 && (error == NULL || strstr (error->message, "another shape") == NULL); i++)
    {
      g_clear_error (&error);
      g_assert_null (rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 0, 1, NULL));
      rheo_batch_free (rheo_feed_new_batch (o->feed, RHEO_SET_VALID, 0, 1, 1, &error));
    }
  assert_says (error, "another shape each time");
}

/* --- scripts by themselves ------------------------------------------------------------------------------------------ */

static void
check_fault (const char *text, double time_limit, RheoScriptStatus status, int line, const char *words)
{
  g_autoptr (RheoScript) script = rheo_script_new ("mine.lua", text, strlen (text), time_limit);
  g_autoptr (GError) error = NULL;
  const RheoScriptFault *fault = rheo_script_get_fault (script);

  g_assert_null (rheo_script_make_trial (script, 0, (RheoRng){ 0 }, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (fault->status, ==, status);
  g_assert_cmpint (fault->line, ==, line);
  g_assert_cmpstr (fault->words, ==, words);
}

static void
test_fault (void)
{
  check_fault ("\n\nos.exit ()", 60, RHEO_SCRIPT_ERROR, 3, "os is not there for scripts");
  check_fault ("function shape ()\n\n  return { inputs = }\nend", 60, RHEO_SCRIPT_ERROR, 3,
               "unexpected symbol near '}'");
  check_fault ("\nwhile true do end", 60, RHEO_SCRIPT_ENDLESS, 2, "");
  check_fault ("local t = {}\nwhile true do t[#t + 1] = {} end", 60, RHEO_SCRIPT_MEMORY, 0, "not enough memory");
  check_fault ("(string.rep ('a', 40) .. 'b'):find (string.rep ('a*', 40) .. 'c')", 0.2, RHEO_SCRIPT_LATE, 0, "");
  check_fault ("error ('mine', 0)", 60, RHEO_SCRIPT_ERROR, 0, "mine");
}

static bool
is_cancelled (void *data)
{
  return ++*(int *) data > 3;
}

/* Where no instruction is counted and the time limit is far. */
static void
test_cancel (void)
{
  static const char text[] = "(string.rep ('a', 40) .. 'b'):find (string.rep ('a*', 40) .. 'c')";
  g_autoptr (RheoScript) script = rheo_script_new ("mine.lua", text, strlen (text), 600);
  g_autoptr (GError) error = NULL;
  int n_asked = 0;

  rheo_script_set_cancel (script, is_cancelled, &n_asked);
  g_assert_false (rheo_script_load (script, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_assert_cmpint (rheo_script_get_fault (script)->status, ==, RHEO_SCRIPT_CANCELLED);
}

/* The examples: the same trials from another process, in another order, others for another trial. */
static void
test_examples (void)
{
  static const char *const names[] = { "template", "delayed-copy", "interval", "lorenz" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *base = g_strconcat (names[i], ".lua", NULL);
      g_autofree char *path = g_build_filename (g_getenv ("RHEO_DATA"), "scripts", base, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (Opened) one = open_script (path, 5, &error), two = open_script (path, 5, &error);
      RheoBatch *a, *b;
      gsize n;

      g_assert_no_error (error);
      a = rheo_feed_new_batch (one->feed, RHEO_SET_VALID, 0, 0, 4, &error);
      g_assert_no_error (error);
      b = rheo_feed_new_batch (two->feed, RHEO_SET_VALID, 0, 3, 1, &error);
      g_assert_no_error (error);
      n = (gsize) a->n_steps * (gsize) a->n_in;
      g_assert_cmpmem (a->input + 3 * n, n * sizeof (RheoReal), b->input, n * sizeof (RheoReal));
      g_assert_cmpint (memcmp (a->input, a->input + n, n * sizeof (RheoReal)), !=, 0);
      rheo_batch_free (a);
      rheo_batch_free (b);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *clear = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheobase-script-XXXXXX", NULL);
  clear = g_strdup_printf ("rm -r %s", folder);
  g_test_add_func ("/script/examples", test_examples);
  g_test_add_func ("/script/endless", test_endless);
  g_test_add_func ("/script/memory", test_memory);
  g_test_add_func ("/script/forbidden", test_forbidden);
  g_test_add_func ("/script/errors", test_errors);
  g_test_add_func ("/script/score", test_score);
  g_test_add_func ("/script/wrong-score", test_wrong_score);
  g_test_add_func ("/script/no-score", test_no_score);
  g_test_add_func ("/script/conditions", test_conditions);
  g_test_add_func ("/script/wrong-conditions", test_wrong_conditions);
  g_test_add_func ("/script/other-shape", test_other_shape);
  g_test_add_func ("/script/fault", test_fault);
  g_test_add_func ("/script/cancel", test_cancel);
  status = g_test_run ();
  g_spawn_command_line_sync (clear, NULL, NULL, NULL, NULL);
  g_free (folder);
  return status;
}
