#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/download.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1 << 16) /* bytes that are moved at once */
#define TRIES 3         /* without a byte more, before the next server is asked */
#define TIMEOUT 30      /* seconds in which a server says nothing */

typedef struct
{
  const RheoDownload *download;
  SoupSession *session;
  void (*tell) (const RheoDownloadState *state, void *data);
  void *data;
  GCancellable *cancellable;
  RheoDownloadState state;
} Work;

/* Of one file. */
typedef struct
{
  const char *name;
  char *packed;                        /* NAME.gz */
  char *whole, *part, *tag, *unpacked; /* paths: NAME, NAME.gz.part, what that is a part of, NAME.part */
} File;

static void
clear_file (File *file)
{
  g_free (file->packed);
  g_free (file->whole);
  g_free (file->part);
  g_free (file->tag);
  g_free (file->unpacked);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, clear_file)

typedef enum
{
  DONE,
  DROPPED, /* may be tried again */
  REFUSED, /* not from this server */
  FAILED,  /* not from any */
} Outcome;

static void
tell (Work *w, RheoDownloadPhase phase)
{
  w->state.phase = phase;
  if (w->tell != NULL)
    w->tell (&w->state, w->data);
}

static gboolean
is_cancelled (Work *w, GError **error)
{
  if (!g_cancellable_is_cancelled (w->cancellable))
    return FALSE;
  g_clear_error (error);
  rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
  return TRUE;
}

/* --- bytes ---------------------------------------------------------------------------------------------------------- */

static gint64
get_size (const char *path)
{
  GStatBuf facts;

  return g_stat (path, &facts) == 0 ? (gint64) facts.st_size : 0;
}

static gboolean
fail_to_write (const char *path, GError **error)
{
  const int code = errno;
  g_autofree char *folder = g_path_get_dirname (path);

  if (code == ENOSPC || code == EDQUOT)
    return rheo_fail (error, RHEO_ERROR_NO_SPACE, _ ("The disk is full: there is no more room in %s."), folder);
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s cannot be written: %s."), path, g_strerror (code));
}

static gboolean
write_all (int fd, const char *path, const guint8 *bytes, gsize n, GError **error)
{
  while (n > 0)
    {
      const ssize_t written = write (fd, bytes, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail_to_write (path, error);
      bytes += written;
      n -= (gsize) written;
    }
  return TRUE;
}

/* To the end of the stream; path of fd. With a place the state tells how far that is, else how many bytes have come. fd -1,
 * checksum NULL: not wanted. DROPPED: the stream cannot be read. */
static Outcome
move (Work *w, GInputStream *from, GSeekable *place, int fd, const char *path, GChecksum *checksum, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  const RheoDownloadPhase phase = w->state.phase;

  for (;;)
    {
      const gssize n = g_input_stream_read (from, piece, PIECE, w->cancellable, error);

      if (is_cancelled (w, error))
        return FAILED;
      if (n <= 0)
        return n == 0 ? DONE : DROPPED;
      if (checksum != NULL)
        g_checksum_update (checksum, piece, n);
      if (fd >= 0 && !write_all (fd, path, piece, (gsize) n, error))
        return FAILED;
      w->state.done = place != NULL ? g_seekable_tell (place) : w->state.done + n;
      tell (w, phase);
    }
}

/* --- fetching ------------------------------------------------------------------------------------------------------- */

/* What tells this version of the file from others; NULL: nothing does. */
static const char *
get_version (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *etag = soup_message_headers_get_one (headers, "ETag");

  if (etag != NULL && !g_str_has_prefix (etag, "W/"))
    return etag;
  return soup_message_headers_get_one (headers, "Last-Modified");
}

/* The version that the part is of, if it came from there. Yours; NULL: it is to be fetched anew. */
static char *
dup_part_version (const File *file, const char *address)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (get_size (file->part) == 0 || !g_file_get_contents (file->tag, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", 3);
  return g_strv_length (lines) >= 2 && g_str_equal (lines[0], address) && *lines[1] != '\0' ? g_strdup (lines[1])
                                                                                            : NULL;
}

/* Opened to be written from w->state.done on; -1: an error. */
static int
open_part (Work *w, const File *file, const char *address, SoupMessage *message, GError **error)
{
  const gboolean anew = w->state.done == 0;
  const int fd = g_open (file->part, O_WRONLY | O_CREAT | O_CLOEXEC | (anew ? O_TRUNC : O_APPEND), 0666);
  const char *version = get_version (message);
  g_autofree char *text = g_strdup_printf ("%s\n%s\n", address, version != NULL ? version : "");

  if (fd < 0)
    fail_to_write (file->part, error);
  else if (anew && !g_file_set_contents (file->tag, text, -1, error))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static Outcome
take (Work *w, const File *file, const char *address, SoupMessage *message, GInputStream *stream, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const guint status = soup_message_get_status (message);
  const gboolean rest = status == SOUP_STATUS_PARTIAL_CONTENT;
  goffset from = 0, to = 0, size = 0;
  Outcome outcome;
  int fd;

  if (rest && (!soup_message_headers_get_content_range (headers, &from, &to, &size) || from != w->state.done))
    from = -1;
  if (from < 0 || status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    {
      g_unlink (file->part);
      return DROPPED;
    }
  if (status != SOUP_STATUS_OK && !rest)
    {
      rheo_fail (error, RHEO_ERROR_IO, _ ("%s does not give %s: %u %s."),
                 g_uri_get_host (soup_message_get_uri (message)), file->packed, status,
                 soup_status_get_phrase (status));
      return status >= 500 ? DROPPED : REFUSED;
    }
  if (!rest && soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    size = soup_message_headers_get_content_length (headers);
  w->state.done = w->state.began = from;
  w->state.size = MAX (size, 0);
  fd = open_part (w, file, address, message, error);
  if (fd < 0)
    return FAILED;
  tell (w, RHEO_DOWNLOAD_FETCHING);
  outcome = move (w, stream, NULL, fd, file->part, NULL, error);
  if (close (fd) != 0 && outcome == DONE)
    {
      fail_to_write (file->part, error);
      return FAILED;
    }
  return outcome == DONE && w->state.size > 0 && w->state.done != w->state.size ? DROPPED : outcome;
}

static Outcome
ask (Work *w, const File *file, const char *address, GError **error)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, address);
  g_autofree char *version = dup_part_version (file, address);
  g_autoptr (GInputStream) stream = NULL;
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  w->state.done = version != NULL ? get_size (file->part) : 0;
  if (version != NULL)
    {
      soup_message_headers_set_range (headers, w->state.done, -1);
      soup_message_headers_replace (headers, "If-Range", version);
    }
  stream = soup_session_send (w->session, message, w->cancellable, error);
  if (is_cancelled (w, error))
    return FAILED;
  if (stream == NULL)
    return g_error_matches (*error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ? REFUSED : DROPPED;
  return take (w, file, address, message, stream, error);
}

static void
pause_for (Work *w, int ms)
{
  GPollFD fd;

  tell (w, RHEO_DOWNLOAD_WAITING);
  if (g_cancellable_make_pollfd (w->cancellable, &fd))
    {
      g_poll (&fd, 1, ms);
      g_cancellable_release_fd (w->cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
}

/* Again and again, as long as more of it comes. */
static Outcome
fetch (Work *w, const File *file, const char *address, GError **error)
{
  gint64 furthest = 0;
  int left = TRIES, pause = w->download->pause_ms;

  for (;;)
    {
      Outcome outcome;

      g_clear_error (error);
      outcome = ask (w, file, address, error);
      if (outcome != DROPPED)
        return outcome;
      if (get_size (file->part) > furthest)
        {
          furthest = get_size (file->part);
          left = TRIES;
          pause = w->download->pause_ms;
        }
      else if (--left == 0)
        return REFUSED;
      pause_for (w, pause);
      if (is_cancelled (w, error))
        return FAILED;
      pause *= 2;
    }
}

/* --- checking ------------------------------------------------------------------------------------------------------- */

static const char *
find_sum (const RheoSpikeSource *sums, const char *name)
{
  for (; sums->name != NULL; sums++)
    if (g_str_equal (sums->name, name))
      return sums->md5;
  return NULL;
}

/* One stream through a checksum, and into path where there is one. */
static Outcome
digest (Work *w, const File *file, const char *path, char **md5, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GFile) part = g_file_new_for_path (file->part);
  g_autoptr (GFileInputStream) packed = g_file_read (part, w->cancellable, error);
  g_autoptr (GZlibDecompressor) unpacker = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) unpacked = NULL;
  Outcome outcome;
  int fd = -1;

  if (packed == NULL)
    return is_cancelled (w, error) ? FAILED : DROPPED;
  if (path != NULL)
    {
      unpacked = g_converter_input_stream_new (G_INPUT_STREAM (packed), G_CONVERTER (unpacker));
      fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
      if (fd < 0)
        {
          fail_to_write (path, error);
          return FAILED;
        }
    }
  w->state.done = 0;
  tell (w, RHEO_DOWNLOAD_CHECKING);
  outcome =
      move (w, unpacked != NULL ? unpacked : G_INPUT_STREAM (packed), G_SEEKABLE (packed), fd, path, checksum, error);
  if (fd >= 0 && (fsync (fd) != 0 || close (fd) != 0) && outcome == DONE)
    {
      fail_to_write (path, error);
      outcome = FAILED;
    }
  *md5 = g_strdup (g_checksum_get_string (checksum));
  return outcome;
}

/* Packed or unpacked, one of the sums is that of the published file: it may have been packed anew. */
static Outcome
unpack (Work *w, const File *file, const char *address, GError **error)
{
  const char *packed = find_sum (w->download->sums, file->packed), *whole = find_sum (w->download->sums, file->name);
  g_autofree char *packed_md5 = NULL, *md5 = NULL;
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  Outcome outcome;

  w->state.size = get_size (file->part);
  outcome = digest (w, file, NULL, &packed_md5, error);
  if (outcome == DONE)
    outcome = digest (w, file, file->unpacked, &md5, error);
  if (outcome == DONE && (g_strcmp0 (packed_md5, packed) == 0 || g_strcmp0 (md5, whole) == 0))
    {
      if (g_rename (file->unpacked, file->whole) == 0)
        return DONE;
      fail_to_write (file->whole, error);
      outcome = FAILED;
    }
  g_unlink (file->unpacked);
  if (outcome == FAILED)
    return FAILED;
  g_clear_error (error);
  rheo_fail (error, RHEO_ERROR_FORMAT,
             _ ("%s from %s is not the published file: its MD5 sum is %s, and not %s. It was not kept."), file->packed,
             g_uri_get_host (uri), packed_md5 != NULL ? packed_md5 : "", packed != NULL ? packed : whole);
  return REFUSED;
}

/* --- files ---------------------------------------------------------------------------------------------------------- */

static gboolean
get_file (Work *w, const File *file, GError **error)
{
  for (int i = 0; w->download->bases[i] != NULL; i++)
    {
      g_autofree char *address = g_strconcat (w->download->bases[i], file->packed, NULL);
      Outcome outcome;

      g_clear_error (error);
      outcome = fetch (w, file, address, error);
      if (outcome == DONE)
        {
          outcome = unpack (w, file, address, error);
          if (outcome != FAILED)
            {
              g_unlink (file->part);
              g_unlink (file->tag);
            }
        }
      if (outcome == DONE || outcome == FAILED)
        return outcome == DONE;
      /* A sentence of the network is none of ours. */
      if (*error == NULL || (*error)->domain != RHEO_ERROR)
        {
          g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
          g_autoptr (GError) cause = g_steal_pointer (error);

          rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be fetched from %s: %s."), file->packed,
                     g_uri_get_host (uri),
                     cause != NULL ? cause->message : _ ("the connection is dropped again and again"));
        }
    }
  return FALSE;
}

gboolean
rheo_download_is_possible (void)
{
  return TRUE;
}

RheoDownload
rheo_download_of_digits (const char *folder)
{
  static const char *const bases[] = { "https://zenkelab.org/datasets/", "https://compneuro.net/datasets/", NULL };
  static const char *const names[] = { "shd_train.h5", "shd_test.h5", NULL };

  return (RheoDownload){
    .bases = bases, .names = names, .sums = rheo_spike_data_get_sources (), .folder = folder, .pause_ms = 1000
  };
}

gboolean
rheo_download_run (const RheoDownload *download, void (*tell_state) (const RheoDownloadState *state, void *data),
                   void *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (SoupSession) session =
      soup_session_new_with_options ("timeout", TIMEOUT, "user-agent", "Rheobase/" RHEO_VERSION, NULL);
  g_autoptr (GError) own = NULL;
  Work w = { .download = download,
             .session = session,
             .tell = tell_state,
             .data = data,
             .cancellable = cancellable,
             .state.n_files = (int) g_strv_length ((char **) download->names) };

  /* Files that are packed are wanted as they are. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (g_mkdir_with_parents (download->folder, 0755) != 0)
    return fail_to_write (download->folder, error);
  for (; w.state.file < w.state.n_files; w.state.file++)
    {
      const char *name = download->names[w.state.file];
      g_auto (File) file = { .name = name, .packed = g_strconcat (name, ".gz", NULL) };

      file.whole = g_build_filename (download->folder, name, NULL);
      file.part = g_strconcat (file.whole, ".gz.part", NULL);
      file.tag = g_strconcat (file.part, ".from", NULL);
      file.unpacked = g_strconcat (file.whole, ".part", NULL);
      w.state.name = name;
      w.state.done = w.state.began = w.state.size = 0;
      if (!g_file_test (file.whole, G_FILE_TEST_EXISTS) && !get_file (&w, &file, &own))
        {
          g_propagate_error (error, g_steal_pointer (&own));
          return FALSE;
        }
    }
  return TRUE;
}
