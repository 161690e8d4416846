/* The IMAP session against a real Dovecot: TLS, a Maildir with '.' between its folders. */
#include "test_net_peer.h"

#include "date.h"
#include "imap.h"

#include <poll.h>
#include <time.h>

enum { MAILS = 1000, BATCH = 50 };

static struct peer peer;
static int port, tls_port;
static char ca[1024], maildir[1024];
static int pipe_fd[2];

static struct imap_cfg
cfg(enum net_tls tls)
{
	return (struct imap_cfg){
		.url = { .host = "localhost", .port = tls == NET_TLS ? tls_port : port,
		    .tls = tls, .imap = true },
		.ca_file = ca, .user = "bureau", .secret = "se\"cr\\et", .connect_ms = 20000,
		.command_ms = 20000, .stop_fd = -1, .poke_fd = pipe_fd[0],
	};
}

static struct imap *
session(const char *folder, struct imap_box *box)
{
	struct imap_cfg c = cfg(NET_TLS);
	struct imap *im;
	struct fault f = { .text = "" };
	struct imap_box none;

	if (imap_open(&im, &c, &f) != ST_OK)
		fail_msg("%s", f.text);
	if (box == NULL)
		box = &none;
	if (folder[0] != '\0' && imap_select(im, folder, box, &f) != ST_OK)
		fail_msg("%s", f.text);
	return im;
}

static void
test_open(void **state)
{
	struct imap_cfg c = cfg(NET_STARTTLS);
	struct imap *im;
	struct fault f;

	(void)state;
	assert_int_equal(imap_open(&im, &c, &f), ST_OK);
	assert_true(imap_has(im, "MOVE") && imap_has(im, "IDLE") && imap_has(im, "uidplus"));
	assert_false(imap_has(im, "X-NONE"));
	assert_in_range(imap_tls_days(im, time(NULL)), 3590, 3601);
	imap_close(&im);
	assert_null(im);
	c.secret = "wrong";
	assert_int_equal(imap_open(&im, &c, &f), ST_PERM);
	assert_string_equal(f.text, "login refused: Authentication failed.");
	c = cfg(NET_TLS);
	c.url.host = "127.0.0.1";
	assert_int_equal(imap_open(&im, &c, &f), ST_PERM);
	assert_non_null(strstr(f.text, "another host"));
}

struct sum { size_t n, bytes; uint32_t last; bool wrong; };

static void
count(void *ctx, const struct imap_meta *m, struct span raw)
{
	struct sum *s = ctx;

	s->n++;
	s->bytes += raw.n;
	s->wrong |= m->uid <= s->last || !span_istarts(raw, "From: a@exemple.test\r\n");
	s->last = m->uid;
}

static void
test_read(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct imap_box box;
	struct imap *im = session("INBOX", &box);
	struct fault f;
	uint32_t *uids;
	struct imap_meta *m;
	struct span raw;
	struct sum s = { 0 };
	size_t n, k;

	(void)state;
	assert_true(box.exists == MAILS && box.uidnext == MAILS + 1 && box.keywords);
	assert_int_not_equal(box.uidvalidity, 0);
	assert_int_equal(imap_uids(im, a, 0, &uids, &n, &f), ST_OK);
	assert_int_equal(n, MAILS);
	assert_int_equal(imap_meta(im, a, uids, n, &m, &k, &f), ST_OK);
	assert_int_equal(k, MAILS);
	for (size_t i = 0; i < k; i++) {
		assert_int_equal(m[i].uid, uids[i]);
		assert_int_equal(m[i].received, 1700000000 + (int)m[i].uid);
		assert_false(m[i].keyword);
	}
	for (size_t i = 0; i < k; i += BATCH)
		assert_int_equal(imap_bodies(im, m + i, BATCH, BATCH * m[i].size, count, &s,
		    &f), ST_OK);
	assert_int_equal(s.n, MAILS);
	assert_false(s.wrong);
	assert_int_equal(imap_start(im, a, 7, 20, &raw, &f), ST_OK);
	assert_true(span_eq(raw, "From: a@exemple.test"));
	assert_int_equal(imap_start(im, a, 7000, 20, &raw, &f), ST_NONE);
	assert_int_equal(imap_uids(im, a, MAILS - 2, &uids, &n, &f), ST_OK);
	assert_true(n == 2 && uids[0] == MAILS - 1);
	assert_int_equal(imap_uids(im, a, MAILS, &uids, &n, &f), ST_OK);
	assert_int_equal(n, 0);
	m[0].size++;
	s.n = 0;
	s.last = 0;
	assert_int_equal(imap_bodies(im, m, 2, 100000, count, &s, &f), ST_OK);
	assert_int_equal(s.n, 1);
	imap_close(&im);
}

static void
test_budget(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct imap *im = session("INBOX", NULL);
	struct fault f;
	struct sum s = { 0 };
	struct imap_meta *m;
	uint32_t uids[BATCH];
	size_t n;

	(void)state;
	for (uint32_t i = 0; i < BATCH; i++)
		uids[i] = i + 1;
	assert_int_equal(imap_meta(im, a, uids, BATCH, &m, &n, &f), ST_OK);
	assert_int_equal(imap_bodies(im, m, n, 1000, count, &s, &f), ST_TEMP);
	assert_non_null(strstr(f.text, "budget"));
	assert_true(s.n < BATCH);
	assert_int_equal(imap_poll(im, &f), ST_TEMP);
	imap_close(&im);
}

static void
test_folders(void **state)
{
	struct arena *a ARENA_AUTO = arena_open();
	struct imap *im = session("", NULL);
	struct imap_box box;
	struct fault f;
	const char *sent;
	char path[1200];

	(void)state;
	assert_int_equal(imap_select(im, "Bureau/Traités", &box, &f), ST_NONE);
	assert_int_equal(imap_status(im, "Bureau/Traités", &box, &f), ST_NONE);
	assert_int_equal(imap_create(im, "Bureau/Traités", &f), ST_OK);
	assert_int_equal(imap_create(im, "Bureau/Traités", &f), ST_OK);
	assert_int_equal(imap_create(im, "Bureau/À voir/plus \"bas\"", &f), ST_OK);
	(void)snprintf(path, sizeof path, "%s/.Bureau.Trait&AOk-s/cur", maildir);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(imap_status(im, "Bureau/Traités", &box, &f), ST_OK);
	assert_true(box.exists == 0 && box.uidnext == 1 && box.uidvalidity != 0);
	assert_int_equal(imap_select(im, "Bureau/À voir/plus \"bas\"", &box, &f), ST_OK);
	assert_int_equal(imap_special(im, a, "\\Sent", &sent, &f), ST_OK);
	assert_string_equal(sent, "Messages envoyés");
	assert_int_equal(imap_select(im, sent, &box, &f), ST_OK);
	assert_int_equal(imap_special(im, a, "\\Junk", &sent, &f), ST_NONE);
	assert_int_equal(imap_create(im, "a//b", &f), ST_PERM);
	assert_int_equal(imap_create(im, "a\r\nb", &f), ST_PERM);
	imap_close(&im);
}

static void
test_file(void **state)
{
	static const char wire[] = "Subject: copie\r\n\r\nbonjour\r\n.\r\n";
	struct arena *a ARENA_AUTO = arena_open();
	struct imap_box box;
	struct imap *im = session("", NULL);
	struct fault f;
	struct imap_move mv;
	struct imap_meta *m;
	uint32_t validity, uid, uids[3] = { 13, 11, 12 };
	size_t n;

	(void)state;
	assert_int_equal(imap_append(im, "Bureau/Classés", span_of(wire), 1000000000, &validity,
	    &uid, &f), ST_PERM);
	assert_int_equal(imap_create(im, "Bureau/Classés", &f), ST_OK);
	assert_int_equal(imap_append(im, "Bureau/Classés", span_of(wire), 1000000000, &validity,
	    &uid, &f), ST_OK);
	assert_int_equal(uid, 1);
	assert_int_equal(imap_select(im, "Bureau/Classés", &box, &f), ST_OK);
	assert_int_equal(validity, box.uidvalidity);
	assert_int_equal(imap_meta(im, a, &uid, 1, &m, &n, &f), ST_OK);
	assert_true(n == 1 && m[0].received == 1000000000 && m[0].size == sizeof wire - 1);
	assert_int_equal(imap_select(im, "INBOX", &box, &f), ST_OK);
	assert_int_equal(imap_mark(im, uids, 3, &f), ST_OK);
	assert_int_equal(imap_meta(im, a, uids, 3, &m, &n, &f), ST_OK);
	assert_true(n == 3 && m[0].uid == 11 && m[0].keyword && m[2].keyword);
	assert_int_equal(imap_move(im, a, uids, 3, "Pas là", &mv, &f), ST_TEMP);
	assert_int_equal(imap_move(im, a, uids, 3, "Bureau/Classés", &mv, &f), ST_OK);
	assert_true(mv.uidvalidity == validity && mv.n == 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(mv.v[i].from == 11 + i && mv.v[i].to == 2 + i);
	assert_int_equal(imap_meta(im, a, uids, 3, &m, &n, &f), ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(imap_move(im, a, uids, 0, "Bureau/Classés", &mv, &f), ST_OK);
	/* Those and no others. */
	assert_int_equal(imap_select(im, "Bureau/Classés", &box, &f), ST_OK);
	assert_int_equal(box.exists, 4);
	assert_int_equal(imap_remove(im, (const uint32_t[]){ 2, 4 }, 2, &f), ST_OK);
	assert_int_equal(imap_remove(im, uids, 0, &f), ST_OK);
	assert_int_equal(imap_remove(im, (const uint32_t[]){ 2 }, 1, &f), ST_OK);	/* gone already */
	assert_int_equal(imap_select(im, "Bureau/Classés", &box, &f), ST_OK);
	assert_int_equal(box.exists, 2);
	imap_close(&im);
}

/* What we look up and take away again; what somebody else marked \Deleted stays. */
static void
test_heads(void **state)
{
	static const char *const wires[] = {
		"X-Ours: v=1;\r\n part=2\r\nSubject: a\r\n\r\nx\r\n", "Subject: b\r\n\r\nx\r\n",
		"Subject: c\r\nx-ours: other\r\n\r\nX-Ours: body\r\n",
	};
	struct arena *a ARENA_AUTO = arena_open();
	struct imap_box box;
	struct imap *im = session("", NULL);
	struct fault f;
	struct imap_head *h;
	uint32_t validity, uid, all[] = { 3, 2, 1, 9 }, two[] = { 1, 3 };
	int64_t now = time(NULL);
	size_t n;

	(void)state;
	assert_int_equal(imap_create(im, "Bureau/Scellés", &f), ST_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(imap_append(im, "Bureau/Scellés", span_of(wires[i]),
		    i == 0 ? 1000000000 : IMAP_DATE_NOW, &validity, &uid, &f), ST_OK);
	assert_int_equal(imap_select(im, "Bureau/Scellés", &box, &f), ST_OK);
	assert_int_equal(imap_heads(im, a, all, 4, "X-Ours", &h, &n, &f), ST_OK);
	assert_int_equal(n, 3);
	assert_true(h[0].uid == 1 && h[0].received == 1000000000);
	assert_true(span_istarts(h[0].raw, "X-Ours: v=1;"));
	assert_true(span_trim(h[1].raw).n == 0);
	assert_true(h[1].received >= now - 60 && h[1].received <= now + 60);
	assert_true(span_eq(span_trim(h[2].raw), "x-ours: other"));
	assert_int_equal(imap_heads(im, a, all, 0, "X-Ours", &h, &n, &f), ST_OK);
	assert_int_equal(n, 0);
	assert_int_equal(imap_remove(im, two, 2, &f), ST_OK);
	assert_int_equal(imap_remove(im, two, 0, &f), ST_OK);
	assert_int_equal(imap_heads(im, a, all, 4, "X-Ours", &h, &n, &f), ST_OK);
	assert_true(n == 1 && h[0].uid == 2);
	imap_close(&im);
}

static void
test_idle(void **state)
{
	struct imap *im = session("INBOX", NULL), *other = session("", NULL);
	struct fault f;
	enum imap_woke woke;
	uint32_t validity, uid;

	(void)state;
	assert_int_equal(imap_wait(im, 1, &woke, &f), ST_OK);
	assert_int_equal(woke, IMAP_WOKE_TIMEOUT);
	assert_int_equal(write(pipe_fd[1], "x", 1), 1);
	assert_int_equal(imap_wait(im, 60000, &woke, &f), ST_OK);
	assert_int_equal(woke, IMAP_WOKE_POKE);
	assert_int_equal(read(pipe_fd[0], &woke, 1), 1);
	assert_int_equal(imap_append(other, "INBOX", span_of("Subject: x\r\n\r\nx\r\n"), 1,
	    &validity, &uid, &f), ST_OK);
	assert_int_equal(imap_wait(im, 60000, &woke, &f), ST_OK);
	assert_int_equal(woke, IMAP_WOKE_DATA);
	assert_int_equal(imap_poll(im, &f), ST_OK);
	imap_close(&other);
	imap_close(&im);
}

static int
setup(void **state)
{
	char n[16];
	const char *line;

	(void)state;
	(void)snprintf(n, sizeof n, "%d", MAILS);
	line = peer_open(&peer, "hostile_dovecot.py", n, NULL);
	if (sscanf(line, "%d %d %1023s %1023s", &port, &tls_port, ca, maildir) != 4)
		port = 0;
	return pipe(pipe_fd);
}

static int
teardown(void **state)
{
	(void)state;
	peer_close(&peer);
	return 0;
}

static int
need_dovecot(void **state)
{
	(void)state;
	if (port == 0)
		print_message("dovecot or certtool is not installed\n");
	return 0;
}

#define WITH_DOVECOT(name) \
	static void name##_if(void **state) { \
		if (port == 0) \
			skip(); \
		name(state); \
	}
WITH_DOVECOT(test_open)
WITH_DOVECOT(test_read)
WITH_DOVECOT(test_budget)
WITH_DOVECOT(test_folders)
WITH_DOVECOT(test_file)
WITH_DOVECOT(test_heads)
WITH_DOVECOT(test_idle)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_open_if, need_dovecot),
		cmocka_unit_test(test_read_if),
		cmocka_unit_test(test_budget_if),
		cmocka_unit_test(test_folders_if),
		cmocka_unit_test(test_file_if),
		cmocka_unit_test(test_heads_if),
		cmocka_unit_test(test_idle_if),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
