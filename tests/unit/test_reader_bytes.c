/* Files through the sandboxed reader: whole, and within its memory. */
#include "reader.h"

#include "limits.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MIB = 1024 * 1024 };

static const char head[] = "From: a@b.test\r\nSubject: photo\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nVoici le document.\r\n";
static const char file_head[] = "--B\r\nContent-Type: image/jpeg; name=\"mur.jpg\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n";

/* Three bytes, no two of them alike for long. */
static unsigned
triple(size_t i)
{
	return (unsigned)(i * 2654435761u) & 0xffffff;
}

/* So many triples as base64 of lines of 76, "..." in front of it. */
static char *
put_file(char *p, size_t triples)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	memcpy(p, file_head, sizeof file_head - 1);
	p += sizeof file_head - 1;
	for (size_t i = 0; i < triples; i++) {
		for (int shift = 18; shift >= 0; shift -= 6)
			*p++ = digits[triple(i) >> shift & 63];
		if (i % 19 == 18 || i + 1 == triples) {
			*p++ = '\r';
			*p++ = '\n';
		}
	}
	return p;
}

/* `files` files of that many triples, and lines without meaning up to `size` bytes. */
static struct span
photo_mail(struct arena *a, size_t files, size_t triples, size_t size)
{
	size_t room = sizeof head + files * (sizeof file_head + triples * 4 + triples / 9 + 4) +
	    size + 100;
	char *z = arena_alloc(a, room, 1), *p = z + sizeof head - 1;

	memcpy(z, head, sizeof head - 1);
	for (size_t i = 0; i < files; i++)
		p = put_file(p, triples);
	memcpy(p, "--B--\r\n", 7);
	p += 7;
	while ((size_t)(p - z) < size) {
		memcpy(p, "epilogue\r\n", 10);
		p += 10;
	}
	return span_from(z, (size_t)(p - z));
}

static void
assert_file(const struct attachment *x, size_t triples)
{
	const unsigned char *p = (const unsigned char *)x->bytes.p;

	assert_int_equal(x->size, triples * 3);
	assert_int_equal(x->bytes.n, triples * 3);
	for (size_t i = 0; i < triples; i++)
		if (((unsigned)p[3 * i] << 16 | (unsigned)p[3 * i + 1] << 8 | p[3 * i + 2]) !=
		    triple(i))
			fail_msg("bytes %zu differ", 3 * i);
}

/* One reader for all of them, so that the memory of one must be free for the next: a large mail
 * without a question for its files fits behind those with. */
static void
files_come_whole(void **state)
{
	static const struct { size_t files, triples, size; unsigned want; bool given; } t[] = {
		{ 1, 5 * MIB, 0, PARSE_BYTES, true },
		{ 3, 5 * MIB / 3, 0, PARSE_BYTES, true },
		{ 1, 15 * MIB, 64 * MIB, 0, false },
		{ 1, LIMIT_RELAY_BYTES / 3, 30 * MIB, PARSE_BYTES, true },
		{ 100, LIMIT_RELAY_BYTES / 300, 30 * MIB, PARSE_BYTES, true },
		{ 1, LIMIT_RELAY_BYTES / 3, 30 * MIB, PARSE_BYTES, true },
		{ 1, LIMIT_RELAY_BYTES / 3 + 1, 0, PARSE_BYTES, false },
		{ 1, 15 * MIB, 64 * MIB, PARSE_BYTES, false },
		{ 1, 100, 64 * MIB, PARSE_BYTES, true },
		{ 1, 100, 0, 0, false },
	};
	struct reader *r = *state;
	int first = reader_pid(r);

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		ARENA_AUTO struct arena *a = arena_open();
		const struct mail *m;
		const struct verdict *v;
		const char *because;
		struct fault f = { 0 };

		assert_int_equal(reader_ask(r, a, photo_mail(a, t[i].files, t[i].triples,
		    t[i].size), t[i].want, &m, &v, &because, &f), ST_OK);
		if (m == NULL || reader_pid(r) != first)
			fail_msg("case %zu: %s", i, because);
		assert_non_null(strstr(m->text, "Voici le document."));
		assert_int_equal(m->natt, t[i].files);
		assert_int_equal((m->flags & MAIL_PARTS_TOO_BIG) != 0,
		    t[i].want != 0 && !t[i].given);
		for (size_t j = 0; j < m->natt; j++) {
			if (t[i].given)
				assert_file(&m->att[j], t[i].triples);
			else
				assert_int_equal(m->att[j].bytes.n, 0);
		}
	}
}

static int
begin(void **state)
{
	const char *rules = getenv("RULES");
	struct reader *r = NULL;
	struct fault f = { 0 };

	(void)signal(SIGPIPE, SIG_IGN);
	if (reader_open(&r, rules != NULL ? rules : "rules", READER_DAEMON, &f) != ST_OK) {
		print_error("%s\n", f.text);
		return -1;
	}
	*state = r;
	return 0;
}

static int
end(void **state)
{
	struct reader *r = *state;

	reader_close(&r);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_come_whole, begin, end),
	};

	if (reader_is_me(argc, argv))
		return reader_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
