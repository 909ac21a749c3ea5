/*
 * migrate.c - the compiled-in migrations and the table of those that were
 * applied.  See migrate.h.  The text of a migration is never changed here,
 * and none is ever undone.
 */
#include "config.h"

#include "store/migrate.h"

#include "base/hash.h"
#include "base/json.h"
#include "store/queries.h"

#include <stdio.h>
#include <string.h>

struct migration_file {
	int version;
	const char *name;
	const char *text;
};

#include "store/migrations.h"

#include "base/banned.h"

#define N_FILES (sizeof(migration_files) / sizeof(migration_files[0]))
#define HEX_SIZE (2 * SHA256_SIZE + 1)
#define MONTHS_AHEAD "3"

int
migrate_version(void)
{
	return migration_files[N_FILES - 1].version;
}

static const struct migration_file *
file_of(int version)
{
	size_t i;

	for (i = 0; i < N_FILES; i++)
		if (migration_files[i].version == version)
			return &migration_files[i];
	return NULL;
}

static void
checksum_of(const struct migration_file *f, char hex[HEX_SIZE])
{
	unsigned char sum[SHA256_SIZE];
	size_t i;

	sha256(f->text, strlen(f->text), sum);
	for (i = 0; i < SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

/* The rows of hookline.migration; *res is NULL in an empty database. */
static int
read_applied(struct db *db, struct db_result **res, struct err *e)
{
	struct db_result *r;
	int is_there;

	*res = NULL;
	if (db_exec(db, &SQL_MIGRATION_TABLE, NULL, 0, &r, e) == -1)
		return -1;
	is_there = db_bool(r, 0, 0);
	db_result_free(r);
	return is_there ? db_exec(db, &SQL_MIGRATION_LIST, NULL, 0, res, e) : 0;
}

/* The row of a version, or -1. */
static int
row_of(const struct db_result *r, int version)
{
	int i;

	for (i = 0; r != NULL && i < db_rows(r); i++)
		if (db_int(r, i, 0) == version)
			return i;
	return -1;
}

static int
is_same(const struct db_result *r, int row, const struct migration_file *f)
{
	char hex[HEX_SIZE];

	checksum_of(f, hex);
	return strcmp(db_text(r, row, 2), hex) == 0;
}

static int
check_applied(const struct db_result *r, struct err *e)
{
	const struct migration_file *f;
	int i, version;

	for (i = 0; r != NULL && i < db_rows(r); i++) {
		version = (int)db_int(r, i, 0);
		f = file_of(version);
		if (f == NULL)
			return err_set(e, ERR_PERM,
				       "the database has schema version %d, "
				       "which this program (%d) does not know: "
				       "install the newer programs",
				       version, migrate_version());
		if (!is_same(r, i, f))
			return err_set(e, ERR_PERM,
				       "migration %s was applied with another "
				       "text than this program's: the database "
				       "was made by another build; install the "
				       "programs of that build, or migrate an "
				       "empty database",
				       f->name);
	}
	return 0;
}

/* What was applied, after a check that it can be built on. */
static int
look(struct db *db, struct db_result **res, struct err *e)
{
	if (read_applied(db, res, e) == -1)
		return -1;
	if (check_applied(*res, e) == 0)
		return 0;
	db_result_free(*res);
	*res = NULL;
	return -1;
}

/* The first migration makes the table, so there its row comes last. */
static int
is_row_last(const struct migration_file *f)
{
	return f == &migration_files[0];
}

static int
insert_row(struct db *db, const struct migration_file *f, struct err *e)
{
	char version[16], hex[HEX_SIZE];
	struct db_param p[3] = { DB_TEXT(version), DB_TEXT(f->name),
				 DB_TEXT(hex) };

	snprintf(version, sizeof(version), "%d", f->version);
	checksum_of(f, hex);
	return db_run(db, &SQL_MIGRATION_INSERT, p, 3, e);
}

static int
apply(struct db *db, const struct migration_file *f, struct err *e)
{
	int rc = -1;

	if (db_begin(db, e) == -1)
		return -1;
	if (!is_row_last(f) && insert_row(db, f, e) == -1)
		goto out;
	if (db_script(db, f->text, e) == -1)
		goto out;
	if (is_row_last(f) && insert_row(db, f, e) == -1)
		goto out;
	rc = db_commit(db, e);
out:
	if (rc == -1) {
		db_rollback(db);
		err_context(e, "migration %s", f->name);
	}
	return rc;
}

/* Did somebody else apply it while we tried? */
static int
is_done_by_others(struct db *db, const struct migration_file *f)
{
	struct db_result *r;
	int row;

	if (look(db, &r, NULL) == -1)
		return 0;
	row = row_of(r, f->version);
	db_result_free(r);
	return row >= 0;
}

static struct json_object *
describe(int version, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "version", json_object_new_int(version));
	json_object_object_add(o, "name", json_object_new_string(name));
	return o;
}

static int
apply_missing(struct db *db, struct json_object *applied, struct err *e)
{
	const struct migration_file *f;
	struct db_result *r;
	int rc = -1;
	size_t i;

	if (look(db, &r, e) == -1)
		return -1;
	for (i = 0; i < N_FILES; i++) {
		f = &migration_files[i];
		if (row_of(r, f->version) >= 0)
			continue;
		if (apply(db, f, e) == 0)
			json_object_array_add(applied,
					      describe(f->version, f->name));
		else if (!is_done_by_others(db, f))
			goto out;
	}
	rc = 0;
out:
	db_result_free(r);
	return rc;
}

static int
grant_roles(struct db *db, struct json_object *missing, struct err *e)
{
	struct db_result *r;
	const char *s, *end;

	if (db_exec(db, &SQL_ROLES_GRANT, NULL, 0, &r, e) == -1)
		return err_context(e, "granting the roles");
	for (s = db_text(r, 0, 0); *s != '\0'; s = end + (*end == ' ')) {
		end = s + strcspn(s, " ");
		json_object_array_add(
			missing, json_object_new_string_len(s, (int)(end - s)));
	}
	db_result_free(r);
	return 0;
}

static int
make_partitions(struct db *db, int64_t *made, struct err *e)
{
	struct db_param p = DB_TEXT(MONTHS_AHEAD);
	struct db_result *r;

	if (db_exec(db, &SQL_PARTITION_ENSURE, &p, 1, &r, e) == -1)
		return err_context(e, "making partitions");
	*made = db_int(r, 0, 0);
	db_result_free(r);
	return 0;
}

int
migrate_up(struct db *db, struct json_object **out, struct err *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *applied = json_object_new_array();
	struct json_object *missing = json_object_new_array();
	int64_t made = 0;

	json_object_object_add(o, "version",
			       json_object_new_int(migrate_version()));
	json_object_object_add(o, "applied", applied);
	json_object_object_add(o, "missing_roles", missing);
	if (apply_missing(db, applied, e) == -1 ||
	    grant_roles(db, missing, e) == -1 ||
	    make_partitions(db, &made, e) == -1) {
		json_object_put(o);
		return -1;
	}
	json_object_object_add(o, "partitions_made",
			       json_object_new_int64(made));
	*out = o;
	return 0;
}

/* `row` is -1 for what is missing, `f` NULL for what is not compiled in. */
static struct json_object *
describe_state(const struct db_result *r, int row,
	       const struct migration_file *f)
{
	struct json_object *o, *at = NULL, *sum = NULL;

	if (row >= 0) {
		at = json_object_new_string(db_text(r, row, 3));
		sum = json_object_new_string(f == NULL		  ? "unknown"
					     : is_same(r, row, f) ? "ok"
								  : "differs");
	}
	o = f != NULL ? describe(f->version, f->name)
		      : describe((int)db_int(r, row, 0), db_text(r, row, 1));
	json_object_object_add(o, "applied_at", at);
	json_object_object_add(o, "checksum", sum);
	return o;
}

int
migrate_status(struct db *db, struct json_object **out, struct err *e)
{
	struct json_object *list;
	struct db_result *r;
	size_t i;
	int row;

	if (read_applied(db, &r, e) == -1)
		return -1;
	list = json_object_new_array();
	for (i = 0; i < N_FILES; i++) {
		row = row_of(r, migration_files[i].version);
		json_object_array_add(
			list, describe_state(r, row, &migration_files[i]));
	}
	for (row = 0; r != NULL && row < db_rows(r); row++)
		if (file_of((int)db_int(r, row, 0)) == NULL)
			json_object_array_add(list,
					      describe_state(r, row, NULL));
	db_result_free(r);
	*out = list;
	return 0;
}

/* A statement with its parameters written into it: numbers, and names and
 * checksums, in which no quote occurs. */
static void
add_statement(struct buf *out, const struct sql *q, const char *const *values)
{
	const char *s;

	for (s = q->text; *s != '\0'; s++)
		if (*s == '$')
			buf_addf(out, "'%s'", values[*++s - '1']);
		else if (*s != '\n' || s[1] != '\0')
			buf_addc(out, *s);
	buf_adds(out, ";\n");
}

static void
add_row(struct buf *out, const struct migration_file *f)
{
	char version[16], hex[HEX_SIZE];
	const char *values[3] = { version, f->name, hex };

	snprintf(version, sizeof(version), "%d", f->version);
	checksum_of(f, hex);
	add_statement(out, &SQL_MIGRATION_INSERT, values);
}

int
migrate_sql(struct db *db, struct buf *out, struct err *e)
{
	const char *months[1] = { MONTHS_AHEAD };
	const struct migration_file *f;
	struct db_result *r = NULL;
	size_t i;

	if (db != NULL && look(db, &r, e) == -1)
		return -1;
	for (i = 0; i < N_FILES; i++) {
		f = &migration_files[i];
		if (row_of(r, f->version) >= 0)
			continue;
		buf_adds(out, "begin;\n");
		if (!is_row_last(f))
			add_row(out, f);
		buf_adds(out, f->text);
		if (is_row_last(f))
			add_row(out, f);
		buf_adds(out, "commit;\n\n");
	}
	add_statement(out, &SQL_ROLES_GRANT, NULL);
	add_statement(out, &SQL_PARTITION_ENSURE, months);
	db_result_free(r);
	return 0;
}
