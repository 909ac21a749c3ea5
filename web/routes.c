/*
 * routes.c - every page there is and what it demands, as a table, and the way
 * from a request to its row.
 */
#include "config.h"

#include "pages.h"
#include "session.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define LOGIN NEED_LOGIN
#define DEED (NEED_LOGIN | NEED_CSRF)

/* clang-format off */
const struct route routes[] = {
	/* the door */
	{ "GET",  "",                             0,         page_home },
	{ "GET",  "login",                        0,         page_login },
	{ "POST", "login",                        NEED_CSRF, do_login },
	{ "POST", "logout",                       DEED,      do_logout },
	{ "GET",  "status",                       0,         page_status },
	{ "GET",  "static/hookline.css",          0,         page_style_sheet },
	{ "GET",  "static/hookline.js",           0,         page_script },
	/* workflows */
	{ "GET",  "workflows/new",                LOGIN,     page_new },
	{ "POST", "workflows",                    DEED,      do_new },
	{ "POST", "workflows/import",             DEED,      do_import },
	{ "GET",  "workflows/{}/settings",        LOGIN,     page_workflow_settings },
	{ "POST", "workflows/{}/settings",        DEED,      do_workflow_settings },
	{ "POST", "workflows/{}/duplicate",       DEED,      do_workflow_duplicate },
	{ "POST", "workflows/{}/archive",         DEED,      do_workflow_archive },
	{ "GET",  "workflows/{}/export",          LOGIN,     page_workflow_export },
	/* the trigger and its mapping */
	{ "GET",  "workflows/{}/trigger",          LOGIN, page_trigger },
	{ "GET",  "workflows/{}/trigger/requests", LOGIN, page_trigger_requests },
	{ "POST", "workflows/{}/trigger",          DEED,  do_save_trigger },
	{ "POST", "workflows/{}/trigger/sample",   DEED,  do_choose_sample },
	{ "POST", "workflows/{}/trigger/rotate",   DEED,  do_rotate },
	{ "GET",  "workflows/{}/mapping",          LOGIN, page_mapping },
	{ "POST", "workflows/{}/mapping",          DEED,  do_save_mapping },
	{ "POST", "workflows/{}/mapping/preview",  DEED,  page_mapping_preview },
	/* steps, publishing, versions */
	{ "GET",  "workflows/{}",                 LOGIN,     page_steps },
	{ "POST", "workflows/{}/undo",            DEED,      do_undo },
	{ "GET",  "workflows/{}/add",             LOGIN,     page_step_add },
	{ "POST", "workflows/{}/add",             DEED,      do_step_add },
	{ "GET",  "workflows/{}/steps/{}",        LOGIN,     page_step },
	{ "POST", "workflows/{}/steps/{}",        DEED,      do_step_save },
	{ "GET",  "workflows/{}/steps/{}/move",   LOGIN,     page_step_move },
	{ "POST", "workflows/{}/steps/{}/{}",     DEED,      do_step },
	{ "GET",  "workflows/{}/check",           LOGIN,     page_check },
	{ "GET",  "workflows/{}/publish",         LOGIN,     page_publish },
	{ "POST", "workflows/{}/publish",         DEED,      do_publish },
	{ "POST", "workflows/{}/unpublish",       DEED,      do_unpublish },
	{ "GET",  "workflows/{}/versions",        LOGIN,     page_versions },
	{ "POST", "workflows/{}/versions/{}/restore", DEED,  do_restore },
	/* trying it */
	{ "GET",  "workflows/{}/try",             LOGIN,     page_try },
	{ "POST", "workflows/{}/try",             DEED,      do_try },
	{ "POST", "workflows/{}/try/real",        DEED,      do_try_real },
	/* runs */
	{ "GET",  "runs",                         LOGIN,     page_runs },
	{ "POST", "runs/act",                     DEED,      do_runs_act },
	{ "GET",  "runs/{}",                      LOGIN,     page_run },
	/* deliveries */
	{ "GET",  "deliveries",                   LOGIN,     page_deliveries },
	{ "POST", "deliveries/replay",            DEED,      do_deliveries_replay },
	{ "GET",  "deliveries/{}",                LOGIN,     page_delivery },
	{ "GET",  "deliveries/{}/again",          LOGIN,     page_delivery_again },
	/* contacts */
	{ "GET",  "contacts",                     LOGIN,    page_contacts },
	{ "POST", "contacts",                     DEED,     do_contact_new },
	{ "GET",  "contacts/new",                 LOGIN,    page_contact_new },
	{ "GET",  "contacts/export",              LOGIN,    page_contacts_export },
	{ "GET",  "contacts/merges",              LOGIN,    page_contact_merges },
	{ "POST", "contacts/merges/{}/undo",      DEED,     do_contact_unmerge },
	{ "GET",  "contacts/import",              LOGIN,    page_contact_import },
	{ "POST", "contacts/import",              DEED,     do_contact_import },
	{ "GET",  "contacts/import/{}",           LOGIN,    page_contact_import_job },
	{ "POST", "contacts/import/{}",           DEED,     do_contact_import_job },
	{ "POST", "contacts/import/{}/remove",    DEED,     do_contact_import_remove },
	{ "GET",  "contacts/{}",                  LOGIN,    page_contact },
	{ "GET",  "contacts/{}/edit",             LOGIN,    page_contact_edit },
	{ "POST", "contacts/{}/edit",             DEED,     do_contact_edit },
	{ "POST", "contacts/{}/tags",             DEED,     do_contact_tags },
	{ "POST", "contacts/{}/identity",         DEED,     do_contact_identity },
	{ "POST", "contacts/{}/stop",             DEED,     do_contact_stop },
	{ "GET",  "contacts/{}/merge",            LOGIN,    page_contact_merge },
	{ "POST", "contacts/{}/merge",            DEED,     do_contact_merge },
	{ "GET",  "contacts/{}/erase",            LOGIN,    page_contact_erase },
	{ "POST", "contacts/{}/erase",            DEED,     do_contact_erase },
	/* settings and health */
	{ "GET",  "health",                       LOGIN,     page_health },
	{ "GET",  "settings",                     LOGIN,    page_settings },
	{ "POST", "settings",                     DEED,     do_settings },
	{ "POST", "settings/test-mail",           DEED,     do_test_mail },
	{ "POST", "settings/password",            DEED,     do_password },
	{ "GET",  "settings/fields",              LOGIN,    page_fields },
	{ "POST", "settings/fields",              DEED,     do_field_add },
	{ "GET",  "settings/fields/{}",           LOGIN,    page_field },
	{ "POST", "settings/fields/{}",           DEED,     do_field },
	{ "GET",  "settings/fields/{}/remove",    LOGIN,    page_field_remove },
	{ "POST", "settings/fields/{}/remove",    DEED,     do_field_remove },
	{ "GET",  "settings/constants",           LOGIN,    page_constants },
	{ "POST", "settings/constants",           DEED,     do_constant_set },
	{ "GET",  "settings/constants/{}/remove", LOGIN,    page_constant_remove },
	{ "POST", "settings/constants/{}/remove", DEED,     do_constant_remove },
	{ "GET",  "settings/secrets",             LOGIN,    page_secrets },
	{ "POST", "settings/secrets",             DEED,     do_secret_set },
	{ "GET",  "settings/secrets/{}/remove",   LOGIN,    page_secret_remove },
	{ "POST", "settings/secrets/{}/remove",   DEED,     do_secret_remove },
	{ "GET",  "settings/users",               LOGIN,    page_users },
	{ "POST", "settings/users",               DEED,     do_user_add },
	{ "GET",  "settings/users/{}/remove",     LOGIN,    page_user_remove },
	{ "POST", "settings/users/{}/remove",     DEED,     do_user_remove },
	{ NULL, NULL, 0, NULL },
};
/* clang-format on */

/* Does `path` have the form of `pattern`?  What stands for each {} is put into
 * p->arg. */
static int
fits(struct page *p, const char *pattern, const char *path)
{
	size_t n = 0, len;

	while (*pattern != '\0') {
		if (pattern[0] != '{') {
			if (*pattern++ != *path++)
				return 0;
			continue;
		}
		len = strcspn(path, "/");
		if (len == 0 || n == PAGE_ARGS)
			return 0;
		p->arg[n++] = mem_strndup(p->mem, path, len);
		path += len;
		pattern += 2;
	}
	return *path == '\0';
}

/* The row of the request, NULL without; *is_other_method: there is one of
 * another method. */
static const struct route *
find(struct page *p, int *is_other_method)
{
	const struct route *r;

	*is_other_method = 0;
	for (r = routes; r->path != NULL; r++) {
		if (!fits(p, r->path, p->path))
			continue;
		if (strcmp(r->method, p->method) == 0)
			return r;
		*is_other_method = 1;
	}
	return NULL;
}

/* A deed is not there to be looked at: whoever comes to its address after
 * logging in, or by the browser's history, is sent to what it belongs to. */
static void
other_method(struct page *p)
{
	p->status = 405;
	page_note(p, 405, "This address only takes forms",
		  "Go back and use the button on the page you came from.");
}

void
web_answer(struct page *p)
{
	const struct route *r;
	int is_other_method;

	p->status = 200;
	p->type = "text/html; charset=utf-8";
	r = find(p, &is_other_method);
	if (r == NULL && !is_other_method) {
		if (session_load_visitor(p) == 0)
			page_missing(p);
		return;
	}
	if (r == NULL) {
		if (session_load_visitor(p) == 0)
			other_method(p);
		return;
	}
	if (r->needs == 0 && strncmp(r->path, "static/", 7) == 0) {
		r->make(p);
		return;
	}
	if (session_load_visitor(p) == -1)
		return;
	if ((r->needs & NEED_LOGIN) && p->who == NULL) {
		session_ask_login(p);
		return;
	}
	if ((r->needs & NEED_CSRF) && session_check_form(p) == -1)
		return;
	r->make(p);
}
