/* Data of the user's own: roles of arrays, order of axes, and what is learned of them. */
#include "config.h"

#include "app/own-data.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static char *
write_csv (const char *head, int n_trials, int n_steps)
{
  char *path = g_build_filename (folder, "hand.csv", NULL);
  g_autoptr (GString) text = g_string_new (head);
  g_auto (GStrv) columns = g_strsplit (head, ",", -1);

  for (int line = 0; line < n_trials * n_steps; line++)
    {
      g_string_append_printf (text, "\n%d", line / n_steps);
      for (guint k = 1; k < g_strv_length (columns); k++)
        g_string_append_printf (text, ",%g", 0.1 * line + k);
    }
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void
write_npy (const char *name, const int *dims, int n_dims)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GString) shape = g_string_new (NULL), head = g_string_new (NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int n = 1;

  for (int i = 0; i < n_dims; i++)
    {
      g_string_append_printf (shape, "%d, ", dims[i]);
      n *= dims[i];
    }
  g_string_printf (head, "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }", shape->str);
  while (head->len < 117)
    g_string_append_c (head, ' ');
  g_string_append_c (head, '\n');
  g_byte_array_append (bytes, (const guint8 *) "\x93NUMPY\x01\x00\x76\x00", 10);
  g_byte_array_append (bytes, (const guint8 *) head->str, (guint) head->len);
  for (int i = 0; i < n; i++)
    {
      const double v = i;

      g_byte_array_append (bytes, (const guint8 *) &v, sizeof v);
    }
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
}

static void
remove_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
}

static void
assert_roles (const char *head, const char *input, const char *target, const char *mask, int n_in, int n_out)
{
  g_autofree char *path = write_csv (head, 4, 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoOwnData) data = rheo_own_data_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (data->input, ==, input);
  g_assert_cmpstr (data->target, ==, target);
  g_assert_cmpstr (data->mask, ==, mask);
  g_assert_cmpint (data->n_in, ==, n_in);
  g_assert_cmpint (data->n_out, ==, n_out);
  g_assert_cmpint (data->n_trials, ==, 4);
  g_assert_cmpint (data->n_steps, ==, 5);
  g_assert_true (data->trials_first);
}

static void
test_roles (void)
{
  assert_roles ("trial,input1,input2,target1", "input", "target", NULL, 2, 1);
  assert_roles ("trial,y,time,x[0],x[1],x[2],mask", "x", "y", "mask", 3, 1);
  assert_roles ("trial,Stimulus_1,Stimulus_2,Response", "Stimulus", "Response", NULL, 2, 1);
  /* By their order where names say nothing, or one of them does. */
  assert_roles ("trial,left,right", "left", "right", NULL, 1, 1);
  assert_roles ("trial,output,velocity1,velocity2", "velocity", "output", NULL, 2, 1);
  assert_roles ("trial,hand,input", "input", "hand", NULL, 1, 1);
  /* All that is left is the other role; where no name says anything, the last one is what is to be learned. */
  assert_roles ("trial,x,angle,speed,force", "x", "angle, speed, force", NULL, 1, 3);
  assert_roles ("episode,place,angle,speed,force", "place, angle, speed", "force", NULL, 3, 1);
  assert_roles ("demonstration,place,angle,action", "place, angle", "action", NULL, 2, 1);
  remove_files ();
}

static void
test_refused (void)
{
  g_autofree char *one = write_csv ("trial,x1,x2", 2, 3), *none = g_build_filename (folder, "none.csv", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (rheo_own_data_read (one, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "Two arrays are needed, inputs and targets."));
  g_clear_error (&error);
  g_assert_null (rheo_own_data_read (none, &error));
  g_assert_error (error, RHEO_ERROR, RHEO_ERROR_IO);
  g_assert_true (rheo_own_data_is_file ("/data/A.NPZ"));
  g_assert_false (rheo_own_data_is_file ("/data/run.h5"));
  remove_files ();
}

/* The order of the axes is seen where the arrays differ. */
static void
assert_axes (const int *input, const int *target, int n_target, gboolean trials_first, int n_in, int n_out,
             int n_trials)
{
  g_autofree char *path = g_build_filename (folder, "x.npy", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoOwnData) data = NULL;

  write_npy ("x.npy", input, 3);
  write_npy ("y.npy", target, n_target);
  data = rheo_own_data_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (data->trials_first, ==, trials_first);
  g_assert_cmpint (data->n_in, ==, n_in);
  g_assert_cmpint (data->n_out, ==, n_out);
  g_assert_cmpint (data->n_trials, ==, n_trials);
  g_assert_cmpint (data->n_steps, ==, 7);
  remove_files ();
}

static void
test_axes (void)
{
  assert_axes ((int[]){ 6, 7, 2 }, (int[]){ 6, 7, 3 }, 3, TRUE, 2, 3, 6);
  assert_axes ((int[]){ 2, 7, 6 }, (int[]){ 3, 7, 6 }, 3, FALSE, 2, 3, 6);
  assert_axes ((int[]){ 6, 7, 2 }, (int[]){ 6, 7, 2 }, 3, TRUE, 2, 2, 6);
  assert_axes ((int[]){ 2, 7, 6 }, (int[]){ 2, 7, 6 }, 3, FALSE, 2, 2, 6);
  assert_axes ((int[]){ 6, 7, 2 }, (int[]){ 6, 7 }, 2, TRUE, 2, 1, 6);
  assert_axes ((int[]){ 2, 7, 6 }, (int[]){ 7, 6 }, 2, FALSE, 2, 1, 6);
}

/* One demonstration after another. */
static void
test_in_a_row (void)
{
  g_autofree char *path = g_build_filename (folder, "observations.npy", NULL), *axes = NULL;
  g_autoptr (RheoExperiment) experiment = NULL;
  g_autoptr (RheoOwnData) data = NULL;
  g_autoptr (GError) error = NULL;

  write_npy ("observations.npy", (int[]){ 12, 4 }, 2);
  write_npy ("actions.npy", (int[]){ 12, 2 }, 2);
  write_npy ("episode.npy", (int[]){ 12 }, 1);
  data = rheo_own_data_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (data->in_a_row);
  g_assert_cmpstr (data->input, ==, "observations");
  g_assert_cmpstr (data->target, ==, "actions");
  g_assert_cmpstr (data->trial, ==, "episode");
  g_assert_null (data->ends);
  g_assert_cmpint (data->n_in, ==, 4);
  g_assert_cmpint (data->n_out, ==, 2);
  g_assert_cmpint (data->n_trials, ==, 12);
  g_assert_cmpint (data->n_steps, ==, 1);
  experiment = rheo_own_data_new_experiment (data, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (rheo_experiment_check (experiment, &error));
  axes = rheo_experiment_dup_value (experiment, "task.axes", NULL);
  g_assert_cmpstr (axes, ==, "step-channel");
  remove_files ();
}

/* What is made of them can be run as it is, also with few trials, and keeps what was chosen. */
static void
test_experiment (void)
{
  g_autofree char *path = write_csv ("trial,x1,x2,y", 10, 6), *file = NULL, *batch = NULL, *units = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RheoOwnData) data = rheo_own_data_read (path, &error);
  g_autoptr (RheoExperiment) first = rheo_own_data_new_experiment (data, NULL, &error), base = NULL, second = NULL;

  g_assert_no_error (error);
  g_assert_true (rheo_experiment_check (first, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (rheo_experiment_get_title (first), ==, "hand");
  file = rheo_experiment_dup_value (first, "task.file", NULL);
  g_assert_cmpstr (file, ==, path);
  batch = rheo_experiment_dup_value (first, "run.batch", NULL);
  g_assert_cmpstr (batch, ==, "8");
  base = rheo_experiment_load ("robot-clean", &error);
  g_assert_true (rheo_experiment_set (base, "model.layers.0.units", "77", &error));
  second = rheo_own_data_new_experiment (data, base, &error);
  g_assert_no_error (error);
  units = rheo_experiment_dup_value (second, "model.layers.0.units", NULL);
  g_assert_cmpstr (units, ==, "77");
  g_assert_null (rheo_experiment_get_view (second));
  remove_files ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("rheo-own-data-XXXXXX", NULL);
  g_test_add_func ("/own-data/roles", test_roles);
  g_test_add_func ("/own-data/refused", test_refused);
  g_test_add_func ("/own-data/axes", test_axes);
  g_test_add_func ("/own-data/in-a-row", test_in_a_row);
  g_test_add_func ("/own-data/experiment", test_experiment);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
