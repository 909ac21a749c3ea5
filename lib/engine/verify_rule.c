/*
 * verify_rule.c - a trigger's `verify` and its secrets, ready for use: how a
 * secret's text becomes a key.  See verify.h.
 */
#include "config.h"

#include "engine/verify.h"

#include "base/buf.h"
#include "base/json.h"

#include <string.h>

#include "base/banned.h"

static void
key_set(struct mem *m, struct verify_key *key, const void *bytes, size_t len)
{
	key->bytes = (unsigned char *)mem_strndup(m, bytes, len);
	key->len = len;
}

/* An empty key is one that everybody has. */
static void
key_decode(struct mem *m, struct verify_key *key, enum coding coding,
	   const char *text, const char *fault)
{
	struct buf bytes = BUF_INIT;

	if (decode_bytes(coding, text, strlen(text), &bytes) == -1 ||
	    bytes.len == 0)
		key->fault = fault;
	else
		key_set(m, key, bytes.s, bytes.len);
	buf_free(&bytes);
}

/* `text` behind `prefix`; NULL when it does not begin so. */
static const char *
behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* Standard Webhooks: "whsec_" or nothing before a shared secret, "whpk_"
 * before a public key; some show the version of the signature as well. */
static void
key_whsec(struct mem *m, struct verify_key *key, const char *text)
{
	const char *rest;

	rest = behind(text, "v1,");
	if (rest == NULL)
		rest = behind(text, "v1a,");
	if (rest != NULL)
		text = rest;
	rest = behind(text, "whpk_");
	if (rest != NULL) {
		key_decode(m, key, CODING_BASE64URL, rest,
			   "it is not base64 after whpk_");
		if (key->bytes == NULL)
			return;
		key->public = public_key_ed25519(m, key->bytes, key->len);
		key->bytes = NULL;
		if (key->public == NULL)
			key->fault = "it is not an Ed25519 key after whpk_";
		return;
	}
	rest = behind(text, "whsec_");
	key_decode(m, key, CODING_BASE64URL, rest != NULL ? rest : text,
		   "it is not base64 (after whsec_, where it has that)");
}

static void
key_public(struct mem *m, struct verify_key *key, const char *text)
{
	if (public_key_read(m, text, strlen(text), &key->public, NULL) == -1)
		key->fault = "it is not a public key";
}

static void
key_digest(struct mem *m, struct verify_key *key, const char *text)
{
	unsigned char digest[HASH_SIZE_MAX];
	size_t len = hash_digest(HASH_SHA1, text, strlen(text), digest);

	key_set(m, key, digest, len);
}

static void
key_read(struct mem *m, struct verify_key *key, enum scheme_key how,
	 const char *text)
{
	if (text == NULL || *text == '\0') {
		key->fault =
			text == NULL ? "it is not kept here" : "it is empty";
		return;
	}
	switch (how) {
	case SCHEME_KEY_TEXT:
		key_set(m, key, text, strlen(text));
		break;
	case SCHEME_KEY_HEX:
		key_decode(m, key, CODING_HEX, text, "it is not hexadecimal");
		break;
	case SCHEME_KEY_BASE64:
		key_decode(m, key, CODING_BASE64URL, text, "it is not base64");
		break;
	case SCHEME_KEY_WHSEC:
		key_whsec(m, key, text);
		break;
	case SCHEME_KEY_SHA1:
		key_digest(m, key, text);
		break;
	case SCHEME_KEY_PUBLIC:
		key_public(m, key, text);
		break;
	}
}

/* What is no network was refused when the document was checked; here it lets
 * nobody in, and is no reason to let everybody in. */
static void
read_networks(struct mem *m, struct json_object *list, struct verify_rule *out)
{
	const char *text;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return;
	out->n_from = json_object_array_length(list);
	out->from = mem_alloc(m, (out->n_from + 1) * sizeof(*out->from));
	for (i = 0; i < out->n_from; i++) {
		text = json_object_get_string(
			json_object_array_get_idx(list, i));
		if (text == NULL ||
		    cidr_parse(text, strlen(text), &out->from[i]) == -1)
			out->from[i].family = -1;
	}
}

int
verify_rule_read(struct mem *m, struct json_object *verify,
		 const char *const *secrets, size_t n_secrets,
		 struct verify_rule *out, struct err *e)
{
	const char *name = json_get_string(verify, "scheme");
	const char *mode = json_get_string(verify, "mode");
	size_t i;

	memset(out, 0, sizeof(*out));
	out->only_logs = mode != NULL && strcmp(mode, "log") == 0;
	out->public_key = json_get_string(verify, "public_key");
	read_networks(m, json_get(verify, "from"), out);
	if (name == NULL)
		return 0;
	if (scheme_read(verify, &out->scheme) == -1)
		return err_set(e, ERR_PERM,
			       "this version does not know the scheme "
			       "\"%.100s\"; use a newer one, or another scheme",
			       name);
	out->keys = mem_alloc(m, (n_secrets + 1) * sizeof(*out->keys));
	out->n_keys = n_secrets;
	for (i = 0; i < n_secrets; i++)
		key_read(m, &out->keys[i], out->scheme.key, secrets[i]);
	return 0;
}
