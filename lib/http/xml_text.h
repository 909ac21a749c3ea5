/*
 * xml_text.h - the bytes of XML made ready for a parser.  Private to lib/http.
 */
#ifndef HTTP_XML_TEXT_H
#define HTTP_XML_TEXT_H

#include "http/charset.h"

/*
 * Put `bytes` into `out` as UTF-8, without a BOM.  `cs` is the charset that
 * Content-Type names; NULL: it names none, so the XML declaration is asked,
 * and without it it is UTF-8.  Never empty; the declaration, if there is one,
 * is kept and may name another charset.
 *
 * -1 with ERR_INPUT: another charset than the text is in or we know, a NUL, or
 * so many attributes in one tag that a parser would be busy with them alone.
 */
MUSTUSE int xml_text(const char *bytes, size_t len, const struct charset *cs,
		     struct buf *out, struct err *e);

/* How long the XML declaration at the beginning is, 0 without one. */
size_t xml_declaration_length(const char *text, size_t len);

#endif
