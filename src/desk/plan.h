/* plan.h - everything that will happen because of one mail, as one value.
 * plan_make decides and touches nothing; store_apply does all of it or nothing;
 * `bureauctl explain` prints it. */
#ifndef DESK_PLAN_H
#define DESK_PLAN_H

#include "mac.h"
#include "thread.h"

enum ack { ACK_STANDARD, ACK_SHORT, ACK_DISCREET, ACK_AGENT, ACK_NONE };
const char *ack_name(enum ack k);

/* Where the original goes after COMMIT. */
enum plan_file { PLAN_FILE_TICKET, PLAN_FILE_FILED, PLAN_FILE_REVIEW };

/* Acknowledgments that wait to be sent are taken back before this plan's own mails are queued:
 * those of the ticket, or all to its citizen.  (A mail whose dot is out goes on.) */
enum plan_withdraw { PLAN_WITHDRAW_NONE, PLAN_WITHDRAW_TICKET, PLAN_WITHDRAW_PERSON };

struct plan_event { enum event_kind kind; const char *by, *text; };

struct plan_mail {
	enum mail_kind kind;
	const char *to;
	const char *mail_from;		/* "" is the null sender */
	const char *message_id;
	struct span wire;		/* finished bytes */
	int64_t not_before;		/* UTC */
	bool held;			/* waits until a cap allows it */
	int64_t ticket;			/* of a plan without one; 0: none */
};

/* OUTWARD: mails that the words of one agent's mail may send, answer and #accuser apart. */
enum { PLAN_PARTNERS = 20, PLAN_OUTWARD = 8 };

/* day: the local day of `at`. */
struct plan_reminder { int64_t at; int32_t day; const char *text; };

/* What an agent's mail changes of its ticket; unset fields leave it as it is. */
struct plan_change {
	bool any;
	const char *agent, *category, *quartier;	/* "" unchanged */
	const char *contact;		/* where the citizen is reached safely; "" unchanged */
	const char *admit;		/* an address that may write into the ticket; "" none */
	bool has_urgency; enum urgency urgency;
	bool has_outcome; enum ticket_outcome outcome;
	bool sensitive;
	bool silence;			/* nothing automatic to the citizen, ever */
	bool answered;			/* the citizen gets an answer with this mail */
	bool has_meeting; int64_t meeting; int meeting_sequence; const char *meeting_place;
	struct plan_reminder *reminder; size_t nreminders;	/* of the author */
	const char *partner[PLAN_PARTNERS]; size_t npartners;	/* may write into the ticket */
};

/* The author is away from the first day to the last, or back: then all that was said of it, and
 * is not over, is forgotten. */
struct plan_absence { bool any, over; int32_t first, last; };

/* Kept in `undo` where a later mail of the agent may take this one back, under the digest of
 * the code that its transcript tells; given back by #annuler. */
struct undo_facts; struct undo_value; struct order_facts;
struct plan_undo {
	const struct sha256 *code;		/* NULL: nothing can be taken back */
	const struct undo_facts *of;		/* taken back now; NULL: nothing */
	const struct undo_value *v; size_t n;	/* these of its values */
};

struct plan {
	struct ident who;
	struct thread thread;
	const char *row;		/* of the decision table: the reason's name */
	enum mail_outcome outcome;
	enum mail_role role;
	const char *because;

	bool has_ticket;		/* opened or joined; false: every ticket field is unset */
	bool opens;
	const char *ref;		/* of the ticket */
	int ref_year, ref_number;	/* where it opens */
	int64_t ticket;			/* where it joins */
	int64_t about_ticket;		/* "maybe about", 0: none */
	enum ticket_state state;
	const char *category; enum urgency urgency; bool sensitive, untrusted;
	const char *quartier, *lang, *subject, *citizen;
	int32_t due;			/* local day promised; 0: none */
	int32_t due_ar, due_silence;	/* legal days; 0: none */

	/* The mail of ours that this delivery report calls undelivered, and its status, "5.1.1";
	 * "" none. */
	const char *failed, *failed_status;

	struct plan_change change;
	bool watch;			/* alerted, and again until an agent takes or answers it */
	struct plan_undo undo;
	struct plan_absence absence;
	const char *selftest;		/* our daily mail is back: its Message-ID; NULL: no */
	const struct sha256 *confirm;	/* digest of the code that this mail waits for; NULL: none */
	int64_t *confirmed; size_t nconfirmed;	/* held mails that may be carried out now */
	bool no_auto;			/* from now on nothing automatic goes to that person */
	enum ack ack; const char *ack_because;
	enum plan_withdraw withdraw;
	enum plan_file file;
	struct plan_event *events; size_t nevents;
	struct plan_mail *mails; size_t nmails;
	const char **notices; size_t nnotices;	/* agents told in a mail of many */
};

/* Another ticket of the same person. */
struct earlier_ticket {
	const char *ref, *category, *agent;	/* agent: section, "" nobody */
	enum ticket_state state;
	bool sensitive;
	int64_t opened;
};

/* How many notifications an agent got in the last NOTIFY_WINDOW seconds; gathering: some
 * wait for a mail of many, or one went out in that time. */
enum { NOTIFY_WINDOW = 60 };
struct agent_load { int sent; bool gathering; };

/* A mail of ours that belongs to no ticket. */
struct minted { const char *for_, *message_id; };

/* What the store knows, read in the same transaction. */
struct plan_facts {
	const struct thread_hit *hits; size_t nhits;
	const struct agent_load *load;	/* by agent, last the administrator's; NULL: nothing sent */
	const struct minted *minted; size_t nminted;	/* tokens of no ticket in the mail */
	int next_number;		/* of this year's tickets */
	bool person_no_auto;		/* sticky */
	bool person_sensitive;		/* has a sensitive ticket, open or still kept */
	const char *contact;		/* where the person is reached safely; NULL or "" unknown */
	int acks_to_sender, acks_to_domain, acks_all;	/* in their windows */
	const struct earlier_ticket *earlier; size_t nearlier;	/* newest first */
	const bool *away;		/* of each agent of the desk, today; NULL: nobody is */
	const struct order_facts *orders;	/* needs.h; NULL: no agent's mail */
	unsigned char (*random)[MSGID_RANDOM]; size_t nrandom;	/* one a mail we may send, one a code */
};

/* How many mails one plan may hold, and random parts it needs: an acknowledgment, an answer, a
 * transcript, what orders send, for each agent an alert or a notification, twice where an order
 * concerns two tickets, one for the administrator, and two codes. */
size_t plan_mails_max(const struct desk *d);

struct plan_in {
	const struct mail *mail;	/* NULL: unreadable */
	const struct verdict *verdict;	/* may be there without the mail: danger is told of */
	struct ident_facts ident;
	bool marked;			/* carries our keyword already: an earlier database had it */
	int64_t received;		/* INTERNALDATE */
	int64_t now;
};

/* Are the bytes of this mail's files wanted: an agent's go to the citizen, a citizen's, where
 * they are not withheld and not too large, to the agents. */
bool plan_wants_files(const struct desk *d, const struct mail *m, const struct verdict *v);

/* ST_PERM: a text of ours cannot be made (a template's fault): the mail must wait. */
enum status plan_make(struct arena *a, const struct desk *d, const struct plan_in *in,
    const struct plan_facts *facts, struct plan *out, struct fault *f) MUST_USE;

/* What an agent confirmed is not in the mailbox any more: the agent is told.  Only out->mails
 * and nmails are made. */
enum status plan_held_lost(struct arena *a, const struct desk *d, const char *agent,
    int64_t received, int64_t now, const struct plan_facts *random, struct plan *out,
    struct fault *f) MUST_USE;

/* The guide, to an agent whom we write to for the first time.  Only out->mails and nmails are
 * made. */
enum status plan_guide(struct arena *a, const struct desk *d, const struct agent *to,
    int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;

/* One mail for all that was set aside since the last one: to the agents of every category, else
 * to all, else to the administrator.  Only out->mails and nmails are made. */
enum status plan_review(struct arena *a, const struct desk *d, unsigned naside, int64_t now,
    const struct plan_facts *random, struct plan *out, struct fault *f) MUST_USE;

/* A ticket in a mail of many; arrived: messages since it was named last. */
struct grouped_ticket {
	int64_t ticket;
	const char *ref, *category;
	enum urgency urgency;
	bool sensitive;
	int messages, arrived;
};
/* One mail to one agent for many notifications, the urgent ones first.  It proves its agent and
 * proposes no ticket.  Only out->mails and nmails are made. */
enum { GROUP_MAX = 400 };
enum status plan_group(struct arena *a, const struct desk *d, const char *to,
    const struct grouped_ticket *v, size_t n, int64_t now, const struct plan_facts *random,
    struct plan *out, struct fault *f) MUST_USE;

#endif
