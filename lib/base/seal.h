/*
 * seal.h - texts that the database keeps and nobody reads there: AES-256-GCM
 * under the installation's secrets, by libcrypto.  The first secret seals, all
 * open.  What a sealed text is for (`label`) is part of the seal: moved to
 * another account or name it does not open.
 */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"

#include <stddef.h>

/* Append `text` of `len` bytes, sealed. */
void seal_make(const struct secrets *s, const char *label, const void *text,
	       size_t len, struct buf *out);

/* The text, NUL-terminated, from the pool; NULL when none of the secrets opens
 * it for this label. */
char *seal_open(const struct secrets *s, const char *label, const void *sealed,
		size_t len, struct mem *m);

#endif
