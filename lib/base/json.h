/*
 * json.h - JSON as RFC 8259 says, into json-c's objects.  json-c's own reader
 * is not used anywhere: it takes NaN and raw control characters, clamps long
 * integers and cuts keys at a NUL.  Objects belong to json-c's reference
 * counts; json_pool ties one to a pool.  Where json-c would run out of memory
 * in silence, mem.h's rule holds: see the end.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <json-c/json_object.h>
#include <json-c/linkhash.h>

#define JSON_MAX_DEPTH 64
#define JSON_MAX_VALUES 100000 /* of what strangers send */

/*
 * Read one JSON text (RFC 8259) of `len` bytes.  A leading UTF-8 BOM is
 * skipped.  Of duplicate keys the last wins, at the first's place.  \u0000
 * and lone surrogates become U+FFFD, in keys too.  Integers that do not fit
 * int64 and all numbers with fraction or exponent keep their digits: they are
 * json_type_double with the source text as their serialisation.
 *
 * Returns 0 with *out owned by the caller (NULL is JSON's null), or -1 with
 * ERR_INPUT and a text that ends in "at line L, column C" (columns count
 * bytes from 1), for example "expected a value, found '}' at line 1, column 7".
 */
MUSTUSE int json_read(const char *text, size_t len, int max_depth,
		      struct json_object **out, struct err *e);

/* How much may come: levels of nesting, and values (an object, a list, each
 * member and each element is one). */
struct json_bounds {
	int depth;
	size_t values;
};

/* json_read with both bounds; what goes beyond is ERR_INPUT like the rest. */
MUSTUSE int json_read_bounded(const char *text, size_t len,
			      const struct json_bounds *b,
			      struct json_object **out, struct err *e);

/*
 * Senders put JSON into strings: forms (GitHub's and Slack's payload=), SNS's
 * Message.  The object or list that the string `o` spells, else `o` itself.
 * Read once: it is kept with the string, borrowed from it, and gone with it.
 * Nothing of what `o` says or how it is written changes.
 */
struct json_object *json_open(struct json_object *o);

/* A deep copy, owned by the caller.  (json-c's own refuses strings that were
 * opened.) */
struct json_object *json_copy(struct json_object *o);

/* Give back the room that a small object, now complete, does not need. */
void json_fit(struct json_object *o);

/* Free `o` (json_object_put) when the pool is emptied.  Returns `o`. */
struct json_object *json_pool(struct mem *m, struct json_object *o);

/*
 * Append `o` compactly.  The result is always RFC 8259; a number that
 * PostgreSQL's numeric can't hold (exponent beyond +-308 or over 1,000
 * digits) is written as a string of its digits, so any jsonb takes it.
 */
void json_write(struct buf *out, struct json_object *o);

/* Append `text` as a JSON string with its quotes; bad UTF-8 becomes U+FFFD. */
void json_write_string(struct buf *out, const char *text, size_t len);

/* The member `key`, borrowed; NULL when `o` is no object or has none. */
struct json_object *json_get(struct json_object *o, const char *key);

/* The string member `key`, borrowed; NULL when absent or not a string. */
const char *json_get_string(struct json_object *o, const char *key);

/* The integer member `key`, or `otherwise` when absent or not a number. */
int64_t json_get_int(struct json_object *o, const char *key, int64_t otherwise);

/* The boolean member `key`, or `otherwise` when absent or not a boolean. */
int json_get_bool(struct json_object *o, const char *key, int otherwise);

/* Set a string member; `value` NULL sets nothing. */
void json_set_string(struct json_object *o, const char *key, const char *value);

/*
 * Append a value as text for people and templates: strings as they are,
 * numbers by their digits, true/false, null as nothing, lists and objects as
 * compact JSON.
 */
void json_to_text(struct buf *out, struct json_object *o);

/* The same, from the pool. */
char *json_pool_text(struct mem *m, struct json_object *o);

/*
 * Out of memory json-c answers NULL, which is JSON's null too, or -1: a contact
 * would lose a field without a word.  Under their own names these abort.
 */
static inline struct json_object *
json_made(struct json_object *o)
{
	if (o == NULL)
		mem_exhausted();
	return o;
}

static inline void
json_done(int rc)
{
	if (rc != 0)
		mem_exhausted();
}

/* clang-format off */
#define json_object_new_object() json_made((json_object_new_object)())
#define json_object_new_array() json_made((json_object_new_array)())
#define json_object_new_array_ext(n) json_made((json_object_new_array_ext)(n))
#define json_object_new_boolean(b) json_made((json_object_new_boolean)(b))
#define json_object_new_int(i) json_made((json_object_new_int)(i))
#define json_object_new_int64(i) json_made((json_object_new_int64)(i))
#define json_object_new_double_s(d, s) json_made((json_object_new_double_s)(d, s))
#define json_object_new_string(s) json_made((json_object_new_string)(s))
#define json_object_new_string_len(s, n) json_made((json_object_new_string_len)(s, n))
#define json_object_object_add(o, key, v) json_done((json_object_object_add)(o, key, v))
#define json_object_array_add(o, v) json_done((json_object_array_add)(o, v))
#define lh_table_resize(t, n) json_done((lh_table_resize)(t, n))
/* clang-format on */

#endif
