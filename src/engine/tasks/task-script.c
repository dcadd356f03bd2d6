#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>

#include "engine/script.h"
#include "engine/task.h"
#include "engine/trial.h"

/* Trials, and scores of the answers to them, from a Lua script of the user's (script.h). */

typedef struct
{
  const char *file;
  int n_trials;
  double time_limit;
} TaskScript;

typedef struct
{
  RheoScript *script;
  RheoScriptShape shape;
  RheoSeries condition[RHEO_SCRIPT_MAX_CONDITIONS + 1];
  char *label[RHEO_SCRIPT_MAX_CONDITIONS];
  pthread_mutex_t lock; /* one trial at a time */
} Script;

static const RheoParam params[] = {
  RHEO_P_PATH (
      TaskScript, file, "file", .label = N_ ("Script"),
      .help = N_ (
          "A Lua 5.4 file with the functions shape and trial, and score if there is one; template.lua shows what they "
          "give.")),
  RHEO_P_REAL (TaskScript, time_limit, "time-limit", .label = N_ ("Time limit"), .unit = N_ ("s"), .def = 5, .min = 0.1,
               .max = 600, .soft_min = 1, .soft_max = 10,
               .help = N_ ("A script that takes longer for one trial or its score is stopped."),
               .flags = RHEO_ADVANCED),
  RHEO_P_FIXED (TaskScript, n_trials, 0),
  RHEO_P_END,
};

static gboolean
check (const void *config, GError **error)
{
  const TaskScript *c = config;

  if (*c->file == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.file is empty: choose a Lua file that makes the trials."));
  return TRUE;
}

static void
close_script (void *data)
{
  Script *s = data;

  rheo_script_free (s->script);
  for (int i = 0; i < s->shape.n_conditions; i++)
    g_free (s->label[i]);
  pthread_mutex_destroy (&s->lock);
  g_free (s);
}

/* "dot-count" is shown as "Dot count". */
static void
name_conditions (Script *s)
{
  for (int i = 0; i < s->shape.n_conditions; i++)
    {
      s->label[i] = g_strdelimit (g_strdup (s->shape.condition[i]), "-_", ' ');
      *s->label[i] = g_ascii_toupper (*s->label[i]);
      s->condition[i] =
          (RheoSeries){ .key = s->shape.condition[i], .label = s->label[i], .help = "", .unit = "", .axes = "trial" };
    }
}

static const RheoSeries *
get_conditions (const void *data)
{
  return ((const Script *) data)->condition;
}

static gboolean
open_script (const void *config, uint64_t seed, void **data, GError **error)
{
  const TaskScript *c = config;
  g_autofree char *text = NULL, *name = g_path_get_basename (c->file);
  g_autoptr (RheoScript) script = NULL;
  gsize size;
  Script *s;

  if (!g_file_test (c->file, G_FILE_TEST_EXISTS))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, but there is no such file."), c->file);
  if (!g_file_test (c->file, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents (c->file, &text, &size, NULL))
    return rheo_fail (error, RHEO_ERROR_IO, _ ("task.file is %s, which cannot be read."), c->file);
  script = rheo_script_new (name, text, size, c->time_limit);
  if (!rheo_script_load (script, error))
    return FALSE;
  s = g_new0 (Script, 1);
  s->shape = *rheo_script_get_shape (script);
  s->script = g_steal_pointer (&script);
  name_conditions (s);
  pthread_mutex_init (&s->lock, NULL);
  *data = s;
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *out)
{
  const TaskScript *c = config;
  const Script *s = data;

  *out = (RheoShape){ .n_in = s->shape.n_in,
                      .n_out = s->shape.n_out,
                      .n_steps = s->shape.n_steps,
                      .n_trials = c->n_trials,
                      .n_valid = c->n_trials,
                      .dt_ms = s->shape.dt_ms,
                      .scored = s->shape.scored != 0 };
}

static gboolean
same_shape (const RheoScriptShape *a, const RheoScriptShape *b)
{
  return a->n_in == b->n_in && a->n_out == b->n_out && a->n_steps == b->n_steps && a->scored == b->scored
         && a->n_conditions == b->n_conditions && memcmp (a->condition, b->condition, sizeof a->condition) == 0;
}

/* Of a process that was begun anew, where the script has it from chance. */
static gboolean
check_shape (const Script *s, GError **error)
{
  if (same_shape (&s->shape, rheo_script_get_shape (s->script)))
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The function shape gives another shape each time."));
}

static gboolean
fill_locked (Script *s, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const double *from = rheo_script_make_trial (s->script, draw->index, draw->rng, error);

  if (from == NULL || !check_shape (s, error))
    return FALSE;
  for (int i = 0; i < trial->n_steps * trial->n_in; i++)
    trial->input[i] = (RheoReal) *from++;
  for (int i = 0; i < trial->n_steps * trial->n_out; i++)
    trial->target[i] = (RheoReal) *from++;
  for (int i = 0; i < trial->n_steps; i++)
    trial->weight[i] = (RheoReal) *from++;
  for (int i = 0; i < s->shape.n_conditions; i++)
    trial->condition[i] = *from++;
  return TRUE;
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  Script *s = (Script *) data;
  gboolean good;

  pthread_mutex_lock (&s->lock);
  trial->n_steps = s->shape.n_steps;
  good = fill_locked (s, draw, trial, error);
  pthread_mutex_unlock (&s->lock);
  return good;
}

static gboolean
score (const void *config, const void *data, const RheoDraw *draw, const RheoTrial *trial, const RheoReal *output,
       double *score, GError **error)
{
  Script *s = (Script *) data;
  const int n = trial->n_steps * trial->n_out;
  g_autofree double *numbers = g_new (double, n);
  gboolean good;

  for (int i = 0; i < n; i++)
    numbers[i] = output[i];
  pthread_mutex_lock (&s->lock);
  good = rheo_script_load (s->script, error) && check_shape (s, error)
         && rheo_script_score (s->script, draw->index, draw->rng, numbers, score, error);
  pthread_mutex_unlock (&s->lock);
  return good;
}

const RheoTask rheo_task_task_script = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "task-script",
            .title = N_ ("Trials from a script"),
            .summary = N_ ("Trials that a Lua script of your own makes."),
            .cite = "",
            .config_size = sizeof (TaskScript),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS | RHEO_SCORES,
            .check = check },
  .get_conditions = get_conditions,
  .open = open_script,
  .close = close_script,
  .shape = shape,
  .fill = fill,
  .score = score,
};
