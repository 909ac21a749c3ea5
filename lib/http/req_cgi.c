/*
 * req_cgi.c - the request of a plain CGI process: variables from the
 * environment, the body from stdin, the answer to stdout; there is one.
 */
#include "config.h"

#include "http/req_server.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/banned.h"

extern char **environ;

struct cgi {
	long long left; /* bytes of the body that may still come */
	int has_length;
};

static int
cgi_accept(struct req *rq, char ***env)
{
	static char *no_variables[] = { NULL };
	static int answered;

	if (answered)
		return 0;
	answered = 1;
	signal(SIGPIPE, SIG_IGN);
	rq->server = mem_alloc(rq->mem, sizeof(struct cgi));
	*env = environ != NULL ? environ : no_variables;
	return 1;
}

/* stdin need not end after the body, so the promise says where to stop. */
static long
cgi_read(struct req *rq, void *bytes, size_t len)
{
	struct cgi *cgi = rq->server;
	ssize_t n;

	if (!cgi->has_length) {
		cgi->has_length = 1;
		cgi->left = rq->content_length;
	}
	if (cgi->left <= 0)
		return 0;
	if ((unsigned long long)cgi->left < len)
		len = (size_t)cgi->left;
	do
		n = read(STDIN_FILENO, bytes, len);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		cgi->left -= n;
	return n;
}

static int
cgi_write(struct req *rq, const void *bytes, size_t len)
{
	const char *from = bytes;

	(void)rq;
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, from, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The end of the process ends the answer. */
static int
cgi_finish(struct req *rq)
{
	(void)rq;
	return 0;
}

const struct req_server req_cgi = {
	.accept = cgi_accept,
	.read = cgi_read,
	.write = cgi_write,
	.finish = cgi_finish,
};
