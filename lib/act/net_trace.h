/*
 * net_trace.h - how far a call came: what went out and what came in, noted
 * while the transport is at work.  Knows no curl, but the three functions at
 * the end have the shape of its callbacks.
 */
#ifndef ACT_NET_TRACE_H
#define ACT_NET_TRACE_H

#include "act/address.h"
#include "act/net.h"

struct net_trace {
	struct net_call *call;
	const char *where;	    /* the host called */
	char blocked[ADDRESS_SIZE]; /* an address that may not be reached */
	int n_opened;		    /* sockets */
	int is_header_sent;	    /* of an HTTP request */
	size_t n_sent;		    /* of an HTTP body, to the socket */
	size_t n_read;		    /* of a message, by the transport */
	int is_about_message; /* SMTP: MAIL was sent, what is refused now is
			       * the message and not ourselves */
	int is_quitting;      /* SMTP: QUIT was sent */
	int is_login;	      /* SMTP: AUTH was sent, and goes on */
	char reply[200];      /* SMTP: the last line that came, "" for none */
};

/* Forget what came, for another try of the same call. */
void net_trace_begin(struct net_trace *t, struct net_call *c,
		     const char *where);

/* A request's header, or an SMTP command, went out. */
void net_trace_command(struct net_trace *t, const char *bytes, size_t len);

/* Could the other side have acted on it?  The whole request, or the whole
 * message, was given to the network. */
int net_was_handed_over(const struct net_trace *t);

/* A piece of an HTTP answer; takes less than came when it is enough. */
size_t net_take_answer(char *bytes, size_t size, size_t n, void *trace);

/* A line of an HTTP answer's header; those of an interim answer (100) are
 * forgotten, and what is too much. */
size_t net_take_header(char *line, size_t size, size_t n, void *trace);

/* A line of an SMTP reply. */
size_t net_take_reply(char *line, size_t size, size_t n, void *trace);

/* The next piece of an SMTP message. */
size_t net_give_message(char *out, size_t size, size_t n, void *trace);

#endif
