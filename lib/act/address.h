/*
 * address.h - which network addresses outgoing calls may reach.  Pure.
 */
#ifndef ACT_ADDRESS_H
#define ACT_ADDRESS_H

#include "base/cidr.h"

#include <stddef.h>
#include <sys/socket.h>

/* Is `sa` a public address (IANA special-purpose registries; IPv4 inside
 * IPv6 is unwrapped), or in one of `allow`? */
int address_is_allowed(const struct sockaddr *sa, const struct cidr *allow,
		       size_t n_allow);

#define ADDRESS_SIZE 46

/* The address as text ("192.0.2.1"), "?" for other families. */
void address_write(const struct sockaddr *sa, char out[ADDRESS_SIZE]);

#endif
