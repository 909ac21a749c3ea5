/*
 * pretty.c - see pretty.h.
 */
#include "config.h"

#include "pretty.h"

#include "base/json.h"
#include "http/html.h"
#include "web.h"

#include "base/banned.h"

void
pretty_json(struct page *p, struct json_object *v)
{
	html(&p->body, "<pre tabindex=\"0\">");
	v = json_open(v);
	if (json_object_is_type(v, json_type_string))
		html_text(&p->body, json_object_get_string(v));
	else
		html_text(&p->body,
			  json_object_to_json_string_ext(
				  v, JSON_C_TO_STRING_PRETTY |
					     JSON_C_TO_STRING_SPACED |
					     JSON_C_TO_STRING_NOSLASHESCAPE));
	html(&p->body, "</pre>");
}

const char *
pretty_words(struct page *p, const char *name)
{
	char *text = mem_strdup(p->mem, name), *c;

	for (c = text; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	return text;
}
