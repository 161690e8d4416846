/* Delivery reports: a server's head, then whatever it says. */
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char head[] = "From: MAILER-DAEMON@mx.test\r\nTo: bureau@ville.test\r\n"
	    "Return-Path: <>\r\nMIME-Version: 1.0\r\n";
	ARENA_AUTO struct arena *a = arena_open();
	size_t len = sizeof head - 1;
	char *z = arena_alloc(a, len + n, 1);
	const struct bounce *b;
	struct mail m;
	struct fault f;

	memcpy(z, head, len);
	if (n > 0)
		memcpy(z + len, data, n);
	PROMISE(parse_mail(a, span_from(z, len + n), 0, &m, &f) == ST_OK);
	b = &m.bounce;
	if (b->report != REPORT_DELIVERY)
		PROMISE(b->recipient[0] == '\0' && b->action[0] == '\0');
	else
		PROMISE(b->action[0] != '\0');
	PROMISE(b->recipient[0] == '\0' || strchr(b->recipient, '@') != NULL);
	PROMISE(b->message_id[0] == '\0' || b->message_id[0] == '<');
	(void)bounce_is_trouble(b);
	return 0;
}
