/* Thread: main. */
/* The four cards at the top of Set up: what task, model, rule and run are, in a few words. */
#pragma once

#include <adwaita.h>

#include "app/document.h"
#include "app/misfit-box.h"

#define RHEO_TYPE_SETUP_CARDS (rheo_setup_cards_get_type ())
G_DECLARE_FINAL_TYPE (RheoSetupCards, rheo_setup_cards, RHEO, SETUP_CARDS, AdwBin)

#define RHEO_N_CARDS 4 /* task, model, rule, run */

/* Signal "picked" (i card). */
GtkWidget *rheo_setup_cards_new (void);
void rheo_setup_cards_update (RheoSetupCards *cards, RheoDocument *document, RheoMisfitBox *misfit);
/* What an iteration is called ("epoch"), as soon as it is known; the next update shows it. */
void rheo_setup_cards_set_unit (RheoSetupCards *cards, const char *unit);
/* The section that is in view. */
void rheo_setup_cards_set_active (RheoSetupCards *cards, int card);
