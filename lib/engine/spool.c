/*
 * spool.c - a request is put where no database is needed: a file of its own,
 * written under another name, brought to the disk, renamed into place.  Also
 * the mark that the database was away a moment ago.  Bringing requests in is
 * spool_drain.c.
 */
#include "config.h"

#include "engine/spooling.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

#define AWAY_FILE "away"
#define AWAY_MS 1000
#define AWAY_MAX_MS 700000 /* what is farther ahead, a clock has set wrong */

int64_t
spool_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

struct spool *
spool_new(const struct conf *c, const struct secrets *secrets)
{
	struct spool *s = xmalloc(sizeof(*s));
	struct buf away = BUF_INIT;

	memset(s, 0, sizeof(*s));
	s->dir = c->spool_dir;
	s->secrets = secrets;
	s->max_bytes = c->spool_max_bytes;
	s->max_files = c->spool_max_files;
	s->deadline_ms = c->request_deadline_ms;
	buf_addf(&away, "%s/" AWAY_FILE, s->dir);
	s->away = xstrdup(away.s);
	buf_free(&away);
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	free(s->away);
	free(s);
}

/* --- putting -------------------------------------------------------------- */

static int
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* From ".NAME" in `dir` to NAME in `to`, so that it is there after a power cut
 * too. */
static int
settle(int dir, int to, const char *name, int fd, const struct buf *file)
{
	char temporary[SPOOL_NAME_SIZE + 1];

	snprintf(temporary, sizeof(temporary), ".%s", name);
	if (write_all(fd, file->s, file->len) == 0 && fsync(fd) == 0 &&
	    renameat(dir, temporary, to, name) == 0) {
		if (fsync(to) == 0)
			return 0;
		unlinkat(to, name, 0);
	}
	unlinkat(dir, temporary, 0);
	return -1;
}

static int
put_file(const struct spool *s, int dir, int to, const char *name, int lesser,
	 const struct buf *file, struct err *e)
{
	int fd = spool_reserve(s, dir, name, (int64_t)file->len, lesser, e);
	int rc;

	if (fd == -1)
		return -1;
	rc = settle(dir, to, name, fd, file);
	if (rc == -1)
		err_set(e, ERR_TEMP, "%s: %s", s->dir, strerror(errno));
	close(fd);
	if (rc == -1)
		spool_account(dir, (int64_t)file->len, SPOOL_WAITING,
			      SPOOL_PLACES);
	else if (to != dir)
		spool_account(dir, (int64_t)file->len, SPOOL_WAITING,
			      SPOOL_FAILED);
	return rc;
}

static int
put_failed(const struct spool *s, int dir, const char *name, const char *why,
	   const struct buf *file, struct err *e)
{
	int failed = spool_open_failed(dir, 1, e), rc;

	if (failed == -1)
		return -1;
	rc = spool_write_why(failed, name, why, e);
	if (rc == 0)
		rc = put_file(s, dir, failed, name, 1, file, e);
	close(failed);
	return rc;
}

int
spool_put(struct spool *s, const unsigned char *key, const struct delivery *d,
	  int64_t arrived_us, const struct err *why, struct err *e)
{
	int dir = spool_open(s, 1, e), rc;
	struct buf file = BUF_INIT;
	char name[SPOOL_NAME_SIZE];

	if (dir == -1)
		return -1;
	spool_name(name, arrived_us, d->uid);
	spool_entry_write(s, key, d, arrived_us, why, &file);
	if (why->kind == ERR_TEMP)
		rc = put_file(s, dir, dir, name, d->refused_status != 0, &file,
			      e);
	else
		rc = put_failed(s, dir, name, why->text, &file, e);
	buf_free(&file);
	close(dir);
	return rc;
}

int
spool_check(struct spool *s, int make, struct err *e)
{
	static const char name[] = ".check";
	int dir, fd;

	if (s->max_bytes == 0 || s->max_files == 0)
		return err_set(e, ERR_GONE,
			       "off: spool_max_bytes or spool_max_files is 0, "
			       "so deliveries are answered 503 while the "
			       "database is away");
	dir = spool_open(s, make, e);

	if (dir == -1)
		return -1;
	fd = spool_create(dir, name, 0);
	if (fd == -1)
		err_set(e, ERR_PERM,
			"%s can't be written: %s; it must belong to the user "
			"that hook.fcgi runs as, on a disk with room",
			s->dir, strerror(errno));
	else
		unlinkat(dir, name, 0);
	close(dir);
	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

/* --- away ----------------------------------------------------------------- */

/* The mark is a file whose time of change lies ahead: until then. */
static void
mark_away(struct spool *s, int64_t until_us)
{
	struct timespec times[2];
	int dir = spool_open(s, 1, NULL), fd;

	if (dir == -1)
		return;
	times[0].tv_sec = times[1].tv_sec = (time_t)(until_us / 1000000);
	times[0].tv_nsec = times[1].tv_nsec = until_us % 1000000 * 1000;
	fd = spool_create(dir, AWAY_FILE, 0);
	if (fd != -1) {
		(void)!futimens(fd, times);
		close(fd);
	}
	close(dir);
}

int
spool_is_away(struct spool *s)
{
	int64_t now = spool_clock(), until;
	struct stat st;

	if (stat(s->away, &st) == -1)
		return 0;
	until = (int64_t)st.st_mtim.tv_sec * 1000000 +
		st.st_mtim.tv_nsec / 1000;
	if (until > now && until < now + 1000 * (int64_t)AWAY_MAX_MS)
		return 1;
	/* Who finds out takes up to a deadline; the others need not. */
	mark_away(s, now + 1000 * (int64_t)(s->deadline_ms + AWAY_MS));
	return 0;
}

void
spool_note(struct spool *s, const struct err *e)
{
	struct stat st;

	if (e != NULL && e->is_away)
		mark_away(s, spool_clock() + 1000 * (int64_t)AWAY_MS);
	else if (stat(s->away, &st) == 0)
		unlink(s->away);
}
