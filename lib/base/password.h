/*
 * password.h - passwords of the builder's users, by crypt(3) yescrypt.
 */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include "base/err.h"
#include "base/mem.h"

#define PASSWORD_MIN 8
#define PASSWORD_MAX 256

/* The hash to store ("$y$..."), from the pool; NULL with ERR_INPUT when the
 * password is too short or too long, ERR_BUG when crypt(3) fails. */
char *password_hash(struct mem *m, const char *password, struct err *e);

/* 1 when `password` has this hash, else 0.  Constant-time comparison. */
int password_matches(const char *password, const char *hash);

/* A random password for people to copy: 20 characters of [a-z2-9]. */
char *password_random(struct mem *m);

#endif
