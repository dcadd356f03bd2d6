#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/analyse-inputs.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/run-text.h"
#include "engine/field-trials.h"
#include "widgets/tooltip.h"

#define MOST 12
#define TRIALS 64
#define SAME 1e-9

struct _RheoAnalyseInputs
{
  AdwBin parent_instance;
  GtkWidget *choice;
  GPtrArray *all; /* GArray of double: of the task, then one that is not of it */
  int n_own;
  RheoExperiment *experiment;
  GCancellable *reading;
  char *numbers; /* in force, or NULL */
  gboolean there;
  gboolean choosing; /* the user is: the list stays as it is */
};

G_DEFINE_FINAL_TYPE (RheoAnalyseInputs, rheo_analyse_inputs, ADW_TYPE_BIN)

static guint chosen_signal;

/* --- numbers ------------------------------------------------------------------------------------------------------------- */

static GArray *
read_numbers (const char *text)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", " ,;", -1);

  for (int i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      {
        const double number = g_ascii_strtod (words[i], NULL);

        g_array_append_val (numbers, number);
      }
  return numbers;
}

static double
get (const GArray *numbers, guint i)
{
  return i < numbers->len ? g_array_index (numbers, double, i) : 0;
}

/* What is not said is zero. */
static gboolean
is_same (const GArray *a, const GArray *b)
{
  for (guint i = 0; i < MAX (a->len, b->len); i++)
    if (!(fabs (get (a, i) - get (b, i)) < SAME))
      return FALSE;
  return TRUE;
}

static gboolean
is_zero (const GArray *numbers)
{
  for (guint i = 0; i < numbers->len; i++)
    if (get (numbers, i) != 0)
      return FALSE;
  return TRUE;
}

static char *
dup_numbers (const GArray *numbers)
{
  GString *text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < numbers->len && !is_zero (numbers); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", g_ascii_dtostr (number, sizeof number, get (numbers, i)));
  return g_string_free (text, FALSE);
}

/* "Input 0 0.5 −1". */
static char *
dup_label (const GArray *numbers)
{
  GString *text = g_string_new (_ ("Input"));

  for (guint i = 0; i < numbers->len; i++)
    {
      g_autofree char *number = rheo_number_with_minus (g_strdup_printf ("%.2g", get (numbers, i)));

      g_string_append_printf (text, " %s", number);
    }
  return g_string_free (text, FALSE);
}

/* --- choosing ------------------------------------------------------------------------------------------------------------ */

static void
on_selected (RheoAnalyseInputs *inputs)
{
  const guint i = gtk_drop_down_get_selected (GTK_DROP_DOWN (inputs->choice));
  g_autofree char *text = i < inputs->all->len ? dup_numbers (inputs->all->pdata[i]) : NULL;

  if (text == NULL)
    return;
  inputs->choosing = TRUE;
  g_signal_emit (inputs, chosen_signal, 0, text);
  inputs->choosing = FALSE;
}

/* One that is not of the task stands behind the others while it is in force. */
static void
update (RheoAnalyseInputs *inputs)
{
  g_autoptr (GArray) now = read_numbers (inputs->numbers);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint at = 0;

  if (inputs->choosing)
    return;
  g_ptr_array_set_size (inputs->all, inputs->n_own);
  while (at < inputs->all->len && !is_same (now, inputs->all->pdata[at]))
    at++;
  if (at == inputs->all->len)
    g_ptr_array_add (inputs->all, g_array_ref (now));
  for (guint i = 0; i < inputs->all->len; i++)
    {
      g_autofree char *label = dup_label (inputs->all->pdata[i]);

      gtk_string_list_append (names, label);
    }
  g_signal_handlers_block_by_func (inputs->choice, on_selected, inputs);
  gtk_drop_down_set_model (GTK_DROP_DOWN (inputs->choice), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (inputs->choice), at);
  g_signal_handlers_unblock_by_func (inputs->choice, on_selected, inputs);
  gtk_widget_set_sensitive (inputs->choice, inputs->there);
  rheo_tooltip_set (inputs->choice, inputs->there ? _ ("What the network sees all the time")
                                                  : _ ("The chosen analysis has no input of its own"));
}

void
rheo_analyse_inputs_set (RheoAnalyseInputs *inputs, const char *numbers)
{
  const gboolean there = numbers != NULL;

  if (there == inputs->there && g_strcmp0 (numbers, inputs->numbers) == 0)
    return;
  inputs->there = there;
  g_free (inputs->numbers);
  inputs->numbers = g_strdup (numbers);
  update (inputs);
}

/* --- those of a task ----------------------------------------------------------------------------------------------------- */

static void
read_thread (GTask *task, gpointer source, gpointer experiment, GCancellable *cancellable)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (RheoFieldTrials) trials = rheo_field_trials_new_unrun (experiment, TRIALS, NULL);
  int n = 0;
  g_autofree double *inputs = trials != NULL ? rheo_field_trials_dup_inputs (trials, MOST, &n) : NULL;

  for (int i = 0; i < n; i++)
    {
      GArray *numbers = g_array_new (FALSE, FALSE, sizeof (double));

      g_array_append_vals (numbers, inputs + i * trials->n_in, (guint) trials->n_in);
      g_ptr_array_add (all, numbers);
    }
  g_task_return_pointer (task, all, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer data)
{
  RheoAnalyseInputs *inputs = RHEO_ANALYSE_INPUTS (object);
  g_autoptr (GPtrArray) all = g_task_propagate_pointer (G_TASK (result), NULL);

  if (all == NULL || g_task_get_cancellable (G_TASK (result)) != inputs->reading)
    return;
  g_clear_object (&inputs->reading);
  g_ptr_array_unref (inputs->all);
  inputs->all = g_steal_pointer (&all);
  inputs->n_own = (int) inputs->all->len;
  update (inputs);
}

static void
leave (RheoAnalyseInputs *inputs)
{
  if (inputs->reading != NULL)
    g_cancellable_cancel (inputs->reading);
  g_clear_object (&inputs->reading);
}

void
rheo_analyse_inputs_set_experiment (RheoAnalyseInputs *inputs, const RheoExperiment *experiment)
{
  g_autoptr (GTask) task = NULL;

  if ((experiment == NULL && inputs->experiment == NULL)
      || (experiment != NULL && inputs->experiment != NULL && rheo_experiment_equal (experiment, inputs->experiment)))
    return;
  leave (inputs);
  g_clear_pointer (&inputs->experiment, rheo_experiment_free);
  inputs->n_own = 0;
  update (inputs);
  if (experiment == NULL)
    return;
  inputs->experiment = rheo_experiment_dup (experiment);
  inputs->reading = g_cancellable_new ();
  task = g_task_new (inputs, inputs->reading, on_read, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, rheo_experiment_dup (experiment), (GDestroyNotify) rheo_experiment_free);
  g_task_run_in_thread (task, read_thread);
}

/* --- the widget ---------------------------------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  leave (RHEO_ANALYSE_INPUTS (object));
  G_OBJECT_CLASS (rheo_analyse_inputs_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RheoAnalyseInputs *inputs = RHEO_ANALYSE_INPUTS (object);

  g_clear_pointer (&inputs->experiment, rheo_experiment_free);
  g_ptr_array_unref (inputs->all);
  g_free (inputs->numbers);
  G_OBJECT_CLASS (rheo_analyse_inputs_parent_class)->finalize (object);
}

static void
rheo_analyse_inputs_class_init (RheoAnalyseInputsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
rheo_analyse_inputs_init (RheoAnalyseInputs *inputs)
{
  inputs->all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  inputs->choice = gtk_drop_down_new (NULL, NULL);
  gtk_widget_set_valign (inputs->choice, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (inputs->choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Input"), -1);
  g_signal_connect_swapped (inputs->choice, "notify::selected", G_CALLBACK (on_selected), inputs);
  adw_bin_set_child (ADW_BIN (inputs), inputs->choice);
  update (inputs);
}

GtkWidget *
rheo_analyse_inputs_new (void)
{
  return g_object_new (RHEO_TYPE_ANALYSE_INPUTS, NULL);
}
