/*
 * find.c - find_contact: who has these fields?  The contact that is found is
 * the run's from here on, so that later steps write to it and change it; where
 * none is, the run keeps the one that it has, if any.  Looking changes nothing,
 * so it is done at once; only becoming the run's contact is recorded as an act.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/json.h"
#include "flow/map.h"
#include "flow/template.h"
#include "store/contact.h"

#include <string.h>

#include "base/banned.h"

#define VALUE_MAX_BYTES 10000
#define ID_DIGITS_MAX 18

/* What is looked for. */
struct wanted {
	struct contact_key key;
	struct json_object *fields, *custom;
	const char *nobody; /* why nobody can have it; NULL: somebody may */
};

static const char *
wanted_id(const char *text)
{
	size_t n = strspn(text, "0123456789");

	return n > 0 && n <= ID_DIGITS_MAX && text[n] == '\0' ? text : NULL;
}

/* As contacts have it: what can't be a value of the field, nobody has. */
static void
want_field(struct passage *p, struct wanted *w, const char *field,
	   const char *text)
{
	const char *country =
		json_get_string(p->run->account, "default_country");
	const char *key = NULL, *value;
	struct err e = ERR_INIT;

	value = contact_field_value(p->mem, field, text, country, &key, &e);
	if (value == NULL)
		w->nobody = mem_printf(p->mem, "%s: %s", field, e.text);
	else if (strcmp(field, "email") == 0)
		w->key.email = key;
	else if (strcmp(field, "phone") == 0)
		w->key.phone = value;
	else
		json_set_string(w->fields, field, value);
}

static void
want(struct passage *p, struct wanted *w, const char *field, const char *text)
{
	if (*text == '\0') /* everybody without it is not meant */
		w->nobody = mem_printf(p->mem, "%s is empty", field);
	else if (strncmp(field, "custom.", strlen("custom.")) == 0)
		json_set_string(w->custom, field + strlen("custom."), text);
	else if (strcmp(field, "id") != 0)
		want_field(p, w, field, text);
	else if ((w->key.id = wanted_id(text)) == NULL)
		w->nobody = "id: it is no contact's id";
}

static int
render(struct passage *p, struct wanted *w, struct err *e)
{
	struct json_object *by = json_get(p->step->json, "by"), *value;
	struct buf text = BUF_INIT;

	json_object_object_foreach (by, field, v) {
		if (template_json(p->mem, v, p->scope, VALUE_MAX_BYTES, &value,
				  e) == -1) {
			buf_free(&text);
			return err_context(e, "by.%s", field);
		}
		buf_reset(&text);
		json_to_text(&text, value);
		want(p, w, field, mem_strdup(p->mem, text.s));
	}
	buf_free(&text);
	return 0;
}

static int
look(struct passage *p, const struct wanted *w, struct json_object **out,
     struct err *e)
{
	struct buf fields = BUF_INIT, custom = BUF_INIT;
	int rc;

	json_write(&fields, w->fields);
	json_write(&custom, w->custom);
	rc = contact_match(p->engine->db, p->run->account_id, &w->key, fields.s,
			   custom.s, p->mem, out, e);
	buf_free(&fields);
	buf_free(&custom);
	return rc;
}

/* steps.ID.contact, steps.ID.found */
static void
keep_result(struct passage *p, const char *id)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "found", json_object_new_boolean(id != NULL));
	json_set_string(o, "contact", id);
	json_object_object_add(p->run->results, p->step->id, o);
}

static enum step_end
not_found(struct passage *p, struct json_object *detail, const char *why)
{
	json_object_object_add(detail, "found", json_object_new_boolean(0));
	json_set_string(detail, "reason", why);
	keep_result(p, NULL);
	p->next = plan_enter(p->plan, p->step, -1);
	return STEP_DONE;
}

static enum step_end
found(struct passage *p, struct json_object *detail, struct json_object *match)
{
	const char *id = json_get_string(match, "id");

	json_object_object_add(detail, "found", json_object_new_boolean(1));
	json_set_string(detail, "contact", id);
	json_object_object_add(
		detail, "matches",
		json_object_new_int64(json_get_int(match, "matches", 1)));
	keep_result(p, id);
	p->next = plan_enter(p->plan, p->step, 0);
	if (p->run->contact_id != NULL && strcmp(p->run->contact_id, id) == 0)
		return STEP_DONE;
	p->found = match;
	p->act = json_object_new_object();
	json_set_string(p->act, "kind", "adopt");
	json_set_string(p->act, "contact", id);
	return STEP_ACT;
}

enum step_end
perform_find_contact(struct passage *p, struct json_object *detail,
		     struct err *e)
{
	struct wanted w = {
		.fields = json_pool(p->mem, json_object_new_object()),
		.custom = json_pool(p->mem, json_object_new_object()),
	};
	struct json_object *match = NULL;

	if (render(p, &w, e) == -1)
		return STEP_FAILED;
	if (w.nobody != NULL)
		return not_found(p, detail, w.nobody);
	if (look(p, &w, &match, e) == -1)
		return STEP_FAILED;
	return match == NULL ? not_found(p, detail, NULL)
			     : found(p, detail, match);
}

void
find_apply(struct passage *p)
{
	p->run->contact_id = json_get_string(p->found, "id");
	p->run->contact = json_get(p->found, "contact");
	p->found = NULL;
	passage_scope(p);
}
