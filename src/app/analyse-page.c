#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-page-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/analyse-effect.h"
#include "app/analyse-inputs.h"
#include "app/analyse-lesion.h"
#include "app/analyse-list.h"
#include "app/analyse-point.h"
#include "app/analyse-result.h"
#include "app/run-chooser.h"
#include "app/run-text.h"
#include "app/window.h"
#include "widgets/param-form.h"
#include "widgets/scrubber.h"
#include "widgets/tooltip.h"

#define QUICK 5.0 /* s: what takes less runs at the first click */
#define INPUT "analysis.input"
#define RENEW 1000 /* ms between looks at a run that goes on */

G_DEFINE_FINAL_TYPE (RheoAnalysePage, rheo_analyse_page, GTK_TYPE_WIDGET)

static guint plots_signal;

/* --- where it looks ------------------------------------------------------------------------------------------------------ */

/* -1: the newest, which of a run that goes on is as it is now, and of a finished one may be its best. */
static int64_t
get_iteration (RheoAnalysePage *page)
{
  const double at = rheo_scrubber_get_iteration (RHEO_SCRUBBER (page->scrubber));

  return page->at_end || !isfinite (at) ? -1 : (int64_t) at;
}

static void
show_marks (RheoAnalysePage *page)
{
  const gboolean live = rheo_study_is_live (page->study), at_end = page->at_end;
  const RheoExperiment *experiment = rheo_study_get_experiment (page->study);
  int n_snapshots, n_checkpoints;
  const double *snapshots = rheo_study_get_snapshots (page->study, &n_snapshots);
  const double *checkpoints = rheo_study_get_checkpoints (page->study, &n_checkpoints);
  const double now = live ? (double) rheo_session_get_place (page->context->session).iteration : -1;
  g_autofree double *all = g_new (double, n_snapshots + 1);

  if (experiment == NULL)
    return;
  if (n_snapshots > 0)
    memcpy (all, snapshots, sizeof *all * (gsize) n_snapshots);
  if (live && (n_snapshots == 0 || all[n_snapshots - 1] < now))
    all[n_snapshots++] = now;
  /* New marks are no choice: on the way to the end it stays where it is. */
  g_signal_handlers_block_by_func (page->scrubber, rheo_analyse_page_on_moved, page);
  rheo_scrubber_set_marks (RHEO_SCRUBBER (page->scrubber), all, n_snapshots, checkpoints, n_checkpoints,
                           rheo_experiment_get_run (experiment)->budget, rheo_study_get_unit (page->study));
  if (at_end)
    rheo_scrubber_set_iteration (RHEO_SCRUBBER (page->scrubber), INFINITY);
  g_signal_handlers_unblock_by_func (page->scrubber, rheo_analyse_page_on_moved, page);
  page->at_end = at_end;
}

void
rheo_analyse_page_on_moved (RheoAnalysePage *page)
{
  page->at_end = !rheo_scrubber_can_step (RHEO_SCRUBBER (page->scrubber), 1);
  rheo_analyse_page_update (page);
}

/* --- the centre ---------------------------------------------------------------------------------------------------------- */

void
rheo_analyse_page_show_centre (RheoAnalysePage *page, const char *name)
{
  gtk_stack_set_visible_child_name (GTK_STACK (page->centre), name);
  rheo_analyse_page_update (page);
  g_signal_emit (page, plots_signal, 0);
}

static const char *
get_centre (RheoAnalysePage *page)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (page->centre));
}

static void
show_trouble (RheoAnalysePage *page, const char *title, const char *text)
{
  adw_status_page_set_title (ADW_STATUS_PAGE (page->trouble), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (page->trouble), text);
  rheo_analyse_page_show_centre (page, "trouble");
}

static void
show_form (RheoAnalysePage *page)
{
  const RheoComponent *component = &page->analysis->base;
  const RheoExperiment *experiment = rheo_study_get_experiment (page->study);
  RheoSlots slots = { NULL };
  g_autofree char *summary = component->cite != NULL && component->summary != NULL
                                 ? g_strdup_printf ("%s (%s)", _ (component->summary), component->cite)
                                 : g_strdup (component->summary != NULL ? _ (component->summary) : NULL);
  g_autofree char *escaped = NULL;

  /* The description of a group is markup. */
  escaped = g_markup_escape_text (summary != NULL ? summary : "", -1);
  rheo_param_form_set_heading (RHEO_PARAM_FORM (page->form), _ (component->title), escaped, NULL);
  if (experiment != NULL)
    rheo_experiment_get_slots (experiment, &slots);
  rheo_param_form_update (RHEO_PARAM_FORM (page->form), component->params, rheo_analyse_values_get (page->values),
                          rheo_components_give (&slots));
}

static void
on_values (gpointer data)
{
  RheoAnalysePage *page = data;

  if (page->analysis == NULL || page->form == NULL)
    return;
  show_form (page);
  rheo_analyse_page_update (page);
  g_signal_emit (page, plots_signal, 0);
}

/* --- computing ----------------------------------------------------------------------------------------------------------- */

static void
stop_working (RheoAnalysePage *page)
{
  if (page->working != NULL)
    g_cancellable_cancel (page->working);
  g_clear_object (&page->working);
  page->computing = FALSE;
}

static RheoAnalyseOrigin
get_origin (RheoAnalysePage *page)
{
  return (RheoAnalyseOrigin){ .analysis = page->analysis,
                              .run_path = rheo_study_get_path (page->study),
                              .run_name = rheo_study_get_name (page->study),
                              .result = page->shown,
                              .unit = rheo_study_get_unit (page->study),
                              .iteration = page->iteration };
}

/* Its details, beside the result or, where there is no room, over it. */
void
rheo_analyse_page_on_point (RheoAnalysePage *page, gint64 point)
{
  const RheoAnalyseOrigin origin = get_origin (page);

  rheo_analyse_point_show (RHEO_ANALYSE_POINT (page->point),
                           rheo_analyse_result_get_table (RHEO_ANALYSE_RESULT (page->result)), &origin, point);
}

/* What is tried at the point is seen beside the points, too. */
void
rheo_analyse_page_on_effect (RheoAnalysePage *page)
{
  GtkWidget *effect = rheo_analyse_point_get_effect (RHEO_ANALYSE_POINT (page->point));

  rheo_analyse_result_set_paths (RHEO_ANALYSE_RESULT (page->result),
                                 rheo_analyse_effect_get_table (RHEO_ANALYSE_EFFECT (effect)));
}

static RheoAnalyseOrigin
set_shown (RheoAnalysePage *page, const char *name, int64_t iteration)
{
  char *shown = g_strdup (name);

  g_free (page->shown);
  page->shown = shown;
  page->iteration = iteration;
  return get_origin (page);
}

void
rheo_analyse_page_renew_result (RheoAnalysePage *page, RheoTable *table, const char *name, int64_t iteration)
{
  const RheoAnalyseOrigin origin = set_shown (page, name, iteration);

  if (!g_str_equal (get_centre (page), "result"))
    return;
  rheo_analyse_result_renew (RHEO_ANALYSE_RESULT (page->result), table, &origin);
  rheo_analyse_page_on_point (page, rheo_analyse_result_get_point (RHEO_ANALYSE_RESULT (page->result)));
  rheo_analyse_page_update (page);
}

static void
show_result (RheoAnalysePage *page, RheoTable *table, const char *name, int64_t iteration)
{
  const RheoAnalyseOrigin origin = set_shown (page, name, iteration);

  rheo_analyse_result_show (RHEO_ANALYSE_RESULT (page->result), table, &origin);
  rheo_analyse_point_show (RHEO_ANALYSE_POINT (page->point), NULL, NULL, -1);
  rheo_analyse_page_show_centre (page, "result");
}

void
rheo_analyse_page_toast (RheoAnalysePage *page, const char *text)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (page));

  if (RHEO_IS_APP_WINDOW (root))
    rheo_app_window_toast (RHEO_APP_WINDOW (root), text, NULL, NULL);
}

static void
on_computed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoAnalysePage) page = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoStudyAnswer) answer = rheo_study_compute_finish (RHEO_STUDY (object), result, &error);

  /* Cancelled, or something newer is on its way: whoever did that has shown what there is. */
  if (g_task_get_cancellable (G_TASK (result)) != page->working)
    return;
  g_clear_object (&page->working);
  page->computing = FALSE;
  if (answer == NULL)
    {
      g_autofree char *title = g_strdup_printf (_ ("%s could not be computed"), _ (page->analysis->base.title));

      show_trouble (page, title, error->message);
      return;
    }
  show_result (page, answer->table, answer->name, answer->iteration);
  if (answer->loss != NULL)
    rheo_analyse_page_toast (page, answer->loss);
  else
    rheo_study_reload (page->study);
}

static void
on_progress (double fraction, gpointer data)
{
  RheoAnalysePage *page = data;

  if (!page->computing)
    return;
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (page->busy_bar), fraction);
}

static void
compute (RheoAnalysePage *page, RheoTable *previous)
{
  g_autoptr (GError) error = NULL;

  stop_working (page);
  rheo_analyse_page_leave_times (page);
  if (!rheo_study_allows (page->study, page->analysis, get_iteration (page), &error)
      || !rheo_analyse_values_check (page->values, &error))
    {
      show_trouble (page, _ (page->analysis->base.title), error->message);
      return;
    }
  page->working = g_cancellable_new ();
  page->computing = TRUE;
  g_clear_pointer (&page->shown, g_free);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (page->busy_bar), 0);
  gtk_label_set_text (GTK_LABEL (page->busy_text), _ (page->analysis->base.title));
  rheo_study_compute_async (page->study, page->analysis, rheo_analyse_values_get (page->values), get_iteration (page),
                            previous, RHEO_STUDY_KEEP, page->working, on_progress, on_computed, g_object_ref (page));
  rheo_analyse_page_show_centre (page, "busy");
}

void
rheo_analyse_page_on_cancel (RheoAnalysePage *page)
{
  if (!page->computing)
    return;
  stop_working (page);
  show_trouble (page, _ ("Cancelled"), _ ("Nothing was kept. Start runs it again."));
}

void
rheo_analyse_page_on_start (RheoAnalysePage *page)
{
  if (page->analysis != NULL)
    compute (page, NULL);
}

static gboolean
is_quick (RheoAnalysePage *page)
{
  return page->analysis->estimate != NULL
         && page->analysis->estimate (rheo_analyse_values_get (page->values), rheo_study_get_experiment (page->study))
                < QUICK;
}

/* Another input, and what comes of it where that takes little time. */
void
rheo_analyse_page_on_input (RheoAnalysePage *page, const char *numbers)
{
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);

  if (page->analysis == NULL || !host->set (host->data, INPUT, numbers, _ ("Input"), NULL))
    return;
  if (g_str_equal (get_centre (page), "form") || page->computing)
    return;
  if (is_quick (page))
    compute (page, NULL);
  else
    rheo_analyse_page_show_centre (page, "form");
}

/* What was found is kept, and joined by what other starts find. */
void
rheo_analyse_page_on_more (RheoAnalysePage *page)
{
  g_autoptr (RheoTable) table = rheo_table_ref (rheo_analyse_result_get_table (RHEO_ANALYSE_RESULT (page->result)));
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  static const struct
  {
    const char *path;
    double factor, more;
  } values[] = { { "analysis.search.starts", 4, 0 }, { "analysis.search.patience", 2, 0 }, { "analysis.seed", 1, 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *before = host->dup_value (host->data, values[i].path);
      g_autofree char *after =
          before != NULL ? g_strdup_printf ("%.0f", values[i].factor * g_ascii_strtod (before, NULL) + values[i].more)
                         : NULL;

      if (after != NULL)
        host->set (host->data, values[i].path, after, NULL, NULL);
    }
  compute (page, table);
}

/* --- stored results ------------------------------------------------------------------------------------------------------ */

static void
on_loaded (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoAnalysePage) page = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = rheo_study_load_finish (RHEO_STUDY (object), result, &error);
  const RheoStudyResult *stored;
  g_autofree char *name = NULL;

  if (g_task_get_cancellable (G_TASK (result)) != page->working)
    return;
  g_clear_object (&page->working);
  name = g_steal_pointer (&page->shown);
  stored = rheo_study_find (page->study, name);
  if (table == NULL)
    show_trouble (page, _ ("The result cannot be read"), error->message);
  else
    show_result (page, table, name, stored != NULL ? stored->iteration : -1);
}

static void
load_result (RheoAnalysePage *page, const char *name)
{
  const RheoStudyResult *stored = rheo_study_find (page->study, name);

  if (stored == NULL)
    return;
  stop_working (page);
  rheo_analyse_page_leave_times (page);
  rheo_analyse_values_take_json (page->values, stored->config);
  g_free (page->shown);
  page->shown = g_strdup (name);
  page->working = g_cancellable_new ();
  rheo_study_load_async (page->study, name, page->working, on_loaded, g_object_ref (page));
  rheo_analyse_page_update (page);
}

static const RheoStudyResult *
find_newest (RheoAnalysePage *page)
{
  const GPtrArray *results = rheo_study_get_results (page->study);

  for (guint i = results != NULL ? results->len : 0; i > 0; i--)
    {
      const RheoStudyResult *result = results->pdata[i - 1];

      if (g_str_equal (result->id, page->analysis->base.id) && !g_hash_table_contains (page->hidden, result->name))
        return result;
    }
  return NULL;
}

/* --- choosing ------------------------------------------------------------------------------------------------------------ */

static void
choose_analysis (RheoAnalysePage *page, const char *id)
{
  const RheoComponent *component = rheo_component_find (RHEO_KIND_ANALYSIS, id, NULL);

  if (component == NULL || page->analysis == (const RheoAnalysis *) component)
    return;
  stop_working (page);
  rheo_analyse_page_leave_times (page);
  page->analysis = (const RheoAnalysis *) component;
  g_clear_pointer (&page->shown, g_free);
  rheo_analyse_values_choose (page->values, page->analysis);
  show_form (page);
}

/* Once more with the values of what was tried, to be stored. */
void
rheo_analyse_page_on_keep (RheoAnalysePage *page, const char *config)
{
  choose_analysis (page, "causes");
  rheo_analyse_values_take_json (page->values, config);
  compute (page, NULL);
}

static gboolean
is_being_read (RheoAnalysePage *page)
{
  return rheo_study_get_experiment (page->study) == NULL && rheo_study_get_error (page->study) == NULL;
}

/* The newest result; else what takes little time is done at once, and for the rest there is the form. */
void
rheo_analyse_page_on_analysis (RheoAnalysePage *page, const char *id)
{
  const RheoStudyResult *newest;
  g_autoptr (GError) error = NULL;

  choose_analysis (page, id);
  newest = find_newest (page);
  page->waits = is_being_read (page);
  if (!rheo_study_allows (page->study, page->analysis, get_iteration (page), &error) && newest == NULL)
    show_trouble (page, _ (page->analysis->base.title), error->message);
  else if (g_str_equal (id, "causes"))
    {
      g_clear_pointer (&page->shown, g_free);
      rheo_analyse_page_show_centre (page, "units");
    }
  else if (newest != NULL)
    load_result (page, newest->name);
  else if (is_quick (page))
    compute (page, NULL);
  else
    rheo_analyse_page_show_centre (page, "form");
}

void
rheo_analyse_page_on_result (RheoAnalysePage *page, const char *name)
{
  load_result (page, name);
}

void
rheo_analyse_page_on_options (RheoAnalysePage *page)
{
  const gboolean form = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (page->options));

  if (page->analysis == NULL || page->computing || form == g_str_equal (get_centre (page), "form"))
    return;
  if (form)
    rheo_analyse_page_show_centre (page, "form");
  else if (rheo_analyse_result_get_table (RHEO_ANALYSE_RESULT (page->result)) != NULL && page->shown != NULL)
    rheo_analyse_page_show_centre (page, "result");
  else
    rheo_analyse_page_on_analysis (page, page->analysis->base.id);
}

/* --- keeping up ---------------------------------------------------------------------------------------------------------- */

static const char *
get_reason (RheoAnalysePage *page)
{
  if (page->analysis == NULL)
    return _ ("Choose an analysis first");
  if (page->computing)
    return _ ("It is being computed");
  if (g_str_equal (get_centre (page), "units"))
    return _ ("Choose units and compare, or choose values in Options");
  return NULL;
}

static gboolean
has_search (RheoAnalysePage *page)
{
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  g_autofree char *starts = page->analysis != NULL ? host->dup_value (host->data, "analysis.search.starts") : NULL;

  return starts != NULL;
}

static void
show_input (RheoAnalysePage *page)
{
  const RheoParamHost *host = rheo_analyse_values_get_host (page->values);
  g_autofree char *numbers = page->analysis != NULL ? host->dup_value (host->data, INPUT) : NULL;

  rheo_analyse_inputs_set (RHEO_ANALYSE_INPUTS (page->inputs), numbers);
}

void
rheo_analyse_page_update (RheoAnalysePage *page)
{
  const char *error = rheo_study_get_error (page->study), *reason = get_reason (page), *centre = get_centre (page);
  const gboolean nothing = rheo_study_get_path (page->study) == NULL;
  const gboolean on_causes = page->analysis != NULL && g_str_equal (page->analysis->base.id, "causes");
  gboolean has_points, has_pane;

  if (error != NULL)
    adw_status_page_set_description (ADW_STATUS_PAGE (page->broken), error);
  gtk_stack_set_visible_child_name (GTK_STACK (page->stack), nothing ? "empty" : error != NULL ? "broken" : "run");
  rheo_run_chooser_set_current (RHEO_RUN_CHOOSER (page->chooser), rheo_study_get_path (page->study),
                                rheo_study_get_experiment (page->study));
  rheo_analyse_list_update (RHEO_ANALYSE_LIST (page->list), page->study, get_iteration (page),
                            page->analysis != NULL ? page->analysis->base.id : NULL, page->shown, page->hidden);
  /* Details stand beside a result that has points. */
  has_points = g_str_equal (centre, "result") && rheo_analyse_result_has_points (RHEO_ANALYSE_RESULT (page->result));
  has_pane = has_points || (on_causes && (g_str_equal (centre, "units") || g_str_equal (centre, "result")));
  gtk_stack_set_visible_child_name (GTK_STACK (page->pane_stack), on_causes ? "lesion" : "point");
  if (on_causes && has_pane)
    rheo_analyse_lesion_show (RHEO_ANALYSE_LESION (page->lesion), get_iteration (page));
  gtk_widget_set_visible (page->pane_stack, has_pane);
  gtk_widget_set_visible (page->pane_button, has_pane && adw_flap_get_folded (ADW_FLAP (page->pane)));
  rheo_analyse_page_update_follow (page);
  show_input (page);
  gtk_widget_set_sensitive (page->options, page->analysis != NULL && !page->computing);
  rheo_tooltip_set (page->options,
                    page->analysis == NULL || page->computing ? reason : _ ("Values that the analysis is run with"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (page->options), g_str_equal (centre, "form"));
  gtk_widget_set_sensitive (page->again, reason == NULL);
  rheo_tooltip_set (page->again, reason != NULL ? reason : _ ("Run the analysis on this state of the network"));
  gtk_button_set_label (GTK_BUTTON (page->again), !g_str_equal (centre, "result") ? _ ("Start")
                                                  : has_search (page)             ? _ ("Search again")
                                                                                  : _ ("Run again"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->again), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_button_get_label (GTK_BUTTON (page->again)), -1);
  if (g_str_equal (centre, "form"))
    gtk_widget_add_css_class (page->again, "suggested-action");
  else
    gtk_widget_remove_css_class (page->again, "suggested-action");
}

static void
on_opened (RheoAnalysePage *page)
{
  rheo_analyse_inputs_set_experiment (RHEO_ANALYSE_INPUTS (page->inputs), rheo_study_get_experiment (page->study));
  show_marks (page);
  rheo_analyse_page_update (page);
  if (page->waits && rheo_study_get_experiment (page->study) != NULL)
    {
      /* With what the run allows. */
      show_form (page);
      rheo_analyse_page_on_analysis (page, page->analysis->base.id);
    }
}

static void
on_session (RheoAnalysePage *page)
{
  const char *path = rheo_session_get_path (page->context->session);

  if (page->follows && path != NULL && rheo_session_get_budget (page->context->session) > 0
      && g_strcmp0 (path, rheo_study_get_path (page->study)) != 0 && rheo_session_get_streams (page->context->session))
    {
      rheo_analyse_page_open (page, path);
      page->follows = TRUE;
    }
}

static void
on_stopped (RheoAnalysePage *page)
{
  if (g_strcmp0 (rheo_session_get_path (page->context->session), rheo_study_get_path (page->study)) == 0)
    rheo_study_reload (page->study);
}

static gboolean
renew (gpointer data)
{
  RheoAnalysePage *page = data;

  if (rheo_study_is_live (page->study))
    {
      /* It may have been opened before there was anything to read. */
      if (rheo_study_get_error (page->study) != NULL)
        rheo_study_reload (page->study);
      show_marks (page);
    }
  rheo_analyse_page_update_follow (page);
  return G_SOURCE_CONTINUE;
}

void
rheo_analyse_page_open (RheoAnalysePage *page, const char *path)
{
  page->follows = g_strcmp0 (path, rheo_session_get_path (page->context->session)) == 0;
  if (g_strcmp0 (path, rheo_study_get_path (page->study)) != 0)
    {
      stop_working (page);
      rheo_analyse_page_leave_times (page);
      g_clear_pointer (&page->shown, g_free);
      page->analysis = NULL;
      page->waits = FALSE;
      page->at_end = TRUE;
      rheo_analyse_values_choose (page->values, NULL);
      rheo_analyse_result_show (RHEO_ANALYSE_RESULT (page->result), NULL, NULL);
      rheo_study_open (page->study, path);
      rheo_analyse_page_show_centre (page, "choose");
    }
  else
    rheo_study_reload (page->study);
}

void
rheo_analyse_page_offer (RheoAnalysePage *page, const char *path)
{
  if (rheo_study_get_path (page->study) != NULL)
    return;
  rheo_analyse_page_open (page, path);
  page->follows = TRUE;
}

/* The run in Live; else the newest. */
static void
open_something (RheoAnalysePage *page)
{
  GListModel *library = G_LIST_MODEL (page->context->library);

  on_session (page);
  for (guint i = 0; i < g_list_model_get_n_items (library) && rheo_study_get_path (page->study) == NULL; i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (library, i);
      const RheoRunFacts *facts = rheo_run_item_get_facts (item);

      if (facts->state != RHEO_ITEM_BROKEN && facts->state != RHEO_ITEM_READING)
        {
          rheo_analyse_page_open (page, facts->path);
          page->follows = TRUE;
        }
    }
}

void
rheo_analyse_page_search (RheoAnalysePage *page)
{
  adw_flap_set_reveal_flap (ADW_FLAP (page->side), TRUE);
  rheo_analyse_list_search (RHEO_ANALYSE_LIST (page->list));
}

gboolean
rheo_analyse_page_has_plots (RheoAnalysePage *page)
{
  return g_str_equal (get_centre (page), "result");
}

gboolean
rheo_analyse_page_has_steps (RheoAnalysePage *page)
{
  return g_str_equal (get_centre (page), "form");
}

const char *
rheo_analyse_page_get_undo_label (RheoAnalysePage *page)
{
  return rheo_analyse_values_get_undo_label (page->values);
}

const char *
rheo_analyse_page_get_redo_label (RheoAnalysePage *page)
{
  return rheo_analyse_values_get_redo_label (page->values);
}

void
rheo_analyse_page_undo (RheoAnalysePage *page)
{
  rheo_analyse_values_undo (page->values);
}

void
rheo_analyse_page_redo (RheoAnalysePage *page)
{
  rheo_analyse_values_redo (page->values);
}

void
rheo_analyse_page_export_all (RheoAnalysePage *page)
{
  rheo_analyse_result_export_all (RHEO_ANALYSE_RESULT (page->result));
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

static void
map (GtkWidget *widget)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (widget);

  GTK_WIDGET_CLASS (rheo_analyse_page_parent_class)->map (widget);
  if (rheo_study_get_path (page->study) == NULL)
    open_something (page);
  else
    rheo_study_reload (page->study);
  if (page->renew == 0)
    page->renew = g_timeout_add (RENEW, renew, page);
}

static void
unmap (GtkWidget *widget)
{
  g_clear_handle_id (&RHEO_ANALYSE_PAGE (widget)->renew, g_source_remove);
  GTK_WIDGET_CLASS (rheo_analyse_page_parent_class)->unmap (widget);
}

static void
dispose (GObject *object)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (object);

  g_clear_handle_id (&page->renew, g_source_remove);
  stop_working (page);
  page->form = NULL;
  g_clear_pointer (&page->stack, gtk_widget_unparent);
  if (page->follow != NULL)
    rheo_analyse_follow_stop (page->follow);
  g_clear_object (&page->follow);
  if (page->study != NULL)
    g_signal_handlers_disconnect_by_data (page->study, page);
  g_clear_object (&page->study);
  G_OBJECT_CLASS (rheo_analyse_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (object);

  rheo_analyse_values_free (page->values);
  g_hash_table_unref (page->hidden);
  g_free (page->shown);
  G_OBJECT_CLASS (rheo_analyse_page_parent_class)->finalize (object);
}

static void
act_side (GtkWidget *widget, const char *name, GVariant *target)
{
  RheoAnalysePage *page = RHEO_ANALYSE_PAGE (widget);
  AdwFlap *flap = ADW_FLAP (g_str_equal (name, "analyse.side-bar") ? page->side : page->pane);

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
rheo_analyse_page_class_init (RheoAnalysePageClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  widget->map = map;
  widget->unmap = unmap;
  gtk_widget_class_set_layout_manager_type (widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget, "analyse.side-bar", NULL, act_side);
  gtk_widget_class_install_action (widget, "analyse.side-pane", NULL, act_side);
  plots_signal =
      g_signal_new ("plots-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_analyse_page_init (RheoAnalysePage *page)
{
  page->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  page->follows = TRUE;
}

GtkWidget *
rheo_analyse_page_new (RheoContext *context)
{
  RheoAnalysePage *page = g_object_new (RHEO_TYPE_ANALYSE_PAGE, NULL);

  page->context = context;
  page->study = rheo_study_new (context->session);
  page->follow = rheo_analyse_follow_new (context->session, page->study);
  page->times_at_end = TRUE;
  page->values = rheo_analyse_values_new (on_values, page);
  rheo_analyse_page_build (page);
  g_signal_connect_swapped (page->study, "opened", G_CALLBACK (on_opened), page);
  g_signal_connect_object (context->session, "changed", G_CALLBACK (on_session), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->session, "stopped", G_CALLBACK (on_stopped), page, G_CONNECT_SWAPPED);
  rheo_analyse_page_update (page);
  return GTK_WIDGET (page);
}
