/*
 * scope.c - the names of a run, gathered in one object.  See scope.h.  It
 * copies no data but the contact's top level, which gets more names.
 */
#include "config.h"

#include "flow/scope.h"

#include "base/json.h"
#include "flow/map.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

const char *const scope_roots[] = {
	"contact",	 "custom_variables",
	"webhook",	 "inboundWebhookRequest",
	"workflow",	 "account",
	"custom_values", "run",
	"steps",	 "now",
	"right_now",	 NULL,
};

/* clang-format off */
static const char *const workflow_members[] = {
	"id", "name", "version", NULL
};
static const char *const account_members[] = {
	"id", "name", "timezone", "default_country", NULL
};
static const char *const run_members[] = {
	"id", "started_at", "delivery", "timezone", NULL
};
static const char *const right_now_members[] = {
	"second", "minute", "hour", "hour_ampm", "ampm", "time", "day_of_week",
	"day", "month", "month_name", "month_english", "year",
	"middle_endian_date", "little_endian_date", NULL
};

static const struct {
	const char *root;
	const char *const *members;
} fixed_roots[] = {
	{ "workflow", workflow_members },
	{ "account", account_members },
	{ "run", run_members },
	{ "right_now", right_now_members },
};
/* clang-format on */

const char *const *
scope_members(const char *root)
{
	size_t i;

	for (i = 0; i < sizeof(fixed_roots) / sizeof(fixed_roots[0]); i++)
		if (strcmp(fixed_roots[i].root, root) == 0)
			return fixed_roots[i].members;
	return NULL;
}

/* Its own reference; an empty object for nothing. */
static struct json_object *
shared(struct json_object *o)
{
	return o != NULL ? json_object_get(o) : json_object_new_object();
}

/* A field of a contact's own, which no custom field hides? */
static int
is_standard(struct json_object *contact, const char *name)
{
	static const char *const more[] = { "id",   "custom",	 "tags",
					    "name", "phone_raw", NULL };
	const char *const *s;

	for (s = map_contact_fields; *s != NULL; s++)
		if (strcmp(*s, name) == 0)
			return 1;
	for (s = more; *s != NULL; s++)
		if (strcmp(*s, name) == 0)
			return 1;
	return json_object_object_get_ex(contact, name, NULL);
}

static void
add_full_name(struct json_object *contact)
{
	const char *first = json_get_string(contact, "first_name");
	const char *last = json_get_string(contact, "last_name");
	struct buf name = BUF_INIT;

	if (first != NULL)
		buf_adds(&name, first);
	if (last != NULL && *last != '\0')
		buf_addf(&name, "%s%s", name.len > 0 ? " " : "", last);
	json_set_string(contact, "name", name.s);
	json_set_string(contact, "full_name", name.s);
	buf_free(&name);
}

/* The stored number without the "+" of its country. */
static void
add_phone_raw(struct json_object *contact)
{
	const char *phone = json_get_string(contact, "phone");

	if (phone != NULL)
		json_set_string(contact, "phone_raw", phone + (*phone == '+'));
}

static struct json_object *
contact_names(struct json_object *row)
{
	struct json_object *contact = json_object_new_object(), *custom;

	if (json_object_is_type(row, json_type_object)) {
		json_object_object_foreach (row, key, value) {
			json_object_object_add(contact, key,
					       json_object_get(value));
		}
	}
	custom = json_get(contact, "custom");
	if (json_object_is_type(custom, json_type_object)) {
		json_object_object_foreach (custom, key, value) {
			if (!is_standard(row, key))
				json_object_object_add(contact, key,
						       json_object_get(value));
		}
	}
	add_full_name(contact);
	add_phone_raw(contact);
	return contact;
}

/* 0 is Sunday (Sakamoto's method). */
static int
day_of_week(int year, int month, int day)
{
	static const int shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };

	year -= month < 3;
	return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] +
		day) %
	       7;
}

static void
add_number(struct json_object *o, const char *name, int value)
{
	json_object_object_add(o, name, json_object_new_int(value));
}

/* Numbers have no leading zero, so that conditions can compare them. */
static struct json_object *
right_now(const char *now_local)
{
	static const char *const days[] = { "Sunday",	 "Monday",   "Tuesday",
					    "Wednesday", "Thursday", "Friday",
					    "Saturday" };
	static const char *const months[] = {
		"January",   "February", "March",    "April",
		"May",	     "June",	 "July",     "August",
		"September", "October",	 "November", "December"
	};
	struct json_object *o = json_object_new_object();
	int year, month, day, hour, minute, second;
	char text[64];

	if (now_local == NULL ||
	    sscanf(now_local, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day,
		   &hour, &minute, &second) != 6 ||
	    month < 1 || month > 12 || year < 1 || day < 1)
		return o;
	add_number(o, "second", second);
	add_number(o, "minute", minute);
	add_number(o, "hour", hour);
	add_number(o, "hour_ampm", (hour + 11) % 12 + 1);
	json_set_string(o, "ampm", hour < 12 ? "am" : "pm");
	snprintf(text, sizeof(text), "%02d:%02d", hour, minute);
	json_set_string(o, "time", text);
	json_set_string(o, "day_of_week", days[day_of_week(year, month, day)]);
	add_number(o, "day", day);
	add_number(o, "month", month);
	json_set_string(o, "month_name", months[month - 1]);
	json_set_string(o, "month_english", months[month - 1]);
	add_number(o, "year", year);
	snprintf(text, sizeof(text), "%02d/%02d/%04d", month, day, year);
	json_set_string(o, "middle_endian_date", text);
	snprintf(text, sizeof(text), "%02d/%02d/%04d", day, month, year);
	json_set_string(o, "little_endian_date", text);
	return o;
}

struct json_object *
scope_build(const struct scope_in *in)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "contact", contact_names(in->contact));
	json_object_object_add(o, "custom_variables", shared(in->variables));
	json_object_object_add(o, "webhook", shared(in->webhook));
	json_object_object_add(o, "inboundWebhookRequest",
			       shared(json_get(in->webhook, "body")));
	json_object_object_add(o, "workflow", shared(in->workflow));
	json_object_object_add(o, "account", shared(in->account));
	json_object_object_add(o, "custom_values", shared(in->values));
	json_object_object_add(o, "run", shared(in->run));
	json_object_object_add(o, "steps", shared(in->steps));
	json_set_string(o, "now", in->now_utc);
	json_object_object_add(o, "right_now", right_now(in->now_local));
	return o;
}
