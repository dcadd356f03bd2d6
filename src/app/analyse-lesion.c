#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-lesion.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "app/analyse-effect.h"
#include "app/plot-toasts.h"
#include "app/run-text.h"
#include "widgets/plot-card.h"
#include "widgets/tooltip.h"

#define WIDTH 326
#define MOST_UNITS 1024

typedef enum
{
  DO_SILENCE,
  DO_CLAMP,
  DO_NOISE,
} Deed;

struct _RheoAnalyseLesion
{
  GtkWidget parent_instance;
  RheoStudy *study;
  GtkWidget *scroll, *units, *count, *deed, *strength, *try, *effect;
  GtkWidget *figures, *cards, *trouble; /* figures: a stack, ours */
  GPtrArray *views;                     /* RheoPlotView, borrowed */
  GCancellable *reading;
  char *path; /* of what the figures show */
  int64_t at; /* as asked for */
  int n_units;
  gboolean chosen[MOST_UNITS];
};

G_DEFINE_FINAL_TYPE (RheoAnalyseLesion, rheo_analyse_lesion, GTK_TYPE_WIDGET)

/* --- units --------------------------------------------------------------------------------------------------------------- */

char *
rheo_analyse_dup_units (const gboolean *chosen, int n)
{
  GString *text = g_string_new (NULL);

  for (int i = 0, end; i < n; i = end + 1)
    {
      end = i;
      if (!chosen[i])
        continue;
      while (end + 1 < n && chosen[end + 1])
        end++;
      g_string_append_printf (text, end > i ? "%s%d-%d" : "%s%d", text->len > 0 ? " " : "", i, end);
    }
  return g_string_free (text, FALSE);
}

gboolean
rheo_analyse_read_units (const char *text, gboolean *chosen, int n)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ,", -1);
  gboolean all = TRUE;

  memset (chosen, 0, sizeof *chosen * (gsize) n);
  for (int i = 0; words[i] != NULL; i++)
    {
      char *end;
      const gint64 first = g_ascii_strtoll (words[i], &end, 10);
      gint64 last = first;

      if (words[i][0] == '\0')
        continue;
      if (end != words[i] && *end == '-')
        last = g_ascii_strtoll (end + 1, &end, 10);
      if (end == words[i] || *end != '\0' || first < 0 || last < first || last >= n)
        {
          all = FALSE;
          continue;
        }
      for (gint64 k = first; k <= last; k++)
        chosen[k] = TRUE;
    }
  return all;
}

static int
count (RheoAnalyseLesion *lesion)
{
  int n = 0;

  for (int i = 0; i < lesion->n_units; i++)
    n += lesion->chosen[i];
  return n;
}

static Deed
get_deed (RheoAnalyseLesion *lesion)
{
  return (Deed) gtk_drop_down_get_selected (GTK_DROP_DOWN (lesion->deed));
}

static void
update (RheoAnalyseLesion *lesion)
{
  const int n = count (lesion);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (lesion->units));
  const gboolean plain = *text != '\0' && n > 0;
  g_autofree char *words = g_strdup_printf (_ ("%d of %d units"), n, lesion->n_units);

  gtk_label_set_text (GTK_LABEL (lesion->count), plain ? words : "");
  gtk_widget_set_visible (lesion->count, plain);
  for (guint i = 0; i < lesion->views->len; i++)
    rheo_plot_view_set_units (lesion->views->pdata[i], lesion->chosen, lesion->n_units);
  gtk_widget_set_sensitive (lesion->try, *text != '\0');
  rheo_tooltip_set (lesion->try, *text != '\0' ? _ ("200 trials before and after, on a copy of the network")
                                               : _ ("Choose units first"));
  gtk_widget_set_sensitive (lesion->strength, get_deed (lesion) != DO_SILENCE);
  rheo_tooltip_set (lesion->strength, get_deed (lesion) == DO_SILENCE ? _ ("Silenced units give nothing at all")
                                      : get_deed (lesion) == DO_CLAMP
                                          ? _ ("Rate at which the units are held")
                                          : _ ("Standard deviation of the noise at each step"));
}

/* --- trying ------------------------------------------------------------------------------------------------------------- */

static void
try_it (RheoAnalyseLesion *lesion)
{
  static const char *const actions[] = { "silence", "clamp", "noise" };
  const char *units = gtk_editable_get_text (GTK_EDITABLE (lesion->units));
  const Deed deed = get_deed (lesion);
  const RheoAnalyseOrigin origin = { .run_path = lesion->path, .run_name = rheo_study_get_name (lesion->study) };
  g_autofree char *title = g_strdup_printf (deed == DO_SILENCE ? _ ("Units %s silenced")
                                            : deed == DO_CLAMP ? _ ("Units %s held")
                                                               : _ ("Units %s made noisy"),
                                            units);
  char value[G_ASCII_DTOSTR_BUF_SIZE];

  if (*units == '\0' || lesion->path == NULL)
    return;
  g_ascii_dtostr (value, sizeof value, gtk_spin_button_get_value (GTK_SPIN_BUTTON (lesion->strength)));
  rheo_analyse_effect_try (RHEO_ANALYSE_EFFECT (lesion->effect), title,
                           deed == DO_SILENCE
                               ? (const char *const[]){ "action", actions[deed], "units", units, NULL }
                               : (const char *const[]){ "action", actions[deed], "units", units, "value", value, NULL },
                           lesion->at, NULL, &origin);
}

static void
on_text (RheoAnalyseLesion *lesion)
{
  rheo_analyse_read_units (gtk_editable_get_text (GTK_EDITABLE (lesion->units)), lesion->chosen, lesion->n_units);
  update (lesion);
}

/* What was done before is of no use for another choice, and the new one is tried at once. */
static void
on_deed (RheoAnalyseLesion *lesion)
{
  update (lesion);
  if (rheo_analyse_effect_get_table (RHEO_ANALYSE_EFFECT (lesion->effect)) != NULL)
    try_it (lesion);
}

static void
on_drag (RheoPlotView *view, int first, int last, gboolean more, RheoAnalyseLesion *lesion)
{
  g_autofree char *text = NULL;

  if (!more)
    memset (lesion->chosen, 0, sizeof lesion->chosen);
  for (int i = MAX (first, 0); i <= MIN (last, lesion->n_units - 1); i++)
    lesion->chosen[i] = TRUE;
  text = rheo_analyse_dup_units (lesion->chosen, lesion->n_units);
  gtk_editable_set_text (GTK_EDITABLE (lesion->units), text);
  try_it (lesion);
}

/* --- figures ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path;
  int64_t at;
} Which;

static void
free_which (gpointer data)
{
  g_free (((Which *) data)->path);
  g_free (data);
}

/* The network as its snapshot or checkpoint has it; recorded trials come along with a snapshot. */
static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Which *which = data;
  GError *error = NULL;
  g_autoptr (RheoRun) run = rheo_run_open (which->path, &error);
  g_autoptr (RheoStoredRecord) stored = NULL;
  const RheoRecord *record;

  if (run != NULL)
    stored = rheo_stored_record_new (run, which->at, RHEO_WANTS_WEIGHTS | RHEO_WANTS_PROBE, NULL);
  if (run != NULL && stored == NULL)
    stored = rheo_stored_record_new (run, which->at, RHEO_WANTS_WEIGHTS, &error);
  if (stored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  record = rheo_stored_record_get (stored);
  g_task_return_pointer (task, rheo_table_ref ((RheoTable *) (record->probe != NULL ? record->probe : record->weights)),
                         (GDestroyNotify) rheo_table_unref);
}

/* Of the units that things can be done to: the first population, which "rec" leads back to. */
static const RheoColumn *
find_matrix (const RheoTable *table)
{
  const RheoColumn *column = rheo_table_find (table, "rec.weight");

  return column != NULL && column->n_dims == 2 && column->dims[0] == column->dims[1] ? column : NULL;
}

static RheoPlotSpec *
new_spec (const char *kind, const char *role, RheoTable *table, const char *key, const char *title)
{
  g_autoptr (RheoPlotSpec) spec = rheo_plot_spec_new (rheo_plot_kind_find (kind, NULL));

  if (rheo_table_find (table, key) == NULL || !rheo_plot_bind (spec, role, table, key, NULL, NULL)
      || !rheo_plot_check (spec, NULL))
    return NULL;
  spec->title = g_intern_string (title);
  return g_steal_pointer (&spec);
}

static gboolean
add_figure (RheoAnalyseLesion *lesion, RheoPlotSpec *spec, const char *what)
{
  g_autofree char *folder = rheo_run_dup_figures (lesion->path), *stem = NULL;
  GtkWidget *card;
  RheoPlotView *view;

  if (spec == NULL)
    return FALSE;
  card = rheo_plot_card_new (NULL);
  view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));
  stem = g_strdup_printf ("%s-%s", rheo_study_get_name (lesion->study), what);
  rheo_plot_view_set_name (view, spec->title, stem, folder);
  rheo_plot_toasts_follow (view);
  rheo_plot_view_set_chooses (view, TRUE);
  g_signal_connect (view, "units", G_CALLBACK (on_drag), lesion);
  g_ptr_array_add (lesion->views, view);
  rheo_plot_card_take_spec (RHEO_PLOT_CARD (card), spec);
  gtk_widget_set_vexpand (card, TRUE);
  gtk_widget_set_hexpand (card, TRUE);
  gtk_box_append (GTK_BOX (lesion->cards), card);
  return TRUE;
}

static void
show_figures (RheoAnalyseLesion *lesion, RheoTable *table)
{
  const RheoColumn *matrix = find_matrix (table);
  GtkWidget *child;
  int n = 0;

  g_ptr_array_set_size (lesion->views, 0);
  while ((child = gtk_widget_get_first_child (lesion->cards)) != NULL)
    gtk_box_remove (GTK_BOX (lesion->cards), child);
  lesion->n_units = matrix != NULL ? (int) MIN (matrix->dims[0], MOST_UNITS) : 0;
  if (lesion->n_units > 0)
    n += add_figure (lesion, new_spec ("heat-map", "matrix", table, matrix->key, _ ("Recurrent weights")), "weights");
  if (lesion->n_units > 0)
    n += add_figure (lesion, new_spec ("raster", "spikes", table, "hidden.spikes", _ ("Spikes")), "spikes")
         || add_figure (lesion, new_spec ("heat-map", "matrix", table, "hidden.value", _ ("Rates in one trial")),
                        "rates");
  gtk_label_set_text (GTK_LABEL (lesion->trouble), n == 0 ? _ ("There are no figures to choose units in.") : "");
  gtk_stack_set_visible_child (GTK_STACK (lesion->figures), n > 0 ? lesion->cards : lesion->trouble);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoAnalyseLesion *lesion = RHEO_ANALYSE_LESION (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoTable) table = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != lesion->reading)
    return;
  g_clear_object (&lesion->reading);
  if (table != NULL)
    show_figures (lesion, table);
  else
    {
      g_clear_pointer (&lesion->path, g_free);
      gtk_label_set_text (GTK_LABEL (lesion->trouble), error->message);
      gtk_stack_set_visible_child (GTK_STACK (lesion->figures), lesion->trouble);
    }
  on_text (lesion);
}

static void
leave (RheoAnalyseLesion *lesion)
{
  if (lesion->reading != NULL)
    g_cancellable_cancel (lesion->reading);
  g_clear_object (&lesion->reading);
}

void
rheo_analyse_lesion_show (RheoAnalyseLesion *lesion, int64_t at)
{
  const char *path = rheo_study_get_path (lesion->study);
  g_autoptr (GTask) task = NULL;
  Which *which;

  if (path == NULL || (g_strcmp0 (path, lesion->path) == 0 && at == lesion->at))
    return;
  leave (lesion);
  if (g_strcmp0 (path, lesion->path) != 0)
    gtk_editable_set_text (GTK_EDITABLE (lesion->units), "");
  rheo_analyse_effect_clear (RHEO_ANALYSE_EFFECT (lesion->effect));
  g_free (lesion->path);
  lesion->path = g_strdup (path);
  lesion->at = at;
  lesion->reading = g_cancellable_new ();
  which = g_new0 (Which, 1);
  which->path = g_strdup (path);
  which->at = at;
  task = g_task_new (lesion, lesion->reading, on_read, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, which, free_which);
  g_task_run_in_thread (task, read_thread);
}

GtkWidget *
rheo_analyse_lesion_get_figures (RheoAnalyseLesion *lesion)
{
  return lesion->figures;
}

GtkWidget *
rheo_analyse_lesion_get_effect (RheoAnalyseLesion *lesion)
{
  return lesion->effect;
}

/* --- the pane ------------------------------------------------------------------------------------------------------------ */

static void
dispose (GObject *object)
{
  RheoAnalyseLesion *lesion = RHEO_ANALYSE_LESION (object);

  leave (lesion);
  g_clear_pointer (&lesion->scroll, gtk_widget_unparent);
  if (lesion->figures != NULL)
    g_signal_handlers_disconnect_by_data (lesion->figures, lesion);
  for (guint i = 0; lesion->figures != NULL && i < lesion->views->len; i++)
    g_signal_handlers_disconnect_by_data (lesion->views->pdata[i], lesion);
  g_ptr_array_set_size (lesion->views, 0);
  g_clear_object (&lesion->figures);
  G_OBJECT_CLASS (rheo_analyse_lesion_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (RHEO_ANALYSE_LESION (object)->views);
  g_free (RHEO_ANALYSE_LESION (object)->path);
  G_OBJECT_CLASS (rheo_analyse_lesion_parent_class)->finalize (object);
}

static void
rheo_analyse_lesion_class_init (RheoAnalyseLesionClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
new_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, class);
  return label;
}

static void
add_row (GtkWidget *grid, int row, const char *name, GtkWidget *control)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_hexpand (control, TRUE);
  gtk_grid_attach (GTK_GRID (grid), new_label (name, "dim-label"), 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), control, 1, row, 1, 1);
}

static GtkWidget *
make_form (RheoAnalyseLesion *lesion)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  lesion->units = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (lesion->units), "3 7 10-19");
  gtk_widget_set_tooltip_text (lesion->units, _ ("Numbers from 0 on, ranges or names of classes"));
  add_row (grid, 0, _ ("Units"), lesion->units);
  lesion->deed = gtk_drop_down_new_from_strings (
      (const char *const[]){ C_ ("verb", "Silence"), C_ ("verb", "Clamp"), C_ ("verb", "Add noise"), NULL });
  add_row (grid, 1, _ ("What is done"), lesion->deed);
  lesion->strength = gtk_spin_button_new_with_range (-100, 100, 0.1);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (lesion->strength), 2);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (lesion->strength), 0.5);
  add_row (grid, 2, _ ("Strength"), lesion->strength);
  g_signal_connect_swapped (lesion->units, "changed", G_CALLBACK (on_text), lesion);
  g_signal_connect_swapped (lesion->units, "activate", G_CALLBACK (try_it), lesion);
  g_signal_connect_swapped (lesion->deed, "notify::selected", G_CALLBACK (on_deed), lesion);
  g_signal_connect_swapped (lesion->strength, "value-changed", G_CALLBACK (on_deed), lesion);
  return grid;
}

static void
rheo_analyse_lesion_init (RheoAnalyseLesion *lesion)
{
  lesion->views = g_ptr_array_new ();
  lesion->at = -1;
  lesion->figures = g_object_ref_sink (gtk_stack_new ());
  lesion->cards = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_widget_add_css_class (lesion->cards, "analyse-result");
  lesion->trouble = new_label (NULL, "dim-label");
  gtk_widget_set_halign (lesion->trouble, GTK_ALIGN_CENTER);
  gtk_stack_add_child (GTK_STACK (lesion->figures), lesion->cards);
  gtk_stack_add_child (GTK_STACK (lesion->figures), lesion->trouble);
}

GtkWidget *
rheo_analyse_lesion_new (RheoStudy *study)
{
  RheoAnalyseLesion *lesion = g_object_new (RHEO_TYPE_ANALYSE_LESION, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  lesion->study = study;
  gtk_box_append (GTK_BOX (head), new_label (_ ("Lesion and clamp"), "heading"));
  gtk_box_append (GTK_BOX (head), new_label (_ ("Drag over units in a figure, with Ctrl to add more, or type their "
                                                "numbers. The network itself is never changed."),
                                             "dim-label"));
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), make_form (lesion));
  lesion->count = new_label (NULL, "caption");
  gtk_box_append (GTK_BOX (box), lesion->count);
  lesion->try = gtk_button_new_with_label (_ ("Compare before and after"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (lesion->try), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Compare before and after"), -1);
  gtk_widget_set_halign (lesion->try, GTK_ALIGN_START);
  g_signal_connect_swapped (lesion->try, "clicked", G_CALLBACK (try_it), lesion);
  gtk_box_append (GTK_BOX (box), lesion->try);
  lesion->effect = rheo_analyse_effect_new (study);
  gtk_box_append (GTK_BOX (box), lesion->effect);
  gtk_widget_add_css_class (box, "analyse-point");
  lesion->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (lesion->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (lesion->scroll), box);
  gtk_widget_set_size_request (GTK_WIDGET (lesion), WIDTH, -1);
  gtk_widget_set_parent (lesion->scroll, GTK_WIDGET (lesion));
  update (lesion);
  return GTK_WIDGET (lesion);
}
