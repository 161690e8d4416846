/* limits.h - every size that a stranger controls, named once.
 *
 * The numbers come from MIME practice (RFC 5322 2.1.1, RFC 5321 4.5.3) and from
 * the crashes known of the libraries behind us; each has a test at its edge. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	/* A mail as a whole. */
	LIMIT_PARTIAL_BYTES = 256 * 1024,	/* read of a mail over max_message_mib */
	LIMIT_HEADER_BLOCK = 256 * 1024,	/* bytes of all header fields together */
	LIMIT_HEADER_FIELD = 32 * 1024,		/* one field, unfolded */
	LIMIT_HEADER_COUNT = 1000,
	LIMIT_LINE_IN = 64 * 1024,		/* a body line; longer ones are broken */
	LIMIT_MIME_DEPTH = 100,
	LIMIT_MIME_PARTS = 1000,
	LIMIT_ADDRESSES = 100,			/* per field */
	LIMIT_ADDRESS = 254,			/* RFC 5321 4.5.3.1.3 */
	LIMIT_MSGID = 250,			/* one Message-ID, brackets included */
	LIMIT_MSGIDS = 100,			/* of References, the last ones */
	LIMIT_SUBJECT = 998,			/* bytes of UTF-8 kept */
	LIMIT_TEXT = 1024 * 1024,		/* decoded text kept */
	LIMIT_RULE_TEXT = 200 * 1024,		/* text the rules look at */
	LIMIT_ATTACHMENTS = 100,
	LIMIT_FILENAME = 255,
	LIMIT_HOPS = 30,			/* Received fields; more is a loop */

	/* The reader. */
	LIMIT_READER_MS = 4000,			/* one mail */
	LIMIT_READER_MIB = 96,			/* RLIMIT_AS over what it has at start */
	/* What it may send back about one mail: without its files, and with those that are
	 * relayed (both texts, the header fields and LIMIT_RELAY_BYTES). */
	LIMIT_ANSWER_TEXT = 8 * 1024 * 1024,
	LIMIT_ANSWER = 32 * 1024 * 1024,
	LIMIT_HITS = 200,			/* rules reported a mail */
	LIMIT_HIT_TEXT = 120,			/* bytes quoted of a match */

	/* What we send. */
	LIMIT_ACK = 16 * 1024,
	LIMIT_LINE_OUT = 998,			/* RFC 5322 2.1.1 */
	LIMIT_NOTIFY_BYTES = 5 * 1024 * 1024,	/* a citizen's files for an agent, decoded */
	LIMIT_RELAY_BYTES = 20 * 1024 * 1024,	/* files of an agent's answer, decoded */

	/* Files of the administrator. */
	LIMIT_CONFIG_FILE = 1024 * 1024,
	LIMIT_RULES_FILE = 4 * 1024 * 1024,
	LIMIT_SECRET = 16 * 1024,
};

#endif
