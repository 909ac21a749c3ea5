/*
 * sampled.c - the sample of a workflow, chosen or the latest that can be one,
 * as mapping sees it.  See sampled.h.
 */
#include "config.h"

#include "sampled.h"

#include "base/json.h"
#include "draft.h"
#include "flow/split.h"
#include "front/seen.h"
#include "http/html.h"
#include "store/delivery.h"
#include "store/trigger.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define TREE_MAX 2000	/* values that are shown of one sample */
#define TREE_OPEN 2	/* levels that are open from the start */
#define ELEMENTS_MAX 50 /* of a list */
#define TEXT_MAX 300	/* bytes of one value */
#define OPTIONS_MAX 400

/* --- loading -------------------------------------------------------------- */

/* Rather one that was not refused. */
static const char *
latest_usable(struct json_object *latest)
{
	struct json_object *one;
	const char *refused = NULL;
	size_t i;

	for (i = 0; i < json_object_array_length(latest); i++) {
		one = json_object_array_get_idx(latest, i);
		if (!json_get_bool(one, "is_usable", 0))
			continue;
		if (strcmp(json_get_string(one, "outcome"), "rejected") != 0)
			return json_get_string(one, "id");
		if (refused == NULL)
			refused = json_get_string(one, "id");
	}
	return refused;
}

/* The element that stands for all, where the draft splits a list. */
static void
split_first(struct page *p, const struct draft *d, struct sampled *out)
{
	const char *split = json_get_string(d->trigger, "split");
	struct json_object *list;

	if (split == NULL)
		return;
	list = split_list(p->mem, split, out->source);
	if (list == NULL || json_object_array_length(list) == 0)
		return;
	out->n_elements = json_object_array_length(list);
	out->source = split_source(p->mem, split, out->source,
				   json_object_array_get_idx(list, 0));
}

/* 1: it is there, 0: it is gone, -1. */
static int
read_stored(struct page *p, const char *id, struct sampled *out, struct err *e)
{
	struct json_object *stored;
	const char *body;
	size_t len;

	if (delivery_show(p->db, p->who->account_id, id, p->mem, &stored, &body,
			  &len, e) == -1)
		return e->kind == ERR_GONE ? 0 : -1;
	if (json_get(stored, "payload") == NULL)
		return 0; /* its content was erased */
	out->id = id;
	out->received_at = json_get_string(stored, "received_at");
	out->source = seen_source(p->mem, stored, body, len);
	return 1;
}

static int
load(struct page *p, const struct draft *d, struct sampled *out, struct err *e)
{
	const char *account = p->who->account_id, *chosen, *latest;
	int rc = 0;

	if (trigger_show(p->db, account, d->w.trigger_id, p->mem, &out->trigger,
			 e) == -1 ||
	    trigger_latest(p->db, account, d->w.trigger_id, SAMPLED_LATEST,
			   p->mem, &out->latest, e) == -1)
		return -1;
	chosen = json_get_string(out->trigger, "sample");
	latest = latest_usable(out->latest);
	if (chosen != NULL) {
		rc = read_stored(p, chosen, out, e);
		out->is_chosen = rc == 1;
		out->is_gone = rc == 0;
	}
	if (rc == 0 && latest != NULL)
		rc = read_stored(p, latest, out, e);
	if (rc == 1) {
		out->whole = out->source;
		split_first(p, d, out);
		sample_read(p->mem, out->source, &out->places);
	}
	return rc == -1 ? -1 : 0;
}

int
sampled_load(struct page *p, const struct draft *d, struct sampled *out)
{
	struct err e = ERR_INIT;

	*out = (struct sampled){ .places = { .mem = p->mem } };
	if (load(p, d, out, &e) == 0)
		return 0;
	page_fail(p, &e);
	return -1;
}

const char *
sampled_short(struct mem *m, const char *text, size_t max)
{
	size_t n = max;

	if (strlen(text) <= max)
		return text;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return mem_printf(m, "%.*s\xe2\x80\xa6", (int)n, text);
}

/* --- the tree ------------------------------------------------------------- */

struct tree {
	struct page *p;
	int left; /* so many values may still be shown */
};

static void tree_value(struct tree *t, const char *name, struct json_object *v,
		       int depth);

const char *
sampled_kind(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		return "empty";
	case json_type_boolean:
		return "yes/no";
	case json_type_int:
	case json_type_double:
		return "number";
	case json_type_string:
		return "text";
	case json_type_array:
		return "list";
	default:
		return "group";
	}
}

static void
tree_name(struct tree *t, const char *name, struct json_object *v,
	  const char *count)
{
	struct buf *b = &t->p->body;

	html(b, "<span class=\"key\">");
	html_text(b, name[0] != '\0' ? name : "(no name)");
	html(b, "</span> <span class=\"tkind\">");
	html_text(b, sampled_kind(v));
	html_text(b, count);
	html(b, "</span>");
}

static void
tree_leaf(struct tree *t, const char *name, struct json_object *v)
{
	struct buf *b = &t->p->body;
	const char *text = json_pool_text(t->p->mem, v);

	html(b, "<li>");
	tree_name(t, name, v, "");
	html(b, " <span class=\"tval\">");
	if (text[0] == '\0')
		html(b, "<span class=\"faint\">&ndash;</span>");
	else
		html_text(b, sampled_short(t->p->mem, text, TEXT_MAX));
	html(b, "</span></li>\n");
}

static void
tree_rest(struct tree *t, size_t n)
{
	buf_addf(&t->p->body, "<li class=\"faint\">%zu more</li>\n", n);
}

static int
is_hollow(struct json_object *v)
{
	return json_object_is_type(v, json_type_object) &&
	       json_object_object_length(v) == 0;
}

static void
tree_members(struct tree *t, struct json_object *o, int depth)
{
	json_object_object_foreach (o, name, value) {
		if (t->left <= 0)
			break;
		if (depth == 0 && is_hollow(value))
			continue; /* no query */
		tree_value(t, name, value, depth);
	}
}

static void
tree_elements(struct tree *t, struct json_object *list, int depth)
{
	size_t i, n = json_object_array_length(list);

	for (i = 0; i < n && i < ELEMENTS_MAX && t->left > 0; i++)
		tree_value(t, mem_printf(t->p->mem, "%zu", i + 1),
			   json_object_array_get_idx(list, i), depth);
	if (i < n)
		tree_rest(t, n - i);
}

static void
tree_value(struct tree *t, const char *name, struct json_object *v, int depth)
{
	struct buf *b = &t->p->body;
	int is_list;
	size_t n;

	t->left--;
	v = json_open(v);
	is_list = json_object_is_type(v, json_type_array);
	if (!is_list && !json_object_is_type(v, json_type_object)) {
		tree_leaf(t, name, v);
		return;
	}
	n = is_list ? json_object_array_length(v)
		    : (size_t)json_object_object_length(v);
	if (depth < TREE_OPEN)
		html(b, "<li><details open><summary>");
	else
		html(b, "<li><details><summary>");
	tree_name(t, name, v, mem_printf(t->p->mem, " of %zu", n));
	html(b, "</summary><ul>\n");
	if (is_list)
		tree_elements(t, v, depth + 1);
	else
		tree_members(t, v, depth + 1);
	html(b, "</ul></details></li>\n");
}

void
sampled_tree(struct page *p, struct json_object *value)
{
	struct tree t = { p, TREE_MAX };

	html(&p->body, "<ul class=\"tree\">\n");
	tree_members(&t, value, 0);
	html(&p->body, "</ul>\n");
	if (t.left <= 0)
		html(&p->body, "<p class=\"faint\">It goes on: only the first "
			       "2,000 values are shown.</p>\n");
}

/* --- choices -------------------------------------------------------------- */

static void
option(struct page *p, const char *value)
{
	html(&p->body, "<option value=\"");
	html_text(&p->body, value);
	html(&p->body, "\">");
}

/* The lists on the way to a place: body.events of body.events[0].email. */
static void
lists_of(struct page *p, const char *path, struct json_object *seen)
{
	size_t len = strcspn(path, "[");
	const char *list;

	if (path[len] == '\0' || strncmp(path, "body", 4) != 0)
		return;
	list = mem_strndup(p->mem, path, len);
	if (json_get(seen, list) != NULL)
		return;
	json_object_object_add(seen, list, json_object_new_boolean(1));
	option(p, list);
}

void
sampled_options(struct page *p, const struct sampled *s, int lists)
{
	struct json_object *seen = json_pool(p->mem, json_object_new_object());
	struct sample whole = { .mem = p->mem };
	size_t i;

	if (s->whole == NULL)
		return;
	sample_read(p->mem, s->whole, &whole);
	for (i = 0; i < whole.n && i < OPTIONS_MAX; i++) {
		if (lists)
			lists_of(p, whole.list[i].path, seen);
		else if (!json_object_is_type(whole.list[i].value,
					      json_type_array))
			option(p, whole.list[i].path);
	}
}
