/* Thread: engine. */
/* The device "cuda": a card by means of the module that knows CUDA (card.h). */
#pragma once

#include "card.h"

/* Makes a card of the module at `path` what `device` computes on; its team is there already. False with a sentence (constant,
 * to be translated): no module, or one of another build, no driver, no card. */
bool rheo_cuda_open (RheoDevice *device, const char *path, int i_card, const char **why);
void rheo_cuda_close (RheoDevice *device);
