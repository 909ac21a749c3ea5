/*
 * doctor.h - what the checks of hookline doctor share.  A check tells what it
 * found and changes nothing.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli.h"

#include "front/findings.h"

#include <json-c/json_object.h>

struct visit {
	struct cli *c;
	struct findings f;
	struct json_object *health; /* NULL: the database can't be asked */
	int has_conf;
};

/* A line of the report: `status` is "ok", "warn" or "fail", `fix` what to do
 * about it, NULL when there is nothing to do. */
void found(struct visit *v, const char *check, const char *status,
	   const char *detail, const char *fix);

#define SAY(v, ...) mem_printf((v)->c->mem, __VA_ARGS__)

/* doctor_conf.c: the configuration and what it names outside of the database.
 * The first sets has_conf, and the others need it. */
void doctor_conf(struct visit *v);
void doctor_secrets(struct visit *v);
void doctor_passwords(struct visit *v);
void doctor_base_url(struct visit *v);
void doctor_healthz(struct visit *v);
void doctor_smtp(struct visit *v);

#endif
