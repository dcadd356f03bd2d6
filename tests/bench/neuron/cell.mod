: A cell that is exact between events (INTF7 of Lytton & Stewart 2006, Neurocomputing 70:412; values of Hasegan et al. 2022), written
: from its equations for measurements beside Rheobase. A NetCon has two weights: strength and receptor (0 AM, 1 NM, 2 GA, 3 AM2,
: 4 NM2, 5 GA2).
NEURON {
  ARTIFICIAL_CELL BenchCell
  RANGE rest, level, block, ahp, refractory, tau_level, jump, tau_ahp
}

PARAMETER {
  rest = -65
  level = -40
  block = -25
  ahp = 1
  refractory = 5
  tau_level = 8
  jump = 0.75
  tau_ahp = 400
}

ASSIGNED { am nm ga am2 nm2 ga2 after last restored now_level resting }


INITIAL {
  am = 0
  nm = 0
  ga = 0
  am2 = 0
  nm2 = 0
  ga2 = 0
  after = 0
  last = 0
  restored = 0
  now_level = level
  resting = 0
}

COMMENT
Without threads the table is made at its first use; with them it never is for a cell that is not part of a section.
ENDCOMMENT
VERBATIM
ENDVERBATIM

FUNCTION fall(x) {
  TABLE FROM -20 TO 0 WITH 5000
  fall = exp(x)
}

FUNCTION above(x, least) {
  above = x
  if (x < least) { above = least }
}

FUNCTION below(x, most) {
  below = x
  if (x > most) { below = most }
}

FUNCTION total() {
  total = am + nm + ga + am2 + nm2 + ga2 + after
}

: Everything fades since the last event.
PROCEDURE fade(gone) { LOCAL quick, slow, twice
  quick = fall(-gone / 10)
  twice = fall(-gone / 20)
  slow = fall(-gone / 300)
  am = am * quick
  ga = ga * quick
  am2 = am2 * twice
  ga2 = ga2 * twice
  nm = nm * slow
  nm2 = nm2 * slow
  after = after * fall(-gone / tau_ahp)
  if (am < 1e-11) { am = 0 }
  if (nm < 1e-11) { nm = 0 }
  if (am2 < 1e-11) { am2 = 0 }
  if (nm2 < 1e-11) { nm2 = 0 }
  if (ga > -1e-11) { ga = 0 }
  if (ga2 > -1e-11) { ga2 = 0 }
  if (after > -1e-11) { after = 0 }
}

FUNCTION opened(dev) {
  opened = 1 / (1 + exp(-0.062 * (rest + dev)) * 1.6 / 3.57) * (1 - dev / 90)
}

NET_RECEIVE (strength, receptor) { LOCAL dev, volt
  INITIAL { } : else the receptor would become 0
  fade(t - last)
  if (resting == 0 && now_level > level) {
    now_level = level + jump * (block - level) * fall((restored - t) / tau_level)
  }
  last = t
  if (flag == 1) {
    resting = 0
    restored = t
  } else if (strength > 0) {
    dev = below(above(total(), rest), -rest)
    if (receptor == 0) { am = above(am + strength * (1 - dev / 65), 0) }
    if (receptor == 3) { am2 = above(am2 + strength * (1 - dev / 65), 0) }
    if (receptor == 1 && nm < 90) { nm = above(nm + strength * opened(dev), 0) }
    if (receptor == 4 && nm2 < 90) { nm2 = above(nm2 + strength * opened(dev), 0) }
    if (receptor == 2 && ga > -15) { ga = below(ga - strength * (1 + dev / 15), 0) }
    if (receptor == 5 && ga2 > -15) { ga2 = below(ga2 - strength * (1 + dev / 15), 0) }
    volt = below(above(rest + total(), -90), 0)
    if (resting == 0 && volt > now_level && volt <= block) {
      after = after - ahp
      now_level = level + jump * (block - level)
      resting = 1
      net_event(t)
      net_send(refractory, 1)
    }
  }
}
