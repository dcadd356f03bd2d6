#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <string.h>

#include "engine/task.h"

/* The counting task (Lazar, Pipa & Triesch 2009, Frontiers in Computational Neuroscience 3:23): words "A B ... B C" and
 * "D E ... E F" with the same number of inner letters come one after the other, each as likely; whoever is to say the next
 * letter must count. Other words may be given. Each letter drives channels of its own, and the output is the next letter,
 * one-hot; the first letter of a word, which nobody can know, does not count. A trial is a block of an endless text and
 * begins with a word. */

#define MAX_WORDS 64
#define MAX_LETTERS 52

typedef struct
{
  int n_inner, per_letter, n_steps;
  double amplitude;
  const char *words;
} Counting;

static const RheoParam params[] = {
  RHEO_P_INT (
      Counting, n_inner, "inner-letters", .label = N_ ("Inner letters"),
      .help = N_ ("How many equal letters the words have between their first and last one: what is to be counted."),
      .words = N_ ("n, length of a word, difficulty"), .def = 8, .min = 1, .max = 1000, .soft_min = 2, .soft_max = 30),
  RHEO_P_TEXT (Counting, words, "words", .label = N_ ("Other words"), .def_text = "",
               .help = N_ ("Words to use instead, with blanks between, such as \"ABBC DEEF\". Each is as likely as the "
                           "others; a word that stands there twice comes twice as often.")),
  RHEO_P_INT (Counting, per_letter, "per-letter", .label = N_ ("Channels of a letter"),
              .help = N_ ("Inputs that are on while it is shown; each letter has its own."), .def = 5, .min = 1,
              .max = 1000, .soft_min = 1, .soft_max = 20),
  RHEO_P_REAL (Counting, amplitude, "amplitude", .label = N_ ("Amplitude"), .help = N_ ("Of a channel that is on."),
               .def = 1, .min = -1e6, .max = 1e6, .soft_min = 0, .soft_max = 2, .flags = RHEO_LIVE),
  RHEO_P_INT (Counting, n_steps, "n-steps", .label = N_ ("Length of a block"), .unit = N_ ("steps"),
              .help = N_ ("Steps that are run at once, and shown and recorded together. Words are cut at its end."),
              .def = 100, .min = 3, .max = 1000000, .soft_min = 10, .soft_max = 1000, .flags = RHEO_LOG),
  RHEO_P_END,
};

/* Words as letters 0 .. n_letters - 1, in the order of the alphabet, upper case first. */
typedef struct
{
  int n_words, n_letters;
  int first[MAX_WORDS + 1]; /* of each word in letter */
  GByteArray *letter;
  char name[MAX_LETTERS + 1];
} Words;

static char *
dup_text (const Counting *c)
{
  g_autofree char *b = NULL, *e = NULL;

  if (*c->words != '\0')
    return g_strdup (c->words);
  b = g_strnfill ((gsize) c->n_inner, 'B');
  e = g_strnfill ((gsize) c->n_inner, 'E');
  return g_strdup_printf ("A%sC D%sF", b, e);
}

static void
words_clear (Words *words)
{
  g_clear_pointer (&words->letter, g_byte_array_unref);
}

static gboolean
words_read (const Counting *c, Words *words, GError **error)
{
  g_autofree char *text = dup_text (c);
  int number[128] = { 0 };

  *words = (Words){ .letter = g_byte_array_new () };
  for (const char *p = text; *p != '\0'; p++)
    if (*p != ' ' && !g_ascii_isalpha (*p))
      return rheo_fail (error, RHEO_ERROR_INVALID,
                        _ ("task.words is \"%s\"; allowed are letters A to Z and a to z, with blanks between words."),
                        c->words);
    else
      number[(int) *p] = 1;
  for (int k = 'A'; k <= 'z'; k++)
    if (number[k] != 0)
      {
        words->name[words->n_letters] = (char) k;
        number[k] = words->n_letters++;
      }
  for (const char *p = text; *p != '\0';)
    {
      const int length = (int) strcspn (p, " ");

      if (length == 1 || words->n_words == MAX_WORDS)
        return rheo_fail (error, RHEO_ERROR_INVALID,
                          _ ("task.words is \"%s\"; words have two letters or more, and there are at most %d."),
                          c->words, MAX_WORDS);
      for (int k = 0; k < length; k++)
        g_byte_array_append (words->letter, &(guint8){ (guint8) number[(int) p[k]] }, 1);
      if (length > 0)
        words->first[++words->n_words] = (int) words->letter->len;
      p += length + (p[length] == ' ');
    }
  if (words->n_words == 0)
    return rheo_fail (error, RHEO_ERROR_INVALID, _ ("task.words has no word."));
  return TRUE;
}

static gboolean
check (const void *config, GError **error)
{
  Words words;
  const gboolean good = words_read (config, &words, error);

  words_clear (&words);
  return good;
}

static void
shape (const void *config, const void *data, RheoShape *shape)
{
  const Counting *c = config;
  Words words;

  *shape = (RheoShape){ .n_steps = c->n_steps };
  if (words_read (c, &words, NULL))
    {
      shape->n_in = words.n_letters * c->per_letter;
      shape->n_out = words.n_letters;
    }
  words_clear (&words);
}

static void
set_step (const Counting *c, int t, int letter, int next, gboolean known, RheoTrial *trial)
{
  for (int k = 0; k < c->per_letter; k++)
    trial->input[(gsize) t * (gsize) trial->n_in + (gsize) (letter * c->per_letter + k)] = (RheoReal) c->amplitude;
  trial->target[(gsize) t * (gsize) trial->n_out + (gsize) next] = 1;
  trial->weight[t] = known;
}

static gboolean
fill (const void *config, const void *data, const RheoDraw *draw, RheoTrial *trial, GError **error)
{
  const Counting *c = config;
  Words words;
  uint32_t n_drawn = 0;
  int word;

  if (!words_read (c, &words, error))
    {
      words_clear (&words);
      return FALSE;
    }
  word = (int) rheo_rng_below (draw->rng, 0, n_drawn++, (uint32_t) words.n_words);
  for (int t = 0; t < trial->n_steps;)
    {
      const int next = (int) rheo_rng_below (draw->rng, 0, n_drawn++, (uint32_t) words.n_words);

      for (int k = words.first[word]; k < words.first[word + 1] && t < trial->n_steps; k++, t++)
        {
          const gboolean last = k + 1 == words.first[word + 1];

          set_step (c, t, words.letter->data[k], words.letter->data[last ? words.first[next] : k + 1], !last, trial);
        }
      word = next;
    }
  words_clear (&words);
  return TRUE;
}

/* The names of the first k letters of the alphabet, for each k. */
static const char *alphabet[27][27];

static void
make_alphabet (void)
{
  static const char letters[26][2] = { "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
                                       "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z" };

  for (int k = 0; k <= 26; k++)
    for (int i = 0; i < k; i++)
      alphabet[k][i] = letters[i];
}

static const char *const *
labels (const void *config, gboolean target)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  Words words;
  const char *const *names = NULL;

  pthread_once (&once, make_alphabet);
  if (target && words_read (config, &words, NULL) && words.n_letters <= 26
      && words.name[words.n_letters - 1] == 'A' + words.n_letters - 1)
    names = alphabet[words.n_letters];
  if (target)
    words_clear (&words);
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
