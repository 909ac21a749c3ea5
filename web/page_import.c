/*
 * page_import.c - contacts out of a file: it is brought, its columns are told
 * (guessed first), and a preview shows what would become of its first lines.
 * Taking it in is page_import_run.c.
 */
#include "config.h"

#include "base/json.h"
#include "contact.h"
#include "engine/import.h"
#include "flow/csv_contact.h"
#include "flow/own_name.h"
#include "http/html.h"
#include "http/plain_text.h"
#include "import.h"
#include "pages.h"
#include "store/contact.h"
#include "store/field.h"
#include "store/import_job.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define LOOK (256 << 10) /* so much of a file is looked at */
#define SAMPLE 20	 /* lines, to guess by */
#define SHOWN 3
#define PREVIEW 50 /* lines */

/* --- bringing a file
 * ---------------------------------------------------------- */

static void
import_row(struct page *p, struct json_object *job)
{
	const char *state = json_get_string(job, "state");

	html(&p->body, "<tr><th scope=\"row\">");
	link_to(p, url(p, "contacts/import/%s", json_get_string(job, "id")),
		json_get_string(job, "filename"));
	html(&p->body, "</th>");
	cell_begin(p, "State");
	badge(p, strcmp(state, "mapping") == 0 ? "waiting" : state);
	cell_end(p);
	cell_number(p, "Lines", json_get_int(job, "lines", 0));
	cell_text(p, "By", json_get_string(job, "made_by"));
	cell_begin(p, "When");
	html_time(p, json_get_string(job, "created_at"));
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
earlier(struct page *p, struct json_object *list)
{
	size_t i, n = json_object_array_length(list);

	if (n == 0)
		return;
	html(&p->body, "<h2>Of the last day</h2>\n");
	table_begin(p, "Imports of the last day", "File|State|#Lines|By|When");
	for (i = 0; i < n; i++)
		import_row(p, json_object_array_get_idx(list, i));
	table_end(p);
}

static void
bring_form(struct page *p, const char *fault)
{
	const struct field file = { .name = "file",
				    .label = "CSV file",
				    .type = "file",
				    .fault = fault,
				    .help = "As spreadsheets and other tools "
					    "save contacts. The first line "
					    "names the columns. At most "
					    "16 MB." };
	const struct field text = { .name = "text",
				    .label = "Or paste its lines",
				    .type = "area",
				    .value = form_raw(p, "text"),
				    .rows = 6,
				    .is_mono = 1,
				    .placeholder =
					    "email,first_name,tags\n"
					    "alex@example.com,Alex,customer" };

	html(&p->body, "<div class=\"card\">\n");
	form_begin_files(p, url(p, "contacts/import"));
	form_field(p, &file);
	form_field(p, &text);
	form_button(p, "main", NULL, NULL, "Go on");
	form_end(p);
	html(&p->body, "</div>\n");
}

static void
show_bring(struct page *p, const char *fault)
{
	struct json_object *list;
	struct err e = ERR_INIT;

	if (import_job_list(p->db, p->who->account_id, p->mem, &list, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	if (fault != NULL)
		p->status = 422;
	layout_crumb(p, url(p, "contacts"), "Contacts");
	layout_begin(p, "Import contacts", "contacts");
	html(&p->body, "<p>Who is there already, by e-mail address or phone "
		       "number, is brought up to date; others are made. No "
		       "workflow begins by this. You see what happens before "
		       "it does.</p>\n");
	bring_form(p, fault);
	earlier(p, list);
	layout_end(p);
}

void
page_contact_import(struct page *p)
{
	show_bring(p, NULL);
}

void
do_contact_import(struct page *p)
{
	const struct upload *up = form_upload(p, "file");
	const char *pasted = form_raw(p, "text"), *id, *filename;
	struct import_file f = { p->who->email, "Pasted lines", pasted,
				 strlen(pasted) };
	struct plain_text text;
	struct import_head head;
	struct err e = ERR_INIT;

	if (up != NULL && up->len > 0) {
		filename = strrchr(up->filename, '\\');
		f.name = filename != NULL ? filename + 1 : up->filename;
		f.bytes = up->bytes;
		f.len = up->len;
	}
	plain_text_read(p->mem, f.bytes, f.len, &text);
	f.bytes = text.s;
	f.len = text.len;
	if (import_head(f.bytes, f.len, p->mem, &head, &e) == -1) {
		show_bring(p, f.len == 0 ? "Choose a file, or paste its lines."
					 : e.text);
		return;
	}
	if (import_job_add(p->db, p->who->account_id, &f, p->mem, &id, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	if (strcmp(text.was, "UTF-8") != 0)
		page_say(p, 0,
			 "The file was read as %s: look whether its letters "
			 "are right.",
			 text.was);
	page_redirect(p, url(p, "contacts/import/%s", id));
}

struct json_object *
import_load(struct page *p)
{
	struct json_object *job;
	struct err e = ERR_INIT;

	if (!is_id(p->arg[0])) {
		page_missing(p);
		return NULL;
	}
	if (import_job_show(p->db, p->who->account_id, p->arg[0], p->mem, &job,
			    &e) == -1) {
		page_fail(p, &e);
		return NULL;
	}
	return job;
}

/* --- its columns
 * --------------------------------------------------------------- */

struct mapping {
	struct json_object *job, *fields;
	const char *text; /* the beginning of the file */
	size_t len;
	struct import_head head;
	struct csv_record sample[SAMPLE];
	size_t n_sample;
	struct json_object *targets; /* a text for each column */
	const char *fault;
	struct json_object *preview; /* a report; NULL: none */
};

static void
read_sample(struct page *p, struct mapping *d)
{
	struct csv csv = { d->text + d->head.len, d->text + d->len,
			   d->head.line, d->head.separator };
	struct err e = ERR_INIT;
	int rc;

	while (d->n_sample < SAMPLE &&
	       (rc = csv_read(&csv, p->mem, &d->sample[d->n_sample], &e)) != 0)
		if (rc == 1)
			d->n_sample++;
}

/* -1 with the page made. */
static int
load_mapping(struct page *p, struct mapping *d, struct json_object *job)
{
	const char *account = p->who->account_id;
	struct err e = ERR_INIT;

	memset(d, 0, sizeof(*d));
	d->job = job;
	if (field_list(p->db, account, p->mem, &d->fields, &e) == -1 ||
	    import_job_text(p->db, account, p->arg[0], 0, LOOK, p->mem,
			    &d->text, &d->len, &e) == -1 ||
	    import_head(d->text, d->len, p->mem, &d->head, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	read_sample(p, d);
	return 0;
}

static void
guess(struct page *p, struct mapping *d)
{
	struct csv_columns c;
	size_t i;

	csv_columns_guess(p->mem, &d->head.names, d->fields, d->sample,
			  d->n_sample, p->who->country, &c);
	d->targets = json_pool(p->mem, json_object_new_array());
	for (i = 0; i < c.n; i++)
		json_object_array_add(
			d->targets,
			json_object_new_string(c.target[i] != NULL ? c.target[i]
								   : ""));
}

static void
choice(struct page *p, const char *value, const char *label, const char *chosen)
{
	html(&p->body, "<option value=\"");
	html_text(&p->body, value);
	if (strcmp(value, chosen) == 0)
		html(&p->body, "\" selected>");
	else
		html(&p->body, "\">");
	html_text(&p->body, label);
	html(&p->body, "</option>");
}

static int
has_field(struct json_object *fields, const char *key)
{
	size_t i;

	for (i = 0; i < json_object_array_length(fields); i++)
		if (strcmp(json_get_string(json_object_array_get_idx(fields, i),
					   "key"),
			   key) == 0)
			return 1;
	return 0;
}

/* A field that a column could be, and is not there yet. */
static void
new_field_choice(struct page *p, struct mapping *d, const char *header,
		 const char *chosen)
{
	const char *key = csv_custom_key(p->mem, header), *target;

	if (key == NULL || own_key_check(key, NULL) == -1 ||
	    has_field(d->fields, key))
		return;
	target = mem_printf(p->mem, "custom.%s", key);
	choice(p, target, mem_printf(p->mem, "New field: %s", header), chosen);
}

static void
choices(struct page *p, struct mapping *d, const char *header,
	const char *chosen)
{
	const struct contact_word *w;
	const char *target;
	size_t i;

	choice(p, "", "Leave out", chosen);
	choice(p, "full_name", "Whole name", chosen);
	for (w = contact_words; w->key != NULL; w++)
		choice(p, w->key, w->label, chosen);
	choice(p, "tags", "Tags", chosen);
	choice(p, "do_not_contact", "Not to be written to by", chosen);
	choice(p, "unsubscribed_at", "Unsubscribed since", chosen);
	for (i = 0; i < json_object_array_length(d->fields); i++) {
		target = mem_printf(
			p->mem, "custom.%s",
			json_get_string(json_object_array_get_idx(d->fields, i),
					"key"));
		choice(p, target, contact_label(p, target, d->fields), chosen);
	}
	new_field_choice(p, d, header, chosen);
}

/* The first values that are there. */
static void
values_cell(struct page *p, struct mapping *d, size_t column)
{
	size_t i;
	int shown = 0;

	cell_begin(p, "Values");
	html(&p->body, "<div>");
	for (i = 0; i < d->n_sample && shown < SHOWN; i++) {
		if (column >= d->sample[i].n ||
		    d->sample[i].field[column][0] == '\0')
			continue;
		if (shown++ > 0)
			html(&p->body, "<span class=\"faint\"> &middot; "
				       "</span>");
		html_text(&p->body, mem_printf(p->mem, "%.60s",
					       d->sample[i].field[column]));
	}
	if (shown == 0)
		html(&p->body, "<span class=\"faint\">nothing</span>");
	html(&p->body, "</div>");
	cell_end(p);
}

static void
column_row(struct page *p, struct mapping *d, size_t i)
{
	const char *header = d->head.names.field[i];
	const char *chosen = json_object_get_string(
		json_object_array_get_idx(d->targets, i));

	html(&p->body, "<tr><th scope=\"row\">");
	buf_addf(&p->body, "<label for=\"c%zu\">", i);
	html_text(&p->body, *header != '\0'
				    ? header
				    : mem_printf(p->mem, "Column %zu", i + 1));
	html(&p->body, "</label></th>");
	values_cell(p, d, i);
	cell_begin(p, "Becomes");
	buf_addf(&p->body, "<select id=\"c%zu\" name=\"c[]\">", i);
	choices(p, d, header, chosen != NULL ? chosen : "");
	html(&p->body, "</select>");
	cell_end(p);
	html(&p->body, "</tr>\n");
}

/* --- the preview
 * ----------------------------------------------------------------- */

static const char *
reason_of(struct json_object *report, int64_t line)
{
	struct json_object *list = json_get(report, "problems"), *o;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (json_get_int(o, "line", 0) == line)
			return json_get_string(o, "reason");
	}
	return NULL;
}

static void
preview_row(struct page *p, struct json_object *report, struct json_object *row)
{
	struct json_object *c = json_get(row, "contact");
	int64_t line = json_get_int(row, "line", 0);
	const char *status = json_get_string(row, "status");
	const char *first = json_get_string(c, "first_name");
	const char *last = json_get_string(c, "last_name");

	html(&p->body, "<tr>");
	cell_number(p, "Line", line);
	cell_begin(p, "Would be");
	if (strcmp(status, "skipped") == 0)
		html(&p->body, "<span class=\"badge bad\">skipped</span>");
	else if (strcmp(status, "created") == 0)
		html(&p->body, "<span class=\"badge good\">created</span>");
	else
		badge(p, status);
	cell_end(p);
	cell_text(p, "E-mail", json_get_string(c, "email"));
	cell_text(p, "Phone", json_get_string(c, "phone"));
	cell_text(p, "Name",
		  mem_printf(p->mem, "%s%s%s", first != NULL ? first : "",
			     first != NULL && last != NULL ? " " : "",
			     last != NULL ? last : ""));
	cell_text(p, "Tags", texts_joined(p, json_get(row, "tags")));
	cell_text(p, "Note", reason_of(report, line));
	html(&p->body, "</tr>\n");
}

static void
show_preview(struct page *p, struct json_object *report)
{
	struct json_object *rows = json_get(report, "rows");
	size_t i, n = json_object_array_length(rows);

	html(&p->body, "<h2 id=\"preview\">What would happen</h2>\n");
	buf_addf(&p->body,
		 "<p>Of the first %zu lines %lld would be created, %lld "
		 "updated, %lld stay as they are, and %lld be skipped. Nothing "
		 "was changed yet.</p>\n",
		 n, (long long)json_get_int(report, "created", 0),
		 (long long)json_get_int(report, "updated", 0),
		 (long long)json_get_int(report, "unchanged", 0),
		 (long long)json_get_int(report, "skipped", 0));
	if (n == 0)
		return;
	table_begin(p, "The first lines, and what would become of them",
		    "#Line|Would be|E-mail|Phone|Name|Tags|Note");
	for (i = 0; i < n; i++)
		preview_row(p, report, json_object_array_get_idx(rows, i));
	table_end(p);
}

static void
make_preview(struct page *p, struct mapping *d)
{
	const struct import im = { .account_id = p->who->account_id,
				   .country = p->who->country,
				   .is_dry_run = 1,
				   .has_rows = 1 };
	struct import_piece piece = {
		.head = &d->head,
		.targets = d->targets,
		.text = d->text + d->head.len,
		.len = d->len - d->head.len,
		.line = d->head.line,
		.is_last = (int64_t)d->len == json_get_int(d->job, "size", 0),
		.most_lines = PREVIEW
	};
	struct err e = ERR_INIT;

	if (import_piece(p->db, &im, &piece, p->mem, &d->preview, &e) == -1) {
		d->preview = NULL;
		d->fault = mem_strdup(p->mem, e.text);
	}
}

/* --- the page
 * ----------------------------------------------------------------------- */

static void
show_mapping(struct page *p, struct mapping *d)
{
	size_t i;

	if (d->fault != NULL)
		p->status = 422;
	layout_crumb(p, url(p, "contacts"), "Contacts");
	layout_crumb(p, url(p, "contacts/import"), "Import");
	layout_begin(p, json_get_string(d->job, "filename"), "contacts");
	if (d->fault != NULL) {
		html(&p->body, "<p class=\"said bad\" role=\"alert\">");
		html_text(&p->body, d->fault);
		html(&p->body, "</p>\n");
	}
	html(&p->body, "<p>Tell what each column is. What looks right is "
		       "chosen already.</p>\n");
	form_begin(p, url(p, "contacts/import/%s", p->arg[0]));
	table_begin(p, "Columns of the file, and what they become",
		    "Column|First values|Becomes");
	for (i = 0; i < d->head.names.n; i++)
		column_row(p, d, i);
	table_end(p);
	html(&p->body, "<div class=\"bar\">");
	form_button(p, d->preview != NULL ? "plain" : "main", "do", "preview",
		    "Preview");
	form_button(p, d->preview != NULL ? "main" : "plain", "do", "import",
		    "Import");
	html(&p->body, "</div>\n");
	form_end(p);
	button_post(p, url(p, "contacts/import/%s/remove", p->arg[0]), "quiet",
		    "Throw this file away");
	if (d->preview != NULL)
		show_preview(p, d->preview);
	layout_end(p);
}

void
import_mapping(struct page *p, struct json_object *job)
{
	struct mapping d;

	if (load_mapping(p, &d, job) == -1)
		return;
	guess(p, &d);
	show_mapping(p, &d);
}

void
page_contact_import_job(struct page *p)
{
	struct json_object *job = import_load(p);

	if (job == NULL)
		return;
	if (strcmp(json_get_string(job, "state"), "mapping") == 0)
		import_mapping(p, job);
	else
		import_progress(p, job);
}

/* Fields that are not there yet are made, as texts. */
static int
make_fields(struct page *p, struct mapping *d, struct err *e)
{
	struct json_object *made;
	const char *target, *label;
	size_t i, n = json_object_array_length(d->targets);

	for (i = 0; i < n && i < d->head.names.n; i++) {
		target = json_object_get_string(
			json_object_array_get_idx(d->targets, i));
		label = d->head.names.field[i];
		if (strncmp(target, "custom.", 7) != 0 ||
		    has_field(d->fields, target + 7))
			continue;
		if (own_key_check(target + 7, e) == -1)
			return -1;
		if (own_text_check("label", label, OWN_LABEL_MAX, NULL) == -1)
			label = "";
		if (field_add(p->db, p->who->account_id, target + 7, "text",
			      label, p->mem, &made, e) == -1)
			return -1;
	}
	return 0;
}

/* The first piece is taken in by the page that is shown next. */
static void
start(struct page *p, struct mapping *d)
{
	struct csv_columns c;
	struct err e = ERR_INIT;

	if (csv_columns_told(p->mem, &d->head.names, d->targets, &c, &e) ==
		    -1 ||
	    make_fields(p, d, &e) == -1 ||
	    import_job_map(p->db, p->who->account_id, p->arg[0],
			   json_pool_text(p->mem, d->targets),
			   (int64_t)d->head.len, (int64_t)d->head.line,
			   &e) == -1) {
		if (e.kind != ERR_INPUT) {
			page_fail(p, &e);
			return;
		}
		d->fault = mem_strdup(p->mem, e.text);
		show_mapping(p, d);
		return;
	}
	page_redirect(p, url(p, "contacts/import/%s", p->arg[0]));
}

void
do_contact_import_job(struct page *p)
{
	struct json_object *job = import_load(p);
	struct mapping d;

	if (job == NULL)
		return;
	if (strcmp(json_get_string(job, "state"), "mapping") != 0) {
		page_redirect(p, url(p, "contacts/import/%s", p->arg[0]));
		return;
	}
	if (load_mapping(p, &d, job) == -1)
		return;
	d.targets = form_list(p, "c");
	if (strcmp(form_value(p, "do"), "import") == 0) {
		start(p, &d);
		return;
	}
	make_preview(p, &d);
	show_mapping(p, &d);
}
