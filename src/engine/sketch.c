#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "sketch.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "net-private.h"
#include "rule.h"
#include "task.h"

/* --- boxes and arrows --------------------------------------------------------------------------------------------- */
typedef struct
{
  const RheoNet *net;
  const RheoPlan *plan;
  int first[RHEO_MAX_POPS + 1]; /* first box of each population */
  int input, teacher;           /* boxes; -1: none */
  int n;
} Boxes;

static int
n_boxes (const RheoPop *pop)
{
  return MAX (pop->n_classes, 1);
}

static int
units_of (const RheoPop *pop, int k)
{
  return pop->n_classes > 0 ? pop->class_first[k + 1] - pop->class_first[k] : pop->n_units;
}

static Boxes
count_boxes (const RheoNet *net)
{
  Boxes b = { .net = net, .plan = rheo_net_get_plan (net), .input = -1, .teacher = -1 };

  for (int i = 0; i < b.plan->n_projs; i++)
    {
      if (b.plan->proj[i].from == RHEO_INPUT && b.input < 0)
        b.input = b.n++;
      if (b.plan->proj[i].from == RHEO_TEACHER && b.teacher < 0)
        b.teacher = b.n++;
    }
  for (int i = 0; i < b.plan->n_pops; i++)
    {
      b.first[i] = b.n;
      b.n += n_boxes (&b.plan->pop[i]);
    }
  return b;
}

char *
rheo_sketch_dup_labels (const RheoTask *task, const void *config, gboolean target, const char *separator)
{
  const char *const *names = task->labels != NULL ? task->labels (config, target) : NULL;
  GString *text = g_string_new (NULL);

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? separator : "", _ (names[i]));
  return g_string_free (text, FALSE);
}

char *
rheo_sketch_dup_outputs (const RheoExperiment *experiment)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);

  return task != NULL
             ? rheo_sketch_dup_labels (task, rheo_experiment_get_values (experiment, RHEO_SLOT_TASK), TRUE, ";")
             : g_strdup ("");
}

/* "x, y" where there are few names. Yours. */
static char *
dup_names (const RheoTask *task, const void *config, gboolean target, int n)
{
  const char *const *names = task->labels != NULL ? task->labels (config, target) : NULL;

  if (names != NULL && n <= 3 && (int) g_strv_length ((char **) names) == n)
    return rheo_sketch_dup_labels (task, config, target, ", ");
  return g_strdup (target ? _ ("Output") : _ ("Input"));
}

static void
add_boxes (const Boxes *b, const RheoExperiment *experiment, const RheoShape *shape, RheoTable *table)
{
  const RheoTask *task = (const RheoTask *) rheo_experiment_get_component (experiment, RHEO_SLOT_TASK);
  const void *config = rheo_experiment_get_values (experiment, RHEO_SLOT_TASK);
  const int64_t n = b->n;
  const char **name = rheo_table_add (table, "node.name", N_ ("Name"), "", "node", RHEO_STRING, &n)->data;
  const char **part = rheo_table_add (table, "node.part", N_ ("Population"), "", "node", RHEO_STRING, &n)->data;
  int32_t *group =
      rheo_table_add (table, "node.group", N_ ("Number of the population"), "", "node", RHEO_I32, &n)->data;
  int32_t *kind = rheo_table_add (table, "node.kind", N_ ("Kind"), "", "node", RHEO_I32, &n)->data;
  int64_t *units = rheo_table_add (table, "node.units", N_ ("Units"), "", "node", RHEO_I64, &n)->data;
  g_autofree char *in = dup_names (task, config, FALSE, shape->n_in);
  g_autofree char *out = dup_names (task, config, TRUE, shape->n_out);

  if (b->input >= 0)
    {
      name[b->input] = part[b->input] = rheo_table_keep (table, in);
      group[b->input] = RHEO_INPUT;
      kind[b->input] = RHEO_SKETCH_INPUT;
      units[b->input] = shape->n_in;
    }
  if (b->teacher >= 0)
    {
      name[b->teacher] = part[b->teacher] = rheo_table_keep (table, _ ("Teacher"));
      group[b->teacher] = RHEO_TEACHER;
      kind[b->teacher] = RHEO_SKETCH_TEACHER;
      units[b->teacher] = shape->n_out;
    }
  for (int i = 0; i < b->plan->n_pops; i++)
    {
      const RheoPop *pop = &b->plan->pop[i];
      const gboolean last = i == b->plan->out_pop && shape->n_out > 0;
      const char *title = last ? out : pop->title != NULL ? _ (pop->title) : pop->name;

      for (int k = 0; k < n_boxes (pop); k++)
        {
          const int box = b->first[i] + k;

          name[box] = rheo_table_keep (table, pop->n_classes > 0 ? pop->class_names[k] : title);
          part[box] = rheo_table_keep (table, title);
          group[box] = i;
          kind[box] = last ? RHEO_SKETCH_OUTPUT : RHEO_SKETCH_UNITS;
          units[box] = units_of (pop, k);
        }
    }
}

typedef struct
{
  const char *name;
  int from, to, sign, delay, single;
  double pairs, share;
} Arrow;

static GArray *
list_arrows (const Boxes *b)
{
  GArray *arrows = g_array_new (FALSE, FALSE, sizeof (Arrow));

  for (int p = 0; p < b->plan->n_projs; p++)
    {
      const RheoProj *proj = &b->plan->proj[p];
      const RheoPop *pre = proj->from >= 0 ? &b->plan->pop[proj->from] : NULL, *post = &b->plan->pop[proj->to];

      for (int j = 0; j < (pre != NULL ? n_boxes (pre) : 1); j++)
        for (int i = 0; i < n_boxes (post); i++)
          {
            Arrow arrow = { .name = proj->name,
                            .from = pre != NULL                ? b->first[proj->from] + j
                                    : proj->from == RHEO_INPUT ? b->input
                                                               : b->teacher,
                            .to = b->first[proj->to] + i,
                            .sign = rheo_net_get_sign (b->net, p, j),
                            .delay = proj->delay,
                            .single = proj->form == RHEO_ONE_TO_ONE,
                            .pairs = (pre != NULL ? units_of (pre, j) : proj->n_pre) * (double) units_of (post, i),
                            .share = rheo_net_get_share (b->net, p, j, i) };

            if (arrow.pairs > 0 && arrow.share > 0)
              g_array_append_val (arrows, arrow);
          }
    }
  return arrows;
}

static void
add_arrows (const Boxes *b, RheoTable *table)
{
  g_autoptr (GArray) arrows = list_arrows (b);
  const int64_t n = arrows->len;
  const char **name = rheo_table_add (table, "link.name", N_ ("Projection"), "", "link", RHEO_STRING, &n)->data;
  int32_t *from = rheo_table_add (table, "link.from", N_ ("From box"), "", "link", RHEO_I32, &n)->data;
  int32_t *to = rheo_table_add (table, "link.to", N_ ("To box"), "", "link", RHEO_I32, &n)->data;
  double *pairs = rheo_table_add (table, "link.pairs", N_ ("Pairs of units"), "", "link", RHEO_F64, &n)->data;
  RheoColumn *column = rheo_table_add (table, "link.share", N_ ("Connected share"), "", "link", RHEO_F64, &n);
  double *share = column->data;
  int32_t *sign = rheo_table_add (table, "link.sign", N_ ("Sign of the weights"), "", "link", RHEO_I32, &n)->data;
  int32_t *delay = rheo_table_add (table, "link.delay", N_ ("Delay"), N_ ("steps"), "link", RHEO_I32, &n)->data;
  int32_t *single = rheo_table_add (table, "link.single", N_ ("One to one"), "", "link", RHEO_I32, &n)->data;

  column->hi = 1;
  for (int64_t k = 0; k < n; k++)
    {
      const Arrow *a = &g_array_index (arrows, Arrow, k);

      name[k] = rheo_table_keep (table, a->name);
      from[k] = a->from;
      to[k] = a->to;
      pairs[k] = a->pairs;
      share[k] = a->share;
      sign[k] = a->sign;
      delay[k] = a->delay;
      single[k] = a->single;
    }
}

/* --- counting ----------------------------------------------------------------------------------------------------- */
static void
count_pairs (const RheoNet *net, RheoSketchFacts *facts)
{
  const RheoPlan *plan = rheo_net_get_plan (net);

  for (int i = 0; i < plan->n_projs; i++)
    {
      facts->n_pairs += (double) plan->proj[i].n_pre * plan->proj[i].n_post;
      facts->n_connected += rheo_net_expected (net, i);
    }
  for (int i = 0; i < plan->n_pops; i++)
    facts->n_units += i != plan->out_pop || plan->n_out == 0 ? plan->pop[i].n_units : 0;
}

/* A product goes forward, back to the source, and into the gradient of the weight. */
static void
count_work (const RheoNet *net, const RheoShape *shape, const RheoRunRows *run, gboolean gradient,
            RheoSketchFacts *facts)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const double n_row_steps = (double) run->batch * shape->n_steps;
  double forward = 0;

  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];
      const double all = 2 * n_row_steps * p->n_pre * (p->form == RHEO_ONE_TO_ONE ? 1 : p->n_post);
      const gboolean back = gradient && p->from >= 0 && !(p->flags & RHEO_PROJ_CUT);

      forward += all;
      facts->batch_flop += all * (1 + back + ((p->flags & RHEO_PROJ_TRAIN) != 0));
    }
  facts->n_batches = shape->n_trials > 0 ? MAX (shape->n_trials / run->batch, 1) : 1;
  facts->epoch_flop = facts->n_batches * facts->batch_flop;
  if (run->validate > 0)
    facts->epoch_flop += forward * MAX ((double) shape->n_valid / run->batch, 1) / run->validate;
}

/* Iterations whose record is kept: the first state and the last one always are. */
static double
count_records (const RheoRunRows *run)
{
  double n = run->budget > 0 ? 2 : 1;

  if (run->record_every > 0)
    n += (run->budget - 1) / run->record_every;
  for (int k = 0; k < run->n_record; k++)
    {
      const double at = run->record[k];
      gboolean again = at < 1 || at >= run->budget || (run->record_every > 0 && (int) at % run->record_every == 0);

      for (int j = 0; j < k; j++)
        again = again || run->record[j] == at;
      n += !again;
    }
  return n;
}

/* Bytes that shuffling and packing leave of a number: drawn weights; weights of which most pairs have none, for each
 * connection and each pair; gradients; masks; spikes at a usual rate; signals. */
#define PACKED_WEIGHT 3.45
#define PACKED_CONNECTION 6.6
#define PACKED_MASK 0.14
#define PACKED_GRADIENT 2.8
#define PACKED_SPIKE 0.03
#define PACKED_SIGNAL 3.2
#define FILE_START 6e4 /* groups and attributes */
#define RECORD_START 6e3
#define THREAD_START 3e6 /* buffers of a worker (device-cpu.c) */

/* Bytes of a record in memory and in the file. */
static void
count_record (const RheoNet *net, const RheoShape *shape, double n_probe, gboolean gradient, double *bytes,
              double *packed)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  const double signals = n_probe * shape->n_steps * (shape->n_in + shape->n_out);

  *bytes = signals * sizeof (RheoReal);
  *packed = RECORD_START + signals * PACKED_SIGNAL;
  for (int i = 0; i < plan->n_projs; i++)
    {
      const RheoProj *p = &plan->proj[i];
      const double pairs = p->form == RHEO_ONE_TO_ONE ? p->n_post : (double) p->n_pre * p->n_post;
      const double connected = MIN (rheo_net_expected (net, i), pairs);

      *bytes += pairs * (sizeof (RheoReal) + net->with_mask[i]);
      *packed += MIN (connected * PACKED_CONNECTION, pairs * PACKED_WEIGHT) + pairs * net->with_mask[i] * PACKED_MASK;
      if (p->flags & RHEO_PROJ_TRAIN && gradient)
        {
          *bytes += pairs * sizeof (RheoReal);
          *packed += pairs * PACKED_GRADIENT;
        }
    }
  for (int i = 0; i < plan->n_pops; i++)
    {
      const double n = n_probe * shape->n_steps * plan->pop[i].n_units;

      *bytes += n * (plan->pop[i].cell->spikes ? 1 : sizeof (RheoReal));
      *packed += n * (plan->pop[i].cell->spikes ? PACKED_SPIKE : PACKED_SIGNAL);
    }
}

/* Places, targets and copies of the weights that products go through (device-cpu-index.c). */
static double
index_bytes (const RheoNet *net)
{
  const RheoPlan *plan = rheo_net_get_plan (net);
  double bytes = 0;

  for (int i = 0; i < plan->n_projs; i++)
    if (plan->proj[i].from >= 0 && net->with_mask[i])
      bytes += rheo_net_expected (net, i) * (sizeof (int64_t) + sizeof (int32_t) + sizeof (RheoReal));
  return bytes;
}

static void
count_memory (const RheoNet *net, const RheoShape *shape, const RheoRunRows *run, const RheoRuleType *rule,
              const void *rule_config, RheoSketchFacts *facts)
{
  const RheoNetFacts of_net = rheo_net_get_facts (net);
  const double trained = (double) facts->n_trained * sizeof (RheoReal), weights = (double) of_net.weights;
  const double signals = (double) shape->n_steps * (shape->n_in + shape->n_out) * sizeof (RheoReal);
  const int n_moments = rule->optimiser != NULL ? rheo_optimiser_count_moments (rule->optimiser (rule_config)) : 0;
  const gboolean gradient = rule->gradient != NULL;
  const double checkpoint =
      weights * (run->keep == RHEO_KEEP_BEST ? 2 : 1) + (double) of_net.state + n_moments * trained;
  double record, packed, first;

  count_record (net, shape, MIN (run->n_probe, run->batch), FALSE, &record, &first); /* there is no gradient yet */
  count_record (net, shape, MIN (run->n_probe, run->batch), gradient, &record, &packed);
  facts->file = FILE_START + first + (count_records (run) - 1) * packed + 2 * checkpoint;
  facts->memory = checkpoint + (double) of_net.tape + index_bytes (net) + gradient * trained;
  facts->memory += THREAD_START * (run->threads > 0 ? run->threads : (int) g_get_num_processors ());
  /* Batches ready, lent and in the making; the data set itself; what waits to be written. */
  facts->memory += 4 * run->batch * signals + 2.0 * (shape->n_trials + shape->n_valid) * signals;
  facts->memory += checkpoint + record;
}

RheoTable *
rheo_sketch_new (const RheoExperiment *experiment, const RheoShape *shape, RheoSketchFacts *facts, GError **error)
{
  const RheoModel *model = (const RheoModel *) rheo_experiment_get_component (experiment, RHEO_SLOT_MODEL);
  const RheoRuleType *rule = (const RheoRuleType *) rheo_experiment_get_component (experiment, RHEO_SLOT_RULE);
  const RheoRunRows *run = rheo_experiment_get_run (experiment);
  const RheoNetSize size = { shape->swapped ? shape->n_steps : run->batch, run->lane_rows, run->memory };
  g_autoptr (RheoNet) net = NULL;
  RheoShape walked = *shape;
  RheoTable *table;
  Boxes boxes;

  walked.n_steps = shape->swapped ? run->batch : shape->n_steps;
  net = rheo_net_sketch (model, rheo_experiment_get_values (experiment, RHEO_SLOT_MODEL), &walked, &size, error);
  if (net == NULL)
    return NULL;
  *facts = (RheoSketchFacts){ .n_trained = rheo_net_get_facts (net).n_trained };
  count_pairs (net, facts);
  count_work (net, shape, run, rule->gradient != NULL, facts);
  count_memory (net, shape, run, rule, rheo_experiment_get_values (experiment, RHEO_SLOT_RULE), facts);
  boxes = count_boxes (net);
  table = rheo_table_new (N_ ("Network"));
  add_boxes (&boxes, experiment, shape, table);
  add_arrows (&boxes, table);
  return table;
}
