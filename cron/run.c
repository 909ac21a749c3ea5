/*
 * run.c - hookline-run, the executor: cron starts it each minute, and it
 * lingers, so that a new run begins at once.  Any number may run at a time.
 */
#include "config.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/token.h"
#include "engine/connect.h"
#include "engine/executor.h"
#include "engine/spool.h"
#include "front/apart.h"
#include "store/db.h"
#include "store/run.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/banned.h"

/* No statement takes so long: the database hangs. */
#define STATEMENT_MS 30000

/* Of the spool: how long runs wait for it in a turn, how soon it is looked at
 * again, and how soon when what is there has to wait. */
#define DRAIN_MS 100
#define LOOK_AGAIN_US 1000000
#define WAIT_AGAIN_US 5000000

/* The spool's part of a turn. */
struct side {
	struct spool_drain *drain;
	int64_t look_us; /* not before */
};

struct options {
	const char *config;
	int linger_s; /* -1: as configured */
};

static void
on_signal(int signo)
{
	(void)signo;
	executor_stop();
}

static void
catch_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void
usage(FILE *out)
{
	fputs("usage: hookline-run [--config FILE] [--linger SECONDS]\n"
	      "Carries out the runs that are due.  Meant for cron, each "
	      "minute.\n"
	      "  --linger SECONDS  how long to stay and wait for more;\n"
	      "                    0: until nothing is due\n",
	      out);
}

/* 0 to 86400 seconds. */
static int
read_linger(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (text[0] == '\0' || *end != '\0' || n < 0 || n > 86400) {
		fprintf(stderr,
			"hookline-run: --linger takes 0 to 86400 seconds, not "
			"\"%s\"\n",
			text);
		exit(2);
	}
	return (int)n;
}

static void
read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "linger", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'l':
			o->linger_s = read_linger(optarg);
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			puts("hookline-run " PACKAGE_VERSION);
			exit(EXIT_SUCCESS);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(2);
	}
}

/* Bring in some of what the spool holds. */
static int
drain_a_while(void *arg)
{
	struct side *side = arg;
	struct err e = ERR_INIT;
	int rc;

	if (spool_clock() < side->look_us &&
	    side->look_us < spool_clock() + WAIT_AGAIN_US)
		return 0;
	rc = spool_drain_step(side->drain, DRAIN_MS, &e);
	if (rc == -1)
		log_warn("the spool has to wait: %s", e.text);
	if (rc != 1)
		side->look_us =
			spool_clock() +
			(rc == -1 || spool_drain_done(side->drain)->waiting > 0
				 ? WAIT_AGAIN_US
				 : LOOK_AGAIN_US);
	return rc == 1;
}

static void
report(const struct spool_drained *done, int n_advanced)
{
	if (n_advanced > 0)
		log_debug("runs advanced: %d", n_advanced);
	if (done->taken > 0 || done->failed > 0)
		log_info("%d deliveries of the spool were brought in, %d "
			 "failed",
			 done->taken, done->failed);
}

static int
work(const struct conf *c, int linger, struct err *e)
{
	struct side side = { NULL, 0 };
	struct receive_rules rules = { .keep_refused = c->keep_refused,
				       .instant = run_instant };
	struct spool *spool = NULL;
	struct secrets secrets;
	struct executor *x = NULL;
	struct db *db = NULL;
	int rc = -1;

	if (secrets_load(&secrets, c->secret_file, e) == -1 ||
	    (db = engine_db(c, "hookline:run", STATEMENT_MS, e)) == NULL ||
	    (x = executor_new(c, &secrets, db, e)) == NULL)
		goto out;
	rules.secrets = &secrets;
	rules.arg = db;
	spool = spool_new(c, &secrets);
	side.drain = spool_drain_new(spool, db, &rules, take_apart);
	executor_also(x, drain_a_while, &side);
	rc = executor_work(x, linger, e);
	report(spool_drain_done(side.drain), rc);
out:
	spool_drain_free(side.drain);
	spool_free(spool);
	executor_free(x);
	db_free(db);
	return rc;
}

/* What cron and people may do about it. */
static int
exit_status(const struct err *e)
{
	switch (e->kind) {
	case ERR_TEMP:
		return EX_TEMPFAIL;
	case ERR_BUG:
		return EX_SOFTWARE;
	default:
		return EX_CONFIG;
	}
}

int
main(int argc, char **argv)
{
	struct options o = { NULL, -1 };
	struct conf c;
	struct err e = ERR_INIT;

	read_options(argc, argv, &o);
	catch_signals();
	log_open("hookline-run", "stderr", "info");
	if (conf_load(&c, conf_find(o.config), &e) == -1) {
		log_error("%s", e.text);
		return EX_CONFIG;
	}
	log_open("hookline-run", c.log_target, c.log_level);
	if (o.linger_s == -1)
		o.linger_s = c.linger_seconds;
	if (work(&c, o.linger_s, &e) == -1) {
		log_error("%s", e.text);
		return exit_status(&e);
	}
	return EXIT_SUCCESS;
}
