/* config.h - bureaud.conf: one table of keys drives reading, `bureaud --keys` (the manual's
 * list) and the defaults (INTERFACE, "Configuration").
 *
 * Limits: LIMIT_CONFIG_FILE bytes, CONFIG_AGENTS_MAX agents. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "buf.h"
#include "desk.h"
#include "imap.h"

enum { CONFIG_AGENTS_MAX = 200, CONFIG_OWN_MAX = 32 };

enum file_when { FILE_WHEN_CLOSED, FILE_WHEN_RECEIVED, FILE_WHEN_NEVER };
enum config_grant { GRANT_REFRESH_TOKEN, GRANT_CLIENT_CREDENTIALS };

struct config {
	const char *path;

	const char *name, *organisation, *address, *aliases, *phone, *postal_address;
	bool plus_addresses;
	const char *reference_prefix, *timezone, *hours, *closed;
	int promise_days, violence_ack;
	const char *database, *rules, *templates, *directory, *quartiers, *key_file;

	const char *imap_url, *imap_starttls, *imap_ca_file, *imap_user, *imap_password_file;
	int imap_auth;
	const char *folder;
	int64_t since;			/* 0: not set */
	int file_when;
	const char *filed_folder, *review_folder, *snapshot_folder, *sent_folder;
	bool sent_copy, create_folders;
	int poll_seconds, max_message_mib;

	const char *smtp_url, *smtp_starttls, *smtp_ca_file, *smtp_user, *smtp_password_file;
	int smtp_auth, connections;
	bool null_sender;

	int oauth_grant;
	const char *oauth_token_url, *oauth_client_id, *oauth_client_secret_file;
	const char *oauth_refresh_token_file, *oauth_scope, *oauth_ca_file;

	const char *authserv_id, *form_sender;

	int acks_per_sender_per_day, acks_per_domain_per_hour, acks_per_hour;
	int ack_delay_seconds, reopen_days, retention_days;

	int repeat_seconds, group_after;
	const char *morning;

	bool selftest_daily;
	const char *selftest_time;
	int selftest_wait;		/* minutes */
	const char *metrics_file, *admin, *cabinet, *cabinet_day, *cabinet_time;
	int yardstick_persons, yardstick_settled;

	struct agent agents[CONFIG_AGENTS_MAX]; size_t nagents;

	/* Made from the above once all of it is read. */
	struct net_url imap, smtp;
	struct hours open_hours;
	const char *own[CONFIG_OWN_MAX]; size_t nown;
	const char *domain;		/* of address */
};

enum config_need { CONFIG_FOR_EXPLAIN, CONFIG_FOR_DAEMON };

/* Paths come out absolute or relative to the config's folder; sets the time zone.
 * ST_PERM: "file:line: what is wrong". */
enum status config_load(struct arena *a, const char *path, enum config_need need,
    struct config **out, struct fault *f) MUST_USE;

/* Where a secret's file is: in systemd's credentials directory when it is there, else beside
 * the config. */
const char *config_secret_path(struct arena *a, const struct config *c, const char *file);
/* Its content without the final newline; ST_PERM: missing, empty, open to others, or with a
 * control character inside. */
enum status config_secret(struct arena *a, const struct config *c, const char *what,
    const char *file, struct span *out, struct fault *f) MUST_USE;
/* The signing key: 32 bytes or more, any form. ST_NONE: no such file. */
enum status config_key(struct arena *a, const struct config *c, struct span *out,
    struct fault *f) MUST_USE;

/* The whole table as text: section, key, type, default, meaning. */
void config_keys(struct buf *out);

#endif
