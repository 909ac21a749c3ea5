/*
 * handshake.h - the questions that providers ask before they send anything:
 * "are you there, and do you know our secret?"  Pure; to be asked before a
 * request is verified, mapped or kept, for none of these has a contact in it.
 *
 * Answered for every trigger, also without `verify`, because they need no
 * secret, and who asks learns nothing but his own words:
 *   Slack's url_verification and monday's challenge (the challenge, as JSON,
 *   when the body is exactly of that form), WooCommerce's webhook_id=N and
 *   SparkPost's [{"msys":{}}] (an empty 200).
 * Where the trigger has a scheme, these must prove themselves by it like any
 * request (unless it only logs); WooCommerce signs its ping not, and need not
 * where the scheme is woocommerce.
 *
 * Answered only under their own scheme, with its secret:
 *   Meta's hub.challenge (github-256; one of the secrets must be the verify
 *   token), Zoom's endpoint.url_validation (zoom), Braintree's bt_challenge
 *   (braintree, with public_key).
 * The last two are answered with a MAC by the very secret that signs
 * deliveries, so only what can't be the signed part of a delivery is.
 */
#ifndef ENGINE_HANDSHAKE_H
#define ENGINE_HANDSHAKE_H

#include "engine/verify.h"

struct handshake {
	const char *what; /* "Slack's url_verification", for people */
	int status;	  /* 200; 403: who asks does not know the secret */
	const char *content_type, *body; /* of the answer; pool */
	const char *why;		 /* of a 403 */
	int hides_query; /* the query holds a secret: don't keep it */
};

/* Is the request one of these, and to be answered so?  1, or 0: go on with it
 * as with any other.  `rule` is NULL when the trigger has no verify. */
int handshake_answer(const struct verify_rule *rule,
		     const struct verify_input *in, struct mem *m,
		     struct handshake *out);

#endif
