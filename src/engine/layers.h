/* Thread: engine. */
/* What models of layers have in common: populations "hidden" one behind the other ("hidden1", "hidden2" ... where there are
 * several) and a read-out of the last; projections "in" from the input, "ff2" ... between layers in the same step, "rec" within
 * them one step late, and "out". */
#pragma once

#include "delays.h"
#include "feedback.h"
#include "init.h"
#include "readout.h"

#define RHEO_MAX_LAYERS 8

/* What such a model's config holds beside its layers. */
typedef struct
{
  RheoInit out;
  RheoReadout readout;
  RheoFeedback feedback;
  RheoDelays delays;
} RheoLayersRows;

#define RHEO_P_LAYERS(S, f)                                                                                            \
  RHEO_P_BLOCK (S, f.out, RheoInit, "out", rheo_init_plain_rows, .label = N_ ("Output connections")),                  \
      RHEO_P_BLOCK (S, f.readout, RheoReadout, "read-out", rheo_readout_rows, .label = N_ ("Read-out")),               \
      RHEO_P_BLOCK (S, f.feedback, RheoFeedback, "feedback", rheo_feedback_rows, .label = N_ ("Feedback"),             \
                    .flags = RHEO_ADVANCED),                                                                           \
      RHEO_P_BLOCK (S, f.delays, RheoDelays, "delays", rheo_delays_rows, .label = N_ ("Delays"),                       \
                    .flags = RHEO_ADVANCED)

typedef struct
{
  const RheoInit *in, *rec; /* rec NULL: the units are not connected with each other */
  gboolean one_to_one;      /* rec: each unit with itself alone */
  int n_classes;
  int8_t *sign; /* [unit]: +1 excitatory, -1 inhibitory; NULL: one kind. Owned */
} RheoLayer;

typedef struct RheoLayers RheoLayers;
struct RheoLayers
{
  const RheoLayersRows *rows;
  int n;
  RheoLayer layer[RHEO_MAX_LAYERS];
  gboolean signed_out; /* output weights are drawn with the signs of their sources, as the others are */
  /* Constraints of a projection whose sources have these signs (or NULL), into proj->keep; TRUE: it needs a mask. NULL: none. */
  gboolean (*keep) (const RheoLayers *layers, const RheoInit *init, const int8_t *sign, RheoProj *proj);
  const void *config;
};

void rheo_layers_clear (RheoLayers *layers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RheoLayers, rheo_layers_clear)

/* "hidden", or "hidden2" where there are several layers. Yours. */
char *rheo_layers_dup_name (int n_layers, const char *word, int i);
/* Whether all RheoInit fit. */
gboolean rheo_layers_check (const RheoLayers *layers, GError **error);
/* In layout, when the net has a population for each layer and nothing else. */
void rheo_layers_join (const RheoLayers *layers, RheoNet *net, int n_out);
/* Weights and biases, the read-out, feedback and delays; called by the model's init, which draws its cells' parameters. */
void rheo_layers_init (const RheoLayers *layers, RheoNet *net, RheoRng rng);
