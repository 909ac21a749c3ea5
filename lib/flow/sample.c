/*
 * sample.c - what a delivery holds, as places with their paths.  See sample.h.
 */
#include "config.h"

#include "flow/sample.h"

#include "base/buf.h"
#include "base/json.h"

#include <string.h>

#include "base/banned.h"

#define NAMES_MAX JSON_MAX_DEPTH
#define LABELS_MAX 12
#define ANSWERS_MAX 100
#define LABEL_MAX 200 /* bytes; what is longer is no name */
#define SPACES " \t\n\v\f\r"

/* Where the walk stands. */
struct walk {
	struct sample *s;
	const char *path;
	const char *names[NAMES_MAX];
	size_t n_names;
	const char *labels[LABELS_MAX];
	size_t n_labels;
	int is_in_list;
};

static void visit(const struct walk *w, struct json_object *v);

static const char *const *
copy_texts(struct mem *m, const char *const *from, size_t n)
{
	const char **to = mem_alloc(m, (n + 1) * sizeof(*to));

	memcpy(to, from, n * sizeof(*to));
	return to;
}

static void
add_place(const struct walk *w, struct json_object *v)
{
	struct sample *s = w->s;
	struct place *bigger;

	if (s->n == SAMPLE_MAX)
		return;
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		bigger = mem_alloc(s->mem, s->cap * sizeof(*bigger));
		if (s->n > 0)
			memcpy(bigger, s->list, s->n * sizeof(*bigger));
		s->list = bigger;
	}
	s->list[s->n++] = (struct place){
		.path = w->path,
		.value = v,
		.names = copy_texts(s->mem, w->names, w->n_names),
		.n_names = w->n_names,
		.labels = copy_texts(s->mem, w->labels, w->n_labels),
		.n_labels = w->n_labels,
		.is_in_list = w->is_in_list,
	};
}

/* --- paths ---------------------------------------------------------------- */

static const char *
quoted(struct mem *m, const char *before, const char *text, const char *after)
{
	struct buf b = BUF_INIT;
	const char *s;

	buf_adds(&b, before);
	json_write_string(&b, text, strlen(text));
	buf_adds(&b, after);
	s = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return s;
}

/* May `text` stand as it is, where none of `ends` may be in it? */
static int
is_plain(const char *text, const char *ends)
{
	size_t len = strlen(text);

	return len > 0 && strcspn(text, ends) == len && text[0] != '"' &&
	       strchr(SPACES, text[0]) == NULL &&
	       strchr(SPACES, text[len - 1]) == NULL;
}

static const char *
path_to_key(struct mem *m, const char *path, const char *key)
{
	if (path[0] == '\0')
		return key;
	if (is_plain(key, ".[]"))
		return mem_printf(m, "%s.%s", path, key);
	return mem_printf(m, "%s%s", path, quoted(m, "[", key, "]"));
}

static const char *
path_to_match(struct mem *m, const char *path, const char *key,
	      const char *value)
{
	return mem_printf(m, "%s[?%s=%s]", path, key,
			  is_plain(value, "]") ? value
					       : quoted(m, "", value, ""));
}

/* --- answers -------------------------------------------------------------- */

/* What tells answers apart, the most lasting first; field.ref lies deeper. */
static const char *const telling[] = { "name",	"key",	"ref",	    "field.ref",
				       "slug",	"code", "label",    "question",
				       "title", "id",	"field.id", NULL };

/* What says to people what is asked. */
static const char *const labelling[] = { "label",	"question",    "title",
					 "field.title", "name",	       "key",
					 "ref",		"field.ref",   "slug",
					 "type",	"field.label", NULL };

/* Where what was answered stands. */
static const char *const answering[] = { "value",   "values",	"answer",
					 "answers", "response", NULL };

/* The text at `key` ("field.ref" lies deeper) of an answer, or NULL. */
static const char *
text_of(struct mem *m, struct json_object *o, const char *key)
{
	const char *dot = strchr(key, '.'), *text = NULL;
	struct buf b = BUF_INIT;

	if (dot != NULL) {
		o = json_get(o, mem_strndup(m, key, (size_t)(dot - key)));
		key = dot + 1;
	}
	o = json_get(o, key);
	if (!json_object_is_type(o, json_type_string) &&
	    !json_object_is_type(o, json_type_int))
		return NULL;
	json_to_text(&b, o);
	if (b.len > 0 && b.len <= LABEL_MAX && strlen(b.s) == b.len)
		text = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return text;
}

static int
has_one_of(struct json_object *o, const char *const *names)
{
	for (; *names != NULL; names++)
		if (json_object_object_get_ex(o, *names, NULL))
			return 1;
	return 0;
}

/* {"label":"Email","value":...}, or {"type":"email","email":...}. */
static int
is_answer(struct mem *m, struct json_object *o)
{
	const char *type;
	int i;

	if (!json_object_is_type(o, json_type_object))
		return 0;
	type = json_get_string(o, "type");
	if (type != NULL && json_object_object_get_ex(o, type, NULL))
		return 1;
	if (!has_one_of(o, answering))
		return 0;
	for (i = 0; labelling[i] != NULL; i++)
		if (text_of(m, o, labelling[i]) != NULL)
			return 1;
	return 0;
}

static int
are_answers(struct mem *m, struct json_object *list)
{
	size_t i, n = json_object_array_length(list);

	for (i = 0; i < n && i < ANSWERS_MAX; i++)
		if (!is_answer(m, json_object_array_get_idx(list, i)))
			return 0;
	return n > 0 && n <= ANSWERS_MAX;
}

static int
is_only_one(struct mem *m, struct json_object *list, const char *key,
	    const char *value)
{
	size_t i, n = 0;
	const char *other;

	for (i = 0; i < json_object_array_length(list); i++) {
		other = text_of(m, json_object_array_get_idx(list, i), key);
		n += other != NULL && strcmp(other, value) == 0;
	}
	return n == 1;
}

/* A type such as "email" or "INPUT_PHONE_NUMBER" holds for every form. */
static int
names_identity(const char *type)
{
	static const char *const parts[] = { "email", "EMAIL", "phone",
					     "PHONE" };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(type, parts[i]) != NULL)
			return 1;
	return 0;
}

static const char *
path_to_answer(const struct walk *w, struct json_object *list, size_t index)
{
	struct mem *m = w->s->mem;
	struct json_object *o = json_object_array_get_idx(list, index);
	const char *value = text_of(m, o, "type");
	int i;

	if (value != NULL && names_identity(value) &&
	    is_only_one(m, list, "type", value))
		return path_to_match(m, w->path, "type", value);
	for (i = 0; telling[i] != NULL; i++) {
		value = text_of(m, o, telling[i]);
		if (value != NULL && is_only_one(m, list, telling[i], value))
			return path_to_match(m, w->path, telling[i], value);
	}
	return mem_printf(m, "%s[%zu]", w->path, index);
}

static void
read_labels(struct walk *w, struct json_object *answer)
{
	const char *text;
	int i;

	w->n_labels = 0;
	for (i = 0; labelling[i] != NULL; i++) {
		text = text_of(w->s->mem, answer, labelling[i]);
		if (text != NULL && w->n_labels < LABELS_MAX)
			w->labels[w->n_labels++] = text;
	}
}

static void
visit_answers(const struct walk *w, struct json_object *list)
{
	struct walk below = *w;
	struct json_object *one;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		below.path = path_to_answer(w, list, i);
		read_labels(&below, one);
		visit(&below, one);
	}
}

/* --- the walk ------------------------------------------------------------- */

static void
visit_members(const struct walk *w, struct json_object *o)
{
	struct walk below = *w;

	if (w->n_names == NAMES_MAX)
		return;
	json_object_object_foreach (o, key, v) {
		below.path = path_to_key(w->s->mem, w->path, key);
		below.names[w->n_names] = key;
		below.n_names = w->n_names + 1;
		visit(&below, v);
	}
}

static void
visit_list(const struct walk *w, struct json_object *list)
{
	struct walk below = *w;
	struct json_object *first = json_object_array_get_idx(list, 0);
	size_t n = json_object_array_length(list);

	below.path = mem_printf(w->s->mem, "%s[0]", w->path);
	if (n > 1 || json_object_is_type(first, json_type_array))
		add_place(w, list);
	if (are_answers(w->s->mem, list)) {
		visit_answers(w, list);
		return;
	}
	if (json_object_is_type(first, json_type_object)) {
		/* a body that is a list is a list of events */
		below.is_in_list |= n > 1 && w->n_names > 1;
		visit(&below, first);
	} else if (n == 1 && !json_object_is_type(first, json_type_array)) {
		visit(&below, first);
	}
}

static void
visit(const struct walk *w, struct json_object *v)
{
	v = json_open(v);
	if (json_object_is_type(v, json_type_object) &&
	    json_object_object_length(v) > 0)
		visit_members(w, v);
	else if (json_object_is_type(v, json_type_array) &&
		 json_object_array_length(v) > 0)
		visit_list(w, v);
	else
		add_place(w, v);
}

void
sample_read(struct mem *m, struct json_object *source, struct sample *out)
{
	struct walk w = { .s = out, .path = "" };

	*out = (struct sample){ .mem = m };
	if (json_object_is_type(source, json_type_object))
		visit_members(&w, source);
}

/* --- for others ----------------------------------------------------------- */

static const char *
type_name(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "boolean";
	case json_type_int:
	case json_type_double:
		return "number";
	case json_type_string:
		return "text";
	case json_type_array:
		return "list";
	default:
		return "object";
	}
}

static int
holds_objects(struct json_object *list)
{
	struct json_object *first = json_object_array_get_idx(list, 0);

	return json_object_is_type(first, json_type_object) ||
	       json_object_is_type(first, json_type_array);
}

static struct json_object *
place_json(const struct place *p)
{
	struct json_object *o = json_object_new_object(), *v = p->value;
	int is_list = json_object_is_type(v, json_type_array);

	json_set_string(o, "path", p->path);
	json_set_string(o, "type", type_name(v));
	json_object_object_add(
		o, "value",
		is_list && holds_objects(v) ? NULL : json_object_get(v));
	if (is_list)
		json_object_object_add(
			o, "elements",
			json_object_new_int64(
				(int64_t)json_object_array_length(v)));
	return o;
}

struct json_object *
sample_json(const struct sample *s)
{
	struct json_object *list = json_pool(s->mem, json_object_new_array());
	size_t i;

	for (i = 0; i < s->n; i++)
		json_object_array_add(list, place_json(&s->list[i]));
	return list;
}
