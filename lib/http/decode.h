/*
 * decode.h - what a body says, as JSON, by its content type.  Pure.
 */
#ifndef HTTP_DECODE_H
#define HTTP_DECODE_H

#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

/* Names in a form, and the objects and lists that they make, each. */
#define DECODE_KEYS_MAX 10000

enum decode_result {
	DECODE_OK = 0,
	DECODE_MALFORMED,  /* 400: *e says what and where */
	DECODE_UNSUPPORTED /* 415: *e says what is taken instead */
};

/*
 * Decode `body` of `len` bytes.  *out belongs to the pool.
 *
 * application/json, *+json: JSON.
 *
 * application/x-www-form-urlencoded: an object, where a[b][c]=1 and a[]=1 nest
 * and a repeated name makes a list.  JSON that comes under this type (what
 * curl -d sends) is taken as JSON.
 *
 * multipart/form-data: the same; a file is {"filename","type","size"}, without
 * its content.
 *
 * application/xml, text/xml, *+xml: {"root":...}.  An element with neither
 * attributes nor children is its text, without white space around it; else
 * an object with "@name" for attributes, names for children, and "#text" for
 * text if there is some.  Children of the same name make a list.  Names keep
 * their prefix as it was sent; declarations of namespaces are left out;
 * xsi:nil="true" is null.  Several elements without a root around them are all
 * in the object.  All values are strings, so digits stay.
 *
 * text/plain: JSON when it parses (Amazon SNS), else a string; other text: a
 * string.  No type: JSON, else malformed.
 *
 * No body at all is malformed where a type (or a length) promises one.  JSON
 * and XML have at most JSON_MAX_DEPTH levels and JSON_MAX_VALUES values.
 */
enum decode_result decode_body(struct mem *m, const char *content_type,
			       const char *body, size_t len,
			       struct json_object **out, struct err *e);

/* A file that a form brought. */
struct decode_file {
	const char *name;     /* of the field */
	const char *filename; /* "" when it has none */
	const char *bytes;    /* borrowed from the body */
	size_t len;
};

/* The same for multipart/form-data alone, whose files are wanted: *files, from
 * the pool, in their order. */
enum decode_result decode_files(struct mem *m, const char *content_type,
				const char *body, size_t len,
				struct json_object **out,
				struct decode_file **files, size_t *n_files,
				struct err *e);

/*
 * Decode a query string or form (WHATWG URL, section 5.1, with PHP's
 * brackets).  Percent-encoded bytes that are no UTF-8, and a % without
 * its two digits, are malformed.
 * -1 with ERR_INPUT that names the offset.
 */
MUSTUSE int decode_form(struct mem *m, const char *text, size_t len,
			struct json_object **out, struct err *e);

#endif
