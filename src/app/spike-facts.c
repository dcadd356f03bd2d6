#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/spike-facts.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/spike-file.h"

#define SUM_SHARE 0.3 /* of the time for a file that its sum takes */

static gboolean
is_there (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

const char *const *
rheo_spike_facts_get_names (const char *folder)
{
  static const char *const digits[] = { "shd_train.h5", "shd_test.h5", NULL };
  static const char *const words[] = { "ssc_train.h5", "ssc_valid.h5", "ssc_test.h5", NULL };

  return !is_there (folder, digits[0]) && is_there (folder, words[0]) ? words : digits;
}

const char *
rheo_spike_facts_find_missing (const char *folder)
{
  for (const char *const *name = rheo_spike_facts_get_names (folder); *name != NULL; name++)
    if (!is_there (folder, *name))
      return *name;
  return NULL;
}

typedef struct
{
  bool (*go_on) (double done, void *data);
  void *data;
  double from, share; /* of the whole, for the part that is being done */
} Progress;

static bool
go_on (double done, void *data)
{
  const Progress *p = data;

  return p->go_on == NULL || p->go_on (p->from + done * p->share, p->data);
}

static int
count_speakers (const RheoSpikeFile *file)
{
  const int32_t *speakers = rheo_spike_file_get_speakers (file);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (int i = 0; speakers != NULL && i < rheo_spike_file_get_n_trials (file); i++)
    g_hash_table_add (seen, GINT_TO_POINTER (speakers[i]));
  return (int) g_hash_table_size (seen);
}

/* mean becomes the sum for the time being. */
static gboolean
add_trials (RheoSpikeFacts *facts, const RheoSpikeFile *file, Progress *progress, GError **error)
{
  const int n = rheo_spike_file_get_n_trials (file);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));

  for (int i = 0; i < n; i++)
    {
      uint32_t n_spikes;
      float last;

      if (i % 64 == 0 && !go_on ((double) i / n, progress))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Cancelled."));
      if (!rheo_spike_file_read (file, i, times, units, error))
        return FALSE;
      n_spikes = times->len;
      last = n_spikes > 0 ? g_array_index (times, float, n_spikes - 1) : 0;
      facts->mean += n_spikes;
      facts->least = MIN (facts->least, n_spikes);
      facts->most = MAX (facts->most, n_spikes);
      facts->shortest = MIN (facts->shortest, last);
      facts->longest = MAX (facts->longest, last);
    }
  return TRUE;
}

static gboolean
add_file (RheoSpikeFacts *facts, const char *folder, int k, Progress *progress, GError **error)
{
  g_autofree char *path = g_build_filename (folder, facts->names[k], NULL);
  g_autoptr (RheoSpikeFile) file = NULL;
  const double share = progress->share;

  if (!is_there (folder, facts->names[k]))
    return rheo_spike_data_fail_missing (folder, facts->names[k], error);
  file = rheo_spike_file_open (path, error);
  if (file == NULL)
    return FALSE;
  facts->n_trials[k] = rheo_spike_file_get_n_trials (file);
  facts->n_speakers[k] = count_speakers (file);
  if (k == 0)
    facts->n_classes = (int) g_strv_length ((char **) rheo_spike_file_get_classes (file));
  progress->share = share * SUM_SHARE;
  if (!rheo_spike_data_verify (path, go_on, progress, &facts->sums[k], error))
    return FALSE;
  progress->from += progress->share;
  progress->share = share - progress->share;
  if (!add_trials (facts, file, progress, error))
    return FALSE;
  progress->from += progress->share;
  progress->share = share;
  return TRUE;
}

RheoSpikeFacts *
rheo_spike_facts_read (const char *folder, bool (*tell) (double done, void *data), void *data, GError **error)
{
  g_autofree RheoSpikeFacts *facts = g_new0 (RheoSpikeFacts, 1);
  const char *const *names = rheo_spike_facts_get_names (folder);
  Progress progress = { .go_on = tell, .data = data };
  int n = 0;

  facts->least = UINT32_MAX;
  facts->shortest = INFINITY;
  for (; names[facts->n_files] != NULL; facts->n_files++)
    facts->names[facts->n_files] = names[facts->n_files];
  for (int k = 0; k < facts->n_files; k++)
    {
      progress.share = 1.0 / facts->n_files;
      if (!add_file (facts, folder, k, &progress, error))
        return NULL;
      n += facts->n_trials[k];
    }
  facts->mean /= MAX (n, 1);
  return g_steal_pointer (&facts);
}
