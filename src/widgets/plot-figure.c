#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/plot-figure.h"

#include <glib/gi18n-lib.h>

const RheoFigureSize rheo_figure_sizes[RHEO_N_FIGURE_SIZES] = {
  { "12x8", N_ ("12 × 8 cm"), 120, 80 },
  { "8x6", N_ ("8.5 × 6 cm, one column"), 85, 60 },
  { "18x9", N_ ("18 × 9 cm, two columns"), 180, 90 },
  { "16x16", N_ ("16 × 16 cm"), 160, 160 },
  { "25x14", N_ ("25 × 14 cm, slide"), 254, 143 },
};

const RheoFigureLook rheo_figure_looks[RHEO_N_FIGURE_LOOKS] = {
  { "print", N_ ("For print"), RHEO_THEME_PRINT },
  { "light", N_ ("Light, as on screen"), RHEO_THEME_LIGHT },
  { "dark", N_ ("Dark, as on screen"), RHEO_THEME_DARK },
};
