/*
 * cond_tell.c - a condition told for people.  See cond_tell.h.
 */
#include "config.h"

#include "flow/cond_tell.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/cond.h"
#include "flow/path.h"
#include "flow/template.h"

#include <string.h>

#include "base/banned.h"

#define SEEN_MAX_BYTES 300
#define VALUE_MAX_BYTES 65536

struct teller {
	struct json_object *scope;
	const struct date_env *env;
	struct mem *mem;
};

static struct json_object *tell(const struct teller *t,
				struct json_object *cond);

/* The value as text, without half a character at its end. */
static struct json_object *
seen(const struct teller *t, struct json_object *value)
{
	const char *text = json_pool_text(t->mem, value);
	size_t len = strlen(text), at;

	if (len <= SEEN_MAX_BYTES)
		return json_object_new_string(text);
	len = SEEN_MAX_BYTES;
	if (!text_is_utf8(text, len, &at))
		len = at;
	return json_object_new_string(
		mem_printf(t->mem, "%.*s...", (int)len, text));
}

static void
tell_comparison(const struct teller *t, struct json_object *cond,
		struct json_object *o)
{
	const char *field = json_get_string(cond, "field");
	struct json_object *value = json_get(cond, "value"), *rendered, *saw;

	json_set_string(o, "field", field);
	json_set_string(o, "is", json_get_string(cond, "is"));
	if (value != NULL &&
	    template_json(t->mem, value, t->scope, VALUE_MAX_BYTES, &rendered,
			  NULL) == 0)
		json_object_object_add(o, "value", json_copy(rendered));
	saw = field != NULL ? path_lookup(t->mem, field, t->scope) : NULL;
	if (saw != NULL)
		json_object_object_add(o, "saw", seen(t, saw));
}

static struct json_object *
tell_list(const struct teller *t, struct json_object *list)
{
	struct json_object *out = json_object_new_array();
	size_t i, n = 0;

	if (json_object_is_type(list, json_type_array))
		n = json_object_array_length(list);
	for (i = 0; i < n; i++)
		json_object_array_add(
			out, tell(t, json_object_array_get_idx(list, i)));
	return out;
}

static struct json_object *
tell(const struct teller *t, struct json_object *cond)
{
	struct json_object *o = json_object_new_object(), *inner;
	struct err e = ERR_INIT;
	int truth = cond_eval(cond, t->scope, t->env, t->mem, &e);

	if (truth == -1)
		json_set_string(o, "error", e.text);
	else
		json_object_object_add(o, "met",
				       json_object_new_boolean(truth));
	if (json_object_object_get_ex(cond, "all", &inner))
		json_object_object_add(o, "all", tell_list(t, inner));
	else if (json_object_object_get_ex(cond, "any", &inner))
		json_object_object_add(o, "any", tell_list(t, inner));
	else if (json_object_object_get_ex(cond, "not", &inner))
		json_object_object_add(o, "not", tell(t, inner));
	else
		tell_comparison(t, cond, o);
	return o;
}

struct json_object *
cond_tell(struct json_object *cond, struct json_object *scope,
	  const struct date_env *env, struct mem *m)
{
	struct teller t = { scope, env, m };

	return tell(&t, cond);
}
