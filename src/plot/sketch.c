#define G_LOG_DOMAIN "rheo-plot"

#include "config.h"

#include "sketch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
add_arrow (RheoSketchWork *w, const RheoPoint *points, int n, int sign, const char *label, const char *about)
{
  RheoSketchArrow arrow = { .sign = sign };

  /* Pieces of no length have no direction for the head. */
  for (int i = 0; i < n; i++)
    if (arrow.n_points == 0
        || hypot (points[i].x - arrow.point[arrow.n_points - 1].x, points[i].y - arrow.point[arrow.n_points - 1].y)
               > 0.5)
      arrow.point[arrow.n_points++] = points[i];
  if (label != NULL)
    g_strlcpy (arrow.label, label, sizeof arrow.label);
  g_strlcpy (arrow.about, about, sizeof arrow.about);
  g_array_append_val (w->out->arrows, arrow);
}

/* --- sizes -------------------------------------------------------------------------------------------------------- */
static void
measure (RheoSketchWork *w, RheoSketchGroup *g)
{
  double out = 0;

  if (g->framed)
    {
      RheoSketchFrame f;

      rheo_sketch_make_frame (w, g, &f);
      g->body = (RheoRect){ 0, 0, f.width, f.height };
    }
  else
    {
      const RheoSketchBox box = rheo_sketch_make_box (w, g, g->node[0], 0);

      g->body = box.rect;
    }
  if (g->loop)
    for (int i = 0; i < w->n_edges; i++)
      if (w->edge[i].from == w->edge[i].to && &w->group[w->edge[i].from] == g)
        out = LOOP * w->u + (w->across ? w->text_h : rheo_sketch_label_width (w, &w->edge[i]) + 10 * w->u);
  g->w = g->body.width + (w->across ? 0 : out);
  g->h = g->body.height + (w->across ? out : 0);
  if (w->across)
    {
      for (int i = 0; g->loop && i < w->n_edges; i++)
        if (w->edge[i].from == w->edge[i].to && &w->group[w->edge[i].from] == g)
          g->w = MAX (g->w, rheo_sketch_label_width (w, &w->edge[i]));
      g->body.x = (g->w - g->body.width) / 2;
      g->body.y = out;
    }
}

/* Along the flow, and across it. */
static double
along (const RheoSketchWork *w, const RheoSketchGroup *g)
{
  return w->across ? g->w : g->h;
}

static double
athwart (const RheoSketchWork *w, const RheoSketchGroup *g)
{
  return w->across ? g->h : g->w;
}

static gboolean
is_direct (const RheoSketchWork *w, const RheoSketchEdge *e)
{
  return w->group[e->to].rank == w->group[e->from].rank + 1;
}

typedef struct
{
  double start[MAX_GROUPS + 2], extent[MAX_GROUPS + 2]; /* of the ranks along the flow */
  int n_out[MAX_GROUPS + 2], n_in[MAX_GROUPS + 2];      /* lanes after and before each rank */
  double total, lo, hi;                                 /* length; limits across */
  int n_channels;
  double channel;
} Ranks;

static double
gap_before (const RheoSketchWork *w, const Ranks *ranks, int rank)
{
  double gap = AHEAD * w->u;

  for (int i = 0; i < w->n_edges; i++)
    if (w->group[w->edge[i].to].rank == rank && is_direct (w, &w->edge[i]))
      gap = MAX (gap, w->across ? rheo_sketch_label_width (w, &w->edge[i]) + 8 * w->u : w->text_h + 8 * w->u);
  return gap + (ranks->n_out[rank - 1] + ranks->n_in[rank]) * LANE * w->u;
}

static void
arrange (RheoSketchWork *w, Ranks *ranks)
{
  memset (ranks, 0, sizeof *ranks);
  for (int g = 0; g < w->n_groups; g++)
    {
      measure (w, &w->group[g]);
      w->group[g].n_out = w->group[g].n_in = w->group[g].i_out = w->group[g].i_in = 0;
    }
  for (int i = 0; i < w->n_edges; i++)
    {
      RheoSketchEdge *e = &w->edge[i];

      if (e->from == e->to)
        continue;
      w->group[e->from].n_out++;
      w->group[e->to].n_in++;
      if (is_direct (w, e))
        continue;
      e->lane_out = ranks->n_out[w->group[e->from].rank]++;
      e->lane_in = ranks->n_in[w->group[e->to].rank]++;
      e->channel = ranks->n_channels++;
      ranks->channel = MAX (ranks->channel, (w->across ? w->text_h : rheo_sketch_label_width (w, e)) + 6 * w->u);
    }
  for (int r = 0; r < w->n_ranks; r++)
    {
      double sum = 0, c;
      int n = 0;

      ranks->start[r] =
          r == 0 ? ranks->n_in[0] * LANE * w->u : ranks->start[r - 1] + ranks->extent[r - 1] + gap_before (w, ranks, r);
      for (int g = 0; g < w->n_groups; g++)
        if (w->group[g].rank == r)
          {
            ranks->extent[r] = MAX (ranks->extent[r], along (w, &w->group[g]));
            sum += athwart (w, &w->group[g]);
            n++;
          }
      sum += (n - 1) * STACK * w->u;
      c = -sum / 2;
      for (int order = 0; order < n; order++)
        for (int g = 0; g < w->n_groups; g++)
          if (w->group[g].rank == r && w->group[g].order == order)
            {
              RheoSketchGroup *group = &w->group[g];
              const double body = w->across ? group->body.height : group->body.width;
              const double offset = w->across ? group->body.y : group->body.x;

              /* Alone: the body is on the line of flow. */
              if (n == 1)
                c = -offset - body / 2;
              ranks->lo = MIN (ranks->lo, c);
              ranks->hi = MAX (ranks->hi, c + athwart (w, group));
              if (w->across)
                {
                  group->body.x += ranks->start[r] + (ranks->extent[r] - group->w) / 2;
                  group->body.y += c;
                }
              else
                {
                  group->body.x += c;
                  group->body.y += ranks->start[r] + (ranks->extent[r] - group->h) / 2;
                }
              c += athwart (w, group) + STACK * w->u;
            }
    }
  ranks->total =
      ranks->start[w->n_ranks - 1] + ranks->extent[w->n_ranks - 1] + ranks->n_out[w->n_ranks - 1] * LANE * w->u;
}

/* --- boxes and arrows into the layout ------------------------------------------------------------------------------- */
static void
about_link (const RheoSketchWork *w, int k, char *out, size_t size)
{
  const int a = (int) rheo_sketch_number (w->table, "link.from", k),
            b = (int) rheo_sketch_number (w->table, "link.to", k);
  char share[32];

  rheo_sketch_share (rheo_sketch_number (w->table, "link.share", k), rheo_sketch_number (w->table, "link.share", k),
                     share, sizeof share);
  g_snprintf (out, size, _ ("%s: %s to %s, %s"), rheo_sketch_word (w->table, "link.name", k),
              rheo_sketch_word (w->table, "node.name", a), rheo_sketch_word (w->table, "node.name", b), share);
}

/* Both ways between the boxes of a frame, and arrows of boxes to themselves. */
static void
add_inside (RheoSketchWork *w, const RheoSketchFrame *f, double x0, double y0)
{
  for (int k = 0; k < w->n_links; k++)
    {
      const RheoSketchBox *pre = NULL, *post = NULL;
      gboolean pre_lower = FALSE, post_lower = FALSE;
      char label[32], about[128];

      for (int i = 0; i < f->n; i++)
        {
          if (f->box[i].node == (int) rheo_sketch_number (w->table, "link.from", k))
            {
              pre = &f->box[i];
              pre_lower = f->lower[i];
            }
          if (f->box[i].node == (int) rheo_sketch_number (w->table, "link.to", k))
            {
              post = &f->box[i];
              post_lower = f->lower[i];
            }
        }
      if (pre == NULL || post == NULL)
        continue;
      about_link (w, k, about, sizeof about);
      if (pre == post && !pre_lower)
        {
          const double x = x0 + pre->rect.x + pre->rect.width / 2, y = y0 + pre->rect.y;
          const RheoPoint p[] = { { x - 12 * w->u, y },
                                  { x - 12 * w->u, y - LOOP * w->u },
                                  { x + 8 * w->u, y - LOOP * w->u },
                                  { x + 8 * w->u, y } };

          rheo_sketch_share (rheo_sketch_number (w->table, "link.share", k),
                             rheo_sketch_number (w->table, "link.share", k), label, sizeof label);
          add_arrow (w, p, 4, w->sign[pre->node], label, about);
        }
      else if (pre_lower != post_lower)
        {
          const RheoSketchBox *low = pre_lower ? pre : post, *high = pre_lower ? post : pre;
          /* Below the upper box that is meant, as near to the lower one as it reaches. */
          const double x = x0 + low->rect.x + low->rect.width / 2 + (pre_lower ? 5 : -5) * w->u;
          const double over = CLAMP (x, x0 + high->rect.x + 8 * w->u, x0 + high->rect.x + high->rect.width - 8 * w->u);
          const RheoPoint top = { over, y0 + high->rect.y + high->rect.height }, bottom = { x, y0 + low->rect.y };

          add_arrow (w, pre_lower ? (RheoPoint[]){ bottom, top } : (RheoPoint[]){ top, bottom }, 2,
                     pre_lower ? -1 : w->sign[pre->node], NULL, about);
        }
    }
}

static void
add_group (RheoSketchWork *w, const RheoSketchGroup *g)
{
  if (!g->framed)
    {
      RheoSketchBox box = rheo_sketch_make_box (w, g, g->node[0], 0);

      box.rect = g->body;
      g_array_append_val (w->out->boxes, box);
      return;
    }

  RheoSketchFrame f;
  RheoSketchBox frame = { .rect = g->body, .node = -1, .group = g->id, .kind = g->kind, .style = -1 };

  rheo_sketch_make_frame (w, g, &f);
  g_strlcpy (frame.name, f.title, sizeof frame.name);
  g_array_append_val (w->out->boxes, frame);
  add_inside (w, &f, g->body.x, g->body.y);
  for (int i = 0; i < f.n; i++)
    {
      f.box[i].rect.x += g->body.x;
      f.box[i].rect.y += g->body.y;
      g_array_append_val (w->out->boxes, f.box[i]);
    }
  for (int k = 0; k < f.n_captions; k++)
    {
      f.caption[k].rect.x += g->body.x;
      f.caption[k].rect.y += g->body.y;
      g_array_append_val (w->out->captions, f.caption[k]);
    }
}

/* Where the i-th of n lines leaves or enters, along the side of a box. */
static double
port (const RheoSketchWork *w, const RheoSketchGroup *g, int i, int n)
{
  const double at = w->across ? g->body.y : g->body.x, size = w->across ? g->body.height : g->body.width;
  const double step = MIN (11 * w->u, size / (n + 1));

  return at + size / 2 + (i - (n - 1) / 2.0) * step;
}

static RheoPoint
point (const RheoSketchWork *w, double f, double c)
{
  return w->across ? (RheoPoint){ f, c } : (RheoPoint){ c, f };
}

static void
add_loop (RheoSketchWork *w, const RheoSketchEdge *e)
{
  const RheoRect *b = &w->group[e->from].body;
  const double x = b->x + b->width / 2, y = b->y + b->height / 2, r = b->x + b->width;
  const RheoPoint up[] = { { x - 12 * w->u, b->y },
                           { x - 12 * w->u, b->y - LOOP * w->u },
                           { x + 8 * w->u, b->y - LOOP * w->u },
                           { x + 8 * w->u, b->y } };
  const RheoPoint right[] = {
    { r, y - 8 * w->u }, { r + LOOP * w->u, y - 8 * w->u }, { r + LOOP * w->u, y + 8 * w->u }, { r, y + 8 * w->u }
  };
  char label[32], about[128];

  rheo_sketch_label (e, label, sizeof label);
  g_snprintf (about, sizeof about, _ ("%s: within the population, %s"), e->names, label);
  add_arrow (w, w->across ? up : right, 4, e->sign, label, about);
}

static void
add_edge (RheoSketchWork *w, const Ranks *ranks, RheoSketchEdge *e)
{
  RheoSketchGroup *a = &w->group[e->from], *b = &w->group[e->to];
  const double leave = w->across ? a->body.x + a->body.width : a->body.y + a->body.height;
  const double enter = w->across ? b->body.x : b->body.y;
  const double from_end = ranks->start[a->rank] + ranks->extent[a->rank], to_start = ranks->start[b->rank];
  double c0, c1;
  char label[32], about[128];

  c0 = port (w, a, a->i_out++, a->n_out);
  c1 = port (w, b, b->i_in++, b->n_in);
  rheo_sketch_label (e, label, sizeof label);
  g_snprintf (about, sizeof about, _ ("%s: %s to %s, %s"), e->names,
              rheo_sketch_word (w->table, "node.part", a->node[0]),
              rheo_sketch_word (w->table, "node.part", b->node[0]), label);
  if (is_direct (w, e))
    {
      /* Lines of one box to one box are straight. */
      if (a->n_out == 1 && b->n_in == 1 && fabs (c0 - c1) < 1)
        c1 = c0;
      const RheoPoint p[] = { point (w, leave, c0), point (w, from_end, c0), point (w, to_start, c1),
                              point (w, enter, c1) };

      add_arrow (w, p, 4, e->sign, label, about);
    }
  else
    {
      const double out = from_end + (e->lane_out + 1) * LANE * w->u;
      const double in = to_start - (e->lane_in + 1) * LANE * w->u;
      const double c = ranks->hi + (e->channel + 0.5) * ranks->channel + 4 * w->u;
      const RheoPoint p[] = { point (w, leave, c0), point (w, out, c0), point (w, out, c),
                              point (w, in, c),     point (w, in, c1),  point (w, enter, c1) };

      add_arrow (w, p, 6, e->sign, label, about);
    }
}

/* --- labels ------------------------------------------------------------------------------------------------------- */
static gboolean
try_label (RheoRoom *room, RheoSketchArrow *arrow, double x, double y)
{
  RheoRect r = arrow->label_rect;

  r.x = x - r.width / 2;
  r.y = y - r.height / 2;
  if (!rheo_room_is_free (room, &r))
    return FALSE;
  rheo_room_take (room, &r);
  arrow->label_rect = r;
  return TRUE;
}

/* Beside the line where there is room: at its middle, then further along, on both sides. */
static void
place_label (const RheoSketchWork *w, RheoRoom *room, RheoSketchArrow *arrow)
{
  static const double places[] = { 0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9 };
  const double gap = 3 * w->u;
  double width;

  if (arrow->label[0] == '\0')
    return;
  rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, arrow->label, &width, NULL);
  arrow->label_rect = (RheoRect){ 0, 0, width, w->text_h };
  /* The longest pieces first: of a line with corners the one in its channel. */
  for (int pass = 0; pass < arrow->n_points - 1; pass++)
    {
      int i = (arrow->n_points - 2) / 2 + (pass % 2 == 1 ? (pass + 1) / 2 : -pass / 2);
      const RheoPoint *a, *b;

      if (i < 0 || i > arrow->n_points - 2)
        continue;
      a = &arrow->point[i];
      b = &arrow->point[i + 1];
      for (gsize k = 0; k < G_N_ELEMENTS (places); k++)
        {
          const double x = a->x + places[k] * (b->x - a->x), y = a->y + places[k] * (b->y - a->y);
          const gboolean flat = fabs (b->x - a->x) > fabs (b->y - a->y);

          for (double far = 0; far < 3; far++)
            {
              const double dx = width / 2 + 2 * gap + far * 4 * w->u, dy = w->text_h / 2 + 1 + far * 3 * w->u;

              if (flat ? try_label (room, arrow, x, y - dy) || try_label (room, arrow, x, y + dy)
                       : try_label (room, arrow, x + dx, y) || try_label (room, arrow, x - dx, y))
                return;
            }
        }
    }
  arrow->label_rect.width = 0;
}

static void
place_labels (RheoSketchWork *w)
{
  RheoSketchLayout *l = w->out;
  RheoRoom room;

  rheo_room_init (&room, &(RheoRect){ 0, 0, l->width, l->height });
  for (guint i = 0; i < l->boxes->len; i++)
    {
      const RheoSketchBox *box = &g_array_index (l->boxes, RheoSketchBox, i);
      const RheoRect *r = &box->rect;

      if (box->node >= 0)
        rheo_room_take (&room, r);
      else
        {
          const double right = r->x + r->width, bottom = r->y + r->height;

          rheo_room_take_line (&room, r->x, r->y, right, r->y);
          rheo_room_take_line (&room, r->x, bottom, right, bottom);
          rheo_room_take_line (&room, r->x, r->y, r->x, bottom);
          rheo_room_take_line (&room, right, r->y, right, bottom);
          if (box->name[0] != '\0')
            {
              RheoRect title = { r->x, r->y, 0, w->text_h + 2 };

              rheo_plot_text_size (w->canvas, RHEO_TEXT_TICK, box->name, &title.width, NULL);
              title.width += 2 * PAD * w->u;
              rheo_room_take (&room, &title);
            }
        }
    }
  for (guint i = 0; i < l->captions->len; i++)
    rheo_room_take (&room, &g_array_index (l->captions, RheoSketchCaption, i).rect);
  for (guint i = 0; i < l->arrows->len; i++)
    {
      const RheoSketchArrow *arrow = &g_array_index (l->arrows, RheoSketchArrow, i);

      for (int k = 1; k < arrow->n_points; k++)
        rheo_room_take_line (&room, arrow->point[k - 1].x, arrow->point[k - 1].y, arrow->point[k].x, arrow->point[k].y);
    }
  for (guint i = 0; i < l->arrows->len; i++)
    place_label (w, &room, &g_array_index (l->arrows, RheoSketchArrow, i));
  rheo_room_clear (&room);
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */
static void
size_of (const RheoSketchWork *w, const Ranks *ranks, double *width, double *height)
{
  const double c = ranks->hi - ranks->lo + ranks->n_channels * ranks->channel + (ranks->n_channels > 0 ? 4 * w->u : 0);

  *width = w->across ? ranks->total : c;
  *height = w->across ? c : ranks->total;
}

RheoSketchLayout *
rheo_sketch_layout (RheoPlotCanvas *canvas, const RheoTable *table, double width, double height)
{
  RheoSketchLayout *out = g_new0 (RheoSketchLayout, 1);
  const RheoColumn *links = rheo_table_find (table, "link.share");
  RheoSketchWork w = { .canvas = canvas, .table = table, .u = rheo_sketch_unit (canvas), .across = TRUE, .out = out };
  Ranks ranks;

  out->boxes = g_array_new (FALSE, TRUE, sizeof (RheoSketchBox));
  out->arrows = g_array_new (FALSE, TRUE, sizeof (RheoSketchArrow));
  out->captions = g_array_new (FALSE, TRUE, sizeof (RheoSketchCaption));
  w.name_h = rheo_plot_text_height (canvas, RHEO_TEXT_PANEL);
  w.text_h = rheo_plot_text_height (canvas, RHEO_TEXT_TICK);
  w.n_nodes = (int) rheo_column_get_length (rheo_table_find (table, "node.units"));
  w.n_links = links != NULL ? (int) rheo_column_get_length (links) : 0;
  rheo_sketch_read_groups (&w);
  rheo_sketch_read_links (&w);
  rheo_sketch_find_ranks (&w);
  arrange (&w, &ranks);
  size_of (&w, &ranks, &out->width, &out->height);
  if (out->width > width || out->height > height)
    {
      const double across = MIN (width / out->width, height / out->height);

      w.across = FALSE;
      arrange (&w, &ranks);
      size_of (&w, &ranks, &out->width, &out->height);
      if (MIN (width / out->width, height / out->height) < across)
        {
          w.across = TRUE;
          arrange (&w, &ranks);
          size_of (&w, &ranks, &out->width, &out->height);
        }
    }
  for (int i = 0; i < w.n_groups; i++)
    {
      if (w.across)
        w.group[i].body.y -= ranks.lo;
      else
        w.group[i].body.x -= ranks.lo;
    }
  ranks.hi -= ranks.lo;
  for (int i = 0; i < w.n_groups; i++)
    add_group (&w, &w.group[i]);
  for (int i = 0; i < w.n_edges; i++)
    if (w.edge[i].from == w.edge[i].to)
      add_loop (&w, &w.edge[i]);
    else
      add_edge (&w, &ranks, &w.edge[i]);
  place_labels (&w);
  g_free (w.sign);
  g_free (w.edge);
  return out;
}

void
rheo_sketch_layout_free (RheoSketchLayout *layout)
{
  if (layout == NULL)
    return;
  g_array_unref (layout->boxes);
  g_array_unref (layout->arrows);
  g_array_unref (layout->captions);
  g_free (layout);
}
