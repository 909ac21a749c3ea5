/*
 * value.h - what the value of an option can be, by the word that stands for it
 * in the usage: N, ID, VERSION, STATUS, OUTCOME, DURATION, WHEN, CC, RULE.
 * What can be said without a database is wrong usage; the rest is a refusal of
 * the command.
 */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "base/err.h"

/* The most that N can be. */
#define VALUE_N_MAX 10000

/* Is `text` a value that `word` can stand for?  -1 with ERR_INPUT that names
 * the option ("--limit").  Words of another kind take any text. */
MUSTUSE int value_check(const char *word, const char *option, const char *text,
			struct err *e);

#endif
