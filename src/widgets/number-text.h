/* Thread: any. */
/* Numbers as people read and type them. "Plain" text is that of rheo_param_dup_text: C locale, no groups. */
#pragma once

#include "engine/param.h"

/* Plain "-1000.5": "−1,000.5", with the locale's decimal sign and a sign between thousands. No number: a copy. Yours. */
char *rheo_number_dup_shown (const char *plain);
/* A whole number: "1,500". Yours. */
char *rheo_number_dup_count (int64_t n);
/* With so many digits behind the decimal sign: "−1,234.50". Yours. */
char *rheo_number_dup_fixed (double v, int digits);
/* The way back: blanks, groups of three digits and both kinds of minus are understood, and a decimal point also where
 * the locale has a comma. NULL: no number. Yours. */
char *rheo_number_dup_plain (const char *shown);
/* The same with powers of ten written out: "10⁻⁶", "2.5 × 10⁻⁶". For labels. Yours. */
char *rheo_number_dup_label (double v);

/* Smallest and largest legal value; FALSE: there is no such limit. */
gboolean rheo_param_get_least (const RheoParam *param, double *least);
gboolean rheo_param_get_most (const RheoParam *param, double *most);
/* The next value up (1) or down (-1): nice numbers, on a logarithmic scale where the parameter has one; within the range. */
double rheo_param_step (const RheoParam *param, double v, int direction, gboolean large);

/* "1 – 65,536 steps"; NULL: any number, or the type has no range. Yours. */
char *rheo_param_dup_span (const RheoParam *param);
/* "Between 2 and 200 ms. Still 20." for a number that is refused. Yours. */
char *rheo_param_dup_refusal (const RheoParam *param, const char *plain_now);
/* The value of a parameter in words: numbers as shown, choices by label, "on" and "off". Yours. */
char *rheo_param_dup_words (const RheoParam *param, const char *plain);
/* A label in the middle of a sentence, "Undo threshold 1.0": a small letter, but for names such as "CUDA". Yours. */
char *rheo_label_dup_inner (const char *label);
