#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "sketch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

double
rheo_sketch_number (const RheoTable *table, const char *key, int i)
{
  return rheo_column_get_number (rheo_table_find (table, key), i);
}

const char *
rheo_sketch_word (const RheoTable *table, const char *key, int i)
{
  return rheo_column_get_string (rheo_table_find (table, key), i);
}

double
rheo_sketch_unit (const RheoPlotCanvas *canvas)
{
  return canvas->theme->point * 0.75 * canvas->font_scale;
}

void
rheo_sketch_share (double lo, double hi, char *out, size_t size)
{
  char a[32], b[32];

  /* Whole per cents, but for what would be nearly none. */
  if (lo >= 0.0095)
    rheo_plot_number (100 * lo, 0, a, sizeof a);
  else
    rheo_plot_number_short (100 * lo, 1, a, sizeof a);
  if (hi >= 0.0095)
    rheo_plot_number (100 * hi, 0, b, sizeof b);
  else
    rheo_plot_number_short (100 * hi, 1, b, sizeof b);
  if (strcmp (a, b) == 0)
    g_snprintf (out, size, _ ("%s %%"), b);
  else
    g_snprintf (out, size, _ ("%s–%s %%"), a, b);
}

/* --- what there is ------------------------------------------------------------------------------------------------ */
static int
group_of (const RheoSketchWork *w, int node)
{
  const int id = (int) rheo_sketch_number (w->table, "node.group", node);

  for (int i = 0; i < w->n_groups; i++)
    if (w->group[i].id == id)
      return i;
  return -1;
}

void
rheo_sketch_read_groups (RheoSketchWork *w)
{
  for (int i = 0; i < w->n_nodes; i++)
    {
      int g = group_of (w, i);

      if (rheo_sketch_number (w->table, "node.units", i) == 0 || (g < 0 && w->n_groups == MAX_GROUPS))
        continue;
      if (g < 0)
        {
          g = w->n_groups++;
          w->group[g] = (RheoSketchGroup){ .id = (int) rheo_sketch_number (w->table, "node.group", i),
                                           .kind = (int) rheo_sketch_number (w->table, "node.kind", i) };
        }
      if (w->group[g].n < MAX_CLASSES)
        w->group[g].node[w->group[g].n++] = i;
    }
  for (int g = 0; g < w->n_groups; g++)
    w->group[g].framed = w->group[g].n > 1;
}

static RheoSketchEdge *
edge_between (RheoSketchWork *w, int from, int to)
{
  for (int i = 0; i < w->n_edges; i++)
    if (w->edge[i].from == from && w->edge[i].to == to)
      return &w->edge[i];
  w->edge[w->n_edges] = (RheoSketchEdge){ .from = from, .to = to, .first = TRUE };
  return &w->edge[w->n_edges++];
}

void
rheo_sketch_read_links (RheoSketchWork *w)
{
  w->sign = g_new0 (int, MAX (w->n_nodes, 1));
  w->edge = g_new0 (RheoSketchEdge, MAX (w->n_links, 1));
  for (int k = 0; k < w->n_links; k++)
    {
      const int a = (int) rheo_sketch_number (w->table, "link.from", k),
                b = (int) rheo_sketch_number (w->table, "link.to", k);
      const int from = group_of (w, a), to = group_of (w, b),
                sign = (int) rheo_sketch_number (w->table, "link.sign", k);
      const double pairs = rheo_sketch_number (w->table, "link.pairs", k),
                   share = rheo_sketch_number (w->table, "link.share", k);
      const char *name = rheo_sketch_word (w->table, "link.name", k);
      RheoSketchEdge *e;

      if (sign != 0)
        w->sign[a] = sign;
      if (from < 0 || to < 0)
        continue;
      if (from == to && w->group[from].framed)
        continue; /* in the frame */
      e = edge_between (w, from, to);
      e->pairs += pairs;
      e->connected += pairs * share;
      e->sign = e->first || e->sign == sign ? sign : 0;
      e->single = (e->first || e->single) && rheo_sketch_number (w->table, "link.single", k) != 0;
      e->first = FALSE;
      if (strstr (e->names, name) == NULL)
        {
          if (e->names[0] != '\0')
            g_strlcat (e->names, ", ", sizeof e->names);
          g_strlcat (e->names, name, sizeof e->names);
        }
      if (from == to)
        w->group[from].loop = TRUE;
    }
}

void
rheo_sketch_label (const RheoSketchEdge *e, char *out, size_t size)
{
  if (e->single)
    g_strlcpy (out, _ ("one to one"), size);
  else
    rheo_sketch_share (e->connected / e->pairs, e->connected / e->pairs, out, size);
}

double
rheo_sketch_label_width (const RheoSketchWork *w, const RheoSketchEdge *e)
{
  char label[32];
  double width;

  rheo_sketch_label (e, label, sizeof label);
  rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, label, &width, NULL);
  return width;
}

static double
mean_place (const RheoSketchWork *w, int group)
{
  double sum = 0;
  int n = 0;

  for (int i = 0; i < w->n_edges; i++)
    if (w->edge[i].to == group && w->group[w->edge[i].from].rank < w->group[group].rank)
      {
        sum += w->group[w->edge[i].from].order;
        n++;
      }
  return n > 0 ? sum / n : 0;
}

/* Depth: one more than that of what feeds it, in the order of the populations; the read-out is the last. */
void
rheo_sketch_find_ranks (RheoSketchWork *w)
{
  int last = 0;

  for (int pass = 0; pass < w->n_groups; pass++)
    for (int i = 0; i < w->n_edges; i++)
      {
        const RheoSketchEdge *e = &w->edge[i];

        if (w->group[e->from].id < w->group[e->to].id)
          w->group[e->to].rank = MAX (w->group[e->to].rank, w->group[e->from].rank + 1);
      }
  for (int g = 0; g < w->n_groups; g++)
    {
      if (w->group[g].kind == KIND_UNITS)
        w->group[g].rank = MAX (w->group[g].rank, 1);
      if (w->group[g].kind != KIND_OUTPUT)
        last = MAX (last, w->group[g].rank);
    }
  for (int g = 0; g < w->n_groups; g++)
    if (w->group[g].kind == KIND_OUTPUT)
      w->group[g].rank = last + 1;
  w->n_ranks = last + 2;
  /* In a rank: as what feeds it lies. */
  for (int rank = 0; rank < w->n_ranks; rank++)
    {
      for (int i = 0; i < w->n_groups; i++)
        if (w->group[i].rank == rank)
          w->group[i].place = mean_place (w, i);
      for (int i = 0; i < w->n_groups; i++)
        for (int k = 0; k < w->n_groups; k++)
          if (w->group[i].rank == rank && w->group[k].rank == rank)
            w->group[i].order +=
                w->group[k].place < w->group[i].place || (w->group[k].place == w->group[i].place && k < i);
    }
}

/* --- boxes -------------------------------------------------------------------------------------------------------- */
RheoSketchBox
rheo_sketch_make_box (const RheoSketchWork *w, const RheoSketchGroup *g, int node, int order)
{
  RheoSketchBox box = { .node = node, .group = g->id, .kind = g->kind, .sign = w->sign[node] };
  const gint64 n = (gint64) rheo_sketch_number (w->table, "node.units", node);
  char count[32];
  double name_w, detail_w;

  rheo_plot_number ((double) n, 0, count, sizeof count);
  g_strlcpy (box.name, rheo_sketch_word (w->table, "node.name", node), sizeof box.name);
  if (g->kind == KIND_INPUT)
    g_snprintf (box.detail, sizeof box.detail, g_dngettext (GETTEXT_PACKAGE, "%s input", "%s inputs", (gulong) n),
                count);
  else if (g->kind == KIND_OUTPUT || g->kind == KIND_TEACHER)
    g_snprintf (box.detail, sizeof box.detail, g_dngettext (GETTEXT_PACKAGE, "%s output", "%s outputs", (gulong) n),
                count);
  else if (g->framed && w->sign[node] < 0)
    g_strlcpy (box.detail, count, sizeof box.detail);
  else
    g_snprintf (box.detail, sizeof box.detail, g_dngettext (GETTEXT_PACKAGE, "%s unit", "%s units", (gulong) n), count);
  box.style = g->kind == KIND_UNITS ? rheo_plot_theme_style (box.name, g->framed ? order : box.sign < 0) : -1;
  rheo_plot_text_size (w->canvas, RHEO_TEXT_PANEL, box.name, &name_w, NULL);
  rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, box.detail, &detail_w, NULL);
  box.rect.width = MAX (MAX (name_w, detail_w) + 2 * (g->kind == KIND_UNITS ? PAD : PAD - 2) * w->u, LEAST * w->u);
  box.rect.height = w->name_h + w->text_h + 1.2 * PAD * w->u;
  return box;
}

/* Shares of the links inside a frame whose sources and targets are of these kinds (+1: not inhibitory). */
static gboolean
range_inside (const RheoSketchWork *w, const RheoSketchGroup *g, int pre, int post, double *lo, double *hi)
{
  *lo = INFINITY;
  *hi = -INFINITY;
  for (int k = 0; k < w->n_links; k++)
    {
      const int a = (int) rheo_sketch_number (w->table, "link.from", k),
                b = (int) rheo_sketch_number (w->table, "link.to", k);

      if ((int) rheo_sketch_number (w->table, "node.group", a) != g->id
          || (int) rheo_sketch_number (w->table, "node.group", b) != g->id || (w->sign[a] < 0) != (pre < 0)
          || (w->sign[b] < 0) != (post < 0))
        continue;
      *lo = MIN (*lo, rheo_sketch_number (w->table, "link.share", k));
      *hi = MAX (*hi, rheo_sketch_number (w->table, "link.share", k));
    }
  return *lo <= *hi;
}

static double
link_share (const RheoSketchWork *w, int from, int to)
{
  for (int k = 0; k < w->n_links; k++)
    if ((int) rheo_sketch_number (w->table, "link.from", k) == from
        && (int) rheo_sketch_number (w->table, "link.to", k) == to)
      return rheo_sketch_number (w->table, "link.share", k);
  return 0;
}

static void
add_caption (const RheoSketchWork *w, const RheoSketchGroup *g, RheoSketchFrame *f, int pre, int post,
             const char *format, const char *with)
{
  RheoSketchCaption *c = &f->caption[f->n_captions];
  char share[32];
  double lo, hi, width;

  if (!range_inside (w, g, pre, post, &lo, &hi))
    return;
  rheo_sketch_share (lo, hi, share, sizeof share);
  *c = (RheoSketchCaption){ .sign = pre };
  g_snprintf (c->text, sizeof c->text, format, with, share);
  rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, c->text, &width, NULL);
  c->rect.width = width + RHEO_SKETCH_SAMPLE * w->u;
  c->rect.height = w->text_h;
  f->n_captions++;
}

static void
place_row (const RheoSketchWork *w, RheoSketchFrame *f, gboolean lower, double y)
{
  double row = 0, x;
  int n = 0;

  for (int i = 0; i < f->n; i++)
    if (f->lower[i] == lower)
      {
        row += f->box[i].rect.width;
        n++;
      }
  if (n == 0)
    return;
  row += (n - 1) * APART * w->u;
  /* One box alone is as wide as the other row. */
  x = (f->width - row) / 2;
  for (int i = 0; i < f->n; i++)
    if (f->lower[i] == lower)
      {
        if (n == 1 && !lower && f->n > 1)
          {
            f->box[i].rect.width = f->width - 2 * PAD * w->u;
            x = PAD * w->u;
          }
        f->box[i].rect.x = x;
        f->box[i].rect.y = y;
        x += f->box[i].rect.width + APART * w->u;
      }
}

void
rheo_sketch_make_frame (const RheoSketchWork *w, const RheoSketchGroup *g, RheoSketchFrame *f)
{
  double row[2] = { 0, 0 }, title_w = 0, y = PAD * w->u * 0.8;
  int n[2] = { 0, 0 };
  const char *upper = NULL;

  memset (f, 0, sizeof *f);
  f->n = g->n;
  for (int i = 0; i < g->n; i++)
    {
      f->box[i] = rheo_sketch_make_box (w, g, g->node[i], i);
      f->lower[i] = w->sign[g->node[i]] < 0;
      row[f->lower[i]] += f->box[i].rect.width;
      n[f->lower[i]]++;
      if (!f->lower[i])
        {
          upper = n[0] == 1 ? f->box[i].name : _ ("excitatory");
          f->loops = f->loops || link_share (w, g->node[i], g->node[i]) > 0;
        }
    }
  f->n_upper = n[0];
  if (n[0] > 0 && n[1] > 0)
    {
      add_caption (w, g, f, -1, 1, _ ("to %s %s"), upper);
      add_caption (w, g, f, 1, -1, _ ("from %s %s"), upper);
    }
  if (n[1] > 0)
    add_caption (w, g, f, -1, -1, "%s %s", n[0] > 0 ? _ ("others") : _ ("within"));
  if (w->n_groups > 3)
    {
      g_strlcpy (f->title, rheo_sketch_word (w->table, "node.part", g->node[0]), sizeof f->title);
      rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, f->title, &title_w, NULL);
    }
  for (int k = 0; k < 2; k++)
    f->width = MAX (f->width, row[k] + MAX (n[k] - 1, 0) * APART * w->u);
  for (int k = 0; k < f->n_captions; k++)
    f->width = MAX (f->width, f->caption[k].rect.width);
  f->width = MAX (f->width, title_w) + 2 * PAD * w->u;
  if (f->title[0] != '\0')
    y += w->text_h;
  if (f->loops)
    y += MAX (LOOP * w->u, w->text_h) + 2 * w->u;
  f->upper_h = f->box[0].rect.height;
  f->upper_y = y;
  place_row (w, f, FALSE, y);
  if (n[0] > 0)
    y += f->upper_h + (n[1] > 0 ? BETWEEN * w->u : 0);
  f->lower_y = y;
  place_row (w, f, TRUE, y);
  if (n[1] > 0)
    y += f->upper_h;
  y += PAD * w->u * 0.5;
  for (int k = 0; k < f->n_captions; k++, y += w->text_h)
    {
      f->caption[k].rect.x = (f->width - f->caption[k].rect.width) / 2;
      f->caption[k].rect.y = y;
    }
  f->height = y + PAD * w->u * 0.5;
}
