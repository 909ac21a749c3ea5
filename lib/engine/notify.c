/*
 * notify.c - notify: a message to users of the account, by e-mail.  See
 * notify.h.  Sending it is effect.c's.
 */
#include "config.h"

#include "engine/notify.h"

#include "engine/passage.h"

#include "act/mail.h"
#include "base/json.h"
#include "base/text.h"
#include "flow/template.h"
#include "store/user.h"

#include <string.h>

#include "base/banned.h"

#define SUBJECT_MAX_BYTES (1024 * 1024)

int
notify_users(struct db *db, const char *account_id, const char *to,
	     struct mem *m, struct json_object **out, struct err *e)
{
	struct json_object *names = json_pool(m, json_object_new_array());
	struct buf list = BUF_INIT;
	const char *name;
	size_t len;
	int rc;

	for (; *to != '\0'; to += len + (to[len] == ',')) {
		len = strcspn(to, ",");
		name = text_trim(mem_strndup(m, to, len));
		if (*name != '\0')
			json_object_array_add(names,
					      json_object_new_string(name));
	}
	json_write(&list, names);
	rc = user_addresses(db, account_id, list.s, m, out, e);
	buf_free(&list);
	return rc;
}

/* The users' addresses, separated by commas. */
static const char *
addresses(struct passage *p, struct err *e)
{
	const char *to = step_text(p, "to", e), *email, *all = NULL;
	struct json_object *users, *user;
	size_t i;

	if (to == NULL || notify_users(p->engine->db, p->run->account_id, to,
				       p->mem, &users, e) == -1)
		return NULL;
	for (i = 0; i < json_object_array_length(users); i++) {
		user = json_object_array_get_idx(users, i);
		email = json_get_string(user, "email");
		if (email == NULL) {
			err_set(e, ERR_PERM,
				"to: there is no user \"%.100s\"; `hookline "
				"user list` shows who is there",
				json_get_string(user, "name"));
			return NULL;
		}
		all = all != NULL ? mem_printf(p->mem, "%s, %s", all, email)
				  : email;
	}
	if (all == NULL)
		err_set(e, ERR_PERM, "to: it names nobody");
	return all;
}

enum step_end
perform_notify(struct passage *p, struct json_object *detail, struct err *e)
{
	const char *subject = json_get_string(p->step->json, "subject");
	struct mail mail;

	memset(&mail, 0, sizeof(mail));
	mail.to = addresses(p, e);
	if (mail.to == NULL)
		return STEP_FAILED;
	mail.subject = template_text(p->mem, subject, p->scope, ESCAPE_HEADER,
				     SUBJECT_MAX_BYTES, e);
	if (mail.subject == NULL) {
		err_context(e, "subject");
		return STEP_FAILED;
	}
	mail.text = step_text(p, "text", e);
	if (mail.text == NULL)
		return STEP_FAILED;
	return effect_mail(p, &mail, detail, e);
}
