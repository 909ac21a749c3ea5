/*
 * own_name.c - what an account may call its own things.  See own_name.h.
 */
#include "config.h"

#include "flow/own_name.h"

#include "base/text.h"
#include "flow/map.h"

#include <string.h>

#include "base/banned.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define DIGITS "0123456789"
#define NAME_MAX_BYTES 63
#define SECRET_NAME_MAX 64

int
own_name_check(const char *what, const char *name, struct err *e)
{
	size_t len = strlen(name);

	if (len > 0 && len <= NAME_MAX_BYTES &&
	    strspn(name, LETTERS DIGITS) == len &&
	    strchr(DIGITS, name[0]) == NULL)
		return 0;
	return err_set(e, ERR_INPUT,
		       "the name of a %s has 1 to %d letters, digits and _, no "
		       "digit first, found \"%.100s\"",
		       what, NAME_MAX_BYTES, name);
}

/* contact.KEY would mean that one. */
int
own_key_check(const char *key, struct err *e)
{
	static const char *const more[] = { "id",	  "name", "phone_raw",
					    "custom",	  "tags", "created_at",
					    "updated_at", NULL };
	const char *const *lists[] = { map_contact_fields, more };
	const char *const *s;
	size_t i;

	for (i = 0; i < 2; i++)
		for (s = lists[i]; *s != NULL; s++)
			if (strcmp(*s, key) == 0)
				return err_set(e, ERR_INPUT,
					       "every contact has a field "
					       "\"%s\"; choose another name",
					       key);
	return own_name_check("field", key, e);
}

int
own_secret_name_check(const char *name, struct err *e)
{
	size_t len = strlen(name);

	if (len > 0 && len <= SECRET_NAME_MAX &&
	    strspn(name, LETTERS DIGITS ".-") == len && name[0] != '.' &&
	    name[0] != '-')
		return 0;
	return err_set(e, ERR_INPUT,
		       "expected a name of at most %d letters, digits and "
		       "_ - . as \"stripe\", found \"%.100s\"",
		       SECRET_NAME_MAX, name);
}

int
own_text_check(const char *what, const char *text, size_t most, struct err *e)
{
	size_t at;

	if (text == NULL)
		return 0;
	if (strlen(text) > most)
		return err_set(e, ERR_INPUT, "a %s has at most %zu bytes", what,
			       most);
	if (!text_is_utf8(text, strlen(text), &at))
		return err_set(e, ERR_INPUT,
			       "a %s is UTF-8; byte %zu of this one is not",
			       what, at + 1);
	return 0;
}
