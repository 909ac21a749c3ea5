/*
 * db.c - the one door to PostgreSQL.  Everything is asynchronous underneath,
 * so that a deadline holds for connecting, sending and waiting alike.  No
 * session state is set, so a pooler in transaction mode may stand between.
 */
#include "config.h"

#include "store/db.h"

#include "base/aside.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/queries.h"
#include "store/sqlstate.h"

#include <libpq-fe.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define PREPARED_MAX 64
#define CONFLICT_TRIES 4
#define CANCEL_MS 125 /* to ask for it, and again to hear of it */

struct db {
	struct db_options o;
	PGconn *conn;
	const struct sql *prepared[PREPARED_MAX];
	int n_prepared;
	int in_transaction;
	int is_guarded;	 /* a statement that fails is undone alone; 2: there is
			  * a savepoint */
	int is_spent;	 /* a cancel may still come to its server process */
	int64_t used_ms; /* when the connection was last used */
	int64_t clock_began; /* 0: every statement has its own deadline */
	int is_other_schema;
	char sqlstate[6];
};

struct db_result {
	PGresult *res;
};

/* As libpq has it: what is neither a URI nor has a '=' is a database's name. */
static int
is_plain_name(const char *conninfo)
{
	return strncmp(conninfo, "postgresql://", 13) != 0 &&
	       strncmp(conninfo, "postgres://", 11) != 0 &&
	       strchr(conninfo, '=') == NULL;
}

int
db_conninfo_has_password(const char *conninfo, struct err *e)
{
	PQconninfoOption *list, *o;
	int has = 0;

	if (is_plain_name(conninfo))
		return 0;
	list = PQconninfoParse(conninfo, NULL);
	if (list == NULL)
		return err_set(e, ERR_PERM,
			       "expected a connection string of libpq, such as "
			       "host=HOST dbname=NAME, or a URI");
	for (o = list; o->keyword != NULL; o++)
		if (o->val != NULL && o->val[0] != '\0' &&
		    (strcmp(o->keyword, "password") == 0 ||
		     strcmp(o->keyword, "sslpassword") == 0))
			has = 1;
	PQconninfoFree(list);
	return has;
}

struct db *
db_new(const struct db_options *o)
{
	struct db *db = xmalloc(sizeof(*db));

	memset(db, 0, sizeof(*db));
	db->o = *o;
	return db;
}

void
db_close(struct db *db)
{
	if (db->conn != NULL)
		PQfinish(db->conn);
	db->conn = NULL;
	db->n_prepared = 0;
	db->in_transaction = db->is_guarded = 0;
	db->is_spent = 0;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	db_close(db);
	free(db);
}

int
db_idle_seconds(const struct db *db)
{
	if (db->conn == NULL)
		return -1;
	return (int)((clock_ms() - db->used_ms) / 1000);
}

const char *
db_sqlstate(const struct db *db)
{
	return db->sqlstate;
}

int
db_is_other_schema(const struct db *db)
{
	return db->is_other_schema;
}

static void
ignore_notice(void *arg, const char *message)
{
	(void)arg;
	log_debug("database: %s", message);
}

/* The failure in *e is that nobody answered. */
static int
away(struct err *e)
{
	if (e != NULL)
		e->is_away = 1;
	return -1;
}

static int
no_answer(struct db *db, struct err *e)
{
	err_set(e, ERR_TEMP, "database: no answer within %d ms",
		db->o.deadline_ms);
	return away(e);
}

/* Wait until the socket is ready or the deadline passed.  0, or -1. */
static int
wait_socket(struct db *db, short events, int64_t deadline, struct err *e)
{
	struct pollfd p = { PQsocket(db->conn), events, 0 };
	int64_t left = -1;
	int n;

	do {
		if (deadline > 0) {
			left = deadline - clock_ms();
			if (left <= 0)
				break;
		}
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return 0;
	} while (n == 0 || errno == EINTR);
	return no_answer(db, e);
}

static int
connect_poll(struct db *db, int64_t deadline, struct err *e)
{
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;

	while (s != PGRES_POLLING_OK) {
		if (s == PGRES_POLLING_FAILED)
			return err_set(e, ERR_TEMP, "database: %s",
				       PQerrorMessage(db->conn));
		if (wait_socket(db,
				s == PGRES_POLLING_READING ? POLLIN : POLLOUT,
				deadline, e) == -1)
			return -1;
		s = PQconnectPoll(db->conn);
	}
	return 0;
}

static int check_schema(struct db *db, int64_t deadline, struct err *e);

/* What stands before dbname gives way to the conninfo; what follows wins. */
static int
open_connection(struct db *db, int64_t deadline, struct err *e)
{
	const char *keys[10] = { "application_name", "gssencmode",
				 "connect_timeout",  "dbname",
				 "client_encoding",  "password" };
	const char *values[10] = {
		db->o.application, "disable", "3",
		db->o.conninfo,	   "UTF8",    db->o.password
	};

	if (db->o.password == NULL || db->o.password[0] == '\0')
		keys[5] = NULL;
	db->sqlstate[0] = '\0';
	db->is_other_schema = 0;
	db->conn = PQconnectStartParams(keys, values, 1);
	if (db->conn == NULL)
		abort();
	PQsetNoticeProcessor(db->conn, ignore_notice, NULL);
	if (PQstatus(db->conn) == CONNECTION_BAD) {
		err_set(e, ERR_TEMP, "database: %s", PQerrorMessage(db->conn));
		goto fail;
	}
	if (connect_poll(db, deadline, e) == -1 ||
	    PQsetnonblocking(db->conn, 1) == -1)
		goto fail;
	if (db->o.schema_version > 0 && check_schema(db, deadline, e) == -1)
		goto fail;
	return 0;
fail:
	db_close(db);
	return -1;
}

/* An idle connection has nothing to say: if it has, it is most likely its
 * end, which libpq sees one read later than the server's last words. */
static int
is_alive(struct db *db)
{
	struct pollfd p = { PQsocket(db->conn), POLLIN, 0 };

	return !db->is_spent && PQstatus(db->conn) == CONNECTION_OK &&
	       poll(&p, 1, 0) == 0;
}

static int
ensure_connection(struct db *db, int64_t deadline, struct err *e)
{
	if (db->conn != NULL && !db->in_transaction && !is_alive(db))
		db_close(db);
	if (db->conn == NULL && open_connection(db, deadline, e) == -1)
		return away(e);
	return 0;
}

static int
result_error(struct db *db, const PGresult *r, int is_late, struct err *e)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (state == NULL || PQstatus(db->conn) != CONNECTION_OK) {
		err_set(e, ERR_TEMP, "database: %s", PQerrorMessage(db->conn));
		db_close(db);
		return -1;
	}
	memcpy(db->sqlstate, state, 5);
	err_set(e, sqlstate_kind(state), "database: %s (%s)%s",
		text != NULL ? text : "failed", state, sqlstate_hint(state));
	/* Read-only is what a connection was when it was made. */
	if (strcmp(db->sqlstate, SQLSTATE_READ_ONLY) == 0)
		db_close(db);
	if (strcmp(db->sqlstate, SQLSTATE_CANCELLED) == 0 && is_late)
		return no_answer(db, e);
	return -1;
}

/* Send what is unsent, and wait until a result can be read without waiting.
 */
static int
pump(struct db *db, int64_t deadline, struct err *e)
{
	int unsent;

	for (;;) {
		unsent = PQflush(db->conn) == 1;
		if (!unsent && !PQisBusy(db->conn))
			return 0;
		if (wait_socket(db, unsent ? POLLIN | POLLOUT : POLLIN,
				deadline, e) == -1)
			return -1;
		if (PQconsumeInput(db->conn) == 0)
			return err_set(e, ERR_TEMP, "database: %s",
				       PQerrorMessage(db->conn));
	}
}

static void
ask_to_cancel(void *arg)
{
	char problem[256];

	PQcancel(arg, problem, sizeof(problem));
}

static void
free_cancel(void *arg)
{
	PQfreeCancel(arg);
}

/* The deadline passed: ask the server to end the statement, so that nothing
 * happens behind our back later.  1: it was told.  libpq's request may hang,
 * as the server does. */
static int
cancel(struct db *db)
{
	PGcancel *c = PQgetCancel(db->conn);

	db->is_spent = 1;
	return c != NULL && aside(ask_to_cancel, free_cancel, c, CANCEL_MS);
}

/* Read until the statement's end; the last result counts.  An error among
 * them wins. */
static PGresult *
read_result(struct db *db, int64_t deadline, struct err *e)
{
	PGresult *last = NULL, *r;
	int was_cancelled = 0;

	for (;;) {
		if (pump(db, deadline, e) == -1) {
			if (!was_cancelled && deadline > 0 &&
			    clock_ms() >= deadline && cancel(db)) {
				was_cancelled = 1;
				deadline = clock_ms() + CANCEL_MS;
				continue;
			}
			PQclear(last);
			db_close(db);
			return NULL;
		}
		r = PQgetResult(db->conn);
		if (r == NULL)
			return last;
		if (last != NULL && PQresultStatus(last) == PGRES_FATAL_ERROR) {
			PQclear(r);
			continue;
		}
		PQclear(last);
		last = r;
	}
}

static PGresult *
checked_result(struct db *db, int64_t deadline, struct err *e)
{
	PGresult *r = read_result(db, deadline, e);
	ExecStatusType s;

	if (r == NULL)
		return NULL;
	s = PQresultStatus(r);
	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK)
		return r;
	result_error(db, r, deadline > 0 && clock_ms() >= deadline, e);
	PQclear(r);
	return NULL;
}

static int
is_prepared(const struct db *db, const struct sql *q)
{
	int i;

	for (i = 0; i < db->n_prepared; i++)
		if (db->prepared[i] == q)
			return 1;
	return 0;
}

static int
prepare(struct db *db, const struct sql *q, int64_t deadline, struct err *e)
{
	PGresult *r;

	if (is_prepared(db, q) || db->n_prepared == PREPARED_MAX)
		return 0;
	if (PQsendPrepare(db->conn, q->name, q->text, 0, NULL) == 0)
		return err_set(e, ERR_TEMP, "database: %s",
			       PQerrorMessage(db->conn));
	r = checked_result(db, deadline, e);
	if (r == NULL)
		return -1;
	PQclear(r);
	db->prepared[db->n_prepared++] = q;
	return 0;
}

#define PARAMS_MAX 32

static int
send_statement(struct db *db, const struct sql *q, const struct db_param *p,
	       int n)
{
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX], i;

	if (n > PARAMS_MAX)
		abort();
	for (i = 0; i < n; i++) {
		values[i] = p[i].value;
		lengths[i] = p[i].len;
		formats[i] = p[i].is_binary;
	}
	if (is_prepared(db, q))
		return PQsendQueryPrepared(db->conn, q->name, n, values,
					   lengths, formats, 0);
	return PQsendQueryParams(db->conn, q->text, n, NULL, values, lengths,
				 formats, 0);
}

static PGresult *
try_once(struct db *db, const struct sql *q, const struct db_param *params,
	 int n, int64_t deadline, struct err *e)
{
	PGresult *r;

	db->sqlstate[0] = '\0';
	if (deadline > 0 && clock_ms() >= deadline) {
		err_set(e, ERR_TEMP, "database: %d ms were not enough",
			db->o.deadline_ms);
		return NULL;
	}
	if (ensure_connection(db, deadline, e) == -1)
		return NULL;
	db->used_ms = clock_ms();
	if (db->o.prepared && prepare(db, q, deadline, e) == -1)
		return NULL;
	if (send_statement(db, q, params, n) == 0) {
		err_set(e, ERR_TEMP, "database: %s", PQerrorMessage(db->conn));
		db_close(db);
		return NULL;
	}
	r = checked_result(db, deadline, e);
	if (r == NULL && db->conn == NULL && db->sqlstate[0] == '\0' &&
	    e != NULL)
		e->is_unknown = 1;
	return r;
}

void
db_restart_clock(struct db *db)
{
	db->clock_began = clock_ms();
}

void
db_clock_from(struct db *db, int64_t ms)
{
	db->clock_began = ms;
}

static int64_t
deadline_of(const struct db *db)
{
	int64_t begin = db->clock_began > 0 ? db->clock_began : clock_ms();

	return db->o.deadline_ms > 0 ? begin + db->o.deadline_ms : 0;
}

/* Run it, again where that helps; NULL with *e set. */
static PGresult *
try_patiently(struct db *db, const struct sql *q, const struct db_param *params,
	      int n, struct err *e)
{
	int64_t deadline = deadline_of(db);
	PGresult *r;
	int tries;

	for (tries = 0; tries < CONFLICT_TRIES; tries++) {
		r = try_once(db, q, params, n, deadline, e);
		if (r != NULL)
			return r;
		if (db->in_transaction || strncmp(db->sqlstate, "40", 2) != 0)
			break;
	}
	return NULL;
}

/* Where the transaction goes back to when the next statement fails. */
static int
guard(struct db *db, struct err *e)
{
	const char *text = db->is_guarded > 1 ? "release savepoint guarded; "
						"savepoint guarded"
					      : "savepoint guarded";

	if (db_script(db, text, e) == -1)
		return -1;
	db->is_guarded = 2;
	return 0;
}

int
db_exec(struct db *db, const struct sql *q, const struct db_param *params,
	int n, struct db_result **res, struct err *e)
{
	int is_guarded = db->in_transaction && db->is_guarded;
	PGresult *r;

	if (is_guarded && guard(db, e) == -1)
		return -1;
	r = try_patiently(db, q, params, n, e);
	if (r == NULL && is_guarded && db->conn != NULL &&
	    db_script(db, "rollback to savepoint guarded", NULL) == -1)
		db_close(db);
	if (r == NULL)
		return -1;
	*res = xmalloc(sizeof(**res));
	(*res)->res = r;
	return 0;
}

int
db_run(struct db *db, const struct sql *q, const struct db_param *params, int n,
       struct err *e)
{
	struct db_result *r;

	if (db_exec(db, q, params, n, &r, e) == -1)
		return -1;
	db_result_free(r);
	return 0;
}

int
db_script(struct db *db, const char *text, struct err *e)
{
	int64_t deadline = deadline_of(db);
	PGresult *r;

	if (ensure_connection(db, deadline, e) == -1)
		return -1;
	if (PQsendQuery(db->conn, text) == 0)
		return err_set(e, ERR_TEMP, "database: %s",
			       PQerrorMessage(db->conn));
	r = checked_result(db, deadline, e);
	if (r == NULL)
		return -1;
	PQclear(r);
	return 0;
}

int
db_begin(struct db *db, struct err *e)
{
	if (db_script(db, "begin", e) == -1)
		return -1;
	db->in_transaction = 1;
	return 0;
}

int
db_commit(struct db *db, struct err *e)
{
	int rc;

	if (db->conn == NULL)
		return err_set(e, ERR_TEMP,
			       "database: the connection broke in the middle "
			       "of a transaction");
	rc = db_script(db, "commit", e);
	db->in_transaction = db->is_guarded = 0;
	return rc;
}

void
db_guard(struct db *db)
{
	db->is_guarded = db->in_transaction;
}

void
db_rollback(struct db *db)
{
	if (db->in_transaction && db->conn != NULL &&
	    db_script(db, "rollback", NULL) == -1)
		db_close(db);
	db->in_transaction = db->is_guarded = 0;
}

/* `version` 0: there is none. */
static int
other_schema(struct db *db, int version, struct err *e)
{
	db->is_other_schema = 1;
	if (version == 0)
		return err_set(e, ERR_TEMP,
			       "the database has no Hookline schema yet: run "
			       "`hookline db migrate`");
	return err_set(e, ERR_TEMP,
		       "the database has schema version %d, this program "
		       "needs %d: %s",
		       version, db->o.schema_version,
		       version < db->o.schema_version
			       ? "run `hookline db migrate`"
			       : "install the newer programs");
}

static int
check_schema(struct db *db, int64_t deadline, struct err *e)
{
	PGresult *r;
	int version;

	if (send_statement(db, &SQL_SCHEMA_VERSION, NULL, 0) == 0)
		return err_set(e, ERR_TEMP, "database: %s",
			       PQerrorMessage(db->conn));
	r = checked_result(db, deadline, e);
	if (r == NULL && (strcmp(db->sqlstate, "42P01") == 0 ||
			  strcmp(db->sqlstate, "3F000") == 0))
		return other_schema(db, 0, e);
	if (r == NULL)
		return -1;
	version = (int)strtol(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	if (version != db->o.schema_version)
		return other_schema(db, version, e);
	return 0;
}

int
db_rows(const struct db_result *r)
{
	return PQntuples(r->res);
}

int
db_columns(const struct db_result *r)
{
	return PQnfields(r->res);
}

const char *
db_column_name(const struct db_result *r, int col)
{
	return PQfname(r->res, col);
}

const char *
db_text(const struct db_result *r, int row, int col)
{
	if (PQgetisnull(r->res, row, col))
		return NULL;
	return PQgetvalue(r->res, row, col);
}

int64_t
db_int(const struct db_result *r, int row, int col)
{
	const char *s = db_text(r, row, col);

	return s != NULL ? strtoll(s, NULL, 10) : 0;
}

int
db_bool(const struct db_result *r, int row, int col)
{
	const char *s = db_text(r, row, col);

	return s != NULL && s[0] == 't';
}

void *
db_bytes(const struct db_result *r, int row, int col, struct mem *m,
	 size_t *len)
{
	const char *s = db_text(r, row, col);
	unsigned char *raw;
	void *copy;

	*len = 0;
	if (s == NULL)
		return NULL;
	raw = PQunescapeBytea((const unsigned char *)s, len);
	if (raw == NULL)
		abort();
	copy = mem_strndup(m, (const char *)raw, *len);
	PQfreemem(raw);
	return copy;
}

void
db_result_free(struct db_result *r)
{
	if (r == NULL)
		return;
	PQclear(r->res);
	free(r);
}
