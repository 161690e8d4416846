#include "mac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
assert_hex(const struct sha256 *h, const char *want)
{
	char hex[2 * SHA256_BYTES + 1];

	sha256_hex(h, hex);
	assert_string_equal(hex, want);
}

/* FIPS 180-4 examples. */
static void
sha256_vectors(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct sha256 h = sha256_of(span_of(t[i].text));

		assert_hex(&h, t[i].want);
	}
}

/* RFC 4231 4.2 to 4.8 (4.6 is about truncation).  A byte of 0: that many bytes of `fill`. */
static void
hmac_vectors(void **state)
{
	static const struct { int key_n; char key_fill; const char *key; int n; char fill;
	    const char *text, *want; } t[] = {
		{ 20, 0x0b, "", 0, 0, "Hi There",
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ 0, 0, "Jefe", 0, 0, "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ 20, (char)0xaa, "", 50, (char)0xdd, "",
		  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ 0, 0, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31",
		  50,
		  (char)0xcd, "",
		  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ 131, (char)0xaa, "", 0, 0,
		  "Test Using Larger Than Block-Size Key - Hash Key First",
		  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ 131, (char)0xaa, "", 0, 0,
		  "This is a test using a larger than block-size key and a "
		  "larger than block-size data. The key needs to be hashed before being used "
		  "by the HMAC algorithm.",
		  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char key[131], text[50];
		struct sha256 h;

		memset(key, t[i].key_fill, sizeof key);
		memset(text, t[i].fill, sizeof text);
		h = mac_of(t[i].key_n > 0 ? span_from(key, (size_t)t[i].key_n) :
		    span_of(t[i].key),
		    t[i].n > 0 ? span_from(text, (size_t)t[i].n) : span_of(t[i].text));
		assert_hex(&h, t[i].want);
	}
}

static void
same(void **state)
{
	(void)state;
	assert_true(mac_same(span_of(""), span_of("")));
	assert_true(mac_same(span_of("abc"), span_of("abc")));
	assert_false(mac_same(span_of("abc"), span_of("abd")));
	assert_false(mac_same(span_of("abc"), span_of("bbc")));
	assert_false(mac_same(span_of("abc"), span_of("ab")));
	assert_false(mac_same(span_of(""), span_of("a")));
}

/* RFC 4648 10, in lower case and without padding; the input ends where the vector ends, so that
 * one byte read too many is seen by the sanitizer. */
static void
base32_vectors(void **state)
{
	static const struct { size_t bits; unsigned char in[10]; const char *want; } t[] = {
		{ 0, "", "" }, { 8, "f", "my" }, { 16, "fo", "mzxq" }, { 24, "foo", "mzxw6" },
		{ 32, "foob", "mzxw6yq" }, { 40, "fooba", "mzxw6ytb" },
		{ 48, "foobar", "mzxw6ytboi" },
		{ 80, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		  "7777777777777777" },
		{ 80, { 0 }, "aaaaaaaaaaaaaaaa" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		unsigned char *exact = test_malloc(t[i].bits / 8 + 1);
		char out[17];

		memset(exact, 0xff, t[i].bits / 8 + 1);
		memcpy(exact, t[i].in, t[i].bits / 8);
		base32_put(exact, t[i].bits, out);
		assert_string_equal(out, t[i].want);
		test_free(exact);
	}
}

static void
random_is_not_the_same_twice(void **state)
{
	unsigned char x[1000] = { 0 }, y[1000] = { 0 };

	(void)state;
	random_bytes(x, sizeof x);
	random_bytes(y, sizeof y);
	assert_memory_not_equal(x, y, sizeof x);
	assert_memory_not_equal(x + 900, y + 900, 100);
	random_bytes(x, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_vectors), cmocka_unit_test(hmac_vectors),
		cmocka_unit_test(same), cmocka_unit_test(base32_vectors),
		cmocka_unit_test(random_is_not_the_same_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
