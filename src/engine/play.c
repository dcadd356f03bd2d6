#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "play.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-text.h"

/* Apart from the trials and validations of the same seed. */
#define STREAM_TRAIN (RHEO_STREAM_TASK | 1u << 12)

/* Some episodes side by side. */
typedef struct
{
  const RheoPlay *play;
  int first, n, n_steps;
  char *state;      /* [episode] */
  RheoReal *input;  /* [episode][step][in] */
  RheoReal *action; /* [out] */
  RheoReal *unseen; /* [in]: what the network would see after the last step */
  int *length;      /* [episode]: what the batch says, the whole time */
  int *lived;       /* [episode]: steps */
  bool *over;
} Group;

static RheoDraw
draw_of (const RheoPlay *play, int episode)
{
  const int index = play->index != NULL ? play->index[episode] : episode;

  const gboolean train = play->set == RHEO_SET_TRAIN;

  return (RheoDraw){ .set = play->set,
                     .iteration = play->iteration,
                     .index = index,
                     .rng = { .seed = play->how.seed,
                              .stream = train ? STREAM_TRAIN : RHEO_STREAM_TASK,
                              .iteration = train ? play->iteration : (uint32_t) play->set,
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

/* Steps of the network that an action lasts. */
static int
hold (const RheoPlay *play)
{
  return MAX (play->shape->hold, 1);
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
      group->lived[i] = 0;
      group->length[i] = group->n_steps * hold (play);
    }
}

/* One step of an environment that goes on. */
static void
act (Group *group, int i, int t)
{
  const RheoPlay *play = group->play;
  RheoReal *next = t + 1 < group->n_steps ? input_of (group, i, t + 1) : group->unseen;
  double reward = 0;

  memcpy (group->action, rheo_tape_get_output (play->net, i, hold (play) - 1),
          sizeof (RheoReal) * (gsize) play->shape->n_out);
  if (play->choose != NULL)
    play->choose (play->hook_data, group->first + i, i, t, group->action);
  group->over[i] = play->task->act (play->config, play->data, state_of (group, i), group->action, next, &reward);
  group->lived[i]++;
  /* A network with its own clock stands still where nothing more is to be done. */
  if (group->over[i] && rheo_net_has_clock (play->net))
    group->length[i] = (t + 1) * hold (play);
  if (play->learn != NULL)
    play->learn (play->learn_data, play, reward, state_of (group, i), group->over[i]);
  if (play->reward != NULL)
    play->reward (play->hook_data, group->first + i, t, reward, state_of (group, i));
}

/* One step of the network, then of the environments. FALSE: stopped. */
static gboolean
step (Group *group, int t)
{
  const RheoPlay *play = group->play;
  const gboolean train = play->set == RHEO_SET_TRAIN;
  const RheoBatch batch = { .n_rows = group->n,
                            .n_steps = group->n_steps * hold (play),
                            .hold = hold (play),
                            .n_in = play->shape->n_in,
                            .n_out = play->shape->n_out,
                            .length = group->length,
                            .input = group->input,
                            .iteration = train ? play->iteration : (uint32_t) group->first,
                            .set = play->set };
  RheoRollout r = play->how;

  r.batch = &batch;
  r.t0 = (int64_t) t * hold (play);
  r.t1 = r.t0 + hold (play);
  r.lane0 = 0;
  r.n_lanes = rheo_net_get_wave (play->net);
  r.flags |= RHEO_ROLL_TAPE;
  r.flags &= ~(unsigned) RHEO_ROLL_RESET;
  if (t == 0 && !play->goes_on && (group->first == 0 || !play->runs_on))
    r.flags |= RHEO_ROLL_RESET;
  if (!rheo_rollout (play->net, &r))
    return FALSE;
  if (play->ran != NULL)
    play->ran (play->ran_data, &batch, r.t0, r.t1);
  for (int i = 0; i < group->n; i++)
    if (!group->over[i])
      act (group, i, t);
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

/* Episodes that are watched or scored fit into one wave, whose tape is there. */
static int
count_side (const RheoPlay *play)
{
  const RheoLane *last = rheo_net_get_lane (play->net, rheo_net_get_wave (play->net) - 1);

  return MIN (play->n, last->row0 + last->n_rows);
}

/* each: after the reset (t = 0) and after every step (t = 1 ...); or NULL. end: when a group is done, or NULL. */
static gboolean
play_all (const RheoPlay *play, void (*each) (void *data, const Group *group, int t),
          void (*end) (void *data, const Group *group), void *data)
{
  const int n_side = count_side (play);
  const gsize n_steps = (gsize) MAX (play->shape->episode_steps, 1);
  g_autofree char *state = g_malloc0 (play->task->state_size * (gsize) n_side);
  g_autofree RheoReal *input = g_new (RheoReal, (gsize) n_side * n_steps * (gsize) play->shape->n_in);
  g_autofree RheoReal *action = g_new (RheoReal, MAX (play->shape->n_out, 1));
  g_autofree RheoReal *unseen = g_new0 (RheoReal, MAX (play->shape->n_in, 1));
  g_autofree int *length = g_new (int, n_side), *lived = g_new0 (int, n_side);
  g_autofree bool *over = g_new0 (bool, n_side);
  Group group = { .play = play,
                  .n_steps = (int) n_steps,
                  .state = state,
                  .input = input,
                  .action = action,
                  .unseen = unseen,
                  .length = length,
                  .lived = lived,
                  .over = over };

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
      if (end != NULL)
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
  return play_all (play, NULL, value != NULL ? measure : NULL, value);
}

/* --- as a batch --------------------------------------------------------------------------------------------------- */
typedef struct
{
  RheoBatch batch;
  RheoReal *input;
  int *length;
  int32_t *item;
} Lived;

static void
keep_group (void *data, const Group *group)
{
  const RheoPlay *play = group->play;
  Lived *lived = data;
  int longest = 1;

  lived->length = g_new (int, group->n);
  lived->item = g_new (int32_t, group->n);
  for (int i = 0; i < group->n; i++)
    {
      int j = i;

      for (; j > 0 && group->lived[lived->item[j - 1]] < group->lived[i]; j--)
        lived->item[j] = lived->item[j - 1];
      lived->item[j] = i;
      longest = MAX (longest, group->lived[i]);
    }
  const gsize row = (gsize) longest * (gsize) play->shape->n_in;

  lived->input = g_new0 (RheoReal, MAX ((gsize) group->n * row, 1));
  for (int k = 0; k < group->n; k++)
    {
      const int i = lived->item[k];

      lived->length[k] = group->lived[i] * hold (play);
      memcpy (lived->input + (gsize) k * row,
              group->input + (gsize) i * (gsize) group->n_steps * (gsize) play->shape->n_in,
              sizeof (RheoReal) * (gsize) group->lived[i] * (gsize) play->shape->n_in);
    }
  lived->batch = (RheoBatch){ .n_rows = group->n,
                              .n_steps = longest * hold (play),
                              .hold = hold (play),
                              .n_in = play->shape->n_in,
                              .n_out = play->shape->n_out,
                              .length = lived->length,
                              .input = lived->input,
                              .item = lived->item,
                              .iteration = (uint32_t) group->first,
                              .set = play->set };
}

RheoBatch *
rheo_play_batch (const RheoPlay *play)
{
  RheoPlay once = *play;
  Lived *lived = g_new0 (Lived, 1);

  once.n = MIN (once.n, count_side (play));
  once.how.stop = NULL;
  play_all (&once, NULL, keep_group, lived);
  return &lived->batch;
}

void
rheo_play_free_batch (RheoBatch *batch)
{
  Lived *lived = (Lived *) batch;

  if (lived == NULL)
    return;
  g_free (lived->input);
  g_free (lived->length);
  g_free (lived->item);
  g_free (lived);
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
