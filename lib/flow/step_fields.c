/*
 * step_fields.c - a step's fields to a form and back.  See step_fields.h; the
 * tables are step_words.c.
 */
#include "config.h"

#include "flow/step_fields.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/cond_rows.h"
#include "flow/json_pretty.h"
#include "flow/plan_kinds.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* --- members -------------------------------------------------------------- */

/* The object that holds the field's member, and the member's name; NULL where
 * the object is not there. */
static struct json_object *
holder_of(const struct step_field *f, struct json_object *step,
	  const char **name)
{
	const char *slash = strchr(f->path, '/');
	char outer[32];

	*name = f->path;
	if (slash == NULL)
		return step;
	*name = slash + 1;
	memset(outer, 0, sizeof(outer));
	memcpy(outer, f->path, (size_t)(slash - f->path));
	step = json_get(step, outer);
	return json_object_is_type(step, json_type_object) ? step : NULL;
}

static int
member_of(const struct step_field *f, struct json_object *step,
	  struct json_object **out)
{
	const char *name;
	struct json_object *o = holder_of(f, step, &name);

	*out = NULL;
	return o != NULL && json_object_object_get_ex(o, name, out);
}

int
step_field_is_set(const struct step_field *f, struct json_object *step)
{
	struct json_object *v;

	return member_of(f, step, &v);
}

/* Set or (NULL) take away a member; an object within the step comes and goes
 * with its members.  `v` is taken over. */
static void
set_member(struct mem *m, const struct step_field *f, struct json_object *step,
	   struct json_object *v)
{
	const char *name, *outer;
	struct json_object *o = holder_of(f, step, &name);

	if (o == NULL && v == NULL)
		return;
	outer = mem_strndup(m, f->path, strcspn(f->path, "/"));
	if (o == NULL) {
		o = json_object_new_object();
		json_object_object_add(step, outer, o);
	}
	if (v != NULL) {
		json_object_object_add(o, name, v);
		return;
	}
	json_object_object_del(o, name);
	if (o != step && json_object_object_length(o) == 0)
		json_object_object_del(step, outer);
}

/* --- showing -------------------------------------------------------------- */

static struct json_object *
text(struct mem *m, const char *s)
{
	return json_pool(m, json_object_new_string(s));
}

static struct json_object *
show_lines(struct mem *m, struct json_object *v)
{
	struct buf b = BUF_INIT;
	struct json_object *out;
	size_t i;

	if (!json_object_is_type(v, json_type_array))
		return text(m, json_pool_text(m, v));
	for (i = 0; i < json_object_array_length(v); i++) {
		if (i > 0)
			buf_addc(&b, '\n');
		json_to_text(&b, json_object_array_get_idx(v, i));
	}
	out = text(m, b.s);
	buf_free(&b);
	return out;
}

static struct json_object *
show_some(struct mem *m, struct json_object *v)
{
	struct json_object *out = json_pool(m, json_object_new_array());
	size_t i;

	if (json_object_is_type(v, json_type_array))
		for (i = 0; i < json_object_array_length(v); i++)
			json_object_array_add(
				out,
				json_object_new_string(json_pool_text(
					m, json_object_array_get_idx(v, i))));
	return out;
}

static struct json_object *
show_pairs(struct mem *m, struct json_object *v)
{
	struct json_object *out = json_pool(m, json_object_new_array()), *pair;

	if (!json_object_is_type(v, json_type_object))
		return out;
	json_object_object_foreach (v, name, value) {
		pair = json_object_new_object();
		json_set_string(pair, "name", name);
		json_set_string(pair, "value", json_pool_text(m, value));
		json_object_array_add(out, pair);
	}
	return out;
}

static struct json_object *
show_json(struct mem *m, struct json_object *v, int is_there)
{
	struct json_object *o = NULL;
	const char *s;

	if (!is_there)
		return text(m, "");
	if (json_object_is_type(v, json_type_string)) {
		s = json_object_get_string(v);
		if (json_read(s, strlen(s), JSON_MAX_DEPTH, &o, NULL) == -1 &&
		    *s != '\0')
			return text(m, s);
		json_object_put(o);
	}
	return text(m, json_pretty(m, v));
}

struct json_object *
step_field_show(struct mem *m, const struct step_field *f,
		struct json_object *step)
{
	struct json_object *v;
	int is_there = member_of(f, step, &v);

	switch (f->kind) {
	case FIELD_TICK:
		return text(m, json_object_get_boolean(v) ? "true" : "");
	case FIELD_LINES:
		return show_lines(m, v);
	case FIELD_SOME:
		return show_some(m, v);
	case FIELD_PAIRS:
	case FIELD_SET:
		return show_pairs(m, v);
	case FIELD_COND:
		return cond_rows(m, v);
	case FIELD_JSON:
		return show_json(m, v, is_there);
	default:
		return text(m, json_pool_text(m, v));
	}
}

/* --- taking --------------------------------------------------------------- */

/* A form's line breaks are CR LF. */
static const char *
unbroken(struct mem *m, const char *s)
{
	char *copy = mem_strdup(m, s), *to = copy;

	for (; *s != '\0'; s++)
		if (s[0] != '\r' || s[1] != '\n')
			*to++ = *s;
	*to = '\0';
	return copy;
}

static const char *
trimmed(struct mem *m, const char *s)
{
	return text_trim(mem_strdup(m, s));
}

/* The text that a form has; of several the last. */
static const char *
said(struct mem *m, struct json_object *v)
{
	size_t n;

	if (json_object_is_type(v, json_type_array)) {
		n = json_object_array_length(v);
		v = n > 0 ? json_object_array_get_idx(v, n - 1) : NULL;
	}
	if (!json_object_is_type(v, json_type_string))
		return "";
	return unbroken(m, json_object_get_string(v));
}

/* A new value of what was read, or NULL. */
static struct json_object *
read_json(const char *s)
{
	struct json_object *o = NULL;

	if (json_read(s, strlen(s), JSON_MAX_DEPTH, &o, NULL) == -1)
		return NULL;
	return o;
}

/* A number, true or false as such; else a text. */
static struct json_object *
scalar(const char *s)
{
	struct json_object *o = read_json(s);

	if (json_object_is_type(o, json_type_int) ||
	    json_object_is_type(o, json_type_double) ||
	    json_object_is_type(o, json_type_boolean))
		return o;
	json_object_put(o);
	return json_object_new_string(s);
}

/* The same where there was one; else a text. */
static struct json_object *
like(struct json_object *old, const char *s)
{
	if (old == NULL || json_object_is_type(old, json_type_string))
		return json_object_new_string(s);
	return scalar(s);
}

/* A list or object as such; a number where there was one; else a text. */
static struct json_object *
value(struct mem *m, const char *s, struct json_object *old)
{
	const char *bare = trimmed(m, s);
	struct json_object *o;

	if (*bare == '[' || (*bare == '{' && strncmp(bare, "{{", 2) != 0)) {
		o = read_json(bare);
		if (o != NULL)
			return o;
	}
	return like(old, s);
}

static struct json_object *
take_lines(struct mem *m, const char *s)
{
	struct json_object *out = json_object_new_array();
	const char *line;
	size_t len;

	for (; *s != '\0'; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		line = trimmed(m, mem_strndup(m, s, len));
		if (*line != '\0')
			json_object_array_add(out,
					      json_object_new_string(line));
	}
	return out;
}

struct taking {
	struct mem *mem;
	const struct step_field *field;
	struct json_object *old, *out; /* of pairs */
	struct json_object *rows;      /* as step_field_show has them */
};

static void
each(struct json_object *o, void (*fn)(void *arg, struct json_object *v),
     void *arg)
{
	size_t i;

	if (json_object_is_type(o, json_type_array))
		for (i = 0; i < json_object_array_length(o); i++)
			fn(arg, json_object_array_get_idx(o, i));
	if (!json_object_is_type(o, json_type_object))
		return;
	json_object_object_foreach (o, key, v) {
		(void)key;
		fn(arg, v);
	}
}

static void
take_some(void *arg, struct json_object *v)
{
	struct taking *t = arg;
	const char *s = said(t->mem, v);

	if (*s != '\0')
		json_object_array_add(t->out, json_object_new_string(s));
}

static void
take_pair(void *arg, struct json_object *v)
{
	struct taking *t = arg;
	const char *name = trimmed(t->mem, said(t->mem, json_get(v, "name")));
	const char *s = said(t->mem, json_get(v, "value"));
	struct json_object *pair, *old = NULL;
	int was_there = json_object_object_get_ex(t->old, name, &old);

	if (*name == '\0')
		return;
	pair = json_object_new_object();
	json_set_string(pair, "name", name);
	json_set_string(pair, "value", s);
	json_object_array_add(t->rows, pair);
	if (was_there &&
	    strcmp(s, unbroken(t->mem, json_pool_text(t->mem, old))) == 0)
		json_object_object_add(t->out, name, json_object_get(old));
	else if (t->field->kind == FIELD_SET)
		json_object_object_add(t->out, name,
				       *s == '\0' ? NULL
						  : value(t->mem, s, old));
	else
		json_object_object_add(t->out, name, like(old, s));
}

/* The pairs that the form has: NULL where they are what was there. */
static struct json_object *
take_pairs(struct mem *m, const struct step_field *f, struct json_object *old,
	   struct json_object *form, int *is_same)
{
	struct taking t = { m, f, old, json_object_new_object(),
			    json_pool(m, json_object_new_array()) };

	each(form, take_pair, &t);
	*is_same = json_object_equal(t.rows, show_pairs(m, old)) ||
		   json_object_equal(t.out, old);
	return t.out;
}

static int
is_required(const struct step_field *f, struct json_object *step)
{
	const struct step_kind *kind = plan_kind(json_get_string(step, "type"));
	const struct member *row =
		kind != NULL ? shape_member(&kind->shape, f->path) : NULL;

	return row != NULL && row->is_required;
}

/* The value of a text that is not what was shown; NULL: none. */
static struct json_object *
take_text(struct mem *m, const struct step_field *f, const char *s,
	  struct json_object *old)
{
	struct json_object *o;

	switch (f->kind) {
	case FIELD_TICK:
		return *s != '\0' ? json_object_new_boolean(1) : NULL;
	case FIELD_SCALAR:
		s = trimmed(m, s);
		return *s != '\0' ? scalar(s) : NULL;
	case FIELD_JSON:
		if (*trimmed(m, s) == '\0')
			return NULL;
		o = read_json(s);
		return o != NULL ? o : json_object_new_string(s);
	case FIELD_VALUE:
		return *s != '\0' ? value(m, s, old) : NULL;
	case FIELD_LINES:
		return take_lines(m, s);
	case FIELD_LINE:
		/* what a text is cut at, or put in, may be a blank */
		if (strcmp(f->path, "split") != 0 &&
		    strncmp(f->path, "replace/", 8) != 0)
			s = trimmed(m, s);
		/* fall through */
	default:
		return *s != '\0' ? json_object_new_string(s) : NULL;
	}
}

static void
take_one(struct mem *m, const struct step_field *f, struct json_object *step,
	 struct json_object *v)
{
	struct taking t = { .mem = m };
	struct json_object *old, *made;
	const char *s;
	int is_same;

	member_of(f, step, &old);
	if (f->kind == FIELD_COND) {
		made = cond_from_rows(m, v, old);
		if (made != old)
			set_member(m, f, step, json_object_get(made));
	} else if (f->kind == FIELD_PAIRS || f->kind == FIELD_SET) {
		made = take_pairs(m, f, old, v, &is_same);
		if (is_same || (json_object_object_length(made) == 0 &&
				!is_required(f, step))) {
			if (!is_same)
				set_member(m, f, step, NULL);
			json_object_put(made);
		} else {
			set_member(m, f, step, made);
		}
	} else if (f->kind == FIELD_SOME) {
		t.out = json_object_new_array();
		each(v, take_some, &t);
		if (json_object_equal(t.out, show_some(m, old)) ||
		    json_object_array_length(t.out) == 0) {
			if (json_object_array_length(t.out) == 0 &&
			    json_object_array_length(show_some(m, old)) > 0)
				set_member(m, f, step, NULL);
			json_object_put(t.out);
		} else {
			set_member(m, f, step, t.out);
		}
	} else {
		s = said(m, v);
		if (strcmp(s,
			   unbroken(m, json_object_get_string(step_field_show(
					       m, f, step)))) == 0)
			return;
		made = take_text(m, f, s, old);
		if (made == NULL && is_required(f, step))
			made = json_object_new_string("");
		set_member(m, f, step, made);
	}
}

void
step_fields_take(struct mem *m, const struct step_field *fields,
		 struct json_object *step, struct json_object *form)
{
	struct json_object *v;

	for (; fields->path != NULL; fields++) {
		v = json_get(form, fields->path);
		if (v != NULL)
			take_one(m, fields, step, v);
	}
}

static void
take_common(struct mem *m, const struct step_words *w, struct json_object *step,
	    struct json_object *form)
{
	const struct step_field *f;
	struct json_object *v;

	for (f = step_fields_common; f->path != NULL; f++) {
		v = json_get(form, f->path);
		if (v != NULL && step_has_common(w, f))
			take_one(m, f, step, v);
	}
}

/* An element of a form's list, which may have come as an object. */
static struct json_object *
element(struct mem *m, struct json_object *list, size_t i)
{
	if (json_object_is_type(list, json_type_array))
		return i < json_object_array_length(list)
			       ? json_object_array_get_idx(list, i)
			       : NULL;
	return json_get(list, mem_printf(m, "%zu", i));
}

void
step_take(struct mem *m, struct json_object *step, struct json_object *form)
{
	const struct step_words *w =
		step_words_of(json_get_string(step, "type"));
	struct json_object *list = json_get(step, "branches"), *said;
	size_t i;

	if (w == NULL)
		return;
	step_fields_take(m, w->fields, step, form);
	take_common(m, w, step, form);
	if (!json_object_is_type(list, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(list); i++) {
		said = element(m, json_get(form, "branches"), i);
		if (said != NULL)
			step_fields_take(m,
					 strcmp(w->type, "split") == 0
						 ? step_fields_share
						 : step_fields_branch,
					 json_object_array_get_idx(list, i),
					 said);
	}
}
