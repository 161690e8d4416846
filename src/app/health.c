#include "health.h"

enum {
	STALE_SECONDS = 15 * 60,
	SELFTEST_SECONDS = 3 * 24 * 60 * 60,	/* older: no more of them are sent */
};

enum status
health_read(struct store *s, struct arena *a, int64_t now, struct health *out, struct fault *f)
{
	enum status in, post;

	*out = (struct health){ .intake = { .note = "" }, .post = { .note = "" } };
	if (query_counts(s, &out->n, f) != ST_OK ||
	    store_selftest(s, date_local_day(now), &out->selftest, f) != ST_OK)
		return f->st;
	in = store_beat_read(s, a, "intake", &out->intake, f);
	if (in != ST_OK && in != ST_NONE)
		return in;
	post = store_beat_read(s, a, "post", &out->post, f);
	out->beaten = in == ST_OK && post == ST_OK;
	return post == ST_NONE ? ST_OK : post;
}

static bool
is_stale(int64_t since, int64_t now)
{
	return since != 0 && now - since >= STALE_SECONDS;
}

bool
health_selftest_late(const struct health *h, int64_t now)
{
	return selftest_state(&h->selftest) == SELFTEST_LATE &&
	    now - h->selftest.sent < SELFTEST_SECONDS;
}

const char *
health_why(const struct health *h, int64_t now)
{
	if (!h->beaten)
		return "no sign of life yet";
	if (h->intake.busy_until < now || h->post.busy_until < now)
		return "no sign of life within the time that it said it might need";
	if (!h->intake.connected)
		return "the mailbox is not connected";
	if (!h->post.connected)
		return "the relay is not connected";
	if (is_stale(h->n.oldest, now))
		return "a mail has waited in the outbox for 15 minutes";
	/* Every mail is unsure for a moment; one that stays so is a human's. */
	if (is_stale(h->n.oldest_unsure, now))
		return "it is unsure whether a mail went out: see bureauctl queue";
	if (health_selftest_late(h, now))
		return "the daily mail to ourselves did not come back in time";
	return "";
}
