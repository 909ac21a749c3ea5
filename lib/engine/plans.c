/*
 * plans.c - the workflows that an executor has at hand.  See plans.h.
 */
#include "config.h"

#include "engine/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define PLANS_MAX 64

struct plan_entry {
	struct mem *mem; /* NULL: an empty place */
	char key[72];	 /* account/workflow/version */
	struct json_object *document;
	struct plan *plan;
	int users;
};

struct plans {
	struct plan_entry entries[PLANS_MAX];
};

struct plans *
plans_new(void)
{
	struct plans *ps = xmalloc(sizeof(*ps));

	memset(ps, 0, sizeof(*ps));
	return ps;
}

static void
forget(struct plan_entry *entry)
{
	mem_free(entry->mem);
	memset(entry, 0, sizeof(*entry));
}

void
plans_free(struct plans *ps)
{
	int i;

	if (ps == NULL)
		return;
	for (i = 0; i < PLANS_MAX; i++)
		forget(&ps->entries[i]);
	free(ps);
}

/* A place for another plan: an empty one, else one that nobody uses. */
static struct plan_entry *
free_place(struct plans *ps)
{
	struct plan_entry *unused = NULL;
	int i;

	for (i = 0; i < PLANS_MAX; i++) {
		if (ps->entries[i].mem == NULL)
			return &ps->entries[i];
		if (ps->entries[i].users == 0)
			unused = &ps->entries[i];
	}
	if (unused != NULL)
		forget(unused);
	return unused;
}

static struct plan_entry *
find(struct plans *ps, const char *key)
{
	int i;

	for (i = 0; i < PLANS_MAX; i++)
		if (ps->entries[i].mem != NULL &&
		    strcmp(ps->entries[i].key, key) == 0)
			return &ps->entries[i];
	return NULL;
}

static void
begin_use(struct plan_entry *entry, struct plan_use *use)
{
	entry->users++;
	use->plan = entry->plan;
	use->document = entry->document;
	use->entry = entry;
}

int
plans_use(struct plans *ps, struct db *db, const struct run *run, struct mem *m,
	  struct plan_use *use, struct err *e)
{
	struct plan_entry *entry;
	char key[72];

	snprintf(key, sizeof(key), "%s/%s/%d", run->account_id,
		 run->workflow_id, run->version);
	entry = find(ps, key);
	if (entry != NULL) {
		begin_use(entry, use);
		return 0;
	}
	entry = free_place(ps);
	if (entry != NULL)
		entry->mem = m = mem_new();
	if (run_document(db, run, m, &use->document, e) == -1) {
		if (entry != NULL)
			forget(entry);
		return -1;
	}
	use->plan = plan_open(m, use->document);
	if (entry == NULL)
		return 0;
	memcpy(entry->key, key, sizeof(key));
	entry->plan = use->plan;
	entry->document = use->document;
	begin_use(entry, use);
	return 0;
}

void
plans_end_use(struct plan_use *use)
{
	if (use->entry != NULL)
		use->entry->users--;
	use->entry = NULL;
}
