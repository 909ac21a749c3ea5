/*
 * form.h - forms and query strings as JSON.  Private to lib/http: others call
 * decode_form and decode_body.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/charset.h"

#include "base/mem.h"

#include <json-c/json_object.h>

/* decode_form, where the percent-decoded bytes are in a charset. */
MUSTUSE int form_read(struct mem *m, const char *text, size_t len,
		      const struct charset *cs, struct json_object **out,
		      struct err *e);

#endif
