#include "imap_int.h"

#include "date.h"

#include <string.h>

enum { DAY = 86400 };

static enum status
store_flag(struct imap *im, const char *set, const char *flag, struct fault *f)
{
	enum imap_answer ans;

	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "UID STORE %s +FLAGS.SILENT (%s)", set, flag) != ST_OK)
		return f->st;
	return ans == IMAP_OK ? ST_OK : imap_refused(im, ST_TEMP, "flag refused", f);
}

/* A set of UIDs as text; false: none. */
static bool
set_text(const uint32_t *uids, size_t n, struct buf *out)
{
	struct arena *a ARENA_AUTO = arena_open();
	size_t k;
	const uint32_t *v = imap_sorted(a, uids, n, &k);

	buf_open(out, IMAP_COMMAND_MAX);
	imap_set(out, v, k);
	return k > 0;
}

enum status
imap_mark(struct imap *im, const uint32_t *uids, size_t n, struct fault *f)
{
	struct buf set BUF_AUTO;

	if (!set_text(uids, n, &set))
		return ST_OK;
	if (!im->keywords)
		return fault_set(f, ST_NONE, "imap: the folder takes no keywords");
	return store_flag(im, set.z, IMAP_KEYWORD, f);
}

/* Walks the numbers of a set one by one; sets from a server may be huge, we stop in time. */
struct walk { clistiter *at; uint32_t next; };

static bool
walk_next(struct walk *w, uint32_t *out)
{
	const struct mailimap_set_item *i;

	if (w->at == NULL)
		return false;
	i = clist_content(w->at);
	if (w->next < i->set_first)
		w->next = i->set_first;
	*out = w->next;
	if (w->next >= i->set_last) {
		w->at = clist_next(w->at);
		w->next = 0;
	} else {
		w->next++;
	}
	return true;
}

/* COPYUID gives both sets in one order (RFC 4315 3); kept only where they fit what we asked. */
static void
moved_read(const struct mailimap_uidplus_resp_code_copy *c, struct arena *a, size_t asked,
    struct imap_move *out)
{
	struct walk from = { clist_begin(c->uid_source_set->set_list), 0 };
	struct walk to = { clist_begin(c->uid_dest_set->set_list), 0 };
	size_t n = 0;

	out->v = arena_new(a, struct imap_moved, asked + 1);
	while (n < asked && walk_next(&from, &out->v[n].from) && walk_next(&to, &out->v[n].to))
		n++;
	if (from.at != NULL || to.at != NULL)
		return;
	out->uidvalidity = c->uid_uidvalidity;
	out->n = n;
}

/* The code of that type in the last answer, NULL none. */
static const void *
uidplus_code(const struct imap *im, int type)
{
	const struct mailimap_response_info *info = im->m->imap_response_info;
	clistiter *i = info == NULL ? NULL : clist_begin(info->rsp_extension_list);

	for (; i != NULL; i = clist_next(i)) {
		const struct mailimap_extension_data *x = clist_content(i);

		if (x->ext_extension == &mailimap_extension_uidplus && x->ext_type == type)
			return x->ext_data;
	}
	return NULL;
}

static enum status
transfer(struct imap *im, const char *verb, const char *set, const char *quoted,
    struct arena *a, size_t n, struct imap_move *out, struct fault *f)
{
	const struct mailimap_uidplus_resp_code_copy *code;
	enum imap_answer ans;

	imap_begin(im, imap_fetch_ms(im), IMAP_BUDGET);
	if (imap_run(im, &ans, f, "UID %s %s %s", verb, set, quoted) != ST_OK)
		return f->st;
	if (ans != IMAP_OK)
		return imap_refused(im, ST_TEMP, "filing refused", f);
	code = uidplus_code(im, MAILIMAP_UIDPLUS_RESP_CODE_COPY);
	if (code != NULL && code->uid_source_set != NULL && code->uid_dest_set != NULL)
		moved_read(code, a, n, out);
	return ST_OK;
}

static enum status
expunge(struct imap *im, const char *set, struct fault *f)
{
	enum imap_answer ans;

	if (store_flag(im, set, "\\Deleted", f) != ST_OK)
		return f->st;
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "UID EXPUNGE %s", set) != ST_OK)
		return f->st;
	return ans == IMAP_OK ? ST_OK : imap_refused(im, ST_TEMP, "expunge refused", f);
}

enum status
imap_move(struct imap *im, struct arena *a, const uint32_t *uids, size_t n, const char *folder,
    struct imap_move *out, struct fault *f)
{
	bool move = imap_has(im, "MOVE");
	struct buf set BUF_AUTO, quoted BUF_AUTO;

	*out = (struct imap_move){ .v = arena_new(a, struct imap_moved, 1) };
	buf_open(&quoted, IMAP_COMMAND_MAX);
	if (!set_text(uids, n, &set))
		return ST_OK;
	if (!move && !imap_has(im, "UIDPLUS"))
		return fault_set(f, ST_NONE, "imap: the server has no MOVE and no UIDPLUS");
	if (imap_quote(im, folder, &quoted, f) != ST_OK)
		return f->st;
	if (transfer(im, move ? "MOVE" : "COPY", set.z, quoted.z, a, n, out, f) != ST_OK)
		return f->st;
	return move ? ST_OK : expunge(im, set.z, f);
}

enum status
imap_remove(struct imap *im, const uint32_t *uids, size_t n, struct fault *f)
{
	struct buf set BUF_AUTO;

	if (!set_text(uids, n, &set))
		return ST_OK;
	if (!imap_has(im, "UIDPLUS"))
		return fault_set(f, ST_NONE, "imap: the server has no UIDPLUS");
	return expunge(im, set.z, f);
}

/* "24-Nov-2026 09:12:00 +0000" (RFC 3501 date-time) */
static void
date_put(struct buf *out, int64_t at)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
	    "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = at / DAY, sec = at % DAY;
	struct date d;

	if (sec < 0) {
		sec += DAY;
		day--;
	}
	d = date_of_day((date_day)day);
	buf_addf(out, "\"%02d-%s-%04d %02d:%02d:%02d +0000\"", d.d, months[d.m - 1], d.y,
	    (int)(sec / 3600), (int)(sec / 60 % 60), (int)(sec % 60));
}

static enum status
append_refused(struct imap *im, struct fault *f)
{
	const struct mailimap_response_info *info = im->m->imap_response_info;
	bool gone = (info != NULL && info->rsp_trycreate) || imap_code(im, "NONEXISTENT");

	return imap_refused(im, gone ? ST_PERM : ST_TEMP, "append refused", f);
}

static void
append_uid(const struct imap *im, uint32_t *uidvalidity_out, uint32_t *uid_out)
{
	const struct mailimap_uidplus_resp_code_apnd *code =
	    uidplus_code(im, MAILIMAP_UIDPLUS_RESP_CODE_APND);
	struct walk w;

	if (code == NULL || code->uid_set == NULL)
		return;
	w = (struct walk){ clist_begin(code->uid_set->set_list), 0 };
	if (walk_next(&w, uid_out))
		*uidvalidity_out = code->uid_uidvalidity;
}

enum status
imap_append(struct imap *im, const char *folder, struct span wire, int64_t date,
    uint32_t *uidvalidity_out, uint32_t *uid_out, struct fault *f)
{
	struct buf line BUF_AUTO;
	enum imap_answer ans = IMAP_NO;
	bool plus, news;

	*uidvalidity_out = *uid_out = 0;
	buf_open(&line, IMAP_COMMAND_MAX);
	buf_addz(&line, "APPEND ");
	if (imap_quote(im, folder, &line, f) != ST_OK)
		return f->st;
	buf_addz(&line, " (\\Seen)");
	if (date != IMAP_DATE_NOW) {
		buf_addc(&line, ' ');
		date_put(&line, date);
	}
	buf_addf(&line, " {%zu}", wire.n);
	imap_begin(im, imap_fetch_ms(im), IMAP_BUDGET);
	if (imap_ask(im, line.z, &plus, &news, &ans, f) != ST_OK)
		return f->st;
	if (plus) {
		if (!imap_write(im, wire) || !imap_write(im, span_of("\r\n")) ||
		    mailimap_read_line(im->m) == NULL)
			return imap_lost(im, "APPEND", f);
		if (imap_answer_read(im, "APPEND", &ans, f) != ST_OK)
			return f->st;
	}
	if (ans != IMAP_OK)
		return append_refused(im, f);
	append_uid(im, uidvalidity_out, uid_out);
	return ST_OK;
}
