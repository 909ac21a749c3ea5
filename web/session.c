/*
 * session.c - logins by cookie, and forms that can't be sent by another site.
 * See session.h.  A session's cookie is "ACCOUNT.TOKEN"; the database holds a
 * hash of the token.  The token of forms is made of that hash and the
 * installation's secret, so it need not be kept.
 */
#include "config.h"

#include "session.h"

#include "base/coding.h"
#include "base/conf.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/token.h"
#include "flow/date.h"
#include "store/session.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define COOKIE "hookline_session"
#define COOKIE_STRANGER "hookline_form" /* before a login */
#define TOKEN_BYTES 32
#define TOKEN_TEXT (2 * TOKEN_BYTES)
#define TWO_WEEKS (14L * 24 * 3600)
#define FINGERPRINT 17

/* A new random text of TOKEN_TEXT hexadecimal digits. */
static const char *
new_token(struct mem *m)
{
	unsigned char bytes[TOKEN_BYTES];
	char *text = mem_alloc(m, TOKEN_TEXT + 1);

	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), text);
	return text;
}

static int
is_token(const char *text)
{
	return strlen(text) == TOKEN_TEXT &&
	       strspn(text, "0123456789abcdef") == TOKEN_TEXT;
}

static const char *
form_token_of(const struct page *p, const char *domain, const char *token)
{
	char *print = mem_alloc(p->mem, FINGERPRINT);

	token_fingerprint(p->secrets, domain, token, print);
	return print;
}

/* The account and token of the visitor's cookie; -1 without one. */
static int
split_cookie(struct page *p, const char **account_id, const char **token)
{
	const char *value = page_cookie(p, COOKIE), *dot;

	if (value == NULL || (dot = strchr(value, '.')) == NULL)
		return -1;
	*account_id = mem_strndup(p->mem, value, (size_t)(dot - value));
	*token = dot + 1;
	return is_id(*account_id) && is_token(*token) ? 0 : -1;
}

static void
fill_visitor(struct page *p, struct json_object *o, const char *token)
{
	static const struct date_env env = { .now_us = 0 };
	struct visitor *v = mem_alloc(p->mem, sizeof(*v));

	v->account_id = json_get_string(o, "account");
	v->account_name = json_get_string(o, "account_name");
	v->timezone = json_get_string(o, "timezone");
	v->country = json_get_string(o, "country");
	v->user_id = json_get_string(o, "user");
	v->email = json_get_string(o, "email");
	v->name = json_get_string(o, "name");
	v->csrf = form_token_of(p, "form", token);
	if (date_instant(json_get_string(o, "now"), &env, &v->now_us, NULL) ==
	    -1)
		v->now_us = 0;
	p->who = v;
}

int
session_load_visitor(struct page *p)
{
	unsigned char hash[SHA256_SIZE];
	const char *account_id, *token;
	struct json_object *o;
	struct err e = ERR_INIT;

	if (split_cookie(p, &account_id, &token) == -1)
		return 0;
	sha256(token, TOKEN_TEXT, hash);
	if (session_load(p->db, account_id, hash, p->mem, &o, &e) == -1) {
		page_fail(p, &e);
		return -1;
	}
	if (o != NULL)
		fill_visitor(p, o, token);
	return 0;
}

void
page_set_cookie(struct page *p, const char *name, const char *value,
		long max_age)
{
	buf_addf(&p->headers,
		 "Set-Cookie: %s=%s; Path=%s; HttpOnly; SameSite=Lax%s", name,
		 value, p->root, p->is_https ? "; Secure" : "");
	if (max_age >= 0)
		buf_addf(&p->headers, "; Max-Age=%ld", max_age);
	buf_adds(&p->headers, "\r\n");
}

int
session_begin(struct page *p, const char *account_id, const char *user_id,
	      struct err *e)
{
	const char *token = new_token(p->mem);
	unsigned char hash[SHA256_SIZE];

	sha256(token, TOKEN_TEXT, hash);
	if (session_open(p->db, account_id, hash, user_id, e) == -1)
		return -1;
	page_set_cookie(p, COOKIE,
			mem_printf(p->mem, "%s.%s", account_id, token),
			TWO_WEEKS);
	page_set_cookie(p, COOKIE_STRANGER, "", 0);
	return 0;
}

int
session_end(struct page *p, struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	const char *account_id, *token;

	page_set_cookie(p, COOKIE, "", 0);
	if (split_cookie(p, &account_id, &token) == -1)
		return 0;
	sha256(token, TOKEN_TEXT, hash);
	return session_close(p->db, account_id, hash, e);
}

void
session_ask_login(struct page *p)
{
	const char *here = p->path;

	if (strcmp(p->method, "GET") != 0 || p->is_partial)
		here = "";
	else if (p->raw_query[0] != '\0')
		here = mem_printf(p->mem, "%s?%s", p->path, p->raw_query);
	if (p->is_partial) /* htmx follows redirections: it is told to go */
		buf_addf(&p->headers, "HX-Redirect: %s\r\n", url(p, "login"));
	page_redirect(p, here[0] == '\0'
				 ? url(p, "login")
				 : url(p, "login?next=%s", url_arg(p, here)));
}

const char *
session_form_token(struct page *p)
{
	const char *stranger;

	if (p->who != NULL)
		return p->who->csrf;
	stranger = page_cookie(p, COOKIE_STRANGER);
	if (stranger == NULL || !is_token(stranger)) {
		stranger = new_token(p->mem);
		page_set_cookie(p, COOKIE_STRANGER, stranger, -1);
	}
	return form_token_of(p, "stranger", stranger);
}

/* What the browser says of where a form came from. */
static int
is_from_here(const struct page *p)
{
	const char *host;

	if (p->sent_from[0] != '\0')
		return strcmp(p->sent_from, "same-origin") == 0;
	if (p->origin[0] == '\0') /* an old browser: the token decides */
		return 1;
	host = strstr(p->origin, "://");
	return host != NULL && strcmp(host + 3, p->host) == 0;
}

/* What the form's token must be, NULL when none would do. */
static const char *
expected_token(struct page *p)
{
	const char *stranger;

	if (p->who != NULL)
		return p->who->csrf;
	stranger = page_cookie(p, COOKIE_STRANGER);
	if (stranger == NULL || !is_token(stranger))
		return NULL;
	return form_token_of(p, "stranger", stranger);
}

int
session_check_form(struct page *p)
{
	const char *want = expected_token(p), *got = form_value(p, "csrf");

	if (is_from_here(p) && want != NULL &&
	    hash_same(want, strlen(want), got, strlen(got)))
		return 0;
	page_note(p, 403, "This form was not sent from here",
		  "It may have been open since before you logged in last. Go "
		  "back, reload the page, and send it again.");
	return -1;
}
