/*
 * echo_fcgi.c - a responder that answers with what it was asked, for
 * t_fcgi.sh: the same text whether FastCGI or CGI called.  "/slow" takes its
 * time, "/pid" tells the process, "/big" answers more than a pipe holds,
 * "/unread" leaves the body alone, "/silent" ends without an answer.
 */
#include "config.h"

#include "http/req.h"

#include "base/json.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MAX (1024 * 1024)

static void
on_stop(int signo)
{
	(void)signo;
	req_stop();
}

static void
catch_sigterm(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_stop; /* and no SA_RESTART */
	sigaction(SIGTERM, &sa, NULL);
}

static void
describe(struct req *rq, struct buf *out)
{
	struct err e = ERR_INIT;
	int rc = -2;

	buf_addf(out, "%s %s?%s\ntype=%s addr=%s https=%d length=%lld\n",
		 rq->method, rq->path, rq->query, rq->content_type,
		 rq->remote_addr, rq->is_https, rq->content_length);
	json_write(out, req_headers_json(rq));
	if (strcmp(rq->path, "/unread") != 0)
		rc = req_read_body(rq, MAX, &e);
	buf_addf(out, "\nbody=%d:%zu:", rc, rq->body.len);
	if (rc == 0 && rq->body.len < 100)
		buf_add(out, rq->body.s, rq->body.len);
	buf_addf(out, "\n%s\n", e.text);
}

static void
answer(struct req *rq)
{
	struct buf out = BUF_INIT;

	if (strcmp(rq->path, "/pid") == 0)
		buf_addf(&out, "%ld\n", (long)getpid());
	else
		describe(rq, &out);
	if (strcmp(rq->path, "/slow") == 0)
		for (int i = 0; i < 20; i++)
			usleep(50000); /* a signal may end one of them */
	if (strcmp(rq->path, "/big") == 0)
		for (int i = 0; i < 100000; i++)
			buf_adds(&out, "0123456789\n");
	if (strcmp(rq->path, "/silent") != 0)
		req_reply(rq, 200, "Content-Type: text/plain\r\n", out.s,
			  out.len);
	buf_free(&out);
}

int
main(void)
{
	struct req rq = { .mem = mem_new() };

	catch_sigterm();
	while (req_accept(&rq)) {
		answer(&rq);
		req_finish(&rq);
	}
	mem_free(rq.mem);
	return 0;
}
