/*
 * verify_body.c - signatures that come in the body: Mailgun, Braintree, Adyen.
 * They cover some of its fields and not the others, which anybody who ever saw
 * a valid request can change; doc/verify.md says so.  See verify_claim.h.
 */
#include "config.h"

#include "engine/verify_claim.h"

#include "base/json.h"

#include <string.h>

#include "base/banned.h"

/* The member as text, "" when there is none; from the pool. */
static const char *
member_text(const struct verify *v, struct json_object *o, const char *name)
{
	return json_pool_text(v->mem, json_get(o, name));
}

/* {"signature":{"timestamp","token","signature"}}, or a form with the three
 * as fields. */
enum verify_result
claim_from_mailgun(struct verify *v, struct claim *c)
{
	struct json_object *o = v->in->payload, *nested;
	const char *signature;

	nested = json_get(o, "signature");
	if (json_object_is_type(nested, json_type_object))
		o = nested;
	c->where = "the body's signature";
	c->ts = member_text(v, o, "timestamp");
	c->field = member_text(v, o, "token");
	signature = member_text(v, o, "signature");
	if (*c->ts == '\0' || *c->field == '\0' || *signature == '\0')
		return verify_say(v, VERIFY_MISSING,
				  "expected timestamp, token and signature in "
				  "the body (below signature, or as fields of "
				  "a form), which did not all come");
	claim_add(v, c, signature, strlen(signature), 0);
	return VERIFY_GOOD;
}

/* "PUBLIC KEY|HEX", as often as the account has keys, joined by &. */
static void
read_braintree(struct verify *v, struct claim *c, const char *list)
{
	const char *ours = v->rule->public_key, *bar;
	size_t len;

	for (; *list != '\0'; list += len + (list[len] != '\0')) {
		len = strcspn(list, "&");
		bar = memchr(list, '|', len);
		if (bar == NULL)
			continue;
		if (ours != NULL && (strlen(ours) != (size_t)(bar - list) ||
				     memcmp(ours, list, strlen(ours)) != 0))
			continue;
		bar++;
		claim_add(v, c, bar, len - (size_t)(bar - list), 0);
	}
}

/* The handshake signs hexadecimal digits for anybody who asks: what looks so
 * is no notification. */
static int
is_challenge(const char *payload)
{
	return payload[strspn(payload, "0123456789abcdefABCDEF")] == '\0';
}

enum verify_result
claim_from_braintree(struct verify *v, struct claim *c)
{
	const char *list = member_text(v, v->in->payload, "bt_signature");

	c->where = "the field bt_signature";
	c->field = member_text(v, v->in->payload, "bt_payload");
	if (*list == '\0' || *c->field == '\0')
		return verify_say(v, VERIFY_MISSING,
				  "expected bt_signature and bt_payload in the "
				  "form, which did not both come");
	if (is_challenge(c->field))
		return verify_say(v, VERIFY_WRONG,
				  "expected a notification in bt_payload, "
				  "found hexadecimal digits alone");
	read_braintree(v, c, list);
	if (c->n + c->n_undecodable > 0)
		return VERIFY_GOOD;
	return verify_say(v, VERIFY_MISSING,
			  "%s has no signature of our public key: check "
			  "public_key in the trigger's verify",
			  c->where);
}

/* The fields of an item that Adyen signs, in its order. */
static const char *
adyen_message(const struct verify *v, struct json_object *item)
{
	struct json_object *amount = json_get(item, "amount");

	return mem_printf(v->mem, "%s:%s:%s:%s:%s:%s:%s:%s",
			  member_text(v, item, "pspReference"),
			  member_text(v, item, "originalReference"),
			  member_text(v, item, "merchantAccountCode"),
			  member_text(v, item, "merchantReference"),
			  member_text(v, amount, "value"),
			  member_text(v, amount, "currency"),
			  member_text(v, item, "eventCode"),
			  member_text(v, item, "success"));
}

static void
compose_adyen(const struct verify *v, const struct claim *c, const char *url,
	      const struct verify_key *key, struct buf *out)
{
	(void)v;
	(void)url;
	(void)key;
	buf_adds(out, c->field);
}

static enum verify_result
verify_item(struct verify *v, struct json_object *item, size_t number)
{
	const char *signature = member_text(v, json_get(item, "additionalData"),
					    "hmacSignature");
	struct claim c;

	memset(&c, 0, sizeof(c));
	c.where = mem_printf(v->mem, "additionalData.hmacSignature of item %zu",
			     number);
	if (*signature == '\0')
		return verify_say(v, VERIFY_MISSING,
				  "expected %s, which did not come: set up "
				  "HMAC for this webhook at Adyen",
				  c.where);
	c.field = adyen_message(v, item);
	claim_add(v, &c, signature, strlen(signature), 0);
	v->out->key_no = 0;
	return claim_test(v, &c, compose_adyen);
}

/* Every item must be proven. */
enum verify_result
verify_adyen(struct verify *v)
{
	struct json_object *list =
		json_get(v->in->payload, "notificationItems");
	enum verify_result rc = VERIFY_GOOD;
	size_t i, n;

	n = json_object_is_type(list, json_type_array)
		    ? json_object_array_length(list)
		    : 0;
	if (n == 0)
		return verify_say(v, VERIFY_MISSING,
				  "expected notificationItems in the body, "
				  "found none");
	for (i = 0; i < n && rc == VERIFY_GOOD; i++)
		rc = verify_item(v,
				 json_get(json_object_array_get_idx(list, i),
					  "NotificationRequestItem"),
				 i + 1);
	return rc;
}
