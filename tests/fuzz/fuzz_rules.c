/* A rule file, and a mail tried on what it compiles to. */
#include "fuzz_file.h"
#include "rules.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_file_begin("a.rules");
	return 0;
}

static void
promise_verdict(const struct rules *r, const struct verdict *v)
{
	PROMISE(rules_category(r, v->category) != NULL);
	PROMISE(v->nhits <= LIMIT_HITS && v->ncats <= RULES_CATEGORIES_MAX + 1);
	for (size_t i = 0; i < v->nhits; i++) {
		PROMISE(strlen(v->hits[i].match) <= LIMIT_HIT_TEXT);
		PROMISE(utf8_valid(span_of(v->hits[i].match)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct header field = { span_of("X-Test"), span_of("oui ; non") };
	struct addr from = { "Élise", "elise@exemple.test" };
	struct attachment att = { .filename = "mur.jpg", .type = "image/jpeg", .size = 3 };
	struct mail m = {
		.headers = { &field, 1, false }, .message_id = "", .from = { &from, 1, false },
		.subject = "Expulsion œuvre", .text = "", .ical = "", .lang = "fr",
		.reply_text = "Bonjour,\nje suis expulsée le 30 et j’ai peur, aidez-moi.\n",
		.att = &att, .natt = 1,
	};
	struct rules *r AUTO(rules_close) = NULL;
	struct verdict v;
	struct fault f = { 0 };

	fuzz_file_put(span_from((const char *)data, n));
	/* Now and then with the prefilter, which is slow to build. */
	if (rules_load(&r, fuzz_dir, n % 64 == 7 ? RULES_FULL : RULES_ONCE, &f) != ST_OK) {
		PROMISE(f.st == ST_PERM && f.text[0] != '\0');
		return 0;
	}
	rules_classify(r, a, &m, &v);
	promise_verdict(r, &v);
	return 0;
}
