/* Thread: any. */
/* Numbers and JSON as text, the same on every machine: C locale, and each number as short as it can be while it
 * still reads back as the same bits (json-glib alone writes 17 digits). */
#pragma once

#include <json-glib/json-glib.h>

#include "error.h"

#define RHEO_NUMBER_SIZE 32

/* Write v into text and return it: "0.1", "1e-6", "nan", "inf", "-inf". */
const char *rheo_number_text (double v, char text[RHEO_NUMBER_SIZE]);
const char *rheo_float_text (float v, char text[RHEO_NUMBER_SIZE]);

/* Reads the whole of text as a finite number, blanks around it allowed. FALSE: it is none. */
gboolean rheo_number_parse (const char *text, double *v);

/* Appends a number (null where it is not finite) or a quoted string. */
void rheo_json_append_number (GString *out, double v);
void rheo_json_append_string (GString *out, const char *text);

/* JSON text of a node. pretty: two spaces a level, a line per key, and what is short enough on one line. */
char *rheo_json_dup_text (JsonNode *node, gboolean pretty);

/* Reads JSON, strictly (RFC 8259). `origin` (a file, a key) and the line are named in messages. Refused as well: nesting
 * deeper than 64, a key that stands twice in an object, and the character U+0000. Whole numbers beyond 64 bits become
 * doubles. */
JsonNode *rheo_json_parse (const char *text, gssize length, const char *origin, GError **error);
