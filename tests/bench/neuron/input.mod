: A generator of regular spikes. An event with a weight tells it its new interval; nothing is polled.
NEURON {
  ARTIFICIAL_CELL BenchInput
}

ASSIGNED { gap due round }

INITIAL {
  gap = 1e12
  due = 0
  round = 1
  net_send(0, 1)
}

: A pending spike that was overtaken by a new interval has an old number.
NET_RECEIVE (fresh) {
  if (flag > 0) {
    if (flag == round) {
      net_event(t)
      due = t + gap
      if (gap < 1e9) { net_send(gap, round) }
    }
  } else if (fresh < gap) {
    gap = fresh
    round = round + 1
    net_send(0, round)
  } else if (fresh > gap) {
    if (due > t) { round = round + 1 }
    due = due + fresh - gap
    gap = fresh
    if (gap < 1e9) { net_send(due - t, round) }
  }
}
