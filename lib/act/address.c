/*
 * address.c - which network addresses outgoing calls may reach.  See
 * address.h.  Asked for the address a socket is about to connect to, so
 * names, spellings and rebinding never matter here.
 */
#include "config.h"

#include "act/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "base/banned.h"

/*
 * What of IPv4 is not the public internet: the IANA special-purpose address
 * registry (RFC 6890 and its updates) and multicast.  AS112 and AMT
 * (192.31.196/24, 192.52.193/24, 192.175.48/24) are public.
 */
/* clang-format off */
static const struct cidr special_v4[] = {
	{ AF_INET, {   0,   0,   0, 0 },  8 }, /* this network */
	{ AF_INET, {  10,   0,   0, 0 },  8 }, /* private */
	{ AF_INET, { 100,  64,   0, 0 }, 10 }, /* carrier-grade NAT */
	{ AF_INET, { 127,   0,   0, 0 },  8 }, /* loopback */
	{ AF_INET, { 169, 254,   0, 0 }, 16 }, /* link-local, cloud metadata */
	{ AF_INET, { 172,  16,   0, 0 }, 12 }, /* private */
	{ AF_INET, { 192,   0,   0, 0 }, 24 }, /* protocol assignments */
	{ AF_INET, { 192,   0,   2, 0 }, 24 }, /* TEST-NET-1 */
	{ AF_INET, { 192,  88,  99, 0 }, 24 }, /* 6to4 relays, deprecated */
	{ AF_INET, { 192, 168,   0, 0 }, 16 }, /* private */
	{ AF_INET, { 198,  18,   0, 0 }, 15 }, /* benchmarking */
	{ AF_INET, { 198,  51, 100, 0 }, 24 }, /* TEST-NET-2 */
	{ AF_INET, { 203,   0, 113, 0 }, 24 }, /* TEST-NET-3 */
	{ AF_INET, { 224,   0,   0, 0 },  4 }, /* multicast */
	{ AF_INET, { 240,   0,   0, 0 },  4 }, /* reserved, broadcast */
};

/* IPv6: only global unicast can be public ... */
static const struct cidr global_v6 = { AF_INET6, { 0x20 }, 3 };

/* ... except what the registry takes out of it. */
static const struct cidr special_v6[] = {
	{ AF_INET6, { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* Teredo, ORCHID, ... */
	{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
	{ AF_INET6, { 0x3f, 0xff, 0x00, 0x00 }, 20 }, /* documentation */
};

/* Where IPv6 carries an IPv4 address, and at which byte. */
static const struct {
	struct cidr in;
	int at;
} embedded_v4[] = {
	{ { AF_INET6, { [10] = 0xff, [11] = 0xff }, 96 }, 12 }, /* mapped */
	{ { AF_INET6, { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },   /* NAT64 */
	{ { AF_INET6, { 0x20, 0x02 }, 16 }, 2 },                /* 6to4 */
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int
v4_is_allowed(const unsigned char *bytes, const struct cidr *allow,
	      size_t n_allow)
{
	return cidr_has(allow, n_allow, AF_INET, bytes) ||
	       !cidr_has(special_v4, COUNT(special_v4), AF_INET, bytes);
}

static int
v6_is_allowed(const unsigned char *bytes, const struct cidr *allow,
	      size_t n_allow)
{
	size_t i;

	if (cidr_has(allow, n_allow, AF_INET6, bytes))
		return 1;
	for (i = 0; i < COUNT(embedded_v4); i++)
		if (cidr_has(&embedded_v4[i].in, 1, AF_INET6, bytes))
			return v4_is_allowed(bytes + embedded_v4[i].at, allow,
					     n_allow);
	return cidr_has(&global_v6, 1, AF_INET6, bytes) &&
	       !cidr_has(special_v6, COUNT(special_v6), AF_INET6, bytes);
}

int
address_is_allowed(const struct sockaddr *sa, const struct cidr *allow,
		   size_t n_allow)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof(v4));
		return v4_is_allowed((const unsigned char *)&v4.sin_addr, allow,
				     n_allow);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof(v6));
		return v6_is_allowed(v6.sin6_addr.s6_addr, allow, n_allow);
	}
	return 0;
}

void
address_write(const struct sockaddr *sa, char out[ADDRESS_SIZE])
{
	if (getnameinfo(sa,
			sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						  : sizeof(struct sockaddr_in),
			out, ADDRESS_SIZE, NULL, 0, NI_NUMERICHOST) != 0)
		memcpy(out, "?", 2);
}
