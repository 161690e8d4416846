/* A whole mail, from its bytes to the value that everybody else reads, through the pipe. */
#include "codec.h"
#include "fuzz.h"
#include "parse.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct fault f;

	(void)argc;
	(void)argv;
	PROMISE(parse_init(&f) == ST_OK);
	return 0;
}

static void
promise_text(const char *z, size_t max)
{
	PROMISE(strlen(z) <= max && utf8_valid(span_of(z)));
}

static void
promise_addrs(const struct addrs *l)
{
	PROMISE(l->n <= LIMIT_ADDRESSES);
	for (size_t i = 0; i < l->n; i++)
		fuzz_promise_line(l->v[i].name, LIMIT_SUBJECT);
}

static void
promise_mail(const struct mail *m)
{
	size_t bytes = 0;

	promise_text(m->text, LIMIT_TEXT);
	promise_text(m->reply_text, LIMIT_TEXT);
	fuzz_promise_line(m->subject, LIMIT_SUBJECT);
	fuzz_promise_line(m->lang, 7);
	promise_addrs(&m->from);
	promise_addrs(&m->to);
	PROMISE(m->headers.n > 0 && m->headers.n <= LIMIT_HEADER_COUNT);
	PROMISE(m->references.n <= LIMIT_MSGIDS && m->natt <= LIMIT_ATTACHMENTS);
	for (size_t i = 0; i < m->natt; i++) {
		const struct attachment *x = &m->att[i];

		fuzz_promise_line(x->filename, LIMIT_FILENAME);
		PROMISE(x->bytes.n == 0 || x->bytes.n == x->size);
		bytes += x->bytes.n;
	}
	PROMISE(bytes <= LIMIT_RELAY_BYTES);
	PROMISE(m->bounce.report == REPORT_DELIVERY || m->bounce.recipient[0] == '\0');
}

/* What intake reads is what the reader wrote. */
static void
promise_pipe(struct arena *a, const struct mail *m)
{
	struct verdict none = { .category = "", .quartier = "" };
	struct buf one BUF_AUTO, two BUF_AUTO;
	const struct mail *back;
	const struct verdict *v;
	struct fault f;

	buf_open(&one, LIMIT_ANSWER);
	buf_open(&two, LIMIT_ANSWER);
	codec_put(&one, m, &none);
	if (buf_full(&one))
		return;
	PROMISE(codec_get(a, buf_span(&one), &back, &v, &f) == ST_OK && back != NULL);
	codec_put(&two, back, v);
	PROMISE(one.n == two.n && memcmp(one.z, two.z, one.n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct mail m;
	struct fault f;

	if (parse_mail(a, fuzz_span(a, data, n), n % (PARSE_WANTS + 1), &m, &f) != ST_OK)
		return 0;
	promise_mail(&m);
	promise_pipe(a, &m);
	return 0;
}
