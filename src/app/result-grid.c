#define G_LOG_DOMAIN "rheo-app"

#include "config.h"

#include "app/result-grid.h"

#define GAP 10
#define MOST_COLUMNS 2

struct _RheoResultGrid
{
  GtkWidget parent_instance;
  int card_width;
};

G_DEFINE_FINAL_TYPE (RheoResultGrid, rheo_result_grid, GTK_TYPE_WIDGET)

static int
count_cards (GtkWidget *grid)
{
  int n = 0;

  for (GtkWidget *card = gtk_widget_get_first_child (grid); card != NULL; card = gtk_widget_get_next_sibling (card))
    n++;
  return n;
}

static int
count_columns (GtkWidget *grid, int width)
{
  const int room = (width + GAP) / (RHEO_RESULT_GRID (grid)->card_width + GAP);

  return CLAMP (room, 1, MIN (MOST_COLUMNS, MAX (count_cards (grid), 1)));
}

/* The last card has the row to itself where it is alone in it. */
static int
find_card_width (GtkWidget *card, int columns, int i, int width)
{
  const gboolean alone = i % columns == 0 && gtk_widget_get_next_sibling (card) == NULL;

  return alone ? width : (width - GAP * (columns - 1)) / columns;
}

/* Of the row that begins with this card. */
static int
find_row_height (GtkWidget *card, int columns, int width)
{
  int height = 0, least;

  for (int i = 0; i < columns && card != NULL; i++, card = gtk_widget_get_next_sibling (card))
    {
      gtk_widget_measure (card, GTK_ORIENTATION_VERTICAL, find_card_width (card, columns, i, width), &least, NULL, NULL,
                          NULL);
      height = MAX (height, least);
    }
  return height;
}

static GtkWidget *
find_next_row (GtkWidget *card, int columns)
{
  for (int i = 0; i < columns && card != NULL; i++)
    card = gtk_widget_get_next_sibling (card);
  return card;
}

static int
find_height (GtkWidget *grid, int width)
{
  const int columns = count_columns (grid, width);
  int height = 0;

  for (GtkWidget *card = gtk_widget_get_first_child (grid); card != NULL; card = find_next_row (card, columns))
    height += (height > 0 ? GAP : 0) + find_row_height (card, columns, width);
  return height;
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  int least = 0, card_least;

  for (GtkWidget *card = gtk_widget_get_first_child (widget); card != NULL; card = gtk_widget_get_next_sibling (card))
    {
      gtk_widget_measure (card, GTK_ORIENTATION_HORIZONTAL, -1, &card_least, NULL, NULL, NULL);
      least = MAX (least, card_least);
    }
  if (orientation == GTK_ORIENTATION_VERTICAL)
    least = find_height (widget, MAX (for_size, least));
  *minimum = *natural = least;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  const int columns = count_columns (widget, width), n = count_cards (widget);
  const int rows = (n + columns - 1) / columns;
  const int more = rows > 0 ? MAX (0, height - find_height (widget, width)) / rows : 0;
  const gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0, row_height = 0, i = 0;

  for (GtkWidget *card = gtk_widget_get_first_child (widget); card != NULL; card = gtk_widget_get_next_sibling (card))
    {
      const int card_width = find_card_width (card, columns, i, width), x = i % columns * (card_width + GAP);

      if (i % columns == 0)
        {
          y += i > 0 ? row_height + GAP : 0;
          row_height = find_row_height (card, columns, width) + more;
        }
      gtk_widget_size_allocate (
          card, &(GtkAllocation){ mirrored ? width - x - card_width : x, y, card_width, row_height }, -1);
      i++;
    }
}

static void
dispose (GObject *object)
{
  rheo_result_grid_clear (RHEO_RESULT_GRID (object));
  G_OBJECT_CLASS (rheo_result_grid_parent_class)->dispose (object);
}

static void
rheo_result_grid_class_init (RheoResultGridClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget->get_request_mode = get_request_mode;
  widget->measure = measure;
  widget->size_allocate = size_allocate;
}

static void
rheo_result_grid_init (RheoResultGrid *grid)
{
  grid->card_width = 260;
}

GtkWidget *
rheo_result_grid_new (void)
{
  return g_object_new (RHEO_TYPE_RESULT_GRID, NULL);
}

void
rheo_result_grid_append (RheoResultGrid *grid, GtkWidget *card)
{
  gtk_widget_insert_before (card, GTK_WIDGET (grid), NULL);
}

void
rheo_result_grid_clear (RheoResultGrid *grid)
{
  GtkWidget *card;

  while ((card = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_widget_unparent (card);
}

void
rheo_result_grid_set_card_width (RheoResultGrid *grid, int width)
{
  grid->card_width = width;
  gtk_widget_queue_resize (GTK_WIDGET (grid));
}
