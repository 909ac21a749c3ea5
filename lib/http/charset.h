/*
 * charset.h - text in the character sets that senders still use, as UTF-8.
 * Private to lib/http.
 */
#ifndef HTTP_CHARSET_H
#define HTTP_CHARSET_H

#include "base/buf.h"
#include "base/err.h"

struct charset {
	const char *name; /* for messages: "UTF-8" */
	void *converter;  /* iconv's; NULL: it is UTF-8 */
};

#define CHARSETS_TAKEN "utf-8, us-ascii, iso-8859-1 and windows-1252"

/* The charset with this label ("" is UTF-8); -1 when it is not taken. */
MUSTUSE int charset_open(struct charset *cs, const char *label, size_t len);

void charset_close(struct charset *cs);

/*
 * Append `text` to `out` as UTF-8.  Returns 0, or -1 with *at the offset of
 * the first byte that the charset does not have.
 */
MUSTUSE int charset_to_utf8(const struct charset *cs, const char *text,
			    size_t len, struct buf *out, size_t *at);

/* NULs, which PostgreSQL's text can't hold, become U+FFFD. */
void charset_replace_nul(struct buf *text);

#endif
