/*
 * search.c - what was typed into a box to find a contact.  See search.h.
 */
#include "config.h"

#include "flow/search.h"

#include "base/json.h"
#include "base/phone.h"
#include "base/text.h"

#include <string.h>

#include "base/banned.h"

#define DIGITS "0123456789"
#define PARTS " ()-./"
#define DIGITS_MIN 3
#define DIGITS_MAX 15 /* of E.164 */
#define WORDS_MAX 5
#define WORD_MAX 100 /* bytes */

/* "+49 (171) 12" -> "+4917112"; "" when the text is no part of a number. */
static const char *
digits_of(struct mem *m, const char *text)
{
	char *out = mem_strdup(m, text), *to = out;
	const char *s = text;

	if (*s == '+')
		*to++ = *s++;
	for (; *s != '\0'; s++)
		if (strchr(DIGITS, *s) != NULL)
			*to++ = *s;
		else if (strchr(PARTS, *s) == NULL)
			return "";
	*to = '\0';
	return out;
}

static void
add(struct json_object *list, const char *text)
{
	json_object_array_add(list, json_object_new_string(text));
}

/* 0171... is dialled at home, 0049... and 49... from abroad. */
static struct json_object *
numbers_of(struct mem *m, const char *text, const char *country)
{
	struct json_object *list = json_pool(m, json_object_new_array());
	const char *digits = digits_of(m, text), *bare;
	char e164[PHONE_E164_SIZE];

	bare = digits + (*digits == '+');
	if (strlen(bare) < DIGITS_MIN || strlen(bare) > DIGITS_MAX)
		return list;
	if (phone_normalise(text, country, e164) == 0)
		add(list, e164);
	if (strncmp(bare, "00", 2) == 0 && strlen(bare) > 2)
		bare += 2;
	if (*bare != '0')
		add(list, mem_printf(m, "+%s", bare));
	return list;
}

/* A word that is too long is cut: it begins so all the same. */
static struct json_object *
words_of(struct mem *m, char *text)
{
	struct json_object *list = json_pool(m, json_object_new_array());
	char *word, *rest;
	size_t at;

	for (word = strtok_r(text, " \t\r\n,\"", &rest);
	     word != NULL && json_object_array_length(list) < WORDS_MAX;
	     word = strtok_r(NULL, " \t\r\n,\"", &rest)) {
		if (strlen(word) > WORD_MAX)
			word[WORD_MAX] = '\0';
		if (!text_is_utf8(word, strlen(word), &at))
			word[at] = '\0';
		if (*word != '\0')
			add(list, word);
	}
	return list;
}

void
search_read(struct mem *m, const char *text, const char *country,
	    struct search *out)
{
	struct json_object *words, *numbers;

	out->words = out->numbers = NULL;
	text = text_trim(mem_strdup(m, text));
	words = words_of(m, mem_strdup(m, text));
	if (json_object_array_length(words) == 0)
		return;
	numbers = numbers_of(m, text, country);
	out->words = json_pool_text(m, words);
	out->numbers = json_pool_text(m, numbers);
}
