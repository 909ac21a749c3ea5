/*
 * net.c - outgoing calls.  See net.h; the only file that includes curl.  HTTP
 * runs in one event loop (curl multi); SMTP, for the reason workers.h tells,
 * in threads that each keep a connection to the relay.  What an end means is
 * net_rule.c.
 *
 * Own queues, and not curl's limits: a transfer that waits inside curl for a
 * free connection wears out its own timeout.
 */
#include "config.h"

#include "act/net.h"

#include "act/address.h"
#include "act/net_rule.h"
#include "act/net_trace.h"
#include "act/workers.h"
#include "base/clock.h"
#include "base/outbound.h"
#include "base/text.h"

#include <curl/curl.h>

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/banned.h"

#define ALLOW_MAX 64
#define HTTP_CONNECT_S 5
#define SMTP_CONNECT_S 30 /* with greeting and login: some relays dawdle */

/* Where a call goes; dest is what per_destination counts. */
struct target {
	const char *host, *dest; /* dest: see net_destination */
};

/* A thread's own: one handle, which keeps the connection to the relay. */
struct smtp_worker {
	CURL *easy;
	int fd; /* the socket opened last, or -1 */
};

/* One call on its way. */
struct flight {
	struct queue_item item; /* first: the queue knows no more */
	struct net *net;
	struct net_call *call;
	struct mem *mem;
	struct target target;
	CURL *easy;		    /* HTTP only: a worker owns SMTP's */
	struct smtp_worker *worker; /* SMTP only */
	struct curl_slist *lines;   /* headers, or recipients */
	struct net_trace trace;
	char fault[CURL_ERROR_SIZE];
};

struct net {
	struct mem *mem;
	CURLM *multi;
	struct workers *workers;
	struct queue queue;
	atomic_int is_stopping;
	long http_timeout_s, smtp_timeout_s;
	struct cidr allow[ALLOW_MAX];
	size_t n_allow;
	struct target relay;
	const char *smtp_url, *smtp_user, *smtp_password, *smtp_ca_file;
	long smtp_use_ssl;
	const char *http_ca_file, *user_agent;
};

/* `s` in the pool; NULL is "". */
static char *
keep(struct mem *m, const char *s)
{
	return mem_strdup(m, s != NULL ? s : "");
}

static const char *
url_part(struct mem *m, CURLU *u, CURLUPart part, unsigned flags)
{
	char *text, *mine;

	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return "";
	mine = mem_strdup(m, text);
	curl_free(text);
	return mine;
}

/* Where `url` leads. */
static int
read_url(struct mem *m, const char *field, const char *url,
	 const struct outbound_urls *kind, struct target *t, struct err *e)
{
	CURLU *u = curl_url();
	CURLUcode code;
	char *dest;
	int rc = -1;

	if (outbound_check_url(url, kind, e) == -1) {
		err_context(e, "%s", field);
		goto out;
	}
	code = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (code != CURLUE_OK) {
		err_set(e, ERR_PERM, "%s: expected %s://HOST/...: %s", field,
			kind->tls, curl_url_strerror(code));
		goto out;
	}
	t->host = url_part(m, u, CURLUPART_HOST, 0);
	dest = mem_printf(m, "%s://%s:%s", url_part(m, u, CURLUPART_SCHEME, 0),
			  t->host,
			  url_part(m, u, CURLUPART_PORT, CURLU_DEFAULT_PORT));
	text_lower(dest);
	t->dest = dest;
	rc = 0;
out:
	curl_url_cleanup(u);
	return rc;
}

static int
set_relay(struct net *n, const struct net_options *o, struct err *e)
{
	const char *tls = o->smtp_tls != NULL ? o->smtp_tls : "required";

	n->smtp_url = keep(n->mem, o->smtp_url);
	n->smtp_user = keep(n->mem, o->smtp_user);
	n->smtp_password = keep(n->mem, o->smtp_password);
	n->smtp_ca_file = keep(n->mem, o->smtp_ca_file);
	if (strcmp(tls, "required") == 0)
		n->smtp_use_ssl = CURLUSESSL_ALL;
	else if (strcmp(tls, "opportunistic") == 0)
		n->smtp_use_ssl = CURLUSESSL_TRY;
	else if (strcmp(tls, "none") == 0)
		n->smtp_use_ssl = CURLUSESSL_NONE;
	else
		return err_set(e, ERR_PERM,
			       "smtp_tls: expected required, opportunistic or "
			       "none, found \"%.40s\"",
			       tls);
	if (*n->smtp_url == '\0')
		return 0;
	return read_url(n->mem, "smtp_url", n->smtp_url, &outbound_relay,
			&n->relay, e);
}

static void *smtp_begin(void);
static void smtp_work(void *state, void *job);
static void smtp_end(void *state);

static const struct workers_kind smtp_workers = { smtp_begin, smtp_work,
						  smtp_end };

struct net *
net_new(const struct net_options *o, struct err *e)
{
	struct net *n = xmalloc(sizeof(*n));
	int count;

	*n = (struct net){ .http_timeout_s = o->http_timeout,
			   .smtp_timeout_s = o->smtp_timeout };
	n->mem = mem_new();
	queue_init(&n->queue, o->max_in_flight, o->per_destination);
	n->user_agent = keep(n->mem, o->user_agent);
	n->http_ca_file = keep(n->mem, o->http_ca_file);
	/* OpenSSL writes to sockets without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	n->multi = curl_multi_init();
	n->workers = workers_new(&smtp_workers, o->per_destination);
	count = cidr_parse_list(o->outbound_allow != NULL ? o->outbound_allow
							  : "",
				n->allow, ALLOW_MAX, e);
	if (count == -1) {
		err_context(e, "outbound_allow");
		goto fail;
	}
	n->n_allow = (size_t)count;
	if (set_relay(n, o, e) == -1)
		goto fail;
	return n;
fail:
	net_free(n);
	return NULL;
}

static void
flight_free(struct flight *f)
{
	if (f->easy != NULL) {
		curl_multi_remove_handle(f->net->multi, f->easy);
		curl_easy_cleanup(f->easy);
	}
	curl_slist_free_all(f->lines);
	mem_free(f->mem);
	free(f);
}

void
net_free(struct net *n)
{
	struct queue_item *i;

	if (n == NULL)
		return;
	n->is_stopping = 1;
	workers_free(n->workers);
	while ((i = queue_take_any(&n->queue)) != NULL)
		flight_free((struct flight *)i);
	queue_destroy(&n->queue);
	curl_multi_cleanup(n->multi);
	curl_global_cleanup();
	mem_free(n->mem);
	free(n);
}

/* What curl calls while a call is on its way */

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct flight *f = arg;
	const struct net *n = f->net;
	int fd;

	(void)purpose;
	/* The relay is the operator's choice; all else is the users'. */
	if (f->call->kind == NET_HTTP &&
	    !address_is_allowed(&a->addr, n->allow, n->n_allow)) {
		address_write(&a->addr, f->trace.blocked);
		return CURL_SOCKET_BAD;
	}
	fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd == -1)
		return CURL_SOCKET_BAD;
	f->trace.n_opened++;
	if (f->worker != NULL)
		f->worker->fd = fd;
	return fd;
}

/* SMTP: curl closes the connection that a worker kept. */
static int
close_socket(void *arg, curl_socket_t fd)
{
	struct smtp_worker *w = arg;

	if (w->fd == fd)
		w->fd = -1;
	return close(fd);
}

/* How far did it get?  Only kinds and lengths are looked at. */
static int
watch(CURL *easy, curl_infotype type, char *bytes, size_t len, void *arg)
{
	struct flight *f = arg;

	(void)easy;
	if (type == CURLINFO_DATA_OUT)
		f->trace.n_sent += len;
	else if (type == CURLINFO_HEADER_OUT)
		net_trace_command(&f->trace, bytes, len);
	return 0;
}

/* SMTP: may it go on?  Without the shutdown, curl would say QUIT and wait. */
static int
watch_stop(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct flight *f = arg;

	(void)a, (void)b, (void)c, (void)d;
	if (f->net->is_stopping && f->worker->fd != -1)
		shutdown(f->worker->fd, SHUT_RDWR);
	return f->net->is_stopping;
}

#define SET(option, value) \
	(bad |= curl_easy_setopt(easy, (option), (value)) != CURLE_OK)

/* Whom to trust: the certificates of a file, or the system's. */
static int
set_trust(CURL *easy, const char *ca_file)
{
	int bad = 0;

	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*ca_file != '\0') {
		SET(CURLOPT_CAINFO, ca_file);
		SET(CURLOPT_CAPATH, NULL); /* the system's, beside it */
	}
	return bad;
}

/* What holds for every call.  Returns whether curl refused any of it. */
static int
set_common(CURL *easy, struct flight *f, const char *protocols, long timeout_s,
	   long connect_s)
{
	int bad = 0;

	SET(CURLOPT_PROTOCOLS_STR, protocols);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PROXY, ""); /* else the environment's defeats the check */
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, f);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* Else the end of a call waits for its resolver, and all others too. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_CONNECTTIMEOUT,
	    timeout_s < connect_s ? timeout_s : connect_s);
	SET(CURLOPT_TIMEOUT, timeout_s);
	SET(CURLOPT_ERRORBUFFER, f->fault);
	SET(CURLOPT_VERBOSE, 1L); /* for watch() */
	SET(CURLOPT_DEBUGFUNCTION, watch);
	SET(CURLOPT_DEBUGDATA, f);
	SET(CURLOPT_PRIVATE, f);
	return bad;
}

static void
add_line(struct flight *f, const char *line)
{
	struct curl_slist *grown = curl_slist_append(f->lines, line);

	if (grown == NULL)
		abort();
	f->lines = grown;
}

static void
add_headers(struct flight *f)
{
	const char *const *h;
	int has_type = 0;

	for (h = f->call->headers; h != NULL && *h != NULL; h++) {
		has_type |= strncasecmp(*h, "Content-Type:", 13) == 0;
		add_line(f, net_has_value(*h)
				    ? *h
				    : mem_printf(f->mem, "%.*s;",
						 (int)strcspn(*h, ":"), *h));
	}
	if (!has_type)
		add_line(f, "Content-Type:"); /* curl: without this one */
	add_line(f, "Expect:");		      /* its wait is a second lost */
}

static int
set_http(CURL *easy, struct flight *f)
{
	const struct net_call *c = f->call;
	int bad, is_head = strcmp(c->method, "HEAD") == 0;
	long is_once = c->is_once || !net_may_repeat(c->method);

	bad = set_common(easy, f, "http,https", f->net->http_timeout_s,
			 HTTP_CONNECT_S);
	bad |= set_trust(easy, f->net->http_ca_file);
	add_headers(f);
	SET(CURLOPT_URL, c->url);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTPHEADER, f->lines);
	SET(CURLOPT_USERAGENT, f->net->user_agent);
	SET(CURLOPT_WRITEFUNCTION, net_take_answer);
	SET(CURLOPT_WRITEDATA, &f->trace);
	SET(CURLOPT_HEADERFUNCTION, net_take_header);
	SET(CURLOPT_HEADERDATA, &f->trace);
	if (net_has_body(c)) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body_len);
		SET(CURLOPT_POSTFIELDS, c->body_len > 0 ? c->body : "");
	}
	SET(CURLOPT_CUSTOMREQUEST, c->method);
	if (is_head)
		SET(CURLOPT_NOBODY, 1L);
	/* When a kept connection turns out dead, curl sends again by itself;
	 * what must not be done twice gets a connection of its own. */
	SET(CURLOPT_FRESH_CONNECT, is_once);
	SET(CURLOPT_FORBID_REUSE, is_once);
	return bad;
}

static int
set_smtp(CURL *easy, struct flight *f)
{
	const struct net *n = f->net;
	const char *const *to;
	int bad;

	bad = set_common(easy, f, "smtp,smtps", n->smtp_timeout_s,
			 SMTP_CONNECT_S);
	bad |= set_trust(easy, n->smtp_ca_file);
	for (to = f->call->rcpt; *to != NULL; to++)
		add_line(f, *to);
	SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	SET(CURLOPT_CLOSESOCKETDATA, f->worker); /* outlives the connection */
	SET(CURLOPT_URL, n->smtp_url);
	SET(CURLOPT_USE_SSL, n->smtp_use_ssl);
	SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, n->smtp_timeout_s);
	if (*n->smtp_user != '\0') {
		SET(CURLOPT_USERNAME, n->smtp_user);
		SET(CURLOPT_PASSWORD, n->smtp_password);
	}
	SET(CURLOPT_MAIL_FROM, f->call->mail_from);
	SET(CURLOPT_MAIL_RCPT, f->lines);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)f->call->body_len);
	SET(CURLOPT_READFUNCTION, net_give_message);
	SET(CURLOPT_READDATA, &f->trace);
	SET(CURLOPT_HEADERFUNCTION, net_take_reply);
	SET(CURLOPT_HEADERDATA, &f->trace);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, watch_stop);
	SET(CURLOPT_XFERINFODATA, f);
	return bad;
}

/* Nothing left the house, and curl has no words for why. */
static void
unsent(struct net_call *c, const char *why)
{
	c->outcome = NET_RETRY;
	c->sign = NET_SIGN_NONE;
	net_say(c, "%s", why);
}

static void
end_unsent(struct flight *f, const char *why)
{
	unsent(f->call, why);
	queue_end(&f->net->queue, &f->item);
}

/* Judge a call that ended.  `c->status` is set where one came. */
static void
judge(struct flight *f, CURL *easy, CURLcode code)
{
	const char *fault = "";
	curl_off_t us = 0;

	curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &us);
	f->call->elapsed_ms = (long)(us / 1000);
	if (code == CURLE_USE_SSL_FAILED)
		fault = "the relay offers no STARTTLS, which smtp_tls = "
			"required demands";
	else if (code != CURLE_OK)
		fault = f->fault[0] != '\0' ? f->fault
					    : curl_easy_strerror(code);
	net_judge(&f->trace, fault);
	/* A name that the resolver's rules forbid, for example. */
	if (code == CURLE_URL_MALFORMAT) {
		f->call->outcome = NET_FAILED;
		f->call->sign = NET_SIGN_NONE;
	}
}

static void
end_http(struct flight *f, CURLcode code)
{
	struct net_call *c = f->call;
	curl_off_t after = 0;
	long status = 0;

	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	c->status = status >= 200 ? (int)status : 0;
	curl_easy_getinfo(f->easy, CURLINFO_RETRY_AFTER, &after);
	c->retry_after_s = after < INT_MAX ? (int)after : INT_MAX;
	if (c->status != 0 && code != CURLE_OK)
		c->answer_is_cut = 1;
	judge(f, f->easy, code);
	queue_end(&f->net->queue, &f->item);
}

static void
end_smtp(struct flight *f, CURL *easy, CURLcode code)
{
	struct net *n = f->net;
	int status = net_reply_code(f->trace.reply);

	if (status >= 400 || net_was_handed_over(&f->trace))
		f->call->status = status;
	judge(f, easy, code);
	curl_easy_reset(easy); /* it points to f; the connection stays */
	queue_end(&n->queue, &f->item);
	/* f may be gone now. */
	curl_multi_wakeup(n->multi);
}

static void *
smtp_begin(void)
{
	struct smtp_worker *w = xmalloc(sizeof(*w));

	w->easy = curl_easy_init();
	if (w->easy == NULL)
		abort();
	w->fd = -1;
	return w;
}

static void
smtp_end(void *state)
{
	struct smtp_worker *w = state;

	/* QUIT is said, but no answer waited for. */
	if (w->fd != -1)
		shutdown(w->fd, SHUT_RD);
	curl_easy_cleanup(w->easy);
	free(w);
}

/* Did the relay leave us while the connection was kept?  Then nothing was
 * said about this message yet. */
static int
was_left(struct flight *f, CURL *easy, CURLcode code)
{
	long n_connects = 1;

	curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &n_connects);
	return code != CURLE_OK && n_connects == 0 && f->trace.n_read == 0 &&
	       (f->trace.reply[0] == '\0' ||
		net_reply_code(f->trace.reply) == 421);
}

static void
smtp_work(void *state, void *job)
{
	struct flight *f = job;
	struct smtp_worker *w = state;
	CURL *easy = w->easy;
	CURLcode code = CURLE_FAILED_INIT;

	f->worker = w;
	if (!set_smtp(easy, f)) {
		code = curl_easy_perform(easy);
		if (was_left(f, easy, code)) {
			net_trace_begin(&f->trace, f->call, f->target.host);
			f->fault[0] = '\0';
			curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
			code = curl_easy_perform(easy);
		}
	}
	end_smtp(f, easy, code);
}

static void
begin_http(struct flight *f)
{
	f->easy = curl_easy_init();
	if (f->easy == NULL || set_http(f->easy, f) ||
	    curl_multi_add_handle(f->net->multi, f->easy) != CURLM_OK)
		end_unsent(f, "curl could not prepare the call");
}

static int
has_become_late(struct queue_item *i)
{
	struct net_call *c = ((struct flight *)i)->call;

	c->is_late = c->begin_by_ms != 0 && clock_ms() > c->begin_by_ms;
	if (c->is_late)
		unsent(c, "its turn came too late");
	return c->is_late;
}

/* Begin what may begin. */
static void
begin_waiting(struct net *n)
{
	struct queue_item *i;
	struct flight *f;

	queue_end_waiting(&n->queue, has_become_late);
	while ((i = queue_begin(&n->queue)) != NULL) {
		f = (struct flight *)i;
		f->call->is_begun = 1;
		if (f->call->kind == NET_HTTP)
			begin_http(f);
		else if (workers_add(n->workers, f) == -1)
			end_unsent(f, "no thread could be started");
	}
}

/* Is it a call that can be made at all? */
static enum net_outcome
prepare(const struct net *n, const struct net_call *c, struct mem *m,
	struct target *t, struct err *e)
{
	if (net_check(c, e) == -1)
		return NET_FAILED;
	if (c->kind == NET_HTTP) {
		if (read_url(m, "url", c->url, &outbound_web, t, e) == -1)
			return NET_FAILED;
		return NET_DONE;
	}
	*t = n->relay;
	if (n->relay.host != NULL)
		return NET_DONE;
	err_set(e, ERR_TEMP,
		"no mail relay is known: set smtp_url in the configuration");
	return NET_RETRY;
}

const char *
net_destination(const struct net *n, const struct net_call *c, struct mem *m)
{
	struct err e = ERR_INIT;
	struct target t;

	return prepare(n, c, m, &t, &e) == NET_DONE ? t.dest : NULL;
}

void
net_start(struct net *n, struct net_call *c)
{
	struct flight *f = xmalloc(sizeof(*f));
	struct err e = ERR_INIT;

	*f = (struct flight){ .net = n, .call = c, .mem = mem_new() };
	net_call_begin(c);
	c->outcome = prepare(n, c, f->mem, &f->target, &e);
	net_trace_begin(&f->trace, c, f->target.host);
	f->item.dest = f->target.dest;
	f->item.leave = c->leave != 0 ? &c->leave : NULL;
	if (c->outcome == NET_DONE)
		queue_add(&n->queue, &f->item);
	else {
		net_say(c, "%s", e.text);
		queue_add_ended(&n->queue, &f->item);
	}
}

static void
collect_http(struct net *n)
{
	struct flight *f;
	CURLMsg *msg;
	char *private;
	CURLcode code;
	int left;

	while ((msg = curl_multi_info_read(n->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		code = msg->data.result;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &private);
		f = (struct flight *)(void *)private;
		curl_multi_remove_handle(n->multi, f->easy);
		end_http(f, code);
	}
}

/* Tell the callers.  Returns how many calls ended. */
static int
tell_ended(struct net *n)
{
	struct queue_item *i;
	struct net_call *c;
	int count = 0;

	for (; (i = queue_take_ended(&n->queue)) != NULL; count++) {
		c = ((struct flight *)i)->call;
		flight_free((struct flight *)i);
		c->done(c);
	}
	return count;
}

int
net_wait(struct net *n, int timeout_ms)
{
	int64_t left, until = clock_ms() + timeout_ms;
	int running, n_asked;

	do {
		n_asked = n->queue.n_asked;
		begin_waiting(n);
		curl_multi_perform(n->multi, &running);
		collect_http(n);
		left = until - clock_ms();
	} while (tell_ended(n) == 0 && n_asked == n->queue.n_asked &&
		 left > 0 &&
		 curl_multi_poll(n->multi, NULL, 0, (int)left, NULL) ==
			 CURLM_OK);
	begin_waiting(n);
	return n->queue.n;
}
