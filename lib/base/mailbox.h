/*
 * mailbox.h - e-mail addresses as people write them.  Pure.  GMime repairs
 * what it does not understand; here a faulty address is named, because what
 * enters the SMTP dialogue must not be able to hold a second command.
 */
#ifndef BASE_MAILBOX_H
#define BASE_MAILBOX_H

#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>

/* One item of an address list; both from the pool. */
struct mailbox {
	const char *name;    /* "" when there is none */
	const char *address; /* an international domain in its ASCII form */
};

/* Why `address` (bare, name@domain) is none that SMTP's envelope may hold, or
 * NULL when it is one: ASCII, a dot-atom, a domain name. */
const char *mailbox_fault(const char *address);

/*
 * Read the next item of *list, `Name <address>` or `address`, and move *list
 * behind it.  Items stand between commas; empty ones are skipped.  Returns 1,
 * 0 at the end, or -1 with ERR_PERM.  The list is one line of UTF-8.
 */
MUSTUSE int mailbox_read(struct mem *m, const char **list, struct mailbox *box,
			 struct err *e);

/* Printable ASCII of at most `max` bytes that can stand between < and >? */
int mailbox_is_bracketable(const char *s, size_t max);

/* The URL, in the pool, of a List-Unsubscribe header (RFC 2369) that may be
 * written in <>; NULL with ERR_PERM when it is none. */
const char *mailbox_unsubscribe(struct mem *m, const char *text, struct err *e);

#endif
