/*
 * plan_names.c - warnings: names that nothing in the workflow can give.  See
 * plan.h.  They refuse nothing, because a contact may have what the document
 * does not show (custom fields, another workflow's work).
 */
#include "config.h"

#include "flow/plan.h"

#include "base/json.h"
#include "flow/map.h"
#include "flow/path.h"
#include "flow/plan_kinds.h"
#include "flow/scope.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* What a contact has in templates beside map_contact_fields. */
static const char *const contact_more[] = {
	"id",	      "name",	    "phone_raw",       "custom",	 "tags",
	"created_at", "updated_at", "unsubscribed_at", "do_not_contact", NULL
};
static const char *const webhook_keys[] = { "body", "query", "headers",
					    "method", NULL };

/* What the document itself gives, and the account; each an object with the
 * names as keys. */
struct naming {
	struct faults *f;
	struct json_object *variables, *customs, *steps;
	struct json_object *marketing; /* pointers of parts of such e-mail */
	struct json_object *known;     /* of the account; NULL: not known */
};

static void
give(struct json_object *names, const char *name)
{
	json_object_object_add(names, name, json_object_new_boolean(1));
}

static int
is_listed(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return 1;
	return 0;
}

/* The keys of a mapping's target, custom_variables.NAME. */
static void
give_targets(struct naming *n, struct json_object *rules)
{
	const char *keys[3], *to;
	struct path *p;
	size_t i, len;

	if (!json_object_is_type(rules, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(rules); i++) {
		to = json_get_string(json_object_array_get_idx(rules, i), "to");
		if (to == NULL || path_parse(n->f->mem, to, &p, NULL) == -1)
			continue;
		len = path_keys(p, keys, 3);
		if (len == 2 && strcmp(keys[0], "custom_variables") == 0)
			give(n->variables, keys[1]);
		if (len == 3 && strcmp(keys[1], "custom") == 0)
			give(n->customs, keys[2]);
	}
}

/* What one step gives: its result, a variable, custom fields. */
static void
give_step(void *arg, struct json_object *step, const char *pointer)
{
	struct naming *n = arg;
	const char *id = json_get_string(step, "id");
	const char *type = json_get_string(step, "type");
	const char *name = json_get_string(step, "name");
	const char *save_as = json_get_string(step, "save_as");
	struct json_object *set = json_get(step, "set");

	if (id != NULL)
		give(n->steps, id);
	if (type != NULL && strcmp(type, "send_email") == 0 &&
	    plan_is_marketing(step)) {
		give(n->marketing, pointer_key(n->f->mem, pointer, "text"));
		give(n->marketing, pointer_key(n->f->mem, pointer, "html"));
	}
	if (save_as != NULL) {
		give(n->steps, save_as);
		give(n->variables, save_as);
	}
	if (type != NULL && strcmp(type, "set_variable") == 0 && name != NULL)
		give(n->variables, name);
	if (!json_object_is_type(set, json_type_object))
		return;
	json_object_object_foreach (set, field, value) {
		(void)value;
		if (strncmp(field, "custom.", 7) == 0)
			give(n->customs, field + 7);
	}
}

static void
warn_contact(struct naming *n, const char *key, const char *pointer)
{
	const char *near;

	if (is_listed(key, map_contact_fields) ||
	    is_listed(key, contact_more) || json_get(n->customs, key) != NULL ||
	    json_get(json_get(n->known, "fields"), key) != NULL)
		return;
	near = shape_nearest(key, map_contact_fields);
	if (near != NULL)
		fault_add(n->f, pointer,
			  "a contact has no field \"%.100s\"; did you mean "
			  "contact.%s?",
			  key, near);
	else
		fault_add(n->f, pointer,
			  "a contact has no field \"%.100s\", unless it is a "
			  "custom field; it would be empty",
			  key);
}

static void
warn_constant(struct naming *n, const char *key, const char *pointer)
{
	if (n->known == NULL ||
	    json_get(json_get(n->known, "values"), key) != NULL)
		return;
	fault_add(n->f, pointer,
		  "the account has no value \"%.100s\", it would be empty; "
		  "`hookline value set` keeps one",
		  key);
}

/* contact.custom.KEY, where the account defines its fields. */
static void
warn_custom(struct naming *n, const char *key, const char *pointer)
{
	struct json_object *fields = json_get(n->known, "fields");

	if (fields == NULL || json_object_object_length(fields) == 0 ||
	    json_get(fields, key) != NULL || json_get(n->customs, key) != NULL)
		return;
	fault_add(n->f, pointer,
		  "the account has no custom field \"%.100s\" and nothing "
		  "here sets it; `hookline field add` defines one",
		  key);
}

/* A root whose members never differ lacks `key`. */
static void
warn_member(struct naming *n, const char *root, const char *key,
	    const char *pointer)
{
	const char *const *members = scope_members(root);
	const char *near = shape_nearest(key, members);
	struct buf all = BUF_INIT;

	if (near != NULL) {
		fault_add(n->f, pointer,
			  "there is no %s.%.100s; did you mean %s.%s?", root,
			  key, root, near);
		return;
	}
	for (; *members != NULL; members++)
		buf_addf(&all, "%s%s", all.len > 0 ? ", " : "", *members);
	fault_add(n->f, pointer,
		  "there is no %s.%.100s, it would be empty; %s has %s", root,
		  key, root, all.s);
	buf_free(&all);
}

/* The second key of names below one root. */
static void
warn_key(struct naming *n, const char *root, const char *key,
	 const char *pointer)
{
	const char *const *members = scope_members(root);

	if (members != NULL && !is_listed(key, members))
		warn_member(n, root, key, pointer);
	else if (strcmp(root, "contact") == 0)
		warn_contact(n, key, pointer);
	else if (strcmp(root, "custom_values") == 0)
		warn_constant(n, key, pointer);
	else if (strcmp(root, "custom_variables") == 0 &&
		 json_get(n->variables, key) == NULL)
		fault_add(n->f, pointer,
			  "no mapping rule or set_variable step gives "
			  "custom_variables.%.100s; it would be empty",
			  key);
	else if (strcmp(root, "steps") == 0 && json_get(n->steps, key) == NULL)
		fault_add(n->f, pointer,
			  "no step has the id \"%.100s\"; steps.%.100s would "
			  "be empty",
			  key, key);
	else if (strcmp(root, "webhook") == 0 && !is_listed(key, webhook_keys))
		fault_add(n->f, pointer,
			  "a webhook has body, query, headers and method, "
			  "found \"%.100s\"; did you mean "
			  "webhook.body.%.100s?",
			  key, key);
}

/* What a find_contact step looks for. */
static void
warn_step(void *arg, struct json_object *step, const char *pointer)
{
	struct naming *n = arg;
	struct json_object *by = json_get(step, "by");

	if (!json_object_is_type(by, json_type_object))
		return;
	pointer = pointer_key(n->f->mem, pointer, "by");
	json_object_object_foreach (by, field, value) {
		(void)value;
		if (strncmp(field, "custom.", 7) == 0)
			warn_custom(n, field + 7,
				    pointer_key(n->f->mem, pointer, field));
	}
}

static void
warn_root(struct naming *n, const char *root, const char *pointer)
{
	const char *near = shape_nearest(root, scope_roots);

	if (near != NULL)
		fault_add(n->f, pointer,
			  "nothing is called \"%.100s\"; did you mean \"%s\"?",
			  root, near);
	else
		fault_add(n->f, pointer,
			  "nothing is called \"%.100s\"; names begin with "
			  "contact, custom_variables, webhook, workflow, "
			  "account, run or steps",
			  root);
}

static void
warn_link(struct naming *n, const char *pointer)
{
	if (json_get(n->marketing, pointer) == NULL)
		fault_add(n->f, pointer,
			  "unsubscribe_url is known to html and text of "
			  "marketing e-mail alone, it would be empty; set the "
			  "step's category to \"marketing\"");
}

static void
judge(void *arg, const char *name, const char *pointer, int in_section)
{
	struct naming *n = arg;
	const char *keys[3];
	struct path *p;
	size_t len;

	if (path_parse(n->f->mem, name, &p, NULL) == -1)
		return;
	len = path_keys(p, keys, 3);
	if (len == 0 || strcmp(keys[0], "secret") == 0)
		return;
	if (strcmp(keys[0], "unsubscribe_url") == 0) {
		warn_link(n, pointer);
	} else if (is_listed(keys[0], scope_roots)) {
		if (len >= 2)
			warn_key(n, keys[0], keys[1], pointer);
		if (len == 3 && strcmp(keys[0], "contact") == 0 &&
		    strcmp(keys[1], "custom") == 0)
			warn_custom(n, keys[2], pointer);
	} else if (!in_section) {
		warn_root(n, keys[0], pointer);
	}
}

void
plan_check_names(struct json_object *document, struct json_object *known,
		 struct faults *f)
{
	struct naming n = { f,
			    json_object_new_object(),
			    json_object_new_object(),
			    json_object_new_object(),
			    json_object_new_object(),
			    known };
	struct plan_walk w = { .mem = f->mem, .step = give_step, .arg = &n };

	give_targets(&n, json_get(json_get(document, "trigger"), "map"));
	plan_walk(&w, document);
	w.step = warn_step;
	plan_walk(&w, document);
	plan_each_name(f->mem, document, judge, &n);
	json_object_put(n.variables);
	json_object_put(n.customs);
	json_object_put(n.steps);
	json_object_put(n.marketing);
}
