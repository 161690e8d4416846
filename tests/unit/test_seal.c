/* The seal and the packed file: what goes in comes out, whatever is done to it on the way is
 * found out. */
#include "pack.h"

#include "buf.h"
#include "mac.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char label[] = "test 1";
static struct fault f;

static struct span
key_of(const char *z)
{
	return span_of(z);
}

static enum status
to_buf(void *ctx, struct span s, struct fault *why)
{
	(void)why;
	buf_add(ctx, s);
	return ST_OK;
}

static struct span
bytes_of(size_t n)
{
	char *z = malloc(n + 1);

	assert_non_null(z);
	for (size_t i = 0; i < n; i++)
		z[i] = (char)(i * 31 + i / 255);
	return span_from(z, n);
}

static void
seal_all(struct span plain, size_t step, struct buf *out)
{
	struct seal *s;

	buf_open(out, 16 * 1024 * 1024);
	assert_int_equal(seal_open(&s, key_of("k1"), label, (struct sink){ to_buf, out }, &f), ST_OK);
	for (size_t i = 0; i < plain.n; i += step)
		assert_int_equal(seal_put(s, span_from(plain.p + i,
		    plain.n - i < step ? plain.n - i : step), &f), ST_OK);
	assert_int_equal(seal_end(s, &f), ST_OK);
	seal_close(&s);
	assert_null(s);
}

static enum status
unseal_all(struct span sealed, size_t step, const char *key, const char *lab, struct buf *out)
{
	struct seal *s;
	enum status st = ST_OK;

	buf_open(out, 16 * 1024 * 1024);
	s = unseal_open(key_of(key), lab, (struct sink){ to_buf, out });
	for (size_t i = 0; i < sealed.n && st == ST_OK; i += step)
		st = unseal_put(s, span_from(sealed.p + i,
		    sealed.n - i < step ? sealed.n - i : step), &f);
	if (st == ST_OK)
		st = unseal_end(s, &f);
	seal_close(&s);
	return st;
}

static const size_t sizes[] = { 0, 1, 15, 16, 17, 1000, SEAL_CHUNK - 1, SEAL_CHUNK, SEAL_CHUNK + 1,
    2 * SEAL_CHUNK, 2 * SEAL_CHUNK + 5, 300000 };
static const size_t steps[] = { 1, 7, 4096, SEAL_CHUNK, 1000000 };

static void
there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t j = 0; j < sizeof steps / sizeof *steps; j++) {
			struct span plain = bytes_of(sizes[i]);
			struct buf sealed, out;
			size_t chunks = sizes[i] == 0 ? 1 : (sizes[i] + SEAL_CHUNK - 1) / SEAL_CHUNK;

			seal_all(plain, steps[j], &sealed);
			assert_int_equal(sealed.n, SEAL_HEAD + sizes[i] + chunks * SEAL_TAG);
			assert_int_equal(unseal_all(buf_span(&sealed), steps[j], "k1", label, &out), ST_OK);
			assert_int_equal(out.n, plain.n);
			assert_memory_equal(out.z, plain.p, plain.n);
			buf_close(&sealed);
			buf_close(&out);
			free((char *)(uintptr_t)plain.p);
		}
}

/* A changed bit anywhere, bytes cut off anywhere, bytes added: refused. */
static void
every_damage(void **state)
{
	static const size_t at[] = { 0, 15, 16, 47, 48, 49, SEAL_HEAD + SEAL_CHUNK,
	    SEAL_HEAD + SEAL_CHUNK + SEAL_TAG - 1, SEAL_HEAD + SEAL_CHUNK + SEAL_TAG, 100000, 131000 };
	struct span plain = bytes_of(2 * SEAL_CHUNK + 5);
	struct buf sealed, out;

	(void)state;
	seal_all(plain, 4096, &sealed);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		for (int bit = 0; bit < 8; bit += 7) {
			sealed.z[at[i]] ^= (char)(1 << bit);
			assert_int_equal(unseal_all(buf_span(&sealed), 8192, "k1", label, &out), ST_PERM);
			sealed.z[at[i]] ^= (char)(1 << bit);
			buf_close(&out);
		}
		assert_int_equal(unseal_all(span_from(sealed.z, at[i]), 8192, "k1", label, &out), ST_PERM);
		buf_close(&out);
	}
	for (size_t cut = 1; cut < 40; cut++) {
		assert_int_equal(unseal_all(span_from(sealed.z, sealed.n - cut), 8192, "k1", label,
		    &out), ST_PERM);
		buf_close(&out);
	}
	buf_addc(&sealed, 'x');
	assert_int_equal(unseal_all(buf_span(&sealed), 8192, "k1", label, &out), ST_PERM);
	buf_close(&out);
	buf_close(&sealed);
	free((char *)(uintptr_t)plain.p);
}

/* Whole chunks that change places, are doubled or left out; the end of another stream. */
static void
order_of_chunks(void **state)
{
	enum { C = SEAL_CHUNK + SEAL_TAG };
	static const int orders[][4] = { { 1, 0, 2, -1 }, { 0, 0, 2, -1 }, { 0, 2, -1, -1 },
	    { 0, 1, -1, -1 }, { 0, 1, 1, 2 }, { 2, -1, -1, -1 }, { 0, 1, 3, -1 }, { 0, 1, 2, 2 } };
	struct span plain = bytes_of(3 * SEAL_CHUNK);
	struct buf sealed, other, mixed, out;

	(void)state;
	seal_all(plain, 4096, &sealed);
	seal_all(plain, 4096, &other);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		buf_open(&mixed, 16 * 1024 * 1024);
		buf_add(&mixed, span_from(sealed.z, SEAL_HEAD));
		for (size_t j = 0; j < 4 && orders[i][j] >= 0; j++)
			buf_add(&mixed, orders[i][j] == 3 ? span_from(other.z + SEAL_HEAD + 2 * C, C) :
			    span_from(sealed.z + SEAL_HEAD + (size_t)orders[i][j] * C, C));
		assert_int_equal(unseal_all(buf_span(&mixed), 9999, "k1", label, &out), ST_PERM);
		buf_close(&mixed);
		buf_close(&out);
	}
	buf_close(&sealed);
	buf_close(&other);
	free((char *)(uintptr_t)plain.p);
}

static void
other_key_other_label(void **state)
{
	struct buf sealed, out;

	(void)state;
	seal_all(span_of("secret"), 4096, &sealed);
	assert_null(memmem(sealed.z, sealed.n, "secret", 6));
	assert_int_equal(unseal_all(buf_span(&sealed), 10, "k2", label, &out), ST_PERM);
	assert_int_equal(out.n, 0);
	buf_close(&out);
	assert_int_equal(unseal_all(buf_span(&sealed), 10, "k1", "test 2", &out), ST_PERM);
	assert_int_equal(out.n, 0);
	buf_close(&out);
	buf_close(&sealed);
}

/* Made by another implementation of the same RFCs (the Python package cryptography). */
static void
known_stream(void **state)
{
	static const char hex[] =
	    "62757265617564207365616c2076310a"
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	    "4ba3cd08873f897026cc1cd620ff080f29eee4462ea6dabd6ff0ba";
	char raw[256];
	size_t n = 0;
	struct buf out;

	(void)state;
	for (; hex[2 * n] != '\0'; n++) {
		char two[3] = { hex[2 * n], hex[2 * n + 1], '\0' };

		raw[n] = (char)strtol(two, NULL, 16);
	}
	assert_int_equal(unseal_all(span_from(raw, n), 5, "k1", label, &out), ST_OK);
	assert_string_equal(out.z, "une demande");
	buf_close(&out);
}

/* ---- packed files ---- */

static int
temp_file(void)
{
	char path[] = "/tmp/pack.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)unlink(path);
	return fd;
}

static void
file_fill(int fd, size_t n, bool noise)
{
	char z[1000];

	for (size_t i = 0; i < n; i += sizeof z) {
		size_t some = n - i < sizeof z ? n - i : sizeof z;

		if (noise)
			random_bytes(z, some);
		else
			memset(z, 'a' + (int)(i / 1000 % 7), some);
		assert_int_equal(write(fd, z, some), (ssize_t)some);
	}
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
}

static enum status
unpack_fd(int from, int to, uint64_t max, off_t cut)
{
	struct unpack *u = unpack_open(to, key_of("k1"), label, max);
	enum status st = ST_OK;
	char z[5000];
	off_t at = 0, end = lseek(from, 0, SEEK_END) - cut;

	assert_int_equal(lseek(from, 0, SEEK_SET), 0);
	while (st == ST_OK && at < end) {
		ssize_t n = read(from, z, end - at < (off_t)sizeof z ? (size_t)(end - at) : sizeof z);

		assert_true(n > 0);
		at += n;
		st = unpack_put(u, span_from(z, (size_t)n), &f);
	}
	if (st == ST_OK)
		st = unpack_end(u, &f);
	unpack_close(&u);
	assert_null(u);
	return st;
}

static bool
same_files(int x, int y)
{
	char a[4096], b[4096];
	ssize_t n;

	if (lseek(x, 0, SEEK_END) != lseek(y, 0, SEEK_END))
		return false;
	(void)lseek(x, 0, SEEK_SET);
	(void)lseek(y, 0, SEEK_SET);
	while ((n = read(x, a, sizeof a)) > 0)
		if (read(y, b, sizeof b) != n || memcmp(a, b, (size_t)n) != 0)
			return false;
	return true;
}

static void
files_there_and_back(void **state)
{
	static const struct { size_t n; bool noise; } t[] = { { 0, false }, { 1, false },
	    { 100000, false }, { 3000000, false }, { 65536, true }, { 1000001, true } };

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		int in = temp_file(), sealed = temp_file(), out = temp_file(), small = temp_file();

		file_fill(in, t[i].n, t[i].noise);
		assert_int_equal(pack_file(in, sealed, key_of("k1"), label, &f), ST_OK);
		assert_int_equal(unpack_fd(sealed, out, t[i].n, 0), ST_OK);
		assert_true(same_files(in, out));
		if (!t[i].noise && t[i].n > 1000)
			assert_true(lseek(sealed, 0, SEEK_END) < (off_t)t[i].n / 20);
		assert_int_equal(unpack_fd(sealed, small, t[i].n, 1), ST_PERM);
		if (t[i].n > 0)
			assert_int_equal(unpack_fd(sealed, small, t[i].n - 1, 0), ST_PERM);
		(void)close(in);
		(void)close(sealed);
		(void)close(out);
		(void)close(small);
	}
}

static void
full_disk(void **state)
{
	int in = temp_file(), full = open("/dev/full", O_WRONLY);

	(void)state;
	file_fill(in, 100000, true);
	assert_int_equal(pack_file(in, full, key_of("k1"), label, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "No space"));
	(void)close(in);
	(void)close(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(every_damage),
		cmocka_unit_test(order_of_chunks), cmocka_unit_test(other_key_other_label),
		cmocka_unit_test(known_stream), cmocka_unit_test(files_there_and_back),
		cmocka_unit_test(full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
