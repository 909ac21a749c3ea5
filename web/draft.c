/*
 * draft.c - the workflow that a page is about, its draft, and the frame around
 * its pages.  See draft.h.  What may stand in a document is lib/flow's
 * business.
 */
#include "config.h"

#include "draft.h"

#include "base/json.h"
#include "http/html.h"
#include "store/draft.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

static struct json_object *
part(struct json_object *doc, const char *name, enum json_type type)
{
	struct json_object *o = json_get(doc, name);

	if (json_object_is_type(o, type))
		return o;
	o = type == json_type_array ? json_object_new_array()
				    : json_object_new_object();
	json_object_object_add(doc, name, o);
	return o;
}

int
draft_load(struct page *p, struct draft *d)
{
	struct err e = ERR_INIT;

	memset(d, 0, sizeof(*d));
	if (!is_id(p->arg[0])) {
		page_missing(p);
		return -1;
	}
	if (workflow_by_id(p->db, p->who->account_id, p->arg[0], p->mem, &d->w,
			   &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	d->doc = json_object_is_type(d->w.draft, json_type_object)
			 ? d->w.draft
			 : json_pool(p->mem, json_object_new_object());
	d->had_settings = json_get(d->doc, "settings") != NULL;
	d->trigger = part(d->doc, "trigger", json_type_object);
	d->settings = part(d->doc, "settings", json_type_object);
	d->steps = part(d->doc, "steps", json_type_array);
	d->rev = d->w.rev;
	return 0;
}

static void
changed_elsewhere(struct page *p)
{
	page_note(p, 409, "Somebody changed this workflow meanwhile",
		  "Perhaps you, in another window. Nothing was saved by this "
		  "form, so that nothing is lost: go back to see what you "
		  "typed, open the page anew, and put it in there.");
}

static int
depth_of(struct json_object *v)
{
	int depth = 0, d;
	size_t i;

	if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach (v, key, o) {
			(void)key;
			d = depth_of(o);
			depth = d > depth ? d : depth;
		}
	} else if (json_object_is_type(v, json_type_array)) {
		for (i = 0; i < json_object_array_length(v); i++) {
			d = depth_of(json_object_array_get_idx(v, i));
			depth = d > depth ? d : depth;
		}
	} else
		return 0;
	return depth + 1;
}

/* What is nested deeper could not be read again. */
static int
is_too_deep(struct page *p, const struct draft *d)
{
	struct err e = ERR_INIT;

	if (depth_of(d->doc) <= JSON_MAX_DEPTH)
		return 0;
	err_set(&e, ERR_INPUT,
		"steps and conditions would be nested too deep; nothing was "
		"changed. Let a workflow of its own do a part of it (the step "
		"\"Enrol in a workflow\").");
	page_fail(p, &e);
	return 1;
}

int
draft_save(struct page *p, struct draft *d, const char *what)
{
	const char *seen = form_value(p, "rev");
	struct draft_change change = { .workflow_id = d->w.id,
				       .rev = d->rev,
				       .label = what,
				       .user_id = p->who->user_id,
				       .continues = p->is_partial };
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int rc;

	if (seen[0] != '\0' && strcmp(seen, d->rev) != 0) {
		changed_elsewhere(p);
		return -1;
	}
	if (is_too_deep(p, d))
		return -1;
	if (!d->had_settings && json_object_object_length(d->settings) == 0 &&
	    json_get(d->doc, "settings") == d->settings)
		json_object_object_del(d->doc, "settings");
	json_write(&text, d->doc);
	change.document = text.s;
	rc = draft_keep(p->db, p->who->account_id, &change, p->mem, &d->rev,
			&e);
	buf_free(&text);
	if (rc == -1) {
		page_fail(p, &e);
		return -1;
	}
	if (d->rev == NULL) {
		changed_elsewhere(p);
		return -1;
	}
	buf_addf(&p->headers, "X-Hookline-Rev: %s\r\n", d->rev);
	return 0;
}

void
draft_rev_field(struct page *p, const struct draft *d)
{
	form_hidden(p, "rev", d->rev);
}

static void
actions(struct page *p, const struct draft *d)
{
	html(&p->body, "<div class=\"state\">");
	badge(p, d->w.status);
	html(&p->body, "<span class=\"faint\">");
	if (d->w.version == 0)
		html(&p->body, "not published yet");
	else
		buf_addf(&p->body, "version %d", d->w.version);
	html(&p->body, "</span><span class=\"grow\"></span>");
	link_to(p, url(p, "workflows/%s/check", d->w.id), "Check");
	html(&p->body, "<a class=\"button main\" href=\"");
	html_text(&p->body, url(p, "workflows/%s/publish", d->w.id));
	html(&p->body, "\">Publish&hellip;</a></div>\n");
}

void
draft_frame(struct page *p, struct draft *d, const char *tab)
{
	const char *id = d->w.id;
	const struct tab tabs[] = {
		{ "trigger", url(p, "workflows/%s/trigger", id), "Trigger" },
		{ "mapping", url(p, "workflows/%s/mapping", id), "Mapping" },
		{ "steps", url(p, "workflows/%s", id), "Steps" },
		{ "try", url(p, "workflows/%s/try", id), "Try it" },
		{ "runs", url(p, "runs?workflow=%s", id), "Runs" },
		{ "versions", url(p, "workflows/%s/versions", id), "Versions" },
		{ "settings", url(p, "workflows/%s/settings", id), "Settings" },
		{ NULL, NULL, NULL },
	};

	layout_crumb(p, p->root, "Workflows");
	layout_begin(p, d->w.name, "workflows");
	actions(p, d);
	layout_tabs(p, tabs, tab);
}
