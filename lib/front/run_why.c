/*
 * run_why.c - see run_why.h.
 */
#include "config.h"

#include "front/run_why.h"

#include "base/buf.h"
#include "base/json.h"

#include <string.h>

#include "base/banned.h"

static void
add_window(struct buf *b, struct json_object *window)
{
	struct json_object *days = json_get(window, "days");
	const char *from = json_get_string(window, "from");
	const char *to = json_get_string(window, "to");
	const char *whose = json_get_string(window, "timezone");
	size_t i;

	buf_adds(b, ", in its window");
	for (i = 0; days != NULL && i < json_object_array_length(days); i++)
		buf_addf(b, "%s%s", i == 0 ? " " : ",",
			 json_object_get_string(
				 json_object_array_get_idx(days, i)));
	buf_addf(b, " %s-%s", from != NULL ? from : "00:00",
		 to != NULL ? to : "24:00");
	if (whose != NULL && strcmp(whose, "contact") == 0)
		buf_adds(b, " by the contact's clock");
}

static void
add_wait(struct buf *b, struct json_object *wait)
{
	const char *span = json_get_string(wait, "for");
	const char *date = json_get_string(wait, "date");
	const char *offset = json_get_string(wait, "offset");
	const char *timeout = json_get_string(wait, "timeout");

	if (span != NULL)
		buf_addf(b, ", when its wait for %s ends", span);
	if (date != NULL)
		buf_addf(b, ", when its wait until %s%s%s ends", date,
			 offset != NULL ? " with an offset of " : "",
			 offset != NULL ? offset : "");
	if (timeout != NULL)
		buf_addf(b,
			 ", %s after its wait began, or as soon as the contact "
			 "meets its condition",
			 timeout);
	if (json_get(wait, "window") != NULL)
		add_window(b, json_get(wait, "window"));
	if (json_get(wait, "goal") != NULL)
		buf_adds(b, "; sooner when the contact meets the goal ahead");
}

const char *
run_why(struct mem *m, struct json_object *run)
{
	const char *status = json_get_string(run, "status");
	struct json_object *wait = json_get(run, "wait");
	int64_t attempt = json_get_int(run, "attempt", 0);
	struct buf b = BUF_INIT;
	const char *copy;

	if (strcmp(status, "waiting") != 0)
		return NULL;
	if (json_get_bool(run, "paused", 0))
		return "when its workflow is published again: it is paused";
	if (json_object_get_boolean(json_get(run, "is_due")))
		buf_adds(&b, "as soon as an executor takes it");
	else
		buf_addf(&b, "%s %s", json_get_string(run, "due_local"),
			 json_get_string(run, "timezone"));
	if (wait != NULL)
		add_wait(&b, wait);
	else if (attempt > 0)
		buf_addf(&b, ", for attempt %lld of its step",
			 (long long)attempt + 1);
	copy = mem_strndup(m, b.s, b.len);
	buf_free(&b);
	return copy;
}
