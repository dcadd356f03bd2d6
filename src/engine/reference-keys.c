#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "reference-private.h"

#define ES RHEO_KEY_BY (RHEO_REFERENCE_EVOLUTION)
#define STDP_ES RHEO_KEY_BY (RHEO_REFERENCE_EVOLUTION_STDP)
#define RL RHEO_KEY_BY (RHEO_REFERENCE_STDP_RL)
#define LEARNS (RL | STDP_ES)

#define VALUE(t, o, ...)                                                                                               \
  {                                                                                                                    \
    .theirs = t, .ours = o, .form = RHEO_KEY_VALUE, __VA_ARGS__                                                        \
  }
#define FORM(f, t, o, ...)                                                                                             \
  {                                                                                                                    \
    .theirs = t, .ours = o, .form = RHEO_KEY_##f, __VA_ARGS__                                                          \
  }
#define KEPT(t)                                                                                                        \
  {                                                                                                                    \
    .theirs = t, .form = RHEO_KEY_KEPT                                                                                 \
  }
#define FIXED(t, w)                                                                                                    \
  {                                                                                                                    \
    .theirs = t, .form = RHEO_KEY_FIXED, .words = w                                                                    \
  }

#define EVOLVES(s, k)                                                                                                  \
  VALUE (s ".iterations", "run.budget", .by = k), VALUE (s ".population_size", "rule.population", .by = k),            \
      VALUE (s ".eval_freq", "rule.evaluate-every", .by = k),                                                          \
      FORM (SOME, s ".eval_samples", "rule.evaluation-samples", .by = k), VALUE (s ".sigma", "rule.sigma", .by = k),   \
      VALUE (s ".learning_rate", "rule.lr", .by = k), VALUE (s ".decay_lr", "rule.decay-lr", .by = k),                 \
      VALUE (s ".decay_sigma", "rule.decay-sigma", .by = k),                                                           \
      VALUE (s ".save_weights_every_iter", "run.checkpoint", .by = k)

#define SEEN(i, k)                                                                                                     \
  FORM (WORD, "env.observation_map." i ".type", "task." k ".code",                                                     \
        .words = "rf_normal=normal rf_evensplit=even rf_intervals=intervals linear=linear log=log sigmoid=sigmoid "    \
                 "sigmoid_div=sigmoid-scaled"),                                                                        \
      VALUE ("env.observation_map." i ".intervals", "task." k ".bounds"),                                              \
      FORM (BINS, "env.observation_map." i ".bins", "task." k ".bins"),                                                \
      VALUE ("env.observation_map." i ".mean", "task." k ".mean", .absent = "0"),                                      \
      VALUE ("env.observation_map." i ".std", "task." k ".sd", .absent = "1"),                                         \
      FORM (GIVEN, "env.observation_map." i ".mean", "task." k ".standardise"),                                        \
      VALUE ("env.observation_map." i ".min", "task." k ".min"),                                                       \
      VALUE ("env.observation_map." i ".max", "task." k ".max"),                                                       \
      VALUE ("env.observation_map." i ".scale", "task." k ".scale")

#define CELL(s, k)                                                                                                     \
  VALUE ("cell." s ".ahpwt", "model." k ".ahp"), VALUE ("cell." s ".tauahp", "model." k ".tau-ahp"),                   \
      VALUE ("cell." s ".RMP", "model." k ".rest"), VALUE ("cell." s ".VTH", "model." k ".threshold"),                 \
      VALUE ("cell." s ".refrac", "model." k ".refractory"), VALUE ("cell." s ".Vblock", "model." k ".block"),         \
      VALUE ("cell." s ".tauAM", "model." k ".tau-am"), VALUE ("cell." s ".tauNM", "model." k ".tau-nm"),              \
      VALUE ("cell." s ".tauGA", "model." k ".tau-ga"), VALUE ("cell." s ".tauAM2", "model." k ".tau-am2"),            \
      VALUE ("cell." s ".tauNM2", "model." k ".tau-nm2"), VALUE ("cell." s ".tauGA2", "model." k ".tau-ga2"),          \
      VALUE ("cell." s ".tauRR", "model." k ".tau-threshold"),                                                         \
      VALUE ("cell." s ".RRWght", "model." k ".threshold-jump")

#define EXCITES(a, b, k)                                                                                               \
  VALUE ("net.cmat." a "." b ".conv", "model." k ".in-degree", .absent = "0"),                                         \
      FORM (P, "net.cmat." a "." b ".p", "model." k ".in-degree"),                                                     \
      VALUE ("net.cmat." a "." b ".AM2", "model." k ".ampa", .absent = "0"),                                           \
      VALUE ("net.cmat." a "." b ".NM2", "model." k ".nmda", .absent = "0")
#define INHIBITS(a, b, k, receptor)                                                                                    \
  VALUE ("net.cmat." a "." b ".p", "model." k ".share", .absent = "0"),                                                \
      FORM (CONV, "net.cmat." a "." b ".conv", "model." k ".share"),                                                   \
      VALUE ("net.cmat." a "." b "." receptor, "model." k ".gaba", .absent = "0")

/* Presets and words first: what follows may depend on them. */
const RheoKey rheo_reference_keys[] = {
  EVOLVES ("ES", ES),
  VALUE ("ES.episodes_per_iter", "rule.episodes", .by = ES),
  EVOLVES ("STDP_ES", STDP_ES),
  VALUE ("STDP_ES.alpha_iters", "rule.before-episodes", .by = STDP_ES),
  VALUE ("STDP_ES.beta_iters", "rule.learning-episodes", .by = STDP_ES),
  VALUE ("STDP_ES.gamma_iters", "rule.after-episodes", .by = STDP_ES),

  FORM (WORD, "env.name", "task.limit", .words = "CartPole-v1=v1 CartPole-v0=v0"),
  SEEN ("0", "position"),
  SEEN ("1", "velocity"),
  SEEN ("2", "angle"),
  SEEN ("3", "turning"),
  VALUE ("env.episodes", "learn.last-episodes", .by = RL),
  FORM (LAST, "env.episodes", "task.critic.last-reward"),
  FIXED ("env.unk_move", "-1"),
  VALUE ("env.seed", "run.seed"),
  VALUE ("env.rerunEpisode", "task.rerun-episode", .absent = "0"),
  FIXED ("env.mock", "0"),
  KEPT ("env.mock_curr_step"),
  KEPT ("env.mock_total_steps"),
  KEPT ("env.savemp4"),
  KEPT ("env.render"),

  FIXED ("moves.LEFT", "0"),
  FIXED ("moves.RIGHT", "1"),
  FIXED ("pop_to_moves.EM", "[\"LEFT\", \"RIGHT\"]"),
  FIXED ("actionsPerPlay", "1"),
  KEPT ("observationsToKeep"),
  KEPT ("rewardsToKeep"),
  KEPT ("stayStepLim"),
  KEPT ("verbose"),

  FORM (WORD, "critic.type", "task.critic.kind", .words = "v1=change theta_omega_policy=policy allpos=steps",
        .absent = "\"v1\""),
  VALUE ("critic.angv_bias", "task.critic.turning-weight"),
  VALUE ("critic.total_gain", "task.critic.gain"),
  VALUE ("critic.max_reward", "task.critic.max-reward"),
  VALUE ("critic.posRewardBias", "task.critic.reward-factor", .absent = "1"),
  VALUE ("critic.negRewardBias", "task.critic.punish-factor", .absent = "1"),
  FORM (FLAG, "critic.clear_flips", "task.critic.clear-flips", .absent = "false"),
  FORM (GIVEN, "critic.modulation", "task.critic.modulated"),
  FIXED ("critic.modulation.type", "\"linear\""),
  VALUE ("critic.modulation.steps", "task.critic.modulation-steps"),
  FORM (GIVEN, "critic.biases", "task.critic.weighted"),
  VALUE ("critic.biases.loc", "task.critic.weight-position", .absent = "1"),
  VALUE ("critic.biases.vel", "task.critic.weight-velocity", .absent = "1"),
  VALUE ("critic.biases.ang", "task.critic.weight-angle", .absent = "1"),
  VALUE ("critic.biases.angv", "task.critic.weight-turning", .absent = "1"),

  FORM (START, "simtype.ResumeSim", NULL),
  KEPT ("simtype.ResumeSimFrom*"),

  VALUE ("sim.duration", "learn.duration", .by = RL),
  VALUE ("sim.dt", "task.dt"),
  FORM (STEPS, "sim.tstepPerAction", "task.steps-per-action"),
  VALUE ("sim.tstepPerAction", "learn.gain-step-time", .by = LEARNS),
  FORM (FLAG, "sim.normalizeSynInputs", "learn.normalise", .absent = "0", .by = LEARNS),
  VALUE ("sim.normalizeInStepSize", "learn.normalise-every", .by = LEARNS),
  FORM (WORD, "sim.normalizeByOutputBalancing", "learn.balance", .words = "0=off 1=senders false=off true=senders",
        .absent = "0", .by = LEARNS),
  VALUE ("sim.normalizeOutBalMinMax.0", "learn.balance-min", .by = LEARNS),
  VALUE ("sim.normalizeOutBalMinMax.1", "learn.balance-max", .by = LEARNS),
  FORM (FLAG, "sim.normalizeByGainControl", "learn.gain-control", .absent = "0", .by = LEARNS),
  VALUE ("sim.normalizeByGainControlSteps", "learn.gain-steps", .by = LEARNS),
  VALUE ("sim.normalizeByGainControlEvery", "learn.gain-every", .by = LEARNS),
  VALUE ("sim.normalizeByGainControlValue", "learn.gain-change", .by = LEARNS),
  FORM (WORD, "sim.targetedRL", "learn.target", .words = "0=all 1=motor 2=chosen 3=both", .absent = "0", .by = LEARNS),
  FORM (FLAG, "sim.targetedNonEM", "learn.elsewhere", .absent = "0", .by = LEARNS),
  VALUE ("sim.targetedRLMainFctr", "learn.chosen-factor", .by = LEARNS),
  VALUE ("sim.targetedRLOppFctr", "learn.opposite-factor", .by = LEARNS),
  VALUE ("sim.targetedRLDscntFctr", "learn.elsewhere-factor", .by = LEARNS),
  FORM (FLAG, "sim.resetEligTrace", "learn.reset-traces", .absent = "0", .by = LEARNS),
  VALUE ("sim.earlyStoppingCriteria", "learn.give-up-below", .absent = "0", .by = RL),
  FORM (SEED, "sim.seeds.conn", "model.seed", .absent = "1"),
  KEPT ("sim.seeds.stim"),
  KEPT ("sim.seeds.loc"),
  KEPT ("sim.verbose"),
  KEPT ("sim.recordStep"),
  KEPT ("sim.recordStim"),
  KEPT ("sim.recordWeightStepSize"),
  KEPT ("sim.normalizeInPrint"),
  KEPT ("sim.normalizeVerbose"),
  KEPT ("sim.RLFake*"),
  KEPT ("sim.doquit"),
  KEPT ("sim.doplot"),
  KEPT ("sim.doSaveData"),
  KEPT ("sim.outdir"),
  KEPT ("sim.plotRaster"),
  KEPT ("sim.saveCell*"),
  KEPT ("sim.saveEnvObs"),
  KEPT ("sim.saveMotionFields"),
  KEPT ("sim.saveWeights"),
  KEPT ("sim.sleeptrial"),

  CELL ("E", "cell-e"),
  CELL ("I", "cell-i"),
  CELL ("IL", "cell-il"),

  VALUE ("net.Gain.EE", "model.gain-ee"),
  VALUE ("net.Gain.EE", "learn.gain", .by = LEARNS),
  VALUE ("net.Gain.EI", "model.gain-ei"),
  VALUE ("net.Gain.IE", "model.gain-ie"),
  VALUE ("net.Gain.II", "model.gain-ii"),
  FIXED ("net.ECellModel", "\"INTF7\""),
  FIXED ("net.ICellModel", "\"INTF7\""),
  VALUE ("net.scale", "model.scale"),
  VALUE ("net.allpops.ES", "model.units-es"),
  VALUE ("net.allpops.EA", "model.units-ea"),
  VALUE ("net.allpops.IA", "model.units-ia"),
  VALUE ("net.allpops.IAL", "model.units-ial"),
  VALUE ("net.allpops.EM", "model.units-em"),
  VALUE ("net.allpops.IM", "model.units-im"),
  VALUE ("net.allpops.IML", "model.units-iml"),
  VALUE ("net.popTargetFreq.EA", "learn.rate-other", .by = LEARNS),
  VALUE ("net.popTargetFreq.EM", "learn.rate-motor", .by = LEARNS),
  FORM (NOT, "net.deactivateNMDA", "model.nmda", .absent = "0"),
  FORM (WORD, "net.nsloc_version", "model.generator", .words = "NSLOC_V2=at-once NSLOC_V1=after-interval",
        .absent = "\"NSLOC_V1\""),
  FIXED ("net.inputPop", "\"ES\""),
  FIXED ("net.STDPconns.EE", "1"),
  FIXED ("net.STDPconns.EI", "0"),
  FIXED ("net.STDPconns.IE", "0"),
  FIXED ("net.STDPconns.II", "0"),
  VALUE ("net.InputMaxRate", "task.max-rate"),
  VALUE ("net.stimModW", "model.input-weight"),
  VALUE ("net.weightVar", "model.weight-spread"),
  VALUE ("net.delays.soma.0", "model.delay-min"),
  VALUE ("net.delays.soma.1", "model.delay-max"),
  VALUE ("net.delays.soma2.0", "model.slow-delay-min"),
  VALUE ("net.delays.soma2.1", "model.slow-delay-max"),
  VALUE ("net.delays.STIMMOD.0", "model.input-delay-min"),
  VALUE ("net.delays.STIMMOD.1", "model.input-delay-max"),
  KEPT ("net.delays.dend"),
  KEPT ("net.noiseDamping"),
  KEPT ("net.synMechParams"),
  KEPT ("net.synToMech"),
  FIXED ("net.posRewardBias", "1"),
  FIXED ("net.negRewardBias", "1"),
  EXCITES ("ES", "EA", "es-ea"),
  EXCITES ("EA", "EA", "ea-ea"),
  EXCITES ("EA", "IA", "ea-ia"),
  EXCITES ("EA", "IAL", "ea-ial"),
  EXCITES ("EA", "EM", "ea-em"),
  INHIBITS ("IA", "EA", "ia-ea", "GA"),
  INHIBITS ("IA", "IA", "ia-ia", "GA"),
  INHIBITS ("IA", "IAL", "ia-ial", "GA"),
  INHIBITS ("IAL", "EA", "ial-ea", "GA2"),
  INHIBITS ("IAL", "IA", "ial-ia", "GA2"),
  INHIBITS ("IAL", "IAL", "ial-ial", "GA2"),
  EXCITES ("EM", "EM", "em-em"),
  EXCITES ("EM", "EA", "em-ea"),
  EXCITES ("EM", "IM", "em-im"),
  EXCITES ("EM", "IML", "em-iml"),
  INHIBITS ("IM", "EM", "im-em", "GA"),
  INHIBITS ("IM", "IM", "im-im", "GA"),
  INHIBITS ("IM", "IML", "im-iml", "GA"),
  INHIBITS ("IML", "EM", "iml-em", "GA2"),
  INHIBITS ("IML", "IM", "iml-im", "GA2"),
  INHIBITS ("IML", "IML", "iml-iml", "GA2"),

  FORM (FLAG, "STDP-RL.AMPA.RLon", "learn.learn", .by = LEARNS),
  FORM (FLAG, "STDP-RL.AMPA.STDPon", "learn.stdp", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLlenhebb", "learn.trace", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLlenanti", "learn.anti-trace", .by = LEARNS),
  FORM (FLAG, "STDP-RL.AMPA.useRLexp", "learn.exponential", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLhebbwt", "learn.reward-weight", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLantiwt", "learn.anti-weight", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.hebbwt", "learn.stdp-weight", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.antiwt", "learn.stdp-anti-weight", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.tauhebb", "learn.tau", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.tauanti", "learn.anti-tau", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLwindhebb", "learn.window", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.RLwindanti", "learn.anti-window", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.wbase", "learn.min-weight", .absent = "0", .by = LEARNS),
  VALUE ("STDP-RL.AMPA.wmax", "learn.max-weight", .by = LEARNS),
  FORM (FLAG, "STDP-RL.AMPA.softthresh", "learn.soft-bounds", .by = LEARNS),
  KEPT ("STDP-RL.AMPA.maxreward"),
  KEPT ("STDP-RL.AMPA.verbose"),
  FIXED ("STDP-RL.NMDA.RLon", "0"),
  FIXED ("STDP-RL.NMDA.STDPon", "0"),
  KEPT ("STDP-RL.NMDA.*"),
  KEPT ("STDP-RL.AMPAI"),

  FORM (NOISE, "noise", NULL),
  KEPT ("rheobase"),
  { NULL },
};
