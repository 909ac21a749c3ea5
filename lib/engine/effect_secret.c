/*
 * effect_secret.c - the account's secrets on their way out in a call, and out
 * of everything that comes back: receivers tell what they got, and an answer
 * is kept with the run, shown in the step's detail, and read by later steps.
 * See effect.h.  What seals secrets is secret.c; where they may stand,
 * flow/plan_secret.c.
 */
#include "config.h"

#include "engine/effect.h"

#include "base/json.h"
#include "base/text.h"
#include "engine/secret.h"
#include "flow/plan.h"
#include "store/secret.h"

#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define MASK "***"
#define BEGUN_MIN 3 /* fewer letters of a secret tell nothing */

/* What must not be seen, the longest first: one may be a part of another. */
struct hidden {
	const char *text;
	size_t len;
	struct hidden *next;
};

static void
hide(struct passage *p, const char *text)
{
	struct hidden **at = &p->hidden, *h;
	size_t len = strlen(text);

	if (len == 0)
		return;
	while (*at != NULL && (*at)->len > len)
		at = &(*at)->next;
	for (h = *at; h != NULL && h->len == len; h = h->next)
		if (strcmp(h->text, text) == 0)
			return;
	h = mem_alloc(p->mem, sizeof(*h));
	h->text = text;
	h->len = len;
	h->next = *at;
	*at = h;
}

void
effect_hide_also(struct passage *p, const char *text)
{
	hide(p, mem_strdup(p->mem, text));
}

/* A receiver may show it as the call wrote it. */
static void
hide_as_written(struct passage *p, const char *plain)
{
	static const enum escape escapes[] = { ESCAPE_NONE, ESCAPE_JSON,
					       ESCAPE_URL, ESCAPE_HTML,
					       ESCAPE_HEADER };
	struct json_object *o = json_pool(p->mem, json_object_new_object());
	const char *text;
	size_t i;

	json_set_string(o, "it", plain);
	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		text = template_text(p->mem, "{{it}}", o, escapes[i],
				     EFFECT_MAX_BYTES, NULL);
		if (text != NULL)
			hide(p, text);
	}
}

static void
hide_one(struct buf *text, const struct hidden *h)
{
	const char *from = text->s, *end = text->s + text->len, *at;
	struct buf out = BUF_INIT;

	if (memmem(from, text->len, h->text, h->len) == NULL)
		return;
	while ((at = memmem(from, (size_t)(end - from), h->text, h->len)) !=
	       NULL) {
		buf_add(&out, from, (size_t)(at - from));
		buf_adds(&out, MASK);
		from = at + h->len;
	}
	buf_add(&out, from, (size_t)(end - from));
	buf_free(text);
	*text = out;
}

void
effect_hide(const struct passage *p, struct buf *text)
{
	const struct hidden *h;

	for (h = p->hidden; h != NULL; h = h->next)
		hide_one(text, h);
}

/* `o` without secrets in its texts and names.  A new object. */
static struct json_object *
without_secrets(const struct passage *p, struct json_object *o)
{
	struct buf text = BUF_INIT;
	struct json_object *out;
	size_t i;

	if (json_object_is_type(o, json_type_array)) {
		out = json_object_new_array();
		for (i = 0; i < json_object_array_length(o); i++)
			json_object_array_add(
				out,
				without_secrets(
					p, json_object_array_get_idx(o, i)));
	} else if (json_object_is_type(o, json_type_object)) {
		out = json_object_new_object();
		json_object_object_foreach (o, key, value) {
			buf_reset(&text);
			buf_adds(&text, key);
			effect_hide(p, &text);
			json_object_object_add(out, text.s,
					       without_secrets(p, value));
		}
	} else if (json_object_is_type(o, json_type_string)) {
		buf_adds(&text, json_object_get_string(o));
		effect_hide(p, &text);
		out = json_object_new_string(text.s);
	} else {
		out = json_object_get(o);
	}
	buf_free(&text);
	return out;
}

/* An answer that was cut may end with the begin of one. */
static void
hide_begun(struct buf *text, const struct hidden *h)
{
	size_t n = h->len - 1 < text->len ? h->len - 1 : text->len;

	for (; n >= BEGUN_MIN; n--)
		if (memcmp(text->s + text->len - n, h->text, n) == 0) {
			text->len -= n;
			text->s[text->len] = '\0';
			buf_adds(text, MASK);
			return;
		}
}

void
effect_hide_answer(struct passage *p)
{
	struct buf *answer = &p->call.answer;
	struct json_object *o, *shown;
	const struct hidden *h;
	struct err e = ERR_INIT;

	effect_hide_line(p, p->call.text, sizeof(p->call.text));
	if (p->hidden == NULL)
		return;
	/* JSON may spell any letter as \u00e9. */
	if (json_read(answer->s, answer->len, JSON_MAX_DEPTH, &o, &e) == 0) {
		shown = without_secrets(p, o);
		buf_reset(answer);
		json_write(answer, shown);
		json_object_put(shown);
		json_object_put(o);
	}
	effect_hide(p, answer);
	effect_hide(p, &p->call.answer_headers);
	for (h = p->hidden; p->call.answer_is_cut && h != NULL; h = h->next)
		hide_begun(answer, h);
}

const char *
effect_destination(struct passage *p, const char *name)
{
	struct buf shown = BUF_INIT;
	const struct hidden *h;
	struct hidden low;
	const char *out = name;
	char print[17], *text;

	buf_adds(&shown, name);
	for (h = p->hidden; h != NULL; h = h->next) {
		text = mem_strdup(p->mem, h->text);
		text_lower(text); /* as the name is */
		low = (struct hidden){ text, h->len, NULL };
		hide_one(&shown, &low);
	}
	if (strcmp(shown.s, name) != 0) {
		token_fingerprint(p->engine->secrets, "destination", name,
				  print);
		out = mem_printf(p->mem, "%s (%s)", shown.s, print);
	}
	buf_free(&shown);
	return out;
}

void
effect_hide_line(const struct passage *p, char *line, size_t size)
{
	struct buf text = BUF_INIT;

	if (p->hidden == NULL)
		return;
	buf_adds(&text, line);
	effect_hide(p, &text);
	snprintf(line, size, "%s", text.s);
	buf_free(&text);
}

/* Open one; it goes into `plain`. */
static int
open_secret(struct passage *p, struct json_object *sealed, const char *name,
	    struct json_object *plain, struct err *e)
{
	const char *text = secret_open(p->engine->secrets, p->run->account_id,
				       sealed, name, p->mem);

	if (text != NULL) {
		json_set_string(plain, name, text);
		hide_as_written(p, text);
		return 0;
	}
	if (json_get(sealed, name) == NULL)
		return err_set(e, ERR_PERM,
			       "there is no secret \"%.100s\"; keep it with "
			       "hookline secret set %.100s",
			       name, name);
	return err_set(e, ERR_PERM,
		       "the secret \"%.100s\" can't be opened: the "
		       "installation's secret has changed; set it anew with "
		       "hookline secret set %.100s",
		       name, name);
}

static void
collect(void *arg, const char *name)
{
	json_object_object_add(arg, name, NULL);
}

int
effect_secrets_open(struct passage *p, struct json_object *texts, struct err *e)
{
	struct json_object *names = json_pool(p->mem, json_object_new_object());
	struct json_object *plain, *sealed;
	struct buf list = BUF_INIT;
	int rc;

	plan_secrets_of(p->mem, texts, collect, names);
	if (json_object_object_length(names) == 0)
		return 0;
	json_write(&list, names);
	rc = secret_sealed(p->engine->db, p->run->account_id, list.s, p->mem,
			   &sealed, e);
	buf_free(&list);
	if (rc == -1)
		return -1;
	plain = json_pool(p->mem, json_object_new_object());
	json_object_object_foreach (names, name, nothing) {
		(void)nothing;
		if (open_secret(p, sealed, name, plain, e) == -1)
			return -1;
	}
	effect_scope_add(p, "secret", json_object_get(plain));
	return 0;
}
