/* What GLib orders between threads, said to the thread sanitizer, which does not see into GLib: mutexes, tasks, pools,
 * idle functions and counts of references. Linked into tests in place of the functions of that name (--wrap). */
#include "config.h"

#include <gio/gio.h>
#include <sanitizer/tsan_interface.h>

#define WRAP(type, name, args)                                                                                         \
  type __real_##name args;                                                                                             \
  type __wrap_##name args;                                                                                             \
  type __wrap_##name args

WRAP (void, g_mutex_lock, (GMutex * mutex))
{
  __real_g_mutex_lock (mutex);
  __tsan_acquire (mutex);
}

WRAP (void, g_mutex_unlock, (GMutex * mutex))
{
  __tsan_release (mutex);
  __real_g_mutex_unlock (mutex);
}

WRAP (void, g_cond_wait, (GCond * cond, GMutex *mutex))
{
  __tsan_release (mutex);
  __real_g_cond_wait (cond, mutex);
  __tsan_acquire (mutex);
}

WRAP (gboolean, g_atomic_ref_count_dec, (gatomicrefcount * count))
{
  gboolean last;

  __tsan_release (count);
  last = __real_g_atomic_ref_count_dec (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

/* --- pools of threads and what is left to the main loop ---------------------------------------------------------- */

/* A pool lasts as long as the program. */
typedef struct
{
  GFunc run;
  gpointer data;
} Pool;

static void
run_in_pool (gpointer job, gpointer data)
{
  const Pool *pool = data;

  __tsan_acquire (job);
  pool->run (job, pool->data);
}

WRAP (GThreadPool *, g_thread_pool_new, (GFunc run, gpointer data, int most, gboolean exclusive, GError **error))
{
  Pool *pool = g_new (Pool, 1);

  *pool = (Pool){ run, data };
  return __real_g_thread_pool_new (run_in_pool, pool, most, exclusive, error);
}

WRAP (gboolean, g_thread_pool_push, (GThreadPool * pool, gpointer job, GError **error))
{
  __tsan_release (job);
  return __real_g_thread_pool_push (pool, job, error);
}

typedef struct
{
  GSourceFunc run;
  gpointer data;
  GDestroyNotify destroy;
} Idle;

static gboolean
run_idle (gpointer data)
{
  const Idle *idle = data;

  __tsan_acquire (data);
  return idle->run (idle->data);
}

static void
free_idle (gpointer data)
{
  Idle *idle = data;

  if (idle->destroy != NULL)
    idle->destroy (idle->data);
  g_free (idle);
}

WRAP (guint, g_idle_add_full, (int priority, GSourceFunc run, gpointer data, GDestroyNotify destroy))
{
  Idle *idle = g_new (Idle, 1);

  *idle = (Idle){ run, data, destroy };
  __tsan_release (idle);
  return __real_g_idle_add_full (priority, run_idle, idle, free_idle);
}

/* --- tasks ----------------------------------------------------------------------------------------------------- */

/* What belongs to a task may end with it in any thread, once the callback has returned. */
typedef struct
{
  GTask *task;
  gpointer data;
  GDestroyNotify destroy;
} Belongings;

static void
free_belongings (gpointer data)
{
  Belongings *own = data;

  __tsan_acquire (own->task);
  if (own->destroy != NULL)
    own->destroy (own->data);
  g_free (own);
}

static void
begin (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc run = (GTaskThreadFunc) g_object_get_data (G_OBJECT (task), "run");
  const Belongings *own = data;

  __tsan_acquire (task);
  run (task, source, own != NULL ? own->data : NULL, cancellable);
}

WRAP (void, g_task_run_in_thread, (GTask * task, GTaskThreadFunc run))
{
  g_object_set_data (G_OBJECT (task), "run", (gpointer) run);
  __tsan_release (task);
  __real_g_task_run_in_thread (task, begin);
}

WRAP (void, g_task_return_pointer, (GTask * task, gpointer result, GDestroyNotify destroy))
{
  __tsan_release (task);
  __real_g_task_return_pointer (task, result, destroy);
}

WRAP (void, g_task_return_boolean, (GTask * task, gboolean result))
{
  __tsan_release (task);
  __real_g_task_return_boolean (task, result);
}

WRAP (void, g_task_return_int, (GTask * task, gssize result))
{
  __tsan_release (task);
  __real_g_task_return_int (task, result);
}

WRAP (void, g_task_return_error, (GTask * task, GError *error))
{
  __tsan_release (task);
  __real_g_task_return_error (task, error);
}

WRAP (gpointer, g_task_propagate_pointer, (GTask * task, GError **error))
{
  __tsan_acquire (task);
  return __real_g_task_propagate_pointer (task, error);
}

WRAP (gboolean, g_task_propagate_boolean, (GTask * task, GError **error))
{
  __tsan_acquire (task);
  return __real_g_task_propagate_boolean (task, error);
}

WRAP (gssize, g_task_propagate_int, (GTask * task, GError **error))
{
  __tsan_acquire (task);
  return __real_g_task_propagate_int (task, error);
}

WRAP (void, g_task_set_task_data, (GTask * task, gpointer data, GDestroyNotify destroy))
{
  Belongings *own = g_new (Belongings, 1);

  *own = (Belongings){ task, data, destroy };
  __real_g_task_set_task_data (task, own, free_belongings);
}

WRAP (gpointer, g_task_get_task_data, (GTask * task))
{
  Belongings *own = __real_g_task_get_task_data (task);

  __tsan_acquire (task);
  return own != NULL ? own->data : NULL;
}

static void
end (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncReadyCallback done = (GAsyncReadyCallback) g_object_get_data (G_OBJECT (result), "done");

  __tsan_acquire (result);
  done (source, result, data);
  __tsan_release (result);
}

WRAP (GTask *, g_task_new, (gpointer source, GCancellable *cancellable, GAsyncReadyCallback done, gpointer data))
{
  GTask *task = __real_g_task_new (source, cancellable, done != NULL ? end : NULL, data);

  g_object_set_data (G_OBJECT (task), "done", (gpointer) done);
  return task;
}
