#include "doctor_int.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { TEXT_MAX = 4096 };

const char *
doctor_grade_name(enum doctor_grade g)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail",
	};

	return names[g];
}

static void PRINTF(4, 0)
say(struct judging *g, enum doctor_grade grade, const char *todo, const char *fmt, va_list ap)
{
	char text[TEXT_MAX];

	(void)vsnprintf(text, sizeof text, fmt, ap);
	g->l->grade = grade;
	g->l->text = arena_strdup(g->a, text);
	g->l->todo = todo;
}

void
doctor_ok(struct judging *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(g, DOCTOR_OK, "", fmt, ap);
	va_end(ap);
}

void
doctor_warn(struct judging *g, const char *todo, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(g, DOCTOR_WARN, todo, fmt, ap);
	va_end(ap);
}

void
doctor_fail(struct judging *g, const char *todo, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(g, DOCTOR_FAIL, todo, fmt, ap);
	va_end(ap);
}

const char *
doctor_took(struct arena *a, int64_t seconds)
{
	static const struct { int64_t below, unit; const char *name; } units[] = {
		{ 120, 1, "s" }, { 2 * 3600, 60, "min" }, { 2 * 86400, 3600, "h" },
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (seconds < units[i].below)
			return arena_printf(a, "%lld %s", (long long)(seconds / units[i].unit),
			    units[i].name);
	return arena_printf(a, "%lld days", (long long)(seconds / 86400));
}

size_t
doctor_judge(struct arena *a, const struct doctor_facts *x, enum doctor_part part,
    struct doctor_line out[DOCTOR_LINES_MAX])
{
	static const struct doctor_subject *const parts[] = {
		[DOCTOR_FILES] = doctor_files, [DOCTOR_STORE] = doctor_store,
		[DOCTOR_MAILBOX] = doctor_mailbox, [DOCTOR_RELAY] = doctor_relay,
	};
	size_t n = 0;

	for (const struct doctor_subject *s = parts[part]; s->name != NULL; s++) {
		struct doctor_line l = { .name = s->name };
		struct judging g = { a, x, &l };

		s->judge(&g);
		if (l.text == NULL)
			continue;
		assert(n < DOCTOR_LINES_MAX);
		out[n++] = l;
	}
	return n;
}
