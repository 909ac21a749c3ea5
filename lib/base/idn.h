/*
 * idn.h - domain names in letters of all the world, by libidn2 (idn.c alone
 * includes it).  Knows what a domain is called on the wire; whether an address
 * is one is flow/map.h and act/mailbox.h.
 */
#ifndef BASE_IDN_H
#define BASE_IDN_H

#include "base/mem.h"

/*
 * `address` with the domain behind its last @ in ASCII ("a@exämple.com" is
 * "a@xn--exmple-cua.com"; UTS 46, IDNA 2008, in lower case).  An address whose
 * domain is ASCII already is returned as it is.  NULL when the domain can't be
 * converted; what is converted may still be no domain name.  The result lives
 * in the pool.
 */
const char *idn_address(struct mem *m, const char *address);

#endif
