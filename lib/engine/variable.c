/*
 * variable.c - set_variable: a value, and what is done with it: first as a
 * text, then as a number, then as a date, each in the order of its table.
 * Without a value it is done with the variable itself.  The arithmetic is
 * flow/decimal.h's, the texts flow/change.h's; dates are PostgreSQL's.
 */
#include "config.h"

#include "engine/passage.h"

#include "base/json.h"
#include "flow/change.h"
#include "flow/compare.h"
#include "flow/decimal.h"
#include "flow/duration.h"
#include "flow/map_as.h"
#include "flow/template.h"

#include <string.h>

#include "base/banned.h"

#define VALUE_MAX_BYTES (1024 * 1024)
#define DATE_ALONE "YYYY-MM-DD"

/* What is done with a value; the step's member, rendered, says how. */
struct change {
	const char *member;
	/* The new value, borrowed or of the pool; NULL with *e set. */
	struct json_object *(*make)(struct passage *p, struct json_object *v,
				    struct json_object *arg, struct err *e);
};

static struct json_object *
text_value(struct passage *p, const char *text)
{
	if (text == NULL)
		return NULL;
	return json_pool(p->mem, json_object_new_string(text));
}

/* --- texts --- */

static struct json_object *
make_replace(struct passage *p, struct json_object *v, struct json_object *arg,
	     struct err *e)
{
	const char *find = json_pool_text(p->mem, json_get(arg, "find"));
	const char *with = json_pool_text(p->mem, json_get(arg, "with"));

	if (*find == '\0') {
		err_set(e, ERR_PERM, "find is empty");
		return NULL;
	}
	return text_value(p, change_replace(p->mem, json_pool_text(p->mem, v),
					    find, with));
}

static struct json_object *
make_trim(struct passage *p, struct json_object *v, struct json_object *arg,
	  struct err *e)
{
	(void)e;
	if (!json_object_get_boolean(arg))
		return text_value(p, json_pool_text(p->mem, v));
	return text_value(p, change_trim(p->mem, json_pool_text(p->mem, v)));
}

static struct json_object *
make_substring(struct passage *p, struct json_object *v,
	       struct json_object *arg, struct err *e)
{
	(void)e;
	return text_value(p, change_substring(p->mem, json_pool_text(p->mem, v),
					      json_get_int(arg, "from", 1),
					      json_get_int(arg, "length", -1)));
}

static struct json_object *
change_case(struct passage *p, struct json_object *v, struct json_object *arg,
	    struct text (*change)(struct mem *, struct text))
{
	const char *s = json_pool_text(p->mem, v);

	if (json_object_get_boolean(arg))
		s = change(p->mem, (struct text){ s, strlen(s) }).s;
	return text_value(p, s);
}

static struct json_object *
make_lower(struct passage *p, struct json_object *v, struct json_object *arg,
	   struct err *e)
{
	(void)e;
	return change_case(p, v, arg, compare_lower);
}

static struct json_object *
make_upper(struct passage *p, struct json_object *v, struct json_object *arg,
	   struct err *e)
{
	(void)e;
	return change_case(p, v, arg, compare_upper);
}

static struct json_object *
make_split(struct passage *p, struct json_object *v, struct json_object *arg,
	   struct err *e)
{
	const char *separator = json_pool_text(p->mem, arg);

	if (*separator == '\0') {
		err_set(e, ERR_PERM, "the separator is empty");
		return NULL;
	}
	return json_pool(p->mem,
			 change_split(json_pool_text(p->mem, v), separator));
}

/* --- numbers --- */

/* The digits of a number, or of a text that is one; NULL with *e set. */
static const char *
digits(struct passage *p, struct json_object *v, struct err *e)
{
	struct json_object *number;

	if (map_as(p->mem, "number", v, &number, e) == -1)
		return NULL;
	return json_pool_text(p->mem, number);
}

static struct json_object *
number_value(struct passage *p, const char *text, struct err *e)
{
	struct json_object *number = NULL;

	if (text == NULL || json_read(text, strlen(text), 1, &number, e) == -1)
		return NULL;
	return json_pool(p->mem, number);
}

static struct json_object *
calculate(struct passage *p, struct json_object *v, struct json_object *arg,
	  const char *(*sum)(struct mem *, const char *, const char *,
			     struct err *),
	  struct err *e)
{
	const char *a = digits(p, v, e), *b;

	if (a == NULL || (b = digits(p, arg, e)) == NULL)
		return NULL;
	return number_value(p, sum(p->mem, a, b, e), e);
}

static struct json_object *
make_add(struct passage *p, struct json_object *v, struct json_object *arg,
	 struct err *e)
{
	return calculate(p, v, arg, decimal_add, e);
}

static struct json_object *
make_subtract(struct passage *p, struct json_object *v, struct json_object *arg,
	      struct err *e)
{
	return calculate(p, v, arg, decimal_subtract, e);
}

static struct json_object *
make_multiply(struct passage *p, struct json_object *v, struct json_object *arg,
	      struct err *e)
{
	return calculate(p, v, arg, decimal_multiply, e);
}

/* Where the step rounds, the quotient is rounded once and not twice. */
static struct json_object *
make_divide(struct passage *p, struct json_object *v, struct json_object *arg,
	    struct err *e)
{
	int places = (int)json_get_int(p->step->json, "round", -1);
	const char *a = digits(p, v, e), *b;

	if (a == NULL || (b = digits(p, arg, e)) == NULL)
		return NULL;
	return number_value(p, decimal_divide(p->mem, a, b, places, e), e);
}

static struct json_object *
make_round(struct passage *p, struct json_object *v, struct json_object *arg,
	   struct err *e)
{
	const char *a = digits(p, v, e);

	if (a == NULL)
		return NULL;
	return number_value(
		p, decimal_round(p->mem, a, json_object_get_int(arg), e), e);
}

/* --- dates --- */

static int
instant(struct passage *p, const char *text, int64_t *us, struct err *e)
{
	struct date_env env = passage_date_env(p);

	return date_instant(text, &env, us, e);
}

/* Is it a day without a time? */
static int
is_day(const char *text)
{
	return strlen(text) == strlen(DATE_ALONE) && strchr(text, '-') != NULL;
}

/* A day plus days is a day, of the run's calendar; all else is a moment. */
static struct json_object *
make_date_add(struct passage *p, struct json_object *v, struct json_object *arg,
	      struct err *e)
{
	const char *text = change_trim(p->mem, json_pool_text(p->mem, v)), *day;
	char interval[64], moment[32];
	struct duration d;
	int64_t us;

	if (duration_parse(json_pool_text(p->mem, arg), &d, e) == -1 ||
	    instant(p, text, &us, e) == -1)
		return NULL;
	duration_interval(&d, interval);
	if (run_instant_add(p->engine->db, &us, interval, p->run->zone, e) ==
	    -1)
		return NULL;
	if (is_day(text) && d.seconds == 0) {
		if (run_date_text(p->engine->db, us, p->run->zone, DATE_ALONE,
				  p->mem, &day, e) == -1)
			return NULL;
		return text_value(p, day);
	}
	date_format_utc(us, moment);
	return text_value(p, moment);
}

static struct json_object *
make_date_format(struct passage *p, struct json_object *v,
		 struct json_object *arg, struct err *e)
{
	const char *text;
	int64_t us;

	if (instant(p, json_pool_text(p->mem, v), &us, e) == -1 ||
	    run_date_text(p->engine->db, us, p->run->zone,
			  json_pool_text(p->mem, arg), p->mem, &text, e) == -1)
		return NULL;
	return text_value(p, text != NULL ? text : "");
}

static const struct change changes[] = {
	{ "replace", make_replace },
	{ "trim", make_trim },
	{ "substring", make_substring },
	{ "lower", make_lower },
	{ "upper", make_upper },
	{ "split", make_split },
	{ "add", make_add },
	{ "subtract", make_subtract },
	{ "multiply", make_multiply },
	{ "divide", make_divide },
	{ "round", make_round },
	{ "date_add", make_date_add },
	{ "date_format", make_date_format },
	{ NULL, NULL },
};

/* --- the step --- */

/* The step's value, else the variable's own; a variable that is not there yet
 * counts from 0 where something is added or taken. */
static int
first_value(struct passage *p, const char *name, struct json_object **out,
	    struct err *e)
{
	struct json_object *step = p->step->json;

	if (json_object_object_get_ex(step, "value", NULL))
		return template_json(p->mem, json_get(step, "value"), p->scope,
				     VALUE_MAX_BYTES, out, e);
	*out = json_get(p->run->variables, name);
	if (*out == NULL && (json_get(step, "add") != NULL ||
			     json_get(step, "subtract") != NULL))
		*out = json_pool(p->mem, json_object_new_int(0));
	return 0;
}

static int
change_value(struct passage *p, struct json_object **value, struct err *e)
{
	const struct change *c;
	struct json_object *arg;

	for (c = changes; c->member != NULL; c++) {
		arg = json_get(p->step->json, c->member);
		if (arg == NULL)
			continue;
		if (template_json(p->mem, arg, p->scope, VALUE_MAX_BYTES, &arg,
				  e) == -1 ||
		    (*value = c->make(p, *value, arg, e)) == NULL)
			return err_context(e, "%s", c->member);
	}
	return 0;
}

enum step_end
perform_set_variable(struct passage *p, struct json_object *detail,
		     struct err *e)
{
	const char *name = json_get_string(p->step->json, "name");
	const char *as = json_get_string(p->step->json, "as");
	struct json_object *value;

	if (first_value(p, name, &value, e) == -1 ||
	    change_value(p, &value, e) == -1)
		return STEP_FAILED;
	if (as != NULL && value != NULL &&
	    map_as(p->mem, as, value, &value, e) == -1) {
		err_context(e, "value");
		return STEP_FAILED;
	}
	/* It may be part of the very object that it is put into, and objects
	 * must not go round in a circle. */
	value = json_copy(value);
	json_object_object_add(p->run->variables, name, value);
	json_set_string(detail, "name", name);
	json_object_object_add(detail, "value", json_object_get(value));
	return STEP_DONE;
}
