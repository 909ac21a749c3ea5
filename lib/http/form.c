/*
 * form.c - urlencoded forms and query strings as JSON.  How names nest is
 * nest.c's business, content types are decode.c's.
 */
#include "config.h"

#include "http/form.h"

#include "base/json.h"
#include "base/pairs.h"
#include "base/percent.h"
#include "http/nest.h"

#include <string.h>

#include "base/banned.h"

struct form {
	const char *text; /* all of it: offsets count from here */
	const struct charset *charset;
	struct nest nest;
	struct buf bytes, name, value; /* of the pair in hand */
	struct err *e;
};

/* One byte of a field; returns how many characters spell it. */
static size_t
next_byte(const char *from, size_t len, char *byte)
{
	int value = percent_byte(from, len);

	if (value != -1) {
		*byte = (char)value;
		return 3;
	}
	*byte = from[0] == '+' ? ' ' : from[0];
	return 1;
}

/* The place in the source of the byte that is number `n` when decoded. */
static size_t
source_offset(const char *from, size_t len, size_t n)
{
	size_t at = 0;
	char byte;

	while (n-- > 0)
		at += next_byte(from + at, len - at, &byte);
	return at;
}

static int
read_field(struct form *f, const char *from, size_t len, struct buf *out)
{
	size_t at;
	char byte;

	buf_reset(&f->bytes);
	for (size_t i = 0; i < len;) {
		if (from[i] == '%' && percent_byte(from + i, len - i) == -1)
			return err_set(f->e, ERR_INPUT,
				       "expected two hexadecimal digits after "
				       "the %% at offset %zu; a %% itself is "
				       "written %%25",
				       (size_t)(from - f->text) + i);
		i += next_byte(from + i, len - i, &byte);
		buf_addc(&f->bytes, byte);
	}
	buf_reset(out);
	if (charset_to_utf8(f->charset, f->bytes.s, f->bytes.len, out, &at) ==
	    -1)
		return err_set(f->e, ERR_INPUT,
			       "expected text in %s, found the byte 0x%02x at "
			       "offset %zu",
			       f->charset->name, (unsigned char)f->bytes.s[at],
			       (size_t)(from - f->text) +
				       source_offset(from, len, at));
	charset_replace_nul(out);
	return 0;
}

static int
read_pair(struct form *f, const struct pair *p)
{
	if (read_field(f, p->name, p->name_len, &f->name) == -1 ||
	    read_field(f, p->value, p->value_len, &f->value) == -1)
		return -1;
	return nest_put(
		&f->nest, f->name.s,
		json_object_new_string_len(f->value.s, (int)f->value.len),
		(size_t)(p->name - f->text), f->e);
}

static int
read_pairs(struct form *f, size_t len)
{
	const char *from = f->text, *end = f->text + len;
	struct pair p;

	while (pair_next(&from, end, &p))
		if (read_pair(f, &p) == -1)
			return -1;
	return 0;
}

int
form_read(struct mem *m, const char *text, size_t len, const struct charset *cs,
	  struct json_object **out, struct err *e)
{
	struct form f = { .text = text,
			  .charset = cs,
			  .bytes = BUF_INIT,
			  .name = BUF_INIT,
			  .value = BUF_INIT,
			  .e = e };
	struct json_object *made;
	int rc;

	nest_begin(&f.nest, m, 0);
	rc = read_pairs(&f, len);
	made = json_pool(m, nest_end(&f.nest));
	if (rc == 0)
		*out = made;
	buf_free(&f.bytes);
	buf_free(&f.name);
	buf_free(&f.value);
	return rc;
}
