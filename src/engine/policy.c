#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "policy.h"

#include <math.h>

double
rheo_policy_softmax (int n, const RheoReal *z, double *pi)
{
  double largest = (double) z[0], sum = 0, mean = 0;

  for (int k = 1; k < n; k++)
    largest = (double) z[k] > largest ? (double) z[k] : largest;
  for (int k = 0; k < n; k++)
    sum += pi[k] = exp ((double) z[k] - largest);
  for (int k = 0; k < n; k++)
    {
      pi[k] /= sum;
      mean += pi[k] > 0 ? pi[k] * ((double) z[k] - largest) : 0;
    }
  return log (sum) - mean;
}

int
rheo_policy_choose (int n, const double *pi, double uniform)
{
  for (int k = 0; k < n - 1; k++)
    {
      if (uniform < pi[k])
        return k;
      uniform -= pi[k];
    }
  return n - 1;
}

void
rheo_policy_derive (int n, const double *pi, double entropy, int action, double advantage, double bonus, double *d)
{
  for (int k = 0; k < n; k++)
    {
      d[k] += advantage * ((k == action) - pi[k]);
      if (pi[k] > 0)
        d[k] -= bonus * pi[k] * (log (pi[k]) + entropy);
    }
}

void
rheo_policy_returns (int n, const double *reward, double gamma, bool power, double *value)
{
  double sum = 0;

  for (int i = n - 1; i >= 0; i--)
    value[i] = sum = power ? reward[i] * pow (gamma, reward[i]) + sum : reward[i] + gamma * sum;
}
