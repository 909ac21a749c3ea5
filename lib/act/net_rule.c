/*
 * net_rule.c - what may be called, and what an ended call means.  See
 * net_rule.h.  The one question behind all of it: if we try again, can
 * something be done twice?
 */
#include "config.h"

#include "act/net_rule.h"

#include "base/mailbox.h"
#include "base/outbound.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define METHOD_MAX 20

/* Methods that are the transport's own business. */
static const char *const own_methods[] = { "CONNECT", "TRACE", NULL };

static int
is_one_of(const char *const *list, const char *s, size_t len)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && strncasecmp(*list, s, len) == 0)
			return 1;
	return 0;
}

static int
check_header(const char *line, struct err *e)
{
	size_t len = outbound_name_length(line);

	if (len == 0 || line[len] != ':')
		return err_set(e, ERR_PERM,
			       "headers: expected \"Name: value\", found a "
			       "line that is not");
	if (outbound_check_header(line, len, line + len, e) == -1)
		return err_context(e, "headers");
	return 0;
}

static int
check_http(const struct net_call *c, struct err *e)
{
	const char *const *h;
	size_t len = strlen(c->method);

	if (len == 0 || len > METHOD_MAX ||
	    outbound_name_length(c->method) != len ||
	    is_one_of(own_methods, c->method, len))
		return err_set(e, ERR_PERM,
			       "method: expected one such as GET or POST, "
			       "found \"%.*s\"",
			       METHOD_MAX, c->method);
	for (h = c->headers; h != NULL && *h != NULL; h++)
		if (check_header(*h, e) == -1)
			return -1;
	return 0;
}

static int
check_address(const char *field, const char *address, struct err *e)
{
	const char *why = mailbox_fault(address);

	if (why == NULL)
		return 0;
	return err_set(e, ERR_PERM,
		       "%s: expected an address such as name@example.com: %s",
		       field, why);
}

int
net_check(const struct net_call *c, struct err *e)
{
	const char *const *to = c->rcpt;

	if (c->kind == NET_HTTP)
		return check_http(c, e);
	if (check_address("sender", c->mail_from, e) == -1)
		return -1;
	if (to == NULL || *to == NULL)
		return err_set(e, ERR_PERM,
			       "recipient: expected at least one, found none");
	if (c->body_len == 0)
		return err_set(e, ERR_PERM,
			       "message: expected bytes, found none");
	for (; *to != NULL; to++)
		if (check_address("recipient", *to, e) == -1)
			return -1;
	return 0;
}

int
net_may_repeat(const char *method)
{
	static const char *const idempotent[] = { "GET", "HEAD", "PUT",
						  "DELETE", NULL };

	return is_one_of(idempotent, method, strlen(method));
}

int
net_has_body(const struct net_call *c)
{
	static const char *const bodiless[] = { "GET", "HEAD", "DELETE", NULL };

	return c->body_len > 0 ||
	       !is_one_of(bodiless, c->method, strlen(c->method));
}

int
net_has_value(const char *header)
{
	header += strcspn(header, ":");
	return header[strspn(header, ": \t")] != '\0';
}

int
net_reply_code(const char *line)
{
	if (strspn(line, "0123456789") != 3)
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

void
net_say(struct net_call *c, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
	for (p = c->text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20)
			*p = ' ';
		else if ((unsigned char)*p >= 0x7f)
			*p = '?';
}

/* No answer that counts came. */
static void
judge_silence(struct net_call *c, const struct net_trace *t, const char *fault)
{
	c->sign = NET_SIGN_AWAY;
	if (*fault == '\0')
		fault = "no answer came";
	if (net_was_handed_over(t)) {
		c->outcome = NET_UNKNOWN;
		net_say(c,
			"no answer from %s within %ld ms after all was sent, "
			"so it may have been done: %s",
			t->where, c->elapsed_ms, fault);
		return;
	}
	c->outcome = NET_RETRY;
	net_say(c, "%s: %s", t->where, fault);
}

static void
judge_http(struct net_call *c, const struct net_trace *t)
{
	int s = c->status;

	c->sign = s >= 500 ? NET_SIGN_FAILS : NET_SIGN_WORKS;
	if (s >= 200 && s < 300)
		c->outcome = NET_DONE;
	else if (s >= 500 && s != 503 && c->is_once)
		c->outcome = NET_UNKNOWN;
	else if (s == 408 || s == 425 || s == 429 || s >= 500)
		c->outcome = NET_RETRY;
	else
		c->outcome = NET_FAILED;
	net_say(c, "HTTP %d from %s in %ld ms%s", s, t->where, c->elapsed_ms,
		s >= 300 && s < 400
			? ": redirects are not followed: use the final URL"
			: "");
}

/* The relay does not take our login, or wants one. */
static int
is_about_login(int status)
{
	return status == 530 || status == 534 || status == 535 || status == 538;
}

/* The relay refuses us (login, TLS, policy), not this message: that is the
 * operator's to mend, and no message should be lost by it. */
static int
is_about_us(int status, const struct net_trace *t)
{
	return !t->is_about_message || is_about_login(status);
}

static enum net_sign
sign_of_relay(int status, const struct net_trace *t)
{
	if (is_about_login(status))
		return NET_SIGN_LOCKED;
	if (status == 421 || (status >= 400 && !t->is_about_message))
		return NET_SIGN_AWAY;
	return NET_SIGN_WORKS;
}

static void
judge_smtp(struct net_call *c, const struct net_trace *t)
{
	c->sign = sign_of_relay(c->status, t);
	if (c->status < 400)
		c->outcome = NET_DONE;
	else if (c->status < 500 || is_about_us(c->status, t))
		c->outcome = NET_RETRY;
	else
		c->outcome = NET_FAILED;
	net_say(c, "SMTP %s", t->reply);
}

/* A host may be written as its address, of IPv6 in brackets. */
static void
judge_blocked(struct net_call *c, const struct net_trace *t)
{
	size_t len = strlen(t->blocked);
	const char *host = t->where + (t->where[0] == '[');
	int is_itself = strncmp(host, t->blocked, len) == 0 &&
			(host[len] == '\0' || host[len] == ']');

	c->outcome = NET_FAILED;
	net_say(c,
		"%s is %s%sno public address: if calls may reach it, add it to "
		"outbound_allow in the configuration",
		t->where, is_itself ? "" : t->blocked, is_itself ? "" : ", ");
}

void
net_judge(const struct net_trace *t, const char *fault)
{
	struct net_call *c = t->call;
	int is_certain = *fault == '\0' || net_was_handed_over(t);

	if (c->kind == NET_HTTP && c->status >= 200)
		judge_http(c, t);
	else if (c->kind == NET_SMTP &&
		 (c->status >= 400 || (c->status / 100 == 2 && is_certain)))
		judge_smtp(c, t);
	else if (t->n_opened == 0 && *t->blocked != '\0')
		judge_blocked(c, t);
	else
		judge_silence(c, t, fault);
}

void
net_call_begin(struct net_call *c)
{
	c->outcome = NET_UNKNOWN;
	c->sign = NET_SIGN_NONE;
	c->is_begun = c->is_late = 0;
	c->status = c->retry_after_s = c->answer_is_cut = 0;
	c->elapsed_ms = 0;
	c->text[0] = '\0';
	buf_init(&c->answer);
	buf_init(&c->answer_headers);
}

void
net_call_clear(struct net_call *c)
{
	buf_free(&c->answer);
	buf_free(&c->answer_headers);
}
