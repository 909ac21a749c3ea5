/*
 * cidr.c - networks, and who is inside.  See cidr.h.
 */
#include "config.h"

#include "base/cidr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/banned.h"

#define SEPARATORS " ,\t\r\n"

/* ::ffff:0:0/96, where IPv6 carries an IPv4 address */
static const struct cidr mapped = { AF_INET6,
				    { [10] = 0xff, [11] = 0xff },
				    96 };

/* The number behind the '/', or -1. */
static int
parse_bits(const char *text, int max)
{
	char *end;
	long bits;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	bits = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || bits > max)
		return -1;
	return (int)bits;
}

static int
has_bits_beyond(const struct cidr *c, int max)
{
	int i;

	for (i = c->bits; i < max; i++)
		if (c->bytes[i / 8] & 0x80 >> i % 8)
			return 1;
	return 0;
}

int
cidr_parse(const char *text, size_t len, struct cidr *out)
{
	char word[64], *slash;
	int max;

	if (len >= sizeof(word) || memchr(text, '\0', len) != NULL)
		return -1;
	memcpy(word, text, len);
	word[len] = '\0';
	slash = strchr(word, '/');
	if (slash != NULL)
		*slash++ = '\0';
	memset(out, 0, sizeof(*out));
	out->family = strchr(word, ':') != NULL ? AF_INET6 : AF_INET;
	max = out->family == AF_INET6 ? 128 : 32;
	if (inet_pton(out->family, word, out->bytes) != 1)
		return -1;
	out->bits = slash != NULL ? parse_bits(slash, max) : max;
	if (out->bits == -1 || has_bits_beyond(out, max))
		return -1;
	return 0;
}

int
cidr_parse_list(const char *text, struct cidr *out, size_t max, struct err *e)
{
	size_t n = 0, len;

	for (;;) {
		text += strspn(text, SEPARATORS);
		len = strcspn(text, SEPARATORS);
		if (len == 0)
			return (int)n;
		if (n == max)
			return err_set(e, ERR_PERM,
				       "expected at most %zu networks, found "
				       "more",
				       max);
		if (cidr_parse(text, len, &out[n]) == -1)
			return err_set(e, ERR_PERM,
				       "expected a network such as 10.1.0.0/16 "
				       "or fd00::/8 with no bit set beyond its "
				       "length, found \"%.*s\"",
				       (int)(len < 80 ? len : 80), text);
		n++;
		text += len;
	}
}

static int
is_inside(const struct cidr *c, int family, const unsigned char *bytes)
{
	int whole = c->bits / 8, rest = c->bits % 8;

	if (c->family != family)
		return 0;
	if (memcmp(c->bytes, bytes, (size_t)whole) != 0)
		return 0;
	return rest == 0 || (c->bytes[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

int
cidr_has(const struct cidr *list, size_t n, int family,
	 const unsigned char *bytes)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_inside(&list[i], family, bytes))
			return 1;
	return 0;
}

int
cidr_has_text(const struct cidr *list, size_t n, const char *address)
{
	unsigned char v4[4], v6[16];

	if (inet_pton(AF_INET, address, v4) == 1) {
		memcpy(v6, mapped.bytes, 12);
		memcpy(v6 + 12, v4, 4);
		return cidr_has(list, n, AF_INET, v4) ||
		       cidr_has(list, n, AF_INET6, v6);
	}
	if (inet_pton(AF_INET6, address, v6) != 1)
		return 0;
	return cidr_has(list, n, AF_INET6, v6) ||
	       (is_inside(&mapped, AF_INET6, v6) &&
		cidr_has(list, n, AF_INET, v6 + 12));
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The address of one entry of `len` characters: "192.0.2.1", "192.0.2.1:80",
 * "[2001:db8::1]:80", "2001:db8::1".  -1 when it has none. */
static int
read_entry(const char *s, size_t len, char out[CIDR_ADDRESS_SIZE])
{
	const char *colon, *end;
	struct cidr one;

	while (len > 0 && is_blank(*s))
		s++, len--;
	while (len > 0 && is_blank(s[len - 1]))
		len--;
	colon = memchr(s, ':', len);
	if (len > 0 && *s == '[') {
		end = memchr(s++, ']', len);
		len = end != NULL ? (size_t)(end - s) : 0;
	} else if (colon != NULL && memrchr(s, ':', len) == colon) {
		len = (size_t)(colon - s);
	}
	if (len >= CIDR_ADDRESS_SIZE || memchr(s, '/', len) != NULL ||
	    cidr_parse(s, len, &one) == -1)
		return -1;
	memcpy(out, s, len);
	out[len] = '\0';
	return 0;
}

void
cidr_client(const char *peer, const char *forwarded, const struct cidr *trusted,
	    size_t n, char out[CIDR_ADDRESS_SIZE])
{
	size_t len = strnlen(peer, CIDR_ADDRESS_SIZE - 1);
	const char *end, *from;

	memcpy(out, peer, len);
	out[len] = '\0';
	if (forwarded == NULL)
		return;
	end = forwarded + strlen(forwarded);
	while (end > forwarded && cidr_has_text(trusted, n, out)) {
		from = end;
		while (from > forwarded && from[-1] != ',')
			from--;
		if (read_entry(from, (size_t)(end - from), out) == -1)
			return;
		end = from > forwarded ? from - 1 : forwarded;
	}
}
