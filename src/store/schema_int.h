/* schema_int.h - the list of steps that made the tables, for migrate.c. */
#ifndef STORE_SCHEMA_INT_H
#define STORE_SCHEMA_INT_H

#include "db.h"

/* In order; the last one is of the newest version. */
const struct schema_step *schema_steps(size_t *n);

#endif
