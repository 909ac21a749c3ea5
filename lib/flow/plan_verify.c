/*
 * plan_verify.c - is a trigger's `verify` one that can be carried out?  Which
 * schemes there are and what each lets one choose is scheme.c; whether a
 * secret of that name exists is for whoever publishes.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "base/cidr.h"
#include "base/json.h"
#include "flow/scheme.h"

#include <string.h>

#include "base/banned.h"

#define NETWORKS_MAX 200
#define SECRETS_MAX 8
#define SECRET_NAME_MAX 64

#define LETTERS_AND_DIGITS           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz0123456789"

/* All names, ended by NULL. */
static const char **
scheme_names(struct mem *m)
{
	const struct scheme *row;
	const char **list, **at;
	size_t n = 0;

	for (row = schemes; row->name != NULL; row++)
		n++;
	at = list = mem_alloc(m, (n + 1) * sizeof(*list));
	for (row = schemes; row->name != NULL; row++)
		*at++ = row->name;
	return list;
}

FORM(scheme)
{
	const char **list = scheme_names(c->f->mem), *near, *name;
	struct buf all = BUF_INIT;
	size_t i;

	(void)row;
	if (!json_object_is_type(v, json_type_string)) {
		shape_expected(c, pointer, "the name of a scheme", v);
		return;
	}
	name = json_object_get_string(v);
	if (scheme_find(name) != NULL)
		return;
	near = shape_nearest(name, list);
	if (near != NULL) {
		fault_add(c->f, pointer,
			  "no scheme is called \"%.100s\"; did you mean "
			  "\"%s\"?",
			  name, near);
		return;
	}
	for (i = 0; list[i] != NULL; i++)
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", list[i]);
	fault_add(c->f, pointer, "no scheme is called \"%.100s\"; known: %s",
		  name, all.s);
	buf_free(&all);
}

/* "secret:NAME" */
static int
names_secret(const char *text)
{
	size_t len = strlen("secret:");

	if (strncmp(text, "secret:", len) != 0)
		return 0;
	text += len;
	len = strlen(text);
	return len > 0 && len <= SECRET_NAME_MAX &&
	       strspn(text, LETTERS_AND_DIGITS "_-.") == len;
}

/* What stands in its place may be the secret itself: it is never repeated. */
static void
check_secret(struct checking *c, struct json_object *v, const char *pointer)
{
	int is_text = json_object_is_type(v, json_type_string);

	if (is_text && names_secret(json_object_get_string(v)))
		return;
	fault_add(c->f, pointer,
		  "expected \"secret:NAME\", found %s; keep the secret with "
		  "hookline secret set NAME and write its name here",
		  is_text ? "another text" : shape_kind(v));
}

FORM(secret)
{
	size_t i, n;

	(void)row;
	if (!json_object_is_type(v, json_type_array)) {
		check_secret(c, v, pointer);
		return;
	}
	n = json_object_array_length(v);
	if (n < 1 || n > SECRETS_MAX)
		fault_add(c->f, pointer, "expected 1 to %d secrets, found %zu",
			  SECRETS_MAX, n);
	for (i = 0; i < n && i < SECRETS_MAX; i++)
		check_secret(c, json_object_array_get_idx(v, i),
			     pointer_item(c->f->mem, pointer, i));
}

FORM(networks)
{
	struct json_object *one;
	struct cidr cidr;
	const char *text;
	size_t i, n;

	(void)row;
	if (!json_object_is_type(v, json_type_array) ||
	    (n = json_object_array_length(v)) < 1 || n > NETWORKS_MAX) {
		shape_expected(c, pointer,
			       "a list of 1 to 200 networks like "
			       "\"192.0.2.0/24\"",
			       v);
		return;
	}
	for (i = 0; i < n; i++) {
		one = json_object_array_get_idx(v, i);
		text = json_object_is_type(one, json_type_string)
			       ? json_object_get_string(one)
			       : "";
		if (cidr_parse(text, strlen(text), &cidr) == -1)
			shape_expected(c, pointer_item(c->f->mem, pointer, i),
				       "an address or a network like "
				       "\"192.0.2.0/24\" or \"2001:db8::/32\" "
				       "with no bit set beyond its length",
				       one);
	}
}

FORM(tolerance)
{
	(void)row;
	if (scheme_tolerance(v) == -1)
		shape_expected(c, pointer,
			       "seconds, or a duration like \"5 minutes\", "
			       "more than none and at most ten years",
			       v);
}

static int
has(struct json_object *o, const char *name)
{
	return json_object_object_get_ex(o, name, NULL);
}

static void
check_options(struct checking *c, const struct scheme *s, struct json_object *o,
	      const char *at)
{
	const struct scheme_option *opt;

	for (opt = scheme_options; opt->name != NULL; opt++)
		if (has(o, opt->name) && !(s->options & opt->bit))
			fault_add(c->f, pointer_key(c->f->mem, at, opt->name),
				  "the scheme %s leaves no choice of %s; "
				  "remove it, or use the scheme hmac",
				  s->name, opt->name);
	if ((strcmp(s->name, "hmac") == 0 || strcmp(s->name, "header") == 0) &&
	    !has(o, "header"))
		fault_add(c->f, at,
			  "the scheme %s needs the member \"header\"; add the "
			  "name of the header that the %s comes in",
			  s->name,
			  s->way == SCHEME_HEADER ? "secret" : "signature");
}

/* `what` means something only where `part` is signed, and the other way
 * round. */
static void
check_part(struct checking *c, const struct scheme *s, const char *at,
	   enum scheme_part_kind kind, const char *part, int is_there,
	   const char *what)
{
	int is_signed = scheme_has_part(s->signed_text, kind);

	if (is_signed && !is_there)
		fault_add(c->f, pointer_key(c->f->mem, at, "signed"),
			  "signed has %s, but nothing says where it comes "
			  "from; add %s",
			  part, what);
	if (!is_signed && is_there)
		fault_add(c->f, at,
			  "%s proves nothing unless it is signed; put %s into "
			  "signed, or remove it",
			  what, part);
}

static void
check_signed(struct checking *c, const struct scheme *s, const char *at)
{
	const char *pointer = pointer_key(c->f->mem, at, "signed");
	const char *from = s->signed_text;
	struct scheme_part part;

	while (scheme_part_next(&from, &part))
		if (part.kind == SCHEME_PART_UNKNOWN ||
		    part.kind == SCHEME_PART_SECRET ||
		    part.kind == SCHEME_PART_FIELD)
			fault_add(c->f, pointer,
				  "expected {ts}, {id}, {method}, {url} or "
				  "{body}, found \"%.20s\"",
				  part.text);
	if (!scheme_has_part(s->signed_text, SCHEME_PART_BODY))
		fault_add(c->f, pointer,
			  "a signature that does not cover the body proves "
			  "nothing about it; put {body} into signed");
}

/* What fits together, of the scheme that can be put together freely. */
static void
check_hmac(struct checking *c, const struct scheme *s, struct json_object *o,
	   const char *at)
{
	static const char *const times[] = { "timestamp_header",
					     "timestamp_prefix", NULL };
	int n_times = shape_count(o, times);

	check_signed(c, s, at);
	check_part(c, s, at, SCHEME_PART_TS, "{ts}", n_times > 0,
		   "timestamp_header or timestamp_prefix");
	check_part(c, s, at, SCHEME_PART_ID, "{id}", has(o, "id_header"),
		   "id_header");
	if (n_times > 1)
		fault_add(c->f, at,
			  "the time comes in timestamp_header or behind "
			  "timestamp_prefix, not both; remove one");
	if (has(o, "timestamp_prefix") && !has(o, "separator"))
		fault_add(c->f, at,
			  "timestamp_prefix needs the member \"separator\"; "
			  "add what stands between the parts of the header, "
			  "like \",\"");
	if (has(o, "tolerance") && n_times == 0)
		fault_add(c->f, pointer_key(c->f->mem, at, "tolerance"),
			  "without a time nothing is too old; remove "
			  "tolerance, or add timestamp_header");
}

void
also_verify(struct checking *c, struct json_object *o, const char *at)
{
	struct scheme s;

	if (!has(o, "scheme") && !has(o, "from"))
		fault_add(c->f, at,
			  "verify needs the member \"scheme\" or \"from\"; "
			  "add one");
	if (!has(o, "scheme") && has(o, "secret"))
		fault_add(c->f, at,
			  "verify needs the member \"scheme\" to use the "
			  "secret; add it");
	if (has(o, "scheme") && !has(o, "secret"))
		fault_add(c->f, at,
			  "verify needs the member \"secret\"; add it");
	if (scheme_read(o, &s) == -1)
		return;
	check_options(c, &s, o, at);
	if (strcmp(s.name, "hmac") == 0)
		check_hmac(c, &s, o, at);
}
