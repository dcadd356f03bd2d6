#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/split.h"

struct _RheoSplit
{
  GtkWidget parent_instance;
  GtkWidget *paned;
  GSettings *settings;
  const char *key; /* interned */
  gboolean of_end, placing;
};

G_DEFINE_FINAL_TYPE (RheoSplit, rheo_split, GTK_TYPE_WIDGET)

static int
find_least (GtkWidget *widget, GtkOrientation orientation, int across)
{
  int least;

  gtk_widget_measure (widget, orientation, across, &least, NULL, NULL, NULL);
  return least;
}

/* Of the handle, which is the child of the paned that nobody gave to it. */
static int
find_handle (GtkPaned *paned, GtkOrientation orientation)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (paned));

  while (child == gtk_paned_get_start_child (paned) || child == gtk_paned_get_end_child (paned))
    child = gtk_widget_get_next_sibling (child);
  return find_least (child, orientation, -1);
}

static void
place (RheoSplit *split, int width, int height)
{
  GtkPaned *paned = GTK_PANED (split->paned);
  GtkWidget *start = gtk_paned_get_start_child (paned), *end = gtk_paned_get_end_child (paned);
  const GtkOrientation orientation = gtk_orientable_get_orientation (GTK_ORIENTABLE (paned));
  const gboolean across = orientation == GTK_ORIENTATION_VERTICAL;
  int room, position, wanted = g_settings_get_int (split->settings, split->key);

  if (!gtk_widget_get_visible (start) || !gtk_widget_get_visible (end))
    return;
  room = (across ? height : width) - find_handle (paned, orientation);
  position = split->of_end ? room - wanted : wanted;
  position = MIN (position, room - find_least (end, orientation, across ? width : -1));
  position = MAX (position, find_least (start, orientation, across ? width : -1));
  gtk_paned_set_position (paned, position);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  RheoSplit *split = RHEO_SPLIT (widget);

  split->placing = TRUE;
  place (split, width, height);
  gtk_widget_allocate (split->paned, width, height, baseline, NULL);
  split->placing = FALSE;
}

/* Only what the user moves is kept: what a small window makes of it is over with the small window. */
static void
on_moved (RheoSplit *split)
{
  GtkPaned *paned = GTK_PANED (split->paned);
  const GtkOrientation orientation = gtk_orientable_get_orientation (GTK_ORIENTABLE (paned));
  const int size = orientation == GTK_ORIENTATION_VERTICAL ? gtk_widget_get_height (split->paned)
                                                           : gtk_widget_get_width (split->paned);
  const int position = gtk_paned_get_position (paned);

  if (split->placing || size == 0)
    return;
  g_settings_set_int (split->settings, split->key,
                      split->of_end ? size - find_handle (paned, orientation) - position : position);
}

static void
dispose (GObject *object)
{
  RheoSplit *split = RHEO_SPLIT (object);

  g_clear_pointer (&split->paned, gtk_widget_unparent);
  g_clear_object (&split->settings);
  G_OBJECT_CLASS (rheo_split_parent_class)->dispose (object);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  gtk_widget_measure (RHEO_SPLIT (widget)->paned, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
rheo_split_class_init (RheoSplitClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
  GTK_WIDGET_CLASS (class)->measure = measure;
}

static void
rheo_split_init (RheoSplit *split)
{
}

GtkWidget *
rheo_split_new (GtkOrientation orientation, GtkWidget *start, GtkWidget *end, GSettings *settings, const char *key,
                gboolean of_end)
{
  RheoSplit *split = g_object_new (RHEO_TYPE_SPLIT, NULL);
  GtkPaned *paned = GTK_PANED (gtk_paned_new (orientation));

  split->paned = GTK_WIDGET (paned);
  split->settings = g_object_ref (settings);
  split->key = g_intern_string (key);
  split->of_end = of_end;
  gtk_paned_set_start_child (paned, start);
  gtk_paned_set_end_child (paned, end);
  gtk_paned_set_shrink_start_child (paned, FALSE);
  gtk_paned_set_shrink_end_child (paned, FALSE);
  /* The paned takes positions as they are given. */
  gtk_paned_set_resize_start_child (paned, FALSE);
  g_signal_connect_object (paned, "notify::position", G_CALLBACK (on_moved), split, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (split->paned, GTK_WIDGET (split));
  return GTK_WIDGET (split);
}

GtkPaned *
rheo_split_get_paned (RheoSplit *split)
{
  return GTK_PANED (split->paned);
}
