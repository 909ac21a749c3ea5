/*
 * net.h - outgoing calls: HTTP and SMTP at once; net_wait is their one event
 * loop (curl multi, and threads for SMTP, see workers.h).  The only file that
 * includes curl is net.c.  Knows no tables and no steps.
 */
#ifndef ACT_NET_H
#define ACT_NET_H

#include "act/queue.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>

struct net;

struct net_options {
	int max_in_flight, per_destination;
	int http_timeout, smtp_timeout; /* seconds, whole call */
	const char *outbound_allow;	/* CIDRs: private, but allowed */
	const char *http_ca_file;
	const char *smtp_url, *smtp_tls, *smtp_user, *smtp_password,
		*smtp_ca_file;
	const char *user_agent;
};

enum net_kind { NET_HTTP, NET_SMTP };

/* How a call ended. */
enum net_outcome {
	NET_DONE,    /* HTTP 2xx; SMTP accepted */
	NET_RETRY,   /* refused for now: connect failed, HTTP 408/425/429/5xx,
		      * SMTP 4xx.  Nothing was done. */
	NET_FAILED,  /* refused for good: other HTTP, SMTP 5xx, bad address */
	NET_UNKNOWN, /* sent, but no answer came: it may have been done.  So may
		      * an is_once call that was answered by 5xx but 503 */
};

/* What the end of a call says of its destination. */
enum net_sign {
	NET_SIGN_NONE,	 /* nothing: it was not asked */
	NET_SIGN_WORKS,	 /* it answered, be it that it refuses this call */
	NET_SIGN_FAILS,	 /* it answered that it can do nothing: HTTP 5xx */
	NET_SIGN_AWAY,	 /* it could not be reached, or did not answer; a relay
			  * that does not let us in */
	NET_SIGN_LOCKED, /* a relay that does not take our login */
};

/* One call.  The caller fills the upper part (borrowed until `done` was
 * called); the lower part is filled when it ends. */
struct net_call {
	enum net_kind kind;
	/* HTTP */
	const char *method, *url;
	const char *const *headers; /* "Name: value", ended by NULL */
	const void *body;
	size_t body_len;
	int is_once; /* it may not arrive twice, also where its method may */
	int leave;   /* QUEUE_LEAVE_WANTED: it does not begin in its turn, but
		      * says then that it could (QUEUE_LEAVE_ASKED), and keeps
		      * its place until the caller sets QUEUE_LEAVE_GIVEN */
	/* SMTP: body and body_len are the message */
	const char *mail_from;
	const char *const *rcpt; /* ended by NULL */

	/* CLOCK_MONOTONIC; 0: whenever its turn comes.  A call whose turn
	 * comes later is not made, and ends as NET_RETRY, is_late.  May be
	 * moved while the call waits. */
	int64_t begin_by_ms;

	void (*done)(struct net_call *);
	void *arg;

	int is_begun; /* its turn has come */
	enum net_outcome outcome;
	enum net_sign sign;
	int is_late;
	int status;	   /* HTTP status or SMTP reply code; 0: none came */
	int retry_after_s; /* 0: not said */
	long elapsed_ms;
	struct buf answer; /* HTTP: the body, at most 64 KiB.  SMTP: the last
			    * lines of the dialogue, "> ours\n", "< theirs\n",
			    * without what a login says */
	int answer_is_cut;
	struct buf answer_headers; /* "Name: value\n" each, at most 16 KiB */
	char text[256];		   /* one line for people: what happened */
};

/* The options are copied.  SIGPIPE is ignored from here on.  NULL with *e set
 * when options are faulty (a CIDR that is none, ...). */
struct net *net_new(const struct net_options *o, struct err *e);
/* Calls on their way are broken off; their `done` is not called. */
void net_free(struct net *n);

/* Where the call leads, as SCHEME://HOST:PORT in small letters; NULL when it
 * can't be made.  Calls of one destination share per_destination. */
const char *net_destination(const struct net *n, const struct net_call *c,
			    struct mem *m);

/* Begin a call.  Never blocks; a faulty one ends at once through `done`
 * (inside the next net_wait). */
void net_start(struct net *n, struct net_call *c);

/* Work for at most `timeout_ms`, or until some call ended or asks for leave.
 * `done` callbacks run in here.  Returns how many calls are in flight. */
int net_wait(struct net *n, int timeout_ms);

/* Free what the call was filled with. */
void net_call_clear(struct net_call *c);

#endif
