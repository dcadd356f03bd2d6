#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "param-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "json-text.h"

#define NO_LIMIT 1e300     /* limits from here on are none */
#define MAX_KEYS_LISTED 12 /* in a message about an unknown key */

/* --- keys and ranges ------------------------------------------------------------------------------------------- */

char *
rheo_param_join (const char *prefix, const char *key)
{
  return prefix != NULL && *prefix != '\0' ? g_strconcat (prefix, ".", key, NULL) : g_strdup (key);
}

const RheoParam *
rheo_param_row (const RheoParam *rows, const char *key)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    if (g_str_equal (row->key, key))
      return row;
  return NULL;
}

static GPtrArray *
list_keys (const RheoParam *rows)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    g_ptr_array_add (keys, (gpointer) row->key);
  g_ptr_array_add (keys, NULL);
  return keys;
}

static char *
join_keys (const RheoParam *rows)
{
  g_autoptr (GPtrArray) keys = list_keys (rows);

  return g_strjoinv (", ", (char **) keys->pdata);
}

gboolean
rheo_param_fail_unknown (const RheoParam *rows, const char *key, const char *object, GError **error)
{
  g_autoptr (GPtrArray) keys = list_keys (rows);
  const char *near = rheo_nearest (key, (const char *const *) keys->pdata);
  const char *where = object != NULL && *object != '\0' ? object : _ ("This object");
  g_autofree char *all = NULL;

  if (keys->len == 1)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no key \"%s\"; it has none at all."), where, key);
  if (near != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no key \"%s\"; the nearest is \"%s\"."), where, key, near);
  if (keys->len > MAX_KEYS_LISTED + 1)
    {
      keys->pdata[MAX_KEYS_LISTED] = (gpointer) "...";
      keys->pdata[MAX_KEYS_LISTED + 1] = NULL;
    }
  all = g_strjoinv (", ", (char **) keys->pdata);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no key \"%s\"; its keys are %s."), where, key, all);
}

void
rheo_param_get_limits (const RheoParam *row, double *lo, double *hi)
{
  gboolean open = row->min == 0 && row->max == 0;
  double most = row->type == RHEO_INT ? G_MAXINT : G_MAXDOUBLE;

  *lo = open ? -most : MAX (row->min, -most);
  *hi = open ? most : MIN (row->max, most);
}

static char *
dup_number_range (const RheoParam *row)
{
  char lo_text[RHEO_NUMBER_SIZE], hi_text[RHEO_NUMBER_SIZE];
  const char *space = row->unit != NULL && *row->unit != '\0' ? " " : "";
  const char *unit = row->unit != NULL ? row->unit : "";
  double lo, hi, none = row->type == RHEO_INT ? G_MAXINT : NO_LIMIT;

  rheo_param_get_limits (row, &lo, &hi);
  rheo_number_text (lo, lo_text);
  rheo_number_text (hi, hi_text);
  if (lo <= -none && hi >= none)
    return g_strdup (row->type == RHEO_INT ? _ ("any whole number") : _ ("any number"));
  if (hi >= none)
    return g_strdup_printf (_ ("%s%s%s or more"), lo_text, space, unit);
  if (lo <= -none)
    return g_strdup_printf (_ ("%s%s%s or less"), hi_text, space, unit);
  return g_strdup_printf (_ ("%s to %s%s%s"), lo_text, hi_text, space, unit);
}

char *
rheo_param_dup_range (const RheoParam *row)
{
  g_autofree char *inner = NULL;

  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_REAL:
      return dup_number_range (row);
    case RHEO_BOOL:
      return g_strdup (_ ("true or false"));
    case RHEO_CHOICE:
      inner = g_strjoinv (", ", (char **) row->choices);
      return g_strdup_printf (_ ("one of %s"), inner);
    case RHEO_TEXT:
      return g_strdup (_ ("any text"));
    case RHEO_PATH:
      return g_strdup (_ ("a path"));
    case RHEO_REALS:
      inner = dup_number_range (row);
      return g_strdup_printf (_ ("up to %d numbers, each %s"), row->n_max, inner);
    case RHEO_BLOCK:
      inner = join_keys (row->rows);
      return g_strdup_printf (_ ("an object with the keys %s"), inner);
    case RHEO_LIST:
      inner = join_keys (row->rows);
      return g_strdup_printf (_ ("%d to %d objects with the keys %s"), (int) row->min, row->n_max, inner);
    default:
      g_assert_not_reached ();
    }
}

/* --- defaults -------------------------------------------------------------------------------------------------- */

static void
reset_row (const RheoParam *row, void *at)
{
  int n = row->type == RHEO_LIST && row->def_text != NULL ? atoi (row->def_text) : 0;

  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_CHOICE:
      FIELD (at, row, int) = (int) row->def;
      break;
    case RHEO_REAL:
      FIELD (at, row, double) = row->def;
      break;
    case RHEO_BOOL:
      FIELD (at, row, gboolean) = row->def != 0;
      break;
    case RHEO_TEXT:
    case RHEO_PATH:
      FIELD (at, row, const char *) = g_intern_string (row->def_text != NULL ? row->def_text : "");
      break;
    case RHEO_REALS:
      memset (ELEMENT (at, row, 0), 0, sizeof (double) * (size_t) row->n_max);
      COUNT (at, row) =
          row->def_text == NULL ? 0 : rheo_param_split_reals (row->def_text, &FIELD (at, row, double), row->n_max);
      break;
    case RHEO_BLOCK:
      rheo_params_reset (row->rows, &FIELD (at, row, char));
      break;
    case RHEO_LIST:
      for (int i = 0; i < row->n_max; i++)
        rheo_params_reset (row->rows, ELEMENT (at, row, i));
      COUNT (at, row) = CLAMP (n, 0, row->n_max);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
rheo_params_reset (const RheoParam *rows, void *config)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    reset_row (row, config);
}

/* --- inside a struct -------------------------------------------------------------------------------------------- */

double
rheo_param_get_number (const RheoParam *row, const void *at)
{
  return row->type == RHEO_REAL ? FIELD (at, row, double) : FIELD (at, row, int);
}

int
rheo_param_get_count (const RheoParam *row, const void *at)
{
  return COUNT (at, row);
}

void *
rheo_param_get_inside (const RheoParam *row, const void *at, int i)
{
  return ELEMENT (at, row, i);
}

gboolean
rheo_param_insert (const RheoParam *row, void *at, int i, const char *path, GError **error)
{
  int n = COUNT (at, row);

  if (!rheo_param_check_count (row, n + 1, path, error))
    return FALSE;
  g_return_val_if_fail (i >= 0 && i <= n, FALSE);
  memmove (ELEMENT (at, row, i + 1), ELEMENT (at, row, i), (size_t) (n - i) * row->stride);
  if (i > 0)
    memcpy (ELEMENT (at, row, i), ELEMENT (at, row, i - 1), row->stride);
  else
    rheo_params_reset (row->rows, ELEMENT (at, row, i));
  COUNT (at, row) = n + 1;
  return TRUE;
}

gboolean
rheo_param_remove (const RheoParam *row, void *at, int i, const char *path, GError **error)
{
  int n = COUNT (at, row);

  if (!rheo_param_check_count (row, n - 1, path, error))
    return FALSE;
  g_return_val_if_fail (i >= 0 && i < n, FALSE);
  memmove (ELEMENT (at, row, i), ELEMENT (at, row, i + 1), (size_t) (n - 1 - i) * row->stride);
  rheo_params_reset (row->rows, ELEMENT (at, row, n - 1));
  COUNT (at, row) = n - 1;
  return TRUE;
}

/* --- when ------------------------------------------------------------------------------------------------------ */

static gboolean
when_holds (const RheoParam *rows, const RheoParam *row, const void *at, const RheoParam **sibling, char ***allowed)
{
  g_auto (GStrv) sides = g_strsplit (row->when, "=", 2);
  g_autofree char *value = NULL;

  *sibling = rheo_param_row (rows, sides[0]);
  g_return_val_if_fail (*sibling != NULL && sides[1] != NULL, TRUE);
  *allowed = g_strsplit (sides[1], "|", -1);
  value = rheo_param_dup_text (*sibling, at);
  return g_strv_contains ((const char *const *) *allowed, value);
}

gboolean
rheo_param_active (const RheoParam *rows, const RheoParam *row, const void *at)
{
  while (row->when != NULL)
    {
      g_auto (GStrv) allowed = NULL;
      const RheoParam *sibling;

      if (!when_holds (rows, row, at, &sibling, &allowed))
        return FALSE;
      row = sibling;
    }
  return TRUE;
}

static gboolean
fail_inactive (const RheoParam *rows, const RheoParam *row, const void *at, const char *path, const char *prefix,
               GError **error)
{
  g_auto (GStrv) allowed = NULL;
  g_autofree char *words = NULL, *value = NULL, *other = NULL;
  const RheoParam *sibling;

  /* The one of the chain that fails is told. */
  while (when_holds (rows, row, at, &sibling, &allowed))
    {
      g_clear_pointer (&allowed, g_strfreev);
      row = sibling;
    }
  other = rheo_param_join (prefix, sibling->key);
  value = rheo_param_dup_text (sibling, at);
  words = g_strjoinv (_ (" or "), allowed);
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is not used while %s is %s; it needs %s to be %s."), path, other,
                    value, other, words);
}

/* --- key paths ------------------------------------------------------------------------------------------------- */

static const RheoParam *
locate (const RheoParam *rows, void *config, const char *path, const char *prefix, gboolean only_active, void **at,
        GError **error)
{
  g_auto (GStrv) words = g_strsplit (path, ".", -1);
  g_autofree char *object = g_strdup (prefix != NULL ? prefix : "");
  g_autofree char *full = rheo_param_join (prefix, path);
  void *here = config;
  const RheoParam *row;

  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *parent = g_steal_pointer (&object);

      row = rheo_param_row (rows, *word);
      if (row == NULL)
        {
          rheo_param_fail_unknown (rows, *word, parent, error);
          return NULL;
        }
      object = rheo_param_join (parent, row->key);
      if (only_active && !rheo_param_active (rows, row, here))
        {
          fail_inactive (rows, row, here, full, parent, error);
          return NULL;
        }
      if (word[1] == NULL)
        {
          if (at != NULL)
            *at = here;
          return row;
        }
      if (row->type == RHEO_LIST)
        {
          guint64 i;
          int n = here != NULL ? COUNT (here, row) : row->n_max;

          word++;
          if (!g_ascii_string_to_unsigned (*word, 10, 0, G_MAXINT, &i, NULL))
            {
              rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is a list: a number follows it (%s.0), not \"%s\"."), object,
                         object, *word);
              return NULL;
            }
          if (i >= (guint64) n)
            {
              rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s has no element %s; it has %d, counted from 0."), object,
                         *word, n);
              return NULL;
            }
          if (word[1] == NULL)
            {
              g_autofree char *keys = join_keys (row->rows);

              rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is a whole element; add one of its keys: %s."), full, keys);
              return NULL;
            }
          parent = (g_free (parent), g_steal_pointer (&object));
          object = rheo_param_join (parent, *word);
          here = here != NULL ? ELEMENT (here, row, i) : NULL;
        }
      else if (row->type == RHEO_BLOCK)
        here = here != NULL ? &FIELD (here, row, char) : NULL;
      else
        {
          rheo_fail (error, RHEO_ERROR_INVALID, _ ("%s is a single value; it has no key \"%s\"."), object, word[1]);
          return NULL;
        }
      rows = row->rows;
    }
  rheo_param_fail_unknown (rows, path, prefix, error);
  return NULL;
}

const RheoParam *
rheo_params_find (const RheoParam *rows, void *config, const char *path, const char *prefix, void **at, GError **error)
{
  return locate (rows, config, path, prefix, FALSE, at, error);
}

gboolean
rheo_params_check_used (const RheoParam *rows, const void *config, const char *path, const char *prefix, GError **error)
{
  return locate (rows, (void *) config, path, prefix, TRUE, NULL, error) != NULL;
}

uint64_t
rheo_params_get_needs (const RheoParam *rows, const char *path)
{
  g_auto (GStrv) words = g_strsplit (path, ".", -1);
  uint64_t needs = 0;

  for (char **word = words; rows != NULL && *word != NULL; word++)
    {
      const RheoParam *row = rheo_param_row (rows, *word);

      if (row == NULL) /* the number of an element */
        continue;
      needs |= row->needs;
      rows = row->rows;
    }
  return needs;
}

/* --- whole structs --------------------------------------------------------------------------------------------- */

gboolean
rheo_param_equal (const RheoParam *row, const void *a, const void *b)
{
  switch (row->type)
    {
    case RHEO_INT:
    case RHEO_CHOICE:
    case RHEO_BOOL:
      return FIELD (a, row, int) == FIELD (b, row, int);
    case RHEO_REAL:
      return memcmp (&FIELD (a, row, double), &FIELD (b, row, double), sizeof (double)) == 0;
    case RHEO_TEXT:
    case RHEO_PATH:
      return FIELD (a, row, const char *) == FIELD (b, row, const char *);
    case RHEO_REALS:
      return COUNT (a, row) == COUNT (b, row)
             && memcmp (ELEMENT (a, row, 0), ELEMENT (b, row, 0), sizeof (double) * (size_t) COUNT (a, row)) == 0;
    case RHEO_BLOCK:
      return rheo_params_equal (row->rows, &FIELD (a, row, char), &FIELD (b, row, char));
    case RHEO_LIST:
      if (COUNT (a, row) != COUNT (b, row))
        return FALSE;
      for (int i = 0; i < COUNT (a, row); i++)
        if (!rheo_params_equal (row->rows, ELEMENT (a, row, i), ELEMENT (b, row, i)))
          return FALSE;
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

gboolean
rheo_params_equal (const RheoParam *rows, const void *a, const void *b)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    {
      gboolean active = rheo_param_active (rows, row, a);

      if (active != rheo_param_active (rows, row, b) || (active && !rheo_param_equal (row, a, b)))
        return FALSE;
    }
  return TRUE;
}

gboolean
rheo_params_visit (const RheoParam *rows, void *config, const char *prefix, RheoParamVisit fn, gpointer data)
{
  for (const RheoParam *row = rows; row != NULL && row->key != NULL; row++)
    {
      g_autofree char *path = rheo_param_join (prefix, row->key);
      gboolean go_on = TRUE;

      if (!rheo_param_active (rows, row, config))
        continue;
      if (row->type == RHEO_BLOCK)
        go_on = rheo_params_visit (row->rows, &FIELD (config, row, char), path, fn, data);
      else if (row->type == RHEO_LIST)
        for (int i = 0; go_on && i < COUNT (config, row); i++)
          {
            g_autofree char *element = g_strdup_printf ("%s.%d", path, i);

            go_on = rheo_params_visit (row->rows, ELEMENT (config, row, i), element, fn, data);
          }
      else
        go_on = fn (path, row, config, data);
      if (!go_on)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_leaf (const char *path, const RheoParam *row, void *at, gpointer data)
{
  GError **error = data;
  int n_choices;

  switch (row->type)
    {
    case RHEO_INT:
      return rheo_param_check_number (row, FIELD (at, row, int), path, error);
    case RHEO_REAL:
      return rheo_param_check_number (row, FIELD (at, row, double), path, error);
    case RHEO_REALS:
      for (int i = 0; i < COUNT (at, row); i++)
        if (!rheo_param_check_number (row, (&FIELD (at, row, double))[i], path, error))
          return FALSE;
      return TRUE;
    case RHEO_CHOICE:
      n_choices = (int) g_strv_length ((char **) row->choices);
      g_return_val_if_fail (FIELD (at, row, int) >= 0 && FIELD (at, row, int) < n_choices, FALSE);
      return TRUE;
    default:
      return TRUE;
    }
}

gboolean
rheo_params_check (const RheoParam *rows, const void *config, const char *prefix, GError **error)
{
  return rheo_params_visit (rows, (void *) config, prefix, check_leaf, error);
}
