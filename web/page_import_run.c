/*
 * page_import_run.c - an import that runs: each look at its page takes in a
 * piece, for about a second, until nothing is left; the browser looks again by
 * itself.  Two that look at once do not disturb each other, and whoever closes
 * the page goes on later where it stopped.
 */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "engine/import.h"
#include "http/html.h"
#include "import.h"
#include "pages.h"
#include "store/import_job.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define HEAD (256 << 10)
#define PIECE (1 << 20)
#define WORK_MS 1200
#define CLAIM_S 60
#define PROBLEMS_MAX 200 /* of one piece */

/* --- taking in a piece
 * ---------------------------------------------------------- */

static void
copy_number(struct json_object *to, struct json_object *from, const char *key)
{
	json_object_object_add(
		to, key, json_object_new_int64(json_get_int(from, key, 0)));
}

static struct json_object *
first_problems(struct json_object *list)
{
	struct json_object *out = json_object_new_array();
	size_t i;

	for (i = 0; i < json_object_array_length(list) && i < PROBLEMS_MAX; i++)
		json_object_array_add(
			out,
			json_object_get(json_object_array_get_idx(list, i)));
	return out;
}

static const char *
note_of(struct page *p, int64_t from, const struct import_piece *piece,
	struct json_object *report)
{
	struct json_object *o = json_pool(p->mem, json_object_new_object());

	json_object_object_add(o, "from", json_object_new_int64(from));
	json_object_object_add(
		o, "read_to",
		json_object_new_int64(from + (int64_t)piece->read));
	json_object_object_add(
		o, "line", json_object_new_int64((int64_t)piece->next_line));
	copy_number(o, report, "lines");
	copy_number(o, report, "created");
	copy_number(o, report, "updated");
	copy_number(o, report, "unchanged");
	copy_number(o, report, "skipped");
	json_object_object_add(o, "problems",
			       first_problems(json_get(report, "problems")));
	return json_pool_text(p->mem, o);
}

static int
take_piece(struct page *p, struct json_object *job, struct err *e)
{
	const char *account = p->who->account_id, *beginning;
	const struct import im = { .account_id = account,
				   .country = p->who->country };
	int64_t from = json_get_int(job, "read_to", 0);
	int64_t size = json_get_int(job, "size", 0);
	struct import_piece piece = { 0 };
	struct import_head head;
	struct json_object *report;
	size_t len;

	if (import_job_text(p->db, account, p->arg[0], 0, HEAD, p->mem,
			    &beginning, &len, e) == -1 ||
	    import_head(beginning, len, p->mem, &head, e) == -1 ||
	    import_job_text(p->db, account, p->arg[0], from, PIECE, p->mem,
			    &piece.text, &piece.len, e) == -1)
		return -1;
	piece.head = &head;
	piece.targets = json_get(job, "targets");
	piece.line = (size_t)json_get_int(job, "line", 1);
	piece.is_last = from + (int64_t)piece.len >= size;
	piece.until_ms = clock_ms() + WORK_MS;
	if (import_piece(p->db, &im, &piece, p->mem, &report, e) == -1)
		return -1;
	return import_job_note(p->db, account, p->arg[0],
			       note_of(p, from, &piece, report), e);
}

/* --- showing it
 * ------------------------------------------------------------------- */

static void
number_fact(struct page *p, const char *label, struct json_object *job,
	    const char *key)
{
	html(&p->body, "<dt>");
	html_text(&p->body, label);
	buf_addf(&p->body, "</dt><dd>%lld</dd>",
		 (long long)json_get_int(job, key, 0));
}

static void
numbers(struct page *p, struct json_object *job)
{
	html(&p->body, "<dl class=\"facts\">");
	number_fact(p, "Lines taken in", job, "lines");
	number_fact(p, "Contacts created", job, "created");
	number_fact(p, "Contacts updated", job, "updated");
	number_fact(p, "Nothing new", job, "unchanged");
	number_fact(p, "Skipped", job, "skipped");
	html(&p->body, "</dl>\n");
}

static void
problem_rows(struct page *p, struct json_object *job)
{
	struct json_object *list = json_get(job, "problems"), *o;
	size_t i, n = json_object_array_length(list);

	if (n == 0)
		return;
	html(&p->body,
	     "<h2>What could not be taken</h2>\n"
	     "<p>A skipped line left nothing; of a noted one the rest "
	     "was stored. Mend the lines and import them again: what "
	     "is there already stays.</p>\n");
	table_begin(p, "Lines that could not be taken whole", "#Line|What|Why");
	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(list, i);
		html(&p->body, "<tr>");
		cell_number(p, "Line", json_get_int(o, "line", 0));
		cell_text(p, "What", json_get_string(o, "status"));
		cell_text(p, "Why", json_get_string(o, "reason"));
		html(&p->body, "</tr>\n");
	}
	table_end(p);
	if (n >= PROBLEMS_MAX)
		html(&p->body, "<p>There may be more: these are the first."
			       "</p>\n");
}

static void
running(struct page *p, struct json_object *job)
{
	long long size = json_get_int(job, "size", 0);
	long long at = json_get_int(job, "read_to", 0);

	buf_addf(&p->headers, "Refresh: %d\r\n",
		 json_get_bool(job, "is_busy", 0) ? 2 : 0);
	html(&p->body, "<div class=\"card\" role=\"status\"><p><label "
		       "for=\"how-far\">Being taken in: ");
	buf_addf(&p->body,
		 "%lld %%</label></p><progress id=\"how-far\" max=\"%lld\" "
		 "value=\"%lld\">%lld %%</progress>\n",
		 size > 0 ? at * 100 / size : 100, size, at,
		 size > 0 ? at * 100 / size : 100);
	html(&p->body, "<p class=\"help\">This page goes on by itself. If you "
		       "leave it, come back and it goes on where it stopped."
		       "</p></div>\n");
}

static void
show(struct page *p, struct json_object *job)
{
	int is_done = strcmp(json_get_string(job, "state"), "done") == 0;

	layout_crumb(p, url(p, "contacts"), "Contacts");
	layout_crumb(p, url(p, "contacts/import"), "Import");
	layout_begin(p, json_get_string(job, "filename"), "contacts");
	if (is_done) {
		html(&p->body,
		     "<p class=\"said\" role=\"status\">All of it was "
		     "taken in.</p>\n");
		numbers(p, job);
		html(&p->body, "<p>");
		link_to(p, url(p, "contacts"), "To the contacts");
		html(&p->body, "</p>\n");
	} else {
		running(p, job);
		numbers(p, job);
		button_post(p, url(p, "contacts/import/%s/remove", p->arg[0]),
			    "danger", "Stop here");
	}
	problem_rows(p, job);
	layout_end(p);
}

void
import_progress(struct page *p, struct json_object *job)
{
	struct json_object *mine = NULL;
	struct err e = ERR_INIT;

	if (strcmp(json_get_string(job, "state"), "running") == 0 &&
	    import_job_claim(p->db, p->who->account_id, p->arg[0], CLAIM_S,
			     p->mem, &mine, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (mine != NULL && take_piece(p, mine, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (mine != NULL)
		job = import_load(p);
	if (job != NULL)
		show(p, job);
}

void
do_contact_import_remove(struct page *p)
{
	struct json_object *job = import_load(p);
	struct err e = ERR_INIT;

	if (job == NULL)
		return;
	if (import_job_remove(p->db, p->who->account_id, p->arg[0], &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (strcmp(json_get_string(job, "state"), "mapping") == 0)
		page_say(p, 0, "The file was thrown away.");
	else
		page_say(p, 0,
			 "The import was stopped behind line %lld. What was "
			 "taken in until then stays.",
			 (long long)json_get_int(job, "line", 0));
	page_redirect(p, url(p, "contacts/import"));
}
