/*
 * template.h - Mustache (github.com/mustache/spec: interpolation, sections,
 * inverted sections, comments, set delimiters; no partials, no lambdas), with
 * two additions: a name may be any path of path.h
 * ("webhook.body.items[0].sku"), and {{name|fallback}} stands in for an absent
 * or empty value.
 *
 * Values are escaped for the target.  {{{name}}} and {{&name}} are not, except
 * that a line break never enters a header.
 */
#ifndef FLOW_TEMPLATE_H
#define FLOW_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

enum escape {
	ESCAPE_NONE,	/* text */
	ESCAPE_HTML,	/* & < > " ' */
	ESCAPE_JSON,	/* the inside of a JSON string */
	ESCAPE_URL,	/* percent-encoding of all but RFC 3986 unreserved */
	ESCAPE_HEADER,	/* control characters become spaces, also in {{{ }}} */
	ESCAPE_ADDRESS, /* a list of addresses: as in a header, and what is more
			 * than a word or an address is one quoted-string */
};

struct template;

/* Parse; the template lives in the pool.  -1 with ERR_INPUT that says what is
 * wrong in which line and column. */
MUSTUSE int template_parse(struct mem *m, const char *text,
			   struct template **out, struct err *e);

/*
 * Render over `scope`.  Unknown names are empty.  At most `max` bytes are
 * made: beyond that, -1 with ERR_PERM.
 */
MUSTUSE int template_render(const struct template *t, struct json_object *scope,
			    enum escape escape, size_t max, struct buf *out,
			    struct err *e);

/* template_parse and template_render in one, the result in the pool.  NULL
 * with *e set. */
char *template_text(struct mem *m, const char *text, struct json_object *scope,
		    enum escape escape, size_t max, struct err *e);

/*
 * Render every string of `value` (an object, a list, a string); keys stay.  A
 * string that is one tag alone ("{{webhook.body.amount}}") becomes the value
 * itself with its type, null when absent.  Returns a new object, owned by the
 * pool; -1 with *e set.
 */
MUSTUSE int template_json(struct mem *m, struct json_object *value,
			  struct json_object *scope, size_t max,
			  struct json_object **out, struct err *e);

/* Call fn for every name the template reads from the root scope.  Names inside
 * a section count too, as `in_section`: they may be of what it is over. */
void template_each_name(const struct template *t,
			void (*fn)(void *arg, const char *name, int in_section),
			void *arg);

#endif
