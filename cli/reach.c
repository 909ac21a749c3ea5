/*
 * reach.c - does anybody listen there, and is it us?  See reach.h.
 */
#include "config.h"

#include "reach.h"

#include "act/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

struct place {
	char host[256];
	char port[16];
};

/* Where the URL leads; its scheme's port unless it names one. */
static int
read_url(const char *url, struct place *p, struct err *e)
{
	const char *s = strstr(url, "://"), *end;

	if (s == NULL)
		return err_set(e, ERR_INPUT, "\"%.100s\" is no URL", url);
	snprintf(p->port, sizeof(p->port), "%s",
		 strncmp(url, "smtps:", 6) == 0 ? "465" : "25");
	s += 3;
	if (*s == '[') {
		s++;
		end = s + strcspn(s, "]");
	} else
		end = s + strcspn(s, ":/");
	snprintf(p->host, sizeof(p->host), "%.*s", (int)(end - s), s);
	if (*end == ']')
		end++;
	if (*end == ':')
		snprintf(p->port, sizeof(p->port), "%.*s",
			 (int)strcspn(end + 1, "/"), end + 1);
	return 0;
}

/* 0 or an errno. */
static int
connect_within(const struct addrinfo *a, int timeout_ms)
{
	struct pollfd p;
	int problem = 0;
	socklen_t len = sizeof(problem);

	p.fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		      0);
	p.events = POLLOUT;
	if (p.fd == -1)
		return errno;
	if (connect(p.fd, a->ai_addr, a->ai_addrlen) == -1 &&
	    errno != EINPROGRESS)
		problem = errno;
	else if (poll(&p, 1, timeout_ms) != 1)
		problem = ETIMEDOUT;
	else
		getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &problem, &len);
	close(p.fd);
	return problem;
}

int
reach_url(const char *url, int timeout_ms, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *a;
	struct place p;
	int problem = 0;

	if (read_url(url, &p, e) == -1)
		return -1;
	problem = getaddrinfo(p.host, p.port, &hints, &list);
	if (problem != 0)
		return err_set(e, ERR_TEMP, "%s: %s", p.host,
			       gai_strerror(problem));
	for (a = list; a != NULL; a = a->ai_next) {
		problem = connect_within(a, timeout_ms);
		if (problem == 0)
			break;
	}
	freeaddrinfo(list);
	if (problem == 0)
		return 0;
	return err_set(e, ERR_TEMP, "%s port %s: %s", p.host, p.port,
		       strerror(problem));
}

int
reach_is_loopback(const char *url)
{
	struct in6_addr six;
	struct in_addr four;
	struct place p;

	if (read_url(url, &p, NULL) == -1)
		return 0;
	if (inet_pton(AF_INET, p.host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, p.host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcasecmp(p.host, "localhost") == 0;
}

static void
on_done(struct net_call *call)
{
	*(int *)call->arg = 1;
}

static int
judge_healthz(const struct net_call *call, struct err *e)
{
	if (call->outcome != NET_DONE)
		return err_set(e, ERR_TEMP, "%s", call->text);
	if (call->answer.len == 0 ||
	    strstr(call->answer.s, "\"status\":\"ok\"") == NULL)
		return err_set(e, ERR_TEMP, "somebody else answers there");
	return 0;
}

int
reach_healthz(const char *url, int timeout_s, struct err *e)
{
	const struct net_options o = { .max_in_flight = 1,
				       .per_destination = 1,
				       .http_timeout = timeout_s,
				       .smtp_timeout = timeout_s,
				       .outbound_allow = "0.0.0.0/0 ::/0",
				       .user_agent = "hookline-doctor" };
	int is_done = 0, rc;
	struct net_call call = { .kind = NET_HTTP,
				 .method = "GET",
				 .url = url,
				 .done = on_done,
				 .arg = &is_done };
	struct net *n = net_new(&o, e);

	if (n == NULL)
		return -1;
	net_start(n, &call);
	while (!is_done)
		net_wait(n, 1000);
	rc = judge_healthz(&call, e);
	net_call_clear(&call);
	net_free(n);
	return rc;
}
