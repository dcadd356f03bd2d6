#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/sweep-queue.h"

#include <glib/gi18n-lib.h>

#include "app/speed.h"

struct _RheoSweepQueueView
{
  GtkWidget parent_instance;
  GtkWidget *box, *counts, *list;
  GtkStringList *rows; /* "ROW\tTITLE\tPLACE\tSTATE\tCLASS" each */
};

G_DEFINE_FINAL_TYPE (RheoSweepQueueView, rheo_sweep_queue_view, GTK_TYPE_WIDGET)

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *title = gtk_label_new (NULL),
            *place = gtk_label_new (NULL), *state = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (place, "tabular");
  gtk_widget_add_css_class (place, "dim-label");
  gtk_widget_set_valign (state, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), place);
  gtk_box_append (GTK_BOX (box), state);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  gtk_list_item_set_child (item, box);
}

static void
bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item)),
            *place = gtk_widget_get_next_sibling (title), *state = gtk_widget_get_next_sibling (place);
  g_auto (GStrv) words = g_strsplit (gtk_string_object_get_string (gtk_list_item_get_item (item)), "\t", 5);
  const char *classes[] = { "run-state", words[4], NULL };

  gtk_label_set_label (GTK_LABEL (title), words[1]);
  gtk_widget_set_tooltip_text (title, words[1]);
  gtk_label_set_label (GTK_LABEL (place), words[2]);
  gtk_label_set_label (GTK_LABEL (state), words[3]);
  gtk_widget_set_css_classes (state, classes);
}

static char *
dup_words (RheoSweepWatch *watch, const RheoSweepSight *sight, int row)
{
  static const char *const states[] = { N_ ("Waiting"), N_ ("Running"), N_ ("Done"), N_ ("Diverged"), N_ ("Failed") };
  static const char *const classes[] = { "", "running", "", "diverged", "diverged" };
  const RheoRowFacts *facts = &sight->facts[row];
  g_autofree char *title = rheo_sweep_dup_row_title (rheo_sweep_watch_get_sweep (watch), row), *place = NULL;

  if (facts->state == RHEO_ROW_DONE)
    place = rheo_speed_dup_duration (facts->seconds);
  else if (facts->budget > 0 && facts->state != RHEO_ROW_FAILED)
    place = facts->state == RHEO_ROW_DIVERGED
                ? g_strdup_printf ("%d", (int) facts->iteration)
                : g_strdup_printf (_ ("%d %%"), (int) (100.0 * (double) facts->iteration / facts->budget));
  g_strdelimit (title, "\t", ' ');
  return g_strdup_printf ("%d\t%s\t%s\t%s\t%s", row, title, place != NULL ? place : "–", _ (states[facts->state]),
                          classes[facts->state]);
}

/* Only what is other than before, so that nothing moves. */
static void
put (RheoSweepQueueView *queue, guint i, const char *words)
{
  const char *there = gtk_string_list_get_string (queue->rows, i);

  if (there == NULL)
    gtk_string_list_append (queue->rows, words);
  else if (!g_str_equal (there, words))
    gtk_string_list_splice (queue->rows, i, 1, (const char *const[]){ words, NULL });
}

void
rheo_sweep_queue_show (RheoSweepQueueView *queue, RheoSweepWatch *watch)
{
  static const RheoRowState order[] = { RHEO_ROW_RUNNING, RHEO_ROW_WAITING, RHEO_ROW_FAILED, RHEO_ROW_DIVERGED,
                                        RHEO_ROW_DONE };
  const RheoSweepSight *sight = rheo_sweep_watch_get (watch);
  g_autofree char *counts = NULL, *failed = NULL, *all = NULL;
  guint n = 0;

  if (sight == NULL)
    return;
  for (guint o = 0; o < G_N_ELEMENTS (order); o++)
    for (int i = 0; i < sight->n_rows; i++)
      if (sight->facts[sight->sequence[i]].state == order[o])
        {
          g_autofree char *words = dup_words (watch, sight, sight->sequence[i]);

          put (queue, n++, words);
        }
  if (g_list_model_get_n_items (G_LIST_MODEL (queue->rows)) > n)
    gtk_string_list_splice (queue->rows, n, g_list_model_get_n_items (G_LIST_MODEL (queue->rows)) - n, NULL);
  counts =
      g_strdup_printf (_ ("%d done · %d run · %d wait"), sight->count[RHEO_ROW_DONE] + sight->count[RHEO_ROW_DIVERGED],
                       sight->count[RHEO_ROW_RUNNING], sight->count[RHEO_ROW_WAITING]);
  failed = sight->count[RHEO_ROW_FAILED] > 0 ? g_strdup_printf (_ (" · %d failed"), sight->count[RHEO_ROW_FAILED])
                                             : g_strdup ("");
  all = g_strconcat (counts, failed, NULL);
  gtk_label_set_label (GTK_LABEL (queue->counts), all);
}

static void
activated (GtkListView *list, guint position, RheoSweepQueueView *queue)
{
  g_signal_emit (queue, signals[CHOSEN], 0,
                 (int) g_ascii_strtoll (gtk_string_list_get_string (queue->rows, position), NULL, 10));
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&RHEO_SWEEP_QUEUE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_sweep_queue_view_parent_class)->dispose (object);
}

static void
rheo_sweep_queue_view_class_init (RheoSweepQueueViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_sweep_queue_view_init (RheoSweepQueueView *queue)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *title = gtk_label_new (_ ("Queue"));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  queue->rows = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  queue->list =
      gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (queue->rows))), factory);
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (queue->list))),
                                       FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (queue->list))),
                                         TRUE);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (queue->list), TRUE);
  gtk_widget_add_css_class (queue->list, "run-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (queue->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Queue"), -1);
  g_signal_connect (queue->list, "activate", G_CALLBACK (activated), queue);
  gtk_widget_add_css_class (title, "heading");
  queue->counts = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (queue->counts), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (queue->counts), 1);
  gtk_widget_set_hexpand (queue->counts, TRUE);
  gtk_widget_add_css_class (queue->counts, "dim-label");
  gtk_widget_add_css_class (queue->counts, "caption");
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), queue->counts);
  gtk_widget_add_css_class (head, "file-header");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), queue->list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  queue->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (queue->box), head);
  gtk_box_append (GTK_BOX (queue->box), scrolled);
  gtk_widget_set_parent (queue->box, GTK_WIDGET (queue));
}

GtkWidget *
rheo_sweep_queue_view_new (void)
{
  return g_object_new (RHEO_TYPE_SWEEP_QUEUE, NULL);
}
