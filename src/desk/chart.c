#include "chart.h"

#include "buf.h"

#include <cairo.h>

enum { RADIUS = 5, BASELINE = 2, LINES = 4 };

static const double colours[CHART_SERIES][3] = {
	{ 0.16, 0.44, 0.70 },		/* a blue and an ochre that hold on white and on black, */
	{ 0.85, 0.58, 0.20 },		/* and differ for those who see few colours */
};
static const double grey[3] = { 0.55, 0.58, 0.62 };

static unsigned
highest(const struct chart *c)
{
	unsigned top = 1;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->nseries; k++)
			if (c->value[i][k] > top)
				top = c->value[i][k];
	return top;
}

/* Round above, flat on the ground. */
static void
column(cairo_t *p, double x, double y, double w, double h)
{
	double r = RADIUS < w / 2 ? RADIUS : w / 2;

	r = r < h ? r : h;
	cairo_new_path(p);
	cairo_move_to(p, x, y + h);
	cairo_line_to(p, x, y + r);
	cairo_curve_to(p, x, y + r / 2, x + r / 2, y, x + r, y);
	cairo_line_to(p, x + w - r, y);
	cairo_curve_to(p, x + w - r / 2, y, x + w, y + r / 2, x + w, y + r);
	cairo_line_to(p, x + w, y + h);
	cairo_close_path(p);
	cairo_fill(p);
}

static void
ground(cairo_t *p, const struct chart *c)
{
	cairo_set_source_rgba(p, grey[0], grey[1], grey[2], 0.35);
	for (int i = 1; i <= LINES; i++) {
		cairo_rectangle(p, 0, c->height - BASELINE - (c->height - BASELINE) * i / (LINES + 1.0),
		    c->width, 1);
		cairo_fill(p);
	}
	cairo_set_source_rgb(p, grey[0], grey[1], grey[2]);
	cairo_rectangle(p, 0, c->height - BASELINE, c->width, BASELINE);
	cairo_fill(p);
}

static void
draw(cairo_t *p, const struct chart *c)
{
	double group = (double)c->width / (double)c->n, inner = group * 0.74;
	double w = inner / (double)c->nseries, most = c->height - BASELINE - 4;
	unsigned top = highest(c);

	ground(p, c);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->nseries; k++) {
			double h = most * c->value[i][k] / top;
			double x = (double)i * group + (group - inner) / 2 + (double)k * w;

			cairo_set_source_rgba(p, colours[k][0], colours[k][1], colours[k][2],
			    c->pale[i][k] ? 0.5 : 1);
			if (h > 0)
				column(p, x, c->height - BASELINE - h, w * 0.92, h);
		}
}

static cairo_status_t
take(void *ctx, const unsigned char *p, unsigned n)
{
	struct buf *b = ctx;

	buf_add(b, span_from((const char *)p, n));
	return buf_full(b) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

enum status
chart_png(struct arena *a, const struct chart *c, struct span *out, struct fault *f)
{
	cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, c->width, c->height);
	cairo_t *p = cairo_create(s);
	cairo_status_t rc;
	struct buf b BUF_AUTO;

	buf_open(&b, CHART_BYTES);
	draw(p, c);
	rc = cairo_status(p);
	if (rc == CAIRO_STATUS_SUCCESS)
		rc = cairo_surface_write_to_png_stream(s, take, &b);
	cairo_destroy(p);
	cairo_surface_destroy(s);
	if (rc != CAIRO_STATUS_SUCCESS)
		return fault_set(f, ST_PERM, "a chart: %s", cairo_status_to_string(rc));
	*out = span_from(arena_strndup(a, b.z, b.n), b.n);
	return ST_OK;
}
