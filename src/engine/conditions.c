#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "conditions.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MAX_GROUPS = 64,
  MAX_CODES = 1 << 20,
  MAX_CHOSEN = 8,
  MAX_LEVELS = 8,
  AUTO_GROUPS = 32, /* of conditions that nobody named */
};

const RheoSeries *
rheo_conditions_get (const RheoTask *task, const void *data)
{
  static const RheoSeries none[] = { { NULL } };

  if (task->get_conditions != NULL)
    return task->get_conditions (data);
  return task->conditions != NULL ? task->conditions : none;
}

int
rheo_conditions_count (const RheoSeries *conditions)
{
  int n = 0;

  while (conditions[n].key != NULL)
    n++;
  return n;
}

typedef struct
{
  const RheoSeries *conditions;
  int n_trials, n_conditions;
  const double *condition;
} Trials;

typedef struct
{
  int n, chosen[MAX_CHOSEN]; /* conditions */
  double level[MAX_CHOSEN][MAX_LEVELS];
  int n_levels[MAX_CHOSEN];
} Choice;

static int
compare_numbers (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Values of a condition in ascending order; of more than there is room for as many lower ends of ranges that hold equally
 * many trials. */
static int
find_levels (const Trials *r, int condition, int most, double *level, gboolean *ranges)
{
  g_autofree double *all = g_new (double, r->n_trials);
  int n = 0, n_distinct = 0;

  for (int i = 0; i < r->n_trials; i++)
    if (isfinite (r->condition[i * r->n_conditions + condition]))
      all[n++] = r->condition[i * r->n_conditions + condition];
  qsort (all, (gsize) n, sizeof *all, compare_numbers);
  for (int i = 0; i < n; i++)
    n_distinct += i == 0 || all[i] != all[i - 1];
  *ranges = n_distinct > most;
  if (*ranges)
    {
      for (int k = 0; k < most; k++)
        level[k] = all[(int) ((int64_t) k * n / most)];
      return most;
    }
  n_distinct = 0;
  for (int i = 0; i < n; i++)
    if (i == 0 || all[i] != all[i - 1])
      level[n_distinct++] = all[i];
  return n_distinct;
}

static int
level_of (const Choice *choice, int k, double value)
{
  int at = 0;

  while (at + 1 < choice->n_levels[k] && value >= choice->level[k][at + 1])
    at++;
  return at;
}

static void
choose (Choice *choice, const Trials *r, int condition)
{
  gboolean ranges;
  const int k = choice->n++;

  choice->chosen[k] = condition;
  choice->n_levels[k] = MAX (find_levels (r, condition, MAX_LEVELS, choice->level[k], &ranges), 1);
}

static gboolean
choose_named (Choice *choice, const Trials *r, const char *names, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (names, " ,", -1);

  for (int i = 0; words[i] != NULL; i++)
    {
      int condition = r->n_conditions - 1;
      g_autoptr (GString) list = g_string_new (NULL);

      if (words[i][0] == '\0')
        continue;
      while (condition >= 0 && strcmp (r->conditions[condition].key, words[i]) != 0)
        condition--;
      for (int k = 0; k < r->n_conditions; k++)
        g_string_append_printf (list, k > 0 ? ", %s" : "%s", r->conditions[k].key);
      if (condition < 0)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("The task has no condition \"%s\". It has: %s."), words[i],
                          list->str);
      if (choice->n == MAX_CHOSEN)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("by names more than %d conditions."), MAX_CHOSEN);
      choose (choice, r, condition);
    }
  return TRUE;
}

/* Those with the fewest values first, as long as there are not too many groups; without any the first one, in ranges. */
static void
choose_some (Choice *choice, const Trials *r)
{
  int n_groups = 1;

  for (int n = 2; n <= MAX_LEVELS; n++)
    for (int k = 0; k < r->n_conditions && choice->n < MAX_CHOSEN; k++)
      {
        double level[MAX_LEVELS];
        gboolean ranges;

        if (find_levels (r, k, MAX_LEVELS, level, &ranges) != n || ranges || n_groups * n > AUTO_GROUPS)
          continue;
        n_groups *= n;
        choose (choice, r, k);
      }
  if (choice->n == 0 && r->n_conditions > 0)
    choose (choice, r, 0);
}

/* In English, as files have it (label.h). */
static char *
dup_group_name (const Choice *choice, const Trials *r, int64_t code)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int k = choice->n - 1, rest = code; k >= 0; rest /= choice->n_levels[k], k--)
    {
      const RheoSeries *condition = &r->conditions[choice->chosen[k]];
      char level[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *part = NULL;

      g_ascii_formatd (level, sizeof level, "%.4g", choice->level[k][rest % choice->n_levels[k]]);
      part = g_strdup_printf ("%s %s%s", condition->label, level, text->len > 0 ? ", " : "");
      g_string_prepend (text, part);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (N_ ("All trials"));
}

int
rheo_conditions_add_groups (const RheoSeries *conditions, int n_trials, const double *condition, const char *by,
                            RheoTable *out, int *group, GError **error)
{
  Trials trials = { conditions, n_trials, rheo_conditions_count (conditions), condition };
  Choice choice = { 0 };
  int64_t n_codes = 1, n_groups = 0;
  g_autofree int64_t *size = NULL, *number = NULL;
  RheoColumn *name;
  int64_t *sizes;

  if (!choose_named (&choice, &trials, by, error))
    return -1;
  if (choice.n == 0)
    choose_some (&choice, &trials);
  for (int k = 0; k < choice.n; k++)
    n_codes *= choice.n_levels[k];
  n_codes = MIN (n_codes, MAX_CODES);
  size = g_new0 (int64_t, n_codes);
  number = g_new0 (int64_t, n_codes);
  for (int i = 0; i < n_trials; i++)
    {
      int64_t code = 0;

      for (int k = 0; k < choice.n; k++)
        code = code * choice.n_levels[k] + level_of (&choice, k, condition[i * trials.n_conditions + choice.chosen[k]]);
      group[i] = (int) MIN (code, n_codes - 1);
      size[group[i]]++;
    }
  for (int64_t code = 0; code < n_codes; code++)
    if (size[code] > 0)
      number[code] = n_groups++;
  if (n_groups > MAX_GROUPS)
    {
      rheo_fail (error, RHEO_ERROR_INVALID,
                 _ ("The conditions make %d groups of trials; %d are the most. Name fewer of them."), (int) n_groups,
                 MAX_GROUPS);
      return -1;
    }
  name = rheo_table_add (out, "group", N_ ("Condition"), "", "group", RHEO_STRING, &n_groups);
  sizes = rheo_table_add (out, "group-size", N_ ("Trials"), "", "group", RHEO_I64, &n_groups)->data;
  for (int64_t code = 0; code < n_codes; code++)
    if (size[code] > 0)
      {
        g_autofree char *text = dup_group_name (&choice, &trials, code);

        rheo_table_set_words (out, name, number[code], text);
        sizes[number[code]] = size[code];
      }
  for (int i = 0; i < n_trials; i++)
    group[i] = (int) number[group[i]];
  return (int) n_groups;
}
