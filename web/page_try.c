/*
 * page_try.c - the page "Try it": with which request, pasted or stored, the
 * draft is rehearsed.  What a rehearsal is, is engine/rehearse.h; it is asked
 * for by GET, because it changes nothing.  The rest of the page is in the files
 * of try.h.
 */
#include "config.h"

#include "pages.h"
#include "try.h"

#include "base/json.h"
#include "engine/receive.h"
#include "engine/rehearse.h"
#include "front/apart.h"
#include "http/html.h"
#include "store/trigger.h"

#include <string.h>

#include "base/banned.h"

#define SHOWN "20" /* requests to choose from */

/* What the page is asked for. */
struct asked {
	const char *delivery_id; /* NULL: none */
	const char *waits;	 /* "up" or "met" */
	const char *body;	 /* pasted; NULL: none */
	const char *fault;	 /* of the body */
	const char *options;	 /* the requests there are, for <select> */
	int is_tried;
};

/* --- with what -------------------------------------------------------------
 */

static const char *
option_of(struct page *p, struct json_object *one)
{
	const char *id = json_get_string(one, "id");
	const char *at = json_get_string(one, "received_at");
	char *method = mem_strdup(p->mem, json_get_string(one, "method")), *c;
	int is_sample = json_get_bool(one, "is_chosen", 0);

	for (c = method; *c != '\0'; c++)
		if (*c == '|') /* it would part the options */
			*c = ' ';
	return mem_printf(p->mem, "%s=%s%s (%s), %s, %s", id,
			  is_sample ? "The sample: " : "", moment_text(p, at),
			  moment_ago(p, at), method,
			  json_get_string(one, "outcome"));
}

/* The sample first, then the newest; where one was asked for that is not among
 * them, that too. */
static void
add_options(struct page *p, struct asked *a, struct json_object *list)
{
	const char *sample = NULL, *rest = "", *id, *newest = NULL;
	struct json_object *one;
	int is_there = a->delivery_id == NULL;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		id = json_get_string(one, "id");
		if (!is_there && strcmp(id, a->delivery_id) == 0)
			is_there = 1;
		if (newest == NULL)
			newest = id;
		if (json_get_bool(one, "is_chosen", 0)) {
			sample = option_of(p, one);
			if (a->delivery_id == NULL)
				newest = id;
		} else
			rest = mem_printf(p->mem, "%s|%s", rest,
					  option_of(p, one));
	}
	if (!is_there)
		rest = mem_printf(p->mem, "%s|%s=Request %s", rest,
				  a->delivery_id, a->delivery_id);
	a->options = sample != NULL ? mem_printf(p->mem, "%s%s", sample, rest)
				    : rest + (*rest == '|');
	if (a->delivery_id == NULL)
		a->delivery_id = newest;
}

/* The sample may be older than the newest ones. */
static int
load_options(struct page *p, const struct draft *d, struct asked *a,
	     struct err *e)
{
	const char *account = p->who->account_id, *sample;
	struct json_object *list, *t;

	if (trigger_samples(p->db, account, d->w.trigger_id, SHOWN, p->mem,
			    &list, e) == -1 ||
	    trigger_show(p->db, account, d->w.trigger_id, p->mem, &t, e) == -1)
		return -1;
	sample = json_get_string(t, "sample");
	if (a->delivery_id == NULL && sample != NULL)
		a->delivery_id = sample;
	add_options(p, a, list);
	return 0;
}

/* --- forms -----------------------------------------------------------------
 */

static void
waits_field(struct page *p, const struct asked *a)
{
	form_field(p,
		   &(struct field){
			   .name = "waits",
			   .label = "Waits for a condition",
			   .value = a->waits,
			   .options = "up=run out of time|met=end at once" });
}

static void
choose_form(struct page *p, const struct draft *d, const struct asked *a)
{
	html(&p->body, "<section class=\"card\"><h2>Rehearse</h2>\n"
		       "<p>The draft, as it is now, is gone through with a "
		       "request that came in. <strong>Nothing is sent and "
		       "nothing is stored</strong>: you see what would "
		       "happen.</p>\n");
	if (*a->options != '\0') {
		form_begin_get(p, url(p, "workflows/%s/try#result", d->w.id));
		form_field(p, &(struct field){ .name = "delivery",
					       .label = "With this request",
					       .value = a->delivery_id,
					       .options = a->options,
					       .is_wide = 1 });
		waits_field(p, a);
		html(&p->body, "<button class=\"main\" name=\"go\" value=\"1\">"
			       "Try it</button>\n");
		form_end(p);
	} else {
		nothing_yet(p, "No request that could be read has come in yet. "
			       "Send one to the trigger's URL, or paste one "
			       "below.");
	}
}

static void
paste_form(struct page *p, const struct draft *d, const struct asked *a)
{
	html(&p->body, "<details");
	if (a->body != NULL || *a->options == '\0')
		html(&p->body, " open");
	html(&p->body, "><summary>Paste a request instead</summary>\n");
	form_begin(p, url(p, "workflows/%s/try#result", d->w.id));
	form_field(p,
		   &(struct field){
			   .name = "body",
			   .label = "The request's content, as JSON",
			   .help = "As if it came in by POST. Who sent it "
				   "is not asked.",
			   .value = a->body != NULL ? a->body
						    : "{\n  \"email\": "
						      "\"alex@example.com\"\n}",
			   .fault = a->fault,
			   .type = "area",
			   .rows = 8,
			   .is_mono = 1,
			   .is_wide = 1 });
	form_hidden(p, "waits", a->waits);
	form_button(p, "main", NULL, NULL, "Try it");
	form_end(p);
	html(&p->body, "</details></section>\n");
}

/* --- the rehearsal ---------------------------------------------------------
 */

static void
imagine(struct page *p, const char *body, struct delivery *out)
{
	*out = (struct delivery){
		.method = "POST",
		.query = "",
		.content_type = "application/json",
		.url = "",
		.remote_addr = "",
		.headers = json_pool(p->mem, json_object_new_object()),
		.body = body,
		.body_len = strlen(body),
	};
	json_set_string(out->headers, "content-type", out->content_type);
}

static int
try_it(struct page *p, const struct draft *d, const struct asked *a,
       struct json_object **told, struct err *e)
{
	struct delivery imagined;
	struct rehearsal in = {
		.db = p->db,
		.conf = p->conf,
		.secrets = p->secrets,
		.account_id = p->who->account_id,
		.workflow_id = d->w.id,
		.trigger_id = d->w.trigger_id,
		.document = d->doc,
		.apart = take_apart,
		.assumes_met = strcmp(a->waits, "met") == 0,
	};

	if (a->body != NULL) {
		imagine(p, a->body, &imagined);
		in.imagined = &imagined;
	} else {
		in.delivery_id = a->delivery_id;
	}
	return rehearse(&in, p->mem, told, e);
}

/* --- the page --------------------------------------------------------------
 */

static void
show(struct page *p, struct draft *d, struct asked *a)
{
	struct json_object *told = NULL;
	struct err e = ERR_INIT;

	if (load_options(p, d, a, &e) == -1 ||
	    (a->is_tried && a->fault == NULL &&
	     (a->body != NULL || a->delivery_id != NULL) &&
	     try_it(p, d, a, &told, &e) == -1)) {
		page_fail(p, &e);
		return;
	}
	if (a->fault != NULL)
		p->status = 422;
	draft_frame(p, d, "try");
	choose_form(p, d, a);
	paste_form(p, d, a);
	if (told != NULL)
		try_result(p, d, told);
	try_real_form(p, d, a->options, a->delivery_id);
	layout_end(p);
}

static const char *
waits_of(const char *value)
{
	return strcmp(value, "met") == 0 ? "met" : "up";
}

void
page_try(struct page *p)
{
	const char *id = query_value(p, "delivery");
	struct asked a = { .waits = waits_of(query_value(p, "waits")),
			   .is_tried = *query_value(p, "go") != '\0' };
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (*id != '\0' && !is_id(id)) {
		page_missing(p);
		return;
	}
	a.delivery_id = *id != '\0' ? id : NULL;
	show(p, &d, &a);
}

void
do_try(struct page *p)
{
	struct asked a = { .waits = waits_of(form_value(p, "waits")),
			   .body = form_raw(p, "body"),
			   .is_tried = 1 };
	struct json_object *o;
	struct err e = ERR_INIT;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (*form_value(p, "body") == '\0')
		a.fault = "There is nothing here: paste what the sender sends, "
			  "such as {\"email\": \"alex@example.com\"}.";
	else if (json_read(a.body, strlen(a.body), JSON_MAX_DEPTH, &o, &e) ==
		 -1)
		a.fault = mem_printf(p->mem, "This is no JSON: %s.", e.text);
	else
		json_pool(p->mem, o);
	show(p, &d, &a);
}
