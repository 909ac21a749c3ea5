/*
 * moment.c - times as people read them: how long ago, and when, in the
 * account's time zone.  See web.h.  What time it is comes from the database,
 * with the visitor; zones are the C library's.
 */
#include "config.h"

#include "base/clock.h"
#include "flow/date.h"
#include "http/html.h"
#include "web.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

#define SECOND INT64_C(1000000)
#define MOMENT_MAX 64

static int
parse(const char *at, int64_t *us)
{
	static const struct date_env env = { .now_us = 0 };

	return at == NULL ? -1 : date_instant(at, &env, us, NULL);
}

static int64_t
now_us(const struct page *p)
{
	if (p->who == NULL)
		return 0;
	return p->who->now_us + (clock_us() - p->began_us);
}

/* A zone that the C library does not know would be UTC under that name. */
static const char *
zone_of(const struct page *p)
{
	const char *zone = p->who != NULL ? p->who->timezone : "UTC";

	if (strstr(zone, "..") == NULL &&
	    access(mem_printf(p->mem, "/usr/share/zoneinfo/%s", zone), R_OK) ==
		    0)
		return zone;
	return "UTC";
}

const char *
moment_text(const struct page *p, const char *at)
{
	char text[MOMENT_MAX];
	struct tm tm;
	int64_t us;
	time_t t;

	if (parse(at, &us) == -1)
		return at != NULL ? at : "";
	t = (time_t)(us / SECOND);
	if (setenv("TZ", zone_of(p), 1) == -1)
		mem_exhausted();
	tzset();
	if (localtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%a %d %b %Y %H:%M:%S %Z", &tm) == 0)
		return at;
	return mem_strdup(p->mem, text);
}

const char *
moment_ago(const struct page *p, const char *at)
{
	static const struct {
		int64_t below_s, unit_s;
		const char *name;
	} units[] = {
		{ 60, 1, "s" },
		{ 3600, 60, "min" },
		{ 86400, 3600, "h" },
		{ 60 * 86400, 86400, "days" },
		{ 730 * 86400, 2629746, "months" },
		{ INT64_MAX, 31556952, "years" },
	};
	int64_t us, s, n;
	size_t i = 0;
	const char *name;
	int is_past;

	if (parse(at, &us) == -1)
		return "";
	s = (now_us(p) - us) / SECOND;
	is_past = s >= 0;
	if (!is_past)
		s = -s;
	if (s < 1)
		return "just now";
	while (s >= units[i].below_s)
		i++;
	n = s / units[i].unit_s;
	name = units[i].name;
	if (n == 1 && i >= 3)
		name = mem_strndup(p->mem, name, strlen(name) - 1);
	return is_past ? mem_printf(p->mem, "%" PRId64 " %s ago", n, name)
		       : mem_printf(p->mem, "in %" PRId64 " %s", n, name);
}

void
html_time(struct page *p, const char *at)
{
	int64_t us;

	if (parse(at, &us) == -1) {
		html(&p->body, "<span class=\"faint\">&ndash;</span>");
		return;
	}
	html(&p->body, "<time datetime=\"");
	html_text(&p->body, at);
	html(&p->body, "\" title=\"");
	html_text(&p->body, moment_text(p, at));
	html(&p->body, "\"><span class=\"ago\">");
	html_text(&p->body, moment_ago(p, at));
	html(&p->body, "</span> <span class=\"when\">");
	html_text(&p->body, moment_text(p, at));
	html(&p->body, "</span></time>");
}
