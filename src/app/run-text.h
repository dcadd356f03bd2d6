/* Thread: any. */
/* Facts of a run in words. */
#pragma once

#include "app/library.h"

char *rheo_run_dup_stem (const char *path);    /* name of the run: of its file, without ending; yours */
char *rheo_run_dup_figures (const char *path); /* folder beside the run where its figures go; yours */
/* Three figures: "0.0150", "53.2", "1.23 × 10⁻⁵" as 1.23e−05, with the locale's signs; "–" when it is not a number. Yours. */
char *rheo_run_dup_number (double value);
/* Takes text; the sign of negative numbers and exponents is U+2212. Yours. */
char *rheo_number_with_minus (char *text);
const char *rheo_run_get_best_label (const RheoRunFacts *facts); /* "loss" in the language of the user, or "" */
char *rheo_run_dup_best (const RheoRunFacts *facts);             /* "3.61 loss"; yours */
char *rheo_run_dup_iterations (
    const RheoRunFacts *facts); /* "20", or "12 / 20" where there is more to come and room; yours */
/* "20 epochs", "1 batch". unit: what an iteration is called, in the user's language or in English. Yours. */
char *rheo_dup_iterations (int64_t n, const char *unit);
/* "today", "yesterday", "20 Nov", "Mar 2025": in local time. Yours. */
char *rheo_dup_day (GDateTime *then, GDateTime *now);
gboolean rheo_run_is_starred (const RheoRunFacts *facts);
/* Rows for the clipboard, separated by tabs, with a head. items: RheoRunItem. Yours. */
char *rheo_run_dup_rows (GPtrArray *items);
