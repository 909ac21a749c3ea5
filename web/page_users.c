/*
 * page_users.c - who may use the builder of this account: a new user gets a
 * password that is shown once, everybody changes their own.
 */
#include "config.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/password.h"
#include "base/text.h"
#include "flow/map.h"
#include "flow/own_name.h"
#include "http/html.h"
#include "pages.h"
#include "session.h"
#include "settings.h"
#include "store/session.h"
#include "store/user.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

struct user_form {
	const char *email, *name;
	const char *email_fault, *name_fault;
	const char *old_fault, *new_fault;
};

static int
is_me(struct page *p, struct json_object *user)
{
	return strcmp(json_get_string(user, "id"), p->who->user_id) == 0;
}

static void
user_row(struct page *p, struct json_object *u)
{
	const char *email = json_get_string(u, "email");

	html(&p->body, "<tr><th scope=\"row\">");
	html_text(&p->body, email);
	html(&p->body, "</th>");
	cell_text(p, "Name", json_get_string(u, "name"));
	cell_begin(p, "Since");
	html_time(p, json_get_string(u, "created_at"));
	cell_end(p);
	cell_begin(p, "");
	if (is_me(p, u)) {
		html(&p->body, "<span class=\"badge\">you</span>");
	} else {
		html(&p->body, "<a class=\"button small\" href=\"");
		html_text(&p->body, url(p, "settings/users/%s/remove",
					json_get_string(u, "id")));
		html(&p->body, "\" aria-label=\"");
		html_text(&p->body, mem_printf(p->mem, "Remove %s", email));
		html(&p->body, "\">Remove</a>");
	}
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
new_user_form(struct page *p, const struct user_form *f)
{
	const struct field email = { .name = "email",
				     .label = "E-mail address",
				     .value = f->email,
				     .fault = f->email_fault,
				     .type = "email",
				     .autocomplete = "off",
				     .is_required = 1 };
	const struct field name = { .name = "name",
				    .label = "Name",
				    .value = f->name,
				    .fault = f->name_fault,
				    .autocomplete = "off" };

	html(&p->body, "<section class=\"card\"><h2>New user</h2>\n");
	form_begin(p, url(p, "settings/users"));
	form_field(p, &email);
	form_field(p, &name);
	form_button(p, "main", NULL, NULL, "Add user");
	html(&p->body, "<p class=\"help\">A password is made up and shown to "
		       "you once: pass it on.</p>\n");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
password_form(struct page *p, const struct user_form *f)
{
	const struct field old = { .name = "old",
				   .label = "Your password until now",
				   .fault = f->old_fault,
				   .type = "password",
				   .autocomplete = "current-password",
				   .is_required = 1 };
	const struct field new = { .name = "new",
				   .label = "Your new password",
				   .fault = f->new_fault,
				   .type = "password",
				   .autocomplete = "new-password",
				   .is_required = 1,
				   .help = "At least 8 characters." };

	html(&p->body, "<section class=\"card\"><h2>Your password</h2>\n");
	form_begin(p, url(p, "settings/password"));
	form_field(p, &old);
	form_field(p, &new);
	form_button(p, "main", NULL, NULL, "Change password");
	html(&p->body, "<p class=\"help\">Where you are logged in elsewhere, "
		       "you are logged out.</p>\n");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
show(struct page *p, const struct user_form *f)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i;

	if (user_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (f->email_fault != NULL || f->name_fault != NULL ||
	    f->old_fault != NULL || f->new_fault != NULL)
		p->status = 422;
	settings_frame(p, "users");
	table_begin(p, "Users of this account", "E-mail|Name|Since|Actions");
	for (i = 0; i < json_object_array_length(list); i++)
		user_row(p, json_object_array_get_idx(list, i));
	table_end(p);
	html(&p->body, "<div class=\"fields\">\n");
	new_user_form(p, f);
	password_form(p, f);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
page_users(struct page *p)
{
	const struct user_form empty = { .email = "", .name = "" };

	show(p, &empty);
}

/* The only time that it is seen. */
static void
show_password(struct page *p, const char *email, const char *password)
{
	layout_crumb(p, url(p, "settings"), "Settings");
	layout_crumb(p, url(p, "settings/users"), "Users");
	layout_begin(p, "The user was added", "settings");
	html(&p->body, "<div class=\"card\"><p>");
	html_text(&p->body, email);
	html(&p->body, " logs in with this password. It is not shown again: "
		       "pass it on, and ask for it to be changed.</p>\n");
	copy_box(p, "password", password);
	html(&p->body, "<p>");
	link_to(p, url(p, "settings/users"), "To the users");
	html(&p->body, "</p></div>\n");
	layout_end(p);
}

static int
is_user(struct json_object *list, const char *email)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_get_string(json_object_array_get_idx(list, i),
					   "email"),
			   email) == 0)
			return 1;
	return 0;
}

void
do_user_add(struct page *p)
{
	struct user_form f = { .email = form_value(p, "email"),
			       .name = form_value(p, "name") };
	const char *key = NULL, *password, *hash;
	struct json_object *made, *list;
	struct err e = ERR_INIT;

	if (contact_field_value(p->mem, "email", f.email, "US", &key, &e) ==
	    NULL)
		f.email_fault = mem_strdup(p->mem, e.text);
	if (own_text_check("name", f.name, OWN_LABEL_MAX, &e) == -1)
		f.name_fault = mem_strdup(p->mem, e.text);
	if (f.email_fault != NULL || f.name_fault != NULL) {
		show(p, &f);
		return;
	}
	password = password_random(p->mem);
	hash = password_hash(p->mem, password, &e);
	if (hash == NULL ||
	    user_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (is_user(list, key)) {
		f.email_fault = "There is a user with this address already.";
		show(p, &f);
	} else if (user_add(p->db, p->who->account_id, key, f.name, hash,
			    p->mem, &made, &e) == -1) {
		page_fail(p, &e);
	} else {
		show_password(p, key, password);
	}
}

/* --- one's own password
 * ------------------------------------------------------------- */

/* 1, 0, or -1 with the page made.  Who guesses waits, as at the door. */
static int
is_old_password(struct page *p, const char *password, struct user_form *f)
{
	unsigned char by_address[SHA256_SIZE], by_network[SHA256_SIZE];
	const struct login_keys keys = { by_address, by_network };
	struct json_object *list, *o;
	struct err e = ERR_INIT;
	int seconds, is_right = 0;
	size_t i;

	sha256(p->who->email, strlen(p->who->email), by_address);
	sha256(p->remote_addr, strlen(p->remote_addr), by_network);
	if (login_wait(p->db, &keys, &seconds, &e) == -1 ||
	    login_users(p->db, p->who->email, p->mem, &list, &e) == -1)
		goto fail;
	if (seconds > 0) {
		f->old_fault = mem_printf(p->mem,
					  "Too many tries failed. Wait %d s, "
					  "then try again.",
					  seconds);
		return 0;
	}
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(o, "account"), p->who->account_id) ==
		    0)
			is_right = password_matches(password,
						    json_get_string(o, "hash"));
	}
	if (is_right)
		return 1;
	f->old_fault = "That is not your password.";
	if (login_failed(p->db, &keys, &e) == 0)
		return 0;
fail:
	page_fail(p, &e);
	return -1;
}

void
do_password(struct page *p)
{
	struct user_form f = { .email = "", .name = "" };
	struct json_object *user;
	struct err e = ERR_INIT;
	const char *hash;
	int is_right = is_old_password(p, form_raw(p, "old"), &f);

	if (is_right == -1)
		return;
	hash = password_hash(p->mem, form_raw(p, "new"), &e);
	if (hash == NULL && e.kind == ERR_INPUT)
		f.new_fault = mem_strdup(p->mem, e.text);
	if (f.old_fault != NULL || f.new_fault != NULL) {
		show(p, &f);
		return;
	}
	if (hash == NULL ||
	    user_set_password(p->db, p->who->account_id, p->who->email, hash,
			      p->mem, &user, &e) == -1 ||
	    session_begin(p, p->who->account_id, p->who->user_id, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "Your password was changed.");
	page_redirect(p, url(p, "settings/users"));
}

/* --- removing
 * ----------------------------------------------------------------------- */

/* The user p->arg[0], who may be removed: not oneself, and so never the last
 * one.  NULL with the page made. */
static struct json_object *
load(struct page *p)
{
	struct json_object *list, *u;
	struct err e = ERR_INIT;
	size_t i;

	if (user_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return NULL;
	}
	for (i = 0; i < json_object_array_length(list); i++) {
		u = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(u, "id"), p->arg[0]) != 0)
			continue;
		if (!is_me(p, u))
			return u;
		page_say(p, 1,
			 "You can't remove yourself: somebody else "
			 "has to.");
		page_redirect(p, url(p, "settings/users"));
		return NULL;
	}
	page_missing(p);
	return NULL;
}

void
page_user_remove(struct page *p)
{
	struct json_object *u = load(p);

	if (u == NULL)
		return;
	settings_ask(
		p,
		mem_printf(p->mem, "Remove %s?", json_get_string(u, "email")),
		"This user is logged out, and can't log in again. Nothing "
		"that they made is lost.",
		mem_printf(p->mem, "settings/users/%s/remove",
			   json_get_string(u, "id")),
		"settings/users");
}

void
do_user_remove(struct page *p)
{
	struct json_object *u = load(p), *gone;
	struct err e = ERR_INIT;

	if (u == NULL)
		return;
	if (user_remove(p->db, p->who->account_id, json_get_string(u, "email"),
			p->mem, &gone, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "%s was removed.", json_get_string(u, "email"));
	page_redirect(p, url(p, "settings/users"));
}
