#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "film.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "json-text.h"

#define N_RECENT 1200 /* rewards that are kept: a minute of actions of 50 ms */
#define ITEM (RHEO_SCENE_ITEMS * RHEO_SCENE_NUMBERS)

struct RheoFilm
{
  const RheoTask *task;
  const void *config, *data;
  const RheoShape *shape;
  int n_episodes, n_moments, n_ended;
  int64_t number;
  RheoScene scene; /* the last one */
  float *item;     /* [episode][moment][ITEM] */
  float *fact;     /* [episode][moment][RHEO_SCENE_FACTS] */
  int32_t *field;  /* [episode][moment][RHEO_SCENE_FIELDS] */
  float *votes;    /* [episode][moment][out] */
  float *reward;   /* [episode][moment] */
  int32_t *action; /* [episode][moment] */
  int32_t *length; /* [episode] */
  double *score;   /* [episode] */
  int64_t n_rewards;
  float recent[N_RECENT]; /* a ring */
};

RheoFilm *
rheo_film_new (const RheoTask *task, const void *config, const void *data, const RheoShape *shape, int n)
{
  RheoFilm *film = g_new0 (RheoFilm, 1);
  const gsize n_moments = (gsize) MAX (shape->episode_steps, 1) + 1, all = (gsize) n * n_moments;

  *film = (RheoFilm){ .task = task,
                      .config = config,
                      .data = data,
                      .shape = shape,
                      .n_episodes = n,
                      .n_moments = (int) n_moments,
                      .scene.unit = "",
                      .item = g_new0 (float, all *ITEM),
                      .fact = g_new0 (float, all *RHEO_SCENE_FACTS),
                      .field = g_new0 (int32_t, all * RHEO_SCENE_FIELDS),
                      .votes = g_new0 (float, all *(gsize) MAX (shape->n_out, 1)),
                      .reward = g_new0 (float, all),
                      .action = g_new0 (int32_t, all),
                      .length = g_new0 (int32_t, n),
                      .score = g_new0 (double, n) };
  return film;
}

void
rheo_film_free (RheoFilm *film)
{
  if (film == NULL)
    return;
  g_free (film->item);
  g_free (film->fact);
  g_free (film->field);
  g_free (film->votes);
  g_free (film->reward);
  g_free (film->action);
  g_free (film->length);
  g_free (film->score);
  g_free (film);
}

void
rheo_film_clear (RheoFilm *film, int64_t number)
{
  film->n_ended = 0;
  film->number = number;
}

/* --- taking --------------------------------------------------------------------------------------------------------- */
static void
take (RheoFilm *film, gsize at, const void *state)
{
  float *to = film->item + at * ITEM;

  film->scene = (RheoScene){ .unit = "" };
  film->task->scene (film->config, film->data, state, &film->scene);
  memset (to, 0, sizeof *to * ITEM);
  for (int k = 0; k < film->scene.n; k++)
    {
      const RheoSceneItem *item = &film->scene.item[k];
      const double number[] = { item->shape, item->role, item->x, item->y, item->a, item->b };

      for (int j = 0; j < RHEO_SCENE_NUMBERS; j++)
        *to++ = (float) number[j];
    }
  for (int k = 0; k < film->scene.n_facts; k++)
    film->fact[at * RHEO_SCENE_FACTS + (gsize) k] = (float) film->scene.fact[k].value;
  for (int k = 0; k < film->scene.n_fields; k++)
    film->field[at * RHEO_SCENE_FIELDS + (gsize) k] = film->scene.field[k].active;
}

void
rheo_film_begin (RheoFilm *film, int episode, const void *state)
{
  const gsize at = (gsize) episode * (gsize) film->n_moments;

  take (film, at, state);
  for (int k = 0; k < film->shape->n_out; k++)
    film->votes[at * (gsize) film->shape->n_out + (gsize) k] = NAN;
  film->reward[at] = NAN;
  film->action[at] = -1;
  film->length[episode] = 1;
}

void
rheo_film_step (RheoFilm *film, int episode, const void *state, const RheoReal *action, double reward)
{
  const gsize at = (gsize) episode * (gsize) film->n_moments + (gsize) film->length[episode]++;
  bool undecided;

  take (film, at, state);
  for (int k = 0; k < film->shape->n_out; k++)
    film->votes[at * (gsize) film->shape->n_out + (gsize) k] = (float) action[k];
  film->reward[at] = (float) reward;
  film->action[at] = film->task->taken != NULL ? film->task->taken (film->config, state, &undecided) : -1;
  film->recent[film->n_rewards++ % N_RECENT] = (float) reward;
}

void
rheo_film_end (RheoFilm *film, int episode, const void *state)
{
  double value[RHEO_MAX_MEASURES] = { 0 };

  film->task->measure (film->config, film->data, state, value);
  film->score[episode] = value[0];
  film->n_ended++;
}

gboolean
rheo_film_has_ended (const RheoFilm *film)
{
  return film->n_ended == film->n_episodes;
}

/* --- as columns ----------------------------------------------------------------------------------------------------- */
/* width numbers of 4 bytes of each moment, of which room are kept; the last moment again and again to the end of the longest
 * episode. */
static RheoColumn *
add_moments (const RheoFilm *film, const char *key, const char *label, const char *axes, RheoType type, int n_dims,
             const int64_t *dims, const void *from, gsize room, RheoTable *table)
{
  RheoColumn *column = rheo_table_add (table, key, label, "", axes, type, dims);
  gsize width = 1;
  char *to = column->data;

  for (int d = 2; d < n_dims; d++)
    width *= (gsize) dims[d];
  for (int episode = 0; episode < film->n_episodes; episode++)
    for (int t = 0; t < dims[1]; t++, to += 4 * width)
      {
        const int last = MIN (t, film->length[episode] - 1);

        memcpy (to, (const char *) from + 4 * room * ((gsize) episode * (gsize) film->n_moments + (gsize) last),
                4 * width);
      }
  return column;
}

static void
note_words (RheoTable *table, const char *key, const char *const *words, int n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int k = 0; k < n; k++)
    g_string_append_printf (text, k > 0 ? "\t%s" : "%s", words[k] != NULL ? words[k] : "");
  rheo_table_set_note (table, key, text->str);
}

static void
add_notes (const RheoFilm *film, RheoTable *table)
{
  const RheoScene *scene = &film->scene;
  const double bounds[] = { scene->x0, scene->y0, scene->x1, scene->y1 };
  const char *item[RHEO_SCENE_ITEMS], *fact[RHEO_SCENE_FACTS], *unit[RHEO_SCENE_FACTS];
  const char *field[RHEO_SCENE_FIELDS];
  g_autoptr (GString) text = g_string_new (NULL), cells = g_string_new (NULL);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, film->number);
  char step[RHEO_NUMBER_SIZE];

  for (gsize k = 0; k < G_N_ELEMENTS (bounds); k++)
    {
      if (k > 0)
        g_string_append_c (text, ' ');
      rheo_json_append_number (text, bounds[k]);
    }
  for (int k = 0; k < scene->n; k++)
    item[k] = scene->item[k].name;
  for (int k = 0; k < scene->n_facts; k++)
    {
      fact[k] = scene->fact[k].name;
      unit[k] = scene->fact[k].unit;
    }
  for (int k = 0; k < scene->n_fields; k++)
    {
      g_string_append_printf (cells, k > 0 ? " %d" : "%d", scene->field[k].n);
      field[k] = scene->field[k].name;
    }
  rheo_table_set_note (table, "scene.bounds", text->str);
  rheo_table_set_note (table, "scene.unit", scene->unit);
  note_words (table, "scene.names", item, scene->n);
  if (scene->n_facts > 0)
    {
      note_words (table, "scene.fact-names", fact, scene->n_facts);
      note_words (table, "scene.fact-units", unit, scene->n_facts);
    }
  if (scene->n_fields > 0)
    {
      note_words (table, "scene.field-names", field, scene->n_fields);
      rheo_table_set_note (table, "scene.field-cells", cells->str);
    }
  if (film->shape->labels != NULL)
    note_words (table, "scene.outputs", film->shape->labels, (int) g_strv_length ((char **) film->shape->labels));
  if (film->shape->hold > 1)
    rheo_table_set_note (table, "scene.step", rheo_number_text (film->shape->hold * film->shape->dt_ms, step));
  if (film->number > 0)
    rheo_table_set_note (table, "scene.number", number);
}

static void
add_recent (const RheoFilm *film, RheoTable *table)
{
  const int64_t n = MIN (film->n_rewards, N_RECENT);
  float *to =
      rheo_table_add (table, "scene.rewards", N_ ("Rewards of the last actions"), "", "action", RHEO_F32, &n)->data;

  for (int64_t i = 0; i < n; i++)
    to[i] = film->recent[(film->n_rewards - n + i) % N_RECENT];
}

void
rheo_film_add (const RheoFilm *film, RheoTable *table)
{
  const RheoSeries *measure = film->task->measures;
  const int64_t n = film->n_episodes;
  int64_t dims[] = { n, 1, film->scene.n, RHEO_SCENE_NUMBERS };

  for (int i = 0; i < n; i++)
    dims[1] = MAX (dims[1], film->length[i]);
  add_moments (film, "scene.items", N_ ("Scene"), "episode time item number", RHEO_F32, 4, dims, film->item, ITEM,
               table);
  rheo_table_add_copy (table, "scene.length", N_ ("Moments"), "", "episode", RHEO_I32, &n, film->length);
  rheo_table_add_copy (table, "scene.score", measure->label, measure->unit, "episode", RHEO_F64, &n, film->score);
  dims[2] = film->scene.n_facts;
  if (film->scene.n_facts > 0)
    add_moments (film, "scene.facts", N_ ("Numbers of the scene"), "episode time fact", RHEO_F32, 3, dims, film->fact,
                 RHEO_SCENE_FACTS, table);
  dims[2] = film->scene.n_fields;
  if (film->scene.n_fields > 0)
    add_moments (film, "scene.fields", N_ ("Active receptive fields"), "episode time field", RHEO_I32, 3, dims,
                 film->field, RHEO_SCENE_FIELDS, table);
  dims[2] = film->shape->n_out;
  if (film->task->taken != NULL)
    {
      add_moments (film, "scene.votes", N_ ("Votes"), "episode time out", RHEO_F32, 3, dims, film->votes,
                   (gsize) film->shape->n_out, table);
      add_moments (film, "scene.action", N_ ("Action"), "episode time", RHEO_I32, 2, dims, film->action, 1, table);
      add_moments (film, "scene.reward", N_ ("Reward"), "episode time", RHEO_F32, 2, dims, film->reward, 1, table)
          ->flags = RHEO_SERIES_SIGNED;
      add_recent (film, table);
    }
  add_notes (film, table);
}
