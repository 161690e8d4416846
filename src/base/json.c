#include "json.h"

#include "date.h"
#include "utf8.h"

#include <inttypes.h>

void
json_open(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
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
lead(struct json *j, const char *key)
{
	if (j->comma)
		buf_addc(j->out, ',');
	j->comma = true;
	if (key != NULL)
		buf_addf(j->out, "\"%s\":", key);
}

static void
nest(struct json *j, const char *key, char c)
{
	lead(j, key);
	buf_addc(j->out, c);
	j->comma = false;
}

static void
unnest(struct json *j, char c)
{
	buf_addc(j->out, c);
	j->comma = true;
}

void json_object(struct json *j, const char *key) { nest(j, key, '{'); }
void json_object_end(struct json *j) { unnest(j, '}'); }
void json_array(struct json *j, const char *key) { nest(j, key, '['); }
void json_array_end(struct json *j) { unnest(j, ']'); }

void
json_span(struct json *j, const char *key, struct span s)
{
	lead(j, key);
	quoted(j->out, s);
}

void
json_str(struct json *j, const char *key, const char *z)
{
	json_span(j, key, span_of(z));
}

void
json_null(struct json *j, const char *key)
{
	lead(j, key);
	buf_addz(j->out, "null");
}

void
json_str_or_null(struct json *j, const char *key, const char *z)
{
	if (*z == '\0')
		json_null(j, key);
	else
		json_str(j, key, z);
}

void
json_int(struct json *j, const char *key, int64_t v)
{
	lead(j, key);
	buf_addf(j->out, "%" PRId64, v);
}

void
json_bool(struct json *j, const char *key, bool v)
{
	lead(j, key);
	buf_addz(j->out, v ? "true" : "false");
}

void
json_time(struct json *j, const char *key, int64_t at)
{
	char z[DATE_RFC3339_MAX];

	if (at == 0) {
		json_null(j, key);
		return;
	}
	date_rfc3339(at, z);
	json_str(j, key, z);
}
