/*
 * builder.c - builder.fcgi, the people's door: serves the pages of web/.
 * Spawned by the web server as FastCGI, or run as plain CGI.  There is no
 * login yet, so a page tells nothing that a stranger may not know.
 */
#include "config.h"

#include "base/conf.h"
#include "base/log.h"
#include "engine/connect.h"
#include "http/req.h"
#include "stop.h"
#include "store/db.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/banned.h"

#define DEADLINE_MS 4000

#define SECURITY_HEADERS                                                  \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; " \
	"img-src 'self'; base-uri 'none'; form-action 'self'; "           \
	"frame-ancestors 'none'\r\n"                                      \
	"X-Content-Type-Options: nosniff\r\n"                             \
	"Referrer-Policy: no-referrer\r\n"

static int
is_method(const struct req *rq, const char *method)
{
	return strcmp(rq->method, method) == 0;
}

static void
refuse(struct page *p, int status, const char *why)
{
	p->status = status;
	p->type = "text/plain; charset=utf-8";
	buf_adds(&p->body, why);
}

static void
answer(const struct conf *c, struct db *db, struct req *rq)
{
	const char *path = rq->path[0] == '/' ? rq->path + 1 : rq->path;
	struct page p = { .mem = rq->mem, .db = db, .root = "/" };

	buf_init(&p.body);
	if (c->require_https && !req_is_private(rq))
		refuse(&p, 403,
		       "Use https: plain HTTP would show these pages to "
		       "everybody on the way.\n");
	else if (is_method(rq, "GET") || is_method(rq, "HEAD"))
		web_get(&p, path);
	else
		refuse(&p, 405, "Pages are only for reading.\n");
	req_reply(rq, p.status,
		  mem_printf(rq->mem, "Content-Type: %s\r\n%s%s", p.type,
			     p.status == 405 ? "Allow: GET, HEAD\r\n" : "",
			     SECURITY_HEADERS),
		  p.body.s, is_method(rq, "HEAD") ? 0 : p.body.len);
	buf_free(&p.body);
}

int
main(void)
{
	struct conf conf;
	struct req rq;
	struct err e = ERR_INIT;
	struct db *db;

	stop_on_sigterm();
	if (conf_load(&conf, conf_find(NULL), &e) == -1 ||
	    (db = engine_db(&conf, "hookline:builder", DEADLINE_MS, &e)) ==
		    NULL) {
		log_error("builder.fcgi does not start: %s", e.text);
		return EX_CONFIG;
	}
	log_open("builder.fcgi", conf.log_target, conf.log_level);
	memset(&rq, 0, sizeof(rq));
	rq.mem = mem_new();
	while (req_accept(&rq)) {
		answer(&conf, db, &rq);
		req_finish(&rq);
	}
	mem_free(rq.mem);
	db_free(db);
	return EXIT_SUCCESS;
}
