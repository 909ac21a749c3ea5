/*
 * trigger_verify.c - who may send to a workflow: the sender's way to prove it,
 * with its secret, and addresses.  Secrets are kept under a name and sealed;
 * no page shows one again.
 */
#include "config.h"

#include "trigger.h"

#include "base/json.h"
#include "engine/secret.h"
#include "flow/faults.h"
#include "flow/scheme.h"
#include "http/html.h"
#include "store/secret.h"
#include "web.h"

#include <string.h>

#include "base/banned.h"

#define NAME_MAX 64
#define NAME_CHARACTERS              \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz0123456789_-."

/* What the table calls "the sender", by what it is. */
static const char *const names[][2] = {
	{ "standard-webhooks", "Standard Webhooks (Svix, Clerk, Resend...)" },
	{ "token-header", "GitLab or Telegram (secret token)" },
	{ "basic-auth", "User name and password (Chargebee, Pipedrive...)" },
	{ "basic", "User name and password" },
	{ "bearer", "Bearer token" },
	{ "header", "A secret in a header of your choice" },
	{ "hmac", "A signature (HMAC) of your choice" },
	{ "hubspot-v1", "HubSpot, version 1" },
	{ "hubspot-v2", "HubSpot, version 2" },
	{ "hubspot-v3", "HubSpot, version 3" },
};

static const char *
label_of(const struct scheme *s)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i][0], s->name) == 0)
			return names[i][1];
	return s->sender;
}

static const char *
scheme_choices(struct page *p, const char *chosen)
{
	const char *s = "=Anyone with the address";
	const struct scheme *row;

	for (row = schemes; row->name != NULL; row++)
		s = mem_printf(p->mem, "%s|%s=%s", s, row->name, label_of(row));
	if (chosen[0] != '\0' && scheme_find(chosen) == NULL &&
	    strpbrk(chosen, "|=") == NULL)
		s = mem_printf(p->mem, "%s|%s", s, chosen);
	return s;
}

/* --- secrets -------------------------------------------------------------- */

/* The names in "secret:NAME", of one or of a list. */
static struct json_object *
secret_names(struct page *p, struct json_object *verify)
{
	struct json_object *o = json_get(verify, "secret"), *one;
	struct json_object *list = json_pool(p->mem, json_object_new_array());
	size_t i, n = json_object_is_type(o, json_type_array)
			      ? json_object_array_length(o)
			      : o != NULL;
	const char *text;

	for (i = 0; i < n; i++) {
		one = json_object_is_type(o, json_type_array)
			      ? json_object_array_get_idx(o, i)
			      : o;
		text = json_object_is_type(one, json_type_string)
			       ? json_object_get_string(one)
			       : "";
		if (strncmp(text, "secret:", 7) == 0)
			json_object_array_add(list,
					      json_object_new_string(text + 7));
	}
	return list;
}

static int
holds(struct json_object *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(
				   json_object_array_get_idx(list, i)),
			   name) == 0)
			return 1;
	return 0;
}

static void
secret_box(struct page *p, const char *name, int is_checked, const char *fault)
{
	form_field(p, &(struct field){
			      .name = mem_printf(p->mem, "secret[%s]", name),
			      .label = name,
			      .type = "checkbox",
			      .is_checked = is_checked,
			      .fault = fault });
}

static void
secret_boxes(struct page *p, struct json_object *used,
	     struct json_object *known)
{
	struct json_object *all = json_pool(p->mem, json_object_new_array());
	const char *name;
	size_t i;

	for (i = 0; i < json_object_array_length(known); i++) {
		name = json_get_string(json_object_array_get_idx(known, i),
				       "name");
		json_object_array_add(all, json_object_new_string(name));
		secret_box(p, name, holds(used, name), NULL);
	}
	for (i = 0; i < json_object_array_length(used); i++) {
		name = json_object_get_string(
			json_object_array_get_idx(used, i));
		if (!holds(all, name))
			secret_box(p, name, 1,
				   "There is no secret of this name: add it "
				   "below, or choose another.");
	}
}

static void
secret_fields(struct page *p, struct json_object *verify,
	      const struct faults *f)
{
	struct json_object *known = NULL;
	struct err e = ERR_INIT;

	if (secret_list(p->db, p->who->account_id, p->mem, &known, &e) == -1)
		known = json_pool(p->mem, json_object_new_array());
	html(&p->body, "<div class=\"proof\"><p><strong>The secret that "
		       "proves it</strong></p>\n<div class=\"fields\">");
	secret_boxes(p, secret_names(p, verify), known);
	html(&p->body, "</div>\n<div class=\"fields\">");
	form_field(p, &(struct field){ .name = "new_secret",
				       .label = "Add a secret",
				       .type = "password",
				       .autocomplete = "new-password",
				       .fault = trigger_fault(
					       f, "/trigger/verify/secret"),
				       .help = "As the sender shows it. It is "
					       "kept encrypted and never shown "
					       "again." });
	form_field(p, &(struct field){
			      .name = "new_secret_name",
			      .label = "Its name",
			      .placeholder = "stripe",
			      .help = "Empty: named after the sender. Tick two "
				      "while the sender changes from one to "
				      "the other." });
	html(&p->body, "</div></div>\n");
}

/* --- the fields ----------------------------------------------------------- */

static const struct {
	const char *name, *label, *placeholder, *options;
} more[] = {
	{ "header", "Header", "X-Signature", NULL },
	{ "prefix", "What stands before it in the header", "sha256=", NULL },
	{ "tolerance", "How old a signature may be", "5 minutes", NULL },
	{ "hash", "Hash", NULL, "=sha256|sha1|sha384|sha512" },
	{ "encoding", "Written as", NULL, "=hex|base64|base64url" },
	{ "key_encoding", "The secret is", NULL, "=text|hex|base64" },
	{ "signed", "What is signed", "{body}", NULL },
	{ "separator", "What separates parts of the header", ",", NULL },
	{ "timestamp_header", "Header of the time", "X-Timestamp", NULL },
	{ "timestamp_prefix", "What stands before the time", "t=", NULL },
	{ "id_header", "Header of the id", "X-Message-Id", NULL },
	{ "public_key", "Public key (Braintree)", NULL, NULL },
};

#define N_MORE (sizeof(more) / sizeof(*more))

/* The first choice of a list is what holds where nothing is chosen. */
static const char *
choices(struct page *p, const char *options)
{
	const char *first;

	if (options == NULL)
		return NULL;
	first = mem_strndup(p->mem, options + 1, strcspn(options, "|") - 1);
	return mem_printf(p->mem, "=%s|%s%s", first, first,
			  options + strcspn(options, "|"));
}

static int
has_more(struct json_object *verify)
{
	size_t i;

	for (i = 0; i < N_MORE; i++)
		if (json_get(verify, more[i].name) != NULL)
			return 1;
	return 0;
}

static void
more_fields(struct page *p, struct json_object *verify, const struct faults *f)
{
	size_t i;

	html(&p->body, "<details class=\"proof\"");
	if (has_more(verify))
		html(&p->body, " open");
	html(&p->body, "><summary>Details of the signature</summary>\n"
		       "<p class=\"help\">Only for a header or a signature of "
		       "your choice, and where a signature has a time. Known "
		       "senders need none of it.</p>\n<div class=\"fields\">");
	for (i = 0; i < N_MORE; i++)
		form_field(
			p,
			&(struct field){
				.name = mem_printf(p->mem, "verify_%s",
						   more[i].name),
				.label = more[i].label,
				.placeholder = more[i].placeholder,
				.options = choices(p, more[i].options),
				.value = json_pool_text(
					p->mem, json_get(verify, more[i].name)),
				.fault = trigger_fault(
					f,
					mem_printf(p->mem, "/trigger/verify/%s",
						   more[i].name)) });
	html(&p->body, "</div></details>\n");
}

static const char *
from_lines(struct page *p, struct json_object *verify)
{
	struct json_object *list = json_get(verify, "from");
	const char *text = "";
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return json_pool_text(p->mem, list);
	for (i = 0; i < json_object_array_length(list); i++)
		text = mem_printf(
			p->mem, "%s%s%s", text, i > 0 ? "\n" : "",
			json_pool_text(p->mem,
				       json_object_array_get_idx(list, i)));
	return text;
}

void
trigger_verify_fields(struct page *p, const struct draft *d,
		      const struct faults *f)
{
	struct json_object *verify = json_get(d->trigger, "verify");
	const char *scheme = json_pool_text(p->mem, json_get(verify, "scheme"));
	const char *mode = json_pool_text(p->mem, json_get(verify, "mode"));
	const struct scheme *row = scheme_find(scheme);
	const char *help = "Known senders sign their requests: choose yours, "
			   "and nobody else gets in.";

	if (row != NULL)
		help = mem_printf(p->mem, "The secret is %s.", row->secret_is);
	html(&p->body, "<fieldset><legend>Who may send</legend>\n"
		       "<div class=\"fields\">");
	form_field(p, &(struct field){ .name = "scheme",
				       .label = "Sender",
				       .value = scheme,
				       .options = scheme_choices(p, scheme),
				       .help = help,
				       .fault = trigger_fault(
					       f, "/trigger/verify/scheme") });
	form_field(p, &(struct field){
			      .name = "mode",
			      .label = "What proves nothing is",
			      .value = mode,
			      .options = strcmp(mode, "enforce") == 0
						 ? "enforce=Refused|log=Let "
						   "in, and noted"
						 : "=Refused|log=Let in, and "
						   "noted" });
	secret_fields(p, verify, f);
	form_field(p,
		   &(struct field){
			   .name = "from",
			   .label = "Only from these addresses",
			   .type = "area",
			   .rows = 2,
			   .is_mono = 1,
			   .is_wide = 1,
			   .value = from_lines(p, verify),
			   .help = "One in a line: 192.0.2.7 or "
				   "192.0.2.0/24. Empty: from everywhere.",
			   .fault = trigger_fault(f, "/trigger/verify/from") });
	html(&p->body, "</div>\n");
	more_fields(p, verify, f);
	html(&p->body, "</fieldset>\n");
}

/* --- reading -------------------------------------------------------------- */

static int
refuse(struct page *p, const char *text)
{
	page_say(p, 1, "Nothing was saved: %s", text);
	page_redirect(p, url(p, "workflows/%s/trigger#rules", p->arg[0]));
	return -1;
}

static int
is_known(struct page *p, const char *name)
{
	struct json_object *list;
	struct err e = ERR_INIT;
	size_t i;

	if (secret_list(p->db, p->who->account_id, p->mem, &list, &e) == -1)
		return 1; /* rather not over one that may be there */
	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_get_string(json_object_array_get_idx(list, i),
					   "name"),
			   name) == 0)
			return 1;
	return 0;
}

/* The first name that is free: stripe, stripe-2... */
static const char *
free_name(struct page *p, const char *scheme)
{
	size_t len = strcspn(scheme, "-");
	const char *base = len > 0 ? mem_strndup(p->mem, scheme, len) : "hook";
	const char *name = base;
	int i;

	for (i = 2; is_known(p, name) && i < 100; i++)
		name = mem_printf(p->mem, "%s-%d", base, i);
	return name;
}

/* *name: of the secret that was typed in and is kept now; NULL: none was. */
static int
keep_new_secret(struct page *p, const char **name)
{
	const char *plain = form_value(p, "new_secret");
	struct buf sealed = BUF_INIT;
	struct err e = ERR_INIT;
	int was_there, rc;

	*name = form_value(p, "new_secret_name");
	if (plain[0] == '\0') {
		*name = NULL;
		return 0;
	}
	if ((*name)[0] == '\0')
		*name = free_name(p, form_value(p, "scheme"));
	if (strlen(*name) > NAME_MAX ||
	    strspn(*name, NAME_CHARACTERS) != strlen(*name))
		return refuse(p, "a secret's name has letters, digits, - . and "
				 "_, at most 64 of them.");
	if (is_known(p, *name))
		return refuse(p, "there is a secret of this name already: tick "
				 "it, or give the new one another name.");
	secret_seal(p->secrets, p->who->account_id, *name, plain, &sealed);
	rc = secret_put(p->db, p->who->account_id, *name, sealed.s, sealed.len,
			p->mem, &was_there, &e);
	buf_free(&sealed);
	if (rc == -1)
		page_fail(p, &e);
	return rc;
}

static struct json_object *
reference(struct page *p, const char *name)
{
	return json_object_new_string(mem_printf(p->mem, "secret:%s", name));
}

/* Those that are ticked, in the order in which they were; new ones behind. */
static void
read_secrets(struct page *p, struct json_object *verify, const char *added)
{
	struct json_object *ticked = json_get(p->form, "secret");
	struct json_object *before = secret_names(p, verify);
	struct json_object *list = json_object_new_array();
	const char *name;
	size_t i, n_before = json_object_array_length(before);

	for (i = 0; i < n_before; i++) {
		name = json_object_get_string(
			json_object_array_get_idx(before, i));
		if (json_get(ticked, name) != NULL)
			json_object_array_add(list, reference(p, name));
	}
	if (json_object_is_type(ticked, json_type_object)) {
		json_object_object_foreach (ticked, key, value)
			if (value != NULL && !holds(before, key))
				json_object_array_add(list, reference(p, key));
	}
	if (added != NULL)
		json_object_array_add(list, reference(p, added));
	if (json_object_array_length(list) == 0)
		json_object_object_del(verify, "secret");
	else if (json_object_array_length(list) == 1 &&
		 !json_object_is_type(json_get(verify, "secret"),
				      json_type_array))
		json_object_object_add(
			verify, "secret",
			json_object_get(json_object_array_get_idx(list, 0)));
	else
		json_object_object_add(verify, "secret", json_object_get(list));
	json_object_put(list);
}

static int
takes_option(const char *scheme, const char *name)
{
	const struct scheme *row = scheme_find(scheme);
	const struct scheme_option *option;

	for (option = scheme_options; option->name != NULL; option++)
		if (strcmp(option->name, name) == 0)
			return row == NULL || (row->options & option->bit) != 0;
	return 0;
}

/* What the scheme does not take would be a fault: it goes with the choice. */
static void
read_more(struct page *p, struct json_object *verify, const char *scheme)
{
	size_t i;

	for (i = 0; i < N_MORE; i++) {
		if (scheme[0] == '\0' || !takes_option(scheme, more[i].name))
			json_object_object_del(verify, more[i].name);
		else
			trigger_set(
				p, verify, more[i].name,
				form_value(p, mem_printf(p->mem, "verify_%s",
							 more[i].name)));
	}
}

static void
read_from(struct page *p, struct json_object *verify)
{
	char *text = mem_strdup(p->mem, form_value(p, "from")), *word, *rest;
	struct json_object *list = json_object_new_array();

	for (word = strtok_r(text, " \t\r\n,", &rest); word != NULL;
	     word = strtok_r(NULL, " \t\r\n,", &rest))
		json_object_array_add(list, json_object_new_string(word));
	if (json_object_array_length(list) == 0) {
		json_object_object_del(verify, "from");
		json_object_put(list);
		return;
	}
	json_object_object_add(verify, "from", list);
}

int
trigger_verify_read(struct page *p, struct draft *d)
{
	struct json_object *verify = json_get(d->trigger, "verify");
	const char *scheme = form_value(p, "scheme"), *added;

	if (!form_has(p, "scheme"))
		return 0;
	if (keep_new_secret(p, &added) == -1)
		return -1;
	if (!json_object_is_type(verify, json_type_object)) {
		verify = json_object_new_object();
		json_object_object_add(d->trigger, "verify", verify);
	}
	trigger_set(p, verify, "scheme", scheme);
	trigger_set(p, verify, "mode", form_value(p, "mode"));
	if (scheme[0] != '\0')
		read_secrets(p, verify, added);
	else
		json_object_object_del(verify, "secret");
	read_more(p, verify, scheme);
	read_from(p, verify);
	if (json_get(verify, "scheme") == NULL &&
	    json_get(verify, "from") == NULL)
		json_object_object_del(d->trigger, "verify");
	return 0;
}
