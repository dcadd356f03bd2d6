#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/wrap-row.h"

struct _RheoWrapRow
{
  GtkWidget parent_instance;
  int space;
};

G_DEFINE_FINAL_TYPE (RheoWrapRow, rheo_wrap_row, GTK_TYPE_WIDGET)

/* --- rows of any widget ------------------------------------------------------------------------------------------ */

static void
place_child (GtkWidget *of, GtkWidget *child, GtkAllocation at, int width)
{
  if (gtk_widget_get_direction (of) == GTK_TEXT_DIR_RTL)
    at.x = width - at.x - at.width;
  gtk_widget_size_allocate (child, &at, -1);
}

int
rheo_wrap_lay_out (GtkWidget *of, int space, int row_space, int most_rows, int width, int top, gboolean place)
{
  int x = 0, y = top, row = 0, n_rows = 1;

  for (GtkWidget *child = gtk_widget_get_first_child (of); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int w, h;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &w, NULL, NULL);
      w = MIN (w, MAX (width, 1));
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, w, NULL, &h, NULL, NULL);
      if (x > 0 && x + w > width)
        {
          n_rows++;
          x = 0;
          if (n_rows <= most_rows)
            {
              y += row + row_space;
              row = 0;
            }
        }
      if (place)
        gtk_widget_set_child_visible (child, n_rows <= most_rows);
      if (n_rows > most_rows)
        continue;
      if (place)
        place_child (of, child, (GtkAllocation){ x, y, w, h }, width);
      row = MAX (row, h);
      x += w + space;
    }
  return y + row - top;
}

void
rheo_wrap_measure (GtkWidget *of, int space, int row_space, int most_rows, GtkOrientation orientation, int for_size,
                   int *minimum, int *natural)
{
  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural =
          rheo_wrap_lay_out (of, space, row_space, most_rows, for_size < 0 ? G_MAXINT / 2 : for_size, 0, FALSE);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (of); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int least, w;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, -1, &least, &w, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural += w + (*natural > 0 ? space : 0);
    }
}

/* --- the widget ----------------------------------------------------------------------------------------------------- */

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  const int space = RHEO_WRAP_ROW (widget)->space;

  rheo_wrap_measure (widget, space, space, G_MAXINT, orientation, for_size, minimum, natural);
}

/* In the middle of its height, as a single row beside higher ones is. */
static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  const int space = RHEO_WRAP_ROW (widget)->space;
  const int need = rheo_wrap_lay_out (widget, space, space, G_MAXINT, width, 0, FALSE);

  rheo_wrap_lay_out (widget, space, space, G_MAXINT, width, MAX (height - need, 0) / 2, TRUE);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rheo_wrap_row_parent_class)->dispose (object);
}

static void
rheo_wrap_row_class_init (RheoWrapRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  widget_class->get_request_mode = get_request_mode;
}

static void
rheo_wrap_row_init (RheoWrapRow *row)
{
}

GtkWidget *
rheo_wrap_row_new (int space)
{
  RheoWrapRow *row = g_object_new (RHEO_TYPE_WRAP_ROW, NULL);

  row->space = space;
  return GTK_WIDGET (row);
}

void
rheo_wrap_row_insert_before (RheoWrapRow *row, GtkWidget *child, GtkWidget *before)
{
  gtk_widget_insert_before (child, GTK_WIDGET (row), before);
}
