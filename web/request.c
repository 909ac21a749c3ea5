/*
 * request.c - what a request brought: forms, queries, cookies.  See web.h.
 * Decoding is lib/http's; nothing here judges a value but is_id.
 */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "web.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

/* The last of a field that came several times. */
static const char *
text_of(struct json_object *form, const char *name)
{
	struct json_object *o = json_get(form, name);
	size_t n;

	if (json_object_is_type(o, json_type_array)) {
		n = json_object_array_length(o);
		o = n == 0 ? NULL : json_object_array_get_idx(o, n - 1);
	}
	return json_object_is_type(o, json_type_string)
		       ? json_object_get_string(o)
		       : "";
}

static const char *
trimmed(struct mem *m, const char *text)
{
	return text_trim(mem_strdup(m, text));
}

const char *
form_value(const struct page *p, const char *name)
{
	return trimmed(p->mem, text_of(p->form, name));
}

const char *
query_value(const struct page *p, const char *name)
{
	return trimmed(p->mem, text_of(p->query, name));
}

const char *
form_raw(const struct page *p, const char *name)
{
	return text_of(p->form, name);
}

int
form_has(const struct page *p, const char *name)
{
	return json_object_object_get_ex(p->form, name, NULL);
}

struct json_object *
form_list(const struct page *p, const char *name)
{
	struct json_object *o = json_get(p->form, name), *list;

	if (json_object_is_type(o, json_type_array))
		return o;
	list = json_pool(p->mem, json_object_new_array());
	if (o != NULL)
		json_object_array_add(list, json_object_get(o));
	return list;
}

const struct upload *
form_upload(const struct page *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_uploads; i++)
		if (strcmp(p->uploads[i].name, name) == 0 &&
		    p->uploads[i].filename[0] != '\0')
			return &p->uploads[i];
	return NULL;
}

int
is_id(const char *text)
{
	char *end;

	if (text[0] < '1' || text[0] > '9')
		return 0;
	errno = 0;
	return strtoll(text, &end, 10) > 0 && errno == 0 && *end == '\0';
}

const char *
page_cookie(struct page *p, const char *name)
{
	size_t len = strlen(name), n;
	const char *s = p->cookies;

	while (*s != '\0') {
		s += strspn(s, " ;");
		n = strcspn(s, ";");
		if (n > len && strncmp(s, name, len) == 0 && s[len] == '=')
			return trimmed(p->mem, mem_strndup(p->mem, s + len + 1,
							   n - len - 1));
		s += n;
	}
	return NULL;
}
