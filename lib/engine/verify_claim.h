/*
 * verify_claim.h - what a request claims to be its proof, and testing that
 * claim.  Private to verify*.c: others use verify.h.
 */
#ifndef ENGINE_VERIFY_CLAIM_H
#define ENGINE_VERIFY_CLAIM_H

#include "engine/verify.h"

#include "base/buf.h"
#include "base/pairs.h"

/* A header may hold so many signatures (one per secret during rotation); more
 * are not looked at, for each costs time. */
#define VERIFY_SIGNATURES_MAX 16

/* One check of one request. */
struct verify {
	const struct verify_rule *rule;
	const struct verify_input *in;
	struct mem *mem;
	struct verify_verdict *out;
};

struct signature {
	const unsigned char *bytes;
	size_t len;
	int is_public; /* by a key pair, not by a shared secret */
};

struct claim {
	const char *where;  /* "the header X-Signature", for sentences */
	const char *ts;	    /* as it was sent; NULL: none */
	const char *id;	    /* likewise */
	const char *field;  /* what {field} of the template means */
	struct pair *pairs; /* of the form */
	size_t n_pairs;
	struct signature signatures[VERIFY_SIGNATURES_MAX];
	size_t n, n_undecodable;
};

/* The message that is signed, for one way to write the URL. */
typedef void verify_compose(const struct verify *v, const struct claim *c,
			    const char *url, const struct verify_key *key,
			    struct buf *out);

/* Set the verdict; returns `result`. */
enum verify_result verify_say(struct verify *v, enum verify_result result,
			      const char *fmt, ...) PRINTF(3, 4);

/* The header's value, or NULL when it did not come or is empty. */
const char *verify_header(const struct verify *v, const char *name);

/* One more signature of a claim, as it is spelt. */
void claim_add(struct verify *v, struct claim *c, const char *text, size_t len,
	       int is_public);

/* Read the claim from the scheme's headers.  VERIFY_GOOD: go on with it. */
enum verify_result claim_from_headers(struct verify *v, struct claim *c);

/* Compose by the scheme's template. */
verify_compose compose_template;

/* Is one of the claim's signatures made with one of the keys, of the message,
 * and not too long ago?  Sets the verdict. */
enum verify_result claim_test(struct verify *v, const struct claim *c,
			      verify_compose *compose);

/* Schemes that don't fit the template (verify_odd.c, verify_body.c). */
enum verify_result claim_from_form(struct verify *v, struct claim *c);
verify_compose compose_twilio, compose_mandrill, compose_php;
enum verify_result claim_from_paddle(struct verify *v, struct claim *c);
enum verify_result claim_from_twilio(struct verify *v, struct claim *c);
enum verify_result claim_from_mailgun(struct verify *v, struct claim *c);
enum verify_result claim_from_braintree(struct verify *v, struct claim *c);
enum verify_result verify_adyen(struct verify *v);

#endif
