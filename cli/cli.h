/*
 * cli.h - what every command of hookline(1) has at hand.  A command is a row
 * of main.c's table and a function in the file of its noun; it knows nothing
 * of argv, and a store or the engine does the work.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "args.h"

#include "base/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/token.h"

struct buf;
struct contact_key;
struct db;
struct delivery_filter;

/* One call of the program.  What a command's row demands is there before it
 * is called; all texts live as long as the pool. */
struct cli {
	struct mem *mem;
	int is_json;	     /* print one JSON value instead of text */
	const char *account; /* --account, or NULL */
	const char *conf_path;
	struct conf conf;	/* NEED_CONF */
	struct db *db;		/* NEED_DB, NEED_ANY_DB */
	struct secrets secrets; /* NEED_SECRETS */
	const char *account_id; /* NEED_ACCOUNT */
	const char *account_country;
};

enum need {
	NEED_CONF = 1,		      /* the configuration was read */
	NEED_DB = 2 | NEED_CONF,      /* a database of this program's schema */
	NEED_ANY_DB = 4 | NEED_CONF,  /* a database of any schema, no limit of
				       * time: db and doctor */
	NEED_SECRETS = 8 | NEED_CONF, /* what makes hook URLs */
	NEED_ACCOUNT = 16 | NEED_DB,  /* --account, or the only one there is */
	NEED_TIME = 32		      /* no limit of time for a statement */
};

/*
 * A command: 0 when it is done; -1 with *e set when it refuses (main prints
 * the text); 1 when it refuses and has said why itself.
 */
#define CLI_COMMAND(name) \
	int name(struct cli *c, const struct args *a, struct err *e)

CLI_COMMAND(cmd_account_add);
CLI_COMMAND(cmd_account_list);
CLI_COMMAND(cmd_account_set);
CLI_COMMAND(cmd_user_add);
CLI_COMMAND(cmd_user_passwd);
CLI_COMMAND(cmd_user_remove);
CLI_COMMAND(cmd_user_list);
CLI_COMMAND(cmd_workflow_validate);
CLI_COMMAND(cmd_workflow_import);
CLI_COMMAND(cmd_workflow_export);
CLI_COMMAND(cmd_workflow_list);
CLI_COMMAND(cmd_workflow_show);
CLI_COMMAND(cmd_workflow_try);
CLI_COMMAND(cmd_workflow_publish);
CLI_COMMAND(cmd_workflow_unpublish);
CLI_COMMAND(cmd_workflow_archive);
CLI_COMMAND(cmd_trigger_url);
CLI_COMMAND(cmd_trigger_rotate);
CLI_COMMAND(cmd_trigger_senders);
CLI_COMMAND(cmd_trigger_samples);
CLI_COMMAND(cmd_trigger_sample);
CLI_COMMAND(cmd_delivery_list);
CLI_COMMAND(cmd_delivery_show);
CLI_COMMAND(cmd_delivery_replay);
CLI_COMMAND(cmd_contact_list);
CLI_COMMAND(cmd_contact_show);
CLI_COMMAND(cmd_contact_stop);
CLI_COMMAND(cmd_contact_allow);
CLI_COMMAND(cmd_contact_merge);
CLI_COMMAND(cmd_contact_unmerge);
CLI_COMMAND(cmd_contact_merges);
CLI_COMMAND(cmd_contact_erase);
CLI_COMMAND(cmd_contact_import);
CLI_COMMAND(cmd_contact_export);
CLI_COMMAND(cmd_field_add);
CLI_COMMAND(cmd_field_list);
CLI_COMMAND(cmd_field_set);
CLI_COMMAND(cmd_field_remove);
CLI_COMMAND(cmd_value_set);
CLI_COMMAND(cmd_value_list);
CLI_COMMAND(cmd_value_remove);
CLI_COMMAND(cmd_run_list);
CLI_COMMAND(cmd_run_show);
CLI_COMMAND(cmd_run_explain);
CLI_COMMAND(cmd_run_cancel);
CLI_COMMAND(cmd_run_resume);
CLI_COMMAND(cmd_run_skip);
CLI_COMMAND(cmd_run_retry);
CLI_COMMAND(cmd_destination_list);
CLI_COMMAND(cmd_destination_close);
CLI_COMMAND(cmd_secret_set);
CLI_COMMAND(cmd_secret_list);
CLI_COMMAND(cmd_secret_remove);
CLI_COMMAND(cmd_spool_status);
CLI_COMMAND(cmd_spool_drain);
CLI_COMMAND(cmd_db_migrate);
CLI_COMMAND(cmd_db_status);
CLI_COMMAND(cmd_prune);
CLI_COMMAND(cmd_metrics);
CLI_COMMAND(cmd_doctor);

/* --limit, or `otherwise`, as text for a query's parameter. */
const char *cli_limit(const struct args *a, const char *otherwise);

/* The options --workflow, --outcome, --since, --until, --search, --before,
 * --after and --limit, as far as they were given. */
MUSTUSE int cli_delivery_filter(struct cli *c, const struct args *a,
				const char *limit, struct delivery_filter *f,
				struct err *e);

/* Is `text` an id (decimal digits that fit a bigint)? */
int cli_is_id(const char *text);

/* An operand that must be the id of a `what` ("run"): 0, or -1. */
MUSTUSE int cli_check_id(const char *what, const char *text, struct err *e);

/* All of a file, which has at most `most` bytes; "-" is the standard input. */
MUSTUSE int cli_read_file(const char *path, size_t most, struct buf *out,
			  struct err *e);

/* The most that a workflow document has. */
#define CLI_DOCUMENT_MAX (4 << 20)

/* What an id, e-mail address or telephone number looks for a contact by. Needs
 * an account. */
MUSTUSE int cli_contact_key(struct cli *c, const char *text,
			    struct contact_key *key, struct err *e);

/* The id of the contact that an id, e-mail address or telephone number means.
 * Needs an account. */
MUSTUSE int cli_find_contact(struct cli *c, const char *text, const char **id,
			     struct err *e);

#endif
