/*
 * map.h - the mapping of a delivery into contact fields and custom variables.
 * Pure: rules and source in, values and faults out.
 *
 * A rule: {"from":PATH | "value":LITERAL, "to":"contact.FIELD" |
 * "contact.custom.KEY" | "custom_variables.NAME", "default":..., "required":
 * bool, "as":"text|number|boolean|date|json"}.  A value that is absent, null
 * or empty takes the default; without one it is left out, so it never erases
 * anything.  Of two rules with the same target the last that has a value wins.
 */
#ifndef FLOW_MAP_H
#define FLOW_MAP_H

#include "flow/faults.h"

#include <json-c/json_object.h>

/* The contact's fields that a rule may name, ended by NULL: email, phone,
 * first_name, last_name, full_name (split into the two where they are not
 * mapped themselves), company_name, address1, city, state, postal_code,
 * country, timezone, date_of_birth, source, website. */
extern const char *const map_contact_fields[];

/* Where a rule's value goes. */
enum map_target {
	MAP_NOTHING,
	MAP_FIELD,   /* contact.FIELD, also one that there is not */
	MAP_CUSTOM,  /* contact.custom.KEY */
	MAP_VARIABLE /* custom_variables.NAME */
};

/* What a rule's "to" means; *name is its FIELD, KEY or NAME, from the pool,
 * NULL where it means nothing. */
enum map_target map_target(struct mem *m, const char *to, const char **name);

/* A contact as the mapping made it: normalised identities, texts. */
struct mapped {
	struct json_object *contact;   /* {"email","phone","first_name",...,
					* "custom":{...}}: only what has a
					* value, all valid */
	const char *email_key;	       /* what identifies, or NULL */
	struct json_object *variables; /* custom_variables */
	struct faults missing;	       /* required targets that no rule gave
					* a value (none there, or it is also
					* among the invalid) */
	struct faults invalid;	       /* values that do not fit: not stored */
};

/* Check the document form of the list of rules. */
void map_check(struct json_object *rules, const char *pointer,
	       struct faults *f);

/*
 * Apply the rules to `source` ({"body","query","headers","method"}).
 * Telephone numbers without country code are of `country`; `custom_types`
 * ({"key": "text|number|date|boolean|list"}, or NULL) tells what the
 * account's custom fields take.  Everything belongs to the pool.  A fault's
 * path is the rule's "from" (or "to").
 */
void map_apply(struct json_object *rules, struct json_object *source,
	       const char *country, struct json_object *custom_types,
	       struct mem *m, struct mapped *out);

/* `*v` as a custom field of this type wants it (NULL: the account did not
 * define it, and it takes a scalar or a list of scalars); `place` is where the
 * value comes from.  In the pool; -1 with ERR_INPUT: it does not fit. */
MUSTUSE int map_fit_custom(struct mem *m, const char *type,
			   struct json_object **v, const char *place,
			   struct err *e);

/* Replace the member full_name, where there is one, by first_name and
 * last_name where these are absent. */
void map_split_full_name(struct mem *m, struct json_object *contact);

/*
 * Check and normalise one contact field as text, in the same way (for steps,
 * CLI and import): returns the value from the pool, or NULL with ERR_INPUT
 * saying why it does not fit.  *key is the matching key for email.
 */
const char *contact_field_value(struct mem *m, const char *field,
				const char *text, const char *country,
				const char **key, struct err *e);

#endif
