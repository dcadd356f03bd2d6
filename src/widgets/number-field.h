/* Thread: main. */
/* A field for one number of a parameter: text, unit, and buttons that step through nice values. What is typed counts when
 * Enter is pressed or the field is left; the wheel never changes it. */
#pragma once

#include <gtk/gtk.h>

#include "engine/param.h"

#define RHEO_TYPE_NUMBER_FIELD (rheo_number_field_get_type ())
G_DECLARE_FINAL_TYPE (RheoNumberField, rheo_number_field, RHEO, NUMBER_FIELD, GtkWidget)

/* Signal "apply" (s plain): the user wants this value; what is no number comes as it was typed. Answer with set_value, or
 * with set_refused. param is borrowed for ever. */
GtkWidget *rheo_number_field_new (const RheoParam *param);
/* The value in force, plain. Text that is being typed is left alone unless the value is a new one. */
void rheo_number_field_set_value (RheoNumberField *field, const char *plain);
/* Class "error"; what was typed stays there until Esc or a value that is taken. */
void rheo_number_field_set_refused (RheoNumberField *field);
gboolean rheo_number_field_get_refused (RheoNumberField *field);
/* Name and description for assistive tools. */
void rheo_number_field_set_name (RheoNumberField *field, const char *name, const char *description);
/* Without buttons, beside a scale; arrow keys still step. */
void rheo_number_field_set_small (RheoNumberField *field);
