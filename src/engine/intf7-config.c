#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "intf7-config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "intf7.h"

static const char *const generator_choices[] = { "at-once", "after-interval", NULL };
static const char *const exp_choices[] = { "table", "exact", NULL };

const RheoIntf7Pop rheo_intf7_pops[RHEO_INTF7_POPS] = {
  [RHEO_INTF7_ES] = { "ES", RHEO_INTF7_E, 1185376205u },    [RHEO_INTF7_EA] = { "EA", RHEO_INTF7_E, 3865307828u },
  [RHEO_INTF7_IA] = { "IA", RHEO_INTF7_I, 679141568u },     [RHEO_INTF7_IAL] = { "IAL", RHEO_INTF7_IL, 1817017127u },
  [RHEO_INTF7_EM] = { "EM", RHEO_INTF7_E, 2360397331u },    [RHEO_INTF7_IM] = { "IM", RHEO_INTF7_I, 65925465u },
  [RHEO_INTF7_IML] = { "IML", RHEO_INTF7_IL, 3102807791u },
};

const RheoIntf7Pair rheo_intf7_links[RHEO_INTF7_LINKS] = {
  { RHEO_INTF7_ES, RHEO_INTF7_EA },  { RHEO_INTF7_EA, RHEO_INTF7_EA },   { RHEO_INTF7_EA, RHEO_INTF7_IA },
  { RHEO_INTF7_EA, RHEO_INTF7_IAL }, { RHEO_INTF7_EA, RHEO_INTF7_EM },   { RHEO_INTF7_IA, RHEO_INTF7_EA },
  { RHEO_INTF7_IA, RHEO_INTF7_IA },  { RHEO_INTF7_IA, RHEO_INTF7_IAL },  { RHEO_INTF7_IAL, RHEO_INTF7_EA },
  { RHEO_INTF7_IAL, RHEO_INTF7_IA }, { RHEO_INTF7_IAL, RHEO_INTF7_IAL }, { RHEO_INTF7_EM, RHEO_INTF7_EM },
  { RHEO_INTF7_EM, RHEO_INTF7_EA },  { RHEO_INTF7_EM, RHEO_INTF7_IM },   { RHEO_INTF7_EM, RHEO_INTF7_IML },
  { RHEO_INTF7_IM, RHEO_INTF7_EM },  { RHEO_INTF7_IM, RHEO_INTF7_IM },   { RHEO_INTF7_IM, RHEO_INTF7_IML },
  { RHEO_INTF7_IML, RHEO_INTF7_EM }, { RHEO_INTF7_IML, RHEO_INTF7_IM },  { RHEO_INTF7_IML, RHEO_INTF7_IML },
};

/* --- parameters --------------------------------------------------------------------------------------------------- */
#define EXCITES(name, n, a, b)                                                                                         \
  static const RheoParam name[] = {                                                                                    \
    RHEO_P_INT (RheoIntf7Link, degree, "in-degree", .label = N_ ("Sources of a cell"),                                 \
                .help = N_ ("Each target listens to so many different cells, never to itself; no more than there "     \
                            "are. 0: not connected."),                                                                 \
                .unit = N_ ("cells"), .def = n, .max = 10000, .soft_max = 80),                                         \
    RHEO_P_REAL (RheoIntf7Link, ampa, "ampa", .label = N_ ("AMPA weight"),                                             \
                 .help = N_ ("Before the gain. From excitatory to excitatory cells these synapses learn."), .def = a,  \
                 .max = 1000, .soft_max = 20),                                                                         \
    RHEO_P_REAL (RheoIntf7Link, nmda, "nmda", .label = N_ ("NMDA weight"), .help = N_ ("Before the gain."), .def = b,  \
                 .max = 1000, .soft_max = 0.5),                                                                        \
    RHEO_P_END,                                                                                                        \
  }
#define INHIBITS(name, p, w)                                                                                           \
  static const RheoParam name[] = {                                                                                    \
    RHEO_P_REAL (RheoIntf7Link, share, "share", .label = N_ ("Share of sources"),                                      \
                 .help = N_ ("Each target listens to this share of the cells, rounded."), .def = p, .max = 1),         \
    RHEO_P_REAL (RheoIntf7Link, gaba, "gaba", .label = N_ ("GABA weight"),                                             \
                 .help = N_ ("Before the gain. Fast interneurons act on the cell body, slow ones on the dendrite."),   \
                 .def = w, .max = 1000, .soft_max = 40),                                                               \
    RHEO_P_END,                                                                                                        \
  }
#define TIME(field, k, l, d)                                                                                           \
  RHEO_P_REAL (RheoIntf7Values, field, k, .label = l, .help = N_ ("Time constant of its decay."), .unit = N_ ("ms"),   \
               .def = d, .min = 0.1, .max = 10000, .soft_min = 1, .soft_max = 1000, .flags = RHEO_LOG)
#define VOLT(field, k, l, h, d)                                                                                        \
  RHEO_P_REAL (RheoIntf7Values, field, k, .label = l, .help = h, .unit = N_ ("mV"), .def = d, .min = -90, .max = -1)
#define CELLS(name, rest_, threshold_, block_, ahp_, tau_ahp_, refractory_, tau_threshold_, jump_)                     \
  static const RheoParam name[] = {                                                                                    \
    VOLT (rest, "rest", N_ ("Rest"), N_ ("Voltage without input."), rest_),                                            \
    VOLT (threshold, "threshold", N_ ("Threshold"), N_ ("Above it the cell fires."), threshold_),                      \
    VOLT (block, "block", N_ ("Depolarisation block"), N_ ("Above it the cell does not fire."), block_),               \
    RHEO_P_REAL (RheoIntf7Values, refractory, "refractory", .label = N_ ("Refractory time"),                           \
                 .help = N_ ("After a spike the cell cannot fire."), .unit = N_ ("ms"), .def = refractory_,            \
                 .min = 0.5, .max = 100, .soft_min = 1, .soft_max = 20),                                               \
    RHEO_P_REAL (RheoIntf7Values, threshold_jump, "threshold-jump", .label = N_ ("Jump of the threshold"),             \
                 .help = N_ ("After a spike, in parts of the way from threshold to block."), .def = jump_, .max = 1),  \
    TIME (tau_threshold, "tau-threshold", N_ ("Threshold after a spike"), tau_threshold_),                             \
    RHEO_P_REAL (RheoIntf7Values, ahp, "ahp", .label = N_ ("After-hyperpolarisation"),                                 \
                 .help = N_ ("What each spike adds to it."), .unit = N_ ("mV"), .def = ahp_, .max = 100,               \
                 .soft_max = 5),                                                                                       \
    TIME (tau_ahp, "tau-ahp", N_ ("After-hyperpolarisation"), tau_ahp_),                                               \
    TIME (tau_am, "tau-am", N_ ("AMPA at the cell body"), 10),                                                         \
    TIME (tau_nm, "tau-nm", N_ ("NMDA at the cell body"), 300),                                                        \
    TIME (tau_ga, "tau-ga", N_ ("GABA at the cell body"), 10),                                                         \
    TIME (tau_am2, "tau-am2", N_ ("AMPA at the dendrite"), 20),                                                        \
    TIME (tau_nm2, "tau-nm2", N_ ("NMDA at the dendrite"), 300),                                                       \
    TIME (tau_ga2, "tau-ga2", N_ ("GABA at the dendrite"), 20),                                                        \
    RHEO_P_END,                                                                                                        \
  }

CELLS (cells_e, -65, -40, -25, 1, 400, 5, 8, 0.75);
CELLS (cells_i, -63, -40, -10, 0.5, 50, 2.5, 1.5, 0.25);
CELLS (cells_il, -65, -47, -10, 0.5, 50, 2.5, 1.5, 0.25);
EXCITES (es_ea, 25, 5, 0.098);
EXCITES (ea_ea, 0, 0.05, 0.005);
EXCITES (ea_ia, 15, 1.95, 0.0195);
EXCITES (ea_ial, 15, 1.98, 0.098);
EXCITES (ea_em, 20, 3.25, 0.05);
EXCITES (em_em, 0, 0.05, 0.005);
EXCITES (em_ea, 0, 0.05, 0.005);
EXCITES (em_im, 16, 1.95, 0.0195);
EXCITES (em_iml, 16, 0.98, 0.098);
INHIBITS (ia_ea, 0.4, 9);
INHIBITS (ia_ia, 0.1, 4.5);
INHIBITS (ia_ial, 0.2, 4.5);
INHIBITS (ial_ea, 0.4, 2.5);
INHIBITS (ial_ia, 0.2, 2.25);
INHIBITS (ial_ial, 0.1, 5.5);
INHIBITS (im_em, 0.4, 9);
INHIBITS (im_im, 0.1, 4.5);
INHIBITS (im_iml, 0.2, 4.5);
INHIBITS (iml_em, 0.4, 2.5);
INHIBITS (iml_im, 0.2, 2.25);
INHIBITS (iml_iml, 0.1, 5.5);

#define UNITS(i, k, l, d)                                                                                              \
  RHEO_P_INT (RheoIntf7Config, units[i], k, .label = l, .help = N_ ("How many, before the scale."),                    \
              .unit = N_ ("cells"), .words = N_ ("neurons, size of the network"), .def = d, .min = 1, .max = 10000,    \
              .soft_min = 1, .soft_max = 200)
#define LINK(i, k, l, rows_)                                                                                           \
  RHEO_P_BLOCK (RheoIntf7Config, link[i], RheoIntf7Link, k, rows_, .label = l,                                         \
                .help = N_ ("Synapses from the first population to the second one."), .flags = RHEO_ADVANCED)
#define GAIN(field, k, l, d)                                                                                           \
  RHEO_P_REAL (RheoIntf7Config, field, k, .label = l, .help = N_ ("Multiplies all weights of this kind."), .def = d,   \
               .max = 100, .soft_max = 10)
#define DELAY(field, k, l, d)                                                                                          \
  RHEO_P_REAL (RheoIntf7Config, field, k, .label = l, .help = N_ ("Delays are drawn uniformly."), .unit = N_ ("ms"),   \
               .def = d, .min = 0.1, .max = 100, .soft_min = 0.5, .soft_max = 20, .flags = RHEO_ADVANCED)

const RheoParam rheo_intf7_params[] = {
  RHEO_P_INT (RheoIntf7Config, seed, "seed", .label = N_ ("Number of the network"),
              .help = N_ ("All synapses, weights and delays follow from it; 0: from the seed of the run."),
              .words = N_ ("connectivity seed, random numbers"), .max = 2147483647, .soft_max = 10000000),
  RHEO_P_REAL (RheoIntf7Config, scale, "scale", .label = N_ ("Scale"),
               .help = N_ ("Multiplies the sizes of all populations."), .def = 1, .min = 0.05, .max = 1000,
               .soft_min = 0.5, .soft_max = 10, .flags = RHEO_LOG),
  UNITS (RHEO_INTF7_ES, "units-es", N_ ("Sensory cells"), 80),
  UNITS (RHEO_INTF7_EA, "units-ea", N_ ("Association cells"), 40),
  UNITS (RHEO_INTF7_IA, "units-ia", N_ ("Fast interneurons of association cells"), 10),
  UNITS (RHEO_INTF7_IAL, "units-ial", N_ ("Slow interneurons of association cells"), 10),
  UNITS (RHEO_INTF7_EM, "units-em", N_ ("Motor cells"), 40),
  UNITS (RHEO_INTF7_IM, "units-im", N_ ("Fast interneurons of motor cells"), 10),
  UNITS (RHEO_INTF7_IML, "units-iml", N_ ("Slow interneurons of motor cells"), 10),
  RHEO_P_REAL (RheoIntf7Config, spread, "weight-spread", .label = N_ ("Spread of first weights"),
               .help = N_ ("Weights that learn begin uniformly within this share on either side of their mean."),
               .def = 0.5, .max = 1),
  RHEO_P_BOOL (RheoIntf7Config, nmda, "nmda", .label = N_ ("NMDA synapses"), .help = N_ ("Off: there are none."),
               .def = TRUE),
  RHEO_P_REAL (RheoIntf7Config, input_weight, "input-weight", .label = N_ ("Weight of the input"),
               .help = N_ ("Of each spike of a generator at its sensory cell."), .def = 35, .max = 1000,
               .soft_max = 65),
  RHEO_P_CHOICE (RheoIntf7Config, generator, "generator", generator_choices,
                 .label = N_ ("A generator switched on fires"), .help = N_ ("At once, or after its first interval."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoIntf7Config, noise_rate, "noise-rate", .label = N_ ("Background input"),
               .help = N_ ("Random AMPA spikes at every cell, at this mean rate; 0: none."), .unit = N_ ("Hz"),
               .max = 10000, .soft_max = 500),
  RHEO_P_REAL (RheoIntf7Config, noise_e, "noise-weight-e", .label = N_ ("Its weight at excitatory cells"),
               .help = N_ ("Of each random spike."), .def = 1, .max = 1000, .soft_max = 20, .flags = RHEO_ADVANCED),
  RHEO_P_REAL (RheoIntf7Config, noise_i, "noise-weight-i", .label = N_ ("Its weight at inhibitory cells"),
               .help = N_ ("Of each random spike."), .def = 1, .max = 1000, .soft_max = 20, .flags = RHEO_ADVANCED),
  GAIN (gain_ee, "gain-ee", N_ ("Gain, excitatory to excitatory"), 2),
  GAIN (gain_ei, "gain-ei", N_ ("Gain, excitatory to inhibitory"), 3),
  GAIN (gain_ie, "gain-ie", N_ ("Gain, inhibitory to excitatory"), 2),
  GAIN (gain_ii, "gain-ii", N_ ("Gain, inhibitory to inhibitory"), 1),
  DELAY (fast_min, "delay-min", N_ ("Shortest delay"), 1.8),
  DELAY (fast_max, "delay-max", N_ ("Longest delay"), 2.2),
  DELAY (slow_min, "slow-delay-min", N_ ("Shortest delay of slow interneurons"), 3),
  DELAY (slow_max, "slow-delay-max", N_ ("Longest delay of slow interneurons"), 12),
  DELAY (input_min, "input-delay-min", N_ ("Shortest delay of the input"), 0.8),
  DELAY (input_max, "input-delay-max", N_ ("Longest delay of the input"), 1.2),
  RHEO_P_CHOICE (RheoIntf7Config, exponential, "exponentials", exp_choices, .label = N_ ("Exponentials"),
                 .help = N_ ("From a table, as in NEURON, or exact. Spikes move by a millionth of a millisecond."),
                 .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (RheoIntf7Config, cell[RHEO_INTF7_E], RheoIntf7Values, "cell-e", cells_e,
                .label = N_ ("Excitatory cells"), .help = N_ ("Of the populations ES, EA and EM."),
                .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (RheoIntf7Config, cell[RHEO_INTF7_I], RheoIntf7Values, "cell-i", cells_i,
                .label = N_ ("Fast interneurons"), .help = N_ ("Of the populations IA and IM."),
                .flags = RHEO_ADVANCED),
  RHEO_P_BLOCK (RheoIntf7Config, cell[RHEO_INTF7_IL], RheoIntf7Values, "cell-il", cells_il,
                .label = N_ ("Slow interneurons"), .help = N_ ("Of the populations IAL and IML."),
                .flags = RHEO_ADVANCED),
  LINK (0, "es-ea", N_ ("ES to EA"), es_ea),
  LINK (1, "ea-ea", N_ ("EA to EA"), ea_ea),
  LINK (2, "ea-ia", N_ ("EA to IA"), ea_ia),
  LINK (3, "ea-ial", N_ ("EA to IAL"), ea_ial),
  LINK (4, "ea-em", N_ ("EA to EM"), ea_em),
  LINK (5, "ia-ea", N_ ("IA to EA"), ia_ea),
  LINK (6, "ia-ia", N_ ("IA to IA"), ia_ia),
  LINK (7, "ia-ial", N_ ("IA to IAL"), ia_ial),
  LINK (8, "ial-ea", N_ ("IAL to EA"), ial_ea),
  LINK (9, "ial-ia", N_ ("IAL to IA"), ial_ia),
  LINK (10, "ial-ial", N_ ("IAL to IAL"), ial_ial),
  LINK (11, "em-em", N_ ("EM to EM"), em_em),
  LINK (12, "em-ea", N_ ("EM to EA"), em_ea),
  LINK (13, "em-im", N_ ("EM to IM"), em_im),
  LINK (14, "em-iml", N_ ("EM to IML"), em_iml),
  LINK (15, "im-em", N_ ("IM to EM"), im_em),
  LINK (16, "im-im", N_ ("IM to IM"), im_im),
  LINK (17, "im-iml", N_ ("IM to IML"), im_iml),
  LINK (18, "iml-em", N_ ("IML to EM"), iml_em),
  LINK (19, "iml-im", N_ ("IML to IM"), iml_im),
  LINK (20, "iml-iml", N_ ("IML to IML"), iml_iml),
  RHEO_P_END,
};

gboolean
rheo_intf7_check (const void *config, GError **error)
{
  const RheoIntf7Config *c = config;
  const struct
  {
    const char *lo, *hi;
    double min, max;
  } delays[] = { { "delay-min", "delay-max", c->fast_min, c->fast_max },
                 { "slow-delay-min", "slow-delay-max", c->slow_min, c->slow_max },
                 { "input-delay-min", "input-delay-max", c->input_min, c->input_max } };
  static const char *const cells[] = { "cell-e", "cell-i", "cell-il" };

  for (gsize k = 0; k < G_N_ELEMENTS (delays); k++)
    if (delays[k].min > delays[k].max)
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("model.%s (%g ms) is above model.%s (%g ms)."), delays[k].lo,
                        delays[k].min, delays[k].hi, delays[k].max);
  for (int k = 0; k < RHEO_INTF7_CLASSES; k++)
    if (c->cell[k].rest >= c->cell[k].threshold || c->cell[k].threshold >= c->cell[k].block)
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("model.%s: rest (%g mV), threshold (%g mV) and block (%g mV) must ascend."), cells[k],
                        c->cell[k].rest, c->cell[k].threshold, c->cell[k].block);
  return TRUE;
}

/* --- sizes --- */
static gboolean
excites (int pop)
{
  return rheo_intf7_pops[pop].cls == RHEO_INTF7_E;
}

RheoIntf7Sizes
rheo_intf7_size (const RheoIntf7Config *c, int n_in, int n_out)
{
  RheoIntf7Sizes s = { { 0 } };

  for (int i = 0; i < RHEO_INTF7_POPS; i++)
    {
      s.units[i] = MAX (1, (int) floor (c->units[i] * c->scale + 1e-9));
      if (i == RHEO_INTF7_ES)
        s.units[i] = MAX (s.units[i], n_in);
      if (i == RHEO_INTF7_EM)
        s.units[i] = MAX (s.units[i], n_out);
      s.first[i + 1] = s.first[i] + s.units[i];
    }
  for (int link = 0; link < RHEO_INTF7_LINKS; link++)
    {
      const int from = rheo_intf7_links[link].from, n = s.units[from];
      const double wanted = excites (from) ? c->link[link].degree : floor (0.5 + c->link[link].share * n);

      s.sources[link] = (int) CLAMP (wanted, 0, n - (from == rheo_intf7_links[link].to));
    }
  return s;
}

int
rheo_intf7_get_synapses (const RheoIntf7Config *c, int link, RheoIntf7Synapses *out)
{
  const RheoIntf7Link *l = &c->link[link];
  const gboolean from_e = excites (rheo_intf7_links[link].from), to_e = excites (rheo_intf7_links[link].to);
  const double gain = from_e ? (to_e ? c->gain_ee : c->gain_ei) : (to_e ? c->gain_ie : c->gain_ii);

  if (!from_e)
    {
      const gboolean slow = rheo_intf7_pops[rheo_intf7_links[link].from].cls == RHEO_INTF7_IL;

      out[0] = (RheoIntf7Synapses){ "gaba", slow ? RHEO_INTF7_GA2 : RHEO_INTF7_GA, gain * l->gaba, FALSE };
      return 1;
    }
  out[0] = (RheoIntf7Synapses){ "ampa", RHEO_INTF7_AM2, gain * l->ampa, to_e };
  out[1] = (RheoIntf7Synapses){ "nmda", RHEO_INTF7_NM2, gain * l->nmda, FALSE };
  return c->nmda ? 2 : 1;
}
