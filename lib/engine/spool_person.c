/*
 * spool_person.c - who is named in what waits and in what failed: a person is
 * not forgotten while a delivery with it is about to come in.  What a name
 * looks like is the database's to say (store/contact.h); nothing is changed.
 */
#include "config.h"

#include "engine/spooling.h"

#include "store/contact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

struct search {
	const struct spool *s;
	struct db *db;
	const char *account_id, *pattern;
};

/* 1, 0, or -1.  A torn entry may be anybody's; one that is gone by now was
 * brought in. */
static int
is_in(const struct search *q, int dir, const char *name, struct err *e)
{
	struct mem *m = mem_new();
	struct spooled it;
	size_t len = 0;
	char *bytes;
	int rc = 0;

	if (spool_read_file(dir, name, m, &bytes, &len) == 0)
		rc = person_is_in(
			q->db, q->account_id, q->pattern,
			spool_entry_read(q->s, bytes, len, m, &it, NULL) == 0
				? it.key
				: NULL,
			bytes, len, e);
	else if (errno != ENOENT)
		rc = err_set(e, ERR_PERM, "%s/%s can't be read: %s", q->s->dir,
			     name, strerror(errno));
	mem_free(m);
	return rc;
}

/* How many of a directory's entries, and the name of one; -1 on failure. */
static int
count(const struct search *q, int dir, struct mem *m, const char **one,
      struct err *e)
{
	int n, i, rc = 0, found = 0;
	char *names;

	n = spool_list(dir, &names, e);
	for (i = 0; i < n && rc != -1; i++) {
		rc = is_in(q, dir, names + (size_t)i * SPOOL_NAME_SIZE, e);
		if (rc == 1 && found++ == 0)
			*one = mem_strdup(m,
					  names + (size_t)i * SPOOL_NAME_SIZE);
	}
	free(names);
	return n == -1 || rc == -1 ? -1 : found;
}

int
spool_find_person(struct spool *s, struct db *db, const char *account_id,
		  const char *pattern, struct mem *m, struct spool_named *out,
		  struct err *e)
{
	const struct search q = { s, db, account_id, pattern };
	int dir = spool_open(s, 0, e), failed;
	struct err no_failed = ERR_INIT;
	const char *one = NULL;

	memset(out, 0, sizeof(*out));
	if (dir == -1)
		return e->kind == ERR_GONE ? 0 : -1;
	failed = spool_open_failed(dir, 0, &no_failed);
	if (failed == -1 && no_failed.kind != ERR_GONE) {
		close(dir);
		*e = no_failed;
		return -1;
	}
	out->waiting = count(&q, dir, m, &one, e);
	if (out->waiting != -1 && failed != -1)
		out->failed = count(&q, failed, m, &out->failure, e);
	if (failed != -1)
		close(failed);
	close(dir);
	return out->waiting == -1 || out->failed == -1 ? -1 : 0;
}
