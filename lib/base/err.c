/*
 * err.c - one kind, one line.  See err.h.
 */
#include "config.h"

#include "base/err.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	e->kind = kind;
	e->is_unknown = e->is_away = 0;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	text_flatten(e->text);
	text_trim(e->text);
	return -1;
}

int
err_context(struct err *e, const char *fmt, ...)
{
	char was[ERR_TEXT_MAX];
	va_list ap;
	size_t len;

	if (e == NULL)
		return -1;
	memcpy(was, e->text, sizeof(was));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s", was);
	text_flatten(e->text);
	return -1;
}

const char *
err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		[ERR_NONE] = "none", [ERR_INPUT] = "input", [ERR_AUTH] = "auth",
		[ERR_GONE] = "gone", [ERR_TEMP] = "temp",   [ERR_PERM] = "perm",
		[ERR_BUG] = "bug",
	};

	return names[kind];
}
