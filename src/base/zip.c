#include "zip.h"

#include "arena.h"
#include "buf.h"
#include "file.h"

#include <stdint.h>
#include <string.h>

enum { NAME_MAX_BYTES = 255, LOCAL_BYTES = 30, DIRECTORY_MAX = 4 * 1024 * 1024 };
static const uint64_t total_max = UINT32_MAX;

struct zip {
	int fd;
	struct arena *a;
	struct buf directory;
	uint64_t at;			/* bytes written so far */
	unsigned n;
};

/* CRC-32 of ISO 3309, by nibbles: a table of 16 is enough for mail. */
static uint32_t
crc_of(struct span s)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158,
		0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4,
		0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static void
put(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_addc(b, (char)(v >> 8 * i & 0xff));
}

/* MS-DOS: two seconds are the least, 1980 the first year. */
static void
put_time(struct buf *b, int64_t at)
{
	struct date_time t = date_local(at);
	int year = t.date.y < 1980 ? 1980 : t.date.y;

	put(b, (uint64_t)(t.hour << 11 | t.min << 5 | t.sec / 2), 2);
	put(b, (uint64_t)((year - 1980) << 9 | t.date.m << 5 | t.date.d), 2);
}

/* What both headers hold from "version needed" to the length of the name. */
static void
put_common(struct buf *b, const char *name, struct span bytes, uint32_t crc, int64_t at)
{
	put(b, 20, 2);
	put(b, 1 << 11, 2);		/* the name is UTF-8 */
	put(b, 0, 2);			/* stored */
	put_time(b, at);
	put(b, crc, 4);
	put(b, bytes.n, 4);
	put(b, bytes.n, 4);
	put(b, strlen(name), 2);
	put(b, 0, 2);			/* no extra field */
}

struct zip *
zip_open(int fd)
{
	struct arena *a = arena_open();
	struct zip *z = arena_new(a, struct zip, 1);

	z->fd = fd;
	z->a = a;
	buf_open(&z->directory, DIRECTORY_MAX);
	return z;
}

static enum status
write_out(struct zip *z, struct span s, struct fault *f)
{
	z->at += s.n;
	return file_write_all(z->fd, s, f);
}

enum status
zip_add(struct zip *z, const char *name, struct span bytes, int64_t at, struct fault *f)
{
	const uint64_t offset = z->at;
	struct buf head BUF_AUTO;
	uint32_t crc;

	buf_open(&head, LOCAL_BYTES + NAME_MAX_BYTES + 1);
	if (strlen(name) > NAME_MAX_BYTES || z->n >= ZIP_FILES ||
	    offset + bytes.n + LOCAL_BYTES + NAME_MAX_BYTES + DIRECTORY_MAX > total_max)
		return fault_set(f, ST_PERM, "%s: too much for one archive", name);
	crc = crc_of(bytes);
	put(&head, 0x04034b50, 4);
	put_common(&head, name, bytes, crc, at);
	buf_addz(&head, name);
	put(&z->directory, 0x02014b50, 4);
	put(&z->directory, 3 << 8 | 20, 2);	/* made on Unix: the mode below holds */
	put_common(&z->directory, name, bytes, crc, at);
	put(&z->directory, 0, 6);		/* no comment, disk 0, binary */
	put(&z->directory, (uint64_t)0100600 << 16, 4);
	put(&z->directory, offset, 4);
	buf_addz(&z->directory, name);
	z->n++;
	if (write_out(z, buf_span(&head), f) != ST_OK)
		return f->st;
	return write_out(z, bytes, f);
}

enum status
zip_end(struct zip *z, struct fault *f)
{
	const uint64_t offset = z->at, size = z->directory.n;
	struct buf end BUF_AUTO;

	buf_open(&end, 64);
	put(&end, 0x06054b50, 4);
	put(&end, 0, 4);		/* disks */
	put(&end, z->n, 2);
	put(&end, z->n, 2);
	put(&end, size, 4);
	put(&end, offset, 4);
	put(&end, 0, 2);		/* no comment */
	if (buf_full(&z->directory))
		return fault_set(f, ST_PERM, "too many files for one archive");
	if (write_out(z, buf_span(&z->directory), f) != ST_OK)
		return f->st;
	return write_out(z, buf_span(&end), f);
}

void
zip_close(struct zip **zp)
{
	struct zip *z = *zp;
	struct arena *a;

	if (z == NULL)
		return;
	a = z->a;
	buf_close(&z->directory);
	arena_close(&a);
	*zp = NULL;
}
