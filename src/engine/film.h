/* Thread: engine. */
/* What happened in episodes of an environment, moment by moment: what records keep of them and frames show. */
#pragma once

#include "table.h"
#include "task.h"

typedef struct RheoFilm RheoFilm;

/* Of n episodes of a task with a scene; task, config, data and shape are borrowed. */
RheoFilm *rheo_film_new (const RheoTask *task, const void *config, const void *data, const RheoShape *shape, int n);
void rheo_film_free (RheoFilm *film);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RheoFilm, rheo_film_free)
/* Nothing has happened yet; number: of the first episode in the training, from 1; 0: they have none. */
void rheo_film_clear (RheoFilm *film, int64_t number);
/* After the reset; after each step, with what the network gave as the action [out] and what came of it; at the end. */
void rheo_film_begin (RheoFilm *film, int episode, const void *state);
void rheo_film_step (RheoFilm *film, int episode, const void *state, const RheoReal *action, double reward);
void rheo_film_end (RheoFilm *film, int episode, const void *state);
gboolean rheo_film_has_ended (const RheoFilm *film); /* all episodes */

/* Columns:
 *   scene.items    episode time item number   as in scene.h, F32; the last moment is repeated to the end of the longest
 *   scene.length   episode                    moments that there are, I32
 *   scene.score    episode                    the first measure
 *   scene.facts    episode time fact          F32, where the scene has some
 *   scene.fields   episode time field         which cell is active, -1: none; I32, where it has some
 * and, where the task tells which action was taken, for the step that led to a moment; NaN and -1 at the first one:
 *   scene.votes    episode time out           what the network gave, F32
 *   scene.action   episode time               the action that was taken, I32
 *   scene.reward   episode time               F32
 *   scene.rewards  action                     rewards of the last actions, of earlier episodes too, F32
 *   notes "scene.bounds" = "x0 y0 x1 y1", "scene.unit", "scene.names" = names of the items, "scene.fact-names",
 *   "scene.fact-units", "scene.field-names" and "scene.outputs", all separated by tabs; "scene.field-cells" = their numbers of
 *   cells; "scene.step" = ms of a moment and "scene.number" = number
 *   of the first episode, where they are known */
void rheo_film_add (const RheoFilm *film, RheoTable *table);
