/* config_table.h - every key of bureaud.conf but those of [agent NAME]. */
#ifndef APP_CONFIG_TABLE_H
#define APP_CONFIG_TABLE_H

#include <stddef.h>

enum config_type {
	CONFIG_STR, CONFIG_PATH, CONFIG_SECRET, CONFIG_INT, CONFIG_BOOL, CONFIG_WORD,
	CONFIG_WHEN, CONFIG_ADDR, CONFIG_ADDRS, CONFIG_CLOCK
};

struct config_key {
	const char *section, *key;
	enum config_type type;
	size_t offset;			/* in struct config */
	int min, max;			/* CONFIG_INT */
	const char *words;		/* CONFIG_WORD: "a|b|c", stored as its index */
	const char *value;		/* default */
	const char *meaning;
};

enum { CONFIG_KEYS_MAX = 128 };
extern const struct config_key config_table[];
extern const size_t config_table_size;

#endif
