/*
 * multipart.h - multipart/form-data (RFC 7578, delimiters as in RFC 2046,
 * section 5.1.1) as JSON.  Private to lib/http: others call decode_body.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "http/charset.h"
#include "http/decode.h"
#include "http/media_type.h"

#include <json-c/json_object.h>

/*
 * Read `text`, whose parts are told apart by the boundary in `type`.  Names
 * nest as in forms (nest.h).  A part with a file name, or of a type that is no
 * text, becomes {"filename","type","size"} (no "filename" where it has none);
 * its content is in *files, from the pool, in their order.  Any other part is a
 * string, in the charset that it names, else the one that a part _charset_
 * before it named, else `cs`.
 *
 * Strict where a mistake would lose data: lines end in CRLF, and the closing
 * delimiter must be there, so that what was cut on its way is not taken for
 * whole.  -1 with ERR_INPUT that names the offset.
 */
MUSTUSE int multipart_read(struct mem *m, const char *text, size_t len,
			   const struct media_type *type,
			   const struct charset *cs, struct json_object **out,
			   struct decode_file **files, size_t *n_files,
			   struct err *e);

#endif
