-- A task of your own. There are the functions of Lua's math, string and table, and
--   zeros (n, m)         a table of n tables of m zeros; zeros (n): of n zeros
--   random.uniform ()    between 0 and 1
--   random.normal ()     mean 0, standard deviation 1
--   random.below (n)     a whole number from 0 to n - 1
-- Steps and channels count from 1.

-- Conditions may be left out. They are what analyses can group trials by: numbers that each
-- trial gives under the names that stand here.
function shape ()
  return { inputs = 1, outputs = 1, steps = 100, conditions = { "level" } }
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
  return { input = input, target = target, conditions = { level = level } }
end

-- May be left out. What a network that is validated or evaluated gets for one trial, the more
-- the better; the mean is the metric "score", which nothing learns from. given: what trial
-- returned, which may hold more than is used above. output: as target, a table for each step.
function score (given, output)
  local right = 0

  for t = 60, 100 do
    if math.abs (output[t][1] - given.target[t][1]) < 0.1 then
      right = right + 1
    end
  end
  return right / 41
end
