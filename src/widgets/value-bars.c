#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/value-bars.h"

#include <math.h>

#include "widgets/tooltip.h"

#define WIDTH 96
#define HEIGHT 26
#define MOST 64 /* bars */

struct _RheoValueBars
{
  GtkWidget parent_instance;
  double values[MOST];
  int n;
};

G_DEFINE_FINAL_TYPE (RheoValueBars, rheo_value_bars, GTK_TYPE_WIDGET)

void
rheo_value_bars_set_text (RheoValueBars *bars, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  bars->n = 0;
  for (char **word = words; *word != NULL && bars->n < MOST; word++)
    if (**word != '\0')
      bars->values[bars->n++] = g_ascii_strtod (*word, NULL);
  gtk_widget_set_visible (GTK_WIDGET (bars), bars->n > 1);
  rheo_tooltip_set (GTK_WIDGET (bars), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bars), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (bars));
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RheoValueBars *bars = RHEO_VALUE_BARS (widget);
  double lo = 0, hi = 0, step;
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  GdkRGBA colour;

  for (int i = 0; i < bars->n; i++)
    {
      lo = MIN (lo, bars->values[i]);
      hi = MAX (hi, bars->values[i]);
    }
  if (bars->n == 0 || hi <= lo)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  step = MIN (width / bars->n, 18);
  for (int i = 0; i < bars->n; i++)
    {
      float zero = height * (float) (hi / (hi - lo)), top = height * (float) ((hi - bars->values[i]) / (hi - lo));
      float from = MIN (zero, top), x = width - (float) (step * (bars->n - i));
      graphene_rect_t rect = GRAPHENE_RECT_INIT (x, from, (float) MAX (1, step - 2), MAX (1, fabsf (zero - top)));

      gtk_snapshot_append_color (snapshot, &colour, &rect);
    }
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
  *natural = *minimum;
}

static void
rheo_value_bars_class_init (RheoValueBarsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "value-bars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
rheo_value_bars_init (RheoValueBars *bars)
{
  gtk_widget_set_valign (GTK_WIDGET (bars), GTK_ALIGN_CENTER);
}

GtkWidget *
rheo_value_bars_new (void)
{
  return g_object_new (RHEO_TYPE_VALUE_BARS, NULL);
}
