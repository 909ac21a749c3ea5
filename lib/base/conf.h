/*
 * conf.h - the configuration file: "key = value" lines, '#' and ';' comments,
 * no sections.  Every key is a row of conf.c's table with its default and its
 * bounds; an unknown key is an error that names file and line.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include "base/err.h"

#include <stddef.h>

#define CONF_BASE_URL_UNSET "http://localhost"

/* Strings are never NULL; they live as long as the process. */
struct conf {
	const char *path; /* the file that was read */

	/* database */
	const char *database; /* libpq conninfo, without password */
	const char *database_password_file; /* "" or a file with one line */
	int prepared_statements; /* yes|no: no for pgbouncer < 1.21 */

	/* what the world sees */
	const char *base_url; /* "https://hooks.example.com", without a slash at
			       * the end; CONF_BASE_URL_UNSET */
	const char *secret_file;     /* token.h */
	int require_https;	     /* plain HTTP only from loopback */
	int max_body;		     /* bytes */
	int request_deadline_ms;     /* in all, for one request */
	const char *trusted_proxies; /* CIDRs: who may name the sender */
	int keep_refused;      /* refused deliveries kept, by hook and hour */
	int address_rate;      /* requests a minute; 0: no limit */
	int hook_rate;	       /* the same, for each hook */
	int rate_burst;	       /* so many at once */
	const char *rate_file; /* rate.h */

	/* the spool: what takes deliveries while the database can't */
	const char *spool_dir;
	int spool_max_bytes; /* all that it may hold; 0: no spool */
	int spool_max_files;

	/* how long what came in is kept */
	int keep_days; /* deliveries; 0: for ever */

	/* executor */
	int lease_seconds;
	int linger_seconds;
	int claim_batch;	    /* runs claimed at once */
	int max_in_flight;	    /* outside calls at once */
	int per_destination;	    /* of these, to one host */
	int max_steps;		    /* of one run, unless its workflow says */
	const char *retry_schedule; /* "30s 2m 10m 30m 2h 5h 10h 10h" */
	int http_timeout;	    /* seconds, one outgoing call in all */
	int smtp_timeout;	    /* seconds, one message in all */
	const char *outbound_allow; /* CIDRs that outgoing calls may reach
				     * although private */
	const char *http_ca_file;   /* "": the system's certificates */

	/* e-mail */
	const char *smtp_url; /* smtp://host:587 or smtps://host:465 */
	const char *smtp_tls; /* "required", "opportunistic" or "none" */
	const char *smtp_user;
	const char *smtp_password_file;
	const char *smtp_ca_file;
	const char *mail_from; /* default sender, "Shop <shop@example.com>" */

	/* text messages; all but the first and the last three are templates,
	 * see engine/sms.h */
	const char *sms_gateway; /* "none", "twilio" or "http" */
	const char *sms_url;	 /* Twilio's begin of URLs; the gateway's */
	const char *sms_user;
	const char *sms_password_file;
	const char *sms_header; /* "Name: value" */
	const char *sms_body;
	const char *sms_body_type; /* "application/json" */
	const char *sms_from;	   /* default sender */
	const char *sms_opted_out; /* by this a refusal says so; "" */

	/* log */
	const char *log_target; /* "syslog" or "stderr" */
	const char *log_level;	/* "error", "warning", "info", "debug" */
};

struct setting {
	const char *key;
	enum { SETTING_TEXT, SETTING_FILE, SETTING_NUMBER, SETTING_YES } kind;
	size_t offset;
	const char *otherwise; /* default, as it would stand in the file */
	int min, max;	       /* of a number */
	const char *one_of;    /* "a|b|c" for a text, or NULL */
};

/* The table, ended by a row without key: tests compare it with the manual and
 * the sample. */
extern const struct setting conf_settings[];

/*
 * Where the file is: `option` if not NULL, else $HOOKLINE_CONFIG, else
 * "hookline.conf" beside the executable's parent (../hookline.conf, for
 * shared hosting) when there is one, else SYSCONFDIR/hookline/hookline.conf.
 */
const char *conf_find(const char *option);

/*
 * Read `path` into *c.  A relative file name in the file is taken from the
 * file's own folder.  Refuses (ERR_PERM, "FILE:LINE: ...", saying the fix) an
 * unknown or repeated key, a value out of bounds, a lease that is not longer
 * than the longest timeout by 10 s.
 */
MUSTUSE int conf_load(struct conf *c, const char *path, struct err *e);

/* The first line of a password file, or "" when `path` is "".  The caller
 * frees it.  Refuses a file that others than its owner can read. */
MUSTUSE int conf_read_secret(const char *path, char **out, struct err *e);

#endif
