#include "seal.h"

#include "mac.h"

#include <assert.h>
#include <nettle/chacha-poly1305.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

struct seal {
	struct chacha_poly1305_ctx aead;
	struct sink out;
	struct span key;		/* unseal: until the salt is known */
	const char *label;
	uint8_t head[SEAL_HEAD];
	size_t head_n;
	uint64_t chunk;			/* the number of the next one */
	size_t n;
	bool dead;			/* a fault, or the end: nothing more passes */
	uint8_t in[SEAL_CHUNK + SEAL_TAG];
	uint8_t work[SEAL_CHUNK + SEAL_TAG];
};

static void
key_derive(struct seal *s, struct span key, const char *label)
{
	struct hmac_sha256_ctx c;
	uint8_t prk[SHA256_BYTES], own[CHACHA_POLY1305_KEY_SIZE];

	hmac_sha256_set_key(&c, SEAL_SALT, s->head + SEAL_HEAD - SEAL_SALT);
	hkdf_extract(&c, (nettle_hash_update_func *)hmac_sha256_update,
	    (nettle_hash_digest_func *)hmac_sha256_digest, sizeof prk, key.n,
	    (const uint8_t *)key.p, prk);
	hmac_sha256_set_key(&c, sizeof prk, prk);
	hkdf_expand(&c, (nettle_hash_update_func *)hmac_sha256_update,
	    (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_BYTES, strlen(label),
	    (const uint8_t *)label, sizeof own, own);
	chacha_poly1305_set_key(&s->aead, own);
	explicit_bzero(prk, sizeof prk);
	explicit_bzero(own, sizeof own);
	explicit_bzero(&c, sizeof c);
}

/* Counter, then 1 for the last chunk; the head counts as data of every chunk. */
static void
chunk_begin(struct seal *s, bool last)
{
	uint8_t nonce[CHACHA_POLY1305_NONCE_SIZE] = { 0 };

	for (int i = 0; i < 8; i++)
		nonce[3 + i] = (uint8_t)(s->chunk >> (56 - 8 * i));
	nonce[11] = last;
	s->chunk++;
	chacha_poly1305_set_nonce(&s->aead, nonce);
	chacha_poly1305_update(&s->aead, sizeof s->head, s->head);
}

static enum status
hand_out(struct seal *s, size_t n, struct fault *f)
{
	enum status st = s->out.put(s->out.ctx, span_from((const char *)s->work, n), f);

	s->dead = s->dead || st != ST_OK;
	return st;
}

static struct seal *
seal_new(struct sink out)
{
	struct seal *s = calloc(1, sizeof *s);

	if (s == NULL)
		abort();
	s->out = out;
	return s;
}

enum status
seal_open(struct seal **sp, struct span key, const char *label, struct sink out,
    struct fault *f)
{
	struct seal *s = seal_new(out);

	*sp = s;
	memcpy(s->head, SEAL_MAGIC, SEAL_HEAD - SEAL_SALT);
	random_bytes(s->head + SEAL_HEAD - SEAL_SALT, SEAL_SALT);
	key_derive(s, key, label);
	memcpy(s->work, s->head, SEAL_HEAD);
	return hand_out(s, SEAL_HEAD, f);
}

static enum status
chunk_seal(struct seal *s, bool last, struct fault *f)
{
	chunk_begin(s, last);
	chacha_poly1305_encrypt(&s->aead, s->n, s->work, s->in);
	chacha_poly1305_digest(&s->aead, SEAL_TAG, s->work + s->n);
	s->dead = last;
	return hand_out(s, s->n + SEAL_TAG, f);
}

/* Some of *rest into `in`, up to max bytes there. */
static void
fill(struct seal *s, struct span *rest, size_t max)
{
	size_t n = rest->n < max - s->n ? rest->n : max - s->n;

	memcpy(s->in + s->n, rest->p, n);
	s->n += n;
	*rest = span_from(rest->p + n, rest->n - n);
}

/* A full chunk waits: it may be the last. */
enum status
seal_put(struct seal *s, struct span plain, struct fault *f)
{
	assert(!s->dead);
	while (plain.n > 0) {
		if (s->n == SEAL_CHUNK) {
			if (chunk_seal(s, false, f) != ST_OK)
				return f->st;
			s->n = 0;
		}
		fill(s, &plain, SEAL_CHUNK);
	}
	return ST_OK;
}

enum status
seal_end(struct seal *s, struct fault *f)
{
	assert(!s->dead);
	return chunk_seal(s, true, f);
}

void
seal_close(struct seal **sp)
{
	if (*sp == NULL)
		return;
	explicit_bzero(*sp, sizeof **sp);
	free(*sp);
	*sp = NULL;
}

/* ---- the way back ---- */

struct seal *
unseal_open(struct span key, const char *label, struct sink out)
{
	struct seal *s = seal_new(out);

	s->key = key;
	s->label = label;
	return s;
}

static enum status
refuse(struct seal *s, const char *why, struct fault *f)
{
	s->dead = true;
	return fault_set(f, ST_PERM, "seal: %s", why);
}

static enum status
head_take(struct seal *s, struct span *rest, struct fault *f)
{
	while (s->head_n < SEAL_HEAD && rest->n > 0) {
		s->head[s->head_n++] = (uint8_t)*rest->p;
		*rest = span_from(rest->p + 1, rest->n - 1);
	}
	if (s->head_n < SEAL_HEAD)
		return ST_OK;
	if (memcmp(s->head, SEAL_MAGIC, SEAL_HEAD - SEAL_SALT) != 0)
		return refuse(s, "not a sealed file of a version known here", f);
	key_derive(s, s->key, s->label);
	return ST_OK;
}

static enum status
chunk_open(struct seal *s, bool last, struct fault *f)
{
	uint8_t tag[SEAL_TAG];
	size_t n;

	if (s->n < SEAL_TAG || (s->n == SEAL_TAG && s->chunk > 0))
		return refuse(s, "its end is missing", f);
	n = s->n - SEAL_TAG;
	chunk_begin(s, last);
	chacha_poly1305_decrypt(&s->aead, n, s->work, s->in);
	chacha_poly1305_digest(&s->aead, SEAL_TAG, tag);
	if (!mac_same(span_from((const char *)tag, SEAL_TAG),
	    span_from((const char *)s->in + n, SEAL_TAG)))
		return refuse(s, last ? "its end is missing or damaged, or it is not of this key" :
		    "damaged, or not of this key", f);
	s->n = 0;
	s->dead = last;
	return hand_out(s, n, f);
}

enum status
unseal_put(struct seal *s, struct span sealed, struct fault *f)
{
	if (s->dead)
		return fault_set(f, ST_PERM, "seal: more bytes than it has");
	if (s->head_n < SEAL_HEAD && head_take(s, &sealed, f) != ST_OK)
		return f->st;
	while (sealed.n > 0) {
		if (s->n == sizeof s->in && chunk_open(s, false, f) != ST_OK)
			return f->st;
		fill(s, &sealed, sizeof s->in);
	}
	return ST_OK;
}

enum status
unseal_end(struct seal *s, struct fault *f)
{
	if (s->dead)
		return fault_set(f, ST_PERM, "seal: it did not open");
	if (s->head_n < SEAL_HEAD)
		return refuse(s, "too short", f);
	return chunk_open(s, true, f);
}
