/* Thread: any. */
/* What the engine tells: messages in order, none of them lost, and a mailbox per stream in which a newer frame takes the
 * place of one that nobody has fetched. */
#pragma once

#include "engine.h"

typedef struct RheoBus RheoBus;

/* wake (may be NULL) is called on the posting thread, outside every lock, when the bus was empty before: whoever stops
 * popping before the bus is empty comes back by itself. NULL: no memory for the locks. */
RheoBus *rheo_bus_new (RheoWake wake, void *data);
/* Frees what was not popped. Nobody may use the bus any more. */
void rheo_bus_free (RheoBus *bus);

/* Takes the message. Frames are told apart by their key. */
void rheo_bus_post (RheoBus *bus, RheoMessage *message);
/* Messages in the order of their posting, then frames, the longest-waiting stream first. NULL: nothing there. Yours. */
RheoMessage *rheo_bus_pop (RheoBus *bus);
/* Takes back a frame that nobody has fetched yet. */
void rheo_bus_forget_frame (RheoBus *bus, const char *stream);
/* Waits until there is something to pop (TRUE) or `seconds` have passed (FALSE). */
gboolean rheo_bus_wait (RheoBus *bus, double seconds);
