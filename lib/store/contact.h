/*
 * contact.h - the people: looking at them, joining two that are one, parting,
 * forgetting, and taking in lists of them.  Making and matching them by
 * deliveries is hook.h.
 */
#ifndef STORE_CONTACT_H
#define STORE_CONTACT_H

#include "store/db.h"

#include <json-c/json_object.h>

/* What a contact may be found by; NULL: not by this. */
struct contact_key {
	const char *id;
	const char *email; /* its matching key (flow/map.h) */
	const char *phone; /* E.164 */
};

/* Which contacts a list has; NULL: not narrowed by this. */
struct contact_filter {
	const char *words;   /* lists of texts, as JSON: how names, companies */
	const char *numbers; /* or addresses, and numbers, begin */
	const char *tag;     /* whatever its case */
	const char *before;  /* ids below this one: the next page */
};

/* Newest first: [{"id","email","phone","first_name","last_name","name","tags",
 * "created_at"}]. */
MUSTUSE int contact_list(struct db *db, const char *account_id,
			 const struct contact_filter *f, const char *limit,
			 struct mem *m, struct json_object **out,
			 struct err *e);

/* Some tags that contacts have, the usual ones first: a list of texts. */
MUSTUSE int contact_tags(struct db *db, const char *account_id, struct mem *m,
			 struct json_object **out, struct err *e);

/* Change one by hand: {"set","email_key","add_tags","remove_tags","drop":
 * [{"kind","value"}]} in JSON.  *out: {}, or, and then nothing was changed,
 * {"kind","owner": the contact that has this address or number}, {"problem"},
 * {"gone"}. */
MUSTUSE int contact_edit(struct db *db, const char *account_id, const char *id,
			 const char *patch, struct mem *m,
			 struct json_object **out, struct err *e);

/* Its runs and deliveries below these ids (NULL: the newest): [{"kind":
 * "run|delivery","id","at","workflow","workflow_name","status",...}]. */
MUSTUSE int contact_timeline(struct db *db, const char *account_id,
			     const char *id, const char *before_run,
			     const char *before_delivery, const char *limit,
			     struct mem *m, struct json_object **out,
			     struct err *e);

/* The id of the contact, NULL when there is none. */
MUSTUSE int contact_find(struct db *db, const char *account_id,
			 const struct contact_key *key, struct mem *m,
			 const char **id, struct err *e);

/*
 * The contact that has all that is asked for, whatever the case, the first that
 * was there: {"id","matches": how many have it,"contact": its row}, or NULL.
 * `fields` and `custom` are JSON objects of texts.  With neither id, address
 * nor number all contacts of the account are looked through.
 */
MUSTUSE int contact_match(struct db *db, const char *account_id,
			  const struct contact_key *key, const char *fields,
			  const char *custom, struct mem *m,
			  struct json_object **out, struct err *e);

/*
 * Join two: `other` is gone, all that was its is `keep`'s.  *out: {"merge": id
 * in the ledger, "contact","other","filled":{FIELD: value},"tags","identities",
 * "runs","cancelled_runs":[id],"deliveries","dry_run"}.  `who` is written down.
 * A dry run does all of it and takes it back.  ERR_GONE, ERR_INPUT: they can't
 * be joined.
 */
MUSTUSE int contact_merge(struct db *db, const char *account_id,
			  const char *keep, const char *other, const char *who,
			  int is_dry_run, struct mem *m,
			  struct json_object **out, struct err *e);

/* Undo one: {"merge","contact","other","kept":[names of fields that were
 * changed since],"identities","runs","deliveries","still_cancelled_runs"}. */
MUSTUSE int contact_unmerge(struct db *db, const char *account_id,
			    const char *merge, const char *who, struct mem *m,
			    struct json_object **out, struct err *e);

/* What leads to a contact, as it matches: a list of texts.  `kind`: "email" or
 * "phone". */
MUSTUSE int contact_identities(struct db *db, const char *account_id,
			       const char *id, const char *kind, struct mem *m,
			       struct json_object **out, struct err *e);

/* Note that a contact is not to be written to by `channels` (a list as
 * PostgreSQL writes it: "{email,sms,marketing}"), or may be again.  1: this was
 * new, 0: it was so already, or -1. */
MUSTUSE int contact_stop(struct db *db, const char *account_id, const char *id,
			 const char *channels, int is_stopped, struct err *e);

/*
 * What the link in a contact's marketing e-mail shows: {"account": its name,
 * "email": with most letters masked, "is_unsubscribed"}; "email" is null when
 * there is no such contact, or not any more.  *out is NULL without account.
 */
MUSTUSE int unsubscribe_show(struct db *db, const char *account_id,
			     const char *id, struct mem *m,
			     struct json_object **out, struct err *e);

/* The same, after unsubscribing it, or subscribing it again. */
MUSTUSE int unsubscribe_set(struct db *db, const char *account_id,
			    const char *id, int is_unsubscribed, struct mem *m,
			    struct json_object **out, struct err *e);

/* The ledger, newest first: of all, or of the contact `keep`; below `before`,
 * where that is not NULL. */
MUSTUSE int contact_merges(struct db *db, const char *account_id,
			   const char *keep, const char *before,
			   const char *limit, struct mem *m,
			   struct json_object **out, struct err *e);

/* Forget a person: {"contact","identities","cancelled_runs","runs",
 * "deliveries","unowned_deliveries","unowned_runs","merges"}, numbers of what
 * was emptied.  Reads through all deliveries of nobody. */
MUSTUSE int contact_erase(struct db *db, const char *account_id, const char *id,
			  struct mem *m, struct json_object **out,
			  struct err *e);

/*
 * How a person is found in a text, for the next two: the contact `id`, or where
 * that is NULL whom `key` and `given` (the address as somebody wrote it) name.
 * *pattern is NULL when nothing could be found by it.
 */
MUSTUSE int person_pattern(struct db *db, const char *account_id,
			   const char *id, const struct contact_key *key,
			   const char *given, struct mem *m,
			   const char **pattern, struct err *e);

/* Forget somebody who is no contact, in what belongs to nobody:
 * {"unowned_deliveries","unowned_runs"}. */
MUSTUSE int person_erase(struct db *db, const char *account_id,
			 const char *pattern, struct mem *m,
			 struct json_object **out, struct err *e);

/* Do these bytes, an entry of a spool for the hook with this key (NULL: for
 * whichever), name the person?  1, 0, or -1. */
MUSTUSE int person_is_in(struct db *db, const char *account_id,
			 const char *pattern, const unsigned char *key,
			 const char *bytes, size_t len, struct err *e);

/* What became of one contact of a list; texts from the pool. */
struct contact_taken {
	const char *id;	     /* NULL: skipped */
	const char *verdict; /* created, updated, unchanged, skipped */
	const char *reason;  /* NULL: nothing to say */
};

/* Make or match a list of `n` contacts, [{"contact","email_key","tags"}], in
 * one commit.  Fills a row each. */
MUSTUSE int contact_import(struct db *db, const char *account_id,
			   const char *list, int is_dry_run, struct mem *m,
			   struct contact_taken *out, int n, struct err *e);

/* All about at most `limit` contacts with ids above `after`, by id; or about
 * those of `ids` (a list in JSON), where that is not NULL. */
MUSTUSE int contact_export(struct db *db, const char *account_id,
			   const char *after, const char *limit,
			   const char *ids, struct mem *m,
			   struct json_object **out, struct err *e);

/* {"key": type} of the custom fields that contacts have or the account defined;
 * the type is null where it did not. */
MUSTUSE int contact_custom_keys(struct db *db, const char *account_id,
				struct mem *m, struct json_object **out,
				struct err *e);

/* {"key": type} of those that it defined, NULL when there are none. */
MUSTUSE int contact_custom_types(struct db *db, const char *account_id,
				 struct mem *m, struct json_object **out,
				 struct err *e);

/* All its fields, "custom", "tags", "identities": [{"kind","value"}] and its
 * newest "runs".  ERR_GONE: no such contact. */
MUSTUSE int contact_show(struct db *db, const char *account_id, const char *id,
			 struct mem *m, struct json_object **out,
			 struct err *e);

#endif
