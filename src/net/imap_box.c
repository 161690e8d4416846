#include "imap_int.h"

#include "mutf7.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 2048, PARENTS_MAX = 10 };

static bool
is_inbox(struct span s)
{
	return span_ieq(s, "INBOX");
}

/* The head of the folder as it goes on the wire: the prefix, but not in front of INBOX. */
static void
head_put(const struct imap *im, struct span folder, struct buf *out)
{
	struct span rest = folder, first = folder;

	(void)span_cut(&rest, '/', &first);
	if (!is_inbox(first))
		buf_addz(out, im->prefix);
}

static bool
name_put(const struct imap *im, struct span folder, struct buf *out)
{
	struct span rest = folder, piece;
	bool more = false;

	head_put(im, folder, out);
	while (span_cut(&rest, '/', &piece)) {
		if (more)
			buf_addc(out, im->delimiter == '\0' ? '/' : im->delimiter);
		more = true;
		if (piece.n == 0 || !mutf7_put(out, piece))
			return false;
	}
	return more && !buf_full(out);
}

static enum status
quote_span(const struct imap *im, struct span folder, struct buf *out, struct fault *f)
{
	struct buf name BUF_AUTO;

	buf_open(&name, NAME_MAX_BYTES);
	if (!name_put(im, folder, &name))
		return fault_set(f, ST_PERM, "imap: not a folder name: %.100s", folder.p);
	buf_addc(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.z[i] == '"' || name.z[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, name.z[i]);
	}
	buf_addc(out, '"');
	return ST_OK;
}

enum status
imap_quote(const struct imap *im, const char *folder, struct buf *out, struct fault *f)
{
	return quote_span(im, span_of(folder), out, f);
}

/* The first personal namespace (RFC 2342). */
static void
namespace_take(struct imap *im)
{
	const struct mailimap_response_info *info = im->m->imap_response_info;
	const struct mailimap_namespace_data *d;
	const struct mailimap_namespace_info *ns;
	clistiter *i = info == NULL ? NULL : clist_begin(info->rsp_extension_list);

	for (; i != NULL; i = clist_next(i)) {
		const struct mailimap_extension_data *x = clist_content(i);

		if (x->ext_extension != &mailimap_extension_namespace)
			continue;
		d = x->ext_data;
		if (d->ns_personal == NULL || clist_begin(d->ns_personal->ns_data_list) == NULL)
			continue;
		ns = clist_content(clist_begin(d->ns_personal->ns_data_list));
		im->prefix = arena_strdup(im->arena, ns->ns_prefix);
		im->delimiter = ns->ns_delimiter;
	}
}

/* The delimiter as LIST "" "" tells it (RFC 3501 6.3.8). */
static void
delimiter_take(struct imap *im)
{
	const struct mailimap_response_info *info = im->m->imap_response_info;
	const struct mailimap_mailbox_list *l;

	if (info == NULL || clist_begin(info->rsp_mailbox_list) == NULL)
		return;
	l = clist_content(clist_begin(info->rsp_mailbox_list));
	im->delimiter = l->mb_delimiter;
}

enum status
imap_namespace(struct imap *im, struct fault *f)
{
	enum imap_answer ans;

	if (imap_has(im, "NAMESPACE")) {
		if (imap_run(im, &ans, f, "NAMESPACE") != ST_OK)
			return f->st;
		namespace_take(im);
	}
	if (im->delimiter == '\0') {
		if (imap_run(im, &ans, f, "LIST \"\" \"\"") != ST_OK)
			return f->st;
		delimiter_take(im);
	}
	return ST_OK;
}

/* Does LIST know it as something that can be selected? */
static enum status
folder_exists(struct imap *im, const char *quoted, bool *out, struct fault *f)
{
	const struct mailimap_response_info *info;
	enum imap_answer ans;

	*out = false;
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "LIST \"\" %s", quoted) != ST_OK)
		return f->st;
	info = im->m->imap_response_info;
	if (ans != IMAP_OK || info == NULL || clist_begin(info->rsp_mailbox_list) == NULL)
		return ST_OK;
	for (clistiter *i = clist_begin(info->rsp_mailbox_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_mailbox_list *l = clist_content(i);

		*out |= imap_selectable(l);
	}
	return ST_OK;
}

/* NO to SELECT or STATUS: old servers do not say why, so ask. */
static enum status
folder_refused(struct imap *im, const char *folder, const char *quoted, struct fault *f)
{
	char doing[120];
	bool there;

	(void)snprintf(doing, sizeof doing, "folder %.80s", folder);
	if (imap_code(im, "NONEXISTENT"))
		return imap_refused(im, ST_NONE, doing, f);
	if (imap_code_later(im))
		return imap_refused(im, ST_TEMP, doing, f);
	if (imap_code(im, "NOPERM"))
		return imap_refused(im, ST_PERM, doing, f);
	(void)imap_refused(im, ST_NONE, doing, f);
	if (folder_exists(im, quoted, &there, f) != ST_OK)
		return f->st;
	if (there)
		f->st = ST_TEMP;
	return f->st;
}

static bool
takes_keywords(const struct mailimap_selection_info *sel)
{
	if (sel->sel_perm == MAILIMAP_MAILBOX_READONLY)
		return false;
	if (sel->sel_perm_flags == NULL)	/* not told: all are (RFC 3501 7.1) */
		return true;
	for (clistiter *i = clist_begin(sel->sel_perm_flags); i != NULL; i = clist_next(i)) {
		const struct mailimap_flag_perm *p = clist_content(i);

		if (p->fl_type == MAILIMAP_FLAG_PERM_ALL || (p->fl_flag != NULL &&
		    p->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD &&
		    span_ieq(span_of(p->fl_flag->fl_data.fl_keyword), IMAP_KEYWORD)))
			return true;
	}
	return false;
}

/* libetpan's own SELECT and EXAMINE: they keep what the answer says of the folder. */
static enum status
select_by(struct imap *im, const char *folder, int (*verb)(mailimap *m, const char *name),
    struct imap_box *out, struct fault *f)
{
	struct buf name BUF_AUTO, quoted BUF_AUTO;
	const struct mailimap_selection_info *sel;
	int r;

	buf_open(&name, NAME_MAX_BYTES);
	buf_open(&quoted, IMAP_COMMAND_MAX);
	if (imap_quote(im, folder, &quoted, f) != ST_OK)
		return f->st;
	(void)name_put(im, span_of(folder), &name);
	im->selected = false;
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (im->dead)
		return imap_lost(im, "SELECT", f);
	r = verb(im->m, name.z);
	if (r == MAILIMAP_ERROR_SELECT || r == MAILIMAP_ERROR_EXAMINE)
		return folder_refused(im, folder, quoted.z, f);
	sel = im->m->imap_selection_info;
	if (r != MAILIMAP_NO_ERROR || sel == NULL)
		return imap_failed(im, r, "SELECT", f);
	im->keywords = takes_keywords(sel);
	im->selected = true;
	*out = (struct imap_box){ .uidvalidity = sel->sel_uidvalidity,
	    .uidnext = sel->sel_uidnext, .exists = sel->sel_exists, .keywords = im->keywords };
	return ST_OK;
}

enum status
imap_select(struct imap *im, const char *folder, struct imap_box *out, struct fault *f)
{
	return select_by(im, folder, mailimap_select, out, f);
}

enum status
imap_examine(struct imap *im, const char *folder, struct imap_box *out, struct fault *f)
{
	return select_by(im, folder, mailimap_examine, out, f);
}

enum status
imap_status(struct imap *im, const char *folder, struct imap_box *out, struct fault *f)
{
	struct buf quoted BUF_AUTO;
	const struct mailimap_mailbox_data_status *s;
	enum imap_answer ans;

	buf_open(&quoted, IMAP_COMMAND_MAX);
	if (imap_quote(im, folder, &quoted, f) != ST_OK)
		return f->st;
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "STATUS %s (MESSAGES UIDNEXT UIDVALIDITY)",
	    quoted.z) != ST_OK)
		return f->st;
	if (ans != IMAP_OK)
		return folder_refused(im, folder, quoted.z, f);
	*out = (struct imap_box){ 0 };
	s = im->m->imap_response_info == NULL ? NULL : im->m->imap_response_info->rsp_status;
	if (s == NULL || s->st_info_list == NULL)
		return imap_lost(im, "STATUS", f);
	for (clistiter *i = clist_begin(s->st_info_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_status_info *v = clist_content(i);

		if (v->st_att == MAILIMAP_STATUS_ATT_MESSAGES)
			out->exists = v->st_value;
		else if (v->st_att == MAILIMAP_STATUS_ATT_UIDNEXT)
			out->uidnext = v->st_value;
		else if (v->st_att == MAILIMAP_STATUS_ATT_UIDVALIDITY)
			out->uidvalidity = v->st_value;
	}
	return ST_OK;
}

/* One level.  made: it is there now. */
static enum status
create_one(struct imap *im, struct span folder, bool *made, struct fault *f)
{
	struct buf quoted BUF_AUTO;
	enum imap_answer ans;

	buf_open(&quoted, IMAP_COMMAND_MAX);
	if (quote_span(im, folder, &quoted, f) != ST_OK)
		return f->st;
	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "CREATE %s", quoted.z) != ST_OK)
		return f->st;
	*made = ans == IMAP_OK || imap_code(im, "ALREADYEXISTS");
	if (!*made)
		(void)imap_refused(im, imap_code(im, "NOPERM") || imap_code(im, "CANNOT") ?
		    ST_PERM : ST_TEMP, "create folder", f);
	if (ans != IMAP_OK)
		return ST_OK;
	return imap_run(im, &ans, f, "SUBSCRIBE %s", quoted.z);
}

/* The server should make missing parents by itself (RFC 3501 6.3.3): some do not. */
static enum status
parents_create(struct imap *im, const char *folder, struct fault *f)
{
	const char *slash = folder;
	bool made;

	for (int i = 0; i < PARENTS_MAX && (slash = strchr(slash, '/')) != NULL; i++, slash++) {
		struct span parent = span_from(folder, (size_t)(slash - folder));

		if (parent.n > 0 && !is_inbox(parent) &&
		    create_one(im, parent, &made, f) != ST_OK)
			return f->st;
	}
	return ST_OK;
}

enum status
imap_create(struct imap *im, const char *folder, struct fault *f)
{
	struct buf quoted BUF_AUTO;
	struct fault why;
	bool made, there;

	buf_open(&quoted, IMAP_COMMAND_MAX);
	if (imap_quote(im, folder, &quoted, f) != ST_OK ||
	    create_one(im, span_of(folder), &made, f) != ST_OK)
		return f->st;
	if (made)
		return ST_OK;
	if (parents_create(im, folder, f) != ST_OK ||
	    create_one(im, span_of(folder), &made, f) != ST_OK)
		return f->st;
	if (made)
		return ST_OK;
	why = *f;
	if (folder_exists(im, quoted.z, &there, f) != ST_OK)
		return f->st;
	*f = why;
	return there ? ST_OK : f->st;
}
