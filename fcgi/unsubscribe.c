/*
 * unsubscribe.c - a request at /u/TOKEN.  See unsubscribe.h.  GET changes
 * nothing, because mail scanners follow every link; the POST of RFC 8058 needs
 * no login and no cookie, and is never redirected.  Neither the token nor
 * anything of the request is ever logged.
 */
#include "config.h"

#include "unsubscribe.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/decode.h"
#include "unsubscribe_page.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define BODY_MAX 16384
#define FORM_TYPE "application/x-www-form-urlencoded"

/* `headers` are complete lines or "". */
static void
reply(struct req *rq, int status, const char *headers, struct buf *page)
{
	headers = mem_printf(rq->mem, "%s%s", page_headers(rq->mem), headers);
	if (req_reply(rq, status, headers, page->s, page->len) == -1)
		log_debug("the reader went away before the answer");
	buf_free(page);
}

static void
refuse(struct req *rq, int status, const char *headers, const char *title,
       const char *text)
{
	struct buf page = BUF_INIT;

	page_of_trouble(&page, title, text);
	reply(rq, status, headers, &page);
}

static void
reply_state(struct req *rq, enum desk_wish wish, struct json_object *o)
{
	struct buf page = BUF_INIT;
	enum page_kind kind = PAGE_ASK;

	if (wish == DESK_UNSUBSCRIBE ||
	    (wish == DESK_SHOW && json_get_bool(o, "is_unsubscribed", 0)))
		kind = PAGE_IS_OFF;
	else if (wish == DESK_SUBSCRIBE)
		kind = PAGE_IS_ON;
	page_of_link(&page, kind, json_get_string(o, "account"),
		     json_get_string(o, "email"));
	reply(rq, 200, "", &page);
}

/* What a POST asks for: 0, or -1 when it can't be told. */
static int
read_wish(struct req *rq, enum desk_wish *wish)
{
	const char *type =
		rq->content_type[0] != '\0' ? rq->content_type : FORM_TYPE;
	struct err e = ERR_INIT;
	struct json_object *form;
	const char *value;

	if (req_read_body(rq, BODY_MAX, &e) != 0 ||
	    decode_body(rq->mem, type, rq->body.len > 0 ? rq->body.s : "",
			rq->body.len, &form, &e) != DECODE_OK)
		return -1;
	value = json_get_string(form, UNSUBSCRIBE_FIELD);
	if (value == NULL)
		return -1;
	*wish = DESK_UNSUBSCRIBE;
	if (strcasecmp(value, UNSUBSCRIBE_NOW) == 0)
		return 0;
	*wish = DESK_SUBSCRIBE;
	return strcasecmp(value, UNSUBSCRIBE_UNDO) == 0 ? 0 : -1;
}

static void
carry_out(struct house *h, struct req *rq, enum desk_wish wish, int64_t account,
	  int64_t contact)
{
	int64_t began_ms = clock_ms();
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	int rc = -1;

	if (!house_is_away(h, &e)) {
		rc = desk_unsubscribe(h->desk, wish, account, contact, began_ms,
				      rq->mem, &o, &e);
		spool_note(h->spool, rc == -1 ? &e : NULL);
	}
	if (rc == 0) {
		reply_state(rq, wish, o);
		return;
	}
	if (e.text[0] != '\0')
		house_log(&e, "a link to unsubscribe was not answered");
	refuse(rq, 503, RETRY_AFTER, "Please try again",
	       "This can't be done just now. Try again in a minute.");
}

static void
answer(struct house *h, struct req *rq, int64_t account, int64_t contact)
{
	enum desk_wish wish = DESK_SHOW;

	if (strcmp(rq->method, "POST") == 0) {
		if (read_wish(rq, &wish) == -1) {
			refuse(rq, 400, "", "That was not understood",
			       "Open the link from the e-mail again and press "
			       "the button. A program sends the "
			       "form " UNSUBSCRIBE_FIELD "=" UNSUBSCRIBE_NOW
			       ".");
			return;
		}
	} else if (strcmp(rq->method, "GET") != 0 &&
		   strcmp(rq->method, "HEAD") != 0) {
		refuse(rq, 405, "Allow: GET, HEAD, POST\r\n",
		       "That is not possible here",
		       "Open the link from the e-mail and press the button.");
		return;
	}
	carry_out(h, rq, wish, account, contact);
}

void
unsubscribe(struct house *h, struct req *rq, const char *token)
{
	int64_t account, contact;
	int wait_s = limits_address(&h->limits, house_sender(h, rq));

	if (wait_s > 0)
		refuse(rq, 429,
		       mem_printf(rq->mem, "Retry-After: %d\r\n", wait_s),
		       "Please try again",
		       "Too many requests came from this address. Try again "
		       "in a minute.");
	else if (contact_token_check(&h->secrets, token, strlen(token),
				     &account, &contact) == -1)
		refuse(rq, 404, "", "This link does not work",
		       "It is not complete. Copy all of it from the e-mail, or "
		       "answer the e-mail and ask to be unsubscribed.");
	else if (house_is_exposed(h, rq))
		refuse(rq, 403, "", "Please use https",
		       "Plain HTTP would show this link to everybody on the "
		       "way. Let it begin with https://.");
	else
		answer(h, rq, account, contact);
}
