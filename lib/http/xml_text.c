/*
 * xml_text.c - which charset XML is in, and what no parser needs to see.  See
 * xml_text.h.
 */
#include "config.h"

#include "http/xml_text.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define BOM "\xef\xbb\xbf"
#define ATTRIBUTES_MAX 10000

size_t
xml_declaration_length(const char *text, size_t len)
{
	const char *end;

	if (len < 6 || memcmp(text, "<?xml", 5) != 0 ||
	    strchr(" \t\r\n", text[5]) == NULL)
		return 0;
	end = memmem(text, len < 256 ? len : 256, "?>", 2);
	return end != NULL ? (size_t)(end - text) + 2 : 0;
}

/* The charset that the XML declaration names.  Who says UTF-16 in letters of
 * one byte each (.NET does) means UTF-8. */
static int
declared_charset(const char *text, size_t len, struct charset *cs,
		 struct err *e)
{
	size_t declared = xml_declaration_length(text, len), n;
	const char *name = declared == 0 ? NULL
					 : memmem(text, declared, "encoding",
						  strlen("encoding"));

	if (name == NULL)
		return charset_open(cs, "", 0);
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=\"'");
	n = strcspn(name, "\"'?");
	if (n >= 5 && strncasecmp(name, "utf-16", 5) == 0)
		n = 0;
	if (charset_open(cs, name, n) == 0)
		return 0;
	return err_set(e, ERR_INPUT,
		       "expected one of the charsets " CHARSETS_TAKEN
		       "; got \"%.*s\" in the XML declaration at line 1, "
		       "column 1",
		       n > 40 ? 40 : (int)n, name);
}

/* `bytes` as UTF-8 without BOM and NUL. */
static int
to_utf8(const char *bytes, size_t len, const struct charset *cs,
	struct buf *out, struct err *e)
{
	const char *nul = memchr(bytes, '\0', len);
	size_t at;

	if (nul != NULL)
		return err_set(e, ERR_INPUT,
			       "expected XML, found a NUL at offset %zu; send "
			       "UTF-8",
			       (size_t)(nul - bytes));
	if (charset_to_utf8(cs, bytes, len, out, &at) == 0)
		return 0;
	return err_set(e, ERR_INPUT,
		       "expected text in %s, found the byte 0x%02x at offset "
		       "%zu",
		       cs->name, (unsigned char)bytes[at], at);
}

/*
 * libxml2 compares each attribute with all before it in its tag.  What looks
 * like one is counted from any < to the next, whatever stands between, since
 * no tag goes over a <.
 */
static int
check_attributes(const struct buf *text, struct err *e)
{
	size_t n = 0, i;
	char c, before = '\0';

	for (i = 0; i < text->len; i++) {
		c = text->s[i];
		if (c == '<')
			n = 0;
		else if ((c == '"' || c == '\'') && before == '=' &&
			 ++n > ATTRIBUTES_MAX)
			return err_set(e, ERR_INPUT,
				       "expected at most %d attributes in a "
				       "tag, found more at offset %zu",
				       ATTRIBUTES_MAX, i);
		if (strchr(" \t\r\n", c) == NULL)
			before = c;
	}
	return 0;
}

static int
check_size(const struct buf *text, struct err *e)
{
	if (text->len > 0 && text->len < INT_MAX - 16)
		return 0;
	return err_set(e, ERR_INPUT, "expected an element, found %zu bytes",
		       text->len);
}

int
xml_text(const char *bytes, size_t len, const struct charset *cs,
	 struct buf *out, struct err *e)
{
	struct charset declared = { "UTF-8", NULL };
	int rc;

	if (len >= 3 && memcmp(bytes, BOM, 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	if (cs == NULL && declared_charset(bytes, len, &declared, e) == -1)
		return -1;
	rc = to_utf8(bytes, len, cs != NULL ? cs : &declared, out, e);
	charset_close(&declared);
	if (rc == -1 || check_size(out, e) == -1)
		return -1;
	return check_attributes(out, e);
}
