#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/choice-text.h"

#include <glib/gi18n-lib.h>

char *
rheo_choice_dup_label (const char *key)
{
  static const struct
  {
    const char *key, *label;
  } names[] = {
    { "abs", NC_ ("choice", "Abs") },
    { "adam", NC_ ("choice", "Adam") },
    { "adamw", NC_ ("choice", "AdamW") },
    { "all", NC_ ("choice", "All") },
    { "all-steps", NC_ ("choice", "All steps") },
    { "arctan", NC_ ("choice", "Arctan") },
    { "at-once", NC_ ("choice", "At once") },
    { "auto", NC_ ("choice", "Auto") },
    { "best", NC_ ("choice", "Best") },
    { "boxcar", NC_ ("choice", "Boxcar") },
    { "chance", NC_ ("choice", "Chance") },
    { "classes", NC_ ("choice", "Classes") },
    { "constant", NC_ ("choice", "Constant") },
    { "cosine", NC_ ("choice", "Cosine") },
    { "count", NC_ ("choice", "Count") },
    { "cpu", NC_ ("choice", "CPU") },
    { "cross-entropy", NC_ ("choice", "Cross entropy") },
    { "cuda", NC_ ("choice", "CUDA") },
    { "dense", NC_ ("choice", "Dense") },
    { "diverging", NC_ ("choice", "Diverging") },
    { "e-i", NC_ ("choice", "E, I") },
    { "e-pv-sst-htr", NC_ ("choice", "E, PV, SST, Htr") },
    { "ends", NC_ ("choice", "Ends") },
    { "equal", NC_ ("choice", "Equal") },
    { "fast-sigmoid", NC_ ("choice", "Fast sigmoid") },
    { "first", NC_ ("choice", "First") },
    { "gate", NC_ ("choice", "Gate") },
    { "gaussian", NC_ ("choice", "Gaussian") },
    { "hold", NC_ ("choice", "Hold") },
    { "kaiming-normal", NC_ ("choice", "Kaiming, normal") },
    { "last", NC_ ("choice", "Last") },
    { "last-large", NC_ ("choice", "Last large") },
    { "leaky", NC_ ("choice", "Leaky") },
    { "legend", NC_ ("choice", "Legend") },
    { "linear", NC_ ("choice", "Linear") },
    { "log-normal", NC_ ("choice", "Log normal") },
    { "log10-abs", NC_ ("choice", "Log10 abs") },
    { "log1p-abs", NC_ ("choice", "Log1p abs") },
    { "lognormal", NC_ ("choice", "Lognormal") },
    { "max", NC_ ("choice", "Max") },
    { "mean", NC_ ("choice", "Mean") },
    { "membrane", NC_ ("choice", "Membrane") },
    { "momentum", NC_ ("choice", "Momentum") },
    { "mse", NC_ ("choice", "MSE") },
    { "multi-gaussian", NC_ ("choice", "Multi gaussian") },
    { "no", NC_ ("choice", "No") },
    { "none", NC_ ("choice", "None") },
    { "normal", NC_ ("choice", "Normal") },
    { "one", NC_ ("choice", "One") },
    { "one-to-one", NC_ ("choice", "One to one") },
    { "orthogonal", NC_ ("choice", "Orthogonal") },
    { "per-trial", NC_ ("choice", "Per trial") },
    { "percentile", NC_ ("choice", "Percentile") },
    { "plane", NC_ ("choice", "Plane") },
    { "plateau", NC_ ("choice", "Plateau") },
    { "published", NC_ ("choice", "Published") },
    { "pull", NC_ ("choice", "Pull") },
    { "replace", NC_ ("choice", "Replace") },
    { "ring", NC_ ("choice", "Ring") },
    { "rmsprop", NC_ ("choice", "RMSprop") },
    { "root", NC_ ("choice", "Root") },
    { "samples", NC_ ("choice", "Samples") },
    { "sequential", NC_ ("choice", "Sequential") },
    { "sgd", NC_ ("choice", "SGD") },
    { "sheet", NC_ ("choice", "Sheet") },
    { "sigmoid", NC_ ("choice", "Sigmoid") },
    { "slayer", NC_ ("choice", "Slayer") },
    { "softmax-mean", NC_ ("choice", "Softmax of mean") },
    { "sparse-fast-sigmoid", NC_ ("choice", "Sparse fast sigmoid") },
    { "spike", NC_ ("choice", "Spike") },
    { "step", NC_ ("choice", "Step") },
    { "steps", NC_ ("choice", "Steps") },
    { "straight-through", NC_ ("choice", "Straight through") },
    { "subtract", NC_ ("choice", "Subtract") },
    { "sum-softmax", NC_ ("choice", "Sum of softmax") },
    { "time", NC_ ("choice", "Time") },
    { "train", NC_ ("choice", "Train") },
    { "triangular", NC_ ("choice", "Triangular") },
    { "truncated", NC_ ("choice", "Truncated") },
    { "uniform", NC_ ("choice", "Uniform") },
    { "upstream", NC_ ("choice", "Upstream") },
    { "valid", NC_ ("choice", "Valid") },
    { "workspace", NC_ ("choice", "Workspace") },
    { "xavier-normal", NC_ ("choice", "Xavier, normal") },
    { "xavier-uniform", NC_ ("choice", "Xavier, uniform") },
    { "yes", NC_ ("choice", "Yes") },
    { "zero", NC_ ("choice", "Zero") },
  };
  char *label;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].key, key))
      return g_strdup (g_dpgettext2 (GETTEXT_PACKAGE, "choice", names[i].label));
  label = g_strdelimit (g_strdup (key), "-_", ' ');
  *label = g_ascii_toupper (*label);
  return label;
}
