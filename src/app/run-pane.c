#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/run-pane.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/plot-toasts.h"
#include "app/run-source.h"
#include "app/run-text.h"
#include "app/tag-row.h"
#include "widgets/plot-card.h"
#include "widgets/scrubber.h"
#include "widgets/common.h"
#include "widgets/keys.h"
#include "widgets/number-text.h"
#include "widgets/tooltip.h"

#define RENEW 1000 /* ms between looks at a run that goes on */
#define CARD_HEIGHT 240

struct _RheoRunPane
{
  GtkWidget parent_instance;
  RheoContext *context;
  GtkWidget *scroll, *title, *star, *analyse, *facts, *go_on, *further, *further_popover, *more, *compare, *tags;
  GtkWidget *trouble, *scrub_card, *branch, *plots, *analyses;
  RheoScrubber *scrubber;
  RheoPlotGroup *group;
  GPtrArray *cards; /* borrowed */
  GPtrArray *given; /* RheoPlotSpec that each card got last, or NULL */
  char *path;
  RheoRunSource *source;
  RheoRunItem *item; /* or NULL: not in the folder */
  gulong item_changed;
  guint renew;
};

G_DEFINE_FINAL_TYPE (RheoRunPane, rheo_run_pane, GTK_TYPE_WIDGET)

enum
{
  COMPARE,
  TAG,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const RheoRunContents *
get_contents (RheoRunPane *pane)
{
  return pane->source != NULL ? rheo_run_source_get_contents (pane->source, 0) : NULL;
}

/* --- facts ----------------------------------------------------------------------------------------------------------- */

static const char *
component_title (const RheoExperiment *experiment, RheoSlot slot)
{
  const RheoComponent *component = rheo_experiment_get_component (experiment, slot);

  return component != NULL ? _ (component->title) : "–";
}

static const char *
state_words (const RheoRunContents *contents)
{
  static const struct
  {
    const char *reason, *words;
  } words[] = { { "budget", N_ ("done") },
                { "patience", N_ ("done, no better for long") },
                { "solved", N_ ("solved") },
                { "diverged", N_ ("diverged") },
                { "user", N_ ("stopped") } };

  if (contents->state == RHEO_RUN_RUNNING)
    return _ ("running");
  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (contents->stop_reason, words[i].reason) == 0)
      return _ (words[i].words);
  return _ ("interrupted");
}

static gboolean
is_current (RheoRunPane *pane)
{
  const char *path = rheo_session_get_path (pane->context->session);

  return rheo_session_is_going (pane->context->session) && g_strcmp0 (path, pane->path) == 0;
}

/* Resume where there is a rest of the budget, else train further. */
static void
update_go_on (RheoRunPane *pane, const RheoRunContents *contents)
{
  int budget = rheo_experiment_get_run (contents->experiment)->budget;
  gboolean running = contents->state == RHEO_RUN_RUNNING || is_current (pane);
  gboolean busy = rheo_session_is_going (pane->context->session);
  gboolean rest = contents->iteration < budget && g_strcmp0 (contents->stop_reason, "diverged") != 0
                  && g_strcmp0 (contents->stop_reason, "solved") != 0
                  && g_strcmp0 (contents->stop_reason, "patience") != 0;
  const char *why = running                        ? _ ("This run goes on")
                    : busy                         ? _ ("Another run goes on; stop it first")
                    : contents->n_checkpoints == 0 ? _ ("This run holds no checkpoint to go on from")
                                                   : NULL;

  gtk_widget_set_visible (pane->go_on, rest);
  gtk_widget_set_visible (pane->further, !rest);
  gtk_widget_set_sensitive (pane->go_on, why == NULL);
  gtk_widget_set_sensitive (pane->further, why == NULL);
  rheo_tooltip_set (pane->go_on, why != NULL ? why : _ ("Go on from the newest checkpoint"));
  rheo_tooltip_set (pane->further, why != NULL ? why : _ ("Go on with a larger budget"));
}

static void
update_facts (RheoRunPane *pane)
{
  const RheoRunContents *contents = get_contents (pane);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (pane->trouble, contents != NULL && contents->error != NULL);
  gtk_widget_set_visible (pane->scrub_card, contents != NULL && contents->error == NULL);
  gtk_widget_set_visible (pane->analyse, contents != NULL && contents->error == NULL);
  if (contents == NULL || contents->error != NULL)
    {
      gtk_label_set_text (GTK_LABEL (pane->facts), contents == NULL ? _ ("Reading…") : "");
      gtk_label_set_text (GTK_LABEL (pane->trouble), contents != NULL ? contents->error : "");
      gtk_widget_set_visible (pane->go_on, FALSE);
      gtk_widget_set_visible (pane->further, FALSE);
      gtk_widget_set_visible (pane->analyses, FALSE);
      return;
    }
  text = g_strdup_printf (_ ("%s · %s · %s · seed %d · %s"), component_title (contents->experiment, RHEO_SLOT_TASK),
                          component_title (contents->experiment, RHEO_SLOT_MODEL),
                          component_title (contents->experiment, RHEO_SLOT_RULE),
                          rheo_experiment_get_run (contents->experiment)->seed, state_words (contents));
  gtk_label_set_text (GTK_LABEL (pane->facts), text);
  update_go_on (pane, contents);
  gtk_widget_set_visible (pane->analyses, contents->analyses != NULL && contents->analyses[0] != NULL);
  if (contents->analyses != NULL && contents->analyses[0] != NULL)
    {
      g_autofree char *all = g_strjoinv (", ", contents->analyses), *line = g_strdup_printf (_ ("Analyses: %s"), all);

      gtk_label_set_text (GTK_LABEL (pane->analyses), line);
    }
}

/* --- tags ------------------------------------------------------------------------------------------------------------ */

static void
update_tags (RheoRunPane *pane)
{
  static const char *const none[] = { NULL };
  const RheoRunFacts *facts = pane->item != NULL ? rheo_run_item_get_facts (pane->item) : NULL;
  const char *const *tags = facts != NULL && facts->tags != NULL ? facts->tags : none;
  gboolean starred = g_strv_contains (tags, "star");
  const char *label = starred ? _ ("Remove the star") : _ ("Star this run");

  rheo_tag_row_set_tags (RHEO_TAG_ROW (pane->tags), tags);
  gtk_widget_set_sensitive (pane->tags, pane->item != NULL);
  rheo_tooltip_set (pane->tags, pane->item != NULL ? NULL : _ ("Only runs in the runs folder have tags"));
  gtk_button_set_icon_name (GTK_BUTTON (pane->star), starred ? "starred-symbolic" : "non-starred-symbolic");
  if (starred)
    gtk_widget_add_css_class (pane->star, "run-star");
  else
    gtk_widget_remove_css_class (pane->star, "run-star");
  gtk_widget_set_sensitive (pane->star, pane->item != NULL);
  rheo_tooltip_set (pane->star, pane->item != NULL ? label : _ ("Only runs in the runs folder have tags"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->star), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
change_tag (RheoRunPane *pane, const char *tag, gboolean there)
{
  if (pane->item != NULL)
    g_signal_emit (pane, signals[TAG], 0, tag, there);
}

static void
on_tag_added (RheoRunPane *pane, const char *tag)
{
  change_tag (pane, tag, TRUE);
}

static void
on_tag_removed (RheoRunPane *pane, const char *tag)
{
  change_tag (pane, tag, FALSE);
}

static void
on_star (RheoRunPane *pane)
{
  change_tag (pane, "star", pane->item != NULL && !rheo_run_is_starred (rheo_run_item_get_facts (pane->item)));
}

static void
follow_item (RheoRunPane *pane)
{
  RheoRunItem *item = pane->path != NULL ? rheo_library_find (pane->context->library, pane->path) : NULL;

  if (item != pane->item)
    {
      g_clear_signal_handler (&pane->item_changed, pane->item);
      g_set_object (&pane->item, item);
      if (item != NULL)
        pane->item_changed =
            g_signal_connect_object (item, "changed", G_CALLBACK (update_tags), pane, G_CONNECT_SWAPPED);
    }
  update_tags (pane);
}

/* --- plots ----------------------------------------------------------------------------------------------------------- */

static void
set_card_count (RheoRunPane *pane, guint n)
{
  while (pane->cards->len > n)
    {
      gtk_box_remove (GTK_BOX (pane->plots), g_ptr_array_index (pane->cards, pane->cards->len - 1));
      g_ptr_array_set_size (pane->cards, (int) pane->cards->len - 1);
      g_ptr_array_set_size (pane->given, (int) pane->cards->len);
    }
  while (pane->cards->len < n)
    {
      GtkWidget *card = rheo_plot_card_new (pane->group);
      RheoPlotView *view = rheo_plot_card_get_view (RHEO_PLOT_CARD (card));

      rheo_widget_set_text_height (card, CARD_HEIGHT);
      rheo_plot_toasts_follow (view);
      gtk_box_append (GTK_BOX (pane->plots), card);
      g_ptr_array_add (pane->cards, card);
    }
}

/* Plots that are scrolled away come last. */
static void
update_seen (RheoRunPane *pane)
{
  GtkAdjustment *place;
  GtkWidget *box;
  double top, bottom;
  uint64_t seen = 0;

  if (pane->source == NULL)
    return;
  place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (pane->scroll));
  top = gtk_adjustment_get_value (place);
  bottom = top + gtk_adjustment_get_page_size (place);
  box = gtk_widget_get_parent (pane->plots);
  for (guint i = 0; i < MIN (pane->cards->len, 64); i++)
    {
      graphene_rect_t at;

      if (!gtk_widget_compute_bounds (g_ptr_array_index (pane->cards, i), box, &at)
          || (at.origin.y < bottom && at.origin.y + at.size.height > top))
        seen |= (uint64_t) 1 << i;
    }
  rheo_run_source_set_seen (pane->source, pane->cards->len > 0 ? seen : UINT64_MAX);
}

static void
name_view (RheoRunPane *pane, RheoPlotView *view, const RheoPlotSpec *spec)
{
  const RheoRunContents *contents = get_contents (pane);
  g_autofree char *low = g_ascii_strdown (spec->title != NULL ? spec->title : spec->kind->base.id, -1), *stem = NULL;
  g_autofree char *folder = rheo_run_dup_figures (pane->path);

  g_strcanon (low, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  stem = g_strdup_printf ("%s-%s", contents->name, low);
  rheo_plot_view_set_name (view, rheo_plot_get_title (spec), stem, folder);
}

static gboolean
is_over_training (const RheoPlotSpec *spec)
{
  for (int i = 0; i < spec->n_bindings; i++)
    if (g_str_equal (spec->binding[i].column->key, "iteration"))
      return TRUE;
  return FALSE;
}

/* Tables never change: the same ones make the same picture. */
static gboolean
is_same (const RheoPlotSpec *a, const RheoPlotSpec *b)
{
  gboolean same = a->kind == b->kind && a->n_bindings == b->n_bindings && a->n_bindings > 0 && a->title == b->title
                  && a->subtitle == b->subtitle && a->when == b->when;

  for (int i = 0; i < a->n_bindings && same; i++)
    same = a->binding[i].role == b->binding[i].role && a->binding[i].table == b->binding[i].table
           && a->binding[i].column == b->binding[i].column && a->binding[i].label == b->binding[i].label;
  return same;
}

static void
on_ready (RheoRunPane *pane, gint64 at)
{
  const GPtrArray *specs = rheo_run_source_get_specs (pane->source);

  set_card_count (pane, specs->len);
  g_ptr_array_set_size (pane->given, (int) specs->len);
  for (guint i = 0; i < specs->len; i++)
    {
      const RheoPlotSpec *made = g_ptr_array_index (specs, i), *given = g_ptr_array_index (pane->given, i);
      RheoPlotCard *card = g_ptr_array_index (pane->cards, i);
      RheoPlotView *view = rheo_plot_card_get_view (card);

      /* The last plot stays until the new one is there, and where nothing has changed. */
      if (made == NULL)
        continue;
      rheo_plot_view_set_cursor (view, is_over_training (made) ? rheo_scrubber_get_iteration (pane->scrubber) : NAN);
      if (given != NULL && is_same (made, given))
        continue;
      rheo_plot_spec_free (g_ptr_array_index (pane->given, i));
      g_ptr_array_index (pane->given, i) = rheo_plot_spec_dup (made);
      name_view (pane, view, made);
      rheo_plot_card_take_spec (card, rheo_plot_spec_dup (made));
    }
  update_seen (pane);
}

/* --- the place ------------------------------------------------------------------------------------------------------- */

static void
update_branch (RheoRunPane *pane)
{
  gboolean can = rheo_scrubber_is_checkpoint (pane->scrubber);
  double nearest = rheo_scrubber_get_nearest_checkpoint (pane->scrubber);
  g_autofree char *shown = rheo_number_dup_fixed (nearest, 0);
  g_autofree char *why = isfinite (nearest) ? g_strdup_printf (_ ("Nearest checkpoint: %s"), shown)
                                            : g_strdup (_ ("This run holds no checkpoint"));

  gtk_widget_set_sensitive (pane->branch, can);
  rheo_tooltip_set (pane->branch, can ? _ ("Set up a run that continues from here (Ctrl+B)") : why);
}

static void
on_moved (RheoRunPane *pane)
{
  double at = rheo_scrubber_get_iteration (pane->scrubber);

  if (pane->source == NULL || !isfinite (at))
    return;
  rheo_run_source_request (pane->source, (int64_t) at);
  for (guint i = 0; i < pane->cards->len; i++)
    {
      RheoPlotView *view = rheo_plot_card_get_view (g_ptr_array_index (pane->cards, i));
      const RheoPlotSpec *spec = rheo_plot_view_get_spec (view);

      if (spec != NULL && is_over_training (spec))
        rheo_plot_view_set_cursor (view, at);
    }
  update_branch (pane);
}

static void
on_branch (RheoRunPane *pane)
{
  if (pane->path != NULL && rheo_scrubber_is_checkpoint (pane->scrubber))
    gtk_widget_activate_action (GTK_WIDGET (pane), "win.branch", "(sx)", pane->path,
                                (gint64) rheo_scrubber_get_iteration (pane->scrubber));
}

static void
on_opened (RheoRunPane *pane)
{
  const RheoRunContents *contents = get_contents (pane);
  double before = rheo_scrubber_get_iteration (pane->scrubber);

  update_facts (pane);
  if (contents->error != NULL)
    {
      set_card_count (pane, 0);
      return;
    }
  rheo_scrubber_set_marks (pane->scrubber, contents->epochs, contents->n_epochs, contents->checkpoints,
                           contents->n_checkpoints, contents->budget, contents->unit);
  /* Without snapshots there are still curves over training; the first time nothing was asked for yet. */
  if (!isfinite (rheo_scrubber_get_iteration (pane->scrubber)))
    rheo_run_source_request (pane->source, -1);
  else if (before == rheo_scrubber_get_iteration (pane->scrubber))
    on_moved (pane);
  update_branch (pane);
}

/* --- going on -------------------------------------------------------------------------------------------------------- */

static void
on_go_on (RheoRunPane *pane)
{
  gtk_widget_activate_action (GTK_WIDGET (pane), "win.resume", "s", pane->path);
}

static void
on_further (RheoRunPane *pane)
{
  const RheoRunContents *contents = get_contents (pane);
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autofree char *json = NULL;
  RheoRunRows *rows;

  if (contents == NULL || contents->experiment == NULL)
    return;
  experiment = rheo_experiment_dup (contents->experiment);
  rows = rheo_experiment_get_run (experiment);
  rows->budget =
      (int) MAX (rows->budget, contents->iteration) + gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (pane->more));
  json = rheo_experiment_dup_json (experiment);
  gtk_popover_popdown (GTK_POPOVER (pane->further_popover));
  gtk_widget_activate_action (GTK_WIDGET (pane), "win.further", "(ss)", pane->path, json);
}

static void
on_analyse (RheoRunPane *pane)
{
  gtk_widget_activate_action (GTK_WIDGET (pane), "win.analyse", "s", pane->path);
}

static void
on_compare (RheoRunPane *pane)
{
  if (pane->path != NULL)
    g_signal_emit (pane, signals[COMPARE], 0, pane->path);
}

/* --- news ------------------------------------------------------------------------------------------------------------ */

static gboolean
on_renew (gpointer data)
{
  RheoRunPane *pane = data;

  pane->renew = 0;
  if (pane->source != NULL)
    rheo_run_source_reload (pane->source);
  return G_SOURCE_REMOVE;
}

static void
on_session (RheoRunPane *pane)
{
  if (is_current (pane) && pane->renew == 0 && gtk_widget_get_mapped (GTK_WIDGET (pane)))
    pane->renew = g_timeout_add (RENEW, on_renew, pane);
}

static void
on_stopped (RheoRunPane *pane)
{
  if (pane->source != NULL)
    rheo_run_source_reload (pane->source);
}

void
rheo_run_pane_show (RheoRunPane *pane, const char *path)
{
  const char *const paths[] = { path, NULL };
  g_autofree char *name = rheo_run_dup_stem (path);

  if (g_strcmp0 (pane->path, path) == 0)
    {
      rheo_run_source_reload (pane->source);
      follow_item (pane);
      return;
    }
  g_free (pane->path);
  pane->path = g_strdup (path);
  gtk_label_set_text (GTK_LABEL (pane->title), name);
  rheo_tooltip_set (pane->title, path);
  if (pane->source != NULL)
    g_signal_handlers_disconnect_by_data (pane->source, pane);
  g_clear_object (&pane->source);
  pane->source = rheo_run_source_new (paths);
  for (guint i = 0; i < pane->cards->len; i++)
    rheo_plot_view_begin (rheo_plot_card_get_view (g_ptr_array_index (pane->cards, i)));
  g_signal_connect_object (pane->source, "opened", G_CALLBACK (on_opened), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (pane->source, "ready", G_CALLBACK (on_ready), pane, G_CONNECT_SWAPPED);
  rheo_scrubber_set_marks (pane->scrubber, NULL, 0, NULL, 0, 1, _ ("iteration"));
  follow_item (pane);
  update_facts (pane);
}

/* --- construction ---------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
new_button (const char *label, GCallback clicked, RheoRunPane *pane)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (button, "clicked", clicked, pane, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
make_further (RheoRunPane *pane)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *heading = new_label ("heading");
  GtkWidget *start = new_button (_ ("Train"), G_CALLBACK (on_further), pane);

  gtk_label_set_text (GTK_LABEL (heading), _ ("Iterations more"));
  pane->more = gtk_spin_button_new_with_range (1, 1000000, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (pane->more), 10);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->more), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Iterations more"),
                                  -1);
  gtk_widget_add_css_class (start, "suggested-action");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), pane->more);
  gtk_box_append (GTK_BOX (box), start);
  pane->further_popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (pane->further_popover), box);
  pane->further = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (pane->further), _ ("Train further"));
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (pane->further), FALSE);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (pane->further), pane->further_popover);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->further), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Train further"),
                                  -1);
  return pane->further;
}

static GtkWidget *
make_head (RheoRunPane *pane)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *name = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  pane->title = new_label ("title-4");
  gtk_label_set_ellipsize (GTK_LABEL (pane->title), PANGO_ELLIPSIZE_MIDDLE);
  pane->star = gtk_button_new_from_icon_name ("non-starred-symbolic");
  gtk_widget_add_css_class (pane->star, "flat");
  g_signal_connect_object (pane->star, "clicked", G_CALLBACK (on_star), pane, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (name), pane->title);
  gtk_box_append (GTK_BOX (name), pane->star);
  pane->analyse = new_button (_ ("Take this network apart"), G_CALLBACK (on_analyse), pane);
  gtk_button_set_icon_name (GTK_BUTTON (pane->analyse), "rheobase-analyse-symbolic");
  gtk_widget_add_css_class (pane->analyse, "flat");
  gtk_widget_set_tooltip_text (pane->analyse, _ ("Take this network apart"));
  gtk_box_append (GTK_BOX (name), pane->analyse);
  pane->facts = new_label ("caption");
  gtk_widget_add_css_class (pane->facts, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (pane->facts), TRUE);
  gtk_box_append (GTK_BOX (head), name);
  gtk_box_append (GTK_BOX (head), pane->facts);
  return head;
}

static GtkWidget *
make_actions (RheoRunPane *pane)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  pane->tags = rheo_tag_row_new ();
  g_signal_connect_object (pane->tags, "add", G_CALLBACK (on_tag_added), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (pane->tags, "remove", G_CALLBACK (on_tag_removed), pane, G_CONNECT_SWAPPED);
  gtk_widget_set_hexpand (pane->tags, TRUE);
  pane->go_on = new_button (_ ("Resume"), G_CALLBACK (on_go_on), pane);
  pane->compare = new_button (_ ("Compare"), G_CALLBACK (on_compare), pane);
  gtk_widget_set_tooltip_text (pane->compare, _ ("Put this run beside the ticked ones"));
  gtk_box_append (GTK_BOX (row), pane->tags);
  gtk_box_append (GTK_BOX (row), pane->go_on);
  gtk_box_append (GTK_BOX (row), make_further (pane));
  gtk_box_append (GTK_BOX (row), pane->compare);
  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_valign (child, GTK_ALIGN_CENTER);
  return row;
}

static GtkWidget *
make_scrubber (RheoRunPane *pane)
{
  pane->scrubber = RHEO_SCRUBBER (rheo_scrubber_new ());
  pane->branch = rheo_text_button_new (_ ("Branch from here"), "rheobase-branch-symbolic");
  g_signal_connect_object (pane->branch, "clicked", G_CALLBACK (on_branch), pane, G_CONNECT_SWAPPED);
  rheo_scrubber_take_extra (pane->scrubber, pane->branch);
  g_signal_connect_object (pane->scrubber, "moved", G_CALLBACK (on_moved), pane, G_CONNECT_SWAPPED);
  pane->scrub_card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (pane->scrub_card, "card");
  gtk_widget_add_css_class (pane->scrub_card, "scrub-card");
  gtk_box_append (GTK_BOX (pane->scrub_card), GTK_WIDGET (pane->scrubber));
  gtk_widget_set_hexpand (GTK_WIDGET (pane->scrubber), TRUE);
  return pane->scrub_card;
}

/* --- the widget ------------------------------------------------------------------------------------------------------ */

static void
act_branch (GtkWidget *widget, const char *name, GVariant *target)
{
  on_branch (RHEO_RUN_PANE (widget));
}

static void
act_step (GtkWidget *widget, const char *name, GVariant *target)
{
  rheo_scrubber_step (RHEO_RUN_PANE (widget)->scrubber, g_variant_get_int32 (target));
}

static void
dispose (GObject *object)
{
  RheoRunPane *pane = RHEO_RUN_PANE (object);

  g_clear_handle_id (&pane->renew, g_source_remove);
  g_clear_object (&pane->source);
  g_clear_signal_handler (&pane->item_changed, pane->item);
  g_clear_object (&pane->item);
  g_clear_object (&pane->group);
  g_clear_pointer (&pane->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS (rheo_run_pane_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_ptr_array_unref (RHEO_RUN_PANE (object)->cards);
  g_ptr_array_unref (RHEO_RUN_PANE (object)->given);
  g_free (RHEO_RUN_PANE (object)->path);
  G_OBJECT_CLASS (rheo_run_pane_parent_class)->finalize (object);
}

static void
rheo_run_pane_class_init (RheoRunPaneClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  G_OBJECT_CLASS (class)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget, "run.branch", NULL, act_branch);
  gtk_widget_class_install_action (widget, "run.step", "i", act_step);
  signals[COMPARE] =
      g_signal_new ("compare", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TAG] =
      g_signal_new ("tag", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
rheo_run_pane_init (RheoRunPane *pane)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkEventController *keys;
  GtkAdjustment *place;

  pane->cards = g_ptr_array_new ();
  pane->given = g_ptr_array_new_with_free_func ((GDestroyNotify) rheo_plot_spec_free);
  pane->group = rheo_plot_group_new ();
  pane->trouble = new_label ("warning-box");
  gtk_label_set_wrap (GTK_LABEL (pane->trouble), TRUE);
  gtk_label_set_selectable (GTK_LABEL (pane->trouble), TRUE);
  pane->plots = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  pane->analyses = new_label ("caption");
  gtk_label_set_wrap (GTK_LABEL (pane->analyses), TRUE);
  gtk_label_set_selectable (GTK_LABEL (pane->analyses), TRUE);
  gtk_widget_add_css_class (box, "run-pane");
  gtk_box_append (GTK_BOX (box), make_head (pane));
  gtk_box_append (GTK_BOX (box), make_actions (pane));
  gtk_box_append (GTK_BOX (box), pane->trouble);
  gtk_box_append (GTK_BOX (box), make_scrubber (pane));
  gtk_box_append (GTK_BOX (box), pane->plots);
  gtk_box_append (GTK_BOX (box), pane->analyses);
  pane->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (pane->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (pane->scroll), box);
  place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (pane->scroll));
  g_signal_connect_object (place, "value-changed", G_CALLBACK (update_seen), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (place, "changed", G_CALLBACK (update_seen), pane, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (pane->scroll, GTK_WIDGET (pane));
  keys = rheo_keys_new (RHEO_KEYS_RUN);
  /* Before the scale and the page, which have uses of their own for them. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (pane), keys);
}

GtkWidget *
rheo_run_pane_new (RheoContext *context)
{
  RheoRunPane *pane = g_object_new (RHEO_TYPE_RUN_PANE, NULL);

  pane->context = context;
  g_signal_connect_object (context->session, "metrics", G_CALLBACK (on_session), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->session, "stopped", G_CALLBACK (on_stopped), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (context->library, "items-changed", G_CALLBACK (follow_item), pane, G_CONNECT_SWAPPED);
  return GTK_WIDGET (pane);
}
