/*
 * import.h - a list of contacts is taken in at once: each line through the same
 * mapping and the same matching as a delivery, but no run begins.  Takes plain
 * text: whoever calls has read the file.
 */
#ifndef ENGINE_IMPORT_H
#define ENGINE_IMPORT_H

#include "base/err.h"
#include "base/mem.h"
#include "flow/csv.h"

#include <json-c/json_object.h>
#include <stddef.h>
#include <stdint.h>

struct db;

struct import {
	const char *account_id, *country;
	const char *map; /* "HEADER=FIELD,...", or NULL (flow/csv_contact.h) */
	int is_dry_run;	 /* do all of it, and take it back */
	int has_rows;	 /* the report has "rows" too, for few lines:
			  * [{"line","status","contact","tags"}] */
};

/*
 * Take in the contacts of a CSV text.  Some hundred lines are one commit, so
 * what was taken in when it fails stays, and the whole can be taken in again.
 * *report, from the pool: {"lines","created","updated","unchanged","skipped",
 * "problems":[{"line","status":"skipped|noted","reason"}],"ignored":[HEADER],
 * "dry_run"}.
 */
MUSTUSE int import_csv(struct db *db, const struct import *im, const char *text,
		       size_t len, struct mem *m, struct json_object **report,
		       struct err *e);

/* No line is longer, where a file is read in pieces. */
#define IMPORT_LINE_MAX (128 << 10)

/* The beginning of a file: what its columns are. */
struct import_head {
	struct csv_record names; /* the first line */
	size_t len;		 /* bytes up to the second line */
	size_t line;		 /* which is this one */
	char separator;
};

/* Read the first line of `text`.  -1 with ERR_INPUT. */
MUSTUSE int import_head(const char *text, size_t len, struct mem *m,
			struct import_head *out, struct err *e);

/* A piece of a file; the caller fills the upper part. */
struct import_piece {
	const struct import_head *head;
	struct json_object *targets; /* flow/csv_contact.h: csv_columns_told */
	const char *text;	     /* whole lines, but for the last one */
	size_t len;
	size_t line;	   /* of text[0] */
	int is_last;	   /* nothing follows it: its last line is whole too */
	size_t most_lines; /* 0: as many as there are */
	int64_t until_ms;  /* of the monotonic clock; some hundred lines are
			    * taken in all the same.  0: as long as it takes */
	size_t read;	   /* so many bytes were taken in */
	size_t next_line;  /* the line behind them */
};

/* Take in a piece, as import_csv does. */
MUSTUSE int import_piece(struct db *db, const struct import *im,
			 struct import_piece *p, struct mem *m,
			 struct json_object **report, struct err *e);

#endif
