/*
 * rate.c - rate limits in a table that processes share.  See rate.h.  A cell
 * is the moment at which all that was taken will have been earned (the
 * "theoretical arrival time"), in microseconds; a moment that no taking can
 * have led to is damage, or of before the host's last start, and counts as
 * empty.
 */
#include "config.h"

#include "base/rate.h"

#include "base/cidr.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define CELLS 65536 /* of a kind; a power of two */
#define MINUTE_US 60000000
#define LATE_US MINUTE_US /* between looking at the clock and taking */

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
	       "a lock would be the process's own, and the table is shared");

/* What the file holds: any bytes will do.  Zero is a seed not drawn yet. */
struct table {
	_Atomic uint64_t seed[2];
	_Atomic uint64_t cells[RATE__KINDS][CELLS];
};

struct rate {
	struct table *table;
	int fd; /* -1: shared with nobody */
};

/* --- the file ------------------------------------------------------------- */

static int
check_file(int fd, const char *path, struct stat *st, struct err *e)
{
	if (fstat(fd, st) == -1)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_PERM, "%s: expected a regular file",
			       path);
	if (st->st_uid != geteuid() || (st->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_PERM,
			       "%s: expected a file of this user's alone, "
			       "found one of user %ld with mode %04o; remove "
			       "it, or name another in rate_file",
			       path, (long)st->st_uid,
			       (unsigned)st->st_mode & 07777u);
	return 0;
}

/* All blocks are taken now: one that could not be had later would kill us. */
static int
reserve(int fd, const char *path, struct err *e)
{
	int problem = posix_fallocate(fd, 0, sizeof(struct table));

	if (problem != 0)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(problem));
	return 0;
}

static int
open_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd == -1)
		return err_set(e, ERR_PERM,
			       "%s: %s; let rate_file name a file that this "
			       "user may write, such as "
			       "/dev/shm/hookline.rate",
			       path, strerror(errno));
	if (check_file(fd, path, &st, e) == 0 &&
	    (st.st_size >= (off_t)sizeof(struct table) ||
	     reserve(fd, path, e) == 0))
		return fd;
	close(fd);
	return -1;
}

static struct rate *
map(int fd, int flags)
{
	struct rate *r = xmalloc(sizeof(*r));

	r->fd = fd;
	r->table = mmap(NULL, sizeof(struct table), PROT_READ | PROT_WRITE,
			MAP_SHARED | flags, fd, 0);
	if (r->table != MAP_FAILED)
		return r;
	free(r);
	return NULL;
}

struct rate *
rate_open(const char *path, struct err *e)
{
	int fd = open_file(path, e);
	struct rate *r;

	if (fd == -1)
		return NULL;
	r = map(fd, 0);
	if (r == NULL) {
		err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
		close(fd);
	}
	return r;
}

struct rate *
rate_open_alone(void)
{
	struct rate *r = map(-1, MAP_ANONYMOUS);

	if (r == NULL)
		abort(); /* out of memory */
	return r;
}

void
rate_close(struct rate *r)
{
	if (r == NULL)
		return;
	munmap(r->table, sizeof(*r->table));
	if (r->fd != -1)
		close(r->fd);
	free(r);
}

/* Touching what somebody cut from the file would kill us: give it back. */
static int
is_whole(const struct rate *r)
{
	struct stat st;
	struct err e = ERR_INIT;

	if (r->fd == -1)
		return 1;
	if (fstat(r->fd, &st) == -1)
		return 0;
	return st.st_size >= (off_t)sizeof(struct table) ||
	       reserve(r->fd, "", &e) == 0;
}

/* --- the cells ------------------------------------------------------------ */

/* A part of the hash's key, drawn by whoever is first. */
static uint64_t
seed(_Atomic uint64_t *at)
{
	uint64_t drawn, is = atomic_load_explicit(at, memory_order_relaxed);

	if (is != 0)
		return is;
	random_bytes(&drawn, sizeof(drawn));
	if (atomic_compare_exchange_strong(at, &is, drawn | 1))
		return drawn | 1;
	return is;
}

static _Atomic uint64_t *
cell_of(struct rate *r, enum rate_kind kind, const void *id, size_t len)
{
	uint64_t key[2] = { seed(&r->table->seed[0]),
			    seed(&r->table->seed[1]) };
	unsigned char mac[HASH_SIZE_MAX];
	uint32_t n;

	hash_mac(HASH_SHA256, key, sizeof(key), id, len, mac);
	memcpy(&n, mac, sizeof(n));
	return &r->table->cells[kind][n % CELLS];
}

int64_t
rate_take(struct rate *r, enum rate_kind kind, const struct rate_limit *limit,
	  const void *id, size_t len, int64_t now_us)
{
	int64_t each = MINUTE_US / limit->per_minute;
	int64_t ahead = each * limit->burst; /* never more was taken ... */
	int64_t latest = now_us + ahead + LATE_US; /* ... by who came later */
	_Atomic uint64_t *cell;
	uint64_t was;
	int64_t earned;

	if (!is_whole(r))
		return 0;
	cell = cell_of(r, kind, id, len);
	was = atomic_load_explicit(cell, memory_order_relaxed);
	do {
		earned = now_us;
		if (was > (uint64_t)now_us && was <= (uint64_t)latest)
			earned = (int64_t)was;
		if (earned + each - now_us > ahead)
			return earned + each - now_us - ahead;
	} while (!atomic_compare_exchange_weak_explicit(
		cell, &was, (uint64_t)(earned + each), memory_order_relaxed,
		memory_order_relaxed));
	return 0;
}

/* --- addresses ------------------------------------------------------------ */

static size_t
take_v4(const unsigned char *bytes, unsigned char *id)
{
	if (bytes[0] == 127)
		return 0;
	id[0] = 4;
	memcpy(id + 1, bytes, 4);
	return 5;
}

size_t
rate_address(const char *address, unsigned char id[RATE_ADDRESS_SIZE])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char loopback[16] = { [15] = 1 };
	struct cidr c;

	if (strchr(address, '/') != NULL ||
	    cidr_parse(address, strlen(address), &c) == -1)
		return 0;
	if (c.family == AF_INET)
		return take_v4(c.bytes, id);
	if (memcmp(c.bytes, mapped, sizeof(mapped)) == 0)
		return take_v4(c.bytes + sizeof(mapped), id);
	if (memcmp(c.bytes, loopback, sizeof(loopback)) == 0)
		return 0;
	id[0] = 6;
	memcpy(id + 1, c.bytes, 8);
	return 9;
}
