#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/library-private.h"

#include <math.h>
#include <string.h>

#include "app/run-facts.h"

struct _RheoRunItem
{
  GObject parent_instance;
  RheoRunFacts facts;
  char *path, *name;
  char **tags;
  GVariant *value; /* owns most texts of the facts */
  RheoRunStamp stamp;
  RheoItemState stored; /* as its file says */
  gboolean read, paused;
  guint ticket;
};

G_DEFINE_FINAL_TYPE (RheoRunItem, rheo_run_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
finalize (GObject *object)
{
  RheoRunItem *item = RHEO_RUN_ITEM (object);

  g_free (item->path);
  g_free (item->name);
  g_strfreev (item->tags);
  g_clear_pointer (&item->value, g_variant_unref);
  G_OBJECT_CLASS (rheo_run_item_parent_class)->finalize (object);
}

static void
rheo_run_item_class_init (RheoRunItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = finalize;
  changed_signal = g_signal_new ("changed", RHEO_TYPE_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_run_item_init (RheoRunItem *item)
{
  item->tags = g_new0 (char *, 1);
  item->facts = (RheoRunFacts){ .id = "",
                                .title = "",
                                .task = "",
                                .model = "",
                                .rule = "",
                                .task_id = "",
                                .model_id = "",
                                .rule_id = "",
                                .unit = "",
                                .best = NAN,
                                .best_label = "",
                                .best_unit = "",
                                .error = "",
                                .state = RHEO_ITEM_READING };
  item->facts.tags = (const char *const *) item->tags;
}

static void
take_path (RheoRunItem *item, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  g_free (item->path);
  g_free (item->name);
  item->path = g_strdup (path);
  item->name = g_str_has_suffix (base, ".h5") ? g_strndup (base, strlen (base) - 3) : g_steal_pointer (&base);
  item->facts.path = item->path;
  item->facts.name = item->name;
}

RheoRunItem *
rheo_run_item_new (const char *path)
{
  RheoRunItem *item = g_object_new (RHEO_TYPE_RUN_ITEM, NULL);

  take_path (item, path);
  return item;
}

const RheoRunFacts *
rheo_run_item_get_facts (RheoRunItem *item)
{
  return &item->facts;
}

gboolean
rheo_run_stamp_equal (const RheoRunStamp *a, const RheoRunStamp *b)
{
  return a->size == b->size && a->time == b->time && a->parts == b->parts && a->held == b->held;
}

void
rheo_run_item_set_stamp (RheoRunItem *item, const RheoRunStamp *stamp)
{
  item->stamp = *stamp;
  item->facts.size = stamp->size;
  /* Until it is read: so that it has its place in the table. */
  if (item->facts.state == RHEO_ITEM_READING)
    item->facts.created = stamp->time / G_USEC_PER_SEC;
}

const RheoRunStamp *
rheo_run_item_get_stamp (RheoRunItem *item)
{
  return &item->stamp;
}

static void
show_pause (RheoRunItem *item)
{
  item->facts.state = item->stored == RHEO_ITEM_RUNNING && item->paused ? RHEO_ITEM_PAUSED : item->stored;
}

void
rheo_run_item_set_paused (RheoRunItem *item, gboolean paused)
{
  if (paused == item->paused)
    return;
  item->paused = paused;
  show_pause (item);
  g_signal_emit (item, changed_signal, 0);
}

void
rheo_run_item_set_value (RheoRunItem *item, GVariant *value)
{
  GVariant *old = item->value;

  if (old == value || (old != NULL && value != NULL && g_variant_equal (old, value)))
    return;
  item->value = g_variant_ref (value);
  rheo_run_facts_load (&item->facts, value);
  item->stored = item->facts.state;
  show_pause (item);
  g_clear_pointer (&old, g_variant_unref);
  g_signal_emit (item, changed_signal, 0);
}

GVariant *
rheo_run_item_get_value (RheoRunItem *item)
{
  return item->value;
}

void
rheo_run_item_set_tags (RheoRunItem *item, const char *const *tags)
{
  if (g_strv_equal ((const char *const *) item->tags, tags))
    return;
  g_strfreev (item->tags);
  item->tags = g_strdupv ((char **) tags);
  item->facts.tags = (const char *const *) item->tags;
  g_signal_emit (item, changed_signal, 0);
}

void
rheo_run_item_set_path (RheoRunItem *item, const char *path)
{
  take_path (item, path);
  g_signal_emit (item, changed_signal, 0);
}

gboolean
rheo_run_item_is_read (RheoRunItem *item)
{
  return item->read;
}

void
rheo_run_item_set_read (RheoRunItem *item, gboolean read)
{
  item->read = read;
}

guint
rheo_run_item_get_ticket (RheoRunItem *item)
{
  return item->ticket;
}

void
rheo_run_item_set_ticket (RheoRunItem *item, guint ticket)
{
  item->ticket = ticket;
}
