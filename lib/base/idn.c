/*
 * idn.c - domain names in letters of all the world.  See idn.h.
 */
#include "config.h"

#include "base/idn.h"

#include <idn2.h>
#include <string.h>

#include "base/banned.h"

static int
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s > 0x7f)
			return 0;
	return 1;
}

const char *
idn_address(struct mem *m, const char *address)
{
	const char *at = strrchr(address, '@'), *whole;
	char *ascii;
	int rc;

	if (at == NULL || is_ascii(at))
		return address;
	/* Not the option for STD3: it drops what it forbids. */
	rc = idn2_to_ascii_8z(at + 1, &ascii,
			      IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc == IDN2_MALLOC)
		mem_exhausted();
	if (rc != IDN2_OK)
		return NULL;
	whole = mem_printf(m, "%.*s@%s", (int)(at - address), address, ascii);
	idn2_free(ascii);
	return whole;
}
