/*
 * shape.h - what an object of the workflow document looks like, as a table: a
 * row per member.  The checks name every fault with its JSON Pointer.  It
 * knows forms (a template, a condition, a duration...), not steps: those are
 * rows of plan_kinds.c.
 */
#ifndef FLOW_SHAPE_H
#define FLOW_SHAPE_H

#include "flow/faults.h"

#include <json-c/json_object.h>

/* One check of one document. */
struct checking {
	struct faults *f;
	struct json_object *ids; /* step id -> pointer of its step */
	size_t n_steps;
	int depth; /* of lists of steps */
};

struct member;

/* Is `v` (NULL is JSON's null), found at `pointer`, what `row` wants? */
#define FORM(name)                                                     \
	void form_##name(struct checking *c, const struct member *row, \
			 struct json_object *v, const char *pointer)

struct member {
	const char *name;
	void (*form)(struct checking *, const struct member *,
		     struct json_object *, const char *);
	int is_required;
	const char *one_of; /* "a|b|c" */
	const struct shape *shape;
	int min, max; /* characters of a text, bounds of a number */
};

/* Rows: MUST("to", template), MAY("mode", one_of, .one_of = "a|b"). */
#define MUST(member_name, member_form, ...)                      \
	{                                                        \
		.name = member_name, .form = form_##member_form, \
		.is_required = 1, __VA_ARGS__                    \
	}
#define MAY(member_name, member_form, ...)                                   \
	{                                                                    \
		.name = member_name, .form = form_##member_form, __VA_ARGS__ \
	}

struct shape {
	const char *what; /* "a send_email step", in sentences */
	const struct member *members;
	const struct shape *base; /* whose members it has as well */
	/* what rows can't say, e.g. one of two; may be NULL */
	void (*also)(struct checking *, struct json_object *,
		     const char *pointer);
};

/* Is `o` an object of this shape? */
void shape_check(struct checking *c, const struct shape *shape,
		 struct json_object *o, const char *pointer);

/* The row of member `name`, or NULL. */
const struct member *shape_member(const struct shape *shape, const char *name);

/* The name of `list` (ended by NULL) that `name` was probably meant to be, or
 * NULL. */
const char *shape_nearest(const char *name, const char *const *list);

/* How many of `names` (ended by NULL) are members of `o`. */
int shape_count(struct json_object *o, const char *const *names);

/* "text", "a number", "a list", ... for sentences. */
const char *shape_kind(struct json_object *v);

/* Add "expected WHAT, found a list" and the like. */
void shape_expected(struct checking *c, const char *pointer, const char *what,
		    struct json_object *v);

/* Check `v` as a template; returns its text where that is the same for every
 * run: it is not empty and has no tag.  Else NULL. */
const char *shape_constant(struct checking *c, const struct member *row,
			   struct json_object *v, const char *pointer);

/* May a template's text differ from run to run? */
int shape_has_tag(const char *text);

int shape_has_control(const char *text);

/* How many characters a UTF-8 text has. */
size_t shape_length(const char *text);

/* May this be the name of a custom variable or custom field?  Letters,
 * digits, _ and -, spaces within, anything beyond ASCII; 1 to 100. */
int shape_is_name(const char *name);

FORM(text);	/* no template; min..max characters */
FORM(template); /* text with {{...}}; not empty where required */
FORM(texts);	/* a list of at least one template, none of them blank */
FORM(json);	/* anything; its strings are templates */
FORM(fields);	/* an object of scalars; its strings are templates */
FORM(number);	/* a number or a template that gives one */
FORM(integer);	/* min..max */
FORM(boolean);
FORM(one_of);
FORM(some_of); /* a list of some of one_of, each once */
FORM(object);  /* row->shape */
FORM(condition);
FORM(duration); /* or a template that gives one */
FORM(span);	/* likewise, not negative */
FORM(date);	/* likewise */
FORM(path);
FORM(source_path); /* below body, query, headers or method */
FORM(name);
FORM(field_name);
FORM(timezone);
FORM(email);
FORM(clock); /* "09:00" */

/* What goes to others (form_send.c): templates; without tags it must be what
 * can be sent. */
FORM(url);
FORM(headers); /* an object: field names, templates */
FORM(json_body);
FORM(line);
FORM(address); /* one */
FORM(addresses);
FORM(phone); /* in whichever country */
FORM(unsubscribe);

#endif
