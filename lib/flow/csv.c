/*
 * csv.c - comma separated values.  See csv.h.
 */
#include "config.h"

#include "flow/csv.h"

#include "base/text.h"

#include <string.h>

#include "base/banned.h"

#define FIELDS_MAX 1000

static int
is_break(char ch)
{
	return ch == '\n' || ch == '\r';
}

/* The separators outside of quotes up to the first line break, counted. */
static char
guess_separator(const char *s, const char *end)
{
	static const char known[] = ",;\t";
	size_t n[sizeof(known)] = { 0 }, best = 0, i;
	int quoted = 0;

	for (; s < end && (quoted || !is_break(*s)); s++)
		if (*s == '"')
			quoted = !quoted;
		else if (!quoted && *s != '\0' && strchr(known, *s) != NULL)
			n[strchr(known, *s) - known]++;
	for (i = 1; known[i] != '\0'; i++)
		if (n[i] > n[best])
			best = i;
	return known[best];
}

void
csv_begin(struct csv *c, const char *text, size_t len)
{
	c->at = text;
	c->end = text + len;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c->at += 3;
	c->line = 1;
	c->separator = guess_separator(c->at, c->end);
}

/* Step over one line break, where there is one. */
static void
skip_break(struct csv *c)
{
	if (c->at == c->end || !is_break(*c->at))
		return;
	c->at += *c->at == '\r' && c->end - c->at > 1 && c->at[1] == '\n' ? 2
									  : 1;
	c->line++;
}

static int
at_field_end(const struct csv *c)
{
	return c->at == c->end || *c->at == c->separator || is_break(*c->at);
}

/* The line breaks of a quoted field count as lines. */
static void
take_quoted(struct csv *c, struct buf *out)
{
	const char *from = c->at;

	if (!is_break(*c->at)) {
		buf_addc(out, *c->at++);
		return;
	}
	skip_break(c);
	buf_add(out, from, (size_t)(c->at - from));
}

static int
read_quoted(struct csv *c, struct buf *out, struct err *e)
{
	c->at++;
	for (;;) {
		if (c->at == c->end)
			return err_set(e, ERR_INPUT,
				       "a quote is opened and not closed");
		if (*c->at != '"') {
			take_quoted(c, out);
			continue;
		}
		c->at++;
		if (c->at == c->end || *c->at != '"')
			break;
		buf_addc(out, *c->at++);
	}
	if (at_field_end(c))
		return 0;
	return err_set(e, ERR_INPUT,
		       "something stands behind a closing quote: a quote in "
		       "a field is written twice");
}

static int
read_bare(struct csv *c, struct buf *out, struct err *e)
{
	for (; !at_field_end(c); c->at++) {
		if (*c->at == '"')
			return err_set(e, ERR_INPUT,
				       "a quote stands in a field that is not "
				       "quoted: quote the field, and write "
				       "the quote twice");
		buf_addc(out, *c->at);
	}
	return 0;
}

static int
check_text(const char *text, size_t len, struct err *e)
{
	size_t at;

	if (memchr(text, '\0', len) != NULL)
		return err_set(e, ERR_INPUT,
			       "a NUL byte: is the file UTF-16? save it as "
			       "UTF-8");
	if (!text_is_utf8(text, len, &at))
		return err_set(e, ERR_INPUT,
			       "not UTF-8 at byte %zu of a field: save the "
			       "file as UTF-8",
			       at + 1);
	return 0;
}

static int
read_field(struct csv *c, struct mem *m, const char **out, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	if (c->at < c->end && *c->at == '"')
		rc = read_quoted(c, &text, e);
	else
		rc = read_bare(c, &text, e);
	if (rc == 0)
		rc = check_text(text.s, text.len, e);
	if (rc == 0)
		*out = mem_strndup(m, text.s, text.len);
	buf_free(&text);
	return rc;
}

static int
read_record(struct csv *c, struct mem *m, struct csv_record *r, struct err *e)
{
	const char *field[FIELDS_MAX];

	r->n = 0;
	for (;;) {
		if (r->n == FIELDS_MAX)
			return err_set(e, ERR_INPUT, "more than %d fields",
				       FIELDS_MAX);
		if (read_field(c, m, &field[r->n++], e) == -1)
			return -1;
		if (c->at == c->end || *c->at != c->separator)
			break;
		c->at++;
	}
	skip_break(c);
	r->field = mem_alloc(m, r->n * sizeof(*r->field));
	memcpy(r->field, field, r->n * sizeof(*r->field));
	return 1;
}

int
csv_read(struct csv *c, struct mem *m, struct csv_record *r, struct err *e)
{
	const char *from;

	while (c->at < c->end && is_break(*c->at))
		skip_break(c);
	r->line = c->line;
	if (c->at == c->end)
		return 0;
	from = c->at;
	if (read_record(c, m, r, e) == 1)
		return 1;
	c->at = from;
	c->line = r->line;
	while (c->at < c->end && !is_break(*c->at))
		c->at++;
	skip_break(c);
	return -1;
}

static int
is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

void
csv_add(struct buf *out, size_t at, const char *text)
{
	int is_quoted = strpbrk(text, ",;\t\"\r\n") != NULL || *text == ' ';

	if (at > 0)
		buf_addc(out, ',');
	if (is_quoted)
		buf_addc(out, '"');
	if (is_formula(text))
		buf_addc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	if (is_quoted)
		buf_addc(out, '"');
}

void
csv_end(struct buf *out)
{
	buf_adds(out, "\r\n");
}

const char *
csv_plain(const char *text)
{
	return *text == '\'' && is_formula(text) ? text + 1 : text;
}
