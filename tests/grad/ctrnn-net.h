/* A rate network of words: "units=7 activation=tanh". */
#pragma once

#include "../engine/some-nets.h"

static inline RheoNet *
ctrnn_net_new (RheoDevice *device, const char *words, const RheoShape *shape, int n_rows)
{
  const RheoModel *model = (const RheoModel *) rheo_component_find (RHEO_KIND_MODEL, "ctrnn", NULL);
  g_autofree void *config = g_malloc0 (model->base.config_size);
  g_auto (GStrv) word = g_strsplit (words, " ", -1);
  const RheoNetSize size = { .n_rows = n_rows, .lane_rows = 2, .memory = 200 };
  g_autoptr (GError) error = NULL;
  RheoNet *net;

  rheo_params_reset (model->base.params, config);
  for (int i = 0; word[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (word[i], "=", 2);
      void *at;
      const RheoParam *row = rheo_params_find (model->base.params, config, pair[0], "model", &at, &error);

      g_assert_no_error (error);
      rheo_param_set_text (row, at, pair[1], pair[0], &error);
      g_assert_no_error (error);
    }
  g_assert_true (model->base.check (config, &error));
  net = rheo_net_new (model, config, shape, device, &size, 1, &error);
  g_assert_no_error (error);
  return net;
}
