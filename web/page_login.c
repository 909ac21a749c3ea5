/*
 * page_login.c - the door: logging in and out.  Who may not come in is told the
 * same whatever was wrong, and each failure makes the next try wait longer.
 */
#include "config.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/password.h"
#include "base/text.h"
#include "http/html.h"
#include "pages.h"
#include "session.h"
#include "store/session.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

/* What nobody's password has: it takes as long to compare. */
#define NOBODY                           \
	"$y$j9T$AzXXVUnRr7eFn6DsZ4WCc1$" \
	"0AlMWRBQnPbCUQORJkE2SHIxX3J.gV1IeDyvlfxIIc3"
#define REFUSED "That address and password do not belong together."

struct attempt {
	const char *email, *password, *account_id;
	const char *next;
	unsigned char by_address[SHA256_SIZE], by_network[SHA256_SIZE];
	struct login_keys keys;
};

/* Accounts among which the visitor must choose; NULL: no choice. */
static void
account_field(struct page *p, struct json_object *accounts)
{
	struct json_object *o;
	size_t i;

	if (accounts == NULL)
		return;
	html(&p->body, "<div class=\"field\"><label for=\"f-account\">Account"
		       "</label><select id=\"f-account\" name=\"account\">");
	for (i = 0; i < json_object_array_length(accounts); i++) {
		o = json_object_array_get_idx(accounts, i);
		html(&p->body, "<option value=\"");
		html_text(&p->body, json_get_string(o, "account"));
		html(&p->body, "\">");
		html_text(&p->body, json_get_string(o, "account_name"));
		html(&p->body, "</option>");
	}
	html(&p->body, "</select></div>\n");
}

static void
login_form(struct page *p, const char *email, const char *next,
	   const char *fault, struct json_object *accounts)
{
	layout_begin(p, "Log in", NULL);
	html(&p->body, "<div class=\"card narrow\">\n");
	if (fault != NULL) {
		html(&p->body, "<p class=\"said bad\" role=\"alert\">");
		html_text(&p->body, fault);
		html(&p->body, "</p>\n");
	}
	form_begin(p, url(p, "login"));
	form_hidden(p, "next", next);
	form_field(p, &(struct field){ .name = "email",
				       .label = "E-mail address",
				       .type = "email",
				       .value = email,
				       .autocomplete = "username",
				       .is_required = 1,
				       .is_wide = 1 });
	form_field(p, &(struct field){ .name = "password",
				       .label = "Password",
				       .type = "password",
				       .autocomplete = "current-password",
				       .is_required = 1,
				       .is_wide = 1 });
	account_field(p, accounts);
	form_button(p, "main", NULL, NULL, "Log in");
	form_end(p);
	html(&p->body, "</div>\n<p class=\"faint\">Forgotten? On the server, "
		       "<code>hookline user passwd ADDRESS</code> sets a new "
		       "password. <a href=\"");
	html_text(&p->body, url(p, "status"));
	html(&p->body, "\">Is everything running?</a></p>\n");
	layout_end(p);
}

void
page_login(struct page *p)
{
	if (p->who != NULL) {
		page_redirect(p, p->root);
		return;
	}
	login_form(p, "", query_value(p, "next"), NULL, NULL);
}

/* Only to places of this site: "workflows/7?x=y". */
static const char *
after_login(struct page *p, const char *next)
{
	if (next[0] == '/' || next[0] == '\\' || strchr(next, ':') != NULL ||
	    strpbrk(next, "\r\n\t") != NULL || strlen(next) > 1000)
		next = "";
	return url(p, "%s", next);
}

static void
read_attempt(struct page *p, struct attempt *a)
{
	char *email = mem_strdup(p->mem, form_value(p, "email"));

	text_lower(email);
	a->email = email;
	a->password = form_raw(p, "password");
	a->account_id = form_value(p, "account");
	a->next = form_value(p, "next");
	sha256(email, strlen(email), a->by_address);
	sha256(p->remote_addr, strlen(p->remote_addr), a->by_network);
	a->keys.address = a->by_address;
	a->keys.network = a->by_network;
}

/* Those of `users` whose password this is; always compares at least once. */
static struct json_object *
whose_password(struct page *p, const struct attempt *a,
	       struct json_object *users)
{
	struct json_object *list = json_pool(p->mem, json_object_new_array());
	size_t i, n = json_object_array_length(users), n_compared = 0;
	struct json_object *o;

	for (i = 0; i < n; i++) {
		o = json_object_array_get_idx(users, i);
		if (a->account_id[0] != '\0' &&
		    strcmp(a->account_id, json_get_string(o, "account")) != 0)
			continue;
		n_compared++;
		if (password_matches(a->password, json_get_string(o, "hash")))
			json_object_array_add(list, json_object_get(o));
	}
	if (n_compared == 0)
		(void)password_matches(a->password, NOBODY);
	return list;
}

static void
refuse(struct page *p, const struct attempt *a)
{
	struct err e = ERR_INIT;

	if (login_failed(p->db, &a->keys, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	log_warn("a login failed, from %s", p->remote_addr);
	p->status = 422;
	login_form(p, a->email, a->next, REFUSED, NULL);
}

static void
let_in(struct page *p, const struct attempt *a, struct json_object *user)
{
	struct err e = ERR_INIT;

	if (login_passed(p->db, &a->keys, &e) == -1 ||
	    session_begin(p, json_get_string(user, "account"),
			  json_get_string(user, "user"), &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_redirect(p, after_login(p, a->next));
}

void
do_login(struct page *p)
{
	struct json_object *users, *found;
	struct attempt a;
	struct err e = ERR_INIT;
	int seconds;

	read_attempt(p, &a);
	if (login_wait(p->db, &a.keys, &seconds, &e) == -1 ||
	    login_users(p->db, a.email, p->mem, &users, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (seconds > 0) {
		p->status = 429;
		buf_addf(&p->headers, "Retry-After: %d\r\n", seconds);
		login_form(p, a.email, a.next,
			   mem_printf(p->mem,
				      "Too many tries failed. Wait %d s, then "
				      "try again.",
				      seconds),
			   NULL);
		return;
	}
	found = whose_password(p, &a, users);
	switch (json_object_array_length(found)) {
	case 0:
		refuse(p, &a);
		return;
	case 1:
		let_in(p, &a, json_object_array_get_idx(found, 0));
		return;
	default:
		login_form(p, a.email, a.next,
			   "You have several accounts: choose one, and type "
			   "the password once more.",
			   found);
	}
}

void
do_logout(struct page *p)
{
	struct err e = ERR_INIT;

	if (session_end(p, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_redirect(p, url(p, "login"));
}
