/* desk.h - what the deciding code knows of the configuration: a view that app fills once.
 * Every pointer outlives the desk; "" stands for absent. */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "directory.h"
#include "hours.h"
#include "quartiers.h"
#include "rules.h"
#include "texts.h"

enum violence_ack { VIOLENCE_ACK_AGENT, VIOLENCE_ACK_DISCREET, VIOLENCE_ACK_NONE };

struct agent {
	const char *section;		/* "claire" */
	const char *name, *spec;
	const char *categories;		/* comma separated, or "*" */
	bool on_call;
};

struct desk {
	const char *name, *organisation, *phone, *postal_address;
	const char *address, *domain;	/* of the bureau; the domain of address */
	const char *prefix;		/* "BI" */
	const char *const *own; size_t nown;	/* address and aliases */
	const struct agent *agents; size_t nagents;
	const char *admin;
	const char *cabinet;		/* comma separated */
	const char *authserv_id, *form_sender;
	enum violence_ack violence_ack;
	int promise_days, reopen_days;
	int acks_per_sender_per_day, acks_per_domain_per_hour, acks_per_hour;	/* 0: no cap */
	int yardstick_persons, yardstick_settled;	/* what the town counts on a year; 0: - */
	int ack_delay_seconds;
	int group_after;		/* notifications to an agent in a minute; 0: no end */
	bool null_sender;
	bool plus_addresses;		/* answers may come to address+TOKEN */
	int64_t since;			/* mail received earlier is only recorded */
	struct span key;		/* empty: explain without a key */
	struct hours hours;
	const struct rules *rules;	/* categories at least */
	const struct texts *texts;
	const struct directory *directory;	/* NULL: none */
	const struct quartiers *quartiers;	/* NULL: none */
};

/* Also with a +detail: the server brings it to the same mailbox, or it is nobody's. */
bool desk_is_own(const struct desk *d, const char *spec);
/* NULL when that address is no agent's. */
const struct agent *desk_agent(const struct desk *d, const char *spec);
bool agent_has(const struct agent *g, const char *category);

#endif
