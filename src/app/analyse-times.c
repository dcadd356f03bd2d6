#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-page-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/analyse-effect.h"
#include "app/analyse-point.h"
#include "app/analyse-result.h"
#include "widgets/scrubber.h"
#include "widgets/tooltip.h"

/* Following a run that goes on, and results of earlier times. */

static const char *
get_reason (RheoAnalysePage *page)
{
  if (page->analysis == NULL)
    return _ ("Choose an analysis first");
  if (!rheo_study_is_live (page->study))
    return _ ("The run does not go on, so its network stays as it is");
  if ((page->analysis->wants & RHEO_WANTS_PROBE) != 0)
    return _ ("This analysis needs recorded trials");
  return NULL;
}

void
rheo_analyse_page_update_follow (RheoAnalysePage *page)
{
  const gboolean on = rheo_analyse_follow_is_on (page->follow);
  const char *reason = on ? NULL : get_reason (page);
  const int n = (int) rheo_analyse_follow_get_all (page->follow)->len;

  gtk_widget_set_sensitive (page->follow_button, reason == NULL);
  rheo_tooltip_set (page->follow_button,
                    reason != NULL ? reason
                                   : _ ("Repeat the analysis while the run goes on, and keep earlier results"));
  g_signal_handlers_block_by_func (page->follow_button, rheo_analyse_page_on_follow, page);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (page->follow_button), on);
  g_signal_handlers_unblock_by_func (page->follow_button, rheo_analyse_page_on_follow, page);
  gtk_widget_set_visible (page->times, on || n > 1);
  gtk_widget_set_visible (page->every_box, on);
}

/* Something is being tried with the network on screen: it stays. */
static gboolean
is_held (RheoAnalysePage *page)
{
  RheoAnalyseEffect *effect = RHEO_ANALYSE_EFFECT (rheo_analyse_point_get_effect (RHEO_ANALYSE_POINT (page->point)));

  return !page->times_at_end || rheo_analyse_effect_is_working (effect)
         || rheo_analyse_effect_get_table (effect) != NULL;
}

static void
show_marks (RheoAnalysePage *page)
{
  const GPtrArray *all = rheo_analyse_follow_get_all (page->follow);
  const RheoExperiment *experiment = rheo_study_get_experiment (page->study);
  const gboolean at_end = page->times_at_end;
  g_autofree double *at = g_new (double, all->len);

  for (guint i = 0; i < all->len; i++)
    at[i] = (double) ((const RheoFollowed *) all->pdata[i])->iteration;
  g_signal_handlers_block_by_func (page->time, rheo_analyse_page_on_time, page);
  rheo_scrubber_set_marks (RHEO_SCRUBBER (page->time), at, (int) all->len, NULL, 0,
                           experiment != NULL ? rheo_experiment_get_run (experiment)->budget : 0,
                           rheo_study_get_unit (page->study));
  if (at_end && !is_held (page))
    rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->time), INFINITY);
  g_signal_handlers_unblock_by_func (page->time, rheo_analyse_page_on_time, page);
}

static void
show (RheoAnalysePage *page, const RheoFollowed *followed)
{
  if (followed != NULL && followed->iteration != page->iteration)
    rheo_analyse_page_renew_result (page, followed->table, followed->name, followed->iteration);
}

void
rheo_analyse_page_on_time (RheoAnalysePage *page)
{
  page->times_at_end = !rheo_scrubber_can_step (RHEO_SCRUBBER (page->time), 1);
  show (page,
        rheo_analyse_follow_find (page->follow, (int64_t) rheo_scrubber_get_iteration (RHEO_SCRUBBER (page->time))));
}

void
rheo_analyse_page_on_followed (RheoAnalysePage *page, gint64 iteration)
{
  show_marks (page);
  if (!is_held (page))
    show (page, rheo_analyse_follow_find (page->follow, iteration));
  rheo_analyse_page_update (page);
}

void
rheo_analyse_page_on_follow_ended (RheoAnalysePage *page)
{
  const char *error = rheo_analyse_follow_get_error (page->follow);

  if (error != NULL)
    rheo_analyse_page_toast (page, error);
  rheo_study_reload (page->study);
  rheo_analyse_page_update (page);
}

static void *
dup_config (gpointer data)
{
  RheoAnalysePage *page = data;

  return g_memdup2 (rheo_analyse_values_get (page->values), MAX (page->analysis->base.config_size, 1));
}

void
rheo_analyse_page_on_follow (RheoAnalysePage *page)
{
  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->follow_button)))
    rheo_analyse_follow_stop (page->follow);
  else if (get_reason (page) == NULL)
    {
      page->times_at_end = TRUE;
      rheo_analyse_follow_start (page->follow, page->analysis, dup_config, page);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (page->every), rheo_analyse_follow_get_every (page->follow));
    }
  rheo_analyse_page_update (page);
}

static void
on_every (RheoAnalysePage *page)
{
  rheo_analyse_follow_set_every (page->follow, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (page->every)));
}

void
rheo_analyse_page_leave_times (RheoAnalysePage *page)
{
  rheo_analyse_follow_clear (page->follow);
  page->times_at_end = TRUE;
}

GtkWidget *
rheo_analyse_page_new_times (RheoAnalysePage *page)
{
  GtkWidget *words = gtk_label_new (_ ("Every"));

  page->times = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  page->time = rheo_scrubber_new ();
  rheo_scrubber_set_slim (RHEO_SCRUBBER (page->time));
  gtk_widget_set_tooltip_text (page->time, _ ("Results of earlier times"));
  gtk_widget_set_hexpand (page->time, TRUE);
  g_signal_connect_swapped (page->time, "moved", G_CALLBACK (rheo_analyse_page_on_time), page);
  page->every_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  page->every = gtk_spin_button_new_with_range (1, 1e6, 1);
  gtk_widget_set_valign (page->every, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (page->every, _ ("Iterations from one result to the next, at least"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->every), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Iterations from one result to the next, at least"), -1);
  g_signal_connect_swapped (page->every, "value-changed", G_CALLBACK (on_every), page);
  gtk_box_append (GTK_BOX (page->every_box), words);
  gtk_box_append (GTK_BOX (page->every_box), page->every);
  gtk_box_append (GTK_BOX (page->times), page->time);
  gtk_box_append (GTK_BOX (page->times), page->every_box);
  gtk_widget_add_css_class (page->times, "analyse-times");
  gtk_widget_set_visible (page->times, FALSE);
  g_signal_connect_object (page->follow, "added", G_CALLBACK (rheo_analyse_page_on_followed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->follow, "ended", G_CALLBACK (rheo_analyse_page_on_follow_ended), page,
                           G_CONNECT_SWAPPED);
  return page->times;
}
