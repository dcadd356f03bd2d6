/* Products of lists of events: the fast kernels against the plain reference. */
#include "config.h"

#include "engine/kernels.h"
#include "engine/rng.h"

#include <float.h>
#include <glib.h>
#include <math.h>

static const RheoKernels *const ref = &rheo_kernels_ref, *const fast = &rheo_kernels_fast;
static const double eps = sizeof (RheoReal) == sizeof (float) ? FLT_EPSILON : DBL_EPSILON;
static uint32_t n_drawn;

static GArray *
numbers (int n)
{
  GArray *x = g_array_sized_new (FALSE, FALSE, sizeof (RheoReal), (guint) n);

  g_array_set_size (x, (guint) n);
  rheo_rng_normals ((RheoRng){ .seed = 1, .iteration = n_drawn++ }, 0, 0, n, (RheoReal *) (void *) x->data);
  return x;
}

#define AT(ARRAY) ((RheoReal *) (void *) (ARRAY)->data)

static GArray *
copy (const GArray *x)
{
  GArray *y = g_array_new (FALSE, FALSE, sizeof (RheoReal));

  g_array_append_vals (y, x->data, x->len);
  return y;
}

/* n_lists lists of numbers below n_events; each is there with this density. Some lists are empty, and where `twice` says so
 * some events come again. */
static void
draw_lists (int n_lists, int n_events, double density, bool twice, GArray *first, GArray *event)
{
  const RheoRng rng = { .seed = 2, .iteration = n_drawn++ };

  for (int j = 0; j <= n_lists; j++)
    {
      const int32_t at = (int32_t) event->len;

      g_array_append_val (first, at);
      for (uint16_t e = 0; j < n_lists && j % 7 != 3 && e < n_events; e++)
        for (int again = 0; again < 1 + (twice && e % 5 == 0); again++)
          if (rheo_rng_uniform (rng, (uint32_t) j, e) < density)
            g_array_append_val (event, e);
    }
}

static void
check_same (const GArray *got, const GArray *wanted, int n_terms)
{
  for (guint i = 0; i < got->len; i++)
    g_assert_cmpfloat (fabs ((double) AT (got)[i] - (double) AT (wanted)[i]), <=,
                       eps * (4 + 2 * n_terms) * (1 + fabs ((double) AT (wanted)[i])));
}

static void
check_add (int n_lists, int n_events, int n, double density)
{
  const int ldx = n + 3, ldc = n + 5;
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GArray) event = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  g_autoptr (GArray) x = numbers (n_events * ldx), c = numbers (n_lists * ldc), wanted = copy (c);

  draw_lists (n_lists, n_events, density, true, first, event);
  ref->add_events (n_lists, (int32_t *) (void *) first->data, (uint16_t *) (void *) event->data, AT (x), ldx, n,
                   AT (wanted), ldc);
  fast->add_events (n_lists, (int32_t *) (void *) first->data, (uint16_t *) (void *) event->data, AT (x), ldx, n,
                    AT (c), ldc);
  check_same (c, wanted, 2 * n_events);
  {
    const int after = 3, n_shared = n_lists - after;
    g_autoptr (GArray) now = numbers ((int) event->len + 1), next = numbers ((int) event->len + 1);
    const RheoReal *const shares[][2] = { { AT (now), AT (next) }, { AT (now), NULL }, { NULL, AT (next) } };

    for (guint i = 0; i < G_N_ELEMENTS (shares) && n_shared > 0; i++)
      {
        ref->add_shares (n_shared, (int32_t *) (void *) first->data, (uint16_t *) (void *) event->data, shares[i][0],
                         shares[i][1], AT (x), ldx, n, AT (wanted), ldc, after);
        fast->add_shares (n_shared, (int32_t *) (void *) first->data, (uint16_t *) (void *) event->data, shares[i][0],
                          shares[i][1], AT (x), ldx, n, AT (c), ldc, after);
        check_same (c, wanted, 20 * n_events);
      }
  }
}

static void
test_add (void)
{
  for (int n = RHEO_PAD; n <= 11 * RHEO_PAD; n += RHEO_PAD)
    for (double density = 0; density <= 1; density += 0.25)
      check_add (17, 40, n, density);
  check_add (1, 1, RHEO_PAD, 1);
  check_add (300, 128, 4 * RHEO_PAD, 0.1);
}

static void
check_dot (int n_lists, int n_rows, int k, double density)
{
  const int ld = RHEO_PADDED (k) + RHEO_PAD, ldc = n_lists + 2;
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (int32_t));
  g_autoptr (GArray) row = g_array_new (FALSE, FALSE, sizeof (uint16_t));
  g_autoptr (GArray) w = numbers (n_lists * ld), d = numbers (n_rows * ld), c = numbers (n_rows * ldc),
                     wanted = copy (c);

  for (int j = 0; j < n_lists; j++)
    for (int l = k; l < ld; l++)
      AT (w)[j * ld + l] = 0;
  draw_lists (n_lists, n_rows, density, false, first, row);
  ref->dot_events (n_lists, (int32_t *) (void *) first->data, (uint16_t *) (void *) row->data, AT (w), ld, n_rows,
                   AT (d), ld, k, AT (wanted), ldc);
  fast->dot_events (n_lists, (int32_t *) (void *) first->data, (uint16_t *) (void *) row->data, AT (w), ld, n_rows,
                    AT (d), ld, k, AT (c), ldc);
  check_same (c, wanted, k);
}

static void
test_dot (void)
{
  const int inner[] = { 1, 16, 17, 127, 128, 129, 255, 256, 257, 300, 700 };

  for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
    for (int n_rows = 1; n_rows <= RHEO_MOST_CHOSEN; n_rows += 1 + n_rows / 3)
      check_dot (13, n_rows, inner[i], 0.2 * (i % 6));
  check_dot (200, RHEO_MOST_CHOSEN, 500, 0.3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernels/add-events", test_add);
  g_test_add_func ("/kernels/dot-events", test_dot);
  return g_test_run ();
}
