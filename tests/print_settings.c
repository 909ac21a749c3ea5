/*
 * print_settings.c - for check_settings.sh: without an argument the table of
 * settings, a line "KEY;KIND;DEFAULT;MAY BE" each; with a file, that file's
 * values, a line "KEY = VALUE" each.
 */
#include "config.h"

#include "base/conf.h"

#include <stdio.h>

static void
print_row(const struct setting *s)
{
	static const char *const kinds[] = { "text", "file", "number", "yes" };

	printf("%s;%s;%s;", s->key, kinds[s->kind], s->otherwise);
	if (s->kind == SETTING_NUMBER)
		printf("%d to %d\n", s->min, s->max);
	else if (s->kind == SETTING_YES)
		printf("yes|no\n");
	else
		printf("%s\n", s->one_of != NULL ? s->one_of : "");
}

static void
print_value(const struct setting *s, const struct conf *c)
{
	const char *field = (const char *)c + s->offset;

	if (s->kind == SETTING_NUMBER)
		printf("%s = %d\n", s->key, *(const int *)field);
	else if (s->kind == SETTING_YES)
		printf("%s = %s\n", s->key, *(const int *)field ? "yes" : "no");
	else
		printf("%s = %s\n", s->key, *(const char *const *)field);
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct conf c;
	size_t i;

	if (argc > 1 && conf_load(&c, argv[1], &e) == -1) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	for (i = 0; conf_settings[i].key != NULL; i++)
		if (argc > 1)
			print_value(&conf_settings[i], &c);
		else
			print_row(&conf_settings[i]);
	return 0;
}
