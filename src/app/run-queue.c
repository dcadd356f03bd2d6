#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-queue.h"

typedef struct
{
  RheoExperiment *experiment;
  char *name;
} Waiting;

struct _RheoRunQueue
{
  GObject parent_instance;
  GQueue waiting;   /* Waiting */
  GPtrArray *paths; /* of those that were begun */
  gboolean going;
};

G_DEFINE_FINAL_TYPE (RheoRunQueue, rheo_run_queue, G_TYPE_OBJECT)

enum
{
  CHANGED,
  DONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
free_waiting (gpointer data)
{
  Waiting *waiting = data;

  rheo_experiment_free (waiting->experiment);
  g_free (waiting->name);
  g_free (waiting);
}

gboolean
rheo_run_queue_is_busy (RheoRunQueue *queue)
{
  return queue->going || queue->waiting.length > 0;
}

int
rheo_run_queue_get_n (RheoRunQueue *queue)
{
  return (int) (queue->paths->len + queue->waiting.length);
}

int
rheo_run_queue_get_n_begun (RheoRunQueue *queue)
{
  return (int) queue->paths->len;
}

const GPtrArray *
rheo_run_queue_get_paths (RheoRunQueue *queue)
{
  return queue->paths;
}

void
rheo_run_queue_add (RheoRunQueue *queue, const RheoExperiment *experiment, const char *name)
{
  Waiting *waiting = g_new (Waiting, 1);

  if (!rheo_run_queue_is_busy (queue))
    g_ptr_array_set_size (queue->paths, 0);
  *waiting = (Waiting){ rheo_experiment_dup (experiment), g_strdup (name) };
  g_queue_push_tail (&queue->waiting, waiting);
  g_signal_emit (queue, signals[CHANGED], 0);
}

GVariant *
rheo_run_queue_dup_waiting (RheoRunQueue *queue)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));

  for (GList *link = queue->waiting.head; link != NULL; link = link->next)
    {
      const Waiting *waiting = link->data;
      g_autofree char *json = rheo_experiment_dup_json (waiting->experiment);

      g_variant_builder_add (&builder, "(ss)", waiting->name, json);
    }
  return g_variant_builder_end (&builder);
}

gboolean
rheo_run_queue_add_waiting (RheoRunQueue *queue, GVariant *waiting)
{
  gboolean all = TRUE;

  for (gsize i = 0; i < g_variant_n_children (waiting); i++)
    {
      const char *name, *json;
      g_autoptr (RheoExperiment) experiment = NULL;

      g_variant_get_child (waiting, i, "(&s&s)", &name, &json);
      experiment = rheo_experiment_parse (json, name, NULL);
      if (experiment != NULL)
        rheo_run_queue_add (queue, experiment, name);
      all = all && experiment != NULL;
    }
  return all;
}

RheoExperiment *
rheo_run_queue_take (RheoRunQueue *queue, char **name)
{
  Waiting *waiting = queue->going ? NULL : g_queue_pop_head (&queue->waiting);
  RheoExperiment *experiment = waiting != NULL ? g_steal_pointer (&waiting->experiment) : NULL;

  *name = waiting != NULL ? g_steal_pointer (&waiting->name) : NULL;
  g_clear_pointer (&waiting, free_waiting);
  return experiment;
}

void
rheo_run_queue_begun (RheoRunQueue *queue, const char *path)
{
  queue->going = TRUE;
  g_ptr_array_add (queue->paths, g_strdup (path));
  g_signal_emit (queue, signals[CHANGED], 0);
}

void
rheo_run_queue_ended (RheoRunQueue *queue)
{
  if (!queue->going)
    return;
  queue->going = FALSE;
  g_signal_emit (queue, signals[rheo_run_queue_is_busy (queue) ? CHANGED : DONE], 0);
}

void
rheo_run_queue_stop (RheoRunQueue *queue)
{
  g_queue_clear_full (&queue->waiting, free_waiting);
  g_signal_emit (queue, signals[queue->going ? CHANGED : DONE], 0);
}

static void
finalize (GObject *object)
{
  RheoRunQueue *queue = RHEO_RUN_QUEUE (object);

  g_queue_clear_full (&queue->waiting, free_waiting);
  g_ptr_array_unref (queue->paths);
  G_OBJECT_CLASS (rheo_run_queue_parent_class)->finalize (object);
}

static void
rheo_run_queue_class_init (RheoRunQueueClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rheo_run_queue_init (RheoRunQueue *queue)
{
  g_queue_init (&queue->waiting);
  queue->paths = g_ptr_array_new_with_free_func (g_free);
}

RheoRunQueue *
rheo_run_queue_new (void)
{
  return g_object_new (RHEO_TYPE_RUN_QUEUE, NULL);
}
