/* reader_int.h - how the two sides of the reader know each other. */
#ifndef APP_READER_INT_H
#define APP_READER_INT_H

#include "reader.h"

extern char reader_argv0[];
extern char *const reader_flag[];	/* by enum reader_use */

#endif
