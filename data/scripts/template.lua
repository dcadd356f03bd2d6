-- A task of your own. There are the functions of Lua's math, string and table, and
--   zeros (n, m)         a table of n tables of m zeros; zeros (n): of n zeros
--   random.uniform ()    between 0 and 1
--   random.normal ()     mean 0, standard deviation 1
--   random.below (n)     a whole number from 0 to n - 1
-- Steps and channels count from 1.

function shape ()
  return { inputs = 1, outputs = 1, steps = 100 }
end

-- index: number of the trial, from 0. All random numbers come from `random`, so that a run
-- can be repeated. There may be a mask too, a number for each step: 0 where the output does
-- not count. Where it is left out all steps count.
function trial (index)
  local input, target = zeros (100, 1), zeros (100, 1)
  local level = random.normal ()

  for t = 20, 39 do
    input[t][1] = level
  end
  for t = 60, 100 do
    target[t][1] = level
  end
  return { input = input, target = target }
end
