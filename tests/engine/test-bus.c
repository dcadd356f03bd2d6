/* The message bus: nothing that must arrive is lost, and of frames only the newest waits. */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "engine/bus.h"

static RheoMessage *
new_message (RheoMessageType type, const char *key, int64_t number)
{
  RheoMessage *message = g_new0 (RheoMessage, 1);

  message->type = type;
  message->key = g_strdup (key);
  message->place.batch = number;
  return message;
}

static void
post (RheoBus *bus, RheoMessageType type, const char *key, int64_t number)
{
  rheo_bus_post (bus, new_message (type, key, number));
}

static void
assert_pop (RheoBus *bus, RheoMessageType type, const char *key, int64_t number)
{
  g_autoptr (RheoMessage) message = rheo_bus_pop (bus);

  g_assert_nonnull (message);
  g_assert_cmpint (message->type, ==, type);
  g_assert_cmpstr (message->key, ==, key);
  g_assert_cmpint (message->place.batch, ==, number);
}

static void
test_order (void)
{
  RheoBus *bus = rheo_bus_new (NULL, NULL);

  g_assert_null (rheo_bus_pop (bus));
  post (bus, RHEO_MSG_METRICS, NULL, 1);
  post (bus, RHEO_MSG_FRAME, "a", 2);
  post (bus, RHEO_MSG_NOTE, "lr", 3);
  post (bus, RHEO_MSG_FRAME, "b", 4);
  post (bus, RHEO_MSG_FRAME, "a", 5);
  post (bus, RHEO_MSG_METRICS, NULL, 6);
  assert_pop (bus, RHEO_MSG_METRICS, NULL, 1);
  assert_pop (bus, RHEO_MSG_NOTE, "lr", 3);
  assert_pop (bus, RHEO_MSG_METRICS, NULL, 6);
  assert_pop (bus, RHEO_MSG_FRAME, "a", 5);
  assert_pop (bus, RHEO_MSG_FRAME, "b", 4);
  g_assert_null (rheo_bus_pop (bus));
  post (bus, RHEO_MSG_FRAME, "a", 7);
  post (bus, RHEO_MSG_METRICS, NULL, 8);
  rheo_bus_free (bus); /* with messages in it */
}

static void
test_forget (void)
{
  RheoBus *bus = rheo_bus_new (NULL, NULL);

  for (int64_t i = 0; i < 3; i++)
    post (bus, RHEO_MSG_FRAME, i == 0 ? "a" : i == 1 ? "b" : "c", i);
  rheo_bus_forget_frame (bus, "c");
  rheo_bus_forget_frame (bus, "not there");
  rheo_bus_forget_frame (bus, "a");
  post (bus, RHEO_MSG_FRAME, "d", 3);
  assert_pop (bus, RHEO_MSG_FRAME, "b", 1);
  assert_pop (bus, RHEO_MSG_FRAME, "d", 3);
  g_assert_null (rheo_bus_pop (bus));
  post (bus, RHEO_MSG_FRAME, "e", 4);
  rheo_bus_forget_frame (bus, "e");
  g_assert_false (rheo_bus_wait (bus, 0));
  post (bus, RHEO_MSG_FRAME, "f", 5);
  assert_pop (bus, RHEO_MSG_FRAME, "f", 5);
  rheo_bus_free (bus);
}

static void
count (void *data)
{
  ++*(int *) data;
}

static void
test_wake (void)
{
  int n = 0;
  RheoBus *bus = rheo_bus_new (count, &n);

  post (bus, RHEO_MSG_METRICS, NULL, 1);
  post (bus, RHEO_MSG_FRAME, "a", 2);
  g_assert_cmpint (n, ==, 1);
  while (TRUE)
    {
      g_autoptr (RheoMessage) message = rheo_bus_pop (bus);

      if (message == NULL)
        break;
    }
  post (bus, RHEO_MSG_FRAME, "a", 3);
  g_assert_cmpint (n, ==, 2);
  g_assert_true (rheo_bus_wait (bus, 0));
  rheo_bus_free (bus);
}

/* --- many threads ---------------------------------------------------------------------------------------------- */
enum
{
  N_THREADS = 4,
  N_EACH = 2000,
};

typedef struct
{
  RheoBus *bus;
  const char *name;
} Poster;

static void *
post_many (void *data)
{
  Poster *poster = data;

  for (int64_t i = 0; i < N_EACH; i++)
    {
      post (poster->bus, RHEO_MSG_METRICS, poster->name, i);
      post (poster->bus, RHEO_MSG_FRAME, poster->name, i);
    }
  return NULL;
}

static void
test_threads (void)
{
  static const char *const names[N_THREADS] = { "0", "1", "2", "3" };
  RheoBus *bus = rheo_bus_new (NULL, NULL);
  pthread_t thread[N_THREADS];
  Poster poster[N_THREADS];
  int64_t next[N_THREADS] = { 0 }, newest[N_THREADS] = { -1, -1, -1, -1 };
  int n_done = 0;

  for (int k = 0; k < N_THREADS; k++)
    {
      poster[k] = (Poster){ bus, names[k] };
      g_assert_cmpint (pthread_create (&thread[k], NULL, post_many, &poster[k]), ==, 0);
    }
  while (n_done < 2 * N_THREADS)
    {
      g_autoptr (RheoMessage) message = NULL;
      int k;

      g_assert_true (rheo_bus_wait (bus, 60));
      message = rheo_bus_pop (bus);
      g_assert_nonnull (message);
      k = message->key[0] - '0';
      if (message->type == RHEO_MSG_METRICS)
        g_assert_cmpint (message->place.batch, ==, next[k]++);
      else
        {
          g_assert_cmpint (message->place.batch, >, newest[k]);
          newest[k] = message->place.batch;
        }
      n_done += message->place.batch == N_EACH - 1;
    }
  for (int k = 0; k < N_THREADS; k++)
    {
      pthread_join (thread[k], NULL);
      g_assert_cmpint (next[k], ==, N_EACH);
    }
  g_assert_null (rheo_bus_pop (bus));
  rheo_bus_free (bus);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bus/order", test_order);
  g_test_add_func ("/bus/forget", test_forget);
  g_test_add_func ("/bus/wake", test_wake);
  g_test_add_func ("/bus/threads", test_threads);
  return g_test_run ();
}
