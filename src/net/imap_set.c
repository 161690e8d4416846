#include "imap_int.h"

#include <stdlib.h>
#include <string.h>

static int
by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

uint32_t *
imap_sorted(struct arena *a, const uint32_t *uids, size_t n, size_t *nout)
{
	uint32_t *v = arena_new(a, uint32_t, n + 1);
	size_t k = 0;

	if (n > 0) {
		memcpy(v, uids, n * sizeof *v);
		qsort(v, n, sizeof *v, by_number);
	}
	for (size_t i = 0; i < n; i++)
		if (v[i] != 0 && (k == 0 || v[i] != v[k - 1]))
			v[k++] = v[i];
	*nout = k;
	return v;
}

void
imap_set(struct buf *out, const uint32_t *uids, size_t n)
{
	for (size_t i = 0, j; i < n; i = j + 1) {
		j = i;
		while (j + 1 < n && uids[j + 1] == uids[j] + 1)
			j++;
		buf_addf(out, "%s%u", i == 0 ? "" : ",", uids[i]);
		if (j > i)
			buf_addf(out, ":%u", uids[j]);
	}
}
