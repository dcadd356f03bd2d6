#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/cells/lif.h"
#include "engine/layers.h"

/* Layers of leaky integrate-and-fire units, each with connections within itself, and a read-out: the robot and SHD
 * networks of Zhu et al. and the cells of snnTorch are presets of it. */

#define MAX_CLASSES 4

enum
{
  CLASSES_ONE,
  CLASSES_E_I,
  CLASSES_CORTEX,
};

enum
{
  REFRACTORY_NONE,
  REFRACTORY_GATE,
  REFRACTORY_HOLD,
};

enum
{
  RECURRENT_NONE,
  RECURRENT_DENSE,
  RECURRENT_ONE_TO_ONE,
};

static const char *const classes_choices[] = { "one", "e-i", "e-pv-sst-htr", NULL };
static const char *const reset_choices[] = { "subtract", "zero", "none", "pull", NULL };
static const char *const driver_choices[] = { "membrane", "spike", "at-once", NULL };
static const char *const refractory_choices[] = { "none", "gate", "hold", NULL };
static const char *const recurrent_choices[] = { "none", "dense", "one-to-one", NULL };
static const char *const rewiring_choices[] = { "none", "upstream", "replace", NULL };

typedef struct
{
  int units, classes;
  double excitatory;
  double beta[MAX_CLASSES];
  int n_beta;
  gboolean learn_beta;
  double threshold;
  gboolean learn_threshold;
  double initial;
  int reset, driver;
  double v_reset;
  gboolean differentiate;
  int refractory;
  double steps;
  gboolean synaptic;
  double alpha;
  double noise;
  int recurrent;
  RheoInit in, rec;
} Layer;

typedef struct
{
  gboolean mask, signs;
  int rewiring;
  gboolean everywhere;
} Constraints;

typedef struct
{
  Layer layer[RHEO_MAX_LAYERS];
  int n_layers;
  RheoLayersRows rows;
  Constraints constraints;
} Lif;

static const RheoParam layer_rows[] = {
  RHEO_P_INT (Layer, units, "units", .label = N_ ("Units"), .help = N_ ("How many units the layer has."),
              .words = N_ ("neurons, cells, hidden size, size of the network"), .def = 256, .min = 1, .max = 65536,
              .soft_min = 16, .soft_max = 2048, .flags = RHEO_LOG),
  RHEO_P_CHOICE (Layer, classes, "classes", classes_choices, .label = N_ ("Cell classes"),
                 /* xgettext:no-c-format */
                 .help = N_ ("One kind of unit; excitatory and inhibitory ones; or excitatory ones and three kinds of "
                             "inhibitory ones, PV, SST and Htr, 40, 30 and 30 % of the rest.")),
  RHEO_P_REAL (Layer, excitatory, "excitatory", .label = N_ ("Share of excitatory units"), .def = 0.85, .min = 0,
               .max = 1, .help = N_ ("The others are inhibitory."), .when = "classes=e-i|e-pv-sst-htr"),
  RHEO_P_REALS (Layer, beta, n_beta, "beta", .label = N_ ("Decay of the membrane"), .def_text = "0.9", .min = 0,
                .max = 1,
                .help = N_ ("Share of the membrane potential that is left after a step: one number, or one for each "
                            "class."),
                .words = N_ ("leak, membrane time constant, tau")),
  RHEO_P_BOOL (Layer, learn_beta, "learn-beta", .label = N_ ("Learn the decay"),
               .help = N_ ("Trains the decay of each unit, held between 0 and 1."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Layer, threshold, "threshold", .label = N_ ("Threshold"), .def = 1, .min = -1000, .max = 1000,
               .soft_min = -80, .soft_max = 5, .help = N_ ("Membrane potential above which a unit fires.")),
  RHEO_P_BOOL (Layer, learn_threshold, "learn-threshold", .label = N_ ("Learn the threshold"),
               .help = N_ ("Trains the threshold of each unit."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Layer, initial, "initial", .label = N_ ("Initial membrane potential"), .def = 0, .min = -1000,
               .max = 1000, .soft_min = -80, .soft_max = 5, .help = N_ ("Before the first step of a trial."),
               .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Layer, reset, "reset", reset_choices, .label = N_ ("Reset"),
                 .help = N_ ("Subtracts the threshold; sets the membrane to zero; does nothing; or takes away the "
                             "distance of the old membrane from a reset potential, while leak and input are kept.")),
  RHEO_P_REAL (Layer, v_reset, "reset-potential", .label = N_ ("Reset potential"), .def = -70, .min = -1000,
               .max = 1000, .soft_min = -90, .soft_max = 0, .help = N_ ("What the membrane is pulled to."),
               .when = "reset=pull", .flags = RHEO_LIVE),
  RHEO_P_CHOICE (Layer, driver, "reset-by", driver_choices, .label = N_ ("Reset by"), .def = RHEO_LIF_SPIKE,
                 .help =
                     N_ ("The membrane of the step before having been above the threshold, whether or not it fired; "
                         "the spike of the step before; or the spike of the same step, at once."),
                 .when = "reset=subtract|zero|pull"),
  RHEO_P_BOOL (Layer, differentiate, "differentiate-reset", .label = N_ ("Differentiate the reset"),
               .help = N_ ("Lets the gradient flow through the reset too."), .when = "reset=subtract|zero|pull",
               .flags = RHEO_ADVANCED),
  RHEO_P_CHOICE (Layer, refractory, "refractory", refractory_choices, .label = N_ ("Refractory"),
                 .help =
                     N_ ("A unit that has just fired may fire again at once; is kept from firing while its membrane "
                         "goes on; or its membrane stands still as well.")),
  RHEO_P_REAL (Layer, steps, "refractory-time", .label = N_ ("Refractory time"), .unit = N_ ("steps"), .def = 2,
               .min = 0, .max = 1000, .soft_min = 0, .soft_max = 10,
               .help = N_ ("Counted down by 1 a step from the spike on; a unit may fire when it has come to 0."),
               .when = "refractory=gate|hold"),
  RHEO_P_BOOL (Layer, synaptic, "synaptic", .label = N_ ("Synaptic current"),
               .help = N_ ("Filters the current of each unit before it reaches the membrane."), .flags = RHEO_ADVANCED),
  RHEO_P_REAL (Layer, alpha, "alpha", .label = N_ ("Decay of the synaptic current"), .def = 0.9, .min = 0, .max = 1,
               .help = N_ ("Share of the synaptic current that is left after a step."), .when = "synaptic=true"),
  RHEO_P_REAL (Layer, noise, "noise", .label = N_ ("Membrane noise"), .def = 0, .min = 0, .max = 1000, .soft_min = 0,
               .soft_max = 1, .help = N_ ("Standard deviation of what is added to each membrane at each step."),
               .flags = RHEO_ADVANCED | RHEO_LIVE),
  RHEO_P_BLOCK (Layer, in, RheoInit, "in", rheo_init_plain_rows, .label = N_ ("Input connections")),
  RHEO_P_CHOICE (Layer, recurrent, "recurrent", recurrent_choices, .label = N_ ("Recurrent connections"),
                 .def = RECURRENT_DENSE,
                 .help = N_ ("Between units of the layer: none, a matrix, or each unit with itself only.")),
  RHEO_P_BLOCK (Layer, rec, RheoInit, "rec", rheo_init_plain_recurrent_rows, .label = N_ ("Within the layer"),
                .when = "recurrent=dense|one-to-one"),
  RHEO_P_END,
};

static const RheoParam constraint_rows[] = {
  RHEO_P_BOOL (Constraints, mask, "mask", .label = N_ ("Keep unconnected pairs apart"),
               .help = N_ ("Recurrent weights that start at zero stay at zero.")),
  RHEO_P_BOOL (Constraints, signs, "signs", .label = N_ ("Keep signs"),
               .help =
                   N_ ("Excitatory units keep weights of zero or more, inhibitory ones of zero or less (Dale's law).")),
  RHEO_P_CHOICE (Constraints, rewiring, "rewiring", rewiring_choices, .label = N_ ("Rewiring"),
                 .help = N_ ("What follows when a weight has changed its sign and was set to zero: nothing; what the "
                             "published notebook does, which is nothing as soon as there are two of them; or a new "
                             "connection of the same kind elsewhere."),
                 .when = "signs=true"),
  RHEO_P_BOOL (Constraints, everywhere, "everywhere", .label = N_ ("On all layers"),
               .help = N_ ("Input and output weights keep their zeros and signs too.")),
  RHEO_P_END,
};

static const RheoParam params[] = {
  RHEO_P_LIST (Lif, layer, n_layers, Layer, "layers", layer_rows, .label = N_ ("Layers"), .def_text = "1", .min = 1,
               .help = N_ ("From the input on: each layer is fed by the one before.")),
  RHEO_P_LAYERS (Lif, rows),
  RHEO_P_BLOCK (Lif, constraints, Constraints, "constraints", constraint_rows, .label = N_ ("Constraints")),
  RHEO_P_END,
};

#define LOGNORMAL "\"kind\": \"lognormal\", \"mu\": -0.64, \"sigma\": 0.51, \"bias\": \"uniform\", \"inhibition\": 10"
#define SPARSE "{" LOGNORMAL ", \"connect\": \"count\", \"density\": 0.16}"
#define LINEAR "\"kind\": \"uniform\", \"range\": 1, \"per-fan-in\": true, \"connect\": \"all\", \"bias\": \"uniform\""

static const RheoPreset presets[] = {
  { "robot-upstream", N_ ("Robot network as published"),
    "{\"layers\": [{\"units\": 1000, \"classes\": \"e-pv-sst-htr\", \"excitatory\": 0.85,"
    " \"beta\": [0.85, 0.7, 0.3, 0.6], \"threshold\": -55, \"initial\": 0, \"reset\": \"pull\","
    " \"reset-potential\": -70, \"reset-by\": \"membrane\", \"refractory\": \"gate\", \"refractory-time\": 2.5,"
    " \"recurrent\": \"dense\", \"in\": " SPARSE ", \"rec\": {" LOGNORMAL ", \"connect\": \"classes\","
    " \"class-chance\": [0.16, 0.395, 0.182, 0.105, 0.411, 0.451, 0.03, 0.22, 0.424, 0.857, 0.082, 0.77,"
    " 0.087, 0.02, 0.0625, 0.028]}}],"
    " \"out\": " SPARSE ", \"read-out\": {\"kind\": \"linear\"},"
    " \"constraints\": {\"mask\": true, \"signs\": true, \"rewiring\": \"upstream\"}}" },
  { "shd-upstream", N_ ("SHD network as published"),
    "{\"layers\": [{\"units\": 1000, \"classes\": \"e-i\", \"excitatory\": 0.8, \"beta\": [0.85], \"threshold\": 1,"
    " \"initial\": 0, \"reset\": \"zero\", \"reset-by\": \"membrane\", \"refractory\": \"gate\","
    " \"refractory-time\": 5, \"recurrent\": \"dense\", \"in\": " SPARSE ", \"rec\": {" LOGNORMAL
    ", \"connect\": \"classes\", \"class-chance\": [0.16, 0.205, 0.252, 0.284]}}],"
    " \"out\": " SPARSE
    ", \"read-out\": {\"kind\": \"linear\"}, \"constraints\": {\"mask\": false, \"signs\": false}}" },
  { "clean", N_ ("Plain robot network"),
    "{\"layers\": [{\"units\": 256, \"classes\": \"one\", \"beta\": [0.9], \"threshold\": 1, \"initial\": 0,"
    " \"reset\": \"subtract\", \"reset-by\": \"spike\", \"differentiate-reset\": false, \"refractory\": \"none\","
    " \"recurrent\": \"dense\","
    " \"in\": {\"kind\": \"normal\", \"sd\": 0.7, \"per-fan-in\": false, \"connect\": \"all\", \"bias\": \"zero\"},"
    " \"rec\": {\"kind\": \"normal\", \"sd\": 0.3, \"per-fan-in\": true, \"connect\": \"all\", \"bias\": \"none\"}}],"
    " \"out\": {\"kind\": \"normal\", \"sd\": 1, \"per-fan-in\": true, \"connect\": \"all\", \"bias\": \"constant\","
    " \"bias-value\": 0.55},"
    " \"read-out\": {\"kind\": \"leaky\", \"decay\": 0.9, \"initial\": 5.5},"
    " \"constraints\": {\"mask\": false, \"signs\": false}}" },
  { "leaky", N_ ("Leaky units of snnTorch"),
    "{\"layers\": [{\"units\": 256, \"classes\": \"one\", \"beta\": [0.9], \"threshold\": 1, \"reset\": \"subtract\","
    " \"reset-by\": \"membrane\", \"refractory\": \"none\", \"recurrent\": \"none\", \"in\": {" LINEAR "}}],"
    " \"out\": {" LINEAR "}, \"read-out\": {\"kind\": \"linear\"}}" },
  { "rleaky", N_ ("Recurrent leaky units of snnTorch"),
    "{\"layers\": [{\"units\": 256, \"classes\": \"one\", \"beta\": [0.9], \"threshold\": 1, \"reset\": \"subtract\","
    " \"reset-by\": \"membrane\", \"refractory\": \"none\", \"recurrent\": \"dense\", \"in\": {" LINEAR "},"
    " \"rec\": {" LINEAR "}}],"
    " \"out\": {" LINEAR "}, \"read-out\": {\"kind\": \"linear\"}}" },
  { "synaptic", N_ ("Synaptic units of snnTorch"),
    "{\"layers\": [{\"units\": 256, \"classes\": \"one\", \"beta\": [0.8], \"threshold\": 1, \"reset\": \"subtract\","
    " \"reset-by\": \"membrane\", \"refractory\": \"none\", \"synaptic\": true, \"alpha\": 0.9,"
    " \"recurrent\": \"none\", \"in\": {" LINEAR "}}],"
    " \"out\": {" LINEAR "}, \"read-out\": {\"kind\": \"linear\"}}" },
  { NULL },
};

static int
n_classes (const Layer *layer)
{
  return layer->classes == CLASSES_CORTEX ? 4 : layer->classes == CLASSES_E_I ? 2 : 1;
}

/* --- layers ----------------------------------------------------------------------------------------------------- */

/* First unit of each class. The last one takes what rounding leaves. */
static void
divide (const Layer *layer, int *first)
{
  const double share[] = { 0.4, 0.3, 0.3 };
  const int n = n_classes (layer), n_excitatory = n > 1 ? (int) rint (layer->excitatory * layer->units) : layer->units;

  first[0] = 0;
  first[1] = n_excitatory;
  for (int k = 2; k < n; k++)
    first[k] = MIN (first[k - 1] + (int) rint (share[k - 2] * (layer->units - n_excitatory)), layer->units);
  first[n] = layer->units;
}

/* +1 for excitatory units, -1 for the others; NULL where there is one kind. Yours. */
static int8_t *
dup_signs (const Layer *layer)
{
  int first[MAX_CLASSES + 1];
  int8_t *sign;

  if (layer->classes == CLASSES_ONE)
    return NULL;
  divide (layer, first);
  sign = g_new (int8_t, layer->units);
  for (int i = 0; i < layer->units; i++)
    sign[i] = i < first[1] ? 1 : -1;
  return sign;
}

/* Recurrent connections keep their zeros and signs, the others where that is asked for everywhere. */
static gboolean
keep (const RheoLayers *layers, const RheoInit *init, const int8_t *sign, RheoProj *proj)
{
  const Constraints *c = &((const Lif *) layers->config)->constraints;
  const gboolean kept = proj->from == proj->to || c->everywhere, dense = proj->form == RHEO_DENSE,
                 signs = kept && c->signs && sign != NULL;

  proj->keep.sign = signs ? sign : NULL;
  proj->keep.non_negative = kept && c->signs && proj->from == RHEO_INPUT && init->kind == RHEO_INIT_LOGNORMAL;
  if (signs && dense)
    {
      proj->keep.rewire = c->rewiring;
      proj->keep.mu = init->mu;
      proj->keep.sigma = init->sigma;
      proj->keep.negative_scale = c->rewiring == RHEO_REWIRE_UPSTREAM ? 1 : init->inhibition;
    }
  return kept && c->mask && dense;
}

/* Published input and output weights are positive, whatever their source. */
static RheoLayers
layers_of (const Lif *lif)
{
  RheoLayers layers = { .rows = &lif->rows,
                        .n = lif->n_layers,
                        .signed_out = lif->constraints.everywhere && lif->constraints.signs,
                        .keep = keep,
                        .config = lif };

  for (int i = 0; i < lif->n_layers; i++)
    {
      const Layer *layer = &lif->layer[i];

      layers.layer[i] = (RheoLayer){ .in = &layer->in,
                                     .rec = layer->recurrent == RECURRENT_NONE ? NULL : &layer->rec,
                                     .one_to_one = layer->recurrent == RECURRENT_ONE_TO_ONE,
                                     .n_classes = n_classes (layer),
                                     .sign = dup_signs (layer) };
    }
  return layers;
}

static gboolean
check (const void *config, GError **error)
{
  const Lif *lif = config;
  g_auto (RheoLayers) layers = layers_of (lif);

  for (int i = 0; i < lif->n_layers; i++)
    {
      const Layer *layer = &lif->layer[i];

      if (layer->n_beta != 1 && layer->n_beta != n_classes (layer))
        return rheo_fail (
            error, RHEO_ERROR_INVALID,
            _ ("model.layers.%d.beta has %d numbers: one for all units, or one for each of the %d classes "
               "is allowed."),
            i, layer->n_beta, n_classes (layer));
    }
  if (lif->constraints.signs && lif->constraints.rewiring == RHEO_REWIRE_REPLACE && !lif->constraints.mask)
    return rheo_fail (
        error, RHEO_ERROR_INVALID,
        _ ("model.constraints.rewiring is replace, which moves connections: model.constraints.mask must be "
           "true."));
  return rheo_layers_check (&layers, error);
}

/* --- populations ------------------------------------------------------------------------------------------------ */

static RheoLif
cell_of (const Layer *layer)
{
  const gboolean refractory = layer->refractory != REFRACTORY_NONE && layer->steps > 1;
  /* A unit that is never refractory has fired wherever its membrane was above the threshold, but for the start. */
  const gboolean same = !refractory && layer->initial <= layer->threshold && !layer->learn_threshold;
  const int driver =
      layer->reset == RHEO_LIF_NONE || (layer->driver == RHEO_LIF_SPIKE && same) ? RHEO_LIF_MEMBRANE : layer->driver;

  return (RheoLif){
    .reset = layer->reset,
    .driver = driver,
    .counts = refractory || driver == RHEO_LIF_SPIKE,
    .hold = refractory && layer->refractory == REFRACTORY_HOLD,
    .differentiate = layer->reset != RHEO_LIF_NONE && layer->differentiate,
    .learn_beta = layer->learn_beta,
    .synaptic = layer->synaptic,
    .counter = refractory ? (RheoReal) layer->steps : 1,
    .v_reset = (RheoReal) layer->v_reset,
    .initial = (RheoReal) layer->initial,
    .noise_sd = (RheoReal) layer->noise,
  };
}

static void
add_layer (const Lif *lif, int i, RheoNet *net)
{
  static const char *const cortex[] = { "E", "PV", "SST", "Htr" };
  static const char *const pair[] = { "E", "I" };
  const Layer *layer = &lif->layer[i];
  const RheoCell *cell = layer->synaptic ? &rheo_cell_lif_synaptic : &rheo_cell_lif;
  const RheoLif derived = cell_of (layer);
  g_autofree char *name = rheo_layers_dup_name (lif->n_layers, "hidden", i);
  int first[MAX_CLASSES + 1], pop;

  divide (layer, first);
  pop = rheo_net_pop (net, name, cell, &derived, sizeof derived, layer->units,
                      layer->classes == CLASSES_ONE ? 0 : n_classes (layer), first,
                      layer->classes == CLASSES_CORTEX ? cortex : pair);
  if (layer->learn_beta)
    rheo_net_train_param (net, pop, "beta", 0, 1);
  if (layer->learn_threshold)
    rheo_net_train_param (net, pop, "threshold", 0, 0);
}

static gboolean
layout (const void *config, const RheoShape *shape, RheoNet *net, GError **error)
{
  const Lif *lif = config;
  g_auto (RheoLayers) layers = layers_of (lif);

  for (int i = 0; i < lif->n_layers; i++)
    add_layer (lif, i, net);
  rheo_layers_join (&layers, net, shape->n_out);
  return TRUE;
}

static void
init_layer (const Layer *layer, const RheoPop *pop)
{
  for (int i = 0, k = 0; i < layer->units; i++)
    {
      while (pop->n_classes > 0 && i >= pop->class_first[k + 1])
        k++;
      pop->param[0][i] = (RheoReal) layer->beta[layer->n_beta > 1 ? k : 0];
      pop->param[1][i] = (RheoReal) layer->threshold;
      if (layer->synaptic)
        pop->param[2][i] = (RheoReal) layer->alpha;
    }
}

static void
init (const void *config, RheoNet *net, RheoRng rng)
{
  const Lif *lif = config;
  g_auto (RheoLayers) layers = layers_of (lif);

  for (int i = 0; i < lif->n_layers; i++)
    init_layer (&lif->layer[i], &rheo_net_get_plan (net)->pop[i]);
  rheo_layers_init (&layers, net, rng);
}

static void
derive (const void *config, RheoNet *net)
{
  const Lif *lif = config;

  for (int i = 0; i < lif->n_layers; i++)
    *(RheoLif *) rheo_net_get_derived (net, i) = cell_of (&lif->layer[i]);
  rheo_readout_derive (&lif->rows.readout, net);
}

const RheoModel rheo_model_lif = {
  .base = {
    .kind = RHEO_KIND_MODEL,
    .version = 1,
    .id = "lif",
    .title = N_ ("Leaky integrate-and-fire"),
    .summary = N_ ("Recurrent layers of leaky integrate-and-fire units, excitatory and inhibitory or of one kind, with a "
                   "linear or leaky read-out."),
    .cite = "Eshraghian et al. 2023, Training spiking neural networks using lessons from deep learning; "
            "Zhu et al., Robot-SHD",
    .config_size = sizeof (Lif),
    .params = params,
    .presets = presets,
    .gives = RHEO_SPIKES | RHEO_THRESHOLDS | RHEO_ADJOINT | RHEO_BOUNDED,
    .check = check,
  },
  .layout = layout,
  .init = init,
  .derive = derive,
};
