#include "pack.h"

#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

enum { PIECE = 64 * 1024 };

static enum status
file_put(void *ctx, struct span s, struct fault *f)
{
	return file_write_all(*(const int *)ctx, s, f);
}

/* zlib's own words, or that memory is out. */
static enum status
z_fault(int rc, struct fault *f)
{
	return fault_set(f, rc == Z_MEM_ERROR ? ST_TEMP : ST_PERM, "compression: %s", zError(rc));
}

struct packing { z_stream z; struct seal *seal; unsigned char out[PIECE]; };

static enum status
deflate_some(struct packing *p, int flush, struct fault *f)
{
	int rc;

	do {
		p->z.next_out = p->out;
		p->z.avail_out = sizeof p->out;
		rc = deflate(&p->z, flush);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return z_fault(rc, f);
		if (seal_put(p->seal, span_from((const char *)p->out,
		    sizeof p->out - p->z.avail_out), f) != ST_OK)
			return f->st;
	} while (p->z.avail_out == 0);
	return ST_OK;
}

static enum status
deflate_all(struct packing *p, int from, struct fault *f)
{
	unsigned char in[PIECE];
	ssize_t n;

	while ((n = read(from, in, sizeof in)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(f, ST_TEMP, "read");
		p->z.next_in = in;
		p->z.avail_in = (unsigned)n;
		if (deflate_some(p, Z_NO_FLUSH, f) != ST_OK)
			return f->st;
	}
	if (deflate_some(p, Z_FINISH, f) != ST_OK)
		return f->st;
	return seal_end(p->seal, f);
}

enum status
pack_file(int from, int to, struct span key, const char *label, struct fault *f)
{
	struct packing *p = calloc(1, sizeof *p);
	enum status st;
	int rc;

	if (p == NULL)
		abort();
	rc = deflateInit(&p->z, Z_DEFAULT_COMPRESSION);
	if (rc != Z_OK) {
		free(p);
		return z_fault(rc, f);
	}
	st = seal_open(&p->seal, key, label, (struct sink){ file_put, &to }, f);
	if (st == ST_OK)
		st = deflate_all(p, from, f);
	(void)deflateEnd(&p->z);
	seal_close(&p->seal);
	free(p);
	return st;
}

struct unpack {
	z_stream z;
	struct seal *seal;
	int to;
	uint64_t left;			/* of max */
	bool ended;			/* zlib saw its end */
	unsigned char out[PIECE];
};

static enum status
inflate_put(void *ctx, struct span s, struct fault *f)
{
	struct unpack *u = ctx;
	int rc = Z_OK;

	u->z.next_in = (const unsigned char *)s.p;
	u->z.avail_in = (unsigned)s.n;
	do {
		size_t n;

		u->z.next_out = u->out;
		u->z.avail_out = sizeof u->out;
		if (!u->ended)
			rc = inflate(&u->z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return z_fault(rc, f);
		u->ended = u->ended || rc == Z_STREAM_END;
		n = sizeof u->out - u->z.avail_out;
		if (n > u->left)
			return fault_set(f, ST_PERM, "larger than it may be");
		u->left -= n;
		if (file_write_all(u->to, span_from((const char *)u->out, n), f) != ST_OK)
			return f->st;
	} while (!u->ended && u->z.avail_out == 0);
	return u->z.avail_in == 0 ? ST_OK : fault_set(f, ST_PERM, "bytes behind the end");
}

struct unpack *
unpack_open(int to, struct span key, const char *label, uint64_t max)
{
	struct unpack *u = calloc(1, sizeof *u);

	/* Only memory can be missing here. */
	if (u == NULL || inflateInit(&u->z) != Z_OK)
		abort();
	u->to = to;
	u->left = max;
	u->seal = unseal_open(key, label, (struct sink){ inflate_put, u });
	return u;
}

enum status
unpack_put(struct unpack *u, struct span sealed, struct fault *f)
{
	return unseal_put(u->seal, sealed, f);
}

enum status
unpack_end(struct unpack *u, struct fault *f)
{
	if (unseal_end(u->seal, f) != ST_OK)
		return f->st;
	return u->ended ? ST_OK : fault_set(f, ST_PERM, "compression: cut short");
}

void
unpack_close(struct unpack **up)
{
	struct unpack *u = *up;

	if (u == NULL)
		return;
	(void)inflateEnd(&u->z);
	seal_close(&u->seal);
	free(u);
	*up = NULL;
}
