#include "mailbox.h"

enum { CONNECT_MS = 30 * 1000, COMMAND_MS = 60 * 1000, TRIES = 3 };

const char mailbox_sent_fallback[] = "Sent";

enum status
mailbox_open(struct imap **out, const struct config *c, struct login *login, int stop_fd,
    int poke_fd, struct fault *f)
{
	bool refused = false;
	struct imap_cfg ic = {
		.url = c->imap, .ca_file = c->imap_ca_file, .user = c->imap_user,
		.auth = (enum net_auth)c->imap_auth, .connect_ms = CONNECT_MS,
		.command_ms = COMMAND_MS, .stop_fd = stop_fd, .poke_fd = poke_fd,
		.refused = &refused,
	};
	enum status st = login_secret(login, &ic.secret, f);

	for (int i = 0; st == ST_OK && i < TRIES; i++) {
		st = imap_open(out, &ic, f);
		if (st == ST_OK)
			login_good(login);
		if (st == ST_OK || !refused || !login->tokens)
			return st;
		refused = false;
		st = login_refused(login, &ic.secret, f);
	}
	return st == ST_OK ? fault_set(f, ST_TEMP, "imap: one token after the other is refused") : st;
}

enum status
mailbox_folder(struct imap *im, const struct config *c, const char *folder, struct fault *f)
{
	struct imap_box box;
	enum status st = imap_status(im, folder, &box, f);

	if (st != ST_NONE)
		return st;
	if (!c->create_folders)
		return fault_set(f, ST_PERM, "no folder \"%s\", and create_folders is no", folder);
	return imap_create(im, folder, f);
}

enum status
mailbox_sent(struct imap *im, struct arena *a, const struct config *c, const char **out,
    struct fault *f)
{
	*out = c->sent_folder;
	return c->sent_folder[0] != '\0' ? ST_OK : imap_special(im, a, "\\Sent", out, f);
}
