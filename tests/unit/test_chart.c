/* Columns as a PNG, read back by cairo. */
#include "chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cairo.h>

#include <cmocka.h>

struct reading { struct span rest; };

static cairo_status_t
give(void *ctx, unsigned char *p, unsigned n)
{
	struct reading *r = ctx;

	if (r->rest.n < n)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(p, r->rest.p, n);
	r->rest = span_from(r->rest.p + n, r->rest.n - n);
	return CAIRO_STATUS_SUCCESS;
}

/* How opaque a pixel is, 0 to 255. */
static unsigned
alpha(cairo_surface_t *s, int x, int y)
{
	const unsigned char *row = cairo_image_surface_get_data(s) +
	    (ptrdiff_t)y * cairo_image_surface_get_stride(s);
	uint32_t pixel;

	memcpy(&pixel, row + 4 * x, sizeof pixel);
	return pixel >> 24;
}

static void
columns(void **state)
{
	const struct chart c = {
		.n = 4, .nseries = 1, .width = 400, .height = 200,
		.value = { { 20 }, { 10 }, { 20 }, { 0 } }, .pale = { [2] = { true } },
	};
	static const struct { int x, y; unsigned least, most; } pixels[] = {
		{ 50, 13, 255, 255 },		/* the highest reaches to the top */
		{ 150, 13, 0, 0 },		/* one of half its height does not */
		{ 150, 150, 255, 255 },
		{ 250, 150, 100, 200 },		/* pale */
		{ 350, 185, 0, 0 },		/* nothing is no column */
		{ 350, 199, 255, 255 },		/* the ground */
	};
	struct arena *a = arena_open();
	cairo_surface_t *s;
	struct reading r;
	struct fault f;

	(void)state;
	assert_int_equal(chart_png(a, &c, &r.rest, &f), ST_OK);
	assert_true(r.rest.n <= CHART_BYTES && memcmp(r.rest.p, "\x89PNG\r\n\x1a\n", 8) == 0);
	s = cairo_image_surface_create_from_png_stream(give, &r);
	assert_int_equal(cairo_surface_status(s), CAIRO_STATUS_SUCCESS);
	assert_int_equal(cairo_image_surface_get_width(s), c.width);
	assert_int_equal(cairo_image_surface_get_height(s), c.height);
	for (size_t i = 0; i < sizeof pixels / sizeof *pixels; i++) {
		unsigned n = alpha(s, pixels[i].x, pixels[i].y);

		if (n < pixels[i].least || n > pixels[i].most)
			fail_msg("%d,%d: %u", pixels[i].x, pixels[i].y, n);
	}
	cairo_surface_destroy(s);
	arena_close(&a);
}

static void
all_zero_is_a_picture(void **state)
{
	const struct chart c = { .n = 13, .nseries = 2, .width = 1200, .height = 400 };
	struct arena *a = arena_open();
	struct span png;
	struct fault f;

	(void)state;
	assert_int_equal(chart_png(a, &c, &png, &f), ST_OK);
	assert_true(png.n > 0);
	arena_close(&a);
}

static void
what_cairo_refuses_is_told(void **state)
{
	const struct chart c = { .n = 1, .nseries = 1, .width = 1 << 20, .height = 400 };
	struct arena *a = arena_open();
	struct span png;
	struct fault f;

	(void)state;
	assert_int_equal(chart_png(a, &c, &png, &f), ST_PERM);
	assert_true(strncmp(f.text, "a chart: ", 9) == 0);
	arena_close(&a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns), cmocka_unit_test(all_zero_is_a_picture),
		cmocka_unit_test(what_cairo_refuses_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
