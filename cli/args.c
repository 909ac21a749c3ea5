/*
 * args.c - words of a command line, read by the usage text.  See args.h.
 */
#include "config.h"

#include "args.h"
#include "value.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum { OPTION_CONFIG, OPTION_ACCOUNT, OPTION_JSON, OPTION_HELP, N_COMMON };

/* What the usage text promises; a row of `option` per row of `args.option`. */
struct form {
	struct option option[N_COMMON + ARGS_OPTIONS_MAX + 1];
	int n_options;
	const char *operand[ARGS_OPERANDS_MAX]; /* its word, up to a blank */
	int n_operands, n_needed;
	int is_endless; /* the last operand may be many */
};

/* `word` is "name" or "name VALUE", up to its "]". */
static void
add_option(struct form *f, struct args *a, const char *word)
{
	struct option *o = &f->option[N_COMMON + f->n_options];
	size_t len = strcspn(word, " ]");
	const char *value = word + len + (word[len] == ' ');

	snprintf(a->option[f->n_options].name, ARGS_NAME_MAX, "%.*s", (int)len,
		 word);
	snprintf(a->option[f->n_options].word, ARGS_WORD_MAX, "%.*s",
		 (int)strcspn(value, "]"), value);
	o->name = a->option[f->n_options].name;
	o->has_arg = word[len] == ' ' ? required_argument : no_argument;
	o->val = N_COMMON + f->n_options++;
}

/* "WORD", "[WORD]" or "[WORD...]", up to a blank. */
static void
add_operand(struct form *f, const char *word, size_t len)
{
	f->operand[f->n_operands++] = word;
	if (word[0] != '[')
		f->n_needed = f->n_operands;
	f->is_endless |= memchr(word, '.', len) != NULL;
}

/* "[--name]" is a flag, "[--name VALUE]" an option, else it is an operand. */
static void
read_usage(struct form *f, struct args *a, const char *usage)
{
	static const struct option common[N_COMMON] = {
		{ "config", required_argument, NULL, OPTION_CONFIG },
		{ "account", required_argument, NULL, OPTION_ACCOUNT },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "help", no_argument, NULL, OPTION_HELP },
	};
	const char *s = usage;

	memset(f, 0, sizeof(*f));
	memcpy(f->option, common, sizeof(common));
	while (*s != '\0') {
		if (strncmp(s, "[--", 3) == 0) {
			add_option(f, a, s + 3);
			s += strcspn(s, "]") + 1;
		} else {
			add_operand(f, s, strcspn(s, " "));
			s += strcspn(s, " ");
		}
		s += strspn(s, " ");
	}
	a->n_options = f->n_options;
}

static void
take_option(struct args *a, struct args_common *common, int which)
{
	switch (which) {
	case OPTION_CONFIG:
		common->config = optarg;
		break;
	case OPTION_ACCOUNT:
		common->account = optarg;
		break;
	case OPTION_JSON:
		common->is_json = 1;
		break;
	case OPTION_HELP:
		common->is_help = 1;
		break;
	default:
		a->option[which - N_COMMON].value =
			optarg != NULL ? optarg : "";
	}
}

static int
take_operands(struct args *a, const struct form *f, int n, char **words,
	      struct err *e)
{
	if (n > f->n_operands && !f->is_endless)
		return err_set(e, ERR_INPUT, "\"%.200s\" is one word too many",
			       words[f->n_operands]);
	if (n < f->n_needed)
		return err_set(e, ERR_INPUT, "%.*s is missing",
			       (int)strcspn(f->operand[n], " "), f->operand[n]);
	a->operand = words;
	a->n_operands = n;
	return 0;
}

/* getopt does not know the option of argv[optind - 1], or of a cluster of
 * letters that stands at optind still. */
static int
unknown_option(char **argv, struct err *e)
{
	if (optopt > ' ')
		return err_set(e, ERR_INPUT,
			       "there is no option -%c here; a word that "
			       "begins with - stands behind --",
			       optopt);
	if (optopt != 0)
		return err_set(e, ERR_INPUT, "%.*s takes no value",
			       (int)strcspn(argv[optind - 1], "="),
			       argv[optind - 1]);
	return err_set(e, ERR_INPUT, "there is no option %.200s here",
		       argv[optind - 1]);
}

/* Is the value of each option one that its word can stand for? */
static int
check_values(const struct args *a, struct err *e)
{
	char option[ARGS_NAME_MAX + 2];
	int i;

	for (i = 0; i < a->n_options; i++) {
		if (a->option[i].value == NULL)
			continue;
		snprintf(option, sizeof(option), "--%s", a->option[i].name);
		if (value_check(a->option[i].word, option, a->option[i].value,
				e) == -1)
			return -1;
	}
	return 0;
}

int
args_read(struct args *a, struct args_common *common, const char *usage,
	  int argc, char **argv, struct err *e)
{
	struct form f;
	int which;

	memset(a, 0, sizeof(*a));
	read_usage(&f, a, usage);
	optopt = 0;
	optind = 0; /* begin anew: main has read what stands before the noun */
	opterr = 0;
	while ((which = getopt_long(argc, argv, ":", f.option, NULL)) != -1) {
		if (which == ':')
			return err_set(e, ERR_INPUT, "%.200s needs a value",
				       argv[optind - 1]);
		if (which == '?')
			return unknown_option(argv, e);
		take_option(a, common, which);
	}
	if (common->is_help)
		return 0;
	if (take_operands(a, &f, argc - optind, argv + optind, e) == -1)
		return -1;
	return check_values(a, e);
}

const char *
args_option(const struct args *a, const char *name)
{
	int i;

	for (i = 0; i < a->n_options; i++)
		if (strcmp(a->option[i].name, name) == 0)
			return a->option[i].value;
	return NULL;
}
