/*
 * charset.c - text in the character sets that senders still use, as UTF-8.
 * See charset.h.
 */
#include "config.h"

#include "http/charset.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

/* clang-format off */
static const struct {
	const char *label;
	const char *name; /* iconv's name; "UTF-8" needs no conversion */
} labels[] = {
	{ "",		  "UTF-8" },
	{ "utf-8",	  "UTF-8" },
	{ "utf8",	  "UTF-8" },
	{ "us-ascii",	  "UTF-8" },
	{ "ascii",	  "UTF-8" },
	{ "iso-8859-1",	  "ISO-8859-1" },
	{ "latin1",	  "ISO-8859-1" },
	{ "windows-1252", "WINDOWS-1252" },
	{ "cp1252",	  "WINDOWS-1252" },
};
/* clang-format on */

static const char *
name_of(const char *label, size_t len)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strlen(labels[i].label) == len &&
		    strncasecmp(labels[i].label, label, len) == 0)
			return labels[i].name;
	return NULL;
}

int
charset_open(struct charset *cs, const char *label, size_t len)
{
	iconv_t converter;

	cs->converter = NULL;
	cs->name = name_of(label, len);
	if (cs->name == NULL)
		return -1;
	if (strcmp(cs->name, "UTF-8") == 0)
		return 0;
	converter = iconv_open("UTF-8", cs->name);
	if (converter == (iconv_t)-1) {
		if (errno == ENOMEM)
			mem_exhausted();
		return -1;
	}
	cs->converter = converter;
	return 0;
}

void
charset_close(struct charset *cs)
{
	if (cs->converter != NULL)
		iconv_close(cs->converter);
	cs->converter = NULL;
}

int
charset_to_utf8(const struct charset *cs, const char *text, size_t len,
		struct buf *out, size_t *at)
{
	char piece[512]; /* iconv wants its input writable */

	if (cs->converter == NULL) {
		if (!text_is_utf8(text, len, at))
			return -1;
		buf_add(out, text, len);
		return 0;
	}
	for (size_t done = 0; done < len;) {
		size_t left = len - done, room = 4 * sizeof(piece);
		char *from = piece, *to;

		if (left > sizeof(piece))
			left = sizeof(piece);
		memcpy(piece, text + done, left);
		buf_grow(out, room);
		to = out->s + out->len;
		if (iconv(cs->converter, &from, &left, &to, &room) ==
		    (size_t)-1) {
			*at = done + (size_t)(from - piece);
			return -1;
		}
		out->len = (size_t)(to - out->s);
		out->s[out->len] = '\0';
		done += (size_t)(from - piece);
	}
	return 0;
}

void
charset_replace_nul(struct buf *text)
{
	struct buf clean = BUF_INIT;

	if (text->len == 0 || memchr(text->s, '\0', text->len) == NULL)
		return;
	for (size_t i = 0; i < text->len; i++)
		if (text->s[i] == '\0')
			buf_adds(&clean, "\xef\xbf\xbd");
		else
			buf_addc(&clean, text->s[i]);
	buf_free(text);
	*text = clean;
}
