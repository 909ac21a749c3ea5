/*
 * req.c - what both makers of requests share: path, headers and body from CGI
 * variables, and the form of an answer.  Who calls, and how bytes come and go,
 * is the makers' business (req_cgi.c, req_fcgi.c).
 */
#include "config.h"

#include "http/req.h"

#include "base/json.h"
#include "base/text.h"
#include "base/percent.h"
#include "http/problem.h"
#include "http/req_server.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/banned.h"

#define CHUNK 16384

/* Who calls is a fact of the process, found out at the first request. */
static const struct req_server *server;

/* Set by a signal, and seen by all threads. */
static atomic_int stopping;

static void
choose_server(void)
{
	if (server == NULL)
		server = req_fcgi_is_caller() ? &req_fcgi : &req_cgi;
}

/* Told to stop, a byte in here wakes the threads that wait for requests. */
static int stop_pipe[2] = { -1, -1 };

void
req_stop(void)
{
	int saved = errno;

	stopping = 1;
	if (stop_pipe[1] != -1 && write(stop_pipe[1], "", 1) == -1)
		stopping = 1; /* it is full: they are awake already */
	errno = saved;
}

int
req_stop_fd(void)
{
	return stop_pipe[0];
}

int
req_threads(struct err *e)
{
	choose_server();
	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_set(e, ERR_TEMP, "no pipe: %s", strerror(errno));
	return 0;
}

int
req_is_fastcgi(void)
{
	choose_server();
	return server == &req_fcgi;
}

int
req_stopping(void)
{
	return stopping;
}

/* The value of the CGI variable `name`, "" when it is not there. */
static const char *
variable(char **env, const char *name)
{
	size_t len = strlen(name);

	for (; *env != NULL; env++)
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	return "";
}

/* Undo %XX in place, once.  -1 on a bad escape and on %00. */
static int
percent_decode(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		int byte = (unsigned char)*s;

		if (*s == '%') {
			byte = percent_byte(s, strnlen(s, 3));
			if (byte <= 0)
				return -1;
			s += 2;
		}
		*to++ = (char)byte;
	}
	*to = '\0';
	return 0;
}

/* Where the path of a request target begins; it may name a host before. */
static const char *
target_path(const char *target)
{
	const char *host;

	if (strncasecmp(target, "http://", 7) == 0)
		host = target + 7;
	else if (strncasecmp(target, "https://", 8) == 0)
		host = target + 8;
	else
		return target;
	return host + strcspn(host, "/?#");
}

/*
 * REQUEST_URI is what the client sent and tells "%2F" from "/"; SCRIPT_NAME
 * and PATH_INFO have been decoded by the server.  A path that can't be
 * decoded becomes "", which no route has.
 */
static const char *
path_of(struct mem *m, char **env)
{
	const char *target = variable(env, "REQUEST_URI");
	char *path;
	size_t at;

	if (target[0] == '\0') {
		path = mem_printf(m, "%s%s", variable(env, "SCRIPT_NAME"),
				  variable(env, "PATH_INFO"));
	} else {
		target = target_path(target);
		path = mem_strndup(m, target, strcspn(target, "?#"));
		if (path[0] == '\0')
			return "/";
		if (percent_decode(path) == -1)
			return "";
	}
	return text_is_utf8(path, strlen(path), &at) ? path : "";
}

/* "HTTP_USER_AGENT" -> "user-agent"; `len` bytes of the variable's name. */
static const char *
header_name(struct mem *m, const char *name, size_t len)
{
	char *s = mem_strndup(m, name, len);

	text_lower(s);
	for (char *c = s; *c != '\0'; c++)
		if (*c == '_')
			*c = '-';
	return s;
}

/* Is it CONTENT_TYPE or CONTENT_LENGTH? */
static int
is_content(const char *variable)
{
	return strncmp(variable, "CONTENT_TYPE=", 13) == 0 ||
	       strncmp(variable, "CONTENT_LENGTH=", 15) == 0;
}

/*
 * Where in "HTTP_NAME=value" the header's name begins, or NULL when the
 * variable is no header.  HTTP_CONTENT_* would be a second opinion about
 * CONTENT_*, which servers set to "" for "none".
 */
static const char *
header_in(const char *variable)
{
	if (strncmp(variable, "HTTP_", 5) == 0)
		return is_content(variable + 5) ? NULL : variable + 5;
	if (!is_content(variable) || strchr(variable, '=')[1] == '\0')
		return NULL;
	return variable;
}

static void
collect_headers(struct req *rq, char **env)
{
	size_t max = 0;

	for (char **v = env; *v != NULL; v++)
		max++;
	rq->headers = mem_alloc(rq->mem, max * sizeof(*rq->headers));
	rq->n_headers = 0;
	for (; *env != NULL; env++) {
		const char *name = header_in(*env);
		const char *equals = name ? strchr(name, '=') : NULL;
		struct req_header *h = rq->headers + rq->n_headers;

		if (equals == NULL || equals == name)
			continue;
		h->name = header_name(rq->mem, name, (size_t)(equals - name));
		h->value = mem_strdup(rq->mem, equals + 1);
		rq->n_headers++;
	}
}

/* The promised length; -1 when none was promised or it is no number. */
static long long
length_of(const char *value)
{
	long long n;
	char *end;

	if (!isdigit((unsigned char)value[0]))
		return -1;
	errno = 0;
	n = strtoll(value, &end, 10);
	return *end == '\0' && errno == 0 ? n : -1;
}

static int
says_https(char **env)
{
	const char *https = variable(env, "HTTPS");

	return strcasecmp(https, "on") == 0 || strcmp(https, "1") == 0 ||
	       strcasecmp(variable(env, "REQUEST_SCHEME"), "https") == 0;
}

static void
free_body(void *body)
{
	buf_free(body);
}

int
req_accept(struct req *rq)
{
	struct mem *m = rq->mem;
	char **env;

	if (stopping)
		return 0;
	choose_server();
	if (server->accept(rq, &env) == 0)
		return 0;
	rq->method = mem_strdup(m, variable(env, "REQUEST_METHOD"));
	rq->path = path_of(m, env);
	rq->query = mem_strdup(m, variable(env, "QUERY_STRING"));
	rq->content_type = mem_strdup(m, variable(env, "CONTENT_TYPE"));
	rq->remote_addr = mem_strdup(m, variable(env, "REMOTE_ADDR"));
	rq->is_https = says_https(env);
	rq->content_length = length_of(variable(env, "CONTENT_LENGTH"));
	collect_headers(rq, env);
	buf_init(&rq->body);
	mem_on_free(m, free_body, &rq->body);
	return 1;
}

/* Take the rest of the body, so that the server can turn to our answer. */
static int
refuse_body(struct req *rq)
{
	char trash[CHUNK];

	while (server->read(rq, trash, sizeof(trash)) > 0)
		;
	buf_free(&rq->body);
	return 1;
}

/*
 * Servers have been seen to cut bodies without a word (a size limit, request
 * streaming), so every byte that was promised must have come.
 */
static int
check_length(const struct req *rq, struct err *e)
{
	long long got = (long long)rq->body.len;

	if (rq->content_length == -1 || got == rq->content_length)
		return 0;
	return err_set(e, ERR_INPUT,
		       "expected a body of %lld bytes (Content-Length), got "
		       "%lld: it was cut or changed on its way; send it again, "
		       "and look at the web server's limits if this goes on",
		       rq->content_length, got);
}

int
req_read_body(struct req *rq, size_t max, struct err *e)
{
	const char *promised = req_header(rq, "content-length");
	size_t room = CHUNK;
	long n;

	if (promised != NULL && rq->content_length == -1)
		return err_set(e, ERR_INPUT,
			       "expected a number of bytes as Content-Length, "
			       "got \"%.40s\"",
			       promised);
	if (rq->content_length > 0 &&
	    (unsigned long long)rq->content_length > max)
		return refuse_body(rq);
	if (rq->content_length >= 0 && rq->content_length < CHUNK)
		room = (size_t)rq->content_length + 1;
	for (;;) {
		buf_grow(&rq->body, room);
		n = server->read(rq, rq->body.s + rq->body.len, room);
		if (n <= 0)
			break;
		rq->body.len += (size_t)n;
		if (rq->body.len > max)
			return refuse_body(rq);
	}
	rq->body.s[rq->body.len] = '\0';
	if (n == -1)
		return err_set(e, ERR_INPUT,
			       "expected the rest of the body after %zu bytes, "
			       "but the stream from the web server broke; send "
			       "the request again",
			       rq->body.len);
	return check_length(rq, e);
}

/* 1xx, 204 and 304 have no body and must not announce one. */
static int
may_have_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

int
req_reply(struct req *rq, int status, const char *headers, const void *body,
	  size_t len)
{
	int is_head = strcmp(rq->method, "HEAD") == 0;
	char *head;
	int rc;

	/* The length that HEAD is told would be that of GET's body. */
	if (!may_have_body(status) || (is_head && len == 0))
		head = mem_printf(rq->mem, "Status: %d %s\r\n%s\r\n", status,
				  http_reason(status), headers);
	else
		head = mem_printf(rq->mem,
				  "Status: %d %s\r\n%s"
				  "Content-Length: %zu\r\n\r\n",
				  status, http_reason(status), headers, len);
	rc = server->write(rq, head, strlen(head));
	if (may_have_body(status) && !is_head &&
	    server->write(rq, body, len) == -1)
		rc = -1;
	if (server->finish(rq) == -1)
		rc = -1;
	return rc;
}

int
req_begin(struct req *rq, int status, const char *headers)
{
	char *head = mem_printf(rq->mem, "Status: %d %s\r\n%s\r\n", status,
				http_reason(status), headers);

	return server->write(rq, head, strlen(head));
}

int
req_send(struct req *rq, const void *bytes, size_t len)
{
	return strcmp(rq->method, "HEAD") == 0 ? 0
					       : server->write(rq, bytes, len);
}

void
req_finish(struct req *rq)
{
	server->finish(rq);
	mem_reset(rq->mem);
}

const char *
req_header(const struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcmp(rq->headers[i].name, name) == 0)
			return rq->headers[i].value;
	return NULL;
}

int
req_is_private(const struct req *rq)
{
	const char *from = rq->remote_addr;

	return rq->is_https || from[0] == '\0' ||
	       strncmp(from, "127.", 4) == 0 || strcmp(from, "::1") == 0 ||
	       strncmp(from, "::ffff:127.", 11) == 0;
}

/*
 * A header's bytes as a JSON string.  HTTP once defined them as ISO-8859-1,
 * and that is what they are when they are no UTF-8.
 */
static struct json_object *
header_text(struct mem *m, const char *value)
{
	size_t len = strlen(value), at;
	char *text, *to;

	if (text_is_utf8(value, len, &at))
		return json_object_new_string_len(value, (int)len);
	text = to = mem_alloc(m, 2 * len + 1);
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if (c >= 0x80)
			*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	return json_object_new_string_len(text, (int)(to - text));
}

struct json_object *
req_headers_json(const struct req *rq)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < rq->n_headers; i++)
		json_object_object_add(
			o, rq->headers[i].name,
			header_text(rq->mem, rq->headers[i].value));
	return json_pool(rq->mem, o);
}
