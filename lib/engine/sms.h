/*
 * sms.h - the gateway for text messages, as the configuration describes it.
 * What a send_sms step makes of it is effect_sms.c.
 */
#ifndef ENGINE_SMS_H
#define ENGINE_SMS_H

#include "base/conf.h"
#include "base/err.h"

#include <json-c/json_object.h>

enum sms_kind { SMS_NONE, SMS_TWILIO, SMS_HTTP };

/* Templates over to, text, from, id, password and secret.NAME, but for `from`,
 * `body_type` and `opted_out`.  "" where not set. */
struct sms {
	enum sms_kind kind;
	const char *url, *user, *header, *body;
	const char *body_type; /* a media type */
	const char *from;
	const char *opted_out; /* stands in a refusal that says so */
	char *password;	       /* a template too: it may be a secret's name */
	struct json_object *texts; /* all templates, to look for secrets in */
};

/* Read it, and its password.  Borrows the configuration; NULL with *e set
 * when it can't be used. */
struct sms *sms_open(const struct conf *c, struct err *e);
void sms_free(struct sms *s);

#endif
