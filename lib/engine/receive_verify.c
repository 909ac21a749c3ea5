/*
 * receive_verify.c - does a delivery come from whom it says?  The trigger's
 * rule and the account's secrets go to verify.c, what providers ask before
 * they send anything to handshake.c; here their verdicts become outcomes.
 */
#include "config.h"

#include "engine/receiving.h"

#include "base/json.h"
#include "engine/handshake.h"
#include "engine/secret.h"
#include "engine/verify.h"
#include "flow/date.h"

#include <string.h>

#include "base/banned.h"

#define SECRETS_MAX 8
#define LABEL_LENGTH strlen("secret:")

/* The plain secrets that `verify` names, in its order; NULL for one that is
 * not there. */
static size_t
plain_secrets(struct receiving *r, struct json_object *verify, const char **out)
{
	struct json_object *names = json_get(verify, "secret"), *one;
	int is_list = json_object_is_type(names, json_type_array);
	size_t n = is_list ? json_object_array_length(names) : names != NULL;
	const char *name;
	size_t i;

	if (n > SECRETS_MAX)
		n = SECRETS_MAX;
	for (i = 0; i < n; i++) {
		one = is_list ? json_object_array_get_idx(names, i) : names;
		name = json_object_get_string(one);
		out[i] = secret_open(
			r->rules->secrets, r->hook->account_id,
			r->hook->secrets,
			strlen(name) > LABEL_LENGTH ? name + LABEL_LENGTH : "",
			r->m);
	}
	return n;
}

/* When it arrived: a signature may not be older than its tolerance then. */
static int64_t
arrival(const struct receiving *r)
{
	struct date_env utc = { .now_us = r->hook->now_us };
	struct err e = ERR_INIT;
	int64_t us;

	if (r->d->received_at == NULL ||
	    date_instant(r->d->received_at, &utc, &us, &e) == -1)
		us = r->hook->now_us;
	return us / 1000000;
}

static struct verify_input
input_of(const struct receiving *r)
{
	const struct delivery *d = r->d;

	return (struct verify_input){
		.method = d->method,
		.url = d->url,
		.headers = d->headers,
		.content_type = d->content_type,
		.body = d->body,
		.body_len = d->body_len,
		.payload = d->payload,
		.query = d->query_json,
		.now_s = arrival(r),
	};
}

static int
check_address(struct receiving *r, const struct verify_rule *rule)
{
	const char *why;

	if (rule->n_from == 0)
		return 1;
	if (verify_address(rule, r->d->remote_addr)) {
		check_add(r, "address", "passed", NULL);
		return 1;
	}
	why = mem_printf(r->m,
			 "the address %s may not send here: add it to the "
			 "trigger's verify.from where it is the sender's",
			 r->d->remote_addr[0] != '\0' ? r->d->remote_addr
						      : "(unknown)");
	check_add(r, "address", rule->only_logs ? "noted" : "failed", why);
	if (rule->only_logs)
		return 1;
	refuse(r, 403, why);
	return 0;
}

/* What a provider asks before it sends anything is answered and kept, and
 * enrols nobody.  1: it was no such question. */
static int
answer_handshake(struct receiving *r, const struct verify_rule *rule)
{
	struct verify_input in = input_of(r);
	struct handshake shake;

	if (!handshake_answer(rule, &in, r->m, &shake))
		return 1;
	if (shake.hides_query) {
		json_set_string(r->row, "query", "");
		json_object_object_del(r->row, "payload");
	}
	if (shake.status >= 300) {
		check_add(r, "handshake", "failed", shake.why);
		refuse(r, shake.status, shake.why);
		return 0;
	}
	check_add(r, "handshake", "passed", shake.what);
	decide(r, 200, "filtered",
	       mem_printf(r->m, "%s was answered: nobody is enrolled by it",
			  shake.what));
	r->answer.custom_type = shake.content_type;
	r->answer.custom_body = shake.body;
	return 0;
}

static int
check_signature(struct receiving *r, const struct verify_rule *rule)
{
	struct verify_input in = input_of(r);
	struct verify_verdict v;

	switch (verify_request(rule, &in, r->m, &v)) {
	case VERIFY_UNASKED:
		return 1;
	case VERIFY_GOOD:
		check_add(r, "signature", "passed", NULL);
		return 1;
	default:
		break;
	}
	check_add(r, "signature", rule->only_logs ? "noted" : "failed", v.why);
	if (rule->only_logs)
		return 1;
	refuse(r, 401, v.why);
	return 0;
}

/* What is replayed was proven when it came, or somebody vouches for it. */
static int
is_vouched_for(struct receiving *r, const struct verify_rule *rule)
{
	if (r->d->replay_of == NULL)
		return 0;
	if (rule->scheme.name != NULL)
		check_add(r, "signature", "noted",
			  "not checked: this is a replay");
	return 1;
}

static int
read_rule(struct receiving *r, struct json_object *verify,
	  struct verify_rule *rule)
{
	const char *secrets[SECRETS_MAX];
	size_t n = plain_secrets(r, verify, secrets);
	struct err e = ERR_INIT;

	if (verify_rule_read(r->m, verify, secrets, n, rule, &e) == 0)
		return 0;
	check_add(r, "signature", "failed", e.text);
	refuse(r, 401, mem_strdup(r->m, e.text));
	return -1;
}

int
receive_is_question(struct receiving *r)
{
	struct json_object *verify = json_get(r->hook->trigger, "verify");
	struct verify_rule rule;

	if (verify == NULL)
		return !answer_handshake(r, NULL);
	return read_rule(r, verify, &rule) == -1 || !answer_handshake(r, &rule);
}

int
receive_is_genuine(struct receiving *r)
{
	struct json_object *verify = json_get(r->hook->trigger, "verify");
	struct verify_rule rule;

	if (verify == NULL)
		return answer_handshake(r, NULL);
	if (read_rule(r, verify, &rule) == -1)
		return 0;
	return check_address(r, &rule) && answer_handshake(r, &rule) &&
	       (is_vouched_for(r, &rule) || check_signature(r, &rule));
}
