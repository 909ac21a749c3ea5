/*
 * mapping_table.c - the mapping as a form: a row for each place of the sample
 * and each rule, with where its value goes.  A large sample begins with its
 * first places; the others are found by the filter.
 */
#include "config.h"

#include "mapping.h"

#include "base/json.h"
#include "http/html.h"
#include "web.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define FIRST_PLACES 60 /* that are not mapped, before "show all" */
#define VALUE_MAX 120	/* bytes that are shown of one */

static const char *const contact_words[][2] = {
	{ "email", "E-mail" },
	{ "phone", "Phone" },
	{ "first_name", "First name" },
	{ "last_name", "Last name" },
	{ "full_name", "Full name" },
	{ "company_name", "Company" },
	{ "address1", "Street address" },
	{ "city", "City" },
	{ "state", "State or region" },
	{ "postal_code", "Postal code" },
	{ "country", "Country" },
	{ "timezone", "Time zone" },
	{ "date_of_birth", "Date of birth" },
	{ "source", "Source" },
	{ "website", "Website" },
};

#define N_WORDS (sizeof(contact_words) / sizeof(*contact_words))

static const char *
field_words(const char *name)
{
	size_t i;

	for (i = 0; i < N_WORDS; i++)
		if (strcmp(contact_words[i][0], name) == 0)
			return contact_words[i][1];
	return NULL;
}

static const char *
custom_label(struct json_object *fields, const char *key)
{
	struct json_object *one;
	const char *label;
	size_t i;

	for (i = 0; i < json_object_array_length(fields); i++) {
		one = json_object_array_get_idx(fields, i);
		if (strcmp(json_get_string(one, "key"), key) != 0)
			continue;
		label = json_get_string(one, "label");
		return label != NULL && label[0] != '\0' ? label : key;
	}
	return NULL;
}

const char *
mapping_to_words(struct page *p, struct json_object *fields, const char *to)
{
	const char *name, *words = NULL;

	switch (map_target(p->mem, to, &name)) {
	case MAP_FIELD:
		words = field_words(name);
		break;
	case MAP_CUSTOM:
		words = custom_label(fields, name);
		break;
	case MAP_VARIABLE:
		words = name;
		break;
	default:
		break;
	}
	return words != NULL ? words : to != NULL ? to : "nothing";
}

/* --- where it goes -------------------------------------------------------- */

static void
option(struct page *p, const char *value, const char *label, const char *chosen)
{
	html(&p->body, "<option value=\"");
	html_text(&p->body, value);
	if (chosen != NULL && strcmp(chosen, value) == 0)
		html(&p->body, "\" selected>");
	else
		html(&p->body, "\">");
	html_text(&p->body, label);
}

/* The choice that says the rule's target. */
static const char *
choice_of(struct page *p, const struct mapping *mp, const struct map_row *row)
{
	const char *to = json_get_string(row->json, "to"), *name;

	if (row->json == NULL)
		return "";
	switch (map_target(p->mem, to, &name)) {
	case MAP_FIELD:
		return field_words(name) != NULL
			       ? mem_printf(p->mem, "contact.%s", name)
			       : "keep";
	case MAP_CUSTOM:
		return custom_label(mp->fields, name) != NULL
			       ? mem_printf(p->mem, "contact.custom.%s", name)
			       : "keep";
	case MAP_VARIABLE:
		return "variable";
	default:
		return "keep";
	}
}

static void
contact_options(struct page *p, const char *chosen)
{
	size_t i;

	html(&p->body, "<optgroup label=\"Contact\">");
	for (i = 0; i < N_WORDS; i++)
		option(p, mem_printf(p->mem, "contact.%s", contact_words[i][0]),
		       contact_words[i][1], chosen);
	html(&p->body, "</optgroup>");
}

static void
custom_options(struct page *p, struct json_object *fields, const char *chosen)
{
	const char *key;
	size_t i, n = json_object_array_length(fields);

	html(&p->body, "<optgroup label=\"Custom fields\">");
	for (i = 0; i < n; i++) {
		key = json_get_string(json_object_array_get_idx(fields, i),
				      "key");
		option(p, mem_printf(p->mem, "contact.custom.%s", key),
		       custom_label(fields, key), chosen);
	}
	option(p, "new", "New custom field\xe2\x80\xa6", chosen);
	html(&p->body, "</optgroup>");
}

static void
name_attribute(struct page *p, const char *key, const char *member)
{
	html(&p->body, " name=\"r[");
	html_text(&p->body, key);
	buf_addf(&p->body, "][%s]\"", member);
}

static void
aria(struct page *p, const char *what, const struct map_row *row)
{
	html(&p->body, " aria-label=\"");
	html_text(&p->body, what);
	html_text(&p->body, row->path[0] != '\0' ? row->path : "the constant");
	html(&p->body, "\"");
}

static void
target_select(struct page *p, const struct mapping *mp, const char *key,
	      const struct map_row *row)
{
	const char *chosen = choice_of(p, mp, row);

	html(&p->body, "<select");
	name_attribute(p, key, "to");
	aria(p, "Where to put ", row);
	html(&p->body, ">");
	option(p, "", row->rule == -1 ? "Nowhere" : "Nowhere: remove", chosen);
	if (strcmp(chosen, "keep") == 0)
		option(p, "keep",
		       mapping_to_words(p, mp->fields,
					json_get_string(row->json, "to")),
		       chosen);
	contact_options(p, chosen);
	custom_options(p, mp->fields, chosen);
	html(&p->body, "<optgroup label=\"This run only\">");
	option(p, "variable", "Custom variable\xe2\x80\xa6", chosen);
	html(&p->body, "</optgroup></select>\n");
}

static void
name_box(struct page *p, const char *key, const struct map_row *row)
{
	const char *to = json_get_string(row->json, "to"), *name;

	html(&p->body, "<input class=\"name\"");
	name_attribute(p, key, "name");
	aria(p, "Name of the field or variable for ", row);
	html(&p->body, " placeholder=\"");
	html_text(&p->body, row->label != NULL ? row->label : "Name");
	html(&p->body, "\" value=\"");
	if (map_target(p->mem, to, &name) == MAP_VARIABLE)
		html_text(&p->body, name);
	html(&p->body, "\">\n");
}

/* --- what it is ----------------------------------------------------------- */

static void
value_line(struct page *p, const struct map_row *row)
{
	html(&p->body, "<span class=\"tkind\">");
	html_text(&p->body, sampled_kind(row->value));
	html(&p->body, "</span> <span class=\"tval\">");
	html_text(&p->body,
		  sampled_short(p->mem, json_pool_text(p->mem, row->value),
				VALUE_MAX));
	html(&p->body, "</span>");
}

/* A constant has no path: its value can be changed. */
static void
constant_box(struct page *p, const char *key, const struct map_row *row)
{
	html(&p->body, "<span class=\"tkind\">constant</span> <input");
	name_attribute(p, key, "value");
	aria(p, "Value of ", row);
	html(&p->body, " value=\"");
	html_text(&p->body,
		  json_pool_text(p->mem, json_get(row->json, "value")));
	html(&p->body, "\">\n");
}

static void
path_box(struct page *p, const char *key, const struct map_row *row)
{
	html(&p->body, "<input class=\"mono\" list=\"places\"");
	name_attribute(p, key, "from");
	aria(p, "Path of ", row);
	html(&p->body, " value=\"");
	html_text(&p->body, row->path);
	html(&p->body, "\">\n");
	if (row->value != NULL)
		value_line(p, row);
	else
		html(&p->body, "<span class=\"badge busy\">not in the "
			       "sample</span>");
}

static void
hidden(struct page *p, const char *key, const char *member, const char *value)
{
	html(&p->body, "<input type=\"hidden\"");
	name_attribute(p, key, member);
	html(&p->body, " value=\"");
	html_text(&p->body, value);
	html(&p->body, "\">");
}

static void
what_cell(struct page *p, const char *key, const struct map_row *row)
{
	html(&p->body, "<th scope=\"row\">");
	if (row->rule != -1)
		hidden(p, key, "rule", mem_printf(p->mem, "%d", row->rule));
	else
		hidden(p, key, "from", row->path);
	if (row->place != NULL) {
		html(&p->body, "<code>");
		html_text(&p->body, row->path);
		html(&p->body, "</code><br>");
		value_line(p, row);
	} else if (json_get(row->json, "from") != NULL) {
		path_box(p, key, row);
	} else {
		constant_box(p, key, row);
	}
	html(&p->body, "</th>");
}

/* --- what else a rule says ------------------------------------------------ */

static void
as_select(struct page *p, const char *key, const struct map_row *row)
{
	static const char *const kinds[][2] = {
		{ "", "as it is" },	     { "text", "as text" },
		{ "number", "as a number" }, { "boolean", "as yes/no" },
		{ "date", "as a date" },     { "json", "as JSON" },
	};
	const char *as = json_pool_text(p->mem, json_get(row->json, "as"));
	size_t i;
	int is_known = 0;

	html(&p->body, "<select");
	name_attribute(p, key, "as");
	aria(p, "How to read ", row);
	html(&p->body, ">");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		option(p, kinds[i][0], kinds[i][1], as);
		is_known |= strcmp(kinds[i][0], as) == 0;
	}
	if (!is_known)
		option(p, as, as, as);
	html(&p->body, "</select>\n");
}

static void
required_box(struct page *p, const char *key, const struct map_row *row)
{
	hidden(p, key, "shown", "1");
	html(&p->body, "<label class=\"tick\"><input type=\"checkbox\"");
	name_attribute(p, key, "required");
	if (json_get_bool(row->json, "required", 0))
		html(&p->body, " checked");
	html(&p->body, "> Required<span class=\"unseen\"> ");
	html_text(&p->body, row->path);
	html(&p->body, "</span></label>\n");
}

static void
more_cell(struct page *p, const char *key, const struct map_row *row)
{
	cell_begin(p, row->rule != -1 ? "If it is missing" : "");
	if (row->rule != -1) {
		html(&p->body, "<div class=\"extras\"><input");
		name_attribute(p, key, "default");
		aria(p, "What to take instead of ", row);
		html(&p->body, " placeholder=\"take instead\" value=\"");
		html_text(
			&p->body,
			json_pool_text(p->mem, json_get(row->json, "default")));
		html(&p->body, "\">\n");
		html(&p->body, "<div class=\"duo\">");
		required_box(p, key, row);
		as_select(p, key, row);
		html(&p->body, "</div></div>");
	}
	cell_end(p);
}

static void
suggestion(struct page *p, const struct mapping *mp, const struct map_row *row)
{
	html(&p->body, "<div class=\"hint\">Suggested: <strong>");
	html_text(&p->body, mapping_to_words(p, mp->fields, row->suggested));
	html(&p->body, "</strong> <button class=\"small\" name=\"accept\" "
		       "value=\"");
	html_text(&p->body, row->path);
	html(&p->body, "\">Accept<span class=\"unseen\"> for ");
	html_text(&p->body, row->path);
	html(&p->body, "</span></button></div>");
}

static void
target_cell(struct page *p, const struct mapping *mp, const char *key,
	    const struct map_row *row)
{
	cell_begin(p, "Goes to");
	html(&p->body, "<div class=\"goes\">");
	target_select(p, mp, key, row);
	name_box(p, key, row);
	if (row->suggested != NULL)
		suggestion(p, mp, row);
	if (row->fault != NULL) {
		html(&p->body, "<p class=\"fault\">");
		html_text(&p->body, row->fault);
		html(&p->body, "</p>");
	}
	html(&p->body, "</div>");
	cell_end(p);
}

static void
one_row(struct page *p, const struct mapping *mp, size_t index)
{
	const struct map_row *row = &mp->rows[index];
	const char *key = mem_printf(p->mem, "%zu", index);

	if (row->rule != -1)
		html(&p->body, "<tr class=\"mapped\">");
	else
		html(&p->body, "<tr>");
	what_cell(p, key, row);
	target_cell(p, mp, key, row);
	more_cell(p, key, row);
	html(&p->body, "</tr>\n");
}

/* --- which rows ----------------------------------------------------------- */

/* Does it have the word somewhere, whatever its case? */
static int
contains(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, word, n) == 0)
			return 1;
	return n == 0;
}

static int
is_wanted(struct page *p, const struct mapping *mp, const struct map_row *row,
	  const char *word)
{
	if (word[0] == '\0')
		return 1;
	return contains(row->path, word) ||
	       contains(json_pool_text(p->mem, row->value), word) ||
	       (row->json != NULL &&
		contains(mapping_to_words(p, mp->fields,
					  json_get_string(row->json, "to")),
			 word));
}

/* The mapped ones stand in the first table, wherever they come from. */
static int
section_of(const struct map_row *row, int is_found)
{
	if (row->kind == ROW_OTHER)
		return ROW_OTHER;
	return row->rule != -1 || is_found ? ROW_PLACE : (int)row->kind;
}

static size_t
count(struct page *p, const struct mapping *mp, int section, const char *word)
{
	size_t i, n = 0;

	for (i = 0; i < mp->n_rows; i++)
		n += section_of(&mp->rows[i], word[0] != '\0') == section &&
		     is_wanted(p, mp, &mp->rows[i], word);
	return n;
}

/* Returns how many were left out. */
static size_t
rows_of(struct page *p, const struct mapping *mp, int section, const char *word,
	size_t most)
{
	size_t i, n_free = 0;

	table_begin(p, "Where the values go",
		    "Value of the request|Goes to|If it is missing");
	for (i = 0; i < mp->n_rows; i++) {
		if (section_of(&mp->rows[i], word[0] != '\0') != section ||
		    !is_wanted(p, mp, &mp->rows[i], word))
			continue;
		if (mp->rows[i].rule == -1 && mp->rows[i].suggested == NULL &&
		    n_free++ >= most)
			continue;
		one_row(p, mp, i);
	}
	table_end(p);
	return n_free > most ? n_free - most : 0;
}

static void
folded(struct page *p, const struct mapping *mp, int section, const char *title,
       size_t most)
{
	size_t n = count(p, mp, section, "");

	if (n == 0)
		return;
	html(&p->body, "<details><summary>");
	html_text(&p->body, title);
	buf_addf(&p->body, " (%zu)</summary>\n", n);
	if (rows_of(p, mp, section, "", most) > 0)
		html(&p->body, "<p class=\"help\">Only the first are shown; "
			       "the filter finds the others.</p>\n");
	html(&p->body, "</details>\n");
}

/* --- by hand -------------------------------------------------------------- */

static void
hand_row(struct page *p, const struct mapping *mp, const char *key,
	 const char *member, const char *label, const char *placeholder)
{
	struct map_row row = { .path = "", .rule = -1, .label = "Name" };

	html(&p->body, "<div class=\"fields\"><div class=\"field\"><label "
		       "for=\"f-");
	html_text(&p->body, key);
	html(&p->body, "\">");
	html_text(&p->body, label);
	html(&p->body, "</label><input id=\"f-");
	html_text(&p->body, key);
	html(&p->body, "\" class=\"mono\"");
	if (strcmp(member, "from") == 0)
		html(&p->body, " list=\"places\"");
	name_attribute(p, key, member);
	html(&p->body, " placeholder=\"");
	html_text(&p->body, placeholder);
	html(&p->body, "\">");
	hidden(p, key, "hand", "1");
	html(&p->body, "</div><div class=\"field\"><span "
		       "class=\"lab\">Goes to</span><div class=\"goes\">");
	row.path = label;
	target_select(p, mp, key, &row);
	name_box(p, key, &row);
	html(&p->body, "</div></div></div>\n");
}

static void
by_hand(struct page *p, const struct mapping *mp)
{
	html(&p->body, "<details");
	if (mp->s.source == NULL)
		html(&p->body, " open");
	html(&p->body, "><summary>Add a rule by hand</summary>\n");
	hand_row(p, mp, "hand", "from", "Path", "body.customer.email");
	hand_row(p, mp, "constant", "value", "Or a constant value",
		 "newsletter");
	form_button(p, "plain", NULL, NULL, "Add");
	html(&p->body, "</details>\n<datalist id=\"places\">");
	sampled_options(p, &mp->s, 0);
	html(&p->body, "</datalist>\n");
}

/* --- the form ------------------------------------------------------------- */

static void
suggestion_bar(struct page *p, const struct mapping *mp)
{
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "main", NULL, NULL, "Save");
	if (mp->n_suggested > 0) {
		html(&p->body, "<button name=\"accept_all\" value=\"1\">");
		if (mp->n_suggested == 1)
			html(&p->body, "Accept the suggestion</button>");
		else
			buf_addf(&p->body,
				 "Accept the %zu suggestions</button>",
				 mp->n_suggested);
	}
	html(&p->body, "</div>\n");
}

static void
main_table(struct page *p, const struct mapping *mp, const char *word)
{
	int all = query_value(p, "show")[0] != '\0' || word[0] != '\0';
	size_t n = count(p, mp, ROW_PLACE, word), left = 0;

	if (n == 0)
		nothing_yet(p, word[0] != '\0' ? "Nothing in the sample has "
						 "this word in it."
					       : "There is nothing in the "
						 "sample that can be mapped.");
	else
		left = rows_of(p, mp, ROW_PLACE, word,
			       all ? SAMPLE_MAX : FIRST_PLACES);
	if (left == 0)
		return;
	html(&p->body, "<p><a href=\"");
	html_text(&p->body, url_with(p, "show", "all"));
	buf_addf(&p->body,
		 "\">Show %zu more values</a>, or find one by the "
		 "filter.</p>\n",
		 left);
}

void
mapping_table(struct page *p, struct mapping *mp)
{
	const char *word = query_value(p, "q");
	int is_found = word[0] != '\0';

	form_begin(p, url(p, "workflows/%s/mapping", mp->d.w.id));
	draft_rev_field(p, &mp->d);
	form_hidden(p, "q", word);
	form_hidden(p, "show", query_value(p, "show"));
	suggestion_bar(p, mp);
	if (mp->s.source != NULL)
		main_table(p, mp, word);
	if (count(p, mp, ROW_OTHER, word) > 0) {
		html(&p->body, "<h2>Other rules</h2>\n");
		rows_of(p, mp, ROW_OTHER, word, SAMPLE_MAX);
	}
	if (!is_found) {
		folded(p, mp, ROW_IN_LIST, "Values of list elements",
		       FIRST_PLACES);
		folded(p, mp, ROW_HEADER, "Headers and method", FIRST_PLACES);
	}
	by_hand(p, mp);
	html(&p->body, "<div class=\"bar end\">");
	form_button(p, "main", NULL, NULL, "Save");
	html(&p->body, "</div>\n");
	form_end(p);
}
