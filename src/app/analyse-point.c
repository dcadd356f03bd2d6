#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-point.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app/analyse-effect.h"
#include "app/plot-toasts.h"
#include "app/result-sheets.h"
#include "app/run-text.h"
#include "widgets/common.h"
#include "widgets/plot-card.h"
#include "widgets/value-bars.h"

#define WIDTH 326
#define MOST_MODES 6
#define MOST_BARS 48
#define FRAMES 5
#define STRENGTH 0.5 /* of a push, until another is chosen */

struct _RheoAnalysePoint
{
  GtkWidget parent_instance;
  RheoStudy *study;
  GtkWidget *stack, *title, *subtitle, *facts, *spectrum, *modes, *modes_card, *trouble;
  GtkWidget *box, *scroll, *acts, *push, *strength, *effect;
  GCancellable *working;
  RheoTable *table;   /* of the result */
  RheoTable *vectors; /* of the point: its modes; or NULL */
  char *run_path, *run_name;
  int scrolling; /* frames left */
  int64_t point, iteration;
  gboolean newest; /* the newest network is asked, not that of the iteration */
};

G_DEFINE_FINAL_TYPE (RheoAnalysePoint, rheo_analyse_point, GTK_TYPE_WIDGET)

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

/* --- facts --------------------------------------------------------------------------------------------------------- */

static void
add_fact (RheoAnalysePoint *pane, int row, const char *name, const char *value)
{
  GtkWidget *left = new_label (name, "dim-label"), *right = new_label (value, "tabular");

  gtk_label_set_wrap_mode (GTK_LABEL (left), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (left, TRUE);
  rheo_label_hold_numbers (GTK_LABEL (right));
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_grid_attach (GTK_GRID (pane->facts), left, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (pane->facts), right, 1, row, 1, 1);
}

/* What its row of the table says. */
static void
show_facts (RheoAnalysePoint *pane, RheoTable *table, const RheoAnalysis *analysis)
{
  g_autoptr (GPtrArray) sheets = rheo_result_dup_sheets (table, analysis);
  GtkWidget *child;
  int row = 0;

  while ((child = gtk_widget_get_first_child (pane->facts)) != NULL)
    gtk_grid_remove (GTK_GRID (pane->facts), child);
  gtk_label_set_text (GTK_LABEL (pane->subtitle), "");
  for (guint i = 0; i < sheets->len; i++)
    {
      const RheoResultSheet *sheet = sheets->pdata[i];

      if (!g_str_equal (sheet->axis, "point") || pane->point >= sheet->n_rows)
        continue;
      for (guint k = 1; k < sheet->fields->len; k++)
        {
          const RheoResultField *field = sheet->fields->pdata[k];
          g_autofree char *value = rheo_result_field_dup_text (field, pane->point);

          /* Where it lies is seen in the figure. */
          if (g_str_equal (field->column->key, "place"))
            continue;
          if (field->words != NULL && *gtk_label_get_text (GTK_LABEL (pane->subtitle)) == '\0')
            gtk_label_set_text (GTK_LABEL (pane->subtitle), value);
          else
            add_fact (pane, row++, field->title, value);
        }
    }
}

/* --- eigenvalues ----------------------------------------------------------------------------------------------------- */

static void
show_spectrum (RheoAnalysePoint *pane, RheoTable *table, const RheoAnalyseOrigin *origin)
{
  const RheoPlotKind *kind = rheo_plot_kind_find ("spectrum", NULL);
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (kind);
  g_autofree char *number = g_strdup_printf ("%d", (int) pane->point + 1), *stem = NULL, *subtitle = NULL;
  g_autofree char *folder = rheo_run_dup_figures (origin->run_path), *title = NULL;
  const gboolean there = rheo_plot_bind (spec, "re", table, "eigenvalue-re", NULL, NULL)
                         && rheo_plot_bind (spec, "im", table, "eigenvalue-im", NULL, NULL)
                         && rheo_plot_set (spec, "point", number, NULL) && rheo_plot_check (spec, NULL);

  gtk_widget_set_visible (pane->spectrum, there);
  if (!there)
    return;
  title = g_strdup_printf (_ ("Spectrum of point %s"), number);
  stem = g_strdup_printf ("%s-point-%s-spectrum", origin->run_name, number);
  subtitle = g_strdup_printf (_ ("Jacobian, %d values"), (int) rheo_table_find (table, "eigenvalue-re")->dims[1]);
  spec->title = g_intern_string (_ ("Spectrum"));
  spec->subtitle = g_intern_string (subtitle);
  rheo_plot_view_set_name (rheo_plot_card_get_view (RHEO_PLOT_CARD (pane->spectrum)), title, stem, folder);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (pane->spectrum), g_steal_pointer (&spec));
}

char *
rheo_analyse_dup_mode (double re, double im, double tau)
{
  g_autofree char *time = rheo_run_dup_number (fabs (tau / re)), *turn = NULL;
  g_autofree char *first = re == 0  ? g_strdup (_ ("neither grows nor decays"))
                           : re > 0 ? g_strdup_printf (_ ("grows by e in %s ms"), time)
                                    : g_strdup_printf (_ ("decays in %s ms"), time);

  if (im == 0)
    return g_steal_pointer (&first);
  turn = rheo_run_dup_number (fabs (2 * G_PI * tau / im));
  return g_strdup_printf (_ ("%s, turns in %s ms"), first, turn);
}

static char *
dup_eigenvalue (double re, double im)
{
  g_autofree char *a = rheo_run_dup_number (re), *b = rheo_run_dup_number (fabs (im));

  return im == 0 ? g_strdup_printf ("λ = %s", a) : g_strdup_printf ("λ = %s %s %s i", a, im < 0 ? "−" : "+", b);
}

/* Real parts of a vector; of many units the strongest in each stretch. */
static char *
dup_loadings (const RheoColumn *vectors, int64_t mode)
{
  const int64_t n = vectors->dims[1], bars = MIN (n, MOST_BARS);
  GString *text = g_string_new (NULL);

  for (int64_t b = 0; b < bars; b++)
    {
      double most = 0;
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      for (int64_t i = b * n / bars; i < (b + 1) * n / bars; i++)
        {
          const double v = rheo_column_get_number (vectors, (mode * n + i) * 2);

          most = fabs (v) > fabs (most) ? v : most;
        }
      g_string_append_printf (text, "%s%s", b > 0 ? " " : "", g_ascii_formatd (number, sizeof number, "%.2g", most));
    }
  return g_string_free (text, FALSE);
}

static void
add_mode (RheoAnalysePoint *pane, const RheoTable *modes, int64_t k)
{
  const double re = rheo_column_get_number (rheo_table_find (modes, "eigenvalue-re"), k);
  const double im = rheo_column_get_number (rheo_table_find (modes, "eigenvalue-im"), k);
  const double tau = -re * rheo_column_get_number (rheo_table_find (modes, "time-constant"), k);
  g_autofree char *value = dup_eigenvalue (re, im), *words = rheo_analyse_dup_mode (re, im, tau);
  g_autofree char *loadings = dup_loadings (rheo_table_find (modes, "right-rate"), k);
  g_autofree char *number = g_strdup_printf ("%d", (int) k + 1);
  g_autofree char *name = g_strdup_printf (_ ("Mode %s: %s, %s"), number, value, words);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *below = new_label (words, "caption");
  GtkWidget *bars = rheo_value_bars_new ();

  rheo_value_bars_set_text (RHEO_VALUE_BARS (bars), loadings);
  gtk_widget_set_tooltip_text (bars, _ ("Where the mode moves the rates, unit by unit"));
  gtk_widget_add_css_class (below, "dim-label");
  gtk_box_append (GTK_BOX (text), new_label (value, "tabular"));
  gtk_box_append (GTK_BOX (text), below);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), new_label (number, "dim-label"));
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), bars);
  gtk_widget_add_css_class (box, "analyse-mode");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data (G_OBJECT (row), "mode", GINT_TO_POINTER ((int) k));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_append (GTK_LIST_BOX (pane->modes), row);
}

static void
clear_modes (RheoAnalysePoint *pane)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (pane->modes), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (pane->modes), GTK_WIDGET (row));
}

static void find_modes (RheoAnalysePoint *pane);

/* A finished run may hold two networks of its last iteration, the last and the best: a point belongs to the one in which it
 * is as slow as the result says. */
static gboolean
is_other_network (RheoAnalysePoint *pane, const RheoTable *modes)
{
  const RheoColumn *stored = rheo_table_find (pane->table, "q"), *q = rheo_table_find (modes, "q");
  const double was = stored != NULL && stored->n_dims == 1 ? rheo_column_get_number (stored, pane->point) : NAN;

  return rheo_column_get_number (q, 0) > 10 * was + 1e-9;
}

static void
on_modes (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoAnalysePoint) pane = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoStudyAnswer) answer = rheo_study_compute_finish (RHEO_STUDY (object), result, &error);
  int64_t n;

  if (g_task_get_cancellable (G_TASK (result)) != pane->working)
    return;
  g_clear_object (&pane->working);
  if (pane->newest && (answer == NULL || is_other_network (pane, answer->table)))
    {
      pane->newest = FALSE;
      find_modes (pane);
      return;
    }
  clear_modes (pane);
  gtk_label_set_text (GTK_LABEL (pane->trouble), answer == NULL ? error->message : "");
  gtk_widget_set_visible (pane->trouble, answer == NULL);
  gtk_widget_set_visible (pane->modes_card, answer != NULL);
  n = answer != NULL ? rheo_table_find (answer->table, "eigenvalue-re")->dims[0] : 0;
  gtk_widget_set_visible (pane->acts, answer != NULL);
  g_clear_pointer (&pane->vectors, rheo_table_unref);
  pane->vectors = answer != NULL ? rheo_table_ref (answer->table) : NULL;
  for (int64_t k = 0; k < MIN (n, MOST_MODES); k++)
    {
      /* Of a pair that turns one way and the other the first stands for both. */
      if (k > 0 && rheo_column_get_number (rheo_table_find (answer->table, "eigenvalue-im"), k) < 0)
        continue;
      add_mode (pane, answer->table, k);
    }
  gtk_list_box_select_row (GTK_LIST_BOX (pane->modes), gtk_list_box_get_row_at_index (GTK_LIST_BOX (pane->modes), 0));
}

/* With its vectors, which the result does not hold. */
static void
find_modes (RheoAnalysePoint *pane)
{
  const RheoAnalysis *analysis = (const RheoAnalysis *) rheo_component_find (RHEO_KIND_ANALYSIS, "point", NULL);
  g_autofree void *config = g_malloc0 (MAX (analysis->base.config_size, 1));
  g_autofree char *number = g_strdup_printf ("%d", (int) pane->point + 1);
  static const char *const keys[] = { "from", "point" };
  const char *const values[] = { "result", number };

  rheo_params_reset (analysis->base.params, config);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      void *at;
      const RheoParam *row = rheo_params_find (analysis->base.params, config, keys[i], "point", &at, NULL);

      rheo_param_set_text (row, at, values[i], keys[i], NULL);
    }
  pane->working = g_cancellable_new ();
  rheo_study_compute_async (pane->study, analysis, config, pane->newest ? -1 : pane->iteration, pane->table, 0,
                            pane->working, NULL, on_modes, g_object_ref (pane));
}

/* --- what can be done there ------------------------------------------------------------------------------------------ */

static int
get_mode (RheoAnalysePoint *pane)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (pane->modes));

  return row != NULL ? GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "mode")) : 0;
}

static void
on_mode (RheoAnalysePoint *pane)
{
  g_autofree char *text = g_strdup_printf (_ ("Push along mode %d"), get_mode (pane) + 1);

  gtk_button_set_label (GTK_BUTTON (pane->push), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->push), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* n numbers of a column from `first` on, each `step` behind the one before. */
static char *
dup_numbers (const RheoColumn *column, int64_t first, int64_t step, int64_t n)
{
  GString *text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (int64_t i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            g_ascii_dtostr (number, sizeof number, rheo_column_get_number (column, first + i * step)));
  return g_string_free (text, FALSE);
}

static double
get_value (RheoAnalysePoint *pane, const char *path, double otherwise)
{
  const RheoExperiment *experiment = rheo_study_get_experiment (pane->study);
  g_autofree char *text = experiment != NULL ? rheo_experiment_dup_value (experiment, path, NULL) : NULL;

  return text != NULL ? g_ascii_strtod (text, NULL) : otherwise;
}

static void
try (RheoAnalysePoint *pane, const char *title, const char *const *values)
{
  const RheoAnalyseOrigin origin = { .run_path = pane->run_path, .run_name = pane->run_name };

  rheo_analyse_effect_try (RHEO_ANALYSE_EFFECT (pane->effect), title, values, pane->newest ? -1 : pane->iteration,
                           pane->table, &origin);
}

static char *
dup_state (RheoAnalysePoint *pane)
{
  const RheoColumn *state = rheo_table_find (pane->table, "state");

  return dup_numbers (state, pane->point * state->dims[1], 1, state->dims[1]);
}

static void
on_start (RheoAnalysePoint *pane)
{
  g_autofree char *state = dup_state (pane);
  g_autofree char *title = g_strdup_printf (_ ("Trials from point %d"), (int) pane->point + 1);

  try (pane, title, (const char *const[]){ "action", "nothing", "start", state, NULL });
}

/* For one time constant. A current along the mode of the currents moves the state along the mode, whichever of the two
 * descriptions the network has. */
static void
on_push (RheoAnalysePoint *pane)
{
  const RheoColumn *vectors = rheo_table_find (pane->vectors, "right-current");
  const int64_t n = vectors->dims[1];
  const double dt = get_value (pane, "model.dt", 1), tau = get_value (pane, "model.tau", dt);
  g_autofree char *state = dup_state (pane), *along = dup_numbers (vectors, get_mode (pane) * n * 2, 2, n);
  g_autofree char *title =
      g_strdup_printf (_ ("Point %d, pushed along mode %d"), (int) pane->point + 1, get_mode (pane) + 1);
  g_autofree char *end = g_strdup_printf ("%d", MAX ((int) ceil (tau / dt), 1));
  char value[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_dtostr (value, sizeof value, gtk_spin_button_get_value (GTK_SPIN_BUTTON (pane->strength)));
  try (pane, title,
       (const char *const[]){ "action", "push", "along", along, "value", value, "to-step", end, "start", state, NULL });
}

/* What was tried comes into view, with the buttons above it: on the next frame, when it has its size. */
static gboolean
scroll_to_acts (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  RheoAnalysePoint *pane = RHEO_ANALYSE_POINT (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (pane->scroll));
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (pane->acts, pane->box, &bounds))
    gtk_adjustment_set_value (adjustment, bounds.origin.y);
  /* What is new gets its height in the frames to come. */
  return --pane->scrolling > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
on_effect (RheoAnalysePoint *pane)
{
  if (rheo_analyse_effect_get_table (RHEO_ANALYSE_EFFECT (pane->effect)) != NULL)
    {
      if (pane->scrolling <= 0)
        gtk_widget_add_tick_callback (GTK_WIDGET (pane), scroll_to_acts, NULL, NULL);
      pane->scrolling = FRAMES;
    }
}

GtkWidget *
rheo_analyse_point_get_effect (RheoAnalysePoint *pane)
{
  return pane->effect;
}

/* --- the pane ---------------------------------------------------------------------------------------------------------- */

void
rheo_analyse_point_show (RheoAnalysePoint *pane, RheoTable *table, const RheoAnalyseOrigin *origin, int64_t point)
{
  g_autofree char *title = NULL;

  if (pane->working != NULL)
    g_cancellable_cancel (pane->working);
  g_clear_object (&pane->working);
  pane->point = point;
  g_clear_pointer (&pane->vectors, rheo_table_unref);
  rheo_analyse_effect_clear (RHEO_ANALYSE_EFFECT (pane->effect));
  gtk_widget_set_visible (pane->acts, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (pane->stack), point >= 0 ? "point" : "none");
  if (point < 0)
    return;
  title = g_strdup_printf (_ ("Point %d"), (int) point + 1);
  gtk_label_set_text (GTK_LABEL (pane->title), title);
  show_facts (pane, table, origin->analysis);
  show_spectrum (pane, table, origin);
  gtk_widget_set_visible (pane->trouble, FALSE);
  g_clear_pointer (&pane->table, rheo_table_unref);
  pane->table = rheo_table_ref (table);
  g_free (pane->run_path);
  g_free (pane->run_name);
  pane->run_path = g_strdup (origin->run_path);
  pane->run_name = g_strdup (origin->run_name);
  pane->iteration = origin->iteration;
  pane->newest = !rheo_study_is_live (pane->study);
  find_modes (pane);
}

static void
dispose (GObject *object)
{
  RheoAnalysePoint *pane = RHEO_ANALYSE_POINT (object);

  if (pane->working != NULL)
    g_cancellable_cancel (pane->working);
  g_clear_object (&pane->working);
  g_clear_pointer (&pane->table, rheo_table_unref);
  g_clear_pointer (&pane->vectors, rheo_table_unref);
  g_clear_pointer (&pane->run_path, g_free);
  g_clear_pointer (&pane->run_name, g_free);
  g_clear_pointer (&pane->stack, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_analyse_point_parent_class)->dispose (object);
}

static void
rheo_analyse_point_class_init (RheoAnalysePointClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_modes (RheoAnalysePoint *pane)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *aside = new_label (_ ("loading on units"), "caption");

  pane->modes_card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (pane->modes_card, "card");
  gtk_widget_set_overflow (pane->modes_card, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (aside, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (aside), FALSE);
  gtk_box_append (GTK_BOX (head), new_label (_ ("Modes"), "heading"));
  gtk_box_append (GTK_BOX (head), aside);
  gtk_widget_add_css_class (head, "card-header");
  gtk_box_append (GTK_BOX (pane->modes_card), head);
  pane->modes = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (pane->modes), GTK_SELECTION_BROWSE);
  g_signal_connect_swapped (pane->modes, "selected-rows-changed", G_CALLBACK (on_mode), pane);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->modes), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Modes"), -1);
  gtk_widget_add_css_class (pane->modes, "analyse-modes");
  gtk_box_append (GTK_BOX (pane->modes_card), pane->modes);
  gtk_widget_set_visible (pane->modes_card, FALSE);
  return pane->modes_card;
}

static GtkWidget *
make_acts (RheoAnalysePoint *pane)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *start = gtk_button_new_with_label (_ ("Start trials here"));

  pane->acts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_tooltip_text (start, _ ("Trials of the task, begun in this state, on a copy of the network"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (start), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Start trials here"), -1);
  g_signal_connect_swapped (start, "clicked", G_CALLBACK (on_start), pane);
  pane->push = gtk_button_new ();
  gtk_widget_set_tooltip_text (pane->push, _ ("The same, with a current along the chosen mode for one time constant"));
  g_signal_connect_swapped (pane->push, "clicked", G_CALLBACK (on_push), pane);
  gtk_box_append (GTK_BOX (row), start);
  gtk_box_append (GTK_BOX (row), pane->push);
  pane->strength = gtk_spin_button_new_with_range (-100, 100, 0.1);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (pane->strength), 2);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (pane->strength), STRENGTH);
  gtk_widget_set_tooltip_text (pane->strength, _ ("Length of the current; below zero it goes the other way"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->strength), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Strength of the push"), -1);
  gtk_box_append (GTK_BOX (below), new_label (_ ("Strength of the push"), "dim-label"));
  gtk_box_append (GTK_BOX (below), pane->strength);
  gtk_box_append (GTK_BOX (pane->acts), row);
  gtk_box_append (GTK_BOX (pane->acts), below);
  return pane->acts;
}

static void
rheo_analyse_point_init (RheoAnalysePoint *pane)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *scroll = gtk_scrolled_window_new ();
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *none = new_label (NULL, "dim-label");

  pane->point = -1;
  pane->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (pane->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (pane->stack), FALSE);
  gtk_label_set_text (GTK_LABEL (none), _ ("Click a point, or a row of the table, for its eigenvalues and modes."));
  gtk_label_set_justify (GTK_LABEL (none), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (none), 0.5);
  gtk_widget_set_valign (none, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (none, 24);
  gtk_widget_set_margin_end (none, 24);
  pane->title = new_label (NULL, "heading");
  pane->subtitle = new_label (NULL, "caption");
  gtk_widget_add_css_class (pane->subtitle, "dim-label");
  gtk_box_append (GTK_BOX (head), pane->title);
  gtk_box_append (GTK_BOX (head), pane->subtitle);
  pane->facts = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (pane->facts), 12);
  gtk_widget_add_css_class (pane->facts, "analyse-facts");
  pane->spectrum = rheo_plot_card_new (NULL);
  gtk_widget_set_size_request (pane->spectrum, -1, 250);
  rheo_plot_toasts_follow (rheo_plot_card_get_view (RHEO_PLOT_CARD (pane->spectrum)));
  pane->trouble = new_label (NULL, "dim-label");
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), pane->spectrum);
  gtk_box_append (GTK_BOX (box), make_modes (pane));
  gtk_box_append (GTK_BOX (box), pane->trouble);
  gtk_box_append (GTK_BOX (box), make_acts (pane));
  pane->box = box;
  pane->scroll = scroll;
  gtk_widget_add_css_class (box, "analyse-point");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), box);
  gtk_stack_add_named (GTK_STACK (pane->stack), none, "none");
  gtk_stack_add_named (GTK_STACK (pane->stack), scroll, "point");
  gtk_widget_set_size_request (GTK_WIDGET (pane), WIDTH, -1);
  gtk_widget_set_parent (pane->stack, GTK_WIDGET (pane));
}

GtkWidget *
rheo_analyse_point_new (RheoStudy *study)
{
  RheoAnalysePoint *pane = g_object_new (RHEO_TYPE_ANALYSE_POINT, NULL);

  pane->study = study;
  pane->effect = rheo_analyse_effect_new (study);
  g_signal_connect_swapped (pane->effect, "done", G_CALLBACK (on_effect), pane);
  gtk_box_append (GTK_BOX (pane->box), pane->effect);
  gtk_box_append (GTK_BOX (pane->box), pane->facts);
  return GTK_WIDGET (pane);
}
