/*
 * known.h - hooks that one request thread remembers between its requests, so
 * that most deliveries need one statement instead of two.  What is remembered
 * may have changed: whoever judges by it has hook_receive compare the hook's
 * stamp, and finds the hook anew when that says stale.
 */
#ifndef ENGINE_KNOWN_H
#define ENGINE_KNOWN_H

#include "base/mem.h"
#include "base/token.h"
#include "store/hook.h"

/* Zeroed, it remembers nothing. */
struct known {
	struct known_hook {
		unsigned char key[TOKEN_KEY_SIZE];
		struct mem *mem;
		struct hook *hook; /* NULL: nothing is remembered here */
		int64_t asked_us;  /* by our clock */
		int64_t now_us;	   /* the same moment by the database's */
	} place[16];
};

/* The hook of a token's key as it was at most a minute ago, its now_us being
 * now; NULL when it is not remembered.  Good until the next known_room. */
const struct hook *known_find(struct known *k, const unsigned char *key);

/* An empty pool for the hook of this key, which then goes to known_keep.
 * What is not kept lives there until the next known_room all the same. */
struct mem *known_room(struct known *k, const unsigned char *key);

/* `asked_us` is known_clock() before the hook was asked for. */
void known_keep(struct known *k, const unsigned char *key, struct hook *h,
		int64_t asked_us);

/* Microseconds of a clock that nobody sets, and that goes on while the machine
 * sleeps. */
int64_t known_clock(void);

void known_free(struct known *k);

#endif
