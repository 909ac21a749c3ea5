/*
 * hook.c - hook.fcgi, the public program: /hooks/TOKEN takes deliveries,
 * /u/TOKEN unsubscribes a contact, /healthz says that the process lives.
 * Spawned by the web server as FastCGI or run as plain CGI.  It takes one
 * request at a time; with --threads, which is for a web server that hands one
 * process many requests, as many at once.
 */
#include "config.h"

#include "deliver.h"

#include "base/log.h"
#include "stop.h"
#include "unsubscribe.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/banned.h"

#define LARGE_BODY (64 * 1024)
#define THREADS_MAX 256
#define STACK_BYTES (256 * 1024)

static void
reply_health(struct req *rq)
{
	static const char body[] = "{\"status\":\"ok\"}\n";

	if (strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0) {
		reply_problem(rq, 405, "Allow: GET, HEAD\r\n",
			      "/healthz is only for reading", NULL);
		return;
	}
	req_reply(rq, 200, "Content-Type: application/json\r\n", body,
		  sizeof(body) - 1);
}

/* What follows `room` in a path, wherever the site is mounted; or NULL. */
static const char *
behind(const char *path, const char *room)
{
	const char *p = strstr(path, room);

	return p != NULL ? p + strlen(room) : NULL;
}

static int
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

static void
route(struct house *h, struct req *rq)
{
	const char *token = behind(rq->path, "/hooks/");
	const char *contact = token == NULL ? behind(rq->path, "/u/") : NULL;

	if (contact != NULL)
		unsubscribe(h, rq, contact);
	else if (token == NULL && ends_with(rq->path, "/healthz"))
		reply_health(rq);
	else
		deliver(h, rq, token);
}

/* A large body becomes many small objects; what they leave free is given
 * back, so that a process stays small between the rare large ones. */
static void
finish(struct req *rq)
{
	int was_large = rq->body.len > LARGE_BODY;

	req_finish(rq);
	if (was_large)
		malloc_trim(0);
}

/* Requests, until there are no more. */
static void *
serve(void *house)
{
	struct req rq = { .mem = mem_new() };

	while (req_accept(&rq)) {
		route(house, &rq);
		finish(&rq);
	}
	mem_free(rq.mem);
	return NULL;
}

static void
serve_with_threads(struct house *h, int n)
{
	pthread_t threads[THREADS_MAX];
	pthread_attr_t attr;
	int i, started = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[started], &attr, serve, h) == 0)
			started++;
	pthread_attr_destroy(&attr);
	if (started < n)
		log_warn("only %d of %d threads could be started", started, n);
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* --threads N, or 1 thread. */
static int
read_options(int argc, char **argv, int *n_threads, struct err *e)
{
	char *end;
	long n = 1;

	if (argc == 3 && strcmp(argv[1], "--threads") == 0) {
		n = strtol(argv[2], &end, 10);
		if (*end != '\0' || n < 1 || n > THREADS_MAX)
			return err_set(e, ERR_INPUT,
				       "--threads takes a number from 1 to "
				       "%d, not \"%.20s\"",
				       THREADS_MAX, argv[2]);
	} else if (argc != 1) {
		return err_set(e, ERR_INPUT,
			       "usage: hook.fcgi [--threads NUMBER]");
	}
	*n_threads = req_is_fastcgi() ? (int)n : 1;
	return 0;
}

/* Made when it is needed it would be late to learn that it can't be. */
static void
look_at_spool(struct house *h)
{
	struct err e = ERR_INIT;

	if (req_is_fastcgi() && spool_check(h->spool, 1, &e) == -1)
		log_warn("no spool for the time when the database is away: %s",
			 e.text);
}

static int
read_proxies(struct house *h, struct err *e)
{
	int n = cidr_parse_list(h->conf.trusted_proxies, h->proxies,
				PROXIES_MAX, e);

	if (n == -1)
		return err_context(e, "trusted_proxies");
	h->n_proxies = (size_t)n;
	return 0;
}

static int
open_house(struct house *h, int n_threads, struct err *e)
{
	if (conf_load(&h->conf, conf_find(NULL), e) == -1)
		return -1;
	log_open("hook.fcgi", h->conf.log_target, h->conf.log_level);
	if (secrets_load(&h->secrets, h->conf.secret_file, e) == -1 ||
	    (n_threads > 1 && req_threads(e) == -1) || read_proxies(h, e) == -1)
		return -1;
	limits_open(&h->limits, &h->conf);
	h->desk = desk_new(&h->conf, &h->secrets, n_threads, e);
	if (h->desk == NULL)
		return -1;
	h->spool = spool_new(&h->conf, &h->secrets);
	look_at_spool(h);
	return 0;
}

int
main(int argc, char **argv)
{
	struct house h;
	struct err e = ERR_INIT;
	int n_threads = 1;

	stop_on_sigterm();
	if (read_options(argc, argv, &n_threads, &e) == -1 ||
	    open_house(&h, n_threads, &e) == -1) {
		log_error("hook.fcgi does not start: %s", e.text);
		return EX_CONFIG;
	}
	if (n_threads > 1)
		serve_with_threads(&h, n_threads);
	else
		serve(&h);
	desk_free(h.desk);
	spool_free(h.spool);
	limits_close(&h.limits);
	return EXIT_SUCCESS;
}
