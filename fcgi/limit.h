/*
 * limit.h - too many requests: from one address, or at one hook.  What is
 * refused here costs neither database nor disk, and leaves no delivery.
 */
#ifndef FCGI_LIMIT_H
#define FCGI_LIMIT_H

#include "base/conf.h"
#include "base/rate.h"

struct limits {
	struct rate_limit each[RATE__KINDS]; /* per_minute 0: no limit */
	struct rate *rate;		     /* NULL: no limits at all */
};

/* As configured.  Without a usable rate_file the limits hold for this process
 * alone, and the log says so: that is no reason to refuse deliveries. */
void limits_open(struct limits *l, const struct conf *c);
void limits_close(struct limits *l);

/* Seconds after which a request from this address, or to the hook of this
 * key, will be taken again; 0: this one is. */
int limits_address(struct limits *l, const char *address);
int limits_hook(struct limits *l, const unsigned char *key);

#endif
