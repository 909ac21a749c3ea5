/*
 * limit.c - too many requests.  See limit.h; how they are counted is
 * base/rate.c.
 */
#include "config.h"

#include "limit.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/token.h"

#include <string.h>

#include "base/banned.h"

#define SECOND_US 1000000

void
limits_open(struct limits *l, const struct conf *c)
{
	struct err e = ERR_INIT;

	memset(l, 0, sizeof(*l));
	l->each[RATE_ADDRESS] =
		(struct rate_limit){ c->address_rate, c->rate_burst };
	l->each[RATE_HOOK] = (struct rate_limit){ c->hook_rate, c->rate_burst };
	if (c->address_rate == 0 && c->hook_rate == 0)
		return;
	l->rate = rate_open(c->rate_file, &e);
	if (l->rate != NULL)
		return;
	log_warn("address_rate and hook_rate hold for each process alone: %s",
		 e.text);
	l->rate = rate_open_alone();
}

void
limits_close(struct limits *l)
{
	rate_close(l->rate);
}

static int
seconds(struct limits *l, enum rate_kind kind, const void *id, size_t len)
{
	int64_t us;

	if (l->each[kind].per_minute == 0 || len == 0)
		return 0;
	us = rate_take(l->rate, kind, &l->each[kind], id, len, clock_us());
	return (int)((us + SECOND_US - 1) / SECOND_US);
}

int
limits_address(struct limits *l, const char *address)
{
	unsigned char id[RATE_ADDRESS_SIZE];

	if (l->each[RATE_ADDRESS].per_minute == 0)
		return 0;
	return seconds(l, RATE_ADDRESS, id, rate_address(address, id));
}

int
limits_hook(struct limits *l, const unsigned char *key)
{
	return seconds(l, RATE_HOOK, key, TOKEN_KEY_SIZE);
}
