/*
 * replay_draft.c - a delivery is judged by the trigger and the settings of a
 * document that is not published, as if it were: what a dry run of a draft
 * needs.  That all of it is rolled back is replay_dry.c's business.
 */
#include "config.h"

#include "engine/replaying.h"

#include "base/buf.h"
#include "base/json.h"
#include "flow/plan.h"
#include "store/contact.h"
#include "store/hook.h"
#include "store/workflow.h"

#include <string.h>

#include "base/banned.h"

/* No workflow gets so many versions; it must not be one that is there. */
#define DRAFT_VERSION 2147483647

static int
lies_in(const char *pointer, const char *part)
{
	size_t n = strlen(part);

	return strncmp(pointer, part, n) == 0 &&
	       (pointer[n] == '\0' || pointer[n] == '/');
}

/* The first fault of what receiving reads: steps may be wrong. */
static const struct fault *
first_fault(struct json_object *document, struct faults *f)
{
	size_t i;

	if (!json_object_is_type(document, json_type_object))
		fault_add(f, "/trigger", "this is no workflow document");
	else
		plan_check(document, f);
	for (i = 0; i < f->n; i++)
		if (lies_in(f->list[i].path, "/trigger") ||
		    lies_in(f->list[i].path, "/settings"))
			return &f->list[i];
	return NULL;
}

/* All of the webhook's data: the steps may not be valid, and nothing is kept.
 */
static struct json_object *
all_refs(struct mem *m)
{
	struct json_object *list = json_pool(m, json_object_new_array());

	json_object_array_add(list, json_object_new_array());
	return list;
}

static const char *
first_step(struct json_object *document)
{
	struct json_object *steps = json_get(document, "steps");

	if (!json_object_is_type(steps, json_type_array) ||
	    json_object_array_length(steps) == 0)
		return NULL;
	return json_get_string(json_object_array_get_idx(steps, 0), "id");
}

int
replay_use_draft(struct replaying *rg, struct err *e)
{
	struct json_object *document = rg->rp->document;
	struct faults faults = FAULTS_INIT(rg->m);
	const struct fault *f = first_fault(document, &faults);
	struct hook *h = rg->hook;

	if (f != NULL)
		return err_set(e, ERR_INPUT, "%s: %s", f->path, f->detail);
	if (contact_custom_types(rg->rp->db, rg->rp->account_id, rg->m,
				 &h->custom_fields, e) == -1)
		return -1;
	h->is_published = 1;
	h->version = DRAFT_VERSION;
	h->trigger = json_get(document, "trigger");
	h->settings = json_get(document, "settings");
	h->first_step = first_step(document);
	h->webhook_refs = all_refs(rg->m);
	return 0;
}

int
replay_keep_draft(struct replaying *rg, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	json_write(&text, rg->rp->document);
	rc = workflow_version_try(rg->rp->db, rg->rp->account_id,
				  rg->hook->workflow_id, DRAFT_VERSION, text.s,
				  e);
	buf_free(&text);
	return rc;
}
