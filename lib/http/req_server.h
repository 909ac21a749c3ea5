/*
 * req_server.h - what a maker of requests does for req.c, as a table.
 * Private to req*.c: everybody else sees req.h.
 */
#ifndef HTTP_REQ_SERVER_H
#define HTTP_REQ_SERVER_H

#include "http/req.h"

struct req_server {
	/*
	 * Wait for a request.  Returns 1 with *env its CGI variables
	 * ("NAME=value", a NULL at the end, valid until finish), or 0 when
	 * there are no more or req_stopping() turned true.
	 */
	int (*accept)(struct req *rq, char ***env);

	/* Some bytes of the body: how many, 0 at its end, -1 when broken. */
	long (*read)(struct req *rq, void *bytes, size_t len);

	/* All bytes of an answer: 0, or -1 when the other side has gone. */
	int (*write)(struct req *rq, const void *bytes, size_t len);

	/*
	 * Take what is left of the body and end the request.  Again: does
	 * nothing.  Returns 0, or -1 when the other side has gone.
	 */
	int (*finish)(struct req *rq);
};

extern const struct req_server req_cgi;
extern const struct req_server req_fcgi;

/* Was this process started as a FastCGI responder (fd 0 listens)? */
int req_fcgi_is_caller(void);

/* Has req_stop been called? */
int req_stopping(void);

/* Readable from then on; -1 when no program asked for it (req_threads). */
int req_stop_fd(void);

#endif
