/*
 * mapping.h - the mapping page of a workflow, in parts: the rows that it shows
 * (mapping_rows.c), their table (mapping_table.c), what a form makes of the
 * rules (mapping_read.c), and what would come of it (mapping_preview.c).
 */
#ifndef WEB_MAPPING_H
#define WEB_MAPPING_H

#include "draft.h"
#include "flow/map.h"
#include "sampled.h"

/* A place of the sample, a rule, or both. */
struct map_row {
	const char *path; /* "" of a constant */
	struct json_object
		*value; /* what the sample has there; NULL: nothing */
	const struct place *place; /* NULL: no place of the sample */
	int rule;		   /* its index; -1: nothing is mapped */
	struct json_object *json;  /* the rule */
	const char *suggested;	   /* a "to" that fits; NULL: none */
	const char *label;	   /* what a person would call it */
	const char *fault;	   /* of the rule, or of the value for it */
	enum {
		ROW_PLACE,
		ROW_IN_LIST,
		ROW_HEADER,
		ROW_OTHER /* a rule that the sample has no place for */
	} kind;
};

struct mapping {
	struct draft d;
	struct sampled s;
	struct json_object *rules;  /* the draft's list; NULL: none */
	struct json_object *fields; /* field_list */
	struct json_object *types;  /* contact_custom_types */
	struct map_row *rows;
	size_t n_rows;
	size_t n_suggested;
};

/* What a mapping page needs but the rows; -1 with the page made. */
MUSTUSE int mapping_load(struct page *p, struct mapping *mp);

/* Make the rows, of mp->rules as they are now. */
void mapping_rows(struct page *p, struct mapping *mp);

/* "E-mail" of contact.email, and the like; the text itself where it means
 * nothing known. */
const char *mapping_to_words(struct page *p, struct json_object *fields,
			     const char *to);

void mapping_table(struct page *p, struct mapping *mp);

/*
 * The rules as the form wants them, into the draft's trigger.  With `may_add`
 * the custom fields that it names anew are made; *said, when it is not NULL,
 * tells of them.  -1 with the page made.
 */
MUSTUSE int mapping_read(struct page *p, struct mapping *mp, int may_add,
			 const char **said);

/* What the sample would do with the draft. */
void mapping_preview(struct page *p, struct mapping *mp);

#endif
