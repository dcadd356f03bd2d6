#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/toasts.h"

#define SLIDE_MS 500 /* as long as libadwaita's longest */
#define SHOWN_S 5

typedef struct
{
  AdwToastOverlay *overlay; /* borrowed */
  GQueue waiting;           /* of owned AdwToast */
  AdwToast *shown;          /* owned; NULL: none */
  GtkWidget *widget;        /* of the shown toast; weak: without animations it goes before its toast says so */
  AdwAnimation *slide;      /* owned; runs beside the overlay's own */
} Toasts;

static void show_next (Toasts *toasts);

static Toasts *
toasts_of (AdwToastOverlay *overlay)
{
  return g_object_get_data (G_OBJECT (overlay), "rheo-toasts");
}

static gboolean
is_sliding (Toasts *toasts)
{
  return adw_animation_get_state (toasts->slide) == ADW_ANIMATION_PLAYING;
}

/* From here on it may be hidden. */
static void
on_place (Toasts *toasts)
{
  if (toasts->shown == NULL || toasts->widget == NULL)
    return;
  gtk_widget_set_sensitive (toasts->widget, TRUE);
  adw_toast_set_timeout (toasts->shown, SHOWN_S);
  /* Of a toast that it has already, this begins the time anew. */
  adw_toast_overlay_add_toast (toasts->overlay, g_object_ref (toasts->shown));
}

/* The overlay hides it as soon as it is idle: two clicks that came together would do it twice. */
static void
button_clicked (AdwToast *toast, Toasts *toasts)
{
  if (toast == toasts->shown && toasts->widget != NULL)
    gtk_widget_set_sensitive (toasts->widget, FALSE);
}

static void
dismissed (AdwToast *toast, Toasts *toasts)
{
  if (toast != toasts->shown)
    return;
  if (toasts->widget != NULL)
    gtk_widget_set_sensitive (toasts->widget, FALSE);
  g_clear_weak_pointer (&toasts->widget);
  g_clear_object (&toasts->shown);
  /* Without a window the overlay itself goes. */
  if (gtk_widget_get_root (GTK_WIDGET (toasts->overlay)) != NULL)
    show_next (toasts);
}

static void
show_next (Toasts *toasts)
{
  if (toasts->shown != NULL || g_queue_is_empty (&toasts->waiting))
    return;
  toasts->shown = g_queue_pop_head (&toasts->waiting);
  adw_toast_set_timeout (toasts->shown, 0);
  adw_toast_overlay_add_toast (toasts->overlay, g_object_ref (toasts->shown));
  g_set_weak_pointer (&toasts->widget, gtk_widget_get_last_child (GTK_WIDGET (toasts->overlay)));
  gtk_widget_set_sensitive (toasts->widget, FALSE);
  /* After the overlay's own handler, which takes the toast out of its place. */
  g_signal_connect (toasts->shown, "dismissed", G_CALLBACK (dismissed), toasts);
  g_signal_connect (toasts->shown, "button-clicked", G_CALLBACK (button_clicked), toasts);
  adw_animation_play (toasts->slide);
}

static gboolean
escape (GtkEventControllerKey *keys, guint keyval, guint keycode, GdkModifierType state, Toasts *toasts)
{
  return keyval == GDK_KEY_Escape && is_sliding (toasts);
}

/* Only how long it goes on counts. */
static void
pass (double value, gpointer data)
{
}

static void
free_toasts (gpointer data)
{
  Toasts *toasts = data;

  g_clear_object (&toasts->slide);
  g_clear_weak_pointer (&toasts->widget);
  g_clear_object (&toasts->shown);
  g_queue_clear_full (&toasts->waiting, g_object_unref);
  g_free (toasts);
}

void
rheo_toasts_init (AdwToastOverlay *overlay)
{
  Toasts *toasts = g_new0 (Toasts, 1);
  GtkEventController *keys = gtk_event_controller_key_new ();

  toasts->overlay = overlay;
  toasts->slide = adw_timed_animation_new (GTK_WIDGET (overlay), 0, 1, SLIDE_MS,
                                           adw_callback_animation_target_new (pass, NULL, NULL));
  g_signal_connect_swapped (toasts->slide, "done", G_CALLBACK (on_place), toasts);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (escape), toasts);
  gtk_widget_add_controller (adw_toast_overlay_get_child (overlay), keys);
  g_object_set_data_full (G_OBJECT (overlay), "rheo-toasts", toasts, free_toasts);
}

void
rheo_toasts_take (AdwToastOverlay *overlay, AdwToast *toast)
{
  Toasts *toasts = toasts_of (overlay);

  g_queue_push_tail (&toasts->waiting, toast);
  show_next (toasts);
}

gboolean
rheo_toasts_change (AdwToastOverlay *overlay, AdwToast *toast, const char *text)
{
  Toasts *toasts = toasts_of (overlay);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (toast == toasts->shown && !is_sliding (toasts))
    {
      if (toasts->widget == NULL || !gtk_widget_get_sensitive (toasts->widget))
        return FALSE;
      adw_toast_overlay_add_toast (overlay, g_object_ref (toast));
    }
  adw_toast_set_title (toast, escaped);
  return TRUE;
}
