#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "digits.h"

#include <glib/gi18n-lib.h>

#include "error.h"

typedef struct
{
  RheoDigits *digits;
  RheoSpikeWriter *writers[2];
  GArray *times, *units;
} Work;

static gboolean
add_trial (Work *work, RheoSet set, int i, GError **error)
{
  int label, speaker;

  rheo_digits_trial (work->digits, set, i, work->times, work->units, &label, &speaker);
  return rheo_spike_writer_add (work->writers[set != RHEO_SET_TRAIN], (int) work->times->len,
                                (const float *) (void *) work->times->data,
                                (const int32_t *) (void *) work->units->data, label, speaker, error);
}

static gboolean
write_all (Work *work, const RheoDigitsConfig *config, void (*progress) (void *data, double fraction),
           void *progress_data, const atomic_bool *cancelled, GError **error)
{
  const int n = config->n_train + config->n_test;

  for (int i = 0; i < n; i++)
    {
      const gboolean train = i < config->n_train;

      if (cancelled != NULL && atomic_load (cancelled))
        return rheo_fail (error, RHEO_ERROR_CANCELLED, _ ("Making the data was cancelled."));
      if (!add_trial (work, train ? RHEO_SET_TRAIN : RHEO_SET_TEST, train ? i : i - config->n_train, error))
        return FALSE;
      if (progress != NULL)
        progress (progress_data, (i + 1.0) / n);
    }
  return rheo_spike_writers_finish (work->writers, error);
}

gboolean
rheo_digits_write (const RheoDigitsConfig *config, const char *folder, gboolean replace,
                   void (*progress) (void *data, double fraction), void *progress_data, const atomic_bool *cancelled,
                   GError **error)
{
  g_autoptr (RheoDigits) digits = NULL;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (int32_t));
  RheoSpikeSpeaker speakers[RHEO_DIGITS_SPEAKERS];
  Work work = { .times = times, .units = units };
  gboolean done;

  if (!rheo_digits_check (config, error))
    return FALSE;
  work.digits = digits = rheo_digits_new (config);
  for (int s = 0; s < RHEO_DIGITS_SPEAKERS; s++)
    speakers[s] = rheo_digits_describe_speaker (digits, s);
  if (!rheo_spike_writers_new (folder, replace, RHEO_DIGITS_CHANNELS, rheo_digits_get_classes (), speakers,
                               RHEO_DIGITS_SPEAKERS, work.writers, error))
    return FALSE;
  done = write_all (&work, config, progress, progress_data, cancelled, error);
  rheo_spike_writers_clear (work.writers);
  return done;
}
