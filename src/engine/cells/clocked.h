/* Thread: any. */
/* The cells of a network with its own clock: the model runs their events (RheoModel.advance), the engine sees spikes. */
#pragma once

#include "../cells.h"

RHEO_CELL_FUNCTION int
rheo_clocked_n_tape (const void *derived)
{
  return 0;
}

static const char *const rheo_clocked_none[] = { NULL };

static const RheoCell rheo_cell_clocked = {
  .id = "clocked",
  .params = rheo_clocked_none,
  .states = rheo_clocked_none,
  .n_ports = 1,
  .n_tape = rheo_clocked_n_tape,
  .spikes = true,
};
