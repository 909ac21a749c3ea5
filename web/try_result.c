/*
 * try_result.c - what a rehearsal told, before its steps: how it ended, what
 * became of the request, and of the contact.  See try.h.
 */
#include "config.h"

#include "steps.h"
#include "try.h"

#include "base/json.h"
#include "base/text.h"
#include "http/html.h"

#include <string.h>

#include "base/banned.h"

#define VALUE_SHOWN 500

void
try_fact(struct page *p, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	html(&p->body, "<dt>");
	html_text(&p->body, name);
	html(&p->body, "</dt><dd>");
	html_text(&p->body, text);
	html(&p->body, "</dd>");
}

/* Without half a character at its end. */
static const char *
cut(struct page *p, const char *text)
{
	size_t len = strlen(text), at;

	if (len <= VALUE_SHOWN)
		return text;
	len = VALUE_SHOWN;
	if (!text_is_utf8(text, len, &at))
		len = at;
	return mem_printf(p->mem, "%.*s...", (int)len, text);
}

const char *
try_value(struct page *p, struct json_object *v)
{
	struct buf b = BUF_INIT;
	const char *text;
	size_t i;

	if (!json_object_is_type(v, json_type_array))
		return cut(p, json_pool_text(p->mem, v));
	for (i = 0; i < json_object_array_length(v) && b.len <= VALUE_SHOWN;
	     i++) {
		if (i > 0)
			buf_adds(&b, ", ");
		json_to_text(&b, json_object_array_get_idx(v, i));
	}
	text = cut(p, mem_strndup(p->mem, b.s, b.len));
	buf_free(&b);
	return text;
}

/* --- how it ended ----------------------------------------------------------
 */

static const struct {
	const char *status, *text;
	int is_bad;
} endings[] = {
	{ "completed", "The run would reach the end of the workflow.", 0 },
	{ "failed", "The workflow would stop with an error.", 1 },
	{ "cancelled", "The run would be cancelled.", 0 },
	{ "stopped", "The rehearsal was ended.", 1 },
	{ "not_enrolled", "Nobody would be enrolled.", 1 },
	{ "faulty",
	  "The trigger, its mapping or the settings have faults, so the draft "
	  "can't be rehearsed. Mend these first.",
	  1 },
};

/* A run that reaches its end may have left out what fails. */
static void
failing(struct page *p, struct json_object *told)
{
	struct json_object *steps = json_get(told, "steps"), *one;
	size_t i, n = 0,
		  all = steps != NULL ? json_object_array_length(steps) : 0;

	for (i = 0; i < all; i++) {
		one = json_object_array_get_idx(steps, i);
		n += strcmp(json_get_string(one, "verdict"), "fault") == 0;
	}
	if (n == 0)
		return;
	buf_addf(&p->body,
		 "<p class=\"said bad\">%zu %s would fail: see below.</p>\n", n,
		 n == 1 ? "step" : "steps");
}

static void
ending(struct page *p, struct json_object *told)
{
	const char *status = json_get_string(told, "status");
	const char *reason = json_get_string(told, "reason");
	size_t i, n = sizeof(endings) / sizeof(*endings), at = 0;

	for (i = 0; i < n; i++)
		if (strcmp(endings[i].status, status) == 0)
			at = i;
	if (endings[at].is_bad)
		html(&p->body, "<p class=\"said bad\" role=\"status\">");
	else
		html(&p->body, "<p class=\"said\" role=\"status\">");
	html_text(&p->body, endings[at].text);
	if (reason != NULL) {
		html(&p->body, " ");
		html_text(&p->body, reason);
		html(&p->body, ".");
	}
	html(&p->body, " Nothing was sent and nothing was stored.</p>\n");
}

static void
times(struct page *p, struct json_object *told)
{
	const char *from = json_get_string(told, "started_at");
	const char *to = json_get_string(told, "ended_at");

	if (from == NULL || to == NULL)
		return;
	html(&p->body, "<p class=\"faint\">From ");
	html_text(&p->body, moment_text(p, from));
	if (strncmp(from, to, strlen("2026-01-01T00:00:00")) != 0) {
		html(&p->body, " to ");
		html_text(&p->body, moment_text(p, to));
	}
	html(&p->body, ". Waits are told and gone beyond.</p>\n");
}

/* --- the contact -----------------------------------------------------------
 */

static void
name_of(struct page *p, struct json_object *o, const char **name)
{
	const char *first = json_get_string(o, "first_name");
	const char *last = json_get_string(o, "last_name");

	if (first != NULL || last != NULL)
		*name = mem_printf(p->mem, "%s%s%s", first != NULL ? first : "",
				   first != NULL && last != NULL ? " " : "",
				   last != NULL ? last : "");
	else if (json_get_string(o, "email") != NULL)
		*name = json_get_string(o, "email");
	else if (json_get_string(o, "phone") != NULL)
		*name = json_get_string(o, "phone");
}

static void
who(struct page *p, struct json_object *o)
{
	struct json_object *by = json_get(o, "matched_by");
	const char *id = json_get_string(o, "contact"), *name = "a contact";

	name_of(p, json_get(o, id != NULL ? "before" : "after"), &name);
	html(&p->body, "<p class=\"lead\">");
	if (id == NULL) {
		html(&p->body, "It would make a new contact, <strong>");
		html_text(&p->body, name);
		html(&p->body, "</strong>.</p>\n");
		return;
	}
	html(&p->body, "It would update <a href=\"");
	html_text(&p->body, url(p, "contacts/%s", id));
	html(&p->body, "\">");
	html_text(&p->body, name);
	html(&p->body, "</a>");
	if (json_object_array_length(by) > 0) {
		html(&p->body, ", matched by ");
		html_text(&p->body, try_value(p, by));
	}
	html(&p->body, ".</p>\n");
}

static void
changes(struct page *p, struct json_object *list)
{
	struct json_object *o;
	size_t i, n = 0;

	for (i = 0; i < json_object_array_length(list); i++) {
		const char *before, *after;

		o = json_object_array_get_idx(list, i);
		before = try_value(p, json_get(o, "before"));
		after = try_value(p, json_get(o, "after"));
		if (*before == '\0' && *after == '\0')
			continue;
		if (n++ == 0)
			table_begin(p, "What of the contact would change",
				    "Field|Before|After");
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, json_get_string(o, "field"));
		html(&p->body, "</th>");
		cell_text(p, "Before", before);
		cell_text(p, "After", after);
		html(&p->body, "</tr>\n");
	}
	if (n > 0)
		table_end(p);
	else
		html(&p->body, "<p>Nothing of the contact would change.</p>\n");
}

static void
variables(struct page *p, struct json_object *o)
{
	if (o == NULL || json_object_object_length(o) == 0)
		return;
	table_begin(p, "Custom variables of the run", "Custom variable|Value");
	json_object_object_foreach (o, name, value) {
		html(&p->body, "<tr><th scope=\"row\">");
		html_text(&p->body, name);
		html(&p->body, "</th>");
		cell_text(p, "Value", try_value(p, value));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
}

static void
checks(struct page *p, struct json_object *list, int is_open)
{
	struct json_object *o;
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	if (n == 0)
		return;
	html(&p->body, "<details");
	if (is_open)
		html(&p->body, " open");
	html(&p->body, "><summary>The checks of the request</summary>"
		       "<dl class=\"facts\">");
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<dt>");
		html_text(&p->body, json_get_string(o, "check"));
		html(&p->body, "</dt><dd>");
		badge(p, json_get_string(o, "verdict"));
		html(&p->body, " ");
		if (json_get_string(o, "detail") != NULL)
			html_text(&p->body, json_get_string(o, "detail"));
		html(&p->body, "</dd>");
	}
	html(&p->body, "</dl></details>\n");
}

static void
contact(struct page *p, struct json_object *told)
{
	struct json_object *delivery = json_get(told, "delivery"), *o;
	int64_t part = json_get_int(told, "part", 0);
	int is_open;

	if (delivery == NULL)
		return;
	o = delivery;
	html(&p->body, "<section class=\"card\"><h2>The request and its "
		       "contact</h2>\n");
	if (part > 0) {
		o = json_object_array_get_idx(json_get(delivery, "parts"),
					      (size_t)part - 1);
		buf_addf(&p->body,
			 "<p>The request is split into %d parts, each a run of "
			 "its own. This is part %d.</p>\n",
			 (int)json_get_int(told, "parts", 0), (int)part);
	}
	if (json_get(o, "after") != NULL) {
		who(p, o);
		changes(p, json_get(o, "changes"));
	} else {
		html(&p->body, "<p>It would be about no contact.</p>\n");
	}
	variables(p, json_get(o, "custom_variables"));
	is_open = json_get(told, "steps") == NULL;
	checks(p, json_get(o, "checks"), is_open);
	if (o != delivery)
		checks(p, json_get(delivery, "checks"), is_open);
	html(&p->body, "</section>\n");
}

/* --- the whole -------------------------------------------------------------
 */

void
try_faults(struct page *p, const struct draft *d, const char *title,
	   struct json_object *list)
{
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;
	struct verdict v = { .faults.f = FAULTS_INIT(p->mem),
			     .warnings.f = FAULTS_INIT(p->mem) };
	struct json_object *o;

	if (n == 0)
		return;
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		fault_add(&v.faults.f, json_get_string(o, "path"), "%s",
			  json_get_string(o, "detail"));
	}
	html(&p->body, "<section class=\"card\"><h2>");
	html_text(&p->body, title);
	html(&p->body, "</h2>\n");
	steps_locate(p, d, &v);
	steps_list_faults(p, d, &v.faults);
	html(&p->body, "</section>\n");
}

void
try_result(struct page *p, const struct draft *d, struct json_object *told)
{
	const char *anyway = json_get_string(told, "anyway");

	html(&p->body, "<section id=\"result\"><h2>What would happen</h2>\n");
	ending(p, told);
	failing(p, told);
	times(p, told);
	html(&p->body, "</section>\n");
	contact(p, told);
	if (anyway != NULL) {
		html(&p->body, "<p class=\"said bad\">In truth no run would "
			       "begin: ");
		html_text(&p->body, anyway);
		html(&p->body, ". The steps are shown all the same.</p>\n");
	}
	if (json_get(told, "steps") != NULL) {
		html(&p->body, "<section class=\"card\"><h2>The steps</h2>\n");
		try_steps(p, d, told);
		html(&p->body, "</section>\n");
	}
	try_faults(p, d, "Faults of the draft", json_get(told, "faults"));
	try_faults(p, d, "What else to look at in the draft",
		   json_get(told, "warnings"));
}
