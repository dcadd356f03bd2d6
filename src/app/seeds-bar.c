#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/seeds-bar.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "app/compare-results.h"
#include "widgets/common.h"

#define N_SEEDS 5

struct _RheoSeedsBar
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *box, *start, *busy, *words, *progress;
  GPtrArray *more; /* RheoExperiment; NULL: nothing yet */
  char **names;    /* of these */
};

G_DEFINE_FINAL_TYPE (RheoSeedsBar, rheo_seeds_bar, GTK_TYPE_WIDGET)

static void
update_start (RheoSeedsBar *bar)
{
  guint n = bar->more != NULL ? bar->more->len / N_SEEDS : 0;
  gboolean going = rheo_session_is_going (bar->context->session);
  const char *label = n <= 1   ? _ ("Run %d more seeds")
                      : n == 2 ? _ ("Run %d more seeds of both")
                               : _ ("Run %d more seeds of each");
  g_autofree char *text = g_strdup_printf (label, N_SEEDS);
  g_autofree char *tip = g_strdup_printf (
      ngettext ("%u run, one after the other", "%u runs, one after the other", n * N_SEEDS), n * N_SEEDS);

  gtk_button_set_label (GTK_BUTTON (bar->start), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->start), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_sensitive (bar->start, n > 0 && !going);
  gtk_widget_set_tooltip_text (bar->start, n == 0  ? _ ("The runs are still being read")
                                           : going ? _ ("Another run goes on; stop it first")
                                                   : tip);
}

static void
update (RheoSeedsBar *bar)
{
  RheoSession *session = bar->context->session;
  gboolean busy = rheo_run_queue_is_busy (bar->context->queue);
  int n = rheo_run_queue_get_n (bar->context->queue), begun = rheo_run_queue_get_n_begun (bar->context->queue);
  double done = rheo_session_get_budget (session) > 0
                    ? (double) rheo_session_get_place (session).iteration / rheo_session_get_budget (session)
                    : 0;

  gtk_widget_set_visible (bar->start, !busy);
  gtk_widget_set_visible (bar->busy, busy);
  if (!busy)
    update_start (bar);
  else if (begun > 0)
    {
      g_autofree char *text =
          g_strdup_printf (_ ("Run %d of %d: %s %" PRId64 " of %d"), begun, n, rheo_session_get_unit (session),
                           rheo_session_get_place (session).iteration, rheo_session_get_budget (session));

      gtk_label_set_text (GTK_LABEL (bar->words), text);
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar->progress), CLAMP ((begun - 1 + done) / MAX (n, 1), 0, 1));
    }
}

void
rheo_seeds_bar_show (RheoSeedsBar *bar, RheoExperiment *const *experiments, const char *const *names, int n)
{
  g_clear_pointer (&bar->more, g_ptr_array_unref);
  g_clear_pointer (&bar->names, g_strfreev);
  if (n > 0)
    bar->more = rheo_compare_dup_more (experiments, names, n, N_SEEDS, &bar->names);
  update (bar);
}

static void
on_start (RheoSeedsBar *bar)
{
  for (guint i = 0; bar->more != NULL && i < bar->more->len; i++)
    rheo_run_queue_add (bar->context->queue, g_ptr_array_index (bar->more, i), bar->names[i]);
}

static void
on_stop (RheoSeedsBar *bar)
{
  rheo_run_queue_stop (bar->context->queue);
  gtk_widget_activate_action (GTK_WIDGET (bar), "win.stop", NULL);
}

static void
on_news (RheoSeedsBar *bar)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (bar)))
    update (bar);
}

static void
map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rheo_seeds_bar_parent_class)->map (widget);
  update (RHEO_SEEDS_BAR (widget));
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&RHEO_SEEDS_BAR (object)->box, gtk_widget_unparent);
  g_clear_pointer (&RHEO_SEEDS_BAR (object)->more, g_ptr_array_unref);
  g_clear_pointer (&RHEO_SEEDS_BAR (object)->names, g_strfreev);
  G_OBJECT_CLASS (rheo_seeds_bar_parent_class)->dispose (object);
}

static void
rheo_seeds_bar_class_init (RheoSeedsBarClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->map = map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static void
rheo_seeds_bar_init (RheoSeedsBar *bar)
{
}

GtkWidget *
rheo_seeds_bar_new (RheoContext *context)
{
  RheoSeedsBar *bar = g_object_new (RHEO_TYPE_SEEDS_BAR, NULL);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *stop = rheo_text_button_new (_ ("Stop"), NULL);

  bar->context = context;
  bar->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  bar->start = gtk_button_new ();
  g_signal_connect_object (bar->start, "clicked", G_CALLBACK (on_start), bar, G_CONNECT_SWAPPED);
  bar->words = gtk_label_new (NULL);
  gtk_widget_add_css_class (bar->words, "caption");
  gtk_widget_add_css_class (bar->words, "tabular");
  bar->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs"), -1);
  gtk_widget_set_tooltip_text (stop, _ ("Stop this run and those that wait; what is done stays"));
  g_signal_connect_object (stop, "clicked", G_CALLBACK (on_stop), bar, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (column), bar->words);
  gtk_box_append (GTK_BOX (column), bar->progress);
  gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
  bar->busy = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_append (GTK_BOX (bar->busy), column);
  gtk_box_append (GTK_BOX (bar->busy), stop);
  gtk_box_append (GTK_BOX (bar->box), bar->start);
  gtk_box_append (GTK_BOX (bar->box), bar->busy);
  gtk_widget_set_valign (bar->box, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (bar->box, GTK_WIDGET (bar));
  g_signal_connect_object (context->queue, "changed", G_CALLBACK (update), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->queue, "done", G_CALLBACK (update), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->session, "changed", G_CALLBACK (on_news), bar, G_CONNECT_SWAPPED);
  return GTK_WIDGET (bar);
}
