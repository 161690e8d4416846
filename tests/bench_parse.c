/* bench_parse [FILE.eml...] - how long parse_mail takes on ordinary mail, next to GMime alone.
 * GMime: its tree, and every text part decoded to UTF-8.  "reading" is ours for the same:
 * headers, tree, text decoded; and what GMime leaves undone, HTML to text and cleaning.  "all"
 * is parse_mail whole: the history trimmed and the language guessed as well.  No test: it ends
 * with 0 whatever the figures. */
#include "arena.h"
#include "buf.h"
#include "file.h"
#include "lang.h"
#include "parse.h"
#include "quote.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAIL_MAX = 64 * 1024 * 1024, ROUNDS = 10 };
static const double round_ms = 20;

/* Of this process: others may use the machine. */
static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- the two ------------------------------------------------------------------------------ */

static struct arena *ours;

static void
by_us(struct span raw)
{
	struct mail m;
	struct fault f;

	arena_reset(ours);
	if (parse_mail(ours, raw, 0, &m, &f) != ST_OK)
		(void)fprintf(stderr, "%s\n", f.text);
}

/* What comes behind the reading, on a text that is read already. */
static struct mail read_once;

static void
by_us_behind(struct span raw)
{
	char lang[LANG_MAX];
	bool forward;

	(void)raw;
	arena_reset(ours);
	(void)quote_strip(ours, span_of(read_once.text), read_once.subject, &forward);
	lang_guess(read_once.reply_text, strlen(read_once.reply_text), lang);
}

static void
decode_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
	(void)parent;
	(void)data;
	if (GMIME_IS_TEXT_PART(part))
		g_free(g_mime_text_part_get_text((GMimeTextPart *)part));
}

static void
by_gmime(struct span raw)
{
	GMimeStream *s = g_mime_stream_mem_new_with_buffer(raw.p, raw.n);
	GMimeParser *p = g_mime_parser_new_with_stream(s);
	GMimeMessage *m = g_mime_parser_construct_message(p, NULL);

	if (m != NULL) {
		g_mime_message_foreach(m, decode_part, NULL);
		g_object_unref(m);
	}
	g_object_unref(p);
	g_object_unref(s);
}

static double
round_of(void (*parse)(struct span raw), struct span raw)
{
	double began = now_ms(), took;
	int n = 0;

	do {
		parse(raw);
		n++;
		took = now_ms() - began;
	} while (took < round_ms);
	return took / n;
}

/* The best of some rounds, taken in turn: what the machine does beside only adds. */
static void
report(const char *name, struct span raw)
{
	void (*const what[])(struct span raw) = { by_us, by_us_behind, by_gmime };
	enum { ALL, BEHIND, GMIME, WHAT };
	ARENA_AUTO struct arena *a = arena_open();
	double ms[WHAT] = { 0 };
	struct fault f;

	if (parse_mail(a, raw, 0, &read_once, &f) != ST_OK)
		return;
	for (int i = 0; i < ROUNDS * WHAT; i++) {
		double took = round_of(what[i % WHAT], raw);

		if (i < WHAT || took < ms[i % WHAT])
			ms[i % WHAT] = took;
	}
	printf("  %-20s %6.1f kB  GMime %6.3f ms  reading %6.3f ms (%.2f)  all %6.3f ms (%.2f)\n",
	    name, (double)raw.n / 1024, ms[GMIME], ms[ALL] - ms[BEHIND],
	    (ms[ALL] - ms[BEHIND]) / ms[GMIME], ms[ALL], ms[ALL] / ms[GMIME]);
}

/* --- mails -------------------------------------------------------------------------------- */

#define HEAD "Return-Path: <anne@exemple.test>\r\nReceived: from mx.exemple.test by " \
	"mx.ville.test with ESMTPS; Tue, 24 Nov 2026 10:12:04 +0100\r\n" \
	"From: =?utf-8?Q?Anne_Durand?= <anne@exemple.test>\r\nTo: bureau@ville.test\r\n" \
	"Subject: =?utf-8?Q?Loyer_impay=C3=A9?=\r\nMessage-ID: <1@exemple.test>\r\n" \
	"Date: Tue, 24 Nov 2026 10:12:00 +0100\r\nMIME-Version: 1.0\r\n"
#define PLAIN "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
#define HTML "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"

static const char *const lines[] = {
	"Bonjour, je vous écris au sujet de mon logement, rue de l'Échelle.\r\n",
	"Le chauffage est en panne depuis trois semaines et personne ne répond.\r\n",
	"J'ai appelé le bailleur deux fois, il m'a dit d'attendre encore un mois.\r\n",
	"Nous avons deux enfants de trois et six ans, et il fait froid la nuit.\r\n",
	"\r\n",
	"Pourriez-vous me dire à qui je dois m'adresser ? Merci de votre aide.\r\n",
};
enum { LINES = sizeof lines / sizeof *lines };

static void
prose(struct buf *b, size_t bytes, const char *before, const char *after)
{
	for (size_t i = 0, from = b->n; b->n - from < bytes; i++) {
		buf_addz(b, before);
		buf_addz(b, lines[i % LINES]);
		buf_addz(b, after);
	}
}

static void
html(struct buf *b, size_t bytes)
{
	buf_addz(b, "<html><head><style>p { margin: 0 }</style></head><body>\r\n");
	prose(b, bytes, "<p class=\"MsoNormal\"><span style=\"font-size:11.0pt;font-family:"
	    "&quot;Calibri&quot;,sans-serif\">", "<a href=\"https://exemple.test/a\">ici</a>"
	    "<o:p></o:p></span></p>\r\n");
	buf_addz(b, "</body></html>\r\n");
}

static void
text_2k(struct buf *b)
{
	buf_addz(b, HEAD PLAIN);
	prose(b, 2 * 1024, "", "");
}

static void
text_10k(struct buf *b)
{
	buf_addz(b, HEAD PLAIN);
	prose(b, 10 * 1024, "", "");
}

static void
reply(struct buf *b)
{
	buf_addz(b, HEAD PLAIN);
	prose(b, 800, "", "");
	buf_addz(b, "\r\nLe mar. 24 nov. 2026 à 09:12, Bureau <bureau@ville.test> a écrit :\r\n");
	prose(b, 6 * 1024, "> ", "");
}

static void
alternative(struct buf *b)
{
	buf_addz(b, HEAD "Content-Type: multipart/alternative; boundary=B\r\n\r\n--B\r\n" PLAIN);
	prose(b, 2 * 1024, "", "");
	buf_addz(b, "--B\r\n" HTML);
	html(b, 12 * 1024);
	buf_addz(b, "--B--\r\n");
}

static void
html_only(struct buf *b)
{
	buf_addz(b, HEAD HTML);
	html(b, 16 * 1024);
}

static void
photo(struct buf *b)
{
	buf_addz(b, HEAD "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n" PLAIN);
	prose(b, 1024, "", "");
	buf_addz(b, "--B\r\nContent-Type: image/jpeg; name=\"mur.jpg\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"mur.jpg\"\r\n\r\n");
	for (int i = 0; i < 4000; i++)
		buf_addz(b, "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBg"
		    "UGCQgK\r\n");
	buf_addz(b, "--B--\r\n");
}

static void
own_mails(void)
{
	static const struct { const char *name; void (*make)(struct buf *b); } t[] = {
		{ "text", text_2k }, { "long text", text_10k }, { "reply with history", reply },
		{ "text and HTML", alternative }, { "HTML only", html_only },
		{ "text and photograph", photo },
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b BUF_AUTO;

		buf_open(&b, MAIL_MAX);
		t[i].make(&b);
		report(t[i].name, buf_span(&b));
	}
}

int
main(int argc, char **argv)
{
	ARENA_AUTO struct arena *a = arena_open();
	struct span raw;
	struct fault f;

	arena_keep_little();
	ours = arena_open();
	g_mime_init();
	if (parse_init(&f) != ST_OK)
		return 1;
	(void)puts("reading a mail, CPU time, in brackets the times of GMime (target: 1.50)\n"
	    "  GMime: parsed, text parts as UTF-8; reading: the same and HTML as text; all: also "
	    "history trimmed, language");
	if (argc == 1)
		own_mails();
	for (int i = 1; i < argc; i++)
		if (file_read(a, argv[i], FILE_PLAIN, MAIL_MAX, &raw, &f) == ST_OK)
			report(strrchr(argv[i], '/') == NULL ? argv[i] : strrchr(argv[i], '/') + 1,
			    raw);
	arena_close(&ours);
	return 0;
}
