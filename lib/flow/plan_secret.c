/*
 * plan_secret.c - where {{secret.NAME}} may stand: where it leaves by a call,
 * and nowhere that a person, a contact or the database could get to read it.
 * See plan.h.  Whether there is such a secret is asked by who has the database.
 */
#include "config.h"

#include "flow/plan.h"

#include "base/json.h"
#include "flow/path.h"
#include "flow/plan_kinds.h"
#include "flow/template.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define ROOT "secret"
#define LABEL "secret:"

/* The members of a call that are sent. */
static const char *const sent[] = { "url",  "query", "auth", "headers",
				    "json", "form",  "body", NULL };

/* 1: `name` is secret.NAME (*out, from the pool), -1: it is another name below
 * the root or the root itself, 0: it is something else. */
static int
read_name(struct mem *m, const char *name, const char **out)
{
	const char *keys[3];
	struct path *p;
	size_t n;

	if (path_parse(m, name, &p, NULL) == -1 ||
	    strcmp(path_root(p), ROOT) != 0)
		return 0;
	n = path_keys(p, keys, 3);
	if (n != 2 || path_length(p) != 2)
		return -1;
	*out = keys[1];
	return 1;
}

/* Names in one text, on their way to fn. */
struct reading {
	struct mem *mem;
	void (*fn)(void *arg, const char *name);
	void *arg;
};

static void
read_one(void *arg, const char *name, int in_section)
{
	struct reading *r = arg;
	const char *secret;

	(void)in_section;
	if (read_name(r->mem, name, &secret) == 1)
		r->fn(r->arg, secret);
}

static void
read_text(struct reading *r, const char *text)
{
	struct template *t;

	if (strstr(text, ROOT) != NULL &&
	    template_parse(r->mem, text, &t, NULL) == 0)
		template_each_name(t, read_one, r);
}

void
plan_secrets_of(struct mem *m, struct json_object *texts,
		void (*fn)(void *arg, const char *name), void *arg)
{
	struct reading r = { m, fn, arg };
	size_t i;

	if (json_object_is_type(texts, json_type_string))
		read_text(&r, json_object_get_string(texts));
	if (json_object_is_type(texts, json_type_array))
		for (i = 0; i < json_object_array_length(texts); i++)
			plan_secrets_of(m, json_object_array_get_idx(texts, i),
					fn, arg);
	if (!json_object_is_type(texts, json_type_object))
		return;
	json_object_object_foreach (texts, key, value) {
		(void)key;
		plan_secrets_of(m, value, fn, arg);
	}
}

/* One document being looked through. */
struct looking {
	struct faults *f; /* NULL: only find */
	struct mem *mem;
	struct json_object *calls; /* the pointers of its calls, as keys */
	void (*found)(void *arg, const char *name, const char *pointer);
	void *arg;
};

static void
note_call(void *arg, struct json_object *step, const char *pointer)
{
	struct looking *l = arg;
	const char *type = json_get_string(step, "type");

	if (type != NULL && strcmp(type, "call_webhook") == 0)
		json_object_object_add(l->calls, pointer,
				       json_object_new_boolean(1));
}

/* Does `rest` ("/headers/X") begin with a member that is sent? */
static int
is_sent(const char *rest)
{
	const char *const *s;
	size_t len;

	for (s = sent; *s != NULL; s++) {
		len = strlen(*s);
		if (strncmp(rest + 1, *s, len) == 0 &&
		    (rest[len + 1] == '\0' || rest[len + 1] == '/'))
			return 1;
	}
	return 0;
}

/* Is this the place of something that a call sends? */
static int
is_in_call(const struct looking *l, const char *pointer)
{
	const char *slash = pointer;

	while ((slash = strchr(slash + 1, '/')) != NULL)
		if (is_sent(slash) &&
		    json_get(l->calls,
			     mem_strndup(l->mem, pointer,
					 (size_t)(slash - pointer))) != NULL)
			return 1;
	return 0;
}

static void
judge(void *arg, const char *name, const char *pointer, int in_section)
{
	struct looking *l = arg;
	const char *secret = NULL;
	int rc = read_name(l->mem, name, &secret);

	(void)in_section;
	if (rc == 0)
		return;
	if (rc == 1 && l->f == NULL)
		l->found(l->arg, secret, pointer);
	if (l->f == NULL)
		return;
	if (!is_in_call(l, pointer))
		fault_add(l->f, pointer,
			  "a secret may stand only in what a call_webhook step "
			  "sends (url, query, auth, headers, json, form, "
			  "body); "
			  "remove {{%.100s}}",
			  name);
	else if (rc == -1)
		fault_add(l->f, pointer,
			  "{{%.100s}} names no secret; write {{secret.NAME}}, "
			  "or {{secret[\"NAME\"]}} where the name has a dot",
			  name);
}

/* "secret:NAME" is how a trigger's verify says it. */
static void
judge_text(void *arg, const char *text, const char *pointer)
{
	struct looking *l = arg;
	const char *name = text + strlen(LABEL);

	if (strncmp(text, LABEL, strlen(LABEL)) == 0 && *name != '\0' &&
	    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			      "uvwxyz0123456789_.-")] == '\0' &&
	    is_in_call(l, pointer))
		fault_add(l->f, pointer,
			  "this would be sent as it stands; in steps a secret "
			  "is written {{secret.%.100s}}",
			  name);
}

static void
look(struct looking *l, struct json_object *document)
{
	struct plan_walk w = { .mem = l->mem, .step = note_call, .arg = l };

	l->calls = json_object_new_object();
	plan_walk(&w, document);
	w.step = NULL;
	w.text = judge_text;
	if (l->f != NULL)
		plan_walk(&w, document);
	plan_each_name(l->mem, document, judge, l);
	json_object_put(l->calls);
}

void
plan_check_secrets(struct json_object *document, struct faults *f)
{
	struct looking l = { .f = f, .mem = f->mem };

	look(&l, document);
}

void
plan_each_secret(struct mem *m, struct json_object *document,
		 void (*fn)(void *arg, const char *name, const char *pointer),
		 void *arg)
{
	struct looking l = { .mem = m, .found = fn, .arg = arg };

	look(&l, document);
}
