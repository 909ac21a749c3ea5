/*
 * plan_kinds.c - the workflow document as tables: a kind of step is a row of
 * plan_kinds[], its fields are rows of a table of its own.  What the forms
 * mean is form.c, form_send.c and plan_form.c; doc/workflow.schema.json says
 * the same to other programs, and a test compares the two.
 */
#include "config.h"

#include "flow/plan_kinds.h"

#include "flow/scheme.h"

#include <string.h>

#include "base/banned.h"

#define BRANCHES_MAX 10

/* clang-format off */
static const struct member sender[] = {
	MAY("name", text, .min = 1, .max = 200),
	MUST("email", email),
	{ .name = NULL }
};
static const struct shape sender_shape = { "sender", .members = sender };

static const struct member settings[] = {
	MAY("reentry", one_of, .one_of = "when_finished|always|never"),
	MAY("reentry_key", path),
	MAY("timezone", timezone),
	MAY("contact", one_of, .one_of = "required|optional"),
	MAY("sender", object, .shape = &sender_shape),
	MAY("max_steps", integer, .min = 1, .max = 100000),
	{ .name = NULL }
};
static const struct shape settings_shape = {
	"settings", .members = settings
};

static const struct member verify[] = {
	MAY("scheme", scheme),
	MAY("secret", secret),
	MAY("mode", one_of, .one_of = "enforce|log"),
	MAY("from", networks),
	MAY("tolerance", tolerance),
	MAY("header", field_name),
	MAY("prefix", text, .min = 1, .max = 100),
	MAY("separator", text, .min = 1, .max = 10),
	MAY("hash", one_of, .one_of = SCHEME_HASHES),
	MAY("encoding", one_of, .one_of = SCHEME_ENCODINGS),
	MAY("key_encoding", one_of, .one_of = SCHEME_KEY_ENCODINGS),
	MAY("signed", text, .min = 1, .max = 500),
	MAY("timestamp_header", field_name),
	MAY("timestamp_prefix", text, .min = 1, .max = 100),
	MAY("id_header", field_name),
	MAY("public_key", text, .min = 1, .max = 200),
	{ .name = NULL }
};
static const struct shape verify_shape = {
	"verify", .members = verify, .also = also_verify
};

static const struct member dedup[] = {
	MAY("from", source_path),
	MAY("header", text, .min = 1, .max = 100),
	MAY("preset", dedup_preset),
	MAY("window", span),
	{ .name = NULL }
};
static const struct shape dedup_shape = {
	"dedup", dedup, .also = also_dedup
};

static const struct member answer[] = {
	MAY("status", integer, .min = 200, .max = 299),
	MAY("content_type", text, .min = 3, .max = 100),
	MAY("body", template),
	{ .name = NULL }
};
static const struct shape answer_shape = {
	"answer", answer, .also = also_answer
};

static const struct member trigger[] = {
	MUST("type", one_of, .one_of = "inbound_webhook"),
	MAY("methods", some_of, .one_of = "POST|GET|PUT"),
	MAY("verify", object, .shape = &verify_shape),
	MAY("dedup", object, .shape = &dedup_shape),
	MAY("split", source_path),
	MAY("answer", object, .shape = &answer_shape),
	MAY("filter", condition),
	MAY("map", rules),
	{ .name = NULL }
};
static const struct shape trigger_shape = { "the trigger", .members = trigger };

static const struct member document[] = {
	MAY("$schema", text, .min = 1, .max = 1000),
	MUST("format", one_of, .one_of = "hookline/1"),
	MUST("name", text, .min = 1, .max = 200),
	MAY("settings", object, .shape = &settings_shape),
	MUST("trigger", object, .shape = &trigger_shape),
	MUST("steps", steps),
	{ .name = NULL }
};
const struct shape plan_document = { "the workflow", .members = document };

static const struct member step_base[] = {
	MUST("id", step_id),
	MUST("type", step_type),
	MAY("name", text, .min = 1, .max = 200),
	MAY("on_error", one_of, .one_of = "retry|continue|fail"),
	MAY("if", condition),
	MAY("disabled", boolean),
	MAY("delivery", one_of, .one_of = "at_least_once|at_most_once"),
	{ .name = NULL }
};
const struct shape plan_step_base = { "a step", .members = step_base };

static const struct member send_email[] = {
	MUST("to", addresses),
	MAY("cc", addresses),
	MAY("bcc", addresses),
	MAY("reply_to", addresses),
	MUST("subject", line),
	MAY("html", template),
	MAY("text", template),
	MAY("from", address),
	MAY("category", one_of, .one_of = "transactional|marketing"),
	MAY("list_unsubscribe", unsubscribe),
	{ .name = NULL }
};

static const struct member send_sms[] = {
	MUST("to", phone),
	MUST("text", template),
	MAY("from", template),
	{ .name = NULL }
};

static const struct member auth[] = {
	MUST("type", one_of, .one_of = "none|basic|bearer|api_key"),
	MAY("username", template),
	MAY("password", template),
	MAY("token", template),
	MAY("name", text, .min = 1, .max = 100),
	MAY("value", template),
	MAY("in", one_of, .one_of = "header|query"),
	{ .name = NULL }
};
const struct shape plan_auth = { "auth", auth, .also = also_auth };

static const struct member call_webhook[] = {
	MAY("method", one_of, .one_of = "GET|POST|PUT|PATCH|DELETE"),
	MUST("url", url),
	MAY("query", fields),
	MAY("auth", object, .shape = &plan_auth),
	MAY("headers", headers),
	MAY("json", json_body),
	MAY("form", fields),
	MAY("body", template),
	MAY("save_as", name),
	{ .name = NULL }
};

static const struct member if_else_branch[] = {
	MAY("name", text, .min = 1, .max = 200),
	MUST("when", condition),
	MUST("steps", steps),
	{ .name = NULL }
};
static const struct shape if_else_branch_shape = {
	"a branch of if_else", .members = if_else_branch
};

static const struct member if_else[] = {
	MUST("branches", branches, .shape = &if_else_branch_shape,
	  .min = 1, .max = BRANCHES_MAX),
	MAY("else", steps),
	{ .name = NULL }
};

static const struct member split_branch[] = {
	MAY("name", text, .min = 1, .max = 200),
	MUST("percent", integer, .min = 0, .max = 100),
	MUST("steps", steps),
	{ .name = NULL }
};
static const struct shape split_branch_shape = {
	"a branch of split", .members = split_branch
};

static const struct member split[] = {
	MUST("branches", branches, .shape = &split_branch_shape,
	  .min = 2, .max = BRANCHES_MAX),
	{ .name = NULL }
};

static const struct member window[] = {
	MAY("days", some_of, .one_of = "mon|tue|wed|thu|fri|sat|sun"),
	MAY("from", clock),
	MAY("to", clock),
	MAY("timezone", one_of, .one_of = "workflow|contact"),
	{ .name = NULL }
};
static const struct shape window_shape = {
	"window", .members = window, .also = also_window
};

static const struct member wait_fields[] = {
	MAY("for", span),
	MAY("until", date),
	MAY("offset", duration),
	MAY("if_past", one_of, .one_of = "continue|skip_step|end"),
	MAY("until_condition", condition),
	MAY("timeout", span),
	MAY("if_timeout", one_of, .one_of = "continue|skip_step|end"),
	MAY("window", object, .shape = &window_shape),
	MAY("if_late", one_of, .one_of = "run|skip_step|next_window"),
	MAY("late_after", span),
	{ .name = NULL }
};

static const struct member replace[] = {
	MUST("find", template),
	MAY("with", template),
	{ .name = NULL }
};
static const struct shape replace_shape = { "replace", .members = replace };

static const struct member substring[] = {
	MUST("from", place, .min = -1000000, .max = 1000000),
	MAY("length", integer, .min = 0, .max = 1000000),
	{ .name = NULL }
};
static const struct shape substring_shape = {
	"substring", .members = substring
};

static const struct member set_variable[] = {
	MUST("name", name),
	MAY("value", json),
	MAY("as", one_of, .one_of = "text|number|boolean|date|json"),
	MAY("replace", object, .shape = &replace_shape),
	MAY("trim", boolean),
	MAY("substring", object, .shape = &substring_shape),
	MAY("lower", boolean),
	MAY("upper", boolean),
	MAY("split", separator),
	MAY("add", number),
	MAY("subtract", number),
	MAY("multiply", number),
	MAY("divide", number),
	MAY("round", integer, .min = 0, .max = 15),
	MAY("date_add", duration),
	MAY("date_format", template),
	{ .name = NULL }
};

static const struct member update_contact[] = {
	MUST("set", contact_set),
	{ .name = NULL }
};

static const struct member tags[] = {
	MUST("tags", texts),
	{ .name = NULL }
};

static const struct member enrol[] = {
	MUST("workflow", template),
	{ .name = NULL }
};

static const struct member notify[] = {
	MUST("to", template),
	MUST("subject", template),
	MUST("text", template),
	{ .name = NULL }
};

static const struct member find_contact[] = {
	MUST("by", contact_by),
	MAY("found", steps),
	MAY("not_found", steps),
	{ .name = NULL }
};

static const struct member go_to[] = {
	MUST("step", text, .min = 1, .max = 64),
	{ .name = NULL }
};

static const struct member goal[] = {
	MUST("when", condition),
	MAY("if_not_met", one_of, .one_of = "continue|end"),
	{ .name = NULL }
};

static const struct member end[] = {
	MAY("reason", template),
	{ .name = NULL }
};

#define KIND(article, type, fields, ...) \
	{ #type, { #article " " #type " step", fields, &plan_step_base, \
		   __VA_ARGS__ } }

const struct step_kind plan_kinds[] = {
	KIND(a, send_email, send_email, also_email),
	KIND(a, send_sms, send_sms, NULL),
	KIND(a, call_webhook, call_webhook, also_webhook),
	KIND(an, if_else, if_else, NULL),
	KIND(a, split, split, also_split),
	KIND(a, wait, wait_fields, also_wait),
	KIND(a, set_variable, set_variable, also_variable),
	KIND(an, update_contact, update_contact, NULL),
	KIND(an, add_tag, tags, NULL),
	KIND(a, remove_tag, tags, NULL),
	KIND(an, enrol, enrol, NULL),
	KIND(an, unenrol, enrol, NULL),
	KIND(a, notify, notify, NULL),
	KIND(a, find_contact, find_contact, NULL),
	KIND(a, go_to, go_to, NULL),
	KIND(a, goal, goal, NULL),
	KIND(an, end, end, NULL),
	{ .type = NULL }
};
/* clang-format on */

const struct step_kind *
plan_kind(const char *type)
{
	const struct step_kind *kind;

	if (type == NULL)
		return NULL;
	for (kind = plan_kinds; kind->type != NULL; kind++)
		if (strcmp(kind->type, type) == 0)
			return kind;
	return NULL;
}
