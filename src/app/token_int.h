/* token_int.h - between the files of token. */
#ifndef APP_TOKEN_INT_H
#define APP_TOKEN_INT_H

#include "limits.h"
#include "mac.h"
#include "oauth2.h"
#include "token.h"

/* What stands in the file.  Times are UTC seconds. */
struct token_state {
	char access[OAUTH2_ACCESS_MAX + 1];	/* "" none */
	char refresh[OAUTH2_REFRESH_MAX + 1];	/* rotated; "" the configured one is good */
	int64_t until, renew_at;
	int64_t forced_at;		/* renewed then because the one before was refused */
};

struct token_keeper {
	struct arena *arena;		/* the keeper lives in it */
	const struct config *cfg;
	int stop_fd;
	char client_secret[LIMIT_SECRET + 1], refresh_token[LIMIT_SECRET + 1];
	char whose[2 * SHA256_BYTES + 1];	/* of which service, client and refresh token */
	char what[2 * SHA256_BYTES + 1];	/* the same, with grant and scope */
	struct token_state now;
	bool unsaved;			/* newer than the file */
	/* The service failed: not again before. */
	unsigned failures;
	int64_t not_before;		/* clock_mono_ms */
	struct fault why;
};

/* What the file holds for this keeper's configuration; nothing where there is none.  Where it
 * cannot be read, what the keeper has stays: then a token is fetched when it is time. */
void token_file_read(struct token_keeper *k);
enum status token_file_write(const struct token_keeper *k, struct fault *f) MUST_USE;
/* The lock's descriptor: close it.  ST_TEMP: another process holds it for too long. */
enum status token_file_lock(const struct token_keeper *k, int *fd_out, struct fault *f) MUST_USE;

#endif
