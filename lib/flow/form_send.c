/*
 * form_send.c - the forms of what goes to others: a URL, headers, addresses, a
 * subject, a body.  See shape.h.  What stands there without tags is the same
 * for every run, so it is judged like the call or the message itself.
 */
#include "config.h"

#include "flow/shape.h"

#include "base/json.h"
#include "base/mailbox.h"
#include "base/outbound.h"
#include "base/phone.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define FIELD_NAME_MAX 100

static void
add_err(struct checking *c, const char *pointer, const struct err *e)
{
	fault_add(c->f, pointer, "%s", e->text);
}

FORM(url)
{
	const char *text = shape_constant(c, row, v, pointer);
	struct err e = ERR_INIT;

	if (text != NULL && outbound_check_url(text, &outbound_web, &e) == -1)
		add_err(c, pointer, &e);
}

FORM(line)
{
	const char *text = shape_constant(c, row, v, pointer);

	if (text != NULL && shape_has_control(text))
		fault_add(c->f, pointer,
			  "expected one line of text, found a control "
			  "character");
}

/* How many addresses `text` lists; -1 with the fault added. */
static int
count_addresses(struct checking *c, const char *text, const char *pointer)
{
	struct mailbox box;
	struct err e = ERR_INIT;
	int rc, n = 0;

	while ((rc = mailbox_read(c->f->mem, &text, &box, &e)) == 1)
		n++;
	if (rc == 0)
		return n;
	add_err(c, pointer, &e);
	return -1;
}

FORM(addresses)
{
	const char *text = shape_constant(c, row, v, pointer);

	if (text == NULL)
		return;
	if (shape_has_control(text))
		form_line(c, row, v, pointer);
	else if (count_addresses(c, text, pointer) == 0 && row->is_required)
		shape_expected(c, pointer, "at least one address", v);
}

FORM(address)
{
	const char *text = shape_constant(c, row, v, pointer);
	int n;

	if (text == NULL)
		return;
	if (shape_has_control(text)) {
		form_line(c, row, v, pointer);
		return;
	}
	n = count_addresses(c, text, pointer);
	if (n != 1 && n != -1)
		fault_add(c->f, pointer, "expected one address, found %d", n);
}

/* The country of a number without its code is the account's. */
FORM(phone)
{
	const char *text = shape_constant(c, row, v, pointer);
	char e164[PHONE_E164_SIZE];

	if (text != NULL &&
	    (*text == '+' || strpbrk(text, "0123456789") == NULL) &&
	    phone_normalise(text, "US", e164) == -1)
		shape_expected(c, pointer,
			       "a telephone number like \"+15551234567\"", v);
}

FORM(unsubscribe)
{
	struct err e = ERR_INIT;
	const char *text;

	if (json_object_is_type(v, json_type_boolean) &&
	    json_object_get_boolean(v))
		return;
	if (!json_object_is_type(v, json_type_string)) {
		shape_expected(c, pointer,
			       "true, for a link of Hookline's own, or a URL",
			       v);
		return;
	}
	text = shape_constant(c, row, v, pointer);
	if (text != NULL && mailbox_unsubscribe(c->f->mem, text, &e) == NULL)
		add_err(c, pointer, &e);
}

static void
check_header(struct checking *c, const struct member *row, const char *name,
	     struct json_object *value, const char *pointer)
{
	const char *text = shape_constant(c, row, value, pointer);
	size_t len = strlen(name);
	struct err e = ERR_INIT;

	if (len == 0 || outbound_name_length(name) != len)
		fault_add(c->f, pointer,
			  "\"%.100s\" is no header name; letters, digits and "
			  "- are safe",
			  name);
	else if (outbound_check_header(name, len, text != NULL ? text : "",
				       &e) == -1)
		add_err(c, pointer, &e);
}

FORM(field_name)
{
	const char *name = json_object_get_string(v);
	size_t len;

	(void)row;
	if (!json_object_is_type(v, json_type_string) ||
	    (len = strlen(name)) == 0 || len > FIELD_NAME_MAX ||
	    outbound_name_length(name) != len)
		shape_expected(c, pointer,
			       "the name of a header, like \"X-Signature\"", v);
}

FORM(headers)
{
	if (!json_object_is_type(v, json_type_object)) {
		shape_expected(c, pointer, "an object of names and texts", v);
		return;
	}
	json_object_object_foreach (v, key, value)
		check_header(c, row, key, value,
			     pointer_key(c->f->mem, pointer, key));
}

/* A text is JSON itself, a value of another kind becomes it. */
FORM(json_body)
{
	struct json_object *o = NULL;
	struct err e = ERR_INIT;
	const char *text;

	form_json(c, row, v, pointer);
	if (!json_object_is_type(v, json_type_string))
		return;
	text = json_object_get_string(v);
	if (shape_has_tag(text))
		return;
	if (json_read(text, strlen(text), JSON_MAX_DEPTH, &o, &e) == -1)
		fault_add(c->f, pointer, "this is no JSON: %s", e.text);
	json_object_put(o);
}
