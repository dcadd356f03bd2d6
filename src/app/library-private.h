/* Thread: main, unless a function says more. */
/* What the files of the library share: the item (library-item.c), looking into the folder (library-scan.c), what is done
 * with files (library-files.c), and the list (library.c). */
#pragma once

#include "app/library.h"

/* How a run lay in its folder when it was looked at. What was read holds as long as nothing of it changes. */
typedef struct
{
  guint64 size;  /* of the file, 0: it has only parts */
  gint64 time;   /* of the last change, microseconds */
  gint64 parts;  /* the same of its parts; 0: none. Runs with parts are not kept in the cache */
  gboolean held; /* a process writes it */
} RheoRunStamp;

gboolean rheo_run_stamp_equal (const RheoRunStamp *a, const RheoRunStamp *b);

/* --- the item (library-item.c) ------------------------------------------------------------------------------- */
RheoRunItem *rheo_run_item_new (const char *path);
void rheo_run_item_set_stamp (RheoRunItem *item, const RheoRunStamp *stamp);
const RheoRunStamp *rheo_run_item_get_stamp (RheoRunItem *item);
/* All of these say "changed" when something did. value: of rheo_run_facts_read, NULL: not read yet. */
void rheo_run_item_set_value (RheoRunItem *item, GVariant *value);
GVariant *rheo_run_item_get_value (RheoRunItem *item);
void rheo_run_item_set_tags (RheoRunItem *item, const char *const *tags);
void rheo_run_item_set_path (RheoRunItem *item, const char *path);
/* Whether what was read is that of the stamp. */
gboolean rheo_run_item_is_read (RheoRunItem *item);
void rheo_run_item_set_read (RheoRunItem *item, gboolean read);
guint rheo_run_item_get_ticket (RheoRunItem *item); /* of the trash that it waits for; 0: none */
void rheo_run_item_set_ticket (RheoRunItem *item, guint ticket);

/* --- looking (library-scan.c; any thread) -------------------------------------------------------------------- */
typedef struct
{
  char *path;
  RheoRunStamp stamp;
  char **tags;
  GVariant *value; /* from the cache, or NULL */
} RheoFound;
void rheo_found_free (RheoFound *found);

/* All runs of a folder (RheoFound), newest first. use_cache: with what the cache has of them. A folder that is not there
 * is empty. */
GPtrArray *rheo_library_scan (const char *folder, gboolean use_cache);
/* Keeps what was read of the runs (RheoFound with values) of a folder. What cannot be written is read again next time. */
void rheo_library_write_cache (const char *folder, GPtrArray *runs);

/* --- files of a run (library-files.c) ------------------------------------------------------------------------ */
char **rheo_run_tags_read (const char *path); /* never NULL; any thread */
gboolean rheo_run_tags_write (const char *path, const char *const *tags, GError **error);
/* Renames all files of a run. names: of all runs of the folder, so that figures of another run are left alone. The new
 * path; NULL with an error. */
char *rheo_run_files_rename (const char *path, const char *name, const char *const *names, GError **error);
gboolean rheo_run_files_trash (const char *path, GError **error);

/* What a scan has found, while it is taken over. */
typedef struct
{
  guint generation; /* of the folder that was looked at */
  GPtrArray *found; /* RheoFound, newest first */
  GHashTable *there;
  guint next;
  gboolean changed; /* a run has come, gone, or has another place in the list */
} RheoTaking;

struct _RheoLibrary
{
  GObject parent_instance;
  char *folder;
  GFileMonitor *monitor;
  GHashTable *runs;   /* path -> RheoRunItem, those that wait for the trash too */
  GPtrArray *visible; /* RheoRunItem, newest first */
  guint settle, watch, taking_idle;
  RheoTaking *taking;
  guint generation; /* of the folder: what a task found in an older one is dropped */
  gboolean scanning, scan_again, reading, listed, unkept;
  guint n_unkept; /* runs */
  guint last_ticket;
};

/* Looks into the folder, or once more where that is being done (library.c). */
void rheo_library_look (RheoLibrary *library);
/* Reads the next runs that have not been read. */
void rheo_library_read_next (RheoLibrary *library);
void rheo_library_update_visible (RheoLibrary *library);
void rheo_library_watch_running (RheoLibrary *library);
void rheo_library_tell_read (RheoLibrary *library); /* the signal */
/* The signal, where the run has been read and is one of those. */
void rheo_library_tell_left (RheoLibrary *library, RheoRunItem *item);

/* Takes over what a scan has found (RheoFound, newest first; taken), a slice at a time (library-take.c). */
void rheo_library_take (RheoLibrary *library, GPtrArray *found, guint generation);
void rheo_library_drop_taking (RheoLibrary *library);
