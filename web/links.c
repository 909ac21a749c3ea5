/*
 * links.c - addresses of this site.  See web.h.
 */
#include "config.h"

#include "base/json.h"
#include "http/html.h"
#include "web.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define URL_MAX 8192

const char *
url(const struct page *p, const char *fmt, ...)
{
	char path[URL_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return mem_printf(p->mem, "%s%s", p->root, path);
}

static void
add_encoded(struct buf *b, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (; *text != '\0'; text++)
		if (strchr(plain, *text) != NULL)
			buf_addc(b, *text);
		else
			buf_addf(b, "%%%02X", (unsigned char)*text);
}

static const char *
pool_buf(struct mem *m, struct buf *b)
{
	const char *text = mem_strndup(m, b->s, b->len);

	buf_free(b);
	return text;
}

const char *
url_arg(const struct page *p, const char *text)
{
	struct buf b = BUF_INIT;

	add_encoded(&b, text);
	return pool_buf(p->mem, &b);
}

static void
add_parameter(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, strchr(b->s, '?') == NULL ? '?' : '&');
	add_encoded(b, name);
	buf_addc(b, '=');
	add_encoded(b, value);
}

const char *
url_with(const struct page *p, const char *name, const char *value)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, url(p, "%s", p->path));
	json_object_object_foreach (p->query, key, o) {
		if (strcmp(key, name) != 0 &&
		    json_object_is_type(o, json_type_string) &&
		    json_object_get_string_len(o) > 0)
			add_parameter(&b, key, json_object_get_string(o));
	}
	if (value != NULL)
		add_parameter(&b, name, value);
	return pool_buf(p->mem, &b);
}

void
link_to(struct page *p, const char *href, const char *text)
{
	html(&p->body, "<a href=\"");
	html_text(&p->body, href);
	html(&p->body, "\">");
	html_text(&p->body, text);
	html(&p->body, "</a>");
}
