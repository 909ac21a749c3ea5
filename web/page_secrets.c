/*
 * page_secrets.c - named secrets: what senders sign with and calls log in with.
 * They are typed once, kept sealed, and never shown again.
 */
#include "config.h"

#include "base/json.h"
#include "contact.h"
#include "engine/secret.h"
#include "flow/own_name.h"
#include "http/html.h"
#include "pages.h"
#include "settings.h"
#include "store/secret.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

struct secret_form {
	const char *name; /* what was typed of the secret is not kept */
	const char *name_fault, *secret_fault;
};

static void
secret_row(struct page *p, struct json_object *s)
{
	const char *name = json_get_string(s, "name");

	html(&p->body, "<tr><th scope=\"row\">");
	html_text(&p->body, name);
	html(&p->body, "</th>");
	cell_text(p, "Used by", texts_joined(p, json_get(s, "used_by")));
	cell_begin(p, "Last set");
	html_time(p, json_get_string(s, "updated_at"));
	cell_end(p);
	cell_begin(p, "");
	html(&p->body, "<a class=\"button small\" href=\"");
	html_text(&p->body,
		  url(p, "settings/secrets?replace=%s", url_arg(p, name)));
	html(&p->body, "\" aria-label=\"");
	html_text(&p->body, mem_printf(p->mem, "Replace %s", name));
	html(&p->body, "\">Replace</a> <a class=\"button small\" href=\"");
	html_text(&p->body,
		  url(p, "settings/secrets/%s/remove", url_arg(p, name)));
	html(&p->body, "\" aria-label=\"");
	html_text(&p->body, mem_printf(p->mem, "Remove %s", name));
	html(&p->body, "\">Remove</a>");
	cell_end(p);
	html(&p->body, "</tr>\n");
}

static void
secret_fields(struct page *p, const struct secret_form *f)
{
	const struct field name = { .name = "name",
				    .label = "Name",
				    .value = f->name,
				    .fault = f->name_fault,
				    .placeholder = "stripe",
				    .autocomplete = "off",
				    .is_mono = 1,
				    .is_required = 1,
				    .help = "A secret of this name that is "
					    "there already is replaced." };
	const struct field secret = { .name = "secret",
				      .label = "Secret",
				      .fault = f->secret_fault,
				      .type = "area",
				      .rows = 3,
				      .autocomplete = "off",
				      .is_mono = 1,
				      .is_wide = 1,
				      .help = "It is kept encrypted and never "
					      "shown again." };

	html(&p->body, "<section class=\"card\"><h2>Set a secret</h2>\n");
	form_begin(p, url(p, "settings/secrets"));
	form_field(p, &name);
	form_field(p, &secret);
	form_button(p, "main", NULL, NULL, "Keep it");
	form_end(p);
	html(&p->body, "</section>\n");
}

static void
show(struct page *p, const struct secret_form *f)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i, n;

	if (secret_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (f->name_fault != NULL || f->secret_fault != NULL)
		p->status = 422;
	n = json_object_array_length(list);
	settings_frame(p, "secrets");
	html(&p->body, "<p>With these, webhooks prove who sent them, and calls "
		       "to other services log in. A trigger names one as "
		       "<code>secret:NAME</code>, a call as "
		       "<code>{{secret.NAME}}</code>.</p>\n");
	if (n == 0)
		nothing_yet(p, "No secrets yet.");
	else
		table_begin(p, "Secrets", "Name|Used by|Last set|Actions");
	for (i = 0; i < n; i++)
		secret_row(p, json_object_array_get_idx(list, i));
	if (n > 0)
		table_end(p);
	secret_fields(p, f);
	layout_end(p);
}

void
page_secrets(struct page *p)
{
	const struct secret_form f = { query_value(p, "replace"), NULL, NULL };

	show(p, &f);
}

void
do_secret_set(struct page *p)
{
	struct secret_form f = { form_value(p, "name"), NULL, NULL };
	const char *plain = form_value(p, "secret");
	struct buf sealed = BUF_INIT;
	struct err e = ERR_INIT;
	int was_there, rc;

	if (own_secret_name_check(f.name, NULL) == -1)
		f.name_fault = "A name has at most 64 letters, digits and "
			       "_ - . and begins with a letter or digit: "
			       "stripe.";
	if (*plain == '\0' || strlen(plain) > OWN_SECRET_MAX)
		f.secret_fault = "Type the secret, of at most 16,384 letters.";
	if (f.name_fault != NULL || f.secret_fault != NULL) {
		show(p, &f);
		return;
	}
	secret_seal(p->secrets, p->who->account_id, f.name, plain, &sealed);
	rc = secret_put(p->db, p->who->account_id, f.name, sealed.s, sealed.len,
			p->mem, &was_there, &e);
	buf_free(&sealed);
	if (rc == -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0,
		 was_there ? "The secret %s was replaced."
			   : "The secret %s is kept.",
		 f.name);
	page_redirect(p, url(p, "settings/secrets"));
}

/* NULL with the page made. */
static struct json_object *
load(struct page *p)
{
	struct json_object *list, *o;
	struct err e = ERR_INIT;
	size_t i;

	if (secret_list(p->db, p->who->account_id, p->mem, &list, &e) == -1) {
		page_fail(p, &e);
		return NULL;
	}
	for (i = 0; i < json_object_array_length(list); i++) {
		o = json_object_array_get_idx(list, i);
		if (strcmp(json_get_string(o, "name"), p->arg[0]) == 0)
			return o;
	}
	page_missing(p);
	return NULL;
}

void
page_secret_remove(struct page *p)
{
	struct json_object *s = load(p);
	const char *used;

	if (s == NULL)
		return;
	used = texts_joined(p, json_get(s, "used_by"));
	settings_ask(
		p, mem_printf(p->mem, "Remove the secret %s?", p->arg[0]),
		*used != '\0'
			? mem_printf(p->mem,
				     "It is used by %s: what needs it there "
				     "fails from now on.",
				     used)
			: "No workflow uses it.",
		mem_printf(p->mem, "settings/secrets/%s/remove",
			   url_arg(p, p->arg[0])),
		"settings/secrets");
}

void
do_secret_remove(struct page *p)
{
	struct json_object *s = load(p);
	struct err e = ERR_INIT;

	if (s == NULL)
		return;
	if (secret_remove(p->db, p->who->account_id, p->arg[0], p->mem, &e) ==
	    -1) {
		page_fail(p, &e);
		return;
	}
	page_say(p, 0, "The secret %s was removed.", p->arg[0]);
	page_redirect(p, url(p, "settings/secrets"));
}
