/*
 * edit_new.c - a new step with what is usual, a copy of one, a new branch; and
 * the ids that they get.  See edit.h.
 */
#include "config.h"

#include "flow/edit.h"

#include "base/json.h"
#include "flow/edit_list.h"

#include <json-c/linkhash.h>
#include <string.h>

#include "base/banned.h"

#define WHEN "{\"field\":\"\",\"is\":\"equals\",\"value\":\"\"}"

/* clang-format off */
/* What a new step is called, and what it has. */
static const struct beginning {
	const char *type, *id, *members;
} beginnings[] = {
	{ "send_email", "email",
	  "{\"to\":\"{{contact.email}}\",\"subject\":\"\",\"text\":\"\"}" },
	{ "send_sms", "sms", "{\"to\":\"{{contact.phone}}\",\"text\":\"\"}" },
	{ "call_webhook", "call", "{\"method\":\"POST\",\"url\":\"\"}" },
	{ "if_else", "choice",
	  "{\"branches\":[{\"name\":\"Yes\",\"when\":" WHEN ",\"steps\":[]}],"
	  "\"else\":[]}" },
	{ "split", "split",
	  "{\"branches\":[{\"name\":\"A\",\"percent\":50,\"steps\":[]},"
	  "{\"name\":\"B\",\"percent\":50,\"steps\":[]}]}" },
	{ "wait", "wait", "{\"for\":\"1 day\"}" },
	{ "wait.until", "wait", "{\"until\":\"\"}" },
	{ "wait.until_condition", "wait",
	  "{\"until_condition\":" WHEN ",\"timeout\":\"7 days\"}" },
	{ "wait.window", "wait",
	  "{\"window\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],"
	  "\"from\":\"09:00\",\"to\":\"17:00\"}}" },
	{ "set_variable", "variable", "{\"name\":\"\",\"value\":\"\"}" },
	{ "update_contact", "contact", "{\"set\":{}}" },
	{ "add_tag", "tag", "{\"tags\":[]}" },
	{ "remove_tag", "untag", "{\"tags\":[]}" },
	{ "enrol", "enrol", "{\"workflow\":\"\"}" },
	{ "unenrol", "unenrol", "{\"workflow\":\"\"}" },
	{ "notify", "notify", "{\"to\":\"\",\"subject\":\"\",\"text\":\"\"}" },
	{ "find_contact", "find",
	  "{\"by\":{},\"found\":[],\"not_found\":[]}" },
	{ "go_to", "jump", "{\"step\":\"\"}" },
	{ "goal", "goal", "{\"when\":" WHEN "}" },
	{ "end", "end", "{}" },
	{ NULL, NULL, NULL }
};
/* clang-format on */

/* --- ids ------------------------------------------------------------------ */

#define ID_MAX 64

/* The ids that are in use: an object with them as members. */
static void
note_id(void *arg, const struct edit_spot *spot)
{
	const char *id = json_get_string(spot->step, "id");

	if (id != NULL)
		json_object_object_add(arg, id, json_object_new_boolean(1));
}

static struct json_object *
ids_of(struct mem *m, struct json_object *doc)
{
	struct json_object *ids = json_pool(m, json_object_new_object());

	edit_each(m, doc, note_id, ids);
	return ids;
}

/* `base`, else base_2, base_3..., which is in use from now on. */
static const char *
fresh_id(struct mem *m, struct json_object *ids, const char *base)
{
	size_t len = strlen(base), digits;
	const char *id = base;
	int i;

	digits = len;
	while (digits > 0 && strchr("0123456789", base[digits - 1]) != NULL)
		digits--;
	if (digits > 1 && digits < len && base[digits - 1] == '_')
		len = digits - 1;
	if (len > ID_MAX - 8)
		len = ID_MAX - 8;
	for (i = 2; json_object_object_get_ex(ids, id, NULL); i++)
		id = mem_printf(m, "%.*s_%d", (int)len, base, i);
	json_object_object_add(ids, id, json_object_new_boolean(1));
	return id;
}

/* --- new ------------------------------------------------------------------ */

/* A step whose first members are id and type, the others those of `from`. */
static struct json_object *
make_step(const char *id, const char *type, struct json_object *from)
{
	struct json_object *step = json_object_new_object();

	json_set_string(step, "id", id);
	json_set_string(step, "type", type);
	json_object_object_foreach (from, key, v)
		if (strcmp(key, "id") != 0 && strcmp(key, "type") != 0)
			json_object_object_add(step, key, json_object_get(v));
	return step;
}

struct json_object *
edit_insert(struct mem *m, struct json_object *doc, const struct edit_place *at,
	    const char *type, struct err *e)
{
	const struct beginning *b = beginnings;
	struct json_object *list, *members, *step;
	const char *bare;

	while (b->type != NULL && strcmp(b->type, type) != 0)
		b++;
	if (b->type == NULL) {
		(void)err_set(e, ERR_INPUT,
			      "there is no kind of step \"%.50s\"", type);
		return NULL;
	}
	list = edit_place_list(m, doc, at, e);
	if (list == NULL || json_read(b->members, strlen(b->members),
				      JSON_MAX_DEPTH, &members, e) == -1)
		return NULL;
	json_pool(m, members);
	bare = mem_strndup(m, type, strcspn(type, "."));
	step = make_step(fresh_id(m, ids_of(m, doc), b->id), bare, members);
	edit_list_put(list, at->index, step);
	return step;
}

/* --- copies --------------------------------------------------------------- */

struct copying {
	struct mem *mem;
	struct json_object *ids;     /* in use */
	struct json_object *renamed; /* old id: new id */
};

static void
rename_one(void *arg, const struct edit_spot *spot)
{
	struct copying *c = arg;
	const char *id = json_get_string(spot->step, "id"), *fresh;

	if (id == NULL)
		return;
	fresh = fresh_id(c->mem, c->ids, id);
	json_set_string(c->renamed, id, fresh);
	json_set_string(spot->step, "id", fresh);
}

static void
follow_one(void *arg, const struct edit_spot *spot)
{
	struct copying *c = arg;
	const char *type = json_get_string(spot->step, "type");
	const char *to = json_get_string(spot->step, "step");

	if (type != NULL && to != NULL && strcmp(type, "go_to") == 0)
		json_set_string(spot->step, "step",
				json_get_string(c->renamed, to));
}

struct json_object *
edit_copy(struct mem *m, struct json_object *doc, const char *id, struct err *e)
{
	struct copying c = { m, ids_of(m, doc),
			     json_pool(m, json_object_new_object()) };
	struct json_object *alone, *list, *copy;
	struct edit_spot at;

	if (!edit_find(m, doc, id, &at)) {
		(void)err_set(e, ERR_GONE,
			      "there is no step \"%.64s\" any more; somebody "
			      "took it out",
			      id);
		return NULL;
	}
	copy = json_copy(at.step);
	alone = json_pool(m, json_object_new_object());
	list = json_object_new_array();
	json_object_object_add(alone, "steps", list);
	json_object_array_add(list, json_object_get(copy));
	edit_each(m, alone, rename_one, &c);
	edit_each(m, alone, follow_one, &c);
	edit_list_put(at.list, at.place.index + 1, copy);
	return copy;
}

/* --- branches ------------------------------------------------------------- */

int
edit_branch_add(struct json_object *step, struct err *e)
{
	const char *type = json_get_string(step, "type");
	struct json_object *list = json_get(step, "branches"), *branch, *when;
	int is_split = type != NULL && strcmp(type, "split") == 0;
	char name[2] = "A";

	if (!json_object_is_type(list, json_type_array))
		return err_set(e, ERR_INPUT, "this step has no branches");
	if (json_object_array_length(list) >= EDIT_BRANCHES_MAX)
		return err_set(e, ERR_INPUT,
			       "a step has at most %d branches; put another "
			       "step into one of them",
			       EDIT_BRANCHES_MAX);
	if (!is_split && json_read(WHEN, strlen(WHEN), 4, &when, e) == -1)
		return -1;
	branch = json_object_new_object();
	if (is_split) {
		name[0] = (char)('A' + json_object_array_length(list));
		json_set_string(branch, "name", name);
		json_object_object_add(branch, "percent",
				       json_object_new_int(0));
	} else {
		json_object_object_add(branch, "when", when);
	}
	json_object_object_add(branch, "steps", json_object_new_array());
	json_object_array_add(list, branch);
	return 0;
}
