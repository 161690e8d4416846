/* token_ask.h - how intake and post ask the token role: one packet each way. */
#ifndef APP_TOKEN_ASK_H
#define APP_TOKEN_ASK_H

#include "oauth2.h"

#include <stdint.h>

enum { TOKEN_TEXT_MAX = OAUTH2_ACCESS_MAX };

struct token_ask { uint64_t refused; };	/* id, 0 none */
struct token_told {
	int32_t st;
	uint64_t id;
	char text[TOKEN_TEXT_MAX + 1];	/* the token, or why there is none; NUL-ended */
};

#endif
