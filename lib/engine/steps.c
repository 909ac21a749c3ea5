/*
 * steps.c - the steps that need nobody outside: branches, and changes that the
 * database carries out with the record (acts).  Waits are wait.c.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/compare.h"
#include "flow/cond.h"
#include "flow/map.h"
#include "flow/template.h"
#include "store/contact.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define VALUE_MAX_BYTES (1024 * 1024)

struct date_env
passage_date_env(const struct passage *p)
{
	struct date_env env = { p->run->now_us, p->run->zone, run_instant,
				p->engine->db };

	return env;
}

enum step_end
perform_if_else(struct passage *p, struct json_object *detail, struct err *e)
{
	struct json_object *branches = json_get(p->step->json, "branches");
	struct date_env env = passage_date_env(p);
	struct json_object *branch;
	size_t i, n = json_object_array_length(branches);
	int truth;

	for (i = 0; i < n; i++) {
		branch = json_object_array_get_idx(branches, i);
		truth = cond_eval(json_get(branch, "when"), p->scope, &env,
				  p->mem, e);
		if (truth == -1) {
			err_context(e, "branch %zu", i + 1);
			return STEP_FAILED;
		}
		if (truth == 0)
			continue;
		json_object_object_add(detail, "branch_no",
				       json_object_new_int((int)i + 1));
		json_set_string(detail, "branch",
				json_get_string(branch, "name"));
		p->next = plan_enter(p->plan, p->step, (int)i);
		return STEP_DONE;
	}
	json_set_string(detail, "branch", "else");
	p->next = plan_enter(p->plan, p->step, -1);
	return STEP_DONE;
}

static int
needs_contact(const struct passage *p, struct err *e)
{
	if (p->run->contact_id != NULL)
		return 0;
	return err_set(e, ERR_PERM, "this run has no contact");
}

static void
begin_contact_act(struct passage *p)
{
	p->act = json_object_new_object();
	json_set_string(p->act, "kind", "contact");
}

/* One member of "set": text to store, or null to clear. */
static int
set_field(struct passage *p, struct json_object *set, const char *field,
	  struct json_object *value, struct err *e)
{
	struct json_object *rendered;
	struct buf text = BUF_INIT;
	const char *stored = NULL, *key = NULL;
	int rc = 0;

	if (value == NULL) {
		json_object_object_add(set, field, NULL);
		return 0;
	}
	if (template_json(p->mem, value, p->scope, VALUE_MAX_BYTES, &rendered,
			  e) == -1)
		return err_context(e, "set.%s", field);
	json_to_text(&text, rendered);
	if (text.len > 0) {
		stored = contact_field_value(
			p->mem, field, text.s,
			json_get_string(p->run->account, "default_country"),
			&key, e);
		rc = stored != NULL ? 0 : err_context(e, "set.%s", field);
	}
	if (stored != NULL)
		json_set_string(set, field, stored);
	if (key != NULL)
		json_set_string(p->act, "email_key", key);
	buf_free(&text);
	return rc;
}

static int
is_custom(const char *field)
{
	return strncmp(field, "custom.", strlen("custom.")) == 0;
}

/* The types of the account's custom fields, asked for where one is set. */
static int
custom_types(struct passage *p, struct json_object *wanted,
	     struct json_object **types, struct err *e)
{
	*types = NULL;
	json_object_object_foreach (wanted, field, value) {
		if (value != NULL && is_custom(field))
			return contact_custom_types(p->engine->db,
						    p->run->account_id, p->mem,
						    types, e);
	}
	return 0;
}

static int
is_nothing(struct json_object *v)
{
	return v == NULL || (json_object_is_type(v, json_type_string) &&
			     json_object_get_string_len(v) == 0);
}

/* A field that the account defined takes what fits its type, and nothing leaves
 * it as it is. */
static int
set_custom(struct passage *p, struct json_object *set, const char *field,
	   struct json_object *value, const char *type, struct err *e)
{
	struct json_object *custom = json_get(set, "custom");
	struct json_object *rendered;

	if (custom == NULL) {
		custom = json_object_new_object();
		json_object_object_add(set, "custom", custom);
	}
	if (template_json(p->mem, value, p->scope, VALUE_MAX_BYTES, &rendered,
			  e) == -1)
		return err_context(e, "set.%s", field);
	if (type != NULL && value != NULL && is_nothing(rendered))
		return 0;
	if (type != NULL && value != NULL &&
	    map_fit_custom(p->mem, type, &rendered, "the value", e) == -1)
		return err_context(e, "set.%s", field);
	json_object_object_add(custom, field + strlen("custom."),
			       json_copy(rendered));
	return 0;
}

enum step_end
perform_update_contact(struct passage *p, struct json_object *detail,
		       struct err *e)
{
	struct json_object *wanted = json_get(p->step->json, "set");
	struct json_object *set, *types;
	const char *type;
	int rc;

	if (needs_contact(p, e) == -1 ||
	    custom_types(p, wanted, &types, e) == -1)
		return STEP_FAILED;
	begin_contact_act(p);
	set = json_object_new_object();
	json_object_object_add(p->act, "set", set);
	json_object_object_foreach (wanted, field, value) {
		if (strcmp(field, "do_not_contact") == 0) {
			json_object_object_add(
				set, field,
				value != NULL ? json_object_get(value)
					      : json_object_new_array());
			rc = 0;
		} else if (is_custom(field)) {
			type = json_get_string(types,
					       field + strlen("custom."));
			rc = set_custom(p, set, field, value, type, e);
		} else {
			rc = set_field(p, set, field, value, e);
		}
		if (rc == -1) {
			json_object_put(p->act);
			p->act = NULL;
			return STEP_FAILED;
		}
	}
	map_split_full_name(p->mem, set);
	json_object_object_add(detail, "set", json_object_get(set));
	return STEP_ACT;
}

static void
add_tag_text(struct json_object *list, struct json_object *tag)
{
	struct buf text = BUF_INIT;
	const char *trimmed;

	json_to_text(&text, tag);
	trimmed = text_trim(text.s);
	if (*trimmed != '\0')
		json_object_array_add(list, json_object_new_string(trimmed));
	buf_free(&text);
}

/* The step's tags, rendered and trimmed, without empty ones.  A tag that is one
 * name alone may give a list. */
static int
rendered_tags(struct passage *p, struct json_object **out, struct err *e)
{
	struct json_object *tags = json_get(p->step->json, "tags");
	struct json_object *list, *one;
	size_t i, k;

	if (template_json(p->mem, tags, p->scope, VALUE_MAX_BYTES, &tags, e) ==
	    -1)
		return -1;
	list = json_object_new_array();
	for (i = 0; i < json_object_array_length(tags); i++) {
		one = json_object_array_get_idx(tags, i);
		if (!json_object_is_type(one, json_type_array)) {
			add_tag_text(list, one);
			continue;
		}
		for (k = 0; k < json_object_array_length(one); k++)
			add_tag_text(list, json_object_array_get_idx(one, k));
	}
	*out = list;
	return 0;
}

static enum step_end
change_tags(struct passage *p, const char *member, struct json_object *detail,
	    struct err *e)
{
	struct json_object *list;

	if (needs_contact(p, e) == -1 || rendered_tags(p, &list, e) == -1)
		return STEP_FAILED;
	begin_contact_act(p);
	json_object_object_add(p->act, member, list);
	json_object_object_add(detail, "tags", json_object_get(list));
	return STEP_ACT;
}

enum step_end
perform_add_tag(struct passage *p, struct json_object *detail, struct err *e)
{
	return change_tags(p, "add_tags", detail, e);
}

enum step_end
perform_remove_tag(struct passage *p, struct json_object *detail, struct err *e)
{
	return change_tags(p, "remove_tags", detail, e);
}

/* "enrol" or "unenrol" */
static enum step_end
act_on_workflow(struct passage *p, const char *kind, struct json_object *detail,
		struct err *e)
{
	const char *target = step_text(p, "workflow", e);

	if (target == NULL)
		return STEP_FAILED;
	p->act = json_object_new_object();
	json_set_string(p->act, "kind", kind);
	json_set_string(p->act, "workflow", target);
	json_set_string(detail, "workflow", target);
	return STEP_ACT;
}

enum step_end
perform_enrol(struct passage *p, struct json_object *detail, struct err *e)
{
	return act_on_workflow(p, "enrol", detail, e);
}

enum step_end
perform_unenrol(struct passage *p, struct json_object *detail, struct err *e)
{
	return act_on_workflow(p, "unenrol", detail, e);
}

enum step_end
perform_end(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *reason = step_text(p, "reason", e);

	if (reason == NULL && e->kind != ERR_NONE)
		return STEP_FAILED;
	json_set_string(detail, "reason", reason);
	return STEP_FINISH;
}

static struct text
folded(struct mem *m, struct json_object *tag)
{
	struct text t = { json_object_get_string(tag),
			  (size_t)json_object_get_string_len(tag) };

	return compare_fold(m, t);
}

/* Whatever its case, as conditions compare and the database does. */
static int
has_tag(struct mem *m, struct json_object *list, struct json_object *tag)
{
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;
	struct text want = folded(m, tag);

	for (i = 0; i < n; i++)
		if (compare_folded(
			    folded(m, json_object_array_get_idx(list, i)),
			    want) == 0)
			return 1;
	return 0;
}

static void
apply_tags(struct mem *m, struct json_object *contact, struct json_object *act)
{
	struct json_object *old = json_get(contact, "tags");
	struct json_object *add = json_get(act, "add_tags");
	struct json_object *gone = json_get(act, "remove_tags");
	struct json_object *tags = json_object_new_array();
	struct json_object *sources[2] = { old, add };
	size_t i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; sources[k] != NULL &&
			    i < json_object_array_length(sources[k]);
		     i++) {
			struct json_object *tag =
				json_object_array_get_idx(sources[k], i);

			if (!has_tag(m, tags, tag) && !has_tag(m, gone, tag))
				json_object_array_add(tags,
						      json_object_get(tag));
		}
	json_object_object_add(contact, "tags", tags);
}

static void
apply_set(struct json_object *contact, struct json_object *set)
{
	struct json_object *custom = json_get(contact, "custom");
	struct json_object *changed = json_get(set, "custom");

	json_object_object_foreach (set, field, value)
		if (strcmp(field, "custom") != 0)
			json_object_object_add(contact, field,
					       json_object_get(value));
	if (changed == NULL || custom == NULL)
		return;
	json_object_object_foreach (changed, key, v)
		json_object_object_add(custom, key, json_object_get(v));
}

void
act_apply(struct passage *p)
{
	struct json_object *set = json_get(p->act, "set");
	struct json_object *contact = p->run->contact;

	if (strcmp(json_get_string(p->act, "kind"), "adopt") == 0) {
		find_apply(p);
		return;
	}
	if (contact == NULL ||
	    strcmp(json_get_string(p->act, "kind"), "contact") != 0)
		return;
	if (set != NULL)
		apply_set(contact, set);
	else
		apply_tags(p->mem, contact, p->act);
	passage_scope(p);
}
