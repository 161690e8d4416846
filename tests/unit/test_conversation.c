/* Which mails are one conversation: made ones, and the folders of DATA with their groups. */
#include "conversation.h"

#include "parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX = 200, BYTES_MAX = 4 * 1024 * 1024 };

static void
test_made(void **state)
{
	static const char *const none[] = { "" }, *const a[] = { "<a@x>" },
	    *const ab[] = { "<a@x>", "<b@x>" }, *const lost[] = { "<lost@x>" },
	    *const d[] = { "<d@x>" }, *const g[] = { "<g@x>" };
	static const struct {
		const char *id, *const *irt; size_t nirt; const char *const *refs; size_t nrefs;
		size_t group;
	} t[] = {
		{ "<a@x>", none, 0, none, 0, 0 },
		{ "<b@x>", a, 1, none, 0, 0 },
		{ "<c@x>", none, 0, ab, 2, 0 },
		{ "<d@x>", none, 0, none, 0, 3 },
		{ "", none, 0, none, 0, 4 },		/* two without any id stay two */
		{ "", none, 0, none, 0, 5 },
		{ "<e@x>", lost, 1, none, 0, 6 },	/* joined by a mail that nobody has */
		{ "<f@x>", none, 0, lost, 1, 6 },
		/* One id, another content: what is said of it means the first. */
		{ "<a@x>", none, 0, none, 0, 8 },
		{ "<A@x>", none, 0, none, 0, 9 },	/* ids know case (RFC 5322 3.6.4) */
		{ "", d, 1, none, 0, 3 },
		{ "", a, 1, none, 0, 0 },
		{ "<a@x>", d, 1, none, 0, 3 },		/* but a copy can still answer */
		{ "", g, 1, none, 0, 13 },		/* the answer came first */
		{ "<g@x>", none, 0, none, 0, 13 },
	};
	enum { N = sizeof t / sizeof *t };
	ARENA_AUTO struct arena *mem = arena_open();
	struct conversation_mail v[N];
	size_t group[N];

	(void)state;
	for (size_t i = 0; i < N; i++) {
		v[i] = (struct conversation_mail){ t[i].id, { NULL, t[i].nirt },
		    { NULL, t[i].nrefs } };
		v[i].in_reply_to.v = arena_new(mem, const char *, t[i].nirt);
		v[i].references.v = arena_new(mem, const char *, t[i].nrefs);
		memcpy(v[i].in_reply_to.v, t[i].irt, t[i].nirt * sizeof *t[i].irt);
		memcpy(v[i].references.v, t[i].refs, t[i].nrefs * sizeof *t[i].refs);
	}
	conversation_find(mem, v, N, group);
	for (size_t i = 0; i < N; i++)
		if (group[i] != t[i].group)
			fail_msg("%zu: in %zu, not %zu", i, group[i], t[i].group);
	conversation_find(mem, v, 0, group);
}

/* One chain, told from its end: the worst order for a union-find that does not shorten. */
static void
test_long_chain(void **state)
{
	enum { N = 20000 };
	ARENA_AUTO struct arena *mem = arena_open();
	struct conversation_mail *v = arena_new(mem, struct conversation_mail, N);
	size_t *group = arena_new(mem, size_t, N);

	(void)state;
	for (size_t i = 0; i < N; i++) {
		v[i].message_id = arena_printf(mem, "<%zu@x>", N - i);
		v[i].in_reply_to.v = arena_new(mem, const char *, 1);
		v[i].in_reply_to.v[0] = arena_printf(mem, "<%zu@x>", N - i - 1);
		v[i].in_reply_to.n = 1;
	}
	conversation_find(mem, v, N, group);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(group[i], 0);
}

static struct span
slurp(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rbe");
	char *z = arena_alloc(a, BYTES_MAX, 1);
	size_t n;

	if (f == NULL)
		fail_msg("%s is missing", path);
	n = fread(z, 1, BYTES_MAX - 1, f);
	assert_int_equal(fclose(f), 0);
	return span_from(z, n);
}

/* Behind `"key": ` in a line of JSON whose values hold no such thing. */
static const char *
behind(const char *line, const char *key)
{
	const char *p = strstr(line, key);

	if (p == NULL)
		fail_msg("no %s in \"%s\"", key, line);
	return p + strlen(key);
}

/* "[[1, 3], [2]]]": want[mail - 1] becomes the group's first mail; the number of mails. */
static size_t
read_groups(const char *p, size_t want[MAX])
{
	size_t depth = 0, first = 0, n = 0;

	do {
		char *end;

		if (*p == '[' || *p == ']') {
			depth = *p++ == '[' ? depth + 1 : depth - 1;
			first = 0;
		} else if (*p >= '0' && *p <= '9') {
			size_t mail = strtoul(p, &end, 10);

			assert_true(mail >= 1 && mail <= MAX);
			first = first == 0 ? mail : first;
			want[mail - 1] = first - 1;
			n = mail > n ? mail : n;
			p = end;
		} else {
			p++;
		}
	} while (depth > 0 && *p != '\0');
	return n;
}

static void
read_mail(struct arena *a, const char *path, struct conversation_mail *out)
{
	struct mail m;
	struct fault f;

	*out = (struct conversation_mail){ .message_id = "" };
	if (parse_mail(a, slurp(a, path), 0, &m, &f) == ST_OK)	/* one has no header */
		*out = (struct conversation_mail){ m.message_id, m.in_reply_to,
		    m.references };
}

static void
one_folder(const char *data, const char *line)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *id = behind(line, "\"id\": \"");
	struct conversation_mail v[MAX];
	size_t want[MAX], got[MAX], n = read_groups(behind(line, "\"groups\": "), want);
	int len = (int)strcspn(id, "\"");

	assert_true(n > 1);
	for (size_t i = 0; i < n; i++)
		read_mail(a, arena_printf(a, "%s/mail/threads/%.*s/%03zu.eml", data, len, id,
		    i + 1), &v[i]);
	conversation_find(a, v, n, got);
	for (size_t i = 0; i < n; i++) {
		if (got[i] == want[i])
			continue;
		print_message("%.*s: mail %zu is with %zu, not %zu\n", len, id, i + 1,
		    got[i] + 1, want[i] + 1);
		/* An IMAP THREAD answer (RFC 5256) joins by subject and cuts circles. */
		assert_non_null(strstr(line, "IMAP THREAD"));
	}
}

static void
test_data(void **state)
{
	ARENA_AUTO struct arena *a = arena_open();
	const char *data = getenv("DATA");
	const char *path = arena_printf(a, "%s/mail/threads/expect.jsonl",
	    data == NULL ? "" : data);
	struct span rest, line;
	size_t folders = 0;

	(void)state;
	if (access(path, R_OK) != 0) {
		print_message("no mail/threads in DATA\n");
		arena_close(&a);	/* skip() jumps away */
		skip();
	}
	for (rest = slurp(a, path); span_line(&rest, &line); folders++)
		one_folder(data, arena_span(a, line));
	assert_true(folders > 0);
}

static int
begin(void **state)
{
	struct fault f;

	(void)state;
	return parse_init(&f) == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made), cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
