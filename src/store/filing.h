/* filing.h - where an original belongs, from two columns; private to src/store. */
#ifndef STORE_FILING_H
#define STORE_FILING_H

#include "store.h"

/* file: of the message; ticket_state: of its ticket, "" none. */
enum file_want filing_want(const char *file, const char *ticket_state);

#endif
