/* metrics.h - [metrics] file: figures for a monitoring system, as OpenMetrics text
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/), read by node_exporter's textfile
 * collector.  Numbers only: nothing of a person, a ticket or a mail.
 *
 * Limits: METRICS_BYTES; written by intake at each poll, and when its connection breaks or it
 * stops, so that what is in it may be poll_seconds old. */
#ifndef APP_METRICS_H
#define APP_METRICS_H

#include "buf.h"
#include "health.h"

enum { METRICS_BYTES = 64 * 1024 };

struct metrics { struct health health; struct totals totals; int64_t now; };

enum status metrics_read(struct store *s, struct arena *a, int64_t now, struct metrics *out,
    struct fault *f) MUST_USE;
void metrics_text(const struct metrics *m, struct buf *out);
/* Whole or not at all, mode 0644: under another name in the same folder, then renamed. */
enum status metrics_write(const char *path, struct span text, struct fault *f) MUST_USE;

#endif
