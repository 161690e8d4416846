/* parse_int.h - the inside of the parser: a mail as a tree of MIME parts.
 *
 * The tree is built in one pass over the bytes, without recursion: the open multiparts are
 * a stack of boundaries, and every line that starts with "--" is compared with all of them, so
 * a part whose end is missing ends with its parent.  Bodies are spans of the raw mail; nothing
 * is copied before it is known to be text.  Transfer encodings are undone by GMime, charsets
 * by charset.h; GMime's own tree, address and parameter readers are not used (they recurse,
 * call iconv_open, and lose parts of broken mail). */
#ifndef MAIL_PARSE_INT_H
#define MAIL_PARSE_INT_H

#include "mail.h"

enum {
	PARSE_DECODED = 4 * 1024 * 1024,	/* decoded bytes read of one text part */
	PARSE_INNER = 8 * 1024 * 1024,		/* of a message that is itself encoded */
	PARSE_BUDGET = 8 * 1024 * 1024,		/* of all text parts together */
	PARSE_ICAL = 256 * 1024,
	PARSE_PARAMS = 100,
	PARSE_NONE = -1,			/* no such part */
	PARSE_CAP = 4,				/* read past a limit, to know that it was */
};

/* z, or its first max bytes; *cut is then set. */
const char *parse_cap(struct arena *a, const char *z, size_t max, bool *cut);

/* A structured MIME field: its first word, and its parameters as sent (RFC 2231 2183). */
struct param { struct span name, value; int section; bool coded; };
struct params { const char *first; struct param *v; size_t n; };

void param_read(struct arena *a, struct span field, struct params *out);
/* Decoded to clean UTF-8, "" when absent; pieces joined, extended forms first. */
const char *param_get(struct arena *a, const struct params *p, const char *name, size_t max);

enum part_kind { PART_LEAF, PART_MULTI, PART_MESSAGE };
enum part_code { CODE_PLAIN, CODE_BASE64, CODE_QP, CODE_UU };

struct part {
	enum part_kind kind;
	enum part_code code;
	struct headers h;
	struct span body;		/* as sent, its transfer encoding on */
	const char *type;		/* "text/plain", lower case */
	const char *charset, *boundary, *filename;
	struct params ct;
	bool attached;			/* Content-Disposition: attachment */
	bool shown;			/* Content-Disposition: inline */
	int parent, first, last, next;	/* indices, PARSE_NONE */
	int depth;
	/* Of parse_text.c: */
	const char *text;		/* decoded; NULL until wanted */
	bool skip;			/* another alternative is read instead */
	bool plain, html;		/* the subtree holds readable text of that form */
};

struct tree {
	struct arena *a;
	struct part *v; int n, room;	/* v moves when a part is added */
	size_t budget;			/* decoded text that memory still has room for */
	bool cut;
};

/* v[0] is the mail itself. Parents come before their children. */
void part_split(struct arena *a, const struct headers *h, struct span body, struct tree *t);
bool part_is(const struct part *p, const char *type);
bool part_under(const struct part *p, const char *prefix);	/* "text/" */

/* At most max bytes of a part without its transfer encoding; *cut when more was there. */
struct span part_bytes(struct arena *a, const struct part *p, size_t max, bool *cut);
/* Decoded bytes; the exact number takes a whole decoding. */
uint64_t part_size(const struct part *p);
uint64_t part_size_exact(const struct part *p);
/* All of the part, which has so many bytes. */
struct span part_whole(struct arena *a, const struct part *p, size_t n);

/* All text of the tree in reading order; sets flags of mail.h in *flags. */
const char *part_text(struct tree *t, unsigned *flags);
/* What the parts say of the mail: encrypted, signed, TNEF. */
unsigned part_flags(const struct tree *t);
/* Inside a delivery or other report, where a message is the returned original. */
bool part_in_report(const struct tree *t, int i);
bool part_readable(const struct part *p);	/* text to show, not a file */
/* One text part, as UTF-8 with LF lines. */
const char *part_decode_text(struct tree *t, struct part *p);

/* What kind of report the mail is, and its fields. */
void bounce_read(struct tree *t, const struct mail *m, struct bounce *out);
/* A server's report in words, whatever its form; returned: it carries a message. */
bool bounce_looks(struct arena *a, const struct mail *m, bool returned);
/* The notice that a provider's interface sends as JSON: REPORT_NONE when it is none. */
enum report bounce_json(struct arena *a, const struct mail *m, struct bounce *out);
/* Fills what `out` still lacks from the words and from the returned header. */
void bounce_guess(struct arena *a, const struct mail *m, struct span returned,
    struct bounce *out);

#endif
