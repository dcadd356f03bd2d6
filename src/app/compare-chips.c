#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/compare-chips.h"

#include <glib/gi18n-lib.h>

#include "app/run-text.h"
#include "plot/plot-kind.h"
#include "widgets/plot-legend.h"
#include "widgets/wrap-row.h"

#define NAME_CHARS 24

struct _RheoCompareChips
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *flow, *more, *popover, *search;
  GtkStringList *others; /* names of runs that are not here yet */
  char **paths;          /* NULL: not known yet */
};

G_DEFINE_FINAL_TYPE (RheoCompareChips, rheo_compare_chips, GTK_TYPE_WIDGET)

enum
{
  OPEN,
  ADD,
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- chips ---------------------------------------------------------------------------------------------------------- */

static void
on_open (GtkWidget *button, RheoCompareChips *chips)
{
  char **paths = g_object_get_data (G_OBJECT (button), "paths");
  g_autofree char *path = g_strdup (paths[0]);

  g_signal_emit (chips, signals[OPEN], 0, path);
}

static void
on_remove (GtkWidget *button, RheoCompareChips *chips)
{
  g_auto (GStrv) paths = g_strdupv (g_object_get_data (G_OBJECT (button), "paths"));

  g_signal_emit (chips, signals[REMOVE], 0, paths);
}

/* Of one column. */
static char **
dup_paths (const RheoCompareColumns *columns, int group, const char *const *paths)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (int i = 0; i < columns->n; i++)
    if (columns->group[i] == group)
      g_strv_builder_add (builder, paths[i]);
  return g_strv_builder_end (builder);
}

static void
set_button (GtkWidget *button, char **paths, const char *name, const char *tip, GCallback clicked,
            RheoCompareChips *chips)
{
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "paths", g_strdupv (paths), (GDestroyNotify) g_strfreev);
  g_signal_connect_object (button, "clicked", clicked, chips, 0);
}

static GtkWidget *
new_chip (RheoCompareChips *chips, const RheoCompareColumns *columns, int group, const char *const *all)
{
  g_auto (GStrv) paths = dup_paths (columns, group, all);
  guint n = g_strv_length (paths);
  g_autofree char *stem = rheo_run_dup_stem (paths[0]);
  g_autofree char *name = n == 1
                              ? g_strdup (stem)
                              : g_strdup_printf (ngettext ("%s, %u seed", "%s, %u seeds", n), columns->names[group], n);
  g_autofree char *open = g_strdup_printf (_ ("Open %s"), stem), *away = g_strdup_printf (_ ("Remove %s"), name);
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *inside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new (), *label = gtk_label_new (name);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARS);
  gtk_box_append (GTK_BOX (inside), rheo_plot_sample_new (&(RheoPlotEntry){ .style = group % RHEO_N_STYLES }));
  gtk_box_append (GTK_BOX (inside), label);
  gtk_button_set_child (GTK_BUTTON (button), inside);
  set_button (button, paths, open, columns->tips[group], G_CALLBACK (on_open), chips);
  gtk_widget_add_css_class (chip, "compare-chip");
  gtk_box_append (GTK_BOX (chip), button);
  if (columns->n_groups > 2)
    {
      GtkWidget *remove = gtk_button_new_from_icon_name ("window-close-symbolic");

      set_button (remove, paths, away, away, G_CALLBACK (on_remove), chips);
      gtk_widget_add_css_class (remove, "circular");
      gtk_box_append (GTK_BOX (chip), remove);
    }
  return chip;
}

void
rheo_compare_chips_show (RheoCompareChips *chips, const RheoCompareColumns *columns, const char *const *paths)
{
  GtkWidget *child;

  g_strfreev (chips->paths);
  chips->paths = g_strdupv ((char **) paths);
  while ((child = gtk_widget_get_first_child (chips->flow)) != chips->more)
    gtk_widget_unparent (child);
  for (int g = 0; columns != NULL && g < columns->n_groups; g++)
    rheo_wrap_row_insert_before (RHEO_WRAP_ROW (chips->flow), new_chip (chips, columns, g, paths), chips->more);
}

/* --- another one ---------------------------------------------------------------------------------------------------- */

/* The list is made when it is opened: there may be thousands. */
static void
fill_others (RheoCompareChips *chips)
{
  GListModel *runs = G_LIST_MODEL (chips->context->library);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (RheoRunItem) item = g_list_model_get_item (runs, i);
      const RheoRunFacts *facts = rheo_run_item_get_facts (item);

      if (facts->state != RHEO_ITEM_BROKEN && facts->state != RHEO_ITEM_READING
          && (chips->paths == NULL || !g_strv_contains ((const char *const *) chips->paths, facts->path)))
        g_ptr_array_add (names, (gpointer) facts->name);
    }
  g_ptr_array_add (names, NULL);
  gtk_string_list_splice (chips->others, 0, g_list_model_get_n_items (G_LIST_MODEL (chips->others)),
                          (const char *const *) names->pdata);
  gtk_editable_set_text (GTK_EDITABLE (chips->search), "");
  gtk_widget_grab_focus (chips->search);
}

static void
on_activated (GtkListView *view, guint position, RheoCompareChips *chips)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (view));
  g_autoptr (GtkStringObject) name = g_list_model_get_item (model, position);
  g_autofree char *file = g_strconcat (gtk_string_object_get_string (name), ".h5", NULL);
  g_autofree char *path = g_build_filename (rheo_library_get_folder (chips->context->library), file, NULL);

  gtk_popover_popdown (GTK_POPOVER (chips->popover));
  g_signal_emit (chips, signals[ADD], 0, path);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *row)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_list_item_set_child (row, label);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *row)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (row)),
                      gtk_string_object_get_string (gtk_list_item_get_item (row)));
}

static GtkWidget *
make_list (RheoCompareChips *chips)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkStringFilter *filter =
      gtk_string_filter_new (gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  GtkFilterListModel *filtered =
      gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (chips->others)), g_object_ref (GTK_FILTER (filter)));
  GtkWidget *scrolled = gtk_scrolled_window_new (), *view;

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  view = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (filtered))), factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Runs"), -1);
  g_signal_connect_object (view, "activate", G_CALLBACK (on_activated), chips, 0);
  g_object_bind_property (chips->search, "text", filter, "search", G_BINDING_SYNC_CREATE);
  g_object_unref (filter);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_size_request (scrolled, 260, 280);
  return scrolled;
}

static GtkWidget *
make_add (RheoCompareChips *chips)
{
  GtkWidget *button = gtk_menu_button_new (), *content = adw_button_content_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "list-add-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("Add run"));
  gtk_menu_button_set_child (GTK_MENU_BUTTON (button), content);
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Add run"), -1);
  chips->search = gtk_search_entry_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (chips->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Search runs"), -1);
  gtk_box_append (GTK_BOX (box), chips->search);
  gtk_box_append (GTK_BOX (box), make_list (chips));
  chips->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (chips->popover), box);
  g_signal_connect_object (chips->popover, "show", G_CALLBACK (fill_others), chips, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), chips->popover);
  return button;
}

/* --- the widget ----------------------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  g_clear_pointer (&RHEO_COMPARE_CHIPS (object)->flow, gtk_widget_unparent);
  g_clear_object (&RHEO_COMPARE_CHIPS (object)->others);
  G_OBJECT_CLASS (rheo_compare_chips_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_strfreev (RHEO_COMPARE_CHIPS (object)->paths);
  G_OBJECT_CLASS (rheo_compare_chips_parent_class)->finalize (object);
}

static void
rheo_compare_chips_class_init (RheoCompareChipsClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ADD] = g_signal_new ("add", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REMOVE] = g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
}

static void
rheo_compare_chips_init (RheoCompareChips *chips)
{
  chips->others = gtk_string_list_new (NULL);
  chips->flow = rheo_wrap_row_new (6);
  chips->more = make_add (chips);
  rheo_wrap_row_insert_before (RHEO_WRAP_ROW (chips->flow), chips->more, NULL);
  gtk_widget_set_parent (chips->flow, GTK_WIDGET (chips));
}

GtkWidget *
rheo_compare_chips_new (RheoContext *context)
{
  RheoCompareChips *chips = g_object_new (RHEO_TYPE_COMPARE_CHIPS, NULL);

  chips->context = context;
  return GTK_WIDGET (chips);
}
