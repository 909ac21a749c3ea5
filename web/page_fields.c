/*
 * page_fields.c - what an account defines for itself: custom fields of its
 * contacts, and constants for its texts.
 */
#include "config.h"

#include "base/json.h"
#include "flow/csv_contact.h"
#include "flow/own_name.h"
#include "http/html.h"
#include "pages.h"
#include "settings.h"
#include "store/field.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define TYPE_OPTIONS \
	"text=Text|number=Number|date=Date|boolean=Yes or no|list=List"

static struct json_object *
find(struct json_object *list, const char *member, const char *value)
{
	struct json_object *o;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(o, member), value) == 0)
			return o;
	}
	return NULL;
}

/* Two links at the end of a row. */
static void
row_links(struct page *p, const char *edit, const char *remove,
	  const char *what)
{
	cell_begin(p, "");
	html(&p->body, "<a class=\"button small\" href=\"");
	html_text(&p->body, edit);
	html(&p->body, "\" aria-label=\"");
	html_text(&p->body, mem_printf(p->mem, "Change %s", what));
	html(&p->body, "\">Change</a> <a class=\"button small\" href=\"");
	html_text(&p->body, remove);
	html(&p->body, "\" aria-label=\"");
	html_text(&p->body, mem_printf(p->mem, "Remove %s", what));
	html(&p->body, "\">Remove</a>");
	cell_end(p);
}

static const char *
type_word(const char *type)
{
	static const char *const words[][2] = {
		{ "text", "Text" }, { "number", "Number" },
		{ "date", "Date" }, { "boolean", "Yes or no" },
		{ "list", "List" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], type) == 0)
			return words[i][1];
	return type;
}

static void
code_cell(struct page *p, const char *label, const char *before,
	  const char *name)
{
	cell_begin(p, label);
	html(&p->body, "<code>{{");
	html_text(&p->body, before);
	html_text(&p->body, name);
	html(&p->body, "}}</code>");
	cell_end(p);
}

/* --- custom fields
 * ---------------------------------------------------------------- */

struct field_form {
	const char *label, *key, *type;
	const char *label_fault, *key_fault;
};

static void
field_row(struct page *p, struct json_object *f)
{
	const char *key = json_get_string(f, "key");
	const char *label = json_get_string(f, "label");
	const char *name = *label != '\0' ? label : key;

	html(&p->body, "<tr><th scope=\"row\">");
	html_text(&p->body, name);
	html(&p->body, "</th>");
	cell_text(p, "Type", type_word(json_get_string(f, "type")));
	code_cell(p, "In texts", "contact.custom.", key);
	row_links(p, url(p, "settings/fields/%s", key),
		  url(p, "settings/fields/%s/remove", key), name);
	html(&p->body, "</tr>\n");
}

static void
show_fields(struct page *p, const struct field_form *f)
{
	const struct field label = { .name = "label",
				     .label = "Name",
				     .value = f->label,
				     .fault = f->label_fault,
				     .placeholder = "Shoe size",
				     .autocomplete = "off" };
	const struct field key = { .name = "key",
				   .label = "Short name for texts",
				   .value = f->key,
				   .fault = f->key_fault,
				   .placeholder = "shoe_size",
				   .autocomplete = "off",
				   .is_mono = 1,
				   .help = "Letters, digits and _. Left empty, "
					   "it is made of the name." };
	const struct field type = { .name = "type",
				    .label = "Holds",
				    .value = f->type,
				    .options = TYPE_OPTIONS };
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i, n;

	if (field_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (f->label_fault != NULL || f->key_fault != NULL)
		p->status = 422;
	n = json_object_array_length(list);
	settings_frame(p, "fields");
	if (n == 0)
		nothing_yet(p, "No custom fields yet. They hold what your "
			       "business knows of a contact beyond its name "
			       "and address.");
	else
		table_begin(p, "Custom fields", "Name|Type|In texts|Actions");
	for (i = 0; i < n; i++)
		field_row(p, json_object_array_get_idx(list, i));
	if (n > 0)
		table_end(p);
	html(&p->body, "<section class=\"card\"><h2>New field</h2>\n");
	form_begin(p, url(p, "settings/fields"));
	html(&p->body, "<div class=\"fields\">\n");
	form_field(p, &label);
	form_field(p, &key);
	form_field(p, &type);
	html(&p->body, "</div>\n");
	form_button(p, "main", NULL, NULL, "Add field");
	form_end(p);
	html(&p->body, "</section>\n");
	layout_end(p);
}

void
page_fields(struct page *p)
{
	const struct field_form empty = { "", "", "text", NULL, NULL };

	show_fields(p, &empty);
}

static int
is_type(const char *type)
{
	size_t i;

	for (i = 0; field_types[i] != NULL; i++)
		if (strcmp(field_types[i], type) == 0)
			return 1;
	return 0;
}

void
do_field_add(struct page *p)
{
	struct field_form f = { form_value(p, "label"), form_value(p, "key"),
				form_value(p, "type"), NULL, NULL };
	const char *key = f.key;
	struct json_object *made;
	struct err e = ERR_INIT;

	if (!is_type(f.type))
		f.type = "text";
	if (*key == '\0')
		key = csv_custom_key(p->mem, f.label);
	if (own_text_check("name", f.label, OWN_LABEL_MAX, &e) == -1)
		f.label_fault = e.text;
	else if (key == NULL)
		f.label_fault = "Give the field a name.";
	else if (own_key_check(key, &e) == -1)
		f.key_fault = e.text;
	else if (field_add(p->db, p->who->account_id, key, f.type, f.label,
			   p->mem, &made, &e) == 0) {
		page_say(p, 0, "The field was added.");
		page_redirect(p, url(p, "settings/fields"));
		return;
	} else if (e.kind == ERR_INPUT) {
		f.key_fault =
			mem_printf(p->mem, "There is a field %s already.", key);
	} else {
		page_fail(p, &e);
		return;
	}
	show_fields(p, &f);
}

/* The field that the address names; NULL with the page made. */
static struct json_object *
load_field(struct page *p)
{
	struct json_object *list, *f;
	struct err e = ERR_INIT;

	if (field_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return NULL;
	}
	f = find(list, "key", p->arg[0]);
	if (f == NULL)
		page_missing(p);
	return f;
}

void
page_field(struct page *p)
{
	struct json_object *f = load_field(p);
	struct field label = { .name = "label",
			       .label = "Name",
			       .autocomplete = "off" };
	struct field type = { .name = "type",
			      .label = "Holds",
			      .options = TYPE_OPTIONS,
			      .help = "What contacts have already stays as it "
				      "is; what comes from now on must fit." };

	if (f == NULL)
		return;
	label.value = json_get_string(f, "label");
	type.value = json_get_string(f, "type");
	layout_crumb(p, url(p, "settings"), "Settings");
	layout_crumb(p, url(p, "settings/fields"), "Custom fields");
	layout_begin(p, json_get_string(f, "key"), "settings");
	html(&p->body, "<div class=\"card\">\n");
	form_begin(p, url(p, "settings/fields/%s", json_get_string(f, "key")));
	html(&p->body, "<div class=\"fields\">\n");
	form_field(p, &label);
	form_field(p, &type);
	html(&p->body, "</div>\n");
	form_button(p, "main", NULL, NULL, "Save");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
do_field(struct page *p)
{
	struct json_object *f = load_field(p), *now;
	const char *label = form_value(p, "label"), *type;
	struct err e = ERR_INIT;

	if (f == NULL)
		return;
	type = form_value(p, "type");
	if (!is_type(type))
		type = json_get_string(f, "type");
	if (own_text_check("name", label, OWN_LABEL_MAX, &e) == -1 ||
	    field_set(p->db, p->who->account_id, json_get_string(f, "key"),
		      type, label, p->mem, &now, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (strcmp(type, json_get_string(f, "type")) != 0)
		page_say(p, 0,
			 "Saved. %lld contacts have a value, which stays as "
			 "it is.",
			 (long long)json_get_int(now, "contacts", 0));
	else
		page_say(p, 0, "Saved.");
	page_redirect(p, url(p, "settings/fields"));
}

void
page_field_remove(struct page *p)
{
	struct json_object *f = load_field(p);
	struct err e = ERR_INIT;
	const char *key;
	int64_t n;

	if (f == NULL)
		return;
	key = json_get_string(f, "key");
	if (field_use(p->db, p->who->account_id, key, &n, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	settings_ask(p, mem_printf(p->mem, "Remove the field %s?", key),
		     mem_printf(p->mem,
				"%lld contacts have a value in it. The values "
				"stay, and workflows still reach them; forms "
				"no longer offer the field, and nothing checks "
				"what comes in.",
				(long long)n),
		     mem_printf(p->mem, "settings/fields/%s/remove", key),
		     "settings/fields");
}

void
do_field_remove(struct page *p)
{
	struct json_object *f = load_field(p), *gone;
	struct err e = ERR_INIT;

	if (f == NULL)
		return;
	if (field_remove(p->db, p->who->account_id, json_get_string(f, "key"),
			 p->mem, &gone, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "The field %s was removed.", json_get_string(f, "key"));
	page_redirect(p, url(p, "settings/fields"));
}

/* --- constants
 * ----------------------------------------------------------------------- */

struct constant_form {
	const char *name, *value;
	const char *name_fault, *value_fault;
	int is_change;
};

static void
constant_row(struct page *p, struct json_object *c)
{
	const char *name = json_get_string(c, "name");

	html(&p->body, "<tr><th scope=\"row\">");
	html_text(&p->body, name);
	html(&p->body, "</th>");
	cell_text(p, "Value", json_get_string(c, "value"));
	code_cell(p, "In texts", "custom_values.", name);
	row_links(p, url(p, "settings/constants?change=%s", name),
		  url(p, "settings/constants/%s/remove", name), name);
	html(&p->body, "</tr>\n");
}

static void
constant_fields(struct page *p, const struct constant_form *f)
{
	const struct field name = { .name = "name",
				    .label = "Name",
				    .value = f->name,
				    .fault = f->name_fault,
				    .placeholder = "shop_url",
				    .autocomplete = "off",
				    .is_mono = 1,
				    .is_required = 1 };
	const struct field value = { .name = "value",
				     .label = "Value",
				     .value = f->value,
				     .fault = f->value_fault,
				     .type = "area",
				     .rows = 3,
				     .is_wide = 1 };

	html(&p->body, "<section class=\"card\"><h2>");
	html_text(&p->body,
		  f->is_change ? "Change a constant" : "New constant");
	html(&p->body, "</h2>\n");
	form_begin(p, url(p, "settings/constants"));
	form_field(p, &name);
	form_field(p, &value);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL, f->is_change ? "Save" : "Add");
	if (f->is_change)
		link_to(p, url(p, "settings/constants"), "Cancel");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
show_constants(struct page *p, struct json_object *list,
	       const struct constant_form *f)
{
	size_t i, n = json_object_array_length(list);

	if (f->name_fault != NULL || f->value_fault != NULL)
		p->status = 422;
	settings_frame(p, "constants");
	html(&p->body, "<p>What many texts hold, such as your address or "
		       "opening hours: change it here, and it changes "
		       "everywhere.</p>\n");
	if (n == 0)
		nothing_yet(p, "No constants yet.");
	else
		table_begin(p, "Constants", "Name|Value|In texts|Actions");
	for (i = 0; i < n; i++)
		constant_row(p, json_object_array_get_idx(list, i));
	if (n > 0)
		table_end(p);
	constant_fields(p, f);
	layout_end(p);
}

/* -1 with the page made. */
static int
load_constants(struct page *p, struct json_object **list)
{
	struct err e = ERR_INIT;

	if (constant_list(p->db, p->who->account_id, p->mem, list, &e) == 0)
		return 0;
	page_fail(p, &e);
	return -1;
}

void
page_constants(struct page *p)
{
	struct constant_form f = { "", "", NULL, NULL, 0 };
	struct json_object *list, *one;

	if (load_constants(p, &list) == -1)
		return;
	one = find(list, "name", query_value(p, "change"));
	if (one != NULL) {
		f.name = json_get_string(one, "name");
		f.value = json_get_string(one, "value");
		f.is_change = 1;
	}
	show_constants(p, list, &f);
}

void
do_constant_set(struct page *p)
{
	struct constant_form f = { form_value(p, "name"),
				   form_value(p, "value"), NULL, NULL, 0 };
	struct json_object *list;
	struct err e = ERR_INIT;
	int was_there;

	if (load_constants(p, &list) == -1)
		return;
	if (own_name_check("value", f.name, NULL) == -1)
		f.name_fault = "A name has letters, digits and _, and begins "
			       "with a letter: shop_url.";
	else if (own_text_check("value", f.value, OWN_VALUE_MAX, &e) == -1)
		f.value_fault = e.text;
	else if (constant_set(p->db, p->who->account_id, f.name, f.value,
			      p->mem, &was_there, &e) == -1) {
		page_fail(p, &e);
		return;
	} else {
		page_say(p, 0,
			 was_there ? "The constant %s was changed."
				   : "The constant %s was added.",
			 f.name);
		page_redirect(p, url(p, "settings/constants"));
		return;
	}
	show_constants(p, list, &f);
}

void
page_constant_remove(struct page *p)
{
	struct json_object *list;

	if (load_constants(p, &list) == -1)
		return;
	if (find(list, "name", p->arg[0]) == NULL) {
		page_missing(p);
		return;
	}
	settings_ask(
		p, mem_printf(p->mem, "Remove the constant %s?", p->arg[0]),
		"Texts that hold it show nothing in its place.",
		mem_printf(p->mem, "settings/constants/%s/remove", p->arg[0]),
		"settings/constants");
}

void
do_constant_remove(struct page *p)
{
	struct err e = ERR_INIT;

	if (own_name_check("value", p->arg[0], NULL) == -1 ||
	    constant_remove(p->db, p->who->account_id, p->arg[0], p->mem, &e) ==
		    -1) {
		if (e.kind == ERR_NONE)
			page_missing(p);
		else
			page_fail(p, &e);
		return;
	}
	page_say(p, 0, "The constant %s was removed.", p->arg[0]);
	page_redirect(p, url(p, "settings/constants"));
}
