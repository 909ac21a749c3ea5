/*
 * receive_enrol.c - whom and what a delivery is about: its elements, when the
 * trigger splits a list, and of each the mapping, the filter, and what the row
 * says of the contact and the run to be.
 */
#include "config.h"

#include "engine/receiving.h"

#include "base/coding.h"
#include "base/hash.h"
#include "base/json.h"
#include "flow/cond.h"
#include "flow/dedup.h"
#include "flow/duration.h"
#include "flow/path.h"
#include "flow/plan.h"
#include "flow/scope.h"
#include "flow/split.h"

#include <string.h>

#include "base/banned.h"

#define PARTS_MAX 1000
#define DEDUP_DAYS 7

/* What one element of a delivery gives: a row's members of its own. */
struct element {
	struct json_object *source;
	struct json_object *row; /* the request's own where it is not split */
	struct json_object *errors; /* why it is refused; NULL: it is not */
	const char *outcome, *why;
	int status;
};

static int
has_identity(const struct mapped *mapped)
{
	return json_get(mapped->contact, "email") != NULL ||
	       json_get(mapped->contact, "phone") != NULL;
}

static int
needs_contact(const struct hook *h)
{
	const char *rule = json_get_string(h->settings, "contact");

	return rule == NULL || strcmp(rule, "optional") != 0;
}

static void
end_element(struct element *el, int status, const char *outcome,
	    const char *why)
{
	el->status = status;
	el->outcome = outcome;
	el->why = why;
}

static void
add_errors(struct json_object *errors, const struct faults *f)
{
	struct json_object *error;
	size_t i;

	for (i = 0; i < f->n; i++) {
		error = json_object_new_object();
		json_set_string(error, "path", f->list[i].path);
		json_set_string(error, "detail", f->list[i].detail);
		json_object_array_add(errors, error);
	}
}

/* 422: all that is missing, and what came in its place. */
static void
refuse_incomplete(struct receiving *r, struct element *el)
{
	struct faults *f = &r->mapped.missing;
	const struct fault *first;

	if (needs_contact(r->hook) && !has_identity(&r->mapped))
		fault_add(f, "contact",
			  "neither an e-mail address nor a telephone number "
			  "was found: map one to contact.email or "
			  "contact.phone, and send it");
	el->errors = json_pool(r->m, json_object_new_array());
	add_errors(el->errors, &r->mapped.invalid);
	add_errors(el->errors, f);
	first = r->mapped.invalid.n > 0 ? r->mapped.invalid.list : f->list;
	end_element(el, 422, "rejected",
		    mem_printf(r->m, "%s: %s", first->path, first->detail));
}

/* Fields of nobody: the delivery says no contact's address or number. */
static const char *
note_nobody(struct receiving *r, const char *notes)
{
	if (has_identity(&r->mapped) ||
	    json_object_object_length(r->mapped.contact) == 0)
		return notes;
	return mem_printf(r->m,
			  "%s%snot stored: what is mapped to contact fields, "
			  "since there is neither an e-mail address nor a "
			  "telephone number",
			  notes != NULL ? notes : "",
			  notes != NULL ? "; " : "");
}

/* What was sent and is not stored, in one line; NULL when all is. */
static const char *
note_left_out(struct receiving *r)
{
	const struct faults *f = &r->mapped.invalid;
	const char *notes = NULL;
	size_t i;

	for (i = 0; i < f->n; i++)
		notes = mem_printf(r->m, "%s%snot stored: %s: %s",
				   notes != NULL ? notes : "",
				   notes != NULL ? "; " : "", f->list[i].path,
				   f->list[i].detail);
	return note_nobody(r, notes);
}

static struct json_object *
mapped_scope(struct receiving *r, struct json_object *source)
{
	struct scope_in in = { .contact = r->mapped.contact,
			       .variables = r->mapped.variables,
			       .webhook = source };

	return json_pool(r->m, scope_build(&in));
}

/* 1: goes on, 0: it is filtered, or could not be judged. */
static int
check_filter(struct receiving *r, struct element *el, struct json_object *scope)
{
	struct json_object *filter = json_get(r->hook->trigger, "filter");
	struct date_env env = {
		.now_us = r->hook->now_us,
		.timezone = json_get_string(r->hook->settings, "timezone"),
		.instant = r->rules->instant,
		.arg = r->rules->arg,
	};
	struct err e = ERR_INIT;
	const char *why = "the trigger's filter does not let it in";
	int truth;

	if (filter == NULL)
		return 1;
	truth = cond_eval(filter, scope, &env, r->m, &e);
	if (truth == 1) {
		check_add(r, "filter", "passed", NULL);
		return 1;
	}
	if (truth == -1 && e.kind == ERR_TEMP)
		r->failed = e;
	if (truth == -1)
		why = mem_printf(r->m, "the trigger's filter: %s", e.text);
	check_add(r, "filter", "failed", why);
	end_element(el, 200, "filtered", why);
	return 0;
}

/* The text at `path`, from the pool; NULL when there is none. */
static const char *
text_at(struct receiving *r, const char *path, struct json_object *scope)
{
	struct buf text = BUF_INIT;
	const char *s = NULL;

	if (path == NULL)
		return NULL;
	json_to_text(&text, path_lookup(r->m, path, scope));
	if (text.len > 0)
		s = mem_strndup(r->m, text.s, text.len);
	buf_free(&text);
	return s;
}

static void
fill_element(struct receiving *r, struct element *el, struct json_object *scope)
{
	const struct hook *h = r->hook;
	struct json_object *o = el->row;

	json_set_string(
		o, "reentry_key",
		text_at(r, json_get_string(h->settings, "reentry_key"), scope));
	if (has_identity(&r->mapped)) {
		json_object_object_add(o, "contact",
				       json_object_get(r->mapped.contact));
		json_set_string(o, "email_key", r->mapped.email_key);
	}
	json_object_object_add(o, "variables",
			       json_object_get(r->mapped.variables));
	json_object_object_add(o, "webhook",
			       plan_webhook_keep(el->source, h->webhook_refs));
}

/* Map one element, ask the filter, and say whom to enrol with what. */
static void
judge_element(struct receiving *r, struct element *el)
{
	struct json_object *scope;
	const char *notes;

	map_apply(json_get(r->hook->trigger, "map"), el->source,
		  r->hook->country, r->hook->custom_fields, r->m, &r->mapped);
	scope = mapped_scope(r, el->source);
	if (!check_filter(r, el, scope))
		return;
	if (r->mapped.missing.n > 0 ||
	    (needs_contact(r->hook) && !has_identity(&r->mapped))) {
		refuse_incomplete(r, el);
		check_add(r, "mapping", "failed", el->why);
		return;
	}
	notes = note_left_out(r);
	check_add(r, "mapping", notes != NULL ? "noted" : "passed", notes);
	fill_element(r, el, scope);
	end_element(el, 200, "enrolled", notes);
}

/* --- once ----------------------------------------------------------------- */

static void
set_hash(struct receiving *r, const char *key, const void *bytes, size_t len)
{
	unsigned char hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	sha256(bytes, len, hash);
	hex_encode(hash, sizeof(hash), hex);
	json_set_string(r->row, key, hex);
}

static int64_t
window_seconds(struct json_object *dedup)
{
	const char *text = json_get_string(dedup, "window");
	struct duration d = { 0, DEDUP_DAYS, 0 };
	struct err e = ERR_INIT;

	if (text != NULL && duration_parse(text, &d, &e) == -1)
		d = (struct duration){ 0, DEDUP_DAYS, 0 };
	return ((int64_t)d.months * 30 + d.days) * 86400 + d.seconds;
}

/* The source with all headers, also those that are credentials: of these only
 * a hash is kept. */
static struct json_object *
real_source(struct receiving *r)
{
	struct json_object *o = json_pool(r->m, json_object_new_object());

	json_object_object_foreach (r->source, name, value)
		json_object_object_add(
			o, name,
			json_object_get(strcmp(name, "headers") == 0
						? r->d->headers
						: value));
	return o;
}

static const char *
preset_text(struct receiving *r, const struct dedup_preset *p)
{
	const char *text = NULL;
	size_t i;

	for (i = 0; p != NULL && text == NULL && p->paths[i] != NULL; i++)
		text = text_at(r, p->paths[i], real_source(r));
	return text;
}

/* What tells this delivery from others: the value at a path, a header, or the
 * whole body with the query; NULL when it has none. */
static const char *
dedup_text(struct receiving *r, struct json_object *dedup)
{
	const char *from = json_get_string(dedup, "from");
	const char *header = json_get_string(dedup, "header");
	const char *preset = json_get_string(dedup, "preset");
	char *name;

	if (preset != NULL)
		return preset_text(r, dedup_preset_find(preset));
	if (from != NULL)
		return text_at(r, from, real_source(r));
	if (header != NULL) {
		name = mem_strdup(r->m, header);
		for (char *c = name; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		return json_get_string(r->d->headers, name);
	}
	return "";
}

/* The dedup key is stored hashed: it may be long, and may be personal.  A
 * replay is meant to be repeated. */
static void
set_dedup(struct receiving *r)
{
	struct json_object *dedup = json_get(r->hook->trigger, "dedup");
	struct buf all = BUF_INIT;
	const char *text;

	if (dedup == NULL)
		return;
	if (r->d->replay_of != NULL) {
		check_add(r, "dedup", "noted", "not checked: this is a replay");
		return;
	}
	text = dedup_text(r, dedup);
	if (text == NULL) {
		check_add(r, "dedup", "noted",
			  "it has no value to recognise repeats by");
		return;
	}
	buf_addf(&all, "%s\n%s\n", r->d->method, r->d->query);
	buf_add(&all, r->d->body, r->d->body_len);
	set_hash(r, "body_hash", all.s, all.len);
	if (text[0] != '\0')
		set_hash(r, "dedup_key", text, strlen(text));
	else
		set_hash(r, "dedup_key", all.s, all.len);
	buf_free(&all);
	row_set(r, "dedup_window_s",
		json_object_new_int64(window_seconds(dedup)));
	check_add(r, "dedup", "passed", NULL);
}

/* --- elements ------------------------------------------------------------- */

static void
set_workflow(struct receiving *r)
{
	const struct hook *h = r->hook;

	json_set_string(r->row, "workflow_id", h->workflow_id);
	row_set(r, "version", json_object_new_int(h->version));
	json_set_string(r->row, "step_id", h->first_step);
	json_set_string(r->row, "reentry",
			json_get_string(h->settings, "reentry"));
}

static void
enrol_whole(struct receiving *r)
{
	struct element el = { .source = r->source, .row = r->row };

	judge_element(r, &el);
	if (el.errors != NULL) {
		r->answer.errors = el.errors;
		refuse(r, el.status, el.why);
		return;
	}
	decide(r, el.status, el.outcome, el.why);
}

static void
add_part(struct receiving *r, struct json_object *parts,
	 const struct element *el, struct json_object *payload)
{
	json_object_object_add(el->row, "payload", json_object_get(payload));
	json_object_object_add(el->row, "http_status",
			       json_object_new_int(el->status));
	json_set_string(el->row, "outcome", el->outcome);
	json_set_string(el->row, "reason", el->why);
	json_object_object_add(el->row, "checks", json_object_get(r->checks));
	json_object_array_add(parts, el->row);
}

/* One run per element of `list`; each has checks of its own. */
static void
enrol_elements(struct receiving *r, const char *split, struct json_object *list)
{
	struct json_object *whole = r->checks, *first_errors = NULL, *one;
	struct json_object *parts = json_object_new_array();
	const char *first_why = NULL;
	size_t i, n = json_object_array_length(list), n_refused = 0;

	row_set(r, "parts", parts);
	for (i = 0; i < n; i++) {
		struct element el = { .row = json_object_new_object() };

		one = json_object_array_get_idx(list, i);
		el.source = split_source(r->m, split, r->source, one);
		r->checks = json_pool(r->m, json_object_new_array());
		judge_element(r, &el);
		if (el.errors != NULL && n_refused++ == 0) {
			first_errors = el.errors;
			first_why = el.why;
		}
		add_part(r, parts, &el, one);
	}
	r->checks = whole;
	if (n > 0 && n_refused == n) {
		json_object_object_del(r->row, "parts");
		r->answer.errors = first_errors;
		check_add(r, "mapping", "failed", first_why);
		refuse(r, 422, first_why);
		return;
	}
	decide(r, 200, "enrolled", NULL);
}

static void
enrol_split(struct receiving *r, const char *split)
{
	struct json_object *list = split_list(r->m, split, r->source);
	const char *why;

	if (list == NULL) {
		enrol_whole(r); /* one event that comes without its list */
		return;
	}
	if (json_object_array_length(list) > PARTS_MAX) {
		why = mem_printf(r->m,
				 "%s has %zu elements, at most %d are taken at "
				 "once: send fewer in a request",
				 split, json_object_array_length(list),
				 PARTS_MAX);
		check_add(r, "split", "failed", why);
		refuse(r, 422, why);
		return;
	}
	check_add(r, "split", "passed",
		  mem_printf(r->m, "%zu elements",
			     json_object_array_length(list)));
	enrol_elements(r, split, list);
}

void
receive_enrol(struct receiving *r)
{
	const char *split = json_get_string(r->hook->trigger, "split");

	set_workflow(r);
	set_dedup(r);
	if (split != NULL)
		enrol_split(r, split);
	else
		enrol_whole(r);
}
