/*
 * receive_keep.c - deliveries that were judged are written down: one statement
 * and one commit for a list of them.
 */
#include "config.h"

#include "engine/receiving.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* What locks are taken by: everybody takes them in this order, so that two
 * lists never wait for each other in a circle. */
static const char *
lock_key(const struct receiving *r)
{
	const char *key = json_get_string(r->row, "dedup_key");

	if (key == NULL)
		key = json_get_string(r->row, "email_key");
	return key != NULL ? key : "";
}

static int
by_lock(const void *a, const void *b)
{
	const struct receiving *const *x = a, *const *y = b;

	return strcmp(lock_key(*x), lock_key(*y));
}

/* HEAD keeps nothing: it is told what would be. */
static int
pick(struct receiving **list, int n, struct receiving **picked)
{
	int i, k = 0;

	for (i = 0; i < n; i++)
		if (!list[i]->d->only_asks)
			picked[k++] = list[i];
	if (k > 1)
		qsort(picked, (size_t)k, sizeof(*picked), by_lock);
	return k;
}

static void
build_list(struct receiving **list, int n, struct buf *rows, struct buf *bodies)
{
	int i;

	for (i = 0; i < n; i++) {
		buf_addc(rows, i == 0 ? '[' : ',');
		buf_add(rows, list[i]->text.s, list[i]->text.len);
		buf_addf(rows, ",\"body_at\":%zu}", bodies->len);
		buf_add(bodies, list[i]->d->body, list[i]->d->body_len);
	}
	buf_addc(rows, ']');
}

static void
take_result(struct receiving *r, const struct hook_result *result)
{
	struct answer *a = &r->answer;

	r->is_stale = result->is_stale;
	a->outcome = result->outcome;
	if (a->outcome != NULL && strcmp(a->outcome, "duplicate") == 0)
		a->status = 200; /* whatever it says now */
	a->reason = result->reason;
	a->delivery_id = result->delivery_id;
	a->contact_id = result->contact_id;
	a->run_id = result->run_id;
	a->parts = result->parts;
}

int
receive_keep(struct db *db, struct receiving **list, int n, struct err *e)
{
	struct buf rows = BUF_INIT, bodies = BUF_INIT;
	struct receiving **picked;
	struct hook_result *results;
	struct mem *m;
	int i, rc = 0;

	if (n == 0)
		return 0;
	m = list[0]->m;
	picked = mem_alloc(m, (size_t)n * sizeof(*picked));
	n = pick(list, n, picked);
	if (n == 0)
		return 0;
	results = mem_alloc(m, (size_t)n * sizeof(*results));
	build_list(picked, n, &rows, &bodies);
	for (i = 0; i < n; i++)
		results[i].mem = picked[i]->m;
	rc = hook_receive(db, &rows, &bodies, results, n, e);
	for (i = 0; rc == 0 && i < n; i++)
		take_result(picked[i], &results[i]);
	buf_free(&rows);
	buf_free(&bodies);
	return rc;
}
