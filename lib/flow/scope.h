/*
 * scope.h - the names that templates and conditions of a run can use, as one
 * object: contact.*, custom_variables.*, webhook.*, workflow.*, account.*,
 * run.*, steps.*, now, and the names that people know from elsewhere
 * (inboundWebhookRequest.*, custom_values.*, right_now.*, contact.name,
 * contact.full_name, contact.phone_raw, contact.KEY for a custom field).
 */
#ifndef FLOW_SCOPE_H
#define FLOW_SCOPE_H

#include <json-c/json_object.h>

/* All borrowed; each may be NULL. */
struct scope_in {
	struct json_object
		*contact; /* its row: fields, "custom":{}, "tags":[] */
	struct json_object *variables; /* custom variables of the run */
	struct json_object *webhook;   /* {"body","query","headers"} */
	struct json_object *workflow;  /* {"id","name","version"} */
	struct json_object *account;   /* {"id","name",...} */
	struct json_object *values;    /* the account's constants */
	struct json_object *run;       /* {"id","started_at",...} */
	struct json_object *steps;     /* results by step id */
	const char *now_utc;	       /* "2026-11-24T08:15:00Z" */
	const char *now_local; /* "2026-11-24T09:15:00" in the run's zone */
};

/* A new object; it refers to (does not copy) what it was given. */
struct json_object *scope_build(const struct scope_in *in);

/* The first keys that scope_build makes, ended by NULL. */
extern const char *const scope_roots[];

/* The names below a root where they are always the same (right_now, and what
 * the executor puts into workflow, account and run), ended by NULL; NULL for
 * other roots. */
const char *const *scope_members(const char *root);

#endif
