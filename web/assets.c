/*
 * assets.c - the style sheet and the script.  See assets.h.  What is packed is
 * made from static/ by embed.sh.  All browsers of this century unpack gzip.
 */
#include "config.h"

#include "assets.h"
#include "pages.h"
#include "static_css.h"
#include "static_js.h"
#include "web.h"

#include "base/banned.h"

const struct asset asset_style = { static_css, sizeof(static_css),
				   static_css_tag };
const struct asset asset_script = { static_js, sizeof(static_js),
				    static_js_tag };

static void
serve(struct page *p, const struct asset *a, const char *type)
{
	p->type = type;
	buf_adds(&p->headers, "Content-Encoding: gzip\r\n"
			      "Cache-Control: public, max-age=31536000, "
			      "immutable\r\n");
	buf_add(&p->body, a->packed, a->len);
}

void
page_style_sheet(struct page *p)
{
	serve(p, &asset_style, "text/css; charset=utf-8");
}

void
page_script(struct page *p)
{
	serve(p, &asset_script, "text/javascript; charset=utf-8");
}
