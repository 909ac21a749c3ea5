/*
 * suggest.c - a mapping that a sample suggests.  See suggest.h.  Each place
 * gets points for each field of the contact; the most points win.
 */
#include "config.h"

#include "flow/suggest.h"

#include "base/json.h"
#include "flow/date.h"
#include "flow/map.h"
#include "flow/shape.h"
#include "flow/suggest_words.h"

#include <string.h>

#include "base/banned.h"

#define VARIABLES_MAX 60
#define VARIABLE_NAME_MAX 60 /* bytes */
#define DIGITS "0123456789"

/* Points. */
#define NO_MATCH (-1000)
#define ENOUGH 30
#define BY_NAME 100
#define BY_END_OF_NAME 90 /* customer_email */
#define BY_VALUE 55
#define ODD_SENDER (-15) /* "from": who writes may be the contact */
#define NOTHING_IN_IT (-40)
#define ODD_VALUE (-30)
#define UNKNOWN_WORD (-10)
#define DEEPER (-10)
#define DEEPER_MOST (-40)
#define ONE_OF_MANY (-15)
#define IN_QUERY (-10)
#define SHARED_WAY 8
#define SHARED_WAY_MAX 24

static const int whose_points[WHOSE_KINDS] = {
	[WHOSE_CUSTOMER] = 10,
	[WHOSE_BILL] = 5,
	[WHOSE_OTHER] = -60,
};

struct suggesting {
	const struct sample *s;
	struct mem *mem;
	const char *country;
	const struct place *chosen[SUGGEST_FIELDS];
	struct json_object *rules;
	struct json_object *taken; /* names of custom variables */
};

/* --- values --------------------------------------------------------------- */

static int
looks_like_email(const char *text)
{
	return strchr(text, '@') != NULL;
}

/* "+15551234567", "(281) 332-2575"; no date and no plain number. */
static int
looks_like_phone(const char *text)
{
	size_t len = strlen(text);

	if (strspn(text, DIGITS "+ ()-/.") != len || len > 30 ||
	    date_is_valid(text))
		return 0;
	if (text[0] == '+')
		return 1;
	return strpbrk(text, "(-/") != NULL && strchr(text, '.') == NULL;
}

static int
has_look(const struct suggest_field *f)
{
	return strcmp(f->name, "email") == 0 || strcmp(f->name, "phone") == 0;
}

static int
looks_like(const struct suggest_field *f, const char *text)
{
	return strcmp(f->name, "email") == 0 ? looks_like_email(text)
					     : looks_like_phone(text);
}

static int
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static int
can_hold(const struct suggest_field *f, struct json_object *v)
{
	if (v == NULL || json_object_is_type(v, json_type_string))
		return 1;
	return f->takes_number && json_object_is_type(v, json_type_int);
}

/* "last4" is a card's, and an address or markup is no name. */
static int
is_odd_text(const struct suggest_field *f, const char *text)
{
	if (has_look(f))
		return 0;
	if (strchr(text, '@') != NULL || strchr(text, '<') != NULL)
		return 1;
	return strstr(f->name, "_name") != NULL &&
	       strspn(text, DIGITS " .-*") == strlen(text);
}

/* Points for the value of a place whose name fits. */
static int
value_points(struct suggesting *g, const struct suggest_field *f,
	     const char *text)
{
	struct err e = ERR_INIT;

	if (is_blank(text))
		return NOTHING_IN_IT;
	if (is_odd_text(f, text))
		return NO_MATCH;
	if (contact_field_value(g->mem, f->name, text, g->country, NULL, &e) !=
	    NULL)
		return 0;
	/* numbers are written in many ways, also wrong ones */
	return strcmp(f->name, "phone") == 0 && strpbrk(text, DIGITS) != NULL
		       ? ODD_VALUE
		       : NO_MATCH;
}

static int
is_by_value(struct suggesting *g, const struct suggest_field *f,
	    const char *text)
{
	struct err e = ERR_INIT;

	return has_look(f) && looks_like(f, text) &&
	       contact_field_value(g->mem, f->name, text, g->country, NULL,
				   &e) != NULL;
}

/* --- points --------------------------------------------------------------- */

static const char *
own_name(const struct place *p)
{
	return p->names[p->n_names - 1];
}

/* Does the last key say nothing, so that the answer's labels or the key above
 * it do? */
static int
is_generic(struct mem *m, const struct place *p)
{
	struct suggest_words w;

	suggest_words(m, own_name(p), &w);
	return suggest_is_generic(&w);
}

/* The names that a place goes by: at most n_labels + 1. */
static size_t
names_of(struct mem *m, const struct place *p, const char **out)
{
	size_t n = 0, i;
	int is_dumb = is_generic(m, p);

	if (!is_dumb)
		out[n++] = own_name(p);
	for (i = 0; i < p->n_labels; i++)
		if (is_dumb || strcmp(p->labels[i], own_name(p)) == 0)
			out[n++] = p->labels[i];
	if (n == 0 && p->n_names > 2)
		out[n++] = p->names[p->n_names - 2];
	return n;
}

/* Whose place it is by the keys above it; the nearest that says it counts. */
static int
parent_points(struct mem *m, const struct place *p)
{
	struct suggest_words w;
	int points = 0, one;
	size_t i, n_unknown;

	for (i = 1; i + 1 < p->n_names; i++) {
		suggest_words(m, p->names[i], &w);
		one = whose_points[suggest_whose(&w, w.n, &n_unknown)];
		if (one != 0)
			points = one;
	}
	return points;
}

static size_t
shared_names(const struct place *a, const struct place *b)
{
	size_t n = 0;

	while (n + 1 < a->n_names && n + 1 < b->n_names &&
	       strcmp(a->names[n], b->names[n]) == 0)
		n++;
	return n;
}

/* What is below the same object as the address or number, or one deeper
 * ("address"), is of the same person. */
static int
is_beside(struct mem *m, const struct place *p, const struct place *identity)
{
	size_t above;

	if (identity == NULL)
		return 0;
	above = identity->n_names - 1;
	if (is_generic(m, identity))
		above--;
	return shared_names(p, identity) >= above && p->n_names >= above + 1 &&
	       p->n_names <= above + 2;
}

/* The points of one name; *owner: whose it is, where the name says so. */
static int
name_points(struct suggesting *g, const struct suggest_field *f,
	    const char *name, int *owner)
{
	struct suggest_words w;
	size_t n_unknown;
	int at, by_words;

	suggest_words(g->mem, name, &w);
	at = suggest_find(g->mem, &w, f->names);
	if (at == -1)
		return NO_MATCH;
	by_words = whose_points[suggest_whose(&w, (size_t)at, &n_unknown)];
	if (by_words != 0)
		*owner = by_words;
	if (f->is_common && n_unknown > 0)
		return NO_MATCH;
	return (at == 0 ? BY_NAME : BY_END_OF_NAME) +
	       (n_unknown > 0 ? UNKNOWN_WORD : 0);
}

static int
place_points(const struct suggesting *g, const struct place *p)
{
	const struct place *email = g->chosen[0];
	int shared, points = DEEPER * ((int)p->n_names - 2);

	if (points < DEEPER_MOST)
		points = DEEPER_MOST;
	if (p->is_in_list)
		points += ONE_OF_MANY;
	if (strcmp(p->names[0], "query") == 0)
		points += IN_QUERY;
	if (email != NULL) {
		shared = SHARED_WAY * ((int)shared_names(p, email) - 1);
		points += shared > SHARED_WAY_MAX ? SHARED_WAY_MAX : shared;
	}
	return points;
}

static int
points_by_value(struct suggesting *g, const struct suggest_field *f,
		const struct place *p, const char *text)
{
	struct suggest_words w;
	size_t n_unknown;
	enum suggest_whose whose;

	if (!is_by_value(g, f, text))
		return NO_MATCH;
	suggest_words(g->mem, own_name(p), &w);
	whose = suggest_whose(&w, w.n, &n_unknown);
	return BY_VALUE +
	       (whose == WHOSE_OTHER ? ODD_SENDER : whose_points[whose]) +
	       parent_points(g->mem, p) + place_points(g, p);
}

static int
points_by_name(struct suggesting *g, const struct suggest_field *f,
	       const struct place *p, const char *text)
{
	const char **names =
		mem_alloc(g->mem, (p->n_labels + 2) * sizeof(*names));
	size_t i, n = names_of(g->mem, p, names);
	int best = NO_MATCH, owner, points;

	for (i = 0; i < n; i++) {
		owner = parent_points(g->mem, p);
		points = name_points(g, f, names[i], &owner);
		if (f->is_common && owner <= 0 &&
		    !is_beside(g->mem, p, g->chosen[0]) &&
		    !is_beside(g->mem, p, g->chosen[1]))
			continue;
		if (points + owner > best)
			best = points + owner;
	}
	if (best <= 0)
		return NO_MATCH;
	return best + value_points(g, f, text) + place_points(g, p);
}

static int
points_of(struct suggesting *g, const struct suggest_field *f,
	  const struct place *p)
{
	const char *text;
	int by_name, by_value;

	if (strcmp(p->names[0], "body") != 0 &&
	    strcmp(p->names[0], "query") != 0)
		return NO_MATCH;
	if (!can_hold(f, p->value))
		return NO_MATCH;
	text = json_pool_text(g->mem, p->value);
	by_name = points_by_name(g, f, p, text);
	by_value = points_by_value(g, f, p, text);
	return by_name > by_value ? by_name : by_value;
}

/* --- rules ---------------------------------------------------------------- */

static struct json_object *
add_rule(struct suggesting *g, const char *from, const char *to)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "from", from);
	json_set_string(o, "to", to);
	json_object_array_add(g->rules, o);
	return o;
}

static int
is_chosen(const struct suggesting *g, const struct place *p)
{
	size_t i;

	for (i = 0; i < SUGGEST_FIELDS; i++)
		if (g->chosen[i] == p)
			return 1;
	return 0;
}

/* A full name only where its parts are not found. */
static int
is_wanted(const struct suggesting *g, size_t field)
{
	return strcmp(suggest_fields[field].name, "full_name") != 0 ||
	       (g->chosen[field - 1] == NULL && g->chosen[field - 2] == NULL);
}

static void
choose(struct suggesting *g, size_t field)
{
	const struct place *p, *end = g->s->list + g->s->n;
	int best = ENOUGH - 1, points;

	if (!is_wanted(g, field))
		return;
	for (p = g->s->list; p < end; p++) {
		points = points_of(g, &suggest_fields[field], p);
		if (points <= best || is_chosen(g, p))
			continue;
		best = points;
		g->chosen[field] = p;
	}
	if (g->chosen[field] != NULL)
		add_rule(g, g->chosen[field]->path,
			 mem_printf(g->mem, "contact.%s",
				    suggest_fields[field].name));
}

/* "Order ID" is order_id; NULL when there is no name in it. */
static const char *
variable_name(struct suggesting *g, const char *name)
{
	struct suggest_words w;
	const char *text = "";
	size_t i;

	suggest_words(g->mem, name, &w);
	for (i = 0; i < w.n; i++)
		text = mem_printf(g->mem, "%s%s%s", text, i > 0 ? "_" : "",
				  w.word[i]);
	return strlen(text) <= VARIABLE_NAME_MAX && shape_is_name(text) ? text
									: NULL;
}

static const char *
free_name(struct suggesting *g, const struct place *p)
{
	const char **names =
		mem_alloc(g->mem, (p->n_labels + 2) * sizeof(*names));
	size_t n = names_of(g->mem, p, names);
	const char *name = n > 0 ? variable_name(g, names[0]) : NULL;
	const char *above = p->n_names > 2
				    ? variable_name(g, p->names[p->n_names - 2])
				    : NULL;
	const char *tried = name;
	int i;

	if (name == NULL)
		return NULL;
	if (json_get(g->taken, tried) != NULL && above != NULL)
		tried = name = mem_printf(g->mem, "%s_%s", above, name);
	for (i = 2; json_get(g->taken, tried) != NULL; i++)
		tried = mem_printf(g->mem, "%s_%d", name, i);
	return shape_is_name(tried) ? tried : NULL;
}

/* Of an answer only what was answered, not how it is labelled. */
static int
is_label(struct suggesting *g, const struct place *p)
{
	size_t i;

	if (p->n_labels == 0 || is_generic(g->mem, p))
		return 0;
	for (i = 0; i < p->n_labels; i++)
		if (strcmp(p->labels[i], own_name(p)) == 0)
			return 0;
	return 1;
}

static int
can_be_variable(struct suggesting *g, const struct place *p)
{
	struct json_object *v = p->value;

	return strcmp(p->names[0], "headers") != 0 &&
	       strcmp(p->names[0], "method") != 0 && !p->is_in_list &&
	       p->n_names > 1 && v != NULL && !is_label(g, p) &&
	       !is_chosen(g, p) && !json_object_is_type(v, json_type_array) &&
	       !json_object_is_type(v, json_type_object) &&
	       !is_blank(json_pool_text(g->mem, v));
}

static void
add_variable(struct suggesting *g, const struct place *p)
{
	const char *name = free_name(g, p), *text;
	struct json_object *rule;

	if (name == NULL)
		return;
	json_object_object_add(g->taken, name, json_object_new_boolean(1));
	rule = add_rule(g, p->path,
			mem_printf(g->mem,
				   strchr(name, ' ') == NULL
					   ? "custom_variables.%s"
					   : "custom_variables[\"%s\"]",
				   name));
	text = json_pool_text(g->mem, p->value);
	if (strchr(text, '-') != NULL && date_is_valid(text))
		json_set_string(rule, "as", "date");
}

static void
add_variables(struct suggesting *g)
{
	size_t i, n = 0;

	for (i = 0; i < g->s->n && n < VARIABLES_MAX; i++) {
		if (!can_be_variable(g, &g->s->list[i]))
			continue;
		add_variable(g, &g->s->list[i]);
		n++;
	}
}

struct json_object *
suggest_rules(const struct sample *s, const char *country)
{
	struct mem *scratch = mem_new();
	struct suggesting g = {
		.s = s,
		.mem = scratch,
		.country = country,
		.rules = json_pool(s->mem, json_object_new_array()),
		.taken = json_pool(scratch, json_object_new_object()),
	};
	size_t i;

	for (i = 0; i < SUGGEST_FIELDS; i++)
		choose(&g, i);
	add_variables(&g);
	mem_free(scratch);
	return g.rules;
}

/* --- custom fields -------------------------------------------------------- */

const char *
suggest_label(struct mem *m, const struct place *p)
{
	const char **names = mem_alloc(m, (p->n_labels + 2) * sizeof(*names));
	size_t i, n = names_of(m, p, names);
	struct suggest_words w;
	char *label;

	if (n == 0)
		return own_name(p);
	if (p->n_labels > 0)
		return names[0];
	suggest_words(m, names[0], &w);
	if (w.n == 0)
		return names[0];
	label = mem_strdup(m, w.word[0]);
	for (i = 1; i < w.n; i++)
		label = mem_printf(m, "%s %s", label, w.word[i]);
	if (label[0] >= 'a' && label[0] <= 'z')
		label[0] = (char)(label[0] - 'a' + 'A');
	return label;
}

const char *
suggest_type(struct mem *m, struct json_object *value)
{
	const char *text;

	switch (json_object_get_type(value)) {
	case json_type_int:
	case json_type_double:
		return "number";
	case json_type_boolean:
		return "boolean";
	case json_type_array:
		return "list";
	default:
		text = json_pool_text(m, value);
		return strchr(text, '-') != NULL && date_is_valid(text)
			       ? "date"
			       : "text";
	}
}
