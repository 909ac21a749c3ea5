/*
 * scheme.h - the ways in which senders prove who they are, as a table: which
 * header, what is signed, how it is written, what a trigger's `verify` may
 * choose.  Pure data: checking a request by it is engine/verify.c, checking a
 * document is plan_verify.c, telling people is doc/verify.md.
 */
#ifndef FLOW_SCHEME_H
#define FLOW_SCHEME_H

#include "base/coding.h"
#include "base/hash.h"

#include <json-c/json_object.h>

#define SCHEME_TOLERANCE_MAX_S (10 * 366 * 86400)

/* Where the signature is and what it is of. */
enum scheme_way {
	SCHEME_SIGNED, /* in a header, of the template `signed_text` */
	SCHEME_TWILIO, /* in a header, of the URL and the form's values */
	SCHEME_MANDRILL,
	SCHEME_MAILGUN,	       /* in the body, of two of its fields */
	SCHEME_BRAINTREE,      /* in the form, of one of its fields */
	SCHEME_PADDLE_CLASSIC, /* in the form, of the others as PHP has them */
	SCHEME_ADYEN,	       /* in each item of the body, of its fields */
	SCHEME_BEARER,	       /* no signature: the secret itself comes */
	SCHEME_BASIC,
	SCHEME_HEADER
};

enum scheme_proof {
	SCHEME_HMAC,
	SCHEME_DIGEST,	  /* of a template that has {secret} */
	SCHEME_PUBLIC_KEY /* RSA or ECDSA; the secret is the public key */
};

/* How the secret's text becomes the key. */
enum scheme_key {
	SCHEME_KEY_TEXT,
	SCHEME_KEY_HEX,
	SCHEME_KEY_BASE64,
	SCHEME_KEY_WHSEC, /* base64 after whsec_; Ed25519 after whpk_ */
	SCHEME_KEY_SHA1,  /* the text's digest */
	SCHEME_KEY_PUBLIC
};

enum scheme_time { SCHEME_SECONDS, SCHEME_MILLISECONDS, SCHEME_EITHER };

struct scheme_headers {
	const char *signature, *timestamp, *id; /* NULL: none */
};

struct scheme {
	const char *name;
	const char *sender;    /* "Stripe", in sentences */
	const char *secret_is; /* where its owner finds the secret */
	enum scheme_way way;
	struct scheme_headers headers;
	struct scheme_headers also; /* when those did not come */
	/* The header is cut at these characters; what begins with `prefix` is
	 * a signature, with `public_prefix` one by an Ed25519 key, with
	 * `timestamp_prefix` the time.  NULL: not cut; no such part. */
	const char *separator, *prefix, *public_prefix, *timestamp_prefix;
	const char *signed_text; /* see scheme_part */
	enum scheme_proof proof;
	enum hash hash;
	enum coding coding;
	enum scheme_key key;
	enum scheme_time time;
	/* How old, or how far ahead, a signature's time may be; 0: any. */
	int tolerance_s;
	/* The URL is signed with its port or without, or with some %XX undone:
	 * each is tried. */
	int url_any_port, url_decoded;
	unsigned options; /* bits of scheme_options[] that it takes */
};

/* Ended by a row without name. */
extern const struct scheme schemes[];

/* The row with this name, or NULL. */
const struct scheme *scheme_find(const char *name);

/* Members of `verify` that only some schemes take; ended by a row without
 * name. */
struct scheme_option {
	const char *name;
	unsigned bit;
};
extern const struct scheme_option scheme_options[];

/* What `verify` may say for hash, encoding and key_encoding: "a|b|c". */
#define SCHEME_HASHES "sha1|sha256|sha384|sha512"
#define SCHEME_ENCODINGS "hex|base64|base64url"
#define SCHEME_KEY_ENCODINGS "text|hex|base64"

/*
 * The scheme that a trigger's `verify` asks for, with its options laid over
 * the table's row.  Borrows from both.  Takes any JSON; what it does not
 * understand (plan_check refuses that) it leaves as the row has it.  -1 when
 * there is no such scheme.
 */
MUSTUSE int scheme_read(struct json_object *verify, struct scheme *out);

/*
 * Does the header carry, under this `verify`, a secret rather than a
 * signature?  Then its value must not be kept.  `name` is in lower case.
 */
int scheme_hides_header(struct json_object *verify, const char *name);

/* The seconds of a `tolerance` (a number, or a duration in which a month has
 * 30 days), or -1 when it is neither or out of bounds. */
int scheme_tolerance(struct json_object *value);

/* A part of what is signed: text as it stands, or a value of the request. */
enum scheme_part_kind {
	SCHEME_PART_TEXT,
	SCHEME_PART_TS,
	SCHEME_PART_ID,
	SCHEME_PART_METHOD,
	SCHEME_PART_URL,
	SCHEME_PART_BODY,
	SCHEME_PART_SECRET, /* the table's rows only, like the next */
	SCHEME_PART_FIELD,  /* what the scheme's own code found */
	SCHEME_PART_UNKNOWN /* a { that begins none of the above */
};

struct scheme_part {
	enum scheme_part_kind kind;
	const char *text;
	size_t len;
};

/* The next part of a template; *at moves behind it.  0 at the end. */
int scheme_part_next(const char **at, struct scheme_part *out);

/* Does the template have a part of this kind? */
int scheme_has_part(const char *signed_text, enum scheme_part_kind kind);

#endif
