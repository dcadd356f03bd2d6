#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-view-private.h"

struct _RheoPlotGroup
{
  GObject parent_instance;
  int unit;
  double iteration;
};

enum
{
  PROP_UNIT = 1,
  PROP_ITERATION,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];
static guint read_signal;

G_DEFINE_FINAL_TYPE (RheoPlotGroup, rheo_plot_group, G_TYPE_OBJECT)

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RheoPlotGroup *group = RHEO_PLOT_GROUP (object);

  if (id == PROP_UNIT)
    g_value_set_int (value, group->unit);
  else
    g_value_set_double (value, group->iteration);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  RheoPlotGroup *group = RHEO_PLOT_GROUP (object);

  if (id == PROP_UNIT)
    {
      if (group->unit == g_value_get_int (value))
        return;
      group->unit = g_value_get_int (value);
    }
  else
    {
      double v = g_value_get_double (value);

      if (group->iteration == v || (isnan (group->iteration) && isnan (v)))
        return;
      group->iteration = v;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
rheo_plot_group_class_init (RheoPlotGroupClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  props[PROP_UNIT] = g_param_spec_int ("unit", NULL, NULL, -1, G_MAXINT, -1, flags);
  /* Not a number stands for none. */
  props[PROP_ITERATION] =
      g_param_spec_double ("iteration", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0, flags | G_PARAM_LAX_VALIDATION);
  g_object_class_install_properties (object_class, N_PROPS, props);
  /* Who reads, along which axis (NULL: nobody reads any more), at which place of it. */
  read_signal = g_signal_new ("read", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                              G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_DOUBLE);
}

static void
rheo_plot_group_init (RheoPlotGroup *group)
{
  group->unit = -1;
  group->iteration = NAN;
}

RheoPlotGroup *
rheo_plot_group_new (void)
{
  return g_object_new (RHEO_TYPE_PLOT_GROUP, NULL);
}

void
rheo_plot_group_read (RheoPlotGroup *group, RheoPlotView *from, const RheoPlotAxis *axis, double x)
{
  g_signal_emit (group, read_signal, 0, from, axis, x);
}
