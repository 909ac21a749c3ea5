/*
 * deliver.c - a request at /hooks/TOKEN.  What becomes of it is decided in
 * engine/receive.c; here bytes become a delivery and an answer becomes bytes.
 * Neither the token nor anything of the request is ever logged.
 */
#include "config.h"

#include "deliver.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/coding.h"
#include "base/json.h"
#include "base/log.h"
#include "front/apart.h"
#include "http/problem.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define NO_SUCH_HOOK                                                       \
	"there is no hook at this URL: copy it again from the workflow's " \
	"trigger; it may have been rotated"
#define JSON_HEADERS                         \
	"Content-Type: application/json\r\n" \
	"Cache-Control: no-store\r\n"
#define PROBLEM_HEADERS                              \
	"Content-Type: application/problem+json\r\n" \
	"Cache-Control: no-store\r\n"

static int
is_head(const struct req *rq)
{
	return strcmp(rq->method, "HEAD") == 0;
}

static void
reply(struct req *rq, int status, const char *headers, const struct buf *body)
{
	if (req_reply(rq, status, headers, body->s, body->len) == -1)
		log_debug("the sender went away before the answer");
}

void
reply_problem(struct req *rq, int status, const char *headers,
	      const char *detail, struct json_object *errors)
{
	struct buf body = BUF_INIT;

	problem_write(&body, status, detail, errors);
	reply(rq, status, mem_printf(rq->mem, "%s%s", PROBLEM_HEADERS, headers),
	      &body);
	buf_free(&body);
}

/* What the trigger wants its sender to be told instead. */
static void
reply_custom(struct req *rq, const struct answer *a)
{
	struct buf body = BUF_INIT;

	if (!is_head(rq))
		buf_adds(&body, a->custom_body);
	reply(rq, a->status,
	      mem_printf(rq->mem,
			 "Content-Type: %s\r\nCache-Control: no-store\r\n",
			 a->custom_type),
	      &body);
	buf_free(&body);
}

static void
reply_outcome(struct req *rq, const struct answer *a)
{
	struct json_object *o = json_pool(rq->mem, json_object_new_object());
	struct buf body = BUF_INIT;

	json_set_string(o, "status", a->outcome);
	json_set_string(o, "delivery", a->delivery_id);
	json_set_string(o, "contact", a->contact_id);
	json_set_string(o, "run", a->run_id);
	if (a->parts != NULL)
		json_object_object_add(o, "parts", json_object_get(a->parts));
	if (!is_head(rq)) { /* what has no ids yet has no length yet */
		json_write(&body, o);
		buf_addc(&body, '\n');
	}
	reply(rq, a->status, JSON_HEADERS, &body);
	buf_free(&body);
}

/* Neither database nor spool could take it: the sender shall deliver again.
 * What exactly happened is for the log alone. */
static void
reply_failure(struct req *rq, const struct err *e)
{
	if (e->kind == ERR_GONE) {
		reply_problem(rq, 404, "", NO_SUCH_HOOK, NULL);
		return;
	}
	house_log(e, "a delivery was not taken");
	reply_problem(rq, 503, RETRY_AFTER,
		      "the delivery could not be kept just now: send it again",
		      NULL);
}

/* The same for who only asks, which nothing is lost of. */
static void
reply_unknown(struct req *rq, const struct err *e)
{
	if (e->kind == ERR_GONE) {
		reply_problem(rq, 404, "", NO_SUCH_HOOK, NULL);
		return;
	}
	if (e->text[0] != '\0')
		house_log(e, "a question was not answered");
	reply_problem(rq, 503, RETRY_AFTER,
		      "this can't be looked up just now: ask again", NULL);
}

/* Read the body: 0, or the status it is refused with, and *why. */
static int
read_body(struct house *h, struct req *rq, const char **why)
{
	struct err e = ERR_INIT;

	switch (req_read_body(rq, (size_t)h->conf.max_body, &e)) {
	case 0:
		return 0;
	case 1:
		*why = mem_printf(rq->mem,
				  "the body is larger than %d bytes, which is "
				  "all that is taken here",
				  h->conf.max_body);
		return 413;
	default:
		*why = mem_strdup(rq->mem, e.text);
		return 400;
	}
}

/* A name for this request that no other has. */
static const char *
new_uid(struct mem *m)
{
	unsigned char bytes[16];
	char *hex = mem_alloc(m, 2 * sizeof(bytes) + 1);

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), hex);
	return hex;
}

/* The URL as the sender knows it: what some of them sign. */
static const char *
public_url(const struct house *h, const struct req *rq)
{
	return mem_printf(rq->mem, "%s%s%s%s", h->conf.base_url, rq->path,
			  rq->query[0] != '\0' ? "?" : "", rq->query);
}

/* Of a body that was cut, what came is kept. */
static void
fill_body(struct house *h, struct req *rq, struct delivery *d)
{
	d->refused_status = read_body(h, rq, &d->refused_why);
	d->body = rq->body.len > 0 ? rq->body.s : "";
	d->body_len = rq->body.len;
	if (house_is_exposed(h, rq)) {
		d->refused_status = 403;
		d->refused_why = "use https: plain HTTP would show this secret "
				 "URL to everybody on the way";
	}
	take_apart(rq->mem, d);
}

static void
fill_delivery(struct house *h, struct req *rq, struct delivery *d)
{
	*d = (struct delivery){
		.method = is_head(rq) ? "GET" : rq->method,
		.only_asks = is_head(rq),
		.query = rq->query,
		.url = public_url(h, rq),
		.content_type = rq->content_type,
		.remote_addr = house_sender(h, rq),
		.headers = req_headers_json(rq),
		.uid = new_uid(rq->mem),
	};
	fill_body(h, rq, d);
}

static void
reply_answer(struct req *rq, const struct answer *a)
{
	const char *allow = "";

	if (a->custom_body != NULL) {
		reply_custom(rq, a);
		return;
	}
	if (a->status < 300) {
		reply_outcome(rq, a);
		return;
	}
	if (a->allow != NULL)
		allow = mem_printf(rq->mem, "Allow: %s\r\n", a->allow);
	reply_problem(rq, a->status, allow, a->detail, a->errors);
}

/* It is on the disk.  One that is refused anyway learns why; the spool has it
 * for the hook's owner. */
static void
reply_spooled(struct req *rq, const struct delivery *d)
{
	static const char body[] = "{\"status\":\"spooled\"}\n";

	if (d->refused_status != 0)
		reply_problem(rq, d->refused_status, "", d->refused_why, NULL);
	else if (req_reply(rq, 200, JSON_HEADERS, body, sizeof(body) - 1) == -1)
		log_debug("the sender went away before the answer");
}

/* The database did not take it. */
static void
keep_in_spool(struct house *h, struct req *rq, const unsigned char *key,
	      const struct delivery *d, int64_t arrived_us,
	      struct stages *stages, const struct err *why)
{
	struct err e = ERR_INIT;
	int rc;

	if (d->only_asks || why->kind == ERR_GONE) {
		reply_unknown(rq, why);
		return;
	}
	if (why->text[0] != '\0')
		house_log(why, "a delivery goes to the spool");
	rc = spool_put(h->spool, key, d, arrived_us, why, &e);
	stage_end(stages, STAGE_SPOOL);
	if (rc == 0) {
		reply_spooled(rq, d);
		return;
	}
	if (d->refused_status == 0) {
		reply_failure(rq, &e);
		return;
	}
	house_log(&e, "a refused delivery was not kept");
	reply_spooled(rq, d);
}

static int
receive_unless_away(struct house *h, struct req *rq, const unsigned char *key,
		    const struct delivery *d, struct stages *stages,
		    struct answer *a, struct err *e)
{
	int rc;

	if (house_is_away(h, e))
		return -1;
	rc = desk_receive(h->desk, key, d, stages, rq->mem, a, e);
	spool_note(h->spool, rc == -1 ? e : NULL);
	return rc;
}

static double
ms(const struct stages *s, enum stage stage)
{
	return (double)s->us[stage] / 1000;
}

static void
log_stages(const struct stages *s, const char *delivery_id)
{
	log_debug("delivery %s, ms: read %.3f find %.3f judge %.3f wait %.3f "
		  "keep %.3f spool %.3f answer %.3f",
		  delivery_id != NULL ? delivery_id : "-", ms(s, STAGE_READ),
		  ms(s, STAGE_FIND), ms(s, STAGE_JUDGE), ms(s, STAGE_WAIT),
		  ms(s, STAGE_KEEP), ms(s, STAGE_SPOOL), ms(s, STAGE_ANSWER));
}

static void
deliver_request(struct house *h, struct req *rq, const unsigned char *key)
{
	int64_t arrived_us = spool_clock();
	struct stages stages;
	struct delivery d;
	struct answer a = { .delivery_id = NULL };
	struct err e = ERR_INIT;

	stages_begin(&stages);
	fill_delivery(h, rq, &d);
	stage_end(&stages, STAGE_READ);
	if (receive_unless_away(h, rq, key, &d, &stages, &a, &e) == -1)
		keep_in_spool(h, rq, key, &d, arrived_us, &stages, &e);
	else
		reply_answer(rq, &a);
	stage_end(&stages, STAGE_ANSWER);
	log_stages(&stages, a.delivery_id);
}

/* OPTIONS asks which methods there are. */
static void
answer_options(struct house *h, struct req *rq, const unsigned char *key)
{
	struct buf nothing = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t began_ms = clock_ms();
	const char *allow;
	int rc = -1;

	if (!house_is_away(h, &e)) {
		rc = desk_methods(h->desk, key, began_ms, rq->mem, &allow, &e);
		spool_note(h->spool, rc == -1 ? &e : NULL);
	}
	if (rc == -1)
		reply_unknown(rq, &e);
	else
		reply(rq, 204, mem_printf(rq->mem, "Allow: %s\r\n", allow),
		      &nothing);
}

static void
reply_receipt(struct req *rq, struct json_object *o)
{
	struct buf body = BUF_INIT;

	if (o == NULL) {
		reply_problem(rq, 404, "",
			      "there is no such delivery at this URL: copy its "
			      "id from the answer that named it; old ones are "
			      "removed after a while",
			      NULL);
		return;
	}
	json_write(&body, o);
	buf_addc(&body, '\n');
	reply(rq, 200, JSON_HEADERS, &body);
	buf_free(&body);
}

/* What became of a delivery: whoever has the URL it was sent to may ask.  One
 * in the spool has no id yet. */
static void
answer_receipt(struct house *h, struct req *rq, const unsigned char *key,
	       const char *id)
{
	int64_t began_ms = clock_ms();
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	int rc = -1;

	if (strcmp(rq->method, "GET") != 0 && !is_head(rq)) {
		reply_problem(rq, 405, "Allow: GET, HEAD\r\n",
			      "a receipt can only be read: use GET", NULL);
		return;
	}
	if (!house_is_away(h, &e)) {
		rc = desk_receipt(h->desk, key, id, began_ms, rq->mem, &o, &e);
		spool_note(h->spool, rc == -1 ? &e : NULL);
	}
	if (rc == -1)
		reply_unknown(rq, &e);
	else
		reply_receipt(rq, o);
}

/* The id in "/deliveries/ID": 1 to 18 digits; or NULL. */
static const char *
receipt_id(const char *rest)
{
	static const char before[] = "/deliveries/";
	size_t n;

	if (strncmp(rest, before, sizeof(before) - 1) != 0)
		return NULL;
	rest += sizeof(before) - 1;
	n = strspn(rest, "0123456789");
	return n > 0 && n <= 18 && rest[n] == '\0' ? rest : NULL;
}

/* Too many: they are told when one is taken again.  Nothing is kept of it. */
static void
reply_too_many(struct req *rq, int seconds, const char *where)
{
	reply_problem(
		rq, 429, mem_printf(rq->mem, "Retry-After: %d\r\n", seconds),
		mem_printf(rq->mem,
			   "more requests %s than are taken in a minute: send "
			   "this one again in %d %s",
			   where, seconds, seconds == 1 ? "second" : "seconds"),
		NULL);
}

void
deliver(struct house *h, struct req *rq, const char *rest)
{
	unsigned char key[TOKEN_KEY_SIZE];
	size_t len = rest != NULL ? strcspn(rest, "/") : 0;
	const char *id = rest != NULL ? receipt_id(rest + len) : NULL;
	int wait_s = limits_address(&h->limits, house_sender(h, rq));

	if (wait_s > 0)
		reply_too_many(rq, wait_s, "came from this address");
	else if (rest == NULL || (rest[len] != '\0' && id == NULL) ||
		 token_check(&h->secrets, rest, len, key) == -1)
		reply_problem(rq, 404, "", NO_SUCH_HOOK, NULL);
	else if ((wait_s = limits_hook(&h->limits, key)) > 0)
		reply_too_many(rq, wait_s, "came to this URL");
	else if (id != NULL)
		answer_receipt(h, rq, key, id);
	else if (strcmp(rq->method, "OPTIONS") == 0)
		answer_options(h, rq, key);
	else
		deliver_request(h, rq, key);
}
