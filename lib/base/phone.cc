/*
 * phone.cc - telephone numbers, by libphonenumber: the one C++ file.  Its
 * metadata takes some milliseconds and megabytes to load, so a process that
 * meets no number never pays for it.  No exception leaves this file; without
 * memory a number would pass for none, so that one aborts.
 */
#include "config.h"

#include "base/phone.h"

extern "C" {
#include "base/mem.h"
}

#include <phonenumbers/phonenumberutil.h>
#include <unicode/uclean.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <set>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

/*
 * libphonenumber looks for numbers by ICU's regular expressions.  One that
 * can't get memory matches nothing, and nobody is told.
 */
void *
icu_alloc(const void *, size_t size)
{
	return xmalloc(size);
}

void *
icu_realloc(const void *, void *p, size_t size)
{
	return xrealloc(p, size);
}

void
icu_free(const void *, void *p)
{
	std::free(p);
}

/* Before main, because nobody may use ICU before. */
struct icu_memory {
	icu_memory()
	{
		UErrorCode status = U_ZERO_ERROR;

		u_setMemoryFunctions(nullptr, icu_alloc, icu_realloc, icu_free,
				     &status);
	}
} icu_memory;

const size_t min_digits = 5;
const size_t max_text = 250; /* bytes; libphonenumber's own limit */

std::string
trimmed(const char *text)
{
	static const char space[] = " \t\r\n\v\f";
	std::string s(text);
	size_t from = s.find_first_not_of(space);

	if (from == std::string::npos)
		return "";
	return s.substr(from, s.find_last_not_of(space) - from + 1);
}

/* Digits of any script, as libphonenumber reads them. */
size_t
count_digits(const PhoneNumberUtil *util, std::string s)
{
	util->NormalizeDigitsOnly(&s);
	return s.size();
}

/*
 * Not taken: "1-800-FLOWERS", because "12 Main Street" would pass as well;
 * and what can be dialled only within its town ("555-1234" in the US),
 * because it would be one contact for all towns.
 */
bool
normalise(const char *text, const char *country, std::string *e164)
{
	const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
	std::string s = trimmed(text);
	PhoneNumber number;

	if (s.size() > max_text || count_digits(util, s) < min_digits)
		return false;
	if (util->Parse(s, country, &number) !=
	    PhoneNumberUtil::NO_PARSING_ERROR)
		return false;
	if (util->IsAlphaNumber(s) ||
	    util->IsPossibleNumberWithReason(number) !=
		    PhoneNumberUtil::IS_POSSIBLE)
		return false;
	number.clear_extension();
	util->Format(number, PhoneNumberUtil::E164, e164);
	return true;
}

} // namespace

int
phone_normalise(const char *text, const char *country,
		char e164[PHONE_E164_SIZE])
{
	try {
		std::string s;

		if (!normalise(text, country, &s) ||
		    s.size() >= PHONE_E164_SIZE)
			return -1;
		std::memcpy(e164, s.c_str(), s.size() + 1);
		return 0;
	} catch (const std::bad_alloc &) {
		mem_exhausted();
	} catch (const std::exception &) {
		return -1;
	}
}

int
phone_is_country(const char *country)
{
	try {
		std::set<std::string> regions;

		PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
		return regions.count(country) > 0;
	} catch (const std::bad_alloc &) {
		mem_exhausted();
	} catch (const std::exception &) {
		return 0;
	}
}
