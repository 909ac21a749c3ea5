/*
 * replay_dry.c - what a replay would do, found out by doing it: the delivery is
 * kept in a transaction, contacts and checks are looked at as they are then,
 * all is rolled back, and the contacts are looked at as they are again.  The
 * numbers that sequences gave are lost; nothing else is left of it.
 */
#include "config.h"

#include "engine/replaying.h"
#include "engine/receiving.h"

#include "base/json.h"
#include "flow/map.h"
#include "store/contact.h"
#include "store/db.h"
#include "store/delivery.h"

#include <string.h>

#include "base/banned.h"

/* One contact that a delivery is about. */
struct effect {
	struct json_object *row; /* what was judged of it */
	const char *contact_id;	 /* NULL: none */
	struct json_object *out;
};

struct effects {
	struct effect *list;
	size_t n;
};

static struct json_object *
new_list(struct json_object *o, const char *key)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(o, key, list);
	return list;
}

/* --- who it is about ------------------------------------------------------ */

static struct effects
whole_effect(struct replaying *rg)
{
	struct effects all = { mem_alloc(rg->m, sizeof(*all.list)), 1 };

	all.list->row = rg->r->row;
	all.list->contact_id = rg->r->answer.contact_id;
	all.list->out = rg->out;
	return all;
}

static struct effects
part_effects(struct replaying *rg, struct json_object *answers)
{
	struct json_object *rows = json_get(rg->r->row, "parts"), *answer, *o;
	struct json_object *parts = new_list(rg->out, "parts");
	struct effects all = { NULL, json_object_array_length(answers) };
	size_t i;

	all.list = mem_alloc(rg->m, (all.n + 1) * sizeof(*all.list));
	for (i = 0; i < all.n; i++) {
		answer = json_object_array_get_idx(answers, i);
		o = json_object_new_object();
		json_object_array_add(parts, o);
		json_set_string(o, "status", json_get_string(answer, "status"));
		json_set_string(o, "reason", json_get_string(answer, "reason"));
		all.list[i] =
			(struct effect){ json_object_array_get_idx(rows, i),
					 json_get_string(answer, "contact"),
					 o };
	}
	return all;
}

static struct effects
effects_of(struct replaying *rg)
{
	struct json_object *parts = rg->r->answer.parts;

	return parts != NULL ? part_effects(rg, parts) : whole_effect(rg);
}

/* --- the contact ---------------------------------------------------------- */

/* What the user can map or set of a contact, and has a value. */
static struct json_object *
fields_of(struct json_object *contact)
{
	struct json_object *o = json_object_new_object(), *v;
	const char *const *field;

	for (field = map_contact_fields; *field != NULL; field++) {
		v = json_get(contact, *field);
		if (v != NULL)
			json_object_object_add(o, *field, json_object_get(v));
	}
	json_object_object_add(o, "tags",
			       json_object_get(json_get(contact, "tags")));
	json_object_object_add(o, "custom",
			       json_object_get(json_get(contact, "custom")));
	return o;
}

static void
add_change(struct json_object *changes, const char *field,
	   struct json_object *before, struct json_object *after)
{
	struct json_object *o;

	if (json_object_equal(before, after))
		return;
	o = json_object_new_object();
	json_set_string(o, "field", field);
	json_object_object_add(o, "before", json_object_get(before));
	json_object_object_add(o, "after", json_object_get(after));
	json_object_array_add(changes, o);
}

/* Nothing but receiving changes it meanwhile, and that never removes. */
static void
add_changes(struct mem *m, struct json_object *changes, const char *prefix,
	    struct json_object *before, struct json_object *after)
{
	if (after == NULL)
		return;
	json_object_object_foreach (after, name, value) {
		if (prefix[0] == '\0' && strcmp(name, "custom") == 0)
			add_changes(m, changes, "custom.",
				    json_get(before, name), value);
		else
			add_change(changes, mem_printf(m, "%s%s", prefix, name),
				   json_get(before, name), value);
	}
}

/* By which of what the delivery names was the contact found? */
static void
add_matches(const struct effect *ef, struct json_object *before)
{
	const char *email = json_get_string(ef->row, "email_key");
	const char *phone =
		json_get_string(json_get(ef->row, "contact"), "phone");
	struct json_object *list = json_get(before, "identities"), *one;
	struct json_object *by = new_list(ef->out, "matched_by");
	const char *kind, *value, *wanted;
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	for (i = 0; i < n; i++) {
		one = json_object_array_get_idx(list, i);
		kind = json_get_string(one, "kind");
		value = json_get_string(one, "value");
		wanted = strcmp(kind, "email") == 0 ? email : phone;
		if (wanted != NULL && strcmp(value, wanted) == 0)
			json_object_array_add(by, json_object_new_string(kind));
	}
}

/* The contact as it is now; NULL when there is none. */
static int
look(struct replaying *rg, const char *id, struct json_object **out,
     struct err *e)
{
	const struct replay *rp = rg->rp;

	*out = NULL;
	if (id == NULL ||
	    contact_show(rp->db, rp->account_id, id, rg->m, out, e) == 0)
		return 0;
	*out = NULL;
	return e->kind == ERR_GONE ? 0 : -1;
}

/* In the transaction: the contact as it would be. */
static int
look_after(struct replaying *rg, const struct effects *all, struct err *e)
{
	struct json_object *after;
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (look(rg, all->list[i].contact_id, &after, e) == -1)
			return -1;
		if (after != NULL)
			json_object_object_add(all->list[i].out, "after",
					       fields_of(after));
	}
	return 0;
}

static void
add_difference(struct mem *m, const struct effect *ef,
	       struct json_object *before)
{
	struct json_object *o = ef->out, *fields = NULL, *id = NULL;

	if (before != NULL) {
		fields = fields_of(before);
		id = json_object_new_string(ef->contact_id);
	}
	json_object_object_add(o, "contact", id);
	json_object_object_add(o, "is_new",
			       json_object_new_boolean(before == NULL));
	add_matches(ef, before);
	json_object_object_add(o, "before", fields);
	add_changes(m, new_list(o, "changes"), "", fields,
		    json_get(o, "after"));
}

/* After it: the contact as it is, and what differs. */
static int
look_before(struct replaying *rg, const struct effects *all, struct err *e)
{
	struct json_object *before;
	const struct effect *ef;

	for (ef = all->list; ef < all->list + all->n; ef++) {
		if (ef->contact_id == NULL)
			continue;
		if (look(rg, ef->contact_id, &before, e) == -1)
			return -1;
		add_difference(rg->m, ef, before);
	}
	return 0;
}

/* Also of what is not enrolled, where it is one: they tell why. */
static void
add_variables(struct replaying *rg, const struct effects *all)
{
	struct json_object *variables;
	const struct effect *ef;

	for (ef = all->list; ef < all->list + all->n; ef++) {
		variables = json_get(ef->row, "variables");
		if (variables == NULL && ef->out == rg->out)
			variables = json_get(receive_preview(rg->r),
					     "custom_variables");
		if (variables != NULL)
			json_object_object_add(ef->out, "custom_variables",
					       json_object_get(variables));
	}
}

/* --- the checks ----------------------------------------------------------- */

/* The delivery as it would be shown: its checks, and those of its parts. */
static int
look_checks(struct replaying *rg, const char *delivery_id,
	    struct json_object *out, struct err *e)
{
	const struct replay *rp = rg->rp;
	struct json_object *shown;
	const char *body;
	size_t len;

	if (delivery_id == NULL)
		return 0;
	if (delivery_show(rp->db, rp->account_id, delivery_id, rg->m, &shown,
			  &body, &len, e) == -1)
		return -1;
	json_object_object_add(out, "checks",
			       json_object_get(json_get(shown, "checks")));
	return 0;
}

static int
look_all_checks(struct replaying *rg, const struct effects *all, struct err *e)
{
	const struct answer *a = &rg->r->answer;
	struct json_object *part;
	size_t i;

	if (look_checks(rg, a->delivery_id, rg->out, e) == -1)
		return -1;
	for (i = 0; a->parts != NULL && i < all->n; i++) {
		part = json_object_array_get_idx(a->parts, i);
		if (look_checks(rg, json_get_string(part, "delivery"),
				all->list[i].out, e) == -1)
			return -1;
	}
	return 0;
}

/* --- the trial ------------------------------------------------------------ */

static int
try_out(struct replaying *rg, struct effects *all, struct err *e)
{
	const struct replay_trial *trial = rg->rp->trial;
	int rc = -1;

	if (db_begin(rg->rp->db, e) == -1)
		return -1;
	if (rg->rp->document != NULL && replay_keep_draft(rg, e) == -1)
		goto out;
	if (trial != NULL && trial->begin(trial->arg, e) == -1)
		goto out;
	if (receive_keep(rg->rp->db, &rg->r, 1, e) == -1)
		goto out;
	json_set_string(rg->out, "status", rg->r->answer.outcome);
	json_set_string(rg->out, "reason", rg->r->answer.reason);
	*all = effects_of(rg);
	if (look_after(rg, all, e) == -1 || look_all_checks(rg, all, e) == -1)
		goto out;
	rc = trial != NULL ? trial->within(trial->arg, rg, e) : 0;
out:
	db_rollback(rg->rp->db);
	return rc;
}

int
replay_dry(struct replaying *rg, struct err *e)
{
	struct effects all = { NULL, 0 };

	if (try_out(rg, &all, e) == -1)
		return -1;
	add_variables(rg, &all);
	return look_before(rg, &all, e);
}
