#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/recent.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/family.h"
#include "app/run-facts.h"
#include "app/run-search.h"
#include "app/run-text.h"
#include "widgets/number-text.h"

void
rheo_recent_free (RheoRecent *recent)
{
  g_free (recent->path);
  g_free (recent->name);
  g_free (recent->note);
  g_free (recent->details);
  g_free (recent);
}

/* --- runs ------------------------------------------------------------------------------------------------------ */

/* How far it came, or what came of it. */
static char *
dup_outcome (const RheoRunFacts *facts)
{
  const gboolean ended =
      facts->state == RHEO_ITEM_DONE || facts->state == RHEO_ITEM_SOLVED || facts->iteration >= facts->budget;
  g_autofree char *all = NULL, *done = rheo_number_dup_count (facts->iteration);

  if (facts->state == RHEO_ITEM_BROKEN || facts->state == RHEO_ITEM_DIVERGED || facts->state == RHEO_ITEM_RUNNING)
    return g_strdup (_ (rheo_item_state_name (facts->state)));
  if (ended && isfinite (facts->best))
    return rheo_run_dup_best (facts);
  all = rheo_dup_iterations (ended ? facts->iteration : facts->budget, facts->unit);
  return ended ? g_steal_pointer (&all) : g_strdup_printf (_ ("%s of %s"), done, all);
}

char *
rheo_recent_dup_run_note (const RheoRunFacts *facts, GDateTime *now)
{
  g_autoptr (GDateTime) then = facts->created > 0 ? g_date_time_new_from_unix_utc (facts->created) : NULL;
  g_autofree char *outcome = dup_outcome (facts), *day = then != NULL ? rheo_dup_day (then, now) : NULL;

  return g_strjoin (" · ", _ ("run"), outcome, day, NULL);
}

static void
describe_run (RheoRecent *recent, GDateTime *now)
{
  g_autoptr (GVariant) value = rheo_run_facts_read (recent->path);
  RheoRunFacts facts = { 0 };
  g_autofree char *far = NULL;

  rheo_run_facts_load (&facts, value);
  recent->note = rheo_recent_dup_run_note (&facts, now);
  if (facts.state == RHEO_ITEM_BROKEN)
    {
      recent->details = g_strjoin ("\n", recent->path, facts.error, NULL);
      return;
    }
  far = rheo_dup_iterations (facts.iteration, facts.unit);
  recent->details = g_strdup_printf ("%s\n%s · %s · %s\n%s, %s", recent->path, facts.task, facts.model, facts.rule, far,
                                     _ (rheo_item_state_name (facts.state)));
}

/* --- experiments ----------------------------------------------------------------------------------------------- */

static void
describe_experiment (RheoRecent *recent, GDateTime *then, GDateTime *now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoExperiment) experiment = rheo_experiment_load (recent->path, &error);
  g_autofree char *day = rheo_dup_day (then, now);

  recent->note =
      g_strjoin (" · ", experiment != NULL ? rheo_experiment_get_family (experiment) : _ ("cannot be read"), day, NULL);
  recent->details = g_strjoin ("\n", recent->path,
                               experiment != NULL ? rheo_experiment_get_title (experiment) : error->message, NULL);
}

GPtrArray *
rheo_recent_read (const char *const *paths, int most, GCancellable *cancellable)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_recent_free);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  for (; *paths != NULL && (int) list->len < most && !g_cancellable_is_cancelled (cancellable); paths++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (*paths);
      g_autoptr (GFileInfo) info =
          g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, cancellable, NULL);
      g_autoptr (GDateTime) then = info != NULL ? g_file_info_get_modification_date_time (info) : NULL;
      g_autofree char *parts = g_strconcat (*paths, ".parts", NULL);
      const gboolean experiment = g_str_has_suffix (*paths, ".json");
      RheoRecent *recent;

      /* A run that is being written may have nothing but its parts. */
      if (then == NULL && (experiment || !g_file_test (parts, G_FILE_TEST_IS_DIR)))
        continue;
      recent = g_new0 (RheoRecent, 1);
      recent->path = g_strdup (*paths);
      recent->name = g_path_get_basename (*paths);
      if (experiment)
        describe_experiment (recent, then, now);
      else
        describe_run (recent, now);
      g_ptr_array_add (list, recent);
    }
  return list;
}
