/*
 * publish_names.c - does the account have what its document names: workflows,
 * users?  See publish_names.h.  Names that are templates are known when a run
 * gets there, and not before.
 */
#include "config.h"

#include "engine/publish_names.h"

#include "base/json.h"
#include "engine/notify.h"
#include "flow/plan_kinds.h"
#include "store/contact.h"
#include "store/field.h"
#include "store/workflow.h"

#include <string.h>

#include "base/banned.h"

struct naming {
	struct db *db;
	const char *account_id;
	struct json_object *document;
	struct faults *f;
	struct err *e;
	int has_failed; /* the database did not answer: *e is set */
};

/* The member `key` where it is the same for every run, else NULL. */
static const char *
constant(struct json_object *step, const char *key)
{
	const char *text = json_get_string(step, key);

	return text == NULL || shape_has_tag(text) ? NULL : text;
}

/* What an enrol or unenrol step names. */
static void
check_workflow(struct naming *n, struct json_object *step, const char *pointer,
	       int needs_published)
{
	const char *name = constant(step, "workflow");
	struct workflow w;

	if (name == NULL ||
	    strcmp(name, json_get_string(n->document, "name")) == 0)
		return;
	if (workflow_find(n->db, n->account_id, name, n->f->mem, &w, n->e) ==
	    -1) {
		n->has_failed = 1;
		return;
	}
	pointer = pointer_key(n->f->mem, pointer, "workflow");
	if (w.id == NULL)
		fault_add(n->f, pointer,
			  "there is no workflow \"%.200s\" yet: this step will "
			  "fail until there is",
			  name);
	else if (needs_published && strcmp(w.status, "published") != 0)
		fault_add(n->f, pointer,
			  "workflow \"%.200s\" is not published: this step "
			  "will fail until it is",
			  name);
}

static void
check_users(struct naming *n, struct json_object *step, const char *pointer)
{
	const char *to = constant(step, "to");
	struct json_object *users, *user;
	size_t i;

	if (to == NULL)
		return;
	if (notify_users(n->db, n->account_id, to, n->f->mem, &users, n->e) ==
	    -1) {
		n->has_failed = 1;
		return;
	}
	for (i = 0; i < json_object_array_length(users); i++) {
		user = json_object_array_get_idx(users, i);
		if (json_get(user, "email") == NULL)
			fault_add(n->f, pointer_key(n->f->mem, pointer, "to"),
				  "there is no user \"%.100s\" yet: this step "
				  "will fail until there is",
				  json_get_string(user, "name"));
	}
}

static void
check_step(void *arg, struct json_object *step, const char *pointer)
{
	struct naming *n = arg;
	const char *type = json_get_string(step, "type");

	if (n->has_failed || type == NULL)
		return;
	if (strcmp(type, "enrol") == 0)
		check_workflow(n, step, pointer, 1);
	else if (strcmp(type, "unenrol") == 0)
		check_workflow(n, step, pointer, 0);
	else if (strcmp(type, "notify") == 0)
		check_users(n, step, pointer);
}

int
publish_known(struct db *db, const char *account_id, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct json_object *values = json_object_new_object();
	struct json_object *fields, *list, *one;
	size_t i;

	*out = json_pool(m, json_object_new_object());
	json_object_object_add(*out, "values", values);
	if (contact_custom_types(db, account_id, m, &fields, e) == -1 ||
	    constant_list(db, account_id, m, &list, e) == -1)
		return -1;
	json_object_object_add(*out, "fields", json_object_get(fields));
	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		json_set_string(values, json_get_string(one, "name"), "");
	}
	return 0;
}

int
publish_check_names(struct db *db, const char *account_id,
		    struct json_object *document, struct faults *warnings,
		    struct err *e)
{
	struct naming n = { db, account_id, document, warnings, e, 0 };
	struct plan_walk w = { .mem = warnings->mem,
			       .step = check_step,
			       .arg = &n };

	plan_walk(&w, document);
	return n.has_failed ? -1 : 0;
}
