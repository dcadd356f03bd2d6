: What one synapse remembers of the order of spikes at its two ends, and what rewards make of it. An event of weight 1 comes from the
: source, one of weight 2 from the target, both 1 ms after the spike.
NEURON {
  ARTIFICIAL_CELL BenchPairing
  POINTER strength
  RANGE window, lasting, amount, highest
}

PARAMETER {
  window = 3
  lasting = 250
  amount = 0.04
  highest = 400
}

ASSIGNED { strength source target hebb anti }

INITIAL {
  forget()
}

PROCEDURE forget() {
  source = -1
  target = -1
  hebb = -1
  anti = -1
}

FUNCTION paired(before) {
  paired = 0
  if (before >= 0 && t - before > 1 && t - before <= window) { paired = 1 }
}

NET_RECEIVE (side) {
  if (t >= 1000) {
    if (side == 1) {
      if (paired(target)) { anti = t }
      source = t
    } else {
      if (paired(source)) { hebb = t }
      target = t
    }
  }
}

PROCEDURE reward(worth) { LOCAL change
  change = 0
  if (hebb >= 0 && t - hebb <= lasting) { change = change + amount * worth }
  if (anti >= 0 && t - anti <= lasting) { change = change - amount * worth }
  strength = strength + change
  if (strength < 0) { strength = 0 }
  if (strength > highest) { strength = highest }
}
