/*
 * json.c - a strict reader of RFC 8259 that builds json-c's objects, and
 * short ways to look into them.  Writing is json_write.c.  The text may come
 * from anybody: it need not end in a NUL, its nesting is bounded, and what it
 * costs in memory is a small multiple of its length.
 */
#include "config.h"

#include "base/json.h"

#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define REPLACEMENT 0xfffdu
#define SMALL_OBJECT 8 /* members; json-c makes room for 10 at once */

struct reader {
	const char *begin, *p, *end;
	int depth, max_depth;
	size_t n_values, max_values;
	/* A stack of strings: the keys of the objects that are open, each with
	 * its NUL, and the string being read. */
	struct buf text;
	struct err *e;
};

static int read_value(struct reader *r, struct json_object **out);

/* Refuse what stands at `at`; `wanted` begins the message. */
static int
refuse(struct reader *r, const char *at, const char *wanted)
{
	char found[32];
	const char *line = r->begin, *p;
	size_t n_lines = 1;
	unsigned char c;

	for (p = r->begin; p < at; p++)
		if (*p == '\n') {
			n_lines++;
			line = p + 1;
		}
	c = at < r->end ? (unsigned char)*at : 0;
	if (at >= r->end)
		snprintf(found, sizeof(found), "the end of the text");
	else if (c > 0x20 && c < 0x7f)
		snprintf(found, sizeof(found), "'%c'", c);
	else
		snprintf(found, sizeof(found), "byte 0x%02x", c);
	return err_set(r->e, ERR_INPUT, "%s, found %s at line %zu, column %zu",
		       wanted, found, n_lines, (size_t)(at - line) + 1);
}

/* The next byte, or -1 at the end. */
static int
peek(const struct reader *r)
{
	return r->p < r->end ? (unsigned char)*r->p : -1;
}

static int
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static void
skip_space(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' ||
				 *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

static void
add_code_point(struct buf *b, unsigned cp)
{
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
	} else if (cp < 0x800) {
		buf_addc(b, (char)(0xc0 | cp >> 6));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	} else if (cp < 0x10000) {
		buf_addc(b, (char)(0xe0 | cp >> 12));
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	} else {
		buf_addc(b, (char)(0xf0 | cp >> 18));
		buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_addc(b, (char)(0x80 | (cp & 0x3f)));
	}
}

static int
hex_value(int c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits behind "\u". */
static int
read_hex4(struct reader *r, unsigned *unit)
{
	int i, digit;

	*unit = 0;
	for (i = 0; i < 4; i++) {
		digit = hex_value(peek(r));
		if (digit == -1)
			return refuse(
				r, r->p,
				"expected a hexadecimal digit of \\uXXXX");
		*unit = *unit << 4 | (unsigned)digit;
		r->p++;
	}
	return 0;
}

/*
 * "\u" was read.  A surrogate that stands alone and U+0000 become U+FFFD:
 * PostgreSQL and C can't hold them.
 */
static int
read_unicode_escape(struct reader *r)
{
	unsigned cp, low;
	const char *back;

	if (read_hex4(r, &cp) == -1)
		return -1;
	if (cp >= 0xd800 && cp <= 0xdbff && r->end - r->p >= 2 &&
	    r->p[0] == '\\' && r->p[1] == 'u') {
		back = r->p;
		r->p += 2;
		if (read_hex4(r, &low) == -1)
			return -1;
		if (low >= 0xdc00 && low <= 0xdfff)
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		else
			r->p = back; /* not its other half: a character too */
	}
	if (cp == 0 || (cp >= 0xd800 && cp <= 0xdfff))
		cp = REPLACEMENT;
	add_code_point(&r->text, cp);
	return 0;
}

/* A backslash was read. */
static int
read_escape(struct reader *r)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(r);
	const char *at;

	if (c == 'u') {
		r->p++;
		return read_unicode_escape(r);
	}
	at = c > 0 ? strchr(from, c) : NULL;
	if (at == NULL)
		return refuse(r, r->p,
			      "expected one of \"\\/bfnrtu behind a backslash");
	buf_addc(&r->text, to[at - from]);
	r->p++;
	return 0;
}

/* The bytes of a string up to a quote, a backslash or a control character. */
static int
read_plain(struct reader *r)
{
	const char *from = r->p;
	unsigned char bits = 0;
	size_t at;

	while (r->p < r->end && *r->p != '"' && *r->p != '\\' &&
	       (unsigned char)*r->p >= 0x20)
		bits |= (unsigned char)*r->p++;
	if (bits >= 0x80 && !text_is_utf8(from, (size_t)(r->p - from), &at))
		return refuse(r, from + at, "expected UTF-8");
	buf_add(&r->text, from, (size_t)(r->p - from));
	return 0;
}

/* Read a string (the reader is at its quote) onto r->text. */
static int
read_string(struct reader *r)
{
	r->p++;
	for (;;) {
		if (read_plain(r) == -1)
			return -1;
		if (peek(r) == '"')
			break;
		if (peek(r) == -1)
			return refuse(r, r->p, "expected '\"'");
		if (peek(r) != '\\')
			return refuse(r, r->p,
				      "expected an escape such as \\n "
				      "instead of a control character");
		r->p++;
		if (read_escape(r) == -1)
			return -1;
	}
	r->p++;
	return 0;
}

static int
read_text(struct reader *r, struct json_object **out)
{
	size_t mark = r->text.len;
	int rc = read_string(r);

	if (rc == 0)
		*out = json_object_new_string_len(r->text.s + mark,
						  (int)(r->text.len - mark));
	r->text.len = mark;
	return rc;
}

static int
skip_digits(struct reader *r)
{
	if (!is_digit(peek(r)))
		return refuse(r, r->p, "expected a digit");
	while (is_digit(peek(r)))
		r->p++;
	return 0;
}

/* Walk over a number; *whole says that it has no fraction and exponent. */
static int
skip_number(struct reader *r, int *whole)
{
	*whole = 1;
	if (peek(r) == '-')
		r->p++;
	if (peek(r) == '0')
		r->p++; /* a digit behind it is what the caller refuses */
	else if (skip_digits(r) == -1)
		return -1;
	if (peek(r) == '.') {
		*whole = 0;
		r->p++;
		if (skip_digits(r) == -1)
			return -1;
	}
	if (peek(r) == 'e' || peek(r) == 'E') {
		*whole = 0;
		r->p++;
		if (peek(r) == '+' || peek(r) == '-')
			r->p++;
		return skip_digits(r);
	}
	return 0;
}

static int
read_number(struct reader *r, struct json_object **out)
{
	const char *from = r->p;
	size_t mark = r->text.len;
	char *digits;
	long long n;
	int whole;

	if (skip_number(r, &whole) == -1)
		return -1;
	buf_add(&r->text, from, (size_t)(r->p - from));
	digits = r->text.s + mark;
	errno = 0;
	n = whole ? strtoll(digits, NULL, 10) : 0;
	/* As an integer "-0" would lose its sign. */
	if (whole && errno == 0 && (n != 0 || digits[0] == '0'))
		*out = json_object_new_int64(n);
	else
		*out = json_object_new_double_s(strtod(digits, NULL), digits);
	r->text.len = mark;
	return 0;
}

static int
read_word(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
		return refuse(r, r->p, "expected a value");
	r->p += len;
	return 0;
}

static int
enter(struct reader *r)
{
	char wanted[64];

	if (r->depth >= r->max_depth) {
		snprintf(wanted, sizeof(wanted),
			 "expected at most %d levels of nesting", r->max_depth);
		return refuse(r, r->p, wanted);
	}
	r->depth++;
	r->p++;
	skip_space(r);
	return 0;
}

/*
 * Behind a member or an element.  Returns 1 when another one follows, 0 when
 * `closing` came, or -1.
 */
static int
another(struct reader *r, char closing, const char *wanted)
{
	skip_space(r);
	if (peek(r) == closing) {
		r->p++;
		r->depth--;
		return 0;
	}
	if (peek(r) != ',')
		return refuse(r, r->p, wanted);
	r->p++;
	skip_space(r);
	return 1;
}

static int
read_elements(struct reader *r, struct json_object *list)
{
	struct json_object *element;
	int more;

	if (enter(r) == -1)
		return -1;
	if (peek(r) == ']') {
		r->p++;
		r->depth--;
		return 0;
	}
	do {
		if (read_value(r, &element) == -1)
			return -1;
		json_object_array_add(list, element);
		more = another(r, ']', "expected ',' or ']'");
	} while (more == 1);
	return more;
}

/* One "key": value.  The last of several wins, at the first's place. */
static int
read_member(struct reader *r, struct json_object *o)
{
	struct json_object *value;
	size_t mark = r->text.len;
	int rc = -1;

	if (peek(r) != '"')
		return refuse(r, r->p, "expected a key in double quotes");
	if (read_string(r) == -1)
		goto out;
	buf_addc(&r->text, '\0');
	skip_space(r);
	if (peek(r) != ':') {
		refuse(r, r->p, "expected ':'");
		goto out;
	}
	r->p++;
	skip_space(r);
	if (read_value(r, &value) == -1)
		goto out;
	json_object_object_add(o, r->text.s + mark, value);
	rc = 0;
out:
	r->text.len = mark;
	return rc;
}

/*
 * json-c gives every object a table of 16 entries, 700 bytes: too much for
 * the "{}" of which a text can hold hundreds of thousands.
 */
void
json_fit(struct json_object *o)
{
	struct lh_table *t = json_object_get_object(o);
	int n = lh_table_length(t);

	if (n < SMALL_OBJECT)
		lh_table_resize(t, 2 * n + 1);
}

static int
read_members(struct reader *r, struct json_object *o)
{
	int more;

	if (enter(r) == -1)
		return -1;
	if (peek(r) == '}') {
		r->p++;
		r->depth--;
		json_fit(o);
		return 0;
	}
	do {
		if (read_member(r, o) == -1)
			return -1;
		more = another(r, '}', "expected ',' or '}'");
	} while (more == 1);
	json_fit(o);
	return more;
}

static int
read_container(struct reader *r, struct json_object **out)
{
	struct json_object *o;
	int rc;

	if (*r->p == '{') {
		o = json_object_new_object();
		rc = read_members(r, o);
	} else {
		o = json_object_new_array_ext(1);
		rc = read_elements(r, o);
	}
	if (rc == -1)
		json_object_put(o);
	else
		*out = o;
	return rc;
}

static int
too_many(struct reader *r)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "expected at most %zu values in all",
		 r->max_values);
	return refuse(r, r->p, wanted);
}

/* *out is set, or NULL for null, only when 0 is returned. */
static int
read_value(struct reader *r, struct json_object **out)
{
	int c = peek(r);

	*out = NULL;
	if (++r->n_values > r->max_values)
		return too_many(r);
	switch (c) {
	case '{':
	case '[':
		return read_container(r, out);
	case '"':
		return read_text(r, out);
	case 'n':
		return read_word(r, "null");
	case 't':
	case 'f':
		if (read_word(r, c == 't' ? "true" : "false") == -1)
			return -1;
		*out = json_object_new_boolean(c == 't');
		return 0;
	default:
		if (c != '-' && !is_digit(c))
			return refuse(r, r->p, "expected a value");
		return read_number(r, out);
	}
}

int
json_read_bounded(const char *text, size_t len, const struct json_bounds *b,
		  struct json_object **out, struct err *e)
{
	struct reader r = { .max_depth = b->depth,
			    .max_values = b->values,
			    .text = BUF_INIT,
			    .e = e };
	int rc;

	*out = NULL;
	if (len > INT_MAX)
		return err_set(e, ERR_INPUT,
			       "expected at most %d bytes of JSON, found %zu "
			       "at line 1, column 1",
			       INT_MAX, len);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	r.begin = r.p = text;
	r.end = text + len;
	skip_space(&r);
	rc = read_value(&r, out);
	skip_space(&r);
	if (rc == 0 && r.p < r.end) {
		rc = refuse(&r, r.p, "expected the end of the text");
		json_object_put(*out);
		*out = NULL;
	}
	buf_free(&r.text);
	return rc;
}

int
json_read(const char *text, size_t len, int max_depth, struct json_object **out,
	  struct err *e)
{
	struct json_bounds b = { max_depth, SIZE_MAX };

	return json_read_bounded(text, len, &b, out, e);
}

static void
put(void *o)
{
	json_object_put(o);
}

struct json_object *
json_pool(struct mem *m, struct json_object *o)
{
	if (o != NULL)
		mem_on_free(m, put, o);
	return o;
}

struct json_object *
json_get(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &value))
		return NULL;
	return value;
}

const char *
json_get_string(struct json_object *o, const char *key)
{
	struct json_object *value = json_get(o, key);

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

int64_t
json_get_int(struct json_object *o, const char *key, int64_t otherwise)
{
	struct json_object *value = json_get(o, key);

	if (!json_object_is_type(value, json_type_int) &&
	    !json_object_is_type(value, json_type_double))
		return otherwise;
	return json_object_get_int64(value);
}

int
json_get_bool(struct json_object *o, const char *key, int otherwise)
{
	struct json_object *value = json_get(o, key);

	if (!json_object_is_type(value, json_type_boolean))
		return otherwise;
	return json_object_get_boolean(value);
}

void
json_set_string(struct json_object *o, const char *key, const char *value)
{
	if (value == NULL)
		return;
	json_object_object_add(o, key, json_object_new_string(value));
}
