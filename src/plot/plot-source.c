#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot/plot-source.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "plot/plot-kind.h"

typedef struct
{
  RheoPlotSpec *spec;
  const RheoPlotSource *sources;
  int n_sources;
  const char *const *from, *const *at;
  GHashTable *timed; /* table -> the same with rates in Hz */
} Fill;

/* --- names ----------------------------------------------------------------------------------------------------- */
static char *
dup_stem (const char *key)
{
  const char *dot = strrchr (key, '.');

  return dot != NULL ? g_strndup (key, (gsize) (dot - key)) : g_strdup (key);
}

/* What tells the series of a role apart where their own labels do not: run, part of the network, iteration. */
static char *
dup_label (const Fill *fill, const RheoPlotSource *source, const RheoPlotRole *role, const char *key, int64_t at,
           gboolean several_times)
{
  GString *label = g_string_new (NULL);
  g_autofree char *stem = dup_stem (key);

  if (role->parts)
    g_string_append (label, stem);
  if (fill->n_sources > 1)
    g_string_append_printf (label, "%s%s", label->len > 0 ? ", " : "", source->name);
  /* A kind that shows stages of training names them itself. */
  if (several_times && at >= 0 && role->at == NULL)
    g_string_append_printf (label, "%s%s %" G_GINT64_FORMAT, label->len > 0 ? ", " : "",
                            source->unit != NULL ? source->unit : _ ("iteration"), at);
  return g_string_free (label, label->len == 0);
}

/* Series that a pattern means: alternatives separated by "|", of which the first that there is counts; each a list of
 * names with "*", separated by spaces. */
static GPtrArray *
match_names (const char *patterns, const RheoColumn *names)
{
  g_auto (GStrv) alternatives = g_strsplit (patterns, "|", -1);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (int a = 0; alternatives[a] != NULL && found->len == 0; a++)
    {
      g_auto (GStrv) words = g_strsplit (alternatives[a], " ", -1);

      for (int w = 0; words[w] != NULL; w++)
        for (int64_t i = 0; i < rheo_column_get_length (names); i++)
          {
            const char *name = rheo_column_get_string (names, i);

            if ((strchr (name, '/') == NULL) != (strchr (words[w], '/') == NULL)
                || !g_pattern_match_simple (words[w], name)
                || g_ptr_array_find_with_equal_func (found, name, g_str_equal, NULL))
              continue;
            /* Of results the newest, which is the last. */
            if (strchr (name, '/') != NULL)
              g_ptr_array_set_size (found, 0);
            g_ptr_array_add (found, (gpointer) name);
          }
    }
  return g_steal_pointer (&found);
}

/* --- binding --------------------------------------------------------------------------------------------------- */
static const RheoPlotRole *
find_role (const RheoPlotSpec *spec, const char *key)
{
  for (const RheoPlotRole *role = spec->kind->roles; role->key != NULL; role++)
    if (strcmp (role->key, key) == 0)
      return role;
  return NULL;
}

/* Values along an axis of a column, counted from the last: the column called like the axis. NULL: there is none. */
static const char *
find_values (const RheoTable *table, const RheoColumn *column, int from_last)
{
  g_auto (GStrv) words = g_strsplit (column->axes, " ", -1);
  const int d = column->n_dims - from_last;
  const RheoColumn *values =
      d >= 0 && (int) g_strv_length (words) == column->n_dims ? rheo_table_find (table, words[d]) : NULL;

  return values != NULL && values != column && values->n_dims == 1 && values->dims[0] == column->dims[d] ? values->key
                                                                                                         : NULL;
}

/* Whether there is a value for each number of a column. */
static gboolean
runs_along (const RheoColumn *values, const RheoColumn *column)
{
  return values != NULL && values->n_dims == 1 && values->dims[0] == column->dims[0]
         && (g_str_equal (values->axes, column->axes) || g_str_equal (values->key, column->axes));
}

/* The column of the same part of the network with this ending (".class"), or of the population that a projection comes
 * from; of a result, which has no parts, the one called so. */
static const RheoColumn *
find_beside (const RheoTable *table, const RheoColumn *column, const char *ending)
{
  const char *dot = strrchr (column->key, '.');
  g_autofree char *stem = dup_stem (column->key), *note = g_strconcat (stem, ".from", NULL);
  const char *from = rheo_table_get_note (table, note);
  g_autofree char *own = dot != NULL ? g_strconcat (stem, ending, NULL) : g_strdup (ending + 1);
  g_autofree char *other = from != NULL ? g_strconcat (from, ending, NULL) : NULL;
  const RheoColumn *found = rheo_table_find (table, own);

  return found != NULL || other == NULL ? found : rheo_table_find (table, other);
}

/* What comes along with the column: that of the same table named like its axis ("axis": iterations of a metric), or one
 * of the same part of the network ("%.class"), or a series of its own ("task.target"). */
static gboolean
bind_companion (Fill *fill, const RheoPlotSource *source, const RheoPlotRole *role, RheoTable *table,
                const RheoColumn *column, int64_t at)
{
  g_autoptr (RheoTable) own = NULL;
  const char *key = NULL;

  if (!role->many && rheo_plot_count (fill->spec, role->key) > 0)
    return TRUE;
  if (strcmp (role->with, "axis") == 0)
    {
      for (int i = 0; i < fill->spec->n_bindings; i++)
        if (strcmp (fill->spec->binding[i].role, role->key) == 0 && fill->spec->binding[i].table == table)
          return TRUE;
      if (column->n_dims == 2 && find_values (table, column, 1) != NULL && find_values (table, column, 2) != NULL)
        return rheo_plot_bind (fill->spec, role->key, table, find_values (table, column, 1), NULL, NULL);
      if (column->n_dims != 1)
        return TRUE;
      key = rheo_table_find (table, column->axes) != NULL ? column->axes : "iteration";
      if (!runs_along (rheo_table_find (table, key), column))
        return TRUE;
    }
  else if (g_str_has_prefix (role->with, "axis:"))
    key = find_values (table, column, role->with[5] - '0');
  else if (role->with[0] == '%')
    {
      const RheoColumn *beside = find_beside (table, column, role->with + 1);

      key = beside != NULL ? beside->key : NULL;
    }
  else if (role->with[0] == '=')
    key = rheo_table_find (table, role->with + 1) != NULL ? role->with + 1 : NULL;
  /* Each run has been asked something else. */
  else if (rheo_plot_count (fill->spec, role->key) == 0 || (fill->n_sources > 1 && role->many))
    {
      own = source->read (source->data, role->with, at, &key, NULL);
      table = own;
    }
  /* A column of this name with other axes is something else. */
  return key == NULL || table == NULL || rheo_table_find (table, key) == NULL
         || rheo_plot_bind (fill->spec, role->key, table, key, NULL, NULL) || role->with[0] == '=';
}

static gboolean
is_per_step (const RheoColumn *column)
{
  return strcmp (column->plain_unit, "spikes/step") == 0 && column->type != RHEO_STRING;
}

static void
copy_in_hz (RheoTable *table, const RheoColumn *from, double dt_ms)
{
  const int64_t n = rheo_column_get_length (from);
  RheoColumn *to = rheo_table_add (table, from->key, from->plain_label, "Hz", from->axes, RHEO_F64, from->dims);

  for (int64_t i = 0; to != NULL && i < n; i++)
    ((double *) to->data)[i] = rheo_column_get_number (from, i) * 1000 / dt_ms;
  if (to == NULL)
    return;
  to->lo = from->lo * 1000 / dt_ms;
  to->hi = from->hi * 1000 / dt_ms;
  to->flags = from->flags;
}

/* Where a step has a length, rates are shown in Hz: the table with these, and with the columns that can go along with them. */
static RheoTable *
ref_timed (Fill *fill, RheoTable *table, double dt_ms)
{
  RheoTable *timed = g_hash_table_lookup (fill->timed, table);
  const char *const *note = rheo_table_get_note_keys (table);

  if (timed != NULL)
    return rheo_table_ref (timed);
  timed = rheo_table_new (rheo_table_get_plain_title (table));
  for (int i = 0; i < rheo_table_get_n_columns (table); i++)
    {
      const RheoColumn *from = rheo_table_get_column (table, i);
      RheoColumn *to;

      if (is_per_step (from))
        copy_in_hz (timed, from, dt_ms);
      else if (from->n_dims <= 1)
        {
          to = rheo_table_add_copy (timed, from->key, from->plain_label, from->plain_unit, from->axes, from->type,
                                    from->dims, from->data);
          to->lo = from->lo;
          to->hi = from->hi;
          to->flags = from->flags;
        }
    }
  for (int i = 0; note[i] != NULL; i++)
    rheo_table_set_note (timed, note[i], rheo_table_get_note (table, note[i]));
  g_hash_table_insert (fill->timed, rheo_table_ref (table), rheo_table_ref (timed));
  return timed;
}

/* Of the words that name series. */
static gboolean
is_named (const Fill *fill, const RheoPlotRole *role)
{
  const gsize n = strlen (role->key);

  for (int i = 0; fill->from != NULL && fill->from[i] != NULL; i++)
    if (strncmp (fill->from[i], role->key, n) == 0 && fill->from[i][n] == '=')
      return TRUE;
  return FALSE;
}

static gboolean
bind_one (Fill *fill, const RheoPlotSource *source, const RheoPlotRole *role, const char *name, int64_t at,
          gboolean several_times, GError **error)
{
  const char *key;
  g_autoptr (RheoTable) table = source->read (source->data, name, at, &key, error);
  g_autofree char *label = NULL;
  const RheoColumn *column;
  GError *why = NULL;

  if (table == NULL)
    return FALSE;
  column = rheo_table_find (table, key);
  /* Results of analyses say themselves what they are measured in. */
  if (source->dt_ms > 0 && is_per_step (column) && strchr (name, '/') == NULL)
    {
      RheoTable *timed = ref_timed (fill, table, source->dt_ms);

      column = rheo_table_find (timed, key);
      key = column->key;
      rheo_table_unref (table);
      table = timed;
    }
  if (role != NULL)
    {
      label = dup_label (fill, source, role, key, at, several_times);
      if (!rheo_plot_bind (fill->spec, role->key, table, key, label, error))
        return FALSE;
    }
  else
    {
      /* The first role that takes it; what the first one says when none does. */
      for (role = fill->spec->kind->roles; role->key != NULL; role++)
        {
          g_free (label);
          label = dup_label (fill, source, role, key, at, several_times);
          if (rheo_plot_bind (fill->spec, role->key, table, key, label, why == NULL ? &why : NULL))
            break;
        }
      if (role->key == NULL)
        {
          g_propagate_error (error, why);
          return FALSE;
        }
      g_clear_error (&why);
    }
  for (const RheoPlotRole *other = fill->spec->kind->roles; other->key != NULL; other++)
    if (other->with != NULL && other != role && (other->with[0] != '=' || role == fill->spec->kind->roles)
        && !(other->with[0] == '=' && is_named (fill, other))
        && !bind_companion (fill, source, other, table, column, at))
      return FALSE;
  return TRUE;
}

/* One series at all iterations that are asked for; results and logs have none. role NULL: whichever fits. */
static gboolean
bind_series (Fill *fill, const RheoPlotSource *source, const RheoPlotRole *role, const char *name,
             const char *const *at, GError **error)
{
  int64_t last = -1;

  if (at == NULL || at[0] == NULL || strchr (name, '/') != NULL)
    return bind_one (fill, source, role, name, -1, FALSE, error);
  for (int i = 0; at[i] != NULL; i++)
    {
      int64_t iteration;

      if (!source->find (source->data, at[i], &iteration, error))
        return FALSE;
      /* In a short run the first, middle and last snapshot may be the same. */
      if (i > 0 && iteration == last)
        continue;
      last = iteration;
      if (!bind_one (fill, source, role, name, iteration, at[1] != NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* "[ROLE=]SERIES[@ITERATION]" */
static gboolean
bind_named (Fill *fill, const char *text, GError **error)
{
  const char *equals = strchr (text, '='), *name = equals != NULL ? equals + 1 : text, *sign = strrchr (name, '@');
  g_autofree char *role_key = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL;
  g_autofree char *series = sign != NULL ? g_strndup (name, (gsize) (sign - name)) : g_strdup (name);
  const char *own[] = { sign != NULL ? sign + 1 : NULL, NULL };
  const RheoPlotRole *role = role_key != NULL ? find_role (fill->spec, role_key) : NULL;
  const char *const *at = sign != NULL ? own : fill->at;
  const RheoPlotRole *like;
  g_auto (GStrv) words = NULL;

  if (role_key != NULL && role == NULL)
    {
      g_autoptr (GString) all = g_string_new (NULL);

      for (role = fill->spec->kind->roles; role->key != NULL; role++)
        g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", role->key);
      return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The plot \"%s\" has no role \"%s\"; it has %s."),
                        fill->spec->kind->base.id, role_key, all->str);
    }
  /* Without a role the first one is tried first. */
  like = role != NULL ? role : fill->spec->kind->roles;
  if (at == NULL && like->at != NULL)
    at = (const char *const *) (words = g_strsplit (like->at, " ", -1));
  for (int k = 0; k < fill->n_sources; k++)
    if (!bind_series (fill, &fill->sources[k], role, series, at, error))
      return FALSE;
  return TRUE;
}

static gboolean
bind_defaults (Fill *fill, GError **error)
{
  gboolean any = FALSE;

  for (int k = 0; k < fill->n_sources; k++)
    {
      const RheoPlotSource *source = &fill->sources[k];
      g_autoptr (RheoTable) list = source->list (source->data, error);

      if (list == NULL)
        return FALSE;
      for (const RheoPlotRole *role = fill->spec->kind->roles; role->key != NULL; role++)
        {
          g_autoptr (GPtrArray) names =
              role->from != NULL ? match_names (role->from, rheo_table_find (list, "series")) : NULL;
          g_auto (GStrv) words = role->at != NULL && fill->at == NULL ? g_strsplit (role->at, " ", -1) : NULL;

          for (guint i = 0; names != NULL && i < names->len && (i == 0 || role->many); i++)
            {
              if (!bind_series (fill, source, role, g_ptr_array_index (names, i),
                                words != NULL ? (const char *const *) words : fill->at, error))
                return FALSE;
              any = TRUE;
            }
        }
    }
  if (any)
    return TRUE;
  return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The run has nothing that the plot \"%s\" shows by itself."),
                    fill->spec->kind->base.id);
}

/* --- what the sources know ------------------------------------------------------------------------------------- */
static gboolean
has_param (const RheoPlotSpec *spec, const char *key)
{
  for (const RheoParam *row = spec->kind->base.params; row != NULL && row->key != NULL; row++)
    if (strcmp (row->key, key) == 0)
      return TRUE;
  return FALSE;
}

static void
set_number (RheoPlotSpec *spec, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  rheo_plot_set (spec, key, g_ascii_dtostr (text, sizeof text, value), NULL);
}

/* A loss is judged by that of the best constant answer. */
static void
add_baseline (Fill *fill)
{
  const RheoPlotSource *source = &fill->sources[0];
  const char *key;
  g_autoptr (RheoTable) table = NULL;
  const RheoColumn *column;
  int64_t n;

  for (int i = 0; i < fill->spec->n_bindings; i++)
    if (!g_str_has_suffix (fill->spec->binding[i].column->key, ".loss")
        && strcmp (fill->spec->binding[i].role, fill->spec->kind->roles[0].key) == 0)
      return;
  table = source->read (source->data, "task.baseline", -1, &key, NULL);
  column = table != NULL ? rheo_table_find (table, key) : NULL;
  n = column != NULL ? rheo_column_get_length (column) : 0;
  if (n == 0 || !isfinite (rheo_column_get_number (column, n - 1)))
    return;
  set_number (fill->spec, "references", rheo_column_get_number (column, n - 1));
  if (has_param (fill->spec, "reference-labels"))
    rheo_plot_set (fill->spec, "reference-labels", column->label, NULL);
}

static char *
dup_capital (const char *text)
{
  g_autofree char *first = g_utf8_substring (text, 0, 1), *upper = g_utf8_strup (first, -1);

  return g_strconcat (upper, g_utf8_next_char (text), NULL);
}

/* The signals are the outputs of the network or their targets, and nobody has named them. */
static gboolean
shows_outputs (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, spec->kind->roles[0].key, 0);
  const RheoParam *row = rheo_params_find (spec->kind->base.params, NULL, "names", NULL, NULL, NULL);
  g_autofree char *names = row != NULL ? rheo_param_dup_text (row, spec->values) : NULL;

  return names != NULL && *names == '\0' && b != NULL
         && (g_str_has_suffix (b->column->axes, " out") || g_str_has_prefix (b->column->key, "out."));
}

/* Places in a plane, which no camera can turn. */
static gboolean
has_two_directions (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *b = rheo_plot_find (spec, spec->kind->roles[0].key, 0);

  return b != NULL && b->column->n_dims == 2 && b->column->dims[1] == 2;
}

/* Of several runs what they have in common: names or units of one would mislead about the others. */
static void
fill_facts (Fill *fill)
{
  RheoPlotSpec *spec = fill->spec;
  RheoPlotSource common = fill->sources[0], *source = &common;

  for (int i = 1; i < fill->n_sources; i++)
    {
      const RheoPlotSource *other = &fill->sources[i];

      common.budget = MAX (common.budget, other->budget);
      if (g_strcmp0 (common.unit, other->unit) != 0)
        common.unit = NULL;
      if (g_strcmp0 (common.outputs, other->outputs) != 0)
        common.outputs = NULL;
      if (common.dt_ms != other->dt_ms)
        common.dt_ms = 0;
    }

  for (int i = 0; i < spec->n_bindings; i++)
    if (strcmp (spec->binding[i].role, "x") == 0 && strcmp (spec->binding[i].column->key, "iteration") == 0)
      {
        if (source->budget > 0 && has_param (spec, "budget"))
          set_number (spec, "budget", source->budget);
        if (source->unit != NULL && spec->x.label == NULL)
          {
            g_autofree char *label = dup_capital (source->unit);

            spec->x.label = g_intern_string (label);
          }
      }
  if (source->dt_ms > 0 && has_param (spec, "step"))
    set_number (spec, "step", source->dt_ms);
  if (source->outputs != NULL && shows_outputs (spec))
    rheo_plot_set (spec, "names", source->outputs, NULL);
  if (has_param (spec, "references"))
    add_baseline (fill);
  if (has_param (spec, "dims") && has_two_directions (spec))
    rheo_plot_set (spec, "dims", "plane", NULL);
}

/* The iteration that all snapshots have in common, or NULL. */
static const char *
find_iteration (const RheoPlotSpec *spec)
{
  const char *common = NULL;

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const char *note = rheo_table_get_note (spec->binding[i].table, "iteration");

      if (note == NULL)
        continue;
      if (common != NULL && strcmp (common, note) != 0)
        return NULL;
      common = note;
    }
  return common;
}

/* The state of training that is shown: the newest of snapshots and of metrics. */
static char *
dup_when (const RheoPlotSpec *spec, const RheoPlotSource *source)
{
  gint64 newest = -1;

  for (int i = 0; i < spec->n_bindings; i++)
    {
      const RheoColumn *c = spec->binding[i].column;
      const int64_t n = rheo_column_get_length (c);
      const char *note = rheo_table_get_note (spec->binding[i].table, "iteration");

      if (note != NULL)
        newest = MAX (newest, g_ascii_strtoll (note, NULL, 10));
      else if (strcmp (c->key, "iteration") == 0 && n > 0)
        newest = MAX (newest, (gint64) rheo_column_get_number (c, n - 1));
    }
  return newest < 0
             ? NULL
             : g_strdup_printf ("%s %" G_GINT64_FORMAT, source->unit != NULL ? source->unit : _ ("iteration"), newest);
}

/* "Weight change and gradient" */
static char *
dup_both (const char *first, const char *second)
{
  /* Translators: yes where a noun inside a title begins with a small letter, else no. */
  const gboolean small = strcmp (C_ ("small nouns in titles", "yes"), "yes") == 0;
  const char *rest = g_utf8_next_char (second);
  /* An abbreviation stays as it is. */
  const gboolean plain = small && !g_unichar_isupper (g_utf8_get_char (rest));
  g_autofree char *initial = g_utf8_substring (second, 0, 1), *low = g_utf8_strdown (initial, -1);

  return g_strdup_printf (_ ("%s and %s%s"), first, plain ? low : initial, rest);
}

static gboolean
is_by_class (const RheoPlotSpec *spec)
{
  const char *role = spec->kind->roles[0].key;
  const int n = rheo_plot_count (spec, role);
  gboolean all = n > 1;

  for (int i = 0; i < n; i++)
    all = all && (rheo_plot_find (spec, role, i)->column->flags & RHEO_SERIES_BY_CLASS) != 0;
  return all;
}

/* What tells numbers from those that are subtracted from them. */
static const char *
name_apart (const RheoPlotBinding *b)
{
  const char *iteration = rheo_table_get_note (b->table, "iteration");

  return b->label != NULL ? b->label : iteration != NULL ? iteration : b->column->label;
}

/* "episode 10 − episode 1"; NULL: nothing is subtracted, or more than one thing. */
static char *
dup_difference (const RheoPlotSpec *spec)
{
  const RheoPlotBinding *a = rheo_plot_find (spec, spec->kind->roles[0].key, 0);
  const RheoPlotBinding *b = rheo_plot_find (spec, "minus", 0);
  gboolean alike;

  if (a == NULL || rheo_plot_count (spec, "minus") != 1)
    return NULL;
  alike = strcmp (a->column->label, b->column->label) == 0;
  return g_strdup_printf ("%s − %s", alike ? name_apart (a) : a->column->label,
                          alike ? name_apart (b) : b->column->label);
}

static void
fill_titles (Fill *fill)
{
  RheoPlotSpec *spec = fill->spec;
  const RheoPlotSource *source = &fill->sources[0];
  const char *iteration = find_iteration (spec);
  const RheoPlotRole *main_role = spec->kind->roles;
  const RheoPlotBinding *leading = rheo_plot_find (spec, main_role->key, 0);
  const gboolean by_table = g_strcmp0 (main_role->called, "table") == 0 && leading != NULL;
  g_autofree char *title = by_table ? g_strdup (rheo_table_get_title (leading->table)) : NULL;
  g_autofree char *difference = dup_difference (spec);
  g_autoptr (GString) subtitle = g_string_new (NULL);
  static const char *const more[] = { NULL, "second" };

  /* What the series of the first role have in common, and those of a second panel. Stages of training are called after
   * the kind. */
  for (gsize i = 0; main_role->called == NULL && main_role->at == NULL && i < G_N_ELEMENTS (more); i++)
    {
      const char *role = i == 0 ? main_role->key : more[i];
      g_autofree char *label = rheo_plot_count (spec, role) > 0 ? rheo_plot_common_label (spec, role) : NULL;

      if (title == NULL)
        title = g_steal_pointer (&label);
      else if (label != NULL && strcmp (label, title) != 0)
        {
          g_autofree char *first = title;

          title = dup_both (first, label);
        }
    }
  if (title != NULL && rheo_plot_count (spec, "minus") > 0)
    {
      g_autofree char *what = title;

      /* Translators: of a title, "Weights of rec, difference" */
      title = g_strdup_printf (_ ("%s, difference"), what);
    }
  if (spec->title == NULL)
    spec->title = g_intern_string (title != NULL ? title : rheo_plot_get_title (spec));
  if (fill->n_sources == 1 && source->name != NULL)
    g_string_append (subtitle, source->name);
  else if (fill->n_sources == 1 && is_by_class (spec))
    g_string_append (subtitle, _ ("by cell class"));
  if (iteration != NULL)
    g_string_append_printf (subtitle, "%s%s %s", subtitle->len > 0 ? " · " : "",
                            source->unit != NULL ? source->unit : _ ("iteration"), iteration);
  if (difference != NULL)
    g_string_append_printf (subtitle, "%s%s", subtitle->len > 0 ? " · " : "", difference);
  if (spec->when == NULL)
    {
      g_autofree char *when = dup_when (spec, source);

      spec->when = g_intern_string (when);
    }
  if (spec->subtitle == NULL && subtitle->len > 0)
    spec->subtitle = g_intern_string (subtitle->str);
}

gboolean
rheo_plot_fill (RheoPlotSpec *spec, const RheoPlotSource *sources, int n_sources, const char *const *from,
                const char *const *at, GError **error)
{
  g_autoptr (GHashTable) timed =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify) rheo_table_unref, (GDestroyNotify) rheo_table_unref);
  Fill fill = { spec, sources, n_sources, from, at, timed };

  if (from == NULL || from[0] == NULL)
    {
      if (!bind_defaults (&fill, error))
        return FALSE;
    }
  else
    for (int i = 0; from[i] != NULL; i++)
      if (!bind_named (&fill, from[i], error))
        return FALSE;
  fill_facts (&fill);
  fill_titles (&fill);
  return TRUE;
}

char **
rheo_plot_dup_names (const RheoPlotKind *kind, const RheoPlotSource *source, const char *const *from)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (RheoTable) list = NULL;

  for (int i = 0; from != NULL && from[i] != NULL; i++)
    {
      const char *equals = strchr (from[i], '='), *name = equals != NULL ? equals + 1 : from[i];
      g_autofree char *bare = g_strndup (name, strcspn (name, "@"));

      g_strv_builder_add (names, bare);
    }
  if (from == NULL || from[0] == NULL)
    list = source->list (source->data, NULL);
  for (const RheoPlotRole *role = kind->roles; list != NULL && role->key != NULL; role++)
    {
      g_autoptr (GPtrArray) found =
          role->from != NULL ? match_names (role->from, rheo_table_find (list, "series")) : NULL;

      for (guint i = 0; found != NULL && i < found->len && (i == 0 || role->many); i++)
        g_strv_builder_add (names, g_ptr_array_index (found, i));
    }
  return g_strv_builder_end (names);
}
