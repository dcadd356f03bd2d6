#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/values-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "engine/numbers.h"
#include "widgets/common.h"
#include "widgets/number-field.h"
#include "widgets/number-text.h"

struct _RheoValuesPage
{
  AdwBin parent_instance;
  const RheoParam *param;
  const RheoParamHost *host;
  char *path;
  char **names; /* of classes, or NULL */
  GtkWidget *group, *back, *message, *buttons;
  GPtrArray *rows, *fields;
  char **values; /* plain, as shown */
  GtkWidget *one, *each, *add, *remove;
};

G_DEFINE_FINAL_TYPE (RheoValuesPage, rheo_values_page, ADW_TYPE_BIN)

static guint back_signal;

static const char *
get_label (RheoValuesPage *page)
{
  return page->param->label != NULL ? _ (page->param->label) : page->param->key;
}

static guint
count_values (RheoValuesPage *page)
{
  return page->values != NULL ? g_strv_length (page->values) : 0;
}

static void
say (RheoValuesPage *page, const char *text)
{
  gtk_label_set_text (GTK_LABEL (page->message), text != NULL ? text : "");
  gtk_widget_set_visible (page->message, text != NULL);
}

static gboolean
try_set (RheoValuesPage *page, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!page->host->set (page->host->data, page->path, text, get_label (page), &error))
    {
      say (page, error->message);
      return FALSE;
    }
  say (page, NULL);
  rheo_values_page_update (page);
  return TRUE;
}

/* "E", "E → PV" where there is a number for each pair, "3". */
static char *
dup_name (RheoValuesPage *page, guint i, guint n)
{
  guint k = page->names != NULL ? g_strv_length (page->names) : 0;

  if (k > 1 && n == k)
    return g_strdup (page->names[i]);
  if (k > 1 && n == k * k)
    return g_strdup_printf (_ ("%s to %s"), page->names[i / k], page->names[i % k]);
  return n == 1 && k > 1 ? g_strdup (_ ("All classes")) : g_strdup_printf ("%u", i + 1);
}

static void
on_number (RheoNumberField *field, const char *plain, RheoValuesPage *page)
{
  guint i;
  g_auto (GStrv) values = g_strdupv (page->values);
  g_autofree char *text = NULL;

  if (!g_ptr_array_find (page->fields, field, &i) || i >= count_values (page))
    return;
  g_free (values[i]);
  values[i] = g_strdup (plain);
  text = g_strjoinv (" ", values);
  /* What is no number at all must not be read as several. */
  if (strpbrk (plain, " ,\t[") == NULL && *plain != '\0' && try_set (page, text))
    rheo_number_field_set_value (field, page->values[i]);
  else
    {
      g_autofree char *refusal = rheo_param_dup_refusal (page->param, page->values[i]);

      rheo_number_field_set_refused (field);
      say (page, refusal);
    }
}

static void
add_row (RheoValuesPage *page)
{
  GtkWidget *row = adw_action_row_new (), *field = rheo_number_field_new (page->param);

  gtk_widget_set_valign (field, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), field);
  g_signal_connect (field, "apply", G_CALLBACK (on_number), page);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (page->group), row);
  g_ptr_array_add (page->rows, row);
  g_ptr_array_add (page->fields, field);
}

void
rheo_values_page_update (RheoValuesPage *page)
{
  g_autofree char *text = page->host->dup_value (page->host->data, page->path);
  guint k = page->names != NULL ? g_strv_length (page->names) : 0, n;

  if (text == NULL)
    {
      g_signal_emit (page, back_signal, 0);
      return;
    }
  g_strfreev (page->values);
  page->values = *text != '\0' ? g_strsplit (text, " ", -1) : g_new0 (char *, 1);
  n = count_values (page);
  while (page->rows->len < n)
    add_row (page);
  while (page->rows->len > n)
    {
      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (page->group), page->rows->pdata[page->rows->len - 1]);
      g_ptr_array_set_size (page->rows, (int) page->rows->len - 1);
      g_ptr_array_set_size (page->fields, (int) page->fields->len - 1);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = dup_name (page, i, n), *full = g_strdup_printf ("%s, %s", get_label (page), name);
      g_autofree char *span = rheo_param_dup_span (page->param);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (page->rows->pdata[i]), name);
      rheo_number_field_set_name (page->fields->pdata[i], full, span != NULL ? span : "");
      rheo_number_field_set_value (page->fields->pdata[i], page->values[i]);
    }
  gtk_widget_set_visible (page->one, k > 1 && n > 1 && n <= k);
  gtk_widget_set_visible (page->each, k > 1 && n == 1 && (guint) page->param->n_max >= k);
  gtk_widget_set_visible (page->add, k <= 1);
  gtk_widget_set_sensitive (page->add, n < (guint) page->param->n_max);
  gtk_widget_set_visible (page->remove, k <= 1);
  gtk_widget_set_sensitive (page->remove, n > 0);
}

/* --- how many -------------------------------------------------------------------------------------------------- */

static void
set_repeated (RheoValuesPage *page, const char *value, guint n)
{
  g_autoptr (GString) text = g_string_new (value);

  for (guint i = 1; i < n; i++)
    g_string_append_printf (text, " %s", value);
  try_set (page, text->str);
}

static void
on_one (RheoValuesPage *page)
{
  set_repeated (page, page->values[0], 1);
}

static void
on_each (RheoValuesPage *page)
{
  set_repeated (page, page->values[0], g_strv_length (page->names));
}

static void
on_add (RheoValuesPage *page)
{
  guint n = count_values (page);
  g_autofree char *text = g_strjoinv (" ", page->values), *more = NULL;
  double least;

  if (n > 0)
    more = g_strdup_printf ("%s %s", text, page->values[n - 1]);
  else
    more = g_strdup_printf ("%.0f", rheo_param_get_least (page->param, &least) ? ceil (least) : 0);
  if (try_set (page, more))
    gtk_widget_grab_focus (page->fields->pdata[page->fields->len - 1]);
}

static void
on_remove (RheoValuesPage *page)
{
  g_autofree char **shorter = g_memdup2 (page->values, (count_values (page) + 1) * sizeof *page->values);
  g_autofree char *text = NULL;

  shorter[count_values (page) - 1] = NULL;
  text = g_strjoinv (" ", shorter);
  try_set (page, text);
}

/* --- from a file ----------------------------------------------------------------------------------------------- */

static void
on_read (GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr (RheoValuesPage) page = data;
  g_autofree char *contents = NULL, *name = g_file_get_basename (G_FILE (file));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) numbers = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (g_file_load_contents_finish (G_FILE (file), result, &contents, &size, NULL, &error))
    numbers = rheo_numbers_parse (contents, size, name, page->param->n_max, &error);
  if (numbers == NULL)
    {
      say (page, error->message);
      return;
    }
  for (guint i = 0; i < numbers->len; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              g_ascii_dtostr (number, sizeof number, g_array_index (numbers, double, i)));
    }
  if (gtk_widget_get_root (GTK_WIDGET (page)) != NULL)
    try_set (page, text->str);
}

static void
on_file (GtkNativeDialog *dialog, int response, RheoValuesPage *page)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    g_file_load_contents_async (file, NULL, on_read, g_object_ref (page));
  g_object_unref (dialog);
}

static void
on_load (RheoValuesPage *page)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page)));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Numbers from a file"), window,
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Load"), _ ("Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Numbers (CSV, NPY, text)"));
  gtk_file_filter_add_suffix (filter, "csv");
  gtk_file_filter_add_suffix (filter, "npy");
  gtk_file_filter_add_suffix (filter, "txt");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file), page, 0);
  rheo_chooser_show (dialog);
}

/* --- the widget ------------------------------------------------------------------------------------------------ */

static void
on_back (RheoValuesPage *page)
{
  g_signal_emit (page, back_signal, 0);
}

static GtkWidget *
add_button (RheoValuesPage *page, const char *label, void (*clicked) (RheoValuesPage *))
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), page);
  gtk_box_append (GTK_BOX (page->buttons), button);
  return button;
}

static void
finalize (GObject *object)
{
  RheoValuesPage *page = RHEO_VALUES_PAGE (object);

  g_free (page->path);
  g_strfreev (page->names);
  g_strfreev (page->values);
  g_ptr_array_unref (page->rows);
  g_ptr_array_unref (page->fields);
  G_OBJECT_CLASS (rheo_values_page_parent_class)->finalize (object);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  RheoValuesPage *page = RHEO_VALUES_PAGE (widget);

  return gtk_widget_grab_focus (page->fields->len > 0 ? page->fields->pdata[0] : page->back);
}

static void
rheo_values_page_class_init (RheoValuesPageClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  GTK_WIDGET_CLASS (class)->grab_focus = grab_focus;
  back_signal =
      g_signal_new ("back", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_values_page_init (RheoValuesPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  page->rows = g_ptr_array_new ();
  page->fields = g_ptr_array_new ();
  page->group = adw_preferences_group_new ();
  page->back = gtk_button_new_with_label (_ ("Back"));
  gtk_widget_set_valign (page->back, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (page->back, "clicked", G_CALLBACK (on_back), page);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (page->group), page->back);
  gtk_box_append (GTK_BOX (box), page->group);
  page->message = gtk_label_new (NULL);
  gtk_widget_add_css_class (page->message, "error");
  gtk_label_set_wrap (GTK_LABEL (page->message), TRUE);
  gtk_label_set_xalign (GTK_LABEL (page->message), 0);
  gtk_widget_set_visible (page->message, FALSE);
  gtk_box_append (GTK_BOX (box), page->message);
  page->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  page->one = add_button (page, _ ("One value for all"), on_one);
  page->each = add_button (page, _ ("One value per class"), on_each);
  page->add = add_button (page, _ ("Add value"), on_add);
  page->remove = add_button (page, _ ("Remove last"), on_remove);
  add_button (page, _ ("From file\342\200\246"), on_load);
  gtk_box_append (GTK_BOX (box), page->buttons);
  adw_bin_set_child (ADW_BIN (page), box);
}

GtkWidget *
rheo_values_page_new (const RheoParam *param, const char *path, const char *const *names, const RheoParamHost *host)
{
  RheoValuesPage *page = g_object_new (RHEO_TYPE_VALUES_PAGE, NULL);
  g_autofree char *span = rheo_param_dup_span (param), *description = NULL;

  page->param = param;
  page->host = host;
  page->path = g_strdup (path);
  page->names = g_strdupv ((char **) names);
  description = span != NULL ? g_strdup_printf ("%s \302\267 %s", span, param->help != NULL ? _ (param->help) : "")
                             : g_strdup (param->help != NULL ? _ (param->help) : "");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (page->group), get_label (page));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (page->group), description);
  rheo_values_page_update (page);
  return GTK_WIDGET (page);
}

const char *
rheo_values_page_get_path (RheoValuesPage *page)
{
  return page->path;
}
