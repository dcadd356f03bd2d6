/* A stored run goes on: its settings are read beside the main thread. */
#include "config.h"

#include "../app/small-run.h"
#include "ui-test.h"

#include "app/session.h"

/* The lock that HDF5 has for all of a program. */
int rheo_h5_enter (void);
void rheo_h5_leave (int *scope);

typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean held, let_go, in_vain;
} Reader;

/* Somebody who reads another file for as long as the main thread has something to do. */
static gpointer
read_long (gpointer data)
{
  Reader *reader = data;
  const gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  int scope = rheo_h5_enter ();

  g_mutex_lock (&reader->lock);
  reader->held = TRUE;
  g_cond_broadcast (&reader->changed);
  while (!reader->let_go && !reader->in_vain)
    reader->in_vain = !g_cond_wait_until (&reader->changed, &reader->lock, until);
  g_mutex_unlock (&reader->lock);
  rheo_h5_leave (&scope);
  return NULL;
}

typedef struct
{
  RheoAppWindow *window;
  const char *path, *text;
} Place;

static gboolean
has_ended (gpointer data)
{
  const Place *p = data;
  RheoSession *session = rheo_app_window_get_context (p->window)->session;

  return rheo_session_get_state (session) == RHEO_ENGINE_STOPPED
         && g_strcmp0 (rheo_session_get_path (session), p->path) == 0;
}

static gboolean
has_text (gpointer data)
{
  const Place *p = data;

  return ui_find_text (GTK_WIDGET (p->window), p->text) != NULL;
}

static void
resume (RheoAppWindow *window, const char *path)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "resume", g_variant_new_string (path));
}

/* It is asked for twice, as by a double click. */
static void
test_beside (void)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "goes-on.h5", NULL);
  RheoAppWindow *window;
  RheoSession *session;
  Reader reader = { .held = FALSE };
  GThread *thread;

  small_run (path, "run.seed=1");
  window = ui_window_new ();
  session = rheo_app_window_get_context (window)->session;
  g_mutex_init (&reader.lock);
  g_cond_init (&reader.changed);
  thread = g_thread_new ("reader", read_long, &reader);
  g_mutex_lock (&reader.lock);
  while (!reader.held)
    g_cond_wait (&reader.changed, &reader.lock);
  g_mutex_unlock (&reader.lock);

  resume (window, path);
  resume (window, path);
  g_assert_cmpint (rheo_session_get_state (session), ==, RHEO_ENGINE_IDLE);
  g_mutex_lock (&reader.lock);
  reader.let_go = TRUE;
  g_cond_broadcast (&reader.changed);
  g_mutex_unlock (&reader.lock);
  g_thread_join (thread);
  g_assert_false (reader.in_vain);

  ui_wait (has_ended, &(Place){ window, path, NULL });
  g_assert_no_error (rheo_session_get_error (session));
  g_assert_null (ui_find_text (GTK_WIDGET (window), "Stop it first"));
  ui_window_close (window);
  g_mutex_clear (&reader.lock);
  g_cond_clear (&reader.changed);
  g_remove (path);
}

/* The bar says why it does not. */
static void
test_missing (void)
{
  g_autofree char *path = g_build_filename (ui_test_folder (), "gone.h5", NULL);
  RheoAppWindow *window = ui_window_new ();

  resume (window, path);
  ui_wait (has_text, &(Place){ window, NULL, "gone.h5" });
  g_assert_cmpint (rheo_session_get_state (rheo_app_window_get_context (window)->session), ==, RHEO_ENGINE_IDLE);
  /* And may be asked again. */
  resume (window, path);
  ui_settle (GTK_WIDGET (window));
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/resume/beside", test_beside);
  g_test_add_func ("/ui/resume/missing", test_missing);
  return ui_test_run ();
}
