/*
 * web.h - the builder's rooms: every page is a row of routes.c, and what it
 * demands is data.  Pages read a request and fill a buffer; they know no
 * transport (fcgi/builder.c) and no SQL (lib/store).
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>

struct conf;
struct db;
struct json_object;
struct secrets;

/* Who is logged in; texts from the page's pool. */
struct visitor {
	const char *account_id, *account_name;
	const char *timezone; /* the account's, an IANA name */
	const char *country;  /* the account's, for telephone numbers */
	const char *user_id, *email, *name;
	const char *csrf; /* what every form of this session carries */
	int64_t now_us;	  /* the database's time, since 1970 */
};

#define PAGE_ARGS 3

/* A file that a form brought. */
struct upload {
	const char *name; /* of the field */
	const char *filename;
	const char *bytes; /* NUL-terminated behind `len` */
	size_t len;
};

/* One request, and the page being made for it. */
struct page {
	struct mem *mem;
	struct db *db;
	const struct conf *conf;
	const struct secrets *secrets;
	const char *root; /* the site's path: "/" or "/somewhere/" */

	/* the request; nothing is NULL but where it says so */
	const char *method;	   /* "GET", "POST"; a HEAD is a GET here */
	const char *path;	   /* below root: "workflows/7" */
	const char *raw_query;	   /* as it came, without "?" */
	struct json_object *query; /* names nest as decode_form says */
	struct json_object *form;  /* of a POST, likewise; else empty */
	const struct upload *uploads;
	size_t n_uploads;
	const char *cookies;	 /* the header, "" without */
	const char *remote_addr; /* "" when unknown */
	const char *sent_from;	 /* Sec-Fetch-Site, "" without */
	const char *origin;	 /* the Origin header, "" without */
	const char *host;	 /* the Host header, "" without */
	int is_https;
	int is_partial;		    /* htmx asks: only the part that changes */
	int64_t began_us;	    /* of the monotonic clock */
	const char *arg[PAGE_ARGS]; /* what stands for each {} of the route */
	struct visitor *who;	    /* NULL: nobody is logged in */

	/* the answer */
	int status;
	const char *type;   /* Content-Type */
	struct buf headers; /* more of them, each "Name: value\r\n" */
	struct buf body;
	int shows_mail; /* in a frame without rights, with styles of its own */
	/* A long file: NULL, or called again and again with an empty body when
	 * the headers and the body were sent.  0: that was the end. */
	int (*more)(struct page *p);
	void *rest; /* more's own */

	/* the frame's own (layout.c) */
	const char *crumbs[4][2]; /* address, text */
	size_t n_crumbs;
};

enum page_need {
	NEED_LOGIN = 1,
	NEED_CSRF = 2 /* every POST: the form's token, and the same site */
};

struct route {
	const char *method; /* "GET" or "POST" */
	const char *path;   /* below root; {} stands for one segment */
	unsigned needs;
	void (*make)(struct page *p);
};

/* Ended by a row without path. */
extern const struct route routes[];

/* Answer the request: 404 when there is no such page, a login form where one
 * is needed. */
void web_answer(struct page *p);

/* --- what came (request.c) ------------------------------------------------ */

/* A value of the form or of the query, trimmed at both ends, "" when it is not
 * there or no text.  Lists and objects are in p->form and p->query. */
const char *form_value(const struct page *p, const char *name);
const char *query_value(const struct page *p, const char *name);

/* The form's value as it was typed, not trimmed. */
const char *form_raw(const struct page *p, const char *name);

/* Was a check box ticked, or a button with this name pressed? */
int form_has(const struct page *p, const char *name);

/* The values of a field that may come several times; an empty list when there
 * is none.  Owned by the pool. */
struct json_object *form_list(const struct page *p, const char *name);

/* The upload of the field `name`, NULL when none with a file name came. */
const struct upload *form_upload(const struct page *p, const char *name);

/* A decimal number that fits an id of the database?  What comes from an
 * address or a form is asked before it goes to a query. */
int is_id(const char *text);

/* The cookie `name`, NULL when there is none; from the pool. */
const char *page_cookie(struct page *p, const char *name);

/* --- addresses (links.c) ---------------------------------------------------
 */

/* A path of this site, from the pool: url(p, "workflows/%s", id).  Ids only:
 * other texts go through url_arg first. */
const char *url(const struct page *p, const char *fmt, ...) PRINTF(2, 3);

/* `text` percent-encoded for a query or path, from the pool. */
const char *url_arg(const struct page *p, const char *text);

/* This page with the query parameter `name` set to `value` (NULL: taken out),
 * the others as they are; from the pool. */
const char *url_with(const struct page *p, const char *name, const char *value);

/* <a href="...">text</a> */
void link_to(struct page *p, const char *href, const char *text);

/* --- ends (ends.c): after one of these a page returns ----------------------
 */

/* 303 to `href`, a url(). */
void page_redirect(struct page *p, const char *href);

/* What the next page that is shown says on top, once: "3 runs were
 * cancelled".  `is_bad`: something was not done. */
void page_say(struct page *p, int is_bad, const char *fmt, ...) PRINTF(3, 4);

/* A page that says what is wrong: 404 for ERR_GONE, 422 for ERR_INPUT, 503 for
 * ERR_TEMP, else 500 without the text, which is logged.  What was written
 * before is thrown away. */
void page_fail(struct page *p, const struct err *e);

/* A page that says one thing, with a status of its own. */
void page_note(struct page *p, int status, const char *title, const char *text);

/* The same 404 for what is not there and for what is another account's. */
void page_missing(struct page *p);

/* A file to be kept: type and Content-Disposition; the body is the caller's. */
void page_download(struct page *p, const char *type, const char *filename);

/* --- the frame of every page (layout.c) ------------------------------------
 */

/*
 * Begin and end.  `place` is the entry of the menu that is marked: "workflows",
 * "runs", "deliveries", "contacts", "settings"; NULL: none.  What stands
 * between them is inside <main>, after <h1>title</h1>.
 */
void layout_begin(struct page *p, const char *title, const char *place);
void layout_end(struct page *p);

/* The way to here, above the title: call it before layout_begin, outermost
 * first. */
void layout_crumb(struct page *p, const char *href, const char *text);

/* Tabs below the title: ended by a row without text.  The one whose `key` is
 * `current` is marked. */
struct tab {
	const char *key, *href, *text;
};
void layout_tabs(struct page *p, const struct tab *tabs, const char *current);

/* Columns of a list: the table's beginning, and its end.  `caption` is for
 * screen readers; head is "Name|Status|#Runs" (# : a number, right-aligned). */
void table_begin(struct page *p, const char *caption, const char *head);
void table_end(struct page *p);

/* One cell.  A label is shown before it where rows are stacked (390 pixels). */
void cell_begin(struct page *p, const char *label);
void cell_end(struct page *p);
void cell_text(struct page *p, const char *label, const char *text);
void cell_number(struct page *p, const char *label, int64_t n);

/* "Older" below a list, when there is one: `next` is the key that the parameter
 * `name` of this page's address shall have; NULL: nothing follows. */
void pager(struct page *p, const char *name, const char *next);

/* A status as a coloured word: completed, failed, enrolled, rejected... */
void badge(struct page *p, const char *status);

/* "nothing here yet", and what to do: a list without rows. */
void nothing_yet(struct page *p, const char *text);

/* --- times (moment.c) ------------------------------------------------------
 */

/* A moment (RFC 3339, as queries give it; NULL: a dash) as <time>: how long ago
 * or until, and when, with the account's time zone. */
void html_time(struct page *p, const char *at);

/* The same as text: "Mon 30 Nov 2026 10:26:33 CET"; from the pool. */
const char *moment_text(const struct page *p, const char *at);

/* "3 min ago", "in 2 days"; from the pool. */
const char *moment_ago(const struct page *p, const char *at);

/* --- forms (form.c) --------------------------------------------------------
 */

/* One field with its label.  Nothing must be set but name and label. */
struct field {
	const char *name, *label;
	const char *value; /* what it holds */
	const char *help;  /* a line below */
	const char *fault; /* what is wrong with it; marks it */
	const char *type;  /* of <input>; NULL: text; "area": <textarea> */
	const char *placeholder;
	const char *options; /* <select>: "value=Label|value=Label" */
	const char *autocomplete;
	const char *list;  /* id of a <datalist> */
	const char *picks; /* "template": the insert-field picker is
			    * offered; "path": the same, as bare paths */
	int rows;	   /* of a <textarea> */
	int is_required, is_checked /* of a checkbox */, is_wide, is_mono;
};

/* A form that is POSTed to `action`, with the session's token in it. */
void form_begin(struct page *p, const char *action);
/* The same, with files. */
void form_begin_files(struct page *p, const char *action);
/* One that is a GET: filters of a list. */
void form_begin_get(struct page *p, const char *action);
void form_end(struct page *p);

void form_hidden(struct page *p, const char *name, const char *value);
void form_field(struct page *p, const struct field *f);

/* <button>; `name` may be NULL.  kind: "main", "plain", "danger", "small". */
void form_button(struct page *p, const char *kind, const char *name,
		 const char *value, const char *text);

/* A form of one button. */
void button_post(struct page *p, const char *action, const char *kind,
		 const char *text);

/* Text with a button that copies it (static/hookline.js). */
void copy_box(struct page *p, const char *id, const char *text);

#endif
