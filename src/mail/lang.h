/* lang.h - the language of a text, by libcld2 (C++; this is its only door). */
#ifndef MAIL_LANG_H
#define MAIL_LANG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LANG_MAX = 8 };

/* ISO 639-1 in lower case; "fr" when the guess is not reliable or the text too short. */
void lang_guess(const char *text, size_t n, char out[LANG_MAX]);

#ifdef __cplusplus
}
#endif

#endif
