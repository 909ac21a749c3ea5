/*
 * account.c - hookline account: the tenants.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/json.h"
#include "base/text.h"
#include "store/account.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define NAME_MAX_BYTES 200
#define COLUMNS "id name timezone country match created_at"

static int
check_name(const char *name, struct err *e)
{
	size_t at;

	if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
		return err_set(e, ERR_INPUT,
			       "an account's name has 1 to %d bytes",
			       NAME_MAX_BYTES);
	if (!text_is_utf8(name, strlen(name), &at))
		return err_set(e, ERR_INPUT,
			       "the account's name is not UTF-8 at byte %zu",
			       at + 1);
	return 0;
}

/* "de" -> "DE" */
static const char *
country_code(struct cli *c, const char *text)
{
	char *code = mem_strdup(c->mem, text), *s;

	for (s = code; *s != '\0'; s++)
		*s = (char)toupper((unsigned char)*s);
	return code;
}

/* The zone as PostgreSQL spells it; NULL with *e set when it knows none. */
static const char *
zone_name(struct cli *c, const char *wanted, struct err *e)
{
	const char *zone;

	if (timezone_find(c->db, wanted, c->mem, &zone, e) == -1)
		return NULL;
	if (zone == NULL)
		err_set(e, ERR_INPUT,
			"PostgreSQL knows no time zone \"%.100s\": "
			"write one of the IANA list, such as "
			"Europe/Berlin",
			wanted);
	return zone;
}

static void
print_account(struct cli *c, struct json_object *o)
{
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, COLUMNS);
}

CLI_COMMAND(cmd_account_add)
{
	const char *name = a->operand[0], *zone, *country;
	const char *wanted = args_option(a, "timezone");
	struct json_object *o;

	country = args_option(a, "country");
	country = country_code(c, country != NULL ? country : "US");
	if (check_name(name, e) == -1)
		return -1;
	zone = zone_name(c, wanted != NULL ? wanted : "UTC", e);
	if (zone == NULL ||
	    account_add(c->db, name, zone, country, c->mem, &o, e) == -1)
		return -1;
	print_account(c, o);
	return 0;
}

CLI_COMMAND(cmd_account_set)
{
	const char *match = args_option(a, "match");
	const char *zone = args_option(a, "timezone");
	const char *country = args_option(a, "country");
	struct account_change change;
	struct json_object *o;

	if (match == NULL && zone == NULL && country == NULL)
		return err_set(e, ERR_INPUT,
			       "say what to set: --match, --timezone or "
			       "--country");
	if (zone != NULL && (zone = zone_name(c, zone, e)) == NULL)
		return -1;
	if (country != NULL)
		country = country_code(c, country);
	change = (struct account_change){ NULL, match, zone, country };
	if (account_set(c->db, c->account_id, &change, c->mem, &o, e) == -1)
		return -1;
	print_account(c, o);
	return 0;
}

CLI_COMMAND(cmd_account_list)
{
	struct json_object *list;

	(void)a;
	if (account_list(c->db, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list, COLUMNS,
			    "no accounts yet: `hookline account add NAME`");
	return 0;
}
