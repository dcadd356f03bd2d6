/* Thread: engine. */
/* Block of a model's config: the read-out acts back on the network, by fixed random weights (Sussillo & Abbott 2009). */
#pragma once

#include "net.h"

typedef struct
{
  int kind; /* 0: none; 1: uniform weights */
  double range;
} RheoFeedback;

extern const RheoParam rheo_feedback_rows[];

/* In layout, as the last projection: "feedback", from the population `out` of the read-out to `to`, one step late. */
void rheo_feedback_add (const RheoFeedback *config, RheoNet *net, int out, int to);
/* Its weights; called by the model's init. */
void rheo_feedback_init (const RheoFeedback *config, RheoNet *net, RheoRng rng);
