/* Thread: main. */
/* Keys pressed in a test, and what each of them does; test-keys.c says which are whose. */
#pragma once

#include "ui-keys.h"
#include "ui-places.h"

#include "app/runs-page.h"
#include "widgets/keys.h"

/* One key in one place, with a fresh window. */
typedef struct
{
  RheoAppWindow *window; /* NULL: the key has closed it */
  const RheoKey *key;
  const char *run; /* path of a stored run */
} Press;

GtkWidget *root_of (Press *press);
RheoContext *context_of (Press *press);
void hit (Press *press);
void show_view (Press *press, const char *name);
const char *shown_view (Press *press);
gboolean is_focused (Press *press, GtkWidget *widget);
gboolean is_set (gpointer place);
char *dup_copied (Press *press);
gboolean has_copied (gpointer press);
void empty_clipboard (Press *press);
gboolean has_stepped_again (gpointer press);
gboolean has_stepped_thrice (gpointer press);
void show_small (Press *press);
void stop (Press *press);
RheoRunsPage *runs_page_of (Press *press);
void select_run (Press *press);

/* What a key of the table does, in each place where it does it. */
void press_run (Press *press);
void press_step (Press *press);
void press_stop (Press *press);
void press_branch (Press *press);
void press_snapshot (Press *press);
void press_rename (Press *press);
void press_trash (Press *press);
void press_copy_rows (Press *press);
void press_run_menu (Press *press);
void press_new (Press *press);
void press_open (Press *press);
void press_save (Press *press);
void press_save_as (Press *press);
void press_save_script (Press *press);
void press_save_script_as (Press *press);
void press_undo (Press *press);
void press_redo (Press *press);
void press_help (Press *press);
void press_row_menu (Press *press);
void press_export (Press *press);
void press_export_numbers (Press *press);
void press_export_as (Press *press);
void press_copy_figure (Press *press);
void press_full_screen (Press *press);
void press_leave_full (Press *press);
void press_zoom (Press *press);
void press_read (Press *press);
void press_read_across (Press *press);
void press_pan (Press *press);
void press_plot_menu (Press *press);
void press_copy_numbers (Press *press);
void press_move (Press *press);
void press_widen (Press *press);
void press_remove (Press *press);
