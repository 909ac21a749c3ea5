/*
 * multipart.c - a strict reader of multipart/form-data.  See multipart.h.  It
 * works on the whole body in memory and goes over it once.
 */
#include "config.h"

#include "http/multipart.h"

#include "base/json.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/nest.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define BOUNDARY_MAX 70 /* RFC 2046 */
#define HEADERS_MAX 16384

struct reader {
	struct mem *mem;
	const char *text, *end; /* offsets count from `text` */
	const char *at;
	const char *delimiter; /* "\r\n--BOUNDARY" */
	size_t delimiter_len;
	struct charset charset; /* of parts that name none */
	struct nest nest;
	struct decode_file *file;
	size_t n_files, room; /* what `file` holds, and could */
	struct err *e;
};

/* One part's headers; what it doesn't have is NULL. */
struct part {
	const char *begin;
	const char *disposition, *type, *encoding;
	const char *name, *filename;
};

enum mark { MARK_NONE, MARK_PART, MARK_CLOSE };

static size_t
offset_of(const struct reader *r, const char *at)
{
	return (size_t)(at - r->text);
}

static int
starts_with(const struct reader *r, const char *at, const char *what)
{
	size_t len = strlen(what);

	return (size_t)(r->end - at) >= len && memcmp(at, what, len) == 0;
}

/* What the delimiter that ends at `at` is: "--", or the rest of a line that
 * holds nothing more.  *after is where reading goes on. */
static enum mark
mark_at(const struct reader *r, const char *at, const char **after)
{
	int closes = starts_with(r, at, "--");

	if (closes)
		at += 2;
	while (at < r->end && (*at == ' ' || *at == '\t'))
		at++;
	*after = at + 2;
	if (starts_with(r, at, "\r\n"))
		return closes ? MARK_CLOSE : MARK_PART;
	*after = at;
	return closes && at == r->end ? MARK_CLOSE : MARK_NONE;
}

/*
 * The next delimiter from r->at on; *stop is where the content before it ends.
 * A line that only begins like one is content.
 */
static enum mark
find_mark(struct reader *r, const char **stop)
{
	const char *from = r->at, *found;
	enum mark mark;

	for (;;) {
		found = memmem(from, (size_t)(r->end - from), r->delimiter,
			       r->delimiter_len);
		if (found == NULL)
			return MARK_NONE;
		from = found + r->delimiter_len;
		mark = mark_at(r, from, &r->at);
		*stop = found;
		if (mark != MARK_NONE)
			return mark;
	}
}

static int
was_cut(const struct reader *r)
{
	return err_set(r->e, ERR_INPUT,
		       "expected the closing \"%.74s--\", found the end at "
		       "offset %zu: the body was cut on its way",
		       r->delimiter + 2, offset_of(r, r->end));
}

/* A header's line, without its end; a folded one (a line that goes on with
 * white space) as one.  NULL when no line ends here. */
static const char *
read_line(struct reader *r, size_t *len)
{
	const char *begin = r->at, *from = begin, *stop;

	do {
		stop = memmem(from, (size_t)(r->end - from), "\r\n", 2);
		if (stop == NULL)
			return NULL;
		from = stop + 2;
	} while (stop > begin && from < r->end &&
		 (*from == ' ' || *from == '\t'));
	*len = (size_t)(stop - begin);
	r->at = from;
	return begin;
}

/* Remember the value where it is one of the three that matter. */
static int
keep_header(struct reader *r, struct part *p, const char *line, size_t len)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = { { "Content-Disposition", &p->disposition },
		      { "Content-Type", &p->type },
		      { "Content-Transfer-Encoding", &p->encoding } };
	const char *colon = memchr(line, ':', len);
	char *value;
	size_t i;

	if (colon == NULL || colon == line || memchr(line, '\0', len) != NULL)
		return err_set(r->e, ERR_INPUT,
			       "expected a header such as Content-Disposition: "
			       "form-data; name=\"email\" at offset %zu",
			       offset_of(r, line));
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != (size_t)(colon - line) ||
		    strncasecmp(line, known[i].name, (size_t)(colon - line)))
			continue;
		value = mem_strndup(r->mem, colon + 1,
				    (size_t)(line + len - colon - 1));
		text_flatten(value);
		*known[i].value = text_trim(value + strspn(value, " "));
	}
	return 0;
}

/* Up to the empty line behind them. */
static int
read_headers(struct reader *r, struct part *p)
{
	const char *line;
	size_t len;

	for (;;) {
		line = read_line(r, &len);
		if (line == NULL)
			return was_cut(r);
		if (len == 0)
			return 0;
		if (offset_of(r, r->at) - offset_of(r, p->begin) > HEADERS_MAX)
			return err_set(r->e, ERR_INPUT,
				       "expected at most %d bytes of headers "
				       "in the part at offset %zu",
				       HEADERS_MAX, offset_of(r, p->begin));
		if (keep_header(r, p, line, len) == -1)
			return -1;
	}
}

/* Browsers write " CR and LF in names as %22 %0D %0A, and nothing else so
 * (WHATWG HTML, multipart/form-data encoding algorithm). */
static const char *
undo_browser(struct mem *m, const char *s)
{
	char *copy = mem_strdup(m, s), *to = copy;
	int byte;

	for (; *s != '\0'; s++) {
		byte = percent_byte(s, strnlen(s, 3));
		if (byte == '"' || byte == '\r' || byte == '\n') {
			*to++ = (char)byte;
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return copy;
}

/* filename*=UTF-8''na%C3%AFve.txt: not allowed by RFC 7578, sent all the same.
 * NULL when it is not that. */
static const char *
extended_filename(struct mem *m, const char *params)
{
	const char *s = param_get(m, params, "filename*");
	char *name, *to;
	int byte;

	if (s == NULL || strncasecmp(s, "utf-8'", 6) != 0 ||
	    (s = strchr(s + 6, '\'')) == NULL)
		return NULL;
	name = to = mem_strdup(m, ++s);
	for (; *s != '\0'; s++) {
		byte = percent_byte(s, strnlen(s, 3));
		*to++ = byte > 0 ? (char)byte : *s;
		s += byte > 0 ? 2 : 0;
	}
	*to = '\0';
	return name;
}

static int
read_disposition(struct reader *r, struct part *p)
{
	const char *params = p->disposition;
	const char *name;

	if (params != NULL && strncasecmp(params, "form-data", 9) == 0)
		params += 9 + strspn(params + 9, " ");
	else
		params = NULL;
	name = params != NULL && *params == ';'
		       ? param_get(r->mem, params, "name")
		       : NULL;
	if (name == NULL)
		return err_set(r->e, ERR_INPUT,
			       "expected Content-Disposition: form-data; "
			       "name=\"...\" in the part at offset %zu",
			       offset_of(r, p->begin));
	p->name = undo_browser(r->mem, name);
	p->filename = extended_filename(r->mem, params);
	if (p->filename == NULL)
		p->filename = param_get(r->mem, params, "filename");
	if (p->filename != NULL)
		p->filename = undo_browser(r->mem, p->filename);
	return 0;
}

static int
is_text(const char *type)
{
	static const char *const texts[] = {
		"text/*", "*/json",  "*/*+json",
		"*/xml",  "*/*+xml", "application/x-www-form-urlencoded"
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (fnmatch(texts[i], type, FNM_CASEFOLD) == 0)
			return 1;
	return 0;
}

/* `bytes` in a charset, which begin at `where`, as UTF-8 that is storable. */
static int
to_utf8(struct reader *r, const struct charset *cs, const char *bytes,
	size_t len, const char *where, struct buf *out)
{
	size_t at;

	if (charset_to_utf8(cs, bytes, len, out, &at) == -1)
		return err_set(r->e, ERR_INPUT,
			       "expected text in %s, found the byte 0x%02x at "
			       "offset %zu",
			       cs->name, (unsigned char)bytes[at],
			       offset_of(r, where) + (where == bytes ? at : 0));
	charset_replace_nul(out);
	return 0;
}

static struct json_object *
string_of(const struct buf *text)
{
	return json_object_new_string_len(text->s, (int)text->len);
}

/* What is kept of a file. */
static int
note_file(struct reader *r, const struct part *p, const char *type, size_t size,
	  struct json_object **out)
{
	struct json_object *o = json_object_new_object();
	struct buf name = BUF_INIT;
	int rc = 0;

	if (p->filename != NULL)
		rc = to_utf8(r, &r->charset, p->filename, strlen(p->filename),
			     p->begin, &name);
	if (p->filename != NULL && rc == 0)
		json_object_object_add(o, "filename", string_of(&name));
	buf_free(&name);
	if (rc == -1) {
		json_object_put(o);
		return -1;
	}
	json_set_string(o, "type", type);
	json_object_object_add(o, "size", json_object_new_int64((int64_t)size));
	json_fit(o);
	*out = o;
	return 0;
}

/* Nobody encodes parts (RFC 7578, section 4.7); text that is would be taken
 * for something else. */
static int
check_encoding(struct reader *r, const struct part *p)
{
	if (p->encoding == NULL || strcasecmp(p->encoding, "7bit") == 0 ||
	    strcasecmp(p->encoding, "8bit") == 0 ||
	    strcasecmp(p->encoding, "binary") == 0)
		return 0;
	return err_set(r->e, ERR_INPUT,
		       "expected a part that is not encoded, found "
		       "Content-Transfer-Encoding \"%.40s\" in the part at "
		       "offset %zu",
		       p->encoding, offset_of(r, p->begin));
}

static int
unknown_charset(struct reader *r, const char *label, const struct part *p)
{
	return err_set(r->e, ERR_INPUT,
		       "expected one of the charsets " CHARSETS_TAKEN
		       "; got \"%.40s\" in the part at offset %zu",
		       label, offset_of(r, p->begin));
}

static int
read_text(struct reader *r, const struct part *p, const char *label,
	  const char *bytes, size_t len, struct json_object **out)
{
	struct charset own = r->charset;
	struct buf text = BUF_INIT;
	int rc;

	if (check_encoding(r, p) == -1)
		return -1;
	if (label != NULL && charset_open(&own, label, strlen(label)) == -1)
		return unknown_charset(r, label, p);
	rc = to_utf8(r, &own, bytes, len, bytes, &text);
	if (rc == 0)
		*out = string_of(&text);
	buf_free(&text);
	if (label != NULL)
		charset_close(&own);
	return rc;
}

static int
read_value(struct reader *r, const struct part *p, const char *bytes,
	   size_t len, struct json_object **out)
{
	struct media_type type = { "text/plain", "" };

	if (p->type != NULL && media_type_parse(r->mem, p->type, &type) == -1)
		return err_set(r->e, ERR_INPUT,
			       "expected a type such as text/plain, found "
			       "Content-Type \"%.100s\" in the part at offset "
			       "%zu",
			       p->type, offset_of(r, p->begin));
	if (p->filename == NULL && is_text(type.name))
		return read_text(r, p,
				 param_get(r->mem, type.params, "charset"),
				 bytes, len, out);
	return note_file(
		r, p, p->type != NULL ? type.name : "application/octet-stream",
		len, out);
}

/* The field _charset_ tells the charset of the parts behind it. */
static int
change_charset(struct reader *r, const struct part *p,
	       struct json_object *value)
{
	struct charset named;
	const char *label = json_object_get_string(value);

	if (charset_open(&named, label, strlen(label)) == -1)
		return unknown_charset(r, label, p);
	charset_close(&r->charset);
	r->charset = named;
	return 0;
}

/* A part that became {"filename","type","size"} is one. */
static void
keep_file(struct reader *r, const char *name, struct json_object *value,
	  const char *bytes, size_t len)
{
	struct decode_file *more;
	const char *filename = json_get_string(value, "filename");

	if (!json_object_is_type(value, json_type_object))
		return;
	if (r->n_files == r->room) {
		r->room = r->room == 0 ? 4 : 2 * r->room;
		more = mem_alloc(r->mem, r->room * sizeof(*more));
		if (r->n_files > 0)
			memcpy(more, r->file, r->n_files * sizeof(*more));
		r->file = more;
	}
	r->file[r->n_files++] = (struct decode_file){
		mem_strdup(r->mem, name),
		mem_strdup(r->mem, filename != NULL ? filename : ""), bytes, len
	};
}

/* The part's content is bytes[0..len). */
static int
place_part(struct reader *r, const struct part *p, const char *bytes,
	   size_t len)
{
	struct json_object *value = NULL;
	struct buf name = BUF_INIT;
	int rc = -1;

	if (to_utf8(r, &r->charset, p->name, strlen(p->name), p->begin,
		    &name) == -1 ||
	    read_value(r, p, bytes, len, &value) == -1)
		goto out;
	if (strcmp(name.s, "_charset_") == 0 &&
	    json_object_is_type(value, json_type_string) &&
	    change_charset(r, p, value) == -1)
		goto out;
	keep_file(r, name.s, value, bytes, len);
	buf_grow(&name, 1); /* nest_put writes into it */
	rc = nest_put(&r->nest, name.s, value, offset_of(r, p->begin), r->e);
	value = NULL;
out:
	json_object_put(value);
	buf_free(&name);
	return rc;
}

/* Returns what the delimiter behind the part is, or -1. */
static int
read_part(struct reader *r)
{
	struct part p = { .begin = r->at };
	const char *content, *stop;
	enum mark mark;

	if (read_headers(r, &p) == -1 || read_disposition(r, &p) == -1)
		return -1;
	content = r->at;
	r->at -= 2; /* the empty line may belong to the delimiter already */
	mark = find_mark(r, &stop);
	if (mark == MARK_NONE)
		return was_cut(r);
	if (stop < content)
		stop = content;
	if (place_part(r, &p, content, (size_t)(stop - content)) == -1)
		return -1;
	return (int)mark;
}

/* The first delimiter has no line before it, or empty ones. */
static int
read_first_mark(struct reader *r)
{
	enum mark mark = MARK_NONE;
	const char *at = r->text;

	while (starts_with(r, at, "\r\n"))
		at += 2;
	if (starts_with(r, at, r->delimiter + 2))
		mark = mark_at(r, at + r->delimiter_len - 2, &r->at);
	if (mark != MARK_NONE)
		return (int)mark;
	return err_set(r->e, ERR_INPUT,
		       "expected the line \"%.72s\" (the boundary of "
		       "Content-Type, ended by CRLF) at offset %zu",
		       r->delimiter + 2, offset_of(r, at));
}

static int
read_parts(struct reader *r)
{
	int mark = read_first_mark(r);

	while (mark == MARK_PART)
		mark = read_part(r);
	if (mark == -1)
		return -1;
	while (starts_with(r, r->at, "\r\n"))
		r->at += 2;
	if (r->at < r->end)
		return err_set(r->e, ERR_INPUT,
			       "expected the end behind the closing delimiter, "
			       "found more at offset %zu",
			       offset_of(r, r->at));
	return 0;
}

static const char *
boundary_of(struct reader *r, const struct media_type *type)
{
	const char *boundary = param_get(r->mem, type->params, "boundary");
	size_t len = boundary != NULL ? strlen(boundary) : 0;

	if (len > 0 && len <= BOUNDARY_MAX)
		return boundary;
	err_set(r->e, ERR_INPUT,
		"expected boundary=... of 1 to %d characters in Content-Type: "
		"let the HTTP library set that header",
		BOUNDARY_MAX);
	return NULL;
}

int
multipart_read(struct mem *m, const char *text, size_t len,
	       const struct media_type *type, const struct charset *cs,
	       struct json_object **out, struct decode_file **files,
	       size_t *n_files, struct err *e)
{
	struct reader r = { .mem = m, .text = text, .end = text + len, .e = e };
	const char *boundary = boundary_of(&r, type);
	struct json_object *made;
	int rc;

	if (boundary == NULL)
		return -1;
	r.delimiter = mem_printf(m, "\r\n--%s", boundary);
	r.delimiter_len = strlen(r.delimiter);
	r.charset = (struct charset){ cs->name, NULL };
	if (charset_open(&r.charset, cs->name, strlen(cs->name)) == -1)
		return err_set(e, ERR_BUG, "no converter of %s", cs->name);
	nest_begin(&r.nest, m, 1);
	rc = read_parts(&r);
	made = json_pool(m, nest_end(&r.nest));
	if (rc == 0)
		*out = made;
	*files = r.file;
	*n_files = r.n_files;
	charset_close(&r.charset);
	return rc;
}
