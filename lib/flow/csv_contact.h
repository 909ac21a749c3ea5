/*
 * csv_contact.h - contacts as lines of a CSV file: which column is which field,
 * and what a line says, by the same mapping as a webhook (map.h).  Pure: what
 * becomes of a line is the database's business.
 */
#ifndef FLOW_CSV_CONTACT_H
#define FLOW_CSV_CONTACT_H

#include "flow/csv.h"
#include "flow/map.h"

#include <json-c/json_object.h>

/* What the columns of a file are; lives in the pool. */
struct csv_columns {
	const char **header;
	size_t n;
	struct json_object *rules;   /* as map_apply takes them */
	const char **target;	     /* "FIELD", "custom.KEY", NULL */
	struct json_object *ignored; /* headers of columns that are no field */
};

/* One line. */
struct csv_contact {
	struct mapped mapped;
	/* NULL: the line says nothing of it */
	struct json_object *tags, *do_not_contact; /* lists */
	const char *unsubscribed_at;		   /* a date */
};

/*
 * Read the header line.  A header is a field by its name or a usual other one
 * ("E-mail", "First Name", "Zip"), whatever its case; custom.KEY is a custom
 * field, tags and
 * do_not_contact are lists, unsubscribed_at is a date.  Of two columns for one
 * field the first counts.  `map`
 * ("HEADER=FIELD,...", or NULL) goes before: a FIELD of nothing ignores the
 * column.  -1 with ERR_INPUT: no column identifies, or `map` is faulty.
 */
MUSTUSE int csv_columns(struct mem *m, const struct csv_record *head,
			const char *map, struct csv_columns *out,
			struct err *e);

/*
 * The same, where somebody told what each column is: a list of "FIELD",
 * "custom.KEY" or "", as far as it goes.  -1 with ERR_INPUT: no column
 * identifies, two are the same field, or there is no such field.
 */
MUSTUSE int csv_columns_told(struct mem *m, const struct csv_record *head,
			     struct json_object *targets,
			     struct csv_columns *out, struct err *e);

/*
 * Guess what each column is, for somebody to look at: by its header, also the
 * key or label of a custom field (`fields`: [{"key","label"}]), else by what
 * the `n` lines of `sample` hold there, where that looks like an address or a
 * number.  target is NULL where nothing is guessed; rules are not made.
 */
void csv_columns_guess(struct mem *m, const struct csv_record *head,
		       struct json_object *fields,
		       const struct csv_record *sample, size_t n,
		       const char *country, struct csv_columns *out);

/* A key for a new custom field that holds this column: "Shoe size" is
 * shoe_size.  NULL: nothing of the header fits. */
const char *csv_custom_key(struct mem *m, const char *header);

/*
 * What a line says.  A value that does not fit is among mapped.invalid, its
 * path the column's header.  -1 with ERR_INPUT: it can't be taken at all.
 */
MUSTUSE int csv_contact_read(const struct csv_columns *c,
			     const struct csv_record *r, const char *country,
			     struct json_object *custom_types, struct mem *m,
			     struct csv_contact *out, struct err *e);

/* Append the header line of an export, and the line of one contact as
 * contact_export (store/contact.h) has it.  `keys`: {"custom key": ...} */
void csv_contact_head(struct buf *out, struct json_object *keys);
void csv_contact_add(struct buf *out, struct json_object *contact,
		     struct json_object *keys);

#endif
