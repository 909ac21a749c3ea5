/*
 * run_words.h - conditions and steps in words, for people.  Knows the document
 * and what a step's detail holds; nothing of databases.  All texts live in the
 * pool.
 */
#ifndef FRONT_RUN_WORDS_H
#define FRONT_RUN_WORDS_H

#include "base/mem.h"

#include <json-c/json_object.h>

/* A condition: "contact.email is not empty, and ...". */
const char *words_condition(struct mem *m, struct json_object *cond);

/* A step of a document: "\"hello\" (send_email: Thanks)". */
const char *words_step(struct mem *m, struct json_object *step);

/* A branch of a step that branches: "branch \"Pro\"", or its number. */
const char *words_branch(struct mem *m, struct json_object *branch, int no);

/* What came of an execution of a step, as `hookline run show` lists it; `step`
 * is the document's, or NULL. */
const char *words_outcome(struct mem *m, struct json_object *done,
			  struct json_object *step);

#endif
