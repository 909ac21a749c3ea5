/*
 * effect_marketing.c - what makes an e-mail a marketing one: the link to
 * unsubscribe, in its header (RFC 8058) and in what people read.  See effect.h.
 * Who follows the link comes to hook.fcgi; who did is consent.c's.
 */
#include "config.h"

#include "engine/effect.h"

#include "act/mail.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "engine/hook_url.h"
#include "flow/plan.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define LINK "unsubscribe_url"
#define TEXT_FOOTER "\n\n-- \n{{account.name}}\nUnsubscribe: {{" LINK "}}\n"
#define HTML_FOOTER                                                         \
	"\n<p style=\"margin-top:2em;font-size:small;color:#666\">"         \
	"{{account.name}} &middot; <a href=\"{{" LINK "}}\" style=\"color:" \
	"inherit\">Unsubscribe</a></p>\n"

/* Hookline's own; NULL with *e set. */
static const char *
own_link(struct passage *p, struct err *e)
{
	const struct conf *c = p->engine->conf;

	if (p->run->contact_id == NULL)
		err_set(e, ERR_PERM,
			"this run has no contact who could unsubscribe: set "
			"list_unsubscribe to a URL of your own, or category "
			"to transactional");
	else if (strcmp(c->base_url, CONF_BASE_URL_UNSET) == 0)
		err_set(e, ERR_TEMP,
			"the link to unsubscribe needs base_url, which the "
			"configuration does not set");
	else
		return unsubscribe_url(c, p->engine->secrets,
				       p->run->account_id, p->run->contact_id,
				       p->mem);
	return NULL;
}

int
marketing_begin(struct passage *p, struct mail *mail, struct err *e)
{
	const char *url = effect_field(p, p->step->json, "list_unsubscribe",
				       ESCAPE_HEADER, e);
	int is_own;

	if (e->kind != ERR_NONE)
		return -1;
	is_own = url == NULL || *url == '\0';
	if (is_own) {
		url = own_link(p, e);
	} else {
		url = mailbox_unsubscribe(p->mem, url, e);
		if (url == NULL)
			err_context(e, "list_unsubscribe");
	}
	if (url == NULL)
		return -1;
	mail->list_unsubscribe = url;
	effect_scope_add(p, LINK, json_object_new_string(url));
	return is_own;
}

/* Where the last </body> begins, or the end. */
static const char *
body_end(const char *html)
{
	const char *found = NULL, *s;

	for (s = strchr(html, '<'); s != NULL; s = strchr(s + 1, '<'))
		if (strncasecmp(s, "</body", strlen("</body")) == 0)
			found = s;
	return found != NULL ? found : html + strlen(html);
}

/* `text` with the footer at `at`, unless the link is in it already. */
static const char *
with_footer(struct passage *p, const char *text, const char *at,
	    const char *footer, const char *url, enum escape escape,
	    struct err *e)
{
	if (strstr(text, url) != NULL)
		return text;
	footer = template_text(p->mem, footer, p->call_scope, escape,
			       EFFECT_MAX_BYTES, e);
	return footer == NULL ? NULL
			      : mem_printf(p->mem, "%.*s%s%s", (int)(at - text),
					   text, footer, at);
}

int
marketing_end(struct passage *p, struct mail *mail, struct err *e)
{
	const char *url = mail->list_unsubscribe, *text = mail->text,
		   *html = mail->html;

	if (text != NULL && *text != '\0')
		mail->text = with_footer(p, text, text + strlen(text),
					 TEXT_FOOTER, url, ESCAPE_NONE, e);
	if (html != NULL && *html != '\0')
		mail->html = with_footer(p, html, body_end(html), HTML_FOOTER,
					 url, ESCAPE_HTML, e);
	return e->kind == ERR_NONE ? 0 : -1;
}
