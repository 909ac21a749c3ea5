/*
 * sqlstate.h - what PostgreSQL's five characters say of a failure.  Pure.
 */
#ifndef STORE_SQLSTATE_H
#define STORE_SQLSTATE_H

#include "base/err.h"

#define SQLSTATE_READ_ONLY "25006"
#define SQLSTATE_CANCELLED "57014"

/* What the caller may do. */
enum err_kind sqlstate_kind(const char *state);

/* What else helps, to stand behind the message; or "". */
const char *sqlstate_hint(const char *state);

#endif
