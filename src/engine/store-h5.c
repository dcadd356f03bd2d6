#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "store-h5-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 1024  /* bytes of the name of an object */
#define MAX_COMPACT 64 /* links in the head of a group */
#define MAX_HEAD 65536 /* bytes that HDF5 writes at most as it begins a file */
#define SUPERBLOCK 48  /* bytes of the largest superblock that matters here */

G_STATIC_ASSERT (sizeof (RheoH5Id) == sizeof (hid_t));

/* HDF5 may have been built without locks of its own. Every function here holds this one while it calls HDF5; between two
 * of them another thread may go on with another file. */
static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Why the last call of this thread failed. HDF5 forgets it with the next call, and keeps the system's error number only
 * in the text of its messages. */
static _Thread_local struct
{
  int code;
  char reason[200];
} failure;

static herr_t
note_cause (unsigned n, const H5E_error2_t *cause, void *data)
{
  const char *text = cause->desc != NULL ? cause->desc : "";
  const char *at = strstr (text, "errno = ");

  if (n == 0)
    g_strlcpy (failure.reason, text, sizeof failure.reason);
  if (at != NULL)
    failure.code = (int) g_ascii_strtoll (at + strlen ("errno = "), NULL, 10);
  return 0;
}

static herr_t
note_failure (hid_t stack, void *data)
{
  failure.code = 0;
  failure.reason[0] = '\0';
  return H5Ewalk2 (stack, H5E_WALK_DOWNWARD, note_cause, NULL);
}

static void
set_up (void)
{
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init (&mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  /* All files are closed by us. HDF5's own clearing up at exit complains of what it lost in damaged files. */
  H5dont_atexit ();
  /* No filter code from outside is loaded because a file asks for it. */
  H5PLset_loading_state (0);
}

int
rheo_h5_enter (void)
{
  pthread_once (&once, set_up);
  pthread_mutex_lock (&mutex);
  H5Eset_auto2 (H5E_DEFAULT, note_failure, NULL); /* holds for one thread; nothing is printed */
  return 0;
}

void
rheo_h5_leave (int *scope)
{
  pthread_mutex_unlock (&mutex);
}

void
rheo_h5_close (RheoH5Id id)
{
  RHEO_H5_SCOPE;

  if (id >= 0)
    H5Idec_ref (id);
}

/* --- files ------------------------------------------------------------------------------------------------- */

gboolean
rheo_h5_fail (const char *path, GError **error)
{
  if (failure.code != 0)
    return rheo_fail_system (path, failure.code, TRUE, error);
  return rheo_fail (error, RHEO_ERROR_IO, _ ("%s could not be written: HDF5 says “%s”."), path, failure.reason);
}

/* How objects are made. Links and attributes lie in the head of their object, which has one check sum, as long as there
 * are not very many links. The order of the columns of a table is that in which they were made. */
hid_t
rheo_h5_new_plan (hid_t class)
{
  hid_t plan = H5Pcreate (class);

  H5Pset_attr_phase_change (plan, 65535, 0);
  if (H5Pisa_class (plan, H5P_GROUP_CREATE) > 0)
    {
      H5Pset_link_phase_change (plan, MAX_COMPACT, MAX_COMPACT / 2);
      H5Pset_link_creation_order (plan, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    }
  return plan;
}

static hid_t
access_list (void)
{
  hid_t list = H5Pcreate (H5P_FILE_ACCESS);

  /* All metadata of this version carry check sums, so that damage is found before it is believed. */
  H5Pset_libver_bounds (list, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_fclose_degree (list, H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 10, 7)
  /* Who may write is settled by the lock beside the file; file systems without flock must work too. */
  H5Pset_file_locking (list, FALSE, TRUE);
#endif
  return list;
}

/* An error number, 0 also where the file system reserves nothing. */
static int
reserve (int fd, int64_t from, int64_t bytes)
{
  const int code = posix_fallocate (fd, from, MAX (bytes, 1));

  return code == EINVAL || code == EOPNOTSUPP ? 0 : code;
}

RheoH5Id
rheo_h5_create (const char *path, int64_t bytes, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) access = access_list ();
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_FILE_CREATE);
  hid_t file = -1;
  int fd, code;

  fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    {
      rheo_fail_system (path, errno, TRUE, error);
      return -1;
    }
  /* HDF5 loses memory when it cannot write the head of a file, so it is asked only where there is room. It gives the room
   * back as it begins, and then the whole file gets its own. */
  code = reserve (fd, 0, MIN (bytes, MAX_HEAD));
  if (code == 0 && (file = H5Fcreate (path, H5F_ACC_TRUNC, plan, access)) < 0)
    rheo_h5_fail (path, error);
  if (file >= 0 && (code = reserve (fd, 0, bytes)) != 0)
    {
      H5Fclose (file);
      file = -1;
    }
  if (code != 0)
    rheo_fail_system (path, code, TRUE, error);
  close (fd);
  if (file < 0)
    unlink (path);
  return file;
}

gboolean
rheo_h5_reserve (const char *path, int64_t from, int64_t to, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  const int code = fd < 0 ? errno : reserve (fd, from, to - from);

  if (fd >= 0)
    close (fd);
  return code == 0 || rheo_fail_system (path, code, TRUE, error);
}

/* End of the file as its superblock says; -1: there is none at the start. */
static int64_t
superblock_end (const uint8_t *head, size_t size)
{
  static const uint8_t signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };
  uint64_t end;
  size_t at;

  if (memcmp (head, signature, MIN (size, sizeof signature)) != 0)
    return -1;
  if (size < 16)
    return INT64_MAX;
  /* Versions 0 and 1 have sizes of offsets at byte 13, versions 2 and 3 at byte 9. */
  at = head[8] == 0 ? 40 : head[8] == 1 ? 44 : 28;
  if (head[8] > 3 || head[head[8] < 2 ? 13 : 9] != 8)
    return 0; /* nothing that we could judge: HDF5 will */
  if (size < at + sizeof end)
    return INT64_MAX;
  memcpy (&end, head + at, sizeof end);
  return (int64_t) MIN (GUINT64_FROM_LE (end), (uint64_t) INT64_MAX);
}

void
rheo_h5_discard (RheoH5Id *file, const char *path)
{
  RHEO_H5_SCOPE;

  if (*file >= 0)
    H5Fclose (*file);
  *file = -1;
  unlink (path);
}

gboolean
rheo_h5_finish (RheoH5Id *file, const char *path, const char *final, GError **error)
{
  RHEO_H5_SCOPE;
  g_autofree char *folder = g_path_get_dirname (final);
  uint8_t head[SUPERBLOCK + 8];
  ssize_t n;
  int64_t end;
  int fd, code = 0;

  if (H5Fclose (*file) < 0)
    {
      rheo_h5_fail (path, error);
      rheo_h5_discard (file, path);
      return FALSE;
    }
  *file = -1;
  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return rheo_fail_system (path, errno, TRUE, error);
  n = pread (fd, head, sizeof head, 0);
  end = n > 0 ? superblock_end (head, (size_t) n) : -1;
  if (end <= 0 || end == INT64_MAX)
    code = EIO;
  else if (ftruncate (fd, end) < 0 || fsync (fd) < 0)
    code = errno;
  close (fd);
  if (code == 0 && (rename (path, final) < 0 || !rheo_sync_folder (folder)))
    code = errno;
  if (code == 0)
    return TRUE;
  unlink (path);
  return rheo_fail_system (final, code, TRUE, error);
}

static RheoH5Id
open_file (const char *path, gboolean torn, GError **error)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) access = access_list ();
  uint8_t head[SUPERBLOCK + 8];
  struct stat facts;
  int64_t end;
  ssize_t n = 0;
  hid_t file = -1;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int code = fd < 0 || fstat (fd, &facts) < 0 ? errno : 0;

  if (code == 0 && S_ISREG (facts.st_mode) && (n = pread (fd, head, sizeof head, 0)) < 0)
    code = errno;
  if (fd >= 0)
    close (fd);
  end = n > 0 ? superblock_end (head, (size_t) n) : 0;
  if (code != 0)
    rheo_fail_system (path, code, FALSE, error);
  else if (S_ISDIR (facts.st_mode))
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is a folder, not a file."), path);
  else if (!S_ISREG (facts.st_mode) || end < 0)
    rheo_fail (error, RHEO_ERROR_FOREIGN, _ ("%s is not a run file."), path);
  else if (n == 0)
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: it is empty."), path);
  else if (end > facts.st_size && (!torn || H5Pset (access, "skip_eof_check", &(hbool_t){ TRUE }) < 0))
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: it ends early."), path);
  else if ((file = H5Fopen (path, H5F_ACC_RDONLY, access)) < 0)
    rheo_fail (error, RHEO_ERROR_FORMAT, _ ("%s is damaged: HDF5 cannot open it."), path);
  return file;
}

RheoH5Id
rheo_h5_open (const char *path, GError **error)
{
  return open_file (path, FALSE, error);
}

RheoH5Id
rheo_h5_open_torn (const char *path, GError **error)
{
  return open_file (path, TRUE, error);
}

int64_t
rheo_h5_get_whole_size (const char *path)
{
  uint8_t head[SUPERBLOCK + 8];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t n = fd >= 0 ? pread (fd, head, sizeof head, 0) : 0;
  int64_t end = n > 0 ? superblock_end (head, (size_t) n) : 0;

  if (fd >= 0)
    close (fd);
  return end == INT64_MAX ? 0 : MAX (end, 0);
}

/* --- groups ------------------------------------------------------------------------------------------------ */

static gboolean
has_hard_link (hid_t group, const char *name)
{
  H5L_info_t info;

  return H5Lexists (group, name, H5P_DEFAULT) > 0 && H5Lget_info (group, name, &info, H5P_DEFAULT) >= 0
         && info.type == H5L_TYPE_HARD;
}

gboolean
rheo_h5_has (RheoH5Id group, const char *name)
{
  RHEO_H5_SCOPE;

  return has_hard_link (group, name);
}

hid_t
rheo_h5_open_child (hid_t group, const char *name, H5I_type_t type)
{
  hid_t child = has_hard_link (group, name) ? H5Oopen (group, name, H5P_DEFAULT) : -1;

  if (child >= 0 && H5Iget_type (child) != type)
    {
      H5Oclose (child);
      child = -1;
    }
  return child;
}

static hid_t
make_child (hid_t group, const char *name)
{
  g_auto (RheoH5Id) plan = rheo_h5_new_plan (H5P_GROUP_CREATE);

  return H5Gcreate2 (group, name, H5P_DEFAULT, plan, H5P_DEFAULT);
}

static hid_t
walk (hid_t file, const char *path, gboolean make)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  hid_t at = H5Gopen2 (file, "/", H5P_DEFAULT);

  for (int i = 0; names[i] != NULL && at >= 0; i++)
    {
      hid_t child;

      if (*names[i] == '\0')
        continue;
      child = make && H5Lexists (at, names[i], H5P_DEFAULT) <= 0 ? make_child (at, names[i])
                                                                 : rheo_h5_open_child (at, names[i], H5I_GROUP);
      H5Gclose (at);
      at = child;
    }
  return at;
}

RheoH5Id
rheo_h5_open_group (RheoH5Id file, const char *path)
{
  RHEO_H5_SCOPE;

  return walk (file, path, FALSE);
}

RheoH5Id
rheo_h5_make_group (RheoH5Id file, const char *path)
{
  RHEO_H5_SCOPE;

  return walk (file, path, TRUE);
}

static herr_t
note_link (hid_t group, const char *name, const H5L_info_t *info, void *data)
{
  if (info->type == H5L_TYPE_HARD && g_utf8_validate (name, -1, NULL))
    g_ptr_array_add (data, g_strdup (name));
  return 0;
}

/* One by one: in a damaged group H5Literate of HDF5 1.10 frees what it has not filled. */
static void
note_links (hid_t group, GPtrArray *names)
{
  H5G_info_t facts;

  if (H5Gget_info (group, &facts) < 0)
    return;
  for (hsize_t i = 0; i < facts.nlinks; i++)
    {
      char name[MAX_NAME];
      ssize_t n = H5Lget_name_by_idx (group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);

      if (n < 0)
        return;
      if (n < MAX_NAME && has_hard_link (group, name) && g_utf8_validate (name, -1, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
}

char **
rheo_h5_list (RheoH5Id group)
{
  RHEO_H5_SCOPE;
  GPtrArray *names = g_ptr_array_new ();
  g_auto (RheoH5Id) plan = H5Gget_create_plist (group);
  unsigned order = 0;

  H5Pget_link_creation_order (plan, &order);
  if ((order & H5P_CRT_ORDER_INDEXED) != 0)
    note_links (group, names);
  else
    H5Literate (group, H5_INDEX_NAME, H5_ITER_INC, NULL, note_link, names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

gboolean
rheo_h5_copy (RheoH5Id from, RheoH5Id to, const char *path)
{
  RHEO_H5_SCOPE;

  return H5Ocopy (from, path, to, path, H5P_DEFAULT, H5P_DEFAULT) >= 0;
}

/* --- attributes -------------------------------------------------------------------------------------------- */

hid_t
rheo_h5_text_type (size_t size)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, MAX (size, 1));
  H5Tset_strpad (type, H5T_STR_NULLPAD);
  H5Tset_cset (type, H5T_CSET_UTF8);
  return type;
}

static gboolean
set_attribute (hid_t object, const char *key, hid_t file_type, hid_t memory_type, hsize_t n, const void *data)
{
  g_auto (RheoH5Id) space = n == 0 ? H5Screate (H5S_SCALAR) : H5Screate_simple (1, &n, NULL);
  g_auto (RheoH5Id) attribute = H5Acreate2 (object, key, file_type, space, H5P_DEFAULT, H5P_DEFAULT);

  return attribute >= 0 && H5Awrite (attribute, memory_type, data) >= 0;
}

gboolean
rheo_h5_set_text (RheoH5Id object, const char *key, const char *value)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = rheo_h5_text_type (strlen (value));

  return set_attribute (object, key, type, type, 0, value);
}

gboolean
rheo_h5_set_int (RheoH5Id object, const char *key, int64_t value)
{
  RHEO_H5_SCOPE;

  return set_attribute (object, key, H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &value);
}

gboolean
rheo_h5_set_real (RheoH5Id object, const char *key, const double *values, int n)
{
  RHEO_H5_SCOPE;

  return set_attribute (object, key, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, (hsize_t) n, values);
}

gboolean
rheo_h5_set_bool (RheoH5Id object, const char *key, gboolean value)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = H5Tenum_create (H5T_STD_I8LE); /* as h5py does */
  int8_t number = value != FALSE;

  H5Tenum_insert (type, "FALSE", &(int8_t){ 0 });
  H5Tenum_insert (type, "TRUE", &(int8_t){ 1 });
  return set_attribute (object, key, type, type, 0, &number);
}

/* Opens an attribute of n numbers (1: a scalar) of a class; *type is its own type. */
static hid_t
open_attribute (hid_t object, const char *key, H5T_class_t class, int n, RheoH5Id *type)
{
  hid_t attribute = H5Aexists (object, key) > 0 ? H5Aopen (object, key, H5P_DEFAULT) : -1;
  g_auto (RheoH5Id) space = -1;

  if (attribute < 0)
    return -1;
  *type = H5Aget_type (attribute);
  space = H5Aget_space (attribute);
  if (H5Tget_class (*type) == class && H5Tis_variable_str (*type) <= 0 && H5Sget_simple_extent_npoints (space) == n)
    return attribute;
  H5Aclose (attribute);
  return -1;
}

char *
rheo_h5_valid_text (char *text)
{
  char *made;

  if (g_utf8_validate (text, -1, NULL))
    return text;
  made = g_utf8_make_valid (text, -1);
  g_free (text);
  return made;
}

char *
rheo_h5_dup_text (RheoH5Id object, const char *key)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = -1;
  g_auto (RheoH5Id) attribute = open_attribute (object, key, H5T_STRING, 1, &type);
  g_auto (RheoH5Id) memory = -1;
  g_autofree char *text = NULL;
  size_t size;

  if (attribute < 0 || (size = H5Tget_size (type)) > RHEO_H5_MAX_TEXT)
    return NULL;
  memory = rheo_h5_text_type (size);
  text = g_malloc0 (size + 1);
  return H5Aread (attribute, memory, text) >= 0 ? rheo_h5_valid_text (g_steal_pointer (&text)) : NULL;
}

gboolean
rheo_h5_get_int (RheoH5Id object, const char *key, int64_t *value)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = -1;
  g_auto (RheoH5Id) attribute = open_attribute (object, key, H5T_INTEGER, 1, &type);

  return attribute >= 0 && H5Aread (attribute, H5T_NATIVE_INT64, value) >= 0;
}

gboolean
rheo_h5_get_real (RheoH5Id object, const char *key, double *values, int n)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = -1;
  g_auto (RheoH5Id) attribute = open_attribute (object, key, H5T_FLOAT, MAX (n, 1), &type);

  return attribute >= 0 && H5Aread (attribute, H5T_NATIVE_DOUBLE, values) >= 0;
}

gboolean
rheo_h5_get_bool (RheoH5Id object, const char *key)
{
  RHEO_H5_SCOPE;
  g_auto (RheoH5Id) type = -1;
  g_auto (RheoH5Id) attribute = open_attribute (object, key, H5T_ENUM, 1, &type);
  int8_t value = 0;

  return attribute >= 0 && H5Tget_size (type) == sizeof value && H5Aread (attribute, type, &value) >= 0 && value != 0;
}

static herr_t
note_attribute (hid_t object, const char *name, const H5A_info_t *info, void *data)
{
  if (g_utf8_validate (name, -1, NULL))
    g_ptr_array_add (data, g_strdup (name));
  return 0;
}

char **
rheo_h5_list_attributes (RheoH5Id object)
{
  RHEO_H5_SCOPE;
  GPtrArray *names = g_ptr_array_new ();

  H5Aiterate2 (object, H5_INDEX_NAME, H5_ITER_INC, NULL, note_attribute, names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}
