#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "plot-kind.h"

#define HEX(v)                                                                                                         \
  {                                                                                                                    \
    ((v) >> 16 & 255) / 255.0, ((v) >> 8 & 255) / 255.0, ((v) &255) / 255.0                                            \
  }

/* A screen length is a CSS pixel: 3/4 of a point. */
#define SCREEN                                                                                                         \
  .has_grid = TRUE, .point = 96.0 / 72.0, .line = 1.8, .reference = 1.4, .hair = 1, .outline = 1.3, .bar = 4,          \
  .tick = 4, .marker = 3, .gap = 5, .spot = 5, .dot_least = 1, .dot_most = 3, .dash = 1, .fill = 0.32, .band = 0.18,   \
  .shade = 0.03

static const RheoPlotTheme light = {
  .background = HEX (0xffffff),
  .text = HEX (0x2e2e2e),
  .dim = HEX (0x5e5c64),
  .axis = HEX (0x77767b),
  .grid = HEX (0xe4e3e2),
  .series = { HEX (0x1A4FD0), HEX (0xC8470F), HEX (0x0DA792), HEX (0x4A2545), HEX (0xCC8400), HEX (0xA56BF5) },
  SCREEN,
};

static const RheoPlotTheme dark = {
  .background = HEX (0x363636),
  .text = HEX (0xffffff),
  .dim = HEX (0xc0bfbc),
  .axis = HEX (0x9a9996),
  .grid = HEX (0x4b4b4b),
  .series = { HEX (0x6FA0FF), HEX (0xF2702F), HEX (0x4DE8B8), HEX (0xF5C4FB), HEX (0xF8E94A), HEX (0xA08A8A) },
  SCREEN,
};

static const RheoPlotTheme print = {
  .background = HEX (0xffffff),
  .text = HEX (0x000000),
  .dim = HEX (0x4d4d4d),
  .axis = HEX (0x000000),
  .grid = HEX (0xe4e3e2),
  .series = { HEX (0x000000), HEX (0x0072B2), HEX (0xD55E00), HEX (0x009E73), HEX (0xCC79A7), HEX (0x777777) },
  .has_grid = FALSE,
  .point = 1,
  .line = 1,
  .reference = 0.7,
  .hair = 0.5,
  .outline = 0.8,
  .bar = 2.6,
  .tick = 3,
  .marker = 2,
  .gap = 3.5,
  .spot = 3,
  .dot_least = 0.4,
  .dot_most = 1,
  .dash = 0.6,
  .fill = 0.32,
  .band = 0.18,
  .shade = 0.03,
};

const RheoPlotTheme *
rheo_plot_theme_get (RheoPlotThemeId id)
{
  return id == RHEO_THEME_DARK ? &dark : id == RHEO_THEME_PRINT ? &print : &light;
}

static const struct
{
  int n;
  double length[4];
} dashes[RHEO_N_STYLES] = {
  { 0, { 0 } }, { 2, { 7, 3 } }, { 2, { 2, 3 } }, { 4, { 9, 3, 2, 3 } }, { 2, { 4, 2 } }, { 2, { 1, 3 } },
};

void
rheo_plot_theme_dash (const RheoPlotTheme *theme, int style, cairo_t *cr)
{
  double length[4];
  /* Past the sixth style colours come again with other dashes. */
  int i = (style + style / RHEO_N_STYLES) % RHEO_N_STYLES;

  for (int k = 0; k < dashes[i].n; k++)
    length[k] = dashes[i].length[k] * theme->dash;
  cairo_set_dash (cr, length, dashes[i].n, 0);
}

/* Cividis (Nunez et al. 2018) at its thirds, as the other ramps: straight lines in sRGB between few colours keep the
 * lightness even. */
static const RheoRgb cividis[] = { HEX (0x00224E), HEX (0x575D6D), HEX (0xA59C74), HEX (0xFEE838) };
static const RheoRgb diverging_light[] = {
  HEX (0x0B3C6F), HEX (0x2F79B5), HEX (0x8DBFDD), HEX (0xF7F7F7), HEX (0xF2AE82), HEX (0xC9571F), HEX (0x7A2A06),
};
static const RheoRgb diverging_dark[] = {
  HEX (0x8CC8F5), HEX (0x3C86C4), HEX (0x1D466B), HEX (0x2A2A2A), HEX (0x71361A), HEX (0xC8672F), HEX (0xFAB98C),
};

uint32_t
rheo_rgb_pack (RheoRgb colour, double alpha)
{
  return (uint32_t) lround (alpha * 255) << 24 | (uint32_t) lround (colour.r * alpha * 255) << 16
         | (uint32_t) lround (colour.g * alpha * 255) << 8 | (uint32_t) lround (colour.b * alpha * 255);
}

RheoRgb
rheo_rgb_mix (const RheoPlotTheme *theme, RheoRgb colour, double share)
{
  RheoRgb b = theme->background;

  return (RheoRgb){ b.r + share * (colour.r - b.r), b.g + share * (colour.g - b.g), b.b + share * (colour.b - b.b) };
}

void
rheo_plot_theme_ramp (RheoPlotThemeId id, gboolean diverging, uint32_t ramp[256])
{
  const RheoRgb *stop = !diverging ? cividis : id == RHEO_THEME_DARK ? diverging_dark : diverging_light;
  int n = diverging ? G_N_ELEMENTS (diverging_light) : G_N_ELEMENTS (cividis);

  for (int i = 0; i < 256; i++)
    {
      double u = i / 255.0 * (n - 1);
      int k = MIN ((int) u, n - 2);
      double f = u - k;
      RheoRgb c = { stop[k].r + f * (stop[k + 1].r - stop[k].r), stop[k].g + f * (stop[k + 1].g - stop[k].g),
                    stop[k].b + f * (stop[k + 1].b - stop[k].b) };

      ramp[i] = rheo_rgb_pack (c, 1);
    }
}

int
rheo_plot_theme_style (const char *name, int order)
{
  static const struct
  {
    const char *name;
    int style;
  } fixed[] = {
    { "E", 0 },
    { "PV", 1 },
    { "SST", 2 },
    { "Htr", 4 },
    { "target", 0 },
    { "output", 1 },
    { "prediction", 1 },
    { "training", 0 },
    { "validation", 1 },
    { "train", 0 },
    { "valid", 1 },
    { "reward", 0 },
    { "punishment", 1 },
    /* Sensory, associating and acting cells, fast and slow inhibitory ones; the second of a colour is dashed. */
    { "EA", 0 },
    { "ES", 6 },
    { "EM", 2 },
    { "IA", 1 },
    { "IM", 7 },
    { "IAL", 4 },
    { "IML", 10 },
  };

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (fixed); i++)
    if (g_ascii_strcasecmp (name, fixed[i].name) == 0)
      return fixed[i].style;
  return order;
}
