/*
 * plan_doc.h - workflow documents for tests: a valid frame around what a case
 * is about, and how a fault must look.  For tests alone.
 */
#ifndef TESTS_PLAN_DOC_H
#define TESTS_PLAN_DOC_H

#include "flow/plan.h"
#include "quoted.h"

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define WHEN "{'field':'contact.email','is':'not_empty'}"

static struct mem *pool;

static inline void
setup(void)
{
	pool = mem_new();
}

static inline void
teardown(void)
{
	mem_free(pool);
}

/* A document that is valid but for what is given. */
static inline struct json_object *
document(const char *settings, const char *trigger, const char *steps)
{
	return quoted(pool, mem_printf(pool,
				       "{'format':'hookline/1','name':'Test',"
				       "'settings':%s,'trigger':{'type':"
				       "'inbound_webhook'%s},'steps':[%s]}",
				       settings, trigger, steps));
}

static inline void
assert_fault(const struct faults *f, const char *pointer, const char *says)
{
	ck_assert_msg(f->n == 1, "%zu faults%s%s%s%s", f->n,
		      f->n > 0 ? "; first at " : "",
		      f->n > 0 ? f->list[0].path : "", f->n > 0 ? ": " : "",
		      f->n > 0 ? f->list[0].detail : "");
	ck_assert_str_eq(f->list[0].path, pointer);
	ck_assert_msg(strstr(f->list[0].detail, says) != NULL,
		      "\"%s\" lacks \"%s\"", f->list[0].detail, says);
}

static inline void
assert_valid(struct json_object *doc)
{
	struct faults f = FAULTS_INIT(pool);

	plan_check(doc, &f);
	ck_assert_msg(f.n == 0, "%s: %s", f.n == 0 ? "" : f.list[0].path,
		      f.n == 0 ? "" : f.list[0].detail);
}

/* A document with one step, whose id is a. */
static inline struct json_object *
one_step(const char *step)
{
	return document("{}", "", mem_printf(pool, "{'id':'a',%s}", step));
}

#endif
