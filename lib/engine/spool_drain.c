/*
 * spool_drain.c - what waits in the spool is brought in, in the order of
 * arrival, through receive() like any other delivery.  An entry is gone from
 * the spool only after its commit, which remembers its name; so whoever is
 * killed in between finds nothing left to do when it is tried again.  One
 * process at a time drains a directory.
 */
#include "config.h"

#include "engine/spooling.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define STUBBORN_MAX                                             \
	5 /* hooks that can't be served now, though the database \
	   * answers: more, and it is not the hooks */

struct spool_drain {
	struct spool *s;
	struct db *db;
	const struct receive_rules *rules;
	spool_apart apart;
	struct spool_drained done;
	char *names; /* of one look at the directory */
	int n, at;
	unsigned char *held; /* keys of hooks whose first entry waits */
	size_t n_held, held_room;
	int n_stubborn, is_counted;
};

/* What one entry came to. */
enum fate { TAKEN, FAILED, LATER, NOBODYS, STOP };

struct spool_drain *
spool_drain_new(struct spool *s, struct db *db,
		const struct receive_rules *rules, spool_apart apart)
{
	struct spool_drain *d = xmalloc(sizeof(*d));

	memset(d, 0, sizeof(*d));
	d->s = s;
	d->db = db;
	d->rules = rules;
	d->apart = apart;
	return d;
}

static void
forget_look(struct spool_drain *d)
{
	free(d->names);
	d->names = NULL;
	d->n = d->at = d->n_stubborn = 0;
	d->n_held = 0;
}

void
spool_drain_free(struct spool_drain *d)
{
	if (d == NULL)
		return;
	forget_look(d);
	free(d->held);
	free(d);
}

const struct spool_drained *
spool_drain_done(const struct spool_drain *d)
{
	return &d->done;
}

/* --- order by hook -------------------------------------------------------- */

static int
is_held(const struct spool_drain *d, const unsigned char *key)
{
	size_t i;

	for (i = 0; i < d->n_held; i++)
		if (memcmp(d->held + i * TOKEN_KEY_SIZE, key, TOKEN_KEY_SIZE) ==
		    0)
			return 1;
	return 0;
}

static enum fate
hold(struct spool_drain *d, const unsigned char *key)
{
	if (!is_held(d, key)) {
		if (d->n_held == d->held_room) {
			d->held_room = d->held_room > 0 ? 2 * d->held_room : 16;
			d->held = xrealloc(d->held,
					   d->held_room * TOKEN_KEY_SIZE);
		}
		memcpy(d->held + d->n_held++ * TOKEN_KEY_SIZE, key,
		       TOKEN_KEY_SIZE);
	}
	return LATER;
}

/* --- one entry ------------------------------------------------------------ */

static enum fate
remove_entry(int dir, const char *name, size_t len)
{
	if (unlinkat(dir, name, 0) == 0)
		spool_account(dir, (int64_t)len, SPOOL_WAITING, SPOOL_PLACES);
	return TAKEN;
}

/* Trying again would not help; somebody has to look at it. */
static enum fate
give_up(int dir, const char *name, size_t len, const char *why)
{
	struct err e = ERR_INIT;
	int failed = spool_open_failed(dir, 1, &e), rc = -1;

	if (failed != -1 && spool_write_why(failed, name, why, &e) == 0) {
		rc = renameat(dir, name, failed, name);
		if (rc == -1)
			err_set(&e, ERR_TEMP, "%s", strerror(errno));
		else
			(void)!fsync(failed);
	}
	if (failed != -1)
		close(failed);
	if (rc == -1) {
		log_error("spool: %s can't be moved to failed/: %s", name,
			  e.text);
		return LATER;
	}
	spool_account(dir, (int64_t)len, SPOOL_WAITING, SPOOL_FAILED);
	log_error("spool: %s can't be brought in and is in failed/ now: %s",
		  name, why);
	return FAILED;
}

/* The database did not take it: what now? */
static enum fate
refused(struct spool_drain *d, int dir, const char *name, size_t len,
	const struct spooled *it, struct err *e)
{
	if (e->kind == ERR_GONE)
		return give_up(dir, name, len,
			       "its hook is not there any more: it was "
			       "rotated, or its workflow archived");
	if (e->kind != ERR_TEMP)
		return give_up(dir, name, len, e->text);
	if (e->is_away || e->is_unknown || ++d->n_stubborn >= STUBBORN_MAX)
		return STOP;
	log_warn("spool: %s has to wait: %s", name, e->text);
	return hold(d, it->key);
}

static enum fate
bring_in(struct spool_drain *d, int dir, const char *name, struct mem *m,
	 struct err *e)
{
	struct answer answer;
	struct spooled it;
	char *bytes;
	size_t len;

	if (spool_read_file(dir, name, m, &bytes, &len) == -1) {
		if (errno != ENOENT)
			log_error("spool: %s can't be read: %s", name,
				  strerror(errno));
		return errno != ENOENT ? LATER : NOBODYS;
	}
	if (spool_entry_read(d->s, bytes, len, m, &it, e) == -1)
		return give_up(dir, name, len, e->text);
	if (is_held(d, it.key) || it.try_after_us > spool_clock())
		return hold(d, it.key);
	it.d.spool = name;
	d->apart(m, &it.d);
	if (receive(d->db, it.key, &it.d, d->rules, m, &answer, e) == 0)
		return remove_entry(dir, name, len);
	return refused(d, dir, name, len, &it, e);
}

/* --- many ----------------------------------------------------------------- */

/* A new look at the directory.  Returns how many entries there are, or -1. */
static int
look(struct spool_drain *d, int dir, struct err *e)
{
	forget_look(d);
	d->done.waiting = 0;
	if (!d->is_counted) {
		spool_recount(dir);
		spool_sweep(dir);
		d->is_counted = 1;
	}
	d->n = spool_list(dir, &d->names, e);
	return d->n;
}

static int
drain_some(struct spool_drain *d, int dir, int max_ms, struct err *e)
{
	int64_t end = clock_ms() + max_ms;
	struct mem *m = mem_new();
	enum fate fate = NOBODYS;

	do {
		fate = bring_in(d, dir,
				d->names + (size_t)d->at * SPOOL_NAME_SIZE, m,
				e);
		mem_reset(m);
		if (fate == STOP)
			break;
		d->at++;
		d->done.taken += fate == TAKEN;
		d->done.failed += fate == FAILED;
		d->done.waiting += fate == LATER;
	} while (d->at < d->n && clock_ms() < end);
	mem_free(m);
	if (fate == STOP) {
		d->done.waiting += d->n - d->at;
		forget_look(d);
		return -1;
	}
	if (d->at < d->n)
		return 1;
	forget_look(d);
	return 0;
}

int
spool_drain_step(struct spool_drain *d, int max_ms, struct err *e)
{
	int dir = spool_open(d->s, 0, e), lock, rc = 0;

	if (dir == -1)
		return e->kind == ERR_GONE ? 0 : -1;
	lock = spool_drain_lock(dir);
	d->done.is_elsewhere = lock == -1;
	if (lock != -1) {
		if (d->names == NULL)
			rc = look(d, dir, e);
		if (d->n > 0)
			rc = drain_some(d, dir, max_ms, e);
		close(lock);
	}
	close(dir);
	return rc;
}

static int
retry_one(int dir, int failed, const char *name)
{
	char why[SPOOL_NAME_SIZE + 8];
	struct stat st;

	if (fstatat(failed, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    renameat(failed, name, dir, name) == -1)
		return 0;
	snprintf(why, sizeof(why), "%s.why", name);
	unlinkat(failed, why, 0);
	spool_account(dir, (int64_t)st.st_size, SPOOL_FAILED, SPOOL_WAITING);
	return 1;
}

int
spool_retry_failed(struct spool *s, struct err *e)
{
	int dir = spool_open(s, 0, e), failed, n, i, moved = 0;
	char *names;

	if (dir == -1)
		return e->kind == ERR_GONE ? 0 : -1;
	failed = spool_open_failed(dir, 0, e);
	n = failed != -1 ? spool_list(failed, &names, e) : 0;
	for (i = 0; i < n; i++)
		moved += retry_one(dir, failed,
				   names + (size_t)i * SPOOL_NAME_SIZE);
	if (failed != -1) {
		if (n > 0)
			(void)!fsync(dir);
		free(names);
		close(failed);
	}
	close(dir);
	return n == -1 ? -1 : moved;
}
