/*
 * print.c - JSON values for programs and for people.  See print.h.
 */
#include "config.h"

#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "base/banned.h"

#define COLUMNS_MAX 24
#define CELL_MAX 60 /* places of a cell that may be cut */
#define LINE_MAX_PLACES (1 << 24)
#define GAP 2

struct column {
	const char *key, *other; /* other: where key is null; or NULL */
	const char *title;
	int width;
	int most; /* places; what is longer is cut */
};

struct columns {
	struct mem *mem;
	struct column list[COLUMNS_MAX];
	int n;
};

void
print_json(struct json_object *value)
{
	puts(json_object_to_json_string_ext(
		value, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
			       JSON_C_TO_STRING_NOSLASHESCAPE));
}

/*
 * Append `text` for a terminal: what can't be shown becomes '?'.  Returns how
 * many places it takes.  Characters are UTF-8 whatever the locale; at most
 * `most` places are filled.
 */
static int
add_shown(struct buf *out, const char *text, int most)
{
	const char *s = text, *end = text + strlen(text);
	mbstate_t state;
	wchar_t wide;
	int width = 0, w;
	size_t len;

	memset(&state, 0, sizeof(state));
	while (s < end) {
		len = mbrtowc(&wide, s, (size_t)(end - s), &state);
		if (len == (size_t)-1 || len == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			len = 1;
			w = -1;
		} else
			w = wcwidth(wide);
		if (width + (w < 0 ? 1 : w) > most) {
			buf_adds(out, "…");
			return width + 1;
		}
		if (w < 0)
			buf_addc(out, isspace((unsigned char)*s) ? ' ' : '?');
		else
			buf_add(out, s, len);
		width += w < 0 ? 1 : w;
		s += len;
	}
	return width;
}

/* Character types are UTF-8 here; numbers and all else stay in the C locale. */
static void
use_utf8(void)
{
	static locale_t utf8;

	if (utf8 != (locale_t)0)
		return;
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (utf8 != (locale_t)0)
		uselocale(utf8);
}

/* "2026-11-24T08:15:00.123Z" for the reader's zone; 0 when it is no time. */
static int
add_time(struct buf *out, const char *text)
{
	struct tm tm;
	const char *end;
	char shown[64];
	time_t at;

	memset(&tm, 0, sizeof(tm));
	end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (end == NULL)
		return 0;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	if (strcmp(end, "Z") != 0)
		return 0;
	at = timegm(&tm);
	if (localtime_r(&at, &tm) == NULL ||
	    strftime(shown, sizeof(shown), "%Y-%m-%d %H:%M:%S %Z", &tm) == 0)
		return 0;
	buf_adds(out, shown);
	return 1;
}

static int
is_time_key(const char *key)
{
	size_t len = strlen(key);

	return len > 3 && strcmp(key + len - 3, "_at") == 0;
}

static void
add_list(struct buf *out, struct json_object *list)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		if (i > 0)
			buf_adds(out, ", ");
		json_to_text(out, json_object_array_get_idx(list, i));
	}
}

/* A value as text; nothing for null and for what is empty. */
static void
add_value(struct buf *out, const char *key, struct json_object *v)
{
	if (is_time_key(key) && json_object_is_type(v, json_type_string) &&
	    add_time(out, json_object_get_string(v)))
		return;
	if (json_object_is_type(v, json_type_array))
		add_list(out, v);
	else if (!json_object_is_type(v, json_type_object) ||
		 json_object_object_length(v) > 0)
		json_to_text(out, v);
}

static void
add_cell(struct buf *out, const struct column *c, struct json_object *o)
{
	struct json_object *v = json_get(o, c->key);

	if (v == NULL && c->other != NULL)
		add_value(out, c->other, json_get(o, c->other));
	else
		add_value(out, c->key, v);
}

/* "step_id" is titled "STEP ID", "due_at" "DUE". */
static const char *
title_of(struct mem *m, const char *key)
{
	char *title = mem_strdup(m, key), *s;

	if (is_time_key(title))
		title[strlen(title) - 3] = '\0';
	for (s = title; *s != '\0'; s++)
		*s = *s == '_' ? ' ' : (char)toupper((unsigned char)*s);
	return title;
}

static void
read_columns(struct columns *cs, const char *spec)
{
	char *word, *rest, *title, *other;
	struct column *c;

	for (word = strtok_r(mem_strdup(cs->mem, spec), " ", &rest);
	     word != NULL; word = strtok_r(NULL, " ", &rest)) {
		if (cs->n == COLUMNS_MAX)
			abort();
		c = &cs->list[cs->n++];
		c->most = CELL_MAX;
		if (word[strlen(word) - 1] == '+') {
			word[strlen(word) - 1] = '\0';
			c->most = LINE_MAX_PLACES;
		}
		title = strchr(word, '=');
		if (title != NULL)
			*title++ = '\0';
		other = strchr(word, '|');
		if (other != NULL)
			*other++ = '\0';
		c->key = word;
		c->other = other;
		c->title = title != NULL ? title : title_of(cs->mem, word);
	}
}

/* How wide a cell is; its text is appended to *out. */
static int
shape_cell(struct buf *out, const struct column *c, struct json_object *o)
{
	struct buf text = BUF_INIT;
	int width;

	add_cell(&text, c, o);
	width = add_shown(out, text.s, c->most);
	buf_free(&text);
	return width;
}

static void
measure(struct columns *cs, struct json_object *list)
{
	struct buf scratch = BUF_INIT;
	struct column *c;
	size_t row;
	int i, width;

	for (i = 0; i < cs->n; i++) {
		c = &cs->list[i];
		c->width = (int)strlen(c->title);
		for (row = 0; row < json_object_array_length(list); row++) {
			buf_reset(&scratch);
			width = shape_cell(
				&scratch, c,
				json_object_array_get_idx(list, row));
			if (width > c->width)
				c->width = width;
		}
	}
	buf_free(&scratch);
}

/* One line: the titles where `o` is NULL.  No blanks at its end. */
static void
print_row(const struct columns *cs, struct json_object *o)
{
	struct buf line = BUF_INIT;
	size_t end = 0;
	int i, width;

	for (i = 0; i < cs->n; i++) {
		if (o == NULL)
			width = add_shown(&line, cs->list[i].title, CELL_MAX);
		else
			width = shape_cell(&line, &cs->list[i], o);
		if (width > 0)
			end = line.len;
		for (; width < cs->list[i].width + GAP; width++)
			buf_addc(&line, ' ');
	}
	printf("%.*s\n", (int)end, line.s);
	buf_free(&line);
}

void
print_table(struct json_object *list, const char *columns, const char *none)
{
	struct columns cs = { .mem = mem_new() };
	size_t i;

	use_utf8();
	if (json_object_array_length(list) == 0) {
		puts(none);
	} else {
		read_columns(&cs, columns);
		measure(&cs, list);
		print_row(&cs, NULL);
		for (i = 0; i < json_object_array_length(list); i++)
			print_row(&cs, json_object_array_get_idx(list, i));
	}
	mem_free(cs.mem);
}

/* Every line of a text after `before`, of which only the first shows it. */
static void
print_lines(const char *before, int width, const char *text, size_t len)
{
	const char *s = text, *end = text + len, *stop;
	struct buf line = BUF_INIT;
	struct mem *m = mem_new();

	do {
		stop = memchr(s, '\n', (size_t)(end - s));
		if (stop == NULL)
			stop = end;
		buf_reset(&line);
		add_shown(&line, mem_strndup(m, s, (size_t)(stop - s)),
			  LINE_MAX_PLACES);
		printf("%-*s%s\n", width, s == text ? before : "", line.s);
		s = stop + 1;
	} while (s < end);
	mem_free(m);
	buf_free(&line);
}

void
print_text(const char *text, size_t len)
{
	use_utf8();
	print_lines("", 0, text, len);
}

void
print_fields(struct json_object *o, const char *keys)
{
	struct columns cs = { .mem = mem_new() };
	struct buf text = BUF_INIT;
	int i, width = 0;

	use_utf8();
	read_columns(&cs, keys);
	for (i = 0; i < cs.n; i++)
		if ((int)strlen(cs.list[i].title) > width)
			width = (int)strlen(cs.list[i].title);
	for (i = 0; i < cs.n; i++) {
		buf_reset(&text);
		add_cell(&text, &cs.list[i], o);
		if (text.len > 0)
			print_lines(cs.list[i].title, width + GAP, text.s,
				    text.len);
	}
	buf_free(&text);
	mem_free(cs.mem);
}
