/*
 * csv.h - comma separated values as RFC 4180 says, and as spreadsheets write
 * them: with a BOM, with semicolons or tabs, with CRLF, LF or CR.  Strict about
 * quotes, because a lenient reader puts a neighbour's data into a field.  Pure;
 * knows nothing of contacts (csv_contact.h).
 */
#ifndef FLOW_CSV_H
#define FLOW_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>

struct csv {
	const char *at, *end;
	size_t line;	/* of *at, from 1 */
	char separator; /* , ; or tab: the one that the first line has most of
			 */
};

struct csv_record {
	size_t line; /* where it begins */
	const char **field;
	size_t n;
};

/* Begin to read `text`, which is borrowed. */
void csv_begin(struct csv *c, const char *text, size_t len);

/*
 * The next record that is not an empty line: 1, with texts from the pool; 0 at
 * the end; -1 with ERR_INPUT when it is faulty.  Then r->line is set, and the
 * next call goes on behind the line break that follows that line.
 */
MUSTUSE int csv_read(struct csv *c, struct mem *m, struct csv_record *r,
		     struct err *e);

/*
 * Append one field, quoted where it must be; `at` 0 is the first of its record.
 * What a spreadsheet would take for a formula (it begins with = + - @, a tab or
 * a CR, perhaps after apostrophes) gets a leading apostrophe.
 */
void csv_add(struct buf *out, size_t at, const char *text);

/* The end of a record. */
void csv_end(struct buf *out);

/* `text` without the apostrophe that csv_add put before a formula. */
const char *csv_plain(const char *text);

#endif
