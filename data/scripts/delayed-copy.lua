-- Worked example: a noisy signal is to be given back 10 steps later.

local steps, delay = 120, 10

function shape ()
  return { inputs = 1, outputs = 1, steps = steps }
end

function trial (index)
  local input, target, mask = zeros (steps, 1), zeros (steps, 1), zeros (steps)
  local value = 0

  for t = 1, steps do
    value = 0.9 * value + 0.3 * random.normal ()
    input[t][1] = value
    if t > delay then
      target[t][1] = input[t - delay][1]
      mask[t] = 1
    end
  end
  return { input = input, target = target, mask = mask }
end
