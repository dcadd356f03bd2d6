#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "play.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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

/* Bytes of the states of environments that outlive an episode lie in the network, whose state they belong to: from there at
 * the beginning of an episode, and back at its end. */
static void
carry (const Group *group, int i, gboolean back)
{
  const RheoPlay *play = group->play;
  const RheoNetArray *array = play->shape->carried > 0 ? rheo_net_find_array (play->net, RHEO_CARRIED) : NULL;
  char *there = array != NULL ? (char *) array->data + (gsize) i * (gsize) array->stride : NULL;
  char *here = (char *) state_of (group, i) + play->task->state_size - play->shape->carried;

  if (there != NULL)
    memcpy (back ? there : here, back ? here : there, play->shape->carried);
}

static void
begin (Group *group)
{
  const RheoPlay *play = group->play;
  const gboolean follows = play->goes_on || (group->first > 0 && play->runs_on);

  for (int i = 0; i < group->n; i++)
    {
      RheoDraw draw = draw_of (play, group->first + i);

      memset (state_of (group, i), 0, play->task->state_size);
      if (follows)
        carry (group, i, FALSE);
      play->task->reset (play->config, play->data, state_of (group, i), &draw, input_of (group, i, 0));
      group->over[i] = false;
      group->lived[i] = 0;
      group->length[i] = group->n_steps * hold (play);
      if (play->begin != NULL)
        play->begin (play->hook_data, group->first + i, state_of (group, i));
      if (play->film != NULL)
        rheo_film_begin (play->film, group->first + i, state_of (group, i));
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
  if (play->film != NULL)
    rheo_film_step (play->film, group->first + i, state_of (group, i), group->action, reward);
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

/* Episodes that are watched or scored fit into one wave, whose tape is there. In one run there is one after the other. */
static int
count_side (const RheoPlay *play)
{
  const RheoLane *last = rheo_net_get_lane (play->net, rheo_net_get_wave (play->net) - 1);

  return play->runs_on ? 1 : MIN (play->n, last->row0 + last->n_rows);
}

/* end: when a group is done, or NULL. */
static gboolean
play_all (const RheoPlay *play, void (*end) (void *data, const Group *group), void *data)
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
      for (int t = 0; t < group.n_steps && !all_over (&group); t++)
        if (!step (&group, t))
          return FALSE;
      for (int i = 0; i < group.n; i++)
        carry (&group, i, TRUE);
      for (int i = 0; i < group.n && play->film != NULL; i++)
        rheo_film_end (play->film, group.first + i, state_of (&group, i));
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
  return play_all (play, value != NULL ? measure : NULL, value);
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
  play_all (&once, keep_group, lived);
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

gboolean
rheo_play_record (const RheoPlay *play, RheoTable *table)
{
  g_autoptr (RheoFilm) film = rheo_film_new (play->task, play->config, play->data, play->shape, play->n);
  RheoPlay filmed = *play;

  filmed.film = film;
  if (!rheo_play (&filmed, NULL))
    return FALSE;
  rheo_film_add (film, table);
  return TRUE;
}
