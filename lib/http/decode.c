/*
 * decode.c - what a body says, as JSON: which content types are taken, who
 * reads them, and what is done about types that don't say the truth.  Forms
 * are form.c's and multipart.c's business, XML is xml.c's, JSON itself
 * base/json.c's.
 */
#include "config.h"

#include "http/decode.h"

#include "base/json.h"
#include "http/charset.h"
#include "http/form.h"
#include "http/media_type.h"
#include "http/multipart.h"
#include "http/xml.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define TYPES_TAKEN                                             \
	"application/json, application/x-www-form-urlencoded, " \
	"multipart/form-data, application/xml, text "           \
	"(text/plain, text/csv, ...)"

struct body {
	struct mem *mem;
	const char *bytes;
	size_t len;
	struct media_type type;
	const char *charset_name; /* the parameter's value; NULL: none */
	struct charset charset;
	struct decode_file *files;
	size_t n_files;
};

static int
utf8_body(struct body *b, struct buf *out, struct err *e)
{
	size_t at;

	if (charset_to_utf8(&b->charset, b->bytes, b->len, out, &at) == 0)
		return 0;
	return err_set(e, ERR_INPUT,
		       "expected text in %s, found the byte 0x%02x at offset "
		       "%zu; send UTF-8, or say in Content-Type which charset "
		       "it is",
		       b->charset.name, (unsigned char)b->bytes[at], at);
}

static const char *
skip_space(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n'))
		s++;
	return s;
}

/* What a body is rather than the JSON that it should be; "" when unclear. */
static const char *
other_than_json(const struct body *b)
{
	const char *end = b->bytes + (b->len < 200 ? b->len : 200);
	const char *s = skip_space(b->bytes, end);

	if (s < end && *s == '<')
		return "; it looks like XML: send it as application/xml";
	if (end - s > 2 && memcmp(s, "--", 2) == 0)
		return "; it looks like multipart/form-data: send that type, "
		       "with its boundary";
	for (; s < end && *s != '='; s++)
		if (strchr("{\"' \t\r\n", *s) != NULL)
			return "";
	return s < end ? "; it looks like a form: send it as "
			 "application/x-www-form-urlencoded"
		       : "";
}

static int
read_json(struct body *b, struct json_object **out, struct err *e)
{
	static const struct json_bounds bounds = { JSON_MAX_DEPTH,
						   JSON_MAX_VALUES };
	struct buf text = BUF_INIT;
	struct err why = ERR_INIT;
	int rc = -1;

	if (b->charset.converter == NULL) {
		rc = json_read_bounded(b->bytes, b->len, &bounds, out, &why);
	} else if (utf8_body(b, &text, &why) == 0) {
		rc = json_read_bounded(text.s, text.len, &bounds, out, &why);
	}
	buf_free(&text);
	if (rc == -1)
		return err_set(e, ERR_INPUT, "the body is not valid JSON: %s%s",
			       why.text, other_than_json(b));
	json_pool(b->mem, *out);
	return 0;
}

/*
 * curl -d and many hand-made senders say that it is a form when they send
 * JSON.  No form's first name begins with {" so that is JSON, right or wrong;
 * otherwise what begins like JSON is that when all of it can be read.
 */
static int
read_form(struct body *b, struct json_object **out, struct err *e)
{
	const char *end = b->bytes + b->len, *s = skip_space(b->bytes, end);
	int may_be_json = s < end && (*s == '{' || *s == '[');
	struct err not_json = ERR_INIT;

	if (may_be_json && read_json(b, out, &not_json) == 0)
		return 0;
	s = may_be_json ? skip_space(s + 1, end) : end;
	if (s < end && *s == '"')
		return err_set(e, ERR_INPUT,
			       "the body begins like JSON, though Content-Type "
			       "says it is a form; %s",
			       not_json.text);
	if (form_read(b->mem, b->bytes, b->len, &b->charset, out, e) == 0)
		return 0;
	return err_context(e, "the body is not a valid form");
}

static int
read_multipart(struct body *b, struct json_object **out, struct err *e)
{
	if (multipart_read(b->mem, b->bytes, b->len, &b->type, &b->charset, out,
			   &b->files, &b->n_files, e) == 0)
		return 0;
	return err_context(e, "the body is not valid multipart/form-data");
}

static int
read_xml(struct body *b, struct json_object **out, struct err *e)
{
	const struct charset *cs = b->charset_name != NULL ? &b->charset : NULL;

	if (xml_read(b->mem, b->bytes, b->len, cs, out, e) == 0)
		return 0;
	return err_context(e, "the body is not well-formed XML");
}

static int
read_text(struct body *b, struct json_object **out, struct err *e)
{
	struct buf text = BUF_INIT;
	size_t bom;
	int rc = utf8_body(b, &text, e);

	if (rc == 0) {
		bom = strncmp(text.s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
		charset_replace_nul(&text);
		*out = json_pool(b->mem,
				 json_object_new_string_len(
					 text.s + bom, (int)(text.len - bom)));
	}
	buf_free(&text);
	return rc;
}

static int
read_json_or_text(struct body *b, struct json_object **out, struct err *e)
{
	struct err not_json;

	if (read_json(b, out, &not_json) == 0)
		return 0;
	return read_text(b, out, e);
}

/* The first that matches; what matches none is not taken.  text/json is no
 * registered type, but where it is sent it means JSON. */
/* clang-format off */
static const struct reader {
	const char *pattern; /* fnmatch(3) */
	int (*read)(struct body *, struct json_object **, struct err *);
} readers[] = {
	{ "application/json",		       read_json },
	{ "*/*+json",			       read_json },
	{ "application/x-www-form-urlencoded", read_form },
	{ "multipart/form-data",	       read_multipart },
	{ "application/xml",		       read_xml },
	{ "text/xml",			       read_xml },
	{ "*/*+xml",			       read_xml },
	{ "text/plain",			       read_json_or_text },
	{ "text/json",			       read_json_or_text },
	{ "text/*",			       read_text },
};
/* clang-format on */

static const struct reader *
find_reader(const char *type)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (fnmatch(readers[i].pattern, type, FNM_CASEFOLD) == 0)
			return readers + i;
	return NULL;
}

static enum decode_result
unsupported_type(const char *content_type, struct err *e)
{
	err_set(e, ERR_INPUT,
		"expected a body of type " TYPES_TAKEN
		"; got Content-Type \"%.100s\"",
		content_type);
	return DECODE_UNSUPPORTED;
}

static enum decode_result
unsupported_charset(const char *name, struct err *e)
{
	err_set(e, ERR_INPUT,
		"expected one of the charsets " CHARSETS_TAKEN
		"; got \"%.40s\" in Content-Type",
		name);
	return DECODE_UNSUPPORTED;
}

static int
no_body(struct err *e)
{
	return err_set(e, ERR_INPUT,
		       "expected a body, got none: it may have been cut on its "
		       "way (look at the web server's limits)");
}

/* Nothing says what it is: only JSON shows it by itself. */
static enum decode_result
decode_untyped(struct body *b, struct json_object **out, struct err *e)
{
	if (b->len == 0) {
		no_body(e);
		return DECODE_MALFORMED;
	}
	if (read_json(b, out, e) == 0)
		return DECODE_OK;
	err_context(e, "without a Content-Type only JSON is taken");
	return DECODE_MALFORMED;
}

static enum decode_result
decode(struct body *b, const char *content_type, struct json_object **out,
       struct err *e)
{
	const struct reader *reader;
	const char *name;
	int rc;

	*out = NULL;
	b->charset.name = "UTF-8";
	if (content_type == NULL ||
	    content_type[strspn(content_type, " \t")] == '\0')
		return decode_untyped(b, out, e);
	if (media_type_parse(b->mem, content_type, &b->type) == -1)
		return unsupported_type(content_type, e);
	reader = find_reader(b->type.name);
	if (reader == NULL)
		return unsupported_type(content_type, e);
	b->charset_name = param_get(b->mem, b->type.params, "charset");
	name = b->charset_name != NULL ? b->charset_name : "";
	if (charset_open(&b->charset, name, strlen(name)) == -1)
		return unsupported_charset(name, e);
	rc = b->len == 0 ? no_body(e) : reader->read(b, out, e);
	charset_close(&b->charset);
	return rc == 0 ? DECODE_OK : DECODE_MALFORMED;
}

enum decode_result
decode_body(struct mem *m, const char *content_type, const char *body,
	    size_t len, struct json_object **out, struct err *e)
{
	struct body b = { .mem = m, .bytes = body, .len = len };

	return decode(&b, content_type, out, e);
}

enum decode_result
decode_files(struct mem *m, const char *content_type, const char *body,
	     size_t len, struct json_object **out, struct decode_file **files,
	     size_t *n_files, struct err *e)
{
	struct body b = { .mem = m, .bytes = body, .len = len };
	enum decode_result result = decode(&b, content_type, out, e);

	*files = b.files;
	*n_files = result == DECODE_OK ? b.n_files : 0;
	return result;
}

int
decode_form(struct mem *m, const char *text, size_t len,
	    struct json_object **out, struct err *e)
{
	static const struct charset utf8 = { "UTF-8", NULL };

	*out = NULL;
	return form_read(m, text, len, &utf8, out, e);
}
