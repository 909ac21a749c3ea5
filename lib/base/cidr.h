/*
 * cidr.h - networks ("10.1.0.0/16", "fd00::/8") and who is inside; and which
 * address a request came from when proxies stand in between.  Pure: knows no
 * socket and no name.  Which networks are public is act/address.h.
 */
#ifndef BASE_CIDR_H
#define BASE_CIDR_H

#include "base/err.h"

#include <stddef.h>

#define CIDR_ADDRESS_SIZE 46 /* the longest address as text, and its NUL */

struct cidr {
	int family; /* AF_INET or AF_INET6 */
	unsigned char bytes[16];
	int bits;
};

/*
 * Read one network of `len` characters; without "/BITS" it is one address,
 * and no bit may be set beyond them.  -1 when it is none.
 */
MUSTUSE int cidr_parse(const char *text, size_t len, struct cidr *out);

/* Parse a list of networks, separated by spaces or commas.  Returns how many,
 * or -1 with ERR_PERM that names the faulty one. */
MUSTUSE int cidr_parse_list(const char *text, struct cidr *out, size_t max,
			    struct err *e);

/* Is the address of this family in one of `list`? */
int cidr_has(const struct cidr *list, size_t n, int family,
	     const unsigned char *bytes);

/*
 * Is the address, as text, in one of `list`?  An IPv4 address inside IPv6
 * (::ffff:192.0.2.1) is both.  What is no address is in none.
 */
int cidr_has_text(const struct cidr *list, size_t n, const char *address);

/*
 * Who sent a request that arrived from `peer`?  Unless the peer is one of the
 * trusted proxies, the peer did.  Else whom the proxies name: of the list in
 * `forwarded` (X-Forwarded-For, nearest last; NULL when there is none) the
 * last that is no trusted proxy, for anybody can write the ones before it.
 * Where an entry is no address, the way back ends at the proxy that wrote it;
 * where all are trusted, at the first.  Ports and brackets are cut off.
 */
void cidr_client(const char *peer, const char *forwarded,
		 const struct cidr *trusted, size_t n,
		 char out[CIDR_ADDRESS_SIZE]);

#endif
