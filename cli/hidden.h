/*
 * hidden.h - lines that a terminal does not show while they are typed:
 * passwords and secrets.
 */
#ifndef CLI_HIDDEN_H
#define CLI_HIDDEN_H

#include "base/mem.h"

/* Does somebody type on the standard input? */
int hidden_is_terminal(void);

/* A line of the standard input without its end, from the pool; "" at the
 * end.  `prompt` is shown on a terminal, the line is not. */
char *hidden_line(struct mem *m, const char *prompt);

#endif
