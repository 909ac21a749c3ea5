/*
 * rate.h - how many requests one sender, or one hook, may make in a minute.
 * The limits hold for all processes and threads of one host: they share a
 * table in a file that each of them maps.  Taking one is a few instructions on
 * one cell of it: no lock, no system call that waits, no database.
 *
 * A keyed hash picks the cell.  Two that fall on the same cell share its
 * limit, and nobody outside can tell who does; there are 65536 cells for
 * addresses and as many for hooks.  The table may be lost at any time: then
 * everybody begins anew.  Knows no request and no clock.
 */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define RATE_ADDRESS_SIZE 9

enum rate_kind { RATE_ADDRESS, RATE_HOOK, RATE__KINDS };

struct rate_limit {
	int per_minute; /* at least 1 */
	int burst;	/* so many at once, at least 1 */
};

struct rate;

/*
 * Map the table in the file `path`, which is made (for its owner alone) when
 * there is none, and made anew whatever else is in it.  NULL with ERR_PERM
 * when it can't be opened, is no regular file of ours, or others may use it.
 */
struct rate *rate_open(const char *path, struct err *e);

/* A table that no other process shares: for whom rate_open has none. */
struct rate *rate_open_alone(void);

void rate_close(struct rate *r);

/*
 * Take one of `id`'s (the generic cell rate algorithm) at `now_us`, of a
 * clock that all processes share and that never goes back but when the host
 * starts.  Returns 0 when it is taken; else the microseconds after which one
 * will be, and nothing was taken.
 */
int64_t rate_take(struct rate *r, enum rate_kind kind,
		  const struct rate_limit *limit, const void *id, size_t len,
		  int64_t now_us);

/*
 * Who an address is: IPv4 (also inside IPv6) by itself, IPv6 by its first 64
 * bits, for each customer has as many.  Returns the length of the id, 0 for
 * whom no limit by address holds: loopback, and what is no address.
 */
size_t rate_address(const char *address, unsigned char id[RATE_ADDRESS_SIZE]);

#endif
