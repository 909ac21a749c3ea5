/*
 * spool_dir.c - the spool's directory: private to its owner, bounded in bytes
 * and files.  How much there is, is counted once and then kept in ".usage",
 * so that a request needs no scan; what a killed process leaves there wrong is
 * too much rather than too little, and is counted anew when the spool seems
 * full and when a drain begins.  What stands in the files is spool_entry.c.
 */
#include "config.h"

#include "engine/spooling.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

#define FAILED_DIR "failed"
#define USAGE_FILE ".usage"
#define DRAIN_FILE ".drain"
#define WHY ".why"
#define USAGE_LENGTH 101
#define LOCK_TRIES 2000 /* of a millisecond */
#define RECOUNT_EVERY_US 1000000
#define LEFT_OVER_S 3600
#define FILE_MAX (64 * 1024 * 1024)

struct usage {
	int64_t bytes[SPOOL_PLACES], files[SPOOL_PLACES];
	int64_t counted_us;
};

/* --- private -------------------------------------------------------------- */

/* What the administrator makes in somebody's spool is that somebody's. */
static void
give_to_owner(int dir, int fd)
{
	struct stat st;

	if (geteuid() == 0 && fstat(dir, &st) == 0 && st.st_uid != 0 &&
	    fchown(fd, st.st_uid, st.st_gid) == -1)
		errno = 0; /* its owner will say so when it matters */
}

static int
check_private(const char *path, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, ERR_TEMP, "%s: %s", path, strerror(errno));
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_PERM,
			       "%s: expected a directory for its owner alone, "
			       "found mode %04o; run: chmod 700 %s",
			       path, (unsigned)st.st_mode & 07777u, path);
	if (st.st_uid != geteuid() && geteuid() != 0)
		return err_set(e, ERR_PERM,
			       "%s belongs to user %lu, and this program runs "
			       "as user %lu: all programs that use a spool "
			       "must run as the same",
			       path, (unsigned long)st.st_uid,
			       (unsigned long)geteuid());
	return 0;
}

/* The directory itself must outlive a power cut too. */
static void
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = xstrdup(slash != NULL ? path : ".");
	int fd;

	if (slash != NULL)
		parent[slash == path ? 1 : slash - path] = '\0';
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (fd == -1)
		return;
	(void)!fsync(fd);
	close(fd);
}

static int
open_dir(int at, const char *path)
{
	return openat(at, path,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int
cannot_open(const char *path, struct err *e)
{
	if (errno == ENOENT)
		return err_set(e, ERR_GONE, "%s: there is none yet", path);
	return err_set(e, ERR_PERM,
		       "%s: %s; the spool must be a directory of the user that "
		       "this program runs as, mode 700",
		       path, strerror(errno));
}

int
spool_open(const struct spool *s, int make, struct err *e)
{
	int fd = open_dir(AT_FDCWD, s->dir);

	if (fd == -1 && errno == ENOENT && make) {
		if (mkdir(s->dir, 0700) == 0)
			sync_parent(s->dir);
		else if (errno != EEXIST)
			return err_set(e, ERR_PERM,
				       "%s can't be made: %s; make it yourself "
				       "(mkdir -m 700, chown to the user that "
				       "the web server runs hook.fcgi as), or "
				       "set spool_dir",
				       s->dir, strerror(errno));
		fd = open_dir(AT_FDCWD, s->dir);
	}
	if (fd == -1)
		return cannot_open(s->dir, e);
	if (check_private(s->dir, fd, e) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

int
spool_open_failed(int dir, int make, struct err *e)
{
	int fd = open_dir(dir, FAILED_DIR), is_new = 0;

	if (fd == -1 && errno == ENOENT && make) {
		is_new = mkdirat(dir, FAILED_DIR, 0700) == 0;
		fd = open_dir(dir, FAILED_DIR);
	}
	if (fd == -1)
		return cannot_open(FAILED_DIR, e);
	if (is_new) {
		give_to_owner(dir, fd);
		(void)!fsync(dir);
	}
	return fd;
}

int
spool_create(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd != -1)
		give_to_owner(dir, fd);
	return fd;
}

/* --- names ---------------------------------------------------------------- */

int
spool_is_name(const char *name)
{
	return strlen(name) == SPOOL_NAME_LENGTH &&
	       strspn(name, "0123456789") == 20 && name[20] == '-' &&
	       strspn(name + 21, "0123456789abcdef") == SPOOL_UID_LENGTH;
}

static DIR *
rewound(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;

	if (d == NULL && fd != -1)
		close(fd);
	return d;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
spool_list(int dir, char **names, struct err *e)
{
	size_t n = 0, room = 0;
	DIR *d = rewound(dir);
	struct dirent *f;

	*names = NULL;
	if (d == NULL)
		return err_set(e, ERR_TEMP, "the spool can't be listed: %s",
			       strerror(errno));
	while ((f = readdir(d)) != NULL) {
		if (!spool_is_name(f->d_name))
			continue;
		if (n == room) {
			room = room > 0 ? 2 * room : 64;
			*names = xrealloc(*names, room * SPOOL_NAME_SIZE);
		}
		memcpy(*names + n++ * SPOOL_NAME_SIZE, f->d_name,
		       SPOOL_NAME_SIZE);
	}
	closedir(d);
	if (n > 1)
		qsort(*names, n, SPOOL_NAME_SIZE, by_name);
	return (int)n;
}

/* --- files ---------------------------------------------------------------- */

int
spool_read_file(int dir, const char *name, struct mem *m, char **bytes,
		size_t *len)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	ssize_t n = 0;

	if (fd == -1)
		return -1;
	*len = 0;
	if (fstat(fd, &st) == -1 || st.st_size > FILE_MAX) {
		close(fd);
		errno = EFBIG;
		return -1;
	}
	*bytes = mem_alloc(m, (size_t)st.st_size + 1);
	while (*len < (size_t)st.st_size &&
	       (n = read(fd, *bytes + *len, (size_t)st.st_size - *len)) > 0)
		*len += (size_t)n;
	close(fd);
	return n == -1 ? -1 : 0;
}

/* --- bounds --------------------------------------------------------------- */

static void
count_files(int dir, enum spool_place place, struct usage *u)
{
	DIR *d = rewound(dir);
	struct dirent *f;
	struct stat st;

	while (d != NULL && (f = readdir(d)) != NULL) {
		if (!spool_is_name(f->d_name + (f->d_name[0] == '.')) ||
		    fstatat(dir, f->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		u->bytes[place] += st.st_size;
		u->files[place]++;
	}
	if (d != NULL)
		closedir(d);
}

static void
count_all(int dir, struct usage *u)
{
	int failed = spool_open_failed(dir, 0, NULL);

	memset(u, 0, sizeof(*u));
	count_files(dir, SPOOL_WAITING, u);
	if (failed != -1) {
		count_files(failed, SPOOL_FAILED, u);
		close(failed);
	}
	u->counted_us = spool_clock();
}

/* Read it, or count when nothing sensible stands there. */
static void
usage_read(int fd, int dir, struct usage *u)
{
	char text[USAGE_LENGTH + 1] = "";

	if (pread(fd, text, USAGE_LENGTH, 0) != USAGE_LENGTH ||
	    sscanf(text, "%" SCNd64 "%" SCNd64 "%" SCNd64 "%" SCNd64 "%" SCNd64,
		   &u->bytes[0], &u->files[0], &u->bytes[1], &u->files[1],
		   &u->counted_us) != 5)
		count_all(dir, u);
}

static void
usage_write(int fd, struct usage *u)
{
	char text[USAGE_LENGTH + 1];
	int i;

	for (i = 0; i < SPOOL_PLACES; i++) {
		u->bytes[i] = u->bytes[i] > 0 ? u->bytes[i] : 0;
		u->files[i] = u->files[i] > 0 ? u->files[i] : 0;
	}
	snprintf(text, sizeof(text),
		 "%019" PRId64 " %019" PRId64 " %019" PRId64 " %019" PRId64
		 " %019" PRId64 " \n",
		 u->bytes[0], u->files[0], u->bytes[1], u->files[1],
		 u->counted_us);
	if (pwrite(fd, text, USAGE_LENGTH, 0) != USAGE_LENGTH)
		(void)!ftruncate(fd, 0); /* counted by the next one */
}

/* A process that was stopped while it holds the lock must not stop others for
 * ever. */
static int
lock_within(int fd, int tries)
{
	const struct timespec pause = { 0, 1000000 };

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (--tries < 0)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* Close ends it. */
static int
usage_lock(int dir, struct usage *u)
{
	int fd = spool_create(dir, USAGE_FILE, 0);

	if (fd != -1 && lock_within(fd, LOCK_TRIES) == -1) {
		close(fd);
		fd = -1;
	}
	if (fd != -1)
		usage_read(fd, dir, u);
	return fd;
}

static int
has_room(const struct spool *s, const struct usage *u, int64_t size, int lesser)
{
	int64_t bytes = u->bytes[0] + u->bytes[1] + size;
	int64_t files = u->files[0] + u->files[1] + 1;
	int share = lesser ? 2 : 1;

	return bytes <= s->max_bytes / share &&
	       files <= (s->max_files + share - 1) / share;
}

static int
check_room(const struct spool *s, int dir, struct usage *u, int64_t size,
	   int lesser, struct err *e)
{
	if (s->max_bytes == 0 || s->max_files == 0)
		return err_set(e, ERR_TEMP,
			       "the spool is off (spool_max_bytes or "
			       "spool_max_files is 0)");
	if (has_room(s, u, size, lesser))
		return 0;
	if (llabs(spool_clock() - u->counted_us) > RECOUNT_EVERY_US)
		count_all(dir, u);
	if (has_room(s, u, size, lesser))
		return 0;
	return err_set(e, ERR_TEMP,
		       "the spool is full: %" PRId64 " files of %" PRId64
		       " bytes, and one of %" PRId64
		       " to come; see `hookline spool status`, "
		       "spool_max_files and spool_max_bytes",
		       u->files[0] + u->files[1], u->bytes[0] + u->bytes[1],
		       size);
}

/* It has its size from the begin, so that whoever counts sees it. */
static int
create_sized(int dir, const char *name, int64_t size)
{
	int fd = spool_create(dir, name, O_EXCL), problem;

	if (fd == -1 || ftruncate(fd, size) == 0)
		return fd;
	problem = errno;
	close(fd);
	unlinkat(dir, name, 0);
	errno = problem;
	return -1;
}

int
spool_reserve(const struct spool *s, int dir, const char *name, int64_t size,
	      int lesser, struct err *e)
{
	char temporary[SPOOL_NAME_SIZE + 1];
	struct usage u;
	int fd = -1, lock = usage_lock(dir, &u);

	if (lock == -1)
		return err_set(e, ERR_TEMP, "%s/" USAGE_FILE ": %s", s->dir,
			       strerror(errno));
	snprintf(temporary, sizeof(temporary), ".%s", name);
	if (check_room(s, dir, &u, size, lesser, e) == 0) {
		fd = create_sized(dir, temporary, size);
		if (fd == -1)
			err_set(e, ERR_TEMP, "%s: %s", s->dir, strerror(errno));
		u.bytes[SPOOL_WAITING] += fd != -1 ? size : 0;
		u.files[SPOOL_WAITING] += fd != -1;
	}
	usage_write(lock, &u);
	close(lock);
	return fd;
}

void
spool_account(int dir, int64_t size, enum spool_place from, enum spool_place to)
{
	struct usage u;
	int lock = usage_lock(dir, &u);

	if (lock == -1)
		return;
	if (from != SPOOL_PLACES) {
		u.bytes[from] -= size;
		u.files[from]--;
	}
	if (to != SPOOL_PLACES) {
		u.bytes[to] += size;
		u.files[to]++;
	}
	usage_write(lock, &u);
	close(lock);
}

void
spool_recount(int dir)
{
	struct usage u;
	int lock = usage_lock(dir, &u);

	if (lock == -1)
		return;
	count_all(dir, &u);
	usage_write(lock, &u);
	close(lock);
}

/* --- draining ------------------------------------------------------------- */

int
spool_drain_lock(int dir)
{
	int fd = spool_create(dir, DRAIN_FILE, 0);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
spool_sweep(int dir)
{
	DIR *d = rewound(dir);
	struct dirent *f;
	struct stat st;

	while (d != NULL && (f = readdir(d)) != NULL)
		if (f->d_name[0] == '.' && spool_is_name(f->d_name + 1) &&
		    fstatat(dir, f->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    time(NULL) - st.st_mtime > LEFT_OVER_S)
			unlinkat(dir, f->d_name, 0);
	if (d != NULL)
		closedir(d);
}

int
spool_write_why(int failed, const char *name, const char *why, struct err *e)
{
	char path[SPOOL_NAME_SIZE + sizeof(WHY)];
	struct buf text = BUF_INIT;
	int fd, rc = 0;

	snprintf(path, sizeof(path), "%s" WHY, name);
	fd = spool_create(failed, path, O_TRUNC);
	buf_addf(&text, "%s\n", why);
	if (fd == -1 || write(fd, text.s, text.len) != (ssize_t)text.len)
		rc = err_set(e, ERR_TEMP, "spool: " FAILED_DIR "/%s: %s", path,
			     strerror(errno));
	if (fd != -1)
		close(fd);
	buf_free(&text);
	return rc;
}
