/*
 * doctor_conf.c - hookline doctor: the configuration, the files it names, and
 * the places it leads to.  See doctor.h.
 */
#include "config.h"

#include "doctor.h"

#include "reach.h"

#include "store/db.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

#define SMTP_MS 3000
#define HEALTHZ_S 5

/* 0, or 1 when it told of something. */
static int
is_writable_by_others(struct visit *v, mode_t mode)
{
	if ((mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	found(v, "configuration", "warn",
	      SAY(v, "%s can be changed by others than its owner",
		  v->c->conf_path),
	      SAY(v, "chmod go-w %s", v->c->conf_path));
	return 1;
}

/* The same of a password that stands in it. */
static int
is_password_shown(struct visit *v, mode_t mode)
{
	struct err e = ERR_INIT;
	int has = db_conninfo_has_password(v->c->conf.database, &e);

	if (has == -1) {
		found(v, "configuration", "fail",
		      SAY(v, "database: %s", e.text),
		      "hookline.conf(5) shows how it may look");
		return 1;
	}
	if (!has || (mode & S_IROTH) == 0)
		return 0;
	found(v, "configuration", "fail",
	      SAY(v, "%s holds a password and everybody can read it",
		  v->c->conf_path),
	      "put the password into a file of its own (mode 600), name it in "
	      "database_password_file, and choose another: this one was shown");
	return 1;
}

void
doctor_conf(struct visit *v)
{
	struct cli *c = v->c;
	struct err e = ERR_INIT;
	struct stat st;
	int n;

	if (conf_load(&c->conf, c->conf_path, &e) == -1) {
		found(v, "configuration", "fail", e.text,
		      "correct the file, or name another with --config or "
		      "HOOKLINE_CONFIG");
		return;
	}
	v->has_conf = 1;
	if (stat(c->conf_path, &st) == -1)
		st.st_mode = 0;
	n = is_writable_by_others(v, st.st_mode);
	n += is_password_shown(v, st.st_mode);
	if (n == 0)
		found(v, "configuration", "ok", c->conf_path, NULL);
}

/* Never a way that could replace a secret that is there. */
static const char *
secret_fix(struct visit *v, const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno == ENOENT
			       ? SAY(v,
				     "are there hook URLs already, restore it "
				     "from its backup; else make it, as the "
				     "user that the web server runs hook.fcgi "
				     "as: (umask 077; set -C; openssl rand "
				     "-hex 32 >%s)",
				     path)
			       : "run this as the user that the web server "
				 "runs hook.fcgi as";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return SAY(v, "chmod 600 %s", path);
	if (access(path, R_OK) == -1)
		return SAY(v,
			   "run this as the user that the web server runs "
			   "hook.fcgi as; it must own the file: chown USER %s",
			   path);
	return SAY(v,
		   "restore %s from its backup: the hook URLs were made with "
		   "what stood there",
		   path);
}

static const char *
owner_of(struct visit *v, const char *path)
{
	struct stat st;
	struct passwd *p;

	if (stat(path, &st) == -1)
		return "nobody";
	p = getpwuid(st.st_uid);
	return p != NULL ? SAY(v, "%s", p->pw_name)
			 : SAY(v, "user %ld", (long)st.st_uid);
}

void
doctor_secrets(struct visit *v)
{
	struct cli *c = v->c;
	const char *path = c->conf.secret_file;
	struct err e = ERR_INIT;

	if (secrets_load(&c->secrets, path, &e) == 0)
		found(v, "secret_file", "ok",
		      SAY(v, "%s, %zu %s, owned by %s", path, c->secrets.n,
			  c->secrets.n == 1 ? "secret" : "secrets",
			  owner_of(v, path)),
		      NULL);
	else
		found(v, "secret_file", "fail", e.text, secret_fix(v, path));
}

static void
check_one_password(struct visit *v, const char *key, const char *path)
{
	struct err e = ERR_INIT;
	char *text;

	if (path[0] == '\0')
		return;
	if (conf_read_secret(path, &text, &e) == 0) {
		found(v, key, "ok", path, NULL);
		free(text);
		return;
	}
	found(v, key, "fail", e.text,
	      SAY(v, "the password in one line, and: chmod 600 %s", path));
}

void
doctor_passwords(struct visit *v)
{
	check_one_password(v, "database_password_file",
			   v->c->conf.database_password_file);
	check_one_password(v, "smtp_password_file",
			   v->c->conf.smtp_password_file);
	check_one_password(v, "sms_password_file",
			   v->c->conf.sms_password_file);
}

void
doctor_base_url(struct visit *v)
{
	const struct conf *c = &v->c->conf;

	if (strncmp(c->base_url, "https://", 8) == 0)
		found(v, "base_url", "ok", c->base_url, NULL);
	else if (reach_is_loopback(c->base_url))
		found(v, "base_url", "warn",
		      SAY(v, "%s: only this machine can send to it",
			  c->base_url),
		      "set base_url to https://HOST as senders see it");
	else
		found(v, "base_url", c->require_https ? "fail" : "warn",
		      SAY(v, "%s shows secret URLs to everybody on the way%s",
			  c->base_url,
			  c->require_https ? ", so requests to it are refused"
					   : ""),
		      "give the web server a certificate (Let's Encrypt) and "
		      "set base_url to https://HOST");
}

void
doctor_healthz(struct visit *v)
{
	const char *url = SAY(v, "%s/healthz", v->c->conf.base_url);
	struct err e = ERR_INIT;

	if (reach_healthz(url, HEALTHZ_S, &e) == 0)
		found(v, "healthz", "ok", SAY(v, "%s answers", url), NULL);
	else
		found(v, "healthz", "warn",
		      SAY(v, "hook.fcgi does not answer at %s: %s", url,
			  e.text),
		      "see that the name leads to the web server, that this "
		      "has Hookline's configuration, and what its error log "
		      "says; where this machine can't reach its own public "
		      "address, ask from elsewhere");
}

void
doctor_smtp(struct visit *v)
{
	struct err e = ERR_INIT;
	const char *url = v->c->conf.smtp_url;

	if (reach_url(url, SMTP_MS, &e) == 0)
		found(v, "smtp_url", "ok", url, NULL);
	else
		found(v, "smtp_url", "fail",
		      SAY(v, "nobody answers at %s: %s", url, e.text),
		      "start the mail server, or set smtp_url to one that "
		      "takes your mail, such as smtp://HOST:587");
}
