#define G_LOG_DOMAIN "rheo-widgets"

#include "config.h"

#include "widgets/param-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "widgets/choice-text.h"

static void
add_line (GString *all, const char *text)
{
  if (text != NULL)
    g_string_append_printf (all, "\n%s", text);
}

static void
add_both (GString *all, const char *english)
{
  if (english == NULL)
    return;
  add_line (all, _ (english));
  add_line (all, english);
}

char *
rheo_param_dup_search_words (const RheoParam *param, const char *path, const char *within)
{
  g_autoptr (GString) all = g_string_new (path);

  add_both (all, param->label);
  add_both (all, param->words);
  add_line (all, within);
  add_line (all, param->help != NULL ? _ (param->help) : NULL);
  add_line (all, param->unit != NULL ? _ (param->unit) : NULL);
  for (int i = 0; param->type == RHEO_CHOICE && param->choices[i] != NULL; i++)
    {
      g_autofree char *label = rheo_choice_dup_label (param->choices[i]);

      add_line (all, label);
    }
  return g_utf8_casefold (all->str, -1);
}

char *
rheo_title_dup_search_words (const char *title, const char *words)
{
  g_autoptr (GString) all = g_string_new (title);

  add_both (all, words);
  return g_utf8_casefold (all->str, -1);
}

gboolean
rheo_search_words_match (const char *text, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (text, *words) == NULL)
      return FALSE;
  return TRUE;
}
