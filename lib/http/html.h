/*
 * html.h - HTML with the escape in the function's name: only a literal goes
 * out raw.
 */
#ifndef HTTP_HTML_H
#define HTTP_HTML_H

#include "base/buf.h"

/* A literal; html(b, variable) does not compile. */
#define html(b, literal) buf_add((b), "" literal "", sizeof(literal) - 1)

/* Text between tags, or inside a quoted attribute. */
void html_text(struct buf *b, const char *text);

#endif
