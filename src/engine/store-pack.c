#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-private.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define MAX_THREADS 4
#define WORTH_THREADS (128 << 10) /* bytes of a chunk; below, starting a thread costs more than it saves */
#define SAVED 4                   /* a chunk is stored where less than this part of it is saved */
#define SUM_WORDS 360             /* as many as two sums of 32 bits can take */
#define SUM_BYTES 4

/* --- filters ------------------------------------------------------------------------------------------------- */

/* Sums of one stretch: of its words, and of the running sums of its words. */
RHEO_MULTI static void
sum_words (const uint8_t *data, size_t n, uint32_t *sum, uint32_t *sums)
{
  uint32_t a = 0, b = 0;

  for (size_t i = 0; i < n; i++)
    {
      uint32_t word = (uint32_t) data[2 * i] << 8 | data[2 * i + 1];

      a += word;
      b += (uint32_t) (n - i) * word;
    }
  *sum = a;
  *sums = b;
}

/* HDF5's Fletcher-32 of big-endian words; a sum that is a multiple of 65535 is 65535 unless all words are 0. */
static uint32_t
fletcher32 (const uint8_t *data, size_t size)
{
  const uint8_t last[2] = { size % 2 != 0 ? data[size - 1] : 0, 0 };
  uint64_t sum = 0, sums = 0;
  gboolean any = FALSE;
  uint32_t a, b;

  for (size_t n = size / 2, done = 0; done < n; done += SUM_WORDS)
    {
      size_t part = MIN (n - done, SUM_WORDS);

      sum_words (data + 2 * done, part, &a, &b);
      any = any || a != 0;
      sums = (sums + part * sum + b) % 65535;
      sum = (sum + a) % 65535;
    }
  if (size % 2 != 0)
    {
      sum_words (last, 1, &a, &b);
      any = any || a != 0;
      sums = (sums + sum + b) % 65535;
      sum = (sum + a) % 65535;
    }
  if (any && sum == 0)
    sum = 65535;
  if (any && sums == 0)
    sums = 65535;
  return (uint32_t) (sums << 16 | sum);
}

/* First all lowest bytes of the elements, then all second ones ...: neighbours are alike. */
RHEO_MULTI static void
unshuffle4 (const uint8_t *in, size_t n, size_t n_out, uint32_t *out)
{
  for (size_t i = 0; i < n_out; i++)
    out[i] =
        (uint32_t) in[i] | (uint32_t) in[n + i] << 8 | (uint32_t) in[2 * n + i] << 16 | (uint32_t) in[3 * n + i] << 24;
}

static void
unshuffle (const uint8_t *in, size_t element, size_t n, size_t n_out, uint8_t *out)
{
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN && element == 4 && (uintptr_t) out % 4 == 0)
    {
      unshuffle4 (in, n, n_out, (uint32_t *) out);
      return;
    }
  for (size_t i = 0; i < n_out; i++)
    for (size_t k = 0; k < element; k++)
      out[i * element + k] = in[k * n + i];
}

RHEO_MULTI static void
shuffle (const uint8_t *in, size_t element, size_t n, uint8_t *out)
{
  for (size_t k = 0; k < element; k++)
    for (size_t i = 0; i < n; i++)
      out[k * n + i] = in[i * element + k];
}

/* --- chunks -------------------------------------------------------------------------------------------------- */

static gboolean
unpack_chunk (const RheoPacking *how, const RheoChunk *chunk, struct libdeflate_decompressor *inflater, uint8_t *room)
{
  const uint8_t *from = chunk->stored ? chunk->packed : room;
  size_t size = chunk->size;
  uint32_t sum;

  if (how->summed)
    {
      if (size < SUM_BYTES)
        return FALSE;
      size -= SUM_BYTES;
      memcpy (&sum, chunk->packed + size, sizeof sum);
      if (fletcher32 (chunk->packed, size) != GUINT32_FROM_LE (sum))
        return FALSE;
    }
  if (chunk->stored
          ? size != how->bytes
          : libdeflate_zlib_decompress (inflater, chunk->packed, size, room, how->bytes, NULL) != LIBDEFLATE_SUCCESS)
    return FALSE;
  if (how->shuffled && !chunk->as_is)
    unshuffle (from, how->element, how->bytes / how->element, chunk->n, chunk->data);
  else
    memcpy (chunk->data, from, chunk->n * how->element);
  return TRUE;
}

static gboolean
pack_chunk (const RheoPacking *how, RheoChunk *chunk, struct libdeflate_compressor *deflater, uint8_t *room)
{
  const size_t whole = how->bytes / how->element, most = libdeflate_zlib_compress_bound (deflater, how->bytes);
  const uint8_t *from = chunk->data;
  g_autofree uint8_t *filled = NULL;
  uint32_t sum;

  /* What lies beyond the edge of the set is 0. */
  if (chunk->n < whole)
    {
      filled = g_malloc0 (how->bytes);
      from = memcpy (filled, chunk->data, chunk->n * how->element);
    }
  if (how->shuffled)
    shuffle (from, how->element, whole, room);
  chunk->packed = g_malloc (most + SUM_BYTES);
  chunk->size = libdeflate_zlib_compress (deflater, how->shuffled ? room : from, how->bytes, chunk->packed, most);
  if (chunk->size == 0)
    return FALSE;
  chunk->as_is = chunk->stored = chunk->size > how->bytes - how->bytes / SAVED;
  if (chunk->stored)
    {
      memcpy (chunk->packed, from, how->bytes);
      chunk->size = how->bytes;
    }
  if (how->summed)
    {
      sum = GUINT32_TO_LE (fletcher32 (chunk->packed, chunk->size));
      memcpy (chunk->packed + chunk->size, &sum, sizeof sum);
      chunk->size += SUM_BYTES;
    }
  return TRUE;
}

typedef struct
{
  const RheoPacking *how;
  RheoChunk *chunks;
  int n;
  gboolean pack;
  atomic_int next;
  atomic_bool failed;
} Work;

/* Each thread takes the next chunk, until there is none. */
static void *
work_off (void *data)
{
  Work *work = data;
  struct libdeflate_decompressor *inflater = work->pack ? NULL : libdeflate_alloc_decompressor ();
  struct libdeflate_compressor *deflater = work->pack ? libdeflate_alloc_compressor (RHEO_DEFLATE_LEVEL) : NULL;
  g_autofree uint8_t *room = g_try_malloc (work->how->bytes);
  gboolean ok = (inflater != NULL || deflater != NULL) && room != NULL;
  int i;

  while (ok && !atomic_load (&work->failed) && (i = atomic_fetch_add (&work->next, 1)) < work->n)
    ok = work->pack ? pack_chunk (work->how, &work->chunks[i], deflater, room)
                    : unpack_chunk (work->how, &work->chunks[i], inflater, room);
  if (!ok)
    atomic_store (&work->failed, true);
  if (inflater != NULL)
    libdeflate_free_decompressor (inflater);
  if (deflater != NULL)
    libdeflate_free_compressor (deflater);
  return NULL;
}

static gboolean
work_all (const RheoPacking *how, RheoChunk *chunks, int n, gboolean pack)
{
  Work work = { .how = how, .chunks = chunks, .n = n, .pack = pack };
  pthread_t thread[MAX_THREADS];
  int most = how->bytes >= WORTH_THREADS ? MIN (n, rheo_pack_threads ()) : 1, n_threads = 0;

  while (n_threads + 1 < most && pthread_create (&thread[n_threads], NULL, work_off, &work) == 0)
    n_threads++;
  work_off (&work);
  for (int i = 0; i < n_threads; i++)
    pthread_join (thread[i], NULL);
  return !atomic_load (&work.failed);
}

int
rheo_pack_threads (void)
{
  return (int) CLAMP (g_get_num_processors (), 1, MAX_THREADS);
}

gboolean
rheo_unpack (const RheoPacking *how, RheoChunk *chunks, int n)
{
  return work_all (how, chunks, n, FALSE);
}

gboolean
rheo_pack (const RheoPacking *how, RheoChunk *chunks, int n)
{
  return work_all (how, chunks, n, TRUE);
}
