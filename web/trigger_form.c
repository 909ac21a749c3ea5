/*
 * trigger_form.c - what is asked of a request before it comes in: methods, who
 * may send, the filter, repeats, splitting, the reply.  It saves into the
 * draft, valid or not, and shows what is wrong.
 */
#include "config.h"

#include "trigger.h"

#include "base/json.h"
#include "flow/cond_rows.h"
#include "flow/dedup.h"
#include "flow/faults.h"
#include "flow/plan.h"
#include "http/html.h"
#include "pages.h"
#include "step_form.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* --- shared --------------------------------------------------------------- */

const char *
trigger_fault(const struct faults *f, const char *pointer)
{
	size_t i, n = strlen(pointer);

	for (i = 0; i < f->n; i++)
		if (strncmp(f->list[i].path, pointer, n) == 0 &&
		    (f->list[i].path[n] == '\0' || f->list[i].path[n] == '/'))
			return f->list[i].detail;
	return NULL;
}

static int
is_number(const char *text)
{
	return text[0] != '\0' && strlen(text) <= 9 &&
	       strspn(text, "0123456789") == strlen(text);
}

void
trigger_set(struct page *p, struct json_object *o, const char *key,
	    const char *text)
{
	if (strcmp(json_pool_text(p->mem, json_get(o, key)), text) == 0)
		return;
	if (text[0] == '\0')
		json_object_object_del(o, key);
	else if (is_number(text))
		json_object_object_add(
			o, key, json_object_new_int64(strtol(text, NULL, 10)));
	else
		json_object_object_add(o, key, json_object_new_string(text));
}

static void
set_string(struct page *p, struct json_object *o, const char *key,
	   const char *text)
{
	if (is_number(text))
		json_object_object_add(o, key, json_object_new_string(text));
	else
		trigger_set(p, o, key, text);
}

/* The object member `key`, made when absent. */
static struct json_object *
need_object(struct json_object *o, const char *key)
{
	struct json_object *part = json_get(o, key);

	if (json_object_is_type(part, json_type_object))
		return part;
	part = json_object_new_object();
	json_object_object_add(o, key, part);
	return part;
}

/* --- methods -------------------------------------------------------------- */

static const char *const methods[][3] = {
	{ "POST", "method_post", "POST (what nearly all senders use)" },
	{ "PUT", "method_put", "PUT" },
	{ "GET", "method_get", "GET (values in the address: a=1&b=2)" },
};

#define N_METHODS (sizeof(methods) / sizeof(*methods))

int
trigger_takes(const struct draft *d, const char *method)
{
	struct json_object *list = json_get(d->trigger, "methods"), *o;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return 1;
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (json_object_is_type(o, json_type_string) &&
		    strcmp(json_object_get_string(o), method) == 0)
			return 1;
	}
	return 0;
}

static void
method_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	const char *fault = trigger_fault(f, "/trigger/methods");
	size_t i;

	html(&p->body, "<fieldset><legend>Methods</legend>\n");
	for (i = 0; i < N_METHODS; i++)
		form_field(p,
			   &(struct field){ .name = methods[i][1],
					    .label = methods[i][2],
					    .type = "checkbox",
					    .is_checked = trigger_takes(
						    d, methods[i][0]),
					    .fault = i == 0 ? fault : NULL });
	html(&p->body, "</fieldset>\n");
}

/* All of them, when none is ticked: a trigger that takes nothing is none. */
static void
read_methods(struct page *p, struct draft *d)
{
	struct json_object *before = json_get(d->trigger, "methods"), *list;
	int is_same = 1, is_on, n = 0;
	size_t i;

	list = json_object_new_array();
	for (i = 0; i < N_METHODS; i++) {
		is_on = form_has(p, methods[i][1]);
		if (is_on != trigger_takes(d, methods[i][0]))
			is_same = 0;
		if (!is_on)
			continue;
		json_object_array_add(list,
				      json_object_new_string(methods[i][0]));
		n++;
	}
	if (is_same || (n == 0 && before == NULL))
		json_object_put(list);
	else if (n == 0 || n == (int)N_METHODS) {
		json_object_put(list);
		json_object_object_del(d->trigger, "methods");
	} else
		json_object_object_add(d->trigger, "methods", list);
}

/* --- the filter ----------------------------------------------------------- */

static void
filter_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	cond_form(p, "filter", "Filter",
		  "Only requests for which this is true go on, for example "
		  "where custom_variables.plan is pro. Without a row all do.",
		  trigger_fault(f, "/trigger/filter"),
		  cond_rows(p->mem, json_get(d->trigger, "filter")));
}

static void
read_filter(struct page *p, struct draft *d)
{
	struct json_object *old = json_get(d->trigger, "filter"), *filter;

	if (!form_has(p, "filter"))
		return;
	if (form_has(p, "remove"))
		cond_form_remove(p, form_value(p, "remove"));
	filter = cond_from_rows(p->mem, json_get(p->form, "filter"), old);
	if (filter == NULL)
		json_object_object_del(d->trigger, "filter");
	else if (filter != old)
		json_object_object_add(d->trigger, "filter",
				       json_object_get(filter));
}

/* --- repeats -------------------------------------------------------------- */

static const char *
dedup_kind(struct json_object *dedup)
{
	if (!json_object_is_type(dedup, json_type_object))
		return "none";
	if (json_get(dedup, "from") != NULL)
		return "from";
	if (json_get(dedup, "header") != NULL)
		return "header";
	if (json_get(dedup, "preset") != NULL)
		return "preset";
	return "whole";
}

static const char *
preset_options(struct page *p)
{
	const struct dedup_preset *row;
	const char *s = "=Choose";

	for (row = dedup_presets; row->name != NULL; row++)
		s = mem_printf(p->mem, "%s|%s", s, row->name);
	return s;
}

static const char *
text_at(struct page *p, struct json_object *o, const char *key)
{
	return json_pool_text(p->mem, json_get(o, key));
}

static void
dedup_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	struct json_object *o = json_get(d->trigger, "dedup");

	html(&p->body, "<fieldset><legend>Repeats</legend>\n"
		       "<p class=\"help\">Senders deliver an event again when "
		       "they are not sure that it came. It is recognised by "
		       "its id, and taken once.</p>\n<div class=\"fields\">");
	form_field(p, &(struct field){
			      .name = "dedup_kind",
			      .label = "Recognise a repeat by",
			      .value = dedup_kind(o),
			      .options = "none=Nothing: take every request|"
					 "from=A value of the request|"
					 "preset=What the sender is known for|"
					 "header=A header|"
					 "whole=The whole request",
			      .fault = trigger_fault(f, "/trigger/dedup") });
	html(&p->body, "<div class=\"when from\">");
	form_field(p, &(struct field){ .name = "dedup_from",
				       .label = "The value: its path",
				       .value = text_at(p, o, "from"),
				       .list = "places",
				       .placeholder = "body.id",
				       .is_mono = 1 });
	html(&p->body, "</div>\n");
	html(&p->body, "<div class=\"when preset\">");
	form_field(p, &(struct field){ .name = "dedup_preset",
				       .label = "The sender",
				       .value = text_at(p, o, "preset"),
				       .options = preset_options(p) });
	html(&p->body, "</div>\n");
	html(&p->body, "<div class=\"when header\">");
	form_field(p, &(struct field){ .name = "dedup_header",
				       .label = "The header",
				       .value = text_at(p, o, "header"),
				       .placeholder = "webhook-id",
				       .is_mono = 1 });
	html(&p->body, "</div>\n");
	form_field(p, &(struct field){ .name = "dedup_window",
				       .label = "For how long",
				       .value = text_at(p, o, "window"),
				       .placeholder = "7 days" });
	html(&p->body, "</div></fieldset>\n");
}

static void
read_dedup(struct page *p, struct draft *d)
{
	static const char *const members[] = { "from", "header", "preset" };
	const char *kind = form_value(p, "dedup_kind"), *window, *text;
	struct json_object *o;
	size_t i;

	if (kind[0] == '\0')
		return;
	if (strcmp(kind, "none") == 0) {
		json_object_object_del(d->trigger, "dedup");
		return;
	}
	o = need_object(d->trigger, "dedup");
	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		text = form_value(p,
				  mem_printf(p->mem, "dedup_%s", members[i]));
		if (strcmp(kind, members[i]) != 0)
			json_object_object_del(o, members[i]);
		else if (text[0] != '\0')
			set_string(p, o, members[i], text);
		else
			json_object_object_add(o, members[i],
					       json_object_new_string(""));
	}
	window = form_value(p, "dedup_window");
	if (strcmp(kind, "whole") == 0 && window[0] == '\0')
		window = "7 days";
	set_string(p, o, "window", window);
}

/* --- splitting, and the reply --------------------------------------------- */

static void
split_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	html(&p->body, "<fieldset><legend>Several in one request</legend>\n");
	form_field(p,
		   &(struct field){
			   .name = "split",
			   .label = "The list to take apart",
			   .value = text_at(p, d->trigger, "split"),
			   .list = "lists",
			   .placeholder = "body.events",
			   .is_mono = 1,
			   .fault = trigger_fault(f, "/trigger/split"),
			   .help = "Each element of this list is taken as a "
				   "request of its own. Empty: the request is "
				   "one." });
	html(&p->body, "</fieldset>\n");
}

static void
answer_fields(struct page *p, const struct draft *d, const struct faults *f)
{
	struct json_object *o = json_get(d->trigger, "answer");

	html(&p->body, "<details");
	if (o != NULL)
		html(&p->body, " open");
	html(&p->body, "><summary>A reply of your own</summary>\n"
		       "<p class=\"help\">Some senders demand a certain reply. "
		       "Left empty, Hookline answers 200 and says what became "
		       "of the request.</p>\n<div class=\"fields\">");
	form_field(p, &(struct field){ .name = "answer_status",
				       .label = "Status",
				       .value = text_at(p, o, "status"),
				       .placeholder = "200",
				       .fault = trigger_fault(
					       f, "/trigger/answer/status") });
	form_field(p, &(struct field){
			      .name = "answer_content_type",
			      .label = "Content type",
			      .value = text_at(p, o, "content_type"),
			      .placeholder = "text/plain; charset=utf-8",
			      .fault = trigger_fault(
				      f, "/trigger/answer/content_type") });
	form_field(p, &(struct field){
			      .name = "answer_body",
			      .label = "Text",
			      .type = "area",
			      .rows = 3,
			      .is_wide = 1,
			      .is_mono = 1,
			      .value = text_at(p, o, "body"),
			      .fault = trigger_fault(f, "/trigger/answer/body"),
			      .help = "{{delivery.id}} and {{delivery.status}} "
				      "stand for the request's." });
	html(&p->body, "</div></details>\n");
}

/* A text area gives CR LF for each line break. */
static const char *
lines(struct page *p, const char *text)
{
	char *copy = mem_strdup(p->mem, text), *to = copy, *at;

	for (at = copy; *at != '\0'; at++)
		if (at[0] != '\r' || at[1] != '\n')
			*to++ = *at;
	*to = '\0';
	return copy;
}

static void
read_answer(struct page *p, struct draft *d)
{
	static const char *const members[] = { "status", "content_type",
					       "body" };
	struct json_object *o = need_object(d->trigger, "answer");
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		text = lines(p, form_raw(p, mem_printf(p->mem, "answer_%s",
						       members[i])));
		if (i == 0)
			trigger_set(p, o, members[i], text);
		else
			set_string(p, o, members[i], text);
	}
	if (json_object_object_length(o) == 0)
		json_object_object_del(d->trigger, "answer");
}

/* --- the form ------------------------------------------------------------- */

static void
datalist(struct page *p, const char *id, const struct sampled *s, int lists)
{
	html(&p->body, "<datalist id=\"");
	html_text(&p->body, id);
	html(&p->body, "\">");
	sampled_options(p, s, lists);
	html(&p->body, "</datalist>\n");
}

void
trigger_form(struct page *p, const struct draft *d, const struct sampled *s,
	     const struct picks *picks)
{
	struct faults faults = FAULTS_INIT(p->mem);

	plan_check(d->doc, &faults);
	html(&p->body, "<section class=\"card\" id=\"rules\"><h2>What may come "
		       "in</h2>\n");
	if (strcmp(d->w.status, "published") == 0)
		html(&p->body, "<p class=\"faint\">Kept in the draft: it "
			       "counts after the next publishing.</p>\n");
	form_begin(p, url(p, "workflows/%s/trigger", d->w.id));
	draft_rev_field(p, d);
	html(&p->body, "<button class=\"unseen\" tabindex=\"-1\" "
		       "aria-hidden=\"true\">Save</button>\n");
	trigger_verify_fields(p, d, &faults);
	filter_fields(p, d, &faults);
	dedup_fields(p, d, &faults);
	split_fields(p, d, &faults);
	method_fields(p, d, &faults);
	answer_fields(p, d, &faults);
	form_button(p, "main", NULL, NULL, "Save");
	form_end(p);
	datalist(p, "places", s, 0);
	datalist(p, "lists", s, 1);
	picks_datalists(p, picks);
	html(&p->body, "</section>\n");
}

void
do_save_trigger(struct page *p)
{
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (json_get(d.trigger, "type") == NULL)
		json_set_string(d.trigger, "type", "inbound_webhook");
	read_methods(p, &d);
	read_dedup(p, &d);
	if (form_has(p, "split"))
		set_string(p, d.trigger, "split", form_value(p, "split"));
	if (form_has(p, "answer_body"))
		read_answer(p, &d);
	if (trigger_verify_read(p, &d) == -1)
		return;
	read_filter(p, &d);
	if (draft_save(p, &d, "Trigger changed") == -1)
		return;
	page_say(p, 0, "Saved in the draft.");
	page_redirect(p, url(p, "workflows/%s/trigger#%s", d.w.id,
			     form_has(p, "more") || form_has(p, "remove")
				     ? "f-filter"
				     : "rules"));
}
