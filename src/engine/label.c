#define G_LOG_DOMAIN "rheo-engine"

#include "config.h"

#include "label.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const forms[RHEO_N_LABEL_FORMS] = {
  [RHEO_LABEL_WEIGHTS] = N_ ("Weights of %s"),
  [RHEO_LABEL_CHANGE] = N_ ("Weight change of %s"),
  [RHEO_LABEL_GRADIENT] = N_ ("Gradient of %s"),
  [RHEO_LABEL_BIAS] = N_ ("Bias of %s"),
  [RHEO_LABEL_DELAYS] = N_ ("Delays of %s"),
  [RHEO_LABEL_MASK] = N_ ("Connections of %s"),
  [RHEO_LABEL_FIRST_SYNAPSE] = N_ ("First synapse of each source of %s"),
  [RHEO_LABEL_TARGET] = N_ ("Target of each synapse of %s"),
  [RHEO_LABEL_SYNAPSES] = N_ ("Synapses of each source of %s"),
  [RHEO_LABEL_SPIKES_OF] = N_ ("Spikes of %s"),
  [RHEO_LABEL_RATE_OF] = N_ ("Firing rate of %s"),
  [RHEO_LABEL_RATES_OF] = N_ ("Rates of %s"),
  [RHEO_LABEL_OUTPUT_OF] = N_ ("Output of %s"),
  [RHEO_LABEL_GRADIENT_SIZE_OF] = N_ ("Size of the gradient in %s"),
  [RHEO_LABEL_GRADIENT_SHARE_OF] = N_ ("Share of %s that receives gradient"),
  [RHEO_LABEL_SURROGATE_OF] = N_ ("Surrogate derivative of %s"),
  [RHEO_LABEL_CLASS_RATE_OF] = N_ ("Rate of %s in each class"),
  [RHEO_LABEL_BEST] = N_ ("%s (best so far)"),
};

char *
rheo_label_dup (RheoLabelForm form, const char *what)
{
  const char *hole = strstr (forms[form], "%s");

  return g_strdup_printf ("%.*s%s%s", (int) (hole - forms[form]), forms[form], what, hole + strlen ("%s"));
}

char *
rheo_label_dup_of (const char *number, const char *population)
{
  return g_strdup_printf ("%s of %s", number, population);
}

/* What stands in the place of %s when the text was made by this form, or NULL. */
static char *
dup_filling (RheoLabelForm form, const char *text)
{
  const char *hole = strstr (forms[form], "%s"), *tail = hole + strlen ("%s");
  const size_t head = (size_t) (hole - forms[form]);
  g_autofree char *what = NULL;

  if (strncmp (text, forms[form], head) != 0 || !g_str_has_suffix (text + head, tail))
    return NULL;
  what = g_strndup (text + head, strlen (text) - head - strlen (tail));
  return form != RHEO_LABEL_BEST && strchr (what, ' ') != NULL ? NULL : g_steal_pointer (&what);
}

char *
rheo_label_dup_shown (const char *english)
{
  /* gettext answers the empty text with the head of its catalogue. */
  const char *whole = *english != '\0' ? _ (english) : english;
  const char *of;

  if (whole != english)
    return g_strdup (whole);
  for (int i = 0; i < RHEO_N_LABEL_FORMS; i++)
    {
      g_autofree char *what = dup_filling (i, english), *shown = NULL;

      if (what == NULL)
        continue;
      shown = i == RHEO_LABEL_BEST ? rheo_label_dup_shown (what) : g_steal_pointer (&what);
      return g_strdup_printf (_ (forms[i]), shown);
    }
  of = strstr (english, " of ");
  if (of != NULL && strchr (english, ' ') == of && strchr (of + strlen (" of "), ' ') == NULL)
    {
      g_autofree char *number = g_strndup (english, (gsize) (of - english));

      return g_strdup_printf (_ ("%s of %s"), number, of + strlen (" of "));
    }
  return g_strdup (english);
}

char *
rheo_label_dup_shown_group (const char *english)
{
  static const char *const between[] = { ", ", " + ", " − " };
  const char *separator = between[0];
  g_auto (GStrv) parts = NULL;

  for (gsize k = 1; k < G_N_ELEMENTS (between); k++)
    if (strstr (english, separator) == NULL && strstr (english, between[k]) != NULL)
      separator = between[k];
  parts = g_strsplit (english, separator, -1);
  for (int i = 0; parts[i] != NULL; i++)
    {
      char *space = strrchr (parts[i], ' '), *end = NULL, *shown;
      const double number = space != NULL ? g_ascii_strtod (space + 1, &end) : 0;

      if (strcmp (separator, between[0]) != 0 && strstr (parts[i], " − ") != NULL)
        shown = rheo_label_dup_shown_group (parts[i]);
      else if (space != NULL && end > space + 1 && *end == '\0')
        {
          g_autofree char *words = g_strndup (parts[i], (gsize) (space - parts[i]));
          g_autofree char *translated = rheo_label_dup_shown (words);

          shown = g_strdup_printf ("%s %.15g", translated, number);
        }
      else
        shown = rheo_label_dup_shown (parts[i]);
      g_free (parts[i]);
      parts[i] = shown;
    }
  return g_strjoinv (separator, parts);
}
