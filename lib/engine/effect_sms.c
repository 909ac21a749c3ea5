/*
 * effect_sms.c - a text message: a call to Twilio's Messages API, or to the
 * gateway that the configuration describes.  See effect.h and sms.h.
 *
 * Gateways know no repetition by an identity, so what may have been sent is
 * not sent again, unless the step says so (effect_is_repeatable).
 */
#include "config.h"

#include "engine/effect.h"

#include "base/json.h"
#include "base/phone.h"
#include "base/text.h"
#include "engine/sms.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define TWILIO_PATH "/2010-04-01/Accounts/{{user}}/Messages.json"
#define TWILIO_OPTED_OUT 21610
#define LINES_MAX 5

/* One message. */
struct message {
	const char *to, *text, *from;
	char id[EFFECT_ID_SIZE];
	struct json_object *scope; /* of the gateway's templates */
	const char *lines[LINES_MAX];
	size_t n_lines;
};

static const char *
field(struct passage *p, const char *name, struct err *e)
{
	const char *text = effect_field(p, p->step->json, name, ESCAPE_NONE, e);

	return text != NULL ? text_trim(mem_strdup(p->mem, text)) : "";
}

/* In E.164, read with the account's country. */
static const char *
number(struct passage *p, const char *text, struct err *e)
{
	const char *country =
		json_get_string(p->run->account, "default_country");
	char e164[PHONE_E164_SIZE];

	if (*text == '\0')
		err_set(e, ERR_PERM,
			"to: expected a telephone number, found none");
	else if (phone_normalise(text, country, e164) == -1)
		err_set(e, ERR_PERM,
			"to: expected a telephone number such as "
			"+15551234567, found \"%.40s\"",
			text);
	else
		return mem_strdup(p->mem, e164);
	return NULL;
}

/* A number, a name that the gateway takes, or a Twilio messaging service. */
static const char *
sender(struct passage *p, struct err *e)
{
	const struct sms *s = p->engine->sms;
	const char *from = field(p, "from", e);
	char e164[PHONE_E164_SIZE];

	if (e->kind != ERR_NONE)
		return NULL;
	if (*from == '\0')
		from = s->from;
	if (*from == '+' && phone_normalise(from, "US", e164) == 0)
		return mem_strdup(p->mem, e164);
	if (*from != '\0' || s->kind == SMS_HTTP)
		return from;
	err_set(e, ERR_PERM,
		"there is no sender: set from in the step, or sms_from in the "
		"configuration");
	return NULL;
}

static int
read_message(struct passage *p, struct message *m, struct err *e)
{
	m->text = effect_field(p, p->step->json, "text", ESCAPE_NONE, e);
	if (e->kind != ERR_NONE || (m->from = sender(p, e)) == NULL)
		return -1;
	if (m->text == NULL || m->text[strspn(m->text, " \t\r\n")] == '\0')
		return err_set(e, ERR_PERM,
			       "text: expected text, found nothing");
	effect_identity(p, m->id);
	return 0;
}

/* One of the gateway's templates. */
static const char *
over(struct passage *p, struct message *m, const char *key, const char *text,
     enum escape escape, struct err *e)
{
	const char *out = template_text(p->mem, text, m->scope, escape,
					EFFECT_MAX_BYTES, e);

	if (out == NULL)
		err_context(e, "%s", key);
	return out;
}

static void
add_line(struct message *m, const char *line)
{
	m->lines[m->n_lines++] = line;
}

/* The names of the gateway's templates; user and password, which are templates
 * over secrets, once they are known. */
static int
make_scope(struct passage *p, struct message *m, struct err *e)
{
	const struct sms *s = p->engine->sms;
	const char *user, *password;

	if (effect_secrets_open(p, s->texts, e) == -1)
		return -1;
	m->scope = json_pool(p->mem, json_object_new_object());
	json_object_object_add(
		m->scope, "secret",
		json_object_get(json_get(p->call_scope, "secret")));
	user = over(p, m, "sms_user", s->user, ESCAPE_NONE, e);
	password = over(p, m, "sms_password_file", s->password, ESCAPE_NONE, e);
	if (user == NULL || password == NULL)
		return -1;
	p->is_operators_login = json_get(p->call_scope, "secret") == NULL;
	effect_hide_also(p, password);
	json_set_string(m->scope, "user", user);
	json_set_string(m->scope, "password", password);
	json_set_string(m->scope, "to", m->to);
	json_set_string(m->scope, "text", m->text);
	json_set_string(m->scope, "from", m->from);
	json_set_string(m->scope, "id", m->id);
	if (*user != '\0')
		add_line(m, effect_basic(p, user, password));
	return 0;
}

static int
to_twilio(struct passage *p, struct message *m, struct err *e)
{
	const char *url = p->engine->sms->url;
	size_t len = strlen(url);
	int is_service = strncmp(m->from, "MG", 2) == 0 &&
			 strlen(m->from) == strlen("MG") + 32;

	while (len > 0 && url[len - 1] == '/')
		len--;
	p->call.method = "POST";
	p->call.url =
		over(p, m, "sms_url",
		     mem_printf(p->mem, "%.*s" TWILIO_PATH, (int)len, url),
		     ESCAPE_URL, e);
	effect_add_pair(&p->message, p->mem, "To", m->to);
	effect_add_pair(&p->message, p->mem,
			is_service ? "MessagingServiceSid" : "From", m->from);
	effect_add_pair(&p->message, p->mem, "Body", m->text);
	add_line(m, "Content-Type: application/x-www-form-urlencoded");
	return p->call.url != NULL ? 0 : -1;
}

/* What the configuration says: GET where there is no body. */
static int
to_gateway(struct passage *p, struct message *m, struct err *e)
{
	const struct sms *s = p->engine->sms;
	const char *body, *header;

	p->call.method = *s->body != '\0' ? "POST" : "GET";
	p->call.url = over(p, m, "sms_url", s->url, ESCAPE_URL, e);
	body = over(p, m, "sms_body", s->body, effect_escape_for(s->body_type),
		    e);
	header = over(p, m, "sms_header", s->header, ESCAPE_HEADER, e);
	if (p->call.url == NULL || body == NULL || header == NULL)
		return -1;
	buf_adds(&p->message, body);
	if (*header != '\0')
		add_line(m, header);
	if (*body != '\0')
		add_line(m,
			 mem_printf(p->mem, "Content-Type: %s", s->body_type));
	add_line(m, mem_printf(p->mem, "Idempotency-Key: %s", m->id));
	return 0;
}

static int
compose(struct passage *p, struct message *m, struct json_object *detail,
	struct err *e)
{
	const struct sms *s = p->engine->sms;

	if (s->kind == SMS_NONE)
		return err_set(e, ERR_TEMP,
			       "no gateway for text messages is known: set "
			       "sms_gateway in the configuration");
	if (read_message(p, m, e) == -1 || make_scope(p, m, e) == -1)
		return -1;
	json_set_string(detail, "to", m->to);
	json_set_string(detail, "from", m->from);
	if ((s->kind == SMS_TWILIO ? to_twilio(p, m, e)
				   : to_gateway(p, m, e)) == -1)
		return -1;
	p->call.headers = m->lines;
	p->call.body = p->message.s;
	p->call.body_len = p->message.len;
	return 0;
}

enum step_end
perform_send_sms(struct passage *p, struct json_object *detail, struct err *e)
{
	struct message *m = mem_alloc(p->mem, sizeof(*m));
	const char *to, *why;
	int may = -1;

	effect_begin(p, NET_HTTP);
	to = field(p, "to", e);
	if (e->kind == ERR_NONE)
		m->to = number(p, to, e);
	if (m->to != NULL)
		may = consent_sms(p, m->to, &why, e);
	if (may == 0) {
		json_set_string(detail, "reason", why);
		return STEP_SKIP;
	}
	if (may == 1 && compose(p, m, detail, e) == 0)
		return STEP_CALL;
	effect_hide_line(p, e->text, sizeof(e->text));
	return STEP_FAILED;
}

/* Does the refusal say that the number wants no messages? */
static int
has_opted_out(const struct passage *p, int64_t code)
{
	const struct sms *s = p->engine->sms;

	if (s->kind == SMS_TWILIO)
		return code == TWILIO_OPTED_OUT;
	return *s->opted_out != '\0' &&
	       strcasestr(p->call.answer.s, s->opted_out) != NULL;
}

void
effect_sms_explain(struct passage *p, struct json_object *answer)
{
	struct net_call *c = &p->call;
	const char *why = json_get_string(answer, "message");
	int64_t code = json_get_int(answer, "code", 0);
	size_t len = strlen(c->text);
	char *s;

	if (c->status < 400)
		return;
	if (has_opted_out(p, code))
		consent_opted_out(p, json_get_string(p->detail, "to"));
	if (why == NULL)
		return;
	if (code != 0)
		snprintf(c->text + len, sizeof(c->text) - len, ": %lld %s",
			 (long long)code, why);
	else
		snprintf(c->text + len, sizeof(c->text) - len, ": %s", why);
	for (s = c->text + len; *s != '\0'; s++) /* a cut may split a letter */
		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			*s = '?';
}
