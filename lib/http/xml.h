/*
 * xml.h - XML as JSON.  Private to lib/http: others call decode_body, which
 * says what XML becomes.
 */
#ifndef HTTP_XML_H
#define HTTP_XML_H

#include "http/charset.h"

#include "base/mem.h"

#include <json-c/json_object.h>

/*
 * Read `text`.  `cs` is the charset that Content-Type names; NULL: it names
 * none, so the XML declaration is asked, and without it it is UTF-8.  *out
 * belongs to the pool.
 *
 * Nothing is loaded or expanded: a DOCTYPE may name a DTD, which is not
 * fetched; one that declares anything is refused, and so is every entity but
 * the five of XML itself.  -1 with ERR_INPUT that ends in "at line L, column
 * C" or names the offset.
 */
MUSTUSE int xml_read(struct mem *m, const char *text, size_t len,
		     const struct charset *cs, struct json_object **out,
		     struct err *e);

#endif
