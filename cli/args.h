/*
 * args.h - the words of a command line, read by the command's own usage text:
 * "FILE [--publish] [--limit N]" takes one operand, a flag and an option with
 * a value; "[ID]" may be left out, "[ID...]" may also be given many times.  So
 * what the help says is what is taken.  What a value can be, its word says
 * (value.h).
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "base/err.h"

#define ARGS_OPERANDS_MAX 4
#define ARGS_OPTIONS_MAX 8
#define ARGS_NAME_MAX 24
#define ARGS_WORD_MAX 16

struct args {
	char *const *operand; /* n_operands, borrowed from argv */
	int n_operands;
	struct {
		char name[ARGS_NAME_MAX];
		char word[ARGS_WORD_MAX]; /* of its value; "" of a flag */
		const char *value;	  /* "" of a flag */
	} option[ARGS_OPTIONS_MAX];
	int n_options;
};

/* Options that every command takes besides its own. */
struct args_common {
	const char *config, *account;
	int is_json, is_help;
};

/*
 * Read what follows noun and verb: argv[1] on (argv[0] is skipped).  Options
 * may stand anywhere, "--" ends them; of an option given twice the last
 * counts.  -1 with ERR_INPUT: not as `usage` says.
 */
MUSTUSE int args_read(struct args *a, struct args_common *common,
		      const char *usage, int argc, char **argv, struct err *e);

/* The value of option `name`, "" of a flag, NULL when it was not given. */
const char *args_option(const struct args *a, const char *name);

#endif
