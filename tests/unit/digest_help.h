/* digest_help.h - instants for the digest's tests. */
#ifndef DIGEST_HELP_H
#define DIGEST_HELP_H

#include "desk_help.h"

#include "digest.h"

#define WEEK "2026-11-16"

static inline date_day
day(const char *z)
{
	date_day d;

	if (!date_parse_iso(span_of(z), &d))
		fail_msg("%s", z);
	return d;
}

static inline int64_t
at(const char *z)
{
	int64_t t;

	if (!date_parse_rfc3339(span_of(z), &t))
		fail_msg("%s", z);
	return t;
}

#endif
