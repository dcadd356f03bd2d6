#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-h5-private.h"

struct RheoHold
{
  RheoH5Id file; /* -1: none */
  struct stat facts;
  int n_opened;
};

RheoHold *
rheo_hold_new (void)
{
  RheoHold *hold = g_new0 (RheoHold, 1);

  hold->file = -1;
  return hold;
}

static void
let_go (RheoHold *hold)
{
  rheo_h5_close (hold->file);
  hold->file = -1;
}

void
rheo_hold_free (RheoHold *hold)
{
  if (hold == NULL)
    return;
  let_go (hold);
  g_free (hold);
}

gboolean
rheo_is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

RheoH5Id
rheo_hold_open (RheoHold *hold, const char *path, GError **error)
{
  RHEO_H5_SCOPE;
  struct stat facts = { 0 };
  const gboolean there = stat (path, &facts) == 0;

  if (hold->file >= 0 && !(there && rheo_is_same_file (&facts, &hold->facts)))
    let_go (hold);
  if (hold->file < 0)
    {
      hold->file = rheo_h5_open (path, error);
      if (hold->file < 0)
        return -1;
      /* Those of the moment before: what was replaced between the two is opened once more next time. */
      hold->facts = facts;
      hold->n_opened++;
    }
  H5Iinc_ref (hold->file);
  return hold->file;
}

int
rheo_hold_get_n_opened (const RheoHold *hold)
{
  return hold->n_opened;
}
