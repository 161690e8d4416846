/* zip.h: the bytes of an archive, field by field; a reader of others' making checks it too
 * (tests/e2e/test_person.py). */
#include "zip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned char z[4096];

static size_t
read_back(int fd)
{
	ssize_t n = pread(fd, z, sizeof z, 0);

	assert_true(n > 0);
	return (size_t)n;
}

static uint32_t
le(size_t at, int bytes)
{
	uint32_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | z[at + (size_t)i];
	return v;
}

static void
two_files(void **state)
{
	static const char check[] = "123456789";	/* its CRC-32 is in every book */
	struct fault f = { 0 };
	int fd = memfd_create("zip", MFD_CLOEXEC);
	struct zip *a = zip_open(fd);
	size_t n, first = 30 + 5, second = first + 9, dir;

	(void)state;
	assert_int_equal(date_zone_set("Europe/Paris", &f), ST_OK);
	assert_int_equal(zip_add(a, "a.txt", span_of(check), 1795513921, &f), ST_OK);
	assert_int_equal(zip_add(a, "d\xc3\xa9j\xc3\xa0/b.txt", span_of(""), 0, &f), ST_OK);
	assert_int_equal(zip_end(a, &f), ST_OK);
	zip_close(&a);
	assert_null(a);
	zip_close(&a);
	n = read_back(fd);
	dir = second + 30 + strlen("d\xc3\xa9j\xc3\xa0/b.txt");
	assert_int_equal(le(0, 4), 0x04034b50);
	assert_int_equal(le(6, 2), 1 << 11);
	assert_int_equal(le(8, 2), 0);
	assert_int_equal(le(10, 2), 10 << 11 | 52 << 5 | 0);		/* 2026-11-24 10:52:01 */
	assert_int_equal(le(12, 2), (2026 - 1980) << 9 | 11 << 5 | 24);
	assert_int_equal(le(14, 4), 0xcbf43926);
	assert_int_equal(le(18, 4), 9);
	assert_int_equal(le(22, 4), 9);
	assert_int_equal(le(26, 2), 5);
	assert_memory_equal(z + 30, "a.txt123456789", 14);
	assert_int_equal(le(second, 4), 0x04034b50);
	assert_int_equal(le(second + 14, 4), 0);
	assert_int_equal(le(second + 12, 2), 0 << 9 | 1 << 5 | 1);	/* no year before 1980 */
	assert_int_equal(le(dir, 4), 0x02014b50);
	assert_int_equal(le(dir + 42, 4), 0);
	assert_int_equal(le(dir + 46 + 5, 4), 0x02014b50);
	assert_int_equal(le(dir + 46 + 5 + 42, 4), second);
	assert_int_equal(le(n - 22, 4), 0x06054b50);
	assert_int_equal(le(n - 12, 2), 2);
	assert_int_equal(le(n - 10, 4), n - 22 - dir);
	assert_int_equal(le(n - 6, 4), dir);
	close(fd);
}

static void
refusals(void **state)
{
	static char name[300];
	struct fault f = { 0 };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct zip *a = zip_open(fd);

	(void)state;
	memset(name, 'n', sizeof name - 1);
	assert_int_equal(zip_add(a, name, span_of("x"), 0, &f), ST_PERM);
	assert_int_equal(zip_add(a, "four", span_from("", (size_t)4 << 30), 0, &f), ST_PERM);
	assert_int_equal(zip_add(a, "a", span_of("x"), 0, &f), ST_TEMP);
	assert_int_equal(zip_end(a, &f), ST_TEMP);
	zip_close(&a);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_files),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
