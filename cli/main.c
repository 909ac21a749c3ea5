/*
 * main.c - hookline(1): a command is a noun and a verb, a row of the table
 * below.  Here a row's demands are met and its answer becomes an exit status;
 * what commands do is in the file of their noun.
 */
#include "config.h"

#include "cli.h"

#include "base/json.h"
#include "base/log.h"
#include "engine/connect.h"
#include "store/account.h"
#include "store/db.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define APPLICATION "hookline:cli"
#define DEADLINE_MS 120000 /* a person or a script waits for it */
#define NAMES_SHOWN 20	   /* of accounts, in an error */

struct command {
	const char *noun, *verb; /* verb NULL: the noun alone */
	const char *usage;	 /* operands and options (args.h) */
	const char *about;
	int needs;
	CLI_COMMAND((*run));
};

/* clang-format off */
static const struct command commands[] = {
	{ "account", "add", "NAME [--timezone ZONE] [--country CC]",
	  "make an account: one business", NEED_DB, cmd_account_add },
	{ "account", "list", "",
	  "list the accounts", NEED_DB, cmd_account_list },
	{ "account", "set", "[--match RULE] [--timezone ZONE] [--country CC]",
	  "change how an account finds its contacts, its zone or country", NEED_ACCOUNT, cmd_account_set },
	{ "user", "add", "EMAIL [--name NAME] [--password-stdin]",
	  "give a person access to the builder", NEED_ACCOUNT, cmd_user_add },
	{ "user", "passwd", "EMAIL [--password-stdin]",
	  "set a new password and end the user's logins", NEED_ACCOUNT, cmd_user_passwd },
	{ "user", "remove", "EMAIL",
	  "take a person's access away", NEED_ACCOUNT, cmd_user_remove },
	{ "user", "list", "",
	  "list the users", NEED_ACCOUNT, cmd_user_list },
	{ "workflow", "validate", "FILE",
	  "check a workflow document, without a database", 0, cmd_workflow_validate },
	{ "workflow", "import", "FILE [--publish]",
	  "store a document as the draft of the workflow of its name", NEED_ACCOUNT | NEED_SECRETS, cmd_workflow_import },
	{ "workflow", "export", "WORKFLOW [--version VERSION]",
	  "print the draft, or a published version", NEED_ACCOUNT, cmd_workflow_export },
	{ "workflow", "list", "[--all]",
	  "list the workflows and how many runs they have", NEED_ACCOUNT, cmd_workflow_list },
	{ "workflow", "show", "WORKFLOW",
	  "show a workflow, its URL, versions and numbers", NEED_ACCOUNT | NEED_SECRETS, cmd_workflow_show },
	{ "workflow", "try", "WORKFLOW [--delivery ID] [--body FILE] [--contact CONTACT] [--met]",
	  "tell what the draft would do, without doing it", NEED_ACCOUNT | NEED_SECRETS, cmd_workflow_try },
	{ "workflow", "publish", "WORKFLOW",
	  "make the draft the version that new contacts get", NEED_ACCOUNT | NEED_SECRETS, cmd_workflow_publish },
	{ "workflow", "unpublish", "WORKFLOW",
	  "enrol nobody any more, and pause the runs there are", NEED_ACCOUNT | NEED_SECRETS, cmd_workflow_unpublish },
	{ "workflow", "archive", "WORKFLOW",
	  "put a workflow away for good, and cancel its runs", NEED_ACCOUNT, cmd_workflow_archive },
	{ "trigger", "url", "WORKFLOW",
	  "print the URL that senders post to", NEED_ACCOUNT | NEED_SECRETS, cmd_trigger_url },
	{ "trigger", "rotate", "WORKFLOW [--overlap DURATION]",
	  "make a new URL; the old one ends now, or after DURATION", NEED_ACCOUNT | NEED_SECRETS, cmd_trigger_rotate },
	{ "trigger", "senders", "WORKFLOW [--old]",
	  "list who sends here; with --old those who still use an old URL", NEED_ACCOUNT, cmd_trigger_senders },
	{ "trigger", "samples", "WORKFLOW [--limit N]",
	  "list deliveries that can be the sample", NEED_ACCOUNT, cmd_trigger_samples },
	{ "trigger", "sample", "WORKFLOW [ID]",
	  "choose the sample; show what it holds and a mapping for it", NEED_ACCOUNT, cmd_trigger_sample },
	{ "delivery", "list", "[--workflow WORKFLOW] [--outcome OUTCOME] [--since WHEN] [--until WHEN] [--search TEXT] [--before ID] [--limit N]",
	  "list requests that came in, newest first", NEED_ACCOUNT, cmd_delivery_list },
	{ "delivery", "show", "ID",
	  "show a request as it came, and what became of it", NEED_ACCOUNT, cmd_delivery_show },
	{ "delivery", "replay", "[ID...] [--workflow WORKFLOW] [--outcome OUTCOME] [--since WHEN] [--until WHEN] [--after ID] [--limit N] [--dry-run]",
	  "receive requests once more, by today's mapping", NEED_ACCOUNT | NEED_SECRETS, cmd_delivery_replay },
	{ "contact", "list", "[--limit N]",
	  "list contacts, newest first", NEED_ACCOUNT, cmd_contact_list },
	{ "contact", "show", "CONTACT",
	  "show a contact by id, e-mail address or phone", NEED_ACCOUNT, cmd_contact_show },
	{ "contact", "stop", "CONTACT [--channel CHANNEL]",
	  "write to a contact no more by email, sms or marketing e-mail", NEED_ACCOUNT, cmd_contact_stop },
	{ "contact", "allow", "CONTACT [--channel CHANNEL]",
	  "let a contact be written to again", NEED_ACCOUNT, cmd_contact_allow },
	{ "contact", "merge", "KEEP OTHER [--dry-run]",
	  "join two contacts; OTHER is gone", NEED_ACCOUNT, cmd_contact_merge },
	{ "contact", "unmerge", "MERGE",
	  "make two of them again", NEED_ACCOUNT, cmd_contact_unmerge },
	{ "contact", "merges", "[--limit N]",
	  "list the merges, newest first", NEED_ACCOUNT, cmd_contact_merges },
	{ "contact", "erase", "CONTACT",
	  "forget a person, in deliveries and runs too", NEED_ACCOUNT | NEED_TIME, cmd_contact_erase },
	{ "contact", "import", "FILE [--map HEADER=FIELD,...] [--dry-run]",
	  "take in contacts of a CSV file", NEED_ACCOUNT, cmd_contact_import },
	{ "contact", "export", "",
	  "print all contacts as CSV, or as JSON", NEED_ACCOUNT, cmd_contact_export },
	{ "field", "add", "KEY [--type TYPE] [--label LABEL]",
	  "define a custom field of contacts", NEED_ACCOUNT, cmd_field_add },
	{ "field", "list", "",
	  "list the custom fields", NEED_ACCOUNT, cmd_field_list },
	{ "field", "set", "KEY [--type TYPE] [--label LABEL]",
	  "change what a custom field takes, or is called", NEED_ACCOUNT, cmd_field_set },
	{ "field", "remove", "KEY",
	  "forget a custom field; the values of contacts stay", NEED_ACCOUNT, cmd_field_remove },
	{ "value", "set", "NAME VALUE",
	  "keep a text that templates name as custom_values.NAME", NEED_ACCOUNT, cmd_value_set },
	{ "value", "list", "",
	  "list these values", NEED_ACCOUNT, cmd_value_list },
	{ "value", "remove", "NAME",
	  "forget a value", NEED_ACCOUNT, cmd_value_remove },
	{ "run", "list", "[--workflow WORKFLOW] [--status STATUS] [--contact CONTACT] [--limit N]",
	  "list runs, newest first", NEED_ACCOUNT, cmd_run_list },
	{ "run", "show", "ID",
	  "show a run, its variables and steps", NEED_ACCOUNT, cmd_run_show },
	{ "run", "explain", "ID",
	  "say in words where a run is, how it came there and what is next", NEED_ACCOUNT, cmd_run_explain },
	{ "run", "cancel", "ID",
	  "end a live run", NEED_ACCOUNT, cmd_run_cancel },
	{ "run", "resume", "ID",
	  "let a run that waits go on now", NEED_ACCOUNT, cmd_run_resume },
	{ "run", "skip", "ID",
	  "go on behind the step a run is at, or failed at", NEED_ACCOUNT,
	  cmd_run_skip },
	{ "run", "retry", "ID",
	  "do the step once more that a run failed at", NEED_ACCOUNT,
	  cmd_run_retry },
	{ "destination", "list", "",
	  "list servers outside that fail, and until when they are left alone", NEED_DB, cmd_destination_list },
	{ "destination", "close", "DESTINATION",
	  "call one again now, for all runs that wait for it", NEED_DB, cmd_destination_close },
	{ "secret", "set", "NAME",
	  "keep a secret, read from the standard input, under a name", NEED_ACCOUNT | NEED_SECRETS, cmd_secret_set },
	{ "secret", "list", "",
	  "list the names of secrets, and which workflows use them", NEED_ACCOUNT, cmd_secret_list },
	{ "secret", "remove", "NAME",
	  "forget a secret", NEED_ACCOUNT, cmd_secret_remove },
	{ "spool", "status", "",
	  "say what the spool holds, and what failed", NEED_CONF, cmd_spool_status },
	{ "spool", "drain", "[--failed]",
	  "bring in what the spool holds; with --failed also what failed", NEED_DB | NEED_SECRETS, cmd_spool_drain },
	{ "db", "migrate", "[--sql]",
	  "bring the database to this program's schema", NEED_ANY_DB, cmd_db_migrate },
	{ "db", "status", "",
	  "list the schema's migrations", NEED_ANY_DB, cmd_db_status },
	{ "prune", NULL, "[--days N] [--dry-run]",
	  "remove deliveries that are kept no longer, as executors do daily", NEED_DB, cmd_prune },
	{ "metrics", NULL, "",
	  "print what to watch, as OpenMetrics", NEED_CONF, cmd_metrics },
	{ "doctor", NULL, "",
	  "check the installation, and say how to mend it", 0, cmd_doctor },
};
/* clang-format on */

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_usage(FILE *out)
{
	const struct command *k;

	fputs("usage: hookline [--config FILE] [--account NAME] [--json] "
	      "NOUN VERB ...\n"
	      "       hookline --help | --version\n\n",
	      out);
	for (k = commands; k < commands + N_COMMANDS; k++)
		fprintf(out, "  %s%s%s%s%s\n      %s\n", k->noun,
			k->verb != NULL ? " " : "",
			k->verb != NULL ? k->verb : "",
			k->usage[0] != '\0' ? " " : "", k->usage, k->about);
	fputs("\nExit status: 0 done, 1 refused, 2 usage.  See hookline(1).\n",
	      out);
}

static void
print_command_usage(FILE *out, const struct command *k)
{
	fprintf(out,
		"usage: hookline [--config FILE] [--account NAME] "
		"[--json] %s%s%s%s%s\n",
		k->noun, k->verb != NULL ? " " : "",
		k->verb != NULL ? k->verb : "", k->usage[0] != '\0' ? " " : "",
		k->usage);
}

/* The commands of a noun. */
static void
print_noun_usage(FILE *out, const char *noun)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].noun, noun) == 0)
			print_command_usage(out, &commands[i]);
}

static int
is_noun(const char *word)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].noun, word) == 0)
			return 1;
	return 0;
}

/* Without a command: why, and where to look. */
static int
no_command(const char *noun, const char *verb)
{
	if (noun != NULL && verb != NULL && strcmp(verb, "--help") == 0 &&
	    is_noun(noun)) {
		print_noun_usage(stdout, noun);
		return 0;
	}
	if (noun != NULL && is_noun(noun)) {
		if (verb != NULL)
			fprintf(stderr, "hookline: %s has no verb \"%s\"\n",
				noun, verb);
		print_noun_usage(stderr, noun);
		return EXIT_USAGE;
	}
	if (noun != NULL)
		fprintf(stderr, "hookline: there is no command \"%s\"\n", noun);
	fputs("usage: hookline [--config FILE] [--account NAME] [--json] "
	      "NOUN VERB ...\n"
	      "`hookline --help` lists the commands\n",
	      stderr);
	return EXIT_USAGE;
}

static const struct command *
find_command(const char *noun, const char *verb)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].noun, noun) == 0 &&
		    (commands[i].verb == NULL ||
		     (verb != NULL && strcmp(commands[i].verb, verb) == 0)))
			return &commands[i];
	return NULL;
}

/* Options before the noun.  0, or -1 when there is an unknown one. */
static int
read_common(struct args_common *o, int *is_version, int argc, char **argv)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "account", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int which;

	/* '+': the noun ends them. */
	while ((which = getopt_long(argc, argv, "+", known, NULL)) != -1)
		if (which == 'c')
			o->config = optarg;
		else if (which == 'a')
			o->account = optarg;
		else if (which == 'j')
			o->is_json = 1;
		else if (which == 'h')
			o->is_help = 1;
		else if (which == 'v')
			*is_version = 1;
		else
			return -1;
	return 0;
}

/* "a, b and 3 more" */
static const char *
account_names(struct cli *c, struct json_object *list)
{
	size_t n = json_object_array_length(list), i;
	const char *text = "";

	for (i = 0; i < n && i < NAMES_SHOWN; i++)
		text = mem_printf(
			c->mem, "%s%s\"%s\"", text, i > 0 ? ", " : "",
			json_get_string(json_object_array_get_idx(list, i),
					"name"));
	if (n > NAMES_SHOWN)
		text = mem_printf(c->mem, "%s and %zu more", text,
				  n - NAMES_SHOWN);
	return text;
}

/* The account by name, else by id. */
static struct json_object *
pick_account(struct json_object *list, const char *wanted)
{
	static const char *const keys[] = { "name", "id" };
	struct json_object *o;
	size_t i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; i < json_object_array_length(list); i++) {
			o = json_object_array_get_idx(list, i);
			if (strcmp(json_get_string(o, keys[k]), wanted) == 0)
				return o;
		}
	return NULL;
}

static int
choose_account(struct cli *c, struct err *e)
{
	struct json_object *list, *o;
	size_t n;

	if (account_list(c->db, c->mem, &list, e) == -1)
		return -1;
	n = json_object_array_length(list);
	if (n == 0)
		return err_set(e, ERR_GONE,
			       "there is no account yet: make one with "
			       "`hookline account add NAME`");
	if (c->account == NULL && n > 1)
		return err_set(e, ERR_INPUT,
			       "there are several accounts: say which with "
			       "--account NAME: %s",
			       account_names(c, list));
	o = c->account == NULL ? json_object_array_get_idx(list, 0)
			       : pick_account(list, c->account);
	if (o == NULL)
		return err_set(e, ERR_GONE,
			       "there is no account \"%.100s\"; there is %s",
			       c->account, account_names(c, list));
	c->account_id = json_get_string(o, "id");
	c->account_country = json_get_string(o, "country");
	return 0;
}

/* Meet what the command's row demands. */
static int
prepare(struct cli *c, int needs, struct err *e)
{
	if ((needs & NEED_CONF) != 0 &&
	    conf_load(&c->conf, c->conf_path, e) == -1)
		return -1;
	if ((needs & NEED_SECRETS) == NEED_SECRETS &&
	    secrets_load(&c->secrets, c->conf.secret_file, e) == -1)
		return -1;
	if ((needs & NEED_DB) == NEED_DB)
		c->db = engine_db(&c->conf, APPLICATION,
				  (needs & NEED_TIME) != 0 ? 0 : DEADLINE_MS,
				  e);
	else if ((needs & NEED_ANY_DB) == NEED_ANY_DB)
		c->db = engine_db_any_schema(&c->conf, APPLICATION, 0, e);
	else
		return 0;
	if (c->db == NULL)
		return -1;
	return (needs & NEED_ACCOUNT) == NEED_ACCOUNT ? choose_account(c, e)
						      : 0;
}

/* What is printed counts only when it arrived. */
static int
close_output(struct err *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set(e, ERR_TEMP, "the output could not be written");
}

static int
run_command(struct cli *c, const struct command *k, const struct args *a)
{
	struct err e = ERR_INIT;
	int rc;

	log_open("hookline", "stderr", "warning");
	rc = prepare(c, k->needs, &e);
	if (rc == 0)
		rc = k->run(c, a, &e);
	if (rc == 0)
		rc = close_output(&e);
	if (rc == -1)
		fprintf(stderr, "hookline: %s\n", e.text);
	return rc == 0 ? 0 : EXIT_REFUSED;
}

/* Words from the verb on; argv[0] is what stands before them. */
static int
dispatch(struct args_common *o, int argc, char **argv)
{
	const struct command *k = find_command(argv[0], argv[1]);
	struct cli c = { .mem = NULL };
	struct err e = ERR_INIT;
	struct args a;
	int rc;

	if (k == NULL)
		return no_command(argv[0], argv[1]);
	if (k->verb != NULL) {
		argc--;
		argv++;
	}
	if (args_read(&a, o, k->usage, argc, argv, &e) == -1) {
		fprintf(stderr, "hookline: %s\n", e.text);
		print_command_usage(stderr, k);
		return EXIT_USAGE;
	}
	if (o->is_help) {
		print_command_usage(stdout, k);
		printf("%s\n", k->about);
		return 0;
	}
	c.mem = mem_new();
	c.is_json = o->is_json;
	c.account = o->account;
	c.conf_path = conf_find(o->config);
	rc = run_command(&c, k, &a);
	db_free(c.db);
	mem_free(c.mem);
	return rc;
}

int
main(int argc, char **argv)
{
	struct args_common o = { NULL, NULL, 0, 0 };
	int is_version = 0;

	if (read_common(&o, &is_version, argc, argv) == -1)
		return no_command(NULL, NULL);
	if (is_version) {
		puts("hookline " PACKAGE_VERSION);
		return 0;
	}
	if (optind == argc && o.is_help) {
		print_usage(stdout);
		return 0;
	}
	if (optind == argc)
		return no_command(NULL, NULL);
	return dispatch(&o, argc - optind, argv + optind);
}
