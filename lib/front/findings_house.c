/*
 * findings_house.c - what the database tells of an installation and of its
 * runs, judged.  See findings.h.
 */
#include "config.h"

#include "front/findings.h"

#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/banned.h"

#define OLDEST_SERVER 130000

/* Seconds since an executor was seen: as it should be with cron each minute,
 * and as it can be with cron each 15 minutes. */
#define SEEN_OK_S 150
#define SEEN_MAX_S 1000

/* Seconds that the oldest due run may wait. */
#define OVERDUE_OK_S 300
#define OVERDUE_MAX_S 3600

/* Seconds since old deliveries were removed, which is done daily. */
#define PRUNED_OK_S (3 * 86400)

#define COUNTED_MAX 10000 /* as sql/query/health.sql does */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define SAY(f, ...) mem_printf((f)->mem, __VA_ARGS__)

static void
check_server(struct findings *f, struct json_object *health)
{
	const char *version = json_get_string(health, "server_version");
	const char *encoding = json_get_string(health, "encoding");

	if (strcmp(encoding, "UTF8") != 0)
		finding(f, "database", "fail",
			SAY(f,
			    "its encoding is %s: names that do not fit it are "
			    "refused",
			    encoding),
			"make one by CREATE DATABASE name ENCODING 'UTF8' "
			"TEMPLATE template0, and move the data by pg_dump");
	if (json_get_int(health, "server_version_num", 0) < OLDEST_SERVER)
		finding(f, "database", "fail",
			SAY(f, "PostgreSQL %s is too old", version),
			"PostgreSQL 13 or newer is needed");
	else
		finding(f, "database", "ok",
			SAY(f, "PostgreSQL %s, as %s", version,
			    json_get_string(health, "role")),
			NULL);
}

static void
check_roles(struct findings *f, struct json_object *health)
{
	struct json_object *roles = json_get(health, "missing_roles");
	const char *names = "";
	size_t i, n = json_object_array_length(roles);

	for (i = 0; i < n; i++)
		names = SAY(f, "%s%s%s", names, i > 0 ? ", " : "",
			    json_object_get_string(
				    json_object_array_get_idx(roles, i)));
	if (n == 0)
		finding(f, "roles", "ok", "all four are there", NULL);
	else
		finding(f, "roles", "warn",
			SAY(f,
			    "%s missing: one role does all, so whoever breaks "
			    "into hook.fcgi can read contacts",
			    names),
			"let an administrator CREATE ROLE each with NOLOGIN, "
			"then run `hookline db migrate` again; on shared "
			"hosting "
			"live with it");
}

/* Which database user a program that is connected just now has. */
static const char *
user_of(struct findings *f, struct json_object *o, const char *text)
{
	return SAY(f, "%s%s%s as %s", text, text[0] != '\0' ? ", " : "",
		   json_get_string(o, "program"), json_get_string(o, "role"));
}

static void
check_users(struct findings *f, struct json_object *health)
{
	struct json_object *list = json_get(health, "programs"), *o;
	const char *text = "";
	int is_risky = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		text = user_of(f, o, text);
		if (json_get_bool(o, "is_risky", 0))
			is_risky = 1;
	}
	if (is_risky)
		finding(f, "users", "warn",
			SAY(f,
			    "%s: whoever breaks into hook.fcgi can read "
			    "contacts",
			    text),
			"give hook.fcgi a configuration of its own, with a "
			"database user in role hookline_hook: hookline-sql(7); "
			"on shared hosting live with it");
	else
		finding(f, "users", "ok",
			text[0] != '\0' ? text
					: "no program is connected just now",
			NULL);
}

static void
check_partition(struct findings *f, struct json_object *health)
{
	const char *name = json_get_string(health, "partition");

	if (json_get_bool(health, "has_partition", 0))
		finding(f, "partition", "ok", name, NULL);
	else
		finding(f, "partition", "warn",
			SAY(f,
			    "next month's %s is not there; deliveries would go "
			    "to the default partition",
			    name),
			"hookline db migrate makes it; a running hookline-run "
			"does too");
}

static void
check_default_partition(struct findings *f, struct json_object *health)
{
	int64_t n = json_get_int(health, "in_default_partition", 0);

	if (n > 0)
		finding(f, "default partition", "warn",
			SAY(f,
			    "%" PRId64
			    "%s deliveries are in none of the months' "
			    "partitions; a month that has some there gets none",
			    n, n >= COUNTED_MAX ? " or more" : ""),
			"let hookline-run run, so that partitions are there "
			"before their month begins; these go one by one when "
			"keep_days have passed");
}

static void
check_prune(struct findings *f, struct json_object *health)
{
	int64_t s = json_get_int(health, "pruned_s", -1);
	int64_t since = json_get_int(health, "prune_added_s", 0);
	const char *when =
		s < 0 ? "never" : SAY(f, "%" PRId64 " hours ago", s / 3600);

	if (s < 0 ? since <= PRUNED_OK_S : s <= PRUNED_OK_S)
		finding(f, "prune", "ok", SAY(f, "last done: %s", when), NULL);
	else
		finding(f, "prune", "warn",
			SAY(f, "old deliveries were last removed: %s", when),
			"hookline prune does it now and says what is in the "
			"way; "
			"a running hookline-run does it daily");
}

static void
check_executor(struct findings *f, struct json_object *health)
{
	int64_t seen = json_get_int(health, "executor_seen_s", -1);
	const char *cron =
		SAY(f,
		    "as the user that hook.fcgi runs as, add to crontab -e: "
		    "* * * * * %s --config %s",
		    f->run_program, f->conf_path);

	if (seen < 0)
		finding(f, "executor", "fail",
			"hookline-run was never seen: no step is carried out",
			cron);
	else if (seen <= SEEN_OK_S)
		finding(f, "executor", "ok",
			SAY(f, "seen %" PRId64 " s ago", seen), NULL);
	else
		finding(f, "executor", seen <= SEEN_MAX_S ? "warn" : "fail",
			SAY(f, "last seen %" PRId64 " minutes ago", seen / 60),
			cron);
}

static void
check_overdue(struct findings *f, struct json_object *health)
{
	int64_t s = json_get_int(health, "overdue_s", 0);
	int64_t due = json_get_int(health, "due", 0);

	if (s <= OVERDUE_OK_S)
		finding(f, "backlog", "ok",
			SAY(f, "%" PRId64 " runs are due now", due), NULL);
	else
		finding(f, "backlog", s <= OVERDUE_MAX_S ? "warn" : "fail",
			SAY(f,
			    "%" PRId64
			    " runs are due, the oldest since %" PRId64
			    " minutes",
			    due, s / 60),
			"see that hookline-run is started each minute; more of "
			"them may run side by side");
}

static void
check_destinations(struct findings *f, struct json_object *health)
{
	struct json_object *list = json_get(health, "destinations"), *o;
	size_t i, n = json_object_array_length(list);
	int64_t more =
		json_get_int(health, "destinations_held", 0) - (int64_t)n;
	const char *key;

	if (n == 0)
		finding(f, "destinations", "ok", "none is left alone", NULL);
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		key = json_get_string(o, "key");
		finding(f, "destinations", "warn",
			SAY(f,
			    "%s is left alone until %s, and %" PRId64
			    " runs wait: %s",
			    key, json_get_string(o, "until"),
			    json_get_int(o, "waiting", 0),
			    json_get_string(o, "reason")),
			SAY(f,
			    "mend what it says; it is tried again by itself, "
			    "and "
			    "at once by hookline destination close %s",
			    key));
	}
	if (more > 0)
		finding(f, "destinations", "warn",
			SAY(f, "%" PRId64 " more are left alone", more),
			"hookline destination list");
}

void
findings_of_house(struct findings *f, struct json_object *health)
{
	static void (*const checks[])(struct findings *,
				      struct json_object *) = {
		check_server,
		check_roles,
		check_users,
		check_partition,
		check_default_partition,
		check_prune,
		check_executor,
	};
	size_t i;

	for (i = 0; i < COUNT(checks); i++)
		checks[i](f, health);
}

void
findings_of_runs(struct findings *f, struct json_object *health)
{
	check_overdue(f, health);
	check_destinations(f, health);
}
