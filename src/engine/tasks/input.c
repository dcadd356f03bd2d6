#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task.h"

/* Input without targets: each trial is a block of an endless signal, of numbers that are drawn anew in every step or of
 * symbols that drive channels one after another. */

enum
{
  KIND_NONE,
  KIND_UNIFORM,
  KIND_NORMAL,
  KIND_ONE_HOT,
  KIND_MULTI_HOT,
  KIND_SUBSETS,
};

enum
{
  ORDER_IN_TURN,
  ORDER_RANDOM,
};

static const char *const kind_choices[] = { "none", "uniform", "normal", "one-hot", "multi-hot", "subsets", NULL };
static const char *const order_choices[] = { "in-turn", "random", NULL };

typedef struct
{
  int kind, channels, n_steps, symbols, order, per_symbol, hold;
  double lo, hi, mean, sd, share, amplitude;
} Input;

#define SYMBOLS "kind=one-hot|multi-hot|subsets"
#define SYMBOLS_STREAM (RHEO_STREAM_TASK | 0xffu << 8) /* none of a set of trials */

static const RheoParam params[] = {
  RHEO_P_CHOICE (Input, kind, "kind", kind_choices, .label = N_ ("Input"),
                 .help = N_ ("Nothing, numbers that are drawn in every step, or symbols one after another: each with "
                             "channels of its own (one-hot), with several that are drawn (multi-hot), or with a random "
                             "share of all (subsets)."),
                 .words = N_ ("sequence, symbols"), .def = 1),
  RHEO_P_INT (Input, channels, "channels", .label = N_ ("Channels"), .help = N_ ("Inputs of the network."),
              .words = N_ ("inputs, input units"), .def = 10, .max = 100000, .soft_max = 100),
  RHEO_P_INT (Input, n_steps, "n-steps", .label = N_ ("Length of a block"), .unit = N_ ("steps"),
              .help = N_ ("Steps that are run at once, and shown and recorded together."), .def = 100, .min = 1,
              .max = 1000000, .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_REAL (Input, lo, "lowest", .label = N_ ("Lowest"), .help = N_ ("Of the uniform draw."), .min = -1e6,
               .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=uniform", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, hi, "highest", .label = N_ ("Highest"), .help = N_ ("Of the uniform draw."), .def = 1,
               .min = -1e6, .max = 1e6, .soft_min = -1, .soft_max = 1, .when = "kind=uniform", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, mean, "mean", .label = N_ ("Mean"), .help = N_ ("Of the normal draw."), .min = -1e6, .max = 1e6,
               .soft_min = -1, .soft_max = 1, .when = "kind=normal", .flags = RHEO_LIVE),
  RHEO_P_REAL (Input, sd, "sd", .label = N_ ("Spread"), .help = N_ ("Standard deviation of the normal draw."), .def = 1,
               .max = 1e6, .soft_max = 2, .when = "kind=normal", .flags = RHEO_LIVE),
  RHEO_P_INT (Input, symbols, "symbols", .label = N_ ("Symbols"), .help = N_ ("How many different ones there are."),
              .words = N_ ("length of the sequence, labels"), .def = 5, .min = 1, .max = 1000, .soft_min = 1,
              .soft_max = 20, .when = SYMBOLS),
  RHEO_P_INT (Input, per_symbol, "per-symbol", .label = N_ ("Channels of a symbol"),
              .help = N_ ("So many draws; in each of them no two symbols get the same channel."), .def = 3, .min = 1,
              .max = 1000, .soft_min = 1, .soft_max = 20, .when = "kind=multi-hot"),
  RHEO_P_REAL (Input, share, "share", .label = N_ ("Share of the channels"),
               .help = N_ ("Chance that a symbol drives a channel."), .def = 0.5, .max = 1, .when = "kind=subsets"),
  RHEO_P_CHOICE (Input, order, "order", order_choices, .label = N_ ("Order"),
                 .help = N_ ("The symbols come in turn again and again, or one is drawn each time."), .when = SYMBOLS),
  RHEO_P_INT (Input, hold, "hold", .label = N_ ("Length of a symbol"), .unit = N_ ("steps"),
              .help = N_ ("How long it stays."), .def = 1, .min = 1, .max = 1000000, .soft_min = 1, .soft_max = 20,
              .when = SYMBOLS),
  RHEO_P_REAL (Input, amplitude, "amplitude", .label = N_ ("Amplitude"),
               .help = N_ ("Of channels that a symbol drives; a large one makes binary units fire for sure."), .def = 1,
               .min = -1e6, .max = 1e6, .soft_min = 0, .soft_max = 5, .when = SYMBOLS, .flags = RHEO_LIVE),
  RHEO_P_END,
};

static gboolean
check (const void *config, GError **error)
{
  const Input *c = config;

  if (c->kind == KIND_UNIFORM && c->lo > c->hi)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.lowest is %g and must not be above task.highest, which is %g."), c->lo, c->hi);
  if ((c->kind == KIND_ONE_HOT || c->kind == KIND_MULTI_HOT) && c->symbols > c->channels)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.symbols is %d, and each needs a channel of its own, but task.channels is %d."),
                      c->symbols, c->channels);
  return TRUE;
}

/* Whether a symbol drives a channel: [symbol][channel]. */
static gboolean
open_symbols (const void *config, uint64_t seed, void **data, GError **error)
{
  const Input *c = config;
  const RheoRng rng = { seed, SYMBOLS_STREAM, 0, 0 };
  uint8_t *drives;

  *data = NULL;
  if (c->kind < KIND_ONE_HOT)
    return TRUE;
  *data = drives = g_try_new0 (uint8_t, (gsize) c->symbols * (gsize) c->channels + 1);
  if (drives == NULL)
    return rheo_fail (error, RHEO_ERROR_MEMORY, _ ("There is not enough memory for task.symbols = %d."), c->symbols);
  if (c->kind == KIND_ONE_HOT)
    for (int k = 0; k < c->channels / c->symbols * c->symbols; k++)
      drives[(gsize) (k / (c->channels / c->symbols)) * (gsize) c->channels + (gsize) k] = 1;
  else if (c->kind == KIND_MULTI_HOT)
    {
      g_autofree int *order = g_new (int, c->channels);

      for (int i = 0; i < c->per_symbol; i++)
        {
          rheo_rng_permute (rng, (uint32_t) i, c->channels, order);
          for (int s = 0; s < c->symbols; s++)
            drives[(gsize) s * (gsize) c->channels + (gsize) order[s]] = 1;
        }
    }
  else
    for (int s = 0; s < c->symbols; s++)
      for (int k = 0; k < c->channels; k++)
        drives[(gsize) s * (gsize) c->channels + (gsize) k] =
            rheo_rng_uniform (rng, (uint32_t) s, (uint32_t) k) < c->share;
  return TRUE;
}

static void
shape (const void *config, const void *data, RheoShape *shape)
{
  const Input *c = config;

  *shape = (RheoShape){ .n_in = c->channels, .n_steps = c->n_steps };
}

/* Number n of the row of symbols; rng: of the whole row. */
static int
symbol_at (const Input *c, RheoRng rng, int64_t n)
{
  return c->order == ORDER_IN_TURN
             ? (int) (n % c->symbols)
             : (int) rheo_rng_below (rng, (uint32_t) (n >> 32), (uint32_t) n, (uint32_t) c->symbols);
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Input *c = config;
  const int64_t from = draw->set == RHEO_SET_PROBE ? 0 : (int64_t) draw->iteration * c->n_steps;
  const uint8_t *drives = data;
  RheoRng row = draw->rng;

  row.iteration = 0;
  for (int t = 0; c->kind != KIND_NONE && t < trial->n_steps; t++)
    {
      const int symbol = drives != NULL ? symbol_at (c, row, (from + t) / c->hold) : 0;

      for (int k = 0; k < c->channels; k++)
        trial->input[(gsize) t * (gsize) c->channels + (gsize) k] =
            (RheoReal) (drives != NULL ? c->amplitude * drives[(gsize) symbol * (gsize) c->channels + (gsize) k]
                        : c->kind == KIND_UNIFORM
                            ? c->lo + (c->hi - c->lo) * rheo_rng_uniform (draw->rng, (uint32_t) t, (uint32_t) k)
                            : c->mean + c->sd * rheo_rng_normal (draw->rng, (uint32_t) t, (uint32_t) k));
    }
  return TRUE;
}

const RheoTask rheo_task_input = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "input",
            .title = N_ ("Input alone"),
            .summary = N_ ("Input without targets, or none at all, for networks that organise themselves."),
            .config_size = sizeof (Input),
            .params = params,
            .gives = RHEO_INPUT_ONLY,
            .check = check },
  .open = open_symbols,
  .close = g_free,
  .shape = shape,
  .fill = fill,
};
