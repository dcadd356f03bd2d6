#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/run-text.h"
#include "app/runs-page-private.h"
#include "widgets/common.h"

static const char star[] = "star";

static const RheoRunFacts *
facts_of (GPtrArray *items, guint i)
{
  return rheo_run_item_get_facts (g_ptr_array_index (items, i));
}

/* --- undo -------------------------------------------------------------------------------------------------------- */

/* How a run was called or tagged before: it is found again also when its name has changed since. */
typedef struct
{
  RheoRunItem *item;
  char *name;  /* or NULL */
  char **tags; /* or NULL */
} Before;

static void
free_before (gpointer data)
{
  Before *before = data;

  g_object_unref (before->item);
  g_free (before->name);
  g_strfreev (before->tags);
  g_free (before);
}

static GPtrArray *
new_step (void)
{
  return g_ptr_array_new_with_free_func (free_before);
}

static void
add_before (GPtrArray *step, RheoRunItem *item, const char *name, const char *const *tags)
{
  Before *before = g_new0 (Before, 1);

  before->item = g_object_ref (item);
  before->name = g_strdup (name);
  before->tags = g_strdupv ((char **) tags);
  g_ptr_array_add (step, before);
}

/* A toast that takes the step back. Takes step. */
static void
toast_step (RheoRunsPage *page, const char *text, GPtrArray *step)
{
  g_autoptr (GVariant) place = g_variant_ref_sink (g_variant_new_uint32 (page->steps->len));
  g_autofree char *undo = g_action_print_detailed_name ("runs.undo", place);

  g_ptr_array_add (page->steps, step);
  rheo_runs_page_toast (page, text, _ ("Undo"), undo);
}

static gboolean
rename_to (RheoRunsPage *page, RheoRunItem *item, const char *name, GError **error)
{
  g_autofree char *old = g_strdup (rheo_run_item_get_facts (item)->path);

  if (!rheo_library_rename (page->context->library, item, name, error))
    return FALSE;
  if (g_strcmp0 (page->shown, old) == 0)
    rheo_runs_page_show (page, rheo_run_item_get_facts (item)->path);
  return TRUE;
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  guint32 place = g_variant_get_uint32 (parameter);
  GPtrArray *step = place < page->steps->len ? g_ptr_array_index (page->steps, place) : NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; step != NULL && i < step->len && error == NULL; i++)
    {
      const Before *before = g_ptr_array_index (step, i);

      if (before->name != NULL)
        rename_to (page, before->item, before->name, &error);
      else
        rheo_library_set_tags (page->context->library, before->item, (const char *const *) before->tags, &error);
    }
  if (error != NULL)
    rheo_runs_page_toast (page, error->message, NULL, NULL);
}

/* --- asking for a text ------------------------------------------------------------------------------------------- */

typedef gboolean (*Accept) (RheoRunsPage *page, GPtrArray *items, const char *text, GError **error);

typedef struct
{
  RheoRunsPage *page;
  GPtrArray *items;
  Accept accept;
  GtkWidget *popover, *entry, *trouble;
} Question;

static void
free_question (Question *question)
{
  g_ptr_array_unref (question->items);
  g_free (question);
}

static void
on_answer (Question *question)
{
  g_autoptr (GError) error = NULL;

  if (question->accept (question->page, question->items, gtk_editable_get_text (GTK_EDITABLE (question->entry)),
                        &error))
    {
      gtk_popover_popdown (GTK_POPOVER (question->popover));
      return;
    }
  gtk_label_set_text (GTK_LABEL (question->trouble), error->message);
  gtk_widget_set_visible (question->trouble, TRUE);
  gtk_widget_add_css_class (question->entry, "error");
}

static gboolean
drop_popover (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

static void
on_closed (GtkWidget *popover)
{
  /* Not while it is still closing. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, drop_popover, g_object_ref (popover), g_object_unref);
}

/* A field beside the selected run. Takes items. */
static void
ask (RheoRunsPage *page, GPtrArray *items, const char *title, const char *text, Accept accept)
{
  Question *question = g_new0 (Question, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *heading = gtk_label_new (title);
  GdkRectangle spot;

  question->page = page;
  question->items = items;
  question->accept = accept;
  question->popover = gtk_popover_new ();
  question->entry = gtk_entry_new ();
  question->trouble = gtk_label_new (NULL);
  gtk_widget_add_css_class (heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_editable_set_text (GTK_EDITABLE (question->entry), text);
  gtk_editable_set_width_chars (GTK_EDITABLE (question->entry), 28);
  gtk_accessible_update_property (GTK_ACCESSIBLE (question->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_label_set_wrap (GTK_LABEL (question->trouble), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (question->trouble), 32);
  gtk_label_set_xalign (GTK_LABEL (question->trouble), 0);
  gtk_widget_add_css_class (question->trouble, "error");
  gtk_widget_set_visible (question->trouble, FALSE);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), question->entry);
  gtk_box_append (GTK_BOX (box), question->trouble);
  gtk_popover_set_child (GTK_POPOVER (question->popover), box);
  gtk_widget_set_parent (question->popover, GTK_WIDGET (page->list));
  rheo_popover_return_focus (question->popover, GTK_WIDGET (page->list));
  rheo_run_list_get_spot (page->list, &spot);
  gtk_popover_set_pointing_to (GTK_POPOVER (question->popover), &spot);
  g_object_set_data_full (G_OBJECT (question->popover), "question", question, (GDestroyNotify) free_question);
  g_signal_connect_swapped (question->entry, "activate", G_CALLBACK (on_answer), question);
  g_signal_connect (question->popover, "closed", G_CALLBACK (on_closed), NULL);
  gtk_popover_popup (GTK_POPOVER (question->popover));
  gtk_widget_grab_focus (question->entry);
}

/* --- renaming ---------------------------------------------------------------------------------------------------- */

static gboolean
accept_name (RheoRunsPage *page, GPtrArray *items, const char *text, GError **error)
{
  RheoRunItem *item = g_ptr_array_index (items, 0);
  g_autofree char *old = g_strdup (rheo_run_item_get_facts (item)->name);
  g_autofree char *toast = NULL;
  GPtrArray *step;

  if (!rename_to (page, item, text, error))
    return FALSE;
  if (g_str_equal (old, rheo_run_item_get_facts (item)->name))
    return TRUE;
  step = new_step ();
  add_before (step, item, old, NULL);
  toast = g_strdup_printf (_ ("Renamed to %s"), rheo_run_item_get_facts (item)->name);
  toast_step (page, toast, step);
  return TRUE;
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);

  if (items->len == 1)
    ask (page, g_ptr_array_ref (items), _ ("Name of the run"), facts_of (items, 0)->name, accept_name);
}

/* --- tags -------------------------------------------------------------------------------------------------------- */

static gboolean
has_tag (const RheoRunFacts *facts, const char *tag)
{
  return facts->tags != NULL && g_strv_contains (facts->tags, tag);
}

/* Each tag once, the star last; what was there before goes into step. */
static gboolean
set_tags (RheoRunsPage *page, RheoRunItem *item, const char *const *tags, gboolean starred, GPtrArray *step,
          GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_auto (GStrv) before = g_strdupv ((char **) rheo_run_item_get_facts (item)->tags);

  for (int i = 0; tags[i] != NULL; i++)
    if (*tags[i] != '\0' && !g_str_equal (tags[i], star)
        && !g_ptr_array_find_with_equal_func (all, tags[i], g_str_equal, NULL))
      g_ptr_array_add (all, (gpointer) tags[i]);
  if (starred)
    g_ptr_array_add (all, (gpointer) star);
  g_ptr_array_add (all, NULL);
  if (!rheo_library_set_tags (page->context->library, item, (const char *const *) all->pdata, error))
    return FALSE;
  add_before (step, item, NULL, (const char *const *) before);
  return TRUE;
}

static gboolean
accept_tags (RheoRunsPage *page, GPtrArray *items, const char *text, GError **error)
{
  g_auto (GStrv) tags = g_strsplit (text, ",", -1);
  g_autoptr (GPtrArray) step = new_step ();

  for (int i = 0; tags[i] != NULL; i++)
    g_strstrip (tags[i]);
  for (guint i = 0; i < items->len; i++)
    if (!set_tags (page, g_ptr_array_index (items, i), (const char *const *) tags, has_tag (facts_of (items, i), star),
                   step, error))
      return FALSE;
  toast_step (page, _ ("Tags changed"), g_steal_pointer (&step));
  return TRUE;
}

static void
on_tag (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *const *tags = items->len > 0 ? facts_of (items, 0)->tags : NULL;

  for (int i = 0; tags != NULL && tags[i] != NULL; i++)
    if (!g_str_equal (tags[i], star))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", tags[i]);
  if (items->len > 0)
    ask (page, g_ptr_array_ref (items), _ ("Tags, separated by commas"), text->str, accept_tags);
}

static char *
dup_tag_toast (const char *tag, gboolean there, guint n)
{
  if (!g_str_equal (tag, star))
    return g_strdup_printf (there ? _ ("Added tag %s") : _ ("Removed tag %s"), tag);
  if (n == 1)
    return g_strdup (there ? _ ("Star added") : _ ("Star removed"));
  return g_strdup_printf (there ? ngettext ("Star added to %u run", "Star added to %u runs", n)
                                : ngettext ("Star removed from %u run", "Star removed from %u runs", n),
                          n);
}

void
rheo_runs_page_tag (RheoRunsPage *page, GPtrArray *items, const char *tag, gboolean there)
{
  g_autoptr (GPtrArray) step = new_step ();
  g_autofree char *toast = dup_tag_toast (tag, there, items->len);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < items->len && error == NULL; i++)
    {
      const RheoRunFacts *facts = facts_of (items, i);
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) tags = NULL;

      for (int k = 0; facts->tags != NULL && facts->tags[k] != NULL; k++)
        if (!g_str_equal (facts->tags[k], tag))
          g_strv_builder_add (builder, facts->tags[k]);
      if (there)
        g_strv_builder_add (builder, tag);
      tags = g_strv_builder_end (builder);
      set_tags (page, g_ptr_array_index (items, i), (const char *const *) tags,
                g_str_equal (tag, star) ? there : has_tag (facts, star), step, &error);
    }
  if (error != NULL)
    rheo_runs_page_toast (page, error->message, NULL, NULL);
  else if (step->len > 0)
    toast_step (page, toast, g_steal_pointer (&step));
}

static void
on_star (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  RheoRunsPage *page = data;
  g_autoptr (GPtrArray) items = rheo_run_list_dup_selected (page->list);
  gboolean all = TRUE;

  for (guint i = 0; i < items->len; i++)
    all = all && has_tag (facts_of (items, i), star);
  rheo_runs_page_tag (page, items, star, !all);
}

void
rheo_runs_edits_add (RheoRunsPage *page)
{
  static const GActionEntry entries[] = {
    { "rename", on_rename },
    { "tag", on_tag },
    { "star", on_star },
    { "undo", on_undo, "u" },
  };

  page->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (page->actions), entries, G_N_ELEMENTS (entries), page);
}
