/* The configuration file: read, or refused with its line. */
#include "config.h"
#include "fuzz_file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_file_begin("b.conf");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct config *c;
	struct fault f = { 0 };

	fuzz_file_put(span_from((const char *)data, n));
	if (config_load(a, fuzz_path, n % 2 == 0 ? CONFIG_FOR_EXPLAIN : CONFIG_FOR_DAEMON, &c,
	    &f) == ST_OK)
		PROMISE(c->nagents <= CONFIG_AGENTS_MAX && c->address[0] != '\0');
	else
		PROMISE(f.st == ST_PERM && f.text[0] != '\0');
	return 0;
}
