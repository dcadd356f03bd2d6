#include "config.h"

#include <math.h>

#include "app/run-search.h"

static const char *const tags[] = { "good", "figure 3", "star", NULL };
static const RheoRunFacts robot = {
  .name = "robot-lif-seed1",
  .title = "Robot trajectory, spiking",
  .task = "Robot trajectory",
  .model = "Leaky integrate-and-fire",
  .rule = "Backpropagation through time",
  .task_id = "robot-trajectory",
  .model_id = "lif",
  .rule_id = "bptt",
  .seed = 1,
  .iteration = 12,
  .budget = 20,
  .best = 3.61,
  .best_label = "loss",
  .lower_is_better = TRUE,
  .state = RHEO_ITEM_RUNNING,
  .tags = tags,
};
static const RheoRunFacts digits = {
  .name = "digits",
  .title = "Spoken digits",
  .task = "Spoken digits",
  .model = "Leaky integrate-and-fire",
  .rule = "e-prop",
  .task_id = "spoken-digits",
  .model_id = "lif",
  .rule_id = "e-prop",
  .best = 0.807,
  .best_label = "accuracy",
  .state = RHEO_ITEM_DIVERGED,
};

static void
assert_match (const char *text, gboolean wants_robot, gboolean wants_digits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoRunSearch) search = rheo_run_search_new (text, &error);

  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_cmpint (rheo_run_search_match (search, &robot), ==, wants_robot);
  g_assert_cmpint (rheo_run_search_match (search, &digits), ==, wants_digits);
}

static void
words (void)
{
  assert_match ("", TRUE, TRUE);
  assert_match (NULL, TRUE, TRUE);
  assert_match ("  \t ", TRUE, TRUE);
  assert_match ("robot", TRUE, FALSE);
  assert_match ("ROBOT seed1", TRUE, FALSE);
  assert_match ("robot digits", FALSE, FALSE);
  assert_match ("integrate", TRUE, TRUE);
  assert_match ("\"trajectory, spiking\"", TRUE, FALSE);
  assert_match ("\"spiking trajectory\"", FALSE, FALSE);
  assert_match ("-robot", FALSE, TRUE);
  assert_match ("\"-robot\"", FALSE, FALSE);
  assert_match ("\"\"", TRUE, TRUE);
  assert_match ("-", TRUE, TRUE);
  assert_match ("e-prop", FALSE, TRUE);
  assert_match ("figure", TRUE, FALSE);
}

static void
terms (void)
{
  assert_match ("rule:e-prop", FALSE, TRUE);
  assert_match ("rule:bptt", TRUE, FALSE);
  assert_match ("rule:\"propagation through\"", TRUE, FALSE);
  assert_match ("-rule:bptt", FALSE, TRUE);
  assert_match ("task:robot", TRUE, FALSE);
  assert_match ("model:lif", TRUE, TRUE);
  assert_match ("name:digits", FALSE, TRUE);
  assert_match ("title:spoken", FALSE, TRUE);
  assert_match ("tag:good", TRUE, FALSE);
  assert_match ("tag:goo", TRUE, FALSE);
  assert_match ("tag:ood", FALSE, FALSE);
  assert_match ("tag:\"figure 3\"", TRUE, FALSE);
  assert_match ("tag:star", TRUE, FALSE);
  assert_match ("state:running", TRUE, FALSE);
  assert_match ("state:div", FALSE, TRUE);
}

static void
numbers (void)
{
  assert_match ("loss<4", TRUE, FALSE);
  assert_match ("loss<3.61", FALSE, FALSE);
  assert_match ("loss<=3.61", TRUE, FALSE);
  assert_match ("score>0.8", FALSE, TRUE);
  assert_match ("score>=0.807", FALSE, TRUE);
  assert_match ("accuracy>0.9", FALSE, FALSE);
  assert_match ("accuracy<0.9", FALSE, TRUE);
  assert_match ("best<4", TRUE, TRUE);
  assert_match ("seed:1", TRUE, FALSE);
  assert_match ("seed=1", TRUE, FALSE);
  assert_match ("seed>0 loss<4", TRUE, FALSE);
  assert_match ("epochs>10", TRUE, FALSE);
  assert_match ("iterations=12", TRUE, FALSE);
}

static void
nothing_known (void)
{
  g_autoptr (RheoRunSearch) less = rheo_run_search_new ("loss<4", NULL);
  g_autoptr (RheoRunSearch) more = rheo_run_search_new ("best>=4", NULL);
  const RheoRunFacts broken = { .name = "broken", .best = NAN, .lower_is_better = TRUE, .state = RHEO_ITEM_BROKEN };

  g_assert_false (rheo_run_search_match (less, &broken));
  g_assert_false (rheo_run_search_match (more, &broken));
}

static void
wrong_terms (void)
{
  static const struct
  {
    const char *text, *sentence;
  } wrong[] = {
    { "rul:bptt", "There is no “rul” to search for. Did you mean “rule”?" },
    { "qqqqqqqq:1", "There is no “qqqqqqqq” to search for. There are rule, task, model, seed, tag, state, loss, score, "
                    "best and epochs." },
    { "rule:", "What “rule:” should be is missing." },
    { "loss<", "What “loss<” should be is missing." },
    { "loss<=", "What “loss<=” should be is missing." },
    { "loss<four", "“loss” needs a number, as in “loss<4”." },
    { "loss<nan", "“loss” needs a number, as in “loss<4”." },
    { "seed:one", "“seed” needs a number, as in “seed<4”." },
    { "rule<4", "“rule” is a text: write “rule:4”." },
    { "state:happy",
      "There is no state “happy”. There are done, solved, stopped, diverged, running, paused, interrupted and "
      "damaged." },
    { "robot \"fast one", "A quotation mark is missing after “fast one”." },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (rheo_run_search_new (wrong[i].text, &error));
      g_assert_error (error, RHEO_ERROR, RHEO_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, wrong[i].sentence);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/words", words);
  g_test_add_func ("/search/terms", terms);
  g_test_add_func ("/search/numbers", numbers);
  g_test_add_func ("/search/nothing-known", nothing_known);
  g_test_add_func ("/search/wrong-terms", wrong_terms);
  return g_test_run ();
}
