/*
 * csv_contact.c - contacts as lines of a CSV file.  See csv_contact.h.
 */
#include "config.h"

#include "flow/csv_contact.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/date.h"
#include "flow/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define CUSTOM "custom."
#define TAGS "tags"
#define STOPS "do_not_contact"
#define SINCE "unsubscribed_at"
#define TAG_SEPARATORS ",;|"
#define NAME_CHARS                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789_"
#define KEY_MAX 63

/* What columns are called elsewhere, in lower case without what is no letter or
 * digit; a field's own name is known anyway. */
/* clang-format off */
static const struct {
	const char *field, *names;
} synonyms[] = {
	{ "email", "emailaddress mail primaryemail emailaddr" },
	{ "phone", "phonenumber telephone telephonenumber tel mobile mobilephone "
		   "mobilenumber cell cellphone primaryphone" },
	{ "first_name", "givenname forename fname" },
	{ "last_name", "familyname surname lname" },
	{ "full_name", "name contactname displayname" },
	{ "company_name", "company organization organisation business businessname" },
	{ "address1", "address street streetaddress addressline1" },
	{ "city", "town locality" },
	{ "state", "province region stateprovince county" },
	{ "postal_code", "zip zipcode postcode" },
	{ "country", "countrycode countryname" },
	{ "timezone", "tz" },
	{ "date_of_birth", "dob birthday birthdate" },
	{ "source", "contactsource leadsource" },
	{ "website", "web url homepage" },
	{ TAGS, "tag labels" },
};
/* clang-format on */

/* What a line may have that no webhook can say. */
static const char *const outside_mapping[] = { TAGS, STOPS, SINCE, NULL };

static int
is_outside_mapping(const char *target)
{
	const char *const *f = outside_mapping;

	while (*f != NULL && strcmp(*f, target) != 0)
		f++;
	return *f != NULL;
}

/* "E-mail " -> "email", "first_name" -> "firstname" */
static char *
squeeze(struct mem *m, const char *text)
{
	char *out = mem_strdup(m, text), *to = out;
	const char *s;

	text_lower(out);
	for (s = out; *s != '\0'; s++)
		if (*s == '_' || strchr(NAME_CHARS, *s) == NULL)
			continue;
		else
			*to++ = *s;
	*to = '\0';
	return out;
}

static int
is_word_of(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (; *words != '\0'; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n == len && memcmp(words, word, n) == 0)
			return 1;
	}
	return 0;
}

static const char *
known_field(struct mem *m, const char *name)
{
	const char *const *f;
	size_t i;

	if (*name == '\0')
		return NULL;
	for (f = outside_mapping; *f != NULL; f++)
		if (strcmp(squeeze(m, *f), name) == 0)
			return *f;
	for (f = map_contact_fields; *f != NULL; f++)
		if (strcmp(squeeze(m, *f), name) == 0)
			return *f;
	for (i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (is_word_of(synonyms[i].names, name))
			return synonyms[i].field;
	return NULL;
}

/* The field that a name means: "email", "custom.KEY", "tags"; else NULL. */
static const char *
field_of(struct mem *m, const char *name)
{
	const char *key;
	size_t len;

	name = text_trim(mem_strdup(m, name));
	if (strncasecmp(name, "contact.", strlen("contact.")) == 0)
		name += strlen("contact.");
	if (strncasecmp(name, CUSTOM, strlen(CUSTOM)) != 0)
		return known_field(m, squeeze(m, name));
	key = name + strlen(CUSTOM);
	len = strlen(key);
	if (len == 0 || len > KEY_MAX || strspn(key, NAME_CHARS) != len ||
	    (*key >= '0' && *key <= '9'))
		return NULL;
	return mem_printf(m, CUSTOM "%s", key);
}

static int
find_header(const struct csv_columns *c, const char *name, size_t *at)
{
	for (*at = 0; *at < c->n; (*at)++)
		if (strcasecmp(c->header[*at], name) == 0)
			return 0;
	return -1;
}

/* One "HEADER=FIELD". */
static int
take_pair(struct mem *m, struct csv_columns *c, char *is_told, char *pair,
	  struct err *e)
{
	char *field = strrchr(pair, '=');
	size_t at;

	if (field == NULL)
		return err_set(e, ERR_INPUT,
			       "expected HEADER=FIELD, found \"%.100s\"", pair);
	*field++ = '\0';
	field = text_trim(field);
	pair = text_trim(pair);
	if (find_header(c, pair, &at) == -1)
		return err_set(e, ERR_INPUT,
			       "the file has no column \"%.100s\"", pair);
	is_told[at] = 1;
	c->target[at] = *field == '\0' ? NULL : field_of(m, field);
	if (*field == '\0' || c->target[at] != NULL)
		return 0;
	return err_set(e, ERR_INPUT,
		       "a contact has no field \"%.100s\": use email, phone, "
		       "first_name, ..., tags or custom.KEY",
		       field);
}

static int
take_map(struct mem *m, struct csv_columns *c, const char *map, char *is_told,
	 struct err *e)
{
	char *pair, *rest;

	if (map == NULL)
		return 0;
	for (pair = strtok_r(mem_strdup(m, map), ",", &rest); pair != NULL;
	     pair = strtok_r(NULL, ",", &rest))
		if (take_pair(m, c, is_told, pair, e) == -1)
			return -1;
	return 0;
}

static int
is_taken(const struct csv_columns *c, const char *field)
{
	size_t i;

	for (i = 0; field != NULL && i < c->n; i++)
		if (c->target[i] != NULL && strcmp(c->target[i], field) == 0)
			return 1;
	return 0;
}

/* A column's values are body.cN to the mapping. */
static void
add_rule(struct csv_columns *c, size_t at)
{
	struct json_object *rule;
	char name[64];

	if (c->target[at] == NULL) {
		json_object_array_add(c->ignored,
				      json_object_new_string(c->header[at]));
		return;
	}
	if (is_outside_mapping(c->target[at]))
		return;
	rule = json_object_new_object();
	snprintf(name, sizeof(name), "body.c%zu", at);
	json_set_string(rule, "from", name);
	snprintf(name, sizeof(name), "contact.%.50s", c->target[at]);
	json_set_string(rule, "to", name);
	json_object_array_add(c->rules, rule);
}

/* Room for all columns, none of which is anything yet. */
static void
begin_columns(struct mem *m, const struct csv_record *head,
	      struct csv_columns *c)
{
	size_t i;

	c->n = head->n;
	c->header = mem_alloc(m, c->n * sizeof(*c->header));
	c->target = mem_alloc(m, c->n * sizeof(*c->target));
	c->rules = json_pool(m, json_object_new_array());
	c->ignored = json_pool(m, json_object_new_array());
	for (i = 0; i < c->n; i++)
		c->header[i] = text_trim(mem_strdup(m, head->field[i]));
}

static int
end_columns(struct csv_columns *c, const char *flaw, struct err *e)
{
	size_t i;

	if (!is_taken(c, "email") && !is_taken(c, "phone"))
		return err_set(e, ERR_INPUT, "%s", flaw);
	for (i = 0; i < c->n; i++)
		add_rule(c, i);
	return 0;
}

int
csv_columns(struct mem *m, const struct csv_record *head, const char *map,
	    struct csv_columns *c, struct err *e)
{
	const char *field;
	char *is_told;
	size_t i;

	begin_columns(m, head, c);
	is_told = mem_alloc(m, c->n);
	if (take_map(m, c, map, is_told, e) == -1)
		return -1;
	for (i = 0; i < c->n; i++) {
		field = is_told[i] ? NULL : field_of(m, c->header[i]);
		if (field != NULL && !is_taken(c, field))
			c->target[i] = field;
	}
	return end_columns(c,
			   mem_printf(m,
				      "line %zu: no column is an e-mail "
				      "address or a telephone number: name "
				      "one in the first line, or with --map "
				      "HEADER=email",
				      head->line),
			   e);
}

int
csv_columns_told(struct mem *m, const struct csv_record *head,
		 struct json_object *targets, struct csv_columns *c,
		 struct err *e)
{
	size_t i, n = json_object_array_length(targets);
	const char *target, *field;

	begin_columns(m, head, c);
	for (i = 0; i < c->n && i < n; i++) {
		target = json_object_get_string(
			json_object_array_get_idx(targets, i));
		if (target == NULL || *target == '\0')
			continue;
		field = field_of(m, target);
		if (field == NULL)
			return err_set(e, ERR_INPUT,
				       "a contact has no field \"%.100s\"",
				       target);
		if (is_taken(c, field))
			return err_set(e, ERR_INPUT,
				       "two columns are to become \"%.100s\": "
				       "choose one of them",
				       field);
		c->target[i] = field;
	}
	return end_columns(c,
			   "choose which column is the e-mail address or the "
			   "telephone number: without one nobody is found",
			   e);
}

/* The custom field that a header names by its key or label. */
static const char *
custom_of(struct mem *m, struct json_object *fields, const char *header)
{
	struct json_object *f;
	const char *key, *label;
	size_t i;

	for (i = 0; i < json_object_array_length(fields); i++) {
		f = json_object_array_get_idx(fields, i);
		key = json_get_string(f, "key");
		label = json_get_string(f, "label");
		if (strcasecmp(header, key) == 0 ||
		    (label != NULL && *label != '\0' &&
		     strcasecmp(header, label) == 0))
			return mem_printf(m, CUSTOM "%s", key);
	}
	return NULL;
}

/* Of most lines that hold something in this column: an address, or a number
 * that nobody would take for a date or an amount. */
static int
looks_like(struct mem *m, const char *field, const struct csv_record *sample,
	   size_t n, size_t column, const char *country)
{
	size_t i, some = 0, fit = 0;
	const char *text;

	for (i = 0; i < n; i++) {
		if (column >= sample[i].n)
			continue;
		text = text_trim(mem_strdup(m, sample[i].field[column]));
		if (*text == '\0')
			continue;
		some++;
		if (strcmp(field, "phone") == 0 && *text != '+' &&
		    *text != '0' && *text != '(')
			continue;
		if (contact_field_value(m, field, text, country, NULL, NULL) !=
		    NULL)
			fit++;
	}
	return fit > 0 && fit * 2 > some;
}

static void
guess_by_values(struct mem *m, const struct csv_record *sample, size_t n,
		const char *country, struct csv_columns *c)
{
	static const char *const fields[] = { "email", "phone" };
	size_t f, i;

	for (f = 0; f < 2; f++)
		for (i = 0; i < c->n && !is_taken(c, fields[f]); i++)
			if (c->target[i] == NULL &&
			    looks_like(m, fields[f], sample, n, i, country))
				c->target[i] = fields[f];
}

void
csv_columns_guess(struct mem *m, const struct csv_record *head,
		  struct json_object *fields, const struct csv_record *sample,
		  size_t n, const char *country, struct csv_columns *c)
{
	const char *field;
	size_t i;

	begin_columns(m, head, c);
	for (i = 0; i < c->n; i++) {
		field = field_of(m, c->header[i]);
		if (field == NULL)
			field = custom_of(m, fields, c->header[i]);
		if (field != NULL && !is_taken(c, field))
			c->target[i] = field;
	}
	guess_by_values(m, sample, n, country, c);
}

const char *
csv_custom_key(struct mem *m, const char *header)
{
	char *key = mem_strdup(m, header), *to = key;
	const char *s;

	text_lower(key);
	for (s = key; *s != '\0' && to - key < KEY_MAX; s++)
		if (strchr(NAME_CHARS, *s) != NULL && *s != '_')
			*to++ = *s;
		else if (to > key && to[-1] != '_')
			*to++ = '_';
	while (to > key && to[-1] == '_')
		to--;
	*to = '\0';
	while (*key >= '0' && *key <= '9')
		key++;
	key += strspn(key, "_");
	return *key != '\0' ? key : NULL;
}

/* A list that an export wrote as JSON; NULL when the text is none. */
static struct json_object *
list_of(const char *text)
{
	struct json_object *o = NULL;

	if (*text != '[' || json_read(text, strlen(text), 4, &o, NULL) == -1)
		return NULL;
	if (json_object_is_type(o, json_type_array))
		return o;
	json_object_put(o);
	return NULL;
}

static struct json_object *
tags_of(struct mem *m, const char *text)
{
	struct json_object *list = list_of(text);
	char *tag, *rest;

	if (list != NULL)
		return json_pool(m, list);
	list = json_pool(m, json_object_new_array());
	for (tag = strtok_r(mem_strdup(m, text), TAG_SEPARATORS, &rest);
	     tag != NULL; tag = strtok_r(NULL, TAG_SEPARATORS, &rest)) {
		tag = text_trim(tag);
		if (*tag != '\0')
			json_object_array_add(list,
					      json_object_new_string(tag));
	}
	return json_object_array_length(list) > 0 ? list : NULL;
}

/* What does not fit is among the invalid, and nothing is stored of it. */
static void
take_stops(struct mem *m, const char *header, const char *text,
	   struct csv_contact *out)
{
	struct json_object *list = tags_of(m, text);
	const char *channel;
	size_t i;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		channel = json_object_get_string(
			json_object_array_get_idx(list, i));
		if (channel != NULL && (strcmp(channel, "email") == 0 ||
					strcmp(channel, "sms") == 0))
			continue;
		fault_add(&out->mapped.invalid, header,
			  "expected email, sms or both, found \"%.100s\"",
			  text);
		return;
	}
	out->do_not_contact = list;
}

static void
take_outside_mapping(struct mem *m, const char *target, const char *header,
		     const char *text, struct csv_contact *out)
{
	if (strcmp(target, TAGS) == 0)
		out->tags = tags_of(m, text);
	else if (strcmp(target, STOPS) == 0)
		take_stops(m, header, text, out);
	else if (*text != '\0' && !date_is_valid(text))
		fault_add(&out->mapped.invalid, header,
			  "expected a date like 2026-05-17, found \"%.100s\"",
			  text);
	else if (*text != '\0')
		out->unsubscribed_at = mem_strdup(m, text);
}

static struct json_object *
value_of(const char *target, const char *text)
{
	struct json_object *list = NULL;

	if (strncmp(target, CUSTOM, strlen(CUSTOM)) == 0)
		list = list_of(text);
	return list != NULL ? list : json_object_new_string(text);
}

static int
check_width(const struct csv_columns *c, const struct csv_record *r,
	    struct err *e)
{
	size_t i;

	for (i = c->n; i < r->n; i++)
		if (r->field[i][0] != '\0')
			return err_set(e, ERR_INPUT,
				       "it has %zu fields, the first line "
				       "names %zu: quote a field that holds "
				       "the separator",
				       r->n, c->n);
	return 0;
}

/* "body.c3" -> the header of column 3 */
static void
name_columns(const struct csv_columns *c, struct faults *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		f->list[i].path = c->header[strtoul(
			f->list[i].path + strlen("body.c"), NULL, 10)];
}

int
csv_contact_read(const struct csv_columns *c, const struct csv_record *r,
		 const char *country, struct json_object *custom_types,
		 struct mem *m, struct csv_contact *out, struct err *e)
{
	struct json_object *source, *body;
	const char *text;
	char name[32];
	size_t i;

	out->tags = out->do_not_contact = NULL;
	out->unsubscribed_at = NULL;
	if (check_width(c, r, e) == -1)
		return -1;
	source = json_pool(m, json_object_new_object());
	body = json_object_new_object();
	json_object_object_add(source, "body", body);
	for (i = 0; i < c->n && i < r->n; i++) {
		text = csv_plain(r->field[i]);
		if (c->target[i] == NULL || is_outside_mapping(c->target[i]))
			continue;
		snprintf(name, sizeof(name), "c%zu", i);
		json_object_object_add(body, name,
				       value_of(c->target[i], text));
	}
	map_apply(c->rules, source, country, custom_types, m, &out->mapped);
	name_columns(c, &out->mapped.invalid);
	for (i = 0; i < c->n && i < r->n; i++)
		if (c->target[i] != NULL && is_outside_mapping(c->target[i]))
			take_outside_mapping(m, c->target[i], c->header[i],
					     csv_plain(r->field[i]), out);
	return 0;
}

/* --- export --------------------------------------------------------------- */

static const char *const export_fields[] = { "id",
					     "email",
					     "phone",
					     "first_name",
					     "last_name",
					     "company_name",
					     "address1",
					     "city",
					     "state",
					     "postal_code",
					     "country",
					     "timezone",
					     "date_of_birth",
					     "source",
					     "website",
					     "tags",
					     STOPS,
					     SINCE,
					     "created_at",
					     "updated_at",
					     NULL };

void
csv_contact_head(struct buf *out, struct json_object *keys)
{
	struct buf name = BUF_INIT;
	size_t i;

	for (i = 0; export_fields[i] != NULL; i++)
		csv_add(out, i, export_fields[i]);
	json_object_object_foreach (keys, key, type) {
		(void)type;
		buf_reset(&name);
		buf_addf(&name, CUSTOM "%s", key);
		csv_add(out, i, name.s);
	}
	csv_end(out);
	buf_free(&name);
}

/* Tags between commas; as a JSON list where one holds a separator. */
static void
tags_to_text(struct buf *out, struct json_object *tags)
{
	size_t i, n = json_object_array_length(tags);
	const char *tag;

	for (i = 0; i < n; i++) {
		tag = json_object_get_string(
			json_object_array_get_idx(tags, i));
		if (strpbrk(tag, TAG_SEPARATORS "[") != NULL) {
			buf_reset(out);
			json_to_text(out, tags);
			return;
		}
		buf_addf(out, "%s%s", i > 0 ? "," : "", tag);
	}
}

static void
add_value(struct buf *out, size_t at, struct json_object *v, int is_list)
{
	struct buf text = BUF_INIT;

	if (is_list && json_object_is_type(v, json_type_array))
		tags_to_text(&text, v);
	else
		json_to_text(&text, v);
	csv_add(out, at, text.s);
	buf_free(&text);
}

void
csv_contact_add(struct buf *out, struct json_object *contact,
		struct json_object *keys)
{
	struct json_object *custom = json_get(contact, "custom");
	size_t i;

	for (i = 0; export_fields[i] != NULL; i++)
		add_value(out, i, json_get(contact, export_fields[i]),
			  is_outside_mapping(export_fields[i]));
	json_object_object_foreach (keys, key, type) {
		(void)type;
		add_value(out, i, json_get(custom, key), 0);
	}
	csv_end(out);
}
