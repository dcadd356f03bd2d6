#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "play.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-text.h"
#include "rollout.h"

/* Some episodes side by side. */
typedef struct
{
  const RheoPlay *play;
  int first, n, n_steps;
  char *state;     /* [episode] */
  RheoReal *input; /* [episode][step][in] */
  int *length;     /* [episode]: what the batch says, the whole time */
  bool *over;
} Group;

static RheoDraw
draw_of (const RheoPlay *play, int episode)
{
  const int index = play->index != NULL ? play->index[episode] : episode;

  return (RheoDraw){ .set = play->set,
                     .index = index,
                     .rng = { .seed = play->seed,
                              .stream = RHEO_STREAM_TASK,
                              .iteration = (uint32_t) play->set,
                              .item = (uint32_t) index } };
}

static void *
state_of (const Group *group, int i)
{
  return group->state + (gsize) i * group->play->task->state_size;
}

static RheoReal *
input_of (const Group *group, int i, int t)
{
  return group->input + ((gsize) i * group->n_steps + t) * group->play->shape->n_in;
}

static void
begin (Group *group)
{
  const RheoPlay *play = group->play;

  for (int i = 0; i < group->n; i++)
    {
      RheoDraw draw = draw_of (play, group->first + i);

      memset (state_of (group, i), 0, play->task->state_size);
      play->task->reset (play->config, play->data, state_of (group, i), &draw, input_of (group, i, 0));
      group->over[i] = false;
    }
}

/* One step of the network, then of the environments. FALSE: stopped. */
static gboolean
step (Group *group, int t)
{
  const RheoPlay *play = group->play;
  const RheoBatch batch = { .n_rows = group->n,
                            .n_steps = group->n_steps,
                            .n_in = play->shape->n_in,
                            .n_out = play->shape->n_out,
                            .length = group->length,
                            .input = group->input,
                            .iteration = (uint32_t) group->first,
                            .set = play->set };
  const RheoRollout r = { .batch = &batch,
                          .t0 = t,
                          .t1 = t + 1,
                          .flags = RHEO_ROLL_TAPE | (t == 0 ? RHEO_ROLL_RESET : 0u),
                          .acts = play->acts,
                          .n_acts = play->n_acts,
                          .n_lanes = rheo_net_get_wave (play->net),
                          .seed = play->seed,
                          .stop = play->stop,
                          .stop_data = play->stop_data };

  if (!rheo_rollout (play->net, &r))
    return FALSE;
  for (int i = 0; i < group->n; i++)
    {
      RheoReal *next = input_of (group, i, MIN (t + 1, group->n_steps - 1));
      double reward = 0;

      if (!group->over[i])
        group->over[i] = play->task->act (play->config, play->data, state_of (group, i),
                                          rheo_tape_get_output (play->net, i, 0), next, &reward);
    }
  return TRUE;
}

static gboolean
all_over (const Group *group)
{
  for (int i = 0; i < group->n; i++)
    if (!group->over[i])
      return FALSE;
  return TRUE;
}

/* each: after the reset (t = 0) and after every step (t = 1 ...); or NULL. end: when a group is done. */
static gboolean
play_all (const RheoPlay *play, void (*each) (void *data, const Group *group, int t),
          void (*end) (void *data, const Group *group), void *data)
{
  /* Episodes that are watched or scored fit into one wave, whose tape is there. */
  const RheoLane *last = rheo_net_get_lane (play->net, rheo_net_get_wave (play->net) - 1);
  const int n_side = MIN (play->n, last->row0 + last->n_rows);
  const gsize n_steps = (gsize) MAX (play->shape->episode_steps, 1);
  g_autofree char *state = g_malloc0 (play->task->state_size * (gsize) n_side);
  g_autofree RheoReal *input = g_new (RheoReal, (gsize) n_side * n_steps * (gsize) play->shape->n_in);
  g_autofree int *length = g_new (int, n_side);
  g_autofree bool *over = g_new0 (bool, n_side);
  Group group = {
    .play = play, .n_steps = (int) n_steps, .state = state, .input = input, .length = length, .over = over
  };

  for (int i = 0; i < n_side; i++)
    length[i] = group.n_steps;
  for (; group.first < play->n; group.first += group.n)
    {
      group.n = MIN (n_side, play->n - group.first);
      memset (input, 0, sizeof *input * (gsize) group.n * n_steps * (gsize) play->shape->n_in);
      begin (&group);
      if (each != NULL)
        each (data, &group, 0);
      for (int t = 0; t < group.n_steps && !all_over (&group); t++)
        {
          if (!step (&group, t))
            return FALSE;
          if (each != NULL)
            each (data, &group, t + 1);
        }
      end (data, &group);
    }
  return TRUE;
}

static int
count_measures (const RheoTask *task)
{
  int n = 0;

  while (task->measures[n].key != NULL)
    n++;
  return n;
}

static void
measure (void *data, const Group *group)
{
  const RheoPlay *play = group->play;
  const int n = count_measures (play->task);

  for (int i = 0; i < group->n; i++)
    play->task->measure (play->config, play->data, state_of (group, i), (double *) data + (group->first + i) * n);
}

gboolean
rheo_play (const RheoPlay *play, double *value)
{
  return play_all (play, NULL, measure, value);
}

/* --- what happened ------------------------------------------------------------------------------------------------ */
typedef struct
{
  int n_moments, n_items;
  double *value;
  float *item;     /* [episode][moment][RHEO_SCENE_ITEMS][number] */
  int32_t *length; /* [episode] */
  bool *over;
  RheoScene scene; /* the last one */
} Film;

static void
take_picture (void *data, const Group *group, int t)
{
  Film *film = data;
  const RheoPlay *play = group->play;

  for (int i = 0; i < group->n; i++)
    {
      const int episode = group->first + i;
      float *to = film->item + ((gsize) episode * film->n_moments + t) * RHEO_SCENE_ITEMS * RHEO_SCENE_NUMBERS;

      if (!film->over[episode])
        film->length[episode] = t + 1;
      film->over[episode] = group->over[i];
      film->scene = (RheoScene){ .unit = "" };
      play->task->scene (play->config, play->data, state_of (group, i), &film->scene);
      film->n_items = MAX (film->n_items, film->scene.n);
      for (int k = 0; k < film->scene.n; k++)
        {
          const RheoSceneItem *item = &film->scene.item[k];
          const double number[] = { item->shape, item->role, item->x, item->y, item->a, item->b };

          for (int j = 0; j < RHEO_SCENE_NUMBERS; j++)
            *to++ = (float) number[j];
        }
    }
}

static void
end_film (void *data, const Group *group)
{
  Film *film = data;
  const gsize size = RHEO_SCENE_ITEMS * RHEO_SCENE_NUMBERS;

  measure (film->value, group);
  for (int episode = group->first; episode < group->first + group->n; episode++)
    for (int t = film->length[episode]; t < film->n_moments; t++)
      {
        float *to = film->item + ((gsize) episode * film->n_moments + t) * size;

        memcpy (to, to - size, sizeof *to * size);
      }
}

static void
set_notes (const RheoScene *scene, RheoTable *table)
{
  const double bounds[] = { scene->x0, scene->y0, scene->x1, scene->y1 };
  g_autoptr (GString) text = g_string_new (NULL), names = g_string_new (NULL);

  for (gsize k = 0; k < G_N_ELEMENTS (bounds); k++)
    {
      if (k > 0)
        g_string_append_c (text, ' ');
      rheo_json_append_number (text, bounds[k]);
    }
  for (int k = 0; k < scene->n; k++)
    g_string_append_printf (names, k > 0 ? "\t%s" : "%s", scene->item[k].name != NULL ? scene->item[k].name : "");
  rheo_table_set_note (table, "scene.bounds", text->str);
  rheo_table_set_note (table, "scene.unit", scene->unit);
  rheo_table_set_note (table, "scene.names", names->str);
}

gboolean
rheo_play_record (const RheoPlay *play, RheoTable *table)
{
  const int n_measures = count_measures (play->task);
  const gsize n = (gsize) play->n, size = RHEO_SCENE_ITEMS * RHEO_SCENE_NUMBERS;
  const int n_moments = MAX (play->shape->episode_steps, 1) + 1;
  const int64_t n_episodes = play->n;
  g_autofree double *value = g_new0 (double, n *(gsize) n_measures), *score = g_new (double, n);
  g_autofree float *item = g_new0 (float, n *(gsize) n_moments *size);
  g_autofree int32_t *length = g_new0 (int32_t, n);
  g_autofree bool *over = g_new0 (bool, n);
  Film film = { .n_moments = n_moments, .value = value, .item = item, .length = length, .over = over };
  float *to;

  if (!play_all (play, take_picture, end_film, &film))
    return FALSE;
  const int64_t dims[] = { n_episodes, n_moments, film.n_items, RHEO_SCENE_NUMBERS };
  to = rheo_table_add (table, "scene.items", N_ ("Scene"), "", "episode time item number", RHEO_F32, dims)->data;
  for (gsize k = 0; k < n * (gsize) n_moments; k++)
    memcpy (to + k * (gsize) film.n_items * RHEO_SCENE_NUMBERS, item + k * size,
            sizeof *to * (gsize) film.n_items * RHEO_SCENE_NUMBERS);
  rheo_table_add_copy (table, "scene.length", N_ ("Moments"), "", "episode", RHEO_I32, &n_episodes, length);
  for (gsize i = 0; i < n; i++)
    score[i] = value[i * (gsize) n_measures];
  rheo_table_add_copy (table, "scene.score", play->task->measures[0].label, play->task->measures[0].unit, "episode",
                       RHEO_F64, &n_episodes, score);
  set_notes (&film.scene, table);
  return TRUE;
}
