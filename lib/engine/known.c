/*
 * known.c - hooks that are remembered.  See known.h.  Each key has one place
 * where it may stand: keys are random, so most hooks that are busy at the same
 * time do not meet.
 */
#include "config.h"

#include "engine/known.h"

#include <string.h>
#include <time.h>

#include "base/banned.h"

#define N_PLACES                              \
	(sizeof(((struct known *)0)->place) / \
	 sizeof(((struct known *)0)->place[0]))
#define KEEP_US (60 * (int64_t)1000000)

/* An answer that took longer does not tell when it was now_us. */
#define PROMPT_US 100000

int64_t
known_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct known_hook *
place_of(struct known *k, const unsigned char *key)
{
	return &k->place[key[0] % N_PLACES];
}

const struct hook *
known_find(struct known *k, const unsigned char *key)
{
	struct known_hook *p = place_of(k, key);
	int64_t age_us;

	if (p->hook == NULL || memcmp(p->key, key, TOKEN_KEY_SIZE) != 0)
		return NULL;
	age_us = known_clock() - p->asked_us;
	if (age_us > KEEP_US)
		return NULL;
	p->hook->now_us = p->now_us + age_us;
	p->hook->is_remembered = 1;
	return p->hook;
}

struct mem *
known_room(struct known *k, const unsigned char *key)
{
	struct known_hook *p = place_of(k, key);

	p->hook = NULL;
	if (p->mem == NULL)
		p->mem = mem_new();
	else
		mem_reset(p->mem);
	return p->mem;
}

void
known_keep(struct known *k, const unsigned char *key, struct hook *h,
	   int64_t asked_us)
{
	struct known_hook *p = place_of(k, key);

	if (h->stamp == NULL || known_clock() - asked_us > PROMPT_US)
		return;
	memcpy(p->key, key, TOKEN_KEY_SIZE);
	p->hook = h;
	p->now_us = h->now_us;
	p->asked_us = asked_us;
}

void
known_free(struct known *k)
{
	for (size_t i = 0; i < N_PLACES; i++)
		mem_free(k->place[i].mem);
}
