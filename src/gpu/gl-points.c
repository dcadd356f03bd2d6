#define G_LOG_DOMAIN "rheo-gpu"

#include "config.h"

#include "gl-points.h"

#include <epoxy/gl.h>
#include <glib.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* So many are drawn in the time of a frame on any machine. */
#define FEW_POINTS 2000
#define FEW_LINES 6000

struct RheoGlPoints
{
  GLuint points, lines; /* programs */
  GLuint palette;       /* texture */
  GLuint point_array, line_array, ring_array;
  GLuint point_buffer, vertex_buffer, index_buffer;
  RheoCloud *cloud; /* that is loaded */
  uint32_t *order, *other, *key;
};

/* --- shaders --------------------------------------------------------------------------------------------------------- */
static const char common[] = "uniform mat4 see;\n"  /* to the page, in pixels: X w, Y w, D w, w */
                             "uniform vec2 page;\n" /* pixels */
                             "uniform sampler2D palette;\n"
                             "vec2 on_page (vec3 v)\n"
                             "{\n"
                             "  vec4 at = see * vec4 (v, 1.0);\n"
                             "  return at.xy / at.w;\n"
                             "}\n"
                             "vec4 clip_of (vec2 at)\n"
                             "{\n"
                             "  return vec4 (2.0 * at.x / page.x - 1.0, 1.0 - 2.0 * at.y / page.y, 0.0, 1.0);\n"
                             "}\n"
                             "vec4 colour_of (float index)\n"
                             "{\n"
                             "  return texelFetch (palette, ivec2 (int (index), 0), 0);\n"
                             "}\n";

static const char point_vertex[] = "in vec3 place;\n"
                                   "in vec2 kind;\n" /* shape, opacity */
                                   "in float tone;\n"
                                   "uniform vec2 rims;\n"
                                   "uniform float radius;\n"
                                   "flat out vec4 ink;\n"
                                   "flat out vec4 form;\n" /* shape, radius, rim, half the size of the square */
                                   "flat out float open;\n"
                                   "void main ()\n"
                                   "{\n"
                                   "  float shape = mod (kind.x, 8.0);\n"
                                   "  open = step (8.0, kind.x);\n"
                                   "  float rim = open > 0.5 ? rims.y : rims.x;\n"
                                   /* What covers no pixel costs as much as what does. */
                                   "  float reach = shape < 0.5 || shape > 3.5 ? radius + 0.5 * rim\n"
                                   "                : shape < 1.5              ? 0.89 * radius + 0.5 * rim\n"
                                   "                : shape < 2.5              ? 1.3 * radius + rim\n"
                                   "                                           : 1.25 * radius + 0.71 * rim;\n"
                                   "  reach += 0.5;\n"
                                   "  gl_Position = clip_of (on_page (place));\n"
                                   "  gl_PointSize = 2.0 * reach;\n"
                                   "  ink = vec4 (colour_of (tone).rgb, kind.y / 255.0);\n"
                                   "  form = vec4 (shape, radius, rim, reach);\n"
                                   "}\n";

/* How far a place lies outside the shape, along its sides, so that corners stay sharp; areas are like that of the circle. */
static const char point_fragment[] =
    "flat in vec4 ink;\n"
    "flat in vec4 form;\n"
    "flat in float open;\n"
    "uniform vec4 paper;\n"
    "out vec4 colour;\n"
    "float outside (vec2 p)\n"
    "{\n"
    "  float r = form.y;\n"
    "  vec2 a = abs (p);\n"
    "  if (form.x < 0.5 || form.x > 3.5)\n"
    "    return length (p) - r;\n"
    "  if (form.x < 1.5)\n"
    "    return max (a.x, a.y) - 0.89 * r;\n"
    "  if (form.x < 2.5)\n"
    "    return max (p.y - 0.74 * r, dot (vec2 (0.8656, -0.5007), vec2 (a.x, p.y)) - 0.6509 * r);\n"
    "  return (a.x + a.y - 1.25 * r) * 0.70711;\n"
    "}\n"
    "float covered (float beyond)\n"
    "{\n"
    "  return clamp (0.5 - beyond, 0.0, 1.0);\n"
    "}\n"
    "void main ()\n"
    "{\n"
    "  float far = outside ((2.0 * gl_PointCoord - 1.0) * form.w);\n"
    "  float rim = min (covered (far - 0.5 * form.z), 1.0 - covered (far + 0.5 * form.z)) * ink.a;\n"
    "  rim *= step (0.001, form.z);\n"
    "  float fill = covered (far) * ink.a;\n"
    "  vec3 inner = mix (ink.rgb, paper.rgb, open), outer = mix (paper.rgb, ink.rgb, open);\n"
    "  if (form.x > 3.5)\n" /* a ring: nothing inside */
    "    fill = 0.0, outer = ink.rgb;\n"
    "  colour = vec4 (outer, 1.0) * rim + vec4 (inner, 1.0) * fill * (1.0 - rim);\n"
    "}\n";

/* A quad around each line, with round ends, so that lines that meet are joined. */
static const char line_vertex[] = "in vec4 from;\n"
                                  "in vec4 to;\n"
                                  "uniform float half_width;\n"
                                  "flat out vec4 ink;\n"
                                  "flat out vec4 ends;\n"
                                  "out vec2 at;\n"
                                  "void main ()\n"
                                  "{\n"
                                  "  vec2 a = on_page (from.xyz), b = on_page (to.xyz);\n"
                                  "  vec2 along = b - a;\n"
                                  "  float size = length (along);\n"
                                  "  float reach = half_width + 1.0;\n"
                                  "  vec2 one = size > 1e-6 ? along / size : vec2 (1.0, 0.0);\n"
                                  "  vec2 across = vec2 (-one.y, one.x);\n"
                                  "  at = ((gl_VertexID & 2) == 0 ? a - reach * one : b + reach * one)\n"
                                  "       + ((gl_VertexID & 1) == 0 ? -reach : reach) * across;\n"
                                  "  ends = vec4 (a, b);\n"
                                  "  ink = vec4 (colour_of (max (to.w, 0.0)).rgb, 1.0);\n"
                                  "  gl_Position = to.w < 0.0 ? vec4 (2.0, 2.0, 2.0, 1.0) : clip_of (at);\n"
                                  "}\n";

static const char line_fragment[] = "flat in vec4 ink;\n"
                                    "flat in vec4 ends;\n"
                                    "in vec2 at;\n"
                                    "uniform float half_width;\n"
                                    "out vec4 colour;\n"
                                    "void main ()\n"
                                    "{\n"
                                    "  vec2 way = ends.zw - ends.xy, off = at - ends.xy;\n"
                                    "  float t = clamp (dot (off, way) / max (dot (way, way), 1e-9), 0.0, 1.0);\n"
                                    "  float far = length (off - t * way);\n"
                                    /* Lines thinner than a pixel become pale. */
                                    "  float wide = max (half_width, 0.5);\n"
                                    "  colour = ink * clamp (0.5 + wide - far, 0.0, 1.0) * (half_width / wide);\n"
                                    "}\n";

static GLuint
compile (GLenum kind, const char *text)
{
  const bool desktop = epoxy_is_desktop_gl ();
  const char *const parts[] = {
    desktop ? "#version 330\n" : "#version 300 es\nprecision highp float;\nprecision highp int;\n",
    kind == GL_VERTEX_SHADER ? common : "",
    text,
  };
  GLuint shader = glCreateShader (kind);
  GLint done = GL_FALSE;

  glShaderSource (shader, G_N_ELEMENTS (parts), parts, NULL);
  glCompileShader (shader);
  glGetShaderiv (shader, GL_COMPILE_STATUS, &done);
  if (!done)
    {
      char log[512] = "";

      glGetShaderInfoLog (shader, sizeof log, NULL, log);
      g_debug ("shader: %s", log);
    }
  return shader;
}

/* names: attributes, in the order of their places, NULL-ended. 0: it is refused. */
static GLuint
link_program (const char *vertex, const char *fragment, const char *const *names)
{
  GLuint program = glCreateProgram (),
         shader[] = { compile (GL_VERTEX_SHADER, vertex), compile (GL_FRAGMENT_SHADER, fragment) };
  GLint done = GL_FALSE;

  for (int i = 0; i < 2; i++)
    glAttachShader (program, shader[i]);
  for (GLuint i = 0; names[i] != NULL; i++)
    glBindAttribLocation (program, i, names[i]);
  glLinkProgram (program);
  glGetProgramiv (program, GL_LINK_STATUS, &done);
  for (int i = 0; i < 2; i++)
    {
      glDetachShader (program, shader[i]);
      glDeleteShader (shader[i]);
    }
  if (done)
    return program;
  glDeleteProgram (program);
  return 0;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */
RheoGlPoints *
rheo_gl_points_new (const char **why)
{
  static const char *const of_points[] = { "place", "kind", "tone", NULL };
  static const char *const of_lines[] = { "from", "to", NULL };
  const int version = epoxy_gl_version ();
  RheoGlPoints *gl;

  if (version < (epoxy_is_desktop_gl () ? 33 : 30))
    {
      *why = "OpenGL is older than 3.3, or OpenGL ES older than 3.0";
      return NULL;
    }
  gl = g_new0 (RheoGlPoints, 1);
  gl->points = link_program (point_vertex, point_fragment, of_points);
  gl->lines = link_program (line_vertex, line_fragment, of_lines);
  if (gl->points == 0 || gl->lines == 0)
    {
      *why = "OpenGL refuses the shaders";
      rheo_gl_points_free (gl);
      return NULL;
    }
  glGenVertexArrays (1, &gl->point_array);
  glGenVertexArrays (1, &gl->line_array);
  glGenVertexArrays (1, &gl->ring_array);
  glGenBuffers (1, &gl->point_buffer);
  glGenBuffers (1, &gl->vertex_buffer);
  glGenBuffers (1, &gl->index_buffer);
  glGenTextures (1, &gl->palette);
  glBindTexture (GL_TEXTURE_2D, gl->palette);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);

  glBindVertexArray (gl->point_array);
  glBindBuffer (GL_ARRAY_BUFFER, gl->point_buffer);
  glEnableVertexAttribArray (0);
  glVertexAttribPointer (0, 3, GL_FLOAT, GL_FALSE, sizeof (RheoCloudPoint),
                         (const void *) offsetof (RheoCloudPoint, v));
  glEnableVertexAttribArray (1);
  glVertexAttribPointer (1, 2, GL_UNSIGNED_BYTE, GL_FALSE, sizeof (RheoCloudPoint),
                         (const void *) offsetof (RheoCloudPoint, shape));
  glEnableVertexAttribArray (2);
  glVertexAttribPointer (2, 1, GL_UNSIGNED_SHORT, GL_FALSE, sizeof (RheoCloudPoint),
                         (const void *) offsetof (RheoCloudPoint, colour));
  glBindBuffer (GL_ELEMENT_ARRAY_BUFFER, gl->index_buffer);

  /* Vertex i and the next one are the ends of line i. */
  glBindVertexArray (gl->line_array);
  glBindBuffer (GL_ARRAY_BUFFER, gl->vertex_buffer);
  for (GLuint i = 0; i < 2; i++)
    {
      glEnableVertexAttribArray (i);
      glVertexAttribPointer (i, 4, GL_FLOAT, GL_FALSE, sizeof (RheoCloudVertex),
                             (const void *) (i * sizeof (RheoCloudVertex)));
      glVertexAttribDivisor (i, 1);
    }
  glBindVertexArray (0);
  return gl;
}

static void
forget (RheoGlPoints *gl)
{
  g_clear_pointer (&gl->cloud, rheo_cloud_unref);
  g_clear_pointer (&gl->order, g_free);
  g_clear_pointer (&gl->other, g_free);
  g_clear_pointer (&gl->key, g_free);
}

void
rheo_gl_points_free (RheoGlPoints *gl)
{
  if (gl == NULL)
    return;
  forget (gl);
  glDeleteProgram (gl->points);
  glDeleteProgram (gl->lines);
  glDeleteTextures (1, &gl->palette);
  glDeleteBuffers (1, &gl->point_buffer);
  glDeleteBuffers (1, &gl->vertex_buffer);
  glDeleteBuffers (1, &gl->index_buffer);
  glDeleteVertexArrays (1, &gl->point_array);
  glDeleteVertexArrays (1, &gl->line_array);
  glDeleteVertexArrays (1, &gl->ring_array);
  g_free (gl);
}

/* --- order ----------------------------------------------------------------------------------------------------------- */
/* Bits that grow as the number does. */
static uint32_t
key_of (float v)
{
  uint32_t bits;

  memcpy (&bits, &v, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

#define DIGIT 11
#define N_DIGITS (1 << DIGIT)

/* Points from behind to the front, those of one depth as they come: three rounds of counting, in the time that one look at
 * each of them takes. Gives their number. */
static uint32_t
sort_points (RheoGlPoints *gl, const RheoCloudLook *look, uint32_t every)
{
  const double *d = look->m[2], *w = look->m[3];
  const uint32_t n = ((uint32_t) gl->cloud->n_points + every - 1) / every;
  g_autofree uint32_t *first = g_new0 (uint32_t, 3 * N_DIGITS);

  for (uint32_t i = 0; i < n; i++)
    {
      const float *v = gl->cloud->point[i * every].v;
      const uint32_t key = key_of ((float) ((d[0] * v[0] + d[1] * v[1] + d[2] * v[2] + d[3])
                                            / (w[0] * v[0] + w[1] * v[1] + w[2] * v[2] + w[3])));

      gl->key[i * every] = key;
      gl->order[i] = i * every;
      for (int k = 0; k < 3; k++)
        first[k * N_DIGITS + (key >> k * DIGIT & (N_DIGITS - 1))]++;
    }
  for (int k = 0; k < 3; k++)
    {
      uint32_t *to = first + k * N_DIGITS, sum = 0, *swap;

      for (int i = 0; i < N_DIGITS; i++)
        {
          const uint32_t count = to[i];

          to[i] = sum;
          sum += count;
        }
      for (uint32_t i = 0; i < n; i++)
        gl->other[to[gl->key[gl->order[i]] >> k * DIGIT & (N_DIGITS - 1)]++] = gl->order[i];
      swap = gl->order;
      gl->order = gl->other;
      gl->other = swap;
    }
  return n;
}

/* --- drawing --------------------------------------------------------------------------------------------------------- */
static void
load (RheoGlPoints *gl, RheoCloud *cloud)
{
  if (gl->cloud == cloud)
    return;
  forget (gl);
  gl->cloud = rheo_cloud_ref (cloud);
  gl->order = g_new (uint32_t, MAX (cloud->n_points, 1));
  gl->other = g_new (uint32_t, MAX (cloud->n_points, 1));
  gl->key = g_new (uint32_t, MAX (cloud->n_points, 1));
  glBindBuffer (GL_ARRAY_BUFFER, gl->point_buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) sizeof (RheoCloudPoint) * cloud->n_points, cloud->point, GL_STATIC_DRAW);
  glBindBuffer (GL_ARRAY_BUFFER, gl->vertex_buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) sizeof (RheoCloudVertex) * cloud->n_vertices, cloud->vertex,
                GL_STATIC_DRAW);
}

static void
load_palette (const RheoGlPoints *gl, const RheoCloudLook *look)
{
  uint8_t colour[RHEO_CLOUD_COLOURS + 1][4];

  for (int i = 0; i <= RHEO_CLOUD_COLOURS; i++)
    for (int k = 0; k < 4; k++)
      colour[i][k] = (uint8_t) lround (255 * (i < RHEO_CLOUD_COLOURS ? look->palette[i][k] : look->ring_colour[k]));
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, gl->palette);
  glTexImage2D (GL_TEXTURE_2D, 0, GL_RGBA8, RHEO_CLOUD_COLOURS + 1, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, colour);
}

/* see NULL: places are those on the page, in pixels. */
static void
use (GLuint program, const RheoCloudLook *see, int width, int height, int scale)
{
  float m[16] = { 0 };

  for (int r = 0; r < 4; r++)
    for (int k = 0; k < 4; k++)
      m[4 * k + r] = see == NULL ? k == r : (float) (see->m[r][k] * (r < 2 ? scale : 1));
  glUseProgram (program);
  glUniformMatrix4fv (glGetUniformLocation (program, "see"), 1, GL_FALSE, m);
  glUniform2f (glGetUniformLocation (program, "page"), (float) (width * scale), (float) (height * scale));
  glUniform1i (glGetUniformLocation (program, "palette"), 0);
}

static void
set_length (GLuint program, const char *name, double length)
{
  glUniform1f (glGetUniformLocation (program, name), (float) length);
}

static void
draw_lines (const RheoGlPoints *gl, const RheoCloudLook *look, int width, int height, int scale, int every)
{
  if (gl->cloud->n_vertices < 2)
    return;
  use (gl->lines, look, width, height, scale);
  set_length (gl->lines, "half_width", look->line * scale / 2);
  /* Pieces of one colour do not add up where they meet. */
  if (!gl->cloud->many_colours)
    glBlendEquation (GL_MAX);
  glBindVertexArray (gl->line_array);
  glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 4, (gl->cloud->n_vertices - 1) / every);
  glBlendEquation (GL_FUNC_ADD);
}

static void
draw_points (RheoGlPoints *gl, const RheoCloudLook *look, int width, int height, int scale, int every)
{
  use (gl->points, look, width, height, scale);
  set_length (gl->points, "radius", look->radius * scale);
  glUniform2f (glGetUniformLocation (gl->points, "rims"), (float) (look->rim * scale),
               (float) (look->open_rim * scale));
  glUniform4fv (glGetUniformLocation (gl->points, "paper"), 1, look->paper);
  if (gl->cloud->n_points > 0)
    {
      const GLsizei n = (GLsizei) sort_points (gl, look, (uint32_t) every);

      glBindVertexArray (gl->point_array);
      glBufferData (GL_ELEMENT_ARRAY_BUFFER, (GLsizeiptr) sizeof (uint32_t) * n, gl->order, GL_STREAM_DRAW);
      glDrawElements (GL_POINTS, n, GL_UNSIGNED_INT, NULL);
    }
  if (isnan (look->ring[0]))
    return;
  use (gl->points, NULL, width, height, scale);
  set_length (gl->points, "radius", 2 * look->radius * scale);
  glUniform2f (glGetUniformLocation (gl->points, "rims"), (float) (look->ring_width * scale), 0);
  glBindVertexArray (gl->ring_array);
  glVertexAttrib3f (0, (float) (look->ring[0] * scale), (float) (look->ring[1] * scale), 0);
  glVertexAttrib2f (1, RHEO_CLOUD_RING, 255);
  glVertexAttrib1f (2, RHEO_CLOUD_COLOURS);
  glDrawArrays (GL_POINTS, 0, 1);
}

void
rheo_gl_points_draw (RheoGlPoints *gl, RheoCloud *cloud, const RheoCloudLook *look, int width, int height, int scale,
                     int every)
{
  const double *c = look->clip;
  const int left = (int) lround (MAX (c[0], 0) * scale), right = (int) lround (MIN (c[0] + c[2], width) * scale);
  const int top = (int) lround (MAX (c[1], 0) * scale), foot = (int) lround (MIN (c[1] + c[3], height) * scale);

  load (gl, cloud);
  load_palette (gl, look);
  glViewport (0, 0, width * scale, height * scale);
  glDisable (GL_SCISSOR_TEST);
  glDisable (GL_DEPTH_TEST);
  glClearColor (0, 0, 0, 0);
  glClear (GL_COLOR_BUFFER_BIT);
  glEnable (GL_SCISSOR_TEST);
  glScissor (left, height * scale - foot, MAX (right - left, 0), MAX (foot - top, 0));
  glEnable (GL_BLEND);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  if (epoxy_is_desktop_gl ())
    glEnable (GL_PROGRAM_POINT_SIZE);
  draw_lines (gl, look, width, height, scale, MIN (every, MAX (cloud->n_vertices / FEW_LINES, 1)));
  draw_points (gl, look, width, height, scale, MIN (every, MAX (cloud->n_points / FEW_POINTS, 1)));
  glBindVertexArray (0);
  glUseProgram (0);
  glDisable (GL_SCISSOR_TEST);
}

void
rheo_gl_points_finish (RheoGlPoints *gl)
{
  glFinish ();
}
