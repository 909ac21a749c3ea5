/*
 * template.c - reading a Mustache text into nodes.  See template.h;
 * template_render.c makes text of them.
 */
#include "config.h"

#include "flow/template.h"

#include "flow/template_tree.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define DELIMITER_MAX 16

/* One reading of one text. */
struct parser {
	struct template *t;
	const char *text, *at;
	const char *tag; /* where the tag in hand begins */
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	size_t sections[TEMPLATE_MAX_NESTING]; /* open ones, as nodes */
	const char *opened_at[TEMPLATE_MAX_NESTING];
	size_t n_sections;
	struct err *e;
};

/* A tag cut out of the text. */
struct tag {
	char kind; /* # ^ / ! = & { > or, for a plain name, 0 */
	const char *from, *to;
};

/* "SENTENCE at line L, column C" of `at`; columns count characters. */
static int
fail(const struct parser *p, const char *at, const char *what, const char *name,
     size_t len)
{
	size_t line = 1, column = 1;
	const char *s;

	for (s = p->text; s < at; s++) {
		if (*s == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*s & 0xc0) != 0x80) {
			column++;
		}
	}
	if (len > 100)
		len = 100;
	return err_set(p->e, ERR_INPUT, "%s%.*s%s at line %zu, column %zu",
		       what, (int)len, name, len > 0 ? "}}" : "", line, column);
}

static int
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
trim(const char **from, const char **to)
{
	while (*from < *to && is_space(**from))
		(*from)++;
	while (*to > *from && is_space((*to)[-1]))
		(*to)--;
}

static struct node *
add_node(struct template *t, enum node_kind kind, const char *text, size_t len)
{
	struct node *grown;

	if (t->n == t->cap) {
		t->cap = t->cap > 0 ? t->cap * 2 : 4;
		grown = mem_alloc(t->mem, t->cap * sizeof(*grown));
		if (t->n > 0)
			memcpy(grown, t->nodes, t->n * sizeof(*grown));
		t->nodes = grown;
	}
	t->nodes[t->n].kind = kind;
	t->nodes[t->n].text = mem_strndup(t->mem, text, len);
	t->nodes[t->n].len = len;
	return &t->nodes[t->n++];
}

/* Behind the opening delimiter: cut the tag out, move behind its end. */
static int
read_tag(struct parser *p, struct tag *tag)
{
	char end[DELIMITER_MAX + 2];
	const char *to;

	p->at += strlen(p->open);
	tag->kind = *p->at != '\0' && strchr("#^/!=&{>", *p->at) != NULL
			    ? *p->at
			    : '\0';
	if (tag->kind != '\0')
		p->at++;
	snprintf(end, sizeof(end), "%s%s",
		 tag->kind == '{'   ? "}"
		 : tag->kind == '=' ? "="
				    : "",
		 p->close);
	to = strstr(p->at, end);
	if (to == NULL)
		return fail(p, p->tag, "a tag does not end: it begins", "", 0);
	tag->from = p->at;
	tag->to = to;
	p->at = to + strlen(end);
	trim(&tag->from, &tag->to);
	return 0;
}

/*
 * A tag that prints nothing and stands alone on its line takes the line with
 * it.  Returns where the text before the tag ends; moves behind the line.
 */
static const char *
take_line(struct parser *p)
{
	const char *before = p->tag, *after = p->at;

	while (before > p->text && (before[-1] == ' ' || before[-1] == '\t'))
		before--;
	if (before > p->text && before[-1] != '\n')
		return p->tag;
	after += strspn(after, " \t");
	if (after[0] == '\r' && after[1] == '\n')
		after++;
	if (*after == '\n')
		after++;
	else if (*after != '\0')
		return p->tag;
	p->at = after;
	return before;
}

/* Where the fallback's | stands, outside brackets and quotes; NULL: none. */
static const char *
find_fallback(const char *from, const char *to)
{
	int in_bracket = 0, in_quotes = 0;

	for (; from < to; from++) {
		if (in_quotes && *from == '\\' && from + 1 < to)
			from++;
		else if (in_bracket && *from == '"')
			in_quotes = !in_quotes;
		else if (!in_quotes && (*from == '[' || *from == ']'))
			in_bracket = *from == '[';
		else if (!in_bracket && *from == '|')
			return from;
	}
	return NULL;
}

/* Give the node its name's path; "." has none. */
static int
set_path(struct parser *p, struct node *node)
{
	struct path *path;

	if (node->len == 0)
		return fail(p, p->tag, "expected a name in the tag", "", 0);
	if (strcmp(node->text, ".") == 0)
		return 0;
	if (path_parse(p->t->mem, node->text, &path, p->e) == -1)
		return fail(p, p->tag,
			    p->e != NULL ? mem_strdup(p->t->mem, p->e->text)
					 : "",
			    "", 0);
	node->path = path;
	return 0;
}

static int
add_value(struct parser *p, const struct tag *tag)
{
	const char *from = tag->from, *to = tag->to, *last = tag->to;
	const char *bar = find_fallback(from, to);
	struct node *node;

	if (bar != NULL)
		to = bar;
	trim(&from, &to);
	node = add_node(p->t, tag->kind == '\0' ? NODE_VALUE : NODE_RAW, from,
			(size_t)(to - from));
	if (bar != NULL) {
		bar++;
		trim(&bar, &last);
		node->fallback =
			mem_strndup(p->t->mem, bar, (size_t)(last - bar));
	}
	return set_path(p, node);
}

static int
open_section(struct parser *p, const struct tag *tag)
{
	struct node *node;

	if (p->n_sections == TEMPLATE_MAX_NESTING)
		return fail(p, p->tag,
			    "expected at most 64 sections inside each other, "
			    "found one more",
			    "", 0);
	p->opened_at[p->n_sections] = p->tag;
	p->sections[p->n_sections++] = p->t->n;
	node = add_node(p->t, tag->kind == '#' ? NODE_SECTION : NODE_INVERTED,
			tag->from, (size_t)(tag->to - tag->from));
	return set_path(p, node);
}

static int
close_section(struct parser *p, const struct tag *tag)
{
	size_t len = (size_t)(tag->to - tag->from);
	struct node *node;

	if (p->n_sections == 0)
		return fail(p, p->tag,
			    "no section is open that could end with {{/",
			    tag->from, len);
	node = &p->t->nodes[p->sections[--p->n_sections]];
	if (node->len != len || memcmp(node->text, tag->from, len) != 0)
		return fail(p, p->tag,
			    mem_printf(p->t->mem,
				       "expected {{/%.100s}}, found {{/",
				       node->text),
			    tag->from, len);
	node->end = p->t->n;
	return 0;
}

/* One of two delimiters: no white space, no "=". */
static int
read_delimiter(const char **at, const char *to, char out[DELIMITER_MAX + 1])
{
	size_t n = 0;

	while (*at < to && is_space(**at))
		(*at)++;
	for (; *at < to && !is_space(**at); (*at)++) {
		if (**at == '=' || n == DELIMITER_MAX)
			return 0;
		out[n++] = **at;
	}
	out[n] = '\0';
	return n > 0;
}

static int
set_delimiters(struct parser *p, const struct tag *tag)
{
	const char *at = tag->from;

	if (read_delimiter(&at, tag->to, p->open) &&
	    read_delimiter(&at, tag->to, p->close) && at == tag->to)
		return 0;
	return fail(p, p->tag,
		    "expected two new delimiters, as in {{=<% %>=}},", "", 0);
}

/* The tag at p->tag, and the text before it since `from`. */
static int
add_tag(struct parser *p, const char *from)
{
	const char *to = p->tag;
	struct tag tag;

	if (read_tag(p, &tag) == -1)
		return -1;
	if (tag.kind != '\0' && strchr("#^/!=", tag.kind) != NULL)
		to = take_line(p);
	if (to > from)
		add_node(p->t, NODE_TEXT, from, (size_t)(to - from));
	switch (tag.kind) {
	case '#':
	case '^':
		return open_section(p, &tag);
	case '/':
		return close_section(p, &tag);
	case '=':
		return set_delimiters(p, &tag);
	case '!':
		return 0;
	case '>':
		return fail(p, p->tag,
			    "partials do not exist here: write their text "
			    "instead of {{>",
			    tag.from, (size_t)(tag.to - tag.from));
	default:
		return add_value(p, &tag);
	}
}

int
template_parse(struct mem *m, const char *text, struct template **out,
	       struct err *e)
{
	struct parser p = {
		.text = text, .at = text, .open = "{{", .close = "}}", .e = e
	};
	const char *from;

	p.t = mem_alloc(m, sizeof(*p.t));
	p.t->mem = m;
	for (;;) {
		from = p.at;
		p.tag = strstr(from, p.open);
		if (p.tag == NULL)
			break;
		p.at = p.tag;
		if (add_tag(&p, from) == -1)
			return -1;
	}
	if (*from != '\0')
		add_node(p.t, NODE_TEXT, from, strlen(from));
	if (p.n_sections > 0) {
		const struct node *open =
			&p.t->nodes[p.sections[p.n_sections - 1]];

		return fail(&p, p.opened_at[p.n_sections - 1],
			    "a section does not end: {{#", open->text,
			    open->len);
	}
	*out = p.t;
	return 0;
}

void
template_each_name(const struct template *t,
		   void (*fn)(void *arg, const char *name, int in_section),
		   void *arg)
{
	const struct node *n;
	size_t i, section_end = 0; /* of the outermost one that is open */

	for (i = 0; i < t->n; i++) {
		n = &t->nodes[i];
		if (n->path != NULL)
			fn(arg, n->text, i < section_end);
		/* an inverted section changes no names */
		if (n->kind == NODE_SECTION && i >= section_end)
			section_end = n->end;
	}
}
