/*
 * handshake.c - answering the questions of providers.  See handshake.h.
 */
#include "config.h"

#include "engine/handshake.h"

#include "base/coding.h"
#include "base/json.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define ECHO_MAX 500 /* challenges have some 50 characters */
#define DIGITS "0123456789"
#define WORD                         \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" DIGITS "_-"

struct asking {
	const struct verify_rule *rule; /* NULL: none */
	const struct verify_input *in;
	struct mem *mem;
	struct handshake *out;
};

static int
is_scheme(const struct asking *a, const char *name)
{
	return a->rule != NULL && a->rule->scheme.name != NULL &&
	       strcmp(a->rule->scheme.name, name) == 0;
}

/* Is it proven, as far as the trigger wants proof? */
static int
is_welcome(const struct asking *a)
{
	struct verify_verdict verdict;

	if (a->rule == NULL || a->rule->only_logs)
		return 1;
	return verify_request(a->rule, a->in, a->mem, &verdict) <= VERIFY_GOOD;
}

static int
answer(struct asking *a, const char *type, const char *body)
{
	a->out->status = 200;
	a->out->content_type = type;
	a->out->body = body;
	return 1;
}

static int
answer_json(struct asking *a, struct json_object *o)
{
	struct buf text = BUF_INIT;
	const char *copy;

	json_pool(a->mem, o);
	json_write(&text, o);
	copy = mem_strndup(a->mem, text.s, text.len);
	buf_free(&text);
	return answer(a, "application/json", copy);
}

/* The member, when it is 1 to ECHO_MAX characters of `alphabet`; else NULL.
 * Of "" any printable ASCII. */
static const char *
word(struct json_object *o, const char *name, const char *alphabet)
{
	const char *text = json_get_string(o, name), *s;
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || len > ECHO_MAX)
		return NULL;
	if (*alphabet != '\0')
		return strspn(text, alphabet) == len ? text : NULL;
	for (s = text; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			return NULL;
	return text;
}

static int
echo_challenge(struct asking *a)
{
	const char *challenge = word(a->in->payload, "challenge", "");
	struct json_object *o;

	if (challenge == NULL || !is_welcome(a))
		return 0;
	o = json_object_new_object();
	json_set_string(o, "challenge", challenge);
	return answer_json(a, o);
}

/* {"token":"...","challenge":"...","type":"url_verification"} */
static int
ask_slack(struct asking *a)
{
	struct json_object *o = a->in->payload;
	const char *type = json_get_string(o, "type");

	if (type == NULL || strcmp(type, "url_verification") != 0)
		return 0;
	json_object_object_foreach (o, name, value) {
		(void)value;
		if (strcmp(name, "token") != 0 && strcmp(name, "type") != 0 &&
		    strcmp(name, "challenge") != 0)
			return 0;
	}
	return echo_challenge(a);
}

/* {"challenge":"..."} */
static int
ask_monday(struct asking *a)
{
	if (!json_object_is_type(a->in->payload, json_type_object) ||
	    json_object_object_length(a->in->payload) != 1)
		return 0;
	return echo_challenge(a);
}

/* webhook_id=12, and nothing else. */
static int
ask_woocommerce(struct asking *a)
{
	struct json_object *o = a->in->payload;

	if (!verify_is_form(a->in) ||
	    !json_object_is_type(o, json_type_object) ||
	    json_object_object_length(o) != 1 ||
	    word(o, "webhook_id", DIGITS) == NULL)
		return 0;
	if (!is_scheme(a, "woocommerce") && !is_welcome(a))
		return 0;
	return answer(a, "text/plain", "");
}

/* [{"msys":{}}] */
static int
ask_sparkpost(struct asking *a)
{
	struct json_object *list = a->in->payload, *item, *msys;

	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) != 1)
		return 0;
	item = json_object_array_get_idx(list, 0);
	msys = json_get(item, "msys");
	if (!json_object_is_type(msys, json_type_object) ||
	    json_object_object_length(msys) != 0 ||
	    json_object_object_length(item) != 1 || !is_welcome(a))
		return 0;
	return answer(a, "text/plain", "");
}

/* Is it one of the secrets, as they were written? */
static int
is_secret(const struct asking *a, const char *text)
{
	const struct verify_rule *r = a->rule;
	int found = 0;
	size_t i;

	for (i = 0; i < r->n_keys; i++)
		if (r->keys[i].bytes != NULL)
			found |= hash_same(r->keys[i].bytes, r->keys[i].len,
					   text, strlen(text));
	return found;
}

/* ?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=... */
static int
ask_meta(struct asking *a)
{
	struct json_object *q = a->in->query;
	const char *mode = json_get_string(q, "hub.mode");
	const char *token = json_get_string(q, "hub.verify_token");
	const char *challenge = word(q, "hub.challenge", WORD);

	if (!is_scheme(a, "github-256") || mode == NULL || token == NULL ||
	    strcmp(mode, "subscribe") != 0 || challenge == NULL)
		return 0;
	a->out->hides_query = 1;
	if (is_secret(a, token))
		return answer(a, "text/plain", challenge);
	a->out->status = 403;
	a->out->why = "hub.verify_token is none of the trigger's secrets: add "
		      "the verify token that was given to Meta to the list in "
		      "verify";
	return 1;
}

/* HMAC by secret number `no` (from 1; 0: the first that can be used), in
 * hexadecimal; NULL: there is none. */
static const char *
mac_of(const struct asking *a, size_t no, const char *text)
{
	const struct verify_rule *r = a->rule;
	unsigned char mac[HASH_SIZE_MAX];
	char *hex = mem_alloc(a->mem, 2 * HASH_SIZE_MAX + 1);
	size_t i = no > 0 ? no - 1 : 0, len;

	while (i < r->n_keys && r->keys[i].bytes == NULL)
		i++;
	if (i >= r->n_keys)
		return NULL;
	len = hash_mac(r->scheme.hash, r->keys[i].bytes, r->keys[i].len, text,
		       strlen(text), mac);
	hex_encode(mac, len, hex);
	return hex;
}

/* {"event":"endpoint.url_validation","payload":{"plainToken":"..."}}: what is
 * signed of a delivery has colons, a token has none. */
static int
ask_zoom(struct asking *a)
{
	const char *event = json_get_string(a->in->payload, "event");
	const char *token =
		word(json_get(a->in->payload, "payload"), "plainToken", WORD);
	struct verify_verdict verdict;
	struct json_object *o;
	const char *mac;

	if (!is_scheme(a, "zoom") || event == NULL || token == NULL ||
	    strcmp(event, "endpoint.url_validation") != 0)
		return 0;
	/* a wrong signature says that our secret is wrong: let it be refused */
	if (verify_request(a->rule, a->in, a->mem, &verdict) > VERIFY_MISSING &&
	    !a->rule->only_logs)
		return 0;
	mac = mac_of(a, verdict.key_no, token);
	if (mac == NULL)
		return 0;
	o = json_object_new_object();
	json_set_string(o, "plainToken", token);
	json_set_string(o, "encryptedToken", mac);
	return answer_json(a, o);
}

/* ?bt_challenge=20f9...: 20 to 32 hexadecimal digits, which no notification
 * is (verify_body.c). */
static int
ask_braintree(struct asking *a)
{
	const char *challenge =
		word(a->in->query, "bt_challenge", DIGITS "abcdef");
	const char *mac;

	if (!is_scheme(a, "braintree") || a->rule->public_key == NULL ||
	    challenge == NULL || strlen(challenge) < 20 ||
	    strlen(challenge) > 32)
		return 0;
	mac = mac_of(a, 0, challenge);
	if (mac == NULL)
		return 0;
	return answer(a, "text/plain",
		      mem_printf(a->mem, "%s|%s", a->rule->public_key, mac));
}

/* clang-format off */
static const struct {
	const char *method, *what;
	int (*ask)(struct asking *);
} questions[] = {
	{ "POST", "Slack's url_verification",        ask_slack },
	{ "POST", "monday's challenge",              ask_monday },
	{ "POST", "WooCommerce's ping",              ask_woocommerce },
	{ "POST", "SparkPost's ping",                ask_sparkpost },
	{ "POST", "Zoom's endpoint.url_validation",  ask_zoom },
	{ "GET",  "Meta's hub.challenge",            ask_meta },
	{ "GET",  "Braintree's bt_challenge",        ask_braintree },
};
/* clang-format on */

int
handshake_answer(const struct verify_rule *rule, const struct verify_input *in,
		 struct mem *m, struct handshake *out)
{
	struct asking a = { rule, in, m, out };
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		memset(out, 0, sizeof(*out));
		if (strcmp(in->method, questions[i].method) != 0)
			continue;
		out->what = questions[i].what;
		if (questions[i].ask(&a))
			return 1;
	}
	memset(out, 0, sizeof(*out));
	return 0;
}
