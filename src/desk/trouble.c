#include "trouble.h"

#include "plan_int.h"

enum status
trouble_token(struct arena *a, const struct desk *d, const char *why, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f)
{
	const struct plan_in in = { .now = now };
	struct planning g = { a, d, &in, random, out, 0 };
	struct outmail m = { .to = d->admin, .automatic = COMPOSE_GENERATED, .lang = "en",
	    .subject = "bureaud: no login to the mail server" };

	plan_empty(&g);
	if (d->admin[0] == '\0')
		return ST_OK;
	m.text = arena_printf(a,
	    "The mail server takes no access token (OAuth2) of the bureau. Until it does, mail is\n"
	    "not fetched, or not sent; nothing is lost, and it is tried again by itself.\n\n"
	    "  %s\n\n"
	    "`bureauctl status` and the journal say what is tried. A refresh token that has been\n"
	    "revoked, or a password that was changed, needs a new consent: put the new refresh\n"
	    "token into the file that [oauth2] refresh_token_file names, and restart bureaud.\n"
	    "This is told once a day at most.\n", why);
	return plan_send(&g, MAIL_KIND_ADMIN, &m, NOTIFY_MAX_BYTES, now, false, f);
}
