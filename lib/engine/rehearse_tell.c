/*
 * rehearse_tell.c - what a rehearsal says of each step: the conditions with the
 * values that they saw, the message or call with all that it holds but secrets,
 * the moment when a wait would end.  See rehearse.h.
 */
#include "config.h"

#include "engine/effect.h"
#include "engine/rehearsing.h"

#include "act/mail.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/cond_tell.h"
#include "store/run.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define LOCAL_PATTERN "Dy YYYY-MM-DD HH24:MI:SS"
#define BODY_SHOWN 20000 /* bytes of what a call sends */
#define MASK "***"

struct json_object *
rehearse_told(struct rehearsing *rh, int seq)
{
	const char *key = mem_printf(rh->m, "%d", seq);
	struct json_object *o = json_get(rh->told, key);
	char at[32];

	if (o != NULL)
		return o;
	o = json_object_new_object();
	date_format_utc(rh->now_us, at);
	json_set_string(o, "at", at);
	json_object_object_add(rh->told, key, o);
	return o;
}

/* --- conditions ------------------------------------------------------------
 */

static void
tell_test(struct passage *p, struct json_object *list, const char *of,
	  const char *branch, struct json_object *cond)
{
	struct date_env env = passage_date_env(p);
	struct json_object *o;

	if (cond == NULL)
		return;
	o = json_object_new_object();
	json_set_string(o, "of", of);
	json_set_string(o, "branch", branch);
	json_object_object_add(o, "condition",
			       cond_tell(cond, p->scope, &env, p->mem));
	json_object_array_add(list, o);
}

/* Of an if_else: all branches up to the one that is taken. */
static void
tell_branches(struct passage *p, struct json_object *list)
{
	struct json_object *branches = json_get(p->step->json, "branches");
	struct json_object *branch, *last;
	size_t i;

	for (i = 0; i < json_object_array_length(branches); i++) {
		branch = json_object_array_get_idx(branches, i);
		tell_test(p, list, "branch", json_get_string(branch, "name"),
			  json_get(branch, "when"));
		last = json_object_array_get_idx(
			list, json_object_array_length(list) - 1);
		if (json_get_bool(json_get(last, "condition"), "met", 0))
			return;
	}
}

void
rehearse_watch(void *arg, struct passage *p)
{
	struct rehearsing *rh = arg;
	struct json_object *o = rehearse_told(rh, p->seq + 1), *list;
	struct json_object *step = p->step->json;

	if (p->step->is_disabled)
		return;
	list = json_object_new_array();
	tell_test(p, list, "if", NULL, json_get(step, "if"));
	if (strcmp(p->step->type, "if_else") == 0)
		tell_branches(p, list);
	tell_test(p, list, "until_condition", NULL,
		  json_get(step, "until_condition"));
	if (strcmp(p->step->type, "goal") == 0)
		tell_test(p, list, "when", NULL, json_get(step, "when"));
	json_object_object_add(o, "tests", list);
}

/* --- messages and calls ----------------------------------------------------
 */

static struct json_object *
told_mail(const struct mail *m)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "from", m->from);
	json_set_string(o, "to", m->to);
	json_set_string(o, "cc", m->cc);
	json_set_string(o, "bcc", m->bcc);
	json_set_string(o, "reply_to", m->reply_to);
	json_set_string(o, "subject", m->subject);
	json_set_string(o, "text", m->text);
	json_set_string(o, "html", m->html);
	return o;
}

static struct json_object *
told_sms(struct passage *p)
{
	struct json_object *o = json_object_new_object();
	struct err e = ERR_INIT;

	json_set_string(o, "from", json_get_string(p->detail, "from"));
	json_set_string(o, "to", json_get_string(p->detail, "to"));
	json_set_string(o, "text", step_text(p, "text", &e));
	return o;
}

/* Without secrets, and cut where it is long. */
static const char *
shown(struct passage *p, const char *text, size_t len)
{
	struct buf b = BUF_INIT;
	const char *copy;
	size_t at;

	buf_add(&b, text, len);
	effect_hide(p, &b);
	len = b.len < BODY_SHOWN ? b.len : BODY_SHOWN;
	if (!text_is_utf8(b.s, len, &at))
		len = at;
	copy = mem_printf(p->mem, "%.*s%s", (int)len, b.s,
			  len < b.len ? "..." : "");
	buf_free(&b);
	return copy;
}

static int
is_header(const char *line, const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	return len > 0 && strncasecmp(line, name, len) == 0 && line[len] == ':';
}

/* A login is not shown either where it is written out in the step. */
static const char *
shown_header(struct passage *p, const char *line)
{
	struct json_object *auth = json_get(p->step->json, "auth");

	if (is_header(line, "authorization") ||
	    is_header(line, json_get_string(auth, "name")))
		return mem_printf(p->mem, "%.*s: " MASK,
				  (int)strcspn(line, ":"), line);
	return shown(p, line, strlen(line));
}

/* Where a key stands in the query, this is left out. */
static const char *
shown_url(struct passage *p)
{
	const char *in = json_get_string(json_get(p->step->json, "auth"), "in");
	const char *url = shown(p, p->call.url, strlen(p->call.url));

	if (in == NULL || strcmp(in, "query") != 0)
		return url;
	return mem_printf(p->mem, "%.*s?" MASK, (int)strcspn(url, "?#"), url);
}

static struct json_object *
told_call(struct passage *p)
{
	struct json_object *o = json_object_new_object();
	struct json_object *lines = json_object_new_array();
	const struct net_call *c = &p->call;
	size_t i;

	json_set_string(o, "method", c->method);
	json_set_string(o, "url", shown_url(p));
	for (i = 0; c->headers != NULL && c->headers[i] != NULL; i++)
		json_object_array_add(
			lines,
			json_object_new_string(shown_header(p, c->headers[i])));
	json_object_object_add(o, "headers", lines);
	if (c->body_len > 0)
		json_set_string(o, "body", shown(p, c->body, c->body_len));
	return o;
}

void
rehearse_tell_call(struct rehearsing *rh)
{
	struct passage *p = rh->passage;
	struct json_object *o = rehearse_told(rh, p->seq + 1);

	if (p->call.kind == NET_SMTP)
		json_object_object_add(o, "mail", told_mail(p->mail));
	else if (strcmp(p->step->type, "send_sms") == 0)
		json_object_object_add(o, "sms", told_sms(p));
	else
		json_object_object_add(o, "call", told_call(p));
}

/* --- waits -----------------------------------------------------------------
 */

int
rehearse_tell_wait(struct rehearsing *rh, const struct run *run,
		   const char *ends_by, struct err *e)
{
	struct json_object *o = rehearse_told(rh, run->seq + 1);
	struct json_object *wait;
	const char *local;
	char at[32];

	if (run_date_text(rh->in->db, rh->now_us, run->zone, LOCAL_PATTERN,
			  rh->m, &local, e) == -1)
		return -1;
	wait = run->wait != NULL ? json_copy(run->wait)
				 : json_object_new_object();
	date_format_utc(rh->now_us, at);
	json_set_string(wait, "ends_at", at);
	json_set_string(wait, "ends_local", local);
	json_set_string(wait, "ends_by", ends_by);
	json_object_object_add(o, "wait", wait);
	return 0;
}

/* --- all steps -------------------------------------------------------------
 */

static const char *
verdict(struct json_object *step, struct json_object *told,
	struct json_object *faults)
{
	const char *status = json_get_string(step, "status");

	if (faults != NULL)
		return "fault";
	if (strcmp(status, "skipped") == 0 || strcmp(status, "done") != 0)
		return strcmp(status, "skipped") == 0 ? status : "fault";
	if (json_get(told, "mail") != NULL || json_get(told, "sms") != NULL)
		return "would_send";
	if (json_get(told, "call") != NULL)
		return "would_call";
	return json_get(told, "wait") != NULL ? "would_wait" : "done";
}

static struct json_object *
tell_step(struct rehearsing *rh, struct json_object *step)
{
	const char *id = json_get_string(step, "step");
	struct json_object *told =
		rehearse_told(rh, (int)json_get_int(step, "seq", 0));
	struct json_object *faults = json_get(rh->left_out, id);
	struct json_object *known = json_get(rh->names, id);
	struct json_object *o = json_object_new_object();

	json_set_string(o, "step", id);
	json_set_string(o, "name", json_get_string(known, "name"));
	json_set_string(o, "type", json_get_string(known, "type"));
	json_set_string(o, "verdict", verdict(step, told, faults));
	json_object_object_foreach (told, name, value)
		json_object_object_add(o, name, json_object_get(value));
	json_object_object_add(o, "detail",
			       json_object_get(json_get(step, "detail")));
	if (faults != NULL)
		json_object_object_add(o, "faults", json_object_get(faults));
	return o;
}

void
rehearse_tell_steps(struct rehearsing *rh, struct json_object *run)
{
	struct json_object *steps = json_get(run, "steps");
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < json_object_array_length(steps); i++)
		json_object_array_add(
			list,
			tell_step(rh, json_object_array_get_idx(steps, i)));
	json_object_object_add(rh->out, "steps", list);
}
