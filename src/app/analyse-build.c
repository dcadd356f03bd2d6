#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-page-private.h"

#include <glib/gi18n-lib.h>

#include "app/analyse-inputs.h"
#include "app/analyse-lesion.h"
#include "app/analyse-list.h"
#include "app/analyse-point.h"
#include "app/analyse-result.h"
#include "app/run-chooser.h"
#include "widgets/param-form.h"
#include "widgets/scrubber.h"

#define FORM 700

static GtkWidget *
new_status (const char *icon, const char *title, const char *text)
{
  GtkWidget *status = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (status), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (status), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (status), text);
  gtk_widget_set_vexpand (status, TRUE);
  return status;
}

static GtkWidget *
new_empty (const char *title, const char *text)
{
  GtkWidget *status = new_status ("rheobase-analyse-symbolic", title, text);
  GtkWidget *button = gtk_button_new_with_label (_ ("Open file…"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-file");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open file…"), -1);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  adw_status_page_set_child (ADW_STATUS_PAGE (status), button);
  return status;
}

static GtkWidget *
new_form (RheoAnalysePage *page)
{
  GtkWidget *scroll = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

  page->form = rheo_param_form_new ("analysis", rheo_analyse_values_get_host (page->values));
  gtk_widget_add_css_class (page->form, "setup-column");
  gtk_widget_set_margin_top (page->form, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), FORM);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), FORM);
  adw_clamp_set_child (ADW_CLAMP (clamp), page->form);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), clamp);
  return scroll;
}

static GtkWidget *
new_busy (RheoAnalysePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  page->busy_text = gtk_label_new (NULL);
  gtk_widget_add_css_class (page->busy_text, "title-4");
  page->busy_bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->busy_bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Progress"), -1);
  page->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Cancel"), -1);
  gtk_widget_set_halign (page->cancel, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->cancel, "clicked", G_CALLBACK (rheo_analyse_page_on_cancel), page);
  gtk_box_append (GTK_BOX (box), page->busy_text);
  gtk_box_append (GTK_BOX (box), page->busy_bar);
  gtk_box_append (GTK_BOX (box), page->cancel);
  gtk_widget_set_size_request (box, 300, -1);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static GtkWidget *
new_centre (RheoAnalysePage *page)
{
  GtkStack *stack = GTK_STACK (gtk_stack_new ());
  GtkWidget *box;

  page->centre = GTK_WIDGET (stack);
  gtk_stack_set_hhomogeneous (stack, FALSE);
  gtk_stack_set_vhomogeneous (stack, FALSE);
  gtk_stack_add_named (stack,
                       new_status ("rheobase-analyse-symbolic", _ ("Choose an analysis"),
                                   _ ("Those that fit this network are listed at the side.")),
                       "choose");
  gtk_stack_add_named (stack, new_form (page), "form");
  gtk_stack_add_named (stack, new_busy (page), "busy");
  page->trouble = new_status ("dialog-information-symbolic", NULL, NULL);
  gtk_stack_add_named (stack, page->trouble, "trouble");
  page->lesion = rheo_analyse_lesion_new (page->study);
  gtk_stack_add_named (stack, rheo_analyse_lesion_get_figures (RHEO_ANALYSE_LESION (page->lesion)), "units");
  page->result = rheo_analyse_result_new ();
  g_signal_connect_swapped (page->result, "more", G_CALLBACK (rheo_analyse_page_on_more), page);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), rheo_analyse_page_new_times (page));
  gtk_box_append (GTK_BOX (box), page->result);
  gtk_widget_set_vexpand (page->result, TRUE);
  gtk_stack_add_named (stack, box, "result");
  gtk_widget_set_hexpand (page->centre, TRUE);
  gtk_widget_set_size_request (page->centre, 420, -1);
  return page->centre;
}

static GtkWidget *
new_pane (RheoAnalysePage *page)
{
  GtkWidget *effect, *centre = new_centre (page);

  page->pane = adw_flap_new ();
  page->point = rheo_analyse_point_new (page->study);
  effect = rheo_analyse_point_get_effect (RHEO_ANALYSE_POINT (page->point));
  g_signal_connect_swapped (effect, "done", G_CALLBACK (rheo_analyse_page_on_effect), page);
  g_signal_connect_swapped (effect, "keep", G_CALLBACK (rheo_analyse_page_on_keep), page);
  effect = rheo_analyse_lesion_get_effect (RHEO_ANALYSE_LESION (page->lesion));
  g_signal_connect_swapped (effect, "keep", G_CALLBACK (rheo_analyse_page_on_keep), page);
  page->pane_stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (page->pane_stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (page->pane_stack), FALSE);
  gtk_stack_add_named (GTK_STACK (page->pane_stack), page->point, "point");
  gtk_stack_add_named (GTK_STACK (page->pane_stack), page->lesion, "lesion");
  gtk_widget_add_css_class (page->pane_stack, "background");
  gtk_widget_add_css_class (page->pane_stack, "setup-pane");
  adw_flap_set_flap_position (ADW_FLAP (page->pane), GTK_PACK_END);
  adw_flap_set_content (ADW_FLAP (page->pane), centre);
  adw_flap_set_flap (ADW_FLAP (page->pane), page->pane_stack);
  adw_flap_set_separator (ADW_FLAP (page->pane), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  g_signal_connect_swapped (page->pane, "notify::folded", G_CALLBACK (rheo_analyse_page_update), page);
  g_signal_connect_swapped (page->result, "picked", G_CALLBACK (rheo_analyse_page_on_point), page);
  return page->pane;
}

static GtkWidget *
new_strip (RheoAnalysePage *page)
{
  GtkWidget *strip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  page->side_button = gtk_button_new_from_icon_name ("sidebar-show-symbolic");
  gtk_widget_add_css_class (page->side_button, "flat");
  gtk_widget_set_valign (page->side_button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (page->side_button, _ ("Analyses"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->side_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Analyses"),
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (page->side_button), "analyse.side-bar");
  page->chooser = rheo_run_chooser_new (page->context);
  g_signal_connect_swapped (page->chooser, "chosen", G_CALLBACK (rheo_analyse_page_open), page);
  page->scrubber = rheo_scrubber_new ();
  rheo_scrubber_set_slim (RHEO_SCRUBBER (page->scrubber));
  gtk_widget_set_hexpand (page->scrubber, TRUE);
  g_signal_connect_swapped (page->scrubber, "moved", G_CALLBACK (rheo_analyse_page_on_moved), page);
  page->follow_button = gtk_toggle_button_new_with_label (_ ("Follow"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->follow_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Follow"),
                                  -1);
  gtk_widget_set_valign (page->follow_button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->follow_button, "toggled", G_CALLBACK (rheo_analyse_page_on_follow), page);
  page->options = gtk_toggle_button_new_with_label (_ ("Options"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->options), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Options"), -1);
  gtk_widget_set_valign (page->options, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->options, "toggled", G_CALLBACK (rheo_analyse_page_on_options), page);
  page->again = gtk_button_new ();
  gtk_widget_set_valign (page->again, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->again, "clicked", G_CALLBACK (rheo_analyse_page_on_start), page);
  gtk_box_append (GTK_BOX (strip), page->side_button);
  gtk_box_append (GTK_BOX (strip), page->chooser);
  gtk_box_append (GTK_BOX (strip), page->scrubber);
  page->inputs = rheo_analyse_inputs_new ();
  g_signal_connect_swapped (page->inputs, "chosen", G_CALLBACK (rheo_analyse_page_on_input), page);
  gtk_box_append (GTK_BOX (strip), page->inputs);
  gtk_box_append (GTK_BOX (strip), page->follow_button);
  gtk_box_append (GTK_BOX (strip), page->options);
  gtk_box_append (GTK_BOX (strip), page->again);
  page->pane_button = gtk_button_new_from_icon_name ("sidebar-show-right-symbolic");
  gtk_widget_add_css_class (page->pane_button, "flat");
  gtk_widget_set_valign (page->pane_button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (page->pane_button, _ ("Details"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->pane_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Details"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (page->pane_button), "analyse.side-pane");
  gtk_box_append (GTK_BOX (strip), page->pane_button);
  gtk_widget_add_css_class (strip, "strip");
  return strip;
}

static GtkWidget *
new_run (RheoAnalysePage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  page->side = adw_flap_new ();
  page->list = rheo_analyse_list_new ();
  g_signal_connect_swapped (page->list, "analysis", G_CALLBACK (rheo_analyse_page_on_analysis), page);
  g_signal_connect_swapped (page->list, "result", G_CALLBACK (rheo_analyse_page_on_result), page);
  g_signal_connect_swapped (page->list, "remove", G_CALLBACK (rheo_analyse_page_remove), page);
  gtk_widget_add_css_class (page->list, "background");
  adw_flap_set_flap (ADW_FLAP (page->side), page->list);
  adw_flap_set_separator (ADW_FLAP (page->side), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_flap_set_content (ADW_FLAP (page->side), new_pane (page));
  gtk_widget_set_vexpand (page->side, TRUE);
  gtk_box_append (GTK_BOX (box), new_strip (page));
  gtk_box_append (GTK_BOX (box), page->side);
  g_object_bind_property (page->side, "reveal-flap", page->side_button, "visible",
                          G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  return box;
}

void
rheo_analyse_page_build (RheoAnalysePage *page)
{
  page->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (page->stack), FALSE);
  gtk_widget_set_parent (page->stack, GTK_WIDGET (page));
  gtk_stack_add_named (GTK_STACK (page->stack),
                       new_empty (_ ("No trained network yet"), _ ("Run an experiment, or open a run file.")), "empty");
  gtk_stack_add_named (GTK_STACK (page->stack), new_run (page), "run");
  page->broken = new_empty (_ ("This run cannot be read"), NULL);
  gtk_stack_add_named (GTK_STACK (page->stack), page->broken, "broken");
}
