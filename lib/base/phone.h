/*
 * phone.h - telephone numbers, by libphonenumber (phone.cc, the one C++ file).
 */
#ifndef BASE_PHONE_H
#define BASE_PHONE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PHONE_E164_SIZE 32

/*
 * Normalise `text` to E.164 ("+15551234567").  A number without country code
 * is read as one of `country` (ISO 3166-1 alpha-2).  Accepted when it is a
 * possible number: plans change faster than libraries, and numbers reserved
 * for examples are "possible" only.  Not accepted: fewer than five digits,
 * letters for digits, and what can be dialled only within its town.  Returns
 * 0, or -1 when it is no number.
 */
int phone_normalise(const char *text, const char *country,
		    char e164[PHONE_E164_SIZE]);

/* Is `country` a region that libphonenumber knows ("US", "DE")? */
int phone_is_country(const char *country);

#ifdef __cplusplus
}
#endif
#endif
