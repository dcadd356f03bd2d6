#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-search.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef enum
{
  FIELD_ANY,
  FIELD_NAME,
  FIELD_TITLE,
  FIELD_TASK,
  FIELD_MODEL,
  FIELD_RULE,
  FIELD_TAG,
  FIELD_STATE,
  FIELD_SEED, /* numbers from here on */
  FIELD_EPOCHS,
  FIELD_BEST,
  FIELD_LOSS,
  FIELD_SCORE,
  FIELD_MEASURE, /* by its own name */
} Field;

static const struct
{
  const char *word;
  Field field;
} fields[] = {
  { "name", FIELD_NAME },        { "title", FIELD_TITLE },       { "task", FIELD_TASK },
  { "model", FIELD_MODEL },      { "rule", FIELD_RULE },         { "tag", FIELD_TAG },
  { "state", FIELD_STATE },      { "seed", FIELD_SEED },         { "epochs", FIELD_EPOCHS },
  { "best", FIELD_BEST },        { "loss", FIELD_LOSS },         { "score", FIELD_SCORE },
  { "epoch", FIELD_EPOCHS },     { "iterations", FIELD_EPOCHS }, { "iteration", FIELD_EPOCHS },
  { "accuracy", FIELD_MEASURE }, { "r2", FIELD_MEASURE },        { "reward", FIELD_MEASURE },
};

typedef struct
{
  Field field;
  gboolean inverted;
  char *text;   /* folded; of a measure its name */
  char compare; /* '<', 'l' (<=), '>', 'g' (>=), '=' */
  double number;
} Term;

struct RheoRunSearch
{
  GArray *terms;
};

static const char *const state_names[] = {
  [RHEO_ITEM_READING] = N_ ("reading"),   [RHEO_ITEM_DONE] = N_ ("done"),
  [RHEO_ITEM_SOLVED] = N_ ("solved"),     [RHEO_ITEM_STOPPED] = N_ ("stopped"),
  [RHEO_ITEM_DIVERGED] = N_ ("diverged"), [RHEO_ITEM_RUNNING] = N_ ("running"),
  [RHEO_ITEM_PAUSED] = N_ ("paused"),     [RHEO_ITEM_INTERRUPTED] = N_ ("interrupted"),
  [RHEO_ITEM_BROKEN] = N_ ("damaged"),
};

const char *
rheo_item_state_name (RheoItemState state)
{
  return state_names[state];
}

static void
clear_term (gpointer data)
{
  g_free (((Term *) data)->text);
}

void
rheo_run_search_free (RheoRunSearch *search)
{
  if (search == NULL)
    return;
  g_array_unref (search->terms);
  g_free (search);
}

/* --- parsing ----------------------------------------------------------------------------------------------------- */

/* The next word, with quotes taken off; a quote may stand after the colon. Moves *text behind it. */
static char *
next_word (const char **text, gboolean *quoted, GError **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean inside = FALSE;
  const char *at = *text;

  *quoted = FALSE;
  while (g_unichar_isspace (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  for (; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (*at == '"')
        {
          *quoted = *quoted || word->len == 0;
          inside = !inside;
          continue;
        }
      if (!inside && g_unichar_isspace (g_utf8_get_char (at)))
        break;
      g_string_append_unichar (word, g_utf8_get_char (at));
    }
  *text = at;
  if (inside)
    {
      rheo_fail (error, RHEO_ERROR_INVALID, _ ("A quotation mark is missing after “%s”."), word->str);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&word), FALSE);
}

static gboolean
find_field (const char *word, Field *field)
{
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].word, word))
      {
        *field = fields[i].field;
        return TRUE;
      }
  return FALSE;
}

static gboolean
fail_field (const char *word, GError **error)
{
  const char *words[G_N_ELEMENTS (fields) + 1] = { NULL };
  const char *nearest;

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    words[i] = fields[i].word;
  nearest = rheo_nearest (word, words);
  if (nearest != NULL)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("There is no “%s” to search for. Did you mean “%s”?"), word,
                      nearest);
  return rheo_fail (error, RHEO_ERROR_INVALID,
                    _ ("There is no “%s” to search for. There are rule, task, model, seed, tag, state, loss, score, "
                       "best and epochs."),
                    word);
}

static gboolean
parse_number (const char *word, const char *text, Term *term, GError **error)
{
  char *end;

  term->number = g_ascii_strtod (text, &end);
  if (*text == '\0' || *end != '\0' || !isfinite (term->number))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("“%s” needs a number, as in “%s<4”."), word, word);
  return TRUE;
}

static gboolean
check_state (const char *text, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (g_str_has_prefix (state_names[i], text))
      return TRUE;
  return rheo_fail (
      error, RHEO_ERROR_INVALID,
      _ ("There is no state “%s”. There are done, solved, stopped, diverged, running, paused, interrupted "
         "and damaged."),
      text);
}

/* word: folded, without quotes. */
static gboolean
parse_term (const char *word, gboolean quoted, Term *term, GError **error)
{
  size_t n = strcspn (word, ":<>=");
  g_autofree char *key = g_strndup (word, n);
  const char *value = word + n;

  if (quoted || *value == '\0' || n == 0)
    {
      term->text = g_strdup (word);
      return TRUE;
    }
  if (!find_field (key, &term->field))
    return fail_field (key, error);
  term->compare = *value == ':' ? '=' : *value;
  value++;
  if (*value == '=' && (term->compare == '<' || term->compare == '>'))
    {
      term->compare = term->compare == '<' ? 'l' : 'g';
      value++;
    }
  if (*value == '\0')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("What “%s” should be is missing."), word);
  if (term->field >= FIELD_SEED)
    {
      term->text = g_strdup (key);
      return parse_number (key, value, term, error);
    }
  if (term->compare != '=')
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("“%s” is a text: write “%s:%s”."), key, key, value);
  term->text = g_strdup (value);
  return term->field != FIELD_STATE || check_state (value, error);
}

RheoRunSearch *
rheo_run_search_new (const char *text, GError **error)
{
  g_autoptr (RheoRunSearch) search = g_new0 (RheoRunSearch, 1);
  g_autofree char *folded = g_utf8_casefold (text != NULL ? text : "", -1);
  const char *at = folded;

  search->terms = g_array_new (FALSE, TRUE, sizeof (Term));
  g_array_set_clear_func (search->terms, clear_term);
  for (;;)
    {
      gboolean quoted;
      g_autofree char *word = next_word (&at, &quoted, error);
      Term term = { 0 };
      gboolean ok;

      if (word == NULL)
        return NULL;
      if (*word == '\0' && *at == '\0')
        return g_steal_pointer (&search);
      if (*word == '\0')
        continue;
      term.inverted = !quoted && *word == '-' && word[1] != '\0';
      ok = parse_term (word + term.inverted, quoted, &term, error);
      g_array_append_val (search->terms, term);
      if (!ok)
        return NULL;
    }
}

/* --- matching ---------------------------------------------------------------------------------------------------- */

static gboolean
contains (const char *text, const char *part)
{
  g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return folded != NULL && strstr (folded, part) != NULL;
}

static gboolean
has_tag (const RheoRunFacts *facts, const char *part, gboolean beginning)
{
  for (int i = 0; facts->tags != NULL && facts->tags[i] != NULL; i++)
    {
      g_autofree char *folded = g_utf8_casefold (facts->tags[i], -1);

      if (beginning ? g_str_has_prefix (folded, part) : strstr (folded, part) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
compare (double value, const Term *term)
{
  switch (term->compare)
    {
    case '<':
      return value < term->number;
    case 'l':
      return value <= term->number;
    case '>':
      return value > term->number;
    case 'g':
      return value >= term->number;
    default:
      return value == term->number;
    }
}

static gboolean
match_term (const Term *term, const RheoRunFacts *facts)
{
  const char *part = term->text;

  switch (term->field)
    {
    case FIELD_NAME:
      return contains (facts->name, part);
    case FIELD_TITLE:
      return contains (facts->title, part);
    case FIELD_TASK:
      return contains (facts->task, part) || contains (facts->task_id, part);
    case FIELD_MODEL:
      return contains (facts->model, part) || contains (facts->model_id, part);
    case FIELD_RULE:
      return contains (facts->rule, part) || contains (facts->rule_id, part);
    case FIELD_TAG:
      return has_tag (facts, part, TRUE);
    case FIELD_STATE:
      return g_str_has_prefix (state_names[facts->state], part);
    case FIELD_SEED:
      return compare (facts->seed, term);
    case FIELD_EPOCHS:
      return compare ((double) facts->iteration, term);
    case FIELD_BEST:
      return compare (facts->best, term);
    case FIELD_LOSS:
      return facts->lower_is_better && compare (facts->best, term);
    case FIELD_SCORE:
      return !facts->lower_is_better && compare (facts->best, term);
    case FIELD_MEASURE:
      return g_strcmp0 (facts->best_label, part) == 0 && compare (facts->best, term);
    case FIELD_ANY:
    default:
      return contains (facts->name, part) || contains (facts->title, part) || contains (facts->task, part)
             || contains (facts->model, part) || contains (facts->rule, part) || contains (facts->task_id, part)
             || contains (facts->model_id, part) || contains (facts->rule_id, part) || has_tag (facts, part, FALSE);
    }
}

gboolean
rheo_run_search_match (const RheoRunSearch *search, const RheoRunFacts *facts)
{
  for (guint i = 0; i < search->terms->len; i++)
    {
      const Term *term = &g_array_index (search->terms, Term, i);

      if (match_term (term, facts) == term->inverted)
        return FALSE;
    }
  return TRUE;
}
