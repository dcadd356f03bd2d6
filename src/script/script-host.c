/* Runs a script of the user's for the task "task-script", in a process of its own: requests come in on a socket that is
 * standard input, answers go back on it (script-protocol.h). */
#include "config.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/rng.h"
#include "engine/script-protocol.h"

#define MAX_MEMORY ((size_t) 256 << 20)
#define MAX_INSTRUCTIONS 200000000 /* of one call: about a second */
#define HOOK_EVERY 1000000
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static size_t memory;
static long instructions;
static RheoRng rng;
static uint32_t n_drawn;
static RheoScriptShape shape;

/* --- talking ---------------------------------------------------------------------------------------------------------- */

static void
take (void *out, size_t n)
{
  for (size_t done = 0; done < n;)
    {
      ssize_t got = read (0, (char *) out + done, n - done);

      if (got <= 0)
        _exit (0); /* the program has ended, or wants no more */
      done += (size_t) got;
    }
}

static void
give (const void *data, size_t n)
{
  for (size_t done = 0; done < n;)
    {
      ssize_t put = write (0, (const char *) data + done, n - done);

      if (put <= 0)
        _exit (0);
      done += (size_t) put;
    }
}

static void
answer (RheoScriptStatus status, uint64_t bytes)
{
  const RheoScriptAnswer head = { status, bytes };

  give (&head, sizeof head);
}

static void
fail (RheoScriptStatus status, const char *words)
{
  answer (status, strlen (words));
  give (words, strlen (words));
}

/* --- limits ----------------------------------------------------------------------------------------------------------- */

static void *
allocate (void *data, void *block, size_t before, size_t after)
{
  void *made;

  if (block == NULL)
    before = 0;
  if (after == 0)
    {
      free (block);
      memory -= before;
      return NULL;
    }
  if (after > before && memory + (after - before) > MAX_MEMORY)
    return NULL;
  made = realloc (block, after);
  if (made != NULL)
    memory = memory + after - before;
  return made;
}

/* Ends the process: an error could be caught by the script, which then would go on for ever. */
static void
on_count (lua_State *l, lua_Debug *at)
{
  instructions += HOOK_EVERY;
  if (instructions < MAX_INSTRUCTIONS)
    return;
  luaL_where (l, 0);
  fail (RHEO_SCRIPT_ENDLESS, lua_tostring (l, -1));
  _exit (0);
}

static int
call (lua_State *l, int n_arguments, int n_results)
{
  instructions = 0;
  lua_sethook (l, on_count, LUA_MASKCOUNT, HOOK_EVERY);
  return lua_pcall (l, n_arguments, n_results, 0);
}

/* --- what scripts have ------------------------------------------------------------------------------------------------ */

static int
refuse (lua_State *l)
{
  return luaL_error (l, "%s is not there for scripts", lua_tostring (l, lua_upvalueindex (1)));
}

/* Global name: an error when it is called or looked into. */
static void
forbid (lua_State *l, const char *name)
{
  static const char *const events[] = { "__index", "__newindex", "__call" };

  lua_newtable (l);
  lua_newtable (l);
  for (int i = 0; i < 3; i++)
    {
      lua_pushstring (l, name);
      lua_pushcclosure (l, refuse, 1);
      lua_setfield (l, -2, events[i]);
    }
  lua_setmetatable (l, -2);
  lua_setglobal (l, name);
}

static int
draw_uniform (lua_State *l)
{
  lua_pushnumber (l, rheo_rng_uniform (rng, 0, n_drawn++));
  return 1;
}

static int
draw_normal (lua_State *l)
{
  lua_pushnumber (l, rheo_rng_normal (rng, 1, n_drawn++));
  return 1;
}

static int
draw_below (lua_State *l)
{
  const lua_Integer n = luaL_checkinteger (l, 1);

  luaL_argcheck (l, n >= 1 && n <= UINT32_MAX, 1, "a whole number from 1 is needed");
  lua_pushinteger (l, (lua_Integer) rheo_rng_below (rng, 2, n_drawn++, (uint32_t) n));
  return 1;
}

/* zeros (n, m): a table of n tables of m zeros; zeros (n): of n zeros. */
static int
make_zeros (lua_State *l)
{
  const lua_Integer n = luaL_checkinteger (l, 1), m = luaL_optinteger (l, 2, 0);

  luaL_argcheck (l, n >= 1 && n <= 10000000, 1, "1 to 10000000 are allowed");
  luaL_argcheck (l, m >= 0 && m <= 10000000, 2, "0 to 10000000 are allowed");
  lua_createtable (l, (int) n, 0);
  for (lua_Integer i = 1; i <= n; i++)
    {
      if (m == 0)
        lua_pushnumber (l, 0);
      else
        lua_createtable (l, (int) m, 0);
      for (lua_Integer k = 1; k <= m; k++)
        {
          lua_pushnumber (l, 0);
          lua_rawseti (l, -2, k);
        }
      lua_rawseti (l, -2, i);
    }
  return 1;
}

static const luaL_Reg random_functions[] = {
  { "uniform", draw_uniform },
  { "normal", draw_normal },
  { "below", draw_below },
  { NULL, NULL },
};

static void
furnish (lua_State *l)
{
  static const char *const forbidden[] = { "io",     "os",       "debug",   "package",        "coroutine", "load",
                                           "dofile", "loadfile", "require", "collectgarbage", "print",     "warn" };
  static const char *const of_math[] = { "random", "randomseed" };

  luaL_requiref (l, LUA_GNAME, luaopen_base, 1);
  luaL_requiref (l, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_requiref (l, LUA_STRLIBNAME, luaopen_string, 1);
  luaL_requiref (l, LUA_TABLIBNAME, luaopen_table, 1);
  lua_getglobal (l, "math");
  for (int i = 0; i < 2; i++)
    {
      lua_pushnil (l);
      lua_setfield (l, -2, of_math[i]);
    }
  lua_getglobal (l, "string");
  lua_pushnil (l);
  lua_setfield (l, -2, "dump");
  lua_settop (l, 0);
  for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
    forbid (l, forbidden[i]);
  luaL_newlib (l, random_functions);
  lua_setglobal (l, "random");
  lua_pushcfunction (l, make_zeros);
  lua_setglobal (l, "zeros");
}

/* --- shape, trials and scores ------------------------------------------------------------------------------------- */

static double
get_size (lua_State *l, const char *key, double least, double most)
{
  double v;

  if (lua_getfield (l, 1, key) == LUA_TNIL && least == 0)
    return 0;
  if (!lua_isnumber (l, -1))
    luaL_error (l, "shape () must give the number \"%s\"", key);
  v = lua_tonumber (l, -1);
  if (!(v >= least && v <= most))
    luaL_error (l, "\"%s\" of shape () is %f; %f to %f are allowed", key, v, least, most);
  lua_pop (l, 1);
  return v;
}

/* Of the table at the top, in order. */
static void
read_names (lua_State *l)
{
  const lua_Integer n = (lua_Integer) lua_rawlen (l, -1);

  if (n > RHEO_SCRIPT_MAX_CONDITIONS)
    luaL_error (l, "shape () names %d conditions; %d are the most", (int) n, RHEO_SCRIPT_MAX_CONDITIONS);
  for (int i = 0; i < (int) n; i++)
    {
      size_t length;
      const char *name;

      if (lua_rawgeti (l, -1, i + 1) != LUA_TSTRING)
        luaL_error (l, "condition %d of shape () is no name", i + 1);
      name = lua_tolstring (l, -1, &length);
      if (length == 0 || length >= RHEO_SCRIPT_MAX_NAME || strspn (name, NAME_LETTERS) != length)
        luaL_error (l, "condition %d of shape () needs a name of up to %d letters, digits, - and _", i + 1,
                    RHEO_SCRIPT_MAX_NAME - 1);
      for (int k = 0; k < i; k++)
        if (strcmp (shape.condition[k], name) == 0)
          luaL_error (l, "shape () names the condition %s twice", name);
      strcpy (shape.condition[i], name);
      lua_pop (l, 1);
    }
  shape.n_conditions = (int32_t) n;
}

static int
read_shape (lua_State *l)
{
  memset (&shape, 0, sizeof shape);
  lua_getglobal (l, "shape");
  lua_call (l, 0, 1);
  luaL_checktype (l, 1, LUA_TTABLE);
  shape.n_in = (int32_t) get_size (l, "inputs", 1, 10000);
  shape.n_out = (int32_t) get_size (l, "outputs", 1, 10000);
  shape.n_steps = (int32_t) get_size (l, "steps", 2, 100000);
  shape.dt_ms = get_size (l, "dt", 0, 1e6);
  if (lua_getfield (l, 1, "conditions") == LUA_TTABLE)
    read_names (l);
  else if (!lua_isnil (l, -1))
    luaL_error (l, "\"conditions\" of shape () must be a table of names");
  lua_pop (l, 1);
  shape.scored = lua_getglobal (l, "score") != LUA_TNIL;
  if (shape.scored && !lua_isfunction (l, -1))
    luaL_error (l, "score must be a function");
  return 0;
}

static double
number_at (lua_State *l, int i, const char *name, int step)
{
  double v;

  lua_rawgeti (l, -1, i);
  if (!lua_isnumber (l, -1))
    luaL_error (l, "%s of step %d (from 1) has no number at %d", name, step, i);
  v = lua_tonumber (l, -1);
  lua_pop (l, 1);
  return v;
}

static void
read_signal (lua_State *l, const char *name, int width, double *out)
{
  if (lua_getfield (l, 1, name) != LUA_TTABLE)
    luaL_error (l, "trial () must give the table \"%s\"", name);
  for (int t = 1; t <= shape.n_steps; t++)
    {
      if (lua_rawgeti (l, -1, t) != LUA_TTABLE)
        luaL_error (l, "%s has no table for step %d of %d", name, t, (int) shape.n_steps);
      for (int i = 1; i <= width; i++)
        *out++ = number_at (l, i, name, t);
      lua_pop (l, 1);
    }
  lua_pop (l, 1);
}

/* Of the trial at place 1; one that it does not have is not a number. */
static void
read_conditions (lua_State *l, double *out)
{
  const int type = lua_getfield (l, 1, "conditions");

  if (type != LUA_TTABLE && type != LUA_TNIL)
    luaL_error (l, "\"conditions\" of trial () must be a table of numbers by name");
  for (int i = 0; i < shape.n_conditions; i++)
    {
      out[i] = NAN;
      if (type == LUA_TNIL || lua_getfield (l, -1, shape.condition[i]) == LUA_TNIL)
        {
          lua_settop (l, 2);
          continue;
        }
      if (lua_type (l, -1) != LUA_TNUMBER)
        luaL_error (l, "condition %s of trial () is no number", shape.condition[i]);
      out[i] = lua_tonumber (l, -1);
      lua_settop (l, 2);
    }
  lua_settop (l, 1);
}

/* Argument: where the numbers go. */
static int
read_trial (lua_State *l)
{
  double *out = lua_touserdata (l, 1);
  const lua_Integer index = lua_tointeger (l, 2);

  lua_settop (l, 0);
  lua_getglobal (l, "trial");
  lua_pushinteger (l, index);
  lua_call (l, 1, 1);
  luaL_checktype (l, 1, LUA_TTABLE);
  read_signal (l, "input", shape.n_in, out);
  read_signal (l, "target", shape.n_out, out + (size_t) shape.n_steps * (size_t) shape.n_in);
  out += (size_t) shape.n_steps * (size_t) (shape.n_in + shape.n_out);
  if (lua_getfield (l, 1, "mask") == LUA_TTABLE)
    for (int t = 1; t <= shape.n_steps; t++)
      *out++ = number_at (l, t, "mask", t);
  else
    for (int t = 0; t < shape.n_steps; t++)
      *out++ = 1;
  lua_settop (l, 1);
  read_conditions (l, out);
  return 0;
}

/* An error in the line where the function at the place begins. */
static void
refuse_score (lua_State *l, int function, const char *what)
{
  lua_Debug at;

  lua_pushvalue (l, function);
  lua_getinfo (l, ">S", &at);
  lua_pushfstring (l, "%s:%d: score () must give a finite number, not %s", at.short_src, at.linedefined, what);
  lua_error (l);
}

/* Arguments: the output, index of the trial, where the score goes. */
static int
read_score (lua_State *l)
{
  const double *output = lua_touserdata (l, 1);
  const lua_Integer index = lua_tointeger (l, 2);
  double *out = lua_touserdata (l, 3);

  lua_settop (l, 0);
  lua_getglobal (l, "score");
  lua_pushvalue (l, 1);
  lua_getglobal (l, "trial");
  lua_pushinteger (l, index);
  lua_call (l, 1, 1);
  lua_createtable (l, shape.n_steps, 0);
  for (int t = 1; t <= shape.n_steps; t++)
    {
      lua_createtable (l, shape.n_out, 0);
      for (int i = 1; i <= shape.n_out; i++)
        {
          lua_pushnumber (l, *output++);
          lua_rawseti (l, -2, i);
        }
      lua_rawseti (l, -2, t);
    }
  lua_call (l, 2, 1);
  if (lua_type (l, 2) != LUA_TNUMBER)
    refuse_score (l, 1, luaL_typename (l, 2));
  *out = lua_tonumber (l, 2);
  if (!isfinite (*out))
    refuse_score (l, 1, isnan (*out) ? "NaN" : "infinity");
  return 0;
}

static void
report (lua_State *l, int status)
{
  const char *words = lua_tostring (l, -1);

  fail (status == LUA_ERRMEM ? RHEO_SCRIPT_MEMORY : RHEO_SCRIPT_ERROR, words != NULL ? words : "error without words");
  lua_settop (l, 0);
}

static void
load_script (lua_State *l, const RheoScriptRequest *request)
{
  char *text = malloc (request->bytes + 1);
  int status;

  take (text, request->bytes);
  status = luaL_loadbufferx (l, text, request->bytes, "=script", "t");
  free (text);
  if (status == LUA_OK)
    status = call (l, 0, 0);
  if (status == LUA_OK)
    {
      lua_pushcfunction (l, read_shape);
      status = call (l, 0, 0);
    }
  if (status != LUA_OK)
    {
      report (l, status);
      return;
    }
  answer (RHEO_SCRIPT_GOOD, sizeof shape);
  give (&shape, sizeof shape);
}

static void
make_trial (lua_State *l, const RheoScriptRequest *request)
{
  const size_t bytes =
      sizeof (double)
      * ((size_t) shape.n_steps * (size_t) (shape.n_in + shape.n_out + 1) + (size_t) shape.n_conditions);
  double *out = malloc (bytes);
  int status;

  rng = request->rng;
  n_drawn = 0;
  lua_pushcfunction (l, read_trial);
  lua_pushlightuserdata (l, out);
  lua_pushinteger (l, request->index);
  status = call (l, 2, 0);
  if (status != LUA_OK)
    report (l, status);
  else
    {
      answer (RHEO_SCRIPT_GOOD, bytes);
      give (out, bytes);
    }
  free (out);
}

static void
score_trial (lua_State *l, const RheoScriptRequest *request)
{
  double *output = malloc (request->bytes), score = 0;
  int status;

  take (output, request->bytes);
  rng = request->rng;
  n_drawn = 0;
  lua_pushcfunction (l, read_score);
  lua_pushlightuserdata (l, output);
  lua_pushinteger (l, request->index);
  lua_pushlightuserdata (l, &score);
  status = call (l, 3, 0);
  if (status != LUA_OK)
    report (l, status);
  else
    {
      answer (RHEO_SCRIPT_GOOD, sizeof score);
      give (&score, sizeof score);
    }
  free (output);
}

int
main (void)
{
  lua_State *l = lua_newstate (allocate, NULL);
  RheoScriptRequest request;

  if (l == NULL)
    return 1;
  furnish (l);
  for (;;)
    {
      take (&request, sizeof request);
      if (request.what == RHEO_SCRIPT_LOAD)
        load_script (l, &request);
      else if (request.what == RHEO_SCRIPT_TRIAL)
        make_trial (l, &request);
      else
        score_trial (l, &request);
    }
}
