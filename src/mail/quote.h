/* quote.h - what the person wrote now: quoted history and signature off.
 *
 * Serves classification and commands only; what is stored and shown is the whole text.
 * French client forms first (Gmail, Thunderbird, Apple, Roundcube, Zimbra, Orange, Outlook,
 * Hotmail, phones), then the other languages. Answers written between quotes stay. A forward
 * carries the case: with nothing above the quoted part, or a forward's marks, what is below
 * is kept. */
#ifndef MAIL_QUOTE_H
#define MAIL_QUOTE_H

#include "arena.h"
#include "span.h"

/* text: LF lines, valid UTF-8.  subject: decoded, for "Fwd:" "TR:".  forward_out: the result is
 * a forward's content. Linear in text. */
const char *quote_strip(struct arena *a, struct span text, const char *subject,
    bool *forward_out);

#endif
