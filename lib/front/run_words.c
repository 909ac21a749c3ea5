/*
 * run_words.c - conditions and steps in words.  See run_words.h.
 */
#include "config.h"

#include "front/run_words.h"

#include "base/buf.h"
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

/* Texts are quoted, so that an empty one can be seen. */
static const char *
value_words(struct mem *m, struct json_object *v)
{
	struct buf text = BUF_INIT;
	const char *words;

	json_write(&text, v);
	words = mem_strdup(m, text.s);
	buf_free(&text);
	return words;
}

/* "not_equals" is "does not equal", "at_least" is "is at least". */
static const char *
operator_words(struct mem *m, const char *is)
{
	static const char *const words[][2] = {
		{ "equals", "equals" },
		{ "not_equals", "does not equal" },
		{ "contains", "contains" },
		{ "not_contains", "does not contain" },
		{ "starts_with", "starts with" },
		{ "ends_with", "ends with" },
		{ "matches", "matches" },
	};
	char *other;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], is) == 0)
			return words[i][1];
	other = mem_printf(m, "is %s", is);
	for (i = 0; other[i] != '\0'; i++)
		if (other[i] == '_')
			other[i] = ' ';
	return other;
}

static const char *
group_words(struct mem *m, struct json_object *list, const char *glue)
{
	const char *text = "", *one;
	struct json_object *cond;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		cond = json_object_array_get_idx(list, i);
		one = words_condition(m, cond);
		if (json_get(cond, "all") != NULL ||
		    json_get(cond, "any") != NULL)
			one = mem_printf(m, "(%s)", one);
		text = mem_printf(m, "%s%s%s", text, i > 0 ? glue : "", one);
	}
	return text;
}

const char *
words_condition(struct mem *m, struct json_object *cond)
{
	const char *field = json_get_string(cond, "field");
	const char *is = json_get_string(cond, "is");
	struct json_object *value = json_get(cond, "value");

	if (json_get(cond, "all") != NULL)
		return group_words(m, json_get(cond, "all"), " and ");
	if (json_get(cond, "any") != NULL)
		return group_words(m, json_get(cond, "any"), " or ");
	if (json_get(cond, "not") != NULL)
		return mem_printf(m, "not (%s)",
				  words_condition(m, json_get(cond, "not")));
	if (field == NULL || is == NULL)
		return value_words(m, cond);
	return mem_printf(m, "%s %s%s%s", field, operator_words(m, is),
			  value != NULL ? " " : "",
			  value != NULL ? value_words(m, value) : "");
}

/* What of a step's fields says best which one it is. */
static const char *
essence(struct mem *m, struct json_object *step)
{
	static const char *const telling[] = { "name", "subject", "url",
					       "for",  "until",	  "workflow",
					       "step", "tags",	  "reason",
					       "to",   NULL };
	struct json_object *v;
	size_t i;

	for (i = 0; telling[i] != NULL; i++) {
		v = json_get(step, telling[i]);
		if (v != NULL)
			return mem_printf(
				m, "%s%s",
				strcmp(telling[i], "for") == 0	   ? "for "
				: strcmp(telling[i], "until") == 0 ? "until "
								   : "",
				json_pool_text(m, v));
	}
	v = json_get(step, "until_condition");
	if (v != NULL)
		return mem_printf(m, "until %s", words_condition(m, v));
	return NULL;
}

const char *
words_step(struct mem *m, struct json_object *step)
{
	const char *more = essence(m, step);

	return mem_printf(m, "\"%s\" (%s%s%s)%s", json_get_string(step, "id"),
			  json_get_string(step, "type"),
			  more != NULL ? ": " : "", more != NULL ? more : "",
			  json_get_bool(step, "disabled", 0) ? ", disabled"
							     : "");
}

const char *
words_branch(struct mem *m, struct json_object *branch, int no)
{
	const char *name = json_get_string(branch, "name");

	return name != NULL ? mem_printf(m, "branch \"%s\"", name)
			    : mem_printf(m, "branch %d", no);
}

static const char *
branch_taken(struct mem *m, struct json_object *detail,
	     struct json_object *step)
{
	int no = (int)json_get_int(detail, "branch_no", 0);
	struct json_object *branch, *list = json_get(step, "branches");
	const char *words;

	if (no == 0)
		return "took else, since no branch's condition was true";
	branch = no <= (int)json_object_array_length(list)
			 ? json_object_array_get_idx(list, (size_t)no - 1)
			 : NULL;
	words = words_branch(m, branch, no);
	if (json_get(branch, "percent") != NULL)
		return mem_printf(m, "fell into %s (%" PRId64 " percent)",
				  words, json_get_int(branch, "percent", 0));
	return mem_printf(m, "took %s, the first whose condition was true: %s",
			  words, words_condition(m, json_get(branch, "when")));
}

static const char *
goal_words(struct mem *m, struct json_object *detail, struct json_object *step)
{
	const char *from = json_get_string(detail, "jumped_from");
	struct json_object *when = json_get(step, "when");

	return mem_printf(m, "the goal was %smet%s%s%s%s%s",
			  json_get_bool(detail, "met", 0) ? "" : "not ",
			  when != NULL ? ": " : "",
			  when != NULL ? words_condition(m, when) : "",
			  from != NULL ? "; the run came here at once from \""
				       : "",
			  from != NULL ? from : "", from != NULL ? "\"" : "");
}

/* What a detail says first, for the kinds that need no sentence. */
static const char *
plain_words(struct mem *m, struct json_object *detail)
{
	static const char *const telling[] = { "error",	  "result",  "reason",
					       "subject", "url",     "workflow",
					       "tags",	  "contact", "value",
					       "set",	  "until",   NULL };
	struct json_object *v;
	size_t i;

	for (i = 0; telling[i] != NULL; i++) {
		v = json_get(detail, telling[i]);
		if (v != NULL)
			return mem_printf(m, "%s %s", telling[i],
					  json_pool_text(m, v));
	}
	return NULL;
}

static const char *
done_words(struct mem *m, struct json_object *done, struct json_object *step)
{
	struct json_object *detail = json_get(done, "detail");
	const char *type = json_get_string(done, "type");

	if (json_get(detail, "branch") != NULL ||
	    json_get(detail, "branch_no") != NULL)
		return branch_taken(m, detail, step);
	if (json_get(detail, "met") != NULL)
		return goal_words(m, detail, step);
	if (strcmp(type, "go_to") == 0 && json_get(detail, "step") != NULL)
		return mem_printf(m, "went to \"%s\"",
				  json_get_string(detail, "step"));
	if (json_get(detail, "found") != NULL)
		return json_get_bool(detail, "found", 0)
			       ? mem_printf(m, "found contact %s",
					    json_get_string(detail, "contact"))
			       : mem_printf(m, "found nobody: %s",
					    json_get_string(detail, "reason"));
	return plain_words(m, detail);
}

/* Skipped by its own condition, it says by which. */
static const char *
skipped_words(struct mem *m, struct json_object *done, struct json_object *step)
{
	const char *why = json_get_string(json_get(done, "detail"), "reason");
	struct json_object *cond = json_get(step, "if");

	if (why == NULL || cond == NULL || strstr(why, "condition") == NULL)
		return why;
	return mem_printf(m, "%s: %s", why, words_condition(m, cond));
}

const char *
words_outcome(struct mem *m, struct json_object *done, struct json_object *step)
{
	const char *status = json_get_string(done, "status"), *more;

	more = strcmp(status, "skipped") == 0 ? skipped_words(m, done, step)
					      : done_words(m, done, step);
	return more != NULL ? mem_printf(m, "%s: %s", status, more) : status;
}
