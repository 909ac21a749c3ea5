/*
 * media_type.h - header values of the form "text/plain; charset=utf-8" (RFC
 * 9110, section 8.3.1) and "form-data; name=\"x\"" (RFC 7578).  Private to
 * lib/http.
 */
#ifndef HTTP_MEDIA_TYPE_H
#define HTTP_MEDIA_TYPE_H

#include "base/err.h"
#include "base/mem.h"

struct media_type {
	const char *name;   /* "text/plain", as it was sent */
	const char *params; /* what follows, for param_get */
};

/* -1 when `text` is no media type.  The result lives in the pool, or in
 * `text`. */
MUSTUSE int media_type_parse(struct mem *m, const char *text,
			     struct media_type *t);

/*
 * The value of `name` (any case) in "; a=b; c=\"d\"", from the pool; NULL when
 * it is not there.  Quotes are taken off, \" and \\ mean " and \; other
 * backslashes stay: browsers sent file names of Windows so.
 */
const char *param_get(struct mem *m, const char *params, const char *name);

#endif
