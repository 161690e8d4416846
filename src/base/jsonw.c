#include "jsonw.h"

#include "date.h"
#include "utf8.h"

#include <inttypes.h>

void
jsonw_open(struct jsonw *j, struct buf *out)
{
	*j = (struct jsonw){ .out = out };
}

static void
quoted(struct buf *b, struct span s)
{
	buf_addc(b, '"');
	while (s.n > 0) {
		uint32_t cp;
		size_t n = utf8_next(s, &cp);

		if (n == 0) {
			utf8_put(b, 0xfffd);
			n = 1;
		} else if (cp == '"' || cp == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, (char)cp);
		} else if (cp == '\n') {
			buf_addz(b, "\\n");
		} else if (cp < 0x20 || cp == 0x7f || cp == 0x2028 || cp == 0x2029) {
			buf_addf(b, "\\u%04x", (unsigned)cp);
		} else {
			buf_add(b, span_from(s.p, n));
		}
		s.p += n;
		s.n -= n;
	}
	buf_addc(b, '"');
}

static void
lead(struct jsonw *j, const char *key)
{
	if (j->comma)
		buf_addc(j->out, ',');
	j->comma = true;
	if (key != NULL)
		buf_addf(j->out, "\"%s\":", key);
}

static void
nest(struct jsonw *j, const char *key, char c)
{
	lead(j, key);
	buf_addc(j->out, c);
	j->comma = false;
}

static void
unnest(struct jsonw *j, char c)
{
	buf_addc(j->out, c);
	j->comma = true;
}

void jsonw_object(struct jsonw *j, const char *key) { nest(j, key, '{'); }
void jsonw_object_end(struct jsonw *j) { unnest(j, '}'); }
void jsonw_array(struct jsonw *j, const char *key) { nest(j, key, '['); }
void jsonw_array_end(struct jsonw *j) { unnest(j, ']'); }

void
jsonw_span(struct jsonw *j, const char *key, struct span s)
{
	lead(j, key);
	quoted(j->out, s);
}

void
jsonw_str(struct jsonw *j, const char *key, const char *z)
{
	jsonw_span(j, key, span_of(z));
}

void
jsonw_null(struct jsonw *j, const char *key)
{
	lead(j, key);
	buf_addz(j->out, "null");
}

void
jsonw_str_or_null(struct jsonw *j, const char *key, const char *z)
{
	if (*z == '\0')
		jsonw_null(j, key);
	else
		jsonw_str(j, key, z);
}

void
jsonw_int(struct jsonw *j, const char *key, int64_t v)
{
	lead(j, key);
	buf_addf(j->out, "%" PRId64, v);
}

void
jsonw_bool(struct jsonw *j, const char *key, bool v)
{
	lead(j, key);
	buf_addz(j->out, v ? "true" : "false");
}

void
jsonw_time(struct jsonw *j, const char *key, int64_t at)
{
	char z[DATE_RFC3339_MAX];

	if (at == 0) {
		jsonw_null(j, key);
		return;
	}
	date_rfc3339(at, z);
	jsonw_str(j, key, z);
}
