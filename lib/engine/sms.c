/*
 * sms.c - reads what the configuration says of the gateway for text messages.
 * See sms.h.
 */
#include "config.h"

#include "engine/sms.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/outbound.h"
#include "flow/path.h"
#include "flow/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static enum sms_kind
kind_of(const char *name)
{
	if (strcmp(name, "twilio") == 0)
		return SMS_TWILIO;
	return strcmp(name, "http") == 0 ? SMS_HTTP : SMS_NONE;
}

/* The names of one template on their way through a check. */
struct naming {
	struct mem *mem;
	struct err *e;
};

/* A name that nobody gives would send messages without text. */
static void
check_name(void *arg, const char *name, int in_section)
{
	static const char *const known[] = { "to",   "text",	 "from",  "id",
					     "user", "password", "secret" };
	struct naming *n = arg;
	struct path *p;
	size_t i;

	(void)in_section;
	if (n->e->kind != ERR_NONE || path_parse(n->mem, name, &p, n->e) == -1)
		return;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(path_root(p), known[i]) == 0)
			return;
	err_set(n->e, ERR_PERM,
		"nothing is called {{%.60s}}; there are to, text, from, id, "
		"user, password and secret.NAME",
		name);
}

static int
add_text(struct sms *s, const char *key, const char *text, struct err *e)
{
	struct naming n = { mem_new(), e };
	struct template *t;

	json_object_array_add(s->texts, json_object_new_string(text));
	if (template_parse(n.mem, text, &t, e) == 0)
		template_each_name(t, check_name, &n);
	mem_free(n.mem);
	return e->kind == ERR_NONE ? 0 : err_context(e, "%s", key);
}

static int
check_header(const char *line, struct err *e)
{
	size_t len = outbound_name_length(line);

	if (line[0] == '\0' || (len > 0 && line[len] == ':'))
		return 0;
	return err_set(e, ERR_PERM,
		       "sms_header: expected \"Name: value\", found a line "
		       "that is not");
}

static int
read_all(struct sms *s, const struct conf *c, struct err *e)
{
	if (conf_read_secret(c->sms_password_file, &s->password, e) == -1 ||
	    add_text(s, "sms_url", s->url, e) == -1 ||
	    add_text(s, "sms_user", s->user, e) == -1 ||
	    add_text(s, "sms_header", s->header, e) == -1 ||
	    add_text(s, "sms_body", s->body, e) == -1)
		return -1;
	json_object_array_add(s->texts, json_object_new_string(s->password));
	return check_header(s->header, e);
}

struct sms *
sms_open(const struct conf *c, struct err *e)
{
	struct sms *s = xmalloc(sizeof(*s));

	*s = (struct sms){ .kind = kind_of(c->sms_gateway),
			   .url = c->sms_url,
			   .user = c->sms_user,
			   .header = c->sms_header,
			   .body = c->sms_body,
			   .body_type = c->sms_body_type,
			   .from = c->sms_from,
			   .opted_out = c->sms_opted_out,
			   .texts = json_object_new_array() };
	if (read_all(s, c, e) == 0)
		return s;
	sms_free(s);
	return NULL;
}

void
sms_free(struct sms *s)
{
	if (s == NULL)
		return;
	json_object_put(s->texts);
	free(s->password);
	free(s);
}
