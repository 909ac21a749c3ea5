/*
 * form.c - forms and their fields, with the session's token in each that
 * changes anything.  See web.h.
 */
#include "config.h"

#include "http/html.h"
#include "session.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

static void
attribute(struct page *p, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(&p->body, " %s=\"", name);
	html_text(&p->body, value);
	html(&p->body, "\"");
}

static void
begin(struct page *p, const char *action)
{
	attribute(p, "action", action);
	html(&p->body, ">\n");
	form_hidden(p, "csrf", session_form_token(p));
}

void
form_begin(struct page *p, const char *action)
{
	html(&p->body, "<form method=\"post\"");
	begin(p, action);
}

void
form_begin_files(struct page *p, const char *action)
{
	html(&p->body, "<form method=\"post\" enctype=\"multipart/form-data\"");
	begin(p, action);
}

void
form_begin_get(struct page *p, const char *action)
{
	html(&p->body, "<form method=\"get\" class=\"filters\"");
	attribute(p, "action", action);
	html(&p->body, ">\n");
}

void
form_end(struct page *p)
{
	html(&p->body, "</form>\n");
}

void
form_hidden(struct page *p, const char *name, const char *value)
{
	html(&p->body, "<input type=\"hidden\"");
	attribute(p, "name", name);
	attribute(p, "value", value);
	html(&p->body, ">\n");
}

/* What all kinds of control have. */
static void
control_attributes(struct page *p, const struct field *f)
{
	attribute(p, "id", mem_printf(p->mem, "f-%s", f->name));
	attribute(p, "name", f->name);
	attribute(p, "placeholder", f->placeholder);
	attribute(p, "autocomplete", f->autocomplete);
	attribute(p, "list", f->list);
	attribute(p, "data-picks", f->picks);
	if (f->is_mono)
		attribute(p, "class", "mono");
	if (f->is_required)
		html(&p->body, " required");
	if (f->fault != NULL)
		html(&p->body, " aria-invalid=\"true\"");
	if (f->fault != NULL || f->help != NULL)
		attribute(p, "aria-describedby",
			  mem_printf(p->mem, "h-%s", f->name));
}

static void
option(struct page *p, const char *row, size_t len, const char *chosen)
{
	const char *equals = memchr(row, '=', len);
	size_t n = equals != NULL ? (size_t)(equals - row) : len;
	const char *value = mem_strndup(p->mem, row, n);
	const char *label =
		equals != NULL ? mem_strndup(p->mem, equals + 1, len - n - 1)
			       : value;

	html(&p->body, "<option");
	attribute(p, "value", value);
	if (chosen != NULL && strcmp(chosen, value) == 0)
		html(&p->body, " selected");
	html(&p->body, ">");
	html_text(&p->body, label);
	html(&p->body, "</option>");
}

static void
select_box(struct page *p, const struct field *f)
{
	const char *row = f->options;
	size_t len;

	html(&p->body, "<select");
	control_attributes(p, f);
	html(&p->body, ">");
	while (*row != '\0') {
		len = strcspn(row, "|");
		option(p, row, len, f->value);
		row += len;
		row += *row == '|';
	}
	html(&p->body, "</select>");
}

static void
control(struct page *p, const struct field *f)
{
	if (f->options != NULL) {
		select_box(p, f);
	} else if (f->type != NULL && strcmp(f->type, "area") == 0) {
		html(&p->body, "<textarea");
		control_attributes(p, f);
		buf_addf(&p->body, " rows=\"%d\">\n",
			 f->rows > 0 ? f->rows : 4);
		html_text(&p->body, f->value != NULL ? f->value : "");
		html(&p->body, "</textarea>");
	} else {
		html(&p->body, "<input");
		attribute(p, "type", f->type != NULL ? f->type : "text");
		control_attributes(p, f);
		attribute(p, "value", f->value);
		if (f->is_checked)
			html(&p->body, " checked");
		html(&p->body, ">");
	}
}

static void
label(struct page *p, const struct field *f)
{
	html(&p->body, "<label");
	attribute(p, "for", mem_printf(p->mem, "f-%s", f->name));
	html(&p->body, ">");
	html_text(&p->body, f->label);
	html(&p->body, "</label>");
}

static void
below(struct page *p, const struct field *f)
{
	if (f->fault == NULL && f->help == NULL)
		return;
	html(&p->body, "<div");
	attribute(p, "id", mem_printf(p->mem, "h-%s", f->name));
	html(&p->body, ">");
	if (f->fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, f->fault);
		html(&p->body, "</p>");
	}
	if (f->help != NULL) {
		html(&p->body, "<p class=\"help\">");
		html_text(&p->body, f->help);
		html(&p->body, "</p>");
	}
	html(&p->body, "</div>");
}

void
form_field(struct page *p, const struct field *f)
{
	int is_box = f->type != NULL && (strcmp(f->type, "checkbox") == 0 ||
					 strcmp(f->type, "radio") == 0);

	html(&p->body, "<div class=\"field");
	if (is_box)
		html(&p->body, " box");
	if (f->is_wide)
		html(&p->body, " wide");
	html(&p->body, "\">");
	if (is_box) {
		control(p, f);
		label(p, f);
	} else {
		label(p, f);
		control(p, f);
	}
	below(p, f);
	html(&p->body, "</div>\n");
}

void
form_button(struct page *p, const char *kind, const char *name,
	    const char *value, const char *text)
{
	html(&p->body, "<button");
	attribute(p, "class", kind);
	attribute(p, "name", name);
	attribute(p, "value", value);
	html(&p->body, ">");
	html_text(&p->body, text);
	html(&p->body, "</button>\n");
}

void
button_post(struct page *p, const char *action, const char *kind,
	    const char *text)
{
	html(&p->body, "<form method=\"post\" class=\"one\"");
	begin(p, action);
	form_button(p, kind, NULL, NULL, text);
	form_end(p);
}

void
copy_box(struct page *p, const char *id, const char *text)
{
	html(&p->body, "<div class=\"copy\"><code");
	attribute(p, "id", id);
	html(&p->body, ">");
	html_text(&p->body, text);
	html(&p->body, "</code><button type=\"button\" class=\"small\" hidden");
	attribute(p, "data-copy", id);
	html(&p->body, ">Copy</button></div>\n");
}
