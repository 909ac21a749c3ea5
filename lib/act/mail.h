/*
 * mail.h - one e-mail message as bytes, by GMime (RFC 5322, 2045-2047, 8058).
 * Knows no network.
 */
#ifndef ACT_MAIL_H
#define ACT_MAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>

/* Each text is UTF-8; "" or NULL is "not given".  Address fields take lists:
 * `Alex <a@example.com>, b@example.com`. */
struct mail {
	const char *from, *to, *cc, *bcc, *reply_to;
	const char *subject, *text, *html;
	const char *message_id;	      /* without angle brackets */
	const char *list_unsubscribe; /* a URL, also in <>: List-Unsubscribe,
				       * and for https:// the Post header of
				       * RFC 8058 */
	int64_t date_s;		      /* seconds since 1970 */
};

/* Who gets it, for the SMTP dialogue: bare addresses. */
struct envelope {
	const char *from;
	const char **to; /* ended by NULL; to, cc and bcc, each once */
	size_t n_to;
};

/*
 * Append the message with CRLF line ends, without Bcc; text and HTML become
 * multipart/alternative; no line is longer than 998 bytes.  Adds
 * "Auto-Submitted: auto-generated".  An address that is none, or a control
 * character in an address or header, is ERR_PERM that names the field; a
 * message without recipient or without text and html, too.
 */
MUSTUSE int mail_build(struct mem *m, const struct mail *mail, struct buf *out,
		       struct envelope *env, struct err *e);

#endif
