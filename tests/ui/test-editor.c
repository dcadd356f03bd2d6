/* The editor of scripts: the trial beside the text, errors with their line, saving, and what is never lost. */
#include "config.h"

#include "ui-test.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#include "app/script-drafts.h"
#include "app/script-examples.h"
#include "app/script-preview.h"
#include "app/setup-page.h"
#include "app/preview-pane.h"
#include "plot/plot.h"
#include "widgets/plot-view.h"

static const char good[] = "function shape ()\n"
                           "  return { inputs = 2, outputs = 1, steps = 40, dt = 10 }\n"
                           "end\n"
                           "\n"
                           "function trial (index)\n"
                           "  local input, target, mask = zeros (40, 2), zeros (40, 1), zeros (40)\n"
                           "  for t = 20, 40 do input[t][1] = random.normal () mask[t] = 1 end\n"
                           "  return { input = input, target = target, mask = mask }\n"
                           "end\n";

typedef struct
{
  RheoAppWindow *window;
  RheoContext *context;
  RheoScriptPreview *preview;
  GtkTextBuffer *buffer;
  char *path; /* of the script */
  int n_shown;
} Fixture;

/* --- what the tests do ---------------------------------------------------------------------------------------------- */

static gboolean
is_idle (gpointer data)
{
  return rheo_script_preview_is_idle (((Fixture *) data)->preview);
}

/* What is typed is previewed now. */
static const RheoScriptTrial *
look (Fixture *f)
{
  rheo_script_preview_flush (f->preview);
  ui_wait (is_idle, f);
  ui_settle (GTK_WIDGET (f->window));
  return rheo_script_preview_get_trial (f->preview);
}

/* Over the first place where `before` is. */
static void
type_over (Fixture *f, const char *before, const char *after)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_start_iter (f->buffer, &start);
  g_assert_true (gtk_text_iter_forward_search (&start, before, 0, &start, &end, NULL));
  gtk_text_buffer_begin_user_action (f->buffer);
  gtk_text_buffer_delete (f->buffer, &start, &end);
  gtk_text_buffer_insert (f->buffer, &start, after, -1);
  gtk_text_buffer_end_user_action (f->buffer);
}

static char *
dup_text (Fixture *f)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (f->buffer, &start, &end);
  return gtk_text_buffer_get_text (f->buffer, &start, &end, TRUE);
}

static gboolean
has_text (Fixture *f, const char *part)
{
  g_autofree char *text = dup_text (f);

  return strstr (text, part) != NULL;
}

static gboolean
is_saved (gpointer data)
{
  return !gtk_text_buffer_get_modified (((Fixture *) data)->buffer);
}

static char *
dup_stored (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static char *
dup_used (Fixture *f)
{
  return rheo_experiment_dup_value (rheo_document_get_experiment (f->context->document), "task.file", NULL);
}

typedef struct
{
  GtkWidget *root;
  const char *text;
} Words;

static gboolean
says (gpointer data)
{
  const Words *words = data;

  return ui_find_text (words->root, words->text) != NULL;
}

static void
wait_for_words (Fixture *f, const char *text)
{
  ui_wait (says, &(Words){ GTK_WIDGET (f->window), text });
}

static void
click (Fixture *f, const char *name)
{
  ui_click (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, name));
  ui_settle (GTK_WIDGET (f->window));
}

static void
find_parts (Fixture *f)
{
  GtkWidget *root = GTK_WIDGET (f->window);

  f->context = rheo_app_window_get_context (f->window);
  f->preview = RHEO_SCRIPT_PREVIEW (ui_find_type (root, RHEO_TYPE_SCRIPT_PREVIEW));
  f->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (ui_find_type (root, GTK_SOURCE_TYPE_VIEW)));
}

static void
open_editor (Fixture *f)
{
  g_autofree char *action = g_action_print_detailed_name ("win.edit-script", g_variant_new_string (f->path));

  ui_activate (GTK_WIDGET (f->window), action);
  ui_wait (is_idle, f);
}

static gboolean
has_trial (gpointer data)
{
  Fixture *f = data;

  return rheo_script_preview_get_trial (f->preview) != NULL && is_idle (f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *json = NULL, *file = g_build_filename (ui_test_folder (), "mine.json", NULL);
  g_autoptr (GError) error = NULL;

  f->path = g_build_filename (ui_test_folder (), "mine.lua", NULL);
  json = g_strdup_printf ("{\"format\": 1, \"task\": {\"id\": \"task-script\", \"file\": \"%s\", \"time-limit\": 600},"
                          " \"model\": {\"id\": \"ctrnn\", \"units\": 10}, \"rule\": {\"id\": \"bptt\"},"
                          " \"run\": {\"budget\": 1, \"batch\": 2, \"validate\": 0}}",
                          f->path);
  g_assert_true (g_file_set_contents (f->path, good, -1, NULL));
  g_assert_true (g_file_set_contents (file, json, -1, NULL));
  f->window = ui_window_new ();
  rheo_app_window_open (f->window, file);
  find_parts (f);
  g_assert_true (rheo_document_has_script (f->context->document));
  ui_settle (GTK_WIDGET (f->window));
  if (data == NULL)
    {
      click (f, "Edit, Script");
      ui_wait (has_trial, f);
      ui_settle (GTK_WIDGET (f->window));
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ui_window_close (f->window);
  rheo_script_drafts_finish ();
  rheo_script_drafts_keep (f->path, NULL);
  rheo_script_drafts_keep (NULL, NULL);
  rheo_script_drafts_finish ();
  g_free (f->path);
}

/* --- preview -------------------------------------------------------------------------------------------------------- */

static void
test_open (Fixture *f, gconstpointer data)
{
  const RheoScriptTrial *trial = rheo_script_preview_get_trial (f->preview);
  GtkWidget *root = GTK_WIDGET (f->window);

  g_assert_null (trial->problem);
  g_assert_cmpint (trial->shape.n_in, ==, 2);
  g_assert_cmpint (trial->n_counting, ==, 21);
  g_assert_nonnull (ui_find_text (root, "40, 400 ms"));
  g_assert_nonnull (ui_find_text (root, "shaded steps do not count"));
  g_assert_nonnull (ui_find_text (root, "mine.lua"));
  g_assert_nonnull (ui_find (root, RHEO_TYPE_PLOT_VIEW, "One trial, time plot"));
  g_assert_null (ui_find (root, GTK_TYPE_BUTTON, "Show line"));
  ui_shot (root, "editor.png");
}

/* The picture of Set up and that of the editor are of the same trial. */
static void
test_same_trial (Fixture *f, gconstpointer data)
{
  RheoPreviewPane *pane = RHEO_PREVIEW_PANE (ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_PREVIEW_PANE));
  const RheoColumn *here = rheo_table_find (rheo_script_preview_get_trial (f->preview)->signals, "input");
  const RheoColumn *there = rheo_table_find (rheo_preview_pane_get_preview (pane)->signals, "input");

  g_assert_cmpint (rheo_column_get_length (here), ==, rheo_column_get_length (there));
  for (int64_t i = 0; i < 80; i++)
    g_assert_cmpfloat_with_epsilon (rheo_column_get_number (here, i), rheo_column_get_number (there, i), 1e-6);
}

static void
test_trials (Fixture *f, gconstpointer data)
{
  double first =
      rheo_column_get_number (rheo_table_find (rheo_script_preview_get_trial (f->preview)->signals, "input"), 38);

  click (f, "Next trial");
  g_assert_cmpint (look (f)->trial, ==, 1);
  g_assert_cmpfloat (
      rheo_column_get_number (rheo_table_find (rheo_script_preview_get_trial (f->preview)->signals, "input"), 38), !=,
      first);
  click (f, "Previous trial");
  g_assert_cmpint (look (f)->trial, ==, 0);
  g_assert_false (gtk_widget_get_sensitive (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Previous trial")));
}

/* A score and conditions are shown where the script has them, and an error in the score leaves the picture. */
static void
test_facts (Fixture *f, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (f->window);
  const RheoScriptTrial *trial;

  g_assert_null (ui_find_text (root, "Score of the target"));
  g_assert_null (ui_find_text (root, "Conditions"));
  type_over (f, "dt = 10", "dt = 10, conditions = { \"side\", \"load\" }");
  type_over (f, "mask = mask }", "mask = mask, conditions = { side = -1 } }");
  type_over (f, "function trial",
             "function score (given, output) return 3 + output[1][1] + given.conditions.side / 2 end\nfunction trial");
  trial = look (f);
  g_assert_null (trial->problem);
  g_assert_cmpfloat (trial->score, ==, 2.5);
  g_assert_nonnull (ui_find_text (root, "Score of the target"));
  g_assert_nonnull (ui_find_text (root, "side \342\210\2221, load \342\200\223"));
  ui_shot (root, "editor-facts.png");
  type_over (f, "/ 2 end", "/ nothing end");
  trial = look (f);
  g_assert_cmpint (trial->line, ==, 5);
  g_assert_nonnull (trial->signals);
  g_assert_null (ui_find_text (root, "the last trial that could be made"));
  g_assert_null (ui_find_text (root, "Score of the target"));
}

static GtkSourceMark *
get_mark (Fixture *f, int line)
{
  GSList *marks = gtk_source_buffer_get_source_marks_at_line (GTK_SOURCE_BUFFER (f->buffer), line - 1, "fault");
  GtkSourceMark *mark = marks != NULL ? marks->data : NULL;

  g_slist_free (marks);
  return mark;
}

/* The line is marked, the sentence stands below, the last picture stays but looks old; all goes with the error. */
static void
test_error (Fixture *f, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (f->window), *plot = ui_get (root, RHEO_TYPE_PLOT_VIEW, "One trial, time plot");
  GtkTextIter iter;

  type_over (f, "random.normal ()", "nothing + 1");
  g_assert_cmpint (look (f)->line, ==, 7);
  g_assert_nonnull (ui_find_text (root, "Line 7: attempt to perform arithmetic on a nil value (global 'nothing')"));
  g_assert_nonnull (get_mark (f, 7));
  g_assert_cmpfloat (gtk_widget_get_opacity (plot), <, 0.6);
  g_assert_nonnull (ui_find_text (root, "the last trial that could be made"));
  g_assert_cmpuint (rheo_plot_view_get_spec (RHEO_PLOT_VIEW (plot))->n_bindings, ==, 3);
  g_assert_nonnull (ui_find_text (root, "40, 400 ms"));
  ui_shot (root, "editor-error.png");
  gtk_text_buffer_get_start_iter (f->buffer, &iter);
  gtk_text_buffer_place_cursor (f->buffer, &iter);
  click (f, "Show line");
  gtk_text_buffer_get_iter_at_mark (f->buffer, &iter, gtk_text_buffer_get_insert (f->buffer));
  g_assert_cmpint (gtk_text_iter_get_line (&iter), ==, 6);

  ui_activate (root, "win.undo");
  g_assert_null (look (f)->problem);
  g_assert_null (get_mark (f, 7));
  g_assert_cmpfloat (gtk_widget_get_opacity (plot), ==, 1);
  g_assert_null (ui_find_text (root, "Line 7"));
  g_assert_null (ui_find_text (root, "the last trial that could be made"));
  g_assert_true (is_saved (f));
}

static void
check_problem (Fixture *f, const char *body, int line, const char *words)
{
  const RheoScriptTrial *trial;

  type_over (f, "  for t = 20", body);
  trial = look (f);
  g_assert_cmpint (trial->line, ==, line);
  g_assert_cmpstr (trial->problem, ==, words);
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_null (look (f)->problem);
}

static void
test_problems (Fixture *f, gconstpointer data)
{
  check_problem (f, "  while true do end\n  for t = 20", 7, "This does not come to an end.");
  check_problem (f, "  local t = {} while true do t[#t + 1] = {} end\n  for t = 20", 0,
                 "The script takes more than 256 MiB of memory.");
  check_problem (f, "  os.execute ('ls')\n  for t = 20", 7, "os is not there for scripts");
  check_problem (f, "  target[3][1] = 0 / 0\n  for t = 20", 0, "target of trial 1 is not a finite number at step 3.");
  check_problem (f, "  )\n  for t = 20", 7, "unexpected symbol near ')'");
}

/* A script that hangs where no instruction is counted is ended by the next edit, far before its time limit of 600 s; until
 * then the window goes on. */
static void
test_hang (Fixture *f, gconstpointer data)
{
  int n_turns = 0;

  type_over (f, "  for t = 20",
             "  local s = string.rep ('a', 40) .. 'b' s:find (string.rep ('a*', 40) .. 'c')\n  for t = 20");
  rheo_script_preview_flush (f->preview);
  while (n_turns++ < 200)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (is_idle (f));
  ui_settle (GTK_WIDGET (f->window));
  type_over (f, "inputs = 2", "inputs = 1");
  rheo_script_preview_flush (f->preview);
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_null (look (f)->problem);
  g_assert_cmpint (rheo_script_preview_get_trial (f->preview)->shape.n_in, ==, 2);
}

/* --- saving and running ------------------------------------------------------------------------------------------------ */

static gboolean
has_ended (gpointer data)
{
  RheoSession *session = ((Fixture *) data)->context->session;

  return rheo_session_get_experiment (session) != NULL && !rheo_session_is_going (session);
}

static gboolean
has_ended_well (gpointer data)
{
  RheoSession *session = ((Fixture *) data)->context->session;

  return !rheo_session_is_going (session) && rheo_session_get_error (session) == NULL
         && rheo_session_get_stop (session) == RHEO_STOP_BUDGET;
}

static void
test_save (Fixture *f, gconstpointer data)
{
  RheoPreviewPane *pane = RHEO_PREVIEW_PANE (ui_find_type (GTK_WIDGET (f->window), RHEO_TYPE_PREVIEW_PANE));
  g_autofree char *stored = NULL;

  g_assert_false (gtk_widget_get_sensitive (ui_get (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Save")));
  type_over (f, "inputs = 2", "inputs = 1");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "Changes are not saved"));
  click (f, "Save");
  ui_wait (is_saved, f);
  stored = dup_stored (f->path);
  g_assert_nonnull (strstr (stored, "inputs = 1"));
  wait_for_words (f, "Saved mine.lua");
  /* Set up reads it anew. */
  click (f, "Back to Set up");
  while (rheo_preview_pane_get_preview (pane)->problem != NULL
         || rheo_table_find (rheo_preview_pane_get_preview (pane)->signals, "input")->dims[1] != 1)
    g_main_context_iteration (NULL, TRUE);
}

/* What is not saved yet is saved before it runs. */
static void
test_run (Fixture *f, gconstpointer data)
{
  type_over (f, "  for t = 20", "  error ('as edited')\n  for t = 20");
  ui_activate (GTK_WIDGET (f->window), "win.run");
  ui_wait (has_ended, f);
  g_assert_true (is_saved (f));
  g_assert_nonnull (rheo_session_get_error (f->context->session));
  g_assert_nonnull (strstr (rheo_session_get_error (f->context->session)->message, "mine.lua, line 7: as edited"));
  ui_activate (GTK_WIDGET (f->window), "win.view::setup");
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  ui_activate (GTK_WIDGET (f->window), "win.run");
  ui_wait (has_ended_well, f);
}

/* A new one has a name first; saved, it is what Set up runs, which can be undone. */
static void
test_new (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "new.lua", NULL), *stored = NULL, *used = NULL,
                  *after = NULL, *label = NULL;
  GtkWidget *root = GTK_WIDGET (f->window);

  ui_activate (root, "win.new-script::delayed-copy");
  wait_for_words (f, "Not saved yet");
  g_assert_null (look (f)->problem);
  g_assert_nonnull (ui_find_text (root, "New script"));
  g_assert_true (has_text (f, "given back 10 steps later"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (f->window), "run"));
  click (f, "Save");
  ui_answer_chooser (path);
  wait_for_words (f, "Saved new.lua");
  stored = dup_stored (path);
  g_assert_cmpstr (stored, ==, rheo_script_example_get_text ("delayed-copy"));
  used = dup_used (f);
  g_assert_cmpstr (used, ==, path);
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (f->window), "run"));
  click (f, "Back to Set up");
  g_object_get (f->context->document, "undo-label", &label, NULL);
  g_assert_cmpstr (label, ==, "script");
  ui_activate (root, "win.undo");
  after = dup_used (f);
  g_assert_cmpstr (after, ==, f->path);
}

static void
test_insert (Fixture *f, gconstpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->preview), "script.insert", "s", "interval");
  g_assert_null (look (f)->problem);
  g_assert_true (has_text (f, "two pulses"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "150, 1,500 ms"));
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_cmpint (look (f)->shape.n_steps, ==, 40);
  g_assert_true (is_saved (f));
}

/* --- what others write ----------------------------------------------------------------------------------------------- */

static gboolean
is_read_again (gpointer data)
{
  return has_text (data, "by others");
}

static void
write_elsewhere (Fixture *f)
{
  g_autofree char *text = g_strconcat ("-- by others\n", good, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (f->path);

  g_assert_true (g_file_set_contents (f->path, text, -1, NULL));
  /* Its time, which tells it from the one before, is that of the clock of the file system. */
  g_file_set_attribute_uint64 (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, 1000000000, 0, NULL, NULL);
}

static void
test_disk_clean (Fixture *f, gconstpointer data)
{
  write_elsewhere (f);
  ui_wait (is_read_again, f);
  g_assert_true (is_saved (f));
  g_assert_null (ui_find_text (GTK_WIDGET (f->window), "has changed on disk"));
}

static void
test_disk_read (Fixture *f, gconstpointer data)
{
  type_over (f, "inputs = 2", "inputs = 1");
  write_elsewhere (f);
  wait_for_words (f, "mine.lua has changed on disk");
  g_assert_true (has_text (f, "inputs = 1"));
  click (f, "Read again");
  ui_wait (is_read_again, f);
  g_assert_true (has_text (f, "inputs = 2"));
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_true (has_text (f, "inputs = 1"));
  g_assert_false (is_saved (f));
}

static void
test_disk_keep (Fixture *f, gconstpointer data)
{
  g_autofree char *stored = NULL, *after = NULL;

  type_over (f, "inputs = 2", "inputs = 1");
  write_elsewhere (f);
  wait_for_words (f, "mine.lua has changed on disk");
  click (f, "Save");
  wait_for_words (f, "mine.lua has changed on disk");
  stored = dup_stored (f->path);
  g_assert_nonnull (strstr (stored, "by others"));
  g_assert_false (is_saved (f));
  click (f, "Keep mine");
  click (f, "Save");
  ui_wait (is_saved, f);
  after = dup_stored (f->path);
  g_assert_null (strstr (after, "by others"));
  g_assert_nonnull (strstr (after, "inputs = 1"));
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "none.lua", NULL);
  g_autofree char *action = g_action_print_detailed_name ("win.edit-script", g_variant_new_string (path));

  ui_activate (GTK_WIDGET (f->window), action);
  wait_for_words (f, "No such file");
  g_assert_nonnull (ui_find_text (GTK_WIDGET (f->window), "none.lua"));
}

/* --- leaving --------------------------------------------------------------------------------------------------------- */

static void
test_leave (Fixture *f, gconstpointer data)
{
  type_over (f, "inputs = 2", "inputs = 1");
  click (f, "Back to Set up");
  wait_for_words (f, "Changes in mine.lua are not saved");
  g_assert_nonnull (ui_find (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "Edit, Script"));
  click (f, "Edit, Script");
  g_assert_true (has_text (f, "inputs = 1"));
  g_assert_false (is_saved (f));
  /* What was typed into another one is there again too. */
  ui_activate (GTK_WIDGET (f->window), "win.new-script::template");
  wait_for_words (f, "Not saved yet");
  rheo_script_drafts_finish ();
  open_editor (f);
  wait_for_words (f, "Changes from before that were not saved are kept.");
  g_assert_true (has_text (f, "inputs = 2"));
  click (f, "Bring back");
  g_assert_true (has_text (f, "inputs = 1"));
  ui_activate (GTK_WIDGET (f->window), "win.undo");
  g_assert_true (has_text (f, "inputs = 2"));
}

/* The window closes without a question, and what was typed comes back in the next one. */
static void
test_close (Fixture *f, gconstpointer data)
{
  g_autofree char *draft = NULL;

  type_over (f, "inputs = 2", "inputs = 1");
  ui_window_close (f->window);
  rheo_script_drafts_finish ();
  f->window = ui_window_new ();
  find_parts (f);
  open_editor (f);
  wait_for_words (f, "Changes from before that were not saved are kept.");
  click (f, "Bring back");
  g_assert_true (has_text (f, "inputs = 1"));
  click (f, "Save");
  ui_wait (is_saved, f);
  rheo_script_drafts_finish ();
  draft = rheo_script_drafts_read (f->path);
  g_assert_null (draft);
}

/* --- search ---------------------------------------------------------------------------------------------------------- */

static gboolean
has_place (gpointer data)
{
  return ui_find_text (data, "1 of 5") != NULL;
}

static void
test_search (Fixture *f, gconstpointer data)
{
  GtkWidget *root = GTK_WIDGET (f->window), *entry;
  GtkTextIter start, end;

  ui_activate (root, "win.search");
  entry = ui_get (root, GTK_TYPE_SEARCH_ENTRY, "Search in the script");
  gtk_editable_set_text (GTK_EDITABLE (entry), "zeros");
  gtk_editable_set_text (GTK_EDITABLE (entry), "t");
  gtk_editable_set_text (GTK_EDITABLE (entry), "input");
  ui_wait (has_place, root);
  click (f, "Next match");
  g_assert_nonnull (ui_find_text (root, "2 of 5"));
  g_assert_true (gtk_text_buffer_get_selection_bounds (f->buffer, &start, &end));
  g_assert_cmpint (gtk_text_iter_get_line (&start), ==, 5);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/ui/editor/open", test_open },
    { "/ui/editor/same-trial", test_same_trial },
    { "/ui/editor/trials", test_trials },
    { "/ui/editor/facts", test_facts },
    { "/ui/editor/error", test_error },
    { "/ui/editor/problems", test_problems },
    { "/ui/editor/hang", test_hang },
    { "/ui/editor/save", test_save },
    { "/ui/editor/run", test_run },
    { "/ui/editor/new", test_new },
    { "/ui/editor/insert", test_insert },
    { "/ui/editor/disk-clean", test_disk_clean },
    { "/ui/editor/disk-read", test_disk_read },
    { "/ui/editor/disk-keep", test_disk_keep },
    { "/ui/editor/missing", test_missing },
    { "/ui/editor/leave", test_leave },
    { "/ui/editor/close", test_close },
    { "/ui/editor/search", test_search },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return ui_test_run ();
}
