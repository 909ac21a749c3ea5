/*
 * check_verify.c - proofs of origin, by requests that were signed for these
 * tests with Python and openssl: what is right, wrong, missing, too old, and
 * what the sentence about it says.
 */
#include "config.h"

#include "verify_kit.h"

#include <stdio.h>
#include <stdlib.h>

#define URL "https://hooks.example.org/hooks/abc"
#define BODY "{\"guest\":\"Ada\",\"seats\":2}"
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"
#define WHSEC "whsec_dmVsdmV0IHJvcGU="
#define WHPK "whpk_vF4aRn/H8b26D8eQsPceGL4H0HNwYDtpS8LdVk/x/ss="
#define OF_STRIPE \
	"524fe3587b7bc060504f7a1b0e25e4437c6f270cf8ea426cbc86a101968b4563"
#define OF_BODY \
	"81ca4067b8357e4b525c19d85f051f1856918baf44b36b13f9ba1fa40a71d05b"
#define OF_NOTHING \
	"7324aec8cc862eaa0eb3d8af52175f2b1c79ab3b49cf0cedab082f3a91847ad3"
#define STD_ID "'webhook-id':'m-1','webhook-timestamp':'1700000000'"
#define STD "v1,sIuzCSBS5WHIra4tJXHpo22L0IWYj2lQ3V3WhI1rC0U="
#define STD_ED                                                                 \
	"v1a,mahi5GdQEUiczGV7z9CiDYSDWblL1Mv4ZCibIktI42g4n2yYGHNhAICdBbKsLLvy" \
	"SNeGgfQD2hQlc3hrgh3JDw=="
#define RSA_KEY                                                              \
	"-----BEGIN PUBLIC KEY-----\n"                                       \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDLFq1nNXer+rdlEFZ2vC9RDk54\n" \
	"LqsqbnybjrbuX6Qg3gqUPffRs64Mxct02OruNRnHsv58UWkXm7Djq9Ejpn5k4rZu\n" \
	"L5CTTzEVp9F3UoqkdZDR0Ov7c+P9yXs4csu1N+aqZ4P81C1YYXT2KHPrSgwOprPi\n" \
	"/3x/bD1NnSZQ3eLFAwIDAQAB\n-----END PUBLIC KEY-----\n"
#define EC_KEY                                                             \
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbrYi7CYlRQZum9oGCaL/kGT/1ksh" \
	"s7D3fFRttwG63Hi+xN4zPqEVjh5geuNQGAG1QbR6RJyJAVI02kS6hUXeYw=="
#define OF_PHP                                                                 \
	"uMnH4LBinb74fYYlNwAPZs2BFhxAgUN0h1Ho2xZfDnehTVuRQGPfrwG52XUPDahtjVpM" \
	"0LaVdV9dU1wMRm8IfHeOFI8jvMsS28%2BXJkcYJ31ftbxpTUyTsc8JLpHCx2ndiFj62e" \
	"jUe6eqTRPSL0bAFkc/bGNIqXcE0Z05KnoMDOk%3D"
#define OF_SENDGRID                                                            \
	"MEUCIQCOc+Qsnsm0ixFw35nLhXhmi8IbRhe1ehZoxQiGnuRBcwIgMLk6eLZ6TIe+yV8w" \
	"fUmK41GS0UtJdqAdbHyw0oMql5Y="
#define ADYEN_1                                                                \
	"{\"NotificationRequestItem\":{\"additionalData\":{\"hmacSignature\":" \
	"\"782ODVjSe8gzUOm02s97hYSubz3X+pfZWp06/Tnf8OY=\"},\"pspReference\":"  \
	"\"8835\",\"originalReference\":\"8535\",\"merchantAccountCode\":"     \
	"\"Shop\",\"merchantReference\":\"order-1\",\"amount\":{\"value\":"    \
	"1999"                                                                 \
	",\"currency\":\"EUR\"},\"eventCode\":\"AUTHORISATION\",\"success\":"  \
	"\"true\"}}"
#define ADYEN_2(ref, signature)                                             \
	"{\"NotificationRequestItem\":{\"additionalData\":{" signature "}," \
	"\"pspReference\":\"" ref "\",\"merchantAccountCode\":\"Shop\","    \
	"\"amount\":{\"value\":5,\"currency\":\"EUR\"},\"eventCode\":"      \
	"\"REFUND\",\"success\":\"false\"}}"
#define ADYEN_2_SIGNED \
	"\"hmacSignature\":\"l6x6dr+rsTCgPORllcQGCZ4b94itOTJI+Up0sa4APyI=\""
#define ADYEN(items) "{\"notificationItems\":[" items "]}"
#define OF_BRAINTREE "44311574e4ef6a53a920ee204153979fda7c9eb9"
#define BT_PAYLOAD "bt_payload=PG5vdGlmaWNhdGlvbi8%2B%0A"
#define MAILGUN(ts, sig)                                            \
	"{\"signature\":{\"timestamp\":" ts ",\"token\":\"tok3n\"," \
	"\"signature\":\"" sig "\"}}"
#define OF_MAILGUN \
	"12ead1b9d6847820b702ecc9fac4e734746c1e7af4ec16bc4a63518333a1b3e6"
#define HMAC_LONG                                                         \
	"'scheme':'hmac','header':'X-Sig','hash':'sha512',"               \
	"'encoding':'base64url','key_encoding':'hex','id_header':'X-Id'," \
	"'timestamp_header':'X-Time','signed':'{id}.{ts}.{method}{url}{body}'"
#define OF_LONG                                                                \
	"M-m1BwnzhADtQYUeUvguFFkuv7FXEFsO2WNtSA8uRnyiMb9NbHY82ZVvkk4X6_VG9C4W" \
	"cXYesiizW0c7w-0OFA"
#define HMAC_PARTS                                                         \
	"'scheme':'hmac','header':'X-Sig','separator':',','prefix':'v1='," \
	"'timestamp_prefix':'t=','signed':'{ts}.{body}'"

/* clang-format off */
static const struct {
	const char *verify, *secrets, *method, *url, *headers, *type, *body;
	int ahead; /* how much later than NOW it is */
	enum verify_result result;
	const char *says; /* a part of the sentence; NULL: not looked at */
	size_t key_no;
} cases[] = {
	/* the template and its parts */
	{ "'scheme':'calcom'", KEY, "POST", URL,
	  "'x-cal-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'calcom'", "other\v" KEY, "POST", URL,
	  "'x-cal-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_GOOD, NULL, 2 },
	{ "'scheme':'calcom'", "other\v\v-", "POST", URL,
	  "'x-cal-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_WRONG, "secret 2 can't be used: it is empty", 0 },
	{ "'scheme':'calcom'", "-", "POST", URL,
	  "'x-cal-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_WRONG, "secret 1 can't be used: it is not kept", 0 },
	{ "'scheme':'calcom'", "", "POST", URL,
	  "'x-cal-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_WRONG, "the trigger has no secret", 0 },
	{ "'scheme':'calcom'", KEY, "POST", URL,
	  "'x-cal-signature-256':'xyz'", JSON, BODY,
	  0, VERIFY_WRONG, "X-Cal-Signature-256 is not in hexadecimal", 0 },
	{ "'scheme':'calcom'", KEY, "POST", URL, "", JSON, BODY,
	  0, VERIFY_MISSING, "expected the header X-Cal-Signature-256, which "
	  "did not come: let Cal.com sign", 0 },
	{ "'scheme':'calcom'", KEY, "GET", URL "?email=a",
	  "'x-cal-signature-256':'" OF_NOTHING "'", "", "",
	  0, VERIFY_WRONG, "nothing proves its query", 0 },
	{ "'scheme':'calcom'", KEY, "POST", URL "?email=a",
	  "'x-cal-signature-256':'" OF_NOTHING "'", "", "",
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'hmac','header':'X-Sig','signed':'{url}{body}'", KEY,
	  "GET", URL "?email=a",
	  "'x-sig':'143fc32b35bd24ae6762a8c1f5c705f5"
	  "dcf8af2b06592671cc970652c57ac10e'", "", "",
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'github-256'", KEY, "POST", URL,
	  "'x-hub-signature-256':'" OF_BODY "'", JSON, BODY,
	  0, VERIFY_MISSING, "a signature that begins with \"sha256=\"", 0 },
	/* times, in a header of several parts */
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE ",v0=00'",
	  JSON, BODY, 300, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000, v1=00,,v1=" OF_STRIPE "'",
	  JSON, BODY, -300, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 301, VERIFY_OLD, "signed 301 seconds ago, and at most "
	  "300 are allowed", 1 },
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, -301, VERIFY_OLD, "301 seconds in the future", 1 },
	{ "'scheme':'stripe-v1','tolerance':'1 hour'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 3600, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'stripe-v1','tolerance':10", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 11, VERIFY_OLD, "at most 10", 1 },
	{ "'scheme':'stripe-v1'", "other", "POST", URL,
	  "'stripe-signature':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 999, VERIFY_WRONG, "whsec_ and all", 0 },
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'v1=" OF_STRIPE "'",
	  JSON, BODY, 0, VERIFY_MISSING, "the time of signing (t=...)", 0 },
	{ "'scheme':'stripe-v1'", KEY, "POST", URL,
	  "'stripe-signature':'t=1700000000,t=1,v1=" OF_STRIPE "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'hubspot-v3'", KEY, "POST", URL "?q=a%3Ab%20c",
	  "'x-hubspot-signature-v3':"
	  "'QXTXMzkP3fB4Go6h4MY4DD4EFE7Gr/mGrGp3CArb5gc=',"
	  "'x-hubspot-request-timestamp':'1700000000000'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'hubspot-v3'", KEY, "POST", URL,
	  "'x-hubspot-signature-v3':"
	  "'QXTXMzkP3fB4Go6h4MY4DD4EFE7Gr/mGrGp3CArb5gc='",
	  JSON, BODY, 0, VERIFY_MISSING, "X-HubSpot-Request-Timestamp", 0 },
	/* put together freely */
	{ HMAC_LONG, "00ff10", "POST", URL,
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ HMAC_LONG, "00ff10", "POST", URL,
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 301, VERIFY_OLD, NULL, 1 },
	{ HMAC_LONG, "velvet\v00ff10", "POST", URL,
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 2 },
	{ HMAC_LONG, "velvet", "POST", URL,
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_WRONG, "it is not hexadecimal", 0 },
	{ HMAC_LONG, "00ff10", "PUT", URL,
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_WRONG, "the body or the URL", 0 },
	{ HMAC_LONG, "00ff10", "POST", URL "/",
	  "'x-sig':'" OF_LONG "','x-id':'m-1','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_WRONG, NULL, 0 },
	{ HMAC_LONG, "00ff10", "POST", URL,
	  "'x-sig':'" OF_LONG "','x-time':'1700000000'",
	  JSON, BODY, 0, VERIFY_MISSING, "the header X-Id", 0 },
	{ HMAC_PARTS, KEY, "POST", URL,
	  "'x-sig':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ HMAC_PARTS ",'tolerance':'1 minute'", KEY, "POST", URL,
	  "'x-sig':'t=1700000000,v1=" OF_STRIPE "'",
	  JSON, BODY, 61, VERIFY_OLD, NULL, 1 },
	/* Standard Webhooks, both kinds of key */
	{ "'scheme':'standard-webhooks'", WHSEC, "POST", URL,
	  STD_ID ",'webhook-signature':'v1,AAAA " STD "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'standard-webhooks'", "v1," WHSEC, "POST", URL,
	  STD_ID ",'webhook-signature':'" STD "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'standard-webhooks'", WHSEC, "POST", URL,
	  "'svix-id':'m-1','svix-timestamp':'1700000000',"
	  "'svix-signature':'" STD "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'standard-webhooks'", WHSEC, "POST", URL,
	  "'svix-id':'m-1','webhook-timestamp':'1700000000',"
	  "'svix-signature':'" STD "'",
	  JSON, BODY, 0, VERIFY_MISSING, "svix-timestamp", 0 },
	{ "'scheme':'standard-webhooks'", WHPK, "POST", URL,
	  STD_ID ",'webhook-signature':'" STD_ED "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'standard-webhooks'", WHSEC "\v" WHPK, "POST", URL,
	  STD_ID ",'webhook-signature':'v1,AAAA " STD_ED "'",
	  JSON, BODY, 0, VERIFY_GOOD, NULL, 2 },
	{ "'scheme':'standard-webhooks'", WHPK, "POST", URL,
	  STD_ID ",'webhook-signature':'" STD "'",
	  JSON, BODY, 0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'standard-webhooks'", WHPK, "POST", URL,
	  STD_ID ",'webhook-signature':'" STD_ED "'",
	  JSON, BODY " ", 0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'standard-webhooks'", "whsec_\vwhpk_AAAA\v?", "POST", URL,
	  STD_ID ",'webhook-signature':'" STD "'",
	  JSON, BODY, 0, VERIFY_WRONG, "secret 1 can't be used: it is not "
	  "base64", 0 },
	/* key pairs */
	{ "'scheme':'sendgrid-ecdsa'", EC_KEY, "POST", URL,
	  "'x-twilio-email-event-webhook-signature':'" OF_SENDGRID "',"
	  "'x-twilio-email-event-webhook-timestamp':'1700000000'",
	  JSON, BODY, 99999, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'sendgrid-ecdsa','tolerance':60", EC_KEY, "POST", URL,
	  "'x-twilio-email-event-webhook-signature':'" OF_SENDGRID "',"
	  "'x-twilio-email-event-webhook-timestamp':'1700000000'",
	  JSON, BODY, 61, VERIFY_OLD, NULL, 1 },
	{ "'scheme':'sendgrid-ecdsa'", "secret", "POST", URL,
	  "'x-twilio-email-event-webhook-signature':'" OF_SENDGRID "',"
	  "'x-twilio-email-event-webhook-timestamp':'1700000000'",
	  JSON, BODY, 0, VERIFY_WRONG, "it is not a public key", 0 },
	{ "'scheme':'paddle-classic'", RSA_KEY, "POST", URL, "", FORM,
	  "name=A%26B&p_signature=" OF_PHP "&email=ada%40x.org+%C3%A9",
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'paddle-classic'", RSA_KEY, "POST", URL, "", FORM,
	  "name=A%26B&p_signature=" OF_PHP "&email=bob%40x.org+%C3%A9",
	  0, VERIFY_WRONG, "the field p_signature", 0 },
	{ "'scheme':'paddle-classic'", RSA_KEY, "POST", URL, "", FORM,
	  "name=Eve&name=A%26B&p_signature=" OF_PHP
	  "&email=ada%40x.org+%C3%A9",
	  0, VERIFY_WRONG, "a name twice", 0 },
	{ "'scheme':'paddle-classic'", RSA_KEY, "POST", URL, "", FORM,
	  "name=A%26B", 0, VERIFY_MISSING, "p_signature", 0 },
	{ "'scheme':'paddle-classic'", RSA_KEY, "POST", URL, "", JSON, "{}",
	  0, VERIFY_WRONG, "expected a form", 0 },
	/* forms and the URL */
	{ "'scheme':'twilio'", KEY, "POST",
	  "https://u:p@hooks.example.org/hooks/abc",
	  "'x-twilio-signature':'4klePA6zk1tQl7v7orGnNBIcOC8='",
	  FORM "; charset=UTF-8", "Text=yo&From=%2B1", 0, VERIFY_GOOD, NULL,
	  1 },
	{ "'scheme':'twilio'", KEY, "POST", "https://[2001:db8::1]:8443"
	  "/hooks/abc", "'x-twilio-signature':'0cxn8TxeN2XzwM6P/AlfKLrUteY='",
	  FORM, "Text=yo&From=%2B1", 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'twilio'", KEY, "POST", "https://[2001:db8::1]/hooks/abc",
	  "'x-twilio-signature':'0cxn8TxeN2XzwM6P/AlfKLrUteY='",
	  FORM, "Text=yo&From=%2B1", 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'twilio'", KEY, "POST", "https://[2001:db8::1]/hooks/abc",
	  "'x-twilio-signature':'0cxn8TxeN2XzwM6P/AlfKLrUteY='",
	  "text/plain", "Text=yo&From=%2B1", 0, VERIFY_WRONG, "bodySHA256", 0 },
	{ "'scheme':'mandrill'", KEY, "POST", URL,
	  "'x-mandrill-signature':'CGbV2A8AD6aYmBhjgPlgEKeDjF8='", FORM,
	  "mandrill_events=%5B%7B%22event%22%3A%22send%22%7D%5D",
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'mandrill'", KEY, "POST", URL,
	  "'x-mandrill-signature':'CGbV2A8AD6aYmBhjgPlgEKeDjF8='", FORM,
	  "mandrill_events=%5B%7B%22event%22%3A%22open%22%7D%5D",
	  0, VERIFY_WRONG, "or the URL", 0 },
	/* in the body */
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", JSON,
	  MAILGUN("\"1700000000\"", OF_MAILGUN), 9999, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", JSON,
	  MAILGUN("1700000000", OF_MAILGUN), 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", FORM,
	  "timestamp=1700000000&token=tok3n&signature=" OF_MAILGUN,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'mailgun','tolerance':'5 min'", KEY, "POST", URL, "",
	  JSON, MAILGUN("1700000000", OF_MAILGUN), 301, VERIFY_OLD, NULL, 1 },
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", JSON,
	  MAILGUN("1700000001", OF_MAILGUN), 0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", JSON, "{}",
	  0, VERIFY_MISSING, "timestamp, token and signature", 0 },
	{ "'scheme':'mailgun'", KEY, "POST", URL, "", JSON, "null",
	  0, VERIFY_MISSING, NULL, 0 },
	{ "'scheme':'adyen'", "0A1b2c", "POST", URL, "", JSON,
	  ADYEN(ADYEN_1 "," ADYEN_2("8836", ADYEN_2_SIGNED)),
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'adyen'", "ffff\v0A1b2c", "POST", URL, "", JSON,
	  ADYEN(ADYEN_1), 0, VERIFY_GOOD, NULL, 2 },
	{ "'scheme':'adyen'", "0A1b2c", "POST", URL, "", JSON,
	  ADYEN(ADYEN_1 "," ADYEN_2("8837", ADYEN_2_SIGNED)),
	  0, VERIFY_WRONG, "of item 2", 0 },
	{ "'scheme':'adyen'", "0A1b2c", "POST", URL, "", JSON,
	  ADYEN(ADYEN_1 "," ADYEN_2("8836", "")),
	  0, VERIFY_MISSING, "of item 2", 1 },
	{ "'scheme':'adyen'", "0A1b2c", "POST", URL, "", JSON, ADYEN(""),
	  0, VERIFY_MISSING, "notificationItems", 0 },
	{ "'scheme':'adyen'", "0A1b2c", "POST", URL, "", JSON, ADYEN("1"),
	  0, VERIFY_MISSING, "of item 1", 0 },
	{ "'scheme':'braintree'", KEY, "POST", URL, "", FORM,
	  "bt_signature=other%7C00%26mine%7C" OF_BRAINTREE "&" BT_PAYLOAD,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'braintree','public_key':'mine'", KEY, "POST", URL, "",
	  FORM, "bt_signature=other%7C00%26mine%7C" OF_BRAINTREE
	  "&" BT_PAYLOAD, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'braintree','public_key':'min'", KEY, "POST", URL, "",
	  FORM, "bt_signature=other%7C00%26mine%7C" OF_BRAINTREE
	  "&" BT_PAYLOAD, 0, VERIFY_MISSING, "check public_key", 0 },
	{ "'scheme':'braintree'", KEY, "POST", URL, "", FORM,
	  "bt_signature=mine%7C5e702a3dda4fa0b206dbfd344101f53af6c1a656&"
	  "bt_payload=0123456789abcdef0123456789abcdef",
	  0, VERIFY_WRONG, "hexadecimal digits alone", 0 },
	{ "'scheme':'braintree'", KEY, "POST", URL, "", FORM, BT_PAYLOAD,
	  0, VERIFY_MISSING, "bt_signature and bt_payload", 0 },
	/* the secret itself */
	{ "'scheme':'bearer'", KEY, "POST", URL,
	  "'authorization':'bearer  " KEY "'", JSON, BODY,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'bearer'", "other", "POST", URL,
	  "'authorization':'Bearer " KEY "'", JSON, BODY,
	  0, VERIFY_WRONG, "in the header Authorization is not the secret",
	  0 },
	{ "'scheme':'bearer'", KEY, "POST", URL, "'authorization':'" KEY "'",
	  JSON, BODY, 0, VERIFY_MISSING, "with \"Bearer ...\"", 0 },
	{ "'scheme':'bearer'", "", "POST", URL, "'authorization':'Bearer '",
	  JSON, BODY, 0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'basic'", "bob:x\vada:velvet rope", "GET", URL,
	  "'authorization':'Basic YWRhOnZlbHZldCByb3Bl'", "", "",
	  0, VERIFY_GOOD, NULL, 2 },
	{ "'scheme':'basic'", "ada:velvet", "GET", URL,
	  "'authorization':'Basic YWRhOnZlbHZldCByb3Bl'", "", "",
	  0, VERIFY_WRONG, "a colon and the password", 0 },
	{ "'scheme':'basic'", "ada:velvet rope", "GET", URL,
	  "'authorization':'Basic ada:velvet rope'", "", "",
	  0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'header','header':'X-Pass'", KEY, "POST", URL,
	  "'x-pass':'" KEY "'", JSON, BODY, 0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'header','header':'X-Pass','prefix':'Token '", KEY,
	  "POST", URL, "'x-pass':'Token " KEY "'", JSON, BODY,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'header','header':'X-Pass','prefix':'Token '", KEY,
	  "POST", URL, "'x-pass':'" KEY "'", JSON, BODY,
	  0, VERIFY_WRONG, NULL, 0 },
	{ "'scheme':'header','header':'X-Pass'", KEY, "POST", URL,
	  "'x-pass':'" KEY "x'", JSON, BODY, 0, VERIFY_WRONG, "X-Pass", 0 },
	{ "'scheme':'header','header':'X-Pass'", KEY, "POST", URL, "", JSON,
	  BODY, 0, VERIFY_MISSING, "X-Pass", 0 },
	{ "'scheme':'header'", KEY, "POST", URL, "", JSON, BODY,
	  0, VERIFY_MISSING, "add header", 0 },
	{ "'scheme':'token-header'", KEY, "POST", URL,
	  "'x-telegram-bot-api-secret-token':'" KEY "'", JSON, BODY,
	  0, VERIFY_GOOD, NULL, 1 },
	{ "'scheme':'token-header','header':'X-Pass'", KEY, "POST", URL,
	  "'x-telegram-bot-api-secret-token':'" KEY "'", JSON, BODY,
	  0, VERIFY_MISSING, "X-Pass", 0 },
	/* nothing is asked for */
	{ "'from':['192.0.2.0/24']", "", "POST", URL, "", JSON, BODY,
	  0, VERIFY_UNASKED, NULL, 0 },
};
/* clang-format on */

START_TEST(a_request_gets_the_verdict_it_deserves)
{
	struct verify_rule rule = rule_of(
		quoted(pool, mem_printf(pool, "{%s}", cases[_i].verify)),
		cases[_i].secrets);
	struct verify_input in = request(
		cases[_i].method, cases[_i].url,
		quoted(pool, mem_printf(pool, "{%s}", cases[_i].headers)),
		cases[_i].type, cases[_i].body);
	struct verify_verdict v;

	in.now_s += cases[_i].ahead;
	ck_assert_msg(verify_request(&rule, &in, pool, &v) == cases[_i].result,
		      "%s: %s%s%s", cases[_i].verify,
		      verify_result_name(v.result), v.why == NULL ? "" : ": ",
		      v.why == NULL ? "" : v.why);
	ck_assert_uint_eq(v.key_no, cases[_i].key_no);
	ck_assert((v.why == NULL) == (v.result == VERIFY_GOOD));
	if (cases[_i].says != NULL)
		ck_assert_msg(strstr(v.why, cases[_i].says) != NULL,
			      "\"%s\" lacks \"%s\"", v.why, cases[_i].says);
}
END_TEST

/* Of headers, secrets and URL nothing may stand in a sentence. */
START_TEST(no_sentence_tells_a_secret)
{
	static const char *const secrets[] = { KEY,   OF_BODY,	OF_STRIPE,
					       "abc", "00ff10", "YWRh" };
	struct verify_verdict v;
	size_t i;

	struct verify_rule rule = rule_of(
		quoted(pool, mem_printf(pool, "{%s}", cases[_i].verify)),
		KEY "\v00ff10");
	struct verify_input in = request(
		cases[_i].method, cases[_i].url,
		quoted(pool, mem_printf(pool, "{%s}", cases[_i].headers)),
		cases[_i].type, BODY " ");
	verify_request(&rule, &in, pool, &v);
	for (i = 0; v.why != NULL && i < N(secrets); i++)
		ck_assert_msg(strstr(v.why, secrets[i]) == NULL, "%s", v.why);
}
END_TEST

START_TEST(only_so_many_signatures_are_looked_at)
{
	struct verify_rule rule =
		rule_of(quoted(pool, "{'scheme':'stripe-v1'}"), KEY);
	struct verify_input in;
	struct verify_verdict v;
	struct json_object *headers;
	struct buf value = BUF_INIT;
	int n, i;

	for (n = 15; n <= 16; n++) {
		buf_reset(&value);
		buf_adds(&value, "t=1700000000");
		for (i = 0; i < n; i++)
			buf_adds(&value, ",v1=00");
		buf_adds(&value, ",v1=" OF_STRIPE);
		headers = json_pool(pool, json_object_new_object());
		json_set_string(headers, "stripe-signature", value.s);
		in = request("POST", URL, headers, JSON, BODY);
		ck_assert_int_eq(verify_request(&rule, &in, pool, &v),
				 n == 15 ? VERIFY_GOOD : VERIFY_WRONG);
	}
	buf_free(&value);
}
END_TEST

START_TEST(a_request_without_anything_is_no_danger)
{
	struct verify_input in;
	struct verify_rule rule;
	struct verify_verdict v;

	memset(&in, 0, sizeof(in));
	rule = rule_of(quoted(pool, mem_printf(pool, "{'scheme':'%s'}",
					       schemes[_i].name)),
		       KEY);
	ck_assert_int_ne(verify_request(&rule, &in, pool, &v), VERIFY_GOOD);
	ck_assert_ptr_nonnull(v.why);
}
END_TEST

START_TEST(senders_come_from_where_they_may)
{
	struct verify_rule rule = rule_of(
		quoted(pool, "{'from':['192.0.2.0/24','2001:db8::/32']}"), "");

	ck_assert(verify_address(&rule, "192.0.2.9"));
	ck_assert(verify_address(&rule, "::ffff:192.0.2.9"));
	ck_assert(verify_address(&rule, "2001:db8::9"));
	ck_assert(!verify_address(&rule, "192.0.3.9"));
	ck_assert(!verify_address(&rule, ""));
	rule = rule_of(quoted(pool, "{'from':['nonsense',1]}"), "");
	ck_assert(!verify_address(&rule, "192.0.2.9"));
	rule = rule_of(quoted(pool, "{'scheme':'bearer'}"), KEY);
	ck_assert(verify_address(&rule, ""));
}
END_TEST

START_TEST(a_rule_is_read_or_refused)
{
	struct verify_rule rule;
	struct err e = ERR_INIT;

	rule = rule_of(quoted(pool, "{'scheme':'bearer','mode':'log'}"), KEY);
	ck_assert(rule.only_logs);
	rule = rule_of(quoted(pool, "{'scheme':'bearer','mode':'enforce'}"),
		       KEY);
	ck_assert(!rule.only_logs);
	ck_assert_int_eq(verify_rule_read(pool,
					  quoted(pool, "{'scheme':'new-1'}"),
					  NULL, 0, &rule, &e),
			 -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_ptr_nonnull(strstr(e.text, "\"new-1\""));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("verify");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int failed, n = 0;

	while (schemes[n].name != NULL)
		n++;
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_request_gets_the_verdict_it_deserves, 0,
			    (int)N(cases));
	tcase_add_loop_test(tc, no_sentence_tells_a_secret, 0, (int)N(cases));
	tcase_add_test(tc, only_so_many_signatures_are_looked_at);
	tcase_add_loop_test(tc, a_request_without_anything_is_no_danger, 0, n);
	tcase_add_test(tc, senders_come_from_where_they_may);
	tcase_add_test(tc, a_rule_is_read_or_refused);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
