/*
 * picker.c - what can be put into a field, with sample values.  See picker.h.
 */
#include "config.h"

#include "picker.h"

#include "base/json.h"
#include "flow/edit.h"
#include "flow/map.h"
#include "flow/sample.h"
#include "flow/scope.h"
#include "http/html.h"
#include "sampled.h"
#include "store/field.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define PICKS_MAX 200 /* of the webhook's fields */
#define VALUE_MAX 60  /* bytes of a value that are shown */

static const char *
text_of(struct json_object *o, const char *key)
{
	const char *text = json_get_string(o, key);

	return text != NULL ? text : "";
}

/* --- groups --------------------------------------------------------------- */

static struct pick_group *
new_group(struct picks *picks, const char *title)
{
	struct pick_group *g = &picks->groups[picks->n++];

	g->title = title;
	return g;
}

static void
add(struct page *p, struct pick_group *g, const char *path, const char *value)
{
	struct pick *wider;

	if (g->n == g->cap) {
		wider = mem_alloc(p->mem, (2 * g->cap + 16) * sizeof(*wider));
		if (g->n > 0)
			memcpy(wider, g->list, g->n * sizeof(*wider));
		g->list = wider;
		g->cap = 2 * g->cap + 16;
	}
	g->list[g->n].path = path;
	g->list[g->n++].value = value;
}

static const char *
shown(struct page *p, struct json_object *v)
{
	return v != NULL ? json_pool_text(p->mem, v) : NULL;
}

static void
webhook_picks(struct page *p, struct picks *picks, struct json_object *source)
{
	struct pick_group *g = new_group(picks, "The request");
	struct sample s;
	size_t i;

	if (source == NULL)
		return;
	sample_read(p->mem, source, &s);
	for (i = 0; i < s.n && g->n < PICKS_MAX; i++)
		add(p, g, mem_printf(p->mem, "webhook.%s", s.list[i].path),
		    shown(p, s.list[i].value));
}

/* What the mapping makes of the sample. */
static struct json_object *
mapped_of(struct page *p, const struct draft *d, struct json_object *source,
	  struct json_object **variables)
{
	struct faults f = FAULTS_INIT(p->mem);
	struct json_object *rules = json_get(d->trigger, "map");
	struct mapped mapped;

	*variables = NULL;
	if (source == NULL || rules == NULL)
		return NULL;
	map_check(rules, "", &f);
	if (f.n > 0)
		return NULL;
	map_apply(rules, source, p->who->country, NULL, p->mem, &mapped);
	*variables = mapped.variables;
	return mapped.contact;
}

static int
contact_picks(struct page *p, struct picks *picks, struct json_object *contact)
{
	struct pick_group *g = new_group(picks, "The contact");
	struct json_object *fields, *custom = json_get(contact, "custom");
	const char *const *name, *key;
	struct err e = ERR_INIT;
	size_t i;

	for (name = map_contact_fields; *name != NULL; name++)
		add(p, g, mem_printf(p->mem, "contact.%s", *name),
		    shown(p, json_get(contact, *name)));
	add(p, g, "contact.tags", NULL);
	if (field_list(p->db, p->who->account_id, p->mem, &fields, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	for (i = 0; i < json_object_array_length(fields); i++) {
		key = text_of(json_object_array_get_idx(fields, i), "key");
		add(p, g, mem_printf(p->mem, "contact.custom.%s", key),
		    shown(p, json_get(custom, key)));
	}
	return 0;
}

/* --- variables and results of steps ----------------------------------------
 */

struct collecting {
	struct page *p;
	struct pick_group *variables, *results;
	struct json_object *seen, *values;
};

static void
add_variable(struct collecting *c, const char *name)
{
	if (name == NULL || *name == '\0' ||
	    json_object_object_get_ex(c->seen, name, NULL))
		return;
	json_object_object_add(c->seen, name, NULL);
	add(c->p, c->variables,
	    mem_printf(c->p->mem, "custom_variables.%s", name),
	    shown(c->p, json_get(c->values, name)));
}

static void
collect_step(void *arg, const struct edit_spot *spot)
{
	static const struct {
		const char *type, *members[4];
	} results[] = {
		{ "call_webhook", { "status", "body", "headers", NULL } },
		{ "send_sms", { "status", "body", NULL } },
		{ "find_contact", { "found", "contact", NULL } },
		{ "wait", { "met", NULL } },
	};
	struct collecting *c = arg;
	const char *type = text_of(spot->step, "type");
	const char *id = json_get_string(spot->step, "id");
	const char *const *member;
	size_t i;

	if (strcmp(type, "set_variable") == 0)
		add_variable(c, json_get_string(spot->step, "name"));
	if (strcmp(type, "call_webhook") == 0)
		add_variable(c, json_get_string(spot->step, "save_as"));
	if (strcmp(type, "wait") == 0 &&
	    json_get(spot->step, "until_condition") == NULL)
		return;
	for (i = 0; id != NULL && i < sizeof(results) / sizeof(*results); i++)
		for (member = results[i].members;
		     strcmp(type, results[i].type) == 0 && *member != NULL;
		     member++)
			add(c->p, c->results,
			    mem_printf(c->p->mem, "steps.%s.%s", id, *member),
			    NULL);
}

static void
variable_picks(struct page *p, const struct draft *d, struct picks *picks,
	       struct json_object *values)
{
	struct collecting c = { .p = p, .values = values };
	struct json_object *rules = json_get(d->trigger, "map");
	const char *to;
	size_t i;

	c.seen = json_pool(p->mem, json_object_new_object());
	c.variables = new_group(picks, "Custom variables");
	c.results = new_group(picks, "Results of steps");
	if (json_object_is_type(rules, json_type_array))
		for (i = 0; i < json_object_array_length(rules); i++) {
			to = text_of(json_object_array_get_idx(rules, i), "to");
			if (strncmp(to, "custom_variables.", 17) == 0)
				add_variable(&c, to + 17);
		}
	edit_each(p->mem, d->doc, collect_step, &c);
}

static int
other_picks(struct page *p, const struct draft *d, struct picks *picks)
{
	static const char *const roots[] = { "workflow", "account", "run",
					     "right_now" };
	struct pick_group *g = new_group(picks, "Constants");
	struct json_object *constants, *o;
	const char *const *member;
	struct err e = ERR_INIT;
	size_t i;

	if (constant_list(p->db, p->who->account_id, p->mem, &constants, &e) ==
	    -1) {
		page_fail(p, &e);
		return -1;
	}
	for (i = 0; i < json_object_array_length(constants); i++) {
		o = json_object_array_get_idx(constants, i);
		add(p, g,
		    mem_printf(p->mem, "custom_values.%s", text_of(o, "name")),
		    text_of(o, "value"));
	}
	g = new_group(picks, "Other");
	add(p, g, "now", NULL);
	for (i = 0; i < sizeof(roots) / sizeof(*roots); i++)
		for (member = scope_members(roots[i]);
		     member != NULL && *member != NULL; member++)
			add(p, g,
			    mem_printf(p->mem, "%s.%s", roots[i], *member),
			    strcmp(roots[i], "workflow") == 0 &&
					    strcmp(*member, "name") == 0
				    ? d->w.name
				    : NULL);
	return 0;
}

int
picks_load(struct page *p, const struct draft *d, struct picks *out)
{
	struct json_object *source, *contact, *variables;
	struct sampled sampled;

	memset(out, 0, sizeof(*out));
	if (sampled_load(p, d, &sampled) == -1)
		return -1;
	source = sampled.source;
	out->has_sample = source != NULL;
	contact = mapped_of(p, d, source, &variables);
	if (contact_picks(p, out, contact) == -1)
		return -1;
	variable_picks(p, d, out, variables);
	webhook_picks(p, out, source);
	return other_picks(p, d, out);
}

/* --- HTML ----------------------------------------------------------------- */

/* A value in a line of its own, cut at a whole character. */
static const char *
short_value(struct page *p, const char *value)
{
	size_t len = strlen(value);

	if (len <= VALUE_MAX)
		return value;
	len = VALUE_MAX;
	while (len > 0 && ((unsigned char)value[len] & 0xc0) == 0x80)
		len--;
	return mem_printf(p->mem, "%.*s…", (int)len, value);
}

static void
option(struct page *p, const char *path, const char *value)
{
	html(&p->body, "<option value=\"");
	html_text(&p->body, path);
	html(&p->body, "\">");
	if (value != NULL)
		html_text(&p->body, short_value(p, value));
	html(&p->body, "</option>\n");
}

void
picks_datalists(struct page *p, const struct picks *picks)
{
	const struct pick_group *g;
	size_t i, k;

	html(&p->body, "<datalist id=\"paths\">\n");
	for (i = 0; i < picks->n; i++)
		for (k = 0; k < picks->groups[i].n; k++)
			option(p, picks->groups[i].list[k].path,
			       picks->groups[i].list[k].value);
	html(&p->body, "</datalist>\n<datalist id=\"contact-fields\">\n");
	g = &picks->groups[0];
	for (k = 0; k < g->n; k++)
		option(p, g->list[k].path + strlen("contact."),
		       g->list[k].value);
	html(&p->body, "</datalist>\n");
}

static void
panel_row(struct page *p, const struct pick *pick)
{
	html(&p->body, "<li><code>{{");
	html_text(&p->body, pick->path);
	html(&p->body, "}}</code>");
	if (pick->value != NULL && pick->value[0] != '\0') {
		html(&p->body, " <span class=\"faint\">");
		html_text(&p->body, short_value(p, pick->value));
		html(&p->body, "</span>");
	}
	html(&p->body, "<button type=\"button\" class=\"small\" hidden "
		       "data-insert=\"");
	html_text(&p->body, pick->path);
	html(&p->body, "\">Insert<span class=\"unseen\"> ");
	html_text(&p->body, pick->path);
	html(&p->body, "</span></button></li>\n");
}

void
picks_panel(struct page *p, const struct picks *picks)
{
	const struct pick_group *g;
	size_t i, k;

	html(&p->body,
	     "<section class=\"card picker\"><h2>Insert a field</h2>\n"
	     "<p class=\"help\">A step puts in the value where {{the name}} "
	     "stands. With <code>{{name|friend}}</code> it says friend where "
	     "there is none.</p>\n"
	     "<div class=\"field\" hidden data-scripted><label "
	     "for=\"find-field\">"
	     "Find</label><input type=\"search\" id=\"find-field\" "
	     "data-filter=\".picker li\"></div>\n");
	if (!picks->has_sample)
		html(&p->body, "<p class=\"help\">Choose a sample on the "
			       "Trigger page, and its fields are here, with "
			       "their values.</p>\n");
	for (i = 0; i < picks->n; i++) {
		g = &picks->groups[i];
		if (g->n == 0)
			continue;
		buf_adds(&p->body, i == 0 ? "<details open>" : "<details>");
		html(&p->body, "<summary>");
		html_text(&p->body, g->title);
		html(&p->body, "</summary><ul>\n");
		for (k = 0; k < g->n; k++)
			panel_row(p, &g->list[k]);
		html(&p->body, "</ul></details>\n");
	}
	html(&p->body, "</section>\n");
}
