/* Thread: engine (one caller at a time). */
/* Worker threads. Plain C and pthread, so that ThreadSanitizer sees everything. */
#pragma once

typedef struct RheoTeam RheoTeam;

/* n_threads 0: one per core. Workers have a lower priority than the caller. NULL when no thread can be made. */
RheoTeam *rheo_team_new (int n_threads);
void rheo_team_free (RheoTeam *team);
/* The calling thread, and those that it makes from here on, stand further behind the others of the program. On Linux;
 * elsewhere it does nothing. */
void rheo_team_give_way (void);
int rheo_team_get_n_threads (const RheoTeam *team);

/* Calls fn (data, item, thread) for item 0 .. n - 1, each once, on the workers and the caller; returns when all are
 * done. thread < n_threads, for scratch memory. Which thread gets an item never changes a result. Inside fn only other
 * teams of one thread may be called. */
void rheo_team_map (RheoTeam *team, int n, void (*fn) (void *data, int item, int thread), void *data);
