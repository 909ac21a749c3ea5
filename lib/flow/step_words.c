/*
 * step_words.c - the kinds of step and their fields in words, as tables.  See
 * step_fields.h; a test holds them to plan_kinds.c: no member is without field.
 */
#include "config.h"

#include "flow/step_fields.h"

#include <string.h>

#include "base/banned.h"

#define FIELD(p, k, l, ...)                                           \
	{                                                             \
		.path = p, .kind = FIELD_##k, .label = l, __VA_ARGS__ \
	}
#define HELP(text) .help = text
#define TEMPLATE .picks = "template"
#define PASSED                                                            \
	"continue=Go on with the next step|skip_step=Leave out the next " \
	"step|end=End here"

/* clang-format off */
const struct step_field step_fields_common[] = {
	FIELD("name", LINE, "Name", HELP("What you call this step. Only you see it.")),
	FIELD("disabled", TICK, "Switched off: leave this step out"),
	FIELD("if", COND, "Only when", HELP("Without a condition the step is always done; where it is not true, the step is left out."),
	  .group = "Only when..."),
	FIELD("on_error", CHOICE, "If it fails",
	  .options = "=Try again for a day, then stop this run|retry=Try again for a day, then stop this run (always)|continue=Go on with the next step|fail=Stop this run at once",
	  .group = "If something goes wrong"),
	FIELD("delivery", CHOICE, "If it is not known whether it was sent", HELP("This happens rarely: when a connection breaks at the last moment."),
	  .options = "=What is usual|at_least_once=Send it again|at_most_once=Do not send it again",
	  .group = "If something goes wrong"),
	{ .path = NULL }
};

const struct step_field step_fields_branch[] = {
	FIELD("name", LINE, "Name of the branch"),
	FIELD("when", COND, "Go here when"),
	{ .path = NULL }
};

const struct step_field step_fields_share[] = {
	FIELD("name", LINE, "Name of the branch"),
	FIELD("percent", SCALAR, "Percent", HELP("All branches together make 100.")),
	{ .path = NULL }
};

static const struct step_field none[] = {
	{ .path = NULL }
};

static const struct step_field send_email[] = {
	FIELD("to", LINE, "To", HELP("Several addresses: with commas between."), TEMPLATE),
	FIELD("subject", LINE, "Subject", TEMPLATE),
	FIELD("text", AREA, "Text", HELP("Plain text. Give this or HTML, or both."), TEMPLATE, .rows = 8),
	FIELD("html", AREA, "HTML", HELP("The same as a formatted message. Values are made safe for HTML."), TEMPLATE, .rows = 8),
	FIELD("from", LINE, "From", HELP("Empty: the workflow's sender."),
	  .placeholder = "Shop <shop@example.com>", TEMPLATE,
	  .group = "Sender and copies"),
	FIELD("reply_to", LINE, "Answers go to", TEMPLATE, .group = "Sender and copies"),
	FIELD("cc", LINE, "Copy to (Cc)", TEMPLATE, .group = "Sender and copies"),
	FIELD("bcc", LINE, "Hidden copy to (Bcc)", TEMPLATE, .group = "Sender and copies"),
	FIELD("category", CHOICE, "Kind of e-mail", HELP("Marketing is not sent to people who unsubscribed, and has a link to unsubscribe."),
	  .options = "=Not said|transactional=What the contact asked for: receipts, reminders|marketing=Marketing",
	  .group = "Marketing and unsubscribing"),
	FIELD("list_unsubscribe", SCALAR, "Link to unsubscribe", HELP("Marketing only. Empty: Hookline's own link. Else a link of your own."),
	  .placeholder = "<https://shop.example/leave>", TEMPLATE,
	  .group = "Marketing and unsubscribing"),
	{ .path = NULL }
};

static const struct step_field send_sms[] = {
	FIELD("to", LINE, "To", HELP("A telephone number."), TEMPLATE),
	FIELD("text", AREA, "Message", TEMPLATE, .rows = 4),
	FIELD("from", LINE, "From", HELP("Empty: the number of the installation."), TEMPLATE,
	  .group = "Sender"),
	{ .path = NULL }
};

static const struct step_field call_webhook[] = {
	FIELD("method", CHOICE, "Method",
	  .options = "=Not said (POST)|POST=POST|GET=GET|PUT=PUT|PATCH=PATCH|DELETE=DELETE"),
	FIELD("url", LINE, "Address (URL)", TEMPLATE,
	  .placeholder = "https://api.example.com/leads"),
	FIELD("json", JSON, "Data as JSON", HELP("Give this, form fields or text; or nothing."), TEMPLATE, .rows = 6,
	  .placeholder = "{\"email\": \"{{contact.email}}\"}"),
	FIELD("form", PAIRS, "Data as form fields", TEMPLATE, .group = "Form fields or text"),
	FIELD("body", AREA, "Data as text", TEMPLATE, .rows = 4, .group = "Form fields or text"),
	FIELD("query", PAIRS, "Put behind the address", HELP("As ?name=value."), TEMPLATE,
	  .group = "Parameters and headers"),
	FIELD("headers", PAIRS, "Headers", TEMPLATE, .group = "Parameters and headers"),
	FIELD("auth/type", CHOICE, "Kind of login",
	  .options = "=Not said|none=None|basic=User name and password|bearer=Token (Bearer)|api_key=API key",
	  .group = "Login"),
	FIELD("auth/username", LINE, "User name", TEMPLATE, .group = "Login"),
	FIELD("auth/password", LINE, "Password", HELP("Keep it as a secret and write {{secret.NAME}} here."), TEMPLATE, .group = "Login"),
	FIELD("auth/token", LINE, "Token", HELP("Likewise."),
	  .placeholder = "{{secret.crm}}", TEMPLATE, .group = "Login"),
	FIELD("auth/name", LINE, "Name of the API key",
	  .placeholder = "X-Api-Key", .group = "Login"),
	FIELD("auth/value", LINE, "API key", HELP("Likewise."), TEMPLATE, .group = "Login"),
	FIELD("auth/in", CHOICE, "The API key goes",
	  .options = "=Not said (a header)|header=Into a header|query=Behind the address",
	  .group = "Login"),
	FIELD("save_as", LINE, "Keep the answer also as", HELP("A name: later steps find the answer as {{custom_variables.NAME}}."),
	  .group = "The answer"),
	{ .path = NULL }
};

static const struct step_field wait_fields[] = {
	FIELD("for", LINE, "How long", HELP("For example: 2 days, 90 minutes, 1 day 12 hours."), TEMPLATE,
	  .group = "For some time"),
	FIELD("until", LINE, "Until", HELP("A date such as 2026-12-24T09:00, or a field that holds one."), TEMPLATE,
	  .placeholder = "{{custom_variables.start_time}}", .group = "Until a date"),
	FIELD("offset", LINE, "Earlier or later by", HELP("For example: -1 day for the day before."), TEMPLATE, .group = "Until a date"),
	FIELD("if_past", CHOICE, "If that is over already",
	  .options = "=Not said (go on)|" PASSED, .group = "Until a date"),
	FIELD("until_condition", COND, "Until", .group = "Until something is true"),
	FIELD("timeout", LINE, "But no longer than", HELP("For example: 7 days."), TEMPLATE,
	  .group = "Until something is true"),
	FIELD("if_timeout", CHOICE, "If it did not become true by then",
	  .options = "=Not said (go on)|" PASSED, .group = "Until something is true"),
	FIELD("window/days", SOME, "Days", HELP("None ticked: all days."),
	  .options = "mon=Mon|tue=Tue|wed=Wed|thu=Thu|fri=Fri|sat=Sat|sun=Sun",
	  .group = "Only on these days and hours"),
	FIELD("window/from", LINE, "From", .placeholder = "09:00",
	  .group = "Only on these days and hours"),
	FIELD("window/to", LINE, "To", .placeholder = "17:00",
	  .group = "Only on these days and hours"),
	FIELD("window/timezone", CHOICE, "By whose clock",
	  .options = "=Not said (the workflow's)|workflow=The workflow's|contact=The contact's",
	  .group = "Only on these days and hours"),
	FIELD("if_late", CHOICE, "If Hookline was not running at the end of the wait",
	  .options = "=What is usual|run=Go on all the same|skip_step=Leave out the next step|next_window=Wait for the next of these days and hours",
	  .group = "If it gets late"),
	FIELD("late_after", LINE, "Late is more than", HELP("For example: 1 hour."), TEMPLATE,
	  .group = "If it gets late"),
	{ .path = NULL }
};

static const struct step_field set_variable[] = {
	FIELD("name", LINE, "Name", HELP("Later steps find the value as {{custom_variables.NAME}}."),
	  .placeholder = "order_total"),
	FIELD("value", VALUE, "Value", HELP("Empty: what the variable holds already."), TEMPLATE, .rows = 2),
	FIELD("as", CHOICE, "Keep it as",
	  .options = "=As it comes|text=Text|number=Number|boolean=Yes or no|date=Date|json=List or object (JSON)"),
	FIELD("replace/find", LINE, "Replace", TEMPLATE, .group = "Change the text"),
	FIELD("replace/with", LINE, "By", TEMPLATE, .group = "Change the text"),
	FIELD("trim", TICK, "Take blanks off both ends", .group = "Change the text"),
	FIELD("substring/from", SCALAR, "Keep from character", HELP("1 is the first, -1 the last."), .group = "Change the text"),
	FIELD("substring/length", SCALAR, "So many characters", .group = "Change the text"),
	FIELD("lower", TICK, "Small letters", .group = "Change the text"),
	FIELD("upper", TICK, "Capital letters", .group = "Change the text"),
	FIELD("split", LINE, "Make a list, cut at", TEMPLATE, .placeholder = ",",
	  .group = "Change the text"),
	FIELD("add", SCALAR, "Add", TEMPLATE, .group = "Calculate"),
	FIELD("subtract", SCALAR, "Subtract", TEMPLATE, .group = "Calculate"),
	FIELD("multiply", SCALAR, "Multiply by", TEMPLATE, .group = "Calculate"),
	FIELD("divide", SCALAR, "Divide by", TEMPLATE, .group = "Calculate"),
	FIELD("round", SCALAR, "Round to so many decimals", .group = "Calculate"),
	FIELD("date_add", LINE, "Add to the date", HELP("For example: 14 days, -1 month."), TEMPLATE,
	  .group = "Dates"),
	FIELD("date_format", LINE, "Write the date as", HELP("For example: DD.MM.YYYY HH24:MI"), TEMPLATE, .group = "Dates"),
	{ .path = NULL }
};

static const struct step_field update_contact[] = {
	FIELD("set", SET, "Fields of the contact", HELP("A field without value is emptied."), .picks = "contact"),
	{ .path = NULL }
};

static const struct step_field tags[] = {
	FIELD("tags", LINES, "Tags", HELP("One a line."), TEMPLATE, .rows = 3),
	{ .path = NULL }
};

static const struct step_field enrol[] = {
	FIELD("workflow", WORKFLOW, "Workflow", TEMPLATE),
	{ .path = NULL }
};

static const struct step_field notify[] = {
	FIELD("to", LINE, "To", HELP("People who can log in here, by e-mail address or name, with commas between."), TEMPLATE),
	FIELD("subject", LINE, "Subject", TEMPLATE),
	FIELD("text", AREA, "Message", TEMPLATE, .rows = 5),
	{ .path = NULL }
};

static const struct step_field find_contact[] = {
	FIELD("by", PAIRS, "Find the contact by", HELP("All of these must be the same. An empty value finds nobody."), .picks = "contact"),
	{ .path = NULL }
};

static const struct step_field go_to[] = {
	FIELD("step", STEP, "Go on at"),
	{ .path = NULL }
};

static const struct step_field goal[] = {
	FIELD("when", COND, "The goal is met when"),
	FIELD("if_not_met", CHOICE, "Who gets here without meeting it",
	  .options = "=Not said (goes on)|continue=Goes on with the next step|end=Ends here"),
	{ .path = NULL }
};

static const struct step_field end[] = {
	FIELD("reason", LINE, "Reason", HELP("For you, when you look at the run later."), TEMPLATE),
	{ .path = NULL }
};

const struct step_words step_words[] = {
	{ "send_email", "E-mail", "Send an e-mail to the contact, or to somebody else.", "Messages", send_email },
	{ "send_sms", "Text message", "Send a text message (SMS).", "Messages", send_sms },
	{ "notify", "Notify", "Tell somebody of your team by e-mail.", "Messages", notify },
	{ "wait", "Wait", "Wait for some time, for a date, or until something is true.", "Time", wait_fields },
	{ "if_else", "If / Else", "Go different ways, depending on what is true.", "Ways", none },
	{ "split", "Split", "Send a share of the contacts each way, to compare them.", "Ways", none },
	{ "goal", "Goal", "Jump here as soon as something is true, from any step above.", "Ways", goal },
	{ "go_to", "Go to", "Go on at another step.", "Ways", go_to },
	{ "end", "End", "End the run here.", "Ways", end },
	{ "update_contact", "Update contact", "Write values into fields of the contact.", "Contact", update_contact },
	{ "add_tag", "Add tag", "Mark the contact with a tag.", "Contact", tags },
	{ "remove_tag", "Remove tag", "Take a tag from the contact.", "Contact", tags },
	{ "find_contact", "Find contact", "Look for another contact, and go on with that one.", "Contact", find_contact },
	{ "enrol", "Enrol", "Put the contact into another workflow.", "Other workflows", enrol },
	{ "unenrol", "Unenrol", "Take the contact out of a workflow.", "Other workflows", enrol },
	{ "set_variable", "Set variable", "Keep a value for later steps: calculate, change text, add to dates.", "Data", set_variable },
	{ "call_webhook", "Call webhook", "Send data to another service, and use what it answers.", "Data", call_webhook },
	{ NULL, NULL, NULL, NULL, NULL }
};
/* clang-format on */

const struct step_words *
step_words_of(const char *type)
{
	const struct step_words *w;

	for (w = step_words; type != NULL && w->type != NULL; w++)
		if (strcmp(w->type, type) == 0)
			return w;
	return NULL;
}

int
step_has_common(const struct step_words *w, const struct step_field *f)
{
	const struct step_field *own;

	for (own = w->fields; own->path != NULL; own++)
		if (strcmp(own->path, f->path) == 0)
			return 0;
	return 1;
}
