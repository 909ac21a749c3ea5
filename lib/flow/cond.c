/*
 * cond.c - is a condition true?  See cond.h.  The operators are cond_op.c;
 * whether a document's condition is well made is cond_check.c.
 */
#include "config.h"

#include "flow/cond.h"

#include "base/json.h"
#include "flow/cond_op.h"
#include "flow/path.h"
#include "flow/template.h"

#include "base/banned.h"

/* A comparison's value, rendered. */
#define VALUE_MAX 65536

struct eval {
	struct json_object *scope;
	const struct date_env *env;
	struct mem *mem;
	struct err *e;
};

static int is_true(const struct eval *v, struct json_object *cond);

static int
eval_comparison(const struct eval *v, struct json_object *cond)
{
	const char *field = json_get_string(cond, "field");
	const char *is = json_get_string(cond, "is");
	struct operands o = { .env = v->env, .mem = v->mem, .e = v->e };
	int rc;

	o.op = is != NULL ? cond_op_find(is) : NULL;
	if (field == NULL || o.op == NULL)
		return err_set(v->e, ERR_PERM,
			       "expected a condition with \"field\" and a "
			       "known operator in \"is\", found %.200s",
			       json_object_to_json_string(cond));
	o.field = path_lookup(v->mem, field, v->scope);
	if (template_json(v->mem, json_get(cond, "value"), v->scope, VALUE_MAX,
			  &o.value, v->e) == -1) {
		if (v->e != NULL)
			v->e->kind = ERR_PERM;
		return err_context(v->e, "%.100s %s", field, is);
	}
	rc = o.op->is_true(&o);
	if (rc == -1)
		return err_context(v->e, "%.100s %s", field, is);
	return rc != o.op->is_negated;
}

/* `all` stops at the first that is false, `any` at the first that is true. */
static int
eval_list(const struct eval *v, struct json_object *list, int stops_at)
{
	size_t i, n = 0;
	int rc;

	if (json_object_is_type(list, json_type_array))
		n = json_object_array_length(list);
	for (i = 0; i < n; i++) {
		rc = is_true(v, json_object_array_get_idx(list, i));
		if (rc == -1 || rc == stops_at)
			return rc;
	}
	return !stops_at;
}

static int
is_true(const struct eval *v, struct json_object *cond)
{
	struct json_object *inner;
	int rc;

	if (json_object_object_get_ex(cond, "all", &inner))
		return eval_list(v, inner, 0);
	if (json_object_object_get_ex(cond, "any", &inner))
		return eval_list(v, inner, 1);
	if (json_object_object_get_ex(cond, "not", &inner)) {
		rc = is_true(v, inner);
		return rc == -1 ? -1 : !rc;
	}
	return eval_comparison(v, cond);
}

int
cond_eval(struct json_object *cond, struct json_object *scope,
	  const struct date_env *env, struct mem *m, struct err *e)
{
	struct eval v = { scope, env, m, e };

	return is_true(&v, cond);
}

struct name_reader {
	struct mem *mem;
	void (*fn)(void *arg, const char *name, int in_section);
	void *arg;
};

/* The names in a value's templates; values nest no deeper than a list. */
static void
names_of_value(const struct name_reader *r, struct json_object *value)
{
	struct template *t;
	size_t i;

	if (json_object_is_type(value, json_type_array)) {
		for (i = 0; i < json_object_array_length(value); i++)
			names_of_value(r, json_object_array_get_idx(value, i));
		return;
	}
	if (json_object_is_type(value, json_type_string) &&
	    template_parse(r->mem, json_object_get_string(value), &t, NULL) ==
		    0)
		template_each_name(t, r->fn, r->arg);
}

static void
names_of(const struct name_reader *r, struct json_object *cond)
{
	static const char *const groups[] = { "all", "any" };
	const char *field = json_get_string(cond, "field");
	struct json_object *list;
	size_t g, i;

	if (field != NULL)
		r->fn(r->arg, field, 0);
	names_of_value(r, json_get(cond, "value"));
	if (json_get(cond, "not") != NULL)
		names_of(r, json_get(cond, "not"));
	for (g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		list = json_get(cond, groups[g]);
		if (!json_object_is_type(list, json_type_array))
			continue;
		for (i = 0; i < json_object_array_length(list); i++)
			names_of(r, json_object_array_get_idx(list, i));
	}
}

void
cond_each_name(struct json_object *cond,
	       void (*fn)(void *arg, const char *name, int in_section),
	       void *arg)
{
	struct name_reader r = { mem_new(), fn, arg };

	names_of(&r, cond);
	mem_free(r.mem);
}
