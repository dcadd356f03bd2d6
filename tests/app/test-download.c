/* Downloads from a server of the test's own, on this computer, that does what servers and networks do to one. */
#include "config.h"

#include "app/download.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_BYTES 300000 /* of the file; packed it is about as long */
#define MOST 16        /* requests */

/* --- the server ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  GMutex lock;
  char *folder, *base, *other;    /* addresses: the second one has what the first one has not */
  GBytes *plain, *packed, *newer; /* newer: another packed file of the same name */
  const char *sum, *packed_sum;
  gsize cut[MOST]; /* bytes of the body of each request, after which the connection drops; 0: all */
  int change_at;   /* the request from which on it is the newer file; 0: never */
  gboolean ignores_range, no_version, gone;
  gboolean hangs; /* after the first request */
  int n_requests;
  char *range[MOST], *if_range[MOST]; /* of each request, or NULL */
  GCancellable *cancel;               /* told when a hanging request is there */
} Server;

static Server server;

static char *
dup_header (const char *request, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strstr (request, start);

  if (at == NULL)
    return NULL;
  at += strlen (start);
  return g_strndup (at, strcspn (at, "\r"));
}

static char *
read_request (GInputStream *input)
{
  GString *text = g_string_new (NULL);
  char c;

  while (strstr (text->str, "\r\n\r\n") == NULL && g_input_stream_read (input, &c, 1, NULL, NULL) == 1)
    g_string_append_c (text, c);
  return g_string_free (text, FALSE);
}

static void
answer (GOutputStream *output, const char *request)
{
  const int i = server.n_requests++;
  const gboolean newer = server.change_at > 0 && i >= server.change_at;
  const char *etag = newer ? "\"two\"" : "\"one\"";
  GBytes *file = newer ? server.newer : server.packed;
  g_autoptr (GString) head = g_string_new (NULL);
  gsize size, from = 0, n;
  const char *bytes = g_bytes_get_data (file, &size);

  g_assert_cmpint (i, <, MOST);
  server.range[i] = dup_header (request, "Range");
  server.if_range[i] = dup_header (request, "If-Range");
  if (server.gone || (g_str_has_prefix (request, "GET /a/") && server.cut[i] == 1))
    {
      g_string_append (head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      g_output_stream_write_all (output, head->str, head->len, NULL, NULL, NULL);
      return;
    }
  if (server.range[i] != NULL && !server.ignores_range && g_strcmp0 (server.if_range[i], etag) == 0)
    from = (gsize) g_ascii_strtoull (server.range[i] + strlen ("bytes="), NULL, 10);
  if (from > 0)
    g_string_append_printf (head,
                            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT
                            "/%" G_GSIZE_FORMAT "\r\n",
                            from, size - 1, size);
  else
    g_string_append (head, "HTTP/1.1 200 OK\r\n");
  if (!server.no_version)
    g_string_append_printf (head, "ETag: %s\r\n", etag);
  g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n", size - from);
  n = server.cut[i] > 1 ? MIN (server.cut[i], size - from) : size - from;
  g_output_stream_write_all (output, head->str, head->len, NULL, NULL, NULL);
  g_output_stream_write_all (output, bytes + from, n, NULL, NULL, NULL);
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer unused)
{
  g_autofree char *request = read_request (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  gboolean hangs;
  char c;

  g_mutex_lock (&server.lock);
  answer (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request);
  hangs = server.hangs && server.n_requests == 1;
  g_mutex_unlock (&server.lock);
  /* Says no more, and waits for the other side to go. */
  if (hangs)
    g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), &c, 1, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static gpointer
serve (gpointer loop)
{
  GMainContext *context = g_main_loop_get_context (loop);
  g_autoptr (GSocketService) service = NULL;
  guint16 port;

  g_main_context_push_thread_default (context);
  service = g_threaded_socket_service_new (4);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_assert_cmpuint (port, >, 0);
  g_signal_connect (service, "run", G_CALLBACK (on_run), NULL);
  g_mutex_lock (&server.lock);
  server.base = g_strdup_printf ("http://127.0.0.1:%u/a/", port);
  server.other = g_strdup_printf ("http://127.0.0.1:%u/b/", port);
  g_mutex_unlock (&server.lock);
  g_socket_service_start (service);
  g_main_loop_run (loop);
  g_socket_service_stop (service);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* --- files ----------------------------------------------------------------------------------------------------------- */

static GBytes *
pack (GBytes *plain)
{
  g_autoptr (GZlibCompressor) packer = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GInputStream) from = g_memory_input_stream_new_from_bytes (plain);
  g_autoptr (GInputStream) through = g_converter_input_stream_new (from, G_CONVERTER (packer));
  g_autoptr (GOutputStream) to = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (to, through, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (to));
}

/* Bytes that cannot be packed. */
static GBytes *
make (guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guchar *bytes = g_malloc (N_BYTES);

  for (int i = 0; i < N_BYTES; i++)
    bytes[i] = (guchar) g_rand_int_range (random, 0, 256);
  return g_bytes_new_take (bytes, N_BYTES);
}

static char *
dup_sum (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);
}

static char *
in_folder (const char *name)
{
  return g_build_filename (server.folder, name, NULL);
}

static int
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (server.folder, 0, NULL);
  int n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
clean (void)
{
  g_autoptr (GDir) dir = g_dir_open (server.folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = in_folder (name);

      g_unlink (path);
    }
  g_mutex_lock (&server.lock);
  for (int i = 0; i < MOST; i++)
    {
      g_clear_pointer (&server.range[i], g_free);
      g_clear_pointer (&server.if_range[i], g_free);
      server.cut[i] = 0;
    }
  server.n_requests = server.change_at = 0;
  server.ignores_range = server.no_version = server.gone = server.hangs = FALSE;
  g_mutex_unlock (&server.lock);
}

/* --- downloads ------------------------------------------------------------------------------------------------------- */

static void
note (const RheoDownloadState *state, void *data)
{
  gint64 *most = data;

  g_assert_cmpint (state->n_files, ==, 1);
  g_assert_cmpstr (state->name, ==, "digits.h5");
  g_assert_true (state->size == 0 || state->done <= state->size);
  *most = MAX (*most, state->done);
  if (server.cancel != NULL && state->phase == RHEO_DOWNLOAD_FETCHING && state->done > 0)
    g_cancellable_cancel (server.cancel);
}

static gboolean
run (const RheoSpikeSource *sums, gint64 *most, GError **error)
{
  const RheoDownload download = { .bases = (const char *const[]){ server.base, server.other, NULL },
                                  .names = (const char *const[]){ "digits.h5", NULL },
                                  .sums = sums,
                                  .folder = server.folder,
                                  .pause_ms = 1 };

  *most = 0;
  return rheo_download_run (&download, note, most, server.cancel, error);
}

/* The file, and nothing beside it. */
static void
assert_whole (GBytes *plain)
{
  g_autofree char *path = in_folder ("digits.h5"), *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_assert_cmpmem (bytes, n, g_bytes_get_data (plain, NULL), N_BYTES);
  g_assert_cmpint (count_files (), ==, 1);
}

static const RheoSpikeSource *
get_sums (void)
{
  static RheoSpikeSource sums[3];

  sums[0] = (RheoSpikeSource){ "digits.h5", server.sum };
  sums[1] = (RheoSpikeSource){ "digits.h5.gz", server.packed_sum };
  return sums;
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  gint64 most;

  g_assert_true (run (get_sums (), &most, &error));
  g_assert_no_error (error);
  assert_whole (server.plain);
  g_assert_cmpint (most, ==, g_bytes_get_size (server.packed));
  g_assert_cmpint (server.n_requests, ==, 1);
  g_assert_null (server.range[0]);
  /* What is there is not fetched again. */
  g_assert_true (run (get_sums (), &most, &error));
  g_assert_cmpint (server.n_requests, ==, 1);
  clean ();
}

/* Packed anew, with the same file in it: the sum of the packed one is another. */
static void
test_packed_anew (void)
{
  const RheoSpikeSource sums[] = { { "digits.h5", server.sum },
                                   { "digits.h5.gz", "00000000000000000000000000000000" },
                                   { NULL } };
  gint64 most;

  g_assert_true (run (sums, &most, NULL));
  assert_whole (server.plain);
  clean ();
}

static void
test_dropped (void)
{
  g_autoptr (GError) error = NULL;
  gint64 most;

  server.cut[0] = 100000;
  server.cut[1] = 50000;
  g_assert_true (run (get_sums (), &most, &error));
  g_assert_no_error (error);
  assert_whole (server.plain);
  g_assert_cmpint (server.n_requests, ==, 3);
  g_assert_cmpstr (server.range[1], ==, "bytes=100000-");
  g_assert_cmpstr (server.if_range[1], ==, "\"one\"");
  g_assert_cmpstr (server.range[2], ==, "bytes=150000-");
  clean ();
}

/* Not from where it stopped, but anew: a server that takes no ranges, one that does not tell versions, another file. */
static void
test_anew (void)
{
  const char *newer_sum = NULL;
  RheoSpikeSource newer[2] = { { "digits.h5.gz", NULL } };
  g_autofree char *sum = dup_sum (server.newer);
  gint64 most;

  server.cut[0] = 100000;
  server.ignores_range = TRUE;
  g_assert_true (run (get_sums (), &most, NULL));
  assert_whole (server.plain);
  g_assert_cmpstr (server.range[1], ==, "bytes=100000-");
  clean ();

  server.cut[0] = 100000;
  server.no_version = TRUE;
  g_assert_true (run (get_sums (), &most, NULL));
  assert_whole (server.plain);
  g_assert_null (server.range[1]);
  clean ();

  newer_sum = sum;
  newer[0].md5 = newer_sum;
  server.cut[0] = 100000;
  server.change_at = 1;
  g_assert_true (run (newer, &most, NULL));
  g_assert_cmpint (server.n_requests, ==, 2);
  g_assert_cmpstr (server.if_range[1], ==, "\"one\"");
  g_assert_cmpint (count_files (), ==, 1);
  clean ();
}

/* Always the same bytes and no more: it ends. */
static void
test_hopeless (void)
{
  g_autoptr (GError) error = NULL;
  gint64 most;

  for (int i = 0; i < MOST; i++)
    server.cut[i] = 1000;
  server.ignores_range = TRUE;
  g_assert_false (run (get_sums (), &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "digits.h5.gz could not be fetched from 127.0.0.1"));
  g_assert_cmpint (server.n_requests, ==, 8); /* of each server one that got further, and three that did not */
  clean ();
}

static void
test_not_there (void)
{
  g_autoptr (GError) error = NULL;
  gint64 most;

  /* The other server has it. */
  server.cut[0] = 1;
  g_assert_true (run (get_sums (), &most, &error));
  assert_whole (server.plain);
  g_assert_cmpint (server.n_requests, ==, 2);
  clean ();

  server.gone = TRUE;
  g_assert_false (run (get_sums (), &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "127.0.0.1 does not give digits.h5.gz: 404 Not Found.");
  g_assert_cmpint (server.n_requests, ==, 2);
  g_assert_cmpint (count_files (), ==, 0);
  clean ();
}

static void
test_wrong (void)
{
  g_autoptr (GError) error = NULL;
  gint64 most;

  g_assert_false (run ((const RheoSpikeSource[]){ { "digits.h5.gz", "00000000000000000000000000000000" }, { NULL } },
                       &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "digits.h5.gz from 127.0.0.1 is not the published file"));
  g_assert_nonnull (strstr (error->message, server.packed_sum));
  g_assert_cmpint (count_files (), ==, 0);
  g_assert_cmpint (server.n_requests, ==, 2); /* the other server was asked as well */
  clean ();
}

/* Cancelled while the server says nothing: at once, and the next call goes on from there. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancel = g_cancellable_new ();
  g_autofree char *part = in_folder ("digits.h5.gz.part"), *expected = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf facts;
  gint64 most;

  server.cut[0] = 100000;
  server.hangs = TRUE;
  server.cancel = cancel;
  g_assert_false (run (get_sums (), &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_CANCELLED);
  g_assert_cmpint (g_stat (part, &facts), ==, 0);
  g_assert_cmpint (facts.st_size, >, 0);
  server.cancel = NULL;
  expected = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", (gint64) facts.st_size);
  g_assert_true (run (get_sums (), &most, NULL));
  g_assert_cmpstr (server.range[1], ==, expected);
  assert_whole (server.plain);
  clean ();
}

static void
test_full (void)
{
  g_autofree char *part = in_folder ("digits.h5.gz.part"), *unpacked = in_folder ("digits.h5.part");
  g_autoptr (GError) error = NULL;
  gint64 most;

  g_assert_cmpint (symlink ("/dev/full", part), ==, 0);
  g_assert_false (run (get_sums (), &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  g_assert_true (g_str_has_prefix (error->message, "The disk is full"));
  g_clear_error (&error);
  clean ();

  /* While it is unpacked: what was fetched stays. */
  g_assert_cmpint (symlink ("/dev/full", unpacked), ==, 0);
  g_assert_false (run (get_sums (), &most, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_NO_SPACE);
  g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (unpacked, G_FILE_TEST_EXISTS));
  clean ();
}

static void
test_published (void)
{
  const RheoDownload download = rheo_download_of_digits ("/nowhere");

  g_assert_true (rheo_download_is_possible ());
  for (int i = 0; download.names[i] != NULL; i++)
    {
      g_autofree char *packed = g_strconcat (download.names[i], ".gz", NULL);
      const RheoSpikeSource *sum = download.sums;

      while (sum->name != NULL && !g_str_equal (sum->name, packed))
        sum++;
      g_assert_nonnull (sum->name);
    }
  for (int i = 0; download.bases[i] != NULL; i++)
    {
      g_assert_true (g_str_has_prefix (download.bases[i], "https://"));
      g_assert_true (g_str_has_suffix (download.bases[i], "/"));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autofree char *sum = NULL, *packed_sum = NULL;
  GThread *thread;
  int result;

  g_setenv ("no_proxy", "127.0.0.1", TRUE);
  g_test_init (&argc, &argv, NULL);
  server.folder = g_dir_make_tmp ("rheo-download-XXXXXX", NULL);
  server.plain = make (1);
  server.packed = pack (server.plain);
  server.newer = ({
    g_autoptr (GBytes) plain = make (2);
    pack (plain);
  });
  server.sum = sum = dup_sum (server.plain);
  server.packed_sum = packed_sum = dup_sum (server.packed);
  thread = g_thread_new ("server", serve, loop);
  for (gboolean there = FALSE; !there; g_thread_yield ())
    {
      g_mutex_lock (&server.lock);
      there = server.other != NULL;
      g_mutex_unlock (&server.lock);
    }
  g_test_add_func ("/download/whole", test_whole);
  g_test_add_func ("/download/packed-anew", test_packed_anew);
  g_test_add_func ("/download/dropped", test_dropped);
  g_test_add_func ("/download/anew", test_anew);
  g_test_add_func ("/download/hopeless", test_hopeless);
  g_test_add_func ("/download/not-there", test_not_there);
  g_test_add_func ("/download/wrong", test_wrong);
  g_test_add_func ("/download/cancel", test_cancel);
  g_test_add_func ("/download/full", test_full);
  g_test_add_func ("/download/published", test_published);
  result = g_test_run ();
  g_main_loop_quit (loop);
  g_thread_join (thread);
  clean ();
  g_rmdir (server.folder);
  g_free (server.folder);
  g_free (server.base);
  g_free (server.other);
  g_bytes_unref (server.plain);
  g_bytes_unref (server.packed);
  g_bytes_unref (server.newer);
  return result;
}
