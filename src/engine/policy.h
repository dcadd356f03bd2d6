/* Thread: any. Plain C, no GLib. */
/* Block: a policy over some actions, and what an episode teaches it (Williams 1992, Machine Learning 8:229; Sutton & Barto
 * 2018, Reinforcement Learning, chapter 13). */
#pragma once

#include <stdbool.h>

#include "types.h"

/* pi [n] = soft-max of z [n], whatever their size; its entropy, in nats, is returned. */
double rheo_policy_softmax (int n, const RheoReal *z, double *pi);
/* The action that a number of [0, 1) chooses. */
int rheo_policy_choose (int n, const double *pi, double uniform);
/* d [n] += the derivative of advantage * ln pi[action] + bonus * entropy with respect to z. */
void rheo_policy_derive (int n, const double *pi, double entropy, int action, double advantage, double bonus,
                         double *d);
/* value [n]: what each step of an episode came to. Discounted: the sum over k >= i of gamma^(k - i) reward[k]. As a power:
 * that of reward[k] gamma^reward[k], which is no discount: with rewards of 1 it is gamma times the steps that are left. */
void rheo_policy_returns (int n, const double *reward, double gamma, bool power, double *value);
