/*
 * consent.c - may a message go out, as far as the run's contact is concerned?
 * Whoever unsubscribed gets no marketing e-mail, and who is not to be contacted
 * by a channel gets nothing by it.  See effect.h.
 *
 * A message that goes to others alone, the shop's owner for example, is not the
 * contact's, and is sent.  A marketing e-mail always is: the link in it is the
 * contact's, whichever of a person's addresses it goes to.
 */
#include "config.h"

#include "engine/effect.h"

#include "act/mail.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "flow/map.h"
#include "store/contact.h"

#include <string.h>

#include "base/banned.h"

static int
lists(struct json_object *list, const char *text)
{
	size_t i, n = list != NULL ? json_object_array_length(list) : 0;

	for (i = 0; i < n; i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   text) == 0)
			return 1;
	return 0;
}

static int
is_stopped(const struct passage *p, const char *channel)
{
	return lists(json_get(p->run->contact, "do_not_contact"), channel);
}

/* What leads to the contact: its addresses or numbers, as they match. */
static int
identities(struct passage *p, const char *kind, struct json_object **out,
	   struct err *e)
{
	return contact_identities(p->engine->db, p->run->account_id,
				  p->run->contact_id, kind, p->mem, out, e);
}

/* Is one of these recipients the contact?  What is no address is for whoever
 * builds the message to name. */
static int
names_contact(struct passage *p, struct json_object *own, const char *list)
{
	struct err e = ERR_INIT;
	struct mailbox box;
	const char *key;

	while (list != NULL && mailbox_read(p->mem, &list, &box, &e) == 1)
		if (contact_field_value(p->mem, "email", box.address, NULL,
					&key, &e) != NULL &&
		    lists(own, key))
			return 1;
	return 0;
}

int
consent_mail(struct passage *p, const struct mail *mail, int is_marketing,
	     const char **why, struct err *e)
{
	struct json_object *own;

	*why = "unsubscribed";
	if (is_marketing &&
	    json_get(p->run->contact, "unsubscribed_at") != NULL)
		return 0;
	*why = "do not contact by e-mail";
	if (!is_stopped(p, "email"))
		return 1;
	if (is_marketing)
		return 0;
	if (identities(p, "email", &own, e) == -1)
		return -1;
	return !names_contact(p, own, mail->to) &&
	       !names_contact(p, own, mail->cc) &&
	       !names_contact(p, own, mail->bcc);
}

int
consent_sms(struct passage *p, const char *number, const char **why,
	    struct err *e)
{
	struct json_object *own;

	*why = "do not contact by SMS";
	if (!is_stopped(p, "sms"))
		return 1;
	if (identities(p, "phone", &own, e) == -1)
		return -1;
	return !lists(own, number);
}

void
consent_opted_out(struct passage *p, const char *number)
{
	struct json_object *contact = p->run->contact;
	const char *phone = json_get_string(contact, "phone");
	struct json_object *list;

	json_set_string(p->record, "opted_out", number);
	if (phone == NULL || strcmp(phone, number) != 0 || is_stopped(p, "sms"))
		return;
	/* The steps that follow under this lease see it too. */
	list = json_object_new_array();
	if (is_stopped(p, "email"))
		json_object_array_add(list, json_object_new_string("email"));
	json_object_array_add(list, json_object_new_string("sms"));
	json_object_object_add(contact, "do_not_contact", list);
	passage_scope(p);
}
