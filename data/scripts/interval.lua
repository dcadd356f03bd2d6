-- Worked example: two pulses set an interval; the answer is to rise as long after the
-- go cue as the second pulse came after the first. The score says how well the time was met.

local steps = 150

function shape ()
  return { inputs = 2, outputs = 1, steps = steps, dt = 10, conditions = { "interval", "go" } }
end

local function pulse (signal, first, channel)
  for t = first, first + 4 do
    signal[t][channel] = 1
  end
end

function trial (index)
  local input, target = zeros (steps, 2), zeros (steps, 1)
  local interval = 10 + random.below (31)
  local go = 70 + random.below (10)

  pulse (input, 10, 1)
  pulse (input, 10 + interval, 1)
  pulse (input, go, 2)
  for t = go + interval, steps do
    target[t][1] = 1
  end
  return {
    input = input, target = target, due = go + interval,
    conditions = { interval = interval, go = go },
  }
end

-- 1 where the output first exceeds one half in the step in which it is due, less by the share
-- of the trial by which it comes earlier or later.
function score (given, output)
  local came = steps + 1

  for t = steps, 1, -1 do
    if output[t][1] > 0.5 then
      came = t
    end
  end
  return 1 - math.abs (came - given.due) / steps
end
