/*
 * page_versions.c - the published versions of a workflow, what is different
 * between any two, and one of them as the draft again.
 */
#include "config.h"

#include "difference.h"
#include "draft.h"
#include "pages.h"

#include "base/json.h"
#include "flow/differ.h"
#include "flow/step_fields.h"
#include "http/html.h"
#include "store/workflow.h"

#include <string.h>

#include "base/banned.h"

#define VERSIONS 50 /* on a page */

/* --- differences ---------------------------------------------------------- */

static void
what_it_is(struct page *p, struct json_object *line)
{
	const char *name = json_get_string(line, "name");
	const char *type = json_get_string(line, "type");
	const char *id = json_get_string(line, "step");
	const char *field = json_get_string(line, "field");
	const struct step_words *w = step_words_of(type);

	cell_begin(p, "Where");
	if (id != NULL) {
		html_text(&p->body, name != NULL ? name
				    : w != NULL	 ? w->word
						 : id);
		html(&p->body, " <code class=\"faint\">");
		html_text(&p->body, id);
		html(&p->body, "</code>");
	}
	if (field != NULL) {
		html(&p->body, " <b>");
		html_text(&p->body, field);
		html(&p->body, "</b>");
	}
	cell_end(p);
}

static void
value_cell(struct page *p, const char *label, const char *text)
{
	cell_begin(p, label);
	if (text != NULL) {
		html(&p->body, "<pre class=\"value\">");
		html_text(&p->body, text);
		html(&p->body, "</pre>");
	} else {
		html(&p->body, "<span class=\"faint\">&ndash;</span>");
	}
	cell_end(p);
}

size_t
difference(struct page *p, struct json_object *before,
	   struct json_object *after)
{
	struct json_object *list = differ(p->mem, before, after), *line;
	size_t i, n = json_object_array_length(list);

	if (n == 0) {
		html(&p->body, "<p>Nothing: they are the same.</p>\n");
		return 0;
	}
	table_begin(p, "Differences", "What|Where|Before|After");
	for (i = 0; i < n; i++) {
		line = json_object_array_get_idx(list, i);
		html(&p->body, "<tr>");
		cell_text(p, "What", json_get_string(line, "what"));
		what_it_is(p, line);
		value_cell(p, "Before", json_get_string(line, "before"));
		value_cell(p, "After", json_get_string(line, "after"));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
	return n;
}

/* --- versions ------------------------------------------------------------- */

/* The document of version `text`, "draft" is the draft's.  -1 with the page
 * made. */
static int
document_of(struct page *p, const struct draft *d, const char *text,
	    struct json_object **out)
{
	struct err e = ERR_INIT;

	if (strcmp(text, "draft") == 0) {
		*out = d->doc;
		return 0;
	}
	*out = NULL;
	if (is_id(text) && strlen(text) < 10 &&
	    workflow_version(p->db, p->who->account_id, d->w.id, text, p->mem,
			     out, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	if (*out != NULL)
		return 0;
	page_missing(p);
	return -1;
}

static void
version_row(struct page *p, const struct draft *d, struct json_object *o,
	    int64_t before)
{
	int64_t no = json_get_int(o, "version", 0);
	const char *name = mem_printf(p->mem, "%lld", (long long)no);

	html(&p->body, "<tr>");
	cell_begin(p, "Version");
	html_text(&p->body, name);
	if (no == d->w.version && strcmp(d->w.status, "published") == 0)
		html(&p->body, " <span class=\"badge good\">published</span>");
	cell_end(p);
	cell_begin(p, "Published");
	html_time(p, json_get_string(o, "published_at"));
	cell_end(p);
	cell_begin(p, "Differences");
	if (before > 0) {
		link_to(p,
			url(p, "workflows/%s/versions?from=%lld&to=%s", d->w.id,
			    (long long)before, name),
			mem_printf(p->mem, "What version %s changed", name));
		html(&p->body, " ");
	}
	link_to(p,
		url(p, "workflows/%s/versions?from=%s&to=draft", d->w.id, name),
		mem_printf(p->mem, "Version %s and the draft", name));
	cell_end(p);
	cell_begin(p, "Restore");
	button_post(p,
		    url(p, "workflows/%s/versions/%s/restore", d->w.id, name),
		    "small", mem_printf(p->mem, "Make %s the draft", name));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

/* One more than is shown tells what the last one differs from. */
static void
list(struct page *p, const struct draft *d, struct json_object *versions)
{
	size_t i, n = json_object_array_length(versions);
	int64_t before = 0;

	table_begin(p, "Published versions",
		    "Version|Published|Differences|Restore");
	for (i = 0; i < n && i < VERSIONS; i++) {
		before =
			json_get_int(json_object_array_get_idx(versions, i + 1),
				     "version", 0);
		version_row(p, d, json_object_array_get_idx(versions, i),
			    before);
	}
	table_end(p);
	if (n > VERSIONS)
		pager(p, "before",
		      mem_printf(p->mem, "%lld", (long long)before + 1));
}

static const char *
options(struct page *p, struct json_object *versions)
{
	const char *text = "draft=The draft";
	size_t i;

	for (i = 0; i < json_object_array_length(versions); i++)
		text = mem_printf(
			p->mem, "%s|%s=Version %s", text,
			json_pool_text(
				p->mem,
				json_get(json_object_array_get_idx(versions, i),
					 "version")),
			json_pool_text(
				p->mem,
				json_get(json_object_array_get_idx(versions, i),
					 "version")));
	return text;
}

static void
compare_form(struct page *p, const struct draft *d,
	     struct json_object *versions, const char *from, const char *to)
{
	form_begin_get(p, url(p, "workflows/%s/versions", d->w.id));
	form_field(p, &(struct field){ .name = "from",
				       .label = "Compare",
				       .value = from,
				       .options = options(p, versions) });
	form_field(p, &(struct field){ .name = "to",
				       .label = "with",
				       .value = to,
				       .options = options(p, versions) });
	form_button(p, "plain", NULL, NULL, "Show the difference");
	form_end(p);
}

static const char *
title_of(struct page *p, const char *version)
{
	return strcmp(version, "draft") == 0
		       ? "the draft"
		       : mem_printf(p->mem, "version %s", version);
}

void
page_versions(struct page *p)
{
	const char *from = query_value(p, "from"), *to = query_value(p, "to");
	const char *below = query_value(p, "before");
	struct json_object *versions, *before = NULL, *after = NULL;
	struct err e = ERR_INIT;
	struct draft d;

	if (draft_load(p, &d) == -1)
		return;
	if (*from != '\0' && *to != '\0' &&
	    (document_of(p, &d, from, &before) == -1 ||
	     document_of(p, &d, to, &after) == -1))
		return;
	if (workflow_versions(p->db, p->who->account_id, d.w.id,
			      is_id(below) ? below : NULL,
			      mem_printf(p->mem, "%d", VERSIONS + 1), p->mem,
			      &versions, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	draft_frame(p, &d, "versions");
	if (json_object_array_length(versions) == 0) {
		nothing_yet(p, "It was not published yet. Each publication "
			       "makes a version that is listed here.");
		layout_end(p);
		return;
	}
	compare_form(p, &d, versions, *from != '\0' ? from : NULL,
		     *to != '\0' ? to : "draft");
	if (before != NULL) {
		html(&p->body, "<h2>From ");
		html_text(&p->body, title_of(p, from));
		html(&p->body, " to ");
		html_text(&p->body, title_of(p, to));
		html(&p->body, "</h2>\n");
		difference(p, before, after);
	}
	html(&p->body, "<h2>All versions</h2>\n");
	list(p, &d, versions);
	layout_end(p);
}

void
do_restore(struct page *p)
{
	const char *version = p->arg[1];
	struct json_object *doc;
	struct draft d;

	if (draft_load(p, &d) == -1 || document_of(p, &d, version, &doc) == -1)
		return;
	d.doc = doc;
	/* the name is the workflow's, whatever it was called then */
	json_set_string(d.doc, "name", d.w.name);
	if (draft_save(p, &d,
		       mem_printf(p->mem, "Version %s made the draft",
				  version)) == -1)
		return;
	page_say(p, 0, "The draft is version %s now. It is not published.",
		 version);
	page_redirect(p, url(p, "workflows/%s", d.w.id));
}
