/*
 * net_kit.h - what the tests of outgoing calls share: servers as child
 * processes, and calls that are waited for.
 */
#ifndef TESTS_NET_KIT_H
#define TESTS_NET_KIT_H

#include "act/net.h"

#include <check.h>
#include <sys/types.h>

struct server {
	pid_t pid;
	int in; /* its standard input: closing it ends it */
	int port;
};

extern struct server http;	   /* started by start_http() */
extern struct server https;	   /* likewise, with a certificate of its own */
extern char folder[];		   /* for files; gone at the end */
extern char cert[64], key[64];	   /* of 127.0.0.1 */
extern char requests[64];	   /* what `http` wrote down */
extern struct net *net;		   /* made by the first call, from options */
extern struct net_options options; /* set by setup(), changed by a test */
extern struct err e;
extern int n_done; /* calls that ended */

/* Start a script of this folder; args ends with NULL. */
struct server serve(const char *script, const char *const *args);
void stop(struct server *s);
void start_http(void);
void stop_http(void);

/* Run a program; its exit status. */
int run(const char *const *argv);

/* A port on which nobody listens. */
int free_port(void);

/* Everything that stands in a folder's files, one after the other. */
void read_folder(const char *path, struct buf *out);

/* Before and after each test. */
void setup(void);
void teardown(void);

/* Make `net` if there is none. */
void begin_net(void);

/* A call by HTTP, which counts itself in n_done. */
struct net_call to_http(const char *method, const char *url);
void count_done(struct net_call *c);

/* A URL of the HTTP server; the buffer lasts until the next call. */
const char *at(const char *path);

/* Wait until n calls have ended. */
void finish(int n);

/* Make one call and wait for it, and see how it ended. */
void call(struct net_call *c);
void expect(struct net_call *c, enum net_outcome outcome, int status,
	    const char *words);

/* Run the test case, with a folder and a certificate; for main() to return.
 * `module` is a Python module that must be there, or the test is skipped. */
int run_case(const char *name, TCase *tc, const char *module);

#define LOOP(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

#endif
