/*
 * suggest_words.c - the words that senders use.  See suggest_words.h.
 */
#include "config.h"

#include "flow/suggest_words.h"

#include "base/text.h"

#include <string.h>

#include "base/banned.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* clang-format off */
/* Who the contact is, in the words of those who send. */
static const char *const customers[] = {
	"customer", "customers", "client", "contact", "buyer", "payer",
	"purchaser", "subscriber", "user", "member", "lead", "person", "guest",
	"attendee", "registrant", "invitee", "participant", "student",
	"patient", "donor", "recipient", "respondent", "applicant", "visitor",
	"shopper", "cardholder", "profile", NULL
};
/* And who it is not. */
static const char *const others[] = {
	"sender", "from", "shop", "store", "merchant", "seller", "vendor",
	"owner", "organizer", "organiser", "host", "admin", "administrator",
	"author", "committer", "repository", "business", "receiver", "support",
	"agent", "assignee", "assigned", "creator", "reseller", "reply",
	"employee", "sales", "return", "bounce", "destination", NULL
};
static const char *const harmless[] = {
	"your", "my", "primary", "main", "home", "work", "personal", "default",
	"input", "field", "form", "current", "receipt", NULL
};
static const char *const generic[] = { /* say nothing of what they hold */
	"value", "values", "text", "answer", "answers", "response", "raw", NULL
};

static const char *const n_email[] = {
	"email", "emailaddress", "mail", "mailaddress", "emailid",
	"emailadresse", "courriel", "correo", "correoelectronico", NULL
};
static const char *const n_phone[] = {
	"phone", "phonenumber", "phoneno", "mobile", "mobilephone",
	"mobilenumber", "mobileno", "cell", "cellphone", "cellnumber", "tel",
	"telephone", "telephonenumber", "telno", "telefon", "telefono",
	"telefonnummer", "handynummer", "contactno", "contactnumber", "msisdn",
	"whatsapp", "smsnumber", NULL
};
static const char *const n_first_name[] = {
	"firstname", "fname", "givenname", "forename", "namefirst", "first",
	"given", "vorname", "prenom", "nombre", NULL
};
static const char *const n_last_name[] = {
	"lastname", "lname", "surname", "familyname", "namelast", "last",
	"family", "nachname", "apellido", "apellidos", "secondname", NULL
};
static const char *const n_full_name[] = {
	"fullname", "name", "displayname", "realname", "contactname",
	"customername", NULL
};
static const char *const n_company[] = {
	"company", "companyname", "organization", "organisation",
	"organizationname", "organisationname", "org", "businessname", "firma",
	"firm", "employer", NULL
};
static const char *const n_address[] = {
	"address1", "addressline1", "address", "line1", "street", "street1",
	"streetaddress", "addressstreet", "strasse", NULL
};
static const char *const n_city[] = {
	"city", "town", "locality", "addresscity", "ort", "stadt", "ciudad",
	NULL
};
static const char *const n_state[] = {
	"state", "province", "region", "addressstate", "statecode",
	"provincecode", NULL
};
static const char *const n_postal[] = {
	"postalcode", "postcode", "zip", "zipcode", "addresszip", "plz", NULL
};
static const char *const n_country[] = {
	"country", "countrycode", "addresscountry", "addresscountrycode",
	"countryname", "land", NULL
};
static const char *const n_timezone[] = { "timezone", "tz", NULL };
static const char *const n_birth[] = {
	"dateofbirth", "birthdate", "birthday", "dob", "geburtsdatum", NULL
};
static const char *const n_source[] = {
	"leadsource", "source", "utmsource", NULL
};
static const char *const n_website[] = {
	"website", "websiteurl", "homepage", "companywebsite", NULL
};

const struct suggest_field suggest_fields[SUGGEST_FIELDS] = {
	{ "email", n_email, 0, 0 },
	{ "phone", n_phone, 1, 0 },
	{ "first_name", n_first_name, 0, 0 },
	{ "last_name", n_last_name, 0, 0 },
	{ "full_name", n_full_name, 0, 1 },
	{ "company_name", n_company, 0, 1 },
	{ "address1", n_address, 0, 1 },
	{ "city", n_city, 0, 1 },
	{ "state", n_state, 0, 1 },
	{ "postal_code", n_postal, 1, 1 },
	{ "country", n_country, 0, 1 },
	{ "timezone", n_timezone, 0, 1 },
	{ "date_of_birth", n_birth, 0, 0 },
	{ "source", n_source, 0, 1 },
	{ "website", n_website, 0, 1 },
};
/* clang-format on */

static int
is_in(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return 1;
	return 0;
}

static int
is_letter(char c)
{
	return (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr(LETTERS DIGITS, c) != NULL);
}

static int
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Where the word that begins at `s` ends. */
static const char *
word_end(const char *s)
{
	const char *c = s + 1;

	while (is_letter(*c) && !(is_upper(*c) && !is_upper(c[-1])))
		c++;
	return c;
}

void
suggest_words(struct mem *m, const char *name, struct suggest_words *out)
{
	const char *prefix = strchr(name, ':'), *s = name, *end;
	char *word;

	if (prefix != NULL && is_letter(prefix[1]))
		s = prefix + 1;
	out->n = 0;
	while (out->n < SUGGEST_WORDS_MAX) {
		while (*s != '\0' && !is_letter(*s))
			s++;
		if (*s == '\0')
			return;
		end = word_end(s);
		word = mem_strndup(m, s, (size_t)(end - s));
		text_lower(word);
		out->word[out->n++] = word;
		s = end;
	}
}

/* The words from `from` on in one, without a number at the end. */
static const char *
join_words(struct mem *m, const struct suggest_words *w, size_t from,
	   int with_number)
{
	const char *all = "";
	size_t i, len;
	char *text;

	for (i = from; i < w->n; i++)
		all = mem_printf(m, "%s%s", all, w->word[i]);
	text = mem_strdup(m, all);
	for (len = strlen(text);
	     !with_number && len > 1 && strchr(DIGITS, text[len - 1]) != NULL;)
		text[--len] = '\0';
	return text;
}

int
suggest_find(struct mem *m, const struct suggest_words *w,
	     const char *const *names)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (is_in(join_words(m, w, i, 1), names) ||
		    is_in(join_words(m, w, i, 0), names))
			return (int)i;
	return -1;
}

enum suggest_whose
suggest_whose(const struct suggest_words *w, size_t n, size_t *n_unknown)
{
	enum suggest_whose whose = WHOSE_UNKNOWN;
	size_t i;

	*n_unknown = 0;
	for (i = 0; i < n; i++)
		if (is_in(w->word[i], customers))
			whose = WHOSE_CUSTOMER;
		else if (strcmp(w->word[i], "billing") == 0)
			whose = WHOSE_BILL;
		else if (is_in(w->word[i], others))
			whose = WHOSE_OTHER;
		else if (!is_in(w->word[i], harmless))
			(*n_unknown)++;
	return whose;
}

int
suggest_is_generic(const struct suggest_words *w)
{
	return w->n == 1 && is_in(w->word[0], generic);
}
