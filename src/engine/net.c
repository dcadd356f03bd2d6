#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "net-private.h"

#include <glib/gi18n-lib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "label.h"
#include "plan-labels.h"

double
rheo_net_physical_memory (void)
{
  return (double) sysconf (_SC_PHYS_PAGES) * (double) sysconf (_SC_PAGESIZE);
}

/* calloc hands out untouched pages, which take no memory before they are used. What was given stands before the block. */
void *
rheo_net_alloc (size_t bytes)
{
  char *given, *block;

  if ((double) bytes > rheo_net_physical_memory ())
    return NULL;
  given = calloc (1, bytes + 2 * RHEO_ALIGN);
  if (given == NULL)
    return NULL;
  block = given + 2 * RHEO_ALIGN - (uintptr_t) given % RHEO_ALIGN;
  ((void **) (void *) block)[-1] = given;
  return block;
}

void
rheo_net_release (void *block)
{
  if (block != NULL)
    free (((void **) block)[-1]);
}

void *
rheo_net_keep (RheoNet *net, void *block)
{
  if (block != NULL)
    g_ptr_array_add (net->kept, block);
  return block;
}

static gboolean
no_memory (GError **error, double bytes)
{
  return rheo_fail (error, RHEO_ERROR_MEMORY,
                    _ ("There is not enough memory for the network: %.1f MB could not be had. A smaller network, batch "
                       "or run.memory needs less."),
                    bytes / 1e6);
}

static void
free_array (gpointer data)
{
  RheoNetArray *array = data;

  g_free (array->name);
  g_free (array->label);
  g_free (array->unit);
  g_free (array->axes);
  rheo_net_release (array->data);
  g_free (array);
}

static void
free_trainable (gpointer data)
{
  RheoTrainable *trainable = data;

  g_free ((char *) trainable->name);
  g_free (trainable);
}

int64_t
rheo_net_array_rows (const RheoNetArray *array)
{
  int64_t n = 1;

  for (int i = 0; i + 1 < array->n_dims; i++)
    n *= array->dims[i];
  return n;
}

/* Takes name and label. */
RheoNetArray *
rheo_net_add_array (RheoNet *net, char *name, char *label, const char *unit, const char *axes, RheoType type,
                    RheoUse use, int n_dims, const int64_t *dims, int64_t stride, GError **error)
{
  RheoNetArray *array = g_new0 (RheoNetArray, 1);
  double bytes = (double) stride * (double) rheo_type_size (type);

  array->name = name;
  array->label = label;
  array->unit = g_strdup (unit);
  array->axes = g_strdup (axes);
  array->type = type;
  array->use = use;
  array->n_dims = n_dims;
  if (n_dims > 0)
    memcpy (array->dims, dims, sizeof *dims * n_dims);
  array->stride = n_dims > 0 ? stride : 1;
  for (int i = 0; i + 1 < n_dims; i++)
    bytes *= (double) dims[i];
  if (!net->sketched && bytes < rheo_net_physical_memory ())
    array->data = rheo_net_alloc ((size_t) bytes);
  g_ptr_array_add (net->arrays, array);
  net->bytes[use] += array->data != NULL || net->sketched ? (size_t) bytes : 0;
  if (array->data == NULL && !net->sketched)
    {
      net->starved = true;
      no_memory (error, bytes);
      return NULL;
    }
  return array;
}

/* --- layout ------------------------------------------------------------------------------------------------ */

int
rheo_net_pop (RheoNet *net, const char *name, const RheoCell *cell, const void *derived, size_t derived_size,
              int n_units, int n_classes, const int *class_first, const char *const *class_names)
{
  const int i_pop = net->plan.n_pops++;
  RheoPop *pop = &net->pop[i_pop];
  RheoNetPop *more = &net->more[i_pop];
  void *copy = g_malloc0 (MAX (derived_size, 1));

  g_assert (i_pop < RHEO_MAX_POPS && n_units > 0);
  if (derived_size > 0)
    memcpy (copy, derived, derived_size);
  *pop = (RheoPop){ .name = g_strdup (name),
                    .cell = cell,
                    .derived = copy,
                    .n_units = n_units,
                    .stride = RHEO_PADDED (n_units),
                    .n_classes = n_classes };
  if (n_classes > 0)
    {
      char **names = g_new0 (char *, n_classes + 1);

      for (int i = 0; i < n_classes; i++)
        names[i] = g_strdup (class_names[i]);
      pop->class_names = (const char *const *) names;
      pop->class_first = g_memdup2 (class_first, sizeof (int) * (n_classes + 1));
    }
  more->derived_size = derived_size;
  more->depth = 1;
  while (cell->params[more->n_params] != NULL)
    more->n_params++;
  while (cell->states[more->n_states] != NULL)
    more->n_states++;
  g_assert (more->n_states <= (int) G_N_ELEMENTS (more->state_base));
  more->trained = g_array_new (FALSE, FALSE, sizeof (RheoNetTrainParam));
  return i_pop;
}

void
rheo_net_title_pop (RheoNet *net, int pop, const char *title)
{
  net->pop[pop].title = title;
}

void
rheo_net_train_param (RheoNet *net, int pop, const char *param, double lo, double hi)
{
  rheo_net_train_param_at (net, pop, param, lo, hi, 1);
}

void
rheo_net_train_param_at (RheoNet *net, int pop, const char *param, double lo, double hi, double rate)
{
  const RheoNetTrainParam train = { g_intern_string (param), lo, hi, rate };

  for (int k = 0; k < net->more[pop].n_params; k++)
    if (g_str_equal (net->pop[pop].cell->params[k], param))
      {
        net->pop[pop].train_params |= 1u << k;
        g_array_append_val (net->more[pop].trained, train);
        return;
      }
  g_assert_not_reached ();
}

int
rheo_net_join (RheoNet *net, const RheoProj *proj, bool with_bias, bool with_mask)
{
  const int i_proj = net->plan.n_projs++;
  RheoProj *p = &net->proj[i_proj];

  g_assert (i_proj < RHEO_MAX_PROJS && proj->to >= 0 && proj->to < net->plan.n_pops && proj->from < net->plan.n_pops);
  g_assert (proj->from < 0 || proj->delay > 0 || proj->from < proj->to);
  *p = *proj;
  p->name = g_strdup (proj->name);
  p->n_pre = proj->from >= 0            ? net->pop[proj->from].n_units
             : proj->from == RHEO_INPUT ? net->shape.n_in
                                        : net->shape.n_out;
  p->n_post = net->pop[proj->to].n_units;
  p->stride = RHEO_PADDED (p->n_post);
  p->weight = p->bias = p->lag = NULL;
  p->keep.mask = NULL;
  p->index = NULL;
  g_assert (p->form != RHEO_ONE_TO_ONE || p->n_pre == p->n_post);
  g_assert (p->form == RHEO_DENSE || (!with_mask && p->most_lag == 0));
  g_assert (p->from != RHEO_TEACHER || p->most_lag == 0);
  if (proj->keep.sign != NULL)
    p->keep.sign = rheo_net_keep (net, memcpy (rheo_net_alloc (p->n_pre), proj->keep.sign, p->n_pre));
  net->with_bias[i_proj] = with_bias;
  net->with_mask[i_proj] = with_mask;
  if (p->from >= 0)
    {
      net->more[p->from].feeds = true;
      net->more[p->from].depth = MAX (net->more[p->from].depth, p->delay + p->most_lag);
    }
  return i_proj;
}

void
rheo_net_array (RheoNet *net, const char *name, const char *label, const char *unit, const char *axes, RheoType type,
                RheoUse use, const int64_t *dims)
{
  g_auto (GStrv) words = g_strsplit (axes, " ", -1);
  const int n_dims = *axes == '\0' ? 0 : (int) g_strv_length (words);

  rheo_net_add_array (net, g_strdup (name), g_strdup (label), unit, axes, type, use, n_dims, dims,
                      n_dims > 0 ? dims[n_dims - 1] : 1, NULL);
}

void
rheo_net_state_bytes (RheoNet *net, const char *name, const char *label, size_t n)
{
  const int64_t dims[] = { net->size.n_rows, (int64_t) ((n + RHEO_ALIGN - 1) / RHEO_ALIGN * RHEO_ALIGN) };

  rheo_net_array (net, name, label, "", "row byte", RHEO_U8, RHEO_USE_STATE, dims);
}

gboolean
rheo_net_has_clock (const RheoNet *net)
{
  return net->model->advance != NULL;
}

void
rheo_net_wind (RheoNet *net)
{
  if (net->clock == NULL && net->model->wind != NULL)
    net->clock = net->model->wind (net->config, net);
}

void
rheo_net_unwind (RheoNet *net)
{
  if (net->clock != NULL)
    net->model->unwind (net->clock);
  net->clock = NULL;
}

static const RheoType real_type = sizeof (RheoReal) == sizeof (float) ? RHEO_F32 : RHEO_F64;

static RheoTrainable *
add_trainable (RheoNet *net, char *name, RheoReal *value, int64_t n_rows, int width, int stride, RheoProj *proj,
               int pop)
{
  RheoTrainable *t = g_new0 (RheoTrainable, 1);

  *t = (RheoTrainable){ .name = name,
                        .value = value,
                        .n_rows = n_rows,
                        .width = width,
                        .stride = stride,
                        .proj = proj,
                        .pop = pop,
                        .lr_scale = 1 };
  g_ptr_array_add (net->trainables, t);
  return t;
}

gboolean
rheo_net_make_weight (RheoNet *net, RheoProj *p, GError **error)
{
  const int64_t dense[2] = { p->n_pre, p->n_post }, units = p->n_post;
  RheoNetArray *array;
  char *name = g_strdup_printf ("%s.weight", p->name);
  char *label = rheo_plan_dup_weight_label (&net->plan, (int) (p - net->proj));

  if (p->form == RHEO_SPARSE)
    {
      const int64_t n = net->n_synapses[p - net->proj];

      array = rheo_net_add_array (net, name, label, "", "synapse", real_type, RHEO_USE_WEIGHT, 1, &n, n, error);
    }
  else if (p->form == RHEO_ONE_TO_ONE)
    array = rheo_net_add_array (net, name, label, "", "unit", real_type, RHEO_USE_WEIGHT, 1, &units, p->stride, error);
  else
    array =
        rheo_net_add_array (net, name, label, "", "pre post", real_type, RHEO_USE_WEIGHT, 2, dense, p->stride, error);
  if (array == NULL)
    return FALSE;
  p->weight = array->data;
  return TRUE;
}

#define SYNAPSE 36.0 /* bytes of one while synapses are drawn and put in order */

/* Whether the synapses that init will draw find room. */
static gboolean
has_room (const RheoNet *net, int i_proj, GError **error)
{
  const double n = net->sketched ? 0 : rheo_net_expected (net, i_proj);

  return (n < G_MAXINT32 && n * SYNAPSE < rheo_net_physical_memory ()) || no_memory (error, n * SYNAPSE);
}

static gboolean
make_proj (RheoNet *net, int i_proj, GError **error)
{
  RheoProj *p = &net->proj[i_proj];
  const int64_t dense[2] = { p->n_pre, p->n_post }, units = p->n_post;
  RheoNetArray *array;

  if (p->form == RHEO_SPARSE ? !has_room (net, i_proj, error) : !rheo_net_make_weight (net, p, error))
    return FALSE;
  if (net->with_bias[i_proj])
    {
      array = rheo_net_add_array (net, g_strdup_printf ("%s.bias", p->name), rheo_label_dup (RHEO_LABEL_BIAS, p->name),
                                  "", "post", real_type, RHEO_USE_WEIGHT, 1, &units, p->stride, error);
      if (array == NULL)
        return FALSE;
      p->bias = array->data;
    }
  if (p->most_lag > 0)
    {
      const int64_t sources = p->n_pre;

      array = rheo_net_add_array (net, g_strdup_printf ("%s.delay", p->name),
                                  rheo_label_dup (RHEO_LABEL_DELAYS, p->name), N_ ("steps"), "pre", real_type,
                                  RHEO_USE_WEIGHT, 1, &sources, RHEO_PADDED (p->n_pre), error);
      if (array == NULL)
        return FALSE;
      p->lag = array->data;
    }
  if (net->with_mask[i_proj])
    {
      array = rheo_net_add_array (net, g_strdup_printf ("%s.mask", p->name), rheo_label_dup (RHEO_LABEL_MASK, p->name),
                                  "", "pre post", RHEO_U8, RHEO_USE_CONST, 2, dense, p->stride, error);
      if (array == NULL)
        return FALSE;
      p->keep.mask = array->data;
    }
  return TRUE;
}

static gboolean
make_pop (RheoNet *net, int i_pop, GError **error)
{
  RheoPop *pop = &net->pop[i_pop];
  RheoNetPop *more = &net->more[i_pop];
  const int64_t units = pop->n_units, rows[2] = { net->size.n_rows, pop->n_units };
  const int64_t history[3] = { more->depth, net->size.n_rows, pop->n_units };
  RheoReal **param = rheo_net_keep (net, rheo_net_alloc (sizeof *param * MAX (more->n_params, 1)));
  RheoNetArray *array;

  for (int k = 0; k < more->n_params; k++)
    {
      const char *name = pop->cell->params[k];
      /* Cells know no other time than steps. */
      const char *of_time = g_str_has_prefix (name, "tau") ? N_ ("steps") : "";

      array = rheo_net_add_array (
          net, g_strdup_printf ("%s.%s", pop->name, name), rheo_label_dup_of (name, pop->name), of_time, "unit",
          real_type, pop->train_params >> k & 1 ? RHEO_USE_WEIGHT : RHEO_USE_CONST, 1, &units, pop->stride, error);
      if (array == NULL)
        return FALSE;
      param[k] = array->data;
    }
  pop->param = param;
  more->n_tape = pop->cell->n_tape (pop->derived);
  for (int k = 0; k < more->n_states; k++)
    {
      const char *name = pop->cell->states[k];

      array = rheo_net_add_array (net, g_strdup_printf ("%s.%s", pop->name, name), rheo_label_dup_of (name, pop->name),
                                  "", "row unit", real_type, RHEO_USE_STATE, 2, rows, pop->stride, error);
      if (array == NULL)
        return FALSE;
      more->state_base[k] = array->data;
    }
  array =
      rheo_net_add_array (net, g_strdup_printf ("%s.out", pop->name), rheo_label_dup (RHEO_LABEL_OUTPUT_OF, pop->name),
                          "", "lag row unit", real_type, RHEO_USE_STATE, 3, history, pop->stride, error);
  if (array == NULL)
    return FALSE;
  more->history = array->data;
  return TRUE;
}

static void
make_trainables (RheoNet *net)
{
  for (int i = 0; i < net->plan.n_projs; i++)
    {
      RheoProj *p = &net->proj[i];

      if (p->flags & RHEO_PROJ_TRAIN)
        {
          if (p->form == RHEO_DENSE)
            add_trainable (net, g_strdup_printf ("%s.weight", p->name), p->weight, p->n_pre, p->n_post, p->stride, p,
                           -1);
          else
            {
              const int n = p->form == RHEO_SPARSE ? (int) net->n_synapses[i] : p->n_post;

              add_trainable (net, g_strdup_printf ("%s.weight", p->name), p->weight, 1, n, RHEO_PADDED (n), p, -1);
            }
        }
      if (net->with_bias[i] && p->flags & RHEO_PROJ_TRAIN_BIAS)
        {
          RheoTrainable *bias =
              add_trainable (net, g_strdup_printf ("%s.bias", p->name), p->bias, 1, p->n_post, p->stride, p, -1);

          bias->lo = p->keep.bias_lo;
          bias->hi = p->keep.bias_hi;
        }
      if (p->most_lag > 0 && p->lag_rate > 0)
        {
          RheoTrainable *lag = add_trainable (net, g_strdup_printf ("%s.delay", p->name), p->lag, 1, p->n_pre,
                                              RHEO_PADDED (p->n_pre), NULL, -1);

          lag->lag_of = p;
          lag->hi = p->most_lag;
          lag->lr_scale = p->lag_rate;
        }
    }
  for (int i = 0; i < net->plan.n_pops; i++)
    for (guint k = 0; k < net->more[i].trained->len; k++)
      {
        const RheoNetTrainParam *train = &g_array_index (net->more[i].trained, RheoNetTrainParam, k);
        const RheoPop *pop = &net->pop[i];
        RheoTrainable *t;
        int j = 0;

        while (!g_str_equal (pop->cell->params[j], train->param))
          j++;
        t = add_trainable (net, g_strdup_printf ("%s.%s", pop->name, train->param), pop->param[j], 1, pop->n_units,
                           pop->stride, NULL, i);
        t->lo = train->lo;
        t->hi = train->hi;
        t->lr_scale = train->rate;
      }
}

/* Stages: populations that lie on a common cycle are stepped together, the others window by window in order. */
static void
make_stages (RheoNet *net)
{
  const int n = net->plan.n_pops;
  bool reach[RHEO_MAX_POPS][RHEO_MAX_POPS] = { { false } };
  int n_stages = 0, n_placed = 0;

  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].from >= 0)
      reach[net->proj[i].from][net->proj[i].to] = true;
  for (int k = 0; k < n; k++)
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++)
        reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
  for (int i = 0; i < n; i++)
    net->stage_of[i] = -1;
  while (n_placed < n)
    {
      int first = 0;

      for (;; first++)
        {
          bool ready = net->stage_of[first] < 0;

          for (int j = 0; ready && j < n; j++)
            ready = net->stage_of[j] >= 0 || !reach[j][first] || reach[first][j];
          if (ready)
            break;
        }
      net->stage_first[n_stages] = n_placed;
      for (int j = first; j < n; j++)
        if (j == first || (reach[first][j] && reach[j][first]))
          {
            net->stage_of[j] = n_stages;
            net->stage_pop[n_placed++] = j;
          }
      n_stages++;
    }
  net->stage_first[n_stages] = n;
  net->plan.n_stages = n_stages;
}

static gboolean
make_lanes (RheoNet *net, GError **error)
{
  const int n_rows = net->size.n_rows;
  int largest = 0, rows = net->size.lane_rows, n_lanes, row = 0;

  for (int i = 0; i < net->plan.n_pops; i++)
    largest = MAX (largest, net->pop[i].n_units);
  if (rows <= 0)
    {
      rows = largest <= 128 ? 8 : largest <= 256 ? 16 : 32;
      /* One lane would leave the second core idle. */
      if (n_rows <= rows && n_rows >= 16)
        rows = (n_rows + 1) / 2;
    }
  n_lanes = (n_rows + rows - 1) / rows;
  net->size.lane_rows = (n_rows + n_lanes - 1) / n_lanes;
  net->n_lanes = n_lanes;
  if (net->sketched)
    return TRUE;
  net->lane = g_new0 (RheoLane, n_lanes);
  for (int i = 0; i < n_lanes; i++)
    {
      RheoLane *lane = &net->lane[i];

      lane->index = i;
      lane->row0 = row;
      lane->n_rows = n_rows / n_lanes + (i < n_rows % n_lanes);
      row += lane->n_rows;
      lane->pop = rheo_net_keep (net, rheo_net_alloc (sizeof (RheoLanePop) * net->plan.n_pops));
      if (lane->pop == NULL)
        return no_memory (error, (double) sizeof (RheoLanePop) * net->plan.n_pops);
      for (int j = 0; j < net->plan.n_pops; j++)
        {
          RheoLanePop *lane_pop = &lane->pop[j];
          const int n_states = net->more[j].n_states;

          lane_pop->n_rows = lane->n_rows;
          lane_pop->state = rheo_net_keep (net, rheo_net_alloc (sizeof (RheoReal *) * MAX (n_states, 1)));
          lane_pop->current =
              rheo_net_keep (net, rheo_net_alloc (sizeof (RheoReal *) * MAX (net->pop[j].cell->n_ports, 1)));
          for (int k = 0; k < n_states; k++)
            lane_pop->state[k] = net->more[j].state_base[k] + (size_t) lane->row0 * net->pop[j].stride;
        }
    }
  return TRUE;
}

static RheoNet *
lay_out (const RheoModel *model, const void *config, const RheoShape *shape, RheoDevice *device,
         const RheoNetSize *size, uint64_t seed, bool sketched, GError **error)
{
  g_autoptr (RheoNet) net = g_new0 (RheoNet, 1);

  g_assert (size->n_rows > 0 && shape->n_steps > 0);
  net->model = model;
  net->config = g_memdup2 (config, model->base.config_size);
  net->shape = *shape;
  net->device = device;
  net->size = *size;
  net->seed = seed;
  net->sketched = sketched;
  net->arrays = g_ptr_array_new_with_free_func (free_array);
  net->trainables = g_ptr_array_new_with_free_func (free_trainable);
  net->kept = g_ptr_array_new_with_free_func (rheo_net_release);
  net->surrogate = (RheoSurrogate){ .kind = RHEO_SURROGATE_ARCTAN, .slope = 2 };
  net->plan.pop = net->pop;
  net->plan.proj = net->proj;
  if (!model->layout (config, shape, net, error))
    return NULL;
  if (shape->carried > 0)
    rheo_net_state_bytes (net, RHEO_CARRIED, N_ ("What an episode hands on to the next"), shape->carried);
  g_assert (net->plan.n_pops > 0);
  net->plan.out_pop = net->plan.n_pops - 1;
  net->plan.n_in = shape->n_in;
  net->plan.n_out = shape->n_out;
  if (model->derive != NULL)
    model->derive (config, net);
  for (int i = 0; i < net->plan.n_projs; i++)
    if (!make_proj (net, i, error))
      return NULL;
  for (int i = 0; i < net->plan.n_pops; i++)
    if (!make_pop (net, i, error))
      return NULL;
  make_stages (net);
  net->plan.stage_first = net->stage_first;
  net->plan.stage_pop = net->stage_pop;
  if (!make_lanes (net, error))
    return NULL;
  return g_steal_pointer (&net);
}

RheoNet *
rheo_net_lay_out (const RheoModel *model, const void *config, const RheoShape *shape, RheoDevice *device,
                  const RheoNetSize *size, uint64_t seed, GError **error)
{
  return lay_out (model, config, shape, device, size, seed, false, error);
}

RheoNet *
rheo_net_sketch (const RheoModel *model, const void *config, const RheoShape *shape, const RheoNetSize *size,
                 GError **error)
{
  RheoNet *net = lay_out (model, config, shape, NULL, size, 0, true, error);

  if (net == NULL)
    return NULL;
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].form == RHEO_SPARSE)
      {
        net->n_synapses[i] = (int64_t) rheo_net_expected (net, i);
        rheo_net_make_weight (net, &net->proj[i], NULL);
        net->bytes[RHEO_USE_CONST] +=
            sizeof (int64_t) * (size_t) (net->proj[i].n_pre + 1) + sizeof (int32_t) * (size_t) net->n_synapses[i];
      }
  make_trainables (net);
  rheo_cpu_size_tape (net);
  return net;
}

gboolean
rheo_net_prepare (RheoNet *net, GError **error)
{
  const char *why = NULL;

  if (net->starved)
    return no_memory (error, 0);
  for (int i = 0; i < net->plan.n_projs; i++)
    if (net->proj[i].form == RHEO_SPARSE && net->proj[i].syn_first == NULL)
      return no_memory (error, rheo_net_expected (net, i) * SYNAPSE);
  make_trainables (net);
  net->stale = RHEO_STALE_WEIGHTS | RHEO_STALE_MASKS | RHEO_STALE_MOMENTS;
  if (!net->device->ops->can (net->device, &net->plan, &why))
    return rheo_fail (error, RHEO_ERROR_UNSUPPORTED, _ ("%s cannot run this network: %s"), net->device->name, _ (why));
  if (!net->device->ops->prepare (net->device, net))
    return no_memory (error, net->tape_needs);
  return TRUE;
}

RheoNet *
rheo_net_new (const RheoModel *model, const void *config, const RheoShape *shape, RheoDevice *device,
              const RheoNetSize *size, uint64_t seed, GError **error)
{
  g_autoptr (RheoNet) net = rheo_net_lay_out (model, config, shape, device, size, seed, error);

  if (net == NULL)
    return NULL;
  model->init (config, net, (RheoRng){ .seed = seed, .stream = RHEO_STREAM_INIT });
  if (!rheo_net_prepare (net, error))
    return NULL;
  return g_steal_pointer (&net);
}

void
rheo_net_free (RheoNet *net)
{
  if (net == NULL)
    return;
  rheo_net_unwind (net);
  if (net->on_device != NULL)
    net->device->ops->forget (net->device, net);
  for (int i = 0; i < net->plan.n_pops; i++)
    {
      g_free ((char *) net->pop[i].name);
      g_free ((void *) net->pop[i].derived);
      g_free ((void *) net->pop[i].class_first);
      g_strfreev ((char **) net->pop[i].class_names);
      g_array_unref (net->more[i].trained);
    }
  for (int i = 0; i < net->plan.n_projs; i++)
    g_free ((char *) net->proj[i].name);
  g_ptr_array_unref (net->trainables);
  g_ptr_array_unref (net->arrays);
  g_ptr_array_unref (net->kept);
  g_free (net->lane);
  g_free (net->config);
  g_free (net);
}
