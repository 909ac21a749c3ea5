/*
 * check_names.c - calls to names that a resolver of our own answers, in place
 * of the C library's: names that change their address, that have several, that
 * are slow or unknown.  What the addresses mean is check_address.c.
 */
#include "config.h"

#include "net_kit.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 1000 /* of the slow resolver, in hundredths of a second */

/* What the resolver says: "A B" are two addresses, "" is none. */
/* clang-format off */
static const struct {
	const char *name;
	const char *first, *then; /* the first time, and later */
	int fault;
} names[] = {
	{ "public-then-loopback.test", "192.0.2.1",           "127.0.0.1", 0 },
	{ "loopback.test",             "127.0.0.1",           "127.0.0.1", 0 },
	{ "both.test",                 "127.0.0.1 127.0.0.2", "127.0.0.1 127.0.0.2", 0 },
	{ "mixed.test",                "::1 127.0.0.2",       "::1 127.0.0.2", 0 },
	{ "mapped.test",               "::ffff:127.0.0.1",    "::ffff:127.0.0.1", 0 },
	{ "unknown.test",              "",                    "", EAI_NONAME },
	{ "servfail.test",             "",                    "", EAI_AGAIN },
	{ "broken.test",               "",                    "", EAI_FAIL },
};
/* clang-format on */
#define N_NAMES (sizeof(names) / sizeof(names[0]))

static atomic_int asked[N_NAMES];
static atomic_int is_awaited, has_given_up; /* the slow resolver */

static struct addrinfo *
address(const char *text, int port)
{
	struct addrinfo *a = calloc(1, sizeof(*a));
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	int is_v6 = inet_pton(AF_INET6, text, &v6.sin6_addr) == 1;

	ck_assert(is_v6 || inet_pton(AF_INET, text, &v4.sin_addr) == 1);
	a->ai_family = is_v6 ? AF_INET6 : AF_INET;
	a->ai_socktype = SOCK_STREAM;
	a->ai_addrlen = is_v6 ? sizeof(v6) : sizeof(v4);
	a->ai_addr = malloc(a->ai_addrlen);
	memcpy(a->ai_addr, is_v6 ? (void *)&v6 : (void *)&v4, a->ai_addrlen);
	return a;
}

/* The whole answer, in the order of `text`. */
static struct addrinfo *
addresses(const char *text, int port)
{
	struct addrinfo *first = NULL, **end = &first;
	char copy[128], *word, *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		*end = address(word, port);
		end = &(*end)->ai_next;
	}
	return first;
}

/* libcurl's calls come here. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
	    struct addrinfo **out)
{
	int port = service != NULL ? atoi(service) : 0;
	size_t i;

	(void)hints;
	if (strcmp(node, "slow.test") == 0) {
		for (i = 0; is_awaited && i < PATIENCE; i++)
			usleep(10000);
		has_given_up = i == PATIENCE;
		return EAI_AGAIN;
	}
	for (i = 0; i < N_NAMES && strcmp(names[i].name, node) != 0; i++)
		;
	if (i == N_NAMES)
		return EAI_NONAME;
	if (names[i].fault != 0)
		return names[i].fault;
	*out = addresses(asked[i]++ == 0 ? names[i].first : names[i].then,
			 port);
	return 0;
}

void
freeaddrinfo(struct addrinfo *a)
{
	struct addrinfo *next;

	for (; a != NULL; a = next) {
		next = a->ai_next;
		free(a->ai_addr);
		free(a);
	}
}

/* A URL of the HTTP server under another name. */
static const char *
under(const char *name)
{
	static char url[256];

	snprintf(url, sizeof(url), "http://%s:%d/ok", name, http.port);
	return url;
}

static void
get(const char *name, enum net_outcome outcome, const char *words)
{
	struct net_call c = to_http("GET", under(name));

	call(&c);
	ck_assert_msg(c.outcome == outcome, "%s: %d, %s", name, c.outcome,
		      c.text);
	ck_assert_msg(strstr(c.text, words) != NULL, "%s: %s", name, c.text);
	net_call_clear(&c);
}

START_TEST(a_name_that_moves_inside_is_not_followed)
{
	options.outbound_allow = "192.0.2.0/24";
	options.http_timeout = 1;
	get("public-then-loopback.test", NET_RETRY, "");
	net_free(net); /* it remembers names for a minute */
	net = NULL;
	get("public-then-loopback.test", NET_FAILED,
	    "public-then-loopback.test is 127.0.0.1, no public address");
	ck_assert_int_eq(asked[0], 2);
}
END_TEST

START_TEST(a_name_is_asked_for_where_it_leads)
{
	options.outbound_allow = "";
	get("loopback.test", NET_FAILED, "127.0.0.1, no public address");
	get("both.test", NET_FAILED, "no public address");
	get("mixed.test", NET_FAILED, "no public address");
	get("mapped.test", NET_FAILED, "127.0.0.1, no public address");
}
END_TEST

START_TEST(of_several_addresses_only_the_allowed_are_reached)
{
	options.outbound_allow = "127.0.0.1/32";
	get("both.test", NET_DONE, "HTTP 200");
	net_free(net);
	net = NULL;
	options.outbound_allow = "127.0.0.2/32"; /* where nobody listens */
	get("both.test", NET_RETRY, "both.test: ");
	get("mixed.test", NET_RETRY, "mixed.test: ");
}
END_TEST

START_TEST(a_name_that_is_not_found_is_tried_again)
{
	get("unknown.test", NET_RETRY, "Could not resolve host");
	get("servfail.test", NET_RETRY, "Could not resolve host");
	get("broken.test", NET_RETRY, "Could not resolve host");
}
END_TEST

/* The loop must not wait for what the resolver's thread waits for. */
START_TEST(a_slow_resolver_holds_up_nothing)
{
	is_awaited = 1;
	options.http_timeout = 1;
	get("slow.test", NET_RETRY, "slow.test: ");
	ck_assert_int_eq(has_given_up, 0);
	is_awaited = 0;
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("names");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, start_http, stop_http);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_name_that_moves_inside_is_not_followed);
	tcase_add_test(tc, a_name_is_asked_for_where_it_leads);
	tcase_add_test(tc, of_several_addresses_only_the_allowed_are_reached);
	tcase_add_test(tc, a_name_that_is_not_found_is_tried_again);
	tcase_add_test(tc, a_slow_resolver_holds_up_nothing);
	return run_case("names", tc, "import ssl");
}
