/*
 * private.h - files with secrets in them.  What they hold is the caller's.
 */
#ifndef BASE_PRIVATE_H
#define BASE_PRIVATE_H

#include "base/err.h"

#include <stdio.h>

/*
 * Open `path` for reading.  NULL with ERR_PERM, and the fix in the text, when
 * it can't be opened, is no regular file, or others than its owner may use
 * it.  The caller closes it.
 */
FILE *private_open(const char *path, struct err *e);

#endif
