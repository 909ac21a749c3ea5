/*
 * publish.c - a workflow document becomes a draft, and a draft a version.
 * See publish.h.
 */
#include "config.h"

#include "engine/publish.h"

#include "base/buf.h"
#include "base/conf.h"
#include "base/json.h"
#include "base/token.h"
#include "engine/publish_names.h"
#include "flow/plan.h"
#include "flow/plan_kinds.h"
#include "store/account.h"
#include "store/secret.h"
#include "store/workflow.h"

#include <string.h>

#include "base/banned.h"

#define NAME_BYTES 190 /* a number may come behind it */
#define NAMES_TRIED 100

/* One document on its way into the database. */
struct publishing {
	struct db *db;
	const char *account_id;
	const char *base_url;
	struct mem *mem;
	struct json_object *document;
	struct json_object *secrets; /* the account's; NULL: not asked yet */
	const char *name;	     /* the document's */
	struct faults *faults, *warnings;
	struct err *e;
	int has_failed; /* the database did not answer: *e is set */
};

void
document_read(const char *text, size_t len, struct json_object **out,
	      struct faults *faults)
{
	struct err e = ERR_INIT;

	*out = NULL;
	if (json_read(text, len, JSON_MAX_DEPTH, out, &e) == -1) {
		fault_add(faults, "", "this is no JSON: %s", e.text);
		return;
	}
	json_pool(faults->mem, *out);
	plan_check(*out, faults);
}

void
document_warnings(struct json_object *document, struct json_object *known,
		  struct faults *warnings)
{
	plan_check_names(document, known, warnings);
	plan_check_reach(document, warnings);
	plan_check_secrets(document, warnings);
}

static int
refuse(const struct publishing *p)
{
	return err_set(p->e, ERR_INPUT, "the workflow document has %zu %s",
		       p->faults->n, p->faults->n == 1 ? "fault" : "faults");
}

/* Adds to `f`: what refuses publication only warns of a draft. */
static void
check_timezone(struct publishing *p, struct faults *f)
{
	const char *zone =
		json_get_string(json_get(p->document, "settings"), "timezone");
	const char *known;

	if (zone == NULL)
		return;
	if (timezone_find(p->db, zone, p->mem, &known, p->e) == -1)
		p->has_failed = 1;
	else if (known == NULL)
		fault_add(f, "/settings/timezone",
			  "PostgreSQL knows no time zone \"%.100s\"; write one "
			  "of the IANA list, such as Europe/Berlin",
			  zone);
}

static int
has_secret(struct json_object *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_get_string(json_object_array_get_idx(list, i),
					   "name"),
			   name) == 0)
			return 1;
	return 0;
}

/* The account's secrets, asked for when the first one is named. */
static void
check_secret(void *arg, const char *name, const char *pointer)
{
	struct publishing *p = arg;

	if (p->has_failed)
		return;
	if (p->secrets == NULL &&
	    secret_list(p->db, p->account_id, p->mem, &p->secrets, p->e) == -1)
		p->has_failed = 1;
	else if (!has_secret(p->secrets, name))
		fault_add(p->faults, pointer,
			  "there is no secret \"%.100s\"; keep it with "
			  "hookline secret set %.100s",
			  name, name);
}

static void
check_verify_secret(struct publishing *p, struct json_object *named,
		    const char *pointer)
{
	check_secret(p, json_object_get_string(named) + strlen("secret:"),
		     pointer);
}

/* Without its secrets a trigger would refuse everything, and a call fail. */
static void
check_secrets(struct publishing *p)
{
	static const char pointer[] = "/trigger/verify/secret";
	struct json_object *verify =
		json_get(json_get(p->document, "trigger"), "verify");
	struct json_object *names = json_get(verify, "secret");
	size_t i;

	plan_each_secret(p->mem, p->document, check_secret, p);
	if (names == NULL)
		return;
	if (!json_object_is_type(names, json_type_array)) {
		check_verify_secret(p, names, pointer);
		return;
	}
	for (i = 0; i < json_object_array_length(names); i++)
		check_verify_secret(p, json_object_array_get_idx(names, i),
				    pointer_item(p->mem, pointer, i));
}

/* A link to unsubscribe must lead somewhere. */
static void
check_link(void *arg, struct json_object *step, const char *pointer)
{
	struct publishing *p = arg;
	const char *type = json_get_string(step, "type");

	if (type == NULL || strcmp(type, "send_email") != 0 ||
	    !plan_has_own_link(step))
		return;
	pointer = pointer_key(p->mem, pointer,
			      json_get(step, "category") != NULL
				      ? "category"
				      : "list_unsubscribe");
	if (strcmp(p->base_url, CONF_BASE_URL_UNSET) == 0)
		fault_add(p->faults, pointer,
			  "marketing e-mail has a link to unsubscribe, and "
			  "base_url, which it begins with, is not set in the "
			  "configuration; set it, or list_unsubscribe to a "
			  "URL of your own");
	else if (strncmp(p->base_url, "https://", 8) != 0)
		fault_add(p->warnings, pointer,
			  "mail programs show their button to unsubscribe "
			  "only where the link is https, and base_url is "
			  "%.100s",
			  p->base_url);
}

static void
check_links(struct publishing *p)
{
	struct plan_walk w = { .mem = p->mem, .step = check_link, .arg = p };

	plan_walk(&w, p->document);
}

/* Everything that must hold before a document is published, and what is to be
 * said besides. */
static int
check_all(struct publishing *p)
{
	struct json_object *known;

	if (publish_known(p->db, p->account_id, p->mem, &known, p->e) == -1)
		return -1;
	plan_check_secrets(p->document, p->faults);
	plan_check_names(p->document, known, p->warnings);
	plan_check_reach(p->document, p->warnings);
	check_timezone(p, p->faults);
	check_secrets(p);
	check_links(p);
	if (p->has_failed ||
	    publish_check_names(p->db, p->account_id, p->document, p->warnings,
				p->e) == -1)
		return -1;
	return p->faults->n == 0 ? 0 : refuse(p);
}

static int
write_version(struct publishing *p, const char *id)
{
	struct json_object *refs = plan_webhook_refs(p->document);
	struct buf text = BUF_INIT, refs_text = BUF_INIT;
	int rc;

	json_write(&text, p->document);
	json_write(&refs_text, refs);
	rc = workflow_publish(p->db, p->account_id, id, text.s, refs_text.s,
			      p->e);
	json_object_put(refs);
	buf_free(&text);
	buf_free(&refs_text);
	return rc;
}

/* The document becomes a new workflow's draft. */
static int
insert_draft(struct publishing *p, struct workflow *w)
{
	unsigned char key[TOKEN_KEY_SIZE];
	struct buf text = BUF_INIT;
	int rc;

	random_bytes(key, sizeof(key));
	json_write(&text, p->document);
	rc = workflow_insert(p->db, p->account_id, p->name, text.s, key, p->e);
	buf_free(&text);
	if (rc == -1)
		return -1;
	return workflow_need(p->db, p->account_id, p->name, p->mem, w, p->e);
}

static int
write_draft(struct publishing *p, struct workflow *w)
{
	struct buf text = BUF_INIT;
	int rc;

	if (workflow_find(p->db, p->account_id, p->name, p->mem, w, p->e) == -1)
		return -1;
	/* An id that looks like the name is another workflow. */
	if (w->id == NULL || strcmp(w->name, p->name) != 0)
		return insert_draft(p, w);
	json_write(&text, p->document);
	rc = workflow_save(p->db, p->account_id, w->id, text.s, p->e);
	buf_free(&text);
	return rc;
}

static int
import_all(struct publishing *p, int is_published, const char **id)
{
	struct workflow w;
	int rc = -1;

	if (db_begin(p->db, p->e) == -1)
		return -1;
	if (write_draft(p, &w) == -1 ||
	    (is_published && write_version(p, w.id) == -1))
		goto out;
	*id = w.id;
	rc = db_commit(p->db, p->e);
out:
	if (rc == -1)
		db_rollback(p->db);
	return rc;
}

int
publish_import(struct db *db, const char *account_id, const char *base_url,
	       struct json_object *document, int is_published, const char **id,
	       struct faults *faults, struct faults *warnings, struct err *e)
{
	struct publishing p = { .db = db,
				.account_id = account_id,
				.base_url = base_url,
				.mem = faults->mem,
				.document = document,
				.name = json_get_string(document, "name"),
				.faults = faults,
				.warnings = warnings,
				.e = e };
	struct json_object *known;

	if (faults->n > 0)
		return refuse(&p);
	if (is_published && check_all(&p) == -1)
		return -1;
	if (!is_published) {
		if (publish_known(db, account_id, p.mem, &known, e) == -1)
			return -1;
		document_warnings(document, known, warnings);
		check_timezone(&p, warnings);
	}
	if (p.has_failed)
		return -1;
	return import_all(&p, is_published, id);
}

/* A name that no workflow has; two that are made at once may find the same, and
 * one is refused. */
static int
free_name(struct publishing *p, const char *wanted)
{
	struct workflow w;
	int n;

	p->name = mem_strdup(p->mem, wanted); /* the document's goes */
	for (n = 2; n <= NAMES_TRIED; n++) {
		if (workflow_find(p->db, p->account_id, p->name, p->mem, &w,
				  p->e) == -1)
			return -1;
		if (w.id == NULL || strcmp(w.name, p->name) != 0)
			return 0;
		p->name = mem_printf(p->mem, "%s %d", wanted, n);
	}
	return err_set(p->e, ERR_INPUT,
		       "there are %d workflows named \"%.100s\": give this one "
		       "another name",
		       NAMES_TRIED - 1, wanted);
}

int
publish_new(struct db *db, const char *account_id, struct mem *m,
	    struct json_object *document, const char **id, struct err *e)
{
	struct publishing p = { .db = db,
				.account_id = account_id,
				.mem = m,
				.document = document,
				.e = e };
	const char *name = json_get_string(document, "name");
	struct workflow w;

	if (name == NULL || name[0] == '\0' || strlen(name) > NAME_BYTES)
		return err_set(e, ERR_INPUT,
			       "a workflow needs a name of at most %d letters",
			       NAME_BYTES);
	if (free_name(&p, name) == -1)
		return -1;
	json_object_object_add(document, "name",
			       json_object_new_string(p.name));
	if (insert_draft(&p, &w) == -1)
		return -1;
	*id = w.id;
	return 0;
}

int
publish_check(struct db *db, const char *account_id, const char *base_url,
	      struct json_object *document, struct faults *faults,
	      struct faults *warnings, struct err *e)
{
	struct publishing p = { .db = db,
				.account_id = account_id,
				.base_url = base_url,
				.mem = faults->mem,
				.document = document,
				.faults = faults,
				.warnings = warnings,
				.e = e };

	plan_check(document, faults);
	if (faults->n > 0 || check_all(&p) == 0)
		return 0;
	return faults->n > 0 && !p.has_failed ? 0 : -1;
}

int
publish_draft(struct db *db, const char *account_id, const char *base_url,
	      const char *name, const char **id, struct faults *faults,
	      struct faults *warnings, struct err *e)
{
	struct publishing p = { .db = db,
				.account_id = account_id,
				.base_url = base_url,
				.mem = faults->mem,
				.faults = faults,
				.warnings = warnings,
				.e = e };
	struct workflow w;

	if (workflow_need(db, account_id, name, p.mem, &w, e) == -1)
		return -1;
	p.document = w.draft;
	p.name = w.name;
	*id = w.id;
	plan_check(p.document, faults);
	if (faults->n > 0)
		return refuse(&p);
	if (check_all(&p) == -1)
		return -1;
	return write_version(&p, w.id);
}
