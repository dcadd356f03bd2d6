#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-effect.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "app/plot-toasts.h"
#include "app/run-text.h"
#include "widgets/plot-card.h"

#define PLOT_HEIGHT 210

struct _RheoAnalyseEffect
{
  GtkWidget parent_instance;
  RheoStudy *study;
  GtkWidget *box, *title, *spinner, *score, *change, *trouble, *spread, *trials, *keep;
  RheoTable *table;
  GCancellable *working;
  gint64 begun;
  char *config; /* JSON of what is shown */
  char *folder, *stem;
};

G_DEFINE_FINAL_TYPE (RheoAnalyseEffect, rheo_analyse_effect, GTK_TYPE_WIDGET)

enum
{
  DONE,
  KEEP,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* --- numbers ------------------------------------------------------------------------------------------------------------- */

static double
get (const RheoTable *table, const char *key)
{
  return rheo_column_get_number (rheo_table_find (table, key), 0);
}

char *
rheo_analyse_dup_score (const RheoTable *table)
{
  g_autofree char *before = rheo_run_dup_number (get (table, "r2-before"));
  g_autofree char *after = rheo_run_dup_number (get (table, "r2-after"));

  return g_strdup_printf (_ ("R² %s → %s"), before, after);
}

static char *
dup_change (const RheoTable *table, double seconds)
{
  const int n = (int) rheo_table_find (table, "trial-after")->dims[0];
  g_autofree char *change = rheo_run_dup_number (get (table, "change"));
  g_autofree char *lo = rheo_run_dup_number (get (table, "change-lo"));
  g_autofree char *hi = rheo_run_dup_number (get (table, "change-hi"));
  g_autofree char *time = g_strdup_printf ("%.1f", seconds);

  /* TRANSLATORS: number of trials, change of the squared error, its interval, seconds. */
  return g_strdup_printf (ngettext ("%d trial: squared error changed by %s (95 %%: %s to %s) · %s s",
                                    "%d trials: squared error changed by %s (95 %%: %s to %s) · %s s", (gulong) n),
                          n, change, lo, hi, time);
}

/* --- plots --------------------------------------------------------------------------------------------------------------- */

static RheoPlotSpec *
new_spread (RheoTable *table)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("violin", NULL));

  if (!rheo_plot_bind (spec, "values", table, "trial-before", _ ("before"), NULL)
      || !rheo_plot_bind (spec, "values", table, "trial-after", _ ("after"), NULL)
      || !rheo_plot_set (spec, "skip-zeros", "false", NULL) || !rheo_plot_set (spec, "transform", "none", NULL)
      || !rheo_plot_set (spec, "name", _ ("Squared error"), NULL) || !rheo_plot_check (spec, NULL))
    return NULL;
  spec->title = g_intern_string (_ ("Error of trials"));
  return g_steal_pointer (&spec);
}

static RheoPlotSpec *
new_trials (RheoTable *table)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find ("trials", NULL));

  if (!rheo_plot_bind (spec, "signals", table, "output", NULL, NULL)
      || !rheo_plot_bind (spec, "target", table, "target", NULL, NULL)
      || !rheo_plot_bind (spec, "trial", table, "trial", NULL, NULL) || !rheo_plot_set (spec, "trials", "3", NULL)
      || (rheo_table_find (table, "out") != NULL && !rheo_plot_bind (spec, "signal-names", table, "out", NULL, NULL))
      || !rheo_plot_check (spec, NULL))
    return NULL;
  spec->title = g_intern_string (_ ("Outputs after"));
  return g_steal_pointer (&spec);
}

static void
show_plot (RheoAnalyseEffect *effect, GtkWidget *card, RheoPlotSpec *spec, const char *name, const char *what)
{
  RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));

  gtk_widget_set_visible (card, spec != NULL);
  if (spec != NULL)
    {
      g_autofree char *stem = g_strdup_printf ("%s-%s", effect->stem, what);

      rheo_plot_view_set_name (view, name, stem, effect->folder);
      rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), spec);
    }
}

/* --- computing ----------------------------------------------------------------------------------------------------------- */

static void
leave (RheoAnalyseEffect *effect)
{
  if (effect->working != NULL)
    g_cancellable_cancel (effect->working);
  g_clear_object (&effect->working);
}

static void
update (RheoAnalyseEffect *effect)
{
  const gboolean working = effect->working != NULL, there = effect->table != NULL && !working;

  gtk_spinner_set_spinning (GTK_SPINNER (effect->spinner), working);
  gtk_widget_set_visible (effect->spinner, working);
  gtk_widget_set_visible (effect->score, there);
  gtk_widget_set_visible (effect->change, there);
  gtk_widget_set_visible (effect->keep, there);
}

static void
on_computed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoAnalyseEffect) effect = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoStudyAnswer) answer = rheo_study_compute_finish (RHEO_STUDY (object), result, &error);
  const double seconds = (double) (g_get_monotonic_time () - effect->begun) / G_USEC_PER_SEC;

  if (g_task_get_cancellable (G_TASK (result)) != effect->working)
    return;
  g_clear_object (&effect->working);
  if (answer != NULL)
    {
      g_autofree char *score = rheo_analyse_dup_score (answer->table);
      g_autofree char *change = dup_change (answer->table, seconds);

      effect->table = rheo_table_ref (answer->table);
      gtk_label_set_text (GTK_LABEL (effect->score), score);
      gtk_label_set_text (GTK_LABEL (effect->change), change);
      show_plot (effect, effect->spread, new_spread (effect->table), _ ("Error of trials"), "errors");
      show_plot (effect, effect->trials, new_trials (effect->table), _ ("Outputs after"), "outputs");
    }
  gtk_label_set_text (GTK_LABEL (effect->trouble), answer == NULL ? error->message : "");
  gtk_widget_set_visible (effect->trouble, answer == NULL);
  update (effect);
  g_signal_emit (effect, signals[DONE], 0);
}

static void *
new_config (const RheoAnalysis *analysis, const char *const *values)
{
  void *config = g_malloc0 (MAX (analysis->base.config_size, 1));

  rheo_params_reset (analysis->base.params, config);
  for (int i = 0; values[i] != NULL; i += 2)
    {
      g_autoptr (GError) error = NULL;
      void *at;
      const RheoParam *row =
          rheo_params_find (analysis->base.params, config, values[i], analysis->base.id, &at, &error);

      if (row == NULL || !rheo_param_set_text (row, at, values[i + 1], values[i], &error))
        g_critical ("%s", error->message);
    }
  return config;
}

void
rheo_analyse_effect_try (RheoAnalyseEffect *effect, const char *title, const char *const *values, int64_t at,
                         RheoTable *points, const RheoAnalyseOrigin *origin)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "causes", NULL);
  g_autofree void *config = new_config (analysis, values);
  g_autofree char *low = g_ascii_strdown (title, -1);

  rheo_analyse_effect_clear (effect);
  effect->config = rheo_study_dup_config (analysis, config);
  g_strcanon (low, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  effect->folder = rheo_run_dup_figures (origin->run_path);
  effect->stem = g_strdup_printf ("%s-%s", origin->run_name, low);
  gtk_label_set_text (GTK_LABEL (effect->title), title);
  gtk_widget_set_visible (GTK_WIDGET (effect), TRUE);
  effect->begun = g_get_monotonic_time ();
  effect->working = g_cancellable_new ();
  update (effect);
  rheo_study_compute_async (effect->study, analysis, config, at, points, 0, effect->working, NULL, on_computed,
                            g_object_ref (effect));
}

void
rheo_analyse_effect_clear (RheoAnalyseEffect *effect)
{
  const gboolean was = effect->table != NULL;

  leave (effect);
  g_clear_pointer (&effect->table, rheo_table_unref);
  g_clear_pointer (&effect->config, g_free);
  g_clear_pointer (&effect->folder, g_free);
  g_clear_pointer (&effect->stem, g_free);
  gtk_widget_set_visible (GTK_WIDGET (effect), FALSE);
  gtk_widget_set_visible (effect->trouble, FALSE);
  gtk_widget_set_visible (effect->spread, FALSE);
  gtk_widget_set_visible (effect->trials, FALSE);
  if (was)
    g_signal_emit (effect, signals[DONE], 0);
}

gboolean
rheo_analyse_effect_is_working (RheoAnalyseEffect *effect)
{
  return effect->working != NULL;
}

RheoTable *
rheo_analyse_effect_get_table (RheoAnalyseEffect *effect)
{
  return effect->table;
}

/* --- the widget ---------------------------------------------------------------------------------------------------------- */

static void
on_keep (RheoAnalyseEffect *effect)
{
  g_autofree char *config = g_strdup (effect->config);

  g_signal_emit (effect, signals[KEEP], 0, config);
}

static void
dispose (GObject *object)
{
  RheoAnalyseEffect *effect = RHEO_ANALYSE_EFFECT (object);

  leave (effect);
  g_clear_pointer (&effect->table, rheo_table_unref);
  g_clear_pointer (&effect->box, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_analyse_effect_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAnalyseEffect *effect = RHEO_ANALYSE_EFFECT (object);

  g_free (effect->config);
  g_free (effect->folder);
  g_free (effect->stem);
  G_OBJECT_CLASS (rheo_analyse_effect_parent_class)->finalize (object);
}

static void
rheo_analyse_effect_class_init (RheoAnalyseEffectClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[DONE] =
      g_signal_new ("done", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[KEEP] = g_signal_new ("keep", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
}

static GtkWidget *
add_label (RheoAnalyseEffect *effect, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (effect->box), label);
  return label;
}

static GtkWidget *
add_plot (RheoAnalyseEffect *effect)
{
  GtkWidget *card = rheo_plot_card_new (NULL);

  gtk_widget_set_size_request (card, -1, PLOT_HEIGHT);
  gtk_widget_set_visible (card, FALSE);
  rheo_plot_toasts_follow (rheo_plot_card_get_view (RHEO_PLOT_CARD (card)));
  gtk_box_append (GTK_BOX (effect->box), card);
  return card;
}

static void
rheo_analyse_effect_init (RheoAnalyseEffect *effect)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  effect->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  effect->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (effect->title), 0);
  gtk_label_set_wrap (GTK_LABEL (effect->title), TRUE);
  gtk_widget_add_css_class (effect->title, "heading");
  effect->spinner = gtk_spinner_new ();
  gtk_box_append (GTK_BOX (head), effect->title);
  gtk_box_append (GTK_BOX (head), effect->spinner);
  gtk_box_append (GTK_BOX (effect->box), head);
  effect->score = add_label (effect, "title-4");
  gtk_widget_add_css_class (effect->score, "tabular");
  effect->change = add_label (effect, "caption");
  gtk_widget_add_css_class (effect->change, "tabular");
  effect->trouble = add_label (effect, "dim-label");
  effect->spread = add_plot (effect);
  effect->trials = add_plot (effect);
  effect->keep = gtk_button_new_with_label (_ ("Keep as a result"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (effect->keep), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Keep as a result"),
                                  -1);
  gtk_widget_set_tooltip_text (effect->keep, _ ("Compute it once more and store it in the run, with all its numbers"));
  gtk_widget_set_halign (effect->keep, GTK_ALIGN_START);
  g_signal_connect_swapped (effect->keep, "clicked", G_CALLBACK (on_keep), effect);
  gtk_box_append (GTK_BOX (effect->box), effect->keep);
  gtk_widget_set_parent (effect->box, GTK_WIDGET (effect));
  gtk_widget_set_visible (GTK_WIDGET (effect), FALSE);
  gtk_widget_set_visible (effect->trouble, FALSE);
}

GtkWidget *
rheo_analyse_effect_new (RheoStudy *study)
{
  RheoAnalyseEffect *effect = g_object_new (RHEO_TYPE_ANALYSE_EFFECT, NULL);

  effect->study = study;
  return GTK_WIDGET (effect);
}
