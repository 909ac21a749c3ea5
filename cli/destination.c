/*
 * destination.c - hookline destination: the servers outside that fail, and
 * whether they are left alone for a while.  They belong to the installation,
 * not to an account.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "store/destination.h"

#include "base/banned.h"

CLI_COMMAND(cmd_destination_list)
{
	struct json_object *list;

	(void)a;
	if (destination_list(c->db, c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "destination+ state open_until=UNTIL "
			    "waiting=RUNS-WAITING last_error=REASON+",
			    "no destination fails");
	return 0;
}

CLI_COMMAND(cmd_destination_close)
{
	struct json_object *o;

	if (destination_close(c->db, a->operand[0], c->mem, &o, e) == -1)
		return -1;
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "destination woken");
	return 0;
}
