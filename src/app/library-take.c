#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/library-private.h"

#define SLICE 3000 /* us that what a scan has found is taken over at once */

/* TRUE: its place in the list may be another one. */
static gboolean
take_found (RheoLibrary *library, RheoFound *found)
{
  RheoRunItem *item = g_hash_table_lookup (library->runs, found->path);
  const gboolean moved = item == NULL || rheo_run_item_get_stamp (item)->time != found->stamp.time;

  if (item == NULL)
    {
      item = rheo_run_item_new (found->path);
      g_hash_table_insert (library->runs, g_strdup (found->path), item);
    }
  else if (!rheo_run_stamp_equal (rheo_run_item_get_stamp (item), &found->stamp))
    rheo_run_item_set_read (item, FALSE);
  rheo_run_item_set_stamp (item, &found->stamp);
  rheo_run_item_set_tags (item, (const char *const *) found->tags);
  if (found->value != NULL && !rheo_run_item_is_read (item))
    {
      rheo_run_item_set_read (item, TRUE);
      rheo_run_item_set_value (item, found->value);
      rheo_library_tell_left (library, item);
    }
  return moved;
}

static void
free_taking (RheoTaking *taking)
{
  g_ptr_array_unref (taking->found);
  g_hash_table_unref (taking->there);
  g_free (taking);
}

void
rheo_library_drop_taking (RheoLibrary *library)
{
  if (library->taking == NULL)
    return;
  g_clear_handle_id (&library->taking_idle, g_source_remove);
  g_clear_pointer (&library->taking, free_taking);
  library->scanning = FALSE;
}

/* Runs of which nothing was found have gone. */
static void
finish_taking (RheoLibrary *library)
{
  RheoTaking *taking = library->taking;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, library->runs);
  while (g_hash_table_size (library->runs) > g_hash_table_size (taking->there)
         && g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (taking->there, key))
      {
        g_hash_table_iter_remove (&iter);
        library->unkept = taking->changed = TRUE;
      }
  library->listed = TRUE;
  if (taking->changed)
    rheo_library_update_visible (library);
  rheo_library_drop_taking (library);
  rheo_library_watch_running (library);
  rheo_library_tell_read (library);
  rheo_library_read_next (library);
}

/* The first look at a folder comes in order: what is taken over is seen at once. */
static void
show_taken (RheoLibrary *library, guint from)
{
  const guint n_before = library->visible->len;

  for (guint i = from; i < library->taking->next; i++)
    {
      const RheoFound *found = g_ptr_array_index (library->taking->found, i);

      g_ptr_array_add (library->visible, g_object_ref (g_hash_table_lookup (library->runs, found->path)));
    }
  g_list_model_items_changed (G_LIST_MODEL (library), n_before, 0, library->visible->len - n_before);
}

/* A slice of what was found: of ten thousand runs the rest waits until the window has been looked after. */
static gboolean
take_some (gpointer data)
{
  RheoLibrary *library = data;
  RheoTaking *taking = library->taking;
  const gint64 until = g_get_monotonic_time () + SLICE;
  const gboolean first_look = !library->listed && g_hash_table_size (library->runs) == library->visible->len;
  const guint from = taking->next;

  /* Something was done to the folder since: what was seen may be of before. */
  if (library->scan_again || taking->generation != library->generation)
    {
      library->taking_idle = 0;
      library->scan_again = FALSE;
      rheo_library_drop_taking (library);
      rheo_library_look (library);
      return G_SOURCE_REMOVE;
    }
  while (taking->next < taking->found->len && (taking->next == from || g_get_monotonic_time () < until))
    {
      RheoFound *found = g_ptr_array_index (taking->found, taking->next++);

      taking->changed |= take_found (library, found) && !first_look;
      g_hash_table_add (taking->there, found->path);
    }
  if (first_look && taking->next > from)
    show_taken (library, from);
  if (taking->next < taking->found->len)
    return G_SOURCE_CONTINUE;
  library->taking_idle = 0;
  finish_taking (library);
  return G_SOURCE_REMOVE;
}

void
rheo_library_take (RheoLibrary *library, GPtrArray *found, guint generation)
{
  library->taking = g_new0 (RheoTaking, 1);
  *library->taking = (RheoTaking){ generation, found, g_hash_table_new (g_str_hash, g_str_equal) };
  if (take_some (library) == G_SOURCE_CONTINUE)
    library->taking_idle = g_idle_add (take_some, library);
}
