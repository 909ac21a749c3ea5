/*
 * page_settings.c - the account: its name, country, time zone, whom a webhook
 * means; and who sends its e-mail, with a test of it.  And the frame that all
 * settings share (settings.h).
 */
#include "config.h"

#include "base/conf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/phone.h"
#include "base/text.h"
#include "countries.h"
#include "engine/test_mail.h"
#include "http/html.h"
#include "pages.h"
#include "settings.h"
#include "store/account.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define NAME_MAX_BYTES 200

void
settings_frame(struct page *p, const char *tab)
{
	const struct tab tabs[] = {
		{ "general", url(p, "settings"), "General" },
		{ "fields", url(p, "settings/fields"), "Custom fields" },
		{ "constants", url(p, "settings/constants"), "Constants" },
		{ "secrets", url(p, "settings/secrets"), "Secrets" },
		{ "users", url(p, "settings/users"), "Users" },
		{ "health", url(p, "health"), "Health" },
		{ NULL, NULL, NULL },
	};

	layout_begin(p, "Settings", "settings");
	layout_tabs(p, tabs, tab);
}

void
settings_ask(struct page *p, const char *title, const char *text,
	     const char *path, const char *back)
{
	layout_crumb(p, url(p, "settings"), "Settings");
	layout_begin(p, title, "settings");
	html(&p->body, "<div class=\"card\"><p>");
	html_text(&p->body, text);
	html(&p->body, "</p>\n");
	form_begin(p, url(p, "%s", path));
	html(&p->body, "<div class=\"bar\">");
	form_button(p, "danger", NULL, NULL, "Remove");
	link_to(p, url(p, "%s", back), "Leave it as it is");
	html(&p->body, "</div>\n");
	form_end(p);
	html(&p->body, "</div>\n");
	layout_end(p);
}

/* --- the account
 * --------------------------------------------------------------- */

#define MATCH_OPTIONS                                         \
	"email_first=By e-mail address first, then by phone|" \
	"phone_first=By phone first, then by e-mail address|" \
	"either=By either: the contact that was there first|" \
	"both=By both: another address or number means somebody else"

struct general {
	struct json_object *account; /* as it is */
	const char *name, *country, *timezone, *match;
	const char *name_fault, *country_fault, *zone_fault;
};

/* Asking for all zones takes PostgreSQL a while, and they hardly change: once
 * for the process. */
static const char *
zone_datalist(struct page *p)
{
	static char *made;
	struct json_object *zones;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	if (made != NULL)
		return made;
	if (timezone_list(p->db, p->mem, &zones, &e) == -1)
		return "";
	for (i = 0; i < json_object_array_length(zones); i++) {
		html(&b, "<option value=\"");
		html_text(&b, json_object_get_string(
				      json_object_array_get_idx(zones, i)));
		html(&b, "\">");
	}
	made = xstrdup(b.s);
	buf_free(&b);
	return made;
}

static void
account_form(struct page *p, const struct general *g)
{
	const struct field name = { .name = "name",
				    .label = "Name of the account",
				    .value = g->name,
				    .fault = g->name_fault,
				    .is_required = 1,
				    .help = "{{account.name}} in e-mails." };
	const struct field country = {
		.name = "country",
		.label = "Country",
		.value = g->country,
		.fault = g->country_fault,
		.options = country_options,
		.help = "Phone numbers without country code are read as of "
			"this country."
	};
	const struct field zone = { .name = "timezone",
				    .label = "Time zone",
				    .value = g->timezone,
				    .fault = g->zone_fault,
				    .list = "zones",
				    .autocomplete = "off",
				    .is_required = 1,
				    .help = "For times on these pages, and for "
					    "workflows that name none." };
	const struct field match = {
		.name = "match",
		.label = "Which contact a webhook means",
		.value = g->match,
		.options = MATCH_OPTIONS,
		.is_wide = 1,
		.help = "When its address and its number belong to two "
			"contacts, or only one of them is known."
	};

	html(&p->body, "<section class=\"card\"><h2>Account</h2>\n");
	form_begin(p, url(p, "settings"));
	html(&p->body, "<div class=\"fields\">\n");
	form_field(p, &name);
	form_field(p, &country);
	form_field(p, &zone);
	form_field(p, &match);
	html(&p->body, "</div>\n<datalist id=\"zones\">");
	buf_adds(&p->body, zone_datalist(p));
	html(&p->body, "</datalist>\n");
	form_button(p, "main", NULL, NULL, "Save");
	form_end(p);
	html(&p->body, "</section>\n");
}

/* Without a name and password, should somebody have put them there. */
static const char *
mail_server(struct page *p)
{
	const char *address = p->conf->smtp_url, *at = strrchr(address, '@');
	const char *host = strstr(address, "://");

	if (at == NULL || host == NULL)
		return address;
	return mem_printf(p->mem, "%.*s%s", (int)(host + 3 - address), address,
			  at + 1);
}

static void
sender_card(struct page *p)
{
	const struct conf *c = p->conf;

	html(&p->body, "<section class=\"card\"><h2>E-mail</h2>\n"
		       "<dl class=\"facts\"><dt>Sender</dt><dd>");
	html_text(&p->body, c->mail_from[0] != '\0'
				    ? c->mail_from
				    : "none is configured (mail_from)");
	html(&p->body, "</dd><dt>Mail server</dt><dd>");
	html_text(&p->body, c->smtp_url[0] != '\0'
				    ? mail_server(p)
				    : "none is configured (smtp_url)");
	html(&p->body,
	     "</dd></dl>\n<p class=\"help\">These stand in the configuration "
	     "of "
	     "the installation, and hold for workflows that name no sender of "
	     "their own.</p>\n<div class=\"bar\">");
	button_post(
		p, url(p, "settings/test-mail"), "plain",
		mem_printf(p->mem, "Send a test mail to %s", p->who->email));
	html(&p->body, "</div></section>\n");
}

static void
show(struct page *p, const struct general *g)
{
	if (g->name_fault != NULL || g->country_fault != NULL ||
	    g->zone_fault != NULL)
		p->status = 422;
	settings_frame(p, "general");
	account_form(p, g);
	sender_card(p);
	layout_end(p);
}

/* What the account has; -1 with the page made. */
static int
load(struct page *p, struct general *g)
{
	struct err e = ERR_INIT;

	memset(g, 0, sizeof(*g));
	if (account_show(p->db, p->who->account_id, p->mem, &g->account, &e) ==
	    -1) {
		page_fail(p, &e);
		return -1;
	}
	g->name = json_get_string(g->account, "name");
	g->country = json_get_string(g->account, "country");
	g->timezone = json_get_string(g->account, "timezone");
	g->match = json_get_string(g->account, "match");
	return 0;
}

void
page_settings(struct page *p)
{
	struct general g;

	if (load(p, &g) == 0)
		show(p, &g);
}

static int
is_rule(const char *match)
{
	int i;

	for (i = 0; account_match_rules[i] != NULL; i++)
		if (strcmp(account_match_rules[i], match) == 0)
			return 1;
	return 0;
}

/* What was typed, judged; a zone as PostgreSQL spells it. */
static int
take(struct page *p, struct general *g, struct err *e)
{
	const char *zone;
	size_t at;

	g->name = form_value(p, "name");
	g->country = form_value(p, "country");
	g->timezone = form_value(p, "timezone");
	g->match = form_value(p, "match");
	if (g->name[0] == '\0' || strlen(g->name) > NAME_MAX_BYTES ||
	    !text_is_utf8(g->name, strlen(g->name), &at))
		g->name_fault = "Give the account a name of at most 200 "
				"letters.";
	if (!phone_is_country(g->country))
		g->country_fault = "Choose a country.";
	if (timezone_find(p->db, g->timezone, p->mem, &zone, e) == -1)
		return -1;
	if (zone == NULL)
		g->zone_fault = "There is no such time zone: choose one from "
				"the list, such as Europe/Berlin.";
	else
		g->timezone = zone;
	return 0;
}

void
do_settings(struct page *p)
{
	struct account_change change;
	struct json_object *account;
	struct err e = ERR_INIT;
	struct general g;

	if (load(p, &g) == -1)
		return;
	if (take(p, &g, &e) == -1) {
		page_fail(p, &e);
		return;
	}
	if (!is_rule(g.match)) {
		page_missing(p);
		return;
	}
	change = (struct account_change){ g.name, g.match, g.timezone,
					  g.country };
	if (g.name_fault == NULL && g.country_fault == NULL &&
	    g.zone_fault == NULL) {
		if (account_set(p->db, p->who->account_id, &change, p->mem,
				&account, &e) == 0) {
			page_say(p, 0, "Saved.");
			page_redirect(p, url(p, "settings"));
			return;
		}
		if (e.kind != ERR_INPUT) {
			page_fail(p, &e);
			return;
		}
		g.name_fault = "Another account has this name.";
	}
	show(p, &g);
}

/* --- a test mail
 * ------------------------------------------------------------------ */

void
do_test_mail(struct page *p)
{
	struct test_mail t = { 0, "", "" };
	struct err e = ERR_INIT;
	int rc = test_mail_send(p->conf, p->who->email, p->mem, &t, &e);

	if (rc == -1)
		log_warn("a test mail: %s", e.text);
	layout_crumb(p, url(p, "settings"), "Settings");
	if (rc == 0 && t.is_taken) {
		layout_begin(p, "The test mail was sent", "settings");
		html(&p->body, "<p class=\"said\" role=\"status\">The mail "
			       "server took a message for ");
		html_text(&p->body, p->who->email);
		html(&p->body, ". Look whether it arrives, also among the "
			       "unwanted ones.</p>\n");
	} else {
		layout_begin(p, "The test mail was not sent", "settings");
		html(&p->body, "<p class=\"said bad\" role=\"alert\">");
		html_text(&p->body,
			  rc == 0 ? t.text
				  : "The configuration does not allow it; the "
				    "log of the server says why.");
		html(&p->body, "</p>\n<p>What is wrong stands in the "
			       "configuration of the installation, or at the "
			       "mail server.</p>\n");
	}
	if (t.dialogue[0] != '\0') {
		html(&p->body, "<h2>What the two said</h2>\n<pre>");
		html_text(&p->body, t.dialogue);
		html(&p->body, "</pre>\n");
	}
	html(&p->body, "<p>");
	link_to(p, url(p, "settings"), "Back to the settings");
	html(&p->body, "</p>\n");
	layout_end(p);
}
