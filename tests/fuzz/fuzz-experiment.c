#include "config.h"

#include "engine/experiment.h"

#include <string.h>

/* What starts with a brace is read as an experiment, anything else as settings, KEY=VALUE per line. Whatever is
 * accepted must read back as the same experiment. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_round_trip (const RheoExperiment *experiment)
{
  g_autofree char *json = rheo_experiment_dup_json (experiment), *json_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) again = rheo_experiment_parse (json, "again", &error);

  g_assert_no_error (error);
  g_assert_true (rheo_experiment_equal (experiment, again));
  json_again = rheo_experiment_dup_json (again);
  g_assert_cmpstr (json, ==, json_again);
}

static RheoExperiment *
make_base (void)
{
  RheoExperiment *experiment = rheo_experiment_new ();

  for (int s = 0; s < RHEO_N_SLOTS; s++)
    {
      RheoKind kind = s == RHEO_SLOT_TASK ? RHEO_KIND_TASK : s == RHEO_SLOT_MODEL ? RHEO_KIND_MODEL : RHEO_KIND_RULE;

      rheo_experiment_set_component (experiment, (RheoSlot) s, rheo_components (kind)[0]);
    }
  return experiment;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;

  if (*text == '{')
    experiment = rheo_experiment_parse (text, "fuzz", &error);
  else
    {
      g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", 100);

      experiment = make_base ();
      if (!rheo_experiment_set_all (experiment, (const char *const *) lines, &error))
        g_clear_pointer (&experiment, rheo_experiment_free);
    }
  g_assert_true ((experiment == NULL) == (error != NULL));
  if (experiment == NULL)
    return 0;
  g_assert_true (rheo_experiment_check (experiment, &error) == (error == NULL));
  check_round_trip (experiment);
  return 0;
}
