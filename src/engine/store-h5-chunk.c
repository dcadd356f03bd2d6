#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-h5-private.h"

#define BATCH_BYTES (16 << 20) /* of whole chunks that are in memory packed, at most */

/* How a set lies in its chunks. They must follow each other in memory too: 1 along the slowest dimensions, everything along
 * the fastest, and one dimension between that is cut. */
typedef struct
{
  RheoPacking packing;
  int n_dims, cut;
  hsize_t dims[RHEO_MAX_DIMS], chunk[RHEO_MAX_DIMS];
  hsize_t row;               /* numbers behind the cut dimension */
  hsize_t pieces;            /* of the cut dimension */
  int64_t n_chunks;          /* of the set */
  uint32_t shuffle, deflate; /* their bits among the filters; 0: the set has no such filter */
} Plan;

static gboolean
find_filters (hid_t list, Plan *plan)
{
  static const H5Z_filter_t order[] = { H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32 };
  int n = H5Pget_nfilters (list), at = 0;
  gboolean has[G_N_ELEMENTS (order)] = { FALSE };
  unsigned flags, info;
  size_t n_values;

  for (int i = 0; i < n; i++)
    {
      H5Z_filter_t filter =
          H5Pget_filter2 (list, (unsigned) i, &flags, (n_values = 0, &n_values), NULL, 0, NULL, &info);

      while (at < (int) G_N_ELEMENTS (order) && order[at] != filter)
        at++;
      if (at == G_N_ELEMENTS (order))
        return FALSE;
      plan->shuffle |= filter == H5Z_FILTER_SHUFFLE ? 1u << i : 0;
      plan->deflate |= filter == H5Z_FILTER_DEFLATE ? 1u << i : 0;
      has[at++] = TRUE;
    }
  plan->packing.shuffled = has[0] && plan->packing.element > 1;
  plan->packing.summed = has[2];
  return has[1];
}

/* They lie in the file as they do in memory. */
static gboolean
is_native (hid_t set, RheoType type)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) in_file = H5Dget_type (set);

  return H5Tequal (in_file, rheo_h5_number_type (type, FALSE)) > 0;
}

static gboolean
make_plan (hid_t set, size_t element, const int64_t *dims, int n_dims, Plan *plan)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) list = H5Dget_create_plist (set);

  *plan = (Plan){ .packing.bytes = element, .packing.element = element, .n_dims = n_dims, .row = 1, .n_chunks = 1 };
  if (H5Pget_layout (list) != H5D_CHUNKED || H5Pget_chunk (list, RHEO_MAX_DIMS, plan->chunk) != n_dims)
    return FALSE;
  if (H5Pget_nfilters (list) > 0 && !find_filters (list, plan))
    return FALSE;
  for (int i = 0; i < n_dims; i++)
    {
      plan->dims[i] = (hsize_t) dims[i];
      plan->packing.bytes *= plan->chunk[i];
    }
  while (plan->cut < n_dims - 1 && plan->chunk[plan->cut] == 1)
    plan->n_chunks *= (int64_t) plan->dims[plan->cut++];
  for (int i = plan->cut + 1; i < n_dims; i++)
    {
      if (plan->chunk[i] != plan->dims[i])
        return FALSE;
      plan->row *= plan->dims[i];
    }
  plan->pieces = (plan->dims[plan->cut] + plan->chunk[plan->cut] - 1) / plan->chunk[plan->cut];
  plan->n_chunks *= (int64_t) plan->pieces;
  return TRUE;
}

/* Where the i-th chunk begins in the set. */
static void
find_offset (const Plan *plan, int64_t i, hsize_t *offset)
{
  hsize_t left = (hsize_t) i / plan->pieces;

  for (int k = 0; k < plan->n_dims; k++)
    offset[k] = 0;
  for (int k = plan->cut; k-- > 0; left /= plan->dims[k])
    offset[k] = left % plan->dims[k];
  offset[plan->cut] = (hsize_t) i % plan->pieces * plan->chunk[plan->cut];
}

/* What of the numbers it holds. */
static RheoChunk
place_chunk (const Plan *plan, int64_t i, void *data)
{
  const hsize_t before = (hsize_t) i / plan->pieces, at = (hsize_t) i % plan->pieces * plan->chunk[plan->cut];
  const hsize_t rows = MIN (plan->chunk[plan->cut], plan->dims[plan->cut] - at);
  const hsize_t first = (before * plan->dims[plan->cut] + at) * plan->row;

  return (RheoChunk){ .data = (uint8_t *) data + first * plan->packing.element, .n = rows * plan->row };
}

/* Deflate adds at most 5 bytes to 16 kB. */
static hsize_t
most_packed (const Plan *plan)
{
  return plan->packing.bytes + plan->packing.bytes / 16 + 1024;
}

static gboolean
take_chunks (hid_t set, const Plan *plan, int64_t first, int n, RheoChunk *chunks)
{
  RHEO_H5_SCOPE;

  for (int i = 0; i < n; i++)
    {
      hsize_t offset[RHEO_MAX_DIMS], size;
      uint32_t skipped = 0;

      find_offset (plan, first + i, offset);
      if (H5Dget_chunk_storage_size (set, offset, &size) < 0 || size == 0 || size > most_packed (plan))
        return FALSE;
      chunks[i].size = size;
      chunks[i].packed = g_try_malloc (size);
      if (chunks[i].packed == NULL || H5Dread_chunk (set, H5P_DEFAULT, offset, &skipped, chunks[i].packed) < 0
          || (skipped & ~(plan->shuffle | plan->deflate)) != 0)
        return FALSE;
      chunks[i].as_is = (skipped & plan->shuffle) != 0;
      chunks[i].stored = plan->deflate == 0 || (skipped & plan->deflate) != 0;
    }
  return TRUE;
}

static gboolean
put_chunks (hid_t set, const Plan *plan, int64_t first, int n, const RheoChunk *chunks)
{
  RHEO_H5_SCOPE;

  for (int i = 0; i < n; i++)
    {
      hsize_t offset[RHEO_MAX_DIMS];

      find_offset (plan, first + i, offset);
      if (H5Dwrite_chunk (set, H5P_DEFAULT, chunks[i].stored ? plan->shuffle | plan->deflate : 0, offset,
                          chunks[i].size, chunks[i].packed)
          < 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
go_through (hid_t set, const Plan *plan, void *data, gboolean write)
{
  const int most = (int) CLAMP (BATCH_BYTES / plan->packing.bytes, (size_t) rheo_pack_threads (), 256);
  g_autofree RheoChunk *chunks = g_new (RheoChunk, most);
  gboolean ok = TRUE;

  for (int64_t first = 0; first < plan->n_chunks && ok; first += most)
    {
      int n = (int) MIN (plan->n_chunks - first, most);

      for (int i = 0; i < n; i++)
        chunks[i] = place_chunk (plan, first + i, data);
      ok = write ? rheo_pack (&plan->packing, chunks, n) && put_chunks (set, plan, first, n, chunks)
                 : take_chunks (set, plan, first, n, chunks) && rheo_unpack (&plan->packing, chunks, n);
      for (int i = 0; i < n; i++)
        g_free (chunks[i].packed);
    }
  return ok;
}

gboolean
rheo_h5_read_bytes (hid_t set, size_t element, const int64_t *dims, int n_dims, void *data)
{
  Plan plan;

  return make_plan (set, element, dims, n_dims, &plan) && go_through (set, &plan, data, FALSE);
}

gboolean
rheo_h5_read_chunks (hid_t set, RheoType type, const int64_t *dims, int n_dims, void *data)
{
  return is_native (set, type) && rheo_h5_read_bytes (set, rheo_type_size (type), dims, n_dims, data);
}

gboolean
rheo_h5_write_chunks (hid_t set, RheoType type, const int64_t *dims, int n_dims, const void *data)
{
  Plan plan;

  return is_native (set, type) && make_plan (set, rheo_type_size (type), dims, n_dims, &plan) && plan.deflate != 0
         && go_through (set, &plan, (void *) data, TRUE);
}
