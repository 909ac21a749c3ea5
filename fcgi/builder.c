/*
 * builder.c - builder.fcgi, the people's door: takes requests apart for the
 * pages of web/, and sends what they make.  Spawned by the web server as
 * FastCGI, or run as plain CGI.
 */
#include "config.h"

#include "base/clock.h"
#include "base/conf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/token.h"
#include "engine/connect.h"
#include "http/decode.h"
#include "http/req.h"
#include "stop.h"
#include "store/db.h"
#include "web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/banned.h"

#define DEADLINE_MS 10000
#define FILE_MAX (16 * 1024 * 1024) /* a list of contacts may be long */
#define FORM_MAX (2 * 1024 * 1024)  /* a step may hold a long message */
#define LOGIN_MAX (16 * 1024)	    /* strangers have an address and a word */

#define SECURITY_HEADERS                                                   \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; " \
	"style-src 'self'%s; img-src 'self' data:; connect-src 'self'; "   \
	"frame-src 'self'; base-uri 'none'; form-action 'self'; "          \
	"frame-ancestors 'none'\r\n"                                       \
	"X-Content-Type-Options: nosniff\r\n"                              \
	"Referrer-Policy: same-origin\r\n"                                 \
	"Cross-Origin-Opener-Policy: same-origin\r\n"

struct builder {
	struct conf conf;
	struct secrets secrets;
	struct db *db;
};

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

static const char *
header_or_empty(const struct req *rq, const char *name)
{
	const char *value = req_header(rq, name);

	return value != NULL ? value : "";
}

/* What a form with files brought; the bytes get their NUL. */
static int
read_files(struct page *p, struct req *rq, struct err *e)
{
	struct decode_file *files;
	struct upload *uploads;
	size_t i, n;

	if (decode_files(p->mem, rq->content_type, rq->body.s, rq->body.len,
			 &p->form, &files, &n, e) != DECODE_OK)
		return -1;
	uploads = mem_alloc(p->mem, (n + 1) * sizeof(*uploads));
	for (i = 0; i < n; i++)
		uploads[i] =
			(struct upload){ files[i].name, files[i].filename,
					 mem_strndup(p->mem, files[i].bytes,
						     files[i].len),
					 files[i].len };
	p->uploads = uploads;
	p->n_uploads = n;
	return 0;
}

/* How long a form may be: files only where files are taken. */
static size_t
form_max(const struct page *p)
{
	if (strstr(p->cookies, "hookline_session=") == NULL)
		return LOGIN_MAX;
	if (strcmp(p->path, "contacts/import") == 0)
		return FILE_MAX;
	return FORM_MAX;
}

static int
is_form(const struct req *rq)
{
	return strncasecmp(rq->content_type,
			   "application/x-www-form-urlencoded", 33) == 0 ||
	       strncasecmp(rq->content_type, "multipart/form-data", 19) == 0;
}

/* The body as p->form.  -1 with the answer made. */
static int
read_form(struct page *p, struct req *rq)
{
	struct err e = ERR_INIT;
	int rc = req_read_body(rq, form_max(p), &e);

	if (rc == 1) {
		refuse(p, 413, "This is longer than this page takes.\n");
		return -1;
	}
	if (rc == 0 && rq->body.len > 0 && !is_form(rq)) {
		refuse(p, 415, "Pages take forms.\n");
		return -1;
	}
	if (rc == -1 || (rq->body.len > 0 && read_files(p, rq, &e) == -1)) {
		refuse(p, 400, "The form could not be read.\n");
		return -1;
	}
	return 0;
}

static int
read_request(struct page *p, struct req *rq)
{
	struct err e = ERR_INIT;

	p->method = is_method(rq, "HEAD") ? "GET" : rq->method;
	/* "" was no path that can be read: no page is called so. */
	p->path = rq->path[0] == '/' ? rq->path + 1 : "?";
	p->raw_query = rq->query;
	p->cookies = header_or_empty(rq, "cookie");
	p->sent_from = header_or_empty(rq, "sec-fetch-site");
	p->origin = header_or_empty(rq, "origin");
	p->host = header_or_empty(rq, "host");
	p->remote_addr = rq->remote_addr;
	p->is_https = rq->is_https;
	p->is_partial = req_header(rq, "hx-request") != NULL;
	p->form = json_pool(p->mem, json_object_new_object());
	if (decode_form(p->mem, rq->query, strlen(rq->query), &p->query, &e) ==
	    -1) {
		refuse(p, 400, "The address could not be read.\n");
		return -1;
	}
	return is_method(rq, "POST") ? read_form(p, rq) : 0;
}

static void
make_page(struct builder *b, struct page *p, struct req *rq)
{
	if (b->conf.require_https && !req_is_private(rq))
		refuse(p, 403,
		       "Use https: plain HTTP would show these pages to "
		       "everybody on the way.\n");
	else if (!is_method(rq, "GET") && !is_method(rq, "HEAD") &&
		 !is_method(rq, "POST")) {
		refuse(p, 405, "Pages are for GET, HEAD and POST.\n");
		buf_adds(&p->headers, "Allow: GET, HEAD, POST\r\n");
	} else if (read_request(p, rq) == 0)
		web_answer(p);
}

/* A frame has its page's policy, and mails bring their styles in the text. */
static const char *
security_headers(struct page *p)
{
	return mem_printf(p->mem, SECURITY_HEADERS,
			  p->shows_mail ? " 'unsafe-inline'" : "");
}

/* What is too long to be made at once; each piece has a deadline of its own. */
static void
send_pieces(struct page *p, struct req *rq, const char *headers)
{
	int goes_on = req_begin(rq, p->status, headers) == 0;

	while (goes_on) {
		goes_on = req_send(rq, p->body.s, p->body.len) == 0 &&
			  strcmp(rq->method, "HEAD") != 0;
		if (!goes_on)
			break;
		buf_reset(&p->body);
		db_restart_clock(p->db);
		if (!p->more(p)) {
			req_send(rq, p->body.s, p->body.len);
			break;
		}
	}
}

static void
answer(struct builder *b, struct req *rq)
{
	const char *headers;

	struct page p = { .mem = rq->mem,
			  .db = b->db,
			  .conf = &b->conf,
			  .secrets = &b->secrets,
			  .root = "/",
			  .began_us = clock_us() };

	buf_init(&p.body);
	buf_init(&p.headers);
	db_restart_clock(b->db);
	make_page(b, &p, rq);
	if (strstr(p.headers.s, "Cache-Control:") == NULL)
		buf_adds(&p.headers, "Cache-Control: no-store\r\n");
	headers = mem_printf(rq->mem, "Content-Type: %s\r\n%s%s", p.type,
			     p.headers.s, security_headers(&p));
	if (p.more != NULL)
		send_pieces(&p, rq, headers);
	else
		req_reply(rq, p.status, headers, p.body.s,
			  is_method(rq, "HEAD") ? 0 : p.body.len);
	buf_free(&p.body);
	buf_free(&p.headers);
}

static int
start(struct builder *b, struct err *e)
{
	if (conf_load(&b->conf, conf_find(NULL), e) == -1 ||
	    secrets_load(&b->secrets, b->conf.secret_file, e) == -1)
		return -1;
	b->db = engine_db(&b->conf, "hookline:builder", DEADLINE_MS, e);
	return b->db != NULL ? 0 : -1;
}

int
main(void)
{
	struct builder b;
	struct req rq;
	struct err e = ERR_INIT;

	stop_on_sigterm();
	if (start(&b, &e) == -1) {
		log_error("builder.fcgi does not start: %s", e.text);
		return EX_CONFIG;
	}
	log_open("builder.fcgi", b.conf.log_target, b.conf.log_level);
	memset(&rq, 0, sizeof(rq));
	rq.mem = mem_new();
	while (req_accept(&rq)) {
		answer(&b, &rq);
		req_finish(&rq);
	}
	mem_free(rq.mem);
	db_free(b.db);
	return EXIT_SUCCESS;
}
