/*
 * spooling.h - what the files of the spool share: spool_dir.c knows the
 * directory, its bounds and its owner, spool_entry.c what stands in a file,
 * spool.c puts, spool_drain.c brings in, spool_status.c tells, spool_person.c
 * looks for somebody.
 */
#ifndef ENGINE_SPOOLING_H
#define ENGINE_SPOOLING_H

#include "engine/spool.h"

#include "base/buf.h"

#include <stddef.h>

#define SPOOL_UID_LENGTH 32
#define SPOOL_NAME_LENGTH (20 + 1 + SPOOL_UID_LENGTH)
#define SPOOL_NAME_SIZE (SPOOL_NAME_LENGTH + 1)

struct spool {
	const char *dir;
	char *away; /* the path of its mark */
	const struct secrets *secrets;
	int64_t max_bytes, max_files;
	int deadline_ms;
};

enum spool_place { SPOOL_WAITING, SPOOL_FAILED, SPOOL_PLACES };

/* --- spool_dir.c ---------------------------------------------------------- */

/*
 * Open the directory, and with `make` make it when it is missing.  Returns its
 * descriptor; -1 with ERR_GONE: it is not there; ERR_PERM: it is not private
 * to us, or no directory; ERR_TEMP.
 */
MUSTUSE int spool_open(const struct spool *s, int make, struct err *e);

/* The same for what failed, below `dir`. */
MUSTUSE int spool_open_failed(int dir, int make, struct err *e);

/* A new file, for its owner alone; descriptor, or -1 with errno. */
int spool_create(int dir, const char *name, int flags);

/*
 * Make the file ".NAME" of `size` bytes within the bounds of the spool, of
 * which a `lesser` one may use half.  Returns its descriptor, or -1.
 */
MUSTUSE int spool_reserve(const struct spool *s, int dir, const char *name,
			  int64_t size, int lesser, struct err *e);

/* A file of `size` bytes is at `to` instead of `from` (SPOOL_PLACES:
 * nowhere). */
void spool_account(int dir, int64_t size, enum spool_place from,
		   enum spool_place to);

/* Count all files anew, which puts right what a killed process left. */
void spool_recount(int dir);

/* Is it the name of an entry? */
int spool_is_name(const char *name);

/*
 * The names of the entries in a directory, sorted, in one block that free(3)
 * gives back: SPOOL_NAME_SIZE bytes each.  Returns how many, or -1.
 */
MUSTUSE int spool_list(int dir, char **names, struct err *e);

/* All of a file, in the pool; -1 with errno. */
MUSTUSE int spool_read_file(int dir, const char *name, struct mem *m,
			    char **bytes, size_t *len);

/* Remove what killed processes left half-written an hour ago. */
void spool_sweep(int dir);

/* Hold the right to drain: a descriptor for close(2), -1: another has it. */
int spool_drain_lock(int dir);

/* Write down why an entry failed. */
MUSTUSE int spool_write_why(int failed, const char *name, const char *why,
			    struct err *e);

/* --- spool_entry.c -------------------------------------------------------- */

/* What a file says.  Everything lives in the pool. */
struct spooled {
	struct delivery d;
	unsigned char key[TOKEN_KEY_SIZE];
	int64_t try_after_us; /* before that, a first try may still go on */
};

/* "1764043951123456" as RFC 3339. */
const char *spool_time(struct mem *m, int64_t us);

void spool_name(char name[SPOOL_NAME_SIZE], int64_t arrived_us,
		const char *uid);
int64_t spool_name_us(const char *name);

/* Append the file of a request. */
void spool_entry_write(const struct spool *s, const unsigned char *key,
		       const struct delivery *d, int64_t arrived_us,
		       const struct err *why, struct buf *out);

/* Read it.  ERR_INPUT: it is torn or no such file; the bytes are borrowed. */
MUSTUSE int spool_entry_read(const struct spool *s, const char *bytes,
			     size_t len, struct mem *m, struct spooled *out,
			     struct err *e);

#endif
