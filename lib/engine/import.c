/*
 * import.c - a list of contacts is taken in at once.  See import.h.
 */
#include "config.h"

#include "engine/import.h"

#include "base/clock.h"
#include "base/json.h"
#include "flow/csv_contact.h"
#include "store/contact.h"

#include <string.h>

#include "base/banned.h"

#define BATCH 300 /* lines of one commit */

/* An import under way. */
struct importing {
	struct db *db;
	const struct import *im;
	struct mem *m;	   /* of the whole import */
	struct mem *batch; /* of the lines that wait */
	struct csv_columns columns;
	struct json_object *custom_types;
	struct json_object *report, *problems;
	struct buf list; /* as hookline.contact_import takes it */
	size_t line[BATCH];
	int n;				  /* lines that wait */
	size_t done_line;		  /* the last that was committed */
	const struct import_piece *piece; /* NULL: it is a whole file */
	struct json_object *rows;	  /* NULL: nobody wants them */
	struct json_object *row[BATCH];	  /* of the lines that wait */
	size_t n_lines;			  /* that were read */
};

static void
count(struct importing *i, const char *what)
{
	json_object_object_add(
		i->report, what,
		json_object_new_int64(json_get_int(i->report, what, 0) + 1));
}

static void
add_problem(struct importing *i, size_t line, const char *status,
	    const char *reason)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "line", json_object_new_int64((int64_t)line));
	json_set_string(o, "status", status);
	json_set_string(o, "reason", reason);
	json_object_array_add(i->problems, o);
}

static void
skip(struct importing *i, size_t line, const char *reason)
{
	count(i, "skipped");
	add_problem(i, line, "skipped", reason);
}

static void
add_row(struct importing *i, size_t line, const char *status,
	struct json_object *contact, struct json_object *tags)
{
	struct json_object *o;

	if (i->rows == NULL)
		return;
	o = json_object_new_object();
	json_object_object_add(o, "line", json_object_new_int64((int64_t)line));
	json_set_string(o, "status", status);
	if (contact != NULL)
		json_object_object_add(o, "contact", json_copy(contact));
	if (tags != NULL)
		json_object_object_add(o, "tags", json_copy(tags));
	json_object_array_add(i->rows, o);
	i->row[i->n] = o;
}

/* What became of the lines that waited. */
static void
take_verdicts(struct importing *i, const struct contact_taken *taken)
{
	int at;

	for (at = 0; at < i->n; at++) {
		if (i->rows != NULL)
			json_set_string(i->row[at], "status",
					taken[at].verdict);
		if (strcmp(taken[at].verdict, "skipped") == 0) {
			skip(i, i->line[at], taken[at].reason);
			continue;
		}
		count(i, taken[at].verdict);
		if (taken[at].reason != NULL)
			add_problem(i, i->line[at], "noted", taken[at].reason);
	}
}

/* Write the lines that wait, and forget them. */
static int
flush_batch(struct importing *i, struct err *e)
{
	struct contact_taken taken[BATCH];

	if (i->n == 0)
		return 0;
	buf_addc(&i->list, ']');
	if (contact_import(i->db, i->im->account_id, i->list.s,
			   i->im->is_dry_run, i->batch, taken, i->n, e) == -1) {
		if (i->done_line > 0 && !i->im->is_dry_run && i->piece == NULL)
			err_context(e,
				    "all up to line %zu is taken in, the rest "
				    "is not: import the file again",
				    i->done_line);
		return -1;
	}
	take_verdicts(i, taken);
	i->done_line = i->line[i->n - 1];
	i->n = 0;
	buf_reset(&i->list);
	mem_reset(i->batch);
	return 0;
}

/* What of a line does not fit, in one text; NULL when all does. */
static const char *
left_out(struct importing *i, const struct faults *f)
{
	const char *text = NULL;
	size_t at;

	for (at = 0; at < f->n; at++)
		text = mem_printf(i->batch, "%s%s%s: %s",
				  text != NULL ? text : "",
				  text != NULL ? "; " : "", f->list[at].path,
				  f->list[at].detail);
	return text;
}

static void
queue_line(struct importing *i, size_t line, struct csv_contact *c)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "contact",
			       json_object_get(c->mapped.contact));
	json_set_string(o, "email_key", c->mapped.email_key);
	if (c->tags != NULL)
		json_object_object_add(o, "tags", json_object_get(c->tags));
	if (c->do_not_contact != NULL)
		json_object_object_add(o, "do_not_contact",
				       json_object_get(c->do_not_contact));
	json_set_string(o, "unsubscribed_at", c->unsubscribed_at);
	buf_addc(&i->list, i->n == 0 ? '[' : ',');
	json_write(&i->list, o);
	json_object_put(o);
	add_row(i, line, "", c->mapped.contact, c->tags);
	i->line[i->n++] = line;
}

static void
take_line(struct importing *i, const struct csv_record *r)
{
	struct err e = ERR_INIT;
	struct csv_contact c;
	const char *flaws;

	if (csv_contact_read(&i->columns, r, i->im->country, i->custom_types,
			     i->batch, &c, &e) == -1) {
		add_row(i, r->line, "skipped", NULL, NULL);
		skip(i, r->line, e.text);
		return;
	}
	flaws = left_out(i, &c.mapped.invalid);
	if (json_get(c.mapped.contact, "email") == NULL &&
	    json_get(c.mapped.contact, "phone") == NULL) {
		add_row(i, r->line, "skipped", c.mapped.contact, c.tags);
		skip(i, r->line,
		     flaws != NULL ? flaws
				   : "neither an e-mail address nor a "
				     "telephone number");
		return;
	}
	if (flaws != NULL)
		add_problem(i, r->line, "noted",
			    mem_printf(i->batch, "not stored: %s", flaws));
	queue_line(i, r->line, &c);
}

/* May another line of a piece be read?  Not one that may be cut off at its end;
 * and time is looked at where nothing waits. */
static int
may_go_on(const struct importing *i, const struct csv *csv)
{
	const struct import_piece *p = i->piece;

	if (p == NULL)
		return 1;
	if (!p->is_last && csv->end - csv->at <= IMPORT_LINE_MAX)
		return 0;
	if (p->most_lines > 0 && i->n_lines >= p->most_lines)
		return 0;
	return p->until_ms == 0 || i->n > 0 || i->n_lines < BATCH ||
	       clock_ms() < p->until_ms;
}

static int
take_lines(struct importing *i, struct csv *csv, struct err *e)
{
	struct err fault = ERR_INIT;
	struct csv_record r;
	int rc;

	while (may_go_on(i, csv) &&
	       (rc = csv_read(csv, i->batch, &r, &fault)) != 0) {
		count(i, "lines");
		i->n_lines++;
		if (rc == -1) {
			add_row(i, r.line, "skipped", NULL, NULL);
			skip(i, r.line, fault.text);
		} else {
			take_line(i, &r);
		}
		if (i->n == BATCH && flush_batch(i, e) == -1)
			return -1;
		if (i->n == 0)
			mem_reset(i->batch);
	}
	return flush_batch(i, e);
}

static int
by_line(const void *a, const void *b)
{
	struct json_object *const *x = a, *const *y = b;
	int64_t n = json_get_int(*x, "line", 0) - json_get_int(*y, "line", 0);

	return n < 0 ? -1 : n > 0;
}

static void
begin_report(struct importing *i)
{
	static const char *const numbers[] = { "lines", "created", "updated",
					       "unchanged", "skipped" };
	size_t k;

	i->report = json_pool(i->m, json_object_new_object());
	for (k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++)
		json_object_object_add(i->report, numbers[k],
				       json_object_new_int64(0));
	i->problems = json_object_new_array();
	json_object_object_add(i->report, "problems", i->problems);
	if (i->im->has_rows) {
		i->rows = json_object_new_array();
		json_object_object_add(i->report, "rows", i->rows);
	}
	json_object_object_add(i->report, "ignored",
			       json_object_get(i->columns.ignored));
	json_object_object_add(i->report, "dry_run",
			       json_object_new_boolean(i->im->is_dry_run));
}

static int
read_head(struct importing *i, struct csv *csv, struct err *e)
{
	struct csv_record head;
	int rc = csv_read(csv, i->m, &head, e);

	if (rc == 0)
		return err_set(e, ERR_INPUT, "the file is empty");
	if (rc == -1)
		return err_context(e, "line %zu", head.line);
	return csv_columns(i->m, &head, i->im->map, &i->columns, e);
}

/* All that is left of `csv`, its columns being known. */
static int
take_all(struct importing *i, struct csv *csv, struct json_object **report,
	 struct err *e)
{
	int rc = -1;

	i->batch = mem_new();
	if (contact_custom_types(i->db, i->im->account_id, i->m,
				 &i->custom_types, e) == 0) {
		begin_report(i);
		rc = take_lines(i, csv, e);
	}
	if (rc == 0) {
		json_object_array_sort(i->problems, by_line);
		*report = i->report;
	}
	mem_free(i->batch);
	buf_free(&i->list);
	return rc;
}

int
import_csv(struct db *db, const struct import *im, const char *text, size_t len,
	   struct mem *m, struct json_object **report, struct err *e)
{
	struct importing i = { .db = db, .im = im, .m = m, .list = BUF_INIT };
	struct csv csv;

	csv_begin(&csv, text, len);
	if (read_head(&i, &csv, e) == -1)
		return -1;
	return take_all(&i, &csv, report, e);
}

int
import_head(const char *text, size_t len, struct mem *m,
	    struct import_head *out, struct err *e)
{
	struct csv csv;
	int rc;

	csv_begin(&csv, text, len);
	rc = csv_read(&csv, m, &out->names, e);
	if (rc == 0)
		return err_set(e, ERR_INPUT, "the file is empty");
	if (rc == -1)
		return err_context(e, "line %zu", out->names.line);
	out->len = (size_t)(csv.at - text);
	out->line = csv.line;
	out->separator = csv.separator;
	return 0;
}

int
import_piece(struct db *db, const struct import *im, struct import_piece *p,
	     struct mem *m, struct json_object **report, struct err *e)
{
	struct importing i = {
		.db = db, .im = im, .m = m, .list = BUF_INIT, .piece = p
	};
	struct csv csv = { p->text, p->text + p->len, p->line,
			   p->head->separator };

	if (csv_columns_told(m, &p->head->names, p->targets, &i.columns, e) ==
		    -1 ||
	    take_all(&i, &csv, report, e) == -1)
		return -1;
	p->read = (size_t)(csv.at - p->text);
	p->next_line = csv.line;
	return 0;
}
