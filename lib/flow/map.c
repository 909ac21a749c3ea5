/*
 * map.c - from a delivery to contact fields and custom variables, by rules.
 * See map.h.  What a contact's field may hold is map_contact.c, conversions
 * are map_as.c.
 */
#include "config.h"

#include "flow/map.h"

#include "base/json.h"
#include "base/text.h"
#include "flow/map_as.h"
#include "flow/path.h"
#include "flow/shape.h"

#include <string.h>

#include "base/banned.h"

struct target {
	enum map_target kind;
	const char *name;
};

static struct target
target_of(struct mem *m, const char *to)
{
	struct target none = { MAP_NOTHING, NULL };
	const char *keys[4];
	struct path *p;
	size_t n;

	if (to == NULL || path_parse(m, to, &p, NULL) == -1)
		return none;
	n = path_keys(p, keys, 4);
	if (n != path_length(p) || n < 2 || !shape_is_name(keys[n - 1]))
		return none;
	if (n == 2 && strcmp(keys[0], "custom_variables") == 0)
		return (struct target){ MAP_VARIABLE, keys[1] };
	if (strcmp(keys[0], "contact") != 0)
		return none;
	if (n == 2)
		return (struct target){ MAP_FIELD, keys[1] };
	if (n == 3 && strcmp(keys[1], "custom") == 0)
		return (struct target){ MAP_CUSTOM, keys[2] };
	return none;
}

enum map_target
map_target(struct mem *m, const char *to, const char **name)
{
	struct target t = target_of(m, to);

	*name = t.name;
	return t.kind;
}

static int
is_contact_field(const char *name)
{
	const char *const *known = map_contact_fields;

	while (*known != NULL && strcmp(*known, name) != 0)
		known++;
	return *known != NULL;
}

static FORM(target)
{
	const char *to = json_object_is_type(v, json_type_string)
				 ? json_object_get_string(v)
				 : NULL;
	struct target t = target_of(c->f->mem, to);
	const char *near;

	(void)row;
	if (t.kind == MAP_NOTHING) {
		shape_expected(c, pointer,
			       "contact.FIELD, contact.custom.KEY or "
			       "custom_variables.NAME",
			       v);
		return;
	}
	if (t.kind != MAP_FIELD || is_contact_field(t.name))
		return;
	if (strcmp(t.name, "do_not_contact") == 0 ||
	    strcmp(t.name, "unsubscribed_at") == 0) {
		fault_add(c->f, pointer,
			  "a webhook can't say whether a contact may be "
			  "written to, or it could undo what the person "
			  "decided; remove the rule (`hookline contact stop` "
			  "and `allow` set this)");
		return;
	}
	near = shape_nearest(t.name, map_contact_fields);
	if (near != NULL)
		fault_add(c->f, pointer,
			  "a contact has no field \"%.100s\"; did you mean "
			  "contact.%s?",
			  t.name, near);
	else
		fault_add(c->f, pointer,
			  "a contact has no field \"%.100s\"; a field of your "
			  "own is contact.custom.%.100s",
			  t.name, t.name);
}

static FORM(anything)
{
	(void)c;
	(void)row;
	(void)v;
	(void)pointer;
}

static void
also_source(struct checking *c, struct json_object *o, const char *pointer)
{
	static const char *const ways[] = { "from", "value", NULL };
	int n = shape_count(o, ways);

	if (n != 1)
		fault_add(c->f, pointer,
			  "a mapping rule takes its value from \"from\" (a "
			  "path) or \"value\" (a constant), found %s; %s",
			  n == 0 ? "neither" : "both",
			  n == 0 ? "add one" : "remove one");
}

/* clang-format off */
static const struct member rule[] = {
	MAY("from", source_path),
	MAY("value", anything),
	MUST("to", target),
	MAY("default", anything),
	MAY("required", boolean),
	MAY("as", one_of, .one_of = "text|number|boolean|date|json"),
	{ .name = NULL }
};
/* clang-format on */
static const struct shape rule_shape = { "a mapping rule", rule, NULL,
					 also_source };

void
map_check(struct json_object *rules, const char *pointer, struct faults *f)
{
	struct checking c = { f, NULL, 0, 0 };
	size_t i;

	if (!json_object_is_type(rules, json_type_array)) {
		shape_expected(&c, pointer, "a list of mapping rules", rules);
		return;
	}
	for (i = 0; i < json_object_array_length(rules); i++)
		shape_check(&c, &rule_shape,
			    json_object_array_get_idx(rules, i),
			    pointer_item(f->mem, pointer, i));
}

/* One mapping of one delivery. */
struct mapping {
	struct mem *mem;
	struct json_object *source;
	const char *country;
	struct json_object *custom_types;
	struct mapped *out;
};

/* Absent, null, "", only white space, [] or {}. */
static int
is_empty(struct json_object *v)
{
	const char *s;

	switch (json_object_get_type(v)) {
	case json_type_null:
		return 1;
	case json_type_string:
		s = json_object_get_string(v);
		return s[strspn(s, " \t\r\n")] == '\0';
	case json_type_array:
		return json_object_array_length(v) == 0;
	case json_type_object:
		return json_object_object_length(v) == 0;
	default:
		return 0;
	}
}

static struct json_object *
value_of(struct mapping *mp, struct json_object *one)
{
	const char *from = json_get_string(one, "from");
	struct json_object *v;

	if (from != NULL)
		v = path_lookup(mp->mem, from, mp->source);
	else
		v = json_get(one, "value");
	return is_empty(v) ? json_get(one, "default") : v;
}

/* "rule's from, or to": the place that a fault names. */
static const char *
place_of(struct json_object *one)
{
	const char *from = json_get_string(one, "from");

	return from != NULL ? from : json_get_string(one, "to");
}

/* A list or an object cannot stand where one text is wanted. */
static int
refuse_kind(struct json_object *v, const char *place, struct err *e)
{
	if (json_object_is_type(v, json_type_array))
		return err_set(e, ERR_INPUT,
			       "expected text, found a list; name one "
			       "element, e.g. %.100s[0]",
			       place);
	if (json_object_is_type(v, json_type_object))
		return err_set(e, ERR_INPUT,
			       "expected text, found an object; name one "
			       "member, e.g. %.100s.value",
			       place);
	return 0;
}

static int
store_field(struct mapping *mp, const char *field, struct json_object *v,
	    const char *place, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *value, *key = NULL;

	if (refuse_kind(v, place, e) == -1)
		return -1;
	json_to_text(&text, v);
	value = contact_field_value(mp->mem, field, text.s, mp->country, &key,
				    e);
	buf_free(&text);
	if (value == NULL)
		return -1;
	json_set_string(mp->out->contact, field, value);
	if (key != NULL)
		mp->out->email_key = key;
	return 0;
}

static struct json_object *
list_of(struct mem *m, struct json_object *v)
{
	struct json_object *list = json_pool(m, json_object_new_array());

	json_object_array_add(list, json_object_get(v));
	return list;
}

int
map_fit_custom(struct mem *m, const char *type, struct json_object **v,
	       const char *place, struct err *e)
{
	int is_list = json_object_is_type(*v, json_type_array);
	int wants_list = type != NULL && strcmp(type, "list") == 0;
	size_t i;

	for (i = 0; is_list && i < json_object_array_length(*v); i++)
		if (refuse_kind(json_object_array_get_idx(*v, i), place, e) ==
		    -1)
			return -1;
	if ((!is_list || (type != NULL && !wants_list)) &&
	    refuse_kind(*v, place, e) == -1)
		return -1;
	if (wants_list && !is_list)
		*v = list_of(m, *v);
	return type == NULL || wants_list ? 0 : map_as(m, type, *v, v, e);
}

static int
store_custom(struct mapping *mp, const char *key, struct json_object *v,
	     const char *place, struct err *e)
{
	struct json_object *custom = json_get(mp->out->contact, "custom");

	if (map_fit_custom(mp->mem, json_get_string(mp->custom_types, key), &v,
			   place, e) == -1)
		return -1;
	if (custom == NULL) {
		custom = json_object_new_object();
		json_object_object_add(mp->out->contact, "custom", custom);
	}
	json_object_object_add(custom, key, json_object_get(v));
	return 0;
}

static int
store(struct mapping *mp, struct json_object *one, struct target t,
      struct json_object *v, struct err *e)
{
	const char *place = place_of(one), *as = json_get_string(one, "as");

	if (as != NULL && t.kind == MAP_FIELD && refuse_kind(v, place, e) == -1)
		return -1;
	if (as != NULL && map_as(mp->mem, as, v, &v, e) == -1)
		return -1;
	switch (t.kind) {
	case MAP_FIELD:
		return store_field(mp, t.name, v, place, e);
	case MAP_CUSTOM:
		return store_custom(mp, t.name, v, place, e);
	default:
		json_object_object_add(mp->out->variables, t.name,
				       json_object_get(v));
		return 0;
	}
}

static void
apply(struct mapping *mp, struct json_object *one)
{
	struct target t = target_of(mp->mem, json_get_string(one, "to"));
	struct json_object *v = value_of(mp, one);
	struct err e = ERR_INIT;

	if (t.kind == MAP_NOTHING || is_empty(v))
		return;
	if (store(mp, one, t, v, &e) == -1)
		fault_add(&mp->out->invalid, place_of(one), "%s", e.text);
}

static int
has_value(const struct mapped *out, struct target t)
{
	switch (t.kind) {
	case MAP_FIELD:
		return json_get(out->contact, t.name) != NULL;
	case MAP_CUSTOM:
		return json_get(json_get(out->contact, "custom"), t.name) !=
		       NULL;
	default:
		return json_get(out->variables, t.name) != NULL;
	}
}

/* After all rules: what was required and has no value from any of them. */
static void
check_required(struct mapping *mp, struct json_object *one)
{
	const char *to = json_get_string(one, "to");
	struct target t = target_of(mp->mem, to);

	if (!json_get_bool(one, "required", 0) || t.kind == MAP_NOTHING ||
	    has_value(mp->out, t))
		return;
	fault_add(&mp->out->missing, place_of(one),
		  is_empty(value_of(mp, one))
			  ? "%s is required, but there is no value here"
			  : "%s is required, but the value here does not fit",
		  to);
}

/* "Alex Johnson" into what is not mapped itself, at the last space run. */
void
map_split_full_name(struct mem *m, struct json_object *contact)
{
	const char *full = json_get_string(contact, "full_name");
	char *first, *last;

	if (full == NULL)
		return;
	first = text_trim(mem_strdup(m, full));
	last = strrchr(first, ' ');
	json_object_object_del(contact, "full_name");
	if (last != NULL) {
		*last++ = '\0';
		text_trim(first);
		if (json_get(contact, "last_name") == NULL)
			json_set_string(contact, "last_name", last);
	}
	if (json_get(contact, "first_name") == NULL)
		json_set_string(contact, "first_name", first);
}

void
map_apply(struct json_object *rules, struct json_object *source,
	  const char *country, struct json_object *custom_types, struct mem *m,
	  struct mapped *out)
{
	struct mapping mp = { m, source, country, custom_types, out };
	size_t i, n;

	*out = (struct mapped){
		.contact = json_pool(m, json_object_new_object()),
		.variables = json_pool(m, json_object_new_object()),
		.missing = FAULTS_INIT(m),
		.invalid = FAULTS_INIT(m),
	};
	if (!json_object_is_type(rules, json_type_array))
		return;
	n = json_object_array_length(rules);
	for (i = 0; i < n; i++)
		apply(&mp, json_object_array_get_idx(rules, i));
	for (i = 0; i < n; i++)
		check_required(&mp, json_object_array_get_idx(rules, i));
	map_split_full_name(m, out->contact);
}
