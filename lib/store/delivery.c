/*
 * delivery.c - requests that came in.  See delivery.h.
 */
#include "config.h"

#include "store/delivery.h"

#include "base/json.h"
#include "store/column.h"
#include "store/queries.h"
#include "store/rows.h"

#include <string.h>

#include "base/banned.h"

const char *const delivery_outcomes[] = { "enrolled", "updated",   "captured",
					  "filtered", "duplicate", "rejected",
					  NULL };

int
delivery_list(struct db *db, const char *account_id,
	      const struct delivery_filter *f, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct db_param p[] = {
		DB_TEXT(account_id),   DB_TEXT(f->workflow_id),
		DB_TEXT(f->outcome),   DB_TEXT(f->since.at),
		DB_TEXT(f->since.ago), DB_TEXT(f->until.at),
		DB_TEXT(f->until.ago), DB_TEXT(f->search),
		DB_TEXT(f->before),    DB_TEXT(f->limit),
	};

	return rows_list(db, &SQL_DELIVERY_LIST, p, 10, m, out, e);
}

static void
set(struct json_object *o, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		json_set_string(o, key, value);
}

int
delivery_page(struct db *db, const char *account_id,
	      const struct delivery_search *s, int most, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	struct db_param p[3] = { DB_TEXT(account_id) };

	set(o, "workflow", s->workflow_id);
	set(o, "outcome", s->outcome);
	set(o, "from", s->from);
	set(o, "to", s->to);
	set(o, "text", s->text);
	set(o, "before", s->before);
	set(o, "before_at", s->before_at);
	p[1] = DB_TEXT(json_pool_text(m, o));
	p[2] = DB_TEXT(mem_printf(m, "%d", most));
	return rows_one(db, &SQL_DELIVERY_PAGE, p, 3, m, out, e);
}

int
delivery_pick(struct db *db, const char *account_id,
	      const struct delivery_filter *f, struct mem *m,
	      struct json_object **out, struct err *e)
{
	struct db_param p[] = {
		DB_TEXT(account_id),   DB_TEXT(f->workflow_id),
		DB_TEXT(f->outcome),   DB_TEXT(f->since.at),
		DB_TEXT(f->since.ago), DB_TEXT(f->until.at),
		DB_TEXT(f->until.ago), DB_TEXT(f->after),
		DB_TEXT(f->limit),
	};

	return rows_list(db, &SQL_DELIVERY_PICK, p, 9, m, out, e);
}

/* --- the checks ----------------------------------------------------------- */

static void
set_check(struct json_object *o, const char *check, const char *verdict,
	  const char *detail)
{
	json_set_string(o, "check", check);
	json_set_string(o, "verdict", verdict);
	json_object_object_del(o, "detail");
	json_set_string(o, "detail", detail);
}

/* What was seen before is known only while it is kept: then the check that
 * had passed in memory failed. */
static void
fail_dedup(struct json_object *checks, const char *reason)
{
	struct json_object *one;
	size_t i;

	for (i = 0; i < json_object_array_length(checks); i++) {
		one = json_object_array_get_idx(checks, i);
		if (strcmp(json_get_string(one, "check"), "dedup") == 0)
			set_check(one, "dedup", "failed", reason);
	}
}

static void
add_enrolment(struct json_object *checks, const char *verdict,
	      const char *detail)
{
	struct json_object *one = json_object_new_object();

	set_check(one, "enrolment", verdict, detail);
	json_object_array_add(checks, one);
}

/* Complete the kept checks by what the outcome says of them.  A whole that was
 * split enrols nobody: its parts do. */
static void
complete_checks(struct json_object *o, struct mem *m)
{
	struct json_object *checks = json_get(o, "checks");
	const char *outcome = json_get_string(o, "outcome");
	const char *reason = json_get_string(o, "reason");
	const char *run = json_get_string(o, "run");

	if (strcmp(outcome, "duplicate") == 0)
		fail_dedup(checks, reason);
	else if (json_get(o, "parts") != NULL)
		return;
	else if (strcmp(outcome, "enrolled") == 0)
		add_enrolment(checks, "passed", mem_printf(m, "run %s", run));
	else if (strcmp(outcome, "updated") == 0 ||
		 strcmp(outcome, "captured") == 0)
		add_enrolment(checks, "failed", reason);
}

int
delivery_show(struct db *db, const char *account_id, const char *id,
	      struct mem *m, struct json_object **out, const char **body,
	      size_t *body_len, struct err *e)
{
	struct db_param p[2] = { DB_TEXT(account_id), DB_TEXT(id) };
	struct db_result *r;
	int rc;

	if (db_exec(db, &SQL_DELIVERY_SHOW, p, 2, &r, e) == -1)
		return -1;
	if (db_rows(r) == 0) {
		rc = err_set(e, ERR_GONE, "there is no delivery %s", id);
	} else {
		rc = column_json(r, 0, 0, m, out, e);
		*body = db_bytes(r, 0, 1, m, body_len);
	}
	db_result_free(r);
	if (rc == 0)
		complete_checks(*out, m);
	return rc;
}

int
delivery_of_contact(struct db *db, const char *account_id,
		    const char *trigger_id, const char *contact_id,
		    struct mem *m, const char **id, struct err *e)
{
	struct db_param p[3] = { DB_TEXT(account_id), DB_TEXT(trigger_id),
				 DB_TEXT(contact_id) };

	return rows_text(db, &SQL_DELIVERY_OF_CONTACT, p, 3, m, id, e);
}
