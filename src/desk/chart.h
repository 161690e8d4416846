/* chart.h - columns as a PNG, by cairo: shapes only, no text, so no font is loaded; the words
 * stand around the picture.  Transparent ground, middling colours: for light and dark pages. */
#ifndef DESK_CHART_H
#define DESK_CHART_H

#include "arena.h"

enum { CHART_COLUMNS = 60, CHART_SERIES = 2, CHART_BYTES = 64 * 1024 };

/* Side by side, one value of each series a group; a group with `pale` is known roughly only. */
struct chart {
	size_t n, nseries;
	unsigned value[CHART_COLUMNS][CHART_SERIES];
	bool pale[CHART_COLUMNS][CHART_SERIES];
	int width, height;		/* pixels */
};

/* In `a`.  ST_PERM: cairo refused, or the picture is larger than CHART_BYTES. */
enum status chart_png(struct arena *a, const struct chart *c, struct span *out,
    struct fault *f) MUST_USE;

#endif
