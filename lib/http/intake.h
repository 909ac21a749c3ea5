/*
 * intake.h - a request taken apart: its query and its body as JSON, or why it
 * can't be taken.  For a request that came just now, and for one that was kept
 * as it came (replay, spool).  Pure.
 */
#ifndef HTTP_INTAKE_H
#define HTTP_INTAKE_H

#include "base/mem.h"

#include <json-c/json_object.h>
#include <stddef.h>

/* As it came; borrowed. */
struct intake_request {
	const char *method, *query, *content_type; /* "" when absent */
	struct json_object *headers; /* {"lower-case-name":"value"} */
	const char *body;
	size_t body_len;
};

/* Everything belongs to the pool. */
struct intake {
	struct json_object *query;   /* an object */
	struct json_object *payload; /* the body decoded; NULL: null or none */
	int refused_status;	     /* 0, or 400, 413, 415 */
	const char *refused_why;
};

/* Take `rq` apart into *out. */
void intake_read(struct mem *m, const struct intake_request *rq,
		 struct intake *out);

/* The first reason counts. */
void intake_refuse(struct intake *in, int status, const char *why);

#endif
