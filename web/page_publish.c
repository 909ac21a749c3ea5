/*
 * page_publish.c - is a draft right, what would its publication change, and
 * doing it: a new version, or back to a draft.  What must hold is
 * engine/publish.h.
 */
#include "config.h"

#include "difference.h"
#include "pages.h"
#include "steps.h"

#include "base/conf.h"
#include "base/json.h"
#include "engine/publish.h"
#include "http/html.h"
#include "store/workflow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* --- check ---------------------------------------------------------------- */

static void
lists(struct page *p, const struct draft *d, const struct verdict *v)
{
	if (v->faults.f.n > 0) {
		buf_addf(&p->body, "<h2>To be mended: %zu</h2>\n",
			 v->faults.f.n);
		html(&p->body, "<p>Until then it can't be published.</p>\n");
		steps_list_faults(p, d, &v->faults);
	}
	if (v->warnings.f.n > 0) {
		buf_addf(&p->body, "<h2>To look at: %zu</h2>\n",
			 v->warnings.f.n);
		html(&p->body, "<p>It can be published all the same.</p>\n");
		steps_list_faults(p, d, &v->warnings);
	}
}

void
page_check(struct page *p)
{
	struct verdict v;
	struct draft d;

	if (draft_load(p, &d) == -1 || steps_check(p, &d, &v) == -1)
		return;
	draft_frame(p, &d, "steps");
	if (v.faults.f.n == 0 && v.warnings.f.n == 0)
		html(&p->body, "<h2>Check</h2>\n<p class=\"ok\">Nothing is "
			       "wrong with it.</p>\n");
	lists(p, &d, &v);
	html(&p->body, "<p>");
	link_to(p, url(p, "workflows/%s", d.w.id), "Back to the steps");
	html(&p->body, "</p>\n");
	layout_end(p);
}

/* --- what publishing would do --------------------------------------------- */

/* Who is in the workflow now: {version: runs}. */
static int
people_inside(struct page *p, const struct draft *d, struct json_object **out,
	      int64_t *total)
{
	struct json_object *places, *o;
	struct err e = ERR_INIT;
	const char *version;
	int64_t n;
	size_t i;

	*total = 0;
	*out = json_pool(p->mem, json_object_new_object());
	if (workflow_places(p->db, p->who->account_id, d->w.id, p->mem, &places,
			    &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	for (i = 0; i < json_object_array_length(places); i++) {
		o = json_object_array_get_idx(places, i);
		version = json_pool_text(p->mem, json_get(o, "version"));
		n = json_get_int(o, "count", 0);
		*total += n;
		json_object_object_add(
			*out, version,
			json_object_new_int64(json_get_int(*out, version, 0) +
					      n));
	}
	return 0;
}

static void
say_inside(struct page *p, struct json_object *inside, int64_t total)
{
	html(&p->body, "<h2>Who is inside</h2>\n");
	if (total == 0) {
		html(&p->body, "<p>Nobody is in this workflow now.</p>\n");
		return;
	}
	html(&p->body, "<p>Contacts that are inside stay on the version they "
		       "began with and go through to its end. Who comes from "
		       "now on gets the new one.</p>\n<ul>\n");
	json_object_object_foreach (inside, version, n) {
		html(&p->body, "<li>Version ");
		html_text(&p->body, version);
		buf_addf(&p->body, ": %" PRId64 " live %s</li>\n",
			 json_object_get_int64(n),
			 json_object_get_int64(n) == 1 ? "run" : "runs");
	}
	html(&p->body, "</ul>\n");
}

static void
publish_form(struct page *p, const struct draft *d, int is_same)
{
	form_begin(p, url(p, "workflows/%s/publish", d->w.id));
	draft_rev_field(p, d);
	html(&p->body, "<div class=\"bar\">");
	if (is_same && strcmp(d->w.status, "published") == 0)
		html(&p->body, "<p>The draft is what is published: there is "
			       "nothing to do.</p>");
	else
		form_button(p, "main", NULL, NULL,
			    is_same ? "Publish it again"
				    : mem_printf(p->mem, "Publish version %d",
						 d->w.version + 1));
	html(&p->body, "</div>\n");
	form_end(p);
}

static void
unpublish_form(struct page *p, const struct draft *d, int64_t total)
{
	if (strcmp(d->w.status, "published") != 0)
		return;
	html(&p->body, "<h2>Take it back</h2>\n<p>Unpublished, it takes nobody "
		       "in: requests are kept and can be replayed. ");
	if (total > 0)
		buf_addf(&p->body,
			 "The %" PRId64 " live %s will pause until it is "
			 "published again.",
			 total, total == 1 ? "run" : "runs");
	html(&p->body, "</p>\n");
	button_post(p, url(p, "workflows/%s/unpublish", d->w.id), "danger",
		    "Unpublish");
}

/* The published document, NULL when there is none. */
static int
published(struct page *p, const struct draft *d, struct json_object **out)
{
	struct err e = ERR_INIT;

	*out = NULL;
	if (d->w.version == 0 ||
	    workflow_version(p->db, p->who->account_id, d->w.id,
			     mem_printf(p->mem, "%d", d->w.version), p->mem,
			     out, &e) == 0)
		return 0;
	page_fail(p, &e);
	return -1;
}

static void
show(struct page *p, struct draft *d, const struct verdict *v)
{
	struct json_object *before, *inside;
	int64_t total;
	int is_same = 0;

	if (published(p, d, &before) == -1 ||
	    people_inside(p, d, &inside, &total) == -1)
		return;
	draft_frame(p, d, "steps");
	html(&p->body, "<h2>Publish</h2>\n");
	if (before == NULL) {
		html(&p->body, "<p>It will be the first version. From then on "
			       "requests to its address take contacts in.</p>"
			       "\n");
	} else {
		buf_addf(&p->body,
			 "<p>What is different from version %d:</p>\n",
			 d->w.version);
		is_same = difference(p, before, d->doc) == 0;
	}
	lists(p, d, v);
	say_inside(p, inside, total);
	if (v->faults.f.n == 0)
		publish_form(p, d, is_same);
	else
		html(&p->body, "<p class=\"fault\">It can be published when "
			       "what is listed above is mended.</p>\n");
	unpublish_form(p, d, total);
	layout_end(p);
}

void
page_publish(struct page *p)
{
	struct verdict v;
	struct draft d;

	if (draft_load(p, &d) == 0 && steps_check(p, &d, &v) == 0)
		show(p, &d, &v);
}

/* --- deeds ---------------------------------------------------------------- */

void
do_publish(struct page *p)
{
	const char *seen = form_value(p, "rev"), *id;
	struct err e = ERR_INIT;
	struct verdict v = { { .f = FAULTS_INIT(p->mem) },
			     { .f = FAULTS_INIT(p->mem) } };
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (*seen != '\0' && strcmp(seen, d.rev) != 0) {
		page_say(p, 1,
			 "It was not published: somebody changed it "
			 "meanwhile. Look at it again.");
		page_redirect(p, url(p, "workflows/%s/publish", d.w.id));
		return;
	}
	if (publish_draft(p->db, p->who->account_id, p->conf->base_url,
			  d.w.name, &id, &v.faults.f, &v.warnings.f,
			  &e) == -1) {
		if (v.faults.f.n == 0) {
			page_fail(p, &e);
			return;
		}
		p->status = 422;
		steps_locate(p, &d, &v);
		show(p, &d, &v);
		return;
	}
	page_say(p, 0, "It is published.");
	page_redirect(p, url(p, "workflows/%s", d.w.id));
}

void
do_unpublish(struct page *p)
{
	struct err e = ERR_INIT;
	struct draft d;
	int64_t n = 0;

	if (draft_load(p, &d) == -1)
		return;
	if (workflow_unpublish(p->db, p->who->account_id, d.w.id, &n, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	if (n == 0)
		page_say(p, 0, "It is a draft again.");
	else
		page_say(p, 0,
			 "It is a draft again. %" PRId64 " %s until it is "
			 "published.",
			 n, n == 1 ? "run pauses" : "runs pause");
	page_redirect(p, url(p, "workflows/%s", d.w.id));
}
