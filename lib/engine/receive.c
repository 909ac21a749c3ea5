/*
 * receive.c - what happens to one delivery, as a story: find the trigger, ask
 * whether it may come in (receive_checks.c), whom and what it is about
 * (receive_enrol.c), and keep delivery, contact and run in one commit
 * (receive_keep.c).  A refused delivery to a real hook is kept too, so that its
 * owner sees why a sender fails.  Reading requests is lib/http; what the run
 * later does is advance.c.
 */
#include "config.h"

#include "engine/receive.h"

#include "engine/receiving.h"

#include "base/json.h"
#include "flow/scheme.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/banned.h"

/* Idempotency keys and the like tell requests apart and open nothing. */
static int
opens_nothing(const char *name)
{
	return strstr(name, "idempotency") != NULL ||
	       strstr(name, "dedup") != NULL;
}

static int
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

static int
holds_credential(const char *name)
{
	static const char *const parts[] = { "auth",	"cookie",     "token",
					     "secret",	"password",   "passwd",
					     "apikey",	"credential", "session",
					     "private", "jwt",	      NULL };
	int i;

	if (opens_nothing(name))
		return 0;
	for (i = 0; parts[i] != NULL; i++)
		if (strstr(name, parts[i]) != NULL)
			return 1;
	return ends_with(name, "-key") || ends_with(name, "-pass");
}

/* The headers without credentials: in `stored` they are crossed out, mapping
 * and runs (`shown`) do not have them at all. */
static void
redact(struct receiving *r)
{
	struct json_object *verify = json_get(r->hook->trigger, "verify");

	r->headers = json_pool(r->m, json_object_new_object());
	r->shown_headers = json_pool(r->m, json_object_new_object());
	json_object_object_foreach (r->d->headers, name, value) {
		if (holds_credential(name) ||
		    scheme_hides_header(verify, name)) {
			json_set_string(r->headers, name, "[redacted]");
			continue;
		}
		json_object_object_add(r->headers, name,
				       json_object_get(value));
		json_object_object_add(r->shown_headers, name,
				       json_object_get(value));
	}
}

void
row_set(struct receiving *r, const char *key, struct json_object *value)
{
	json_object_object_add(r->row, key, value);
}

void
check_add(struct receiving *r, const char *check, const char *verdict,
	  const char *detail)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "check", check);
	json_set_string(o, "verdict", verdict);
	json_set_string(o, "detail", detail);
	json_object_array_add(r->checks, o);
}

void
decide(struct receiving *r, int status, const char *outcome, const char *why)
{
	r->answer.status = status;
	r->answer.outcome = outcome;
	row_set(r, "http_status", json_object_new_int(status));
	json_set_string(r->row, "outcome", outcome);
	json_set_string(r->row, "reason", why);
}

void
refuse(struct receiving *r, int status, const char *why)
{
	r->answer.detail = why;
	decide(r, status, "rejected", why);
	row_set(r, "keep_refused", json_object_new_int(r->rules->keep_refused));
}

static const char *
storable_address(const char *text)
{
	unsigned char bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1 ||
	    inet_pton(AF_INET6, text, bytes) == 1)
		return text;
	return NULL;
}

/* When nobody waits for the delivery any more, by the database's clock. */
static int64_t
too_late_us(const struct receiving *r)
{
	return r->hook->now_us +
	       1000 * (int64_t)(r->rules->deadline_ms + RECEIVE_MARGIN_MS);
}

/* What every delivery's row holds, whatever becomes of it. */
static void
begin_row(struct receiving *r)
{
	const struct delivery *d = r->d;

	r->row = json_pool(r->m, json_object_new_object());
	json_set_string(r->row, "account_id", r->hook->account_id);
	json_set_string(r->row, "trigger_id", r->hook->trigger_id);
	json_set_string(r->row, "method", d->method);
	json_set_string(r->row, "query", d->query);
	json_set_string(r->row, "content_type", d->content_type);
	json_set_string(r->row, "remote_addr",
			storable_address(d->remote_addr));
	json_set_string(r->row, "replay_of", d->replay_of);
	json_set_string(r->row, "spool", d->spool);
	json_set_string(r->row, "received_at", d->received_at);
	json_set_string(r->row, "uid", d->uid);
	if (d->may_be_kept)
		row_set(r, "may_be_kept", json_object_new_boolean(1));
	if (d->spool == NULL && r->rules->deadline_ms > 0)
		row_set(r, "until", json_object_new_int64(too_late_us(r)));
	if (r->hook->is_remembered)
		json_set_string(r->row, "stamp", r->hook->stamp);
	if (r->hook->is_old_url)
		row_set(r, "used_old_url", json_object_new_boolean(1));
	row_set(r, "headers", json_object_get(r->headers));
	row_set(r, "checks", json_object_get(r->checks));
	if (d->refused_status == 0 && d->body_len > 0)
		row_set(r, "payload", json_object_get(d->payload));
	row_set(r, "body_len", json_object_new_int64((int64_t)d->body_len));
}

/* What mapping and filter see.  For GET without a body, body is the query. */
static void
build_source(struct receiving *r)
{
	const struct delivery *d = r->d;
	int is_query_body = d->payload == NULL && d->body_len == 0 &&
			    strcmp(d->method, "GET") == 0;

	r->source = json_pool(r->m, json_object_new_object());
	json_object_object_add(
		r->source, "body",
		json_object_get(is_query_body ? d->query_json : d->payload));
	json_object_object_add(r->source, "query",
			       json_object_get(d->query_json));
	json_object_object_add(r->source, "headers",
			       json_object_get(r->shown_headers));
	json_object_object_add(r->source, "method",
			       json_object_new_string(d->method));
	if (is_query_body)
		row_set(r, "payload", json_object_get(d->query_json));
}

static void
free_text(void *text)
{
	buf_free(text);
}

/* The row as text, but for its end: where its body will be is not known. */
static void
seal_row(struct receiving *r)
{
	buf_init(&r->text);
	mem_on_free(r->m, free_text, &r->text);
	json_write(&r->text, r->row);
	r->text.len--;
}

/* Whether it may come in, and whom and what it is about. */
static void
judge(struct receiving *r)
{
	if (!receive_may_enter(r))
		return;
	build_source(r);
	if (r->hook->is_published)
		receive_enrol(r);
	else
		decide(r, 200, "captured",
		       "the workflow is not published: kept as a sample, "
		       "nobody is enrolled");
}

struct receiving *
receive_judge(const struct hook *h, const struct delivery *d,
	      const struct receive_rules *rules, struct mem *m)
{
	struct receiving *r = mem_alloc(m, sizeof(*r));

	r->m = m;
	r->d = d;
	r->hook = h;
	r->rules = rules;
	redact(r);
	r->checks = json_pool(m, json_object_new_array());
	begin_row(r);
	judge(r);
	seal_row(r);
	return r;
}

const struct err *
receive_failure(const struct receiving *r)
{
	return &r->failed;
}

int
receive_is_stale(const struct receiving *r)
{
	return r->is_stale;
}

struct json_object *
receive_preview(struct receiving *r)
{
	struct json_object *o = json_pool(r->m, json_object_new_object());

	json_set_string(o, "status", r->answer.outcome);
	json_set_string(o, "reason", json_get_string(r->row, "reason"));
	json_object_object_add(o, "contact",
			       json_object_get(r->mapped.contact));
	json_object_object_add(o, "custom_variables",
			       json_object_get(r->mapped.variables));
	json_object_object_add(o, "checks", json_object_get(r->checks));
	return o;
}

int
receive(struct db *db, const unsigned char *key, const struct delivery *d,
	const struct receive_rules *rules, struct mem *m, struct answer *out,
	struct err *e)
{
	struct hook *h;
	struct receiving *r;

	memset(out, 0, sizeof(*out));
	if (hook_resolve(db, key, m, &h, e) == -1) {
		e->is_unknown = 0; /* it has only asked */
		return -1;
	}
	r = receive_judge(h, d, rules, m);
	if (r->failed.kind != ERR_NONE) {
		*e = r->failed;
		e->is_unknown = 0;
		return -1;
	}
	if (receive_keep(db, &r, 1, e) == -1)
		return -1;
	*out = *receive_answer(r);
	return 0;
}

int
receive_methods(struct db *db, const unsigned char *key, struct mem *m,
		const char **allow, struct err *e)
{
	struct hook *h;

	if (hook_resolve(db, key, m, &h, e) == -1)
		return -1;
	*allow = receive_allow(h, m);
	return 0;
}
