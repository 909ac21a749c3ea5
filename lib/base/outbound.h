/*
 * outbound.h - what may be asked of another server: the URL and the headers of
 * an outgoing call.  Pure: asked when a workflow is checked, and again when
 * the call is made.  Knows no network and no names: whether a host exists, and
 * whether it may be reached, is act/net.h.
 */
#ifndef BASE_OUTBOUND_H
#define BASE_OUTBOUND_H

#include "base/err.h"

#include <stddef.h>

/* The URLs of one kind of server. */
struct outbound_urls {
	const char *plain, *tls; /* the two schemes */
	const char *login;	 /* where user name and password go instead */
};

extern const struct outbound_urls outbound_web;	  /* http, https */
extern const struct outbound_urls outbound_relay; /* smtp, smtps */

/* Is `url` one of this kind: scheme, host, port, no login, no blank?  -1 with
 * ERR_PERM.  Messages quote no more of it than its scheme: the rest may hold
 * secrets. */
MUSTUSE int outbound_check_url(const char *url, const struct outbound_urls *k,
			       struct err *e);

/* How many bytes of `text` can be a header's name (RFC 9110, 5.6.2). */
size_t outbound_name_length(const char *text);

/* May a call set this header to this value?  -1 with ERR_PERM: it is the
 * connection's own, or the value is not one line. */
MUSTUSE int outbound_check_header(const char *name, size_t len,
				  const char *value, struct err *e);

#endif
