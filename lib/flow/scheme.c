/*
 * scheme.c - the table of schemes, and reading a trigger's `verify` by it.
 * See scheme.h.
 *
 * PayPal's webhooks are missing on purpose: their signature is checked with a
 * certificate that has to be fetched from the address in a header, and a
 * decision here never talks to the network.
 */
#include "config.h"

#include "flow/scheme.h"

#include "base/json.h"
#include "flow/duration.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define N(list) (sizeof(list) / sizeof((list)[0]))

#define FIVE_MINUTES 300

enum {
	OPT_HEADER = 1 << 0,
	OPT_PREFIX = 1 << 1,
	OPT_SEPARATOR = 1 << 2,
	OPT_HASH = 1 << 3,
	OPT_ENCODING = 1 << 4,
	OPT_SIGNED = 1 << 5,
	OPT_TIMESTAMP_HEADER = 1 << 6,
	OPT_TIMESTAMP_PREFIX = 1 << 7,
	OPT_ID_HEADER = 1 << 8,
	OPT_KEY_ENCODING = 1 << 9,
	OPT_TOLERANCE = 1 << 10,
	OPT_PUBLIC_KEY = 1 << 11,
	OPT_OF_HMAC = OPT_HEADER | OPT_PREFIX | OPT_SEPARATOR | OPT_HASH |
		      OPT_ENCODING | OPT_SIGNED | OPT_TIMESTAMP_HEADER |
		      OPT_TIMESTAMP_PREFIX | OPT_ID_HEADER | OPT_KEY_ENCODING |
		      OPT_TOLERANCE,
};

const struct scheme_option scheme_options[] = {
	{ "header", OPT_HEADER },
	{ "prefix", OPT_PREFIX },
	{ "separator", OPT_SEPARATOR },
	{ "hash", OPT_HASH },
	{ "encoding", OPT_ENCODING },
	{ "signed", OPT_SIGNED },
	{ "timestamp_header", OPT_TIMESTAMP_HEADER },
	{ "timestamp_prefix", OPT_TIMESTAMP_PREFIX },
	{ "id_header", OPT_ID_HEADER },
	{ "key_encoding", OPT_KEY_ENCODING },
	{ "tolerance", OPT_TOLERANCE },
	{ "public_key", OPT_PUBLIC_KEY },
	{ .name = NULL },
};

/* clang-format off */
const struct scheme schemes[] = {
	{
		.name = "stripe-v1", .sender = "Stripe",
		.secret_is = "the endpoint's signing secret, whsec_ and all",
		.headers = { "Stripe-Signature", NULL, NULL },
		.separator = ",", .prefix = "v1=", .timestamp_prefix = "t=",
		.signed_text = "{ts}.{body}", .hash = HASH_SHA256,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "github-256", .sender = "GitHub or Meta",
		.secret_is = "the webhook's secret (Meta: the app secret)",
		.headers = { "X-Hub-Signature-256", NULL, NULL },
		.prefix = "sha256=", .signed_text = "{body}",
		.hash = HASH_SHA256,
	}, {
		.name = "shopify", .sender = "Shopify",
		.secret_is = "the app's client secret",
		.headers = { "X-Shopify-Hmac-Sha256", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64,
	}, {
		.name = "square", .sender = "Square",
		.secret_is = "the subscription's signature key",
		.headers = { "X-Square-HmacSha256-Signature", NULL, NULL },
		.signed_text = "{url}{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64,
	}, {
		.name = "slack-v0", .sender = "Slack",
		.secret_is = "the app's signing secret",
		.headers = { "X-Slack-Signature",
			     "X-Slack-Request-Timestamp", NULL },
		.prefix = "v0=", .signed_text = "v0:{ts}:{body}",
		.hash = HASH_SHA256,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "twilio", .sender = "Twilio",
		.secret_is = "the account's primary auth token",
		.way = SCHEME_TWILIO,
		.headers = { "X-Twilio-Signature", NULL, NULL },
		.hash = HASH_SHA1, .coding = CODING_BASE64,
		.url_any_port = 1,
	}, {
		.name = "hubspot-v1", .sender = "HubSpot",
		.secret_is = "the app's client secret",
		.headers = { "X-HubSpot-Signature", NULL, NULL },
		.signed_text = "{secret}{body}", .proof = SCHEME_DIGEST,
		.hash = HASH_SHA256,
	}, {
		.name = "hubspot-v2", .sender = "HubSpot",
		.secret_is = "the app's client secret",
		.headers = { "X-HubSpot-Signature", NULL, NULL },
		.signed_text = "{secret}{method}{url}{body}",
		.proof = SCHEME_DIGEST, .hash = HASH_SHA256,
	}, {
		.name = "hubspot-v3", .sender = "HubSpot",
		.secret_is = "the app's client secret",
		.headers = { "X-HubSpot-Signature-v3",
			     "X-HubSpot-Request-Timestamp", NULL },
		.signed_text = "{method}{url}{body}{ts}", .hash = HASH_SHA256,
		.coding = CODING_BASE64, .time = SCHEME_MILLISECONDS,
		.url_decoded = 1,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "paddle-h1", .sender = "Paddle Billing",
		.secret_is = "the destination's secret key, pdl_ntfset_ "
			     "and all",
		.headers = { "Paddle-Signature", NULL, NULL },
		.separator = ";", .prefix = "h1=", .timestamp_prefix = "ts=",
		.signed_text = "{ts}:{body}", .hash = HASH_SHA256,
		.tolerance_s = 5, .options = OPT_TOLERANCE,
	}, {
		.name = "paddle-classic", .sender = "Paddle Classic",
		.secret_is = "the vendor account's public key",
		.way = SCHEME_PADDLE_CLASSIC, .proof = SCHEME_PUBLIC_KEY,
		.hash = HASH_SHA1, .coding = CODING_BASE64,
		.key = SCHEME_KEY_PUBLIC,
	}, {
		.name = "standard-webhooks",
		.sender = "the sender (Svix, Clerk, Resend, OpenAI and others)",
		.secret_is = "the endpoint's signing secret (whsec_...), or "
			     "its public key (whpk_...)",
		.headers = { "webhook-signature", "webhook-timestamp",
			     "webhook-id" },
		.also = { "svix-signature", "svix-timestamp", "svix-id" },
		.separator = " ", .prefix = "v1,", .public_prefix = "v1a,",
		.signed_text = "{id}.{ts}.{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64, .key = SCHEME_KEY_WHSEC,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "razorpay", .sender = "Razorpay",
		.secret_is = "the webhook's secret",
		.headers = { "X-Razorpay-Signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
	}, {
		.name = "mailgun", .sender = "Mailgun",
		.secret_is = "the HTTP webhook signing key",
		.way = SCHEME_MAILGUN, .signed_text = "{ts}{field}",
		.hash = HASH_SHA256, .options = OPT_TOLERANCE,
	}, {
		.name = "sendgrid-ecdsa", .sender = "SendGrid",
		.secret_is = "the event webhook's verification key",
		.headers = { "X-Twilio-Email-Event-Webhook-Signature",
			     "X-Twilio-Email-Event-Webhook-Timestamp", NULL },
		.signed_text = "{ts}{body}", .proof = SCHEME_PUBLIC_KEY,
		.hash = HASH_SHA256, .coding = CODING_BASE64,
		.key = SCHEME_KEY_PUBLIC, .options = OPT_TOLERANCE,
	}, {
		.name = "adyen", .sender = "Adyen",
		.secret_is = "the webhook's HMAC key (hexadecimal)",
		.way = SCHEME_ADYEN, .hash = HASH_SHA256,
		.coding = CODING_BASE64, .key = SCHEME_KEY_HEX,
	}, {
		.name = "braintree", .sender = "Braintree",
		.secret_is = "the API private key",
		.way = SCHEME_BRAINTREE, .signed_text = "{field}",
		.hash = HASH_SHA1, .key = SCHEME_KEY_SHA1,
		.options = OPT_PUBLIC_KEY,
	}, {
		.name = "typeform", .sender = "Typeform",
		.secret_is = "the webhook's secret",
		.headers = { "Typeform-Signature", NULL, NULL },
		.prefix = "sha256=", .signed_text = "{body}",
		.hash = HASH_SHA256, .coding = CODING_BASE64,
	}, {
		.name = "calendly", .sender = "Calendly",
		.secret_is = "the subscription's signing key",
		.headers = { "Calendly-Webhook-Signature", NULL, NULL },
		.separator = ",", .prefix = "v1=", .timestamp_prefix = "t=",
		.signed_text = "{ts}.{body}", .hash = HASH_SHA256,
		.tolerance_s = 180, .options = OPT_TOLERANCE,
	}, {
		.name = "zoom", .sender = "Zoom",
		.secret_is = "the app's secret token",
		.headers = { "x-zm-signature", "x-zm-request-timestamp",
			     NULL },
		.prefix = "v0=", .signed_text = "v0:{ts}:{body}",
		.hash = HASH_SHA256,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "woocommerce", .sender = "WooCommerce",
		.secret_is = "the webhook's secret",
		.headers = { "X-WC-Webhook-Signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64,
	}, {
		.name = "calcom", .sender = "Cal.com",
		.secret_is = "the webhook's secret",
		.headers = { "X-Cal-Signature-256", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
	}, {
		.name = "lemonsqueezy", .sender = "Lemon Squeezy",
		.secret_is = "the webhook's signing secret",
		.headers = { "X-Signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
	}, {
		.name = "intercom", .sender = "Intercom",
		.secret_is = "the app's client secret",
		.headers = { "X-Hub-Signature", NULL, NULL },
		.prefix = "sha1=", .signed_text = "{body}",
		.hash = HASH_SHA1,
	}, {
		.name = "tally", .sender = "Tally",
		.secret_is = "the webhook's signing secret",
		.headers = { "Tally-Signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64,
	}, {
		.name = "acuity", .sender = "Acuity Scheduling",
		.secret_is = "the account's API key",
		.headers = { "X-Acuity-Signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
		.coding = CODING_BASE64,
	}, {
		.name = "mandrill", .sender = "Mandrill",
		.secret_is = "the webhook's key",
		.way = SCHEME_MANDRILL,
		.headers = { "X-Mandrill-Signature", NULL, NULL },
		.hash = HASH_SHA1, .coding = CODING_BASE64,
	}, {
		.name = "webflow", .sender = "Webflow",
		.secret_is = "the webhook's secret key",
		.headers = { "x-webflow-signature", "x-webflow-timestamp",
			     NULL },
		.signed_text = "{ts}:{body}", .hash = HASH_SHA256,
		.time = SCHEME_MILLISECONDS,
		.tolerance_s = FIVE_MINUTES, .options = OPT_TOLERANCE,
	}, {
		.name = "hoopai-wl", .sender = "HoopAI",
		.secret_is = "the webhook's secret",
		.headers = { "x-wl-signature", NULL, NULL },
		.signed_text = "{body}", .hash = HASH_SHA256,
	}, {
		.name = "token-header", .sender = "GitLab or Telegram",
		.secret_is = "the webhook's secret token",
		.way = SCHEME_HEADER,
		.headers = { "X-Gitlab-Token", NULL, NULL },
		.also = { "X-Telegram-Bot-Api-Secret-Token", NULL, NULL },
		.options = OPT_HEADER,
	}, {
		.name = "basic-auth",
		.sender = "the sender (Chargebee, Pipedrive, Postmark and "
			  "others)",
		.secret_is = "the user's name, a colon and the password",
		.way = SCHEME_BASIC,
		.headers = { "Authorization", NULL, NULL },
	}, {
		.name = "basic", .sender = "the sender",
		.secret_is = "the user's name, a colon and the password",
		.way = SCHEME_BASIC,
		.headers = { "Authorization", NULL, NULL },
	}, {
		.name = "bearer", .sender = "the sender",
		.secret_is = "what the sender writes after \"Bearer\"",
		.way = SCHEME_BEARER,
		.headers = { "Authorization", NULL, NULL },
	}, {
		.name = "header", .sender = "the sender",
		.secret_is = "what the sender writes into the header",
		.way = SCHEME_HEADER,
		.options = OPT_HEADER | OPT_PREFIX,
	}, {
		.name = "hmac", .sender = "the sender",
		.secret_is = "the secret that the sender signs with",
		.signed_text = "{body}", .hash = HASH_SHA256,
		.time = SCHEME_EITHER,
		.tolerance_s = FIVE_MINUTES, .options = OPT_OF_HMAC,
	},
	{ .name = NULL },
};

static const struct {
	const char *name;
	enum scheme_part_kind kind;
} parts[] = {
	{ "{ts}",     SCHEME_PART_TS },
	{ "{id}",     SCHEME_PART_ID },
	{ "{method}", SCHEME_PART_METHOD },
	{ "{url}",    SCHEME_PART_URL },
	{ "{body}",   SCHEME_PART_BODY },
	{ "{secret}", SCHEME_PART_SECRET },
	{ "{field}",  SCHEME_PART_FIELD },
};
/* clang-format on */

const struct scheme *
scheme_find(const char *name)
{
	const struct scheme *row;

	if (name == NULL)
		return NULL;
	for (row = schemes; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* The place of `word` among "a|b|c"; `otherwise` when it is none of them. */
static int
place(const char *words, const char *word, int otherwise)
{
	size_t len;
	int i;

	if (word == NULL)
		return otherwise;
	for (i = 0; *words != '\0'; i++) {
		len = strcspn(words, "|");
		if (strlen(word) == len && memcmp(words, word, len) == 0)
			return i;
		words += len;
		words += *words == '|';
	}
	return otherwise;
}

/* The string member, or what was there before. */
static void
lay(struct json_object *verify, const char *member, const char **over)
{
	const char *text = json_get_string(verify, member);

	if (text != NULL)
		*over = text;
}

static int
lay_word(struct json_object *verify, const char *member, const char *words,
	 int before)
{
	return place(words, json_get_string(verify, member), before);
}

/* The lists of words are in the order of their enums. */
static void
lay_hmac(struct json_object *verify, struct scheme *s)
{
	lay(verify, "separator", &s->separator);
	lay(verify, "timestamp_header", &s->headers.timestamp);
	lay(verify, "timestamp_prefix", &s->timestamp_prefix);
	lay(verify, "id_header", &s->headers.id);
	lay(verify, "signed", &s->signed_text);
	s->hash = (enum hash)lay_word(verify, "hash", SCHEME_HASHES,
				      (int)s->hash);
	s->coding = (enum coding)lay_word(verify, "encoding", SCHEME_ENCODINGS,
					  (int)s->coding);
	s->key = (enum scheme_key)lay_word(verify, "key_encoding",
					   SCHEME_KEY_ENCODINGS, (int)s->key);
}

int
scheme_read(struct json_object *verify, struct scheme *out)
{
	const char *name = json_get_string(verify, "scheme");
	const struct scheme *row = scheme_find(name);
	int tolerance;

	if (row == NULL)
		return -1;
	*out = *row;
	tolerance = scheme_tolerance(json_get(verify, "tolerance"));
	if (row->options & OPT_TOLERANCE && tolerance != -1)
		out->tolerance_s = tolerance;
	if (row->options & OPT_HEADER &&
	    json_get_string(verify, "header") != NULL) {
		lay(verify, "header", &out->headers.signature);
		out->also.signature = NULL;
	}
	if (row->options & OPT_PREFIX)
		lay(verify, "prefix", &out->prefix);
	if (row->options & OPT_SIGNED)
		lay_hmac(verify, out);
	return 0;
}

int
scheme_hides_header(struct json_object *verify, const char *name)
{
	struct scheme s;

	if (scheme_read(verify, &s) == -1 || s.way < SCHEME_BEARER)
		return 0;
	return (s.headers.signature != NULL &&
		strcasecmp(s.headers.signature, name) == 0) ||
	       (s.also.signature != NULL &&
		strcasecmp(s.also.signature, name) == 0);
}

int
scheme_tolerance(struct json_object *value)
{
	struct duration d = { 0, 0, 0 };
	int64_t seconds = -1;

	if (json_object_is_type(value, json_type_int))
		seconds = json_object_get_int64(value);
	else if (json_object_is_type(value, json_type_string) &&
		 duration_parse(json_object_get_string(value), &d, NULL) == 0)
		seconds = d.seconds + 86400 * (d.days + 30LL * d.months);
	if (seconds < 1 || seconds > SCHEME_TOLERANCE_MAX_S)
		return -1;
	return (int)seconds;
}

int
scheme_part_next(const char **at, struct scheme_part *out)
{
	size_t i, len;

	out->text = *at;
	if (**at != '{') {
		out->kind = SCHEME_PART_TEXT;
		out->len = strcspn(*at, "{");
		*at += out->len;
		return out->len > 0;
	}
	out->kind = SCHEME_PART_UNKNOWN;
	out->len = 1;
	for (i = 0; i < N(parts); i++) {
		len = strlen(parts[i].name);
		if (strncmp(*at, parts[i].name, len) == 0) {
			out->kind = parts[i].kind;
			out->len = len;
		}
	}
	*at += out->len;
	return 1;
}

int
scheme_has_part(const char *signed_text, enum scheme_part_kind kind)
{
	struct scheme_part part;

	while (signed_text != NULL && scheme_part_next(&signed_text, &part))
		if (part.kind == kind)
			return 1;
	return 0;
}
