/*
 * net_rule.h - what may be called, and what an ended call means.  Pure: knows
 * no sockets and no curl.
 */
#ifndef ACT_NET_RULE_H
#define ACT_NET_RULE_H

#include "act/net.h"
#include "act/net_trace.h"
#include "base/err.h"

/* Refuses (ERR_PERM) a method, header line or address that is none.  The URL
 * is not looked at. */
MUSTUSE int net_check(const struct net_call *c, struct err *e);

/* May a request by this method arrive twice (RFC 9110, 9.2.2)? */
int net_may_repeat(const char *method);

/* Does the request have a body, be it an empty one? */
int net_has_body(const struct net_call *c);

/* Does anything stand behind the colon? */
int net_has_value(const char *header);

/* The code at the begin of an SMTP reply's line, or 0. */
int net_reply_code(const char *line);

/* Empty the part of *c that is filled when it ends. */
void net_call_begin(struct net_call *c);

/* Fill outcome and text of the call from its status and time and from `t`;
 * `fault` is the transport's words, "" when it went well. */
void net_judge(const struct net_trace *t, const char *fault);

/* `text` into c->text: one line of ASCII, because what others sent goes into
 * tables and logs. */
void net_say(struct net_call *c, const char *fmt, ...) PRINTF(2, 3);

#endif
