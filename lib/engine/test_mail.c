/*
 * test_mail.c - one message, now.  See test_mail.h.
 */
#include "config.h"

#include "engine/test_mail.h"

#include "act/mail.h"
#include "act/net.h"
#include "base/clock.h"
#include "engine/outside.h"

#include <string.h>
#include <time.h>

#include "base/banned.h"

#define TIMEOUT_S 10 /* somebody waits */

static void
on_end(struct net_call *c)
{
	*(int *)c->arg = 1;
}

static void
talk(struct net *net, struct net_call *call, struct mem *m,
     struct test_mail *out)
{
	int64_t until = clock_ms() + 1000 * (TIMEOUT_S + 2);
	int is_over = 0;

	call->done = on_end;
	call->arg = &is_over;
	net_start(net, call);
	while (!is_over && clock_ms() < until)
		net_wait(net, 200);
	out->is_taken = is_over && call->outcome == NET_DONE;
	out->text = is_over ? mem_strdup(m, call->text)
			    : "the mail server did not answer in time";
	out->dialogue = mem_strndup(m, call->answer.s, call->answer.len);
}

static int
build(const struct conf *c, const char *to, struct mem *m, struct buf *message,
      struct envelope *env, struct err *e)
{
	const struct mail mail = {
		.from = c->mail_from,
		.to = to,
		.subject = "A test from Hookline",
		.text = "This message was sent from the settings of Hookline. "
			"That it arrived means that e-mail works.\n",
		.message_id = mem_printf(m, "test-%lld-%lld@hookline.invalid",
					 (long long)time(NULL),
					 (long long)clock_us()),
		.date_s = (int64_t)time(NULL),
	};

	return mail_build(m, &mail, message, env, e);
}

int
test_mail_send(const struct conf *c, const char *to, struct mem *m,
	       struct test_mail *out, struct err *e)
{
	struct conf quick = *c;
	struct net_call call;
	struct buf message = BUF_INIT;
	struct envelope env;
	struct net *net;
	int rc;

	if (c->smtp_url[0] == '\0')
		return err_set(e, ERR_PERM,
			       "no mail server is configured: smtp_url in %s",
			       c->path);
	if (quick.smtp_timeout > TIMEOUT_S)
		quick.smtp_timeout = TIMEOUT_S;
	rc = build(c, to, m, &message, &env, e);
	net = rc == 0 ? outside_open(&quick, e) : NULL;
	if (net == NULL) {
		buf_free(&message);
		return -1;
	}
	memset(&call, 0, sizeof(call));
	buf_init(&call.answer);
	buf_init(&call.answer_headers);
	call.kind = NET_SMTP;
	call.body = message.s;
	call.body_len = message.len;
	call.mail_from = env.from;
	call.rcpt = (const char *const *)env.to;
	talk(net, &call, m, out);
	net_free(net);
	net_call_clear(&call);
	buf_free(&message);
	return 0;
}
