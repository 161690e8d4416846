/* ctl_check.c - the doctor: one line a subject. */
#include "ctl_check.h"

#include "clock.h"

#include <string.h>
#include <sysexits.h>

const char *
check_why(struct checking *k, const struct fault *f)
{
	return arena_strdup(k->c->a, f->text);
}

struct doctor_try
check_tried(struct checking *k, enum status st, const struct fault *f)
{
	return (struct doctor_try){ true, st == ST_OK ? "" : check_why(k, f) };
}

static void
line_json(struct ctl *c, const struct doctor_line *l)
{
	struct jsonw j;

	jsonw_open(&j, &c->out);
	jsonw_object(&j, NULL);
	jsonw_str(&j, "check", l->name);
	jsonw_str(&j, "result", doctor_grade_name(l->grade));
	jsonw_str(&j, "text", l->text);
	jsonw_str_or_null(&j, "todo", l->todo);
	jsonw_object_end(&j);
	buf_addc(&c->out, '\n');
}

/* On a terminal what to do stands below, in a pipe behind. */
static void
line_text(struct ctl *c, const struct doctor_line *l)
{
	enum { GRADE = 6, NAME = 18 };
	static const enum ctl_style styles[] = {
		[DOCTOR_OK] = STYLE_GOOD, [DOCTOR_WARN] = STYLE_WARN, [DOCTOR_FAIL] = STYLE_BAD,
	};

	ctl_style(c, styles[l->grade]);
	ctl_cell(&c->out, doctor_grade_name(l->grade), GRADE);
	ctl_style(c, STYLE_NONE);
	ctl_cell(&c->out, l->name, NAME);
	ctl_wrap(c, l->text, GRADE + NAME);
	if (l->todo[0] != '\0') {
		ctl_style(c, STYLE_BOLD);
		if (c->width > 0) {
			buf_addc(&c->out, '\n');
			ctl_cell(&c->out, "", GRADE + NAME - 3);
		} else
			buf_addc(&c->out, ' ');
		buf_addz(&c->out, "→ ");
		ctl_style(c, STYLE_NONE);
		ctl_wrap(c, l->todo, GRADE + NAME);
	}
	buf_addc(&c->out, '\n');
}

static bool
part_do(struct checking *k, enum doctor_part part)
{
	static void (*const looks[])(struct checking *k) = {
		[DOCTOR_FILES] = check_files, [DOCTOR_STORE] = check_store,
		[DOCTOR_MAILBOX] = check_mailbox, [DOCTOR_RELAY] = check_relay,
	};
	struct doctor_line v[DOCTOR_LINES_MAX];
	bool good = true;
	size_t n;

	looks[part](k);
	n = doctor_judge(k->c->a, &k->x, part, v);
	for (size_t i = 0; i < n; i++) {
		if (k->c->json)
			line_json(k->c, &v[i]);
		else
			line_text(k->c, &v[i]);
		good = good && v[i].grade != DOCTOR_FAIL;
	}
	ctl_flush(k->c);
	return good;
}

int
ctl_check(struct ctl *c)
{
	const struct config *cfg = c->cfg;
	struct checking k = { .c = c };
	bool good = true;

	setup_begin(cfg, (struct span){ "", 0 }, &k.setup);
	k.x = (struct doctor_facts){
		.desk = &k.setup.desk, .now = clock_now(), .config_path = cfg->path,
		.database = cfg->database, .selftest_daily = cfg->selftest_daily,
		.poll_seconds = cfg->poll_seconds, .create_folders = cfg->create_folders,
		.imap_host = cfg->imap.host, .smtp_host = cfg->smtp.host,
		.smtp_login = cfg->smtp_user[0] != '\0',
		.sent_named = cfg->sent_folder[0] != '\0',
		.writable = "", .readable = "", .unlawful = "", .stale = "", .health = "",
		.absent = "", .sent = "",
	};
	for (int i = 0; i < DOCTOR_PARTS; i++)
		good = part_do(&k, (enum doctor_part)i) && good;
	store_close(&k.db);
	setup_close(&k.setup);
	return good ? EX_OK : 1;
}
