/*
 * page_mapping.c - the mapping of a workflow: where the values of its requests
 * go, with a preview of what that would do.
 */
#include "config.h"

#include "base/json.h"
#include "http/html.h"
#include "mapping.h"
#include "pages.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

/* --- the preview ---------------------------------------------------------- */

/* It asks anew when the form beside it changes; nothing is saved by that. */
static void
preview_box(struct page *p, struct mapping *mp)
{
	html(&p->body,
	     "<section class=\"card\" id=\"preview\" aria-live=\"polite\" "
	     "hx-trigger=\"change from:#mapping delay:300ms\" "
	     "hx-include=\"#mapping form\" hx-target=\"this\" "
	     "hx-swap=\"innerHTML\" hx-post=\"");
	html_text(&p->body, url(p, "workflows/%s/mapping/preview", mp->d.w.id));
	html(&p->body, "\"><h2>With this sample</h2>\n");
	mapping_preview(p, mp);
	html(&p->body, "<p class=\"help\">Only looked at: nothing was sent or "
		       "stored.</p></section>\n");
}

void
page_mapping_preview(struct page *p)
{
	struct mapping mp;

	if (mapping_load(p, &mp) == -1 || mapping_read(p, &mp, 0, NULL) == -1)
		return;
	html(&p->body, "<h2>With this sample</h2>\n");
	mapping_preview(p, &mp);
	html(&p->body, "<p class=\"help\">Only looked at: nothing was sent or "
		       "stored.</p>\n");
}

/* --- the page ------------------------------------------------------------- */

static void
sample_line(struct page *p, const struct mapping *mp)
{
	const char *trigger = url(p, "workflows/%s/trigger", mp->d.w.id);

	html(&p->body, "<p>");
	if (mp->s.source == NULL) {
		html(&p->body, "No request has come yet that could show what "
			       "the sender sends: ");
		link_to(p, trigger, "get the address and send one");
		html(&p->body, ". Rules can be written by hand meanwhile.");
	} else {
		if (mp->s.is_chosen)
			html(&p->body, "Sample: the chosen ");
		else
			html(&p->body, "Sample: the latest ");
		link_to(p, url(p, "deliveries/%s", mp->s.id), "request");
		html(&p->body, ", ");
		html_time(p, mp->s.received_at);
		html(&p->body, " &middot; ");
		link_to(p, trigger, "Choose another");
	}
	html(&p->body, "</p>\n");
}

static void
filter_box(struct page *p, const struct mapping *mp)
{
	if (mp->s.source == NULL)
		return;
	form_begin_get(p, url(p, "workflows/%s/mapping", mp->d.w.id));
	form_field(p, &(struct field){ .name = "q",
				       .label = "Find a value",
				       .type = "search",
				       .value = query_value(p, "q"),
				       .placeholder = "email, plan, 49.90",
				       .is_wide = 1 });
	form_button(p, "plain", NULL, NULL, "Find");
	if (query_value(p, "q")[0] != '\0')
		link_to(p, url(p, "workflows/%s/mapping", mp->d.w.id),
			"Show all");
	form_end(p);
}

void
page_mapping(struct page *p)
{
	struct mapping mp;

	if (mapping_load(p, &mp) == -1)
		return;
	mapping_rows(p, &mp);
	draft_frame(p, &mp.d, "mapping");
	if (strcmp(mp.d.w.status, "published") == 0)
		html(&p->body, "<p class=\"faint\">Changes are kept in the "
			       "draft and count after the next "
			       "publishing.</p>\n");
	sample_line(p, &mp);
	html(&p->body, "<div class=\"beside\"><div id=\"mapping\">\n");
	filter_box(p, &mp);
	mapping_table(p, &mp);
	html(&p->body, "</div>\n");
	preview_box(p, &mp);
	html(&p->body, "</div>\n");
	layout_end(p);
}

void
do_save_mapping(struct page *p)
{
	const char *said = NULL, *q = form_value(p, "q");
	struct mapping mp;

	if (mapping_load(p, &mp) == -1 || mapping_read(p, &mp, 1, &said) == -1)
		return;
	if (json_get(mp.d.trigger, "type") == NULL)
		json_set_string(mp.d.trigger, "type", "inbound_webhook");
	if (draft_save(p, &mp.d, "Mapping changed") == -1)
		return;
	page_say(p, 0, "%sSaved in the draft.", said != NULL ? said : "");
	if (q[0] != '\0')
		page_redirect(p, url(p, "workflows/%s/mapping?q=%s", mp.d.w.id,
				     url_arg(p, q)));
	else
		page_redirect(p,
			      url(p, "workflows/%s/mapping%s", mp.d.w.id,
				  form_value(p, "show")[0] != '\0' ? "?show=all"
								   : ""));
}
