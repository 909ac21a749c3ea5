/*
 * verify.h - did a request come from whom it says?  Pure: the rule, the
 * secrets, the request and the time come in as arguments; what comes out is a
 * verdict and a sentence that says what to do, in which no secret and no
 * signature ever stands.  Which schemes there are is flow/scheme.h; where
 * secrets are kept, and what becomes of a refused request, is the caller's
 * business.
 */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

#include "base/cidr.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/sign.h"
#include "flow/scheme.h"

#include <json-c/json_object.h>
#include <stdint.h>

/* A secret as the scheme uses it. */
struct verify_key {
	const unsigned char *bytes; /* NULL: it can't be used, see fault */
	size_t len;
	struct public_key *public; /* instead of bytes */
	const char *fault;
};

/* What a trigger's `verify` asks for.  Made by verify_rule_read. */
struct verify_rule {
	struct scheme scheme; /* .name NULL: none, addresses only */
	struct verify_key *keys;
	size_t n_keys;
	struct cidr *from; /* whom to take requests from; none: all */
	size_t n_from;
	int only_logs;		/* mode "log": refuse nothing */
	const char *public_key; /* Braintree's, for its handshake */
};

/*
 * Read `verify` (an object that plan_check has no fault with) and the plain
 * secrets that it names, in its order; NULL is a secret that is not there.
 * Secrets are copied.  Faulty or empty ones match nothing, and the verdict
 * says so.  -1 with ERR_PERM when this version does not know the scheme.
 */
MUSTUSE int verify_rule_read(struct mem *m, struct json_object *verify,
			     const char *const *secrets, size_t n_secrets,
			     struct verify_rule *out, struct err *e);

/* One request.  Borrowed for the call. */
struct verify_input {
	const char *method;
	/* As the sender called it: scheme, host, path and query.  From the
	 * configuration, not from the request's Host. */
	const char *url;
	struct json_object *headers; /* {"lower-case-name":"value"}, as sent */
	const char *content_type;    /* "" when there is none */
	const void *body;	     /* every byte, as it came */
	size_t body_len;
	struct json_object *payload; /* the body decoded, or NULL */
	struct json_object *query;   /* the query decoded, or NULL */
	int64_t now_s;		     /* seconds since 1970 */
};

enum verify_result {
	VERIFY_UNASKED, /* the rule has no scheme */
	VERIFY_GOOD,
	VERIFY_MISSING, /* no signature, no credential */
	VERIFY_WRONG,	/* one that none of the secrets makes */
	VERIFY_OLD	/* a right one, but of too long ago, or of the future */
};

struct verify_verdict {
	enum verify_result result;
	const char *why; /* one line for people; NULL when good; pool */
	size_t key_no;	 /* which secret it was made with, from 1; 0: none */
};

/* Check one request.  Returns out->result. */
enum verify_result verify_request(const struct verify_rule *rule,
				  const struct verify_input *in, struct mem *m,
				  struct verify_verdict *out);

/* May this address (as text) send?  Without `from` any may. */
int verify_address(const struct verify_rule *rule, const char *address);

/* Is the body a form, by its content type? */
int verify_is_form(const struct verify_input *in);

/* "good", "missing", ...: for a delivery's list of checks. */
const char *verify_result_name(enum verify_result result);

#endif
