/*
 * workflow.c - hookline workflow: documents go in and out, versions are
 * published.  The checks and writes are engine/publish.c.
 */
#include "config.h"

#include "cli.h"
#include "print.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/hook_url.h"
#include "engine/publish.h"
#include "store/workflow.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* "POINTER: what is wrong"; the pointer to the document as a whole is "". */
static void
print_faults(const char *before, const struct faults *f)
{
	char *path;
	size_t i;

	for (i = 0; i < f->n; i++) {
		path = mem_strdup(f->mem, f->list[i].path);
		text_flatten(path);
		fprintf(stderr, "%s%s: %s\n", before,
			path[0] != '\0' ? path : "the document",
			f->list[i].detail);
	}
}

static struct json_object *
faults_json(const struct faults *f)
{
	struct json_object *list = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < f->n; i++) {
		o = json_object_new_object();
		json_set_string(o, "path", f->list[i].path);
		json_set_string(o, "detail", f->list[i].detail);
		json_object_array_add(list, o);
	}
	return list;
}

/* What is to be said of a document, as JSON. */
static void
print_validity(struct cli *c, const struct faults *faults,
	       const struct faults *warnings)
{
	struct json_object *o = json_pool(c->mem, json_object_new_object());

	json_object_object_add(o, "valid",
			       json_object_new_boolean(faults->n == 0));
	json_object_object_add(o, "faults", faults_json(faults));
	json_object_object_add(o, "warnings", faults_json(warnings));
	print_json(o);
}

static int
read_document(const char *path, struct json_object **out, struct faults *faults,
	      struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	rc = cli_read_file(path, CLI_DOCUMENT_MAX, &text, e);
	if (rc == 0)
		document_read(text.s, text.len, out, faults);
	buf_free(&text);
	return rc;
}

CLI_COMMAND(cmd_workflow_validate)
{
	struct faults faults = FAULTS_INIT(c->mem);
	struct faults warnings = FAULTS_INIT(c->mem);
	struct json_object *document;

	if (read_document(a->operand[0], &document, &faults, e) == -1)
		return -1;
	if (faults.n == 0)
		document_warnings(document, NULL, &warnings);
	if (c->is_json) {
		print_validity(c, &faults, &warnings);
	} else {
		print_faults("", &faults);
		print_faults("warning: ", &warnings);
		if (faults.n == 0)
			puts("valid");
	}
	return faults.n == 0 ? 0 : 1;
}

/* Live runs stay on the version they began with: how many are where. */
static void
print_places(struct json_object *places)
{
	putchar('\n');
	print_table(places, "version step count=RUNS", "no run is on its way");
}

/* What every command answers that changes a workflow, so far. */
static int
read_state(struct cli *c, const char *id, struct json_object **out,
	   struct err *e)
{
	struct workflow w;
	struct json_object *o;

	if (workflow_need(c->db, c->account_id, id, c->mem, &w, e) == -1)
		return -1;
	o = json_pool(c->mem, json_object_new_object());
	json_set_string(o, "workflow", w.id);
	json_set_string(o, "name", w.name);
	json_object_object_add(o, "version",
			       w.version > 0 ? json_object_new_int(w.version)
					     : NULL);
	json_set_string(o, "status", w.status);
	json_set_string(o, "url",
			hook_url(&c->conf, &c->secrets, w.hook_key, c->mem));
	*out = o;
	return 0;
}

/* Add "active" and "runs": the live runs, and where they are. */
static int
add_places(struct cli *c, struct json_object *o, struct err *e)
{
	struct json_object *places;
	int64_t n = 0;
	size_t i;

	if (workflow_places(c->db, c->account_id,
			    json_get_string(o, "workflow"), c->mem, &places,
			    e) == -1)
		return -1;
	for (i = 0; i < json_object_array_length(places); i++)
		n += json_get_int(json_object_array_get_idx(places, i), "count",
				  0);
	json_object_object_add(o, "active", json_object_new_int64(n));
	json_object_object_add(o, "runs", json_object_get(places));
	return 0;
}

static int
print_state(struct cli *c, const char *id, int with_places, struct err *e)
{
	struct json_object *o;

	if (read_state(c, id, &o, e) == -1 ||
	    (with_places && add_places(c, o, e) == -1))
		return -1;
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	print_fields(o, "workflow name version status url=URL active");
	if (with_places)
		print_places(json_get(o, "runs"));
	return 0;
}

/* What importing or publishing said: 1 when it was refused because of faults,
 * which are the answer then. */
static int
finish(struct cli *c, int rc, const char *id, int is_published,
       const struct faults *faults, const struct faults *warnings,
       struct err *e)
{
	if (rc == -1 && faults->n > 0) {
		if (c->is_json)
			print_validity(c, faults, warnings);
		else
			print_faults("", faults);
		fprintf(stderr, "hookline: %s\n", e->text);
		return 1;
	}
	if (rc == -1)
		return -1;
	print_faults("warning: ", warnings);
	return print_state(c, id, is_published, e);
}

CLI_COMMAND(cmd_workflow_import)
{
	struct faults faults = FAULTS_INIT(c->mem);
	struct faults warnings = FAULTS_INIT(c->mem);
	struct json_object *document;
	const char *id = NULL;
	int rc, is_published = args_option(a, "publish") != NULL;

	if (read_document(a->operand[0], &document, &faults, e) == -1)
		return -1;
	rc = publish_import(c->db, c->account_id, c->conf.base_url, document,
			    is_published, &id, &faults, &warnings, e);
	return finish(c, rc, id, is_published, &faults, &warnings, e);
}

/* A command that finds its work done already is no failure, but says so. */
static void
say_unchanged(const struct workflow *w, const char *what)
{
	fprintf(stderr,
		"hookline: workflow %s was %s already: nothing changed\n",
		w->id, what);
}

CLI_COMMAND(cmd_workflow_publish)
{
	struct faults faults = FAULTS_INIT(c->mem);
	struct faults warnings = FAULTS_INIT(c->mem);
	const char *name = a->operand[0], *id = NULL;
	struct workflow before, after;
	int rc;

	if (workflow_need(c->db, c->account_id, name, c->mem, &before, e) == -1)
		return -1;
	rc = publish_draft(c->db, c->account_id, c->conf.base_url, name, &id,
			   &faults, &warnings, e);
	if (rc == 0 &&
	    workflow_need(c->db, c->account_id, name, c->mem, &after, e) == -1)
		return -1;
	if (rc == 0 && strcmp(before.status, "published") == 0 &&
	    before.version == after.version)
		say_unchanged(&after, "published as it is");
	return finish(c, rc, id, 1, &faults, &warnings, e);
}

CLI_COMMAND(cmd_workflow_unpublish)
{
	struct workflow w;
	struct json_object *o;
	int64_t n_paused = 0;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
	    -1)
		return -1;
	if (strcmp(w.status, "draft") == 0)
		say_unchanged(&w, "unpublished");
	else if (workflow_unpublish(c->db, c->account_id, w.id, &n_paused, e) ==
		 -1)
		return -1;
	if (read_state(c, w.id, &o, e) == -1)
		return -1;
	json_object_object_add(o, "paused", json_object_new_int64(n_paused));
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "workflow name version status url=URL paused");
	return 0;
}

CLI_COMMAND(cmd_workflow_archive)
{
	struct workflow w;
	struct json_object *o;
	int64_t n_cancelled;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1 ||
	    workflow_archive(c->db, c->account_id, w.id, &n_cancelled, e) == -1)
		return -1;
	o = json_pool(c->mem, json_object_new_object());
	json_set_string(o, "workflow", w.id);
	json_set_string(o, "name", w.name);
	json_set_string(o, "status", "archived");
	json_object_object_add(o, "cancelled",
			       json_object_new_int64(n_cancelled));
	if (c->is_json)
		print_json(o);
	else
		print_fields(o, "workflow name status cancelled");
	return 0;
}

CLI_COMMAND(cmd_workflow_export)
{
	const char *version = args_option(a, "version");
	struct json_object *document;
	struct workflow w;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
	    -1)
		return -1;
	document = w.draft;
	if (version != NULL &&
	    workflow_version(c->db, c->account_id, w.id, version, c->mem,
			     &document, e) == -1)
		return -1;
	if (document == NULL)
		return err_set(e, ERR_GONE,
			       "workflow \"%.200s\" has no version %s; "
			       "`hookline workflow show` lists them",
			       w.name, version);
	print_json(document);
	return 0;
}

CLI_COMMAND(cmd_workflow_list)
{
	struct json_object *list;

	if (workflow_list(c->db, c->account_id, args_option(a, "all") != NULL,
			  c->mem, &list, e) == -1)
		return -1;
	if (c->is_json)
		print_json(list);
	else
		print_table(list,
			    "id name status version enrolled active completed "
			    "failed cancelled last_enrolled_at",
			    "no workflows yet: `hookline workflow import FILE "
			    "--publish`");
	return 0;
}

CLI_COMMAND(cmd_workflow_show)
{
	struct json_object *o;
	struct workflow w;

	if (workflow_need(c->db, c->account_id, a->operand[0], c->mem, &w, e) ==
		    -1 ||
	    workflow_show(c->db, c->account_id, w.id, c->mem, &o, e) == -1)
		return -1;
	json_object_object_del(o, "hook_key");
	json_set_string(o, "url",
			hook_url(&c->conf, &c->secrets, w.hook_key, c->mem));
	if (c->is_json) {
		print_json(o);
		return 0;
	}
	print_fields(o, "id name status version draft_differs url=URL "
			"created_at updated_at enrolled active completed "
			"failed cancelled last_enrolled_at");
	putchar('\n');
	print_table(json_get(o, "versions"), "version published_at",
		    "never published");
	print_places(json_get(o, "runs"));
	return 0;
}
