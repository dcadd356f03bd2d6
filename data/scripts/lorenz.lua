-- Worked example: a chaotic system. The input is one coordinate of the Lorenz attractor,
-- the targets are the other two.

local steps, h = 200, 0.02

function shape ()
  return { inputs = 1, outputs = 2, steps = steps, dt = 20 }
end

local function move (x, y, z)
  return x + h / 4 * 10 * (y - x), y + h / 4 * (x * (28 - z) - y), z + h / 4 * (x * y - 8 / 3 * z)
end

function trial (index)
  local input, target, mask = zeros (steps, 1), zeros (steps, 2), zeros (steps)
  local x, y, z = random.normal (), random.normal (), 25 + random.normal ()

  for t = -200, steps do
    for part = 1, 4 do
      x, y, z = move (x, y, z)
    end
    if t >= 1 then
      input[t][1] = x / 20
      target[t][1], target[t][2] = y / 20, (z - 25) / 20
      mask[t] = t > 20 and 1 or 0
    end
  end
  return { input = input, target = target, mask = mask }
end
