/*
 * contact.h - what the contacts' pages share: the contact that the address
 * names, what it and its fields are called, how they are shown.
 */
#ifndef WEB_CONTACT_H
#define WEB_CONTACT_H

#include <json-c/json_object.h>
#include <stddef.h>

struct page;
struct contact_filter;

/* A contact's standard fields, as forms and pages have them; ended by a row
 * without key. */
struct contact_word {
	const char *key, *label;
	const char *type;	  /* of <input>, NULL: text */
	const char *autocomplete; /* always "off": it is somebody else */
	const char *help;
};
extern const struct contact_word contact_words[];

/* What a field is called: "First name"; a custom field by its label. */
const char *contact_label(struct page *p, const char *key,
			  struct json_object *fields);

/*
 * The contact p->arg[0]: all of contact_show, with its "runs".  NULL with the
 * page made: there is none, or it was merged, and the page leads to who has it.
 */
struct json_object *contact_load(struct page *p);

/* The same, of one that was not erased: whose page has nothing to be changed
 * is led back to it. */
struct json_object *contact_load_living(struct page *p);

/* "Alex Johnson", else the address, the number, "Contact 7"; from the pool. */
const char *contact_title(struct page *p, struct json_object *contact);

/* Its page. */
const char *contact_url(struct page *p, const char *id);

/* Contacts, title and h1 of a page about one. */
void contact_frame(struct page *p, struct json_object *contact,
		   const char *title);

/* What ?q= and ?tag= and ?before= of this page ask for. */
void contact_asked(struct page *p, struct contact_filter *f);

/* Words for a state of consent: 1 when this channel is stopped. */
int contact_is_stopped(struct json_object *contact, const char *channel);

/* A list of texts as one, between commas; from the pool. */
const char *texts_joined(struct page *p, struct json_object *list);

/* A question before something that cannot be undone, or whose undoing costs:
 * a form of one button, and the way back. */
struct question {
	const char *title, *text, *action, *button, *back;
};
void ask_first(struct page *p, const struct question *q, const char *place);

#endif
