/*
 * suggest_words.h - the words that senders use: what a contact's fields are
 * called, in the naming styles there are, and whose they are.  What follows
 * from it is suggest.c.
 */
#ifndef FLOW_SUGGEST_WORDS_H
#define FLOW_SUGGEST_WORDS_H

#include "base/mem.h"

#include <stddef.h>

#define SUGGEST_WORDS_MAX 16
#define SUGGEST_FIELDS 15

/* "Customer-firstName" is customer, first, name. */
struct suggest_words {
	const char *word[SUGGEST_WORDS_MAX];
	size_t n;
};

struct suggest_field {
	const char *name;	  /* of the contact */
	const char *const *names; /* its words in one; ended by NULL */
	int takes_number;
	int is_common; /* other things are called so too: it must clearly be
			* the contact's */
};

/* In the order in which they are looked for: email, phone, first_name,
 * last_name, full_name, ... */
extern const struct suggest_field suggest_fields[SUGGEST_FIELDS];

/* XML's prefix of a namespace ("sf:Email") is no word. */
void suggest_words(struct mem *m, const char *name, struct suggest_words *out);

/* The word from which on they are one of `names`, also with a number behind
 * (email2); -1: none is. */
int suggest_find(struct mem *m, const struct suggest_words *w,
		 const char *const *names);

enum suggest_whose {
	WHOSE_UNKNOWN,
	WHOSE_CUSTOMER,
	WHOSE_BILL,
	WHOSE_OTHER, /* a shop's, a sender's */
	WHOSE_KINDS
};

/* Whose it is by the first `n` words; the last that says anything counts.
 * *n_unknown: how many say nothing. */
enum suggest_whose suggest_whose(const struct suggest_words *w, size_t n,
				 size_t *n_unknown);

/* "value", "answer" and the like: they say nothing of what they hold. */
int suggest_is_generic(const struct suggest_words *w);

#endif
