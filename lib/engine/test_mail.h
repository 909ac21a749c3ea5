/*
 * test_mail.h - one message to somebody who waits for it in front of a page:
 * does the relay of the configuration take it, and what does it say?
 */
#ifndef ENGINE_TEST_MAIL_H
#define ENGINE_TEST_MAIL_H

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"

/* How it went; texts from the pool. */
struct test_mail {
	int is_taken;
	const char *text;     /* one line: what happened */
	const char *dialogue; /* the last lines of it: "> ours", "< theirs" */
};

/* Send a message from the configured sender to `to`, which takes some seconds
 * at most.  -1: it could not even be tried. */
MUSTUSE int test_mail_send(const struct conf *c, const char *to, struct mem *m,
			   struct test_mail *out, struct err *e);

#endif
