/*
 * rules_edit.h - a list of mapping rules (map.h), changed one by one by what a
 * person put into a form.  What was not changed stays as it is written: members
 * that are not known here, numbers by their digits, the order.  Pure; whether
 * the rules are valid is map_check's business.
 */
#ifndef FLOW_RULES_EDIT_H
#define FLOW_RULES_EDIT_H

#include "base/mem.h"

#include <json-c/json_object.h>

/* What is to be of one rule.  Texts are as a form gives them: line breaks do
 * not count as a change, and a text that is as before leaves the value that it
 * stands for, whatever its type. */
struct rule_edit {
	int index;	   /* of the rule; -1: a new one behind the others */
	const char *to;	   /* NULL: as it is; "": the rule goes */
	const char *from;  /* NULL or "": as it is */
	const char *value; /* of a constant; NULL: as it is */
	const char *otherwise; /* "default"; NULL: as it is; "": none */
	const char *as;	       /* NULL: as it is; "": none */
	int is_required;       /* -1: as it is */
};

/* The changed list, in the pool; `rules` (any JSON) is not changed. */
struct json_object *rules_edit(struct mem *m, struct json_object *rules,
			       const struct rule_edit *edits, size_t n);

/* How a rule names the custom variable `name`; from the pool. */
const char *rule_to_variable(struct mem *m, const char *name);

/* A custom field's key made of what a person calls it: "Subscription Plan" is
 * subscription_plan; from the pool. */
const char *rule_field_key(struct mem *m, const char *label);

#endif
