/*
 * steps.c - what the pages of a workflow's steps share.  See steps.h.
 */
#include "config.h"

#include "steps.h"

#include "base/conf.h"
#include "base/json.h"
#include "engine/publish.h"
#include "flow/step_fields.h"
#include "http/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* Which step each is about. */
static void
locate(struct page *p, const struct draft *d, struct located *l)
{
	size_t i;

	l->steps = mem_alloc(p->mem, (l->f.n + 1) * sizeof(*l->steps));
	l->rests = mem_alloc(p->mem, (l->f.n + 1) * sizeof(*l->rests));
	for (i = 0; i < l->f.n; i++)
		l->steps[i] = edit_step_at(p->mem, d->doc, l->f.list[i].path,
					   &l->rests[i]);
}

int
steps_check(struct page *p, const struct draft *d, struct verdict *v)
{
	struct faults none = FAULTS_INIT(p->mem);
	struct err e = ERR_INIT;

	v->faults.f = none;
	v->warnings.f = none;
	if (publish_check(p->db, p->who->account_id, p->conf->base_url, d->doc,
			  &v->faults.f, &v->warnings.f, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	steps_locate(p, d, v);
	return 0;
}

void
steps_locate(struct page *p, const struct draft *d, struct verdict *v)
{
	locate(p, d, &v->faults);
	locate(p, d, &v->warnings);
}

const char *
step_title(struct page *p, struct json_object *step)
{
	const char *name = json_get_string(step, "name");
	const char *type = json_get_string(step, "type");
	const struct step_words *w = step_words_of(type);

	(void)p;
	if (name != NULL && *name != '\0')
		return name;
	return w != NULL ? w->word : type != NULL ? type : "Step";
}

/* Drawn in a square of 24: paths of lines. */
/* clang-format off */
static const struct {
	const char *type, *path;
} icons[] = {
	{ "send_email", "M3 6h18v12H3zM3 7l9 7 9-7" },
	{ "send_sms", "M4 4h16v12H10l-5 4v-4H4z" },
	{ "notify", "M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4" },
	{ "wait", "M12 3a9 9 0 1 0 .01 0zM12 7v5l4 2" },
	{ "if_else", "M12 3v6M12 9L5 15v6M12 9l7 6v6" },
	{ "split", "M5 3v6l14 6v6M19 3v6L5 15v6" },
	{ "goal", "M6 21V4h12l-3 4 3 4H6" },
	{ "go_to", "M4 20V10h14M13 5l5 5-5 5" },
	{ "end", "M5 5h14v14H5z" },
	{ "update_contact", "M12 4a4 4 0 1 0 .01 0zM4 21c0-5 4-7 8-7s8 2 8 7" },
	{ "add_tag", "M3 12V4h8l10 10-7 7zM7 8h.01" },
	{ "remove_tag", "M3 12V4h8l10 10-7 7zM4 20L20 4" },
	{ "find_contact", "M10 4a6 6 0 1 0 .01 0zM14.5 14.5L21 21" },
	{ "enrol", "M4 12h12M11 7l5 5-5 5M20 4v16" },
	{ "unenrol", "M20 12H8M13 7l-5 5 5 5M4 4v16" },
	{ "set_variable", "M8 4c-4 0-1 8-5 8 4 0 1 8 5 8M16 4c4 0 1 8 5 8-4 0-1 8-5 8" },
	{ "call_webhook", "M12 3a9 9 0 1 0 .01 0zM3 12h18M12 3c-5 6-5 12 0 18 5-6 5-12 0-18" },
};
/* clang-format on */

void
step_icon(struct page *p, const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(icons) / sizeof(*icons); i++)
		if (type != NULL && strcmp(icons[i].type, type) == 0)
			buf_addf(&p->body,
				 "<svg class=\"icon\" viewBox=\"0 0 24 24\" "
				 "width=\"18\" height=\"18\" fill=\"none\" "
				 "stroke=\"currentColor\" stroke-width=\"2\" "
				 "stroke-linecap=\"round\" "
				 "stroke-linejoin=\"round\" "
				 "aria-hidden=\"true\"><path d=\"%s\"/></svg>",
				 icons[i].path);
}

const char *
step_url(struct page *p, const struct draft *d, const char *id)
{
	return url(p, "workflows/%s/steps/%s", d->w.id, url_arg(p, id));
}

const char *
step_deed(struct page *p, const struct draft *d, const char *id,
	  const char *deed)
{
	return url(p, "workflows/%s/steps/%s/%s", d->w.id, url_arg(p, id),
		   deed);
}

const char *
steps_url(struct page *p, const struct draft *d, const char *id)
{
	return url(p, "workflows/%s#s-%s", d->w.id, url_arg(p, id));
}

/* --- faults --------------------------------------------------------------- */

/* The field of `fields` whose path `rest` begins with. */
static const struct step_field *
field_at(const struct step_field *fields, const char *rest)
{
	size_t len;

	for (; fields->path != NULL; fields++) {
		len = strlen(fields->path);
		if (strncmp(rest, fields->path, len) == 0 &&
		    (rest[len] == '\0' || rest[len] == '/'))
			return fields;
	}
	return NULL;
}

/* What the field at `rest` below a step is called, and the id of its control;
 * what is no field stays as it is. */
static const char *
field_words(struct page *p, struct json_object *step, const char *rest,
	    const char **control)
{
	const char *type = json_get_string(step, "type"), *slash;
	const struct step_words *w = step_words_of(type);
	const struct step_field *f;
	int i;

	*control = NULL;
	rest += *rest == '/';
	if (w == NULL || *rest == '\0')
		return rest;
	f = field_at(w->fields, rest);
	if (f == NULL)
		f = field_at(step_fields_common, rest);
	if (f != NULL) {
		*control = mem_printf(p->mem, "f-f[%s]", f->path);
		return f->label;
	}
	if (strcmp(rest, "branches") == 0)
		*control = "f-f[branches]";
	if (strncmp(rest, "branches/", 9) != 0 ||
	    (slash = strchr(rest + 9, '/')) == NULL)
		return strcmp(rest, "branches") == 0 ? "Branches" : rest;
	f = field_at(strcmp(type, "split") == 0 ? step_fields_share
						: step_fields_branch,
		     slash + 1);
	if (f == NULL)
		return rest;
	i = (int)strtol(rest + 9, NULL, 10);
	*control = mem_printf(p->mem, "f-f[branches][%d][%s]", i, f->path);
	return mem_printf(p->mem, "Branch %d: %s", i + 1, f->label);
}

size_t
step_faults(struct page *p, const struct located *l, struct json_object *step,
	    int is_warning)
{
	const char *words, *control;
	size_t i, n = 0;

	for (i = 0; i < l->f.n; i++) {
		if (l->steps[i] != step)
			continue;
		if (n++ == 0)
			buf_adds(&p->body, is_warning
						   ? "<ul class=\"warnings\">"
						   : "<ul class=\"faults\">");
		html(&p->body, "<li>");
		words = field_words(p, step, l->rests[i], &control);
		if (*words != '\0') {
			html(&p->body, "<b>");
			html_text(&p->body, words);
			html(&p->body, "</b>: ");
		}
		html_text(&p->body, l->f.list[i].detail);
		html(&p->body, "</li>");
	}
	if (n > 0)
		html(&p->body, "</ul>\n");
	return n;
}

const char *
step_field_fault(struct page *p, const struct located *l,
		 struct json_object *step, const char *path)
{
	const char *rest, *text = NULL;
	size_t i, len = strlen(path);

	for (i = 0; i < l->f.n; i++) {
		rest = l->rests[i];
		if (l->steps[i] != step || rest[0] != '/' ||
		    strncmp(rest + 1, path, len) != 0 ||
		    (rest[len + 1] != '\0' && rest[len + 1] != '/'))
			continue;
		text = text == NULL ? l->f.list[i].detail
				    : mem_printf(p->mem, "%s; %s", text,
						 l->f.list[i].detail);
	}
	return text;
}

/* Where a fault that is no step's is mended. */
static const char *
other_page(struct page *p, const struct draft *d, const char *path,
	   const char **what)
{
	static const struct {
		const char *path, *page, *what;
	} pages[] = {
		{ "/trigger/map", "mapping", "Mapping" },
		{ "/trigger", "trigger", "Trigger" },
		{ "/settings", "settings", "Settings" },
		{ "/name", "settings", "Settings" },
		{ "/steps", "", "Steps" },
	};
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (strncmp(path, pages[i].path, strlen(pages[i].path)) == 0)
			break;
	if (i == sizeof(pages) / sizeof(*pages))
		i--;
	*what = pages[i].what;
	return pages[i].page[0] != '\0'
		       ? url(p, "workflows/%s/%s", d->w.id, pages[i].page)
		       : url(p, "workflows/%s", d->w.id);
}

void
steps_list_faults(struct page *p, const struct draft *d,
		  const struct located *l)
{
	const char *words, *control, *href, *what;
	struct json_object *step;
	size_t i;

	html(&p->body, "<ul class=\"todo\">\n");
	for (i = 0; i < l->f.n; i++) {
		step = l->steps[i];
		html(&p->body, "<li>");
		if (json_get_string(step, "id") != NULL) {
			words = field_words(p, step, l->rests[i], &control);
			href = step_url(p, d, json_get_string(step, "id"));
			if (control != NULL)
				href = mem_printf(p->mem, "%s#%s", href,
						  control);
			link_to(p, href, step_title(p, step));
		} else {
			words = l->f.list[i].path;
			href = other_page(p, d, words, &what);
			link_to(p, href, what);
		}
		if (*words != '\0') {
			html(&p->body, " <b>");
			html_text(&p->body, words);
			html(&p->body, "</b>");
		}
		html(&p->body, ": ");
		html_text(&p->body, l->f.list[i].detail);
		html(&p->body, "</li>\n");
	}
	html(&p->body, "</ul>\n");
}
