/*
 * faults.c - a list of what is wrong, and where.  See faults.h.  It does not
 * know who finds the faults nor how they are shown.
 */
#include "config.h"

#include "flow/faults.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static void
grow(struct faults *f)
{
	size_t cap = f->cap == 0 ? 8 : 2 * f->cap;
	struct fault *list = mem_alloc(f->mem, cap * sizeof(*list));

	if (f->n > 0)
		memcpy(list, f->list, f->n * sizeof(*list));
	f->list = list;
	f->cap = cap;
}

void
fault_add(struct faults *f, const char *path, const char *fmt, ...)
{
	va_list ap;
	char *detail;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		len = 0;
	detail = mem_alloc(f->mem, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(detail, (size_t)len + 1, fmt, ap);
	va_end(ap);
	text_flatten(detail);
	if (f->n == f->cap)
		grow(f);
	f->list[f->n].path = mem_strdup(f->mem, path);
	f->list[f->n].detail = detail;
	f->n++;
}

const char *
pointer_key(struct mem *m, const char *pointer, const char *key)
{
	size_t len = strlen(pointer);
	char *out = mem_alloc(m, len + 2 * strlen(key) + 2);
	char *p = out + len;

	memcpy(out, pointer, len);
	*p++ = '/';
	for (; *key != '\0'; key++) {
		if (*key != '~' && *key != '/') {
			*p++ = *key;
			continue;
		}
		*p++ = '~';
		*p++ = *key == '~' ? '0' : '1';
	}
	*p = '\0';
	return out;
}

const char *
pointer_item(struct mem *m, const char *pointer, size_t index)
{
	return mem_printf(m, "%s/%zu", pointer, index);
}
