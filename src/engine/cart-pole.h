/* Thread: any. Plain C, no GLib. */
/* Block: a pole that stands on a cart (Barto, Sutton & Anderson 1983), without friction. */
#pragma once

#include <stdbool.h>

#include "scene.h"

/* Lengths in m, masses in kg, times in s, angles in rad; half_length: of the pole. */
typedef struct
{
  double cart_mass, pole_mass, half_length, gravity, dt;
  double max_x, max_angle; /* beyond which it is over */
} RheoCartPole;

/* Position, velocity, angle from upright, angular velocity. */
typedef struct
{
  double x[4];
} RheoCartPoleState;

/* One Euler step of dt under a force in N: places with the velocities before the step. */
void rheo_cart_pole_step (const RheoCartPole *c, double force, RheoCartPoleState *s);
bool rheo_cart_pole_is_over (const RheoCartPole *c, const RheoCartPoleState *s);
/* s_(t+1) = a s_t + b force for small angles: a [4][4], b [4]. */
void rheo_cart_pole_linear (const RheoCartPole *c, double *a, double *b);
/* The force is in parts of the largest one. */
void rheo_cart_pole_scene (const RheoCartPole *c, const RheoCartPoleState *s, double force, RheoScene *scene);
