/*
 * json_write.c - json-c's objects as JSON, and as text for people.  json-c's
 * own writer is not used: it writes NaN, and any bytes that a string holds.
 * Reading is json.c.
 */
#include "config.h"

#include "base/json.h"

#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define MAX_EXPONENT 308
#define MAX_DIGITS 1000
#define NUMBER_SIZE 32 /* any double by 17 digits, any 64-bit integer */

/* What stands for the control characters that have a short escape. */
static char
short_escape(char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c != '\0' ? strchr(from, c) : NULL;

	return at != NULL ? to[at - from] : '\0';
}

static int
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* `text` is UTF-8.  PostgreSQL refuses \u0000. */
static void
write_escaped(struct buf *out, const char *text, size_t len)
{
	size_t i = 0, from;

	while (i < len) {
		for (from = i; i < len && is_plain(text[i]); i++)
			;
		buf_add(out, text + from, i - from);
		if (i == len)
			break;
		if (text[i] == '\0')
			buf_adds(out, REPLACEMENT);
		else if (short_escape(text[i]) != '\0')
			buf_addf(out, "\\%c", short_escape(text[i]));
		else
			buf_addf(out, "\\u%04x", (unsigned char)text[i]);
		i++;
	}
}

void
json_write_string(struct buf *out, const char *text, size_t len)
{
	size_t at;

	buf_addc(out, '"');
	while (!text_is_utf8(text, len, &at)) {
		write_escaped(out, text, at);
		buf_adds(out, REPLACEMENT);
		text += at + 1;
		len -= at + 1;
	}
	write_escaped(out, text, len);
	buf_addc(out, '"');
}

/* The fewest digits that read back as `d`. */
static void
shortest(double d, char digits[NUMBER_SIZE])
{
	int precision;

	for (precision = 15; precision <= 17; precision++) {
		snprintf(digits, NUMBER_SIZE, "%.*g", precision, d);
		if (strtod(digits, NULL) == d)
			return;
	}
}

/*
 * The digits of a number: as they were read, else made in `scratch`.  NULL
 * for what is no number (infinite, NaN): only a calculation makes these.
 */
static const char *
number_digits(struct json_object *o, char scratch[NUMBER_SIZE])
{
	int64_t n;
	double d;

	if (json_object_is_type(o, json_type_int)) {
		n = json_object_get_int64(o);
		if (n < INT64_MAX)
			snprintf(scratch, NUMBER_SIZE, "%" PRId64, n);
		else /* perhaps an unsigned one that was clamped */
			snprintf(scratch, NUMBER_SIZE, "%" PRIu64,
				 json_object_get_uint64(o));
		return scratch;
	}
	/* json_object_new_double_s() keeps the source text there. */
	if (json_object_get_userdata(o) != NULL)
		return json_object_get_userdata(o);
	d = json_object_get_double(o);
	if (!isfinite(d))
		return NULL;
	shortest(d, scratch);
	return scratch;
}

/* Can a numeric of PostgreSQL hold this JSON number? */
static int
fits_numeric(const char *digits)
{
	size_t n = 0;
	long exponent = 0;

	for (; *digits != '\0' && *digits != 'e' && *digits != 'E'; digits++)
		n += *digits >= '0' && *digits <= '9';
	if (*digits != '\0')
		exponent = strtol(digits + 1, NULL, 10);
	return n <= MAX_DIGITS && exponent >= -MAX_EXPONENT &&
	       exponent <= MAX_EXPONENT;
}

static void
write_number(struct buf *out, struct json_object *o)
{
	char scratch[NUMBER_SIZE];
	const char *digits = number_digits(o, scratch);

	if (digits == NULL)
		buf_adds(out, "null");
	else if (fits_numeric(digits))
		buf_adds(out, digits);
	else
		json_write_string(out, digits, strlen(digits));
}

static void
write_list(struct buf *out, struct json_object *o)
{
	size_t i, n = json_object_array_length(o);

	buf_addc(out, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		json_write(out, json_object_array_get_idx(o, i));
	}
	buf_addc(out, ']');
}

static void
write_object(struct buf *out, struct json_object *o)
{
	struct lh_table *members = json_object_get_object(o);
	struct lh_entry *m;
	const char *key;

	buf_addc(out, '{');
	for (m = lh_table_head(members); m != NULL; m = lh_entry_next(m)) {
		if (m != lh_table_head(members))
			buf_addc(out, ',');
		key = lh_entry_k(m);
		json_write_string(out, key, strlen(key));
		buf_addc(out, ':');
		json_write(out, lh_entry_v(m));
	}
	buf_addc(out, '}');
}

static void
write_boolean(struct buf *out, struct json_object *o)
{
	buf_adds(out, json_object_get_boolean(o) ? "true" : "false");
}

static size_t
string_length(struct json_object *o)
{
	return (size_t)json_object_get_string_len(o);
}

void
json_write(struct buf *out, struct json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		buf_adds(out, "null");
		break;
	case json_type_boolean:
		write_boolean(out, o);
		break;
	case json_type_int:
	case json_type_double:
		write_number(out, o);
		break;
	case json_type_string:
		json_write_string(out, json_object_get_string(o),
				  string_length(o));
		break;
	case json_type_array:
		write_list(out, o);
		break;
	case json_type_object:
		write_object(out, o);
		break;
	}
}

void
json_to_text(struct buf *out, struct json_object *o)
{
	char scratch[NUMBER_SIZE];
	const char *digits;

	switch (json_object_get_type(o)) {
	case json_type_null:
		break;
	case json_type_boolean:
		write_boolean(out, o);
		break;
	case json_type_int:
	case json_type_double:
		digits = number_digits(o, scratch);
		buf_adds(out, digits != NULL ? digits : "");
		break;
	case json_type_string:
		buf_add(out, json_object_get_string(o), string_length(o));
		break;
	case json_type_array:
	case json_type_object:
		json_write(out, o);
		break;
	}
}

char *
json_pool_text(struct mem *m, struct json_object *o)
{
	struct buf text = BUF_INIT;
	char *copy;

	json_to_text(&text, o);
	copy = mem_strndup(m, text.s, text.len);
	buf_free(&text);
	return copy;
}
