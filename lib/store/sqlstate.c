/*
 * sqlstate.c - what PostgreSQL's five characters say of a failure; the one
 * place that knows.  See sqlstate.h.
 */
#include "config.h"

#include "store/sqlstate.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

enum err_kind
sqlstate_kind(const char *state)
{
	static const struct {
		const char *prefix;
		enum err_kind kind;
	} rows[] = {
		{ "08", ERR_TEMP },    { SQLSTATE_READ_ONLY, ERR_TEMP },
		{ "26000", ERR_TEMP }, { "3D000", ERR_TEMP },
		{ "3F000", ERR_TEMP }, { "40", ERR_TEMP },
		{ "42501", ERR_PERM }, { "42883", ERR_TEMP },
		{ "42P01", ERR_TEMP }, { "42P05", ERR_TEMP },
		{ "53", ERR_TEMP },    { "55P03", ERR_TEMP },
		{ "57", ERR_TEMP },    { "58", ERR_TEMP },
		{ "22", ERR_INPUT },   { "23", ERR_INPUT },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(state, rows[i].prefix, strlen(rows[i].prefix)) == 0)
			return rows[i].kind;
	return ERR_BUG;
}

/* A statement that another client prepared, or that is not there: a pooler
 * that hands connections round knows nothing of prepared statements. */
const char *
sqlstate_hint(const char *state)
{
	if (strcmp(state, "42P05") == 0 || strcmp(state, "26000") == 0)
		return "; behind pgbouncer set prepared_statements = no";
	return "";
}
