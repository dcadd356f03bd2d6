#include "config.h"

#include "engine/component.h"

static const RheoComponent trials = { .kind = RHEO_KIND_TASK,
                                      .title = "Reaching",
                                      .gives = RHEO_TRIALS | RHEO_SIGNALS },
                           pole = { .kind = RHEO_KIND_TASK, .title = "Pole", .gives = RHEO_EPISODES },
                           spiking = { .kind = RHEO_KIND_MODEL, .title = "LIF", .gives = RHEO_SPIKES | RHEO_ADJOINT },
                           graded = { .kind = RHEO_KIND_MODEL, .title = "Rate net" },
                           bptt = { .kind = RHEO_KIND_RULE,
                                    .title = "BPTT",
                                    .gives = RHEO_GRADIENT | RHEO_CARRIES,
                                    .needs = RHEO_ADJOINT | RHEO_TRIALS },
                           reinforce = { .kind = RHEO_KIND_RULE, .title = "REINFORCE", .needs = RHEO_EPISODES },
                           stdp = {
                             .kind = RHEO_KIND_RULE, .title = "STDP", .gives = RHEO_LOCAL, .needs = RHEO_SPIKES
                           };

static uint64_t
gives_now (const void *config)
{
  return *(const int *) config ? RHEO_SPIKES : 0;
}

static const RheoComponent either = {
  .kind = RHEO_KIND_MODEL, .title = "Either", .gives = RHEO_SPIKES, .gives_now = gives_now
};

static void
test_fit (void)
{
  static const int yes = 1, no = 0;
  static const struct
  {
    RheoSlots slots;
    const char *message; /* NULL: fits */
  } cases[] = {
    { { .rule = &bptt }, NULL },
    { { .task = &trials, .model = &spiking, .rule = &bptt, .plasticity = &stdp, .compare = &bptt }, NULL },
    { { .task = &pole, .model = &graded, .rule = &reinforce }, NULL },
    { { .task = &trials, .model = &spiking, .rule = &reinforce },
      "REINFORCE needs a task that gives rewards. Reaching gives trials with target signals." },
    { { .task = &pole, .model = &spiking, .rule = &bptt },
      "BPTT needs a task that gives trials with targets. Pole gives rewards." },
    { { .task = &trials, .model = &graded, .rule = &bptt },
      "BPTT needs a model with a gradient through time. Rate net gives nothing of the kind." },
    { { .task = &pole, .model = &graded, .rule = &reinforce, .plasticity = &stdp },
      "STDP needs a model whose units emit spikes. Rate net gives nothing of the kind." },
    { { .task = &trials, .model = &spiking, .rule = &bptt, .plasticity = &reinforce },
      "BPTT needs a plasticity rule that can be called inside a rollout. REINFORCE gives nothing of the kind." },
    { { .task = &pole, .model = &spiking, .rule = &reinforce, .plasticity = &stdp },
      "STDP needs a rule that lets it change the network while trials run. REINFORCE gives nothing of the kind." },
    { { .task = &trials, .model = &spiking, .rule = &bptt, .compare = &stdp },
      "BPTT needs a rule to compare with that computes a gradient. STDP gives updates inside each rollout." },
    { { .model = &either, .model_config = &yes, .rule = &stdp }, NULL },
    { { .model = &either, .model_config = &no, .rule = &stdp },
      "STDP needs a model whose units emit spikes. Either gives nothing of the kind." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean fits = rheo_components_fit (&cases[i].slots, &error);

      g_assert_cmpint (fits, ==, cases[i].message == NULL);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].message);
    }
}

static void
test_nearest (void)
{
  static const char *const words[] = { "lr", "tau-mem", "tau-syn", "momentum", "record-every", NULL };

  g_assert_cmpstr (rheo_nearest ("tua-mem", words), ==, "tau-mem");
  g_assert_cmpstr (rheo_nearest ("tau-men", words), ==, "tau-mem");
  g_assert_cmpstr (rheo_nearest ("l", words), ==, "lr");
  g_assert_cmpstr (rheo_nearest ("mom", words), ==, "momentum");
  g_assert_cmpstr (rheo_nearest ("every", words), ==, "record-every");
  g_assert_null (rheo_nearest ("seed", words));
  g_assert_null (rheo_nearest ("", words));
}

static void
test_find (void)
{
  static const RheoComponent a = { .id = "bptt" }, b = { .id = "e-prop" };
  static const RheoComponent *const list[] = { &a, &b, NULL }, *const none[] = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (rheo_component_find_in (list, RHEO_KIND_RULE, "e-prop", &error) == &b);
  g_assert_null (rheo_component_find_in (list, RHEO_KIND_RULE, "bpt", &error));
  g_assert_cmpstr (error->message, ==, "There is no rule \"bpt\"; the nearest is \"bptt\".");
  g_clear_error (&error);
  g_assert_null (rheo_component_find_in (list, RHEO_KIND_RULE, "evolution", &error));
  g_assert_cmpstr (error->message, ==, "There is no rule \"evolution\"; there is bptt, e-prop.");
  g_clear_error (&error);
  g_assert_null (rheo_component_find_in (none, RHEO_KIND_RULE, "x", &error));
  g_assert_cmpstr (error->message, ==, "There is no rule \"x\"; this build has none.");
}

static void
test_registry (void)
{
  g_assert_null (rheo_components (RHEO_KIND_PLOT)[0]);
  for (int kind = 0; kind < RHEO_N_KINDS; kind++)
    for (const RheoComponent *const *c = rheo_components ((RheoKind) kind); *c != NULL; c++)
      {
        g_assert_cmpint ((int) (*c)->kind, ==, kind);
        g_assert_true (rheo_component_find ((RheoKind) kind, (*c)->id, NULL) == *c);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/component/fit", test_fit);
  g_test_add_func ("/component/nearest", test_nearest);
  g_test_add_func ("/component/find", test_find);
  g_test_add_func ("/component/registry", test_registry);
  return g_test_run ();
}
