/*
 * outbound.c - what may be asked of another server.  See outbound.h.
 */
#include "config.h"

#include "base/outbound.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define PORT_MAX 65535

#define ALNUM                        \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

const struct outbound_urls outbound_web = { "http", "https",
					    "the header Authorization" };
const struct outbound_urls outbound_relay = {
	"smtp", "smtps", "smtp_user and smtp_password_file"
};

/* Headers that are the transport's own business. */
static const char *const own_headers[] = {
	"Connection", "Content-Length",	   "Expect", "Host", "TE", "Trailer",
	"Upgrade",    "Transfer-Encoding", NULL
};

static int
has_blank(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return 1;
	return 0;
}

/* ":PORT" of `len` bytes, or nothing. */
static int
is_port(const char *s, size_t len)
{
	if (len == 0)
		return 1;
	if (*s != ':' || strspn(s + 1, "0123456789") != len - 1)
		return 0;
	return len <= 6 && strtol(s + 1, NULL, 10) <= PORT_MAX;
}

/* HOST or HOST:PORT of `len` bytes; a literal IPv6 address in brackets. */
static int
is_place(const char *s, size_t len)
{
	size_t host = 0;

	if (*s == '[') {
		host = strspn(s + 1, "0123456789abcdefABCDEF:.") + 1;
		if (host == 1 || s[host++] != ']')
			return 0;
	} else {
		/* what lies beyond ASCII is the resolver's to judge */
		while (host < len && ((unsigned char)s[host] >= 0x80 ||
				      strchr(ALNUM "-._~%", s[host]) != NULL))
			host++;
	}
	return host > 0 && is_port(s + host, len - host);
}

int
outbound_check_url(const char *url, const struct outbound_urls *k,
		   struct err *e)
{
	const char *at = url + strspn(url, ALNUM "+-.");
	size_t len, scheme = (size_t)(at - url);

	if (scheme == 0 || strncmp(at, "://", 3) != 0)
		return err_set(e, ERR_PERM, "expected %s://HOST/...", k->tls);
	if ((scheme != strlen(k->plain) ||
	     strncasecmp(url, k->plain, scheme) != 0) &&
	    (scheme != strlen(k->tls) || strncasecmp(url, k->tls, scheme) != 0))
		return err_set(e, ERR_PERM,
			       "expected a URL that begins with %s:// or "
			       "%s://, found %.*s://",
			       k->tls, k->plain, scheme < 20 ? (int)scheme : 20,
			       url);
	if (has_blank(url))
		return err_set(e, ERR_PERM,
			       "expected a URL without blanks; write %%20 "
			       "for one");
	at += 3;
	len = strcspn(at, "/?#");
	if (memchr(at, '@', len) != NULL)
		return err_set(e, ERR_PERM,
			       "expected no user name or password in the URL; "
			       "%s takes them",
			       k->login);
	if (!is_place(at, len))
		return err_set(e, ERR_PERM,
			       "expected a host, or HOST:PORT, behind %.*s://",
			       (int)scheme, url);
	return 0;
}

size_t
outbound_name_length(const char *text)
{
	return strspn(text, ALNUM "!#$%&'*+-.^_`|~");
}

int
outbound_check_header(const char *name, size_t len, const char *value,
		      struct err *e)
{
	const char *const *own;

	for (own = own_headers; *own != NULL; own++)
		if (strlen(*own) == len && strncasecmp(*own, name, len) == 0)
			return err_set(e, ERR_PERM,
				       "%s is set by the connection itself: "
				       "remove it",
				       *own);
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') ||
		    *value == 0x7f)
			return err_set(e, ERR_PERM,
				       "expected one line as value of %.*s, "
				       "found a control character",
				       (int)len, name);
	return 0;
}
