/* Thread: main. */
#pragma once

#include "app/document.h"
#include "widgets/param-row.h"

/* Rows of forms that show and change the document, which is borrowed. While the next run is a branch only what may differ
 * from the run it goes on with can be changed. */
void rheo_document_init_host (RheoDocument *document, RheoParamHost *host);
