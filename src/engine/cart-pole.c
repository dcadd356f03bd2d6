#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "cart-pole.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Of one step: accelerations of cart and pole. */
static void
accelerate (const RheoCartPole *c, double force, const double *x, double *cart, double *pole)
{
  const double mass = c->cart_mass + c->pole_mass, ml = c->pole_mass * c->half_length;
  const double si = sin (x[2]), co = cos (x[2]), push = (force + ml * x[3] * x[3] * si) / mass;

  *pole = (c->gravity * si - co * push) / (c->half_length * (4.0 / 3 - c->pole_mass * co * co / mass));
  *cart = push - ml * *pole * co / mass;
}

void
rheo_cart_pole_step (const RheoCartPole *c, double force, RheoCartPoleState *s)
{
  double *x = s->x, cart, pole;

  accelerate (c, force, x, &cart, &pole);
  x[0] += c->dt * x[1];
  x[1] += c->dt * cart;
  x[2] += c->dt * x[3];
  x[3] += c->dt * pole;
}

bool
rheo_cart_pole_is_over (const RheoCartPole *c, const RheoCartPoleState *s)
{
  return !(fabs (s->x[0]) <= c->max_x && fabs (s->x[2]) <= c->max_angle);
}

void
rheo_cart_pole_linear (const RheoCartPole *c, double *a, double *b)
{
  const double mass = c->cart_mass + c->pole_mass;
  const double length = c->half_length * (4.0 / 3 - c->pole_mass / mass); /* of the pendulum that moves alike */
  const double share = c->pole_mass * c->half_length / mass;

  memset (a, 0, sizeof *a * 16);
  for (int i = 0; i < 4; i++)
    a[5 * i] = 1;
  a[1] = a[11] = c->dt;                /* places from velocities */
  a[14] = c->dt * c->gravity / length; /* the pole falls ... */
  a[6] = -share * a[14];               /* ... and pushes the cart */
  b[0] = b[2] = 0;
  b[3] = -c->dt / (mass * length);
  b[1] = c->dt / mass - share * b[3];
}

void
rheo_cart_pole_scene (const RheoCartPole *c, const RheoCartPoleState *s, double force, RheoScene *scene)
{
  const double x = s->x[0], width = 0.25, height = 0.12, top = height, length = 2 * c->half_length;

  *scene = (RheoScene){
    .x0 = -c->max_x,
    .y0 = -0.4,
    .x1 = c->max_x,
    .y1 = 1.4 * length,
    .unit = "m",
    .n = 5,
    .item = { { RHEO_SCENE_LINE, RHEO_SCENE_GROUND, -c->max_x, -height, c->max_x, -height, NULL },
              { RHEO_SCENE_BOX, RHEO_SCENE_PART, x, 0, width, height, N_ ("cart") },
              { RHEO_SCENE_LINE, RHEO_SCENE_PART, x, top, x + length * sin (s->x[2]), top + length * cos (s->x[2]),
                N_ ("pole") },
              { RHEO_SCENE_CIRCLE, RHEO_SCENE_AGENT, x + length * sin (s->x[2]), top + length * cos (s->x[2]), 0.04, 1,
                NULL },
              { RHEO_SCENE_LINE, RHEO_SCENE_FORCE, x, 0, x + force, 0, N_ ("force") } },
  };
}
