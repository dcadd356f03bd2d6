/* The window as a whole: opens, shows each view, closes. */
#include "config.h"

#include "ui-test.h"

static void
test_open (void)
{
  RheoAppWindow *window = ui_window_new ();

  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Set up"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Live"));
  g_assert_nonnull (ui_find_text (GTK_WIDGET (window), "Runs"));
  ui_window_close (window);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/views/open", test_open);
  return ui_test_run ();
}
