/*
 * mapping_preview.c - what the sample would do with the draft: the contact that
 * it makes or changes, field by field, the custom variables, and what does not
 * fit.  Found out by doing it and rolling it back (engine/replay.h).
 */
#include "config.h"

#include "mapping.h"

#include "base/json.h"
#include "engine/replay.h"
#include "front/apart.h"
#include "http/html.h"
#include "store/run.h"
#include "web.h"

#include <limits.h>
#include <string.h>

#include "base/banned.h"

#define PARTS_MAX 3
#define VALUE_MAX 200

/* --- who ------------------------------------------------------------------ */

/* "Alex Johnson", else an address or a number. */
static const char *
name_of(struct page *p, struct json_object *contact)
{
	const char *first = json_get_string(contact, "first_name");
	const char *last = json_get_string(contact, "last_name");
	const char *other = json_get_string(contact, "email");

	if (first != NULL && last != NULL)
		return mem_printf(p->mem, "%s %s", first, last);
	if (first != NULL || last != NULL)
		return first != NULL ? first : last;
	if (other == NULL)
		other = json_get_string(contact, "phone");
	return other != NULL ? other : "nobody known";
}

static void
matched_by(struct page *p, struct json_object *list)
{
	const char *kind;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		kind = json_object_get_string(
			json_object_array_get_idx(list, i));
		if (i > 0)
			html(&p->body, " and ");
		else
			html(&p->body, ", matched by ");
		html_text(&p->body,
			  strcmp(kind, "email") == 0 ? "e-mail" : kind);
	}
}

static void
who(struct page *p, struct json_object *o)
{
	const char *id = json_get_string(o, "contact");
	struct json_object *after = json_get(o, "after");

	html(&p->body, "<p class=\"lead\">");
	if (after == NULL) {
		html(&p->body, "No contact.");
	} else if (id == NULL) {
		html(&p->body, "Would make a new contact: <strong>");
		html_text(&p->body, name_of(p, after));
		html(&p->body, "</strong>");
	} else {
		html(&p->body, "Would update contact <a href=\"");
		html_text(&p->body, url(p, "contacts/%s", id));
		html(&p->body, "\">");
		html_text(&p->body, name_of(p, json_get(o, "before")));
		html(&p->body, "</a>");
		matched_by(p, json_get(o, "matched_by"));
	}
	html(&p->body, "</p>\n");
}

/* --- fields --------------------------------------------------------------- */

static int
is_nothing(struct json_object *v)
{
	return v == NULL || (json_object_is_type(v, json_type_array) &&
			     json_object_array_length(v) == 0);
}

static void
value_cell(struct page *p, const char *label, struct json_object *v)
{
	cell_text(p, label,
		  is_nothing(v)
			  ? ""
			  : sampled_short(p->mem, json_pool_text(p->mem, v),
					  VALUE_MAX));
}

static void
field_row(struct page *p, const char *label, struct json_object *before,
	  struct json_object *after)
{
	int is_same = json_object_equal(before, after);

	if (is_nothing(before) && is_nothing(after))
		return;
	html(&p->body, "<tr");
	if (is_same)
		html(&p->body, " class=\"same\"");
	html(&p->body, "><th scope=\"row\">");
	html_text(&p->body, label);
	html(&p->body, "</th>");
	value_cell(p, "Before", before);
	cell_begin(p, "After");
	if (is_same) {
		html(&p->body, "<span class=\"faint\">the same</span>");
	} else {
		html(&p->body, "<ins>");
		html_text(&p->body,
			  sampled_short(p->mem, json_pool_text(p->mem, after),
					VALUE_MAX));
		html(&p->body, "</ins>");
	}
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
field_rows(struct page *p, struct mapping *mp, const char *prefix,
	   struct json_object *before, struct json_object *after)
{
	if (!json_object_is_type(after, json_type_object))
		return;
	json_object_object_foreach (after, name, value) {
		if (prefix[0] == '\0' && strcmp(name, "custom") == 0)
			field_rows(p, mp, "custom.", json_get(before, name),
				   value);
		else
			field_row(p,
				  strcmp(name, "tags") == 0
					  ? "Tags"
					  : mapping_to_words(
						    p, mp->fields,
						    mem_printf(p->mem,
							       "contact.%s%s",
							       prefix, name)),
				  json_get(before, name), value);
	}
}

static void
fields(struct page *p, struct mapping *mp, struct json_object *o)
{
	if (json_get(o, "after") == NULL)
		return;
	table_begin(p, "Fields of the contact", "Field|Before|After");
	field_rows(p, mp, "", json_get(o, "before"), json_get(o, "after"));
	table_end(p);
}

static void
variables(struct page *p, struct json_object *o)
{
	struct json_object *list = json_get(o, "custom_variables");

	if (!json_object_is_type(list, json_type_object) ||
	    json_object_object_length(list) == 0)
		return;
	html(&p->body, "<h3>Custom variables of the run</h3>\n");
	table_begin(p, "Custom variables", "Name|Value");
	json_object_object_foreach (list, name, value) {
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, name);
		html(&p->body, "</th>");
		value_cell(p, "Value", value);
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

/* --- what is wrong -------------------------------------------------------- */

static void
problems(struct page *p, struct json_object *o)
{
	struct json_object *checks = json_get(o, "checks"), *one;
	const char *verdict, *detail, *check;
	size_t i, n = checks != NULL ? json_object_array_length(checks) : 0;

	for (i = 0; i < n; i++) {
		one = json_object_array_get_idx(checks, i);
		verdict = json_get_string(one, "verdict");
		detail = json_get_string(one, "detail");
		check = json_get_string(one, "check");
		if (detail == NULL || strcmp(verdict, "passed") == 0 ||
		    strcmp(check, "dedup") == 0 ||
		    strcmp(check, "signature") == 0)
			continue;
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, detail);
		html(&p->body, "</p>\n");
	}
}

static void
verdict(struct page *p, struct json_object *o)
{
	const char *status = json_get_string(o, "status");

	if (strcmp(status, "rejected") == 0)
		html(&p->body, "<p class=\"lead\">It would be <strong>"
			       "refused</strong>.</p>\n");
	else if (strcmp(status, "filtered") == 0)
		html(&p->body, "<p class=\"lead\">The filter would <strong>"
			       "not let it in</strong>.</p>\n");
	else
		who(p, o);
	problems(p, o);
}

static void
effect(struct page *p, struct mapping *mp, struct json_object *o)
{
	verdict(p, o);
	fields(p, mp, o);
	variables(p, o);
}

static void
effects(struct page *p, struct mapping *mp, struct json_object *o)
{
	struct json_object *parts = json_get(o, "parts");
	size_t i, n = parts != NULL ? json_object_array_length(parts) : 0;

	if (parts == NULL) {
		effect(p, mp, o);
		return;
	}
	for (i = 0; i < n && i < PARTS_MAX; i++) {
		buf_addf(&p->body, "<h3>Element %zu of %zu</h3>\n", i + 1, n);
		effect(p, mp, json_object_array_get_idx(parts, i));
	}
}

static void
not_tried(struct page *p, struct mapping *mp, const char *reason)
{
	int is_fault = strncmp(reason, "/trigger/", 9) == 0 ||
		       strncmp(reason, "/settings/", 10) == 0;

	if (!is_fault) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, reason);
		html(&p->body, "</p>\n");
		return;
	}
	html(&p->body, "<p class=\"fault\">It can't be tried before this is "
		       "put right: ");
	html_text(&p->body, strstr(reason, ": ") != NULL
				    ? strstr(reason, ": ") + 2
				    : reason);
	html(&p->body, "</p>\n");
	if (strncmp(reason, "/trigger/map", 12) != 0)
		link_to(p,
			url(p, "workflows/%s/%s", mp->d.w.id,
			    reason[1] == 't' ? "trigger" : "settings"),
			"Go there");
}

void
mapping_preview(struct page *p, struct mapping *mp)
{
	struct receive_rules rules = {
		.secrets = p->secrets,
		.keep_refused = INT_MAX,
		.instant = run_instant,
		.arg = p->db,
	};
	struct replay rp = {
		.db = p->db,
		.account_id = p->who->account_id,
		.rules = &rules,
		.apart = take_apart,
		.is_dry = 1,
		.document = mp->d.doc,
	};
	struct json_object *out;
	struct err e = ERR_INIT;

	if (mp->s.id == NULL) {
		html(&p->body, "<p class=\"faint\">As soon as a request has "
			       "come, what it would do is shown here.</p>\n");
		return;
	}
	if (replay_delivery(&rp, mp->s.id, p->mem, &out, &e) == -1) {
		html(&p->body, "<p class=\"fault\">The database did not answer "
			       "in time: load the page again.</p>\n");
		return;
	}
	if (strcmp(json_get_string(out, "status"), "not_replayed") == 0)
		not_tried(p, mp, json_get_string(out, "reason"));
	else
		effects(p, mp, out);
}
