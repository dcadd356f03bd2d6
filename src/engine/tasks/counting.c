#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>

#include "engine/task.h"

/* Words of letters in an endless row, each drawn by its probability: with a word A B...B C and a word D E...E F a network
 * has to count the letters in the middle to know the one that follows (Lazar, Pipa & Triesch 2009). Each letter drives inputs
 * of its own; the target is the next letter. */

#define MAX_WORDS 32
#define MAX_LETTERS 64
#define MAX_LENGTH 1002

typedef struct
{
  int n_inner, per_letter, n_steps, n_probabilities;
  double amplitude, probability[MAX_WORDS];
  const char *words;
} Counting;

/* The words as numbers of letters, which count in the order of their first use. */
typedef struct
{
  int n_words, n_letters, longest, divisor; /* divisor: greatest one that all lengths share */
  int length[MAX_WORDS];
  uint8_t at[MAX_WORDS][MAX_LENGTH];
  double up_to[MAX_WORDS]; /* sums of the probabilities */
  gunichar letter[MAX_LETTERS];
} Words;

static const RheoParam params[] = {
  RHEO_P_INT (Counting, n_inner, "inner-letters", .label = N_ ("Inner letters"),
              .help =
                  N_ ("How many equal letters the words have between their first and last one: what is to be counted."),
              .words = N_ ("n, length of a word, difficulty"), .def = 8, .min = 1, .max = MAX_LENGTH - 2, .soft_min = 2,
              .soft_max = 30),
  RHEO_P_TEXT (Counting, words, "words", .label = N_ ("Other words"), .def_text = "",
               .help = N_ ("Words to use instead, of letters or digits with blanks between, such as ABBC DEEF.")),
  RHEO_P_REALS (Counting, probability, n_probabilities, "probabilities", .label = N_ ("Probabilities"),
                .help = N_ ("How often each word comes, in any unit; none: all alike."), .def_text = "", .min = 1e-6,
                .max = 1e6, .flags = RHEO_ADVANCED),
  RHEO_P_INT (Counting, per_letter, "per-letter", .label = N_ ("Channels of a letter"),
              .help = N_ ("Inputs that are on while it is shown; each letter has its own."), .def = 5, .min = 1,
              .max = 1000, .soft_min = 1, .soft_max = 20),
  RHEO_P_REAL (Counting, amplitude, "amplitude", .label = N_ ("Amplitude"), .help = N_ ("Of a channel that is on."),
               .def = 1, .min = -1e6, .max = 1e6, .soft_min = 0, .soft_max = 2, .flags = RHEO_LIVE),
  RHEO_P_INT (Counting, n_steps, "n-steps", .label = N_ ("Length of a block"), .unit = N_ ("steps"),
              .help = N_ ("Steps that are run at once, and shown and recorded together. Words go on from one block to "
                          "the next."),
              .def = 100, .min = 1, .max = 1000000, .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_END,
};

/* --- words -------------------------------------------------------------------------------------------------------- */
static int
common_divisor (int a, int b)
{
  return b == 0 ? a : common_divisor (b, a % b);
}

static gboolean
add_letter (Words *words, gunichar letter, GError **error)
{
  const int w = words->n_words;
  int k = 0;

  if (!g_unichar_isalnum (letter))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words may have letters, digits and blanks only."));
  while (k < words->n_letters && words->letter[k] != letter)
    k++;
  if (k == MAX_LETTERS)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words has more than %d different letters."), MAX_LETTERS);
  if (words->length[w] == MAX_LENGTH)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("Word %d of task.words is longer than %d letters."), w + 1,
                      MAX_LENGTH);
  words->letter[k] = letter;
  words->n_letters = MAX (words->n_letters, k + 1);
  words->at[w][words->length[w]++] = (uint8_t) k;
  return TRUE;
}

static void
end_word (Words *words)
{
  const int length = words->n_words < MAX_WORDS ? words->length[words->n_words] : 0;

  if (length == 0)
    return;
  words->longest = MAX (words->longest, length);
  words->divisor = common_divisor (length, words->divisor);
  words->n_words++;
}

static gboolean
read_words (const char *text, Words *words, GError **error)
{
  for (const char *c = text;; c = g_utf8_next_char (c))
    {
      const gunichar letter = g_utf8_get_char (c);

      if (letter == 0 || g_unichar_isspace (letter))
        end_word (words);
      else if (words->n_words == MAX_WORDS)
        return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words has more than %d words."), MAX_WORDS);
      else if (!add_letter (words, letter, error))
        return FALSE;
      if (letter == 0)
        break;
    }
  return words->n_words > 0 || rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words holds no word."));
}

static gboolean
make_words (const Counting *c, Words *words, GError **error)
{
  g_autofree char *b = g_strnfill ((gsize) c->n_inner, 'B'), *e = g_strnfill ((gsize) c->n_inner, 'E');
  g_autofree char *text = *c->words != '\0' ? g_strdup (c->words) : g_strdup_printf ("A%sC D%sF", b, e);

  memset (words, 0, sizeof *words);
  if (!g_utf8_validate (text, -1, NULL))
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words may have letters, digits and blanks only."));
  if (!read_words (text, words, error))
    return FALSE;
  if (c->n_probabilities > 0 && c->n_probabilities != words->n_words)
    return rheo_fail (error, RHEO_ERROR_INVALID,
                      _ ("task.probabilities has %d numbers; one for each of the %d words is needed, or none."),
                      c->n_probabilities, words->n_words);
  for (int w = 0; w < words->n_words; w++)
    words->up_to[w] = (w > 0 ? words->up_to[w - 1] : 0) + (c->n_probabilities > 0 ? c->probability[w] : 1);
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  Words words;

  return make_words (config, &words, error);
}

/* --- the row of words --------------------------------------------------------------------------------------------- */

/* The word that begins at a step where one begins. */
static int
word_at (const Words *words, RheoRng rng, int64_t step)
{
  const double u = words->up_to[words->n_words - 1] * rheo_rng_uniform (rng, (uint32_t) (step >> 32), (uint32_t) step);
  int w = 0;

  while (w < words->n_words - 1 && u >= words->up_to[w])
    w++;
  return w;
}

/* Where the last word up to `at` begins in a row of words from `first`. */
static int64_t
follow (const Words *words, RheoRng rng, int64_t first, int64_t at)
{
  for (;;)
    {
      const int64_t next = first + words->length[word_at (words, rng, first)];

      if (next > at)
        return first;
      first = next;
    }
}

/* The same in the row that begins at 0, without following all of it: rows that begin at different steps soon have a word in
 * common and are one from there on, so it is enough to go back to where all steps at which a word can begin lead to the
 * same (coupling from the past, Propp & Wilson 1996). */
static int64_t
find_word (const Words *words, RheoRng rng, int64_t at)
{
  for (int64_t back = 16 * words->longest;; back *= 2)
    {
      const int64_t from = MAX (at - back, 0) / words->divisor * words->divisor;
      const int64_t end = from == 0 ? 1 : from + words->longest, found = follow (words, rng, from, at);
      gboolean same = TRUE;

      for (int64_t first = from + words->divisor; same && first < end; first += words->divisor)
        same = follow (words, rng, first, at) == found;
      if (same)
        return found;
    }
}

/* --- the task ----------------------------------------------------------------------------------------------------- */
static void
shape (const void *config, const void *data, RheoShape *shape)
{
  const Counting *c = config;
  Words words;

  make_words (c, &words, NULL);
  *shape = (RheoShape){ .n_in = words.n_letters * c->per_letter, .n_out = words.n_letters, .n_steps = c->n_steps };
}

/* A first letter cannot be known, where there is more than one word: its weight is 0. */
static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Counting *c = config;
  const int64_t from = draw->set == RHEO_SET_PROBE ? 0 : (int64_t) draw->iteration * c->n_steps;
  RheoRng rng = draw->rng;
  Words words;
  int64_t begin;
  int w;

  if (!make_words (c, &words, error))
    return FALSE;
  rng.iteration = 0;
  begin = find_word (&words, rng, from);
  w = word_at (&words, rng, begin);
  for (int t = 0; t < trial->n_steps; t++)
    {
      const int letter = words.at[w][from + t - begin];

      for (int k = 0; k < c->per_letter; k++)
        trial->input[(gsize) t * (gsize) trial->n_in + (gsize) (letter * c->per_letter + k)] = (RheoReal) c->amplitude;
      if (from + t + 1 == begin + words.length[w])
        {
          begin += words.length[w];
          w = word_at (&words, rng, begin);
          trial->weight[t] = words.n_words == 1;
        }
      trial->target[(gsize) t * (gsize) trial->n_out + words.at[w][from + t + 1 - begin]] = 1;
    }
  return TRUE;
}

/* Kept for good, one for each set of letters and number of inputs. */
static const char *const *
labels (const void *config, gboolean target)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static GHashTable *known;
  const Counting *c = config;
  const int units = target ? 1 : c->per_letter;
  g_autofree char *letters = NULL, *key = NULL;
  const char *const *names;
  Words words;

  if (!make_words (c, &words, NULL))
    return NULL;
  letters = g_ucs4_to_utf8 (words.letter, words.n_letters, NULL, NULL, NULL);
  key = g_strdup_printf ("%d %s", units, letters);
  pthread_mutex_lock (&lock);
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names = g_hash_table_lookup (known, key);
  if (names == NULL)
    {
      const char **made = g_new0 (const char *, words.n_letters *units + 1);

      for (int k = 0; k < words.n_letters; k++)
        {
          char name[7] = "";

          name[g_unichar_to_utf8 (words.letter[k], name)] = '\0';
          for (int i = 0; i < units; i++)
            made[k * units + i] = g_intern_string (name);
        }
      g_hash_table_insert (known, g_steal_pointer (&key), made);
      names = made;
    }
  pthread_mutex_unlock (&lock);
  return names;
}

const RheoTask rheo_task_counting = {
  .base = { .kind = RHEO_KIND_TASK,
            .version = 1,
            .id = "counting",
            .title = N_ ("Counting"),
            .summary =
                N_ ("Words with a number of equal letters between the first and the last one: which letter comes "
                    "next?"),
            .cite = "Lazar, Pipa & Triesch 2009, SORN: a self-organizing recurrent neural network",
            .config_size = sizeof (Counting),
            .params = params,
            .gives = RHEO_TRIALS | RHEO_SIGNALS,
            .check = check },
  .labels = labels,
  .shape = shape,
  .fill = fill,
};
