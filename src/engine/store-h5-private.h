/* Thread: any, inside RHEO_H5_SCOPE. */
/* What the store-h5*.c share: the only files that know HDF5. */
#pragma once

#include "store-private.h"

#include <hdf5.h>

#define RHEO_H5_MAX_TEXT (64 << 20) /* bytes of one text that is read */

/* Holds the lock of HDF5 until the block is left. Declared first, so that ids of the block are closed inside it. */
int rheo_h5_enter (void);
void rheo_h5_leave (int *scope);
#define RHEO_H5_SCOPE G_GNUC_UNUSED __attribute__ ((cleanup (rheo_h5_leave))) int h5_scope = rheo_h5_enter ()

/* Creation list of a file, group or dataset. */
hid_t rheo_h5_new_plan (hid_t class);
/* An object of a group, reached by a hard link and of this type, or -1. */
hid_t rheo_h5_open_child (hid_t group, const char *name, H5I_type_t type);
/* UTF-8 of a fixed size, filled up with zeros. */
hid_t rheo_h5_text_type (size_t size);
/* Of numbers; -1 for texts. in_file: as it is written, else as it lies in memory. */
hid_t rheo_h5_number_type (RheoType type, gboolean in_file);
/* Nothing of a set is read from other files or through code from elsewhere, and none of its chunks is huge. size: bytes of
 * an element. */
gboolean rheo_h5_is_safe (hid_t set, size_t size, int n_dims);
/* All numbers of a set that is chunked and deflated, without holding the lock while they are packed or unpacked
 * (store-h5-chunk.c). No scope may be open. FALSE: not a set of the kind that is written here, or damaged; HDF5 itself
 * says which when it is asked in the ordinary way. */
gboolean rheo_h5_read_chunks (hid_t set, RheoType type, const int64_t *dims, int n_dims, void *data);
gboolean rheo_h5_write_chunks (hid_t set, RheoType type, const int64_t *dims, int n_dims, const void *data);
/* Reading of elements of any type, as they lie in the file; chunks may also be neither packed nor summed. */
gboolean rheo_h5_read_bytes (hid_t set, size_t element, const int64_t *dims, int n_dims, void *data);
/* Takes text and gives it back with what is not UTF-8 replaced. */
char *rheo_h5_valid_text (char *text);
