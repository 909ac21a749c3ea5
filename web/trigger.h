/*
 * trigger.h - the parts of a workflow's trigger page: for page_trigger.c, which
 * puts them together.
 */
#ifndef WEB_TRIGGER_H
#define WEB_TRIGGER_H

#include "draft.h"
#include "picker.h"
#include "sampled.h"

struct faults;

/* trigger_how.c: how to send to `address`, ready to be copied, and where others
 * want it pasted. */
void trigger_snippets(struct page *p, const char *address,
		      const struct sampled *s);
/* A link by which the browser itself sends one, where the draft takes GET. */
void trigger_by_browser(struct page *p, const struct draft *d,
			const char *address);
void trigger_places(struct page *p, const char *address);

/* trigger_form.c: does the draft's trigger take requests by this method? */
int trigger_takes(const struct draft *d, const char *method);

/* trigger_list.c: the latest requests, asked for again every few seconds; and
 * the sample. */
void trigger_requests(struct page *p, const struct draft *d,
		      const struct sampled *s);
void trigger_sample(struct page *p, const struct draft *d,
		    const struct sampled *s, int is_late);

/* trigger_form.c: what is asked of a request before it comes in. */
void trigger_form(struct page *p, const struct draft *d,
		  const struct sampled *s, const struct picks *picks);

/* trigger_verify.c: who may send.  read: from the form into the draft; -1 with
 * the page made. */
void trigger_verify_fields(struct page *p, const struct draft *d,
			   const struct faults *f);
MUSTUSE int trigger_verify_read(struct page *p, struct draft *d);

/* The first fault at this place of the document or below it; NULL: none. */
const char *trigger_fault(const struct faults *f, const char *pointer);

/* Set a member to what was typed; what is as before stays as it is written, an
 * empty text takes it out. */
void trigger_set(struct page *p, struct json_object *o, const char *key,
		 const char *text);

#endif
