/*
 * deliver.h - a request at /hooks/TOKEN, from the HTTP side: read it, hand it
 * to engine/receive.h as plain data, answer.
 */
#ifndef FCGI_DELIVER_H
#define FCGI_DELIVER_H

#include "house.h"

/* Answer a request at /hooks/`rest` (TOKEN, or TOKEN/deliveries/ID); NULL for
 * any other path: what is not here is not here in the same words
 * everywhere. */
void deliver(struct house *h, struct req *rq, const char *rest);

/* Answer with a problem document (RFC 9457); `headers` are complete lines or
 * "". */
void reply_problem(struct req *rq, int status, const char *headers,
		   const char *detail, struct json_object *errors);

#endif
