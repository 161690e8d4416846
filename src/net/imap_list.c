#include "imap_int.h"

#include "mutf7.h"

#include <string.h>

enum { FOLDER_MAX = 1024 };

/* Without SPECIAL-USE (RFC 6154): what clients and servers call it. */
static const struct usual { const char *use, *name; } usual[] = {
	{ "\\Sent", "Sent" },
	{ "\\Sent", "Éléments envoyés" },
	{ "\\Sent", "Sent Items" },
	{ "\\Sent", "Sent Messages" },
	{ "\\Sent", "Envoyés" },
};

enum { N_USUAL = sizeof usual / sizeof usual[0] };

static bool
flag_is(const char *flag, const char *use)
{
	return span_ieq(span_of(flag + (flag[0] == '\\')), use + (use[0] == '\\'));
}

static bool
has_use(const struct mailimap_mailbox_list *l, const char *use)
{
	if (l->mb_flag == NULL || l->mb_flag->mbf_oflags == NULL)
		return false;
	for (clistiter *i = clist_begin(l->mb_flag->mbf_oflags); i != NULL; i = clist_next(i)) {
		const struct mailimap_mbx_list_oflag *o = clist_content(i);

		if (o->of_type == MAILIMAP_MBX_LIST_OFLAG_FLAG_EXT && o->of_flag_ext != NULL &&
		    flag_is(o->of_flag_ext, use))
			return true;
	}
	return false;
}

bool
imap_selectable(const struct mailimap_mailbox_list *l)
{
	return !has_use(l, "\\NonExistent") && !(l->mb_flag != NULL &&
	    l->mb_flag->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
	    l->mb_flag->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT);
}

/* The server's name as ours: false where there is no way back. */
static bool
name_get(const struct imap *im, const char *wire, struct buf *out)
{
	struct span s = span_of(wire);
	size_t prefix = strlen(im->prefix);

	if (prefix > 0 && !span_istarts(s, "INBOX") && !span_istarts(s, im->prefix))
		return false;
	if (prefix > 0 && span_istarts(s, im->prefix))
		s = span_from(s.p + prefix, s.n - prefix);
	if (!mutf7_get(out, s) || out->n == 0 || buf_full(out))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		if (out->z[i] == '/' && im->delimiter != '/')
			return false;
		if (out->z[i] == im->delimiter)
			out->z[i] = '/';
	}
	return true;
}

/* How good a choice: 0 the attribute, then the usual names in order, N_USUAL + 1 none. */
static size_t
rank(const struct mailimap_mailbox_list *l, const char *name, const char *use)
{
	if (has_use(l, use))
		return 0;
	for (size_t i = 0; i < N_USUAL; i++)
		if (strcmp(usual[i].use, use) == 0 && span_ieq(span_of(name), usual[i].name))
			return i + 1;
	return N_USUAL + 1;
}

enum status
imap_special(struct imap *im, struct arena *a, const char *use, const char **folder_out,
    struct fault *f)
{
	bool extended = imap_has(im, "SPECIAL-USE") && imap_has(im, "LIST-EXTENDED");
	const struct mailimap_response_info *info;
	size_t best = N_USUAL + 1;
	enum imap_answer ans;

	imap_begin(im, im->command_ms, IMAP_BUDGET);
	if (imap_run(im, &ans, f, "LIST \"\" \"*\"%s",
	    extended ? " RETURN (SPECIAL-USE)" : "") != ST_OK)
		return f->st;
	info = im->m->imap_response_info;
	if (ans != IMAP_OK || info == NULL)
		return imap_refused(im, ST_TEMP, "list of folders", f);
	for (clistiter *i = clist_begin(info->rsp_mailbox_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_mailbox_list *l = clist_content(i);
		struct buf name BUF_AUTO;
		size_t r;

		buf_open(&name, FOLDER_MAX);
		if (!imap_selectable(l) || !name_get(im, l->mb_name, &name))
			continue;
		r = rank(l, name.z, use);
		if (r < best) {
			best = r;
			*folder_out = arena_strdup(a, name.z);
		}
	}
	return best <= N_USUAL ? ST_OK :
	    fault_set(f, ST_NONE, "no folder for %s", use);
}
