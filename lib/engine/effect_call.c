/*
 * effect_call.c - a call to another system: its URL, login, headers and body,
 * made of the step's templates.  See effect.h.  Only here do secrets enter a
 * text; what people see of the call is rendered without them.
 */
#include "config.h"

#include "engine/effect.h"

#include "base/coding.h"
#include "base/json.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* Header lines of a call: the step's own, then ours. */
struct lines {
	const char **list;
	size_t n, cap;
	int has_type, has_key;
	enum escape escape; /* of a raw body, by its Content-Type */
};

static const char *
field(struct passage *p, const char *name, enum escape escape, struct err *e)
{
	return effect_field(p, p->step->json, name, escape, e);
}

static void
lines_add(struct passage *p, struct lines *l, const char *line)
{
	const char **bigger;

	if (l->n + 2 > l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 8;
		bigger = mem_alloc(p->mem, l->cap * sizeof(*bigger));
		if (l->n > 0)
			memcpy(bigger, l->list, l->n * sizeof(*bigger));
		l->list = bigger;
	}
	l->list[l->n++] = line;
	l->list[l->n] = NULL;
}

/* Values in a raw body are escaped for what the step says it is. */
enum escape
effect_escape_for(const char *type)
{
	if (strcasestr(type, "json") != NULL)
		return ESCAPE_JSON;
	if (strcasestr(type, "x-www-form-urlencoded") != NULL)
		return ESCAPE_URL;
	if (strcasestr(type, "html") != NULL || strcasestr(type, "xml") != NULL)
		return ESCAPE_HTML;
	return ESCAPE_NONE;
}

static int
own_headers(struct passage *p, struct lines *l, struct err *e)
{
	struct json_object *headers = json_get(p->step->json, "headers");
	const char *text;

	if (headers == NULL)
		return 0;
	json_object_object_foreach (headers, name, value) {
		text = template_text(p->mem, json_object_get_string(value),
				     p->call_scope, ESCAPE_HEADER,
				     EFFECT_MAX_BYTES, e);
		if (text == NULL)
			return err_context(e, "headers.%s", name);
		if (strcasecmp(name, "content-type") == 0) {
			l->has_type = 1;
			l->escape = effect_escape_for(text);
		}
		if (strcasecmp(name, "idempotency-key") == 0)
			l->has_key = 1;
		lines_add(p, l, mem_printf(p->mem, "%s: %s", name, text));
	}
	return 0;
}

/* Is `text` one tag and nothing else? */
static int
is_one_tag(const char *text)
{
	const char *end = strstr(text, "}}");

	return strncmp(text, "{{", 2) == 0 && end != NULL &&
	       end[2 + strspn(end + 2, "}")] == '\0';
}

/* "json": a value whose strings are templates, one tag for all of it, or one
 * template for the whole text, in which values are escaped for JSON. */
static int
json_body(struct passage *p, struct json_object *json, struct err *e)
{
	struct json_object *out;
	const char *text;

	if (!json_object_is_type(json, json_type_string) ||
	    is_one_tag(json_object_get_string(json))) {
		if (template_json(p->mem, json, p->call_scope, EFFECT_MAX_BYTES,
				  &out, e) == -1)
			return err_context(e, "json");
		json_write(&p->message, out);
		return 0;
	}
	text = field(p, "json", ESCAPE_JSON, e);
	if (text == NULL)
		return -1;
	if (json_read(text, strlen(text), JSON_MAX_DEPTH, &out, e) == -1) {
		e->kind = ERR_PERM;
		return err_context(e, "json");
	}
	json_pool(p->mem, out);
	buf_adds(&p->message, text);
	return 0;
}

void
effect_add_pair(struct buf *out, struct mem *m, const char *name,
		const char *value)
{
	struct json_object *o = json_pool(m, json_object_new_object());
	struct err e = ERR_INIT;
	const char *pair;

	json_set_string(o, "name", name);
	json_set_string(o, "value", value);
	pair = template_text(m, "{{name}}={{value}}", o, ESCAPE_URL,
			     4 * EFFECT_MAX_BYTES, &e);
	if (out->len > 0)
		buf_addc(out, '&');
	buf_adds(out, pair != NULL ? pair : "");
}

/* The pairs of the step's member `name`, where there is one. */
static int
add_pairs(struct passage *p, const char *name, struct buf *out, struct err *e)
{
	struct json_object *fields = json_get(p->step->json, name), *rendered;
	struct buf text = BUF_INIT;

	if (fields == NULL)
		return 0;
	if (template_json(p->mem, fields, p->call_scope, EFFECT_MAX_BYTES,
			  &rendered, e) == -1)
		return err_context(e, "%s", name);
	json_object_object_foreach (rendered, key, value) {
		buf_reset(&text);
		json_to_text(&text, value);
		effect_add_pair(out, p->mem, key, text.s);
	}
	buf_free(&text);
	return 0;
}

static int
request_body(struct passage *p, struct lines *l, struct err *e)
{
	struct json_object *json = json_get(p->step->json, "json");
	const char *type = NULL, *text;

	if (json != NULL) {
		type = "Content-Type: application/json";
		if (json_body(p, json, e) == -1)
			return -1;
	} else if (json_get(p->step->json, "form") != NULL) {
		type = "Content-Type: application/x-www-form-urlencoded";
		if (add_pairs(p, "form", &p->message, e) == -1)
			return -1;
	} else if ((text = field(p, "body", l->escape, e)) != NULL) {
		type = "Content-Type: text/plain; charset=utf-8";
		buf_adds(&p->message, text);
	} else if (e->kind != ERR_NONE) {
		return -1;
	}
	if (type != NULL && !l->has_type)
		lines_add(p, l, type);
	p->call.body = p->message.s;
	p->call.body_len = p->message.len;
	return 0;
}

/* A URL that is one name alone is used as it is; otherwise values are parts
 * of a URL, and escaped. */
static const char *
call_url(struct passage *p, struct err *e)
{
	const char *text = json_get_string(p->step->json, "url");

	return field(p, "url", is_one_tag(text) ? ESCAPE_NONE : ESCAPE_URL, e);
}

/* SCHEME://HOST of a URL, with the port. */
static size_t
place_length(const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return 0;
	host += strlen("://");
	return (size_t)(host - url) + strcspn(host, "/?#");
}

/* A host that comes out of a secret would be named whenever a call fails, and
 * the path behind it where the receiver tells what it got. */
static void
hide_parts(struct passage *p, const char *url, const char *shown)
{
	size_t len = place_length(url);
	const char *host, *path = url + len;

	if (len == 0 ||
	    (place_length(shown) == len && strncmp(url, shown, len) == 0))
		return;
	host = strstr(url, "://") + strlen("://");
	effect_hide_also(p, mem_strndup(p->mem, host, strcspn(host, ":/?#")));
	if (strlen(path) > 1)
		effect_hide_also(p, path);
	len = strcspn(path, "?#");
	if (len > 1)
		effect_hide_also(p, mem_strndup(p->mem, path, len));
}

/* A query may hold credentials: people see the URL without it. */
static int
set_url(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *url = call_url(p, e);
	struct buf shown = BUF_INIT;

	if (url == NULL)
		return -1;
	buf_add(&shown, url, strcspn(url, "?#"));
	effect_hide(p, &shown);
	hide_parts(p, url, shown.s);
	json_set_string(detail, "url", shown.s);
	buf_free(&shown);
	p->call.url = url;
	return 0;
}

/* A member of the login, which may not come out empty. */
static const char *
login_part(struct passage *p, const char *name, enum escape escape,
	   struct err *e)
{
	const char *text = effect_field(p, json_get(p->step->json, "auth"),
					name, escape, e);

	if (text != NULL && *text != '\0')
		return text;
	if (e->kind == ERR_NONE)
		err_set(e, ERR_PERM, "%s: expected text, found nothing", name);
	err_context(e, "auth");
	return NULL;
}

const char *
effect_basic(struct passage *p, const char *user, const char *password)
{
	struct buf both = BUF_INIT, coded = BUF_INIT;
	const char *line;

	buf_addf(&both, "%s:%s", user, password);
	base64_encode(both.s, both.len, &coded);
	if (p->hidden != NULL)
		effect_hide_also(p, coded.s);
	line = mem_printf(p->mem, "Authorization: Basic %s", coded.s);
	buf_free(&both);
	buf_free(&coded);
	return line;
}

static const char *
basic_login(struct passage *p, struct err *e)
{
	const char *user = login_part(p, "username", ESCAPE_NONE, e);
	const char *password;

	if (user == NULL)
		return NULL;
	if (strchr(user, ':') != NULL) {
		err_set(e, ERR_PERM,
			"auth: username: a name of HTTP's basic login has no "
			"colon");
		return NULL;
	}
	password = effect_field(p, json_get(p->step->json, "auth"), "password",
				ESCAPE_NONE, e);
	if (e->kind != ERR_NONE)
		return NULL;
	return effect_basic(p, user, password != NULL ? password : "");
}

/* A key by this place, "header" or "query": 1, with its two parts; 0: the login
 * is another. */
static int
key_login(struct passage *p, const char *place, const char **name,
	  const char **value, struct err *e)
{
	struct json_object *auth = json_get(p->step->json, "auth");
	const char *type = json_get_string(auth, "type");
	const char *in = json_get_string(auth, "in");
	int is_query = strcmp(place, "query") == 0;

	if (type == NULL || strcmp(type, "api_key") != 0 ||
	    strcmp(in != NULL ? in : "header", place) != 0)
		return 0;
	*name = json_get_string(auth, "name");
	*value = login_part(p, "value", is_query ? ESCAPE_NONE : ESCAPE_HEADER,
			    e);
	return *value != NULL ? 1 : -1;
}

/* The login as a header, where it is one. */
static int
login_header(struct passage *p, struct lines *l, struct err *e)
{
	const char *type =
		json_get_string(json_get(p->step->json, "auth"), "type");
	const char *line = NULL, *name, *value;
	int rc = key_login(p, "header", &name, &value, e);

	if (rc == -1)
		return -1;
	if (rc == 1)
		line = mem_printf(p->mem, "%s: %s", name, value);
	else if (type != NULL && strcmp(type, "basic") == 0)
		line = basic_login(p, e);
	else if (type != NULL && strcmp(type, "bearer") == 0 &&
		 (value = login_part(p, "token", ESCAPE_HEADER, e)) != NULL)
		line = mem_printf(p->mem, "Authorization: Bearer %s", value);
	if (line != NULL)
		lines_add(p, l, line);
	return e->kind == ERR_NONE ? 0 : -1;
}

/* `url` with more pairs in its query; a fragment is a browser's business. */
static const char *
with_query(struct mem *m, const char *url, const char *pairs)
{
	size_t len = strcspn(url, "#");
	const char *join = "&";

	if (memchr(url, '?', len) == NULL)
		join = "?";
	else if (url[len - 1] == '?' || url[len - 1] == '&')
		join = "";
	return mem_printf(m, "%.*s%s%s", (int)len, url, join, pairs);
}

/* The step's query, and a key that goes there. */
static int
add_query(struct passage *p, struct err *e)
{
	struct buf pairs = BUF_INIT;
	const char *name, *value;
	int rc = -1;

	if (add_pairs(p, "query", &pairs, e) == 0)
		rc = key_login(p, "query", &name, &value, e);
	if (rc == 1)
		effect_add_pair(&pairs, p->mem, name, value);
	if (rc != -1 && pairs.len > 0)
		p->call.url = with_query(p->mem, p->call.url, pairs.s);
	buf_free(&pairs);
	return rc == -1 ? -1 : 0;
}

static int
compose(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *method = json_get_string(p->step->json, "method");
	struct lines l = { .escape = ESCAPE_NONE };
	char id[EFFECT_ID_SIZE];

	p->call.method = method != NULL ? method : "POST";
	json_set_string(detail, "method", p->call.method);
	if (effect_secrets_open(p, p->step->json, e) == -1 ||
	    set_url(p, detail, e) == -1 || add_query(p, e) == -1 ||
	    login_header(p, &l, e) == -1 || own_headers(p, &l, e) == -1)
		return -1;
	effect_identity(p, id);
	if (!l.has_key)
		lines_add(p, &l, mem_printf(p->mem, "Idempotency-Key: %s", id));
	json_set_string(detail, "idempotency_key", l.has_key ? NULL : id);
	if (request_body(p, &l, e) == -1)
		return -1;
	p->call.headers = l.list;
	return 0;
}

enum step_end
perform_call_webhook(struct passage *p, struct json_object *detail,
		     struct err *e)
{
	effect_begin(p, NET_HTTP);
	if (compose(p, detail, e) == 0)
		return STEP_CALL;
	effect_hide_line(p, e->text, sizeof(e->text));
	return STEP_FAILED;
}
