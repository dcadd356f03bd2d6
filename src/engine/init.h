/* Thread: engine. */
/* Initial weights, connections and biases of a projection. The block is embedded in a model's config, once per projection
 * or layer; the model's `init` calls rheo_init_proj. */
#pragma once

#include "net.h"

typedef enum
{
  RHEO_INIT_LOGNORMAL,  /* exp (N (mu, sigma²)) */
  RHEO_INIT_NORMAL,     /* N (mean, sd²) */
  RHEO_INIT_UNIFORM,    /* U (-range, range) */
  RHEO_INIT_ORTHOGONAL, /* gain times a matrix with orthonormal rows or columns, uniformly drawn (Saxe et al. 2014) */
  RHEO_INIT_XAVIER_UNIFORM, /* gain U (±sqrt (6 / (fan_in + fan_out))) (Glorot & Bengio 2010) */
  RHEO_INIT_XAVIER_NORMAL,  /* gain N (0, 2 / (fan_in + fan_out)) */
  RHEO_INIT_KAIMING_NORMAL, /* gain N (0, 2 / fan_in) (He et al. 2015) */
  RHEO_INIT_CONSTANT,
} RheoInitKind;

typedef enum
{
  RHEO_CONNECT_ALL,
  RHEO_CONNECT_COUNT,   /* floor (density n_pre n_post) pairs, uniformly chosen */
  RHEO_CONNECT_CHANCE,  /* each pair with probability density */
  RHEO_CONNECT_CLASSES, /* each pair with the probability of its classes */
  RHEO_CONNECT_RING,  /* each pair with probability peak exp (-d² / 2 reach²), units in order on a ring of length 1 */
  RHEO_CONNECT_SHEET, /* the same with units row by row on a square grid of side 1 */
} RheoConnectKind;

typedef enum
{
  RHEO_BIAS_NONE,
  RHEO_BIAS_ZERO,
  RHEO_BIAS_UNIFORM, /* U (±1 / sqrt (fan_in)) */
  RHEO_BIAS_CONSTANT,
} RheoBiasKind;

#define RHEO_MAX_CHANCES 64

typedef struct
{
  int kind; /* RheoInitKind */
  double mu, sigma, mean, sd, range, gain, value;
  gboolean per_fan_in; /* sd and range are divided by sqrt (fan_in) */
  int connect;         /* RheoConnectKind */
  double density, peak, reach;
  double chance[RHEO_MAX_CHANCES]; /* [class of the source][class of the target] */
  int n_chance;
  gboolean no_self;
  double inhibition; /* factor on weights of inhibitory sources, beside the sign */
  double radius;     /* spectral radius of the whole; 0: as drawn */
  int bias;          /* RheoBiasKind */
  double bias_value;
} RheoInit;

/* The same rows with other defaults: log-normal weights on 16 % of the pairs; and, for connections of a population with
 * itself, log-normal weights by classes, with rows for self-connections and spectral radius. */
extern const RheoParam rheo_init_rows[];
extern const RheoParam rheo_init_recurrent_rows[];
/* And with normal weights of variance 1 / fan_in between all pairs. */
extern const RheoParam rheo_init_plain_rows[];
extern const RheoParam rheo_init_plain_recurrent_rows[];

/* Whether the values fit a projection between populations of so many classes (0 counts as 1). `path` is the block's key
 * path, for messages. */
gboolean rheo_init_check (const RheoInit *config, int n_pre_classes, int n_post_classes, const char *path,
                          GError **error);

/* Tells the net in `layout` what rheo_init_proj will draw with the same values (rheo_net_expect). */
void rheo_init_expect (const RheoInit *config, RheoNet *net, int i_proj, const int8_t *sign);

/* Weights, mask (1 where connected; if the projection has one) and bias (if it has one) of a dense or one-to-one
 * projection. sign [n_pre] (or NULL): weights of sources with +1 become >= 0, with -1 <= 0 and `inhibition` times as large.
 * Draws are addressed by rng.seed, RHEO_STREAM_INIT and i_proj. */
void rheo_init_proj (const RheoInit *config, RheoNet *net, int i_proj, const int8_t *sign, RheoRng rng);

/* Scales the weights of a dense projection of a population with itself so that the largest absolute eigenvalue is `radius`.
 * No eigenvalue but 0, or none that could be found: nothing changes. */
void rheo_init_set_radius (RheoProj *p, double radius);
