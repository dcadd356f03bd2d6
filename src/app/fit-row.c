#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/fit-row.h"

struct _RheoFitRow
{
  GtkWidget parent_instance;
  int spacing;
};

G_DEFINE_FINAL_TYPE (RheoFitRow, rheo_fit_row, GTK_TYPE_WIDGET)

static int
least_width (GtkWidget *child)
{
  int least;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  const int spacing = RHEO_FIT_ROW (widget)->spacing;
  int n = 0;

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), n++)
    {
      int least, wanted;

      gtk_widget_measure (child, orientation, -1, &least, &wanted, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        {
          *minimum = MAX (*minimum, least);
          *natural = MAX (*natural, wanted);
          continue;
        }
      /* The first one is always there. */
      if (n == 0)
        *minimum = least;
      *natural += wanted + (n > 0 ? spacing : 0);
    }
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  const int spacing = RHEO_FIT_ROW (widget)->spacing;
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int n = 0, used = 0, widest = 0, x = 0;
  gboolean equal;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), n++)
    {
      const int least = least_width (child), more = least + (n > 0 ? spacing : 0);

      if (n > 0 && used + more > width)
        break;
      used += more;
      widest = MAX (widest, least);
    }
  equal = n > 0 && n * widest + (n - 1) * spacing <= width;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child), n--)
    {
      int w;

      gtk_widget_set_child_visible (child, n > 0);
      if (n <= 0)
        continue;
      /* What is left is shared by those that are left. */
      w = equal ? (width - x - (n - 1) * spacing) / n : least_width (child) + (width - used) / n;
      if (!equal)
        used += (width - used) / n;
      gtk_widget_size_allocate (child, &(GtkAllocation){ rtl ? width - x - w : x, 0, w, height }, -1);
      x += w + spacing;
    }
}

static void
dispose (GObject *object)
{
  rheo_fit_row_clear (RHEO_FIT_ROW (object));
  G_OBJECT_CLASS (rheo_fit_row_parent_class)->dispose (object);
}

static void
rheo_fit_row_class_init (RheoFitRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = dispose;
  GTK_WIDGET_CLASS (class)->measure = measure;
  GTK_WIDGET_CLASS (class)->size_allocate = size_allocate;
}

static void
rheo_fit_row_init (RheoFitRow *row)
{
}

GtkWidget *
rheo_fit_row_new (void)
{
  return g_object_new (RHEO_TYPE_FIT_ROW, NULL);
}

void
rheo_fit_row_set_spacing (RheoFitRow *row, int spacing)
{
  row->spacing = spacing;
  gtk_widget_queue_resize (GTK_WIDGET (row));
}

void
rheo_fit_row_append (RheoFitRow *row, GtkWidget *child)
{
  gtk_widget_insert_before (child, GTK_WIDGET (row), NULL);
}

void
rheo_fit_row_clear (RheoFitRow *row)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (row))) != NULL)
    gtk_widget_unparent (child);
}
