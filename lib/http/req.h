/*
 * req.h - one HTTP request, whichever server calls.  Made by req_cgi.c
 * (environment and stdin) or req_fcgi.c (libfcgi; the only file that includes
 * it); which of the two, FCGX_IsCGI() tells.  Everything lives in the
 * request's pool.
 */
#ifndef HTTP_REQ_H
#define HTTP_REQ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>

struct req_header {
	const char *name; /* lower-case, with dashes: "content-type" */
	const char *value;
};

struct req {
	struct mem *mem;	  /* emptied by req_finish */
	const char *method;	  /* "POST" */
	const char *path;	  /* decoded path of the URL, without query */
	const char *query;	  /* raw query string, "" when none */
	const char *content_type; /* "" when none */
	const char *remote_addr;  /* "" when unknown (called from a shell) */
	int is_https;
	struct req_header *headers;
	size_t n_headers;
	long long content_length; /* what was promised; -1: nothing */
	struct buf body;	  /* what came, after req_read_body */
	void *server;		  /* the maker's own */
};

/*
 * Wait for the next request.  Returns 1 with `rq` filled, 0 when there are no
 * more (CGI answered its one, the server closed the socket, SIGTERM came).
 * rq->mem must exist.
 */
int req_accept(struct req *rq);

/*
 * Read the body.  Returns 0; -1 with ERR_INPUT when fewer bytes came than
 * were promised or the stream broke; 1 when it is longer than `max` (nothing
 * is kept then).
 */
MUSTUSE int req_read_body(struct req *rq, size_t max, struct err *e);

/*
 * Send status, headers and body, and end the request.  `headers` is a string
 * of complete "Name: value\r\n" lines; Content-Length is added, and to HEAD
 * the body is not sent.  Returns 0, or -1 when the other side has gone.
 */
int req_reply(struct req *rq, int status, const char *headers, const void *body,
	      size_t len);

/*
 * The same in pieces, for what is too long to be made at once: begin, send as
 * often as it takes, req_finish.  No length is told.  0, or -1 when the other
 * side has gone.
 */
int req_begin(struct req *rq, int status, const char *headers);
int req_send(struct req *rq, const void *bytes, size_t len);

/* Empty the pool and make ready for the next. */
void req_finish(struct req *rq);

/*
 * Several threads are going to take requests: each calls req_accept with a
 * struct req of its own.  Call it once, before they start.  -1 with *e set.
 */
MUSTUSE int req_threads(struct err *e);

/* Can more than one request come to this process, which fd 0 tells? */
int req_is_fastcgi(void);

/*
 * From now on req_accept returns 0 (called by the SIGTERM handler).  Under
 * FastCGI stop signals reach the program only between requests.
 */
void req_stop(void);

/* The header `name` (lower-case), or NULL. */
const char *req_header(const struct req *rq, const char *name);

/* All headers as {"name":"value"}, owned by the pool. */
struct json_object *req_headers_json(const struct req *rq);

/* Came it by https, or from this very machine?  Then nobody on the way saw its
 * URL. */
int req_is_private(const struct req *rq);

#endif
