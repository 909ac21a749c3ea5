/*
 * template_tree.h - what template.c makes of a text and template_render.c
 * walks.  Private to these two.
 */
#ifndef FLOW_TEMPLATE_TREE_H
#define FLOW_TEMPLATE_TREE_H

#include "base/mem.h"
#include "flow/path.h"

#include <stddef.h>

#define TEMPLATE_MAX_NESTING 64

enum node_kind {
	NODE_TEXT,
	NODE_VALUE, /* escaped */
	NODE_RAW,   /* {{{name}}}, {{&name}} */
	NODE_SECTION,
	NODE_INVERTED,
};

struct node {
	enum node_kind kind;
	const char *text; /* the literal text, or the name as written */
	size_t len;
	const struct path *path; /* NULL: ".", the innermost context */
	const char *fallback;	 /* NULL: none */
	size_t end; /* sections: the node behind the last one inside */
};

struct template
{
	struct mem *mem;
	struct node *nodes; /* in the order of the text */
	size_t n, cap;
};

#endif
