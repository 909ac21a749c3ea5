/*
 * private.c - files with secrets in them.  See private.h.
 */
#include "config.h"

#include "base/private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

/* Asked of the open file, not of the name: the name may change hands. */
static int
is_private(FILE *f, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fileno(f), &st) == -1)
		return err_set(e, ERR_PERM, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_PERM, "%s: expected a regular file",
			       path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_PERM,
			       "%s: expected a file for its owner alone, "
			       "found mode %04o; run: chmod 600 %s",
			       path, (unsigned)st.st_mode & 07777u, path);
	return 0;
}

FILE *
private_open(const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		err_set(e, ERR_PERM,
			"%s: %s; make the file or correct its name in the "
			"configuration",
			path, strerror(errno));
		return NULL;
	}
	if (is_private(f, path, e) == -1) {
		fclose(f);
		return NULL;
	}
	return f;
}
