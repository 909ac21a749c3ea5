/*
 * own_name.h - what an account may call what it defines for itself: custom
 * fields, constants, secrets.  Pure: whether there is one of that name already
 * is the database's business.
 */
#ifndef FLOW_OWN_NAME_H
#define FLOW_OWN_NAME_H

#include "base/err.h"

#include <stddef.h>

#define OWN_LABEL_MAX 200
#define OWN_VALUE_MAX 10000
#define OWN_SECRET_MAX 16384 /* a public key in PEM fits */

/* A name that every part of the house reads without quotes; `what` is "field",
 * "value".  -1 with ERR_INPUT. */
MUSTUSE int own_name_check(const char *what, const char *name, struct err *e);

/* The same for the key of a custom field, which no contact has by itself. */
MUSTUSE int own_key_check(const char *key, struct err *e);

/* The name of a secret, which may have dashes and dots. */
MUSTUSE int own_secret_name_check(const char *name, struct err *e);

/* A text (NULL: none) of at most `most` bytes of UTF-8. */
MUSTUSE int own_text_check(const char *what, const char *text, size_t most,
			   struct err *e);

#endif
