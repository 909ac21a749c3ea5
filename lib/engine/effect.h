/*
 * effect.h - what the steps that talk to the outside share: effect.c (e-mail,
 * and what an answer gives), effect_marketing.c (links to unsubscribe),
 * effect_call.c (calls), effect_sms.c (text messages), effect_secret.c (secrets
 * in what is sent), consent.c (who may be written to).  For these files alone;
 * others use passage.h.
 */
#ifndef ENGINE_EFFECT_H
#define ENGINE_EFFECT_H

#include "engine/passage.h"

#include "flow/template.h"

#define EFFECT_ID_SIZE 80
#define EFFECT_MAX_BYTES (1024 * 1024) /* of one text that is sent */

/* The call's identity, the same at every attempt. */
void effect_identity(const struct passage *p, char out[EFFECT_ID_SIZE]);

/* A new call, without secrets. */
void effect_begin(struct passage *p, enum net_kind kind);

/* The text `name` of `o`, rendered over p->call_scope; NULL when absent or,
 * with *e set (also before), when it could not be. */
const char *effect_field(struct passage *p, struct json_object *o,
			 const char *name, enum escape escape, struct err *e);

/* How values are escaped in a body of this media type. */
enum escape effect_escape_for(const char *type);

/* NAME=VALUE, percent-encoded, behind what `out` has. */
void effect_add_pair(struct buf *out, struct mem *m, const char *name,
		     const char *value);

/* The header of a basic login. */
const char *effect_basic(struct passage *p, const char *user,
			 const char *password);

/* What a gateway for text messages says of why it refused one, into the call's
 * text. */
void effect_sms_explain(struct passage *p, struct json_object *answer);

/* p->call_scope with one more root; `value` is taken over. */
void effect_scope_add(struct passage *p, const char *root,
		      struct json_object *value);

/*
 * Has the run's contact, as it was when the run was leased, anything against
 * this e-mail (its recipients are filled in), or a text message to this number?
 * 1: it may go; 0: not, and *why; -1 with *e set.
 */
MUSTUSE int consent_mail(struct passage *p, const struct mail *mail,
			 int is_marketing, const char **why, struct err *e);
MUSTUSE int consent_sms(struct passage *p, const char *number, const char **why,
			struct err *e);

/* The gateway says that this number wants no messages: it is written down with
 * the step. */
void consent_opted_out(struct passage *p, const char *number);

/*
 * Begin a marketing e-mail: fill in its link to unsubscribe, and make that
 * known to its templates.  1: the link is Hookline's own, and marketing_end
 * puts it below the rendered text and HTML that do not have it; 0: it is the
 * sender's; -1 with *e set.
 */
MUSTUSE int marketing_begin(struct passage *p, struct mail *mail,
			    struct err *e);
MUSTUSE int marketing_end(struct passage *p, struct mail *mail, struct err *e);

/*
 * Open the secrets that the templates in `texts` (any value) name:
 * p->call_scope has them as secret.NAME from here on.  One that is not there is
 * ERR_PERM.
 */
MUSTUSE int effect_secrets_open(struct passage *p, struct json_object *texts,
				struct err *e);

/* `text` is not to be seen either: a login made of a secret, a host. */
void effect_hide_also(struct passage *p, const char *text);

/* Put *** wherever one of the call's secrets stands, as it is or escaped. */
void effect_hide(const struct passage *p, struct buf *text);
void effect_hide_line(const struct passage *p, char *line, size_t size);

/* The same in all that came back, which stays JSON where it was. */
void effect_hide_answer(struct passage *p);

#endif
