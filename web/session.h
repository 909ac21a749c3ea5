/*
 * session.h - who the visitor is: the cookie of a login, and the proof that a
 * form was ours and filled in by that visitor.  For routes.c and page_login.c.
 */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H

#include "base/err.h"

struct page;

/* Fill p->who from the cookie; it stays NULL without a login.  -1: the database
 * did not answer, and the page says so. */
MUSTUSE int session_load_visitor(struct page *p);

/* Log in: a new session, whose cookie goes with the answer. */
MUSTUSE int session_begin(struct page *p, const char *account_id,
			  const char *user_id, struct err *e);

/* End the visitor's session, and its cookie. */
MUSTUSE int session_end(struct page *p, struct err *e);

/* To the login form, and back here after it. */
void session_ask_login(struct page *p);

/* What a form carries in its field "csrf": the visitor's, or of a stranger one
 * that belongs to a cookie which is set with this page. */
const char *session_form_token(struct page *p);

/*
 * Did this POST come from a page of ours?  The browser's word (Sec-Fetch-Site,
 * else Origin) and the form's token must both say so.  -1: the page says no.
 */
MUSTUSE int session_check_form(struct page *p);

/* Add a cookie to the answer; `max_age` in seconds, -1: until the browser is
 * closed. */
void page_set_cookie(struct page *p, const char *name, const char *value,
		     long max_age);

#endif
