/*
 * prune.c - hookline prune: remove now what an executor removes once a day.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "engine/prune.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

static void
print_partition(struct json_object *o, int is_dry)
{
	const char *problem = json_get_string(o, "problem");
	int64_t n = json_get_int(o, "deliveries", -1);

	printf("%s %s:", is_dry ? "would drop" : "dropped",
	       json_get_string(o, "partition"));
	if (n >= 0)
		printf(" about %" PRId64 " deliveries,", n);
	printf(" %" PRId64 " kB%s%s\n", json_get_int(o, "bytes", 0) / 1024,
	       problem != NULL ? ", but could not: " : "",
	       problem != NULL ? problem : "");
}

static void
print_result(struct json_object *o, int is_dry)
{
	static const char *const counts[][2] = {
		{ "deliveries", "deliveries, one by one" },
		{ "dedup_keys", "dedup keys" },
		{ "spool_entries", "entries of spools, brought in long ago" },
		{ "sessions", "logins that ended" },
	};
	struct json_object *list = json_get(o, "partitions");
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		print_partition(json_object_array_get_idx(list, i), is_dry);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		printf("%s %" PRId64 " %s\n",
		       is_dry ? "would remove" : "removed",
		       json_get_int(o, counts[i][0], 0), counts[i][1]);
}

/* 1, with a word to people: something is still there. */
static int
report_problem(struct json_object *o)
{
	struct json_object *list = json_get(o, "partitions");
	size_t n = json_object_array_length(list);
	struct json_object *last;

	if (n == 0)
		return 0;
	last = json_object_array_get_idx(list, n - 1);
	if (json_get_string(last, "problem") == NULL)
		return 0;
	fprintf(stderr,
		"hookline: %s could not be dropped: %s; try again later\n",
		json_get_string(last, "partition"),
		json_get_string(last, "problem"));
	return 1;
}

CLI_COMMAND(cmd_prune)
{
	const char *days = args_option(a, "days");
	int is_dry = args_option(a, "dry-run") != NULL, rc;
	struct json_object *o;
	struct prune p;

	if (prune_begin(&p, c->db,
			days != NULL ? (int)strtol(days, NULL, 10)
				     : c->conf.keep_days,
			c->mem, e) == -1)
		return -1;
	if (is_dry) {
		if (prune_preview(&p, c->db, &o, e) == -1)
			return -1;
	} else {
		while ((rc = prune_step(&p, c->db, e)) == 1)
			;
		if (rc == -1)
			return -1;
		o = prune_result(&p);
	}
	if (c->is_json)
		print_json(o);
	else
		print_result(o, is_dry);
	return report_problem(o);
}
