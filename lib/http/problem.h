/*
 * problem.h - error answers as application/problem+json (RFC 9457).
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "base/buf.h"

#include <json-c/json_object.h>

/* The reason phrase of a status: "Not Found". */
const char *http_reason(int status);

/*
 * Append {"type","title","status","detail"} and, when not NULL, "errors"
 * (borrowed: a list of {"path","detail"}).
 */
void problem_write(struct buf *out, int status, const char *detail,
		   struct json_object *errors);

#endif
