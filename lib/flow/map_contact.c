/*
 * map_contact.c - what a contact's field may hold, and how it is normalised:
 * the same for webhooks, steps, the command line and imports.  See map.h.
 */
#include "config.h"

#include "flow/map.h"

#include "base/idn.h"
#include "base/phone.h"
#include "base/text.h"
#include "flow/date.h"
#include "flow/shape.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define TEXT_MAX 1000 /* characters */
#define EMAIL_MAX 254 /* RFC 5321's path without its brackets */
#define LOCAL_MAX 64
#define LABEL_MAX 63
#define ZONE_MAX 64

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define ATEXT LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~" /* RFC 5322 */

const char *const map_contact_fields[] = {
	"email",	 "phone",	 "first_name", "last_name",
	"full_name",	 "company_name", "address1",   "city",
	"state",	 "postal_code",	 "country",    "timezone",
	"date_of_birth", "source",	 "website",    NULL
};

/* How many labels of 1 to `max` allowed characters, with dots between, the
 * text is; 0 when it is no such list. */
static size_t
count_labels(const char *s, size_t len, const char *allowed, size_t max)
{
	size_t n = 0, label;
	const char *end = s + len;

	for (;;) {
		label = strspn(s, allowed);
		if (label > (size_t)(end - s))
			label = (size_t)(end - s);
		if (label == 0 || label > max)
			return 0;
		n++;
		s += label;
		if (s == end)
			return n;
		if (*s != '.')
			return 0;
		s++;
	}
}

/* No label begins or ends with a hyphen. */
static int
has_loose_hyphen(const char *domain)
{
	return *domain == '-' || domain[strlen(domain) - 1] == '-' ||
	       strstr(domain, ".-") != NULL || strstr(domain, "-.") != NULL;
}

static int
has_high_byte(const char *s, size_t len)
{
	for (; len > 0; s++, len--)
		if ((unsigned char)*s > 0x7f)
			return 1;
	return 0;
}

/* Why `s`, with its domain in ASCII, is no address; NULL when it is one. */
static const char *
email_flaw(const char *s)
{
	const char *at = strchr(s, '@');
	size_t local = at == NULL ? 0 : (size_t)(at - s);

	if (*s == '\0')
		return "it is empty";
	if (at == NULL)
		return "it has no @";
	if (strlen(s) > EMAIL_MAX)
		return "it is longer than 254 bytes";
	if (local > LOCAL_MAX)
		return "more than 64 bytes stand before the @";
	if (has_high_byte(s, local))
		return "letters beyond ASCII stand before the @, where few "
		       "mail servers take them";
	if (count_labels(s, local, ATEXT, LOCAL_MAX) == 0)
		return "what stands before the @ is no plain address "
		       "(no spaces, quotes, brackets or names)";
	if (count_labels(at + 1, strlen(at + 1), LETTERS DIGITS "-",
			 LABEL_MAX) < 2 ||
	    has_loose_hyphen(at + 1))
		return "what stands behind the @ is no domain like "
		       "example.com";
	return NULL;
}

/* One field's value on its way: trimmed text in, normalised text out. */
struct value {
	struct mem *mem;
	const char *field;
	const char *country;
	const char **key;
	struct err *e;
};

/* An international domain keeps its letters; it matches by its name in
 * ASCII. */
static const char *
take_email(struct value *v, char *text)
{
	const char *ascii = idn_address(v->mem, text);
	const char *flaw;
	char *key;

	/* A domain that can't be converted is refused as it is. */
	if (ascii == NULL)
		ascii = text;
	flaw = email_flaw(ascii);
	if (flaw != NULL) {
		err_set(v->e, ERR_INPUT, "\"%.100s\" is no e-mail address: %s",
			text, flaw);
		return NULL;
	}
	key = mem_strdup(v->mem, ascii);
	text_lower(key);
	if (v->key != NULL)
		*v->key = key;
	return text;
}

static const char *
take_phone(struct value *v, char *text)
{
	char e164[PHONE_E164_SIZE];

	if (phone_normalise(text, v->country, e164) == -1) {
		err_set(v->e, ERR_INPUT,
			"\"%.100s\" is no telephone number; write it with "
			"country code, like +15551234567",
			text);
		return NULL;
	}
	return mem_strdup(v->mem, e164);
}

static const char *
take_birth(struct value *v, char *text)
{
	/* The day alone is kept: a moment would move with the time zone. */
	if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' ||
	    !date_is_valid(text)) {
		err_set(v->e, ERR_INPUT,
			"expected a date like 1990-05-17, found \"%.100s\"",
			text);
		return NULL;
	}
	return mem_strndup(v->mem, text, 10);
}

/* "UTC" or Area/City[/Place]: whether the zone exists, PostgreSQL knows.  It
 * also takes Any/Name3 for a zone of its own rules, three hours off; of the
 * list's names with a slash only Etc/GMT+3 and its like have digits. */
static int
is_zone(const char *s)
{
	size_t n = 0, part;

	if (strcmp(s, "UTC") == 0)
		return 1;
	if (strncasecmp(s, "Etc/GMT", 7) != 0 && strpbrk(s, DIGITS) != NULL)
		return 0;
	if (strlen(s) > ZONE_MAX || strchr(LETTERS, *s) == NULL)
		return 0;
	for (;; s++) {
		part = strspn(s, LETTERS DIGITS "_+-");
		if (part == 0)
			return 0;
		n++;
		s += part;
		if (*s == '\0')
			return n >= 2 && n <= 3;
		if (*s != '/')
			return 0;
	}
}

static const char *
take_timezone(struct value *v, char *text)
{
	if (*text != '\0' && is_zone(text))
		return text;
	err_set(v->e, ERR_INPUT,
		"expected a time zone like Europe/Berlin or UTC, found "
		"\"%.100s\"",
		text);
	return NULL;
}

static const char *
take_text(struct value *v, char *text)
{
	size_t at, len = strlen(text);
	char *s;

	if (!text_is_utf8(text, len, &at)) {
		err_set(v->e, ERR_INPUT,
			"expected UTF-8, found another byte at offset %zu; "
			"convert the text",
			at);
		return NULL;
	}
	if (shape_length(text) > TEXT_MAX) {
		err_set(v->e, ERR_INPUT,
			"expected at most %d characters, found %zu", TEXT_MAX,
			shape_length(text));
		return NULL;
	}
	for (s = text; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t' && *s != '\n') ||
		    *s == 0x7f)
			*s = ' ';
	return text;
}

/* clang-format off */
static const struct {
	const char *field;
	const char *(*take)(struct value *, char *text);
} special[] = {
	{ "email", take_email },
	{ "phone", take_phone },
	{ "date_of_birth", take_birth },
	{ "timezone", take_timezone },
};
/* clang-format on */

static int
is_field(const char *field)
{
	const char *const *known = map_contact_fields;

	while (*known != NULL && strcmp(*known, field) != 0)
		known++;
	return *known != NULL;
}

const char *
contact_field_value(struct mem *m, const char *field, const char *text,
		    const char *country, const char **key, struct err *e)
{
	struct value v = { m, field, country, key, e };
	char *copy = mem_strdup(m, text);
	size_t i;

	if (key != NULL)
		*key = NULL;
	if (!is_field(field)) {
		err_set(e, ERR_INPUT, "a contact has no field \"%.100s\"",
			field);
		return NULL;
	}
	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (strcmp(special[i].field, field) == 0)
			return special[i].take(&v, text_trim(copy));
	return take_text(&v, copy);
}
