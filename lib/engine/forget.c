/*
 * forget.c - a person is forgotten.  See forget.h.
 */
#include "config.h"

#include "engine/forget.h"

#include "engine/spool.h"
#include "store/contact.h"
#include "store/import_job.h"

#include "base/banned.h"

/* Who is about to come in again is not forgotten. */
static int
check_spool(const struct forget *f, const char *pattern, struct mem *m,
	    struct err *e)
{
	struct spool *s = spool_new(f->conf, f->secrets);
	struct spool_named n;
	int rc = spool_find_person(s, f->db, f->account_id, pattern, m, &n, e);

	spool_free(s);
	if (rc == -1)
		return err_context(e, "what is in the spool can't be looked "
				      "through, and may name the person");
	if (n.waiting > 0)
		return err_set(e, ERR_TEMP,
			       "nothing was erased: deliveries that name the "
			       "person wait in the spool (%d); bring them in "
			       "first: hookline spool drain",
			       n.waiting);
	if (n.failed > 0)
		return err_set(e, ERR_TEMP,
			       "nothing was erased: deliveries that could not "
			       "be brought in name the person (%d); bring them "
			       "in (hookline spool drain --failed), or remove "
			       "them, such as %s/failed/%s*",
			       n.failed, f->conf->spool_dir, n.failure);
	return 0;
}

/* What is outside of the tables, and files that are being imported. */
static int
clear_the_way(const struct forget *f, const char *pattern, struct mem *m,
	      struct err *e)
{
	if (pattern == NULL)
		return 0;
	if (check_spool(f, pattern, m, e) == -1)
		return -1;
	return import_job_forget(f->db, f->account_id, pattern, e);
}

int
forget_contact(const struct forget *f, const char *id, struct mem *m,
	       struct json_object **out, struct err *e)
{
	static const struct contact_key none;
	const char *pattern;

	if (person_pattern(f->db, f->account_id, id, &none, NULL, m, &pattern,
			   e) == -1 ||
	    clear_the_way(f, pattern, m, e) == -1)
		return -1;
	return contact_erase(f->db, f->account_id, id, m, out, e);
}

int
forget_person(const struct forget *f, const struct contact_key *key,
	      const char *given, struct mem *m, struct json_object **out,
	      struct err *e)
{
	const char *pattern;

	if (person_pattern(f->db, f->account_id, NULL, key, given, m, &pattern,
			   e) == -1 ||
	    clear_the_way(f, pattern, m, e) == -1)
		return -1;
	return person_erase(f->db, f->account_id, pattern, m, out, e);
}
