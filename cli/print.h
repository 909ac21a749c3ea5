/*
 * print.h - JSON values on the standard output: as JSON for programs, as a
 * table or a list of fields for people.  Times are shown in the zone of the
 * one who reads, with its name; nothing that a sender wrote reaches the
 * terminal as a control character.
 */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <json-c/json_object.h>
#include <stddef.h>

/* One JSON value and a line break. */
void print_json(struct json_object *value);

/*
 * A table of a list of objects.  `columns` names their members in order,
 * separated by blanks; "KEY=TITLE" gives a column a title of its own, "A|B"
 * shows B where A is null, a "+" at its end shows all of a long text.  `none`
 * is said when the list is empty.
 */
void print_table(struct json_object *list, const char *columns,
		 const char *none);

/* The members that `keys` names (as above), a line each; those that are
 * absent, null or empty are left out. */
void print_fields(struct json_object *o, const char *keys);

/* Text of somebody else, as it is but for what a terminal would obey. */
void print_text(const char *text, size_t len);

#endif
