/*
 * mailbox.c - e-mail addresses as people write them.  See mailbox.h.
 */
#include "config.h"

#include "base/mailbox.h"

#include "base/idn.h"
#include "base/text.h"

#include <string.h>

#include "base/banned.h"

#define ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1.3, without the brackets */
#define LOCAL_PART_MAX 64
#define LABEL_MAX 63
#define URL_MAX 900 /* List-Unsubscribe stays on one line of at most 998 */

#define ALNUM                                        \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP" \
	"QRSTUVWXYZ0123456789"

/* How much of `text` an error message may quote, cut between characters. */
static int
quotable(const char *text, size_t len)
{
	size_t n = len < 80 ? len : 80;

	while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

/* Is s a dot-atom (RFC 5322, 3.2.3): atoms with single dots between? */
static int
is_dot_atom(const char *s, size_t len)
{
	size_t i;

	if (len == 0 || s[0] == '.' || s[len - 1] == '.')
		return 0;
	for (i = 0; i < len; i++) {
		if (s[i] == '.' && s[i + 1] == '.')
			return 0;
		if (strchr(ALNUM ".!#$%&'*+-/=?^_`{|}~", s[i]) == NULL)
			return 0;
	}
	return 1;
}

/* Is s a domain name by its letters (RFC 1123, 2.1)? */
static int
is_domain(const char *s)
{
	size_t len;

	for (;;) {
		len = strspn(s, ALNUM "-");
		if (len == 0 || len > LABEL_MAX || s[0] == '-' ||
		    s[len - 1] == '-')
			return 0;
		if (s[len] == '\0')
			return 1;
		if (s[len] != '.')
			return 0;
		s += len + 1;
	}
}

const char *
mailbox_fault(const char *s)
{
	const char *at = strrchr(s, '@'), *p;

	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			return "only ASCII is possible before the @";
	if (strlen(s) > ADDRESS_MAX)
		return "it is longer than 254 bytes";
	if (at == NULL)
		return "the @ is missing";
	if (at - s > LOCAL_PART_MAX)
		return "more than 64 bytes stand before the @";
	if (!is_dot_atom(s, (size_t)(at - s)))
		return "what stands before the @ is not possible";
	if (!is_domain(at + 1))
		return "what stands behind the @ is no domain";
	return NULL;
}

/* The closing quote of the quoted string that begins at s, or NULL. */
static const char *
closing_quote(const char *s)
{
	for (s++; *s != '\0'; s++) {
		if (*s == '"')
			return s;
		if (*s == '\\' && s[1] != '\0')
			s++;
	}
	return NULL;
}

/*
 * How long the item at s is.  A comma ends it only once its @ was seen, so
 * that "Johnson, Alex <alex@example.com>" is one address.
 */
static size_t
item_length(const char *s)
{
	const char *p = s, *end;
	int has_at = 0;

	if (*s == '"') {
		end = closing_quote(s);
		if (end == NULL)
			return strlen(s);
		p = end + 1;
	}
	for (; *p != '\0' && !(*p == ',' && has_at); p++)
		has_at |= *p == '@';
	return (size_t)(p - s);
}

/* A quoted string's content. */
static char *
unquote(struct mem *m, const char *s, const char *end)
{
	char *text = mem_alloc(m, (size_t)(end - s)), *p = text;

	for (s++; s < end; s++) {
		if (*s == '\\' && s + 1 < end)
			s++;
		*p++ = *s;
	}
	return text;
}

/*
 * Cut `item` into name and address, in place (a quoted name is copied).
 * Returns what is wrong, or NULL.
 */
static const char *
split_item(struct mem *m, char *item, struct mailbox *box)
{
	char *bracket, *name_end = item, *spec = item;
	const char *quote;

	box->name = "";
	if (*item == '"') {
		quote = closing_quote(item);
		if (quote == NULL)
			return "the closing quote is missing";
		if (quote[1] == '\0' && memchr(item, '@', strlen(item)))
			return "in quotes it is a name and no address: a "
			       "value may hold one bare address";
		box->name = unquote(m, item, quote);
		name_end = item + (quote + 1 - item);
	}
	bracket = strchr(name_end, '<');
	if (bracket != NULL) {
		spec = bracket + 1;
		if (*spec == '\0' || spec[strlen(spec) - 1] != '>')
			return "the closing > is missing";
		spec[strlen(spec) - 1] = '\0';
		*bracket = '\0';
		name_end = text_trim(name_end);
		if (*item != '"')
			box->name = name_end;
		else if (*name_end != '\0')
			return "something stands between name and address";
	}
	spec = text_trim(spec);
	box->address = idn_address(m, spec);
	if (box->address == NULL)
		return "what stands behind the @ is no domain, nor an "
		       "international one";
	return mailbox_fault(box->address);
}

static int
read_item(struct mem *m, char *item, struct mailbox *box, struct err *e)
{
	char *text = mem_strdup(m, item);
	const char *why = split_item(m, text_trim(item), box);

	if (why == NULL)
		return 0;
	return err_set(e, ERR_PERM,
		       "expected an address such as name@example.com, found "
		       "\"%.*s\": %s",
		       quotable(text, strlen(text)), text, why);
}

int
mailbox_read(struct mem *m, const char **list, struct mailbox *box,
	     struct err *e)
{
	const char *item = *list + strspn(*list, " ,");
	size_t len;

	if (*item == '\0')
		return 0;
	len = item_length(item);
	*list = item + len;
	if (read_item(m, mem_strndup(m, item, len), box, e) == -1)
		return -1;
	return 1;
}

int
mailbox_is_bracketable(const char *s, size_t max)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '<' || *p == '>')
			return 0;
	return (size_t)(p - s) <= max;
}

const char *
mailbox_unsubscribe(struct mem *m, const char *text, struct err *e)
{
	char *url = mem_strdup(m, text);
	size_t len = strlen(url);

	if (len > 2 && url[0] == '<' && url[len - 1] == '>') {
		url[len - 1] = '\0';
		url++;
	}
	if (mailbox_is_bracketable(url, URL_MAX) &&
	    (strncmp(url, "https://", 8) == 0 ||
	     strncmp(url, "http://", 7) == 0 ||
	     strncmp(url, "mailto:", 7) == 0))
		return url;
	err_set(e, ERR_PERM,
		"expected a URL of at most %d bytes that begins with https:// "
		"or mailto:",
		URL_MAX);
	return NULL;
}
