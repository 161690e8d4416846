#include "config_table.h"

#include "config.h"

#define AT(field) offsetof(struct config, field)
#define STR(s, k, field, def, what) { s, k, CONFIG_STR, AT(field), 0, 0, "", def, what }
#define PATH(s, k, field, def, what) { s, k, CONFIG_PATH, AT(field), 0, 0, "", def, what }
#define SECRET(s, k, field, def, what) { s, k, CONFIG_SECRET, AT(field), 0, 0, "", def, what }
#define INT(s, k, field, lo, hi, def, what) \
	{ s, k, CONFIG_INT, AT(field), lo, hi, "", def, what }
#define BOOL(s, k, field, def, what) { s, k, CONFIG_BOOL, AT(field), 0, 0, "", def, what }
#define WORD(s, k, field, words, def, what) \
	{ s, k, CONFIG_WORD, AT(field), 0, 0, words, def, what }
#define WHEN(s, k, field, def, what) { s, k, CONFIG_WHEN, AT(field), 0, 0, "", def, what }
#define ADDR(s, k, field, what) { s, k, CONFIG_ADDR, AT(field), 0, 0, "", "", what }
#define ADDRS(s, k, field, what) { s, k, CONFIG_ADDRS, AT(field), 0, 0, "", "", what }
#define CLOCK(s, k, field, def, what) { s, k, CONFIG_CLOCK, AT(field), 0, 0, "", def, what }

/* The words' order is that of the enums they fill. */
const struct config_key config_table[] = {
	STR("bureau", "name", name, "", "what the service is called"),
	STR("bureau", "organisation", organisation, "", "whom it belongs to"),
	ADDR("bureau", "address", address, "its mail address; required"),
	ADDRS("bureau", "aliases", aliases, "other addresses that are us"),
	BOOL("bureau", "plus_addresses", plus_addresses, "no",
	    "Reply-To carries address+TOKEN too"),
	STR("bureau", "phone", phone, "", "telephone, as printed to citizens"),
	STR("bureau", "postal_address", postal_address, "",
	    "postal address, as printed to citizens"),
	STR("bureau", "reference_prefix", reference_prefix, "BI",
	    "first part of a ticket's reference"),
	STR("bureau", "timezone", timezone, "Europe/Paris", "zone of every date people read"),
	STR("bureau", "hours", hours, "mon-fri 08:30-12:00 13:30-17:00", "opening hours"),
	STR("bureau", "closed", closed, "", "closed days: 2026-12-24, 2026-12-31"),
	INT("bureau", "promise_days", promise_days, 1, 60, "3",
	    "open days within which a human answers"),
	WORD("bureau", "violence_ack", violence_ack, "agent|discreet|none", "agent",
	    "automatic mail on suspected violence: none until #accuser, the discreet one, "
	    "or none"),
	PATH("bureau", "database", database, "/var/lib/bureaud/bureaud.db", "SQLite file"),
	PATH("bureau", "rules", rules, "/etc/bureaud/rules", "folder of *.rules"),
	PATH("bureau", "templates", templates, "/etc/bureaud/templates", "folder of the texts"),
	PATH("bureau", "directory", directory, "",
	    "annuaire.conf; national.conf beside it is read first"),
	PATH("bureau", "quartiers", quartiers, "",
	    "neighbourhoods and the mayor's permanences"),
	SECRET("bureau", "key_file", key_file, "key",
	    "signs ids, seals snapshots; 32 bytes or more"),

	STR("imap", "url", imap_url, "", "imaps://host[:port] or imap://host[:port]; required"),
	STR("imap", "starttls", imap_starttls, "required",
	    "for imap://; off only towards loopback"),
	PATH("imap", "ca_file", imap_ca_file, "",
	    "PEM file of trusted authorities; empty: the system's"),
	STR("imap", "user", imap_user, "", "login name; required"),
	SECRET("imap", "password_file", imap_password_file, "imap-password",
	    "file of the password"),
	WORD("imap", "auth", imap_auth, "password|xoauth2", "password", "how to log in"),
	STR("imap", "folder", folder, "INBOX", "the mailbox that citizens write to"),
	WHEN("imap", "since", since, "", "mail received earlier is recorded, never answered; "
	    "empty: creation of the database minus 24 h"),
	WORD("imap", "file_when", file_when, "closed|received|never", "closed",
	    "when a citizen's mail leaves the folder"),
	STR("imap", "filed_folder", filed_folder, "Bureau/Traités", "handled mail"),
	STR("imap", "review_folder", review_folder, "Bureau/À voir",
	    "mail set aside for a human"),
	STR("imap", "snapshot_folder", snapshot_folder, "Bureau/Sauvegarde",
	    "sealed snapshots"),
	STR("imap", "sent_folder", sent_folder, "",
	    "copies of what we send; empty: SPECIAL-USE \\Sent"),
	BOOL("imap", "sent_copy", sent_copy, "yes", "no where the provider copies by itself"),
	BOOL("imap", "create_folders", create_folders, "yes", "create missing folders"),
	INT("imap", "poll_seconds", poll_seconds, 1, 3600, "60", "look at least this often"),
	INT("imap", "max_message_mib", max_message_mib, 1, 64, "35",
	    "of a larger mail the headers and the first 256 KiB are read"),

	STR("smtp", "url", smtp_url, "", "smtps://host[:port] or smtp://host[:port]; required"),
	STR("smtp", "starttls", smtp_starttls, "required",
	    "for smtp://; off only towards loopback"),
	PATH("smtp", "ca_file", smtp_ca_file, "",
	    "PEM file of trusted authorities; empty: the system's"),
	STR("smtp", "user", smtp_user, "", "login name; empty: no login"),
	SECRET("smtp", "password_file", smtp_password_file, "", "file of the password"),
	WORD("smtp", "auth", smtp_auth, "password|xoauth2", "password", "how to log in"),
	INT("smtp", "connections", connections, 1, 8, "2", "connections at a time"),
	BOOL("smtp", "null_sender", null_sender, "yes",
	    "no where the relay refuses MAIL FROM:<>"),

	WORD("oauth2", "grant", oauth_grant, "refresh_token|client_credentials",
	    "refresh_token", "how a token is had"),
	STR("oauth2", "token_url", oauth_token_url, "",
	    "https:// address of the token service"),
	STR("oauth2", "client_id", oauth_client_id, "", "our name there"),
	SECRET("oauth2", "client_secret_file", oauth_client_secret_file, "",
	    "our secret there"),
	SECRET("oauth2", "refresh_token_file", oauth_refresh_token_file, "",
	    "the refresh token"),
	STR("oauth2", "scope", oauth_scope, "", "what is asked for"),
	PATH("oauth2", "ca_file", oauth_ca_file, "",
	    "PEM file of trusted authorities; empty: the system's"),

	STR("trust", "authserv_id", authserv_id, "",
	    "the only Authentication-Results believed"),
	ADDR("forms", "sender", form_sender,
	    "From of the city's web form; the person is in Reply-To"),

	INT("limits", "acks_per_sender_per_day", acks_per_sender_per_day, 0, 1000, "3",
	    "acknowledgments to one person a day; 0: no cap"),
	INT("limits", "acks_per_domain_per_hour", acks_per_domain_per_hour, 0, 100000, "0",
	    "acknowledgments to one domain an hour; 0: no cap"),
	INT("limits", "acks_per_hour", acks_per_hour, 0, 1000000, "200",
	    "the breaker: over it tickets still open, acknowledgments wait; 0: no cap"),
	INT("limits", "ack_delay_seconds", ack_delay_seconds, 0, 86400, "0",
	    "wait before each acknowledgment"),
	INT("limits", "reopen_days", reopen_days, 0, 3650, "30",
	    "a later answer opens a linked ticket"),
	INT("limits", "retention_days", retention_days, 30, 36500, "730",
	    "kept after the last contact"),

	INT("alerts", "repeat_seconds", repeat_seconds, 60, 86400, "900",
	    "vital alerts, until taken"),
	CLOCK("alerts", "morning", morning, "08:15", "each agent's list, working days"),
	INT("alerts", "group_after", group_after, 1, 1000, "5",
	    "notifications a minute before they are grouped"),

	BOOL("selftest", "daily", selftest_daily, "no",
	    "a mail of ours to ourselves, with its delay"),
	CLOCK("selftest", "time", selftest_time, "07:00", "when it goes out"),
	INT("selftest", "wait_minutes", selftest_wait, 5, 1440, "30",
	    "not back by then: the administrator is told"),
	PATH("metrics", "file", metrics_file, "", "OpenMetrics text for node_exporter"),
	ADDR("admin", "address", admin, "who is told of trouble"),
	ADDRS("cabinet", "address", cabinet, "who gets the weekly digest"),
	STR("cabinet", "day", cabinet_day, "monday", "its day"),
	CLOCK("cabinet", "time", cabinet_time, "08:00", "its time"),
	INT("cabinet", "yardstick_persons", yardstick_persons, 0, 1000000, "0",
	    "persons a year that the digest compares with; 0: none"),
	INT("cabinet", "yardstick_settled", yardstick_settled, 0, 1000000, "0",
	    "settled tickets a year; 0: none"),
};

const size_t config_table_size = sizeof config_table / sizeof *config_table;
_Static_assert(sizeof config_table / sizeof *config_table <= CONFIG_KEYS_MAX, "lines of keys");
