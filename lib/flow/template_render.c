/*
 * template_render.c - a template's nodes and a scope become text, or JSON.
 * See template.h; template.c reads the text.
 *
 * A name is looked for in the contexts from the innermost outwards by its
 * first key; where that is found, the rest of the path must be, too (as
 * Mustache says).
 */
#include "config.h"

#include "flow/template.h"

#include "base/json.h"
#include "flow/template_tree.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

/* Lists in lists in lists print nothing and yet take for ever: so the work
 * is bounded, not only what is made. */
#define WORK_MAX 1000000

struct render {
	const struct template *t;
	enum escape escape;
	size_t max, begin; /* `out` began with `begin` bytes */
	struct buf *out;
	struct mem *mem; /* for the lists that paths make */
	struct json_object *stack[TEMPLATE_MAX_NESTING + 1];
	size_t depth; /* of the innermost context */
	size_t work;
	struct err *e;
};

static void
escape_none(struct buf *out, const char *s, size_t len)
{
	buf_add(out, s, len);
}

static void
escape_html(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		switch (s[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_addc(out, s[i]);
		}
	}
}

static void
escape_json(struct buf *out, const char *s, size_t len)
{
	struct buf quoted = BUF_INIT;

	json_write_string(&quoted, s, len);
	buf_add(out, quoted.s + 1, quoted.len - 2);
	buf_free(&quoted);
}

static int
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static void
escape_url(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (is_unreserved(s[i]))
			buf_addc(out, s[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s[i]);
	}
}

static void
escape_header(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf_addc(out, (unsigned char)s[i] < 0x20 || s[i] == 0x7f
				      ? ' '
				      : s[i]);
}

/* Are we inside a quoted-string (RFC 5322, section 3.2.4)? */
static int
is_in_quotes(const struct buf *out)
{
	int inside = 0;
	size_t i;

	for (i = 0; i < out->len; i++) {
		if (out->s[i] == '\\' && inside)
			i++;
		else if (out->s[i] == '"')
			inside = !inside;
	}
	return inside;
}

/* A value that is more than a word or an address becomes one quoted-string: a
 * name can't add a recipient. */
static void
escape_address(struct buf *out, const char *s, size_t len)
{
	int inside = is_in_quotes(out), quotes = 0;
	size_t i;

	for (i = 0; i < len && !inside && !quotes; i++)
		quotes = (unsigned char)s[i] <= 0x20 ||
			 strchr("\"\\()<>[],;:", s[i]) != NULL;
	if (quotes)
		buf_addc(out, '"');
	for (i = 0; i < len; i++) {
		if ((quotes || inside) && (s[i] == '"' || s[i] == '\\'))
			buf_addc(out, '\\');
		escape_header(out, s + i, 1);
	}
	if (quotes)
		buf_addc(out, '"');
}

static void (*const escapes[])(struct buf *, const char *, size_t) = {
	[ESCAPE_NONE] = escape_none,	 [ESCAPE_HTML] = escape_html,
	[ESCAPE_JSON] = escape_json,	 [ESCAPE_URL] = escape_url,
	[ESCAPE_HEADER] = escape_header, [ESCAPE_ADDRESS] = escape_address,
};

static int
check_size(const struct render *r)
{
	if (r->out->len - r->begin <= r->max)
		return 0;
	return err_set(r->e, ERR_PERM,
		       "the template makes more than %zu bytes: use less of "
		       "the data in it",
		       r->max);
}

static int
count_work(struct render *r, size_t work)
{
	if (work <= WORK_MAX - r->work) {
		r->work += work;
		return 0;
	}
	return err_set(r->e, ERR_PERM,
		       "the template goes through more than %d list elements: "
		       "use fewer lists inside lists",
		       WORK_MAX);
}

/* Text as it is: the template's own, or {{{name}}}. */
static int
put_raw(struct render *r, const char *s, size_t len)
{
	int is_header =
		r->escape == ESCAPE_HEADER || r->escape == ESCAPE_ADDRESS;
	enum escape escape = is_header ? ESCAPE_HEADER : ESCAPE_NONE;

	escapes[escape](r->out, s, len);
	return check_size(r);
}

static int
put_value(struct render *r, const char *s, size_t len)
{
	escapes[r->escape](r->out, s, len);
	return check_size(r);
}

/* What the node's name stands for, or NULL. */
static struct json_object *
look_up(const struct render *r, const struct node *node)
{
	struct json_object *context, *o;
	size_t i = r->depth + 1;

	if (node->path == NULL)
		return r->stack[r->depth];
	while (i-- > 0) {
		context = json_open(r->stack[i]);
		if (!json_object_is_type(context, json_type_object) ||
		    !json_object_object_get_ex(context, path_root(node->path),
					       &o))
			continue;
		return path_get(node->path, context, r->mem);
	}
	return NULL;
}

/* The same; a list costs as much work as it has elements.  A section looks
 * into JSON that lies in a string, as a path does. */
static int
resolve(struct render *r, const struct node *node, struct json_object **o)
{
	*o = look_up(r, node);
	if (node->kind == NODE_SECTION || node->kind == NODE_INVERTED)
		*o = json_open(*o);
	if (!json_object_is_type(*o, json_type_array))
		return count_work(r, 1);
	return count_work(r, json_object_array_length(*o) + 1);
}

static int
is_empty(struct json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		return 1;
	case json_type_string:
		return json_object_get_string_len(o) == 0;
	case json_type_array:
		return json_object_array_length(o) == 0;
	case json_type_object:
		return json_object_object_length(o) == 0;
	default:
		return 0;
	}
}

static int
render_value(struct render *r, const struct node *node)
{
	int (*put)(struct render *, const char *, size_t) =
		node->kind == NODE_RAW ? put_raw : put_value;
	struct buf text = BUF_INIT;
	struct json_object *o;
	int rc;

	if (resolve(r, node, &o) == -1)
		return -1;
	if (is_empty(o) && node->fallback != NULL)
		return put(r, node->fallback, strlen(node->fallback));
	json_to_text(&text, o);
	rc = put(r, text.s, text.len);
	buf_free(&text);
	return rc;
}

static int render_nodes(struct render *r, size_t from, size_t to);

/* What lies in the section `node`, with `o` as the innermost context. */
static int
render_inside(struct render *r, const struct node *node, struct json_object *o)
{
	int rc;

	r->stack[++r->depth] = o;
	rc = render_nodes(r, (size_t)(node - r->t->nodes) + 1, node->end);
	r->depth--;
	return rc;
}

static int
is_false(struct json_object *o)
{
	return is_empty(o) || (json_object_is_type(o, json_type_boolean) &&
			       !json_object_get_boolean(o));
}

static int
render_section(struct render *r, const struct node *node)
{
	struct json_object *o;
	size_t i, n;
	int rc = 0;

	if (resolve(r, node, &o) == -1)
		return -1;
	if (node->kind == NODE_INVERTED)
		return is_false(o) ? render_inside(r, node, r->stack[r->depth])
				   : 0;
	if (is_false(o))
		return 0;
	if (!json_object_is_type(o, json_type_array))
		return render_inside(r, node, o);
	n = json_object_array_length(o);
	for (i = 0; i < n && rc == 0; i++)
		rc = render_inside(r, node, json_object_array_get_idx(o, i));
	return rc;
}

static int
render_nodes(struct render *r, size_t from, size_t to)
{
	size_t i = from;
	int rc = 0;

	while (i < to && rc == 0) {
		const struct node *node = &r->t->nodes[i];

		i++;
		if (node->kind == NODE_TEXT) {
			rc = put_raw(r, node->text, node->len);
		} else if (node->kind == NODE_SECTION ||
			   node->kind == NODE_INVERTED) {
			rc = render_section(r, node);
			i = node->end;
		} else {
			rc = render_value(r, node);
		}
	}
	return rc;
}

int
template_render(const struct template *t, struct json_object *scope,
		enum escape escape, size_t max, struct buf *out, struct err *e)
{
	struct render r = { .t = t,
			    .escape = escape,
			    .max = max,
			    .begin = out->len,
			    .out = out,
			    .e = e };
	int rc;

	r.mem = mem_new();
	r.stack[0] = scope;
	rc = render_nodes(&r, 0, t->n);
	mem_free(r.mem);
	if (rc == -1 && out->len > r.begin) {
		out->len = r.begin;
		out->s[out->len] = '\0';
	}
	return rc;
}

char *
template_text(struct mem *m, const char *text, struct json_object *scope,
	      enum escape escape, size_t max, struct err *e)
{
	struct buf out = BUF_INIT;
	struct template *t;
	char *made = NULL;

	if (template_parse(m, text, &t, e) == 0 &&
	    template_render(t, scope, escape, max, &out, e) == 0)
		made = mem_strndup(m, out.s, out.len);
	buf_free(&out);
	return made;
}

/* The rendering of a JSON value: `left` bytes may still be made. */
struct json_render {
	struct mem *mem;
	struct json_object *scope;
	size_t max, left;
	struct err *e;
};

/* A string that is one tag alone: the value itself.  Its text counts. */
static int
json_from_tag(struct json_render *j, const struct template *t,
	      struct json_object **out)
{
	struct render r = { .t = t, .mem = j->mem, .stack = { j->scope } };
	const struct node *node = &t->nodes[0];
	struct json_object *o = look_up(&r, node);
	struct buf text = BUF_INIT;

	if (is_empty(o) && node->fallback != NULL)
		o = json_object_new_string(node->fallback);
	else
		o = json_object_get(o);
	json_to_text(&text, o);
	if (text.len > j->left) {
		json_object_put(o);
		buf_free(&text);
		return err_set(j->e, ERR_PERM,
			       "the templates make more than %zu bytes: use "
			       "less of the data in them",
			       j->max);
	}
	j->left -= text.len;
	buf_free(&text);
	*out = o;
	return 0;
}

static int
json_from_text(struct json_render *j, const char *text,
	       struct json_object **out)
{
	struct buf made = BUF_INIT;
	struct template *t;
	int rc = -1;

	if (template_parse(j->mem, text, &t, j->e) == -1)
		return -1;
	if (t->n == 1 &&
	    (t->nodes[0].kind == NODE_VALUE || t->nodes[0].kind == NODE_RAW))
		return json_from_tag(j, t, out);
	if (template_render(t, j->scope, ESCAPE_NONE, j->left, &made, j->e) ==
	    -1)
		goto out;
	j->left -= made.len;
	*out = json_object_new_string_len(made.s, (int)made.len);
	rc = 0;
out:
	buf_free(&made);
	return rc;
}

static int json_render(struct json_render *j, struct json_object *value,
		       struct json_object **out);

static int
json_from_object(struct json_render *j, struct json_object *value,
		 struct json_object *into)
{
	struct json_object *member;

	json_object_object_foreach (value, key, o) {
		if (json_render(j, o, &member) == -1)
			return -1;
		json_object_object_add(into, key, member);
	}
	return 0;
}

static int
json_from_list(struct json_render *j, struct json_object *value,
	       struct json_object *into)
{
	struct json_object *element;
	size_t i, n = json_object_array_length(value);

	for (i = 0; i < n; i++) {
		if (json_render(j, json_object_array_get_idx(value, i),
				&element) == -1)
			return -1;
		json_object_array_add(into, element);
	}
	return 0;
}

/* *out is a reference of its own, also where nothing was to be rendered. */
static int
json_render(struct json_render *j, struct json_object *value,
	    struct json_object **out)
{
	struct json_object *made;
	int rc;

	switch (json_object_get_type(value)) {
	case json_type_string:
		return json_from_text(j, json_object_get_string(value), out);
	case json_type_object:
		made = json_object_new_object();
		rc = json_from_object(j, value, made);
		break;
	case json_type_array:
		made = json_object_new_array();
		rc = json_from_list(j, value, made);
		break;
	default:
		made = json_object_get(value);
		rc = 0;
	}
	if (rc == -1)
		json_object_put(made);
	else
		*out = made;
	return rc;
}

int
template_json(struct mem *m, struct json_object *value,
	      struct json_object *scope, size_t max, struct json_object **out,
	      struct err *e)
{
	struct json_render j = { m, scope, max, max, e };

	if (json_render(&j, value, out) == -1)
		return -1;
	if (*out != NULL)
		json_pool(m, *out);
	return 0;
}
