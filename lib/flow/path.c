/*
 * path.c - paths into JSON: text to steps, steps to a value.  See path.h.
 * What the roots mean is the caller's business.
 */
#include "config.h"

#include "flow/path.h"

#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum step_kind {
	STEP_KEY,
	STEP_INDEX,
	STEP_ALL,   /* [*] */
	STEP_MATCH, /* [?key.key=value] */
};

struct step {
	enum step_kind kind;
	long index;	   /* STEP_INDEX */
	const char *key;   /* STEP_KEY; of STEP_MATCH the wanted value */
	const char **keys; /* STEP_MATCH: where in the element to look */
	size_t n_keys;
};

struct path {
	size_t n;
	struct step step[];
};

/* One reading of one text. */
struct reader {
	struct mem *mem;
	const char *text, *at;
	struct err *e;
};

/* People count characters, not bytes. */
static int
expected(const struct reader *r, const char *what)
{
	size_t column = 1;
	const char *s;

	for (s = r->text; s < r->at; s++)
		if (((unsigned char)*s & 0xc0) != 0x80)
			column++;
	if (*r->at == '\0')
		return err_set(r->e, ERR_INPUT,
			       "expected %s at character %zu of the path "
			       "\"%.200s\", where it ends",
			       what, column, r->text);
	return err_set(r->e, ERR_INPUT,
		       "expected %s at character %zu of the path \"%.200s\", "
		       "found \"%.20s\"",
		       what, column, r->text, r->at);
}

static int
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip_space(struct reader *r)
{
	while (is_space(*r->at))
		r->at++;
}

/* The text from here to the first of `ends`, without white space around. */
static const char *
read_plain(struct reader *r, const char *ends)
{
	const char *from, *to;

	skip_space(r);
	from = r->at;
	r->at += strcspn(from, ends);
	to = r->at;
	while (to > from && is_space(to[-1]))
		to--;
	return mem_strndup(r->mem, from, (size_t)(to - from));
}

/* A JSON string; the reader stands on its first quote. */
static int
read_quoted(struct reader *r, const char **out)
{
	const char *end = r->at + 1;
	struct json_object *o;

	while (*end != '\0' && *end != '"')
		end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
	if (*end == '\0')
		return expected(r, "a key in quotes (\"...\") that ends");
	end++;
	if (json_read(r->at, (size_t)(end - r->at), JSON_MAX_DEPTH, &o, NULL) ==
	    -1)
		return expected(r, "a key in quotes, escaped as in JSON");
	*out = mem_strdup(r->mem, json_object_get_string(o));
	json_object_put(o);
	r->at = end;
	return 0;
}

static int
read_key(struct reader *r, struct step *s)
{
	const char *from = r->at;

	s->kind = STEP_KEY;
	s->key = read_plain(r, ".[]");
	if (*s->key != '\0')
		return 0;
	r->at = from;
	return expected(r, "a key (odd ones go into [\"...\"])");
}

/* A number, or a name as forms have it: order[customer][email]. */
static int
read_index(struct reader *r, struct step *s)
{
	char *end;

	if (isalpha((unsigned char)*r->at) || *r->at == '_' ||
	    (unsigned char)*r->at >= 0x80) {
		s->kind = STEP_KEY;
		s->key = read_plain(r, "[]");
		return 0;
	}
	errno = 0;
	s->kind = STEP_INDEX;
	s->index = strtol(r->at, &end, 10);
	if (end == r->at || is_space(*r->at) || *r->at == '+' || errno != 0)
		return expected(r, "an index, *, ?key=value or a key in quotes "
				   "after [");
	r->at = end;
	return 0;
}

/* key.key=value; either side may stand in quotes. */
static int
read_match(struct reader *r, struct step *s)
{
	size_t cap = 1;
	const char *c;

	for (c = r->at; *c != '\0' && *c != '='; c++)
		cap += *c == '.';
	s->kind = STEP_MATCH;
	s->keys = mem_alloc(r->mem, cap * sizeof(*s->keys));
	for (;;) {
		skip_space(r);
		if (*r->at != '"')
			s->keys[s->n_keys] = read_plain(r, ".=[]");
		else if (read_quoted(r, &s->keys[s->n_keys]) == -1)
			return -1;
		if (*s->keys[s->n_keys++] == '\0')
			return expected(r, "a key, as in [?type=email],");
		skip_space(r);
		if (*r->at != '.' || s->n_keys == cap)
			break;
		r->at++;
	}
	if (*r->at != '=')
		return expected(r, "= and a value, as in [?type=email],");
	r->at++;
	skip_space(r);
	if (*r->at == '"')
		return read_quoted(r, &s->key);
	s->key = read_plain(r, "]");
	return 0;
}

/* What follows a "[", and the "]". */
static int
read_bracket(struct reader *r, struct step *s)
{
	int rc;

	skip_space(r);
	if (*r->at == '"') {
		s->kind = STEP_KEY;
		rc = read_quoted(r, &s->key);
	} else if (*r->at == '*') {
		s->kind = STEP_ALL;
		r->at++;
		rc = 0;
	} else if (*r->at == '?') {
		r->at++;
		rc = read_match(r, s);
	} else {
		rc = read_index(r, s);
	}
	if (rc == -1)
		return -1;
	skip_space(r);
	if (*r->at != ']')
		return expected(r, "]");
	r->at++;
	return 0;
}

static int
read_step(struct reader *r, struct path *p)
{
	struct step *s = &p->step[p->n];
	int rc;

	if (*r->at == '[') {
		r->at++;
		rc = read_bracket(r, s);
	} else if (p->n == 0) {
		rc = read_key(r, s);
	} else if (*r->at == '.') {
		r->at++;
		rc = read_key(r, s);
	} else {
		rc = expected(r, "a dot or [");
	}
	p->n++;
	return rc;
}

int
path_parse(struct mem *m, const char *text, struct path **out, struct err *e)
{
	struct reader r = { m, text, text, e };
	struct path *p;
	size_t cap = 1;
	const char *c;

	for (c = text; *c != '\0'; c++)
		cap += *c == '.' || *c == '[';
	p = mem_alloc(m, sizeof(*p) + cap * sizeof(p->step[0]));
	do {
		if (read_step(&r, p) == -1)
			return -1;
		if (p->n == 1 && p->step[0].kind != STEP_KEY) {
			r.at = text;
			return expected(&r, "a key to begin with");
		}
	} while (*r.at != '\0');
	*out = p;
	return 0;
}

/* One of something is not sent as a list (XML, forms): it is its own first
 * and last element.  A form's a[1] alone makes an object with the key "1". */
static struct json_object *
element(struct json_object *o, long index)
{
	struct json_object *member;
	char key[24];
	long n = 1;

	if (json_object_is_type(o, json_type_object)) {
		snprintf(key, sizeof(key), "%ld", index);
		member = json_get(o, key);
		if (member != NULL)
			return member;
	}
	if (json_object_is_type(o, json_type_array))
		n = (long)json_object_array_length(o);
	if (index < 0)
		index += n;
	if (index < 0 || index >= n)
		return NULL;
	if (!json_object_is_type(o, json_type_array))
		return o;
	return json_object_array_get_idx(o, (size_t)index);
}

/* How many elements [*] and [?] go through. */
static size_t
count(struct json_object *o)
{
	return json_object_is_type(o, json_type_array)
		       ? json_object_array_length(o)
		       : 1;
}

static struct json_object *
nth(struct json_object *o, size_t i)
{
	return json_object_is_type(o, json_type_array)
		       ? json_object_array_get_idx(o, i)
		       : o;
}

/* Is the element's value at s->keys, as text, the wanted one? */
static int
is_match(const struct step *s, struct json_object *o, struct buf *text)
{
	size_t i;

	for (i = 0; i < s->n_keys; i++)
		o = json_get(json_open(o), s->keys[i]);
	if (o == NULL)
		return 0;
	buf_reset(text);
	json_to_text(text, o);
	return strlen(s->key) == text->len &&
	       memcmp(s->key, text->s, text->len) == 0;
}

static struct json_object *
first_match(const struct step *s, struct json_object *list)
{
	struct json_object *o, *found = NULL;
	struct buf text = BUF_INIT;
	size_t i, n;

	n = count(list);
	for (i = 0; i < n && found == NULL; i++) {
		o = nth(list, i);
		if (is_match(s, o, &text))
			found = o;
	}
	buf_free(&text);
	return found;
}

/*
 * Walk from step `i` on to the first [*], or to the end; *i is where the walk
 * stopped.
 */
static struct json_object *
walk(const struct path *p, size_t *i, struct json_object *o)
{
	for (; *i < p->n && o != NULL; (*i)++) {
		const struct step *s = &p->step[*i];

		o = json_open(o);
		if (s->kind == STEP_KEY)
			o = json_get(o, s->key);
		else if (s->kind == STEP_INDEX)
			o = element(o, s->index);
		else if (s->kind == STEP_MATCH)
			o = first_match(s, o);
		else
			break;
	}
	return o;
}

/* Append what lies at steps i.. below every element; [*] in [*] goes on in
 * the same list. */
static void
gather(const struct path *p, size_t i, struct json_object *list,
       struct json_object *into)
{
	size_t k, n;

	n = count(list);
	for (k = 0; k < n; k++) {
		struct json_object *o = nth(list, k);
		size_t at = i;

		o = walk(p, &at, o);
		if (o == NULL)
			continue;
		if (at < p->n)
			gather(p, at + 1, o, into);
		else
			json_object_array_add(into, json_object_get(o));
	}
}

struct json_object *
path_get(const struct path *p, struct json_object *root, struct mem *m)
{
	struct json_object *o, *all;
	size_t i = 0;

	o = walk(p, &i, root);
	if (o == NULL || i == p->n)
		return o;
	all = json_pool(m, json_object_new_array());
	gather(p, i + 1, o, all);
	return all;
}

struct json_object *
path_lookup(struct mem *m, const char *text, struct json_object *root)
{
	struct path *p;

	if (path_parse(m, text, &p, NULL) == -1)
		return NULL;
	return path_get(p, root, m);
}

const char *
path_root(const struct path *p)
{
	return p->step[0].key;
}

size_t
path_length(const struct path *p)
{
	return p->n;
}

size_t
path_keys(const struct path *p, const char **keys, size_t max)
{
	size_t n = 0;

	while (n < max && n < p->n && p->step[n].kind == STEP_KEY) {
		keys[n] = p->step[n].key;
		n++;
	}
	return n;
}
