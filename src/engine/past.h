/* Thread: engine. */
/* The last steps of a network that goes on, which its records and frames show (trainer-past.c). */
#pragma once

#include "net.h"

typedef struct RheoPast RheoPast;

/* The net, which has one row, is borrowed; one with a clock gets an array that counts its steps. */
RheoPast *rheo_past_new (RheoNet *net);
void rheo_past_free (RheoPast *past);
void rheo_past_clear (RheoPast *past); /* NULL is fine */
/* Steps t0 .. t1 - 1 of a batch, as they ran: the window that is on the tape of the net. */
void rheo_past_take (RheoPast *past, const RheoBatch *batch, int64_t t0, int64_t t1);
/* Notes "start": the time of the first step that is kept, in ms since the network began; where it has a clock of its own. */
void rheo_past_note_start (const RheoPast *past, RheoTable *table);
int rheo_past_get_n (const RheoPast *past); /* steps that are kept; 0: none ran yet */
/* Units first .. first + count - 1 of a population, or inputs (pop -1), in all these steps, the oldest first: [step][count],
 * spikes as bytes, other signals as RheoReal. */
void rheo_past_copy (const RheoPast *past, int pop, int64_t first, int64_t count, void *to);
/* Adds what they were, as one trial: columns as rheo_trainer_dup_record tells. */
void rheo_past_add (const RheoPast *past, RheoTable *table);
