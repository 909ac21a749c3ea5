/*
 * column.c - columns of a result that outlive it.  See column.h.
 */
#include "config.h"

#include "store/column.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

/* Documents nest: a template's own depth lies inside the document's. */
#define STORED_DEPTH (2 * JSON_MAX_DEPTH)

const char *
column_text(const struct db_result *r, int row, int col, struct mem *m)
{
	const char *s = db_text(r, row, col);

	return s != NULL ? mem_strdup(m, s) : NULL;
}

int
column_json(const struct db_result *r, int row, int col, struct mem *m,
	    struct json_object **out, struct err *e)
{
	const char *text = db_text(r, row, col);

	*out = NULL;
	if (text == NULL)
		return 0;
	if (json_read(text, strlen(text), STORED_DEPTH, out, e) == -1)
		return err_context(e, "column %s", db_column_name(r, col));
	json_pool(m, *out);
	return 0;
}
