/*
 * check_cond.c - conditions: every operator both ways, and every fault of a
 * document.
 */
#include "config.h"

#include "flow/cond.h"

#include "base/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000)
#define NOW_US (INT64_C(1795507200) * S) /* 2026-11-24T08:00:00Z */

static const char document[] =
	"{\"c\":{\"plan\":\"Professional\",\"city\":\"K\xc3\xb6ln\","
	"\"odos\":\"\xce\x9f\xce\x94\xce\x9f\xce\xa3\","
	"\"amount\":100,\"price\":\"99.50\",\"zip\":\"01234\",\"zero\":0,"
	"\"big\":12345678901234567890123456789012345678901,"
	"\"dec\":0.10000000000000000000000000000000000000001,"
	"\"neg\":-5,\"exp\":1.5e3,\"tiny\":1e-400,\"word\":\"n/a\","
	"\"yes\":true,\"no\":false,\"null\":null,\"blank\":\"\",\"space\":\" "
	"\","
	"\"list\":[],\"obj\":{},\"full\":{\"a\":1},"
	"\"tags\":[\"VIP\",\"Stammkunde\",7],"
	"\"same\":[\"A\",\"VIP\"],\"nums\":[1,2.0],\"said\":\"today\","
	"\"days\":[\"2026-11-20\",\"2026-11-24\"],"
	"\"day\":\"2026-11-24\",\"at\":\"2026-11-24T09:00\","
	"\"utc\":\"2026-11-24T08:00:00Z\",\"epoch\":1795507200,"
	"\"multi\":\"one\\ntwo\",\"evil\":"
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"},"
	"\"v\":{\"plan\":\"professional\",\"n\":100,\"list\":[\"a\",\"vip\"],"
	"\"nums\":[\"1.0\",2],"
	"\"empty\":\"\"},"
	"\"right_now\":{\"hour\":9,\"time\":\"09:15\",\"day\":24,"
	"\"month\":11,\"year\":2026,\"day_of_week\":\"Tuesday\"}}";

static struct mem *m;
static struct json_object *scope;

static struct json_object *
json(const char *text)
{
	struct err e = ERR_INIT;
	struct json_object *o;

	ck_assert_msg(json_read(text, strlen(text), JSON_MAX_DEPTH, &o, &e) ==
			      0,
		      "%s: %s", text, e.text);
	return o != NULL ? json_pool(m, o) : NULL;
}

static void
setup(void)
{
	m = mem_new();
	scope = json(document);
}

static void
teardown(void)
{
	mem_free(m);
}

/* A zone one hour east of UTC. */
static int
one_hour_east(void *arg, const char *timezone, const char *local, int64_t *us,
	      struct err *e)
{
	struct date_env utc = { .now_us = 0 };

	(void)arg;
	ck_assert_str_eq(timezone, "Europe/Berlin");
	if (date_instant(local, &utc, us, e) == -1)
		return -1;
	*us -= 3600 * S;
	return 0;
}

static int
away(void *arg, const char *timezone, const char *local, int64_t *us,
     struct err *e)
{
	(void)arg;
	(void)timezone;
	(void)local;
	(void)us;
	return err_set(e, ERR_TEMP, "the database is away");
}

static const struct date_env berlin = { NOW_US, "Europe/Berlin", one_hour_east,
					NULL };

/* FIELD IS [VALUE, as JSON] */
static const struct {
	const char *field, *is, *value;
	int want;
} cases[] = {
	/* text: case does not matter, in any script */
	{ "c.plan", "equals", "\"professional\"", 1 },
	{ "c.plan", "equals", "\"PROFESSIONAL\"", 1 },
	{ "c.plan", "equals", "\"profession\"", 0 },
	{ "c.city", "equals", "\"K\xc3\x96LN\"", 1 },
	{ "c.city", "equals", "\"Koln\"", 0 },
	{ "c.odos", "equals", "\"\xce\xbf\xce\xb4\xce\xbf\xcf\x82\"", 1 },
	{ "c.yes", "equals", "true", 1 },
	{ "c.yes", "equals", "\"True\"", 1 },
	{ "c.no", "equals", "true", 0 },
	{ "c.missing", "equals", "\"\"", 1 },
	{ "c.missing", "equals", "null", 1 },
	{ "c.null", "equals", "\"\"", 1 },
	{ "c.missing", "equals", "\"x\"", 0 },
	{ "c.zero", "equals", "\"\"", 0 },
	{ "c.plan", "not_equals", "\"basic\"", 1 },
	{ "c.plan", "not_equals", "\"PROFESSIONAL\"", 0 },
	{ "c.missing", "not_equals", "\"x\"", 1 },

	/* numbers: exact, whatever their length */
	{ "c.amount", "equals", "100", 1 },
	{ "c.amount", "equals", "\"100.00\"", 1 },
	{ "c.amount", "equals", "1e2", 1 },
	{ "c.amount", "equals", "\"0100\"", 0 },
	{ "c.price", "equals", "99.5", 1 },
	{ "c.zip", "equals", "1234", 0 },
	{ "c.zip", "equals", "\"01234\"", 1 },
	{ "c.zero", "equals", "-0.0e7", 1 },
	{ "c.exp", "equals", "1500", 1 },
	{ "c.neg", "equals", "5", 0 },
	{ "c.big", "equals", "12345678901234567890123456789012345678901", 1 },
	{ "c.big", "equals", "12345678901234567890123456789012345678902", 0 },
	{ "c.dec", "equals", "0.1", 0 },
	{ "c.tiny", "equals", "0", 0 },

	/* parts */
	{ "c.plan", "contains", "\"FESS\"", 1 },
	{ "c.plan", "contains", "\"fees\"", 0 },
	{ "c.city", "contains", "\"\xc3\x96l\"", 1 },
	{ "c.plan", "contains", "\"\"", 1 },
	{ "c.missing", "contains", "\"x\"", 0 },
	{ "c.amount", "contains", "\"00\"", 1 },
	{ "c.tags", "contains", "\"vip\"", 1 },
	{ "c.tags", "contains", "\"vi\"", 0 },
	{ "c.tags", "contains", "7.0", 1 },
	{ "c.tags", "not_contains", "\"vi\"", 1 },
	{ "c.tags", "not_contains", "\"VIP\"", 0 },
	{ "c.plan", "not_contains", "\"x\"", 1 },
	{ "c.plan", "not_contains", "\"pro\"", 0 },
	{ "c.missing", "not_contains", "\"x\"", 1 },
	{ "c.plan", "starts_with", "\"PRO\"", 1 },
	{ "c.plan", "starts_with", "\"rof\"", 0 },
	{ "c.plan", "starts_with", "\"professional and more\"", 0 },
	{ "c.city", "starts_with", "\"k\xc3\x96\"", 1 },
	{ "c.city", "starts_with", "\"k\"", 1 },
	{ "c.plan", "ends_with", "\"ONAL\"", 1 },
	{ "c.plan", "ends_with", "\"ona\"", 0 },
	{ "c.blank", "ends_with", "\"x\"", 0 },

	/* emptiness */
	{ "c.missing", "empty", NULL, 1 },
	{ "c.null", "empty", NULL, 1 },
	{ "c.blank", "empty", NULL, 1 },
	{ "c.list", "empty", NULL, 1 },
	{ "c.obj", "empty", NULL, 1 },
	{ "c.space", "empty", NULL, 0 },
	{ "c.zero", "empty", NULL, 0 },
	{ "c.no", "empty", NULL, 0 },
	{ "c.full", "empty", NULL, 0 },
	{ "c.tags", "empty", NULL, 0 },
	{ "c.tags", "not_empty", NULL, 1 },
	{ "c.plan", "not_empty", NULL, 1 },
	{ "c.missing", "not_empty", NULL, 0 },

	/* lists */
	{ "c.plan", "any_of", "[\"basic\",\"professional\"]", 1 },
	{ "c.plan", "any_of", "[\"basic\"]", 0 },
	{ "c.plan", "any_of", "[]", 0 },
	{ "c.amount", "any_of", "[1,\"100.0\"]", 1 },
	{ "c.tags", "any_of", "[\"none\",\"vip\"]", 1 },
	{ "c.tags", "any_of", "[\"none\"]", 0 },
	{ "c.list", "any_of", "[\"\"]", 0 },
	{ "c.missing", "any_of", "[\"\"]", 1 },
	{ "c.tags", "any_of", "\"{{v.list}}\"", 1 },
	{ "c.tags", "any_of", "\"{{v.plan}}\"", 0 },
	{ "c.plan", "none_of", "[\"basic\"]", 1 },
	{ "c.plan", "none_of", "[\"basic\",\"professional\"]", 0 },
	{ "c.tags", "none_of", "[\"vip\"]", 0 },
	{ "c.tags", "none_of", "[\"vi\"]", 1 },

	/* sizes */
	{ "c.amount", "greater_than", "99.999", 1 },
	{ "c.amount", "greater_than", "100", 0 },
	{ "c.amount", "greater_than", "\"9\"", 1 },
	{ "c.price", "greater_than", "\"100\"", 0 },
	{ "c.neg", "greater_than", "-6", 1 },
	{ "c.neg", "greater_than", "-4", 0 },
	{ "c.big", "greater_than", "12345678901234567890123456789012345678900",
	  1 },
	{ "c.big", "greater_than", "12345678901234567890123456789012345678901",
	  0 },
	{ "c.dec", "greater_than", "0.1", 1 },
	{ "c.tiny", "greater_than", "0", 1 },
	{ "c.tiny", "greater_than", "1e-401", 1 },
	{ "c.exp", "greater_than", "1499.9", 1 },
	{ "c.zero", "greater_than", "-1", 1 },
	{ "c.zero", "greater_than", "1", 0 },
	{ "c.word", "greater_than", "1", 0 },
	{ "c.word", "greater_than", "\"lion\"", 1 },
	{ "c.word", "greater_than", "\"OX\"", 0 },
	{ "c.missing", "greater_than", "-1", 0 },
	{ "c.amount", "greater_than", "\"{{v.empty}}\"", 0 },
	{ "c.amount", "at_least", "100.0", 1 },
	{ "c.amount", "at_least", "100.1", 0 },
	{ "c.missing", "at_least", "0", 0 },
	{ "c.amount", "less_than", "1e3", 1 },
	{ "c.amount", "less_than", "100", 0 },
	{ "c.amount", "less_than", "1e99999999999999999999999", 1 },
	{ "c.amount", "less_than", "1e-99999999999999999999999", 0 },
	{ "c.missing", "less_than", "5", 0 },
	{ "c.word", "less_than", "5", 0 },
	{ "c.amount", "at_most", "100", 1 },
	{ "c.amount", "at_most", "99", 0 },
	{ "c.missing", "at_most", "5", 0 },
	{ "c.amount", "between", "[100,200]", 1 },
	{ "c.amount", "between", "[1,100]", 1 },
	{ "c.amount", "between", "[101,200]", 0 },
	{ "c.amount", "between", "[1,99.9]", 0 },
	{ "c.amount", "between", "[\"{{v.n}}\",\"{{v.n}}\"]", 1 },
	{ "c.word", "between", "[1,200]", 0 },
	{ "c.word", "between", "[\"M\",\"o\"]", 1 },
	{ "c.missing", "between", "[0,200]", 0 },

	/* dates: a time without offset is the zone's, one hour east */
	{ "c.day", "before", "\"2026-11-25\"", 1 },
	{ "c.day", "before", "\"2026-11-24\"", 0 },
	{ "c.day", "before", "\"2026-11-23T23:30:00Z\"", 0 },
	{ "c.day", "before", "\"2026-11-24T23:00:00Z\"", 1 },
	{ "c.at", "before", "\"2026-11-24T08:00:00Z\"", 0 },
	{ "c.at", "before", "\"2026-11-24T08:00:00.000001Z\"", 1 },
	{ "c.at", "before", "\"now\"", 0 },
	{ "c.missing", "before", "\"2026-11-25\"", 0 },
	{ "c.word", "before", "\"2026-11-25\"", 0 },
	{ "c.word", "after", "\"2026-11-25\"", 0 },
	{ "c.at", "before", "\"{{v.empty}}\"", 0 },
	{ "c.utc", "after", "\"2026-11-24T08:59:59\"", 1 },
	{ "c.utc", "after", "\"2026-11-24T09:00:00\"", 0 },
	{ "c.utc", "after", "\"{{c.day}}\"", 0 },
	{ "c.epoch", "after", "\"2026-11-24T07:59:59Z\"", 1 },
	{ "c.epoch", "after", "1795507200", 0 },
	{ "c.blank", "after", "\"2026-11-23\"", 0 },
	{ "c.utc", "between", "[\"2026-11-24T09:00\",\"2026-11-25\"]", 1 },
	{ "c.utc", "between", "[\"2026-11-23\",\"2026-11-24\"]", 1 },
	{ "c.utc", "between", "[\"2026-11-22\",\"2026-11-23\"]", 0 },
	{ "c.epoch", "between", "[\"2026-11-24\",\"now\"]", 1 },
	{ "c.missing", "between", "[\"2026-11-23\",\"2026-11-25\"]", 0 },

	/* dates, whatever their spelling; a day is all of it */
	{ "c.utc", "equals", "\"2026-11-24T09:00:00+01:00\"", 1 },
	{ "c.utc", "equals", "\"2026-11-24T09:00\"", 1 },
	{ "c.utc", "equals", "\"2026-11-24T08:00\"", 0 },
	{ "c.epoch", "equals", "\"2026-11-24 09:00\"", 1 },
	{ "c.utc", "equals", "\"2026-11-24\"", 1 },
	{ "c.day", "equals", "\"2026-11-24\"", 1 },
	{ "c.day", "equals", "\"2026-11-23T23:30:00Z\"", 1 },
	{ "c.day", "equals", "\"2026-11-24T23:30:00Z\"", 0 },
	{ "c.utc", "not_equals", "\"2026-11-25\"", 1 },
	{ "c.utc", "any_of", "[\"2026-11-20\",\"2026-11-24\"]", 1 },
	{ "c.utc", "none_of", "[\"2026-11-20\",\"2026-11-24\"]", 0 },
	{ "c.days", "contains", "\"2026-11-24T09:00\"", 1 },
	{ "c.days", "any_of", "[\"today\"]", 1 },
	{ "c.utc", "at_least", "\"2026-11-24\"", 1 },
	{ "c.utc", "at_most", "\"2026-11-24\"", 1 },
	{ "c.utc", "at_most", "\"2026-11-23\"", 0 },
	{ "c.utc", "less_than", "\"2026-11-24T09:00:01+01:00\"", 1 },
	{ "c.utc", "greater_than", "\"2026-11-24T09:00:01+02:00\"", 1 },
	{ "c.word", "at_least", "\"2026-11-24\"", 0 },
	{ "c.word", "greater_than", "\"today\"", 0 },
	{ "c.blank", "at_most", "\"2026-11-24\"", 0 },

	/* days by their names, in the zone */
	{ "c.day", "equals", "\"today\"", 1 },
	{ "c.utc", "equals", "\"Today\"", 1 },
	{ "c.utc", "equals", "\"tomorrow\"", 0 },
	{ "c.utc", "not_equals", "\"yesterday\"", 1 },
	{ "c.utc", "before", "\"tomorrow\"", 1 },
	{ "c.utc", "before", "\"today\"", 0 },
	{ "c.utc", "after", "\"yesterday\"", 1 },
	{ "c.utc", "after", "\"today\"", 0 },
	{ "c.utc", "at_most", "\"yesterday\"", 0 },
	{ "c.utc", "between", "[\"yesterday\",\"today\"]", 1 },
	{ "c.missing", "equals", "\"today\"", 0 },
	{ "c.word", "equals", "\"today\"", 0 },
	{ "c.said", "equals", "\"TODAY\"", 1 }, /* a word like any other */
	{ "c.said", "equals", "\"2026-11-24\"", 0 },
	{ "c.said", "before", "\"2026-11-25\"", 0 },

	/* lists, one by one */
	{ "c.same", "equals", "\"{{v.list}}\"", 1 },
	{ "c.tags", "equals", "\"{{v.list}}\"", 0 },
	{ "c.same", "not_equals", "\"{{v.list}}\"", 0 },
	{ "c.nums", "equals", "\"{{v.nums}}\"", 1 },

	/* patterns */
	{ "c.plan", "matches", "\"^prof.*nal$\"", 1 },
	{ "c.plan", "matches", "\"^basic\"", 0 },
	{ "c.city", "matches", "\"^k\xc3\x96.n$\"", 1 },
	{ "c.amount", "matches", "\"^[0-9]+$\"", 1 },
	{ "c.missing", "matches", "\"^$\"", 1 },
	{ "c.missing", "matches", "\".\"", 0 },
	{ "c.multi", "matches", "\"^two\"", 0 },
	{ "c.multi", "matches", "\"(?m)^TWO\"", 1 },

	/* rendered values, and paths in full */
	{ "c.plan", "equals", "\"{{v.plan}}\"", 1 },
	{ "c.plan", "equals", "\"x{{v.plan}}\"", 0 },
	{ "c.amount", "equals", "\"{{v.n}}\"", 1 },
	{ "c.plan", "equals", "\"{{v.none|professional}}\"", 1 },
	{ "c.tags[0]", "equals", "\"vip\"", 1 },
	{ "c[\"plan\"]", "equals", "\"professional\"", 1 },
};

/* {"field":FIELD,"is":IS,"value":VALUE} */
static struct json_object *
comparison(const char *field, const char *is, const char *value)
{
	struct json_object *o = json_pool(m, json_object_new_object());

	json_set_string(o, "field", field);
	json_set_string(o, "is", is);
	if (value != NULL)
		json_object_object_add(o, "value",
				       json_object_get(json(value)));
	return o;
}

START_TEST(an_operator_holds_or_not)
{
	struct json_object *o =
		comparison(cases[_i].field, cases[_i].is, cases[_i].value);
	struct err e = ERR_INIT;
	int got = cond_eval(o, scope, &berlin, m, &e);

	ck_assert_msg(got == cases[_i].want, "%s gives %d %s",
		      json_object_to_json_string(o), got, e.text);
}
END_TEST

static const struct {
	const char *cond;
	int want;
} groups[] = {
#define T "{\"field\":\"c.yes\",\"is\":\"not_empty\"}"
#define F "{\"field\":\"c.yes\",\"is\":\"empty\"}"
#define BAD "{\"field\":\"c.day\",\"is\":\"before\",\"value\":\"no date\"}"
	{ "{\"all\":[" T "," T "]}", 1 },
	{ "{\"all\":[" T "," F "]}", 0 },
	{ "{\"all\":[" F "," BAD "]}", 0 },
	{ "{\"all\":[" T "," BAD "]}", -1 },
	{ "{\"all\":[]}", 1 },
	{ "{\"any\":[" F "," T "]}", 1 },
	{ "{\"any\":[" F "," F "]}", 0 },
	{ "{\"any\":[" T "," BAD "]}", 1 },
	{ "{\"any\":[" F "," BAD "]}", -1 },
	{ "{\"any\":[]}", 0 },
	{ "{\"not\":" T "}", 0 },
	{ "{\"not\":" F "}", 1 },
	{ "{\"not\":" BAD "}", -1 },
	{ "{\"all\":[{\"any\":[" F ",{\"not\":" F "}]}," T "]}", 1 },
};

START_TEST(conditions_combine)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(
		cond_eval(json(groups[_i].cond), scope, &berlin, m, &e),
		groups[_i].want);
}
END_TEST

static const struct {
	const char *field, *is, *value, *says;
} impossible[] = {
	{ "c.day", "before", "\"{{c.word}}\"", "found \"n/a\"" },
	{ "c.day", "after", "\"{{c.word}}\"", "c.day after: expected a date" },
	{ "c.day", "between", "[\"2026-11-23\",\"{{c.word}}\"]",
	  "found \"n/a\"" },
	{ "c.day", "between", "[1]", "expected [low, high]" },
	{ "c.plan", "matches", "\"(\"", "offset 1 of the pattern" },
	{ "c.plan", "matches", "\"\\\\C\"", "offset" },
	{ "c.evil", "matches", "\"^(a+)+$\"", "match limit exceeded" },
	{ "c.plan", "equals", "\"{{\"", "a tag does not end" },
	{ "c.plan", "equal", "1", "known operator" },
};

START_TEST(what_can_not_be_answered_is_an_error)
{
	struct json_object *o = comparison(
		impossible[_i].field, impossible[_i].is, impossible[_i].value);
	struct err e = ERR_INIT;

	ck_assert_int_eq(cond_eval(o, scope, &berlin, m, &e), -1);
	ck_assert_int_eq(e.kind, ERR_PERM);
	ck_assert_msg(strstr(e.text, impossible[_i].says) != NULL, "%s",
		      e.text);
	ck_assert_int_eq(cond_eval(o, scope, &berlin, m, NULL), -1);
}
END_TEST

START_TEST(a_database_that_is_away_is_asked_again_later)
{
	struct date_env env = { NOW_US, "Europe/Berlin", away, NULL };
	struct err e = ERR_INIT;

	ck_assert_int_eq(cond_eval(comparison("c.day", "before", "\"now\""),
				   scope, &env, m, &e),
			 -1);
	ck_assert_int_eq(e.kind, ERR_TEMP);
}
END_TEST

/* What people who come from HighLevel ask, by its names. */
#define IS(field, is, value) \
	"{\"field\":\"" field "\",\"is\":\"" is "\",\"value\":" value "}"
#define IS_NOT(field, is, value) "{\"not\":" IS(field, is, value) "}"

static const struct {
	const char *name, *cond;
	int want;
} highlevel[] = {
	{ "is", IS("c.plan", "equals", "\"professional\""), 1 },
	{ "is not", IS("c.plan", "not_equals", "\"basic\""), 1 },
	{ "contains", IS("c.plan", "contains", "\"fess\""), 1 },
	{ "does not contain", IS("c.plan", "not_contains", "\"x\""), 1 },
	{ "is any of", IS("c.plan", "any_of", "[\"a\",\"professional\"]"), 1 },
	{ "is none of", IS("c.plan", "none_of", "[\"a\",\"b\"]"), 1 },
	{ "is empty", IS("c.missing", "empty", "null"), 1 },
	{ "is not empty", IS("c.plan", "not_empty", "null"), 1 },
	{ "starts with", IS("c.plan", "starts_with", "\"pro\""), 1 },
	{ "includes", IS("c.tags", "contains", "\"vip\""), 1 },
	{ "does not include", IS("c.tags", "not_contains", "\"vip\""), 0 },
	{ "includes all of",
	  "{\"all\":[" IS("c.tags", "contains", "\"vip\"") "," IS(
		  "c.tags", "contains", "\"stammkunde\"") "]}",
	  1 },
	{ "greater than", IS("c.amount", "greater_than", "99"), 1 },
	{ "less than", IS("c.amount", "less_than", "100"), 0 },
	{ "current day of week is",
	  IS("right_now.day_of_week", "equals", "\"tuesday\""), 1 },
	{ "current day of week is not",
	  IS("right_now.day_of_week", "none_of", "[\"Saturday\",\"Sunday\"]"),
	  1 },
	{ "current day of month is after",
	  IS("right_now.day", "greater_than", "23"), 1 },
	{ "current month is on or after",
	  IS("right_now.month", "at_least", "11"), 1 },
	{ "current year is on or before",
	  IS("right_now.year", "at_most", "2025"), 0 },
	{ "current hour is after", IS("right_now.hour", "greater_than", "18"),
	  0 },
	{ "current hour is before", IS("right_now.hour", "less_than", "18"),
	  1 },
	{ "time of the day is before",
	  IS("right_now.time", "less_than", "\"18:00\""), 1 },
	{ "time of the day is after",
	  IS("right_now.time", "greater_than", "\"09:15\""), 0 },
	{ "time of the day is", IS("right_now.time", "equals", "\"09:15\""),
	  1 },
	{ "time of the day is between",
	  IS("right_now.time", "between", "[\"09:00\",\"17:00\"]"), 1 },
	{ "date is today", IS("c.utc", "equals", "\"today\""), 1 },
	{ "date is tomorrow", IS("c.utc", "equals", "\"tomorrow\""), 0 },
	{ "date is yesterday", IS("c.utc", "equals", "\"yesterday\""), 0 },
	{ "date is not today", IS("c.utc", "not_equals", "\"today\""), 0 },
	{ "date is after", IS("c.utc", "after", "\"2026-11-23\""), 1 },
	{ "date is on or after", IS("c.utc", "at_least", "\"2026-11-24\""), 1 },
	{ "date is before", IS("c.utc", "before", "\"2026-11-24\""), 0 },
	{ "date is on or before", IS("c.utc", "at_most", "\"2026-11-24\""), 1 },
	{ "date is", IS("c.utc", "equals", "\"2026-11-24\""), 1 },
	{ "date is empty", IS("c.missing", "empty", "null"), 1 },
	{ "rescheduled is true", IS("c.yes", "equals", "true"), 1 },
	{ "rescheduled is false", IS("c.yes", "equals", "false"), 0 },
	{ "doesn't have tag", IS_NOT("c.tags", "contains", "\"gold\""), 1 },
	{ "exact match phrase, several", IS("c.plan", "matches", "\"^(a|b)$\""),
	  0 },
};

START_TEST(what_highlevel_asks_can_be_asked)
{
	struct json_object *cond = json(highlevel[_i].cond);
	struct faults f = { .mem = m };
	struct err e = ERR_INIT;
	int got = cond_eval(cond, scope, &berlin, m, &e);

	ck_assert_msg(got == highlevel[_i].want, "%s gives %d %s",
		      highlevel[_i].name, got, e.text);
	cond_check(cond, "", &f);
	ck_assert_msg(f.n == 0, "%s", highlevel[_i].name);
}
END_TEST

static const struct {
	const char *cond;
	const char *path, *says; /* NULL: there is no fault */
} checks[] = {
	{ T, NULL, NULL },
	{ "{\"all\":[" T "," F "]}", NULL, NULL },
	{ "{\"all\":[]}", NULL, NULL },
	{ "{\"field\":\"a.b\",\"is\":\"equals\",\"value\":null}", NULL, NULL },
	{ "{\"field\":\"a.b\",\"is\":\"empty\",\"value\":null}", NULL, NULL },
	{ "{\"field\":\"a.b\",\"is\":\"any_of\",\"value\":\"{{x}}\"}", NULL,
	  NULL },
	{ "{\"field\":\"a.b\",\"is\":\"before\",\"value\":\"{{x}}\"}", NULL,
	  NULL },
	{ "{\"field\":\"a.b\",\"is\":\"before\",\"value\":1795507200}", NULL,
	  NULL },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[\"{{x}}\",5]}", NULL,
	  NULL },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[\"2026-11-24\","
	  "\"now\"]}",
	  NULL, NULL },
	{ "null", "/w", "expected a condition such as" },
	{ "[]", "/w", "found a list" },
	{ "{\"all\":{}}", "/w/all", "expected a list of conditions" },
	{ "{\"any\":[]}", "/w/any", "at least one condition" },
	{ "{\"any\":[" T ",5]}", "/w/any/1", "found a number" },
	{ "{\"not\":null}", "/w/not", "found null" },
	{ "{\"not\":" T ",\"is\":\"empty\"}", "/w/is",
	  "\"not\" and nothing else" },
	{ "{\"all\":[" T "],\"a/b~c\":1}", "/w/a~1b~0c",
	  "unknown member \"a/b~c\"" },
	{ "{\"field\":\"a\",\"is\":\"empty\",\"vlaue\":1}", "/w/vlaue",
	  "unknown member \"vlaue\"" },
	{ "{\"is\":\"empty\"}", "/w", "expected \"field\"" },
	{ "{\"field\":\"a\"}", "/w", "expected \"is\"" },
	{ "{\"field\":\"a\",\"is\":\"equal\",\"value\":1}", "/w/is",
	  "unknown operator \"equal\"; known: equals, not_equals, contains, "
	  "not_contains, starts_with, ends_with, empty, not_empty, any_of, "
	  "none_of, greater_than, at_least, less_than, at_most, between, "
	  "before, after, matches" },
	{ "{\"field\":\"\",\"is\":\"empty\"}", "/w/field",
	  "expected the field to look at" },
	{ "{\"field\":\"a..b\",\"is\":\"empty\"}", "/w/field",
	  "expected a key" },
	{ "{\"field\":\"{{a}}\",\"is\":\"empty\"}", "/w/field",
	  "without braces" },
	{ "{\"field\":\"a\",\"is\":\"empty\",\"value\":1}", "/w/value",
	  "\"empty\" takes no value" },
	{ "{\"field\":\"a\",\"is\":\"equals\"}", "/w", "\"value\" is missing" },
	{ "{\"field\":\"a\",\"is\":\"equals\",\"value\":[1]}", "/w/value",
	  "expected a text or a number, found a list" },
	{ "{\"field\":\"a\",\"is\":\"equals\",\"value\":\"{{\"}", "/w/value",
	  "a tag does not end" },
	{ "{\"field\":\"a\",\"is\":\"at_least\",\"value\":true}", "/w/value",
	  "found true or false" },
	{ "{\"field\":\"a\",\"is\":\"any_of\",\"value\":\"x\"}", "/w/value",
	  "expected a list of values, found a text" },
	{ "{\"field\":\"a\",\"is\":\"none_of\",\"value\":[]}", "/w/value",
	  "at least one value" },
	{ "{\"field\":\"a\",\"is\":\"any_of\",\"value\":[1,{}]}", "/w/value/1",
	  "found an object" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":5}", "/w/value",
	  "expected [low, high], found a number" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[1,2,3]}", "/w/value",
	  "a list of another length" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[5,4]}", "/w/value",
	  "never true" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[5,\"2026-11-24\"]}",
	  "/w/value", "two numbers or two dates" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[\"2026-11-24\","
	  "\"2026-11-31\"]}",
	  "/w/value/1", "expected a date" },
	{ "{\"field\":\"a\",\"is\":\"between\",\"value\":[1,null]}",
	  "/w/value/1", "found null" },
	{ "{\"field\":\"a\",\"is\":\"after\",\"value\":\"24.11.2026\"}",
	  "/w/value", "expected a date such as 2026-11-24" },
	{ "{\"field\":\"a\",\"is\":\"matches\",\"value\":5}", "/w/value",
	  "expected a regular expression" },
	{ "{\"field\":\"a\",\"is\":\"matches\",\"value\":\"[a\"}", "/w/value",
	  "offset 2 of the pattern" },
};

START_TEST(a_faulty_condition_is_refused_with_its_place)
{
	struct faults f = FAULTS_INIT(m);

	cond_check(json(checks[_i].cond), "/w", &f);
	if (checks[_i].path == NULL) {
		ck_assert_msg(f.n == 0, "%s: %s", checks[_i].cond,
			      f.n > 0 ? f.list[0].detail : "");
		return;
	}
	ck_assert_msg(f.n == 1, "%s: %zu faults", checks[_i].cond, f.n);
	ck_assert_str_eq(f.list[0].path, checks[_i].path);
	ck_assert_msg(strstr(f.list[0].detail, checks[_i].says) != NULL,
		      "%s: %s", checks[_i].cond, f.list[0].detail);
}
END_TEST

START_TEST(every_fault_is_told_at_once)
{
	struct faults f = FAULTS_INIT(m);

	cond_check(json("{\"all\":[{\"field\":\"a[\",\"is\":\"equal\"},"
			"{\"any\":[]},{\"not\":{\"field\":\"x\",\"is\":"
			"\"matches\",\"value\":\"(\"}}]}"),
		   "/steps/2/branches/0/when", &f);
	ck_assert_uint_eq(f.n, 4);
	ck_assert_str_eq(f.list[0].path,
			 "/steps/2/branches/0/when/all/0/field");
	ck_assert_str_eq(f.list[1].path, "/steps/2/branches/0/when/all/0/is");
	ck_assert_str_eq(f.list[2].path, "/steps/2/branches/0/when/all/1/any");
	ck_assert_str_eq(f.list[3].path,
			 "/steps/2/branches/0/when/all/2/not/value");
}
END_TEST

static void
add_name(void *arg, const char *name, int in_section)
{
	(void)in_section;
	buf_addf(arg, "%s;", name);
}

START_TEST(a_condition_tells_its_names)
{
	struct buf names = BUF_INIT;

	cond_each_name(json("{\"all\":[{\"field\":\"a.b\",\"is\":\"equals\","
			    "\"value\":\"{{c}} {{d.e|x}}\"},{\"not\":{\"any\":"
			    "[{\"field\":\"f\",\"is\":\"any_of\",\"value\":"
			    "[1,\"{{g}}\"]},{\"field\":\"h\",\"is\":\"empty\"}"
			    "]}}]}"),
		       add_name, &names);
	ck_assert_str_eq(names.s, "a.b;c;d.e;f;g;h;");
	buf_free(&names);
}
END_TEST

#define LOOP(t, fn, table) \
	tcase_add_loop_test((t), (fn), 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("cond");
	TCase *t = tcase_create("cond");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	LOOP(t, an_operator_holds_or_not, cases);
	LOOP(t, conditions_combine, groups);
	LOOP(t, what_can_not_be_answered_is_an_error, impossible);
	tcase_add_test(t, a_database_that_is_away_is_asked_again_later);
	LOOP(t, what_highlevel_asks_can_be_asked, highlevel);
	LOOP(t, a_faulty_condition_is_refused_with_its_place, checks);
	tcase_add_test(t, every_fault_is_told_at_once);
	tcase_add_test(t, a_condition_tells_its_names);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
