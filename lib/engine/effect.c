/*
 * effect.c - the steps that talk to the outside: under which identity an
 * e-mail or a call goes, what an e-mail is, and what an answer gives to later
 * steps.  What a call is, is effect_call.c; sending is act/net.c; whether to
 * try again, advance.c.
 *
 * The identity (Message-ID, Idempotency-Key) comes from run and step sequence
 * alone, so that it is the same at every attempt and the receiver can tell a
 * repetition.
 */
#include "config.h"

#include "engine/effect.h"

#include "act/mail.h"
#include "base/coding.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/outbound.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define ANSWER_SHOWN 2000 /* bytes of an answer in the step's detail */
#define HTTP_UNAUTHORIZED 401
#define CUT_CHARACTER 3 /* bytes of one that a cut may leave */

void
effect_identity(const struct passage *p, char out[EFFECT_ID_SIZE])
{
	unsigned char sum[SHA256_SIZE];
	char text[128], print[17];

	/* No secret is in it: one that is changed must not change this. */
	snprintf(text, sizeof(text), "effect/%s/%s/%d/%s", p->run->account_id,
		 p->run->id, p->seq + 1, p->run->started_at);
	sha256(text, strlen(text), sum);
	hex_encode(sum, 8, print);
	snprintf(out, EFFECT_ID_SIZE, "%s.%d.%s", p->run->id, p->seq + 1,
		 print);
}

int
effect_is_repeatable(const struct passage *p)
{
	const char *rule = json_get_string(p->step->json, "delivery");

	if (rule == NULL) /* people are told twice, and it costs */
		return strcmp(p->step->type, "send_sms") != 0;
	return strcmp(rule, "at_least_once") == 0;
}

const char *
effect_field(struct passage *p, struct json_object *o, const char *name,
	     enum escape escape, struct err *e)
{
	const char *text = json_get_string(o, name);

	if (text == NULL || e->kind != ERR_NONE)
		return NULL;
	text = template_text(p->mem, text, p->call_scope, escape,
			     EFFECT_MAX_BYTES, e);
	if (text == NULL)
		err_context(e, "%s", name);
	return text;
}

/* A field of the step itself. */
static const char *
field(struct passage *p, const char *name, enum escape escape, struct err *e)
{
	return effect_field(p, p->step->json, name, escape, e);
}

/* A display name as a quoted-string (RFC 5322, section 3.2.4). */
static const char *
quoted_name(struct passage *p, const char *name)
{
	struct buf b = BUF_INIT;
	const char *copy;

	buf_addc(&b, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, *name);
	}
	buf_addc(&b, '"');
	copy = mem_strndup(p->mem, b.s, b.len);
	buf_free(&b);
	return copy;
}

/* The step's own sender, the workflow's, the installation's. */
static const char *
sender(struct passage *p, struct err *e)
{
	const char *own = field(p, "from", ESCAPE_ADDRESS, e);
	struct json_object *s =
		json_get(json_get(p->document, "settings"), "sender");
	const char *email = json_get_string(s, "email");
	const char *name = json_get_string(s, "name");

	if (own != NULL && own[0] != '\0')
		return own;
	if (email != NULL && name != NULL)
		return mem_printf(p->mem, "%s <%s>", quoted_name(p, name),
				  email);
	if (email != NULL)
		return email;
	if (p->engine->conf->mail_from[0] != '\0')
		return p->engine->conf->mail_from;
	if (e->kind == ERR_NONE)
		err_set(e, ERR_PERM,
			"there is no sender: set from in the step, sender in "
			"the workflow's settings, or mail_from in the "
			"configuration");
	return NULL;
}

/* The domain of a sender, for its Message-ID. */
static const char *
domain_of(struct passage *p, const char *from)
{
	const char *at = strrchr(from, '@');
	size_t len;

	if (at == NULL)
		return "localhost";
	len = strcspn(at + 1, "> ,;\t");
	return mem_strndup(p->mem, at + 1, len);
}

void
effect_scope_add(struct passage *p, const char *root, struct json_object *value)
{
	struct json_object *scope = json_pool(p->mem, json_object_new_object());

	json_object_object_foreach (p->call_scope, name, old)
		json_object_object_add(scope, name, json_object_get(old));
	json_object_object_add(scope, root, value);
	p->call_scope = scope;
}

static int
address(struct passage *p, struct mail *mail, struct err *e)
{
	mail->to = field(p, "to", ESCAPE_ADDRESS, e);
	mail->cc = field(p, "cc", ESCAPE_ADDRESS, e);
	mail->bcc = field(p, "bcc", ESCAPE_ADDRESS, e);
	return e->kind == ERR_NONE ? 0 : -1;
}

static int
compose(struct passage *p, struct mail *mail, int is_marketing, struct err *e)
{
	int has_own_link = 0;

	if (is_marketing)
		has_own_link = marketing_begin(p, mail, e);
	mail->reply_to = field(p, "reply_to", ESCAPE_ADDRESS, e);
	mail->subject = field(p, "subject", ESCAPE_HEADER, e);
	mail->text = field(p, "text", ESCAPE_NONE, e);
	mail->html = field(p, "html", ESCAPE_HTML, e);
	if (e->kind != ERR_NONE)
		return -1;
	return has_own_link ? marketing_end(p, mail, e) : 0;
}

void
effect_begin(struct passage *p, enum net_kind kind)
{
	memset(&p->call, 0, sizeof(p->call));
	buf_init(&p->call.answer);
	buf_init(&p->call.answer_headers);
	buf_reset(&p->message);
	p->call.kind = kind;
	p->call.is_once = !effect_is_repeatable(p);
	p->call.leave = p->call.is_once ? QUEUE_LEAVE_WANTED : 0;
	p->call.arg = p;
	p->call_scope = p->scope;
	p->hidden = NULL;
	p->mail = NULL;
	p->is_operators_login = 0;
}

enum breaker_sign
effect_sign(struct passage *p)
{
	static const enum breaker_sign signs[] = {
		[NET_SIGN_NONE] = BREAKER_NOTHING,
		[NET_SIGN_WORKS] = BREAKER_WORKS,
		[NET_SIGN_FAILS] = BREAKER_FAILS,
		[NET_SIGN_AWAY] = BREAKER_AWAY,
		[NET_SIGN_LOCKED] = BREAKER_LOCKED,
	};

	effect_hide_line(p, p->call.text, sizeof(p->call.text));
	if (p->is_operators_login && p->call.status == HTTP_UNAUTHORIZED)
		return BREAKER_LOCKED;
	return signs[p->call.sign];
}

enum step_end
effect_mail(struct passage *p, struct mail *mail, struct json_object *detail,
	    struct err *e)
{
	struct envelope env;
	char id[EFFECT_ID_SIZE];
	struct mail *kept = mem_alloc(p->mem, sizeof(*kept));

	effect_begin(p, NET_SMTP);
	mail->from = sender(p, e);
	if (mail->from == NULL)
		return STEP_FAILED;
	effect_identity(p, id);
	mail->message_id =
		mem_printf(p->mem, "%s@%s", id, domain_of(p, mail->from));
	mail->date_s = p->run->now_us / 1000000;
	if (mail_build(p->mem, mail, &p->message, &env, e) == -1)
		return STEP_FAILED;
	p->call.body = p->message.s;
	p->call.body_len = p->message.len;
	p->call.mail_from = env.from;
	p->call.rcpt = env.to;
	*kept = *mail;
	p->mail = kept;
	json_set_string(detail, "from", mail->from);
	json_set_string(detail, "to", mail->to);
	json_set_string(detail, "subject", mail->subject);
	json_set_string(detail, "message_id", mail->message_id);
	return STEP_CALL;
}

enum step_end
perform_send_email(struct passage *p, struct json_object *detail, struct err *e)
{
	int is_marketing = plan_is_marketing(p->step->json), may;
	const char *why;
	struct mail mail;

	memset(&mail, 0, sizeof(mail));
	p->call_scope = p->scope;
	if (address(p, &mail, e) == -1)
		return STEP_FAILED;
	may = consent_mail(p, &mail, is_marketing, &why, e);
	if (may == 0) {
		json_set_string(detail, "reason", why);
		return STEP_SKIP;
	}
	if (may == -1 || compose(p, &mail, is_marketing, e) == -1)
		return STEP_FAILED;
	return effect_mail(p, &mail, detail, e);
}

/* The answer as a value: JSON when it is JSON, else text.  What was cut is no
 * JSON any more, and may end within a character. */
static struct json_object *
answer_value(struct passage *p)
{
	const struct buf *a = &p->call.answer;
	size_t at, len = a->len;
	struct json_object *o;
	struct err e = ERR_INIT;

	if (len == 0)
		return NULL;
	if (!p->call.answer_is_cut &&
	    json_read(a->s, len, JSON_MAX_DEPTH, &o, &e) == 0)
		return o;
	if (!text_is_utf8(a->s, len, &at)) {
		if (!p->call.answer_is_cut || len - at > CUT_CHARACTER)
			return NULL;
		len = at;
	}
	if (memchr(a->s, 0, len) != NULL)
		return NULL;
	return json_object_new_string_len(a->s, (int)len);
}

static void
show_answer(struct passage *p)
{
	const struct buf *a = &p->call.answer;
	size_t len = a->len < ANSWER_SHOWN ? a->len : ANSWER_SHOWN, at;

	if (len > 0 && !text_is_utf8(a->s, len, &at))
		len = at;
	if (len > 0 && memchr(a->s, 0, len) == NULL)
		json_object_object_add(
			p->detail, "answer",
			json_object_new_string_len(a->s, (int)len));
	if (!p->call.answer_is_cut)
		return;
	json_object_object_add(p->detail, "answer_cut",
			       json_object_new_boolean(1));
	json_set_string(p->detail, "note",
			"the answer is longer than 64 KiB, or broke off: what "
			"came before is kept, as text");
}

/* What is no UTF-8 was never meant to be read. */
static struct json_object *
header_text(const char *text, size_t len)
{
	struct buf b = BUF_INIT;
	struct json_object *o;
	size_t i, at;

	buf_add(&b, text, len);
	if (len > 0 && !text_is_utf8(text, len, &at))
		for (i = at; i < len; i++)
			if ((unsigned char)b.s[i] >= 0x80)
				b.s[i] = '?';
	o = json_object_new_string_len(b.s, (int)b.len);
	buf_free(&b);
	return o;
}

/* "Name: value" of `len` bytes into `all`: by its lower-case name, behind what
 * came under the same. */
static void
add_header(struct passage *p, struct json_object *all, const char *line,
	   size_t len)
{
	size_t n = strcspn(line, ":");
	char *name = mem_strndup(p->mem, line, n);
	const char *value = line + n + 1, *before;

	text_lower(name);
	/* A session's key is a credential, and has no use later. */
	if (n == 0 || outbound_name_length(name) != n ||
	    strcmp(name, "set-cookie") == 0)
		return;
	len -= n + 1;
	for (; len > 0 && (*value == ' ' || *value == '\t'); value++)
		len--;
	before = json_get_string(all, name);
	if (before != NULL) {
		value = mem_printf(p->mem, "%s, %.*s", before, (int)len, value);
		len = strlen(value);
	}
	json_object_object_add(all, name, header_text(value, len));
}

static struct json_object *
answer_headers(struct passage *p)
{
	struct json_object *all = json_object_new_object();
	const char *line = p->call.answer_headers.s;
	size_t len;

	for (; *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (memchr(line, ':', len) != NULL)
			add_header(p, all, line, len);
	}
	return all;
}

/* steps.ID is the answer: its own members, then status, headers and
 * body. */
static struct json_object *
answer_members(struct json_object *value)
{
	struct json_object *o = json_object_new_object();

	if (!json_object_is_type(value, json_type_object))
		return o;
	json_object_object_foreach (value, name, v)
		json_object_object_add(o, name, json_object_get(v));
	return o;
}

/* What was said last before a message was not taken. */
static void
show_dialogue(struct passage *p)
{
	struct json_object *lines = json_object_new_array();
	const char *line = p->call.answer.s, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		json_object_array_add(lines, json_object_new_string_len(
						     line, (int)(end - line)));
	json_object_object_add(p->detail, "dialogue", lines);
}

void
effect_keep_answer(struct passage *p)
{
	const char *name = json_get_string(p->step->json, "save_as");
	struct json_object *result, *value = NULL;

	effect_hide_answer(p);
	if (p->call.kind == NET_HTTP)
		value = answer_value(p);
	if (strcmp(p->step->type, "send_sms") == 0)
		effect_sms_explain(p, value);
	json_set_string(p->detail, "result", p->call.text);
	if (p->call.status > 0)
		json_object_object_add(p->detail, "status",
				       json_object_new_int(p->call.status));
	if (p->call.kind == NET_SMTP) {
		if (p->call.outcome != NET_DONE && p->call.answer.len > 0)
			show_dialogue(p);
		return;
	}
	show_answer(p);
	result = answer_members(value);
	json_object_object_add(result, "status",
			       json_object_new_int(p->call.status));
	json_object_object_add(result, "headers", answer_headers(p));
	json_object_object_add(result, "body", json_object_get(value));
	json_object_object_add(p->run->results, p->step->id, result);
	if (name != NULL)
		json_object_object_add(p->run->results, name,
				       json_object_get(result));
	if (name != NULL && p->call.outcome == NET_DONE)
		json_object_object_add(p->run->variables, name,
				       json_object_get(value));
	json_object_put(value);
}
