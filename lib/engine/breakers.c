/*
 * breakers.c - the destinations that an executor calls.  See breakers.h.
 */
#include "config.h"

#include "engine/breakers.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "store/destination.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define KNOWN_MAX 1024 /* an executor has 1000 rides at most */
#define KEY_SIZE 320   /* no host is longer than 255 */
#define FRESH_MS 5000  /* how soon others' decisions are noticed */
#define CROWDED_MS 30000
#define LINE_MAX_MS 600000

struct breaker {
	char key[KEY_SIZE]; /* "": an empty place */
	char reason[256];
	char until[32]; /* for people */
	enum breaker_state state;
	int64_t until_ms;  /* open: left alone, half open: being tried */
	int64_t loaded_ms; /* 0: not known */
	int64_t used_ms;
	int64_t crowded_until_ms;
	int open_count;
	int has_row;
	int n_rides;  /* that entered */
	int n_calls;  /* of these, admitted */
	int n_kept;   /* breakers_keeps */
	int n_line;   /* sent away for their turn, less those that had it */
	long call_ms; /* how long a call takes: a running mean */
	struct breaker_news news;
	char error[256]; /* of the news */
	int is_probed;	 /* ours came back and said: */
	enum breaker_sign probed;
};

struct breakers {
	struct breakers_options o;
	struct breaker known[KNOWN_MAX];
	int n_known;
};

struct breakers *
breakers_new(const struct breakers_options *o)
{
	struct breakers *b = xmalloc(sizeof(*b));

	b->o = *o;
	b->n_known = 0;
	return b;
}

void
breakers_free(struct breakers *b)
{
	free(b);
}

static int
is_idle(const struct breaker *br)
{
	return br->n_rides == 0 && br->news.calls == 0 && !br->is_probed;
}

/* A place for another: a new one, else that of the one not used for longest. */
static struct breaker *
free_place(struct breakers *b)
{
	struct breaker *oldest = NULL;
	int i;

	if (b->n_known < KNOWN_MAX)
		return &b->known[b->n_known++];
	for (i = 0; i < KNOWN_MAX; i++)
		if (is_idle(&b->known[i]) &&
		    (oldest == NULL || b->known[i].used_ms < oldest->used_ms))
			oldest = &b->known[i];
	return oldest;
}

static struct breaker *
find(struct breakers *b, const char *key)
{
	int i;

	for (i = 0; i < b->n_known; i++)
		if (strcmp(b->known[i].key, key) == 0)
			return &b->known[i];
	return NULL;
}

struct breaker *
breakers_enter(struct breakers *b, const char *key)
{
	struct breaker *br;

	if (strlen(key) >= KEY_SIZE)
		return NULL;
	br = find(b, key);
	if (br == NULL) {
		br = free_place(b);
		if (br == NULL)
			return NULL;
		memset(br, 0, sizeof(*br));
		snprintf(br->key, sizeof(br->key), "%s", key);
	}
	br->n_rides++;
	br->used_ms = clock_ms();
	return br;
}

void
breakers_leave(struct breaker *br)
{
	if (br != NULL)
		br->n_rides--;
}

/* The database said no: what was to be told waits. */
static void
complain(const struct err *e)
{
	if (e->kind != ERR_TEMP)
		log_warn("destinations: %s", e->text);
}

/* Nobody is made to wait by what may have changed meanwhile. */
static int
is_stale(const struct breaker *br, int64_t now)
{
	return br->n_rides > 0 &&
	       (br->loaded_ms == 0 || br->state != BREAKER_CLOSED ||
		now - br->loaded_ms > FRESH_MS);
}

static enum breaker_state
state_of(const char *word)
{
	if (strcmp(word, "open") == 0)
		return BREAKER_OPEN;
	return strcmp(word, "half_open") == 0 ? BREAKER_HALF_OPEN
					      : BREAKER_CLOSED;
}

static void
take_row(struct breaker *br, const struct destination *d, int64_t now)
{
	br->has_row = 1;
	br->state = state_of(d->state);
	br->until_ms = now + d->left_ms;
	br->open_count = d->open_count;
	snprintf(br->until, sizeof(br->until), "%s",
		 d->until != NULL ? d->until : "");
	snprintf(br->reason, sizeof(br->reason), "%s",
		 d->last_error != NULL ? d->last_error : "");
}

/* The keys of those to look up, as a JSON list; returns how many. */
static int
list_stale(const struct breakers *b, int64_t now, struct buf *out)
{
	struct json_object *keys = json_object_new_array();
	int i, n;

	for (i = 0; i < b->n_known; i++)
		if (is_stale(&b->known[i], now))
			json_object_array_add(
				keys, json_object_new_string(b->known[i].key));
	n = (int)json_object_array_length(keys);
	if (n > 0)
		json_write(out, keys);
	json_object_put(keys);
	return n;
}

void
breakers_refresh(struct breakers *b)
{
	int64_t now = clock_ms();
	struct buf keys = BUF_INIT;
	struct err e = ERR_INIT;
	struct destination *rows;
	struct breaker *br;
	struct mem *m;
	int i, n;

	if (list_stale(b, now, &keys) == 0)
		return;
	m = mem_new();
	n = destination_load(b->o.db, keys.s, m, &rows, &e);
	if (n == -1)
		complain(&e);
	for (i = 0; n != -1 && i < b->n_known; i++)
		if (is_stale(&b->known[i], now)) {
			b->known[i].loaded_ms = now;
			b->known[i].has_row = 0;
			b->known[i].state = BREAKER_CLOSED;
		}
	for (i = 0; i < n; i++)
		if ((br = find(b, rows[i].key)) != NULL)
			take_row(br, &rows[i], now);
	mem_free(m);
	buf_free(&keys);
}

/* A long line does not come back all at once, to be sent away again: each comes
 * when those before it should be through. */
static int64_t
line_ms(const struct breakers *b, struct breaker *br)
{
	int64_t ms = br->n_line++ * (int64_t)br->call_ms * 2 / b->o.share;

	return ms < LINE_MAX_MS ? ms : LINE_MAX_MS;
}

void
breakers_turn(struct breakers *b, struct breaker *br, struct mem *m,
	      struct hold *why)
{
	why->ms = breaker_turn_ms(b->o.dice());
	why->key = mem_strdup(m, br->key);
	if (br->state == BREAKER_CLOSED)
		why->ms += line_ms(b, br);
	if (br->state == BREAKER_CLOSED)
		why->why = mem_printf(m,
				      "%s is busy: the calls of other runs go "
				      "first",
				      br->key);
	else
		why->why = mem_printf(m, "%s is being tried again after: %s",
				      br->key, br->reason);
}

int
breakers_is_held(const struct breaker *br)
{
	return br->state != BREAKER_CLOSED;
}

void
breakers_hold(struct breakers *b, struct breaker *br, struct mem *m,
	      struct hold *why)
{
	if (br->state != BREAKER_OPEN) {
		breakers_turn(b, br, m, why);
		return;
	}
	why->ms = breaker_wait_ms(br->until_ms - clock_ms(), b->o.dice());
	why->key = mem_strdup(m, br->key);
	why->why = mem_printf(m, "%s is left alone until %s: %s", br->key,
			      br->until, br->reason);
}

/* Be the one that tries it, if nobody else does. */
static int
probe(struct breakers *b, struct breaker *br)
{
	struct err e = ERR_INIT;
	int rc = destination_probe(b->o.db, br->key, b->o.executor,
				   b->o.probe_s, &e);

	if (rc == -1)
		complain(&e);
	br->state = BREAKER_HALF_OPEN; /* be it somebody else's */
	if (rc == 1)
		br->until_ms = clock_ms() + 1000 * (int64_t)b->o.probe_s;
	else
		br->loaded_ms = 0;
	return rc == 1;
}

int
breakers_admit(struct breakers *b, struct breaker *br, struct mem *m,
	       int *is_probe, struct hold *why_not)
{
	int64_t now = clock_ms();

	*is_probe = 0;
	switch (breaker_way(br->state, br->until_ms - now)) {
	case BREAKER_GO:
		if (br->crowded_until_ms <= now || br->n_calls < b->o.share)
			break;
		breakers_turn(b, br, m, why_not);
		return 0;
	case BREAKER_PROBE:
		*is_probe = probe(b, br);
		if (*is_probe)
			break;
		breakers_turn(b, br, m, why_not);
		return 0;
	case BREAKER_HOLD:
		breakers_hold(b, br, m, why_not);
		return 0;
	}
	br->n_calls++;
	return 1;
}

void
breakers_crowd(struct breaker *br)
{
	int64_t now = clock_ms();

	if (br->crowded_until_ms <= now)
		br->n_line = 0;
	br->crowded_until_ms = now + CROWDED_MS;
}

void
breakers_begin_count(struct breaker *br)
{
	br->n_kept = 0;
}

int
breakers_keeps(struct breakers *b, struct breaker *br)
{
	return br->crowded_until_ms <= clock_ms() || br->n_kept++ < b->o.share;
}

void
breakers_heard(struct breaker *br, int is_probe, enum breaker_sign sign,
	       long elapsed_ms, const char *error)
{
	br->n_calls--;
	if (elapsed_ms > 0 && br->n_line > 0)
		br->n_line--;
	if (elapsed_ms > 0)
		br->call_ms = br->call_ms == 0
				      ? elapsed_ms
				      : (7 * br->call_ms + elapsed_ms) / 8;
	if (is_probe) {
		br->is_probed = 1;
		br->probed = sign;
	} else if (br->state == BREAKER_CLOSED) {
		breaker_add(&br->news, sign);
	} else {
		return; /* it began before; only the one that tries counts */
	}
	if (sign > BREAKER_WORKS)
		snprintf(br->error, sizeof(br->error), "%s", error);
}

static void
say_open(const struct breaker *br, int64_t ms)
{
	log_warn("%s is left alone for %lld s: %s", br->key,
		 (long long)(ms / 1000), br->error);
}

/* Ours is back. */
static int
save_probe(struct breakers *b, struct breaker *br, struct err *e)
{
	int64_t ms = breaker_open_ms(br->open_count + 1, b->o.dice());
	int is_back = br->probed <= BREAKER_WORKS, rc;

	if (is_back)
		rc = destination_probed(b->o.db, br->key, b->o.executor,
					br->probed == BREAKER_WORKS, e);
	else
		rc = destination_open(b->o.db, br->key, ms, b->o.executor,
				      br->error, e);
	if (rc == -1)
		return -1;
	if (br->probed == BREAKER_WORKS)
		log_info("%s works again", br->key);
	else if (!is_back)
		say_open(br, ms);
	br->is_probed = 0;
	br->loaded_ms = 0;
	return 0;
}

static int
save_news(struct breakers *b, struct breaker *br, struct err *e)
{
	const struct breaker_news *n = &br->news;
	struct destination_note note = { n->calls, n->failures, n->in_row,
					 n->is_row_broken,
					 n->failures > 0 ? br->error : NULL };
	struct destination_note sum;
	struct breaker_counts counts;
	int64_t ms = breaker_open_ms(1, b->o.dice());
	int rc = destination_note(b->o.db, br->key, &note, &sum, e);

	if (rc == -1)
		return -1;
	br->has_row = 1;
	counts = (struct breaker_counts){ sum.in_row, sum.calls, sum.failures };
	if (rc == 1 && breaker_opens(&counts, n)) {
		if (destination_open(b->o.db, br->key, ms, NULL, br->error,
				     e) == -1)
			return -1;
		say_open(br, ms);
		rc = 0;
	}
	if (rc == 0)
		br->loaded_ms = 0;
	return 0;
}

/* What works and has no row needs none. */
static int
save(struct breakers *b, struct breaker *br, struct err *e)
{
	if (br->is_probed && save_probe(b, br, e) == -1)
		return -1;
	if ((br->news.failures > 0 || (br->news.calls > 0 && br->has_row)) &&
	    save_news(b, br, e) == -1)
		return -1;
	br->news = (struct breaker_news){ 0 };
	return 0;
}

void
breakers_save(struct breakers *b)
{
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < b->n_known; i++)
		if (save(b, &b->known[i], &e) == -1) {
			complain(&e);
			if (e.kind == ERR_TEMP)
				return;
			b->known[i].news = (struct breaker_news){ 0 };
			b->known[i].is_probed = 0;
			e = (struct err)ERR_INIT;
		}
	breakers_refresh(b);
}
