/*
 * xml.c - XML as JSON, built from libxml2's SAX events: no tree of libxml2's
 * own is ever made.  See xml.h, and decode.h for what becomes of what.  The
 * only file that includes libxml2.
 */
#include "config.h"

#include "http/xml.h"

#include "base/buf.h"
#include "base/json.h"
#include "http/xml_text.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define NAMESPACES_MAX 1000 /* libxml2 goes through all that are open */
#define WRAPPER "_"
#define WRAPPER_TAG "<" WRAPPER ">"
#if LIBXML_VERSION < 21200
typedef xmlError complaint;
#else
typedef const xmlError complaint;
#endif
#define TOO_DEEP "expected at most %d levels of nesting, found more"

/* An element that is open; the first frame is the document. */
struct frame {
	struct json_object *o; /* NULL: no attribute and no child so far */
	struct buf text;
	int is_nil, has_child, n_namespaces;
	int height; /* of what it holds, in levels of JSON */
};

struct reader {
	xmlParserCtxtPtr parser;
	struct frame frames[JSON_MAX_DEPTH + 1];
	int depth; /* of the innermost frame */
	size_t n_values;
	int n_namespaces; /* of all frames */
	int is_wrapped, in_wrapper, has_doctype, is_refused;
	int code;  /* libxml2's first complaint */
	int shift; /* columns of the first line that are not the sender's */
	struct buf key;
	struct err *e;
};

static void
say_where(const struct reader *r, const char *what, int line, int column)
{
	err_set(r->e, ERR_INPUT, "%s at line %d, column %d", what, line,
		line == 1 ? column - r->shift : column);
}

static void refuse(struct reader *, const char *fmt, ...) PRINTF(2, 3);

/* End the reading, from within an event. */
static void
refuse(struct reader *r, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	if (r->is_refused)
		return;
	r->is_refused = 1;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	say_where(r, what, xmlSAX2GetLineNumber(r->parser),
		  xmlSAX2GetColumnNumber(r->parser));
	xmlStopParser(r->parser);
}

static const char *
key_of(struct reader *r, const char *mark, const xmlChar *prefix,
       const xmlChar *name)
{
	buf_reset(&r->key);
	buf_adds(&r->key, mark);
	if (prefix != NULL)
		buf_addf(&r->key, "%s:", (const char *)prefix);
	buf_adds(&r->key, (const char *)name);
	return r->key.s;
}

/* The text without white space around it. */
static struct json_object *
text_of(const struct buf *text)
{
	static const char space[] = " \t\r\n";
	const char *begin = text->s + strspn(text->s, space);
	const char *end = text->s + text->len;

	while (end > begin && strchr(space, end[-1]) != NULL)
		end--;
	return json_object_new_string_len(begin, (int)(end - begin));
}

/* Members that are there already make a list with the new one. */
static void
add_child(struct frame *f, const char *key, struct json_object *child,
	  int height)
{
	struct json_object *old, *list;

	if (f->o == NULL)
		f->o = json_object_new_object();
	if (!json_object_object_get_ex(f->o, key, &old)) {
		json_object_object_add(f->o, key, child);
	} else if (json_object_is_type(old, json_type_array)) {
		json_object_array_add(old, child);
		height++;
	} else {
		list = json_object_new_array_ext(2);
		json_object_array_add(list, json_object_get(old));
		json_object_array_add(list, child);
		json_object_object_add(f->o, key, list);
		height++;
	}
	if (f->height < height + 1)
		f->height = height + 1;
}

/* libxml2 hands over attributes as if for a second reading: & is "&#38;". */
static struct json_object *
attribute_value(const char *begin, const char *end)
{
	static const char amp[] = "&#38;";
	struct json_object *value;
	struct buf text = BUF_INIT;
	const char *found;

	while ((found = memmem(begin, (size_t)(end - begin), amp, 5)) != NULL) {
		buf_add(&text, begin, (size_t)(found - begin) + 1);
		begin = found + 5;
	}
	buf_add(&text, begin, (size_t)(end - begin));
	value = json_object_new_string_len(text.s, (int)text.len);
	buf_free(&text);
	return value;
}

/* xsi:nil="true", or Rails' nil="true". */
static int
is_nil(const xmlChar **attribute)
{
	const char *name = (const char *)attribute[0];
	const char *uri = (const char *)attribute[2];
	const char *value = (const char *)attribute[3];
	long len = (long)(attribute[4] - attribute[3]);

	return strcmp(name, "nil") == 0 &&
	       (uri == NULL || strcmp(uri, XSI) == 0) &&
	       ((len == 4 && memcmp(value, "true", 4) == 0) ||
		(len == 1 && *value == '1'));
}

static void
begin_element(void *arg, const xmlChar *name, const xmlChar *prefix,
	      const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
	      int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct reader *r = arg;
	struct frame *f;

	(void)name;
	(void)prefix;
	(void)uri;
	(void)namespaces;
	(void)n_defaulted; /* there are no declarations */
	if (r->is_refused)
		return;
	if (r->is_wrapped && !r->in_wrapper) {
		r->in_wrapper = 1;
		return;
	}
	r->n_values += 1 + (size_t)n_attributes;
	if (r->n_values > JSON_MAX_VALUES) {
		refuse(r, "expected at most %d elements and attributes",
		       JSON_MAX_VALUES);
		return;
	}
	if (r->depth == JSON_MAX_DEPTH) {
		refuse(r, TOO_DEEP, JSON_MAX_DEPTH);
		return;
	}
	r->n_namespaces += n_namespaces;
	if (r->n_namespaces > NAMESPACES_MAX) {
		refuse(r, "expected at most %d namespaces at once, found more",
		       NAMESPACES_MAX);
		return;
	}
	f = &r->frames[++r->depth];
	f->n_namespaces = n_namespaces;
	f->is_nil = f->has_child = f->height = 0;
	for (; n_attributes > 0; n_attributes--, attributes += 5) {
		f->is_nil |= is_nil(attributes);
		add_child(f, key_of(r, "@", attributes[1], attributes[0]),
			  attribute_value((const char *)attributes[3],
					  (const char *)attributes[4]),
			  0);
	}
}

/* What the innermost frame became; it is closed. */
static struct json_object *
close_frame(struct reader *r)
{
	struct frame *f = &r->frames[r->depth--];
	struct json_object *o = f->o, *text = text_of(&f->text);
	int has_text = json_object_get_string_len(text) > 0;

	f->o = NULL;
	buf_reset(&f->text);
	r->n_namespaces -= f->n_namespaces;
	if (f->is_nil && !has_text && !f->has_child) {
		json_object_put(o);
		json_object_put(text);
		f->height = 0;
		return NULL;
	}
	if (o == NULL)
		return text;
	if (has_text)
		json_object_object_add(o, "#text", text);
	else
		json_object_put(text);
	json_fit(o);
	return o;
}

static void
end_element(void *arg, const xmlChar *name, const xmlChar *prefix,
	    const xmlChar *uri)
{
	struct reader *r = arg;
	struct json_object *child;

	(void)uri;
	if (r->is_refused || r->depth == 0)
		return;
	child = close_frame(r);
	add_child(&r->frames[r->depth], key_of(r, "", prefix, name), child,
		  r->frames[r->depth + 1].height);
	r->frames[r->depth].has_child = 1;
	if (r->depth + r->frames[r->depth].height > JSON_MAX_DEPTH)
		refuse(r, TOO_DEEP, JSON_MAX_DEPTH);
}

static void
add_text(void *arg, const xmlChar *text, int len)
{
	struct reader *r = arg;
	const char *s = (const char *)text;
	int i;

	if (r->is_refused)
		return;
	if (r->depth > 0) {
		buf_add(&r->frames[r->depth].text, s, (size_t)len);
		return;
	}
	for (i = 0; i < len; i++)
		if (strchr(" \t\r\n", s[i]) == NULL) {
			refuse(r, "expected an element, found text");
			return;
		}
}

static void
see_doctype(void *arg, const xmlChar *name, const xmlChar *public_id,
	    const xmlChar *system_id)
{
	struct reader *r = arg;

	(void)name;
	(void)public_id;
	(void)system_id;
	r->has_doctype = 1;
}

static void
refuse_declaration(struct reader *r)
{
	refuse(r, "expected no declarations in the DOCTYPE, found one");
}

static void
refuse_entity(void *arg, const xmlChar *name, int type,
	      const xmlChar *public_id, const xmlChar *system_id,
	      xmlChar *content)
{
	(void)name;
	(void)type;
	(void)public_id;
	(void)system_id;
	(void)content;
	refuse_declaration(arg);
}

static void
refuse_attribute(void *arg, const xmlChar *element, const xmlChar *name,
		 int type, int kind, const xmlChar *value,
		 xmlEnumerationPtr tree)
{
	(void)element;
	(void)name;
	(void)type;
	(void)kind;
	(void)value;
	xmlFreeEnumeration(tree); /* it is ours, says libxml2 */
	refuse_declaration(arg);
}

static void
refuse_element(void *arg, const xmlChar *name, int type,
	       xmlElementContentPtr content)
{
	(void)name;
	(void)type;
	(void)content;
	refuse_declaration(arg);
}

static xmlEntityPtr
refuse_reference(void *arg, const xmlChar *name)
{
	(void)name;
	refuse(arg, "expected no entity but &amp; &lt; &gt; &quot; &apos; and "
		    "&#...;, found another");
	return NULL;
}

/* The first complaint is the cause; the rest often follows from it.  That a
 * prefix stands for nothing is none: names are taken as they are. */
static void
hear_complaint(void *arg, complaint *why)
{
	struct reader *r = arg;
	char what[300];

	if (r->is_refused || r->code != XML_ERR_OK ||
	    why->level < XML_ERR_ERROR || why->domain == XML_FROM_NAMESPACE)
		return;
	r->code = why->code;
	snprintf(what, sizeof(what), "%s",
		 why->message != NULL ? why->message : "it is faulty");
	what[strcspn(what, "\n")] = '\0';
	say_where(r, what, why->line, why->int2);
}

static const xmlSAXHandler events = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = see_doctype,
	.entityDecl = refuse_entity,
	.attributeDecl = refuse_attribute,
	.elementDecl = refuse_element,
	.getEntity = refuse_reference,
	.getParameterEntity = refuse_reference,
	.startElementNs = begin_element,
	.endElementNs = end_element,
	.characters = add_text,
	.ignorableWhitespace = add_text,
	.serror = hear_complaint,
};

static void
init_frames(struct reader *r)
{
	int i;

	for (i = 0; i <= JSON_MAX_DEPTH; i++)
		buf_init(&r->frames[i].text);
	buf_init(&r->key);
}

static void
free_frames(struct reader *r)
{
	int i;

	for (i = 0; i <= JSON_MAX_DEPTH; i++) {
		json_object_put(r->frames[i].o);
		buf_free(&r->frames[i].text);
	}
	buf_free(&r->key);
}

/*
 * One run of the parser over `text`.  0 with *out the caller's; 1: what is
 * there is well-formed, but more follows behind the first element; or -1.
 */
static int
parse(struct reader *r, const struct buf *text, struct json_object **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int rc = -1;

	pthread_once(&once, xmlInitParser);
	init_frames(r);
	r->parser = xmlCreateMemoryParserCtxt(text->s, (int)text->len);
	if (r->parser == NULL)
		mem_exhausted();
	*r->parser->sax = events;
	r->parser->userData = r;
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	xmlParseDocument(r->parser);
	if (r->parser->errNo == XML_ERR_NO_MEMORY)
		mem_exhausted();
	if (r->is_refused) {
		rc = -1;
	} else if (r->parser->wellFormed && r->frames[0].o != NULL) {
		*out = r->frames[0].o;
		r->frames[0].o = NULL;
		rc = 0;
	} else if (r->code == XML_ERR_DOCUMENT_END && !r->is_wrapped &&
		   !r->has_doctype) {
		rc = 1;
	} else if (r->code == XML_ERR_OK) {
		say_where(r, "expected an element", 1, 1 + r->shift);
	}
	if (r->parser->myDoc != NULL)
		xmlFreeDoc(r->parser->myDoc);
	xmlFreeParserCtxt(r->parser);
	free_frames(r);
	return rc;
}

/*
 * Some senders (Zapier) write elements one after the other without a root
 * around them.  Inside of one, they are well-formed.
 */
static int
parse_fragment(struct buf *text, struct json_object **out, struct err *e)
{
	struct reader r = { .is_wrapped = 1, .e = e };
	size_t declared = xml_declaration_length(text->s, text->len);
	struct buf wrapped = BUF_INIT;
	size_t i;
	int rc;

	r.shift = (int)sizeof(WRAPPER_TAG) - 1;
	buf_adds(&wrapped, WRAPPER_TAG);
	for (i = 0; i < declared; i++)
		buf_addc(&wrapped, text->s[i] == '\n' ? '\n' : ' ');
	buf_add(&wrapped, text->s + declared, text->len - declared);
	buf_adds(&wrapped, "</" WRAPPER ">");
	rc = parse(&r, &wrapped, out);
	buf_free(&wrapped);
	return rc;
}

static int
read_utf8(struct mem *m, struct buf *text, struct json_object **out,
	  struct err *e)
{
	struct err why = ERR_INIT;
	struct reader r = { .e = &why };
	int rc = parse(&r, text, out);

	if (rc == 1)
		rc = parse_fragment(text, out, &why);
	if (rc == -1)
		return err_set(e, why.kind, "%s", why.text);
	json_pool(m, *out);
	return 0;
}

int
xml_read(struct mem *m, const char *text, size_t len, const struct charset *cs,
	 struct json_object **out, struct err *e)
{
	struct buf utf8 = BUF_INIT;
	int rc = xml_text(text, len, cs, &utf8, e);

	if (rc == 0)
		rc = read_utf8(m, &utf8, out, e);
	buf_free(&utf8);
	return rc;
}
