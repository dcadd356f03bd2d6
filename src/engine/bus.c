#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "bus.h"

#include <pthread.h>
#include <time.h>

typedef struct Node Node;
struct Node
{
  Node *next;
  RheoMessage *message;
};

struct RheoBus
{
  RheoWake wake;
  void *wake_data;
  pthread_mutex_t lock;
  pthread_cond_t filled;
  Node *first, *last;             /* messages that must arrive */
  Node *first_frame, *last_frame; /* at most one per stream */
};

void
rheo_message_free (RheoMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->key);
  g_free (message->text);
  g_free (message->device);
  g_clear_pointer (&message->table, rheo_table_unref);
  g_clear_error (&message->error);
  g_free (message);
}

RheoBus *
rheo_bus_new (RheoWake wake, void *data)
{
  RheoBus *bus = g_new0 (RheoBus, 1);
  pthread_condattr_t attr;

  bus->wake = wake;
  bus->wake_data = data;
  if (pthread_mutex_init (&bus->lock, NULL) != 0)
    {
      g_free (bus);
      return NULL;
    }
  pthread_condattr_init (&attr);
  pthread_condattr_setclock (&attr, CLOCK_MONOTONIC);
  if (pthread_cond_init (&bus->filled, &attr) != 0)
    {
      pthread_mutex_destroy (&bus->lock);
      g_clear_pointer (&bus, g_free);
    }
  pthread_condattr_destroy (&attr);
  return bus;
}

static void
free_nodes (Node *node)
{
  while (node != NULL)
    {
      Node *next = node->next;

      rheo_message_free (node->message);
      g_free (node);
      node = next;
    }
}

void
rheo_bus_free (RheoBus *bus)
{
  if (bus == NULL)
    return;
  free_nodes (bus->first);
  free_nodes (bus->first_frame);
  pthread_cond_destroy (&bus->filled);
  pthread_mutex_destroy (&bus->lock);
  g_free (bus);
}

static void
append (Node **first, Node **last, Node *node)
{
  if (*first == NULL)
    *first = node;
  else
    (*last)->next = node;
  *last = node;
}

void
rheo_bus_post (RheoBus *bus, RheoMessage *message)
{
  Node *node = g_new0 (Node, 1);
  RheoMessage *stale = NULL;
  gboolean was_empty;

  node->message = message;
  pthread_mutex_lock (&bus->lock);
  was_empty = bus->first == NULL && bus->first_frame == NULL;
  if (message->type == RHEO_MSG_FRAME)
    {
      Node *same = bus->first_frame;

      while (same != NULL && g_strcmp0 (same->message->key, message->key) != 0)
        same = same->next;
      if (same != NULL)
        {
          stale = same->message;
          same->message = message;
        }
      else
        append (&bus->first_frame, &bus->last_frame, g_steal_pointer (&node));
    }
  else
    append (&bus->first, &bus->last, g_steal_pointer (&node));
  pthread_cond_broadcast (&bus->filled);
  pthread_mutex_unlock (&bus->lock);

  g_free (node);
  rheo_message_free (stale);
  if (was_empty && bus->wake != NULL)
    bus->wake (bus->wake_data);
}

RheoMessage *
rheo_bus_pop (RheoBus *bus)
{
  RheoMessage *message = NULL;
  Node *node;

  pthread_mutex_lock (&bus->lock);
  node = bus->first;
  if (node != NULL)
    bus->first = node->next;
  else
    {
      node = bus->first_frame;
      if (node != NULL)
        bus->first_frame = node->next;
    }
  pthread_mutex_unlock (&bus->lock);

  if (node != NULL)
    message = node->message;
  g_free (node);
  return message;
}

void
rheo_bus_forget_frame (RheoBus *bus, const char *stream)
{
  Node *found = NULL;

  pthread_mutex_lock (&bus->lock);
  for (Node *node = bus->first_frame, *before = NULL; node != NULL; before = node, node = node->next)
    if (g_strcmp0 (node->message->key, stream) == 0)
      {
        if (before == NULL)
          bus->first_frame = node->next;
        else
          before->next = node->next;
        if (bus->last_frame == node)
          bus->last_frame = before;
        node->next = NULL;
        found = node;
        break;
      }
  pthread_mutex_unlock (&bus->lock);
  free_nodes (found);
}

gboolean
rheo_bus_wait (RheoBus *bus, double seconds)
{
  struct timespec until;
  gboolean filled;
  int rc = 0;

  clock_gettime (CLOCK_MONOTONIC, &until);
  seconds = CLAMP (seconds, 0, 1e9);
  until.tv_sec += (time_t) seconds;
  until.tv_nsec += (long) ((seconds - (double) (time_t) seconds) * 1e9);
  if (until.tv_nsec >= 1000000000L)
    {
      until.tv_nsec -= 1000000000L;
      until.tv_sec++;
    }
  pthread_mutex_lock (&bus->lock);
  while (bus->first == NULL && bus->first_frame == NULL && rc == 0)
    rc = pthread_cond_timedwait (&bus->filled, &bus->lock, &until);
  filled = bus->first != NULL || bus->first_frame != NULL;
  pthread_mutex_unlock (&bus->lock);
  return filled;
}
